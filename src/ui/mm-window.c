/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ui/mm-window.h"

#include <glib/gi18n-lib.h>

#include "ui/mm-follow-page.h"
#include "ui/mm-follow-window.h"
#include "ui/mm-past-list.h"
#include "ui/mm-report-rules.h"
#include "ui/mm-report-text.h"
#include "ui/mm-settings.h"

struct _MmWindow
{
  AdwApplicationWindow parent_instance;

  AdwViewStack *view_stack;
  MmNewPage *new_page;
  MmFollowPage *follow_page;
  GtkInfoBar *interrupted_bar;
  GtkLabel *interrupted_label;
  GtkButton *interrupted_button;

  MmRunner *runner;
  MmPastList *past;
  gboolean interrupted_seen; /* offered once a start is enough */
};

G_DEFINE_FINAL_TYPE (MmWindow, mm_window, ADW_TYPE_APPLICATION_WINDOW)

static void
show_interrupted (MmWindow       *self,
                  const MmReport *report,
                  guint           n)
{
  g_autofree char *accounts = mm_text_accounts (report);
  g_autofree char *sentence = NULL;

  if (n == 1 && mm_rules_has_begun_rollback (report))
    sentence = g_strdup_printf (_("The rollback of the migration %s (%s) was interrupted. It can "
                                  "be finished."), report->id, accounts);
  else if (n == 1)
    sentence = g_strdup_printf (_("The migration %s (%s) was interrupted. It can be resumed."),
                                report->id, accounts);
  else
    sentence = g_strdup_printf (ngettext ("%u migration was interrupted. It can be resumed.",
                                          "%u migrations were interrupted. They can be resumed.",
                                          n), n);

  gtk_label_set_label (self->interrupted_label, sentence);
  gtk_button_set_label (self->interrupted_button,
                        n == 1 && !mm_rules_has_begun_rollback (report) ? _("Resume…")
                                                                        : _("Show"));
  gtk_widget_set_visible (GTK_WIDGET (self->interrupted_bar), TRUE);
  gtk_info_bar_set_revealed (self->interrupted_bar, TRUE);
}

static void
hide_interrupted (MmWindow *self)
{
  gtk_info_bar_set_revealed (self->interrupted_bar, FALSE);
  gtk_widget_set_visible (GTK_WIDGET (self->interrupted_bar), FALSE);
}

static void
past_loaded_cb (MmWindow *self)
{
  guint n = 0;
  const MmReport *report = mm_past_list_get_interrupted (self->past, &n);

  if (n == 0)
    hide_interrupted (self);
  else if (!self->interrupted_seen)
    show_interrupted (self, report, n);

  /* Only what was found at the start is offered, not what another process does later. */
  if (n == 0 && mm_past_list_get_error (self->past) == NULL)
    self->interrupted_seen = TRUE;
}

static void
resume_interrupted (MmWindow *self)
{
  guint n = 0;
  const MmReport *report = mm_past_list_get_interrupted (self->past, &n);
  MmFollowWindow *window;

  if (n != 1)
    {
      adw_view_stack_set_visible_child_name (self->view_stack, "follow");
      return;
    }

  window = mm_follow_window_show (gtk_window_get_application (GTK_WINDOW (self)), self->runner,
                                  report->id, report->source_address);
  mm_migration_view_resume (mm_follow_window_get_view (window));
}

static void
interrupted_response_cb (GtkInfoBar *bar,
                         int         response,
                         MmWindow   *self)
{
  self->interrupted_seen = TRUE;
  hide_interrupted (self);

  if (response == GTK_RESPONSE_ACCEPT)
    resume_interrupted (self);
}

static void
close_follow_windows (MmWindow *self)
{
  GtkApplication *application = gtk_window_get_application (GTK_WINDOW (self));
  g_autoptr(GList) windows = g_list_copy (gtk_application_get_windows (application));

  for (GList *l = windows; l != NULL; l = l->next)
    if (MM_IS_FOLLOW_WINDOW (l->data))
      gtk_window_destroy (GTK_WINDOW (l->data));
}

static void
close_response_cb (MmWindow   *self,
                   const char *response)
{
  if (g_str_equal (response, "back"))
    return;

  if (g_str_equal (response, "stop"))
    mm_runner_stop_all (self->runner);

  close_follow_windows (self);

  /* Everything may have ended while the question stood there. */
  if (mm_runner_get_n_running (self->runner) == 0)
    gtk_window_destroy (GTK_WINDOW (self));
  else
    gtk_widget_set_visible (GTK_WIDGET (self), FALSE);
}

static void
ask_close (MmWindow *self)
{
  guint n = mm_runner_get_n_running (self->runner);
  GtkWidget *dialog;

  dialog = adw_message_dialog_new (GTK_WINDOW (self),
                                   ngettext ("A Migration Is Running",
                                             "Migrations Are Running", n),
                                   ngettext ("It can go on without a window, or be stopped now and "
                                             "resumed later.",
                                             "They can go on without a window, or be stopped now "
                                             "and resumed later.", n));
  adw_message_dialog_add_responses (ADW_MESSAGE_DIALOG (dialog),
                                    "back", _("_Go Back"),
                                    "stop", _("_Stop"),
                                    "keep", _("_Keep Running"),
                                    NULL);
  adw_message_dialog_set_response_appearance (ADW_MESSAGE_DIALOG (dialog), "keep",
                                              ADW_RESPONSE_SUGGESTED);
  adw_message_dialog_set_default_response (ADW_MESSAGE_DIALOG (dialog), "keep");
  adw_message_dialog_set_close_response (ADW_MESSAGE_DIALOG (dialog), "back");
  g_signal_connect_object (dialog, "response", G_CALLBACK (close_response_cb), self,
                           G_CONNECT_SWAPPED);
  gtk_window_present (GTK_WINDOW (dialog));
}

static gboolean
mm_window_close_request (GtkWindow *window)
{
  MmWindow *self = MM_WINDOW (window);

  mm_settings_save_window (window);

  if (mm_runner_get_n_running (self->runner) > 0)
    {
      ask_close (self);
      return GDK_EVENT_STOP;
    }

  close_follow_windows (self);
  return GTK_WINDOW_CLASS (mm_window_parent_class)->close_request (window);
}

static void
mm_window_dispose (GObject *object)
{
  MmWindow *self = MM_WINDOW (object);

  g_clear_object (&self->past);
  g_clear_object (&self->runner);

  G_OBJECT_CLASS (mm_window_parent_class)->dispose (object);
}

static void
mm_window_class_init (MmWindowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = mm_window_dispose;
  GTK_WINDOW_CLASS (klass)->close_request = mm_window_close_request;

  g_type_ensure (MM_TYPE_NEW_PAGE);
  g_type_ensure (MM_TYPE_FOLLOW_PAGE);
  gtk_widget_class_set_template_from_resource (
    widget_class, "/io/github/mailmigrator/MailMigrator/mm-window.ui");
  gtk_widget_class_bind_template_child (widget_class, MmWindow, view_stack);
  gtk_widget_class_bind_template_child (widget_class, MmWindow, new_page);
  gtk_widget_class_bind_template_child (widget_class, MmWindow, follow_page);
  gtk_widget_class_bind_template_child (widget_class, MmWindow, interrupted_bar);
  gtk_widget_class_bind_template_child (widget_class, MmWindow, interrupted_label);
  gtk_widget_class_bind_template_child (widget_class, MmWindow, interrupted_button);
  gtk_widget_class_bind_template_callback (widget_class, interrupted_response_cb);
}

static void
mm_window_init (MmWindow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  mm_settings_load_window (GTK_WINDOW (self));
}

MmWindow *
mm_window_new (GtkApplication *application,
               MmRunner       *runner)
{
  MmWindow *self;

  g_return_val_if_fail (MM_IS_RUNNER (runner), NULL);

  self = g_object_new (MM_TYPE_WINDOW, "application", application, NULL);
  self->runner = g_object_ref (runner);
  self->past = mm_past_list_new (runner);
  mm_new_page_set_runner (self->new_page, runner);
  mm_follow_page_set_runner (self->follow_page, runner, self->past);
  g_signal_connect_object (self->past, "loaded", G_CALLBACK (past_loaded_cb), self,
                           G_CONNECT_SWAPPED);
  return self;
}

MmNewPage *
mm_window_get_new_page (MmWindow *self)
{
  g_return_val_if_fail (MM_IS_WINDOW (self), NULL);
  return self->new_page;
}
