/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ui/mm-accessible.h"

/* What has the focus: the field inside an entry row, else the row itself. */
static GtkAccessible *
get_field (GtkWidget *row)
{
  if (GTK_IS_EDITABLE (row))
    return GTK_ACCESSIBLE (gtk_editable_get_delegate (GTK_EDITABLE (row)));

  return GTK_ACCESSIBLE (row);
}

void
mm_accessible_name_entry_row (GtkWidget *row)
{
  g_return_if_fail (ADW_IS_ENTRY_ROW (row));

  gtk_accessible_update_property (get_field (row), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  adw_preferences_row_get_title (ADW_PREFERENCES_ROW (row)), -1);
}

void
mm_accessible_mark_row (GtkWidget  *row,
                        const char *sentence)
{
  GtkAccessible *field;

  g_return_if_fail (GTK_IS_WIDGET (row));

  field = get_field (row);

  if (sentence == NULL)
    {
      gtk_widget_remove_css_class (row, "error");
      gtk_accessible_reset_state (field, GTK_ACCESSIBLE_STATE_INVALID);
      gtk_accessible_reset_property (field, GTK_ACCESSIBLE_PROPERTY_DESCRIPTION);
      return;
    }

  gtk_widget_add_css_class (row, "error");
  gtk_accessible_update_state (field, GTK_ACCESSIBLE_STATE_INVALID, GTK_ACCESSIBLE_INVALID_TRUE,
                               -1);
  gtk_accessible_update_property (field, GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, sentence, -1);
}
