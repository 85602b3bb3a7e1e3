/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "stores/memory/mm-memory-server.h"
#include "ui/mm-application.h"
#include "ui/mm-window.h"

G_BEGIN_DECLS

/* The whole window on the real engine; the two servers are accounts in memory:
 *
 *   source.example, destination.example   take any login with the password "right"
 *   anything else                         has no address
 */

#define UI_PASSWORD "right"

typedef struct
{
  char *directory; /* of the history */
  MmApplication *application;
  MmMemoryServer *source;
  MmMemoryServer *destination;
} UiFixture;

void ui_fixture_set_up    (UiFixture     *fixture,
                           gconstpointer  data);
void ui_fixture_tear_down (UiFixture     *fixture,
                           gconstpointer  data);

/* Ends the application and starts it again on the same history and servers. */
void ui_fixture_restart (UiFixture *fixture);

/* The factory that the application is given. */
MmStore *ui_make_store (const MmService *service,
                        MmCredentials   *credentials);

/* With the files in it. */
void ui_remove_directory (const char *path);

/* @n small messages, and a few folders. */
void ui_fixture_add_mail (UiFixture *fixture,
                          guint      n);

/* Both servers take @microseconds for each call, and the destination one item a call. */
void ui_fixture_set_slow (UiFixture *fixture,
                          guint64    microseconds);

MmWindow *ui_fixture_get_window (UiFixture *fixture); /* (transfer none), shown first if needed */

/* The visible toplevel of @type that was opened last; NULL when there is none. */
GtkWidget *ui_find_toplevel (GType type);

/* The descendant with this id in its .ui file; ends the test when there is none. */
GtkWidget *ui_find (gpointer    root,
                    const char *id);

/* A form's or page's entry. */
void        ui_type (gpointer    root,
                     const char *id,
                     const char *text);
const char *ui_text (gpointer    root,
                     const char *id); /* of an entry or a label */
gboolean    ui_is_visible (gpointer    root,
                           const char *id);

/* Some label that is on the screen has @text in it. */
gboolean ui_says (gpointer    root,
                  const char *text);

/* Clicks a button, which must be sensitive. */
void ui_click (gpointer    root,
               const char *id);

/* Answers a message dialog, which closes then. */
void ui_respond (GtkWidget  *dialog,
                 const char *response);

/* Types good accounts into both forms. */
void ui_fill_forms (MmWindow *window);

/* The report that a window's MmMigrationView shows; NULL for none. */
const MmReport *ui_shown_report (gpointer root);
gboolean        ui_shows_state  (gpointer root,
                                 MmState  state);

/* Types good accounts, starts, and waits until the window shows @state. */
void ui_start_and_wait (MmWindow *window,
                        MmState   state);

/* Types passwords into the dialog that asks for them, and answers it. @source: NULL when the
 * source's must not be asked for. */
void ui_answer (const char *source,
                const char *destination,
                const char *response);

/* Lets the main loop do what is pending. */
void ui_settle (void);

/* The window as it would be on the screen, as a PNG. */
void ui_save_png (GtkWidget  *window,
                  const char *path);

gboolean ui_give_up (gpointer condition);

#define ui_wait(condition) \
  G_STMT_START { \
    guint ui_source_ = g_timeout_add_seconds (60, ui_give_up, (gpointer) #condition); \
    while (!(condition)) \
      g_main_context_iteration (NULL, TRUE); \
    g_source_remove (ui_source_); \
  } G_STMT_END

G_END_DECLS
