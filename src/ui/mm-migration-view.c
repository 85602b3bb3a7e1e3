/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ui/mm-migration-view.h"

#include <glib/gi18n-lib.h>

#include "ui/mm-line.h"
#include "ui/mm-migration-actions.h"
#include "ui/mm-report-rules.h"
#include "ui/mm-report-text.h"
#include "ui/mm-stage-row.h"

#define PROBLEM_HEIGHT 80
#define MAX_PROBLEMS_SEEN 4

struct _MmMigrationView
{
  AdwBin parent_instance;

  GtkLabel *id_label;
  GtkWidget *copy_button;
  GtkLabel *hint_label;
  GtkLabel *state_label;
  GtkLabel *summary_label;
  AdwPreferencesGroup *stages_group;
  AdwPreferencesGroup *problems_group;
  GtkScrolledWindow *problems_scroller;
  GtkListView *problems_view;
  MmMigrationActions *actions;
  GtkWidget *details_group;
  AdwActionRow *source_row;
  AdwActionRow *destination_row;
  AdwActionRow *created_row;
  AdwActionRow *updated_row;
  AdwActionRow *ended_row;

  MmWatch *watch;
  MmProblemList *problems; /* the model that is shown */
  gulong problems_handler;
  MmStageRow *stage_rows[MM_N_KINDS];
};

G_DEFINE_FINAL_TYPE (MmMigrationView, mm_migration_view, ADW_TYPE_BIN)

static void
update_stages (MmMigrationView *self,
               const MmReport  *report)
{
  gboolean active = mm_state_is_active (report->state);

  for (guint i = 0; report->stages != NULL && i < report->stages->len; i++)
    {
      const MmStageReport *stage = g_ptr_array_index (report->stages, i);

      if (self->stage_rows[stage->kind] == NULL)
        {
          self->stage_rows[stage->kind] = mm_stage_row_new ();
          adw_preferences_group_add (self->stages_group,
                                     GTK_WIDGET (self->stage_rows[stage->kind]));
        }

      mm_stage_row_update (self->stage_rows[stage->kind], stage, active);
    }

  gtk_widget_set_visible (GTK_WIDGET (self->stages_group),
                          report->stages != NULL && report->stages->len > 0);
}

static void
problems_changed_cb (MmMigrationView *self)
{
  guint n = g_list_model_get_n_items (G_LIST_MODEL (self->problems));
  g_autofree char *count = mm_text_count (n);
  g_autofree char *title = g_strdup_printf (ngettext ("%s Problem", "%s Problems", n), count);

  /* A list view has no natural height; beyond some lines it scrolls by itself. */
  gtk_scrolled_window_set_min_content_height (self->problems_scroller,
                                              PROBLEM_HEIGHT * (int) MIN (n, MAX_PROBLEMS_SEEN));
  adw_preferences_group_set_title (self->problems_group, title);
  gtk_widget_set_visible (GTK_WIDGET (self->problems_group), n > 0);
}

static void
show_problems (MmMigrationView *self,
               MmProblemList   *problems)
{
  g_autoptr(GtkSelectionModel) selection = NULL;

  if (self->problems == problems)
    return;

  if (self->problems != NULL)
    g_clear_signal_handler (&self->problems_handler, self->problems);

  g_set_object (&self->problems, problems);

  if (problems == NULL)
    {
      gtk_list_view_set_model (self->problems_view, NULL);
      return;
    }

  self->problems_handler = g_signal_connect_swapped (problems, "items-changed",
                                                     G_CALLBACK (problems_changed_cb), self);
  selection = GTK_SELECTION_MODEL (
    gtk_no_selection_new (G_LIST_MODEL (g_object_ref (problems))));
  gtk_list_view_set_model (self->problems_view, selection);
  problems_changed_cb (self);
}

static void
set_date (AdwActionRow *row,
          gint64        seconds)
{
  g_autofree char *text = mm_text_date (seconds);

  adw_action_row_set_subtitle (row, text);
}

static void
set_account (AdwActionRow *row,
             const char   *address,
             const char   *url)
{
  g_autofree char *server = url != NULL ? mm_text_server (url) : NULL;
  g_autofree char *text = NULL;

  if (address != NULL && server != NULL)
    text = g_strdup_printf ("%s\n%s", address, server);

  adw_action_row_set_subtitle (row, text != NULL ? text : address != NULL ? address : "");
}

static void
update_details (MmMigrationView *self,
                const MmReport  *report)
{
  set_account (self->source_row, report->source_address, report->source_url);
  set_account (self->destination_row, report->destination_address, report->destination_url);
  set_date (self->created_row, report->created);
  set_date (self->updated_row, report->updated);
  set_date (self->ended_row, report->ended);
  gtk_widget_set_visible (GTK_WIDGET (self->ended_row), report->ended != 0);
}

static void
update_head (MmMigrationView *self,
             const MmReport  *report)
{
  gboolean active = mm_state_is_active (report->state);
  g_autofree char *summary = active ? NULL : mm_report_get_summary (report);
  g_autofree char *hint = NULL;

  hint = g_strdup_printf (_("With this ID and the address %s the migration is found again under "
                            "“Follow”."), report->source_address);
  gtk_label_set_label (self->id_label, report->id);
  gtk_label_set_label (self->hint_label, hint);
  gtk_label_set_label (self->state_label, mm_state_get_title (report->state));
  gtk_label_set_label (self->summary_label, summary != NULL ? summary : "");
  gtk_widget_set_visible (GTK_WIDGET (self->summary_label), summary != NULL && *summary != '\0');
}

static void
show_watch_error (MmMigrationView *self)
{
  const GError *error = mm_watch_get_error (self->watch);

  gtk_label_set_label (self->id_label, mm_watch_get_id (self->watch));
  gtk_label_set_label (self->hint_label, "");
  gtk_label_set_label (self->state_label, "");
  gtk_label_set_label (self->summary_label, error != NULL ? error->message : "");
  gtk_widget_set_visible (GTK_WIDGET (self->summary_label), error != NULL);
}

static void
update (MmMigrationView *self)
{
  const MmReport *report = mm_watch_get_report (self->watch);

  gtk_widget_set_visible (GTK_WIDGET (self->stages_group), report != NULL);
  gtk_widget_set_visible (self->details_group, report != NULL);
  show_problems (self, mm_watch_get_problems (self->watch));

  if (report == NULL || mm_watch_get_error (self->watch) != NULL)
    {
      show_watch_error (self);
      return;
    }

  update_head (self, report);
  update_stages (self, report);
  update_details (self, report);
}

static void
copy_clicked_cb (MmMigrationView *self)
{
  gdk_clipboard_set_text (gtk_widget_get_clipboard (GTK_WIDGET (self)),
                          gtk_label_get_label (self->id_label));
}

static void
mm_migration_view_map (GtkWidget *widget)
{
  MmMigrationView *self = MM_MIGRATION_VIEW (widget);

  GTK_WIDGET_CLASS (mm_migration_view_parent_class)->map (widget);

  if (self->watch != NULL)
    mm_watch_set_active (self->watch, TRUE);
}

static void
mm_migration_view_unmap (GtkWidget *widget)
{
  MmMigrationView *self = MM_MIGRATION_VIEW (widget);

  if (self->watch != NULL)
    mm_watch_set_active (self->watch, FALSE);

  GTK_WIDGET_CLASS (mm_migration_view_parent_class)->unmap (widget);
}

/* The first widget would be the ID's label, which selects its text when it is focused. */
static gboolean
mm_migration_view_grab_focus (GtkWidget *widget)
{
  return gtk_widget_grab_focus (MM_MIGRATION_VIEW (widget)->copy_button);
}

static void
mm_migration_view_dispose (GObject *object)
{
  MmMigrationView *self = MM_MIGRATION_VIEW (object);

  mm_migration_view_set_watch (self, NULL);

  G_OBJECT_CLASS (mm_migration_view_parent_class)->dispose (object);
}

static void
bind_template (GtkWidgetClass *widget_class)
{
  gtk_widget_class_bind_template_child (widget_class, MmMigrationView, id_label);
  gtk_widget_class_bind_template_child (widget_class, MmMigrationView, copy_button);
  gtk_widget_class_bind_template_child (widget_class, MmMigrationView, hint_label);
  gtk_widget_class_bind_template_child (widget_class, MmMigrationView, state_label);
  gtk_widget_class_bind_template_child (widget_class, MmMigrationView, summary_label);
  gtk_widget_class_bind_template_child (widget_class, MmMigrationView, stages_group);
  gtk_widget_class_bind_template_child (widget_class, MmMigrationView, problems_group);
  gtk_widget_class_bind_template_child (widget_class, MmMigrationView, problems_scroller);
  gtk_widget_class_bind_template_child (widget_class, MmMigrationView, problems_view);
  gtk_widget_class_bind_template_child (widget_class, MmMigrationView, actions);
  gtk_widget_class_bind_template_child (widget_class, MmMigrationView, details_group);
  gtk_widget_class_bind_template_child (widget_class, MmMigrationView, source_row);
  gtk_widget_class_bind_template_child (widget_class, MmMigrationView, destination_row);
  gtk_widget_class_bind_template_child (widget_class, MmMigrationView, created_row);
  gtk_widget_class_bind_template_child (widget_class, MmMigrationView, updated_row);
  gtk_widget_class_bind_template_child (widget_class, MmMigrationView, ended_row);
  gtk_widget_class_bind_template_callback (widget_class, copy_clicked_cb);
}

static void
mm_migration_view_class_init (MmMigrationViewClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = mm_migration_view_dispose;
  widget_class->map = mm_migration_view_map;
  widget_class->unmap = mm_migration_view_unmap;
  widget_class->grab_focus = mm_migration_view_grab_focus;

  g_type_ensure (MM_TYPE_LINE);
  g_type_ensure (MM_TYPE_MIGRATION_ACTIONS);
  gtk_widget_class_set_template_from_resource (
    widget_class, "/io/github/mailmigrator/MailMigrator/mm-migration-view.ui");
  bind_template (widget_class);
}

static void
mm_migration_view_init (MmMigrationView *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

static void
remove_stage_rows (MmMigrationView *self)
{
  for (guint i = 0; i < MM_N_KINDS; i++)
    if (self->stage_rows[i] != NULL)
      {
        adw_preferences_group_remove (self->stages_group, GTK_WIDGET (self->stage_rows[i]));
        self->stage_rows[i] = NULL;
      }
}

void
mm_migration_view_set_watch (MmMigrationView *self,
                             MmWatch         *watch)
{
  g_return_if_fail (MM_IS_MIGRATION_VIEW (self));

  if (self->watch == watch)
    return;

  if (self->watch != NULL)
    {
      mm_watch_set_active (self->watch, FALSE);
      g_signal_handlers_disconnect_by_data (self->watch, self);
      show_problems (self, NULL);
      remove_stage_rows (self);
    }

  g_set_object (&self->watch, watch);
  mm_migration_actions_set_watch (self->actions, watch);

  if (watch != NULL)
    {
      g_signal_connect_object (watch, "changed", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
      mm_watch_set_active (watch, gtk_widget_get_mapped (GTK_WIDGET (self)));
      update (self);
    }
}

MmWatch *
mm_migration_view_get_watch (MmMigrationView *self)
{
  g_return_val_if_fail (MM_IS_MIGRATION_VIEW (self), NULL);
  return self->watch;
}

void
mm_migration_view_resume (MmMigrationView *self)
{
  g_return_if_fail (MM_IS_MIGRATION_VIEW (self));

  mm_migration_actions_resume (self->actions);
}
