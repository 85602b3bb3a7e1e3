/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "model/mm-store.h"
#include "stores/imap/mm-imap-session.h"

G_BEGIN_DECLS

/* As mm_store_list_items (): ids are "UIDVALIDITY:UID", positions "UIDVALIDITY:UIDNEXT". A small
 * folder costs one round trip. */
gboolean mm_imap_list_items (MmImapSession  *session,
                             MmFolder       *folder,
                             const char     *name,
                             const char     *since,
                             MmListFlags     flags,
                             MmListFunc      func,
                             gpointer        user_data,
                             char          **position,
                             GCancellable   *cancellable,
                             GError        **error);

G_END_DECLS
