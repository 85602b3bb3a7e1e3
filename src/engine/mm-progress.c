/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/mm-progress.h"

#define TELL_INTERVAL_MS 100

struct _MmProgress
{
  gatomicrefcount ref_count;
  GMutex lock;
  MmStageReport stages[MM_N_KINDS];
  gboolean has_stage[MM_N_KINDS];
  GPtrArray *problems;
  MmProgressFunc func;
  gpointer user_data;
  GMainContext *context;
  GSource *source; /* one delivery under way at most */
  gint64 told;     /* when the last one was, in monotonic microseconds; 0: never */
  gboolean closed;
};

static GPtrArray *
new_problems (void)
{
  return g_ptr_array_new_with_free_func ((GDestroyNotify) mm_problem_free);
}

MmProgress *
mm_progress_new (MmProgressFunc func,
                 gpointer       user_data)
{
  MmProgress *self = g_new0 (MmProgress, 1);

  g_atomic_ref_count_init (&self->ref_count);
  g_mutex_init (&self->lock);
  self->problems = new_problems ();
  self->func = func;
  self->user_data = user_data;
  self->context = g_main_context_ref_thread_default ();
  return self;
}

MmProgress *
mm_progress_ref (MmProgress *self)
{
  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

void
mm_progress_unref (MmProgress *self)
{
  if (self == NULL || !g_atomic_ref_count_dec (&self->ref_count))
    return;
  g_ptr_array_unref (self->problems);
  g_main_context_unref (self->context);
  g_mutex_clear (&self->lock);
  g_free (self);
}

static void
unref_progress (gpointer self)
{
  mm_progress_unref (self);
}

static gboolean
tell_cb (gpointer user_data)
{
  MmProgress *self = user_data;
  g_autoptr (GPtrArray) problems = NULL;
  gboolean closed;

  g_mutex_lock (&self->lock);
  g_clear_pointer (&self->source, g_source_unref);
  self->told = g_get_monotonic_time ();
  problems = g_steal_pointer (&self->problems);
  self->problems = new_problems ();
  closed = self->closed;
  g_mutex_unlock (&self->lock);
  if (!closed && self->func != NULL)
    self->func (problems, self->user_data);
  return G_SOURCE_REMOVE;
}

/* With the lock held. What comes after a silence is told at once. */
static void
schedule (MmProgress *self)
{
  gint64 passed = (g_get_monotonic_time () - self->told) / 1000;

  if (self->source != NULL || self->closed)
    return;
  self->source = g_timeout_source_new (self->told == 0 || passed >= TELL_INTERVAL_MS
                                       ? 0 : (guint) (TELL_INTERVAL_MS - passed));
  g_source_set_callback (self->source, tell_cb, mm_progress_ref (self), unref_progress);
  g_source_attach (self->source, self->context);
}

void
mm_progress_flush (MmProgress *self)
{
  g_autoptr (GSource) source = NULL;

  g_mutex_lock (&self->lock);
  source = g_steal_pointer (&self->source);
  g_mutex_unlock (&self->lock);
  if (source == NULL)
    return;
  g_source_destroy (source);
  tell_cb (self);
}

void
mm_progress_close (MmProgress *self)
{
  mm_progress_flush (self);
  g_mutex_lock (&self->lock);
  self->closed = TRUE;
  g_mutex_unlock (&self->lock);
}

void
mm_progress_set_stage_state (MmProgress   *self,
                             MmKind        kind,
                             MmStageState  state)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  self->has_stage[kind] = TRUE;
  self->stages[kind].kind = kind;
  self->stages[kind].state = state;
  schedule (self);
}

void
mm_progress_add (MmProgress          *self,
                 const MmStageReport *delta)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);
  MmStageReport *stage = &self->stages[delta->kind];

  stage->found += delta->found;
  stage->copied += delta->copied;
  stage->existed += delta->existed;
  stage->skipped += delta->skipped;
  stage->failed += delta->failed;
  stage->bytes += delta->bytes;
  stage->bytes_total += delta->bytes_total;
  stage->removed += delta->removed;
  stage->restored += delta->restored;
  stage->left += delta->left;
  schedule (self);
}

void
mm_progress_set_stage (MmProgress          *self,
                       const MmStageReport *stage)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  self->has_stage[stage->kind] = TRUE;
  self->stages[stage->kind] = *stage;
  schedule (self);
}

void
mm_progress_add_problem (MmProgress      *self,
                         const MmProblem *problem)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  g_ptr_array_add (self->problems, mm_problem_copy (problem));
  schedule (self);
}

void
mm_progress_touch (MmProgress *self)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  schedule (self);
}

GPtrArray *
mm_progress_list_stages (MmProgress *self)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);
  g_autoptr (GPtrArray) stages = g_ptr_array_new_with_free_func (g_free);

  for (guint kind = 0; kind < MM_N_KINDS; kind++)
    if (self->has_stage[kind])
      g_ptr_array_add (stages, g_memdup2 (&self->stages[kind], sizeof (MmStageReport)));
  return g_steal_pointer (&stages);
}
