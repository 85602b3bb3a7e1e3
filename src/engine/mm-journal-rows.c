/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/mm-journal-private.h"

#define ITEM_COLUMNS \
  "id, folder, state, source_id, size, crlf_size, date, flags, keywords, fingerprint, traits, " \
  "label, destination_id, destination_version, changes"

/* Items that a stage counts as one thing: everything that has an id at the destination and then
 * failed its check counts as failed all the same. */
#define COUNT_COLUMNS \
  "count (*), sum (item.state IN (2, 6, 7)), sum (item.state = 3), sum (item.state = 4), " \
  "sum (item.state = 5), sum (CASE WHEN item.state > 1 AND size > 0 THEN size ELSE 0 END), " \
  "sum (max (size, 0)), sum (item.state = 6), sum (item.state = 7)"

void
mm_journal_folder_free (MmJournalFolder *self)
{
  if (self == NULL)
    return;
  g_free (self->source_id);
  g_strfreev (self->source_path);
  g_strfreev (self->path);
  g_free (self->destination_id);
  g_free (self->destination_position);
  g_free (self);
}

void
mm_journal_item_free (MmJournalItem *self)
{
  if (self == NULL)
    return;
  mm_reference_free (self->reference);
  g_free (self->destination_id);
  g_free (self->destination_version);
  g_free (self->changes);
  g_free (self);
}

void
mm_journal_put_folder (MmJournal       *self,
                       MmJournalFolder *folder)
{
  sqlite3_stmt *statement = _mm_journal_prepare (self,
    "INSERT OR REPLACE INTO folder (id, kind, source_id, source_path, path, destination_id, "
    "destination_position, scanned, created, subscribed) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");

  if (statement == NULL)
    return;
  if (folder->id != 0)
    sqlite3_bind_int64 (statement, 1, folder->id);
  sqlite3_bind_int (statement, 2, folder->kind);
  _mm_journal_bind_text (statement, 3, folder->source_id);
  _mm_journal_bind_list (statement, 4, folder->source_path);
  _mm_journal_bind_list (statement, 5, folder->path);
  _mm_journal_bind_text (statement, 6, folder->destination_id);
  _mm_journal_bind_text (statement, 7, folder->destination_position);
  sqlite3_bind_int (statement, 8, folder->scanned);
  sqlite3_bind_int (statement, 9, folder->created);
  sqlite3_bind_int (statement, 10, folder->subscribed);
  _mm_journal_run (self, statement);
  if (folder->id == 0)
    folder->id = _mm_journal_last_row (self);
}

static MmJournalFolder *
read_folder (sqlite3_stmt *statement)
{
  MmJournalFolder *folder = g_new0 (MmJournalFolder, 1);

  folder->id = sqlite3_column_int64 (statement, 0);
  folder->kind = sqlite3_column_int (statement, 1);
  folder->source_id = _mm_journal_column_text (statement, 2);
  folder->source_path = _mm_journal_column_list (statement, 3);
  folder->path = _mm_journal_column_list (statement, 4);
  folder->destination_id = _mm_journal_column_text (statement, 5);
  folder->destination_position = _mm_journal_column_text (statement, 6);
  folder->scanned = sqlite3_column_int (statement, 7);
  folder->created = sqlite3_column_int (statement, 8);
  folder->subscribed = sqlite3_column_int (statement, 9);
  folder->n_source = folder->n_destination = -1;
  return folder;
}

GPtrArray *
mm_journal_list_folders (MmJournal *self,
                         MmKind     kind)
{
  g_autoptr (GPtrArray) folders =
    g_ptr_array_new_with_free_func ((GDestroyNotify) mm_journal_folder_free);
  sqlite3_stmt *statement;

  g_return_val_if_fail (MM_IS_JOURNAL (self), NULL);

  _mm_journal_lock (self);
  statement = _mm_journal_prepare (self,
    "SELECT id, kind, source_id, source_path, path, destination_id, destination_position, "
    "scanned, created, subscribed FROM folder WHERE kind = ? ORDER BY id");
  if (statement != NULL)
    sqlite3_bind_int (statement, 1, kind);
  while (_mm_journal_next (self, statement))
    g_ptr_array_add (folders, read_folder (statement));
  _mm_journal_unlock (self);
  return g_steal_pointer (&folders);
}

static void
bind_reference (sqlite3_stmt      *statement,
                const MmReference *reference)
{
  _mm_journal_bind_text (statement, 1, reference->id);
  sqlite3_bind_int64 (statement, 2, (gint64) reference->size);
  if (reference->date != MM_DATE_UNKNOWN)
    sqlite3_bind_int64 (statement, 3, reference->date);
  sqlite3_bind_int64 (statement, 4, reference->flags);
  _mm_journal_bind_list (statement, 5, reference->keywords);
  sqlite3_bind_int64 (statement, 6, (gint64) reference->fingerprint);
  _mm_journal_bind_text (statement, 7, reference->label);
}

gint64
mm_journal_add_item (MmJournal         *self,
                     gint64             folder,
                     const MmReference *reference,
                     MmItemState        state)
{
  sqlite3_stmt *statement = _mm_journal_prepare (self,
    "INSERT INTO item (source_id, size, date, flags, keywords, fingerprint, label, folder, state) "
    "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)");

  if (statement == NULL)
    return 0;
  bind_reference (statement, reference);
  sqlite3_bind_int64 (statement, 8, folder);
  sqlite3_bind_int (statement, 9, state);
  _mm_journal_run (self, statement);
  return _mm_journal_last_row (self);
}

void
mm_journal_put_item (MmJournal           *self,
                     const MmJournalItem *item)
{
  sqlite3_stmt *statement = _mm_journal_prepare (self,
    "UPDATE item SET source_id = ?, size = ?, date = ?, flags = ?, keywords = ?, fingerprint = ?, "
    "label = ?, state = ?, crlf_size = ?, traits = ?, destination_id = ?, "
    "destination_version = ?, changes = ? WHERE id = ?");

  if (statement == NULL)
    return;
  bind_reference (statement, item->reference);
  sqlite3_bind_int (statement, 8, item->state);
  sqlite3_bind_int64 (statement, 9, (gint64) item->crlf_size);
  sqlite3_bind_int64 (statement, 10, item->traits);
  _mm_journal_bind_text (statement, 11, item->destination_id);
  _mm_journal_bind_text (statement, 12, item->destination_version);
  _mm_journal_bind_text (statement, 13, item->changes);
  sqlite3_bind_int64 (statement, 14, item->id);
  _mm_journal_run (self, statement);
}

static MmReference *
read_reference (sqlite3_stmt *statement)
{
  MmReference *reference = mm_reference_new ((const char *) sqlite3_column_text (statement, 3));

  reference->size = (guint64) sqlite3_column_int64 (statement, 4);
  reference->date = sqlite3_column_type (statement, 6) == SQLITE_NULL
    ? MM_DATE_UNKNOWN : sqlite3_column_int64 (statement, 6);
  reference->flags = (guint) sqlite3_column_int64 (statement, 7);
  reference->keywords = _mm_journal_column_list (statement, 8);
  reference->fingerprint = (guint64) sqlite3_column_int64 (statement, 9);
  reference->label = _mm_journal_column_text (statement, 11);
  return reference;
}

static MmJournalItem *
read_item (sqlite3_stmt *statement)
{
  MmJournalItem *item = g_new0 (MmJournalItem, 1);

  item->id = sqlite3_column_int64 (statement, 0);
  item->folder = sqlite3_column_int64 (statement, 1);
  item->state = sqlite3_column_int (statement, 2);
  item->reference = read_reference (statement);
  item->crlf_size = (guint64) sqlite3_column_int64 (statement, 5);
  item->traits = (guint) sqlite3_column_int64 (statement, 10);
  item->destination_id = _mm_journal_column_text (statement, 12);
  item->destination_version = _mm_journal_column_text (statement, 13);
  item->changes = _mm_journal_column_text (statement, 14);
  return item;
}

GPtrArray *
mm_journal_list_items (MmJournal *self,
                       gint64     folder,
                       guint      states,
                       gint64     after,
                       guint      limit)
{
  g_autoptr (GPtrArray) items =
    g_ptr_array_new_with_free_func ((GDestroyNotify) mm_journal_item_free);
  sqlite3_stmt *statement;

  g_return_val_if_fail (MM_IS_JOURNAL (self), NULL);

  _mm_journal_lock (self);
  statement = _mm_journal_prepare (self,
    "SELECT " ITEM_COLUMNS " FROM item "
    "WHERE folder = ?1 AND (1 << state) & ?2 AND id > ?3 ORDER BY id LIMIT ?4");
  if (statement != NULL)
    {
      sqlite3_bind_int64 (statement, 1, folder);
      sqlite3_bind_int64 (statement, 2, states);
      sqlite3_bind_int64 (statement, 3, after);
      sqlite3_bind_int64 (statement, 4, limit);
    }
  while (_mm_journal_next (self, statement))
    g_ptr_array_add (items, read_item (statement));
  _mm_journal_unlock (self);
  return g_steal_pointer (&items);
}

GPtrArray *
mm_journal_list_nameless (MmJournal *self,
                          gint64     folder,
                          guint      states)
{
  g_autoptr (GPtrArray) items =
    g_ptr_array_new_with_free_func ((GDestroyNotify) mm_journal_item_free);
  sqlite3_stmt *statement;

  g_return_val_if_fail (MM_IS_JOURNAL (self), NULL);

  _mm_journal_lock (self);
  statement = _mm_journal_prepare (self,
    "SELECT " ITEM_COLUMNS " FROM item "
    "WHERE folder = ? AND (1 << state) & ? AND destination_id IS NULL ORDER BY id");
  if (statement != NULL)
    {
      sqlite3_bind_int64 (statement, 1, folder);
      sqlite3_bind_int64 (statement, 2, states);
    }
  while (_mm_journal_next (self, statement))
    g_ptr_array_add (items, read_item (statement));
  _mm_journal_unlock (self);
  return g_steal_pointer (&items);
}

guint64
mm_journal_count_items (MmJournal *self,
                        gint64     folder,
                        guint      states,
                        guint64   *bytes)
{
  sqlite3_stmt *statement;
  guint64 count = 0;
  guint64 size = 0;

  g_return_val_if_fail (MM_IS_JOURNAL (self), 0);

  _mm_journal_lock (self);
  statement = _mm_journal_prepare (self,
    "SELECT count (*), sum (max (size, 0)) FROM item WHERE folder = ? AND (1 << state) & ?");
  if (statement != NULL)
    {
      sqlite3_bind_int64 (statement, 1, folder);
      sqlite3_bind_int64 (statement, 2, states);
    }
  while (_mm_journal_next (self, statement))
    {
      count = (guint64) sqlite3_column_int64 (statement, 0);
      size = (guint64) sqlite3_column_int64 (statement, 1);
    }
  _mm_journal_unlock (self);
  if (bytes != NULL)
    *bytes = size;
  return count;
}

guint64
mm_journal_count_larger (MmJournal *self,
                         gint64     folder,
                         guint64    limit)
{
  sqlite3_stmt *statement;
  guint64 count = 0;

  g_return_val_if_fail (MM_IS_JOURNAL (self), 0);

  _mm_journal_lock (self);
  statement = _mm_journal_prepare (self,
    "SELECT count (*) FROM item WHERE folder = ? AND state = 0 AND size > ?");
  if (statement != NULL)
    {
      sqlite3_bind_int64 (statement, 1, folder);
      sqlite3_bind_int64 (statement, 2, (gint64) limit);
    }
  while (_mm_journal_next (self, statement))
    count = (guint64) sqlite3_column_int64 (statement, 0);
  _mm_journal_unlock (self);
  return count;
}

gboolean
mm_journal_has_destination_id (MmJournal  *self,
                               gint64      folder,
                               const char *destination_id)
{
  sqlite3_stmt *statement;
  gboolean found = FALSE;

  g_return_val_if_fail (MM_IS_JOURNAL (self), FALSE);

  _mm_journal_lock (self);
  statement = _mm_journal_prepare (self,
    "SELECT 1 FROM item WHERE destination_id = ? AND folder = ?");
  if (statement != NULL)
    {
      _mm_journal_bind_text (statement, 1, destination_id);
      sqlite3_bind_int64 (statement, 2, folder);
    }
  while (_mm_journal_next (self, statement))
    found = TRUE;
  _mm_journal_unlock (self);
  return found;
}

void
mm_journal_mark_existing (MmJournal *self,
                          gint64     item)
{
  sqlite3_stmt *statement = _mm_journal_prepare (self, "UPDATE item SET state = 3 WHERE id = ?");

  if (statement == NULL)
    return;
  sqlite3_bind_int64 (statement, 1, item);
  _mm_journal_run (self, statement);
}

void
mm_journal_remove_items (MmJournal *self,
                         gint64     folder)
{
  const char *texts[] = {
    "DELETE FROM problem WHERE item IN (SELECT id FROM item WHERE folder = ?)",
    "DELETE FROM item WHERE folder = ?",
  };

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      sqlite3_stmt *statement = _mm_journal_prepare (self, texts[i]);

      if (statement == NULL)
        return;
      sqlite3_bind_int64 (statement, 1, folder);
      _mm_journal_run (self, statement);
    }
}

void
mm_journal_retry_items (MmJournal *self,
                        MmKind     kind)
{
  const char *texts[] = {
    "DELETE FROM problem WHERE item IN (SELECT item.id FROM item, folder "
    "WHERE item.folder = folder.id AND kind = ? AND item.state IN (4, 5) "
    "AND item.destination_id IS NULL)",
    "UPDATE item SET state = 0, changes = NULL WHERE state IN (4, 5) AND destination_id IS NULL "
    "AND folder IN (SELECT id FROM folder WHERE kind = ?)",
  };

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      sqlite3_stmt *statement = _mm_journal_prepare (self, texts[i]);

      if (statement == NULL)
        return;
      sqlite3_bind_int (statement, 1, kind);
      _mm_journal_run (self, statement);
    }
}

void
mm_journal_count_stage (MmJournal     *self,
                        MmStageReport *stage)
{
  guint64 *counts[] = { &stage->found, &stage->copied, &stage->existed, &stage->skipped,
                        &stage->failed, &stage->bytes, &stage->bytes_total, &stage->removed,
                        &stage->left };
  sqlite3_stmt *statement;

  g_return_if_fail (MM_IS_JOURNAL (self));

  _mm_journal_lock (self);
  statement = _mm_journal_prepare (self,
    "SELECT " COUNT_COLUMNS " FROM item, folder WHERE item.folder = folder.id AND kind = ?");
  if (statement != NULL)
    sqlite3_bind_int (statement, 1, stage->kind);
  while (_mm_journal_next (self, statement))
    for (guint i = 0; i < G_N_ELEMENTS (counts); i++)
      *counts[i] = (guint64) sqlite3_column_int64 (statement, (int) i);
  _mm_journal_unlock (self);
}

void
mm_journal_add_problem (MmJournal       *self,
                        gint64           item,
                        const MmProblem *problem)
{
  sqlite3_stmt *statement = _mm_journal_prepare (self,
    "INSERT INTO problem (item, kind, folder, name, outcome, code, message) "
    "VALUES (?, ?, ?, ?, ?, ?, ?)");

  if (statement == NULL)
    return;
  if (item != 0)
    sqlite3_bind_int64 (statement, 1, item);
  sqlite3_bind_int (statement, 2, problem->kind);
  _mm_journal_bind_text (statement, 3, problem->folder);
  _mm_journal_bind_text (statement, 4, problem->item);
  sqlite3_bind_int (statement, 5, problem->outcome);
  _mm_journal_bind_text (statement, 6, problem->code);
  _mm_journal_bind_text (statement, 7, problem->message);
  _mm_journal_run (self, statement);
}

void
mm_journal_remove_problems (MmJournal *self,
                            gint64     item,
                            MmOutcome  outcome)
{
  sqlite3_stmt *statement = _mm_journal_prepare (self,
    "DELETE FROM problem WHERE item = ? AND outcome = ?");

  if (statement == NULL)
    return;
  sqlite3_bind_int64 (statement, 1, item);
  sqlite3_bind_int (statement, 2, outcome);
  _mm_journal_run (self, statement);
}

void
mm_journal_remove_checks (MmJournal *self,
                          MmKind     kind)
{
  sqlite3_stmt *statement = _mm_journal_prepare (self,
    "DELETE FROM problem WHERE kind = ? AND outcome = 2 AND item IS NOT NULL AND NOT EXISTS "
    "(SELECT 1 FROM item WHERE item.id = problem.item "
    "AND instr (item.changes, ',' || problem.code || ',') > 0)");

  if (statement == NULL)
    return;
  sqlite3_bind_int (statement, 1, kind);
  _mm_journal_run (self, statement);
}

void
mm_journal_remove_general_problems (MmJournal *self,
                                    MmOutcome  outcome)
{
  sqlite3_stmt *statement = _mm_journal_prepare (self,
    "DELETE FROM problem WHERE item IS NULL AND outcome = ?");

  if (statement == NULL)
    return;
  sqlite3_bind_int (statement, 1, outcome);
  _mm_journal_run (self, statement);
}

void
mm_journal_remove_folder_problems (MmJournal  *self,
                                   MmKind      kind,
                                   const char *code)
{
  sqlite3_stmt *statement = _mm_journal_prepare (self,
    "DELETE FROM problem WHERE item IS NULL AND kind = ? AND code = ?");

  if (statement == NULL)
    return;
  sqlite3_bind_int (statement, 1, kind);
  _mm_journal_bind_text (statement, 2, code);
  _mm_journal_run (self, statement);
}

static MmProblem *
read_problem (sqlite3_stmt *statement)
{
  MmProblem *problem = g_new0 (MmProblem, 1);

  problem->kind = sqlite3_column_int (statement, 1);
  problem->folder = _mm_journal_column_text (statement, 2);
  problem->item = _mm_journal_column_text (statement, 3);
  problem->outcome = sqlite3_column_int (statement, 4);
  problem->code = _mm_journal_column_text (statement, 5);
  problem->message = _mm_journal_column_text (statement, 6);
  return problem;
}

GPtrArray *
mm_journal_list_problems (MmJournal *self,
                          gint64    *after,
                          guint      limit)
{
  g_autoptr (GPtrArray) problems =
    g_ptr_array_new_with_free_func ((GDestroyNotify) mm_problem_free);
  sqlite3_stmt *statement;

  g_return_val_if_fail (MM_IS_JOURNAL (self), NULL);

  _mm_journal_lock (self);
  statement = _mm_journal_prepare (self,
    "SELECT id, kind, folder, name, outcome, code, message FROM problem "
    "WHERE id > ? ORDER BY id LIMIT ?");
  if (statement != NULL)
    {
      sqlite3_bind_int64 (statement, 1, *after);
      sqlite3_bind_int64 (statement, 2, limit == 0 ? -1 : (gint64) limit);
    }
  while (_mm_journal_next (self, statement))
    {
      *after = sqlite3_column_int64 (statement, 0);
      g_ptr_array_add (problems, read_problem (statement));
    }
  _mm_journal_unlock (self);
  return g_steal_pointer (&problems);
}
