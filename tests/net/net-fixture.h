/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "model/mm-error.h"
#include "mm-script-server.h"
#include "net/mm-connect.h"

G_BEGIN_DECLS

/* The folder with the certificates of tests/servers/make-certificates.sh; made when first called. */
const char *net_fixture_get_certificates (void);

/* Removes them. */
void net_fixture_clear (void);

/* Connects to @server as localhost. @authority: the name of a certificate in that folder to trust
 * besides those of the system; NULL. */
MmLineStream *net_fixture_connect (MmScriptServer  *server,
                                   MmSecurity       security,
                                   const char      *authority,
                                   GCancellable    *cancellable,
                                   GError         **error);

/* The script's connection, in TLS if asked for. */
void net_fixture_accept (MmScriptServer *server,
                         gboolean        tls);

/* Starts @server and connects in that way; nothing may fail. */
MmLineStream *net_fixture_start (MmScriptServer *server,
                                 gboolean        tls);

/* Cancelled from another thread after @milliseconds. (transfer full) */
GCancellable *net_fixture_cancel_after (guint milliseconds);

/* Fails unless a cancellation after @milliseconds, begun at monotonic time @begin, has been
 * obeyed within two seconds. */
void net_fixture_assert_prompt (gint64 begin,
                                guint  milliseconds);

/* A port of 127.0.0.1 at which connections are neither taken nor refused. */
typedef struct _NetFixtureHole NetFixtureHole;

NetFixtureHole *net_fixture_hole_new  (void);
void            net_fixture_hole_free (NetFixtureHole *self);
guint16         net_fixture_hole_get_port (NetFixtureHole *self);

G_END_DECLS
