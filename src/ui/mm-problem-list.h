/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>
#include "engine/mm-report.h"

G_BEGIN_DECLS

/**
 * MmProblemList:
 *
 * The problems of a migration as a GListModel of MmLine. Lines are made only for what is looked
 * at, so that a hundred thousand problems cost no more than their text.
 */
#define MM_TYPE_PROBLEM_LIST (mm_problem_list_get_type ())
G_DECLARE_FINAL_TYPE (MmProblemList, mm_problem_list, MM, PROBLEM_LIST, GObject)

MmProblemList *mm_problem_list_new (void);

/* The list grows by what was appended a few times a second, in one step: a GtkListView looks
 * through all that it knows at every change. */
void mm_problem_list_append (MmProblemList   *self,
                             const MmProblem *problem);

/* Makes the list equal to @problems (element-type MmProblem) (nullable); what is equal at its
 * beginning stays, so that a list that only grew keeps its place on the screen. */
void mm_problem_list_update (MmProblemList *self,
                             GPtrArray     *problems);

G_END_DECLS
