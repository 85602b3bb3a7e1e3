/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define MM_PROGRESS_SAMPLES 32

/**
 * MmProgressEstimate:
 *
 * Speed and time left of one stage, over the last ten seconds or so. A plain value; zeroed memory
 * is an estimate that knows nothing yet. @now is a monotonic time in microseconds everywhere.
 */
typedef struct
{
  struct
  {
    gint64 time;
    guint64 done;
  } samples[MM_PROGRESS_SAMPLES];
  guint n_samples;
  guint next;
} MmProgressEstimate;

/* Notes that @done of the work (bytes, or items) was done at @now. Calls closer than a third of a
 * second to the one before are ignored; a @done that goes down starts anew. */
void mm_progress_estimate_add (MmProgressEstimate *self,
                               gint64              now,
                               guint64             done);

/* Work a second; 0 while too little is known (under a second), or when nothing moves. */
double mm_progress_estimate_get_speed (const MmProgressEstimate *self,
                                       gint64                    now);

/* Seconds for @remaining of the work; -1 when the speed is not known. */
gint64 mm_progress_estimate_get_seconds_left (const MmProgressEstimate *self,
                                              gint64                    now,
                                              guint64                   remaining);

G_END_DECLS
