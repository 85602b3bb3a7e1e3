/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "stores/imap/mm-imap-scan.h"

#include <glib/gi18n-lib.h>

#include "formats/mm-rfc5322.h"
#include "stores/imap/mm-imap-message.h"
#include "stores/imap/mm-imap-set.h"

/* About how many messages one FETCH asks for. */
#define RANGE_MESSAGES 5000

/* A folder that the server counted as this large or smaller is asked for at once. */
#define SMALL_FOLDER RANGE_MESSAGES

typedef struct
{
  MmImapSession *session;
  MmFolder *folder;
  const char *since;
  guint32 since_uidvalidity;
  guint32 first_uid;
  guint32 highest;     /* of the UIDs handed out */
  GArray *handed_out;  /* (element-type guint32), as they came */
  GHashTable *unordered; /* the same as a set; NULL while they come in order */
  MmListFunc func;
  gpointer user_data;
  MmImapCollector *collector;
  char *items;         /* what FETCH asks for */
} Scan;

static void
scan_clear (Scan *scan)
{
  g_clear_pointer (&scan->collector, mm_imap_collector_free);
  g_clear_pointer (&scan->handed_out, g_array_unref);
  g_clear_pointer (&scan->unordered, g_hash_table_unref);
  g_free (scan->items);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Scan, scan_clear)

static gboolean
is_same_life (Scan *scan)
{
  const MmImapMailbox *mailbox = mm_imap_session_get_mailbox (scan->session);

  return scan->since == NULL || mailbox->uidvalidity == scan->since_uidvalidity;
}

/* Messages come in ascending order from nearly every server, so that the set is made only when one
 * does not; nothing is handed out twice. */
static gboolean
is_new (Scan    *scan,
        guint32  uid)
{
  if (uid <= scan->highest && scan->unordered == NULL)
    {
      scan->unordered = g_hash_table_new (NULL, NULL);
      for (guint i = 0; i < scan->handed_out->len; i++)
        g_hash_table_add (scan->unordered,
                          GUINT_TO_POINTER (g_array_index (scan->handed_out, guint32, i)));
    }
  if (scan->unordered != NULL && !g_hash_table_add (scan->unordered, GUINT_TO_POINTER (uid)))
    return FALSE;
  scan->highest = MAX (scan->highest, uid);
  g_array_append_val (scan->handed_out, uid);
  return TRUE;
}

static gboolean
hand_out (MmImapMessage  *message,
          gpointer        user_data,
          GError        **error)
{
  Scan *scan = user_data;
  const MmImapMailbox *mailbox = mm_imap_session_get_mailbox (scan->session);
  g_autofree char *id = NULL;

  /* "n:*" names the last message also when it is below n (RFC 3501 6.4.8) */
  if (message->uid < scan->first_uid || !is_same_life (scan) || !is_new (scan, message->uid))
    return TRUE;
  id = mm_imap_id_write (mailbox->uidvalidity, message->uid);
  return scan->func (mm_imap_message_to_reference (message, id), scan->user_data, error);
}

static void
choose_items (Scan        *scan,
              MmListFlags  flags)
{
  GString *items = g_string_new ("UID FLAGS INTERNALDATE RFC822.SIZE");
  guint wanted = MM_IMAP_HAS_UID | MM_IMAP_HAS_FLAGS | MM_IMAP_HAS_DATE | MM_IMAP_HAS_SIZE;

  if ((flags & MM_LIST_FINGERPRINTS) != 0)
    {
      g_string_append (items, " BODY.PEEK[HEADER.FIELDS (" MM_RFC5322_IDENTITY_FIELDS ")]");
      wanted |= MM_IMAP_HAS_HEADER;
    }
  if ((flags & MM_LIST_GLOBAL_IDS) != 0)
    {
      gboolean is_gmail = mm_imap_session_has (scan->session, "X-GM-EXT-1");

      if (is_gmail || mm_imap_session_has (scan->session, "OBJECTID"))
        {
          g_string_append (items, is_gmail ? " X-GM-MSGID" : " EMAILID");
          wanted |= MM_IMAP_HAS_GLOBAL_ID;
        }
    }
  scan->items = g_string_free (items, FALSE);
  scan->collector = mm_imap_collector_new (wanted, MM_IMAP_HAS_SIZE | MM_IMAP_HAS_DATE |
                                                   MM_IMAP_HAS_HEADER, hand_out, scan);
}

static gboolean
handle_fetch (MmImapSession         *session,
              const MmImapResponse  *response,
              gpointer               user_data,
              GError               **error)
{
  Scan *scan = user_data;

  if (!mm_imap_session_get_mailbox (session)->is_open)
    return TRUE;
  return mm_imap_collector_take (scan->collector, response, error);
}

static MmImapCommand *
send_fetch (Scan          *scan,
            guint32        from,
            guint32        to,
            GCancellable  *cancellable,
            GError       **error)
{
  if (to == 0)
    return mm_imap_session_send (scan->session, cancellable, error, "UID FETCH %u:* (%s)", from,
                                 scan->items);
  return mm_imap_session_send (scan->session, cancellable, error, "UID FETCH %u:%u (%s)", from, to,
                               scan->items);
}

static gboolean
check_fetch (Scan           *scan,
             MmImapCommand  *command,
             GError        **error)
{
  g_autofree char *path = NULL;
  g_autofree char *sentence = NULL;

  if (mm_imap_command_is_ok (command))
    return TRUE;
  path = mm_folder_get_display_path (scan->folder);
  sentence = g_strdup_printf (_("The messages in the folder “%s” on %s cannot be listed"), path,
                              mm_imap_session_get_host (scan->session));
  g_propagate_error (error, mm_imap_command_get_error (command, MM_ERROR_REFUSED, sentence));
  return FALSE;
}

/* UIDs that hold about RANGE_MESSAGES messages, if they are spread evenly. */
static guint32
range_width (const MmImapMailbox *mailbox,
             guint32              first)
{
  guint64 span = mailbox->uidnext > first ? mailbox->uidnext - first : 1;
  guint64 width = span * RANGE_MESSAGES / MAX (mailbox->exists, 1);

  return (guint32) CLAMP (width, RANGE_MESSAGES, G_MAXUINT32 / 2);
}

/* One range after the other: two that are under way together are answered by turns by some
 * servers, and the order would be lost. */
static gboolean
fetch_ranges (Scan          *scan,
              guint32        first,
              GCancellable  *cancellable,
              GError       **error)
{
  const MmImapMailbox *mailbox = mm_imap_session_get_mailbox (scan->session);
  guint32 width = range_width (mailbox, first);

  for (guint64 from = first; from < mailbox->uidnext && mailbox->exists > 0; from += width)
    {
      guint64 to = MIN (from + width - 1, (guint64) mailbox->uidnext - 1);
      g_autoptr (MmImapCommand) command = send_fetch (scan, (guint32) from, (guint32) to,
                                                      cancellable, error);

      if (command == NULL || !mm_imap_session_wait (scan->session, command, cancellable, error) ||
          !check_fetch (scan, command, error))
        return FALSE;
    }
  return TRUE;
}

/* A server whose UIDNEXT is too low hides messages from those who believe it. */
static gboolean
fetch_hidden (Scan          *scan,
              GCancellable  *cancellable,
              GError       **error)
{
  const MmImapMailbox *mailbox = mm_imap_session_get_mailbox (scan->session);
  g_autoptr (MmImapCommand) command = NULL;

  if (scan->since != NULL || scan->handed_out->len >= mailbox->exists ||
      scan->highest == G_MAXUINT32)
    return TRUE;
  command = send_fetch (scan, MAX (scan->highest, mailbox->uidnext - 1) + 1, 0, cancellable, error);
  return command != NULL && mm_imap_session_wait (scan->session, command, cancellable, error) &&
         check_fetch (scan, command, error) && mm_imap_collector_finish (scan->collector, error);
}

static gboolean
check_life (Scan    *scan,
            GError **error)
{
  g_autofree char *path = NULL;

  if (is_same_life (scan))
    return TRUE;
  path = mm_folder_get_display_path (scan->folder);
  g_set_error (error, MM_ERROR, MM_ERROR_CHANGED,
               _("The folder “%s” on %s was made anew: its messages have other numbers now."), path,
               mm_imap_session_get_host (scan->session));
  return FALSE;
}

static gboolean
open_folder (Scan          *scan,
             MmImapCommand *examine,
             GCancellable  *cancellable,
             GError       **error)
{
  g_autofree char *path = NULL;
  GError *refusal;

  if (!mm_imap_session_wait (scan->session, examine, cancellable, error))
    return FALSE;
  path = mm_folder_get_display_path (scan->folder);
  refusal = mm_imap_session_get_select_error (scan->session, examine, path);
  if (refusal == NULL)
    return TRUE;
  g_propagate_error (error, refusal);
  return FALSE;
}

static gboolean
run_scan (Scan          *scan,
          const char    *name,
          char         **position,
          GCancellable  *cancellable,
          GError       **error)
{
  const MmImapMailbox *mailbox = mm_imap_session_get_mailbox (scan->session);
  gboolean is_small = scan->since != NULL ||
                      (scan->folder->n_items >= 0 && scan->folder->n_items <= SMALL_FOLDER);
  g_autoptr (MmImapCommand) examine = NULL;
  g_autoptr (MmImapCommand) fetch = NULL;

  examine = mm_imap_session_send_select (scan->session, name, TRUE, cancellable, error);
  if (examine == NULL)
    return FALSE;
  if (is_small)
    {
      fetch = send_fetch (scan, scan->first_uid, 0, cancellable, error);
      if (fetch == NULL)
        return FALSE;
    }
  if (!open_folder (scan, examine, cancellable, error) || !check_life (scan, error))
    return FALSE;
  if (fetch == NULL && mailbox->uidnext == 0)
    {
      fetch = send_fetch (scan, scan->first_uid, 0, cancellable, error);
      if (fetch == NULL)
        return FALSE;
    }
  if (fetch != NULL && !mm_imap_session_wait (scan->session, fetch, cancellable, error))
    return FALSE;
  /* an empty folder makes some servers refuse any set */
  if (fetch != NULL ? (mailbox->exists > 0 && !check_fetch (scan, fetch, error))
                    : !fetch_ranges (scan, scan->first_uid, cancellable, error))
    return FALSE;
  if (!mm_imap_collector_finish (scan->collector, error) ||
      (fetch == NULL && !fetch_hidden (scan, cancellable, error)))
    return FALSE;

  if (position != NULL)
    *position = mm_imap_id_write (mailbox->uidvalidity,
                                  MAX (mailbox->uidnext, scan->highest + 1));
  return TRUE;
}

gboolean
mm_imap_list_items (MmImapSession  *session,
                    MmFolder       *folder,
                    const char     *name,
                    const char     *since,
                    MmListFlags     flags,
                    MmListFunc      func,
                    gpointer        user_data,
                    char          **position,
                    GCancellable   *cancellable,
                    GError        **error)
{
  g_auto (Scan) scan = { .session = session, .folder = folder, .since = since,
                        .func = func, .user_data = user_data, .first_uid = 1 };
  gboolean ok;

  if (since != NULL && !mm_imap_id_parse (since, &scan.since_uidvalidity, &scan.first_uid))
    {
      g_set_error_literal (error, MM_ERROR, MM_ERROR_CHANGED,
                           _("The remembered place in a folder cannot be understood."));
      return FALSE;
    }
  scan.handed_out = g_array_new (FALSE, FALSE, sizeof (guint32));
  choose_items (&scan, flags);
  mm_imap_session_set_handler (session, handle_fetch, &scan);
  ok = run_scan (&scan, name, position, cancellable, error);
  mm_imap_session_settle (session, cancellable);
  return ok;
}
