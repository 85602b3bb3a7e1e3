/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "stores/imap/mm-imap-session.h"

G_BEGIN_DECLS

struct _MmImapSession
{
  MmService *service;
  MmCredentials *credentials;
  MmLineStream *stream;      /* NULL: closed */
  MmImapParser *parser;
  gboolean traces;

  GQueue in_flight;          /* (element-type MmImapCommand), in the order of sending */
  guint last_tag;
  char *continuation;        /* text of the last "+", until somebody takes it */

  GHashTable *capabilities;  /* in upper case; NULL: not known */
  guint64 append_limit;      /* of APPENDLIMIT=N; 0 */
  gboolean may_push_all;     /* LITERAL+ */
  gboolean may_push_small;   /* LITERAL- */

  MmImapMailbox mailbox;
  MmImapCommand *selecting;  /* the SELECT whose answer is awaited */

  MmImapHandler handler;
  gpointer handler_data;
  gboolean expects_messages;

  gboolean has_bye;
  char *bye_code;
  char *bye_text;

  gint64 sent_at;            /* monotonic; 0: nothing to measure */
  guint64 round_trip;
};

/* The next response as it is. */
const MmImapResponse *_mm_imap_session_read_response (MmImapSession  *self,
                                                      GCancellable   *cancellable,
                                                      GError        **error);

/* Takes what a response code tells of the server or the selected mailbox. */
void _mm_imap_session_take_code (MmImapSession        *self,
                                 const MmImapResponse *response);

/* Reads and handles one response. */
gboolean _mm_imap_session_read (MmImapSession  *self,
                                GCancellable   *cancellable,
                                GError        **error);

/* FALSE with MM_ERROR_NETWORK when the connection is closed. */
gboolean _mm_imap_session_check (MmImapSession  *self,
                                 GError        **error);

/* Closes after an error of the connection; what a BYE said goes before what the socket says. */
void _mm_imap_session_break (MmImapSession  *self,
                             GError        **error);

void _mm_imap_session_trace (MmImapSession *self,
                             const char    *direction,
                             const char    *text);

G_END_DECLS
