/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "formats/mm-rfc5322.h"

#include <string.h>

#include "formats/mm-rfc5322-private.h"
#include "odd-messages.h"

static MmBlob *
blob_of (const char *text)
{
  return mm_blob_new (text, strlen (text));
}

/* A blob with the same bytes that is in a file if they are more than the memory's share. */
static MmBlob *
build (gconstpointer data,
       gsize         length)
{
  g_autoptr (MmBlobBuilder) builder = mm_blob_builder_new (length);
  g_autoptr (GError) error = NULL;

  mm_blob_builder_append (builder, data, length, &error);
  g_assert_no_error (error);
  return mm_blob_builder_end (builder);
}

static void
examine (MmBlob           *blob,
         MmRfc5322Summary *summary)
{
  g_autoptr (GError) error = NULL;

  mm_rfc5322_examine (blob, TRUE, summary, &error);
  g_assert_no_error (error);
}

static guint64
fingerprint (const char *header)
{
  return mm_rfc5322_fingerprint ((const guint8 *) header, strlen (header), NULL);
}

static guint64
body_digest (const char *message)
{
  g_autoptr (MmBlob) blob = blob_of (message);
  MmRfc5322Summary summary;
  guint64 digest;

  examine (blob, &summary);
  digest = summary.body_digest;
  mm_rfc5322_summary_clear (&summary);
  return digest;
}

static void
assert_same (const MmRfc5322Summary *a,
             const MmRfc5322Summary *b)
{
  g_assert_cmphex (a->traits, ==, b->traits);
  g_assert_cmpuint (a->size, ==, b->size);
  g_assert_cmpuint (a->crlf_size, ==, b->crlf_size);
  g_assert_cmphex (a->fingerprint, ==, b->fingerprint);
  g_assert_cmphex (a->body_digest, ==, b->body_digest);
  g_assert_cmpstr (a->label, ==, b->label);
}

static void
test_odd (gconstpointer user_data)
{
  const OddMessage *odd = user_data;
  g_autoptr (MmBlob) blob = mm_blob_new (odd->bytes, odd->length);
  MmRfc5322Summary summary;

  examine (blob, &summary);
  g_assert_cmphex (summary.traits, ==, odd->traits);
  g_assert_cmpuint (summary.size, ==, odd->length);
  g_assert_cmpuint (summary.crlf_size, ==, odd->length + odd->extra);
  g_assert_cmpuint (summary.fingerprint, !=, 0);
  if (odd->label != NULL)
    g_assert_true (g_str_has_prefix (summary.label, odd->label));
  mm_rfc5322_summary_clear (&summary);
}

/* The tokens as one text: line ends as 1, 2, 3. */
static void
scan (MmLineScanner *scanner,
      const guint8  *data,
      gsize          length,
      GString       *tokens)
{
  const guint8 *text = NULL;
  gsize text_length = 0;
  MmLineToken token;

  _mm_line_scanner_feed (scanner, data, length);
  while ((token = _mm_line_scanner_next (scanner, &text, &text_length)) != MM_LINE_TOKEN_NONE)
    {
      if (token == MM_LINE_TOKEN_TEXT)
        g_string_append_len (tokens, (const char *) text, text_length);
      else
        g_string_append_c (tokens, '0' + token - MM_LINE_TOKEN_TEXT);
    }
}

static void
test_cuts (gconstpointer user_data)
{
  const OddMessage *odd = user_data;
  const guint8 *bytes = (const guint8 *) odd->bytes;
  g_autoptr (GString) whole = g_string_new (NULL);
  MmLineScanner once = { 0 };

  scan (&once, bytes, odd->length, whole);
  if (_mm_line_scanner_finish (&once) == MM_LINE_TOKEN_CR)
    g_string_append_c (whole, '3');
  for (gsize cut = 0; cut <= odd->length; cut++)
    {
      g_autoptr (GString) pieces = g_string_new (NULL);
      MmLineScanner scanner = { 0 };

      scan (&scanner, bytes, cut, pieces);
      if (cut < odd->length)
        scan (&scanner, bytes + cut, 1, pieces);
      if (cut + 1 < odd->length)
        scan (&scanner, bytes + cut + 1, odd->length - cut - 1, pieces);
      if (_mm_line_scanner_finish (&scanner) == MM_LINE_TOKEN_CR)
        g_string_append_c (pieces, '3');
      g_assert_cmpmem (whole->str, whole->len, pieces->str, pieces->len);
    }
}

/* The same from a file, in pieces of 64 KiB, as from memory in one, wherever the cut falls. */
static void
test_file (void)
{
  static const char tail[] = "\r\na\rb\nc\r\r\n\r\n\0d \n\n\r";

  for (guint shift = 0; shift < sizeof tail; shift++)
    {
      g_autoptr (GString) text = g_string_new ("Subject: long\r\n\r\n");
      g_autoptr (MmBlob) in_memory = NULL;
      g_autoptr (MmBlob) in_file = NULL;
      MmRfc5322Summary a, b;

      while (text->len < 2 * MM_BLOB_MEMORY_MAX)
        {
          while (text->len % 65536 != (65536 - shift) % 65536)
            g_string_append_c (text, 'y');
          g_string_append_len (text, tail, sizeof tail - 1);
        }
      in_memory = mm_blob_new (text->str, text->len);
      in_file = build (text->str, text->len);
      g_assert_nonnull (mm_blob_peek (in_memory));
      g_assert_null (mm_blob_peek (in_file));
      examine (in_memory, &a);
      examine (in_file, &b);
      assert_same (&a, &b);
      mm_rfc5322_summary_clear (&a);
      mm_rfc5322_summary_clear (&b);
    }
}

/* A header that never ends is bounded in what is kept of it, not in what is judged. */
static void
test_huge_header (void)
{
  g_autoptr (GString) text = g_string_new ("Message-ID: <1@test.invalid>\r\n");
  g_autoptr (MmBlob) blob = NULL;
  MmRfc5322Summary summary;

  while (text->len < 3 * MM_BLOB_MEMORY_MAX)
    g_string_append (text, "X-Field: value\r\n");
  g_string_append (text, "No field\r\n");
  blob = build (text->str, text->len);
  examine (blob, &summary);
  g_assert_cmphex (summary.traits, ==, MM_RFC5322_INVALID_HEADER);
  g_assert_true (g_str_has_prefix (summary.label, "<1@test.invalid>"));
  mm_rfc5322_summary_clear (&summary);
}

static void
test_fingerprint_equal (void)
{
  guint64 id = fingerprint ("Message-ID: <1@x>\r\nDate: today\r\nSubject: a\r\n\r\n");
  guint64 fields = fingerprint ("From: a\r\nTo: b\r\nCc: c\r\nDate: d\r\nSubject: e\r\n\r\n");
  guint64 eight = fingerprint ("From: a\r\nSubject: \xc3\xbc" "b\r\n\r\n");

  g_assert_cmphex (id, ==, fingerprint ("message-id:<1@x> \ndate :\n  today\nsubject: b\n"));
  g_assert_cmphex (id, ==, fingerprint ("DATE: today\rMESSAGE-ID: <1@x>\r\r"));
  g_assert_cmphex (id, ==, fingerprint ("Date: today\r\nMessage-ID: <1@x>\r\nMessage-ID: <2@x>"));
  g_assert_cmphex (fields, ==, fingerprint ("Subject: e\r\nDate: d\r\nCc: c\r\nTo: b\r\nFrom: a"));
  g_assert_cmphex (fields, ==, fingerprint ("From: a\nX: y\nTo:\n b\nCc: c\nDate: d\nSubject:e\n"));
  g_assert_cmphex (eight, ==, fingerprint ("From: a\r\nSubject: XXb\r\n\r\n"));
  g_assert_cmphex (fingerprint ("Subject: a b c\r\n"), ==,
                   fingerprint ("Subject: a\r\n b\r\n\t  c \r\n"));
}

static void
test_fingerprint_differs (void)
{
  static const char *const headers[] = {
    "",
    "Message-ID: <1@x>\r\nDate: today\r\n",
    "Message-ID: <2@x>\r\nDate: today\r\n",
    "Message-ID: <1@x>\r\nDate: tomorrow\r\n",
    "Message-ID: <1@x>\r\n",
    "Date: today\r\n",
    "Message-ID: \r\nDate: yesterday\r\n",
    "From: a\r\nTo: b\r\n",
    "From: ab\r\n",
    "To: ab\r\n",
    "Cc: ab\r\n",
    "Subject: ab\r\n",
    "Subject: Ab\r\n",
    "Subject: a b\r\n",
  };

  for (guint i = 0; i < G_N_ELEMENTS (headers); i++)
    {
      g_assert_cmpuint (fingerprint (headers[i]), !=, 0);
      for (guint j = 0; j < i; j++)
        g_assert_cmphex (fingerprint (headers[i]), !=, fingerprint (headers[j]));
    }
  g_assert_cmphex (fingerprint (headers[0]), ==, fingerprint ("\r\nSubject: in the body\r\n"));
}

static void
test_body_digest (void)
{
  guint64 digest = body_digest ("A: b\r\n\r\none\r\ntwo\r\n");
  g_autoptr (MmBlob) with_nul = mm_blob_new ("A: b\r\n\r\na\0b", 11);
  MmRfc5322Summary summary;

  /* the same on every computer */
  g_assert_cmphex (digest, ==, G_GUINT64_CONSTANT (0x537349cdea283a3b));
  g_assert_cmphex (digest, ==, body_digest ("C: d\n\none\ntwo"));
  g_assert_cmphex (digest, ==, body_digest ("\r\none\rtwo\r\n\r\n\n"));
  g_assert_cmphex (digest, !=, body_digest ("\r\none\r\n\r\ntwo\r\n"));
  g_assert_cmphex (digest, !=, body_digest ("\r\none\r\ntwo \r\n"));
  g_assert_cmphex (digest, !=, body_digest ("\r\none two\r\n"));
  g_assert_cmphex (digest, !=, body_digest ("\r\n\r\none\r\ntwo\r\n"));
  g_assert_cmphex (body_digest ("\r\n"), ==, body_digest ("A: b\r\n"));
  g_assert_cmphex (body_digest ("\r\na"), !=, body_digest ("\r\na "));

  examine (with_nul, &summary);
  g_assert_cmphex (summary.body_digest, ==, body_digest ("\r\na\x80" "b"));
  mm_rfc5322_summary_clear (&summary);
}

/* One changed byte anywhere in a body of some blocks changes the digest. */
static void
test_body_digest_everywhere (void)
{
  g_autoptr (GHashTable) seen = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
  g_autofree char *body = g_strnfill (9001, 'a');

  body[0] = '\n';
  for (guint i = 0; i < 9001; i++)
    {
      guint64 *digest = g_new (guint64, 1);

      if (i > 0)
        body[i] = 'b';
      *digest = body_digest (body);
      g_assert_true (g_hash_table_add (seen, digest));
      if (i > 0)
        body[i] = 'a';
    }
}

static void
test_no_digest (void)
{
  g_autoptr (MmBlob) blob = blob_of ("A: b\r\n\r\nx\r\n");
  MmRfc5322Summary summary;

  g_assert_true (mm_rfc5322_examine (blob, FALSE, &summary, NULL));
  g_assert_cmphex (summary.body_digest, ==, 0);
  mm_rfc5322_summary_clear (&summary);
}

static void
test_label (void)
{
  g_autoptr (GString) header = g_string_new ("Message-ID: \r\nSubject: ");
  g_autofree char *label = NULL;

  for (guint i = 0; i < 200; i++)
    g_string_append (header, "ä");
  g_string_append (header, "\r\n");
  mm_rfc5322_fingerprint ((const guint8 *) header->str, header->len, &label);
  g_assert_true (g_utf8_validate (label, -1, NULL));
  g_assert_true (g_str_has_prefix (label, "ää"));
  g_assert_true (g_str_has_suffix (label, "…"));
  g_assert_cmpint (g_utf8_strlen (label, -1), ==, 121);

  g_clear_pointer (&label, g_free);
  mm_rfc5322_fingerprint ((const guint8 *) "Subject: S\nMessage-ID: <1@a>\n", 29, &label);
  g_assert_cmpstr (label, ==, "<1@a> S");

  g_clear_pointer (&label, g_free);
  mm_rfc5322_fingerprint ((const guint8 *) "Message-ID: <\x1b[2J\xff>\n", 20, &label);
  g_assert_true (g_utf8_validate (label, -1, NULL));
  g_assert_null (strchr (label, '\x1b'));
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < n_odd_messages; i++)
    {
      g_autofree char *odd = g_strdup_printf ("/formats/rfc5322/odd/%s", odd_messages[i].name);
      g_autofree char *cuts = g_strdup_printf ("/formats/rfc5322/cuts/%s", odd_messages[i].name);

      g_test_add_data_func (odd, &odd_messages[i], test_odd);
      g_test_add_data_func (cuts, &odd_messages[i], test_cuts);
    }
  g_test_add_func ("/formats/rfc5322/file", test_file);
  g_test_add_func ("/formats/rfc5322/huge-header", test_huge_header);
  g_test_add_func ("/formats/rfc5322/fingerprint/equal", test_fingerprint_equal);
  g_test_add_func ("/formats/rfc5322/fingerprint/differs", test_fingerprint_differs);
  g_test_add_func ("/formats/rfc5322/body-digest", test_body_digest);
  g_test_add_func ("/formats/rfc5322/body-digest-everywhere", test_body_digest_everywhere);
  g_test_add_func ("/formats/rfc5322/no-digest", test_no_digest);
  g_test_add_func ("/formats/rfc5322/label", test_label);
  return g_test_run ();
}
