/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "model/mm-store.h"

G_BEGIN_DECLS

/**
 * MmWrapStore:
 *
 * A store around a store, which hands every call on as it is: the base of those that add
 * something (retry, faults). Opening and closing it opens and closes the store inside, which
 * nobody else uses meanwhile.
 */
#define MM_TYPE_WRAP_STORE (mm_wrap_store_get_type ())
G_DECLARE_DERIVABLE_TYPE (MmWrapStore, mm_wrap_store, MM, WRAP_STORE, MmStore)

struct _MmWrapStoreClass
{
  MmStoreClass parent_class;
};

/* (transfer full) */
MmStore *mm_wrap_store_new (MmStore *inner);

/* For subclasses: an instance of @type around @inner. (transfer full) */
gpointer mm_wrap_store_construct (GType    type,
                                  MmStore *inner);

/* (transfer none) */
MmStore *mm_wrap_store_get_inner (MmWrapStore *self);

G_END_DECLS
