/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/mm-run.h"

#include <glib/gi18n-lib.h>

/* Items that one transaction takes. */
#define TRANCHE 1000

/* How often a request whose answer was lost is sent again after looking. */
#define ATTEMPTS 3

static MmFolder *
find_in_tree (MmStage           *stage,
              const char *const *path)
{
  for (guint i = 0; i < stage->tree->len; i++)
    {
      MmFolder *folder = g_ptr_array_index (stage->tree, i);

      if (mm_path_equal ((const char *const *) folder->path, path))
        return folder;
    }
  return NULL;
}

/* By a row that makes it or has it; one whose folder is not made leaves it to the server. */
static gboolean
is_listed (GPtrArray         *folders,
           const char *const *path)
{
  for (guint i = 0; i < folders->len; i++)
    {
      MmJournalFolder *folder = g_ptr_array_index (folders, i);

      if ((folder->created != MM_EFFECT_NONE || folder->destination_id != NULL) &&
          mm_path_equal ((const char *const *) folder->path, path))
        return TRUE;
    }
  return FALSE;
}

/* A level that the server will make by itself above one of ours: it counts as ours, or LIST would
 * not be as before after a rollback. */
static void
add_level (MmStage  *stage,
           char    **path)
{
  MmJournalFolder *level = g_new0 (MmJournalFolder, 1);

  level->kind = stage->kind;
  level->source_path = g_strdupv (path);
  level->path = g_strdupv (path);
  level->created = MM_EFFECT_INTENT;
  level->n_source = level->n_destination = -1;
  mm_journal_put_folder (stage->run->journal, level);
  g_ptr_array_add (stage->folders, level);
}

static void
add_levels_above (MmStage  *stage,
                  char    **path)
{
  guint n = g_strv_length (path);

  for (guint n_levels = 1; n_levels < n; n_levels++)
    {
      g_auto (GStrv) above = g_strdupv (path);

      g_clear_pointer (&above[n_levels], g_free);
      for (guint i = n_levels + 1; i < n; i++)
        g_clear_pointer (&above[i], g_free);
      if (find_in_tree (stage, (const char *const *) above) == NULL &&
          !is_listed (stage->folders, (const char *const *) above))
        add_level (stage, above);
    }
}

/* Subscriptions belong to names: those of the plan that the destination does not have yet. */
static gboolean
wants_subscription (MmStage         *stage,
                    MmJournalFolder *folder)
{
  for (guint i = 0; i < stage->plan->folders->len; i++)
    {
      MmPlanFolder *plan = g_ptr_array_index (stage->plan->folders, i);

      if (plan->subscribe && g_strcmp0 (plan->source->id, folder->source_id) == 0 &&
          mm_path_equal ((const char *const *) plan->path, (const char *const *) folder->path))
        return TRUE;
    }
  return FALSE;
}

/* What an interrupted run meant to make and the tree now has was made by it: it was not there
 * when the intent was written. */
static void
settle_open_intent (MmStage         *stage,
                    MmJournalFolder *folder)
{
  MmFolder *present = find_in_tree (stage, (const char *const *) folder->path);

  if (folder->created == MM_EFFECT_INTENT && present != NULL &&
      (present->selectable || folder->source_id == NULL))
    {
      folder->created = MM_EFFECT_DONE;
      g_free (folder->destination_id);
      folder->destination_id = g_strdup (present->id);
    }
}

/* What an interrupted run knew of and the destination no longer has is made once more. */
static void
forget_vanished (MmStage         *stage,
                 MmJournalFolder *folder)
{
  if (folder->source_id == NULL || folder->destination_id == NULL ||
      find_in_tree (stage, (const char *const *) folder->path) != NULL)
    return;
  for (guint i = 0; i < stage->tree->len; i++)
    if (g_strcmp0 (((MmFolder *) g_ptr_array_index (stage->tree, i))->id,
                   folder->destination_id) == 0)
      return;
  g_clear_pointer (&folder->destination_id, g_free);
  g_clear_pointer (&folder->destination_position, g_free);
}

/* Parents first, or the server would make them by itself and they would seem to be another's. */
static int
compare_depth (gconstpointer a,
               gconstpointer b)
{
  const MmJournalFolder *first = *(const MmJournalFolder *const *) a;
  const MmJournalFolder *second = *(const MmJournalFolder *const *) b;
  guint n_first = g_strv_length (first->path);
  guint n_second = g_strv_length (second->path);

  if (n_first != n_second)
    return n_first < n_second ? -1 : 1;
  return first->id < second->id ? -1 : first->id > second->id;
}

static gboolean
write_intents (MmStage    *stage,
               GPtrArray  *create,
               GPtrArray  *subscribe,
               GError    **error)
{
  mm_journal_begin (stage->run->journal);
  for (guint i = 0; i < stage->folders->len; i++)
    {
      MmJournalFolder *folder = g_ptr_array_index (stage->folders, i);

      forget_vanished (stage, folder);
      settle_open_intent (stage, folder);
      if (folder->source_id != NULL && folder->scanned && folder->destination_id == NULL)
        {
          folder->created = MM_EFFECT_INTENT;
          g_ptr_array_add (create, folder);
        }
      if (folder->source_id != NULL && folder->scanned &&
          folder->subscribed != MM_EFFECT_DONE && wants_subscription (stage, folder))
        {
          folder->subscribed = MM_EFFECT_INTENT;
          g_ptr_array_add (subscribe, folder);
        }
      mm_journal_put_folder (stage->run->journal, folder);
    }
  g_ptr_array_sort (create, compare_depth);
  for (guint i = 0; i < create->len; i++)
    add_levels_above (stage, ((MmJournalFolder *) g_ptr_array_index (create, i))->path);
  return mm_journal_commit (stage->run->journal, error);
}

static gboolean
fail_items (MmStage          *stage,
            MmJournalFolder  *folder,
            const GError     *reason,
            GError          **error)
{
  MmStageReport delta = { .kind = stage->kind };
  g_autofree char *message =
    g_strdup_printf (_("The folder “%s” could not be made at the destination: %s"),
                     folder->path[g_strv_length (folder->path) - 1], reason->message);

  for (;;)
    {
      g_autoptr (GPtrArray) items =
        mm_journal_list_items (stage->run->journal, folder->id,
                               MM_ITEM_STATE_BIT (MM_ITEM_PLANNED), 0, TRANCHE);

      mm_journal_begin (stage->run->journal);
      for (guint i = 0; i < items->len; i++)
        {
          MmJournalItem *item = g_ptr_array_index (items, i);

          item->state = MM_ITEM_FAILED;
          mm_journal_put_item (stage->run->journal, item);
          mm_run_add_problem (stage->run, stage->kind, folder, item, MM_OUTCOME_FAILED,
                              mm_error_get_nick (reason), message);
        }
      if (items->len == 0 && delta.failed == 0)
        mm_run_add_problem (stage->run, stage->kind, folder, NULL, MM_OUTCOME_FAILED,
                            mm_error_get_nick (reason), message);
      if (!mm_journal_commit (stage->run->journal, error))
        return FALSE;
      delta.failed += items->len;
      if (items->len < TRANCHE)
        break;
    }
  mm_progress_add (stage->run->progress, &delta);
  return TRUE;
}

static gboolean
take_create_result (MmStage          *stage,
                    MmJournalFolder  *folder,
                    const MmResult   *result,
                    GError          **error)
{
  switch (result->state)
    {
    case MM_RESULT_CREATED:
    case MM_RESULT_EXISTED:
      /* EXISTED: somebody made it after we looked, so it is not ours to remove. */
      folder->created = result->state == MM_RESULT_CREATED ? MM_EFFECT_DONE : MM_EFFECT_NONE;
      folder->destination_id = g_strdup (result->id);
      return TRUE;
    case MM_RESULT_FAILED:
      folder->created = MM_EFFECT_NONE;
      return fail_items (stage, folder, result->error, error);
    case MM_RESULT_PENDING:
    case MM_RESULT_UNKNOWN:
    default:
      return TRUE;
    }
}

static GPtrArray *
to_store_folders (GPtrArray *folders)
{
  GPtrArray *result = g_ptr_array_new_with_free_func ((GDestroyNotify) mm_folder_unref);

  for (guint i = 0; i < folders->len; i++)
    g_ptr_array_add (result, mm_run_destination_folder (g_ptr_array_index (folders, i)));
  return result;
}

/* Asks for what is open once more, with a fresh look at the tree: the answer to a request that was
 * sent was lost on the way. */
static gboolean
look_again (MmStage    *stage,
            MmStore    *store,
            GError    **error)
{
  g_autoptr (GPtrArray) tree = mm_store_list_folders (store, stage->kind, stage->run->stop, error);

  if (tree == NULL)
    return FALSE;
  g_ptr_array_unref (stage->tree);
  stage->tree = g_steal_pointer (&tree);
  return TRUE;
}

static gboolean
create_folders (MmStage    *stage,
                MmStore    *store,
                GPtrArray  *create,
                GError    **error)
{
  g_autoptr (GPtrArray) folders = to_store_folders (create);
  g_autoptr (GPtrArray) results = mm_results_new (create->len);
  g_autoptr (GError) failure = NULL;
  gboolean ok = mm_store_create_folders (store, folders, results, stage->run->stop, &failure);

  for (guint i = 0; i < create->len; i++)
    if (!take_create_result (stage, g_ptr_array_index (create, i), g_ptr_array_index (results, i),
                             error))
      return FALSE;
  if (!ok)
    g_propagate_error (error, g_steal_pointer (&failure));
  return ok;
}

/* Keeps those whose outcome is not known. */
static void
keep_open (GPtrArray *create)
{
  for (guint i = create->len; i > 0; i--)
    {
      MmJournalFolder *folder = g_ptr_array_index (create, i - 1);

      if (folder->created != MM_EFFECT_INTENT || folder->destination_id != NULL)
        g_ptr_array_remove_index (create, i - 1);
    }
}

static gboolean
create_until_known (MmStage    *stage,
                    MmStore    *store,
                    GPtrArray  *create,
                    GError    **error)
{
  for (guint attempt = 0; create->len > 0 && attempt < ATTEMPTS; attempt++)
    {
      if (!create_folders (stage, store, create, error))
        return FALSE;
      keep_open (create);
      if (create->len == 0)
        break;
      if (!look_again (stage, store, error))
        return FALSE;
      for (guint i = 0; i < create->len; i++)
        settle_open_intent (stage, g_ptr_array_index (create, i));
      keep_open (create);
    }
  if (create->len == 0)
    return TRUE;
  g_set_error_literal (error, MM_ERROR, MM_ERROR_NETWORK,
                       _("The destination did not answer when folders were to be made. Resume "
                         "the migration when the connection is better."));
  return FALSE;
}

static gboolean
subscribe_folders (MmStage    *stage,
                   MmStore    *store,
                   GPtrArray  *subscribe,
                   GError    **error)
{
  g_autoptr (GPtrArray) folders = to_store_folders (subscribe);
  g_autoptr (GPtrArray) results = mm_results_new (subscribe->len);

  if (!mm_store_subscribe_folders (store, folders, TRUE, results, stage->run->stop, error))
    return FALSE;
  mm_journal_begin (stage->run->journal);
  mm_journal_remove_folder_problems (stage->run->journal, stage->kind, "not-subscribed");
  for (guint i = 0; i < subscribe->len; i++)
    {
      MmJournalFolder *folder = g_ptr_array_index (subscribe, i);
      MmResult *result = g_ptr_array_index (results, i);

      folder->subscribed = result->state == MM_RESULT_CREATED ? MM_EFFECT_DONE : MM_EFFECT_NONE;
      mm_journal_put_folder (stage->run->journal, folder);
      if (result->state == MM_RESULT_FAILED)
        mm_run_add_problem (stage->run, stage->kind, folder, NULL, MM_OUTCOME_CHANGED,
                            "not-subscribed", result->error->message);
    }
  return mm_journal_commit (stage->run->journal, error);
}

static void
drop_uncreated (GPtrArray *folders)
{
  for (guint i = folders->len; i > 0; i--)
    if (((MmJournalFolder *) g_ptr_array_index (folders, i - 1))->destination_id == NULL)
      g_ptr_array_remove_index (folders, i - 1);
}

static gboolean
write_outcomes (MmStage  *stage,
                GError  **error)
{
  mm_journal_begin (stage->run->journal);
  for (guint i = 0; i < stage->folders->len; i++)
    {
      MmJournalFolder *folder = g_ptr_array_index (stage->folders, i);

      /* The levels above a folder came with it. */
      if (folder->source_id == NULL && folder->created == MM_EFFECT_INTENT)
        folder->created = MM_EFFECT_DONE;
      mm_journal_put_folder (stage->run->journal, folder);
    }
  return mm_journal_commit (stage->run->journal, error);
}

static gboolean
create_and_subscribe (MmStage    *stage,
                      MmStore    *store,
                      GError    **error)
{
  g_autoptr (GPtrArray) create = g_ptr_array_new ();
  g_autoptr (GPtrArray) subscribe = g_ptr_array_new ();

  if (!write_intents (stage, create, subscribe, error))
    return FALSE;
  if (!create_until_known (stage, store, create, error) || !write_outcomes (stage, error))
    return FALSE;
  drop_uncreated (subscribe);
  return subscribe->len == 0 || subscribe_folders (stage, store, subscribe, error);
}

gboolean
mm_create_stage (MmStage  *stage,
                 GError  **error)
{
  MmStore *store = mm_pool_take (stage->destination, stage->run->stop, error);
  gboolean ok;

  if (store == NULL)
    return FALSE;
  ok = create_and_subscribe (stage, store, error);
  mm_pool_give_back (stage->destination, store);
  return ok;
}
