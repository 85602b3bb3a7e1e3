/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui-fixture.h"

#include "model/mm-error.h"
#include "ui/mm-follow-window.h"
#include "ui/mm-password-dialog.h"
#include "ui/mm-watch.h"

/* The window while migrations run: stopping, cancelling, closing, several, other processes. */

/* Enough to be at work for several seconds while the servers are slow. */
#define MANY 600
#define MANY_IN_INBOX (MANY / 3 * 2)

static void
test_stop_and_resume (UiFixture     *fixture,
                      gconstpointer  data)
{
  MmWindow *window = ui_fixture_get_window (fixture);
  static const char *const inbox[] = { "INBOX", NULL };

  ui_fixture_add_mail (fixture, MANY);
  ui_fixture_set_slow (fixture, 20000);
  ui_start_and_wait (window, MM_STATE_RUNNING);
  ui_wait (mm_memory_server_count_items (fixture->destination, MM_KIND_EMAILS, inbox) > 2);
  g_assert_false (gtk_widget_is_sensitive (ui_find (window, "rollback_button")));
  g_assert_false (gtk_widget_is_sensitive (ui_find (window, "resume_button")));

  ui_click (window, "stop_button");
  ui_wait (ui_shows_state (window, MM_STATE_STOPPED));
  g_assert_cmpint (mm_memory_server_count_items (fixture->destination, MM_KIND_EMAILS, inbox), <,
                   MANY_IN_INBOX);
  g_assert_true (gtk_widget_is_sensitive (ui_find (window, "resume_button")));

  ui_fixture_set_slow (fixture, 0);
  ui_click (window, "resume_button");
  ui_answer ("wrong", UI_PASSWORD, "accept");
  ui_wait (ui_is_visible (ui_find (window, "actions"), "error_label"));

  ui_click (window, "resume_button");
  ui_answer (UI_PASSWORD, UI_PASSWORD, "accept");
  ui_wait (ui_shows_state (window, MM_STATE_COMPLETED));
  g_assert_cmpint (mm_memory_server_count_items (fixture->destination, MM_KIND_EMAILS, inbox), ==,
                   MANY_IN_INBOX);
}

static void
add_contacts (UiFixture *fixture,
              guint      n)
{
  static const char *const path[] = { "Default", NULL };

  for (guint i = 0; i < n; i++)
    {
      g_autofree char *id = g_strdup_printf ("%u", i + 1);
      g_autofree char *text = g_strdup_printf ("BEGIN:VCARD\r\nVERSION:4.0\r\nUID:%u\r\nFN:Nr %u\r\n"
                                               "END:VCARD\r\n", i, i);

      g_free (mm_memory_server_add_item (fixture->source, MM_KIND_CONTACTS, path,
                                         mm_item_new (mm_reference_new (id),
                                                      mm_blob_new (text, strlen (text)))));
    }
}

static void
test_cancel (UiFixture     *fixture,
             gconstpointer  data)
{
  static const char *const contacts[] = { "Default", NULL };
  static const char *const inbox[] = { "INBOX", NULL };
  MmWindow *window = ui_fixture_get_window (fixture);

  add_contacts (fixture, 150);
  ui_fixture_add_mail (fixture, 20);
  ui_fixture_set_slow (fixture, 20000);
  ui_start_and_wait (window, MM_STATE_RUNNING);
  ui_wait (mm_memory_server_count_items (fixture->destination, MM_KIND_CONTACTS, contacts) > 0);

  ui_click (window, "cancel_button");
  ui_wait (ui_shows_state (window, MM_STATE_CANCELLED));

  /* The stage that ran is complete, the one after it never began. */
  g_assert_cmpint (mm_memory_server_count_items (fixture->destination, MM_KIND_CONTACTS, contacts),
                   ==, 150);
  g_assert_cmpint (mm_memory_server_count_items (fixture->destination, MM_KIND_EMAILS, inbox), ==,
                   0);
}

/* "Stop" while the servers are asked: the form is as it was, and nothing was begun. */
static void
test_break_off (UiFixture     *fixture,
                gconstpointer  data)
{
  const char *const buttons[] = { "check_button", "preview_button", "start_button" };
  MmWindow *window = ui_fixture_get_window (fixture);
  MmRunner *runner = mm_application_get_runner (fixture->application);
  g_autoptr(GPtrArray) reports = NULL;

  ui_fixture_set_slow (fixture, 500000);

  for (guint i = 0; i < G_N_ELEMENTS (buttons); i++)
    {
      ui_fill_forms (window);
      ui_click (window, buttons[i]);
      g_assert_true (ui_is_visible (window, "busy_box"));
      ui_click (window, "break_button");
      ui_wait (!ui_is_visible (window, "busy_box"));
      g_assert_cmpuint (mm_runner_get_n_running (runner), ==, 0);
      g_assert_false (ui_is_visible (ui_find (window, "source_form"), "error_label"));
      g_assert_false (ui_is_visible (ui_find (window, "destination_form"), "error_label"));
      g_assert_false (ui_is_visible (window, "error_label"));
      g_assert_cmpstr (ui_text (ui_find (window, "source_form"), "password_row"), ==, UI_PASSWORD);
    }

  reports = mm_history_list (mm_runner_get_history (runner), NULL);
  g_assert_cmpuint (reports->len, ==, 0);
}

static GtkWidget *
close_and_get_dialog (MmWindow *window)
{
  GtkWidget *dialog;

  gtk_window_close (GTK_WINDOW (window));
  dialog = ui_find_toplevel (ADW_TYPE_MESSAGE_DIALOG);
  g_assert_nonnull (dialog);
  return dialog;
}

static void
test_close_idle (UiFixture     *fixture,
                 gconstpointer  data)
{
  gtk_window_close (GTK_WINDOW (ui_fixture_get_window (fixture)));
  g_assert_null (ui_find_toplevel (ADW_TYPE_MESSAGE_DIALOG));
  ui_wait (gtk_application_get_windows (GTK_APPLICATION (fixture->application)) == NULL);
}

static void
test_close_and_go_back (UiFixture     *fixture,
                        gconstpointer  data)
{
  MmWindow *window = ui_fixture_get_window (fixture);
  MmRunner *runner = mm_application_get_runner (fixture->application);

  ui_fixture_add_mail (fixture, MANY);
  ui_fixture_set_slow (fixture, 20000);
  ui_start_and_wait (window, MM_STATE_RUNNING);

  ui_respond (close_and_get_dialog (window), "back");
  ui_settle ();
  g_assert_true (gtk_widget_get_visible (GTK_WIDGET (window)));
  g_assert_cmpuint (mm_runner_get_n_running (runner), ==, 1);
}

static void
test_close_and_keep (UiFixture     *fixture,
                     gconstpointer  data)
{
  static const char *const inbox[] = { "INBOX", NULL };
  MmWindow *window = ui_fixture_get_window (fixture);
  MmRunner *runner = mm_application_get_runner (fixture->application);

  ui_fixture_add_mail (fixture, MANY);
  ui_fixture_set_slow (fixture, 20000);
  ui_start_and_wait (window, MM_STATE_RUNNING);

  ui_respond (close_and_get_dialog (window), "keep");
  ui_settle ();
  g_assert_false (gtk_widget_get_visible (GTK_WIDGET (window)));
  g_assert_cmpuint (mm_runner_get_n_running (runner), ==, 1);

  /* A second start shows the same window again. */
  g_application_activate (G_APPLICATION (fixture->application));
  g_assert_true (ui_find_toplevel (MM_TYPE_WINDOW) == GTK_WIDGET (window));

  ui_respond (close_and_get_dialog (window), "keep");
  ui_fixture_set_slow (fixture, 0);
  ui_wait (mm_runner_get_n_running (runner) == 0);

  /* Nothing is left that would keep the process. */
  ui_wait (gtk_application_get_windows (GTK_APPLICATION (fixture->application)) == NULL);
  g_assert_cmpint (mm_memory_server_count_items (fixture->destination, MM_KIND_EMAILS, inbox), ==,
                   MANY_IN_INBOX);
}

static void
test_close_and_stop (UiFixture     *fixture,
                     gconstpointer  data)
{
  static const char *const inbox[] = { "INBOX", NULL };
  MmWindow *window = ui_fixture_get_window (fixture);
  MmRunner *runner = mm_application_get_runner (fixture->application);

  ui_fixture_add_mail (fixture, MANY);
  ui_fixture_set_slow (fixture, 20000);
  ui_start_and_wait (window, MM_STATE_RUNNING);

  ui_respond (close_and_get_dialog (window), "stop");
  ui_wait (mm_runner_get_n_running (runner) == 0);
  ui_wait (gtk_application_get_windows (GTK_APPLICATION (fixture->application)) == NULL);
  g_assert_cmpint (mm_memory_server_count_items (fixture->destination, MM_KIND_EMAILS, inbox), <,
                   MANY_IN_INBOX);
}

/* The journal as a process leaves it that dies: copied while it is written, without its lock. */
static void
copy_history (UiFixture  *fixture,
              const char *to)
{
  g_autoptr(GDir) directory = g_dir_open (fixture->directory, 0, NULL);
  const char *name;

  while ((name = g_dir_read_name (directory)) != NULL)
    {
      g_autofree char *from_path = g_build_filename (fixture->directory, name, NULL);
      g_autofree char *to_path = g_build_filename (to, name, NULL);
      g_autofree char *contents = NULL;
      gsize length;

      if (g_str_has_suffix (name, "-shm"))
        continue;

      g_assert_true (g_file_get_contents (from_path, &contents, &length, NULL));
      g_assert_true (g_file_set_contents (to_path, contents, (gssize) length, NULL));
    }
}

static void
test_interrupted (UiFixture     *fixture,
                  gconstpointer  data)
{
  static const char *const inbox[] = { "INBOX", NULL };
  MmWindow *window = ui_fixture_get_window (fixture);
  g_autofree char *left_behind = g_build_filename (fixture->directory, "..", "mm-ui-dead-XXXXXX",
                                                   NULL);
  g_autofree char *living = NULL;
  GtkWidget *followed;

  g_assert_nonnull (g_mkdtemp (left_behind));
  ui_fixture_add_mail (fixture, MANY);
  ui_fixture_set_slow (fixture, 20000);
  ui_start_and_wait (window, MM_STATE_RUNNING);
  ui_wait (mm_memory_server_count_items (fixture->destination, MM_KIND_EMAILS, inbox) > 2);
  copy_history (fixture, left_behind);
  ui_fixture_set_slow (fixture, 0);

  living = fixture->directory;
  fixture->directory = g_strdup (left_behind);
  ui_fixture_restart (fixture);
  window = ui_fixture_get_window (fixture);
  ui_wait (ui_is_visible (window, "interrupted_bar"));

  ui_click (window, "interrupted_button");
  ui_wait ((followed = ui_find_toplevel (MM_TYPE_FOLLOW_WINDOW)) != NULL);
  ui_wait (ui_find_toplevel (MM_TYPE_PASSWORD_DIALOG) != NULL);
  g_assert_false (ui_is_visible (window, "interrupted_bar"));
  ui_answer (UI_PASSWORD, UI_PASSWORD, "accept");
  ui_wait (ui_shows_state (followed, MM_STATE_COMPLETED));
  g_assert_cmpint (mm_memory_server_count_items (fixture->destination, MM_KIND_EMAILS, inbox), ==,
                   MANY_IN_INBOX);

  ui_remove_directory (living);
}

/* Another runner on the same history is as good as another process. */
static void
test_follow_other_process (UiFixture     *fixture,
                           gconstpointer  data)
{
  MmWindow *window = ui_fixture_get_window (fixture);
  MmRunner *runner = mm_application_get_runner (fixture->application);
  g_autoptr(MmRunner) other = mm_runner_new (mm_runner_get_history (runner), ui_make_store);
  g_autoptr(MmWatch) watch = NULL;
  g_autoptr(GError) error = NULL;

  ui_fixture_add_mail (fixture, MANY);
  ui_fixture_set_slow (fixture, 20000);
  ui_start_and_wait (window, MM_STATE_RUNNING);

  watch = mm_watch_new (other, ui_shown_report (window)->id, "bob@destination.example");
  g_assert_null (mm_watch_get_report (watch));
  mm_watch_set_active (watch, TRUE);
  ui_wait (mm_watch_get_report (watch) != NULL
           && mm_watch_get_report (watch)->state == MM_STATE_RUNNING);

  g_assert_true (mm_watch_request (watch, MM_REQUEST_STOP, &error));
  g_assert_no_error (error);
  ui_wait (mm_watch_get_report (watch)->state == MM_STATE_STOPPED);
  ui_wait (ui_shows_state (window, MM_STATE_STOPPED));

  g_assert_false (mm_watch_request (watch, MM_REQUEST_STOP, &error));
  g_assert_error (error, MM_ERROR, MM_ERROR_UNSUPPORTED);
}

static void
test_two_at_once (UiFixture     *fixture,
                  gconstpointer  data)
{
  MmWindow *window = ui_fixture_get_window (fixture);
  MmRunner *runner = mm_application_get_runner (fixture->application);
  g_autofree char *first = NULL;

  ui_fixture_add_mail (fixture, MANY);
  ui_fixture_set_slow (fixture, 20000);
  ui_start_and_wait (window, MM_STATE_RUNNING);
  first = g_strdup (ui_shown_report (window)->id);

  /* The form is free again while the first one runs. */
  ui_click (window, "again_button");
  ui_settle ();
  ui_fill_forms (window);
  ui_type (ui_find (window, "destination_form"), "login_row", "carla@destination.example");
  ui_click (window, "start_button");
  ui_wait (ui_shows_state (window, MM_STATE_RUNNING));
  g_assert_cmpstr (ui_shown_report (window)->id, !=, first);
  g_assert_cmpuint (mm_runner_get_n_running (runner), ==, 2);

  /* The end of the first one leaves the page of the second one as it is. */
  mm_migration_stop (mm_runner_find (runner, first, NULL));
  ui_wait (mm_runner_get_n_running (runner) == 1);
  ui_settle ();
  g_assert_cmpstr (ui_shown_report (window)->id, !=, first);
  g_assert_true (ui_shows_state (window, MM_STATE_RUNNING));
}

#define add(path, func) \
  g_test_add (path, UiFixture, NULL, ui_fixture_set_up, func, ui_fixture_tear_down)

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  gtk_init ();

  add ("/running/stop-and-resume", test_stop_and_resume);
  add ("/running/cancel", test_cancel);
  add ("/running/break-off", test_break_off);
  add ("/running/close-idle", test_close_idle);
  add ("/running/close-and-go-back", test_close_and_go_back);
  add ("/running/close-and-keep", test_close_and_keep);
  add ("/running/close-and-stop", test_close_and_stop);
  add ("/running/interrupted", test_interrupted);
  add ("/running/follow-other-process", test_follow_other_process);
  add ("/running/two-at-once", test_two_at_once);

  return g_test_run ();
}
