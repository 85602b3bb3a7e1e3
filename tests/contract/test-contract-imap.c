/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "mm-contract.h"
#include "stores/mm-registry.h"
#include "word-proxy.h"

/* More than there are tests: the suite uses an account for each. */
#define N_ACCOUNTS 64

/* Runs the suite against one real server, which it starts and stops:
 * test-contract-imap NAME SCRIPT FLAVOURS SECURITY [WORD=REPLACEMENT …] */

typedef struct
{
  char *state;
  char *script;
  char *host;
  char *ca_file;
  guint16 port;
  MmSecurity security;
  WordProxy *proxy; /* NULL */
} Server;

static char *
make_accounts (void)
{
  GString *accounts = g_string_new (NULL);

  for (guint i = 0; i < N_ACCOUNTS; i++)
    g_string_append_printf (accounts, "contract%u:secret-%u ", i, i);
  return g_string_free (accounts, FALSE);
}

static int
run_script (Server            *server,
            const char *const *arguments,
            char             **output)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_auto (GStrv) argv = NULL;
  g_autoptr (GError) error = NULL;
  int status = 0;

  g_strv_builder_add (builder, server->script);
  g_strv_builder_addv (builder, (const char **) arguments);
  argv = g_strv_builder_end (builder);
  g_spawn_sync (NULL, argv, NULL, G_SPAWN_DEFAULT, NULL, NULL, output, NULL, &status, &error);
  g_assert_no_error (error);
  return WIFEXITED (status) ? WEXITSTATUS (status) : 1;
}

static char *
find_value (const char *output,
            const char *key)
{
  g_auto (GStrv) lines = g_strsplit (output, "\n", -1);

  for (guint i = 0; lines[i] != NULL; i++)
    if (g_str_has_prefix (lines[i], key) && lines[i][strlen (key)] == '=')
      return g_strdup (lines[i] + strlen (key) + 1);
  return NULL;
}

static MmSecurity
parse_security (const char *word)
{
  if (g_str_equal (word, "tls"))
    return MM_SECURITY_TLS;
  if (g_str_equal (word, "starttls"))
    return MM_SECURITY_STARTTLS;
  g_assert_cmpstr (word, ==, "none");
  return MM_SECURITY_NONE;
}

/* 0, or what the script's exit status was. */
static int
start (Server      *server,
       const char  *script,
       const char  *flavours,
       const char  *security)
{
  g_autofree char *accounts = make_accounts ();
  g_autofree char *output = NULL;
  g_autofree char *port = NULL;
  g_autoptr (GError) error = NULL;
  int status;

  server->script = g_test_build_filename (G_TEST_DIST, "servers", script, NULL);
  server->security = parse_security (security);
  server->state = g_dir_make_tmp ("mm-XXXXXX", &error);
  g_assert_no_error (error);
  /* the server runs as another user when the tests run as root */
  g_chmod (server->state, 0755);
  g_setenv ("ACCOUNTS", accounts, TRUE);
  status = run_script (server,
                       (const char *const[]) { "start", server->state, "auto", flavours, NULL },
                       &output);
  if (status != 0)
    return status;
  server->host = find_value (output, "HOST");
  server->ca_file = find_value (output, "CA");
  port = find_value (output, server->security == MM_SECURITY_TLS ? "IMAPS_PORT" : "IMAP_PORT");
  server->port = (guint16) g_ascii_strtoull (port, NULL, 10);
  return 0;
}

static void
stop (Server *server)
{
  const char *remove[] = { "rm", "-rf", server->state, NULL };

  if (server->host != NULL)
    run_script (server, (const char *const[]) { "stop", server->state, NULL }, NULL);
  g_clear_pointer (&server->proxy, word_proxy_free);
  g_spawn_sync (NULL, (char **) remove, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, NULL, NULL,
                NULL);
  g_free (server->state);
  g_free (server->script);
  g_free (server->host);
  g_free (server->ca_file);
}

/* For a test that ends in an assertion, or is ended by who ran it: no server may live on. */
static Server *server_to_stop;

static void
stop_at_signal (int number)
{
  pid_t pid = fork ();

  if (pid == 0)
    {
      execl (server_to_stop->script, server_to_stop->script, "stop", server_to_stop->state, NULL);
      _exit (1);
    }
  waitpid (pid, NULL, 0);
  signal (number, SIG_DFL);
  raise (number);
}

static MmStore *
make_store (const char *account,
            gpointer    user_data)
{
  Server *server = user_data;
  g_autofree char *password = g_strdup_printf ("secret-%s", account + strlen ("contract"));
  g_autoptr (MmCredentials) credentials = mm_credentials_new (password, server->ca_file);
  g_autoptr (MmService) service = NULL;

  service = mm_service_new (MM_PROTOCOL_IMAP, server->security, server->host,
                            server->proxy != NULL ? word_proxy_get_port (server->proxy)
                                                  : server->port,
                            account);
  return mm_registry_create_store (service, credentials);
}

/* "A=B" … as pairs. */
static char **
split_words (char **arguments)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();

  for (; *arguments != NULL; arguments++)
    {
      g_auto (GStrv) pair = g_strsplit (*arguments, "=", 2);

      g_strv_builder_addv (builder, (const char **) pair);
    }
  return g_strv_builder_end (builder);
}

int
main (int   argc,
      char *argv[])
{
  Server server = { NULL, };
  g_auto (GStrv) words = NULL;
  int status;

  g_test_init (&argc, &argv, NULL);
  if (argc < 5)
    {
      g_printerr ("Usage: %s NAME SCRIPT FLAVOURS SECURITY [WORD=REPLACEMENT …]\n", argv[0]);
      return 2;
    }
  words = split_words (argv + 5);
  status = start (&server, argv[2], argv[3], argv[4]);
  if (status == 77)
    g_print ("1..0 # SKIP the server is not installed\n");
  else if (status == 0)
    {
      if (words[0] != NULL)
        server.proxy = word_proxy_new (server.port, (const char *const *) words);
      server_to_stop = &server;
      signal (SIGABRT, stop_at_signal);
      signal (SIGTERM, stop_at_signal);
      mm_contract_add (argv[1], MM_KIND_EMAILS, make_store, &server);
      status = g_test_run ();
    }
  stop (&server);
  return status == 77 ? 0 : status;
}
