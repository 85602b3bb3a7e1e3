/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/mm-report.h"

#include <glib/gi18n-lib.h>
#include <inttypes.h>

static const struct
{
  const char *nick;
  const char *title;
} states[] = {
  [MM_STATE_WAITING] = { "waiting", N_("Waiting") },
  [MM_STATE_RUNNING] = { "running", N_("Running") },
  [MM_STATE_CANCELLING] = { "cancelling", N_("Cancelling") },
  [MM_STATE_COMPLETED] = { "completed", N_("Completed") },
  [MM_STATE_CANCELLED] = { "cancelled", N_("Cancelled") },
  [MM_STATE_STOPPED] = { "stopped", N_("Stopped") },
  [MM_STATE_INTERRUPTED] = { "interrupted", N_("Interrupted") },
  [MM_STATE_FAILED] = { "failed", N_("Failed") },
  [MM_STATE_ROLLING_BACK] = { "rolling-back", N_("Rolling Back") },
  [MM_STATE_ROLLED_BACK] = { "rolled-back", N_("Rolled Back") },
}, stage_states[] = {
  [MM_STAGE_WAITING] = { "waiting", N_("Waiting") },
  [MM_STAGE_SCANNING] = { "scanning", N_("Looking at both accounts") },
  [MM_STAGE_COPYING] = { "copying", N_("Copying") },
  [MM_STAGE_VERIFYING] = { "verifying", N_("Checking what arrived") },
  [MM_STAGE_DONE] = { "done", N_("Done") },
  [MM_STAGE_DROPPED] = { "dropped", N_("Not begun") },
  [MM_STAGE_ROLLING_BACK] = { "rolling-back", N_("Rolling back") },
  [MM_STAGE_ROLLED_BACK] = { "rolled-back", N_("Rolled back") },
}, outcomes[] = {
  [MM_OUTCOME_FAILED] = { "failed", N_("Failed") },
  [MM_OUTCOME_SKIPPED] = { "skipped", N_("Skipped") },
  [MM_OUTCOME_CHANGED] = { "changed", N_("Changed") },
  [MM_OUTCOME_LEFT] = { "left", N_("Left") },
};

const char *
mm_state_to_nick (MmState state)
{
  g_return_val_if_fail (state < G_N_ELEMENTS (states), NULL);

  return states[state].nick;
}

gboolean
mm_state_from_nick (const char *nick,
                    MmState    *state)
{
  for (guint i = 0; i < G_N_ELEMENTS (states); i++)
    if (g_strcmp0 (nick, states[i].nick) == 0)
      {
        *state = i;
        return TRUE;
      }
  return FALSE;
}

const char *
mm_state_get_title (MmState state)
{
  g_return_val_if_fail (state < G_N_ELEMENTS (states), NULL);

  return _(states[state].title);
}

const char *
mm_stage_state_to_nick (MmStageState state)
{
  g_return_val_if_fail (state < G_N_ELEMENTS (stage_states), NULL);

  return stage_states[state].nick;
}

gboolean
mm_stage_state_from_nick (const char   *nick,
                          MmStageState *state)
{
  for (guint i = 0; i < G_N_ELEMENTS (stage_states); i++)
    if (g_strcmp0 (nick, stage_states[i].nick) == 0)
      {
        *state = i;
        return TRUE;
      }
  return FALSE;
}

const char *
mm_stage_state_get_title (MmStageState state)
{
  g_return_val_if_fail (state < G_N_ELEMENTS (stage_states), NULL);

  return _(stage_states[state].title);
}

const char *
mm_outcome_to_nick (MmOutcome outcome)
{
  g_return_val_if_fail (outcome < G_N_ELEMENTS (outcomes), NULL);

  return outcomes[outcome].nick;
}

const char *
mm_outcome_get_title (MmOutcome outcome)
{
  g_return_val_if_fail (outcome < G_N_ELEMENTS (outcomes), NULL);

  return _(outcomes[outcome].title);
}

MmProblem *
mm_problem_copy (const MmProblem *self)
{
  MmProblem *copy = g_new0 (MmProblem, 1);

  copy->kind = self->kind;
  copy->folder = g_strdup (self->folder);
  copy->item = g_strdup (self->item);
  copy->outcome = self->outcome;
  copy->code = g_strdup (self->code);
  copy->message = g_strdup (self->message);
  return copy;
}

void
mm_problem_free (MmProblem *self)
{
  if (self == NULL)
    return;
  g_free (self->folder);
  g_free (self->item);
  g_free (self->code);
  g_free (self->message);
  g_free (self);
}

static gpointer
copy_stage (gconstpointer stage,
            gpointer      unused)
{
  return g_memdup2 (stage, sizeof (MmStageReport));
}

static gpointer
copy_problem (gconstpointer problem,
              gpointer      unused)
{
  return mm_problem_copy (problem);
}

MmReport *
mm_report_copy (const MmReport *self)
{
  MmReport *copy = g_memdup2 (self, sizeof *self);

  copy->id = g_strdup (self->id);
  copy->source_address = g_strdup (self->source_address);
  copy->destination_address = g_strdup (self->destination_address);
  copy->source_url = g_strdup (self->source_url);
  copy->destination_url = g_strdup (self->destination_url);
  copy->stages = g_ptr_array_new_with_free_func (g_free);
  if (self->stages != NULL)
    g_ptr_array_extend (copy->stages, self->stages, copy_stage, NULL);
  if (self->problems != NULL)
    {
      copy->problems = g_ptr_array_new_with_free_func ((GDestroyNotify) mm_problem_free);
      g_ptr_array_extend (copy->problems, self->problems, copy_problem, NULL);
    }
  return copy;
}

void
mm_report_free (MmReport *self)
{
  if (self == NULL)
    return;
  g_free (self->id);
  g_free (self->source_address);
  g_free (self->destination_address);
  g_free (self->source_url);
  g_free (self->destination_url);
  g_clear_pointer (&self->stages, g_ptr_array_unref);
  g_clear_pointer (&self->problems, g_ptr_array_unref);
  g_free (self);
}

static MmStageReport
add_up (const MmReport *self)
{
  MmStageReport sum = { 0 };

  for (guint i = 0; self->stages != NULL && i < self->stages->len; i++)
    {
      const MmStageReport *stage = g_ptr_array_index (self->stages, i);

      sum.found += stage->found;
      sum.copied += stage->copied;
      sum.existed += stage->existed;
      sum.skipped += stage->skipped;
      sum.failed += stage->failed;
      sum.removed += stage->removed;
      sum.restored += stage->restored;
      sum.left += stage->left;
    }
  return sum;
}

static char *
summarise_rollback (const MmStageReport *sum)
{
  g_autofree char *removed =
    g_strdup_printf (ngettext ("The destination is as it was: %" PRIu64 " item was removed.",
                               "The destination is as it was: %" PRIu64 " items were removed.",
                               sum->removed), sum->removed);

  if (sum->left == 0)
    return g_steal_pointer (&removed);
  return g_strdup_printf (ngettext ("Rolled back; %" PRIu64 " item or folder was left and is "
                                    "named below.",
                                    "Rolled back; %" PRIu64 " items or folders were left and are "
                                    "named below.",
                                    sum->left), sum->left);
}

static gboolean
has_failed (const MmReport *self)
{
  for (guint i = 0; self->problems != NULL && i < self->problems->len; i++)
    if (((MmProblem *) g_ptr_array_index (self->problems, i))->outcome == MM_OUTCOME_FAILED)
      return TRUE;
  return FALSE;
}

static char *
summarise_copy (const MmReport      *self,
                const MmStageReport *sum)
{
  guint64 arrived = sum->copied + sum->existed;

  /* A folder that could not be read has items that nobody has found. */
  if (sum->found == arrived && has_failed (self))
    return g_strdup (_("The items found are at the destination, but not everything could be looked "
                       "at; what is missing is named below."));
  if (sum->found == arrived)
    return g_strdup_printf (ngettext ("All is there: the %" PRIu64 " item found is at the "
                                      "destination.",
                                      "All is there: the %" PRIu64 " items found are at the "
                                      "destination.",
                                      sum->found), sum->found);
  return g_strdup_printf (ngettext ("Of %" PRIu64 " item found, %" PRIu64 " is at the "
                                    "destination; each other one is named below.",
                                    "Of %" PRIu64 " items found, %" PRIu64 " are at the "
                                    "destination; each other one is named below.",
                                    sum->found), sum->found, arrived);
}

char *
mm_report_get_summary (const MmReport *self)
{
  MmStageReport sum = add_up (self);

  switch (self->state)
    {
    case MM_STATE_ROLLED_BACK:
      return summarise_rollback (&sum);
    case MM_STATE_COMPLETED:
      return summarise_copy (self, &sum);
    case MM_STATE_CANCELLED:
      return g_strdup_printf (ngettext ("Cancelled. %" PRIu64 " item had been copied; resuming "
                                        "copies the rest, rolling back removes it.",
                                        "Cancelled. %" PRIu64 " items had been copied; resuming "
                                        "copies the rest, rolling back removes them.",
                                        sum.copied), sum.copied);
    case MM_STATE_STOPPED:
    case MM_STATE_INTERRUPTED:
      return g_strdup_printf (ngettext ("Stopped before the end. %" PRIu64 " item had been "
                                        "copied; resuming copies the rest, rolling back removes "
                                        "it.",
                                        "Stopped before the end. %" PRIu64 " items had been "
                                        "copied; resuming copies the rest, rolling back removes "
                                        "them.",
                                        sum.copied), sum.copied);
    case MM_STATE_FAILED:
      return g_strdup (_("The migration failed; the reason is named below."));
    case MM_STATE_WAITING:
    case MM_STATE_RUNNING:
    case MM_STATE_CANCELLING:
    case MM_STATE_ROLLING_BACK:
    default:
      return g_strdup (mm_state_get_title (self->state));
    }
}
