/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ui/mm-follow-window.h"

#include "ui/mm-report-text.h"

struct _MmFollowWindow
{
  AdwWindow parent_instance;

  AdwWindowTitle *title_widget;
  MmMigrationView *view;
};

G_DEFINE_FINAL_TYPE (MmFollowWindow, mm_follow_window, ADW_TYPE_WINDOW)

static void
mm_follow_window_class_init (MmFollowWindowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  g_type_ensure (MM_TYPE_MIGRATION_VIEW);
  gtk_widget_class_set_template_from_resource (
    widget_class, "/io/github/mailmigrator/MailMigrator/mm-follow-window.ui");
  gtk_widget_class_bind_template_child (widget_class, MmFollowWindow, title_widget);
  gtk_widget_class_bind_template_child (widget_class, MmFollowWindow, view);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_w, GDK_CONTROL_MASK, "window.close",
                                       NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "window.close", NULL);
}

static void
mm_follow_window_init (MmFollowWindow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

static MmFollowWindow *
find_open (GtkApplication *application,
           const char     *id)
{
  for (GList *l = gtk_application_get_windows (application); l != NULL; l = l->next)
    if (MM_IS_FOLLOW_WINDOW (l->data))
      {
        MmFollowWindow *window = MM_FOLLOW_WINDOW (l->data);

        if (g_strcmp0 (mm_watch_get_id (mm_migration_view_get_watch (window->view)), id) == 0)
          return window;
      }

  return NULL;
}

static void
watch_changed_cb (MmFollowWindow *self)
{
  const MmReport *report = mm_watch_get_report (mm_migration_view_get_watch (self->view));

  if (report != NULL)
    {
      g_autofree char *accounts = mm_text_accounts (report);

      adw_window_title_set_subtitle (self->title_widget, accounts);
    }
}

MmFollowWindow *
mm_follow_window_show (GtkApplication *application,
                       MmRunner       *runner,
                       const char     *id,
                       const char     *address)
{
  MmFollowWindow *self;

  g_return_val_if_fail (MM_IS_RUNNER (runner), NULL);
  g_return_val_if_fail (id != NULL, NULL);

  self = find_open (application, id);

  if (self == NULL)
    {
      g_autoptr(MmWatch) watch = mm_watch_new (runner, id, address);

      self = g_object_new (MM_TYPE_FOLLOW_WINDOW, "application", application, NULL);
      g_signal_connect_object (watch, "changed", G_CALLBACK (watch_changed_cb), self,
                               G_CONNECT_SWAPPED);
      mm_migration_view_set_watch (self->view, watch);
      watch_changed_cb (self);
      gtk_widget_grab_focus (GTK_WIDGET (self->view));
    }

  gtk_window_present (GTK_WINDOW (self));
  return self;
}

MmMigrationView *
mm_follow_window_get_view (MmFollowWindow *self)
{
  g_return_val_if_fail (MM_IS_FOLLOW_WINDOW (self), NULL);
  return self->view;
}
