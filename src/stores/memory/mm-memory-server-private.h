/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "stores/memory/mm-memory-server.h"

G_BEGIN_DECLS

/* One item. Everything but number and global_id is as a listing gives it. */
typedef struct
{
  guint64 number; /* the second half of its id */
  guint version;
  guint flags;
  char **keywords;
  gint64 date;
  guint64 fingerprint;
  char *global_id;
  char *label;
  MmBlob *blob;
} MmMemoryItem;

typedef struct
{
  MmFolder *folder; /* id, path, role, selectable, subscribed */
  GPtrArray *items; /* (element-type MmMemoryItem), by number */
  guint64 generation;
  guint64 next;
} MmMemoryFolder;

struct _MmMemoryServer
{
  gatomicrefcount ref_count;
  GMutex mutex; /* guards everything below */

  MmMemoryTraits traits;
  GPtrArray *folders; /* (element-type MmMemoryFolder), parents before children */
  guint64 next_generation;
  guint64 next_global_id;
  guint connections;
  guint largest_batch;
};

/* All of them with the mutex held. */

MmMemoryFolder *_mm_memory_server_find_folder (MmMemoryServer *self,
                                               MmKind          kind,
                                               const char     *id);

/* A folder at @path, which is not there yet, and what is missing above it. */
MmMemoryFolder *_mm_memory_server_make_folder (MmMemoryServer    *self,
                                               MmKind             kind,
                                               const char *const *path);

gboolean _mm_memory_server_has_children (MmMemoryServer       *self,
                                         const MmMemoryFolder *folder);

/* And the levels above it that hold nothing any more. */
void _mm_memory_server_drop_folder (MmMemoryServer *self,
                                    MmMemoryFolder *folder);

/* (transfer full) */
char *_mm_memory_folder_make_id (const char *const *path);

/* Appends @blob with what @reference says. */
MmMemoryItem *_mm_memory_server_append (MmMemoryServer    *self,
                                        MmMemoryFolder    *folder,
                                        const MmReference *reference,
                                        MmBlob            *blob);

gint64 _mm_memory_folder_count_bytes (const MmMemoryFolder *self);
gint64 _mm_memory_server_count_bytes (MmMemoryServer *self);

/* FALSE when @id is not of the folder's present generation. */
gboolean _mm_memory_folder_parse_id (const MmMemoryFolder *self,
                                     const char           *id,
                                     guint64              *number);

/* Where the item with that number is, or would be. */
guint _mm_memory_folder_find (const MmMemoryFolder *self,
                              guint64               number,
                              MmMemoryItem        **item);

/* (transfer full) */
MmReference *_mm_memory_folder_describe (const MmMemoryFolder *self,
                                         const MmMemoryItem   *item,
                                         MmMemoryServer       *server,
                                         MmListFlags           flags);

G_END_DECLS
