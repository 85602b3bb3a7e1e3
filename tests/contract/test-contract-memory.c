/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "mm-contract.h"
#include "stores/memory/mm-memory-store.h"
#include "stores/wrap/mm-fault-store.h"
#include "stores/wrap/mm-retry-store.h"

/* One flavour of a server in memory, with its accounts by name. */
typedef struct
{
  MmMemoryTraits traits;
  MmStore *(*wrap) (MmStore *inner); /* NULL: bare */
  GHashTable *accounts;
} Flavour;

static MmStore *
make_store (const char *account,
            gpointer    user_data)
{
  Flavour *flavour = user_data;
  MmMemoryServer *server = g_hash_table_lookup (flavour->accounts, account);
  g_autoptr (MmStore) store = NULL;

  if (server == NULL)
    {
      server = mm_memory_server_new (&flavour->traits);
      g_hash_table_insert (flavour->accounts, g_strdup (account), server);
    }
  store = mm_memory_store_new (server);
  return flavour->wrap != NULL ? flavour->wrap (store) : g_steal_pointer (&store);
}

static MmStore *
wrap_in_retries (MmStore *inner)
{
  return mm_retry_store_new (inner, NULL);
}

static MmStore *
wrap_in_faults (MmStore *inner)
{
  g_autoptr (MmFaults) faults = mm_faults_new ();

  return mm_fault_store_new (inner, faults);
}

static Flavour flavours[16];
static guint n_flavours;

static Flavour *
add (const char *name,
     MmKind      kind)
{
  Flavour *flavour = &flavours[n_flavours++];

  mm_memory_traits_init (&flavour->traits, MM_KIND_BIT (kind));
  flavour->accounts = g_hash_table_new_full (g_str_hash, g_str_equal, g_free,
                                             (GDestroyNotify) mm_memory_server_unref);
  mm_contract_add (name, kind, make_store, flavour);
  return flavour;
}

static MmKindCapabilities *
add_mail (const char *name)
{
  return &add (name, MM_KIND_EMAILS)->traits.capabilities.kinds[MM_KIND_EMAILS];
}

static void
add_flavours (void)
{
  MmKindCapabilities *able;
  Flavour *flavour;

  add_mail ("memory");

  /* Everything is poorer than usual at once. */
  able = add_mail ("memory-poor");
  able->returns_ids = FALSE;
  able->keeps_dates = FALSE;
  able->keeps_keywords = FALSE;
  able->subscribes = FALSE;
  able->delete_ = FALSE;
  able->batch_items = 3;
  able->item_max_bytes = 1024;
  able->inbox_has_children = FALSE;

  able = add_mail ("memory-strict-names");
  strcpy (able->name_forbidden, "/.%*\"\\");
  able->name_max_bytes = 60;

  able = add_mail ("memory-no-folders");
  able->creates_folders = FALSE;
  able->keeps_flags = FALSE;

  flavour = add ("memory-levels", MM_KIND_EMAILS);
  flavour->traits.makes_parents = FALSE;
  flavour->traits.has_versions = TRUE;
  flavour->traits.connection_limit = 1;

  add ("memory-calendars", MM_KIND_CALENDARS);

  flavour = add ("wrapped", MM_KIND_EMAILS);
  flavour->wrap = mm_wrap_store_new;

  flavour = add ("wrapped-in-retries", MM_KIND_EMAILS);
  flavour->wrap = wrap_in_retries;

  flavour = add ("wrapped-in-faults", MM_KIND_EMAILS);
  flavour->wrap = wrap_in_faults;
}

int
main (int   argc,
      char *argv[])
{
  int status;

  g_test_init (&argc, &argv, NULL);
  add_flavours ();
  status = g_test_run ();

  for (guint i = 0; i < n_flavours; i++)
    g_hash_table_unref (flavours[i].accounts);
  return status;
}
