/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "formats/mm-rfc5322-repair.h"

#include <string.h>

#include <glib/gi18n-lib.h>

#include "formats/mm-rfc5322-encode-private.h"
#include "formats/mm-rfc5322-private.h"

/* A builder with a temporary file writes through: small pieces are collected before. */
#define OUT_SIZE (64 * 1024)

/* Header lines longer than this are mended in parts. */
#define LINE_SIZE (64 * 1024)

#define INVALID_PREFIX "X-Invalid-Header: "

typedef struct
{
  guint traits;           /* wanted */
  guint done;
  MmLineScanner scanner;
  gboolean in_body;
  gboolean line_has_text;

  GByteArray *line;       /* of the header, as far as it is not written yet */
  gboolean line_goes_on;  /* its begin is written already */
  gboolean any_before;
  MmFieldStyle style;     /* of the field that the line belongs to */

  GByteArray *out;
  MmBlobBuilder *builder;
} Repair;

static void
repair_clear (Repair *self)
{
  g_clear_pointer (&self->line, g_byte_array_unref);
  g_clear_pointer (&self->out, g_byte_array_unref);
  g_clear_pointer (&self->builder, mm_blob_builder_free);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Repair, repair_clear)

static gboolean
repair_flush (Repair  *self,
              GError **error)
{
  if (!mm_blob_builder_append (self->builder, self->out->data, self->out->len, error))
    return FALSE;
  g_byte_array_set_size (self->out, 0);
  return TRUE;
}

static void
repair_put (Repair       *self,
            const guint8 *text,
            gsize         length)
{
  g_byte_array_append (self->out, text, length);
}

static void
repair_replace_nul (Repair     *self,
                    GByteArray *bytes,
                    guint       begin)
{
  guint8 *nul;

  if ((self->traits & MM_RFC5322_NUL) == 0)
    return;
  while (begin < bytes->len &&
         (nul = memchr (bytes->data + begin, '\0', bytes->len - begin)) != NULL)
    {
      *nul = 0x80;
      begin = nul + 1 - bytes->data;
      self->done |= MM_RFC5322_NUL;
    }
}

static void
repair_put_line_end (Repair      *self,
                     MmLineToken  token)
{
  static const char *const bytes[] = {
    [MM_LINE_TOKEN_CRLF] = "\r\n",
    [MM_LINE_TOKEN_LF] = "\n",
    [MM_LINE_TOKEN_CR] = "\r",
  };

  if (token != MM_LINE_TOKEN_CRLF && (self->traits & MM_RFC5322_BARE_LINE_END) != 0)
    {
      self->done |= MM_RFC5322_BARE_LINE_END;
      token = MM_LINE_TOKEN_CRLF;
    }
  g_byte_array_append (self->out, (const guint8 *) bytes[token], strlen (bytes[token]));
}

static void
repair_put_value (Repair       *self,
                  const guint8 *text,
                  gsize         length)
{
  if ((self->traits & MM_RFC5322_8BIT_HEADER) != 0 && _mm_has_8bit (text, length))
    {
      self->done |= MM_RFC5322_8BIT_HEADER;
      _mm_encode_value (self->out, text, length, self->style);
    }
  else
    {
      repair_put (self, text, length);
    }
}

/* A line that is no field as it stands. */
static void
repair_put_invalid (Repair       *self,
                    const guint8 *line,
                    gsize         length,
                    gboolean      is_field)
{
  const guint8 *colon = memchr (line, ':', length);
  gsize name_length = colon != NULL ? (gsize) (colon - line) : 0;

  self->done |= MM_RFC5322_INVALID_HEADER;
  if (!is_field)
    {
      self->style = MM_FIELD_TEXT;
      g_byte_array_append (self->out, (const guint8 *) INVALID_PREFIX, strlen (INVALID_PREFIX));
      repair_put_value (self, line, length);
      return;
    }
  while (name_length > 0 && (line[name_length - 1] == ' ' || line[name_length - 1] == '\t'))
    name_length--;
  self->style = _mm_field_style (line, name_length);
  repair_put (self, line, name_length);
  repair_put (self, colon, 1);
  repair_put_value (self, colon + 1, line + length - colon - 1);
}

static void
repair_put_field (Repair       *self,
                  const guint8 *line,
                  gsize         length)
{
  const guint8 *colon = memchr (line, ':', length);
  gsize name_length = colon != NULL ? (gsize) (colon + 1 - line) : 0;

  if (*line != ' ' && *line != '\t')
    {
      self->style = _mm_field_style (line, name_length > 0 ? name_length - 1 : 0);
      repair_put (self, line, name_length);
      line += name_length;
      length -= name_length;
    }
  repair_put_value (self, line, length);
}

/* Writes the part of a header line that has been collected. */
static void
repair_put_header_line (Repair *self)
{
  MmHeaderLine judge = { .any_before = self->any_before };
  gboolean is_field;

  if (self->line->len == 0)
    return;
  /* Before the encoding, which would hide them. */
  repair_replace_nul (self, self->line, 0);
  if (self->line_goes_on)
    {
      repair_put_value (self, self->line->data, self->line->len);
      g_byte_array_set_size (self->line, 0);
      return;
    }
  _mm_header_line_feed (&judge, self->line->data, self->line->len);
  is_field = judge.state == MM_HEADER_IN_VALUE;
  if (!_mm_header_line_end (&judge) && (self->traits & MM_RFC5322_INVALID_HEADER) != 0)
    repair_put_invalid (self, self->line->data, self->line->len, is_field);
  else
    repair_put_field (self, self->line->data, self->line->len);
  self->any_before = TRUE;
  g_byte_array_set_size (self->line, 0);
}

/* A line that is too long to wait for its end is cut behind a blank if it has one. */
static void
repair_put_long_line (Repair *self)
{
  g_autoptr (GByteArray) rest = g_byte_array_new ();
  guint cut = self->line->len;

  while (cut > self->line->len / 2 && self->line->data[cut - 1] != ' ')
    cut--;
  if (cut > self->line->len / 2)
    {
      g_byte_array_append (rest, self->line->data + cut, self->line->len - cut);
      g_byte_array_set_size (self->line, cut);
    }
  repair_put_header_line (self);
  self->line_goes_on = TRUE;
  if (rest->len > 0)
    g_byte_array_append (self->line, rest->data, rest->len);
}

static void
repair_take_text (Repair       *self,
                  const guint8 *text,
                  gsize         length)
{
  guint begin = self->out->len;

  self->line_has_text = TRUE;
  if (self->in_body)
    {
      repair_put (self, text, length);
      repair_replace_nul (self, self->out, begin);
      return;
    }
  while (length > 0)
    {
      gsize n = MIN (length, LINE_SIZE - self->line->len);

      g_byte_array_append (self->line, text, n);
      text += n;
      length -= n;
      if (self->line->len == LINE_SIZE)
        repair_put_long_line (self);
    }
}

static void
repair_take_line_end (Repair      *self,
                      MmLineToken  token)
{
  if (!self->in_body)
    {
      repair_put_header_line (self);
      self->line_goes_on = FALSE;
      self->in_body = !self->line_has_text;
    }
  repair_put_line_end (self, token);
  self->line_has_text = FALSE;
}

static gboolean
repair_take (const guint8  *data,
             gsize          length,
             gpointer       user_data,
             GError       **error)
{
  Repair *self = user_data;
  const guint8 *text = NULL;
  gsize text_length = 0;
  MmLineToken token;

  _mm_line_scanner_feed (&self->scanner, data, length);
  while ((token = _mm_line_scanner_next (&self->scanner, &text, &text_length)) !=
         MM_LINE_TOKEN_NONE)
    {
      if (token == MM_LINE_TOKEN_TEXT)
        repair_take_text (self, text, text_length);
      else
        repair_take_line_end (self, token);
      if (self->out->len >= OUT_SIZE && !repair_flush (self, error))
        return FALSE;
    }
  return TRUE;
}

static gboolean
repair_finish (Repair  *self,
               GError **error)
{
  if (_mm_line_scanner_finish (&self->scanner) != MM_LINE_TOKEN_NONE)
    repair_take_line_end (self, MM_LINE_TOKEN_CR);
  repair_put_header_line (self);
  return repair_flush (self, error);
}

MmBlob *
mm_rfc5322_repair (MmBlob  *blob,
                   guint    traits,
                   guint   *done,
                   GError **error)
{
  g_auto (Repair) repair = { .traits = traits };

  g_return_val_if_fail (blob != NULL, NULL);
  g_return_val_if_fail (done != NULL, NULL);

  if (mm_blob_get_size (blob) == 0 && (traits & MM_RFC5322_EMPTY) != 0)
    {
      *done = MM_RFC5322_EMPTY;
      return mm_blob_new ("\r\n", 2);
    }
  repair.line = g_byte_array_new ();
  repair.out = g_byte_array_sized_new (OUT_SIZE);
  repair.builder = mm_blob_builder_new (mm_blob_get_size (blob));
  if (!mm_blob_foreach (blob, repair_take, &repair, error) || !repair_finish (&repair, error))
    return NULL;
  *done = repair.done;
  if (repair.done == 0)
    return mm_blob_ref (blob);
  return mm_blob_builder_end (repair.builder);
}

const char *
mm_rfc5322_trait_get_code (MmRfc5322Traits trait)
{
  switch (trait)
    {
    case MM_RFC5322_EMPTY:
      return "empty";
    case MM_RFC5322_NUL:
      return "nul";
    case MM_RFC5322_BARE_LINE_END:
      return "line-ends";
    case MM_RFC5322_8BIT_HEADER:
      return "8bit-header";
    case MM_RFC5322_INVALID_HEADER:
      return "invalid-header";
    case MM_RFC5322_LONG_LINE:
      return "long-line";
    default:
      g_return_val_if_reached ("");
    }
}

const char *
mm_rfc5322_trait_get_repair_message (MmRfc5322Traits trait)
{
  switch (trait)
    {
    case MM_RFC5322_EMPTY:
      return _("The message was empty. It arrived as one empty line, because the server takes no "
               "empty messages.");
    case MM_RFC5322_NUL:
      return _("Zero bytes in the message were replaced by the byte 0x80, because the server takes "
               "no zero bytes.");
    case MM_RFC5322_BARE_LINE_END:
      return _("Line ends were changed to the form that mail requires (CRLF), because the server "
               "takes no other.");
    case MM_RFC5322_8BIT_HEADER:
      return _("Letters outside ASCII in the header were encoded (RFC 2047), because the server "
               "does not take them as they were. They read the same.");
    case MM_RFC5322_INVALID_HEADER:
      return _("Lines in the header that are no valid fields were mended or kept as "
               "“X-Invalid-Header”, because the server does not take them as they were.");
    case MM_RFC5322_LONG_LINE:
      return _("The message has lines over 998 bytes, which were left as they are.");
    default:
      g_return_val_if_reached ("");
    }
}

const char *
mm_rfc5322_trait_get_change_message (MmRfc5322Traits trait)
{
  switch (trait)
    {
    case MM_RFC5322_EMPTY:
      return _("The message was empty; the server stored one empty line.");
    case MM_RFC5322_NUL:
      return _("The server replaced zero bytes in the message by another byte.");
    case MM_RFC5322_BARE_LINE_END:
      return _("The server changed line ends in the message to the form that mail has (CRLF).");
    case MM_RFC5322_8BIT_HEADER:
      return _("The server replaced letters outside ASCII in the header by “X”.");
    case MM_RFC5322_INVALID_HEADER:
      return _("The server changed lines in the header that are no valid fields.");
    case MM_RFC5322_LONG_LINE:
      return _("The server broke lines of the message that were over 998 bytes.");
    default:
      g_return_val_if_reached ("");
    }
}
