/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ui/mm-form-data.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/* Stands in for the login where a URL without one is read by mm_service_parse (). */
#define NO_USER "-"

void
mm_typed_server_clear (MmTypedServer *self)
{
  g_clear_pointer (&self->host, g_free);
  g_clear_pointer (&self->user, g_free);
}

static gboolean
parse_port (const char  *text,
            guint16     *port,
            GError     **error)
{
  guint64 number;

  if (!g_ascii_string_to_unsigned (text, 10, 1, G_MAXUINT16, &number, NULL))
    {
      g_set_error (error, MM_ERROR, MM_ERROR_USAGE,
                   _("“%s” is not a port. Enter a number from 1 to 65535."), text);
      return FALSE;
    }

  *port = (guint16) number;
  return TRUE;
}

/* A pasted URL often has no login, or a path behind it; the model's parser takes neither. */
static char *
normalise_url (const char  *text,
               gboolean    *has_user,
               GError     **error)
{
  g_autofree char *scheme = NULL;
  g_autofree char *userinfo = NULL;
  g_autofree char *host = NULL;
  g_autofree char *port_text = NULL;
  int port;

  if (!g_uri_split (text, G_URI_FLAGS_ENCODED, &scheme, &userinfo, &host, &port, NULL, NULL, NULL,
                    NULL)
      || host == NULL || *host == '\0')
    {
      g_set_error (error, MM_ERROR, MM_ERROR_USAGE,
                   _("This address of a server cannot be read. "
                     "Enter the server’s name, for example mail.example.org."));
      return NULL;
    }

  *has_user = userinfo != NULL && *userinfo != '\0';
  port_text = port > 0 ? g_strdup_printf (":%d", port) : g_strdup ("");

  if (strchr (host, ':') != NULL)
    return g_strdup_printf ("%s://%s@[%s]%s", scheme, *has_user ? userinfo : NO_USER, host,
                            port_text);

  return g_strdup_printf ("%s://%s@%s%s", scheme, *has_user ? userinfo : NO_USER, host, port_text);
}

static gboolean
parse_url (const char     *text,
           MmTypedServer  *server,
           GError        **error)
{
  g_autofree char *url = NULL;
  g_autoptr(MmService) service = NULL;
  gboolean has_user = FALSE;

  url = normalise_url (text, &has_user, error);
  if (url == NULL)
    return FALSE;

  service = mm_service_parse (url, error);
  if (service == NULL)
    return FALSE;

  server->host = g_steal_pointer (&service->host);
  server->port = service->port;
  server->has_security = TRUE;
  server->security = service->security;
  server->user = has_user ? g_steal_pointer (&service->user) : NULL;
  return TRUE;
}

static gboolean
check_host (const char  *host,
            GError     **error)
{
  if (strchr (host, '@') != NULL)
    {
      g_set_error (error, MM_ERROR, MM_ERROR_USAGE,
                   _("“%s” is an e-mail address, not a server. "
                     "Enter the server’s name, for example mail.example.org."), host);
      return FALSE;
    }

  if (*host == '\0' || strpbrk (host, " \t\r\n/\\?#%<>\"'()") != NULL)
    {
      g_set_error (error, MM_ERROR, MM_ERROR_USAGE,
                   _("“%s” is not the name of a server. "
                     "Enter the server’s name, for example mail.example.org."), host);
      return FALSE;
    }

  return TRUE;
}

/* Splits "name:port" and "[address]:port"; a bare IPv6 address has several colons and no port. */
static gboolean
split_port (const char  *text,
            char       **host,
            guint16     *port,
            GError     **error)
{
  const char *colon = strrchr (text, ':');
  const char *bracket = strrchr (text, ']');
  g_autofree char *name = NULL;

  *port = 0;

  if (*text == '[' && bracket != NULL && (bracket[1] == '\0' || bracket[1] == ':'))
    {
      name = g_strndup (text + 1, bracket - text - 1);
      colon = bracket[1] == ':' ? bracket + 1 : NULL;
    }
  else if (colon != NULL && strchr (text, ':') == colon)
    name = g_strndup (text, colon - text);
  else
    {
      name = g_strdup (text);
      colon = NULL;
    }

  if (colon != NULL && !parse_port (colon + 1, port, error))
    return FALSE;

  *host = g_steal_pointer (&name);
  return TRUE;
}

gboolean
mm_typed_server_parse (const char     *text,
                       MmTypedServer  *server,
                       GError        **error)
{
  g_autofree char *stripped = NULL;
  g_autofree char *host = NULL;
  g_autofree char *ascii = NULL;
  g_auto(MmTypedServer) typed = { 0, };

  g_return_val_if_fail (text != NULL, FALSE);
  g_return_val_if_fail (server != NULL, FALSE);

  stripped = g_strstrip (g_strdup (text));

  if (strstr (stripped, "://") != NULL)
    {
      if (!parse_url (stripped, &typed, error))
        return FALSE;
    }
  else
    {
      if (!split_port (stripped, &host, &typed.port, error) || !check_host (host, error))
        return FALSE;

      /* Certificates and name servers know international names in this form only. */
      ascii = g_hostname_is_non_ascii (host) ? g_hostname_to_ascii (host) : NULL;
      typed.host = ascii != NULL ? g_steal_pointer (&ascii) : g_steal_pointer (&host);
    }

  *server = typed;
  memset (&typed, 0, sizeof typed);
  return TRUE;
}

char *
mm_form_port_for_security (const char *port_text,
                           MmProtocol  protocol,
                           MmSecurity  before,
                           MmSecurity  after)
{
  g_autofree char *stripped = g_strstrip (g_strdup (port_text));
  guint64 port = 0;

  if (*stripped != '\0'
      && (!g_ascii_string_to_unsigned (stripped, 10, 1, G_MAXUINT16, &port, NULL)
          || port != mm_protocol_get_default_port (protocol, before)))
    return g_strdup (port_text);

  return g_strdup_printf ("%u", mm_protocol_get_default_port (protocol, after));
}

static gboolean
fail_field (MmFormField   field,
            MmFormField  *field_out,
            const char   *sentence,
            GError      **error)
{
  *field_out = field;

  /* The sentence may be in @error already. */
  if (sentence != NULL)
    g_set_error_literal (error, MM_ERROR, MM_ERROR_USAGE, sentence);

  return FALSE;
}

static gboolean
read_fields (const char     *host,
             const char     *port,
             const char     *login,
             MmTypedServer  *server,
             MmFormField    *field,
             GError        **error)
{
  g_autofree char *port_text = g_strstrip (g_strdup (port));
  g_autofree char *login_text = g_strstrip (g_strdup (login));
  g_autofree char *host_text = g_strstrip (g_strdup (host));

  if (*host_text == '\0')
    return fail_field (MM_FORM_FIELD_HOST, field,
                       _("Enter the server’s name, for example mail.example.org."), error);

  if (!mm_typed_server_parse (host_text, server, error))
    return fail_field (MM_FORM_FIELD_HOST, field, NULL, error);

  if (server->port == 0 && *port_text != '\0' && !parse_port (port_text, &server->port, error))
    return fail_field (MM_FORM_FIELD_PORT, field, NULL, error);

  if (server->user == NULL && *login_text == '\0')
    return fail_field (MM_FORM_FIELD_LOGIN, field,
                       _("Enter the login: usually the whole e-mail address."), error);

  if (server->user == NULL)
    server->user = g_steal_pointer (&login_text);

  return TRUE;
}

MmService *
mm_form_to_service (MmProtocol    protocol,
                    const char   *host,
                    const char   *port,
                    MmSecurity    security,
                    const char   *login,
                    const char   *password,
                    MmFormField  *field,
                    GError      **error)
{
  g_auto(MmTypedServer) server = { 0, };

  g_return_val_if_fail (field != NULL, NULL);

  *field = MM_FORM_FIELD_NONE;

  if (!read_fields (host, port, login, &server, field, error))
    return NULL;

  if (*password == '\0')
    {
      fail_field (MM_FORM_FIELD_PASSWORD, field, _("Enter the password of this account."), error);
      return NULL;
    }

  return mm_service_new (protocol, server.has_security ? server.security : security, server.host,
                         server.port, server.user);
}

MmFormField
mm_form_field_for_error (const GError *error)
{
  if (error == NULL || error->domain != MM_ERROR)
    return MM_FORM_FIELD_NONE;

  switch ((MmError) error->code)
    {
    case MM_ERROR_HOST:
    case MM_ERROR_NETWORK:
    case MM_ERROR_SAME_ACCOUNT:
      return MM_FORM_FIELD_HOST;

    case MM_ERROR_CERTIFICATE:
    case MM_ERROR_STARTTLS:
    case MM_ERROR_PROTOCOL:
      return MM_FORM_FIELD_SECURITY;

    case MM_ERROR_LOGIN:
      return MM_FORM_FIELD_LOGIN;

    case MM_ERROR_PASSWORD:
      return MM_FORM_FIELD_PASSWORD;

    default:
      return MM_FORM_FIELD_NONE;
    }
}
