/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/mm-run.h"

#include "engine/mm-worker.h"

MmFolder *
mm_run_source_folder (const MmJournalFolder *folder)
{
  MmFolder *result = mm_folder_new (folder->kind, (const char *const *) folder->source_path);

  result->id = g_strdup (folder->source_id);
  result->n_items = folder->n_source;
  return result;
}

MmFolder *
mm_run_destination_folder (const MmJournalFolder *folder)
{
  MmFolder *result = mm_folder_new (folder->kind, (const char *const *) folder->path);

  result->id = g_strdup (folder->destination_id);
  result->n_items = folder->n_destination;
  return result;
}

void
mm_run_add_problem (MmRun                 *run,
                    MmKind                 kind,
                    const MmJournalFolder *folder,
                    const MmJournalItem   *item,
                    MmOutcome              outcome,
                    const char            *code,
                    const char            *message)
{
  g_autofree char *path = mm_path_to_display (
    folder != NULL ? (const char *const *) folder->source_path : NULL);
  MmProblem problem = { 0 };

  problem.kind = kind;
  problem.folder = path;
  problem.item = "";
  if (item != NULL)
    problem.item = item->reference->label != NULL ? item->reference->label : item->reference->id;
  problem.outcome = outcome;
  problem.code = (char *) code;
  problem.message = (char *) message;
  mm_journal_add_problem (run->journal, item != NULL ? item->id : 0, &problem);
  mm_progress_add_problem (run->progress, &problem);
}

typedef struct
{
  MmStage *stage;
  GPtrArray *folders;
  gint next; /* atomic */
  gboolean uses_source;
  gboolean uses_destination;
  MmFolderFunc func;
  gpointer user_data;
  GMutex lock;
  GError *error; /* the first */
} Work;

static void
keep_first_error (Work   *work,
                  GError *error)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&work->lock);

  if (work->error == NULL)
    work->error = error;
  else
    g_error_free (error);
}

static gboolean
has_error (Work *work)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&work->lock);

  return work->error != NULL;
}

static gboolean
take_stores (Work     *work,
             MmStore **source,
             MmStore **destination,
             GError  **error)
{
  GCancellable *stop = work->stage->run->stop;

  if (work->uses_source && *source == NULL)
    *source = mm_pool_take (work->stage->source, stop, error);
  if (work->uses_source && *source == NULL)
    return FALSE;
  if (work->uses_destination && *destination == NULL)
    *destination = mm_pool_take (work->stage->destination, stop, error);
  return !work->uses_destination || *destination != NULL;
}

/* An error of one folder is that folder's: @func has dealt with it. What comes here ends all. */
static void
work_on_folders (guint    index,
                 gpointer user_data)
{
  Work *work = user_data;
  MmStore *source = NULL;
  MmStore *destination = NULL;
  GError *error = NULL;

  while (!has_error (work))
    {
      guint i = (guint) g_atomic_int_add (&work->next, 1);

      if (i >= work->folders->len)
        break;
      if (take_stores (work, &source, &destination, &error) &&
          work->func (work->stage, g_ptr_array_index (work->folders, i), source, destination,
                      work->user_data, &error))
        continue;
      keep_first_error (work, g_steal_pointer (&error));
      break;
    }
  mm_pool_give_back (work->stage->source, source);
  mm_pool_give_back (work->stage->destination, destination);
}

gboolean
mm_run_each_folder (MmStage       *stage,
                    GPtrArray     *folders,
                    gboolean       uses_source,
                    gboolean       uses_destination,
                    MmFolderFunc   func,
                    gpointer       user_data,
                    GError       **error)
{
  Work work = { stage, folders, 0, uses_source, uses_destination, func, user_data, { 0 }, NULL };

  if (folders->len == 0)
    return TRUE;
  g_mutex_init (&work.lock);
  mm_worker_run_each (MIN (stage->width, folders->len), work_on_folders, &work);
  g_mutex_clear (&work.lock);
  if (work.error == NULL)
    return TRUE;
  g_propagate_error (error, work.error);
  return FALSE;
}
