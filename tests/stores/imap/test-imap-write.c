/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "imap-fixture.h"

/* Storing and deleting with servers of every kind. */

#define SIZE 60

/* One APPEND with @n messages of SIZE bytes; its tag is $TAG-@n behind it. */
static void
add_append (MmScriptServer *server,
            guint           n,
            const char     *flags)
{
  for (guint i = 0; i < n; i++)
    {
      g_autofree char *head = NULL;

      head = g_strdup_printf ("C: %s%s\" 1-Jan-2024 00:00:00 +0000\" {%d+}\nC* %d\n",
                              i == 0 ? "* APPEND \"Work\" " : " ", flags, SIZE, SIZE);

      mm_script_server_add (server, head);
    }
  mm_script_server_add (server, "C: \n");
}

static char *
states (GPtrArray *results)
{
  GString *out = g_string_new (NULL);

  for (guint i = 0; i < results->len; i++)
    g_string_append_c (out, "PCEFU"[((MmResult *) results->pdata[i])->state]);
  return g_string_free (out, FALSE);
}

/* Stores @items; their results must have these states and ids. @code: of the GError, or -1. */
static void
assert_stores (MmStore    *store,
               GPtrArray  *items,
               int         code,
               const char *expected_states,
               const char *expected_ids)
{
  g_autoptr (MmFolder) folder = fixture_folder_new ();
  g_autoptr (GPtrArray) results = mm_results_new (items->len);
  g_autofree char *text = NULL;
  g_autofree char *ids = NULL;
  g_autoptr (GError) error = NULL;

  mm_store_store_items (store, folder, items, results, NULL, &error);
  if (code < 0)
    g_assert_no_error (error);
  else
    g_assert_error (error, MM_ERROR, code);
  text = states (results);
  ids = fixture_ids (results);
  g_assert_cmpstr (text, ==, expected_states);
  g_assert_cmpstr (ids, ==, expected_ids);
}

static void
test_batch (void)
{
  g_autoptr (MmScriptServer) server = mm_script_server_new ();
  g_autoptr (MmStore) store = NULL;
  g_autoptr (GPtrArray) items = fixture_items_new (4, SIZE);

  fixture_add_open (server, "LITERAL+ MULTIAPPEND UIDPLUS");
  fixture_add_select (server, "SELECT", 2, 20);
  add_append (server, 4, "");
  mm_script_server_add (server, "S: * BAD Invalid tag\n"
                                "S: $TAG-4 NO one of them is bad\n");
  add_append (server, 2, "");
  mm_script_server_add (server, "S: * 4 EXISTS\n"
                                "S: $TAG-2 OK [APPENDUID 9 20:21] done\n");
  add_append (server, 2, "");
  mm_script_server_add (server, "S: $TAG-2 BAD one of them is bad\n");
  add_append (server, 1, "");
  mm_script_server_add (server, "S: $TAG-1 NO a virus\n");
  add_append (server, 1, "");
  mm_script_server_add (server, "S: $TAG-1 OK [APPENDUID 9 30] done\n");
  store = fixture_open (server);
  assert_stores (store, items, -1, "CCFC", "9:20 9:21 - 9:30");
  mm_script_server_assert_finished (server);
}

static void
test_batch_quota (void)
{
  g_autoptr (MmScriptServer) server = mm_script_server_new ();
  g_autoptr (MmStore) store = NULL;
  g_autoptr (GPtrArray) items = fixture_items_new (3, SIZE);

  fixture_add_open (server, "LITERAL+ MULTIAPPEND UIDPLUS");
  fixture_add_select (server, "SELECT", 2, 20);
  add_append (server, 3, "");
  mm_script_server_add (server, "S: $TAG-3 NO Over quota\n");
  add_append (server, 1, "");
  mm_script_server_add (server, "S: $TAG-1 OK [APPENDUID 9 20] done\n");
  add_append (server, 2, "");
  mm_script_server_add (server, "S: $TAG-2 NO Over quota\n");
  add_append (server, 1, "");
  mm_script_server_add (server, "S: $TAG-1 NO Over quota\n");
  store = fixture_open (server);
  assert_stores (store, items, MM_ERROR_QUOTA, "CPP", "9:20 - -");
  g_assert_true (mm_store_is_open (store));
  mm_script_server_assert_finished (server);
}

static void
test_beyond_item (void)
{
  static const struct { const char *answer; MmError code; } answers[] = {
    { "NO [TRYCREATE] no such folder", MM_ERROR_NOT_FOUND },
    { "NO [UNAVAILABLE] later", MM_ERROR_BUSY },
    { "NO [INUSE] locked", MM_ERROR_BUSY },
    { "NO Request is throttled. Suggested Backoff Time: 1 ms", MM_ERROR_BUSY },
    { "NO [NOPERM] read only", MM_ERROR_REFUSED },
  };

  for (guint i = 0; i < G_N_ELEMENTS (answers); i++)
    {
      g_autoptr (MmScriptServer) server = mm_script_server_new ();
      g_autoptr (MmStore) store = NULL;
      g_autoptr (GPtrArray) items = fixture_items_new (2, SIZE);
      g_autofree char *answer = g_strdup_printf ("S: $TAG-2 %s\n", answers[i].answer);

      fixture_add_open (server, "LITERAL+ MULTIAPPEND UIDPLUS");
      fixture_add_select (server, "SELECT", 2, 20);
      add_append (server, 2, "");
      mm_script_server_add (server, answer);
      store = fixture_open (server);
      assert_stores (store, items, (int) answers[i].code, "PP", "- -");
      mm_script_server_assert_finished (server);
    }
}

#define LOOK_UP                                                             \
  "C: * NOOP\n"                                                             \
  "C: * UID FETCH 20:* (UID INTERNALDATE RFC822.SIZE BODY.PEEK*\n"           \
  "S: $TAG-1 OK\n"
#define FOUND(uid, number)                                                  \
  "S: * 3 FETCH (UID " uid " INTERNALDATE \" 1-Jan-2024 00:00:00 +0000\" "   \
  "RFC822.SIZE 60 BODY[HEADER.FIELDS (MESSAGE-ID)] {34}\n"                  \
  "S: Message-ID: <" number "@example.org>\nS: \nS: )\n"

/* The server's word is taken only when it can be true. */
static void
test_false_ids (void)
{
  static const char *const codes[] = { "[APPENDUID 9 21,20]", "[APPENDUID 9 20]",
                                       "[APPENDUID 9 20:22]", "[APPENDUID 8 20:21]",
                                       "[APPENDUID 9 3:4]", "[APPENDUID 0 0]", "[APPENDUID]", "" };

  for (guint i = 0; i < G_N_ELEMENTS (codes); i++)
    {
      g_autoptr (MmScriptServer) server = mm_script_server_new ();
      g_autoptr (MmStore) store = NULL;
      g_autoptr (GPtrArray) items = fixture_items_new (2, SIZE);
      g_autofree char *answer = g_strdup_printf ("S: $TAG-2 OK %s done\n", codes[i]);

      fixture_add_open (server, "LITERAL+ MULTIAPPEND UIDPLUS");
      fixture_add_select (server, "SELECT", 2, 20);
      add_append (server, 2, "");
      mm_script_server_add (server, answer);
      mm_script_server_add (server, LOOK_UP
                            FOUND ("24", "0002") FOUND ("19", "0001") FOUND ("23", "0001")
                            FOUND ("22", "9999") "S: $TAG OK\n");
      store = fixture_open (server);
      assert_stores (store, items, -1, "CC", "9:23 9:24");
      mm_script_server_assert_finished (server);
    }
}

/* Equal messages are told apart by their order, and not at all when somebody else put one more. */
static void
test_twins (void)
{
  g_autoptr (MmScriptServer) server = mm_script_server_new ();
  g_autoptr (MmStore) store = NULL;
  g_autoptr (GPtrArray) items = fixture_items_new (1, SIZE);

  g_ptr_array_add (items, fixture_item_new (1, SIZE));
  g_ptr_array_add (items, fixture_item_new (2, SIZE));
  fixture_add_open (server, "LITERAL+ MULTIAPPEND");
  fixture_add_select (server, "SELECT", 2, 20);
  for (guint i = 0; i < 2; i++)
    {
      add_append (server, 3, "");
      mm_script_server_add (server, "S: $TAG-3 OK done\n");
      if (i == 0)
        mm_script_server_add (server, LOOK_UP FOUND ("20", "0001") FOUND ("21", "0001")
                              FOUND ("22", "0002") "S: $TAG OK\n");
      else
        mm_script_server_add (server, "C: * NOOP\nC: * UID FETCH 23:* (*\nS: $TAG-1 OK\n"
                              FOUND ("23", "0001") FOUND ("24", "0001") FOUND ("25", "0001")
                              FOUND ("26", "0002") "S: $TAG OK\n");
    }
  store = fixture_open (server);
  assert_stores (store, items, -1, "CCC", "9:20 9:21 9:22");
  assert_stores (store, items, -1, "CCC", "- - 9:26");
  mm_script_server_assert_finished (server);
}

/* Single commands, all sent before the first answer. */
static void
test_pipelined (void)
{
  g_autoptr (MmScriptServer) server = mm_script_server_new ();
  g_autoptr (MmStore) store = NULL;
  g_autoptr (GPtrArray) items = fixture_items_new (3, SIZE);

  fixture_add_open (server, "LITERAL+ UIDPLUS");
  fixture_add_select (server, "SELECT", 2, 20);
  for (guint i = 0; i < 3; i++)
    add_append (server, 1, "");
  mm_script_server_add (server, "S: $TAG-5 OK [APPENDUID 9 20] done\n"
                                "S: $TAG-3 NO [TOOBIG] no\n"
                                "S: $TAG-1 OK [APPENDUID 9 21] done\n");
  store = fixture_open (server);
  assert_stores (store, items, -1, "CFC", "9:20 - 9:21");
  mm_script_server_assert_finished (server);
}

/* No extension at all: each message waits for leave, and a refusal comes in its place. */
static void
test_synchronising (void)
{
  g_autoptr (MmScriptServer) server = mm_script_server_new ();
  g_autoptr (MmStore) store = NULL;
  g_autoptr (GPtrArray) items = fixture_items_new (3, SIZE);

  fixture_add_open (server, "");
  fixture_add_select (server, "SELECT", 2, 20);
  mm_script_server_add (server, "C: * APPEND \"Work\" \"*\" {60}\n"
                                "S: + go ahead\n"
                                "C* 60\n"
                                "C: \n"
                                "S: $TAG-1 OK [APPENDUID 9 20] kept\n"
                                "C: * APPEND \"Work\" \"*\" {60}\n"
                                "S: * 3 EXISTS\n"
                                "S: $TAG NO [OVERQUOTA] full\n");
  store = fixture_open (server);
  assert_stores (store, items, MM_ERROR_QUOTA, "CPP", "9:20 - -");
  mm_script_server_assert_finished (server);
}

/* LITERAL- (RFC 7888): pushed up to 4096 bytes only. */
static void
test_literal_minus (void)
{
  g_autoptr (MmScriptServer) server = mm_script_server_new ();
  g_autoptr (MmStore) store = NULL;
  g_autoptr (GPtrArray) items = fixture_items_new (1, 4096);

  g_ptr_array_add (items, fixture_item_new (2, 4097));
  fixture_add_open (server, "LITERAL- UIDPLUS");
  fixture_add_select (server, "SELECT", 2, 20);
  mm_script_server_add (server, "C: * APPEND \"Work\" \"*\" {4096+}\n"
                                "C* 4096\n"
                                "C: \n"
                                "S: $TAG-1 OK [APPENDUID 9 20] kept\n"
                                "C: * APPEND \"Work\" \"*\" {4097}\n"
                                "S: + \n"
                                "C* 4097\n"
                                "C: \n"
                                "S: $TAG-1 OK [APPENDUID 9 21] kept\n");
  store = fixture_open (server);
  assert_stores (store, items, -1, "CC", "9:20 9:21");
  mm_script_server_assert_finished (server);
}

/* A server that closes the connection over a message: what had no answer is unknown, and the
 * next time it is asked before such a message is sent. */
static void
test_closed_over_size (void)
{
  g_autoptr (MmScriptServer) server = mm_script_server_new ();
  g_autoptr (MmStore) store = NULL;
  g_autoptr (GPtrArray) items = fixture_items_new (2, SIZE);
  g_autoptr (GError) error = NULL;

  fixture_add_open (server, "LITERAL+ MULTIAPPEND UIDPLUS");
  fixture_add_select (server, "SELECT", 2, 20);
  add_append (server, 2, "");
  mm_script_server_add (server, "S: * BYE [TOOBIG] that was too much\n");
  mm_script_server_cut (server, MM_CUT_FIN);
  fixture_add_open (server, "LITERAL+ MULTIAPPEND UIDPLUS");
  fixture_add_select (server, "SELECT", 2, 20);
  for (guint i = 0; i < 2; i++)
    mm_script_server_add (server, "C: * APPEND \"Work\" \"*\" {60}\n"
                                  "S: $TAG NO [TOOBIG] too much\n");
  store = fixture_open (server);
  assert_stores (store, items, MM_ERROR_NETWORK, "UU", "- -");
  g_assert_false (mm_store_is_open (store));
  mm_store_open (store, NULL, &error);
  g_assert_no_error (error);
  assert_stores (store, items, -1, "FF", "- -");
  mm_script_server_assert_finished (server);
}

/* The answer to the first was there before the end. */
static void
test_cut_between (void)
{
  g_autoptr (MmScriptServer) server = mm_script_server_new ();
  g_autoptr (MmStore) store = NULL;
  g_autoptr (GPtrArray) items = fixture_items_new (3, SIZE);

  fixture_add_open (server, "LITERAL+ UIDPLUS");
  fixture_add_select (server, "SELECT", 2, 20);
  for (guint i = 0; i < 3; i++)
    add_append (server, 1, "");
  mm_script_server_add (server, "S: $TAG-5 OK [APPENDUID 9 20] done\n");
  mm_script_server_cut (server, MM_CUT_FIN);
  store = fixture_open (server);
  assert_stores (store, items, MM_ERROR_NETWORK, "CUU", "9:20 - -");
  mm_script_server_assert_finished (server);
}

/* What was not sent cannot have been stored, whatever the server says of it. */
static void
test_ok_too_early (void)
{
  g_autoptr (MmScriptServer) server = mm_script_server_new ();
  g_autoptr (MmStore) store = NULL;
  g_autoptr (GPtrArray) items = fixture_items_new (3, SIZE);

  fixture_add_open (server, "MULTIAPPEND UIDPLUS");
  fixture_add_select (server, "SELECT", 2, 20);
  mm_script_server_add (server, "C: * APPEND \"Work\" \"*\" {60}\n"
                                "S: + go ahead\n"
                                "C* 60\n"
                                "C:  \"*\" {60}\n"
                                "S: $TAG-1 OK [APPENDUID 9 20:22] done already\n");
  store = fixture_open (server);
  assert_stores (store, items, MM_ERROR_PROTOCOL, "UPP", "- - -");
  g_assert_false (mm_store_is_open (store));
  mm_script_server_assert_finished (server);
}

/* A literal8 that ends the connection is not sent a second time. */
static void
test_closed_over_binary (void)
{
  g_autoptr (MmScriptServer) server = mm_script_server_new ();
  g_autoptr (MmStore) store = NULL;
  g_autoptr (GPtrArray) items = g_ptr_array_new_with_free_func ((GDestroyNotify) mm_item_free);
  g_autoptr (GError) error = NULL;

  g_ptr_array_add (items, mm_item_new (mm_reference_new ("1:1"),
                                       mm_blob_new ("A: b\r\n\r\n\0", 9)));
  fixture_add_open (server, "LITERAL+ MULTIAPPEND UIDPLUS BINARY");
  fixture_add_select (server, "SELECT", 2, 20);
  mm_script_server_add (server, "C: * APPEND \"Work\" ~{9+}\n"
                                "C* 9\n"
                                "C: \n"
                                "S: * BYE Invalid character in literal\n");
  mm_script_server_cut (server, MM_CUT_FIN);
  fixture_add_open (server, "LITERAL+ MULTIAPPEND UIDPLUS BINARY");
  fixture_add_select (server, "SELECT", 2, 20);
  mm_script_server_add (server, "C: * APPEND \"Work\" {9+}\n"
                                "C* 9\n"
                                "C: \n"
                                "S: $TAG-1 OK [APPENDUID 9 20] kept\n");
  store = fixture_open (server);
  assert_stores (store, items, MM_ERROR_NETWORK, "U", "-");
  mm_store_open (store, NULL, &error);
  g_assert_no_error (error);
  assert_stores (store, items, -1, "C", "9:20");
  mm_script_server_assert_finished (server);
}

/* A name that is no ASCII is a literal of its own, and waits for leave as any other. */
static void
test_raw_name (void)
{
  g_autoptr (MmScriptServer) server = mm_script_server_new ();
  g_autoptr (MmStore) store = NULL;
  g_autoptr (MmFolder) folder = fixture_folder_new ();
  g_autoptr (GPtrArray) items = fixture_items_new (1, SIZE);
  g_autoptr (GPtrArray) results = mm_results_new (1);
  g_autoptr (GError) error = NULL;

  g_free (folder->id);
  folder->id = g_strdup ("caf\303\251");
  fixture_add_open (server, "UIDPLUS");
  /* refused in place of the leave, and no trouble afterwards */
  mm_script_server_add (server, "C: * SELECT {5}\n"
                                "S: $TAG NO what is this\n"
                                "C: * SELECT {5}\n"
                                "S: + go ahead\n"
                                "C* 5\n"
                                "C: \n"
                                "S: * OK [UIDVALIDITY 9] ok\n"
                                "S: $TAG-1 OK open\n"
                                "C: * APPEND {5}\n"
                                "S: + the name\n"
                                "C* 5\n"
                                "C:  \"*\" {60}\n"
                                "S: + the message\n"
                                "C* 60\n"
                                "C: \n"
                                "S: $TAG-2 OK [APPENDUID 9 20] kept\n"
                                "C: * APPEND {5}\n"
                                "S: $TAG NO [OVERQUOTA] full\n");
  store = fixture_open (server);
  g_assert_false (mm_store_store_items (store, folder, items, results, NULL, &error));
  g_assert_error (error, MM_ERROR, MM_ERROR_NOT_FOUND);
  g_clear_error (&error);
  mm_store_store_items (store, folder, items, results, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (((MmResult *) results->pdata[0])->id, ==, "9:20");
  ((MmResult *) results->pdata[0])->state = MM_RESULT_PENDING;
  g_assert_false (mm_store_store_items (store, folder, items, results, NULL, &error));
  g_assert_error (error, MM_ERROR, MM_ERROR_QUOTA);
  g_assert_cmpint (((MmResult *) results->pdata[0])->state, ==, MM_RESULT_PENDING);
  mm_script_server_assert_finished (server);
}

/* Mended, and now over what LITERAL- may push. */
static void
test_mended_grows (void)
{
  g_autoptr (MmScriptServer) server = mm_script_server_new ();
  g_autoptr (MmStore) store = NULL;
  g_autoptr (GPtrArray) items = g_ptr_array_new_with_free_func ((GDestroyNotify) mm_item_free);
  g_autofree char *body = g_strnfill (4083, 'x');
  g_autofree char *text = g_strdup_printf ("A: b\n\n%s\n", body);

  g_ptr_array_add (items, mm_item_new (mm_reference_new ("1:1"), mm_blob_new (text, 4090)));
  g_ptr_array_add (items, mm_item_new (mm_reference_new ("1:2"), mm_blob_new (text, 4090)));
  memset (body, '\n', 10);
  g_free (text);
  text = g_strdup_printf ("A: b\n\n%s\n", body);
  g_ptr_array_add (items, mm_item_new (mm_reference_new ("1:3"), mm_blob_new (text, 4090)));
  fixture_add_open (server, "LITERAL- UIDPLUS");
  fixture_add_select (server, "SELECT", 2, 20);
  mm_script_server_add (server, "C: * APPEND \"Work\" {4090+}\n"
                                "C* 4090\n"
                                "C: \n"
                                "S: $TAG-1 NO Message contains bare newlines\n"
                                "C: * APPEND \"Work\" {4093+}\n"
                                "C* 4093\n"
                                "C: \n"
                                "S: $TAG-1 NO no\n"
                                "C: * APPEND \"Work\" {4090+}\n"
                                "C* 4090\n"
                                "C: \n"
                                "S: $TAG-1 OK [APPENDUID 9 20] kept\n"
                                "C: * APPEND \"Work\" {4090+}\n"
                                "C* 4090\n"
                                "C: \n"
                                "S: $TAG-1 NO Message contains bare newlines\n"
                                "C: * APPEND \"Work\" {4103}\n"
                                "S: + now\n"
                                "C* 4103\n"
                                "C: \n"
                                "S: $TAG-1 OK [APPENDUID 9 21] kept\n");
  store = fixture_open (server);
  assert_stores (store, items, -1, "FCC", "- 9:20 9:21");
  mm_script_server_assert_finished (server);
}

static void
test_flags (void)
{
  g_autoptr (MmScriptServer) server = mm_script_server_new ();
  g_autoptr (MmStore) store = NULL;
  g_autoptr (MmFolder) folder = fixture_folder_new ();
  g_autoptr (GPtrArray) items = fixture_items_new (1, SIZE);
  g_autoptr (GPtrArray) results = mm_results_new (1);
  MmReference *reference = ((MmItem *) items->pdata[0])->reference;
  const MmChange *change;
  g_autoptr (GError) error = NULL;

  reference->flags = MM_FLAG_SEEN | MM_FLAG_DRAFT | MM_FLAG_DELETED;
  reference->keywords = g_strsplit ("$A Other \\Odd b(d", " ", -1);
  fixture_add_open (server, "LITERAL+ UIDPLUS");
  mm_script_server_add (server, "C: * SELECT \"Work\"\n"
                                "S: * OK [PERMANENTFLAGS (\\seen \\Deleted $a)] few\n"
                                "S: * OK [UIDVALIDITY 9] ok\n"
                                "S: $TAG OK\n");
  add_append (server, 1, "(\\Seen \\Deleted $A) ");
  mm_script_server_add (server, "S: $TAG-1 OK [APPENDUID 9 20] done\n");
  store = fixture_open (server);
  mm_store_store_items (store, folder, items, results, NULL, &error);
  g_assert_no_error (error);
  g_assert_nonnull (((MmResult *) results->pdata[0])->changes);
  change = ((MmResult *) results->pdata[0])->changes->pdata[0];
  g_assert_cmpstr (change->code, ==, "keywords-lost");
  g_assert_nonnull (strstr (change->message, "\\Draft, Other, \\Odd, b(d"));
  mm_script_server_assert_finished (server);
}

static void
test_too_large (void)
{
  g_autoptr (MmScriptServer) server = mm_script_server_new ();
  g_autoptr (MmStore) store = NULL;
  g_autoptr (GPtrArray) items = fixture_items_new (2, SIZE);
  MmCapabilities capabilities;

  g_ptr_array_insert (items, 1, fixture_item_new (3, 101));
  fixture_add_open (server, "LITERAL+ MULTIAPPEND UIDPLUS APPENDLIMIT=100");
  fixture_add_select (server, "SELECT", 2, 20);
  add_append (server, 1, "");
  mm_script_server_add (server, "S: $TAG-1 OK [APPENDUID 9 20] done\n");
  add_append (server, 1, "");
  mm_script_server_add (server, "S: $TAG-1 OK [APPENDUID 9 21] done\n");
  store = fixture_open (server);
  mm_store_get_capabilities (store, &capabilities);
  g_assert_cmpuint (capabilities.kinds[MM_KIND_EMAILS].item_max_bytes, ==, 100);
  assert_stores (store, items, -1, "CFC", "9:20 - 9:21");
  mm_script_server_assert_finished (server);
}

static void
assert_deletes (const char *capabilities,
                const char *dialog,
                const char *expected)
{
  g_autoptr (MmScriptServer) server = mm_script_server_new ();
  g_autoptr (MmStore) store = NULL;
  g_autoptr (MmFolder) folder = fixture_folder_new ();
  g_autoptr (GPtrArray) references = fixture_references_new (3, 1, 2, 7, 0);
  g_autoptr (GPtrArray) results = mm_results_new (4);
  g_autofree char *text = NULL;
  g_autoptr (GError) error = NULL;

  g_free (((MmReference *) references->pdata[3])->id);
  ((MmReference *) references->pdata[3])->id = g_strdup ("8:7");
  fixture_add_open (server, capabilities);
  fixture_add_select (server, "SELECT", 9, 20);
  mm_script_server_add (server, dialog);
  store = fixture_open (server);
  mm_store_delete_items (store, folder, references, results, NULL, &error);
  g_assert_no_error (error);
  text = states (results);
  g_assert_cmpstr (text, ==, expected);
  g_assert_error (((MmResult *) results->pdata[3])->error, MM_ERROR, MM_ERROR_CHANGED);
  mm_script_server_assert_finished (server);
}

static void
test_delete (void)
{
  assert_deletes ("UIDPLUS",
                  "C: * UID SEARCH UID 1:3\n"
                  "S: * SEARCH 3 1\n"
                  "S: $TAG OK\n"
                  "C: * UID STORE 1,3 +FLAGS.SILENT (\\Deleted)\n"
                  "S: $TAG OK\n"
                  "C: * UID EXPUNGE 1,3\n"
                  "S: * 3 EXPUNGE\n"
                  "S: $TAG OK\n"
                  "C: * UID SEARCH UID 1,3\n"
                  "S: * SEARCH\n"
                  "S: $TAG OK\n", "CCEF");
  /* it says that it did, and did not */
  assert_deletes ("UIDPLUS",
                  "C: * UID SEARCH UID 1:3\n"
                  "S: * SEARCH 3 1\n"
                  "S: $TAG OK\n"
                  "C: * UID STORE *\n"
                  "S: $TAG OK\n"
                  "C: * UID EXPUNGE 1,3\n"
                  "S: $TAG OK\n"
                  "C: * UID SEARCH UID 1,3\n"
                  "S: * SEARCH 3\n"
                  "S: $TAG OK\n", "FCEF");
}

/* The others cannot be kept out of the way: EXPUNGE is never said. */
static void
test_delete_not_safe (void)
{
  g_autoptr (MmScriptServer) server = mm_script_server_new ();
  g_autoptr (MmStore) store = NULL;
  g_autoptr (MmFolder) folder = fixture_folder_new ();
  g_autoptr (GPtrArray) references = fixture_references_new (1, 0);
  g_autoptr (GPtrArray) results = mm_results_new (1);
  g_autofree char *text = NULL;
  g_autoptr (GError) error = NULL;

  fixture_add_open (server, "");
  fixture_add_select (server, "SELECT", 9, 20);
  mm_script_server_add (server, "C: * UID SEARCH UID 1\n"
                                "S: * SEARCH 1\n"
                                "S: $TAG OK\n"
                                "C: * UID SEARCH DELETED\n"
                                "S: * SEARCH 8\n"
                                "S: $TAG OK\n"
                                "C: * UID STORE 1 +FLAGS.SILENT (\\Deleted)\n"
                                "C: * UID STORE 8 -FLAGS.SILENT (\\Deleted)\n"
                                "S: $TAG-1 OK\n"
                                "S: $TAG NO [INUSE] somebody is at it\n"
                                "C: * UID STORE 8 +FLAGS.SILENT (\\Deleted)\n"
                                "S: $TAG OK\n"
                                "C: * UID SEARCH UID 1\n"
                                "S: * SEARCH 1\n"
                                "S: $TAG OK\n");
  store = fixture_open (server);
  g_assert_false (mm_store_delete_items (store, folder, references, results, NULL, &error));
  g_assert_error (error, MM_ERROR, MM_ERROR_BUSY);
  text = states (results);
  g_assert_cmpstr (text, ==, "P");
  mm_script_server_assert_finished (server);
}

static void
test_delete_without_uidplus (void)
{
  /* nobody else's is marked */
  assert_deletes ("",
                  "C: * UID SEARCH UID 1:3\n"
                  "S: * SEARCH 1 3\n"
                  "S: $TAG OK\n"
                  "C: * UID SEARCH DELETED\n"
                  "S: * SEARCH 3\n"
                  "S: $TAG OK\n"
                  "C: * UID STORE 1,3 +FLAGS.SILENT (\\Deleted)\n"
                  "S: $TAG OK\n"
                  "C: * UID SEARCH DELETED\n"
                  "S: * SEARCH 1 3\n"
                  "S: $TAG OK\n"
                  "C: * EXPUNGE\n"
                  "S: $TAG OK\n"
                  "C: * UID SEARCH UID 1,3\n"
                  "S: $TAG OK\n", "CCEF");
  /* others are: their marks are away while ours go, and back in the same write */
  assert_deletes ("",
                  "C: * UID SEARCH UID 1:3\n"
                  "S: * SEARCH 1 3\n"
                  "S: $TAG OK\n"
                  "C: * UID SEARCH DELETED\n"
                  "S: * SEARCH 8 9\n"
                  "S: $TAG OK\n"
                  "C: * UID STORE 1,3 +FLAGS.SILENT (\\Deleted)\n"
                  "C: * UID STORE 8:9 -FLAGS.SILENT (\\Deleted)\n"
                  "S: $TAG-1 OK\n"
                  "S: $TAG OK\n"
                  "C: * EXPUNGE\n"
                  "C: * UID STORE 8:9 +FLAGS.SILENT (\\Deleted)\n"
                  "S: $TAG-1 OK\n"
                  "S: $TAG OK\n"
                  "C: * UID SEARCH UID 1,3\n"
                  "S: $TAG OK\n", "CCEF");
  /* the same, where messages can be moved aside */
  assert_deletes ("MOVE",
                  "C: * UID SEARCH UID 1:3\n"
                  "S: * SEARCH 1 3\n"
                  "S: $TAG OK\n"
                  "C: * UID SEARCH DELETED\n"
                  "S: * SEARCH 8 9\n"
                  "S: $TAG OK\n"
                  "C: * CREATE \"mail-migrator-*\"\n"
                  "S: $TAG OK\n"
                  "C: * UID MOVE 1,3 \"mail-migrator-*\"\n"
                  "S: $TAG OK\n"
                  "C: * DELETE \"mail-migrator-*\"\n"
                  "S: $TAG OK\n"
                  "C: * UID SEARCH UID 1,3\n"
                  "S: $TAG OK\n", "CCEF");
}

static gpointer
cancel_soon (gpointer cancellable)
{
  g_usleep (200000);
  g_cancellable_cancel (cancellable);
  return NULL;
}

/* A server that neither reads nor answers any more, in the middle of a message and after it. */
static void
test_cancel (void)
{
  static const gsize sizes[] = { 512 * 1024, 32 * 1024 * 1024 };

  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
    {
      g_autoptr (MmScriptServer) server = mm_script_server_new ();
      g_autoptr (MmStore) store = NULL;
      g_autoptr (MmFolder) folder = fixture_folder_new ();
      g_autoptr (GPtrArray) items = fixture_items_new (1, sizes[i]);
      g_autoptr (GPtrArray) results = mm_results_new (1);
      g_autoptr (GCancellable) cancellable = g_cancellable_new ();
      g_autofree char *text = NULL;
      g_autoptr (GError) error = NULL;
      GThread *thread;
      gint64 begin;

      fixture_add_open (server, "LITERAL+ UIDPLUS APPENDLIMIT=100000000");
      fixture_add_select (server, "SELECT", 2, 20);
      mm_script_server_stay_silent (server);
      store = fixture_open (server);
      thread = g_thread_new ("cancel", cancel_soon, cancellable);
      begin = g_get_monotonic_time ();
      g_assert_false (mm_store_store_items (store, folder, items, results, cancellable, &error));
      g_assert_cmpint (g_get_monotonic_time () - begin, <, 2 * G_USEC_PER_SEC);
      g_thread_join (thread);
      g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
      g_assert_false (mm_store_is_open (store));
      text = states (results);
      g_assert_cmpstr (text, ==, "U");
    }
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/imap/write/batch", test_batch);
  g_test_add_func ("/imap/write/batch-quota", test_batch_quota);
  g_test_add_func ("/imap/write/beyond-item", test_beyond_item);
  g_test_add_func ("/imap/write/false-ids", test_false_ids);
  g_test_add_func ("/imap/write/twins", test_twins);
  g_test_add_func ("/imap/write/pipelined", test_pipelined);
  g_test_add_func ("/imap/write/synchronising", test_synchronising);
  g_test_add_func ("/imap/write/literal-minus", test_literal_minus);
  g_test_add_func ("/imap/write/closed-over-size", test_closed_over_size);
  g_test_add_func ("/imap/write/cut-between", test_cut_between);
  g_test_add_func ("/imap/write/ok-too-early", test_ok_too_early);
  g_test_add_func ("/imap/write/closed-over-binary", test_closed_over_binary);
  g_test_add_func ("/imap/write/raw-name", test_raw_name);
  g_test_add_func ("/imap/write/mended-grows", test_mended_grows);
  g_test_add_func ("/imap/write/flags", test_flags);
  g_test_add_func ("/imap/write/too-large", test_too_large);
  g_test_add_func ("/imap/write/cancel", test_cancel);
  g_test_add_func ("/imap/write/delete", test_delete);
  g_test_add_func ("/imap/write/delete-not-safe", test_delete_not_safe);
  g_test_add_func ("/imap/write/delete-without-uidplus", test_delete_without_uidplus);
  return g_test_run ();
}
