/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>
#include "model/mm-service.h"

G_BEGIN_DECLS

/* What the window remembers: its size and the servers used last, never a password. Where the
 * GSettings schema is not installed nothing is remembered, and nothing fails. */

void mm_settings_load_window (GtkWindow *window);
void mm_settings_save_window (GtkWindow *window);

/* @source, @destination (out) (transfer full) (nullable) */
void mm_settings_load_services (MmService **source,
                                MmService **destination);
void mm_settings_save_services (const MmService *source,
                                const MmService *destination);

G_END_DECLS
