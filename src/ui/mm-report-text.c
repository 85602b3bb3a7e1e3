/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ui/mm-report-text.h"

#include <glib/gi18n-lib.h>

#include "model/mm-service.h"

#define SEPARATOR " · " /* between the parts of one line */

char *
mm_text_count (guint64 n)
{
  return g_strdup_printf ("%'" G_GUINT64_FORMAT, n);
}

char *
mm_text_date (gint64 seconds)
{
  g_autoptr(GDateTime) date = NULL;

  if (seconds == 0)
    return g_strdup ("–");

  date = g_date_time_new_from_unix_local (seconds);
  return date != NULL ? g_date_time_format (date, "%c") : g_strdup ("–");
}

char *
mm_text_time_left (gint64 seconds)
{
  gulong n;

  if (seconds < 0)
    return g_strdup ("");

  if (seconds < 60)
    return g_strdup (_("Less than a minute left"));

  if (seconds < 3600)
    {
      n = (gulong) ((seconds + 30) / 60);
      return g_strdup_printf (ngettext ("About %lu minute left", "About %lu minutes left", n), n);
    }

  n = (gulong) ((seconds + 1800) / 3600);
  return g_strdup_printf (ngettext ("About %lu hour left", "About %lu hours left", n), n);
}

static void
add_part (GPtrArray  *parts,
          const char *format,
          guint64     n)
{
  g_autofree char *count = mm_text_count (n);

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
  g_ptr_array_add (parts, g_strdup_printf (format, count));
#pragma GCC diagnostic pop
}

static char *
join (GPtrArray *parts)
{
  g_ptr_array_add (parts, NULL);
  return g_strjoinv (SEPARATOR, (char **) parts->pdata);
}

static gboolean
is_rollback (const MmStageReport *stage)
{
  return stage->state == MM_STAGE_ROLLING_BACK || stage->state == MM_STAGE_ROLLED_BACK;
}

static char *
rollback_counts (const MmStageReport *stage)
{
  g_autoptr(GPtrArray) parts = g_ptr_array_new_with_free_func (g_free);

  add_part (parts, ngettext ("%s removed", "%s removed", MM_PLURAL (stage->removed)), stage->removed);
  if (stage->restored > 0)
    add_part (parts, ngettext ("%s restored", "%s restored", MM_PLURAL (stage->restored)),
              stage->restored);
  if (stage->left > 0)
    add_part (parts, ngettext ("%s left", "%s left", MM_PLURAL (stage->left)), stage->left);

  return join (parts);
}

static void
add_copy_counts (GPtrArray           *parts,
                 const MmStageReport *stage)
{
  add_part (parts, ngettext ("%s found", "%s found", MM_PLURAL (stage->found)), stage->found);
  if (stage->copied > 0)
    add_part (parts, ngettext ("%s copied", "%s copied", MM_PLURAL (stage->copied)), stage->copied);
  if (stage->existed > 0)
    add_part (parts, ngettext ("%s already there", "%s already there", MM_PLURAL (stage->existed)),
              stage->existed);
  if (stage->skipped > 0)
    add_part (parts, ngettext ("%s skipped", "%s skipped", MM_PLURAL (stage->skipped)),
              stage->skipped);
  if (stage->failed > 0)
    add_part (parts, ngettext ("%s failed", "%s failed", MM_PLURAL (stage->failed)), stage->failed);
}

char *
mm_text_stage_counts (const MmStageReport *stage)
{
  g_autoptr(GPtrArray) parts = NULL;

  g_return_val_if_fail (stage != NULL, NULL);

  if (is_rollback (stage))
    return rollback_counts (stage);

  parts = g_ptr_array_new_with_free_func (g_free);
  add_copy_counts (parts, stage);
  return join (parts);
}

char *
mm_text_stage_bytes (const MmStageReport *stage)
{
  g_autofree char *done = NULL;
  g_autofree char *total = NULL;

  g_return_val_if_fail (stage != NULL, NULL);

  if (stage->bytes_total == 0 || is_rollback (stage))
    return g_strdup ("");

  done = g_format_size (stage->bytes);
  total = g_format_size (stage->bytes_total);

  /* Translators: sizes, "12 MB of 400 MB" */
  return g_strdup_printf (_("%s of %s"), done, total);
}

double
mm_stage_get_fraction (const MmStageReport *stage)
{
  guint64 done;

  g_return_val_if_fail (stage != NULL, 0);

  if (stage->state == MM_STAGE_DONE || stage->state == MM_STAGE_ROLLED_BACK)
    return 1;

  if (stage->state == MM_STAGE_ROLLING_BACK)
    {
      done = stage->removed + stage->restored + stage->left;
      return stage->copied > 0 ? MIN (1, (double) done / (double) stage->copied) : 0;
    }

  if (stage->bytes_total > 0)
    return MIN (1, (double) stage->bytes / (double) stage->bytes_total);

  done = stage->copied + stage->existed + stage->skipped + stage->failed;
  return stage->found > 0 ? MIN (1, (double) done / (double) stage->found) : 0;
}

gboolean
mm_stage_is_moving (const MmStageReport *stage)
{
  g_return_val_if_fail (stage != NULL, FALSE);

  return stage->state == MM_STAGE_SCANNING
         || stage->state == MM_STAGE_COPYING
         || stage->state == MM_STAGE_VERIFYING
         || stage->state == MM_STAGE_ROLLING_BACK;
}

char *
mm_text_accounts (const MmReport *report)
{
  g_return_val_if_fail (report != NULL, NULL);

  /* Translators: source account → destination account */
  return g_strdup_printf (_("%s → %s"),
                          report->source_address != NULL ? report->source_address : "–",
                          report->destination_address != NULL ? report->destination_address : "–");
}

static const char *
security_title (MmSecurity security)
{
  switch (security)
    {
    case MM_SECURITY_TLS:
      return "TLS";
    case MM_SECURITY_STARTTLS:
      return "STARTTLS";
    case MM_SECURITY_NONE:
    default:
      return _("without encryption");
    }
}

char *
mm_text_server (const char *url)
{
  g_autoptr(MmService) service = NULL;

  g_return_val_if_fail (url != NULL, NULL);

  service = mm_service_parse (url, NULL);
  if (service == NULL)
    return g_strdup (url);

  return g_strdup_printf ("%s:%u" SEPARATOR "%s" SEPARATOR "%s", service->host, service->port,
                          mm_protocol_get_title (service->protocol),
                          security_title (service->security));
}

char *
mm_text_report_line (const MmReport *report)
{
  MmStageReport sum = { 0, };
  g_autoptr(GPtrArray) parts = g_ptr_array_new_with_free_func (g_free);

  g_return_val_if_fail (report != NULL, NULL);

  for (guint i = 0; report->stages != NULL && i < report->stages->len; i++)
    {
      const MmStageReport *stage = g_ptr_array_index (report->stages, i);

      sum.found += stage->found;
      sum.copied += stage->copied;
      sum.existed += stage->existed;
      sum.skipped += stage->skipped;
      sum.failed += stage->failed;
    }

  g_ptr_array_add (parts, mm_text_date (report->created));
  add_copy_counts (parts, &sum);
  if (report->id != NULL)
    g_ptr_array_add (parts, g_strdup (report->id));

  return join (parts);
}
