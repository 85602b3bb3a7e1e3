/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/mm-plan.h"
#include "engine/mm-plan-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

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
is_chosen (const MmPlanner *self,
           const MmFolder  *folder)
{
  if (self->choices == NULL || self->choices->folders == NULL)
    return TRUE;
  for (const char *const *choice = self->choices->folders; *choice != NULL; choice++)
    if (is_within_choice (folder, *choice))
      return TRUE;
  return FALSE;
}

/* A folder that goes by another name than its own leaves the names of others alone. */
static gboolean
is_free (const MmPlanner  *self,
         const MmFolder   *source,
         char            **path)
{
  g_autofree char *key = _mm_planner_key ((const char *const *) path);
  g_autofree char *own = _mm_planner_key ((const char *const *) source->path);

  return !g_hash_table_contains (self->taken, key) &&
         (g_str_equal (key, own) || !g_hash_table_contains (self->exact, key));
}

/* Two source folders never share a destination: mail of one must not turn up in the other. */
static void
make_unique (const MmPlanner  *self,
             const MmFolder   *source,
             char            **path)
{
  guint last = g_strv_length (path) - 1;
  g_autofree char *name = g_strdup (path[last]);

  for (guint n = 2; !is_free (self, source, path); n++)
    {
      g_autofree char *number = g_strdup_printf (" (%u)", n);
      gsize max_bytes = self->can->name_max_bytes;
      g_autofree char *beginning =
        _mm_planner_truncate (name, max_bytes > strlen (number) ? max_bytes - strlen (number) : 0);

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
settle (MmPlanner     *self,
        MmPlanFolder  *folder,
        char         **path)
{
  g_autofree char *key = NULL;

  folder->path = path;
  key = _mm_planner_key ((const char *const *) path);
  folder->destination = g_hash_table_lookup (self->destinations, key);
  if (folder->destination != NULL)
    mm_folder_ref (folder->destination);
  folder->action = folder->destination != NULL && folder->destination->selectable
    ? MM_PLAN_USE : MM_PLAN_CREATE;
  folder->subscribe = folder->source->subscribed && self->can->subscribes &&
                      !(folder->destination != NULL && folder->destination->subscribed);
  g_hash_table_add (self->taken, g_steal_pointer (&key));
  g_hash_table_insert (self->mapped,
                       _mm_planner_key ((const char *const *) folder->source->path), folder->path);
}

/* Folders that show messages of other folders. All Mail alone may hold what is nowhere else; that
 * can be told only where messages have an identity over the whole account. */
static gboolean
is_left_out (const MmPlanner  *self,
             const MmFolder   *folder,
             const char      **reason)
{
  if (!folder->role_is_certain || !mm_role_is_view (folder->role))
    return FALSE;
  if (folder->role == MM_ROLE_ALL && self->can_source->has_global_ids)
    return FALSE;
  *reason = _("This folder shows messages of other folders; they are copied there.");
  return TRUE;
}

static gboolean
can_have (const MmPlanner  *self,
          char            **path)
{
  g_autofree char *key = _mm_planner_key ((const char *const *) path);
  const MmFolder *present = g_hash_table_lookup (self->destinations, key);

  return self->can->creates_folders || (present != NULL && present->selectable);
}

static void
plan_folder (MmPlanner    *self,
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
  if (_mm_planner_has_role (self, source))
    {
      settle (self, folder, g_strdupv (self->roles[source->role]->path));
      return;
    }
  path = _mm_planner_map (self, source->path);
  make_unique (self, source, path);
  if (!can_have (self, path))
    {
      skip (folder, "no-folders", _("The destination cannot make the folder for this."));
      return;
    }
  settle (self, folder, g_steal_pointer (&path));
  key = _mm_planner_key ((const char *const *) folder->path);
  own_key = _mm_planner_key ((const char *const *) source->path);
  if (!g_str_equal (key, own_key))
    {
      guint n_levels;
      const char *const *above = _mm_planner_find_above (self, source->path, &n_levels);
      const char *own = folder->path[g_strv_length (folder->path) - 1];

      /* A folder below one that is mapped by its role is where people expect it. */
      if (above == NULL || g_strcmp0 (own, source->path[g_strv_length (source->path) - 1]) != 0)
        name_mapping (folder);
    }
}

static MmPlanFolder *
add_folder (MmPlanner *self,
            MmFolder  *source)
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
add_general_losses (MmPlanner *self)
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
find_names (MmPlanner *self)
{
  for (guint i = 0; i < self->source->len; i++)
    {
      const MmFolder *source = g_ptr_array_index (self->source, i);

      if (source->selectable)
        g_hash_table_add (self->names, _mm_planner_natural_key (self, source));
    }
}

/* Also those whose folder goes elsewhere by its role: what took their place would be taken for
 * them by the next plan. */
static void
find_exact (MmPlanner *self)
{
  for (guint i = 0; i < self->source->len; i++)
    {
      const MmFolder *source = g_ptr_array_index (self->source, i);
      g_autofree char *key = _mm_planner_key ((const char *const *) source->path);
      g_autofree char *own = _mm_planner_natural_key (self, source);
      const char *reason;

      if (source->selectable && g_str_equal (key, own) && !is_left_out (self, source, &reason))
        g_hash_table_add (self->exact, g_steal_pointer (&key));
    }
}

static void
plan_folders (MmPlanner *self)
{
  /* Folders with a role are settled first, so that no other folder can take their place; All Mail
   * comes last, since only what is nowhere else is copied from it. */
  for (guint pass = 0; pass < 3; pass++)
    for (guint i = 0; i < self->source->len; i++)
      {
        MmFolder *source = g_ptr_array_index (self->source, i);
        gboolean all = source->role == MM_ROLE_ALL && source->role_is_certain;
        guint its_pass = all ? 2 : _mm_planner_has_role (self, source) ? 0 : 1;

        if (source->selectable && its_pass == pass)
          plan_folder (self, add_folder (self, source));
      }
}

/* Everything was mapped, so that a folder goes to the same place whatever else was chosen. */
static void
keep_chosen (MmPlanner *self)
{
  for (guint i = self->plan->folders->len; i > 0; i--)
    {
      const MmPlanFolder *folder = g_ptr_array_index (self->plan->folders, i - 1);

      if (!is_chosen (self, folder->source))
        g_ptr_array_remove_index (self->plan->folders, i - 1);
    }
}

static void
add_name_losses (MmPlanner *self)
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
add_missing_choices (MmPlanner *self)
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
  MmPlanner planner = { 0 };

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

      g_hash_table_insert (destinations, _mm_planner_key ((const char *const *) folder->path),
                           folder);
    }
  find_names (&planner);
  _mm_planner_find_roles (&planner, destination);
  find_exact (&planner);
  if (kind == MM_KIND_EMAILS)
    add_general_losses (&planner);
  plan_folders (&planner);
  keep_chosen (&planner);
  add_name_losses (&planner);
  add_missing_choices (&planner);
  return planner.plan;
}
