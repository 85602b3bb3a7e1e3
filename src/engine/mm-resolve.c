/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/mm-run.h"

/* Rows that one query brings. */
#define TRANCHE 1000

typedef struct
{
  MmRun *run;
  MmJournalFolder *folder;
  GHashTable *rows; /* fingerprint → GQueue of MmJournalItem, in the order of sending */
  GPtrArray *strangers; /* (element-type MmReference): candidates that no row has claimed yet */
} Search;

static gboolean
candidate_cb (MmReference  *reference,
              gpointer      user_data,
              GError      **error)
{
  Search *search = user_data;
  g_autoptr (MmReference) owned = reference;

  if (g_hash_table_contains (search->rows, &reference->fingerprint) &&
      !mm_journal_has_destination_id (search->run->journal, search->folder->id, reference->id))
    g_ptr_array_add (search->strangers, g_steal_pointer (&owned));
  return TRUE;
}

static gboolean
fits (const MmJournalItem *row,
      const MmReference   *reference,
      gboolean             strict)
{
  gboolean same_size = reference->size == row->reference->size ||
                       reference->size == row->crlf_size;
  gboolean same_date = reference->date == row->reference->date ||
                       reference->date == MM_DATE_UNKNOWN;

  /* Servers change sizes (repairs) or dates (no future), rarely both. */
  return strict ? same_size && same_date : same_size || same_date;
}

static void
claim (Search   *search,
       gboolean  strict)
{
  for (guint i = 0; i < search->strangers->len; i++)
    {
      MmReference *reference = g_ptr_array_index (search->strangers, i);
      GQueue *rows;

      if (reference == NULL)
        continue;
      rows = g_hash_table_lookup (search->rows, &reference->fingerprint);
      for (GList *link = rows->head; link != NULL; link = link->next)
        {
          MmJournalItem *row = link->data;

          if (!fits (row, reference, strict))
            continue;
          g_free (row->destination_id);
          row->destination_id = g_steal_pointer (&reference->id);
          g_free (row->destination_version);
          row->destination_version = g_steal_pointer (&reference->version);
          row->state = MM_ITEM_DONE;
          g_queue_delete_link (rows, link);
          mm_reference_free (reference);
          search->strangers->pdata[i] = NULL;
          break;
        }
    }
}

static void
free_reference (gpointer reference)
{
  mm_reference_free (reference);
}

static void
free_queue (gpointer queue)
{
  g_queue_free (queue);
}

static void
add_to_group (GHashTable    *groups,
              MmJournalItem *row)
{
  GQueue *group = g_hash_table_lookup (groups, &row->reference->fingerprint);

  if (group == NULL)
    {
      group = g_queue_new ();
      g_hash_table_insert (groups, &row->reference->fingerprint, group);
    }
  g_queue_push_tail (group, row);
}

/* What is known to be stored, but not under which id, has the first claim: of two equal messages
 * the one that is surely there must not be taken for the one that perhaps is. */
static GHashTable *
group_rows (GPtrArray *rows,
            GPtrArray *nameless)
{
  GHashTable *groups = g_hash_table_new_full (g_int64_hash, g_int64_equal, NULL, free_queue);
  g_autoptr (GHashTable) asked_for = g_hash_table_new (g_int64_hash, g_int64_equal);

  for (guint i = 0; i < rows->len; i++)
    g_hash_table_add (asked_for, &((MmJournalItem *) g_ptr_array_index (rows, i))->id);
  for (guint i = 0; i < nameless->len; i++)
    if (!g_hash_table_contains (asked_for, &((MmJournalItem *) nameless->pdata[i])->id))
      add_to_group (groups, g_ptr_array_index (nameless, i));
  for (int done = 1; done >= 0; done--)
    for (guint i = 0; i < rows->len; i++)
      {
        MmJournalItem *row = g_ptr_array_index (rows, i);

        if (row->destination_id == NULL && (row->state == MM_ITEM_DONE) == done)
          add_to_group (groups, row);
      }
  return groups;
}

/* In another life of the folder no id of ours excludes anything: what is known to be there, ours or
 * not, has the first claim. @ghosts keeps those rows. */
static void
add_ghosts (Search    *search,
            GPtrArray *ghosts)
{
  gint64 after = 0;

  for (;;)
    {
      g_autoptr (GPtrArray) rows =
        mm_journal_list_items (search->run->journal, search->folder->id,
                               MM_ITEM_STATE_BIT (MM_ITEM_DONE) |
                               MM_ITEM_STATE_BIT (MM_ITEM_EXISTED), after, TRANCHE);

      if (rows->len == 0)
        return;
      after = ((MmJournalItem *) g_ptr_array_index (rows, rows->len - 1))->id;
      for (guint i = 0; i < rows->len; i++)
        {
          MmJournalItem *row = g_ptr_array_index (rows, i);
          GQueue *group = g_hash_table_lookup (search->rows, &row->reference->fingerprint);

          if (group == NULL || (row->state == MM_ITEM_DONE && row->destination_id == NULL))
            continue;
          g_queue_push_head (group, row);
          g_ptr_array_add (ghosts, g_steal_pointer (&rows->pdata[i]));
        }
    }
}

static gboolean
list_candidates (Search           *search,
                 MmStore          *store,
                 const char       *since,
                 GError          **error)
{
  g_autoptr (MmFolder) folder = mm_run_destination_folder (search->folder);

  g_ptr_array_set_size (search->strangers, 0);
  return mm_store_list_items (store, folder, since, MM_LIST_FINGERPRINTS, candidate_cb, search,
                              NULL, search->run->stop, error);
}

gboolean
mm_resolve_items (MmRun            *run,
                  MmStore          *store,
                  MmJournalFolder  *folder,
                  GPtrArray        *rows,
                  GError          **error)
{
  g_autoptr (GPtrArray) nameless = mm_journal_list_nameless (run->journal, folder->id,
                                                             MM_ITEM_STATE_BIT (MM_ITEM_DONE));
  g_autoptr (GHashTable) groups = group_rows (rows, nameless);
  g_autoptr (GPtrArray) strangers = g_ptr_array_new_with_free_func (free_reference);
  g_autoptr (GPtrArray) ghosts =
    g_ptr_array_new_with_free_func ((GDestroyNotify) mm_journal_item_free);
  g_autoptr (GError) failure = NULL;
  Search search = { run, folder, groups, strangers };

  if (rows->len == 0)
    return TRUE;
  if (!list_candidates (&search, store, folder->destination_position, &failure))
    {
      /* Another life of the folder (UIDVALIDITY): its old end means nothing, contents do. */
      if (!g_error_matches (failure, MM_ERROR, MM_ERROR_CHANGED))
        {
          g_propagate_error (error, g_steal_pointer (&failure));
          return FALSE;
        }
      if (!list_candidates (&search, store, NULL, error))
        return FALSE;
      add_ghosts (&search, ghosts);
    }
  claim (&search, TRUE);
  claim (&search, FALSE);
  return TRUE;
}
