/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/mm-progress.h"

#include "engine/mm-worker.h"

typedef struct
{
  MmProgress *progress;
  GThread *thread; /* in which it is to be told */
  guint n_told;
  guint n_problems;
} Watcher;

static void
told_cb (GPtrArray *problems,
         gpointer   user_data)
{
  Watcher *self = user_data;

  g_assert_true (g_thread_self () == self->thread);
  self->n_told++;
  self->n_problems += problems->len;
}

static void
set_up (Watcher       *self,
        gconstpointer  unused)
{
  *self = (Watcher) { .thread = g_thread_self () };
  self->progress = mm_progress_new (told_cb, self);
}

static void
tear_down (Watcher       *self,
           gconstpointer  unused)
{
  mm_progress_close (self->progress);
  mm_progress_unref (self->progress);
}

static void
add_copied (MmProgress *progress,
            guint64     n)
{
  const MmStageReport delta = { .kind = MM_KIND_EMAILS, .copied = n, .bytes = 10 * n };

  mm_progress_add (progress, &delta);
}

static void
iterate_for (guint milliseconds)
{
  gint64 end = g_get_monotonic_time () + milliseconds * G_TIME_SPAN_MILLISECOND;

  while (g_get_monotonic_time () < end)
    if (!g_main_context_iteration (NULL, FALSE))
      g_usleep (1000);
}

static void
test_stages (Watcher       *self,
             gconstpointer  unused)
{
  const MmStageReport contacts = { .kind = MM_KIND_CONTACTS, .found = 3, .failed = 1 };
  g_autoptr (GPtrArray) none = mm_progress_list_stages (self->progress);
  g_autoptr (GPtrArray) stages = NULL;
  const MmStageReport *stage;

  g_assert_cmpuint (none->len, ==, 0);
  mm_progress_set_stage_state (self->progress, MM_KIND_EMAILS, MM_STAGE_COPYING);
  mm_progress_set_stage (self->progress, &contacts);
  add_copied (self->progress, 5);
  add_copied (self->progress, (guint64) -2);
  stages = mm_progress_list_stages (self->progress);
  g_assert_cmpuint (stages->len, ==, 2);
  stage = g_ptr_array_index (stages, 0);
  g_assert_cmpint (stage->kind, ==, MM_KIND_CONTACTS);
  g_assert_cmpuint (stage->found, ==, 3);
  g_assert_cmpuint (stage->failed, ==, 1);
  stage = g_ptr_array_index (stages, 1);
  g_assert_cmpint (stage->state, ==, MM_STAGE_COPYING);
  g_assert_cmpuint (stage->copied, ==, 3);
  g_assert_cmpuint (stage->bytes, ==, 30);
}

/* A thousand changes are told a few times. */
static void
test_not_too_often (Watcher       *self,
                    gconstpointer  unused)
{
  gint64 end = g_get_monotonic_time () + 550 * G_TIME_SPAN_MILLISECOND;

  while (g_get_monotonic_time () < end)
    {
      add_copied (self->progress, 1);
      g_main_context_iteration (NULL, FALSE);
    }
  g_assert_cmpuint (self->n_told, >=, 1);
  g_assert_cmpuint (self->n_told, <=, 6);
}

static void
test_quiet_when_nothing_changes (Watcher       *self,
                                 gconstpointer  unused)
{
  mm_progress_touch (self->progress);
  while (self->n_told == 0)
    g_main_context_iteration (NULL, TRUE);
  iterate_for (250);
  g_assert_cmpuint (self->n_told, ==, 1);
}

static void
work (guint    index,
      gpointer progress)
{
  for (guint i = 0; i < 500; i++)
    {
      const MmProblem problem = { .folder = (char *) "", .item = (char *) "", .code = (char *) "x",
                                  .message = (char *) "y" };

      add_copied (progress, 1);
      mm_progress_add_problem (progress, &problem);
    }
}

/* Everything is told, once, in the maker's thread, at the latest when closing. */
static void
test_many_threads (Watcher       *self,
                   gconstpointer  unused)
{
  g_autoptr (GPtrArray) stages = NULL;

  mm_progress_set_stage_state (self->progress, MM_KIND_EMAILS, MM_STAGE_COPYING);
  mm_worker_run_each (4, work, self->progress);
  mm_progress_close (self->progress);
  g_assert_cmpuint (self->n_problems, ==, 2000);
  stages = mm_progress_list_stages (self->progress);
  g_assert_cmpuint (((MmStageReport *) stages->pdata[0])->copied, ==, 2000);
}

static void
test_nothing_after_closing (Watcher       *self,
                            gconstpointer  unused)
{
  mm_progress_close (self->progress);
  add_copied (self->progress, 1);
  iterate_for (250);
  g_assert_cmpuint (self->n_told, ==, 0);
}

/* It may outlive its watcher: the working threads hold it. */
static void
test_outlives (Watcher       *self,
               gconstpointer  unused)
{
  MmProgress *held = mm_progress_ref (self->progress);

  add_copied (held, 1);
  mm_progress_close (self->progress);
  g_assert_cmpuint (self->n_told, ==, 1);
  mm_progress_unref (held);
}

typedef struct
{
  GThread *thread;
  GObject *object;
  gboolean finished;
} Job;

static gboolean
job_cb (gpointer       user_data,
        GCancellable  *cancellable,
        GError       **error)
{
  Job *job = user_data;

  g_assert_true (g_thread_self () != job->thread);
  return g_cancellable_set_error_if_cancelled (cancellable, error) == FALSE;
}

static void
job_done_cb (GObject      *object,
             GAsyncResult *result,
             gpointer      user_data)
{
  Job *job = user_data;

  g_assert_true (g_thread_self () == job->thread);
  mm_worker_run_finish (object, test_outlives, result, NULL);
  job->finished = TRUE;
}

static void
disposed_cb (gpointer  thread,
             GObject  *object)
{
  g_assert_true (g_thread_self () == thread);
}

/* The object of a job is never disposed of in the job's thread. */
static void
test_job (void)
{
  for (guint i = 0; i < 300; i++)
    {
      Job job = { g_thread_self (), g_object_new (G_TYPE_OBJECT, NULL), FALSE };

      g_object_weak_ref (job.object, disposed_cb, job.thread);
      mm_worker_run_async (job.object, test_outlives, job_cb, &job, NULL, job_done_cb, &job);
      g_object_unref (job.object);
      while (!job.finished)
        g_main_context_iteration (NULL, TRUE);
    }
}

static void
beat_cb (gpointer count)
{
  g_atomic_int_inc ((gint *) count);
}

static void
test_pulse (void)
{
  gint count = 0;
  gint64 begun = g_get_monotonic_time ();
  MmPulse *pulse = mm_worker_begin_pulse (20, beat_cb, &count);
  gint at_end;

  while (g_atomic_int_get (&count) < 3)
    g_usleep (1000);
  mm_worker_end_pulse (pulse);
  at_end = g_atomic_int_get (&count);
  g_assert_cmpint (at_end * 20, <=, (g_get_monotonic_time () - begun) / 1000);
  g_usleep (50 * 1000);
  g_assert_cmpint (g_atomic_int_get (&count), ==, at_end);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/progress/stages", Watcher, NULL, set_up, test_stages, tear_down);
  g_test_add ("/progress/not-too-often", Watcher, NULL, set_up, test_not_too_often, tear_down);
  g_test_add ("/progress/quiet-when-nothing-changes", Watcher, NULL, set_up,
              test_quiet_when_nothing_changes, tear_down);
  g_test_add ("/progress/many-threads", Watcher, NULL, set_up, test_many_threads, tear_down);
  g_test_add ("/progress/nothing-after-closing", Watcher, NULL, set_up,
              test_nothing_after_closing, tear_down);
  g_test_add ("/progress/outlives", Watcher, NULL, set_up, test_outlives, tear_down);
  g_test_add_func ("/worker/job", test_job);
  g_test_add_func ("/worker/pulse", test_pulse);
  return g_test_run ();
}
