/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "imap-fixture.h"

/* Listing and fetching from servers of every kind. */

static gboolean
collect_reference (MmReference  *reference,
                   gpointer      user_data,
                   GError      **error)
{
  GString *out = user_data;

  g_string_append_printf (out, "%s %x %" G_GINT64_FORMAT " %s\n", reference->id, reference->flags,
                          reference->size == MM_SIZE_UNKNOWN ? -1 : (gint64) reference->size,
                          reference->global_id != NULL ? reference->global_id : "-");
  mm_reference_free (reference);
  return TRUE;
}

static void
assert_list (const char  *capabilities,
             const char  *since,
             MmListFlags  flags,
             gint64       n_items,
             const char  *dialog,
             const char  *expected,
             const char  *position)
{
  g_autoptr (MmScriptServer) server = mm_script_server_new ();
  g_autoptr (MmStore) store = NULL;
  g_autoptr (MmFolder) folder = fixture_folder_new ();
  g_autoptr (GString) out = g_string_new (NULL);
  g_autofree char *end = NULL;
  g_autoptr (GError) error = NULL;

  fixture_add_open (server, capabilities);
  fixture_add_select (server, "EXAMINE", 3, 20);
  mm_script_server_add (server, dialog);
  store = fixture_open (server);
  folder->n_items = n_items;
  mm_store_list_items (store, folder, since, flags, collect_reference, out, &end, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (out->str, ==, expected);
  g_assert_cmpstr (end, ==, position);
  mm_script_server_assert_finished (server);
}

static void
test_list (void)
{
  /* in any order, in parts, twice, for messages that nobody asked about */
  assert_list ("", NULL, MM_LIST_BASIC, 3,
               "C: * UID FETCH 1:* (UID FLAGS INTERNALDATE RFC822.SIZE)\n"
               "S: * 2 FETCH (RFC822.SIZE 5 FLAGS (\\Seen \\Recent) INTERNALDATE NIL UID 9)\n"
               "S: * 9 EXPUNGE\n"
               "S: * 1 FETCH (RFC822.SIZE 4 UID 7)\n"
               "S: * 2 FETCH (FLAGS (\\Deleted))\n"
               "S: * 4 FETCH (FLAGS (\\Deleted) UID 88)\n"
               "S: * 2 FETCH (UID 9 FLAGS () INTERNALDATE NIL RFC822.SIZE 5)\n"
               "S: * 1 FETCH (INTERNALDATE \"1-Jan-2024 00:00:00 +0000\" FLAGS (\\flagged))\n"
               "S: * 3 FETCH (UID 12 RFC822.SIZE 6)\n"
               "S: $TAG OK\n",
               "9:9 1 5 -\n9:7 4 4 -\n9:12 0 6 -\n", "9:20");
  /* numbers move while the rest of a message is still to come */
  assert_list ("", NULL, MM_LIST_BASIC, 3,
               "C: * UID FETCH 1:* (*)\n"
               "S: * 2 FETCH (FLAGS (\\Deleted))\n"
               "S: * 3 FETCH (UID 12 RFC822.SIZE 6)\n"
               "S: * 4 FETCH (UID 13 RFC822.SIZE 7)\n"
               "S: * 2 EXPUNGE\n"
               "S: * 2 FETCH (FLAGS (\\Seen) INTERNALDATE NIL)\n"
               "S: * 3 FETCH (FLAGS (\\Draft) INTERNALDATE NIL)\n"
               "S: $TAG OK\n", "9:12 1 6 -\n9:13 8 7 -\n", "9:20");
  /* what came later; a server names the last message although it is older */
  assert_list ("", "9:15", MM_LIST_BASIC, -1,
               "C: * UID FETCH 15:* (*)\n"
               "S: * 3 FETCH (UID 12 FLAGS () INTERNALDATE NIL RFC822.SIZE 6)\n"
               "S: $TAG OK\n", "", "9:20");
  /* one that came while we looked */
  assert_list ("", "9:15", MM_LIST_BASIC, -1,
               "C: * UID FETCH 15:* (*)\n"
               "S: * 4 FETCH (UID 23 FLAGS () INTERNALDATE NIL RFC822.SIZE 6)\n"
               "S: $TAG OK\n", "9:23 0 6 -\n", "9:24");
  /* ids over the whole account */
  assert_list ("X-GM-EXT-1 OBJECTID", NULL, MM_LIST_GLOBAL_IDS, 3,
               "C: * UID FETCH 1:* (UID FLAGS INTERNALDATE RFC822.SIZE X-GM-MSGID)\n"
               "S: * 1 FETCH (UID 1 FLAGS () INTERNALDATE NIL RFC822.SIZE 6 X-GM-MSGID 12)\n"
               "S: $TAG OK\n", "9:1 0 6 12\n", "9:20");
  assert_list ("OBJECTID", NULL, MM_LIST_GLOBAL_IDS, 3,
               "C: * UID FETCH 1:* (UID FLAGS INTERNALDATE RFC822.SIZE EMAILID)\n"
               "S: * 1 FETCH (UID 1 FLAGS () INTERNALDATE NIL RFC822.SIZE 6 EMAILID (M6))\n"
               "S: $TAG OK\n", "9:1 0 6 M6\n", "9:20");
  /* not known how many there are: only after the answer to EXAMINE */
  assert_list ("", NULL, MM_LIST_BASIC, -1,
               "C: * UID FETCH 1:19 (*)\n"
               "S: * 1 FETCH (UID 1 FLAGS () INTERNALDATE NIL RFC822.SIZE 6)\n"
               "S: * 2 FETCH (UID 2 FLAGS () INTERNALDATE NIL RFC822.SIZE 6)\n"
               "S: * 3 FETCH (UID 3 FLAGS () INTERNALDATE NIL RFC822.SIZE 6)\n"
               "S: $TAG OK\n", "9:1 0 6 -\n9:2 0 6 -\n9:3 0 6 -\n", "9:20");
  /* there are more than UIDNEXT would have it */
  assert_list ("", NULL, MM_LIST_BASIC, -1,
               "C: * UID FETCH 1:19 (*)\n"
               "S: * 1 FETCH (UID 1 FLAGS () INTERNALDATE NIL RFC822.SIZE 6)\n"
               "S: * 2 FETCH (UID 19 FLAGS () INTERNALDATE NIL RFC822.SIZE 6)\n"
               "S: $TAG OK\n"
               "C: * UID FETCH 20:* (*)\n"
               "S: * 3 FETCH (UID 25 FLAGS () INTERNALDATE NIL RFC822.SIZE 6)\n"
               "S: $TAG OK\n", "9:1 0 6 -\n9:19 0 6 -\n9:25 0 6 -\n", "9:26");
  /* downwards, and again */
  assert_list ("", NULL, MM_LIST_BASIC, 3,
               "C: * UID FETCH 1:* (*)\n"
               "S: * 3 FETCH (UID 9 FLAGS () INTERNALDATE NIL RFC822.SIZE 6)\n"
               "S: * 2 FETCH (UID 8 FLAGS () INTERNALDATE NIL RFC822.SIZE 6)\n"
               "S: * 3 FETCH (UID 9 FLAGS () INTERNALDATE NIL RFC822.SIZE 6)\n"
               "S: * 1 FETCH (UID 7 FLAGS () INTERNALDATE NIL RFC822.SIZE 6)\n"
               "S: * 2 FETCH (UID 8 FLAGS () INTERNALDATE NIL RFC822.SIZE 6)\n"
               "S: $TAG OK\n", "9:9 0 6 -\n9:8 0 6 -\n9:7 0 6 -\n", "9:20");
  /* one number, two messages: nothing of the first belongs to the second */
  assert_list ("", NULL, MM_LIST_BASIC, 3,
               "C: * UID FETCH 1:* (*)\n"
               "S: * 1 FETCH (UID 7 FLAGS (\\Draft) RFC822.SIZE 6)\n"
               "S: * 1 FETCH (UID 8 RFC822.SIZE 9 INTERNALDATE NIL)\n"
               "S: $TAG OK\n", "9:8 0 9 -\n", "9:20");
}

/* Parts of ever more messages, none of which is ever complete. */
static void
test_list_without_end (void)
{
  g_autoptr (MmScriptServer) server = mm_script_server_new ();
  g_autoptr (MmStore) store = NULL;
  g_autoptr (MmFolder) folder = fixture_folder_new ();
  g_autoptr (GString) out = g_string_new (NULL);
  g_autofree char *keyword = g_strnfill (1000 * 1000, 'k');
  g_autoptr (GError) error = NULL;

  fixture_add_open (server, "");
  fixture_add_select (server, "EXAMINE", 3, 20);
  mm_script_server_add (server, "C: * UID FETCH 1:* (*)\n");
  for (guint i = 1; i <= 40; i++)
    {
      g_autofree char *line = g_strdup_printf ("* %u FETCH (UID %u FLAGS (%s))\r\n", i, i, keyword);

      mm_script_server_send (server, line);
    }
  store = fixture_open (server);
  g_assert_false (mm_store_list_items (store, folder, NULL, MM_LIST_BASIC, collect_reference, out,
                                       NULL, NULL, &error));
  g_assert_error (error, MM_ERROR, MM_ERROR_PROTOCOL);
  fixture_assert_says (error, "without end");
}

static void
assert_list_fails (const char *since,
                   const char *dialog,
                   MmError     code)
{
  g_autoptr (MmScriptServer) server = mm_script_server_new ();
  g_autoptr (MmStore) store = NULL;
  g_autoptr (MmFolder) folder = fixture_folder_new ();
  g_autoptr (GString) out = g_string_new (NULL);
  g_autoptr (GPtrArray) folders = NULL;
  g_autoptr (GError) error = NULL;

  fixture_add_open (server, "");
  mm_script_server_add (server, dialog);
  /* the connection is as it was */
  mm_script_server_add (server, "C: * LIST \"\" \"*\"\nC: * LSUB *\nS: $TAG-1 OK\nS: $TAG OK\n"
                                "C: * STATUS *\nS: $TAG NO\n");
  store = fixture_open (server);
  g_assert_false (mm_store_list_items (store, folder, since, MM_LIST_BASIC, collect_reference, out,
                                       NULL, NULL, &error));
  g_assert_error (error, MM_ERROR, (int) code);
  g_assert_cmpstr (out->str, ==, "");
  g_clear_error (&error);
  folders = mm_store_list_folders (store, MM_KIND_EMAILS, NULL, &error);
  g_assert_no_error (error);
  mm_script_server_assert_finished (server);
}

static void
test_list_fails (void)
{
  static const char select[] = "C: * EXAMINE \"Work\"\n"
                               "S: * 3 EXISTS\n"
                               "S: * OK [UIDVALIDITY 9] ok\n"
                               "S: * OK [UIDNEXT 20] ok\n"
                               "S: $TAG OK\n";
  g_autofree char *changed = g_strconcat (select, "C: * UID FETCH *\n"
                                          "S: * 1 FETCH (UID 15 FLAGS () INTERNALDATE NIL "
                                          "RFC822.SIZE 6)\n"
                                          "S: $TAG OK\n", NULL);
  g_autofree char *busy = g_strconcat (select, "C: * UID FETCH *\n"
                                       "S: $TAG NO [UNAVAILABLE] later\n", NULL);

  assert_list_fails ("8:15", changed, MM_ERROR_CHANGED);
  assert_list_fails (NULL, busy, MM_ERROR_BUSY);
  assert_list_fails (NULL, "C: * EXAMINE \"Work\"\n"
                           "C: * UID FETCH *\n"
                           "S: $TAG-1 NO Mailbox does not exist\n"
                           "S: $TAG BAD No mailbox selected\n", MM_ERROR_NOT_FOUND);
}

static gboolean
collect_item (guint          index,
              MmItem        *item,
              const GError  *failure,
              gpointer       user_data,
              GError       **error)
{
  GString *out = user_data;

  if (failure != NULL)
    g_string_append_printf (out, "%u %s\n", index, mm_error_get_nick (failure));
  else
    g_string_append_printf (out, "%u %s %u bytes %x %s %" G_GINT64_FORMAT "\n", index,
                            item->reference->id, (guint) mm_blob_get_size (item->blob),
                            item->reference->flags,
                            item->reference->keywords != NULL ? item->reference->keywords[0] : "-",
                            item->reference->date);
  mm_item_free (item);
  return TRUE;
}

static void
test_fetch (void)
{
  g_autoptr (MmScriptServer) server = mm_script_server_new ();
  g_autoptr (MmStore) store = NULL;
  g_autoptr (MmFolder) folder = fixture_folder_new ();
  g_autoptr (GPtrArray) references = fixture_references_new (5, 2, 1, 3, 6, 7, 8, 0);
  g_autoptr (GString) out = g_string_new (NULL);
  g_autoptr (GError) error = NULL;

  fixture_add_open (server, "");
  fixture_add_select (server, "EXAMINE", 9, 20);
  mm_script_server_add (
    server,
    "C: * UID FETCH 1:3,5:8 (UID FLAGS INTERNALDATE BODY.PEEK[])\n"
    "S: * 2 EXISTS\n"
    "S: * 1 FETCH (FLAGS (\\Seen))\n"
    "S: * 1 FETCH (BODY[] {5}\n"
    "S: ab\n"
    "S: c UID 1 INTERNALDATE \" 1-Jan-2024 00:00:00 +0000\")\n"
    "S: * 9 EXPUNGE\n"
    "S: * 2 FETCH (UID 2 FLAGS ($x) INTERNALDATE NIL BODY[] {0}\n"
    "S: )\n"
    "S: * 3 FETCH (UID 3 BODY[] NIL FLAGS () INTERNALDATE NIL)\n"
    "S: * 77 FETCH (UID 99 FLAGS (\\Deleted) INTERNALDATE NIL BODY[] \"x\")\n"
    "S: * 5 FETCH (UID 5 FLAGS () INTERNALDATE NIL BODY[] {89}\n"
    "S: Subject: Retrieval using the IMAP4 protocol failed for the following message: 5\n"
    "S: X: y\n"
    "S: \n"
    "S: )\n"
    "S: * 8 FETCH (UID 8 FLAGS () INTERNALDATE \"soon\" BODY[] {74}\n"
    "S: Received: by x; Mon,\n"
    "S:  1 Jan 2024 01:00:00 +0100\n"
    "S: Date: 2 Jan 2020 00:00\n"
    "S: )\n"
    "S: $TAG NO some of them were not there\n"
    "C: * UID FETCH 6 (*)\n"
    "S: * 6 FETCH (UID 6 BODY[] \"late\")\n"
    "S: $TAG OK\n"
    "C: * UID FETCH 7 (*)\n"
    "S: $TAG NO [CORRUPTION] unreadable\n");
  mm_script_server_trickle (server, 0);
  store = fixture_open (server);
  mm_store_fetch_items (store, folder, references, collect_item, out, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (out->str, ==,
                   "2 9:1 5 bytes 1 - 1704067200\n"
                   "1 9:2 0 bytes 0 $x -9223372036854775808\n"
                   "3 not-found\n"
                   "0 refused\n"
                   "6 9:8 74 bytes 0 - 1704067200\n"
                   "4 9:6 4 bytes 0 - -9223372036854775808\n"
                   "5 refused\n");
  mm_script_server_assert_finished (server);
}

static void
test_fetch_gone (void)
{
  g_autoptr (MmScriptServer) server = mm_script_server_new ();
  g_autoptr (MmStore) store = NULL;
  g_autoptr (MmFolder) folder = fixture_folder_new ();
  g_autoptr (GPtrArray) references = fixture_references_new (1, 0);
  g_autoptr (GString) out = g_string_new (NULL);
  g_autoptr (GError) error = NULL;

  fixture_add_open (server, "");
  fixture_add_select (server, "EXAMINE", 9, 20);
  mm_script_server_add (server, "C: * UID FETCH 1 *\n"
                                "S: $TAG OK\n"
                                "C: * UID FETCH 1 *\n"
                                "S: $TAG OK\n"
                                "C: * UID FETCH 1 *\n"
                                "S: $TAG NO Request is throttled. Suggested Backoff Time: 4200 ms\n");
  store = fixture_open (server);
  mm_store_fetch_items (store, folder, references, collect_item, out, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (out->str, ==, "0 not-found\n");
  /* the folder is open still */
  g_assert_false (mm_store_fetch_items (store, folder, references, collect_item, out, NULL,
                                        &error));
  g_assert_error (error, MM_ERROR, MM_ERROR_BUSY);
  g_assert_cmpuint (mm_error_get_retry_after (error), ==, 5);
  g_assert_true (mm_store_is_open (store));
  mm_script_server_assert_finished (server);
}

/* A message over which the connection ends each time is left out in the end, and only that one. */
static void
test_fetch_deadly (void)
{
  g_autoptr (MmScriptServer) server = mm_script_server_new ();
  g_autoptr (MmStore) store = fixture_store_new (server);
  g_autoptr (MmFolder) folder = fixture_folder_new ();
  g_autoptr (GString) out = g_string_new (NULL);
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < 4; i++)
    {
      fixture_add_open (server, "");
      fixture_add_select (server, "EXAMINE", 9, 20);
      mm_script_server_add (server, i == 0 ? "C: * UID FETCH 1:3 (*)\n"
                                             "S: * 1 FETCH (UID 1 FLAGS () INTERNALDATE NIL "
                                             "BODY[] \"one\")\n"
                                           : "C: * UID FETCH 2:3 (*)\n"
                                             "S: * 2 FETCH (UID 2 FLAGS () BODY[] {1000}\n");
      mm_script_server_cut (server, i % 2 == 0 ? MM_CUT_FIN : MM_CUT_RESET);
    }
  fixture_add_open (server, "");
  fixture_add_select (server, "EXAMINE", 9, 20);
  mm_script_server_add (server, "C: * UID FETCH 3 (*)\n"
                                "S: * 3 FETCH (UID 3 FLAGS () INTERNALDATE NIL BODY[] \"three\")\n"
                                "S: $TAG OK\n");
  mm_script_server_start (server);
  for (guint i = 0; i < 5; i++)
    {
      g_autoptr (GPtrArray) references = i == 0 ? fixture_references_new (1, 2, 3, 0)
                                                : fixture_references_new (2, 3, 0);

      g_clear_error (&error);
      mm_store_open (store, NULL, &error);
      g_assert_no_error (error);
      mm_store_fetch_items (store, folder, references, collect_item, out, NULL, &error);
      if (i < 4)
        g_assert_error (error, MM_ERROR, MM_ERROR_NETWORK);
    }
  g_assert_no_error (error);
  g_assert_cmpstr (out->str, ==, "0 9:1 3 bytes 0 - -9223372036854775808\n"
                                 "0 refused\n"
                                 "1 9:3 5 bytes 0 - -9223372036854775808\n");
  mm_script_server_assert_finished (server);
}

static void
test_fetch_changed (void)
{
  g_autoptr (MmScriptServer) server = mm_script_server_new ();
  g_autoptr (MmStore) store = NULL;
  g_autoptr (MmFolder) folder = fixture_folder_new ();
  g_autoptr (GPtrArray) references = fixture_references_new (1, 0);
  g_autoptr (GString) out = g_string_new (NULL);
  g_autoptr (GError) error = NULL;

  g_free (((MmReference *) references->pdata[0])->id);
  ((MmReference *) references->pdata[0])->id = g_strdup ("8:1");
  fixture_add_open (server, "");
  fixture_add_select (server, "EXAMINE", 9, 20);
  mm_script_server_add (server, "C: * UID FETCH 1 *\n"
                                "S: * 1 FETCH (UID 1 FLAGS () INTERNALDATE NIL BODY[] \"other\")\n"
                                "S: $TAG OK\n");
  store = fixture_open (server);
  g_assert_false (mm_store_fetch_items (store, folder, references, collect_item, out, NULL,
                                        &error));
  g_assert_error (error, MM_ERROR, MM_ERROR_CHANGED);
  g_assert_cmpstr (out->str, ==, "");
  mm_script_server_assert_finished (server);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/imap/read/list", test_list);
  g_test_add_func ("/imap/read/list-without-end", test_list_without_end);
  g_test_add_func ("/imap/read/list-fails", test_list_fails);
  g_test_add_func ("/imap/read/fetch", test_fetch);
  g_test_add_func ("/imap/read/fetch-gone", test_fetch_gone);
  g_test_add_func ("/imap/read/fetch-deadly", test_fetch_deadly);
  g_test_add_func ("/imap/read/fetch-changed", test_fetch_changed);
  return g_test_run ();
}
