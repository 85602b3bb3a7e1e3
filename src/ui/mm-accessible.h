/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

/* What the entry rows of libadwaita leave out for people who hear the window: the field that is
 * typed into has the row's title as its name. @row: an AdwEntryRow; its title must be set. */
void mm_accessible_name_entry_row (GtkWidget *row);

/* Marks @row for the eye and the ear. @sentence: what is wrong with it; NULL: nothing. */
void mm_accessible_mark_row (GtkWidget  *row,
                             const char *sentence);

G_END_DECLS
