/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine-fixture.h"

#include <string.h>

#include "engine/mm-journal.h"

/*
 * Folders that show messages of other folders, and the choice of some folders.
 */

static const char *const inbox[] = { "INBOX", NULL };
static const char *const all_mail[] = { "All Mail", NULL };
static const char *const work[] = { "Work", NULL };

static void
add (MmMemoryServer    *server,
     const char *const *path,
     const char        *subject,
     const char        *global_id)
{
  MmItem *item = engine_fixture_message (subject, "text", 1000, 0);

  item->reference->global_id = g_strdup (global_id);
  g_free (mm_memory_server_add_item (server, MM_KIND_EMAILS, path, item));
}

/* INBOX has 1–4, Work 3–6, All Mail 1–8. */
static EngineFixture *
new_fixture (gboolean has_global_ids)
{
  MmMemoryTraits traits;
  EngineFixture *fixture;

  mm_memory_traits_init (&traits, MM_KIND_BIT (MM_KIND_EMAILS));
  traits.capabilities.kinds[MM_KIND_EMAILS].has_global_ids = has_global_ids;
  fixture = engine_fixture_new (&traits, NULL);
  mm_memory_server_add_folder (fixture->source, MM_KIND_EMAILS, all_mail, MM_ROLE_ALL, TRUE, TRUE);
  mm_memory_server_add_folder (fixture->source, MM_KIND_EMAILS, work, MM_ROLE_NONE, FALSE, TRUE);
  for (guint i = 1; i <= 8; i++)
    {
      g_autofree char *subject = g_strdup_printf ("subject-%u", i);
      g_autofree char *id = g_strdup_printf ("g%u", i);

      add (fixture->source, all_mail, subject, id);
      if (i <= 4)
        add (fixture->source, inbox, subject, id);
      if (i >= 3 && i <= 6)
        add (fixture->source, work, subject, id);
    }
  return fixture;
}

static gint64
count (EngineFixture     *fixture,
       const char *const *path)
{
  return mm_memory_server_count_items (fixture->destination, MM_KIND_EMAILS, path);
}

static MmMigration *
new_migration (EngineFixture     *fixture,
               const char *const *folders)
{
  g_autoptr (MmAccount) source = engine_fixture_account ("source");
  g_autoptr (MmAccount) destination = engine_fixture_account ("destination");

  return mm_migration_new (fixture->history, engine_fixture_create_store, source, destination, NULL,
                           NULL, 0, folders);
}

static MmReport *
run (EngineFixture     *fixture,
     const char *const *folders)
{
  g_autoptr (MmMigration) migration = new_migration (fixture, folders);
  MmReport *report = engine_fixture_run (fixture, migration);

  g_assert_cmpint (report->state, ==, MM_STATE_COMPLETED);
  engine_fixture_assert_sums (report);
  return report;
}

static void
test_all_mail_gives_what_is_nowhere_else (void)
{
  g_autoptr (EngineFixture) fixture = new_fixture (TRUE);
  g_autoptr (MmReport) report = run (fixture, NULL);
  g_autoptr (MmReport) second = NULL;

  g_assert_cmpuint (engine_fixture_stage (report)->copied, ==, 4 + 4 + 2);
  g_assert_cmpint (count (fixture, inbox), ==, 4);
  g_assert_cmpint (count (fixture, work), ==, 4);
  g_assert_cmpint (count (fixture, all_mail), ==, 2);
  second = run (fixture, NULL);
  g_assert_cmpuint (engine_fixture_stage (second)->copied, ==, 0);
  g_assert_cmpuint (engine_fixture_stage (second)->existed, ==, 10);
}

static void
test_all_mail_without_identities (void)
{
  g_autoptr (EngineFixture) fixture = new_fixture (FALSE);
  g_autoptr (MmReport) report = run (fixture, NULL);

  g_assert_cmpuint (engine_fixture_stage (report)->copied, ==, 8);
  g_assert_cmpint (count (fixture, all_mail), ==, -1);
  g_assert_cmpuint (engine_fixture_count_problems (report, "view"), ==, 1);
}

static gboolean
live_until_cb (guint    step,
               gpointer last)
{
  return step < GPOINTER_TO_UINT (last);
}

static void
test_all_mail_after_every_death (void)
{
  for (guint n = 1;; n++)
    {
      g_autoptr (EngineFixture) fixture = new_fixture (TRUE);
      g_autoptr (MmMigration) migration = new_migration (fixture, NULL);
      g_autoptr (GPtrArray) history = NULL;
      g_autoptr (MmReport) resumed = NULL;
      const MmReport *first;

      mm_journal_set_step_func (live_until_cb, GUINT_TO_POINTER (n));
      engine_fixture_try (migration, NULL);
      mm_journal_set_step_func (NULL, NULL);
      history = mm_history_list (fixture->history, NULL);
      if (history->len == 0)
        continue;
      first = g_ptr_array_index (history, 0);
      resumed = engine_fixture_resume (fixture, first->id);
      g_assert_cmpuint (engine_fixture_stage (resumed)->found, ==, 10);
      g_assert_cmpuint (engine_fixture_stage (resumed)->copied, ==, 10);
      g_assert_cmpint (count (fixture, all_mail), ==, 2);
      if (first->state == MM_STATE_COMPLETED)
        break;
    }
}

/* All Mail cannot be read in the first run, which copies the rest: what is copied stays ours. */
static void
test_all_mail_is_read_later (void)
{
  g_autoptr (EngineFixture) fixture = new_fixture (TRUE);
  g_autofree char *before = mm_memory_server_dump (fixture->destination, TRUE);
  g_autofree char *after = NULL;
  g_autoptr (MmReport) report = NULL;
  g_autoptr (MmReport) resumed = NULL;
  g_autoptr (MmReport) back = NULL;

  mm_faults_fail_calls (fixture->source_faults, MM_CALL_LIST_ITEMS, 2, 1,
                        g_error_new_literal (MM_ERROR, MM_ERROR_REFUSED, "no"));
  report = run (fixture, NULL);
  g_assert_cmpuint (engine_fixture_stage (report)->copied, ==, 8);
  g_assert_cmpuint (engine_fixture_count_problems (report, "refused"), ==, 1);
  resumed = engine_fixture_resume (fixture, report->id);
  g_assert_cmpuint (engine_fixture_stage (resumed)->copied, ==, 10);
  g_assert_cmpuint (engine_fixture_stage (resumed)->existed, ==, 0);
  g_assert_cmpint (count (fixture, all_mail), ==, 2);
  g_assert_cmpuint (resumed->problems->len, ==, 0);
  back = engine_fixture_rollback (fixture, report->id);
  g_assert_cmpuint (engine_fixture_stage (back)->removed, ==, 10);
  after = mm_memory_server_dump (fixture->destination, TRUE);
  g_assert_cmpstr (before, ==, after);
}

static void
test_choice (void)
{
  const char *const folders[] = { "Work", "nowhere", NULL };
  g_autoptr (EngineFixture) fixture = new_fixture (FALSE);
  g_autoptr (MmReport) report = NULL;
  g_autoptr (MmReport) resumed = NULL;

  g_free (engine_fixture_add (fixture->source, "Work/Old", "deep"));
  g_free (engine_fixture_add (fixture->source, "Workshop", "other"));
  report = run (fixture, folders);
  g_assert_cmpuint (engine_fixture_stage (report)->found, ==, 5);
  g_assert_cmpuint (engine_fixture_stage (report)->copied, ==, 5);
  g_assert_cmpint (count (fixture, inbox), ==, 0);
  g_assert_cmpint (count (fixture, (const char *[]) { "Work", "Old", NULL }), ==, 1);
  g_assert_cmpint (count (fixture, (const char *[]) { "Workshop", NULL }), ==, -1);
  g_assert_cmpuint (engine_fixture_count_problems (report, "not-found"), ==, 1);
  /* Said once, however often it is resumed; and the choice holds. */
  resumed = engine_fixture_resume (fixture, report->id);
  g_assert_cmpuint (engine_fixture_stage (resumed)->found, ==, 5);
  g_assert_cmpuint (engine_fixture_count_problems (resumed, "not-found"), ==, 1);
}

static void
keep_result_cb (GObject      *object,
                GAsyncResult *result,
                gpointer      user_data)
{
  *(GAsyncResult **) user_data = g_object_ref (result);
}

/* The preview says what the run then does, and leaves nothing behind. */
static void
test_preview (void)
{
  g_autoptr (EngineFixture) fixture = new_fixture (TRUE);
  g_autoptr (MmMigration) migration = new_migration (fixture, NULL);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GPtrArray) plans = NULL;
  g_autoptr (GPtrArray) history = NULL;
  g_autoptr (MmReport) report = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *before = mm_memory_server_dump (fixture->destination, TRUE);
  g_autofree char *after = NULL;
  gint64 n = 0;

  mm_migration_preview_async (migration, NULL, keep_result_cb, &result);
  while (result == NULL)
    g_main_context_iteration (NULL, TRUE);
  plans = mm_migration_preview_finish (migration, result, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (plans->len, ==, 1);
  for (guint i = 0; i < ((MmPlan *) plans->pdata[0])->folders->len; i++)
    n += ((MmPlanFolder *) ((MmPlan *) plans->pdata[0])->folders->pdata[i])->n_items;
  g_assert_cmpint (n, ==, 10);
  after = mm_memory_server_dump (fixture->destination, TRUE);
  g_assert_cmpstr (before, ==, after);
  history = mm_history_list (fixture->history, NULL);
  g_assert_cmpuint (history->len, ==, 0);
  report = engine_fixture_run (fixture, migration);
  g_assert_cmpuint (engine_fixture_stage (report)->copied, ==, 10);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  /* A dying journal warns, as it should. */
  g_log_set_always_fatal (G_LOG_LEVEL_ERROR | G_LOG_LEVEL_CRITICAL);
  g_test_add_func ("/views/all-mail-gives-what-is-nowhere-else",
                   test_all_mail_gives_what_is_nowhere_else);
  g_test_add_func ("/views/all-mail-without-identities", test_all_mail_without_identities);
  g_test_add_func ("/views/all-mail-after-every-death", test_all_mail_after_every_death);
  g_test_add_func ("/views/all-mail-is-read-later", test_all_mail_is_read_later);
  g_test_add_func ("/views/choice", test_choice);
  g_test_add_func ("/views/preview", test_preview);
  return g_test_run ();
}
