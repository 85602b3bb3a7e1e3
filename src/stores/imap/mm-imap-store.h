/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "model/mm-service.h"
#include "model/mm-store.h"

G_BEGIN_DECLS

/**
 * MmImapStore:
 *
 * One mail account over IMAP4rev1 (RFC 3501), as source and as destination. Ids of folders are
 * mailbox names as on the wire; ids of messages "UIDVALIDITY:UID".
 */
#define MM_TYPE_IMAP_STORE (mm_imap_store_get_type ())
G_DECLARE_FINAL_TYPE (MmImapStore, mm_imap_store, MM, IMAP_STORE, MmStore)

/* @service: copied. (transfer full) */
MmStore *mm_imap_store_new (const MmService *service,
                            MmCredentials   *credentials);

G_END_DECLS
