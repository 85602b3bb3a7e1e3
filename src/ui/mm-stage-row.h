/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>
#include "engine/mm-report.h"

G_BEGIN_DECLS

/**
 * MmStageRow:
 *
 * One stage of a migration: state, counts, size, and while it moves speed and time left.
 */
#define MM_TYPE_STAGE_ROW (mm_stage_row_get_type ())
G_DECLARE_FINAL_TYPE (MmStageRow, mm_stage_row, MM, STAGE_ROW, AdwPreferencesRow)

MmStageRow *mm_stage_row_new (void);

/* @stage: copied. @active: the migration is at work (else a stage that looks as if it moved was
 * interrupted). */
void mm_stage_row_update (MmStageRow          *self,
                          const MmStageReport *stage,
                          gboolean             active);

G_END_DECLS
