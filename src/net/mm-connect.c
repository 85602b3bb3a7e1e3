/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "net/mm-connect.h"

#include <netinet/in.h>
#include <netinet/tcp.h>

#include <glib/gi18n-lib.h>

#include "model/mm-error.h"

#define CONNECT_TIMEOUT_SECONDS 30

/* What the handshake needs to judge the server's certificate, and what it found. */
typedef struct
{
  GSocketConnectable *identity;
  GTlsDatabase *authority;      /* of the account's own file; NULL */
  GCancellable *cancellable;
  GTlsCertificate *certificate; /* the one refused; NULL */
  GTlsCertificateFlags flags;   /* why */
} Judgement;

static void
judgement_clear (Judgement *self)
{
  g_clear_object (&self->identity);
  g_clear_object (&self->authority);
  g_clear_object (&self->certificate);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Judgement, judgement_clear)

static char *
make_peer_name (const MmService *service)
{
  if (strchr (service->host, ':') != NULL)
    return g_strdup_printf ("[%s]:%u", service->host, service->port);
  return g_strdup_printf ("%s:%u", service->host, service->port);
}

/* Names below .invalid have no address by definition (RFC 6761 6.4), whatever an unreachable name
 * server answers. */
static gboolean
is_unknown_host (const char   *host,
                 const GError *error)
{
  return g_error_matches (error, G_RESOLVER_ERROR, G_RESOLVER_ERROR_NOT_FOUND) ||
         (error->domain == G_RESOLVER_ERROR && g_str_has_suffix (host, ".invalid"));
}

static GError *
translate_connect_error (const MmService *service,
                         const GError    *error)
{
  g_autofree char *peer = make_peer_name (service);

  if (is_unknown_host (service->host, error))
    return g_error_new (MM_ERROR, MM_ERROR_HOST,
                        _("There is no server named “%s”. Check the server's name for typing "
                          "errors."), service->host);
  if (error->domain == G_RESOLVER_ERROR)
    return g_error_new (MM_ERROR, MM_ERROR_NETWORK,
                        _("The server's name “%s” could not be looked up. Check that this computer "
                          "is connected to the network (%s)."), service->host, error->message);
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CONNECTION_REFUSED))
    return g_error_new (MM_ERROR, MM_ERROR_NETWORK,
                        _("%s refused the connection. Check the port, and that the mail server is "
                          "running."), peer);
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT))
    return g_error_new (MM_ERROR, MM_ERROR_NETWORK,
                        _("%s did not answer within %d seconds. Check the server's name and the "
                          "port; a firewall may be in the way."), peer, CONNECT_TIMEOUT_SECONDS);
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_HOST_UNREACHABLE) ||
      g_error_matches (error, G_IO_ERROR, G_IO_ERROR_NETWORK_UNREACHABLE))
    return g_error_new (MM_ERROR, MM_ERROR_NETWORK,
                        _("%s cannot be reached. Check that this computer is connected to the "
                          "network."), peer);
  return g_error_new (MM_ERROR, MM_ERROR_NETWORK, _("No connection to %s could be made (%s)."),
                      peer, error->message);
}

static void
propagate_connect_error (GError         **error,
                         const MmService *service,
                         GError          *cause /* (transfer full) */)
{
  if (g_error_matches (cause, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    {
      g_propagate_error (error, cause);
      return;
    }
  g_propagate_error (error, translate_connect_error (service, cause));
  g_error_free (cause);
}

static GSocketConnection *
connect_socket (const MmService  *service,
                GCancellable     *cancellable,
                GError          **error)
{
  g_autoptr (GSocketClient) client = g_socket_client_new ();
  g_autoptr (GSocketConnectable) address = g_network_address_new (service->host, service->port);
  g_autoptr (GSocketConnection) connection = NULL;
  GError *local_error = NULL;
  GSocket *socket;

  g_socket_client_set_timeout (client, CONNECT_TIMEOUT_SECONDS);
  /* Proxies are for the web; asking for one can wait on services of the desktop. */
  g_socket_client_set_enable_proxy (client, FALSE);
  connection = g_socket_client_connect (client, address, cancellable, &local_error);
  if (connection == NULL)
    {
      propagate_connect_error (error, service, local_error);
      return NULL;
    }
  socket = g_socket_connection_get_socket (connection);
  g_socket_set_keepalive (socket, TRUE);
  g_socket_set_option (socket, IPPROTO_TCP, TCP_NODELAY, 1, NULL);
  return g_steal_pointer (&connection);
}

/* The system has refused @certificate. The account's own authority may still vouch for it. */
static gboolean
accept_certificate_cb (GTlsConnection       *tls,
                       GTlsCertificate      *certificate,
                       GTlsCertificateFlags  flags,
                       gpointer              user_data)
{
  Judgement *judgement = user_data;
  g_autoptr (GError) error = NULL;

  if (judgement->authority != NULL)
    {
      GTlsCertificateFlags own;

      own = g_tls_database_verify_chain (judgement->authority, certificate,
                                         G_TLS_DATABASE_PURPOSE_AUTHENTICATE_SERVER,
                                         judgement->identity, NULL, G_TLS_DATABASE_VERIFY_NONE,
                                         judgement->cancellable, &error);
      if (own == G_TLS_CERTIFICATE_NO_FLAGS && error == NULL)
        return TRUE;
      /* What its own authority objects to says more than that the system does not know it. */
      if ((flags & G_TLS_CERTIFICATE_UNKNOWN_CA) != 0 && error == NULL)
        flags = own;
    }
  g_set_object (&judgement->certificate, certificate);
  judgement->flags = flags;
  return FALSE;
}

static gboolean
is_self_signed (GTlsCertificate *certificate)
{
  g_autofree char *subject = g_tls_certificate_get_subject_name (certificate);
  g_autofree char *issuer = g_tls_certificate_get_issuer_name (certificate);

  return g_strcmp0 (subject, issuer) == 0;
}

static char *
format_date (GDateTime *date)
{
  if (date == NULL)
    return g_strdup (_("unknown"));
  return g_date_time_format (date, "%Y-%m-%d");
}

/* The check that failed, as a sentence with advice; the one that is easiest to mend first. */
static char *
describe_failed_check (const Judgement *judgement,
                       const char      *host)
{
  GTlsCertificateFlags flags = judgement->flags;

  if ((flags & G_TLS_CERTIFICATE_REVOKED) != 0)
    return g_strdup (_("The certificate has been revoked: do not use this server until its "
                       "administrator has replaced it."));
  if ((flags & G_TLS_CERTIFICATE_BAD_IDENTITY) != 0)
    return g_strdup_printf (_("The certificate is for another server than “%s”. Check the server's "
                              "name."), host);
  if ((flags & G_TLS_CERTIFICATE_EXPIRED) != 0)
    return g_strdup (_("The certificate has expired. Ask the server's administrator to renew it."));
  if ((flags & G_TLS_CERTIFICATE_NOT_ACTIVATED) != 0)
    return g_strdup (_("The certificate is not valid yet. Check the clock of this computer."));
  if ((flags & G_TLS_CERTIFICATE_INSECURE) != 0)
    return g_strdup (_("The certificate uses an insecure method. Ask the server's administrator to "
                       "replace it."));
  if ((flags & G_TLS_CERTIFICATE_UNKNOWN_CA) != 0 && is_self_signed (judgement->certificate))
    return g_strdup (_("The certificate is self-signed: no authority vouches for it. If you know "
                       "that it is genuine, trust it for this account."));
  if ((flags & G_TLS_CERTIFICATE_UNKNOWN_CA) != 0)
    return g_strdup (_("The certificate was issued by an authority that this computer does not "
                       "know. If you know that it is genuine, trust that authority for this "
                       "account."));
  return g_strdup (_("The certificate could not be checked."));
}

static char *
describe_names (GTlsCertificate *certificate)
{
  g_autoptr (GPtrArray) names = g_tls_certificate_get_dns_names (certificate);
  g_autoptr (GString) text = g_string_new (NULL);
  g_autofree char *subject = g_tls_certificate_get_subject_name (certificate);

  for (guint i = 0; names != NULL && i < MIN (names->len, 5); i++)
    {
      gsize length = 0;
      const char *name = g_bytes_get_data (g_ptr_array_index (names, i), &length);

      g_string_append_printf (text, "%s%.*s", i > 0 ? ", " : "", (int) length, name);
    }
  if (text->len > 0)
    return g_utf8_make_valid (text->str, text->len);
  return g_strdup (subject != NULL ? subject : _("unknown"));
}

static GError *
make_certificate_error (const Judgement *judgement,
                        const MmService *service)
{
  GTlsCertificate *certificate = judgement->certificate;
  g_autoptr (GDateTime) from = g_tls_certificate_get_not_valid_before (certificate);
  g_autoptr (GDateTime) until = g_tls_certificate_get_not_valid_after (certificate);
  g_autofree char *from_text = format_date (from);
  g_autofree char *until_text = format_date (until);
  g_autofree char *holder = describe_names (certificate);
  g_autofree char *issuer = g_tls_certificate_get_issuer_name (certificate);
  g_autofree char *check = describe_failed_check (judgement, service->host);
  g_autofree char *peer = make_peer_name (service);

  return g_error_new (MM_ERROR, MM_ERROR_CERTIFICATE,
                      _("The server %s could not prove who it is. %s (Certificate held by %s, "
                        "issued by %s, valid from %s until %s.)"),
                      peer, check, holder, issuer != NULL ? issuer : _("unknown"), from_text,
                      until_text);
}

static GError *
translate_tls_error (const Judgement *judgement,
                     const MmService *service,
                     const GError    *error)
{
  g_autofree char *peer = make_peer_name (service);

  if (judgement->certificate != NULL)
    return make_certificate_error (judgement, service);
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT))
    return g_error_new (MM_ERROR, MM_ERROR_NETWORK,
                        _("The server %s did not answer when the encryption was to begin. Check "
                          "that the port is the one for this kind of security."), peer);
  if (error->domain == G_TLS_ERROR || g_error_matches (error, MM_ERROR, MM_ERROR_PROTOCOL))
    return g_error_new (MM_ERROR, MM_ERROR_NETWORK,
                        _("The server %s does not offer TLS encryption of today's kind there. "
                          "Check that the port is the one for this kind of security (%s)."),
                        peer, error->message);
  return g_error_new (MM_ERROR, MM_ERROR_NETWORK,
                      _("The connection to %s was cut when the encryption was to begin (%s)."),
                      peer, error->message);
}

static GTlsDatabase *
load_authority (const char  *file,
                GError     **error)
{
  g_autoptr (GError) local_error = NULL;
  g_autofree char *path = g_canonicalize_filename (file, NULL);
  g_autoptr (GTlsDatabase) database = g_tls_file_database_new (path, &local_error);

  if (database == NULL)
    g_set_error (error, MM_ERROR, MM_ERROR_FILE,
                 _("The certificate authority in “%s” cannot be read. Choose a file in PEM format "
                   "(%s)."), file, local_error->message);
  return g_steal_pointer (&database);
}

static gboolean
is_version_safe (GTlsConnection *tls)
{
  GTlsProtocolVersion version = g_tls_connection_get_protocol_version (tls);

  return version == G_TLS_PROTOCOL_VERSION_TLS_1_2 || version == G_TLS_PROTOCOL_VERSION_TLS_1_3;
}

static gboolean
shake_hands (MmLineStream     *stream,
             Judgement        *judgement,
             GCancellable     *cancellable,
             GError          **error)
{
  GIOStream *base = G_IO_STREAM (mm_line_stream_get_connection (stream));
  g_autoptr (GIOStream) tls = g_tls_client_connection_new (base, judgement->identity, error);
  gulong handler;
  gboolean done;

  if (tls == NULL)
    return FALSE;
  /* Many mail servers just hang up; every protocol here knows by itself where a text ends. */
  g_tls_connection_set_require_close_notify (G_TLS_CONNECTION (tls), FALSE);
  handler = g_signal_connect (tls, "accept-certificate", G_CALLBACK (accept_certificate_cb),
                              judgement);
  done = mm_line_stream_start_tls (stream, G_TLS_CONNECTION (tls), cancellable, error);
  g_signal_handler_disconnect (tls, handler);
  if (done && !is_version_safe (G_TLS_CONNECTION (tls)))
    {
      mm_line_stream_close (stream);
      g_set_error_literal (error, G_TLS_ERROR, G_TLS_ERROR_HANDSHAKE,
                           _("a version older than TLS 1.2"));
      return FALSE;
    }
  return done;
}

MmLineStream *
mm_connect_open (const MmService  *service,
                 MmCredentials    *credentials,
                 GCancellable     *cancellable,
                 GError          **error)
{
  g_autoptr (GSocketConnection) connection = NULL;
  g_autoptr (MmLineStream) stream = NULL;
  g_autofree char *peer = NULL;

  g_return_val_if_fail (service != NULL, NULL);

  connection = connect_socket (service, cancellable, error);
  if (connection == NULL)
    return NULL;
  peer = make_peer_name (service);
  stream = mm_line_stream_new (connection, peer);
  if (service->security == MM_SECURITY_TLS &&
      !mm_connect_start_tls (stream, service, credentials, cancellable, error))
    return NULL;
  return g_steal_pointer (&stream);
}

gboolean
mm_connect_start_tls (MmLineStream     *stream,
                      const MmService  *service,
                      MmCredentials    *credentials,
                      GCancellable     *cancellable,
                      GError          **error)
{
  g_auto (Judgement) judgement = { .cancellable = cancellable };
  g_autoptr (GError) local_error = NULL;
  const char *ca_file = NULL;

  g_return_val_if_fail (MM_IS_LINE_STREAM (stream), FALSE);
  g_return_val_if_fail (service != NULL, FALSE);

  if (credentials != NULL)
    ca_file = mm_credentials_get_ca_file (credentials);
  if (ca_file != NULL)
    {
      judgement.authority = load_authority (ca_file, error);
      if (judgement.authority == NULL)
        return FALSE;
    }
  judgement.identity = g_network_address_new (service->host, service->port);
  if (shake_hands (stream, &judgement, cancellable, &local_error))
    return TRUE;

  /* Text ahead of the handshake is an attack only where a clear-text phase came before. */
  if (g_error_matches (local_error, G_IO_ERROR, G_IO_ERROR_CANCELLED) ||
      (g_error_matches (local_error, MM_ERROR, MM_ERROR_PROTOCOL) &&
       service->security == MM_SECURITY_STARTTLS) ||
      g_error_matches (local_error, MM_ERROR, MM_ERROR_NETWORK))
    g_propagate_error (error, g_steal_pointer (&local_error));
  else
    g_propagate_error (error, translate_tls_error (&judgement, service, local_error));
  return FALSE;
}
