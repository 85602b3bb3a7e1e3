/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>
#include "ui/mm-runner.h"

G_BEGIN_DECLS

/**
 * MmNewPage:
 *
 * Two accounts, what to move, check, preview, start; then the progress of what was started.
 */
#define MM_TYPE_NEW_PAGE (mm_new_page_get_type ())
G_DECLARE_FINAL_TYPE (MmNewPage, mm_new_page, MM, NEW_PAGE, AdwBin)

void mm_new_page_set_runner (MmNewPage *self,
                             MmRunner  *runner);

/* Fills a side's form in. @password: (nullable) */
void mm_new_page_fill (MmNewPage       *self,
                       MmSide           side,
                       const MmService *service,
                       const char      *password);

G_END_DECLS
