/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/mm-store.h"

/* The smallest store there can be: it can open, close and list folders, and says how often. */
#define TEST_TYPE_STORE (test_store_get_type ())
G_DECLARE_FINAL_TYPE (TestStore, test_store, TEST, STORE, MmStore)

struct _TestStore
{
  MmStore parent_instance;

  guint opened;
  guint *closed;
  GError *next_error; /* what the next call fails with */
  gboolean nested;    /* the next call makes another one on the same store */
};

G_DEFINE_FINAL_TYPE (TestStore, test_store, MM_TYPE_STORE)

static gboolean
fails (TestStore  *self,
       GError    **error)
{
  if (self->next_error == NULL)
    return FALSE;
  g_propagate_error (error, g_steal_pointer (&self->next_error));
  return TRUE;
}

static gboolean
test_store_open (MmStore       *store,
                 GCancellable  *cancellable,
                 GError       **error)
{
  TestStore *self = TEST_STORE (store);

  if (fails (self, error))
    return FALSE;
  self->opened++;
  return TRUE;
}

static void
test_store_close (MmStore *store)
{
  (*TEST_STORE (store)->closed)++;
}

static GPtrArray *
test_store_list_folders (MmStore       *store,
                         MmKind         kind,
                         GCancellable  *cancellable,
                         GError       **error)
{
  if (fails (TEST_STORE (store), error))
    return NULL;
  if (TEST_STORE (store)->nested)
    return mm_store_list_folders (store, kind, cancellable, error);
  return g_ptr_array_new_with_free_func ((GDestroyNotify) mm_folder_unref);
}

static void
test_store_class_init (TestStoreClass *klass)
{
  MM_STORE_CLASS (klass)->open = test_store_open;
  MM_STORE_CLASS (klass)->close = test_store_close;
  MM_STORE_CLASS (klass)->list_folders = test_store_list_folders;
}

static void
test_store_init (TestStore *self)
{
}

static MmStore *
new_store (guint *closed)
{
  TestStore *self = g_object_new (TEST_TYPE_STORE, NULL);

  *closed = 0;
  self->closed = closed;
  return MM_STORE (self);
}

static gboolean
try_list (MmStore       *store,
          GCancellable  *cancellable,
          GError       **error)
{
  g_autoptr (GPtrArray) folders = mm_store_list_folders (store, MM_KIND_EMAILS, cancellable,
                                                         error);

  return folders != NULL;
}

static void
test_open_and_close (void)
{
  guint closed;
  g_autoptr (MmStore) store = new_store (&closed);
  g_autoptr (GError) error = NULL;
  MmCapabilities capabilities;

  g_assert_false (mm_store_is_open (store));
  g_assert_true (mm_store_open (store, NULL, &error));
  g_assert_true (mm_store_is_open (store));
  g_assert_true (try_list (store, NULL, &error));
  mm_store_close (store);
  mm_store_close (store);
  g_assert_cmpuint (closed, ==, 1);

  /* What it could do is known still. */
  mm_store_get_capabilities (store, &capabilities);
  g_assert_cmpint (capabilities.quota_limit, ==, -1);

  g_assert_true (mm_store_open (store, NULL, &error));
  g_assert_cmpuint (TEST_STORE (store)->opened, ==, 2);
  g_clear_object (&store);
  g_assert_cmpuint (closed, ==, 2);
}

static void
test_failed_open (void)
{
  guint closed;
  g_autoptr (MmStore) store = new_store (&closed);
  g_autoptr (GError) error = NULL;

  TEST_STORE (store)->next_error = g_error_new_literal (MM_ERROR, MM_ERROR_PASSWORD, "no");
  g_assert_false (mm_store_open (store, NULL, &error));
  g_assert_error (error, MM_ERROR, MM_ERROR_PASSWORD);
  g_assert_false (mm_store_is_open (store));
  g_clear_object (&store);
  g_assert_cmpuint (closed, ==, 0);
}

static void
test_closed_is_said (void)
{
  guint closed;
  g_autoptr (MmStore) store = new_store (&closed);
  g_autoptr (GError) error = NULL;

  g_assert_false (try_list (store, NULL, &error));
  g_assert_error (error, MM_ERROR, MM_ERROR_NETWORK);
}

static void
test_missing_slots (void)
{
  guint closed;
  g_autoptr (MmStore) store = new_store (&closed);
  g_autoptr (MmFolder) folder = mm_folder_new (MM_KIND_EMAILS, (const char *[]) { "x", NULL });
  g_autoptr (GPtrArray) list = g_ptr_array_new ();
  GError *errors[4] = { NULL };

  g_assert_true (mm_store_open (store, NULL, NULL));
  mm_store_create_folders (store, list, list, NULL, &errors[0]);
  mm_store_delete_folders (store, list, list, NULL, &errors[1]);
  mm_store_store_items (store, folder, list, list, NULL, &errors[2]);
  mm_store_delete_items (store, folder, list, list, NULL, &errors[3]);
  for (guint i = 0; i < G_N_ELEMENTS (errors); i++)
    {
      g_assert_error (errors[i], MM_ERROR, MM_ERROR_UNSUPPORTED);
      g_clear_error (&errors[i]);
    }
  g_assert_true (mm_store_is_open (store));
}

static void
test_errors_that_close (void)
{
  static const struct
  {
    int code;
    gboolean closes;
  } cases[] = {
    { MM_ERROR_NETWORK, TRUE },    { MM_ERROR_PROTOCOL, TRUE }, { MM_ERROR_BUSY, FALSE },
    { MM_ERROR_NOT_FOUND, FALSE }, { MM_ERROR_QUOTA, FALSE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      guint closed;
      g_autoptr (MmStore) store = new_store (&closed);
      g_autoptr (GError) error = NULL;

      g_assert_true (mm_store_open (store, NULL, NULL));
      TEST_STORE (store)->next_error = g_error_new_literal (MM_ERROR, cases[i].code, "x");
      g_assert_false (try_list (store, NULL, &error));
      g_assert_error (error, MM_ERROR, cases[i].code);
      g_assert_true (mm_store_is_open (store) == !cases[i].closes);
      g_assert_cmpuint (closed, ==, cases[i].closes ? 1 : 0);
    }
}

static void
test_cancelled (void)
{
  guint closed;
  g_autoptr (MmStore) store = new_store (&closed);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;

  g_assert_true (mm_store_open (store, cancellable, NULL));
  g_cancellable_cancel (cancellable);
  g_assert_false (try_list (store, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_false (mm_store_is_open (store));

  g_clear_error (&error);
  g_assert_false (mm_store_open (store, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_true (mm_store_open (store, NULL, NULL));
}

static gpointer
use_elsewhere (gpointer store)
{
  g_assert_true (try_list (store, NULL, NULL));
  return NULL;
}

static void
test_handed_over (void)
{
  guint closed;
  g_autoptr (MmStore) store = new_store (&closed);

  g_assert_true (mm_store_open (store, NULL, NULL));
  g_thread_join (g_thread_new ("other", use_elsewhere, store));
  g_assert_true (try_list (store, NULL, NULL));
}

static void
test_used_twice_at_once (void)
{
  if (g_test_subprocess ())
    {
      guint closed;
      g_autoptr (MmStore) store = new_store (&closed);

      g_assert_true (mm_store_open (store, NULL, NULL));
      TEST_STORE (store)->nested = TRUE;
      try_list (store, NULL, NULL);
      return;
    }
  g_test_trap_subprocess (NULL, 0, G_TEST_SUBPROCESS_DEFAULT);
  g_test_trap_assert_failed ();
  g_test_trap_assert_stderr ("*in_use*");
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/store/open-and-close", test_open_and_close);
  g_test_add_func ("/store/failed-open", test_failed_open);
  g_test_add_func ("/store/closed-is-said", test_closed_is_said);
  g_test_add_func ("/store/missing-slots", test_missing_slots);
  g_test_add_func ("/store/errors-that-close", test_errors_that_close);
  g_test_add_func ("/store/cancelled", test_cancelled);
  g_test_add_func ("/store/handed-over", test_handed_over);
  g_test_add_func ("/store/used-twice-at-once", test_used_twice_at_once);
  return g_test_run ();
}
