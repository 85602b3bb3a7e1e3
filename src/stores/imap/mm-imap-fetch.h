/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "model/mm-store.h"
#include "stores/imap/mm-imap-session.h"

G_BEGIN_DECLS

/* As mm_store_fetch_items (). The mailbox is opened by EXAMINE unless it is open; messages are
 * streamed, the next range asked for before the last is read. */
gboolean mm_imap_fetch_items (MmImapSession  *session,
                              MmFolder       *folder,
                              const char     *name,
                              GPtrArray      *references,
                              MmFetchFunc     func,
                              gpointer        user_data,
                              GCancellable   *cancellable,
                              GError        **error);

G_END_DECLS
