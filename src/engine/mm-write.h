/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/mm-queue.h"
#include "engine/mm-run.h"

G_BEGIN_DECLS

/*
 * The writing end of a lane: takes entries from the queue, writes their intents into the journal,
 * stores them in chunks as the destination likes them, and writes down what became of them.
 */

/* An entry of the queue. @folder: borrowed for as long as the stage; @item, @row: (transfer full). */
gpointer mm_write_entry_new  (MmJournalFolder *folder,
                              MmItem          *item,
                              MmJournalItem   *row);
void     mm_write_entry_free (gpointer entry);

/* Until the queue ends. FALSE with an error that ends the stage; what was sent without an answer
 * then stays an intent, what was not sent is planned again. */
gboolean mm_write_queue (MmStage  *stage,
                         MmStore  *store,
                         MmQueue  *queue,
                         GError  **error);

G_END_DECLS
