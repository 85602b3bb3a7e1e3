/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>
#include "ui/mm-new-page.h"
#include "ui/mm-runner.h"

G_BEGIN_DECLS

/**
 * MmWindow:
 *
 * The main window with its tabs. Closing it while something runs asks first; kept running, it is
 * only hidden, and the application destroys it when all has ended.
 */
#define MM_TYPE_WINDOW (mm_window_get_type ())
G_DECLARE_FINAL_TYPE (MmWindow, mm_window, MM, WINDOW, AdwApplicationWindow)

MmWindow *mm_window_new (GtkApplication *application,
                         MmRunner       *runner);

MmNewPage *mm_window_get_new_page (MmWindow *self); /* (transfer none) */

G_END_DECLS
