/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "formats/mm-rfc5322-encode-private.h"

#include <string.h>

#include "formats/mm-rfc5322-private.h"

/* RFC 2047 2: an encoded word has at most 75 characters. */
#define WORD_MAX 75

/* Longer than any line may be (RFC 5322 2.1.1). */
#define QUOTED_MAX 2000

static const char *const address_fields[] = {
  "from", "to", "cc", "bcc", "sender", "reply-to", "resent-from", "resent-to", "resent-cc",
  "resent-bcc", "resent-sender", "disposition-notification-to", "mail-followup-to", "return-path",
  "delivered-to", "errors-to",
};

static const char *const parameter_fields[] = {
  "content-type", "content-disposition", "content-id", "message-id", "in-reply-to", "references",
  "received",
};

static gboolean
is_among (const guint8      *name,
          gsize              length,
          const char *const *names,
          gsize              n_names)
{
  for (gsize i = 0; i < n_names; i++)
    {
      if (strlen (names[i]) == length &&
          g_ascii_strncasecmp ((const char *) name, names[i], length) == 0)
        return TRUE;
    }
  return FALSE;
}

MmFieldStyle
_mm_field_style (const guint8 *name,
                 gsize         length)
{
  if (is_among (name, length, address_fields, G_N_ELEMENTS (address_fields)))
    return MM_FIELD_ADDRESSES;
  if (is_among (name, length, parameter_fields, G_N_ELEMENTS (parameter_fields)))
    return MM_FIELD_PARAMETERS;
  return MM_FIELD_TEXT;
}

static gboolean
is_blank (guint8 c)
{
  return c == ' ' || c == '\t';
}

static gboolean
is_delimiter (guint8       c,
              MmFieldStyle style)
{
  return c != '\0' && style != MM_FIELD_TEXT && strchr ("()<>,;:=\"", c) != NULL;
}

static gsize
word_length (const guint8 *text,
             gsize         length,
             MmFieldStyle  style)
{
  gsize n = 0;

  while (n < length && !is_blank (text[n]) && !is_delimiter (text[n], style))
    n++;
  return n;
}

static gsize
blank_length (const guint8 *text,
              gsize         length)
{
  gsize n = 0;

  while (n < length && is_blank (text[n]))
    n++;
  return n;
}

/* From a word to be encoded to the last one behind it: blanks between two encoded words would
 * not be shown, so they are encoded too. */
static gsize
run_length (const guint8 *text,
            gsize         length,
            MmFieldStyle  style)
{
  gsize run = word_length (text, length, style);

  for (;;)
    {
      gsize blanks = blank_length (text + run, length - run);
      gsize word = word_length (text + run + blanks, length - run - blanks, style);

      if (blanks == 0 || word == 0 || !_mm_has_8bit (text + run + blanks, word))
        return run;
      run += blanks + word;
    }
}

/* RFC 2047 5 (3): what may stand for itself even in a phrase. */
static gboolean
is_plain (guint8 c)
{
  return g_ascii_isalnum (c) || (c != '\0' && strchr ("!*+-/", c) != NULL);
}

/* The bytes of the character at @text, so that no encoded word ends inside of one. */
static gsize
character_length (const guint8 *text,
                  gsize         length,
                  gboolean      is_utf8)
{
  gsize n = 1;

  while (is_utf8 && n < length && (text[n] & 0xc0) == 0x80)
    n++;
  return n;
}

static void
append_text (GByteArray *out,
             const char *text)
{
  g_byte_array_append (out, (const guint8 *) text, strlen (text));
}

static void
append_encoded_byte (GByteArray *out,
                     guint8      c)
{
  static const char digits[] = "0123456789ABCDEF";
  const guint8 bytes[3] = { '=', digits[c >> 4], digits[c & 15] };

  if (c == ' ')
    append_text (out, "_");
  else if (is_plain (c))
    g_byte_array_append (out, &c, 1);
  else
    g_byte_array_append (out, bytes, 3);
}

static gsize
encoded_length (const guint8 *text,
                gsize         length)
{
  gsize n = 0;

  for (gsize i = 0; i < length; i++)
    n += text[i] == ' ' || is_plain (text[i]) ? 1 : 3;
  return n;
}

/* @text as one or several encoded words, each on a line of its own. */
static void
append_encoded (GByteArray   *out,
                const guint8 *text,
                gsize         length)
{
  gboolean is_utf8 = g_utf8_validate ((const char *) text, length, NULL);
  const char *prefix = is_utf8 ? "=?utf-8?Q?" : "=?unknown-8bit?Q?";
  gsize room = WORD_MAX - strlen (prefix) - 2;
  gsize used = 0;

  append_text (out, prefix);
  while (length > 0)
    {
      gsize n = character_length (text, length, is_utf8);
      gsize wanted = encoded_length (text, n);

      if (used + wanted > room)
        {
          append_text (out, "?=\r\n ");
          append_text (out, prefix);
          used = 0;
        }
      for (gsize i = 0; i < n; i++)
        append_encoded_byte (out, text[i]);
      used += wanted;
      text += n;
      length -= n;
    }
  append_text (out, "?=");
}

/* The quoted string at @text with its quotes; 0 when it has no end in this line. Not looked for far
 * away: a line of many quotes without an end would cost the square of its length. */
static gsize
quoted_length (const guint8 *text,
               gsize         length)
{
  for (gsize i = 1; i < MIN (length, QUOTED_MAX); i++)
    {
      if (text[i] == '"')
        return i + 1;
      if (text[i] == '\\')
        i++;
    }
  return 0;
}

static void
append_quoted (GByteArray   *out,
               const guint8 *text,
               gsize         length)
{
  g_autoptr (GByteArray) content = NULL;

  if (!_mm_has_8bit (text, length))
    {
      g_byte_array_append (out, text, length);
      return;
    }
  content = g_byte_array_new ();
  for (gsize i = 1; i + 1 < length; i++)
    {
      if (text[i] == '\\' && i + 2 < length)
        i++;
      g_byte_array_append (content, text + i, 1);
    }
  append_encoded (out, content->data, content->len);
}

/* Appends what begins at @text, a blank or a delimiter. Returns how much of it that was. */
static gsize
append_delimiter (GByteArray   *out,
                  const guint8 *text,
                  gsize         length,
                  MmFieldStyle  style)
{
  gsize n = 0;

  if (*text == '"' && style == MM_FIELD_ADDRESSES)
    n = quoted_length (text, length);
  if (n > 0)
    {
      append_quoted (out, text, n);
      return n;
    }
  g_byte_array_append (out, text, 1);
  return 1;
}

void
_mm_encode_value (GByteArray   *out,
                  const guint8 *text,
                  gsize         length,
                  MmFieldStyle  style)
{
  while (length > 0)
    {
      gsize n = word_length (text, length, style);

      if (n == 0)
        n = append_delimiter (out, text, length, style);
      else if (!_mm_has_8bit (text, n))
        g_byte_array_append (out, text, n);
      else
        {
          n = run_length (text, length, style);
          append_encoded (out, text, n);
        }
      text += n;
      length -= n;
    }
}
