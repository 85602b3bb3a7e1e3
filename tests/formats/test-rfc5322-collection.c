/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "formats/mm-rfc5322-repair.h"

#include <string.h>

/* A collection of messages from the wild, beside the checkout where there is one; it is not part
 * of the project. What is wanted of each: no crash, the same answer however it is read, and a
 * repair that mends what it names. */

#define MENDABLE (MM_RFC5322_EMPTY | MM_RFC5322_NUL | MM_RFC5322_BARE_LINE_END | \
                  MM_RFC5322_8BIT_HEADER | MM_RFC5322_INVALID_HEADER)

static void
assert_same_from_file (const char             *data,
                       gsize                   length,
                       const MmRfc5322Summary *expected)
{
  g_autoptr (MmBlobBuilder) builder = mm_blob_builder_new (0);
  g_autoptr (MmBlob) blob = NULL;
  g_autofree char *filler = g_malloc0 (MM_BLOB_MEMORY_MAX);
  MmRfc5322Summary summary;
  guint64 size;

  /* Lines behind the text push it into a file. */
  memset (filler, '\n', MM_BLOB_MEMORY_MAX);
  mm_blob_builder_append (builder, data, length, NULL);
  mm_blob_builder_append (builder, filler, MM_BLOB_MEMORY_MAX, NULL);
  blob = mm_blob_builder_end (builder);
  g_assert_true (mm_rfc5322_examine (blob, TRUE, &summary, NULL));
  size = length + MM_BLOB_MEMORY_MAX;
  g_assert_cmpuint (summary.size, ==, size);
  g_assert_cmphex (summary.fingerprint, ==, expected->fingerprint);
  g_assert_cmphex (summary.body_digest, ==, expected->body_digest);
  g_assert_cmpstr (summary.label, ==, expected->label);
  mm_rfc5322_summary_clear (&summary);
}

static void
check_repair (MmBlob                 *blob,
              const MmRfc5322Summary *summary)
{
  g_autoptr (MmBlob) repaired = NULL;
  g_autoptr (MmBlob) again = NULL;
  MmRfc5322Summary after;
  gboolean equal = FALSE;
  guint differences = 0;
  guint done = 0;
  guint done_again = 0;

  repaired = mm_rfc5322_repair (blob, summary->traits | MM_RFC5322_8BIT_HEADER, &done, NULL);
  g_assert_true (mm_rfc5322_examine (repaired, TRUE, &after, NULL));
  g_assert_cmphex (after.traits & summary->traits & MENDABLE, ==, 0);
  again = mm_rfc5322_repair (repaired, summary->traits | MM_RFC5322_8BIT_HEADER, &done_again, NULL);
  g_assert_cmphex (done_again, ==, 0);
  g_assert_true (again == repaired);
  g_assert_true (mm_rfc5322_compare (blob, repaired, &equal, &differences, NULL));
  if ((done & ~(MM_RFC5322_NUL | MM_RFC5322_BARE_LINE_END | MM_RFC5322_EMPTY)) == 0)
    {
      g_assert_true (equal);
      g_assert_cmphex (differences, ==, done & ~MM_RFC5322_EMPTY);
      g_assert_cmphex (after.fingerprint, ==, summary->fingerprint);
    }
  if ((done & MM_RFC5322_INVALID_HEADER) == 0)
    g_assert_cmphex (after.body_digest, ==, summary->body_digest);
  mm_rfc5322_summary_clear (&after);
}

static void
check_message (const char *path)
{
  g_autofree char *data = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (MmBlob) blob = NULL;
  MmRfc5322Summary summary;
  gsize length = 0;

  g_file_get_contents (path, &data, &length, &error);
  g_assert_no_error (error);
  blob = mm_blob_new (data, length);
  g_assert_true (mm_rfc5322_examine (blob, TRUE, &summary, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (summary.fingerprint, !=, 0);
  g_assert_cmpuint (summary.size, ==, length);
  if (summary.label != NULL)
    g_assert_true (g_utf8_validate (summary.label, -1, NULL));
  assert_same_from_file (data, length, &summary);
  check_repair (blob, &summary);
  mm_rfc5322_summary_clear (&summary);
}

static void
test_collection (void)
{
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "..", "..", "shared", "corpus", "eml",
                                                 NULL);
  g_autoptr (GDir) directory = g_dir_open (path, 0, NULL);
  const char *name;
  guint n = 0;

  if (directory == NULL)
    {
      g_test_skip ("there is no collection of messages beside this checkout");
      return;
    }
  while ((name = g_dir_read_name (directory)) != NULL)
    {
      g_autofree char *file = g_build_filename (path, name, NULL);

      g_test_message ("%s", name);
      check_message (file);
      n++;
    }
  g_assert_cmpuint (n, >, 0);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/formats/rfc5322/collection", test_collection);
  return g_test_run ();
}
