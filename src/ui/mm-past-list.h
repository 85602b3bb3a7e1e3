/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>
#include "ui/mm-runner.h"

G_BEGIN_DECLS

/**
 * MmPastList:
 *
 * Past and running migrations, newest first, as a GListModel of MmReportItem; of this process
 * and of others. Main thread only; the history is read in a thread.
 *
 * Signals:
 *   loaded ()  the history was read once more, whether or not anything is different
 */
#define MM_TYPE_PAST_LIST (mm_past_list_get_type ())
G_DECLARE_FINAL_TYPE (MmPastList, mm_past_list, MM, PAST_LIST, GObject)

/* Reads the history for the first time, and whenever something begins or ends here. */
MmPastList *mm_past_list_new (MmRunner *runner);

/* While active also once every other second. */
void mm_past_list_set_active (MmPastList *self,
                                 gboolean       active);

/* Why the history could not be read; NULL when it could. */
const GError *mm_past_list_get_error (MmPastList *self);

/* The newest one that was interrupted; @n (out) (optional): how many there are. NULL for none.
 * Valid until the next "loaded". */
const MmReport *mm_past_list_get_interrupted (MmPastList *self,
                                                 guint         *n);

G_END_DECLS
