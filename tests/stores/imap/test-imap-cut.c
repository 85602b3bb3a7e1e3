/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "imap-fixture.h"

/* The line is cut at every byte of what the server says while messages are stored and deleted: what
 * may have happened is UNKNOWN, what surely did not is PENDING, what was answered is known. */

#define SIZE 60

typedef struct
{
  const char *capabilities;
  const char *dialog;
  const char *const *states; /* what must be seen, in this order, and nothing else */
  gboolean (*work) (MmStore *store, GPtrArray *results, GError **error);
} Scene;

static gboolean
store_two (MmStore    *store,
           GPtrArray  *results,
           GError    **error)
{
  g_autoptr (MmFolder) folder = fixture_folder_new ();
  g_autoptr (GPtrArray) items = fixture_items_new (2, SIZE);

  return mm_store_store_items (store, folder, items, results, NULL, error);
}

static gboolean
delete_two (MmStore    *store,
            GPtrArray  *results,
            GError    **error)
{
  g_autoptr (MmFolder) folder = fixture_folder_new ();
  g_autoptr (GPtrArray) references = fixture_references_new (1, 3, 0);

  return mm_store_delete_items (store, folder, references, results, NULL, error);
}

/* Returns whether all went well. */
static gboolean
play (const Scene *scene,
      guint64      length,
      GString     *states)
{
  g_autoptr (MmScriptServer) server = mm_script_server_new ();
  g_autoptr (MmStore) store = NULL;
  g_autoptr (GPtrArray) results = mm_results_new (2);
  g_autoptr (GError) error = NULL;
  gboolean ok;

  fixture_add_open (server, scene->capabilities);
  mm_script_server_cut_after (server, length, MM_CUT_FIN);
  fixture_add_select (server, "SELECT", 2, 20);
  mm_script_server_add (server, scene->dialog);
  store = fixture_open (server);
  ok = scene->work (store, results, &error);
  if (!ok)
    g_assert_error (error, MM_ERROR, MM_ERROR_NETWORK);
  g_assert_cmpint (mm_store_is_open (store), ==, ok);
  for (guint i = 0; i < results->len; i++)
    g_string_append_c (states, "PCEFU"[((MmResult *) results->pdata[i])->state]);
  return ok;
}

static void
test_scene (gconstpointer data)
{
  const Scene *scene = data;
  const char *const *expected = scene->states;

  for (guint64 length = 0;; length++)
    {
      g_autoptr (GString) states = g_string_new (NULL);
      gboolean ok = play (scene, length, states);

      g_assert_cmpuint (length, <, 2000);
      if (strcmp (states->str, *expected) != 0)
        expected++;
      g_assert_cmpstr (states->str, ==, *expected);
      if (ok)
        break;
    }
  g_assert_null (expected[1]);
}

#define ONE "C: * APPEND \"Work\" \" 1-Jan-2024 00:00:00 +0000\" {60+}\nC* 60\nC: \n"

static const Scene scenes[] = {
  /* each waits for leave */
  { "UIDPLUS",
    "C: * APPEND \"Work\" \"*\" {60}\n"
    "S: + go ahead\n"
    "C* 60\n"
    "C: \n"
    "S: $TAG-1 OK [APPENDUID 9 20] kept\n"
    "C: * APPEND \"Work\" \"*\" {60}\n"
    "S: * 3 EXISTS\n"
    "S: + go ahead\n"
    "C* 60\n"
    "C: \n"
    "S: $TAG-1 OK [APPENDUID 9 21] kept\n",
    (const char *const[]) { "PP", "UP", "CP", "CU", "CC", NULL }, store_two },
  /* both under way together */
  { "LITERAL+ UIDPLUS",
    ONE ONE
    "S: $TAG-3 OK [APPENDUID 9 20] kept\n"
    "S: * 4 EXISTS\n"
    "S: $TAG-1 OK [APPENDUID 9 21] kept\n",
    (const char *const[]) { "PP", "UU", "CU", "CC", NULL }, store_two },
  /* both in one command, refused together and sent one by one */
  { "LITERAL+ MULTIAPPEND UIDPLUS",
    "C: * APPEND \"Work\" \" 1-Jan-2024 00:00:00 +0000\" {60+}\n"
    "C* 60\n"
    "C:  \" 1-Jan-2024 00:00:00 +0000\" {60+}\n"
    "C* 60\n"
    "C: \n"
    "S: $TAG-2 NO one of them is bad\n"
    ONE
    "S: $TAG-1 NO this one\n"
    ONE
    "S: $TAG-1 OK [APPENDUID 9 20] kept\n",
    (const char *const[]) { "PP", "UU", "UP", "FU", "FC", NULL }, store_two },
  { "UIDPLUS",
    "C: * UID SEARCH UID 1,3\n"
    "S: * SEARCH 1\n"
    "S: $TAG OK\n"
    "C: * UID STORE 1 +FLAGS.SILENT (\\Deleted)\n"
    "S: $TAG OK\n"
    "C: * UID EXPUNGE 1\n"
    "S: * 1 EXPUNGE\n"
    "S: $TAG OK\n"
    "C: * UID SEARCH UID 1\n"
    "S: * SEARCH\n"
    "S: $TAG OK\n",
    (const char *const[]) { "PP", "UE", "CE", NULL }, delete_two },
};

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_data_func ("/imap/cut/synchronising", &scenes[0], test_scene);
  g_test_add_data_func ("/imap/cut/pipelined", &scenes[1], test_scene);
  g_test_add_data_func ("/imap/cut/batch", &scenes[2], test_scene);
  g_test_add_data_func ("/imap/cut/delete", &scenes[3], test_scene);
  return g_test_run ();
}
