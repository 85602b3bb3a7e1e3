/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>
#include "engine/mm-history.h"
#include "engine/mm-plan.h"
#include "engine/mm-report.h"
#include "model/mm-service.h"
#include "model/mm-store.h"

G_BEGIN_DECLS

/**
 * MmMigration:
 *
 * One run from one account to another: begun, resumed or rolled back. Belongs to the thread (main
 * context) that made it; does its work in threads of its own and tells about it there.
 *
 * Signals, at most ten times a second each tick, in the thread that made it:
 *   changed ()            the report has changed
 *   problem (MmProblem *) one more problem, in the order of happening; the last of a run at the
 *                         latest while its finish is called
 */
#define MM_TYPE_MIGRATION (mm_migration_get_type ())
G_DECLARE_FINAL_TYPE (MmMigration, mm_migration, MM, MIGRATION, GObject)

typedef enum
{
  MM_SIDE_NONE,
  MM_SIDE_SOURCE,
  MM_SIDE_DESTINATION,
  MM_SIDE_BOTH,
} MmSide;

const char *mm_side_to_nick (MmSide side); /* "none", "source", "destination", "both". Static. */

/* Makes the store for a service; called from any thread. (transfer full) */
typedef MmStore *(*MmStoreFactory) (const MmService *service,
                                    MmCredentials   *credentials);

/* @source, @destination, credentials: copied or referenced. @kinds: 0 for everything that both
 * can. @folders: display paths at the source, NULL for all. */
MmMigration *mm_migration_new (MmHistory          *history,
                               MmStoreFactory      factory,
                               const MmAccount    *source,
                               const MmAccount    *destination,
                               MmCredentials      *source_credentials,
                               MmCredentials      *destination_credentials,
                               MmKindSet           kinds,
                               const char *const  *folders);

/* One of the history, to resume or roll back; @source_credentials may be NULL for a rollback.
 * Errors: as mm_history_find (). */
MmMigration *mm_migration_open (MmHistory       *history,
                                MmStoreFactory   factory,
                                const char      *id,
                                const char      *address,
                                MmCredentials   *source_credentials,
                                MmCredentials   *destination_credentials,
                                GError         **error);

/* Which side the error of the last call came from. */
MmSide mm_migration_get_error_side (MmMigration *self);

/* Signs in to both sides and out again; nothing is written. @offered: the kinds that both can.
 * Errors: everything before the work can begin; UNSUPPORTED when a kind asked for cannot be moved. */
void     mm_migration_check_async  (MmMigration          *self,
                                    GCancellable         *cancellable,
                                    GAsyncReadyCallback   callback,
                                    gpointer              user_data);
gboolean mm_migration_check_finish (MmMigration          *self,
                                    GAsyncResult         *result,
                                    MmKindSet            *offered,
                                    GError              **error);

/* Scans both sides and says what would be done, stage by stage; leaves no trace anywhere.
 * mm_migration_get_report () then has the stages with what would be copied, existed, skipped.
 * (element-type MmPlan), one a stage. */
void       mm_migration_preview_async  (MmMigration          *self,
                                        GCancellable         *cancellable,
                                        GAsyncReadyCallback   callback,
                                        gpointer              user_data);
GPtrArray *mm_migration_preview_finish (MmMigration          *self,
                                        GAsyncResult         *result,
                                        GError              **error);

/* Checks, creates the record (report id set, "changed" emitted at once) and runs to the end; for
 * one of the history: resumes. TRUE when a state of the report says how it ended (completed,
 * cancelled, stopped, failed); FALSE when nothing began. Not cancelled by a GCancellable but by
 * the two calls below. */
void     mm_migration_run_async  (MmMigration          *self,
                                  GAsyncReadyCallback   callback,
                                  gpointer              user_data);
gboolean mm_migration_run_finish (MmMigration          *self,
                                  GAsyncResult         *result,
                                  GError              **error);

/* Puts the destination back. Resumable and idempotent. MM_ERROR_UNSUPPORTED when the 48 hours
 * are over, or it runs elsewhere. */
void     mm_migration_rollback_async  (MmMigration          *self,
                                       GAsyncReadyCallback   callback,
                                       gpointer              user_data);
gboolean mm_migration_rollback_finish (MmMigration          *self,
                                       GAsyncResult         *result,
                                       GError              **error);

/* What a rollback would do, from the journal alone: messages that it would remove, folders that
 * it would remove. Cheap. */
void mm_migration_count_rollback (MmMigration *self,
                                  guint64     *items,
                                  guint64     *folders);

/* Cancel: the running stage finishes, later ones are dropped. */
void mm_migration_cancel (MmMigration *self);

/* Stop now: returns within two seconds, resumable. */
void mm_migration_stop (MmMigration *self);

gboolean mm_migration_is_running (MmMigration *self);

/* A snapshot, without problems while running, with them after the end. (transfer full) */
MmReport *mm_migration_get_report (MmMigration *self);

G_END_DECLS
