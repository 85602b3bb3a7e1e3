/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ui/mm-report-rules.h"

#include <glib/gi18n-lib.h>

#include "ui/mm-report-text.h"

gboolean
mm_state_is_active (MmState state)
{
  return state == MM_STATE_WAITING
         || state == MM_STATE_RUNNING
         || state == MM_STATE_CANCELLING
         || state == MM_STATE_ROLLING_BACK;
}

static gboolean
refuse (char       **reason,
        const char  *sentence)
{
  if (reason != NULL)
    *reason = g_strdup (sentence);

  return FALSE;
}

gboolean
mm_rules_can_cancel (const MmReport  *report,
                     char           **reason)
{
  g_return_val_if_fail (report != NULL, FALSE);

  switch (report->state)
    {
    case MM_STATE_WAITING:
    case MM_STATE_RUNNING:
      return TRUE;

    case MM_STATE_CANCELLING:
      return refuse (reason, _("The running stage finishes, then the migration ends"));

    case MM_STATE_ROLLING_BACK:
      return refuse (reason, _("A rollback cannot be cancelled, only stopped and resumed later"));

    default:
      return refuse (reason, _("Nothing is running"));
    }
}

gboolean
mm_rules_can_stop (const MmReport  *report,
                   char           **reason)
{
  g_return_val_if_fail (report != NULL, FALSE);

  return mm_state_is_active (report->state) || refuse (reason, _("Nothing is running"));
}

/* What failed is tried again by a resume; nothing else is left when all was gone through. */
static gboolean
is_complete (const MmReport *report)
{
  if (report->state != MM_STATE_COMPLETED)
    return FALSE;

  for (guint i = 0; report->stages != NULL && i < report->stages->len; i++)
    {
      const MmStageReport *stage = g_ptr_array_index (report->stages, i);

      if (stage->failed > 0)
        return FALSE;
    }

  return TRUE;
}

gboolean
mm_rules_has_begun_rollback (const MmReport *report)
{
  g_return_val_if_fail (report != NULL, FALSE);

  for (guint i = 0; report->stages != NULL && i < report->stages->len; i++)
    {
      const MmStageReport *stage = g_ptr_array_index (report->stages, i);

      if (stage->state == MM_STAGE_ROLLING_BACK || stage->state == MM_STAGE_ROLLED_BACK)
        return TRUE;
    }

  return FALSE;
}

gboolean
mm_rules_can_resume (const MmReport  *report,
                     char           **reason)
{
  g_return_val_if_fail (report != NULL, FALSE);

  if (mm_state_is_active (report->state))
    return refuse (reason, _("It is running"));

  if (report->state == MM_STATE_ROLLED_BACK)
    return refuse (reason, _("The destination was rolled back: start a new migration instead"));

  if (mm_rules_has_begun_rollback (report))
    return refuse (reason, _("Its rollback was begun, which can only be finished"));

  if (!report->can_resume || is_complete (report))
    return refuse (reason, _("Everything was gone through, so nothing is left to do"));

  return TRUE;
}

static gboolean
refuse_late (const MmReport  *report,
             char           **reason)
{
  g_autofree char *until = mm_text_date (report->rollback_until);
  g_autofree char *sentence = NULL;

  sentence = g_strdup_printf (_("Rollback was possible for 48 hours, until %s"), until);
  return refuse (reason, sentence);
}

gboolean
mm_rules_can_rollback (const MmReport  *report,
                       gint64           now,
                       char           **reason)
{
  g_return_val_if_fail (report != NULL, FALSE);

  if (report->state == MM_STATE_ROLLING_BACK)
    return refuse (reason, _("The rollback is running"));

  if (mm_state_is_active (report->state))
    return refuse (reason, _("Possible as soon as the migration has ended or was stopped"));

  if (report->state == MM_STATE_ROLLED_BACK)
    return refuse (reason, _("The destination was rolled back already"));

  if (report->rollback_until != 0 && now > report->rollback_until)
    return refuse_late (report, reason);

  if (!report->can_rollback)
    return refuse (reason, _("This migration changed nothing that could be rolled back"));

  return TRUE;
}
