/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * MmQueue:
 *
 * What lies between a reading and a writing thread: first in, first out, bounded in bytes so that
 * a fast reader waits for a slow writer. One entry is always taken, however large. Thread-safe.
 */
typedef struct _MmQueue MmQueue;

MmQueue *mm_queue_new  (gsize          max_bytes,
                        GDestroyNotify free_entry);
void     mm_queue_free (MmQueue *self);

/* Waits for room. FALSE with G_IO_ERROR_CANCELLED when @cancellable is, or the other end gave up;
 * then the entry is freed. @entry: (transfer full). */
gboolean mm_queue_push (MmQueue       *self,
                        gpointer       entry,
                        gsize          bytes,
                        GCancellable  *cancellable,
                        GError       **error);

/* Waits as mm_queue_pop () does. TRUE when there is an entry to be had. */
gboolean mm_queue_wait (MmQueue      *self,
                        GCancellable *cancellable);

/* Waits for an entry. NULL when the reader has ended and nothing is left, or @cancellable is
 * cancelled. (transfer full) */
gpointer mm_queue_pop (MmQueue      *self,
                       GCancellable *cancellable);

/* The reader has no more. */
void mm_queue_end (MmQueue *self);

/* The writer wants no more: pushing fails from now on. */
void mm_queue_give_up (MmQueue *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MmQueue, mm_queue_free)

G_END_DECLS
