/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine-fixture.h"

#include <glib/gstdio.h>
#include <string.h>

#include "stores/memory/mm-memory-store.h"
#include "stores/wrap/mm-retry-store.h"

static EngineFixture *current;

static MmMemoryServer *
new_server (const MmMemoryTraits *traits)
{
  MmMemoryTraits everything;

  mm_memory_traits_init (&everything, MM_KIND_BIT (MM_KIND_EMAILS));
  return mm_memory_server_new (traits != NULL ? traits : &everything);
}

/* In memory where that is to be had: thousands of transactions wait for the disk each. */
static char *
make_directory (void)
{
  char *path = g_strdup ("/dev/shm/engine-XXXXXX");

  if (g_mkdtemp (path) != NULL)
    return path;
  g_free (path);
  return g_dir_make_tmp ("engine-XXXXXX", NULL);
}

EngineFixture *
engine_fixture_new (const MmMemoryTraits *source,
                    const MmMemoryTraits *destination)
{
  EngineFixture *self = g_new0 (EngineFixture, 1);

  g_assert_null (current);
  self->source = new_server (source);
  self->destination = new_server (destination);
  g_mutex_init (&self->source_meddling.lock);
  g_mutex_init (&self->destination_meddling.lock);
  self->source_faults = mm_faults_new ();
  self->destination_faults = mm_faults_new ();
  self->directory = make_directory ();
  self->history = mm_history_new (self->directory);
  current = self;
  return self;
}

static void
remove_directory (const char *path)
{
  g_autoptr (GDir) directory = g_dir_open (path, 0, NULL);
  const char *name;

  while (directory != NULL && (name = g_dir_read_name (directory)) != NULL)
    {
      g_autofree char *child = g_build_filename (path, name, NULL);

      g_unlink (child);
    }
  g_rmdir (path);
}

void
engine_fixture_free (EngineFixture *self)
{
  remove_directory (self->directory);
  g_object_unref (self->history);
  mm_memory_server_unref (self->source);
  mm_memory_server_unref (self->destination);
  mm_faults_unref (self->source_faults);
  mm_faults_unref (self->destination_faults);
  g_mutex_clear (&self->source_meddling.lock);
  g_mutex_clear (&self->destination_meddling.lock);
  g_free (self->directory);
  g_free (self);
  current = NULL;
}

MmStore *
engine_fixture_create_store (const MmService *service,
                             MmCredentials   *credentials)
{
  gboolean source = g_str_equal (service->host, "source");
  MmRetryPolicy policy = { .attempts = 3, .first_delay_ms = 1, .max_delay_ms = 2,
                           .initial_attempts = 1 };
  g_autoptr (MmStore) memory =
    mm_memory_store_new (source ? current->source : current->destination);
  g_autoptr (MmStore) meddled =
    engine_meddle_store_new (memory, source ? &current->source_meddling
                                            : &current->destination_meddling);
  g_autoptr (MmStore) faulty =
    mm_fault_store_new (meddled, source ? current->source_faults : current->destination_faults);

  return mm_retry_store_new (faulty, &policy);
}

MmAccount *
engine_fixture_account (const char *host)
{
  MmAccount *account = mm_account_new ("anna@example.org");

  mm_account_add_service (account, mm_service_new (MM_PROTOCOL_IMAP, MM_SECURITY_TLS, host, 0,
                                                   "anna@example.org"));
  return account;
}

MmItem *
engine_fixture_message (const char *subject,
                        const char *body,
                        gint64      date,
                        guint       flags)
{
  g_autofree char *text =
    g_strdup_printf ("Message-ID: <%s@example.org>\r\nDate: Mon, 01 Jan 2001 00:00:00 +0000\r\n"
                     "From: a@example.org\r\nSubject: %s\r\n\r\n%s\r\n", subject, subject, body);
  MmReference *reference = mm_reference_new ("");

  reference->date = date;
  reference->flags = flags;
  return mm_item_new (reference, mm_blob_new (text, strlen (text)));
}

char *
engine_fixture_add (MmMemoryServer *server,
                    const char     *folder,
                    const char     *subject)
{
  g_auto (GStrv) path = g_strsplit (folder, "/", -1);
  guint hash = g_str_hash (subject);

  mm_memory_server_add_folder (server, MM_KIND_EMAILS, (const char *const *) path, MM_ROLE_NONE,
                               FALSE, hash % 2 == 0);
  return mm_memory_server_add_item (server, MM_KIND_EMAILS, (const char *const *) path,
                                    engine_fixture_message (subject, "text", 978307200 + hash % 9999,
                                                            hash % 8));
}

void
engine_fixture_fill (EngineFixture *self,
                     guint          n)
{
  static const char *const folders[] = { "INBOX", "Work/Projects/Größe", "Work", "Lists/gtk" };

  for (guint i = 0; i < n; i++)
    {
      g_autofree char *subject = g_strdup_printf ("message-%u", i);

      g_free (engine_fixture_add (self->source, folders[i % G_N_ELEMENTS (folders)], subject));
    }
  g_free (engine_fixture_add (self->source, "INBOX", "twice"));
  g_free (engine_fixture_add (self->source, "INBOX", "twice"));
  g_free (engine_fixture_add (self->destination, "INBOX", "only-here"));
  g_free (engine_fixture_add (self->destination, "INBOX", "message-0"));
  g_free (engine_fixture_add (self->destination, "Work", "own"));
}

MmMigration *
engine_fixture_migration (EngineFixture *self)
{
  g_autoptr (MmAccount) source = engine_fixture_account ("source");
  g_autoptr (MmAccount) destination = engine_fixture_account ("destination");
  g_autoptr (MmCredentials) credentials = mm_credentials_new ("secret", NULL);

  return mm_migration_new (self->history, engine_fixture_create_store, source, destination,
                           credentials, credentials, 0, NULL);
}

static void
keep_result_cb (GObject      *object,
                GAsyncResult *result,
                gpointer      user_data)
{
  *(GAsyncResult **) user_data = g_object_ref (result);
}

static GAsyncResult *
wait_for (GAsyncResult **result)
{
  while (*result == NULL)
    g_main_context_iteration (NULL, TRUE);
  return *result;
}

gboolean
engine_fixture_try (MmMigration  *migration,
                    GError      **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  mm_migration_run_async (migration, keep_result_cb, &result);
  return mm_migration_run_finish (migration, wait_for (&result), error);
}

gboolean
engine_fixture_try_rollback (MmMigration  *migration,
                             GError      **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  mm_migration_rollback_async (migration, keep_result_cb, &result);
  return mm_migration_rollback_finish (migration, wait_for (&result), error);
}

MmReport *
engine_fixture_run (EngineFixture *self,
                    MmMigration   *migration)
{
  g_autoptr (GError) error = NULL;

  engine_fixture_try (migration, &error);
  g_assert_no_error (error);
  return mm_migration_get_report (migration);
}

static MmMigration *
open_migration (EngineFixture *self,
                const char    *id)
{
  g_autoptr (MmCredentials) credentials = mm_credentials_new ("secret", NULL);
  g_autoptr (GError) error = NULL;
  MmMigration *migration = mm_migration_open (self->history, engine_fixture_create_store, id,
                                              "anna@example.org", credentials, credentials, &error);

  g_assert_no_error (error);
  return migration;
}

MmReport *
engine_fixture_resume (EngineFixture *self,
                       const char    *id)
{
  g_autoptr (MmMigration) migration = open_migration (self, id);

  return engine_fixture_run (self, migration);
}

MmReport *
engine_fixture_rollback (EngineFixture *self,
                         const char    *id)
{
  g_autoptr (MmMigration) migration = open_migration (self, id);
  g_autoptr (GError) error = NULL;

  engine_fixture_try_rollback (migration, &error);
  g_assert_no_error (error);
  return mm_migration_get_report (migration);
}

const MmStageReport *
engine_fixture_stage (const MmReport *report)
{
  g_assert_cmpuint (report->stages->len, ==, 1);
  return g_ptr_array_index (report->stages, 0);
}

void
engine_fixture_assert_sums (const MmReport *report)
{
  const MmStageReport *stage = engine_fixture_stage (report);

  g_assert_cmpuint (stage->found, ==,
                    stage->copied + stage->existed + stage->skipped + stage->failed);
}

guint
engine_fixture_count_problems (const MmReport *report,
                               const char     *code)
{
  guint n = 0;

  g_assert_nonnull (report->problems);
  for (guint i = 0; i < report->problems->len; i++)
    n += g_str_equal (((MmProblem *) g_ptr_array_index (report->problems, i))->code, code);
  return n;
}
