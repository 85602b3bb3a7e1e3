/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/mm-run.h"
#include "engine/mm-scan-private.h"

#include "engine/mm-worker.h"

/* A folder that is left out, or goes by another name than at the source. */
static void
note_folder (MmStage      *stage,
             MmPlanFolder *plan)
{
  MmJournalFolder folder = { .source_path = plan->source->path };

  if (plan->reason != NULL)
    mm_run_add_problem (stage->run, stage->kind, &folder, NULL,
                        plan->action == MM_PLAN_SKIP ? MM_OUTCOME_SKIPPED : MM_OUTCOME_CHANGED,
                        plan->code, plan->reason);
}

static MmJournalFolder *
add_folder (MmStage      *stage,
            MmPlanFolder *plan)
{
  MmJournalFolder *folder = g_new0 (MmJournalFolder, 1);

  folder->kind = stage->kind;
  folder->source_id = g_strdup (plan->source->id);
  folder->source_path = g_strdupv (plan->source->path);
  folder->path = g_strdupv (plan->path);
  folder->n_source = plan->source->n_items;
  folder->n_destination = plan->destination != NULL ? plan->destination->n_items : -1;
  if (plan->action == MM_PLAN_USE)
    folder->destination_id = g_strdup (plan->destination->id);
  mm_journal_put_folder (stage->run->journal, folder);
  return folder;
}

/* The first run writes the plan's folders down; a later one goes by what was written. */
static gboolean
write_folders (MmStage     *stage,
               GHashTable  *plans,
               GError     **error)
{
  mm_journal_begin (stage->run->journal);
  for (guint i = 0; i < stage->plan->folders->len; i++)
    {
      MmPlanFolder *plan = g_ptr_array_index (stage->plan->folders, i);
      MmJournalFolder *folder;

      note_folder (stage, plan);
      if (plan->action == MM_PLAN_SKIP)
        continue;
      folder = add_folder (stage, plan);
      g_ptr_array_add (stage->folders, folder);
      g_hash_table_insert (plans, folder, plan);
    }
  return mm_journal_commit (stage->run->journal, error);
}

typedef struct
{
  MmPool *pool;
  MmKind kind;
  GCancellable *stop;
  GPtrArray *folders;
  GError *error;
} Tree;

/* Two trees; the other threads meanwhile open the connections that will be wanted next, which
 * takes several round trips each. */
static void
list_tree (guint    index,
           gpointer user_data)
{
  Tree *tree = (Tree *) user_data + index % 2;
  MmStore *store;

  if (index >= 2)
    {
      mm_pool_warm (tree->pool, tree->stop);
      return;
    }
  store = mm_pool_take (tree->pool, tree->stop, &tree->error);
  if (store == NULL)
    return;
  tree->folders = mm_store_list_folders (store, tree->kind, tree->stop, &tree->error);
  mm_pool_give_back (tree->pool, store);
}

static gboolean
make_plan (MmStage  *stage,
           GError  **error)
{
  Tree trees[2] = {
    { stage->source, stage->kind, stage->run->stop, NULL, NULL },
    { stage->destination, stage->kind, stage->run->stop, NULL, NULL },
  };
  g_autoptr (GPtrArray) source = NULL;
  g_autoptr (GError) source_error = NULL;
  g_autoptr (GError) destination_error = NULL;
  MmPlanChoices choices = { (const char *const *) stage->run->folders };

  mm_worker_run_each (2 * stage->width, list_tree, trees);
  source = trees[0].folders;
  source_error = trees[0].error;
  stage->tree = trees[1].folders;
  destination_error = trees[1].error;
  if (source == NULL || stage->tree == NULL)
    {
      g_propagate_error (error, source == NULL ? g_steal_pointer (&source_error)
                                               : g_steal_pointer (&destination_error));
      return FALSE;
    }
  stage->plan = mm_plan_new (stage->kind, source, stage->tree,
                             &mm_pool_get_capabilities (stage->source)->kinds[stage->kind],
                             stage->can, &choices);
  return TRUE;
}

static int
compare_hints (gconstpointer a,
               gconstpointer b,
               gpointer      plans)
{
  const MmPlanFolder *first = g_hash_table_lookup (plans, *(gpointer *) a);
  const MmPlanFolder *second = g_hash_table_lookup (plans, *(gpointer *) b);
  gint64 n_first = first != NULL ? first->source->n_items : -1;
  gint64 n_second = second != NULL ? second->source->n_items : -1;

  return n_first < n_second ? 1 : n_first > n_second ? -1 : 0;
}

static gboolean
is_all_mail (MmScan          *scan,
             MmJournalFolder *folder)
{
  MmPlanFolder *plan = g_hash_table_lookup (scan->plans, folder);

  return plan != NULL && plan->source->role == MM_ROLE_ALL;
}

static gboolean
seen_cb (MmReference  *reference,
         gpointer      user_data,
         GError      **error)
{
  MmScan *scan = user_data;

  if (reference->global_id != NULL)
    {
      g_mutex_lock (&scan->seen_lock);
      g_hash_table_add (scan->seen, g_steal_pointer (&reference->global_id));
      g_mutex_unlock (&scan->seen_lock);
    }
  mm_reference_free (reference);
  return TRUE;
}

/* What All Mail holds beyond the other folders is known only when all of them were listed: those
 * that an earlier run has scanned are listed once more. Their rows stay, some are copied. */
static gboolean
learn_seen (MmStage          *stage,
            MmJournalFolder  *folder,
            MmStore          *source,
            MmStore          *destination,
            gpointer          user_data,
            GError          **error)
{
  g_autoptr (MmFolder) target = mm_run_source_folder (folder);
  g_autoptr (GError) failure = NULL;

  if (mm_store_list_items (source, target, NULL, MM_LIST_GLOBAL_IDS, seen_cb, user_data, NULL,
                           stage->run->stop, &failure) ||
      !mm_error_ends_store (failure))
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&failure));
  return FALSE;
}

static gboolean
scan_folders (MmStage  *stage,
              MmScan   *scan,
              GError  **error)
{
  g_autoptr (GPtrArray) ordinary = g_ptr_array_new ();
  g_autoptr (GPtrArray) all = g_ptr_array_new ();
  g_autoptr (GPtrArray) known = g_ptr_array_new ();

  for (guint i = 0; i < stage->folders->len; i++)
    {
      MmJournalFolder *folder = g_ptr_array_index (stage->folders, i);

      if (folder->source_id == NULL)
        continue;
      if (folder->scanned)
        {
          g_ptr_array_add (known, folder);
          continue;
        }
      mm_journal_begin (stage->run->journal);
      mm_journal_remove_items (stage->run->journal, folder->id);
      if (!mm_journal_commit (stage->run->journal, error))
        return FALSE;
      g_ptr_array_add (is_all_mail (scan, folder) ? all : ordinary, folder);
    }
  if (all->len > 0)
    scan->seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_ptr_array_sort_with_data (ordinary, compare_hints, scan->plans);
  return (all->len == 0 ||
          mm_run_each_folder (stage, known, TRUE, FALSE, learn_seen, scan, error)) &&
         mm_run_each_folder (stage, ordinary, TRUE, TRUE, _mm_scan_folder, scan, error) &&
         mm_run_each_folder (stage, all, TRUE, TRUE, _mm_scan_folder, scan, error);
}

static void
match_plans (MmStage    *stage,
             GHashTable *plans)
{
  for (guint i = 0; i < stage->folders->len; i++)
    for (guint j = 0; j < stage->plan->folders->len; j++)
      {
        MmJournalFolder *folder = g_ptr_array_index (stage->folders, i);
        MmPlanFolder *plan = g_ptr_array_index (stage->plan->folders, j);

        if (g_strcmp0 (folder->source_id, plan->source->id) == 0)
          g_hash_table_insert (plans, folder, plan);
      }
}

/* Told in every run: a resumed one forgets what failed before. */
static gboolean
note_missing_choices (MmStage  *stage,
                      GError  **error)
{
  if (stage->plan->losses->len == 0)
    return TRUE;
  mm_journal_begin (stage->run->journal);
  for (guint i = 0; i < stage->plan->losses->len; i++)
    {
      const MmPlanLoss *loss = g_ptr_array_index (stage->plan->losses, i);
      MmJournalFolder folder = { .source_path = (char *[]) { loss->folder, NULL } };

      if (g_str_equal (loss->code, "not-found"))
        mm_run_add_problem (stage->run, stage->kind, &folder, NULL, MM_OUTCOME_FAILED, loss->code,
                            loss->message);
    }
  return mm_journal_commit (stage->run->journal, error);
}

gboolean
mm_scan_stage (MmStage  *stage,
               GError  **error)
{
  MmScan scan = { 0 };
  g_autoptr (GHashTable) plans = g_hash_table_new (g_direct_hash, g_direct_equal);
  gboolean ok;

  if (!make_plan (stage, error) || !note_missing_choices (stage, error))
    return FALSE;
  scan.plans = plans;
  stage->folders = mm_journal_list_folders (stage->run->journal, stage->kind);
  if (stage->folders->len > 0)
    match_plans (stage, plans);
  else if (!write_folders (stage, plans, error))
    return FALSE;
  g_mutex_init (&scan.seen_lock);
  ok = scan_folders (stage, &scan, error);
  g_mutex_clear (&scan.seen_lock);
  g_clear_pointer (&scan.seen, g_hash_table_unref);
  return ok;
}
