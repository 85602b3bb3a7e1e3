/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <glib/gi18n-lib.h>

#include "net/mm-connect.h"
#include "stores/imap/mm-imap-error.h"
#include "stores/imap/mm-imap-session-private.h"

/* The beginning of a MmImapSession: connecting, the greeting, STARTTLS. */

static gboolean
fail_greeting (MmImapSession  *self,
               GError        **error)
{
  g_set_error (error, MM_ERROR, MM_ERROR_PROTOCOL,
               _("The server %s at port %u does not speak IMAP. Check the port and the security."),
               self->service->host, self->service->port);
  _mm_imap_session_break (self, NULL);
  return FALSE;
}

static gboolean
read_greeting (MmImapSession  *self,
               gboolean       *preauth,
               GCancellable   *cancellable,
               GError        **error)
{
  g_autoptr (GError) local = NULL;
  const MmImapResponse *response = _mm_imap_session_read_response (self, cancellable, &local);

  if (g_error_matches (local, MM_ERROR, MM_ERROR_PROTOCOL))
    return fail_greeting (self, error);
  if (response == NULL)
    {
      _mm_imap_session_break (self, &local);
      g_propagate_error (error, g_steal_pointer (&local));
      return FALSE;
    }
  *preauth = response->status == MM_IMAP_STATUS_PREAUTH;
  if (response->type == MM_IMAP_UNTAGGED &&
      (*preauth || response->status == MM_IMAP_STATUS_OK))
    {
      _mm_imap_session_take_code (self, response);
      return TRUE;
    }
  if (response->type == MM_IMAP_UNTAGGED && response->status == MM_IMAP_STATUS_BYE)
    {
      g_autofree char *sentence = g_strdup_printf (_("The server %s turns connections away"),
                                                   self->service->host);

      g_propagate_error (error, mm_imap_error_new (response->code, response->text,
                                                   MM_ERROR_NETWORK, sentence));
      _mm_imap_session_break (self, NULL);
      return FALSE;
    }
  return fail_greeting (self, error);
}

static gboolean
fail_starttls (MmImapSession  *self,
               GError        **error)
{
  g_set_error (error, MM_ERROR, MM_ERROR_STARTTLS,
               _("The server %s offers no encryption (STARTTLS) at port %u, and it was demanded. "
                 "Nothing was sent. Try TLS, usually at port 993."),
               self->service->host, self->service->port);
  _mm_imap_session_break (self, NULL);
  return FALSE;
}

static gboolean
start_tls (MmImapSession  *self,
           GCancellable   *cancellable,
           GError        **error)
{
  g_autoptr (MmImapCommand) command = NULL;

  if (!mm_imap_session_know_capabilities (self, cancellable, error))
    return FALSE;
  if (!mm_imap_session_has (self, "STARTTLS"))
    return fail_starttls (self, error);
  command = mm_imap_session_run (self, cancellable, error, "STARTTLS");
  if (command == NULL)
    return FALSE;
  if (!mm_imap_command_is_ok (command))
    return fail_starttls (self, error);
  if (!mm_connect_start_tls (self->stream, self->service, self->credentials, cancellable, error))
    {
      _mm_imap_session_break (self, NULL);
      return FALSE;
    }
  /* what was said in clear text may have been said by anybody (RFC 3501 6.2.1) */
  mm_imap_session_forget_capabilities (self);
  return TRUE;
}

gboolean
mm_imap_session_connect (MmImapSession  *self,
                         gboolean       *preauth,
                         GCancellable   *cancellable,
                         GError        **error)
{
  g_return_val_if_fail (self != NULL && self->stream == NULL, FALSE);

  self->stream = mm_connect_open (self->service, self->credentials, cancellable, error);
  if (self->stream == NULL || !read_greeting (self, preauth, cancellable, error))
    return FALSE;
  if (self->service->security == MM_SECURITY_STARTTLS)
    {
      if (*preauth)
        return fail_starttls (self, error);
      if (!start_tls (self, cancellable, error))
        return FALSE;
    }
  return mm_imap_session_know_capabilities (self, cancellable, error);
}
