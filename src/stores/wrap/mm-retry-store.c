/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "stores/wrap/mm-retry-store.h"

#include "stores/wrap/mm-wait.h"

struct _MmRetryStore
{
  MmWrapStore parent_instance;

  MmRetryPolicy policy;
  gboolean was_open;
  guint fruitless; /* calls of store_items in a row that were cut with no item answered */
};

G_DEFINE_FINAL_TYPE (MmRetryStore, mm_retry_store, MM_TYPE_WRAP_STORE)

void
mm_retry_policy_init (MmRetryPolicy *self)
{
  g_return_if_fail (self != NULL);

  *self = (MmRetryPolicy) {
    .attempts = 8,
    .first_delay_ms = 500,
    .max_delay_ms = 30000,
    .initial_attempts = 1,
  };
}

static MmStore *
get_inner (MmRetryStore *self)
{
  return mm_wrap_store_get_inner (MM_WRAP_STORE (self));
}

/* @failures: how many tries have failed in a row, at least 1. */
static guint64
get_delay (MmRetryStore *self,
           guint         failures,
           const GError *failure)
{
  guint64 delay = self->policy.first_delay_ms;
  guint64 asked = MIN (mm_error_get_retry_after (failure), MM_RETRY_AFTER_MAX);

  for (guint i = 1; i < failures && delay < self->policy.max_delay_ms; i++)
    delay *= 2;
  return MAX (MIN (delay, self->policy.max_delay_ms), asked * 1000);
}

static gboolean
is_worth_opening_again (const GError *error)
{
  return mm_error_is_transient (error) || g_error_matches (error, MM_ERROR, MM_ERROR_HOST) ||
         g_error_matches (error, MM_ERROR, MM_ERROR_LIMIT);
}

/* After a try that failed with @failure, of which it takes ownership: TRUE when the store inside
 * is open and another try is due. @failures counts the failures in a row. */
static gboolean
recover (MmRetryStore  *self,
         GError        *failure,
         guint         *failures,
         GCancellable  *cancellable,
         GError       **error)
{
  gboolean is_transient = mm_error_is_transient (failure);

  while (is_transient && ++(*failures) < self->policy.attempts)
    {
      if (!mm_wait (get_delay (self, *failures, failure), cancellable, error))
        {
          g_error_free (failure);
          return FALSE;
        }
      g_clear_error (&failure);
      if (mm_store_is_open (get_inner (self)) ||
          mm_store_open (get_inner (self), cancellable, &failure))
        return TRUE;
      is_transient = is_worth_opening_again (failure);
    }
  g_propagate_error (error, failure);
  return FALSE;
}

static gboolean
mm_retry_store_open (MmStore       *store,
                     GCancellable  *cancellable,
                     GError       **error)
{
  MmRetryStore *self = MM_RETRY_STORE (store);

  for (guint failures = 1;; failures++)
    {
      g_autoptr (GError) failure = NULL;
      guint attempts = self->policy.attempts;

      if (mm_store_open (get_inner (self), cancellable, &failure))
        {
          self->was_open = TRUE;
          self->fruitless = 0;
          return TRUE;
        }
      if (!self->was_open && !g_error_matches (failure, MM_ERROR, MM_ERROR_BUSY))
        attempts = self->policy.initial_attempts;
      if (failures >= attempts || !is_worth_opening_again (failure) ||
          (!self->was_open && g_error_matches (failure, MM_ERROR, MM_ERROR_LIMIT)))
        {
          g_propagate_error (error, g_steal_pointer (&failure));
          return FALSE;
        }
      if (!mm_wait (get_delay (self, failures, failure), cancellable, error))
        return FALSE;
    }
}

static GPtrArray *
mm_retry_store_list_folders (MmStore       *store,
                             MmKind         kind,
                             GCancellable  *cancellable,
                             GError       **error)
{
  MmRetryStore *self = MM_RETRY_STORE (store);
  guint failures = 0;

  for (;;)
    {
      GError *failure = NULL;
      GPtrArray *folders = mm_store_list_folders (get_inner (self), kind, cancellable, &failure);

      if (folders != NULL)
        return folders;
      if (!recover (self, failure, &failures, cancellable, error))
        return NULL;
    }
}

/* What a repeated listing has to leave out: a hash of each id takes 8 bytes where the id itself
 * would take 40. Unlike "everything up to the last one" it holds when the last one is deleted. */
typedef struct
{
  MmListFunc func;
  gpointer user_data;
  GArray *delivered; /* guint64; the first n_sorted in order */
  guint n_sorted;
  gboolean ended_by_caller;
} Listing;

/* FNV-1a. */
static guint64
hash_id (const char *id)
{
  guint64 hash = G_GUINT64_CONSTANT (14695981039346656037);

  for (const char *c = id; *c != '\0'; c++)
    hash = (hash ^ (guint8) *c) * G_GUINT64_CONSTANT (1099511628211);
  return hash;
}

static int
compare_hashes (gconstpointer a,
                gconstpointer b)
{
  guint64 hash_a = *(const guint64 *) a;
  guint64 hash_b = *(const guint64 *) b;

  return hash_a < hash_b ? -1 : hash_a > hash_b;
}

static gboolean
was_delivered (const Listing *listing,
               guint64        hash)
{
  guint low = 0;
  guint high = listing->n_sorted;

  while (low < high)
    {
      guint middle = low + (high - low) / 2;

      if (g_array_index (listing->delivered, guint64, middle) < hash)
        low = middle + 1;
      else
        high = middle;
    }
  return low < listing->n_sorted && g_array_index (listing->delivered, guint64, low) == hash;
}

static gboolean
deliver_reference (MmReference  *reference,
                   gpointer      user_data,
                   GError      **error)
{
  Listing *listing = user_data;
  guint64 hash = hash_id (reference->id);

  if (was_delivered (listing, hash))
    {
      mm_reference_free (reference);
      return TRUE;
    }
  g_array_append_val (listing->delivered, hash);
  if (listing->func (reference, listing->user_data, error))
    return TRUE;
  listing->ended_by_caller = TRUE;
  return FALSE;
}

static gboolean
mm_retry_store_list_items (MmStore       *store,
                           MmFolder      *folder,
                           const char    *since,
                           MmListFlags    flags,
                           MmListFunc     func,
                           gpointer       user_data,
                           char         **position,
                           GCancellable  *cancellable,
                           GError       **error)
{
  MmRetryStore *self = MM_RETRY_STORE (store);
  g_autoptr (GArray) delivered = g_array_new (FALSE, FALSE, sizeof (guint64));
  Listing listing = { func, user_data, delivered, 0, FALSE };
  guint failures = 0;

  for (;;)
    {
      GError *failure = NULL;

      if (mm_store_list_items (get_inner (self), folder, since, flags, deliver_reference, &listing,
                               position, cancellable, &failure))
        return TRUE;
      if (listing.ended_by_caller)
        {
          g_propagate_error (error, failure);
          return FALSE;
        }
      if (delivered->len > listing.n_sorted)
        failures = 0;
      g_array_sort (delivered, compare_hashes);
      listing.n_sorted = delivered->len;
      if (!recover (self, failure, &failures, cancellable, error))
        return FALSE;
    }
}

/* The part of a list that is asked for in one try, and where it was in the whole list. */
typedef struct
{
  MmFetchFunc func;
  gpointer user_data;
  GPtrArray *references; /* borrowed elements */
  GArray *indices;       /* guint */
  gboolean *delivered;   /* of the whole list */
  gboolean ended_by_caller;
} Fetching;

static gboolean
deliver_item (guint          index,
              MmItem        *item,
              const GError  *failure,
              gpointer       user_data,
              GError       **error)
{
  Fetching *fetching = user_data;
  guint whole_index = g_array_index (fetching->indices, guint, index);

  fetching->delivered[whole_index] = TRUE;
  if (fetching->func (whole_index, item, failure, fetching->user_data, error))
    return TRUE;
  fetching->ended_by_caller = TRUE;
  return FALSE;
}

static void
select_missing (Fetching  *fetching,
                GPtrArray *references)
{
  g_ptr_array_set_size (fetching->references, 0);
  g_array_set_size (fetching->indices, 0);
  for (guint i = 0; i < references->len; i++)
    if (!fetching->delivered[i])
      {
        g_ptr_array_add (fetching->references, g_ptr_array_index (references, i));
        g_array_append_val (fetching->indices, i);
      }
}

static gboolean
mm_retry_store_fetch_items (MmStore       *store,
                            MmFolder      *folder,
                            GPtrArray     *references,
                            MmFetchFunc    func,
                            gpointer       user_data,
                            GCancellable  *cancellable,
                            GError       **error)
{
  MmRetryStore *self = MM_RETRY_STORE (store);
  g_autofree gboolean *delivered = g_new0 (gboolean, MAX (references->len, 1));
  g_autoptr (GPtrArray) missing = g_ptr_array_new ();
  g_autoptr (GArray) indices = g_array_new (FALSE, FALSE, sizeof (guint));
  Fetching fetching = { func, user_data, missing, indices, delivered, FALSE };
  guint failures = 0;

  select_missing (&fetching, references);
  for (;;)
    {
      guint n_missing = missing->len;
      GError *failure = NULL;

      if (mm_store_fetch_items (get_inner (self), folder, missing, deliver_item, &fetching,
                                cancellable, &failure))
        return TRUE;
      if (fetching.ended_by_caller)
        {
          g_propagate_error (error, failure);
          return FALSE;
        }
      select_missing (&fetching, references);
      if (missing->len < n_missing)
        failures = 0;
      if (!recover (self, failure, &failures, cancellable, error))
        return FALSE;
    }
}

/* The entries of a list whose results are in one of @states, and their results: the same ones,
 * so that what a try says of them is said in the caller's list. */
static void
select_entries (GPtrArray  *entries,
                GPtrArray  *results,
                guint       states,
                GPtrArray **selected,
                GPtrArray **selected_results)
{
  *selected = g_ptr_array_new ();
  *selected_results = g_ptr_array_new ();
  for (guint i = 0; i < entries->len; i++)
    {
      MmResult *result = g_ptr_array_index (results, i);

      if (states & (1u << result->state))
        {
          g_ptr_array_add (*selected, g_ptr_array_index (entries, i));
          g_ptr_array_add (*selected_results, result);
        }
    }
}

static guint
count_results (GPtrArray *results,
               guint      states)
{
  guint n = 0;

  for (guint i = 0; i < results->len; i++)
    if (states & (1u << ((MmResult *) g_ptr_array_index (results, i))->state))
      n++;
  return n;
}

#define PENDING (1u << MM_RESULT_PENDING)
#define UNKNOWN (1u << MM_RESULT_UNKNOWN)

/* One of the calls that may be repeated; the rest of its arguments are in @data. */
typedef gboolean (*Attempt) (MmStore       *inner,
                             gpointer       data,
                             GPtrArray     *entries,
                             GPtrArray     *results,
                             GCancellable  *cancellable,
                             GError       **error);

/* Results that were UNKNOWN before a try are marked by the try as if they were new: this says
 * what they are in truth. */
static void
settle_unknown (GPtrArray     *were_unknown,
                MmResultState  existed_means)
{
  for (guint i = 0; i < were_unknown->len; i++)
    {
      MmResult *result = g_ptr_array_index (were_unknown, i);

      if (result->state == MM_RESULT_PENDING)
        result->state = MM_RESULT_UNKNOWN;
      else if (result->state == MM_RESULT_EXISTED)
        result->state = existed_means;
    }
}

static gboolean
attempt_rest (MmRetryStore   *self,
              Attempt         attempt,
              gpointer        data,
              GPtrArray      *entries,
              GPtrArray      *results,
              MmResultState   existed_means,
              GCancellable   *cancellable,
              GError        **error)
{
  g_autoptr (GPtrArray) rest = NULL;
  g_autoptr (GPtrArray) rest_results = NULL;
  g_autoptr (GPtrArray) were_unknown = g_ptr_array_new ();
  gboolean ok;

  select_entries (entries, results, PENDING | UNKNOWN, &rest, &rest_results);
  for (guint i = 0; i < rest_results->len; i++)
    {
      MmResult *result = g_ptr_array_index (rest_results, i);

      if (result->state == MM_RESULT_UNKNOWN)
        {
          g_ptr_array_add (were_unknown, result);
          result->state = MM_RESULT_PENDING;
          g_clear_pointer (&result->id, g_free);
        }
    }
  ok = attempt (get_inner (self), data, rest, rest_results, cancellable, error);
  settle_unknown (were_unknown, existed_means);
  return ok;
}

static gboolean
attempt_until_done (MmRetryStore   *self,
                    Attempt         attempt,
                    gpointer        data,
                    GPtrArray      *entries,
                    GPtrArray      *results,
                    MmResultState   existed_means,
                    GCancellable   *cancellable,
                    GError        **error)
{
  guint failures = 0;

  for (;;)
    {
      guint n_before = count_results (results, PENDING | UNKNOWN);
      GError *failure = NULL;

      if (attempt_rest (self, attempt, data, entries, results, existed_means, cancellable,
                        &failure))
        return TRUE;
      if (count_results (results, PENDING | UNKNOWN) < n_before)
        failures = 0;
      if (!recover (self, failure, &failures, cancellable, error))
        return FALSE;
    }
}

static gboolean
attempt_create_folders (MmStore       *inner,
                        gpointer       data,
                        GPtrArray     *entries,
                        GPtrArray     *results,
                        GCancellable  *cancellable,
                        GError       **error)
{
  return mm_store_create_folders (inner, entries, results, cancellable, error);
}

static gboolean
mm_retry_store_create_folders (MmStore       *store,
                               GPtrArray     *folders,
                               GPtrArray     *results,
                               GCancellable  *cancellable,
                               GError       **error)
{
  return attempt_until_done (MM_RETRY_STORE (store), attempt_create_folders, NULL, folders,
                             results, MM_RESULT_UNKNOWN, cancellable, error);
}

static gboolean
attempt_delete_folders (MmStore       *inner,
                        gpointer       data,
                        GPtrArray     *entries,
                        GPtrArray     *results,
                        GCancellable  *cancellable,
                        GError       **error)
{
  return mm_store_delete_folders (inner, entries, results, cancellable, error);
}

static gboolean
mm_retry_store_delete_folders (MmStore       *store,
                               GPtrArray     *folders,
                               GPtrArray     *results,
                               GCancellable  *cancellable,
                               GError       **error)
{
  return attempt_until_done (MM_RETRY_STORE (store), attempt_delete_folders, NULL, folders,
                             results, MM_RESULT_CREATED, cancellable, error);
}

static gboolean
attempt_subscribe_folders (MmStore       *inner,
                           gpointer       data,
                           GPtrArray     *entries,
                           GPtrArray     *results,
                           GCancellable  *cancellable,
                           GError       **error)
{
  return mm_store_subscribe_folders (inner, entries, *(gboolean *) data, results, cancellable,
                                     error);
}

static gboolean
mm_retry_store_subscribe_folders (MmStore       *store,
                                  GPtrArray     *folders,
                                  gboolean       subscribed,
                                  GPtrArray     *results,
                                  GCancellable  *cancellable,
                                  GError       **error)
{
  return attempt_until_done (MM_RETRY_STORE (store), attempt_subscribe_folders, &subscribed,
                             folders, results, MM_RESULT_CREATED, cancellable, error);
}

static gboolean
attempt_delete_items (MmStore       *inner,
                      gpointer       data,
                      GPtrArray     *entries,
                      GPtrArray     *results,
                      GCancellable  *cancellable,
                      GError       **error)
{
  return mm_store_delete_items (inner, data, entries, results, cancellable, error);
}

static gboolean
mm_retry_store_delete_items (MmStore       *store,
                             MmFolder      *folder,
                             GPtrArray     *references,
                             GPtrArray     *results,
                             GCancellable  *cancellable,
                             GError       **error)
{
  return attempt_until_done (MM_RETRY_STORE (store), attempt_delete_items, folder, references,
                             results, MM_RESULT_CREATED, cancellable, error);
}

static gboolean
mm_retry_store_store_items (MmStore       *store,
                            MmFolder      *folder,
                            GPtrArray     *items,
                            GPtrArray     *results,
                            GCancellable  *cancellable,
                            GError       **error)
{
  MmRetryStore *self = MM_RETRY_STORE (store);
  guint n_begun = count_results (results, PENDING);

  for (;;)
    {
      g_autoptr (GPtrArray) rest = NULL;
      g_autoptr (GPtrArray) rest_results = NULL;
      GError *failure = NULL;
      gboolean may_repeat;

      select_entries (items, results, PENDING, &rest, &rest_results);
      if (mm_store_store_items (get_inner (self), folder, rest, rest_results, cancellable,
                                &failure))
        {
          self->fruitless = 0;
          return TRUE;
        }
      if (count_results (results, PENDING | UNKNOWN) < n_begun)
        {
          n_begun = count_results (results, PENDING | UNKNOWN);
          self->fruitless = 0;
        }
      may_repeat = g_error_matches (failure, MM_ERROR, MM_ERROR_BUSY) &&
                   count_results (results, UNKNOWN) == 0;
      if (!recover (self, failure, &self->fruitless, cancellable, error))
        return FALSE;
      if (!may_repeat)
        return TRUE;
    }
}

static void
mm_retry_store_class_init (MmRetryStoreClass *klass)
{
  MmStoreClass *store_class = MM_STORE_CLASS (klass);

  store_class->open = mm_retry_store_open;
  store_class->list_folders = mm_retry_store_list_folders;
  store_class->create_folders = mm_retry_store_create_folders;
  store_class->delete_folders = mm_retry_store_delete_folders;
  store_class->subscribe_folders = mm_retry_store_subscribe_folders;
  store_class->list_items = mm_retry_store_list_items;
  store_class->fetch_items = mm_retry_store_fetch_items;
  store_class->store_items = mm_retry_store_store_items;
  store_class->delete_items = mm_retry_store_delete_items;
}

static void
mm_retry_store_init (MmRetryStore *self)
{
  mm_retry_policy_init (&self->policy);
}

MmStore *
mm_retry_store_new (MmStore             *inner,
                    const MmRetryPolicy *policy)
{
  MmRetryStore *self = mm_wrap_store_construct (MM_TYPE_RETRY_STORE, inner);

  if (policy != NULL)
    self->policy = *policy;
  return MM_STORE (self);
}
