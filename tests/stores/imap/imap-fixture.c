/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "imap-fixture.h"

#include <string.h>

#include "stores/imap/mm-imap-store.h"

void
fixture_add_open (MmScriptServer *server,
                  const char     *capabilities)
{
  g_autofree char *greeting = g_strdup_printf (
    "S: * OK [CAPABILITY IMAP4rev1 LITERAL+] hello\n"
    "C: * LOGIN \"anna\" \"p\\\"w\\\\ord\"\n"
    "S: $TAG OK [CAPABILITY IMAP4rev1 NAMESPACE %s] welcome\n"
    "C: * NAMESPACE\n"
    "C: * LIST \"\" \"\"\n"
    "S: * NAMESPACE ((\"\" \"/\")) NIL NIL\n"
    "S: $TAG-1 OK\n"
    "S: * LIST (\\Noselect) \"/\" \"\"\n"
    "S: $TAG OK\n", capabilities);

  mm_script_server_accept (server);
  mm_script_server_add (server, greeting);
}

void
fixture_add_select (MmScriptServer *server,
                    const char     *verb,
                    guint           exists,
                    guint           uidnext)
{
  g_autofree char *dialog = g_strdup_printf (
    "C: * %s \"Work\"\n"
    "S: * FLAGS (\\Seen)\n"
    "S: * %u EXISTS\n"
    "S: * OK [PERMANENTFLAGS (\\Seen \\Answered \\Flagged \\Draft \\Deleted \\*)] ok\n"
    "S: * OK [UIDVALIDITY 9] ok\n"
    "S: * OK [UIDNEXT %u] ok\n"
    "S: $TAG OK [READ-WRITE] open\n", verb, exists, uidnext);

  mm_script_server_add (server, dialog);
}

MmStore *
fixture_store_new (MmScriptServer *server)
{
  g_autoptr (MmCredentials) credentials = mm_credentials_new (FIXTURE_PASSWORD, NULL);
  g_autoptr (MmService) service = NULL;

  service = mm_service_new (MM_PROTOCOL_IMAP, MM_SECURITY_NONE, "127.0.0.1",
                            mm_script_server_get_port (server), "anna");
  return mm_imap_store_new (service, credentials);
}

MmStore *
fixture_open (MmScriptServer *server)
{
  MmStore *store = fixture_store_new (server);
  g_autoptr (GError) error = NULL;

  mm_script_server_start (server);
  /* what the script missed says more than the error that it caused */
  if (!mm_store_open (store, NULL, &error))
    mm_script_server_assert_finished (server);
  g_assert_no_error (error);
  return store;
}

MmFolder *
fixture_folder_new (void)
{
  MmFolder *folder = mm_folder_new (MM_KIND_EMAILS, (const char *const[]) { "Work", NULL });

  folder->id = g_strdup ("Work");
  folder->n_items = 1;
  return folder;
}

MmItem *
fixture_item_new (guint n,
                  gsize length)
{
  g_autoptr (GString) text = g_string_new (NULL);
  MmItem *item;

  g_string_append_printf (text, "Message-ID: <%04u@example.org>\r\n\r\n", n);
  g_assert_cmpuint (text->len + 2, <=, length);
  while (text->len < length - 2)
    g_string_append_c (text, text->len % 70 == 69 && text->len + 4 < length ? ' ' : 'x');
  g_string_append (text, "\r\n");
  item = mm_item_new (mm_reference_new ("1:1"), mm_blob_new (text->str, text->len));
  item->reference->date = 1704067200;
  return item;
}

GPtrArray *
fixture_items_new (guint n_items,
                   gsize length)
{
  GPtrArray *items = g_ptr_array_new_with_free_func ((GDestroyNotify) mm_item_free);

  for (guint i = 0; i < n_items; i++)
    g_ptr_array_add (items, fixture_item_new (i + 1, length));
  return items;
}

GPtrArray *
fixture_references_new (guint uid,
                        ...)
{
  GPtrArray *references = g_ptr_array_new_with_free_func ((GDestroyNotify) mm_reference_free);
  va_list args;

  va_start (args, uid);
  for (; uid != 0; uid = va_arg (args, guint))
    {
      g_autofree char *id = g_strdup_printf ("9:%u", uid);

      g_ptr_array_add (references, mm_reference_new (id));
    }
  va_end (args);
  return references;
}

char *
fixture_ids (GPtrArray *results)
{
  GString *ids = g_string_new (NULL);

  for (guint i = 0; i < results->len; i++)
    {
      const MmResult *result = results->pdata[i];

      g_string_append_printf (ids, "%s%s", i > 0 ? " " : "", result->id != NULL ? result->id : "-");
    }
  return g_string_free (ids, FALSE);
}

void
fixture_assert_says (const GError *error,
                     const char   *part)
{
  if (strstr (error->message, part) == NULL)
    g_error ("“%s” does not say “%s”", error->message, part);
}
