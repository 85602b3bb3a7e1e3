/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ui/mm-settings.h"

#define MAX_PORT 65535

/* g_settings_new () ends the program where the schema is missing, so it is looked up first.
 * (transfer full) (nullable) */
static GSettings *
open_settings (void)
{
  GSettingsSchemaSource *source = g_settings_schema_source_get_default ();
  g_autoptr(GSettingsSchema) schema = NULL;

  if (source == NULL)
    return NULL;

  schema = g_settings_schema_source_lookup (source, MM_APP_ID, TRUE);
  return schema != NULL ? g_settings_new_full (schema, NULL, NULL) : NULL;
}

void
mm_settings_load_window (GtkWindow *window)
{
  g_autoptr(GSettings) settings = open_settings ();

  g_return_if_fail (GTK_IS_WINDOW (window));

  if (settings == NULL)
    return;

  gtk_window_set_default_size (window, g_settings_get_int (settings, "window-width"),
                               g_settings_get_int (settings, "window-height"));
  if (g_settings_get_boolean (settings, "window-maximized"))
    gtk_window_maximize (window);
}

void
mm_settings_save_window (GtkWindow *window)
{
  g_autoptr(GSettings) settings = open_settings ();
  int width, height;

  g_return_if_fail (GTK_IS_WINDOW (window));

  if (settings == NULL)
    return;

  gtk_window_get_default_size (window, &width, &height);
  g_settings_set_int (settings, "window-width", width);
  g_settings_set_int (settings, "window-height", height);
  g_settings_set_boolean (settings, "window-maximized", gtk_window_is_maximized (window));
}

static char *
key_for (const char *side,
         const char *what)
{
  return g_strdup_printf ("%s-%s", side, what);
}

static MmService *
load_service (GSettings  *settings,
              const char *side)
{
  g_autofree char *host_key = key_for (side, "host");
  g_autofree char *port_key = key_for (side, "port");
  g_autofree char *security_key = key_for (side, "security");
  g_autofree char *user_key = key_for (side, "user");
  g_autofree char *host = g_settings_get_string (settings, host_key);
  g_autofree char *user = g_settings_get_string (settings, user_key);
  int port = g_settings_get_int (settings, port_key);
  int security = g_settings_get_enum (settings, security_key);

  if (*host == '\0')
    return NULL;

  return mm_service_new (MM_PROTOCOL_IMAP,
                         (MmSecurity) CLAMP (security, MM_SECURITY_TLS, MM_SECURITY_NONE),
                         host, (guint16) CLAMP (port, 0, MAX_PORT), user);
}

static void
save_service (GSettings       *settings,
              const char      *side,
              const MmService *service)
{
  g_autofree char *host_key = key_for (side, "host");
  g_autofree char *port_key = key_for (side, "port");
  g_autofree char *security_key = key_for (side, "security");
  g_autofree char *user_key = key_for (side, "user");

  g_settings_set_string (settings, host_key, service->host);
  g_settings_set_int (settings, port_key, service->port);
  g_settings_set_enum (settings, security_key, service->security);
  g_settings_set_string (settings, user_key, service->user);
}

void
mm_settings_load_services (MmService **source,
                           MmService **destination)
{
  g_autoptr(GSettings) settings = open_settings ();

  if (settings == NULL)
    return;

  *source = load_service (settings, "source");
  *destination = load_service (settings, "destination");
}

void
mm_settings_save_services (const MmService *source,
                           const MmService *destination)
{
  g_autoptr(GSettings) settings = open_settings ();

  if (settings == NULL)
    return;

  save_service (settings, "source", source);
  save_service (settings, "destination", destination);
}
