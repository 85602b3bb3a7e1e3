/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "stores/imap/mm-imap-append.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "formats/mm-rfc5322-repair.h"
#include "stores/imap/mm-imap-append-private.h"
#include "stores/imap/mm-imap-set.h"

/* Single commands under way together, and their bytes. */
#define FLIGHTS_MAX 32
#define FLIGHT_BYTES_MAX (8 * 1024 * 1024)

MmImapEntry *
_mm_imap_append_get_entry (MmImapAppend *self,
                           guint         index)
{
  return &g_array_index (self->entries, MmImapEntry, index);
}

MmResult *
_mm_imap_append_get_result (MmImapAppend *self,
                            guint         index)
{
  return self->results->pdata[index];
}

void
_mm_imap_flight_clear (MmImapFlight *flight)
{
  g_clear_pointer (&flight->command, mm_imap_command_unref);
}

static void
set_states (MmImapAppend       *self,
            const MmImapFlight *flight,
            MmResultState       state)
{
  for (guint i = flight->start; i < flight->start + flight->n; i++)
    _mm_imap_append_get_result (self, i)->state = state;
}

static char *
make_sentence (MmImapAppend *self)
{
  g_autofree char *path = mm_folder_get_display_path (self->folder);

  return g_strdup_printf (_("The folder “%s” on %s does not take the message"), path,
                          mm_imap_session_get_host (self->session));
}

static void
report_changes (MmImapAppend *self,
                guint         index)
{
  const MmImapEntry *entry = _mm_imap_append_get_entry (self, index);
  MmResult *result = _mm_imap_append_get_result (self, index);
  g_autofree char *message = NULL;

  if (self->trusts_flags && !self->refusals->keeps_all_flags)
    _mm_imap_append_choose_flags (self, index);

  for (guint trait = 1; trait <= entry->mended; trait <<= 1)
    if ((entry->mended & trait) != 0)
      mm_result_add_change (result, mm_rfc5322_trait_get_code (trait),
                            mm_rfc5322_trait_get_repair_message (trait));
  if (entry->date_changed)
    mm_result_add_change (result, "date-changed",
                          _("The server takes no date of arrival before 1970. The message has "
                            "the first day of 1970 now."));
  if (entry->lost_keywords == NULL)
    return;
  message = g_strdup_printf (_("These flags and keywords cannot be kept by %s: %s."),
                             mm_imap_session_get_host (self->session), entry->lost_keywords);
  mm_result_add_change (result, "keywords-lost", message);
}

/* The UIDs of RFC 4315, when they can be true: as many as messages, ascending, of this folder's
 * life and not below what was there before. NULL otherwise. */
static GArray *
read_appenduid (MmImapAppend       *self,
                const MmImapFlight *flight,
                guint32            *uidvalidity)
{
  const MmImapCommand *command = flight->command;
  const MmImapMailbox *mailbox = mm_imap_session_get_mailbox (self->session);
  g_autoptr (GArray) uids = NULL;
  guint64 life;

  if (command->code == NULL || g_ascii_strcasecmp (command->code, "APPENDUID") != 0 ||
      command->code_arguments[0] == NULL || command->code_arguments[1] == NULL)
    return NULL;
  life = g_ascii_strtoull (command->code_arguments[0], NULL, 10);
  uids = mm_imap_set_parse (command->code_arguments[1], flight->n);
  if (uids == NULL || uids->len != flight->n || life == 0 || life > G_MAXUINT32 ||
      (mailbox->is_open && mailbox->uidvalidity != life))
    return NULL;
  for (guint i = 0; i < uids->len; i++)
    {
      guint32 least = i == 0 ? mailbox->uidnext : g_array_index (uids, guint32, i - 1) + 1;

      if (g_array_index (uids, guint32, i) < least)
        return NULL;
    }
  *uidvalidity = (guint32) life;
  return g_steal_pointer (&uids);
}

static void
learn_accepted (MmImapAppend      *self,
                const MmImapEntry *entry)
{
  if (entry->examined && !entry->is_binary)
    self->refusals->accepted |= entry->traits & ~entry->mended;
}

static void
settle_created (MmImapAppend       *self,
                const MmImapFlight *flight)
{
  guint32 uidvalidity = 0;
  g_autoptr (GArray) uids = read_appenduid (self, flight, &uidvalidity);

  if (flight->n == 1)
    learn_accepted (self, _mm_imap_append_get_entry (self, flight->start));
  for (guint i = 0; i < flight->n; i++)
    {
      guint index = flight->start + i;
      MmResult *result = _mm_imap_append_get_result (self, index);

      result->state = MM_RESULT_CREATED;
      _mm_imap_append_learn_stored (self, index);
      g_clear_pointer (&result->id, g_free);
      if (uids != NULL)
        result->id = mm_imap_id_write (uidvalidity, g_array_index (uids, guint32, i));
      else
        _mm_imap_append_get_entry (self, index)->needs_id = TRUE;
      report_changes (self, index);
    }
}

/* A server that says OK to what it has not got yet: nobody knows what it stored. */
static gboolean
check_complete (MmImapAppend        *self,
                const MmImapFlight  *flight,
                GError             **error)
{
  if (flight->is_complete)
    return TRUE;
  g_set_error (error, MM_ERROR, MM_ERROR_PROTOCOL,
               _("The server %s said that it stored a message before it had received it."),
               mm_imap_session_get_host (self->session));
  return FALSE;
}

/* Refusals that concern more than these messages. Nothing of them was stored. */
static gboolean
is_beyond_item (const GError        *error,
                const MmImapCommand *command,
                guint                n)
{
  if (command->code != NULL && g_ascii_strcasecmp (command->code, "NOPERM") == 0)
    return TRUE;
  /* some of a batch may still find room */
  if (g_error_matches (error, MM_ERROR, MM_ERROR_QUOTA))
    return n == 1;
  return g_error_matches (error, MM_ERROR, MM_ERROR_BUSY) ||
         g_error_matches (error, MM_ERROR, MM_ERROR_NOT_FOUND);
}

/* MULTIAPPEND is all or nothing: halves, until the bad one is alone. */
static gboolean
bisect (MmImapAppend        *self,
        const MmImapFlight  *flight,
        GError             **error)
{
  guint start = flight->start, end = flight->start + flight->n;
  guint middle = start + flight->n / 2;

  if (flight->refused_at < 0)
    return _mm_imap_append_run (self, start, middle - start, error) &&
           _mm_imap_append_run (self, middle, end - middle, error);

  /* the literal that got no leave is the likely one */
  middle = (guint) flight->refused_at;
  return (middle == start || _mm_imap_append_run (self, start, middle - start, error)) &&
         _mm_imap_append_run (self, middle, 1, error) &&
         (middle + 1 == end || _mm_imap_append_run (self, middle + 1, end - middle - 1, error));
}

/* After the server's answer. FALSE with @error set: nothing further is to be sent. */
static gboolean
settle (MmImapAppend        *self,
        const MmImapFlight  *flight,
        GError             **error)
{
  const MmImapCommand *command = flight->command;
  g_autofree char *sentence = NULL;
  g_autoptr (GError) refusal = NULL;

  if (mm_imap_command_is_ok (command))
    {
      if (!check_complete (self, flight, error))
        return FALSE;
      settle_created (self, flight);
      return TRUE;
    }
  set_states (self, flight, MM_RESULT_PENDING);
  sentence = make_sentence (self);
  refusal = mm_imap_command_get_error (command, MM_ERROR_REFUSED, sentence);
  if (is_beyond_item (refusal, command, flight->n))
    {
      g_propagate_error (error, g_steal_pointer (&refusal));
      return FALSE;
    }
  if (flight->n > 1)
    return bisect (self, flight, error);
  return _mm_imap_append_refuse_one (self, flight->start, command, g_steal_pointer (&refusal),
                                     error);
}

/* After the connection ended: an answer that came before is an answer still. */
static void
salvage (MmImapAppend       *self,
         const MmImapFlight *flight)
{
  g_autofree char *sentence = make_sentence (self);
  g_autoptr (GError) refusal = NULL;

  if (flight->command == NULL || !flight->command->done)
    return;
  if (mm_imap_command_is_ok (flight->command))
    {
      if (flight->is_complete)
        settle_created (self, flight);
      return;
    }
  set_states (self, flight, MM_RESULT_PENDING);
  refusal = mm_imap_command_get_error (flight->command, MM_ERROR_REFUSED, sentence);
  if (flight->n == 1 && g_error_matches (refusal, MM_ERROR, MM_ERROR_TOO_LARGE))
    mm_result_fail (_mm_imap_append_get_result (self, flight->start), g_steal_pointer (&refusal));
}

gboolean
_mm_imap_append_run (MmImapAppend  *self,
                     guint          start,
                     guint          n,
                     GError       **error)
{
  g_auto (MmImapFlight) flight = { .start = start, .n = n };

  if (_mm_imap_append_send (self, &flight, error) &&
      mm_imap_session_wait (self->session, flight.command, self->cancellable, error))
    return settle (self, &flight, error);
  salvage (self, &flight);
  _mm_imap_append_learn (self, &flight, 1);
  return FALSE;
}

/* The next entries that go into one command; FALSE when there are none left. */
static gboolean
choose_next (MmImapAppend *self,
             guint         from,
             MmImapFlight *flight)
{
  gboolean can_batch = mm_imap_session_has (self->session, "MULTIAPPEND") &&
                       self->refusals->n_careful == 0;
  guint i = from;

  while (i < self->items->len &&
         _mm_imap_append_get_result (self, i)->state != MM_RESULT_PENDING)
    i++;
  if (i == self->items->len)
    return FALSE;
  *flight = (MmImapFlight) { .start = i, .n = 1, .refused_at = -1 };
  flight->bytes = _mm_imap_append_get_entry (self, i)->size;
  if (!can_batch || _mm_imap_append_get_entry (self, i)->alone)
    return TRUE;
  for (i++; i < self->items->len && flight->n < MM_IMAP_BATCH_ITEMS; i++)
    {
      const MmImapEntry *entry = _mm_imap_append_get_entry (self, i);

      if (_mm_imap_append_get_result (self, i)->state != MM_RESULT_PENDING || entry->alone ||
          flight->bytes + entry->size > MM_IMAP_BATCH_BYTES)
        break;
      flight->n++;
      flight->bytes += entry->size;
    }
  return TRUE;
}

static void
flight_clear (gpointer data)
{
  _mm_imap_flight_clear (data);
}

/* Once the answer to SELECT is there, or waiting for it. */
static gboolean
check_folder (MmImapAppend  *self,
              GError       **error)
{
  g_autofree char *path = NULL;
  g_autoptr (MmImapCommand) select = g_steal_pointer (&self->select);
  GError *refusal;

  if (select == NULL)
    return TRUE;
  if (!mm_imap_session_wait (self->session, select, self->cancellable, error))
    return FALSE;
  path = mm_folder_get_display_path (self->folder);
  refusal = mm_imap_session_get_select_error (self->session, select, path);
  if (refusal != NULL)
    {
      g_propagate_error (error, refusal);
      return FALSE;
    }
  self->refusals->keeps_all_flags = _mm_imap_append_keeps_all_flags (self);
  return TRUE;
}

/* Waits for the flight that was sent first, and settles it. */
static gboolean
land_first (MmImapAppend  *self,
            GArray        *flights,
            GError       **error)
{
  g_auto (MmImapFlight) flight = g_array_index (flights, MmImapFlight, 0);

  /* left in the list for salvage () */
  if (!check_folder (self, error) ||
      !mm_imap_session_wait (self->session, flight.command, self->cancellable, error))
    {
      flight.command = NULL;
      return FALSE;
    }
  mm_imap_command_ref (flight.command);
  g_array_remove_index (flights, 0);
  return settle (self, &flight, error);
}

/* Reads what is still to come after something ended the work; nothing of it is tried again. */
static void
land_rest (MmImapAppend *self,
           GArray       *flights)
{
  for (guint i = 0; i < flights->len; i++)
    {
      const MmImapFlight *flight = &g_array_index (flights, MmImapFlight, i);

      if (flight->command == NULL ||
          !mm_imap_session_wait (self->session, flight->command, self->cancellable, NULL))
        break;
    }
  for (guint i = 0; i < flights->len; i++)
    salvage (self, &g_array_index (flights, MmImapFlight, i));
  _mm_imap_append_learn (self, (const MmImapFlight *) flights->data, flights->len);
}

static guint64
bytes_under_way (GArray *flights)
{
  guint64 bytes = 0;

  for (guint i = 0; i < flights->len; i++)
    bytes += g_array_index (flights, MmImapFlight, i).bytes;
  return bytes;
}

static gboolean
send_all (MmImapAppend  *self,
          GArray        *flights,
          GError       **error)
{
  gboolean one_by_one = mm_imap_session_has (self->session, "MULTIAPPEND") ||
                        self->refusals->n_careful > 0;
  guint at_once = one_by_one ? 1 : FLIGHTS_MAX;
  MmImapFlight next;
  guint from = 0;

  while (choose_next (self, from, &next))
    {
      const MmImapEntry *entry = _mm_imap_append_get_entry (self, next.start);

      while (flights->len > 0 && (flights->len >= at_once || entry->asks_leave || entry->alone ||
                                  bytes_under_way (flights) + next.bytes > FLIGHT_BYTES_MAX))
        if (!land_first (self, flights, error))
          return FALSE;
      from = next.start + next.n;
      g_array_append_val (flights, next);
      if (!_mm_imap_append_send (self, &g_array_index (flights, MmImapFlight, flights->len - 1),
                                 error) ||
          !mm_imap_session_drain (self->session, self->cancellable, error) ||
          (entry->alone && !land_first (self, flights, error)))
        return FALSE;
    }
  while (flights->len > 0)
    if (!land_first (self, flights, error))
      return FALSE;
  return TRUE;
}

/* Opens the folder for writing once: what flags it keeps is said only then, and single commands
 * are much faster into the folder that is open. Where the last folder kept everything the answer is
 * not waited for, and what this one does not keep is seen and reported when it has come. */
static gboolean
open_folder (MmImapAppend  *self,
             GError       **error)
{
  const MmImapMailbox *mailbox = mm_imap_session_get_mailbox (self->session);

  if (mailbox->is_open && !mailbox->read_only && strcmp (mailbox->name, self->name) == 0)
    return TRUE;
  self->select = mm_imap_session_send_select (self->session, self->name, FALSE, self->cancellable,
                                              error);
  if (self->select == NULL)
    return FALSE;
  self->trusts_flags = self->refusals->keeps_all_flags;
  return self->trusts_flags || check_folder (self, error);
}

gboolean
mm_imap_store_items (MmImapSession   *session,
                     MmImapRefusals  *refusals,
                     MmFolder        *folder,
                     const char      *name,
                     GPtrArray       *items,
                     GPtrArray       *results,
                     GCancellable    *cancellable,
                     GError         **error)
{
  MmImapAppend self = { .session = session, .refusals = refusals, .folder = folder, .name = name,
                        .items = items, .results = results, .cancellable = cancellable };
  g_autofree char *quoted_name = mm_imap_quote (name);
  g_autoptr (GArray) entries = g_array_new (FALSE, TRUE, sizeof (MmImapEntry));
  g_autoptr (GArray) flights = g_array_new (FALSE, TRUE, sizeof (MmImapFlight));
  gboolean ok;

  g_array_set_clear_func (entries, _mm_imap_entry_clear);
  g_array_set_size (entries, items->len);
  g_array_set_clear_func (flights, flight_clear);
  self.quoted_name = quoted_name;
  self.entries = entries;

  ok = open_folder (&self, error) && _mm_imap_append_prepare (&self, error) &&
       send_all (&self, flights, error) && check_folder (&self, error);
  if (!ok)
    land_rest (&self, flights);
  if (mm_imap_session_is_alive (session))
    {
      g_autoptr (GError) local = NULL;

      /* items that were stored stay CREATED, also when nothing is found */
      if (!_mm_imap_append_find_ids (&self, &local) && ok)
        {
          g_propagate_error (error, g_steal_pointer (&local));
          ok = FALSE;
        }
    }
  g_clear_pointer (&self.select, mm_imap_command_unref);
  mm_imap_session_settle (session, cancellable);
  return ok;
}
