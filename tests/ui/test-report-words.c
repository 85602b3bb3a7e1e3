/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/mm-folder.h"
#include "ui/mm-line.h"
#include "ui/mm-preview-lines.h"
#include "ui/mm-problem-list.h"
#include "ui/mm-report-rules.h"
#include "ui/mm-report-text.h"

/* What the window says of reports and plans, and what it lets a person do with them. */

static void
test_stage_text (void)
{
  MmStageReport stage = {
    .kind = MM_KIND_EMAILS, .state = MM_STAGE_COPYING, .found = 1204, .copied = 300, .failed = 1,
    .bytes = 12000000, .bytes_total = 400000000,
  };
  g_autofree char *counts = mm_text_stage_counts (&stage);
  g_autofree char *bytes = mm_text_stage_bytes (&stage);
  g_autofree char *removed = NULL;

  g_assert_cmpstr (counts, ==, "1204 found · 300 copied · 1 failed");
  g_assert_nonnull (strstr (bytes, " of "));
  g_assert_true (mm_stage_is_moving (&stage));

  stage.state = MM_STAGE_ROLLED_BACK;
  stage.removed = 299;
  stage.left = 1;
  removed = mm_text_stage_counts (&stage);
  g_assert_cmpstr (removed, ==, "299 removed · 1 left");
  g_assert_false (mm_stage_is_moving (&stage));
}

static void
test_fraction (void)
{
  MmStageReport stage = { .state = MM_STAGE_COPYING, .found = 4, .copied = 1, .skipped = 1 };

  g_assert_cmpfloat (mm_stage_get_fraction (&stage), ==, 0.5);

  stage.bytes_total = 1000;
  stage.bytes = 250;
  g_assert_cmpfloat (mm_stage_get_fraction (&stage), ==, 0.25);

  stage.bytes = 2000; /* sizes are hints */
  g_assert_cmpfloat (mm_stage_get_fraction (&stage), ==, 1);

  stage = (MmStageReport) { .state = MM_STAGE_DONE };
  g_assert_cmpfloat (mm_stage_get_fraction (&stage), ==, 1);

  stage = (MmStageReport) { .state = MM_STAGE_WAITING };
  g_assert_cmpfloat (mm_stage_get_fraction (&stage), ==, 0);

  stage = (MmStageReport) { .state = MM_STAGE_ROLLING_BACK, .copied = 10, .removed = 4, .left = 1 };
  g_assert_cmpfloat (mm_stage_get_fraction (&stage), ==, 0.5);
}

static void
test_time_left (void)
{
  const struct
  {
    gint64 seconds;
    const char *text;
  } cases[] = {
    { -1, "" },
    { 5, "Less than a minute left" },
    { 60, "About 1 minute left" },
    { 100, "About 2 minutes left" },
    { 3600, "About 1 hour left" },
    { 3 * 3600, "About 3 hours left" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *text = mm_text_time_left (cases[i].seconds);

      g_assert_cmpstr (text, ==, cases[i].text);
    }
}

static void
test_plural_is_right_for_huge_counts (void)
{
  /* Czech, Polish and others look at the last digits. */
  g_assert_cmpuint (MM_PLURAL ((guint64) 1), ==, 1);
  g_assert_cmpuint (MM_PLURAL (G_GUINT64_CONSTANT (5000000000000000001)) % 100, ==, 1);
  g_assert_cmpuint (MM_PLURAL (G_GUINT64_CONSTANT (5000000000000000001)), >, 1);
}

static void
test_rules (void)
{
  const gint64 now = 1000000;
  const struct
  {
    MmState state;
    gboolean can_resume;
    gboolean can_rollback;
    gint64 until;
    gboolean cancel;
    gboolean stop;
    gboolean resume;
    gboolean rollback;
  } cases[] = {
    { MM_STATE_RUNNING, FALSE, FALSE, 0, TRUE, TRUE, FALSE, FALSE },
    { MM_STATE_CANCELLING, FALSE, FALSE, 0, FALSE, TRUE, FALSE, FALSE },
    { MM_STATE_COMPLETED, FALSE, TRUE, now + 1, FALSE, FALSE, FALSE, TRUE },
    { MM_STATE_COMPLETED, TRUE, TRUE, now + 1, FALSE, FALSE, FALSE, TRUE },
    { MM_STATE_COMPLETED, FALSE, TRUE, now - 1, FALSE, FALSE, FALSE, FALSE },
    { MM_STATE_COMPLETED, FALSE, FALSE, now + 1, FALSE, FALSE, FALSE, FALSE },
    { MM_STATE_STOPPED, TRUE, TRUE, now + 1, FALSE, FALSE, TRUE, TRUE },
    { MM_STATE_INTERRUPTED, TRUE, TRUE, 0, FALSE, FALSE, TRUE, TRUE },
    { MM_STATE_ROLLING_BACK, TRUE, TRUE, now + 1, FALSE, TRUE, FALSE, FALSE },
    { MM_STATE_ROLLED_BACK, TRUE, TRUE, now + 1, FALSE, FALSE, FALSE, FALSE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      const MmReport report = {
        .state = cases[i].state, .can_resume = cases[i].can_resume,
        .can_rollback = cases[i].can_rollback, .rollback_until = cases[i].until,
      };
      g_autofree char *cancel = NULL;
      g_autofree char *stop = NULL;
      g_autofree char *resume = NULL;
      g_autofree char *rollback = NULL;

      g_test_message ("%u: %s", i, mm_state_to_nick (cases[i].state));
      g_assert_cmpint (mm_rules_can_cancel (&report, &cancel), ==, cases[i].cancel);
      g_assert_cmpint (mm_rules_can_stop (&report, &stop), ==, cases[i].stop);
      g_assert_cmpint (mm_rules_can_resume (&report, &resume), ==, cases[i].resume);
      g_assert_cmpint (mm_rules_can_rollback (&report, now, &rollback), ==, cases[i].rollback);

      /* What cannot be done says why; what can gives no reason. */
      g_assert_cmpint (cancel == NULL, ==, cases[i].cancel);
      g_assert_cmpint (stop == NULL, ==, cases[i].stop);
      g_assert_cmpint (resume == NULL, ==, cases[i].resume);
      g_assert_cmpint (rollback == NULL, ==, cases[i].rollback);
    }
}

static void
test_resume_of_failures (void)
{
  MmStageReport stage = { .state = MM_STAGE_DONE, .found = 2, .copied = 1, .failed = 1 };
  g_autoptr(GPtrArray) stages = g_ptr_array_new ();
  const MmReport report = { .state = MM_STATE_COMPLETED, .can_resume = TRUE, .stages = stages };

  g_ptr_array_add (stages, &stage);
  g_assert_true (mm_rules_can_resume (&report, NULL));

  stage.failed = 0;
  stage.skipped = 1;
  g_assert_false (mm_rules_can_resume (&report, NULL));
  g_assert_false (mm_rules_has_begun_rollback (&report));

  stage.failed = 1;
  stage.state = MM_STAGE_ROLLING_BACK;
  g_assert_false (mm_rules_can_resume (&report, NULL));
  g_assert_true (mm_rules_has_begun_rollback (&report));
}

static void
test_server (void)
{
  g_autofree char *tls = mm_text_server ("imaps://anna%40example.org@mail.example.org:993");
  g_autofree char *clear = mm_text_server ("imap+insecure://anna@localhost:10143");
  g_autofree char *unknown = mm_text_server ("gopher://x");

  g_assert_cmpstr (tls, ==, "mail.example.org:993 · IMAP · TLS");
  g_assert_cmpstr (clear, ==, "localhost:10143 · IMAP · without encryption");
  g_assert_cmpstr (unknown, ==, "gopher://x");
}

static void
test_rollback_too_late_says_until_when (void)
{
  const MmReport report = {
    .state = MM_STATE_COMPLETED, .can_rollback = FALSE, .rollback_until = 86400,
  };
  g_autofree char *reason = NULL;
  g_autofree char *date = mm_text_date (86400);

  g_assert_false (mm_rules_can_rollback (&report, 90000, &reason));
  g_assert_nonnull (strstr (reason, date));
  g_assert_nonnull (strstr (reason, "48"));
}

static MmProblem *
make_problem (guint number)
{
  MmProblem *problem = g_new0 (MmProblem, 1);

  problem->kind = MM_KIND_EMAILS;
  problem->outcome = MM_OUTCOME_FAILED;
  problem->folder = g_strdup ("INBOX");
  problem->item = g_strdup_printf ("<%u@example.org>", number);
  problem->code = g_strdup ("refused");
  problem->message = g_strdup ("The server refuses it.");
  return problem;
}

static GPtrArray *
make_problems (guint n)
{
  GPtrArray *problems = g_ptr_array_new_with_free_func ((GDestroyNotify) mm_problem_free);

  for (guint i = 0; i < n; i++)
    g_ptr_array_add (problems, make_problem (i));

  return problems;
}

typedef struct
{
  guint calls;
  guint position;
  guint removed;
  guint added;
} Change;

static void
changed_cb (GListModel *model,
            guint       position,
            guint       removed,
            guint       added,
            Change     *change)
{
  *change = (Change) { change->calls + 1, position, removed, added };
}

static void
test_problem_list (void)
{
  g_autoptr(MmProblemList) list = mm_problem_list_new ();
  g_autoptr(GPtrArray) three = make_problems (3);
  g_autoptr(GPtrArray) five = make_problems (5);
  g_autoptr(MmLine) line = NULL;
  Change change = { 0, };

  g_signal_connect (list, "items-changed", G_CALLBACK (changed_cb), &change);

  mm_problem_list_update (list, three);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (list)), ==, 3);

  /* What was there stays where it is. */
  mm_problem_list_update (list, five);
  g_assert_cmpuint (change.calls, ==, 2);
  g_assert_cmpuint (change.position, ==, 3);
  g_assert_cmpuint (change.removed, ==, 0);
  g_assert_cmpuint (change.added, ==, 2);

  mm_problem_list_update (list, five);
  g_assert_cmpuint (change.calls, ==, 2);

  /* What is appended comes together, after a moment. */
  mm_problem_list_append (list, g_ptr_array_index (five, 0));
  mm_problem_list_append (list, g_ptr_array_index (five, 1));
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (list)), ==, 5);
  while (change.calls == 2)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpuint (change.position, ==, 5);
  g_assert_cmpuint (change.added, ==, 2);

  line = g_list_model_get_item (G_LIST_MODEL (list), 4);
  g_assert_cmpstr (mm_line_get_title (line), ==, "<4@example.org>");
  g_assert_nonnull (strstr (mm_line_get_subtitle (line), "INBOX"));
  g_assert_nonnull (strstr (mm_line_get_subtitle (line), "The server refuses it."));
  g_assert_null (g_list_model_get_item (G_LIST_MODEL (list), 7));

  mm_problem_list_update (list, NULL);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (list)), ==, 0);
  g_assert_cmpuint (change.removed, ==, 7);
}

static void
add_folder (MmPlan       *plan,
            const char   *from,
            const char   *to,
            MmPlanAction  action,
            gint64        n_items)
{
  MmPlanFolder *folder = g_new0 (MmPlanFolder, 1);
  g_auto(GStrv) path = g_strsplit (from, "/", -1);

  folder->source = mm_folder_new (MM_KIND_EMAILS, (const char *const *) path);
  folder->path = g_strsplit (to, "/", -1);
  folder->action = action;
  folder->n_items = n_items;
  folder->n_bytes = n_items * 1000;
  folder->n_existed = action == MM_PLAN_USE ? 2 : 0;
  g_ptr_array_add (plan->folders, folder);
}

static void
free_folder (gpointer data)
{
  MmPlanFolder *folder = data;

  mm_folder_unref (folder->source);
  g_strfreev (folder->path);
  g_free (folder);
}

static void
free_loss (gpointer data)
{
  MmPlanLoss *loss = data;

  g_free (loss->folder);
  g_free (loss->code);
  g_free (loss->message);
  g_free (loss);
}

static void
free_plan (gpointer data)
{
  MmPlan *plan = data;

  g_ptr_array_unref (plan->folders);
  g_ptr_array_unref (plan->losses);
  g_free (plan);
}

static MmPlan *
make_plan (void)
{
  MmPlan *plan = g_new0 (MmPlan, 1);
  MmPlanLoss *loss = g_new0 (MmPlanLoss, 1);

  plan->folders = g_ptr_array_new_with_free_func (free_folder);
  plan->losses = g_ptr_array_new_with_free_func (free_loss);
  add_folder (plan, "INBOX", "INBOX", MM_PLAN_USE, 10);
  add_folder (plan, "Sent Items", "Sent", MM_PLAN_CREATE, 5);
  add_folder (plan, "All", "", MM_PLAN_SKIP, 100);
  loss->kind = MM_KIND_EMAILS;
  loss->folder = g_strdup ("INBOX");
  loss->message = g_strdup ("1 message is too large.");
  g_ptr_array_add (plan->losses, loss);
  return plan;
}

static void
test_preview (void)
{
  g_autoptr(GPtrArray) plans = g_ptr_array_new_with_free_func (free_plan);
  g_autoptr(GListModel) lines = NULL;
  g_autoptr(MmLine) loss = NULL;
  g_autoptr(MmLine) created = NULL;
  g_autoptr(MmLine) skipped = NULL;
  g_autofree char *summary = NULL;

  g_ptr_array_add (plans, make_plan ());
  lines = mm_preview_lines_new (plans);
  summary = mm_preview_summary (plans);

  g_assert_cmpuint (g_list_model_get_n_items (lines), ==, 4);
  loss = g_list_model_get_item (lines, 0);
  created = g_list_model_get_item (lines, 2);
  skipped = g_list_model_get_item (lines, 3);

  g_assert_cmpstr (mm_line_get_subtitle (loss), ==, "1 message is too large.");
  g_assert_cmpstr (mm_line_get_title (created), ==, "Sent Items → Sent");
  g_assert_nonnull (strstr (mm_line_get_subtitle (created), "5 items"));
  g_assert_nonnull (strstr (mm_line_get_subtitle (created), "new folder"));
  g_assert_cmpstr (mm_line_get_title (skipped), ==, "All");
  g_assert_nonnull (strstr (mm_line_get_subtitle (skipped), "not copied"));

  g_assert_nonnull (strstr (summary, "15 items"));
  g_assert_nonnull (strstr (summary, "1 folder "));
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/ui/report-text/stage", test_stage_text);
  g_test_add_func ("/ui/report-text/fraction", test_fraction);
  g_test_add_func ("/ui/report-text/time-left", test_time_left);
  g_test_add_func ("/ui/report-text/plural", test_plural_is_right_for_huge_counts);
  g_test_add_func ("/ui/report-rules/table", test_rules);
  g_test_add_func ("/ui/report-rules/resume-of-failures", test_resume_of_failures);
  g_test_add_func ("/ui/report-text/server", test_server);
  g_test_add_func ("/ui/report-rules/too-late", test_rollback_too_late_says_until_when);
  g_test_add_func ("/ui/problem-list", test_problem_list);
  g_test_add_func ("/ui/preview-lines", test_preview);

  return g_test_run ();
}
