/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n-lib.h>
#include <locale.h>

#include "stores/mm-registry.h"
#include "ui/mm-application.h"

int
main (int    argc,
      char **argv)
{
  const char *locale_dir = g_getenv ("MAIL_MIGRATOR_LOCALE_DIR"); /* when not installed */
  g_autoptr(MmApplication) application = NULL;

  setlocale (LC_ALL, "");
  bindtextdomain (GETTEXT_PACKAGE, locale_dir != NULL ? locale_dir : MM_LOCALE_DIR);
  bind_textdomain_codeset (GETTEXT_PACKAGE, "UTF-8");
  textdomain (GETTEXT_PACKAGE);
  g_set_application_name (_("Mail Migrator"));

  application = mm_application_new (mm_registry_create_store, NULL);
  return g_application_run (G_APPLICATION (application), argc, argv);
}
