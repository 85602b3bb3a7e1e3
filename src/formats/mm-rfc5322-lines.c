/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "formats/mm-rfc5322-private.h"

#include <string.h>

static void
mm_line_scanner_find_line_feed (MmLineScanner *self)
{
  self->line_feed = memchr (self->p, '\n', self->end - self->p);
  if (self->line_feed == NULL)
    self->line_feed = self->end;
}

void
_mm_line_scanner_feed (MmLineScanner *self,
                       const guint8  *data,
                       gsize          length)
{
  self->p = data;
  self->end = data + length;
  if (length > 0)
    mm_line_scanner_find_line_feed (self);
}

/* The line end at p, which is a CR or LF. */
static MmLineToken
mm_line_scanner_take_end (MmLineScanner *self)
{
  if (*self->p == '\r')
    {
      self->p++;
      if (self->p == self->end)
        {
          self->cr_pending = TRUE;
          return MM_LINE_TOKEN_NONE;
        }
      if (*self->p != '\n')
        return MM_LINE_TOKEN_CR;
      self->p++;
      mm_line_scanner_find_line_feed (self);
      return MM_LINE_TOKEN_CRLF;
    }
  self->p++;
  mm_line_scanner_find_line_feed (self);
  return MM_LINE_TOKEN_LF;
}

MmLineToken
_mm_line_scanner_next (MmLineScanner  *self,
                       const guint8  **text,
                       gsize          *length)
{
  const guint8 *start = self->p;
  const guint8 *stop;

  if (start == self->end)
    return MM_LINE_TOKEN_NONE;
  if (self->cr_pending)
    {
      self->cr_pending = FALSE;
      if (*start != '\n')
        return MM_LINE_TOKEN_CR;
      mm_line_scanner_take_end (self);
      return MM_LINE_TOKEN_CRLF;
    }
  if (*start == '\n' || *start == '\r')
    return mm_line_scanner_take_end (self);

  stop = memchr (start, '\r', self->line_feed - start);
  self->p = stop != NULL ? stop : self->line_feed;
  *text = start;
  *length = self->p - start;
  return MM_LINE_TOKEN_TEXT;
}

MmLineToken
_mm_line_scanner_finish (MmLineScanner *self)
{
  if (!self->cr_pending)
    return MM_LINE_TOKEN_NONE;
  self->cr_pending = FALSE;
  return MM_LINE_TOKEN_CR;
}

/* RFC 5322 3.6.8: printable ASCII but the colon. */
static gboolean
is_name_byte (guint8 c)
{
  return c > 32 && c < 127 && c != ':';
}

static gboolean
is_blank (guint8 c)
{
  return c == ' ' || c == '\t';
}

static void
mm_header_line_take (MmHeaderLine *self,
                     guint8        c)
{
  switch (self->state)
    {
    case MM_HEADER_AT_BEGIN:
      if (is_blank (c) && self->any_before)
        self->state = MM_HEADER_IN_VALUE;
      else
        self->state = is_name_byte (c) ? MM_HEADER_IN_NAME : MM_HEADER_INVALID;
      break;
    case MM_HEADER_IN_NAME:
      if (c == ':')
        self->state = MM_HEADER_IN_VALUE;
      else if (is_blank (c))
        self->state = MM_HEADER_BEHIND_NAME;
      else if (!is_name_byte (c))
        self->state = MM_HEADER_INVALID;
      break;
    case MM_HEADER_BEHIND_NAME:
      if (c == ':')
        {
          self->space_before_colon = TRUE;
          self->state = MM_HEADER_IN_VALUE;
        }
      else if (!is_blank (c))
        self->state = MM_HEADER_INVALID;
      break;
    default:
      break;
    }
}

void
_mm_header_line_feed (MmHeaderLine *self,
                      const guint8 *text,
                      gsize         length)
{
  for (gsize i = 0; i < length && self->state < MM_HEADER_IN_VALUE; i++)
    mm_header_line_take (self, text[i]);
}

gboolean
_mm_header_line_end (MmHeaderLine *self)
{
  gboolean valid = self->state == MM_HEADER_IN_VALUE && !self->space_before_colon;

  self->state = MM_HEADER_AT_BEGIN;
  self->space_before_colon = FALSE;
  self->any_before = TRUE;
  return valid;
}

gboolean
_mm_has_8bit (const guint8 *data,
              gsize         length)
{
  guint8 all = 0;

  for (gsize i = 0; i < length; i++)
    all |= data[i];
  return (all & 0x80) != 0;
}
