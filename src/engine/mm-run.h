/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/mm-journal.h"
#include "engine/mm-plan.h"
#include "engine/mm-pool.h"
#include "engine/mm-progress.h"

G_BEGIN_DECLS

/**
 * MmRun:
 *
 * What the steps of one migration share while its threads run. Plain struct, owned by the
 * migration; the fields do not change while its threads run.
 */
typedef struct
{
  MmJournal *journal;
  MmProgress *progress;
  MmEndpoint *source;      /* NULL in a rollback */
  MmEndpoint *destination;
  char **folders;          /* what the person chose; NULL: everything */
  GCancellable *stop;      /* Stop now */
  gint cancelled;          /* atomic: drop what has not begun */
  MmProblem *unrecorded;   /* why it ended, when the journal takes nothing more; NULL */
} MmRun;

/**
 * MmStage:
 *
 * One kind within a run.
 */
typedef struct
{
  MmRun *run;
  MmKind kind;
  MmPool *source;
  MmPool *destination;
  const MmKindCapabilities *can;  /* the destination */
  MmPlan *plan;
  GPtrArray *tree;                /* the destination's folders before anything was made */
  GPtrArray *folders;             /* (element-type MmJournalFolder) */
  guint width;                    /* threads */
  MmStageState state;             /* as was told last */
} MmStage;

/* Scans both sides and writes folders and items into the journal; goes on where an earlier scan
 * of this journal ended. */
gboolean mm_scan_stage (MmStage *stage, GError **error);

/* Makes and subscribes the folders that are missing at the destination. */
gboolean mm_create_stage (MmStage *stage, GError **error);

/* Copies what is planned, and settles what an interrupted run left open. */
gboolean mm_transfer_stage (MmStage *stage, GError **error);

/* Looks at the destination: presence, size, flags, date; reports differences. */
gboolean mm_verify_stage (MmStage *stage, GError **error);

/* Takes back what the journal says was done to @kind. */
gboolean mm_rollback_stage (MmStage *stage, GError **error);

/* Finds out what became of @rows (element-type MmJournalItem): sent without an answer, or stored
 * without an id. What is found gets its destination_id and the state DONE; the rest is left as it
 * is. Looks only at what came to the folder since the migration touched it and is no other item
 * of the journal; writes nothing. */
gboolean mm_resolve_items (MmRun            *run,
                           MmStore          *store,
                           MmJournalFolder  *folder,
                           GPtrArray        *rows,
                           GError          **error);

/* The folder as the stores want it. (transfer full) */
MmFolder *mm_run_source_folder      (const MmJournalFolder *folder);
MmFolder *mm_run_destination_folder (const MmJournalFolder *folder);

/* Notes a problem in the journal (a transaction must be open) and tells it. @item: NULL for the
 * whole folder, @folder: NULL for the whole stage. */
void mm_run_add_problem (MmRun                 *run,
                         MmKind                 kind,
                         const MmJournalFolder *folder,
                         const MmJournalItem   *item,
                         MmOutcome              outcome,
                         const char            *code,
                         const char            *message);

/* Calls @func (stage, folder row index, user_data…) for every folder of the stage that @wants,
 * largest first, in stage->width threads; ends early, with the first error. Each thread gets its
 * own stores: of the source when @uses_source, of the destination when @uses_destination. */
typedef gboolean (*MmFolderFunc) (MmStage          *stage,
                                  MmJournalFolder  *folder,
                                  MmStore          *source,
                                  MmStore          *destination,
                                  gpointer          user_data,
                                  GError          **error);
gboolean mm_run_each_folder (MmStage       *stage,
                             GPtrArray     *folders,
                             gboolean       uses_source,
                             gboolean       uses_destination,
                             MmFolderFunc   func,
                             gpointer       user_data,
                             GError       **error);

G_END_DECLS
