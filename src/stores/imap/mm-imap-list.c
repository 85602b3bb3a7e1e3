/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "stores/imap/mm-imap-list.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "stores/imap/mm-imap-set.h"

/* Commands sent before the first answer is read. */
#define STATUS_AT_ONCE 1000

/* More than any account has: what a hostile answer can make us remember and compute. */
#define MAILBOXES_MAX 200000
#define NAME_MAX_BYTES 4096
#define LEVELS_MAX 200

typedef struct
{
  MmImapNames *names;
  GPtrArray *mailboxes;   /* (element-type Mailbox) */
  GHashTable *by_name;    /* wire name (INBOX in capitals) → Mailbox */
  gboolean in_lsub;
} Listing;

typedef struct
{
  char *name;
  char delimiter;
  MmRole role;
  gboolean selectable;
  gboolean subscribed;
  gint64 n_items;
  gint64 n_bytes;
  char *position;
} Mailbox;

static void
mailbox_free (gpointer data)
{
  Mailbox *mailbox = data;

  g_free (mailbox->name);
  g_free (mailbox->position);
  g_free (mailbox);
}

static void
listing_clear (Listing *listing)
{
  g_clear_pointer (&listing->mailboxes, g_ptr_array_unref);
  g_clear_pointer (&listing->by_name, g_hash_table_unref);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Listing, listing_clear)

static Mailbox *
find_mailbox (Listing    *listing,
              const char *name)
{
  if (g_ascii_strcasecmp (name, "INBOX") == 0)
    name = "INBOX";
  return g_hash_table_lookup (listing->by_name, name);
}

static Mailbox *
add_mailbox (Listing    *listing,
             const char *name)
{
  Mailbox *mailbox = find_mailbox (listing, name);

  if (mailbox != NULL)
    return mailbox;
  mailbox = g_new0 (Mailbox, 1);
  mailbox->name = g_strdup (g_ascii_strcasecmp (name, "INBOX") == 0 ? "INBOX" : name);
  mailbox->selectable = TRUE;
  mailbox->n_items = mailbox->n_bytes = -1;
  g_ptr_array_add (listing->mailboxes, mailbox);
  g_hash_table_insert (listing->by_name, mailbox->name, mailbox);
  return mailbox;
}

/* RFC 6154, RFC 8457, and the older names of XLIST. Servers differ in capitals. */
static MmRole
role_of_attribute (const char *attribute)
{
  static const struct { const char *name; MmRole role; } roles[] = {
    { "\\All", MM_ROLE_ALL },         { "\\AllMail", MM_ROLE_ALL },
    { "\\Archive", MM_ROLE_ARCHIVE }, { "\\Drafts", MM_ROLE_DRAFTS },
    { "\\Flagged", MM_ROLE_FLAGGED }, { "\\Starred", MM_ROLE_FLAGGED },
    { "\\Important", MM_ROLE_IMPORTANT }, { "\\Junk", MM_ROLE_JUNK },
    { "\\Spam", MM_ROLE_JUNK },       { "\\Sent", MM_ROLE_SENT },
    { "\\Trash", MM_ROLE_TRASH },
  };

  for (guint i = 0; i < G_N_ELEMENTS (roles); i++)
    if (g_ascii_strcasecmp (attribute, roles[i].name) == 0)
      return roles[i].role;
  return MM_ROLE_NONE;
}

static void
take_attributes (Mailbox          *mailbox,
                 const MmImapNode *attribute)
{
  for (; attribute != NULL; attribute = attribute->next)
    {
      if (mm_imap_node_is (attribute, "\\Noselect") || mm_imap_node_is (attribute, "\\NonExistent"))
        mailbox->selectable = FALSE;
      else if (mm_imap_node_is (attribute, "\\Subscribed"))
        mailbox->subscribed = TRUE;
      else if (mailbox->role == MM_ROLE_NONE && attribute->text != NULL)
        mailbox->role = role_of_attribute (attribute->text);
    }
}

/* The mailbox's name as text, whatever it was sent as: "NIL" and numbers are names too. */
static const char *
node_name (const MmImapNode *node)
{
  return node != NULL ? node->text : NULL;
}

static gboolean
is_beyond_bounds (const Listing *listing,
                  const char    *name,
                  char           delimiter)
{
  guint n_levels = 1;

  for (const char *p = name; *p != 0; p++)
    n_levels += *p == delimiter;
  return listing->mailboxes->len >= MAILBOXES_MAX || strlen (name) > NAME_MAX_BYTES ||
         n_levels > LEVELS_MAX;
}

/* FALSE when no server can mean what this one says. */
static gboolean
take_list (Listing          *listing,
           const MmImapNode *values)
{
  const MmImapNode *delimiter = values != NULL ? values->next : NULL;
  const char *name = delimiter != NULL ? node_name (delimiter->next) : NULL;
  const char *text = mm_imap_node_get_text (delimiter);
  Mailbox *mailbox;

  if (name == NULL || name[0] == 0)
    return TRUE;
  if (is_beyond_bounds (listing, name, text != NULL ? text[0] : 0))
    return FALSE;
  if (listing->in_lsub)
    {
      gboolean is_level = mm_imap_node_is (values->first, "\\Noselect");

      mailbox = find_mailbox (listing, name);
      /* a level above subscribed ones is named with \Noselect (RFC 3501 6.3.9) */
      if (mailbox != NULL && !(mailbox->selectable && is_level))
        mailbox->subscribed = TRUE;
      return TRUE;
    }
  mailbox = add_mailbox (listing, name);
  mailbox->delimiter = text != NULL ? text[0] : 0;
  take_attributes (mailbox, values->first);
  return TRUE;
}

static void
take_status (Listing          *listing,
             const MmImapNode *values)
{
  const char *name = node_name (values);
  Mailbox *mailbox = name != NULL ? find_mailbox (listing, name) : NULL;
  guint64 uidnext = 0, uidvalidity = 0, number;

  if (mailbox == NULL || values->next == NULL)
    return;
  for (const MmImapNode *item = values->next->first; item != NULL && item->next != NULL;
       item = item->next->next)
    {
      if (!mm_imap_node_get_number (item->next, &number))
        continue;
      if (mm_imap_node_is (item, "MESSAGES"))
        mailbox->n_items = (gint64) number;
      else if (mm_imap_node_is (item, "SIZE"))
        mailbox->n_bytes = (gint64) number;
      else if (mm_imap_node_is (item, "UIDNEXT"))
        uidnext = number;
      else if (mm_imap_node_is (item, "UIDVALIDITY"))
        uidvalidity = number;
    }
  if (uidnext > 0 && uidvalidity > 0 && uidnext <= G_MAXUINT32 && uidvalidity <= G_MAXUINT32)
    {
      g_free (mailbox->position);
      mailbox->position = mm_imap_id_write ((guint32) uidvalidity, (guint32) uidnext);
    }
}

static gboolean
handle_listing (MmImapSession         *session,
                const MmImapResponse  *response,
                gpointer               user_data,
                GError               **error)
{
  Listing *listing = user_data;
  gboolean ok = TRUE;

  listing->in_lsub = mm_imap_response_is (response, "LSUB");
  if (listing->in_lsub || mm_imap_response_is (response, "LIST") ||
      mm_imap_response_is (response, "XLIST"))
    ok = take_list (listing, response->data);
  else if (mm_imap_response_is (response, "STATUS"))
    take_status (listing, response->data);
  if (!ok)
    g_set_error (error, MM_ERROR, MM_ERROR_PROTOCOL,
                 _("The list of folders on %s is longer than any account's can be."),
                 mm_imap_session_get_host (session));
  return ok;
}

static const char *
status_items (MmImapSession *session)
{
  return mm_imap_session_has (session, "STATUS=SIZE") ? "MESSAGES UIDNEXT UIDVALIDITY SIZE"
                                                      : "MESSAGES UIDNEXT UIDVALIDITY";
}

/* Everything in one command (RFC 5258, RFC 5819). @done (out): FALSE when the server cannot. */
static gboolean
list_extended (MmImapSession  *session,
               gboolean       *done,
               GCancellable   *cancellable,
               GError        **error)
{
  g_autoptr (MmImapCommand) command = NULL;

  *done = FALSE;
  if (!mm_imap_session_has (session, "LIST-EXTENDED") ||
      !mm_imap_session_has (session, "LIST-STATUS"))
    return TRUE;
  command = mm_imap_session_run (session, cancellable, error,
                                 "LIST \"\" \"*\" RETURN (SUBSCRIBED%s STATUS (%s))",
                                 mm_imap_session_has (session, "SPECIAL-USE") ? " SPECIAL-USE" : "",
                                 status_items (session));
  if (command == NULL)
    return FALSE;
  *done = mm_imap_command_is_ok (command);
  return TRUE;
}

static gboolean
list_plain (MmImapSession  *session,
            GCancellable   *cancellable,
            GError        **error)
{
  g_autoptr (MmImapCommand) list = NULL;
  g_autoptr (MmImapCommand) subscribed = NULL;

  list = mm_imap_session_send (session, cancellable, error, "LIST \"\" \"*\"");
  if (list == NULL)
    return FALSE;
  subscribed = mm_imap_session_send (session, cancellable, error, "LSUB \"\" \"*\"");
  if (subscribed == NULL ||
      !mm_imap_session_wait (session, list, cancellable, error) ||
      !mm_imap_session_wait (session, subscribed, cancellable, error))
    return FALSE;
  if (!mm_imap_command_is_ok (list))
    {
      g_autofree char *sentence = g_strdup_printf (_("The folders on %s cannot be listed"),
                                                   mm_imap_session_get_host (session));

      g_propagate_error (error, mm_imap_command_get_error (list, MM_ERROR_PROTOCOL, sentence));
      return FALSE;
    }
  return TRUE;
}

/* STATUS of each, all under way at once. One that fails leaves its folder without counts. */
static gboolean
ask_status (MmImapSession  *session,
            Listing        *listing,
            GCancellable   *cancellable,
            GError        **error)
{
  g_autoptr (MmImapCommand) last = NULL;
  guint n_sent = 0;

  for (guint i = 0; i < listing->mailboxes->len; i++)
    {
      const Mailbox *mailbox = listing->mailboxes->pdata[i];
      g_autofree char *name = NULL;

      if (!mailbox->selectable || mailbox->n_items >= 0 ||
          !mm_imap_names_is_ours (listing->names, mailbox->name))
        continue;
      name = mm_imap_quote (mailbox->name);
      g_clear_pointer (&last, mm_imap_command_unref);
      last = mm_imap_session_send (session, cancellable, error, "STATUS %s (%s)", name,
                                   status_items (session));
      if (last == NULL)
        return FALSE;
      if (++n_sent % STATUS_AT_ONCE == 0 &&
          !mm_imap_session_wait (session, last, cancellable, error))
        return FALSE;
    }
  return last == NULL || mm_imap_session_wait (session, last, cancellable, error);
}

/* Servers without NAMESPACE that keep everything below INBOX show it by their list. */
static void
infer_prefix (Listing *listing)
{
  char delimiter = mm_imap_names_get_delimiter (listing->names);
  guint n_below = 0;

  if (mm_imap_names_has_namespaces (listing->names) || delimiter == 0)
    return;
  for (guint i = 0; i < listing->mailboxes->len; i++)
    {
      const char *name = ((Mailbox *) listing->mailboxes->pdata[i])->name;

      if (strcmp (name, "INBOX") == 0)
        continue;
      if (g_ascii_strncasecmp (name, "INBOX", 5) != 0 || name[5] != delimiter)
        return;
      n_below++;
    }
  if (n_below > 0)
    {
      const char prefix[] = { 'I', 'N', 'B', 'O', 'X', delimiter, 0 };

      mm_imap_names_set_default (listing->names, prefix, delimiter);
    }
}

static MmFolder *
make_folder (Listing       *listing,
             const Mailbox *mailbox)
{
  g_auto (GStrv) path = mm_imap_names_to_path (listing->names, mailbox->name, mailbox->delimiter);
  MmFolder *folder;

  if (path[0] == NULL)
    return NULL;
  folder = mm_folder_new (MM_KIND_EMAILS, (const char *const *) path);
  folder->id = g_strdup (mailbox->name);
  folder->selectable = mailbox->selectable;
  folder->subscribed = mailbox->subscribed;
  folder->n_items = mailbox->n_items;
  folder->n_bytes = mailbox->n_bytes;
  folder->position = g_strdup (mailbox->position);
  if (strcmp (mailbox->name, "INBOX") == 0)
    folder->role = MM_ROLE_INBOX;
  else
    folder->role = mailbox->role;
  folder->role_is_certain = folder->role != MM_ROLE_NONE;
  return folder;
}

static int
compare_folders (gconstpointer a,
                 gconstpointer b)
{
  const MmFolder *x = *(const MmFolder *const *) a, *y = *(const MmFolder *const *) b;
  guint i = 0;

  while (x->path[i] != NULL && y->path[i] != NULL && strcmp (x->path[i], y->path[i]) == 0)
    i++;
  if (x->path[i] == NULL || y->path[i] == NULL)
    return (x->path[i] != NULL) - (y->path[i] != NULL);
  if (i == 0 && (strcmp (x->path[0], "INBOX") == 0 || strcmp (y->path[0], "INBOX") == 0))
    return strcmp (x->path[0], "INBOX") == 0 ? -1 : 1;
  return strcmp (x->path[i], y->path[i]);
}

/* The wire name of the level @depth components deep above @folder. */
static char *
level_name (const MmFolder *folder,
            guint           n_below,
            char            delimiter)
{
  char *name = g_strdup (folder->id);

  for (guint i = 0; i < n_below; i++)
    {
      char *end = strrchr (name, delimiter);

      if (end == NULL)
        break;
      *end = 0;
    }
  return name;
}

/* Levels that the server leaves out of its list. */
static void
add_missing_levels (GPtrArray *folders,
                    char       delimiter)
{
  g_autoptr (GHashTable) known = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  guint n = folders->len;

  for (guint i = 0; i < n; i++)
    g_hash_table_add (known, g_strjoinv ("\001", ((MmFolder *) folders->pdata[i])->path));
  for (guint i = 0; i < n; i++)
    {
      const MmFolder *folder = folders->pdata[i];
      guint depth = g_strv_length (folder->path);

      for (guint d = 1; d < depth; d++)
        {
          g_autofree char *key = NULL;
          char *below = folder->path[d];
          MmFolder *level = NULL;

          folder->path[d] = NULL;
          key = g_strjoinv ("\001", folder->path);
          if (!g_hash_table_contains (known, key))
            level = mm_folder_new (MM_KIND_EMAILS, (const char *const *) folder->path);
          folder->path[d] = below;
          if (level == NULL)
            continue;
          level->id = level_name (folder, depth - d, delimiter);
          level->selectable = FALSE;
          g_ptr_array_add (folders, level);
          g_hash_table_add (known, g_steal_pointer (&key));
        }
    }
}

/* One folder a role: what the server says, else the fullest top-level folder with such a name. */
static void
assign_roles (GPtrArray *folders)
{
  MmFolder *holders[MM_N_ROLES] = { NULL, };
  MmFolder *guesses[MM_N_ROLES] = { NULL, };

  for (guint i = 0; i < folders->len; i++)
    {
      MmFolder *folder = folders->pdata[i];

      if (folder->role == MM_ROLE_NONE)
        continue;
      if (holders[folder->role] == NULL)
        holders[folder->role] = folder;
      else
        {
          folder->role = MM_ROLE_NONE;
          folder->role_is_certain = FALSE;
        }
    }
  for (guint i = 0; i < folders->len; i++)
    {
      MmFolder *folder = folders->pdata[i];
      MmRole role;

      if (folder->role != MM_ROLE_NONE || folder->path[1] != NULL || !folder->selectable)
        continue;
      role = mm_role_guess (folder->path[0]);
      if (role != MM_ROLE_NONE && holders[role] == NULL &&
          (guesses[role] == NULL || folder->n_items > guesses[role]->n_items))
        guesses[role] = folder;
    }
  for (guint role = 0; role < MM_N_ROLES; role++)
    if (guesses[role] != NULL)
      guesses[role]->role = role;
}

static GPtrArray *
make_folders (Listing *listing)
{
  GPtrArray *folders = g_ptr_array_new_with_free_func ((GDestroyNotify) mm_folder_unref);

  for (guint i = 0; i < listing->mailboxes->len; i++)
    {
      const Mailbox *mailbox = listing->mailboxes->pdata[i];
      MmFolder *folder = NULL;

      if (mm_imap_names_is_ours (listing->names, mailbox->name))
        folder = make_folder (listing, mailbox);
      if (folder != NULL)
        g_ptr_array_add (folders, folder);
    }
  add_missing_levels (folders, mm_imap_names_get_delimiter (listing->names));
  g_ptr_array_sort (folders, compare_folders);
  assign_roles (folders);
  return folders;
}

static void
listing_init (Listing     *listing,
              MmImapNames *names)
{
  listing->names = names;
  listing->mailboxes = g_ptr_array_new_with_free_func (mailbox_free);
  listing->by_name = g_hash_table_new (g_str_hash, g_str_equal);
}

gboolean
mm_imap_learn_prefix (MmImapSession  *session,
                      MmImapNames    *names,
                      GCancellable   *cancellable,
                      GError        **error)
{
  g_auto (Listing) listing = { NULL, };
  gboolean ok;

  listing_init (&listing, names);
  mm_imap_session_set_handler (session, handle_listing, &listing);
  ok = list_plain (session, cancellable, error);
  mm_imap_session_settle (session, cancellable);
  if (ok)
    infer_prefix (&listing);
  return ok;
}

GPtrArray *
mm_imap_list_folders (MmImapSession  *session,
                      MmImapNames    *names,
                      GCancellable   *cancellable,
                      GError        **error)
{
  g_auto (Listing) listing = { NULL, };
  gboolean done, ok;

  listing_init (&listing, names);
  mm_imap_session_set_handler (session, handle_listing, &listing);
  ok = list_extended (session, &done, cancellable, error) &&
       (done || list_plain (session, cancellable, error));
  if (ok)
    {
      /* every account has one, listed or not */
      if (find_mailbox (&listing, "INBOX") == NULL)
        add_mailbox (&listing, "INBOX")->delimiter = mm_imap_names_get_delimiter (names);
      infer_prefix (&listing);
    }
  ok = ok && ask_status (session, &listing, cancellable, error);
  mm_imap_session_settle (session, cancellable);

  return ok ? make_folders (&listing) : NULL;
}
