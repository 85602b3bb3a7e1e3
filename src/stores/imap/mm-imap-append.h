/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "model/mm-store.h"
#include "stores/imap/mm-imap-session.h"

G_BEGIN_DECLS

/**
 * MmImapRefusals:
 *
 * What this server turned out to refuse, or not to: kept with the store over several
 * connections, so that it is not asked each time anew. All zero at first.
 */
typedef struct
{
  guint traits;      /* MmRfc5322Traits that are mended beforehand */
  guint accepted;    /* those that were taken as they are */
  gboolean keeps_all_flags; /* the folder opened last kept every flag and keyword */
  guint64 push_max;  /* bytes of a message that is sent without leave; 0: the default */

  /* After the connection ended over several messages: so many are sent one by one. The message
   * over which it ended alone, by a hash, and how often it did so. */
  guint n_careful;
  guint64 suspect;
  guint n_deaths;
} MmImapRefusals;

/* What one call of mm_imap_store_items () is best given. */
#define MM_IMAP_BATCH_ITEMS 100
#define MM_IMAP_BATCH_BYTES (4 * 1024 * 1024)

/* As mm_store_store_items (), in the fastest way that the server offers: MULTIAPPEND (RFC 3502),
 * literals that need no leave (RFC 7888), single commands under way together. */
gboolean mm_imap_store_items (MmImapSession   *session,
                              MmImapRefusals  *refusals,
                              MmFolder        *folder,
                              const char      *name,
                              GPtrArray       *items,
                              GPtrArray       *results,
                              GCancellable    *cancellable,
                              GError         **error);

G_END_DECLS
