/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/mm-error.h"

static void
test_nicks (void)
{
  g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr (GError) cancelled = g_error_new_literal (G_IO_ERROR, G_IO_ERROR_CANCELLED, "x");
  g_autoptr (GError) foreign = g_error_new_literal (G_IO_ERROR, G_IO_ERROR_FAILED, "x");
  g_autoptr (GError) password = g_error_new_literal (MM_ERROR, MM_ERROR_PASSWORD, "x");

  for (int code = MM_ERROR_USAGE; code <= MM_ERROR_INTERNAL; code++)
    {
      g_autoptr (GError) error = g_error_new_literal (MM_ERROR, code, "x");

      g_assert_nonnull (mm_error_get_nick (error));
      g_assert_true (g_hash_table_add (seen, (char *) mm_error_get_nick (error)));
    }
  g_assert_cmpstr (mm_error_get_nick (cancelled), ==, "cancelled");
  g_assert_cmpstr (mm_error_get_nick (foreign), ==, "internal");
  g_assert_cmpstr (mm_error_get_nick (password), ==, "password");
}

static void
test_reach (void)
{
  g_autoptr (GError) foreign = g_error_new_literal (G_IO_ERROR, G_IO_ERROR_FAILED, "x");

  for (int code = MM_ERROR_USAGE; code <= MM_ERROR_INTERNAL; code++)
    {
      g_autoptr (GError) error = g_error_new_literal (MM_ERROR, code, "x");
      gboolean is_local = code >= MM_ERROR_NOT_FOUND && code <= MM_ERROR_REFUSED;

      g_assert_true (mm_error_ends_store (error) == !is_local);
      g_assert_true (mm_error_is_transient (error) ==
                     (code == MM_ERROR_NETWORK || code == MM_ERROR_BUSY));
    }
  g_assert_true (mm_error_ends_store (foreign));
  g_assert_false (mm_error_is_transient (foreign));
}

static void
test_retry_after (void)
{
  g_autoptr (GError) error = mm_error_new_busy (90, "later");
  g_autoptr (GError) copy = g_error_copy (error);
  g_autoptr (GError) plain = g_error_new_literal (MM_ERROR, MM_ERROR_BUSY, "later");
  g_autoptr (GError) foreign = g_error_new_literal (G_IO_ERROR, G_IO_ERROR_BUSY, "later");

  g_assert_error (error, MM_ERROR, MM_ERROR_BUSY);
  g_prefix_error (&copy, "Server: ");
  g_assert_cmpuint (mm_error_get_retry_after (error), ==, 90);
  g_assert_cmpuint (mm_error_get_retry_after (copy), ==, 90);
  g_assert_cmpstr (copy->message, ==, "Server: later");
  g_assert_cmpuint (mm_error_get_retry_after (plain), ==, 0);
  g_assert_cmpuint (mm_error_get_retry_after (foreign), ==, 0);
  g_assert_cmpuint (mm_error_get_retry_after (NULL), ==, 0);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/error/nicks", test_nicks);
  g_test_add_func ("/error/reach", test_reach);
  g_test_add_func ("/error/retry-after", test_retry_after);
  return g_test_run ();
}
