/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "net-fixture.h"

#include <string.h>

#define LIMIT 65536
#define MEGABYTE (1024 * 1024)

static void
assert_line (MmLineStream *stream,
             const char   *expected)
{
  g_autoptr (GError) error = NULL;
  gsize length = 0;
  const char *line = mm_line_stream_read_line (stream, LIMIT, &length, NULL, &error);

  g_assert_no_error (error);
  g_assert_cmpstr (line, ==, expected);
  g_assert_cmpuint (length, ==, strlen (expected));
}

static void
assert_no_line (MmLineStream *stream,
                int           code)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (mm_line_stream_read_line (stream, LIMIT, NULL, NULL, &error));
  g_assert_error (error, MM_ERROR, code);
}

static void
write_text (MmLineStream *stream,
            const char   *text)
{
  g_autoptr (GError) error = NULL;

  mm_line_stream_write (stream, text, strlen (text), NULL, &error);
  g_assert_no_error (error);
}

/* Reads @length bytes, which must all be 'x'. */
static void
assert_many (MmLineStream *stream,
             gsize         length)
{
  while (length > 0)
    {
      g_autoptr (GError) error = NULL;
      gsize available = 0;
      const guint8 *data = mm_line_stream_read_some (stream, length, &available, NULL, &error);

      g_assert_no_error (error);
      g_assert_cmpuint (available, >, 0);
      g_assert_cmpuint (available, <=, length);
      for (gsize i = 0; i < available; i++)
        g_assert_cmpint (data[i], ==, 'x');
      length -= available;
    }
}

static void
test_lines (gconstpointer tls)
{
  g_autoptr (MmScriptServer) server = mm_script_server_new ();
  g_autoptr (MmLineStream) stream = NULL;
  gsize length = 0;

  net_fixture_accept (server, tls != NULL);
  mm_script_server_send_bytes (server, "* OK\r\n\r\nbare\nn\0l\r\ncr\rin\r\n", 25);
  mm_script_server_expect (server, "a1 NOOP");
  mm_script_server_send (server, "$TAG OK\r\n");
  mm_script_server_expect_end (server);

  stream = net_fixture_start (server, tls != NULL);
  g_assert_false (mm_line_stream_has_line (stream));
  assert_line (stream, "* OK");
  g_assert_true (mm_line_stream_has_line (stream));
  assert_line (stream, "");
  assert_line (stream, "bare");
  g_assert_cmpmem (mm_line_stream_read_line (stream, LIMIT, &length, NULL, NULL), 3, "n\0l", 3);
  g_assert_cmpuint (length, ==, 3);
  assert_line (stream, "cr\rin");
  g_assert_false (mm_line_stream_has_line (stream));
  write_text (stream, "a1 NOOP\r\n");
  assert_line (stream, "a1 OK");
  mm_line_stream_close (stream);
  assert_no_line (stream, MM_ERROR_NETWORK);
  mm_script_server_assert_finished (server);
}

static void
test_trickle (gconstpointer tls)
{
  g_autoptr (MmScriptServer) server = mm_script_server_new ();
  g_autoptr (MmLineStream) stream = NULL;

  net_fixture_accept (server, tls != NULL);
  mm_script_server_trickle (server, 500);
  mm_script_server_add (server, "S: * 1 FETCH (BODY[] {5}\nS: xxxxx)\nC: a2 *\nS: $TAG OK done");
  mm_script_server_expect_end (server);

  stream = net_fixture_start (server, tls != NULL);
  assert_line (stream, "* 1 FETCH (BODY[] {5}");
  assert_many (stream, 5);
  assert_line (stream, ")");
  write_text (stream, "a2 NOOP\r\n");
  assert_line (stream, "a2 OK done");
  mm_line_stream_close (stream);
  mm_script_server_assert_finished (server);
}

/* Lines and counted bytes that are larger than any buffer, back to back. */
static void
test_large (gconstpointer tls)
{
  g_autoptr (MmScriptServer) server = mm_script_server_new ();
  g_autoptr (MmLineStream) stream = NULL;
  g_autoptr (GError) error = NULL;
  gsize length = 0;
  const char *line;

  net_fixture_accept (server, tls != NULL);
  mm_script_server_send (server, "begin\r\n");
  mm_script_server_send_many (server, 5 * MEGABYTE + 17);
  mm_script_server_send (server, "end\r\n");
  mm_script_server_send_many (server, 700001);
  mm_script_server_send (server, "\r\nlast\r\n");
  mm_script_server_expect_end (server);

  stream = net_fixture_start (server, tls != NULL);
  assert_line (stream, "begin");
  assert_many (stream, 5 * MEGABYTE + 17);
  assert_line (stream, "end");
  line = mm_line_stream_read_line (stream, MEGABYTE, &length, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (length, ==, 700001);
  g_assert_cmpuint (strspn (line, "x"), ==, 700001);
  assert_line (stream, "last");
  mm_line_stream_close (stream);
  mm_script_server_assert_finished (server);
}

static void
test_limit (void)
{
  g_autoptr (MmScriptServer) server = mm_script_server_new ();
  g_autoptr (MmLineStream) stream = NULL;
  gsize length = 0;

  net_fixture_accept (server, FALSE);
  mm_script_server_send (server, "0123456789\r\n0123456789\n");
  mm_script_server_pause (server, 50);
  mm_script_server_send (server, "0123456789");
  mm_script_server_pause (server, 50);
  mm_script_server_send (server, "\r\n0123456789A\n");
  mm_script_server_expect_end (server);

  stream = net_fixture_start (server, FALSE);
  for (guint i = 0; i < 3; i++)
    {
      g_assert_nonnull (mm_line_stream_read_line (stream, 10, &length, NULL, NULL));
      g_assert_cmpuint (length, ==, 10);
    }
  for (guint i = 0; i < 2; i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (mm_line_stream_read_line (stream, 10, &length, NULL, &error));
      g_assert_error (error, MM_ERROR, MM_ERROR_PROTOCOL);
    }
  mm_line_stream_close (stream);
  mm_script_server_assert_finished (server);
}

/* An endless line must not fill the memory before it is refused. */
static void
test_endless_line (void)
{
  g_autoptr (MmScriptServer) server = mm_script_server_new ();
  g_autoptr (MmLineStream) stream = NULL;

  net_fixture_accept (server, FALSE);
  mm_script_server_send_many (server, G_GUINT64_CONSTANT (1) << 40);

  stream = net_fixture_start (server, FALSE);
  assert_no_line (stream, MM_ERROR_PROTOCOL);
}

/* The server talks without reading, the client writes without reading: each would wait for the
 * other for ever if the client did not take in what comes meanwhile. */
static void
test_duplex (gconstpointer tls)
{
  g_autoptr (MmScriptServer) server = mm_script_server_new ();
  g_autoptr (MmLineStream) stream = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *data = g_strnfill (16 * MEGABYTE, 'y');

  net_fixture_accept (server, tls != NULL);
  mm_script_server_send_many (server, 900 * 1024);
  mm_script_server_expect_bytes (server, 16 * MEGABYTE);
  mm_script_server_send (server, "received\r\n");
  mm_script_server_expect_end (server);

  stream = net_fixture_start (server, tls != NULL);
  mm_line_stream_set_timeout (stream, 5);
  mm_line_stream_write (stream, data, 16 * MEGABYTE, NULL, &error);
  g_assert_no_error (error);
  assert_many (stream, 900 * 1024);
  assert_line (stream, "received");
  mm_line_stream_close (stream);
  mm_script_server_assert_finished (server);
}

/* Many small writes go out in order, whatever the size of the buffer. */
static void
test_small_writes (gconstpointer tls)
{
  g_autoptr (MmScriptServer) server = mm_script_server_new ();
  g_autoptr (MmLineStream) stream = NULL;
  g_autoptr (GString) expected = g_string_new (NULL);
  g_autoptr (GBytes) received = NULL;
  gsize length = 0;

  for (guint i = 0; i < 30000; i++)
    g_string_append_printf (expected, "line %u\r\n", i);
  net_fixture_accept (server, tls != NULL);
  mm_script_server_expect_bytes (server, expected->len);
  mm_script_server_send (server, "received\r\n");
  mm_script_server_expect_end (server);

  stream = net_fixture_start (server, tls != NULL);
  for (guint i = 0; i < 30000; i++)
    {
      g_autofree char *line = g_strdup_printf ("line %u\r\n", i);

      write_text (stream, line);
    }
  assert_line (stream, "received");
  mm_line_stream_close (stream);
  mm_script_server_assert_finished (server);
  received = mm_script_server_get_received (server);
  g_assert_cmpmem (expected->str, expected->len, g_bytes_get_data (received, &length),
                   g_bytes_get_size (received));
}

static void
test_read_timeout (gconstpointer tls)
{
  g_autoptr (MmScriptServer) server = mm_script_server_new ();
  g_autoptr (MmLineStream) stream = NULL;
  gint64 begin;

  net_fixture_accept (server, tls != NULL);
  mm_script_server_send (server, "half a li");
  mm_script_server_stay_silent (server);

  stream = net_fixture_start (server, tls != NULL);
  mm_line_stream_set_timeout (stream, 1);
  begin = g_get_monotonic_time ();
  assert_no_line (stream, MM_ERROR_NETWORK);
  net_fixture_assert_prompt (begin, 1000);
}

static void
test_write_timeout (gconstpointer tls)
{
  g_autoptr (MmScriptServer) server = mm_script_server_new ();
  g_autoptr (MmLineStream) stream = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *data = g_malloc0 (32 * MEGABYTE);
  gint64 begin;

  net_fixture_accept (server, tls != NULL);
  mm_script_server_stay_silent (server);

  stream = net_fixture_start (server, tls != NULL);
  mm_line_stream_set_timeout (stream, 1);
  begin = g_get_monotonic_time ();
  g_assert_false (mm_line_stream_write (stream, data, 32 * MEGABYTE, NULL, &error));
  g_assert_error (error, MM_ERROR, MM_ERROR_NETWORK);
  net_fixture_assert_prompt (begin, 1000);
}

static void
test_cancel_read (gconstpointer tls)
{
  g_autoptr (MmScriptServer) server = mm_script_server_new ();
  g_autoptr (MmLineStream) stream = NULL;
  g_autoptr (GCancellable) cancellable = NULL;
  g_autoptr (GError) error = NULL;
  gint64 begin;

  net_fixture_accept (server, tls != NULL);
  mm_script_server_stay_silent (server);

  stream = net_fixture_start (server, tls != NULL);
  begin = g_get_monotonic_time ();
  cancellable = net_fixture_cancel_after (200);
  g_assert_null (mm_line_stream_read_line (stream, LIMIT, NULL, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  net_fixture_assert_prompt (begin, 200);
}

static void
test_cancel_write (gconstpointer tls)
{
  g_autoptr (MmScriptServer) server = mm_script_server_new ();
  g_autoptr (MmLineStream) stream = NULL;
  g_autoptr (GCancellable) cancellable = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *data = g_malloc0 (32 * MEGABYTE);
  gint64 begin;

  net_fixture_accept (server, tls != NULL);
  mm_script_server_stay_silent (server);

  stream = net_fixture_start (server, tls != NULL);
  begin = g_get_monotonic_time ();
  cancellable = net_fixture_cancel_after (200);
  g_assert_false (mm_line_stream_write (stream, data, 32 * MEGABYTE, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  net_fixture_assert_prompt (begin, 200);
}

/* A server that never stops talking is no reason not to stop. */
static void
test_cancel_busy (gconstpointer tls)
{
  g_autoptr (MmScriptServer) server = mm_script_server_new ();
  g_autoptr (MmLineStream) stream = NULL;
  g_autoptr (GCancellable) cancellable = NULL;
  g_autoptr (GError) error = NULL;
  gint64 begin;
  gsize available;

  net_fixture_accept (server, tls != NULL);
  mm_script_server_send_many (server, G_GUINT64_CONSTANT (1) << 40);

  stream = net_fixture_start (server, tls != NULL);
  begin = g_get_monotonic_time ();
  cancellable = net_fixture_cancel_after (200);
  while (mm_line_stream_read_some (stream, 1000, &available, cancellable, &error) != NULL)
    ;
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  net_fixture_assert_prompt (begin, 200);
}

static void
test_cut (gconstpointer tls)
{
  for (guint how = MM_CUT_RESET; how <= MM_CUT_FIN; how++)
    {
      g_autoptr (MmScriptServer) server = mm_script_server_new ();
      g_autoptr (MmLineStream) stream = NULL;

      net_fixture_accept (server, tls != NULL);
      mm_script_server_send (server, "whole\r\n");
      mm_script_server_pause (server, 50);
      mm_script_server_cut_after (server, 3, how);
      mm_script_server_send (server, "half\r\n");

      stream = net_fixture_start (server, tls != NULL);
      assert_line (stream, "whole");
      assert_no_line (stream, MM_ERROR_NETWORK);
      assert_no_line (stream, MM_ERROR_NETWORK);
      mm_script_server_assert_finished (server);
    }
}

/* A server that refuses what is being sent says why and hangs up without reading the rest. */
static void
test_last_words (gconstpointer tls)
{
  g_autoptr (MmScriptServer) server = mm_script_server_new ();
  g_autoptr (MmLineStream) stream = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *data = g_malloc0 (32 * MEGABYTE);

  net_fixture_accept (server, tls != NULL);
  mm_script_server_expect_bytes (server, MEGABYTE);
  mm_script_server_add (server, "S: a1 NO [TOOBIG] too big\nS: * BYE");
  mm_script_server_pause (server, 100);
  mm_script_server_cut (server, MM_CUT_RESET);

  stream = net_fixture_start (server, tls != NULL);
  g_assert_false (mm_line_stream_write (stream, data, 32 * MEGABYTE, NULL, &error));
  g_assert_error (error, MM_ERROR, MM_ERROR_NETWORK);
  assert_line (stream, "a1 NO [TOOBIG] too big");
  assert_line (stream, "* BYE");
  assert_no_line (stream, MM_ERROR_NETWORK);
  mm_script_server_assert_finished (server);
}

/* Closing must not wait for a server that no longer reads; what it can still take is sent. */
static void
test_close (gconstpointer tls)
{
  g_autoptr (MmScriptServer) server = mm_script_server_new ();
  g_autoptr (MmLineStream) stream = NULL;
  gint64 begin;

  net_fixture_accept (server, tls != NULL);
  mm_script_server_pause (server, 300);
  mm_script_server_expect (server, "a9 LOGOUT");
  mm_script_server_expect_end (server);

  stream = net_fixture_start (server, tls != NULL);
  write_text (stream, "a9 LOGOUT\r\n");
  begin = g_get_monotonic_time ();
  mm_line_stream_close (stream);
  mm_line_stream_close (stream);
  g_clear_object (&stream);
  g_assert_cmpint (g_get_monotonic_time () - begin, <, 100 * 1000);
  mm_script_server_assert_finished (server);
}

static void
add (const char    *name,
     GTestDataFunc  test)
{
  g_autofree char *clear = g_strdup_printf ("/net/line-stream/%s/clear", name);
  g_autofree char *tls = g_strdup_printf ("/net/line-stream/%s/tls", name);

  g_test_add_data_func (clear, NULL, test);
  g_test_add_data_func (tls, "tls", test);
}

int
main (int   argc,
      char *argv[])
{
  int status;

  g_test_init (&argc, &argv, NULL);
  add ("lines", test_lines);
  add ("trickle", test_trickle);
  add ("large", test_large);
  add ("duplex", test_duplex);
  add ("small-writes", test_small_writes);
  add ("read-timeout", test_read_timeout);
  add ("write-timeout", test_write_timeout);
  add ("cancel-read", test_cancel_read);
  add ("cancel-write", test_cancel_write);
  add ("cancel-busy", test_cancel_busy);
  add ("cut", test_cut);
  add ("last-words", test_last_words);
  add ("close", test_close);
  g_test_add_func ("/net/line-stream/limit", test_limit);
  g_test_add_func ("/net/line-stream/endless-line", test_endless_line);
  status = g_test_run ();
  net_fixture_clear ();
  return status;
}
