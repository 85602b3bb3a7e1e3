/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <sqlite3.h>
#include "engine/mm-journal.h"

G_BEGIN_DECLS

/* Between the journal's own files. All of these expect the lock to be held. */

void _mm_journal_lock   (MmJournal *self);
void _mm_journal_unlock (MmJournal *self);

/* The statement for @sql (a string constant), ready to be bound; NULL when the journal has failed
 * already, or fails now. */
sqlite3_stmt *_mm_journal_prepare (MmJournal *self, const char *sql);

/* Runs a statement that returns nothing; remembers a failure for the commit. NULL is fine. */
void _mm_journal_run (MmJournal *self, sqlite3_stmt *statement);

/* One row more? Resets the statement at the end. NULL is fine. */
gboolean _mm_journal_next (MmJournal *self, sqlite3_stmt *statement);

gint64 _mm_journal_last_row (MmJournal *self);

/* Lists of texts in one column. */
void   _mm_journal_bind_text (sqlite3_stmt *statement, int column, const char *text);
void   _mm_journal_bind_list (sqlite3_stmt *statement, int column, char **list);
char **_mm_journal_column_list (sqlite3_stmt *statement, int column);
char  *_mm_journal_column_text (sqlite3_stmt *statement, int column);

G_END_DECLS
