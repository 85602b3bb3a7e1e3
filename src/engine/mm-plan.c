/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/mm-plan.h"

#include <glib/gi18n-lib.h>
#include <string.h>

typedef struct
{
  MmPlan *plan;
  MmKind kind;
  GPtrArray *source;
  const MmKindCapabilities *can_source;
  const MmKindCapabilities *can;
  const MmPlanChoices *choices;
  GHashTable *destinations;              /* path key → MmFolder */
  GHashTable *taken;                     /* path key of the destinations used so far */
  const MmFolder *owners[MM_N_ROLES];    /* which source folder has the role */
  MmFolder *roles[MM_N_ROLES];           /* which destination folder has it */
  GHashTable *mapped;                    /* path key at the source → path at the destination */
} Planner;

static void
free_plan_folder (gpointer data)
{
  MmPlanFolder *folder = data;

  mm_folder_unref (folder->source);
  g_clear_pointer (&folder->destination, mm_folder_unref);
  g_strfreev (folder->path);
  g_free (folder->code);
  g_free (folder->reason);
  g_free (folder);
}

static void
free_loss (gpointer data)
{
  MmPlanLoss *loss = data;

  g_free (loss->folder);
  g_free (loss->code);
  g_free (loss->message);
  g_free (loss);
}

void
mm_plan_free (MmPlan *self)
{
  if (self == NULL)
    return;
  g_ptr_array_unref (self->folders);
  g_ptr_array_unref (self->losses);
  g_free (self);
}

void
mm_plan_add_loss (MmPlan     *self,
                  MmKind      kind,
                  const char *folder,
                  const char *code,
                  const char *message)
{
  MmPlanLoss *loss = g_new0 (MmPlanLoss, 1);

  loss->kind = kind;
  loss->folder = g_strdup (folder);
  loss->code = g_strdup (code);
  loss->message = g_strdup (message);
  g_ptr_array_add (self->losses, loss);
}

/* INBOX is the one name that is the same in any case (RFC 3501 5.1). */
static char *
path_key (const char *const *path)
{
  char *key = g_strjoinv ("\x1f", (char **) path);

  if (path[0] != NULL && g_ascii_strcasecmp (path[0], "INBOX") == 0)
    memcpy (key, "INBOX", strlen ("INBOX"));
  return key;
}

static gboolean
is_chosen (const Planner  *self,
           const MmFolder *folder)
{
  g_autofree char *path = NULL;

  if (self->choices == NULL || self->choices->folders == NULL)
    return TRUE;
  path = mm_folder_get_display_path (folder);
  for (const char *const *choice = self->choices->folders; *choice != NULL; choice++)
    {
      gsize length = strlen (*choice);

      while (length > 0 && (*choice)[length - 1] == '/')
        length--;
      if (g_ascii_strncasecmp (path, "INBOX", 5) == 0 && (path[5] == '\0' || path[5] == '/') &&
          length >= 5 && g_ascii_strncasecmp (*choice, "INBOX", 5) == 0)
        {
          if (strncmp (path + 5, *choice + 5, length - 5) == 0 &&
              (path[length] == '\0' || path[length] == '/'))
            return TRUE;
        }
      else if (strncmp (path, *choice, length) == 0 &&
               (path[length] == '\0' || path[length] == '/'))
        return TRUE;
    }
  return FALSE;
}

/* The server's word beats a guess, and the first in the list beats later ones. */
static void
find_roles (Planner   *self,
            GPtrArray *folders,
            gpointer  *roles)
{
  for (guint certain = 0; certain < 2; certain++)
    for (guint i = 0; i < folders->len; i++)
      {
        MmFolder *folder = g_ptr_array_index (folders, i);

        if (folder->role != MM_ROLE_NONE && folder->selectable &&
            folder->role_is_certain == (certain == 0) && roles[folder->role] == NULL)
          roles[folder->role] = folder;
      }
}

static char *
sanitise_component (const Planner *self,
                    const char    *name)
{
  g_autofree char *text = g_utf8_make_valid (name, -1);
  const char *end;

  for (char *p = text; *p != '\0'; p++)
    if (g_ascii_iscntrl (*p) || strchr (self->can->name_forbidden, *p) != NULL)
      *p = '_';
  if (strcmp (text, ".") == 0 || strcmp (text, "..") == 0)
    memset (text, '_', strlen (text));
  if (*text == '\0')
    return g_strdup ("_");
  if (self->can->name_max_bytes == 0 || strlen (text) <= self->can->name_max_bytes)
    return g_steal_pointer (&text);
  end = g_utf8_find_prev_char (text, text + self->can->name_max_bytes + 1);
  return g_strndup (text, end != NULL ? (gsize) (end - text) : self->can->name_max_bytes);
}

/* Where the levels of @source that are mapped already have gone: the longest of them, and how many
 * levels it has at the source. */
static const char *const *
find_mapped_ancestor (const Planner *self,
                      char         **source,
                      guint         *n_levels)
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
      key = path_key ((const char *const *) above);
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

static char **
map_path (const Planner *self,
          char         **source)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  guint n_levels;
  const char *const *above = find_mapped_ancestor (self, source, &n_levels);
  gboolean inbox = above != NULL && above[0] != NULL && above[1] == NULL &&
                   g_ascii_strcasecmp (above[0], "INBOX") == 0;

  if (above == NULL && source[1] != NULL && g_ascii_strcasecmp (source[0], "INBOX") == 0)
    {
      n_levels = 1;
      if (self->can->inbox_has_children)
        g_strv_builder_add (builder, "INBOX");
    }
  if (above != NULL && !(inbox && !self->can->inbox_has_children))
    g_strv_builder_addv (builder, (const char **) above);
  for (char **level = source + n_levels; *level != NULL; level++)
    {
      g_autofree char *name = sanitise_component (self, *level);

      g_strv_builder_add (builder, name);
    }
  return g_strv_builder_end (builder);
}

/* Two source folders never share a destination: mail of one must not turn up in the other. */
static void
make_unique (const Planner *self,
             char         **path)
{
  guint last = g_strv_length (path) - 1;
  g_autofree char *name = g_strdup (path[last]);

  for (guint n = 2;; n++)
    {
      g_autofree char *key = path_key ((const char *const *) path);

      if (!g_hash_table_contains (self->taken, key))
        return;
      g_free (path[last]);
      path[last] = g_strdup_printf ("%s (%u)", name, n);
    }
}

static void
skip (MmPlanFolder *folder,
      const char   *code,
      const char   *reason)
{
  folder->action = MM_PLAN_SKIP;
  folder->code = g_strdup (code);
  folder->reason = g_strdup (reason);
}

static void
name_mapping (Planner      *self,
              MmPlanFolder *folder)
{
  g_autofree char *from = mm_folder_get_display_path (folder->source);
  g_autofree char *to = mm_path_to_display ((const char *const *) folder->path);

  folder->code = g_strdup ("name-mapped");
  folder->reason = g_strdup_printf (_("The destination cannot have this folder under the same "
                                      "name; its content goes to “%s”."), to);
  mm_plan_add_loss (self->plan, self->kind, from, folder->code, folder->reason);
}

static void
settle (Planner      *self,
        MmPlanFolder *folder,
        char        **path)
{
  g_autofree char *key = NULL;

  make_unique (self, path);
  folder->path = path;
  key = path_key ((const char *const *) path);
  folder->destination = g_hash_table_lookup (self->destinations, key);
  if (folder->destination != NULL)
    mm_folder_ref (folder->destination);
  folder->action = folder->destination != NULL && folder->destination->selectable
    ? MM_PLAN_USE : MM_PLAN_CREATE;
  folder->subscribe = folder->source->subscribed && self->can->subscribes &&
                      !(folder->destination != NULL && folder->destination->subscribed);
  g_hash_table_add (self->taken, g_steal_pointer (&key));
  g_hash_table_insert (self->mapped,
                       path_key ((const char *const *) folder->source->path), folder->path);
}

/* Folders that show messages of other folders. All Mail alone may hold what is nowhere else; that
 * can be told only where messages have an identity over the whole account. */
static gboolean
is_left_out (const Planner  *self,
             const MmFolder *folder,
             const char    **reason)
{
  if (!folder->role_is_certain || !mm_role_is_view (folder->role))
    return FALSE;
  if (folder->role == MM_ROLE_ALL && self->can_source->has_global_ids)
    return FALSE;
  *reason = _("This folder shows messages of other folders; they are copied there.");
  return TRUE;
}

static void
plan_folder (Planner      *self,
             MmPlanFolder *folder)
{
  MmFolder *source = folder->source;
  const char *reason;
  gboolean owner = source->role != MM_ROLE_NONE && self->owners[source->role] == source;

  if (is_left_out (self, source, &reason))
    {
      skip (folder, "view", reason);
      return;
    }
  if (owner && self->roles[source->role] != NULL)
    {
      settle (self, folder, g_strdupv (self->roles[source->role]->path));
      return;
    }
  if (folder->action == MM_PLAN_CREATE && !self->can->creates_folders)
    {
      skip (folder, "no-folders", _("The destination has no folders of this kind."));
      return;
    }
  settle (self, folder, map_path (self, source->path));
  if (!mm_path_equal ((const char *const *) source->path, (const char *const *) folder->path))
    {
      guint n_levels;
      const char *const *above = find_mapped_ancestor (self, source->path, &n_levels);
      const char *own = folder->path[g_strv_length (folder->path) - 1];

      /* A folder below one that is mapped by its role is where people expect it. */
      if (above == NULL || g_strcmp0 (own, source->path[g_strv_length (source->path) - 1]) != 0)
        name_mapping (self, folder);
    }
}

static MmPlanFolder *
add_folder (Planner  *self,
            MmFolder *source)
{
  MmPlanFolder *folder = g_new0 (MmPlanFolder, 1);

  folder->source = mm_folder_ref (source);
  folder->action = MM_PLAN_CREATE;
  folder->n_items = folder->n_bytes = folder->n_existed = folder->n_skipped = -1;
  g_ptr_array_add (self->plan->folders, folder);
  return folder;
}

/* What the destination cannot keep of any item. */
static void
add_general_losses (Planner *self)
{
  if (!self->can->keeps_dates)
    mm_plan_add_loss (self->plan, self->kind, "", "dates-lost",
                      _("The destination does not keep the dates on which messages arrived."));
  if (!self->can->keeps_flags)
    mm_plan_add_loss (self->plan, self->kind, "", "flags-lost",
                      _("The destination does not keep whether a message was read, answered or "
                        "flagged."));
  if (self->can_source->keeps_keywords && !self->can->keeps_keywords)
    mm_plan_add_loss (self->plan, self->kind, "", "keywords-lost",
                      _("The destination does not keep labels (keywords) of messages."));
}

static void
plan_folders (Planner *self)
{
  /* Folders with a role are settled first, so that no other folder can take their place; All Mail
   * comes last, since only what is nowhere else is copied from it. */
  for (guint pass = 0; pass < 3; pass++)
    for (guint i = 0; i < self->source->len; i++)
      {
        MmFolder *source = g_ptr_array_index (self->source, i);
        gboolean all = source->role == MM_ROLE_ALL && source->role_is_certain;
        gboolean owner = source->role != MM_ROLE_NONE && self->owners[source->role] == source &&
                         self->roles[source->role] != NULL;
        guint its_pass = all ? 2 : owner ? 0 : 1;

        if (source->selectable && its_pass == pass && is_chosen (self, source))
          plan_folder (self, add_folder (self, source));
      }
}

MmPlan *
mm_plan_new (MmKind                    kind,
             GPtrArray                *source,
             GPtrArray                *destination,
             const MmKindCapabilities *source_capabilities,
             const MmKindCapabilities *destination_capabilities,
             const MmPlanChoices      *choices)
{
  g_autoptr (GHashTable) destinations = NULL;
  g_autoptr (GHashTable) taken = NULL;
  g_autoptr (GHashTable) mapped = NULL;
  Planner planner = { 0 };

  g_return_val_if_fail (source != NULL && destination != NULL, NULL);

  destinations = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  taken = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  mapped = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  planner.plan = g_new0 (MmPlan, 1);
  planner.plan->folders = g_ptr_array_new_with_free_func (free_plan_folder);
  planner.plan->losses = g_ptr_array_new_with_free_func (free_loss);
  planner.kind = kind;
  planner.source = source;
  planner.can_source = source_capabilities;
  planner.can = destination_capabilities;
  planner.choices = choices;
  planner.destinations = destinations;
  planner.taken = taken;
  planner.mapped = mapped;
  for (guint i = 0; i < destination->len; i++)
    {
      MmFolder *folder = g_ptr_array_index (destination, i);

      g_hash_table_insert (destinations, path_key ((const char *const *) folder->path), folder);
    }
  find_roles (&planner, source, (gpointer *) planner.owners);
  find_roles (&planner, destination, (gpointer *) planner.roles);
  if (kind == MM_KIND_EMAILS)
    add_general_losses (&planner);
  plan_folders (&planner);
  return planner.plan;
}
