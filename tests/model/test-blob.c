/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>

#include "model/mm-blob.h"
#include "model/mm-error.h"

static char *directory; /* TMPDIR of this program */

static guint
count_entries (const char *path)
{
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  guint n = 0;

  g_assert_nonnull (dir);
  while (g_dir_read_name (dir) != NULL)
    n++;
  return n;
}

static guint8
byte_at (guint64 offset)
{
  return (guint8) ((offset * 31 + offset / 251) & 0xff);
}

static MmBlob *
build (guint64 size,
       gsize   step)
{
  g_autoptr (MmBlobBuilder) builder = mm_blob_builder_new (0);
  g_autofree guint8 *piece = g_malloc (step);

  for (guint64 offset = 0; offset < size; offset += step)
    {
      g_autoptr (GError) error = NULL;
      gsize n = (gsize) MIN (step, size - offset);

      for (gsize i = 0; i < n; i++)
        piece[i] = byte_at (offset + i);
      mm_blob_builder_append (builder, piece, n, &error);
      g_assert_no_error (error);
    }
  return mm_blob_builder_end (builder);
}

static gboolean
check_piece (const guint8  *data,
             gsize          length,
             gpointer       user_data,
             GError       **error)
{
  guint64 *offset = user_data;

  g_assert_cmpuint (length, <=, 64 * 1024);
  for (gsize i = 0; i < length; i++)
    g_assert_cmpuint (data[i], ==, byte_at (*offset + i));
  *offset += length;
  return TRUE;
}

static void
test_sizes (void)
{
  static const guint64 sizes[] = {
    0, 1, 65535, 65536, 65537, MM_BLOB_MEMORY_MAX, MM_BLOB_MEMORY_MAX + 1, 5000001,
  };

  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
    {
      g_autoptr (MmBlob) blob = build (sizes[i], 40000);
      g_autoptr (GError) error = NULL;
      gboolean in_memory = sizes[i] <= MM_BLOB_MEMORY_MAX;
      guint64 seen = 0;
      guint8 last[2];

      g_assert_cmpuint (mm_blob_get_size (blob), ==, sizes[i]);
      g_assert_true ((mm_blob_peek (blob) != NULL) == in_memory);
      if (in_memory)
        g_assert_cmpuint (mm_blob_get_memory (blob), ==, sizes[i]);
      else
        g_assert_cmpuint (mm_blob_get_memory (blob), <, 1024);

      for (guint again = 0; again < 2; again++)
        {
          seen = 0;
          g_assert_true (mm_blob_foreach (blob, check_piece, &seen, &error));
          g_assert_no_error (error);
          g_assert_cmpuint (seen, ==, sizes[i]);
        }

      g_assert_cmpint (mm_blob_read (blob, sizes[i], last, 2, &error), ==, 0);
      g_assert_cmpint (mm_blob_read (blob, G_MAXUINT64, last, 2, &error), ==, 0);
      if (sizes[i] > 0)
        {
          g_assert_cmpint (mm_blob_read (blob, sizes[i] - 1, last, 2, &error), ==, 1);
          g_assert_cmpuint (last[0], ==, byte_at (sizes[i] - 1));
        }
      g_assert_no_error (error);
    }
}

static void
test_new (void)
{
  g_autofree guint8 *large = g_malloc0 (MM_BLOB_MEMORY_MAX + 5);
  g_autoptr (GBytes) bytes = g_bytes_new_static ("abc", 3);
  g_autoptr (MmBlob) shared = mm_blob_new_bytes (bytes);
  g_autoptr (MmBlob) copied = mm_blob_new (large, MM_BLOB_MEMORY_MAX + 5);
  g_autoptr (MmBlob) empty = mm_blob_new (NULL, 0);

  g_assert_true (mm_blob_peek (shared) == g_bytes_get_data (bytes, NULL));
  g_assert_nonnull (mm_blob_peek (copied));
  g_assert_true (mm_blob_peek (copied) != large);
  g_assert_cmpuint (mm_blob_get_size (copied), ==, MM_BLOB_MEMORY_MAX + 5);
  g_assert_nonnull (mm_blob_peek (empty));
  g_assert_cmpuint (mm_blob_get_size (empty), ==, 0);
}

static void
test_equal (void)
{
  g_autoptr (MmBlob) file = build (MM_BLOB_MEMORY_MAX + 70000, 4096);
  g_autoptr (MmBlob) other_file = build (MM_BLOB_MEMORY_MAX + 70000, 333333);
  g_autofree guint8 *bytes = g_malloc (mm_blob_get_size (file));
  g_autoptr (MmBlob) memory = NULL;
  g_autoptr (MmBlob) differing = NULL;
  g_autoptr (MmBlob) shorter = NULL;

  g_assert_cmpint (mm_blob_read (file, 0, bytes, mm_blob_get_size (file), NULL), ==,
                   mm_blob_get_size (file));
  memory = mm_blob_new (bytes, mm_blob_get_size (file));
  shorter = mm_blob_new (bytes, mm_blob_get_size (file) - 1);
  bytes[mm_blob_get_size (file) - 1] ^= 1;
  differing = mm_blob_new (bytes, mm_blob_get_size (file));

  g_assert_true (mm_blob_equal (file, file));
  g_assert_true (mm_blob_equal (file, other_file));
  g_assert_true (mm_blob_equal (file, memory));
  g_assert_true (mm_blob_equal (memory, file));
  g_assert_false (mm_blob_equal (file, differing));
  g_assert_false (mm_blob_equal (differing, file));
  g_assert_false (mm_blob_equal (differing, memory));
  g_assert_false (mm_blob_equal (file, shorter));
}

static gboolean
stop_at_once (const guint8  *data,
              gsize          length,
              gpointer       user_data,
              GError       **error)
{
  guint *calls = user_data;

  (*calls)++;
  g_set_error_literal (error, MM_ERROR, MM_ERROR_REFUSED, "enough");
  return FALSE;
}

static void
test_foreach_ends_early (void)
{
  g_autoptr (MmBlob) blob = build (MM_BLOB_MEMORY_MAX * 2, 65536);
  g_autoptr (GError) error = NULL;
  guint calls = 0;

  g_assert_false (mm_blob_foreach (blob, stop_at_once, &calls, &error));
  g_assert_error (error, MM_ERROR, MM_ERROR_REFUSED);
  g_assert_cmpuint (calls, ==, 1);
}

static void
test_builder_again (void)
{
  g_autoptr (MmBlobBuilder) builder = mm_blob_builder_new (10);
  g_autofree char *large = g_strnfill (MM_BLOB_MEMORY_MAX, 'x');

  for (guint i = 0; i < 3; i++)
    {
      g_autoptr (MmBlob) small = NULL;
      g_autoptr (MmBlob) big = NULL;
      g_autoptr (MmBlob) empty = NULL;

      mm_blob_builder_append (builder, "abc", 3, NULL);
      small = mm_blob_builder_end (builder);
      g_assert_cmpmem (mm_blob_peek (small), mm_blob_get_size (small), "abc", 3);

      mm_blob_builder_append (builder, "abc", 3, NULL);
      mm_blob_builder_append (builder, large, MM_BLOB_MEMORY_MAX, NULL);
      big = mm_blob_builder_end (builder);
      g_assert_null (mm_blob_peek (big));
      g_assert_cmpuint (mm_blob_get_size (big), ==, MM_BLOB_MEMORY_MAX + 3);

      empty = mm_blob_builder_end (builder);
      g_assert_cmpuint (mm_blob_get_size (empty), ==, 0);
    }
}

static void
test_nothing_is_left (void)
{
  guint descriptors = count_entries ("/proc/self/fd");

  for (guint i = 0; i < 50; i++)
    {
      g_autoptr (MmBlob) blob = build (MM_BLOB_MEMORY_MAX + 1, MM_BLOB_MEMORY_MAX);
      g_autoptr (MmBlobBuilder) unfinished = mm_blob_builder_new (G_MAXUINT64);
      g_autofree char *large = g_strnfill (MM_BLOB_MEMORY_MAX + 1, 'x');

      mm_blob_builder_append (unfinished, large, MM_BLOB_MEMORY_MAX + 1, NULL);
      g_assert_cmpuint (count_entries (directory), ==, 0);
    }
  g_assert_cmpuint (count_entries ("/proc/self/fd"), ==, descriptors);
}

static gpointer
read_everything (gpointer data)
{
  for (guint i = 0; i < 20; i++)
    {
      guint64 seen = 0;

      g_assert_true (mm_blob_foreach (data, check_piece, &seen, NULL));
      g_assert_cmpuint (seen, ==, mm_blob_get_size (data));
    }
  mm_blob_unref (data);
  return NULL;
}

static void
test_threads (void)
{
  g_autoptr (MmBlob) blob = build (MM_BLOB_MEMORY_MAX + 12345, 100000);
  GThread *threads[4];

  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    threads[i] = g_thread_new ("reader", read_everything, mm_blob_ref (blob));
  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    g_thread_join (threads[i]);
}

static void
test_disk_full (void)
{
  g_autoptr (MmBlobBuilder) builder = mm_blob_builder_new (0);
  g_autoptr (GError) error = NULL;
  g_autofree char *large = g_strnfill (MM_BLOB_MEMORY_MAX, 'x');
  struct rlimit before, limit;
  gboolean ok = TRUE;

  /* The nearest thing to a full disk that needs no privileges: write () fails with EFBIG. */
  signal (SIGXFSZ, SIG_IGN);
  g_assert_no_errno (getrlimit (RLIMIT_FSIZE, &before));
  limit = before;
  limit.rlim_cur = 3 * MM_BLOB_MEMORY_MAX;
  g_assert_no_errno (setrlimit (RLIMIT_FSIZE, &limit));

  for (guint i = 0; ok && i < 10; i++)
    ok = mm_blob_builder_append (builder, large, MM_BLOB_MEMORY_MAX, &error);
  g_assert_no_errno (setrlimit (RLIMIT_FSIZE, &before));

  g_assert_false (ok);
  g_assert_error (error, MM_ERROR, MM_ERROR_INTERNAL);
}

int
main (int   argc,
      char *argv[])
{
  char template[] = "/tmp/mm-test-blob-XXXXXX";
  int status;

  /* Before GLib looks for the folder of temporary files, which it does once. */
  directory = g_mkdtemp (template);
  g_assert_nonnull (directory);
  g_setenv ("TMPDIR", directory, TRUE);

  g_test_init (&argc, &argv, NULL);
  g_assert_cmpstr (g_get_tmp_dir (), ==, directory);
  g_test_add_func ("/blob/sizes", test_sizes);
  g_test_add_func ("/blob/new", test_new);
  g_test_add_func ("/blob/equal", test_equal);
  g_test_add_func ("/blob/foreach-ends-early", test_foreach_ends_early);
  g_test_add_func ("/blob/builder-again", test_builder_again);
  g_test_add_func ("/blob/nothing-is-left", test_nothing_is_left);
  g_test_add_func ("/blob/threads", test_threads);
  g_test_add_func ("/blob/disk-full", test_disk_full);
  status = g_test_run ();

  g_rmdir (directory);
  return status;
}
