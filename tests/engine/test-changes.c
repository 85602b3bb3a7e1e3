/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine-fixture.h"

#include <string.h>

/*
 * What other people and the servers themselves do to the accounts meanwhile: between a run and its
 * resumption or rollback, in the middle of it, while it is checked.
 */

/* The inbox is the fifth folder that an account in memory is born with. */
#define INBOX_ITEM(number) "5:" number

static const char *const inbox[] = { "INBOX", NULL };
static const char *const work[] = { "Work", NULL };

static MmReport *
run (EngineFixture *fixture)
{
  g_autoptr (MmMigration) migration = engine_fixture_migration (fixture);
  MmReport *report = engine_fixture_run (fixture, migration);

  engine_fixture_assert_sums (report);
  return report;
}

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

static void
add_text (MmMemoryServer *server,
          const char     *text,
          gsize           length)
{
  MmReference *reference = mm_reference_new ("");

  reference->date = 1000000000;
  g_free (mm_memory_server_add_item (server, MM_KIND_EMAILS, inbox,
                                     mm_item_new (reference, mm_blob_new (text, length))));
}

static gint64
count (MmMemoryServer    *server,
       const char *const *path)
{
  return mm_memory_server_count_items (server, MM_KIND_EMAILS, path);
}

static void
stop_halfway_cb (MmCall   call,
                 guint    n,
                 gpointer migration)
{
  if (call == MM_CALL_STORE_ITEMS && n == 2)
    mm_migration_stop (migration);
}

/* Small chunks, one lane. */
static EngineFixture *
new_slow_fixture (void)
{
  MmMemoryTraits traits;

  mm_memory_traits_init (&traits, MM_KIND_BIT (MM_KIND_EMAILS));
  traits.capabilities.kinds[MM_KIND_EMAILS].batch_items = 3;
  traits.capabilities.connections = 1;
  return engine_fixture_new (&traits, &traits);
}

/* Two chunks of three arrive. */
static MmReport *
run_halfway (EngineFixture *fixture)
{
  g_autoptr (MmMigration) migration = engine_fixture_migration (fixture);
  MmReport *report;

  fixture->destination_meddling.before = stop_halfway_cb;
  fixture->destination_meddling.user_data = migration;
  report = engine_fixture_run (fixture, migration);
  fixture->destination_meddling.before = NULL;
  g_assert_cmpint (report->state, ==, MM_STATE_STOPPED);
  g_assert_true (report->can_resume);
  return report;
}

static void
test_destination_anew_before_resume (void)
{
  g_autoptr (EngineFixture) fixture = new_slow_fixture ();
  g_autoptr (MmReport) report = NULL;
  g_autoptr (MmReport) resumed = NULL;
  g_autoptr (MmReport) again = NULL;
  g_autoptr (MmReport) back = NULL;

  add_messages (fixture->source, "INBOX", 20);
  add_messages (fixture->destination, "INBOX", 2);
  report = run_halfway (fixture);
  mm_memory_server_change_generation (fixture->destination, MM_KIND_EMAILS, inbox);
  resumed = engine_fixture_resume (fixture, report->id);
  g_assert_cmpint (resumed->state, ==, MM_STATE_COMPLETED);
  engine_fixture_assert_sums (resumed);
  g_assert_cmpuint (engine_fixture_stage (resumed)->failed, ==, 0);
  g_assert_cmpuint (engine_fixture_count_problems (resumed, "made-anew"), ==, 1);
  g_assert_cmpint (count (fixture->destination, inbox), ==, 20);
  /* No duplicate, however often. */
  again = engine_fixture_resume (fixture, report->id);
  g_assert_cmpint (count (fixture->destination, inbox), ==, 20);
  g_assert_cmpuint (engine_fixture_count_problems (again, "made-anew"), ==, 1);
  /* What has an id of the former life is named and stays; nobody else's is touched. */
  back = engine_fixture_rollback (fixture, report->id);
  g_assert_cmpint (back->state, ==, MM_STATE_ROLLED_BACK);
  g_assert_cmpuint (engine_fixture_stage (back)->left, >, 0);
  g_assert_cmpint (count (fixture->destination, inbox), >=, 2);
}

/* Of two equal messages one has arrived, of the other nobody knows; then the ids change. The one
 * that is there must not be taken for the other. */
static void
test_destination_anew_with_a_duplicate (void)
{
  g_autoptr (EngineFixture) fixture = new_slow_fixture ();
  g_autoptr (MmMigration) migration = engine_fixture_migration (fixture);
  g_autoptr (MmReport) report = NULL;
  g_autoptr (MmReport) resumed = NULL;

  for (guint i = 0; i < 4; i++)
    g_free (engine_fixture_add (fixture->source, "INBOX", "the same"));
  mm_faults_fail_entry (fixture->destination_faults, MM_CALL_STORE_ITEMS, 3,
                        MM_FAULT_UNKNOWN_NOT_DONE,
                        g_error_new_literal (MM_ERROR, MM_ERROR_PROTOCOL, "nonsense"));
  report = engine_fixture_run (fixture, migration);
  g_assert_cmpint (report->state, ==, MM_STATE_STOPPED);
  g_assert_cmpint (count (fixture->destination, inbox), ==, 3);
  mm_memory_server_change_generation (fixture->destination, MM_KIND_EMAILS, inbox);
  resumed = engine_fixture_resume (fixture, report->id);
  engine_fixture_assert_sums (resumed);
  g_assert_cmpuint (engine_fixture_stage (resumed)->copied, ==, 4);
  g_assert_cmpint (count (fixture->destination, inbox), ==, 4);
}

static void
test_destination_anew_before_rollback (void)
{
  g_autoptr (EngineFixture) fixture = engine_fixture_new (NULL, NULL);
  g_autoptr (MmReport) report = NULL;
  g_autoptr (MmReport) back = NULL;

  add_messages (fixture->source, "INBOX", 5);
  report = run (fixture);
  mm_memory_server_change_generation (fixture->destination, MM_KIND_EMAILS, inbox);
  back = engine_fixture_rollback (fixture, report->id);
  g_assert_cmpint (back->state, ==, MM_STATE_ROLLED_BACK);
  g_assert_cmpuint (engine_fixture_stage (back)->left, ==, 5);
  g_assert_cmpuint (engine_fixture_count_problems (back, "changed"), ==, 5);
  g_assert_cmpint (count (fixture->destination, inbox), ==, 5);
}

static void
make_anew_cb (MmCall   call,
              guint    n,
              gpointer fixture)
{
  /* The first listing is the scan's, the second looks at what arrived. */
  if (call == MM_CALL_LIST_ITEMS && n == 1)
    mm_memory_server_change_generation (((EngineFixture *) fixture)->destination, MM_KIND_EMAILS,
                                        inbox);
}

static void
test_destination_anew_during_check (void)
{
  g_autoptr (EngineFixture) fixture = engine_fixture_new (NULL, NULL);
  g_autoptr (MmReport) report = NULL;

  add_messages (fixture->source, "INBOX", 5);
  add_messages (fixture->destination, "INBOX", 1);
  fixture->destination_meddling.before = make_anew_cb;
  fixture->destination_meddling.user_data = fixture;
  report = run (fixture);
  g_assert_cmpint (report->state, ==, MM_STATE_COMPLETED);
  g_assert_cmpuint (engine_fixture_stage (report)->copied, ==, 4);
  g_assert_cmpuint (engine_fixture_count_problems (report, "made-anew"), ==, 1);
}

static void
test_source_anew_before_resume (void)
{
  g_autoptr (EngineFixture) fixture = new_slow_fixture ();
  g_autoptr (MmReport) report = NULL;
  g_autoptr (MmReport) resumed = NULL;
  g_autoptr (MmReport) afresh = NULL;

  add_messages (fixture->source, "INBOX", 20);
  report = run_halfway (fixture);
  mm_memory_server_change_generation (fixture->source, MM_KIND_EMAILS, inbox);
  resumed = engine_fixture_resume (fixture, report->id);
  g_assert_cmpint (resumed->state, ==, MM_STATE_COMPLETED);
  engine_fixture_assert_sums (resumed);
  /* Not lost: named one by one; a new migration copies just these. */
  g_assert_cmpuint (engine_fixture_stage (resumed)->failed, ==,
                    engine_fixture_count_problems (resumed, "changed"));
  g_assert_cmpuint (engine_fixture_stage (resumed)->failed, >, 0);
  afresh = run (fixture);
  g_assert_cmpuint (engine_fixture_stage (afresh)->copied, ==,
                    engine_fixture_stage (resumed)->failed);
  g_assert_cmpint (count (fixture->destination, inbox), ==, 20);
}

static void
remove_source_folder_cb (MmCall   call,
                         guint    n,
                         gpointer fixture)
{
  /* The second part of the larger folder is about to be read. */
  if (call == MM_CALL_FETCH_ITEMS && n == 1)
    mm_memory_server_remove_folder (((EngineFixture *) fixture)->source, MM_KIND_EMAILS, work);
}

static void
test_source_folder_goes_away (void)
{
  g_autoptr (EngineFixture) fixture = new_slow_fixture ();
  g_autoptr (MmReport) report = NULL;

  add_messages (fixture->source, "Work", 1200);
  add_messages (fixture->source, "INBOX", 5);
  fixture->source_meddling.before = remove_source_folder_cb;
  fixture->source_meddling.user_data = fixture;
  report = run (fixture);
  g_assert_cmpint (report->state, ==, MM_STATE_COMPLETED);
  g_assert_cmpuint (engine_fixture_stage (report)->found, ==, 1205);
  g_assert_cmpuint (engine_fixture_stage (report)->failed, ==,
                    engine_fixture_count_problems (report, "not-found"));
  g_assert_cmpuint (engine_fixture_stage (report)->failed, >, 0);
  g_assert_cmpint (count (fixture->destination, inbox), ==, 5);
}

static void
test_destination_folder_goes_away_before_resume (void)
{
  g_autoptr (EngineFixture) fixture = new_slow_fixture ();
  g_autoptr (MmReport) report = NULL;
  g_autoptr (MmReport) resumed = NULL;
  g_autoptr (MmReport) again = NULL;
  g_autoptr (MmReport) back = NULL;
  g_autofree char *before = mm_memory_server_dump (fixture->destination, TRUE);
  g_autofree char *after = NULL;

  add_messages (fixture->source, "Work", 20);
  report = run_halfway (fixture);
  mm_memory_server_remove_folder (fixture->destination, MM_KIND_EMAILS, work);
  resumed = engine_fixture_resume (fixture, report->id);
  g_assert_cmpint (resumed->state, ==, MM_STATE_COMPLETED);
  engine_fixture_assert_sums (resumed);
  /* What had been copied and is gone is said, and copied when asked once more. */
  g_assert_cmpuint (engine_fixture_count_problems (resumed, "missing"), ==,
                    engine_fixture_stage (resumed)->failed);
  again = engine_fixture_resume (fixture, report->id);
  g_assert_cmpuint (engine_fixture_stage (again)->copied, ==, 20);
  g_assert_cmpuint (again->problems->len, ==, 0);
  g_assert_cmpint (count (fixture->destination, work), ==, 20);
  back = engine_fixture_rollback (fixture, report->id);
  g_assert_cmpint (back->state, ==, MM_STATE_ROLLED_BACK);
  after = mm_memory_server_dump (fixture->destination, TRUE);
  g_assert_cmpstr (before, ==, after);
}

static void
remove_one_cb (MmCall   call,
               guint    n,
               gpointer user_data)
{
  EngineFixture *fixture = user_data;

  if (call == MM_CALL_LIST_ITEMS && n == 1)
    mm_memory_server_remove_item (fixture->destination, MM_KIND_EMAILS, inbox, INBOX_ITEM ("3"));
}

static void
test_item_is_removed_before_check (void)
{
  g_autoptr (EngineFixture) fixture = engine_fixture_new (NULL, NULL);
  g_autoptr (MmReport) report = NULL;
  g_autoptr (MmReport) resumed = NULL;

  add_messages (fixture->source, "INBOX", 5);
  add_messages (fixture->destination, "INBOX", 1);
  fixture->destination_meddling.before = remove_one_cb;
  fixture->destination_meddling.user_data = fixture;
  report = run (fixture);
  g_assert_cmpuint (engine_fixture_stage (report)->failed, ==, 1);
  g_assert_cmpuint (engine_fixture_stage (report)->copied, ==, 3);
  g_assert_cmpuint (engine_fixture_count_problems (report, "missing"), ==, 1);
  resumed = engine_fixture_resume (fixture, report->id);
  g_assert_cmpuint (engine_fixture_stage (resumed)->copied, ==, 4);
  g_assert_cmpuint (resumed->problems->len, ==, 0);
  g_assert_cmpint (count (fixture->destination, inbox), ==, 5);
}

/* Servers that alter what they are given. */

static MmItem *
with_text (const MmItem *item,
           const char   *text,
           gsize         length)
{
  return mm_item_new (mm_reference_copy (item->reference), mm_blob_new (text, length));
}

static MmItem *
drop_keywords_cb (const MmItem *item,
                  gpointer      user_data)
{
  MmReference *reference = mm_reference_copy (item->reference);

  g_clear_pointer (&reference->keywords, g_strfreev);
  return mm_item_new (reference, mm_blob_ref (item->blob));
}

static MmItem *
change_date_cb (const MmItem *item,
                gpointer      user_data)
{
  MmReference *reference = mm_reference_copy (item->reference);

  reference->date++;
  return mm_item_new (reference, mm_blob_ref (item->blob));
}

static MmItem *
change_flags_cb (const MmItem *item,
                 gpointer      user_data)
{
  MmReference *reference = mm_reference_copy (item->reference);

  reference->flags ^= MM_FLAG_SEEN;
  return mm_item_new (reference, mm_blob_ref (item->blob));
}

/* NUL → 0x80, bytes ≥ 0x80 of the header → X, bare LF → CRLF. */
static MmItem *
repair_cb (const MmItem *item,
           gpointer      user_data)
{
  const guint8 *data = mm_blob_peek (item->blob);
  g_autoptr (GString) text = g_string_new (NULL);
  gboolean in_header = TRUE;

  for (gsize i = 0; i < mm_blob_get_size (item->blob); i++)
    {
      if (data[i] == '\n' && (i == 0 || data[i - 1] != '\r'))
        g_string_append_c (text, '\r');
      if (data[i] == 0)
        g_string_append_c (text, (char) 0x80);
      else
        g_string_append_c (text, in_header && data[i] >= 0x80 ? 'X' : (char) data[i]);
      if (g_str_has_suffix (text->str, "\r\n\r\n"))
        in_header = FALSE;
    }
  return with_text (item, text->str, text->len);
}

static MmItem *
corrupt_cb (const MmItem *item,
            gpointer      user_data)
{
  g_autofree char *text = g_strndup ((const char *) mm_blob_peek (item->blob),
                                     mm_blob_get_size (item->blob));

  text[strlen (text) - 3] = '!';
  return with_text (item, text, strlen (text));
}

static MmReport *
run_altered (EngineFixture *fixture,
             MmItem      *(*alter) (const MmItem *item, gpointer user_data))
{
  fixture->destination_meddling.alter = alter;
  return run (fixture);
}

static void
assert_one_change (MmItem     *(*alter) (const MmItem *item, gpointer user_data),
                   const char  *code)
{
  g_autoptr (EngineFixture) fixture = engine_fixture_new (NULL, NULL);
  MmItem *item = engine_fixture_message ("message", "text", 1000000000, MM_FLAG_FLAGGED);
  g_autoptr (MmReport) report = NULL;
  const MmProblem *problem;

  item->reference->keywords = g_strsplit ("a b", " ", -1);
  g_free (mm_memory_server_add_item (fixture->source, MM_KIND_EMAILS, inbox, item));
  report = run_altered (fixture, alter);
  g_assert_cmpuint (engine_fixture_stage (report)->copied, ==, 1);
  g_assert_cmpuint (report->problems->len, ==, 1);
  problem = g_ptr_array_index (report->problems, 0);
  g_assert_cmpint (problem->outcome, ==, MM_OUTCOME_CHANGED);
  g_assert_cmpstr (problem->code, ==, code);
  g_assert_cmpstr (problem->folder, ==, "INBOX");
  g_assert_nonnull (strstr (problem->item, "message@example.org"));
}

static void
test_altered_marks (void)
{
  assert_one_change (drop_keywords_cb, "keywords-changed");
  assert_one_change (change_date_cb, "date-changed");
  assert_one_change (change_flags_cb, "flags-changed");
}

static void
test_altered_bytes (void)
{
  static const char nul[] = "Message-ID: <1@x>\r\n\r\na\0b\r\n";
  static const char header[] = "Message-ID: <2@x>\r\nSubject: gr\xf6\xdf" "er\r\n\r\ntext\r\n";
  static const char bare[] = "Message-ID: <3@x>\n\ntext\n";
  g_autoptr (EngineFixture) fixture = engine_fixture_new (NULL, NULL);
  g_autoptr (MmReport) report = NULL;
  g_autoptr (MmReport) back = NULL;

  add_text (fixture->source, nul, sizeof nul - 1);
  add_text (fixture->source, header, sizeof header - 1);
  add_text (fixture->source, bare, sizeof bare - 1);
  report = run_altered (fixture, repair_cb);
  g_assert_cmpuint (engine_fixture_stage (report)->copied, ==, 3);
  g_assert_cmpuint (report->problems->len, ==, 3);
  g_assert_cmpuint (engine_fixture_count_problems (report, "nul"), ==, 1);
  g_assert_cmpuint (engine_fixture_count_problems (report, "8bit-header"), ==, 1);
  g_assert_cmpuint (engine_fixture_count_problems (report, "line-ends"), ==, 1);
  back = engine_fixture_rollback (fixture, report->id);
  g_assert_cmpint (count (fixture->destination, inbox), ==, 0);
}

/* The first of a folder is read back whole; the others when their size is another. */
static void
test_something_else_is_stored (void)
{
  g_autoptr (EngineFixture) fixture = engine_fixture_new (NULL, NULL);
  g_autoptr (MmReport) report = NULL;
  g_autoptr (MmReport) back = NULL;

  add_messages (fixture->source, "INBOX", 1);
  report = run_altered (fixture, corrupt_cb);
  g_assert_cmpuint (engine_fixture_stage (report)->failed, ==, 1);
  g_assert_cmpuint (engine_fixture_count_problems (report, "differs"), ==, 1);
  /* It is ours all the same. */
  back = engine_fixture_rollback (fixture, report->id);
  g_assert_cmpint (count (fixture->destination, inbox), ==, 0);
}

static MmItem *
lengthen_cb (const MmItem *item,
             gpointer      user_data)
{
  g_autofree char *text = g_strdup_printf ("%.*sAn advertisement.\r\n",
                                           (int) mm_blob_get_size (item->blob),
                                           (const char *) mm_blob_peek (item->blob));

  return with_text (item, text, strlen (text));
}

static void
test_every_other_size_is_read_back (void)
{
  g_autoptr (EngineFixture) fixture = engine_fixture_new (NULL, NULL);
  g_autoptr (MmReport) report = NULL;

  add_messages (fixture->source, "INBOX", 40);
  report = run_altered (fixture, lengthen_cb);
  g_assert_cmpuint (engine_fixture_stage (report)->failed, ==, 40);
  g_assert_cmpuint (engine_fixture_count_problems (report, "differs"), ==, 40);
}

static void
test_deleted_flag_is_copied (void)
{
  g_autoptr (EngineFixture) fixture = engine_fixture_new (NULL, NULL);
  g_autoptr (MmReport) report = NULL;
  g_autofree char *source = NULL;
  g_autofree char *destination = NULL;

  g_free (mm_memory_server_add_item (fixture->source, MM_KIND_EMAILS, inbox,
                                     engine_fixture_message ("old", "text", 1000,
                                                             MM_FLAG_DELETED | MM_FLAG_SEEN)));
  report = run (fixture);
  g_assert_cmpuint (engine_fixture_stage (report)->copied, ==, 1);
  g_assert_cmpuint (report->problems->len, ==, 0);
  source = mm_memory_server_dump (fixture->source, FALSE);
  destination = mm_memory_server_dump (fixture->destination, FALSE);
  g_assert_cmpstr (source, ==, destination);
}

/* Another tool's copy has a header of its own, thus another size: the bodies decide. */
static void
test_copy_of_another_tool (void)
{
  g_autoptr (EngineFixture) fixture = engine_fixture_new (NULL, NULL);
  g_autoptr (MmReport) report = NULL;

  for (guint i = 0; i < 3; i++)
    {
      g_autofree char *source = g_strdup_printf ("Message-ID: <%u@x>\r\n\r\ntext %u\r\n", i, i);
      g_autofree char *destination =
        g_strdup_printf ("X-Copied-By: somebody\r\nMessage-ID: <%u@x>\r\n\r\n%s %u\r\n", i,
                         i < 2 ? "text" : "quite another text", i);

      add_text (fixture->source, source, strlen (source));
      add_text (fixture->destination, destination, strlen (destination));
    }
  report = run (fixture);
  g_assert_cmpuint (engine_fixture_stage (report)->existed, ==, 2);
  g_assert_cmpuint (engine_fixture_stage (report)->copied, ==, 1);
  g_assert_cmpint (count (fixture->destination, inbox), ==, 4);
}

/* A message whose flags changed is removed nevertheless: the source has it. One whose content did
 * is another now. */
static void
test_rollback_of_what_others_changed (void)
{
  MmMemoryTraits traits;
  g_autoptr (EngineFixture) fixture = NULL;
  g_autoptr (MmReport) report = NULL;
  g_autoptr (MmReport) back = NULL;
  g_autoptr (MmBlob) blob = mm_blob_new ("Subject: mine\r\n\r\n", 17);

  mm_memory_traits_init (&traits, MM_KIND_BIT (MM_KIND_EMAILS));
  traits.has_versions = TRUE;
  fixture = engine_fixture_new (NULL, &traits);
  add_messages (fixture->source, "INBOX", 3);
  report = run (fixture);
  mm_memory_server_change_flags (fixture->destination, MM_KIND_EMAILS, inbox, INBOX_ITEM ("1"), 0x1f);
  mm_memory_server_change_item (fixture->destination, MM_KIND_EMAILS, inbox, INBOX_ITEM ("2"), blob);
  mm_memory_server_remove_item (fixture->destination, MM_KIND_EMAILS, inbox, INBOX_ITEM ("3"));
  back = engine_fixture_rollback (fixture, report->id);
  g_assert_cmpint (back->state, ==, MM_STATE_ROLLED_BACK);
  g_assert_cmpuint (engine_fixture_stage (back)->removed, ==, 2);
  g_assert_cmpuint (engine_fixture_stage (back)->left, ==, 1);
  g_assert_cmpuint (engine_fixture_count_problems (back, "changed"), ==, 1);
  g_assert_cmpint (count (fixture->destination, inbox), ==, 1);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/changes/destination-anew-before-resume", test_destination_anew_before_resume);
  g_test_add_func ("/changes/destination-anew-with-a-duplicate",
                   test_destination_anew_with_a_duplicate);
  g_test_add_func ("/changes/destination-anew-before-rollback",
                   test_destination_anew_before_rollback);
  g_test_add_func ("/changes/destination-anew-during-check", test_destination_anew_during_check);
  g_test_add_func ("/changes/source-anew-before-resume", test_source_anew_before_resume);
  g_test_add_func ("/changes/source-folder-goes-away", test_source_folder_goes_away);
  g_test_add_func ("/changes/destination-folder-goes-away-before-resume",
                   test_destination_folder_goes_away_before_resume);
  g_test_add_func ("/changes/item-is-removed-before-check", test_item_is_removed_before_check);
  g_test_add_func ("/changes/altered-marks", test_altered_marks);
  g_test_add_func ("/changes/altered-bytes", test_altered_bytes);
  g_test_add_func ("/changes/something-else-is-stored", test_something_else_is_stored);
  g_test_add_func ("/changes/every-other-size-is-read-back", test_every_other_size_is_read_back);
  g_test_add_func ("/changes/deleted-flag-is-copied", test_deleted_flag_is_copied);
  g_test_add_func ("/changes/copy-of-another-tool", test_copy_of_another_tool);
  g_test_add_func ("/changes/rollback-of-what-others-changed",
                   test_rollback_of_what_others_changed);
  return g_test_run ();
}
