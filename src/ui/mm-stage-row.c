/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ui/mm-stage-row.h"

#include <glib/gi18n-lib.h>

#include "ui/mm-progress-estimate.h"
#include "ui/mm-report-text.h"

struct _MmStageRow
{
  AdwPreferencesRow parent_instance;

  GtkLabel *title_label;
  GtkLabel *state_label;
  GtkLabel *counts_label;
  GtkLabel *speed_label;
  GtkProgressBar *progress_bar;

  MmStageState state;
  MmProgressEstimate estimate;
};

G_DEFINE_FINAL_TYPE (MmStageRow, mm_stage_row, ADW_TYPE_PREFERENCES_ROW)

static void
mm_stage_row_class_init (MmStageRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  gtk_widget_class_set_template_from_resource (
    widget_class, "/io/github/mailmigrator/MailMigrator/mm-stage-row.ui");
  gtk_widget_class_bind_template_child (widget_class, MmStageRow, title_label);
  gtk_widget_class_bind_template_child (widget_class, MmStageRow, state_label);
  gtk_widget_class_bind_template_child (widget_class, MmStageRow, counts_label);
  gtk_widget_class_bind_template_child (widget_class, MmStageRow, speed_label);
  gtk_widget_class_bind_template_child (widget_class, MmStageRow, progress_bar);
}

static void
mm_stage_row_init (MmStageRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

MmStageRow *
mm_stage_row_new (void)
{
  return g_object_new (MM_TYPE_STAGE_ROW, NULL);
}

static char *
speed_text (MmStageRow          *self,
            const MmStageReport *stage)
{
  gint64 now = g_get_monotonic_time ();
  g_autoptr(GStrvBuilder) parts = g_strv_builder_new ();
  g_autofree char *bytes = mm_text_stage_bytes (stage);
  g_autofree char *left = NULL;
  g_auto(GStrv) strv = NULL;
  double speed;

  mm_progress_estimate_add (&self->estimate, now, stage->bytes);
  speed = mm_progress_estimate_get_speed (&self->estimate, now);

  if (*bytes != '\0')
    g_strv_builder_add (parts, bytes);

  if (speed >= 1)
    {
      g_autofree char *size = g_format_size ((guint64) speed);
      /* Translators: speed, "3 MB/s" */
      g_autofree char *text = g_strdup_printf (_("%s/s"), size);

      g_strv_builder_add (parts, text);
    }

  left = mm_text_time_left (mm_progress_estimate_get_seconds_left (&self->estimate, now,
                              stage->bytes_total - MIN (stage->bytes, stage->bytes_total)));
  if (*left != '\0' && stage->bytes < stage->bytes_total)
    g_strv_builder_add (parts, left);

  strv = g_strv_builder_end (parts);
  return g_strjoinv (" · ", strv);
}

static void
update_progress_bar (MmStageRow          *self,
                     const MmStageReport *stage,
                     gboolean             moving)
{
  /* While the source is counted nothing is known to measure against. */
  if (moving && stage->state == MM_STAGE_SCANNING)
    gtk_progress_bar_pulse (self->progress_bar);
  else
    gtk_progress_bar_set_fraction (self->progress_bar, mm_stage_get_fraction (stage));

  gtk_widget_set_visible (GTK_WIDGET (self->progress_bar), stage->state != MM_STAGE_DROPPED);
}

void
mm_stage_row_update (MmStageRow          *self,
                     const MmStageReport *stage,
                     gboolean             active)
{
  gboolean moving;
  g_autofree char *counts = NULL;
  g_autofree char *speed = NULL;

  g_return_if_fail (MM_IS_STAGE_ROW (self));
  g_return_if_fail (stage != NULL);

  moving = active && mm_stage_is_moving (stage);

  if (!moving || stage->state != self->state)
    self->estimate = (MmProgressEstimate) { .n_samples = 0 };
  self->state = stage->state;

  counts = mm_text_stage_counts (stage);
  speed = moving && stage->state == MM_STAGE_COPYING ? speed_text (self, stage)
                                                     : mm_text_stage_bytes (stage);

  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self), mm_kind_get_title (stage->kind));
  gtk_label_set_label (self->title_label, mm_kind_get_title (stage->kind));
  gtk_label_set_label (self->state_label,
                       active || !mm_stage_is_moving (stage)
                         ? mm_stage_state_get_title (stage->state)
                         : _("Unfinished"));
  gtk_label_set_label (self->counts_label, counts);
  gtk_label_set_label (self->speed_label, speed);
  gtk_widget_set_visible (GTK_WIDGET (self->speed_label), *speed != '\0');
  update_progress_bar (self, stage, moving);
}
