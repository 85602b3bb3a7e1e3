/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "cli/mm-cli-run.h"

#include <glib-unix.h>
#include <string.h>

#include "cli/mm-cli-exit.h"
#include "cli/mm-cli-output.h"
#include "cli/mm-cli-password.h"
#include "stores/mm-registry.h"

/* One foreground run: the migration and what was last told of it. */
typedef struct
{
  const MmCliOptions *options;
  MmMigration *migration;
  GCancellable *cancellable; /* of a preview */
  GMainLoop *loop;
  GAsyncResult *result;
  gboolean rollback;
  gboolean created;
  MmStageReport last[MM_N_KINDS];
  gboolean has_last[MM_N_KINDS];
  gint64 started;
} Run;

static gboolean
signal_cb (gpointer user_data)
{
  Run *run = user_data;

  g_cancellable_cancel (run->cancellable);
  mm_migration_stop (run->migration);
  return G_SOURCE_CONTINUE;
}

/* The ID comes before everything else that is said. */
static void
announce (Run            *run,
          const MmReport *report)
{
  if (!run->created)
    mm_cli_output_created (run->options->json, report);
  run->created = TRUE;
}

static void
changed_cb (MmMigration *migration,
            gpointer     user_data)
{
  Run *run = user_data;
  g_autoptr (MmReport) report = mm_migration_get_report (migration);

  if (report->id == NULL || run->options->dry_run)
    return;
  announce (run, report);
  for (guint i = 0; i < report->stages->len; i++)
    {
      MmStageReport *stage = g_ptr_array_index (report->stages, i);

      mm_cli_output_stage (run->options->json, run->rollback, stage,
                           run->has_last[stage->kind] ? &run->last[stage->kind] : NULL,
                           run->started);
      run->last[stage->kind] = *stage;
      run->has_last[stage->kind] = TRUE;
    }
}

static void
problem_cb (MmMigration *migration,
            MmProblem   *problem,
            gpointer     user_data)
{
  Run *run = user_data;
  g_autoptr (MmReport) report = mm_migration_get_report (migration);

  if (run->options->dry_run)
    return;
  announce (run, report);
  mm_cli_output_problem (run->options->json, problem);
}

static void
ready_cb (GObject      *object,
          GAsyncResult *result,
          gpointer      user_data)
{
  Run *run = user_data;

  run->result = g_object_ref (result);
  g_main_loop_quit (run->loop);
}

static void
init_run (Run                *run,
          const MmCliOptions *options,
          MmMigration        *migration)
{
  *run = (Run) { .options = options, .migration = migration };
  run->cancellable = g_cancellable_new ();
  run->loop = g_main_loop_new (NULL, FALSE);
  run->started = g_get_monotonic_time ();
  g_unix_signal_add (SIGINT, signal_cb, run);
  g_unix_signal_add (SIGTERM, signal_cb, run);
  g_signal_connect (migration, "changed", G_CALLBACK (changed_cb), run);
  g_signal_connect (migration, "problem", G_CALLBACK (problem_cb), run);
}

static void
clear_run (Run *run)
{
  g_signal_handlers_disconnect_by_data (run->migration, run);
  g_clear_object (&run->cancellable);
  g_clear_object (&run->result);
  g_clear_pointer (&run->loop, g_main_loop_unref);
}

static MmExit
not_started (const MmCliOptions *options,
             MmSide              side,
             const GError       *error)
{
  mm_cli_output_error (options->json, side, error);
  return mm_cli_exit_of_error (error);
}

static MmExit
finish (Run          *run,
        gboolean      ok,
        const GError *error)
{
  g_autoptr (MmReport) report = NULL;

  if (!ok)
    return not_started (run->options, mm_migration_get_error_side (run->migration), error);
  changed_cb (run->migration, run);
  report = mm_migration_get_report (run->migration);
  mm_cli_output_finished (run->options->json, report);
  return mm_cli_exit_of_report (report);
}

static MmExit
preview (Run *run)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) plans = NULL;
  g_autoptr (MmReport) report = NULL;

  mm_migration_preview_async (run->migration, run->cancellable, ready_cb, run);
  g_main_loop_run (run->loop);
  plans = mm_migration_preview_finish (run->migration, run->result, &error);
  if (plans == NULL)
    return not_started (run->options, mm_migration_get_error_side (run->migration), error);
  report = mm_migration_get_report (run->migration);
  mm_cli_output_plan (run->options->json, report, plans);
  return MM_EXIT_OK;
}

static MmExit
run_to_end (Run *run)
{
  g_autoptr (GError) error = NULL;
  gboolean ok;

  mm_migration_run_async (run->migration, ready_cb, run);
  g_main_loop_run (run->loop);
  ok = mm_migration_run_finish (run->migration, run->result, &error);
  return finish (run, ok, error);
}

static MmMigration *
make_migration (const MmCliOptions  *options,
                MmSide              *side,
                GError             **error)
{
  g_autoptr (MmAccount) source = NULL;
  g_autoptr (MmAccount) destination = NULL;
  g_autoptr (MmCredentials) source_credentials = NULL;
  g_autoptr (MmCredentials) destination_credentials = NULL;
  g_autoptr (MmHistory) history = mm_history_new (NULL);
  MmKindSet kinds;

  *side = MM_SIDE_NONE;
  if (!mm_cli_options_get_kinds (options, &kinds, error))
    return NULL;
  *side = MM_SIDE_SOURCE;
  source = mm_cli_options_get_account (options->sources, options->source_address, error);
  if (source == NULL)
    return NULL;
  *side = MM_SIDE_DESTINATION;
  destination = mm_cli_options_get_account (options->destinations, options->destination_address,
                                            error);
  if (destination == NULL)
    return NULL;
  *side = MM_SIDE_SOURCE;
  source_credentials = mm_cli_password_get (options, TRUE, error);
  if (source_credentials == NULL)
    return NULL;
  *side = MM_SIDE_DESTINATION;
  destination_credentials = mm_cli_password_get (options, FALSE, error);
  if (destination_credentials == NULL)
    return NULL;
  return mm_migration_new (history, mm_registry_create_store, source, destination,
                           source_credentials, destination_credentials, kinds,
                           (const char *const *) options->folders);
}

MmExit
mm_cli_migrate (const MmCliOptions *options)
{
  g_autoptr (MmMigration) migration = NULL;
  g_autoptr (GError) error = NULL;
  MmSide side;
  MmExit status;
  Run run;

  migration = make_migration (options, &side, &error);
  if (migration == NULL)
    return not_started (options, side, error);
  init_run (&run, options, migration);
  status = options->dry_run ? preview (&run) : run_to_end (&run);
  clear_run (&run);
  return status;
}

static MmMigration *
open_migration (const MmCliOptions  *options,
                gboolean             needs_source,
                MmSide              *side,
                GError             **error)
{
  g_autoptr (MmHistory) history = mm_history_new (NULL);
  g_autoptr (MmCredentials) source = NULL;
  g_autoptr (MmCredentials) destination = NULL;
  g_autoptr (MmReport) report = NULL;

  /* A wrong ID is said before any password is asked for. */
  *side = MM_SIDE_NONE;
  report = mm_history_find (history, options->id, options->address, error);
  if (report == NULL)
    return NULL;
  *side = MM_SIDE_SOURCE;
  source = needs_source ? mm_cli_password_get (options, TRUE, error) : NULL;
  if (needs_source && source == NULL)
    return NULL;
  *side = MM_SIDE_DESTINATION;
  destination = mm_cli_password_get (options, FALSE, error);
  if (destination == NULL)
    return NULL;
  *side = MM_SIDE_NONE;
  return mm_migration_open (history, mm_registry_create_store, options->id, options->address,
                            source, destination, error);
}

static MmExit
refuse_resume (const MmCliOptions *options)
{
  g_autoptr (GError) error =
    g_error_new_literal (MM_ERROR, MM_ERROR_UNSUPPORTED,
                         mm_cli_exit_get_resume_refusal ());

  return not_started (options, MM_SIDE_NONE, error);
}

MmExit
mm_cli_resume (const MmCliOptions *options)
{
  g_autoptr (MmMigration) migration = NULL;
  g_autoptr (MmReport) report = NULL;
  g_autoptr (GError) error = NULL;
  MmSide side;
  MmExit status;
  Run run;

  migration = open_migration (options, TRUE, &side, &error);
  if (migration == NULL)
    return not_started (options, side, error);
  report = mm_migration_get_report (migration);
  if (report->state == MM_STATE_ROLLED_BACK || (!report->can_resume && report->can_rollback))
    return refuse_resume (options);
  init_run (&run, options, migration);
  status = run_to_end (&run);
  clear_run (&run);
  return status;
}

MmExit
mm_cli_rollback (const MmCliOptions *options)
{
  g_autoptr (MmMigration) migration = NULL;
  g_autoptr (GError) error = NULL;
  gboolean ok;
  MmSide side;
  MmExit status;
  Run run;

  migration = open_migration (options, FALSE, &side, &error);
  if (migration == NULL)
    return not_started (options, side, error);
  init_run (&run, options, migration);
  run.rollback = TRUE;
  mm_migration_rollback_async (migration, ready_cb, &run);
  g_main_loop_run (run.loop);
  ok = mm_migration_rollback_finish (migration, run.result, &error);
  status = finish (&run, ok, error);
  clear_run (&run);
  return status;
}
