/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>
#include "model/mm-capabilities.h"
#include "model/mm-error.h"
#include "model/mm-folder.h"
#include "model/mm-item.h"

G_BEGIN_DECLS

/**
 * MmStore:
 *
 * One service of an account, as the engine sees it; the same class for source and destination.
 *
 * Calls block. An instance serves one thread at a time and may be handed from one to another
 * between calls; callbacks make no calls on it: more speed is more instances. Every call can be
 * cancelled, returns within two seconds of that, and then fails with G_IO_ERROR_CANCELLED; the
 * instance must be opened again before it is used further.
 *
 * Two planes of error: the GError is the folder's or the store's (mm_error_ends_store ()), each
 * MmResult is its item's. No store retries, waits or reconnects by itself: stores/wrap does.
 *
 * A store that cannot do a thing leaves the slot NULL; the wrapper function then fails with
 * MM_ERROR_UNSUPPORTED. Capabilities say so beforehand.
 */
#define MM_TYPE_STORE (mm_store_get_type ())
G_DECLARE_DERIVABLE_TYPE (MmStore, mm_store, MM, STORE, GObject)

typedef enum
{
  MM_LIST_BASIC = 0,             /* id, version, size, date, flags, keywords */
  MM_LIST_FINGERPRINTS = 1 << 0, /* also fingerprint and label: dearer, headers are read */
  MM_LIST_GLOBAL_IDS = 1 << 1,   /* also global_id, where the server has it */
} MmListFlags;

/* One listed item. @reference: (transfer full). FALSE with @error set ends the listing. */
typedef gboolean (*MmListFunc) (MmReference  *reference,
                                gpointer      user_data,
                                GError      **error);

/* One fetched item. @index: its place in the list asked for. Exactly one of @item (transfer
 * full) and @failure (the item's own error, borrowed: gone, unreadable) is given. FALSE with @error set ends the
 * fetch; blocking in here is how a full queue slows the reading down. */
typedef gboolean (*MmFetchFunc) (guint          index,
                                 MmItem        *item,
                                 const GError  *failure,
                                 gpointer       user_data,
                                 GError       **error);

struct _MmStoreClass
{
  GObjectClass parent_class;

  gboolean (*open) (MmStore *self, GCancellable *cancellable, GError **error);
  void (*close) (MmStore *self);
  void (*get_capabilities) (MmStore *self, MmCapabilities *capabilities);
  GPtrArray *(*list_folders) (MmStore *self, MmKind kind, GCancellable *cancellable, GError **error);
  gboolean (*create_folders) (MmStore *self, GPtrArray *folders, GPtrArray *results, GCancellable *cancellable, GError **error);
  gboolean (*delete_folders) (MmStore *self, GPtrArray *folders, GPtrArray *results, GCancellable *cancellable, GError **error);
  gboolean (*subscribe_folders) (MmStore *self, GPtrArray *folders, gboolean subscribed, GPtrArray *results, GCancellable *cancellable, GError **error);
  gboolean (*list_items) (MmStore *self, MmFolder *folder, const char *since, MmListFlags flags, MmListFunc func, gpointer user_data, char **position, GCancellable *cancellable, GError **error);
  gboolean (*fetch_items) (MmStore *self, MmFolder *folder, GPtrArray *references, MmFetchFunc func, gpointer user_data, GCancellable *cancellable, GError **error);
  gboolean (*store_items) (MmStore *self, MmFolder *folder, GPtrArray *items, GPtrArray *results, GCancellable *cancellable, GError **error);
  gboolean (*delete_items) (MmStore *self, MmFolder *folder, GPtrArray *references, GPtrArray *results, GCancellable *cancellable, GError **error);
};

/* Connects and signs in. Errors before the work can begin, NETWORK, BUSY, LIMIT. A store that was
 * closed, or whose call failed with NETWORK or cancellation, can be opened again: such a call (or
 * one that failed with PROTOCOL) closes the store, and what is asked of a closed store fails with
 * NETWORK. A class's close is called only after its open succeeded, at the latest while the object
 * is disposed of. */
gboolean mm_store_open (MmStore       *self,
                        GCancellable  *cancellable,
                        GError       **error);

/* Ends the connection politely if that takes no time. Idempotent; also done by the last unref. */
void mm_store_close (MmStore *self);

gboolean mm_store_is_open (MmStore *self);

/* Known after open (). (out) */
void mm_store_get_capabilities (MmStore        *self,
                                MmCapabilities *capabilities);

/* Every folder of @kind that belongs to the account's owner, parents before children, with the
 * levels that hold nothing themselves. (transfer full) (element-type MmFolder) */
GPtrArray *mm_store_list_folders (MmStore       *self,
                                  MmKind         kind,
                                  GCancellable  *cancellable,
                                  GError       **error);

/* Makes folders at their @path (id is ignored), in the order given; parents that are missing are
 * made by the server as it likes. A result's id is the new folder's id; EXISTED when it was there.
 * Not subscribed by this. */
gboolean mm_store_create_folders (MmStore       *self,
                                  GPtrArray     *folders,
                                  GPtrArray     *results,
                                  GCancellable  *cancellable,
                                  GError       **error);

/* Deletes empty folders, in the order given (children first). A folder that holds items or
 * children FAILED with MM_ERROR_NOT_EMPTY; one that is not there EXISTED. */
gboolean mm_store_delete_folders (MmStore       *self,
                                  GPtrArray     *folders,
                                  GPtrArray     *results,
                                  GCancellable  *cancellable,
                                  GError       **error);

gboolean mm_store_subscribe_folders (MmStore       *self,
                                     GPtrArray     *folders,
                                     gboolean       subscribed,
                                     GPtrArray     *results,
                                     GCancellable  *cancellable,
                                     GError       **error);

/* Lists what is in @folder in the store's own order (mail: by UID), or only what came after the
 * mark @since. Reads only (law 4). @position (out) (optional) (transfer full): the mark of the
 * end at this moment. Errors: NOT_FOUND; CHANGED when @since belongs to another life of the folder. */
gboolean mm_store_list_items (MmStore       *self,
                              MmFolder      *folder,
                              const char    *since,
                              MmListFlags    flags,
                              MmListFunc     func,
                              gpointer       user_data,
                              char         **position,
                              GCancellable  *cancellable,
                              GError       **error);

/* Fetches the items named by @references (element-type MmReference; only id is read) and calls
 * @func once for each, in an order of the store's choice (normally that of the list). Reads only.
 * An item that is gone or unreadable is a failure of that item. Errors: NOT_FOUND, CHANGED. */
gboolean mm_store_fetch_items (MmStore       *self,
                               MmFolder      *folder,
                               GPtrArray     *references,
                               MmFetchFunc    func,
                               gpointer       user_data,
                               GCancellable  *cancellable,
                               GError       **error);

/* Stores @items (element-type MmItem) with flags, keywords and date, in order; items later in the
 * list come later in the folder. Byte-exact first; a server that refuses gets a repair that is
 * named in the result's changes, or the item FAILED. Errors: QUOTA (items not stored are
 * PENDING), NOT_FOUND, NETWORK (items sent are UNKNOWN), … */
gboolean mm_store_store_items (MmStore       *self,
                               MmFolder      *folder,
                               GPtrArray     *items,
                               GPtrArray     *results,
                               GCancellable  *cancellable,
                               GError       **error);

/* Deletes exactly the items named by @references (id, and version where there is one), nothing
 * else. Gone already: EXISTED. Changed since (version differs): FAILED with CHANGED. */
gboolean mm_store_delete_items (MmStore       *self,
                                MmFolder      *folder,
                                GPtrArray     *references,
                                GPtrArray     *results,
                                GCancellable  *cancellable,
                                GError       **error);

G_END_DECLS
