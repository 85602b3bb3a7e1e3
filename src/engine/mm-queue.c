/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/mm-queue.h"

/* A GCancellable cannot wake a GCond: waits look at it this often. */
#define CANCEL_POLL (100 * G_TIME_SPAN_MILLISECOND)

typedef struct
{
  gpointer entry;
  gsize bytes;
} Slot;

struct _MmQueue
{
  GMutex lock;
  GCond changed;
  GQueue slots; /* (element-type Slot) */
  GDestroyNotify free_entry;
  gsize bytes;
  gsize max_bytes;
  gboolean ended;
  gboolean given_up;
};

MmQueue *
mm_queue_new (gsize          max_bytes,
              GDestroyNotify free_entry)
{
  MmQueue *self = g_new0 (MmQueue, 1);

  g_mutex_init (&self->lock);
  g_cond_init (&self->changed);
  g_queue_init (&self->slots);
  self->max_bytes = max_bytes;
  self->free_entry = free_entry;
  return self;
}

void
mm_queue_free (MmQueue *self)
{
  Slot *slot;

  if (self == NULL)
    return;
  while ((slot = g_queue_pop_head (&self->slots)) != NULL)
    {
      self->free_entry (slot->entry);
      g_free (slot);
    }
  g_mutex_clear (&self->lock);
  g_cond_clear (&self->changed);
  g_free (self);
}

static void
wait_a_while (MmQueue *self)
{
  g_cond_wait_until (&self->changed, &self->lock, g_get_monotonic_time () + CANCEL_POLL);
}

gboolean
mm_queue_push (MmQueue       *self,
               gpointer       entry,
               gsize          bytes,
               GCancellable  *cancellable,
               GError       **error)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);
  Slot *slot;

  while (self->bytes > 0 && self->bytes + bytes > self->max_bytes && !self->given_up &&
         !g_cancellable_is_cancelled (cancellable))
    wait_a_while (self);
  if (self->given_up || g_cancellable_is_cancelled (cancellable))
    {
      self->free_entry (entry);
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_CANCELLED, "the queue was given up");
      return FALSE;
    }
  slot = g_new (Slot, 1);
  slot->entry = entry;
  slot->bytes = bytes;
  self->bytes += bytes;
  g_queue_push_tail (&self->slots, slot);
  g_cond_broadcast (&self->changed);
  return TRUE;
}

static void
wait_for_entry (MmQueue      *self,
                GCancellable *cancellable)
{
  while (g_queue_is_empty (&self->slots) && !self->ended &&
         !g_cancellable_is_cancelled (cancellable))
    wait_a_while (self);
}

gboolean
mm_queue_wait (MmQueue      *self,
               GCancellable *cancellable)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  wait_for_entry (self, cancellable);
  return !g_queue_is_empty (&self->slots) && !g_cancellable_is_cancelled (cancellable);
}

gpointer
mm_queue_pop (MmQueue      *self,
              GCancellable *cancellable)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);
  g_autofree Slot *slot = NULL;

  wait_for_entry (self, cancellable);
  if (g_cancellable_is_cancelled (cancellable))
    return NULL;
  slot = g_queue_pop_head (&self->slots);
  if (slot == NULL)
    return NULL;
  self->bytes -= slot->bytes;
  g_cond_broadcast (&self->changed);
  return slot->entry;
}

void
mm_queue_end (MmQueue *self)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  self->ended = TRUE;
  g_cond_broadcast (&self->changed);
}

void
mm_queue_give_up (MmQueue *self)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  self->given_up = TRUE;
  g_cond_broadcast (&self->changed);
}
