/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "net-fixture.h"

#include <string.h>

static void
assert_says (const GError *error,
             const char   *part)
{
  if (strstr (error->message, part) == NULL)
    g_error ("“%s” does not say “%s”", error->message, part);
}

static void
test_unknown_host (void)
{
  g_autoptr (MmService) service = NULL;
  g_autoptr (MmLineStream) stream = NULL;
  g_autoptr (GError) error = NULL;

  service = mm_service_new (MM_PROTOCOL_IMAP, MM_SECURITY_NONE, "nothing.invalid", 0, "anna");
  stream = mm_connect_open (service, NULL, NULL, &error);
  g_assert_null (stream);
  g_assert_error (error, MM_ERROR, MM_ERROR_HOST);
  assert_says (error, "nothing.invalid");
}

static void
test_refused (void)
{
  g_autoptr (MmScriptServer) server = mm_script_server_new ();
  g_autoptr (MmService) service = NULL;
  g_autoptr (MmLineStream) stream = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *peer = NULL;
  guint16 port = mm_script_server_get_port (server);

  g_clear_pointer (&server, mm_script_server_free);
  service = mm_service_new (MM_PROTOCOL_IMAP, MM_SECURITY_NONE, "127.0.0.1", port, "anna");
  stream = mm_connect_open (service, NULL, NULL, &error);
  g_assert_null (stream);
  g_assert_error (error, MM_ERROR, MM_ERROR_NETWORK);
  peer = g_strdup_printf ("127.0.0.1:%u", port);
  assert_says (error, peer);
}

static void
test_cancel_connect (void)
{
  NetFixtureHole *hole = net_fixture_hole_new ();
  g_autoptr (MmService) service = NULL;
  g_autoptr (GCancellable) cancellable = NULL;
  g_autoptr (MmLineStream) stream = NULL;
  g_autoptr (GError) error = NULL;
  gint64 begin = g_get_monotonic_time ();

  service = mm_service_new (MM_PROTOCOL_IMAP, MM_SECURITY_NONE, "127.0.0.1",
                            net_fixture_hole_get_port (hole), "anna");
  cancellable = net_fixture_cancel_after (200);
  stream = mm_connect_open (service, NULL, cancellable, &error);
  g_assert_null (stream);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  net_fixture_assert_prompt (begin, 200);
  net_fixture_hole_free (hole);
}

static void
test_cancel_handshake (void)
{
  g_autoptr (MmScriptServer) server = mm_script_server_new ();
  g_autoptr (GCancellable) cancellable = NULL;
  g_autoptr (MmLineStream) stream = NULL;
  g_autoptr (GError) error = NULL;
  gint64 begin;

  mm_script_server_accept (server);
  mm_script_server_stay_silent (server);
  mm_script_server_start (server);
  begin = g_get_monotonic_time ();
  cancellable = net_fixture_cancel_after (200);
  stream = net_fixture_connect (server, MM_SECURITY_TLS, NULL, cancellable, &error);
  g_assert_null (stream);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  net_fixture_assert_prompt (begin, 200);
}

static void
test_socket_options (void)
{
  g_autoptr (MmScriptServer) server = mm_script_server_new ();
  g_autoptr (MmLineStream) stream = NULL;
  GSocket *socket;
  gint no_delay = 0;

  net_fixture_accept (server, FALSE);
  mm_script_server_expect_end (server);
  stream = net_fixture_start (server, FALSE);
  socket = g_socket_connection_get_socket (mm_line_stream_get_connection (stream));
  g_assert_true (g_socket_get_keepalive (socket));
  g_assert_true (g_socket_get_option (socket, 6 /* TCP */, 1 /* NODELAY */, &no_delay, NULL));
  g_assert_cmpint (no_delay, !=, 0);
  mm_line_stream_close (stream);
  mm_script_server_assert_finished (server);
}

typedef struct
{
  const char *name;
  const char *certificate;
  const char *authority;
  const char *says; /* NULL: it is accepted */
} CertificateCase;

static const CertificateCase certificate_cases[] = {
  { "good", "server", "ca", NULL },
  { "unknown-authority", "server", NULL, "does not know" },
  { "other-authority", "server", "selfsigned", "does not know" },
  { "expired", "expired", "ca", "has expired" },
  { "wrong-host", "wronghost", "ca", "for another server than “localhost”" },
  { "self-signed", "selfsigned", NULL, "self-signed" },
  { "self-signed-trusted", "selfsigned", "selfsigned", NULL },
};

static void
assert_certificate_refused (const GError          *error,
                            const CertificateCase *test)
{
  g_assert_error (error, MM_ERROR, MM_ERROR_CERTIFICATE);
  assert_says (error, test->says);
  assert_says (error, "localhost:");
  assert_says (error, g_str_equal (test->certificate, "wronghost") ? "other.invalid" : "localhost");
  assert_says (error, g_str_equal (test->certificate, "selfsigned") ? "CN=localhost"
                                                                     : "CN=Test authority");
  assert_says (error, "20");
}

static void
test_certificate (gconstpointer user_data)
{
  const CertificateCase *test = user_data;
  g_autoptr (MmScriptServer) server = mm_script_server_new ();
  g_autoptr (MmLineStream) stream = NULL;
  g_autoptr (GError) error = NULL;

  mm_script_server_accept (server);
  mm_script_server_set_certificate (server, net_fixture_get_certificates (), test->certificate);
  mm_script_server_start_tls (server);
  mm_script_server_send (server, "* OK ready\r\n");
  mm_script_server_expect_end (server);
  mm_script_server_start (server);

  stream = net_fixture_connect (server, MM_SECURITY_TLS, test->authority, NULL, &error);
  if (test->says == NULL)
    {
      g_assert_no_error (error);
      g_assert_cmpstr (mm_line_stream_read_line (stream, 100, NULL, NULL, NULL), ==, "* OK ready");
      mm_line_stream_close (stream);
      mm_script_server_assert_finished (server);
    }
  else
    {
      g_assert_null (stream);
      assert_certificate_refused (error, test);
    }
}

static void
test_authority_missing (void)
{
  g_autoptr (MmScriptServer) server = mm_script_server_new ();
  g_autoptr (MmLineStream) stream = NULL;
  g_autoptr (GError) error = NULL;

  mm_script_server_accept (server);
  mm_script_server_expect_end (server);
  mm_script_server_start (server);
  stream = net_fixture_connect (server, MM_SECURITY_TLS, "no-such-file", NULL, &error);
  g_assert_null (stream);
  g_assert_error (error, MM_ERROR, MM_ERROR_FILE);
  assert_says (error, "no-such-file.pem");
}

/* TLS chosen for the port of clear text, with a server that speaks first. */
static void
test_no_tls_there (void)
{
  g_autoptr (MmScriptServer) server = mm_script_server_new ();
  g_autoptr (MmLineStream) stream = NULL;
  g_autoptr (GError) error = NULL;

  mm_script_server_accept (server);
  mm_script_server_send (server, "* OK ready\r\n");
  mm_script_server_expect_end (server);
  mm_script_server_start (server);
  stream = net_fixture_connect (server, MM_SECURITY_TLS, NULL, NULL, &error);
  g_assert_null (stream);
  g_assert_error (error, MM_ERROR, MM_ERROR_NETWORK);
  assert_says (error, "Check that the port");
}

static gboolean
start_tls (MmLineStream    *stream,
           MmScriptServer  *server,
           GError         **error)
{
  g_autoptr (MmService) service = NULL;
  g_autoptr (MmCredentials) credentials = NULL;
  g_autofree char *ca_file = NULL;

  service = mm_service_new (MM_PROTOCOL_IMAP, MM_SECURITY_STARTTLS, "localhost",
                            mm_script_server_get_port (server), "anna");
  ca_file = g_build_filename (net_fixture_get_certificates (), "ca.pem", NULL);
  credentials = mm_credentials_new ("secret", ca_file);
  return mm_connect_start_tls (stream, service, credentials, NULL, error);
}

static MmLineStream *
ask_for_tls (MmScriptServer *server)
{
  g_autoptr (MmLineStream) stream = NULL;
  g_autoptr (GError) error = NULL;

  mm_script_server_start (server);
  stream = net_fixture_connect (server, MM_SECURITY_STARTTLS, NULL, NULL, &error);
  g_assert_no_error (error);
  mm_line_stream_write (stream, "a1 STARTTLS\r\n", 13, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (mm_line_stream_read_line (stream, 100, NULL, NULL, &error), ==, "a1 OK begin");
  return g_steal_pointer (&stream);
}

static void
test_starttls (void)
{
  g_autoptr (MmScriptServer) server = mm_script_server_new ();
  g_autoptr (MmLineStream) stream = NULL;
  g_autoptr (GError) error = NULL;

  mm_script_server_accept (server);
  mm_script_server_add (server, "C: a1 STARTTLS\nS: a1 OK begin");
  mm_script_server_set_certificate (server, net_fixture_get_certificates (), "server");
  mm_script_server_start_tls (server);
  mm_script_server_add (server, "C: a2 NOOP\nS: a2 OK encrypted");
  mm_script_server_expect_end (server);

  stream = ask_for_tls (server);
  g_assert_true (start_tls (stream, server, &error));
  g_assert_no_error (error);
  mm_line_stream_write (stream, "a2 NOOP\r\n", 9, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (mm_line_stream_read_line (stream, 100, NULL, NULL, &error), ==,
                   "a2 OK encrypted");
  mm_line_stream_close (stream);
  mm_script_server_assert_finished (server);
}

/* What somebody on the way adds to the clear text must never count as said under encryption. */
static void
test_starttls_injection (void)
{
  g_autoptr (MmScriptServer) server = mm_script_server_new ();
  g_autoptr (MmLineStream) stream = NULL;
  g_autoptr (GError) error = NULL;

  mm_script_server_accept (server);
  mm_script_server_add (server, "C: a1 STARTTLS");
  mm_script_server_send (server, "a1 OK begin\r\n* CAPABILITY IMAP4rev1\r\n");
  mm_script_server_expect_end (server);

  stream = ask_for_tls (server);
  g_assert_false (start_tls (stream, server, &error));
  g_assert_error (error, MM_ERROR, MM_ERROR_PROTOCOL);
  g_assert_null (mm_line_stream_read_line (stream, 100, NULL, NULL, NULL));
}

int
main (int   argc,
      char *argv[])
{
  int status;

  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/net/connect/unknown-host", test_unknown_host);
  g_test_add_func ("/net/connect/refused", test_refused);
  g_test_add_func ("/net/connect/cancel-connect", test_cancel_connect);
  g_test_add_func ("/net/connect/cancel-handshake", test_cancel_handshake);
  g_test_add_func ("/net/connect/socket-options", test_socket_options);
  for (guint i = 0; i < G_N_ELEMENTS (certificate_cases); i++)
    {
      g_autofree char *path = g_strdup_printf ("/net/connect/certificate/%s",
                                               certificate_cases[i].name);

      g_test_add_data_func (path, &certificate_cases[i], test_certificate);
    }
  g_test_add_func ("/net/connect/authority-missing", test_authority_missing);
  g_test_add_func ("/net/connect/no-tls-there", test_no_tls_there);
  g_test_add_func ("/net/connect/starttls", test_starttls);
  g_test_add_func ("/net/connect/starttls-injection", test_starttls_injection);
  status = g_test_run ();
  net_fixture_clear ();
  return status;
}
