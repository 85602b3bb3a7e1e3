/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The moment that an INTERNALDATE (RFC 3501 date-time) or a Date field (RFC 5322 3.3) names, in
 * seconds since 1970 UTC. Tolerant: one-digit days, two-digit years, a missing or impossible
 * zone (taken for UTC), comments. MM_DATE_UNKNOWN when there is no date in it. */
gint64 mm_imap_date_parse (const char *text);

/* The date-time for APPEND, always in UTC and with its quotes: "\" 1-Feb-2024 03:04:05 +0000\"".
 * NULL when @date cannot be said in four digits of year. (transfer full) */
char *mm_imap_date_write (gint64 date);

G_END_DECLS
