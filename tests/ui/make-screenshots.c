/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ui-fixture.h"

#include <libintl.h>
#include <stdlib.h>

#include "stores/mm-registry.h"
#include "ui/mm-follow-window.h"
#include "ui/mm-password-dialog.h"
#include "ui/mm-preview-window.h"

/* make-screenshots OUT WIDTH HEIGHT LOCALEDIR SOURCE-URL DESTINATION-URL
 *
 * Goes through the window with two real accounts, whose passwords are in the environment as for
 * the program, and saves a picture of every page as OUT/….png. See the script "screenshots". */

typedef struct
{
  const char *out;
  int width;
  int height;
  MmService *source;
  MmService *destination;
  const char *source_password;
  const char *destination_password;
  MmApplication *application;
} Shots;

static gboolean
wake_cb (gpointer user_data)
{
  *(gboolean *) user_data = TRUE;
  return G_SOURCE_REMOVE;
}

/* Transitions end, the last frame is drawn. */
static void
rest (guint milliseconds)
{
  gboolean woken = FALSE;

  g_timeout_add (milliseconds, wake_cb, &woken);
  while (!woken)
    g_main_context_iteration (NULL, TRUE);
}

static void
take (Shots      *shots,
      GtkWidget  *window,
      const char *name)
{
  g_autofree char *file = g_strconcat (name, ".png", NULL);
  g_autofree char *path = g_build_filename (shots->out, file, NULL);

  if (MM_IS_WINDOW (window))
    gtk_window_set_default_size (GTK_WINDOW (window), shots->width, shots->height);
  else if (!ADW_IS_MESSAGE_DIALOG (window))
    gtk_window_set_default_size (GTK_WINDOW (window), MIN (shots->width, 640), shots->height);

  rest (700);
  ui_save_png (window, path);
}

static void
scroll_to_end (GtkWidget *widget)
{
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    {
      if (GTK_IS_SCROLLED_WINDOW (child) && gtk_widget_get_mapped (child))
        {
          GtkAdjustment *adjustment;

          adjustment = gtk_scrolled_window_get_vadjustment (GTK_SCROLLED_WINDOW (child));
          gtk_adjustment_set_value (adjustment, gtk_adjustment_get_upper (adjustment));
          return;
        }

      scroll_to_end (child);
    }
}

static const MmReport *
shown_report (GtkWidget *window)
{
  MmWatch *watch = mm_migration_view_get_watch (MM_MIGRATION_VIEW (ui_find (window, "view")));

  return watch != NULL ? mm_watch_get_report (watch) : NULL;
}

static gboolean
has_state (GtkWidget *window,
           MmState    state)
{
  return shown_report (window) != NULL && shown_report (window)->state == state;
}

static gboolean
has_copied (GtkWidget *window,
            double     fraction)
{
  const MmReport *report = shown_report (window);
  const MmStageReport *stage;

  if (report == NULL || report->stages->len == 0)
    return FALSE;

  stage = g_ptr_array_index (report->stages, report->stages->len - 1);
  return report->state == MM_STATE_COMPLETED
         || (stage->bytes_total > 0
             && (double) stage->bytes > fraction * (double) stage->bytes_total);
}

static void
fill (Shots      *shots,
      MmWindow   *window,
      const char *destination_password)
{
  MmNewPage *page = mm_window_get_new_page (window);

  mm_new_page_fill (page, MM_SIDE_SOURCE, shots->source, shots->source_password);
  mm_new_page_fill (page, MM_SIDE_DESTINATION, shots->destination, destination_password);
}

static void
take_form (Shots     *shots,
           MmWindow  *window)
{
  g_autoptr(MmService) source = mm_service_new (MM_PROTOCOL_IMAP, MM_SECURITY_TLS,
                                                "imap.example.org", 0, "anna@example.org");
  g_autoptr(MmService) destination = mm_service_new (MM_PROTOCOL_IMAP, MM_SECURITY_TLS,
                                                     "mail.example.net", 0, "anna@example.net");
  MmNewPage *page = mm_window_get_new_page (window);

  mm_new_page_fill (page, MM_SIDE_SOURCE, source, "not-a-password");
  mm_new_page_fill (page, MM_SIDE_DESTINATION, destination, "not-a-password");
  gtk_widget_grab_focus (ui_find (window, "start_button"));
  take (shots, GTK_WIDGET (window), "new-migration");
}

static void
take_checks (Shots    *shots,
             MmWindow *window)
{
  GtkWidget *preview;

  fill (shots, window, "certainly wrong");
  ui_click (window, "check_button");
  ui_wait (!ui_is_visible (window, "busy_box"));
  take (shots, GTK_WIDGET (window), "error");

  fill (shots, window, shots->destination_password);
  ui_click (window, "check_button");
  ui_wait (!ui_is_visible (window, "busy_box"));
  take (shots, GTK_WIDGET (window), "checked");
  scroll_to_end (GTK_WIDGET (window));
  take (shots, GTK_WIDGET (window), "checked-end");

  ui_click (window, "preview_button");
  ui_wait ((preview = ui_find_toplevel (MM_TYPE_PREVIEW_WINDOW)) != NULL);
  take (shots, preview, "preview");
  gtk_window_close (GTK_WINDOW (preview));
}

static void
take_migration (Shots    *shots,
                MmWindow *window)
{
  GtkWidget *followed;
  GtkWidget *dialog;

  ui_click (window, "start_button");
  ui_wait (has_copied (GTK_WIDGET (window), 0.2));
  take (shots, GTK_WIDGET (window), "progress");

  gtk_window_close (GTK_WINDOW (window));
  dialog = ui_find_toplevel (ADW_TYPE_MESSAGE_DIALOG);
  if (dialog != NULL)
    {
      take (shots, dialog, "close");
      ui_respond (dialog, "back");
    }

  ui_wait (has_state (GTK_WIDGET (window), MM_STATE_COMPLETED));
  take (shots, GTK_WIDGET (window), "done");

  adw_view_stack_set_visible_child_name (ADW_VIEW_STACK (ui_find (window, "view_stack")), "follow");
  ui_wait (ui_is_visible (window, "list_box"));
  ui_type (window, "id_row", shown_report (GTK_WIDGET (window))->id);
  ui_type (window, "address_row", shown_report (GTK_WIDGET (window))->source_address);
  take (shots, GTK_WIDGET (window), "follow");

  ui_click (window, "follow_button");
  ui_wait ((followed = ui_find_toplevel (MM_TYPE_FOLLOW_WINDOW)) != NULL);
  ui_wait (has_state (followed, MM_STATE_COMPLETED));
  take (shots, followed, "follow-window");
  scroll_to_end (followed);
  take (shots, followed, "follow-window-end");

  ui_click (followed, "rollback_button");
  ui_wait ((dialog = ui_find_toplevel (MM_TYPE_PASSWORD_DIALOG)) != NULL);
  take (shots, dialog, "rollback");
  ui_type (dialog, "destination_row", shots->destination_password);
  ui_respond (dialog, "accept");
  ui_wait (has_state (followed, MM_STATE_ROLLED_BACK));
  take (shots, followed, "rolled-back");
  gtk_window_close (GTK_WINDOW (followed));
}

static void
activate_cb (GApplication *application,
             Shots        *shots)
{
  MmWindow *window = MM_WINDOW (ui_find_toplevel (MM_TYPE_WINDOW));

  /* Wide enough from the first frame on. */
  gtk_window_set_default_size (GTK_WINDOW (window), shots->width, shots->height);
  rest (300);
  take_form (shots, window);
  take_checks (shots, window);
  take_migration (shots, window);
  gtk_window_close (GTK_WINDOW (window));
}

int
main (int    argc,
      char **argv)
{
  Shots shots = { 0, };
  g_autoptr(MmApplication) application = NULL;
  char *history = NULL;

  if (argc != 7)
    {
      g_printerr ("usage: %s OUT WIDTH HEIGHT LOCALEDIR SOURCE-URL DESTINATION-URL\n", argv[0]);
      return 1;
    }

  shots.out = argv[1];
  shots.width = atoi (argv[2]);
  shots.height = atoi (argv[3]);
  shots.source = mm_service_parse (argv[5], NULL);
  shots.destination = mm_service_parse (argv[6], NULL);
  shots.source_password = g_getenv ("MAIL_MIGRATOR_SOURCE_PASSWORD");
  shots.destination_password = g_getenv ("MAIL_MIGRATOR_DESTINATION_PASSWORD");
  g_return_val_if_fail (shots.source != NULL && shots.destination != NULL, 1);

  bindtextdomain (GETTEXT_PACKAGE, argv[4]);
  bind_textdomain_codeset (GETTEXT_PACKAGE, "UTF-8");
  textdomain (GETTEXT_PACKAGE);

  history = g_dir_make_tmp ("mm-shots-XXXXXX", NULL);
  application = mm_application_new (mm_registry_create_store, history);
  g_signal_connect_after (application, "activate", G_CALLBACK (activate_cb), &shots);
  g_application_run (G_APPLICATION (application), 1, argv);

  ui_remove_directory (history);
  g_free (history);
  mm_service_free (shots.source);
  mm_service_free (shots.destination);
  return 0;
}
