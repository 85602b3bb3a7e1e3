/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "model/mm-service.h"
#include "net/mm-line-stream.h"

G_BEGIN_DECLS

/* Connects to @service's host and port; with MM_SECURITY_TLS the handshake is done too, with
 * certificate and host name checked. Errors: HOST (no such name), NETWORK (refused, unreachable,
 * timed out: the sentence names host and port), CERTIFICATE (the sentence says who holds it, who
 * issued it, until when it is valid and which check failed), FILE (the credentials' authority
 * cannot be read), G_IO_ERROR_CANCELLED. @credentials: (nullable) only the authority is used.
 * (transfer full) */
MmLineStream *mm_connect_open (const MmService  *service,
                               MmCredentials    *credentials,
                               GCancellable     *cancellable,
                               GError          **error);

/* After the server agreed to STARTTLS: the handshake, with the same checks and errors, and
 * PROTOCOL when the server had sent more than its agreement. */
gboolean mm_connect_start_tls (MmLineStream     *stream,
                               const MmService  *service,
                               MmCredentials    *credentials,
                               GCancellable     *cancellable,
                               GError          **error);

G_END_DECLS
