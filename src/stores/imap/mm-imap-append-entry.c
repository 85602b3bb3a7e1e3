/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <glib/gi18n-lib.h>
#include <string.h>

#include "formats/mm-rfc5322-repair.h"
#include "stores/imap/mm-imap-append-private.h"
#include "stores/imap/mm-imap-date.h"

/* Above this a message is sent only after the server gave leave, unless it said that it takes
 * such sizes: one that refuses a pushed literal may have to close the connection. */
#define PUSH_MAX (1024 * 1024)

/* What one entry of a command costs on the wire beside its bytes. */
#define FLAGS_MAX 8000

void
_mm_imap_entry_clear (gpointer data)
{
  MmImapEntry *entry = data;

  g_clear_pointer (&entry->blob, mm_blob_unref);
  g_free (entry->date);
  g_free (entry->system_flags);
  g_free (entry->keywords);
  g_free (entry->lost_keywords);
}

static gboolean
may_keep (const MmImapMailbox *mailbox,
          const char          *flag)
{
  g_autofree char *folded = NULL;

  if (mailbox->permanent_flags == NULL)
    return TRUE;
  folded = g_ascii_strdown (flag, -1);
  return g_hash_table_contains (mailbox->permanent_flags, folded);
}

static gboolean
may_keep_keyword (const MmImapMailbox *mailbox,
                  const char          *keyword)
{
  /* an atom without resp-specials (RFC 3501 9, flag-keyword) */
  for (const char *p = keyword; *p != 0; p++)
    if (*p <= ' ' || *p >= 0x7F || strchr ("(){%*\"\\]", *p) != NULL)
      return FALSE;
  return keyword[0] != 0 && (may_keep (mailbox, keyword) ||
                             g_hash_table_contains (mailbox->permanent_flags, "\\*"));
}

static void
append_word (GString    *words,
             const char *separator,
             const char *word)
{
  if (words->len > 0)
    g_string_append (words, separator);
  g_string_append (words, word);
}

static const struct { guint flag; const char *name; } system_flags[] = {
  { MM_FLAG_SEEN, "\\Seen" },       { MM_FLAG_ANSWERED, "\\Answered" },
  { MM_FLAG_FLAGGED, "\\Flagged" }, { MM_FLAG_DRAFT, "\\Draft" },
  { MM_FLAG_DELETED, "\\Deleted" },
};

gboolean
_mm_imap_append_keeps_all_flags (MmImapAppend *self)
{
  const MmImapMailbox *mailbox = mm_imap_session_get_mailbox (self->session);
  gboolean keeps = may_keep (mailbox, "\\*");

  for (guint i = 0; i < G_N_ELEMENTS (system_flags); i++)
    keeps &= may_keep (mailbox, system_flags[i].name);
  return keeps;
}

void
_mm_imap_append_choose_flags (MmImapAppend *self,
                              guint         index)
{
  MmImapEntry *entry = _mm_imap_append_get_entry (self, index);
  const MmReference *reference = ((MmItem *) self->items->pdata[index])->reference;
  const MmImapMailbox *mailbox = mm_imap_session_get_mailbox (self->session);
  GString *flags = g_string_new (NULL), *keywords = g_string_new (NULL);
  g_autoptr (GString) lost = g_string_new (NULL);

  for (guint i = 0; i < G_N_ELEMENTS (system_flags); i++)
    if ((reference->flags & system_flags[i].flag) != 0)
      {
        gboolean keeps = may_keep (mailbox, system_flags[i].name);

        append_word (keeps ? flags : lost, keeps ? " " : ", ", system_flags[i].name);
      }
  for (guint i = 0; reference->keywords != NULL && reference->keywords[i] != NULL; i++)
    {
      const char *keyword = reference->keywords[i];
      gboolean keeps = keywords->len + strlen (keyword) < FLAGS_MAX &&
                       may_keep_keyword (mailbox, keyword);

      append_word (keeps ? keywords : lost, keeps ? " " : ", ", keyword);
    }
  g_free (entry->system_flags);
  g_free (entry->keywords);
  g_clear_pointer (&entry->lost_keywords, g_free);
  entry->system_flags = g_string_free (flags, FALSE);
  entry->keywords = g_string_free (keywords, FALSE);
  if (lost->len > 0)
    entry->lost_keywords = g_strdup (lost->str);
}

gboolean
_mm_imap_entry_examine (MmImapEntry  *entry,
                        GError      **error)
{
  MmRfc5322Summary summary = { 0, };

  if (entry->examined)
    return TRUE;
  if (!mm_rfc5322_examine (entry->blob, FALSE, &summary, error))
    return FALSE;
  entry->traits = summary.traits;
  entry->examined = TRUE;
  mm_rfc5322_summary_clear (&summary);
  return TRUE;
}

gboolean
_mm_imap_entry_mend (MmImapEntry  *entry,
                     guint         traits,
                     GError      **error)
{
  guint done = 0;
  MmBlob *mended = mm_rfc5322_repair (entry->blob, traits, &done, error);

  if (mended == NULL)
    return FALSE;
  mm_blob_unref (entry->blob);
  entry->blob = mended;
  entry->size = mm_blob_get_size (mended);
  entry->mended |= done;
  if ((done & MM_RFC5322_NUL) != 0)
    entry->is_binary = FALSE;
  return TRUE;
}

static gboolean
find_nul (const guint8  *data,
          gsize          length,
          gpointer       user_data,
          GError       **error)
{
  gboolean *found = user_data;

  *found = *found || memchr (data, 0, length) != NULL;
  return TRUE;
}

/* A NUL in an ordinary literal ends the session on some servers (RFC 3501 forbids it), so this one
 * is never tried as it is. */
static gboolean
settle_nul (MmImapAppend  *self,
            MmImapEntry   *entry,
            GError       **error)
{
  gboolean found = FALSE;

  if (!mm_blob_foreach (entry->blob, find_nul, &found, error))
    return FALSE;
  if (!found)
    return TRUE;
  entry->alone = TRUE;
  if (mm_imap_session_has (self->session, "BINARY") &&
      (self->refusals->traits & MM_RFC5322_NUL) == 0)
    {
      entry->is_binary = TRUE;
      return TRUE;
    }
  return _mm_imap_entry_mend (entry, MM_RFC5322_NUL, error);
}

/* With several single commands under way, one that is mended and sent again would come to lie
 * behind those sent after it: what may be refused waits for its answer. */
static gboolean
settle_order (MmImapAppend  *self,
              MmImapEntry   *entry,
              GError       **error)
{
  guint unsure;

  if (mm_imap_session_has (self->session, "MULTIAPPEND"))
    return TRUE;
  if (!_mm_imap_entry_examine (entry, error))
    return FALSE;
  unsure = entry->traits & MM_IMAP_MENDABLE & ~entry->mended & ~self->refusals->accepted;
  entry->alone |= unsure != 0;
  return TRUE;
}

static void
choose_way (MmImapAppend *self,
            MmImapEntry  *entry)
{
  guint64 limit = mm_imap_session_get_append_limit (self->session);
  guint64 push_max = self->refusals->push_max;

  if (push_max == 0)
    push_max = limit > 0 ? limit : PUSH_MAX;
  entry->asks_leave = entry->size > push_max ||
                      !mm_imap_session_may_push (self->session, entry->size);
  if (entry->size == 0 || entry->size > push_max)
    entry->alone = TRUE;
}

static gboolean
prepare_entry (MmImapAppend  *self,
               guint          index,
               GError       **error)
{
  const MmItem *item = self->items->pdata[index];
  MmImapEntry *entry = _mm_imap_append_get_entry (self, index);
  guint64 limit = mm_imap_session_get_append_limit (self->session);
  guint known = self->refusals->traits;

  entry->blob = mm_blob_ref (item->blob);
  entry->size = mm_blob_get_size (item->blob);
  entry->date = mm_imap_date_write (item->reference->date);
  _mm_imap_append_choose_flags (self, index);
  if (known != 0)
    {
      if (!_mm_imap_entry_examine (entry, error))
        return FALSE;
      known &= entry->traits;
      if (known != 0 && !_mm_imap_entry_mend (entry, known, error))
        return FALSE;
    }
  if (!settle_nul (self, entry, error) || !settle_order (self, entry, error))
    return FALSE;
  choose_way (self, entry);
  if (limit > 0 && entry->size > limit)
    {
      g_autofree char *size = g_format_size (entry->size);
      g_autofree char *most = g_format_size (limit);

      mm_result_fail (_mm_imap_append_get_result (self, index),
                      g_error_new (MM_ERROR, MM_ERROR_TOO_LARGE,
                                   _("The message has %s, and the server %s takes %s at most."),
                                   size, mm_imap_session_get_host (self->session), most));
    }
  else if (_mm_imap_append_is_deadly (self, index))
    mm_result_fail (_mm_imap_append_get_result (self, index),
                    g_error_new (MM_ERROR, MM_ERROR_REFUSED,
                                 _("The connection to %s ended each time this message was sent, "
                                   "so it was left out."),
                                 mm_imap_session_get_host (self->session)));
  return TRUE;
}

gboolean
_mm_imap_append_prepare (MmImapAppend  *self,
                         GError       **error)
{
  for (guint i = 0; i < self->items->len; i++)
    if (_mm_imap_append_get_result (self, i)->state == MM_RESULT_PENDING &&
        !prepare_entry (self, i, error))
      return FALSE;
  return TRUE;
}

/* " (\Seen) "date" " */
static char *
make_head (const MmImapEntry *entry)
{
  gboolean both = entry->system_flags[0] != 0 && entry->keywords[0] != 0;
  GString *head = g_string_new (" ");

  if (entry->system_flags[0] != 0 || entry->keywords[0] != 0)
    g_string_append_printf (head, "(%s%s%s) ", entry->system_flags, both ? " " : "",
                            entry->keywords);
  if (entry->date != NULL)
    g_string_append_printf (head, "%s ", entry->date);
  return g_string_free (head, FALSE);
}

/* Writes one message. @go: see mm_imap_session_literal (). From the first byte on its fate is
 * UNKNOWN. */
static gboolean
send_entry (MmImapAppend   *self,
            MmImapCommand  *command,
            guint           index,
            gboolean       *go,
            GError        **error)
{
  MmImapEntry *entry = _mm_imap_append_get_entry (self, index);
  g_autofree char *head = make_head (entry);
  /* it may have been mended, and grown, since the way was chosen */
  gboolean asks_leave = entry->asks_leave ||
                        !mm_imap_session_may_push (self->session, entry->size);

  if (!mm_imap_session_write (self->session, head, self->cancellable, error) ||
      !mm_imap_session_literal (self->session, command, entry->size, entry->is_binary, asks_leave,
                                go, self->cancellable, error))
    return FALSE;
  if (!*go)
    return TRUE;
  _mm_imap_append_get_result (self, index)->state = MM_RESULT_UNKNOWN;
  return mm_imap_session_write_blob (self->session, entry->blob, self->cancellable, error);
}

gboolean
_mm_imap_append_send (MmImapAppend  *self,
                      MmImapFlight  *flight,
                      GError       **error)
{
  g_autofree char *begin = g_strconcat ("APPEND ", self->quoted_name, NULL);
  gboolean go = TRUE;

  flight->refused_at = -1;
  flight->is_complete = FALSE;
  flight->command = mm_imap_session_begin (self->session, begin, &go, self->cancellable, error);
  if (flight->command == NULL)
    return FALSE;
  for (guint i = flight->start; i < flight->start + flight->n; i++)
    {
      if (go && !send_entry (self, flight->command, i, &go, error))
        return FALSE;
      if (!go)
        {
          flight->refused_at = (int) i;
          return TRUE;
        }
    }
  flight->is_complete = mm_imap_session_end (self->session, self->cancellable, error);
  return flight->is_complete;
}
