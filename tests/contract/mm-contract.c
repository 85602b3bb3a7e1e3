/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "mm-contract-private.h"

#include <string.h>

typedef struct
{
  MmContractFactory factory;
  gpointer user_data;
  MmKind kind;
  MmContractTest run;
} Registration;

static void
run_test (gconstpointer data)
{
  static guint n_accounts;
  const Registration *registration = data;
  MmContract self = {
    .factory = registration->factory,
    .user_data = registration->user_data,
    .kind = registration->kind,
  };
  g_autoptr (GError) error = NULL;

  self.account = g_strdup_printf ("contract%u", n_accounts++);
  self.store = _mm_contract_another_store (&self);
  if (self.store != NULL)
    {
      mm_store_open (self.store, NULL, &error);
      g_assert_no_error (error);
      mm_store_get_capabilities (self.store, &self.capabilities);
      self.able = self.capabilities.kinds[self.kind];
      registration->run (&self);
    }
  g_clear_object (&self.store);
  g_free (self.account);
}

static void
add_cases (const char           *name,
           const MmContractCase *cases,
           const Registration   *registration)
{
  for (; cases->path != NULL; cases++)
    {
      g_autofree char *path = g_strdup_printf ("/contract/%s/%s", name, cases->path);
      Registration *own = g_memdup2 (registration, sizeof *registration);

      own->run = cases->run;
      g_test_add_data_func_full (path, own, run_test, g_free);
    }
}

void
mm_contract_add (const char        *name,
                 MmKind             kind,
                 MmContractFactory  factory,
                 gpointer           user_data)
{
  const Registration registration = {
    .factory = factory,
    .user_data = user_data,
    .kind = kind,
  };

  add_cases (name, _mm_contract_folder_cases, &registration);
  add_cases (name, _mm_contract_item_cases, &registration);
  add_cases (name, _mm_contract_error_cases, &registration);
}

MmStore *
_mm_contract_another_store (MmContract *self)
{
  return self->factory (self->account, self->user_data);
}

GPtrArray *
_mm_contract_list_of (gpointer entry)
{
  GPtrArray *list = g_ptr_array_new ();

  g_ptr_array_add (list, entry);
  return list;
}

MmFolder *
_mm_contract_create (MmContract        *self,
                     const char *const *path)
{
  g_autoptr (MmFolder) folder = mm_folder_new (self->kind, path);
  g_autoptr (GPtrArray) list = _mm_contract_list_of (folder);
  g_autoptr (GPtrArray) results = mm_results_new (1);
  g_autoptr (GError) error = NULL;

  mm_store_create_folders (self->store, list, results, NULL, &error);
  g_assert_no_error (error);
  _mm_contract_assert_state (results, 0, MM_RESULT_CREATED);
  folder->id = g_strdup (((MmResult *) g_ptr_array_index (results, 0))->id);
  g_assert_nonnull (folder->id);
  return g_steal_pointer (&folder);
}

MmFolder *
_mm_contract_get_folder (MmContract *self)
{
  g_autoptr (GPtrArray) folders = NULL;

  if (self->able.creates_folders)
    return _mm_contract_create (self, PATH ("Work"));

  folders = _mm_contract_list_folders (self);
  for (guint i = 0; i < folders->len; i++)
    {
      MmFolder *folder = g_ptr_array_index (folders, i);

      if (folder->selectable)
        return mm_folder_ref (folder);
    }
  g_assert_not_reached ();
}

GPtrArray *
_mm_contract_list_folders (MmContract *self)
{
  g_autoptr (GError) error = NULL;
  GPtrArray *folders = mm_store_list_folders (self->store, self->kind, NULL, &error);

  g_assert_no_error (error);
  g_assert_nonnull (folders);
  return folders;
}

MmFolder *
_mm_contract_find (MmContract        *self,
                   const char *const *path)
{
  g_autoptr (GPtrArray) folders = _mm_contract_list_folders (self);

  for (guint i = 0; i < folders->len; i++)
    {
      MmFolder *folder = g_ptr_array_index (folders, i);

      if (mm_path_equal ((const char *const *) folder->path, path))
        return mm_folder_ref (folder);
    }
  return NULL;
}

static void
append_body (GString *message,
             guint    shape)
{
  switch (shape)
    {
    case 0: /* two plain lines */
      g_string_append (message, "\r\nGood morning,\r\nuntil tomorrow.\r\n");
      break;
    case 1: /* nothing behind the header */
      g_string_append (message, "\r\n");
      break;
    case 2: /* bytes above 127 */
      g_string_append (message, "Content-Type: text/plain; charset=utf-8\r\n"
                                "Content-Transfer-Encoding: 8bit\r\n\r\n"
                                "Žluťoučký kůň, año, naïve, 日本語.\r\n");
      break;
    case 3: /* what line protocols stumble over */
      g_string_append (message, "\r\n.\r\n..\r\nFrom here on\r\n* OK {10}\r\n)\r\nA1 NO\r\n+ go\r\n"
                                " \t \r\n\r\n\r\n");
      break;
    case 4: /* a folded header, and a MIME body */
      g_string_append (message, "X-Long: one\r\n two\r\n\tthree\r\n"
                                "MIME-Version: 1.0\r\n"
                                "Content-Type: multipart/mixed; boundary=\"=_b\"\r\n\r\n"
                                "--=_b\r\nContent-Type: text/plain\r\n\r\npart\r\n"
                                "--=_b\r\nContent-Type: application/octet-stream\r\n"
                                "Content-Transfer-Encoding: base64\r\n\r\nAAEC/w==\r\n"
                                "--=_b--\r\n");
      break;
    case 5: /* some 100 KiB */
      g_string_append (message, "\r\n");
      for (guint line = 0; line < 2000; line++)
        g_string_append_printf (message, "%06u the quick brown fox jumps over the dog\r\n", line);
      break;
    case 6: /* bytes of which no text is made */
      g_string_append (message, "Content-Transfer-Encoding: 8bit\r\n\r\n");
      for (guint byte = 1; byte < 256; byte++)
        if (byte != '\r' && byte != '\n')
          g_string_append_c (message, (char) byte);
      g_string_append (message, "\r\n");
      break;
    default: /* an empty line more than needed */
      g_string_append (message, "\r\n\r\nlast\r\n\r\n");
      break;
    }
}

static char *
make_message (guint  n,
              guint  shape,
              gsize *length)
{
  GString *message = g_string_new (NULL);

  g_string_append_printf (message,
                          "From: Anna <anna@example.org>\r\n"
                          "To: bob@example.org\r\n"
                          "Date: Mon, %u Jan 2024 10:00:00 +0100\r\n"
                          "Subject: number %u\r\n"
                          "Message-ID: <contract.%u@example.org>\r\n",
                          1 + n % 28, n, n);
  append_body (message, shape);
  *length = message->len;
  return g_string_free (message, FALSE);
}

static const guint flag_sets[] = {
  0,
  MM_FLAG_SEEN,
  MM_FLAG_SEEN | MM_FLAG_ANSWERED,
  MM_FLAG_FLAGGED,
  MM_FLAG_DRAFT,
  MM_FLAG_SEEN | MM_FLAG_ANSWERED | MM_FLAG_FLAGGED | MM_FLAG_DRAFT | MM_FLAG_DELETED,
};

static const char *const keyword_sets[][3] = {
  { NULL },
  { "$Forwarded", NULL },
  { "$Label1", "Work", NULL },
};

MmItem *
_mm_contract_item_new_bytes (const char *bytes,
                             gssize      length)
{
  gsize size = length < 0 ? strlen (bytes) : (gsize) length;

  return mm_item_new (mm_reference_new ("source"), mm_blob_new (bytes, size));
}

MmItem *
_mm_contract_item_new (MmContract *self,
                       guint       n)
{
  guint shape = n % MM_CONTRACT_N_SHAPES;
  gsize length;
  g_autofree char *message = make_message (n, shape, &length);
  MmItem *item;

  if (self->able.item_max_bytes > 0 && length > self->able.item_max_bytes)
    {
      g_free (message);
      message = make_message (n, 0, &length);
    }
  item = _mm_contract_item_new_bytes (message, (gssize) length);
  item->reference->size = length;
  item->reference->flags = flag_sets[n % G_N_ELEMENTS (flag_sets)];
  if (keyword_sets[n % G_N_ELEMENTS (keyword_sets)][0] != NULL)
    item->reference->keywords =
      g_strdupv ((char **) keyword_sets[n % G_N_ELEMENTS (keyword_sets)]);
  /* From 2001 on, in steps that are no whole days, and not in order. */
  item->reference->date = 1000000000 + (gint64) ((n * 7919) % 1000) * 654321;
  return item;
}

GPtrArray *
_mm_contract_items_new (MmContract *self,
                        guint       first,
                        guint       n)
{
  GPtrArray *items = g_ptr_array_new_with_free_func ((GDestroyNotify) mm_item_free);

  for (guint i = 0; i < n; i++)
    g_ptr_array_add (items, _mm_contract_item_new (self, first + i));
  return items;
}

GPtrArray *
_mm_contract_store (MmContract *self,
                    MmFolder   *folder,
                    GPtrArray  *items)
{
  GPtrArray *results = mm_results_new (items->len);
  g_autoptr (GError) error = NULL;
  gboolean ok;

  ok = mm_store_store_items (self->store, folder, items, results, NULL, &error);
  g_assert_no_error (error);
  g_assert_true (ok);
  for (guint i = 0; i < results->len; i++)
    _mm_contract_assert_state (results, i, MM_RESULT_CREATED);
  return results;
}

static gboolean
collect_reference (MmReference  *reference,
                   gpointer      user_data,
                   GError      **error)
{
  g_assert_nonnull (reference->id);
  g_ptr_array_add (user_data, reference);
  return TRUE;
}

GPtrArray *
_mm_contract_list (MmContract   *self,
                   MmFolder     *folder,
                   const char   *since,
                   MmListFlags   flags,
                   char        **position)
{
  GPtrArray *references = g_ptr_array_new_with_free_func ((GDestroyNotify) mm_reference_free);
  g_autoptr (GError) error = NULL;
  gboolean ok;

  ok = mm_store_list_items (self->store, folder, since, flags, collect_reference, references,
                            position, NULL, &error);
  g_assert_no_error (error);
  g_assert_true (ok);
  return references;
}

typedef struct
{
  GPtrArray *items;
  gboolean *came;
} Fetched;

static gboolean
collect_item (guint          index,
              MmItem        *item,
              const GError  *failure,
              gpointer       user_data,
              GError       **error)
{
  Fetched *fetched = user_data;

  g_assert_cmpuint (index, <, fetched->items->len);
  g_assert_false (fetched->came[index]);
  g_assert_true ((item != NULL) != (failure != NULL));
  fetched->came[index] = TRUE;
  fetched->items->pdata[index] = item;
  if (failure != NULL)
    g_assert_error (failure, MM_ERROR, MM_ERROR_NOT_FOUND);
  return TRUE;
}

static void
free_item (gpointer item)
{
  mm_item_free (item);
}

GPtrArray *
_mm_contract_fetch (MmContract *self,
                    MmFolder   *folder,
                    GPtrArray  *references)
{
  GPtrArray *items = g_ptr_array_new_with_free_func (free_item);
  g_autofree gboolean *came = g_new0 (gboolean, references->len + 1);
  Fetched fetched = { items, came };
  g_autoptr (GError) error = NULL;
  gboolean ok;

  g_ptr_array_set_size (items, (int) references->len);
  ok = mm_store_fetch_items (self->store, folder, references, collect_item, &fetched, NULL,
                             &error);
  g_assert_no_error (error);
  g_assert_true (ok);
  for (guint i = 0; i < references->len; i++)
    g_assert_true (came[i]);
  return items;
}

gboolean
_mm_contract_has_change (const MmResult *result,
                         const char     *code)
{
  for (guint i = 0; result->changes != NULL && i < result->changes->len; i++)
    if (g_str_equal (((MmChange *) g_ptr_array_index (result->changes, i))->code, code))
      return TRUE;
  return FALSE;
}

void
_mm_contract_assert_state (GPtrArray     *results,
                           guint          index,
                           MmResultState  state)
{
  const MmResult *result = g_ptr_array_index (results, index);

  if (state != MM_RESULT_FAILED)
    g_assert_no_error (result->error);
  g_assert_cmpint (result->state, ==, state);
  if (state == MM_RESULT_FAILED)
    g_assert_nonnull (result->error);
}
