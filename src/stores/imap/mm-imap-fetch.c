/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "stores/imap/mm-imap-fetch.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "stores/imap/mm-imap-date.h"
#include "stores/imap/mm-imap-error.h"
#include "stores/imap/mm-imap-message.h"
#include "stores/imap/mm-imap-set.h"

/* One FETCH asks for so much at most; sizes as the references have them. */
#define RANGE_MESSAGES 500
#define RANGE_BYTES (16 * 1024 * 1024)
#define SET_LENGTH_MAX 4000

/* How far into a message its date, or a server's excuse, is looked for. */
#define DATE_LOOK (64 * 1024)
#define EXCUSE_LOOK 2048

/* So often the connection may have ended while one message was awaited. Waiting in between is the
 * wrapper's business; it gives up after some more. */
#define DEATHS_MAX 4

typedef struct
{
  guint32 uid;
  guint index;  /* in the list of references */
  guint64 size; /* hint */
} Wanted;

typedef struct
{
  MmImapSession *session;
  MmImapReading *reading;
  MmFolder *folder;
  const char *name;
  GPtrArray *references;
  MmFetchFunc func;
  gpointer user_data;
  MmImapCollector *collector;
  GArray *wanted;      /* (element-type Wanted), by UID */
  GHashTable *left;    /* UID → place in wanted + 1; what is still to come */
  guint32 uidvalidity;
  MmImapCommand *examine; /* under way; NULL */
  gboolean is_reading;    /* the folder is the right one, messages come */
} Fetch;

static void
fetch_clear (Fetch *fetch)
{
  g_clear_pointer (&fetch->collector, mm_imap_collector_free);
  g_clear_pointer (&fetch->wanted, g_array_unref);
  g_clear_pointer (&fetch->left, g_hash_table_unref);
  g_clear_pointer (&fetch->examine, mm_imap_command_unref);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Fetch, fetch_clear)

static int
compare_wanted (gconstpointer a,
                gconstpointer b)
{
  const Wanted *x = a, *y = b;

  if (x->uid != y->uid)
    return x->uid < y->uid ? -1 : 1;
  return x->index < y->index ? -1 : x->index > y->index;
}

/* The value of the header field @name in @header, unfolded from its first line on; NULL. */
static const char *
find_field (const char *header,
            const char *name)
{
  gsize length = strlen (name);

  for (const char *line = header; line != NULL && *line != 0 && *line != '\r' && *line != '\n';)
    {
      if (g_ascii_strncasecmp (line, name, length) == 0 && line[length] == ':')
        return line + length + 1;
      line = strchr (line, '\n');
      if (line != NULL)
        line++;
    }
  return NULL;
}

/* When the server told no date: the last hop's, else the sender's. */
static gint64
date_from_header (const char *header)
{
  const char *received = find_field (header, "Received");
  const char *date = find_field (header, "Date");
  gint64 value = MM_DATE_UNKNOWN;

  if (received != NULL)
    {
      const char *end = received;
      g_autofree char *field = NULL;
      const char *semicolon;

      while ((end = strchr (end, '\n')) != NULL && (end[1] == ' ' || end[1] == '\t'))
        end++;
      field = end != NULL ? g_strndup (received, (gsize) (end - received)) : g_strdup (received);
      semicolon = strrchr (field, ';');
      if (semicolon != NULL)
        value = mm_imap_date_parse (semicolon + 1);
    }
  if (value == MM_DATE_UNKNOWN && date != NULL)
    value = mm_imap_date_parse (date);
  return value;
}

static char *
read_start (MmBlob *blob,
            gsize   length)
{
  char *header = g_malloc (length + 1);
  gssize n = mm_blob_read (blob, 0, header, length, NULL);

  header[MAX (n, 0)] = 0;
  return header;
}

static gint64
guess_date (MmBlob *blob)
{
  g_autofree char *header = read_start (blob, DATE_LOOK);

  return date_from_header (header);
}

/* Exchange gives a message of its own in place of one that it cannot convert. */
static gboolean
is_excuse (MmBlob *blob)
{
  g_autofree char *header = read_start (blob, EXCUSE_LOOK);
  const char *subject = find_field (header, "Subject");
  const char *words = "Retrieval using the IMAP4 protocol failed for the following message";

  while (subject != NULL && *subject == ' ')
    subject++;
  return subject != NULL && g_ascii_strncasecmp (subject, words, strlen (words)) == 0;
}

static gboolean
fail_item (Fetch       *fetch,
           const Wanted *wanted,
           GError      *failure,
           GError     **error)
{
  g_autoptr (GError) owned = failure;

  return fetch->func (wanted->index, NULL, owned, fetch->user_data, error);
}

static gboolean
fail_missing (Fetch        *fetch,
              const Wanted *wanted,
              GError      **error)
{
  return fail_item (fetch, wanted,
                    g_error_new (MM_ERROR, MM_ERROR_NOT_FOUND,
                                 _("The message is no longer on %s."),
                                 mm_imap_session_get_host (fetch->session)),
                    error);
}

static gboolean
hand_over (Fetch          *fetch,
           const Wanted   *wanted,
           MmImapMessage  *message,
           GError        **error)
{
  MmReference *asked = fetch->references->pdata[wanted->index];
  MmReference *reference;
  MmItem *item;

  if (message->blob == NULL)
    return fail_missing (fetch, wanted, error);
  if (is_excuse (message->blob))
    return fail_item (fetch, wanted,
                      g_error_new (MM_ERROR, MM_ERROR_REFUSED,
                                   _("The server %s cannot hand out this message and sent an "
                                     "explanation in its place."),
                                   mm_imap_session_get_host (fetch->session)),
                      error);

  reference = mm_imap_message_to_reference (message, asked->id);
  reference->size = mm_blob_get_size (message->blob);
  if (reference->date == MM_DATE_UNKNOWN)
    reference->date = guess_date (message->blob);
  reference->fingerprint = asked->fingerprint;
  if (reference->global_id == NULL)
    reference->global_id = g_strdup (asked->global_id);
  if (reference->label == NULL)
    reference->label = g_strdup (asked->label);
  item = mm_item_new (reference, g_steal_pointer (&message->blob));
  return fetch->func (wanted->index, item, NULL, fetch->user_data, error);
}

/* The message at its source. Never 0. */
static guint64
identify (const Fetch *fetch,
          guint32      uid)
{
  return MAX ((guint64) (fetch->uidvalidity ^ g_str_hash (fetch->name)) << 32 ^ uid, 1);
}

/* After the connection ended while a message was awaited: the first that did not come is the likely
 * reason. Some servers, and what stands before them, end it over one message each time; that
 * must not keep all the others from arriving. */
static void
learn_from_end (Fetch        *fetch,
                const GError *error,
                GCancellable *cancellable)
{
  guint64 suspect = 0;

  if (!fetch->is_reading || mm_imap_session_is_alive (fetch->session) ||
      g_cancellable_is_cancelled (cancellable) ||
      !g_error_matches (error, MM_ERROR, MM_ERROR_NETWORK))
    return;
  for (guint i = 0; i < fetch->wanted->len && suspect == 0; i++)
    {
      guint32 uid = g_array_index (fetch->wanted, Wanted, i).uid;

      if (g_hash_table_contains (fetch->left, GUINT_TO_POINTER (uid)))
        suspect = identify (fetch, uid);
    }
  if (fetch->reading->suspect != suspect)
    fetch->reading->n_deaths = 0;
  fetch->reading->suspect = suspect;
  fetch->reading->n_deaths++;
}

/* Fails the message over which the connection ended each time, and does not ask for it again. */
static gboolean
leave_out_deadly (Fetch   *fetch,
                  GError **error)
{
  for (guint i = fetch->wanted->len; fetch->reading->n_deaths >= DEATHS_MAX && i > 0; i--)
    {
      Wanted wanted = g_array_index (fetch->wanted, Wanted, i - 1);

      if (identify (fetch, wanted.uid) != fetch->reading->suspect)
        continue;
      g_array_remove_index (fetch->wanted, i - 1);
      if (!fail_item (fetch, &wanted,
                      g_error_new (MM_ERROR, MM_ERROR_REFUSED,
                                   _("The connection to %s ended each time this message was "
                                     "read, so it was left out."),
                                   mm_imap_session_get_host (fetch->session)), error))
        return FALSE;
    }
  return TRUE;
}

static gboolean
take_message (MmImapMessage  *message,
              gpointer        user_data,
              GError        **error)
{
  Fetch *fetch = user_data;
  guint place = GPOINTER_TO_UINT (g_hash_table_lookup (fetch->left,
                                                       GUINT_TO_POINTER (message->uid)));

  if (place == 0)
    return TRUE;
  g_hash_table_remove (fetch->left, GUINT_TO_POINTER (message->uid));
  /* asked for twice: it is fetched once more for the second */
  if (place < fetch->wanted->len &&
      g_array_index (fetch->wanted, Wanted, place).uid == message->uid)
    g_hash_table_insert (fetch->left, GUINT_TO_POINTER (message->uid),
                         GUINT_TO_POINTER (place + 1));
  return hand_over (fetch, &g_array_index (fetch->wanted, Wanted, place - 1), message, error);
}

static gboolean
handle_fetch (MmImapSession         *session,
              const MmImapResponse  *response,
              gpointer               user_data,
              GError               **error)
{
  Fetch *fetch = user_data;
  const MmImapMailbox *mailbox = mm_imap_session_get_mailbox (session);

  /* the FETCH may be under way before it is known what the EXAMINE opened */
  if (!mailbox->is_open || mailbox->uidvalidity != fetch->uidvalidity)
    return TRUE;
  return mm_imap_collector_take (fetch->collector, response, error);
}

/* Sends the next range; @from moves behind it. */
static MmImapCommand *
send_range (Fetch         *fetch,
            guint         *from,
            guint          limit,
            GCancellable  *cancellable,
            GError       **error)
{
  g_autoptr (GArray) uids = g_array_new (FALSE, FALSE, sizeof (guint32));
  g_autofree char *set = NULL;
  guint64 bytes = 0;
  guint n;

  for (guint i = *from; i < fetch->wanted->len && uids->len < limit && bytes < RANGE_BYTES; i++)
    {
      const Wanted *wanted = &g_array_index (fetch->wanted, Wanted, i);

      g_array_append_val (uids, wanted->uid);
      bytes += wanted->size;
    }
  set = mm_imap_set_write ((const guint32 *) uids->data, uids->len, limit, SET_LENGTH_MAX, &n);
  *from += n;
  return mm_imap_session_send (fetch->session, cancellable, error,
                               "UID FETCH %s (UID FLAGS INTERNALDATE BODY.PEEK[])", set);
}

/* A refusal that is about the moment or the folder, not about single messages. */
static GError *
range_error (Fetch         *fetch,
             MmImapCommand *command)
{
  g_autofree char *path = mm_folder_get_display_path (fetch->folder);
  g_autofree char *sentence = NULL;
  g_autoptr (GError) error = NULL;

  if (mm_imap_command_is_ok (command))
    return NULL;
  sentence = g_strdup_printf (_("Messages in the folder “%s” on %s cannot be read"), path,
                              mm_imap_session_get_host (fetch->session));
  error = mm_imap_command_get_error (command, MM_ERROR_REFUSED, sentence);
  return mm_error_ends_store (error) ? g_steal_pointer (&error) : NULL;
}

/* Opens the folder without waiting, unless it is open. */
static gboolean
send_examine (Fetch         *fetch,
              const char    *name,
              GCancellable  *cancellable,
              GError       **error)
{
  const MmImapMailbox *mailbox = mm_imap_session_get_mailbox (fetch->session);

  if (mailbox->is_open && strcmp (mailbox->name, name) == 0)
    return TRUE;
  fetch->examine = mm_imap_session_send_select (fetch->session, name, TRUE, cancellable, error);
  return fetch->examine != NULL;
}

static gboolean
check_folder (Fetch         *fetch,
              GCancellable  *cancellable,
              GError       **error)
{
  const MmImapMailbox *mailbox = mm_imap_session_get_mailbox (fetch->session);
  g_autofree char *path = mm_folder_get_display_path (fetch->folder);
  GError *refusal = NULL;

  if (fetch->examine != NULL)
    {
      if (!mm_imap_session_wait (fetch->session, fetch->examine, cancellable, error))
        return FALSE;
      refusal = mm_imap_session_get_select_error (fetch->session, fetch->examine, path);
      g_clear_pointer (&fetch->examine, mm_imap_command_unref);
    }
  if (refusal == NULL && mailbox->uidvalidity != fetch->uidvalidity)
    refusal = g_error_new (MM_ERROR, MM_ERROR_CHANGED,
                           _("The folder “%s” on %s was made anew: its messages have other numbers "
                             "now."), path, mm_imap_session_get_host (fetch->session));
  if (refusal == NULL)
    return TRUE;
  g_propagate_error (error, refusal);
  return FALSE;
}

/* One range at a time: Dovecot answers two FETCH commands by turns, and messages read out of order
 * would be stored out of order. A range is long enough for the wait between two not to matter. */
static gboolean
fetch_ranges (Fetch         *fetch,
              GCancellable  *cancellable,
              GError       **error)
{
  guint from = 0;

  while (from < fetch->wanted->len)
    {
      g_autoptr (MmImapCommand) command =
        send_range (fetch, &from, RANGE_MESSAGES, cancellable, error);
      GError *refusal;

      if (command == NULL || !check_folder (fetch, cancellable, error))
        return FALSE;
      fetch->is_reading = TRUE;
      if (!mm_imap_session_wait (fetch->session, command, cancellable, error))
        return FALSE;
      refusal = range_error (fetch, command);
      if (refusal != NULL)
        {
          g_propagate_error (error, refusal);
          return FALSE;
        }
    }
  return mm_imap_collector_finish (fetch->collector, error);
}

static gboolean
fail_refused (Fetch         *fetch,
              const Wanted  *wanted,
              MmImapCommand *command,
              GError       **error)
{
  g_autofree char *sentence = g_strdup_printf (_("The message cannot be read on %s"),
                                               mm_imap_session_get_host (fetch->session));

  return fail_item (fetch, wanted,
                    mm_imap_command_get_error (command, MM_ERROR_REFUSED, sentence), error);
}

/* What did not come with its range is asked for alone: one bad message makes some servers give
 * up the whole range. */
static gboolean
fetch_left (Fetch         *fetch,
            GCancellable  *cancellable,
            GError       **error)
{
  for (guint i = 0; i < fetch->wanted->len; i++)
    {
      const Wanted *wanted = &g_array_index (fetch->wanted, Wanted, i);
      g_autoptr (MmImapCommand) command = NULL;
      gpointer key = GUINT_TO_POINTER (wanted->uid);
      guint from = i;
      GError *refusal;

      if (!g_hash_table_contains (fetch->left, key))
        continue;
      command = send_range (fetch, &from, 1, cancellable, error);
      if (command == NULL || !mm_imap_session_wait (fetch->session, command, cancellable, error) ||
          !mm_imap_collector_finish (fetch->collector, error))
        return FALSE;
      refusal = range_error (fetch, command);
      if (refusal != NULL)
        {
          g_propagate_error (error, refusal);
          return FALSE;
        }
      if (!g_hash_table_remove (fetch->left, key))
        continue;
      if (!(mm_imap_command_is_ok (command) ? fail_missing (fetch, wanted, error)
                                            : fail_refused (fetch, wanted, command, error)))
        return FALSE;
    }
  return TRUE;
}

/* The ids of the references, which all must be of this life of the folder. */
static gboolean
read_wanted (Fetch    *fetch,
             GError  **error)
{
  for (guint i = 0; i < fetch->references->len; i++)
    {
      const MmReference *reference = fetch->references->pdata[i];
      Wanted wanted = { .index = i };
      guint32 life = 0;

      if (!mm_imap_id_parse (reference->id, &life, &wanted.uid) ||
          (i > 0 && life != fetch->uidvalidity))
        {
          g_set_error_literal (error, MM_ERROR, MM_ERROR_CHANGED,
                               _("A message was asked for by a number that is no longer valid."));
          return FALSE;
        }
      fetch->uidvalidity = life;
      wanted.size = reference->size != MM_SIZE_UNKNOWN ? reference->size : 0;
      g_array_append_val (fetch->wanted, wanted);
    }
  g_array_sort (fetch->wanted, compare_wanted);
  return TRUE;
}

static void
note_left (Fetch *fetch)
{
  for (guint i = fetch->wanted->len; i > 0; i--)
    g_hash_table_insert (fetch->left,
                         GUINT_TO_POINTER (g_array_index (fetch->wanted, Wanted, i - 1).uid),
                         GUINT_TO_POINTER (i));
}

gboolean
mm_imap_fetch_items (MmImapSession  *session,
                     MmImapReading  *reading,
                     MmFolder       *folder,
                     const char     *name,
                     GPtrArray      *references,
                     MmFetchFunc     func,
                     gpointer        user_data,
                     GCancellable   *cancellable,
                     GError        **error)
{
  g_auto (Fetch) fetch = { .session = session, .reading = reading, .folder = folder, .name = name,
                          .references = references, .func = func, .user_data = user_data };
  g_autoptr (GError) local = NULL;

  if (references->len == 0)
    return TRUE;
  fetch.wanted = g_array_sized_new (FALSE, FALSE, sizeof (Wanted), references->len);
  fetch.left = g_hash_table_new (NULL, NULL);
  fetch.collector = mm_imap_collector_new (MM_IMAP_HAS_UID | MM_IMAP_HAS_FLAGS | MM_IMAP_HAS_DATE |
                                           MM_IMAP_HAS_BODY,
                                           MM_IMAP_HAS_BODY, take_message, &fetch);
  if (!read_wanted (&fetch, error) || !leave_out_deadly (&fetch, error))
    return FALSE;
  note_left (&fetch);

  mm_imap_session_set_handler (session, handle_fetch, &fetch);
  mm_imap_session_expect_messages (session);
  if (send_examine (&fetch, name, cancellable, &local) &&
      fetch_ranges (&fetch, cancellable, &local))
    fetch_left (&fetch, cancellable, &local);
  mm_imap_session_settle (session, cancellable);
  if (local == NULL)
    return TRUE;
  learn_from_end (&fetch, local, cancellable);
  g_propagate_error (error, g_steal_pointer (&local));
  return FALSE;
}
