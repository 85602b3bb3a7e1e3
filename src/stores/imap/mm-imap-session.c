/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "stores/imap/mm-imap-session.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "stores/imap/mm-imap-error.h"
#include "stores/imap/mm-imap-session-private.h"

/* Seconds that a server which said BYE has for closing the connection. */
#define BYE_TIMEOUT 5

static void
mailbox_clear (MmImapMailbox *mailbox)
{
  g_free (mailbox->name);
  g_clear_pointer (&mailbox->permanent_flags, g_hash_table_unref);
  *mailbox = (MmImapMailbox) { 0, };
}

MmImapSession *
mm_imap_session_new (const MmService *service,
                     MmCredentials   *credentials)
{
  MmImapSession *self;

  g_return_val_if_fail (service != NULL, NULL);
  g_return_val_if_fail (credentials != NULL, NULL);

  self = g_new0 (MmImapSession, 1);
  self->service = mm_service_copy (service);
  self->credentials = mm_credentials_ref (credentials);
  self->parser = mm_imap_parser_new ();
  self->traces = !g_log_writer_default_would_drop (G_LOG_LEVEL_DEBUG, G_LOG_DOMAIN);
  g_queue_init (&self->in_flight);
  return self;
}

static void
close_stream (MmImapSession *self)
{
  if (self->stream != NULL)
    mm_line_stream_close (self->stream);
  g_clear_object (&self->stream);
  g_queue_clear_full (&self->in_flight, (GDestroyNotify) mm_imap_command_unref);
  self->selecting = NULL;
  mailbox_clear (&self->mailbox);
}

void
mm_imap_session_free (MmImapSession *self)
{
  if (self == NULL)
    return;

  close_stream (self);
  mm_service_free (self->service);
  mm_credentials_unref (self->credentials);
  mm_imap_parser_free (self->parser);
  g_clear_pointer (&self->capabilities, g_hash_table_unref);
  g_free (self->continuation);
  g_free (self->bye_code);
  g_free (self->bye_text);
  g_free (self);
}

void
_mm_imap_session_trace (MmImapSession *self,
                        const char    *direction,
                        const char    *text)
{
  if (self->traces)
    g_debug ("imap %s %s %s", self->service->host, direction, text);
}

gboolean
_mm_imap_session_check (MmImapSession  *self,
                        GError        **error)
{
  if (self->stream != NULL)
    return TRUE;
  g_set_error (error, MM_ERROR, MM_ERROR_NETWORK, _("The connection to %s is closed."),
               self->service->host);
  return FALSE;
}

void
_mm_imap_session_break (MmImapSession  *self,
                        GError        **error)
{
  close_stream (self);
  if (self->has_bye && error != NULL && g_error_matches (*error, MM_ERROR, MM_ERROR_NETWORK))
    {
      g_autofree char *sentence = g_strdup_printf (_("The server %s ended the connection"),
                                                   self->service->host);
      g_autoptr (GError) bye = mm_imap_error_new (self->bye_code, self->bye_text, MM_ERROR_NETWORK,
                                                 sentence);

      /* what a BYE complains of concerns one command at most, but the connection is gone */
      if (!mm_error_ends_store (bye))
        bye->code = MM_ERROR_NETWORK;
      g_clear_error (error);
      *error = g_steal_pointer (&bye);
    }
}

gboolean
mm_imap_session_is_alive (MmImapSession *self)
{
  return self != NULL && self->stream != NULL;
}

void
mm_imap_session_close (MmImapSession *self)
{
  g_return_if_fail (self != NULL);

  /* buffered only: closing the stream sends what goes without waiting */
  if (self->stream != NULL && self->in_flight.length == 0)
    mm_line_stream_write (self->stream, "Z LOGOUT\r\n", 10, NULL, NULL);
  close_stream (self);
}

static void
set_capabilities (MmImapSession    *self,
                  const MmImapNode *values)
{
  mm_imap_session_forget_capabilities (self);
  self->capabilities = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  for (; values != NULL; values = values->next)
    {
      const char *text = mm_imap_node_get_text (values);

      if (text == NULL)
        continue;
      g_hash_table_add (self->capabilities, g_ascii_strup (text, -1));
      if (g_ascii_strncasecmp (text, "APPENDLIMIT=", strlen ("APPENDLIMIT=")) == 0)
        self->append_limit = g_ascii_strtoull (text + strlen ("APPENDLIMIT="), NULL, 10);
    }
  /* what IMAP4rev2 (RFC 9051, appendix E) has by itself; of BINARY and SPECIAL-USE only parts */
  if (g_hash_table_contains (self->capabilities, "IMAP4REV2"))
    {
      static const char *const implied[] = { "LITERAL-", "UIDPLUS", "NAMESPACE", "LIST-EXTENDED",
                                             "LIST-STATUS", "STATUS=SIZE", "MOVE", "UNSELECT",
                                             "SASL-IR", "ESEARCH" };

      for (guint i = 0; i < G_N_ELEMENTS (implied); i++)
        g_hash_table_add (self->capabilities, g_strdup (implied[i]));
    }
  self->may_push_all = g_hash_table_contains (self->capabilities, "LITERAL+");
  self->may_push_small = g_hash_table_contains (self->capabilities, "LITERAL-");
}

gboolean
mm_imap_session_has (MmImapSession *self,
                     const char    *capability)
{
  return self->capabilities != NULL && g_hash_table_contains (self->capabilities, capability);
}

void
mm_imap_session_forget_capabilities (MmImapSession *self)
{
  g_clear_pointer (&self->capabilities, g_hash_table_unref);
  self->may_push_all = self->may_push_small = FALSE;
  self->append_limit = 0;
}

gboolean
mm_imap_session_know_capabilities (MmImapSession  *self,
                                   GCancellable   *cancellable,
                                   GError        **error)
{
  g_autoptr (MmImapCommand) command = NULL;

  if (self->capabilities != NULL)
    return TRUE;
  command = mm_imap_session_run (self, cancellable, error, "CAPABILITY");
  if (command == NULL)
    return FALSE;
  if (self->capabilities == NULL)
    set_capabilities (self, NULL);
  return TRUE;
}

guint64
mm_imap_session_get_append_limit (MmImapSession *self)
{
  return self->append_limit;
}

guint64
mm_imap_session_get_round_trip (MmImapSession *self)
{
  return self->round_trip;
}

const char *
mm_imap_session_get_host (MmImapSession *self)
{
  return self->service->host;
}

const MmService *
mm_imap_session_get_service (MmImapSession *self)
{
  return self->service;
}

const MmImapMailbox *
mm_imap_session_get_mailbox (MmImapSession *self)
{
  return &self->mailbox;
}

void
mm_imap_session_set_uidnext (MmImapSession *self,
                             guint32        uidnext)
{
  self->mailbox.uidnext = uidnext;
}

gboolean
mm_imap_session_has_bye (MmImapSession *self)
{
  return self->has_bye;
}

MmError
mm_imap_session_get_bye_meaning (MmImapSession *self)
{
  return mm_imap_error_classify (self->bye_code, self->bye_text, MM_ERROR_NETWORK);
}

const char *
mm_imap_session_get_bye_code (MmImapSession *self)
{
  return self->bye_code;
}

gboolean
mm_imap_session_may_push (MmImapSession *self,
                          guint64        size)
{
  return self->may_push_all || (self->may_push_small && size <= 4096);
}

void
mm_imap_session_set_handler (MmImapSession *self,
                             MmImapHandler  func,
                             gpointer       user_data)
{
  self->handler = func;
  self->handler_data = user_data;
}

void
mm_imap_session_expect_messages (MmImapSession *self)
{
  self->expects_messages = TRUE;
}

static gboolean
read_literal (MmImapSession  *self,
              guint64         size,
              GCancellable   *cancellable,
              GError        **error)
{
  g_autoptr (MmBlobBuilder) builder = NULL;

  if (self->expects_messages && mm_imap_parser_wants_blob (self->parser))
    builder = mm_blob_builder_new (size);
  while (size > 0)
    {
      gsize available = 0;
      const guint8 *data = mm_line_stream_read_some (self->stream, (gsize) MIN (size, 1u << 30),
                                                     &available, cancellable, error);

      if (data == NULL)
        return FALSE;
      if (builder == NULL)
        mm_imap_parser_append_literal (self->parser, data, available);
      else if (!mm_blob_builder_append (builder, data, available, error))
        return FALSE;
      size -= available;
    }
  if (builder != NULL)
    mm_imap_parser_set_blob (self->parser, mm_blob_builder_end (builder));
  return TRUE;
}

/* A server may repeat a command that it does not understand. */
static gboolean
hides_answer (MmImapSession *self)
{
  const MmImapCommand *command = g_queue_peek_head (&self->in_flight);

  return command != NULL && command->is_secret;
}

const MmImapResponse *
_mm_imap_session_read_response (MmImapSession  *self,
                                GCancellable   *cancellable,
                                GError        **error)
{
  gboolean has_literal = TRUE;

  mm_imap_parser_reset (self->parser);
  while (has_literal)
    {
      gsize length = 0;
      guint64 size = 0;
      const char *line = mm_line_stream_read_line (self->stream, MM_IMAP_LINE_MAX, &length,
                                                   cancellable, error);

      if (line == NULL)
        return NULL;
      _mm_imap_session_trace (self, "S:", hides_answer (self) ? "****" : line);
      if (!mm_imap_parser_add_line (self->parser, line, length, &has_literal, &size, error))
        return NULL;
      if (has_literal && !read_literal (self, size, cancellable, error))
        return NULL;
    }
  return mm_imap_parser_finish (self->parser, error);
}

static void
take_permanent_flags (MmImapMailbox    *mailbox,
                      const MmImapNode *list)
{
  g_clear_pointer (&mailbox->permanent_flags, g_hash_table_unref);
  if (list == NULL || list->type != MM_IMAP_LIST)
    return;
  mailbox->permanent_flags = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  for (const MmImapNode *flag = list->first; flag != NULL; flag = flag->next)
    if (flag->text != NULL)
      g_hash_table_add (mailbox->permanent_flags, g_ascii_strdown (flag->text, -1));
}

void
_mm_imap_session_take_code (MmImapSession        *self,
                            const MmImapResponse *response)
{
  MmImapMailbox *mailbox = &self->mailbox;
  guint64 number = 0;

  if (mm_imap_response_code (response, "CAPABILITY"))
    set_capabilities (self, response->arguments);
  if (mailbox->name == NULL)
    return;
  if (mm_imap_response_code (response, "PERMANENTFLAGS"))
    take_permanent_flags (mailbox, response->arguments);
  else if (mm_imap_response_code (response, "UIDVALIDITY") &&
           mm_imap_node_get_number (response->arguments, &number) && number <= G_MAXUINT32)
    mailbox->uidvalidity = (guint32) number;
  /* one that comes later would hide what we have stored since */
  else if (self->selecting != NULL && mm_imap_response_code (response, "UIDNEXT") &&
           mm_imap_node_get_number (response->arguments, &number) && number <= G_MAXUINT32)
    mailbox->uidnext = (guint32) number;
  else if (mm_imap_response_code (response, "READ-ONLY"))
    mailbox->read_only = TRUE;
}

static gboolean
repeats_secret (MmImapSession *self,
                const char    *text)
{
  return hides_answer (self) &&
         (strstr (text, mm_credentials_get_password (self->credentials)) != NULL ||
          mm_imap_text_has (text, "AUTHENTICATE"));
}

static void
take_bye (MmImapSession        *self,
          const MmImapResponse *response)
{
  if (self->has_bye)
    return;
  self->has_bye = TRUE;
  self->bye_code = g_strdup (response->code);
  if (!repeats_secret (self, response->text))
    self->bye_text = g_strdup (response->text);
  mm_line_stream_set_timeout (self->stream, BYE_TIMEOUT);
}

static gboolean
handle_untagged (MmImapSession         *self,
                 const MmImapResponse  *response,
                 GError               **error)
{
  if (response->status == MM_IMAP_STATUS_BYE)
    take_bye (self, response);
  else if (response->status != MM_IMAP_STATUS_NONE)
    _mm_imap_session_take_code (self, response);
  else if (mm_imap_response_is (response, "CAPABILITY"))
    set_capabilities (self, response->data);
  else if (mm_imap_response_is (response, "EXISTS") && response->number >= 0)
    self->mailbox.exists = (guint32) response->number;

  return self->handler == NULL || self->handler (self, response, self->handler_data, error);
}

static MmImapCommand *
find_command (MmImapSession *self,
              const char    *tag)
{
  char *end;
  guint64 number;

  if (tag[0] != 'M')
    return NULL;
  number = g_ascii_strtoull (tag + 1, &end, 10);
  for (GList *l = self->in_flight.head; l != NULL && *end == 0; l = l->next)
    if (((MmImapCommand *) l->data)->tag == number)
      return l->data;
  return NULL;
}

static void
finish_select (MmImapSession *self)
{
  if (mm_imap_command_is_ok (self->selecting))
    {
      self->mailbox.is_open = TRUE;
      /* a server that says none has only one */
      if (self->mailbox.uidvalidity == 0)
        self->mailbox.uidvalidity = 1;
    }
  else
    mailbox_clear (&self->mailbox);
  self->selecting = NULL;
}

static gboolean
handle_tagged (MmImapSession         *self,
               const MmImapResponse  *response,
               GError               **error)
{
  MmImapCommand *command = find_command (self, response->tag);
  const MmImapNode *argument = response->arguments;

  if (command == NULL || response->status > MM_IMAP_STATUS_BAD)
    {
      g_set_error (error, MM_ERROR, MM_ERROR_PROTOCOL,
                   _("The server %s answered a question that was not asked."), self->service->host);
      return FALSE;
    }
  _mm_imap_session_take_code (self, response);
  command->done = TRUE;
  command->status = response->status;
  command->code = g_strdup (response->code);
  for (guint i = 0; i < G_N_ELEMENTS (command->code_arguments) && argument != NULL; i++)
    {
      command->code_arguments[i] = g_strdup (mm_imap_node_get_text (argument));
      argument = argument->next;
    }
  command->text = g_strdup (response->text);
  if (command == self->selecting)
    finish_select (self);
  g_queue_remove (&self->in_flight, command);
  mm_imap_command_unref (command);
  return TRUE;
}

static void
measure (MmImapSession *self)
{
  guint64 taken;

  if (self->sent_at == 0)
    return;
  taken = (guint64) (g_get_monotonic_time () - self->sent_at);
  self->sent_at = 0;
  if (self->round_trip == 0 || taken < self->round_trip)
    self->round_trip = MAX (taken, 1);
}

gboolean
_mm_imap_session_read (MmImapSession  *self,
                       GCancellable   *cancellable,
                       GError        **error)
{
  g_autoptr (GError) local = NULL;
  const MmImapResponse *response = NULL;
  gboolean ok;

  /* what is in the buffer already comes without a wait that would notice */
  if (!g_cancellable_set_error_if_cancelled (cancellable, &local))
    response = _mm_imap_session_read_response (self, cancellable, &local);
  ok = response != NULL;
  measure (self);
  if (ok && response->type == MM_IMAP_CONTINUATION)
    {
      g_free (self->continuation);
      self->continuation = g_strdup (response->text);
    }
  else if (ok && response->type == MM_IMAP_TAGGED)
    ok = handle_tagged (self, response, &local);
  else if (ok)
    ok = handle_untagged (self, response, &local);
  if (ok)
    return TRUE;

  _mm_imap_session_break (self, &local);
  g_propagate_error (error, g_steal_pointer (&local));
  return FALSE;
}

MmImapCommand *
mm_imap_session_send_select (MmImapSession  *self,
                             const char     *mailbox,
                             gboolean        read_only,
                             GCancellable   *cancellable,
                             GError        **error)
{
  g_autofree char *name = mm_imap_quote (mailbox);
  g_autoptr (MmImapCommand) command = NULL;

  g_return_val_if_fail (self->selecting == NULL, NULL);

  command = mm_imap_session_send (self, cancellable, error, "%s %s",
                                  read_only ? "EXAMINE" : "SELECT", name);
  if (command == NULL)
    return NULL;
  mailbox_clear (&self->mailbox);
  /* refused before it was sent to its end */
  if (command->done)
    return g_steal_pointer (&command);
  self->mailbox.name = g_strdup (mailbox);
  self->mailbox.read_only = read_only;
  self->selecting = command;
  return g_steal_pointer (&command);
}

GError *
mm_imap_session_get_select_error (MmImapSession       *self,
                                  const MmImapCommand *command,
                                  const char          *folder)
{
  g_autofree char *sentence = NULL;
  GError *error;

  if (mm_imap_command_is_ok (command))
    return NULL;
  sentence = g_strdup_printf (_("The folder “%s” on %s cannot be opened"), folder,
                              self->service->host);
  error = mm_imap_command_get_error (command, MM_ERROR_NOT_FOUND, sentence);
  /* no server is full for reading, nor is one folder a reason for the password to be wrong */
  if (error->domain == MM_ERROR && mm_error_ends_store (error) && error->code != MM_ERROR_BUSY)
    error->code = MM_ERROR_REFUSED;
  return error;
}
