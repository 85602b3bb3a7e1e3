/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/mm-migration.h"

#include "engine/mm-history-private.h"
#include "engine/mm-migration-private.h"
#include "engine/mm-worker.h"

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

void
mm_migration_check_async (MmMigration          *self,
                          GCancellable         *cancellable,
                          GAsyncReadyCallback   callback,
                          gpointer              user_data)
{
  g_return_if_fail (MM_IS_MIGRATION (self));
  g_return_if_fail (!mm_migration_is_running (self));

  mm_worker_run_async (self, mm_migration_check_async, _mm_migration_check_thread, self,
                       cancellable, callback, user_data);
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

void
mm_migration_preview_async (MmMigration          *self,
                            GCancellable         *cancellable,
                            GAsyncReadyCallback   callback,
                            gpointer              user_data)
{
  g_return_if_fail (MM_IS_MIGRATION (self));
  g_return_if_fail (!mm_migration_is_running (self));

  mm_worker_run_async (self, mm_migration_preview_async, _mm_migration_preview_thread, self,
                       cancellable, callback, user_data);
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
  mm_worker_run_async (self, mm_migration_run_async, _mm_migration_run_thread, self, NULL, callback,
                       user_data);
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

void
mm_migration_rollback_async (MmMigration          *self,
                             GAsyncReadyCallback   callback,
                             gpointer              user_data)
{
  g_return_if_fail (MM_IS_MIGRATION (self));
  g_return_if_fail (!mm_migration_is_running (self));
  g_return_if_fail (self->report->id != NULL);

  start (self);
  mm_worker_run_async (self, mm_migration_rollback_async, _mm_migration_rollback_thread, self,
                       NULL, callback, user_data);
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
