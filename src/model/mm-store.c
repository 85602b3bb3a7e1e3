/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/mm-store.h"

#include <glib/gi18n-lib.h>

typedef struct
{
  gboolean is_open;
  gboolean was_open;
  gint in_use; /* atomic: a call is under way */
} MmStorePrivate;

G_DEFINE_ABSTRACT_TYPE_WITH_PRIVATE (MmStore, mm_store, G_TYPE_OBJECT)

static MmStorePrivate *
get_private (MmStore *self)
{
  return mm_store_get_instance_private (self);
}

static void
mm_store_dispose (GObject *object)
{
  mm_store_close (MM_STORE (object));

  G_OBJECT_CLASS (mm_store_parent_class)->dispose (object);
}

static void
mm_store_class_init (MmStoreClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = mm_store_dispose;
}

static void
mm_store_init (MmStore *self)
{
}

/* What every call asks before it reaches the class. */
static gboolean
begin (MmStore       *self,
       gboolean       has_slot,
       GCancellable  *cancellable,
       GError       **error)
{
  MmStorePrivate *priv = get_private (self);

  if (!has_slot)
    {
      g_set_error_literal (error, MM_ERROR, MM_ERROR_UNSUPPORTED,
                           _("This kind of account cannot do what was asked of it."));
      return FALSE;
    }
  if (!priv->is_open)
    {
      g_set_error_literal (error, MM_ERROR, MM_ERROR_NETWORK,
                           _("The connection to the server is closed."));
      return FALSE;
    }
  g_return_val_if_fail (g_atomic_int_compare_and_exchange (&priv->in_use, 0, 1), FALSE);

  if (g_cancellable_set_error_if_cancelled (cancellable, error))
    {
      g_atomic_int_set (&priv->in_use, 0);
      mm_store_close (self);
      return FALSE;
    }
  return TRUE;
}

/* After these the connection is in no state to go on with: what is asked next must say
 * "closed" rather than read the answers to an earlier question. */
static gboolean
breaks_connection (const GError *error)
{
  return g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED) ||
         g_error_matches (error, MM_ERROR, MM_ERROR_NETWORK) ||
         g_error_matches (error, MM_ERROR, MM_ERROR_PROTOCOL);
}

static void
end (MmStore  *self,
     GError   *local,
     GError  **error)
{
  g_atomic_int_set (&get_private (self)->in_use, 0);
  if (local == NULL)
    return;

  if (breaks_connection (local))
    mm_store_close (self);
  g_propagate_error (error, local);
}

gboolean
mm_store_open (MmStore       *self,
               GCancellable  *cancellable,
               GError       **error)
{
  MmStorePrivate *priv;

  g_return_val_if_fail (MM_IS_STORE (self), FALSE);
  g_return_val_if_fail (MM_STORE_GET_CLASS (self)->open != NULL, FALSE);

  priv = get_private (self);
  g_return_val_if_fail (!priv->is_open, FALSE);

  if (g_cancellable_set_error_if_cancelled (cancellable, error))
    return FALSE;
  if (!MM_STORE_GET_CLASS (self)->open (self, cancellable, error))
    return FALSE;

  priv->is_open = TRUE;
  priv->was_open = TRUE;
  return TRUE;
}

void
mm_store_close (MmStore *self)
{
  MmStorePrivate *priv;

  g_return_if_fail (MM_IS_STORE (self));

  priv = get_private (self);
  if (!priv->is_open)
    return;

  priv->is_open = FALSE;
  if (MM_STORE_GET_CLASS (self)->close != NULL)
    MM_STORE_GET_CLASS (self)->close (self);
}

gboolean
mm_store_is_open (MmStore *self)
{
  g_return_val_if_fail (MM_IS_STORE (self), FALSE);

  return get_private (self)->is_open;
}

void
mm_store_get_capabilities (MmStore        *self,
                           MmCapabilities *capabilities)
{
  g_return_if_fail (MM_IS_STORE (self));
  g_return_if_fail (capabilities != NULL);

  mm_capabilities_init (capabilities);
  g_return_if_fail (get_private (self)->was_open);

  if (MM_STORE_GET_CLASS (self)->get_capabilities != NULL)
    MM_STORE_GET_CLASS (self)->get_capabilities (self, capabilities);
}

GPtrArray *
mm_store_list_folders (MmStore       *self,
                       MmKind         kind,
                       GCancellable  *cancellable,
                       GError       **error)
{
  MmStoreClass *klass;
  GError *local = NULL;
  GPtrArray *folders;

  g_return_val_if_fail (MM_IS_STORE (self), NULL);
  g_return_val_if_fail ((guint) kind < MM_N_KINDS, NULL);

  klass = MM_STORE_GET_CLASS (self);
  if (!begin (self, klass->list_folders != NULL, cancellable, error))
    return NULL;
  folders = klass->list_folders (self, kind, cancellable, &local);
  end (self, local, error);
  return folders;
}

gboolean
mm_store_create_folders (MmStore       *self,
                         GPtrArray     *folders,
                         GPtrArray     *results,
                         GCancellable  *cancellable,
                         GError       **error)
{
  MmStoreClass *klass;
  GError *local = NULL;
  gboolean ok;

  g_return_val_if_fail (MM_IS_STORE (self), FALSE);
  g_return_val_if_fail (folders != NULL && results != NULL, FALSE);
  g_return_val_if_fail (folders->len == results->len, FALSE);

  klass = MM_STORE_GET_CLASS (self);
  if (!begin (self, klass->create_folders != NULL, cancellable, error))
    return FALSE;
  ok = klass->create_folders (self, folders, results, cancellable, &local);
  end (self, local, error);
  return ok;
}

gboolean
mm_store_delete_folders (MmStore       *self,
                         GPtrArray     *folders,
                         GPtrArray     *results,
                         GCancellable  *cancellable,
                         GError       **error)
{
  MmStoreClass *klass;
  GError *local = NULL;
  gboolean ok;

  g_return_val_if_fail (MM_IS_STORE (self), FALSE);
  g_return_val_if_fail (folders != NULL && results != NULL, FALSE);
  g_return_val_if_fail (folders->len == results->len, FALSE);

  klass = MM_STORE_GET_CLASS (self);
  if (!begin (self, klass->delete_folders != NULL, cancellable, error))
    return FALSE;
  ok = klass->delete_folders (self, folders, results, cancellable, &local);
  end (self, local, error);
  return ok;
}

gboolean
mm_store_subscribe_folders (MmStore       *self,
                            GPtrArray     *folders,
                            gboolean       subscribed,
                            GPtrArray     *results,
                            GCancellable  *cancellable,
                            GError       **error)
{
  MmStoreClass *klass;
  GError *local = NULL;
  gboolean ok;

  g_return_val_if_fail (MM_IS_STORE (self), FALSE);
  g_return_val_if_fail (folders != NULL && results != NULL, FALSE);
  g_return_val_if_fail (folders->len == results->len, FALSE);

  klass = MM_STORE_GET_CLASS (self);
  if (!begin (self, klass->subscribe_folders != NULL, cancellable, error))
    return FALSE;
  ok = klass->subscribe_folders (self, folders, subscribed, results, cancellable, &local);
  end (self, local, error);
  return ok;
}

gboolean
mm_store_list_items (MmStore       *self,
                     MmFolder      *folder,
                     const char    *since,
                     MmListFlags    flags,
                     MmListFunc     func,
                     gpointer       user_data,
                     char         **position,
                     GCancellable  *cancellable,
                     GError       **error)
{
  MmStoreClass *klass;
  GError *local = NULL;
  gboolean ok;

  g_return_val_if_fail (MM_IS_STORE (self), FALSE);
  g_return_val_if_fail (folder != NULL, FALSE);
  g_return_val_if_fail (func != NULL, FALSE);

  klass = MM_STORE_GET_CLASS (self);
  if (!begin (self, klass->list_items != NULL, cancellable, error))
    return FALSE;
  ok = klass->list_items (self, folder, since, flags, func, user_data, position, cancellable,
                          &local);
  end (self, local, error);
  return ok;
}

gboolean
mm_store_fetch_items (MmStore       *self,
                      MmFolder      *folder,
                      GPtrArray     *references,
                      MmFetchFunc    func,
                      gpointer       user_data,
                      GCancellable  *cancellable,
                      GError       **error)
{
  MmStoreClass *klass;
  GError *local = NULL;
  gboolean ok;

  g_return_val_if_fail (MM_IS_STORE (self), FALSE);
  g_return_val_if_fail (folder != NULL, FALSE);
  g_return_val_if_fail (references != NULL, FALSE);
  g_return_val_if_fail (func != NULL, FALSE);

  klass = MM_STORE_GET_CLASS (self);
  if (!begin (self, klass->fetch_items != NULL, cancellable, error))
    return FALSE;
  ok = klass->fetch_items (self, folder, references, func, user_data, cancellable, &local);
  end (self, local, error);
  return ok;
}

gboolean
mm_store_store_items (MmStore       *self,
                      MmFolder      *folder,
                      GPtrArray     *items,
                      GPtrArray     *results,
                      GCancellable  *cancellable,
                      GError       **error)
{
  MmStoreClass *klass;
  GError *local = NULL;
  gboolean ok;

  g_return_val_if_fail (MM_IS_STORE (self), FALSE);
  g_return_val_if_fail (folder != NULL, FALSE);
  g_return_val_if_fail (items != NULL && results != NULL, FALSE);
  g_return_val_if_fail (items->len == results->len, FALSE);

  klass = MM_STORE_GET_CLASS (self);
  if (!begin (self, klass->store_items != NULL, cancellable, error))
    return FALSE;
  ok = klass->store_items (self, folder, items, results, cancellable, &local);
  end (self, local, error);
  return ok;
}

gboolean
mm_store_delete_items (MmStore       *self,
                       MmFolder      *folder,
                       GPtrArray     *references,
                       GPtrArray     *results,
                       GCancellable  *cancellable,
                       GError       **error)
{
  MmStoreClass *klass;
  GError *local = NULL;
  gboolean ok;

  g_return_val_if_fail (MM_IS_STORE (self), FALSE);
  g_return_val_if_fail (folder != NULL, FALSE);
  g_return_val_if_fail (references != NULL && results != NULL, FALSE);
  g_return_val_if_fail (references->len == results->len, FALSE);

  klass = MM_STORE_GET_CLASS (self);
  if (!begin (self, klass->delete_items != NULL, cancellable, error))
    return FALSE;
  ok = klass->delete_items (self, folder, references, results, cancellable, &local);
  end (self, local, error);
  return ok;
}
