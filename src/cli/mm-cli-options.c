/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "cli/mm-cli-options.h"

#include <glib/gi18n-lib.h>
#include <stdlib.h>

#include "model/mm-error.h"

typedef struct
{
  const char *verb;
  gboolean takes_id;
  const char *options; /* the long names that it takes, with blanks round each */
} Verb;

static const Verb verbs[] = {
  { "migrate", FALSE,
    " source destination source-address destination-address source-password-file "
    "destination-password-file ca-file items folder dry-run json " },
  { "follow", TRUE, " address wait json " },
  { "history", FALSE, " json " },
  { "cancel", TRUE, " address json " },
  { "stop", TRUE, " address json " },
  { "resume", TRUE,
    " address source-password-file destination-password-file ca-file json " },
  { "rollback", TRUE, " address destination-password-file source-password-file ca-file json " },
};

void
mm_cli_options_free (MmCliOptions *self)
{
  if (self == NULL)
    return;
  g_free (self->verb);
  g_free (self->id);
  g_strfreev (self->sources);
  g_strfreev (self->destinations);
  g_free (self->source_address);
  g_free (self->destination_address);
  g_free (self->source_password_file);
  g_free (self->destination_password_file);
  g_free (self->ca_file);
  g_free (self->items);
  g_strfreev (self->folders);
  g_free (self->address);
  g_free (self);
}

static const Verb *
find_verb (const char *name)
{
  for (guint i = 0; i < G_N_ELEMENTS (verbs); i++)
    if (g_strcmp0 (verbs[i].verb, name) == 0)
      return &verbs[i];
  return NULL;
}

/* An option that the verb does not take is a mistake worth telling, not to be passed over. */
static gboolean
check_options (const Verb          *verb,
               const GOptionEntry  *entries,
               GError             **error)
{
  for (const GOptionEntry *entry = entries; entry->long_name != NULL; entry++)
    {
      g_autofree char *name = g_strdup_printf (" %s ", entry->long_name);
      gboolean given = entry->arg == G_OPTION_ARG_NONE ? *(gboolean *) entry->arg_data
                                                       : *(gpointer *) entry->arg_data != NULL;

      if (!given || g_str_equal (entry->long_name, "version") ||
          strstr (verb->options, name) != NULL)
        continue;
      g_set_error (error, MM_ERROR, MM_ERROR_USAGE, _("“%s” takes no option “--%s”."), verb->verb,
                   entry->long_name);
      return FALSE;
    }
  return TRUE;
}

static gboolean
check_required (const MmCliOptions  *self,
                const Verb          *verb,
                GError             **error)
{
  const char *missing = NULL;

  if (verb->takes_id && self->id == NULL)
    missing = _("the migration ID");
  else if (verb->takes_id && self->address == NULL)
    missing = "--address";
  else if (g_str_equal (verb->verb, "migrate") && self->sources == NULL)
    missing = "--source";
  else if (g_str_equal (verb->verb, "migrate") && self->destinations == NULL)
    missing = "--destination";
  if (missing == NULL)
    return TRUE;
  g_set_error (error, MM_ERROR, MM_ERROR_USAGE, _("“%s” needs %s."), verb->verb, missing);
  return FALSE;
}

static gboolean
take_words (MmCliOptions  *self,
            int            argc,
            char          *argv[],
            const Verb   **verb,
            GError       **error)
{
  *verb = argc > 1 ? find_verb (argv[1]) : NULL;
  if (*verb == NULL)
    {
      g_set_error (error, MM_ERROR, MM_ERROR_USAGE,
                   _("What is to be done? Say migrate, follow, history, cancel, stop, resume or "
                     "rollback; “%s --help” explains them."), g_get_prgname ());
      return FALSE;
    }
  self->verb = g_strdup (argv[1]);
  if (argc > 2 && (*verb)->takes_id)
    self->id = g_strdup (argv[2]);
  if (argc > ((*verb)->takes_id ? 3 : 2))
    {
      g_set_error (error, MM_ERROR, MM_ERROR_USAGE, _("“%s” is one word too many."),
                   argv[argc - 1]);
      return FALSE;
    }
  return TRUE;
}

static const char *
get_description (void)
{
  return _("Verbs:\n"
           "  migrate --source URL --destination URL   copy an account to another\n"
           "  follow ID --address ADDRESS              what a migration has done\n"
           "  history                                  the migrations of this computer\n"
           "  cancel|stop ID --address ADDRESS         after the running stage | at once\n"
           "  resume ID --address ADDRESS              go on where it stopped\n"
           "  rollback ID --address ADDRESS            put the destination back\n"
           "\n"
           "URLs: imaps://anna%40example.org@mail.example.org (TLS), imap://… (STARTTLS),\n"
           "imap+insecure://… (clear text).\n"
           "\n"
           "Passwords come from the files named (“-” is standard input), else from\n"
           "MAIL_MIGRATOR_SOURCE_PASSWORD and MAIL_MIGRATOR_DESTINATION_PASSWORD, else they are\n"
           "asked for.\n"
           "\n"
           "Exit status: 0 all moved; 1 usage; 2 could not start; 3 some items failed or were\n"
           "left; 4 cancelled or stopped; 5 the program itself failed.");
}

static gboolean
parse_context (GOptionContext  *context,
               GOptionEntry    *entries,
               int             *argc,
               char          ***argv,
               GError         **error)
{
  g_autoptr (GError) failure = NULL;

  g_option_context_add_main_entries (context, entries, GETTEXT_PACKAGE);
  g_option_context_set_description (context, get_description ());
  if (g_option_context_parse (context, argc, argv, &failure))
    return TRUE;
  g_set_error_literal (error, MM_ERROR, MM_ERROR_USAGE, failure->message);
  return FALSE;
}

MmCliOptions *
mm_cli_options_parse (int       argc,
                      char     *argv[],
                      GError  **error)
{
  g_autoptr (MmCliOptions) self = g_new0 (MmCliOptions, 1);
  g_autoptr (GOptionContext) context = g_option_context_new (_("VERB [ID]"));
  gboolean version = FALSE;
  const Verb *verb;
  GOptionEntry entries[] = {
    { "source", 0, 0, G_OPTION_ARG_STRING_ARRAY, &self->sources, N_("A service of the source account"), N_("URL") },
    { "destination", 0, 0, G_OPTION_ARG_STRING_ARRAY, &self->destinations, N_("A service of the destination account"), N_("URL") },
    { "source-password-file", 0, 0, G_OPTION_ARG_FILENAME, &self->source_password_file, N_("Where the source's password is read from"), N_("FILE") },
    { "destination-password-file", 0, 0, G_OPTION_ARG_FILENAME, &self->destination_password_file, N_("Where the destination's password is read from"), N_("FILE") },
    { "ca-file", 0, 0, G_OPTION_ARG_FILENAME, &self->ca_file, N_("One more certificate authority to trust"), N_("FILE") },
    { "source-address", 0, 0, G_OPTION_ARG_STRING, &self->source_address, N_("The source's address, if not its user name"), N_("ADDRESS") },
    { "destination-address", 0, 0, G_OPTION_ARG_STRING, &self->destination_address, N_("The destination's address, if not its user name"), N_("ADDRESS") },
    { "items", 0, 0, G_OPTION_ARG_STRING, &self->items, N_("What to move: emails,contacts,…"), N_("KINDS") },
    { "folder", 0, 0, G_OPTION_ARG_STRING_ARRAY, &self->folders, N_("Only this folder of the source, with its subfolders"), N_("PATH") },
    { "dry-run", 0, 0, G_OPTION_ARG_NONE, &self->dry_run, N_("Say what would be done, and do nothing"), NULL },
    { "address", 0, 0, G_OPTION_ARG_STRING, &self->address, N_("The address of the account that was moved"), N_("ADDRESS") },
    { "wait", 0, 0, G_OPTION_ARG_NONE, &self->wait, N_("Wait for the end"), NULL },
    { "json", 0, 0, G_OPTION_ARG_NONE, &self->json, N_("Print JSON lines"), NULL },
    { "version", 0, 0, G_OPTION_ARG_NONE, &version, N_("Print the version"), NULL },
    { NULL }
  };

  if (!parse_context (context, entries, &argc, &argv, error))
    return NULL;
  if (version)
    {
      g_print ("mail-migrator-cli %s\n", MM_VERSION);
      exit (MM_EXIT_OK);
    }
  if (!take_words (self, argc, argv, &verb, error) || !check_options (verb, entries, error) ||
      !check_required (self, verb, error))
    return NULL;
  return g_steal_pointer (&self);
}

MmAccount *
mm_cli_options_get_account (char       **urls,
                            const char  *address,
                            GError     **error)
{
  g_autoptr (MmAccount) account = mm_account_new (address);

  for (char **url = urls; *url != NULL; url++)
    {
      MmService *service = mm_service_parse (*url, error);

      if (service == NULL)
        return NULL;
      mm_account_add_service (account, service);
    }
  return g_steal_pointer (&account);
}

gboolean
mm_cli_options_get_kinds (const MmCliOptions *self,
                          MmKindSet          *kinds,
                          GError            **error)
{
  g_autofree char *unknown = NULL;

  *kinds = self->items != NULL ? mm_kind_set_parse (self->items, &unknown) : 0;
  if (unknown == NULL)
    return TRUE;
  g_set_error (error, MM_ERROR, MM_ERROR_USAGE,
               _("“%s” is no kind of item. Known are emails, calendars, contacts, inbox-rules, "
                 "contact-groups, out-of-office and tasks."), unknown);
  return FALSE;
}
