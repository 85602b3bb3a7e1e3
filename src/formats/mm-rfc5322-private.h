/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "formats/mm-rfc5322.h"

G_BEGIN_DECLS

#define MM_RFC5322_LINE_MAX 998

/**
 * MmLineScanner:
 *
 * Cuts bytes that come in pieces into text and line ends of any kind; the cut between two pieces
 * may be anywhere. Zero-initialised is ready. Loop: feed () a piece, next () until NONE; after the
 * last piece finish ().
 */
typedef struct
{
  const guint8 *p;
  const guint8 *end;
  const guint8 *line_feed; /* the next LF at or after p; end when there is none in the piece */
  gboolean cr_pending;     /* the last piece ended with a CR */
} MmLineScanner;

typedef enum
{
  MM_LINE_TOKEN_NONE, /* the piece is used up */
  MM_LINE_TOKEN_TEXT, /* a part of a line, at least one byte, without CR and LF */
  MM_LINE_TOKEN_CRLF,
  MM_LINE_TOKEN_LF,
  MM_LINE_TOKEN_CR,
} MmLineToken;

void _mm_line_scanner_feed (MmLineScanner *self,
                            const guint8  *data,
                            gsize          length);

/* @text, @length (out): set for TEXT; borrowed from the piece. */
MmLineToken _mm_line_scanner_next (MmLineScanner  *self,
                                   const guint8  **text,
                                   gsize          *length);

/* CR when the last byte of all was one, else NONE. */
MmLineToken _mm_line_scanner_finish (MmLineScanner *self);

/**
 * MmHeaderLine:
 *
 * Judges one header line while its bytes come in. Zero-initialised is the begin of the first line
 * of a message.
 */
typedef struct
{
  enum
  {
    MM_HEADER_AT_BEGIN,
    MM_HEADER_IN_NAME,
    MM_HEADER_BEHIND_NAME, /* blanks where the colon should be */
    MM_HEADER_IN_VALUE,    /* or in a continuation */
    MM_HEADER_INVALID,
  } state;
  gboolean space_before_colon;
  gboolean any_before; /* a line that this one can continue */
} MmHeaderLine;

void _mm_header_line_feed (MmHeaderLine *self,
                           const guint8 *text,
                           gsize         length);

/* At the line's end: TRUE when it is a field, or continues one, as RFC 5322 2.2 wants it. Ready for
 * the next line afterwards. */
gboolean _mm_header_line_end (MmHeaderLine *self);

gboolean _mm_has_8bit (const guint8 *data,
                       gsize         length);

G_END_DECLS
