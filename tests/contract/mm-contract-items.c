/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "formats/mm-rfc5322.h"
#include "mm-contract-private.h"

static gboolean
skip_unless (gboolean    able,
             const char *reason)
{
  if (!able)
    g_test_skip (reason);
  return !able;
}

#define SKIP_UNLESS_CREATING(self) \
  skip_unless ((self)->able.create && (self)->able.read, "no items can be stored here")

static void
assert_same_blob (MmBlob *a,
                  MmBlob *b)
{
  g_assert_cmpuint (mm_blob_get_size (a), ==, mm_blob_get_size (b));
  g_assert_true (mm_blob_equal (a, b));
}

/* That @reference has of @sent what the capabilities promise, and the result does not deny. */
static void
assert_same_reference (MmContract        *self,
                       const MmReference *sent,
                       const MmReference *reference,
                       const MmResult    *result)
{
  if (self->able.keeps_flags)
    g_assert_cmphex (reference->flags, ==, sent->flags);
  else
    g_assert_cmphex (reference->flags & ~sent->flags, ==, 0);

  if (self->able.keeps_dates)
    g_assert_cmpint (reference->date, ==, sent->date);
  else
    g_assert_true (reference->date != sent->date);

  if (_mm_contract_has_change (result, "keywords-lost"))
    return;
  if (self->able.keeps_keywords && sent->keywords != NULL)
    g_assert_cmpstrv (reference->keywords, sent->keywords);
  else
    g_assert_null (reference->keywords);
}

static void
test_empty (MmContract *self)
{
  g_autoptr (MmFolder) folder = _mm_contract_get_folder (self);
  g_autoptr (GPtrArray) none = g_ptr_array_new ();
  g_autofree char *position = NULL;
  g_autoptr (GPtrArray) listed = _mm_contract_list (self, folder, NULL, MM_LIST_FINGERPRINTS,
                                                    &position);
  g_autoptr (GPtrArray) fetched = _mm_contract_fetch (self, folder, none);
  g_autoptr (GError) error = NULL;

  g_assert_cmpuint (listed->len, ==, 0);
  g_assert_nonnull (position);
  if (self->able.create)
    g_assert_true (mm_store_store_items (self->store, folder, none, none, NULL, &error));
  g_assert_no_error (error);
  if (self->able.delete_)
    g_assert_true (mm_store_delete_items (self->store, folder, none, none, NULL, &error));
  g_assert_no_error (error);
}

static void
test_round_trip (MmContract *self)
{
  const guint n = 24;
  g_autoptr (MmFolder) folder = NULL;
  g_autoptr (GPtrArray) items = NULL;
  g_autoptr (GPtrArray) results = NULL;
  g_autoptr (GPtrArray) listed = NULL;
  g_autoptr (GPtrArray) fetched = NULL;
  g_autoptr (GPtrArray) again = NULL;

  if (SKIP_UNLESS_CREATING (self))
    return;

  folder = _mm_contract_get_folder (self);
  items = _mm_contract_items_new (self, 0, n);
  results = _mm_contract_store (self, folder, items);
  listed = _mm_contract_list (self, folder, NULL, MM_LIST_BASIC, NULL);
  fetched = _mm_contract_fetch (self, folder, listed);
  again = _mm_contract_list (self, folder, NULL, MM_LIST_BASIC, NULL);
  g_assert_cmpuint (listed->len, ==, n);
  g_assert_cmpuint (again->len, ==, n);

  for (guint i = 0; i < n; i++)
    {
      const MmItem *sent = g_ptr_array_index (items, i);
      const MmItem *item = g_ptr_array_index (fetched, i);
      const MmReference *reference = g_ptr_array_index (listed, i);
      const MmReference *unread = g_ptr_array_index (again, i);
      const MmResult *result = g_ptr_array_index (results, i);

      g_test_message ("item %u", i);
      g_assert_nonnull (item);
      assert_same_blob (sent->blob, item->blob);
      assert_same_reference (self, sent->reference, reference, result);
      assert_same_reference (self, sent->reference, item->reference, result);
      g_assert_cmpstr (item->reference->id, ==, reference->id);
      if (self->able.returns_ids)
        g_assert_cmpstr (result->id, ==, reference->id);
      /* Reading changes nothing. */
      g_assert_cmphex (unread->flags, ==, reference->flags);
      g_assert_cmpstr (unread->id, ==, reference->id);
      g_assert_cmpstr (unread->version, ==, reference->version);
    }
}

static void
test_many (MmContract *self)
{
  const guint n = 300;
  g_autoptr (MmFolder) folder = NULL;
  g_autoptr (GPtrArray) items = g_ptr_array_new_with_free_func ((GDestroyNotify) mm_item_free);
  g_autoptr (GPtrArray) results = NULL;
  g_autoptr (GPtrArray) listed = NULL;
  g_autoptr (GPtrArray) some = g_ptr_array_new ();
  g_autoptr (GPtrArray) fetched = NULL;

  if (SKIP_UNLESS_CREATING (self))
    return;

  folder = _mm_contract_get_folder (self);
  for (guint i = 0; i < n; i++)
    g_ptr_array_add (items, _mm_contract_item_new (self, i * MM_CONTRACT_N_SHAPES));
  results = _mm_contract_store (self, folder, items);
  listed = _mm_contract_list (self, folder, NULL, MM_LIST_BASIC, NULL);
  g_assert_cmpuint (listed->len, ==, n);

  /* With holes, and not in order. */
  for (guint i = n; i > 0; i -= 3)
    g_ptr_array_add (some, g_ptr_array_index (listed, i - 1));
  fetched = _mm_contract_fetch (self, folder, some);
  for (guint i = 0; i < some->len; i++)
    {
      const MmItem *sent = g_ptr_array_index (items, n - 1 - 3 * i);
      const MmItem *item = g_ptr_array_index (fetched, i);

      g_assert_nonnull (item);
      assert_same_blob (sent->blob, item->blob);
    }
}

static void
test_several_calls (MmContract *self)
{
  g_autoptr (MmFolder) folder = NULL;
  g_autoptr (GPtrArray) listed = NULL;
  guint n = 0;

  if (SKIP_UNLESS_CREATING (self))
    return;

  folder = _mm_contract_get_folder (self);
  for (guint batch = 1; batch <= 6; batch++)
    {
      g_autoptr (GPtrArray) items = _mm_contract_items_new (self, n, batch);
      g_autoptr (GPtrArray) results = _mm_contract_store (self, folder, items);

      n += batch;
    }
  listed = _mm_contract_list (self, folder, NULL, MM_LIST_FINGERPRINTS, NULL);
  g_assert_cmpuint (listed->len, ==, n);
  for (guint i = 0; self->kind == MM_KIND_EMAILS && i < n; i++)
    {
      g_autofree char *label = g_strdup_printf ("<contract.%u@example.org>", i);

      g_assert_true (g_str_has_prefix (((MmReference *) g_ptr_array_index (listed, i))->label,
                                       label));
    }
}

static void
test_big (MmContract *self)
{
  g_autoptr (MmFolder) folder = NULL;
  g_autoptr (GString) bytes = g_string_new ("From: a@example.org\r\nMessage-ID: <big@x>\r\n\r\n");
  g_autoptr (GPtrArray) items = NULL;
  g_autoptr (GPtrArray) results = NULL;
  g_autoptr (GPtrArray) listed = NULL;
  g_autoptr (GPtrArray) fetched = NULL;

  if (SKIP_UNLESS_CREATING (self))
    return;
  while (bytes->len < 3 * MM_BLOB_MEMORY_MAX)
    g_string_append_printf (bytes, "%08" G_GSIZE_FORMAT " all work and no play\r\n", bytes->len);
  if (self->able.item_max_bytes > 0 && self->able.item_max_bytes < bytes->len)
    {
      g_test_skip ("the server takes no big items");
      return;
    }

  folder = _mm_contract_get_folder (self);
  items = _mm_contract_items_new (self, 0, 2);
  g_ptr_array_insert (items, 1, _mm_contract_item_new_bytes (bytes->str, (gssize) bytes->len));
  results = _mm_contract_store (self, folder, items);
  listed = _mm_contract_list (self, folder, NULL, MM_LIST_BASIC, NULL);
  fetched = _mm_contract_fetch (self, folder, listed);
  g_assert_cmpuint (fetched->len, ==, 3);
  for (guint i = 0; i < 3; i++)
    {
      const MmItem *item = g_ptr_array_index (fetched, i);

      assert_same_blob (item->blob, ((MmItem *) g_ptr_array_index (items, i))->blob);
    }
  /* Memory stays flat. */
  g_assert_cmpuint (mm_blob_get_memory (((MmItem *) g_ptr_array_index (fetched, 1))->blob), <=,
                    bytes->len);
}

static void
test_too_large (MmContract *self)
{
  g_autoptr (MmFolder) folder = NULL;
  g_autoptr (GString) bytes = g_string_new ("From: a@example.org\r\n\r\n");
  g_autoptr (GPtrArray) items = NULL;
  g_autoptr (GPtrArray) results = mm_results_new (3);
  g_autoptr (GPtrArray) listed = NULL;
  g_autoptr (GError) error = NULL;

  if (SKIP_UNLESS_CREATING (self) ||
      skip_unless (self->able.item_max_bytes > 0 &&
                     self->able.item_max_bytes <= 64 * MM_BLOB_MEMORY_MAX,
                   "no limit is known that a test could exceed"))
    return;

  while (bytes->len <= self->able.item_max_bytes)
    g_string_append (bytes, "more of the same until it is over the limit\r\n");
  folder = _mm_contract_get_folder (self);
  items = _mm_contract_items_new (self, 0, 2);
  g_ptr_array_insert (items, 1, _mm_contract_item_new_bytes (bytes->str, (gssize) bytes->len));
  mm_store_store_items (self->store, folder, items, results, NULL, &error);
  g_assert_no_error (error);
  _mm_contract_assert_state (results, 0, MM_RESULT_CREATED);
  _mm_contract_assert_state (results, 1, MM_RESULT_FAILED);
  _mm_contract_assert_state (results, 2, MM_RESULT_CREATED);
  g_assert_error (((MmResult *) g_ptr_array_index (results, 1))->error, MM_ERROR,
                  MM_ERROR_TOO_LARGE);
  listed = _mm_contract_list (self, folder, NULL, MM_LIST_BASIC, NULL);
  g_assert_cmpuint (listed->len, ==, 2);
}

/* What servers refuse or change: stored equal but for what they are known to do, or failed with a
 * reason; never lost, and the neighbours always arrive. */
static const struct
{
  const char *bytes;
  gssize length;
} odd_messages[] = {
  { "From: a@x\nSubject: bare\n\nline\nline\n", -1 },
  { "From: a@x\r\nSubject: no end of line\r\n\r\nlast", -1 },
  { "From: a@x\r\nSubject: nothing below", -1 },
  { "Subject: p\xc5\x99\xc3\xadloha\r\n\r\nx\r\n", -1 },
  { "Subject: \xe8\xe9 latin\r\n\r\nx\r\n", -1 },
  { "From: a@x\r\n\r\nNUL \0 inside\r\n", 28 },
  { "no header at all\r\n\r\nx\r\n", -1 },
  { "\r\n", 2 },
  { "", 0 },
};

static void
test_odd (MmContract *self)
{
  g_autoptr (MmFolder) folder = NULL;
  g_autoptr (GPtrArray) items = g_ptr_array_new_with_free_func ((GDestroyNotify) mm_item_free);
  g_autoptr (GPtrArray) results = NULL;
  g_autoptr (GPtrArray) listed = NULL;
  g_autoptr (GPtrArray) fetched = NULL;
  g_autoptr (GError) error = NULL;
  guint n_stored = 0;

  if (SKIP_UNLESS_CREATING (self))
    return;

  folder = _mm_contract_get_folder (self);
  g_ptr_array_add (items, _mm_contract_item_new (self, 0));
  for (guint i = 0; i < G_N_ELEMENTS (odd_messages); i++)
    g_ptr_array_add (items, _mm_contract_item_new_bytes (odd_messages[i].bytes,
                                                         odd_messages[i].length));
  g_ptr_array_add (items, _mm_contract_item_new (self, 7));
  results = mm_results_new (items->len);
  mm_store_store_items (self->store, folder, items, results, NULL, &error);
  g_assert_no_error (error);
  _mm_contract_assert_state (results, 0, MM_RESULT_CREATED);
  _mm_contract_assert_state (results, items->len - 1, MM_RESULT_CREATED);

  listed = _mm_contract_list (self, folder, NULL, MM_LIST_BASIC, NULL);
  fetched = _mm_contract_fetch (self, folder, listed);
  for (guint i = 0; i < items->len; i++)
    {
      const MmResult *result = g_ptr_array_index (results, i);
      gboolean equal = FALSE;
      guint differences;

      g_test_message ("message %u: %s", i,
                      result->state == MM_RESULT_CREATED ? "stored" : result->error->message);
      if (result->state == MM_RESULT_FAILED)
        {
          g_assert_nonnull (result->error);
          continue;
        }
      g_assert_cmpint (result->state, ==, MM_RESULT_CREATED);
      g_assert_cmpuint (n_stored, <, fetched->len);
      mm_rfc5322_compare (((MmItem *) g_ptr_array_index (items, i))->blob,
                          ((MmItem *) g_ptr_array_index (fetched, n_stored++))->blob, &equal,
                          &differences, &error);
      g_assert_no_error (error);
      g_assert_true (equal || result->changes != NULL);
    }
  g_assert_cmpuint (n_stored, ==, fetched->len);
}

static void
test_since (MmContract *self)
{
  g_autoptr (MmFolder) folder = NULL;
  g_autofree char *empty = NULL;
  g_autofree char *middle = NULL;
  g_autofree char *end = NULL;
  g_autoptr (GPtrArray) listed = NULL;

  if (SKIP_UNLESS_CREATING (self))
    return;

  folder = _mm_contract_get_folder (self);
  g_ptr_array_unref (_mm_contract_list (self, folder, NULL, MM_LIST_BASIC, &empty));
  for (guint i = 0; i < 2; i++)
    {
      g_autoptr (GPtrArray) items = _mm_contract_items_new (self, 3 * i, 3);
      g_autoptr (GPtrArray) results = _mm_contract_store (self, folder, items);

      if (i == 0)
        g_ptr_array_unref (_mm_contract_list (self, folder, NULL, MM_LIST_BASIC, &middle));
    }

  listed = _mm_contract_list (self, folder, empty, MM_LIST_BASIC, NULL);
  g_assert_cmpuint (listed->len, ==, 6);
  g_clear_pointer (&listed, g_ptr_array_unref);

  listed = _mm_contract_list (self, folder, middle, MM_LIST_FINGERPRINTS, &end);
  g_assert_cmpuint (listed->len, ==, 3);
  if (self->kind == MM_KIND_EMAILS)
    g_assert_true (g_str_has_prefix (((MmReference *) g_ptr_array_index (listed, 0))->label,
                                     "<contract.3@example.org>"));
  g_clear_pointer (&listed, g_ptr_array_unref);

  listed = _mm_contract_list (self, folder, end, MM_LIST_BASIC, NULL);
  g_assert_cmpuint (listed->len, ==, 0);
}

static gboolean
ignore_reference (MmReference  *reference,
                  gpointer      user_data,
                  GError      **error)
{
  mm_reference_free (reference);
  return TRUE;
}

static void
delete_all (MmContract *self,
            MmFolder   *folder)
{
  g_autoptr (GPtrArray) listed = _mm_contract_list (self, folder, NULL, MM_LIST_BASIC, NULL);
  g_autoptr (GPtrArray) results = mm_results_new (listed->len);
  g_autoptr (GError) error = NULL;

  mm_store_delete_items (self->store, folder, listed, results, NULL, &error);
  g_assert_no_error (error);
}

/* A folder of the same name that is another one: old positions and ids are worthless, and must
 * not hit what is in it now. */
static void
test_another_life (MmContract *self)
{
  g_autoptr (MmFolder) folder = NULL;
  g_autoptr (MmFolder) second = NULL;
  g_autoptr (GPtrArray) list = NULL;
  g_autoptr (GPtrArray) items = NULL;
  g_autoptr (GPtrArray) old = NULL;
  g_autoptr (GPtrArray) listed = NULL;
  g_autoptr (GPtrArray) results = NULL;
  g_autofree char *position = NULL;
  g_autoptr (GError) error = NULL;

  if (SKIP_UNLESS_CREATING (self) ||
      skip_unless (self->able.creates_folders && self->able.delete_, "nothing can be deleted"))
    return;

  folder = _mm_contract_create (self, PATH ("Phoenix"));
  items = _mm_contract_items_new (self, 0, 4);
  g_ptr_array_unref (_mm_contract_store (self, folder, items));
  old = _mm_contract_list (self, folder, NULL, MM_LIST_BASIC, &position);
  delete_all (self, folder);
  list = _mm_contract_list_of (folder);
  results = mm_results_new (1);
  mm_store_delete_folders (self->store, list, results, NULL, &error);
  g_assert_no_error (error);
  _mm_contract_assert_state (results, 0, MM_RESULT_CREATED);

  /* Some servers make the mark of a folder's life from the clock, in seconds. */
  g_usleep (1100000);
  second = _mm_contract_create (self, PATH ("Phoenix"));
  g_ptr_array_unref (_mm_contract_store (self, second, items));

  g_assert_false (mm_store_list_items (self->store, second, position, MM_LIST_BASIC,
                                       ignore_reference, NULL, NULL, NULL, &error));
  g_assert_error (error, MM_ERROR, MM_ERROR_CHANGED);
  g_clear_error (&error);

  g_clear_pointer (&results, g_ptr_array_unref);
  results = mm_results_new (old->len);
  if (!mm_store_delete_items (self->store, second, old, results, NULL, &error))
    g_assert_error (error, MM_ERROR, MM_ERROR_CHANGED);
  listed = _mm_contract_list (self, second, NULL, MM_LIST_BASIC, NULL);
  g_assert_cmpuint (listed->len, ==, 4);
}

static void
test_fingerprints (MmContract *self)
{
  g_autoptr (MmFolder) folder = NULL;
  g_autoptr (GPtrArray) items = NULL;
  g_autoptr (GPtrArray) results = NULL;
  g_autoptr (GPtrArray) listed = NULL;
  g_autoptr (GHashTable) seen = g_hash_table_new (g_int64_hash, g_int64_equal);

  if (SKIP_UNLESS_CREATING (self))
    return;

  folder = _mm_contract_get_folder (self);
  items = _mm_contract_items_new (self, 0, 10);
  /* A real duplicate: both arrive. */
  g_ptr_array_add (items, _mm_contract_item_new (self, 4));
  results = _mm_contract_store (self, folder, items);
  listed = _mm_contract_list (self, folder, NULL, MM_LIST_FINGERPRINTS, NULL);
  g_assert_cmpuint (listed->len, ==, 11);

  for (guint i = 0; i < listed->len; i++)
    {
      const MmReference *reference = g_ptr_array_index (listed, i);

      g_assert_true (reference->fingerprint != 0);
      g_assert_true (g_hash_table_add (seen, (gpointer) &reference->fingerprint) == (i != 10));
      if (self->kind == MM_KIND_EMAILS)
        {
          MmRfc5322Summary summary = { 0 };

          mm_rfc5322_examine (((MmItem *) g_ptr_array_index (items, i))->blob, FALSE, &summary,
                              NULL);
          g_assert_cmpuint (reference->fingerprint, ==, summary.fingerprint);
          g_assert_cmpstr (reference->label, ==, summary.label);
          mm_rfc5322_summary_clear (&summary);
        }
    }
  g_assert_cmpuint (((MmReference *) g_ptr_array_index (listed, 10))->fingerprint, ==,
                    ((MmReference *) g_ptr_array_index (listed, 4))->fingerprint);
}

static void
test_delete (MmContract *self)
{
  g_autoptr (MmFolder) folder = NULL;
  g_autoptr (GPtrArray) items = NULL;
  g_autoptr (GPtrArray) results = NULL;
  g_autoptr (GPtrArray) listed = NULL;
  g_autoptr (GPtrArray) chosen = g_ptr_array_new ();
  g_autoptr (GPtrArray) left = NULL;
  g_autoptr (GPtrArray) fetched = NULL;
  g_autoptr (GError) error = NULL;

  if (SKIP_UNLESS_CREATING (self) ||
      skip_unless (self->able.delete_, "single items cannot be deleted here"))
    return;

  /* Numbers 5 and 11 carry \Deleted, which is no reason to remove them. */
  folder = _mm_contract_get_folder (self);
  items = _mm_contract_items_new (self, 0, 12);
  results = _mm_contract_store (self, folder, items);
  listed = _mm_contract_list (self, folder, NULL, MM_LIST_BASIC, NULL);
  g_ptr_array_add (chosen, g_ptr_array_index (listed, 7));
  g_ptr_array_add (chosen, g_ptr_array_index (listed, 2));
  g_ptr_array_add (chosen, g_ptr_array_index (listed, 3));

  for (guint pass = 0; pass < 2; pass++)
    {
      g_autoptr (GPtrArray) deleted = mm_results_new (3);

      mm_store_delete_items (self->store, folder, chosen, deleted, NULL, &error);
      g_assert_no_error (error);
      for (guint i = 0; i < 3; i++)
        _mm_contract_assert_state (deleted, i, pass == 0 ? MM_RESULT_CREATED : MM_RESULT_EXISTED);
    }

  left = _mm_contract_list (self, folder, NULL, MM_LIST_BASIC, NULL);
  g_assert_cmpuint (left->len, ==, 9);
  for (guint i = 0, j = 0; i < 12; i++)
    if (i != 2 && i != 3 && i != 7)
      {
        const MmReference *before = g_ptr_array_index (listed, i);
        const MmReference *after = g_ptr_array_index (left, j++);

        g_assert_cmpstr (after->id, ==, before->id);
        g_assert_cmphex (after->flags, ==, before->flags);
      }

  /* Those that are gone are failures of their own. */
  fetched = _mm_contract_fetch (self, folder, listed);
  for (guint i = 0; i < 12; i++)
    g_assert_true ((g_ptr_array_index (fetched, i) == NULL) == (i == 2 || i == 3 || i == 7));
}

static void
test_version (MmContract *self)
{
  g_autoptr (MmFolder) folder = NULL;
  g_autoptr (GPtrArray) items = NULL;
  g_autoptr (GPtrArray) results = NULL;
  g_autoptr (GPtrArray) listed = NULL;
  g_autoptr (GPtrArray) deleted = mm_results_new (2);
  g_autoptr (GError) error = NULL;
  MmReference *first;

  if (SKIP_UNLESS_CREATING (self) ||
      skip_unless (self->able.delete_, "single items cannot be deleted here"))
    return;

  folder = _mm_contract_get_folder (self);
  items = _mm_contract_items_new (self, 0, 2);
  results = _mm_contract_store (self, folder, items);
  listed = _mm_contract_list (self, folder, NULL, MM_LIST_BASIC, NULL);
  first = g_ptr_array_index (listed, 0);
  if (first->version == NULL)
    {
      g_test_skip ("items have no versions here");
      return;
    }

  g_free (first->version);
  first->version = g_strdup ("another version");
  mm_store_delete_items (self->store, folder, listed, deleted, NULL, &error);
  g_assert_no_error (error);
  _mm_contract_assert_state (deleted, 0, MM_RESULT_FAILED);
  g_assert_error (((MmResult *) g_ptr_array_index (deleted, 0))->error, MM_ERROR,
                  MM_ERROR_CHANGED);
  _mm_contract_assert_state (deleted, 1, MM_RESULT_CREATED);

  g_clear_pointer (&listed, g_ptr_array_unref);
  listed = _mm_contract_list (self, folder, NULL, MM_LIST_BASIC, NULL);
  g_assert_cmpuint (listed->len, ==, 1);
}

/* A listing shows what others did meanwhile. */
static void
test_two_stores (MmContract *self)
{
  g_autoptr (MmFolder) folder = NULL;
  g_autoptr (MmStore) second = _mm_contract_another_store (self);
  g_autoptr (MmStore) first = g_object_ref (self->store);
  g_autoptr (GError) error = NULL;

  if (SKIP_UNLESS_CREATING (self))
    return;
  if (!mm_store_open (second, NULL, &error))
    {
      g_assert_error (error, MM_ERROR, MM_ERROR_LIMIT);
      g_test_skip ("the server bears one connection only");
      return;
    }

  folder = _mm_contract_get_folder (self);
  for (guint i = 0; i < 4; i++)
    {
      g_autoptr (GPtrArray) items = _mm_contract_items_new (self, i, 1);
      g_autoptr (GPtrArray) listed = NULL;

      g_set_object (&self->store, (i % 2 == 0 ? first : second));
      g_ptr_array_unref (_mm_contract_store (self, folder, items));
      g_set_object (&self->store, (i % 2 == 0 ? second : first));
      listed = _mm_contract_list (self, folder, NULL, MM_LIST_BASIC, NULL);
      g_assert_cmpuint (listed->len, ==, i + 1);
    }
  if (self->able.delete_)
    {
      g_autoptr (GPtrArray) listed = NULL;

      delete_all (self, folder);
      g_set_object (&self->store, second);
      listed = _mm_contract_list (self, folder, NULL, MM_LIST_BASIC, NULL);
      g_assert_cmpuint (listed->len, ==, 0);
    }
  g_set_object (&self->store, first);
}

const MmContractCase _mm_contract_item_cases[] = {
  { "items/empty", test_empty },
  { "items/round-trip", test_round_trip },
  { "items/many", test_many },
  { "items/several-calls", test_several_calls },
  { "items/big", test_big },
  { "items/too-large", test_too_large },
  { "items/odd", test_odd },
  { "items/since", test_since },
  { "items/another-life", test_another_life },
  { "items/fingerprints", test_fingerprints },
  { "items/delete", test_delete },
  { "items/version", test_version },
  { "items/two-stores", test_two_stores },
  { NULL, NULL },
};
