/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "mm-test-items.h"
#include "stores/memory/mm-memory-store.h"

#define INBOX MM_TEST_PATH ("INBOX")

/* What the contract suite cannot see: the server behind the store. */

static MmStore *
open_store (MmMemoryServer *server)
{
  g_autoptr (MmStore) store = mm_memory_store_new (server);
  g_autoptr (GError) error = NULL;

  mm_store_open (store, NULL, &error);
  g_assert_no_error (error);
  return g_steal_pointer (&store);
}

static void
fill (MmMemoryServer    *server,
      const char *const *path,
      guint              n)
{
  for (guint i = 0; i < n; i++)
    g_free (mm_memory_server_add_item (server, MM_KIND_EMAILS, path, mm_test_item_new (i)));
}

static gboolean
ignore_reference (MmReference  *reference,
                  gpointer      user_data,
                  GError      **error)
{
  mm_reference_free (reference);
  return TRUE;
}

static gboolean
ignore_item (guint          index,
             MmItem        *item,
             const GError  *failure,
             gpointer       user_data,
             GError       **error)
{
  mm_item_free (item);
  return TRUE;
}

static void
test_generation (void)
{
  g_autoptr (MmMemoryServer) server = mm_memory_server_new (NULL);
  g_autoptr (MmStore) store = open_store (server);
  g_autoptr (MmFolder) inbox = NULL;
  g_autoptr (GPtrArray) references = g_ptr_array_new_with_free_func ((GDestroyNotify)
                                                                     mm_reference_free);
  g_autoptr (GPtrArray) results = mm_results_new (1);
  GError *errors[3] = { NULL };

  g_ptr_array_add (references, mm_reference_new (NULL));
  ((MmReference *) references->pdata[0])->id =
    mm_memory_server_add_item (server, MM_KIND_EMAILS, INBOX, mm_test_item_new (0));
  inbox = mm_test_find_folder (store, MM_KIND_EMAILS, INBOX);
  mm_memory_server_change_generation (server, MM_KIND_EMAILS, INBOX);

  g_assert_false (mm_store_list_items (store, inbox, inbox->position, 0, ignore_reference, NULL,
                                       NULL, NULL, &errors[0]));
  g_assert_false (mm_store_fetch_items (store, inbox, references, ignore_item, NULL, NULL,
                                        &errors[1]));
  g_assert_false (mm_store_delete_items (store, inbox, references, results, NULL, &errors[2]));
  for (guint i = 0; i < G_N_ELEMENTS (errors); i++)
    {
      g_assert_error (errors[i], MM_ERROR, MM_ERROR_CHANGED);
      g_clear_error (&errors[i]);
    }
  g_assert_cmpint (mm_memory_server_count_items (server, MM_KIND_EMAILS, INBOX), ==, 1);
}

static void
test_quota (void)
{
  g_autoptr (MmMemoryServer) server = NULL;
  g_autoptr (MmStore) store = NULL;
  g_autoptr (MmFolder) inbox = NULL;
  g_autoptr (GPtrArray) items = mm_test_items_new (0, 5);
  g_autoptr (GPtrArray) results = mm_results_new (5);
  g_autofree char *states = NULL;
  g_autofree char *later = NULL;
  g_autoptr (GError) error = NULL;
  MmCapabilities capabilities;
  MmMemoryTraits traits;

  mm_memory_traits_init (&traits, MM_KIND_BIT (MM_KIND_EMAILS));
  traits.capabilities.quota_limit = 250;
  server = mm_memory_server_new (&traits);
  store = open_store (server);
  inbox = mm_test_find_folder (store, MM_KIND_EMAILS, INBOX);

  g_assert_false (mm_store_store_items (store, inbox, items, results, NULL, &error));
  g_assert_error (error, MM_ERROR, MM_ERROR_QUOTA);
  states = mm_test_results_to_string (results);
  g_assert_cmpstr (states, ==, "CCPPP");
  mm_store_get_capabilities (store, &capabilities);
  g_assert_cmpint (capabilities.quota_used, >, 100);
  g_assert_cmpint (capabilities.quota_used, <=, 250);

  /* More room, and on it goes. */
  traits.capabilities.quota_limit = 10000;
  mm_memory_server_set_traits (server, &traits);
  g_clear_error (&error);
  g_ptr_array_remove_range (items, 0, 2);
  g_ptr_array_remove_range (results, 0, 2);
  g_assert_true (mm_store_store_items (store, inbox, items, results, NULL, &error));
  later = mm_test_results_to_string (results);
  g_assert_cmpstr (later, ==, "CCC");
  g_assert_cmpuint (mm_memory_server_get_largest_batch (server), ==, 5);
}

static void
test_connection_limit (void)
{
  g_autoptr (MmMemoryServer) server = NULL;
  g_autoptr (MmStore) first = NULL;
  g_autoptr (MmStore) second = NULL;
  g_autoptr (MmStore) third = NULL;
  g_autoptr (GError) error = NULL;
  MmMemoryTraits traits;

  mm_memory_traits_init (&traits, MM_KIND_SET_ALL);
  traits.connection_limit = 2;
  server = mm_memory_server_new (&traits);
  first = open_store (server);
  second = open_store (server);
  third = mm_memory_store_new (server);
  g_assert_false (mm_store_open (third, NULL, &error));
  g_assert_error (error, MM_ERROR, MM_ERROR_LIMIT);
  g_assert_cmpuint (mm_memory_server_count_connections (server), ==, 2);

  g_clear_object (&first);
  g_clear_error (&error);
  g_assert_true (mm_store_open (third, NULL, &error));
  g_assert_cmpuint (mm_memory_server_count_connections (server), ==, 2);
}

static void
test_levels (void)
{
  g_autoptr (MmMemoryServer) server = NULL;
  g_autoptr (MmStore) store = NULL;
  g_autoptr (MmFolder) level = NULL;
  g_autoptr (MmFolder) below = NULL;
  g_autoptr (GPtrArray) list = g_ptr_array_new ();
  g_autoptr (GPtrArray) results = mm_results_new (1);
  g_autofree char *before = NULL;
  g_autofree char *after = NULL;
  MmMemoryTraits traits;

  mm_memory_traits_init (&traits, MM_KIND_SET_ALL);
  traits.makes_parents = FALSE;
  server = mm_memory_server_new (&traits);
  store = open_store (server);
  before = mm_memory_server_dump (server, TRUE);

  mm_memory_server_add_folder (server, MM_KIND_EMAILS, MM_TEST_PATH ("a", "b", "c"), MM_ROLE_NONE,
                               FALSE, TRUE);
  level = mm_test_find_folder (store, MM_KIND_EMAILS, MM_TEST_PATH ("a", "b"));
  below = mm_test_find_folder (store, MM_KIND_EMAILS, MM_TEST_PATH ("a", "b", "c"));
  g_assert_false (level->selectable);
  g_assert_true (below->selectable && below->subscribed);

  g_ptr_array_add (list, below);
  g_assert_true (mm_store_delete_folders (store, list, results, NULL, NULL));
  after = mm_memory_server_dump (server, TRUE);
  g_assert_cmpstr (after, ==, before);
}

static void
test_changed_behind_the_back (void)
{
  g_autoptr (MmMemoryServer) server = mm_memory_server_new (NULL);
  g_autoptr (MmStore) store = open_store (server);
  g_autoptr (MmFolder) folder = mm_test_find_folder (store, MM_KIND_TASKS,
                                                     MM_TEST_PATH ("Default"));
  g_autoptr (GPtrArray) items = mm_test_items_new (0, 2);
  g_autoptr (GPtrArray) results = mm_results_new (2);
  g_autoptr (GPtrArray) deleted = mm_results_new (2);
  g_autoptr (GPtrArray) references = g_ptr_array_new_with_free_func ((GDestroyNotify)
                                                                     mm_reference_free);
  g_autoptr (MmBlob) blob = mm_blob_new ("other", 5);
  g_autofree char *states = NULL;

  g_assert_true (mm_store_store_items (store, folder, items, results, NULL, NULL));
  for (guint i = 0; i < 2; i++)
    {
      const MmResult *result = g_ptr_array_index (results, i);
      MmReference *reference = mm_reference_new (result->id);

      reference->version = g_strdup (result->version);
      g_assert_nonnull (reference->version);
      g_ptr_array_add (references, reference);
    }
  mm_memory_server_change_item (server, MM_KIND_TASKS, MM_TEST_PATH ("Default"),
                                ((MmReference *) references->pdata[1])->id, blob);
  g_assert_true (mm_store_delete_items (store, folder, references, deleted, NULL, NULL));
  states = mm_test_results_to_string (deleted);
  g_assert_cmpstr (states, ==, "CF");
}

static void
test_dump (void)
{
  g_autoptr (MmMemoryServer) server = mm_memory_server_new (NULL);
  g_autoptr (MmMemoryServer) equal = mm_memory_server_new (NULL);
  g_autofree char *id = NULL;
  g_autofree char *before = NULL;
  g_autofree char *other = NULL;
  g_autofree char *flags = NULL;
  g_autofree char *new_ids = NULL;
  g_autofree char *same_content = NULL;

  fill (server, INBOX, 3);
  fill (equal, INBOX, 3);
  before = mm_memory_server_dump (server, FALSE);
  other = mm_memory_server_dump (equal, FALSE);
  g_assert_cmpstr (before, ==, other);

  mm_memory_server_change_generation (equal, MM_KIND_EMAILS, INBOX);
  new_ids = mm_memory_server_dump (equal, TRUE);
  same_content = mm_memory_server_dump (equal, FALSE);
  g_assert_cmpstr (same_content, ==, before);
  g_assert_cmpstr (new_ids, !=, before);

  id = mm_memory_server_add_item (server, MM_KIND_EMAILS, INBOX, mm_test_item_new (7));
  mm_memory_server_remove_item (server, MM_KIND_EMAILS, INBOX, id);
  g_free (id);
  id = mm_memory_server_add_item (equal, MM_KIND_EMAILS, INBOX, mm_test_item_new (7));
  mm_memory_server_change_flags (equal, MM_KIND_EMAILS, INBOX, id, MM_FLAG_DELETED);
  flags = mm_memory_server_dump (equal, FALSE);
  g_assert_nonnull (strstr (flags, "flags=10 "));

  g_free (other);
  other = mm_memory_server_dump (server, FALSE);
  g_assert_cmpstr (other, ==, before);
  mm_memory_server_remove_folder (server, MM_KIND_EMAILS, INBOX);
  g_assert_cmpint (mm_memory_server_count_items (server, MM_KIND_EMAILS, INBOX), ==, -1);
}

static gboolean
check_global_id (MmReference  *reference,
                 gpointer      user_data,
                 GError      **error)
{
  g_assert_cmpstr (reference->global_id, ==, user_data);
  mm_reference_free (reference);
  return TRUE;
}

static void
test_global_ids (void)
{
  g_autoptr (MmMemoryServer) server = NULL;
  g_autoptr (MmStore) store = NULL;
  g_autoptr (MmFolder) inbox = NULL;
  MmItem *item = mm_test_item_new (0);
  MmMemoryTraits traits;

  mm_memory_traits_init (&traits, MM_KIND_SET_ALL);
  traits.capabilities.kinds[MM_KIND_EMAILS].has_global_ids = TRUE;
  server = mm_memory_server_new (&traits);
  item->reference->global_id = g_strdup ("G1");
  g_free (mm_memory_server_add_item (server, MM_KIND_EMAILS, INBOX, item));
  store = open_store (server);
  inbox = mm_test_find_folder (store, MM_KIND_EMAILS, INBOX);
  g_assert_true (mm_store_list_items (store, inbox, NULL, MM_LIST_GLOBAL_IDS, check_global_id,
                                      (gpointer) "G1", NULL, NULL, NULL));
  g_assert_true (mm_store_list_items (store, inbox, NULL, MM_LIST_BASIC, check_global_id, NULL,
                                      NULL, NULL, NULL));
}

static gpointer
store_many (gpointer data)
{
  g_autoptr (MmStore) store = open_store (data);
  g_autoptr (MmFolder) inbox = mm_test_find_folder (store, MM_KIND_EMAILS, INBOX);

  for (guint i = 0; i < 50; i++)
    {
      g_autoptr (GPtrArray) items = mm_test_items_new (i, 4);
      g_autoptr (GPtrArray) results = mm_results_new (4);

      g_assert_true (mm_store_store_items (store, inbox, items, results, NULL, NULL));
      g_free (mm_test_list_labels (store, inbox));
    }
  return NULL;
}

static void
test_threads (void)
{
  g_autoptr (MmMemoryServer) server = mm_memory_server_new (NULL);
  GThread *threads[4];

  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    threads[i] = g_thread_new ("writer", store_many, server);
  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    g_thread_join (threads[i]);
  g_assert_cmpint (mm_memory_server_count_items (server, MM_KIND_EMAILS, INBOX), ==, 800);
  g_assert_cmpuint (mm_memory_server_count_connections (server), ==, 0);
}

static gpointer
cancel_soon (gpointer cancellable)
{
  g_usleep (50000);
  g_cancellable_cancel (cancellable);
  return NULL;
}

static void
test_slow_server (void)
{
  g_autoptr (MmMemoryServer) server = mm_memory_server_new (NULL);
  g_autoptr (MmStore) store = open_store (server);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GPtrArray) folders = NULL;
  g_autoptr (GError) error = NULL;
  MmMemoryTraits traits;
  gint64 begin = g_get_monotonic_time ();
  GThread *thread;

  mm_memory_server_get_traits (server, &traits);
  traits.capabilities.round_trip_us = 60 * G_USEC_PER_SEC;
  mm_memory_server_set_traits (server, &traits);
  thread = g_thread_new ("canceller", cancel_soon, cancellable);
  folders = mm_store_list_folders (store, MM_KIND_EMAILS, cancellable, &error);
  g_assert_null (folders);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_cmpint (g_get_monotonic_time () - begin, <, 2 * G_USEC_PER_SEC);
  g_thread_join (thread);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/memory-store/generation", test_generation);
  g_test_add_func ("/memory-store/quota", test_quota);
  g_test_add_func ("/memory-store/connection-limit", test_connection_limit);
  g_test_add_func ("/memory-store/levels", test_levels);
  g_test_add_func ("/memory-store/changed-behind-the-back", test_changed_behind_the_back);
  g_test_add_func ("/memory-store/dump", test_dump);
  g_test_add_func ("/memory-store/global-ids", test_global_ids);
  g_test_add_func ("/memory-store/threads", test_threads);
  g_test_add_func ("/memory-store/slow-server", test_slow_server);
  return g_test_run ();
}
