/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ui/mm-account-form.h"

#include "ui/mm-accessible.h"
#include "ui/mm-form-data.h"

#define REVEAL_DELAY (300 * 1000)

struct _MmAccountForm
{
  AdwPreferencesGroup parent_instance;

  GtkWidget *signed_in;
  GtkLabel *type_label;
  GtkWidget *host_row;
  AdwComboRow *security_row;
  GtkWidget *port_row;
  GtkWidget *login_row;
  GtkWidget *password_row;
  GtkWidget *insecure_label;
  GtkLabel *error_label;

  MmSecurity security; /* as shown last, to know which default port stands in the field */
  gboolean filling;    /* the program is typing, not the person */
  gint64 reveal_time;  /* monotonic, when the error is scrolled to; 0: not at all */
};

G_DEFINE_FINAL_TYPE (MmAccountForm, mm_account_form, ADW_TYPE_PREFERENCES_GROUP)

enum
{
  CHANGED,
  ACTIVATE,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

static const char *
get_text (GtkWidget *row)
{
  return gtk_editable_get_text (GTK_EDITABLE (row));
}

static void
set_text (GtkWidget  *row,
          const char *text)
{
  if (g_strcmp0 (get_text (row), text) != 0)
    gtk_editable_set_text (GTK_EDITABLE (row), text);
}

static GtkWidget *
row_for_field (MmAccountForm *self,
               MmFormField    field)
{
  switch (field)
    {
    case MM_FORM_FIELD_HOST:
      return self->host_row;
    case MM_FORM_FIELD_PORT:
      return self->port_row;
    case MM_FORM_FIELD_SECURITY:
      return GTK_WIDGET (self->security_row);
    case MM_FORM_FIELD_LOGIN:
      return self->login_row;
    case MM_FORM_FIELD_PASSWORD:
      return self->password_row;
    case MM_FORM_FIELD_NONE:
    default:
      return NULL;
    }
}

static void
clear_marks (MmAccountForm *self)
{
  for (MmFormField field = MM_FORM_FIELD_HOST; field <= MM_FORM_FIELD_PASSWORD; field++)
    mm_accessible_mark_row (row_for_field (self, field), NULL);

  gtk_widget_set_visible (GTK_WIDGET (self->error_label), FALSE);
}

static void
scroll_to (GtkWidget *widget)
{
  GtkWidget *view = gtk_widget_get_ancestor (widget, GTK_TYPE_VIEWPORT);
  GtkAdjustment *adjustment;
  graphene_rect_t bounds;

  if (view == NULL || !gtk_widget_compute_bounds (widget, view, &bounds))
    return;

  adjustment = gtk_scrollable_get_vadjustment (GTK_SCROLLABLE (view));
  bounds.origin.y += (float) gtk_adjustment_get_value (adjustment);
  gtk_adjustment_clamp_page (adjustment, bounds.origin.y, bounds.origin.y + bounds.size.height);
}

/* On a small screen the field has the focus, and the sentence below it is out of sight. */
static gboolean
reveal_sentence_cb (GtkWidget     *widget,
                    GdkFrameClock *clock,
                    gpointer       user_data)
{
  MmAccountForm *self = MM_ACCOUNT_FORM (widget);

  /* Until then the viewport is on its way to the focus, which would win. */
  if (gdk_frame_clock_get_frame_time (clock) < self->reveal_time)
    return G_SOURCE_CONTINUE;

  self->reveal_time = 0;
  scroll_to (GTK_WIDGET (self->error_label));
  return G_SOURCE_REMOVE;
}

static void
show_sentence (MmAccountForm *self,
               MmFormField    field,
               const char    *sentence)
{
  GtkWidget *row = row_for_field (self, field);

  clear_marks (self);
  gtk_widget_set_visible (self->signed_in, FALSE);
  gtk_label_set_label (self->error_label, sentence);
  gtk_widget_set_visible (GTK_WIDGET (self->error_label), TRUE);

  if (row != NULL)
    mm_accessible_mark_row (row, sentence);

  gtk_widget_grab_focus (row != NULL ? row : self->host_row);

  if (self->reveal_time == 0)
    gtk_widget_add_tick_callback (GTK_WIDGET (self), reveal_sentence_cb, NULL, NULL);
  self->reveal_time = g_get_monotonic_time () + REVEAL_DELAY;
}

static void
row_changed_cb (MmAccountForm *self)
{
  if (self->filling)
    return;

  clear_marks (self);
  gtk_widget_set_visible (self->signed_in, FALSE);
  g_signal_emit (self, signals[CHANGED], 0);
}

static void
security_changed_cb (MmAccountForm *self)
{
  MmSecurity security = (MmSecurity) adw_combo_row_get_selected (self->security_row);
  g_autofree char *port = NULL;

  if (security > MM_SECURITY_NONE || security == self->security)
    return;

  port = mm_form_port_for_security (get_text (self->port_row), MM_PROTOCOL_IMAP, self->security,
                                    security);
  self->security = security;
  gtk_widget_set_visible (self->insecure_label, security == MM_SECURITY_NONE);
  set_text (self->port_row, port);
  row_changed_cb (self);
}

static void
entry_activated_cb (MmAccountForm *self)
{
  g_signal_emit (self, signals[ACTIVATE], 0);
}

static void
show_port (MmAccountForm *self,
           guint16        port)
{
  g_autofree char *text = g_strdup_printf ("%u", port);

  set_text (self->port_row, text);
}

/* A pasted "host:port" or URL goes to the fields that it speaks of. */
static void
spread_host (MmAccountForm *self)
{
  g_auto(MmTypedServer) server = { 0, };

  if (!mm_typed_server_parse (get_text (self->host_row), &server, NULL))
    return;

  self->filling = TRUE;

  if (server.has_security)
    adw_combo_row_set_selected (self->security_row, server.security);

  if (server.port != 0)
    show_port (self, server.port);

  if (server.user != NULL)
    set_text (self->login_row, server.user);

  set_text (self->host_row, server.host);
  self->filling = FALSE;
}

static void
add_leave_controller (MmAccountForm *self)
{
  GtkEventController *focus = gtk_event_controller_focus_new ();

  g_signal_connect_swapped (focus, "leave", G_CALLBACK (spread_host), self);
  gtk_widget_add_controller (self->host_row, focus);
}

static void
mm_account_form_class_init (MmAccountFormClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);


  signals[CHANGED] = g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0,
                                   NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[ACTIVATE] = g_signal_new ("activate", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0,
                                    NULL, NULL, NULL, G_TYPE_NONE, 0);

  gtk_widget_class_set_template_from_resource (
    widget_class, "/io/github/mailmigrator/MailMigrator/mm-account-form.ui");
  gtk_widget_class_bind_template_child (widget_class, MmAccountForm, signed_in);
  gtk_widget_class_bind_template_child (widget_class, MmAccountForm, type_label);
  gtk_widget_class_bind_template_child (widget_class, MmAccountForm, host_row);
  gtk_widget_class_bind_template_child (widget_class, MmAccountForm, security_row);
  gtk_widget_class_bind_template_child (widget_class, MmAccountForm, port_row);
  gtk_widget_class_bind_template_child (widget_class, MmAccountForm, login_row);
  gtk_widget_class_bind_template_child (widget_class, MmAccountForm, password_row);
  gtk_widget_class_bind_template_child (widget_class, MmAccountForm, insecure_label);
  gtk_widget_class_bind_template_child (widget_class, MmAccountForm, error_label);
  gtk_widget_class_bind_template_callback (widget_class, row_changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, security_changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, entry_activated_cb);
}

static void
mm_account_form_init (MmAccountForm *self)
{
  self->filling = TRUE;
  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_label_set_label (self->type_label, mm_protocol_get_title (MM_PROTOCOL_IMAP));
  show_port (self, mm_protocol_get_default_port (MM_PROTOCOL_IMAP, MM_SECURITY_TLS));
  mm_accessible_name_entry_row (self->host_row);
  mm_accessible_name_entry_row (self->port_row);
  mm_accessible_name_entry_row (self->login_row);
  mm_accessible_name_entry_row (self->password_row);
  add_leave_controller (self);
  self->filling = FALSE;
}

MmService *
mm_account_form_read (MmAccountForm  *self,
                      MmCredentials **credentials)
{
  MmFormField field = MM_FORM_FIELD_NONE;
  g_autoptr(GError) error = NULL;
  MmService *service;

  g_return_val_if_fail (MM_IS_ACCOUNT_FORM (self), NULL);

  spread_host (self);
  service = mm_form_to_service (MM_PROTOCOL_IMAP, get_text (self->host_row),
                                get_text (self->port_row), self->security,
                                get_text (self->login_row), get_text (self->password_row),
                                &field, &error);
  if (service == NULL)
    {
      show_sentence (self, field, error->message);
      return NULL;
    }

  clear_marks (self);
  if (credentials != NULL)
    *credentials = mm_credentials_new (get_text (self->password_row), NULL);

  return service;
}

void
mm_account_form_set_service (MmAccountForm   *self,
                             const MmService *service)
{
  g_return_if_fail (MM_IS_ACCOUNT_FORM (self));
  g_return_if_fail (service != NULL);

  self->filling = TRUE;
  adw_combo_row_set_selected (self->security_row, service->security);
  set_text (self->host_row, service->host);
  set_text (self->login_row, service->user);
  show_port (self, service->port);
  self->filling = FALSE;
}

void
mm_account_form_set_password (MmAccountForm *self,
                              const char    *password)
{
  g_return_if_fail (MM_IS_ACCOUNT_FORM (self));

  gtk_editable_set_text (GTK_EDITABLE (self->password_row), password);
}

void
mm_account_form_wipe_password (MmAccountForm *self)
{
  g_return_if_fail (MM_IS_ACCOUNT_FORM (self));

  gtk_editable_set_text (GTK_EDITABLE (self->password_row), "");
}

void
mm_account_form_show_error (MmAccountForm *self,
                            const GError  *error)
{
  g_return_if_fail (MM_IS_ACCOUNT_FORM (self));

  if (error == NULL)
    clear_marks (self);
  else
    show_sentence (self, mm_form_field_for_error (error), error->message);
}

void
mm_account_form_set_signed_in (MmAccountForm *self,
                               gboolean       signed_in)
{
  g_return_if_fail (MM_IS_ACCOUNT_FORM (self));

  gtk_widget_set_visible (self->signed_in, signed_in);
}
