/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "model/mm-store.h"

G_BEGIN_DECLS

/*
 * The contract of model/mm-store.h as tests that every store has to pass: what the capabilities
 * say is possible is demanded, what they say is not is skipped or must be refused.
 */

/* Makes a store, not opened yet, on the account called @account (lower-case letters and digits).
 * Every test uses a name of its own, at first of an empty account; the same name again is the
 * same account. NULL, after g_test_skip (), when there can be none. (transfer full) */
typedef MmStore *(*MmContractFactory) (const char *account,
                                       gpointer    user_data);

/* Adds the tests "/contract/@name/…" to the program: call it between g_test_init () and
 * g_test_run (), once for each flavour of a server. @user_data lives until the program ends. */
void mm_contract_add (const char        *name,
                      MmKind             kind,
                      MmContractFactory  factory,
                      gpointer           user_data);

G_END_DECLS
