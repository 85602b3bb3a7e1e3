/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/mm-folder.h"

#define PATH(...) ((const char *const[]) { __VA_ARGS__, NULL })

static void
test_copy (void)
{
  g_autoptr (MmFolder) folder = mm_folder_new (MM_KIND_EMAILS, PATH ("Work", "2024/25"));
  g_autoptr (MmFolder) copy = NULL;

  g_assert_true (folder->selectable);
  g_assert_cmpint (folder->n_items, ==, -1);
  g_assert_cmpint (folder->n_bytes, ==, -1);
  g_assert_null (folder->id);

  folder->id = g_strdup ("Work.2024/25");
  folder->role = MM_ROLE_ARCHIVE;
  folder->role_is_certain = TRUE;
  folder->subscribed = TRUE;
  folder->n_items = 3;
  folder->position = g_strdup ("1:4");
  copy = mm_folder_copy (folder);
  g_clear_pointer (&folder, mm_folder_unref);

  g_assert_cmpstr (copy->id, ==, "Work.2024/25");
  g_assert_cmpstrv (copy->path, PATH ("Work", "2024/25"));
  g_assert_cmpint (copy->role, ==, MM_ROLE_ARCHIVE);
  g_assert_true (copy->role_is_certain && copy->subscribed && copy->selectable);
  g_assert_cmpint (copy->n_items, ==, 3);
  g_assert_cmpstr (copy->position, ==, "1:4");
}

static void
test_references (void)
{
  MmFolder *folder = mm_folder_new (MM_KIND_TASKS, PATH ("x"));

  g_assert_true (mm_folder_ref (folder) == folder);
  mm_folder_unref (folder);
  g_assert_cmpstr (folder->path[0], ==, "x");
  mm_folder_unref (folder);
  mm_folder_unref (NULL);
}

static void
test_display (void)
{
  g_autoptr (MmFolder) folder = mm_folder_new (MM_KIND_EMAILS, PATH ("Práce", "a/b"));
  g_autofree char *display = mm_folder_get_display_path (folder);
  g_autofree char *none = mm_path_to_display (NULL);

  g_assert_cmpstr (display, ==, "Práce/a/b");
  g_assert_cmpstr (none, ==, "");
}

static void
test_paths (void)
{
  g_assert_true (mm_path_equal (PATH ("a", "b"), PATH ("a", "b")));
  g_assert_false (mm_path_equal (PATH ("a/b"), PATH ("a", "b")));
  g_assert_false (mm_path_equal (PATH ("a", "b"), PATH ("a")));

  g_assert_true (mm_path_is_within (PATH ("a", "b"), PATH ("a")));
  g_assert_true (mm_path_is_within (PATH ("a"), PATH ("a")));
  g_assert_false (mm_path_is_within (PATH ("a"), PATH ("a", "b")));
  g_assert_false (mm_path_is_within (PATH ("ab"), PATH ("a")));
  g_assert_true (mm_path_is_within (PATH ("a"), (const char *const[]) { NULL }));
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/folder/copy", test_copy);
  g_test_add_func ("/folder/references", test_references);
  g_test_add_func ("/folder/display", test_display);
  g_test_add_func ("/folder/paths", test_paths);
  return g_test_run ();
}
