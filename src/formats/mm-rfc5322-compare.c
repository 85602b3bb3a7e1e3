/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "formats/mm-rfc5322.h"

#include <string.h>

#include "formats/mm-rfc5322-private.h"

#define PIECE_SIZE (64 * 1024)

/* Where the comparison is in one of the two messages. */
typedef struct
{
  MmBlob *blob;
  guint64 offset;      /* of the next piece */
  guint8 *buffer;
  MmLineScanner scanner;
  gboolean finished;   /* the last piece is in the scanner */

  MmLineToken token;   /* the present one; NONE at the end of the message */
  const guint8 *text;  /* what is left of it when it is TEXT */
  gsize length;
} Cursor;

static void
cursor_clear (Cursor *self)
{
  g_clear_pointer (&self->buffer, g_free);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Cursor, cursor_clear)

static gboolean
cursor_read (Cursor  *self,
             GError **error)
{
  gssize n;

  if (self->buffer == NULL)
    self->buffer = g_malloc (PIECE_SIZE);
  n = mm_blob_read (self->blob, self->offset, self->buffer, PIECE_SIZE, error);
  if (n < 0)
    return FALSE;
  self->offset += n;
  self->finished = n == 0;
  _mm_line_scanner_feed (&self->scanner, self->buffer, n);
  return TRUE;
}

static gboolean
cursor_next (Cursor  *self,
             GError **error)
{
  for (;;)
    {
      self->token = _mm_line_scanner_next (&self->scanner, &self->text, &self->length);
      if (self->token != MM_LINE_TOKEN_NONE)
        return TRUE;
      if (self->finished)
        break;
      if (!cursor_read (self, error))
        return FALSE;
    }
  self->token = _mm_line_scanner_finish (&self->scanner);
  return TRUE;
}

static gboolean
cursor_skip (Cursor  *self,
             gsize    length,
             GError **error)
{
  self->text += length;
  self->length -= length;
  return self->length > 0 || cursor_next (self, error);
}

typedef struct
{
  Cursor sent;
  Cursor stored;
  gboolean in_body;
  gboolean line_has_text;
  gboolean equal;
  guint differences;
} Comparison;

static void
comparison_clear (Comparison *self)
{
  cursor_clear (&self->sent);
  cursor_clear (&self->stored);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Comparison, comparison_clear)

static void
comparison_judge_byte (Comparison *self,
                       guint8      sent,
                       guint8      stored)
{
  if (sent == stored)
    return;
  if (sent == '\0')
    self->differences |= MM_RFC5322_NUL;
  else if (sent >= 0x80 && stored == 'X' && !self->in_body)
    self->differences |= MM_RFC5322_8BIT_HEADER;
  else
    self->equal = FALSE;
}

static gboolean
comparison_take_text (Comparison  *self,
                      GError     **error)
{
  gsize length = MIN (self->sent.length, self->stored.length);

  self->line_has_text = TRUE;
  if (memcmp (self->sent.text, self->stored.text, length) != 0)
    {
      for (gsize i = 0; i < length && self->equal; i++)
        comparison_judge_byte (self, self->sent.text[i], self->stored.text[i]);
    }
  return cursor_skip (&self->sent, length, error) && cursor_skip (&self->stored, length, error);
}

static gboolean
comparison_take_line_end (Comparison  *self,
                          GError     **error)
{
  if (self->sent.token != self->stored.token)
    self->differences |= MM_RFC5322_BARE_LINE_END;
  if (!self->line_has_text)
    self->in_body = TRUE;
  self->line_has_text = FALSE;
  return cursor_next (&self->sent, error) && cursor_next (&self->stored, error);
}

/* One message has ended: the other may have one line end more. */
static gboolean
comparison_take_rest (Comparison  *self,
                      Cursor      *longer,
                      GError     **error)
{
  if (longer->token == MM_LINE_TOKEN_TEXT)
    self->equal = FALSE;
  else if (!cursor_next (longer, error))
    return FALSE;
  else if (longer->token != MM_LINE_TOKEN_NONE)
    self->equal = FALSE;
  return TRUE;
}

static gboolean
comparison_step (Comparison  *self,
                 GError     **error)
{
  gboolean sent_text = self->sent.token == MM_LINE_TOKEN_TEXT;
  gboolean stored_text = self->stored.token == MM_LINE_TOKEN_TEXT;

  if (sent_text && stored_text)
    return comparison_take_text (self, error);
  if (!sent_text && !stored_text)
    return comparison_take_line_end (self, error);
  self->equal = FALSE;
  return TRUE;
}

static gboolean
comparison_run (Comparison  *self,
                GError     **error)
{
  if (!cursor_next (&self->sent, error) || !cursor_next (&self->stored, error))
    return FALSE;
  while (self->equal && self->sent.token != MM_LINE_TOKEN_NONE &&
         self->stored.token != MM_LINE_TOKEN_NONE)
    {
      if (!comparison_step (self, error))
        return FALSE;
    }
  if (self->equal && self->sent.token != MM_LINE_TOKEN_NONE)
    return comparison_take_rest (self, &self->sent, error);
  if (self->equal && self->stored.token != MM_LINE_TOKEN_NONE)
    return comparison_take_rest (self, &self->stored, error);
  return TRUE;
}

gboolean
mm_rfc5322_compare (MmBlob    *sent,
                    MmBlob    *stored,
                    gboolean  *equal,
                    guint     *differences,
                    GError   **error)
{
  g_auto (Comparison) comparison = {
    .sent.blob = sent,
    .stored.blob = stored,
    .equal = TRUE,
  };

  g_return_val_if_fail (sent != NULL, FALSE);
  g_return_val_if_fail (stored != NULL, FALSE);

  if (!comparison_run (&comparison, error))
    return FALSE;
  if (equal != NULL)
    *equal = comparison.equal;
  if (differences != NULL)
    *differences = comparison.equal ? comparison.differences : 0;
  return TRUE;
}
