/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/mm-plan-private.h"

#include <string.h>

char *
_mm_planner_key (const char *const *path)
{
  char *key = g_strjoinv ("\x1f", (char **) path);

  if (path[0] != NULL && g_ascii_strcasecmp (path[0], "INBOX") == 0)
    memcpy (key, "INBOX", strlen ("INBOX"));
  return key;
}

char *
_mm_planner_truncate (const char *name,
                      gsize       max_bytes)
{
  const char *end;

  if (max_bytes == 0 || strlen (name) <= max_bytes)
    return g_strdup (name);
  end = g_utf8_find_prev_char (name, name + max_bytes + 1);
  return g_strndup (name, end != NULL && end != name ? (gsize) (end - name) : max_bytes);
}

static char *
sanitise_component (const MmPlanner *self,
                    const char      *name)
{
  g_autofree char *text = g_utf8_make_valid (name, -1);

  for (char *p = text; *p != '\0'; p++)
    if (g_ascii_iscntrl (*p) || strchr (self->can->name_forbidden, *p) != NULL)
      *p = '_';
  if (strcmp (text, ".") == 0 || strcmp (text, "..") == 0)
    memset (text, '_', strlen (text));
  if (*text == '\0')
    return g_strdup ("_");
  return _mm_planner_truncate (text, self->can->name_max_bytes);
}

const char *const *
_mm_planner_find_above (const MmPlanner  *self,
                        char            **source,
                        guint            *n_levels)
{
  for (guint n = g_strv_length (source) - 1; n > 0; n--)
    {
      g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
      g_auto (GStrv) above = NULL;
      g_autofree char *key = NULL;
      char **mapped;

      for (guint i = 0; i < n; i++)
        g_strv_builder_add (builder, source[i]);
      above = g_strv_builder_end (builder);
      key = _mm_planner_key ((const char *const *) above);
      mapped = g_hash_table_lookup (self->mapped, key);
      if (mapped != NULL)
        {
          *n_levels = n;
          return (const char *const *) mapped;
        }
    }
  *n_levels = 0;
  return NULL;
}

static gboolean
is_inbox (const char *name)
{
  return g_ascii_strcasecmp (name, "INBOX") == 0;
}

char **
_mm_planner_map (const MmPlanner  *self,
                 char            **source)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  guint n_levels;
  const char *const *above = _mm_planner_find_above (self, source, &n_levels);
  g_auto (GStrv) path = NULL;
  char **start;

  if (above != NULL)
    g_strv_builder_addv (builder, (const char **) above);
  for (char **level = source + n_levels; *level != NULL; level++)
    {
      g_autofree char *name = sanitise_component (self, *level);

      g_strv_builder_add (builder, level == source && is_inbox (name) ? "INBOX" : name);
    }
  path = g_strv_builder_end (builder);
  start = path;
  while (!self->can->inbox_has_children && is_inbox (start[0]) && start[1] != NULL)
    start++;
  return g_strdupv (start);
}

char *
_mm_planner_natural_key (const MmPlanner *self,
                         const MmFolder  *source)
{
  g_auto (GStrv) path = _mm_planner_map (self, source->path);

  return _mm_planner_key ((const char *const *) path);
}
