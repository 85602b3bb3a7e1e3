/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "stores/imap/mm-imap-delete.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "stores/imap/mm-imap-set.h"

/* One command names so many messages at most. */
#define SET_UIDS_MAX 1000
#define SET_LENGTH_MAX 7000

/* Bounds what a hostile answer can make us remember. */
#define SEARCH_MAX (4 * 1024 * 1024)

typedef struct
{
  MmImapSession *session;
  MmFolder *folder;
  GCancellable *cancellable;
  GArray *found; /* (element-type guint32), of the SEARCH under way */
} Deletion;

static gboolean
handle_search (MmImapSession         *session,
               const MmImapResponse  *response,
               gpointer               user_data,
               GError               **error)
{
  Deletion *self = user_data;
  guint64 number;

  if (!mm_imap_response_is (response, "SEARCH"))
    return TRUE;
  for (const MmImapNode *node = response->data; node != NULL; node = node->next)
    if (mm_imap_node_get_number (node, &number) && number > 0 && number <= G_MAXUINT32 &&
        self->found->len < SEARCH_MAX)
      {
        guint32 uid = (guint32) number;

        g_array_append_val (self->found, uid);
      }
  return TRUE;
}

static gboolean
check (Deletion       *self,
       MmImapCommand  *command,
       GError        **error)
{
  g_autofree char *path = NULL;
  g_autofree char *sentence = NULL;

  if (mm_imap_command_is_ok (command))
    return TRUE;
  path = mm_folder_get_display_path (self->folder);
  sentence = g_strdup_printf (_("Messages in the folder “%s” on %s cannot be deleted"), path,
                              mm_imap_session_get_host (self->session));
  g_propagate_error (error, mm_imap_command_get_error (command, MM_ERROR_REFUSED, sentence));
  return FALSE;
}

/* Which messages match, ascending. (transfer full) */
static GArray *
search (Deletion    *self,
        const char  *criteria,
        GError     **error)
{
  g_autoptr (GArray) found = g_array_new (FALSE, FALSE, sizeof (guint32));
  g_autoptr (MmImapCommand) command = NULL;

  self->found = found;
  mm_imap_session_set_handler (self->session, handle_search, self);
  command = mm_imap_session_run (self->session, self->cancellable, error, "UID SEARCH %s",
                                 criteria);
  mm_imap_session_set_handler (self->session, NULL, NULL);
  self->found = NULL;
  if (command == NULL || !check (self, command, error))
    return NULL;
  mm_imap_uids_sort (found);
  return g_steal_pointer (&found);
}

static GArray *
search_set (Deletion    *self,
            const char  *prefix,
            const char  *set,
            GError     **error)
{
  g_autofree char *criteria = g_strconcat (prefix, set, NULL);

  return search (self, criteria, error);
}

/* Buffers one command for every piece of @uids, whose answers are read later. */
static gboolean
send_set (Deletion    *self,
          GPtrArray   *commands,
          const char  *before,
          GArray      *uids,
          const char  *after,
          GError     **error)
{
  guint n;

  for (guint from = 0; from < uids->len; from += n)
    {
      g_autofree char *set = mm_imap_set_write (&g_array_index (uids, guint32, from),
                                                uids->len - from, SET_UIDS_MAX, SET_LENGTH_MAX, &n);
      MmImapCommand *command = mm_imap_session_send (self->session, self->cancellable, error,
                                                     "%s %s%s", before, set, after);

      if (command == NULL)
        return FALSE;
      g_ptr_array_add (commands, command);
    }
  return TRUE;
}

/* All must be read before the first refusal is reported. */
static gboolean
wait_all (Deletion   *self,
          GPtrArray  *commands,
          GError    **error)
{
  for (guint i = 0; i < commands->len; i++)
    if (!mm_imap_session_wait (self->session, commands->pdata[i], self->cancellable, error))
      return FALSE;
  for (guint i = 0; i < commands->len; i++)
    if (!check (self, commands->pdata[i], error))
      return FALSE;
  return TRUE;
}

static gboolean
for_set (Deletion    *self,
         const char  *before,
         GArray      *uids,
         const char  *after,
         GError     **error)
{
  g_autoptr (GPtrArray) commands = NULL;

  commands = g_ptr_array_new_with_free_func ((GDestroyNotify) mm_imap_command_unref);
  return send_set (self, commands, before, uids, after, error) &&
         wait_all (self, commands, error);
}

/* Deletes by UID EXPUNGE: what else carries \Deleted is out of reach. */
static gboolean
expunge_by_uid (Deletion  *self,
                GArray    *uids,
                GError   **error)
{
  g_autoptr (GPtrArray) commands = NULL;

  commands = g_ptr_array_new_with_free_func ((GDestroyNotify) mm_imap_command_unref);
  return send_set (self, commands, "UID STORE", uids, " +FLAGS.SILENT (\\Deleted)", error) &&
         send_set (self, commands, "UID EXPUNGE", uids, "", error) &&
         wait_all (self, commands, error);
}

static GArray *
without (GArray *all,
         GArray *some)
{
  GArray *rest = g_array_new (FALSE, FALSE, sizeof (guint32));

  for (guint i = 0; i < all->len; i++)
    if (!mm_imap_uids_contain (some, g_array_index (all, guint32, i)))
      g_array_append_val (rest, g_array_index (all, guint32, i));
  return rest;
}

static gboolean
run_plain (Deletion    *self,
           const char  *command,
           GError     **error)
{
  g_autoptr (MmImapCommand) done = mm_imap_session_run (self->session, self->cancellable, error,
                                                       "%s", command);

  return done != NULL && check (self, done, error);
}

/* Nobody else's message carries \Deleted: looked at once more between marking and EXPUNGE. */
static gboolean
expunge_all_marked (Deletion  *self,
                    GArray    *uids,
                    gboolean  *done,
                    GError   **error)
{
  g_autoptr (GArray) marked = NULL;
  g_autoptr (GArray) others = NULL;

  *done = FALSE;
  if (!for_set (self, "UID STORE", uids, " +FLAGS.SILENT (\\Deleted)", error))
    return FALSE;
  marked = search (self, "DELETED", error);
  if (marked == NULL)
    return FALSE;
  others = without (marked, uids);
  if (others->len > 0)
    return TRUE;
  *done = TRUE;
  return run_plain (self, "EXPUNGE", error);
}

static gboolean
send_plain (Deletion    *self,
            GPtrArray   *commands,
            const char  *verb,
            const char  *argument,
            GError     **error)
{
  MmImapCommand *command = mm_imap_session_send (self->session, self->cancellable, error, "%s %s",
                                                 verb, argument);

  if (command == NULL)
    return FALSE;
  g_ptr_array_add (commands, command);
  return TRUE;
}

/* Moves ours into a mailbox of their own, which is deleted with them (RFC 6851). All in one write:
 * the server does it to the end even when we are gone before it answers, and the mailbox does not
 * stay. When one step is refused the later ones find nothing to do. */
static gboolean
move_and_delete (Deletion     *self,
                 MmImapNames  *names,
                 GArray       *uids,
                 GError      **error)
{
  g_autofree char *component = g_strdup_printf ("mail-migrator-%08x%08x", g_random_int (),
                                                g_random_int ());
  const char *path[] = { component, NULL };
  g_autofree char *name = mm_imap_names_from_path (names, path, error);
  g_autofree char *quoted = name != NULL ? mm_imap_quote (name) : NULL;
  g_autofree char *target = g_strconcat (" ", quoted, NULL);
  g_autoptr (GPtrArray) commands = NULL;

  commands = g_ptr_array_new_with_free_func ((GDestroyNotify) mm_imap_command_unref);
  return name != NULL && send_plain (self, commands, "CREATE", quoted, error) &&
         send_set (self, commands, "UID MOVE", uids, target, error) &&
         send_plain (self, commands, "DELETE", quoted, error) && wait_all (self, commands, error);
}

/* Marks @uids and takes the mark off @others. Only when all of it is known to be done may EXPUNGE
 * follow: it would take what still carries a mark. */
static gboolean
mark_only (Deletion  *self,
           GArray    *uids,
           GArray    *others,
           GError   **error)
{
  g_autoptr (GPtrArray) commands = NULL;

  commands = g_ptr_array_new_with_free_func ((GDestroyNotify) mm_imap_command_unref);
  return send_set (self, commands, "UID STORE", uids, " +FLAGS.SILENT (\\Deleted)", error) &&
         send_set (self, commands, "UID STORE", others, " -FLAGS.SILENT (\\Deleted)", error) &&
         wait_all (self, commands, error);
}

/* The others get their marks back in the same write: the server does both even when we are gone
 * before it answers. */
static gboolean
expunge_and_mark (Deletion  *self,
                  GArray    *others,
                  GError   **error)
{
  g_autoptr (GPtrArray) commands = NULL;
  MmImapCommand *expunge = mm_imap_session_send (self->session, self->cancellable, error,
                                                 "EXPUNGE");

  if (expunge == NULL)
    return FALSE;
  commands = g_ptr_array_new_with_free_func ((GDestroyNotify) mm_imap_command_unref);
  g_ptr_array_add (commands, expunge);
  return send_set (self, commands, "UID STORE", others, " +FLAGS.SILENT (\\Deleted)", error) &&
         wait_all (self, commands, error);
}

/* That others are without their marks for one round trip is the lesser evil. */
static gboolean
expunge_around (Deletion  *self,
                GArray    *uids,
                GArray    *others,
                GError   **error)
{
  if (mark_only (self, uids, others, error))
    return expunge_and_mark (self, others, error);
  if (mm_imap_session_is_alive (self->session))
    for_set (self, "UID STORE", others, " +FLAGS.SILENT (\\Deleted)", NULL);
  return FALSE;
}

static gboolean
expunge_without_uidplus (Deletion     *self,
                         MmImapNames  *names,
                         GArray       *uids,
                         GError      **error)
{
  g_autoptr (GArray) marked = search (self, "DELETED", error);
  g_autoptr (GArray) others = NULL;
  gboolean done = FALSE;

  if (marked == NULL)
    return FALSE;
  others = without (marked, uids);
  if (others->len == 0 && !expunge_all_marked (self, uids, &done, error))
    return FALSE;
  if (done)
    return TRUE;
  if (mm_imap_session_has (self->session, "MOVE"))
    return move_and_delete (self, names, uids, error);
  if (others->len == 0)
    {
      /* somebody marked one in between */
      g_autoptr (GArray) again = search (self, "DELETED", error);

      if (again == NULL)
        return FALSE;
      g_clear_pointer (&others, g_array_unref);
      others = without (again, uids);
    }
  return expunge_around (self, uids, others, error);
}

static gboolean
open_folder (Deletion    *self,
             const char  *name,
             GError     **error)
{
  const MmImapMailbox *mailbox = mm_imap_session_get_mailbox (self->session);
  g_autofree char *path = mm_folder_get_display_path (self->folder);
  g_autoptr (MmImapCommand) command = NULL;
  GError *refusal;

  if (mailbox->is_open && !mailbox->read_only && strcmp (mailbox->name, name) == 0)
    return TRUE;
  command = mm_imap_session_send_select (self->session, name, FALSE, self->cancellable, error);
  if (command == NULL || !mm_imap_session_wait (self->session, command, self->cancellable, error))
    return FALSE;
  refusal = mm_imap_session_get_select_error (self->session, command, path);
  if (refusal == NULL)
    return TRUE;
  g_propagate_error (error, refusal);
  return FALSE;
}

/* The UIDs of the references of this life of the folder; the others FAILED. */
static GArray *
read_uids (Deletion  *self,
           GPtrArray *references,
           GPtrArray *results)
{
  const MmImapMailbox *mailbox = mm_imap_session_get_mailbox (self->session);
  GArray *uids = g_array_new (FALSE, FALSE, sizeof (guint32));
  g_autofree char *path = mm_folder_get_display_path (self->folder);

  for (guint i = 0; i < references->len; i++)
    {
      const MmReference *reference = references->pdata[i];
      MmResult *result = results->pdata[i];
      guint32 uidvalidity = 0, uid = 0;

      if (result->state != MM_RESULT_PENDING)
        continue;
      if (mm_imap_id_parse (reference->id, &uidvalidity, &uid) &&
          uidvalidity == mailbox->uidvalidity)
        g_array_append_val (uids, uid);
      else
        mm_result_fail (result, g_error_new (MM_ERROR, MM_ERROR_CHANGED,
                                             _("The folder “%s” on %s was made anew: which message "
                                               "this was can no longer be told."), path,
                                             mm_imap_session_get_host (self->session)));
    }
  mm_imap_uids_sort (uids);
  return uids;
}

/* Which of @uids there are. */
static GArray *
search_present (Deletion  *self,
                GArray    *uids,
                GError   **error)
{
  g_autoptr (GArray) present = g_array_new (FALSE, FALSE, sizeof (guint32));
  guint n;

  for (guint from = 0; from < uids->len; from += n)
    {
      g_autofree char *set = mm_imap_set_write (&g_array_index (uids, guint32, from),
                                                uids->len - from, SET_UIDS_MAX, SET_LENGTH_MAX, &n);
      g_autoptr (GArray) some = search_set (self, "UID ", set, error);

      if (some == NULL)
        return NULL;
      g_array_append_vals (present, some->data, some->len);
    }
  mm_imap_uids_sort (present);
  return g_steal_pointer (&present);
}

static void
set_states (GPtrArray     *references,
            GPtrArray     *results,
            GArray        *uids,
            gboolean       listed,
            MmResultState  from,
            MmResultState  to)
{
  for (guint i = 0; i < references->len; i++)
    {
      MmResult *result = results->pdata[i];
      guint32 uidvalidity, uid = 0;

      if (result->state == from &&
          mm_imap_id_parse (((MmReference *) references->pdata[i])->id, &uidvalidity, &uid) &&
          mm_imap_uids_contain (uids, uid) == listed)
        result->state = to;
    }
}

static void
fail_left (Deletion  *self,
           GPtrArray *results)
{
  for (guint i = 0; i < results->len; i++)
    {
      MmResult *result = results->pdata[i];

      if (result->state == MM_RESULT_UNKNOWN)
        mm_result_fail (result, g_error_new (MM_ERROR, MM_ERROR_REFUSED,
                                             _("The server %s kept the message although it said "
                                               "that it deleted it."),
                                             mm_imap_session_get_host (self->session)));
    }
}

static gboolean
delete_present (Deletion     *self,
                MmImapNames  *names,
                GArray       *present,
                GPtrArray    *references,
                GPtrArray    *results,
                GError      **error)
{
  g_autoptr (GArray) left = NULL;
  gboolean ok;

  if (present->len == 0)
    return TRUE;
  set_states (references, results, present, TRUE, MM_RESULT_PENDING, MM_RESULT_UNKNOWN);
  ok = mm_imap_session_has (self->session, "UIDPLUS")
         ? expunge_by_uid (self, present, error)
         : expunge_without_uidplus (self, names, present, error);
  if (!ok && !mm_imap_session_is_alive (self->session))
    return FALSE;
  /* what really went is what counts, also after a refusal half way */
  left = search_present (self, present, ok ? error : NULL);
  if (left == NULL)
    return FALSE;
  set_states (references, results, left, FALSE, MM_RESULT_UNKNOWN, MM_RESULT_CREATED);
  if (ok)
    fail_left (self, results);
  else
    set_states (references, results, left, TRUE, MM_RESULT_UNKNOWN, MM_RESULT_PENDING);
  return ok;
}

gboolean
mm_imap_delete_items (MmImapSession  *session,
                      MmImapNames    *names,
                      MmFolder       *folder,
                      const char     *name,
                      GPtrArray      *references,
                      GPtrArray      *results,
                      GCancellable   *cancellable,
                      GError        **error)
{
  Deletion self = { .session = session, .folder = folder, .cancellable = cancellable };
  g_autoptr (GArray) uids = NULL;
  g_autoptr (GArray) present = NULL;
  gboolean ok = TRUE;

  if (!open_folder (&self, name, error))
    return FALSE;
  uids = read_uids (&self, references, results);
  if (uids->len > 0)
    {
      present = search_present (&self, uids, error);
      ok = present != NULL;
      if (ok)
        set_states (references, results, present, FALSE, MM_RESULT_PENDING, MM_RESULT_EXISTED);
      ok = ok && delete_present (&self, names, present, references, results, error);
    }
  mm_imap_session_settle (session, cancellable);
  return ok;
}
