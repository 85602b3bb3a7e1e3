/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ui/mm-password-dialog.h"

#include <glib/gi18n-lib.h>

#include "ui/mm-accessible.h"

struct _MmPasswordDialog
{
  AdwMessageDialog parent_instance;

  GtkWidget *source_row;
  GtkWidget *destination_row;
};

G_DEFINE_FINAL_TYPE (MmPasswordDialog, mm_password_dialog, ADW_TYPE_MESSAGE_DIALOG)

static gboolean
is_filled (GtkWidget *row)
{
  return !gtk_widget_get_visible (row) || *gtk_editable_get_text (GTK_EDITABLE (row)) != '\0';
}

static void
changed_cb (MmPasswordDialog *self)
{
  adw_message_dialog_set_response_enabled (ADW_MESSAGE_DIALOG (self), "accept",
                                           is_filled (self->source_row)
                                             && is_filled (self->destination_row));
}

static void
mm_password_dialog_class_init (MmPasswordDialogClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  gtk_widget_class_set_template_from_resource (
    widget_class, "/io/github/mailmigrator/MailMigrator/mm-password-dialog.ui");
  gtk_widget_class_bind_template_child (widget_class, MmPasswordDialog, source_row);
  gtk_widget_class_bind_template_child (widget_class, MmPasswordDialog, destination_row);
  gtk_widget_class_bind_template_callback (widget_class, changed_cb);
}

static void
mm_password_dialog_init (MmPasswordDialog *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

static void
name_row (GtkWidget  *row,
          const char *account)
{
  /* Translators: %s is an e-mail address */
  g_autofree char *title = g_strdup_printf (_("Password of %s"), account);

  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), title);
  mm_accessible_name_entry_row (row);
  gtk_widget_set_visible (row, TRUE);
}

MmPasswordDialog *
mm_password_dialog_new (GtkWindow  *parent,
                        const char *heading,
                        const char *body,
                        const char *source,
                        const char *destination,
                        const char *accept,
                        gboolean    destructive)
{
  MmPasswordDialog *self = g_object_new (MM_TYPE_PASSWORD_DIALOG,
                                         "transient-for", parent,
                                         "modal", TRUE,
                                         "heading", heading,
                                         "body", body,
                                         NULL);
  AdwMessageDialog *dialog = ADW_MESSAGE_DIALOG (self);

  if (source != NULL)
    name_row (self->source_row, source);
  name_row (self->destination_row, destination);

  adw_message_dialog_set_response_label (dialog, "accept", accept);
  adw_message_dialog_set_response_appearance (dialog, "accept",
                                              destructive ? ADW_RESPONSE_DESTRUCTIVE
                                                          : ADW_RESPONSE_SUGGESTED);
  return self;
}

static MmCredentials *
take_row (GtkWidget *row)
{
  MmCredentials *credentials;

  if (!gtk_widget_get_visible (row))
    return NULL;

  credentials = mm_credentials_new (gtk_editable_get_text (GTK_EDITABLE (row)), NULL);
  gtk_editable_set_text (GTK_EDITABLE (row), "");
  return credentials;
}

void
mm_password_dialog_take (MmPasswordDialog  *self,
                         MmCredentials    **source,
                         MmCredentials    **destination)
{
  g_return_if_fail (MM_IS_PASSWORD_DIALOG (self));

  if (source != NULL)
    *source = take_row (self->source_row);

  *destination = take_row (self->destination_row);
}
