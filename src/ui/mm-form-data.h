/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "model/mm-error.h"
#include "model/mm-service.h"

G_BEGIN_DECLS

/* What a person types for one account, and what it means. No widgets. */

typedef enum
{
  MM_FORM_FIELD_NONE,
  MM_FORM_FIELD_HOST,
  MM_FORM_FIELD_PORT,
  MM_FORM_FIELD_SECURITY,
  MM_FORM_FIELD_LOGIN,
  MM_FORM_FIELD_PASSWORD,
} MmFormField;

/**
 * MmTypedServer:
 *
 * What was found in the server's field: a name, "name:port", "[address]:port" or a whole URL.
 */
typedef struct
{
  char *host;
  guint16 port;          /* 0: not given */
  gboolean has_security; /* given by a URL's scheme */
  MmSecurity security;
  char *user;            /* NULL: not given */
} MmTypedServer;

void mm_typed_server_clear (MmTypedServer *self);

/* @server (out): untouched on failure. MM_ERROR_USAGE with a sentence that says what is wrong. */
gboolean mm_typed_server_parse (const char     *text,
                                MmTypedServer  *server,
                                GError        **error);

/* The text of the port's field after the security changed: the new default, unless the person
 * typed another port. (transfer full) */
char *mm_form_port_for_security (const char *port_text,
                                 MmProtocol  protocol,
                                 MmSecurity  before,
                                 MmSecurity  after);

/* The service that the fields name; what a URL in @host says wins over the other fields.
 * @password: only looked at for being there. @field (out): which field the error is about.
 * MM_ERROR_USAGE with a sentence. (transfer full) */
MmService *mm_form_to_service (MmProtocol    protocol,
                               const char   *host,
                               const char   *port,
                               MmSecurity    security,
                               const char   *login,
                               const char   *password,
                               MmFormField  *field,
                               GError      **error);

/* The field that a person would change because of @error, from a server or from above. */
MmFormField mm_form_field_for_error (const GError *error);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (MmTypedServer, mm_typed_server_clear)

G_END_DECLS
