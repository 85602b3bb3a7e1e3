/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "imap-fixture.h"

/* Making, subscribing and deleting folders on servers of every kind. */

static GPtrArray *
make_folders (const char *names)
{
  GPtrArray *folders = g_ptr_array_new_with_free_func ((GDestroyNotify) mm_folder_unref);
  g_auto (GStrv) words = g_strsplit (names, " ", -1);

  for (guint i = 0; words[i] != NULL; i++)
    g_ptr_array_add (folders, mm_folder_new (MM_KIND_EMAILS,
                                             (const char *const[]) { words[i], NULL }));
  return folders;
}

static void
assert_states (GPtrArray  *results,
               const char *expected)
{
  g_autoptr (GString) out = g_string_new (NULL);

  for (guint i = 0; i < results->len; i++)
    g_string_append_c (out, "PCEFU"[((MmResult *) results->pdata[i])->state]);
  g_assert_cmpstr (out->str, ==, expected);
}

static void
test_create (void)
{
  g_autoptr (MmScriptServer) server = mm_script_server_new ();
  g_autoptr (MmStore) store = NULL;
  g_autoptr (GPtrArray) folders = make_folders ("INBOX a b% c d");
  g_autoptr (GPtrArray) results = mm_results_new (5);
  g_autofree char *ids = NULL;
  g_autoptr (GError) error = NULL;

  fixture_add_open (server, "");
  mm_script_server_add (server, "C: * CREATE \"a\"\n"
                                "C: * CREATE \"b%\"\n"
                                "C: * CREATE \"c\"\n"
                                "C: * CREATE \"d\"\n"
                                "S: $TAG-3 OK made\n"
                                "S: $TAG-2 NO there is one\n"
                                "S: $TAG-1 NO there is none\n"
                                "S: $TAG NO [ALREADYEXISTS] but you may not see it\n"
                                "C: * LIST \"\" \"b%\"\n"
                                "C: * LIST \"\" \"c\"\n"
                                "C: * LIST \"\" \"d\"\n"
                                "S: * LIST () \"/\" \"bc\"\n"
                                "S: * LIST () \"/\" \"b%\"\n"
                                "S: $TAG-2 OK\n"
                                "S: * LIST (\\NonExistent) \"/\" c\n"
                                "S: $TAG-1 OK\n"
                                "S: $TAG OK\n");
  store = fixture_open (server);
  mm_store_create_folders (store, folders, results, NULL, &error);
  g_assert_no_error (error);
  assert_states (results, "ECEFE");
  ids = fixture_ids (results);
  g_assert_cmpstr (ids, ==, "INBOX a b% - d");
  mm_script_server_assert_finished (server);
}

/* What was answered before the end is known; only the rest is not. */
static void
test_cut (void)
{
  g_autoptr (MmScriptServer) server = mm_script_server_new ();
  g_autoptr (MmStore) store = NULL;
  g_autoptr (GPtrArray) folders = make_folders ("a b c");
  g_autoptr (GPtrArray) created = mm_results_new (3);
  g_autoptr (GPtrArray) subscribed = mm_results_new (3);
  g_autofree char *ids = NULL;
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < 2; i++)
    {
      fixture_add_open (server, "");
      mm_script_server_add (server, "C: * \"a\"\nC: * \"b\"\nC: * \"c\"\n"
                                    "S: $TAG-2 OK\nS: $TAG-1 NO no\n");
      mm_script_server_cut (server, MM_CUT_FIN);
    }
  store = fixture_open (server);
  g_assert_false (mm_store_create_folders (store, folders, created, NULL, &error));
  g_assert_error (error, MM_ERROR, MM_ERROR_NETWORK);
  g_clear_error (&error);
  assert_states (created, "CPU");
  ids = fixture_ids (created);
  g_assert_cmpstr (ids, ==, "a - -");
  mm_store_open (store, NULL, &error);
  g_assert_no_error (error);
  g_assert_false (mm_store_subscribe_folders (store, folders, TRUE, subscribed, NULL, &error));
  g_assert_error (error, MM_ERROR, MM_ERROR_NETWORK);
  assert_states (subscribed, "CPU");
  mm_script_server_assert_finished (server);
}

#define LOOK(name)                         \
  "C: * LIST \"\" \"" name "\"\n"          \
  "C: * LIST \"\" \"" name "/%\"\n"        \
  "C: * STATUS \"" name "\" (MESSAGES)\n"

static void
test_delete (void)
{
  g_autoptr (MmScriptServer) server = mm_script_server_new ();
  g_autoptr (MmStore) store = NULL;
  g_autoptr (GPtrArray) folders = make_folders ("a b c");
  g_autoptr (GPtrArray) results = mm_results_new (3);
  g_autoptr (GError) error = NULL;

  fixture_add_open (server, "");
  mm_script_server_add (server, LOOK ("a") LOOK ("b") LOOK ("c"));
  /* the number of messages may stand anywhere, or nowhere */
  mm_script_server_add (server, "S: * LIST () \"/\" a\n"
                                "S: * STATUS a (UNSEEN 0 MESSAGES 3)\n"
                                "S: * LIST () \"/\" b\n"
                                "S: * STATUS b (UNSEEN 0)\n"
                                "S: * LIST () \"/\" c\n"
                                "S: * STATUS c (UNSEEN 1 MESSAGES 0)\n"
                                "S: $TAG-8 OK\nS: $TAG-7 OK\nS: $TAG-6 OK\n"
                                "S: $TAG-5 OK\nS: $TAG-4 OK\nS: $TAG-3 OK\n"
                                "S: $TAG-2 OK\nS: $TAG-1 OK\nS: $TAG OK\n"
                                "C: * DELETE \"c\"\n"
                                "S: $TAG OK\n");
  store = fixture_open (server);
  mm_store_delete_folders (store, folders, results, NULL, &error);
  g_assert_no_error (error);
  assert_states (results, "FFC");
  g_assert_error (((MmResult *) results->pdata[0])->error, MM_ERROR, MM_ERROR_NOT_EMPTY);
  mm_script_server_assert_finished (server);
}

static void
assert_list_refused (const char *list,
                     guint       n_times)
{
  g_autoptr (MmScriptServer) server = mm_script_server_new ();
  g_autoptr (MmStore) store = NULL;
  g_autoptr (GPtrArray) folders = NULL;
  g_autoptr (GString) text = g_string_new (NULL);
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < n_times; i++)
    g_string_append_printf (text, "* LIST () \"/\" \"%u%s\"\r\n", i, list);
  fixture_add_open (server, "");
  mm_script_server_add (server, "C: * LIST \"\" \"*\"\nC: * LSUB *\n");
  mm_script_server_send (server, text->str);
  store = fixture_open (server);
  folders = mm_store_list_folders (store, MM_KIND_EMAILS, NULL, &error);
  g_assert_null (folders);
  g_assert_error (error, MM_ERROR, MM_ERROR_PROTOCOL);
  fixture_assert_says (error, "127.0.0.1");
}

/* Lists that no account has, whose every level would cost more than the one before. */
static void
test_beyond_bounds (void)
{
  g_autofree char *deep = g_strnfill (1000, '/');
  g_autofree char *long_name = g_strnfill (5000, 'x');

  assert_list_refused (deep, 1);
  assert_list_refused (long_name, 1);
  assert_list_refused ("", 200001);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/imap/folder/create", test_create);
  g_test_add_func ("/imap/folder/cut", test_cut);
  g_test_add_func ("/imap/folder/delete", test_delete);
  g_test_add_func ("/imap/folder/beyond-bounds", test_beyond_bounds);
  return g_test_run ();
}
