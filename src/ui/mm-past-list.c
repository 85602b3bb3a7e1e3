/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ui/mm-past-list.h"

#include "ui/mm-report-item.h"

#define POLL_SECONDS 2

struct _MmPastList
{
  GObject parent_instance;

  MmRunner *runner;
  gulong runner_handler;
  GPtrArray *items; /* (element-type MmReportItem) */
  GError *error;

  guint poll_source;
  gboolean reading;
  gboolean again; /* something changed while reading */
};

static void list_model_init (GListModelInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (MmPastList, mm_past_list, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, list_model_init))

enum
{
  LOADED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

static void
mm_past_list_dispose (GObject *object)
{
  MmPastList *self = MM_PAST_LIST (object);

  g_clear_handle_id (&self->poll_source, g_source_remove);
  g_clear_signal_handler (&self->runner_handler, self->runner);
  g_clear_object (&self->runner);
  g_clear_error (&self->error);

  G_OBJECT_CLASS (mm_past_list_parent_class)->dispose (object);
}

static void
mm_past_list_finalize (GObject *object)
{
  MmPastList *self = MM_PAST_LIST (object);

  g_clear_pointer (&self->items, g_ptr_array_unref);

  G_OBJECT_CLASS (mm_past_list_parent_class)->finalize (object);
}

static void
mm_past_list_class_init (MmPastListClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = mm_past_list_dispose;
  object_class->finalize = mm_past_list_finalize;

  signals[LOADED] = g_signal_new ("loaded", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0,
                                  NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
mm_past_list_init (MmPastList *self)
{
  self->items = g_ptr_array_new_with_free_func (g_object_unref);
}

static GType
get_item_type (GListModel *model)
{
  return MM_TYPE_REPORT_ITEM;
}

static guint
get_n_items (GListModel *model)
{
  return MM_PAST_LIST (model)->items->len;
}

static gpointer
get_item (GListModel *model,
          guint       position)
{
  MmPastList *self = MM_PAST_LIST (model);

  if (position >= self->items->len)
    return NULL;

  return g_object_ref (g_ptr_array_index (self->items, position));
}

static void
list_model_init (GListModelInterface *iface)
{
  iface->get_item_type = get_item_type;
  iface->get_n_items = get_n_items;
  iface->get_item = get_item;
}

static gboolean
has_same_ids (MmPastList *self,
              GPtrArray     *reports)
{
  if (reports->len != self->items->len)
    return FALSE;

  for (guint i = 0; i < reports->len; i++)
    {
      const MmReport *old = mm_report_item_get_report (g_ptr_array_index (self->items, i));
      const MmReport *report = g_ptr_array_index (reports, i);

      if (g_strcmp0 (old->id, report->id) != 0)
        return FALSE;
    }

  return TRUE;
}

/* Rows that stay keep focus and place: only another set of migrations makes new ones. */
static void
take_reports (MmPastList *self,
              GPtrArray     *reports)
{
  guint n_before = self->items->len;

  if (has_same_ids (self, reports))
    {
      for (guint i = 0; i < reports->len; i++)
        mm_report_item_set_report (g_ptr_array_index (self->items, i),
                                   g_ptr_array_index (reports, i));
      return;
    }

  g_ptr_array_set_size (self->items, 0);
  for (guint i = 0; i < reports->len; i++)
    g_ptr_array_add (self->items, mm_report_item_new (g_ptr_array_index (reports, i)));

  g_list_model_items_changed (G_LIST_MODEL (self), 0, n_before, reports->len);
}

static void
read_in_thread (GTask        *task,
                gpointer      source_object,
                gpointer      task_data,
                GCancellable *cancellable)
{
  GError *error = NULL;
  GPtrArray *reports = mm_history_list (task_data, &error);

  if (reports == NULL)
    g_task_return_error (task, error);
  else
    g_task_return_pointer (task, reports, (GDestroyNotify) g_ptr_array_unref);
}

static void read_history (MmPastList *self);

static void
read_cb (GObject      *source,
         GAsyncResult *result,
         gpointer      user_data)
{
  MmPastList *self = MM_PAST_LIST (source);
  g_autoptr(GPtrArray) reports = NULL;

  g_clear_error (&self->error);
  reports = g_task_propagate_pointer (G_TASK (result), &self->error);
  self->reading = FALSE;

  if (reports != NULL)
    take_reports (self, reports);

  g_signal_emit (self, signals[LOADED], 0);

  if (self->again)
    read_history (self);
}

static void
read_history (MmPastList *self)
{
  g_autoptr(GTask) task = NULL;

  self->again = self->reading;
  if (self->reading)
    return;

  self->reading = TRUE;
  task = g_task_new (self, NULL, read_cb, NULL);
  g_task_set_source_tag (task, read_history);
  g_task_set_task_data (task, g_object_ref (mm_runner_get_history (self->runner)), g_object_unref);
  g_task_run_in_thread (task, read_in_thread);
}

static gboolean
poll_cb (gpointer user_data)
{
  MmPastList *self = user_data;

  if (!self->reading)
    read_history (self);

  return G_SOURCE_CONTINUE;
}

MmPastList *
mm_past_list_new (MmRunner *runner)
{
  MmPastList *self;

  g_return_val_if_fail (MM_IS_RUNNER (runner), NULL);

  self = g_object_new (MM_TYPE_PAST_LIST, NULL);
  self->runner = g_object_ref (runner);
  self->runner_handler = g_signal_connect_swapped (runner, "changed", G_CALLBACK (read_history),
                                                   self);
  read_history (self);
  return self;
}

void
mm_past_list_set_active (MmPastList *self,
                            gboolean       active)
{
  g_return_if_fail (MM_IS_PAST_LIST (self));

  g_clear_handle_id (&self->poll_source, g_source_remove);

  if (active)
    {
      self->poll_source = g_timeout_add_seconds (POLL_SECONDS, poll_cb, self);
      poll_cb (self);
    }
}

const GError *
mm_past_list_get_error (MmPastList *self)
{
  g_return_val_if_fail (MM_IS_PAST_LIST (self), NULL);
  return self->error;
}

const MmReport *
mm_past_list_get_interrupted (MmPastList *self,
                                 guint         *n)
{
  const MmReport *newest = NULL;
  guint count = 0;

  g_return_val_if_fail (MM_IS_PAST_LIST (self), NULL);

  for (guint i = 0; i < self->items->len; i++)
    {
      const MmReport *report = mm_report_item_get_report (g_ptr_array_index (self->items, i));

      if (report->state != MM_STATE_INTERRUPTED)
        continue;

      count++;
      if (newest == NULL)
        newest = report;
    }

  if (n != NULL)
    *n = count;

  return newest;
}
