/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/mm-error.h"
#include "model/mm-reference.h"
#include "stores/imap/mm-imap-message.h"
#include "stores/imap/mm-imap-parser.h"

/* Gives @text, with its CRLFs and literals, to the parser as a session does; literals in pieces of
 * @piece bytes. */
static const MmImapResponse *
parse (MmImapParser *parser,
       const char   *text,
       gsize         length,
       gsize         piece,
       GError      **error)
{
  const char *end = text + length;
  gboolean has_literal = TRUE;

  mm_imap_parser_reset (parser);
  while (has_literal)
    {
      const char *line_end = memmem (text, (gsize) (end - text), "\r\n", 2);
      guint64 size = 0;

      g_assert_nonnull (line_end);
      if (!mm_imap_parser_add_line (parser, text, (gsize) (line_end - text), &has_literal, &size,
                                    error))
        return NULL;
      text = line_end + 2;
      if (!has_literal)
        break;
      g_assert_cmpuint (size, <=, (guint64) (end - text));
      if (mm_imap_parser_wants_blob (parser))
        mm_imap_parser_set_blob (parser, mm_blob_new (text, size));
      else
        for (gsize i = 0; i < size; i += piece)
          mm_imap_parser_append_literal (parser, text + i, MIN (piece, size - i));
      text += size;
    }
  g_assert_true (text == end);
  return mm_imap_parser_finish (parser, error);
}

static void
print_node (const MmImapNode *node,
            GString          *out)
{
  for (; node != NULL; node = node->next)
    {
      if (out->len > 0 && out->str[out->len - 1] != '(')
        g_string_append_c (out, ' ');
      switch (node->type)
        {
        case MM_IMAP_NIL:
          g_string_append (out, "NIL");
          break;
        case MM_IMAP_ATOM:
          g_string_append (out, node->text);
          break;
        case MM_IMAP_STRING:
          if (node->blob != NULL)
            g_string_append_printf (out, "<%" G_GUINT64_FORMAT ">", mm_blob_get_size (node->blob));
          else
            g_string_append_printf (out, "'%s'", node->text);
          break;
        case MM_IMAP_LIST:
          g_string_append_c (out, '(');
          print_node (node->first, out);
          g_string_append_c (out, ')');
          break;
        }
    }
}

static void
assert_data (const char *text,
             gint64      number,
             const char *name,
             const char *expected)
{
  g_autoptr (MmImapParser) parser = mm_imap_parser_new ();

  for (gsize piece = 1; piece < 4; piece++)
    {
      g_autoptr (GString) out = g_string_new (NULL);
      g_autoptr (GError) error = NULL;
      const MmImapResponse *response = parse (parser, text, strlen (text), piece, &error);

      g_assert_no_error (error);
      g_assert_cmpint (response->type, ==, MM_IMAP_UNTAGGED);
      g_assert_cmpint (response->number, ==, number);
      g_assert_cmpstr (response->name, ==, name);
      print_node (response->data, out);
      g_assert_cmpstr (out->str, ==, expected);
    }
}

static void
test_data (void)
{
  assert_data ("* 23 EXISTS\r\n", 23, "EXISTS", "");
  assert_data ("* SEARCH\r\n", -1, "SEARCH", "");
  assert_data ("* SEARCH 2 3 6 \r\n", -1, "SEARCH", "2 3 6");
  assert_data ("* LIST (\\HasNoChildren \\Sent) \"/\" \"Sent \\\"x\\\\\"\r\n", -1, "LIST",
               "(\\HasNoChildren \\Sent) '/' 'Sent \"x\\'");
  assert_data ("* LIST () NIL 2024\r\n", -1, "LIST", "() NIL 2024");
  assert_data ("* LIST () \"/\" {5}\r\na \"(x\r\n", -1, "LIST", "() '/' 'a \"(x'");
  assert_data ("* LIST () \"/\" {0}\r\n\r\n", -1, "LIST", "() '/' ''");
  assert_data ("* LIST () \"/\" [Gmail]/All\r\n", -1, "LIST", "() '/' [Gmail]/All");
  assert_data ("* STATUS INBOX (MESSAGES 2 UIDNEXT 5)\r\n", -1, "STATUS",
               "INBOX (MESSAGES 2 UIDNEXT 5)");
  assert_data ("* NAMESPACE ((\"INBOX.\" \".\")) NIL ((\"\" \".\")(\"#pub/\" \"/\"))\r\n", -1,
               "NAMESPACE", "(('INBOX.' '.')) NIL (('' '.') ('#pub/' '/'))");
  assert_data ("* ESEARCH (TAG \"A1\") UID ALL 1:3,5\r\n", -1, "ESEARCH",
               "(TAG 'A1') UID ALL 1:3,5");
  assert_data ("* 1 FETCH (UID 7 BODY[] {4}\r\nab\r\n FLAGS (\\Seen $x))\r\n", 1, "FETCH",
               "(UID 7 BODY[] <4> FLAGS (\\Seen $x))");
  assert_data ("* 1 FETCH (BODY[HEADER.FIELDS (\"DATE\" FROM)] {3}\r\na)b X-GM-MSGID 12)\r\n", 1,
               "FETCH", "(BODY[HEADER.FIELDS (\"DATE\" FROM)] 'a)b' X-GM-MSGID 12)");
  assert_data ("* 1 FETCH (BODY[] \"quoted\" RFC822 {1}\r\nx BODY[]<0> ~{2}\r\nyy)\r\n", 1, "FETCH",
               "(BODY[] 'quoted' RFC822 <1> BODY[]<0> 'yy')");
}

/* What really comes. */
static void
test_mess (void)
{
  assert_data ("*  LIST  (\\A  \\B )  \"/\"   x \r\n", -1, "LIST", "(\\A \\B) '/' x");
  assert_data ("* LIST (\\A \"/\" x\r\n", -1, "LIST", "(\\A '/' x)");
  assert_data ("* LIST (\\A) \"/\" x)\r\n", -1, "LIST", "(\\A) '/' x");
  assert_data ("* LIST (\\A) \"/\" \"never ended\r\n", -1, "LIST", "(\\A) '/' 'never ended'");
  assert_data ("* LIST () \"/\" \"brace {5}\"\r\n", -1, "LIST", "() '/' 'brace {5}'");
  assert_data ("* LIST () \"/\" brace{5}\r\n", -1, "LIST", "() '/' brace{5}");
  assert_data ("* LIST () \"/\" {x}\r\n", -1, "LIST", "() '/' {x}");
  assert_data ("* 99999999999 EXISTS\r\n", -1, "99999999999", "EXISTS");
  assert_data ("*\r\n", -1, "", "");
  assert_data ("\r\n", -1, "", "");
  assert_data ("* \r\n", -1, "", "");
}

static void
assert_status (const char         *text,
               MmImapResponseType  type,
               const char         *tag,
               MmImapStatus        status,
               const char         *code,
               const char         *arguments,
               const char         *prose)
{
  g_autoptr (MmImapParser) parser = mm_imap_parser_new ();
  g_autoptr (GString) out = g_string_new (NULL);
  g_autoptr (GError) error = NULL;
  const MmImapResponse *response = parse (parser, text, strlen (text), 1, &error);

  g_assert_no_error (error);
  g_assert_cmpint (response->type, ==, type);
  g_assert_cmpstr (response->tag, ==, tag);
  g_assert_cmpint (response->status, ==, status);
  g_assert_cmpstr (response->code, ==, code);
  print_node (response->arguments, out);
  g_assert_cmpstr (out->str, ==, arguments);
  g_assert_cmpstr (response->text, ==, prose);
}

static void
test_status (void)
{
  assert_status ("A1 OK done\r\n", MM_IMAP_TAGGED, "A1", MM_IMAP_STATUS_OK, NULL, "", "done");
  assert_status ("A1 NO [APPENDUID 38505 3955:3957] stored\r\n", MM_IMAP_TAGGED, "A1",
                 MM_IMAP_STATUS_NO, "APPENDUID", "38505 3955:3957", "stored");
  assert_status ("* OK [PERMANENTFLAGS (\\Deleted a]b \\*)] Limited\r\n", MM_IMAP_UNTAGGED, NULL,
                 MM_IMAP_STATUS_OK, "PERMANENTFLAGS", "(\\Deleted a]b \\*)", "Limited");
  assert_status ("* OK [UIDVALIDITY 3857529045]\r\n", MM_IMAP_UNTAGGED, NULL, MM_IMAP_STATUS_OK,
                 "UIDVALIDITY", "3857529045", "");
  assert_status ("* BYE [TOOBIG] \"unbalanced ( quote {7}\r\n", MM_IMAP_UNTAGGED, NULL,
                 MM_IMAP_STATUS_BYE, "TOOBIG", "", "\"unbalanced ( quote {7}");
  assert_status ("* bad what {3}\r\n", MM_IMAP_UNTAGGED, NULL, MM_IMAP_STATUS_BAD, NULL, "",
                 "what {3}");
  assert_status ("a2 no [x\r\n", MM_IMAP_TAGGED, "a2", MM_IMAP_STATUS_NO, "x", "", "");
  assert_status ("a2 OK\r\n", MM_IMAP_TAGGED, "a2", MM_IMAP_STATUS_OK, NULL, "", "");
  assert_status ("+ idling {4}\r\n", MM_IMAP_CONTINUATION, NULL, MM_IMAP_STATUS_NONE, NULL, "",
                 "idling {4}");
  assert_status ("+\r\n", MM_IMAP_CONTINUATION, NULL, MM_IMAP_STATUS_NONE, NULL, "", "");
}

static void
assert_refused (const char *text,
                gsize       length)
{
  g_autoptr (MmImapParser) parser = mm_imap_parser_new ();
  g_autoptr (GError) error = NULL;

  g_assert_null (parse (parser, text, length, 1000, &error));
  g_assert_error (error, MM_ERROR, MM_ERROR_PROTOCOL);
}

static void
test_bounds (void)
{
  g_autoptr (GString) deep = g_string_new ("* X ");
  g_autoptr (GString) much = g_string_new ("* X");
  g_autofree char *fine = NULL;

  for (guint i = 0; i < 10000; i++)
    g_string_append_c (deep, '(');
  g_string_append (deep, "\r\n");
  assert_refused (deep->str, deep->len);

  for (guint i = 0; i < 1100; i++)
    g_string_append (much, " {1}\r\nx");
  g_string_append (much, "\r\n");
  assert_refused (much->str, much->len);

  assert_refused ("* X {5000000000}\r\n", 18);
  assert_refused ("what is this\r\n", 14);

  /* as deep as anything sensible */
  fine = g_strdup ("* X ((((((((((a))))))))))\r\n");
  assert_data (fine, -1, "X", "((((((((((a))))))))))");
}

/* A header that never ends is cut off, and what follows it is understood all the same. */
static void
test_long_literal (void)
{
  g_autoptr (MmImapParser) parser = mm_imap_parser_new ();
  g_autoptr (GString) text = g_string_new ("* 1 FETCH (BODY[HEADER.FIELDS (DATE)] {600000}\r\n");
  const MmImapResponse *response;
  const MmImapNode *value;

  for (guint i = 0; i < 600000; i++)
    g_string_append_c (text, 'x');
  g_string_append (text, " UID 5)\r\n");
  response = parse (parser, text->str, text->len, 100, NULL);
  g_assert_nonnull (response);
  value = response->data->first->next;
  g_assert_cmpuint (value->length, ==, MM_IMAP_LITERAL_MAX);
  g_assert_true (mm_imap_node_is (value->next, "UID"));
}

static void
test_nul (void)
{
  static const char text[] = "* X \"a\0b\" c\0d\r\n";
  g_autoptr (MmImapParser) parser = mm_imap_parser_new ();
  const MmImapResponse *response = parse (parser, text, sizeof text - 1, 1, NULL);

  g_assert_nonnull (response);
  g_assert_cmpuint (response->data->length, ==, 3);
  g_assert_cmpuint (response->data->next->length, ==, 3);
}

static void
test_message (void)
{
  static const char text[] =
    "* 4 FETCH (FLAGS (\\seen \\Recent \\DELETED b $Forwarded b \\Odd) UID 12 INTERNALDATE "
    "\" 1-Jan-2024 00:00:00 +0000\" RFC822.SIZE 44 EMAILID (M1) "
    "BODY[HEADER.FIELDS (MESSAGE-ID)] {20}\r\nMessage-ID: <a@b>\r\n\r X-UNKNOWN (a (b)) "
    "BODY[] NIL)\r\n";
  g_autoptr (MmImapParser) parser = mm_imap_parser_new ();
  g_auto (MmImapMessage) message = { 0, };
  const MmImapResponse *response = parse (parser, text, sizeof text - 1, 3, NULL);
  const char *const keywords[] = { "$Forwarded", "\\Odd", "b", "b", NULL };

  g_assert_nonnull (response);
  mm_imap_message_take (&message, response);
  g_assert_cmphex (message.has, ==, MM_IMAP_HAS_UID | MM_IMAP_HAS_FLAGS | MM_IMAP_HAS_DATE |
                   MM_IMAP_HAS_SIZE | MM_IMAP_HAS_HEADER | MM_IMAP_HAS_BODY | MM_IMAP_HAS_GLOBAL_ID);
  g_assert_cmpuint (message.uid, ==, 12);
  g_assert_cmphex (message.flags, ==, MM_FLAG_SEEN | MM_FLAG_DELETED);
  g_assert_cmpstrv (message.keywords, keywords);
  g_assert_cmpint (message.date, ==, 1704067200);
  g_assert_cmpuint (message.size, ==, 44);
  g_assert_cmpstr (message.global_id, ==, "M1");
  g_assert_cmpstr (message.label, ==, "<a@b>");
  g_assert_null (message.blob);
}

/* Whatever is cut out of, or put into, a good response: an answer or an error, nothing else. */
static void
test_damage (void)
{
  static const char good[] =
    "* 1 FETCH (UID 7 FLAGS (\\Seen) INTERNALDATE \" 1-Jan-2024 00:00:00 +0000\" "
    "BODY[HEADER.FIELDS (DATE)] \"x\\\"y\" RFC822.SIZE 10)";
  static const char odd[] = "()[]{}\"\\* +~%\001\xff" "0A";

  for (guint round = 0; round < 20000; round++)
    {
      g_autoptr (MmImapParser) parser = mm_imap_parser_new ();
      g_autoptr (GString) text = g_string_new (good);
      g_auto (MmImapMessage) message = { 0, };
      const MmImapResponse *response;
      gboolean has_literal;
      guint64 size;
      int n = g_test_rand_int_range (1, 6);

      for (int i = 0; i < n; i++)
        {
          gsize place = (gsize) g_test_rand_int_range (0, (int) text->len);

          if (g_test_rand_bit ())
            g_string_erase (text, (gssize) place, 1);
          else
            text->str[place] = odd[g_test_rand_int_range (0, sizeof odd - 1)];
        }
      if (!mm_imap_parser_add_line (parser, text->str, text->len, &has_literal, &size, NULL))
        continue;
      if (has_literal)
        mm_imap_parser_append_literal (parser, "abc", 3);
      response = mm_imap_parser_finish (parser, NULL);
      if (response != NULL)
        mm_imap_message_take (&message, response);
    }
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/imap/parser/data", test_data);
  g_test_add_func ("/imap/parser/mess", test_mess);
  g_test_add_func ("/imap/parser/status", test_status);
  g_test_add_func ("/imap/parser/bounds", test_bounds);
  g_test_add_func ("/imap/parser/long-literal", test_long_literal);
  g_test_add_func ("/imap/parser/nul", test_nul);
  g_test_add_func ("/imap/parser/message", test_message);
  g_test_add_func ("/imap/parser/damage", test_damage);
  return g_test_run ();
}
