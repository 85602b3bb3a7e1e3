/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "stores/imap/mm-imap-error.h"

#include <glib/gi18n-lib.h>
#include <string.h>

typedef struct
{
  const char *words;
  MmError error;
} Meaning;

static const Meaning codes[] = {
  { "ALREADYEXISTS", MM_ERROR_EXISTS },
  { "AUTHENTICATIONFAILED", MM_ERROR_PASSWORD },
  { "AUTHORIZATIONFAILED", MM_ERROR_LOGIN },
  { "EXPIRED", MM_ERROR_LOGIN },
  { "INUSE", MM_ERROR_BUSY },
  { "LIMIT", MM_ERROR_LIMIT },
  { "NONEXISTENT", MM_ERROR_NOT_FOUND },
  { "OVERQUOTA", MM_ERROR_QUOTA },
  { "PRIVACYREQUIRED", MM_ERROR_LOGIN },
  { "SERVERBUG", MM_ERROR_BUSY },
  { "THROTTLED", MM_ERROR_BUSY },
  { "TOOBIG", MM_ERROR_TOO_LARGE },
  { "TRYCREATE", MM_ERROR_NOT_FOUND },
  { "UNAVAILABLE", MM_ERROR_BUSY },
};

/* Servers that send no code, in the words that they use. */
static const Meaning texts[] = {
  { "quota", MM_ERROR_QUOTA },
  { "throttl", MM_ERROR_BUSY },
  { "backoff time", MM_ERROR_BUSY },
  { "too many simultaneous", MM_ERROR_LIMIT },
  { "too many connections", MM_ERROR_LIMIT },
  { "maximum number of connections", MM_ERROR_LIMIT },
  { "authenticated but not connected", MM_ERROR_BUSY },
  { "temporar", MM_ERROR_BUSY },
  { "try again later", MM_ERROR_BUSY },
};

/* Not strcasestr (): its letters depend on the locale (in Turkish "I" is no capital "i"). */
static const char *
find_words (const char *text,
            const char *words)
{
  gsize length = strlen (words);

  for (; text != NULL && *text != 0; text++)
    if (g_ascii_strncasecmp (text, words, length) == 0)
      return text;
  return NULL;
}

gboolean
mm_imap_text_has (const char *text,
                  const char *words)
{
  return find_words (text, words) != NULL;
}

MmError
mm_imap_error_classify (const char *code,
                        const char *text,
                        MmError     fallback)
{
  for (guint i = 0; code != NULL && i < G_N_ELEMENTS (codes); i++)
    if (g_ascii_strcasecmp (codes[i].words, code) == 0)
      return codes[i].error;
  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    if (mm_imap_text_has (text, texts[i].words))
      return texts[i].error;
  return fallback;
}

guint
mm_imap_error_parse_backoff (const char *text)
{
  const char *words = "Backoff Time:";
  const char *found = find_words (text, words);
  guint64 milliseconds;

  if (found == NULL)
    return 0;
  milliseconds = g_ascii_strtoull (found + strlen (words), NULL, 10);
  return (guint) (MIN (milliseconds, G_MAXINT32) + 999) / 1000;
}

GError *
mm_imap_error_new (const char *code,
                   const char *text,
                   MmError     fallback,
                   const char *sentence)
{
  MmError meaning = mm_imap_error_classify (code, text, fallback);
  g_autofree char *words = text != NULL ? g_utf8_make_valid (text, -1) : NULL;
  g_autofree char *message = NULL;

  if (words != NULL && words[0] != 0)
    /* Translators: a sentence of ours, then what the server said */
    message = g_strdup_printf (_("%s. The server says: “%s”"), sentence, words);
  else
    message = g_strdup_printf (_("%s. The server gives no reason."), sentence);

  if (meaning == MM_ERROR_BUSY)
    return mm_error_new_busy (mm_imap_error_parse_backoff (text), message);
  return g_error_new_literal (MM_ERROR, (int) meaning, message);
}
