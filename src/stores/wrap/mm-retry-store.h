/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "stores/wrap/mm-wrap-store.h"

G_BEGIN_DECLS

/**
 * MmRetryPolicy:
 *
 * How stubborn a retry store is. All counts are of tries in a row that brought nothing; whatever
 * arrives meanwhile begins the count anew.
 */
typedef struct
{
  guint attempts;       /* at least 1 */
  guint first_delay_ms; /* before the second try; doubles with each */
  guint max_delay_ms;

  /* Of the very first open, when there is no such host or nobody answers there: 1 tells a person
   * with a typing error at once. */
  guint initial_attempts;
} MmRetryPolicy;

/* 8 tries: at once, then after 0.5, 1, 2, 4, 8, 16 and 30 seconds; 1 initial try. */
void mm_retry_policy_init (MmRetryPolicy *self);

/* A server that asks for a longer wait than this (seconds) gets this. */
#define MM_RETRY_AFTER_MAX 600

/**
 * MmRetryStore:
 *
 * A store that bears transient errors (mm_error_is_transient ()) of the store inside: it waits,
 * longer each time and at least as long as a BUSY server asked for, opens the store again unless
 * it is open still, and repeats what was asked. Every wait ends at once when cancelled. While it
 * opens again, HOST and LIMIT count as transient too: the name was there before, and the server
 * may not have noticed yet that the old connection is gone. When the tries are used up, the call
 * fails with the last error.
 *
 * What is repeated:
 *
 * - open: after NETWORK, HOST and BUSY; the very first one as the policy says.
 * - list_folders: as a whole.
 * - list_items: the items delivered already are not delivered again; @position is that of the
 *   last pass.
 * - fetch_items: what was not delivered.
 * - create_folders: what is PENDING or UNKNOWN. A folder that was UNKNOWN and turns out to exist
 *   stays UNKNOWN, with its id: whether this call made it is for the journal to say.
 * - delete_folders, delete_items, subscribe_folders: what is PENDING or UNKNOWN. What was UNKNOWN
 *   and turns out to be as asked for is CREATED: that is what this call sent.
 * - store_items: never what is UNKNOWN. After BUSY, when nothing is UNKNOWN, what is PENDING.
 *   After another transient error the store is opened again and the call returns TRUE with the
 *   results as they are, some perhaps UNKNOWN or PENDING: the caller looks at the destination and
 *   goes on. FALSE when opening again failed for good, or when the policy's number of such calls
 *   in a row had no item answered.
 *
 * An error that a callback returns is the caller's, and ends the call whatever it is.
 */
#define MM_TYPE_RETRY_STORE (mm_retry_store_get_type ())
G_DECLARE_FINAL_TYPE (MmRetryStore, mm_retry_store, MM, RETRY_STORE, MmWrapStore)

/* @policy: NULL for the usual one. (transfer full) */
MmStore *mm_retry_store_new (MmStore             *inner,
                             const MmRetryPolicy *policy);

G_END_DECLS
