/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "stores/imap/mm-imap-parser.h"

#include <glib/gi18n-lib.h>

#include "model/mm-error.h"

#define TEXT_MAX (4 * MM_IMAP_LINE_MAX)
#define LITERALS_MAX 1024
#define LITERALS_BYTES_MAX (4 * MM_IMAP_LITERAL_MAX)
#define NESTING_MAX 32
#define CHUNK_NODES 64

typedef struct
{
  gsize offset;  /* of '{' or '~' in the text */
  gsize end;     /* behind '}' */
  guint64 left;  /* bytes that are still to come */
  GString *text;
  MmBlob *blob;
} Literal;

struct _MmImapParser
{
  GString *text;     /* all lines, joined; literals stand as their markers */
  GArray *literals;  /* (element-type Literal), in the order of the text */
  GPtrArray *chunks; /* of CHUNK_NODES nodes each, used again for each response */
  guint n_nodes;
  gsize n_literal_bytes; /* kept in memory, of all literals */
  MmImapResponse response;

  /* while parsing */
  gsize position;
  gsize end;
  guint next_literal;
};

static void
literal_clear (gpointer data)
{
  Literal *literal = data;

  if (literal->text != NULL)
    g_string_free (literal->text, TRUE);
  g_clear_pointer (&literal->blob, mm_blob_unref);
}

MmImapParser *
mm_imap_parser_new (void)
{
  MmImapParser *self = g_new0 (MmImapParser, 1);

  self->text = g_string_sized_new (1024);
  self->literals = g_array_new (FALSE, FALSE, sizeof (Literal));
  g_array_set_clear_func (self->literals, literal_clear);
  self->chunks = g_ptr_array_new_with_free_func (g_free);
  return self;
}

void
mm_imap_parser_free (MmImapParser *self)
{
  if (self == NULL)
    return;

  g_string_free (self->text, TRUE);
  g_array_unref (self->literals);
  g_ptr_array_unref (self->chunks);
  g_free (self);
}

void
mm_imap_parser_reset (MmImapParser *self)
{
  g_return_if_fail (self != NULL);

  g_string_truncate (self->text, 0);
  g_array_set_size (self->literals, 0);
  self->n_nodes = 0;
  self->n_literal_bytes = 0;
}

/* Whether the text from @start on ends in "{n}" or "{n+}" where a value may stand. */
static gboolean
find_marker (GString *text,
             gsize    start,
             gsize   *offset,
             guint64 *size)
{
  gsize i = text->len;
  guint64 value = 0, unit = 1;
  gboolean has_digits = FALSE;

  if (i < start + 3 || text->str[--i] != '}')
    return FALSE;
  if (text->str[i - 1] == '+')
    i--;
  for (; i > 0 && g_ascii_isdigit (text->str[i - 1]); i--)
    {
      if (unit > MM_IMAP_BLOB_MAX * 10)
        return FALSE;
      value += (guint64) (text->str[i - 1] - '0') * unit;
      unit *= 10;
      has_digits = TRUE;
    }
  if (!has_digits || i == 0 || text->str[i - 1] != '{')
    return FALSE;
  i--;
  if (i > 0 && text->str[i - 1] == '~')
    i--;
  if (i == 0 || (text->str[i - 1] != ' ' && text->str[i - 1] != '('))
    return FALSE;
  *offset = i;
  *size = value;
  return TRUE;
}

static MmImapStatus
read_status (const char *word,
             gsize       length)
{
  static const char *const words[] = { [MM_IMAP_STATUS_OK] = "OK",
                                       [MM_IMAP_STATUS_NO] = "NO",
                                       [MM_IMAP_STATUS_BAD] = "BAD",
                                       [MM_IMAP_STATUS_BYE] = "BYE",
                                       [MM_IMAP_STATUS_PREAUTH] = "PREAUTH" };

  for (guint i = MM_IMAP_STATUS_OK; i < G_N_ELEMENTS (words); i++)
    if (strlen (words[i]) == length && g_ascii_strncasecmp (word, words[i], length) == 0)
      return i;
  return MM_IMAP_STATUS_NONE;
}

/* Text for people may end in "{5}" without any literal coming. */
static gboolean
is_prose (const char *text)
{
  const char *word = strchr (text, ' ');

  if (word == NULL || text[0] == '+')
    return TRUE;
  word++;
  return read_status (word, strcspn (word, " ")) != MM_IMAP_STATUS_NONE;
}

gboolean
mm_imap_parser_add_line (MmImapParser  *self,
                         const char    *line,
                         gsize          length,
                         gboolean      *has_literal,
                         guint64       *size,
                         GError       **error)
{
  Literal literal = { 0, };
  gsize start;

  g_return_val_if_fail (self != NULL, FALSE);

  start = self->text->len;

  if (self->text->len + length > TEXT_MAX || self->literals->len >= LITERALS_MAX)
    {
      g_set_error_literal (error, MM_ERROR, MM_ERROR_PROTOCOL,
                           _("The server sent an answer that is too long."));
      return FALSE;
    }
  g_string_append_len (self->text, line, (gssize) length);

  *has_literal = find_marker (self->text, start, &literal.offset, size) &&
                 !is_prose (self->text->str);
  if (!*has_literal)
    return TRUE;
  if (*size > MM_IMAP_BLOB_MAX)
    {
      g_set_error_literal (error, MM_ERROR, MM_ERROR_PROTOCOL,
                           _("The server announced a text that is too long."));
      return FALSE;
    }
  literal.end = self->text->len;
  literal.left = *size;
  g_array_append_val (self->literals, literal);
  return TRUE;
}

gboolean
mm_imap_parser_wants_blob (MmImapParser *self)
{
  const char *text, *word;
  gsize end;

  g_return_val_if_fail (self != NULL && self->literals->len > 0, FALSE);

  /* nobody asks for two in one response */
  for (guint i = 0; i < self->literals->len; i++)
    if (g_array_index (self->literals, Literal, i).blob != NULL)
      return FALSE;
  text = self->text->str;
  end = g_array_index (self->literals, Literal, self->literals->len - 1).offset;
  while (end > 0 && text[end - 1] == ' ')
    end--;
  word = text + end;
  while (word > text && word[-1] != ' ' && word[-1] != '(')
    word--;
  return g_ascii_strncasecmp (word, "BODY[]", 6) == 0 ||
         (text + end - word == 6 && g_ascii_strncasecmp (word, "RFC822", 6) == 0);
}

static Literal *
last_literal (MmImapParser *self)
{
  g_assert (self->literals->len > 0);
  return &g_array_index (self->literals, Literal, self->literals->len - 1);
}

void
mm_imap_parser_append_literal (MmImapParser  *self,
                               gconstpointer  data,
                               gsize          length)
{
  Literal *literal = last_literal (self);

  if (literal->text == NULL)
    literal->text = g_string_sized_new (MIN (literal->left, MM_IMAP_LITERAL_MAX));
  length = MIN (length, MM_IMAP_LITERAL_MAX - literal->text->len);
  length = MIN (length, LITERALS_BYTES_MAX - self->n_literal_bytes);
  g_string_append_len (literal->text, data, (gssize) length);
  self->n_literal_bytes += length;
}

void
mm_imap_parser_set_blob (MmImapParser *self,
                         MmBlob       *blob)
{
  Literal *literal = last_literal (self);

  g_clear_pointer (&literal->blob, mm_blob_unref);
  literal->blob = blob;
}

static MmImapNode *
new_node (MmImapParser   *self,
          MmImapNodeType  type)
{
  guint chunk = self->n_nodes / CHUNK_NODES;
  MmImapNode *node;

  if (chunk == self->chunks->len)
    g_ptr_array_add (self->chunks, g_new (MmImapNode, CHUNK_NODES));
  node = (MmImapNode *) self->chunks->pdata[chunk] + self->n_nodes++ % CHUNK_NODES;
  *node = (MmImapNode) { .type = type };
  return node;
}

static char
peek (MmImapParser *self)
{
  return self->position < self->end ? self->text->str[self->position] : 0;
}

static gboolean
at_end (MmImapParser *self)
{
  return self->position >= self->end;
}

static Literal *
literal_here (MmImapParser *self)
{
  while (self->next_literal < self->literals->len)
    {
      Literal *literal = &g_array_index (self->literals, Literal, self->next_literal);

      if (literal->offset >= self->position)
        return literal->offset == self->position ? literal : NULL;
      self->next_literal++;
    }
  return NULL;
}

static MmImapNode *
parse_literal (MmImapParser *self,
               Literal      *literal)
{
  MmImapNode *node = new_node (self, MM_IMAP_STRING);

  self->position = literal->end;
  node->blob = literal->blob;
  if (node->blob != NULL)
    return node;
  node->text = literal->text != NULL ? literal->text->str : "";
  node->length = literal->text != NULL ? literal->text->len : 0;
  return node;
}

/* Unescapes in place: the text only gets shorter. */
static MmImapNode *
parse_quoted (MmImapParser *self)
{
  MmImapNode *node = new_node (self, MM_IMAP_STRING);
  char *out = self->text->str + ++self->position;

  node->text = out;
  while (!at_end (self) && peek (self) != '"')
    {
      if (peek (self) == '\\' && self->position + 1 < self->end)
        self->position++;
      *out++ = self->text->str[self->position++];
    }
  node->length = (gsize) (out - node->text);
  if (!at_end (self))
    self->position++;
  return node;
}

/* "BODY[HEADER.FIELDS (DATE FROM)]" is one atom; "[Gmail]/All" needs no such care. */
static gboolean
opens_section (const char *start,
               gsize       length)
{
  return (length == 4 && g_ascii_strncasecmp (start, "BODY", 4) == 0) ||
         (length == 6 && g_ascii_strncasecmp (start, "BINARY", 6) == 0);
}

static MmImapNode *
parse_atom (MmImapParser *self)
{
  MmImapNode *node = new_node (self, MM_IMAP_ATOM);
  const char *start = self->text->str + self->position;
  gboolean in_section = FALSE;

  for (; !at_end (self); self->position++)
    {
      char c = peek (self);
      gsize length = (gsize) (self->text->str + self->position - start);

      if (c == '[' && opens_section (start, length))
        in_section = TRUE;
      else if (c == ']')
        in_section = FALSE;
      else if (!in_section && (c == ' ' || c == '\t' || c == '(' || c == ')'))
        break;
    }
  node->text = start;
  node->length = (gsize) (self->text->str + self->position - start);
  if (node->length == 3 && g_ascii_strncasecmp (start, "NIL", 3) == 0)
    node->type = MM_IMAP_NIL;
  return node;
}

static gboolean parse_values (MmImapParser      *self,
                              guint              depth,
                              const MmImapNode **first);

static MmImapNode *
parse_value (MmImapParser *self,
             guint         depth)
{
  Literal *literal = literal_here (self);
  MmImapNode *node = NULL;
  const MmImapNode *first;

  if (literal != NULL)
    return parse_literal (self, literal);
  if (peek (self) == '"')
    return parse_quoted (self);
  if (peek (self) != '(')
    return parse_atom (self);

  self->position++;
  node = new_node (self, MM_IMAP_LIST);
  if (!parse_values (self, depth + 1, &first))
    return NULL;
  node->first = (MmImapNode *) first;
  return node;
}

/* Up to the closing bracket, which is taken too, or the end. FALSE when nested too deeply. */
static gboolean
parse_values (MmImapParser      *self,
              guint              depth,
              const MmImapNode **first)
{
  MmImapNode *last = NULL;

  *first = NULL;
  if (depth > NESTING_MAX)
    return FALSE;
  for (;;)
    {
      MmImapNode *node;

      while (peek (self) == ' ' || peek (self) == '\t')
        self->position++;
      if (at_end (self))
        return TRUE;
      if (peek (self) == ')')
        {
          self->position++;
          if (depth > 0)
            return TRUE;
          continue;
        }
      node = parse_value (self, depth);
      if (node == NULL)
        return FALSE;
      if (last == NULL)
        *first = node;
      else
        last->next = node;
      last = node;
    }
}

/* Only now: until the end of parsing the delimiter behind a value is still to be read. */
static void
terminate_values (MmImapParser *self)
{
  const char *start = self->text->str;

  for (guint i = 0; i < self->n_nodes; i++)
    {
      MmImapNode *node = (MmImapNode *) self->chunks->pdata[i / CHUNK_NODES] + i % CHUNK_NODES;

      if (node->text >= start && node->text <= start + self->text->len)
        ((char *) node->text)[node->length] = 0;
    }
}

/* The word at the present place, NUL-terminated; the place moves behind the blank. */
static const char *
take_word (MmImapParser *self)
{
  char *text = self->text->str;
  gsize start;

  while (peek (self) == ' ')
    self->position++;
  start = self->position;
  while (!at_end (self) && text[self->position] != ' ')
    self->position++;
  if (!at_end (self))
    text[self->position++] = 0;
  return text + start;
}

/* Where the bracket that opened before the present place closes; @end when it does not. */
static gsize
find_bracket (MmImapParser *self)
{
  const char *text = self->text->str;
  gboolean quoted = FALSE;
  int depth = 0;

  for (gsize i = self->position; i < self->end; i++)
    {
      if (text[i] == '"')
        quoted = !quoted;
      else if (!quoted && text[i] == '(')
        depth++;
      else if (!quoted && text[i] == ')')
        depth--;
      else if (!quoted && depth <= 0 && text[i] == ']')
        return i;
    }
  for (gsize i = self->position; i < self->end; i++)
    if (text[i] == ']')
      return i;
  return self->end;
}

static gboolean
parse_prose (MmImapParser *self)
{
  MmImapResponse *response = &self->response;
  gsize end = self->end, bracket;

  if (peek (self) == '[')
    {
      self->position++;
      bracket = find_bracket (self);
      self->text->str[bracket] = 0;
      self->end = bracket;
      response->code = take_word (self);
      if (!parse_values (self, 0, &response->arguments))
        return FALSE;
      self->end = end;
      self->position = MIN (bracket + 1, end);
    }
  while (peek (self) == ' ')
    self->position++;
  response->text = self->text->str + self->position;
  return TRUE;
}

static gboolean
parse_rest (MmImapParser *self)
{
  MmImapResponse *response = &self->response;
  char *end;

  response->name = take_word (self);
  if (response->type == MM_IMAP_UNTAGGED && g_ascii_isdigit (response->name[0]))
    {
      guint64 number = g_ascii_strtoull (response->name, &end, 10);

      if (*end == 0 && number <= G_MAXUINT32)
        {
          response->number = (gint64) number;
          response->name = take_word (self);
        }
    }
  response->status = read_status (response->name, strlen (response->name));
  if (response->status != MM_IMAP_STATUS_NONE)
    return parse_prose (self);
  return response->type == MM_IMAP_UNTAGGED && parse_values (self, 0, &response->data);
}

const MmImapResponse *
mm_imap_parser_finish (MmImapParser  *self,
                       GError       **error)
{
  MmImapResponse *response;
  const char *tag;
  gboolean ok = TRUE;

  g_return_val_if_fail (self != NULL, NULL);

  response = &self->response;
  *response = (MmImapResponse) { .number = -1, .name = "", .text = "" };
  self->position = 0;
  self->end = self->text->len;
  self->next_literal = 0;
  self->n_nodes = 0;

  tag = take_word (self);
  /* an empty line says nothing */
  if (tag[0] == 0)
    return response;
  if (tag[0] == '+')
    {
      response->type = MM_IMAP_CONTINUATION;
      response->text = self->text->str + self->position;
    }
  else
    {
      response->type = tag[0] == '*' ? MM_IMAP_UNTAGGED : MM_IMAP_TAGGED;
      response->tag = response->type == MM_IMAP_TAGGED ? tag : NULL;
      ok = parse_rest (self);
    }
  if (!ok)
    {
      g_set_error_literal (error, MM_ERROR, MM_ERROR_PROTOCOL,
                           _("The server sent an answer that cannot be understood."));
      return NULL;
    }
  terminate_values (self);
  return response;
}

gboolean
mm_imap_response_is (const MmImapResponse *response,
                     const char           *name)
{
  return g_ascii_strcasecmp (response->name, name) == 0;
}

gboolean
mm_imap_response_code (const MmImapResponse *response,
                       const char           *code)
{
  return response->code != NULL && g_ascii_strcasecmp (response->code, code) == 0;
}

gboolean
mm_imap_node_is (const MmImapNode *node,
                 const char       *atom)
{
  return node != NULL && node->type == MM_IMAP_ATOM && g_ascii_strcasecmp (node->text, atom) == 0;
}

const char *
mm_imap_node_get_text (const MmImapNode *node)
{
  if (node == NULL || node->type == MM_IMAP_NIL || node->type == MM_IMAP_LIST)
    return NULL;
  return node->text;
}

gboolean
mm_imap_node_get_number (const MmImapNode *node,
                         guint64          *value)
{
  const char *text = mm_imap_node_get_text (node);
  char *end;
  guint64 number;

  if (text == NULL || !g_ascii_isdigit (text[0]))
    return FALSE;
  number = g_ascii_strtoull (text, &end, 10);
  if (*end != 0 || number > G_MAXINT64)
    return FALSE;
  *value = number;
  return TRUE;
}
