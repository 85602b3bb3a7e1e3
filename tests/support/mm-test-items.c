/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "mm-test-items.h"

#include <string.h>

MmItem *
mm_test_item_new (guint n)
{
  g_autofree char *bytes = g_strdup_printf ("From: a@example.org\r\n"
                                            "Message-ID: <test.%u@example.org>\r\n"
                                            "Subject: number %u\r\n\r\n"
                                            "This is number %u.\r\n",
                                            n, n, n);
  MmReference *reference = mm_reference_new ("test");

  reference->date = 1500000000 + 100 * (gint64) n;
  reference->flags = n % 32;
  reference->size = strlen (bytes);
  return mm_item_new (reference, mm_blob_new (bytes, strlen (bytes)));
}

GPtrArray *
mm_test_items_new (guint first,
                   guint n)
{
  GPtrArray *items = g_ptr_array_new_with_free_func ((GDestroyNotify) mm_item_free);

  for (guint i = 0; i < n; i++)
    g_ptr_array_add (items, mm_test_item_new (first + i));
  return items;
}

MmFolder *
mm_test_find_folder (MmStore           *store,
                     MmKind             kind,
                     const char *const *path)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) folders = mm_store_list_folders (store, kind, NULL, &error);

  g_assert_no_error (error);
  for (guint i = 0; i < folders->len; i++)
    {
      MmFolder *folder = g_ptr_array_index (folders, i);

      if (mm_path_equal ((const char *const *) folder->path, path))
        return mm_folder_ref (folder);
    }
  return NULL;
}

static gboolean
append_label (MmReference  *reference,
              gpointer      user_data,
              GError      **error)
{
  GString *labels = user_data;
  const char *label = reference->label != NULL ? reference->label : "<?@";
  const char *at = strchr (label, '@');

  if (labels->len > 0)
    g_string_append_c (labels, ' ');
  g_string_append_len (labels, label + 1, at != NULL ? at - label - 1 : -1);
  mm_reference_free (reference);
  return TRUE;
}

char *
mm_test_list_labels (MmStore  *store,
                     MmFolder *folder)
{
  GString *labels = g_string_new (NULL);
  g_autoptr (GError) error = NULL;

  mm_store_list_items (store, folder, NULL, MM_LIST_FINGERPRINTS, append_label, labels, NULL, NULL,
                       &error);
  g_assert_no_error (error);
  return g_string_free (labels, FALSE);
}

char *
mm_test_results_to_string (GPtrArray *results)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < results->len; i++)
    g_string_append_c (text, "PCEFU"[((MmResult *) g_ptr_array_index (results, i))->state]);
  return g_string_free (text, FALSE);
}
