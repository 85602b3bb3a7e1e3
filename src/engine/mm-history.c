/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/mm-history.h"
#include "engine/mm-history-private.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "model/mm-error.h"

/* Of an ID. Without I, L, O, U and 0, 1: read aloud and copied by hand. 30 letters, ten of them:
 * 49 bits. */
#define LETTERS "23456789ABCDEFGHJKMNPQRSTVWXYZ"
#define ID_LENGTH 10

/* Whoever only looks whether a migration runs holds its lock for a moment: microseconds to wait for
 * that, and how often. */
#define LOCK_WAIT (10 * 1000)
#define LOCK_ATTEMPTS 50

struct _MmHistory
{
  GObject parent_instance;

  char *directory;
};

G_DEFINE_FINAL_TYPE (MmHistory, mm_history, G_TYPE_OBJECT)

static void
mm_history_finalize (GObject *object)
{
  MmHistory *self = MM_HISTORY (object);

  g_free (self->directory);

  G_OBJECT_CLASS (mm_history_parent_class)->finalize (object);
}

static void
mm_history_class_init (MmHistoryClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = mm_history_finalize;
}

static void
mm_history_init (MmHistory *self)
{
}

MmHistory *
mm_history_new (const char *directory)
{
  MmHistory *self = g_object_new (MM_TYPE_HISTORY, NULL);

  self->directory = directory != NULL
    ? g_strdup (directory)
    : g_build_filename (g_get_user_data_dir (), "mail-migrator", NULL);
  return self;
}

static char *
get_path (MmHistory  *self,
          const char *id,
          const char *ending)
{
  g_autofree char *name = g_strconcat (id, ending, NULL);

  return g_build_filename (self->directory, name, NULL);
}

char *
_mm_history_new_id (void)
{
  GString *id = g_string_new (NULL);

  for (guint i = 0; i < ID_LENGTH; i++)
    {
      if (i == ID_LENGTH / 2)
        g_string_append_c (id, '-');
      g_string_append_c (id, LETTERS[g_random_int_range (0, sizeof LETTERS - 1)]);
    }
  return g_string_free (id, FALSE);
}

/* What a person typed, in the form that names the files; NULL when it cannot be an ID. Nothing
 * else ever becomes part of a path. */
static char *
normalise_id (const char *text)
{
  GString *id = g_string_new (NULL);

  for (const char *p = text; *p != '\0'; p++)
    if (*p != '-' && !g_ascii_isspace (*p))
      g_string_append_c (id, g_ascii_toupper (*p));
  if (id->len != ID_LENGTH || strspn (id->str, LETTERS) != ID_LENGTH)
    {
      g_string_free (id, TRUE);
      return NULL;
    }
  g_string_insert_c (id, ID_LENGTH / 2, '-');
  return g_string_free (id, FALSE);
}

static int
take_lock (const char *path)
{
  int fd = open (path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  int code;

  for (guint attempt = 0; fd >= 0 && attempt < LOCK_ATTEMPTS; attempt++)
    {
      if (flock (fd, LOCK_EX | LOCK_NB) == 0)
        return fd;
      if (errno != EWOULDBLOCK && errno != EINTR)
        break;
      g_usleep (LOCK_WAIT);
    }
  code = errno;
  if (fd >= 0)
    close (fd);
  errno = code;
  return -1;
}

static gboolean
is_locked (MmHistory  *self,
           const char *id)
{
  g_autofree char *path = get_path (self, id, ".lock");
  int fd = open (path, O_RDWR | O_CLOEXEC);
  gboolean locked;

  if (fd < 0)
    return FALSE;
  locked = flock (fd, LOCK_SH | LOCK_NB) != 0;
  close (fd);
  return locked;
}

static void
set_file_error (const char  *path,
                GError     **error)
{
  int code = errno;

  g_set_error (error, MM_ERROR, MM_ERROR_FILE,
               _("The folder “%s”, where migrations are recorded, cannot be used: %s."),
               path, g_strerror (code));
}

MmJournal *
_mm_history_create (MmHistory      *self,
                    MmJournalInfo  *info,
                    int            *lock,
                    GError        **error)
{
  g_autofree char *path = NULL;
  g_autofree char *lock_path = NULL;
  MmJournal *journal;
  int fd;

  if (g_mkdir_with_parents (self->directory, 0700) != 0)
    {
      set_file_error (self->directory, error);
      return NULL;
    }
  do
    {
      g_free (info->id);
      info->id = _mm_history_new_id ();
      g_free (path);
      path = get_path (self, info->id, ".db");
    }
  while (g_file_test (path, G_FILE_TEST_EXISTS));
  lock_path = get_path (self, info->id, ".lock");
  fd = take_lock (lock_path);
  if (fd < 0)
    {
      set_file_error (self->directory, error);
      return NULL;
    }
  journal = mm_journal_create (path, info, error);
  if (journal == NULL)
    {
      close (fd);
      g_unlink (path);
      g_unlink (lock_path);
      return NULL;
    }
  *lock = fd;
  return journal;
}

static gboolean
address_matches (const MmJournalInfo *info,
                 const char          *address)
{
  g_autofree char *typed = g_utf8_casefold (address, -1);
  g_autofree char *source = g_utf8_casefold (info->source_address, -1);
  g_autofree char *destination = g_utf8_casefold (info->destination_address, -1);

  g_strstrip (typed);
  return g_strcmp0 (typed, source) == 0 || g_strcmp0 (typed, destination) == 0;
}

static void
set_not_found (GError **error)
{
  g_set_error_literal (error, MM_ERROR, MM_ERROR_NOT_FOUND,
                       _("There is no migration with this ID and address. Check both; the list of "
                         "past migrations shows all that ran on this computer."));
}

/* The journal of @typed_id when it belongs to @address. @id (out): in its file's form. */
static MmJournal *
open_journal (MmHistory   *self,
              const char  *typed_id,
              const char  *address,
              gboolean     writable,
              char       **id,
              GError     **error)
{
  g_autofree char *normal = normalise_id (typed_id);
  g_autofree char *path = normal != NULL ? get_path (self, normal, ".db") : NULL;
  g_autoptr (MmJournal) journal = NULL;
  g_auto (MmJournalInfo) info = { 0 };

  if (path == NULL || !g_file_test (path, G_FILE_TEST_EXISTS))
    {
      set_not_found (error);
      return NULL;
    }
  journal = mm_journal_open (path, writable, error);
  if (journal == NULL || !mm_journal_get_info (journal, &info, error))
    return NULL;
  if (!address_matches (&info, address))
    {
      set_not_found (error);
      return NULL;
    }
  *id = g_steal_pointer (&normal);
  return g_steal_pointer (&journal);
}

MmJournal *
_mm_history_acquire (MmHistory   *self,
                     const char  *id,
                     const char  *address,
                     int         *lock,
                     GError     **error)
{
  g_autoptr (MmJournal) journal = NULL;
  g_autofree char *normal = NULL;
  g_autofree char *lock_path = NULL;
  int fd;

  journal = open_journal (self, id, address, TRUE, &normal, error);
  if (journal == NULL)
    return NULL;
  lock_path = get_path (self, normal, ".lock");
  fd = take_lock (lock_path);
  if (fd < 0 && errno != EWOULDBLOCK)
    {
      set_file_error (self->directory, error);
      return NULL;
    }
  if (fd < 0)
    {
      g_set_error_literal (error, MM_ERROR, MM_ERROR_UNSUPPORTED,
                           _("This migration is running already, here or in another window. "
                             "Follow it, or stop it first."));
      return NULL;
    }
  *lock = fd;
  return g_steal_pointer (&journal);
}

MmJournal *
_mm_history_open (MmHistory   *self,
                  const char  *id,
                  const char  *address,
                  GError     **error)
{
  g_autofree char *normal = NULL;

  return open_journal (self, id, address, FALSE, &normal, error);
}

/* A rollback that was broken off can only be rolled back further. */
static gboolean
has_begun_rollback (const MmReport *report)
{
  for (guint i = 0; i < report->stages->len; i++)
    {
      const MmStageReport *stage = g_ptr_array_index (report->stages, i);

      if (stage->state == MM_STAGE_ROLLING_BACK || stage->state == MM_STAGE_ROLLED_BACK)
        return TRUE;
    }
  return report->state == MM_STATE_ROLLING_BACK || report->state == MM_STATE_ROLLED_BACK;
}

static void
judge (MmReport            *report,
       const MmJournalInfo *info,
       gboolean             running)
{
  gboolean live = report->state == MM_STATE_RUNNING || report->state == MM_STATE_WAITING ||
                  report->state == MM_STATE_CANCELLING || report->state == MM_STATE_ROLLING_BACK;
  gint64 now = g_get_real_time () / G_USEC_PER_SEC;

  report->can_resume = !running && !has_begun_rollback (report);
  if (live && !running)
    report->state = MM_STATE_INTERRUPTED;
  if (!running)
    report->rollback_until = MM_ROLLBACK_WINDOW +
                             (report->ended != 0 ? report->ended : info->updated);
  report->can_rollback = !running && report->state != MM_STATE_ROLLED_BACK &&
                         now < report->rollback_until;
}

MmReport *
_mm_history_read (MmJournal  *journal,
                  gboolean    running,
                  GError    **error)
{
  g_auto (MmJournalInfo) info = { 0 };
  MmReport *report;

  if (!mm_journal_get_info (journal, &info, error))
    return NULL;
  report = g_new0 (MmReport, 1);
  report->id = g_strdup (info.id);
  report->source_address = g_strdup (info.source_address);
  report->destination_address = g_strdup (info.destination_address);
  report->source_url = g_strdup (info.source_urls[0]);
  report->destination_url = g_strdup (info.destination_urls[0]);
  report->state = info.state;
  report->created = info.created;
  report->updated = info.updated;
  report->ended = info.ended;
  report->stages = mm_journal_list_stages (journal);
  judge (report, &info, running);
  /* The stages' own counts are written now and then: after a crash the rows know better. */
  for (guint i = 0; report->state == MM_STATE_INTERRUPTED && i < report->stages->len; i++)
    mm_journal_count_stage (journal, g_ptr_array_index (report->stages, i));
  return report;
}

static int
compare_created (gconstpointer a,
                 gconstpointer b)
{
  const MmReport *first = *(const MmReport *const *) a;
  const MmReport *second = *(const MmReport *const *) b;

  if (first->created != second->created)
    return first->created < second->created ? 1 : -1;
  return g_strcmp0 (first->id, second->id);
}

static MmReport *
read_file (MmHistory   *self,
           const char  *name,
           GError     **error)
{
  g_autofree char *path = g_build_filename (self->directory, name, NULL);
  g_autofree char *id = g_strndup (name, strlen (name) - strlen (".db"));
  g_autoptr (MmJournal) journal = mm_journal_open (path, FALSE, error);

  return journal != NULL ? _mm_history_read (journal, is_locked (self, id), error) : NULL;
}

/* Between the making of the file and the first commit there is nothing to read in it yet. */
static gboolean
is_being_created (MmHistory  *self,
                  const char *name)
{
  g_autofree char *id = g_strndup (name, strlen (name) - strlen (".db"));

  return is_locked (self, id);
}

GPtrArray *
mm_history_list (MmHistory  *self,
                 GError    **error)
{
  g_autoptr (GPtrArray) reports = g_ptr_array_new_with_free_func ((GDestroyNotify) mm_report_free);
  g_autoptr (GDir) directory = NULL;
  const char *name;

  g_return_val_if_fail (MM_IS_HISTORY (self), NULL);

  if (!g_file_test (self->directory, G_FILE_TEST_EXISTS))
    return g_steal_pointer (&reports);
  directory = g_dir_open (self->directory, 0, NULL);
  if (directory == NULL)
    {
      set_file_error (self->directory, error);
      return NULL;
    }
  while ((name = g_dir_read_name (directory)) != NULL)
    {
      g_autoptr (GError) failure = NULL;
      MmReport *report;

      if (!g_str_has_suffix (name, ".db"))
        continue;
      report = read_file (self, name, &failure);
      if (report != NULL)
        g_ptr_array_add (reports, report);
      else if (is_being_created (self, name))
        g_debug ("%s: %s", name, failure->message);
      else
        g_warning ("%s: %s", name, failure->message);
    }
  g_ptr_array_sort (reports, compare_created);
  return g_steal_pointer (&reports);
}

MmReport *
mm_history_find (MmHistory   *self,
                 const char  *id,
                 const char  *address,
                 GError     **error)
{
  g_autoptr (MmJournal) journal = NULL;
  g_autofree char *normal = NULL;
  MmReport *report;
  gint64 after = 0;

  g_return_val_if_fail (MM_IS_HISTORY (self), NULL);
  g_return_val_if_fail (id != NULL && address != NULL, NULL);

  journal = open_journal (self, id, address, FALSE, &normal, error);
  if (journal == NULL)
    return NULL;
  report = _mm_history_read (journal, is_locked (self, normal), error);
  if (report != NULL)
    report->problems = mm_journal_list_problems (journal, &after, 0);
  return report;
}

gboolean
mm_history_request (MmHistory   *self,
                    const char  *id,
                    const char  *address,
                    MmRequest    request,
                    GError     **error)
{
  g_autoptr (MmJournal) journal = NULL;
  g_autofree char *normal = NULL;

  g_return_val_if_fail (MM_IS_HISTORY (self), FALSE);

  journal = open_journal (self, id, address, TRUE, &normal, error);
  if (journal == NULL)
    return FALSE;
  if (!is_locked (self, normal))
    {
      g_set_error_literal (error, MM_ERROR, MM_ERROR_UNSUPPORTED,
                           _("This migration is not running, so there is nothing to stop."));
      return FALSE;
    }
  mm_journal_begin (journal);
  mm_journal_put_request (journal, request);
  return mm_journal_commit (journal, error);
}
