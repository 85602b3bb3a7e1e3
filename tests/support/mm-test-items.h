/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "model/mm-store.h"

G_BEGIN_DECLS

/* Small messages and the shortest way to have them in stores; what goes wrong here aborts. */

#define MM_TEST_PATH(...) ((const char *const[]) { __VA_ARGS__, NULL })

/* Message "<test.@n@example.org>" with a date and flags that follow from @n. (transfer full) */
MmItem *mm_test_item_new (guint n);

/* @n of them, from number @first on. (transfer full) (element-type MmItem) */
GPtrArray *mm_test_items_new (guint first,
                              guint n);

/* As @store lists it; NULL when it does not. (transfer full) */
MmFolder *mm_test_find_folder (MmStore           *store,
                               MmKind             kind,
                               const char *const *path);

/* The labels of what is in @folder, without brackets and domain: "test.0 test.1".
 * (transfer full) */
char *mm_test_list_labels (MmStore  *store,
                           MmFolder *folder);

/* The states of @results as letters: Pending, Created, Existed, Failed, Unknown. (transfer full) */
char *mm_test_results_to_string (GPtrArray *results);

G_END_DECLS
