/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "mm-test-items.h"
#include "stores/memory/mm-memory-store.h"
#include "stores/wrap/mm-fault-store.h"

#define INBOX MM_TEST_PATH ("INBOX")

typedef struct
{
  MmMemoryServer *server;
  MmFaults *faults;
  MmStore *store;
  MmFolder *inbox;
} Fixture;

static void
set_up (Fixture       *fixture,
        gconstpointer  data)
{
  g_autoptr (MmStore) inner = NULL;

  fixture->server = mm_memory_server_new (NULL);
  fixture->faults = mm_faults_new ();
  inner = mm_memory_store_new (fixture->server);
  fixture->store = mm_fault_store_new (inner, fixture->faults);
  g_assert_true (mm_store_open (fixture->store, NULL, NULL));
  fixture->inbox = mm_test_find_folder (fixture->store, MM_KIND_EMAILS, INBOX);
}

static void
tear_down (Fixture       *fixture,
           gconstpointer  data)
{
  mm_folder_unref (fixture->inbox);
  g_object_unref (fixture->store);
  mm_faults_unref (fixture->faults);
  mm_memory_server_unref (fixture->server);
}

static GError *
new_error (int code)
{
  return g_error_new_literal (MM_ERROR, code, "as the test wishes");
}

static void
test_calls (Fixture       *fixture,
            gconstpointer  data)
{
  mm_faults_fail_calls (fixture->faults, MM_CALL_LIST_FOLDERS, 2, 2, new_error (MM_ERROR_BUSY));
  for (guint i = 1; i < 6; i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (GPtrArray) folders = mm_store_list_folders (fixture->store, MM_KIND_EMAILS, NULL,
                                                             &error);

      g_assert_true ((folders == NULL) == (i == 2 || i == 3));
      if (folders == NULL)
        g_assert_error (error, MM_ERROR, MM_ERROR_BUSY);
    }
  g_assert_cmpuint (mm_faults_get_calls (fixture->faults, MM_CALL_OPEN), ==, 1);
  g_assert_cmpuint (mm_faults_get_calls (fixture->faults, MM_CALL_LIST_FOLDERS), ==, 6);
  g_assert_cmpuint (mm_faults_get_calls (fixture->faults, MM_CALL_ANY), ==, 7);
  g_assert_cmpuint (mm_faults_get_happened (fixture->faults), ==, 2);
}

static void
test_cut (Fixture       *fixture,
          gconstpointer  data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) folders = NULL;

  mm_faults_fail_calls (fixture->faults, MM_CALL_ANY, 2, 1, new_error (MM_ERROR_NETWORK));
  folders = mm_store_list_folders (fixture->store, MM_KIND_EMAILS, NULL, &error);
  g_assert_error (error, MM_ERROR, MM_ERROR_NETWORK);
  g_assert_false (mm_store_is_open (fixture->store));
  g_assert_cmpuint (mm_memory_server_count_connections (fixture->server), ==, 0);
  g_assert_true (mm_store_open (fixture->store, NULL, NULL));
}

/* One fault at the third of five items: what their results say, and how many there are. */
static const struct
{
  MmFault fault;
  const char *states;
  gint64 n_items;
} entry_faults[] = {
  { MM_FAULT_REFUSED, "CCFCC", 4 },
  { MM_FAULT_CUT, "CCPPP", 2 },
  { MM_FAULT_UNKNOWN_DONE, "CCUPP", 3 },
  { MM_FAULT_UNKNOWN_NOT_DONE, "CCUPP", 2 },
};

static void
test_entries (Fixture       *fixture,
              gconstpointer  data)
{
  gint64 n_items = 0;

  for (guint i = 0; i < G_N_ELEMENTS (entry_faults); i++)
    {
      g_autoptr (GPtrArray) items = mm_test_items_new (0, 5);
      g_autoptr (GPtrArray) results = mm_results_new (5);
      g_autofree char *states = NULL;
      g_autoptr (GError) error = NULL;
      gboolean ok;

      if (!mm_store_is_open (fixture->store))
        g_assert_true (mm_store_open (fixture->store, NULL, NULL));
      mm_faults_fail_entry (fixture->faults, MM_CALL_STORE_ITEMS,
                            mm_faults_get_entries (fixture->faults, MM_CALL_STORE_ITEMS) + 2,
                            entry_faults[i].fault, new_error (MM_ERROR_NETWORK));
      ok = mm_store_store_items (fixture->store, fixture->inbox, items, results, NULL, &error);
      g_assert_true (ok == (entry_faults[i].fault == MM_FAULT_REFUSED));
      states = mm_test_results_to_string (results);
      g_assert_cmpstr (states, ==, entry_faults[i].states);
      n_items += entry_faults[i].n_items;
      g_assert_cmpint (mm_memory_server_count_items (fixture->server, MM_KIND_EMAILS, INBOX), ==,
                       n_items);
    }
}

static gboolean
count_reference (MmReference  *reference,
                 gpointer      user_data,
                 GError      **error)
{
  (*(guint *) user_data)++;
  mm_reference_free (reference);
  return TRUE;
}

static gboolean
count_item (guint          index,
            MmItem        *item,
            const GError  *failure,
            gpointer       user_data,
            GError       **error)
{
  (*(guint *) user_data) += failure == NULL ? 1 : 100;
  mm_item_free (item);
  return TRUE;
}

static void
test_reading (Fixture       *fixture,
              gconstpointer  data)
{
  g_autoptr (GPtrArray) references = g_ptr_array_new_with_free_func ((GDestroyNotify)
                                                                     mm_reference_free);
  g_autoptr (GError) error = NULL;
  guint n = 0;

  for (guint i = 0; i < 6; i++)
    {
      g_autofree char *id = mm_memory_server_add_item (fixture->server, MM_KIND_EMAILS, INBOX,
                                                       mm_test_item_new (i));

      g_ptr_array_add (references, mm_reference_new (id));
    }

  mm_faults_fail_entry (fixture->faults, MM_CALL_LIST_ITEMS, 4, MM_FAULT_CUT,
                        new_error (MM_ERROR_BUSY));
  g_assert_false (mm_store_list_items (fixture->store, fixture->inbox, NULL, 0, count_reference,
                                       &n, NULL, NULL, &error));
  g_assert_error (error, MM_ERROR, MM_ERROR_BUSY);
  g_assert_cmpuint (n, ==, 4);

  n = 0;
  g_clear_error (&error);
  mm_faults_fail_entry (fixture->faults, MM_CALL_FETCH_ITEMS, 1, MM_FAULT_REFUSED,
                        new_error (MM_ERROR_NOT_FOUND));
  g_assert_true (mm_store_fetch_items (fixture->store, fixture->inbox, references, count_item, &n,
                                       NULL, &error));
  g_assert_cmpuint (n, ==, 105);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/fault-store/calls", Fixture, NULL, set_up, test_calls, tear_down);
  g_test_add ("/fault-store/cut", Fixture, NULL, set_up, test_cut, tear_down);
  g_test_add ("/fault-store/entries", Fixture, NULL, set_up, test_entries, tear_down);
  g_test_add ("/fault-store/reading", Fixture, NULL, set_up, test_reading, tear_down);
  return g_test_run ();
}
