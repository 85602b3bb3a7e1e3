/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * Which items of the source are at the destination already, whoever put them there. Pure.
 *
 * A pair must have equal fingerprints. When one item on each side has it and the sizes agree,
 * that is enough; in every other case the bodies decide (a digest), since neither losing one of
 * two different messages with one Message-ID nor copying one twice is allowed. Real duplicates
 * are paired one to one: what the source has more of is copied.
 */
typedef struct
{
  guint64 fingerprint; /* 0: never matches */
  guint64 size;        /* MM_SIZE_UNKNOWN: agrees with none */
  gint64 date;
  guint64 digest;      /* filled in by the caller where @ambiguous is set, 0: could not be had */
  gboolean ambiguous;  /* out: a digest is needed */
  gboolean matched;    /* out */
} MmMatchEntry;

/* First pass: sets @matched and @ambiguous. Both arrays: (element-type MmMatchEntry). Returns
 * whether any digest is needed. */
gboolean mm_match_find (GArray *source,
                        GArray *destination);

/* Second pass, with the digests filled in. */
void mm_match_settle (GArray *source,
                      GArray *destination);

G_END_DECLS
