/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/mm-journal.h"

#include <glib/gstdio.h>
#include <string.h>

#include "model/mm-error.h"

typedef struct
{
  char *directory;
  char *path;
  MmJournal *journal;
} Fixture;

static void
set_up (Fixture       *self,
        gconstpointer  unused)
{
  g_autoptr (GError) error = NULL;
  char *urls[] = { (char *) "imaps://a@x:993", (char *) "imaps://b@y:993", NULL };
  char *folders[] = { (char *) "INBOX", (char *) "Größe/1", NULL };
  const MmJournalInfo info = {
    .id = (char *) "ABCDE-FGHJK", .source_address = (char *) "a@x",
    .destination_address = (char *) "b@y", .source_urls = urls, .destination_urls = urls + 1,
    .kinds = MM_KIND_BIT (MM_KIND_EMAILS), .folders = folders, .state = MM_STATE_RUNNING,
    .created = 1000,
  };

  self->directory = g_dir_make_tmp ("journal-XXXXXX", NULL);
  self->path = g_build_filename (self->directory, "a.db", NULL);
  self->journal = mm_journal_create (self->path, &info, &error);
  g_assert_no_error (error);
}

static void
tear_down (Fixture       *self,
           gconstpointer  unused)
{
  g_clear_object (&self->journal);
  g_unlink (self->path);
  g_assert_cmpint (g_rmdir (self->directory), ==, 0);
  g_free (self->path);
  g_free (self->directory);
}

static void
commit (Fixture *self)
{
  g_autoptr (GError) error = NULL;

  mm_journal_commit (self->journal, &error);
  g_assert_no_error (error);
}

static MmJournalFolder *
add_folder (Fixture    *self,
            const char *name)
{
  MmJournalFolder *folder = g_new0 (MmJournalFolder, 1);

  folder->kind = MM_KIND_EMAILS;
  folder->source_id = g_strdup (name);
  folder->source_path = g_strsplit (name, "/", -1);
  folder->path = g_strsplit (name, "/", -1);
  mm_journal_begin (self->journal);
  mm_journal_put_folder (self->journal, folder);
  commit (self);
  g_assert_cmpint (folder->id, >, 0);
  return folder;
}

static gint64
add_item (Fixture     *self,
          gint64       folder,
          const char  *id,
          guint64      size,
          MmItemState  state)
{
  g_autoptr (MmReference) reference = mm_reference_new (id);

  reference->size = size;
  return mm_journal_add_item (self->journal, folder, reference, state);
}

static void
test_info (Fixture       *self,
           gconstpointer  unused)
{
  g_auto (MmJournalInfo) info = { 0 };
  g_autoptr (GError) error = NULL;

  g_clear_object (&self->journal);
  self->journal = mm_journal_open (self->path, TRUE, &error);
  g_assert_no_error (error);
  g_assert_true (mm_journal_get_info (self->journal, &info, &error));
  g_assert_cmpstr (info.id, ==, "ABCDE-FGHJK");
  g_assert_cmpstr (info.source_address, ==, "a@x");
  g_assert_cmpuint (g_strv_length (info.source_urls), ==, 2);
  g_assert_cmpstr (info.source_urls[1], ==, "imaps://b@y:993");
  g_assert_cmpuint (g_strv_length (info.destination_urls), ==, 1);
  g_assert_cmpstr (info.folders[1], ==, "Größe/1");
  g_assert_cmpuint (info.kinds, ==, MM_KIND_BIT (MM_KIND_EMAILS));
  g_assert_cmpint (info.state, ==, MM_STATE_RUNNING);
  g_assert_cmpint (info.created, ==, 1000);
  g_assert_cmpint (info.ended, ==, 0);
}

static void
test_state (Fixture       *self,
            gconstpointer  unused)
{
  g_auto (MmJournalInfo) info = { 0 };

  mm_journal_begin (self->journal);
  mm_journal_put_state (self->journal, MM_STATE_STOPPED, 2000);
  mm_journal_put_request (self->journal, MM_REQUEST_CANCEL);
  commit (self);
  mm_journal_begin (self->journal);
  mm_journal_put_state (self->journal, MM_STATE_ROLLING_BACK, 0);
  commit (self);
  g_assert_true (mm_journal_get_info (self->journal, &info, NULL));
  g_assert_cmpint (info.state, ==, MM_STATE_ROLLING_BACK);
  g_assert_cmpint (info.ended, ==, 2000);
  g_assert_cmpint (mm_journal_get_request (self->journal), ==, MM_REQUEST_CANCEL);
}

static void
test_folder (Fixture       *self,
             gconstpointer  unused)
{
  g_autoptr (MmJournalFolder) folder = add_folder (self, "Work/Größe");
  g_autoptr (MmJournalFolder) other = add_folder (self, "Work");
  g_autoptr (GPtrArray) folders = NULL;
  MmJournalFolder *found;

  folder->destination_id = g_strdup ("wire");
  folder->destination_position = g_strdup ("1:7");
  folder->scanned = TRUE;
  folder->created = MM_EFFECT_DONE;
  folder->subscribed = MM_EFFECT_LEFT;
  mm_journal_begin (self->journal);
  mm_journal_put_folder (self->journal, folder);
  commit (self);
  folders = mm_journal_list_folders (self->journal, MM_KIND_EMAILS);
  g_assert_cmpuint (folders->len, ==, 2);
  found = g_ptr_array_index (folders, 0);
  g_assert_cmpint (found->id, ==, folder->id);
  g_assert_true (g_strv_equal ((const char *const *) found->source_path,
                               (const char *const *) folder->source_path));
  g_assert_cmpstr (found->destination_id, ==, "wire");
  g_assert_cmpstr (found->destination_position, ==, "1:7");
  g_assert_true (found->scanned);
  g_assert_cmpint (found->created, ==, MM_EFFECT_DONE);
  g_assert_cmpint (found->subscribed, ==, MM_EFFECT_LEFT);
  found = g_ptr_array_index (folders, 1);
  g_assert_null (found->destination_id);
  g_assert_false (found->scanned);
  g_clear_pointer (&folders, g_ptr_array_unref);
  folders = mm_journal_list_folders (self->journal, MM_KIND_CALENDARS);
  g_assert_cmpuint (folders->len, ==, 0);
}

static void
test_item (Fixture       *self,
           gconstpointer  unused)
{
  g_autoptr (MmJournalFolder) folder = add_folder (self, "INBOX");
  g_autoptr (MmReference) reference = mm_reference_new ("5:1");
  g_autoptr (GPtrArray) items = NULL;
  g_autoptr (GPtrArray) again = NULL;
  MmJournalItem *item;

  reference->size = G_GUINT64_CONSTANT (5000000000);
  reference->date = -3600;
  reference->flags = MM_FLAG_SEEN | MM_FLAG_DELETED;
  reference->keywords = g_strsplit ("$Forwarded a b", " ", -1);
  reference->fingerprint = G_MAXUINT64 - 5;
  reference->label = g_strdup ("<1@x>");
  mm_journal_begin (self->journal);
  g_assert_cmpint (mm_journal_add_item (self->journal, folder->id, reference, MM_ITEM_PLANNED), >, 0);
  commit (self);
  items = mm_journal_list_items (self->journal, folder->id, ~0u, 0, 10);
  g_assert_cmpuint (items->len, ==, 1);
  item = g_ptr_array_index (items, 0);
  g_assert_cmpstr (item->reference->id, ==, "5:1");
  g_assert_cmpuint (item->reference->size, ==, reference->size);
  g_assert_cmpint (item->reference->date, ==, -3600);
  g_assert_cmpuint (item->reference->flags, ==, reference->flags);
  g_assert_true (g_strv_equal ((const char *const *) item->reference->keywords,
                               (const char *const *) reference->keywords));
  g_assert_cmpuint (item->reference->fingerprint, ==, reference->fingerprint);
  g_assert_cmpuint (item->crlf_size, ==, MM_SIZE_UNKNOWN);
  g_assert_null (item->destination_id);
  item->state = MM_ITEM_DONE;
  item->crlf_size = 7;
  item->traits = 3;
  item->destination_id = g_strdup ("9:1");
  item->destination_version = g_strdup ("v");
  item->changes = g_strdup (",nul,");
  mm_journal_begin (self->journal);
  mm_journal_put_item (self->journal, item);
  commit (self);
  again = mm_journal_list_items (self->journal, folder->id, MM_ITEM_STATE_BIT (MM_ITEM_DONE), 0, 10);
  item = g_ptr_array_index (again, 0);
  g_assert_cmpuint (item->crlf_size, ==, 7);
  g_assert_cmpuint (item->traits, ==, 3);
  g_assert_cmpstr (item->destination_id, ==, "9:1");
  g_assert_cmpstr (item->destination_version, ==, "v");
  g_assert_cmpstr (item->changes, ==, ",nul,");
  g_assert_true (mm_journal_has_destination_id (self->journal, folder->id, "9:1"));
  g_assert_false (mm_journal_has_destination_id (self->journal, folder->id, "9:2"));
  g_assert_false (mm_journal_has_destination_id (self->journal, folder->id + 1, "9:1"));
}

static void
test_unknown_values (Fixture       *self,
                     gconstpointer  unused)
{
  g_autoptr (MmJournalFolder) folder = add_folder (self, "INBOX");
  g_autoptr (GPtrArray) items = NULL;
  MmJournalItem *item;
  guint64 bytes;

  mm_journal_begin (self->journal);
  add_item (self, folder->id, "1", MM_SIZE_UNKNOWN, MM_ITEM_PLANNED);
  commit (self);
  items = mm_journal_list_items (self->journal, folder->id, ~0u, 0, 10);
  item = g_ptr_array_index (items, 0);
  g_assert_cmpuint (item->reference->size, ==, MM_SIZE_UNKNOWN);
  g_assert_cmpint (item->reference->date, ==, MM_DATE_UNKNOWN);
  g_assert_null (item->reference->keywords);
  g_assert_null (item->reference->label);
  g_assert_cmpuint (mm_journal_count_items (self->journal, folder->id, ~0u, &bytes), ==, 1);
  g_assert_cmpuint (bytes, ==, 0);
}

static void
test_lists_and_counts (Fixture       *self,
                       gconstpointer  unused)
{
  g_autoptr (MmJournalFolder) folder = add_folder (self, "INBOX");
  g_autoptr (MmJournalFolder) other = add_folder (self, "Work");
  g_autoptr (GPtrArray) first = NULL;
  g_autoptr (GPtrArray) second = NULL;
  guint64 bytes;

  mm_journal_begin (self->journal);
  for (guint i = 0; i < 20; i++)
    {
      g_autofree char *id = g_strdup_printf ("%u", i);

      add_item (self, folder->id, id, i, i % 2 == 0 ? MM_ITEM_PLANNED : MM_ITEM_EXISTED);
    }
  add_item (self, other->id, "0", 1000, MM_ITEM_PLANNED);
  commit (self);
  first = mm_journal_list_items (self->journal, folder->id, MM_ITEM_STATE_BIT (MM_ITEM_PLANNED), 0,
                                 4);
  g_assert_cmpuint (first->len, ==, 4);
  g_assert_cmpstr (((MmJournalItem *) first->pdata[3])->reference->id, ==, "6");
  second = mm_journal_list_items (self->journal, folder->id, MM_ITEM_STATE_BIT (MM_ITEM_PLANNED),
                                  ((MmJournalItem *) first->pdata[3])->id, 100);
  g_assert_cmpuint (second->len, ==, 6);
  g_assert_cmpuint (mm_journal_count_items (self->journal, folder->id,
                                            MM_ITEM_STATE_BIT (MM_ITEM_EXISTED), &bytes), ==, 10);
  g_assert_cmpuint (bytes, ==, 100);
  g_assert_cmpuint (mm_journal_count_larger (self->journal, folder->id, 15), ==, 2);
  mm_journal_begin (self->journal);
  mm_journal_remove_items (self->journal, folder->id);
  commit (self);
  g_assert_cmpuint (mm_journal_count_items (self->journal, folder->id, ~0u, NULL), ==, 0);
  g_assert_cmpuint (mm_journal_count_items (self->journal, other->id, ~0u, NULL), ==, 1);
}

static void
test_nameless (Fixture       *self,
               gconstpointer  unused)
{
  static const guint states[] = {
    MM_ITEM_STATE_BIT (MM_ITEM_DONE),
    MM_ITEM_STATE_BIT (MM_ITEM_DONE) | MM_ITEM_STATE_BIT (MM_ITEM_INTENT),
    MM_ITEM_STATE_BIT (MM_ITEM_LEFT),
  };
  static const guint expected[] = { 2, 3, 0 };
  g_autoptr (MmJournalFolder) folder = add_folder (self, "INBOX");
  g_autoptr (GPtrArray) items = NULL;
  MmJournalItem *named;

  mm_journal_begin (self->journal);
  for (guint i = 0; i < 3; i++)
    add_item (self, folder->id, "x", 1, MM_ITEM_DONE);
  add_item (self, folder->id, "x", 1, MM_ITEM_INTENT);
  commit (self);
  items = mm_journal_list_items (self->journal, folder->id, ~0u, 0, 1);
  named = g_ptr_array_index (items, 0);
  named->destination_id = g_strdup ("1:1");
  mm_journal_begin (self->journal);
  mm_journal_put_item (self->journal, named);
  commit (self);
  for (guint i = 0; i < G_N_ELEMENTS (states); i++)
    {
      g_autoptr (GPtrArray) nameless =
        mm_journal_list_nameless (self->journal, folder->id, states[i]);

      g_assert_cmpuint (nameless->len, ==, expected[i]);
    }
}

static void
test_stage_counts (Fixture       *self,
                   gconstpointer  unused)
{
  static const MmItemState states[] = {
    MM_ITEM_PLANNED, MM_ITEM_INTENT, MM_ITEM_DONE, MM_ITEM_EXISTED, MM_ITEM_SKIPPED, MM_ITEM_FAILED,
    MM_ITEM_UNDONE, MM_ITEM_LEFT,
  };
  g_autoptr (MmJournalFolder) folder = add_folder (self, "INBOX");
  g_autoptr (GPtrArray) stages = NULL;
  MmStageReport stage = { .kind = MM_KIND_EMAILS, .state = MM_STAGE_COPYING };

  mm_journal_begin (self->journal);
  for (guint i = 0; i < G_N_ELEMENTS (states); i++)
    add_item (self, folder->id, "x", 10, states[i]);
  commit (self);
  mm_journal_count_stage (self->journal, &stage);
  g_assert_cmpuint (stage.found, ==, 8);
  g_assert_cmpuint (stage.copied, ==, 3);
  g_assert_cmpuint (stage.existed, ==, 1);
  g_assert_cmpuint (stage.skipped, ==, 1);
  g_assert_cmpuint (stage.failed, ==, 1);
  g_assert_cmpuint (stage.bytes, ==, 60);
  g_assert_cmpuint (stage.bytes_total, ==, 80);
  g_assert_cmpuint (stage.removed, ==, 1);
  g_assert_cmpuint (stage.left, ==, 1);
  mm_journal_begin (self->journal);
  mm_journal_put_stage (self->journal, &stage);
  stage.found = 9;
  mm_journal_put_stage (self->journal, &stage);
  commit (self);
  stages = mm_journal_list_stages (self->journal);
  g_assert_cmpuint (stages->len, ==, 1);
  g_assert_cmpmem (stages->pdata[0], sizeof stage, &stage, sizeof stage);
}

static void
add_problem (Fixture    *self,
             gint64      item,
             MmOutcome   outcome,
             const char *code)
{
  const MmProblem problem = { MM_KIND_EMAILS, (char *) "INBOX", (char *) "<1@x>", outcome,
                              (char *) code, (char *) "A sentence." };

  mm_journal_add_problem (self->journal, item, &problem);
}

static guint
count_problems (Fixture *self)
{
  gint64 after = 0;
  g_autoptr (GPtrArray) problems = mm_journal_list_problems (self->journal, &after, 0);

  return problems->len;
}

static void
test_problems (Fixture       *self,
               gconstpointer  unused)
{
  g_autoptr (GPtrArray) problems = NULL;
  const MmProblem *problem;
  gint64 after = 0;

  mm_journal_begin (self->journal);
  for (guint i = 0; i < 5; i++)
    add_problem (self, i, MM_OUTCOME_SKIPPED, "view");
  add_problem (self, 3, MM_OUTCOME_LEFT, "changed");
  commit (self);
  problems = mm_journal_list_problems (self->journal, &after, 2);
  g_assert_cmpuint (problems->len, ==, 2);
  problem = g_ptr_array_index (problems, 0);
  g_assert_cmpint (problem->kind, ==, MM_KIND_EMAILS);
  g_assert_cmpstr (problem->folder, ==, "INBOX");
  g_assert_cmpstr (problem->item, ==, "<1@x>");
  g_assert_cmpint (problem->outcome, ==, MM_OUTCOME_SKIPPED);
  g_assert_cmpstr (problem->code, ==, "view");
  g_assert_cmpstr (problem->message, ==, "A sentence.");
  g_clear_pointer (&problems, g_ptr_array_unref);
  problems = mm_journal_list_problems (self->journal, &after, 0);
  g_assert_cmpuint (problems->len, ==, 4);
  mm_journal_begin (self->journal);
  mm_journal_remove_problems (self->journal, 3, MM_OUTCOME_LEFT);
  commit (self);
  g_assert_cmpuint (count_problems (self), ==, 5);
  mm_journal_begin (self->journal);
  mm_journal_remove_general_problems (self->journal, MM_OUTCOME_SKIPPED);
  commit (self);
  g_assert_cmpuint (count_problems (self), ==, 4);
}

static void
test_forgotten_problems (Fixture       *self,
                         gconstpointer  unused)
{
  g_autoptr (MmJournalFolder) folder = add_folder (self, "INBOX");
  g_autoptr (GPtrArray) items = NULL;
  MmJournalItem *changed;
  gint64 failed;

  mm_journal_begin (self->journal);
  add_item (self, folder->id, "1", 1, MM_ITEM_DONE);
  failed = add_item (self, folder->id, "2", 1, MM_ITEM_FAILED);
  commit (self);
  items = mm_journal_list_items (self->journal, folder->id, MM_ITEM_STATE_BIT (MM_ITEM_DONE), 0, 1);
  changed = g_ptr_array_index (items, 0);
  changed->changes = g_strdup (",nul,");
  mm_journal_begin (self->journal);
  mm_journal_put_item (self->journal, changed);
  add_problem (self, changed->id, MM_OUTCOME_CHANGED, "nul");
  add_problem (self, changed->id, MM_OUTCOME_CHANGED, "date-changed");
  add_problem (self, 0, MM_OUTCOME_CHANGED, "made-anew");
  add_problem (self, 0, MM_OUTCOME_CHANGED, "name-mapped");
  add_problem (self, failed, MM_OUTCOME_FAILED, "refused");
  commit (self);
  mm_journal_begin (self->journal);
  mm_journal_remove_checks (self->journal, MM_KIND_EMAILS);
  commit (self);
  /* What the store said of it, and what is about folders, stays. */
  g_assert_cmpuint (count_problems (self), ==, 4);
  mm_journal_begin (self->journal);
  mm_journal_remove_folder_problems (self->journal, MM_KIND_EMAILS, "made-anew");
  mm_journal_remove_folder_problems (self->journal, MM_KIND_TASKS, "name-mapped");
  commit (self);
  g_assert_cmpuint (count_problems (self), ==, 3);
  mm_journal_begin (self->journal);
  mm_journal_retry_items (self->journal, MM_KIND_EMAILS);
  commit (self);
  g_assert_cmpuint (count_problems (self), ==, 2);
  g_assert_cmpuint (mm_journal_count_items (self->journal, folder->id,
                                            MM_ITEM_STATE_BIT (MM_ITEM_PLANNED), NULL), ==, 1);
}

static void
test_nothing_half (Fixture       *self,
                   gconstpointer  unused)
{
  g_autoptr (MmJournalFolder) folder = add_folder (self, "INBOX");

  mm_journal_begin (self->journal);
  add_item (self, folder->id, "1", 1, MM_ITEM_PLANNED);
  g_assert_cmpuint (mm_journal_count_items (self->journal, folder->id, ~0u, NULL), ==, 1);
  mm_journal_abandon (self->journal);
  g_assert_cmpuint (mm_journal_count_items (self->journal, folder->id, ~0u, NULL), ==, 0);
  mm_journal_begin (self->journal);
  add_item (self, folder->id, "1", 1, MM_ITEM_PLANNED);
  commit (self);
  g_assert_cmpuint (mm_journal_count_items (self->journal, folder->id, ~0u, NULL), ==, 1);
}

static gboolean
live_until_cb (guint    step,
               gpointer last)
{
  return step < GPOINTER_TO_UINT (last);
}

/* Before the commit nothing is written; after it everything is; the dead write no more. */
static void
test_steps (Fixture       *self,
            gconstpointer  unused)
{
  for (guint n = 1; n <= 2; n++)
    {
      g_autoptr (MmJournal) reader = NULL;
      g_autoptr (GPtrArray) stages = NULL;
      MmStageReport stage = { .kind = n };

      mm_journal_set_step_func (live_until_cb, GUINT_TO_POINTER (n));
      for (guint i = 0; i < 2; i++)
        {
          mm_journal_begin (self->journal);
          stage.kind += i * 3;
          mm_journal_put_stage (self->journal, &stage);
          g_assert_false (mm_journal_commit (self->journal, NULL));
        }
      mm_journal_set_step_func (NULL, NULL);
      g_clear_object (&self->journal);
      reader = mm_journal_open (self->path, FALSE, NULL);
      stages = mm_journal_list_stages (reader);
      g_assert_cmpuint (stages->len, ==, n - 1);
      self->journal = mm_journal_open (self->path, TRUE, NULL);
    }
}

static void
test_reader_cannot_write (Fixture       *self,
                          gconstpointer  unused)
{
  g_autoptr (MmJournal) reader = mm_journal_open (self->path, FALSE, NULL);
  g_autoptr (GError) error = NULL;

  mm_journal_begin (reader);
  mm_journal_put_request (reader, MM_REQUEST_STOP);
  g_assert_false (mm_journal_commit (reader, &error));
  g_assert_error (error, MM_ERROR, MM_ERROR_FILE);
  g_assert_cmpint (mm_journal_get_request (self->journal), ==, MM_REQUEST_NONE);
}

static void
assert_unusable (const char *path)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (MmJournal) journal = mm_journal_open (path, TRUE, &error);

  g_assert_null (journal);
  g_assert_error (error, MM_ERROR, MM_ERROR_FILE);
}

static void
test_unusable_files (Fixture       *self,
                     gconstpointer  unused)
{
  g_autofree char *path = g_build_filename (self->directory, "b.db", NULL);
  const char *const texts[] = { "", "SQLite format 3", "This is no database at all, is it?\n" };

  assert_unusable (path);
  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_assert_true (g_file_set_contents (path, texts[i], -1, NULL));
      assert_unusable (path);
    }
  g_unlink (path);
}

/* Damages every page but the first. */
static void
damage (const char *path)
{
  g_autofree char *content = NULL;
  gsize length;

  g_assert_true (g_file_get_contents (path, &content, &length, NULL));
  g_assert_cmpuint (length, >, 3 * 4096);
  memset (content + 4096, 0xa5, length - 4096);
  g_assert_true (g_file_set_contents (path, content, (gssize) length, NULL));
}

/* A list that could not be read must not pass for an empty one. */
static void
test_damaged_file (Fixture       *self,
                   gconstpointer  unused)
{
  g_autoptr (GPtrArray) folders = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (MmJournalFolder) folder = add_folder (self, "INBOX");
  MmStageReport stage = { .kind = MM_KIND_EMAILS };

  g_clear_object (&self->journal);
  damage (self->path);
  self->journal = mm_journal_open (self->path, TRUE, &error);
  if (self->journal != NULL)
    {
      folders = mm_journal_list_folders (self->journal, MM_KIND_EMAILS);
      for (guint i = 0; i < 2; i++)
        {
          g_clear_error (&error);
          mm_journal_begin (self->journal);
          mm_journal_put_stage (self->journal, &stage);
          g_assert_false (mm_journal_commit (self->journal, &error));
          g_assert_error (error, MM_ERROR, MM_ERROR_FILE);
        }
    }
  g_assert_error (error, MM_ERROR, MM_ERROR_FILE);
}

typedef struct
{
  MmJournal *journal;
  gint64 folder;
} Share;

static gpointer
write_rows (gpointer data)
{
  Share *share = data;

  for (guint i = 0; i < 30; i++)
    {
      g_autoptr (MmReference) reference = mm_reference_new ("x");

      mm_journal_begin (share->journal);
      for (guint j = 0; j < 10; j++)
        mm_journal_add_item (share->journal, share->folder, reference, MM_ITEM_PLANNED);
      g_assert_true (mm_journal_commit (share->journal, NULL));
      g_assert_cmpuint (mm_journal_count_items (share->journal, share->folder, ~0u, NULL) % 10, ==,
                        0);
    }
  return NULL;
}

static void
test_many_threads (Fixture       *self,
                   gconstpointer  unused)
{
  g_autoptr (MmJournalFolder) folder = add_folder (self, "INBOX");
  Share share = { self->journal, folder->id };
  GThread *threads[4];

  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    threads[i] = g_thread_new ("writer", write_rows, &share);
  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    g_thread_join (threads[i]);
  g_assert_cmpuint (mm_journal_count_items (self->journal, folder->id, ~0u, NULL), ==, 1200);
}

static void
test_temporary (Fixture       *self,
                gconstpointer  unused)
{
  const MmJournalInfo info = { .id = (char *) "preview", .source_address = (char *) "",
                               .destination_address = (char *) "",
                               .source_urls = (char *[]) { NULL },
                               .destination_urls = (char *[]) { NULL } };
  g_autoptr (GError) error = NULL;
  g_autoptr (MmJournal) journal = mm_journal_create (NULL, &info, &error);
  g_auto (MmJournalInfo) found = { 0 };

  g_assert_no_error (error);
  g_assert_true (mm_journal_get_info (journal, &found, NULL));
  g_assert_cmpstr (found.id, ==, "preview");
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
    { "/journal/info", test_info },
    { "/journal/state", test_state },
    { "/journal/folder", test_folder },
    { "/journal/item", test_item },
    { "/journal/unknown-values", test_unknown_values },
    { "/journal/lists-and-counts", test_lists_and_counts },
    { "/journal/nameless", test_nameless },
    { "/journal/stage-counts", test_stage_counts },
    { "/journal/problems", test_problems },
    { "/journal/forgotten-problems", test_forgotten_problems },
    { "/journal/nothing-half", test_nothing_half },
    { "/journal/steps", test_steps },
    { "/journal/reader-cannot-write", test_reader_cannot_write },
    { "/journal/unusable-files", test_unusable_files },
    { "/journal/damaged-file", test_damaged_file },
    { "/journal/many-threads", test_many_threads },
    { "/journal/temporary", test_temporary },
  };

  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (tests); i++)
    g_test_add (tests[i].path, Fixture, NULL, set_up, tests[i].func, tear_down);
  return g_test_run ();
}
