/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/mm-run.h"

#include <glib/gi18n-lib.h>

/* Items that one call and one transaction take. */
#define TRANCHE 500

#define OURS (MM_ITEM_STATE_BIT (MM_ITEM_DONE) | MM_ITEM_STATE_BIT (MM_ITEM_FAILED) | \
              MM_ITEM_STATE_BIT (MM_ITEM_LEFT))

/* Those of which some may be at the destination under an id that is not known. */
#define NAMELESS (MM_ITEM_STATE_BIT (MM_ITEM_INTENT) | MM_ITEM_STATE_BIT (MM_ITEM_DONE) | \
                  MM_ITEM_STATE_BIT (MM_ITEM_LEFT))

static void
leave_row (MmStage         *stage,
           MmJournalFolder *folder,
           MmJournalItem   *row,
           const char      *code,
           const char      *message)
{
  row->state = MM_ITEM_LEFT;
  mm_run_add_problem (stage->run, stage->kind, folder, row, MM_OUTCOME_LEFT, code, message);
}

static gboolean
write_removed (MmStage          *stage,
               MmJournalFolder  *folder,
               GPtrArray        *rows,
               GPtrArray        *results,
               GError          **error)
{
  MmStageReport delta = { .kind = stage->kind };

  mm_journal_begin (stage->run->journal);
  for (guint i = 0; i < rows->len; i++)
    {
      MmJournalItem *row = g_ptr_array_index (rows, i);
      MmResult *result = g_ptr_array_index (results, i);

      if (result->state == MM_RESULT_CREATED || result->state == MM_RESULT_EXISTED)
        {
          mm_journal_remove_problems (stage->run->journal, row->id, MM_OUTCOME_LEFT);
          row->state = MM_ITEM_UNDONE;
          delta.removed++;
        }
      else if (result->state == MM_RESULT_FAILED)
        {
          mm_journal_remove_problems (stage->run->journal, row->id, MM_OUTCOME_LEFT);
          leave_row (stage, folder, row, mm_error_get_nick (result->error),
                     result->error->message);
          delta.left++;
        }
      mm_journal_put_item (stage->run->journal, row);
    }
  if (!mm_journal_commit (stage->run->journal, error))
    return FALSE;
  mm_progress_add (stage->run->progress, &delta);
  return TRUE;
}

/* The whole folder is out of reach (made anew, or gone). */
static void
fail_pending (GPtrArray    *results,
              const GError *failure)
{
  for (guint i = 0; i < results->len; i++)
    {
      MmResult *result = g_ptr_array_index (results, i);

      if (result->state != MM_RESULT_PENDING && result->state != MM_RESULT_UNKNOWN)
        continue;
      if (g_error_matches (failure, MM_ERROR, MM_ERROR_NOT_FOUND))
        result->state = MM_RESULT_EXISTED;
      else
        mm_result_fail (result, g_error_copy (failure));
    }
}

static gboolean
remove_rows (MmStage          *stage,
             MmJournalFolder  *folder,
             MmStore          *store,
             GPtrArray        *rows,
             GError          **error)
{
  g_autoptr (MmFolder) target = mm_run_destination_folder (folder);
  g_autoptr (GPtrArray) references =
    g_ptr_array_new_with_free_func ((GDestroyNotify) mm_reference_free);
  g_autoptr (GPtrArray) results = mm_results_new (rows->len);
  g_autoptr (GError) failure = NULL;
  gboolean ended;

  for (guint i = 0; i < rows->len; i++)
    {
      MmJournalItem *row = g_ptr_array_index (rows, i);
      MmReference *reference = mm_reference_new (row->destination_id);

      reference->version = g_strdup (row->destination_version);
      g_ptr_array_add (references, reference);
    }
  ended = !mm_store_delete_items (store, target, references, results, stage->run->stop, &failure) &&
          mm_error_ends_store (failure);
  if (failure != NULL && !ended)
    fail_pending (results, failure);
  if (!write_removed (stage, folder, rows, results, error))
    return FALSE;
  if (!ended)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&failure));
  return FALSE;
}

static void
keep_removable (GPtrArray *rows)
{
  for (guint i = rows->len; i > 0; i--)
    if (((MmJournalItem *) g_ptr_array_index (rows, i - 1))->destination_id == NULL)
      g_ptr_array_remove_index (rows, i - 1);
}

static gboolean
remove_items (MmStage          *stage,
              MmJournalFolder  *folder,
              MmStore          *store,
              GError          **error)
{
  gint64 after = 0;

  for (;;)
    {
      g_autoptr (GPtrArray) rows =
        mm_journal_list_items (stage->run->journal, folder->id, OURS, after, TRANCHE);

      if (rows->len == 0)
        return TRUE;
      after = ((MmJournalItem *) g_ptr_array_index (rows, rows->len - 1))->id;
      keep_removable (rows);
      if (rows->len > 0 && !remove_rows (stage, folder, store, rows, error))
        return FALSE;
    }
}

/* With a transaction open. TRUE when something of ours is perhaps still there. */
static gboolean
settle_unfound (MmStage         *stage,
                MmJournalFolder *folder,
                MmJournalItem   *row,
                const GError    *failure)
{
  if (g_error_matches (failure, MM_ERROR, MM_ERROR_NOT_FOUND))
    {
      /* A folder that is gone has nothing of ours left. */
      row->state = MM_ITEM_UNDONE;
      return FALSE;
    }
  if (failure != NULL)
    {
      leave_row (stage, folder, row, mm_error_get_nick (failure), failure->message);
      return TRUE;
    }
  if (row->state == MM_ITEM_INTENT)
    {
      row->state = MM_ITEM_PLANNED;
      return FALSE;
    }
  leave_row (stage, folder, row, "unknown-id",
             _("The server did not tell which message this became, and it cannot be recognised; "
               "remove it by hand if it is there."));
  return TRUE;
}

/* Sent without an answer, or stored without an id: looked up, since only an id is removed. */
static gboolean
settle (MmStage          *stage,
        MmJournalFolder  *folder,
        MmStore          *store,
        GError          **error)
{
  g_autoptr (GPtrArray) rows =
    mm_journal_list_nameless (stage->run->journal, folder->id, NAMELESS);
  g_autoptr (GError) failure = NULL;
  MmStageReport delta = { .kind = stage->kind };

  if (rows->len == 0)
    return TRUE;
  if (!mm_resolve_items (stage->run, store, folder, rows, &failure) &&
      mm_error_ends_store (failure))
    {
      g_propagate_error (error, g_steal_pointer (&failure));
      return FALSE;
    }
  mm_journal_begin (stage->run->journal);
  for (guint i = 0; i < rows->len; i++)
    {
      MmJournalItem *row = g_ptr_array_index (rows, i);

      mm_journal_remove_problems (stage->run->journal, row->id, MM_OUTCOME_LEFT);
      if (row->destination_id == NULL)
        delta.left += settle_unfound (stage, folder, row, failure);
      mm_journal_put_item (stage->run->journal, row);
    }
  if (!mm_journal_commit (stage->run->journal, error))
    return FALSE;
  mm_progress_add (stage->run->progress, &delta);
  return TRUE;
}

static gboolean
roll_back_folder (MmStage          *stage,
                  MmJournalFolder  *folder,
                  MmStore          *source,
                  MmStore          *destination,
                  gpointer          user_data,
                  GError          **error)
{
  return settle (stage, folder, destination, error) &&
         remove_items (stage, folder, destination, error);
}

static GPtrArray *
find_folders (MmStage *stage)
{
  GPtrArray *folders = g_ptr_array_new ();

  for (guint i = 0; i < stage->folders->len; i++)
    {
      MmJournalFolder *folder = g_ptr_array_index (stage->folders, i);

      if (folder->destination_id != NULL &&
          mm_journal_count_items (stage->run->journal, folder->id,
                                  OURS | MM_ITEM_STATE_BIT (MM_ITEM_INTENT), NULL) > 0)
        g_ptr_array_add (folders, folder);
    }
  return folders;
}

static MmFolder *
find_in_tree (GPtrArray       *tree,
              MmJournalFolder *folder)
{
  for (guint i = 0; i < tree->len; i++)
    {
      MmFolder *present = g_ptr_array_index (tree, i);

      /* Some servers list a name in another form (Unicode) than it was given. */
      if (mm_path_equal ((const char *const *) present->path, (const char *const *) folder->path) ||
          (folder->destination_id != NULL &&
           g_strcmp0 (present->id, folder->destination_id) == 0))
        return present;
    }
  return NULL;
}

static gboolean
list_tree (MmStage  *stage,
           MmStore  *store,
           GError  **error)
{
  g_clear_pointer (&stage->tree, g_ptr_array_unref);
  stage->tree = mm_store_list_folders (store, stage->kind, stage->run->stop, error);
  return stage->tree != NULL;
}

/* A crash may have come between making a folder and noting it: what was meant to be made, and was
 * not there before, is ours if it is there now. What was left is tried once more. */
static gboolean
settle_folders (MmStage  *stage,
                MmStore  *store,
                GError  **error)
{
  if (!list_tree (stage, store, error))
    return FALSE;
  mm_journal_begin (stage->run->journal);
  for (guint i = 0; i < stage->folders->len; i++)
    {
      MmJournalFolder *folder = g_ptr_array_index (stage->folders, i);
      MmFolder *present = find_in_tree (stage->tree, folder);

      if (folder->created != MM_EFFECT_NONE && folder->created != MM_EFFECT_UNDONE &&
          present != NULL && (present->selectable || folder->source_id == NULL))
        {
          folder->created = MM_EFFECT_DONE;
          g_free (folder->destination_id);
          folder->destination_id = g_strdup (present->id);
        }
      mm_journal_put_folder (stage->run->journal, folder);
    }
  return mm_journal_commit (stage->run->journal, error);
}

/* With a transaction open. */
static void
take_subscription_result (MmStage         *stage,
                          MmJournalFolder *folder,
                          const MmResult  *result)
{
  MmStageReport delta = { .kind = stage->kind, .left = 1 };
  g_autofree char *path = mm_path_to_display ((const char *const *) folder->path);
  g_autofree char *message = NULL;
  gboolean left = result->state == MM_RESULT_FAILED &&
                  !g_error_matches (result->error, MM_ERROR, MM_ERROR_NOT_FOUND);

  folder->subscribed = left ? MM_EFFECT_LEFT : MM_EFFECT_UNDONE;
  mm_journal_put_folder (stage->run->journal, folder);
  if (!left)
    return;
  message = g_strdup_printf (_("The folder “%s” was subscribed by this migration and stays so: %s"),
                             path, result->error->message);
  mm_run_add_problem (stage->run, stage->kind, folder, NULL, MM_OUTCOME_LEFT, "subscribed", message);
  mm_progress_add (stage->run->progress, &delta);
}

static gboolean
unsubscribe (MmStage  *stage,
             MmStore  *store,
             GError  **error)
{
  g_autoptr (GPtrArray) folders = g_ptr_array_new ();
  g_autoptr (GPtrArray) targets =
    g_ptr_array_new_with_free_func ((GDestroyNotify) mm_folder_unref);
  g_autoptr (GPtrArray) results = NULL;

  for (guint i = 0; i < stage->folders->len; i++)
    {
      MmJournalFolder *folder = g_ptr_array_index (stage->folders, i);

      if (folder->destination_id == NULL || folder->subscribed == MM_EFFECT_NONE ||
          folder->subscribed == MM_EFFECT_UNDONE)
        continue;
      g_ptr_array_add (folders, folder);
      g_ptr_array_add (targets, mm_run_destination_folder (folder));
    }
  if (folders->len == 0)
    return TRUE;
  results = mm_results_new (folders->len);
  if (!mm_store_subscribe_folders (store, targets, FALSE, results, stage->run->stop, error))
    return FALSE;
  mm_journal_begin (stage->run->journal);
  for (guint i = 0; i < folders->len; i++)
    take_subscription_result (stage, g_ptr_array_index (folders, i),
                              g_ptr_array_index (results, i));
  return mm_journal_commit (stage->run->journal, error);
}

static int
compare_depth (gconstpointer a,
               gconstpointer b)
{
  const MmJournalFolder *first = *(const MmJournalFolder *const *) a;
  const MmJournalFolder *second = *(const MmJournalFolder *const *) b;
  guint n_first = g_strv_length (first->path);
  guint n_second = g_strv_length (second->path);

  return n_first < n_second ? 1 : n_first > n_second ? -1 : 0;
}

static void
take_folder_result (MmStage         *stage,
                    MmJournalFolder *folder,
                    const MmResult  *result)
{
  MmStageReport delta = { .kind = stage->kind, .left = 1 };
  g_autofree char *path = mm_path_to_display ((const char *const *) folder->path);
  g_autofree char *message = NULL;

  folder->created = result->state == MM_RESULT_FAILED ? MM_EFFECT_LEFT : MM_EFFECT_UNDONE;
  mm_journal_put_folder (stage->run->journal, folder);
  if (result->state != MM_RESULT_FAILED)
    return;
  if (g_error_matches (result->error, MM_ERROR, MM_ERROR_NOT_EMPTY))
    message = g_strdup_printf (_("The folder “%s” was made by this migration and stays, because it "
                                 "holds messages or folders that are not of this migration."),
                               path);
  else
    message = g_strdup_printf (_("The folder “%s” was made by this migration and stays: %s"), path,
                               result->error->message);
  mm_run_add_problem (stage->run, stage->kind, folder, NULL, MM_OUTCOME_LEFT,
                      mm_error_get_nick (result->error), message);
  mm_progress_add (stage->run->progress, &delta);
}

static gboolean
delete_folders (MmStage    *stage,
                MmStore    *store,
                GPtrArray  *ours,
                GError    **error)
{
  g_autoptr (GPtrArray) targets =
    g_ptr_array_new_with_free_func ((GDestroyNotify) mm_folder_unref);
  g_autoptr (GPtrArray) results = mm_results_new (ours->len);

  for (guint i = 0; i < ours->len; i++)
    g_ptr_array_add (targets, mm_run_destination_folder (g_ptr_array_index (ours, i)));
  if (!mm_store_delete_folders (store, targets, results, stage->run->stop, error))
    return FALSE;
  mm_journal_begin (stage->run->journal);
  for (guint i = 0; i < ours->len; i++)
    take_folder_result (stage, g_ptr_array_index (ours, i), g_ptr_array_index (results, i));
  return mm_journal_commit (stage->run->journal, error);
}

/* Our folders first, deepest first; then, with a fresh look, the levels that the server had made
 * above them and may have taken away with them. */
static gboolean
remove_folders (MmStage    *stage,
                MmStore    *store,
                gboolean    levels,
                GError    **error)
{
  g_autoptr (GPtrArray) ours = g_ptr_array_new ();

  if (!list_tree (stage, store, error))
    return FALSE;
  for (guint i = 0; i < stage->folders->len; i++)
    {
      MmJournalFolder *folder = g_ptr_array_index (stage->folders, i);

      if (folder->created == MM_EFFECT_DONE && (folder->source_id == NULL) == levels &&
          find_in_tree (stage->tree, folder) != NULL)
        g_ptr_array_add (ours, folder);
    }
  g_ptr_array_sort (ours, compare_depth);
  return ours->len == 0 || delete_folders (stage, store, ours, error);
}

static gboolean
roll_back_tree (MmStage  *stage,
                GError  **error)
{
  MmStore *store = mm_pool_take (stage->destination, stage->run->stop, error);
  gboolean ok;

  if (store == NULL)
    return FALSE;
  ok = unsubscribe (stage, store, error) && remove_folders (stage, store, FALSE, error) &&
       remove_folders (stage, store, TRUE, error);
  mm_pool_give_back (stage->destination, store);
  return ok;
}

static gboolean
look_at_tree (MmStage  *stage,
              GError  **error)
{
  MmStore *store = mm_pool_take (stage->destination, stage->run->stop, error);
  gboolean ok;

  if (store == NULL)
    return FALSE;
  ok = settle_folders (stage, store, error);
  mm_pool_give_back (stage->destination, store);
  return ok;
}

gboolean
mm_rollback_stage (MmStage  *stage,
                   GError  **error)
{
  g_autoptr (GPtrArray) folders = NULL;

  stage->folders = mm_journal_list_folders (stage->run->journal, stage->kind);
  if (!look_at_tree (stage, error))
    return FALSE;
  folders = find_folders (stage);
  return mm_run_each_folder (stage, folders, FALSE, TRUE, roll_back_folder, NULL, error) &&
         roll_back_tree (stage, error);
}
