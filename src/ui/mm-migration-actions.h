/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>
#include "ui/mm-watch.h"

G_BEGIN_DECLS

/**
 * MmMigrationActions:
 *
 * What can be done with a recorded migration: cancel, stop, resume, roll back. What cannot is
 * insensitive and says why. Asks for passwords and confirmation itself.
 */
#define MM_TYPE_MIGRATION_ACTIONS (mm_migration_actions_get_type ())
G_DECLARE_FINAL_TYPE (MmMigrationActions, mm_migration_actions, MM, MIGRATION_ACTIONS,
                      AdwPreferencesGroup)

void mm_migration_actions_set_watch (MmMigrationActions *self,
                                     MmWatch            *watch);

/* As a click on "Resume…", when that is possible. */
void mm_migration_actions_resume (MmMigrationActions *self);

G_END_DECLS
