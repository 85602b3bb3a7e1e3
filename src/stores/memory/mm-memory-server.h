/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "model/mm-store.h"

G_BEGIN_DECLS

/**
 * MmMemoryTraits:
 *
 * What a server in memory can do, and how it behaves: settable, so that a test can make it like
 * any server. What @capabilities promise is what it does: a kind that cannot be read is not
 * listed, dates that are not kept become the time of storing, a name with a forbidden character
 * is refused, an item over item_max_bytes fails, storing over quota_limit ends with QUOTA
 * (quota_used is counted, not set). batch_items and batch_bytes are wishes, as everywhere.
 */
typedef struct
{
  MmCapabilities capabilities;

  /* A missing parent becomes a folder; FALSE: a level that holds nothing and goes with its last
   * child. */
  gboolean makes_parents;

  gboolean has_versions;  /* items have one, also mail */
  guint connection_limit; /* opening one more fails with LIMIT; 0: none. Unlike what the
                           * capabilities announce in connections */
} MmMemoryTraits;

/* Everything possible for @kinds, without limits. */
void mm_memory_traits_init (MmMemoryTraits *self,
                            MmKindSet       kinds);

/**
 * MmMemoryServer:
 *
 * An account in memory that any number of #MmMemoryStore open, and that tests fill, change and
 * look at behind their backs. Mail begins with an empty INBOX, every other kind with one empty
 * folder "Default". Ids are "GENERATION:NUMBER", positions "GENERATION:NEXT".
 * Thread-safe, atomically reference counted.
 *
 * The functions that take a path expect the folder to exist.
 */
typedef struct _MmMemoryServer MmMemoryServer;

/* @traits: NULL for everything possible for every kind. */
MmMemoryServer *mm_memory_server_new   (const MmMemoryTraits *traits);
MmMemoryServer *mm_memory_server_ref   (MmMemoryServer *self);
void            mm_memory_server_unref (MmMemoryServer *self);

/* At any time: a quota that grows, dates that are kept no longer. */
void mm_memory_server_get_traits (MmMemoryServer *self,
                                  MmMemoryTraits *traits);
void mm_memory_server_set_traits (MmMemoryServer       *self,
                                  const MmMemoryTraits *traits);

/* Makes the folder unless it is there, whatever the traits say, with its parents. */
void mm_memory_server_add_folder (MmMemoryServer    *self,
                                  MmKind             kind,
                                  const char *const *path,
                                  MmRole             role,
                                  gboolean           role_is_certain,
                                  gboolean           subscribed);

/* Removes it with what is in it and below it. */
void mm_memory_server_remove_folder (MmMemoryServer    *self,
                                     MmKind             kind,
                                     const char *const *path);

/* Adds @item (transfer full), whatever the traits say. A global_id in its reference is kept.
 * Returns its id. (transfer full) */
char *mm_memory_server_add_item (MmMemoryServer    *self,
                                 MmKind             kind,
                                 const char *const *path,
                                 MmItem            *item);

void mm_memory_server_remove_item (MmMemoryServer    *self,
                                   MmKind             kind,
                                   const char *const *path,
                                   const char        *id);

/* What other people do to an item: other flags; other content, with a new version. */
void mm_memory_server_change_flags (MmMemoryServer    *self,
                                    MmKind             kind,
                                    const char *const *path,
                                    const char        *id,
                                    guint              flags);
void mm_memory_server_change_item  (MmMemoryServer    *self,
                                    MmKind             kind,
                                    const char *const *path,
                                    const char        *id,
                                    MmBlob            *blob);

/* Every item gets a new id, and older positions become invalid (IMAP: a new UIDVALIDITY). */
void mm_memory_server_change_generation (MmMemoryServer    *self,
                                         MmKind             kind,
                                         const char *const *path);

/* -1 when there is no such folder. */
gint64 mm_memory_server_count_items (MmMemoryServer    *self,
                                     MmKind             kind,
                                     const char *const *path);

/* How many stores have it open now. */
guint mm_memory_server_count_connections (MmMemoryServer *self);

/* The most items that were given in one call of store_items. */
guint mm_memory_server_get_largest_batch (MmMemoryServer *self);

/* Everything there is, a line a folder (with "subscribed" or "level") and a line an item in
 * order (flags, keywords, date, SHA-256): equal text, equal account. @with_ids: also the items'
 * ids, to show that they are the very same and not equal ones. (transfer full) */
char *mm_memory_server_dump (MmMemoryServer *self,
                             gboolean        with_ids);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MmMemoryServer, mm_memory_server_unref)

G_END_DECLS
