/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * MmRole:
 *
 * What a mail folder is for (RFC 6154 special use, and INBOX).
 */
typedef enum
{
  MM_ROLE_NONE,
  MM_ROLE_INBOX,
  MM_ROLE_DRAFTS,
  MM_ROLE_SENT,
  MM_ROLE_TRASH,
  MM_ROLE_JUNK,
  MM_ROLE_ARCHIVE,
  MM_ROLE_ALL,       /* every message again: a view (Gmail's All Mail) */
  MM_ROLE_FLAGGED,   /* a view: Gmail's Starred */
  MM_ROLE_IMPORTANT, /* a view (RFC 8457) */
  MM_N_ROLES,
} MmRole;

/* "sent", "trash", …; "" for none. Static. */
const char *mm_role_to_nick (MmRole role);
MmRole      mm_role_from_nick (const char *nick);

/* The role that a folder with this name (one path component, UTF-8) usually has when the server
 * does not say: "Sent Items", "Enviados", "Odeslaná pošta", … in many languages; compared
 * without case and with Unicode normalisation. Never INBOX, ALL, FLAGGED or IMPORTANT. */
MmRole mm_role_guess (const char *name);

/* ALL, FLAGGED, IMPORTANT: folders that show messages of other folders. */
gboolean mm_role_is_view (MmRole role);

G_END_DECLS
