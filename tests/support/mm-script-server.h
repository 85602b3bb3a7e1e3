/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * MmScriptServer:
 *
 * A server on 127.0.0.1 that follows a script, in a thread of its own: send this, expect that, cut
 * here. The script is a list of steps, added before mm_script_server_start (), and may go over
 * several connections, one after another. What the client says otherwise than expected ends the
 * script; mm_script_server_finish () tells. Used from one thread.
 */
typedef struct _MmScriptServer MmScriptServer;

typedef enum
{
  MM_CUT_RESET, /* the client reads ECONNRESET */
  MM_CUT_FIN,   /* the client reads the end */
} MmCut;

/* Listens at a free port at once; connections wait until the script accepts them. */
MmScriptServer *mm_script_server_new (void);

/* Ends the script wherever it is. */
void mm_script_server_free (MmScriptServer *self);

guint16 mm_script_server_get_port (MmScriptServer *self);

/* The certificate for the TLS steps that follow: NAME.pem and NAME.key in @directory. */
void mm_script_server_set_certificate (MmScriptServer *self,
                                       const char     *directory,
                                       const char     *name);

/* The steps. */

/* Waits for the next connection, after the one before (if any) has been closed politely. */
void mm_script_server_accept (MmScriptServer *self);

/* Shakes hands as the TLS server. A failing handshake is no failure of the script: the client may
 * refuse the certificate; it ends the connection. */
void mm_script_server_start_tls (MmScriptServer *self);

/* "$TAG" in @text becomes the first word of the last line that was expected, "$TAG-1" that of
 * the line before, to "$TAG-9". Line ends are the caller's ("\r\n"). */
void mm_script_server_send (MmScriptServer *self,
                            const char     *text);
void mm_script_server_send_bytes (MmScriptServer *self,
                                  gconstpointer   data,
                                  gsize           length);

/* Sends @length bytes 'x'. */
void mm_script_server_send_many (MmScriptServer *self,
                                 guint64         length);

/* Reads a line, which must match @pattern ('*', '?') without its CRLF. */
void mm_script_server_expect (MmScriptServer *self,
                              const char     *pattern);

/* Reads exactly @length bytes; which does not matter, see mm_script_server_get_received (). */
void mm_script_server_expect_bytes (MmScriptServer *self,
                                    guint64         length);

/* The client ends the connection here. What it says before that is read and thrown away. */
void mm_script_server_expect_end (MmScriptServer *self);

/* From here on every byte is sent alone, with @microseconds between them; 0 between: only alone. */
void mm_script_server_trickle (MmScriptServer *self,
                               guint           microseconds);

/* Counting from here, cuts after @length bytes were sent, in the middle of whatever step. The
 * script goes on behind the next accept. */
void mm_script_server_cut_after (MmScriptServer *self,
                                 guint64         length,
                                 MmCut           how);
void mm_script_server_cut (MmScriptServer *self,
                           MmCut           how);

/* Neither reads nor writes for a while. */
void mm_script_server_pause (MmScriptServer *self,
                             guint           milliseconds);

/* Neither reads nor writes until the server is freed. */
void mm_script_server_stay_silent (MmScriptServer *self);

/* Several of the steps above in one text. Each line begins with "S: " (send it, with CRLF), "C: "
 * (expect that pattern), or "C* N" (expect N bytes); other lines are an error of the test. */
void mm_script_server_add (MmScriptServer *self,
                           const char     *dialog);

void mm_script_server_start (MmScriptServer *self);

/* Waits until the script has ended, at most 20 seconds. FALSE, with what went otherwise in
 * @failure (transfer full), when it did not go to its end. */
gboolean mm_script_server_finish (MmScriptServer  *self,
                                  char           **failure);

/* The same, and fails the test. */
#define mm_script_server_assert_finished(self)                             \
  G_STMT_START                                                             \
  {                                                                        \
    g_autofree char *failure_ = NULL;                                      \
    if (!mm_script_server_finish ((self), &failure_))                      \
      g_error ("%s:%d: the script failed: %s", __FILE__, __LINE__, failure_); \
  }                                                                        \
  G_STMT_END

/* All bytes of the expect steps so far, beyond 16 MiB without their content; call it after
 * finish (). (transfer full) */
GBytes *mm_script_server_get_received (MmScriptServer *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MmScriptServer, mm_script_server_free)

G_END_DECLS
