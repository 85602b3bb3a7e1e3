/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/mm-run.h"

G_BEGIN_DECLS

/* Runs the stages of @kinds in their order, scan to verify, in the calling thread and those it
 * makes. Both endpoints are open. What goes wrong is in the journal's problems. @again: items
 * that failed before are tried again. Returns COMPLETED, CANCELLED, STOPPED or FAILED. */
MmState mm_migrate (MmRun     *run,
                    MmKindSet  kinds,
                    gboolean   again);

/* Scans every stage of @kinds into the (temporary) journal and returns the plans with their
 * counts. (transfer full) (element-type MmPlan) */
GPtrArray *mm_migrate_preview (MmRun      *run,
                               MmKindSet   kinds,
                               GError    **error);

/* Rolls back every stage that the journal knows, last first. Returns ROLLED_BACK, STOPPED (can be
 * rolled back again) or FAILED. */
MmState mm_migrate_back (MmRun *run);

G_END_DECLS
