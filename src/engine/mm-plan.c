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
  GHashTable *names;                     /* path keys that source folders have of their own accord */
  GHashTable *exact;                     /* those of them that need no change */
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
is_within_choice (const MmFolder *folder,
                  const char     *choice)
{
  g_autofree char *path = mm_folder_get_display_path (folder);
  gsize length = strlen (choice);

  while (length > 0 && choice[length - 1] == '/')
    length--;
  if (g_ascii_strncasecmp (path, "INBOX", 5) == 0 && (path[5] == '\0' || path[5] == '/') &&
      length >= 5 && g_ascii_strncasecmp (choice, "INBOX", 5) == 0)
    return strncmp (path + 5, choice + 5, length - 5) == 0 &&
           (path[length] == '\0' || path[length] == '/');
  return strncmp (path, choice, length) == 0 && (path[length] == '\0' || path[length] == '/');
}

static gboolean
is_chosen (const Planner  *self,
           const MmFolder *folder)
{
  if (self->choices == NULL || self->choices->folders == NULL)
    return TRUE;
  for (const char *const *choice = self->choices->folders; *choice != NULL; choice++)
    if (is_within_choice (folder, *choice))
      return TRUE;
  return FALSE;
}

/* At most @max_bytes of it, whole characters; 0: all of it. */
static char *
truncate_name (const char *name,
               gsize       max_bytes)
{
  const char *end;

  if (max_bytes == 0 || strlen (name) <= max_bytes)
    return g_strdup (name);
  end = g_utf8_find_prev_char (name, name + max_bytes + 1);
  return g_strndup (name, end != NULL && end != name ? (gsize) (end - name) : max_bytes);
}

static char *
sanitise_component (const Planner *self,
                    const char    *name)
{
  g_autofree char *text = g_utf8_make_valid (name, -1);

  for (char *p = text; *p != '\0'; p++)
    if (g_ascii_iscntrl (*p) || strchr (self->can->name_forbidden, *p) != NULL)
      *p = '_';
  if (strcmp (text, ".") == 0 || strcmp (text, "..") == 0)
    memset (text, '_', strlen (text));
  if (*text == '\0')
    return g_strdup ("_");
  return truncate_name (text, self->can->name_max_bytes);
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

static gboolean
is_inbox (const char *name)
{
  return g_ascii_strcasecmp (name, "INBOX") == 0;
}

static char **
map_path (const Planner *self,
          char         **source)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  guint n_levels;
  const char *const *above = find_mapped_ancestor (self, source, &n_levels);
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

/* A folder that goes by another name than its own leaves the names of others alone. */
static gboolean
is_free (const Planner  *self,
         const MmFolder *source,
         char          **path)
{
  g_autofree char *key = path_key ((const char *const *) path);
  g_autofree char *own = path_key ((const char *const *) source->path);

  return !g_hash_table_contains (self->taken, key) &&
         (g_str_equal (key, own) || !g_hash_table_contains (self->exact, key));
}

/* Two source folders never share a destination: mail of one must not turn up in the other. */
static void
make_unique (const Planner   *self,
             const MmFolder  *source,
             char           **path)
{
  guint last = g_strv_length (path) - 1;
  g_autofree char *name = g_strdup (path[last]);

  for (guint n = 2; !is_free (self, source, path); n++)
    {
      g_autofree char *number = g_strdup_printf (" (%u)", n);
      gsize max_bytes = self->can->name_max_bytes;
      g_autofree char *beginning =
        truncate_name (name, max_bytes > strlen (number) ? max_bytes - strlen (number) : 0);

      g_free (path[last]);
      path[last] = g_strconcat (beginning, number, NULL);
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
name_mapping (MmPlanFolder *folder)
{
  g_autofree char *to = mm_path_to_display ((const char *const *) folder->path);

  folder->code = g_strdup ("name-mapped");
  folder->reason = g_strdup_printf (_("The destination cannot have this folder under the same "
                                      "name; its content goes to “%s”."), to);
}

static void
settle (Planner      *self,
        MmPlanFolder *folder,
        char        **path)
{
  g_autofree char *key = NULL;

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

static gboolean
can_have (const Planner *self,
          char         **path)
{
  g_autofree char *key = path_key ((const char *const *) path);
  const MmFolder *present = g_hash_table_lookup (self->destinations, key);

  return self->can->creates_folders || (present != NULL && present->selectable);
}

static gboolean
has_role (const Planner  *self,
          const MmFolder *source)
{
  return source->role != MM_ROLE_NONE && self->owners[source->role] == source &&
         self->roles[source->role] != NULL;
}

static void
plan_folder (Planner      *self,
             MmPlanFolder *folder)
{
  MmFolder *source = folder->source;
  g_auto (GStrv) path = NULL;
  g_autofree char *key = NULL;
  g_autofree char *own_key = NULL;
  const char *reason;

  if (is_left_out (self, source, &reason))
    {
      skip (folder, "view", reason);
      return;
    }
  if (has_role (self, source))
    {
      settle (self, folder, g_strdupv (self->roles[source->role]->path));
      return;
    }
  path = map_path (self, source->path);
  make_unique (self, source, path);
  if (!can_have (self, path))
    {
      skip (folder, "no-folders", _("The destination cannot make the folder for this."));
      return;
    }
  settle (self, folder, g_steal_pointer (&path));
  key = path_key ((const char *const *) folder->path);
  own_key = path_key ((const char *const *) source->path);
  if (!g_str_equal (key, own_key))
    {
      guint n_levels;
      const char *const *above = find_mapped_ancestor (self, source->path, &n_levels);
      const char *own = folder->path[g_strv_length (folder->path) - 1];

      /* A folder below one that is mapped by its role is where people expect it. */
      if (above == NULL || g_strcmp0 (own, source->path[g_strv_length (source->path) - 1]) != 0)
        name_mapping (folder);
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
  key_a = path_key ((const char *const *) a->path);
  key_b = path_key ((const char *const *) b->path);
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

      if (folder->role == role && folder->selectable && (folder->role_is_certain || !only_certain) &&
          (best == NULL || precedes (folder, best)))
        best = folder;
    }
  return best;
}

static char *
natural_key (const Planner  *self,
             const MmFolder *source)
{
  g_auto (GStrv) path = map_path (self, source->path);

  return path_key ((const char *const *) path);
}

/* Of several that look like it the one that is called as the destination's, when that is sure. */
static const MmFolder *
find_owner (const Planner  *self,
            MmRole          role,
            const MmFolder *destination)
{
  const MmFolder *owner = find_role (self->source, role, FALSE);
  g_autofree char *key = NULL;

  if (owner == NULL || owner->role_is_certain || destination == NULL)
    return owner;
  key = path_key ((const char *const *) destination->path);
  for (guint i = 0; i < self->source->len; i++)
    {
      const MmFolder *source = g_ptr_array_index (self->source, i);
      g_autofree char *own = natural_key (self, source);

      if (source->role == role && source->selectable && g_str_equal (own, key))
        return source;
    }
  return owner;
}

/* What only looks like it by its name: the owner's namesake, or one that no other source folder
 * has a claim to. */
static MmFolder *
guess_destination (const Planner  *self,
                   GPtrArray      *destination,
                   const MmFolder *owner)
{
  g_autofree char *own = natural_key (self, owner);
  MmFolder *best = NULL;

  for (guint i = 0; i < destination->len; i++)
    {
      MmFolder *folder = g_ptr_array_index (destination, i);
      g_autofree char *key = path_key ((const char *const *) folder->path);

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
names_decide (const Planner  *self,
              const MmFolder *owner,
              const MmFolder *destination)
{
  g_autofree char *own = natural_key (self, owner);
  g_autofree char *key = path_key ((const char *const *) destination->path);
  const MmFolder *namesake = g_hash_table_lookup (self->destinations, own);

  return !g_str_equal (own, key) && g_hash_table_contains (self->names, key) &&
         namesake != NULL && namesake->selectable;
}

static void
find_roles (Planner   *self,
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

static void
find_names (Planner *self)
{
  for (guint i = 0; i < self->source->len; i++)
    {
      const MmFolder *source = g_ptr_array_index (self->source, i);

      if (source->selectable)
        g_hash_table_add (self->names, natural_key (self, source));
    }
}

/* Also those whose folder goes elsewhere by its role: what took their place would be taken for
 * them by the next plan. */
static void
find_exact (Planner *self)
{
  for (guint i = 0; i < self->source->len; i++)
    {
      const MmFolder *source = g_ptr_array_index (self->source, i);
      g_autofree char *key = path_key ((const char *const *) source->path);
      g_autofree char *own = natural_key (self, source);
      const char *reason;

      if (source->selectable && g_str_equal (key, own) && !is_left_out (self, source, &reason))
        g_hash_table_add (self->exact, g_steal_pointer (&key));
    }
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
        guint its_pass = all ? 2 : has_role (self, source) ? 0 : 1;

        if (source->selectable && its_pass == pass)
          plan_folder (self, add_folder (self, source));
      }
}

/* Everything was mapped, so that a folder goes to the same place whatever else was chosen. */
static void
keep_chosen (Planner *self)
{
  for (guint i = self->plan->folders->len; i > 0; i--)
    {
      const MmPlanFolder *folder = g_ptr_array_index (self->plan->folders, i - 1);

      if (!is_chosen (self, folder->source))
        g_ptr_array_remove_index (self->plan->folders, i - 1);
    }
}

static void
add_name_losses (Planner *self)
{
  for (guint i = 0; i < self->plan->folders->len; i++)
    {
      const MmPlanFolder *folder = g_ptr_array_index (self->plan->folders, i);
      g_autofree char *from = mm_folder_get_display_path (folder->source);

      if (folder->action != MM_PLAN_SKIP && folder->code != NULL)
        mm_plan_add_loss (self->plan, self->kind, from, folder->code, folder->reason);
    }
}

/* What was asked for by a name that the source does not know. */
static void
add_missing_choices (Planner *self)
{
  const char *const *choices = self->choices != NULL ? self->choices->folders : NULL;

  for (; choices != NULL && *choices != NULL; choices++)
    {
      g_autofree char *message = NULL;
      gboolean found = FALSE;

      for (guint i = 0; !found && i < self->source->len; i++)
        found = is_within_choice (g_ptr_array_index (self->source, i), *choices);
      if (found)
        continue;
      message = g_strdup_printf (_("The source has no folder “%s”."), *choices);
      mm_plan_add_loss (self->plan, self->kind, *choices, "not-found", message);
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
  g_autoptr (GHashTable) names = NULL;
  g_autoptr (GHashTable) exact = NULL;
  Planner planner = { 0 };

  g_return_val_if_fail (source != NULL && destination != NULL, NULL);

  destinations = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  taken = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  mapped = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  names = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  exact = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
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
  planner.names = names;
  planner.exact = exact;
  for (guint i = 0; i < destination->len; i++)
    {
      MmFolder *folder = g_ptr_array_index (destination, i);

      g_hash_table_insert (destinations, path_key ((const char *const *) folder->path), folder);
    }
  find_names (&planner);
  find_roles (&planner, destination);
  find_exact (&planner);
  if (kind == MM_KIND_EMAILS)
    add_general_losses (&planner);
  plan_folders (&planner);
  keep_chosen (&planner);
  add_name_losses (&planner);
  add_missing_choices (&planner);
  return planner.plan;
}
