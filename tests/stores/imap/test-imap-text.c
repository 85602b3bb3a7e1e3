/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/mm-folder.h"
#include "model/mm-reference.h"
#include "stores/imap/mm-imap-date.h"
#include "stores/imap/mm-imap-error.h"
#include "stores/imap/mm-imap-names.h"
#include "stores/imap/mm-imap-set.h"
#include "stores/imap/mm-imap-utf7.h"

/* The pure parts: names, dates, sets, meanings. */

static const struct
{
  const char *wire;
  const char *name;
} exact_names[] = {
  { "INBOX", "INBOX" },
  { "", "" },
  { "a &- b", "a & b" },
  { "&AOk-t&AOk-", "été" },
  { "~peter/mail/&U,BTFw-/&ZeVnLIqe-", "~peter/mail/台北/日本語" },
  { "Entw&APw-rfe", "Entwürfe" },
  { "&BB4EQgQ,BEAEMAQyBDsENQQ9BD0ESwQ1-", "Отправленные" },
  { "&2D3eAA-", "😀" },
  { "&2D3eANg93gA-!", "😀😀!" },
  { "tab&AAk-", "tab\t" },
};

static void
test_utf7_exact (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (exact_names); i++)
    {
      g_autofree char *name = mm_imap_utf7_decode (exact_names[i].wire, -1);
      g_autofree char *wire = mm_imap_utf7_encode (exact_names[i].name);

      g_assert_cmpstr (name, ==, exact_names[i].name);
      g_assert_cmpstr (wire, ==, exact_names[i].wire);
    }
}

static void
test_utf7_tolerant (void)
{
  static const struct { const char *wire; const char *name; } names[] = {
    { "R&D", "R&D" },
    { "A&B-C", "A&B-C" },
    { "&", "&" },
    { "a&", "a&" },
    { "&-&", "&&" },
    { "&AOk", "&AOk" },                     /* never ended */
    { "&AAA-", "&AAA-" },                   /* a NUL */
    { "&2D0-", "&2D0-" },                   /* half a pair */
    { "&3gA-", "&3gA-" },
    { "&AOl-", "&AOl-" },                   /* bits left over */
    { "&ZeVnLIqe/-x", "&ZeVnLIqe/-x" },
    { "&U/BTFw-", "台北" },                 /* ordinary base64 */
    { "Gr\xc3\xbc\xc3\x9f", "Grüß" },       /* raw UTF-8 */
    { "Gr\xfc\xdf", "Gr\xef\xbf\xbd\xef\xbf\xbd" }, /* raw Latin-1 */
    { "&AOkA6Q-&AOk-", "ééé" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *name = mm_imap_utf7_decode (names[i].wire, -1);

      g_assert_cmpstr (name, ==, names[i].name);
    }
}

static void
test_utf7_round_trip (void)
{
  for (guint round = 0; round < 2000; round++)
    {
      g_autoptr (GString) name = g_string_new (NULL);
      g_autofree char *wire = NULL;
      g_autofree char *again = NULL;
      int n = g_test_rand_int_range (0, 12);

      for (int i = 0; i < n; i++)
        {
          gunichar c = g_test_rand_int_range (1, g_test_rand_bit () ? 0x80 : 0x11000);

          if (c < 0xD800 || c >= 0xE000)
            g_string_append_unichar (name, c);
        }
      wire = mm_imap_utf7_encode (name->str);
      for (const char *p = wire; *p != 0; p++)
        g_assert_true (*p >= 0x20 && *p < 0x7F);
      again = mm_imap_utf7_decode (wire, -1);
      g_assert_cmpstr (again, ==, name->str);
    }
}

static void
test_date_parse (void)
{
  static const struct { const char *text; gint64 date; } dates[] = {
    { "17-Jul-1996 02:44:25 -0700", 837596665 },
    { " 1-Jan-2024 00:00:00 +0000", 1704067200 },
    { "1-Jan-2024 00:00:00 +0000", 1704067200 },
    { "01-jan-2024 01:00:00 +0100", 1704067200 },
    { "\"01-Jan-2024 00:00:00 +0000\"", 1704067200 },
    { "01-Jan-1970 00:00:00 +0000", 0 },
    { "31-Dec-1969 23:59:59 +0000", -1 },
    { "29-Feb-2000 12:00:00 +0530", 951805800 },
    { "Mon, 1 Jan 2024 01:00:00 +0100 (CET)", 1704067200 },
    { "Mon, 01 Jan 24 00:00 GMT", 1704067200 },
    { "1 Jan 99 00:00:00 EST", 915166800 },
    { "Monday, 1-January-2024 00:00:00", 1704067200 },
    { "01-Jan-2024 00:00:00 garbage", 1704067200 },
    { "01-Jan-2024 00:00:00 +9999", 1704067200 },
    { "01-Jan-2024 01:00:00 +01:00", 1704067200 },
    { "01-Jan-2024 01:00:00 +01", 1704067200 },
    { "31-Dec-2023 23:59:60 +0000", 1704067199 },
    { "01-Jan-2040 00:00:00 +0000", 2208988800 },
    { "", MM_DATE_UNKNOWN },
    { "NIL", MM_DATE_UNKNOWN },
    { "00-Jan-2024 00:00:00 +0000", MM_DATE_UNKNOWN },
    { "32-Jan-2024 00:00:00 +0000", MM_DATE_UNKNOWN },
    { "01-Foo-2024 00:00:00 +0000", MM_DATE_UNKNOWN },
    { "01-Jan-2024", MM_DATE_UNKNOWN },
    { "01-Jan-2024 25:00:00 +0000", MM_DATE_UNKNOWN },
    { "01-Jan-2024 00:61:00 +0000", MM_DATE_UNKNOWN },
  };

  for (guint i = 0; i < G_N_ELEMENTS (dates); i++)
    {
      g_test_message ("%s", dates[i].text);
      g_assert_cmpint (mm_imap_date_parse (dates[i].text), ==, dates[i].date);
    }
}

static void
test_date_write (void)
{
  g_autofree char *padded = mm_imap_date_write (1704067200);
  g_autofree char *early = mm_imap_date_write (-1);

  g_assert_cmpstr (padded, ==, "\" 1-Jan-2024 00:00:00 +0000\"");
  g_assert_cmpstr (early, ==, "\"31-Dec-1969 23:59:59 +0000\"");
  g_assert_null (mm_imap_date_write (MM_DATE_UNKNOWN));
  g_assert_null (mm_imap_date_write (G_MAXINT64));
  g_assert_null (mm_imap_date_write (253402300800)); /* the year 10000 */

  for (guint round = 0; round < 2000; round++)
    {
      gint64 date = (gint64) g_test_rand_int_range (G_MININT32, G_MAXINT32) * 25;
      g_autofree char *text = mm_imap_date_write (date);

      g_assert_cmpint (mm_imap_date_parse (text), ==, date);
    }
}

static void
test_set_write (void)
{
  const guint32 uids[] = { 1, 2, 3, 7, 9, 10, 4294967295u };
  g_autofree char *all = NULL;
  g_autofree char *few = NULL;
  g_autofree char *narrow = NULL;
  guint n;

  all = mm_imap_set_write (uids, G_N_ELEMENTS (uids), 100, 1000, &n);
  g_assert_cmpstr (all, ==, "1:3,7,9:10,4294967295");
  g_assert_cmpuint (n, ==, 7);
  few = mm_imap_set_write (uids, G_N_ELEMENTS (uids), 2, 1000, &n);
  g_assert_cmpstr (few, ==, "1:2");
  g_assert_cmpuint (n, ==, 2);
  narrow = mm_imap_set_write (uids, G_N_ELEMENTS (uids), 100, 1, &n);
  g_assert_cmpstr (narrow, ==, "1:3");
  g_assert_cmpuint (n, ==, 3);
}

static void
test_set_parse (void)
{
  static const char *const wrong[] = { "", "0", "*", "1:*", "1,", ",1", "1:", "x", "1 2", "1:2:3",
                                       "4294967296", "1:4294967295", "1:11", "1:9,20:22" };
  g_autoptr (GArray) uids = mm_imap_set_parse ("5:3,9,1", 10);
  const guint32 expected[] = { 3, 4, 5, 9, 1 };

  g_assert_nonnull (uids);
  g_assert_cmpmem (uids->data, uids->len * 4, expected, sizeof expected);
  for (guint i = 0; i < G_N_ELEMENTS (wrong); i++)
    g_assert_null (mm_imap_set_parse (wrong[i], 10));
}

static void
test_ids (void)
{
  static const char *const wrong[] = { "", "1", "1:", ":1", "0:1", "1:0", "1:2:3", "1:2x", "a:b" };
  g_autofree char *id = mm_imap_id_write (1795292848, 4294967295u);
  guint32 uidvalidity = 7, uid = 8;

  g_assert_true (mm_imap_id_parse (id, &uidvalidity, &uid));
  g_assert_cmpuint (uidvalidity, ==, 1795292848);
  g_assert_cmpuint (uid, ==, 4294967295u);
  for (guint i = 0; i < G_N_ELEMENTS (wrong); i++)
    g_assert_false (mm_imap_id_parse (wrong[i], &uidvalidity, &uid));
  g_assert_false (mm_imap_id_parse (NULL, &uidvalidity, &uid));
  g_assert_cmpuint (uid, ==, 4294967295u);
}

static MmImapNames *
names_from (const char *namespaces)
{
  MmImapNames *names = mm_imap_names_new ();
  g_autoptr (MmImapParser) parser = mm_imap_parser_new ();
  g_autofree char *line = g_strconcat ("* NAMESPACE ", namespaces, NULL);
  const MmImapResponse *response;
  gboolean has_literal;
  guint64 size;

  g_assert_true (mm_imap_parser_add_line (parser, line, strlen (line), &has_literal, &size, NULL));
  response = mm_imap_parser_finish (parser, NULL);
  mm_imap_names_set_namespaces (names, response->data);
  return names;
}

static void
assert_path (MmImapNames *names,
             const char  *wire,
             char         delimiter,
             const char  *display)
{
  g_auto (GStrv) path = mm_imap_names_to_path (names, wire, delimiter);
  g_autofree char *joined = g_strjoinv ("|", path);

  g_assert_cmpstr (joined, ==, display);
}

static void
assert_wire (MmImapNames *names,
             const char  *display,
             const char  *wire)
{
  g_auto (GStrv) path = g_strsplit (display, "|", -1);
  g_autoptr (GError) error = NULL;
  g_autofree char *name = mm_imap_names_from_path (names, (const char *const *) path, &error);

  g_assert_cmpstr (name, ==, wire);
  if (wire == NULL)
    g_assert_error (error, MM_ERROR, MM_ERROR_REFUSED);
}

static void
test_names_plain (void)
{
  g_autoptr (MmImapNames) names = names_from ("((\"\" \"/\")) ((\"Other/\" \"/\")) "
                                              "((\"Shared\" \"/\"))");

  g_assert_true (mm_imap_names_has_namespaces (names));
  g_assert_false (mm_imap_names_prefix_is_inbox (names));
  g_assert_true (mm_imap_names_is_ours (names, "inbox"));
  g_assert_true (mm_imap_names_is_ours (names, "Work"));
  g_assert_true (mm_imap_names_is_ours (names, "Others"));
  g_assert_false (mm_imap_names_is_ours (names, "Other"));
  g_assert_false (mm_imap_names_is_ours (names, "Other/bob"));
  g_assert_false (mm_imap_names_is_ours (names, "Shared/x"));
  assert_path (names, "inbox", '/', "INBOX");
  assert_path (names, "Inbox/x", '/', "INBOX|x");
  assert_path (names, "a/b.c/&AOk-", '/', "a|b.c|é");
  assert_path (names, "a/b", 0, "a/b");
  assert_path (names, "a//b/", '/', "a|b");
  assert_wire (names, "INBOX", "INBOX");
  assert_wire (names, "INBOX|x", "INBOX/x");
  assert_wire (names, "a|b.c|é & ü", "a/b.c/&AOk- &- &APw-");
  assert_wire (names, "a/b", NULL);
  assert_wire (names, "a\r\nb", NULL);
  assert_wire (names, "a||b", NULL);
}

static void
test_names_prefix (void)
{
  g_autoptr (MmImapNames) names = names_from ("((\"INBOX.\" \".\")) ((\"user.\" \".\")) "
                                              "((\"\" \".\"))");

  g_assert_true (mm_imap_names_prefix_is_inbox (names));
  g_assert_true (mm_imap_names_is_ours (names, "INBOX.x"));
  g_assert_true (mm_imap_names_is_ours (names, "Inbox.x"));
  g_assert_false (mm_imap_names_is_ours (names, "user.bob"));
  g_assert_false (mm_imap_names_is_ours (names, "public"));
  assert_path (names, "INBOX", '.', "INBOX");
  assert_path (names, "INBOX.Sent", '.', "Sent");
  assert_path (names, "INBOX.a.b", '.', "a|b");
  assert_path (names, "INBOX.INBOX", '.', "INBOX|INBOX");
  assert_path (names, "INBOX.inbox.x", '.', "INBOX|inbox|x");
  assert_path (names, "INBOX.Inboxes", '.', "Inboxes");
  assert_wire (names, "INBOX|INBOX", "INBOX.INBOX");
  assert_wire (names, "INBOX", "INBOX");
  assert_wire (names, "Sent", "INBOX.Sent");
  assert_wire (names, "INBOX|x", "INBOX.x");
  assert_wire (names, "a.b", NULL);
}

static void
test_names_odd (void)
{
  g_autoptr (MmImapNames) none = names_from ("NIL NIL NIL");
  g_autoptr (MmImapNames) flat = names_from ("((\"\" NIL)) NIL NIL");
  g_autoptr (MmImapNames) bare = names_from ("((\"INBOX\" \".\")) NIL NIL");
  g_autoptr (MmImapNames) junk = names_from ("x (y) ((z))");

  g_assert_false (mm_imap_names_has_namespaces (none));
  assert_wire (none, "a|b", "a/b");
  assert_wire (flat, "a", "a");
  assert_wire (flat, "a|b", NULL);
  assert_path (flat, "a.b/c", 0, "a.b/c");
  g_assert_cmpstr (mm_imap_names_get_prefix (bare), ==, "INBOX.");
  g_assert_false (mm_imap_names_has_namespaces (junk));
}

static void
test_meanings (void)
{
  static const struct { const char *code; const char *text; MmError error; } refusals[] = {
    { "OVERQUOTA", "", MM_ERROR_QUOTA },
    { NULL, "Over quota", MM_ERROR_QUOTA },
    { NULL, "TOO MANY SIMULTANEOUS", MM_ERROR_LIMIT },
    { NULL, "quot", MM_ERROR_REFUSED },
    { "limit", "Mail size is larger", MM_ERROR_LIMIT },
    { "UNAVAILABLE", "quota database is away", MM_ERROR_BUSY },
    { NULL, "Request is throttled. Suggested Backoff Time: 1500 milliseconds", MM_ERROR_BUSY },
    { "ALERT", "Too many simultaneous connections. (Failure)", MM_ERROR_LIMIT },
    { "TRYCREATE", "", MM_ERROR_NOT_FOUND },
    { "AUTHENTICATIONFAILED", "temporarily cross", MM_ERROR_PASSWORD },
    { "NOVEL", "what is this", MM_ERROR_REFUSED },
    { NULL, NULL, MM_ERROR_REFUSED },
  };
  g_autoptr (GError) busy = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (refusals); i++)
    g_assert_cmpint (mm_imap_error_classify (refusals[i].code, refusals[i].text, MM_ERROR_REFUSED),
                     ==, refusals[i].error);
  busy = mm_imap_error_new (NULL, "Request is throttled. Suggested Backoff Time: 1500 milliseconds",
                            MM_ERROR_REFUSED, "No");
  g_assert_error (busy, MM_ERROR, MM_ERROR_BUSY);
  g_assert_cmpuint (mm_error_get_retry_after (busy), ==, 2);
  g_assert_nonnull (strstr (busy->message, "throttled"));
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/imap/utf7/exact", test_utf7_exact);
  g_test_add_func ("/imap/utf7/tolerant", test_utf7_tolerant);
  g_test_add_func ("/imap/utf7/round-trip", test_utf7_round_trip);
  g_test_add_func ("/imap/date/parse", test_date_parse);
  g_test_add_func ("/imap/date/write", test_date_write);
  g_test_add_func ("/imap/set/write", test_set_write);
  g_test_add_func ("/imap/set/parse", test_set_parse);
  g_test_add_func ("/imap/ids", test_ids);
  g_test_add_func ("/imap/names/plain", test_names_plain);
  g_test_add_func ("/imap/names/prefix", test_names_prefix);
  g_test_add_func ("/imap/names/odd", test_names_odd);
  g_test_add_func ("/imap/meanings", test_meanings);
  return g_test_run ();
}
