/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>
#include "model/mm-service.h"

G_BEGIN_DECLS

/**
 * MmAccountForm:
 *
 * Where a person types one account: server, security, port, login and password. What it means is
 * decided by mm-form-data.h.
 *
 * Signals:
 *   changed ()   something was typed; what was found out about the account no longer holds
 *   activate ()  Enter was pressed in a field
 */
#define MM_TYPE_ACCOUNT_FORM (mm_account_form_get_type ())
G_DECLARE_FINAL_TYPE (MmAccountForm, mm_account_form, MM, ACCOUNT_FORM, AdwPreferencesGroup)

/* What is typed. NULL when it cannot be meant so: then the form shows why, at the field.
 * @credentials (out) (transfer full). (transfer full) */
MmService *mm_account_form_read (MmAccountForm  *self,
                                 MmCredentials **credentials);

/* Fills in everything but the password. */
void mm_account_form_set_service (MmAccountForm   *self,
                                  const MmService *service);

void mm_account_form_set_password (MmAccountForm *self,
                                   const char    *password);

void mm_account_form_wipe_password (MmAccountForm *self);

/* Shows the sentence below the form, marks the field that it is about and focuses it. NULL takes
 * both away. */
void mm_account_form_show_error (MmAccountForm *self,
                                 const GError  *error);

/* Shows that the server accepted the login, until something is typed. */
void mm_account_form_set_signed_in (MmAccountForm *self,
                                    gboolean       signed_in);

G_END_DECLS
