/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gmail-server.h"

#include <string.h>

#define CAPABILITIES "IMAP4rev1 UNSELECT IDLE NAMESPACE QUOTA ID XLIST CHILDREN X-GM-EXT-1 " \
                     "UIDPLUS COMPRESS=DEFLATE ENABLE MOVE CONDSTORE ESEARCH UTF8=ACCEPT "   \
                     "LIST-EXTENDED LIST-STATUS LITERAL- SPECIAL-USE APPENDLIMIT=35651584"

/* Messages are numbers from 101 on; each line of a mailbox's messages ends with 0. */
typedef struct
{
  const char *name;
  const char *attributes;
  guint messages[8];
} Mailbox;

static const Mailbox mailboxes[] = {
  { "INBOX", "\\HasNoChildren", { 101, 102, 0 } },
  { "Work", "\\HasChildren", { 101, 103, 0 } },
  { "Work/Old", "\\HasNoChildren", { 106, 0 } },
  { "[Gmail]", "\\HasChildren \\Noselect", { 0 } },
  /* Všechny zprávy */
  { "[Gmail]/V&AWE-echny zpr&AOE-vy", "\\All \\HasNoChildren",
    { 101, 102, 103, 104, 105, 106, 109, 0 } },
  /* S hvězdičkou */
  { "[Gmail]/S hv&ARs-zdi&AQ0-kou", "\\Flagged \\HasNoChildren", { 101, 105, 0 } },
  /* Důležité */
  { "[Gmail]/D&AW8-le&AX4-it&AOk-", "\\HasNoChildren \\Important", { 102, 104, 0 } },
  /* Odeslaná pošta */
  { "[Gmail]/Odeslan&AOE- po&AWE-ta", "\\HasNoChildren \\Sent", { 109, 0 } },
  { "[Gmail]/Spam", "\\HasNoChildren \\Junk", { 107, 0 } },
  /* Koš */
  { "[Gmail]/Ko&AWE-", "\\HasNoChildren \\Trash", { 108, 0 } },
};

struct _GmailServer
{
  GSocketService *service;
  guint16 port;
};

/* What one connection is about. */
typedef struct
{
  GDataInputStream *input;
  GOutputStream *output;
  const Mailbox *examined;
} Client;

static guint
count_messages (const Mailbox *mailbox)
{
  guint n = 0;

  while (mailbox->messages[n] != 0)
    n++;
  return n;
}

static void G_GNUC_PRINTF (2, 3)
say (Client     *client,
     const char *format,
     ...)
{
  va_list args;

  va_start (args, format);
  g_output_stream_vprintf (client->output, NULL, NULL, NULL, format, args);
  va_end (args);
}

static char *
make_message (guint number)
{
  return g_strdup_printf ("Message-ID: <%u@mail.gmail.com>\r\n"
                          "Date: Mon, 1 Jan 2024 00:00:00 +0000\r\n"
                          "From: anna@example.org\r\n"
                          "Subject: number %u\r\n"
                          "\r\n", number, number);
}

/* "Work" in EXAMINE "Work". */
static const Mailbox *
find_mailbox (const char *arguments)
{
  for (guint i = 0; i < G_N_ELEMENTS (mailboxes); i++)
    {
      g_autofree char *quoted = g_strdup_printf ("\"%s\"", mailboxes[i].name);

      if (g_str_has_prefix (arguments, quoted))
        return &mailboxes[i];
    }
  g_error ("there is no mailbox %s", arguments);
}

static void
list (Client     *client,
      const char *tag,
      const char *arguments)
{
  if (g_str_equal (arguments, "\"\" \"\""))
    say (client, "* LIST (\\Noselect) \"/\" \"/\"\r\n");
  else
    for (guint i = 0; i < G_N_ELEMENTS (mailboxes); i++)
      {
        guint n = count_messages (&mailboxes[i]);

        say (client, "* LIST (%s) \"/\" \"%s\"\r\n", mailboxes[i].attributes, mailboxes[i].name);
        if (strstr (arguments, "STATUS") != NULL &&
            strstr (mailboxes[i].attributes, "Noselect") == NULL)
          say (client, "* STATUS \"%s\" (MESSAGES %u UIDNEXT %u UIDVALIDITY %u)\r\n",
               mailboxes[i].name, n, n + 1, i + 1);
      }
  say (client, "%s OK Success\r\n", tag);
}

static void
examine (Client     *client,
         const char *tag,
         const char *arguments)
{
  guint n;

  client->examined = find_mailbox (arguments);
  n = count_messages (client->examined);
  say (client,
       "* FLAGS (\\Answered \\Flagged \\Draft \\Deleted \\Seen $Forwarded)\r\n"
       "* OK [PERMANENTFLAGS ()] Flags permitted.\r\n"
       "* OK [UIDVALIDITY %u] UIDs valid.\r\n"
       "* %u EXISTS\r\n"
       "* 0 RECENT\r\n"
       "* OK [UIDNEXT %u] Predicted next UID.\r\n"
       "* OK [HIGHESTMODSEQ 2002]\r\n"
       "%s OK [READ-ONLY] %s selected. (Success)\r\n",
       (guint) (client->examined - mailboxes) + 1, n, n + 1, tag, client->examined->name);
}

static gboolean
is_in_set (const char *set,
           guint       uid,
           guint       last)
{
  g_auto (GStrv) parts = g_strsplit (set, ",", -1);

  for (guint i = 0; parts[i] != NULL; i++)
    {
      const char *colon = strchr (parts[i], ':');
      guint64 from = g_ascii_strtoull (parts[i], NULL, 10);
      guint64 to = from;

      if (colon != NULL)
        to = colon[1] == '*' ? MAX (last, from) : g_ascii_strtoull (colon + 1, NULL, 10);
      if (uid >= from && uid <= to)
        return TRUE;
    }
  return FALSE;
}

static void
fetch_one (Client     *client,
           const char *items,
           guint       uid)
{
  guint number = client->examined->messages[uid - 1];
  g_autofree char *message = make_message (number);
  gsize length = strlen (message);

  say (client, "* %u FETCH (X-GM-MSGID 17860000000000%u UID %u RFC822.SIZE %u INTERNALDATE "
               "\"01-Jan-2024 00:00:00 +0000\" FLAGS (\\Seen)", uid, number, uid, (guint) length);
  if (strstr (items, "BODY.PEEK[HEADER.FIELDS") != NULL)
    say (client, " BODY[HEADER.FIELDS (MESSAGE-ID DATE FROM TO CC SUBJECT)] {%u}\r\n%s",
         (guint) length, message);
  if (strstr (items, "BODY.PEEK[]") != NULL)
    say (client, " BODY[] {%u}\r\n%s", (guint) length, message);
  say (client, ")\r\n");
}

static void
fetch (Client     *client,
       const char *tag,
       const char *arguments)
{
  const char *items = strchr (arguments, ' ');
  g_autofree char *set = g_strndup (arguments, (gsize) (items - arguments));
  guint n = count_messages (client->examined);

  for (guint uid = 1; uid <= n; uid++)
    if (is_in_set (set, uid, n))
      fetch_one (client, items, uid);
  say (client, "%s OK Success\r\n", tag);
}

static const char *
after (const char *command,
       const char *verb)
{
  return g_str_has_prefix (command, verb) ? command + strlen (verb) : NULL;
}

static void
answer (Client     *client,
        const char *tag,
        const char *command)
{
  const char *rest;

  if (after (command, "LOGIN ") != NULL)
    say (client, "%s OK [CAPABILITY " CAPABILITIES "] anna authenticated (Success)\r\n", tag);
  else if (after (command, "NAMESPACE") != NULL)
    say (client, "* NAMESPACE ((\"\" \"/\")) NIL NIL\r\n%s OK Success\r\n", tag);
  else if (after (command, "GETQUOTAROOT") != NULL || after (command, "ID") != NULL ||
           after (command, "NOOP") != NULL)
    say (client, "%s OK Success\r\n", tag);
  else if ((rest = after (command, "LIST ")) != NULL)
    list (client, tag, rest);
  else if (after (command, "STATUS ") != NULL)
    say (client, "%s NO no such folder to count\r\n", tag);
  else if ((rest = after (command, "EXAMINE ")) != NULL)
    examine (client, tag, rest);
  else if ((rest = after (command, "UID FETCH ")) != NULL)
    fetch (client, tag, rest);
  else
    g_error ("the source was told %s", command);
}

static gboolean
run_cb (GThreadedSocketService *service,
        GSocketConnection      *connection,
        GObject                *source,
        gpointer                user_data)
{
  GInputStream *input = g_io_stream_get_input_stream (G_IO_STREAM (connection));
  Client client = { g_data_input_stream_new (input),
                    g_io_stream_get_output_stream (G_IO_STREAM (connection)), NULL };

  g_data_input_stream_set_newline_type (client.input, G_DATA_STREAM_NEWLINE_TYPE_CR_LF);
  say (&client, "* OK Gimap ready for requests\r\n");
  for (;;)
    {
      g_autofree char *line = g_data_input_stream_read_line (client.input, NULL, NULL, NULL);
      char *command = line != NULL ? strchr (line, ' ') : NULL;

      if (command == NULL || g_str_has_suffix (line, " LOGOUT"))
        break;
      *command++ = 0;
      if (g_str_equal (command, "CAPABILITY"))
        say (&client, "* CAPABILITY IMAP4rev1 X-GM-EXT-1 ID\r\n%s OK done\r\n", line);
      else
        answer (&client, line, command);
    }
  g_object_unref (client.input);
  return TRUE;
}

GmailServer *
gmail_server_new (void)
{
  GmailServer *self = g_new0 (GmailServer, 1);
  g_autoptr (GInetAddress) loopback = g_inet_address_new_loopback (G_SOCKET_FAMILY_IPV4);
  g_autoptr (GSocketAddress) any_port = g_inet_socket_address_new (loopback, 0);
  g_autoptr (GSocketAddress) address = NULL;
  g_autoptr (GError) error = NULL;

  self->service = g_threaded_socket_service_new (16);
  g_socket_listener_add_address (G_SOCKET_LISTENER (self->service), any_port, G_SOCKET_TYPE_STREAM,
                                 G_SOCKET_PROTOCOL_TCP, NULL, &address, &error);
  g_assert_no_error (error);
  self->port = g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (address));
  g_signal_connect (self->service, "run", G_CALLBACK (run_cb), NULL);
  g_socket_service_start (self->service);
  return self;
}

void
gmail_server_free (GmailServer *self)
{
  g_socket_service_stop (self->service);
  g_socket_listener_close (G_SOCKET_LISTENER (self->service));
  g_object_unref (self->service);
  g_free (self);
}

guint16
gmail_server_get_port (GmailServer *self)
{
  return self->port;
}
