/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "stores/wrap/mm-wrap-store.h"

typedef struct
{
  MmStore *inner;
} MmWrapStorePrivate;

G_DEFINE_TYPE_WITH_PRIVATE (MmWrapStore, mm_wrap_store, MM_TYPE_STORE)

static MmStore *
get_inner (MmStore *store)
{
  MmWrapStorePrivate *priv = mm_wrap_store_get_instance_private (MM_WRAP_STORE (store));

  return priv->inner;
}

static gboolean
mm_wrap_store_open (MmStore       *store,
                    GCancellable  *cancellable,
                    GError       **error)
{
  return mm_store_open (get_inner (store), cancellable, error);
}

static void
mm_wrap_store_close (MmStore *store)
{
  mm_store_close (get_inner (store));
}

static void
mm_wrap_store_get_capabilities (MmStore        *store,
                                MmCapabilities *capabilities)
{
  mm_store_get_capabilities (get_inner (store), capabilities);
}

static GPtrArray *
mm_wrap_store_list_folders (MmStore       *store,
                            MmKind         kind,
                            GCancellable  *cancellable,
                            GError       **error)
{
  return mm_store_list_folders (get_inner (store), kind, cancellable, error);
}

static gboolean
mm_wrap_store_create_folders (MmStore       *store,
                              GPtrArray     *folders,
                              GPtrArray     *results,
                              GCancellable  *cancellable,
                              GError       **error)
{
  return mm_store_create_folders (get_inner (store), folders, results, cancellable, error);
}

static gboolean
mm_wrap_store_delete_folders (MmStore       *store,
                              GPtrArray     *folders,
                              GPtrArray     *results,
                              GCancellable  *cancellable,
                              GError       **error)
{
  return mm_store_delete_folders (get_inner (store), folders, results, cancellable, error);
}

static gboolean
mm_wrap_store_subscribe_folders (MmStore       *store,
                                 GPtrArray     *folders,
                                 gboolean       subscribed,
                                 GPtrArray     *results,
                                 GCancellable  *cancellable,
                                 GError       **error)
{
  return mm_store_subscribe_folders (get_inner (store), folders, subscribed, results, cancellable,
                                     error);
}

static gboolean
mm_wrap_store_list_items (MmStore       *store,
                          MmFolder      *folder,
                          const char    *since,
                          MmListFlags    flags,
                          MmListFunc     func,
                          gpointer       user_data,
                          char         **position,
                          GCancellable  *cancellable,
                          GError       **error)
{
  return mm_store_list_items (get_inner (store), folder, since, flags, func, user_data, position,
                              cancellable, error);
}

static gboolean
mm_wrap_store_fetch_items (MmStore       *store,
                           MmFolder      *folder,
                           GPtrArray     *references,
                           MmFetchFunc    func,
                           gpointer       user_data,
                           GCancellable  *cancellable,
                           GError       **error)
{
  return mm_store_fetch_items (get_inner (store), folder, references, func, user_data, cancellable,
                               error);
}

static gboolean
mm_wrap_store_store_items (MmStore       *store,
                           MmFolder      *folder,
                           GPtrArray     *items,
                           GPtrArray     *results,
                           GCancellable  *cancellable,
                           GError       **error)
{
  return mm_store_store_items (get_inner (store), folder, items, results, cancellable, error);
}

static gboolean
mm_wrap_store_delete_items (MmStore       *store,
                            MmFolder      *folder,
                            GPtrArray     *references,
                            GPtrArray     *results,
                            GCancellable  *cancellable,
                            GError       **error)
{
  return mm_store_delete_items (get_inner (store), folder, references, results, cancellable,
                                error);
}

static void
mm_wrap_store_finalize (GObject *object)
{
  MmWrapStorePrivate *priv = mm_wrap_store_get_instance_private (MM_WRAP_STORE (object));

  g_clear_object (&priv->inner);

  G_OBJECT_CLASS (mm_wrap_store_parent_class)->finalize (object);
}

static void
mm_wrap_store_class_init (MmWrapStoreClass *klass)
{
  MmStoreClass *store_class = MM_STORE_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = mm_wrap_store_finalize;

  store_class->open = mm_wrap_store_open;
  store_class->close = mm_wrap_store_close;
  store_class->get_capabilities = mm_wrap_store_get_capabilities;
  store_class->list_folders = mm_wrap_store_list_folders;
  store_class->create_folders = mm_wrap_store_create_folders;
  store_class->delete_folders = mm_wrap_store_delete_folders;
  store_class->subscribe_folders = mm_wrap_store_subscribe_folders;
  store_class->list_items = mm_wrap_store_list_items;
  store_class->fetch_items = mm_wrap_store_fetch_items;
  store_class->store_items = mm_wrap_store_store_items;
  store_class->delete_items = mm_wrap_store_delete_items;
}

static void
mm_wrap_store_init (MmWrapStore *self)
{
}

MmStore *
mm_wrap_store_new (MmStore *inner)
{
  return mm_wrap_store_construct (MM_TYPE_WRAP_STORE, inner);
}

gpointer
mm_wrap_store_construct (GType    type,
                         MmStore *inner)
{
  g_autoptr (MmWrapStore) self = NULL;
  MmWrapStorePrivate *priv;

  g_return_val_if_fail (g_type_is_a (type, MM_TYPE_WRAP_STORE), NULL);
  g_return_val_if_fail (MM_IS_STORE (inner), NULL);

  self = g_object_new (type, NULL);
  priv = mm_wrap_store_get_instance_private (self);
  priv->inner = g_object_ref (inner);
  return g_steal_pointer (&self);
}

MmStore *
mm_wrap_store_get_inner (MmWrapStore *self)
{
  g_return_val_if_fail (MM_IS_WRAP_STORE (self), NULL);

  return get_inner (MM_STORE (self));
}
