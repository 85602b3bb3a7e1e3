/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "mm-test-items.h"
#include "stores/memory/mm-memory-store.h"
#include "stores/wrap/mm-fault-store.h"
#include "stores/wrap/mm-retry-store.h"

#define INBOX MM_TEST_PATH ("INBOX")
#define N_ITEMS 20

/* A retry store around a fault store around an account in memory. */
typedef struct
{
  MmMemoryServer *server;
  MmFaults *faults;
  MmStore *store;
  MmFolder *inbox;
} Fixture;

static const MmRetryPolicy quick = {
  .attempts = 4,
  .first_delay_ms = 1,
  .max_delay_ms = 4,
  .initial_attempts = 1,
};

static void
make_store (Fixture             *fixture,
            const MmRetryPolicy *policy)
{
  g_autoptr (MmStore) memory = mm_memory_store_new (fixture->server);
  g_autoptr (MmStore) faulty = mm_fault_store_new (memory, fixture->faults);

  g_clear_object (&fixture->store);
  fixture->store = mm_retry_store_new (faulty, policy);
}

static void
set_up (Fixture       *fixture,
        gconstpointer  data)
{
  fixture->server = mm_memory_server_new (NULL);
  fixture->faults = mm_faults_new ();
  make_store (fixture, &quick);
  g_assert_true (mm_store_open (fixture->store, NULL, NULL));
  fixture->inbox = mm_test_find_folder (fixture->store, MM_KIND_EMAILS, INBOX);
}

static void
tear_down (Fixture       *fixture,
           gconstpointer  data)
{
  g_clear_pointer (&fixture->inbox, mm_folder_unref);
  g_clear_object (&fixture->store);
  mm_faults_unref (fixture->faults);
  mm_memory_server_unref (fixture->server);
}

static GError *
new_error (int code)
{
  return g_error_new (MM_ERROR, code, "error %d as the test wishes", code);
}

static void
fail_calls (Fixture *fixture,
            MmCall   call,
            guint    n,
            int      code)
{
  mm_faults_fail_calls (fixture->faults, call, mm_faults_get_calls (fixture->faults, call), n,
                        new_error (code));
}

static void
fail_entry (Fixture *fixture,
            MmCall   call,
            guint    n,
            MmFault  fault,
            int      code)
{
  mm_faults_fail_entry (fixture->faults, call,
                        mm_faults_get_entries (fixture->faults, call) + n, fault,
                        new_error (code));
}

static gint64
count_in_inbox (Fixture *fixture)
{
  return mm_memory_server_count_items (fixture->server, MM_KIND_EMAILS, INBOX);
}

static void
assert_results (GPtrArray  *results,
                const char *expected)
{
  g_autofree char *states = mm_test_results_to_string (results);

  g_assert_cmpstr (states, ==, expected);
}

/* A first open: the code it fails with, initial_attempts, and how many tries are right. */
static const struct
{
  int code;
  guint initial_attempts;
  guint tries;
} first_opens[] = {
  { MM_ERROR_HOST, 1, 1 },     { MM_ERROR_NETWORK, 1, 1 },     { MM_ERROR_NETWORK, 3, 3 },
  { MM_ERROR_HOST, 3, 3 },     { MM_ERROR_BUSY, 1, 4 },        { MM_ERROR_LIMIT, 3, 1 },
  { MM_ERROR_PASSWORD, 3, 1 }, { MM_ERROR_CERTIFICATE, 3, 1 },
};

static void
test_first_open (Fixture       *fixture,
                 gconstpointer  data)
{
  for (guint i = 0; i < G_N_ELEMENTS (first_opens); i++)
    {
      MmRetryPolicy policy = quick;
      guint before = mm_faults_get_calls (fixture->faults, MM_CALL_OPEN);
      g_autoptr (GError) error = NULL;

      policy.initial_attempts = first_opens[i].initial_attempts;
      make_store (fixture, &policy);
      fail_calls (fixture, MM_CALL_OPEN, first_opens[i].tries, first_opens[i].code);
      g_assert_false (mm_store_open (fixture->store, NULL, &error));
      g_assert_error (error, MM_ERROR, first_opens[i].code);
      g_assert_cmpuint (mm_faults_get_calls (fixture->faults, MM_CALL_OPEN) - before, ==,
                        first_opens[i].tries);
    }
}

static void
test_open_again (Fixture       *fixture,
                 gconstpointer  data)
{
  static const int codes[] = { MM_ERROR_HOST, MM_ERROR_NETWORK, MM_ERROR_BUSY, MM_ERROR_LIMIT };

  for (guint i = 0; i < G_N_ELEMENTS (codes); i++)
    {
      g_autoptr (GError) error = NULL;

      mm_store_close (fixture->store);
      fail_calls (fixture, MM_CALL_OPEN, 3, codes[i]);
      g_assert_true (mm_store_open (fixture->store, NULL, &error));
      g_assert_no_error (error);
    }
}

static void
test_list_folders (Fixture       *fixture,
                   gconstpointer  data)
{
  static const struct
  {
    int code;
    guint opens;
  } cases[] = { { MM_ERROR_NETWORK, 1 }, { MM_ERROR_BUSY, 0 } };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      guint opens = mm_faults_get_calls (fixture->faults, MM_CALL_OPEN);
      g_autoptr (MmFolder) folder = NULL;

      fail_calls (fixture, MM_CALL_LIST_FOLDERS, 1, cases[i].code);
      folder = mm_test_find_folder (fixture->store, MM_KIND_EMAILS, INBOX);
      g_assert_nonnull (folder);
      g_assert_cmpuint (mm_faults_get_calls (fixture->faults, MM_CALL_OPEN) - opens, ==,
                        cases[i].opens);
    }
}

static void
test_gives_up (Fixture       *fixture,
               gconstpointer  data)
{
  g_autoptr (GPtrArray) folders = NULL;
  g_autoptr (GError) error = NULL;
  guint calls = mm_faults_get_calls (fixture->faults, MM_CALL_LIST_FOLDERS);

  fail_calls (fixture, MM_CALL_LIST_FOLDERS, 100, MM_ERROR_NETWORK);
  folders = mm_store_list_folders (fixture->store, MM_KIND_EMAILS, NULL, &error);
  g_assert_null (folders);
  g_assert_error (error, MM_ERROR, MM_ERROR_NETWORK);
  g_assert_cmpuint (mm_faults_get_calls (fixture->faults, MM_CALL_LIST_FOLDERS) - calls, ==,
                    quick.attempts);
  g_assert_false (mm_store_is_open (fixture->store));
}

static void
test_lasting_error_while_opening_again (Fixture       *fixture,
                                        gconstpointer  data)
{
  g_autoptr (GPtrArray) folders = NULL;
  g_autoptr (GError) error = NULL;

  fail_calls (fixture, MM_CALL_LIST_FOLDERS, 1, MM_ERROR_NETWORK);
  fail_calls (fixture, MM_CALL_OPEN, 1, MM_ERROR_PASSWORD);
  folders = mm_store_list_folders (fixture->store, MM_KIND_EMAILS, NULL, &error);
  g_assert_null (folders);
  g_assert_error (error, MM_ERROR, MM_ERROR_PASSWORD);
}

static void
test_retry_after (Fixture       *fixture,
                  gconstpointer  data)
{
  g_autoptr (MmFolder) folder = NULL;
  gint64 begin = g_get_monotonic_time ();

  mm_faults_fail_calls (fixture->faults, MM_CALL_LIST_FOLDERS,
                        mm_faults_get_calls (fixture->faults, MM_CALL_LIST_FOLDERS), 1,
                        mm_error_new_busy (1, "in a second"));
  folder = mm_test_find_folder (fixture->store, MM_KIND_EMAILS, INBOX);
  g_assert_cmpint (g_get_monotonic_time () - begin, >=, G_USEC_PER_SEC);
}

static void
test_back_off (Fixture       *fixture,
               gconstpointer  data)
{
  const MmRetryPolicy policy = { .attempts = 5, .first_delay_ms = 40, .max_delay_ms = 100,
                                 .initial_attempts = 5 };
  MmRetryPolicy usual;
  gint64 begin = g_get_monotonic_time ();

  make_store (fixture, &policy);
  fail_calls (fixture, MM_CALL_OPEN, 4, MM_ERROR_NETWORK);
  g_assert_true (mm_store_open (fixture->store, NULL, NULL));
  /* 40 + 80 + 100 + 100 */
  g_assert_cmpint (g_get_monotonic_time () - begin, >=, 320000);

  mm_retry_policy_init (&usual);
  g_assert_cmpuint (usual.attempts, ==, 8);
  g_assert_cmpuint (usual.first_delay_ms, ==, 500);
  g_assert_cmpuint (usual.max_delay_ms, ==, 30000);
  g_assert_cmpuint (usual.initial_attempts, ==, 1);
}

static gpointer
cancel_soon (gpointer cancellable)
{
  g_usleep (50000);
  g_cancellable_cancel (cancellable);
  return NULL;
}

static void
test_cancelled_wait (Fixture       *fixture,
                     gconstpointer  data)
{
  const MmRetryPolicy patient = { .attempts = 9, .first_delay_ms = 60000, .max_delay_ms = 60000,
                                  .initial_attempts = 9 };
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GPtrArray) folders = NULL;
  g_autoptr (GError) error = NULL;
  gint64 begin;
  GThread *thread;

  make_store (fixture, &patient);
  g_assert_true (mm_store_open (fixture->store, NULL, NULL));
  fail_calls (fixture, MM_CALL_LIST_FOLDERS, 1, MM_ERROR_BUSY);
  begin = g_get_monotonic_time ();
  thread = g_thread_new ("canceller", cancel_soon, cancellable);
  folders = mm_store_list_folders (fixture->store, MM_KIND_EMAILS, cancellable, &error);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_cmpint (g_get_monotonic_time () - begin, <, 2 * G_USEC_PER_SEC);
  g_assert_false (mm_store_is_open (fixture->store));
  g_thread_join (thread);
}

static char *
fill (Fixture *fixture)
{
  GString *labels = g_string_new (NULL);

  for (guint i = 0; i < N_ITEMS; i++)
    {
      g_free (mm_memory_server_add_item (fixture->server, MM_KIND_EMAILS, INBOX,
                                         mm_test_item_new (i)));
      g_string_append_printf (labels, "%stest.%u", i > 0 ? " " : "", i);
    }
  return g_string_free (labels, FALSE);
}

static void
test_list_items (Fixture       *fixture,
                 gconstpointer  data)
{
  g_autofree char *expected = fill (fixture);
  g_autofree char *labels = NULL;

  /* More cuts than tries, but each brought something. The last of them at an item seen before. */
  for (guint i = 0; i < 6; i++)
    fail_entry (fixture, MM_CALL_LIST_ITEMS, 2 + i * (i + 3), MM_FAULT_CUT,
                i % 2 ? MM_ERROR_NETWORK : MM_ERROR_BUSY);
  labels = mm_test_list_labels (fixture->store, fixture->inbox);
  g_assert_cmpstr (labels, ==, expected);
  g_assert_cmpuint (mm_faults_get_happened (fixture->faults), ==, 6);
}

typedef struct
{
  Fixture *fixture;
  GString *labels;
} Deleter;

static gboolean
delete_the_third (MmReference  *reference,
                  gpointer      user_data,
                  GError      **error)
{
  Deleter *deleter = user_data;

  g_string_append_printf (deleter->labels, "%s\n", reference->label);
  if (g_str_has_prefix (reference->label, "<test.2@example.org>"))
    mm_memory_server_remove_item (deleter->fixture->server, MM_KIND_EMAILS, INBOX, reference->id);
  mm_reference_free (reference);
  return TRUE;
}

static void
test_list_items_last_is_gone (Fixture       *fixture,
                              gconstpointer  data)
{
  g_autofree char *filled = fill (fixture);
  g_autoptr (GString) labels = g_string_new (NULL);
  g_auto (GStrv) words = NULL;
  g_autofree char *position = NULL;
  Deleter deleter = { fixture, labels };

  fail_entry (fixture, MM_CALL_LIST_ITEMS, 3, MM_FAULT_CUT, MM_ERROR_NETWORK);
  g_assert_true (mm_store_list_items (fixture->store, fixture->inbox, NULL, MM_LIST_FINGERPRINTS,
                                      delete_the_third, &deleter, &position, NULL, NULL));
  words = g_strsplit (g_strchomp (labels->str), "\n", -1);
  g_assert_cmpuint (g_strv_length (words), ==, N_ITEMS);
  for (guint i = 0; i < N_ITEMS; i++)
    {
      g_autofree char *label = g_strdup_printf ("<test.%u@example.org>", i);

      g_assert_true (g_str_has_prefix (words[i], label));
    }
  g_assert_nonnull (position);
}

static gboolean
fail_as_if_cut (MmReference  *reference,
                gpointer      user_data,
                GError      **error)
{
  (*(guint *) user_data)++;
  mm_reference_free (reference);
  g_propagate_error (error, new_error (MM_ERROR_NETWORK));
  return FALSE;
}

static void
test_errors_of_the_caller (Fixture       *fixture,
                           gconstpointer  data)
{
  g_autofree char *filled = fill (fixture);
  g_autoptr (GError) error = NULL;
  guint n = 0;

  g_assert_false (mm_store_list_items (fixture->store, fixture->inbox, NULL, MM_LIST_BASIC,
                                       fail_as_if_cut, &n, NULL, NULL, &error));
  g_assert_error (error, MM_ERROR, MM_ERROR_NETWORK);
  g_assert_cmpuint (n, ==, 1);
}

static gboolean
collect_reference (MmReference  *reference,
                   gpointer      user_data,
                   GError      **error)
{
  g_ptr_array_add (user_data, reference);
  return TRUE;
}

static GPtrArray *
list_references (Fixture *fixture)
{
  GPtrArray *references = g_ptr_array_new_with_free_func ((GDestroyNotify) mm_reference_free);

  g_assert_true (mm_store_list_items (fixture->store, fixture->inbox, NULL, MM_LIST_BASIC,
                                      collect_reference, references, NULL, NULL, NULL));
  return references;
}

static gboolean
count_item (guint          index,
            MmItem        *item,
            const GError  *failure,
            gpointer       user_data,
            GError       **error)
{
  guint *times = user_data;

  times[index] += failure != NULL ? 100 : 1;
  if (item != NULL)
    g_assert_cmpint (item->reference->date, ==, 1500000000 + 100 * (gint64) index);
  mm_item_free (item);
  return TRUE;
}

static void
test_fetch_items (Fixture       *fixture,
                  gconstpointer  data)
{
  g_autofree char *filled = fill (fixture);
  g_autoptr (GPtrArray) references = list_references (fixture);
  g_autoptr (GError) error = NULL;
  guint times[N_ITEMS] = { 0 };

  mm_memory_server_remove_item (fixture->server, MM_KIND_EMAILS, INBOX,
                                ((MmReference *) references->pdata[8])->id);
  for (guint i = 0; i < 6; i++)
    fail_entry (fixture, MM_CALL_FETCH_ITEMS, 1 + 3 * i, MM_FAULT_CUT,
                i % 2 ? MM_ERROR_NETWORK : MM_ERROR_BUSY);
  g_assert_true (mm_store_fetch_items (fixture->store, fixture->inbox, references, count_item,
                                       times, NULL, &error));
  g_assert_cmpuint (mm_faults_get_happened (fixture->faults), ==, 6);
  for (guint i = 0; i < N_ITEMS; i++)
    g_assert_cmpuint (times[i], ==, i == 8 ? 100 : 1);
}

static GPtrArray *
make_folders (guint n)
{
  GPtrArray *folders = g_ptr_array_new_with_free_func ((GDestroyNotify) mm_folder_unref);

  for (guint i = 0; i < n; i++)
    {
      g_autofree char *name = g_strdup_printf ("folder %u", i);

      g_ptr_array_add (folders, mm_folder_new (MM_KIND_EMAILS, MM_TEST_PATH (name)));
    }
  return folders;
}

static void
test_create_folders (Fixture       *fixture,
                     gconstpointer  data)
{
  static const struct
  {
    MmFault fault;
    const char *states;
  } cases[] = {
    { MM_FAULT_CUT, "CCCC" },
    { MM_FAULT_UNKNOWN_NOT_DONE, "CCCC" },
    { MM_FAULT_UNKNOWN_DONE, "CUCC" }, /* ours or not: the journal knows */
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GPtrArray) folders = make_folders (4);
      g_autoptr (GPtrArray) results = mm_results_new (4);
      g_autoptr (GPtrArray) deleted = mm_results_new (4);
      g_autoptr (GError) error = NULL;

      fail_entry (fixture, MM_CALL_CREATE_FOLDERS, 1, cases[i].fault, MM_ERROR_NETWORK);
      mm_store_create_folders (fixture->store, folders, results, NULL, &error);
      g_assert_no_error (error);
      assert_results (results, cases[i].states);

      for (guint j = 0; j < 4; j++)
        {
          const MmResult *result = g_ptr_array_index (results, j);

          g_assert_nonnull (result->id);
          ((MmFolder *) g_ptr_array_index (folders, j))->id = g_strdup (result->id);
        }
      g_assert_true (mm_store_delete_folders (fixture->store, folders, deleted, NULL, NULL));
      assert_results (deleted, "CCCC");
    }
}

static void
test_subscribe_and_delete_folders (Fixture       *fixture,
                                   gconstpointer  data)
{
  g_autoptr (GPtrArray) folders = make_folders (3);
  g_autoptr (GPtrArray) created = mm_results_new (3);
  g_autoptr (GPtrArray) subscribed = mm_results_new (3);
  g_autoptr (GPtrArray) deleted = mm_results_new (3);

  g_assert_true (mm_store_create_folders (fixture->store, folders, created, NULL, NULL));
  for (guint i = 0; i < 3; i++)
    ((MmFolder *) folders->pdata[i])->id = g_strdup (((MmResult *) created->pdata[i])->id);

  fail_entry (fixture, MM_CALL_SUBSCRIBE_FOLDERS, 1, MM_FAULT_UNKNOWN_DONE, MM_ERROR_NETWORK);
  g_assert_true (mm_store_subscribe_folders (fixture->store, folders, TRUE, subscribed, NULL,
                                             NULL));
  assert_results (subscribed, "CCC");

  fail_entry (fixture, MM_CALL_DELETE_FOLDERS, 1, MM_FAULT_UNKNOWN_DONE, MM_ERROR_NETWORK);
  g_assert_true (mm_store_delete_folders (fixture->store, folders, deleted, NULL, NULL));
  assert_results (deleted, "CCC");
}

static void
test_delete_items (Fixture       *fixture,
                   gconstpointer  data)
{
  g_autofree char *filled = fill (fixture);
  g_autoptr (GPtrArray) references = list_references (fixture);
  g_autoptr (GPtrArray) results = NULL;

  g_ptr_array_set_size (references, 5);
  mm_memory_server_remove_item (fixture->server, MM_KIND_EMAILS, INBOX,
                                ((MmReference *) references->pdata[0])->id);
  results = mm_results_new (5);
  fail_entry (fixture, MM_CALL_DELETE_ITEMS, 2, MM_FAULT_UNKNOWN_DONE, MM_ERROR_NETWORK);
  g_assert_true (mm_store_delete_items (fixture->store, fixture->inbox, references, results, NULL,
                                        NULL));
  assert_results (results, "ECCCC");
  g_assert_cmpint (count_in_inbox (fixture), ==, N_ITEMS - 5);
}

/* One fault at the third of five items. */
static const struct
{
  MmFault fault;
  int code;
  const char *states;
  gint64 n_items;
} store_faults[] = {
  { MM_FAULT_CUT, MM_ERROR_NETWORK, "CCPPP", 2 },
  { MM_FAULT_UNKNOWN_DONE, MM_ERROR_NETWORK, "CCUPP", 3 },
  { MM_FAULT_UNKNOWN_NOT_DONE, MM_ERROR_NETWORK, "CCUPP", 2 },
  { MM_FAULT_CUT, MM_ERROR_BUSY, "CCCCC", 5 },
  { MM_FAULT_UNKNOWN_DONE, MM_ERROR_BUSY, "CCUPP", 3 },
  { MM_FAULT_REFUSED, MM_ERROR_REFUSED, "CCFCC", 4 },
};

static void
test_store_items (Fixture       *fixture,
                  gconstpointer  data)
{
  gint64 n_items = 0;

  for (guint i = 0; i < G_N_ELEMENTS (store_faults); i++)
    {
      g_autoptr (GPtrArray) items = mm_test_items_new (0, 5);
      g_autoptr (GPtrArray) results = mm_results_new (5);
      g_autoptr (GError) error = NULL;

      g_test_message ("case %u", i);
      fail_entry (fixture, MM_CALL_STORE_ITEMS, 2, store_faults[i].fault, store_faults[i].code);
      g_assert_true (mm_store_store_items (fixture->store, fixture->inbox, items, results, NULL,
                                           &error));
      g_assert_no_error (error);
      assert_results (results, store_faults[i].states);
      n_items += store_faults[i].n_items;
      g_assert_cmpint (count_in_inbox (fixture), ==, n_items);
      g_assert_true (mm_store_is_open (fixture->store));
    }
}

static void
test_store_items_order (Fixture       *fixture,
                        gconstpointer  data)
{
  g_autoptr (GPtrArray) items = mm_test_items_new (0, 5);
  g_autoptr (GPtrArray) results = mm_results_new (5);
  g_autofree char *labels = NULL;

  for (guint i = 0; i < 5; i++)
    fail_entry (fixture, MM_CALL_STORE_ITEMS, 1 + i * 2, MM_FAULT_CUT, MM_ERROR_BUSY);
  g_assert_true (mm_store_store_items (fixture->store, fixture->inbox, items, results, NULL,
                                       NULL));
  assert_results (results, "CCCCC");
  labels = mm_test_list_labels (fixture->store, fixture->inbox);
  g_assert_cmpstr (labels, ==, "test.0 test.1 test.2 test.3 test.4");
}

static void
test_store_items_lasting (Fixture       *fixture,
                          gconstpointer  data)
{
  g_autoptr (GPtrArray) items = mm_test_items_new (0, 5);
  g_autoptr (GPtrArray) results = mm_results_new (5);
  g_autoptr (GError) error = NULL;

  fail_entry (fixture, MM_CALL_STORE_ITEMS, 2, MM_FAULT_CUT, MM_ERROR_QUOTA);
  g_assert_false (mm_store_store_items (fixture->store, fixture->inbox, items, results, NULL,
                                        &error));
  g_assert_error (error, MM_ERROR, MM_ERROR_QUOTA);
  assert_results (results, "CCPPP");

  g_clear_error (&error);
  g_clear_pointer (&results, g_ptr_array_unref);
  results = mm_results_new (5);
  fail_entry (fixture, MM_CALL_STORE_ITEMS, 2, MM_FAULT_UNKNOWN_DONE, MM_ERROR_NETWORK);
  fail_calls (fixture, MM_CALL_OPEN, 1, MM_ERROR_PASSWORD);
  g_assert_false (mm_store_store_items (fixture->store, fixture->inbox, items, results, NULL,
                                        &error));
  g_assert_error (error, MM_ERROR, MM_ERROR_PASSWORD);
  assert_results (results, "CCUPP");
}

/* A server that hangs up at every attempt, but lets in: no endless loop of the caller. */
static void
test_store_items_fruitless (Fixture       *fixture,
                            gconstpointer  data)
{
  g_autoptr (GPtrArray) items = mm_test_items_new (0, 2);
  g_autoptr (GError) error = NULL;
  guint n = 0;

  fail_calls (fixture, MM_CALL_STORE_ITEMS, 100, MM_ERROR_NETWORK);
  do
    {
      g_autoptr (GPtrArray) results = mm_results_new (2);

      n++;
      mm_store_store_items (fixture->store, fixture->inbox, items, results, NULL, &error);
      assert_results (results, "PP");
    }
  while (error == NULL && n < 50);
  g_assert_error (error, MM_ERROR, MM_ERROR_NETWORK);
  g_assert_cmpuint (n, ==, quick.attempts);
}

/* A bit of everything; each call in turn is cut, and nothing is different in the end. */
static void
run_everything (Fixture *fixture)
{
  g_autoptr (GPtrArray) folders = make_folders (2);
  g_autoptr (GPtrArray) created = mm_results_new (2);
  g_autoptr (GPtrArray) subscribed = mm_results_new (2);
  g_autoptr (GPtrArray) items = mm_test_items_new (0, 4);
  g_autoptr (GPtrArray) results = mm_results_new (4);
  g_autoptr (GPtrArray) references = NULL;
  g_autoptr (GPtrArray) deleted = mm_results_new (2);
  guint times[4] = { 0 };

  g_assert_true (mm_store_open (fixture->store, NULL, NULL));
  fixture->inbox = mm_test_find_folder (fixture->store, MM_KIND_EMAILS, INBOX);
  g_assert_true (mm_store_create_folders (fixture->store, folders, created, NULL, NULL));
  for (guint i = 0; i < 2; i++)
    ((MmFolder *) folders->pdata[i])->id = g_strdup (((MmResult *) created->pdata[i])->id);
  g_assert_true (mm_store_subscribe_folders (fixture->store, folders, TRUE, subscribed, NULL,
                                             NULL));
  do
    g_assert_true (mm_store_store_items (fixture->store, fixture->inbox, items, results, NULL,
                                         NULL));
  while (((MmResult *) results->pdata[0])->state == MM_RESULT_PENDING);

  references = list_references (fixture);
  g_assert_true (mm_store_fetch_items (fixture->store, fixture->inbox, references, count_item,
                                       times, NULL, NULL));
  g_ptr_array_set_size (references, 2);
  g_assert_true (mm_store_delete_items (fixture->store, fixture->inbox, references, deleted, NULL,
                                        NULL));
  g_ptr_array_remove_index (folders, 0);
  g_ptr_array_set_size (deleted, 0);
  g_ptr_array_add (deleted, g_new0 (MmResult, 1));
  g_assert_true (mm_store_delete_folders (fixture->store, folders, deleted, NULL, NULL));
}

static void
test_every_call_cut (Fixture       *unused,
                     gconstpointer  data)
{
  const MmRetryPolicy policy = { .attempts = 3, .first_delay_ms = 1, .max_delay_ms = 1,
                                 .initial_attempts = 3 };
  g_autofree char *undisturbed = NULL;
  guint n_calls = G_MAXUINT;

  for (guint i = 0; i <= n_calls; i++)
    {
      Fixture fixture = { .server = mm_memory_server_new (NULL), .faults = mm_faults_new () };
      g_autofree char *dump = NULL;

      make_store (&fixture, &policy);
      if (i > 0)
        mm_faults_fail_calls (fixture.faults, MM_CALL_ANY, i - 1, 1, new_error (MM_ERROR_NETWORK));
      run_everything (&fixture);
      dump = mm_memory_server_dump (fixture.server, FALSE);
      if (i == 0)
        {
          undisturbed = g_steal_pointer (&dump);
          n_calls = mm_faults_get_calls (fixture.faults, MM_CALL_ANY);
          g_assert_cmpuint (n_calls, >=, 9);
        }
      else
        {
          g_assert_cmpuint (mm_faults_get_happened (fixture.faults), ==, 1);
          g_assert_cmpstr (dump, ==, undisturbed);
        }
      tear_down (&fixture, NULL);
    }
}

#define ADD(path, func) g_test_add ("/retry-store/" path, Fixture, NULL, set_up, func, tear_down)

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  ADD ("first-open", test_first_open);
  ADD ("open-again", test_open_again);
  ADD ("list-folders", test_list_folders);
  ADD ("gives-up", test_gives_up);
  ADD ("lasting-error-while-opening-again", test_lasting_error_while_opening_again);
  ADD ("retry-after", test_retry_after);
  ADD ("back-off", test_back_off);
  ADD ("cancelled-wait", test_cancelled_wait);
  ADD ("list-items", test_list_items);
  ADD ("list-items-last-is-gone", test_list_items_last_is_gone);
  ADD ("errors-of-the-caller", test_errors_of_the_caller);
  ADD ("fetch-items", test_fetch_items);
  ADD ("create-folders", test_create_folders);
  ADD ("subscribe-and-delete-folders", test_subscribe_and_delete_folders);
  ADD ("delete-items", test_delete_items);
  ADD ("store-items", test_store_items);
  ADD ("store-items-order", test_store_items_order);
  ADD ("store-items-lasting", test_store_items_lasting);
  ADD ("store-items-fruitless", test_store_items_fruitless);
  ADD ("every-call-cut", test_every_call_cut);
  return g_test_run ();
}
