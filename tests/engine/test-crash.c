/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine-fixture.h"

#include "engine/mm-journal.h"

/*
 * For every step of the journal: end there as a dying process would, then resume, or roll back,
 * and want what an undisturbed run would have left behind.
 */

#define N_MESSAGES 12

static gboolean
live_until_cb (guint    step,
               gpointer last)
{
  return step < GPOINTER_TO_UINT (last);
}

/* A destination whose chunks are small, so that there are many steps. */
static EngineFixture *
new_fixture (gboolean returns_ids)
{
  MmMemoryTraits traits;
  EngineFixture *fixture;

  mm_memory_traits_init (&traits, MM_KIND_BIT (MM_KIND_EMAILS));
  traits.capabilities.kinds[MM_KIND_EMAILS].batch_items = 3;
  traits.capabilities.kinds[MM_KIND_EMAILS].returns_ids = returns_ids;
  traits.capabilities.connections = 1;
  fixture = engine_fixture_new (NULL, &traits);
  engine_fixture_fill (fixture, N_MESSAGES);
  return fixture;
}

/* Runs until step @n. Returns the migration's ID, or NULL when it died before it had one. */
static char *
run_until (EngineFixture *fixture,
           guint          n)
{
  g_autoptr (MmMigration) migration = engine_fixture_migration (fixture);
  g_autoptr (GPtrArray) history = NULL;

  mm_journal_set_step_func (live_until_cb, GUINT_TO_POINTER (n));
  engine_fixture_try (migration, NULL);
  mm_journal_set_step_func (NULL, NULL);
  history = mm_history_list (fixture->history, NULL);
  if (history->len == 0)
    return NULL;
  return g_strdup (((MmReport *) g_ptr_array_index (history, 0))->id);
}

static gboolean
has_finished (EngineFixture *fixture,
              const char    *id)
{
  g_autoptr (MmReport) report = mm_history_find (fixture->history, id, "anna@example.org", NULL);

  return report->state == MM_STATE_COMPLETED;
}

/* Mail of others that comes while nobody runs. */
static void
deliver_meanwhile (EngineFixture *fixture)
{
  g_free (engine_fixture_add (fixture->destination, "INBOX", "meanwhile"));
}

static char *
dump_undisturbed (gboolean returns_ids)
{
  g_autoptr (EngineFixture) fixture = new_fixture (returns_ids);
  g_autoptr (MmMigration) migration = engine_fixture_migration (fixture);
  g_autoptr (MmReport) report = engine_fixture_run (fixture, migration);

  g_assert_cmpint (report->state, ==, MM_STATE_COMPLETED);
  return mm_memory_server_dump (fixture->destination, FALSE);
}

static void
test_resume_from_every_step (gconstpointer returns_ids)
{
  g_autofree char *expected = dump_undisturbed (GPOINTER_TO_INT (returns_ids));
  guint n;

  for (n = 1;; n++)
    {
      g_autoptr (EngineFixture) fixture = new_fixture (GPOINTER_TO_INT (returns_ids));
      g_autofree char *id = run_until (fixture, n);
      g_autoptr (MmReport) report = NULL;
      g_autofree char *dump = NULL;

      if (id == NULL)
        continue;
      if (has_finished (fixture, id))
        break;
      report = engine_fixture_resume (fixture, id);
      g_assert_cmpint (report->state, ==, MM_STATE_COMPLETED);
      engine_fixture_assert_sums (report);
      g_assert_cmpuint (engine_fixture_stage (report)->found, ==, N_MESSAGES + 2);
      dump = mm_memory_server_dump (fixture->destination, FALSE);
      g_assert_cmpstr (dump, ==, expected);
    }
  g_test_message ("%u steps", n);
  g_assert_cmpuint (n, >, 15);
}

static void
test_roll_back_from_every_step (gconstpointer returns_ids)
{
  for (guint n = 1;; n++)
    {
      g_autoptr (EngineFixture) fixture = new_fixture (GPOINTER_TO_INT (returns_ids));
      g_autoptr (EngineFixture) twin = NULL;
      g_autofree char *before = mm_memory_server_dump (fixture->destination, TRUE);
      g_autofree char *id = run_until (fixture, n);
      g_autoptr (MmReport) report = NULL;
      g_autofree char *after = NULL;

      if (id == NULL)
        continue;
      if (has_finished (fixture, id))
        break;
      report = engine_fixture_rollback (fixture, id);
      g_assert_cmpint (report->state, ==, MM_STATE_ROLLED_BACK);
      after = mm_memory_server_dump (fixture->destination, TRUE);
      g_assert_cmpstr (before, ==, after);
    }
}

static void
test_others_stay (void)
{
  for (guint n = 1;; n++)
    {
      g_autoptr (EngineFixture) fixture = new_fixture (TRUE);
      const char *const inbox[] = { "INBOX", NULL };
      g_autofree char *id = run_until (fixture, n);
      g_autoptr (MmReport) report = NULL;

      if (id == NULL)
        continue;
      if (has_finished (fixture, id))
        break;
      deliver_meanwhile (fixture);
      report = engine_fixture_rollback (fixture, id);
      g_assert_cmpint (report->state, ==, MM_STATE_ROLLED_BACK);
      /* The two that were there before, and the one that came. */
      g_assert_cmpint (mm_memory_server_count_items (fixture->destination, MM_KIND_EMAILS, inbox),
                       ==, 3);
    }
}

/* A rollback that dies at every step of its own, and is taken up again. */
static void
test_roll_back_again_from_every_step (void)
{
  for (guint n = 1;; n++)
    {
      g_autoptr (EngineFixture) fixture = new_fixture (TRUE);
      g_autoptr (MmMigration) migration = engine_fixture_migration (fixture);
      g_autofree char *before = mm_memory_server_dump (fixture->destination, TRUE);
      g_autoptr (MmReport) report = engine_fixture_run (fixture, migration);
      g_autoptr (MmReport) died = NULL;
      g_autoptr (MmReport) found = NULL;
      g_autofree char *after = NULL;

      mm_journal_set_step_func (live_until_cb, GUINT_TO_POINTER (n));
      died = engine_fixture_rollback (fixture, report->id);
      mm_journal_set_step_func (NULL, NULL);
      found = mm_history_find (fixture->history, report->id, "anna@example.org", NULL);
      if (found->state == MM_STATE_ROLLED_BACK)
        break;
      g_clear_pointer (&died, mm_report_free);
      died = engine_fixture_rollback (fixture, report->id);
      g_assert_cmpint (died->state, ==, MM_STATE_ROLLED_BACK);
      after = mm_memory_server_dump (fixture->destination, TRUE);
      g_assert_cmpstr (before, ==, after);
    }
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  /* A dying journal warns, as it should. */
  g_log_set_fatal_mask ("mail-migrator", G_LOG_LEVEL_ERROR | G_LOG_LEVEL_CRITICAL);
  g_log_set_always_fatal (G_LOG_LEVEL_ERROR | G_LOG_LEVEL_CRITICAL);
  g_test_add_data_func ("/crash/resume", GINT_TO_POINTER (TRUE), test_resume_from_every_step);
  g_test_add_data_func ("/crash/resume-without-ids", GINT_TO_POINTER (FALSE),
                        test_resume_from_every_step);
  g_test_add_data_func ("/crash/rollback", GINT_TO_POINTER (TRUE),
                        test_roll_back_from_every_step);
  g_test_add_data_func ("/crash/rollback-without-ids", GINT_TO_POINTER (FALSE),
                        test_roll_back_from_every_step);
  g_test_add_func ("/crash/others-stay", test_others_stay);
  g_test_add_func ("/crash/rollback-again", test_roll_back_again_from_every_step);
  return g_test_run ();
}
