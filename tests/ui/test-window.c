/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui-fixture.h"

#include "model/mm-error.h"
#include "ui/mm-follow-window.h"
#include "ui/mm-preview-window.h"

/* The window used as a person uses it, on the real engine with accounts in memory. */

static void
wait_for_check (MmWindow *window)
{
  ui_wait (!ui_is_visible (window, "busy_box"));
}

static gboolean
is_wrong (GtkWidget  *form,
          const char *id)
{
  return gtk_widget_has_css_class (ui_find (form, id), "error");
}

static GtkAccessible *
get_field (GtkWidget  *form,
           const char *id)
{
  return GTK_ACCESSIBLE (gtk_editable_get_delegate (GTK_EDITABLE (ui_find (form, id))));
}

static void
test_wrong_input (UiFixture     *fixture,
                  gconstpointer  data)
{
  MmWindow *window = ui_fixture_get_window (fixture);
  GtkWidget *source = ui_find (window, "source_form");
  GtkWidget *destination = ui_find (window, "destination_form");

  /* Nothing typed at all: both forms say what is missing, nothing is begun. */
  ui_click (window, "start_button");
  g_assert_false (ui_is_visible (window, "busy_box"));
  g_assert_true (is_wrong (source, "host_row"));
  g_assert_true (is_wrong (destination, "host_row"));
  g_assert_true (ui_is_visible (source, "error_label"));
  gtk_test_accessible_assert_state (get_field (source, "host_row"),
                                    GTK_ACCESSIBLE_STATE_INVALID, GTK_ACCESSIBLE_INVALID_TRUE);

  /* Typing takes the mark away, at that side only. */
  ui_type (source, "host_row", "source.example");
  g_assert_false (is_wrong (source, "host_row"));
  g_assert_false (ui_is_visible (source, "error_label"));
  g_assert_true (is_wrong (destination, "host_row"));

  ui_fill_forms (window);
  ui_type (destination, "port_row", "many");
  ui_click (window, "check_button");
  g_assert_true (is_wrong (destination, "port_row"));
  g_assert_false (is_wrong (source, "port_row"));

  ui_fill_forms (window);
  ui_type (destination, "port_row", "993");
  ui_type (source, "password_row", "");
  ui_click (window, "preview_button");
  g_assert_true (is_wrong (source, "password_row"));
  g_assert_cmpuint (mm_runner_get_n_running (mm_application_get_runner (fixture->application)), ==,
                    0);
}

static void
test_pasted_server (UiFixture     *fixture,
                    gconstpointer  data)
{
  MmWindow *window = ui_fixture_get_window (fixture);
  GtkWidget *form = ui_find (window, "source_form");
  AdwComboRow *security = ADW_COMBO_ROW (ui_find (form, "security_row"));

  /* The port follows the security, unless another one was typed. */
  g_assert_cmpstr (ui_text (form, "port_row"), ==, "993");
  g_assert_false (ui_is_visible (form, "insecure_label"));
  adw_combo_row_set_selected (security, MM_SECURITY_NONE);
  ui_settle ();
  g_assert_cmpstr (ui_text (form, "port_row"), ==, "143");
  g_assert_true (ui_is_visible (form, "insecure_label"));
  ui_type (form, "port_row", "1143");
  adw_combo_row_set_selected (security, MM_SECURITY_TLS);
  g_assert_cmpstr (ui_text (form, "port_row"), ==, "1143");

  ui_type (form, "host_row", "imap://anna%40source.example@source.example");
  ui_click (window, "check_button");
  g_assert_cmpstr (ui_text (form, "host_row"), ==, "source.example");
  g_assert_cmpstr (ui_text (form, "login_row"), ==, "anna@source.example");
  g_assert_cmpstr (ui_text (form, "port_row"), ==, "143");
  g_assert_cmpuint (adw_combo_row_get_selected (security), ==, MM_SECURITY_STARTTLS);
}

static void
check_refused (MmWindow   *window,
               const char *button,
               const char *side,
               const char *row)
{
  const char *other = g_str_equal (side, "source_form") ? "destination_form" : "source_form";

  ui_click (window, button);
  wait_for_check (window);
  g_assert_true (is_wrong (ui_find (window, side), row));
  g_assert_true (ui_is_visible (ui_find (window, side), "error_label"));
  g_assert_false (ui_is_visible (ui_find (window, other), "error_label"));
  g_assert_true (ui_is_visible (window, "start_button"));
  g_assert_cmpstr (ui_text (ui_find (window, side), "login_row"), !=, "");
  g_assert_cmpstr (ui_text (ui_find (window, side), "password_row"), !=, "");
}

static void
test_refused (UiFixture     *fixture,
              gconstpointer  data)
{
  const char *const buttons[] = { "check_button", "preview_button", "start_button" };
  const char *const sides[] = { "source_form", "destination_form" };
  MmWindow *window = ui_fixture_get_window (fixture);
  g_autofree char *before = mm_memory_server_dump (fixture->destination, TRUE);
  g_autofree char *after = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (buttons); i++)
    for (guint j = 0; j < G_N_ELEMENTS (sides); j++)
      {
        ui_fill_forms (window);
        ui_type (ui_find (window, sides[j]), "password_row", "wrong");
        check_refused (window, buttons[i], sides[j], "password_row");

        ui_fill_forms (window);
        ui_type (ui_find (window, sides[j]), "host_row", "elsewhere.example");
        check_refused (window, buttons[i], sides[j], "host_row");
      }

  after = mm_memory_server_dump (fixture->destination, TRUE);
  g_assert_cmpstr (before, ==, after);
}

static void
test_same_account (UiFixture     *fixture,
                   gconstpointer  data)
{
  MmWindow *window = ui_fixture_get_window (fixture);
  GtkWidget *destination = ui_find (window, "destination_form");

  ui_fill_forms (window);
  ui_type (destination, "host_row", "SOURCE.example");
  ui_type (destination, "login_row", "anna@source.example");
  ui_click (window, "start_button");

  g_assert_true (ui_is_visible (destination, "error_label"));
  g_assert_nonnull (strstr (ui_text (destination, "error_label"), "same account"));
  g_assert_nonnull (strstr (ui_text (destination, "error_label"), "anna@source.example"));
  g_assert_false (ui_is_visible (window, "busy_box"));
}

static void
test_check_and_preview (UiFixture     *fixture,
                        gconstpointer  data)
{
  MmWindow *window = ui_fixture_get_window (fixture);
  g_autofree char *before = mm_memory_server_dump (fixture->destination, TRUE);
  g_autofree char *after = NULL;
  GtkWidget *items = ui_find (window, "items");
  GtkWidget *preview;
  GtkSelectionModel *lines;

  ui_fixture_add_mail (fixture, 9);
  ui_fill_forms (window);
  ui_click (window, "check_button");
  wait_for_check (window);
  g_assert_true (ui_is_visible (ui_find (window, "source_form"), "signed_in"));
  g_assert_true (ui_is_visible (ui_find (window, "destination_form"), "signed_in"));
  g_assert_nonnull (strstr (adw_preferences_group_get_description (ADW_PREFERENCES_GROUP (items)),
                            mm_kind_get_title (MM_KIND_CALENDARS)));
  g_assert_null (strstr (adw_preferences_group_get_description (ADW_PREFERENCES_GROUP (items)),
                         mm_kind_get_title (MM_KIND_CONTACTS)));

  ui_click (window, "preview_button");
  ui_wait ((preview = ui_find_toplevel (MM_TYPE_PREVIEW_WINDOW)) != NULL);
  g_assert_nonnull (strstr (ui_text (preview, "summary_label"), "9 items"));
  lines = gtk_list_view_get_model (GTK_LIST_VIEW (ui_find (preview, "list_view")));
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (lines)), >=, 2);
  gtk_window_close (GTK_WINDOW (preview));

  after = mm_memory_server_dump (fixture->destination, TRUE);
  g_assert_cmpstr (before, ==, after);

  /* What was found out holds for these accounts only. */
  ui_type (ui_find (window, "source_form"), "login_row", "carla@source.example");
  g_assert_false (ui_is_visible (ui_find (window, "source_form"), "signed_in"));
}

static GtkWidget *
follow (MmWindow   *window,
        const char *id,
        const char *address)
{
  adw_view_stack_set_visible_child_name (ADW_VIEW_STACK (ui_find (window, "view_stack")), "follow");
  ui_settle ();
  ui_type (window, "id_row", id);
  ui_type (window, "address_row", address);
  ui_click (window, "follow_button");
  ui_settle ();
  return ui_find_toplevel (MM_TYPE_FOLLOW_WINDOW);
}

static void
test_flow (UiFixture     *fixture,
           gconstpointer  data)
{
  MmWindow *window;
  GtkWidget *followed;
  g_autofree char *before = NULL;
  g_autofree char *source_before = NULL;
  g_autofree char *after = NULL;
  g_autofree char *source_after = NULL;
  g_autofree char *id = NULL;

  ui_fixture_add_mail (fixture, 30);
  before = mm_memory_server_dump (fixture->destination, TRUE);
  source_before = mm_memory_server_dump (fixture->source, TRUE);

  window = ui_fixture_get_window (fixture);
  ui_start_and_wait (window, MM_STATE_COMPLETED);
  id = g_strdup (ui_shown_report (window)->id);
  g_assert_cmpstr (ui_text (window, "id_label"), ==, id);
  g_assert_cmpstr (ui_text (window, "summary_label"), !=, "");
  g_assert_nonnull (strstr (ui_text (window, "hint_label"), "anna@source.example"));
  g_assert_true (ui_says (window, "30 found · 30 copied"));
  g_assert_false (gtk_widget_is_sensitive (ui_find (window, "cancel_button")));
  g_assert_true (gtk_widget_is_sensitive (ui_find (window, "rollback_button")));

  /* Nothing that could sign in is left in the form. */
  ui_click (window, "again_button");
  ui_settle ();
  g_assert_cmpstr (ui_text (ui_find (window, "source_form"), "password_row"), ==, "");
  g_assert_cmpstr (ui_text (ui_find (window, "destination_form"), "password_row"), ==, "");
  g_assert_cmpstr (ui_text (ui_find (window, "source_form"), "host_row"), ==, "source.example");

  followed = follow (window, id, "ANNA@source.example ");
  g_assert_nonnull (followed);
  ui_wait (ui_shows_state (followed, MM_STATE_COMPLETED));
  ui_settle ();

  ui_click (followed, "rollback_button");
  ui_answer (NULL, "wrong", "accept");
  ui_wait (ui_is_visible (ui_find (followed, "actions"), "error_label"));
  g_assert_true (ui_shows_state (followed, MM_STATE_COMPLETED));

  ui_click (followed, "rollback_button");
  ui_answer (NULL, UI_PASSWORD, "accept");
  ui_wait (ui_shows_state (followed, MM_STATE_ROLLED_BACK));
  after = mm_memory_server_dump (fixture->destination, TRUE);
  source_after = mm_memory_server_dump (fixture->source, TRUE);
  g_assert_cmpstr (before, ==, after);
  g_assert_cmpstr (source_before, ==, source_after);
  g_assert_false (gtk_widget_is_sensitive (ui_find (followed, "rollback_button")));
  g_assert_false (gtk_widget_is_sensitive (ui_find (followed, "resume_button")));
  g_assert_cmpstr (gtk_widget_get_tooltip_text (ui_find (followed, "rollback_button")), !=, NULL);
}

static void
test_follow_unknown (UiFixture     *fixture,
                     gconstpointer  data)
{
  MmWindow *window = ui_fixture_get_window (fixture);
  g_autofree char *id = NULL;

  g_assert_null (follow (window, "23456-789AB", "anna@source.example"));
  g_assert_true (ui_is_visible (ui_find (window, "follow_page"), "error_label"));
  g_assert_true (is_wrong (GTK_WIDGET (window), "id_row"));
  ui_wait (ui_is_visible (window, "empty_page"));

  adw_view_stack_set_visible_child_name (ADW_VIEW_STACK (ui_find (window, "view_stack")), "new");
  ui_start_and_wait (window, MM_STATE_COMPLETED);
  id = g_strdup (ui_shown_report (window)->id);

  /* The right ID with somebody else's address. */
  g_assert_null (follow (window, id, "eve@source.example"));
  g_assert_true (ui_is_visible (ui_find (window, "follow_page"), "error_label"));
  ui_wait (ui_is_visible (window, "list_box"));
}

static void
test_past_list (UiFixture     *fixture,
                gconstpointer  data)
{
  MmWindow *window = ui_fixture_get_window (fixture);
  GtkListBox *list;
  GtkWidget *followed;

  ui_start_and_wait (window, MM_STATE_COMPLETED);
  ui_click (window, "again_button");
  ui_start_and_wait (window, MM_STATE_COMPLETED);

  ui_fixture_restart (fixture);
  window = ui_fixture_get_window (fixture);
  adw_view_stack_set_visible_child_name (ADW_VIEW_STACK (ui_find (window, "view_stack")), "follow");
  ui_wait (ui_is_visible (window, "list_box"));
  g_assert_false (ui_is_visible (window, "interrupted_bar"));

  list = GTK_LIST_BOX (ui_find (window, "list_box"));
  g_assert_nonnull (gtk_list_box_get_row_at_index (list, 1));
  g_assert_null (gtk_list_box_get_row_at_index (list, 2));

  g_signal_emit_by_name (list, "row-activated", gtk_list_box_get_row_at_index (list, 0));
  followed = ui_find_toplevel (MM_TYPE_FOLLOW_WINDOW);
  g_assert_nonnull (followed);
  ui_wait (ui_shows_state (followed, MM_STATE_COMPLETED));

  /* The same one again raises the window that is open. */
  g_signal_emit_by_name (list, "row-activated", gtk_list_box_get_row_at_index (list, 0));
  g_assert_true (ui_find_toplevel (MM_TYPE_FOLLOW_WINDOW) == followed);
}

#define add(path, func) \
  g_test_add (path, UiFixture, NULL, ui_fixture_set_up, func, ui_fixture_tear_down)

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  gtk_init ();

  add ("/window/wrong-input", test_wrong_input);
  add ("/window/pasted-server", test_pasted_server);
  add ("/window/refused", test_refused);
  add ("/window/same-account", test_same_account);
  add ("/window/check-and-preview", test_check_and_preview);
  add ("/window/flow", test_flow);
  add ("/window/follow-unknown", test_follow_unknown);
  add ("/window/past-list", test_past_list);

  return g_test_run ();
}
