/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "cli/mm-cli-exit.h"

#include <glib/gi18n-lib.h>

#include "model/mm-error.h"

static gboolean
has_outcome (const MmReport *report,
             MmOutcome       outcome)
{
  for (guint i = 0; report->problems != NULL && i < report->problems->len; i++)
    if (((MmProblem *) g_ptr_array_index (report->problems, i))->outcome == outcome)
      return TRUE;
  return FALSE;
}

MmExit
mm_cli_exit_of_report (const MmReport *report)
{
  switch (report->state)
    {
    case MM_STATE_COMPLETED:
      return has_outcome (report, MM_OUTCOME_FAILED) ? MM_EXIT_PROBLEMS : MM_EXIT_OK;
    case MM_STATE_ROLLED_BACK:
      return has_outcome (report, MM_OUTCOME_LEFT) ? MM_EXIT_PROBLEMS : MM_EXIT_OK;
    case MM_STATE_FAILED:
      return MM_EXIT_FAILED;
    case MM_STATE_CANCELLED:
    case MM_STATE_STOPPED:
    case MM_STATE_INTERRUPTED:
    case MM_STATE_WAITING:
    case MM_STATE_RUNNING:
    case MM_STATE_CANCELLING:
    case MM_STATE_ROLLING_BACK:
    default:
      return MM_EXIT_STOPPED;
    }
}

MmExit
mm_cli_exit_of_error (const GError *error)
{
  if (g_error_matches (error, MM_ERROR, MM_ERROR_USAGE))
    return MM_EXIT_USAGE;
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return MM_EXIT_STOPPED;
  return error->domain == MM_ERROR && error->code != MM_ERROR_INTERNAL ? MM_EXIT_NOT_STARTED
                                                                      : MM_EXIT_FAILED;
}

const char *
mm_cli_exit_get_resume_refusal (void)
{
  return _("This migration was rolled back, so there is nothing to resume. Start a new one.");
}
