/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "stores/imap/mm-imap-folder.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "stores/imap/mm-imap-error.h"

/* What became of one folder of a list on its way. */
typedef struct
{
  char *name;              /* on the wire; NULL when it cannot be */
  MmImapCommand *command;  /* CREATE, DELETE, … */
  MmImapCommand *status;
  gboolean exists;         /* seen in a LIST */
  gboolean has_children;   /* seen in a LIST of what is below */
  gint64 n_items;          /* from STATUS; -1 */
} Job;

typedef struct
{
  GArray *jobs; /* (element-type Job), one for each folder */
  char delimiter;
} Jobs;

static void
job_clear (gpointer data)
{
  Job *job = data;

  g_free (job->name);
  g_clear_pointer (&job->command, mm_imap_command_unref);
  g_clear_pointer (&job->status, mm_imap_command_unref);
}

static void
jobs_clear (Jobs *jobs)
{
  g_clear_pointer (&jobs->jobs, g_array_unref);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Jobs, jobs_clear)

static Job *
get_job (Jobs  *jobs,
         guint  index)
{
  return &g_array_index (jobs->jobs, Job, index);
}

char *
mm_imap_folder_get_name (MmImapNames     *names,
                         const MmFolder  *folder,
                         GError         **error)
{
  if (folder->id != NULL)
    return g_strdup (folder->id);
  return mm_imap_names_from_path (names, (const char *const *) folder->path, error);
}

/* A job for each folder; those without a possible name FAILED. @by_path: ids are ignored. */
static void
jobs_init (Jobs        *jobs,
           MmImapNames *names,
           GPtrArray   *folders,
           gboolean     by_path,
           GPtrArray   *results)
{
  jobs->delimiter = mm_imap_names_get_delimiter (names);
  jobs->jobs = g_array_sized_new (FALSE, TRUE, sizeof (Job), folders->len);
  g_array_set_clear_func (jobs->jobs, job_clear);
  for (guint i = 0; i < folders->len; i++)
    {
      const MmFolder *folder = folders->pdata[i];
      GError *error = NULL;
      Job job = { .n_items = -1 };

      if (by_path)
        job.name = mm_imap_names_from_path (names, (const char *const *) folder->path, &error);
      else
        job.name = mm_imap_folder_get_name (names, folder, &error);
      if (job.name == NULL)
        mm_result_fail (results->pdata[i], error);
      g_array_append_val (jobs->jobs, job);
    }
}

/* Sends @verb for every folder that is PENDING and, when given, in @chosen. Each is UNKNOWN from
 * then on. */
static gboolean
send_each (MmImapSession  *session,
           Jobs           *jobs,
           const char     *verb,
           const gboolean *chosen,
           GPtrArray      *results,
           GCancellable   *cancellable,
           GError        **error)
{
  for (guint i = 0; i < jobs->jobs->len; i++)
    {
      MmResult *result = results->pdata[i];
      Job *job = get_job (jobs, i);
      g_autofree char *name = NULL;

      if (result->state != MM_RESULT_PENDING || (chosen != NULL && !chosen[i]))
        continue;
      name = mm_imap_quote (job->name);
      result->state = MM_RESULT_UNKNOWN;
      job->command = mm_imap_session_send (session, cancellable, error, "%s %s", verb, name);
      if (job->command == NULL)
        return FALSE;
    }
  return TRUE;
}

static gboolean
wait_each (MmImapSession  *session,
           Jobs           *jobs,
           GCancellable   *cancellable,
           GError        **error)
{
  for (guint i = 0; i < jobs->jobs->len; i++)
    {
      Job *job = get_job (jobs, i);

      if ((job->status != NULL &&
           !mm_imap_session_wait (session, job->status, cancellable, error)) ||
          (job->command != NULL &&
           !mm_imap_session_wait (session, job->command, cancellable, error)))
        return FALSE;
    }
  return TRUE;
}

static void
fail_job (MmImapSession       *session,
          const MmImapCommand *command,
          const MmFolder      *folder,
          const char          *format,
          MmResult            *result)
{
  g_autofree char *path = mm_folder_get_display_path (folder);
  g_autofree char *sentence = NULL;

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
  sentence = g_strdup_printf (format, path, mm_imap_session_get_host (session));
#pragma GCC diagnostic pop
  mm_result_fail (result, mm_imap_command_get_error (command, MM_ERROR_REFUSED, sentence));
}

static gboolean
is_same_name (const char *a,
              const char *b)
{
  return strcmp (a, b) == 0 ||
         (g_ascii_strcasecmp (a, "INBOX") == 0 && g_ascii_strcasecmp (b, "INBOX") == 0);
}

/* The number behind MESSAGES, wherever it stands among what the server adds unasked. */
static gboolean
read_messages (const MmImapNode *list,
               guint64          *number)
{
  const MmImapNode *item = list != NULL ? list->first : NULL;

  for (; item != NULL && item->next != NULL; item = item->next->next)
    if (mm_imap_node_is (item, "MESSAGES"))
      return mm_imap_node_get_number (item->next, number);
  return FALSE;
}

/* LIST and STATUS answers, matched by name: a pattern with '%' may find more than was asked. */
static gboolean
handle_answers (MmImapSession         *session,
                const MmImapResponse  *response,
                gpointer               user_data,
                GError               **error)
{
  Jobs *jobs = user_data;
  const MmImapNode *node = response->data;
  const char *name = NULL;
  guint64 number;

  if (mm_imap_response_is (response, "LIST") && node != NULL && node->next != NULL &&
      node->next->next != NULL)
    name = node->next->next->text;
  else if (mm_imap_response_is (response, "STATUS") && node != NULL)
    name = node->text;
  for (guint i = 0; name != NULL && i < jobs->jobs->len; i++)
    {
      Job *job = get_job (jobs, i);
      gsize length = job->name != NULL ? strlen (job->name) : 0;

      if (job->name == NULL)
        continue;
      if (mm_imap_response_is (response, "STATUS"))
        {
          if (is_same_name (job->name, name) && read_messages (node->next, &number))
            job->n_items = (gint64) number;
          continue;
        }
      if (is_same_name (job->name, name))
        {
          job->exists = TRUE;
          for (const MmImapNode *a = node->first; a != NULL; a = a->next)
            if (mm_imap_node_is (a, "\\NonExistent"))
              job->exists = FALSE;
        }
      else if (jobs->delimiter != 0 && strncmp (name, job->name, length) == 0 &&
               name[length] == jobs->delimiter)
        job->has_children = TRUE;
    }
  return TRUE;
}

static char *
list_pattern (const char *name,
              const char *tail)
{
  g_autofree char *pattern = g_strconcat (name, tail, NULL);

  return mm_imap_quote (pattern);
}

/* For the refused ones: was the folder there already? */
static gboolean
look_up_refused (MmImapSession  *session,
                 Jobs           *jobs,
                 GCancellable   *cancellable,
                 GError        **error)
{
  g_autoptr (MmImapCommand) last = NULL;

  for (guint i = 0; i < jobs->jobs->len; i++)
    {
      const Job *job = get_job (jobs, i);
      g_autofree char *pattern = NULL;

      if (job->command == NULL || mm_imap_command_is_ok (job->command))
        continue;
      pattern = list_pattern (job->name, "");
      g_clear_pointer (&last, mm_imap_command_unref);
      last = mm_imap_session_send (session, cancellable, error, "LIST \"\" %s", pattern);
      if (last == NULL)
        return FALSE;
    }
  return last == NULL || mm_imap_session_wait (session, last, cancellable, error);
}

/* By its response code: texts are in every language. */
static gboolean
is_refused_as (const Job *job,
               MmError    meaning)
{
  return mm_imap_error_classify (job->command->code, NULL, MM_ERROR_REFUSED) == meaning;
}

/* After the connection ended: an answer that came before is an answer still. Why something was
 * refused could not be looked up any more, so that it is asked for again. */
static void
salvage (Jobs      *jobs,
         GPtrArray *results,
         gboolean   with_ids)
{
  for (guint i = 0; i < jobs->jobs->len; i++)
    {
      const Job *job = get_job (jobs, i);
      MmResult *result = results->pdata[i];

      if (result->state != MM_RESULT_UNKNOWN || job->command == NULL || !job->command->done)
        continue;
      result->state = mm_imap_command_is_ok (job->command) ? MM_RESULT_CREATED : MM_RESULT_PENDING;
      if (with_ids && result->state == MM_RESULT_CREATED)
        {
          g_free (result->id);
          result->id = g_strdup (job->name);
        }
    }
}

static void
settle_created (MmImapSession *session,
                Jobs          *jobs,
                GPtrArray     *folders,
                GPtrArray     *results)
{
  for (guint i = 0; i < folders->len; i++)
    {
      MmResult *result = results->pdata[i];
      const Job *job = get_job (jobs, i);

      if (job->command == NULL)
        continue;
      if (mm_imap_command_is_ok (job->command))
        result->state = MM_RESULT_CREATED;
      else if (job->exists || is_refused_as (job, MM_ERROR_EXISTS))
        result->state = MM_RESULT_EXISTED;
      else
        {
          fail_job (session, job->command, folders->pdata[i],
                    _("The folder “%s” cannot be made on %s"), result);
          continue;
        }
      g_free (result->id);
      result->id = g_strdup (job->name);
    }
}

static void
settle_inbox (Jobs      *jobs,
              GPtrArray *results)
{
  for (guint i = 0; i < jobs->jobs->len; i++)
    {
      const Job *job = get_job (jobs, i);
      MmResult *result = results->pdata[i];

      if (job->name == NULL || strcmp (job->name, "INBOX") != 0)
        continue;
      result->state = MM_RESULT_EXISTED;
      result->id = g_strdup ("INBOX");
    }
}

gboolean
mm_imap_create_folders (MmImapSession  *session,
                        MmImapNames    *names,
                        GPtrArray      *folders,
                        GPtrArray      *results,
                        GCancellable   *cancellable,
                        GError        **error)
{
  g_auto (Jobs) jobs = { NULL, };
  gboolean ok;

  jobs_init (&jobs, names, folders, TRUE, results);
  settle_inbox (&jobs, results);
  mm_imap_session_set_handler (session, handle_answers, &jobs);
  ok = send_each (session, &jobs, "CREATE", NULL, results, cancellable, error) &&
       wait_each (session, &jobs, cancellable, error) &&
       look_up_refused (session, &jobs, cancellable, error);
  mm_imap_session_settle (session, cancellable);
  if (ok)
    settle_created (session, &jobs, folders, results);
  else
    salvage (&jobs, results, TRUE);
  return ok;
}

gboolean
mm_imap_subscribe_folders (MmImapSession  *session,
                           MmImapNames    *names,
                           GPtrArray      *folders,
                           gboolean        subscribed,
                           GPtrArray      *results,
                           GCancellable   *cancellable,
                           GError        **error)
{
  g_auto (Jobs) jobs = { NULL, };

  jobs_init (&jobs, names, folders, FALSE, results);
  if (!send_each (session, &jobs, subscribed ? "SUBSCRIBE" : "UNSUBSCRIBE", NULL, results,
                  cancellable, error) ||
      !wait_each (session, &jobs, cancellable, error))
    {
      salvage (&jobs, results, FALSE);
      return FALSE;
    }
  for (guint i = 0; i < folders->len; i++)
    {
      MmResult *result = results->pdata[i];
      const Job *job = get_job (&jobs, i);

      if (job->command == NULL)
        continue;
      if (mm_imap_command_is_ok (job->command))
        result->state = MM_RESULT_CREATED;
      else
        fail_job (session, job->command, folders->pdata[i],
                  subscribed ? _("The folder “%s” cannot be subscribed on %s")
                             : _("The subscription of the folder “%s” cannot be ended on %s"),
                  result);
    }
  return TRUE;
}

/* Asks what each chosen folder holds, just before it is deleted. */
static gboolean
look_inside (MmImapSession  *session,
             Jobs           *jobs,
             const gboolean *chosen,
             GCancellable   *cancellable,
             GError        **error)
{
  g_autoptr (MmImapCommand) last = NULL;

  for (guint i = 0; i < jobs->jobs->len; i++)
    {
      Job *job = get_job (jobs, i);
      g_autofree char *name = NULL;
      g_autofree char *pattern = NULL;
      g_autofree char *below = NULL;
      const char tail[] = { jobs->delimiter, '%', 0 };

      if (!chosen[i])
        continue;
      name = mm_imap_quote (job->name);
      pattern = list_pattern (job->name, "");
      g_clear_pointer (&last, mm_imap_command_unref);
      last = mm_imap_session_send (session, cancellable, error, "LIST \"\" %s", pattern);
      if (last == NULL)
        return FALSE;
      if (jobs->delimiter != 0)
        {
          below = list_pattern (job->name, tail);
          g_clear_pointer (&last, mm_imap_command_unref);
          last = mm_imap_session_send (session, cancellable, error, "LIST \"\" %s", below);
          if (last == NULL)
            return FALSE;
        }
      job->status = mm_imap_session_send (session, cancellable, error, "STATUS %s (MESSAGES)",
                                          name);
      if (job->status == NULL)
        return FALSE;
    }
  return wait_each (session, jobs, cancellable, error);
}

static void
keep_folder (const MmFolder *folder,
             const char     *format,
             MmResult       *result)
{
  g_autofree char *path = mm_folder_get_display_path (folder);

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
  mm_result_fail (result, g_error_new (MM_ERROR, MM_ERROR_NOT_EMPTY, format, path));
#pragma GCC diagnostic pop
}

/* What must not be deleted is settled here and stays. */
static void
settle_kept (MmImapSession  *session,
             Jobs           *jobs,
             const gboolean *chosen,
             GPtrArray      *folders,
             GPtrArray      *results)
{
  for (guint i = 0; i < folders->len; i++)
    {
      const Job *job = get_job (jobs, i);
      MmResult *result = results->pdata[i];
      gboolean has_status = job->status != NULL && mm_imap_command_is_ok (job->status);

      if (!chosen[i])
        continue;
      if (job->has_children)
        keep_folder (folders->pdata[i],
                     _("The folder “%s” was not removed because it holds other folders."), result);
      else if (job->n_items > 0)
        keep_folder (folders->pdata[i],
                     _("The folder “%s” was not removed because it holds messages."), result);
      else if (!has_status && !job->exists)
        result->state = MM_RESULT_EXISTED;
      else if (has_status && job->n_items < 0)
        fail_job (session, job->status, folders->pdata[i],
                  _("The folder “%s” on %s does not say what it holds"), result);
    }
}

static void
settle_deleted (MmImapSession  *session,
                Jobs           *jobs,
                const gboolean *chosen,
                GPtrArray      *folders,
                GPtrArray      *results)
{
  for (guint i = 0; i < folders->len; i++)
    {
      const Job *job = get_job (jobs, i);

      if (!chosen[i] || job->command == NULL)
        continue;
      if (mm_imap_command_is_ok (job->command))
        ((MmResult *) results->pdata[i])->state = MM_RESULT_CREATED;
      else if (is_refused_as (job, MM_ERROR_NOT_FOUND))
        ((MmResult *) results->pdata[i])->state = MM_RESULT_EXISTED;
      else
        fail_job (session, job->command, folders->pdata[i],
                  _("The folder “%s” cannot be removed on %s"), results->pdata[i]);
    }
}

/* The next folders that may be looked at together: none of them below another. */
static gboolean
choose_next (GPtrArray *folders,
             GPtrArray *results,
             gboolean  *chosen)
{
  gboolean any = FALSE;

  for (guint i = 0; i < folders->len; i++)
    {
      const MmFolder *folder = folders->pdata[i];
      gboolean free_of_others = ((MmResult *) results->pdata[i])->state == MM_RESULT_PENDING;

      for (guint k = 0; k < folders->len && free_of_others; k++)
        {
          const MmFolder *other = folders->pdata[k];

          if (k != i && ((MmResult *) results->pdata[k])->state == MM_RESULT_PENDING &&
              !mm_path_equal ((const char *const *) other->path,
                              (const char *const *) folder->path) &&
              mm_path_is_within ((const char *const *) other->path,
                                 (const char *const *) folder->path))
            free_of_others = FALSE;
        }
      chosen[i] = free_of_others;
      any |= free_of_others;
    }
  return any;
}

/* A selected folder that goes may take the connection with it. */
static gboolean
leave_mailbox (MmImapSession  *session,
               Jobs           *jobs,
               GCancellable   *cancellable,
               GError        **error)
{
  const char *selected = mm_imap_session_get_mailbox (session)->name;
  g_autoptr (MmImapCommand) command = NULL;
  gboolean is_listed = FALSE;

  for (guint i = 0; i < jobs->jobs->len && selected != NULL; i++)
    is_listed |= get_job (jobs, i)->name != NULL && strcmp (get_job (jobs, i)->name, selected) == 0;
  if (!is_listed)
    return TRUE;
  command = mm_imap_session_send_select (session, "INBOX", TRUE, cancellable, error);
  return command != NULL && mm_imap_session_wait (session, command, cancellable, error);
}

gboolean
mm_imap_delete_folders (MmImapSession  *session,
                        MmImapNames    *names,
                        GPtrArray      *folders,
                        GPtrArray      *results,
                        GCancellable   *cancellable,
                        GError        **error)
{
  g_auto (Jobs) jobs = { NULL, };
  g_autofree gboolean *chosen = g_new0 (gboolean, folders->len);
  gboolean ok;

  jobs_init (&jobs, names, folders, FALSE, results);
  if (!leave_mailbox (session, &jobs, cancellable, error))
    return FALSE;
  mm_imap_session_set_handler (session, handle_answers, &jobs);
  ok = TRUE;
  while (ok && choose_next (folders, results, chosen))
    {
      ok = look_inside (session, &jobs, chosen, cancellable, error);
      if (!ok)
        break;
      settle_kept (session, &jobs, chosen, folders, results);
      ok = send_each (session, &jobs, "DELETE", chosen, results, cancellable, error) &&
           wait_each (session, &jobs, cancellable, error);
      if (ok)
        settle_deleted (session, &jobs, chosen, folders, results);
      for (guint i = 0; i < folders->len; i++)
        get_job (&jobs, i)->has_children = FALSE;
    }
  mm_imap_session_settle (session, cancellable);
  if (!ok)
    salvage (&jobs, results, FALSE);
  return ok;
}
