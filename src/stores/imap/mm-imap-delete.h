/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "model/mm-store.h"
#include "stores/imap/mm-imap-names.h"
#include "stores/imap/mm-imap-session.h"

G_BEGIN_DECLS

/* As mm_store_delete_items (): with UID EXPUNGE (RFC 4315) where there is UIDPLUS. Without it other
 * messages that carry \Deleted are kept out of the way of EXPUNGE. */
gboolean mm_imap_delete_items (MmImapSession  *session,
                               MmImapNames    *names,
                               MmFolder       *folder,
                               const char     *name,
                               GPtrArray      *references,
                               GPtrArray      *results,
                               GCancellable   *cancellable,
                               GError        **error);

G_END_DECLS
