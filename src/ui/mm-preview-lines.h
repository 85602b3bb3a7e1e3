/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>
#include "engine/mm-plan.h"

G_BEGIN_DECLS

/* What the preview shows of plans (element-type MmPlan): first what will be lost or does not
 * fit, then one line a folder. A GListModel of MmLine. (transfer full) */
GListModel *mm_preview_lines_new (GPtrArray *plans);

/* One sentence about all of it: what would be copied, what is there already, what is left out.
 * (transfer full) */
char *mm_preview_summary (GPtrArray *plans);

G_END_DECLS
