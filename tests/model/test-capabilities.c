/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/mm-capabilities.h"

static void
test_init (void)
{
  MmCapabilities capabilities = { .connections = 7, .quota_used = 5 };

  capabilities.kinds[MM_KIND_TASKS].read = TRUE;
  mm_capabilities_init (&capabilities);
  g_assert_cmpuint (mm_capabilities_get_readable (&capabilities), ==, 0);
  g_assert_cmpuint (mm_capabilities_get_writable (&capabilities), ==, 0);
  g_assert_cmpuint (capabilities.connections, ==, 0);
  g_assert_cmpint (capabilities.quota_used, ==, -1);
  g_assert_cmpint (capabilities.quota_limit, ==, -1);
}

static void
test_sets (void)
{
  MmCapabilities capabilities;

  mm_capabilities_init (&capabilities);
  capabilities.kinds[MM_KIND_EMAILS].read = TRUE;
  capabilities.kinds[MM_KIND_EMAILS].create = TRUE;
  capabilities.kinds[MM_KIND_CONTACTS].read = TRUE;
  capabilities.kinds[MM_KIND_OUT_OF_OFFICE].create = TRUE;
  g_assert_cmpuint (mm_capabilities_get_readable (&capabilities), ==,
                    MM_KIND_BIT (MM_KIND_EMAILS) | MM_KIND_BIT (MM_KIND_CONTACTS));
  g_assert_cmpuint (mm_capabilities_get_writable (&capabilities), ==,
                    MM_KIND_BIT (MM_KIND_EMAILS) | MM_KIND_BIT (MM_KIND_OUT_OF_OFFICE));
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/capabilities/init", test_init);
  g_test_add_func ("/capabilities/sets", test_sets);
  return g_test_run ();
}
