/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine-meddle-store.h"

struct _EngineMeddleStore
{
  MmWrapStore parent_instance;

  EngineMeddling *meddling;
};

G_DEFINE_FINAL_TYPE (EngineMeddleStore, engine_meddle_store, MM_TYPE_WRAP_STORE)

static MmStore *
begin (MmStore *store,
       MmCall   call)
{
  EngineMeddling *meddling = ENGINE_MEDDLE_STORE (store)->meddling;
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&meddling->lock);
  guint n = meddling->n_calls[call]++;

  if (meddling->before != NULL)
    meddling->before (call, n, meddling->user_data);
  return mm_wrap_store_get_inner (MM_WRAP_STORE (store));
}

static gboolean
engine_meddle_store_list_items (MmStore       *store,
                                MmFolder      *folder,
                                const char    *since,
                                MmListFlags    flags,
                                MmListFunc     func,
                                gpointer       user_data,
                                char         **position,
                                GCancellable  *cancellable,
                                GError       **error)
{
  return mm_store_list_items (begin (store, MM_CALL_LIST_ITEMS), folder, since, flags, func,
                              user_data, position, cancellable, error);
}

static gboolean
engine_meddle_store_fetch_items (MmStore       *store,
                                 MmFolder      *folder,
                                 GPtrArray     *references,
                                 MmFetchFunc    func,
                                 gpointer       user_data,
                                 GCancellable  *cancellable,
                                 GError       **error)
{
  return mm_store_fetch_items (begin (store, MM_CALL_FETCH_ITEMS), folder, references, func,
                               user_data, cancellable, error);
}

static void
free_altered (gpointer item)
{
  mm_item_free (item);
}

static gboolean
engine_meddle_store_store_items (MmStore       *store,
                                 MmFolder      *folder,
                                 GPtrArray     *items,
                                 GPtrArray     *results,
                                 GCancellable  *cancellable,
                                 GError       **error)
{
  EngineMeddling *meddling = ENGINE_MEDDLE_STORE (store)->meddling;
  MmStore *inner = begin (store, MM_CALL_STORE_ITEMS);
  g_autoptr (GPtrArray) list = g_ptr_array_new ();
  g_autoptr (GPtrArray) altered = g_ptr_array_new_with_free_func (free_altered);

  for (guint i = 0; i < items->len; i++)
    {
      MmItem *item = meddling->alter != NULL
        ? meddling->alter (g_ptr_array_index (items, i), meddling->user_data) : NULL;

      g_ptr_array_add (list, item != NULL ? item : g_ptr_array_index (items, i));
      if (item != NULL)
        g_ptr_array_add (altered, item);
    }
  return mm_store_store_items (inner, folder, list, results, cancellable, error);
}

static gboolean
engine_meddle_store_delete_items (MmStore       *store,
                                  MmFolder      *folder,
                                  GPtrArray     *references,
                                  GPtrArray     *results,
                                  GCancellable  *cancellable,
                                  GError       **error)
{
  return mm_store_delete_items (begin (store, MM_CALL_DELETE_ITEMS), folder, references, results,
                                cancellable, error);
}

static void
engine_meddle_store_class_init (EngineMeddleStoreClass *klass)
{
  MmStoreClass *store_class = MM_STORE_CLASS (klass);

  store_class->list_items = engine_meddle_store_list_items;
  store_class->fetch_items = engine_meddle_store_fetch_items;
  store_class->store_items = engine_meddle_store_store_items;
  store_class->delete_items = engine_meddle_store_delete_items;
}

static void
engine_meddle_store_init (EngineMeddleStore *self)
{
}

MmStore *
engine_meddle_store_new (MmStore        *inner,
                         EngineMeddling *meddling)
{
  EngineMeddleStore *self = mm_wrap_store_construct (ENGINE_TYPE_MEDDLE_STORE, inner);

  self->meddling = meddling;
  return MM_STORE (self);
}
