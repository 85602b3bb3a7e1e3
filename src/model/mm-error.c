/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/mm-error.h"

typedef struct
{
  guint retry_after;
} MmErrorPrivate;

static void
mm_error_private_init (MmErrorPrivate *priv)
{
  priv->retry_after = 0;
}

static void
mm_error_private_copy (const MmErrorPrivate *from,
                       MmErrorPrivate       *to)
{
  to->retry_after = from->retry_after;
}

static void
mm_error_private_clear (MmErrorPrivate *priv)
{
}

G_DEFINE_EXTENDED_ERROR (MmError, mm_error)

static const char *const nicks[] = {
  [MM_ERROR_USAGE] = "usage",
  [MM_ERROR_HOST] = "host",
  [MM_ERROR_CERTIFICATE] = "certificate",
  [MM_ERROR_STARTTLS] = "starttls",
  [MM_ERROR_LOGIN] = "login",
  [MM_ERROR_PASSWORD] = "password",
  [MM_ERROR_SAME_ACCOUNT] = "same-account",
  [MM_ERROR_UNSUPPORTED] = "capability",
  [MM_ERROR_FILE] = "file",
  [MM_ERROR_NETWORK] = "network",
  [MM_ERROR_BUSY] = "busy",
  [MM_ERROR_LIMIT] = "limit",
  [MM_ERROR_QUOTA] = "quota",
  [MM_ERROR_PROTOCOL] = "protocol",
  [MM_ERROR_NOT_FOUND] = "not-found",
  [MM_ERROR_EXISTS] = "exists",
  [MM_ERROR_NOT_EMPTY] = "not-empty",
  [MM_ERROR_CHANGED] = "changed",
  [MM_ERROR_TOO_LARGE] = "too-large",
  [MM_ERROR_REFUSED] = "refused",
  [MM_ERROR_INTERNAL] = "internal",
};

const char *
mm_error_get_nick (const GError *error)
{
  g_return_val_if_fail (error != NULL, "internal");

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return "cancelled";
  if (error->domain != MM_ERROR || error->code < 0 || error->code >= (int) G_N_ELEMENTS (nicks))
    return "internal";
  return nicks[error->code];
}

gboolean
mm_error_is_transient (const GError *error)
{
  return g_error_matches (error, MM_ERROR, MM_ERROR_NETWORK) ||
         g_error_matches (error, MM_ERROR, MM_ERROR_BUSY);
}

gboolean
mm_error_ends_store (const GError *error)
{
  g_return_val_if_fail (error != NULL, FALSE);

  if (error->domain != MM_ERROR)
    return TRUE;

  switch ((MmError) error->code)
    {
    case MM_ERROR_NOT_FOUND:
    case MM_ERROR_EXISTS:
    case MM_ERROR_NOT_EMPTY:
    case MM_ERROR_CHANGED:
    case MM_ERROR_TOO_LARGE:
    case MM_ERROR_REFUSED:
      return FALSE;
    default:
      return TRUE;
    }
}

GError *
mm_error_new_busy (guint       retry_after,
                   const char *message)
{
  GError *error = g_error_new_literal (MM_ERROR, MM_ERROR_BUSY, message);

  mm_error_get_private (error)->retry_after = retry_after;
  return error;
}

guint
mm_error_get_retry_after (const GError *error)
{
  if (error == NULL || error->domain != MM_ERROR)
    return 0;
  return mm_error_get_private (error)->retry_after;
}
