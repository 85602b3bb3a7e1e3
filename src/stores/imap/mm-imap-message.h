/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "model/mm-reference.h"
#include "stores/imap/mm-imap-session.h"

G_BEGIN_DECLS

/**
 * MmImapMessage:
 *
 * What FETCH responses told of one message. Servers give the values in any order, in one
 * response or in several, and add some that were not asked for.
 */
typedef enum
{
  MM_IMAP_HAS_UID = 1 << 0,
  MM_IMAP_HAS_FLAGS = 1 << 1,
  MM_IMAP_HAS_DATE = 1 << 2,   /* also when it could not be understood */
  MM_IMAP_HAS_SIZE = 1 << 3,
  MM_IMAP_HAS_HEADER = 1 << 4,
  MM_IMAP_HAS_BODY = 1 << 5,
  MM_IMAP_HAS_GLOBAL_ID = 1 << 6,
} MmImapParts;

typedef struct
{
  guint has;       /* MmImapParts */
  guint32 uid;
  guint flags;     /* MmFlags */
  char **keywords; /* sorted; NULL */
  gint64 date;
  guint64 size;
  guint64 fingerprint; /* of the header fields */
  char *label;
  char *global_id;
  MmBlob *blob;    /* the whole message; NULL although HAS_BODY: the server gave NIL */
} MmImapMessage;

void mm_imap_message_clear (MmImapMessage *self);

/* Adds what @response, a FETCH response, tells. */
void mm_imap_message_take (MmImapMessage        *self,
                           const MmImapResponse *response);

/* Moves what is known into a reference with this id (copied). (transfer full) */
MmReference *mm_imap_message_to_reference (MmImapMessage *self,
                                           const char    *id);

/**
 * MmImapCollector:
 *
 * Puts the responses of each message together until all @wanted parts are there, then calls
 * @func, which may take what it likes out of the message; EXPUNGE moves the numbers meanwhile.
 * MM_ERROR_PROTOCOL when what is unfinished would take too much memory. finish () hands out
 * those that never became complete but have UID and one of the @needed parts: what else the
 * server left out stays unknown.
 */
typedef struct _MmImapCollector MmImapCollector;

typedef gboolean (*MmImapMessageFunc) (MmImapMessage  *message,
                                       gpointer        user_data,
                                       GError        **error);

MmImapCollector *mm_imap_collector_new    (guint              wanted,
                                           guint              needed,
                                           MmImapMessageFunc  func,
                                           gpointer           user_data);
void             mm_imap_collector_free   (MmImapCollector   *self);
gboolean         mm_imap_collector_take   (MmImapCollector       *self,
                                           const MmImapResponse  *response,
                                           GError               **error);
gboolean         mm_imap_collector_finish (MmImapCollector  *self,
                                           GError          **error);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (MmImapMessage, mm_imap_message_clear)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MmImapCollector, mm_imap_collector_free)

G_END_DECLS
