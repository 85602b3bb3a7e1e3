/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "model/mm-store.h"
#include "stores/imap/mm-imap-session.h"

G_BEGIN_DECLS

/**
 * MmImapReading:
 *
 * The message over which the connection ended, by a hash, and how often in a row: kept with the
 * store over several connections. All zero at first.
 */
typedef struct
{
  guint64 suspect;
  guint n_deaths;
} MmImapReading;

/* As mm_store_fetch_items (). The mailbox is opened by EXAMINE unless it is open; messages are
 * streamed, many with one command. */
gboolean mm_imap_fetch_items (MmImapSession  *session,
                              MmImapReading  *reading,
                              MmFolder       *folder,
                              const char     *name,
                              GPtrArray      *references,
                              MmFetchFunc     func,
                              gpointer        user_data,
                              GCancellable   *cancellable,
                              GError        **error);

G_END_DECLS
