/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ui/mm-watch.h"

#include "ui/mm-report-rules.h"

#define POLL_SECONDS 1
#define IDLE_POLL_SECONDS 5 /* when nobody is at work on it */

struct _MmWatch
{
  GObject parent_instance;

  MmRunner *runner;
  char *id;
  char *address;

  MmMigration *migration; /* while this process runs it */
  gulong migration_handler;
  gulong runner_handler;

  MmReport *report;
  GError *error;
  MmProblemList *problems;

  gboolean active;
  guint poll_source;
  guint idle_ticks;
  GCancellable *reading;
};

G_DEFINE_FINAL_TYPE (MmWatch, mm_watch, G_TYPE_OBJECT)

enum
{
  CHANGED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

typedef struct
{
  MmHistory *history;
  char *id;
  char *address;
} Query;

static void
query_free (Query *query)
{
  g_object_unref (query->history);
  g_free (query->id);
  g_free (query->address);
  g_free (query);
}

static void
release_migration (MmWatch *self)
{
  g_clear_signal_handler (&self->migration_handler, self->migration);
  g_clear_object (&self->migration);
}

static void
mm_watch_dispose (GObject *object)
{
  MmWatch *self = MM_WATCH (object);

  g_clear_handle_id (&self->poll_source, g_source_remove);
  g_cancellable_cancel (self->reading);
  g_clear_object (&self->reading);
  if (self->migration != NULL)
    release_migration (self);
  g_clear_signal_handler (&self->runner_handler, self->runner);
  g_clear_object (&self->runner);
  g_clear_object (&self->problems);

  G_OBJECT_CLASS (mm_watch_parent_class)->dispose (object);
}

static void
mm_watch_finalize (GObject *object)
{
  MmWatch *self = MM_WATCH (object);

  g_clear_pointer (&self->report, mm_report_free);
  g_clear_error (&self->error);
  g_free (self->id);
  g_free (self->address);

  G_OBJECT_CLASS (mm_watch_parent_class)->finalize (object);
}

static void
mm_watch_class_init (MmWatchClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = mm_watch_dispose;
  object_class->finalize = mm_watch_finalize;

  signals[CHANGED] = g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0,
                                   NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
mm_watch_init (MmWatch *self)
{
  self->problems = mm_problem_list_new ();
}

static void
take_report (MmWatch  *self,
             MmReport *report)
{
  g_clear_pointer (&self->report, mm_report_free);
  g_clear_error (&self->error);
  self->report = report;

  g_signal_emit (self, signals[CHANGED], 0);
}

static void
read_in_thread (GTask        *task,
                gpointer      source_object,
                gpointer      task_data,
                GCancellable *cancellable)
{
  const Query *query = task_data;
  MmReport *report;
  GError *error = NULL;

  report = mm_history_find (query->history, query->id, query->address, &error);
  if (report == NULL)
    g_task_return_error (task, error);
  else
    g_task_return_pointer (task, report, (GDestroyNotify) mm_report_free);
}

static void
read_cb (GObject      *source,
         GAsyncResult *result,
         gpointer      user_data)
{
  MmWatch *self = MM_WATCH (source);
  g_autoptr(MmReport) report = NULL;
  g_autoptr(GError) error = NULL;

  report = g_task_propagate_pointer (G_TASK (result), &error);

  g_clear_object (&self->reading);

  /* What this process runs meanwhile is newer than what was read. */
  if (self->migration != NULL || g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;

  if (report == NULL)
    {
      g_clear_error (&self->error);
      self->error = g_steal_pointer (&error);
      g_signal_emit (self, signals[CHANGED], 0);
      return;
    }

  mm_problem_list_update (self->problems, report->problems);
  take_report (self, g_steal_pointer (&report));
}

static void
read_history (MmWatch *self)
{
  g_autoptr(GTask) task = NULL;
  Query *query;

  if (self->reading != NULL || self->migration != NULL)
    return;

  query = g_new0 (Query, 1);
  query->history = g_object_ref (mm_runner_get_history (self->runner));
  query->id = g_strdup (self->id);
  query->address = g_strdup (self->address);

  self->reading = g_cancellable_new ();
  task = g_task_new (self, self->reading, read_cb, NULL);
  g_task_set_source_tag (task, read_history);
  g_task_set_task_data (task, query, (GDestroyNotify) query_free);
  g_task_run_in_thread (task, read_in_thread);
}

static gboolean
poll_cb (gpointer user_data)
{
  MmWatch *self = user_data;

  if (self->report != NULL && !mm_state_is_active (self->report->state)
      && ++self->idle_ticks < IDLE_POLL_SECONDS / POLL_SECONDS)
    return G_SOURCE_CONTINUE;

  self->idle_ticks = 0;
  read_history (self);
  return G_SOURCE_CONTINUE;
}

static void
migration_changed_cb (MmWatch *self)
{
  take_report (self, mm_migration_get_report (self->migration));
}

static void
adopt_migration (MmWatch       *self,
                 MmMigration   *migration,
                 MmProblemList *problems)
{
  self->migration = g_object_ref (migration);
  self->migration_handler = g_signal_connect_swapped (migration, "changed",
                                                      G_CALLBACK (migration_changed_cb), self);
  g_set_object (&self->problems, problems);
  take_report (self, mm_migration_get_report (migration));
}

static void
leave_migration (MmWatch *self)
{
  MmReport *report = mm_migration_get_report (self->migration);

  release_migration (self);
  if (report->problems != NULL)
    mm_problem_list_update (self->problems, report->problems);

  take_report (self, report);
}

static void
runner_changed_cb (MmWatch *self)
{
  MmProblemList *problems = NULL;
  MmMigration *migration = mm_runner_find (self->runner, self->id, &problems);

  if (migration == self->migration)
    return;

  if (self->migration != NULL)
    leave_migration (self);

  if (migration != NULL)
    adopt_migration (self, migration, problems);
}

MmWatch *
mm_watch_new (MmRunner   *runner,
              const char *id,
              const char *address)
{
  MmWatch *self;

  g_return_val_if_fail (MM_IS_RUNNER (runner), NULL);
  g_return_val_if_fail (id != NULL, NULL);

  self = g_object_new (MM_TYPE_WATCH, NULL);
  self->runner = g_object_ref (runner);
  self->id = g_strdup (id);
  self->address = g_strdup (address);
  self->runner_handler = g_signal_connect_swapped (runner, "changed",
                                                   G_CALLBACK (runner_changed_cb), self);
  runner_changed_cb (self);
  return self;
}

void
mm_watch_set_active (MmWatch  *self,
                     gboolean  active)
{
  g_return_if_fail (MM_IS_WATCH (self));

  if (self->active == active)
    return;

  self->active = active;
  g_clear_handle_id (&self->poll_source, g_source_remove);

  if (active)
    {
      self->poll_source = g_timeout_add_seconds (POLL_SECONDS, poll_cb, self);
      read_history (self);
    }
}

MmRunner *
mm_watch_get_runner (MmWatch *self)
{
  g_return_val_if_fail (MM_IS_WATCH (self), NULL);
  return self->runner;
}

const char *
mm_watch_get_id (MmWatch *self)
{
  g_return_val_if_fail (MM_IS_WATCH (self), NULL);
  return self->id;
}

const char *
mm_watch_get_address (MmWatch *self)
{
  g_return_val_if_fail (MM_IS_WATCH (self), NULL);
  return self->address;
}

const MmReport *
mm_watch_get_report (MmWatch *self)
{
  g_return_val_if_fail (MM_IS_WATCH (self), NULL);
  return self->report;
}

const GError *
mm_watch_get_error (MmWatch *self)
{
  g_return_val_if_fail (MM_IS_WATCH (self), NULL);
  return self->error;
}

MmProblemList *
mm_watch_get_problems (MmWatch *self)
{
  g_return_val_if_fail (MM_IS_WATCH (self), NULL);
  return self->problems;
}

gboolean
mm_watch_request (MmWatch    *self,
                  MmRequest   request,
                  GError    **error)
{
  g_return_val_if_fail (MM_IS_WATCH (self), FALSE);

  if (self->migration == NULL)
    return mm_history_request (mm_runner_get_history (self->runner), self->id, self->address,
                               request, error);

  if (request == MM_REQUEST_CANCEL)
    mm_migration_cancel (self->migration);
  else if (request == MM_REQUEST_STOP)
    mm_migration_stop (self->migration);

  return TRUE;
}
