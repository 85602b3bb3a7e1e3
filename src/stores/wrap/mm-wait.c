/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "stores/wrap/mm-wait.h"

/* For when there is no descriptor left to be woken by. */
#define NAP_MS 100

gboolean
mm_wait (guint64        milliseconds,
         GCancellable  *cancellable,
         GError       **error)
{
  gint64 until = g_get_monotonic_time () + (gint64) (milliseconds * 1000);
  GPollFD fd = { .fd = -1 };
  gboolean has_fd = g_cancellable_make_pollfd (cancellable, &fd);

  while (!g_cancellable_is_cancelled (cancellable))
    {
      gint64 left = (until - g_get_monotonic_time () + 999) / 1000;

      if (left <= 0)
        break;
      if (has_fd)
        g_poll (&fd, 1, (int) MIN (left, G_MAXINT));
      else
        g_usleep ((gulong) MIN (left, NAP_MS) * 1000);
    }

  if (has_fd)
    g_cancellable_release_fd (cancellable);
  return !g_cancellable_set_error_if_cancelled (cancellable, error);
}
