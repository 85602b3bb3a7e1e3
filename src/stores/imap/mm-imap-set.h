/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/*
 * Sets of UIDs as RFC 3501 writes them ("1:3,7"), and the ids of references.
 */

/* Writes the ascending UIDs from @uids[0] on in the most compact form, as many as fit into
 * @max_length bytes and are at most @max_uids. @n_used (out): how many, at least 1.
 * (transfer full) */
char *mm_imap_set_write (const guint32 *uids,
                         guint          n_uids,
                         guint          max_uids,
                         gsize          max_length,
                         guint         *n_used);

/* The numbers of a set in the order given, each range ascending whichever way it is written (RFC
 * 3501 9, seq-range). NULL when it is none, has a '*' or 0, or more than @limit numbers.
 * (transfer full) (element-type guint32) */
GArray *mm_imap_set_parse (const char *text,
                           guint       limit);

/* "UIDVALIDITY:UID", and "UIDVALIDITY:UIDNEXT". (transfer full) */
char *mm_imap_id_write (guint32 uidvalidity,
                        guint32 uid);

/* FALSE, with both untouched, when @id is none. */
gboolean mm_imap_id_parse (const char *id,
                           guint32    *uidvalidity,
                           guint32    *uid);

/* Sorts ascending. */
void mm_imap_uids_sort (GArray *uids);

/* TRUE when the ascending @uids hold @uid. */
gboolean mm_imap_uids_contain (GArray  *uids,
                               guint32  uid);

G_END_DECLS
