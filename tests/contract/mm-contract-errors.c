/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "mm-contract-private.h"

/* Seconds within which a cancelled call has to return. */
#define CANCEL_LIMIT 2

static MmFolder *
make_filled_folder (MmContract *self,
                    guint       n)
{
  MmFolder *folder = _mm_contract_get_folder (self);
  g_autoptr (GPtrArray) items = _mm_contract_items_new (self, 0, n);

  g_ptr_array_unref (_mm_contract_store (self, folder, items));
  return folder;
}

static void
reopen (MmContract *self)
{
  g_autoptr (GError) error = NULL;

  mm_store_close (self->store);
  mm_store_open (self->store, NULL, &error);
  g_assert_no_error (error);
}

/* What a callback does when its turn has come. */
typedef struct
{
  guint n;      /* how many there were */
  guint turn;   /* which one acts */
  GCancellable *cancellable; /* is cancelled, or when NULL: the callback fails */
} Actor;

static gboolean
act (Actor   *actor,
     GError **error)
{
  if (actor->n++ != actor->turn)
    return TRUE;
  if (actor->cancellable != NULL)
    {
      g_cancellable_cancel (actor->cancellable);
      return TRUE;
    }
  g_set_error_literal (error, MM_ERROR, MM_ERROR_REFUSED, "the caller has seen enough");
  return FALSE;
}

static gboolean
act_on_reference (MmReference  *reference,
                  gpointer      user_data,
                  GError      **error)
{
  mm_reference_free (reference);
  return act (user_data, error);
}

static gboolean
act_on_item (guint          index,
             MmItem        *item,
             const GError  *failure,
             gpointer       user_data,
             GError       **error)
{
  mm_item_free (item);
  return act (user_data, error);
}

static gboolean
list_with (MmContract    *self,
           MmFolder      *folder,
           Actor         *actor,
           GCancellable  *cancellable,
           GError       **error)
{
  return mm_store_list_items (self->store, folder, NULL, MM_LIST_FINGERPRINTS, act_on_reference,
                              actor, NULL, cancellable, error);
}

static void
test_missing_folder (MmContract *self)
{
  g_autoptr (MmFolder) folder = NULL;
  g_autoptr (GPtrArray) list = NULL;
  g_autoptr (GPtrArray) deleted = mm_results_new (1);
  g_autoptr (GPtrArray) items = _mm_contract_items_new (self, 0, 2);
  g_autoptr (GPtrArray) results = mm_results_new (2);
  g_autoptr (GPtrArray) references = g_ptr_array_new_with_free_func ((GDestroyNotify)
                                                                     mm_reference_free);
  g_autoptr (GPtrArray) folders = NULL;
  Actor actor = { .turn = G_MAXUINT };
  GError *errors[3] = { NULL };

  if (!self->able.creates_folders || !self->able.create)
    {
      g_test_skip ("no folders can be created here");
      return;
    }

  folder = _mm_contract_create (self, PATH ("Short lived"));
  list = _mm_contract_list_of (folder);
  g_ptr_array_unref (_mm_contract_list (self, folder, NULL, MM_LIST_BASIC, NULL));
  g_assert_true (mm_store_delete_folders (self->store, list, deleted, NULL, NULL));
  _mm_contract_assert_state (deleted, 0, MM_RESULT_CREATED);

  g_ptr_array_add (references, mm_reference_new ("1:1"));
  g_assert_false (list_with (self, folder, &actor, NULL, &errors[0]));
  g_assert_false (mm_store_fetch_items (self->store, folder, references, act_on_item, &actor, NULL,
                                        &errors[1]));
  g_assert_false (mm_store_store_items (self->store, folder, items, results, NULL, &errors[2]));
  g_assert_cmpuint (actor.n, ==, 0);
  for (guint i = 0; i < G_N_ELEMENTS (errors); i++)
    {
      g_assert_error (errors[i], MM_ERROR, MM_ERROR_NOT_FOUND);
      g_clear_error (&errors[i]);
    }
  _mm_contract_assert_state (results, 0, MM_RESULT_PENDING);
  _mm_contract_assert_state (results, 1, MM_RESULT_PENDING);

  /* An error of one folder leaves the store as it was. */
  g_assert_true (mm_store_is_open (self->store));
  folders = _mm_contract_list_folders (self);
}

static void
test_caller_fails (MmContract *self)
{
  g_autoptr (MmFolder) folder = make_filled_folder (self, 10);
  g_autoptr (GPtrArray) listed = _mm_contract_list (self, folder, NULL, MM_LIST_BASIC, NULL);
  Actor actor = { .turn = 3 };
  g_autoptr (GError) error = NULL;

  g_assert_false (list_with (self, folder, &actor, NULL, &error));
  g_assert_error (error, MM_ERROR, MM_ERROR_REFUSED);
  g_assert_cmpuint (actor.n, ==, 4);

  reopen (self);
  g_clear_error (&error);
  actor.n = 0;
  g_assert_false (mm_store_fetch_items (self->store, folder, listed, act_on_item, &actor, NULL,
                                        &error));
  g_assert_error (error, MM_ERROR, MM_ERROR_REFUSED);
  g_assert_cmpuint (actor.n, ==, 4);

  reopen (self);
  g_ptr_array_unref (_mm_contract_fetch (self, folder, listed));
}

static void
test_cancelled_before (MmContract *self)
{
  g_autoptr (MmFolder) folder = make_filled_folder (self, 3);
  g_autoptr (GPtrArray) items = _mm_contract_items_new (self, 0, 2);
  g_autoptr (GPtrArray) results = mm_results_new (2);
  g_autoptr (GPtrArray) listed = NULL;
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;

  g_cancellable_cancel (cancellable);
  g_assert_false (mm_store_store_items (self->store, folder, items, results, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  _mm_contract_assert_state (results, 0, MM_RESULT_PENDING);
  g_assert_false (mm_store_is_open (self->store));

  reopen (self);
  listed = _mm_contract_list (self, folder, NULL, MM_LIST_BASIC, NULL);
  g_assert_cmpuint (listed->len, ==, 3);
}

static void
test_cancelled_within (MmContract *self)
{
  g_autoptr (MmFolder) folder = make_filled_folder (self, 40);
  g_autoptr (GPtrArray) listed = _mm_contract_list (self, folder, NULL, MM_LIST_BASIC, NULL);

  for (guint pass = 0; pass < 2; pass++)
    {
      g_autoptr (GCancellable) cancellable = g_cancellable_new ();
      g_autoptr (GError) error = NULL;
      Actor actor = { .turn = 2, .cancellable = cancellable };
      gint64 begin = g_get_monotonic_time ();

      if (pass == 0)
        g_assert_false (list_with (self, folder, &actor, cancellable, &error));
      else
        g_assert_false (mm_store_fetch_items (self->store, folder, listed, act_on_item, &actor,
                                              cancellable, &error));
      g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
      g_assert_cmpint (g_get_monotonic_time () - begin, <, CANCEL_LIMIT * G_USEC_PER_SEC);
      g_assert_false (mm_store_is_open (self->store));
      reopen (self);
    }
}

typedef struct
{
  GCancellable *cancellable;
  gint64 cancelled_at;
} Canceller;

static gpointer
cancel_soon (gpointer data)
{
  Canceller *canceller = data;

  g_usleep (150000);
  canceller->cancelled_at = g_get_monotonic_time ();
  g_cancellable_cancel (canceller->cancellable);
  return NULL;
}

/* Stores until it is stopped. Afterwards everything that was said to be stored is there, and
 * nothing that was not sent. */
static void
test_cancelled_elsewhere (MmContract *self)
{
  g_autoptr (MmFolder) folder = _mm_contract_get_folder (self);
  g_autoptr (GPtrArray) items = _mm_contract_items_new (self, 0, MM_CONTRACT_N_SHAPES);
  g_autoptr (GPtrArray) listed = NULL;
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;
  Canceller canceller = { .cancellable = cancellable };
  GThread *thread = g_thread_new ("canceller", cancel_soon, &canceller);
  guint n_created = 0;
  guint n_unknown = 0;
  gint64 returned_at;

  while (error == NULL)
    {
      g_autoptr (GPtrArray) results = mm_results_new (items->len);

      mm_store_store_items (self->store, folder, items, results, cancellable, &error);
      for (guint i = 0; i < results->len; i++)
        {
          MmResultState state = ((MmResult *) g_ptr_array_index (results, i))->state;

          n_created += state == MM_RESULT_CREATED;
          n_unknown += state == MM_RESULT_UNKNOWN;
        }
    }
  returned_at = g_get_monotonic_time ();
  g_thread_join (thread);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_cmpint (returned_at - canceller.cancelled_at, <, CANCEL_LIMIT * G_USEC_PER_SEC);

  reopen (self);
  listed = _mm_contract_list (self, folder, NULL, MM_LIST_BASIC, NULL);
  g_assert_cmpuint (listed->len, >=, n_created);
  g_assert_cmpuint (listed->len, <=, n_created + n_unknown);
}

const MmContractCase _mm_contract_error_cases[] = {
  { "errors/missing-folder", test_missing_folder },
  { "errors/caller-fails", test_caller_fails },
  { "errors/cancelled-before", test_cancelled_before },
  { "errors/cancelled-within", test_cancelled_within },
  { "errors/cancelled-elsewhere", test_cancelled_elsewhere },
  { NULL, NULL },
};
