/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "formats/mm-rfc5322.h"

#include <string.h>

#include "formats/mm-rfc5322-digest-private.h"
#include "formats/mm-rfc5322-private.h"

/* How much of a header is looked at for its fields. */
#define HEADER_MAX (1024 * 1024)

/* What has been seen of a message so far. */
typedef struct
{
  MmLineScanner scanner;
  MmHeaderLine header_line;
  guint traits;
  guint64 size;
  guint64 n_bare;      /* line ends that are one byte short of CRLF */
  gsize line_length;
  gboolean in_body;
  GByteArray *header;
  MmBodyDigest *digest; /* NULL when it is not asked for */
} Examination;

static void
examination_take_header_text (Examination  *self,
                              const guint8 *text,
                              gsize         length)
{
  if (_mm_has_8bit (text, length))
    self->traits |= MM_RFC5322_8BIT_HEADER;
  _mm_header_line_feed (&self->header_line, text, length);
  if (self->header->len < HEADER_MAX)
    g_byte_array_append (self->header, text, MIN (length, HEADER_MAX - self->header->len));
}

static void
examination_take_text (Examination  *self,
                       const guint8 *text,
                       gsize         length)
{
  self->line_length += length;
  if (self->line_length > MM_RFC5322_LINE_MAX)
    self->traits |= MM_RFC5322_LONG_LINE;
  if (!self->in_body)
    examination_take_header_text (self, text, length);
  else if (self->digest != NULL)
    _mm_body_digest_text (self->digest, text, length);
}

static void
examination_end_header_line (Examination *self)
{
  if (self->line_length == 0)
    {
      self->in_body = TRUE;
      return;
    }
  if (!_mm_header_line_end (&self->header_line))
    self->traits |= MM_RFC5322_INVALID_HEADER;
  if (self->header->len < HEADER_MAX)
    g_byte_array_append (self->header, (const guint8 *) "\n", 1);
}

static void
examination_end_line (Examination *self,
                      MmLineToken  token)
{
  if (token != MM_LINE_TOKEN_CRLF)
    {
      self->traits |= MM_RFC5322_BARE_LINE_END;
      self->n_bare++;
    }
  if (!self->in_body)
    examination_end_header_line (self);
  else if (self->digest != NULL)
    _mm_body_digest_line_end (self->digest);
  self->line_length = 0;
}

static gboolean
examination_take (const guint8  *data,
                  gsize          length,
                  gpointer       user_data,
                  GError       **error)
{
  Examination *self = user_data;
  const guint8 *text = NULL;
  gsize text_length = 0;
  MmLineToken token;

  self->size += length;
  if ((self->traits & MM_RFC5322_NUL) == 0 && memchr (data, '\0', length) != NULL)
    self->traits |= MM_RFC5322_NUL;
  _mm_line_scanner_feed (&self->scanner, data, length);
  while ((token = _mm_line_scanner_next (&self->scanner, &text, &text_length)) !=
         MM_LINE_TOKEN_NONE)
    {
      if (token == MM_LINE_TOKEN_TEXT)
        examination_take_text (self, text, text_length);
      else
        examination_end_line (self, token);
    }
  return TRUE;
}

static void
examination_finish (Examination *self)
{
  if (_mm_line_scanner_finish (&self->scanner) != MM_LINE_TOKEN_NONE)
    examination_end_line (self, MM_LINE_TOKEN_CR);
  if (!self->in_body && self->line_length > 0)
    examination_end_header_line (self);
  if (self->size == 0)
    self->traits |= MM_RFC5322_EMPTY;
}

void
mm_rfc5322_summary_clear (MmRfc5322Summary *self)
{
  g_return_if_fail (self != NULL);

  g_clear_pointer (&self->label, g_free);
  memset (self, 0, sizeof *self);
}

gboolean
mm_rfc5322_examine (MmBlob            *blob,
                    gboolean           digest,
                    MmRfc5322Summary  *summary,
                    GError           **error)
{
  g_autoptr (GByteArray) header = g_byte_array_sized_new (4096);
  g_autofree MmBodyDigest *body_digest = NULL;
  Examination examination = { .header = header };
  const guint8 *data;

  g_return_val_if_fail (blob != NULL, FALSE);
  g_return_val_if_fail (summary != NULL, FALSE);

  if (digest)
    examination.digest = body_digest = _mm_body_digest_new ();
  data = mm_blob_peek (blob);
  if (data != NULL)
    examination_take (data, mm_blob_get_size (blob), &examination, NULL);
  else if (!mm_blob_foreach (blob, examination_take, &examination, error))
    return FALSE;
  examination_finish (&examination);

  memset (summary, 0, sizeof *summary);
  summary->traits = examination.traits;
  summary->size = examination.size;
  summary->crlf_size = examination.size + examination.n_bare;
  summary->fingerprint = mm_rfc5322_fingerprint (header->data, header->len, &summary->label);
  if (digest)
    summary->body_digest = _mm_body_digest_end (body_digest);
  return TRUE;
}
