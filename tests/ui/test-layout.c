/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ui-fixture.h"

#include <libintl.h>

#include "ui/mm-account-form.h"
#include "ui/mm-column-layout.h"
#include "ui/mm-follow-page.h"
#include "ui/mm-follow-window.h"
#include "ui/mm-item-chooser.h"
#include "ui/mm-migration-actions.h"
#include "ui/mm-migration-view.h"
#include "ui/mm-password-dialog.h"
#include "ui/mm-preview-window.h"
#include "ui/mm-stage-row.h"

/* Templates, narrow screens, names of controls, keyboard, long lists; in LANGUAGE. */

#define NARROW 360

static void
test_templates (UiFixture     *fixture,
                gconstpointer  data)
{
  const GType types[] = {
    MM_TYPE_ACCOUNT_FORM, MM_TYPE_FOLLOW_PAGE, MM_TYPE_ITEM_CHOOSER, MM_TYPE_MIGRATION_ACTIONS,
    MM_TYPE_MIGRATION_VIEW, MM_TYPE_NEW_PAGE, MM_TYPE_STAGE_ROW,
  };
  const GType windows[] = {
    MM_TYPE_FOLLOW_WINDOW, MM_TYPE_PASSWORD_DIALOG, MM_TYPE_PREVIEW_WINDOW, MM_TYPE_WINDOW,
  };

  for (guint i = 0; i < G_N_ELEMENTS (types); i++)
    {
      g_autoptr(GtkWidget) widget = g_object_ref_sink (g_object_new (types[i], NULL));

      g_assert_nonnull (gtk_widget_get_first_child (widget));
    }

  for (guint i = 0; i < G_N_ELEMENTS (windows); i++)
    gtk_window_destroy (g_object_new (windows[i], NULL));
}

static void
test_shortcuts_and_about (UiFixture     *fixture,
                          gconstpointer  data)
{
  MmWindow *window = ui_fixture_get_window (fixture);
  GtkWidget *toplevel;

  gtk_widget_activate_action (GTK_WIDGET (window), "win.show-help-overlay", NULL);
  ui_wait ((toplevel = ui_find_toplevel (GTK_TYPE_SHORTCUTS_WINDOW)) != NULL);
  gtk_window_close (GTK_WINDOW (toplevel));

  g_action_group_activate_action (G_ACTION_GROUP (fixture->application), "about", NULL);
  ui_wait ((toplevel = ui_find_toplevel (ADW_TYPE_ABOUT_WINDOW)) != NULL);
  gtk_window_close (GTK_WINDOW (toplevel));
}

static int
minimum_width (GtkWidget *widget)
{
  int minimum;

  gtk_widget_measure (widget, GTK_ORIENTATION_HORIZONTAL, -1, &minimum, NULL, NULL, NULL);
  return minimum;
}

static void
print_wide (GtkWidget *widget,
            int        depth)
{
  if (minimum_width (widget) <= NARROW)
    return;

  g_test_message ("%*s%s %s: %d", depth, "", G_OBJECT_TYPE_NAME (widget),
                  gtk_buildable_get_buildable_id (GTK_BUILDABLE (widget)), minimum_width (widget));
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    print_wide (child, depth + 1);
}

static void
assert_narrow (gpointer window)
{
  print_wide (GTK_WIDGET (window), 0);
  g_assert_cmpint (minimum_width (GTK_WIDGET (window)), <=, NARROW);
}

/* Controls of our own templates, and what is typed into. */
static gboolean
needs_name (GtkWidget *widget)
{
  if (GTK_IS_TEXT (widget))
    return TRUE;

  if (gtk_buildable_get_buildable_id (GTK_BUILDABLE (widget)) == NULL
      || gtk_widget_get_ancestor (widget, ADW_TYPE_COMBO_ROW) != NULL)
    return GTK_IS_CHECK_BUTTON (widget) || GTK_IS_SWITCH (widget);

  return GTK_IS_BUTTON (widget) || GTK_IS_MENU_BUTTON (widget) || GTK_IS_LIST_BASE (widget)
         || GTK_IS_PROGRESS_BAR (widget) || GTK_IS_DROP_DOWN (widget);
}

static gboolean
has_name (GtkWidget *widget)
{
  GtkAccessible *accessible = GTK_ACCESSIBLE (widget);

  return (GTK_IS_BUTTON (widget) && gtk_button_get_label (GTK_BUTTON (widget)) != NULL)
         || gtk_test_accessible_has_property (accessible, GTK_ACCESSIBLE_PROPERTY_LABEL)
         || gtk_test_accessible_has_relation (accessible, GTK_ACCESSIBLE_RELATION_LABELLED_BY);
}

static guint
count_nameless (GtkWidget *widget,
                guint     *n_named)
{
  guint n = 0;

  if (!gtk_widget_get_mapped (widget))
    return 0;

  if (needs_name (widget) && !has_name (widget))
    {
      g_test_message ("nameless: %s %s in %s", G_OBJECT_TYPE_NAME (widget),
                      gtk_buildable_get_buildable_id (GTK_BUILDABLE (widget)),
                      G_OBJECT_TYPE_NAME (gtk_widget_get_parent (widget)));
      n++;
    }
  else if (needs_name (widget))
    (*n_named)++;

  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    n += count_nameless (child, n_named);

  return n;
}

static void
assert_named (gpointer window,
              guint    at_least)
{
  guint n_named = 0;

  g_assert_cmpuint (count_nameless (GTK_WIDGET (window), &n_named), ==, 0);
  g_assert_cmpuint (n_named, >=, at_least);
}

static void
show_tab (MmWindow   *window,
          const char *name)
{
  adw_view_stack_set_visible_child_name (ADW_VIEW_STACK (ui_find (window, "view_stack")), name);
  ui_settle ();
}

static gboolean
has_ended (MmWindow *window)
{
  MmWatch *watch = mm_migration_view_get_watch (MM_MIGRATION_VIEW (ui_find (window, "view")));
  const MmReport *report = watch != NULL ? mm_watch_get_report (watch) : NULL;

  return report != NULL && report->state == MM_STATE_COMPLETED;
}

/* Through every page and window, with everything shown that can be shown. */
static void
walk (UiFixture *fixture,
      void     (*check) (gpointer window, guint n_controls))
{
  MmWindow *window = ui_fixture_get_window (fixture);
  GtkWidget *toplevel;

  ui_fixture_add_mail (fixture, 9);
  check (window, 14);

  /* Both forms with their warning and error, the items offered. */
  ui_fill_forms (window);
  ui_click (window, "check_button");
  ui_wait (!ui_is_visible (window, "busy_box"));
  adw_combo_row_set_selected (ADW_COMBO_ROW (ui_find (window, "security_row")), MM_SECURITY_NONE);
  ui_type (ui_find (window, "source_form"), "password_row", "wrong");
  ui_click (window, "check_button");
  ui_wait (!ui_is_visible (window, "busy_box"));
  check (window, 14);

  ui_fill_forms (window);
  ui_click (window, "preview_button");
  ui_wait ((toplevel = ui_find_toplevel (MM_TYPE_PREVIEW_WINDOW)) != NULL);
  ui_settle ();
  check (toplevel, 1);
  gtk_window_close (GTK_WINDOW (toplevel));

  ui_click (window, "start_button");
  ui_wait (has_ended (window));
  ui_settle ();
  check (window, 7);

  ui_click (window, "rollback_button");
  ui_wait ((toplevel = ui_find_toplevel (MM_TYPE_PASSWORD_DIALOG)) != NULL);
  ui_settle ();
  check (toplevel, 1);
  ui_respond (toplevel, "cancel");

  show_tab (window, "follow");
  ui_wait (ui_is_visible (window, "list_box"));
  check (window, 3);

  g_signal_emit_by_name (ui_find (window, "list_box"), "row-activated",
                         gtk_list_box_get_row_at_index (
                           GTK_LIST_BOX (ui_find (window, "list_box")), 0));
  ui_wait ((toplevel = ui_find_toplevel (MM_TYPE_FOLLOW_WINDOW)) != NULL);
  ui_wait (ui_is_visible (toplevel, "rollback_button"));
  check (toplevel, 6);
}

static void
check_width (gpointer window,
             guint    n_controls)
{
  assert_narrow (window);
}

static void
test_width (UiFixture     *fixture,
            gconstpointer  data)
{
  walk (fixture, check_width);
}

static void
test_names (UiFixture     *fixture,
            gconstpointer  data)
{
  walk (fixture, assert_named);
}

static void
test_language (UiFixture     *fixture,
               gconstpointer  data)
{
  const char *language = g_getenv ("LANGUAGE");
  MmWindow *window;

  if (language == NULL || *language == '\0')
    {
      g_test_skip ("LANGUAGE names no language");
      return;
    }

  if (g_str_equal (gettext ("New Migration"), "New Migration"))
    {
      g_test_skip ("there is no translation yet");
      return;
    }

  window = ui_fixture_get_window (fixture);
  g_assert_false (ui_says (window, "New Migration"));
  g_assert_true (ui_says (window, gettext ("New Migration")));
}

static gboolean
holds_focus (GtkWindow *window,
             GtkWidget *widget)
{
  GtkWidget *focus = gtk_window_get_focus (window);

  return focus != NULL && (focus == widget || gtk_widget_is_ancestor (focus, widget));
}

/* Tab, from wherever the focus is, comes to @widget. */
static void
assert_reached_by_tab (gpointer   window,
                       GtkWidget *widget)
{
  for (guint i = 0; i < 100; i++)
    {
      if (holds_focus (GTK_WINDOW (window), widget))
        return;

      gtk_widget_child_focus (GTK_WIDGET (window), GTK_DIR_TAB_FORWARD);
    }

  g_error ("Tab does not reach %s %s", G_OBJECT_TYPE_NAME (widget),
           gtk_buildable_get_buildable_id (GTK_BUILDABLE (widget)));
}

static void
test_keyboard (UiFixture     *fixture,
               gconstpointer  data)
{
  const char *const forms[] = { "source_form", "destination_form" };
  const char *const rows[] = { "host_row", "security_row", "port_row", "login_row",
                               "password_row" };
  const char *const buttons[] = { "check_button", "preview_button", "start_button",
                                  "menu_button" };
  const char *const after[] = { "copy_button", "rollback_button", "again_button" };
  const char *const follow[] = { "id_row", "address_row", "follow_button", "list_box" };
  MmWindow *window = ui_fixture_get_window (fixture);

  for (guint i = 0; i < G_N_ELEMENTS (forms); i++)
    for (guint j = 0; j < G_N_ELEMENTS (rows); j++)
      assert_reached_by_tab (window, ui_find (ui_find (window, forms[i]), rows[j]));
  for (guint i = 0; i < G_N_ELEMENTS (buttons); i++)
    assert_reached_by_tab (window, ui_find (window, buttons[i]));

  ui_fixture_add_mail (fixture, 3);
  ui_fill_forms (window);
  ui_click (window, "start_button");
  ui_wait (has_ended (window));
  ui_settle ();
  for (guint i = 0; i < G_N_ELEMENTS (after); i++)
    assert_reached_by_tab (window, ui_find (window, after[i]));

  show_tab (window, "follow");
  ui_wait (ui_is_visible (window, "list_box"));
  ui_type (window, "id_row", "x");
  ui_type (window, "address_row", "x");
  for (guint i = 0; i < G_N_ELEMENTS (follow); i++)
    assert_reached_by_tab (window, ui_find (window, follow[i]));
}

static gboolean
is_in_view (GtkWidget *widget)
{
  GtkWidget *view = gtk_widget_get_ancestor (widget, GTK_TYPE_VIEWPORT);
  graphene_rect_t bounds;

  return gtk_widget_get_mapped (widget)
         && gtk_widget_compute_bounds (widget, view, &bounds)
         && bounds.origin.y >= 0
         && bounds.origin.y + bounds.size.height <= (float) gtk_widget_get_height (view) + 1;
}

static void
test_error_in_view (UiFixture     *fixture,
                    gconstpointer  data)
{
  MmWindow *window = ui_fixture_get_window (fixture);
  GtkWidget *form = ui_find (window, "destination_form");

  gtk_window_set_default_size (GTK_WINDOW (window), NARROW, 600);
  ui_fill_forms (window);
  ui_type (form, "password_row", "wrong");
  ui_click (window, "check_button");
  ui_wait (is_in_view (ui_find (form, "error_label")));
  g_assert_true (is_in_view (ui_find (form, "password_row")));
}

static void
test_columns (UiFixture     *fixture,
              gconstpointer  data)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 0);
  GtkWidget *window = gtk_window_new ();
  GtkWidget *children[2];
  graphene_rect_t first, second;
  int height;

  gtk_widget_set_layout_manager (box, mm_column_layout_new (200, 10));
  for (guint i = 0; i < G_N_ELEMENTS (children); i++)
    {
      children[i] = gtk_label_new ("x");
      gtk_widget_set_size_request (children[i], 50, 30);
      gtk_box_append (GTK_BOX (box), children[i]);
    }
  gtk_window_set_child (GTK_WINDOW (window), box);
  gtk_window_present (GTK_WINDOW (window));
  ui_settle ();

  gtk_widget_measure (box, GTK_ORIENTATION_VERTICAL, 410, &height, NULL, NULL, NULL);
  g_assert_cmpint (height, ==, 30);
  gtk_widget_size_allocate (box, &(GtkAllocation) { 0, 0, 410, 30 }, -1);
  g_assert_true (gtk_widget_compute_bounds (children[0], box, &first));
  g_assert_true (gtk_widget_compute_bounds (children[1], box, &second));
  g_assert_cmpfloat (second.origin.x, >=, first.origin.x + 200);

  gtk_widget_measure (box, GTK_ORIENTATION_VERTICAL, 409, &height, NULL, NULL, NULL);
  g_assert_cmpint (height, ==, 70);
  gtk_widget_size_allocate (box, &(GtkAllocation) { 0, 0, 409, 70 }, -1);
  g_assert_true (gtk_widget_compute_bounds (children[0], box, &first));
  g_assert_true (gtk_widget_compute_bounds (children[1], box, &second));
  g_assert_cmpfloat (second.origin.y, >=, first.origin.y + 30);

  gtk_window_destroy (GTK_WINDOW (window));
}

static guint
count_rows (GtkWidget *list)
{
  guint n = 0;

  for (GtkWidget *child = gtk_widget_get_first_child (list); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    n++;

  return n;
}

static void
test_many_problems (UiFixture     *fixture,
                    gconstpointer  data)
{
  const guint n = 100000;
  g_autoptr(MmProblemList) problems = mm_problem_list_new ();
  g_autoptr(GtkSelectionModel) selection = NULL;
  GtkWidget *window = gtk_window_new ();
  GtkWidget *view = g_object_new (MM_TYPE_MIGRATION_VIEW, NULL);
  GtkWidget *list = ui_find (view, "problems_view");
  gint64 begin;
  MmProblem problem = {
    MM_KIND_EMAILS, (char *) "INBOX", (char *) "<1@example.org>", MM_OUTCOME_FAILED,
    (char *) "refused", (char *) "The server refuses it.",
  };

  gtk_widget_set_visible (ui_find (view, "problems_group"), TRUE);
  gtk_window_set_default_size (GTK_WINDOW (window), 600, 700);
  gtk_window_set_child (GTK_WINDOW (window), view);
  selection = GTK_SELECTION_MODEL (
    gtk_no_selection_new (G_LIST_MODEL (g_object_ref (problems))));
  gtk_list_view_set_model (GTK_LIST_VIEW (list), selection);
  gtk_window_present (GTK_WINDOW (window));

  begin = g_get_monotonic_time ();
  for (guint i = 0; i < n; i++)
    {
      mm_problem_list_append (problems, &problem);
      if (i % 1000 == 0)
        ui_settle ();
    }
  ui_wait (g_list_model_get_n_items (G_LIST_MODEL (problems)) == n);
  ui_settle ();

  /* Rows for what is on the screen, not for what there is; and no freeze even when sanitized. */
  g_assert_cmpuint (count_rows (list), >, 0);
  g_assert_cmpuint (count_rows (list), <, 1000);
  g_assert_cmpint (g_get_monotonic_time () - begin, <, 30 * G_USEC_PER_SEC);
  gtk_window_destroy (GTK_WINDOW (window));
}

#define add(path, func) \
  g_test_add (path, UiFixture, NULL, ui_fixture_set_up, func, ui_fixture_tear_down)

int
main (int    argc,
      char **argv)
{
  g_autofree char *locale_dir = NULL;

  g_test_init (&argc, &argv, NULL);
  locale_dir = g_build_filename (g_test_get_dir (G_TEST_BUILT), "..", "po", NULL);
  bindtextdomain (GETTEXT_PACKAGE, locale_dir);
  bind_textdomain_codeset (GETTEXT_PACKAGE, "UTF-8");
  textdomain (GETTEXT_PACKAGE);
  gtk_init ();

  add ("/layout/templates", test_templates);
  add ("/layout/shortcuts-and-about", test_shortcuts_and_about);
  add ("/layout/columns", test_columns);
  add ("/layout/error-in-view", test_error_in_view);
  add ("/layout/many-problems", test_many_problems);
  add ("/layout/language", test_language);
  add ("/layout/width", test_width);
  add ("/layout/names", test_names);
  add ("/layout/keyboard", test_keyboard);

  return g_test_run ();
}
