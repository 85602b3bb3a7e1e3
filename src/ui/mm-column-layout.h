/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * MmColumnLayout:
 *
 * Children side by side in columns of equal width where each gets at least what it needs and at
 * least the property "column-width" (pixels), else one below the other; "spacing" pixels apart.
 * Keyboard order stays the children's order.
 */
#define MM_TYPE_COLUMN_LAYOUT (mm_column_layout_get_type ())
G_DECLARE_FINAL_TYPE (MmColumnLayout, mm_column_layout, MM, COLUMN_LAYOUT, GtkLayoutManager)

GtkLayoutManager *mm_column_layout_new (int column_width,
                                        int spacing);

G_END_DECLS
