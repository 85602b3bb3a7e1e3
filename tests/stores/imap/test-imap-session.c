/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "imap-fixture.h"
#include "stores/imap/mm-imap-store.h"

/* Connecting, signing in, listing, and everything that a server may say in between. */

#define INTRODUCTION \
  "C: * LIST \"\" \"\"\n" \
  "S: * LIST (\\Noselect) \"/\" \"\"\n" \
  "S: $TAG OK\n" \
  "C: * LIST \"\" \"*\"\n" \
  "C: * LSUB \"\" \"*\"\n" \
  "S: * LIST () \"/\" INBOX\n" \
  "S: $TAG-1 OK\n" \
  "S: $TAG OK\n"

static void
assert_opens (const char *dialog)
{
  g_autoptr (MmScriptServer) server = mm_script_server_new ();
  g_autoptr (MmStore) store = NULL;

  mm_script_server_accept (server);
  mm_script_server_add (server, dialog);
  mm_script_server_expect_end (server);
  store = fixture_open (server);
  mm_store_close (store);
  mm_script_server_assert_finished (server);
}

static void
test_login (void)
{
  /* "\0anna\0p"w\ord" */
  assert_opens ("S: * OK hello\n"
                "C: * CAPABILITY\n"
                "S: * CAPABILITY IMAP4rev1 AUTH=PLAIN SASL-IR LOGINDISABLED\n"
                "S: $TAG OK\n"
                "C: * AUTHENTICATE PLAIN AGFubmEAcCJ3XG9yZA==\n"
                "S: $TAG OK welcome\n"
                "C: * CAPABILITY\n"
                "S: * CAPABILITY IMAP4rev1\n"
                "S: $TAG OK\n" INTRODUCTION);
  assert_opens ("S: * OK [CAPABILITY IMAP4rev1 AUTH=PLAIN] hello\n"
                "C: * AUTHENTICATE PLAIN\n"
                "S: + \n"
                "C: AGFubmEAcCJ3XG9yZA==\n"
                "S: * CAPABILITY IMAP4rev1 UIDPLUS\n"
                "S: $TAG-1 OK welcome\n" INTRODUCTION);
  /* a server that knows the mechanism by name only */
  assert_opens ("S: * OK [CAPABILITY IMAP4rev1 AUTH=PLAIN SASL-IR] hello\n"
                "C: * AUTHENTICATE PLAIN *\n"
                "S: $TAG BAD unknown command\n"
                "C: * LOGIN \"anna\" \"p\\\"w\\\\ord\"\n"
                "S: $TAG OK [CAPABILITY IMAP4rev1] welcome\n" INTRODUCTION);
  assert_opens ("S: * PREAUTH [CAPABILITY IMAP4rev1] at your service\n" INTRODUCTION);
  /* noise at every place */
  assert_opens ("S: * OK [ALERT] the water is cold\n"
                "C: * CAPABILITY\n"
                "S: * BAD what was that\n"
                "S: * CAPABILITY IMAP4rev1 ID QUOTA\n"
                "S: \n"
                "S: * NO [ALERT] \"unbalanced (\n"
                "S: $TAG OK\n"
                "C: * LOGIN *\n"
                "S: * 3 EXISTS\n"
                "S: $TAG OK welcome {5}\n"
                "C: * CAPABILITY\n"
                "S: * CAPABILITY IMAP4rev1 ID QUOTA\n"
                "S: $TAG OK\n"
                "C: * ID (*)\n"
                "C: * LIST \"\" \"\"\n"
                "C: * GETQUOTAROOT \"INBOX\"\n"
                "S: * ID (\"name\" NIL)\n"
                "S: $TAG-2 BAD\n"
                "S: * LIST () NIL \"\"\n"
                "S: $TAG-1 OK\n"
                "S: * QUOTAROOT INBOX root\n"
                "S: * QUOTA root (STORAGE 10 512 MESSAGE 1 2)\n"
                "S: $TAG OK\n"
                "C: * LIST \"\" \"*\"\n"
                "C: * LSUB \"\" \"*\"\n"
                "S: $TAG-1 OK\n"
                "S: $TAG NO\n");
}

static void
assert_fails (const char *dialog,
              MmSecurity  security,
              MmError     code,
              const char *part)
{
  g_autoptr (MmScriptServer) server = mm_script_server_new ();
  g_autoptr (MmCredentials) credentials = mm_credentials_new ("top-secret", NULL);
  g_autoptr (MmService) service = NULL;
  g_autoptr (MmStore) store = NULL;
  g_autoptr (GError) error = NULL;

  mm_script_server_accept (server);
  mm_script_server_add (server, dialog);
  mm_script_server_expect_end (server);
  mm_script_server_start (server);
  service = mm_service_new (MM_PROTOCOL_IMAP, security, "127.0.0.1",
                            mm_script_server_get_port (server), "anna");
  store = mm_imap_store_new (service, credentials);
  g_assert_false (mm_store_open (store, NULL, &error));
  g_test_message ("%s", error->message);
  g_assert_error (error, MM_ERROR, (int) code);
  fixture_assert_says (error, part);
  g_assert_null (strstr (error->message, "top-secret"));
  g_assert_null (strstr (error->message, "AGFubmEAdG9wLXNlY3JldA"));
  mm_script_server_assert_finished (server);
}

static void
test_refusals (void)
{
  static const struct { const char *answer; MmError code; } answers[] = {
    { "NO [AUTHENTICATIONFAILED] Authentication failed.", MM_ERROR_PASSWORD },
    { "NO Login failed: quite wrong", MM_ERROR_PASSWORD },
    { "NO [ALERT] Application-specific password required", MM_ERROR_PASSWORD },
    { "NO [LIMIT] Maximum number of connections from user+IP exceeded", MM_ERROR_LIMIT },
    { "NO [ALERT] Too many simultaneous connections. (Failure)", MM_ERROR_LIMIT },
    { "NO [UNAVAILABLE] Temporary authentication failure.", MM_ERROR_BUSY },
    { "NO [INUSE] somebody else", MM_ERROR_BUSY },
    { "NO [EXPIRED] password", MM_ERROR_LOGIN },
    { "NO [PRIVACYREQUIRED] Plaintext authentication disallowed", MM_ERROR_LOGIN },
    { "NO [AUTHORIZATIONFAILED] not you", MM_ERROR_LOGIN },
    { "BAD what", MM_ERROR_PASSWORD },
    { "BAD what is LOGIN \"anna\" \"top-secret\" top-secret or AGFubmEAdG9wLXNlY3JldA== please",
      MM_ERROR_PASSWORD },
  };

  for (guint i = 0; i < G_N_ELEMENTS (answers); i++)
    {
      g_autofree char *dialog = g_strdup_printf ("S: * OK [CAPABILITY IMAP4rev1] hello\n"
                                                 "C: * LOGIN *\n"
                                                 "S: $TAG %s\n", answers[i].answer);
      g_autofree char *words = g_strdup (strrchr (answers[i].answer, ' ') + 1);

      assert_fails (dialog, MM_SECURITY_NONE, answers[i].code, words);
    }
}

static void
test_no_way_in (void)
{
  assert_fails ("S: * OK [CAPABILITY IMAP4rev1 LOGINDISABLED AUTH=CRAM-MD5] hello\n",
                MM_SECURITY_NONE, MM_ERROR_LOGIN, "unencrypted");
  assert_fails ("S: * BYE [UNAVAILABLE] come back at noon\n", MM_SECURITY_NONE, MM_ERROR_BUSY,
                "noon");
  assert_fails ("S: * BYE Too many connections from you\n", MM_SECURITY_NONE, MM_ERROR_LIMIT,
                "from you");
  assert_fails ("S: * BYE gone\n", MM_SECURITY_NONE, MM_ERROR_NETWORK, "gone");
  assert_fails ("S: 220 mail.example.org ESMTP\n", MM_SECURITY_NONE, MM_ERROR_PROTOCOL, "127.0.0.1");
  assert_fails ("S: * PREAUTH [CAPABILITY IMAP4rev1 STARTTLS] in\n", MM_SECURITY_STARTTLS,
                MM_ERROR_STARTTLS, "STARTTLS");
  assert_fails ("S: * OK [CAPABILITY IMAP4rev1 AUTH=PLAIN] hello\n", MM_SECURITY_STARTTLS,
                MM_ERROR_STARTTLS, "STARTTLS");
  assert_fails ("S: * OK [CAPABILITY IMAP4rev1 STARTTLS] hello\n"
                "C: * STARTTLS\n"
                "S: $TAG NO not today\n", MM_SECURITY_STARTTLS, MM_ERROR_STARTTLS, "STARTTLS");
}

/* A farewell that repeats what was said is not repeated by us. */
static void
test_bye_with_password (void)
{
  static const char *const words[] = { "what is LOGIN anna p\\w?", "what is p\\w?",
                                       "AUTHENTICATE PLAIN AGFubmEAcFx3 I do not know" };

  for (guint i = 0; i < G_N_ELEMENTS (words); i++)
    {
      g_autoptr (MmScriptServer) server = mm_script_server_new ();
      g_autoptr (MmCredentials) credentials = mm_credentials_new ("p\\w", NULL);
      g_autofree char *bye = g_strdup_printf ("S: * BYE %s\n", words[i]);
      g_autoptr (MmService) service = NULL;
      g_autoptr (MmStore) store = NULL;
      g_autoptr (GError) error = NULL;

      mm_script_server_accept (server);
      mm_script_server_add (server, "S: * OK [CAPABILITY IMAP4rev1 AUTH=PLAIN SASL-IR] hello\n"
                                    "C: * AUTHENTICATE PLAIN *\n");
      mm_script_server_add (server, bye);
      mm_script_server_cut (server, MM_CUT_FIN);
      mm_script_server_start (server);
      service = mm_service_new (MM_PROTOCOL_IMAP, MM_SECURITY_NONE, "127.0.0.1",
                                mm_script_server_get_port (server), "anna");
      store = mm_imap_store_new (service, credentials);
      g_assert_false (mm_store_open (store, NULL, &error));
      g_assert_error (error, MM_ERROR, MM_ERROR_NETWORK);
      g_assert_null (strstr (error->message, "p\\w"));
      g_assert_null (strstr (error->message, "AGFubmEAcFx3"));
      mm_script_server_assert_finished (server);
    }
}

/* What hides the password looks like this one. */
static void
test_starry_password (void)
{
  g_autoptr (MmScriptServer) server = mm_script_server_new ();
  g_autoptr (MmCredentials) credentials = mm_credentials_new ("***", NULL);
  g_autoptr (MmService) service = NULL;
  g_autoptr (MmStore) store = NULL;
  g_autoptr (GError) error = NULL;

  mm_script_server_accept (server);
  mm_script_server_add (server, "S: * OK [CAPABILITY IMAP4rev1] hello\n"
                                "C: * LOGIN \"anna\" *\n"
                                "S: $TAG NO what is ***?\n");
  mm_script_server_start (server);
  service = mm_service_new (MM_PROTOCOL_IMAP, MM_SECURITY_NONE, "127.0.0.1",
                            mm_script_server_get_port (server), "anna");
  store = mm_imap_store_new (service, credentials);
  g_assert_false (mm_store_open (store, NULL, &error));
  g_assert_error (error, MM_ERROR, MM_ERROR_PASSWORD);
  mm_script_server_assert_finished (server);
}

static void
test_8bit_password (void)
{
  g_autoptr (MmScriptServer) server = mm_script_server_new ();
  g_autoptr (MmCredentials) credentials = mm_credentials_new ("g\303\274n \"x", NULL);
  g_autoptr (MmService) service = NULL;
  g_autoptr (MmStore) store = NULL;
  g_autoptr (GBytes) received = NULL;
  g_autoptr (GError) error = NULL;

  mm_script_server_accept (server);
  mm_script_server_add (server, "S: * OK [CAPABILITY IMAP4rev1] hello\n"
                                "C: * LOGIN \"anna\" {7}\n"
                                "S: + go on\n"
                                "C* 7\n"
                                "C: \n"
                                "S: $TAG-1 NO [AUTHENTICATIONFAILED] no\n");
  mm_script_server_start (server);
  service = mm_service_new (MM_PROTOCOL_IMAP, MM_SECURITY_NONE, "127.0.0.1",
                            mm_script_server_get_port (server), "anna");
  store = mm_imap_store_new (service, credentials);
  g_assert_false (mm_store_open (store, NULL, &error));
  g_assert_error (error, MM_ERROR, MM_ERROR_PASSWORD);
  mm_script_server_assert_finished (server);
  received = mm_script_server_get_received (server);
  g_assert_nonnull (memmem (g_bytes_get_data (received, NULL), g_bytes_get_size (received),
                            "g\303\274n \"x", 7));
}

static void
assert_list_fails (const char *answer,
                   MmError     code,
                   const char *part)
{
  g_autoptr (MmScriptServer) server = mm_script_server_new ();
  g_autoptr (MmStore) store = NULL;
  g_autoptr (GPtrArray) folders = NULL;
  g_autoptr (GError) error = NULL;

  fixture_add_open (server, "");
  mm_script_server_add (server, "C: * LIST \"\" \"*\"\nC: * LSUB *\n");
  mm_script_server_add (server, answer);
  mm_script_server_cut (server, MM_CUT_FIN);
  store = fixture_open (server);
  folders = mm_store_list_folders (store, MM_KIND_EMAILS, NULL, &error);
  g_assert_null (folders);
  g_test_message ("%s", error->message);
  g_assert_error (error, MM_ERROR, (int) code);
  fixture_assert_says (error, part);
  g_assert_false (mm_store_is_open (store));
  mm_script_server_assert_finished (server);
}

static void
test_bad_answers (void)
{
  assert_list_fails ("S: * LIST () \"/\" x\nS: M999 OK\n", MM_ERROR_PROTOCOL, "127.0.0.1");
  assert_list_fails ("S: nonsense from here on\n", MM_ERROR_PROTOCOL, "understood");
  assert_list_fails ("S: * BYE idle for too long\n", MM_ERROR_NETWORK, "idle for too long");
  assert_list_fails ("S: * BYE Request is throttled. Suggested Backoff Time: 3000 milliseconds\n",
                     MM_ERROR_BUSY, "3000");
}

static const char list_dialog[] =
  "C: * LIST \"\" \"*\" RETURN (SUBSCRIBED SPECIAL-USE STATUS (MESSAGES UIDNEXT UIDVALIDITY SIZE))\n"
  "S: * LIST (\\Subscribed \\HasChildren) \"/\" inbox\n"
  "S: * STATUS INBOX (MESSAGES 3 UIDNEXT 7 UIDVALIDITY 9 SIZE 1234)\n"
  "S: * LIST (\\sent) \"/\" \"A&AOk-\"\n"
  "S: * LIST () \"/\" \"Sent\"\n"
  "S: * LIST () \"/\" Trash\n"
  "S: * LIST (\\NonExistent \\HasChildren) \"/\" \"[Gmail]\"\n"
  "S: * LIST (\\All) \"/\" \"[Gmail]/All Mail\"\n"
  "S: * LIST (\\Archive) \"/\" \"one\"\n"
  "S: * LIST (\\Archive) \"/\" \"two\"\n"
  "S: * LIST () \"/\" {9}\n"
  "S: a/\"(b) &-\n"
  "S: * LIST () \"/\" 2024\n"
  "S: * STATUS 2024 (MESSAGES 5 UIDNEXT 8 UIDVALIDITY 4 SIZE 99)\n"
  "S: * STATUS Unknown (MESSAGES 1)\n"
  "S: $TAG OK\n";

static char *
describe (GPtrArray *folders)
{
  GString *out = g_string_new (NULL);

  for (guint i = 0; i < folders->len; i++)
    {
      const MmFolder *folder = folders->pdata[i];
      g_autofree char *path = g_strjoinv ("|", folder->path);

      g_string_append_printf (out, "%s=%s %s%s%s%s %d\n", path, folder->id,
                              mm_role_to_nick (folder->role), folder->role_is_certain ? "!" : "",
                              folder->selectable ? "" : " level", folder->subscribed ? " sub" : "",
                              (int) folder->n_items);
    }
  return g_string_free (out, FALSE);
}

static void
test_list_extended (void)
{
  g_autoptr (MmScriptServer) server = mm_script_server_new ();
  g_autoptr (MmStore) store = NULL;
  g_autoptr (GPtrArray) folders = NULL;
  g_autofree char *text = NULL;
  g_autoptr (GError) error = NULL;

  fixture_add_open (server, "LIST-EXTENDED LIST-STATUS SPECIAL-USE STATUS=SIZE");
  mm_script_server_add (server, list_dialog);
  /* those without counts are asked once more; that they refuse is no harm */
  for (guint i = 0; i < 7; i++)
    mm_script_server_add (server, "C: * STATUS *\nS: $TAG NO\n");
  mm_script_server_trickle (server, 0);
  store = fixture_open (server);
  folders = mm_store_list_folders (store, MM_KIND_EMAILS, NULL, &error);
  g_assert_no_error (error);
  text = describe (folders);
  g_assert_cmpstr (text, ==,
                   "INBOX=INBOX inbox! sub 3\n"
                   "2024=2024  5\n"
                   "Aé=A&AOk- sent! -1\n"
                   "Sent=Sent  -1\n"
                   "Trash=Trash trash -1\n"
                   "[Gmail]=[Gmail]  level -1\n"
                   "[Gmail]|All Mail=[Gmail]/All Mail all! -1\n"
                   "a=a  level -1\n"
                   "a|\"(b) &=a/\"(b) &-  -1\n"
                   "one=one archive! -1\n"
                   "two=two  -1\n");
  g_assert_cmpstr (((MmFolder *) folders->pdata[0])->position, ==, "9:7");
  g_assert_cmpint (((MmFolder *) folders->pdata[0])->n_bytes, ==, 1234);
  mm_script_server_assert_finished (server);
}

static void
test_list_plain (void)
{
  g_autoptr (MmScriptServer) server = mm_script_server_new ();
  g_autoptr (MmStore) store = NULL;
  g_autoptr (GPtrArray) folders = NULL;
  g_autofree char *text = NULL;
  g_autoptr (GError) error = NULL;

  fixture_add_open (server, "LIST-EXTENDED LIST-STATUS");
  mm_script_server_add (server,
                        "C: * LIST \"\" \"*\" RETURN (*\n"
                        "S: $TAG BAD never heard of it\n"
                        "C: * LIST \"\" \"*\"\n"
                        "C: * LSUB \"\" \"*\"\n"
                        "S: * LIST (\\HasNoChildren) \".\" Entw&APw-rfe\n"
                        "S: * LIST (\\Noselect) \".\" level\n"
                        "S: $TAG-1 OK\n"
                        "S: * LSUB () \".\" Entw&APw-rfe\n"
                        "S: * LSUB (\\Noselect) \".\" INBOX\n"
                        "S: * LSUB () \".\" gone\n"
                        "S: $TAG OK\n"
                        "C: * STATUS \"Entw&APw-rfe\" (MESSAGES UIDNEXT UIDVALIDITY)\n"
                        "C: * STATUS \"INBOX\" (MESSAGES UIDNEXT UIDVALIDITY)\n"
                        "S: * STATUS {12}\n"
                        "S: Entw&APw-rfe (UIDNEXT 1 MESSAGES 0 UIDVALIDITY 5)\n"
                        "S: $TAG-1 OK\n"
                        "S: * STATUS INBOX (MESSAGES x UIDNEXT 99999999999999999999 UIDVALIDITY 1)\n"
                        "S: $TAG OK\n");
  store = fixture_open (server);
  folders = mm_store_list_folders (store, MM_KIND_EMAILS, NULL, &error);
  g_assert_no_error (error);
  text = describe (folders);
  g_assert_cmpstr (text, ==,
                   "INBOX=INBOX inbox! -1\n"
                   "Entwürfe=Entw&APw-rfe drafts sub 0\n"
                   "level=level  level -1\n");
  mm_script_server_assert_finished (server);
}

/* Cut at every byte of what the server says: an error each time, soon, and of the network. */
static void
test_cut_everywhere (void)
{
  for (guint64 length = 0; length < 1000; length += g_test_quick () ? 7 : 1)
    {
      g_autoptr (MmScriptServer) server = mm_script_server_new ();
      g_autoptr (MmStore) store = fixture_store_new (server);
      g_autoptr (GPtrArray) folders = NULL;
      g_autoptr (GError) error = NULL;

      mm_script_server_cut_after (server, length, length % 2 == 0 ? MM_CUT_FIN : MM_CUT_RESET);
      fixture_add_open (server, "LIST-EXTENDED LIST-STATUS SPECIAL-USE STATUS=SIZE");
      mm_script_server_add (server, list_dialog);
      mm_script_server_start (server);
      if (mm_store_open (store, NULL, &error))
        folders = mm_store_list_folders (store, MM_KIND_EMAILS, NULL, &error);
      g_assert_null (folders);
      g_assert_error (error, MM_ERROR, MM_ERROR_NETWORK);
      g_assert_false (mm_store_is_open (store));
    }
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/imap/session/login", test_login);
  g_test_add_func ("/imap/session/refusals", test_refusals);
  g_test_add_func ("/imap/session/no-way-in", test_no_way_in);
  g_test_add_func ("/imap/session/bye-with-password", test_bye_with_password);
  g_test_add_func ("/imap/session/starry-password", test_starry_password);
  g_test_add_func ("/imap/session/8bit-password", test_8bit_password);
  g_test_add_func ("/imap/session/bad-answers", test_bad_answers);
  g_test_add_func ("/imap/session/list-extended", test_list_extended);
  g_test_add_func ("/imap/session/list-plain", test_list_plain);
  g_test_add_func ("/imap/session/cut-everywhere", test_cut_everywhere);
  return g_test_run ();
}
