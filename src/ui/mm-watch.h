/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/mm-report.h"
#include "ui/mm-runner.h"

G_BEGIN_DECLS

/**
 * MmWatch:
 *
 * Follows one recorded migration wherever it runs: from this process by its signals, from another
 * by reading the history once a second while the watch is active. Main thread only.
 *
 * Signals:
 *   changed ()  the report or the error is another
 */
#define MM_TYPE_WATCH (mm_watch_get_type ())
G_DECLARE_FINAL_TYPE (MmWatch, mm_watch, MM, WATCH, GObject)

/* @address: the source's or the destination's. The report is there after the first "changed",
 * or at once when this process runs the migration. */
MmWatch *mm_watch_new (MmRunner   *runner,
                       const char *id,
                       const char *address);

/* Reads the history only while active (a window shows it); inactive at first. */
void mm_watch_set_active (MmWatch  *self,
                          gboolean  active);

MmRunner       *mm_watch_get_runner (MmWatch *self);
const char     *mm_watch_get_id (MmWatch *self);
const char     *mm_watch_get_address (MmWatch *self);
const MmReport *mm_watch_get_report (MmWatch *self); /* (nullable), until "changed" */
const GError   *mm_watch_get_error (MmWatch *self);  /* (nullable): why there is no report */
MmProblemList  *mm_watch_get_problems (MmWatch *self);

/* Asks whoever runs it to cancel or to stop. */
gboolean mm_watch_request (MmWatch    *self,
                           MmRequest   request,
                           GError    **error);

G_END_DECLS
