/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/mm-run.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "formats/mm-rfc5322-repair.h"

/* Rows that one query brings. */
#define TRANCHE 1000

/* Folders of which one item is read back whole although nothing is odd about it: a server that
 * alters everything shows at once, and the others need not pay a round trip each. */
#define SAMPLES 4

/* What is kept of a row while its folder is checked: small, since a folder may hold 100,000. */
typedef struct
{
  gint64 row;
  guint64 size;
  guint64 crlf_size;
  gint64 date;
  guint flags;
  guint keywords;      /* hash over the list */
  guint64 fingerprint;
  gboolean repaired;   /* by the store: size and bytes differ by right */
  gboolean lost_keywords;
  gboolean seen;
  gboolean suspicious; /* to be read back whole */
} Expected;

typedef struct
{
  MmStage *stage;
  MmJournalFolder *folder;
  MmStore *source;
  MmStore *destination;
  GHashTable *expected;  /* destination id → Expected */
  GStringChunk *ids;
  GArray *differences;   /* (element-type Difference) */
  gboolean samples;      /* read the first item back whole, whatever it looks like */
} Check;

typedef enum
{
  DIFFERENCE_FLAGS,
  DIFFERENCE_KEYWORDS,
  DIFFERENCE_DATE,
} DifferenceKind;

typedef struct
{
  gint64 row;
  DifferenceKind kind;
} Difference;

static guint
hash_keywords (char **keywords)
{
  guint hash = 0;

  /* The order is the server's; so is, for some, the case. */
  for (char **keyword = keywords; keyword != NULL && *keyword != NULL; keyword++)
    {
      g_autofree char *folded = g_ascii_strdown (*keyword, -1);

      hash += g_str_hash (folded);
    }
  return hash;
}

static gboolean
has_change (const MmJournalItem *row,
            const char          *code)
{
  g_autofree char *pattern = g_strdup_printf (",%s,", code);

  return row->changes != NULL && strstr (row->changes, pattern) != NULL;
}

static guint
get_repairs (const MmJournalItem *row)
{
  guint repairs = 0;

  for (guint trait = 1; trait <= MM_RFC5322_LONG_LINE; trait <<= 1)
    if (has_change (row, mm_rfc5322_trait_get_code (trait)))
      repairs |= trait;
  return repairs;
}

static void
expect (Check               *self,
        const MmJournalItem *row,
        gboolean             sample)
{
  Expected *expected = g_new0 (Expected, 1);

  expected->row = row->id;
  expected->size = row->reference->size;
  expected->crlf_size = row->crlf_size;
  expected->date = has_change (row, "date-changed") ? MM_DATE_UNKNOWN : row->reference->date;
  expected->flags = row->reference->flags;
  expected->keywords = hash_keywords (row->reference->keywords);
  expected->fingerprint = row->reference->fingerprint;
  expected->repaired = get_repairs (row) != 0;
  expected->lost_keywords = has_change (row, "keywords-lost");
  expected->suspicious = sample || (row->traits & ~(guint) MM_RFC5322_LONG_LINE) != 0;
  g_hash_table_insert (self->expected, g_string_chunk_insert (self->ids, row->destination_id),
                       expected);
}

static void
add_difference (Check          *self,
                gint64          row,
                DifferenceKind  kind)
{
  Difference difference = { row, kind };

  g_array_append_val (self->differences, difference);
}

static gboolean
stored_cb (MmReference  *reference,
           gpointer      user_data,
           GError      **error)
{
  Check *self = user_data;
  g_autoptr (MmReference) owned = reference;
  const MmKindCapabilities *can = self->stage->can;
  Expected *expected = g_hash_table_lookup (self->expected, reference->id);

  if (expected == NULL)
    return TRUE;
  expected->seen = TRUE;
  if (can->keeps_flags && reference->flags != expected->flags)
    add_difference (self, expected->row, DIFFERENCE_FLAGS);
  if (can->keeps_keywords && !expected->lost_keywords &&
      hash_keywords (reference->keywords) != expected->keywords)
    add_difference (self, expected->row, DIFFERENCE_KEYWORDS);
  if (can->keeps_dates && expected->date != MM_DATE_UNKNOWN && reference->date != expected->date)
    add_difference (self, expected->row, DIFFERENCE_DATE);
  if (!expected->repaired && reference->size != MM_SIZE_UNKNOWN &&
      reference->size != expected->size && reference->size != expected->crlf_size)
    expected->suspicious = TRUE;
  return TRUE;
}

static MmJournalItem *
load_row (Check  *self,
          gint64  id)
{
  g_autoptr (GPtrArray) rows = mm_journal_list_items (self->stage->run->journal, self->folder->id,
                                                      ~0u, id - 1, 1);

  return rows->len > 0 ? g_ptr_array_steal_index (rows, 0) : NULL;
}

/* With a transaction open: the row's item did not arrive as it should. */
static void
fail_row (Check         *self,
          MmJournalItem *row,
          const char    *code,
          const char    *message)
{
  MmStageReport delta = { .kind = self->stage->kind, .copied = (guint64) -1, .failed = 1 };

  row->state = MM_ITEM_FAILED;
  mm_journal_put_item (self->stage->run->journal, row);
  mm_run_add_problem (self->stage->run, self->stage->kind, self->folder, row, MM_OUTCOME_FAILED,
                      code, message);
  mm_progress_add (self->stage->run->progress, &delta);
}

static void
report_difference (Check            *self,
                   const Difference *difference)
{
  static const struct
  {
    const char *code;
    const char *message;
  } texts[] = {
    [DIFFERENCE_FLAGS] = { "flags-changed",
      N_("Read, answered or flagged marks differ at the destination.") },
    [DIFFERENCE_KEYWORDS] = { "keywords-changed",
      N_("Labels (keywords) differ at the destination.") },
    [DIFFERENCE_DATE] = { "date-changed",
      N_("The destination did not keep the date on which the message arrived.") },
  };
  g_autoptr (MmJournalItem) row = load_row (self, difference->row);
  const char *code = texts[difference->kind].code;

  if (row == NULL || has_change (row, code))
    return;
  mm_run_add_problem (self->stage->run, self->stage->kind, self->folder, row, MM_OUTCOME_CHANGED,
                      code, _(texts[difference->kind].message));
}

static void
report_missing (Check *self)
{
  GHashTableIter iter;
  Expected *expected;

  g_hash_table_iter_init (&iter, self->expected);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *) &expected))
    {
      g_autoptr (MmJournalItem) row = expected->seen ? NULL : load_row (self, expected->row);

      if (row == NULL)
        continue;
      g_clear_pointer (&row->destination_id, g_free);
      fail_row (self, row, "missing",
                _("It was stored, but is not at the destination any more."));
    }
}

static gboolean
keep_blob_cb (guint          index,
              MmItem        *item,
              const GError  *failure,
              gpointer       user_data,
              GError       **error)
{
  GPtrArray *blobs = user_data;

  if (item != NULL && blobs->pdata[index] == NULL)
    blobs->pdata[index] = mm_blob_ref (item->blob);
  mm_item_free (item);
  return TRUE;
}

static void
unref_blob (gpointer blob)
{
  if (blob != NULL)
    mm_blob_unref (blob);
}

static GPtrArray *
fetch_blobs (Check       *self,
             MmStore     *store,
             MmFolder    *folder,
             GPtrArray   *references,
             GError     **error)
{
  g_autoptr (GPtrArray) blobs = g_ptr_array_new_with_free_func (unref_blob);

  g_ptr_array_set_size (blobs, (int) references->len);
  if (!mm_store_fetch_items (store, folder, references, keep_blob_cb, blobs,
                             self->stage->run->stop, error))
    return NULL;
  return g_steal_pointer (&blobs);
}

/* With a transaction open. */
static gboolean
judge_contents (Check          *self,
                MmJournalItem  *row,
                MmBlob         *sent,
                MmBlob         *stored,
                GError        **error)
{
  guint repairs = get_repairs (row);
  g_autoptr (MmBlob) repaired = mm_rfc5322_repair (sent, repairs, &(guint) { 0 }, error);
  gboolean equal;
  guint differences;

  if (repaired == NULL || !mm_rfc5322_compare (repaired, stored, &equal, &differences, error))
    return FALSE;
  if (!equal)
    {
      fail_row (self, row, "differs",
                _("The destination holds something else than what was sent."));
      return TRUE;
    }
  for (guint trait = 1; trait <= MM_RFC5322_LONG_LINE; trait <<= 1)
    if ((differences & ~repairs & trait) != 0)
      mm_run_add_problem (self->stage->run, self->stage->kind, self->folder, row,
                          MM_OUTCOME_CHANGED, mm_rfc5322_trait_get_code (trait),
                          mm_rfc5322_trait_get_change_message (trait));
  return TRUE;
}

/* What is read back at a time, items and bytes: contents are held until both sides are there. */
#define READ_BACK 16
#define READ_BACK_BYTES (1024 * 1024)

static gboolean
compare_contents (Check      *self,
                  GPtrArray  *rows,
                  GError    **error)
{
  g_autoptr (MmFolder) from = mm_run_source_folder (self->folder);
  g_autoptr (MmFolder) to = mm_run_destination_folder (self->folder);
  g_autoptr (GPtrArray) sent_references = g_ptr_array_new ();
  g_autoptr (GPtrArray) stored_references =
    g_ptr_array_new_with_free_func ((GDestroyNotify) mm_reference_free);
  g_autoptr (GPtrArray) sent = NULL;
  g_autoptr (GPtrArray) stored = NULL;
  gboolean ok = TRUE;

  for (guint i = 0; i < rows->len; i++)
    {
      MmJournalItem *row = g_ptr_array_index (rows, i);

      g_ptr_array_add (sent_references, row->reference);
      g_ptr_array_add (stored_references, mm_reference_new (row->destination_id));
    }
  sent = fetch_blobs (self, self->source, from, sent_references, error);
  stored = sent != NULL ? fetch_blobs (self, self->destination, to, stored_references, error)
                        : NULL;
  if (stored == NULL)
    return FALSE;
  mm_journal_begin (self->stage->run->journal);
  for (guint i = 0; ok && i < rows->len; i++)
    if (sent->pdata[i] != NULL && stored->pdata[i] != NULL)
      ok = judge_contents (self, g_ptr_array_index (rows, i), sent->pdata[i], stored->pdata[i],
                           error);
  if (ok)
    return mm_journal_commit (self->stage->run->journal, error);
  mm_journal_abandon (self->stage->run->journal);
  return FALSE;
}

static gboolean
read_back (Check   *self,
           GError **error)
{
  g_autoptr (GPtrArray) rows = g_ptr_array_new_with_free_func ((GDestroyNotify) mm_journal_item_free);
  GHashTableIter iter;
  Expected *expected;
  guint64 bytes = 0;

  g_hash_table_iter_init (&iter, self->expected);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *) &expected))
    {
      MmJournalItem *row;

      if (!expected->seen || !expected->suspicious)
        continue;
      row = load_row (self, expected->row);
      if (row == NULL)
        continue;
      g_ptr_array_add (rows, row);
      bytes += expected->size;
      if (rows->len < READ_BACK && bytes < READ_BACK_BYTES)
        continue;
      if (!compare_contents (self, rows, error))
        return FALSE;
      g_ptr_array_set_size (rows, 0);
      bytes = 0;
    }
  return rows->len == 0 || compare_contents (self, rows, error);
}

/* Items that were stored without the server telling their id. */
static gboolean
find_ids (Check      *self,
          GPtrArray  *nameless,
          GError    **error)
{
  g_autoptr (GError) failure = NULL;

  if (nameless->len == 0)
    return TRUE;
  /* In a folder that is gone there is none. */
  if (!mm_resolve_items (self->stage->run, self->destination, self->folder, nameless, &failure) &&
      !g_error_matches (failure, MM_ERROR, MM_ERROR_NOT_FOUND))
    {
      g_propagate_error (error, g_steal_pointer (&failure));
      return FALSE;
    }
  mm_journal_begin (self->stage->run->journal);
  for (guint i = 0; i < nameless->len; i++)
    {
      MmJournalItem *row = g_ptr_array_index (nameless, i);

      if (row->destination_id != NULL)
        {
          mm_journal_put_item (self->stage->run->journal, row);
          expect (self, row, FALSE);
        }
      else
        fail_row (self, row, "missing",
                  _("It was stored, but cannot be found at the destination."));
    }
  return mm_journal_commit (self->stage->run->journal, error);
}

static gboolean
load_expected (Check   *self,
               GError **error)
{
  g_autoptr (GPtrArray) nameless =
    g_ptr_array_new_with_free_func ((GDestroyNotify) mm_journal_item_free);
  gint64 after = 0;
  guint n = 0;

  do
    {
      g_autoptr (GPtrArray) rows =
        mm_journal_list_items (self->stage->run->journal, self->folder->id,
                               MM_ITEM_STATE_BIT (MM_ITEM_DONE), after, TRANCHE);

      n = rows->len;
      for (guint i = 0; i < n; i++)
        {
          MmJournalItem *row = g_ptr_array_index (rows, i);

          if (row->destination_id != NULL)
            expect (self, row, self->samples && after == 0 && i == 0);
          else
            g_ptr_array_add (nameless, g_steal_pointer (&rows->pdata[i]));
          if (i == n - 1)
            after = row->id;
        }
    }
  while (n == TRANCHE);
  return find_ids (self, nameless, error);
}

static void
note_folder (Check      *self,
             const char *code,
             const char *message)
{
  mm_run_add_problem (self->stage->run, self->stage->kind, self->folder, NULL, MM_OUTCOME_CHANGED,
                      code, message);
}

static gboolean
count_cb (MmReference  *reference,
          gpointer      user_data,
          GError      **error)
{
  GHashTable *counts = user_data;
  g_autoptr (MmReference) owned = reference;
  guint n = GPOINTER_TO_UINT (g_hash_table_lookup (counts, &reference->fingerprint));

  g_hash_table_replace (counts, g_memdup2 (&reference->fingerprint, sizeof (guint64)),
                        GUINT_TO_POINTER (n + 1));
  return TRUE;
}

/* One of those with this fingerprint is accounted for. FALSE when none was left. */
static gboolean
take_one (GHashTable *counts,
          guint64     fingerprint)
{
  guint n = GPOINTER_TO_UINT (g_hash_table_lookup (counts, &fingerprint));

  if (n == 0)
    return FALSE;
  g_hash_table_replace (counts, g_memdup2 (&fingerprint, sizeof fingerprint),
                        GUINT_TO_POINTER (n - 1));
  return TRUE;
}

static void
take_existing (Check      *self,
               GHashTable *counts)
{
  gint64 after = 0;

  for (;;)
    {
      g_autoptr (GPtrArray) rows =
        mm_journal_list_items (self->stage->run->journal, self->folder->id,
                               MM_ITEM_STATE_BIT (MM_ITEM_EXISTED), after, TRANCHE);

      if (rows->len == 0)
        return;
      for (guint i = 0; i < rows->len; i++)
        take_one (counts, ((MmJournalItem *) rows->pdata[i])->reference->fingerprint);
      after = ((MmJournalItem *) g_ptr_array_index (rows, rows->len - 1))->id;
    }
}

/* The folder was made anew (UIDVALIDITY): no id of ours means anything there, but the messages are
 * most probably all there. They are counted; they keep their ids, so that a rollback sees that it
 * must not touch them. */
static gboolean
check_anew (Check   *self,
            GError **error)
{
  g_autoptr (GHashTable) counts = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
  g_autoptr (MmFolder) folder = mm_run_destination_folder (self->folder);
  GHashTableIter iter;
  Expected *expected;

  if (!mm_store_list_items (self->destination, folder, NULL, MM_LIST_FINGERPRINTS, count_cb, counts,
                            NULL, self->stage->run->stop, error))
    return FALSE;
  take_existing (self, counts);
  g_hash_table_iter_init (&iter, self->expected);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *) &expected))
    {
      expected->seen = take_one (counts, expected->fingerprint);
      expected->suspicious = FALSE;
    }
  g_array_set_size (self->differences, 0);
  mm_journal_begin (self->stage->run->journal);
  note_folder (self, "made-anew",
               _("The destination made this folder anew meanwhile. Its messages were counted but "
                 "could not be compared one by one, and a rollback will leave them."));
  return mm_journal_commit (self->stage->run->journal, error);
}

static gboolean
check_folder (Check   *self,
              GError **error)
{
  g_autoptr (MmFolder) folder = mm_run_destination_folder (self->folder);
  MmJournal *journal = self->stage->run->journal;
  g_autoptr (GError) failure = NULL;

  if (!load_expected (self, error))
    return FALSE;
  if (!mm_store_list_items (self->destination, folder, self->folder->destination_position,
                            MM_LIST_BASIC, stored_cb, self, NULL, self->stage->run->stop,
                            &failure))
    {
      /* In a folder that is gone everything is missing. */
      if (g_error_matches (failure, MM_ERROR, MM_ERROR_CHANGED))
        {
          if (!check_anew (self, error))
            return FALSE;
        }
      else if (!g_error_matches (failure, MM_ERROR, MM_ERROR_NOT_FOUND))
        {
          g_propagate_error (error, g_steal_pointer (&failure));
          return FALSE;
        }
    }
  mm_journal_begin (journal);
  for (guint i = 0; i < self->differences->len; i++)
    report_difference (self, &g_array_index (self->differences, Difference, i));
  report_missing (self);
  if (!mm_journal_commit (journal, error))
    return FALSE;
  return read_back (self, error);
}

/* The folder cannot be looked at on one of the sides (gone, made anew): that is its own affair. */
static gboolean
note_unchecked (Check         *self,
                const GError  *failure,
                GError       **error)
{
  g_autofree char *message =
    g_strdup_printf (_("Not everything that arrived here could be compared with the source: %s"),
                     failure->message);

  mm_journal_begin (self->stage->run->journal);
  note_folder (self, "not-compared", message);
  return mm_journal_commit (self->stage->run->journal, error);
}

static gboolean
verify_folder (MmStage          *stage,
               MmJournalFolder  *folder,
               MmStore          *source,
               MmStore          *destination,
               gpointer          user_data,
               GError          **error)
{
  Check check = { .stage = stage, .folder = folder, .source = source,
                  .destination = destination };
  g_autoptr (GError) failure = NULL;
  gboolean ok;

  check.expected = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, g_free);
  check.ids = g_string_chunk_new (16 * 1024);
  check.differences = g_array_new (FALSE, FALSE, sizeof (Difference));
  check.samples = g_atomic_int_add ((gint *) user_data, 1) < SAMPLES;
  ok = check_folder (&check, &failure);
  if (!ok && !mm_error_ends_store (failure))
    ok = note_unchecked (&check, failure, error);
  else if (!ok)
    g_propagate_error (error, g_steal_pointer (&failure));
  g_hash_table_unref (check.expected);
  g_string_chunk_free (check.ids);
  g_array_unref (check.differences);
  return ok;
}

gboolean
mm_verify_stage (MmStage  *stage,
                 GError  **error)
{
  g_autoptr (GPtrArray) folders = g_ptr_array_new ();
  gint n_checked = 0;

  mm_journal_begin (stage->run->journal);
  mm_journal_remove_checks (stage->run->journal, stage->kind);
  mm_journal_remove_folder_problems (stage->run->journal, stage->kind, "made-anew");
  mm_journal_remove_folder_problems (stage->run->journal, stage->kind, "not-compared");
  if (!mm_journal_commit (stage->run->journal, error))
    return FALSE;
  for (guint i = 0; i < stage->folders->len; i++)
    {
      MmJournalFolder *folder = g_ptr_array_index (stage->folders, i);

      gint64 n = (gint64) mm_journal_count_items (stage->run->journal, folder->id,
                                                  MM_ITEM_STATE_BIT (MM_ITEM_DONE), NULL);

      if (folder->destination_id == NULL || n == 0)
        continue;
      folder->n_destination = folder->created == MM_EFFECT_DONE ? n : -1;
      g_ptr_array_add (folders, folder);
    }
  return mm_run_each_folder (stage, folders, TRUE, TRUE, verify_folder, &n_checked,
                             error);
}
