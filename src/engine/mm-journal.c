/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/mm-journal.h"
#include "engine/mm-journal-private.h"

#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>

#include "model/mm-error.h"

#define SCHEMA_VERSION 1
#define LIST_SEPARATOR "\x1f"

struct _MmJournal
{
  GObject parent_instance;

  GRecMutex lock;
  sqlite3 *database;
  GHashTable *statements; /* SQL → sqlite3_stmt */
  gboolean writing;       /* a transaction is open */
  GError *failure;        /* of something in the open transaction */
  GError *broken;         /* of a reader: what it missed nobody can know, so nothing is done after it */
  gboolean dead;          /* a test ended the process here */
};

G_DEFINE_FINAL_TYPE (MmJournal, mm_journal, G_TYPE_OBJECT)

static struct
{
  MmJournalStepFunc func;
  gpointer user_data;
  gint count;
} steps;

static void
mm_journal_finalize (GObject *object)
{
  MmJournal *self = MM_JOURNAL (object);

  g_clear_pointer (&self->statements, g_hash_table_unref);
  g_clear_error (&self->failure);
  g_clear_error (&self->broken);
  sqlite3_close (self->database);
  g_rec_mutex_clear (&self->lock);

  G_OBJECT_CLASS (mm_journal_parent_class)->finalize (object);
}

static void
mm_journal_class_init (MmJournalClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = mm_journal_finalize;
}

static void
free_statement (gpointer statement)
{
  sqlite3_finalize (statement);
}

static void
mm_journal_init (MmJournal *self)
{
  g_rec_mutex_init (&self->lock);
  self->statements = g_hash_table_new_full (g_direct_hash, g_direct_equal, NULL, free_statement);
}

void
mm_journal_info_clear (MmJournalInfo *self)
{
  g_clear_pointer (&self->id, g_free);
  g_clear_pointer (&self->source_address, g_free);
  g_clear_pointer (&self->destination_address, g_free);
  g_clear_pointer (&self->source_urls, g_strfreev);
  g_clear_pointer (&self->destination_urls, g_strfreev);
  g_clear_pointer (&self->folders, g_strfreev);
}

void
mm_journal_set_step_func (MmJournalStepFunc func,
                          gpointer          user_data)
{
  steps.func = func;
  steps.user_data = user_data;
  g_atomic_int_set (&steps.count, 0);
}

static gboolean
pass_step (MmJournal *self)
{
  if (steps.func != NULL && !self->dead &&
      !steps.func ((guint) g_atomic_int_add (&steps.count, 1) + 1, steps.user_data))
    self->dead = TRUE;
  return !self->dead;
}

static void
set_sqlite_error (MmJournal  *self,
                  GError    **error)
{
  int code = sqlite3_extended_errcode (self->database);

  if (code == SQLITE_FULL)
    g_set_error_literal (error, MM_ERROR, MM_ERROR_FILE,
                         _("The disk that keeps the record of this migration is full. "
                           "Make room on it, then resume the migration."));
  /* A person's share of the disk (quota) shows as this. */
  else if (code == SQLITE_IOERR_WRITE)
    g_set_error_literal (error, MM_ERROR, MM_ERROR_FILE,
                         _("The record of this migration cannot be written: its disk is full or "
                           "fails. Make room on it, then resume the migration."));
  else
    g_set_error (error, MM_ERROR, MM_ERROR_FILE,
                 _("The record of this migration cannot be used: %s."),
                 sqlite3_errmsg (self->database));
}

static void
remember_failure (MmJournal *self)
{
  GError **place = self->writing ? &self->failure : &self->broken;

  if (*place == NULL)
    set_sqlite_error (self, place);
}

void
_mm_journal_lock (MmJournal *self)
{
  g_rec_mutex_lock (&self->lock);
}

void
_mm_journal_unlock (MmJournal *self)
{
  g_rec_mutex_unlock (&self->lock);
}

sqlite3_stmt *
_mm_journal_prepare (MmJournal  *self,
                     const char *sql)
{
  sqlite3_stmt *statement;

  if (self->failure != NULL || self->broken != NULL || self->dead)
    return NULL;
  statement = g_hash_table_lookup (self->statements, sql);
  if (statement == NULL)
    {
      if (sqlite3_prepare_v3 (self->database, sql, -1, SQLITE_PREPARE_PERSISTENT, &statement, NULL)
          != SQLITE_OK)
        {
          remember_failure (self);
          return NULL;
        }
      g_hash_table_insert (self->statements, (gpointer) sql, statement);
    }
  sqlite3_reset (statement);
  sqlite3_clear_bindings (statement);
  return statement;
}

gboolean
_mm_journal_next (MmJournal    *self,
                  sqlite3_stmt *statement)
{
  int code;

  if (statement == NULL)
    return FALSE;
  code = sqlite3_step (statement);
  if (code == SQLITE_ROW)
    return TRUE;
  if (code != SQLITE_DONE)
    remember_failure (self);
  sqlite3_reset (statement);
  return FALSE;
}

void
_mm_journal_run (MmJournal    *self,
                 sqlite3_stmt *statement)
{
  while (_mm_journal_next (self, statement))
    ;
}

gint64
_mm_journal_last_row (MmJournal *self)
{
  return sqlite3_last_insert_rowid (self->database);
}

void
_mm_journal_bind_text (sqlite3_stmt *statement,
                       int           column,
                       const char   *text)
{
  if (statement != NULL)
    sqlite3_bind_text (statement, column, text, -1, SQLITE_TRANSIENT);
}

void
_mm_journal_bind_list (sqlite3_stmt  *statement,
                       int            column,
                       char         **list)
{
  g_autofree char *text = list != NULL ? g_strjoinv (LIST_SEPARATOR, list) : NULL;

  _mm_journal_bind_text (statement, column, text);
}

char *
_mm_journal_column_text (sqlite3_stmt *statement,
                         int           column)
{
  return g_strdup ((const char *) sqlite3_column_text (statement, column));
}

char **
_mm_journal_column_list (sqlite3_stmt *statement,
                         int           column)
{
  const char *text = (const char *) sqlite3_column_text (statement, column);

  return text != NULL ? g_strsplit (text, LIST_SEPARATOR, -1) : NULL;
}

static gboolean
execute (MmJournal   *self,
         const char  *sql,
         GError     **error)
{
  if (sqlite3_exec (self->database, sql, NULL, NULL, NULL) == SQLITE_OK)
    return TRUE;
  set_sqlite_error (self, error);
  return FALSE;
}

static MmJournal *
open_database (const char  *path,
               int          flags,
               GError     **error)
{
  g_autoptr (MmJournal) self = g_object_new (MM_TYPE_JOURNAL, NULL);

  if (sqlite3_open_v2 (path, &self->database, flags | SQLITE_OPEN_NOMUTEX, NULL) != SQLITE_OK)
    {
      set_sqlite_error (self, error);
      return NULL;
    }
  sqlite3_busy_timeout (self->database, 10000);
  return g_steal_pointer (&self);
}

static gboolean
create_schema (MmJournal  *self,
               GError    **error)
{
  g_autoptr (GBytes) sql =
    g_resources_lookup_data ("/mail-migrator/sql/001-journal.sql", 0, error);
  g_autofree char *version = NULL;

  if (sql == NULL)
    return FALSE;
  version = g_strdup_printf ("PRAGMA user_version = %d", SCHEMA_VERSION);
  return execute (self, g_bytes_get_data (sql, NULL), error) && execute (self, version, error);
}

static void
insert_info (MmJournal           *self,
             const MmJournalInfo *info)
{
  sqlite3_stmt *statement = _mm_journal_prepare (self,
    "INSERT INTO migration (id, source_address, destination_address, source_urls, "
    "destination_urls, kinds, folders, state, created, updated, ended) "
    "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0)");

  if (statement == NULL)
    return;
  _mm_journal_bind_text (statement, 1, info->id);
  _mm_journal_bind_text (statement, 2, info->source_address);
  _mm_journal_bind_text (statement, 3, info->destination_address);
  _mm_journal_bind_list (statement, 4, info->source_urls);
  _mm_journal_bind_list (statement, 5, info->destination_urls);
  sqlite3_bind_int64 (statement, 6, info->kinds);
  _mm_journal_bind_list (statement, 7, info->folders);
  _mm_journal_bind_text (statement, 8, mm_state_to_nick (info->state));
  sqlite3_bind_int64 (statement, 9, info->created);
  sqlite3_bind_int64 (statement, 10, info->created);
  _mm_journal_run (self, statement);
}

MmJournal *
mm_journal_create (const char           *path,
                   const MmJournalInfo  *info,
                   GError              **error)
{
  g_autoptr (MmJournal) self = NULL;

  /* SQLite makes a nameless database in a temporary file of its own, gone at closing. */
  self = open_database (path != NULL ? path : "", SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE,
                        error);
  if (self == NULL)
    return NULL;
  if (path != NULL)
    g_chmod (path, 0600);
  if (!execute (self, "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL", error))
    return NULL;
  mm_journal_begin (self);
  if (!create_schema (self, error))
    {
      mm_journal_abandon (self);
      return NULL;
    }
  insert_info (self, info);
  if (!mm_journal_commit (self, error))
    return NULL;
  return g_steal_pointer (&self);
}

static gboolean
check_version (MmJournal  *self,
               GError    **error)
{
  sqlite3_stmt *statement = _mm_journal_prepare (self, "PRAGMA user_version");
  int version = 0;

  while (_mm_journal_next (self, statement))
    version = sqlite3_column_int (statement, 0);
  if (self->broken != NULL)
    {
      g_propagate_error (error, g_error_copy (self->broken));
      return FALSE;
    }
  if (version == SCHEMA_VERSION)
    return TRUE;
  g_set_error_literal (error, MM_ERROR, MM_ERROR_FILE,
                       _("The record of this migration was written by another version of the "
                         "program."));
  return FALSE;
}

MmJournal *
mm_journal_open (const char  *path,
                 gboolean     writable,
                 GError     **error)
{
  g_autoptr (MmJournal) self = NULL;

  /* A reader too opens for writing: WAL needs its shared memory file. */
  self = open_database (path, SQLITE_OPEN_READWRITE, error);
  if (self == NULL)
    return NULL;
  if (!execute (self, writable ? "PRAGMA synchronous = FULL" : "PRAGMA query_only = ON", error) ||
      !check_version (self, error))
    return NULL;
  return g_steal_pointer (&self);
}

void
mm_journal_begin (MmJournal *self)
{
  g_return_if_fail (MM_IS_JOURNAL (self));

  _mm_journal_lock (self);
  self->writing = TRUE;
  if (self->broken != NULL)
    self->failure = g_error_copy (self->broken);
  else if (!self->dead)
    execute (self, "BEGIN IMMEDIATE", &self->failure);
}

void
mm_journal_abandon (MmJournal *self)
{
  g_return_if_fail (MM_IS_JOURNAL (self));

  sqlite3_exec (self->database, "ROLLBACK", NULL, NULL, NULL);
  g_clear_error (&self->failure);
  self->writing = FALSE;
  _mm_journal_unlock (self);
}

gboolean
mm_journal_commit (MmJournal  *self,
                   GError    **error)
{
  g_autoptr (GError) failure = NULL;

  g_return_val_if_fail (MM_IS_JOURNAL (self), FALSE);

  if (!pass_step (self) && self->failure == NULL)
    g_set_error_literal (&self->failure, MM_ERROR, MM_ERROR_INTERNAL, "ended by a test");
  if (self->failure == NULL && execute (self, "COMMIT", &self->failure) && !pass_step (self))
    g_set_error_literal (&self->failure, MM_ERROR, MM_ERROR_INTERNAL, "ended by a test");
  failure = g_steal_pointer (&self->failure);
  if (failure != NULL)
    sqlite3_exec (self->database, "ROLLBACK", NULL, NULL, NULL);
  self->writing = FALSE;
  _mm_journal_unlock (self);
  if (failure == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&failure));
  return FALSE;
}

static void
read_info (sqlite3_stmt  *statement,
           MmJournalInfo *info)
{
  g_autofree char *state = NULL;

  info->id = _mm_journal_column_text (statement, 0);
  info->source_address = _mm_journal_column_text (statement, 1);
  info->destination_address = _mm_journal_column_text (statement, 2);
  info->source_urls = _mm_journal_column_list (statement, 3);
  info->destination_urls = _mm_journal_column_list (statement, 4);
  info->kinds = sqlite3_column_int64 (statement, 5);
  info->folders = _mm_journal_column_list (statement, 6);
  state = _mm_journal_column_text (statement, 7);
  mm_state_from_nick (state, &info->state);
  info->request = sqlite3_column_int (statement, 8);
  info->created = sqlite3_column_int64 (statement, 9);
  info->updated = sqlite3_column_int64 (statement, 10);
  info->ended = sqlite3_column_int64 (statement, 11);
}

static void
set_info_error (MmJournal  *self,
                GError    **error)
{
  const GError *known = self->failure != NULL ? self->failure : self->broken;

  if (known != NULL)
    g_propagate_error (error, g_error_copy (known));
  else
    g_set_error_literal (error, MM_ERROR, MM_ERROR_FILE, _("The record of this migration is empty."));
}

gboolean
mm_journal_get_info (MmJournal      *self,
                     MmJournalInfo  *info,
                     GError        **error)
{
  sqlite3_stmt *statement;
  gboolean found = FALSE;

  g_return_val_if_fail (MM_IS_JOURNAL (self), FALSE);

  _mm_journal_lock (self);
  statement = _mm_journal_prepare (self,
    "SELECT id, source_address, destination_address, source_urls, destination_urls, kinds, "
    "folders, state, request, created, updated, ended FROM migration");
  while (_mm_journal_next (self, statement))
    {
      if (found)
        mm_journal_info_clear (info);
      read_info (statement, info);
      found = TRUE;
    }
  if (!found)
    set_info_error (self, error);
  _mm_journal_unlock (self);
  return found;
}

MmRequest
mm_journal_get_request (MmJournal *self)
{
  sqlite3_stmt *statement;
  MmRequest request = MM_REQUEST_NONE;

  g_return_val_if_fail (MM_IS_JOURNAL (self), MM_REQUEST_NONE);

  _mm_journal_lock (self);
  statement = _mm_journal_prepare (self, "SELECT request FROM migration");
  while (_mm_journal_next (self, statement))
    request = sqlite3_column_int (statement, 0);
  _mm_journal_unlock (self);
  return request;
}

void
mm_journal_put_state (MmJournal *self,
                      MmState    state,
                      gint64     ended)
{
  sqlite3_stmt *statement = _mm_journal_prepare (self,
    "UPDATE migration SET state = ?1, updated = ?2, "
    "ended = CASE WHEN ?3 = 0 THEN ended ELSE ?3 END");

  if (statement == NULL)
    return;
  _mm_journal_bind_text (statement, 1, mm_state_to_nick (state));
  sqlite3_bind_int64 (statement, 2, g_get_real_time () / G_USEC_PER_SEC);
  sqlite3_bind_int64 (statement, 3, ended);
  _mm_journal_run (self, statement);
}

void
mm_journal_put_request (MmJournal *self,
                        MmRequest  request)
{
  sqlite3_stmt *statement = _mm_journal_prepare (self, "UPDATE migration SET request = ?");

  if (statement == NULL)
    return;
  sqlite3_bind_int (statement, 1, request);
  _mm_journal_run (self, statement);
}

void
mm_journal_put_stage (MmJournal           *self,
                      const MmStageReport *stage)
{
  sqlite3_stmt *statement = _mm_journal_prepare (self,
    "INSERT OR REPLACE INTO stage (kind, state, found, copied, existed, skipped, failed, bytes, "
    "bytes_total, removed, restored, remained) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
  const guint64 counts[] = { stage->found, stage->copied, stage->existed, stage->skipped,
                             stage->failed, stage->bytes, stage->bytes_total, stage->removed,
                             stage->restored, stage->left };

  if (statement == NULL)
    return;
  sqlite3_bind_int (statement, 1, stage->kind);
  _mm_journal_bind_text (statement, 2, mm_stage_state_to_nick (stage->state));
  for (guint i = 0; i < G_N_ELEMENTS (counts); i++)
    sqlite3_bind_int64 (statement, 3 + (int) i, (gint64) counts[i]);
  _mm_journal_run (self, statement);
}

static MmStageReport *
read_stage (sqlite3_stmt *statement)
{
  MmStageReport *stage = g_new0 (MmStageReport, 1);
  guint64 *counts[] = { &stage->found, &stage->copied, &stage->existed, &stage->skipped,
                        &stage->failed, &stage->bytes, &stage->bytes_total, &stage->removed,
                        &stage->restored, &stage->left };

  stage->kind = sqlite3_column_int (statement, 0);
  mm_stage_state_from_nick ((const char *) sqlite3_column_text (statement, 1), &stage->state);
  for (guint i = 0; i < G_N_ELEMENTS (counts); i++)
    *counts[i] = (guint64) sqlite3_column_int64 (statement, 2 + (int) i);
  return stage;
}

GPtrArray *
mm_journal_list_stages (MmJournal *self)
{
  g_autoptr (GPtrArray) stages = g_ptr_array_new_with_free_func (g_free);
  sqlite3_stmt *statement;

  g_return_val_if_fail (MM_IS_JOURNAL (self), NULL);

  _mm_journal_lock (self);
  statement = _mm_journal_prepare (self,
    "SELECT kind, state, found, copied, existed, skipped, failed, bytes, bytes_total, removed, "
    "restored, remained FROM stage ORDER BY kind");
  while (_mm_journal_next (self, statement))
    g_ptr_array_add (stages, read_stage (statement));
  _mm_journal_unlock (self);
  return g_steal_pointer (&stages);
}
