/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "model/mm-folder.h"
#include "stores/imap/mm-imap-names.h"
#include "stores/imap/mm-imap-session.h"

G_BEGIN_DECLS

/* Every mailbox of the personal namespaces, parents first, with role, subscription, counts and
 * position as far as the server tells them without opening each. @names learns the prefix of a
 * server that has no NAMESPACE. (transfer full) (element-type MmFolder) */
GPtrArray *mm_imap_list_folders (MmImapSession  *session,
                                 MmImapNames    *names,
                                 GCancellable   *cancellable,
                                 GError        **error);

/* For a server without NAMESPACE: learns from its list whether everything lies below INBOX. */
gboolean mm_imap_learn_prefix (MmImapSession  *session,
                               MmImapNames    *names,
                               GCancellable   *cancellable,
                               GError        **error);

G_END_DECLS
