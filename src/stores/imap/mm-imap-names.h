/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "model/mm-error.h"
#include "stores/imap/mm-imap-parser.h"

G_BEGIN_DECLS

/**
 * MmImapNames:
 *
 * How this server names mailboxes: namespaces (RFC 2342), prefix and delimiter; turns names on
 * the wire into paths and back. Pure.
 */
typedef struct _MmImapNames MmImapNames;

/* One namespace without prefix, '/' as delimiter. */
MmImapNames *mm_imap_names_new  (void);
void         mm_imap_names_free (MmImapNames *self);

/* From the three values of a NAMESPACE response: personal, others', shared. The first personal
 * one is where new folders go. */
void mm_imap_names_set_namespaces (MmImapNames      *self,
                                   const MmImapNode *values);
gboolean mm_imap_names_has_namespaces (MmImapNames *self);

/* For servers without NAMESPACE. @delimiter: 0 when there is none (a flat server). @prefix: with
 * its delimiter, or "". */
void mm_imap_names_set_default (MmImapNames *self,
                                const char  *prefix,
                                char         delimiter);

char        mm_imap_names_get_delimiter (MmImapNames *self);
const char *mm_imap_names_get_prefix    (MmImapNames *self);

/* TRUE when folders below INBOX are those below the top ("INBOX." is the prefix). */
gboolean mm_imap_names_prefix_is_inbox (MmImapNames *self);

/* FALSE for mailboxes in others' or shared namespaces, and for the bare prefix. */
gboolean mm_imap_names_is_ours (MmImapNames *self,
                                const char  *name);

/* @delimiter: as LIST gave it for this mailbox, 0 for NIL. (transfer full) */
char **mm_imap_names_to_path (MmImapNames *self,
                              const char  *name,
                              char         delimiter);

/* MM_ERROR_REFUSED when the path cannot be a mailbox here. (transfer full) */
char *mm_imap_names_from_path (MmImapNames       *self,
                               const char *const *path,
                               GError           **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MmImapNames, mm_imap_names_free)

G_END_DECLS
