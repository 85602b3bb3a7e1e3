/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * MmBlob:
 *
 * The bytes of one item: immutable, of exactly known size, readable any number of times and from
 * any thread. Up to %MM_BLOB_MEMORY_MAX bytes they are in memory, beyond that in an unlinked
 * temporary file in g_get_tmp_dir () (or $TMPDIR), so that memory stays flat whatever the message.
 * Atomically reference counted.
 */
typedef struct _MmBlob MmBlob;

#define MM_BLOB_MEMORY_MAX (1024 * 1024)

/* A copy of @length bytes in memory, whatever the length. */
MmBlob *mm_blob_new (gconstpointer data,
                     gsize         length);

/* Without a copy. @bytes: (transfer none). */
MmBlob *mm_blob_new_bytes (GBytes *bytes);

MmBlob *mm_blob_ref   (MmBlob *self);
void    mm_blob_unref (MmBlob *self);

/* Bytes. */
guint64 mm_blob_get_size (MmBlob *self);

/* What it occupies in memory, in bytes: its size, or about nothing when it is in a file.
 * This is what bounded queues count. */
gsize mm_blob_get_memory (MmBlob *self);

/* Reads up to @length bytes at @offset into @buffer. Returns how many, less than @length only at
 * the end; -1 with MM_ERROR_INTERNAL when the temporary file fails. */
gssize mm_blob_read (MmBlob   *self,
                     guint64   offset,
                     gpointer  buffer,
                     gsize     length,
                     GError  **error);

/* The bytes, when they are in memory; NULL when they are in a file. (transfer none) */
const guint8 *mm_blob_peek (MmBlob *self);

/* Calls @func for consecutive pieces of at most 64 KiB, from the first byte to the last.
 * Ends early, with FALSE, when @func returns FALSE (@func sets @error). */
typedef gboolean (*MmBlobFunc) (const guint8  *data,
                                gsize          length,
                                gpointer       user_data,
                                GError       **error);
gboolean mm_blob_foreach (MmBlob      *self,
                          MmBlobFunc   func,
                          gpointer     user_data,
                          GError     **error);

/* TRUE when both have the same bytes. */
gboolean mm_blob_equal (MmBlob *a,
                        MmBlob *b);

/**
 * MmBlobBuilder:
 *
 * Collects a blob piece by piece; moves to a temporary file by itself. Not thread-safe.
 */
typedef struct _MmBlobBuilder MmBlobBuilder;

/* @size_hint: expected bytes, 0 when unknown; only a hint. */
MmBlobBuilder *mm_blob_builder_new  (guint64 size_hint);
void           mm_blob_builder_free (MmBlobBuilder *self);

/* MM_ERROR_INTERNAL when the temporary file cannot be written (disk full). */
gboolean mm_blob_builder_append (MmBlobBuilder  *self,
                                 gconstpointer   data,
                                 gsize           length,
                                 GError        **error);

/* (transfer full); the builder is empty afterwards and can be used again. */
MmBlob *mm_blob_builder_end (MmBlobBuilder *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MmBlob, mm_blob_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MmBlobBuilder, mm_blob_builder_free)

G_END_DECLS
