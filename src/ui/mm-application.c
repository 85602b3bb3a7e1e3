/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ui/mm-application.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "ui/mm-window.h"

struct _MmApplication
{
  AdwApplication parent_instance;

  MmRunner *runner;
  gboolean holding; /* something runs */
  guint inhibit_cookie;
};

G_DEFINE_FINAL_TYPE (MmApplication, mm_application, ADW_TYPE_APPLICATION)

static const GOptionEntry options[] = {
  { "source", 0, 0, G_OPTION_ARG_STRING, NULL,
    N_("Fill in the source account"), N_("URL") },
  { "destination", 0, 0, G_OPTION_ARG_STRING, NULL,
    N_("Fill in the destination account"), N_("URL") },
  { "version", 0, 0, G_OPTION_ARG_NONE, NULL,
    N_("Print the version and exit"), NULL },
  { NULL },
};

/* A hidden window is not the active one, so it is looked for. */
static MmWindow *
find_window (MmApplication *self)
{
  for (GList *l = gtk_application_get_windows (GTK_APPLICATION (self)); l != NULL; l = l->next)
    if (MM_IS_WINDOW (l->data))
      return MM_WINDOW (l->data);

  return NULL;
}

static MmWindow *
ensure_window (MmApplication *self)
{
  MmWindow *window = find_window (self);

  return window != NULL ? window : mm_window_new (GTK_APPLICATION (self), self->runner);
}

static void
begin_hold (MmApplication *self)
{
  MmWindow *window = find_window (self);

  self->holding = TRUE;
  g_application_hold (G_APPLICATION (self));
  self->inhibit_cookie =
    gtk_application_inhibit (GTK_APPLICATION (self), window != NULL ? GTK_WINDOW (window) : NULL,
                             GTK_APPLICATION_INHIBIT_LOGOUT | GTK_APPLICATION_INHIBIT_SUSPEND,
                             _("A migration is running"));
}

static void
end_hold (MmApplication *self)
{
  MmWindow *window = find_window (self);

  self->holding = FALSE;
  if (self->inhibit_cookie != 0)
    gtk_application_uninhibit (GTK_APPLICATION (self), self->inhibit_cookie);
  self->inhibit_cookie = 0;

  /* A hidden window would keep the process for ever. */
  if (window != NULL && !gtk_widget_get_visible (GTK_WIDGET (window)))
    gtk_window_destroy (GTK_WINDOW (window));

  g_application_release (G_APPLICATION (self));
}

static void
runner_changed_cb (MmApplication *self)
{
  gboolean running = mm_runner_get_n_running (self->runner) > 0;

  if (running && !self->holding)
    begin_hold (self);
  else if (!running && self->holding)
    end_hold (self);
}

static void
quit_activated (GSimpleAction *action,
                GVariant      *parameter,
                gpointer       user_data)
{
  MmWindow *window = find_window (user_data);

  /* Asks when something runs. */
  if (window != NULL)
    gtk_window_close (GTK_WINDOW (window));
}

static void
about_activated (GSimpleAction *action,
                 GVariant      *parameter,
                 gpointer       user_data)
{
  GtkWindow *parent = gtk_application_get_active_window (GTK_APPLICATION (user_data));

  adw_show_about_window (parent,
                         "application-name", _("Mail Migrator"),
                         "application-icon", MM_APP_ID,
                         "version", MM_VERSION,
                         "developer-name", _("The Mail Migrator contributors"),
                         "comments", _("Moves whole mail accounts between servers. "
                                       "Passwords and mail stay between this computer and the two "
                                       "servers."),
                         "license-type", GTK_LICENSE_GPL_3_0,
                         /* Translators: names of the translators, one a line */
                         "translator-credits", _("translator-credits"),
                         NULL);
}

static const GActionEntry actions[] = {
  { .name = "quit", .activate = quit_activated },
  { .name = "about", .activate = about_activated },
};

static void
set_accels (GtkApplication *application,
            const char     *action,
            const char     *accel)
{
  const char *accels[] = { accel, NULL };

  gtk_application_set_accels_for_action (application, action, accels);
}

static void
mm_application_startup (GApplication *application)
{
  G_APPLICATION_CLASS (mm_application_parent_class)->startup (application);

  g_action_map_add_action_entries (G_ACTION_MAP (application), actions, G_N_ELEMENTS (actions),
                                   application);
  set_accels (GTK_APPLICATION (application), "app.quit", "<Control>q");
  set_accels (GTK_APPLICATION (application), "window.close", "<Control>w");
  set_accels (GTK_APPLICATION (application), "win.show-help-overlay", "<Control>question");
  gtk_window_set_default_icon_name (MM_APP_ID);
}

static void
mm_application_activate (GApplication *application)
{
  gtk_window_present (GTK_WINDOW (ensure_window (MM_APPLICATION (application))));
}

/* The password comes from the environment of this very process only, and goes no further. */
static char *
take_password (const char *variable,
               gboolean    is_remote)
{
  char *password = is_remote ? NULL : g_strdup (g_getenv (variable));

  g_unsetenv (variable);
  return password;
}

static gboolean
fill_side (MmApplication            *self,
           GApplicationCommandLine  *command_line,
           MmSide                    side,
           const char               *option,
           const char               *variable)
{
  GVariantDict *dict = g_application_command_line_get_options_dict (command_line);
  gboolean is_remote = g_application_command_line_get_is_remote (command_line);
  g_autofree char *password = take_password (variable, is_remote);
  g_autoptr(MmService) service = NULL;
  g_autoptr(GError) error = NULL;
  const char *url = NULL;

  if (g_variant_dict_lookup (dict, option, "&s", &url))
    {
      service = mm_service_parse (url, &error);
      if (service == NULL)
        {
          g_application_command_line_printerr (command_line, "--%s: %s\n", option, error->message);
          return FALSE;
        }

      mm_new_page_fill (mm_window_get_new_page (ensure_window (self)), side, service, password);
    }

  if (password != NULL)
    explicit_bzero (password, strlen (password));

  return TRUE;
}

static int
mm_application_command_line (GApplication            *application,
                             GApplicationCommandLine *command_line)
{
  MmApplication *self = MM_APPLICATION (application);

  if (!fill_side (self, command_line, MM_SIDE_SOURCE, "source", "MAIL_MIGRATOR_SOURCE_PASSWORD")
      || !fill_side (self, command_line, MM_SIDE_DESTINATION, "destination",
                     "MAIL_MIGRATOR_DESTINATION_PASSWORD"))
    {
      MmWindow *window = find_window (self);

      if (window != NULL && !gtk_widget_get_visible (GTK_WIDGET (window)) && !self->holding)
        gtk_window_destroy (GTK_WINDOW (window));

      return 1;
    }

  g_application_activate (application);
  return 0;
}

static int
mm_application_handle_local_options (GApplication *application,
                                     GVariantDict *dict)
{
  if (g_variant_dict_contains (dict, "version"))
    {
      g_print ("mail-migrator %s\n", MM_VERSION);
      return 0;
    }

  return -1;
}

static void
mm_application_dispose (GObject *object)
{
  MmApplication *self = MM_APPLICATION (object);

  if (self->runner != NULL)
    g_signal_handlers_disconnect_by_data (self->runner, self);
  g_clear_object (&self->runner);

  G_OBJECT_CLASS (mm_application_parent_class)->dispose (object);
}

static void
mm_application_class_init (MmApplicationClass *klass)
{
  GApplicationClass *application_class = G_APPLICATION_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = mm_application_dispose;
  application_class->startup = mm_application_startup;
  application_class->activate = mm_application_activate;
  application_class->command_line = mm_application_command_line;
  application_class->handle_local_options = mm_application_handle_local_options;
}

static void
mm_application_init (MmApplication *self)
{
  g_application_add_main_option_entries (G_APPLICATION (self), options);
  g_application_set_option_context_parameter_string (G_APPLICATION (self), NULL);
}

MmApplication *
mm_application_new (MmStoreFactory  factory,
                    const char     *history_directory)
{
  MmApplication *self;
  g_autoptr(MmHistory) history = mm_history_new (history_directory);

  self = g_object_new (MM_TYPE_APPLICATION,
                       "application-id", MM_APP_ID,
                       "flags", G_APPLICATION_HANDLES_COMMAND_LINE,
                       "resource-base-path", "/io/github/mailmigrator/MailMigrator",
                       NULL);
  self->runner = mm_runner_new (history, factory);
  g_signal_connect_swapped (self->runner, "changed", G_CALLBACK (runner_changed_cb), self);
  return self;
}

MmRunner *
mm_application_get_runner (MmApplication *self)
{
  g_return_val_if_fail (MM_IS_APPLICATION (self), NULL);
  return self->runner;
}
