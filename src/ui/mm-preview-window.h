/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

/**
 * MmPreviewWindow:
 *
 * What a migration would do, folder by folder, before it is started.
 */
#define MM_TYPE_PREVIEW_WINDOW (mm_preview_window_get_type ())
G_DECLARE_FINAL_TYPE (MmPreviewWindow, mm_preview_window, MM, PREVIEW_WINDOW, AdwWindow)

/* @plans: (element-type MmPlan), one a stage. */
MmPreviewWindow *mm_preview_window_new (GtkWindow *parent,
                                        GPtrArray *plans);

G_END_DECLS
