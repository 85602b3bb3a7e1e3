/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n-lib.h>
#include <unistd.h>

#include "engine/mm-history-private.h"
#include "engine/mm-migrate.h"
#include "engine/mm-migration-private.h"
#include "engine/mm-worker.h"

/* How often another process's wish is looked at, and the counts are written for it. */
#define PULSE_MS 500

static void
set_side (MmMigration *self,
          MmSide       side)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  self->error_side = side;
}

static gboolean
refuse_same_account (MmMigration  *self,
                     GError      **error)
{
  for (guint i = 0; i < self->source->services->len; i++)
    for (guint j = 0; j < self->destination->services->len; j++)
      if (mm_service_is_same_account (g_ptr_array_index (self->source->services, i),
                                      g_ptr_array_index (self->destination->services, j)))
        {
          set_side (self, MM_SIDE_BOTH);
          g_set_error_literal (error, MM_ERROR, MM_ERROR_SAME_ACCOUNT,
                               _("Source and destination are the same account. Choose another "
                                 "account on one side."));
          return FALSE;
        }
  return TRUE;
}

typedef struct
{
  MmEndpoint *endpoint;
  GCancellable *cancellable;
  GError *error;
} Opening;

static void
open_endpoint (guint    index,
               gpointer user_data)
{
  Opening *opening = (Opening *) user_data + index;

  mm_endpoint_open (opening->endpoint, opening->cancellable, &opening->error);
}

/* Both sides at once; the source's error is told first. */
static gboolean
open_both (MmMigration   *self,
           GCancellable  *cancellable,
           GError       **error)
{
  Opening openings[2] = { { NULL, cancellable, NULL }, { NULL, cancellable, NULL } };

  set_side (self, MM_SIDE_NONE);
  if (!refuse_same_account (self, error))
    return FALSE;
  self->run.source = mm_endpoint_new (self->factory, self->source, self->source_credentials);
  self->run.destination = mm_endpoint_new (self->factory, self->destination,
                                           self->destination_credentials);
  openings[0].endpoint = self->run.source;
  openings[1].endpoint = self->run.destination;
  mm_worker_run_each (2, open_endpoint, openings);
  if (openings[0].error == NULL && openings[1].error == NULL)
    return TRUE;
  set_side (self, openings[0].error != NULL ? MM_SIDE_SOURCE : MM_SIDE_DESTINATION);
  g_propagate_error (error, openings[0].error != NULL ? openings[0].error : openings[1].error);
  if (openings[0].error != NULL)
    g_clear_error (&openings[1].error);
  return FALSE;
}

static void
close_both (MmMigration *self)
{
  if (self->run.source != NULL)
    mm_endpoint_close (self->run.source);
  if (self->run.destination != NULL)
    mm_endpoint_close (self->run.destination);
  g_clear_pointer (&self->run.source, mm_endpoint_free);
  g_clear_pointer (&self->run.destination, mm_endpoint_free);
}

/* Which kinds are moved; FALSE when one that was asked for cannot be. */
static gboolean
choose_kinds (MmMigration  *self,
              MmKindSet    *kinds,
              GError      **error)
{
  MmKindSet readable = mm_endpoint_get_readable (self->run.source);
  MmKindSet writable = mm_endpoint_get_writable (self->run.destination);

  self->offered = readable & writable;
  *kinds = self->kinds == 0 ? self->offered : self->kinds;
  for (guint kind = 0; kind < MM_N_KINDS; kind++)
    if ((self->kinds & MM_KIND_BIT (kind) & ~self->offered) != 0)
      {
        gboolean source = (readable & MM_KIND_BIT (kind)) == 0;

        set_side (self, source ? MM_SIDE_SOURCE : MM_SIDE_DESTINATION);
        g_set_error (error, MM_ERROR, MM_ERROR_UNSUPPORTED,
                     source ? _("The source account has no %s. Leave them out.")
                            : _("The destination account cannot take %s. Leave them out."),
                     mm_kind_get_title (kind));
        return FALSE;
      }
  if (*kinds != 0)
    return TRUE;
  set_side (self, MM_SIDE_BOTH);
  g_set_error_literal (error, MM_ERROR, MM_ERROR_UNSUPPORTED,
                       _("There is nothing that both accounts can hold."));
  return FALSE;
}

gboolean
_mm_migration_check_thread (gpointer       user_data,
                            GCancellable  *cancellable,
                            GError       **error)
{
  MmMigration *self = user_data;
  MmKindSet kinds;
  gboolean ok = open_both (self, cancellable, error) && choose_kinds (self, &kinds, error);

  close_both (self);
  return ok;
}

static void
fill_urls (GPtrArray   *services,
           char      ***urls)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();

  for (guint i = 0; i < services->len; i++)
    {
      g_autofree char *url = mm_service_to_url (g_ptr_array_index (services, i));

      g_strv_builder_add (builder, url);
    }
  *urls = g_strv_builder_end (builder);
}

static void
fill_info (MmMigration   *self,
           MmKindSet      kinds,
           MmJournalInfo *info)
{
  info->id = g_strdup ("preview");
  info->source_address = g_strdup (mm_account_get_address (self->source));
  info->destination_address = g_strdup (mm_account_get_address (self->destination));
  fill_urls (self->source->services, &info->source_urls);
  fill_urls (self->destination->services, &info->destination_urls);
  info->kinds = kinds;
  info->folders = g_strdupv (self->folders);
  info->state = MM_STATE_RUNNING;
  info->created = g_get_real_time () / G_USEC_PER_SEC;
}

gboolean
_mm_migration_preview_thread (gpointer       user_data,
                              GCancellable  *cancellable,
                              GError       **error)
{
  MmMigration *self = user_data;
  g_auto (MmJournalInfo) info = { 0 };
  MmRun run = { 0 };
  MmKindSet kinds;

  if (!open_both (self, cancellable, error) || !choose_kinds (self, &kinds, error))
    {
      close_both (self);
      return FALSE;
    }
  fill_info (self, kinds, &info);
  run = self->run;
  run.progress = self->progress;
  run.folders = self->folders;
  run.stop = cancellable;
  run.journal = mm_journal_create (NULL, &info, error);
  g_clear_pointer (&self->plans, g_ptr_array_unref);
  if (run.journal != NULL)
    self->plans = mm_migrate_preview (&run, kinds, error);
  g_clear_object (&run.journal);
  close_both (self);
  return self->plans != NULL;
}

static void
pulse_cb (gpointer user_data)
{
  MmMigration *self = user_data;
  MmRequest request = mm_journal_get_request (self->run.journal);
  g_autoptr (GPtrArray) stages = mm_progress_list_stages (self->progress);
  MmState state;

  if (request == MM_REQUEST_STOP)
    mm_migration_stop (self);
  else if (request == MM_REQUEST_CANCEL)
    mm_migration_cancel (self);
  g_mutex_lock (&self->lock);
  state = self->report->state;
  g_mutex_unlock (&self->lock);
  mm_journal_begin (self->run.journal);
  mm_journal_put_state (self->run.journal, state, 0);
  for (guint i = 0; i < stages->len; i++)
    mm_journal_put_stage (self->run.journal, g_ptr_array_index (stages, i));
  /* Only for those who watch: a failure shows where the work itself writes. */
  mm_journal_commit (self->run.journal, NULL);
}

/* Writes down how it ended and makes the report that stays. */
static void
finish_report (MmMigration *self,
               MmState      state)
{
  g_autoptr (GPtrArray) stages = mm_progress_list_stages (self->progress);
  g_autoptr (GError) error = NULL;
  gint64 now = g_get_real_time () / G_USEC_PER_SEC;
  MmReport *report;
  gint64 after = 0;
  /* The 48 hours run from the end of the copying, not of a rollback. */
  gboolean keeps_end = self->run.source == NULL;

  mm_journal_begin (self->run.journal);
  mm_journal_put_state (self->run.journal, state, keeps_end ? 0 : now);
  mm_journal_put_request (self->run.journal, MM_REQUEST_NONE);
  for (guint i = 0; i < stages->len; i++)
    mm_journal_put_stage (self->run.journal, g_ptr_array_index (stages, i));
  if (!mm_journal_commit (self->run.journal, &error))
    g_warning ("%s", error->message);
  report = _mm_history_read (self->run.journal, FALSE, NULL);
  if (report != NULL)
    {
      report->state = state;
      report->problems = mm_journal_list_problems (self->run.journal, &after, 0);
      if (self->run.unrecorded != NULL)
        g_ptr_array_add (report->problems, g_steal_pointer (&self->run.unrecorded));
      g_clear_pointer (&report->stages, g_ptr_array_unref);
      report->stages = g_steal_pointer (&stages);
    }
  g_mutex_lock (&self->lock);
  if (report != NULL)
    {
      mm_report_free (self->report);
      self->report = report;
    }
  self->report->state = state;
  g_mutex_unlock (&self->lock);
}

static void
begin_work (MmMigration *self,
            MmState      state)
{
  g_autoptr (MmReport) report = _mm_history_read (self->run.journal, TRUE, NULL);

  self->run.progress = self->progress;
  self->run.folders = self->folders;
  g_mutex_lock (&self->lock);
  if (report != NULL)
    {
      mm_report_free (self->report);
      self->report = g_steal_pointer (&report);
    }
  self->report->state = state;
  self->report->can_resume = self->report->can_rollback = FALSE;
  self->begun = TRUE;
  g_mutex_unlock (&self->lock);
  mm_journal_begin (self->run.journal);
  mm_journal_put_state (self->run.journal, state, 0);
  mm_journal_put_request (self->run.journal, MM_REQUEST_NONE);
  mm_journal_commit (self->run.journal, NULL);
  mm_progress_touch (self->progress);
}

static void
end_work (MmMigration *self)
{
  gboolean begun;

  g_clear_object (&self->run.journal);
  g_clear_pointer (&self->run.unrecorded, mm_problem_free);
  close_both (self);
  if (self->lock_file >= 0)
    close (self->lock_file);
  self->lock_file = -1;
  g_mutex_lock (&self->lock);
  self->running = FALSE;
  begun = self->begun;
  self->begun = FALSE;
  g_mutex_unlock (&self->lock);
  if (begun)
    mm_progress_touch (self->progress);
}

/* The journal: a new one, or the one of the history. */
static gboolean
take_journal (MmMigration  *self,
              MmKindSet     kinds,
              GError      **error)
{
  g_auto (MmJournalInfo) info = { 0 };

  if (self->report->id != NULL)
    {
      self->run.journal = _mm_history_acquire (self->history, self->report->id,
                                               self->report->source_address, &self->lock_file,
                                               error);
      return self->run.journal != NULL;
    }
  fill_info (self, kinds, &info);
  self->run.journal = _mm_history_create (self->history, &info, &self->lock_file, error);
  return self->run.journal != NULL;
}

/* What was rolled back is not copied again under the same ID: the journal would no longer tell
 * what was there before. */
static gboolean
may_run (MmMigration  *self,
         GError      **error)
{
  g_autoptr (MmReport) report = _mm_history_read (self->run.journal, FALSE, error);

  if (report == NULL || report->can_resume)
    return report != NULL;
  g_set_error_literal (error, MM_ERROR, MM_ERROR_UNSUPPORTED,
                       _("This migration was rolled back, so it cannot be resumed. Start a new "
                         "one."));
  return FALSE;
}

gboolean
_mm_migration_run_thread (gpointer       user_data,
                          GCancellable  *cancellable,
                          GError       **error)
{
  MmMigration *self = user_data;
  gboolean again = self->report->id != NULL;
  MmKindSet kinds;
  MmPulse *pulse;
  MmState state;

  if (!open_both (self, self->run.stop, error) || !choose_kinds (self, &kinds, error) ||
      !take_journal (self, kinds, error) || !may_run (self, error))
    {
      end_work (self);
      return FALSE;
    }
  begin_work (self, MM_STATE_RUNNING);
  pulse = mm_worker_begin_pulse (PULSE_MS, pulse_cb, self);
  state = mm_migrate (&self->run, kinds, again);
  mm_worker_end_pulse (pulse);
  finish_report (self, state);
  end_work (self);
  return TRUE;
}

static gboolean
may_roll_back (MmMigration  *self,
               GError      **error)
{
  g_autoptr (MmReport) report = _mm_history_read (self->run.journal, FALSE, error);

  if (report == NULL || report->can_rollback)
    return report != NULL;
  g_set_error_literal (error, MM_ERROR, MM_ERROR_UNSUPPORTED,
                       _("The 48 hours in which this migration could be rolled back are over."));
  return FALSE;
}

gboolean
_mm_migration_rollback_thread (gpointer       user_data,
                               GCancellable  *cancellable,
                               GError       **error)
{
  MmMigration *self = user_data;
  MmPulse *pulse;
  MmState state;

  set_side (self, MM_SIDE_NONE);
  if (self->report->state == MM_STATE_ROLLED_BACK)
    {
      end_work (self);
      return TRUE;
    }
  if (!take_journal (self, 0, error) || !may_roll_back (self, error))
    {
      end_work (self);
      return FALSE;
    }
  self->run.destination = mm_endpoint_new (self->factory, self->destination,
                                           self->destination_credentials);
  if (!mm_endpoint_open (self->run.destination, self->run.stop, error))
    {
      set_side (self, MM_SIDE_DESTINATION);
      end_work (self);
      return FALSE;
    }
  begin_work (self, MM_STATE_ROLLING_BACK);
  pulse = mm_worker_begin_pulse (PULSE_MS, pulse_cb, self);
  state = mm_migrate_back (&self->run);
  mm_worker_end_pulse (pulse);
  finish_report (self, state);
  end_work (self);
  return TRUE;
}
