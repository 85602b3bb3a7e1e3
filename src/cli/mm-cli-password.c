/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "cli/mm-cli-password.h"

#include <errno.h>
#include <glib/gi18n-lib.h>
#include <stdio.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "model/mm-error.h"

static void
free_secret (char *secret)
{
  if (secret == NULL)
    return;
  explicit_bzero (secret, strlen (secret));
  g_free (secret);
}

static char *
read_line (FILE *file)
{
  char *line = NULL;
  size_t size = 0;
  char *copy = NULL;

  if (getline (&line, &size, file) >= 0)
    {
      line[strcspn (line, "\r\n")] = '\0';
      copy = g_strdup (line);
    }
  if (line != NULL)
    explicit_bzero (line, size);
  free (line);
  return copy;
}

static char *
read_file (const char  *path,
           GError     **error)
{
  gboolean standard = g_str_equal (path, "-");
  FILE *file = standard ? stdin : fopen (path, "re");
  char *password;

  if (file == NULL)
    {
      int code = errno;

      g_set_error (error, MM_ERROR, MM_ERROR_FILE, _("The password file “%s” cannot be read: %s."),
                   path, g_strerror (code));
      return NULL;
    }
  password = read_line (file);
  if (!standard)
    fclose (file);
  if (password == NULL)
    g_set_error (error, MM_ERROR, MM_ERROR_FILE, _("There is no password in “%s”."),
                 standard ? _("standard input") : path);
  return password;
}

static char *
ask (const char  *question,
     GError     **error)
{
  FILE *terminal = fopen ("/dev/tty", "r+e");
  struct termios quiet, before;
  char *password = NULL;

  if (terminal == NULL || tcgetattr (fileno (terminal), &before) != 0)
    {
      if (terminal != NULL)
        fclose (terminal);
      g_set_error_literal (error, MM_ERROR, MM_ERROR_PASSWORD,
                           _("There is no password, and no terminal to ask for it. Give it in a "
                             "file or in the environment."));
      return NULL;
    }
  quiet = before;
  quiet.c_lflag &= ~(tcflag_t) ECHO;
  tcsetattr (fileno (terminal), TCSAFLUSH, &quiet);
  fputs (question, terminal);
  fflush (terminal);
  password = read_line (terminal);
  tcsetattr (fileno (terminal), TCSAFLUSH, &before);
  fputs ("\n", terminal);
  fclose (terminal);
  return password != NULL ? password : g_strdup ("");
}

static gboolean
check_ca_file (const char  *path,
               GError     **error)
{
  if (path == NULL || access (path, R_OK) == 0)
    return TRUE;
  g_set_error (error, MM_ERROR, MM_ERROR_FILE,
               _("The file of the certificate authority “%s” cannot be read: %s."), path,
               g_strerror (errno));
  return FALSE;
}

MmCredentials *
mm_cli_password_get (const MmCliOptions *options,
                     gboolean            source,
                     GError            **error)
{
  const char *file = source ? options->source_password_file : options->destination_password_file;
  const char *variable = g_getenv (source ? "MAIL_MIGRATOR_SOURCE_PASSWORD"
                                          : "MAIL_MIGRATOR_DESTINATION_PASSWORD");
  MmCredentials *credentials;
  char *password;

  if (!check_ca_file (options->ca_file, error))
    return NULL;
  if (file != NULL)
    password = read_file (file, error);
  else if (variable != NULL)
    password = g_strdup (variable);
  else
    password = ask (source ? _("Password of the source account: ")
                           : _("Password of the destination account: "), error);
  if (password == NULL)
    return NULL;
  credentials = mm_credentials_new (password, options->ca_file);
  free_secret (password);
  return credentials;
}
