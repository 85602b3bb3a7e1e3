/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "stores/wrap/mm-fault-store.h"

typedef struct
{
  MmCall call;
  guint n;
  guint times;
  gboolean of_entry;
  MmFault fault;
  GError *error;
} Rule;

struct _MmFaults
{
  gatomicrefcount ref_count;
  GMutex mutex;
  GPtrArray *rules; /* (element-type Rule) */
  guint calls[MM_N_CALLS];
  guint entries[MM_N_CALLS];
  guint happened;
};

struct _MmFaultStore
{
  MmWrapStore parent_instance;

  MmFaults *faults;
};

G_DEFINE_FINAL_TYPE (MmFaultStore, mm_fault_store, MM_TYPE_WRAP_STORE)

static void
rule_free (Rule *rule)
{
  g_error_free (rule->error);
  g_free (rule);
}

MmFaults *
mm_faults_new (void)
{
  MmFaults *self = g_new0 (MmFaults, 1);

  g_atomic_ref_count_init (&self->ref_count);
  g_mutex_init (&self->mutex);
  self->rules = g_ptr_array_new_with_free_func ((GDestroyNotify) rule_free);
  return self;
}

MmFaults *
mm_faults_ref (MmFaults *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

void
mm_faults_unref (MmFaults *self)
{
  if (self == NULL || !g_atomic_ref_count_dec (&self->ref_count))
    return;

  g_ptr_array_unref (self->rules);
  g_mutex_clear (&self->mutex);
  g_free (self);
}

static void
add_rule (MmFaults *self,
          Rule      rule)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->mutex);

  g_ptr_array_add (self->rules, g_memdup2 (&rule, sizeof rule));
}

void
mm_faults_fail_calls (MmFaults *self,
                      MmCall    call,
                      guint     n,
                      guint     times,
                      GError   *error)
{
  g_return_if_fail (self != NULL && error != NULL);

  add_rule (self, (Rule) { .call = call, .n = n, .times = times, .error = error });
}

void
mm_faults_fail_entry (MmFaults *self,
                      MmCall    call,
                      guint     n,
                      MmFault   fault,
                      GError   *error)
{
  g_return_if_fail (self != NULL && error != NULL);
  g_return_if_fail (call != MM_CALL_ANY && call != MM_CALL_OPEN && call != MM_CALL_LIST_FOLDERS);

  add_rule (self, (Rule) { .call = call, .n = n, .times = 1, .of_entry = TRUE, .fault = fault,
                           .error = error });
}

guint
mm_faults_get_calls (MmFaults *self,
                     MmCall    call)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->mutex);

  return self->calls[call];
}

guint
mm_faults_get_entries (MmFaults *self,
                       MmCall    call)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->mutex);

  return self->entries[call];
}

guint
mm_faults_get_happened (MmFaults *self)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->mutex);

  return self->happened;
}

/* With the mutex held. The rule for number @n, if there is one. */
static const Rule *
find_rule (MmFaults *self,
           MmCall    call,
           gboolean  of_entry,
           guint     n)
{
  for (guint i = 0; i < self->rules->len; i++)
    {
      const Rule *rule = g_ptr_array_index (self->rules, i);

      if (rule->call == call && rule->of_entry == of_entry && n >= rule->n &&
          n - rule->n < rule->times)
        return rule;
    }
  return NULL;
}

/* Counts one call. FALSE with its error when it is to fail. */
static gboolean
begin_call (MmFaults  *self,
            MmCall     call,
            GError   **error)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->mutex);
  const Rule *rule = find_rule (self, call, FALSE, self->calls[call]);

  if (rule == NULL)
    rule = find_rule (self, MM_CALL_ANY, FALSE, self->calls[MM_CALL_ANY]);
  self->calls[call]++;
  self->calls[MM_CALL_ANY]++;
  if (rule == NULL)
    return TRUE;

  self->happened++;
  g_propagate_error (error, g_error_copy (rule->error));
  return FALSE;
}

/* Counts one entry. TRUE when it is to suffer @fault, with @error (transfer full). */
static gboolean
begin_entry (MmFaults  *self,
             MmCall     call,
             MmFault   *fault,
             GError   **error)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->mutex);
  const Rule *rule = find_rule (self, call, TRUE, self->entries[call]++);

  if (rule == NULL)
    return FALSE;

  self->happened++;
  *fault = rule->fault;
  *error = g_error_copy (rule->error);
  return TRUE;
}

static MmFaults *
get_faults (MmStore *store)
{
  return MM_FAULT_STORE (store)->faults;
}

static MmStore *
get_inner (MmStore *store)
{
  return mm_wrap_store_get_inner (MM_WRAP_STORE (store));
}

static gboolean
mm_fault_store_open (MmStore       *store,
                     GCancellable  *cancellable,
                     GError       **error)
{
  return begin_call (get_faults (store), MM_CALL_OPEN, error) &&
         mm_store_open (get_inner (store), cancellable, error);
}

static GPtrArray *
mm_fault_store_list_folders (MmStore       *store,
                             MmKind         kind,
                             GCancellable  *cancellable,
                             GError       **error)
{
  if (!begin_call (get_faults (store), MM_CALL_LIST_FOLDERS, error))
    return NULL;
  return mm_store_list_folders (get_inner (store), kind, cancellable, error);
}

/* A call that is given a list; the rest of its arguments are in the structure. */
typedef struct
{
  MmStore *store;
  MmCall call;
  MmFolder *folder;
  gboolean subscribed;
} ListCall;

static gboolean
forward (const ListCall *self,
         GPtrArray      *entries,
         GPtrArray      *results,
         GCancellable   *cancellable,
         GError        **error)
{
  MmStore *inner = get_inner (self->store);

  if (entries->len == 0)
    return TRUE;

  switch (self->call)
    {
    case MM_CALL_CREATE_FOLDERS:
      return mm_store_create_folders (inner, entries, results, cancellable, error);
    case MM_CALL_DELETE_FOLDERS:
      return mm_store_delete_folders (inner, entries, results, cancellable, error);
    case MM_CALL_SUBSCRIBE_FOLDERS:
      return mm_store_subscribe_folders (inner, entries, self->subscribed, results, cancellable,
                                         error);
    case MM_CALL_STORE_ITEMS:
      return mm_store_store_items (inner, self->folder, entries, results, cancellable, error);
    case MM_CALL_DELETE_ITEMS:
      return mm_store_delete_items (inner, self->folder, entries, results, cancellable, error);
    default:
      g_assert_not_reached ();
    }
}

static gboolean
forward_one (const ListCall *self,
             gpointer        entry,
             MmResult       *result,
             GCancellable   *cancellable)
{
  g_autoptr (GPtrArray) entries = g_ptr_array_new ();
  g_autoptr (GPtrArray) results = g_ptr_array_new ();

  g_ptr_array_add (entries, entry);
  g_ptr_array_add (results, result);
  return forward (self, entries, results, cancellable, NULL);
}

/* TRUE when the call goes on behind the entry. */
static gboolean
suffer (const ListCall *self,
        MmFault         fault,
        gpointer        entry,
        MmResult       *result,
        GError         *failure,
        GCancellable   *cancellable,
        GError        **error)
{
  if (fault == MM_FAULT_REFUSED)
    {
      mm_result_fail (result, failure);
      return TRUE;
    }
  if (fault == MM_FAULT_UNKNOWN_DONE)
    {
      forward_one (self, entry, result, cancellable);
      g_clear_pointer (&result->id, g_free);
      g_clear_pointer (&result->version, g_free);
      g_clear_pointer (&result->changes, g_ptr_array_unref);
      g_clear_error (&result->error);
    }
  if (fault != MM_FAULT_CUT)
    result->state = MM_RESULT_UNKNOWN;
  g_propagate_error (error, failure);
  return FALSE;
}

static gboolean
run_list_call (const ListCall *self,
               GPtrArray      *entries,
               GPtrArray      *results,
               GCancellable   *cancellable,
               GError        **error)
{
  g_autoptr (GPtrArray) run = g_ptr_array_new ();
  g_autoptr (GPtrArray) run_results = g_ptr_array_new ();

  if (!begin_call (get_faults (self->store), self->call, error))
    return FALSE;

  for (guint i = 0; i < entries->len; i++)
    {
      GError *failure = NULL;
      MmFault fault;

      if (!begin_entry (get_faults (self->store), self->call, &fault, &failure))
        {
          g_ptr_array_add (run, g_ptr_array_index (entries, i));
          g_ptr_array_add (run_results, g_ptr_array_index (results, i));
          continue;
        }
      if (!forward (self, run, run_results, cancellable, error))
        {
          g_error_free (failure);
          return FALSE;
        }
      g_ptr_array_set_size (run, 0);
      g_ptr_array_set_size (run_results, 0);
      if (!suffer (self, fault, g_ptr_array_index (entries, i), g_ptr_array_index (results, i),
                   failure, cancellable, error))
        return FALSE;
    }
  return forward (self, run, run_results, cancellable, error);
}

static gboolean
mm_fault_store_create_folders (MmStore       *store,
                               GPtrArray     *folders,
                               GPtrArray     *results,
                               GCancellable  *cancellable,
                               GError       **error)
{
  const ListCall call = { .store = store, .call = MM_CALL_CREATE_FOLDERS };

  return run_list_call (&call, folders, results, cancellable, error);
}

static gboolean
mm_fault_store_delete_folders (MmStore       *store,
                               GPtrArray     *folders,
                               GPtrArray     *results,
                               GCancellable  *cancellable,
                               GError       **error)
{
  const ListCall call = { .store = store, .call = MM_CALL_DELETE_FOLDERS };

  return run_list_call (&call, folders, results, cancellable, error);
}

static gboolean
mm_fault_store_subscribe_folders (MmStore       *store,
                                  GPtrArray     *folders,
                                  gboolean       subscribed,
                                  GPtrArray     *results,
                                  GCancellable  *cancellable,
                                  GError       **error)
{
  const ListCall call = {
    .store = store,
    .call = MM_CALL_SUBSCRIBE_FOLDERS,
    .subscribed = subscribed,
  };

  return run_list_call (&call, folders, results, cancellable, error);
}

typedef struct
{
  MmFaults *faults;
  MmListFunc func;
  gpointer user_data;
} Listing;

static gboolean
pass_reference (MmReference  *reference,
                gpointer      user_data,
                GError      **error)
{
  Listing *listing = user_data;
  GError *failure = NULL;
  MmFault fault;

  if (!begin_entry (listing->faults, MM_CALL_LIST_ITEMS, &fault, &failure))
    return listing->func (reference, listing->user_data, error);

  mm_reference_free (reference);
  g_propagate_error (error, failure);
  return FALSE;
}

static gboolean
mm_fault_store_list_items (MmStore       *store,
                           MmFolder      *folder,
                           const char    *since,
                           MmListFlags    flags,
                           MmListFunc     func,
                           gpointer       user_data,
                           char         **position,
                           GCancellable  *cancellable,
                           GError       **error)
{
  Listing listing = { get_faults (store), func, user_data };

  return begin_call (listing.faults, MM_CALL_LIST_ITEMS, error) &&
         mm_store_list_items (get_inner (store), folder, since, flags, pass_reference, &listing,
                              position, cancellable, error);
}

typedef struct
{
  MmFaults *faults;
  MmFetchFunc func;
  gpointer user_data;
} Fetching;

static gboolean
pass_item (guint          index,
           MmItem        *item,
           const GError  *failure,
           gpointer       user_data,
           GError       **error)
{
  Fetching *fetching = user_data;
  g_autoptr (GError) refusal = NULL;
  MmFault fault;

  if (!begin_entry (fetching->faults, MM_CALL_FETCH_ITEMS, &fault, &refusal))
    return fetching->func (index, item, failure, fetching->user_data, error);

  mm_item_free (item);
  if (fault == MM_FAULT_REFUSED)
    return fetching->func (index, NULL, refusal, fetching->user_data, error);
  g_propagate_error (error, g_steal_pointer (&refusal));
  return FALSE;
}

static gboolean
mm_fault_store_fetch_items (MmStore       *store,
                            MmFolder      *folder,
                            GPtrArray     *references,
                            MmFetchFunc    func,
                            gpointer       user_data,
                            GCancellable  *cancellable,
                            GError       **error)
{
  Fetching fetching = { get_faults (store), func, user_data };

  return begin_call (fetching.faults, MM_CALL_FETCH_ITEMS, error) &&
         mm_store_fetch_items (get_inner (store), folder, references, pass_item, &fetching,
                               cancellable, error);
}

static gboolean
mm_fault_store_store_items (MmStore       *store,
                            MmFolder      *folder,
                            GPtrArray     *items,
                            GPtrArray     *results,
                            GCancellable  *cancellable,
                            GError       **error)
{
  const ListCall call = { .store = store, .call = MM_CALL_STORE_ITEMS, .folder = folder };

  return run_list_call (&call, items, results, cancellable, error);
}

static gboolean
mm_fault_store_delete_items (MmStore       *store,
                             MmFolder      *folder,
                             GPtrArray     *references,
                             GPtrArray     *results,
                             GCancellable  *cancellable,
                             GError       **error)
{
  const ListCall call = { .store = store, .call = MM_CALL_DELETE_ITEMS, .folder = folder };

  return run_list_call (&call, references, results, cancellable, error);
}

static void
mm_fault_store_finalize (GObject *object)
{
  g_clear_pointer (&MM_FAULT_STORE (object)->faults, mm_faults_unref);

  G_OBJECT_CLASS (mm_fault_store_parent_class)->finalize (object);
}

static void
mm_fault_store_class_init (MmFaultStoreClass *klass)
{
  MmStoreClass *store_class = MM_STORE_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = mm_fault_store_finalize;

  store_class->open = mm_fault_store_open;
  store_class->list_folders = mm_fault_store_list_folders;
  store_class->create_folders = mm_fault_store_create_folders;
  store_class->delete_folders = mm_fault_store_delete_folders;
  store_class->subscribe_folders = mm_fault_store_subscribe_folders;
  store_class->list_items = mm_fault_store_list_items;
  store_class->fetch_items = mm_fault_store_fetch_items;
  store_class->store_items = mm_fault_store_store_items;
  store_class->delete_items = mm_fault_store_delete_items;
}

static void
mm_fault_store_init (MmFaultStore *self)
{
}

MmStore *
mm_fault_store_new (MmStore  *inner,
                    MmFaults *faults)
{
  MmFaultStore *self = mm_wrap_store_construct (MM_TYPE_FAULT_STORE, inner);

  self->faults = mm_faults_ref (faults);
  return MM_STORE (self);
}
