/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef enum
{
  MM_PROTOCOL_IMAP,
  MM_N_PROTOCOLS,
} MmProtocol;

typedef enum
{
  MM_SECURITY_TLS,      /* TLS from the first byte */
  MM_SECURITY_STARTTLS, /* STARTTLS, demanded */
  MM_SECURITY_NONE,     /* clear text, chosen by the person for this account */
} MmSecurity;

/**
 * MmService:
 *
 * One protocol endpoint of an account. A plain value; holds no password.
 */
typedef struct
{
  MmProtocol protocol;
  MmSecurity security;
  char *host;
  guint16 port; /* never 0: the protocol's default is filled in */
  char *user;
} MmService;

MmService *mm_service_new  (MmProtocol  protocol,
                            MmSecurity  security,
                            const char *host,
                            guint16     port, /* 0: the default of protocol and security */
                            const char *user);
MmService *mm_service_copy (const MmService *self);
void       mm_service_free (MmService *self);

/* "imaps://anna%40example.org@mail.example.org:993" (DESIGN section 9). MM_ERROR_USAGE with a
 * sentence that says what is wrong with the text; a password in it is refused, and never quoted. */
MmService *mm_service_parse  (const char  *url,
                              GError     **error);
char      *mm_service_to_url (const MmService *self);

guint16     mm_protocol_get_default_port (MmProtocol protocol, MmSecurity security);
const char *mm_protocol_get_title (MmProtocol protocol); /* "IMAP" */

/* TRUE when both are one account: same protocol family, host (without case), port and user. */
gboolean mm_service_is_same_account (const MmService *a,
                                     const MmService *b);

/**
 * MmAccount:
 *
 * What a person has: an address and one or more services. Plain value, no password.
 */
typedef struct
{
  char *address;       /* by which a migration is followed */
  GPtrArray *services; /* (element-type MmService), at least one */
} MmAccount;

MmAccount *mm_account_new  (const char *address); /* NULL: the user name of the first service, when asked */
MmAccount *mm_account_copy (const MmAccount *self);
void       mm_account_free (MmAccount *self);
void       mm_account_add_service (MmAccount *self, MmService *service /* (transfer full) */);
const char *mm_account_get_address (const MmAccount *self);

/**
 * MmCredentials:
 *
 * What opens an account. Lives in memory only; the password is overwritten when freed.
 * Atomically reference counted, immutable.
 */
typedef struct _MmCredentials MmCredentials;

/* @ca_file: (nullable) a PEM file with one more authority to trust. */
MmCredentials *mm_credentials_new   (const char *password,
                                     const char *ca_file);
MmCredentials *mm_credentials_ref   (MmCredentials *self);
void           mm_credentials_unref (MmCredentials *self);
const char    *mm_credentials_get_password (MmCredentials *self);
const char    *mm_credentials_get_ca_file (MmCredentials *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MmService, mm_service_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MmAccount, mm_account_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MmCredentials, mm_credentials_unref)

G_END_DECLS
