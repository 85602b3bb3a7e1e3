/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ui/mm-runner.h"

struct _MmRunner
{
  GObject parent_instance;

  MmHistory *history;
  MmStoreFactory factory;
  GPtrArray *runs; /* (element-type Run) */
};

typedef struct
{
  MmMigration *migration;
  MmProblemList *problems;
  gulong problem_handler;
} Run;

G_DEFINE_FINAL_TYPE (MmRunner, mm_runner, G_TYPE_OBJECT)

enum
{
  CHANGED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

static void
run_free (Run *run)
{
  g_clear_signal_handler (&run->problem_handler, run->migration);
  g_clear_object (&run->migration);
  g_clear_object (&run->problems);
  g_free (run);
}

static void
mm_runner_dispose (GObject *object)
{
  MmRunner *self = MM_RUNNER (object);

  g_clear_pointer (&self->runs, g_ptr_array_unref);
  g_clear_object (&self->history);

  G_OBJECT_CLASS (mm_runner_parent_class)->dispose (object);
}

static void
mm_runner_class_init (MmRunnerClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = mm_runner_dispose;

  signals[CHANGED] = g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0,
                                   NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
mm_runner_init (MmRunner *self)
{
  self->runs = g_ptr_array_new_with_free_func ((GDestroyNotify) run_free);
}

MmRunner *
mm_runner_new (MmHistory      *history,
               MmStoreFactory  factory)
{
  MmRunner *self;

  g_return_val_if_fail (MM_IS_HISTORY (history), NULL);
  g_return_val_if_fail (factory != NULL, NULL);

  self = g_object_new (MM_TYPE_RUNNER, NULL);
  self->history = g_object_ref (history);
  self->factory = factory;
  return self;
}

MmHistory *
mm_runner_get_history (MmRunner *self)
{
  g_return_val_if_fail (MM_IS_RUNNER (self), NULL);
  return self->history;
}

static MmAccount *
account_for (const MmService *service)
{
  MmAccount *account = mm_account_new (NULL);

  mm_account_add_service (account, mm_service_copy (service));
  return account;
}

MmMigration *
mm_runner_create (MmRunner        *self,
                  const MmService *source,
                  const MmService *destination,
                  MmCredentials   *source_credentials,
                  MmCredentials   *destination_credentials,
                  MmKindSet        kinds)
{
  g_autoptr(MmAccount) from = NULL;
  g_autoptr(MmAccount) to = NULL;

  g_return_val_if_fail (MM_IS_RUNNER (self), NULL);

  from = account_for (source);
  to = account_for (destination);
  return mm_migration_new (self->history, self->factory, from, to, source_credentials,
                           destination_credentials, kinds, NULL);
}

MmMigration *
mm_runner_open (MmRunner       *self,
                const char     *id,
                const char     *address,
                MmCredentials  *source_credentials,
                MmCredentials  *destination_credentials,
                GError        **error)
{
  g_return_val_if_fail (MM_IS_RUNNER (self), NULL);

  return mm_migration_open (self->history, self->factory, id, address, source_credentials,
                            destination_credentials, error);
}

static void
problem_cb (Run       *run,
            MmProblem *problem)
{
  mm_problem_list_append (run->problems, problem);
}

static void
add_run (MmRunner    *self,
         MmMigration *migration)
{
  Run *run = g_new0 (Run, 1);
  g_autoptr(MmReport) report = mm_migration_get_report (migration);

  run->migration = g_object_ref (migration);
  run->problems = mm_problem_list_new ();
  mm_problem_list_update (run->problems, report->problems);
  run->problem_handler = g_signal_connect_swapped (migration, "problem", G_CALLBACK (problem_cb),
                                                   run);
  g_ptr_array_add (self->runs, run);
}

static void
remove_run (MmRunner    *self,
            MmMigration *migration)
{
  for (guint i = 0; i < self->runs->len; i++)
    {
      Run *run = g_ptr_array_index (self->runs, i);

      if (run->migration == migration)
        {
          g_ptr_array_remove_index (self->runs, i);
          return;
        }
    }
}

static void
ended_cb (GObject      *source,
          GAsyncResult *result,
          gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  MmRunner *self = g_task_get_source_object (task);
  MmMigration *migration = MM_MIGRATION (source);
  MmRunnerAct act = GPOINTER_TO_INT (g_task_get_task_data (task));
  GError *error = NULL;
  gboolean done;

  done = act == MM_RUNNER_ROLLBACK
         ? mm_migration_rollback_finish (migration, result, &error)
         : mm_migration_run_finish (migration, result, &error);

  /* Out of the list before anyone is told, so that everyone sees it ended; and every watch has
   * the last report when the caller hears of the end. */
  remove_run (self, migration);
  g_signal_emit (self, signals[CHANGED], 0);

  if (done)
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

void
mm_runner_start_async (MmRunner            *self,
                       MmMigration         *migration,
                       MmRunnerAct          act,
                       GAsyncReadyCallback  callback,
                       gpointer             user_data)
{
  g_autoptr(GTask) task = NULL;

  g_return_if_fail (MM_IS_RUNNER (self));
  g_return_if_fail (MM_IS_MIGRATION (migration));

  task = g_task_new (self, NULL, callback, user_data);
  g_task_set_source_tag (task, mm_runner_start_async);
  g_task_set_task_data (task, GINT_TO_POINTER (act), NULL);

  add_run (self, migration);

  if (act == MM_RUNNER_ROLLBACK)
    mm_migration_rollback_async (migration, ended_cb, g_object_ref (task));
  else
    mm_migration_run_async (migration, ended_cb, g_object_ref (task));

  g_signal_emit (self, signals[CHANGED], 0);
}

gboolean
mm_runner_start_finish (MmRunner      *self,
                        GAsyncResult  *result,
                        GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

MmMigration *
mm_runner_find (MmRunner       *self,
                const char     *id,
                MmProblemList **problems)
{
  g_return_val_if_fail (MM_IS_RUNNER (self), NULL);
  g_return_val_if_fail (id != NULL, NULL);

  for (guint i = 0; i < self->runs->len; i++)
    {
      const Run *run = g_ptr_array_index (self->runs, i);
      g_autoptr(MmReport) report = mm_migration_get_report (run->migration);

      if (g_strcmp0 (report->id, id) == 0)
        {
          if (problems != NULL)
            *problems = run->problems;

          return run->migration;
        }
    }

  return NULL;
}

guint
mm_runner_get_n_running (MmRunner *self)
{
  g_return_val_if_fail (MM_IS_RUNNER (self), 0);
  return self->runs->len;
}

void
mm_runner_stop_all (MmRunner *self)
{
  g_return_if_fail (MM_IS_RUNNER (self));

  for (guint i = 0; i < self->runs->len; i++)
    {
      const Run *run = g_ptr_array_index (self->runs, i);

      mm_migration_stop (run->migration);
    }
}
