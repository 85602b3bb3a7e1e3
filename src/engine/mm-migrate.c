/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/mm-migrate.h"

#include <glib/gi18n-lib.h>
#include <inttypes.h>

static void
clear_stage (MmStage *stage)
{
  g_clear_pointer (&stage->plan, mm_plan_free);
  g_clear_pointer (&stage->tree, g_ptr_array_unref);
  g_clear_pointer (&stage->folders, g_ptr_array_unref);
}

static void
init_stage (MmStage *stage,
            MmRun   *run,
            MmKind   kind)
{
  *stage = (MmStage) { .run = run, .kind = kind };
  stage->destination = mm_endpoint_get_pool (run->destination, kind, TRUE);
  stage->can = &mm_pool_get_capabilities (stage->destination)->kinds[kind];
  stage->width = mm_pool_get_width (stage->destination);
  if (run->source == NULL)
    return;
  stage->source = mm_endpoint_get_pool (run->source, kind, FALSE);
  /* Either side's waiting is worth more threads; a pool that has fewer stores lends them in turn. */
  stage->width = MAX (stage->width, mm_pool_get_width (stage->source));
}

static gboolean
enter (MmStage       *stage,
       MmStageState   state,
       GError       **error)
{
  if (g_cancellable_set_error_if_cancelled (stage->run->stop, error))
    return FALSE;
  stage->state = state;
  mm_progress_set_stage_state (stage->run->progress, stage->kind, state);
  return TRUE;
}

static gboolean
run_steps (MmStage  *stage,
           GError  **error)
{
  return enter (stage, MM_STAGE_SCANNING, error) && mm_scan_stage (stage, error) &&
         mm_create_stage (stage, error) &&
         enter (stage, MM_STAGE_COPYING, error) && mm_transfer_stage (stage, error) &&
         enter (stage, MM_STAGE_VERIFYING, error) && mm_verify_stage (stage, error);
}

/* The rows have the last word. */
static void
recount (MmRun        *run,
         MmKind        kind,
         MmStageState  state)
{
  MmStageReport stage = { .kind = kind, .state = state };

  mm_journal_count_stage (run->journal, &stage);
  stage.left = 0;
  mm_progress_set_stage (run->progress, &stage);
}

/* Law 1: found = copied + existed + skipped + failed, or it is said loudly. */
static gboolean
check_sums (MmRun   *run,
            MmKind   kind,
            GError **error)
{
  MmStageReport stage = { .kind = kind };

  mm_journal_count_stage (run->journal, &stage);
  if (stage.found == stage.copied + stage.existed + stage.skipped + stage.failed)
    return TRUE;
  g_set_error (error, MM_ERROR, MM_ERROR_INTERNAL,
               _("The sums do not agree: %" PRIu64 " found, %" PRIu64 " copied, %" PRIu64
                 " there already, %" PRIu64 " skipped, %" PRIu64 " failed. Resume the migration "
                 "to look again."),
               stage.found, stage.copied, stage.existed, stage.skipped, stage.failed);
  return FALSE;
}

static gboolean
run_stage (MmRun    *run,
           MmKind    kind,
           GError  **error)
{
  MmStage stage;
  gboolean ok;

  init_stage (&stage, run, kind);
  ok = run_steps (&stage, error) && check_sums (run, kind, error);
  clear_stage (&stage);
  /* One that was broken off shows where. */
  recount (run, kind, ok ? MM_STAGE_DONE : stage.state);
  return ok;
}

/* The reason for a stop, as a problem of the whole stage. */
static void
note_reason (MmRun        *run,
             MmKind        kind,
             const GError *reason)
{
  MmProblem problem = { .kind = kind, .folder = (char *) "", .item = (char *) "",
                        .outcome = MM_OUTCOME_FAILED, .code = (char *) mm_error_get_nick (reason),
                        .message = reason->message };

  mm_journal_begin (run->journal);
  mm_run_add_problem (run, kind, NULL, NULL, problem.outcome, problem.code, problem.message);
  /* A journal that takes nothing more is often the reason itself: the report must have it. */
  if (mm_journal_commit (run->journal, NULL))
    return;
  g_clear_pointer (&run->unrecorded, mm_problem_free);
  run->unrecorded = mm_problem_copy (&problem);
}

static MmState
judge_end (MmRun        *run,
           MmKind        kind,
           const GError *reason)
{
  if (g_cancellable_is_cancelled (run->stop))
    return MM_STATE_STOPPED;
  note_reason (run, kind, reason);
  return g_error_matches (reason, MM_ERROR, MM_ERROR_INTERNAL) || reason->domain != MM_ERROR
    ? MM_STATE_FAILED : MM_STATE_STOPPED;
}

static void
forget_earlier_problems (MmRun     *run,
                         MmKindSet  kinds)
{
  mm_journal_begin (run->journal);
  mm_journal_remove_general_problems (run->journal, MM_OUTCOME_FAILED);
  for (guint kind = 0; kind < MM_N_KINDS; kind++)
    if ((kinds & MM_KIND_BIT (kind)) != 0)
      mm_journal_retry_items (run->journal, kind);
  mm_journal_commit (run->journal, NULL);
}

MmState
mm_migrate (MmRun     *run,
            MmKindSet  kinds,
            gboolean   again)
{
  MmState state = MM_STATE_COMPLETED;

  if (again)
    forget_earlier_problems (run, kinds);
  for (guint kind = 0; kind < MM_N_KINDS; kind++)
    if ((kinds & MM_KIND_BIT (kind)) != 0)
      recount (run, kind, MM_STAGE_WAITING);
  for (guint kind = 0; kind < MM_N_KINDS; kind++)
    {
      g_autoptr (GError) reason = NULL;

      if ((kinds & MM_KIND_BIT (kind)) == 0)
        continue;
      if (state != MM_STATE_COMPLETED || g_atomic_int_get (&run->cancelled))
        {
          mm_progress_set_stage_state (run->progress, kind, MM_STAGE_DROPPED);
          continue;
        }
      if (!run_stage (run, kind, &reason))
        state = judge_end (run, kind, reason);
    }
  if (state == MM_STATE_COMPLETED && g_atomic_int_get (&run->cancelled))
    state = MM_STATE_CANCELLED;
  return state;
}

static void
add_size_losses (MmStage *stage,
                 MmPlan  *plan)
{
  for (guint i = 0; i < plan->folders->len; i++)
    {
      MmPlanFolder *folder = g_ptr_array_index (plan->folders, i);
      g_autofree char *path = NULL;
      g_autofree char *limit = NULL;
      g_autofree char *message = NULL;

      if (folder->n_skipped <= 0)
        continue;
      path = mm_folder_get_display_path (folder->source);
      limit = g_format_size (stage->can->item_max_bytes);
      message = g_strdup_printf (ngettext ("%d item is over the destination's limit of %s and "
                                           "stays behind.",
                                           "%d items are over the destination's limit of %s and "
                                           "stay behind.", (gulong) folder->n_skipped),
                                 (int) folder->n_skipped, limit);
      mm_plan_add_loss (plan, stage->kind, path, "too-large", message);
    }
}

static void
add_quota_loss (MmStage             *stage,
                MmPlan              *plan,
                const MmStageReport *counts)
{
  const MmCapabilities *can = mm_pool_get_capabilities (stage->destination);
  guint64 wanted = counts->bytes_total - counts->bytes;
  guint64 room;
  g_autofree char *wanted_text = NULL;
  g_autofree char *room_text = NULL;
  g_autofree char *message = NULL;

  if (can->quota_limit < 0 || can->quota_used < 0)
    return;
  room = can->quota_limit > can->quota_used ? (guint64) (can->quota_limit - can->quota_used) : 0;
  if (wanted <= room)
    return;
  wanted_text = g_format_size (wanted);
  room_text = g_format_size (room);
  message = g_strdup_printf (_("The destination has room for %s, and %s are to be copied. Make room "
                               "there first, or choose fewer folders."), room_text, wanted_text);
  mm_plan_add_loss (plan, stage->kind, "", "quota", message);
}

static MmPlan *
preview_stage (MmRun    *run,
               MmKind    kind,
               GError  **error)
{
  MmStage stage;
  MmStageReport counts = { .kind = kind };
  MmPlan *plan = NULL;

  init_stage (&stage, run, kind);
  if (enter (&stage, MM_STAGE_SCANNING, error) && mm_scan_stage (&stage, error))
    {
      plan = g_steal_pointer (&stage.plan);
      mm_journal_count_stage (run->journal, &counts);
      add_size_losses (&stage, plan);
      add_quota_loss (&stage, plan, &counts);
      recount (run, kind, MM_STAGE_WAITING);
    }
  clear_stage (&stage);
  return plan;
}

static void
free_plan (gpointer plan)
{
  mm_plan_free (plan);
}

GPtrArray *
mm_migrate_preview (MmRun      *run,
                    MmKindSet   kinds,
                    GError    **error)
{
  g_autoptr (GPtrArray) plans = g_ptr_array_new_with_free_func (free_plan);

  for (guint kind = 0; kind < MM_N_KINDS; kind++)
    {
      MmPlan *plan;

      if ((kinds & MM_KIND_BIT (kind)) == 0)
        continue;
      plan = preview_stage (run, kind, error);
      if (plan == NULL)
        return NULL;
      g_ptr_array_add (plans, plan);
    }
  return g_steal_pointer (&plans);
}

static MmState
roll_back_stage (MmRun *run,
                 MmKind kind)
{
  g_autoptr (GError) reason = NULL;
  MmStage stage;
  gboolean ok;

  if (mm_endpoint_get_pool (run->destination, kind, TRUE) == NULL)
    {
      reason = g_error_new (MM_ERROR, MM_ERROR_UNSUPPORTED,
                            _("The destination account takes no %s any more, so they cannot be "
                              "removed from it."), mm_kind_get_title (kind));
      return judge_end (run, kind, reason);
    }
  init_stage (&stage, run, kind);
  ok = enter (&stage, MM_STAGE_ROLLING_BACK, &reason) && mm_rollback_stage (&stage, &reason);
  clear_stage (&stage);
  if (!ok)
    return judge_end (run, kind, reason);
  mm_progress_set_stage_state (run->progress, kind, MM_STAGE_ROLLED_BACK);
  return MM_STATE_ROLLED_BACK;
}

/* By its rows: a process that died early may have written no stage. */
static gboolean
has_rows (MmRun *run,
          MmKind kind)
{
  g_autoptr (GPtrArray) folders = mm_journal_list_folders (run->journal, kind);

  return folders->len > 0;
}

MmState
mm_migrate_back (MmRun *run)
{
  MmState state = MM_STATE_ROLLED_BACK;

  mm_journal_begin (run->journal);
  mm_journal_remove_general_problems (run->journal, MM_OUTCOME_LEFT);
  mm_journal_remove_general_problems (run->journal, MM_OUTCOME_FAILED);
  mm_journal_commit (run->journal, NULL);
  for (guint kind = 0; kind < MM_N_KINDS; kind++)
    if (has_rows (run, kind))
      recount (run, kind, MM_STAGE_WAITING);
  for (guint kind = MM_N_KINDS; kind > 0 && state == MM_STATE_ROLLED_BACK; kind--)
    if (has_rows (run, kind - 1))
      state = roll_back_stage (run, kind - 1);
  return state;
}
