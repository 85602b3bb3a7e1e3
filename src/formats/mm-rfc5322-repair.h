/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "formats/mm-rfc5322.h"

G_BEGIN_DECLS

/* Makes of @blob a message that a strict server takes, changing only what @traits names
 * (MmRfc5322Traits): EMPTY → one empty line; NUL → byte 0x80; BARE_LINE_END → CRLF; 8BIT_HEADER →
 * encoded words (RFC 2047), UTF-8 where the bytes are that, else unknown-8bit;
 * INVALID_HEADER → the space before the colon removed, other lines kept behind "X-Invalid-Header:".
 * LONG_LINE is left as it is. @done (out): the traits that were really mended; 0, and a
 * reference to @blob itself, when there was nothing to do. (transfer full) */
MmBlob *mm_rfc5322_repair (MmBlob  *blob,
                           guint    traits,
                           guint   *done,
                           GError **error);

/* The stable word of one trait for reports: "empty", "nul", "line-ends", "8bit-header",
 * "invalid-header", "long-line"; and its translated sentence ("Line ends were changed to …"), as
 * repaired by this program or as changed by the server itself. Static. */
const char *mm_rfc5322_trait_get_code (MmRfc5322Traits trait);
const char *mm_rfc5322_trait_get_repair_message (MmRfc5322Traits trait);
const char *mm_rfc5322_trait_get_change_message (MmRfc5322Traits trait);

G_END_DECLS
