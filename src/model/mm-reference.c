/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/mm-reference.h"

MmReference *
mm_reference_new (const char *id)
{
  MmReference *self = g_new0 (MmReference, 1);

  self->id = g_strdup (id);
  self->size = MM_SIZE_UNKNOWN;
  self->date = MM_DATE_UNKNOWN;
  return self;
}

MmReference *
mm_reference_copy (const MmReference *self)
{
  MmReference *copy;

  g_return_val_if_fail (self != NULL, NULL);

  copy = g_memdup2 (self, sizeof *self);
  copy->id = g_strdup (self->id);
  copy->version = g_strdup (self->version);
  copy->keywords = g_strdupv (self->keywords);
  copy->global_id = g_strdup (self->global_id);
  copy->label = g_strdup (self->label);
  return copy;
}

void
mm_reference_free (MmReference *self)
{
  if (self == NULL)
    return;

  g_free (self->id);
  g_free (self->version);
  g_strfreev (self->keywords);
  g_free (self->global_id);
  g_free (self->label);
  g_free (self);
}
