/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* What in a field's value must stay outside of encoded words (RFC 2047 5). */
typedef enum
{
  MM_FIELD_TEXT,       /* nothing: Subject, Comments, everything unknown */
  MM_FIELD_ADDRESSES,  /* specials; a quoted name is encoded as a whole, without its quotes */
  MM_FIELD_PARAMETERS, /* specials and quotes: name="…"; not what the RFC says, but what all do */
} MmFieldStyle;

MmFieldStyle _mm_field_style (const guint8 *name,
                              gsize         length);

/* Appends @text, a part of one line of a field's value, with its words that have bytes ≥ 0x80 as
 * encoded words: of UTF-8 when they are that, else of unknown-8bit (RFC 1428). */
void _mm_encode_value (GByteArray   *out,
                       const guint8 *text,
                       gsize         length,
                       MmFieldStyle  style);

G_END_DECLS
