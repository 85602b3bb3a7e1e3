/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>
#include "ui/mm-past-list.h"
#include "ui/mm-runner.h"

G_BEGIN_DECLS

/**
 * MmFollowPage:
 *
 * Finds a migration by its ID and address, and lists those of this computer; opens their follow
 * windows.
 */
#define MM_TYPE_FOLLOW_PAGE (mm_follow_page_get_type ())
G_DECLARE_FINAL_TYPE (MmFollowPage, mm_follow_page, MM, FOLLOW_PAGE, AdwBin)

void mm_follow_page_set_runner (MmFollowPage *self,
                                MmRunner     *runner,
                                MmPastList   *past);

G_END_DECLS
