/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "mm-script-server.h"
#include "model/mm-store.h"

G_BEGIN_DECLS

/* An IMAP store against a scripted server. */

#define FIXTURE_PASSWORD "p\"w\\ord"

/* The greeting, a LOGIN and what is asked after it, with these capabilities beside IMAP4rev1 and
 * NAMESPACE. */
void fixture_add_open (MmScriptServer *server,
                       const char     *capabilities);

/* The answer to a SELECT or EXAMINE of a mailbox with @exists messages; permits all keywords. */
void fixture_add_select (MmScriptServer *server,
                         const char     *verb,
                         guint           exists,
                         guint           uidnext);

/* A store for the server, not opened, without the wrapper that tries again. (transfer full) */
MmStore *fixture_store_new (MmScriptServer *server);

/* Starts the script and opens. (transfer full) */
MmStore *fixture_open (MmScriptServer *server);

/* The folder "Work" of UIDVALIDITY 9. (transfer full) */
MmFolder *fixture_folder_new (void);

/* A message of exactly @length bytes (at least 40) numbered @n, dated 1-Jan-2024. */
MmItem    *fixture_item_new (guint n,
                             gsize length);
GPtrArray *fixture_items_new (guint n_items,
                              gsize length);

/* References "9:UID"; UIDs end with 0. */
GPtrArray *fixture_references_new (guint uid,
                                   ...);

/* Ids of results, "-" for none, with blanks between. (transfer full) */
char *fixture_ids (GPtrArray *results);

void fixture_assert_says (const GError *error,
                          const char   *part);

G_END_DECLS
