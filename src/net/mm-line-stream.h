/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * MmLineStream:
 *
 * One connection that speaks in CRLF lines and counted bytes (IMAP, POP3, ManageSieve, SMTP),
 * full duplex in one thread: while a write waits for the peer, what the peer says is read into a
 * buffer, so that two full buffers never block each other. Every wait has a deadline and ends at
 * once when cancelled. Errors: MM_ERROR_NETWORK (cut, closed, timed out), MM_ERROR_PROTOCOL
 * (a line over the limit), G_IO_ERROR_CANCELLED. A failure lasts: every later call fails with the
 * same error. But what the peer said before it cut the line while we were writing (its NO or BYE)
 * is kept and is still read by the calls below before they fail. Not thread-safe.
 */
#define MM_TYPE_LINE_STREAM (mm_line_stream_get_type ())
G_DECLARE_FINAL_TYPE (MmLineStream, mm_line_stream, MM, LINE_STREAM, GObject)

/* @connection: a connected socket (transfer none). @peer: what errors call the other end, for
 * people ("mail.example.org:993"). */
MmLineStream *mm_line_stream_new (GSocketConnection *connection,
                                  const char        *peer);

/* The socket below, TLS or not. (transfer none) */
GSocketConnection *mm_line_stream_get_connection (MmLineStream *self);

/* What new () was given. (transfer none) */
const char *mm_line_stream_get_peer (MmLineStream *self);

/* Goes on over TLS on the same socket (STARTTLS). What the peer sent before the handshake is an
 * MM_ERROR_PROTOCOL when there was anything (command injection, RFC 9051 11.1). @tls: an unshaken
 * client connection over the socket's streams; the handshake is done here, and its errors are
 * handed on as they are (G_TLS_ERROR, G_IO_ERROR). */
gboolean mm_line_stream_start_tls (MmLineStream    *self,
                                   GTlsConnection  *tls,
                                   GCancellable    *cancellable,
                                   GError         **error);

/* Seconds without a byte after which a call fails; default 120. */
void mm_line_stream_set_timeout (MmLineStream *self,
                                 guint         seconds);

/* Buffers; sends by itself above 64 KiB. */
gboolean mm_line_stream_write (MmLineStream   *self,
                               gconstpointer   data,
                               gsize           length,
                               GCancellable   *cancellable,
                               GError        **error);
gboolean mm_line_stream_flush (MmLineStream   *self,
                               GCancellable   *cancellable,
                               GError        **error);

/* One line without its line end (CRLF or LF). Valid until the next call; NUL-terminated, but may
 * hold NULs. Longer than @limit bytes: MM_ERROR_PROTOCOL. Flushes first. */
const char *mm_line_stream_read_line (MmLineStream  *self,
                                      gsize          limit,
                                      gsize         *length,
                                      GCancellable  *cancellable,
                                      GError       **error);

/* Some of the next bytes, at least 1 and at most @length, without copying: valid until the next
 * call. */
const guint8 *mm_line_stream_read_some (MmLineStream  *self,
                                        gsize          length,
                                        gsize         *available,
                                        GCancellable  *cancellable,
                                        GError       **error);

/* TRUE when a whole line is in the buffer already. Reads nothing. */
gboolean mm_line_stream_has_line (MmLineStream *self);

/* Ends the connection; never blocks. What was written and not flushed is sent if the socket takes
 * it at once. Idempotent; also done by the last unref. */
void mm_line_stream_close (MmLineStream *self);

G_END_DECLS
