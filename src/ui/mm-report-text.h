/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/mm-report.h"

G_BEGIN_DECLS

/* The words of the window for what a report says; no widgets. All strings: (transfer full),
 * translated, in the formats of the person's locale. */

/* A 64-bit count for ngettext (), which chooses the form by the last six digits as well. */
#define MM_PLURAL(n) ((gulong) ((n) > G_MAXINT32 ? (n) % 1000000 + 1000000 : (n)))

/* "1,204" */
char *mm_text_count (guint64 n);

/* A point in time (seconds since 1970 UTC) in local time; "–" for 0. */
char *mm_text_date (gint64 seconds);

/* "About 3 minutes left"; "" when @seconds is negative. */
char *mm_text_time_left (gint64 seconds);

/* "1,204 found · 300 copied · 2 skipped": what is zero is left out, but for the found. A stage
 * that is rolled back says what was removed, restored and left. */
char *mm_text_stage_counts (const MmStageReport *stage);

/* "12 MB of 400 MB"; "" while nothing is known, and for a rollback, which counts no bytes. */
char *mm_text_stage_bytes (const MmStageReport *stage);

/* From 0 to 1: by bytes, else by items; 1 when there is nothing to do or all is done. */
double mm_stage_get_fraction (const MmStageReport *stage);

gboolean mm_stage_is_moving (const MmStageReport *stage); /* at work at this moment */

/* "anna@example.org → bob@example.net" */
char *mm_text_accounts (const MmReport *report);

/* The server of a report's URL: "mail.example.org:993 · IMAP · TLS"; the URL itself when it
 * cannot be read. */
char *mm_text_server (const char *url);

/* For one line of a list: date, counts of all stages together, migration ID. */
char *mm_text_report_line (const MmReport *report);

G_END_DECLS
