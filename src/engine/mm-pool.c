/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/mm-pool.h"

/* Beyond this round trip waiting outweighs work, and two more connections pay (measured:
 * tests/bench). */
#define SLOW_ROUND_TRIP (20 * 1000)
#define WIDTH_FAST 2
#define WIDTH_SLOW 4

#define CANCEL_POLL (100 * G_TIME_SPAN_MILLISECOND)

struct _MmPool
{
  gatomicrefcount ref_count;
  MmStoreFactory factory;
  MmService *service;
  MmCredentials *credentials;
  MmCapabilities capabilities;

  GMutex lock;
  GCond changed;
  GPtrArray *idle;
  guint n_live; /* idle, lent, or being opened */
  guint width;
};

MmPool *
mm_pool_new (MmStoreFactory    factory,
             const MmService  *service,
             MmCredentials    *credentials)
{
  MmPool *self = g_new0 (MmPool, 1);

  g_atomic_ref_count_init (&self->ref_count);
  self->factory = factory;
  self->service = mm_service_copy (service);
  self->credentials = credentials != NULL ? mm_credentials_ref (credentials) : NULL;
  mm_capabilities_init (&self->capabilities);
  g_mutex_init (&self->lock);
  g_cond_init (&self->changed);
  self->idle = g_ptr_array_new_with_free_func (g_object_unref);
  self->width = 1;
  return self;
}

MmPool *
mm_pool_ref (MmPool *self)
{
  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

void
mm_pool_unref (MmPool *self)
{
  if (self == NULL || !g_atomic_ref_count_dec (&self->ref_count))
    return;
  g_ptr_array_unref (self->idle);
  mm_service_free (self->service);
  g_clear_pointer (&self->credentials, mm_credentials_unref);
  g_mutex_clear (&self->lock);
  g_cond_clear (&self->changed);
  g_free (self);
}

static void
learn (MmPool  *self,
       MmStore *store)
{
  mm_store_get_capabilities (store, &self->capabilities);
  self->width = self->capabilities.round_trip_us > SLOW_ROUND_TRIP ? WIDTH_SLOW : WIDTH_FAST;
  if (self->capabilities.connections != 0)
    self->width = MIN (self->width, self->capabilities.connections);
}

gboolean
mm_pool_open (MmPool        *self,
              GCancellable  *cancellable,
              GError       **error)
{
  MmStore *store = mm_pool_take (self, cancellable, error);

  if (store == NULL)
    return FALSE;
  learn (self, store);
  mm_pool_give_back (self, store);
  return TRUE;
}

void
mm_pool_close (MmPool *self)
{
  g_autoptr (GPtrArray) idle = NULL;

  g_mutex_lock (&self->lock);
  idle = g_steal_pointer (&self->idle);
  self->idle = g_ptr_array_new_with_free_func (g_object_unref);
  self->n_live -= idle->len;
  g_mutex_unlock (&self->lock);
}

const MmCapabilities *
mm_pool_get_capabilities (MmPool *self)
{
  return &self->capabilities;
}

guint
mm_pool_get_width (MmPool *self)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  return self->width;
}

/* An idle store, or NULL with the right to open one (n_live counts it already), or NULL after
 * cancellation. */
static MmStore *
wait_for_place (MmPool       *self,
                GCancellable *cancellable)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  while (!g_cancellable_is_cancelled (cancellable))
    {
      if (self->idle->len > 0)
        return g_ptr_array_steal_index (self->idle, self->idle->len - 1);
      if (self->n_live < self->width)
        break;
      g_cond_wait_until (&self->changed, &self->lock, g_get_monotonic_time () + CANCEL_POLL);
    }
  self->n_live++;
  return NULL;
}

/* Gives a place back. TRUE when others are open and the server just wants no more of them. */
static gboolean
lose_place (MmPool       *self,
            const GError *error)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  self->n_live--;
  g_cond_broadcast (&self->changed);
  if (!g_error_matches (error, MM_ERROR, MM_ERROR_LIMIT) || self->n_live == 0)
    return FALSE;
  self->width = self->n_live;
  return TRUE;
}

MmStore *
mm_pool_take (MmPool        *self,
              GCancellable  *cancellable,
              GError       **error)
{
  for (;;)
    {
      g_autoptr (GError) failure = NULL;
      g_autoptr (MmStore) store = wait_for_place (self, cancellable);

      if (store != NULL)
        return g_steal_pointer (&store);
      store = self->factory (self->service, self->credentials);
      if (mm_store_open (store, cancellable, &failure))
        return g_steal_pointer (&store);
      if (!lose_place (self, failure))
        {
          g_propagate_error (error, g_steal_pointer (&failure));
          return NULL;
        }
    }
}

void
mm_pool_warm (MmPool       *self,
              GCancellable *cancellable)
{
  g_autoptr (GError) failure = NULL;
  MmStore *store;

  g_mutex_lock (&self->lock);
  if (self->n_live >= self->width)
    {
      g_mutex_unlock (&self->lock);
      return;
    }
  self->n_live++;
  g_mutex_unlock (&self->lock);
  store = self->factory (self->service, self->credentials);
  if (mm_store_open (store, cancellable, &failure))
    {
      mm_pool_give_back (self, store);
      return;
    }
  lose_place (self, failure);
  g_object_unref (store);
}

void
mm_pool_give_back (MmPool  *self,
                   MmStore *store)
{
  g_autoptr (MmStore) dropped = NULL;

  if (store == NULL)
    return;
  g_mutex_lock (&self->lock);
  if (mm_store_is_open (store))
    {
      g_ptr_array_add (self->idle, store);
    }
  else
    {
      self->n_live--;
      dropped = store;
    }
  g_cond_broadcast (&self->changed);
  g_mutex_unlock (&self->lock);
}

struct _MmEndpoint
{
  GPtrArray *pools;
};

MmEndpoint *
mm_endpoint_new (MmStoreFactory    factory,
                 const MmAccount  *account,
                 MmCredentials    *credentials)
{
  MmEndpoint *self = g_new0 (MmEndpoint, 1);

  self->pools = g_ptr_array_new_with_free_func ((GDestroyNotify) mm_pool_unref);
  for (guint i = 0; i < account->services->len; i++)
    g_ptr_array_add (self->pools, mm_pool_new (factory, g_ptr_array_index (account->services, i),
                                               credentials));
  return self;
}

void
mm_endpoint_free (MmEndpoint *self)
{
  if (self == NULL)
    return;
  g_ptr_array_unref (self->pools);
  g_free (self);
}

gboolean
mm_endpoint_open (MmEndpoint    *self,
                  GCancellable  *cancellable,
                  GError       **error)
{
  for (guint i = 0; i < self->pools->len; i++)
    if (!mm_pool_open (g_ptr_array_index (self->pools, i), cancellable, error))
      return FALSE;
  return TRUE;
}

void
mm_endpoint_close (MmEndpoint *self)
{
  for (guint i = 0; i < self->pools->len; i++)
    mm_pool_close (g_ptr_array_index (self->pools, i));
}

MmKindSet
mm_endpoint_get_readable (MmEndpoint *self)
{
  MmKindSet kinds = 0;

  for (guint i = 0; i < self->pools->len; i++)
    kinds |= mm_capabilities_get_readable (
      mm_pool_get_capabilities (g_ptr_array_index (self->pools, i)));
  return kinds;
}

MmKindSet
mm_endpoint_get_writable (MmEndpoint *self)
{
  MmKindSet kinds = 0;

  for (guint i = 0; i < self->pools->len; i++)
    kinds |= mm_capabilities_get_writable (
      mm_pool_get_capabilities (g_ptr_array_index (self->pools, i)));
  return kinds;
}

MmPool *
mm_endpoint_get_pool (MmEndpoint *self,
                      MmKind      kind,
                      gboolean    for_writing)
{
  for (guint i = 0; i < self->pools->len; i++)
    {
      MmPool *pool = g_ptr_array_index (self->pools, i);
      const MmKindCapabilities *can = &mm_pool_get_capabilities (pool)->kinds[kind];

      if (for_writing ? can->create : can->read)
        return pool;
    }
  return NULL;
}
