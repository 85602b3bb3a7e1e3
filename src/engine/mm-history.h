/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>
#include "engine/mm-report.h"

G_BEGIN_DECLS

/**
 * MmHistory:
 *
 * The migrations that this person ran: a folder with one journal (SQLite) and one lock file a
 * migration. Any process may read it and ask a running one to cancel or stop. Thread-safe.
 */
#define MM_TYPE_HISTORY (mm_history_get_type ())
G_DECLARE_FINAL_TYPE (MmHistory, mm_history, MM, HISTORY, GObject)

/* @directory: NULL for $XDG_DATA_HOME/mail-migrator. Made when something is first written. */
MmHistory *mm_history_new (const char *directory);

/* All of them, newest first, without their problems. Unreadable ones are left out with a warning
 * in the log. (transfer full) (element-type MmReport) */
GPtrArray *mm_history_list (MmHistory  *self,
                            GError    **error);

/* One, with its problems; spaces and case in @id do not matter. MM_ERROR_NOT_FOUND when there is
 * no such ID or @address is not its source's (or destination's) address: the same answer for both. */
MmReport *mm_history_find (MmHistory   *self,
                           const char  *id,
                           const char  *address,
                           GError     **error);

typedef enum
{
  MM_REQUEST_NONE,
  MM_REQUEST_CANCEL,
  MM_REQUEST_STOP,
} MmRequest;

/* Asks the process that runs it. MM_ERROR_UNSUPPORTED, with a sentence, when it does not run. */
gboolean mm_history_request (MmHistory   *self,
                             const char  *id,
                             const char  *address,
                             MmRequest    request,
                             GError     **error);

G_END_DECLS
