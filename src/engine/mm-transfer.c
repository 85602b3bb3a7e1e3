/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/mm-run.h"

#include <glib/gi18n-lib.h>

#include "engine/mm-queue.h"
#include "engine/mm-worker.h"
#include "engine/mm-write.h"

/* Rows that a reader asks the journal for at a time. */
#define TRANCHE 500

/* What all lanes together may hold between reading and writing. */
#define QUEUE_BYTES (10 * 1024 * 1024)

typedef struct
{
  MmStage *stage;
  GPtrArray *folders;
  gint next; /* atomic: the next folder to be read */
  GMutex lock;
  GError *error; /* the first that ends the stage */
} Transfer;

/* One reader, one writer, and the queue between them. A folder is one lane's, so that its
 * messages arrive in order. */
typedef struct
{
  Transfer *transfer;
  MmQueue *queue;
} Lane;

typedef struct
{
  Lane *lane;
  MmJournalFolder *folder;
  GPtrArray *rows; /* (element-type MmJournalItem), NULL where handed on */
} Reading;

static void
end_stage (Transfer *transfer,
           GError   *error)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&transfer->lock);

  if (transfer->error == NULL)
    transfer->error = error;
  else
    g_error_free (error);
}

static gboolean
has_ended (Transfer *transfer)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&transfer->lock);

  return transfer->error != NULL;
}

/* With a transaction open. */
static void
put_failed (Reading       *reading,
            MmJournalItem *row,
            const GError  *failure,
            MmStageReport *delta)
{
  MmRun *run = reading->lane->transfer->stage->run;

  row->state = MM_ITEM_FAILED;
  mm_journal_put_item (run->journal, row);
  mm_run_add_problem (run, reading->folder->kind, reading->folder, row, MM_OUTCOME_FAILED,
                      mm_error_get_nick (failure), failure->message);
  delta->failed++;
  if (row->reference->size != MM_SIZE_UNKNOWN)
    delta->bytes += row->reference->size;
}

static gboolean
fail_row (Reading       *reading,
          MmJournalItem *row,
          const GError  *failure,
          GError       **error)
{
  MmRun *run = reading->lane->transfer->stage->run;
  MmStageReport delta = { .kind = reading->folder->kind };

  mm_journal_begin (run->journal);
  put_failed (reading, row, failure, &delta);
  if (!mm_journal_commit (run->journal, error))
    return FALSE;
  mm_progress_add (run->progress, &delta);
  return TRUE;
}

static gboolean
fetched_cb (guint          index,
            MmItem        *item,
            const GError  *failure,
            gpointer       user_data,
            GError       **error)
{
  Reading *reading = user_data;
  g_autoptr (MmJournalItem) row = g_steal_pointer (&reading->rows->pdata[index]);
  MmRun *run = reading->lane->transfer->stage->run;
  gsize cost;

  if (row == NULL)
    {
      mm_item_free (item);
      return TRUE;
    }
  if (item == NULL)
    return fail_row (reading, row, failure, error);
  /* What lies in a file costs a descriptor and disk: as much as the largest that is in memory. */
  cost = (gsize) MIN (mm_blob_get_size (item->blob), MM_BLOB_MEMORY_MAX) + sizeof (MmItem);
  return mm_queue_push (reading->lane->queue,
                        mm_write_entry_new (reading->folder, item, g_steal_pointer (&row)),
                        cost, run->stop, error);
}

/* The folder cannot be read on (gone, made anew): what is left of it fails, item by item. */
static gboolean
fail_rest (Reading       *reading,
           const GError  *failure,
           GError       **error)
{
  MmRun *run = reading->lane->transfer->stage->run;
  MmStageReport delta = { .kind = reading->folder->kind };

  mm_journal_begin (run->journal);
  for (guint i = 0; i < reading->rows->len; i++)
    {
      MmJournalItem *row = g_ptr_array_index (reading->rows, i);

      if (row != NULL)
        put_failed (reading, row, failure, &delta);
    }
  if (!mm_journal_commit (run->journal, error))
    return FALSE;
  mm_progress_add (run->progress, &delta);
  return TRUE;
}

static gboolean
read_tranche (Reading   *reading,
              MmStore   *store,
              GError   **error)
{
  g_autoptr (GPtrArray) references =
    g_ptr_array_new_with_free_func ((GDestroyNotify) mm_reference_free);
  g_autoptr (MmFolder) folder = mm_run_source_folder (reading->folder);
  g_autoptr (GError) failure = NULL;

  /* The rows go to the writing thread one by one while the store still reads its list. */
  for (guint i = 0; i < reading->rows->len; i++)
    {
      MmJournalItem *row = g_ptr_array_index (reading->rows, i);
      MmReference *reference = mm_reference_new (row->reference->id);

      reference->size = row->reference->size;
      g_ptr_array_add (references, reference);
    }
  if (mm_store_fetch_items (store, folder, references, fetched_cb, reading,
                            reading->lane->transfer->stage->run->stop, &failure))
    return TRUE;
  if (!mm_error_ends_store (failure))
    return fail_rest (reading, failure, error);
  g_propagate_error (error, g_steal_pointer (&failure));
  return FALSE;
}

/* Those that are over the destination's limit are skipped without being fetched. */
static gboolean
skip_too_large (Reading  *reading,
                GError  **error)
{
  MmStage *stage = reading->lane->transfer->stage;
  guint64 limit = stage->can->item_max_bytes;
  MmStageReport delta = { .kind = stage->kind };

  if (limit == 0)
    return TRUE;
  mm_journal_begin (stage->run->journal);
  for (guint i = reading->rows->len; i > 0; i--)
    {
      MmJournalItem *row = g_ptr_array_index (reading->rows, i - 1);
      g_autofree char *message = NULL;
      g_autofree char *size = NULL;

      if (row->reference->size == MM_SIZE_UNKNOWN || row->reference->size <= limit)
        continue;
      size = g_format_size (limit);
      message = g_strdup_printf (_("The destination takes no items over %s."), size);
      row->state = MM_ITEM_SKIPPED;
      mm_journal_put_item (stage->run->journal, row);
      mm_run_add_problem (stage->run, stage->kind, reading->folder, row, MM_OUTCOME_SKIPPED,
                          "too-large", message);
      delta.skipped++;
      delta.bytes += row->reference->size;
      g_ptr_array_remove_index (reading->rows, i - 1);
    }
  if (!mm_journal_commit (stage->run->journal, error))
    return FALSE;
  mm_progress_add (stage->run->progress, &delta);
  return TRUE;
}

static gboolean
read_folder (Lane             *lane,
             MmJournalFolder  *folder,
             MmStore          *store,
             GError          **error)
{
  gint64 after = 0;

  while (!has_ended (lane->transfer))
    {
      g_autoptr (GPtrArray) rows =
        mm_journal_list_items (lane->transfer->stage->run->journal, folder->id,
                               MM_ITEM_STATE_BIT (MM_ITEM_PLANNED), after, TRANCHE);
      Reading reading = { lane, folder, rows };

      if (rows->len == 0)
        return TRUE;
      after = ((MmJournalItem *) g_ptr_array_index (rows, rows->len - 1))->id;
      if (!skip_too_large (&reading, error) ||
          (rows->len > 0 && !read_tranche (&reading, store, error)))
        return FALSE;
    }
  return TRUE;
}

static void
read_lane (Lane *lane)
{
  Transfer *transfer = lane->transfer;
  MmStage *stage = transfer->stage;
  GError *error = NULL;
  MmStore *store = mm_pool_take (stage->source, stage->run->stop, &error);

  while (error == NULL && !has_ended (transfer))
    {
      guint i = (guint) g_atomic_int_add (&transfer->next, 1);

      if (i >= transfer->folders->len)
        break;
      read_folder (lane, g_ptr_array_index (transfer->folders, i), store, &error);
    }
  if (error != NULL)
    end_stage (transfer, error);
  mm_pool_give_back (stage->source, store);
  mm_queue_end (lane->queue);
}

static void
write_lane (Lane *lane)
{
  Transfer *transfer = lane->transfer;
  MmStage *stage = transfer->stage;
  MmStore *store = NULL;
  GError *error = NULL;

  /* A lane whose reader still waits for a store must not keep one from a lane whose reader has
   * read: with one store a side both would wait for ever. */
  if (mm_queue_wait (lane->queue, stage->run->stop))
    store = mm_pool_take (stage->destination, stage->run->stop, &error);
  if (store != NULL)
    mm_write_queue (stage, store, lane->queue, &error);
  if (error != NULL)
    end_stage (transfer, error);
  mm_queue_give_up (lane->queue);
  mm_pool_give_back (stage->destination, store);
}

/* Even threads read, odd ones write. */
static void
run_lane (guint    index,
          gpointer user_data)
{
  Lane *lanes = user_data;

  if (index % 2 == 0)
    read_lane (&lanes[index / 2]);
  else
    write_lane (&lanes[index / 2]);
}

static gboolean
run_lanes (Transfer  *transfer,
           GError   **error)
{
  guint n = MIN (transfer->stage->width, transfer->folders->len);
  g_autofree Lane *lanes = g_new0 (Lane, n);

  for (guint i = 0; i < n; i++)
    {
      lanes[i].transfer = transfer;
      lanes[i].queue = mm_queue_new (QUEUE_BYTES / n, mm_write_entry_free);
    }
  mm_worker_run_each (2 * n, run_lane, lanes);
  for (guint i = 0; i < n; i++)
    mm_queue_free (lanes[i].queue);
  if (transfer->error == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&transfer->error));
  return FALSE;
}

typedef struct
{
  MmJournalFolder *folder;
  guint64 bytes;
  guint64 items;
} Load;

/* What a message costs beside its bytes, in bytes. */
#define ITEM_COST 20000

static int
compare_loads (gconstpointer a,
               gconstpointer b)
{
  const Load *first = a;
  const Load *second = b;
  guint64 cost_first = first->bytes + first->items * ITEM_COST;
  guint64 cost_second = second->bytes + second->items * ITEM_COST;

  return cost_first < cost_second ? 1 : cost_first > cost_second ? -1 : 0;
}

/* Largest first, so that a large one does not remain alone at the end. */
static GPtrArray *
find_work (MmStage *stage)
{
  g_autoptr (GArray) loads = g_array_new (FALSE, FALSE, sizeof (Load));
  GPtrArray *folders = g_ptr_array_new ();

  for (guint i = 0; i < stage->folders->len; i++)
    {
      Load load = { g_ptr_array_index (stage->folders, i), 0, 0 };

      if (load.folder->source_id == NULL || load.folder->destination_id == NULL)
        continue;
      load.items = mm_journal_count_items (stage->run->journal, load.folder->id,
                                           MM_ITEM_STATE_BIT (MM_ITEM_PLANNED), &load.bytes);
      if (load.items > 0)
        g_array_append_val (loads, load);
    }
  g_array_sort (loads, compare_loads);
  for (guint i = 0; i < loads->len; i++)
    g_ptr_array_add (folders, g_array_index (loads, Load, i).folder);
  return folders;
}

/* What an interrupted run sent and heard nothing of: looked up before anything is sent. */
static gboolean
settle_folder (MmStage          *stage,
               MmJournalFolder  *folder,
               MmStore          *source,
               MmStore          *destination,
               gpointer          user_data,
               GError          **error)
{
  MmJournal *journal = stage->run->journal;
  g_autoptr (GPtrArray) rows = mm_journal_list_items (journal, folder->id,
                                                      MM_ITEM_STATE_BIT (MM_ITEM_INTENT), 0,
                                                      G_MAXINT32);
  g_autoptr (GError) failure = NULL;
  MmStageReport delta = { .kind = stage->kind };

  if (rows->len == 0)
    return TRUE;
  if (!mm_resolve_items (stage->run, destination, folder, rows, &failure))
    {
      /* In a folder that is gone nothing is left of them. */
      if (!g_error_matches (failure, MM_ERROR, MM_ERROR_NOT_FOUND))
        {
          g_propagate_error (error, g_steal_pointer (&failure));
          return FALSE;
        }
    }
  mm_journal_begin (journal);
  for (guint i = 0; i < rows->len; i++)
    {
      MmJournalItem *row = g_ptr_array_index (rows, i);

      if (row->state == MM_ITEM_DONE)
        {
          delta.copied++;
          delta.bytes += row->reference->size;
        }
      else
        row->state = MM_ITEM_PLANNED;
      mm_journal_put_item (journal, row);
    }
  if (!mm_journal_commit (journal, error))
    return FALSE;
  mm_progress_add (stage->run->progress, &delta);
  return TRUE;
}

static gboolean
settle_folders (MmStage  *stage,
                GError  **error)
{
  g_autoptr (GPtrArray) open = g_ptr_array_new ();

  for (guint i = 0; i < stage->folders->len; i++)
    {
      MmJournalFolder *folder = g_ptr_array_index (stage->folders, i);

      if (folder->destination_id != NULL &&
          mm_journal_count_items (stage->run->journal, folder->id,
                                  MM_ITEM_STATE_BIT (MM_ITEM_INTENT), NULL) > 0)
        g_ptr_array_add (open, folder);
    }
  return mm_run_each_folder (stage, open, FALSE, TRUE, settle_folder, NULL, error);
}

gboolean
mm_transfer_stage (MmStage  *stage,
                   GError  **error)
{
  Transfer transfer = { .stage = stage };
  gboolean ok;

  if (!settle_folders (stage, error))
    return FALSE;
  transfer.folders = find_work (stage);
  g_mutex_init (&transfer.lock);
  ok = transfer.folders->len == 0 || run_lanes (&transfer, error);
  g_mutex_clear (&transfer.lock);
  g_ptr_array_unref (transfer.folders);
  return ok;
}
