/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/mm-reference.h"

static void
test_new (void)
{
  g_autoptr (MmReference) reference = mm_reference_new ("7:1");

  g_assert_cmpstr (reference->id, ==, "7:1");
  g_assert_true (reference->size == MM_SIZE_UNKNOWN);
  g_assert_true (reference->date == MM_DATE_UNKNOWN);
  g_assert_null (reference->keywords);
  g_assert_cmpuint (reference->fingerprint, ==, 0);
}

static void
test_copy (void)
{
  g_autoptr (MmReference) reference = mm_reference_new ("7:1");
  g_autoptr (MmReference) copy = NULL;

  reference->version = g_strdup ("v");
  reference->size = 12;
  reference->date = -5;
  reference->flags = MM_FLAG_SEEN | MM_FLAG_DELETED;
  reference->keywords = g_strsplit ("$Forwarded,x", ",", -1);
  reference->fingerprint = 99;
  reference->global_id = g_strdup ("g");
  reference->label = g_strdup ("<a@b>");
  copy = mm_reference_copy (reference);
  g_clear_pointer (&reference, mm_reference_free);

  g_assert_cmpstr (copy->id, ==, "7:1");
  g_assert_cmpstr (copy->version, ==, "v");
  g_assert_cmpuint (copy->size, ==, 12);
  g_assert_cmpint (copy->date, ==, -5);
  g_assert_cmpuint (copy->flags, ==, MM_FLAG_SEEN | MM_FLAG_DELETED);
  g_assert_cmpstr (copy->keywords[1], ==, "x");
  g_assert_cmpuint (copy->fingerprint, ==, 99);
  g_assert_cmpstr (copy->global_id, ==, "g");
  g_assert_cmpstr (copy->label, ==, "<a@b>");
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/reference/new", test_new);
  g_test_add_func ("/reference/copy", test_copy);
  return g_test_run ();
}
