/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "model/mm-service.h"
#include "model/mm-kind.h"

G_BEGIN_DECLS

/* What the exit status says (DESIGN: command line). */
typedef enum
{
  MM_EXIT_OK = 0,
  MM_EXIT_USAGE = 1,
  MM_EXIT_NOT_STARTED = 2,
  MM_EXIT_PROBLEMS = 3,
  MM_EXIT_STOPPED = 4,
  MM_EXIT_FAILED = 5,
} MmExit;

/**
 * MmCliOptions:
 *
 * One parsed command line: the verb, its argument, and every option of any verb.
 */
typedef struct
{
  char *verb;
  char *id;            /* the argument of follow, cancel, stop, resume, rollback */
  char **sources;      /* URLs */
  char **destinations;
  char *source_address;
  char *destination_address;
  char *source_password_file;
  char *destination_password_file;
  char *ca_file;
  char *items;
  char **folders;
  char *address;
  gboolean dry_run;
  gboolean wait;
  gboolean json;
} MmCliOptions;

/* MM_ERROR_USAGE with a sentence. --help and --version are answered here and end the process. */
MmCliOptions *mm_cli_options_parse (int       argc,
                                    char     *argv[],
                                    GError  **error);
void          mm_cli_options_free  (MmCliOptions *self);

/* The account of one side, from its URLs. MM_ERROR_USAGE. */
MmAccount *mm_cli_options_get_account (char       **urls,
                                       const char  *address,
                                       GError     **error);

/* The kinds of --items; 0 without it. MM_ERROR_USAGE names the word that is none. */
gboolean mm_cli_options_get_kinds (const MmCliOptions *self,
                                   MmKindSet          *kinds,
                                   GError            **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MmCliOptions, mm_cli_options_free)

G_END_DECLS
