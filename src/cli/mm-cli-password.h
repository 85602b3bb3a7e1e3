/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "cli/mm-cli-options.h"

G_BEGIN_DECLS

/* The credentials of one side: from --…-password-file (its first line; "-" for standard input,
 * which gives one line to each side that names it, the source first), else from the environment
 * variable, else asked on the terminal without echo. Errors: MM_ERROR_FILE (the file, or the
 * authority's file, cannot be read), MM_ERROR_PASSWORD (there is nobody to ask). (transfer full) */
MmCredentials *mm_cli_password_get (const MmCliOptions *options,
                                    gboolean            source,
                                    GError            **error);

G_END_DECLS
