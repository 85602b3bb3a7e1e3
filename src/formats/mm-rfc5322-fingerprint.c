/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "formats/mm-rfc5322.h"

#include <gmime/gmime.h>
#include <string.h>

#include "formats/mm-rfc5322-private.h"

/* Characters of a label, for a line of a report. */
#define LABEL_MAX 120

typedef enum
{
  FIELD_MESSAGE_ID,
  FIELD_DATE,
  FIELD_FROM,
  FIELD_TO,
  FIELD_CC,
  FIELD_SUBJECT,
  N_FIELDS,
} Field;

static const char *const field_names[N_FIELDS] = {
  "message-id", "date", "from", "to", "cc", "subject",
};

/* The values of the fields, unfolded; NULL where there is none. Of a field that is there twice the
 * first counts. */
typedef struct
{
  GByteArray *values[N_FIELDS];
  GByteArray *current; /* the one that a continuation belongs to; NULL */
} Fields;

static void
fields_clear (Fields *self)
{
  for (guint i = 0; i < N_FIELDS; i++)
    g_clear_pointer (&self->values[i], g_byte_array_unref);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Fields, fields_clear)

static gboolean
is_blank (guint8 c)
{
  return c == ' ' || c == '\t';
}

static int
find_field (const guint8 *name,
            gsize         length)
{
  for (int i = 0; i < N_FIELDS; i++)
    {
      if (strlen (field_names[i]) == length &&
          g_ascii_strncasecmp ((const char *) name, field_names[i], length) == 0)
        return i;
    }
  return -1;
}

static void
fields_begin (Fields       *self,
              const guint8 *line,
              gsize         length)
{
  const guint8 *colon = memchr (line, ':', length);
  gsize name_length;
  int field;

  self->current = NULL;
  if (colon == NULL)
    return;
  name_length = colon - line;
  while (name_length > 0 && is_blank (line[name_length - 1]))
    name_length--;
  field = find_field (line, name_length);
  if (field < 0 || self->values[field] != NULL)
    return;
  self->current = self->values[field] = g_byte_array_new ();
  g_byte_array_append (self->current, colon + 1, line + length - colon - 1);
}

static void
fields_add_line (Fields       *self,
                 const guint8 *line,
                 gsize         length)
{
  if (!is_blank (*line))
    fields_begin (self, line, length);
  else if (self->current != NULL)
    g_byte_array_append (self->current, line, length);
}

static void
fields_parse (Fields       *self,
              const guint8 *header,
              gsize         length)
{
  MmLineScanner scanner = { 0 };
  const guint8 *text = NULL;
  gsize text_length = 0;
  gboolean empty = TRUE;
  MmLineToken token;

  _mm_line_scanner_feed (&scanner, header, length);
  while ((token = _mm_line_scanner_next (&scanner, &text, &text_length)) != MM_LINE_TOKEN_NONE)
    {
      if (token == MM_LINE_TOKEN_TEXT)
        fields_add_line (self, text, text_length);
      else if (empty)
        return;
      empty = token != MM_LINE_TOKEN_TEXT;
    }
}

/* In place: no blanks at the ends, one for several inside (servers fold anew), 'X' for what some
 * servers store as that. */
static void
normalise (GByteArray *value)
{
  gsize n = 0;

  for (gsize i = 0; i < value->len; i++)
    {
      guint8 c = value->data[i];

      if (is_blank (c))
        {
          if (n > 0 && value->data[n - 1] != ' ')
            value->data[n++] = ' ';
        }
      else
        value->data[n++] = c >= 0x80 || c == '\0' ? 'X' : c;
    }
  if (n > 0 && value->data[n - 1] == ' ')
    n--;
  g_byte_array_set_size (value, n);
}

static guint64
hash_fields (const Fields *fields,
             Field         first,
             Field         last)
{
  g_autoptr (GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA256);
  guint8 bytes[32];
  gsize length = sizeof bytes;
  guint64 hash = 0;

  for (guint i = first; i <= last; i++)
    {
      const GByteArray *value = fields->values[i];

      g_checksum_update (checksum, (const guchar *) field_names[i], -1);
      g_checksum_update (checksum, (const guchar *) ":", 1);
      if (value != NULL && value->len > 0)
        g_checksum_update (checksum, value->data, value->len);
      g_checksum_update (checksum, (const guchar *) "\n", 1);
    }
  g_checksum_get_digest (checksum, bytes, &length);
  for (guint i = 0; i < 8; i++)
    hash = hash << 8 | bytes[i];
  return MAX (hash, 1);
}

/* Printable UTF-8 of bounded length, whatever @text (transfer full) is; NULL when that is nothing. */
static char *
tidy_label (char *text)
{
  g_autofree char *valid = NULL;
  GString *label;
  glong n = 0;

  if (text == NULL)
    return NULL;
  valid = g_utf8_make_valid (text, -1);
  label = g_string_new (NULL);
  g_free (text);
  g_strstrip (valid);
  for (const char *p = valid; *p != '\0' && n <= LABEL_MAX; p = g_utf8_next_char (p), n++)
    {
      gunichar c = g_utf8_get_char (p);

      if (n == LABEL_MAX)
        g_string_append (label, "…");
      else
        g_string_append_unichar (label, g_unichar_isprint (c) ? c : ' ');
    }
  return g_string_free (label, n == 0);
}

/* Raw bytes beyond ASCII, which have no character set; the most common ones are guessed, whatever
 * the locale. */
static char *
guess_text (const GByteArray *subject)
{
  g_autofree char *raw = NULL;
  char *text;

  if (subject->len == 0)
    return NULL;
  raw = g_strndup ((const char *) subject->data, subject->len);
  if (g_utf8_validate (raw, -1, NULL))
    return g_steal_pointer (&raw);
  text = g_convert (raw, -1, "UTF-8", "WINDOWS-1252", NULL, NULL, NULL);
  return text != NULL ? text : g_convert (raw, -1, "UTF-8", "ISO-8859-1", NULL, NULL, NULL);
}

static char *
decode_subject (const GByteArray *subject)
{
  static gsize initialised = 0;
  g_autofree char *text = guess_text (subject);
  char *decoded;

  if (text == NULL)
    return NULL;
  if (g_once_init_enter (&initialised))
    {
      g_mime_init ();
      g_once_init_leave (&initialised, 1);
    }
  decoded = g_mime_utils_header_decode_text (NULL, text);
  return decoded != NULL ? decoded : g_steal_pointer (&text);
}

/* Before the values are normalised: people see what was written. */
static char *
make_label (const Fields *fields)
{
  const GByteArray *id = fields->values[FIELD_MESSAGE_ID];
  const GByteArray *subject = fields->values[FIELD_SUBJECT];
  g_autofree char *id_text = NULL;
  g_autofree char *subject_text = NULL;

  if (id != NULL)
    id_text = tidy_label (g_strndup ((const char *) id->data, id->len));
  if (subject != NULL)
    subject_text = tidy_label (decode_subject (subject));
  if (id_text != NULL && subject_text != NULL)
    return g_strdup_printf ("%s %s", id_text, subject_text);
  return id_text != NULL ? g_steal_pointer (&id_text) : g_steal_pointer (&subject_text);
}

guint64
mm_rfc5322_fingerprint (const guint8  *header,
                        gsize          length,
                        char         **label)
{
  g_auto (Fields) fields = { 0 };
  const GByteArray *id;

  g_return_val_if_fail (header != NULL || length == 0, 0);

  if (length > 0)
    fields_parse (&fields, header, length);
  if (label != NULL)
    *label = make_label (&fields);
  for (guint i = 0; i < N_FIELDS; i++)
    {
      if (fields.values[i] != NULL)
        normalise (fields.values[i]);
    }
  id = fields.values[FIELD_MESSAGE_ID];
  if (id != NULL && id->len > 0)
    return hash_fields (&fields, FIELD_MESSAGE_ID, FIELD_DATE);
  return hash_fields (&fields, FIELD_DATE, FIELD_SUBJECT);
}
