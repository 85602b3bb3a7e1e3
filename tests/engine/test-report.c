/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/mm-report.h"

#include <string.h>

/* Scripts depend on the words: they are those of the documentation. */
static void
test_words (void)
{
  static const char *const states[] = {
    "waiting", "running", "cancelling", "completed", "cancelled", "stopped", "interrupted", "failed",
    "rolling-back", "rolled-back",
  };
  static const char *const stage_states[] = {
    "waiting", "scanning", "copying", "verifying", "done", "dropped", "rolling-back", "rolled-back",
  };
  static const char *const outcomes[] = { "failed", "skipped", "changed", "left" };
  MmState state;
  MmStageState stage_state;

  for (guint i = 0; i < G_N_ELEMENTS (states); i++)
    {
      g_assert_cmpstr (mm_state_to_nick (i), ==, states[i]);
      g_assert_true (mm_state_from_nick (states[i], &state));
      g_assert_cmpint (state, ==, i);
      g_assert_cmpstr (mm_state_get_title (i), !=, "");
    }
  for (guint i = 0; i < G_N_ELEMENTS (stage_states); i++)
    {
      g_assert_cmpstr (mm_stage_state_to_nick (i), ==, stage_states[i]);
      g_assert_true (mm_stage_state_from_nick (stage_states[i], &stage_state));
      g_assert_cmpint (stage_state, ==, i);
      g_assert_cmpstr (mm_stage_state_get_title (i), !=, "");
    }
  for (guint i = 0; i < G_N_ELEMENTS (outcomes); i++)
    {
      g_assert_cmpstr (mm_outcome_to_nick (i), ==, outcomes[i]);
      g_assert_cmpstr (mm_outcome_get_title (i), !=, "");
    }
}

static void
test_unknown_words (void)
{
  MmState state = MM_STATE_FAILED;
  MmStageState stage_state = MM_STAGE_DONE;

  g_assert_false (mm_state_from_nick ("sleeping", &state));
  g_assert_false (mm_state_from_nick (NULL, &state));
  g_assert_cmpint (state, ==, MM_STATE_FAILED);
  g_assert_false (mm_stage_state_from_nick ("", &stage_state));
  g_assert_cmpint (stage_state, ==, MM_STAGE_DONE);
}

static MmReport *
new_report (MmState              state,
            const MmStageReport *stage)
{
  MmReport *report = g_new0 (MmReport, 1);

  report->state = state;
  report->stages = g_ptr_array_new_with_free_func (g_free);
  g_ptr_array_add (report->stages, g_memdup2 (stage, sizeof *stage));
  return report;
}

static void
test_copy (void)
{
  const MmStageReport stage = { .kind = MM_KIND_EMAILS, .found = 3, .copied = 2, .left = 1 };
  const MmProblem problem = { MM_KIND_EMAILS, (char *) "INBOX", (char *) "<1@x>", MM_OUTCOME_LEFT,
                              (char *) "changed", (char *) "A sentence." };
  g_autoptr (MmReport) report = new_report (MM_STATE_STOPPED, &stage);
  g_autoptr (MmReport) copy = NULL;
  g_autoptr (MmReport) without = NULL;
  const MmProblem *copied;

  report->id = g_strdup ("ABCDE-FGHJK");
  report->source_address = g_strdup ("a@x");
  report->created = 7;
  report->can_rollback = TRUE;
  without = mm_report_copy (report);
  g_assert_null (without->problems);
  report->problems = g_ptr_array_new_with_free_func ((GDestroyNotify) mm_problem_free);
  g_ptr_array_add (report->problems, mm_problem_copy (&problem));
  copy = mm_report_copy (report);
  g_assert_cmpstr (copy->id, ==, "ABCDE-FGHJK");
  g_assert_true (copy->id != report->id);
  g_assert_cmpstr (copy->source_address, ==, "a@x");
  g_assert_null (copy->destination_address);
  g_assert_cmpint (copy->created, ==, 7);
  g_assert_true (copy->can_rollback);
  g_assert_cmpmem (copy->stages->pdata[0], sizeof stage, &stage, sizeof stage);
  copied = g_ptr_array_index (copy->problems, 0);
  g_assert_cmpstr (copied->folder, ==, "INBOX");
  g_assert_cmpstr (copied->item, ==, "<1@x>");
  g_assert_cmpint (copied->outcome, ==, MM_OUTCOME_LEFT);
  g_assert_cmpstr (copied->code, ==, "changed");
  g_assert_cmpstr (copied->message, ==, "A sentence.");
}

static void
assert_summary (MmState        state,
                MmStageReport  stage,
                const char    *word)
{
  g_autoptr (MmReport) report = new_report (state, &stage);
  g_autofree char *summary = mm_report_get_summary (report);

  g_assert_nonnull (strstr (summary, word));
}

static void
test_summary (void)
{
  assert_summary (MM_STATE_COMPLETED, (MmStageReport) { .found = 12, .copied = 11, .existed = 1 },
                  "All is there: the 12 items");
  assert_summary (MM_STATE_COMPLETED, (MmStageReport) { .found = 1, .copied = 1 }, "the 1 item ");
  assert_summary (MM_STATE_COMPLETED, (MmStageReport) { .found = 12, .copied = 10, .failed = 2 },
                  "Of 12 items found, 10 are");
  assert_summary (MM_STATE_CANCELLED, (MmStageReport) { .found = 12, .copied = 5 }, "5 items");
  assert_summary (MM_STATE_STOPPED, (MmStageReport) { .found = 12, .copied = 5 }, "5 items");
  assert_summary (MM_STATE_INTERRUPTED, (MmStageReport) { .found = 12, .copied = 5 }, "5 items");
  assert_summary (MM_STATE_ROLLED_BACK, (MmStageReport) { .removed = 7 }, "7 items were removed");
  assert_summary (MM_STATE_ROLLED_BACK, (MmStageReport) { .removed = 7, .left = 2 },
                  "2 items or folders were left");
  assert_summary (MM_STATE_FAILED, (MmStageReport) { 0 }, "failed");
  assert_summary (MM_STATE_RUNNING, (MmStageReport) { 0 }, "Running");
}

static void
test_summary_of_what_nobody_has_found (void)
{
  const MmStageReport stage = { .found = 2, .copied = 2 };
  const MmProblem problem = { MM_KIND_EMAILS, (char *) "Work", (char *) "", MM_OUTCOME_FAILED,
                              (char *) "refused", (char *) "No." };
  g_autoptr (MmReport) report = new_report (MM_STATE_COMPLETED, &stage);
  g_autofree char *summary = NULL;

  report->problems = g_ptr_array_new_with_free_func ((GDestroyNotify) mm_problem_free);
  g_ptr_array_add (report->problems, mm_problem_copy (&problem));
  summary = mm_report_get_summary (report);
  g_assert_nonnull (strstr (summary, "not everything could be looked at"));
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/report/words", test_words);
  g_test_add_func ("/report/unknown-words", test_unknown_words);
  g_test_add_func ("/report/copy", test_copy);
  g_test_add_func ("/report/summary", test_summary);
  g_test_add_func ("/report/summary-of-what-nobody-has-found",
                   test_summary_of_what_nobody_has_found);
  return g_test_run ();
}
