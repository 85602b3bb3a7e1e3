/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/mm-migration.h"

G_BEGIN_DECLS

/**
 * MmPool:
 *
 * The open stores (connections) of one service, lent to threads one at a time. Opens more as they
 * are asked for, up to what pays and what the server bears; when the server says "too many", it
 * works with those it has. Thread-safe. Atomically reference counted.
 */
typedef struct _MmPool MmPool;

MmPool *mm_pool_new   (MmStoreFactory    factory,
                       const MmService  *service,
                       MmCredentials    *credentials);
MmPool *mm_pool_ref   (MmPool *self);
void    mm_pool_unref (MmPool *self);

/* Opens the first store, which also tells the capabilities. */
gboolean mm_pool_open (MmPool        *self,
                       GCancellable  *cancellable,
                       GError       **error);

/* Closes what is idle. */
void mm_pool_close (MmPool *self);

const MmCapabilities *mm_pool_get_capabilities (MmPool *self);

/* How many threads it pays to run with this service. */
guint mm_pool_get_width (MmPool *self);

/* An open store, waiting for one if need be. Give it back with mm_pool_give_back (). */
MmStore *mm_pool_take (MmPool        *self,
                       GCancellable  *cancellable,
                       GError       **error);

/* Opens one more store if the width allows it, and leaves it idle. A server that refuses is not
 * asked again; whoever takes a store hears of everything else. */
void mm_pool_warm (MmPool       *self,
                   GCancellable *cancellable);

/* @store: (transfer full) (nullable). One that was closed by an error is dropped. */
void mm_pool_give_back (MmPool  *self,
                        MmStore *store);

/**
 * MmEndpoint:
 *
 * One side of a migration: the pools of an account's services, and which of them serves a kind.
 */
typedef struct _MmEndpoint MmEndpoint;

MmEndpoint *mm_endpoint_new  (MmStoreFactory    factory,
                              const MmAccount  *account,
                              MmCredentials    *credentials);
void        mm_endpoint_free (MmEndpoint *self);

/* Opens every service once. */
gboolean mm_endpoint_open (MmEndpoint    *self,
                           GCancellable  *cancellable,
                           GError       **error);
void     mm_endpoint_close (MmEndpoint *self);

MmKindSet mm_endpoint_get_readable (MmEndpoint *self);
MmKindSet mm_endpoint_get_writable (MmEndpoint *self);

/* The first service that reads (or writes) @kind; NULL. */
MmPool *mm_endpoint_get_pool (MmEndpoint *self,
                              MmKind      kind,
                              gboolean    for_writing);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MmPool, mm_pool_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MmEndpoint, mm_endpoint_free)

G_END_DECLS
