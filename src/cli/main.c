/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n-lib.h>
#include <locale.h>
#include <malloc.h>

#include "cli/mm-cli-exit.h"
#include "cli/mm-cli-follow.h"
#include "cli/mm-cli-output.h"
#include "cli/mm-cli-run.h"

static const struct
{
  const char *verb;
  MmExit (*func) (const MmCliOptions *options);
} commands[] = {
  { "cancel", mm_cli_cancel },
  { "follow", mm_cli_follow },
  { "history", mm_cli_history },
  { "migrate", mm_cli_migrate },
  { "resume", mm_cli_resume },
  { "rollback", mm_cli_rollback },
  { "stop", mm_cli_stop },
};

/* Whether the line asks for JSON, when it cannot be parsed for the rest. */
static gboolean
wants_json (char *argv[])
{
  return g_strv_contains ((const char *const *) argv, "--json");
}

static void
init (void)
{
  setlocale (LC_ALL, "");
  bindtextdomain (GETTEXT_PACKAGE, MM_LOCALE_DIR);
  bind_textdomain_codeset (GETTEXT_PACKAGE, "UTF-8");
  textdomain (GETTEXT_PACKAGE);
  g_set_prgname ("mail-migrator-cli");
  /* Many threads with an arena each, and message bodies scattered over them, would keep tens of
   * megabytes from the system; bodies go straight back to it. */
  mallopt (M_ARENA_MAX, 2);
  mallopt (M_MMAP_THRESHOLD, 64 * 1024);
  mallopt (M_TRIM_THRESHOLD, 256 * 1024);
}

int
main (int   argc,
      char *argv[])
{
  g_autoptr (MmCliOptions) options = NULL;
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) arguments = NULL;

  init ();
  arguments = g_strdupv (argv);
  options = mm_cli_options_parse (argc, argv, &error);
  if (options == NULL)
    {
      mm_cli_output_error (wants_json (arguments), MM_SIDE_NONE, error);
      return MM_EXIT_USAGE;
    }
  for (guint i = 0; i < G_N_ELEMENTS (commands); i++)
    if (g_str_equal (commands[i].verb, options->verb))
      return commands[i].func (options);
  g_return_val_if_reached (MM_EXIT_FAILED);
}
