/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "cli/mm-cli-options.h"
#include "engine/mm-report.h"

G_BEGIN_DECLS

/* The status that says how a migration ended. */
MmExit mm_cli_exit_of_report (const MmReport *report);

/* The status of an error before a migration exists. */
MmExit mm_cli_exit_of_error (const GError *error);

/* Why what was rolled back, wholly or in part, is not resumed. Translated, static. */
const char *mm_cli_exit_get_resume_refusal (void);

G_END_DECLS
