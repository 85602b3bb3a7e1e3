/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ui/mm-preview-window.h"

#include "ui/mm-line.h"
#include "ui/mm-preview-lines.h"

struct _MmPreviewWindow
{
  AdwWindow parent_instance;

  GtkLabel *summary_label;
  GtkListView *list_view;
};

G_DEFINE_FINAL_TYPE (MmPreviewWindow, mm_preview_window, ADW_TYPE_WINDOW)

static void
mm_preview_window_class_init (MmPreviewWindowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  g_type_ensure (MM_TYPE_LINE);
  gtk_widget_class_set_template_from_resource (
    widget_class, "/io/github/mailmigrator/MailMigrator/mm-preview-window.ui");
  gtk_widget_class_bind_template_child (widget_class, MmPreviewWindow, summary_label);
  gtk_widget_class_bind_template_child (widget_class, MmPreviewWindow, list_view);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "window.close", NULL);
}

static void
mm_preview_window_init (MmPreviewWindow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

MmPreviewWindow *
mm_preview_window_new (GtkWindow *parent,
                       GPtrArray *plans)
{
  MmPreviewWindow *self;
  g_autoptr(GtkSelectionModel) selection = NULL;
  g_autofree char *summary = NULL;

  g_return_val_if_fail (plans != NULL, NULL);

  self = g_object_new (MM_TYPE_PREVIEW_WINDOW, "transient-for", parent, NULL);
  summary = mm_preview_summary (plans);
  selection = GTK_SELECTION_MODEL (gtk_no_selection_new (mm_preview_lines_new (plans)));

  gtk_label_set_label (self->summary_label, summary);
  gtk_list_view_set_model (self->list_view, selection);
  return self;
}
