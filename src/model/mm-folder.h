/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>
#include "model/mm-kind.h"
#include "model/mm-role.h"

G_BEGIN_DECLS

/**
 * MmFolder:
 *
 * One folder of one kind as a store listed it: a mail folder, a calendar, an address book, a
 * task list, or the one settings folder. A plain value: filled in by whoever makes it, not
 * changed once others hold a reference. Atomically reference counted.
 */
typedef struct
{
  MmKind kind;

  /* The store's own key (IMAP: the mailbox name as on the wire; DAV: href). Opaque to everyone
   * else; NULL in a folder that is yet to be created. */
  char *id;

  /* Names from the top, UTF-8, without the server's namespace prefix. The inbox is {"INBOX"}. */
  char **path;

  MmRole role;
  gboolean role_is_certain; /* the server said the role; FALSE: guessed by name */

  gboolean selectable; /* can hold items; FALSE for a mere level of the tree */
  gboolean subscribed;

  /* Hints, -1 when not known without opening the folder. */
  gint64 n_items;
  gint64 n_bytes;

  /* Opaque mark of the folder's present end: list_items (…, since = position) lists what came
   * later (IMAP: "UIDVALIDITY:UIDNEXT"). NULL when not known. */
  char *position;

  /*< private >*/
  gatomicrefcount ref_count;
} MmFolder;

/* An empty selectable folder of @kind at @path (copied). */
MmFolder *mm_folder_new   (MmKind             kind,
                           const char *const *path);
MmFolder *mm_folder_ref   (MmFolder *self);
void      mm_folder_unref (MmFolder *self);
MmFolder *mm_folder_copy  (const MmFolder *self);

/* The path for people, JSON and database: components joined by '/'. A '/' inside a component is
 * written as it is, hence not a key. (transfer full) */
char *mm_folder_get_display_path (const MmFolder *self);

/* The same for a bare path; "" for NULL. (transfer full) */
char *mm_path_to_display (const char *const *path);

gboolean mm_path_equal (const char *const *a,
                        const char *const *b);

/* TRUE when @path is @ancestor or lies below it. */
gboolean mm_path_is_within (const char *const *path,
                            const char *const *ancestor);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MmFolder, mm_folder_unref)

G_END_DECLS
