/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/mm-worker.h"

typedef struct
{
  MmWorkerFunc func;
  gpointer user_data;
  gboolean ok;
  GError *error;
} Job;

typedef struct
{
  MmWorkerEachFunc func;
  gpointer user_data;
  guint index;
} Share;

struct _MmPulse
{
  GThread *thread;
  GMutex lock;
  GCond ended;
  gboolean end;
  guint interval_ms;
  MmPulseFunc func;
  gpointer user_data;
};

static gboolean
finish_job_cb (gpointer user_data)
{
  GTask *task = user_data;
  Job *job = g_task_get_task_data (task);

  if (job->ok)
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, g_steal_pointer (&job->error));
  return G_SOURCE_REMOVE;
}

/* Not g_task_run_in_thread (): its pool is small, and a migration blocks for hours. The task goes
 * back as a whole: were a reference to remain here, the object that it holds could be disposed of
 * in this thread. */
static gpointer
run_job (gpointer data)
{
  GTask *task = data;
  Job *job = g_task_get_task_data (task);
  g_autoptr (GMainContext) context = g_main_context_ref (g_task_get_context (task));
  g_autoptr (GSource) source = g_idle_source_new ();

  job->ok = job->func (job->user_data, g_task_get_cancellable (task), &job->error);
  g_source_set_priority (source, g_task_get_priority (task));
  g_source_set_callback (source, finish_job_cb, task, g_object_unref);
  g_source_attach (source, context);
  return NULL;
}

void
mm_worker_run_async (gpointer              source_object,
                     gpointer              task_tag,
                     MmWorkerFunc          func,
                     gpointer              user_data,
                     GCancellable         *cancellable,
                     GAsyncReadyCallback   callback,
                     gpointer              callback_data)
{
  GTask *task = g_task_new (source_object, cancellable, callback, callback_data);
  Job *job = g_new0 (Job, 1);

  job->func = func;
  job->user_data = user_data;
  g_task_set_source_tag (task, task_tag);
  g_task_set_task_data (task, job, g_free);
  /* The function's own word counts: what was done is done, cancelled or not. */
  g_task_set_check_cancellable (task, FALSE);
  g_thread_unref (g_thread_new ("migration", run_job, task));
}

gboolean
mm_worker_run_finish (gpointer       source_object,
                      gpointer       task_tag,
                      GAsyncResult  *result,
                      GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, source_object), FALSE);
  g_return_val_if_fail (g_task_get_source_tag (G_TASK (result)) == task_tag, FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

static gpointer
run_share (gpointer data)
{
  Share *share = data;

  share->func (share->index, share->user_data);
  return NULL;
}

void
mm_worker_run_each (guint             n,
                    MmWorkerEachFunc  func,
                    gpointer          user_data)
{
  g_autofree Share *shares = g_new (Share, n);
  g_autofree GThread **threads = g_new (GThread *, n);

  for (guint i = 0; i < n; i++)
    {
      shares[i] = (Share) { func, user_data, i };
      threads[i] = g_thread_new ("folders", run_share, &shares[i]);
    }
  for (guint i = 0; i < n; i++)
    g_thread_join (threads[i]);
}

static gpointer
run_pulse (gpointer data)
{
  MmPulse *pulse = data;
  gint64 next = g_get_monotonic_time ();

  g_mutex_lock (&pulse->lock);
  while (!pulse->end)
    {
      next += pulse->interval_ms * G_TIME_SPAN_MILLISECOND;
      while (!pulse->end && g_cond_wait_until (&pulse->ended, &pulse->lock, next))
        ;
      if (pulse->end)
        break;
      g_mutex_unlock (&pulse->lock);
      pulse->func (pulse->user_data);
      g_mutex_lock (&pulse->lock);
    }
  g_mutex_unlock (&pulse->lock);
  return NULL;
}

MmPulse *
mm_worker_begin_pulse (guint        interval_ms,
                       MmPulseFunc  func,
                       gpointer     user_data)
{
  MmPulse *pulse = g_new0 (MmPulse, 1);

  g_mutex_init (&pulse->lock);
  g_cond_init (&pulse->ended);
  pulse->interval_ms = interval_ms;
  pulse->func = func;
  pulse->user_data = user_data;
  pulse->thread = g_thread_new ("pulse", run_pulse, pulse);
  return pulse;
}

void
mm_worker_end_pulse (MmPulse *pulse)
{
  g_mutex_lock (&pulse->lock);
  pulse->end = TRUE;
  g_cond_signal (&pulse->ended);
  g_mutex_unlock (&pulse->lock);
  g_thread_join (pulse->thread);
  g_mutex_clear (&pulse->lock);
  g_cond_clear (&pulse->ended);
  g_free (pulse);
}
