/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/mm-run.h"

G_BEGIN_DECLS

/* What the threads of one scan share. */
typedef struct
{
  GHashTable *seen;
  GMutex seen_lock;
  GHashTable *plans; /* MmJournalFolder → MmPlanFolder */
} MmScan;

/* An MmFolderFunc with the MmScan as user data: lists one folder on both sides, writes its items
 * into the journal and marks those that the destination has. */
gboolean _mm_scan_folder (MmStage          *stage,
                          MmJournalFolder  *folder,
                          MmStore          *source,
                          MmStore          *destination,
                          gpointer          user_data,
                          GError          **error);

G_END_DECLS
