/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "model/mm-error.h"
#include "model/mm-service.h"

static const struct
{
  const char *url;
  MmSecurity security;
  const char *host;
  guint16 port;
  const char *user;
  const char *canonical;
} good[] = {
  { "imaps://anna%40example.org@mail.example.org", MM_SECURITY_TLS, "mail.example.org", 993,
    "anna@example.org", "imaps://anna%40example.org@mail.example.org:993" },
  { "imap://anna@mail.example.org:1143/", MM_SECURITY_STARTTLS, "mail.example.org", 1143, "anna",
    "imap://anna@mail.example.org:1143" },
  { "IMAP+INSECURE://anna@localhost", MM_SECURITY_NONE, "localhost", 143, "anna",
    "imap+insecure://anna@localhost:143" },
  { "imaps://anna@example.org@mail.example.org", MM_SECURITY_TLS, "mail.example.org", 993,
    "anna@example.org", "imaps://anna%40example.org@mail.example.org:993" },
  { "imaps://a%3Ab%2Fc%C3%A9@[::1]:65535", MM_SECURITY_TLS, "::1", 65535, "a:b/cé",
    "imaps://a%3Ab%2Fc%C3%A9@[::1]:65535" },
};

static const char *const bad[] = {
  "",
  "mail.example.org",
  "anna@mail.example.org",
  "smtp://anna@mail.example.org",
  "imaps:anna@mail.example.org",
  "imaps://mail.example.org",
  "imaps://@mail.example.org",
  "imaps://anna@",
  "imaps://anna@mail.example.org:0",
  "imaps://anna@mail.example.org:65536",
  "imaps://anna@mail.example.org:x",
  "imaps://anna@mail.example.org/INBOX",
  "imaps://anna@mail.example.org?x",
  "imaps://anna@mail.example.org#x",
  "imaps://anna:geheim@mail.example.org",
  "imaps://anna@example.org:geheim@mail.example.org",
  "imaps://anna:geheim/x@mail.example.org",
  "imaps://anna:@mail.example.org",
};

static void
test_parse (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (good); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (MmService) service = mm_service_parse (good[i].url, &error);
      g_autoptr (MmService) again = NULL;
      g_autofree char *url = NULL;

      g_assert_no_error (error);
      g_assert_cmpint (service->protocol, ==, MM_PROTOCOL_IMAP);
      g_assert_cmpint (service->security, ==, good[i].security);
      g_assert_cmpstr (service->host, ==, good[i].host);
      g_assert_cmpuint (service->port, ==, good[i].port);
      g_assert_cmpstr (service->user, ==, good[i].user);

      url = mm_service_to_url (service);
      g_assert_cmpstr (url, ==, good[i].canonical);
      again = mm_service_parse (url, &error);
      g_assert_no_error (error);
      g_assert_cmpstr (again->user, ==, good[i].user);
    }
}

static void
test_refused (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (GError) error = NULL;

      g_test_message ("%s", bad[i]);
      g_assert_null (mm_service_parse (bad[i], &error));
      g_assert_error (error, MM_ERROR, MM_ERROR_USAGE);
      g_assert_null (strstr (error->message, "geheim"));
      g_assert_true (g_str_has_suffix (error->message, ".") ||
                     g_str_has_suffix (error->message, "”."));
    }
}

static void
test_same_account (void)
{
  g_autoptr (MmService) a = mm_service_parse ("imaps://anna@Mail.example.org", NULL);
  g_autoptr (MmService) b = mm_service_parse ("imap://anna@mail.example.ORG:993", NULL);
  g_autoptr (MmService) other_port = mm_service_parse ("imap://anna@mail.example.org", NULL);
  g_autoptr (MmService) other_user = mm_service_parse ("imaps://bob@mail.example.org", NULL);
  g_autoptr (MmService) other_host = mm_service_parse ("imaps://anna@example.org", NULL);

  g_assert_true (mm_service_is_same_account (a, b));
  g_assert_false (mm_service_is_same_account (a, other_port));
  g_assert_false (mm_service_is_same_account (a, other_user));
  g_assert_false (mm_service_is_same_account (a, other_host));
}

static void
test_account (void)
{
  g_autoptr (MmAccount) account = mm_account_new (NULL);
  g_autoptr (MmAccount) named = mm_account_new ("anna@example.org");
  g_autoptr (MmAccount) copy = NULL;

  mm_account_add_service (account, mm_service_parse ("imaps://anna@example.org", NULL));
  mm_account_add_service (account, mm_service_parse ("imaps://bob@example.org", NULL));
  copy = mm_account_copy (account);
  g_assert_cmpstr (mm_account_get_address (copy), ==, "anna");
  g_assert_cmpuint (copy->services->len, ==, 2);
  g_assert_cmpstr (mm_account_get_address (named), ==, "anna@example.org");
}

static void
test_credentials (void)
{
  g_autoptr (MmCredentials) credentials = mm_credentials_new ("geheim", "/etc/ca.pem");
  g_autoptr (MmCredentials) other = mm_credentials_ref (credentials);
  g_autoptr (MmCredentials) plain = mm_credentials_new ("", NULL);

  g_clear_pointer (&credentials, mm_credentials_unref);
  g_assert_cmpstr (mm_credentials_get_password (other), ==, "geheim");
  g_assert_cmpstr (mm_credentials_get_ca_file (other), ==, "/etc/ca.pem");
  g_assert_cmpstr (mm_credentials_get_password (plain), ==, "");
  g_assert_null (mm_credentials_get_ca_file (plain));
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/service/parse", test_parse);
  g_test_add_func ("/service/refused", test_refused);
  g_test_add_func ("/service/same-account", test_same_account);
  g_test_add_func ("/service/account", test_account);
  g_test_add_func ("/service/credentials", test_credentials);
  return g_test_run ();
}
