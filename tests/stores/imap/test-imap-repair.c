/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "imap-fixture.h"

/* What is done with a message that a server refuses. */

#define SIZE 60

static void
assert_stored (MmStore    *store,
               GPtrArray  *items,
               const char *ids,
               const char *codes)
{
  g_autoptr (MmFolder) folder = fixture_folder_new ();
  g_autoptr (GPtrArray) results = mm_results_new (items->len);
  g_autoptr (GString) text = g_string_new (NULL);
  g_autofree char *found = NULL;
  g_autoptr (GError) error = NULL;

  mm_store_store_items (store, folder, items, results, NULL, &error);
  g_assert_no_error (error);
  found = fixture_ids (results);
  g_assert_cmpstr (found, ==, ids);
  for (guint i = 0; i < results->len; i++)
    {
      const MmResult *result = results->pdata[i];

      for (guint k = 0; result->changes != NULL && k < result->changes->len; k++)
        g_string_append_printf (text, "%u %s,", i, ((MmChange *) result->changes->pdata[k])->code);
    }
  g_assert_cmpstr (text->str, ==, codes);
}

static GPtrArray *
make_items (gint64 date)
{
  GPtrArray *items = fixture_items_new (1, SIZE);

  ((MmItem *) items->pdata[0])->reference->date = date;
  return items;
}

/* A date before 1970 that the server does not understand. */
static void
test_old_date (void)
{
  g_autoptr (MmScriptServer) server = mm_script_server_new ();
  g_autoptr (MmStore) store = NULL;
  g_autoptr (GPtrArray) items = make_items (-86400);

  fixture_add_open (server, "LITERAL+ UIDPLUS");
  fixture_add_select (server, "SELECT", 2, 20);
  mm_script_server_add (server, "C: * APPEND \"Work\" \"31-Dec-1969 00:00:00 +0000\" {60+}\n"
                                "C* 60\n"
                                "C: \n"
                                "S: $TAG-1 BAD Invalid date-time in Append command\n"
                                "C: * APPEND \"Work\" \" 1-Jan-1970 00:00:01 +0000\" {60+}\n"
                                "C* 60\n"
                                "C: \n"
                                "S: $TAG-1 OK [APPENDUID 9 20] kept\n");
  store = fixture_open (server);
  assert_stored (store, items, "9:20", "0 date-changed,");
  mm_script_server_assert_finished (server);
}

/* One that is refused for something else keeps its date. */
static void
test_keywords (void)
{
  g_autoptr (MmScriptServer) server = mm_script_server_new ();
  g_autoptr (MmStore) store = NULL;
  g_autoptr (GPtrArray) items = make_items (1);

  ((MmItem *) items->pdata[0])->reference->keywords = g_strsplit ("$A $B", " ", -1);
  fixture_add_open (server, "LITERAL+ UIDPLUS");
  fixture_add_select (server, "SELECT", 2, 20);
  mm_script_server_add (server, "C: * APPEND \"Work\" ($A $B) \" 1-Jan-1970 00:00:01 +0000\" {60+}\n"
                                "C* 60\n"
                                "C: \n"
                                "S: $TAG-1 BAD what is $A\n"
                                "C: * APPEND \"Work\" \" 1-Jan-1970 00:00:01 +0000\" {60+}\n"
                                "C* 60\n"
                                "C: \n"
                                "S: $TAG-1 OK [APPENDUID 9 20] kept\n");
  store = fixture_open (server);
  assert_stored (store, items, "9:20", "0 keywords-lost,");
  mm_script_server_assert_finished (server);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/imap/repair/old-date", test_old_date);
  g_test_add_func ("/imap/repair/keywords", test_keywords);
  return g_test_run ();
}
