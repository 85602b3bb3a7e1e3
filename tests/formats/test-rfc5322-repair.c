/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "formats/mm-rfc5322-repair.h"

#include <gmime/gmime.h>
#include <string.h>

#include "odd-messages.h"

#define MENDABLE                                                                     \
  (MM_RFC5322_EMPTY | MM_RFC5322_NUL | MM_RFC5322_BARE_LINE_END | MM_RFC5322_8BIT_HEADER | \
   MM_RFC5322_INVALID_HEADER)

/* What compare () sees through. */
#define HARMLESS (MM_RFC5322_EMPTY | MM_RFC5322_NUL | MM_RFC5322_BARE_LINE_END)

static guint
get_traits (MmBlob *blob)
{
  MmRfc5322Summary summary;
  guint traits;

  g_assert_true (mm_rfc5322_examine (blob, FALSE, &summary, NULL));
  traits = summary.traits;
  mm_rfc5322_summary_clear (&summary);
  return traits;
}

static MmBlob *
repair (MmBlob *blob,
        guint   traits,
        guint   expected)
{
  g_autoptr (GError) error = NULL;
  MmBlob *repaired;
  guint done = G_MAXUINT;

  repaired = mm_rfc5322_repair (blob, traits, &done, &error);
  g_assert_no_error (error);
  g_assert_cmphex (done, ==, expected);
  return repaired;
}

static void
assert_repaired (const char *text,
                 guint       traits,
                 const char *expected)
{
  g_autoptr (MmBlob) blob = mm_blob_new (text, strlen (text));
  g_autoptr (MmBlob) repaired = repair (blob, traits, traits);
  g_autofree char *got = g_strndup ((const char *) mm_blob_peek (repaired),
                                    mm_blob_get_size (repaired));

  g_assert_cmpstr (got, ==, expected);
}

static void
test_odd (gconstpointer user_data)
{
  const OddMessage *odd = user_data;
  g_autoptr (MmBlob) blob = mm_blob_new (odd->bytes, odd->length);
  g_autoptr (MmBlob) repaired = repair (blob, odd->traits, odd->traits & MENDABLE);
  g_autoptr (MmBlob) again = repair (repaired, odd->traits, 0);
  gboolean equal = FALSE;
  guint differences;
  guint left;

  if ((odd->traits & MENDABLE) == 0)
    g_assert_true (repaired == blob);
  g_assert_true (again == repaired);

  /* A NUL in the header becomes an 8-bit byte in the header. */
  left = get_traits (repaired);
  if ((odd->traits & MM_RFC5322_NUL) != 0 && (odd->traits & MM_RFC5322_8BIT_HEADER) == 0)
    left &= ~MM_RFC5322_8BIT_HEADER;
  g_assert_cmphex (left & MENDABLE, ==, 0);

  g_assert_true (mm_rfc5322_compare (blob, repaired, &equal, &differences, NULL));
  if ((odd->traits & MENDABLE & ~HARMLESS) == 0)
    {
      g_assert_true (equal);
      g_assert_cmphex (differences, ==, odd->traits & MENDABLE & ~MM_RFC5322_EMPTY);
    }
}

/* Only what is asked for. */
static void
test_single_traits (gconstpointer user_data)
{
  const OddMessage *odd = user_data;
  g_autoptr (MmBlob) blob = mm_blob_new (odd->bytes, odd->length);

  for (guint trait = 1; trait <= MM_RFC5322_LONG_LINE; trait <<= 1)
    {
      guint expected = odd->traits & MENDABLE & trait;
      g_autoptr (MmBlob) repaired = NULL;

      if (expected == 0 && trait != MM_RFC5322_8BIT_HEADER)
        {
          repaired = repair (blob, trait, 0);
          g_assert_true (repaired == blob);
        }
      if (expected != 0 && trait != MM_RFC5322_8BIT_HEADER)
        {
          repaired = repair (blob, trait, trait);
          g_assert_cmphex (get_traits (repaired) & trait, ==, 0);
        }
    }
}

static void
test_line_ends (void)
{
  assert_repaired ("A: b\n\nx\r\ry\n\r\n\r", MM_RFC5322_BARE_LINE_END,
                   "A: b\r\n\r\nx\r\n\r\ny\r\n\r\n\r\n");
}

static void
test_invalid_header (void)
{
  assert_repaired ("Subject : a\r\nNo colon\r\n folded\r\n: x\r\nB\t : c\r\n\r\nNo colon\r\n",
                   MM_RFC5322_INVALID_HEADER,
                   "Subject: a\r\nX-Invalid-Header: No colon\r\n folded\r\nX-Invalid-Header: : x\r\n"
                   "B: c\r\n\r\nNo colon\r\n");
}

static void
test_encoded_text (void)
{
  assert_repaired ("Subject: zwölf große Bücher für \"Züricherin\" a b\r\n\r\nö\r\n",
                   MM_RFC5322_8BIT_HEADER,
                   "Subject: =?utf-8?Q?zw=C3=B6lf_gro=C3=9Fe_B=C3=BCcher_f=C3=BCr_=22Z=C3=BCricherin?=\r\n"
                   " =?utf-8?Q?=22?= a b\r\n\r\nö\r\n");
  assert_repaired ("X-Name: \xff z\r\n\r\n", MM_RFC5322_8BIT_HEADER,
                   "X-Name: =?unknown-8bit?Q?=FF?= z\r\n\r\n");
}

static void
test_encoded_addresses (void)
{
  assert_repaired ("From: \"Müller, \\\"A\\\"\" <a@b>\r\nTo: Žak Ž <z@b>, \"plain, one\" <p@b> (Größe)\r\n"
                   "\r\n",
                   MM_RFC5322_8BIT_HEADER,
                   "From: =?utf-8?Q?M=C3=BCller=2C_=22A=22?= <a@b>\r\n"
                   "To: =?utf-8?Q?=C5=BDak_=C5=BD?= <z@b>, \"plain, one\" <p@b> "
                   "(=?utf-8?Q?Gr=C3=B6=C3=9Fe?=)\r\n\r\n");
}

static void
test_encoded_parameters (void)
{
  assert_repaired ("Content-Type: text/plain;\r\n name=\"Größe 1.txt\"; charset=utf-8\r\n\r\n",
                   MM_RFC5322_8BIT_HEADER,
                   "Content-Type: text/plain;\r\n name=\"=?utf-8?Q?Gr=C3=B6=C3=9Fe?= 1.txt\"; "
                   "charset=utf-8\r\n\r\n");
}

/* What people read stays the same, also when it takes many encoded words. */
static void
test_decoded_again (void)
{
  g_autoptr (GString) subject = g_string_new (NULL);
  g_autoptr (GString) message = g_string_new ("Subject: ");
  g_autoptr (MmBlob) blob = NULL;
  g_autoptr (MmBlob) repaired = NULL;
  g_autofree char *raw = NULL;
  g_autofree char *decoded = NULL;
  const char *end;

  for (guint i = 0; i < 40; i++)
    g_string_append (subject, "日本語 příliš žluťoučký 🎉 ");
  g_string_append (subject, "end");
  g_string_append_printf (message, "%s\r\n\r\nx\r\n", subject->str);
  blob = mm_blob_new (message->str, message->len);
  repaired = repair (blob, MM_RFC5322_8BIT_HEADER, MM_RFC5322_8BIT_HEADER);
  raw = g_strndup ((const char *) mm_blob_peek (repaired), mm_blob_get_size (repaired));
  end = strstr (raw, "\r\n\r\n");
  g_assert_nonnull (end);
  for (const char *p = raw; p < end; p = strchr (p, '\n') + 1)
    g_assert_cmpuint (strcspn (p, "\r"), <=, 90);
  raw[end - raw] = '\0';
  decoded = g_mime_utils_header_decode_text (NULL, raw + strlen ("Subject: "));
  g_assert_cmpstr (decoded, ==, subject->str);
}

/* Messages and header lines beyond any buffer. */
static void
test_large (void)
{
  g_autoptr (GString) text = g_string_new ("Subject: ");
  g_autoptr (MmBlobBuilder) builder = mm_blob_builder_new (0);
  g_autoptr (MmBlob) blob = NULL;
  g_autoptr (MmBlob) repaired = NULL;
  g_autoptr (MmBlob) again = NULL;
  guint wanted = MM_RFC5322_8BIT_HEADER | MM_RFC5322_BARE_LINE_END | MM_RFC5322_NUL;

  for (guint i = 0; i < 40000; i++)
    g_string_append (text, i % 3 == 0 ? "žluťoučký " : "horse ");
  g_string_append (text, "\nX-Long: ");
  for (guint i = 0; i < 200000; i++)
    g_string_append (text, "ž");
  g_string_append (text, "\n\n");
  mm_blob_builder_append (builder, text->str, text->len, NULL);
  for (guint i = 0; i < 300000; i++)
    mm_blob_builder_append (builder, "some text\0\n", 11, NULL);
  blob = mm_blob_builder_end (builder);
  g_assert_cmphex (get_traits (blob), ==, wanted | MM_RFC5322_LONG_LINE);

  repaired = repair (blob, wanted, wanted);
  again = repair (repaired, wanted, 0);
  g_assert_cmphex (get_traits (repaired) & wanted, ==, 0);
  g_assert_cmpuint (mm_blob_get_memory (repaired), <, MM_BLOB_MEMORY_MAX);
  g_assert_true (again == repaired);
}

static void
test_words (void)
{
  for (guint trait = 1; trait <= MM_RFC5322_LONG_LINE; trait <<= 1)
    {
      g_assert_cmpuint (strlen (mm_rfc5322_trait_get_code (trait)), >, 0);
      g_assert_true (g_str_has_suffix (mm_rfc5322_trait_get_repair_message (trait), "."));
      g_assert_true (g_str_has_suffix (mm_rfc5322_trait_get_change_message (trait), "."));
    }
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_mime_init ();
  for (guint i = 0; i < n_odd_messages; i++)
    {
      const char *name = odd_messages[i].name;
      g_autofree char *odd = g_strdup_printf ("/formats/rfc5322-repair/odd/%s", name);
      g_autofree char *single = g_strdup_printf ("/formats/rfc5322-repair/single/%s", name);

      g_test_add_data_func (odd, &odd_messages[i], test_odd);
      g_test_add_data_func (single, &odd_messages[i], test_single_traits);
    }
  g_test_add_func ("/formats/rfc5322-repair/line-ends", test_line_ends);
  g_test_add_func ("/formats/rfc5322-repair/invalid-header", test_invalid_header);
  g_test_add_func ("/formats/rfc5322-repair/encoded-text", test_encoded_text);
  g_test_add_func ("/formats/rfc5322-repair/encoded-addresses", test_encoded_addresses);
  g_test_add_func ("/formats/rfc5322-repair/encoded-parameters", test_encoded_parameters);
  g_test_add_func ("/formats/rfc5322-repair/decoded-again", test_decoded_again);
  g_test_add_func ("/formats/rfc5322-repair/large", test_large);
  g_test_add_func ("/formats/rfc5322-repair/words", test_words);
  return g_test_run ();
}
