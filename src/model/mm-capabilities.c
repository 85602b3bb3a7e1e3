/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/mm-capabilities.h"

void
mm_capabilities_init (MmCapabilities *self)
{
  g_return_if_fail (self != NULL);

  *self = (MmCapabilities) { .quota_used = -1, .quota_limit = -1 };
}

MmKindSet
mm_capabilities_get_readable (const MmCapabilities *self)
{
  MmKindSet set = 0;

  g_return_val_if_fail (self != NULL, 0);

  for (guint kind = 0; kind < MM_N_KINDS; kind++)
    if (self->kinds[kind].read)
      set |= MM_KIND_BIT (kind);
  return set;
}

MmKindSet
mm_capabilities_get_writable (const MmCapabilities *self)
{
  MmKindSet set = 0;

  g_return_val_if_fail (self != NULL, 0);

  for (guint kind = 0; kind < MM_N_KINDS; kind++)
    if (self->kinds[kind].create)
      set |= MM_KIND_BIT (kind);
  return set;
}
