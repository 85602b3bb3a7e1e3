/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/mm-settings.h"

/* Run with the project's schema, and the backend that keeps everything in memory. */

static void
test_services (void)
{
  g_autoptr(MmService) none = NULL;
  g_autoptr(MmService) nothing = NULL;
  g_autoptr(MmService) source = mm_service_new (MM_PROTOCOL_IMAP, MM_SECURITY_STARTTLS,
                                                "imap.example.org", 10143, "anna@example.org");
  g_autoptr(MmService) destination = mm_service_new (MM_PROTOCOL_IMAP, MM_SECURITY_NONE,
                                                     "mail.example.net", 0, "bob");
  g_autoptr(MmService) source_read = NULL;
  g_autoptr(MmService) destination_read = NULL;

  mm_settings_load_services (&none, &nothing);
  g_assert_null (none);
  g_assert_null (nothing);

  mm_settings_save_services (source, destination);
  mm_settings_load_services (&source_read, &destination_read);
  g_assert_cmpstr (source_read->host, ==, "imap.example.org");
  g_assert_cmpuint (source_read->port, ==, 10143);
  g_assert_cmpint (source_read->security, ==, MM_SECURITY_STARTTLS);
  g_assert_cmpstr (source_read->user, ==, "anna@example.org");
  g_assert_cmpstr (destination_read->host, ==, "mail.example.net");
  g_assert_cmpuint (destination_read->port, ==, 143);
  g_assert_cmpint (destination_read->security, ==, MM_SECURITY_NONE);
  g_assert_cmpstr (destination_read->user, ==, "bob");
}

static void
test_window (void)
{
  GtkWidget *window = gtk_window_new ();
  GtkWidget *again = gtk_window_new ();
  int width, height;

  gtk_window_set_default_size (GTK_WINDOW (window), 777, 555);
  mm_settings_save_window (GTK_WINDOW (window));
  mm_settings_load_window (GTK_WINDOW (again));
  gtk_window_get_default_size (GTK_WINDOW (again), &width, &height);
  g_assert_cmpint (width, ==, 777);
  g_assert_cmpint (height, ==, 555);
  g_assert_false (gtk_window_is_maximized (GTK_WINDOW (again)));

  gtk_window_destroy (GTK_WINDOW (window));
  gtk_window_destroy (GTK_WINDOW (again));
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  gtk_init ();

  g_test_add_func ("/settings/services", test_services);
  g_test_add_func ("/settings/window", test_window);

  return g_test_run ();
}
