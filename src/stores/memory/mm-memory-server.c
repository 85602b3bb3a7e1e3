/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "stores/memory/mm-memory-server-private.h"

#include <string.h>

#include "formats/mm-rfc5322.h"

/* Between the components of a folder's id: it sorts before everything that a name can hold, so
 * that sorting by id puts parents before children. */
#define SEPARATOR "\x1f"

static void
item_free (MmMemoryItem *item)
{
  g_strfreev (item->keywords);
  g_free (item->global_id);
  g_free (item->label);
  mm_blob_unref (item->blob);
  g_free (item);
}

static void
folder_free (MmMemoryFolder *folder)
{
  mm_folder_unref (folder->folder);
  g_ptr_array_unref (folder->items);
  g_free (folder);
}

void
mm_memory_traits_init (MmMemoryTraits *self,
                       MmKindSet       kinds)
{
  g_return_if_fail (self != NULL);

  *self = (MmMemoryTraits) { .makes_parents = TRUE };
  mm_capabilities_init (&self->capabilities);
  for (guint kind = 0; kind < MM_N_KINDS; kind++)
    if (kinds & MM_KIND_BIT (kind))
      self->capabilities.kinds[kind] = (MmKindCapabilities) {
        .read = TRUE,
        .create = TRUE,
        .delete_ = TRUE,
        .creates_folders = TRUE,
        .subscribes = TRUE,
        .returns_ids = TRUE,
        .keeps_dates = TRUE,
        .keeps_flags = TRUE,
        .keeps_keywords = TRUE,
        .inbox_has_children = TRUE,
      };
}

MmMemoryServer *
mm_memory_server_new (const MmMemoryTraits *traits)
{
  MmMemoryServer *self = g_new0 (MmMemoryServer, 1);

  g_atomic_ref_count_init (&self->ref_count);
  g_mutex_init (&self->mutex);
  if (traits != NULL)
    self->traits = *traits;
  else
    mm_memory_traits_init (&self->traits, MM_KIND_SET_ALL);
  self->folders = g_ptr_array_new_with_free_func ((GDestroyNotify) folder_free);
  self->next_generation = 1;

  for (guint kind = 0; kind < MM_N_KINDS; kind++)
    mm_memory_server_add_folder (
      self, kind, (const char *[]) { kind == MM_KIND_EMAILS ? "INBOX" : "Default", NULL },
      kind == MM_KIND_EMAILS ? MM_ROLE_INBOX : MM_ROLE_NONE, kind == MM_KIND_EMAILS, FALSE);
  return self;
}

MmMemoryServer *
mm_memory_server_ref (MmMemoryServer *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

void
mm_memory_server_unref (MmMemoryServer *self)
{
  if (self == NULL || !g_atomic_ref_count_dec (&self->ref_count))
    return;

  g_ptr_array_unref (self->folders);
  g_mutex_clear (&self->mutex);
  g_free (self);
}

void
mm_memory_server_get_traits (MmMemoryServer *self,
                             MmMemoryTraits *traits)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->mutex);

  *traits = self->traits;
}

void
mm_memory_server_set_traits (MmMemoryServer       *self,
                             const MmMemoryTraits *traits)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->mutex);

  self->traits = *traits;
}

char *
_mm_memory_folder_make_id (const char *const *path)
{
  return g_strjoinv (SEPARATOR, (char **) path);
}

MmMemoryFolder *
_mm_memory_server_find_folder (MmMemoryServer *self,
                               MmKind          kind,
                               const char     *id)
{
  for (guint i = 0; i < self->folders->len; i++)
    {
      MmMemoryFolder *folder = g_ptr_array_index (self->folders, i);

      if (folder->folder->kind == kind && g_strcmp0 (folder->folder->id, id) == 0)
        return folder;
    }
  return NULL;
}

static MmMemoryFolder *
find_by_path (MmMemoryServer    *self,
              MmKind             kind,
              const char *const *path)
{
  g_autofree char *id = _mm_memory_folder_make_id (path);

  return _mm_memory_server_find_folder (self, kind, id);
}

static int
compare_folders (gconstpointer a,
                 gconstpointer b)
{
  const MmMemoryFolder *folder_a = *(MmMemoryFolder *const *) a;
  const MmMemoryFolder *folder_b = *(MmMemoryFolder *const *) b;

  if (folder_a->folder->kind != folder_b->folder->kind)
    return folder_a->folder->kind < folder_b->folder->kind ? -1 : 1;
  return strcmp (folder_a->folder->id, folder_b->folder->id);
}

MmMemoryFolder *
_mm_memory_server_make_folder (MmMemoryServer    *self,
                               MmKind             kind,
                               const char *const *path)
{
  guint length = g_strv_length ((char **) path);
  MmMemoryFolder *folder;

  if (length > 1)
    {
      g_auto (GStrv) parent = g_strdupv ((char **) path);

      g_clear_pointer (&parent[length - 1], g_free);
      if (find_by_path (self, kind, (const char *const *) parent) == NULL)
        {
          folder = _mm_memory_server_make_folder (self, kind, (const char *const *) parent);
          folder->folder->selectable = self->traits.makes_parents;
        }
    }

  folder = g_new0 (MmMemoryFolder, 1);
  folder->folder = mm_folder_new (kind, path);
  folder->folder->id = _mm_memory_folder_make_id (path);
  folder->items = g_ptr_array_new_with_free_func ((GDestroyNotify) item_free);
  folder->generation = self->next_generation++;
  folder->next = 1;
  g_ptr_array_add (self->folders, folder);
  g_ptr_array_sort (self->folders, compare_folders);
  return folder;
}

gboolean
_mm_memory_server_has_children (MmMemoryServer       *self,
                                const MmMemoryFolder *folder)
{
  g_autofree char *prefix = g_strconcat (folder->folder->id, SEPARATOR, NULL);

  for (guint i = 0; i < self->folders->len; i++)
    {
      const MmMemoryFolder *other = g_ptr_array_index (self->folders, i);

      if (other->folder->kind == folder->folder->kind &&
          g_str_has_prefix (other->folder->id, prefix))
        return TRUE;
    }
  return FALSE;
}

void
_mm_memory_server_drop_folder (MmMemoryServer *self,
                               MmMemoryFolder *folder)
{
  g_auto (GStrv) path = g_strdupv (folder->folder->path);
  MmKind kind = folder->folder->kind;

  g_ptr_array_remove (self->folders, folder);
  for (guint length = g_strv_length (path); length > 1; length--)
    {
      MmMemoryFolder *parent;

      g_clear_pointer (&path[length - 1], g_free);
      parent = find_by_path (self, kind, (const char *const *) path);
      if (parent == NULL || parent->folder->selectable ||
          _mm_memory_server_has_children (self, parent))
        return;
      g_ptr_array_remove (self->folders, parent);
    }
}

static gboolean
add_to_checksum (const guint8  *data,
                 gsize          length,
                 gpointer       user_data,
                 GError       **error)
{
  g_checksum_update (user_data, data, (gssize) length);
  return TRUE;
}

static GChecksum *
hash_blob (MmBlob *blob)
{
  GChecksum *checksum = g_checksum_new (G_CHECKSUM_SHA256);

  mm_blob_foreach (blob, add_to_checksum, checksum, NULL);
  return checksum;
}

static void
set_blob (MmMemoryItem *item,
          MmKind        kind,
          MmBlob       *blob)
{
  g_clear_pointer (&item->blob, mm_blob_unref);
  g_clear_pointer (&item->label, g_free);
  item->blob = mm_blob_ref (blob);
  item->version++;

  if (kind == MM_KIND_EMAILS)
    {
      MmRfc5322Summary summary = { 0 };

      if (mm_rfc5322_examine (blob, FALSE, &summary, NULL))
        {
          item->fingerprint = summary.fingerprint;
          item->label = g_steal_pointer (&summary.label);
          mm_rfc5322_summary_clear (&summary);
        }
    }
  else
    {
      g_autoptr (GChecksum) checksum = hash_blob (blob);
      guint8 digest[32];
      gsize length = sizeof digest;

      g_checksum_get_digest (checksum, digest, &length);
      memcpy (&item->fingerprint, digest, sizeof item->fingerprint);
    }
  /* Zero says that there is none. */
  if (item->fingerprint == 0)
    item->fingerprint = 1;
}

MmMemoryItem *
_mm_memory_server_append (MmMemoryServer    *self,
                          MmMemoryFolder    *folder,
                          const MmReference *reference,
                          MmBlob            *blob)
{
  MmMemoryItem *item = g_new0 (MmMemoryItem, 1);

  item->number = folder->next++;
  item->flags = reference->flags;
  item->keywords = g_strdupv (reference->keywords);
  item->date = reference->date;
  item->global_id = reference->global_id != NULL
                      ? g_strdup (reference->global_id)
                      : g_strdup_printf ("M%" G_GUINT64_FORMAT, ++self->next_global_id);
  set_blob (item, folder->folder->kind, blob);
  g_ptr_array_add (folder->items, item);
  return item;
}

gint64
_mm_memory_folder_count_bytes (const MmMemoryFolder *self)
{
  gint64 total = 0;

  for (guint i = 0; i < self->items->len; i++)
    total += (gint64) mm_blob_get_size (((MmMemoryItem *) self->items->pdata[i])->blob);
  return total;
}

gint64
_mm_memory_server_count_bytes (MmMemoryServer *self)
{
  gint64 total = 0;

  for (guint i = 0; i < self->folders->len; i++)
    total += _mm_memory_folder_count_bytes (g_ptr_array_index (self->folders, i));
  return total;
}

gboolean
_mm_memory_folder_parse_id (const MmMemoryFolder *self,
                            const char           *id,
                            guint64              *number)
{
  char *end;

  if (id == NULL || g_ascii_strtoull (id, &end, 10) != self->generation || *end != ':')
    return FALSE;
  *number = g_ascii_strtoull (end + 1, NULL, 10);
  return TRUE;
}

guint
_mm_memory_folder_find (const MmMemoryFolder *self,
                        guint64               number,
                        MmMemoryItem        **item)
{
  guint low = 0;
  guint high = self->items->len;

  *item = NULL;
  while (low < high)
    {
      guint middle = low + (high - low) / 2;
      MmMemoryItem *candidate = g_ptr_array_index (self->items, middle);

      if (candidate->number < number)
        low = middle + 1;
      else
        high = middle;
    }
  if (low < self->items->len &&
      ((MmMemoryItem *) g_ptr_array_index (self->items, low))->number == number)
    *item = g_ptr_array_index (self->items, low);
  return low;
}

MmReference *
_mm_memory_folder_describe (const MmMemoryFolder *self,
                            const MmMemoryItem   *item,
                            MmMemoryServer       *server,
                            MmListFlags           flags)
{
  MmReference *reference = mm_reference_new (NULL);
  MmKind kind = self->folder->kind;

  reference->id = g_strdup_printf ("%" G_GUINT64_FORMAT ":%" G_GUINT64_FORMAT, self->generation,
                                   item->number);
  if (server->traits.has_versions || kind != MM_KIND_EMAILS)
    reference->version = g_strdup_printf ("%u", item->version);
  reference->size = mm_blob_get_size (item->blob);
  reference->date = item->date;
  reference->flags = item->flags;
  reference->keywords = g_strdupv (item->keywords);
  if (flags & MM_LIST_FINGERPRINTS)
    {
      reference->fingerprint = item->fingerprint;
      reference->label = g_strdup (item->label);
    }
  if ((flags & MM_LIST_GLOBAL_IDS) && server->traits.capabilities.kinds[kind].has_global_ids)
    reference->global_id = g_strdup (item->global_id);
  return reference;
}

void
mm_memory_server_add_folder (MmMemoryServer    *self,
                             MmKind             kind,
                             const char *const *path,
                             MmRole             role,
                             gboolean           role_is_certain,
                             gboolean           subscribed)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->mutex);
  MmMemoryFolder *folder = find_by_path (self, kind, path);

  if (folder == NULL)
    folder = _mm_memory_server_make_folder (self, kind, path);
  folder->folder->role = role;
  folder->folder->role_is_certain = role_is_certain;
  folder->folder->subscribed = subscribed;
}

void
mm_memory_server_remove_folder (MmMemoryServer    *self,
                                MmKind             kind,
                                const char *const *path)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->mutex);

  for (guint i = self->folders->len; i > 0; i--)
    {
      MmMemoryFolder *folder = g_ptr_array_index (self->folders, i - 1);

      if (folder->folder->kind == kind &&
          mm_path_is_within ((const char *const *) folder->folder->path, path))
        g_ptr_array_remove_index (self->folders, i - 1);
    }
}

char *
mm_memory_server_add_item (MmMemoryServer    *self,
                           MmKind             kind,
                           const char *const *path,
                           MmItem            *item)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->mutex);
  g_autoptr (MmItem) owned = item;
  MmMemoryFolder *folder = find_by_path (self, kind, path);
  MmMemoryItem *added;

  g_return_val_if_fail (folder != NULL, NULL);

  added = _mm_memory_server_append (self, folder, owned->reference, owned->blob);
  return g_strdup_printf ("%" G_GUINT64_FORMAT ":%" G_GUINT64_FORMAT, folder->generation,
                          added->number);
}

/* For the calls that change one item. NULL, loudly, when it is not there. */
static MmMemoryItem *
get_item (MmMemoryServer     *self,
          MmKind              kind,
          const char *const  *path,
          const char         *id,
          MmMemoryFolder    **folder,
          guint              *index)
{
  MmMemoryItem *item = NULL;
  guint64 number;

  *folder = find_by_path (self, kind, path);
  g_return_val_if_fail (*folder != NULL, NULL);
  g_return_val_if_fail (_mm_memory_folder_parse_id (*folder, id, &number), NULL);
  *index = _mm_memory_folder_find (*folder, number, &item);
  g_return_val_if_fail (item != NULL, NULL);
  return item;
}

void
mm_memory_server_remove_item (MmMemoryServer    *self,
                              MmKind             kind,
                              const char *const *path,
                              const char        *id)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->mutex);
  MmMemoryFolder *folder;
  guint index;

  if (get_item (self, kind, path, id, &folder, &index) != NULL)
    g_ptr_array_remove_index (folder->items, index);
}

void
mm_memory_server_change_flags (MmMemoryServer    *self,
                               MmKind             kind,
                               const char *const *path,
                               const char        *id,
                               guint              flags)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->mutex);
  MmMemoryFolder *folder;
  guint index;
  MmMemoryItem *item = get_item (self, kind, path, id, &folder, &index);

  if (item != NULL)
    item->flags = flags;
}

void
mm_memory_server_change_item (MmMemoryServer    *self,
                              MmKind             kind,
                              const char *const *path,
                              const char        *id,
                              MmBlob            *blob)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->mutex);
  MmMemoryFolder *folder;
  guint index;
  MmMemoryItem *item = get_item (self, kind, path, id, &folder, &index);

  if (item != NULL)
    set_blob (item, kind, blob);
}

void
mm_memory_server_change_generation (MmMemoryServer    *self,
                                    MmKind             kind,
                                    const char *const *path)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->mutex);
  MmMemoryFolder *folder = find_by_path (self, kind, path);

  g_return_if_fail (folder != NULL);

  folder->generation = self->next_generation++;
  folder->next = 1;
  for (guint i = 0; i < folder->items->len; i++)
    ((MmMemoryItem *) g_ptr_array_index (folder->items, i))->number = folder->next++;
}

gint64
mm_memory_server_count_items (MmMemoryServer    *self,
                              MmKind             kind,
                              const char *const *path)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->mutex);
  MmMemoryFolder *folder = find_by_path (self, kind, path);

  return folder != NULL ? (gint64) folder->items->len : -1;
}

guint
mm_memory_server_count_connections (MmMemoryServer *self)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->mutex);

  return self->connections;
}

guint
mm_memory_server_get_largest_batch (MmMemoryServer *self)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->mutex);

  return self->largest_batch;
}

static void
dump_item (GString              *text,
           const MmMemoryFolder *folder,
           const MmMemoryItem   *item,
           gboolean              with_ids)
{
  g_autoptr (GChecksum) checksum = hash_blob (item->blob);
  g_autofree char *keywords = item->keywords != NULL ? g_strjoinv (",", item->keywords) : NULL;

  g_string_append (text, "  ");
  if (with_ids)
    g_string_append_printf (text, "%" G_GUINT64_FORMAT ":%" G_GUINT64_FORMAT " ",
                            folder->generation, item->number);
  g_string_append_printf (text, "flags=%x keywords=%s date=%" G_GINT64_FORMAT " %s\n", item->flags,
                          keywords != NULL ? keywords : "", item->date,
                          g_checksum_get_string (checksum));
}

char *
mm_memory_server_dump (MmMemoryServer *self,
                       gboolean        with_ids)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->mutex);
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < self->folders->len; i++)
    {
      const MmMemoryFolder *folder = g_ptr_array_index (self->folders, i);
      g_autofree char *path = mm_folder_get_display_path (folder->folder);

      g_string_append_printf (text, "%s %s%s%s\n", mm_kind_to_nick (folder->folder->kind), path,
                              folder->folder->subscribed ? " subscribed" : "",
                              folder->folder->selectable ? "" : " level");
      for (guint j = 0; j < folder->items->len; j++)
        dump_item (text, folder, g_ptr_array_index (folder->items, j), with_ids);
    }
  return g_string_free (text, FALSE);
}
