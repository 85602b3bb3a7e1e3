/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine-fixture.h"

#include <string.h>

static void
test_copies_everything (void)
{
  g_autoptr (EngineFixture) fixture = engine_fixture_new (NULL, NULL);
  g_autoptr (MmMigration) migration = NULL;
  g_autoptr (MmReport) report = NULL;
  const MmStageReport *stage;

  engine_fixture_fill (fixture, 50);
  migration = engine_fixture_migration (fixture);
  report = engine_fixture_run (fixture, migration);
  stage = engine_fixture_stage (report);
  g_assert_cmpint (report->state, ==, MM_STATE_COMPLETED);
  g_assert_cmpuint (stage->found, ==, 52);
  g_assert_cmpuint (stage->copied, ==, 51);
  g_assert_cmpuint (stage->existed, ==, 1);
  g_assert_cmpuint (report->problems->len, ==, 0);
  g_assert_cmpuint (stage->bytes, ==, stage->bytes_total);
  engine_fixture_assert_sums (report);
  g_assert_true (report->can_rollback);
}

static void
test_second_run_copies_nothing (void)
{
  g_autoptr (EngineFixture) fixture = engine_fixture_new (NULL, NULL);
  g_autofree char *before = NULL;
  g_autofree char *after = NULL;

  engine_fixture_fill (fixture, 50);
  for (guint i = 0; i < 2; i++)
    {
      g_autoptr (MmMigration) migration = engine_fixture_migration (fixture);
      g_autoptr (MmReport) report = engine_fixture_run (fixture, migration);

      g_assert_cmpuint (engine_fixture_stage (report)->copied, ==, i == 0 ? 51 : 0);
      g_assert_cmpuint (engine_fixture_stage (report)->existed, ==, i == 0 ? 1 : 52);
      if (i == 0)
        before = mm_memory_server_dump (fixture->destination, TRUE);
    }
  after = mm_memory_server_dump (fixture->destination, TRUE);
  g_assert_cmpstr (before, ==, after);
}

static void
test_rollback_restores (void)
{
  g_autoptr (EngineFixture) fixture = engine_fixture_new (NULL, NULL);
  g_autoptr (MmMigration) migration = NULL;
  g_autoptr (MmReport) report = NULL;
  g_autoptr (MmReport) back = NULL;
  g_autoptr (MmReport) again = NULL;
  g_autofree char *source = NULL;
  g_autofree char *source_after = NULL;
  g_autofree char *before = NULL;
  g_autofree char *after = NULL;

  engine_fixture_fill (fixture, 50);
  before = mm_memory_server_dump (fixture->destination, TRUE);
  source = mm_memory_server_dump (fixture->source, TRUE);
  migration = engine_fixture_migration (fixture);
  report = engine_fixture_run (fixture, migration);
  back = engine_fixture_rollback (fixture, report->id);
  g_assert_cmpint (back->state, ==, MM_STATE_ROLLED_BACK);
  g_assert_cmpuint (engine_fixture_stage (back)->removed, ==, 51);
  g_assert_cmpuint (engine_fixture_stage (back)->left, ==, 0);
  after = mm_memory_server_dump (fixture->destination, TRUE);
  g_assert_cmpstr (before, ==, after);
  again = engine_fixture_rollback (fixture, report->id);
  g_assert_cmpint (again->state, ==, MM_STATE_ROLLED_BACK);
  source_after = mm_memory_server_dump (fixture->source, TRUE);
  g_assert_cmpstr (source, ==, source_after);
}

/* What came to the destination afterwards is nobody's to remove. */
static void
test_rollback_leaves_the_new (void)
{
  g_autoptr (EngineFixture) fixture = engine_fixture_new (NULL, NULL);
  g_autoptr (MmMigration) migration = NULL;
  g_autoptr (MmReport) report = NULL;
  g_autoptr (MmReport) back = NULL;
  const char *const lists[] = { "Lists", "gtk", NULL };

  engine_fixture_fill (fixture, 50);
  migration = engine_fixture_migration (fixture);
  report = engine_fixture_run (fixture, migration);
  g_free (engine_fixture_add (fixture->destination, "Lists/gtk", "newer"));
  back = engine_fixture_rollback (fixture, report->id);
  g_assert_cmpint (back->state, ==, MM_STATE_ROLLED_BACK);
  g_assert_cmpint (mm_memory_server_count_items (fixture->destination, MM_KIND_EMAILS, lists), ==,
                   1);
  g_assert_cmpuint (engine_fixture_stage (back)->removed, ==, 51);
  g_assert_cmpuint (engine_fixture_stage (back)->left, >=, 1);
  g_assert_cmpuint (engine_fixture_count_problems (back, "not-empty"), >=, 1);
}

static void
test_failed_items_are_tried_again (void)
{
  g_autoptr (EngineFixture) fixture = engine_fixture_new (NULL, NULL);
  g_autoptr (MmMigration) migration = NULL;
  g_autoptr (MmReport) report = NULL;
  g_autoptr (MmReport) resumed = NULL;

  engine_fixture_fill (fixture, 20);
  mm_faults_fail_entry (fixture->destination_faults, MM_CALL_STORE_ITEMS, 3, MM_FAULT_REFUSED,
                        g_error_new_literal (MM_ERROR, MM_ERROR_REFUSED, "no"));
  mm_faults_fail_entry (fixture->source_faults, MM_CALL_FETCH_ITEMS, 5, MM_FAULT_REFUSED,
                        g_error_new_literal (MM_ERROR, MM_ERROR_NOT_FOUND, "gone"));
  migration = engine_fixture_migration (fixture);
  report = engine_fixture_run (fixture, migration);
  g_assert_cmpint (report->state, ==, MM_STATE_COMPLETED);
  g_assert_cmpuint (engine_fixture_stage (report)->failed, ==, 2);
  g_assert_cmpuint (report->problems->len, ==, 2);
  engine_fixture_assert_sums (report);
  resumed = engine_fixture_resume (fixture, report->id);
  g_assert_cmpuint (engine_fixture_stage (resumed)->failed, ==, 0);
  g_assert_cmpuint (engine_fixture_stage (resumed)->copied, ==, 21);
  g_assert_cmpuint (resumed->problems->len, ==, 0);
  engine_fixture_assert_sums (resumed);
}

/* Every call and every item of either side, cut once, in every way. */
static void
test_every_fault (void)
{
  static const MmFault faults[] = { MM_FAULT_CUT, MM_FAULT_UNKNOWN_DONE,
                                    MM_FAULT_UNKNOWN_NOT_DONE };
  g_autofree char *expected = NULL;

  for (guint side = 0; side < 2; side++)
    for (MmCall call = MM_CALL_CREATE_FOLDERS; call < MM_CALL_ANY; call++)
      for (guint fault = 0; fault < G_N_ELEMENTS (faults); fault++)
        for (guint n = 0;; n++)
          {
            g_autoptr (EngineFixture) fixture = engine_fixture_new (NULL, NULL);
            MmFaults *its = side == 0 ? fixture->source_faults : fixture->destination_faults;
            g_autoptr (MmMigration) migration = NULL;
            g_autoptr (MmReport) report = NULL;
            g_autofree char *dump = NULL;

            engine_fixture_fill (fixture, 8);
            mm_faults_fail_entry (its, call, n, faults[fault],
                                  g_error_new_literal (MM_ERROR, MM_ERROR_NETWORK, "cut"));
            migration = engine_fixture_migration (fixture);
            report = engine_fixture_run (fixture, migration);
            g_assert_cmpint (report->state, ==, MM_STATE_COMPLETED);
            engine_fixture_assert_sums (report);
            dump = mm_memory_server_dump (fixture->destination, FALSE);
            if (expected == NULL)
              expected = g_strdup (dump);
            g_assert_cmpstr (dump, ==, expected);
            if (mm_faults_get_happened (its) == 0)
              break;
          }
}

static void
test_full_destination_stops (void)
{
  MmMemoryTraits traits;
  g_autoptr (EngineFixture) fixture = NULL;
  g_autoptr (MmMigration) migration = NULL;
  g_autoptr (MmReport) report = NULL;
  g_autoptr (MmReport) resumed = NULL;

  mm_memory_traits_init (&traits, MM_KIND_BIT (MM_KIND_EMAILS));
  traits.capabilities.quota_limit = 3000;
  fixture = engine_fixture_new (NULL, &traits);
  engine_fixture_fill (fixture, 40);
  migration = engine_fixture_migration (fixture);
  report = engine_fixture_run (fixture, migration);
  g_assert_cmpint (report->state, ==, MM_STATE_STOPPED);
  g_assert_cmpuint (engine_fixture_count_problems (report, "quota"), ==, 1);
  g_assert_cmpuint (engine_fixture_stage (report)->copied, >, 0);
  g_assert_true (report->can_resume);
  traits.capabilities.quota_limit = -1;
  mm_memory_server_set_traits (fixture->destination, &traits);
  resumed = engine_fixture_resume (fixture, report->id);
  g_assert_cmpint (resumed->state, ==, MM_STATE_COMPLETED);
  g_assert_cmpuint (engine_fixture_stage (resumed)->copied, ==, 41);
  g_assert_cmpuint (resumed->problems->len, ==, 0);
  engine_fixture_assert_sums (resumed);
}

/* As poor a server as there can be. */
static void
test_poor_destination (void)
{
  MmMemoryTraits traits;
  MmKindCapabilities *can;
  g_autoptr (EngineFixture) fixture = NULL;
  g_autoptr (MmMigration) migration = NULL;
  g_autoptr (MmReport) report = NULL;
  g_autoptr (MmReport) back = NULL;
  g_autofree char *before = NULL;
  g_autofree char *after = NULL;

  mm_memory_traits_init (&traits, MM_KIND_BIT (MM_KIND_EMAILS));
  can = &traits.capabilities.kinds[MM_KIND_EMAILS];
  can->returns_ids = FALSE;
  can->keeps_dates = FALSE;
  can->keeps_keywords = FALSE;
  can->subscribes = FALSE;
  can->batch_items = 3;
  can->item_max_bytes = 1024;
  traits.connection_limit = 1;
  fixture = engine_fixture_new (NULL, &traits);
  engine_fixture_fill (fixture, 40);
  {
    const char *const inbox[] = { "INBOX", NULL };
    g_autofree char *body = g_strnfill (2000, 'x');

    g_free (mm_memory_server_add_item (fixture->source, MM_KIND_EMAILS, inbox,
                                       engine_fixture_message ("large", body, 1000, 0)));
  }
  before = mm_memory_server_dump (fixture->destination, TRUE);
  migration = engine_fixture_migration (fixture);
  report = engine_fixture_run (fixture, migration);
  g_assert_cmpint (report->state, ==, MM_STATE_COMPLETED);
  g_assert_cmpuint (engine_fixture_stage (report)->copied, ==, 41);
  g_assert_cmpuint (engine_fixture_stage (report)->skipped, ==, 1);
  g_assert_cmpuint (engine_fixture_count_problems (report, "too-large"), ==, 1);
  g_assert_cmpuint (mm_memory_server_get_largest_batch (fixture->destination), <=, 3);
  engine_fixture_assert_sums (report);
  back = engine_fixture_rollback (fixture, report->id);
  g_assert_cmpint (back->state, ==, MM_STATE_ROLLED_BACK);
  after = mm_memory_server_dump (fixture->destination, TRUE);
  g_assert_cmpstr (before, ==, after);
}

static void
test_wrong_side_is_named (void)
{
  g_autoptr (EngineFixture) fixture = engine_fixture_new (NULL, NULL);
  g_autoptr (MmMigration) migration = engine_fixture_migration (fixture);
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) history = NULL;

  mm_faults_fail_calls (fixture->destination_faults, MM_CALL_OPEN, 0, 1,
                        g_error_new_literal (MM_ERROR, MM_ERROR_PASSWORD, "wrong password"));
  g_assert_false (engine_fixture_try (migration, &error));
  g_assert_error (error, MM_ERROR, MM_ERROR_PASSWORD);
  g_assert_cmpint (mm_migration_get_error_side (migration), ==, MM_SIDE_DESTINATION);
  history = mm_history_list (fixture->history, NULL);
  g_assert_cmpuint (history->len, ==, 0);
}

static void
test_same_account_is_refused (void)
{
  g_autoptr (EngineFixture) fixture = engine_fixture_new (NULL, NULL);
  g_autoptr (MmAccount) account = engine_fixture_account ("source");
  g_autoptr (MmMigration) migration = NULL;
  g_autoptr (GError) error = NULL;

  migration = mm_migration_new (fixture->history, engine_fixture_create_store, account, account,
                                NULL, NULL, 0, NULL);
  g_assert_false (engine_fixture_try (migration, &error));
  g_assert_error (error, MM_ERROR, MM_ERROR_SAME_ACCOUNT);
  g_assert_cmpint (mm_migration_get_error_side (migration), ==, MM_SIDE_BOTH);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/migration/copies-everything", test_copies_everything);
  g_test_add_func ("/migration/second-run-copies-nothing", test_second_run_copies_nothing);
  g_test_add_func ("/migration/rollback-restores", test_rollback_restores);
  g_test_add_func ("/migration/rollback-leaves-the-new", test_rollback_leaves_the_new);
  g_test_add_func ("/migration/failed-items-are-tried-again", test_failed_items_are_tried_again);
  g_test_add_func ("/migration/every-fault", test_every_fault);
  g_test_add_func ("/migration/full-destination-stops", test_full_destination_stops);
  g_test_add_func ("/migration/poor-destination", test_poor_destination);
  g_test_add_func ("/migration/wrong-side-is-named", test_wrong_side_is_named);
  g_test_add_func ("/migration/same-account-is-refused", test_same_account_is_refused);
  return g_test_run ();
}
