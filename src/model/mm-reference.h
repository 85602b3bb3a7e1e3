/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * MmFlags:
 *
 * The system flags of RFC 3501 2.3.2 that can be copied. \Recent is not one of them.
 */
typedef enum
{
  MM_FLAG_SEEN = 1 << 0,
  MM_FLAG_ANSWERED = 1 << 1,
  MM_FLAG_FLAGGED = 1 << 2,
  MM_FLAG_DRAFT = 1 << 3,
  MM_FLAG_DELETED = 1 << 4,
} MmFlags;

/* The date is not known. */
#define MM_DATE_UNKNOWN G_MININT64

/* The size is not known. */
#define MM_SIZE_UNKNOWN G_MAXUINT64

/**
 * MmReference:
 *
 * Where an item is and what is known of it without fetching it: cheap, listed by the million.
 * A plain value owned by one holder at a time.
 */
typedef struct
{
  char *id;      /* the store's key within the folder, opaque (IMAP: "UIDVALIDITY:UID") */
  char *version; /* changes when the item's content does (ETag, ChangeKey); NULL where items never change */
  guint64 size;  /* bytes as the server says: a hint, never a validity test; MM_SIZE_UNKNOWN */
  gint64 date;   /* when it was received: seconds since 1970 UTC; MM_DATE_UNKNOWN */
  guint flags;   /* MmFlags */
  char **keywords; /* sorted, NULL when there are none */

  /* What makes the item recognisable on another server: 64 bits over normalised identity fields
   * (mail: see formats/mm-rfc5322.h). 0 when it was not asked for or cannot be had. Equal
   * fingerprints mean "probably the same": contents decide where it matters. */
  guint64 fingerprint;

  /* Identity over the whole account where the server has one (X-GM-MSGID, RFC 8474 EMAILID): the
   * same message seen in two folders has it twice. NULL when it has none or was not asked for. */
  char *global_id;

  char *label; /* names the item for a person: Message-ID and subject; NULL when not asked for */
} MmReference;

MmReference *mm_reference_new  (const char *id);
MmReference *mm_reference_copy (const MmReference *self);
void         mm_reference_free (MmReference *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MmReference, mm_reference_free)

G_END_DECLS
