/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/mm-plan-private.h"

#include <string.h>

/* The server's word beats a guess; then the one nearest to the top, then the first by name: never
 * the order of the list, which a server may change from one day to the next. */
static gboolean
precedes (const MmFolder *a,
          const MmFolder *b)
{
  guint n_a = g_strv_length (a->path);
  guint n_b = g_strv_length (b->path);
  g_autofree char *key_a = NULL;
  g_autofree char *key_b = NULL;

  if (a->role_is_certain != b->role_is_certain)
    return a->role_is_certain;
  if (n_a != n_b)
    return n_a < n_b;
  key_a = _mm_planner_key ((const char *const *) a->path);
  key_b = _mm_planner_key ((const char *const *) b->path);
  return strcmp (key_a, key_b) < 0;
}

static MmFolder *
find_role (GPtrArray *folders,
           MmRole     role,
           gboolean   only_certain)
{
  MmFolder *best = NULL;

  for (guint i = 0; i < folders->len; i++)
    {
      MmFolder *folder = g_ptr_array_index (folders, i);

      if (folder->role == role && folder->selectable &&
          (folder->role_is_certain || !only_certain) &&
          (best == NULL || precedes (folder, best)))
        best = folder;
    }
  return best;
}

/* Of several that look like it the one that is called as the destination's, when that is sure. */
static const MmFolder *
find_owner (const MmPlanner *self,
            MmRole           role,
            const MmFolder  *destination)
{
  const MmFolder *owner = find_role (self->source, role, FALSE);
  g_autofree char *key = NULL;

  if (owner == NULL || owner->role_is_certain || destination == NULL)
    return owner;
  key = _mm_planner_key ((const char *const *) destination->path);
  for (guint i = 0; i < self->source->len; i++)
    {
      const MmFolder *source = g_ptr_array_index (self->source, i);
      g_autofree char *own = _mm_planner_natural_key (self, source);

      if (source->role == role && source->selectable && g_str_equal (own, key))
        return source;
    }
  return owner;
}

/* What only looks like it by its name: the owner's namesake, or one that no other source folder
 * has a claim to. */
static MmFolder *
guess_destination (const MmPlanner *self,
                   GPtrArray       *destination,
                   const MmFolder  *owner)
{
  g_autofree char *own = _mm_planner_natural_key (self, owner);
  MmFolder *best = NULL;

  for (guint i = 0; i < destination->len; i++)
    {
      MmFolder *folder = g_ptr_array_index (destination, i);
      g_autofree char *key = _mm_planner_key ((const char *const *) folder->path);

      if (folder->role != owner->role || !folder->selectable)
        continue;
      if (g_str_equal (key, own))
        return folder;
      if (!g_hash_table_contains (self->names, key) && (best == NULL || precedes (folder, best)))
        best = folder;
    }
  return best;
}

/* A plan made after the migration must come to the same, whatever was made meanwhile: where both
 * the owner and the folder that would be in its way have their namesakes, names decide. */
static gboolean
names_decide (const MmPlanner *self,
              const MmFolder  *owner,
              const MmFolder  *destination)
{
  g_autofree char *own = _mm_planner_natural_key (self, owner);
  g_autofree char *key = _mm_planner_key ((const char *const *) destination->path);
  const MmFolder *namesake = g_hash_table_lookup (self->destinations, own);

  return !g_str_equal (own, key) && g_hash_table_contains (self->names, key) &&
         namesake != NULL && namesake->selectable;
}

void
_mm_planner_find_roles (MmPlanner *self,
                        GPtrArray *destination)
{
  for (MmRole role = MM_ROLE_NONE + 1; role < MM_N_ROLES; role++)
    {
      MmFolder *found = find_role (destination, role, TRUE);
      const MmFolder *owner = find_owner (self, role, found);

      if (owner == NULL)
        continue;
      if (found == NULL)
        found = guess_destination (self, destination, owner);
      else if (names_decide (self, owner, found))
        found = NULL;
      self->owners[role] = owner;
      self->roles[role] = found;
    }
}

gboolean
_mm_planner_has_role (const MmPlanner *self,
                      const MmFolder  *source)
{
  return source->role != MM_ROLE_NONE && self->owners[source->role] == source &&
         self->roles[source->role] != NULL;
}
