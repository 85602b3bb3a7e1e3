/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>
#include "engine/mm-history.h"
#include "engine/mm-report.h"
#include "model/mm-folder.h"
#include "model/mm-reference.h"

G_BEGIN_DECLS

/**
 * MmJournal:
 *
 * The record of what one migration did to its destination: an SQLite file (data/sql) in WAL mode
 * with synchronous=FULL. Law 2 stands on it: no effect without a committed intent.
 *
 * Writes happen between mm_journal_begin () and mm_journal_commit (), which is one transaction and
 * one fsync; begin takes a lock that commit gives back, so the journal can be shared by threads. A
 * failing write is remembered and reported by commit, which then changes nothing. Readers take the
 * lock themselves and may be called between the two as well; when one fails, everything after it
 * does: what it would have found is not known.
 *
 * Errors: MM_ERROR_FILE when the file cannot be read or written (disk full, damaged), with a sentence.
 */
#define MM_TYPE_JOURNAL (mm_journal_get_type ())
G_DECLARE_FINAL_TYPE (MmJournal, mm_journal, MM, JOURNAL, GObject)

typedef struct
{
  char *id;
  char *source_address;
  char *destination_address;
  char **source_urls;
  char **destination_urls;
  MmKindSet kinds;
  char **folders; /* NULL: everything */
  MmState state;  /* as stored: never INTERRUPTED */
  MmRequest request;
  gint64 created;
  gint64 updated;
  gint64 ended;
} MmJournalInfo;

void mm_journal_info_clear (MmJournalInfo *self);

/* An effect on the destination that is not an item. */
typedef enum
{
  MM_EFFECT_NONE, /* not ours */
  MM_EFFECT_INTENT,
  MM_EFFECT_DONE,
  MM_EFFECT_UNDONE,
  MM_EFFECT_LEFT,
} MmEffect;

typedef struct
{
  gint64 id; /* row */
  MmKind kind;
  char *source_id;    /* NULL: a level that the destination makes by itself */
  char **source_path;
  char **path;        /* at the destination */
  char *destination_id;
  char *destination_position; /* its end before anything was written; NULL: it was not there */
  gboolean scanned;
  MmEffect created;
  MmEffect subscribed;

  /* How many items each side is thought to have; -1: unknown. Not stored. */
  gint64 n_source;
  gint64 n_destination;
} MmJournalFolder;

void mm_journal_folder_free (MmJournalFolder *self);

typedef enum
{
  MM_ITEM_PLANNED,
  MM_ITEM_INTENT,
  MM_ITEM_DONE,
  MM_ITEM_EXISTED,
  MM_ITEM_SKIPPED,
  MM_ITEM_FAILED,
  MM_ITEM_UNDONE,
  MM_ITEM_LEFT,
} MmItemState;

#define MM_ITEM_STATE_BIT(state) (1u << (state))

typedef struct
{
  gint64 id; /* row */
  gint64 folder;
  MmItemState state;
  MmReference *reference; /* at the source; size is exact from the intent on */
  guint64 crlf_size;      /* as mm_rfc5322_examine (); MM_SIZE_UNKNOWN before the intent */
  guint traits;
  char *destination_id;   /* set: there is an item at the destination that we made */
  char *destination_version;
  char *changes;          /* codes with commas round each: ",nul,keywords-lost,"; NULL */
} MmJournalItem;

void mm_journal_item_free (MmJournalItem *self);

/* @path: NULL for one that lives in a temporary file and is gone when released (a preview). The
 * file must not be there yet. */
MmJournal *mm_journal_create (const char           *path,
                              const MmJournalInfo  *info,
                              GError              **error);
MmJournal *mm_journal_open   (const char  *path,
                              gboolean     writable,
                              GError     **error);

/* Called before and after each commit, with the count of such steps; FALSE makes this and every
 * later write fail as if the process had died there. For tests. */
typedef gboolean (*MmJournalStepFunc) (guint step, gpointer user_data);
void mm_journal_set_step_func (MmJournalStepFunc func,
                               gpointer          user_data);

void     mm_journal_begin  (MmJournal *self);
gboolean mm_journal_commit (MmJournal *self, GError **error);
/* Gives back the lock without having written anything. */
void     mm_journal_abandon (MmJournal *self);

gboolean mm_journal_get_info (MmJournal *self, MmJournalInfo *info, GError **error);
MmRequest mm_journal_get_request (MmJournal *self);

/* Within a transaction. @ended: 0 leaves it. */
void mm_journal_put_state   (MmJournal *self, MmState state, gint64 ended);
void mm_journal_put_request (MmJournal *self, MmRequest request);
void mm_journal_put_stage   (MmJournal *self, const MmStageReport *stage);

/* (element-type MmStageReport), by kind. As last written. */
GPtrArray *mm_journal_list_stages (MmJournal *self);

/* The counts as the items' rows say, without state, removed, restored and left folders. */
void mm_journal_count_stage (MmJournal *self, MmStageReport *stage);

/* Folders. put: inserts when id is 0 (and sets it), else updates the row. */
void mm_journal_put_folder (MmJournal *self, MmJournalFolder *folder);
GPtrArray *mm_journal_list_folders (MmJournal *self, MmKind kind);

/* Items, within a transaction. */
gint64 mm_journal_add_item (MmJournal *self, gint64 folder, const MmReference *reference, MmItemState state);
void   mm_journal_put_item (MmJournal *self, const MmJournalItem *item);
/* The item is at the destination already; it is left as it is there. */
void   mm_journal_mark_existing (MmJournal *self, gint64 item);
/* Forgets the rows of a folder whose scan was broken off. */
void   mm_journal_remove_items (MmJournal *self, gint64 folder);
/* Turns failed and skipped items of @kind into planned ones and forgets their problems. */
void   mm_journal_retry_items (MmJournal *self, MmKind kind);

/* Up to @limit items of @folder whose state is in @states (bits), rows after @after, in order.
 * (element-type MmJournalItem) */
GPtrArray *mm_journal_list_items (MmJournal *self, gint64 folder, guint states, gint64 after, guint limit);
/* Those in @states that have no id at the destination: DONE ones are stored under one that is not
 * known yet. */
GPtrArray *mm_journal_list_nameless (MmJournal *self, gint64 folder, guint states);
/* Counts them, and adds up their known sizes (@bytes may be NULL). */
guint64 mm_journal_count_items (MmJournal *self, gint64 folder, guint states, guint64 *bytes);
/* Counts the planned ones that are known to be larger than @limit bytes. */
guint64 mm_journal_count_larger (MmJournal *self, gint64 folder, guint64 limit);
/* TRUE when an item of @folder has that id at the destination. */
gboolean mm_journal_has_destination_id (MmJournal *self, gint64 folder, const char *destination_id);

/* Problems. @item: row, 0 for none. */
void mm_journal_add_problem (MmJournal *self, gint64 item, const MmProblem *problem);
void mm_journal_remove_problems (MmJournal *self, gint64 item, MmOutcome outcome);
/* Forgets what an earlier check of what arrived has found, but for what the store itself said. */
void mm_journal_remove_checks (MmJournal *self, MmKind kind);
/* Forgets problems about no item (a stop's reason, a folder left) with @outcome. */
void mm_journal_remove_general_problems (MmJournal *self, MmOutcome outcome);
/* Forgets problems of whole folders of @kind with @code. */
void mm_journal_remove_folder_problems (MmJournal *self, MmKind kind, const char *code);
/* After row @after, at most @limit (0: all); @after is advanced. (element-type MmProblem) */
GPtrArray *mm_journal_list_problems (MmJournal *self, gint64 *after, guint limit);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MmJournalFolder, mm_journal_folder_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MmJournalItem, mm_journal_item_free)
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (MmJournalInfo, mm_journal_info_clear)

G_END_DECLS
