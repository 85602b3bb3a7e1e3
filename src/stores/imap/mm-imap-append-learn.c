/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "stores/imap/mm-imap-append-private.h"

/* What the end of a connection says about the messages that were on their way: some servers, and
 * what stands before them, end it over a message that they do not like, each time. It must not keep
 * all the others from arriving. */

/* After the connection was closed over a message that was too large. */
#define CAREFUL_PUSH_MAX (64 * 1024)

/* How many messages are sent one by one then. */
#define CAREFUL_MESSAGES 200

/* So often one message alone may have been on its way when the connection ended. */
#define DEATHS_MAX 2

/* The message at its source. Never 0. */
static guint64
identify (MmImapAppend *self,
          guint         index)
{
  const MmItem *item = self->items->pdata[index];
  guint64 hash = g_str_hash (item->reference->id);

  return MAX ((hash << 32) ^ mm_blob_get_size (item->blob) ^ g_str_hash (self->name), 1);
}

static gboolean
is_unanswered (MmImapAppend       *self,
               const MmImapFlight *flight)
{
  return flight->command != NULL && !flight->command->done &&
         _mm_imap_append_get_result (self, flight->start)->state == MM_RESULT_UNKNOWN;
}

/* A server that closes the connection over a large message is asked for leave from now on, and one
 * that does so over a literal8 gets none any more. */
static void
learn_from_bye (MmImapAppend       *self,
                const MmImapFlight *flight)
{
  const char *code = mm_imap_session_get_bye_code (self->session);
  guint64 largest = 0;

  if (mm_imap_session_has_bye (self->session) && is_unanswered (self, flight) &&
      _mm_imap_append_get_entry (self, flight->start)->is_binary)
    self->refusals->traits |= MM_RFC5322_NUL;
  if (code == NULL || g_ascii_strcasecmp (code, "TOOBIG") != 0)
    return;
  for (guint i = flight->start; i < flight->start + flight->n; i++)
    if (!_mm_imap_append_get_entry (self, i)->asks_leave)
      largest = MAX (largest, _mm_imap_append_get_entry (self, i)->size);
  if (largest > 1)
    self->refusals->push_max = MIN (CAREFUL_PUSH_MAX, largest - 1);
}

static void
suspect (MmImapAppend *self,
         guint         index)
{
  guint64 id = identify (self, index);

  if (self->refusals->suspect != id)
    self->refusals->n_deaths = 0;
  self->refusals->suspect = id;
  self->refusals->n_deaths++;
}

void
_mm_imap_append_learn (MmImapAppend       *self,
                       const MmImapFlight *flights,
                       guint               n_flights)
{
  guint n = 0, last = 0;

  for (guint i = 0; i < n_flights; i++)
    {
      learn_from_bye (self, &flights[i]);
      if (!is_unanswered (self, &flights[i]))
        continue;
      n += flights[i].n;
      last = flights[i].start;
    }
  /* ended by us, or for a reason that has nothing to do with messages */
  if (n == 0 || mm_imap_session_is_alive (self->session) ||
      g_cancellable_is_cancelled (self->cancellable) ||
      mm_imap_session_get_bye_meaning (self->session) != MM_ERROR_NETWORK)
    return;
  self->refusals->n_careful = CAREFUL_MESSAGES;
  if (n == 1)
    suspect (self, last);
}

void
_mm_imap_append_learn_stored (MmImapAppend *self,
                              guint         index)
{
  if (self->refusals->n_careful > 0)
    self->refusals->n_careful--;
  if (self->refusals->suspect == identify (self, index))
    self->refusals->suspect = 0;
}

gboolean
_mm_imap_append_is_deadly (MmImapAppend *self,
                           guint         index)
{
  return self->refusals->n_deaths >= DEATHS_MAX &&
         self->refusals->suspect == identify (self, index);
}
