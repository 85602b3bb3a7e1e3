/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ui/mm-new-page.h"

#include <glib/gi18n-lib.h>

#include "model/mm-error.h"
#include "ui/mm-account-form.h"
#include "ui/mm-column-layout.h"
#include "ui/mm-item-chooser.h"
#include "ui/mm-migration-view.h"
#include "ui/mm-preview-window.h"
#include "ui/mm-settings.h"

struct _MmNewPage
{
  AdwBin parent_instance;

  GtkStack *stack;
  GtkWidget *fields;
  MmAccountForm *source_form;
  MmAccountForm *destination_form;
  MmItemChooser *items;
  GtkLabel *error_label;
  GtkWidget *busy_box;
  GtkSpinner *spinner;
  GtkLabel *busy_label;
  GtkWidget *break_button;
  GtkWidget *button_box;
  GtkWidget *start_button;
  MmMigrationView *view;

  MmRunner *runner;
  MmMigration *migration;    /* what is checked, previewed or started from the form */
  GCancellable *cancellable; /* of check and preview */
  gboolean starting;         /* it is started, but has no ID yet */
};

G_DEFINE_FINAL_TYPE (MmNewPage, mm_new_page, ADW_TYPE_BIN)

static void
show_error_label (MmNewPage  *self,
                  const char *sentence)
{
  gtk_label_set_label (self->error_label, sentence != NULL ? sentence : "");
  gtk_widget_set_visible (GTK_WIDGET (self->error_label), sentence != NULL);
}

static void
clear_errors (MmNewPage *self)
{
  mm_account_form_show_error (self->source_form, NULL);
  mm_account_form_show_error (self->destination_form, NULL);
  show_error_label (self, NULL);
}

static void
show_error (MmNewPage    *self,
            MmSide        side,
            const GError *error)
{
  if (g_error_matches (error, MM_ERROR, MM_ERROR_SAME_ACCOUNT))
    side = MM_SIDE_DESTINATION;

  if (side == MM_SIDE_SOURCE)
    mm_account_form_show_error (self->source_form, error);
  else if (side == MM_SIDE_DESTINATION)
    mm_account_form_show_error (self->destination_form, error);
  else
    show_error_label (self, error->message);
}

/* @sentence: what is being done; NULL: nothing. */
static void
set_busy (MmNewPage  *self,
          const char *sentence)
{
  gboolean busy = sentence != NULL;

  gtk_label_set_label (self->busy_label, busy ? sentence : "");
  gtk_spinner_set_spinning (self->spinner, busy);
  gtk_widget_set_visible (self->busy_box, busy);

  /* The focus leaves the fields before they become insensitive. */
  if (busy)
    gtk_widget_grab_focus (self->break_button);

  gtk_widget_set_visible (self->button_box, !busy);
  gtk_widget_set_sensitive (self->fields, !busy);
}

static void
release_migration (MmNewPage *self)
{
  if (self->migration != NULL)
    g_signal_handlers_disconnect_by_data (self->migration, self);

  g_clear_object (&self->migration);
  g_clear_object (&self->cancellable);
  self->starting = FALSE;
}

static gboolean
check_choice (MmNewPage *self)
{
  if (mm_item_chooser_get_offered (self->items) == 0
      || mm_item_chooser_get_chosen (self->items) != 0)
    return TRUE;

  show_error_label (self, _("Nothing is chosen. Choose at least one kind of items to move."));
  return FALSE;
}

static gboolean
refuse_same_account (MmNewPage       *self,
                     const MmService *source,
                     const MmService *destination)
{
  g_autoptr(GError) error = NULL;

  if (!mm_service_is_same_account (source, destination))
    return FALSE;

  g_set_error (&error, MM_ERROR, MM_ERROR_SAME_ACCOUNT,
               _("Source and destination are the same account, %s on %s. "
                 "Enter another account as destination."), destination->user, destination->host);
  show_error (self, MM_SIDE_DESTINATION, error);
  return TRUE;
}

/* Makes the migration that the form describes; FALSE when something is wrong with it, which is
 * shown then. The destination is read first, so that the focus ends at the first wrong field. */
static gboolean
take_form (MmNewPage *self)
{
  g_autoptr(MmService) source = NULL;
  g_autoptr(MmService) destination = NULL;
  g_autoptr(MmCredentials) source_credentials = NULL;
  g_autoptr(MmCredentials) destination_credentials = NULL;

  if (self->migration != NULL)
    return FALSE;

  clear_errors (self);
  destination = mm_account_form_read (self->destination_form, &destination_credentials);
  source = mm_account_form_read (self->source_form, &source_credentials);

  if (source == NULL || destination == NULL
      || refuse_same_account (self, source, destination) || !check_choice (self))
    return FALSE;

  self->migration = mm_runner_create (self->runner, source, destination, source_credentials,
                                      destination_credentials,
                                      mm_item_chooser_get_chosen (self->items));
  self->cancellable = g_cancellable_new ();
  mm_settings_save_services (source, destination);
  return TRUE;
}

/* TRUE when the page is still there to be told. @error: shown at its side. */
static gboolean
end_work (MmNewPage    *self,
          const GError *error)
{
  MmSide side;

  /* Disposed of meanwhile: the window is closed. */
  if (self->migration == NULL)
    return FALSE;

  side = mm_migration_get_error_side (self->migration);
  release_migration (self);
  set_busy (self, NULL);

  if (error != NULL && !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    show_error (self, side, error);

  return TRUE;
}

static void
checked_cb (GObject      *source,
            GAsyncResult *result,
            gpointer      user_data)
{
  g_autoptr(MmNewPage) self = user_data;
  g_autoptr(GError) error = NULL;
  MmKindSet offered = 0;
  gboolean checked;

  checked = mm_migration_check_finish (MM_MIGRATION (source), result, &offered, &error);
  if (!end_work (self, error) || !checked)
    return;

  mm_item_chooser_set_offered (self->items, offered);
  mm_account_form_set_signed_in (self->source_form, TRUE);
  mm_account_form_set_signed_in (self->destination_form, TRUE);
  gtk_widget_grab_focus (self->start_button);
}

static void
check_clicked_cb (MmNewPage *self)
{
  if (!take_form (self))
    return;

  set_busy (self, _("Signing in to both servers…"));
  mm_migration_check_async (self->migration, self->cancellable, checked_cb, g_object_ref (self));
}

static void
previewed_cb (GObject      *source,
              GAsyncResult *result,
              gpointer      user_data)
{
  g_autoptr(MmNewPage) self = user_data;
  g_autoptr(GPtrArray) plans = NULL;
  g_autoptr(GError) error = NULL;
  GtkWindow *parent;

  plans = mm_migration_preview_finish (MM_MIGRATION (source), result, &error);
  if (!end_work (self, error) || plans == NULL)
    return;

  parent = GTK_WINDOW (gtk_widget_get_root (GTK_WIDGET (self)));
  gtk_window_present (GTK_WINDOW (mm_preview_window_new (parent, plans)));
}

static void
preview_clicked_cb (MmNewPage *self)
{
  if (!take_form (self))
    return;

  set_busy (self, _("Looking through both accounts…"));
  mm_migration_preview_async (self->migration, self->cancellable, previewed_cb,
                              g_object_ref (self));
}

/* From here on the view follows by its own watch, and the form is free for another. */
static void
show_progress (MmNewPage      *self,
               const MmReport *report)
{
  g_autoptr(MmWatch) watch = mm_watch_new (self->runner, report->id, report->source_address);

  release_migration (self);
  set_busy (self, NULL);
  mm_account_form_wipe_password (self->source_form);
  mm_account_form_wipe_password (self->destination_form);
  mm_migration_view_set_watch (self->view, watch);
  gtk_stack_set_visible_child_name (self->stack, "progress");
  gtk_widget_grab_focus (GTK_WIDGET (self->view));
}

static void
migration_changed_cb (MmNewPage *self)
{
  g_autoptr(MmReport) report = NULL;

  if (!self->starting)
    return;

  report = mm_migration_get_report (self->migration);
  if (report->id != NULL)
    show_progress (self, report);
}

typedef struct
{
  MmNewPage *page;
  MmMigration *migration;
} Start;

static void
ended_cb (GObject      *source,
          GAsyncResult *result,
          gpointer      user_data)
{
  g_autofree Start *start = user_data;
  g_autoptr(MmNewPage) self = start->page;
  g_autoptr(MmMigration) migration = start->migration;
  g_autoptr(GError) error = NULL;

  mm_runner_start_finish (MM_RUNNER (source), result, &error);

  /* It has its page since it began; the form may be at work on another one by now. */
  if (migration != self->migration)
    return;

  if (error == NULL)
    migration_changed_cb (self);
  else
    end_work (self, error);
}

static void
start_clicked_cb (MmNewPage *self)
{
  Start *start;

  if (!take_form (self))
    return;

  set_busy (self, _("Signing in to both servers…"));
  self->starting = TRUE;
  g_signal_connect_object (self->migration, "changed", G_CALLBACK (migration_changed_cb), self,
                           G_CONNECT_SWAPPED);

  start = g_new0 (Start, 1);
  start->page = g_object_ref (self);
  start->migration = g_object_ref (self->migration);
  mm_runner_start_async (self->runner, self->migration, MM_RUNNER_RUN, ended_cb, start);
}

static void
break_clicked_cb (MmNewPage *self)
{
  if (self->starting)
    mm_migration_stop (self->migration);
  else
    g_cancellable_cancel (self->cancellable);
}

static void
again_clicked_cb (MmNewPage *self)
{
  mm_migration_view_set_watch (self->view, NULL);
  gtk_stack_set_visible_child_name (self->stack, "form");
}

static void
form_changed_cb (MmNewPage *self)
{
  show_error_label (self, NULL);
  mm_item_chooser_set_offered (self->items, 0);
}

static void
mm_new_page_dispose (GObject *object)
{
  MmNewPage *self = MM_NEW_PAGE (object);

  g_cancellable_cancel (self->cancellable);
  release_migration (self);
  g_clear_object (&self->runner);

  G_OBJECT_CLASS (mm_new_page_parent_class)->dispose (object);
}

static void
bind_template (GtkWidgetClass *widget_class)
{
  gtk_widget_class_bind_template_child (widget_class, MmNewPage, stack);
  gtk_widget_class_bind_template_child (widget_class, MmNewPage, fields);
  gtk_widget_class_bind_template_child (widget_class, MmNewPage, source_form);
  gtk_widget_class_bind_template_child (widget_class, MmNewPage, destination_form);
  gtk_widget_class_bind_template_child (widget_class, MmNewPage, items);
  gtk_widget_class_bind_template_child (widget_class, MmNewPage, error_label);
  gtk_widget_class_bind_template_child (widget_class, MmNewPage, busy_box);
  gtk_widget_class_bind_template_child (widget_class, MmNewPage, spinner);
  gtk_widget_class_bind_template_child (widget_class, MmNewPage, busy_label);
  gtk_widget_class_bind_template_child (widget_class, MmNewPage, break_button);
  gtk_widget_class_bind_template_child (widget_class, MmNewPage, button_box);
  gtk_widget_class_bind_template_child (widget_class, MmNewPage, start_button);
  gtk_widget_class_bind_template_child (widget_class, MmNewPage, view);
  gtk_widget_class_bind_template_callback (widget_class, form_changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, check_clicked_cb);
  gtk_widget_class_bind_template_callback (widget_class, preview_clicked_cb);
  gtk_widget_class_bind_template_callback (widget_class, start_clicked_cb);
  gtk_widget_class_bind_template_callback (widget_class, break_clicked_cb);
  gtk_widget_class_bind_template_callback (widget_class, again_clicked_cb);
}

static void
mm_new_page_class_init (MmNewPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = mm_new_page_dispose;

  g_type_ensure (MM_TYPE_ACCOUNT_FORM);
  g_type_ensure (MM_TYPE_COLUMN_LAYOUT);
  g_type_ensure (MM_TYPE_ITEM_CHOOSER);
  g_type_ensure (MM_TYPE_MIGRATION_VIEW);
  gtk_widget_class_set_template_from_resource (
    widget_class, "/io/github/mailmigrator/MailMigrator/mm-new-page.ui");
  bind_template (widget_class);
}

static void
mm_new_page_init (MmNewPage *self)
{
  g_autoptr(MmService) source = NULL;
  g_autoptr(MmService) destination = NULL;

  gtk_widget_init_template (GTK_WIDGET (self));

  mm_settings_load_services (&source, &destination);
  if (source != NULL)
    mm_account_form_set_service (self->source_form, source);
  if (destination != NULL)
    mm_account_form_set_service (self->destination_form, destination);
}

void
mm_new_page_set_runner (MmNewPage *self,
                        MmRunner  *runner)
{
  g_return_if_fail (MM_IS_NEW_PAGE (self));
  g_return_if_fail (MM_IS_RUNNER (runner));

  g_set_object (&self->runner, runner);
}

void
mm_new_page_fill (MmNewPage       *self,
                  MmSide           side,
                  const MmService *service,
                  const char      *password)
{
  MmAccountForm *form;

  g_return_if_fail (MM_IS_NEW_PAGE (self));
  g_return_if_fail (side == MM_SIDE_SOURCE || side == MM_SIDE_DESTINATION);

  form = side == MM_SIDE_SOURCE ? self->source_form : self->destination_form;
  if (service != NULL)
    mm_account_form_set_service (form, service);
  if (password != NULL)
    mm_account_form_set_password (form, password);
}
