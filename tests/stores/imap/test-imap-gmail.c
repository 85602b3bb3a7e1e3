/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <glib/gstdio.h>

#include "engine/mm-migration.h"
#include "gmail-server.h"
#include "stores/imap/mm-imap-store.h"
#include "stores/memory/mm-memory-server.h"
#include "stores/memory/mm-memory-store.h"

/* An account that shows its messages as Gmail does, through the whole engine. */

static MmMemoryServer *destination;

static MmStore *
create_store (const MmService *service,
              MmCredentials   *credentials)
{
  if (g_str_equal (service->host, "destination"))
    return mm_memory_store_new (destination);
  return mm_imap_store_new (service, credentials);
}

static void
keep_result_cb (GObject      *object,
                GAsyncResult *result,
                gpointer      user_data)
{
  *(GAsyncResult **) user_data = g_object_ref (result);
}

static MmAccount *
make_account (const char *host,
              guint16     port)
{
  MmAccount *account = mm_account_new ("anna@example.org");

  mm_account_add_service (account, mm_service_new (MM_PROTOCOL_IMAP, MM_SECURITY_NONE, host, port,
                                                   "anna"));
  return account;
}

static MmReport *
migrate (MmHistory   *history,
         GmailServer *server)
{
  g_autoptr (MmAccount) from = make_account ("127.0.0.1", gmail_server_get_port (server));
  g_autoptr (MmAccount) to = make_account ("destination", 1);
  g_autoptr (MmCredentials) credentials = mm_credentials_new ("secret", NULL);
  g_autoptr (MmMigration) migration = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  migration = mm_migration_new (history, create_store, from, to, credentials, credentials, 0, NULL);
  mm_migration_run_async (migration, keep_result_cb, &result);
  while (result == NULL)
    g_main_context_iteration (NULL, TRUE);
  mm_migration_run_finish (migration, result, &error);
  g_assert_no_error (error);
  return mm_migration_get_report (migration);
}

static void
assert_holds (const char *folder,
              gint64      n_items)
{
  g_auto (GStrv) path = g_strsplit (folder, "/", -1);

  g_test_message ("%s", folder);
  g_assert_cmpint (mm_memory_server_count_items (destination, MM_KIND_EMAILS,
                                                 (const char *const *) path), ==, n_items);
}

static void
assert_stage (MmReport *report,
              guint     found,
              guint     copied,
              guint     existed)
{
  const MmStageReport *stage = report->stages->pdata[0];

  g_assert_cmpint (report->state, ==, MM_STATE_COMPLETED);
  g_assert_cmpuint (stage->found, ==, found);
  g_assert_cmpuint (stage->copied, ==, copied);
  g_assert_cmpuint (stage->existed, ==, existed);
  g_assert_cmpuint (stage->failed, ==, 0);
}

static void
remove_history (const char *directory)
{
  g_autoptr (GDir) dir = g_dir_open (directory, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *file = g_build_filename (directory, name, NULL);

      g_unlink (file);
    }
  g_rmdir (directory);
}

static void
test_labels (void)
{
  g_autoptr (GmailServer) server = gmail_server_new ();
  g_autofree char *directory = g_dir_make_tmp ("gmail-XXXXXX", NULL);
  g_autoptr (MmHistory) history = mm_history_new (directory);
  g_autoptr (MmReport) first = NULL;
  g_autoptr (MmReport) second = NULL;
  g_autofree char *dump = NULL;
  MmMemoryTraits traits;

  mm_memory_traits_init (&traits, MM_KIND_BIT (MM_KIND_EMAILS));
  destination = mm_memory_server_new (&traits);
  mm_memory_server_add_folder (destination, MM_KIND_EMAILS, (const char *const[]) { "Sent", NULL },
                               MM_ROLE_SENT, TRUE, TRUE);

  first = migrate (history, server);
  dump = mm_memory_server_dump (destination, FALSE);
  g_test_message ("%s", dump);

  /* labels are folders: what has two of them is in both */
  assert_holds ("INBOX", 2);
  assert_holds ("Work", 2);
  assert_holds ("Work/Old", 1);
  /* by their attributes, whatever they are called */
  assert_holds ("Sent", 1);
  assert_holds ("[Gmail]/Spam", 1);
  assert_holds ("[Gmail]/Koš", 1);
  /* of All Mail only what has no label: 104 and 105 */
  assert_holds ("[Gmail]/Všechny zprávy", 2);
  assert_holds ("[Gmail]/S hvězdičkou", -1);
  assert_holds ("[Gmail]/Důležité", -1);
  assert_stage (first, 10, 10, 0);

  second = migrate (history, server);
  assert_stage (second, 10, 0, 10);

  g_clear_pointer (&destination, mm_memory_server_unref);
  remove_history (directory);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/imap/gmail/labels", test_labels);
  return g_test_run ();
}
