/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/*
 * Modified UTF-7, in which IMAP writes mailbox names (RFC 3501 5.1.3).
 */

/* The name for people, always valid UTF-8. Tolerant: what is no well-formed sequence stays as it
 * is, raw UTF-8 passes through, other bytes become U+FFFD. @length: bytes, -1 when NUL-terminated.
 * (transfer full) */
char *mm_imap_utf7_decode (const char *name,
                           gssize      length);

/* The name for the wire: printable ASCII without lone '&'. Strict: every sequence is the shortest
 * one. @name: valid UTF-8. (transfer full) */
char *mm_imap_utf7_encode (const char *name);

G_END_DECLS
