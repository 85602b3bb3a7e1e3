/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * GmailServer:
 *
 * An IMAP server on 127.0.0.1 that shows an account as Gmail does: labels as folders, every message
 * in All Mail once more, [Gmail] as a mere level, names in the account's language, special folders
 * known by their attributes alone, X-GM-MSGID. Reads only: SELECT, a body without PEEK and
 * everything that writes end the test. Any number of connections.
 */
typedef struct _GmailServer GmailServer;

GmailServer *gmail_server_new  (void);
void         gmail_server_free (GmailServer *self);

guint16 gmail_server_get_port (GmailServer *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GmailServer, gmail_server_free)

G_END_DECLS
