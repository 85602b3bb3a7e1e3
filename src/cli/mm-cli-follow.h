/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "cli/mm-cli-options.h"

G_BEGIN_DECLS

/* The verbs that look at the history, or leave a wish there for the process that runs a
 * migration. */
MmExit mm_cli_follow  (const MmCliOptions *options);
MmExit mm_cli_history (const MmCliOptions *options);
MmExit mm_cli_cancel  (const MmCliOptions *options);
MmExit mm_cli_stop    (const MmCliOptions *options);

G_END_DECLS
