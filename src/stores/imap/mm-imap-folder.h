/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "model/mm-folder.h"
#include "model/mm-item.h"
#include "stores/imap/mm-imap-names.h"
#include "stores/imap/mm-imap-session.h"

G_BEGIN_DECLS

/* As the functions of MmStore with these names. Several folders cost no more round trips than one
 * (deleting: than one level of the tree). */
gboolean mm_imap_create_folders (MmImapSession  *session,
                                 MmImapNames    *names,
                                 GPtrArray      *folders,
                                 GPtrArray      *results,
                                 GCancellable   *cancellable,
                                 GError        **error);
gboolean mm_imap_delete_folders (MmImapSession  *session,
                                 MmImapNames    *names,
                                 GPtrArray      *folders,
                                 GPtrArray      *results,
                                 GCancellable   *cancellable,
                                 GError        **error);
gboolean mm_imap_subscribe_folders (MmImapSession  *session,
                                    MmImapNames    *names,
                                    GPtrArray      *folders,
                                    gboolean        subscribed,
                                    GPtrArray      *results,
                                    GCancellable   *cancellable,
                                    GError        **error);

/* The wire name of @folder: its id, else from its path. MM_ERROR_REFUSED. (transfer full) */
char *mm_imap_folder_get_name (MmImapNames     *names,
                               const MmFolder  *folder,
                               GError         **error);

G_END_DECLS
