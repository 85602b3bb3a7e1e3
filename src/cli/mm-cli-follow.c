/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "cli/mm-cli-follow.h"

#include <glib/gi18n-lib.h>

#include "cli/mm-cli-exit.h"
#include "cli/mm-cli-output.h"

#define POLL_US (G_USEC_PER_SEC / 2)

static MmExit
fail (const MmCliOptions *options,
      const GError       *error)
{
  mm_cli_output_error (options->json, MM_SIDE_NONE, error);
  return mm_cli_exit_of_error (error);
}

static gboolean
is_live (const MmReport *report)
{
  return report->state == MM_STATE_WAITING || report->state == MM_STATE_RUNNING ||
         report->state == MM_STATE_CANCELLING || report->state == MM_STATE_ROLLING_BACK;
}

MmExit
mm_cli_follow (const MmCliOptions *options)
{
  g_autoptr (MmHistory) history = mm_history_new (NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (MmReport) report = mm_history_find (history, options->id, options->address, &error);

  while (options->wait && report != NULL && is_live (report))
    {
      g_usleep (POLL_US);
      mm_report_free (report);
      report = mm_history_find (history, options->id, options->address, &error);
    }
  if (report == NULL)
    return fail (options, error);
  mm_cli_output_finished (options->json, report);
  return options->wait ? mm_cli_exit_of_report (report) : MM_EXIT_OK;
}

MmExit
mm_cli_history (const MmCliOptions *options)
{
  g_autoptr (MmHistory) history = mm_history_new (NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) reports = mm_history_list (history, &error);

  if (reports == NULL)
    return fail (options, error);
  for (guint i = 0; i < reports->len; i++)
    mm_cli_output_history_line (options->json, g_ptr_array_index (reports, i));
  if (reports->len == 0 && !options->json)
    g_printerr ("%s\n", _("No migration has run on this computer yet."));
  return MM_EXIT_OK;
}

static MmExit
request (const MmCliOptions *options,
         MmRequest           wish)
{
  g_autoptr (MmHistory) history = mm_history_new (NULL);
  g_autoptr (MmReport) report = NULL;
  g_autoptr (GError) error = NULL;

  if (!mm_history_request (history, options->id, options->address, wish, &error))
    return fail (options, error);
  report = mm_history_find (history, options->id, options->address, &error);
  if (report == NULL)
    return fail (options, error);
  if (options->json)
    mm_cli_output_finished (TRUE, report);
  else
    g_print ("%s\n", wish == MM_REQUEST_STOP ? _("It is being stopped.")
                                             : _("It ends after the running stage."));
  return MM_EXIT_OK;
}

MmExit
mm_cli_cancel (const MmCliOptions *options)
{
  return request (options, MM_REQUEST_CANCEL);
}

MmExit
mm_cli_stop (const MmCliOptions *options)
{
  return request (options, MM_REQUEST_STOP);
}
