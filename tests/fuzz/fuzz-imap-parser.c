/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "stores/imap/mm-imap-message.h"
#include "stores/imap/mm-imap-names.h"
#include "stores/imap/mm-imap-parser.h"

/* Any bytes are what a server says: responses one after the other, each an answer or an error,
 * and all that is read from it stays within its bounds. */
int LLVMFuzzerTestOneInput (const guint8 *data,
                            gsize         length);

/* The bytes up to the next line end; @data moves behind it. */
static const guint8 *
take_line (const guint8 **data,
           gsize         *left,
           gsize         *length)
{
  const guint8 *line = *data;
  const guint8 *end = memchr (line, '\n', *left);

  *length = end != NULL ? (gsize) (end - line) : *left;
  *data += *length + (end != NULL);
  *left -= *length + (end != NULL);
  if (*length > 0 && line[*length - 1] == '\r')
    (*length)--;
  return line;
}

static const MmImapResponse *
take_response (MmImapParser  *parser,
               const guint8 **data,
               gsize         *left)
{
  gboolean has_literal = TRUE;

  mm_imap_parser_reset (parser);
  while (has_literal)
    {
      guint64 size = 0;
      gsize length;
      const guint8 *line = take_line (data, left, &length);

      if (!mm_imap_parser_add_line (parser, (const char *) line, length, &has_literal, &size, NULL))
        return NULL;
      if (!has_literal)
        break;
      size = MIN (size, *left);
      if (mm_imap_parser_wants_blob (parser))
        mm_imap_parser_set_blob (parser, mm_blob_new (*data, size));
      else
        mm_imap_parser_append_literal (parser, *data, size);
      *data += size;
      *left -= size;
    }
  return mm_imap_parser_finish (parser, NULL);
}

static void
measure (const MmImapNode *node)
{
  for (; node != NULL; node = node->next)
    {
      if (node->text != NULL)
        g_assert_cmpuint (strlen (node->text), <=, node->length);
      measure (node->first);
    }
}

int
LLVMFuzzerTestOneInput (const guint8 *data,
                        gsize         length)
{
  g_autoptr (MmImapParser) parser = mm_imap_parser_new ();
  g_autoptr (MmImapNames) names = mm_imap_names_new ();

  while (length > 0)
    {
      g_auto (MmImapMessage) message = { 0, };
      const MmImapResponse *response = take_response (parser, &data, &length);

      if (response == NULL)
        continue;
      measure (response->data);
      measure (response->arguments);
      mm_imap_message_take (&message, response);
      mm_imap_names_set_namespaces (names, response->data);
      if (mm_imap_node_get_text (response->data) != NULL)
        {
          g_auto (GStrv) path = mm_imap_names_to_path (names, response->data->text, '/');

          for (guint i = 0; path[i] != NULL; i++)
            g_assert_true (g_utf8_validate (path[i], -1, NULL));
        }
    }
  return 0;
}
