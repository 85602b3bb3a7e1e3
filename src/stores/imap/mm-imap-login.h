/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "stores/imap/mm-imap-session.h"

G_BEGIN_DECLS

/* Signs in with AUTHENTICATE PLAIN (RFC 4616), else LOGIN; afterwards the capabilities of the
 * signed-in state are known. Errors: PASSWORD (refused), LOGIN (no mechanism that we have,
 * encryption demanded, account disabled), LIMIT, BUSY, NETWORK, PROTOCOL. */
gboolean mm_imap_login (MmImapSession  *session,
                        const char     *user,
                        const char     *password,
                        GCancellable   *cancellable,
                        GError        **error);

G_END_DECLS
