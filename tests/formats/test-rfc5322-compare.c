/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "formats/mm-rfc5322.h"

#include <string.h>

#include "odd-messages.h"

typedef struct
{
  const char *name;
  const char *sent;
  gsize sent_length;
  const char *stored;
  gsize stored_length;
  gboolean equal;
  guint differences;
} CompareCase;

#define CASE(name, sent, stored, equal, differences) \
  { name, sent, sizeof (sent) - 1, stored, sizeof (stored) - 1, equal, differences }

static const CompareCase cases[] = {
  CASE ("same", "A: b\r\n\r\nx\r\n", "A: b\r\n\r\nx\r\n", TRUE, 0),
  CASE ("both-empty", "", "", TRUE, 0),
  CASE ("one-end-more", "A: b\r\n\r\nx", "A: b\r\n\r\nx\r\n", TRUE, 0),
  CASE ("one-end-less", "A: b\r\n\r\nx\r\n", "A: b\r\n\r\nx", TRUE, 0),
  CASE ("two-ends-more", "A: b\r\n\r\nx", "A: b\r\n\r\nx\r\n\r\n", FALSE, 0),
  CASE ("empty-as-line", "", "\r\n", TRUE, 0),
  CASE ("line-feeds", "A: b\n\nx\ny\n", "A: b\r\n\r\nx\r\ny\r\n", TRUE, MM_RFC5322_BARE_LINE_END),
  CASE ("carriage-returns", "A: b\r\n\r\nx\ry", "A: b\r\n\r\nx\r\ny", TRUE, MM_RFC5322_BARE_LINE_END),
  CASE ("cr-at-end", "A: b\r\n\r\nx\r", "A: b\r\n\r\nx\r\n", TRUE, MM_RFC5322_BARE_LINE_END),
  CASE ("line-end-lost", "A: b\r\n\r\nx\r\ny\r\n", "A: b\r\n\r\nxy\r\n", FALSE, 0),
  CASE ("line-end-new", "A: b\r\n\r\nxy\r\n", "A: b\r\n\r\nx\r\ny\r\n", FALSE, 0),
  CASE ("nul-as-80", "A: b\r\n\r\nx\0y\r\n", "A: b\r\n\r\nx\x80y\r\n", TRUE, MM_RFC5322_NUL),
  CASE ("nul-as-blank", "A: b\0\r\n\r\nxy\r\n", "A: b \r\n\r\nxy\r\n", TRUE, MM_RFC5322_NUL),
  CASE ("nul-lost", "A: b\r\n\r\nx\0y\r\n", "A: b\r\n\r\nxy\r\n", FALSE, 0),
  CASE ("nul-new", "A: b\r\n\r\nx\x80y\r\n", "A: b\r\n\r\nx\0y\r\n", FALSE, 0),
  CASE ("8bit-as-x", "A: \xc3\xbc\r\n\r\nx\r\n", "A: XX\r\n\r\nx\r\n", TRUE, MM_RFC5322_8BIT_HEADER),
  CASE ("8bit-as-y", "A: \xc3\xbc\r\n\r\nx\r\n", "A: YY\r\n\r\nx\r\n", FALSE, 0),
  CASE ("8bit-body-as-x", "A: b\r\n\r\n\xc3\xbc\r\n", "A: b\r\n\r\nXX\r\n", FALSE, 0),
  CASE ("8bit-body-as-x-after-cr", "A: b\r\r\xc3\xbc\r\n", "A: b\r\n\r\nXX\r\n", FALSE, 0),
  CASE ("all-at-once", "A: \xfc\n\nx\0\n", "A: X\r\n\r\nx\x80", TRUE,
        MM_RFC5322_8BIT_HEADER | MM_RFC5322_BARE_LINE_END | MM_RFC5322_NUL),
  CASE ("other-byte", "A: b\r\n\r\nx\r\n", "A: b\r\n\r\ny\r\n", FALSE, 0),
  CASE ("cut-off", "A: b\r\n\r\nxyz\r\n", "A: b\r\n\r\nx", FALSE, 0),
  CASE ("longer", "A: b\r\n\r\nx", "A: b\r\n\r\nxyz", FALSE, 0),
  CASE ("field-added", "A: b\r\n\r\nx", "X-New: 1\r\nA: b\r\n\r\nx", FALSE, 0),
};

static void
assert_compared (MmBlob   *sent,
                 MmBlob   *stored,
                 gboolean  expected_equal,
                 guint     expected_differences)
{
  g_autoptr (GError) error = NULL;
  gboolean equal = !expected_equal;
  guint differences = G_MAXUINT;

  g_assert_true (mm_rfc5322_compare (sent, stored, &equal, &differences, &error));
  g_assert_no_error (error);
  g_assert_cmpint (equal, ==, expected_equal);
  g_assert_cmphex (differences, ==, expected_differences);
}

static void
test_case (gconstpointer user_data)
{
  const CompareCase *test = user_data;
  g_autoptr (MmBlob) sent = mm_blob_new (test->sent, test->sent_length);
  g_autoptr (MmBlob) stored = mm_blob_new (test->stored, test->stored_length);

  assert_compared (sent, stored, test->equal, test->differences);
}

static MmBlob *
make_large (const char *line_end,
            const char *last)
{
  g_autoptr (MmBlobBuilder) builder = mm_blob_builder_new (0);

  mm_blob_builder_append (builder, line_end, strlen (line_end), NULL);
  for (guint i = 0; i < 60000; i++)
    {
      g_autofree char *line = g_strdup_printf ("%*u%s", (int) (i % 70), i, line_end);

      mm_blob_builder_append (builder, line, strlen (line), NULL);
    }
  mm_blob_builder_append (builder, last, strlen (last), NULL);
  return mm_blob_builder_end (builder);
}

/* Files, whose pieces end at different places of the text. */
static void
test_large (void)
{
  g_autoptr (MmBlob) sent = make_large ("\n", "end");
  g_autoptr (MmBlob) same = make_large ("\r\n", "end");
  g_autoptr (MmBlob) other = make_large ("\r\n", "enD");

  g_assert_null (mm_blob_peek (sent));
  assert_compared (sent, sent, TRUE, 0);
  assert_compared (sent, same, TRUE, MM_RFC5322_BARE_LINE_END);
  assert_compared (sent, other, FALSE, 0);
}

/* No two of the odd messages pass for each other. */
static void
test_odd_pairs (void)
{
  for (guint i = 0; i < n_odd_messages; i++)
    {
      for (guint j = 0; j < n_odd_messages; j++)
        {
          g_autoptr (MmBlob) a = mm_blob_new (odd_messages[i].bytes, odd_messages[i].length);
          g_autoptr (MmBlob) b = mm_blob_new (odd_messages[j].bytes, odd_messages[j].length);

          assert_compared (a, b, i == j, 0);
        }
    }
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *path = g_strdup_printf ("/formats/rfc5322-compare/%s", cases[i].name);

      g_test_add_data_func (path, &cases[i], test_case);
    }
  g_test_add_func ("/formats/rfc5322-compare/large", test_large);
  g_test_add_func ("/formats/rfc5322-compare/odd-pairs", test_odd_pairs);
  return g_test_run ();
}
