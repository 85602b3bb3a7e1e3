/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "net/mm-line-stream.h"

#include <errno.h>
#include <string.h>

#include <glib/gi18n-lib.h>

#include "model/mm-error.h"

/* How much the read buffer holds at first, and how much is taken in at most while writing. */
#define READ_SIZE (64 * 1024)
#define READ_MAX (1024 * 1024)

#define WRITE_SIZE (64 * 1024)

struct _MmLineStream
{
  GObject parent_instance;

  GSocketConnection *connection;
  GTlsConnection *tls;            /* NULL in clear text */
  GPollableInputStream *input;    /* of tls or connection, borrowed */
  GPollableOutputStream *output;
  char *peer;
  guint timeout;

  guint8 *read_buffer;
  gsize read_size;
  gsize read_start;               /* the bytes not yet handed out are start … end */
  gsize read_end;
  gboolean at_end;                /* the peer sends nothing more */

  guint8 *write_buffer;
  gsize write_length;

  GError *failure;                /* what ended the connection for us */
  gboolean failed_writing;        /* the buffer may hold the peer's last words */
};

G_DEFINE_FINAL_TYPE (MmLineStream, mm_line_stream, G_TYPE_OBJECT)

typedef enum
{
  STEP_DONE,
  STEP_WOULD_BLOCK,
  STEP_FAILED,
} Step;

static void
mm_line_stream_dispose (GObject *object)
{
  MmLineStream *self = MM_LINE_STREAM (object);

  if (self->connection != NULL)
    mm_line_stream_close (self);
  self->input = NULL;
  self->output = NULL;
  g_clear_object (&self->tls);
  g_clear_object (&self->connection);

  G_OBJECT_CLASS (mm_line_stream_parent_class)->dispose (object);
}

static void
mm_line_stream_finalize (GObject *object)
{
  MmLineStream *self = MM_LINE_STREAM (object);

  g_clear_pointer (&self->peer, g_free);
  g_clear_pointer (&self->read_buffer, g_free);
  g_clear_pointer (&self->write_buffer, g_free);
  g_clear_error (&self->failure);

  G_OBJECT_CLASS (mm_line_stream_parent_class)->finalize (object);
}

static void
mm_line_stream_class_init (MmLineStreamClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = mm_line_stream_dispose;
  object_class->finalize = mm_line_stream_finalize;
}

static void
mm_line_stream_init (MmLineStream *self)
{
  self->timeout = 120;
  self->read_size = READ_SIZE;
  self->read_buffer = g_malloc (self->read_size);
  self->write_buffer = g_malloc (WRITE_SIZE);
}

static void
mm_line_stream_use (MmLineStream *self,
                    GIOStream    *stream)
{
  self->input = G_POLLABLE_INPUT_STREAM (g_io_stream_get_input_stream (stream));
  self->output = G_POLLABLE_OUTPUT_STREAM (g_io_stream_get_output_stream (stream));
}

/* Takes @error (transfer full) as what ended the connection, in our own words. */
static void
mm_line_stream_fail (MmLineStream *self,
                     GError       *error)
{
  g_autoptr (GError) cause = error;

  if (self->failure != NULL)
    return;
  if (cause->domain == MM_ERROR || g_error_matches (cause, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    self->failure = g_steal_pointer (&cause);
  else
    self->failure = g_error_new (MM_ERROR, MM_ERROR_NETWORK,
                                 _("The connection to %s was cut (%s)."), self->peer,
                                 cause->message);
}

static gboolean
mm_line_stream_is_usable (MmLineStream  *self,
                          GError       **error)
{
  if (self->failure == NULL)
    return TRUE;
  if (error != NULL)
    *error = g_error_copy (self->failure);
  return FALSE;
}

/* Room for at least one more byte, without moving more than a part of a line. */
static gboolean
mm_line_stream_make_room (MmLineStream *self,
                          gsize         maximum)
{
  if (self->read_start == self->read_end)
    self->read_start = self->read_end = 0;
  if (self->read_end < self->read_size)
    return TRUE;
  if (self->read_start > 0)
    {
      memmove (self->read_buffer, self->read_buffer + self->read_start,
               self->read_end - self->read_start);
      self->read_end -= self->read_start;
      self->read_start = 0;
      return TRUE;
    }
  if (self->read_size >= maximum)
    return FALSE;
  self->read_size = MIN (self->read_size * 2, maximum);
  self->read_buffer = g_realloc (self->read_buffer, self->read_size);
  return TRUE;
}

/* Takes in what there is, without waiting. There must be room. */
static Step
mm_line_stream_receive (MmLineStream *self,
                        GCancellable *cancellable)
{
  g_autoptr (GError) error = NULL;
  gssize n;

  n = g_pollable_input_stream_read_nonblocking (self->input,
                                                self->read_buffer + self->read_end,
                                                self->read_size - self->read_end,
                                                cancellable, &error);
  if (n > 0)
    {
      self->read_end += n;
      return STEP_DONE;
    }
  if (n < 0 && g_error_matches (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK))
    return STEP_WOULD_BLOCK;
  self->at_end = TRUE;
  if (n < 0 && !g_error_matches (error, G_TLS_ERROR, G_TLS_ERROR_EOF))
    mm_line_stream_fail (self, g_steal_pointer (&error));
  else
    mm_line_stream_fail (self, g_error_new (MM_ERROR, MM_ERROR_NETWORK,
                                            _("The server %s closed the connection."),
                                            self->peer));
  return STEP_FAILED;
}

/* While a write waits: takes in all that there is, within bounds. FALSE: there is no use in
 * waiting for more. */
static gboolean
mm_line_stream_drain (MmLineStream *self)
{
  while (!self->at_end && mm_line_stream_make_room (self, READ_MAX))
    {
      Step step = mm_line_stream_receive (self, NULL);

      if (step == STEP_WOULD_BLOCK)
        return TRUE;
    }
  return FALSE;
}

static gboolean
mm_line_stream_poll (MmLineStream *self,
                     GIOCondition  condition,
                     GCancellable *cancellable)
{
  GSocket *socket = g_socket_connection_get_socket (self->connection);
  GPollFD fds[2] = { { g_socket_get_fd (socket), condition, 0 } };
  gint64 deadline = g_get_monotonic_time () + self->timeout * G_TIME_SPAN_SECOND;
  guint n_fds = 1;
  gint n;

  if (g_cancellable_make_pollfd (cancellable, &fds[1]))
    n_fds = 2;
  do
    {
      gint64 left = MAX (deadline - g_get_monotonic_time (), 0);

      n = g_poll (fds, n_fds, (left + 999) / 1000);
    }
  while (n < 0 && errno == EINTR);
  if (n_fds == 2)
    g_cancellable_release_fd (cancellable);
  return n > 0;
}

/* Waits for the socket, with deadline. */
static gboolean
mm_line_stream_wait (MmLineStream *self,
                     GIOCondition  condition,
                     GCancellable *cancellable)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *message = NULL;
  gboolean ready;

  ready = mm_line_stream_poll (self, condition, cancellable);
  if (g_cancellable_set_error_if_cancelled (cancellable, &error))
    {
      mm_line_stream_fail (self, g_steal_pointer (&error));
      return FALSE;
    }
  if (ready)
    return TRUE;
  message = g_strdup_printf (g_dngettext (GETTEXT_PACKAGE,
                                          "The server %s did not answer for %u second.",
                                          "The server %s did not answer for %u seconds.",
                                          self->timeout),
                             self->peer, self->timeout);
  mm_line_stream_fail (self, g_error_new_literal (MM_ERROR, MM_ERROR_NETWORK, message));
  return FALSE;
}

/* Sends as much as the socket takes; a number of bytes in @sent. */
static Step
mm_line_stream_send_some (MmLineStream *self,
                          const guint8 *data,
                          gsize         length,
                          gsize        *sent,
                          GCancellable *cancellable)
{
  g_autoptr (GError) error = NULL;
  gssize n;

  n = g_pollable_output_stream_write_nonblocking (self->output, data, length, cancellable, &error);
  if (n >= 0)
    {
      *sent = n;
      return STEP_DONE;
    }
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK))
    return STEP_WOULD_BLOCK;

  if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    {
      mm_line_stream_drain (self);
      self->failed_writing = TRUE;
    }
  mm_line_stream_fail (self, g_steal_pointer (&error));
  return STEP_FAILED;
}

static gboolean
mm_line_stream_send (MmLineStream *self,
                     const guint8 *data,
                     gsize         length,
                     GCancellable *cancellable)
{
  while (length > 0)
    {
      gsize sent = 0;
      Step step = mm_line_stream_send_some (self, data, length, &sent, cancellable);
      GIOCondition condition = G_IO_OUT;

      if (step == STEP_FAILED)
        return FALSE;
      data += sent;
      length -= sent;
      if (step == STEP_DONE)
        continue;

      if (mm_line_stream_drain (self))
        condition |= G_IO_IN;
      if (self->failure != NULL)
        {
          self->failed_writing = TRUE;
          return FALSE;
        }
      if (!mm_line_stream_wait (self, condition, cancellable))
        return FALSE;
    }
  return TRUE;
}

MmLineStream *
mm_line_stream_new (GSocketConnection *connection,
                    const char        *peer)
{
  MmLineStream *self;

  g_return_val_if_fail (G_IS_SOCKET_CONNECTION (connection), NULL);
  g_return_val_if_fail (peer != NULL, NULL);

  self = g_object_new (MM_TYPE_LINE_STREAM, NULL);
  self->connection = g_object_ref (connection);
  self->peer = g_strdup (peer);
  mm_line_stream_use (self, G_IO_STREAM (connection));
  return self;
}

GSocketConnection *
mm_line_stream_get_connection (MmLineStream *self)
{
  g_return_val_if_fail (MM_IS_LINE_STREAM (self), NULL);

  return self->connection;
}

const char *
mm_line_stream_get_peer (MmLineStream *self)
{
  g_return_val_if_fail (MM_IS_LINE_STREAM (self), NULL);

  return self->peer;
}

gboolean
mm_line_stream_start_tls (MmLineStream    *self,
                          GTlsConnection  *tls,
                          GCancellable    *cancellable,
                          GError         **error)
{
  GSocket *socket;

  g_return_val_if_fail (MM_IS_LINE_STREAM (self), FALSE);
  g_return_val_if_fail (G_IS_TLS_CONNECTION (tls), FALSE);
  g_return_val_if_fail (self->tls == NULL, FALSE);

  if (!mm_line_stream_flush (self, cancellable, error))
    return FALSE;
  if (!mm_line_stream_drain (self) && self->failure != NULL)
    return mm_line_stream_is_usable (self, error);
  if (self->read_start < self->read_end)
    {
      mm_line_stream_fail (self, g_error_new (MM_ERROR, MM_ERROR_PROTOCOL,
                                              _("The server %s sent text ahead of the encryption. "
                                                "Somebody may be tampering with the connection."),
                                              self->peer));
      return mm_line_stream_is_usable (self, error);
    }

  /* The handshake blocks in the socket, which has a timeout of its own. */
  socket = g_socket_connection_get_socket (self->connection);
  g_socket_set_timeout (socket, self->timeout);
  if (!g_tls_connection_handshake (tls, cancellable, error))
    {
      mm_line_stream_close (self);
      return FALSE;
    }
  g_set_object (&self->tls, tls);
  mm_line_stream_use (self, G_IO_STREAM (tls));
  return TRUE;
}

void
mm_line_stream_set_timeout (MmLineStream *self,
                            guint         seconds)
{
  g_return_if_fail (MM_IS_LINE_STREAM (self));
  g_return_if_fail (seconds > 0);

  self->timeout = seconds;
}

gboolean
mm_line_stream_write (MmLineStream   *self,
                      gconstpointer   data,
                      gsize           length,
                      GCancellable   *cancellable,
                      GError        **error)
{
  const guint8 *bytes = data;

  g_return_val_if_fail (MM_IS_LINE_STREAM (self), FALSE);
  g_return_val_if_fail (data != NULL || length == 0, FALSE);

  if (!mm_line_stream_is_usable (self, error))
    return FALSE;
  while (length > 0)
    {
      gsize n = MIN (length, WRITE_SIZE - self->write_length);

      if (self->write_length == 0 && length >= WRITE_SIZE)
        return mm_line_stream_send (self, bytes, length, cancellable) ||
               mm_line_stream_is_usable (self, error);

      memcpy (self->write_buffer + self->write_length, bytes, n);
      self->write_length += n;
      bytes += n;
      length -= n;
      if (self->write_length == WRITE_SIZE && !mm_line_stream_flush (self, cancellable, error))
        return FALSE;
    }
  return TRUE;
}

gboolean
mm_line_stream_flush (MmLineStream   *self,
                      GCancellable   *cancellable,
                      GError        **error)
{
  g_return_val_if_fail (MM_IS_LINE_STREAM (self), FALSE);

  if (!mm_line_stream_is_usable (self, error))
    return FALSE;
  if (self->write_length == 0)
    return TRUE;
  if (!mm_line_stream_send (self, self->write_buffer, self->write_length, cancellable))
    return mm_line_stream_is_usable (self, error);
  self->write_length = 0;
  return TRUE;
}

/* Before reading: sends what is buffered. TRUE also when that failed in a way that leaves the
 * peer's last words to be read. */
static gboolean
mm_line_stream_begin_reading (MmLineStream  *self,
                              GCancellable  *cancellable,
                              GError       **error)
{
  if (self->failure == NULL)
    mm_line_stream_flush (self, cancellable, NULL);
  return (self->failed_writing && self->read_start < self->read_end) ||
         mm_line_stream_is_usable (self, error);
}

/* Waits until there is at least one byte more. */
static gboolean
mm_line_stream_fill (MmLineStream  *self,
                     gsize          maximum,
                     GCancellable  *cancellable,
                     GError       **error)
{
  if (!mm_line_stream_is_usable (self, error))
    return FALSE;
  mm_line_stream_make_room (self, maximum);
  for (;;)
    {
      Step step = mm_line_stream_receive (self, cancellable);

      if (step == STEP_DONE)
        return TRUE;
      if (step == STEP_FAILED || !mm_line_stream_wait (self, G_IO_IN, cancellable))
        return mm_line_stream_is_usable (self, error);
    }
}

/* Hands out the line that ends with the LF at @end. */
static const char *
mm_line_stream_take_line (MmLineStream *self,
                          guint8       *end,
                          gsize        *length)
{
  guint8 *line = self->read_buffer + self->read_start;

  self->read_start = end + 1 - self->read_buffer;
  if (end > line && end[-1] == '\r')
    end--;
  *end = '\0';
  if (length != NULL)
    *length = end - line;
  return (const char *) line;
}

const char *
mm_line_stream_read_line (MmLineStream  *self,
                          gsize          limit,
                          gsize         *length,
                          GCancellable  *cancellable,
                          GError       **error)
{
  gsize searched = 0;

  g_return_val_if_fail (MM_IS_LINE_STREAM (self), NULL);

  if (!mm_line_stream_begin_reading (self, cancellable, error))
    return NULL;
  for (;;)
    {
      guint8 *start = self->read_buffer + self->read_start;
      gsize available = self->read_end - self->read_start;
      guint8 *end = memchr (start + searched, '\n', available - searched);
      gsize found = end != NULL ? (gsize) (end - start) : available;

      if (found > limit + 1 || (found == limit + 1 && start[limit] != '\r'))
        {
          mm_line_stream_fail (self, g_error_new (MM_ERROR, MM_ERROR_PROTOCOL,
                                                  _("The server %s sent a line of more than "
                                                    "%zu bytes."),
                                                  self->peer, limit));
          mm_line_stream_is_usable (self, error);
          return NULL;
        }
      if (end != NULL)
        return mm_line_stream_take_line (self, end, length);
      searched = available;
      if (!mm_line_stream_fill (self, limit + READ_SIZE, cancellable, error))
        return NULL;
    }
}

const guint8 *
mm_line_stream_read_some (MmLineStream  *self,
                          gsize          length,
                          gsize         *available,
                          GCancellable  *cancellable,
                          GError       **error)
{
  const guint8 *start;

  g_return_val_if_fail (MM_IS_LINE_STREAM (self), NULL);
  g_return_val_if_fail (length > 0, NULL);
  g_return_val_if_fail (available != NULL, NULL);

  if (!mm_line_stream_begin_reading (self, cancellable, error))
    return NULL;
  if (self->read_start == self->read_end &&
      !mm_line_stream_fill (self, READ_SIZE, cancellable, error))
    return NULL;
  start = self->read_buffer + self->read_start;
  *available = MIN (length, self->read_end - self->read_start);
  self->read_start += *available;
  return start;
}

gboolean
mm_line_stream_has_line (MmLineStream *self)
{
  g_return_val_if_fail (MM_IS_LINE_STREAM (self), FALSE);

  return memchr (self->read_buffer + self->read_start, '\n',
                 self->read_end - self->read_start) != NULL;
}

void
mm_line_stream_close (MmLineStream *self)
{
  GSocket *socket;
  gsize sent;

  g_return_if_fail (MM_IS_LINE_STREAM (self));

  if (self->failure == NULL)
    {
      if (self->write_length > 0)
        mm_line_stream_send_some (self, self->write_buffer, self->write_length, &sent, NULL);
      mm_line_stream_fail (self, g_error_new (MM_ERROR, MM_ERROR_NETWORK,
                                              _("The connection to %s is closed."), self->peer));
    }
  /* Closing the streams could wait for the peer (TLS says good-bye); the socket cannot. */
  socket = g_socket_connection_get_socket (self->connection);
  g_socket_close (socket, NULL);
  self->failed_writing = FALSE;
}
