/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "model/mm-error.h"
#include "model/mm-service.h"
#include "net/mm-line-stream.h"
#include "stores/imap/mm-imap-parser.h"

G_BEGIN_DECLS

/**
 * MmImapSession:
 *
 * One connection that speaks IMAP4rev1 (RFC 3501): tags, literals, capabilities, the selected
 * mailbox, and everything that a server may say unasked. Commands are sent without waiting and
 * waited for later, so that several are under way at once. After any GError the connection
 * is closed and every call fails with MM_ERROR_NETWORK. Not thread-safe.
 */
typedef struct _MmImapSession MmImapSession;

/**
 * MmImapCommand:
 *
 * One command that was sent. Atomically reference counted by grefcount within one thread.
 */
typedef struct
{
  grefcount ref_count;
  guint tag;
  gboolean is_secret;     /* what is answered to it is not traced either */
  gboolean done;
  MmImapStatus status;    /* OK, NO or BAD when done */
  char *code;             /* as sent, NULL */
  char *code_arguments[2];/* the first two values behind the code, NULL */
  char *text;             /* for people */
} MmImapCommand;

MmImapCommand *mm_imap_command_ref   (MmImapCommand *self);
void           mm_imap_command_unref (MmImapCommand *self);

/* TRUE when done with OK. */
gboolean mm_imap_command_is_ok (const MmImapCommand *self);

/* What its refusal means; see mm_imap_error_new (). (transfer full) */
GError *mm_imap_command_get_error (const MmImapCommand *self,
                                   MmError              fallback,
                                   const char          *sentence);

/* What is known of the selected mailbox. */
typedef struct
{
  char *name;            /* on the wire; NULL when none is selected */
  gboolean read_only;    /* by EXAMINE, or the server said so */
  gboolean is_open;      /* its OK has come */
  guint32 uidvalidity;   /* 0: not said */
  guint32 uidnext;       /* as of selecting, or as set since; 0: not said */
  guint32 exists;
  GHashTable *permanent_flags; /* in lower case; NULL when the server said nothing: all */
} MmImapMailbox;

/* Called for every untagged response, after the session has taken from it what it needs. FALSE
 * with @error set ends the connection. */
typedef gboolean (*MmImapHandler) (MmImapSession         *session,
                                   const MmImapResponse  *response,
                                   gpointer               user_data,
                                   GError               **error);

MmImapSession *mm_imap_session_new  (const MmService *service,
                                     MmCredentials   *credentials);
void           mm_imap_session_free (MmImapSession *self);

/* Connects and reads the greeting; with STARTTLS demanded it is in force afterwards; capabilities
 * are known. @preauth (out): the server wants no login. Errors: as mm_connect_open (), STARTTLS,
 * BUSY, LIMIT, PROTOCOL. */
gboolean mm_imap_session_connect (MmImapSession  *self,
                                  gboolean       *preauth,
                                  GCancellable   *cancellable,
                                  GError        **error);

gboolean mm_imap_session_is_alive (MmImapSession *self);

/* Says LOGOUT without waiting for an answer, and closes. */
void mm_imap_session_close (MmImapSession *self);

/* Capabilities, without case. After a login they are asked again unless the server told them. */
gboolean mm_imap_session_has (MmImapSession *self,
                              const char    *capability);
void     mm_imap_session_forget_capabilities (MmImapSession *self);
gboolean mm_imap_session_know_capabilities (MmImapSession  *self,
                                            GCancellable   *cancellable,
                                            GError        **error);

/* Bytes from APPENDLIMIT=N (RFC 7889); 0: not said. */
guint64 mm_imap_session_get_append_limit (MmImapSession *self);

/* The shortest time that an answer took, in microseconds. */
guint64 mm_imap_session_get_round_trip (MmImapSession *self);

const char          *mm_imap_session_get_host    (MmImapSession *self);
const MmService     *mm_imap_session_get_service (MmImapSession *self);
const MmImapMailbox *mm_imap_session_get_mailbox (MmImapSession *self);

/* Messages below are known to somebody. */
void mm_imap_session_set_uidnext (MmImapSession *self,
                                  guint32        uidnext);

/* What the server sends unasked goes to @func from now on; NULL: nowhere. */
void mm_imap_session_set_handler (MmImapSession *self,
                                  MmImapHandler  func,
                                  gpointer       user_data);

/* A value as a quoted string, or where that cannot be as a literal that send () knows to send.
 * (transfer full) */
char *mm_imap_quote (const char *text);

/* Buffers one command, without tag and CRLF, values written by mm_imap_quote (). (transfer full) */
MmImapCommand *mm_imap_session_send (MmImapSession  *self,
                                     GCancellable   *cancellable,
                                     GError        **error,
                                     const char     *format,
                                     ...) G_GNUC_PRINTF (4, 5);

/* The same for a text that must never be seen: the trace shows @visible. */
MmImapCommand *mm_imap_session_send_secret (MmImapSession  *self,
                                            const char     *visible,
                                            const char     *text,
                                            GCancellable   *cancellable,
                                            GError        **error);

/* Sends what is buffered and reads until @command is done, however it ended. */
gboolean mm_imap_session_wait (MmImapSession  *self,
                               MmImapCommand  *command,
                               GCancellable   *cancellable,
                               GError        **error);

/* send () and wait (). (transfer full) */
MmImapCommand *mm_imap_session_run (MmImapSession  *self,
                                    GCancellable   *cancellable,
                                    GError        **error,
                                    const char     *format,
                                    ...) G_GNUC_PRINTF (4, 5);

/* From now until settle () whole messages are expected and kept as blobs, whatever their size;
 * at other times more than a little of one is thrown away. */
void mm_imap_session_expect_messages (MmImapSession *self);

/* Reads what has arrived already, without waiting. */
gboolean mm_imap_session_drain (MmImapSession  *self,
                                GCancellable   *cancellable,
                                GError        **error);

/* Ends a piece of work, however it went: no handler any more, and the answers that are still to
 * come are read and dropped, so that they do not meet the next. */
void mm_imap_session_settle (MmImapSession *self,
                             GCancellable  *cancellable);

/* Buffers SELECT or EXAMINE of a mailbox by its name on the wire. Everything sent before must be
 * done. (transfer full) */
MmImapCommand *mm_imap_session_send_select (MmImapSession  *self,
                                            const char     *mailbox,
                                            gboolean        read_only,
                                            GCancellable   *cancellable,
                                            GError        **error);

/* After its wait (): the GError of a refused SELECT, or NULL. (transfer full) */
GError *mm_imap_session_get_select_error (MmImapSession       *self,
                                          const MmImapCommand *command,
                                          const char          *folder);

/*
 * A command in pieces, for APPEND: begin (), write () and literal () as needed, end ().
 */

/* @go: see literal (); FALSE when the server refused a literal in @text. */
MmImapCommand *mm_imap_session_begin (MmImapSession  *self,
                                      const char     *text,
                                      gboolean       *go,
                                      GCancellable   *cancellable,
                                      GError        **error);

/* Never in the trace. */
gboolean mm_imap_session_write (MmImapSession  *self,
                                const char     *text,
                                GCancellable   *cancellable,
                                GError        **error);

/* Announces a literal of @size bytes. @synchronising: waits for the server's leave. @go (out):
 * FALSE when the server refused the command instead: nothing more of it is to be sent, not even
 * end (). */
gboolean mm_imap_session_literal (MmImapSession  *self,
                                  MmImapCommand  *command,
                                  guint64         size,
                                  gboolean        is_binary,
                                  gboolean        synchronising,
                                  gboolean       *go,
                                  GCancellable   *cancellable,
                                  GError        **error);
gboolean mm_imap_session_write_blob (MmImapSession  *self,
                                     MmBlob         *blob,
                                     GCancellable   *cancellable,
                                     GError        **error);
gboolean mm_imap_session_end (MmImapSession  *self,
                              GCancellable   *cancellable,
                              GError        **error);

/* TRUE when a literal of @size bytes may follow its announcement at once (RFC 7888). */
gboolean mm_imap_session_may_push (MmImapSession *self,
                                   guint64        size);

/* TRUE once the server said BYE; what it meant, NETWORK when it said nothing of the kind. */
gboolean mm_imap_session_has_bye (MmImapSession *self);
MmError  mm_imap_session_get_bye_meaning (MmImapSession *self);

/* The code of the BYE that ended the connection; NULL. */
const char *mm_imap_session_get_bye_code (MmImapSession *self);

/* Reads until the server asks for more, or @command is done. @text (out) (transfer full): what
 * it asked for, NULL when the command is done. */
gboolean mm_imap_session_wait_continuation (MmImapSession  *self,
                                            MmImapCommand  *command,
                                            char          **text,
                                            GCancellable   *cancellable,
                                            GError        **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MmImapSession, mm_imap_session_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MmImapCommand, mm_imap_command_unref)

G_END_DECLS
