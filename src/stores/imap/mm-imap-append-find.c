/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "formats/mm-rfc5322.h"
#include "stores/imap/mm-imap-append-private.h"
#include "stores/imap/mm-imap-message.h"
#include "stores/imap/mm-imap-set.h"

/* Which UIDs our messages got, for servers that do not say (no UIDPLUS) or say what cannot be. */

/* Bounds what a hostile answer can make us remember. */
#define FOUND_MAX (1024 * 1024)

typedef struct
{
  guint32 uid;
  guint64 fingerprint;
  gint64 date;
  guint64 size;
  gboolean taken;
} Found;

typedef struct
{
  guint32 from;
  GArray *found; /* (element-type Found), by UID */
  MmImapCollector *collector;
} Search;

/* One of ours. */
typedef struct
{
  guint index;
  MmRfc5322Summary summary;
} Ours;

static void
ours_clear (gpointer data)
{
  mm_rfc5322_summary_clear (&((Ours *) data)->summary);
}

static gboolean
take_message (MmImapMessage  *message,
              gpointer        user_data,
              GError        **error)
{
  Search *search = user_data;
  Found found = { message->uid, message->fingerprint, message->date, message->size, FALSE };

  if (message->uid >= search->from && search->found->len < FOUND_MAX)
    g_array_append_val (search->found, found);
  return TRUE;
}

static gboolean
handle_fetch (MmImapSession         *session,
              const MmImapResponse  *response,
              gpointer               user_data,
              GError               **error)
{
  Search *search = user_data;

  return mm_imap_collector_take (search->collector, response, error);
}

static int
compare_found (gconstpointer a,
               gconstpointer b)
{
  const Found *x = a, *y = b;

  return x->uid < y->uid ? -1 : x->uid > y->uid;
}

static gboolean
list_new (MmImapAppend  *self,
          Search        *search,
          GError       **error)
{
  g_autoptr (MmImapCommand) noop = NULL;
  g_autoptr (MmImapCommand) fetch = NULL;
  gboolean ok;

  search->collector = mm_imap_collector_new (MM_IMAP_HAS_UID | MM_IMAP_HAS_DATE |
                                             MM_IMAP_HAS_SIZE | MM_IMAP_HAS_HEADER,
                                             MM_IMAP_HAS_HEADER, take_message, search);
  mm_imap_session_set_handler (self->session, handle_fetch, search);
  noop = mm_imap_session_send (self->session, self->cancellable, error, "NOOP");
  if (noop != NULL)
    fetch = mm_imap_session_send (self->session, self->cancellable, error,
                                  "UID FETCH %u:* (UID INTERNALDATE RFC822.SIZE BODY.PEEK["
                                  "HEADER.FIELDS (" MM_RFC5322_IDENTITY_FIELDS ")])",
                                  search->from);
  ok = fetch != NULL && mm_imap_session_wait (self->session, fetch, self->cancellable, error) &&
       mm_imap_collector_finish (search->collector, error);
  mm_imap_session_set_handler (self->session, NULL, NULL);
  g_array_sort (search->found, compare_found);
  return ok;
}

/* Servers keep the time of arrival in place of one that is still to come. */
static gboolean
is_match (const MmImapAppend *self,
          const Ours         *ours,
          const Found        *found,
          gboolean            by_size)
{
  const MmItem *item = self->items->pdata[ours->index];
  gint64 date = item->reference->date;

  if (found->taken || found->fingerprint != ours->summary.fingerprint)
    return FALSE;
  if (date != MM_DATE_UNKNOWN && date != found->date && date <= g_get_real_time () / G_USEC_PER_SEC)
    return FALSE;
  return !by_size || found->size == ours->summary.size || found->size == ours->summary.crlf_size;
}

static gboolean
is_twin (const MmImapAppend *self,
         const Ours         *a,
         const Ours         *b)
{
  const MmItem *x = self->items->pdata[a->index], *y = self->items->pdata[b->index];

  return a->summary.fingerprint == b->summary.fingerprint &&
         x->reference->date == y->reference->date;
}

/* Gives the twins from @first on (in the order of sending) the UIDs that match, when there are
 * exactly as many: with more, somebody else's could be among them. */
static void
match_twins (MmImapAppend *self,
             GArray       *ours,
             guint         first,
             GArray       *found)
{
  const Ours *head = &g_array_index (ours, Ours, first);
  guint32 uidvalidity = mm_imap_session_get_mailbox (self->session)->uidvalidity;
  guint n_twins = 0, place = 0;

  for (guint i = first; i < ours->len; i++)
    n_twins += is_twin (self, head, &g_array_index (ours, Ours, i));
  for (guint by_size = 0; by_size <= 1; by_size++)
    {
      guint n_found = 0;

      for (guint i = 0; i < found->len; i++)
        n_found += is_match (self, head, &g_array_index (found, Found, i), by_size);
      if (n_found != n_twins)
        continue;
      for (guint i = first; i < ours->len; i++)
        {
          const Ours *twin = &g_array_index (ours, Ours, i);
          Found *match;

          if (!is_twin (self, head, twin))
            continue;
          while (!is_match (self, head, &g_array_index (found, Found, place), by_size))
            place++;
          match = &g_array_index (found, Found, place++);
          match->taken = TRUE;
          _mm_imap_append_get_result (self, twin->index)->id = mm_imap_id_write (uidvalidity,
                                                                                 match->uid);
        }
      return;
    }
}

/* Those that need an id, as they were sent. */
static gboolean
collect_ours (MmImapAppend  *self,
              GArray        *ours,
              GError       **error)
{
  for (guint i = 0; i < self->items->len; i++)
    {
      const MmImapEntry *entry = _mm_imap_append_get_entry (self, i);
      Ours one = { .index = i };

      if (!entry->needs_id)
        continue;
      if (!mm_rfc5322_examine (entry->blob, FALSE, &one.summary, error))
        return FALSE;
      g_array_append_val (ours, one);
    }
  return TRUE;
}

static void
match_all (MmImapAppend *self,
           GArray       *ours,
           GArray       *found)
{
  for (guint i = 0; i < ours->len; i++)
    {
      const Ours *one = &g_array_index (ours, Ours, i);
      gboolean seen = FALSE;

      for (guint k = 0; k < i && !seen; k++)
        seen = is_twin (self, &g_array_index (ours, Ours, k), one);
      if (!seen)
        match_twins (self, ours, i, found);
    }
}

gboolean
_mm_imap_append_find_ids (MmImapAppend  *self,
                          GError       **error)
{
  const MmImapMailbox *mailbox = mm_imap_session_get_mailbox (self->session);
  g_autoptr (GArray) ours = g_array_new (FALSE, TRUE, sizeof (Ours));
  g_autoptr (GArray) found = g_array_new (FALSE, TRUE, sizeof (Found));
  Search search = { .from = mailbox->uidnext, .found = found };
  gboolean ok;

  g_array_set_clear_func (ours, ours_clear);
  if (!collect_ours (self, ours, error))
    return FALSE;
  /* without UIDNEXT there is no telling old from new */
  if (ours->len == 0 || !mailbox->is_open || mailbox->uidnext == 0)
    return TRUE;

  ok = list_new (self, &search, error);
  mm_imap_collector_free (search.collector);
  if (!ok)
    return FALSE;
  match_all (self, ours, found);
  if (found->len > 0)
    mm_imap_session_set_uidnext (self->session,
                                 g_array_index (found, Found, found->len - 1).uid + 1);
  return TRUE;
}
