/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/mm-service.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "model/mm-error.h"

static const struct
{
  const char *scheme;
  MmProtocol protocol;
  MmSecurity security;
  guint16 port;
} schemes[] = {
  { "imaps", MM_PROTOCOL_IMAP, MM_SECURITY_TLS, 993 },
  { "imap", MM_PROTOCOL_IMAP, MM_SECURITY_STARTTLS, 143 },
  { "imap+insecure", MM_PROTOCOL_IMAP, MM_SECURITY_NONE, 143 },
};

struct _MmCredentials
{
  gatomicrefcount ref_count;
  char *password;
  char *ca_file;
};

MmService *
mm_service_new (MmProtocol  protocol,
                MmSecurity  security,
                const char *host,
                guint16     port,
                const char *user)
{
  MmService *self;

  g_return_val_if_fail (host != NULL, NULL);
  g_return_val_if_fail (user != NULL, NULL);

  self = g_new0 (MmService, 1);
  self->protocol = protocol;
  self->security = security;
  self->host = g_strdup (host);
  self->port = port != 0 ? port : mm_protocol_get_default_port (protocol, security);
  self->user = g_strdup (user);
  return self;
}

MmService *
mm_service_copy (const MmService *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return mm_service_new (self->protocol, self->security, self->host, self->port, self->user);
}

void
mm_service_free (MmService *self)
{
  if (self == NULL)
    return;

  g_free (self->host);
  g_free (self->user);
  g_free (self);
}

static gboolean
find_scheme (const char  *url,
             guint       *found,
             GError     **error)
{
  g_autofree char *scheme = NULL;
  const char *end = strstr (url, "://");

  if (end == NULL)
    {
      g_set_error (error, MM_ERROR, MM_ERROR_USAGE,
                   _("An account is written as a URL, such as "
                     "“imaps://anna%%40example.org@mail.example.org”."));
      return FALSE;
    }

  scheme = g_ascii_strdown (url, end - url);
  for (guint i = 0; i < G_N_ELEMENTS (schemes); i++)
    if (g_str_equal (schemes[i].scheme, scheme))
      {
        *found = i;
        return TRUE;
      }
  g_set_error (error, MM_ERROR, MM_ERROR_USAGE,
               _("“%s” is not a kind of account that this program knows. Known are: "
                 "imaps (TLS), imap (STARTTLS) and imap+insecure (clear text)."),
               scheme);
  return FALSE;
}

static gboolean
usage_error (GError     **error,
             const char  *message)
{
  g_set_error_literal (error, MM_ERROR, MM_ERROR_USAGE, message);
  return FALSE;
}

/* Everything after "://". None of the sentences quotes the text: it may hold a password that
 * stands where none belongs. */
static gboolean
check_parts (const char  *user,
             const char  *password,
             const char  *host,
             const char  *path,
             gboolean     has_more,
             GError     **error)
{
  if (password != NULL)
    return usage_error (error, _("A password does not belong in a URL, where others can read it. "
                                 "Remove it: it is asked for, or read from a file."));
  if (user == NULL || *user == '\0')
    return usage_error (error, _("The URL names no user. Write it before the host: "
                                 "“imaps://anna%40example.org@mail.example.org”."));
  if (host == NULL || *host == '\0')
    return usage_error (error, _("The URL names no host. Write it behind the user: "
                                 "“imaps://anna%40example.org@mail.example.org”."));
  if (has_more || (*path != '\0' && !g_str_equal (path, "/")))
    return usage_error (error, _("The URL goes on behind the host and the port. "
                                 "Write nothing there; in a user name, write “/” as “%2F”, "
                                 "“?” as “%3F” and “#” as “%23”."));
  return TRUE;
}

MmService *
mm_service_parse (const char  *url,
                  GError     **error)
{
  g_autofree char *user = NULL, *password = NULL, *host = NULL;
  g_autofree char *path = NULL, *query = NULL, *fragment = NULL;
  guint scheme = 0;
  int port = -1;

  g_return_val_if_fail (url != NULL, NULL);

  if (!find_scheme (url, &scheme, error))
    return NULL;
  /* Relaxed, because nearly everyone writes the '@' of the user name as it is. */
  if (!g_uri_split_with_user (url, G_URI_FLAGS_HAS_PASSWORD | G_URI_FLAGS_PARSE_RELAXED, NULL,
                              &user, &password, NULL, &host, &port, &path, &query, &fragment,
                              NULL) ||
      port == 0)
    {
      usage_error (error, _("The URL cannot be read. Write it like "
                            "“imaps://anna%40example.org@mail.example.org:993”, with special "
                            "characters of the user name percent-encoded."));
      return NULL;
    }
  if (!check_parts (user, password, host, path, query != NULL || fragment != NULL, error))
    return NULL;

  return mm_service_new (schemes[scheme].protocol, schemes[scheme].security, host,
                         port < 0 ? 0 : (guint16) port, user);
}

char *
mm_service_to_url (const MmService *self)
{
  g_autofree char *user = NULL;
  const char *scheme = NULL;
  gboolean is_ipv6;

  g_return_val_if_fail (self != NULL, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (schemes); i++)
    if (schemes[i].protocol == self->protocol && schemes[i].security == self->security)
      scheme = schemes[i].scheme;
  g_return_val_if_fail (scheme != NULL, NULL);

  user = g_uri_escape_string (self->user, NULL, FALSE);
  is_ipv6 = strchr (self->host, ':') != NULL;
  return g_strdup_printf ("%s://%s@%s%s%s:%u", scheme, user, is_ipv6 ? "[" : "", self->host,
                          is_ipv6 ? "]" : "", self->port);
}

guint16
mm_protocol_get_default_port (MmProtocol protocol,
                              MmSecurity security)
{
  for (guint i = 0; i < G_N_ELEMENTS (schemes); i++)
    if (schemes[i].protocol == protocol && schemes[i].security == security)
      return schemes[i].port;
  g_return_val_if_reached (0);
}

const char *
mm_protocol_get_title (MmProtocol protocol)
{
  switch (protocol)
    {
    case MM_PROTOCOL_IMAP:
      return "IMAP";
    case MM_N_PROTOCOLS:
    default:
      g_return_val_if_reached (NULL);
    }
}

gboolean
mm_service_is_same_account (const MmService *a,
                            const MmService *b)
{
  g_autofree char *host_a = NULL;
  g_autofree char *host_b = NULL;

  g_return_val_if_fail (a != NULL, FALSE);
  g_return_val_if_fail (b != NULL, FALSE);

  host_a = g_utf8_casefold (a->host, -1);
  host_b = g_utf8_casefold (b->host, -1);
  return a->protocol == b->protocol && a->port == b->port &&
         g_str_equal (host_a, host_b) && g_str_equal (a->user, b->user);
}

MmAccount *
mm_account_new (const char *address)
{
  MmAccount *self = g_new0 (MmAccount, 1);

  self->address = g_strdup (address);
  self->services = g_ptr_array_new_with_free_func ((GDestroyNotify) mm_service_free);
  return self;
}

MmAccount *
mm_account_copy (const MmAccount *self)
{
  MmAccount *copy;

  g_return_val_if_fail (self != NULL, NULL);

  copy = mm_account_new (self->address);
  for (guint i = 0; i < self->services->len; i++)
    mm_account_add_service (copy, mm_service_copy (g_ptr_array_index (self->services, i)));
  return copy;
}

void
mm_account_free (MmAccount *self)
{
  if (self == NULL)
    return;

  g_free (self->address);
  g_ptr_array_unref (self->services);
  g_free (self);
}

void
mm_account_add_service (MmAccount *self,
                        MmService *service)
{
  g_return_if_fail (self != NULL);
  g_return_if_fail (service != NULL);

  g_ptr_array_add (self->services, service);
}

const char *
mm_account_get_address (const MmAccount *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  if (self->address != NULL)
    return self->address;
  g_return_val_if_fail (self->services->len > 0, NULL);
  return ((MmService *) g_ptr_array_index (self->services, 0))->user;
}

MmCredentials *
mm_credentials_new (const char *password,
                    const char *ca_file)
{
  MmCredentials *self = g_new0 (MmCredentials, 1);

  g_atomic_ref_count_init (&self->ref_count);
  self->password = g_strdup (password);
  self->ca_file = g_strdup (ca_file);
  return self;
}

MmCredentials *
mm_credentials_ref (MmCredentials *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

void
mm_credentials_unref (MmCredentials *self)
{
  if (self == NULL || !g_atomic_ref_count_dec (&self->ref_count))
    return;

  if (self->password != NULL)
    explicit_bzero (self->password, strlen (self->password));
  g_free (self->password);
  g_free (self->ca_file);
  g_free (self);
}

const char *
mm_credentials_get_password (MmCredentials *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->password;
}

const char *
mm_credentials_get_ca_file (MmCredentials *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->ca_file;
}
