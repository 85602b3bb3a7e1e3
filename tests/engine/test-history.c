/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine-fixture.h"

#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#include "engine/mm-history-private.h"

#define ADDRESS "anna@example.org"

typedef struct
{
  char *directory;
  MmHistory *history;
} Fixture;

static void
set_up (Fixture       *self,
        gconstpointer  unused)
{
  g_autofree char *parent = g_dir_make_tmp ("history-XXXXXX", NULL);

  /* One that is not there yet. */
  self->directory = g_build_filename (parent, "below", NULL);
  self->history = mm_history_new (self->directory);
}

static void
tear_down (Fixture       *self,
           gconstpointer  unused)
{
  g_autofree char *parent = g_path_get_dirname (self->directory);
  g_autoptr (GDir) directory = g_dir_open (self->directory, 0, NULL);
  const char *name;

  while (directory != NULL && (name = g_dir_read_name (directory)) != NULL)
    {
      g_autofree char *path = g_build_filename (self->directory, name, NULL);

      g_unlink (path);
    }
  g_rmdir (self->directory);
  g_assert_cmpint (g_rmdir (parent), ==, 0);
  g_object_unref (self->history);
  g_free (self->directory);
}

/* A migration that is under way: the lock is held until closed. Returns its ID. */
static char *
create (Fixture    *self,
        gint64      created,
        MmJournal **journal,
        int        *lock)
{
  char *urls[] = { (char *) "imaps://anna%40example.org@host:993", NULL };
  g_auto (MmJournalInfo) info = { 0 };
  g_autoptr (GError) error = NULL;

  info.source_address = g_strdup (ADDRESS);
  info.destination_address = g_strdup ("Anna.New@Example.com");
  info.source_urls = g_strdupv (urls);
  info.destination_urls = g_strdupv (urls);
  info.state = MM_STATE_RUNNING;
  info.created = created;
  *journal = _mm_history_create (self->history, &info, lock, &error);
  g_assert_no_error (error);
  return g_strdup (info.id);
}

/* One that has ended. */
static char *
create_ended (Fixture *self,
              gint64   created,
              MmState  state,
              gint64   ended)
{
  g_autoptr (MmJournal) journal = NULL;
  int lock;
  char *id = create (self, created, &journal, &lock);

  mm_journal_begin (journal);
  mm_journal_put_state (journal, state, ended);
  g_assert_true (mm_journal_commit (journal, NULL));
  g_clear_object (&journal);
  close (lock);
  return id;
}

static gint64
now (void)
{
  return g_get_real_time () / G_USEC_PER_SEC;
}

static MmReport *
find (Fixture    *self,
      const char *id)
{
  g_autoptr (GError) error = NULL;
  MmReport *report = mm_history_find (self->history, id, ADDRESS, &error);

  g_assert_no_error (error);
  return report;
}

static void
test_empty (Fixture       *self,
            gconstpointer  unused)
{
  g_autoptr (GPtrArray) reports = mm_history_list (self->history, NULL);

  g_assert_cmpuint (reports->len, ==, 0);
  /* Looking makes nothing. */
  g_assert_false (g_file_test (self->directory, G_FILE_TEST_EXISTS));
}

static void
test_new_ids (Fixture       *self,
              gconstpointer  unused)
{
  g_autoptr (GHashTable) ids = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  for (guint i = 0; i < 1000; i++)
    {
      char *id = _mm_history_new_id ();

      g_assert_cmpuint (strlen (id), ==, 11);
      g_assert_true (id[5] == '-');
      g_assert_null (strpbrk (id, "01ILOU"));
      g_assert_true (g_hash_table_add (ids, id));
    }
}

static void
test_list (Fixture       *self,
           gconstpointer  unused)
{
  g_autofree char *oldest = create_ended (self, 100, MM_STATE_COMPLETED, 200);
  g_autofree char *newest = create_ended (self, 300, MM_STATE_COMPLETED, 400);
  g_autofree char *middle = create_ended (self, 200, MM_STATE_COMPLETED, 300);
  g_autoptr (GPtrArray) reports = mm_history_list (self->history, NULL);
  const MmReport *report;

  g_assert_cmpuint (reports->len, ==, 3);
  report = g_ptr_array_index (reports, 0);
  g_assert_cmpstr (report->id, ==, newest);
  g_assert_cmpstr (report->source_address, ==, ADDRESS);
  g_assert_cmpstr (report->source_url, ==, "imaps://anna%40example.org@host:993");
  g_assert_null (report->problems);
  g_assert_cmpstr (((MmReport *) reports->pdata[1])->id, ==, middle);
  g_assert_cmpstr (((MmReport *) reports->pdata[2])->id, ==, oldest);
}

static void
test_private_files (Fixture       *self,
                    gconstpointer  unused)
{
  g_autofree char *id = create_ended (self, 100, MM_STATE_COMPLETED, 200);
  g_autofree char *path = g_strdup_printf ("%s/%s.db", self->directory, id);
  GStatBuf info;

  g_assert_cmpint (g_stat (path, &info), ==, 0);
  g_assert_cmphex (info.st_mode & 0777, ==, 0600);
  g_assert_cmpint (g_stat (self->directory, &info), ==, 0);
  g_assert_cmphex (info.st_mode & 0777, ==, 0700);
}

static void
assert_not_found (Fixture    *self,
                  const char *id,
                  const char *address)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GError) reference = NULL;

  g_assert_null (mm_history_find (self->history, id, address, &error));
  g_assert_error (error, MM_ERROR, MM_ERROR_NOT_FOUND);
  /* Nothing tells a wrong ID from a wrong address. */
  g_assert_null (mm_history_find (self->history, "22222-22222", address, &reference));
  g_assert_cmpstr (error->message, ==, reference->message);
}

static void
test_typed_id (Fixture       *self,
               gconstpointer  unused)
{
  g_autofree char *id = create_ended (self, 100, MM_STATE_COMPLETED, 200);
  g_autofree char *lower = g_ascii_strdown (id, -1);
  g_autofree char *bare = g_strdup_printf ("%.5s%s", id, id + 6);
  g_autofree char *spaced = g_strdup_printf (" %.3s %.2s  %s\n", id, id + 3, id + 6);
  const char *const good[] = { id, lower, bare, spaced };
  g_autofree char *long_id = g_strconcat (id, "2", NULL);
  g_autofree char *with_path = g_strconcat (id, "/../x", NULL);
  g_autofree char *with_dot = g_strconcat (id, ".", NULL);
  const char *const bad[] = { "", "-", "ABC", long_id, with_path, with_dot, "../../../etc/passwd" };

  for (guint i = 0; i < G_N_ELEMENTS (good); i++)
    {
      g_autoptr (MmReport) report = find (self, good[i]);

      g_assert_cmpstr (report->id, ==, id);
      g_assert_nonnull (report->problems);
    }
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    assert_not_found (self, bad[i], ADDRESS);
}

static void
test_address (Fixture       *self,
              gconstpointer  unused)
{
  g_autofree char *id = create_ended (self, 100, MM_STATE_COMPLETED, 200);
  const char *const good[] = { ADDRESS, " ANNA@example.ORG ", "anna.new@example.com" };
  const char *const bad[] = { "", "anna", "bert@example.org", "%" };

  for (guint i = 0; i < G_N_ELEMENTS (good); i++)
    {
      g_autoptr (MmReport) report = mm_history_find (self->history, id, good[i], NULL);

      g_assert_nonnull (report);
    }
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    assert_not_found (self, id, bad[i]);
}

static void
test_running_and_interrupted (Fixture       *self,
                              gconstpointer  unused)
{
  g_autoptr (MmJournal) journal = NULL;
  int lock;
  g_autofree char *id = create (self, now (), &journal, &lock);
  g_autoptr (MmReport) running = find (self, id);
  g_autoptr (MmReport) interrupted = NULL;

  g_assert_cmpint (running->state, ==, MM_STATE_RUNNING);
  g_assert_false (running->can_resume || running->can_rollback);
  g_clear_object (&journal);
  close (lock);
  interrupted = find (self, id);
  g_assert_cmpint (interrupted->state, ==, MM_STATE_INTERRUPTED);
  g_assert_true (interrupted->can_resume && interrupted->can_rollback);
}

/* The counts in the stage's row are as old as the last look: the items know better. */
static void
test_interrupted_counts (Fixture       *self,
                         gconstpointer  unused)
{
  g_autoptr (MmJournal) journal = NULL;
  int lock;
  g_autofree char *id = create (self, now (), &journal, &lock);
  MmStageReport stage = { .kind = MM_KIND_EMAILS, .state = MM_STAGE_COPYING, .found = 1 };
  MmJournalFolder folder = { .kind = MM_KIND_EMAILS, .source_id = (char *) "x",
                             .source_path = (char *[]) { (char *) "x", NULL },
                             .path = (char *[]) { (char *) "x", NULL } };
  g_autoptr (MmReference) reference = mm_reference_new ("1");
  g_autoptr (MmReport) report = NULL;

  mm_journal_begin (journal);
  mm_journal_put_stage (journal, &stage);
  mm_journal_put_folder (journal, &folder);
  for (guint i = 0; i < 3; i++)
    mm_journal_add_item (journal, folder.id, reference, MM_ITEM_DONE);
  g_assert_true (mm_journal_commit (journal, NULL));
  g_clear_object (&journal);
  close (lock);
  report = find (self, id);
  g_assert_cmpuint (((MmStageReport *) report->stages->pdata[0])->found, ==, 3);
  g_assert_cmpuint (((MmStageReport *) report->stages->pdata[0])->copied, ==, 3);
}

static void
test_lock (Fixture       *self,
           gconstpointer  unused)
{
  g_autoptr (MmHistory) other = mm_history_new (self->directory);
  g_autoptr (MmJournal) journal = NULL;
  g_autoptr (MmJournal) second = NULL;
  g_autoptr (GError) error = NULL;
  int lock;
  int second_lock;
  g_autofree char *id = create (self, now (), &journal, &lock);

  g_assert_null (_mm_history_acquire (other, id, ADDRESS, &second_lock, &error));
  g_assert_error (error, MM_ERROR, MM_ERROR_UNSUPPORTED);
  g_clear_object (&journal);
  close (lock);
  second = _mm_history_acquire (other, id, ADDRESS, &second_lock, NULL);
  g_assert_nonnull (second);
  close (second_lock);
}

typedef struct
{
  MmHistory *history;
  gint end; /* atomic */
} Watcher;

static gpointer
watch (gpointer data)
{
  Watcher *self = data;

  while (!g_atomic_int_get (&self->end))
    {
      g_autoptr (GPtrArray) reports = mm_history_list (self->history, NULL);

      g_assert_cmpuint (reports->len, ==, 1);
    }
  return NULL;
}

/* Whoever only looks does not keep it from beginning. */
static void
test_watching_does_not_hinder (Fixture       *self,
                               gconstpointer  unused)
{
  g_autofree char *id = create_ended (self, 100, MM_STATE_STOPPED, 200);
  Watcher watcher = { self->history, FALSE };
  GThread *threads[2];

  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    threads[i] = g_thread_new ("watch", watch, &watcher);
  for (guint i = 0; i < 100; i++)
    {
      g_autoptr (GError) error = NULL;
      int lock;
      g_autoptr (MmJournal) journal = _mm_history_acquire (self->history, id, ADDRESS, &lock, &error);

      g_assert_no_error (error);
      g_clear_object (&journal);
      close (lock);
    }
  g_atomic_int_set (&watcher.end, TRUE);
  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    g_thread_join (threads[i]);
}

static void
test_48_hours (Fixture       *self,
               gconstpointer  unused)
{
  gint64 ended = now () - MM_ROLLBACK_WINDOW;
  g_autofree char *late = create_ended (self, 100, MM_STATE_COMPLETED, ended - 1);
  g_autofree char *early = create_ended (self, 100, MM_STATE_COMPLETED, ended + 100);
  g_autofree char *back = create_ended (self, 100, MM_STATE_ROLLED_BACK, ended + 100);
  g_autoptr (MmReport) over = find (self, late);
  g_autoptr (MmReport) open = find (self, early);
  g_autoptr (MmReport) rolled_back = find (self, back);

  g_assert_false (over->can_rollback);
  g_assert_true (over->can_resume);
  g_assert_true (open->can_rollback);
  g_assert_cmpint (open->rollback_until, ==, ended + 100 + MM_ROLLBACK_WINDOW);
  g_assert_false (rolled_back->can_rollback || rolled_back->can_resume);
}

/* The engine keeps to it, too. */
static void
test_48_hours_are_over (void)
{
  g_autoptr (EngineFixture) engine = engine_fixture_new (NULL, NULL);
  g_autoptr (MmMigration) migration = engine_fixture_migration (engine);
  g_autoptr (MmCredentials) credentials = mm_credentials_new ("secret", NULL);
  g_autoptr (MmMigration) late = NULL;
  g_autoptr (MmReport) report = engine_fixture_run (engine, migration);
  g_autoptr (MmJournal) journal = NULL;
  g_autoptr (GError) error = NULL;
  int lock;

  journal = _mm_history_acquire (engine->history, report->id, ADDRESS, &lock, NULL);
  mm_journal_begin (journal);
  mm_journal_put_state (journal, MM_STATE_COMPLETED, now () - MM_ROLLBACK_WINDOW - 1);
  g_assert_true (mm_journal_commit (journal, NULL));
  g_clear_object (&journal);
  close (lock);
  late = mm_migration_open (engine->history, engine_fixture_create_store, report->id, ADDRESS,
                            NULL, credentials, NULL);
  g_assert_false (engine_fixture_try_rollback (late, &error));
  g_assert_error (error, MM_ERROR, MM_ERROR_UNSUPPORTED);
}

static void
test_request (Fixture       *self,
              gconstpointer  unused)
{
  g_autoptr (MmHistory) other = mm_history_new (self->directory);
  g_autoptr (MmJournal) journal = NULL;
  g_autoptr (GError) error = NULL;
  int lock;
  g_autofree char *id = create (self, now (), &journal, &lock);

  g_assert_true (mm_history_request (other, id, ADDRESS, MM_REQUEST_CANCEL, NULL));
  g_assert_cmpint (mm_journal_get_request (journal), ==, MM_REQUEST_CANCEL);
  g_assert_true (mm_history_request (other, id, ADDRESS, MM_REQUEST_STOP, NULL));
  g_assert_cmpint (mm_journal_get_request (journal), ==, MM_REQUEST_STOP);
  g_assert_false (mm_history_request (other, id, "bert@example.org", MM_REQUEST_STOP, &error));
  g_assert_error (error, MM_ERROR, MM_ERROR_NOT_FOUND);
  g_clear_error (&error);
  g_clear_object (&journal);
  close (lock);
  g_assert_false (mm_history_request (other, id, ADDRESS, MM_REQUEST_STOP, &error));
  g_assert_error (error, MM_ERROR, MM_ERROR_UNSUPPORTED);
}

static guint n_warnings;

static GLogWriterOutput
count_warnings_cb (GLogLevelFlags   level,
                   const GLogField *fields,
                   gsize            n_fields,
                   gpointer         user_data)
{
  n_warnings += (level & G_LOG_LEVEL_WARNING) != 0;
  return g_log_writer_default (level, fields, n_fields, user_data);
}

static void
test_unreadable_file_is_left_out (Fixture       *self,
                                  gconstpointer  unused)
{
  g_autofree char *id = create_ended (self, 100, MM_STATE_COMPLETED, 200);
  g_autofree char *path = g_build_filename (self->directory, "22222-33333.db", NULL);
  g_autofree char *other = g_build_filename (self->directory, "notes.txt", NULL);
  g_autoptr (GPtrArray) reports = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_true (g_file_set_contents (path, "No database.", -1, NULL));
  g_assert_true (g_file_set_contents (other, "Nothing of ours.", -1, NULL));
  n_warnings = 0;
  reports = mm_history_list (self->history, &error);
  g_assert_cmpuint (n_warnings, ==, 1);
  g_assert_no_error (error);
  g_assert_cmpuint (reports->len, ==, 1);
  g_assert_null (mm_history_find (self->history, "22222-33333", ADDRESS, &error));
  g_assert_error (error, MM_ERROR, MM_ERROR_FILE);
}

static void
test_folder_cannot_be_made (Fixture       *self,
                            gconstpointer  unused)
{
  g_autoptr (MmHistory) history = mm_history_new ("/dev/null/history");
  g_auto (MmJournalInfo) info = { 0 };
  g_autoptr (GError) error = NULL;
  int lock;

  g_assert_null (_mm_history_create (history, &info, &lock, &error));
  g_assert_error (error, MM_ERROR, MM_ERROR_FILE);
  g_assert_nonnull (strstr (error->message, "/dev/null/history"));
}

int
main (int   argc,
      char *argv[])
{
  static const struct
  {
    const char *path;
    void (*func) (Fixture *self, gconstpointer unused);
  } tests[] = {
    { "/history/empty", test_empty },
    { "/history/new-ids", test_new_ids },
    { "/history/list", test_list },
    { "/history/private-files", test_private_files },
    { "/history/typed-id", test_typed_id },
    { "/history/address", test_address },
    { "/history/running-and-interrupted", test_running_and_interrupted },
    { "/history/interrupted-counts", test_interrupted_counts },
    { "/history/lock", test_lock },
    { "/history/watching-does-not-hinder", test_watching_does_not_hinder },
    { "/history/48-hours", test_48_hours },
    { "/history/request", test_request },
    { "/history/unreadable-file-is-left-out", test_unreadable_file_is_left_out },
    { "/history/folder-cannot-be-made", test_folder_cannot_be_made },
  };

  g_test_init (&argc, &argv, NULL);
  g_log_set_always_fatal (G_LOG_LEVEL_ERROR | G_LOG_LEVEL_CRITICAL);
  g_log_set_writer_func (count_warnings_cb, NULL, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (tests); i++)
    g_test_add (tests[i].path, Fixture, NULL, set_up, tests[i].func, tear_down);
  g_test_add_func ("/history/48-hours-are-over", test_48_hours_are_over);
  return g_test_run ();
}
