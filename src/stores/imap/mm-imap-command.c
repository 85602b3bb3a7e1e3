/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "stores/imap/mm-imap-error.h"
#include "stores/imap/mm-imap-session-private.h"

/* The sending half of MmImapSession. */

MmImapCommand *
mm_imap_command_ref (MmImapCommand *self)
{
  g_ref_count_inc (&self->ref_count);
  return self;
}

void
mm_imap_command_unref (MmImapCommand *self)
{
  if (self == NULL || !g_ref_count_dec (&self->ref_count))
    return;

  g_free (self->code);
  for (guint i = 0; i < G_N_ELEMENTS (self->code_arguments); i++)
    g_free (self->code_arguments[i]);
  g_free (self->text);
  g_free (self);
}

gboolean
mm_imap_command_is_ok (const MmImapCommand *self)
{
  return self->done && self->status == MM_IMAP_STATUS_OK;
}

GError *
mm_imap_command_get_error (const MmImapCommand *self,
                           MmError              fallback,
                           const char          *sentence)
{
  return mm_imap_error_new (self->code, self->text, fallback, sentence);
}

char *
mm_imap_quote (const char *text)
{
  gboolean needs_literal = FALSE;
  GString *out;

  g_return_val_if_fail (text != NULL, NULL);

  for (const char *p = text; *p != 0; p++)
    needs_literal |= *p == '\r' || *p == '\n' || (*p & 0x80) != 0;
  if (needs_literal)
    return g_strdup_printf ("{%" G_GSIZE_FORMAT "}\r\n%s", strlen (text), text);

  out = g_string_new ("\"");
  for (const char *p = text; *p != 0; p++)
    {
      if (*p == '"' || *p == '\\')
        g_string_append_c (out, '\\');
      g_string_append_c (out, *p);
    }
  g_string_append_c (out, '"');
  return g_string_free (out, FALSE);
}

static gboolean
write_bytes (MmImapSession  *self,
             gconstpointer   data,
             gsize           length,
             GCancellable   *cancellable,
             GError        **error)
{
  g_autoptr (GError) local = NULL;

  if (!_mm_imap_session_check (self, error))
    return FALSE;
  if (mm_line_stream_write (self->stream, data, length, cancellable, &local))
    return TRUE;

  /* a server that complains and closes has said why before: that is in the buffer still */
  while (self->stream != NULL && g_error_matches (local, MM_ERROR, MM_ERROR_NETWORK) &&
         mm_line_stream_has_line (self->stream))
    {
      g_clear_error (&local);
      if (_mm_imap_session_read (self, cancellable, &local))
        mm_line_stream_write (self->stream, "", 0, cancellable, &local);
    }
  if (local == NULL)
    _mm_imap_session_check (self, &local);
  if (self->stream != NULL)
    _mm_imap_session_break (self, &local);
  g_propagate_error (error, g_steal_pointer (&local));
  return FALSE;
}

static gboolean
wait_leave (MmImapSession  *self,
            MmImapCommand  *command,
            gboolean       *go,
            GCancellable   *cancellable,
            GError        **error)
{
  g_autofree char *text = NULL;

  if (!mm_imap_session_wait_continuation (self, command, &text, cancellable, error))
    return FALSE;
  *go = text != NULL;
  return TRUE;
}

/* Writes @text, without CRLF, whose literals stand as mm_imap_quote () makes them. @go (out): FALSE
 * when the server refused one of them, and with it the command. */
static gboolean
write_with_literals (MmImapSession  *self,
                     MmImapCommand  *command,
                     const char     *text,
                     gboolean       *go,
                     GCancellable   *cancellable,
                     GError        **error)
{
  const char *line_end;

  *go = TRUE;
  while (*go && (line_end = strstr (text, "}\r\n")) != NULL)
    {
      const char *brace = line_end;
      gsize size;

      while (*brace != '{')
        brace--;
      size = (gsize) g_ascii_strtoull (brace + 1, NULL, 10);
      if (!write_bytes (self, text, (gsize) (brace - text), cancellable, error) ||
          !mm_imap_session_literal (self, command, size, FALSE,
                                    !mm_imap_session_may_push (self, size), go,
                                    cancellable, error))
        return FALSE;
      if (!*go)
        return TRUE;
      text = line_end + 3;
      if (!write_bytes (self, text, size, cancellable, error))
        return FALSE;
      text += size;
    }
  return write_bytes (self, text, strlen (text), cancellable, error);
}

static MmImapCommand *
begin_command (MmImapSession  *self,
               GCancellable   *cancellable,
               GError        **error)
{
  g_autoptr (MmImapCommand) command = NULL;
  char tag[16];

  if (!_mm_imap_session_check (self, error))
    return NULL;
  command = g_new0 (MmImapCommand, 1);
  g_ref_count_init (&command->ref_count);
  command->tag = ++self->last_tag;
  g_snprintf (tag, sizeof tag, "M%u ", command->tag);
  if (!write_bytes (self, tag, strlen (tag), cancellable, error))
    return NULL;
  if (self->in_flight.length == 0)
    self->sent_at = g_get_monotonic_time ();
  g_queue_push_tail (&self->in_flight, mm_imap_command_ref (command));
  return g_steal_pointer (&command);
}

MmImapCommand *
mm_imap_session_send_secret (MmImapSession  *self,
                             const char     *visible,
                             const char     *text,
                             GCancellable   *cancellable,
                             GError        **error)
{
  g_autoptr (MmImapCommand) command = begin_command (self, cancellable, error);
  gboolean go;

  if (command == NULL)
    return NULL;
  command->is_secret = visible != text;
  _mm_imap_session_trace (self, "C:", visible);
  if (!write_with_literals (self, command, text, &go, cancellable, error) ||
      (go && !mm_imap_session_end (self, cancellable, error)))
    return NULL;
  return g_steal_pointer (&command);
}

static MmImapCommand *
send_valist (MmImapSession  *self,
             GCancellable   *cancellable,
             GError        **error,
             const char     *format,
             va_list         args)
{
  g_autofree char *text = NULL;

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
  text = g_strdup_vprintf (format, args);
#pragma GCC diagnostic pop
  return mm_imap_session_send_secret (self, text, text, cancellable, error);
}

MmImapCommand *
mm_imap_session_send (MmImapSession  *self,
                      GCancellable   *cancellable,
                      GError        **error,
                      const char     *format,
                      ...)
{
  MmImapCommand *command;
  va_list args;

  va_start (args, format);
  command = send_valist (self, cancellable, error, format, args);
  va_end (args);
  return command;
}

MmImapCommand *
mm_imap_session_run (MmImapSession  *self,
                     GCancellable   *cancellable,
                     GError        **error,
                     const char     *format,
                     ...)
{
  g_autoptr (MmImapCommand) command = NULL;
  va_list args;

  va_start (args, format);
  command = send_valist (self, cancellable, error, format, args);
  va_end (args);
  if (command == NULL || !mm_imap_session_wait (self, command, cancellable, error))
    return NULL;
  return g_steal_pointer (&command);
}

gboolean
mm_imap_session_wait (MmImapSession  *self,
                      MmImapCommand  *command,
                      GCancellable   *cancellable,
                      GError        **error)
{
  while (!command->done)
    if (!_mm_imap_session_check (self, error) ||
        !_mm_imap_session_read (self, cancellable, error))
      return FALSE;
  return TRUE;
}

gboolean
mm_imap_session_drain (MmImapSession  *self,
                       GCancellable   *cancellable,
                       GError        **error)
{
  if (!_mm_imap_session_check (self, error))
    return FALSE;
  while (mm_line_stream_has_line (self->stream))
    if (!_mm_imap_session_read (self, cancellable, error))
      return FALSE;
  return TRUE;
}

void
mm_imap_session_settle (MmImapSession *self,
                        GCancellable  *cancellable)
{
  mm_imap_session_set_handler (self, NULL, NULL);
  self->expects_messages = FALSE;
  while (self->stream != NULL && self->in_flight.length > 0)
    if (!_mm_imap_session_read (self, cancellable, NULL))
      return;
}

gboolean
mm_imap_session_wait_continuation (MmImapSession  *self,
                                   MmImapCommand  *command,
                                   char          **text,
                                   GCancellable   *cancellable,
                                   GError        **error)
{
  g_clear_pointer (&self->continuation, g_free);
  while (!command->done && self->continuation == NULL)
    if (!_mm_imap_session_check (self, error) ||
        !_mm_imap_session_read (self, cancellable, error))
      return FALSE;
  *text = command->done ? NULL : g_steal_pointer (&self->continuation);
  return TRUE;
}

MmImapCommand *
mm_imap_session_begin (MmImapSession  *self,
                       const char     *text,
                       gboolean       *go,
                       GCancellable   *cancellable,
                       GError        **error)
{
  g_autoptr (MmImapCommand) command = begin_command (self, cancellable, error);

  _mm_imap_session_trace (self, "C:", text);
  if (command == NULL || !write_with_literals (self, command, text, go, cancellable, error))
    return NULL;
  return g_steal_pointer (&command);
}

gboolean
mm_imap_session_write (MmImapSession  *self,
                       const char     *text,
                       GCancellable   *cancellable,
                       GError        **error)
{
  return write_bytes (self, text, strlen (text), cancellable, error);
}

gboolean
mm_imap_session_literal (MmImapSession  *self,
                         MmImapCommand  *command,
                         guint64         size,
                         gboolean        is_binary,
                         gboolean        synchronising,
                         gboolean       *go,
                         GCancellable   *cancellable,
                         GError        **error)
{
  g_autofree char *marker = g_strdup_printf ("%s{%" G_GUINT64_FORMAT "%s}\r\n",
                                             is_binary ? "~" : "", size,
                                             synchronising ? "" : "+");

  *go = TRUE;
  if (!write_bytes (self, marker, strlen (marker), cancellable, error))
    return FALSE;
  return !synchronising || wait_leave (self, command, go, cancellable, error);
}

typedef struct
{
  MmImapSession *session;
  GCancellable *cancellable;
} BlobWriter;

static gboolean
write_piece (const guint8  *data,
             gsize          length,
             gpointer       user_data,
             GError       **error)
{
  BlobWriter *writer = user_data;

  return write_bytes (writer->session, data, length, writer->cancellable, error);
}

gboolean
mm_imap_session_write_blob (MmImapSession  *self,
                            MmBlob         *blob,
                            GCancellable   *cancellable,
                            GError        **error)
{
  BlobWriter writer = { self, cancellable };

  if (mm_blob_foreach (blob, write_piece, &writer, error))
    return TRUE;
  /* half a literal: nothing that follows would be understood */
  if (self->stream != NULL)
    _mm_imap_session_break (self, NULL);
  return FALSE;
}

gboolean
mm_imap_session_end (MmImapSession  *self,
                     GCancellable   *cancellable,
                     GError        **error)
{
  return write_bytes (self, "\r\n", 2, cancellable, error);
}
