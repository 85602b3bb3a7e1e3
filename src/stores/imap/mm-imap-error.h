/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "model/mm-error.h"

G_BEGIN_DECLS

/* What a refusal means, from its response code (RFC 5530 and others, NULL when there was none) and
 * its text; @fallback when neither is known. */
MmError mm_imap_error_classify (const char *code,
                                const char *text,
                                MmError     fallback);

/* The same as a GError. @sentence: translated, what was tried and where, without its stop; the
 * server's own words are put behind it. BUSY carries how long the server asked to be left alone.
 * (transfer full) */
GError *mm_imap_error_new (const char *code,
                           const char *text,
                           MmError     fallback,
                           const char *sentence);

/* Seconds in "… Suggested Backoff Time: 12345 milliseconds", rounded up; 0 when @text has none. */
guint mm_imap_error_parse_backoff (const char *text);

/* TRUE when @text has @words in it, without case (ASCII). */
gboolean mm_imap_text_has (const char *text,
                           const char *words);

G_END_DECLS
