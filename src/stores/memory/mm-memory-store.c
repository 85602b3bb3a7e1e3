/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "stores/memory/mm-memory-store.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "stores/memory/mm-memory-server-private.h"
#include "stores/wrap/mm-wait.h"

struct _MmMemoryStore
{
  MmStore parent_instance;

  MmMemoryServer *server;
};

G_DEFINE_FINAL_TYPE (MmMemoryStore, mm_memory_store, MM_TYPE_STORE)

/* The way to the server and back, before its mutex is taken. */
static gboolean
travel (MmMemoryServer  *server,
        GCancellable    *cancellable,
        GError         **error)
{
  MmMemoryTraits traits;

  mm_memory_server_get_traits (server, &traits);
  return mm_wait (traits.capabilities.round_trip_us / 1000, cancellable, error);
}

static const MmKindCapabilities *
get_kind (MmMemoryServer *server,
          MmKind          kind)
{
  return &server->traits.capabilities.kinds[kind];
}

static gboolean
check_able (gboolean   able,
            GError   **error)
{
  if (!able)
    g_set_error_literal (error, MM_ERROR, MM_ERROR_UNSUPPORTED,
                         _("This account cannot do what was asked of it."));
  return able;
}

static MmMemoryFolder *
find_folder (MmMemoryServer  *server,
             const MmFolder  *folder,
             GError         **error)
{
  MmMemoryFolder *found = NULL;

  if (folder->id != NULL)
    found = _mm_memory_server_find_folder (server, folder->kind, folder->id);
  if (found == NULL || !found->folder->selectable)
    {
      g_autofree char *path = mm_folder_get_display_path (folder);

      g_set_error (error, MM_ERROR, MM_ERROR_NOT_FOUND, _("The folder “%s” is not there."), path);
      return NULL;
    }
  return found;
}

static GError *
changed_error (const MmMemoryFolder *folder)
{
  g_autofree char *path = mm_folder_get_display_path (folder->folder);

  return g_error_new (MM_ERROR, MM_ERROR_CHANGED,
                      _("The folder “%s” was made anew: what was known of it is no longer valid."),
                      path);
}

static gboolean
mm_memory_store_open (MmStore       *store,
                      GCancellable  *cancellable,
                      GError       **error)
{
  MmMemoryServer *server = MM_MEMORY_STORE (store)->server;
  g_autoptr (GMutexLocker) locker = NULL;

  if (!travel (server, cancellable, error))
    return FALSE;

  locker = g_mutex_locker_new (&server->mutex);
  if (server->traits.connection_limit > 0 &&
      server->connections >= server->traits.connection_limit)
    {
      g_set_error (error, MM_ERROR, MM_ERROR_LIMIT,
                   _("The server allows no more than %u connections at once."),
                   server->traits.connection_limit);
      return FALSE;
    }
  server->connections++;
  return TRUE;
}

static void
mm_memory_store_close (MmStore *store)
{
  MmMemoryServer *server = MM_MEMORY_STORE (store)->server;
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&server->mutex);

  server->connections--;
}

static void
mm_memory_store_get_capabilities (MmStore        *store,
                                  MmCapabilities *capabilities)
{
  MmMemoryServer *server = MM_MEMORY_STORE (store)->server;
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&server->mutex);

  *capabilities = server->traits.capabilities;
  capabilities->quota_used = capabilities->quota_limit >= 0
                               ? _mm_memory_server_count_bytes (server)
                               : -1;
}

static GPtrArray *
mm_memory_store_list_folders (MmStore       *store,
                              MmKind         kind,
                              GCancellable  *cancellable,
                              GError       **error)
{
  MmMemoryServer *server = MM_MEMORY_STORE (store)->server;
  g_autoptr (GPtrArray) list = NULL;
  g_autoptr (GMutexLocker) locker = NULL;

  if (!travel (server, cancellable, error))
    return NULL;

  locker = g_mutex_locker_new (&server->mutex);
  if (!check_able (get_kind (server, kind)->read || get_kind (server, kind)->create, error))
    return NULL;

  list = g_ptr_array_new_with_free_func ((GDestroyNotify) mm_folder_unref);
  for (guint i = 0; i < server->folders->len; i++)
    {
      const MmMemoryFolder *each = g_ptr_array_index (server->folders, i);
      MmFolder *folder;

      if (each->folder->kind != kind)
        continue;
      folder = mm_folder_copy (each->folder);
      folder->n_items = each->items->len;
      folder->n_bytes = _mm_memory_folder_count_bytes (each);
      folder->position = g_strdup_printf ("%" G_GUINT64_FORMAT ":%" G_GUINT64_FORMAT,
                                          each->generation, each->next);
      g_ptr_array_add (list, folder);
    }
  return g_steal_pointer (&list);
}

static gboolean
is_good_name (const MmKindCapabilities *capabilities,
              const char               *name)
{
  if (*name == '\0' || !g_utf8_validate (name, -1, NULL))
    return FALSE;
  for (const char *c = name; *c != '\0'; c++)
    if (g_ascii_iscntrl (*c) || strchr (capabilities->name_forbidden, *c) != NULL)
      return FALSE;
  return capabilities->name_max_bytes == 0 || strlen (name) <= capabilities->name_max_bytes;
}

static gboolean
is_good_path (const MmKindCapabilities *capabilities,
              MmKind                    kind,
              char                    **path)
{
  if (path[0] == NULL)
    return FALSE;
  for (char **name = path; *name != NULL; name++)
    if (!is_good_name (capabilities, *name))
      return FALSE;
  return kind != MM_KIND_EMAILS || capabilities->inbox_has_children || path[1] == NULL ||
         !g_str_equal (path[0], "INBOX");
}

static void
create_folder (MmMemoryServer *server,
               const MmFolder *folder,
               MmResult       *result)
{
  const char *const *path = (const char *const *) folder->path;
  g_autofree char *display = mm_path_to_display (path);
  MmMemoryFolder *found;

  if (!is_good_path (get_kind (server, folder->kind), folder->kind, folder->path))
    {
      mm_result_fail (result, g_error_new (MM_ERROR, MM_ERROR_REFUSED,
                                           _("The server allows no folder called “%s”."),
                                           display));
      return;
    }

  result->id = _mm_memory_folder_make_id (path);
  found = _mm_memory_server_find_folder (server, folder->kind, result->id);
  if (found != NULL && found->folder->selectable)
    {
      result->state = MM_RESULT_EXISTED;
      return;
    }
  if (found == NULL)
    found = _mm_memory_server_make_folder (server, folder->kind, path);
  found->folder->selectable = TRUE;
  result->state = MM_RESULT_CREATED;
}

static gboolean
mm_memory_store_create_folders (MmStore       *store,
                                GPtrArray     *folders,
                                GPtrArray     *results,
                                GCancellable  *cancellable,
                                GError       **error)
{
  MmMemoryServer *server = MM_MEMORY_STORE (store)->server;
  g_autoptr (GMutexLocker) locker = NULL;

  if (!travel (server, cancellable, error))
    return FALSE;

  locker = g_mutex_locker_new (&server->mutex);
  for (guint i = 0; i < folders->len; i++)
    {
      const MmFolder *folder = g_ptr_array_index (folders, i);

      if (!check_able (get_kind (server, folder->kind)->creates_folders, error))
        return FALSE;
      create_folder (server, folder, g_ptr_array_index (results, i));
    }
  return TRUE;
}

static void
delete_folder (MmMemoryServer *server,
               const MmFolder *folder,
               MmResult       *result)
{
  g_autofree char *path = mm_folder_get_display_path (folder);
  MmMemoryFolder *found = _mm_memory_server_find_folder (server, folder->kind, folder->id);

  if (found == NULL)
    {
      result->state = MM_RESULT_EXISTED;
      return;
    }
  if (found->folder->role == MM_ROLE_INBOX)
    {
      mm_result_fail (result, g_error_new_literal (MM_ERROR, MM_ERROR_REFUSED,
                                                   _("The inbox cannot be deleted.")));
      return;
    }
  if (found->items->len > 0 || _mm_memory_server_has_children (server, found))
    {
      mm_result_fail (result, g_error_new (MM_ERROR, MM_ERROR_NOT_EMPTY,
                                           _("The folder “%s” is not empty."), path));
      return;
    }
  _mm_memory_server_drop_folder (server, found);
  result->state = MM_RESULT_CREATED;
}

static gboolean
mm_memory_store_delete_folders (MmStore       *store,
                                GPtrArray     *folders,
                                GPtrArray     *results,
                                GCancellable  *cancellable,
                                GError       **error)
{
  MmMemoryServer *server = MM_MEMORY_STORE (store)->server;
  g_autoptr (GMutexLocker) locker = NULL;

  if (!travel (server, cancellable, error))
    return FALSE;

  locker = g_mutex_locker_new (&server->mutex);
  for (guint i = 0; i < folders->len; i++)
    {
      const MmFolder *folder = g_ptr_array_index (folders, i);

      if (!check_able (get_kind (server, folder->kind)->creates_folders, error))
        return FALSE;
      delete_folder (server, folder, g_ptr_array_index (results, i));
    }
  return TRUE;
}

static gboolean
mm_memory_store_subscribe_folders (MmStore       *store,
                                   GPtrArray     *folders,
                                   gboolean       subscribed,
                                   GPtrArray     *results,
                                   GCancellable  *cancellable,
                                   GError       **error)
{
  MmMemoryServer *server = MM_MEMORY_STORE (store)->server;
  g_autoptr (GMutexLocker) locker = NULL;

  if (!travel (server, cancellable, error))
    return FALSE;

  locker = g_mutex_locker_new (&server->mutex);
  for (guint i = 0; i < folders->len; i++)
    {
      const MmFolder *folder = g_ptr_array_index (folders, i);
      MmResult *result = g_ptr_array_index (results, i);
      g_autoptr (GError) missing = NULL;
      MmMemoryFolder *found;

      if (!check_able (get_kind (server, folder->kind)->subscribes, error))
        return FALSE;
      found = find_folder (server, folder, &missing);
      if (found == NULL)
        {
          mm_result_fail (result, g_steal_pointer (&missing));
          continue;
        }
      result->state = found->folder->subscribed == subscribed ? MM_RESULT_EXISTED
                                                              : MM_RESULT_CREATED;
      found->folder->subscribed = subscribed;
    }
  return TRUE;
}

/* What a listing delivers, taken at one moment: the caller may take its time with each. */
static GPtrArray *
take_references (MmMemoryServer  *server,
                 MmFolder        *folder,
                 const char      *since,
                 MmListFlags      flags,
                 char           **position,
                 GError         **error)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&server->mutex);
  g_autoptr (GPtrArray) references = NULL;
  MmMemoryFolder *found;
  guint64 first = 0;
  MmMemoryItem *item;

  if (!check_able (get_kind (server, folder->kind)->read, error))
    return NULL;
  found = find_folder (server, folder, error);
  if (found == NULL)
    return NULL;
  if (since != NULL && !_mm_memory_folder_parse_id (found, since, &first))
    {
      g_propagate_error (error, changed_error (found));
      return NULL;
    }

  references = g_ptr_array_new_with_free_func ((GDestroyNotify) mm_reference_free);
  for (guint i = _mm_memory_folder_find (found, first, &item); i < found->items->len; i++)
    g_ptr_array_add (references,
                     _mm_memory_folder_describe (found, g_ptr_array_index (found->items, i),
                                                 server, flags));
  *position = g_strdup_printf ("%" G_GUINT64_FORMAT ":%" G_GUINT64_FORMAT, found->generation,
                               found->next);
  return g_steal_pointer (&references);
}

static gboolean
mm_memory_store_list_items (MmStore       *store,
                            MmFolder      *folder,
                            const char    *since,
                            MmListFlags    flags,
                            MmListFunc     func,
                            gpointer       user_data,
                            char         **position,
                            GCancellable  *cancellable,
                            GError       **error)
{
  MmMemoryServer *server = MM_MEMORY_STORE (store)->server;
  g_autofree char *end = NULL;
  g_autoptr (GPtrArray) references = NULL;

  if (!travel (server, cancellable, error))
    return FALSE;
  references = take_references (server, folder, since, flags, &end, error);
  if (references == NULL)
    return FALSE;

  for (guint i = 0; i < references->len; i++)
    {
      MmReference *reference = g_steal_pointer (&references->pdata[i]);

      if (g_cancellable_set_error_if_cancelled (cancellable, error))
        {
          mm_reference_free (reference);
          return FALSE;
        }
      if (!func (reference, user_data, error))
        return FALSE;
    }
  if (position != NULL)
    *position = g_steal_pointer (&end);
  return TRUE;
}

/* One item; NULL with @failure when it is gone, NULL without one when the call has failed. */
static MmItem *
fetch_item (MmMemoryServer     *server,
            MmFolder           *folder,
            const MmReference  *reference,
            GError            **failure,
            GError            **error)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&server->mutex);
  MmMemoryFolder *found = find_folder (server, folder, error);
  MmMemoryItem *item;
  guint64 number;

  if (found == NULL || !check_able (get_kind (server, folder->kind)->read, error))
    return NULL;
  if (!_mm_memory_folder_parse_id (found, reference->id, &number))
    {
      g_propagate_error (error, changed_error (found));
      return NULL;
    }
  _mm_memory_folder_find (found, number, &item);
  if (item == NULL)
    {
      g_set_error_literal (failure, MM_ERROR, MM_ERROR_NOT_FOUND,
                           _("The item is not there any more."));
      return NULL;
    }
  return mm_item_new (_mm_memory_folder_describe (found, item, server,
                                                  MM_LIST_FINGERPRINTS | MM_LIST_GLOBAL_IDS),
                      mm_blob_ref (item->blob));
}

static gboolean
mm_memory_store_fetch_items (MmStore       *store,
                             MmFolder      *folder,
                             GPtrArray     *references,
                             MmFetchFunc    func,
                             gpointer       user_data,
                             GCancellable  *cancellable,
                             GError       **error)
{
  MmMemoryServer *server = MM_MEMORY_STORE (store)->server;

  if (!travel (server, cancellable, error))
    return FALSE;

  for (guint i = 0; i < references->len; i++)
    {
      g_autoptr (GError) failure = NULL;
      MmItem *item;

      if (g_cancellable_set_error_if_cancelled (cancellable, error))
        return FALSE;
      item = fetch_item (server, folder, g_ptr_array_index (references, i), &failure, error);
      if (item == NULL && failure == NULL)
        return FALSE;
      if (!func (i, item, failure, user_data, error))
        return FALSE;
    }
  return TRUE;
}

/* What of @item this server keeps. */
static MmReference *
make_storable (const MmKindCapabilities *capabilities,
               const MmItem             *item,
               MmResult                 *result)
{
  MmReference *kept = mm_reference_copy (item->reference);

  g_clear_pointer (&kept->global_id, g_free);
  if (!capabilities->keeps_flags && kept->flags != 0)
    {
      kept->flags = 0;
      mm_result_add_change (result, "flags-lost", _("The server keeps no flags."));
    }
  if (!capabilities->keeps_keywords && kept->keywords != NULL)
    {
      g_clear_pointer (&kept->keywords, g_strfreev);
      mm_result_add_change (result, "keywords-lost", _("The server keeps no keywords."));
    }
  if (!capabilities->keeps_dates && kept->date != MM_DATE_UNKNOWN)
    {
      kept->date = MM_DATE_UNKNOWN;
      mm_result_add_change (result, "date-changed", _("The server keeps no dates."));
    }
  if (kept->date == MM_DATE_UNKNOWN)
    kept->date = g_get_real_time () / G_USEC_PER_SEC;
  return kept;
}

/* FALSE when the account is full. */
static gboolean
store_item (MmMemoryServer  *server,
            MmMemoryFolder  *folder,
            const MmItem    *item,
            MmResult        *result,
            GError         **error)
{
  const MmKindCapabilities *capabilities = get_kind (server, folder->folder->kind);
  gint64 quota = server->traits.capabilities.quota_limit;
  g_autoptr (MmReference) kept = NULL;
  MmMemoryItem *stored;

  if (capabilities->item_max_bytes > 0 &&
      mm_blob_get_size (item->blob) > capabilities->item_max_bytes)
    {
      mm_result_fail (result, g_error_new_literal (MM_ERROR, MM_ERROR_TOO_LARGE,
                                                   _("The item is larger than the server "
                                                     "takes.")));
      return TRUE;
    }
  if (quota >= 0 && _mm_memory_server_count_bytes (server) +
                    (gint64) mm_blob_get_size (item->blob) > quota)
    {
      g_set_error_literal (error, MM_ERROR, MM_ERROR_QUOTA, _("The account is full."));
      return FALSE;
    }

  kept = make_storable (capabilities, item, result);
  stored = _mm_memory_server_append (server, folder, kept, item->blob);
  result->state = MM_RESULT_CREATED;
  if (capabilities->returns_ids)
    {
      g_autoptr (MmReference) reference = _mm_memory_folder_describe (folder, stored, server, 0);

      result->id = g_steal_pointer (&reference->id);
      result->version = g_steal_pointer (&reference->version);
    }
  return TRUE;
}

static gboolean
mm_memory_store_store_items (MmStore       *store,
                             MmFolder      *folder,
                             GPtrArray     *items,
                             GPtrArray     *results,
                             GCancellable  *cancellable,
                             GError       **error)
{
  MmMemoryServer *server = MM_MEMORY_STORE (store)->server;
  g_autoptr (GMutexLocker) locker = NULL;
  MmMemoryFolder *found;

  if (!travel (server, cancellable, error))
    return FALSE;

  locker = g_mutex_locker_new (&server->mutex);
  server->largest_batch = MAX (server->largest_batch, items->len);
  if (!check_able (get_kind (server, folder->kind)->create, error))
    return FALSE;
  found = find_folder (server, folder, error);
  if (found == NULL)
    return FALSE;
  for (guint i = 0; i < items->len; i++)
    {
      if (g_cancellable_set_error_if_cancelled (cancellable, error))
        return FALSE;
      if (!store_item (server, found, g_ptr_array_index (items, i),
                       g_ptr_array_index (results, i), error))
        return FALSE;
    }
  return TRUE;
}

static void
delete_item (MmMemoryServer    *server,
             MmMemoryFolder    *folder,
             const MmReference *reference,
             guint64            number,
             MmResult          *result)
{
  g_autoptr (MmReference) present = NULL;
  MmMemoryItem *item;
  guint index = _mm_memory_folder_find (folder, number, &item);

  if (item == NULL)
    {
      result->state = MM_RESULT_EXISTED;
      return;
    }
  present = _mm_memory_folder_describe (folder, item, server, 0);
  if (reference->version != NULL && g_strcmp0 (reference->version, present->version) != 0)
    {
      mm_result_fail (result, g_error_new_literal (MM_ERROR, MM_ERROR_CHANGED,
                                                   _("The item was changed since.")));
      return;
    }
  g_ptr_array_remove_index (folder->items, index);
  result->state = MM_RESULT_CREATED;
}

static gboolean
mm_memory_store_delete_items (MmStore       *store,
                              MmFolder      *folder,
                              GPtrArray     *references,
                              GPtrArray     *results,
                              GCancellable  *cancellable,
                              GError       **error)
{
  MmMemoryServer *server = MM_MEMORY_STORE (store)->server;
  g_autoptr (GMutexLocker) locker = NULL;
  MmMemoryFolder *found;

  if (!travel (server, cancellable, error))
    return FALSE;

  locker = g_mutex_locker_new (&server->mutex);
  if (!check_able (get_kind (server, folder->kind)->delete_, error))
    return FALSE;
  found = find_folder (server, folder, error);
  if (found == NULL)
    return FALSE;
  for (guint i = 0; i < references->len; i++)
    {
      const MmReference *reference = g_ptr_array_index (references, i);
      guint64 number;

      if (!_mm_memory_folder_parse_id (found, reference->id, &number))
        {
          g_propagate_error (error, changed_error (found));
          return FALSE;
        }
      delete_item (server, found, reference, number, g_ptr_array_index (results, i));
    }
  return TRUE;
}

static void
mm_memory_store_finalize (GObject *object)
{
  g_clear_pointer (&MM_MEMORY_STORE (object)->server, mm_memory_server_unref);

  G_OBJECT_CLASS (mm_memory_store_parent_class)->finalize (object);
}

static void
mm_memory_store_class_init (MmMemoryStoreClass *klass)
{
  MmStoreClass *store_class = MM_STORE_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = mm_memory_store_finalize;

  store_class->open = mm_memory_store_open;
  store_class->close = mm_memory_store_close;
  store_class->get_capabilities = mm_memory_store_get_capabilities;
  store_class->list_folders = mm_memory_store_list_folders;
  store_class->create_folders = mm_memory_store_create_folders;
  store_class->delete_folders = mm_memory_store_delete_folders;
  store_class->subscribe_folders = mm_memory_store_subscribe_folders;
  store_class->list_items = mm_memory_store_list_items;
  store_class->fetch_items = mm_memory_store_fetch_items;
  store_class->store_items = mm_memory_store_store_items;
  store_class->delete_items = mm_memory_store_delete_items;
}

static void
mm_memory_store_init (MmMemoryStore *self)
{
}

MmStore *
mm_memory_store_new (MmMemoryServer *server)
{
  MmMemoryStore *self;

  g_return_val_if_fail (server != NULL, NULL);

  self = g_object_new (MM_TYPE_MEMORY_STORE, NULL);
  self->server = mm_memory_server_ref (server);
  return MM_STORE (self);
}
