/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "mm-contract-private.h"

static gboolean
skip_unless_creating (MmContract *self)
{
  if (self->able.creates_folders)
    return FALSE;
  g_test_skip ("no folders can be created here");
  return TRUE;
}

static MmResult *
try_create (MmContract        *self,
            const char *const *path,
            GPtrArray        **results)
{
  g_autoptr (MmFolder) folder = mm_folder_new (self->kind, path);
  g_autoptr (GPtrArray) list = _mm_contract_list_of (folder);
  g_autoptr (GError) error = NULL;

  *results = mm_results_new (1);
  mm_store_create_folders (self->store, list, *results, NULL, &error);
  g_assert_no_error (error);
  return g_ptr_array_index (*results, 0);
}

static void
delete_one (MmContract    *self,
            MmFolder      *folder,
            MmResultState  expected)
{
  g_autoptr (GPtrArray) list = _mm_contract_list_of (folder);
  g_autoptr (GPtrArray) results = mm_results_new (1);
  g_autoptr (GError) error = NULL;

  mm_store_delete_folders (self->store, list, results, NULL, &error);
  g_assert_no_error (error);
  _mm_contract_assert_state (results, 0, expected);
  if (expected == MM_RESULT_FAILED)
    g_assert_error (((MmResult *) g_ptr_array_index (results, 0))->error, MM_ERROR,
                    MM_ERROR_NOT_EMPTY);
}

static void
test_open (MmContract *self)
{
  g_autoptr (GPtrArray) folders = _mm_contract_list_folders (self);
  g_autoptr (GPtrArray) again = NULL;
  g_autoptr (GPtrArray) closed = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_true (mm_store_is_open (self->store));
  g_assert_true (mm_capabilities_get_readable (&self->capabilities) & MM_KIND_BIT (self->kind));
  mm_store_close (self->store);
  g_assert_false (mm_store_is_open (self->store));
  closed = mm_store_list_folders (self->store, self->kind, NULL, &error);
  g_assert_null (closed);
  g_assert_error (error, MM_ERROR, MM_ERROR_NETWORK);

  g_clear_error (&error);
  mm_store_open (self->store, NULL, &error);
  g_assert_no_error (error);
  again = _mm_contract_list_folders (self);
  g_assert_cmpuint (again->len, ==, folders->len);
}

static void
test_inbox (MmContract *self)
{
  g_autoptr (MmFolder) inbox = NULL;

  if (self->kind != MM_KIND_EMAILS)
    {
      g_test_skip ("only mail has an inbox");
      return;
    }
  inbox = _mm_contract_find (self, PATH ("INBOX"));
  g_assert_nonnull (inbox);
  g_assert_nonnull (inbox->id);
  g_assert_cmpint (inbox->role, ==, MM_ROLE_INBOX);
  g_assert_true (inbox->selectable);
}

static void
assert_parents_first (GPtrArray *folders)
{
  for (guint i = 0; i < folders->len; i++)
    {
      const MmFolder *folder = g_ptr_array_index (folders, i);
      guint length = g_strv_length (folder->path);

      g_assert_cmpuint (length, >, 0);
      g_assert_nonnull (folder->id);
      for (guint j = i + 1; j < folders->len; j++)
        {
          const MmFolder *later = g_ptr_array_index (folders, j);

          /* Neither listed twice nor behind its child. */
          g_assert_false (mm_path_is_within ((const char *const *) folder->path,
                                             (const char *const *) later->path));
        }
    }
}

static void
test_create (MmContract *self)
{
  g_autoptr (GPtrArray) folders = NULL;
  g_autoptr (GPtrArray) results = NULL;
  g_autoptr (GPtrArray) listed = NULL;
  const char *const *paths[] = { PATH ("One"), PATH ("One", "two"), PATH ("One", "two", "three"),
                                 PATH ("Other") };

  if (skip_unless_creating (self))
    return;

  for (guint pass = 0; pass < 2; pass++)
    {
      g_autoptr (GError) error = NULL;

      g_clear_pointer (&folders, g_ptr_array_unref);
      g_clear_pointer (&results, g_ptr_array_unref);
      folders = g_ptr_array_new_with_free_func ((GDestroyNotify) mm_folder_unref);
      results = mm_results_new (G_N_ELEMENTS (paths));
      for (guint i = 0; i < G_N_ELEMENTS (paths); i++)
        g_ptr_array_add (folders, mm_folder_new (self->kind, paths[i]));
      g_assert_true (mm_store_create_folders (self->store, folders, results, NULL, &error));
      g_assert_no_error (error);
      for (guint i = 0; i < G_N_ELEMENTS (paths); i++)
        _mm_contract_assert_state (results, i, pass == 0 ? MM_RESULT_CREATED : MM_RESULT_EXISTED);
    }

  listed = _mm_contract_list_folders (self);
  assert_parents_first (listed);
  for (guint i = 0; i < G_N_ELEMENTS (paths); i++)
    {
      g_autoptr (MmFolder) folder = _mm_contract_find (self, paths[i]);

      g_assert_nonnull (folder);
      g_assert_true (folder->selectable);
      g_assert_false (folder->subscribed);
      g_assert_cmpint (folder->kind, ==, self->kind);
      g_assert_cmpstr (folder->id, ==, ((MmResult *) g_ptr_array_index (results, i))->id);
    }
}

static void
test_missing_parents (MmContract *self)
{
  g_autoptr (MmFolder) folder = NULL;
  g_autoptr (MmFolder) parent = NULL;
  g_autoptr (MmFolder) found = NULL;
  g_autoptr (GPtrArray) listed = NULL;

  if (skip_unless_creating (self))
    return;

  folder = _mm_contract_create (self, PATH ("Above", "between", "below"));
  listed = _mm_contract_list_folders (self);
  assert_parents_first (listed);
  parent = _mm_contract_find (self, PATH ("Above", "between"));
  found = _mm_contract_find (self, PATH ("Above", "between", "below"));
  g_assert_nonnull (parent);
  g_assert_nonnull (found);
  g_assert_true (found->selectable);
}

/* Servers differ in what they allow; what they allow must come back as it was. */
static const struct
{
  const char *name;
  gboolean demanded; /* no server can refuse it, unless the capabilities say so */
} names[] = {
  { "Práce", TRUE },
  { "with space", TRUE },
  { "Q&A", TRUE },
  { "Entwürfe & Notizen", TRUE },
  { "日本語フォルダ", TRUE },
  { "Ελληνικά", TRUE },
  { "2024-01", TRUE },
  { "under_score", TRUE },
  { "&AOk-", FALSE }, /* looks encoded already */
  { "emoji 😀", FALSE },
  { "rock'n'roll", FALSE },
  { "quo\"ted", FALSE },
  { "100%", FALSE },
  { "st*r", FALSE },
  { "back\\slash", FALSE },
  { "dot.ted", FALSE },
  { "sla/shed", FALSE },
  { "~tilde", FALSE },
  { "#hash", FALSE },
  { "(round)", FALSE },
  { "{5}", FALSE },
  { "[square]", FALSE },
  { "NIL", FALSE },
  { " leading", FALSE },
  { "trailing ", FALSE },
};

static void
check_name (MmContract *self,
            const char *name,
            gboolean    demanded)
{
  g_autoptr (GPtrArray) results = NULL;
  MmResult *result = try_create (self, PATH ("Names", name), &results);
  g_autoptr (MmFolder) found = _mm_contract_find (self, PATH ("Names", name));
  gboolean is_forbidden = strpbrk (name, self->able.name_forbidden) != NULL;

  g_test_message ("“%s”: %s", name, result->state == MM_RESULT_CREATED ? "created" : "refused");
  if (is_forbidden || (result->state == MM_RESULT_FAILED && !demanded))
    {
      g_assert_cmpint (result->state, ==, MM_RESULT_FAILED);
      g_assert_error (result->error, MM_ERROR, MM_ERROR_REFUSED);
      g_assert_null (found);
      return;
    }

  _mm_contract_assert_state (results, 0, MM_RESULT_CREATED);
  g_assert_nonnull (found);
  g_assert_cmpstr (found->id, ==, result->id);
  if (self->able.create)
    {
      g_autoptr (GPtrArray) items = _mm_contract_items_new (self, 0, 1);
      g_autoptr (GPtrArray) stored = _mm_contract_store (self, found, items);
      g_autoptr (GPtrArray) listed = _mm_contract_list (self, found, NULL, MM_LIST_BASIC, NULL);

      g_assert_cmpuint (listed->len, ==, 1);
    }
  else
    {
      delete_one (self, found, MM_RESULT_CREATED);
    }
}

static void
test_names (MmContract *self)
{
  g_autoptr (MmFolder) parent = NULL;

  if (skip_unless_creating (self))
    return;

  parent = _mm_contract_create (self, PATH ("Names"));
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    check_name (self, names[i].name, names[i].demanded);
}

static void
test_name_limit (MmContract *self)
{
  g_autofree char *fitting = NULL;
  g_autofree char *excessive = NULL;
  g_autoptr (MmFolder) folder = NULL;
  g_autoptr (GPtrArray) results = NULL;

  if (skip_unless_creating (self))
    return;
  if (self->able.name_max_bytes == 0)
    {
      g_test_skip ("no limit is known");
      return;
    }

  fitting = g_strnfill (self->able.name_max_bytes, 'n');
  excessive = g_strnfill (self->able.name_max_bytes + 1, 'n');
  folder = _mm_contract_create (self, PATH (fitting));
  try_create (self, PATH (excessive), &results);
  _mm_contract_assert_state (results, 0, MM_RESULT_FAILED);
}

static void
test_inbox_children (MmContract *self)
{
  g_autoptr (GPtrArray) results = NULL;
  g_autoptr (MmFolder) below = NULL;
  g_autoptr (MmFolder) beside = NULL;
  MmResult *result;

  if (skip_unless_creating (self))
    return;
  if (self->kind != MM_KIND_EMAILS)
    {
      g_test_skip ("only mail has an inbox");
      return;
    }

  result = try_create (self, PATH ("INBOX", "child"), &results);
  if (!self->able.inbox_has_children)
    {
      /* Refused, or the same as {"child"}: never lost. */
      below = _mm_contract_find (self, PATH ("INBOX", "child"));
      beside = _mm_contract_find (self, PATH ("child"));
      g_assert_true ((result->state == MM_RESULT_FAILED) == (below == NULL && beside == NULL));
      return;
    }
  g_assert_cmpint (result->state, ==, MM_RESULT_CREATED);
  beside = _mm_contract_create (self, PATH ("child"));
  below = _mm_contract_find (self, PATH ("INBOX", "child"));
  g_assert_nonnull (below);
  g_assert_cmpstr (below->id, !=, beside->id);
}

static void
subscribe_one (MmContract    *self,
               MmFolder      *folder,
               gboolean       subscribed,
               MmResultState  expected)
{
  g_autoptr (GPtrArray) list = _mm_contract_list_of (folder);
  g_autoptr (GPtrArray) results = mm_results_new (1);
  g_autoptr (MmFolder) found = NULL;
  g_autoptr (GError) error = NULL;

  mm_store_subscribe_folders (self->store, list, subscribed, results, NULL, &error);
  g_assert_no_error (error);
  /* A store may not know that there was nothing to do. */
  if (((MmResult *) g_ptr_array_index (results, 0))->state != MM_RESULT_CREATED)
    _mm_contract_assert_state (results, 0, expected);
  found = _mm_contract_find (self, (const char *const *) folder->path);
  g_assert_nonnull (found);
  g_assert_true (found->subscribed == subscribed);
}

static void
test_subscribe (MmContract *self)
{
  g_autoptr (MmFolder) folder = NULL;
  g_autoptr (MmFolder) other = NULL;
  g_autoptr (MmFolder) found = NULL;

  if (skip_unless_creating (self))
    return;

  folder = _mm_contract_create (self, PATH ("Naše složky", "a & b"));
  other = _mm_contract_create (self, PATH ("Other"));
  if (!self->able.subscribes)
    {
      g_autoptr (GPtrArray) list = _mm_contract_list_of (folder);
      g_autoptr (GPtrArray) results = mm_results_new (1);
      g_autoptr (GError) error = NULL;

      g_assert_false (mm_store_subscribe_folders (self->store, list, TRUE, results, NULL, &error));
      g_assert_error (error, MM_ERROR, MM_ERROR_UNSUPPORTED);
      _mm_contract_assert_state (results, 0, MM_RESULT_PENDING);
      return;
    }

  subscribe_one (self, folder, TRUE, MM_RESULT_CREATED);
  subscribe_one (self, folder, TRUE, MM_RESULT_EXISTED);
  found = _mm_contract_find (self, PATH ("Other"));
  g_assert_false (found->subscribed);
  subscribe_one (self, folder, FALSE, MM_RESULT_CREATED);
}

static void
test_delete (MmContract *self)
{
  g_autoptr (MmFolder) parent = NULL;
  g_autoptr (MmFolder) child = NULL;
  g_autoptr (MmFolder) gone = NULL;
  g_autoptr (GPtrArray) both = g_ptr_array_new ();
  g_autoptr (GPtrArray) results = mm_results_new (2);
  g_autoptr (GError) error = NULL;

  if (skip_unless_creating (self))
    return;

  parent = _mm_contract_create (self, PATH ("Parent"));
  child = _mm_contract_create (self, PATH ("Parent", "child"));
  delete_one (self, parent, MM_RESULT_FAILED);
  gone = _mm_contract_find (self, PATH ("Parent", "child"));
  g_assert_nonnull (gone);

  g_ptr_array_add (both, child);
  g_ptr_array_add (both, parent);
  mm_store_delete_folders (self->store, both, results, NULL, &error);
  g_assert_no_error (error);
  _mm_contract_assert_state (results, 0, MM_RESULT_CREATED);
  _mm_contract_assert_state (results, 1, MM_RESULT_CREATED);
  g_clear_pointer (&gone, mm_folder_unref);
  gone = _mm_contract_find (self, PATH ("Parent"));
  g_assert_null (gone);

  delete_one (self, child, MM_RESULT_EXISTED);
}

static void
test_delete_only_empty (MmContract *self)
{
  g_autoptr (MmFolder) folder = NULL;
  g_autoptr (GPtrArray) items = NULL;
  g_autoptr (GPtrArray) stored = NULL;
  g_autoptr (GPtrArray) listed = NULL;

  if (skip_unless_creating (self) || !self->able.create)
    return;

  folder = _mm_contract_create (self, PATH ("Full"));
  items = _mm_contract_items_new (self, 0, 2);
  stored = _mm_contract_store (self, folder, items);
  delete_one (self, folder, MM_RESULT_FAILED);
  listed = _mm_contract_list (self, folder, NULL, MM_LIST_BASIC, NULL);
  g_assert_cmpuint (listed->len, ==, 2);
}

static void
test_hints (MmContract *self)
{
  g_autoptr (MmFolder) folder = NULL;
  g_autoptr (MmFolder) found = NULL;
  g_autoptr (GPtrArray) items = _mm_contract_items_new (self, 0, 3);
  g_autoptr (GPtrArray) stored = NULL;

  if (skip_unless_creating (self))
    return;

  folder = _mm_contract_create (self, PATH ("Counted"));
  stored = _mm_contract_store (self, folder, items);
  found = _mm_contract_find (self, PATH ("Counted"));
  g_assert_true (found->n_items == -1 || found->n_items == 3);
  if (found->position != NULL)
    {
      g_autoptr (GPtrArray) later = _mm_contract_list (self, found, found->position, MM_LIST_BASIC,
                                                       NULL);

      g_assert_cmpuint (later->len, ==, 0);
    }
}

const MmContractCase _mm_contract_folder_cases[] = {
  { "folders/open", test_open },
  { "folders/inbox", test_inbox },
  { "folders/create", test_create },
  { "folders/missing-parents", test_missing_parents },
  { "folders/names", test_names },
  { "folders/name-limit", test_name_limit },
  { "folders/inbox-children", test_inbox_children },
  { "folders/subscribe", test_subscribe },
  { "folders/delete", test_delete },
  { "folders/delete-only-empty", test_delete_only_empty },
  { "folders/hints", test_hints },
  { NULL, NULL },
};
