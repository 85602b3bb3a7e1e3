/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

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
  mm_script_server_add (server, "C: * APPEND \"Work\" ($A $B) \" 1-Jan-1970 *\" {60+}\n"
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

/* Stores those that are PENDING, as a caller does that found nothing of the UNKNOWN there. */
static void
assert_tries (MmStore    *store,
              GPtrArray  *items,
              GPtrArray  *results,
              const char *expected)
{
  g_autoptr (MmFolder) folder = fixture_folder_new ();
  g_autoptr (GPtrArray) some = g_ptr_array_new ();
  g_autoptr (GPtrArray) some_results = g_ptr_array_new ();
  g_autoptr (GString) text = g_string_new (NULL);
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < results->len; i++)
    {
      MmResult *result = results->pdata[i];

      if (result->state == MM_RESULT_UNKNOWN)
        result->state = MM_RESULT_PENDING;
      if (result->state != MM_RESULT_PENDING)
        continue;
      g_ptr_array_add (some, items->pdata[i]);
      g_ptr_array_add (some_results, result);
    }
  if (!mm_store_is_open (store))
    mm_store_open (store, NULL, &error);
  g_assert_no_error (error);
  if (!mm_store_store_items (store, folder, some, some_results, NULL, &error))
    g_assert_error (error, MM_ERROR, MM_ERROR_NETWORK);
  for (guint i = 0; i < results->len; i++)
    g_string_append_c (text, "PCEFU"[((MmResult *) results->pdata[i])->state]);
  g_assert_cmpstr (text->str, ==, expected);
}

#define MESSAGE "\" 1-Jan-2024 00:00:00 +0000\" {60+}\nC* 60\n"

/* A message over which the connection ends each time is found out and left, and only that one. */
static void
test_deadly (gconstpointer capabilities)
{
  g_autoptr (MmScriptServer) server = mm_script_server_new ();
  g_autoptr (MmStore) store = NULL;
  g_autoptr (GPtrArray) items = fixture_items_new (4, SIZE);
  g_autoptr (GPtrArray) results = mm_results_new (4);
  gboolean in_batches = strstr (capabilities, "MULTIAPPEND") != NULL;

  for (guint i = 0; i < 4; i++)
    {
      g_autofree char *id = g_strdup_printf ("1:%u", i + 1);
      MmReference *reference = ((MmItem *) items->pdata[i])->reference;

      g_free (reference->id);
      reference->id = g_steal_pointer (&id);
    }
  for (guint i = 0; i < 3; i++)
    {
      fixture_add_open (server, capabilities);
      fixture_add_select (server, "SELECT", 2, 20);
      if (i == 0 && in_batches)
        mm_script_server_add (server, "C: * APPEND \"Work\" " MESSAGE "C:  " MESSAGE
                                      "C:  " MESSAGE "C:  " MESSAGE "C: \n");
      else if (i == 0)
        for (guint k = 0; k < 4; k++)
          mm_script_server_add (server, "C: * APPEND \"Work\" " MESSAGE "C: \n");
      if (i == 1)
        mm_script_server_add (server, "C: * APPEND \"Work\" " MESSAGE "C: \n"
                                      "S: $TAG-1 OK [APPENDUID 9 20] kept\n");
      if (i > 0)
        mm_script_server_add (server, "C: * APPEND \"Work\" " MESSAGE "C: \n");
      mm_script_server_cut (server, i == 0 ? MM_CUT_RESET : MM_CUT_FIN);
    }
  fixture_add_open (server, capabilities);
  fixture_add_select (server, "SELECT", 3, 21);
  for (guint i = 0; i < 2; i++)
    {
      g_autofree char *answer = g_strdup_printf ("S: $TAG-1 OK [APPENDUID 9 %u] kept\n", 21 + i);

      mm_script_server_add (server, "C: * APPEND \"Work\" " MESSAGE "C: \n");
      mm_script_server_add (server, answer);
    }

  store = fixture_store_new (server);
  mm_script_server_start (server);
  assert_tries (store, items, results, "UUUU");
  assert_tries (store, items, results, "CUPP");
  assert_tries (store, items, results, "CUPP");
  assert_tries (store, items, results, "CFCC");
  g_assert_error (((MmResult *) results->pdata[1])->error, MM_ERROR, MM_ERROR_REFUSED);
  mm_script_server_assert_finished (server);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/imap/repair/old-date", test_old_date);
  g_test_add_func ("/imap/repair/keywords", test_keywords);
  g_test_add_data_func ("/imap/repair/deadly/batch", "LITERAL+ MULTIAPPEND UIDPLUS", test_deadly);
  g_test_add_data_func ("/imap/repair/deadly/single", "LITERAL+ UIDPLUS", test_deadly);
  return g_test_run ();
}
