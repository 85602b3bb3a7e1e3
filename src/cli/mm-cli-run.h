/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "cli/mm-cli-options.h"

G_BEGIN_DECLS

/* The verbs that work in the foreground until the end; SIGINT and SIGTERM stop them cleanly. */
MmExit mm_cli_migrate  (const MmCliOptions *options);
MmExit mm_cli_resume   (const MmCliOptions *options);
MmExit mm_cli_rollback (const MmCliOptions *options);

G_END_DECLS
