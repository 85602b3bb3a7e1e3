/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/*
 * The one file that makes threads. Everything else in the engine either blocks in one of them or
 * runs in the main context.
 */

/* Runs @func in a thread of its own; @callback is called in the caller's main context. The
 * result is g_task_propagate_boolean ()'s. @task_tag tells the calls of one object apart. */
typedef gboolean (*MmWorkerFunc) (gpointer       user_data,
                                  GCancellable  *cancellable,
                                  GError       **error);
void mm_worker_run_async (gpointer              source_object,
                          gpointer              task_tag,
                          MmWorkerFunc          func,
                          gpointer              user_data,
                          GCancellable         *cancellable,
                          GAsyncReadyCallback   callback,
                          gpointer              callback_data);
gboolean mm_worker_run_finish (gpointer       source_object,
                               gpointer       task_tag,
                               GAsyncResult  *result,
                               GError       **error);

/* Calls @func (index, user_data) for 0 … @n - 1, each in a thread of its own, and waits for all. */
typedef void (*MmWorkerEachFunc) (guint    index,
                                  gpointer user_data);
void mm_worker_run_each (guint             n,
                         MmWorkerEachFunc  func,
                         gpointer          user_data);

/* Calls @func every @interval_ms in a thread of its own until mm_worker_end_pulse (). */
typedef struct _MmPulse MmPulse;
typedef void (*MmPulseFunc) (gpointer user_data);
MmPulse *mm_worker_begin_pulse (guint        interval_ms,
                                MmPulseFunc  func,
                                gpointer     user_data);
void     mm_worker_end_pulse   (MmPulse *pulse);

G_END_DECLS
