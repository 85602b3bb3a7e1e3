/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine-fixture.h"

#include <string.h>

#include "engine/mm-journal.h"

/*
 * Accounts, faults, stops and deaths at random, then resuming until it is done, then rolling back: the
 * destination holds what it should, and in the end just what it had. GTest's seed tells how to see
 * a failure again.
 */

#define ROUNDS 150

static const char *const folders[] = { "INBOX", "INBOX/Letters", "Work", "Work/Old/Deep", "Lists" };

static guint
random_below (guint n)
{
  return (guint) g_test_rand_int_range (0, (gint) n);
}

/* Few subjects, hence duplicates; the texts of one Message-ID differ in length. */
static void
add_random_message (MmMemoryServer *server,
                    const char     *folder)
{
  g_auto (GStrv) path = g_strsplit (folder, "/", -1);
  guint n = random_below (12);
  g_autofree char *subject = g_strdup_printf ("subject-%u", n);
  g_autofree char *body = g_strnfill (1 + random_below (2) * 10, 'x');

  mm_memory_server_add_folder (server, MM_KIND_EMAILS, (const char *const *) path,
                               g_str_equal (folder, "INBOX") ? MM_ROLE_INBOX : MM_ROLE_NONE,
                               g_str_equal (folder, "INBOX"), n % 2 == 0);
  g_free (mm_memory_server_add_item (server, MM_KIND_EMAILS, (const char *const *) path,
                                     engine_fixture_message (subject, body, 1000 + n, n % 32)));
}

static void
fill_at_random (MmMemoryServer *server,
                guint           n)
{
  for (guint i = 0; i < n; i++)
    add_random_message (server, folders[random_below (G_N_ELEMENTS (folders))]);
}

static EngineFixture *
new_random_fixture (void)
{
  MmMemoryTraits source;
  MmMemoryTraits traits;
  EngineFixture *fixture;

  mm_memory_traits_init (&traits, MM_KIND_BIT (MM_KIND_EMAILS));
  traits.has_versions = random_below (2);
  traits.connection_limit = random_below (3);
  traits.capabilities.kinds[MM_KIND_EMAILS].returns_ids = random_below (3) > 0;
  traits.capabilities.kinds[MM_KIND_EMAILS].keeps_dates = random_below (3) > 0;
  traits.capabilities.kinds[MM_KIND_EMAILS].batch_items = 1 + random_below (5);
  mm_memory_traits_init (&source, MM_KIND_BIT (MM_KIND_EMAILS));
  source.connection_limit = random_below (3);
  fixture = engine_fixture_new (&source, &traits);
  fill_at_random (fixture->source, random_below (40));
  fill_at_random (fixture->destination, random_below (15));
  /* From now on: a level that was there and became a folder cannot be made a level again. */
  traits.makes_parents = random_below (2);
  mm_memory_server_set_traits (fixture->destination, &traits);
  return fixture;
}

/* Cuts, lost answers and refusals, early in the course of things. */
static void
add_random_faults (MmFaults *faults)
{
  guint n = random_below (4);

  for (guint i = 0; i < n; i++)
    {
      MmCall call = MM_CALL_CREATE_FOLDERS + random_below (MM_CALL_ANY - MM_CALL_CREATE_FOLDERS);
      MmFault fault = MM_FAULT_CUT + random_below (3);

      mm_faults_fail_entry (faults, call, random_below (30), fault,
                            g_error_new_literal (MM_ERROR, MM_ERROR_NETWORK, "cut"));
    }
  /* Not of a fetch: what cannot be compared is copied, perhaps once more. */
  if (random_below (3) == 0)
    mm_faults_fail_entry (faults, MM_CALL_STORE_ITEMS, random_below (30), MM_FAULT_REFUSED,
                          g_error_new_literal (MM_ERROR, MM_ERROR_REFUSED, "no"));
}

static gboolean
live_until_cb (guint    step,
               gpointer last)
{
  return step < GPOINTER_TO_UINT (last);
}

typedef struct
{
  MmMigration *migration;
  gint n_left; /* atomic: calls until it is stopped */
} Stopping;

static void
stop_cb (MmCall   call,
         guint    n,
         gpointer user_data)
{
  Stopping *stopping = user_data;

  if (g_atomic_int_add (&stopping->n_left, -1) == 0)
    mm_migration_stop (stopping->migration);
}

/* It may die somewhere, or be stopped, or be left alone. */
static void
disturb (EngineFixture *fixture,
         Stopping      *stopping,
         MmMigration   *migration)
{
  guint choice = random_below (4);

  *stopping = (Stopping) { migration, (gint) random_below (25) };
  if (choice < 2)
    mm_journal_set_step_func (live_until_cb, GUINT_TO_POINTER (1 + random_below (60)));
  if (choice == 2)
    {
      fixture->destination_meddling.user_data = stopping;
      fixture->destination_meddling.before = stop_cb;
    }
}

static void
calm (EngineFixture *fixture)
{
  mm_journal_set_step_func (NULL, NULL);
  fixture->destination_meddling.before = NULL;
}

static char *
run_first (EngineFixture *fixture)
{
  for (;;)
    {
      g_autoptr (MmMigration) migration = engine_fixture_migration (fixture);
      g_autoptr (GPtrArray) history = NULL;
      Stopping stopping;

      disturb (fixture, &stopping, migration);
      engine_fixture_try (migration, NULL);
      calm (fixture);
      history = mm_history_list (fixture->history, NULL);
      if (history->len > 0)
        return g_strdup (((MmReport *) g_ptr_array_index (history, 0))->id);
    }
}

static MmMigration *
open_again (EngineFixture *fixture,
            const char    *id)
{
  g_autoptr (MmCredentials) credentials = mm_credentials_new ("secret", NULL);
  g_autoptr (GError) error = NULL;
  MmMigration *migration = mm_migration_open (fixture->history, engine_fixture_create_store, id,
                                              "anna@example.org", credentials, credentials, &error);

  g_assert_no_error (error);
  return migration;
}

static gboolean
is_done (const MmReport *report)
{
  return report->state == MM_STATE_COMPLETED && engine_fixture_stage (report)->failed == 0;
}

static MmReport *
resume_until_done (EngineFixture *fixture,
                   const char    *id)
{
  for (guint i = 0; i < 20; i++)
    {
      g_autoptr (MmMigration) migration = open_again (fixture, id);
      g_autoptr (MmReport) report = NULL;
      Stopping stopping;

      if (i < 5)
        disturb (fixture, &stopping, migration);
      engine_fixture_try (migration, NULL);
      calm (fixture);
      report = mm_history_find (fixture->history, id, "anna@example.org", NULL);
      if (is_done (report))
        return g_steal_pointer (&report);
    }
  g_assert_not_reached ();
}

static void
assert_nothing_left (const MmReport *report)
{
  for (guint i = 0; i < report->problems->len; i++)
    {
      const MmProblem *problem = g_ptr_array_index (report->problems, i);

      if (problem->outcome == MM_OUTCOME_LEFT)
        g_test_message ("%s: %s: %s: %s", problem->folder, problem->item, problem->code,
                        problem->message);
    }
  for (guint i = 0; i < report->stages->len; i++)
    g_assert_cmpuint (((MmStageReport *) report->stages->pdata[i])->left, ==, 0);
}

static void
roll_back_until_done (EngineFixture *fixture,
                      const char    *id)
{
  for (guint i = 0; i < 20; i++)
    {
      g_autoptr (MmMigration) migration = open_again (fixture, id);
      g_autoptr (MmReport) report = NULL;
      Stopping stopping;

      if (i < 5)
        disturb (fixture, &stopping, migration);
      engine_fixture_try_rollback (migration, NULL);
      calm (fixture);
      report = mm_history_find (fixture->history, id, "anna@example.org", NULL);
      if (report->state == MM_STATE_ROLLED_BACK)
        {
          assert_nothing_left (report);
          return;
        }
    }
  g_assert_not_reached ();
}

/* How often each item is in each folder: "FOLDER\nITEM" → count. */
static GHashTable *
count_contents (MmMemoryServer *server)
{
  GHashTable *counts = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autofree char *dump = mm_memory_server_dump (server, FALSE);
  g_auto (GStrv) lines = g_strsplit (dump, "\n", -1);
  const char *folder = "";

  for (char **line = lines; *line != NULL; line++)
    if (g_str_has_prefix (*line, "  "))
      {
        /* Without the date, which not every server keeps. */
        const char *hash = strrchr (*line, ' ');
        char *key = g_strdup_printf ("%s\n%.*s%s", folder, (int) (strstr (*line, "date=") - *line),
                                     *line, hash);
        guint n = GPOINTER_TO_UINT (g_hash_table_lookup (counts, key));

        g_hash_table_replace (counts, key, GUINT_TO_POINTER (n + 1));
      }
    else
      {
        char *mark = strstr (*line, " subscribed");

        if (mark != NULL)
          *mark = '\0';
        folder = *line;
      }
  return counts;
}

static guint
look_up (GHashTable *counts,
         const char *key)
{
  return GPOINTER_TO_UINT (g_hash_table_lookup (counts, key));
}

/* Of everything as often as it is where there is more of it. */
static void
assert_contents (GHashTable *source,
                 GHashTable *before,
                 GHashTable *after)
{
  GHashTable *tables[] = { source, before, after };

  for (guint i = 0; i < G_N_ELEMENTS (tables); i++)
    {
      GHashTableIter iter;
      const char *key;

      g_hash_table_iter_init (&iter, tables[i]);
      while (g_hash_table_iter_next (&iter, (gpointer *) &key, NULL))
        {
          guint expected = MAX (look_up (source, key), look_up (before, key));

          if (look_up (after, key) != expected)
            g_test_message ("%s", key);
          g_assert_cmpuint (look_up (after, key), ==, expected);
        }
    }
}

/* Somebody else's mail comes when nobody runs. */
static char *
deliver (EngineFixture *fixture)
{
  const char *const inbox[] = { "INBOX", NULL };

  return mm_memory_server_add_item (fixture->destination, MM_KIND_EMAILS, inbox,
                                    engine_fixture_message ("delivered", "meanwhile", 5000, 0));
}

static void
take_back (EngineFixture *fixture,
           const char    *id)
{
  const char *const inbox[] = { "INBOX", NULL };

  mm_memory_server_remove_item (fixture->destination, MM_KIND_EMAILS, inbox, id);
}

static void
test_resume_and_roll_back (void)
{
  for (guint round = 0; round < ROUNDS; round++)
    {
      g_autoptr (EngineFixture) fixture = new_random_fixture ();
      g_autoptr (GHashTable) source = count_contents (fixture->source);
      g_autoptr (GHashTable) before = count_contents (fixture->destination);
      g_autofree char *dump_before = mm_memory_server_dump (fixture->destination, TRUE);
      g_autofree char *source_before = mm_memory_server_dump (fixture->source, TRUE);
      g_autofree char *dump_after = NULL;
      g_autofree char *source_after = NULL;
      g_autofree char *delivered = NULL;
      g_autofree char *id = NULL;
      g_autoptr (GHashTable) after = NULL;
      g_autoptr (MmReport) report = NULL;

      add_random_faults (fixture->source_faults);
      add_random_faults (fixture->destination_faults);
      id = run_first (fixture);
      report = resume_until_done (fixture, id);
      engine_fixture_assert_sums (report);
      after = count_contents (fixture->destination);
      assert_contents (source, before, after);
      delivered = deliver (fixture);
      roll_back_until_done (fixture, id);
      take_back (fixture, delivered);
      dump_after = mm_memory_server_dump (fixture->destination, TRUE);
      g_assert_cmpstr (dump_after, ==, dump_before);
      source_after = mm_memory_server_dump (fixture->source, TRUE);
      g_assert_cmpstr (source_after, ==, source_before);
    }
}

/* The same without resuming: whatever was done until then is taken back. */
static void
test_roll_back_at_once (void)
{
  for (guint round = 0; round < ROUNDS; round++)
    {
      g_autoptr (EngineFixture) fixture = new_random_fixture ();
      g_autofree char *dump_before = mm_memory_server_dump (fixture->destination, TRUE);
      g_autofree char *dump_after = NULL;
      g_autofree char *delivered = NULL;
      g_autofree char *id = NULL;

      add_random_faults (fixture->source_faults);
      add_random_faults (fixture->destination_faults);
      id = run_first (fixture);
      delivered = deliver (fixture);
      roll_back_until_done (fixture, id);
      take_back (fixture, delivered);
      dump_after = mm_memory_server_dump (fixture->destination, TRUE);
      g_assert_cmpstr (dump_after, ==, dump_before);
    }
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  /* A dying journal warns, as it should. */
  g_log_set_always_fatal (G_LOG_LEVEL_ERROR | G_LOG_LEVEL_CRITICAL);
  g_test_add_func ("/random/resume-and-roll-back", test_resume_and_roll_back);
  g_test_add_func ("/random/roll-back-at-once", test_roll_back_at_once);
  return g_test_run ();
}
