/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * MmBodyDigest:
 *
 * 64 bits over a body in its normal form: line ends of any kind as LF, none at the end, NUL as
 * 0x80. Fast (a multiplication for 8 bytes) and hence no protection against somebody who wants two
 * bodies to look alike: it finds candidates and accidents. Free with g_free ().
 */
typedef struct _MmBodyDigest MmBodyDigest;

MmBodyDigest *_mm_body_digest_new (void);

/* Text without line ends, in pieces cut anywhere. */
void _mm_body_digest_text (MmBodyDigest *self,
                           const guint8 *text,
                           gsize         length);

void _mm_body_digest_line_end (MmBodyDigest *self);

/* Never 0. */
guint64 _mm_body_digest_end (MmBodyDigest *self);

G_END_DECLS
