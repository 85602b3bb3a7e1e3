/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ui/mm-migration-actions.h"

#include <glib/gi18n-lib.h>

#include "ui/mm-password-dialog.h"
#include "ui/mm-report-rules.h"
#include "ui/mm-report-text.h"

struct _MmMigrationActions
{
  AdwPreferencesGroup parent_instance;

  AdwActionRow *cancel_row;
  AdwActionRow *stop_row;
  AdwActionRow *resume_row;
  AdwActionRow *rollback_row;
  GtkWidget *cancel_button;
  GtkWidget *stop_button;
  GtkWidget *resume_button;
  GtkWidget *rollback_button;
  GtkWidget *busy_box;
  GtkLabel *error_label;

  MmWatch *watch;
  gboolean starting; /* between the password and the first sign of work */
  gboolean resume_when_known;
};

G_DEFINE_FINAL_TYPE (MmMigrationActions, mm_migration_actions, ADW_TYPE_PREFERENCES_GROUP)

static void
show_error (MmMigrationActions *self,
            const GError       *error)
{
  gtk_label_set_label (self->error_label, error != NULL ? error->message : "");
  gtk_widget_set_visible (GTK_WIDGET (self->error_label), error != NULL);
}

static void
update_row (AdwActionRow *row,
            GtkWidget    *button,
            gboolean      possible,
            const char   *explanation,
            const char   *reason)
{
  const char *subtitle = possible ? explanation : reason;

  adw_action_row_set_subtitle (row, subtitle);
  gtk_widget_set_sensitive (button, possible);
  gtk_widget_set_tooltip_text (button, subtitle);
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION,
                                  subtitle, -1);
}

static void
update_rollback (MmMigrationActions *self,
                 const MmReport     *report)
{
  g_autoptr(GDateTime) now = g_date_time_new_now_utc ();
  g_autofree char *until = mm_text_date (report->rollback_until);
  g_autofree char *explanation = NULL;
  g_autofree char *reason = NULL;
  gboolean possible = mm_rules_can_rollback (report, g_date_time_to_unix (now), &reason);

  if (report->rollback_until != 0)
    explanation = g_strdup_printf (_("Returns the destination to its state before the migration. "
                                     "Possible until %s"), until);
  else
    explanation = g_strdup (_("Returns the destination to its state before the migration"));

  update_row (self->rollback_row, self->rollback_button, possible && !self->starting, explanation,
              possible ? explanation : reason);
}

static void
update (MmMigrationActions *self)
{
  const MmReport *report = self->watch != NULL ? mm_watch_get_report (self->watch) : NULL;
  g_autofree char *cancel_reason = NULL;
  g_autofree char *resume_reason = NULL;
  gboolean can_cancel, can_resume;

  gtk_widget_set_visible (GTK_WIDGET (self), report != NULL);
  if (report == NULL)
    return;

  if (mm_state_is_active (report->state))
    self->starting = FALSE;

  can_cancel = mm_rules_can_cancel (report, &cancel_reason);
  can_resume = mm_rules_can_resume (report, &resume_reason);

  update_row (self->cancel_row, self->cancel_button, can_cancel,
              _("The running stage finishes, the later ones are dropped"), cancel_reason);
  update_row (self->stop_row, self->stop_button, mm_rules_can_stop (report, NULL),
              _("Stops within seconds and can be resumed later"), NULL);
  gtk_widget_set_visible (GTK_WIDGET (self->stop_row), mm_state_is_active (report->state));
  update_row (self->resume_row, self->resume_button, can_resume && !self->starting,
              _("Goes on with what is not copied yet"), resume_reason);
  update_rollback (self, report);
  gtk_widget_set_visible (self->busy_box, self->starting);
}

static void
watch_changed_cb (MmMigrationActions *self)
{
  update (self);

  if (self->resume_when_known && mm_watch_get_report (self->watch) != NULL)
    mm_migration_actions_resume (self);
}

static void
started_cb (GObject      *source,
            GAsyncResult *result,
            gpointer      user_data)
{
  g_autoptr(MmMigrationActions) self = user_data;
  g_autoptr(GError) error = NULL;

  mm_runner_start_finish (MM_RUNNER (source), result, &error);

  /* Disposed of meanwhile: the window is closed. */
  if (self->watch == NULL)
    return;

  self->starting = FALSE;
  show_error (self, error);
  update (self);
}

static void
start (MmMigrationActions *self,
       MmRunnerAct         act,
       MmPasswordDialog   *dialog)
{
  MmRunner *runner = mm_watch_get_runner (self->watch);
  g_autoptr(MmCredentials) source = NULL;
  g_autoptr(MmCredentials) destination = NULL;
  g_autoptr(MmMigration) migration = NULL;
  g_autoptr(GError) error = NULL;

  mm_password_dialog_take (dialog, &source, &destination);
  migration = mm_runner_open (runner, mm_watch_get_id (self->watch),
                              mm_watch_get_address (self->watch), source, destination, &error);
  show_error (self, error);
  if (migration == NULL)
    return;

  self->starting = TRUE;
  update (self);
  mm_runner_start_async (runner, migration, act, started_cb, g_object_ref (self));
}

static void
resume_response_cb (MmMigrationActions *self,
                    const char         *response,
                    MmPasswordDialog   *dialog)
{
  if (g_str_equal (response, "accept"))
    start (self, MM_RUNNER_RUN, dialog);
}

static void
rollback_response_cb (MmMigrationActions *self,
                      const char         *response,
                      MmPasswordDialog   *dialog)
{
  if (g_str_equal (response, "accept"))
    start (self, MM_RUNNER_ROLLBACK, dialog);
}

static void
present_dialog (MmMigrationActions *self,
                MmPasswordDialog   *dialog,
                GCallback           response)
{
  g_signal_connect_object (dialog, "response", response, self, G_CONNECT_SWAPPED);
  gtk_window_present (GTK_WINDOW (dialog));
}

static GtkWindow *
get_window (MmMigrationActions *self)
{
  return GTK_WINDOW (gtk_widget_get_root (GTK_WIDGET (self)));
}

static void
cancel_clicked_cb (MmMigrationActions *self)
{
  g_autoptr(GError) error = NULL;

  mm_watch_request (self->watch, MM_REQUEST_CANCEL, &error);
  show_error (self, error);
}

static void
stop_clicked_cb (MmMigrationActions *self)
{
  g_autoptr(GError) error = NULL;

  mm_watch_request (self->watch, MM_REQUEST_STOP, &error);
  show_error (self, error);
}

static void
resume_clicked_cb (MmMigrationActions *self)
{
  const MmReport *report = mm_watch_get_report (self->watch);
  MmPasswordDialog *dialog;

  dialog = mm_password_dialog_new (get_window (self), _("Resume the Migration?"),
                                   _("What is not copied yet is copied now. "
                                     "Passwords are never kept, so both are needed again."),
                                   report->source_address, report->destination_address,
                                   _("Resume"), FALSE);
  present_dialog (self, dialog, G_CALLBACK (resume_response_cb));
}

static char *
rollback_body (MmMigration    *migration,
               const MmReport *report)
{
  guint64 n_items = 0;
  guint64 n_folders = 0;
  g_autofree char *items_count = NULL;
  g_autofree char *folders_count = NULL;
  g_autofree char *items = NULL;
  g_autofree char *folders = NULL;

  mm_migration_count_rollback (migration, &n_items, &n_folders);
  items_count = mm_text_count (n_items);
  folders_count = mm_text_count (n_folders);
  items = g_strdup_printf (ngettext ("%s item", "%s items", MM_PLURAL (n_items)), items_count);
  folders = g_strdup_printf (ngettext ("%s folder", "%s folders", MM_PLURAL (n_folders)),
                             folders_count);

  /* Translators: "1,204 items", "3 folders", e-mail address */
  return g_strdup_printf (_("%s and %s that this migration created are removed from %s, also those "
                            "that were read or starred since.\n\n"
                            "What was there before and what arrived since stays, and so does a "
                            "folder that holds any of it. The source is not touched."),
                          items, folders, report->destination_address);
}

static void
rollback_clicked_cb (MmMigrationActions *self)
{
  const MmReport *report = mm_watch_get_report (self->watch);
  g_autoptr(MmCredentials) none = mm_credentials_new ("", NULL);
  g_autoptr(MmMigration) migration = NULL;
  g_autoptr(GError) error = NULL;
  g_autofree char *body = NULL;
  MmPasswordDialog *dialog;

  /* Only to count; the password comes with the answer. */
  migration = mm_runner_open (mm_watch_get_runner (self->watch), mm_watch_get_id (self->watch),
                              mm_watch_get_address (self->watch), NULL, none, &error);
  show_error (self, error);
  if (migration == NULL)
    return;

  body = rollback_body (migration, report);
  dialog = mm_password_dialog_new (get_window (self), _("Roll Back the Migration?"), body, NULL,
                                   report->destination_address, _("Roll Back"), TRUE);
  present_dialog (self, dialog, G_CALLBACK (rollback_response_cb));
}

static void
mm_migration_actions_dispose (GObject *object)
{
  MmMigrationActions *self = MM_MIGRATION_ACTIONS (object);

  mm_migration_actions_set_watch (self, NULL);

  G_OBJECT_CLASS (mm_migration_actions_parent_class)->dispose (object);
}

static void
mm_migration_actions_class_init (MmMigrationActionsClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = mm_migration_actions_dispose;

  gtk_widget_class_set_template_from_resource (
    widget_class, "/io/github/mailmigrator/MailMigrator/mm-migration-actions.ui");
  gtk_widget_class_bind_template_child (widget_class, MmMigrationActions, cancel_row);
  gtk_widget_class_bind_template_child (widget_class, MmMigrationActions, stop_row);
  gtk_widget_class_bind_template_child (widget_class, MmMigrationActions, resume_row);
  gtk_widget_class_bind_template_child (widget_class, MmMigrationActions, rollback_row);
  gtk_widget_class_bind_template_child (widget_class, MmMigrationActions, cancel_button);
  gtk_widget_class_bind_template_child (widget_class, MmMigrationActions, stop_button);
  gtk_widget_class_bind_template_child (widget_class, MmMigrationActions, resume_button);
  gtk_widget_class_bind_template_child (widget_class, MmMigrationActions, rollback_button);
  gtk_widget_class_bind_template_child (widget_class, MmMigrationActions, busy_box);
  gtk_widget_class_bind_template_child (widget_class, MmMigrationActions, error_label);
  gtk_widget_class_bind_template_callback (widget_class, cancel_clicked_cb);
  gtk_widget_class_bind_template_callback (widget_class, stop_clicked_cb);
  gtk_widget_class_bind_template_callback (widget_class, resume_clicked_cb);
  gtk_widget_class_bind_template_callback (widget_class, rollback_clicked_cb);
}

static void
mm_migration_actions_init (MmMigrationActions *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

void
mm_migration_actions_set_watch (MmMigrationActions *self,
                                MmWatch            *watch)
{
  g_return_if_fail (MM_IS_MIGRATION_ACTIONS (self));

  if (self->watch == watch)
    return;

  if (self->watch != NULL)
    g_signal_handlers_disconnect_by_data (self->watch, self);

  g_set_object (&self->watch, watch);

  if (watch != NULL)
    {
      g_signal_connect_object (watch, "changed", G_CALLBACK (watch_changed_cb), self,
                               G_CONNECT_SWAPPED);
      show_error (self, NULL);
      self->starting = FALSE;
      update (self);
    }
}

void
mm_migration_actions_resume (MmMigrationActions *self)
{
  const MmReport *report;

  g_return_if_fail (MM_IS_MIGRATION_ACTIONS (self));

  report = self->watch != NULL ? mm_watch_get_report (self->watch) : NULL;
  self->resume_when_known = report == NULL;

  if (report != NULL && mm_rules_can_resume (report, NULL))
    resume_clicked_cb (self);
}
