/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Blocks for @milliseconds. FALSE, with G_IO_ERROR_CANCELLED and at once, when cancelled. */
gboolean mm_wait (guint64        milliseconds,
                  GCancellable  *cancellable,
                  GError       **error);

G_END_DECLS
