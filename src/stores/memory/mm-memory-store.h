/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "stores/memory/mm-memory-server.h"

G_BEGIN_DECLS

/**
 * MmMemoryStore:
 *
 * The store for an account in memory: the smallest whole example of a store, and the server that
 * the engine's tests run on. With a round_trip_us in the capabilities every call takes that long.
 */
#define MM_TYPE_MEMORY_STORE (mm_memory_store_get_type ())
G_DECLARE_FINAL_TYPE (MmMemoryStore, mm_memory_store, MM, MEMORY_STORE, MmStore)

/* (transfer full) */
MmStore *mm_memory_store_new (MmMemoryServer *server);

G_END_DECLS
