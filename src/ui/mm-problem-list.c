/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ui/mm-problem-list.h"

#include <glib/gi18n-lib.h>

#include "ui/mm-line.h"

#define SHOW_MS 250

struct _MmProblemList
{
  GObject parent_instance;

  GPtrArray *problems; /* (element-type MmProblem) */
  guint n_shown;       /* how many of them the list is known to have */
  guint show_source;
};

static void list_model_init (GListModelInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (MmProblemList, mm_problem_list, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, list_model_init))

static void
mm_problem_list_finalize (GObject *object)
{
  MmProblemList *self = MM_PROBLEM_LIST (object);

  g_clear_handle_id (&self->show_source, g_source_remove);
  g_clear_pointer (&self->problems, g_ptr_array_unref);

  G_OBJECT_CLASS (mm_problem_list_parent_class)->finalize (object);
}

static void
mm_problem_list_class_init (MmProblemListClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = mm_problem_list_finalize;
}

static void
mm_problem_list_init (MmProblemList *self)
{
  self->problems = g_ptr_array_new_with_free_func ((GDestroyNotify) mm_problem_free);
}

static const char *
icon_for (MmOutcome outcome)
{
  switch (outcome)
    {
    case MM_OUTCOME_FAILED:
      return "dialog-error-symbolic";
    case MM_OUTCOME_SKIPPED:
      return "dialog-warning-symbolic";
    case MM_OUTCOME_CHANGED:
      return "document-edit-symbolic";
    case MM_OUTCOME_LEFT:
    default:
      return "dialog-information-symbolic";
    }
}

static MmLine *
make_line (const MmProblem *problem)
{
  gboolean has_item = problem->item != NULL && *problem->item != '\0';
  gboolean has_folder = problem->folder != NULL && *problem->folder != '\0';
  const char *title;
  g_autofree char *subtitle = NULL;

  title = has_item ? problem->item
                   : has_folder ? problem->folder : mm_kind_get_title (problem->kind);

  if (has_item && has_folder)
    /* Translators: "Failed · Inbox/Work · The message is larger than …" */
    subtitle = g_strdup_printf (_("%s · %s · %s"), mm_outcome_get_title (problem->outcome),
                                problem->folder, problem->message);
  else
    subtitle = g_strdup_printf (_("%s · %s"), mm_outcome_get_title (problem->outcome),
                                problem->message);

  return mm_line_new (icon_for (problem->outcome), title, subtitle);
}

static GType
get_item_type (GListModel *model)
{
  return MM_TYPE_LINE;
}

static guint
get_n_items (GListModel *model)
{
  return MM_PROBLEM_LIST (model)->n_shown;
}

static gpointer
get_item (GListModel *model,
          guint       position)
{
  MmProblemList *self = MM_PROBLEM_LIST (model);

  if (position >= self->n_shown)
    return NULL;

  return make_line (g_ptr_array_index (self->problems, position));
}

static void
list_model_init (GListModelInterface *iface)
{
  iface->get_item_type = get_item_type;
  iface->get_n_items = get_n_items;
  iface->get_item = get_item;
}

MmProblemList *
mm_problem_list_new (void)
{
  return g_object_new (MM_TYPE_PROBLEM_LIST, NULL);
}

static void
show_appended (MmProblemList *self)
{
  guint n_before = self->n_shown;

  g_clear_handle_id (&self->show_source, g_source_remove);
  self->n_shown = self->problems->len;
  if (self->n_shown > n_before)
    g_list_model_items_changed (G_LIST_MODEL (self), n_before, 0, self->n_shown - n_before);
}

static gboolean
show_cb (gpointer user_data)
{
  MmProblemList *self = user_data;

  self->show_source = 0;
  show_appended (self);
  return G_SOURCE_REMOVE;
}

void
mm_problem_list_append (MmProblemList   *self,
                        const MmProblem *problem)
{
  g_return_if_fail (MM_IS_PROBLEM_LIST (self));
  g_return_if_fail (problem != NULL);

  g_ptr_array_add (self->problems, mm_problem_copy (problem));
  if (self->show_source == 0)
    self->show_source = g_timeout_add (SHOW_MS, show_cb, self);
}

static gboolean
is_equal (const MmProblem *a,
          const MmProblem *b)
{
  return a->kind == b->kind
         && a->outcome == b->outcome
         && g_strcmp0 (a->folder, b->folder) == 0
         && g_strcmp0 (a->item, b->item) == 0
         && g_strcmp0 (a->code, b->code) == 0
         && g_strcmp0 (a->message, b->message) == 0;
}

void
mm_problem_list_update (MmProblemList *self,
                        GPtrArray     *problems)
{
  guint n_equal = 0;
  guint n_removed;
  guint n_new = problems != NULL ? problems->len : 0;

  g_return_if_fail (MM_IS_PROBLEM_LIST (self));

  show_appended (self);

  while (n_equal < MIN (n_new, self->problems->len)
         && is_equal (g_ptr_array_index (problems, n_equal),
                      g_ptr_array_index (self->problems, n_equal)))
    n_equal++;

  n_removed = self->problems->len - n_equal;
  if (n_removed > 0)
    g_ptr_array_remove_range (self->problems, n_equal, n_removed);

  for (guint i = n_equal; i < n_new; i++)
    g_ptr_array_add (self->problems, mm_problem_copy (g_ptr_array_index (problems, i)));

  self->n_shown = n_new;
  if (n_removed > 0 || n_new > n_equal)
    g_list_model_items_changed (G_LIST_MODEL (self), n_equal, n_removed, n_new - n_equal);
}
