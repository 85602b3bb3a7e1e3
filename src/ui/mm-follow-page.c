/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ui/mm-follow-page.h"

#include "ui/mm-accessible.h"
#include "ui/mm-follow-window.h"
#include "ui/mm-report-item.h"

struct _MmFollowPage
{
  AdwBin parent_instance;

  GtkEditable *id_row;
  GtkEditable *address_row;
  GtkLabel *error_label;
  GtkWidget *follow_button;
  GtkStack *stack;
  AdwStatusPage *empty_page;
  GtkListBox *list_box;

  MmRunner *runner;
  MmPastList *past;
};

G_DEFINE_FINAL_TYPE (MmFollowPage, mm_follow_page, ADW_TYPE_BIN)

static void
show_window (MmFollowPage   *self,
             const MmReport *report)
{
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));
  GtkApplication *application = gtk_window_get_application (GTK_WINDOW (root));

  mm_follow_window_show (application, self->runner, report->id, report->source_address);
}

static void
row_changed_cb (MmFollowPage *self)
{
  gtk_widget_set_visible (GTK_WIDGET (self->error_label), FALSE);
  mm_accessible_mark_row (GTK_WIDGET (self->id_row), NULL);
  gtk_widget_set_sensitive (self->follow_button,
                            *gtk_editable_get_text (self->id_row) != '\0'
                              && *gtk_editable_get_text (self->address_row) != '\0');
}

static void
show_error (MmFollowPage *self,
            const GError *error)
{
  gtk_label_set_label (self->error_label, error->message);
  gtk_widget_set_visible (GTK_WIDGET (self->error_label), TRUE);
  mm_accessible_mark_row (GTK_WIDGET (self->id_row), error->message);
  gtk_widget_grab_focus (GTK_WIDGET (self->id_row));
}

/* One small journal is opened: not worth a thread. */
static void
follow_clicked_cb (MmFollowPage *self)
{
  g_autofree char *id = g_strstrip (g_strdup (gtk_editable_get_text (self->id_row)));
  g_autofree char *address = g_strstrip (g_strdup (gtk_editable_get_text (self->address_row)));
  g_autoptr(MmReport) report = NULL;
  g_autoptr(GError) error = NULL;

  if (*id == '\0' || *address == '\0')
    return;

  report = mm_history_find (mm_runner_get_history (self->runner), id, address, &error);
  if (report == NULL)
    show_error (self, error);
  else
    show_window (self, report);
}

static void
row_activated_cb (GtkListBox    *list_box,
                  GtkListBoxRow *row,
                  MmFollowPage  *self)
{
  g_autoptr(MmReportItem) item = NULL;

  item = g_list_model_get_item (G_LIST_MODEL (self->past), gtk_list_box_row_get_index (row));
  if (item != NULL)
    show_window (self, mm_report_item_get_report (item));
}

static GtkWidget *
make_row (gpointer item,
          gpointer user_data)
{
  GtkWidget *row = adw_action_row_new ();
  GtkWidget *state = gtk_label_new (NULL);
  GtkWidget *arrow = gtk_image_new_from_icon_name ("go-next-symbolic");

  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
  gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (row), TRUE);
  gtk_widget_add_css_class (state, "dim-label");

  g_object_bind_property (item, "title", row, "title", G_BINDING_SYNC_CREATE);
  g_object_bind_property (item, "subtitle", row, "subtitle", G_BINDING_SYNC_CREATE);
  g_object_bind_property (item, "state", state, "label", G_BINDING_SYNC_CREATE);

  adw_action_row_add_suffix (ADW_ACTION_ROW (row), state);
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), arrow);
  return row;
}

static void
loaded_cb (MmFollowPage *self)
{
  const GError *error = mm_past_list_get_error (self->past);
  gboolean empty = g_list_model_get_n_items (G_LIST_MODEL (self->past)) == 0;

  if (error != NULL)
    adw_status_page_set_description (self->empty_page, error->message);

  gtk_stack_set_visible_child_name (self->stack, empty ? "empty" : "list");
}

static void
mm_follow_page_map (GtkWidget *widget)
{
  MmFollowPage *self = MM_FOLLOW_PAGE (widget);

  GTK_WIDGET_CLASS (mm_follow_page_parent_class)->map (widget);

  if (self->past != NULL)
    mm_past_list_set_active (self->past, TRUE);
}

static void
mm_follow_page_unmap (GtkWidget *widget)
{
  MmFollowPage *self = MM_FOLLOW_PAGE (widget);

  if (self->past != NULL)
    mm_past_list_set_active (self->past, FALSE);

  GTK_WIDGET_CLASS (mm_follow_page_parent_class)->unmap (widget);
}

static void
mm_follow_page_dispose (GObject *object)
{
  MmFollowPage *self = MM_FOLLOW_PAGE (object);

  g_clear_object (&self->past);
  g_clear_object (&self->runner);

  G_OBJECT_CLASS (mm_follow_page_parent_class)->dispose (object);
}

static void
mm_follow_page_class_init (MmFollowPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = mm_follow_page_dispose;
  widget_class->map = mm_follow_page_map;
  widget_class->unmap = mm_follow_page_unmap;

  gtk_widget_class_set_template_from_resource (
    widget_class, "/io/github/mailmigrator/MailMigrator/mm-follow-page.ui");
  gtk_widget_class_bind_template_child (widget_class, MmFollowPage, id_row);
  gtk_widget_class_bind_template_child (widget_class, MmFollowPage, address_row);
  gtk_widget_class_bind_template_child (widget_class, MmFollowPage, error_label);
  gtk_widget_class_bind_template_child (widget_class, MmFollowPage, follow_button);
  gtk_widget_class_bind_template_child (widget_class, MmFollowPage, stack);
  gtk_widget_class_bind_template_child (widget_class, MmFollowPage, empty_page);
  gtk_widget_class_bind_template_child (widget_class, MmFollowPage, list_box);
  gtk_widget_class_bind_template_callback (widget_class, row_changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, follow_clicked_cb);
  gtk_widget_class_bind_template_callback (widget_class, row_activated_cb);
}

static void
mm_follow_page_init (MmFollowPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  mm_accessible_name_entry_row (GTK_WIDGET (self->id_row));
  mm_accessible_name_entry_row (GTK_WIDGET (self->address_row));
}

void
mm_follow_page_set_runner (MmFollowPage *self,
                           MmRunner     *runner,
                           MmPastList   *past)
{
  g_return_if_fail (MM_IS_FOLLOW_PAGE (self));
  g_return_if_fail (MM_IS_RUNNER (runner));
  g_return_if_fail (MM_IS_PAST_LIST (past));

  g_set_object (&self->runner, runner);
  g_set_object (&self->past, past);
  gtk_list_box_bind_model (self->list_box, G_LIST_MODEL (past), make_row, NULL, NULL);
  g_signal_connect_object (past, "loaded", G_CALLBACK (loaded_cb), self, G_CONNECT_SWAPPED);
}
