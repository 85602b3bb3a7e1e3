/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/mm-write.h"

#include <glib/gi18n-lib.h>

#include "formats/mm-rfc5322.h"

/* A chunk where the destination has no wish of its own. */
#define DEFAULT_ITEMS 100
#define DEFAULT_BYTES (4 * 1024 * 1024)

/* Rounds of sending and looking without any progress after which the line is given up. */
#define FRUITLESS_ROUNDS 4

typedef struct
{
  MmJournalFolder *folder;
  MmItem *item;
  MmJournalItem *row;
} Entry;

typedef struct
{
  MmStage *stage;
  MmStore *store;
  MmJournalFolder *folder;  /* of the chunk */
  GPtrArray *chunk;         /* (element-type Entry), all of one folder */
  guint64 chunk_bytes;
  guint max_items;
  guint64 max_bytes;
  GPtrArray *finished;      /* (element-type MmJournalItem): outcomes not committed yet */
  GPtrArray *problems;      /* (element-type Note), to be committed with them */
} Writer;

typedef struct
{
  MmJournalFolder *folder;
  gint64 row;
  MmReference *reference;
  MmOutcome outcome;
  char *code;
  char *message;
} Note;

gpointer
mm_write_entry_new (MmJournalFolder *folder,
                    MmItem          *item,
                    MmJournalItem   *row)
{
  Entry *entry = g_new0 (Entry, 1);

  entry->folder = folder;
  entry->item = item;
  entry->row = row;
  item->tag = row->id;
  return entry;
}

void
mm_write_entry_free (gpointer data)
{
  Entry *entry = data;

  if (entry == NULL)
    return;
  mm_item_free (entry->item);
  mm_journal_item_free (entry->row);
  g_free (entry);
}

static void
free_note (gpointer data)
{
  Note *note = data;

  mm_reference_free (note->reference);
  g_free (note->code);
  g_free (note->message);
  g_free (note);
}

static void
add_note (Writer              *self,
          const MmJournalItem *row,
          MmOutcome            outcome,
          const char          *code,
          const char          *message)
{
  Note *note = g_new0 (Note, 1);

  note->folder = self->folder;
  note->row = row->id;
  note->reference = mm_reference_copy (row->reference);
  note->outcome = outcome;
  note->code = g_strdup (code);
  note->message = g_strdup (message);
  g_ptr_array_add (self->problems, note);
}

/* With a transaction open. */
static void
put_outcomes (Writer *self)
{
  MmRun *run = self->stage->run;

  for (guint i = 0; i < self->finished->len; i++)
    mm_journal_put_item (run->journal, g_ptr_array_index (self->finished, i));
  for (guint i = 0; i < self->problems->len; i++)
    {
      Note *note = g_ptr_array_index (self->problems, i);
      MmJournalItem row = { .id = note->row, .reference = note->reference };

      mm_run_add_problem (run, self->stage->kind, note->folder, &row, note->outcome, note->code,
                          note->message);
    }
}

static void
forget_outcomes (Writer *self)
{
  g_ptr_array_set_size (self->finished, 0);
  g_ptr_array_set_size (self->problems, 0);
}

static gboolean
flush_outcomes (Writer  *self,
                GError **error)
{
  if (self->finished->len == 0)
    return TRUE;
  mm_journal_begin (self->stage->run->journal);
  put_outcomes (self);
  if (!mm_journal_commit (self->stage->run->journal, error))
    return FALSE;
  forget_outcomes (self);
  return TRUE;
}

/* What the journal must know to find the item at the destination without the source. */
static gboolean
describe (Entry   *entry,
          GError **error)
{
  MmJournalItem *row = entry->row;
  MmReference *fetched = entry->item->reference;
  MmRfc5322Summary summary = { 0 };

  if (!mm_rfc5322_examine (entry->item->blob, FALSE, &summary, error))
    return FALSE;
  row->crlf_size = summary.crlf_size;
  row->traits = summary.traits;
  row->reference->size = summary.size;
  row->reference->fingerprint = summary.fingerprint;
  g_free (row->reference->label);
  row->reference->label = g_steal_pointer (&summary.label);
  row->reference->flags = fetched->flags;
  g_strfreev (row->reference->keywords);
  row->reference->keywords = g_strdupv (fetched->keywords);
  if (fetched->date != MM_DATE_UNKNOWN)
    row->reference->date = fetched->date;
  row->state = MM_ITEM_INTENT;
  mm_rfc5322_summary_clear (&summary);
  return TRUE;
}

/* One transaction, one fsync a chunk: the outcomes of the last and the intents of this. */
static gboolean
write_intents (Writer  *self,
               GError **error)
{
  for (guint i = 0; i < self->chunk->len; i++)
    if (!describe (g_ptr_array_index (self->chunk, i), error))
      return FALSE;
  mm_journal_begin (self->stage->run->journal);
  put_outcomes (self);
  for (guint i = 0; i < self->chunk->len; i++)
    mm_journal_put_item (self->stage->run->journal,
                         ((Entry *) g_ptr_array_index (self->chunk, i))->row);
  if (!mm_journal_commit (self->stage->run->journal, error))
    return FALSE;
  forget_outcomes (self);
  return TRUE;
}

static void
note_changes (Writer        *self,
              MmJournalItem *row,
              GPtrArray     *changes)
{
  g_autoptr (GString) codes = g_string_new (",");

  if (changes == NULL || changes->len == 0)
    return;
  for (guint i = 0; i < changes->len; i++)
    {
      const MmChange *change = g_ptr_array_index (changes, i);

      g_string_append_printf (codes, "%s,", change->code);
      add_note (self, row, MM_OUTCOME_CHANGED, change->code, change->message);
    }
  g_free (row->changes);
  row->changes = g_strdup (codes->str);
}

static void
count (Writer              *self,
       const MmJournalItem *row)
{
  MmStageReport delta = { .kind = self->stage->kind };

  delta.copied = row->state == MM_ITEM_DONE;
  delta.existed = row->state == MM_ITEM_EXISTED;
  delta.failed = row->state == MM_ITEM_FAILED;
  delta.skipped = row->state == MM_ITEM_SKIPPED;
  delta.bytes = row->reference->size;
  mm_progress_add (self->stage->run->progress, &delta);
}

/* The entry is done with; its row waits for the next commit. */
static void
finish_entry (Writer *self,
              Entry  *entry)
{
  count (self, entry->row);
  g_ptr_array_add (self->finished, g_steal_pointer (&entry->row));
  mm_write_entry_free (entry);
}

static void
fail_entry (Writer       *self,
            Entry        *entry,
            const GError *failure)
{
  gboolean too_large = g_error_matches (failure, MM_ERROR, MM_ERROR_TOO_LARGE);

  entry->row->state = too_large ? MM_ITEM_SKIPPED : MM_ITEM_FAILED;
  add_note (self, entry->row, too_large ? MM_OUTCOME_SKIPPED : MM_OUTCOME_FAILED,
            mm_error_get_nick (failure), failure->message);
  finish_entry (self, entry);
}

/* Sorts the chunk by its results. @unknown gets what was sent without an answer; what was not
 * sent stays in the chunk. */
static void
take_results (Writer    *self,
              GPtrArray *results,
              GPtrArray *unknown)
{
  g_autoptr (GPtrArray) sent = g_steal_pointer (&self->chunk);

  self->chunk = g_ptr_array_new_with_free_func (mm_write_entry_free);
  g_ptr_array_set_free_func (sent, NULL);
  for (guint i = 0; i < sent->len; i++)
    {
      Entry *entry = g_ptr_array_index (sent, i);
      MmResult *result = g_ptr_array_index (results, i);

      switch (result->state)
        {
        case MM_RESULT_CREATED:
        case MM_RESULT_EXISTED:
          entry->row->state = result->state == MM_RESULT_CREATED ? MM_ITEM_DONE : MM_ITEM_EXISTED;
          if (result->state == MM_RESULT_CREATED)
            entry->row->destination_id = g_strdup (result->id);
          entry->row->destination_version = g_strdup (result->version);
          note_changes (self, entry->row, result->changes);
          finish_entry (self, entry);
          break;
        case MM_RESULT_FAILED:
          fail_entry (self, entry, result->error);
          break;
        case MM_RESULT_UNKNOWN:
          g_ptr_array_add (unknown, entry);
          break;
        case MM_RESULT_PENDING:
        default:
          g_ptr_array_add (self->chunk, entry);
          break;
        }
    }
}

/* Looks for what was sent without an answer. What is not there goes to the head of the chunk, so
 * that the order stays. */
static gboolean
resolve (Writer     *self,
         GPtrArray  *unknown,
         GError    **error)
{
  g_autoptr (GPtrArray) rows = g_ptr_array_new ();

  if (unknown->len == 0)
    return TRUE;
  /* The ids of the last chunk must be known as ours when looking. */
  if (!flush_outcomes (self, error))
    return FALSE;
  for (guint i = 0; i < unknown->len; i++)
    g_ptr_array_add (rows, ((Entry *) g_ptr_array_index (unknown, i))->row);
  if (!mm_resolve_items (self->stage->run, self->store, self->folder, rows, error))
    return FALSE;
  for (guint i = unknown->len; i > 0; i--)
    {
      Entry *entry = g_ptr_array_steal_index (unknown, i - 1);

      if (entry->row->state == MM_ITEM_DONE)
        finish_entry (self, entry);
      else
        g_ptr_array_insert (self->chunk, 0, entry);
    }
  return TRUE;
}

/* What was never sent is planned again; the intents of the rest stand until somebody looks. */
static gboolean
put_back (Writer  *self,
          GError **error)
{
  for (guint i = 0; i < self->chunk->len; i++)
    {
      Entry *entry = g_ptr_array_index (self->chunk, i);

      entry->row->state = MM_ITEM_PLANNED;
      g_ptr_array_add (self->finished, g_steal_pointer (&entry->row));
    }
  g_ptr_array_set_size (self->chunk, 0);
  return flush_outcomes (self, error);
}

static gboolean
stop_writing (Writer   *self,
              GError   *failure,
              GError  **error)
{
  if (!put_back (self, NULL))
    g_warning ("the journal could not take the last outcomes");
  g_propagate_error (error, failure);
  return FALSE;
}

static void
fail_chunk (Writer       *self,
            const GError *failure)
{
  g_autoptr (GPtrArray) entries = g_steal_pointer (&self->chunk);

  self->chunk = g_ptr_array_new_with_free_func (mm_write_entry_free);
  g_ptr_array_set_free_func (entries, NULL);
  for (guint i = 0; i < entries->len; i++)
    fail_entry (self, g_ptr_array_index (entries, i), failure);
}

static gboolean
send_chunk (Writer     *self,
            GPtrArray  *unknown,
            GError    **error)
{
  g_autoptr (MmFolder) folder = mm_run_destination_folder (self->folder);
  g_autoptr (GPtrArray) items = g_ptr_array_new ();
  g_autoptr (GPtrArray) results = mm_results_new (self->chunk->len);
  gboolean ok;

  for (guint i = 0; i < self->chunk->len; i++)
    g_ptr_array_add (items, ((Entry *) g_ptr_array_index (self->chunk, i))->item);
  ok = mm_store_store_items (self->store, folder, items, results, self->stage->run->stop, error);
  take_results (self, results, unknown);
  return ok;
}

static gboolean
write_chunk (Writer  *self,
             GError **error)
{
  guint fruitless = 0;

  if (self->chunk->len > 0 && !write_intents (self, error))
    return FALSE;
  while (self->chunk->len > 0)
    {
      g_autoptr (GPtrArray) unknown = g_ptr_array_new_with_free_func (mm_write_entry_free);
      guint before = self->chunk->len;
      GError *failure = NULL;

      if (!send_chunk (self, unknown, &failure) && mm_error_ends_store (failure))
        return stop_writing (self, failure, error);
      if (failure != NULL)
        fail_chunk (self, failure);
      g_clear_error (&failure);
      if (!resolve (self, unknown, &failure))
        return stop_writing (self, failure, error);
      fruitless = self->chunk->len < before ? 0 : fruitless + 1;
      if (fruitless == FRUITLESS_ROUNDS)
        return stop_writing (self, g_error_new_literal (MM_ERROR, MM_ERROR_NETWORK,
          _("The connection to the destination breaks each time something is sent. Resume the "
            "migration when it is better.")), error);
    }
  self->chunk_bytes = 0;
  return TRUE;
}

static gboolean
is_full (Writer *self,
         Entry  *next)
{
  return next->folder != self->folder || self->chunk->len >= self->max_items ||
         self->chunk_bytes + mm_blob_get_size (next->item->blob) > self->max_bytes;
}

static gboolean
write_entry (Writer  *self,
             Entry   *entry,
             GError **error)
{
  if (self->chunk->len > 0 && is_full (self, entry) && !write_chunk (self, error))
    {
      mm_write_entry_free (entry);
      return FALSE;
    }
  self->folder = entry->folder;
  g_ptr_array_add (self->chunk, entry);
  self->chunk_bytes += mm_blob_get_size (entry->item->blob);
  return TRUE;
}

gboolean
mm_write_queue (MmStage  *stage,
                MmStore  *store,
                MmQueue  *queue,
                GError  **error)
{
  g_autoptr (GPtrArray) finished =
    g_ptr_array_new_with_free_func ((GDestroyNotify) mm_journal_item_free);
  g_autoptr (GPtrArray) problems = g_ptr_array_new_with_free_func (free_note);
  Writer self = { .stage = stage, .store = store, .finished = finished, .problems = problems };
  Entry *entry;
  gboolean ok = TRUE;

  self.chunk = g_ptr_array_new_with_free_func (mm_write_entry_free);
  self.max_items = stage->can->batch_items != 0 ? stage->can->batch_items : DEFAULT_ITEMS;
  self.max_bytes = stage->can->batch_bytes != 0 ? stage->can->batch_bytes : DEFAULT_BYTES;
  while (ok && (entry = mm_queue_pop (queue, stage->run->stop)) != NULL)
    ok = write_entry (&self, entry, error);
  if (ok && g_cancellable_set_error_if_cancelled (stage->run->stop, error))
    ok = FALSE;
  if (ok)
    ok = write_chunk (&self, error);
  if (!flush_outcomes (&self, ok ? error : NULL))
    ok = FALSE;
  g_ptr_array_unref (self.chunk);
  return ok;
}
