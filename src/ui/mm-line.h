/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

/**
 * MmLine:
 *
 * One line of a long list, for mm-line-row.ui: an icon, a title and a subtitle. Immutable.
 */
#define MM_TYPE_LINE (mm_line_get_type ())
G_DECLARE_FINAL_TYPE (MmLine, mm_line, MM, LINE, GObject)

/* @icon_name: (nullable), then @title is a heading. */
MmLine *mm_line_new (const char *icon_name,
                     const char *title,
                     const char *subtitle);

const char *mm_line_get_icon_name (MmLine *self);
const char *mm_line_get_title (MmLine *self);
const char *mm_line_get_subtitle (MmLine *self);

G_END_DECLS
