/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "stores/wrap/mm-fault-store.h"
#include "stores/wrap/mm-wrap-store.h"

G_BEGIN_DECLS

/* What other people and odd servers do while a migration runs. Called in the engine's threads, one
 * at a time. */
typedef struct
{
  /* Before a call reaches the store. @n: how many calls of that sort came before, over all stores
   * that share this. Only for the calls on items. */
  void (*before) (MmCall call, guint n, gpointer user_data);

  /* What the server makes of an item; NULL: leaves it as it is. (transfer full) */
  MmItem *(*alter) (const MmItem *item, gpointer user_data);

  gpointer user_data;

  /*< private >*/
  GMutex lock;
  guint n_calls[MM_N_CALLS];
} EngineMeddling;

/**
 * EngineMeddleStore:
 *
 * A store that lets a test have its hand in what goes through.
 */
#define ENGINE_TYPE_MEDDLE_STORE (engine_meddle_store_get_type ())
G_DECLARE_FINAL_TYPE (EngineMeddleStore, engine_meddle_store, ENGINE, MEDDLE_STORE, MmWrapStore)

/* @meddling: borrowed. (transfer full) */
MmStore *engine_meddle_store_new (MmStore        *inner,
                                  EngineMeddling *meddling);

G_END_DECLS
