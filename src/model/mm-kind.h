/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * MmKind:
 *
 * What an item is. The order is the order in which the stages of a migration run: small
 * kinds first, groups after the contacts that they name, rules after the folders that they name.
 */
typedef enum
{
  MM_KIND_CONTACTS,
  MM_KIND_CONTACT_GROUPS,
  MM_KIND_CALENDARS,
  MM_KIND_TASKS,
  MM_KIND_EMAILS,
  MM_KIND_INBOX_RULES,
  MM_KIND_OUT_OF_OFFICE,
  MM_N_KINDS,
} MmKind;

/* A set of kinds: bit 1 << kind. */
typedef guint MmKindSet;

#define MM_KIND_BIT(kind) (1u << (kind))
#define MM_KIND_SET_ALL ((1u << MM_N_KINDS) - 1)

/* The word of command line, JSON and database: "emails", "inbox-rules", … Static. */
const char *mm_kind_to_nick (MmKind kind);

/* The kind with that word. FALSE, and @kind untouched, when there is none. */
gboolean mm_kind_from_nick (const char *nick,
                            MmKind     *kind);

/* The translated name that people see: "E-mails". Static. */
const char *mm_kind_get_title (MmKind kind);

/* The set named by a comma-separated list of words. @unknown, when given, is set to the first
 * word that names no kind (transfer full); then the result is 0. */
MmKindSet mm_kind_set_parse (const char  *text,
                             char       **unknown);

G_END_DECLS
