/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "stores/imap/mm-imap-store.h"

#include <string.h>

#include "stores/imap/mm-imap-append.h"
#include "stores/imap/mm-imap-delete.h"
#include "stores/imap/mm-imap-fetch.h"
#include "stores/imap/mm-imap-folder.h"
#include "stores/imap/mm-imap-list.h"
#include "stores/imap/mm-imap-login.h"
#include "stores/imap/mm-imap-names.h"
#include "stores/imap/mm-imap-scan.h"
#include "stores/imap/mm-imap-session.h"

/* What nearly every server allows one account at once; Gmail allows 15. */
#define CONNECTIONS 4

/* Characters that a kind of server refuses in every name, by what it answers to ID (RFC 2971);
 * found by trying each. */
static const struct
{
  const char *name;
  const char *forbidden;
} dialects[] = {
  { "Cyrus", "!\"%;<>\\^`{|}" },
};

struct _MmImapStore
{
  MmStore parent_instance;

  MmService *service;
  MmCredentials *credentials;
  MmImapSession *session;   /* NULL while closed */
  MmImapNames *names;
  MmImapRefusals refusals;
  MmImapReading reading;
  MmCapabilities capabilities; /* as of the last opening */
  const char *forbidden;       /* of the dialect; "" */
};

G_DEFINE_FINAL_TYPE (MmImapStore, mm_imap_store, MM_TYPE_STORE)

static void
take_quota (MmImapStore      *self,
            const MmImapNode *values)
{
  const MmImapNode *list = values != NULL ? values->next : NULL;
  const MmImapNode *name = list != NULL ? list->first : NULL;
  guint64 used, limit;

  for (; name != NULL && name->next != NULL && name->next->next != NULL;
       name = name->next->next->next)
    if (mm_imap_node_is (name, "STORAGE") && mm_imap_node_get_number (name->next, &used) &&
        mm_imap_node_get_number (name->next->next, &limit) && limit < G_MAXINT64 / 1024 &&
        used < G_MAXINT64 / 1024)
      {
        MmCapabilities *known = &self->capabilities;
        gint64 room = ((gint64) limit - (gint64) used) * 1024;

        /* several roots: the tightest counts */
        if (known->quota_limit >= 0 && known->quota_limit - known->quota_used <= room)
          continue;
        known->quota_used = (gint64) used * 1024;
        known->quota_limit = (gint64) limit * 1024;
      }
}

static void
take_delimiter (MmImapStore      *self,
                const MmImapNode *values)
{
  const char *text = values != NULL ? mm_imap_node_get_text (values->next) : NULL;

  if (mm_imap_names_has_namespaces (self->names) || values == NULL || values->next == NULL)
    return;
  mm_imap_names_set_default (self->names, mm_imap_names_get_prefix (self->names),
                             text != NULL ? text[0] : 0);
}

static void
take_identity (MmImapStore      *self,
               const MmImapNode *list)
{
  const MmImapNode *key = list != NULL ? list->first : NULL;

  for (; key != NULL && key->next != NULL; key = key->next->next)
    for (guint i = 0; i < G_N_ELEMENTS (dialects); i++)
      if (g_strcmp0 (mm_imap_node_get_text (key), "name") == 0 &&
          mm_imap_node_get_text (key->next) != NULL &&
          g_str_has_prefix (key->next->text, dialects[i].name))
        self->forbidden = dialects[i].forbidden;
}

static gboolean
handle_introduction (MmImapSession         *session,
                     const MmImapResponse  *response,
                     gpointer               user_data,
                     GError               **error)
{
  MmImapStore *self = user_data;

  if (mm_imap_response_is (response, "NAMESPACE"))
    mm_imap_names_set_namespaces (self->names, response->data);
  else if (mm_imap_response_is (response, "LIST"))
    take_delimiter (self, response->data);
  else if (mm_imap_response_is (response, "QUOTA"))
    take_quota (self, response->data);
  else if (mm_imap_response_is (response, "ID"))
    take_identity (self, response->data);
  return TRUE;
}

/* What is asked right after signing in, all in one round trip. */
static gboolean
introduce (MmImapStore   *self,
           GCancellable  *cancellable,
           GError       **error)
{
  static const struct { const char *capability; const char *command; } questions[] = {
    /* some servers open no folder to a program that does not say its name (RFC 2971) */
    { "ID", "ID (\"name\" \"Mail Migrator\" \"version\" \"" MM_VERSION "\")" },
    { "NAMESPACE", "NAMESPACE" },
    { NULL, "LIST \"\" \"\"" },
    { "QUOTA", "GETQUOTAROOT \"INBOX\"" },
  };
  g_autoptr (MmImapCommand) last = NULL;
  gboolean ok = TRUE;

  mm_imap_session_set_handler (self->session, handle_introduction, self);
  for (guint i = 0; i < G_N_ELEMENTS (questions) && ok; i++)
    {
      if (questions[i].capability != NULL &&
          !mm_imap_session_has (self->session, questions[i].capability))
        continue;
      g_clear_pointer (&last, mm_imap_command_unref);
      last = mm_imap_session_send (self->session, cancellable, error, "%s", questions[i].command);
      ok = last != NULL;
    }
  ok = ok && mm_imap_session_wait (self->session, last, cancellable, error);
  mm_imap_session_settle (self->session, cancellable);
  if (ok && !mm_imap_names_has_namespaces (self->names))
    ok = mm_imap_learn_prefix (self->session, self->names, cancellable, error);
  return ok;
}

static gboolean
sign_in (MmImapStore   *self,
         GCancellable  *cancellable,
         GError       **error)
{
  gboolean preauth = FALSE;

  if (!mm_imap_session_connect (self->session, &preauth, cancellable, error))
    return FALSE;
  return preauth || mm_imap_login (self->session, self->service->user,
                                   mm_credentials_get_password (self->credentials),
                                   cancellable, error);
}

static void
mm_imap_store_close (MmStore *store)
{
  MmImapStore *self = MM_IMAP_STORE (store);

  if (self->session != NULL)
    mm_imap_session_close (self->session);
  g_clear_pointer (&self->session, mm_imap_session_free);
}

/* Cyrus takes no such names and says so only when asked to make one; the word for its replication
 * is nobody else's. Control characters nobody takes. */
static void
learn_forbidden (MmImapStore *self,
                 char        *forbidden,
                 gsize        size)
{
  char delimiter = mm_imap_names_get_delimiter (self->names);
  const char first[] = { delimiter != 0 ? delimiter : '\r', 0 };

  g_strlcpy (forbidden, first, size);
  if (mm_imap_session_has (self->session, "X-REPLICATION"))
    g_strlcat (forbidden, delimiter == '.' ? "!\"%;<>\\^`{|}/" : "!\"%;<>\\^`{|}", size);
}

static void
learn_capabilities (MmImapStore *self)
{
  MmKindCapabilities *emails = &self->capabilities.kinds[MM_KIND_EMAILS];

  emails->read = emails->create = emails->delete_ = TRUE;
  emails->creates_folders = emails->subscribes = TRUE;
  emails->has_global_ids = mm_imap_session_has (self->session, "X-GM-EXT-1") ||
                           mm_imap_session_has (self->session, "OBJECTID");
  emails->returns_ids = mm_imap_session_has (self->session, "UIDPLUS");
  emails->keeps_dates = emails->keeps_flags = emails->keeps_keywords = TRUE;
  learn_forbidden (self, emails->name_forbidden, sizeof emails->name_forbidden);
  emails->item_max_bytes = mm_imap_session_get_append_limit (self->session);
  emails->batch_items = MM_IMAP_BATCH_ITEMS;
  emails->batch_bytes = MM_IMAP_BATCH_BYTES;
  self->capabilities.connections = CONNECTIONS;
  self->capabilities.round_trip_us = mm_imap_session_get_round_trip (self->session);
}

static gboolean
mm_imap_store_open (MmStore       *store,
                    GCancellable  *cancellable,
                    GError       **error)
{
  MmImapStore *self = MM_IMAP_STORE (store);

  g_clear_pointer (&self->session, mm_imap_session_free);
  g_clear_pointer (&self->names, mm_imap_names_free);
  self->session = mm_imap_session_new (self->service, self->credentials);
  self->names = mm_imap_names_new ();
  mm_capabilities_init (&self->capabilities);
  self->forbidden = "";
  if (!sign_in (self, cancellable, error) || !introduce (self, cancellable, error))
    {
      mm_imap_store_close (store);
      return FALSE;
    }
  learn_capabilities (self);
  return TRUE;
}

static void
mm_imap_store_get_capabilities (MmStore        *store,
                                MmCapabilities *capabilities)
{
  MmImapStore *self = MM_IMAP_STORE (store);
  MmKindCapabilities *emails = &capabilities->kinds[MM_KIND_EMAILS];

  *capabilities = self->capabilities;
  /* a list of the folders may have taught the prefix */
  emails->inbox_has_children = mm_imap_names_get_delimiter (self->names) != 0 &&
                               !mm_imap_names_prefix_is_inbox (self->names);
}

/* A connection that the server ended while it said "busy" is no less ended. */
static gboolean
finish (MmImapStore *self,
        gboolean     ok)
{
  if (!ok && !mm_imap_session_is_alive (self->session))
    mm_store_close (MM_STORE (self));
  return ok;
}

static GPtrArray *
mm_imap_store_list_folders (MmStore       *store,
                            MmKind         kind,
                            GCancellable  *cancellable,
                            GError       **error)
{
  MmImapStore *self = MM_IMAP_STORE (store);
  GPtrArray *folders;

  if (kind != MM_KIND_EMAILS)
    return g_ptr_array_new_with_free_func ((GDestroyNotify) mm_folder_unref);
  folders = mm_imap_list_folders (self->session, self->names, cancellable, error);
  finish (self, folders != NULL);
  return folders;
}

static gboolean
mm_imap_store_create_folders (MmStore       *store,
                              GPtrArray     *folders,
                              GPtrArray     *results,
                              GCancellable  *cancellable,
                              GError       **error)
{
  MmImapStore *self = MM_IMAP_STORE (store);

  return finish (self, mm_imap_create_folders (self->session, self->names, folders, results,
                                               cancellable, error));
}

static gboolean
mm_imap_store_delete_folders (MmStore       *store,
                              GPtrArray     *folders,
                              GPtrArray     *results,
                              GCancellable  *cancellable,
                              GError       **error)
{
  MmImapStore *self = MM_IMAP_STORE (store);

  return finish (self, mm_imap_delete_folders (self->session, self->names, folders, results,
                                               cancellable, error));
}

static gboolean
mm_imap_store_subscribe_folders (MmStore       *store,
                                 GPtrArray     *folders,
                                 gboolean       subscribed,
                                 GPtrArray     *results,
                                 GCancellable  *cancellable,
                                 GError       **error)
{
  MmImapStore *self = MM_IMAP_STORE (store);

  return finish (self, mm_imap_subscribe_folders (self->session, self->names, folders, subscribed,
                                                  results, cancellable, error));
}

static gboolean
mm_imap_store_list_items (MmStore       *store,
                          MmFolder      *folder,
                          const char    *since,
                          MmListFlags    flags,
                          MmListFunc     func,
                          gpointer       user_data,
                          char         **position,
                          GCancellable  *cancellable,
                          GError       **error)
{
  MmImapStore *self = MM_IMAP_STORE (store);
  g_autofree char *name = mm_imap_folder_get_name (self->names, folder, error);

  return name != NULL &&
         finish (self, mm_imap_list_items (self->session, folder, name, since, flags, func,
                                           user_data, position, cancellable, error));
}

static gboolean
mm_imap_store_fetch_items (MmStore       *store,
                           MmFolder      *folder,
                           GPtrArray     *references,
                           MmFetchFunc    func,
                           gpointer       user_data,
                           GCancellable  *cancellable,
                           GError       **error)
{
  MmImapStore *self = MM_IMAP_STORE (store);
  g_autofree char *name = mm_imap_folder_get_name (self->names, folder, error);

  return name != NULL &&
         finish (self, mm_imap_fetch_items (self->session, &self->reading, folder, name, references,
                                            func, user_data, cancellable, error));
}

static gboolean
mm_imap_store_store_items (MmStore       *store,
                           MmFolder      *folder,
                           GPtrArray     *items,
                           GPtrArray     *results,
                           GCancellable  *cancellable,
                           GError       **error)
{
  MmImapStore *self = MM_IMAP_STORE (store);
  g_autofree char *name = mm_imap_folder_get_name (self->names, folder, error);

  return name != NULL &&
         finish (self, mm_imap_store_items (self->session, &self->refusals, folder, name, items,
                                            results, cancellable, error));
}

static gboolean
mm_imap_store_delete_items (MmStore       *store,
                            MmFolder      *folder,
                            GPtrArray     *references,
                            GPtrArray     *results,
                            GCancellable  *cancellable,
                            GError       **error)
{
  MmImapStore *self = MM_IMAP_STORE (store);
  g_autofree char *name = mm_imap_folder_get_name (self->names, folder, error);

  return name != NULL &&
         finish (self, mm_imap_delete_items (self->session, self->names, folder, name, references,
                                             results, cancellable, error));
}

static void
mm_imap_store_finalize (GObject *object)
{
  MmImapStore *self = MM_IMAP_STORE (object);

  g_clear_pointer (&self->session, mm_imap_session_free);
  g_clear_pointer (&self->names, mm_imap_names_free);
  g_clear_pointer (&self->service, mm_service_free);
  g_clear_pointer (&self->credentials, mm_credentials_unref);

  G_OBJECT_CLASS (mm_imap_store_parent_class)->finalize (object);
}

static void
mm_imap_store_class_init (MmImapStoreClass *klass)
{
  MmStoreClass *store_class = MM_STORE_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = mm_imap_store_finalize;

  store_class->open = mm_imap_store_open;
  store_class->close = mm_imap_store_close;
  store_class->get_capabilities = mm_imap_store_get_capabilities;
  store_class->list_folders = mm_imap_store_list_folders;
  store_class->create_folders = mm_imap_store_create_folders;
  store_class->delete_folders = mm_imap_store_delete_folders;
  store_class->subscribe_folders = mm_imap_store_subscribe_folders;
  store_class->list_items = mm_imap_store_list_items;
  store_class->fetch_items = mm_imap_store_fetch_items;
  store_class->store_items = mm_imap_store_store_items;
  store_class->delete_items = mm_imap_store_delete_items;
}

static void
mm_imap_store_init (MmImapStore *self)
{
  mm_capabilities_init (&self->capabilities);
}

MmStore *
mm_imap_store_new (const MmService *service,
                   MmCredentials   *credentials)
{
  MmImapStore *self;

  g_return_val_if_fail (service != NULL, NULL);
  g_return_val_if_fail (credentials != NULL, NULL);

  self = g_object_new (MM_TYPE_IMAP_STORE, NULL);
  self->service = mm_service_copy (service);
  self->credentials = mm_credentials_ref (credentials);
  return MM_STORE (self);
}
