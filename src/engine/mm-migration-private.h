/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/mm-migration.h"
#include "engine/mm-run.h"

G_BEGIN_DECLS

/* Between the two files of the class: what it is, and what its threads do. */

struct _MmMigration
{
  GObject parent_instance;

  MmHistory *history;
  MmStoreFactory factory;
  MmAccount *source;
  MmAccount *destination;
  MmCredentials *source_credentials;
  MmCredentials *destination_credentials;
  MmKindSet kinds;
  char **folders;

  MmProgress *progress;
  MmRun run;
  int lock_file;
  GPtrArray *plans;      /* of the last preview */
  MmKindSet offered;

  GMutex lock;           /* what follows is shared with the threads */
  MmReport *report;      /* without stages while running */
  MmSide error_side;
  gboolean running;
  gboolean begun;        /* there is something to tell of this run */
};

/* MmWorkerFunc: each in a thread of its own, @user_data is the migration. */
gboolean _mm_migration_check_thread    (gpointer       user_data,
                                        GCancellable  *cancellable,
                                        GError       **error);
gboolean _mm_migration_preview_thread  (gpointer       user_data,
                                        GCancellable  *cancellable,
                                        GError       **error);
gboolean _mm_migration_run_thread      (gpointer       user_data,
                                        GCancellable  *cancellable,
                                        GError       **error);
gboolean _mm_migration_rollback_thread (gpointer       user_data,
                                        GCancellable  *cancellable,
                                        GError       **error);

G_END_DECLS
