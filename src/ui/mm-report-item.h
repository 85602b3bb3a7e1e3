/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib-object.h>
#include "engine/mm-report.h"

G_BEGIN_DECLS

/**
 * MmReportItem:
 *
 * One migration of the history's list. Properties "title" (the accounts), "subtitle" (date,
 * counts, ID) and "state" (translated) change with the report.
 */
#define MM_TYPE_REPORT_ITEM (mm_report_item_get_type ())
G_DECLARE_FINAL_TYPE (MmReportItem, mm_report_item, MM, REPORT_ITEM, GObject)

MmReportItem *mm_report_item_new (const MmReport *report);

const MmReport *mm_report_item_get_report (MmReportItem *self);

void mm_report_item_set_report (MmReportItem   *self,
                                const MmReport *report);

G_END_DECLS
