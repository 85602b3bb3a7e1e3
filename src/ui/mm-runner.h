/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/mm-migration.h"
#include "ui/mm-problem-list.h"

G_BEGIN_DECLS

/**
 * MmRunner:
 *
 * The migrations of this process: where they are recorded, what makes their stores, and which
 * are running now. Main thread only.
 *
 * Signals:
 *   changed ()  a migration began or ended
 */
#define MM_TYPE_RUNNER (mm_runner_get_type ())
G_DECLARE_FINAL_TYPE (MmRunner, mm_runner, MM, RUNNER, GObject)

MmRunner *mm_runner_new (MmHistory      *history,
                         MmStoreFactory  factory);

MmHistory *mm_runner_get_history (MmRunner *self); /* (transfer none) */

/* As mm_migration_new (), for one service a side. (transfer full) */
MmMigration *mm_runner_create (MmRunner        *self,
                               const MmService *source,
                               const MmService *destination,
                               MmCredentials   *source_credentials,
                               MmCredentials   *destination_credentials,
                               MmKindSet        kinds);

/* As mm_migration_open (). (transfer full) */
MmMigration *mm_runner_open (MmRunner       *self,
                             const char     *id,
                             const char     *address,
                             MmCredentials  *source_credentials,
                             MmCredentials  *destination_credentials,
                             GError        **error);

typedef enum
{
  MM_RUNNER_RUN,      /* from the beginning, or resumed */
  MM_RUNNER_ROLLBACK,
} MmRunnerAct;

/* Runs @migration or rolls it back; it counts as running until @callback. Results as
 * mm_migration_run_finish () and mm_migration_rollback_finish (). */
void     mm_runner_start_async  (MmRunner             *self,
                                 MmMigration          *migration,
                                 MmRunnerAct           act,
                                 GAsyncReadyCallback   callback,
                                 gpointer              user_data);
gboolean mm_runner_start_finish (MmRunner             *self,
                                 GAsyncResult         *result,
                                 GError              **error);

/* The running migration with @id and its problems so far; NULL when this process runs none.
 * @problems (out) (optional) (transfer none). (transfer none) */
MmMigration *mm_runner_find (MmRunner       *self,
                             const char     *id,
                             MmProblemList **problems);

guint mm_runner_get_n_running (MmRunner *self);

/* Stops all that are running now; they can be resumed. */
void mm_runner_stop_all (MmRunner *self);

G_END_DECLS
