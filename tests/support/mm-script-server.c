/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "mm-script-server.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/socket.h>

#define FINISH_TIMEOUT (20 * G_TIME_SPAN_SECOND)
#define RECEIVED_MAX (16 * 1024 * 1024)
#define N_TAGS 10
#define SEND_BUFFER (64 * 1024)

typedef enum
{
  STEP_ACCEPT,
  STEP_CERTIFICATE,
  STEP_START_TLS,
  STEP_SEND,
  STEP_SEND_MANY,
  STEP_EXPECT,
  STEP_EXPECT_BYTES,
  STEP_EXPECT_END,
  STEP_TRICKLE,
  STEP_CUT_AFTER,
  STEP_CUT,
  STEP_PAUSE,
  STEP_SILENCE,
} StepType;

typedef struct
{
  StepType type;
  GBytes *bytes;  /* SEND */
  char *text;     /* EXPECT: pattern; CERTIFICATE: file */
  guint64 number;
  MmCut cut;
} Step;

struct _MmScriptServer
{
  GSocketListener *listener;
  guint16 port;
  GPtrArray *steps;
  GThread *thread;
  GCancellable *cancellable; /* ends the thread */

  GMutex mutex;
  GCond cond;
  gboolean ended;
  char *failure;

  /* The thread's own from here on, until it has ended. */
  GSocketConnection *connection;
  GIOStream *stream;         /* the connection, or TLS over it */
  GDataInputStream *input;
  char *certificate;
  gboolean trickle;
  gulong trickle_pause;
  gboolean cut_pending;
  guint64 cut_left;
  MmCut cut_how;
  char *tags[N_TAGS];        /* first words of the last lines, newest first */
  GByteArray *received;
};

/* What a step did to the script. */
typedef enum
{
  OUTCOME_GO_ON,
  OUTCOME_CUT,    /* the connection is gone, as the script wanted */
  OUTCOME_FAILED,
} Outcome;

static void
step_free (Step *self)
{
  g_clear_pointer (&self->bytes, g_bytes_unref);
  g_free (self->text);
  g_free (self);
}

static Step *
mm_script_server_add_step (MmScriptServer *self,
                           StepType        type)
{
  Step *step = g_new0 (Step, 1);

  g_assert (self->thread == NULL);

  step->type = type;
  g_ptr_array_add (self->steps, step);
  return step;
}

static Outcome G_GNUC_PRINTF (2, 3)
mm_script_server_fail (MmScriptServer *self,
                       const char     *format,
                       ...)
{
  va_list arguments;

  g_mutex_lock (&self->mutex);
  if (self->failure == NULL)
    {
      va_start (arguments, format);
      self->failure = g_strdup_vprintf (format, arguments);
      va_end (arguments);
    }
  g_mutex_unlock (&self->mutex);
  return OUTCOME_FAILED;
}

static void
mm_script_server_drop (MmScriptServer *self,
                       MmCut           how)
{
  struct linger linger = { 1, 0 };
  GSocket *socket;

  if (self->connection == NULL)
    return;
  socket = g_socket_connection_get_socket (self->connection);
  if (how == MM_CUT_RESET)
    setsockopt (g_socket_get_fd (socket), SOL_SOCKET, SO_LINGER, &linger, sizeof linger);
  g_socket_close (socket, NULL);
  g_clear_object (&self->input);
  g_clear_object (&self->stream);
  g_clear_object (&self->connection);
}

static void
mm_script_server_use (MmScriptServer *self,
                      GIOStream      *stream)
{
  g_set_object (&self->stream, stream);
  g_clear_object (&self->input);
  self->input = g_data_input_stream_new (g_io_stream_get_input_stream (stream));
  g_data_input_stream_set_newline_type (self->input, G_DATA_STREAM_NEWLINE_TYPE_LF);
  g_filter_input_stream_set_close_base_stream (G_FILTER_INPUT_STREAM (self->input), FALSE);
}

static Outcome
mm_script_server_do_accept (MmScriptServer *self)
{
  g_autoptr (GError) error = NULL;
  GSocket *socket;

  mm_script_server_drop (self, MM_CUT_FIN);
  self->trickle = FALSE;
  self->cut_pending = FALSE;
  self->connection = g_socket_listener_accept (self->listener, NULL, self->cancellable, &error);
  if (self->connection == NULL)
    return mm_script_server_fail (self, "nobody connected: %s", error->message);
  socket = g_socket_connection_get_socket (self->connection);
  g_socket_set_option (socket, IPPROTO_TCP, TCP_NODELAY, 1, NULL);
  /* Small, so that a client that does not read while it writes is found out. */
  g_socket_set_option (socket, SOL_SOCKET, SO_SNDBUF, SEND_BUFFER, NULL);
  mm_script_server_use (self, G_IO_STREAM (self->connection));
  return OUTCOME_GO_ON;
}

static Outcome
mm_script_server_do_start_tls (MmScriptServer *self)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GTlsCertificate) certificate = NULL;
  g_autoptr (GIOStream) tls = NULL;
  g_autofree char *key = NULL;

  if (g_buffered_input_stream_get_available (G_BUFFERED_INPUT_STREAM (self->input)) > 0)
    return mm_script_server_fail (self, "the client spoke before the handshake");
  key = g_strdup_printf ("%.*s.key", (int) strlen (self->certificate) - 4, self->certificate);
  certificate = g_tls_certificate_new_from_files (self->certificate, key, &error);
  if (certificate == NULL)
    return mm_script_server_fail (self, "%s: %s", self->certificate, error->message);
  tls = g_tls_server_connection_new (G_IO_STREAM (self->connection), certificate, &error);
  if (tls == NULL)
    return mm_script_server_fail (self, "no TLS: %s", error->message);
  g_tls_connection_set_require_close_notify (G_TLS_CONNECTION (tls), FALSE);
  if (!g_tls_connection_handshake (G_TLS_CONNECTION (tls), self->cancellable, &error))
    {
      mm_script_server_drop (self, MM_CUT_FIN);
      return OUTCOME_CUT;
    }
  mm_script_server_use (self, tls);
  return OUTCOME_GO_ON;
}

static Outcome
mm_script_server_write (MmScriptServer *self,
                        const guint8   *data,
                        gsize           length)
{
  GOutputStream *output = g_io_stream_get_output_stream (self->stream);
  g_autoptr (GError) error = NULL;
  gboolean cut = self->cut_pending && length >= self->cut_left;
  gsize n = cut ? self->cut_left : length;

  for (gsize sent = 0, piece; sent < n; sent += piece)
    {
      piece = self->trickle ? 1 : n - sent;
      if (!g_output_stream_write_all (output, data + sent, piece, NULL, self->cancellable, &error))
        return mm_script_server_fail (self, "sending: %s", error->message);
      if (self->trickle && self->trickle_pause > 0)
        g_usleep (self->trickle_pause);
    }
  if (self->cut_pending)
    self->cut_left -= n;
  if (!cut)
    return OUTCOME_GO_ON;
  mm_script_server_drop (self, self->cut_how);
  return OUTCOME_CUT;
}

/* @text with "$TAG" and "$TAG-N" put in. */
static GBytes *
mm_script_server_expand (MmScriptServer *self,
                         GBytes         *bytes)
{
  gsize length;
  const char *p = g_bytes_get_data (bytes, &length);
  const char *end = p + length;
  GString *text = g_string_new (NULL);

  while (p < end)
    {
      guint which = 0;

      if (end - p < 4 || memcmp (p, "$TAG", 4) != 0)
        {
          g_string_append_c (text, *p++);
          continue;
        }
      p += 4;
      if (end - p >= 2 && p[0] == '-' && g_ascii_isdigit (p[1]))
        {
          which = g_ascii_digit_value (p[1]);
          p += 2;
        }
      g_string_append (text, self->tags[which] != NULL ? self->tags[which] : "*");
    }
  return g_string_free_to_bytes (text);
}

static Outcome
mm_script_server_do_send (MmScriptServer *self,
                          const Step     *step)
{
  g_autoptr (GBytes) bytes = NULL;
  gsize length;
  const guint8 *data;

  bytes = step->number != 0 ? mm_script_server_expand (self, step->bytes)
                            : g_bytes_ref (step->bytes);
  data = g_bytes_get_data (bytes, &length);
  return mm_script_server_write (self, data, length);
}

static Outcome
mm_script_server_do_send_many (MmScriptServer *self,
                               guint64         length)
{
  g_autofree guint8 *block = g_malloc (65536);
  Outcome outcome = OUTCOME_GO_ON;

  memset (block, 'x', 65536);
  while (length > 0 && outcome == OUTCOME_GO_ON)
    {
      gsize n = MIN (length, 65536);

      outcome = mm_script_server_write (self, block, n);
      length -= n;
    }
  return outcome;
}

static void
mm_script_server_note_received (MmScriptServer *self,
                                gconstpointer   data,
                                gsize           length)
{
  if (self->received->len + length <= RECEIVED_MAX)
    g_byte_array_append (self->received, data, length);
}

static void
mm_script_server_note_tag (MmScriptServer *self,
                           const char     *line)
{
  g_free (self->tags[N_TAGS - 1]);
  memmove (self->tags + 1, self->tags, sizeof self->tags[0] * (N_TAGS - 1));
  self->tags[0] = g_strndup (line, strcspn (line, " "));
}

static Outcome
mm_script_server_do_expect (MmScriptServer *self,
                            const char     *pattern)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *line = NULL;
  gsize length = 0;

  line = g_data_input_stream_read_line (self->input, &length, self->cancellable, &error);
  if (line == NULL)
    return mm_script_server_fail (self, "expected “%s”: %s", pattern,
                                  error != NULL ? error->message : "the client hung up");
  mm_script_server_note_received (self, line, length);
  mm_script_server_note_received (self, "\n", 1);
  if (length == 0 || line[length - 1] != '\r')
    return mm_script_server_fail (self, "expected “%s”: “%s” has no CRLF", pattern, line);
  line[length - 1] = '\0';
  if (!g_pattern_match_simple (pattern, line))
    return mm_script_server_fail (self, "expected “%s”: got “%s”", pattern, line);
  mm_script_server_note_tag (self, line);
  return OUTCOME_GO_ON;
}

static Outcome
mm_script_server_do_expect_bytes (MmScriptServer *self,
                                  guint64         length)
{
  g_autofree guint8 *block = g_malloc (65536);

  while (length > 0)
    {
      g_autoptr (GError) error = NULL;
      gssize n;

      n = g_input_stream_read (G_INPUT_STREAM (self->input), block, MIN (length, 65536),
                               self->cancellable, &error);
      if (n <= 0)
        return mm_script_server_fail (self, "expected %" G_GUINT64_FORMAT " bytes more: %s", length,
                                      n < 0 ? error->message : "the client hung up");
      mm_script_server_note_received (self, block, n);
      length -= n;
    }
  return OUTCOME_GO_ON;
}

static Outcome
mm_script_server_do_expect_end (MmScriptServer *self)
{
  while (g_input_stream_skip (G_INPUT_STREAM (self->input), 65536, self->cancellable, NULL) > 0)
    ;
  if (g_cancellable_is_cancelled (self->cancellable))
    return mm_script_server_fail (self, "the client did not hang up");
  mm_script_server_drop (self, MM_CUT_FIN);
  return OUTCOME_CUT;
}

static Outcome
mm_script_server_do_pause (MmScriptServer *self,
                           gint64          milliseconds)
{
  GPollFD fd;

  g_cancellable_make_pollfd (self->cancellable, &fd);
  g_poll (&fd, 1, milliseconds);
  g_cancellable_release_fd (self->cancellable);
  return OUTCOME_GO_ON;
}

static Outcome
mm_script_server_set_mode (MmScriptServer *self,
                           const Step     *step)
{
  switch (step->type)
    {
    case STEP_CERTIFICATE:
      g_free (self->certificate);
      self->certificate = g_strdup (step->text);
      break;
    case STEP_TRICKLE:
      self->trickle = TRUE;
      self->trickle_pause = step->number;
      break;
    case STEP_CUT_AFTER:
      self->cut_pending = TRUE;
      self->cut_left = step->number;
      self->cut_how = step->cut;
      break;
    default:
      g_assert_not_reached ();
    }
  return OUTCOME_GO_ON;
}

static Outcome
mm_script_server_do (MmScriptServer *self,
                     const Step     *step)
{
  switch (step->type)
    {
    case STEP_ACCEPT:
      return mm_script_server_do_accept (self);
    case STEP_START_TLS:
      return mm_script_server_do_start_tls (self);
    case STEP_SEND:
      return mm_script_server_do_send (self, step);
    case STEP_SEND_MANY:
      return mm_script_server_do_send_many (self, step->number);
    case STEP_EXPECT:
      return mm_script_server_do_expect (self, step->text);
    case STEP_EXPECT_BYTES:
      return mm_script_server_do_expect_bytes (self, step->number);
    case STEP_EXPECT_END:
      return mm_script_server_do_expect_end (self);
    case STEP_CUT:
      mm_script_server_drop (self, step->cut);
      return OUTCOME_CUT;
    case STEP_PAUSE:
      return mm_script_server_do_pause (self, step->number);
    case STEP_SILENCE:
      return mm_script_server_do_pause (self, -1);
    default:
      return mm_script_server_set_mode (self, step);
    }
}

/* The step after the one at @index; after a cut that of the next connection. */
static guint
mm_script_server_next (MmScriptServer *self,
                       guint           index,
                       Outcome         outcome)
{
  index++;
  if (outcome != OUTCOME_CUT)
    return index;
  while (index < self->steps->len)
    {
      const Step *step = g_ptr_array_index (self->steps, index);

      if (step->type == STEP_ACCEPT || step->type == STEP_CERTIFICATE)
        break;
      index++;
    }
  return index;
}

static gpointer
mm_script_server_run (gpointer user_data)
{
  MmScriptServer *self = user_data;
  Outcome outcome = OUTCOME_GO_ON;

  for (guint i = 0; i < self->steps->len && outcome != OUTCOME_FAILED;
       i = mm_script_server_next (self, i, outcome))
    outcome = mm_script_server_do (self, g_ptr_array_index (self->steps, i));
  mm_script_server_drop (self, MM_CUT_FIN);

  g_mutex_lock (&self->mutex);
  self->ended = TRUE;
  g_cond_signal (&self->cond);
  g_mutex_unlock (&self->mutex);
  return NULL;
}

MmScriptServer *
mm_script_server_new (void)
{
  MmScriptServer *self = g_new0 (MmScriptServer, 1);
  g_autoptr (GInetAddress) loopback = g_inet_address_new_loopback (G_SOCKET_FAMILY_IPV4);
  g_autoptr (GSocketAddress) address = g_inet_socket_address_new (loopback, 0);
  g_autoptr (GSocketAddress) effective = NULL;
  g_autoptr (GError) error = NULL;

  self->listener = g_socket_listener_new ();
  g_socket_listener_add_address (self->listener, address, G_SOCKET_TYPE_STREAM,
                                 G_SOCKET_PROTOCOL_TCP, NULL, &effective, &error);
  g_assert_no_error (error);
  self->port = g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (effective));
  self->steps = g_ptr_array_new_with_free_func ((GDestroyNotify) step_free);
  self->cancellable = g_cancellable_new ();
  self->received = g_byte_array_new ();
  g_mutex_init (&self->mutex);
  g_cond_init (&self->cond);
  return self;
}

void
mm_script_server_free (MmScriptServer *self)
{
  g_cancellable_cancel (self->cancellable);
  if (self->thread != NULL)
    g_thread_join (self->thread);
  g_socket_listener_close (self->listener);
  g_object_unref (self->listener);
  g_object_unref (self->cancellable);
  g_ptr_array_unref (self->steps);
  g_byte_array_unref (self->received);
  for (guint i = 0; i < N_TAGS; i++)
    g_free (self->tags[i]);
  g_free (self->certificate);
  g_free (self->failure);
  g_mutex_clear (&self->mutex);
  g_cond_clear (&self->cond);
  g_free (self);
}

guint16
mm_script_server_get_port (MmScriptServer *self)
{
  return self->port;
}

void
mm_script_server_set_certificate (MmScriptServer *self,
                                  const char     *directory,
                                  const char     *name)
{
  Step *step = mm_script_server_add_step (self, STEP_CERTIFICATE);

  step->text = g_strdup_printf ("%s/%s.pem", directory, name);
}

void
mm_script_server_accept (MmScriptServer *self)
{
  mm_script_server_add_step (self, STEP_ACCEPT);
}

void
mm_script_server_start_tls (MmScriptServer *self)
{
  mm_script_server_add_step (self, STEP_START_TLS);
}

void
mm_script_server_send (MmScriptServer *self,
                       const char     *text)
{
  Step *step = mm_script_server_add_step (self, STEP_SEND);

  step->bytes = g_bytes_new (text, strlen (text));
  step->number = strstr (text, "$TAG") != NULL;
}

void
mm_script_server_send_bytes (MmScriptServer *self,
                             gconstpointer   data,
                             gsize           length)
{
  Step *step = mm_script_server_add_step (self, STEP_SEND);

  step->bytes = g_bytes_new (data, length);
}

void
mm_script_server_send_many (MmScriptServer *self,
                            guint64         length)
{
  mm_script_server_add_step (self, STEP_SEND_MANY)->number = length;
}

void
mm_script_server_expect (MmScriptServer *self,
                         const char     *pattern)
{
  mm_script_server_add_step (self, STEP_EXPECT)->text = g_strdup (pattern);
}

void
mm_script_server_expect_bytes (MmScriptServer *self,
                               guint64         length)
{
  mm_script_server_add_step (self, STEP_EXPECT_BYTES)->number = length;
}

void
mm_script_server_expect_end (MmScriptServer *self)
{
  mm_script_server_add_step (self, STEP_EXPECT_END);
}

void
mm_script_server_trickle (MmScriptServer *self,
                          guint           microseconds)
{
  mm_script_server_add_step (self, STEP_TRICKLE)->number = microseconds;
}

void
mm_script_server_cut_after (MmScriptServer *self,
                            guint64         length,
                            MmCut           how)
{
  Step *step = mm_script_server_add_step (self, STEP_CUT_AFTER);

  step->number = length;
  step->cut = how;
}

void
mm_script_server_cut (MmScriptServer *self,
                      MmCut           how)
{
  mm_script_server_add_step (self, STEP_CUT)->cut = how;
}

void
mm_script_server_pause (MmScriptServer *self,
                        guint           milliseconds)
{
  mm_script_server_add_step (self, STEP_PAUSE)->number = milliseconds;
}

void
mm_script_server_stay_silent (MmScriptServer *self)
{
  mm_script_server_add_step (self, STEP_SILENCE);
}

void
mm_script_server_add (MmScriptServer *self,
                      const char     *dialog)
{
  g_auto (GStrv) lines = g_strsplit (dialog, "\n", -1);

  for (guint i = 0; lines[i] != NULL; i++)
    {
      const char *line = lines[i];

      if (g_str_has_prefix (line, "S: "))
        {
          g_autofree char *text = g_strconcat (line + 3, "\r\n", NULL);

          mm_script_server_send (self, text);
        }
      else if (g_str_has_prefix (line, "C: "))
        mm_script_server_expect (self, line + 3);
      else if (g_str_has_prefix (line, "C* "))
        mm_script_server_expect_bytes (self, g_ascii_strtoull (line + 3, NULL, 10));
      else if (*line != '\0')
        g_error ("not a line of a dialog: “%s”", line);
    }
}

void
mm_script_server_start (MmScriptServer *self)
{
  g_assert (self->thread == NULL);

  self->thread = g_thread_new ("script-server", mm_script_server_run, self);
}

gboolean
mm_script_server_finish (MmScriptServer  *self,
                         char           **failure)
{
  gint64 deadline = g_get_monotonic_time () + FINISH_TIMEOUT;
  gboolean ended = TRUE;

  g_mutex_lock (&self->mutex);
  while (!self->ended && ended)
    ended = g_cond_wait_until (&self->cond, &self->mutex, deadline);
  if (!ended && self->failure == NULL)
    self->failure = g_strdup ("the script did not come to its end");
  if (failure != NULL)
    *failure = g_strdup (self->failure);
  ended = self->failure == NULL;
  g_mutex_unlock (&self->mutex);
  return ended;
}

GBytes *
mm_script_server_get_received (MmScriptServer *self)
{
  return g_bytes_new (self->received->data, self->received->len);
}
