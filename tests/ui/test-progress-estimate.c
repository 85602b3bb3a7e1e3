/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/mm-progress-estimate.h"

#define SECOND G_USEC_PER_SEC

static void
test_nothing_known (void)
{
  MmProgressEstimate estimate = { .n_samples = 0 };

  g_assert_cmpfloat (mm_progress_estimate_get_speed (&estimate, 5 * SECOND), ==, 0);
  g_assert_cmpint (mm_progress_estimate_get_seconds_left (&estimate, 5 * SECOND, 100), ==, -1);

  mm_progress_estimate_add (&estimate, 5 * SECOND, 1000);
  g_assert_cmpfloat (mm_progress_estimate_get_speed (&estimate, 5 * SECOND + 1), ==, 0);
}

static void
test_steady (void)
{
  MmProgressEstimate estimate = { .n_samples = 0 };
  const gint64 start = 1000 * SECOND;

  for (int i = 0; i <= 100; i++)
    mm_progress_estimate_add (&estimate, start + i * SECOND / 2, 500 * (guint64) i);

  g_assert_cmpfloat_with_epsilon (mm_progress_estimate_get_speed (&estimate, start + 50 * SECOND),
                                  1000, 1);
  g_assert_cmpint (mm_progress_estimate_get_seconds_left (&estimate, start + 50 * SECOND, 60000),
                   ==, 60);
  g_assert_cmpint (mm_progress_estimate_get_seconds_left (&estimate, start + 50 * SECOND, 0),
                   ==, 0);
}

static void
test_forgets_the_past (void)
{
  MmProgressEstimate estimate = { .n_samples = 0 };
  guint64 done = 0;
  int i;

  for (i = 0; i < 60; i++)
    mm_progress_estimate_add (&estimate, i * SECOND, done += 1000000);

  for (; i < 160; i++)
    mm_progress_estimate_add (&estimate, i * SECOND, done += 10);

  g_assert_cmpfloat_with_epsilon (mm_progress_estimate_get_speed (&estimate, (i - 1) * SECOND),
                                  10, 1);
}

static void
test_stall (void)
{
  MmProgressEstimate estimate = { .n_samples = 0 };
  double moving, stalled;

  for (int i = 0; i <= 10; i++)
    mm_progress_estimate_add (&estimate, i * SECOND, 1000 * (guint64) i);

  moving = mm_progress_estimate_get_speed (&estimate, 10 * SECOND);
  stalled = mm_progress_estimate_get_speed (&estimate, 100 * SECOND);
  g_assert_cmpfloat (moving, ==, 1000);
  g_assert_cmpfloat (stalled, ==, 100);
}

static void
test_starts_anew (void)
{
  MmProgressEstimate estimate = { .n_samples = 0 };

  mm_progress_estimate_add (&estimate, 0, 1000);
  mm_progress_estimate_add (&estimate, 10 * SECOND, 2000);
  mm_progress_estimate_add (&estimate, 11 * SECOND, 5);
  g_assert_cmpuint (estimate.n_samples, ==, 1);
  g_assert_cmpfloat (mm_progress_estimate_get_speed (&estimate, 11 * SECOND), ==, 0);
}

static void
test_too_often (void)
{
  MmProgressEstimate estimate = { .n_samples = 0 };

  for (int i = 0; i < 1000; i++)
    mm_progress_estimate_add (&estimate, i * SECOND / 1000, (guint64) i);

  g_assert_cmpuint (estimate.n_samples, <=, 3);
}

static void
test_absurd (void)
{
  MmProgressEstimate estimate = { .n_samples = 0 };

  mm_progress_estimate_add (&estimate, 0, 0);
  mm_progress_estimate_add (&estimate, 10 * SECOND, 1);
  g_assert_cmpint (mm_progress_estimate_get_seconds_left (&estimate, 10 * SECOND, G_MAXUINT64),
                   ==, -1);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/ui/progress-estimate/nothing-known", test_nothing_known);
  g_test_add_func ("/ui/progress-estimate/steady", test_steady);
  g_test_add_func ("/ui/progress-estimate/forgets-the-past", test_forgets_the_past);
  g_test_add_func ("/ui/progress-estimate/stall", test_stall);
  g_test_add_func ("/ui/progress-estimate/starts-anew", test_starts_anew);
  g_test_add_func ("/ui/progress-estimate/too-often", test_too_often);
  g_test_add_func ("/ui/progress-estimate/absurd", test_absurd);

  return g_test_run ();
}
