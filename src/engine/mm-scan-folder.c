/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/mm-scan-private.h"

#include "engine/mm-match.h"
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
match (Listing  *listing,
       Present  *present,
       MmStore  *source,
       MmStore  *destination,
       GError  **error)
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
finish_folder (Listing  *listing,
               char     *position,
               GError  **error)
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
list_and_match (MmStage       *stage,
                Listing       *listing,
                MmPlanFolder  *plan,
                MmStore       *source,
                MmStore       *destination,
                GError       **error)
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

gboolean
_mm_scan_folder (MmStage          *stage,
                 MmJournalFolder  *folder,
                 MmStore          *source,
                 MmStore          *destination,
                 gpointer          user_data,
                 GError          **error)
{
  MmScan *scan = user_data;
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
