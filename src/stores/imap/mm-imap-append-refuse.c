/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "stores/imap/mm-imap-append-private.h"
#include "stores/imap/mm-imap-date.h"
#include "stores/imap/mm-imap-error.h"

/* What is tried with one message that the server refused. */

/* Which traits the server's words complain of. */
static guint
read_hint (const char *text)
{
  if (mm_imap_text_has (text, "NUL"))
    return MM_RFC5322_NUL;
  if (mm_imap_text_has (text, "newline") || mm_imap_text_has (text, "bare "))
    return MM_RFC5322_BARE_LINE_END;
  if (mm_imap_text_has (text, "header"))
    return MM_RFC5322_INVALID_HEADER | MM_RFC5322_8BIT_HEADER;
  if (mm_imap_text_has (text, "zero") || mm_imap_text_has (text, "empty"))
    return MM_RFC5322_EMPTY;
  return 0;
}

static gboolean
is_one_trait (guint traits)
{
  return traits != 0 && (traits & (traits - 1)) == 0;
}

/* Mends what the server may have meant, and sends once more. @tried (out): FALSE when there is
 * nothing to mend. */
static gboolean
try_mended (MmImapAppend        *self,
            guint                index,
            const MmImapCommand *command,
            gboolean            *tried,
            GError             **error)
{
  MmImapEntry *entry = _mm_imap_append_get_entry (self, index);
  guint before = entry->mended, possible, hint, mended;

  *tried = FALSE;
  if (!_mm_imap_entry_examine (entry, error))
    return FALSE;
  possible = entry->traits & MM_IMAP_MENDABLE & ~entry->mended;
  hint = read_hint (command->text) & possible;
  if (possible == 0)
    return TRUE;
  if (!_mm_imap_entry_mend (entry, hint != 0 ? hint : possible, error))
    return FALSE;
  mended = entry->mended & ~before;
  if (mended == 0)
    return TRUE;
  *tried = TRUE;
  if (!_mm_imap_append_run (self, index, 1, error))
    return FALSE;
  if (_mm_imap_append_get_result (self, index)->state == MM_RESULT_CREATED &&
      is_one_trait (mended))
    self->refusals->traits |= mended;
  return TRUE;
}

/* BAD to one message: the flags may be what was not understood. */
static gboolean
try_without_keywords (MmImapAppend  *self,
                      guint          index,
                      GError       **error)
{
  MmImapEntry *entry = _mm_imap_append_get_entry (self, index);
  GString *lost = g_string_new (entry->lost_keywords);
  g_auto (GStrv) words = g_strsplit (entry->keywords, " ", -1);

  for (guint i = 0; words[i] != NULL; i++)
    g_string_append_printf (lost, "%s%s", lost->len > 0 ? ", " : "", words[i]);
  g_free (entry->lost_keywords);
  entry->lost_keywords = g_string_free (lost, FALSE);
  entry->keywords[0] = 0;
  return _mm_imap_append_run (self, index, 1, error);
}

/* BAD to one message: the date may be what was not understood. 0 itself means "now" to some. */
static gboolean
try_later_date (MmImapAppend  *self,
                guint          index,
                GError       **error)
{
  MmImapEntry *entry = _mm_imap_append_get_entry (self, index);

  g_free (entry->date);
  entry->date = mm_imap_date_write (1);
  entry->date_changed = TRUE;
  return _mm_imap_append_run (self, index, 1, error);
}

static gboolean
is_before_1970 (const MmImapAppend *self,
                guint               index)
{
  gint64 date = ((MmItem *) self->items->pdata[index])->reference->date;

  return date != MM_DATE_UNKNOWN && date < 0;
}

gboolean
_mm_imap_append_refuse_one (MmImapAppend        *self,
                            guint                index,
                            const MmImapCommand *command,
                            GError              *refusal,
                            GError             **error)
{
  MmImapEntry *entry = _mm_imap_append_get_entry (self, index);
  g_autoptr (GError) owned = refusal;
  gboolean tried = FALSE;

  /* [LIMIT] is what Dovecot says of a size */
  if (g_error_matches (owned, MM_ERROR, MM_ERROR_LIMIT))
    owned->code = MM_ERROR_TOO_LARGE;
  if (!g_error_matches (owned, MM_ERROR, MM_ERROR_TOO_LARGE))
    {
      if (!try_mended (self, index, command, &tried, error))
        return FALSE;
      if (tried)
        return TRUE;
      if (command->status == MM_IMAP_STATUS_BAD && is_before_1970 (self, index) &&
          !entry->date_changed)
        return try_later_date (self, index, error);
      if (command->status == MM_IMAP_STATUS_BAD && entry->keywords[0] != 0)
        return try_without_keywords (self, index, error);
    }
  else if (!entry->asks_leave)
    self->refusals->push_max = MAX (entry->size, 2) - 1;

  if (mm_error_ends_store (owned))
    owned->code = MM_ERROR_REFUSED;
  mm_result_fail (_mm_imap_append_get_result (self, index), g_steal_pointer (&owned));
  return TRUE;
}
