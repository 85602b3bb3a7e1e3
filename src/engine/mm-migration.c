/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/mm-migration.h"

#include <glib/gi18n-lib.h>
#include <unistd.h>

#include "engine/mm-history-private.h"
#include "engine/mm-migrate.h"
#include "engine/mm-worker.h"

/* How often another process's wish is looked at, and the counts are written for it. */
#define PULSE_MS 500

struct _MmMigration
{
  GObject parent_instance;

  MmHistory *history;
  MmStoreFactory factory;
  MmAccount *source;
  MmAccount *destination;
  MmCredentials *source_credentials;
  MmCredentials *destination_credentials;
  MmKindSet kinds;
  char **folders;

  MmProgress *progress;
  MmRun run;
  int lock_file;
  GPtrArray *plans;      /* of the last preview */
  MmKindSet offered;

  GMutex lock;           /* what follows is shared with the threads */
  MmReport *report;      /* without stages while running */
  MmSide error_side;
  gboolean running;
  gboolean begun;        /* there is something to tell of this run */
};

enum
{
  CHANGED,
  PROBLEM,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (MmMigration, mm_migration, G_TYPE_OBJECT)

static void
mm_migration_dispose (GObject *object)
{
  MmMigration *self = MM_MIGRATION (object);

  if (self->progress != NULL)
    mm_progress_close (self->progress);

  G_OBJECT_CLASS (mm_migration_parent_class)->dispose (object);
}

static void
mm_migration_finalize (GObject *object)
{
  MmMigration *self = MM_MIGRATION (object);

  g_clear_object (&self->history);
  g_clear_pointer (&self->source, mm_account_free);
  g_clear_pointer (&self->destination, mm_account_free);
  g_clear_pointer (&self->source_credentials, mm_credentials_unref);
  g_clear_pointer (&self->destination_credentials, mm_credentials_unref);
  g_clear_pointer (&self->folders, g_strfreev);
  g_clear_pointer (&self->progress, mm_progress_unref);
  g_clear_pointer (&self->plans, g_ptr_array_unref);
  g_clear_pointer (&self->report, mm_report_free);
  g_clear_object (&self->run.stop);
  g_mutex_clear (&self->lock);

  G_OBJECT_CLASS (mm_migration_parent_class)->finalize (object);
}

static void
mm_migration_class_init (MmMigrationClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = mm_migration_dispose;
  object_class->finalize = mm_migration_finalize;

  signals[CHANGED] = g_signal_new ("changed", MM_TYPE_MIGRATION, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                   NULL, G_TYPE_NONE, 0);
  signals[PROBLEM] = g_signal_new ("problem", MM_TYPE_MIGRATION, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                   NULL, G_TYPE_NONE, 1, G_TYPE_POINTER);
}

static void
progress_cb (GPtrArray *problems,
             gpointer   user_data)
{
  MmMigration *self = user_data;
  g_autoptr (MmMigration) alive = g_object_ref (self);

  for (guint i = 0; i < problems->len; i++)
    g_signal_emit (self, signals[PROBLEM], 0, g_ptr_array_index (problems, i));
  g_signal_emit (self, signals[CHANGED], 0);
}

static void
mm_migration_init (MmMigration *self)
{
  g_mutex_init (&self->lock);
  self->lock_file = -1;
  self->progress = mm_progress_new (progress_cb, self);
  self->run.stop = g_cancellable_new ();
  self->report = g_new0 (MmReport, 1);
  self->report->state = MM_STATE_WAITING;
  self->report->stages = g_ptr_array_new_with_free_func (g_free);
}

static MmCredentials *
ref_credentials (MmCredentials *credentials)
{
  return credentials != NULL ? mm_credentials_ref (credentials) : NULL;
}

MmMigration *
mm_migration_new (MmHistory          *history,
                  MmStoreFactory      factory,
                  const MmAccount    *source,
                  const MmAccount    *destination,
                  MmCredentials      *source_credentials,
                  MmCredentials      *destination_credentials,
                  MmKindSet           kinds,
                  const char *const  *folders)
{
  MmMigration *self;

  g_return_val_if_fail (MM_IS_HISTORY (history), NULL);
  g_return_val_if_fail (source != NULL && destination != NULL, NULL);

  self = g_object_new (MM_TYPE_MIGRATION, NULL);
  self->history = g_object_ref (history);
  self->factory = factory;
  self->source = mm_account_copy (source);
  self->destination = mm_account_copy (destination);
  self->source_credentials = ref_credentials (source_credentials);
  self->destination_credentials = ref_credentials (destination_credentials);
  self->kinds = kinds;
  self->folders = g_strdupv ((char **) folders);
  self->report->source_address = g_strdup (mm_account_get_address (source));
  self->report->destination_address = g_strdup (mm_account_get_address (destination));
  self->report->source_url = mm_service_to_url (g_ptr_array_index (source->services, 0));
  self->report->destination_url = mm_service_to_url (g_ptr_array_index (destination->services, 0));
  return self;
}

static MmAccount *
make_account (const char  *address,
              char       **urls,
              GError     **error)
{
  g_autoptr (MmAccount) account = mm_account_new (address);

  for (char **url = urls; url != NULL && *url != NULL; url++)
    {
      MmService *service = mm_service_parse (*url, error);

      if (service == NULL)
        return NULL;
      mm_account_add_service (account, service);
    }
  return g_steal_pointer (&account);
}

static gboolean
load_info (MmMigration  *self,
           const char   *id,
           const char   *address,
           GError      **error)
{
  g_autoptr (MmJournal) journal = NULL;
  g_auto (MmJournalInfo) info = { 0 };

  mm_report_free (self->report);
  self->report = mm_history_find (self->history, id, address, error);
  if (self->report == NULL)
    return FALSE;
  journal = _mm_history_open (self->history, id, address, error);
  if (journal == NULL || !mm_journal_get_info (journal, &info, error))
    return FALSE;
  self->kinds = info.kinds;
  self->folders = g_steal_pointer (&info.folders);
  self->source = make_account (info.source_address, info.source_urls, error);
  self->destination = self->source != NULL
    ? make_account (info.destination_address, info.destination_urls, error) : NULL;
  return self->destination != NULL;
}

MmMigration *
mm_migration_open (MmHistory       *history,
                   MmStoreFactory   factory,
                   const char      *id,
                   const char      *address,
                   MmCredentials   *source_credentials,
                   MmCredentials   *destination_credentials,
                   GError         **error)
{
  g_autoptr (MmMigration) self = NULL;

  g_return_val_if_fail (MM_IS_HISTORY (history), NULL);

  self = g_object_new (MM_TYPE_MIGRATION, NULL);
  self->history = g_object_ref (history);
  self->factory = factory;
  self->source_credentials = ref_credentials (source_credentials);
  self->destination_credentials = ref_credentials (destination_credentials);
  return load_info (self, id, address, error) ? g_steal_pointer (&self) : NULL;
}

const char *
mm_side_to_nick (MmSide side)
{
  static const char *const nicks[] = { "none", "source", "destination", "both" };

  g_return_val_if_fail (side < G_N_ELEMENTS (nicks), NULL);

  return nicks[side];
}

MmSide
mm_migration_get_error_side (MmMigration *self)
{
  g_autoptr (GMutexLocker) locker = NULL;

  g_return_val_if_fail (MM_IS_MIGRATION (self), MM_SIDE_NONE);

  locker = g_mutex_locker_new (&self->lock);
  return self->error_side;
}

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

static gboolean
check_thread (gpointer       user_data,
              GCancellable  *cancellable,
              GError       **error)
{
  MmMigration *self = user_data;
  MmKindSet kinds;
  gboolean ok = open_both (self, cancellable, error) && choose_kinds (self, &kinds, error);

  close_both (self);
  return ok;
}

void
mm_migration_check_async (MmMigration          *self,
                          GCancellable         *cancellable,
                          GAsyncReadyCallback   callback,
                          gpointer              user_data)
{
  g_return_if_fail (MM_IS_MIGRATION (self));
  g_return_if_fail (!mm_migration_is_running (self));

  mm_worker_run_async (self, mm_migration_check_async, check_thread, self, cancellable, callback,
                       user_data);
}

gboolean
mm_migration_check_finish (MmMigration   *self,
                           GAsyncResult  *result,
                           MmKindSet     *offered,
                           GError       **error)
{
  g_return_val_if_fail (MM_IS_MIGRATION (self), FALSE);

  if (!mm_worker_run_finish (self, mm_migration_check_async, result, error))
    return FALSE;
  if (offered != NULL)
    *offered = self->offered;
  return TRUE;
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

static gboolean
preview_thread (gpointer       user_data,
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

void
mm_migration_preview_async (MmMigration          *self,
                            GCancellable         *cancellable,
                            GAsyncReadyCallback   callback,
                            gpointer              user_data)
{
  g_return_if_fail (MM_IS_MIGRATION (self));
  g_return_if_fail (!mm_migration_is_running (self));

  mm_worker_run_async (self, mm_migration_preview_async, preview_thread, self, cancellable,
                       callback, user_data);
}

GPtrArray *
mm_migration_preview_finish (MmMigration   *self,
                             GAsyncResult  *result,
                             GError       **error)
{
  g_return_val_if_fail (MM_IS_MIGRATION (self), NULL);

  if (!mm_worker_run_finish (self, mm_migration_preview_async, result, error))
    return NULL;
  return g_steal_pointer (&self->plans);
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

static gboolean
run_thread (gpointer       user_data,
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

static void
start (MmMigration *self)
{
  g_mutex_lock (&self->lock);
  self->running = TRUE;
  g_mutex_unlock (&self->lock);
  g_cancellable_reset (self->run.stop);
  g_atomic_int_set (&self->run.cancelled, 0);
}

void
mm_migration_run_async (MmMigration          *self,
                        GAsyncReadyCallback   callback,
                        gpointer              user_data)
{
  g_return_if_fail (MM_IS_MIGRATION (self));
  g_return_if_fail (!mm_migration_is_running (self));

  start (self);
  mm_worker_run_async (self, mm_migration_run_async, run_thread, self, NULL, callback, user_data);
}

gboolean
mm_migration_run_finish (MmMigration   *self,
                         GAsyncResult  *result,
                         GError       **error)
{
  g_return_val_if_fail (MM_IS_MIGRATION (self), FALSE);

  mm_progress_flush (self->progress);
  return mm_worker_run_finish (self, mm_migration_run_async, result, error);
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

static gboolean
rollback_thread (gpointer       user_data,
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

void
mm_migration_rollback_async (MmMigration          *self,
                             GAsyncReadyCallback   callback,
                             gpointer              user_data)
{
  g_return_if_fail (MM_IS_MIGRATION (self));
  g_return_if_fail (!mm_migration_is_running (self));
  g_return_if_fail (self->report->id != NULL);

  start (self);
  mm_worker_run_async (self, mm_migration_rollback_async, rollback_thread, self, NULL, callback,
                       user_data);
}

gboolean
mm_migration_rollback_finish (MmMigration   *self,
                              GAsyncResult  *result,
                              GError       **error)
{
  g_return_val_if_fail (MM_IS_MIGRATION (self), FALSE);

  mm_progress_flush (self->progress);
  return mm_worker_run_finish (self, mm_migration_rollback_async, result, error);
}

void
mm_migration_count_rollback (MmMigration *self,
                             guint64     *items,
                             guint64     *folders)
{
  g_autoptr (MmJournal) journal = NULL;
  g_autoptr (MmReport) report = mm_migration_get_report (self);

  *items = *folders = 0;
  if (report->id == NULL)
    return;
  journal = _mm_history_open (self->history, report->id, report->source_address, NULL);
  for (guint kind = 0; journal != NULL && kind < MM_N_KINDS; kind++)
    {
      g_autoptr (GPtrArray) rows = mm_journal_list_folders (journal, kind);

      for (guint i = 0; i < rows->len; i++)
        {
          MmJournalFolder *folder = g_ptr_array_index (rows, i);

          *folders += folder->created == MM_EFFECT_DONE && folder->source_id != NULL;
          *items += mm_journal_count_items (journal, folder->id, MM_ITEM_STATE_BIT (MM_ITEM_DONE),
                                            NULL);
        }
    }
}

void
mm_migration_cancel (MmMigration *self)
{
  g_return_if_fail (MM_IS_MIGRATION (self));

  g_atomic_int_set (&self->run.cancelled, 1);
  g_mutex_lock (&self->lock);
  if (self->running && self->report->state == MM_STATE_RUNNING)
    self->report->state = MM_STATE_CANCELLING;
  g_mutex_unlock (&self->lock);
  mm_progress_touch (self->progress);
}

void
mm_migration_stop (MmMigration *self)
{
  g_return_if_fail (MM_IS_MIGRATION (self));

  g_cancellable_cancel (self->run.stop);
}

gboolean
mm_migration_is_running (MmMigration *self)
{
  g_autoptr (GMutexLocker) locker = NULL;

  g_return_val_if_fail (MM_IS_MIGRATION (self), FALSE);

  locker = g_mutex_locker_new (&self->lock);
  return self->running;
}

MmReport *
mm_migration_get_report (MmMigration *self)
{
  g_autoptr (GMutexLocker) locker = NULL;
  MmReport *report;

  g_return_val_if_fail (MM_IS_MIGRATION (self), NULL);

  locker = g_mutex_locker_new (&self->lock);
  report = mm_report_copy (self->report);
  if (report->problems == NULL)
    {
      g_ptr_array_unref (report->stages);
      report->stages = mm_progress_list_stages (self->progress);
    }
  return report;
}
