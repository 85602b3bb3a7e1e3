/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/mm-error.h"
#include "model/mm-item.h"

static void
test_item (void)
{
  g_autoptr (MmItem) item = mm_item_new (mm_reference_new ("1"), mm_blob_new ("abc", 3));

  g_assert_cmpstr (item->reference->id, ==, "1");
  g_assert_cmpuint (mm_blob_get_size (item->blob), ==, 3);
  g_assert_cmpint (item->tag, ==, 0);
}

static void
test_change (void)
{
  g_autoptr (MmChange) change = mm_change_new ("line-ends", "Line ends were changed.");
  g_autoptr (MmChange) copy = mm_change_copy (change);

  g_assert_cmpstr (copy->code, ==, "line-ends");
  g_assert_cmpstr (copy->message, ==, "Line ends were changed.");
  g_assert_true (copy->code != change->code);
}

static void
test_results (void)
{
  g_autoptr (GPtrArray) results = mm_results_new (3);
  MmResult *result = g_ptr_array_index (results, 1);

  g_assert_cmpuint (results->len, ==, 3);
  for (guint i = 0; i < 3; i++)
    {
      MmResult *each = g_ptr_array_index (results, i);

      g_assert_cmpint (each->state, ==, MM_RESULT_PENDING);
      g_assert_null (each->changes);
    }

  mm_result_add_change (result, "a", "A");
  mm_result_add_change (result, "b", "B");
  g_assert_cmpuint (result->changes->len, ==, 2);
  g_assert_cmpstr (((MmChange *) g_ptr_array_index (result->changes, 1))->code, ==, "b");

  mm_result_fail (result, g_error_new_literal (MM_ERROR, MM_ERROR_REFUSED, "no"));
  mm_result_fail (result, g_error_new_literal (MM_ERROR, MM_ERROR_TOO_LARGE, "no"));
  g_assert_cmpint (result->state, ==, MM_RESULT_FAILED);
  g_assert_error (result->error, MM_ERROR, MM_ERROR_TOO_LARGE);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/item/item", test_item);
  g_test_add_func ("/item/change", test_change);
  g_test_add_func ("/item/results", test_results);
  return g_test_run ();
}
