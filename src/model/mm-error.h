/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define MM_ERROR (mm_error_quark ())

/**
 * MmError:
 *
 * Named by what the caller can do about it. A store translates everything that it knows the
 * meaning of; a GError of another domain (G_IO_ERROR, …) that reaches the engine counts as
 * %MM_ERROR_INTERNAL, except G_IO_ERROR_CANCELLED, which always keeps its own domain.
 */
typedef enum
{
  /* Before the work can begin: said to the person, who changes what was typed. */
  MM_ERROR_USAGE,        /* a malformed URL, an impossible choice */
  MM_ERROR_HOST,         /* the name has no address */
  MM_ERROR_CERTIFICATE,  /* TLS certificate refused; the message says which check failed */
  MM_ERROR_STARTTLS,     /* STARTTLS was demanded and the server has none */
  MM_ERROR_LOGIN,        /* the login cannot be used here at all: mechanism, disabled account */
  MM_ERROR_PASSWORD,     /* login or password refused */
  MM_ERROR_SAME_ACCOUNT, /* both sides are one account */
  MM_ERROR_UNSUPPORTED,  /* the store cannot do this */
  MM_ERROR_FILE,         /* a local file cannot be read or written */

  /* Transient, reach: the store. Waiting and opening again may help. */
  MM_ERROR_NETWORK, /* no connection, cut, timed out, BYE */
  MM_ERROR_BUSY,    /* "try later": [UNAVAILABLE], [INUSE], throttling */
  MM_ERROR_LIMIT,   /* one connection too many: work with fewer */

  /* Lasting, reach: the store. The migration stops and can be resumed later. */
  MM_ERROR_QUOTA,    /* the destination is full */
  MM_ERROR_PROTOCOL, /* the server said what it may not say */

  /* Reach: the folder or the item. The migration goes on with the next. */
  MM_ERROR_NOT_FOUND, /* the folder or item is not there (any more) */
  MM_ERROR_EXISTS,    /* the folder is there already */
  MM_ERROR_NOT_EMPTY, /* the folder holds something and so is not deleted */
  MM_ERROR_CHANGED,   /* identity or version differs from what the caller knew (UIDVALIDITY, ETag) */
  MM_ERROR_TOO_LARGE, /* the item is over the server's limit */
  MM_ERROR_REFUSED,   /* the server refuses this item or folder for another reason */

  MM_ERROR_INTERNAL, /* the program itself failed: journal, temporary file */
} MmError;

GQuark mm_error_quark (void);

/* The word for @error in JSON and database: "host", "network", "password", "quota", …; "cancelled"
 * for G_IO_ERROR_CANCELLED, "internal" for everything that is not MM_ERROR. Static. */
const char *mm_error_get_nick (const GError *error);

/* TRUE for NETWORK and BUSY: the same call may succeed after a wait on a store opened again. */
gboolean mm_error_is_transient (const GError *error);

/* TRUE when the error concerns the whole store rather than one folder or item: nothing else
 * asked of this store can be expected to work. True for NETWORK, BUSY, LIMIT, QUOTA, PROTOCOL,
 * everything before the work can begin, INTERNAL, foreign domains and cancellation. */
gboolean mm_error_ends_store (const GError *error);

/* How long a BUSY server asked to be left alone, carried beside the message.
 * Seconds; 0 when it did not say. */
GError *mm_error_new_busy (guint       retry_after,
                           const char *message);
guint   mm_error_get_retry_after (const GError *error);

G_END_DECLS
