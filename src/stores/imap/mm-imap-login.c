/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "stores/imap/mm-imap-login.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "stores/imap/mm-imap-error.h"

typedef char Secret;

/* Overwrites what held a password before it is freed. */
static void
secret_free (Secret *secret)
{
  if (secret == NULL)
    return;
  explicit_bzero (secret, strlen (secret));
  g_free (secret);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Secret, secret_free)

/* "\0user\0password" in base64. */
static char *
make_plain (const char *user,
            const char *password)
{
  gsize user_length = strlen (user), password_length = strlen (password);
  gsize length = user_length + password_length + 2;
  guchar *plain = g_malloc0 (length);
  char *encoded;

  memcpy (plain + 1, user, user_length);
  memcpy (plain + 2 + user_length, password, password_length);
  encoded = g_base64_encode (plain, length);
  explicit_bzero (plain, length);
  g_free (plain);
  return encoded;
}

static MmImapCommand *
authenticate_plain (MmImapSession  *session,
                    const char     *user,
                    const char     *password,
                    gboolean        at_once,
                    GCancellable   *cancellable,
                    GError        **error)
{
  g_autoptr (Secret) response = make_plain (user, password);
  g_autoptr (Secret) text = NULL;
  g_autoptr (MmImapCommand) command = NULL;
  g_autofree char *challenge = NULL;

  if (at_once)
    {
      text = g_strconcat ("AUTHENTICATE PLAIN ", response, NULL);
      return mm_imap_session_send_secret (session, "AUTHENTICATE PLAIN ****", text,
                                          cancellable, error);
    }

  command = mm_imap_session_send (session, cancellable, error, "AUTHENTICATE PLAIN");
  if (command == NULL ||
      !mm_imap_session_wait_continuation (session, command, &challenge, cancellable, error))
    return NULL;
  command->is_secret = TRUE;
  if (challenge != NULL &&
      (!mm_imap_session_write (session, response, cancellable, error) ||
       !mm_imap_session_end (session, cancellable, error)))
    return NULL;
  return g_steal_pointer (&command);
}

static MmImapCommand *
login (MmImapSession  *session,
       const char     *user,
       const char     *password,
       GCancellable   *cancellable,
       GError        **error)
{
  g_autofree char *quoted_user = mm_imap_quote (user);
  g_autoptr (Secret) quoted_password = mm_imap_quote (password);
  g_autoptr (Secret) text = g_strdup_printf ("LOGIN %s %s", quoted_user, quoted_password);

  return mm_imap_session_send_secret (session, "LOGIN ****", text, cancellable, error);
}

/* Some servers repeat what they do not understand. */
static void
hide (char       *text,
      const char *secret)
{
  gsize length = strlen (secret);
  char *found = text;

  for (; length > 0 && found != NULL && (found = strstr (found, secret)) != NULL; found += length)
    memset (found, '*', length);
}

static void
hide_secrets (MmImapCommand *command,
              const char    *user,
              const char    *password)
{
  g_autoptr (Secret) plain = make_plain (user, password);
  g_autoptr (Secret) quoted = mm_imap_quote (password);

  hide (command->text, plain);
  hide (command->text, quoted);
  hide (command->text, password);
}

static GError *
explain_refusal (MmImapSession       *session,
                 const MmImapCommand *command,
                 const char          *user)
{
  const char *host = mm_imap_session_get_host (session);
  MmError meaning = mm_imap_error_classify (command->code, command->text, MM_ERROR_PASSWORD);
  g_autofree char *sentence = NULL;

  switch ((guint) meaning)
    {
    case MM_ERROR_PASSWORD:
      sentence = g_strdup_printf (_("The server %s refuses the login “%s” or its password"),
                                  host, user);
      break;
    case MM_ERROR_LIMIT:
      sentence = g_strdup_printf (_("The server %s allows no further connection for “%s”"),
                                  host, user);
      break;
    case MM_ERROR_BUSY:
      sentence = g_strdup_printf (_("The server %s cannot sign in “%s” at the moment"), host, user);
      break;
    default:
      meaning = MM_ERROR_LOGIN;
      sentence = g_strdup_printf (_("The login “%s” cannot be used on %s"), user, host);
    }
  if (meaning == MM_ERROR_LOGIN)
    {
      GError *error = mm_imap_error_new (NULL, command->text, MM_ERROR_LOGIN, sentence);

      error->code = MM_ERROR_LOGIN;
      return error;
    }
  return mm_imap_command_get_error (command, meaning, sentence);
}

static gboolean
fail_without_mechanism (MmImapSession  *session,
                        GError        **error)
{
  const char *host = mm_imap_session_get_host (session);

  if (mm_imap_session_get_service (session)->security == MM_SECURITY_NONE)
    g_set_error (error, MM_ERROR, MM_ERROR_LOGIN,
                 _("The server %s takes no password over an unencrypted connection. "
                   "Choose TLS or STARTTLS for this account."), host);
  else
    g_set_error (error, MM_ERROR, MM_ERROR_LOGIN,
                 _("The server %s accepts no sign-in with a password. "
                   "It may want a special password for programs, made in its settings."), host);
  return FALSE;
}

gboolean
mm_imap_login (MmImapSession  *session,
               const char     *user,
               const char     *password,
               GCancellable   *cancellable,
               GError        **error)
{
  g_autoptr (MmImapCommand) command = NULL;
  gboolean has_plain = mm_imap_session_has (session, "AUTH=PLAIN");
  gboolean has_login = !mm_imap_session_has (session, "LOGINDISABLED");
  gboolean at_once = mm_imap_session_has (session, "SASL-IR");

  if (!has_plain && !has_login)
    return fail_without_mechanism (session, error);
  /* the answer may bring those of the signed-in state, which are others */
  mm_imap_session_forget_capabilities (session);
  if (has_plain)
    {
      command = authenticate_plain (session, user, password, at_once, cancellable, error);
      if (command == NULL || !mm_imap_session_wait (session, command, cancellable, error))
        return FALSE;
    }
  /* BAD is about the command, not about the password: the other way may do */
  if (command == NULL || (command->status == MM_IMAP_STATUS_BAD && has_login))
    {
      g_clear_pointer (&command, mm_imap_command_unref);
      command = login (session, user, password, cancellable, error);
      if (command == NULL || !mm_imap_session_wait (session, command, cancellable, error))
        return FALSE;
    }
  if (!mm_imap_command_is_ok (command))
    {
      hide_secrets (command, user, password);
      g_propagate_error (error, explain_refusal (session, command, user));
      return FALSE;
    }
  return mm_imap_session_know_capabilities (session, cancellable, error);
}
