/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine-fixture.h"

#include <signal.h>
#include <string.h>
#include <sys/resource.h>

#include "stores/memory/mm-memory-store.h"

/*
 * Cancel, Stop now, requests of others, several migrations at once, and what ends a migration from
 * outside: a full destination, a full disk.
 */

static const char *const inbox[] = { "INBOX", NULL };
static const char *const people[] = { "Default", NULL };

static void
add_messages (MmMemoryServer *server,
              const char     *folder,
              guint           n)
{
  for (guint i = 0; i < n; i++)
    {
      g_autofree char *subject = g_strdup_printf ("%s-%u", folder, i);

      g_free (engine_fixture_add (server, folder, subject));
    }
}

static gint64
count (MmMemoryServer *server)
{
  return mm_memory_server_count_items (server, MM_KIND_EMAILS, inbox);
}

static void
add_contacts (MmMemoryServer *server,
              guint           n)
{
  for (guint i = 0; i < n; i++)
    {
      g_autofree char *text = g_strdup_printf ("BEGIN:VCARD\r\nUID:%u\r\nEND:VCARD\r\n", i);

      g_free (mm_memory_server_add_item (server, MM_KIND_CONTACTS, people,
                                         mm_item_new (mm_reference_new (""),
                                                      mm_blob_new (text, strlen (text)))));
    }
}

static const MmStageReport *
find_stage (const MmReport *report,
            MmKind          kind)
{
  for (guint i = 0; i < report->stages->len; i++)
    {
      const MmStageReport *stage = g_ptr_array_index (report->stages, i);

      if (stage->kind == kind)
        return stage;
    }
  g_assert_not_reached ();
}

static void
cancel_cb (MmCall   call,
           guint    n,
           gpointer migration)
{
  if (call == MM_CALL_STORE_ITEMS && n == 0)
    mm_migration_cancel (migration);
}

static EngineFixture *
new_fixture_of_two_kinds (void)
{
  MmMemoryTraits traits;
  EngineFixture *fixture;

  mm_memory_traits_init (&traits, MM_KIND_BIT (MM_KIND_EMAILS) | MM_KIND_BIT (MM_KIND_CONTACTS));
  traits.capabilities.kinds[MM_KIND_CONTACTS].batch_items = 2;
  fixture = engine_fixture_new (&traits, &traits);
  add_contacts (fixture->source, 7);
  add_messages (fixture->source, "INBOX", 5);
  return fixture;
}

/* The running stage finishes, the later one is dropped; resuming does it. */
static void
test_cancel (void)
{
  g_autoptr (EngineFixture) fixture = new_fixture_of_two_kinds ();
  g_autoptr (MmMigration) migration = engine_fixture_migration (fixture);
  g_autoptr (MmReport) report = NULL;
  g_autoptr (MmReport) resumed = NULL;

  fixture->destination_meddling.before = cancel_cb;
  fixture->destination_meddling.user_data = migration;
  report = engine_fixture_run (fixture, migration);
  fixture->destination_meddling.before = NULL;
  g_assert_cmpint (report->state, ==, MM_STATE_CANCELLED);
  g_assert_cmpuint (report->stages->len, ==, 2);
  g_assert_cmpint (find_stage (report, MM_KIND_CONTACTS)->state, ==, MM_STAGE_DONE);
  g_assert_cmpuint (find_stage (report, MM_KIND_CONTACTS)->copied, ==, 7);
  g_assert_cmpint (find_stage (report, MM_KIND_EMAILS)->state, ==, MM_STAGE_DROPPED);
  g_assert_cmpuint (find_stage (report, MM_KIND_EMAILS)->found, ==, 0);
  g_assert_cmpint (count (fixture->destination), ==, 0);
  g_assert_true (report->can_resume && report->can_rollback);
  resumed = engine_fixture_resume (fixture, report->id);
  g_assert_cmpint (resumed->state, ==, MM_STATE_COMPLETED);
  g_assert_cmpuint (find_stage (resumed, MM_KIND_CONTACTS)->copied, ==, 7);
  g_assert_cmpuint (find_stage (resumed, MM_KIND_EMAILS)->copied, ==, 5);
}

static void
test_rollback_of_two_kinds (void)
{
  g_autoptr (EngineFixture) fixture = new_fixture_of_two_kinds ();
  g_autoptr (MmMigration) migration = engine_fixture_migration (fixture);
  g_autofree char *before = mm_memory_server_dump (fixture->destination, TRUE);
  g_autofree char *after = NULL;
  g_autoptr (MmReport) report = engine_fixture_run (fixture, migration);
  g_autoptr (MmReport) back = engine_fixture_rollback (fixture, report->id);

  g_assert_cmpuint (find_stage (back, MM_KIND_CONTACTS)->removed, ==, 7);
  g_assert_cmpuint (find_stage (back, MM_KIND_EMAILS)->removed, ==, 5);
  after = mm_memory_server_dump (fixture->destination, TRUE);
  g_assert_cmpstr (before, ==, after);
}

/* Far away: 300 ms a call, three items each. */
static EngineFixture *
new_slow_fixture (void)
{
  MmMemoryTraits traits;
  EngineFixture *fixture;

  mm_memory_traits_init (&traits, MM_KIND_BIT (MM_KIND_EMAILS));
  traits.capabilities.kinds[MM_KIND_EMAILS].batch_items = 3;
  traits.capabilities.round_trip_us = 300 * 1000;
  fixture = engine_fixture_new (NULL, &traits);
  add_messages (fixture->source, "INBOX", 100);
  return fixture;
}

static void
keep_result_cb (GObject      *object,
                GAsyncResult *result,
                gpointer      user_data)
{
  *(GAsyncResult **) user_data = g_object_ref (result);
}

static void
iterate_until_copying (MmMigration *migration)
{
  for (;;)
    {
      g_autoptr (MmReport) report = mm_migration_get_report (migration);

      if (report->stages->len > 0 && engine_fixture_stage (report)->copied > 0)
        return;
      g_main_context_iteration (NULL, TRUE);
    }
}

static MmReport *
finish (MmMigration   *migration,
        GAsyncResult **result)
{
  g_autoptr (GError) error = NULL;

  while (*result == NULL)
    g_main_context_iteration (NULL, TRUE);
  mm_migration_run_finish (migration, *result, &error);
  g_assert_no_error (error);
  return mm_migration_get_report (migration);
}

/* Quick servers again, for the rest of the test. */
static void
speed_up (EngineFixture *fixture)
{
  MmMemoryTraits traits;

  mm_memory_server_get_traits (fixture->destination, &traits);
  traits.capabilities.round_trip_us = 0;
  mm_memory_server_set_traits (fixture->destination, &traits);
}

static void
test_stop_now (void)
{
  g_autoptr (EngineFixture) fixture = new_slow_fixture ();
  g_autoptr (MmMigration) migration = engine_fixture_migration (fixture);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (MmReport) report = NULL;
  g_autoptr (MmReport) resumed = NULL;
  gint64 begun;

  mm_migration_run_async (migration, keep_result_cb, &result);
  iterate_until_copying (migration);
  g_assert_true (mm_migration_is_running (migration));
  begun = g_get_monotonic_time ();
  mm_migration_stop (migration);
  report = finish (migration, &result);
  g_assert_cmpint (g_get_monotonic_time () - begun, <, 2 * G_TIME_SPAN_SECOND);
  g_assert_false (mm_migration_is_running (migration));
  g_assert_cmpint (report->state, ==, MM_STATE_STOPPED);
  g_assert_cmpint (engine_fixture_stage (report)->state, ==, MM_STAGE_COPYING);
  g_assert_true (report->can_resume);
  g_assert_cmpuint (report->problems->len, ==, 0);
  g_assert_cmpint (count (fixture->destination), <, 100);
  speed_up (fixture);
  resumed = engine_fixture_resume (fixture, report->id);
  g_assert_cmpint (resumed->state, ==, MM_STATE_COMPLETED);
  g_assert_cmpuint (engine_fixture_stage (resumed)->copied, ==, 100);
  g_assert_cmpint (count (fixture->destination), ==, 100);
}

/* Even a rollback can be stopped and gone on with, but not turned into a copy again. */
static void
test_stop_rollback (void)
{
  g_autoptr (EngineFixture) fixture = new_slow_fixture ();
  g_autoptr (MmMigration) migration = NULL;
  g_autoptr (MmMigration) again = NULL;
  g_autoptr (MmCredentials) credentials = mm_credentials_new ("secret", NULL);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (MmReport) report = NULL;
  g_autoptr (MmReport) stopped = NULL;
  g_autoptr (MmReport) back = NULL;
  g_autoptr (GError) error = NULL;

  speed_up (fixture);
  migration = engine_fixture_migration (fixture);
  report = engine_fixture_run (fixture, migration);
  fixture->destination_meddling.before = NULL;
  mm_faults_fail_calls (fixture->destination_faults, MM_CALL_DELETE_ITEMS, 0, 1,
                        g_error_new_literal (MM_ERROR, MM_ERROR_PROTOCOL, "nonsense"));
  stopped = engine_fixture_rollback (fixture, report->id);
  g_assert_cmpint (stopped->state, ==, MM_STATE_STOPPED);
  g_assert_false (stopped->can_resume);
  g_assert_true (stopped->can_rollback);
  again = mm_migration_open (fixture->history, engine_fixture_create_store, report->id,
                             "anna@example.org", credentials, credentials, NULL);
  g_assert_false (engine_fixture_try (again, &error));
  g_assert_error (error, MM_ERROR, MM_ERROR_UNSUPPORTED);
  back = engine_fixture_rollback (fixture, report->id);
  g_assert_cmpint (back->state, ==, MM_STATE_ROLLED_BACK);
  g_assert_cmpint (count (fixture->destination), ==, 0);
  g_clear_error (&error);
  g_assert_false (engine_fixture_try (again, &error));
  g_assert_error (error, MM_ERROR, MM_ERROR_UNSUPPORTED);
}

/* What the first try had to leave, the second removes, and then it is not named any more. */
static void
test_left_and_then_removed (void)
{
  MmMemoryTraits traits;
  g_autoptr (EngineFixture) fixture = NULL;
  g_autoptr (MmMigration) migration = NULL;
  g_autoptr (MmReport) report = NULL;
  g_autoptr (MmReport) stopped = NULL;
  g_autoptr (MmReport) back = NULL;

  mm_memory_traits_init (&traits, MM_KIND_BIT (MM_KIND_EMAILS));
  traits.capabilities.connections = 1;
  fixture = engine_fixture_new (NULL, &traits);
  add_messages (fixture->source, "INBOX", 3);
  add_messages (fixture->source, "Work", 3);
  migration = engine_fixture_migration (fixture);
  report = engine_fixture_run (fixture, migration);
  mm_faults_fail_entry (fixture->destination_faults, MM_CALL_DELETE_ITEMS, 1, MM_FAULT_REFUSED,
                        g_error_new_literal (MM_ERROR, MM_ERROR_REFUSED, "no"));
  mm_faults_fail_calls (fixture->destination_faults, MM_CALL_DELETE_ITEMS, 1, 1,
                        g_error_new_literal (MM_ERROR, MM_ERROR_PROTOCOL, "nonsense"));
  stopped = engine_fixture_rollback (fixture, report->id);
  g_assert_cmpint (stopped->state, ==, MM_STATE_STOPPED);
  g_assert_cmpuint (engine_fixture_stage (stopped)->left, ==, 1);
  g_assert_cmpuint (engine_fixture_count_problems (stopped, "refused"), ==, 1);
  back = engine_fixture_rollback (fixture, report->id);
  g_assert_cmpint (back->state, ==, MM_STATE_ROLLED_BACK);
  g_assert_cmpuint (engine_fixture_stage (back)->left, ==, 0);
  g_assert_cmpuint (engine_fixture_stage (back)->removed, ==, 6);
  g_assert_cmpuint (back->problems->len, ==, 0);
  g_assert_cmpint (count (fixture->destination), ==, 0);
}

/* As another process would: an object of its own on the same folder. */
static MmReport *
run_with_request (EngineFixture *fixture,
                  MmRequest      request)
{
  g_autoptr (MmHistory) other = mm_history_new (fixture->directory);
  g_autoptr (MmMigration) migration = engine_fixture_migration (fixture);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (MmReport) report = NULL;
  g_autoptr (MmReport) seen = NULL;
  g_autoptr (GError) error = NULL;

  mm_migration_run_async (migration, keep_result_cb, &result);
  iterate_until_copying (migration);
  report = mm_migration_get_report (migration);
  seen = mm_history_find (other, report->id, "anna@example.org", &error);
  g_assert_no_error (error);
  g_assert_cmpint (seen->state, ==, MM_STATE_RUNNING);
  g_assert_false (seen->can_resume || seen->can_rollback);
  mm_history_request (other, report->id, "anna@example.org", request, &error);
  g_assert_no_error (error);
  return finish (migration, &result);
}

static void
test_request_to_stop (void)
{
  g_autoptr (EngineFixture) fixture = new_slow_fixture ();
  g_autoptr (MmReport) report = run_with_request (fixture, MM_REQUEST_STOP);
  g_autoptr (MmReport) resumed = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (report->state, ==, MM_STATE_STOPPED);
  g_assert_false (mm_history_request (fixture->history, report->id, "anna@example.org",
                                      MM_REQUEST_STOP, &error));
  g_assert_error (error, MM_ERROR, MM_ERROR_UNSUPPORTED);
  /* The wish was fulfilled and does not hold for the next run. */
  speed_up (fixture);
  resumed = engine_fixture_resume (fixture, report->id);
  g_assert_cmpint (resumed->state, ==, MM_STATE_COMPLETED);
}

static void
test_request_to_cancel (void)
{
  g_autoptr (EngineFixture) fixture = new_slow_fixture ();
  g_autoptr (MmReport) report = run_with_request (fixture, MM_REQUEST_CANCEL);

  /* The one stage ran to its end. */
  g_assert_cmpint (report->state, ==, MM_STATE_CANCELLED);
  g_assert_cmpuint (engine_fixture_stage (report)->copied, ==, 100);
}

static void
test_one_runs_at_a_time (void)
{
  g_autoptr (EngineFixture) fixture = new_slow_fixture ();
  g_autoptr (MmMigration) migration = engine_fixture_migration (fixture);
  g_autoptr (MmCredentials) credentials = mm_credentials_new ("secret", NULL);
  g_autoptr (MmMigration) second = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (MmReport) report = NULL;
  g_autoptr (MmReport) end = NULL;
  g_autoptr (GError) error = NULL;

  mm_migration_run_async (migration, keep_result_cb, &result);
  iterate_until_copying (migration);
  report = mm_migration_get_report (migration);
  second = mm_migration_open (fixture->history, engine_fixture_create_store, report->id,
                              "anna@example.org", credentials, credentials, &error);
  g_assert_no_error (error);
  g_assert_false (engine_fixture_try (second, &error));
  g_assert_error (error, MM_ERROR, MM_ERROR_UNSUPPORTED);
  mm_migration_stop (migration);
  end = finish (migration, &result);
  g_assert_cmpint (end->state, ==, MM_STATE_STOPPED);
}

/* Several at once, each between servers of its own. */

#define N_AT_ONCE 4

static MmMemoryServer *servers[2][N_AT_ONCE];

static MmStore *
create_numbered_store (const MmService *service,
                       MmCredentials   *credentials)
{
  guint n = (guint) g_ascii_strtoull (service->host + 1, NULL, 10);

  return mm_memory_store_new (servers[service->host[0] == 'd'][n]);
}

static MmMigration *
new_numbered_migration (EngineFixture *fixture,
                        guint          n)
{
  g_autofree char *source_host = g_strdup_printf ("s%u", n);
  g_autofree char *destination_host = g_strdup_printf ("d%u", n);
  g_autoptr (MmAccount) source = engine_fixture_account (source_host);
  g_autoptr (MmAccount) destination = engine_fixture_account (destination_host);

  return mm_migration_new (fixture->history, create_numbered_store, source, destination, NULL, NULL,
                           0, NULL);
}

static void
test_several_at_once (void)
{
  g_autoptr (EngineFixture) fixture = engine_fixture_new (NULL, NULL);
  MmMigration *migrations[N_AT_ONCE];
  GAsyncResult *results[N_AT_ONCE] = { NULL };

  for (guint i = 0; i < N_AT_ONCE; i++)
    {
      for (guint side = 0; side < 2; side++)
        servers[side][i] = mm_memory_server_new (NULL);
      add_messages (servers[0][i], "INBOX", 200 + i);
      add_messages (servers[0][i], "Work/Deep", 20);
      migrations[i] = new_numbered_migration (fixture, i);
      mm_migration_run_async (migrations[i], keep_result_cb, &results[i]);
    }
  for (guint i = 0; i < N_AT_ONCE; i++)
    {
      g_autoptr (MmReport) report = finish (migrations[i], &results[i]);

      g_assert_cmpint (report->state, ==, MM_STATE_COMPLETED);
      g_assert_cmpuint (find_stage (report, MM_KIND_EMAILS)->copied, ==, 220 + i);
      g_assert_cmpint (count (servers[1][i]), ==, 200 + i);
      g_object_unref (migrations[i]);
      g_object_unref (results[i]);
    }
  for (guint i = 0; i < N_AT_ONCE; i++)
    {
      g_assert_cmpuint (mm_memory_server_count_connections (servers[1][i]), ==, 0);
      mm_memory_server_unref (servers[0][i]);
      mm_memory_server_unref (servers[1][i]);
    }
}

/* One connection a side, which nobody had announced, and more than the queue holds: readers and
 * writers must not wait for each other. Who comes first is chance. */
static void
run_with_one_connection (const char *body)
{
  MmMemoryTraits traits;
  g_autoptr (EngineFixture) fixture = NULL;
  g_autoptr (MmMigration) migration = NULL;
  g_autoptr (MmReport) report = NULL;

  mm_memory_traits_init (&traits, MM_KIND_BIT (MM_KIND_EMAILS));
  traits.connection_limit = 1;
  fixture = engine_fixture_new (&traits, &traits);
  for (guint folder = 0; folder < 3; folder++)
    {
      g_autofree char *name = g_strdup_printf ("folder-%u", folder);
      const char *const path[] = { name, NULL };

      add_messages (fixture->source, name, 1);
      for (guint i = 0; i < 9; i++)
        {
          g_autofree char *subject = g_strdup_printf ("%u-%u", folder, i);

          g_free (mm_memory_server_add_item (fixture->source, MM_KIND_EMAILS, path,
                                             engine_fixture_message (subject, body, 1000, 0)));
        }
    }
  migration = engine_fixture_migration (fixture);
  report = engine_fixture_run (fixture, migration);
  g_assert_cmpint (report->state, ==, MM_STATE_COMPLETED);
  g_assert_cmpuint (engine_fixture_stage (report)->copied, ==, 30);
}

static void
test_one_connection_a_side (void)
{
  g_autofree char *body = g_strnfill (900 * 1024, 'x');

  for (guint i = 0; i < 12; i++)
    run_with_one_connection (body);
}

/* Full in the middle of several folders: everything stays accounted for. */
static void
test_full_in_many_folders (void)
{
  MmMemoryTraits traits;
  g_autoptr (EngineFixture) fixture = NULL;
  g_autoptr (MmMigration) migration = NULL;
  g_autoptr (MmReport) report = NULL;
  g_autoptr (MmReport) still = NULL;
  g_autoptr (MmReport) resumed = NULL;

  mm_memory_traits_init (&traits, MM_KIND_BIT (MM_KIND_EMAILS));
  traits.capabilities.kinds[MM_KIND_EMAILS].batch_items = 4;
  traits.capabilities.quota_limit = 9000;
  fixture = engine_fixture_new (NULL, &traits);
  for (guint i = 0; i < 6; i++)
    {
      g_autofree char *name = g_strdup_printf ("folder-%u", i);

      add_messages (fixture->source, name, 20);
    }
  migration = engine_fixture_migration (fixture);
  report = engine_fixture_run (fixture, migration);
  g_assert_cmpint (report->state, ==, MM_STATE_STOPPED);
  g_assert_cmpuint (engine_fixture_stage (report)->copied, >, 0);
  still = engine_fixture_resume (fixture, report->id);
  g_assert_cmpint (still->state, ==, MM_STATE_STOPPED);
  g_assert_cmpuint (engine_fixture_count_problems (still, "quota"), ==, 1);
  traits.capabilities.quota_limit = -1;
  mm_memory_server_set_traits (fixture->destination, &traits);
  resumed = engine_fixture_resume (fixture, report->id);
  g_assert_cmpint (resumed->state, ==, MM_STATE_COMPLETED);
  g_assert_cmpuint (engine_fixture_stage (resumed)->copied, ==, 120);
  g_assert_cmpuint (resumed->problems->len, ==, 0);
  engine_fixture_assert_sums (resumed);
}

/* A disk that is full for the journal: no file may grow beyond a limit. */

static rlim_t unlimited;

static void
limit_files (rlim_t size)
{
  struct rlimit limit;

  getrlimit (RLIMIT_FSIZE, &limit);
  unlimited = limit.rlim_cur;
  limit.rlim_cur = size;
  g_assert_cmpint (setrlimit (RLIMIT_FSIZE, &limit), ==, 0);
}

static void
unlimit_files (void)
{
  struct rlimit limit;

  getrlimit (RLIMIT_FSIZE, &limit);
  limit.rlim_cur = unlimited;
  g_assert_cmpint (setrlimit (RLIMIT_FSIZE, &limit), ==, 0);
}

static void
test_full_disk (void)
{
  g_autoptr (EngineFixture) fixture = engine_fixture_new (NULL, NULL);
  g_autoptr (MmMigration) migration = NULL;
  g_autoptr (MmReport) report = NULL;
  g_autoptr (MmReport) found = NULL;
  g_autoptr (MmReport) resumed = NULL;
  g_autoptr (GError) error = NULL;
  const MmProblem *problem;

  add_messages (fixture->source, "INBOX", 3000);
  signal (SIGXFSZ, SIG_IGN);
  migration = engine_fixture_migration (fixture);
  limit_files (400 * 1024);
  report = engine_fixture_run (fixture, migration);
  unlimit_files ();
  g_assert_cmpint (report->state, ==, MM_STATE_STOPPED);
  g_assert_cmpuint (report->problems->len, ==, 1);
  problem = g_ptr_array_index (report->problems, 0);
  g_assert_cmpstr (problem->code, ==, "file");
  g_assert_nonnull (strstr (problem->message, "full"));
  g_assert_cmpint (count (fixture->destination), <, 3000);
  found = mm_history_find (fixture->history, report->id, "anna@example.org", &error);
  g_assert_no_error (error);
  g_assert_true (found->can_resume);
  resumed = engine_fixture_resume (fixture, report->id);
  g_assert_cmpint (resumed->state, ==, MM_STATE_COMPLETED);
  engine_fixture_assert_sums (resumed);
  g_assert_cmpuint (engine_fixture_stage (resumed)->copied, ==, 3000);
  g_assert_cmpint (count (fixture->destination), ==, 3000);
}

static void
fill_disk_cb (MmCall   call,
              guint    n,
              gpointer user_data)
{
  if (call == MM_CALL_STORE_ITEMS && n == 1)
    limit_files (1);
}

/* When not even the reason can be written down, the report has it all the same. */
static void
test_disk_without_any_room (void)
{
  g_autoptr (EngineFixture) fixture = engine_fixture_new (NULL, NULL);
  g_autoptr (MmMigration) migration = engine_fixture_migration (fixture);
  g_autoptr (MmReport) report = NULL;
  g_autoptr (MmReport) found = NULL;
  g_autoptr (MmReport) resumed = NULL;

  add_messages (fixture->source, "INBOX", 500);
  signal (SIGXFSZ, SIG_IGN);
  fixture->destination_meddling.before = fill_disk_cb;
  report = engine_fixture_run (fixture, migration);
  fixture->destination_meddling.before = NULL;
  unlimit_files ();
  g_assert_cmpint (report->state, ==, MM_STATE_STOPPED);
  g_assert_cmpuint (engine_fixture_count_problems (report, "file"), ==, 1);
  found = mm_history_find (fixture->history, report->id, "anna@example.org", NULL);
  g_assert_cmpint (found->state, ==, MM_STATE_INTERRUPTED);
  g_assert_cmpuint (found->problems->len, ==, 0);
  resumed = engine_fixture_resume (fixture, report->id);
  g_assert_cmpint (resumed->state, ==, MM_STATE_COMPLETED);
  g_assert_cmpuint (resumed->problems->len, ==, 0);
  g_assert_cmpint (count (fixture->destination), ==, 500);
}

/* What lies in files counts by its bytes too, though it takes no memory. */
static void
test_large_messages_make_small_chunks (void)
{
  g_autoptr (EngineFixture) fixture = NULL;
  g_autoptr (MmMigration) migration = NULL;
  g_autoptr (MmReport) report = NULL;
  MmMemoryTraits traits;
  MmBlobBuilder *builder = mm_blob_builder_new (0);
  g_autofree char *text = g_strnfill (MM_BLOB_MEMORY_MAX + 100, 'x');
  g_autoptr (MmBlob) blob = NULL;

  mm_memory_traits_init (&traits, MM_KIND_BIT (MM_KIND_EMAILS));
  fixture = engine_fixture_new (NULL, &traits);
  g_assert_true (mm_blob_builder_append (builder, text, strlen (text), NULL));
  blob = mm_blob_builder_end (builder);
  mm_blob_builder_free (builder);
  g_assert_null (mm_blob_peek (blob));
  for (guint i = 0; i < 12; i++)
    g_free (mm_memory_server_add_item (fixture->source, MM_KIND_EMAILS, inbox,
                                       mm_item_new (mm_reference_new (""), mm_blob_ref (blob))));
  migration = engine_fixture_migration (fixture);
  report = engine_fixture_run (fixture, migration);
  g_assert_cmpuint (engine_fixture_stage (report)->copied, ==, 12);
  g_assert_cmpuint (mm_memory_server_get_largest_batch (fixture->destination), <=, 4);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  /* A full disk warns, as it should. */
  g_log_set_always_fatal (G_LOG_LEVEL_ERROR | G_LOG_LEVEL_CRITICAL);
  g_test_add_func ("/control/cancel", test_cancel);
  g_test_add_func ("/control/rollback-of-two-kinds", test_rollback_of_two_kinds);
  g_test_add_func ("/control/stop-now", test_stop_now);
  g_test_add_func ("/control/stop-rollback", test_stop_rollback);
  g_test_add_func ("/control/left-and-then-removed", test_left_and_then_removed);
  g_test_add_func ("/control/request-to-stop", test_request_to_stop);
  g_test_add_func ("/control/request-to-cancel", test_request_to_cancel);
  g_test_add_func ("/control/one-runs-at-a-time", test_one_runs_at_a_time);
  g_test_add_func ("/control/several-at-once", test_several_at_once);
  g_test_add_func ("/control/one-connection-a-side", test_one_connection_a_side);
  g_test_add_func ("/control/full-in-many-folders", test_full_in_many_folders);
  g_test_add_func ("/control/full-disk", test_full_disk);
  g_test_add_func ("/control/disk-without-any-room", test_disk_without_any_room);
  g_test_add_func ("/control/large-messages-make-small-chunks",
                   test_large_messages_make_small_chunks);
  return g_test_run ();
}
