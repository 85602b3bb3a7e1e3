/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "model/mm-service.h"
#include "model/mm-store.h"

G_BEGIN_DECLS

/* The one place that knows every protocol's store. */

/* The store for @service, not opened, with the wrapper that waits and tries again after errors
 * that pass. Fits MmStoreFactory; from any thread. (transfer full) */
MmStore *mm_registry_create_store (const MmService *service,
                                   MmCredentials   *credentials);

/* The protocols that an account can be on, in the order in which they are offered. Static. */
const MmProtocol *mm_registry_get_protocols (guint *n_protocols);

G_END_DECLS
