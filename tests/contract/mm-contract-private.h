/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "mm-contract.h"

G_BEGIN_DECLS

/* How many different messages _mm_contract_item_new () knows before it repeats their shapes. */
#define MM_CONTRACT_N_SHAPES 8

#define PATH(...) ((const char *const[]) { __VA_ARGS__, NULL })

/* One test: an open store on an empty account. */
typedef struct
{
  MmContractFactory factory;
  gpointer user_data;
  MmKind kind;
  char *account;

  MmStore *store;
  MmCapabilities capabilities;
  MmKindCapabilities able; /* those of kind */
} MmContract;

typedef void (*MmContractTest) (MmContract *self);

/* One test "/contract/NAME/PATH"; a list of them ends with a path that is NULL. */
typedef struct
{
  const char *path;
  MmContractTest run;
} MmContractCase;

extern const MmContractCase _mm_contract_folder_cases[];
extern const MmContractCase _mm_contract_item_cases[];
extern const MmContractCase _mm_contract_error_cases[];

/* Another store on the same account, not opened. (transfer full) */
MmStore *_mm_contract_another_store (MmContract *self);

/* A folder of the test's kind at @path, with what creating it gave as its id. (transfer full) */
MmFolder *_mm_contract_create (MmContract        *self,
                               const char *const *path);

/* A folder to put items into: a new one, or where none can be made the first one that there is. */
MmFolder *_mm_contract_get_folder (MmContract *self);

/* As the store lists it now; NULL when it does not. (transfer full) */
MmFolder *_mm_contract_find (MmContract        *self,
                             const char *const *path);

/* (transfer full) (element-type MmFolder) */
GPtrArray *_mm_contract_list_folders (MmContract *self);

/* One entry in a list, for the calls that take lists. (transfer full) */
GPtrArray *_mm_contract_list_of (gpointer entry);

/* A message of about its own shape, with flags, keywords and a date; small enough for the store.
 * Equal numbers make equal items. (transfer full) */
MmItem *_mm_contract_item_new (MmContract *self,
                               guint       n);

/* The same with these bytes. (transfer full) */
MmItem *_mm_contract_item_new_bytes (const char *bytes,
                                     gssize      length);

/* Items number @first to @first + @n - 1. (transfer full) (element-type MmItem) */
GPtrArray *_mm_contract_items_new (MmContract *self,
                                   guint       first,
                                   guint       n);

/* Stores @items and asserts that all were created. (transfer full) */
GPtrArray *_mm_contract_store (MmContract *self,
                               MmFolder   *folder,
                               GPtrArray  *items);

/* (transfer full) (element-type MmReference) */
GPtrArray *_mm_contract_list (MmContract   *self,
                              MmFolder     *folder,
                              const char   *since,
                              MmListFlags   flags,
                              char        **position);

/* What was fetched for each of @references, in their order: MmItem, or NULL where the item failed
 * with NOT_FOUND. Asserts that each came exactly once. (transfer full) */
GPtrArray *_mm_contract_fetch (MmContract *self,
                               MmFolder   *folder,
                               GPtrArray  *references);

/* TRUE when @result names a change with that code. */
gboolean _mm_contract_has_change (const MmResult *result,
                                  const char     *code);

void _mm_contract_assert_state (GPtrArray     *results,
                                guint          index,
                                MmResultState  state);

G_END_DECLS
