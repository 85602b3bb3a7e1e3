/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>
#include "engine/mm-migration.h"

G_BEGIN_DECLS

/*
 * What the command line prints. With JSON: lines on standard output, each flushed, and nothing
 * else there. Without: the report on standard output, everything that passes by on standard error.
 */

/* Before a migration exists. */
void mm_cli_output_error (gboolean      json,
                          MmSide        side,
                          const GError *error);

void mm_cli_output_created (gboolean        json,
                            const MmReport *report);

/* @rollback: the line has removed, restored and left. @last: of the previous call for this stage,
 * or NULL; nothing is printed when they are equal. */
void mm_cli_output_stage (gboolean             json,
                          gboolean             rollback,
                          const MmStageReport *stage,
                          const MmStageReport *last,
                          gint64               started_us);

void mm_cli_output_problem (gboolean         json,
                            const MmProblem *problem);

/* Of a rollback the stages have removed, restored and left as well. */
void mm_cli_output_finished (gboolean        json,
                             const MmReport *report);

void mm_cli_output_history_line (gboolean        json,
                                 const MmReport *report);

/* @plans: (element-type MmPlan), beside the report's stages. */
void mm_cli_output_plan (gboolean        json,
                         const MmReport *report,
                         GPtrArray      *plans);

G_END_DECLS
