/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "model/mm-blob.h"

G_BEGIN_DECLS

/*
 * What the program needs to know of a message (RFC 5322) without ever re-serialising it.
 */

/**
 * MmRfc5322Traits:
 *
 * What is odd about a message: what servers refuse or change.
 */
typedef enum
{
  MM_RFC5322_EMPTY = 1 << 0,            /* zero bytes */
  MM_RFC5322_NUL = 1 << 1,              /* a NUL byte anywhere */
  MM_RFC5322_BARE_LINE_END = 1 << 2,    /* LF without CR, or CR without LF */
  MM_RFC5322_8BIT_HEADER = 1 << 3,      /* a byte ≥ 0x80 in the header */
  MM_RFC5322_INVALID_HEADER = 1 << 4,   /* a header line that is no field: no colon, a space in
                                         * the name or before the colon, nothing to continue */
  MM_RFC5322_LONG_LINE = 1 << 5,        /* a line over 998 bytes (RFC 5322 2.1.1) */
} MmRfc5322Traits;

typedef struct
{
  guint traits;        /* MmRfc5322Traits */
  guint64 size;        /* bytes as they are */
  guint64 crlf_size;   /* bytes with every bare LF or CR counted as CRLF */
  guint64 fingerprint; /* see mm_rfc5322_fingerprint () */
  guint64 body_digest; /* 64 bits over the normalised body, when asked for; else 0 */
  char *label;         /* "<message-id> subject", decoded; one of them, or NULL; "…" when long */
} MmRfc5322Summary;

void mm_rfc5322_summary_clear (MmRfc5322Summary *self);

/* Reads @blob once, in constant memory; of the header the first 1 MiB counts for fingerprint and
 * label. @digest: also compute body_digest, which costs a hash over every byte (fast, not
 * cryptographic; line ends of any kind count as one, those at the end not at all, NUL as 0x80). */
gboolean mm_rfc5322_examine (MmBlob            *blob,
                             gboolean           digest,
                             MmRfc5322Summary  *summary,
                             GError           **error);

/* The header fields that a fingerprint needs, for IMAP's BODY.PEEK[HEADER.FIELDS (…)] (RFC 3501
 * 6.4.5): names with blanks between. */
#define MM_RFC5322_IDENTITY_FIELDS "MESSAGE-ID DATE FROM TO CC SUBJECT"

/* What makes a message recognisable on another server, from its header or those fields of it
 * (line ends of any kind): with a Message-ID that and the Date, else From, To, Cc, Date and
 * Subject; in both cases after unfolding, without blanks at the ends and with one for several
 * inside, with bytes ≥ 0x80 and NUL as 'X' (some servers store them so). Of a field that is there
 * twice the first counts. Never 0. @label (out) (optional) (transfer full): see MmRfc5322Summary. */
guint64 mm_rfc5322_fingerprint (const guint8  *header,
                                gsize          length,
                                char         **label);

/* Compares a message sent with what the server gives back. TRUE when they are equal, or differ
 * only in what servers are known to do: bare line ends to CRLF, NUL to another byte, 8-bit header
 * bytes to X, one CRLF more or less at the end. @differences (out): the MmRfc5322Traits in which
 * they differ; 0 when equal to the byte, or but for the last CRLF, and when not equal. */
gboolean mm_rfc5322_compare (MmBlob  *sent,
                             MmBlob  *stored,
                             gboolean *equal,
                             guint    *differences,
                             GError  **error);

G_END_DECLS
