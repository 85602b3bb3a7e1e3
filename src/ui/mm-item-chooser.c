/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ui/mm-item-chooser.h"

#include <glib/gi18n-lib.h>

struct _MmItemChooser
{
  AdwPreferencesGroup parent_instance;

  MmKindSet offered;
  MmKindSet unwanted; /* taken out by the person */
  GtkWidget *rows[MM_N_KINDS];
};

G_DEFINE_FINAL_TYPE (MmItemChooser, mm_item_chooser, ADW_TYPE_PREFERENCES_GROUP)

static void
toggled_cb (GtkCheckButton *button,
            MmItemChooser  *self)
{
  MmKind kind = GPOINTER_TO_UINT (g_object_get_data (G_OBJECT (button), "mm-kind"));

  if (gtk_check_button_get_active (button))
    self->unwanted &= ~MM_KIND_BIT (kind);
  else
    self->unwanted |= MM_KIND_BIT (kind);
}

static GtkWidget *
make_row (MmItemChooser *self,
          MmKind         kind)
{
  GtkWidget *row = adw_action_row_new ();
  GtkWidget *button = gtk_check_button_new ();

  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), mm_kind_get_title (kind));
  gtk_check_button_set_active (GTK_CHECK_BUTTON (button),
                               (self->unwanted & MM_KIND_BIT (kind)) == 0);
  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  mm_kind_get_title (kind), -1);
  g_object_set_data (G_OBJECT (button), "mm-kind", GUINT_TO_POINTER (kind));
  g_signal_connect (button, "toggled", G_CALLBACK (toggled_cb), self);

  adw_action_row_add_prefix (ADW_ACTION_ROW (row), button);
  adw_action_row_set_activatable_widget (ADW_ACTION_ROW (row), button);
  return row;
}

static char *
describe_absent (MmKindSet offered)
{
  g_autoptr(GPtrArray) titles = g_ptr_array_new ();
  g_autofree char *list = NULL;

  for (MmKind kind = 0; kind < MM_N_KINDS; kind++)
    if ((offered & MM_KIND_BIT (kind)) == 0)
      g_ptr_array_add (titles, (gpointer) mm_kind_get_title (kind));

  if (titles->len == 0)
    return NULL;

  g_ptr_array_add (titles, NULL);
  list = g_strjoinv (", ", (char **) titles->pdata);

  /* Translators: %s is a list such as "Contacts, Calendars, Tasks" */
  return g_strdup_printf (_("Not moved, because one of the two servers does not offer it this "
                            "way: %s"), list);
}

static void
update_description (MmItemChooser *self)
{
  g_autofree char *absent = NULL;

  if (self->offered == 0)
    {
      adw_preferences_group_set_description (ADW_PREFERENCES_GROUP (self),
        _("Everything that both accounts can hold is moved. "
          "“Check” signs in to both and shows what that is."));
      return;
    }

  absent = describe_absent (self->offered);
  adw_preferences_group_set_description (ADW_PREFERENCES_GROUP (self), absent);
}

static void
mm_item_chooser_class_init (MmItemChooserClass *klass)
{
  gtk_widget_class_set_template_from_resource (
    GTK_WIDGET_CLASS (klass), "/io/github/mailmigrator/MailMigrator/mm-item-chooser.ui");
}

static void
mm_item_chooser_init (MmItemChooser *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  update_description (self);
}

void
mm_item_chooser_set_offered (MmItemChooser *self,
                             MmKindSet      offered)
{
  g_return_if_fail (MM_IS_ITEM_CHOOSER (self));

  if (offered == self->offered)
    return;

  self->offered = offered;

  for (MmKind kind = 0; kind < MM_N_KINDS; kind++)
    {
      gboolean wanted = (offered & MM_KIND_BIT (kind)) != 0;

      if (wanted && self->rows[kind] == NULL)
        {
          self->rows[kind] = make_row (self, kind);
          adw_preferences_group_add (ADW_PREFERENCES_GROUP (self), self->rows[kind]);
        }
      else if (!wanted && self->rows[kind] != NULL)
        {
          adw_preferences_group_remove (ADW_PREFERENCES_GROUP (self), self->rows[kind]);
          self->rows[kind] = NULL;
        }
    }

  update_description (self);
}

MmKindSet
mm_item_chooser_get_offered (MmItemChooser *self)
{
  g_return_val_if_fail (MM_IS_ITEM_CHOOSER (self), 0);
  return self->offered;
}

MmKindSet
mm_item_chooser_get_chosen (MmItemChooser *self)
{
  g_return_val_if_fail (MM_IS_ITEM_CHOOSER (self), 0);
  return self->offered & ~self->unwanted;
}
