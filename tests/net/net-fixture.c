/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "net-fixture.h"

#include <glib/gstdio.h>

static char *certificates;

const char *
net_fixture_get_certificates (void)
{
  g_autofree char *script = NULL;
  g_autoptr (GError) error = NULL;
  const char *arguments[3] = { NULL };
  int status = 0;

  if (certificates != NULL)
    return certificates;
  certificates = g_dir_make_tmp ("mm-certificates-XXXXXX", &error);
  g_assert_no_error (error);
  script = g_test_build_filename (G_TEST_DIST, "servers", "make-certificates.sh", NULL);
  arguments[0] = script;
  arguments[1] = certificates;
  g_spawn_sync (NULL, (char **) arguments, NULL, G_SPAWN_DEFAULT, NULL, NULL, NULL, NULL, &status,
                &error);
  g_assert_no_error (error);
  g_spawn_check_wait_status (status, &error);
  g_assert_no_error (error);
  return certificates;
}

void
net_fixture_clear (void)
{
  g_autoptr (GDir) directory = NULL;
  const char *name;

  if (certificates == NULL)
    return;
  directory = g_dir_open (certificates, 0, NULL);
  while ((name = g_dir_read_name (directory)) != NULL)
    {
      g_autofree char *path = g_build_filename (certificates, name, NULL);

      g_unlink (path);
    }
  g_rmdir (certificates);
  g_clear_pointer (&certificates, g_free);
}

MmLineStream *
net_fixture_connect (MmScriptServer  *server,
                     MmSecurity       security,
                     const char      *authority,
                     GCancellable    *cancellable,
                     GError         **error)
{
  g_autoptr (MmService) service = NULL;
  g_autoptr (MmCredentials) credentials = NULL;
  g_autofree char *ca_file = NULL;

  service = mm_service_new (MM_PROTOCOL_IMAP, security, "localhost",
                            mm_script_server_get_port (server), "anna");
  if (authority != NULL)
    ca_file = g_strdup_printf ("%s/%s.pem", net_fixture_get_certificates (), authority);
  credentials = mm_credentials_new ("secret", ca_file);
  return mm_connect_open (service, credentials, cancellable, error);
}

void
net_fixture_accept (MmScriptServer *server,
                    gboolean        tls)
{
  mm_script_server_accept (server);
  if (!tls)
    return;
  mm_script_server_set_certificate (server, net_fixture_get_certificates (), "server");
  mm_script_server_start_tls (server);
}

MmLineStream *
net_fixture_start (MmScriptServer *server,
                   gboolean        tls)
{
  g_autoptr (MmLineStream) stream = NULL;
  g_autoptr (GError) error = NULL;

  mm_script_server_start (server);
  stream = net_fixture_connect (server, tls ? MM_SECURITY_TLS : MM_SECURITY_NONE,
                                tls ? "ca" : NULL, NULL, &error);
  g_assert_no_error (error);
  return g_steal_pointer (&stream);
}

typedef struct
{
  GCancellable *cancellable;
  guint milliseconds;
} Cancellation;

static gpointer
cancel_thread (gpointer user_data)
{
  g_autofree Cancellation *cancellation = user_data;

  g_usleep (cancellation->milliseconds * 1000);
  g_cancellable_cancel (cancellation->cancellable);
  g_object_unref (cancellation->cancellable);
  return NULL;
}

GCancellable *
net_fixture_cancel_after (guint milliseconds)
{
  GCancellable *cancellable = g_cancellable_new ();
  Cancellation *cancellation = g_new0 (Cancellation, 1);

  cancellation->cancellable = g_object_ref (cancellable);
  cancellation->milliseconds = milliseconds;
  g_thread_unref (g_thread_new ("cancel", cancel_thread, cancellation));
  return cancellable;
}

void
net_fixture_assert_prompt (gint64 begin,
                           guint  milliseconds)
{
  gint64 taken = (g_get_monotonic_time () - begin) / 1000;

  g_assert_cmpint (taken, >=, milliseconds - 50);
  g_assert_cmpint (taken, <, milliseconds + 2000);
}

struct _NetFixtureHole
{
  GSocket *listener;
  GPtrArray *clients; /* (element-type GSocket): they fill the queue */
  guint16 port;
};

static GSocket *
make_socket (void)
{
  g_autoptr (GError) error = NULL;
  GSocket *socket = g_socket_new (G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_STREAM,
                                  G_SOCKET_PROTOCOL_TCP, &error);

  g_assert_no_error (error);
  return socket;
}

NetFixtureHole *
net_fixture_hole_new (void)
{
  NetFixtureHole *self = g_new0 (NetFixtureHole, 1);
  g_autoptr (GInetAddress) loopback = g_inet_address_new_loopback (G_SOCKET_FAMILY_IPV4);
  g_autoptr (GSocketAddress) any = g_inet_socket_address_new (loopback, 0);
  g_autoptr (GSocketAddress) address = NULL;

  self->listener = make_socket ();
  self->clients = g_ptr_array_new_with_free_func (g_object_unref);
  g_assert_true (g_socket_bind (self->listener, any, FALSE, NULL));
  g_socket_set_listen_backlog (self->listener, 0);
  g_assert_true (g_socket_listen (self->listener, NULL));
  address = g_socket_get_local_address (self->listener, NULL);
  self->port = g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (address));
  for (guint i = 0; i < 4; i++)
    {
      GSocket *client = make_socket ();

      g_socket_set_blocking (client, FALSE);
      g_socket_connect (client, address, NULL, NULL);
      g_ptr_array_add (self->clients, client);
    }
  g_usleep (50 * 1000);
  return self;
}

void
net_fixture_hole_free (NetFixtureHole *self)
{
  g_ptr_array_unref (self->clients);
  g_object_unref (self->listener);
  g_free (self);
}

guint16
net_fixture_hole_get_port (NetFixtureHole *self)
{
  return self->port;
}
