/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/mm-run.h"

#include <glib/gi18n-lib.h>

#include "engine/mm-match.h"
#include "engine/mm-worker.h"
#include "formats/mm-rfc5322.h"

/* Items that one transaction takes. */
#define TRANCHE 1000

typedef struct
{
  MmRun *run;
  MmJournalFolder *folder;
  gboolean matching;     /* the destination has items: remember what is listed */
  GHashTable *seen;      /* global ids of other folders; NULL when they do not matter */
  GMutex *seen_lock;
  gboolean leaves_seen;  /* this is the view of everything: leave out what was seen */
  GPtrArray *tranche;    /* (element-type MmReference) */
  GArray *entries;       /* (element-type MmMatchEntry), of the source */
  GArray *rows;          /* (element-type gint64), beside them */
  MmStageReport delta;
} Listing;

/* What is at the destination. */
typedef struct
{
  GArray *entries;
  GPtrArray *ids;
} Present;

typedef struct
{
  GHashTable *seen;
  GMutex seen_lock;
  GHashTable *plans; /* MmJournalFolder → MmPlanFolder */
} Scan;

static gboolean
write_tranche (Listing  *listing,
               GError  **error)
{
  MmJournal *journal = listing->run->journal;

  if (listing->tranche->len == 0)
    return TRUE;
  mm_journal_begin (journal);
  for (guint i = 0; i < listing->tranche->len; i++)
    {
      MmReference *reference = g_ptr_array_index (listing->tranche, i);
      gint64 row = mm_journal_add_item (journal, listing->folder->id, reference, MM_ITEM_PLANNED);
      MmMatchEntry entry = { .fingerprint = reference->fingerprint, .size = reference->size,
                             .date = reference->date };

      if (!listing->matching)
        continue;
      g_array_append_val (listing->rows, row);
      g_array_append_val (listing->entries, entry);
    }
  if (!mm_journal_commit (journal, error))
    return FALSE;
  g_ptr_array_set_size (listing->tranche, 0);
  mm_progress_add (listing->run->progress, &listing->delta);
  listing->delta = (MmStageReport) { .kind = listing->folder->kind };
  return TRUE;
}

/* Whether the message is in another folder, and is copied there. */
static gboolean
was_seen (Listing           *listing,
          const MmReference *reference)
{
  gboolean seen;

  if (listing->seen == NULL || reference->global_id == NULL)
    return FALSE;
  g_mutex_lock (listing->seen_lock);
  seen = g_hash_table_contains (listing->seen, reference->global_id);
  if (!listing->leaves_seen)
    g_hash_table_add (listing->seen, g_strdup (reference->global_id));
  g_mutex_unlock (listing->seen_lock);
  return seen && listing->leaves_seen;
}

static gboolean
source_item_cb (MmReference  *reference,
                gpointer      user_data,
                GError      **error)
{
  Listing *listing = user_data;

  if (was_seen (listing, reference))
    {
      mm_reference_free (reference);
      return TRUE;
    }
  listing->delta.found++;
  if (reference->size != MM_SIZE_UNKNOWN)
    listing->delta.bytes_total += reference->size;
  g_ptr_array_add (listing->tranche, reference);
  return listing->tranche->len < TRANCHE || write_tranche (listing, error);
}

static gboolean
destination_item_cb (MmReference  *reference,
                     gpointer      user_data,
                     GError      **error)
{
  Present *present = user_data;
  MmMatchEntry entry = { .fingerprint = reference->fingerprint, .size = reference->size,
                         .date = reference->date };

  g_array_append_val (present->entries, entry);
  g_ptr_array_add (present->ids, g_steal_pointer (&reference->id));
  mm_reference_free (reference);
  return TRUE;
}

typedef struct
{
  GArray *entries;
  GArray *places; /* (element-type guint): which entry each reference asked for is */
} Digests;

static gboolean
digest_cb (guint          index,
           MmItem        *item,
           const GError  *failure,
           gpointer       user_data,
           GError       **error)
{
  Digests *digests = user_data;
  guint place = g_array_index (digests->places, guint, index);
  g_autoptr (MmItem) owned = item;
  MmRfc5322Summary summary = { 0 };

  /* Without a digest it matches nothing and is copied. */
  if (item == NULL)
    return TRUE;
  if (!mm_rfc5322_examine (item->blob, TRUE, &summary, error))
    return FALSE;
  g_array_index (digests->entries, MmMatchEntry, place).digest = summary.body_digest;
  mm_rfc5322_summary_clear (&summary);
  return TRUE;
}

typedef char *(*IdFunc) (gpointer user_data, guint index);

static gboolean
fill_digests (MmStore       *store,
              MmFolder      *folder,
              GArray        *entries,
              IdFunc         get_id,
              gpointer       user_data,
              GCancellable  *cancellable,
              GError       **error)
{
  g_autoptr (GPtrArray) references =
    g_ptr_array_new_with_free_func ((GDestroyNotify) mm_reference_free);
  g_autoptr (GArray) places = g_array_new (FALSE, FALSE, sizeof (guint));
  Digests digests = { entries, places };

  for (guint i = 0; i < entries->len; i++)
    if (g_array_index (entries, MmMatchEntry, i).ambiguous)
      {
        g_autofree char *id = get_id (user_data, i);

        g_ptr_array_add (references, mm_reference_new (id));
        g_array_append_val (places, i);
      }
  return references->len == 0 ||
         mm_store_fetch_items (store, folder, references, digest_cb, &digests, cancellable, error);
}

static char *
get_present_id (gpointer user_data,
                guint    index)
{
  return g_strdup (g_ptr_array_index (((Present *) user_data)->ids, index));
}

static char *
get_listed_id (gpointer user_data,
               guint    index)
{
  Listing *listing = user_data;
  gint64 row = g_array_index (listing->rows, gint64, index);
  g_autoptr (GPtrArray) items = mm_journal_list_items (listing->run->journal, listing->folder->id,
                                                       MM_ITEM_STATE_BIT (MM_ITEM_PLANNED),
                                                       row - 1, 1);
  MmJournalItem *item = items->len > 0 ? g_ptr_array_index (items, 0) : NULL;

  return g_strdup (item != NULL ? item->reference->id : "");
}

static gboolean
match (Listing   *listing,
       Present   *present,
       MmStore   *source,
       MmStore   *destination,
       GError   **error)
{
  GCancellable *stop = listing->run->stop;

  if (mm_match_find (listing->entries, present->entries))
    {
      g_autoptr (MmFolder) from = mm_run_source_folder (listing->folder);
      g_autoptr (MmFolder) to = mm_run_destination_folder (listing->folder);

      if (!fill_digests (source, from, listing->entries, get_listed_id, listing, stop, error) ||
          !fill_digests (destination, to, present->entries, get_present_id, present, stop, error))
        return FALSE;
      mm_match_settle (listing->entries, present->entries);
    }
  return TRUE;
}

/* With a transaction open. */
static void
mark_existing (Listing *listing)
{
  for (guint i = 0; i < listing->entries->len; i++)
    {
      const MmMatchEntry *entry = &g_array_index (listing->entries, MmMatchEntry, i);

      if (!entry->matched)
        continue;
      mm_journal_mark_existing (listing->run->journal, g_array_index (listing->rows, gint64, i));
      listing->delta.existed++;
      if (entry->size != MM_SIZE_UNKNOWN)
        listing->delta.bytes += entry->size;
    }
}

static gboolean
finish_folder (Listing   *listing,
               char      *position,
               GError   **error)
{
  MmJournalFolder *folder = listing->folder;

  mm_journal_begin (listing->run->journal);
  mark_existing (listing);
  folder->scanned = TRUE;
  g_free (folder->destination_position);
  folder->destination_position = position;
  mm_journal_put_folder (listing->run->journal, folder);
  if (!mm_journal_commit (listing->run->journal, error))
    return FALSE;
  mm_progress_add (listing->run->progress, &listing->delta);
  return TRUE;
}

static gboolean
list_destination (MmStage       *stage,
                  Listing       *listing,
                  MmPlanFolder  *plan,
                  Present       *present,
                  MmStore       *destination,
                  char         **position,
                  GError       **error)
{
  g_autoptr (MmFolder) folder = NULL;

  if (listing->folder->destination_id == NULL)
    return TRUE;
  /* A server that says "empty" and where the end is need not be asked again. */
  if (plan != NULL && plan->destination != NULL && plan->destination->n_items == 0 &&
      plan->destination->position != NULL)
    {
      *position = g_strdup (plan->destination->position);
      return TRUE;
    }
  folder = mm_run_destination_folder (listing->folder);
  return mm_store_list_items (destination, folder, NULL, MM_LIST_FINGERPRINTS,
                              destination_item_cb, present, position, stage->run->stop, error);
}

static void
fill_plan (MmStage         *stage,
           MmPlanFolder    *plan,
           MmJournalFolder *folder)
{
  guint64 bytes;

  if (plan == NULL)
    return;
  plan->n_items = (gint64) mm_journal_count_items (stage->run->journal, folder->id, ~0u, &bytes);
  plan->n_bytes = (gint64) bytes;
  plan->n_existed = (gint64) mm_journal_count_items (stage->run->journal, folder->id,
                                                     MM_ITEM_STATE_BIT (MM_ITEM_EXISTED), NULL);
  plan->n_skipped = stage->can->item_max_bytes == 0 ? 0
    : (gint64) mm_journal_count_larger (stage->run->journal, folder->id,
                                        stage->can->item_max_bytes);
}

static void
clear_listing (Listing *listing)
{
  g_clear_pointer (&listing->tranche, g_ptr_array_unref);
  g_clear_pointer (&listing->entries, g_array_unref);
  g_clear_pointer (&listing->rows, g_array_unref);
}

/* The folder itself cannot be read: it is reported, and the others go on. */
static gboolean
give_up_folder (Listing       *listing,
                const GError  *failure,
                GError       **error)
{
  mm_journal_begin (listing->run->journal);
  mm_journal_remove_items (listing->run->journal, listing->folder->id);
  mm_run_add_problem (listing->run, listing->folder->kind, listing->folder, NULL,
                      MM_OUTCOME_FAILED, mm_error_get_nick (failure), failure->message);
  return mm_journal_commit (listing->run->journal, error);
}

static gboolean
list_and_match (MmStage          *stage,
                Listing          *listing,
                MmPlanFolder     *plan,
                MmStore          *source,
                MmStore          *destination,
                GError          **error)
{
  g_autoptr (GArray) entries = g_array_new (FALSE, FALSE, sizeof (MmMatchEntry));
  g_autoptr (GPtrArray) ids = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (MmFolder) folder = mm_run_source_folder (listing->folder);
  Present present = { entries, ids };
  g_autofree char *position = NULL;
  MmListFlags flags = MM_LIST_BASIC;

  if (!list_destination (stage, listing, plan, &present, destination, &position, error))
    return FALSE;
  listing->matching = entries->len > 0;
  if (listing->matching)
    flags |= MM_LIST_FINGERPRINTS;
  if (listing->seen != NULL)
    flags |= MM_LIST_GLOBAL_IDS;
  if (!mm_store_list_items (source, folder, NULL, flags, source_item_cb, listing, NULL,
                            stage->run->stop, error) ||
      !write_tranche (listing, error) ||
      (listing->matching && !match (listing, &present, source, destination, error)))
    return FALSE;
  return finish_folder (listing, g_steal_pointer (&position), error);
}

static gboolean
scan_folder (MmStage          *stage,
             MmJournalFolder  *folder,
             MmStore          *source,
             MmStore          *destination,
             gpointer          user_data,
             GError          **error)
{
  Scan *scan = user_data;
  MmPlanFolder *plan = g_hash_table_lookup (scan->plans, folder);
  g_autoptr (GError) failure = NULL;
  Listing listing = { 0 };
  gboolean ok;

  listing.run = stage->run;
  listing.folder = folder;
  listing.delta.kind = stage->kind;
  listing.seen = scan->seen;
  listing.seen_lock = &scan->seen_lock;
  listing.leaves_seen = plan != NULL && plan->source->role == MM_ROLE_ALL;
  listing.tranche = g_ptr_array_new_with_free_func ((GDestroyNotify) mm_reference_free);
  listing.entries = g_array_new (FALSE, FALSE, sizeof (MmMatchEntry));
  listing.rows = g_array_new (FALSE, FALSE, sizeof (gint64));
  ok = list_and_match (stage, &listing, plan, source, destination, &failure);
  if (ok)
    fill_plan (stage, plan, folder);
  else if (!mm_error_ends_store (failure))
    ok = give_up_folder (&listing, failure, error);
  else
    g_propagate_error (error, g_steal_pointer (&failure));
  clear_listing (&listing);
  return ok;
}

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
is_all_mail (Scan            *scan,
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
  Scan *scan = user_data;

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
              Scan     *scan,
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
         mm_run_each_folder (stage, ordinary, TRUE, TRUE, scan_folder, scan, error) &&
         mm_run_each_folder (stage, all, TRUE, TRUE, scan_folder, scan, error);
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
  Scan scan = { 0 };
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
