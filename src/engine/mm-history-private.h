/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/mm-history.h"
#include "engine/mm-journal.h"

G_BEGIN_DECLS

/* How long after its end a migration can be rolled back, in seconds. */
#define MM_ROLLBACK_WINDOW (48 * 60 * 60)

/* A fresh migration ID: ten characters that are hard to misread, "7K3M9-Q2XFT". (transfer full) */
char *_mm_history_new_id (void);

/* Makes the journal of a new migration and takes its lock. @info->id is set. @lock: a file
 * descriptor; closing it, or dying, gives the lock back. */
MmJournal *_mm_history_create (MmHistory      *self,
                               MmJournalInfo  *info,
                               int            *lock,
                               GError        **error);

/* Opens one for writing and takes its lock; MM_ERROR_UNSUPPORTED when a process runs it. */
MmJournal *_mm_history_acquire (MmHistory   *self,
                                const char  *id,
                                const char  *address,
                                int         *lock,
                                GError     **error);

/* Opens one for reading; errors as mm_history_find (). */
MmJournal *_mm_history_open (MmHistory   *self,
                             const char  *id,
                             const char  *address,
                             GError     **error);

/* The report as the journal has it. @running: somebody holds the lock. (transfer full) */
MmReport *_mm_history_read (MmJournal  *journal,
                            gboolean    running,
                            GError    **error);

G_END_DECLS
