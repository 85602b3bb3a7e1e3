/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ui/mm-preview-lines.h"

#include <glib/gi18n-lib.h>

#include "ui/mm-line.h"
#include "ui/mm-report-text.h"

static void
append (GListStore *store,
        const char *icon_name,
        const char *title,
        const char *subtitle)
{
  g_autoptr(MmLine) line = mm_line_new (icon_name, title, subtitle);

  g_list_store_append (store, line);
}

static char *
items_text (gint64 n)
{
  g_autofree char *count = mm_text_count ((guint64) n);

  return g_strdup_printf (ngettext ("%s item", "%s items", MM_PLURAL (n)), count);
}

static void
add_counts (GPtrArray          *parts,
            const MmPlanFolder *folder)
{
  if (folder->n_items >= 0)
    g_ptr_array_add (parts, items_text (folder->n_items));

  if (folder->n_bytes > 0)
    g_ptr_array_add (parts, g_format_size ((guint64) folder->n_bytes));

  if (folder->n_existed > 0)
    {
      g_autofree char *count = mm_text_count ((guint64) folder->n_existed);

      g_ptr_array_add (parts, g_strdup_printf (ngettext ("%s already there", "%s already there",
                                                         MM_PLURAL (folder->n_existed)), count));
    }

  if (folder->n_skipped > 0)
    {
      g_autofree char *count = mm_text_count ((guint64) folder->n_skipped);

      g_ptr_array_add (parts, g_strdup_printf (ngettext ("%s does not fit", "%s do not fit",
                                                         MM_PLURAL (folder->n_skipped)), count));
    }
}

static char *
folder_subtitle (const MmPlanFolder *folder)
{
  g_autoptr(GPtrArray) parts = g_ptr_array_new_with_free_func (g_free);

  add_counts (parts, folder);

  if (folder->action == MM_PLAN_CREATE)
    g_ptr_array_add (parts, g_strdup (_("new folder")));
  else if (folder->action == MM_PLAN_SKIP)
    g_ptr_array_add (parts, g_strdup (_("not copied")));

  if (folder->reason != NULL && *folder->reason != '\0')
    g_ptr_array_add (parts, g_strdup (folder->reason));

  g_ptr_array_add (parts, NULL);
  return g_strjoinv (" · ", (char **) parts->pdata);
}

static const char *
folder_icon (const MmPlanFolder *folder)
{
  switch (folder->action)
    {
    case MM_PLAN_CREATE:
      return "folder-new-symbolic";
    case MM_PLAN_SKIP:
      return "dialog-warning-symbolic";
    case MM_PLAN_USE:
    default:
      return "folder-symbolic";
    }
}

static void
append_folder (GListStore         *store,
               const MmPlanFolder *folder)
{
  g_autofree char *from = mm_folder_get_display_path (folder->source);
  g_autofree char *to = mm_path_to_display ((const char *const *) folder->path);
  g_autofree char *title = NULL;
  g_autofree char *subtitle = folder_subtitle (folder);

  if (folder->action == MM_PLAN_SKIP || g_str_equal (from, to))
    title = g_strdup (from);
  else
    /* Translators: folder at the source → folder at the destination */
    title = g_strdup_printf (_("%s → %s"), from, to);

  append (store, folder_icon (folder), title, subtitle);
}

static void
append_loss (GListStore       *store,
             const MmPlanLoss *loss)
{
  gboolean has_folder = loss->folder != NULL && *loss->folder != '\0';

  append (store, "dialog-warning-symbolic",
          has_folder ? loss->folder : mm_kind_get_title (loss->kind), loss->message);
}

GListModel *
mm_preview_lines_new (GPtrArray *plans)
{
  GListStore *store;

  g_return_val_if_fail (plans != NULL, NULL);

  store = g_list_store_new (MM_TYPE_LINE);

  for (guint i = 0; i < plans->len; i++)
    {
      const MmPlan *plan = g_ptr_array_index (plans, i);

      for (guint j = 0; j < plan->losses->len; j++)
        append_loss (store, g_ptr_array_index (plan->losses, j));
    }

  for (guint i = 0; i < plans->len; i++)
    {
      const MmPlan *plan = g_ptr_array_index (plans, i);

      for (guint j = 0; j < plan->folders->len; j++)
        append_folder (store, g_ptr_array_index (plan->folders, j));
    }

  return G_LIST_MODEL (store);
}

typedef struct
{
  guint64 items;
  guint64 bytes;
  guint64 existed;
  guint64 skipped;
  guint folders;
} Sum;

static void
add_folder (Sum                *sum,
            const MmPlanFolder *folder)
{
  if (folder->action == MM_PLAN_CREATE)
    sum->folders++;

  if (folder->action == MM_PLAN_SKIP)
    {
      sum->skipped += (guint64) MAX (folder->n_items, 0);
      return;
    }

  sum->items += (guint64) MAX (folder->n_items, 0);
  sum->bytes += (guint64) MAX (folder->n_bytes, 0);
  sum->existed += (guint64) MAX (folder->n_existed, 0);
  sum->skipped += (guint64) MAX (folder->n_skipped, 0);
}

char *
mm_preview_summary (GPtrArray *plans)
{
  Sum sum = { 0, };
  g_autofree char *found = NULL;
  g_autofree char *size = NULL;
  g_autofree char *folders = NULL;
  g_autofree char *existed = NULL;

  g_return_val_if_fail (plans != NULL, NULL);

  for (guint i = 0; i < plans->len; i++)
    {
      const MmPlan *plan = g_ptr_array_index (plans, i);

      for (guint j = 0; j < plan->folders->len; j++)
        add_folder (&sum, g_ptr_array_index (plan->folders, j));
    }

  found = items_text ((gint64) sum.items);
  size = g_format_size (sum.bytes);
  existed = mm_text_count (sum.existed);
  folders = g_strdup_printf (ngettext ("%u folder", "%u folders", sum.folders), sum.folders);

  /* Translators: "1,204 items (400 MB) were found, 12 of them are at the destination already.
   * 3 folders would be created. Nothing was written." */
  return g_strdup_printf (_("%s (%s) were found, %s of them are at the destination already. "
                            "%s would be created there. Nothing was written."),
                          found, size, existed, folders);
}
