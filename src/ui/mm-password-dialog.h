/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>
#include "model/mm-service.h"

G_BEGIN_DECLS

/**
 * MmPasswordDialog:
 *
 * Asks for the passwords of a migration that is resumed or rolled back, since none is kept.
 * Responses: "accept" (possible when all is filled in) and "cancel".
 */
#define MM_TYPE_PASSWORD_DIALOG (mm_password_dialog_get_type ())
G_DECLARE_FINAL_TYPE (MmPasswordDialog, mm_password_dialog, MM, PASSWORD_DIALOG, AdwMessageDialog)

/* @source: the account as people know it, NULL when its password is not needed. @accept: label of
 * the button. @destructive: the button looks it. */
MmPasswordDialog *mm_password_dialog_new (GtkWindow  *parent,
                                          const char *heading,
                                          const char *body,
                                          const char *source,
                                          const char *destination,
                                          const char *accept,
                                          gboolean    destructive);

/* What was typed; the fields are wiped by this. @source (out) (optional) (nullable), @destination
 * (out): (transfer full). */
void mm_password_dialog_take (MmPasswordDialog  *self,
                              MmCredentials    **source,
                              MmCredentials    **destination);

G_END_DECLS
