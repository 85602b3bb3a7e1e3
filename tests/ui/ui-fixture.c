/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui-fixture.h"

#include <glib/gstdio.h>

#include "model/mm-error.h"
#include "stores/memory/mm-memory-store.h"
#include "stores/wrap/mm-fault-store.h"
#include "ui/mm-migration-view.h"
#include "ui/mm-password-dialog.h"

/* A store factory has no user data. */
static UiFixture *current;

static MmStore *
make_failing (int         code,
              const char *message)
{
  g_autoptr(MmMemoryServer) nobody = mm_memory_server_new (NULL);
  g_autoptr(MmStore) inner = mm_memory_store_new (nobody);
  MmFaults *faults = mm_faults_new ();
  MmStore *store;

  mm_faults_fail_calls (faults, MM_CALL_OPEN, 0, G_MAXUINT / 2,
                        g_error_new_literal (MM_ERROR, code, message));
  store = mm_fault_store_new (inner, faults);
  mm_faults_unref (faults);
  return store;
}

MmStore *
ui_make_store (const MmService *service,
               MmCredentials   *credentials)
{
  MmMemoryServer *server = NULL;

  if (g_str_equal (service->host, "source.example"))
    server = current->source;
  else if (g_str_equal (service->host, "destination.example"))
    server = current->destination;

  if (server == NULL)
    return make_failing (MM_ERROR_HOST, "The name has no address. Check the server's name.");

  if (g_strcmp0 (mm_credentials_get_password (credentials), UI_PASSWORD) != 0)
    return make_failing (MM_ERROR_PASSWORD, "The server refuses login or password. Check both.");

  return mm_memory_store_new (server);
}

static void
start (UiFixture *fixture)
{
  g_autoptr(GError) error = NULL;

  fixture->application = mm_application_new (ui_make_store, fixture->directory);
  g_application_set_flags (G_APPLICATION (fixture->application),
                           G_APPLICATION_HANDLES_COMMAND_LINE | G_APPLICATION_NON_UNIQUE);
  g_application_register (G_APPLICATION (fixture->application), NULL, &error);
  g_assert_no_error (error);
}

static int
end_at_once (GApplication *application,
             GVariantDict *options)
{
  return 0;
}

/* Only g_application_run () takes an application down again; it returns when nothing holds it. */
static void
end (UiFixture *fixture)
{
  char *arguments[] = { (char *) "mail-migrator", NULL };
  MmRunner *runner = mm_application_get_runner (fixture->application);
  GList *windows;

  mm_runner_stop_all (runner);
  ui_wait (mm_runner_get_n_running (runner) == 0);

  while ((windows = gtk_application_get_windows (GTK_APPLICATION (fixture->application))) != NULL)
    gtk_window_destroy (GTK_WINDOW (windows->data));

  ui_settle ();
  g_signal_connect (fixture->application, "handle-local-options", G_CALLBACK (end_at_once), NULL);
  g_application_run (G_APPLICATION (fixture->application), G_N_ELEMENTS (arguments) - 1, arguments);
  g_clear_object (&fixture->application);
  ui_settle ();
}

void
ui_fixture_set_up (UiFixture     *fixture,
                   gconstpointer  data)
{
  g_autoptr(GError) error = NULL;
  MmMemoryTraits traits;

  mm_memory_traits_init (&traits, MM_KIND_BIT (MM_KIND_EMAILS) | MM_KIND_BIT (MM_KIND_CONTACTS));
  fixture->directory = g_dir_make_tmp ("mm-ui-XXXXXX", &error);
  g_assert_no_error (error);
  fixture->source = mm_memory_server_new (&traits);
  fixture->destination = mm_memory_server_new (&traits);
  current = fixture;
  start (fixture);
}

void
ui_remove_directory (const char *path)
{
  g_autoptr(GDir) directory = g_dir_open (path, 0, NULL);
  const char *name;

  while (directory != NULL && (name = g_dir_read_name (directory)) != NULL)
    {
      g_autofree char *child = g_build_filename (path, name, NULL);

      g_unlink (child);
    }

  g_rmdir (path);
}

void
ui_fixture_tear_down (UiFixture     *fixture,
                      gconstpointer  data)
{
  end (fixture);
  g_clear_pointer (&fixture->source, mm_memory_server_unref);
  g_clear_pointer (&fixture->destination, mm_memory_server_unref);
  ui_remove_directory (fixture->directory);
  g_clear_pointer (&fixture->directory, g_free);
}

void
ui_fixture_restart (UiFixture *fixture)
{
  end (fixture);
  start (fixture);
}

static void
add_message (UiFixture         *fixture,
             const char *const *path,
             guint              number)
{
  g_autofree char *id = g_strdup_printf ("%u", number + 1);
  g_autofree char *text = NULL;
  MmReference *reference = mm_reference_new (id);
  MmBlob *blob;

  text = g_strdup_printf ("Message-ID: <%u@source.example>\r\n"
                          "Date: Mon, 2 Mar 2020 10:00:00 +0000\r\n"
                          "From: anna@source.example\r\nSubject: Number %u\r\n\r\nText %u\r\n",
                          number, number, number);
  blob = mm_blob_new (text, strlen (text));
  reference->size = strlen (text);
  reference->date = 1583143200 + number;
  reference->flags = number % 2 != 0 ? MM_FLAG_SEEN : 0;
  g_free (mm_memory_server_add_item (fixture->source, MM_KIND_EMAILS, path,
                                     mm_item_new (reference, blob)));
}

void
ui_fixture_add_mail (UiFixture *fixture,
                     guint      n)
{
  static const char *const inbox[] = { "INBOX", NULL };
  static const char *const work[] = { "Work", "Príliš žluťoučký", NULL };

  mm_memory_server_add_folder (fixture->source, MM_KIND_EMAILS, work, MM_ROLE_NONE, FALSE, TRUE);

  for (guint i = 0; i < n; i++)
    add_message (fixture, i % 3 != 0 ? inbox : work, i);
}

static void
make_slow (MmMemoryServer *server,
           guint64         microseconds,
           guint           batch_items)
{
  MmMemoryTraits traits;

  mm_memory_server_get_traits (server, &traits);
  traits.capabilities.round_trip_us = microseconds;
  for (guint i = 0; i < MM_N_KINDS; i++)
    traits.capabilities.kinds[i].batch_items = batch_items;
  mm_memory_server_set_traits (server, &traits);
}

void
ui_fixture_set_slow (UiFixture *fixture,
                     guint64    microseconds)
{
  make_slow (fixture->source, microseconds, 0);
  make_slow (fixture->destination, microseconds, microseconds > 0 ? 1 : 0);
}

MmWindow *
ui_fixture_get_window (UiFixture *fixture)
{
  GtkWidget *window;

  if (ui_find_toplevel (MM_TYPE_WINDOW) == NULL)
    g_application_activate (G_APPLICATION (fixture->application));

  window = ui_find_toplevel (MM_TYPE_WINDOW);
  g_assert_nonnull (window);
  ui_settle ();
  return MM_WINDOW (window);
}

GtkWidget *
ui_find_toplevel (GType type)
{
  GListModel *toplevels = gtk_window_get_toplevels ();
  GtkWidget *found = NULL;

  for (guint i = 0; i < g_list_model_get_n_items (toplevels); i++)
    {
      g_autoptr(GtkWidget) window = g_list_model_get_item (toplevels, i);

      if (G_TYPE_CHECK_INSTANCE_TYPE (window, type) && gtk_widget_get_visible (window))
        found = window;
    }

  return found;
}

static GtkWidget *
find (GtkWidget  *widget,
      const char *id)
{
  if (g_strcmp0 (gtk_buildable_get_buildable_id (GTK_BUILDABLE (widget)), id) == 0)
    return widget;

  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    {
      GtkWidget *found = find (child, id);

      if (found != NULL)
        return found;
    }

  return NULL;
}

GtkWidget *
ui_find (gpointer    root,
         const char *id)
{
  GtkWidget *found = find (GTK_WIDGET (root), id);

  if (found == NULL)
    g_error ("no widget “%s” in %s", id, G_OBJECT_TYPE_NAME (root));

  return found;
}

void
ui_type (gpointer    root,
         const char *id,
         const char *text)
{
  gtk_editable_set_text (GTK_EDITABLE (ui_find (root, id)), text);
}

const char *
ui_text (gpointer    root,
         const char *id)
{
  GtkWidget *widget = ui_find (root, id);

  return GTK_IS_LABEL (widget) ? gtk_label_get_label (GTK_LABEL (widget))
                               : gtk_editable_get_text (GTK_EDITABLE (widget));
}

gboolean
ui_is_visible (gpointer    root,
               const char *id)
{
  return gtk_widget_get_mapped (ui_find (root, id));
}

gboolean
ui_says (gpointer    root,
         const char *text)
{
  GtkWidget *widget = GTK_WIDGET (root);

  if (GTK_IS_LABEL (widget) && gtk_widget_get_mapped (widget)
      && strstr (gtk_label_get_label (GTK_LABEL (widget)), text) != NULL)
    return TRUE;

  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    if (ui_says (child, text))
      return TRUE;

  return FALSE;
}

void
ui_click (gpointer    root,
          const char *id)
{
  GtkWidget *button = ui_find (root, id);

  /* A page that slides in takes its time; a person waits for it, too. */
  ui_wait (gtk_widget_is_sensitive (button) && gtk_widget_get_mapped (button));
  g_signal_emit_by_name (button, "clicked");
}

void
ui_respond (GtkWidget  *dialog,
            const char *response)
{
  g_autoptr(GtkWidget) alive = g_object_ref (dialog);

  adw_message_dialog_response (ADW_MESSAGE_DIALOG (dialog), response);
  gtk_window_destroy (GTK_WINDOW (dialog));
}

static void
fill_form (GtkWidget  *form,
           const char *host,
           const char *login)
{
  ui_type (form, "host_row", host);
  ui_type (form, "login_row", login);
  ui_type (form, "password_row", UI_PASSWORD);
}

void
ui_fill_forms (MmWindow *window)
{
  fill_form (ui_find (window, "source_form"), "source.example", "anna@source.example");
  fill_form (ui_find (window, "destination_form"), "destination.example",
             "bob@destination.example");
}

void
ui_settle (void)
{
  while (g_main_context_pending (NULL))
    g_main_context_iteration (NULL, FALSE);
}

/* NULL between two frames. */
static GskRenderNode *
draw (GtkWidget *window)
{
  g_autoptr(GdkPaintable) paintable = gtk_widget_paintable_new (window);
  g_autoptr(GtkSnapshot) snapshot = gtk_snapshot_new ();

  gdk_paintable_snapshot (paintable, snapshot, gtk_widget_get_width (window),
                          gtk_widget_get_height (window));
  return gtk_snapshot_to_node (snapshot);
}

void
ui_save_png (GtkWidget  *window,
             const char *path)
{
  g_autoptr(GskRenderNode) node = NULL;
  g_autoptr(GdkTexture) texture = NULL;
  graphene_rect_t bounds;

  gtk_widget_queue_draw (window);
  ui_wait ((node = draw (window)) != NULL);

  graphene_rect_init (&bounds, 0, 0, (float) gtk_widget_get_width (window),
                      (float) gtk_widget_get_height (window));
  texture = gsk_renderer_render_texture (gtk_native_get_renderer (GTK_NATIVE (window)), node,
                                         &bounds);
  g_assert_true (gdk_texture_save_to_png (texture, path));
}

const MmReport *
ui_shown_report (gpointer root)
{
  MmWatch *watch = mm_migration_view_get_watch (MM_MIGRATION_VIEW (ui_find (root, "view")));

  return watch != NULL ? mm_watch_get_report (watch) : NULL;
}

gboolean
ui_shows_state (gpointer root,
                MmState  state)
{
  const MmReport *report = ui_shown_report (root);

  return report != NULL && report->state == state;
}

void
ui_start_and_wait (MmWindow *window,
                   MmState   state)
{
  ui_fill_forms (window);
  ui_click (window, "start_button");
  ui_wait (ui_shows_state (window, state));
  ui_settle ();
}

void
ui_answer (const char *source,
           const char *destination,
           const char *response)
{
  GtkWidget *dialog = ui_find_toplevel (MM_TYPE_PASSWORD_DIALOG);

  g_assert_nonnull (dialog);
  g_assert_cmpint (gtk_widget_get_visible (ui_find (dialog, "source_row")), ==, source != NULL);
  g_assert_false (adw_message_dialog_get_response_enabled (ADW_MESSAGE_DIALOG (dialog), "accept"));

  if (source != NULL)
    ui_type (dialog, "source_row", source);
  ui_type (dialog, "destination_row", destination);
  g_assert_true (adw_message_dialog_get_response_enabled (ADW_MESSAGE_DIALOG (dialog), "accept"));

  ui_respond (dialog, response);
  g_assert_null (ui_find_toplevel (MM_TYPE_PASSWORD_DIALOG));
}

gboolean
ui_give_up (gpointer condition)
{
  g_error ("waited in vain for: %s", (const char *) condition);
  return G_SOURCE_REMOVE;
}
