/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/mm-form-data.h"

static void
test_server (void)
{
  const struct
  {
    const char *text;
    const char *host;
    guint16 port;
    gboolean has_security;
    MmSecurity security;
    const char *user;
  } cases[] = {
    { "mail.example.org", "mail.example.org", 0, FALSE, 0, NULL },
    { "  mail.example.org\n", "mail.example.org", 0, FALSE, 0, NULL },
    { "mail.example.org:1993", "mail.example.org", 1993, FALSE, 0, NULL },
    { "127.0.0.1", "127.0.0.1", 0, FALSE, 0, NULL },
    { "::1", "::1", 0, FALSE, 0, NULL },
    { "[::1]", "::1", 0, FALSE, 0, NULL },
    { "[2001:db8::7]:143", "2001:db8::7", 143, FALSE, 0, NULL },
    { "pošta.example.cz", "xn--pota-h6a.example.cz", 0, FALSE, 0, NULL },
    { "imaps://mail.example.org", "mail.example.org", 993, TRUE, MM_SECURITY_TLS, NULL },
    { "imaps://mail.example.org/", "mail.example.org", 993, TRUE, MM_SECURITY_TLS, NULL },
    { "imap://anna@mail.example.org", "mail.example.org", 143, TRUE, MM_SECURITY_STARTTLS,
      "anna" },
    { "imap+insecure://anna%40example.org@localhost:10143", "localhost", 10143, TRUE,
      MM_SECURITY_NONE, "anna@example.org" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_auto(MmTypedServer) server = { 0, };
      g_autoptr(GError) error = NULL;

      g_test_message ("%s", cases[i].text);
      g_assert_true (mm_typed_server_parse (cases[i].text, &server, &error));
      g_assert_no_error (error);
      g_assert_cmpstr (server.host, ==, cases[i].host);
      g_assert_cmpuint (server.port, ==, cases[i].port);
      g_assert_cmpint (server.has_security, ==, cases[i].has_security);
      if (server.has_security)
        g_assert_cmpint (server.security, ==, cases[i].security);
      g_assert_cmpstr (server.user, ==, cases[i].user);
    }
}

static void
test_server_wrong (void)
{
  const char *const cases[] = {
    "", " ", "anna@example.org", "mail example org", "mail.example.org/inbox",
    "mail.example.org:", "mail.example.org:0", "mail.example.org:65536", "mail.example.org:imap",
    "gopher://mail.example.org", "imaps://", "imaps://anna:secret@mail.example.org",
    "<script>", "a\"b",
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      MmTypedServer server = { 0, };
      g_autoptr(GError) error = NULL;

      g_test_message ("%s", cases[i]);
      g_assert_false (mm_typed_server_parse (cases[i], &server, &error));
      g_assert_error (error, MM_ERROR, MM_ERROR_USAGE);
      g_assert_cmpuint (strlen (error->message), >, 10);
      g_assert_null (strstr (error->message, "secret"));
      g_assert_null (server.host);
    }
}

static void
test_port_follows_security (void)
{
  const struct
  {
    const char *port;
    MmSecurity before;
    MmSecurity after;
    const char *expected;
  } cases[] = {
    { "993", MM_SECURITY_TLS, MM_SECURITY_STARTTLS, "143" },
    { "143", MM_SECURITY_STARTTLS, MM_SECURITY_TLS, "993" },
    { "143", MM_SECURITY_STARTTLS, MM_SECURITY_NONE, "143" },
    { "", MM_SECURITY_NONE, MM_SECURITY_TLS, "993" },
    { " 993 ", MM_SECURITY_TLS, MM_SECURITY_NONE, "143" },
    { "10143", MM_SECURITY_STARTTLS, MM_SECURITY_TLS, "10143" },
    { "abc", MM_SECURITY_TLS, MM_SECURITY_NONE, "abc" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *port = mm_form_port_for_security (cases[i].port, MM_PROTOCOL_IMAP,
                                                         cases[i].before, cases[i].after);

      g_assert_cmpstr (port, ==, cases[i].expected);
    }
}

static void
test_service (void)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(MmService) service = NULL;
  g_autoptr(MmService) pasted = NULL;
  MmFormField field = MM_FORM_FIELD_PORT;

  service = mm_form_to_service (MM_PROTOCOL_IMAP, " mail.example.org ", " 1143 ",
                                MM_SECURITY_STARTTLS, " anna@example.org ", " p ", &field, &error);
  g_assert_no_error (error);
  g_assert_cmpint (field, ==, MM_FORM_FIELD_NONE);
  g_assert_cmpstr (service->host, ==, "mail.example.org");
  g_assert_cmpuint (service->port, ==, 1143);
  g_assert_cmpint (service->security, ==, MM_SECURITY_STARTTLS);
  g_assert_cmpstr (service->user, ==, "anna@example.org");

  pasted = mm_form_to_service (MM_PROTOCOL_IMAP, "imaps://bob@mail.example.net", "143",
                               MM_SECURITY_NONE, "", "p", &field, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (pasted->port, ==, 993);
  g_assert_cmpint (pasted->security, ==, MM_SECURITY_TLS);
  g_assert_cmpstr (pasted->user, ==, "bob");
}

static void
test_service_wrong (void)
{
  const struct
  {
    const char *host;
    const char *port;
    const char *login;
    const char *password;
    MmFormField field;
  } cases[] = {
    { "", "993", "anna", "p", MM_FORM_FIELD_HOST },
    { "   ", "993", "anna", "p", MM_FORM_FIELD_HOST },
    { "anna@example.org", "993", "anna", "p", MM_FORM_FIELD_HOST },
    { "mail.example.org", "none", "anna", "p", MM_FORM_FIELD_PORT },
    { "mail.example.org", "70000", "anna", "p", MM_FORM_FIELD_PORT },
    { "mail.example.org", "993", "  ", "p", MM_FORM_FIELD_LOGIN },
    { "mail.example.org", "993", "anna", "", MM_FORM_FIELD_PASSWORD },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr(GError) error = NULL;
      MmFormField field = MM_FORM_FIELD_NONE;

      g_assert_null (mm_form_to_service (MM_PROTOCOL_IMAP, cases[i].host, cases[i].port,
                                         MM_SECURITY_TLS, cases[i].login, cases[i].password,
                                         &field, &error));
      g_assert_error (error, MM_ERROR, MM_ERROR_USAGE);
      g_assert_cmpint (field, ==, cases[i].field);
    }
}

static void
test_field_for_error (void)
{
  const struct
  {
    MmError code;
    MmFormField field;
  } cases[] = {
    { MM_ERROR_HOST, MM_FORM_FIELD_HOST },
    { MM_ERROR_NETWORK, MM_FORM_FIELD_HOST },
    { MM_ERROR_CERTIFICATE, MM_FORM_FIELD_SECURITY },
    { MM_ERROR_STARTTLS, MM_FORM_FIELD_SECURITY },
    { MM_ERROR_LOGIN, MM_FORM_FIELD_LOGIN },
    { MM_ERROR_PASSWORD, MM_FORM_FIELD_PASSWORD },
    { MM_ERROR_SAME_ACCOUNT, MM_FORM_FIELD_HOST },
    { MM_ERROR_QUOTA, MM_FORM_FIELD_NONE },
  };
  g_autoptr(GError) foreign = g_error_new_literal (G_IO_ERROR, G_IO_ERROR_FAILED, "x");

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr(GError) error = g_error_new_literal (MM_ERROR, cases[i].code, "x");

      g_assert_cmpint (mm_form_field_for_error (error), ==, cases[i].field);
    }

  g_assert_cmpint (mm_form_field_for_error (foreign), ==, MM_FORM_FIELD_NONE);
  g_assert_cmpint (mm_form_field_for_error (NULL), ==, MM_FORM_FIELD_NONE);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/ui/form-data/server", test_server);
  g_test_add_func ("/ui/form-data/server-wrong", test_server_wrong);
  g_test_add_func ("/ui/form-data/port-follows-security", test_port_follows_security);
  g_test_add_func ("/ui/form-data/service", test_service);
  g_test_add_func ("/ui/form-data/service-wrong", test_service_wrong);
  g_test_add_func ("/ui/form-data/field-for-error", test_field_for_error);

  return g_test_run ();
}
