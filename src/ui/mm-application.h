/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>
#include "engine/mm-migration.h"
#include "ui/mm-runner.h"

G_BEGIN_DECLS

/**
 * MmApplication:
 *
 * The program: one instance, its windows and actions. Keeps the process alive, and the computer
 * awake, while a migration runs.
 */
#define MM_TYPE_APPLICATION (mm_application_get_type ())
G_DECLARE_FINAL_TYPE (MmApplication, mm_application, MM, APPLICATION, AdwApplication)

/* @history_directory: as mm_history_new (). */
MmApplication *mm_application_new (MmStoreFactory  factory,
                                   const char     *history_directory);

MmRunner *mm_application_get_runner (MmApplication *self); /* (transfer none) */

G_END_DECLS
