/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>
#include "ui/mm-watch.h"

G_BEGIN_DECLS

/**
 * MmMigrationView:
 *
 * Everything about one recorded migration: ID, state, stages, problems, dates, and what can be
 * done with it. Used by the progress page and by the follow window. Reads the history only while
 * it is on the screen.
 */
#define MM_TYPE_MIGRATION_VIEW (mm_migration_view_get_type ())
G_DECLARE_FINAL_TYPE (MmMigrationView, mm_migration_view, MM, MIGRATION_VIEW, AdwBin)

/* @watch: (nullable) */
void mm_migration_view_set_watch (MmMigrationView *self,
                                  MmWatch         *watch);

MmWatch *mm_migration_view_get_watch (MmMigrationView *self); /* (transfer none) (nullable) */

/* Asks for the passwords and resumes, as soon as it is known that this is possible. */
void mm_migration_view_resume (MmMigrationView *self);

G_END_DECLS
