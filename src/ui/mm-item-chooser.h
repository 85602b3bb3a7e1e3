/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>
#include "model/mm-kind.h"

G_BEGIN_DECLS

/**
 * MmItemChooser:
 *
 * Which kinds of items to move, of those that both accounts can.
 */
#define MM_TYPE_ITEM_CHOOSER (mm_item_chooser_get_type ())
G_DECLARE_FINAL_TYPE (MmItemChooser, mm_item_chooser, MM, ITEM_CHOOSER, AdwPreferencesGroup)

/* What both accounts can, all chosen; 0: not known (yet). A choice made before is kept. */
void mm_item_chooser_set_offered (MmItemChooser *self,
                                  MmKindSet      offered);

MmKindSet mm_item_chooser_get_offered (MmItemChooser *self);

/* 0 when nothing is offered yet, or nothing was chosen. */
MmKindSet mm_item_chooser_get_chosen (MmItemChooser *self);

G_END_DECLS
