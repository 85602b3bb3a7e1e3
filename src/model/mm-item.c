/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/mm-item.h"

MmItem *
mm_item_new (MmReference *reference,
             MmBlob      *blob)
{
  MmItem *self;

  g_return_val_if_fail (reference != NULL, NULL);
  g_return_val_if_fail (blob != NULL, NULL);

  self = g_new0 (MmItem, 1);
  self->reference = reference;
  self->blob = blob;
  return self;
}

void
mm_item_free (MmItem *self)
{
  if (self == NULL)
    return;

  mm_reference_free (self->reference);
  mm_blob_unref (self->blob);
  g_free (self);
}

MmChange *
mm_change_new (const char *code,
               const char *message)
{
  MmChange *self;

  g_return_val_if_fail (code != NULL, NULL);

  self = g_new0 (MmChange, 1);
  self->code = g_strdup (code);
  self->message = g_strdup (message);
  return self;
}

MmChange *
mm_change_copy (const MmChange *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return mm_change_new (self->code, self->message);
}

void
mm_change_free (MmChange *self)
{
  if (self == NULL)
    return;

  g_free (self->code);
  g_free (self->message);
  g_free (self);
}

GPtrArray *
mm_results_new (guint n)
{
  GPtrArray *results = g_ptr_array_new_full (n, (GDestroyNotify) mm_result_free);

  for (guint i = 0; i < n; i++)
    g_ptr_array_add (results, g_new0 (MmResult, 1));
  return results;
}

void
mm_result_free (MmResult *self)
{
  if (self == NULL)
    return;

  g_free (self->id);
  g_free (self->version);
  g_clear_pointer (&self->changes, g_ptr_array_unref);
  g_clear_error (&self->error);
  g_free (self);
}

void
mm_result_add_change (MmResult   *self,
                      const char *code,
                      const char *message)
{
  g_return_if_fail (self != NULL);

  if (self->changes == NULL)
    self->changes = g_ptr_array_new_with_free_func ((GDestroyNotify) mm_change_free);
  g_ptr_array_add (self->changes, mm_change_new (code, message));
}

void
mm_result_fail (MmResult *self,
                GError   *error)
{
  g_return_if_fail (self != NULL);
  g_return_if_fail (error != NULL);

  g_clear_error (&self->error);
  self->state = MM_RESULT_FAILED;
  self->error = error;
}
