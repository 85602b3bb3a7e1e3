/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "formats/mm-rfc5322-digest-private.h"

#include <string.h>

/* Full before it is hashed, whatever the pieces, so that the result does not depend on them. */
#define BLOCK_SIZE 4096

struct _MmBodyDigest
{
  guint64 state;
  guint64 length;
  guint64 line_ends; /* seen, but counting only if text follows */
  gsize used;
  guint8 block[BLOCK_SIZE];
};

/* The fractional bits of the square roots of 2, 3 and 5: odd, and nobody's choice. */
#define SEED G_GUINT64_CONSTANT (0x6a09e667f3bcc909)
#define FACTOR G_GUINT64_CONSTANT (0xbb67ae8584caa73b)
#define FINAL_FACTOR G_GUINT64_CONSTANT (0x3c6ef372fe94f82b)

/* Both halves of the product, one over the other; in parts, because not every processor's compiler
 * has a type of 128 bits. */
static inline guint64
mix (guint64 a,
     guint64 b)
{
  guint64 low = (guint64) (guint32) a * (guint32) b;
  guint64 middle = (a >> 32) * (guint32) b + (low >> 32);
  guint64 other = (guint64) (guint32) a * (b >> 32) + (guint32) middle;
  guint64 high = (a >> 32) * (b >> 32) + (middle >> 32) + (other >> 32);

  return (a * b) ^ high;
}

/* Hashes @length bytes of the block, a multiple of 8. */
static void
mm_body_digest_hash (MmBodyDigest *self,
                     gsize         length)
{
  guint64 state = self->state;

  if (memchr (self->block, '\0', length) != NULL)
    {
      for (gsize i = 0; i < length; i++)
        {
          if (self->block[i] == '\0')
            self->block[i] = 0x80;
        }
    }
  for (gsize i = 0; i < length; i += 8)
    {
      guint64 word;

      memcpy (&word, self->block + i, 8);
      state = mix (state ^ GUINT64_FROM_LE (word), FACTOR) + (guint64) i + 1;
    }
  self->state = state;
  self->used = 0;
}

static void
mm_body_digest_append (MmBodyDigest *self,
                       const guint8 *data,
                       gsize         length)
{
  self->length += length;
  while (length > 0)
    {
      gsize n = MIN (length, BLOCK_SIZE - self->used);

      memcpy (self->block + self->used, data, n);
      self->used += n;
      data += n;
      length -= n;
      if (self->used == BLOCK_SIZE)
        mm_body_digest_hash (self, BLOCK_SIZE);
    }
}

MmBodyDigest *
_mm_body_digest_new (void)
{
  MmBodyDigest *self = g_new (MmBodyDigest, 1);

  self->state = SEED;
  self->length = 0;
  self->line_ends = 0;
  self->used = 0;
  return self;
}

void
_mm_body_digest_text (MmBodyDigest *self,
                      const guint8 *text,
                      gsize         length)
{
  for (; self->line_ends > 0; self->line_ends--)
    mm_body_digest_append (self, (const guint8 *) "\n", 1);
  mm_body_digest_append (self, text, length);
}

void
_mm_body_digest_line_end (MmBodyDigest *self)
{
  self->line_ends++;
}

guint64
_mm_body_digest_end (MmBodyDigest *self)
{
  guint64 length = self->length;

  /* The fill-up is told from text by the length. */
  while (self->used % 8 != 0)
    self->block[self->used++] = ' ';
  mm_body_digest_hash (self, self->used);
  self->state = mix (self->state ^ length, FINAL_FACTOR);
  return MAX (self->state, 1);
}
