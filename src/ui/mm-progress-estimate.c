/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ui/mm-progress-estimate.h"

#define MIN_INTERVAL (G_USEC_PER_SEC / 3)
#define MIN_SPAN G_USEC_PER_SEC
#define MAX_SECONDS_LEFT (99 * 3600)

static guint
nth (const MmProgressEstimate *self,
     guint                     age)
{
  return (self->next + MM_PROGRESS_SAMPLES - 1 - age) % MM_PROGRESS_SAMPLES;
}

void
mm_progress_estimate_add (MmProgressEstimate *self,
                          gint64              now,
                          guint64             done)
{
  g_return_if_fail (self != NULL);

  if (self->n_samples > 0)
    {
      guint latest = nth (self, 0);

      if (done < self->samples[latest].done)
        self->n_samples = 0;
      else if (now - self->samples[latest].time < MIN_INTERVAL)
        return;
    }

  self->samples[self->next].time = now;
  self->samples[self->next].done = done;
  self->next = (self->next + 1) % MM_PROGRESS_SAMPLES;
  self->n_samples = MIN (self->n_samples + 1, MM_PROGRESS_SAMPLES);
}

double
mm_progress_estimate_get_speed (const MmProgressEstimate *self,
                                gint64                    now)
{
  guint latest, oldest;
  gint64 span;

  g_return_val_if_fail (self != NULL, 0);

  if (self->n_samples == 0)
    return 0;

  latest = nth (self, 0);
  oldest = nth (self, self->n_samples - 1);

  /* Up to now, not up to the last sample: a connection that hangs shows as a falling speed. */
  span = now - self->samples[oldest].time;
  if (span < MIN_SPAN)
    return 0;

  return (double) (self->samples[latest].done - self->samples[oldest].done)
         * G_USEC_PER_SEC / (double) span;
}

gint64
mm_progress_estimate_get_seconds_left (const MmProgressEstimate *self,
                                       gint64                    now,
                                       guint64                   remaining)
{
  double speed = mm_progress_estimate_get_speed (self, now);
  double seconds;

  if (speed <= 0)
    return -1;

  seconds = (double) remaining / speed;
  return seconds > MAX_SECONDS_LEFT ? -1 : (gint64) (seconds + 0.5);
}
