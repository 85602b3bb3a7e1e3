/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "word-proxy.h"

#include <string.h>

struct _WordProxy
{
  GSocketService *service;
  GMainContext *context;
  GMainLoop *loop;
  GThread *thread;
  guint16 port;
  guint16 target_port;
  const char *const *words;
};

typedef struct
{
  GSocketConnection *from;
  GSocketConnection *to;
  const char *const *words; /* NULL: passes everything on */
} Direction;

static void
replace_words (const char *const *words,
               char              *data,
               gsize              length)
{
  for (guint i = 0; words != NULL && words[i] != NULL; i += 2)
    {
      gsize n = strlen (words[i]);
      char *found = data;

      g_assert_cmpuint (strlen (words[i + 1]), ==, n);
      while ((found = memmem (found, (gsize) (data + length - found), words[i], n)) != NULL)
        memcpy (found, words[i + 1], n);
    }
}

/* A word may be cut in two by the pieces in which data arrive: what could be the beginning of
 * one waits for the rest, but not beyond the end of its line. */
static gsize
held_back (const Direction *direction,
           const char      *data,
           gsize            length)
{
  gsize longest = 0;

  for (guint i = 0; direction->words != NULL && direction->words[i] != NULL; i += 2)
    for (gsize n = MIN (strlen (direction->words[i]) - 1, length); n > longest; n--)
      if (memcmp (data + length - n, direction->words[i], n) == 0)
        longest = n;
  return longest;
}

static gpointer
pump (gpointer data)
{
  Direction *direction = data;
  GInputStream *input = g_io_stream_get_input_stream (G_IO_STREAM (direction->from));
  GOutputStream *output = g_io_stream_get_output_stream (G_IO_STREAM (direction->to));
  char buffer[16384];
  gsize kept = 0;
  gssize n;

  while ((n = g_input_stream_read (input, buffer + kept, sizeof buffer - kept, NULL, NULL)) > 0)
    {
      gsize length = kept + (gsize) n;

      replace_words (direction->words, buffer, length);
      kept = held_back (direction, buffer, length);
      if (!g_output_stream_write_all (output, buffer, length - kept, NULL, NULL, NULL))
        break;
      memmove (buffer, buffer + length - kept, kept);
    }
  g_socket_shutdown (g_socket_connection_get_socket (direction->to), FALSE, TRUE, NULL);
  return NULL;
}

static gboolean
run_cb (GThreadedSocketService *service,
        GSocketConnection      *client,
        GObject                *source,
        gpointer                user_data)
{
  WordProxy *self = user_data;
  g_autoptr (GSocketClient) connector = g_socket_client_new ();
  g_autoptr (GSocketConnection) server = NULL;
  Direction up, down;
  GThread *thread;

  server = g_socket_client_connect_to_host (connector, "127.0.0.1", self->target_port, NULL, NULL);
  if (server == NULL)
    return TRUE;
  up = (Direction) { client, server, NULL };
  down = (Direction) { server, client, self->words };
  thread = g_thread_new ("proxy", pump, &up);
  pump (&down);
  /* nothing the server closed is worth writing to any more */
  g_socket_shutdown (g_socket_connection_get_socket (client), TRUE, TRUE, NULL);
  g_thread_join (thread);
  return TRUE;
}

static gpointer
run_loop (gpointer data)
{
  WordProxy *self = data;

  g_main_context_push_thread_default (self->context);
  g_socket_service_start (self->service);
  g_main_loop_run (self->loop);
  g_main_context_pop_thread_default (self->context);
  return NULL;
}

WordProxy *
word_proxy_new (guint16            target_port,
                const char *const *words)
{
  WordProxy *self = g_new0 (WordProxy, 1);
  g_autoptr (GInetAddress) loopback = g_inet_address_new_loopback (G_SOCKET_FAMILY_IPV4);
  g_autoptr (GSocketAddress) address = g_inet_socket_address_new (loopback, 0);
  g_autoptr (GSocketAddress) effective = NULL;
  g_autoptr (GError) error = NULL;

  self->target_port = target_port;
  self->words = words;
  self->context = g_main_context_new ();
  self->loop = g_main_loop_new (self->context, FALSE);
  g_main_context_push_thread_default (self->context);
  self->service = g_threaded_socket_service_new (100);
  g_socket_service_stop (self->service);
  g_main_context_pop_thread_default (self->context);
  g_socket_listener_add_address (G_SOCKET_LISTENER (self->service), address, G_SOCKET_TYPE_STREAM,
                                 G_SOCKET_PROTOCOL_TCP, NULL, &effective, &error);
  g_assert_no_error (error);
  self->port = g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (effective));
  g_signal_connect (self->service, "run", G_CALLBACK (run_cb), self);
  self->thread = g_thread_new ("proxy-accept", run_loop, self);
  return self;
}

void
word_proxy_free (WordProxy *self)
{
  g_main_loop_quit (self->loop);
  g_thread_join (self->thread);
  g_socket_service_stop (self->service);
  g_socket_listener_close (G_SOCKET_LISTENER (self->service));
  g_object_unref (self->service);
  g_main_loop_unref (self->loop);
  g_main_context_unref (self->context);
  g_free (self);
}

guint16
word_proxy_get_port (WordProxy *self)
{
  return self->port;
}
