/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "stores/mm-registry.h"

#include "stores/imap/mm-imap-store.h"
#include "stores/wrap/mm-retry-store.h"

typedef struct
{
  MmProtocol protocol;
  MmStore *(*create) (const MmService *service, MmCredentials *credentials);
} Entry;

static const Entry entries[] = {
  { MM_PROTOCOL_IMAP, mm_imap_store_new },
};

MmStore *
mm_registry_create_store (const MmService *service,
                          MmCredentials   *credentials)
{
  g_return_val_if_fail (service != NULL, NULL);
  g_return_val_if_fail (credentials != NULL, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (entries); i++)
    if (entries[i].protocol == service->protocol)
      {
        g_autoptr (MmStore) plain = entries[i].create (service, credentials);

        return mm_retry_store_new (plain, NULL);
      }
  g_return_val_if_reached (NULL);
}

const MmProtocol *
mm_registry_get_protocols (guint *n_protocols)
{
  static const MmProtocol protocols[] = { MM_PROTOCOL_IMAP };

  g_return_val_if_fail (n_protocols != NULL, NULL);

  *n_protocols = G_N_ELEMENTS (protocols);
  return protocols;
}
