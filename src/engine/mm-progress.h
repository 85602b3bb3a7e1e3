/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/mm-report.h"

G_BEGIN_DECLS

/**
 * MmProgress:
 *
 * What the working threads have done so far, for whoever watches: counts and problems, told in
 * the main context in which it was made, at most ten times a second. Thread-safe. Atomically
 * reference counted.
 */
typedef struct _MmProgress MmProgress;

/* In the context of the maker: something has changed. @problems: (element-type MmProblem), new
 * since the last call, may be empty; borrowed. */
typedef void (*MmProgressFunc) (GPtrArray *problems,
                                gpointer   user_data);

MmProgress *mm_progress_new   (MmProgressFunc func,
                               gpointer       user_data);
MmProgress *mm_progress_ref   (MmProgress *self);
void        mm_progress_unref (MmProgress *self);

/* Tells what is still untold, at once. In the maker's thread. */
void mm_progress_flush (MmProgress *self);

/* The same, and nothing ever after. */
void mm_progress_close (MmProgress *self);

/* Adds the stage when it is not there yet. */
void mm_progress_set_stage_state (MmProgress   *self,
                                  MmKind        kind,
                                  MmStageState  state);

/* Adds each count of @delta (may be "negative" by wrapping) to the stage of its kind. */
void mm_progress_add (MmProgress          *self,
                      const MmStageReport *delta);

/* Replaces the whole stage. */
void mm_progress_set_stage (MmProgress          *self,
                            const MmStageReport *stage);

void mm_progress_add_problem (MmProgress      *self,
                              const MmProblem *problem);

/* A state of the whole has changed: tell soon. */
void mm_progress_touch (MmProgress *self);

/* (transfer full) (element-type MmStageReport), in order of running. */
GPtrArray *mm_progress_list_stages (MmProgress *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MmProgress, mm_progress_unref)

G_END_DECLS
