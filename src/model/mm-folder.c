/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/mm-folder.h"

MmFolder *
mm_folder_new (MmKind             kind,
               const char *const *path)
{
  MmFolder *self;

  g_return_val_if_fail (path != NULL, NULL);

  self = g_new0 (MmFolder, 1);
  self->kind = kind;
  self->path = g_strdupv ((char **) path);
  self->selectable = TRUE;
  self->n_items = -1;
  self->n_bytes = -1;
  g_atomic_ref_count_init (&self->ref_count);
  return self;
}

MmFolder *
mm_folder_ref (MmFolder *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

void
mm_folder_unref (MmFolder *self)
{
  if (self == NULL || !g_atomic_ref_count_dec (&self->ref_count))
    return;

  g_free (self->id);
  g_strfreev (self->path);
  g_free (self->position);
  g_free (self);
}

MmFolder *
mm_folder_copy (const MmFolder *self)
{
  MmFolder *copy;

  g_return_val_if_fail (self != NULL, NULL);

  copy = mm_folder_new (self->kind, (const char *const *) self->path);
  copy->id = g_strdup (self->id);
  copy->role = self->role;
  copy->role_is_certain = self->role_is_certain;
  copy->selectable = self->selectable;
  copy->subscribed = self->subscribed;
  copy->n_items = self->n_items;
  copy->n_bytes = self->n_bytes;
  copy->position = g_strdup (self->position);
  return copy;
}

char *
mm_folder_get_display_path (const MmFolder *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return mm_path_to_display ((const char *const *) self->path);
}

char *
mm_path_to_display (const char *const *path)
{
  return path == NULL ? g_strdup ("") : g_strjoinv ("/", (char **) path);
}

gboolean
mm_path_equal (const char *const *a,
               const char *const *b)
{
  g_return_val_if_fail (a != NULL, FALSE);
  g_return_val_if_fail (b != NULL, FALSE);

  return g_strv_equal (a, b);
}

gboolean
mm_path_is_within (const char *const *path,
                   const char *const *ancestor)
{
  g_return_val_if_fail (path != NULL, FALSE);
  g_return_val_if_fail (ancestor != NULL, FALSE);

  for (; *ancestor != NULL; path++, ancestor++)
    if (*path == NULL || !g_str_equal (*path, *ancestor))
      return FALSE;
  return TRUE;
}
