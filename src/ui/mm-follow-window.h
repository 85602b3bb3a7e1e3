/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>
#include "ui/mm-migration-view.h"
#include "ui/mm-runner.h"

G_BEGIN_DECLS

/**
 * MmFollowWindow:
 *
 * One recorded migration in a window of its own.
 */
#define MM_TYPE_FOLLOW_WINDOW (mm_follow_window_get_type ())
G_DECLARE_FINAL_TYPE (MmFollowWindow, mm_follow_window, MM, FOLLOW_WINDOW, AdwWindow)

/* Shows the window for @id: the one that is open already, or a new one. (transfer none) */
MmFollowWindow *mm_follow_window_show (GtkApplication *application,
                                       MmRunner       *runner,
                                       const char     *id,
                                       const char     *address);

MmMigrationView *mm_follow_window_get_view (MmFollowWindow *self); /* (transfer none) */

G_END_DECLS
