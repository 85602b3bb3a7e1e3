/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "cli/mm-cli-output.h"

#include <glib/gi18n-lib.h>
#include <inttypes.h>
#include <json-glib/json-glib.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define STATE_WIDTH 13 /* the longest title of a state, in letters */

static void
print_object (JsonBuilder *builder)
{
  g_autoptr (JsonNode) root = json_builder_get_root (builder);
  g_autoptr (JsonGenerator) generator = json_generator_new ();
  g_autofree char *text = NULL;

  json_generator_set_root (generator, root);
  text = json_generator_to_data (generator, NULL);
  fputs (text, stdout);
}

static void
end_line (void)
{
  fputc ('\n', stdout);
  fflush (stdout);
}

static void
add_string (JsonBuilder *builder,
            const char  *name,
            const char  *value)
{
  json_builder_set_member_name (builder, name);
  json_builder_add_string_value (builder, value != NULL ? value : "");
}

static void
add_count (JsonBuilder *builder,
           const char  *name,
           guint64      value)
{
  json_builder_set_member_name (builder, name);
  json_builder_add_int_value (builder, (gint64) value);
}

/* RFC 3339 in UTC; nothing for what has not happened. */
static void
add_time (JsonBuilder *builder,
          const char  *name,
          gint64       seconds)
{
  g_autoptr (GDateTime) time = seconds != 0 ? g_date_time_new_from_unix_utc (seconds) : NULL;
  g_autofree char *text = time != NULL ? g_date_time_format (time, "%Y-%m-%dT%H:%M:%SZ") : NULL;

  json_builder_set_member_name (builder, name);
  if (text != NULL)
    json_builder_add_string_value (builder, text);
  else
    json_builder_add_null_value (builder);
}

static const char *
get_code (const GError *error)
{
  static const struct
  {
    int code;
    const char *word;
  } words[] = {
    { MM_ERROR_USAGE, "usage" },           { MM_ERROR_HOST, "host" },
    { MM_ERROR_CERTIFICATE, "certificate" }, { MM_ERROR_STARTTLS, "starttls" },
    { MM_ERROR_LOGIN, "login" },           { MM_ERROR_PASSWORD, "password" },
    { MM_ERROR_SAME_ACCOUNT, "same-account" }, { MM_ERROR_UNSUPPORTED, "capability" },
    { MM_ERROR_FILE, "file" },             { MM_ERROR_NETWORK, "network" },
    { MM_ERROR_BUSY, "network" },          { MM_ERROR_LIMIT, "network" },
    { MM_ERROR_PROTOCOL, "network" },      { MM_ERROR_QUOTA, "quota" },
    { MM_ERROR_NOT_FOUND, "usage" },
  };

  for (guint i = 0; error->domain == MM_ERROR && i < G_N_ELEMENTS (words); i++)
    if (words[i].code == error->code)
      return words[i].word;
  return "internal";
}

void
mm_cli_output_error (gboolean      json,
                     MmSide        side,
                     const GError *error)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  const char *where = side == MM_SIDE_SOURCE ? _("Source: ")
                    : side == MM_SIDE_DESTINATION ? _("Destination: ") : "";

  g_printerr ("%s%s\n", where, error->message);
  if (!json)
    return;
  json_builder_begin_object (builder);
  add_string (builder, "event", "error");
  add_string (builder, "side", mm_side_to_nick (side));
  add_string (builder, "code", get_code (error));
  add_string (builder, "message", error->message);
  json_builder_end_object (builder);
  print_object (builder);
  end_line ();
}

void
mm_cli_output_created (gboolean        json,
                       const MmReport *report)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();

  if (!json)
    {
      g_print (_("Migration ID: %s\n"), report->id);
      fflush (stdout);
      return;
    }
  json_builder_begin_object (builder);
  add_string (builder, "event", "created");
  add_string (builder, "id", report->id);
  add_time (builder, "created", report->created);
  json_builder_end_object (builder);
  print_object (builder);
  end_line ();
}

static void
add_stage (JsonBuilder         *builder,
           const MmStageReport *stage,
           gboolean             rollback)
{
  add_string (builder, "kind", mm_kind_to_nick (stage->kind));
  add_string (builder, "state", mm_stage_state_to_nick (stage->state));
  add_count (builder, "found", stage->found);
  add_count (builder, "copied", stage->copied);
  add_count (builder, "existed", stage->existed);
  add_count (builder, "skipped", stage->skipped);
  add_count (builder, "failed", stage->failed);
  add_count (builder, "bytes", stage->bytes);
  add_count (builder, "bytes_total", stage->bytes_total);
  if (!rollback)
    return;
  add_count (builder, "removed", stage->removed);
  add_count (builder, "restored", stage->restored);
  add_count (builder, "left", stage->left);
}

static gboolean
is_rollback (const MmStageReport *stage)
{
  return stage->state == MM_STAGE_ROLLING_BACK || stage->state == MM_STAGE_ROLLED_BACK;
}

/* "1.2 MB/s, 0:32 left"; "" while there is nothing to reckon with. */
static char *
format_pace (const MmStageReport *stage,
             gint64               started_us)
{
  gint64 elapsed = g_get_monotonic_time () - started_us;
  guint64 pace;
  g_autofree char *text = NULL;
  guint64 left;

  if (elapsed < G_USEC_PER_SEC || stage->bytes == 0 || stage->bytes > stage->bytes_total)
    return g_strdup ("");
  pace = stage->bytes * G_USEC_PER_SEC / (guint64) elapsed;
  if (pace == 0)
    return g_strdup ("");
  text = g_format_size (pace);
  left = (stage->bytes_total - stage->bytes) / pace;
  return g_strdup_printf (_(", %s/s, %u:%02u left"), text, (guint) (left / 60),
                          (guint) (left % 60));
}

static void
print_progress (const MmStageReport *stage,
                gint64               started_us)
{
  g_autofree char *done = g_format_size (stage->bytes);
  g_autofree char *total = g_format_size (stage->bytes_total);
  g_autofree char *pace = format_pace (stage, started_us);
  guint64 items = stage->copied + stage->existed + stage->skipped + stage->failed;

  if (!isatty (STDERR_FILENO))
    return;
  g_printerr ("\r\033[K");
  if (is_rollback (stage))
    g_printerr (_("%s: %s, %" PRIu64 " removed"), mm_kind_get_title (stage->kind),
                mm_stage_state_get_title (stage->state), stage->removed);
  else
    g_printerr (_("%s: %s, %" PRIu64 " of %" PRIu64 ", %s of %s%s"),
                mm_kind_get_title (stage->kind), mm_stage_state_get_title (stage->state), items,
                stage->found, done, total, pace);
}

void
mm_cli_output_stage (gboolean             json,
                     gboolean             rollback,
                     const MmStageReport *stage,
                     const MmStageReport *last,
                     gint64               started_us)
{
  g_autoptr (JsonBuilder) builder = NULL;

  if (last != NULL && memcmp (stage, last, sizeof *stage) == 0)
    return;
  print_progress (stage, started_us);
  if (!json)
    return;
  builder = json_builder_new ();
  json_builder_begin_object (builder);
  add_string (builder, "event", "stage");
  add_stage (builder, stage, rollback);
  json_builder_end_object (builder);
  print_object (builder);
  end_line ();
}

static void
add_problem (JsonBuilder     *builder,
             const MmProblem *problem)
{
  add_string (builder, "kind", mm_kind_to_nick (problem->kind));
  add_string (builder, "folder", problem->folder);
  add_string (builder, "item", problem->item);
  add_string (builder, "outcome", mm_outcome_to_nick (problem->outcome));
  add_string (builder, "code", problem->code);
  add_string (builder, "message", problem->message);
}

void
mm_cli_output_problem (gboolean         json,
                       const MmProblem *problem)
{
  g_autoptr (JsonBuilder) builder = NULL;

  if (!json)
    return;
  builder = json_builder_new ();
  json_builder_begin_object (builder);
  add_string (builder, "event", "problem");
  add_problem (builder, problem);
  json_builder_end_object (builder);
  print_object (builder);
  end_line ();
}

/* Also one that was stopped before every stage was reached. */
static gboolean
has_begun_rollback (const MmReport *report)
{
  for (guint i = 0; i < report->stages->len; i++)
    if (is_rollback (g_ptr_array_index (report->stages, i)))
      return TRUE;
  return report->state == MM_STATE_ROLLING_BACK || report->state == MM_STATE_ROLLED_BACK;
}

static void
add_head (JsonBuilder    *builder,
          const MmReport *report)
{
  gboolean rollback = has_begun_rollback (report);

  add_string (builder, "event", "finished");
  add_string (builder, "id", report->id);
  add_string (builder, "state", mm_state_to_nick (report->state));
  add_string (builder, "source_address", report->source_address);
  add_string (builder, "destination_address", report->destination_address);
  add_time (builder, "created", report->created);
  add_time (builder, "updated", report->updated);
  add_time (builder, "ended", report->ended);
  add_time (builder, "rollback_until", report->rollback_until);
  json_builder_set_member_name (builder, "stages");
  json_builder_begin_array (builder);
  for (guint i = 0; i < report->stages->len; i++)
    {
      MmStageReport *stage = g_ptr_array_index (report->stages, i);

      json_builder_begin_object (builder);
      add_stage (builder, stage, rollback);
      json_builder_end_object (builder);
    }
  json_builder_end_array (builder);
}

/* Problem by problem: a tree of a hundred thousand of them would not stay small. */
static void
print_finished (const MmReport *report)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  g_autoptr (JsonNode) root = NULL;
  g_autoptr (JsonGenerator) generator = json_generator_new ();
  g_autofree char *text = NULL;
  gsize length;

  json_builder_begin_object (builder);
  add_head (builder, report);
  json_builder_end_object (builder);
  root = json_builder_get_root (builder);
  json_generator_set_root (generator, root);
  text = json_generator_to_data (generator, &length);
  fwrite (text, 1, length - 1, stdout);
  fputs (",\"problems\":[", stdout);
  for (guint i = 0; report->problems != NULL && i < report->problems->len; i++)
    {
      g_autoptr (JsonBuilder) problem = json_builder_new ();

      if (i > 0)
        fputc (',', stdout);
      json_builder_begin_object (problem);
      add_problem (problem, g_ptr_array_index (report->problems, i));
      json_builder_end_object (problem);
      print_object (problem);
    }
  fputs ("]}", stdout);
  end_line ();
}

static char *
format_local_time (gint64 seconds)
{
  g_autoptr (GDateTime) time = g_date_time_new_from_unix_local (seconds);

  return seconds != 0 ? g_date_time_format (time, "%x %X") : g_strdup ("–");
}

static void
print_stage (const MmStageReport *stage)
{
  g_autofree char *bytes = g_format_size (stage->bytes_total);

  if (is_rollback (stage))
    g_print (_("  %s: %" PRIu64 " removed, %" PRIu64 " left\n"),
             mm_kind_get_title (stage->kind), stage->removed, stage->left);
  else
    g_print (_("  %s: %" PRIu64 " found (%s), %" PRIu64 " copied, %" PRIu64
               " there already, %" PRIu64 " skipped, %" PRIu64 " failed\n"),
             mm_kind_get_title (stage->kind), stage->found, bytes, stage->copied, stage->existed,
             stage->skipped, stage->failed);
}

static void
print_report (const MmReport *report)
{
  g_autofree char *summary = mm_report_get_summary (report);
  g_autofree char *until = format_local_time (report->rollback_until);

  g_print ("%s: %s\n", report->id, mm_state_get_title (report->state));
  g_print ("  %s → %s\n", report->source_address, report->destination_address);
  for (guint i = 0; i < report->stages->len; i++)
    print_stage (g_ptr_array_index (report->stages, i));
  for (guint i = 0; report->problems != NULL && i < report->problems->len; i++)
    {
      MmProblem *problem = g_ptr_array_index (report->problems, i);

      g_print ("  %s: %s%s%s: %s\n", mm_outcome_get_title (problem->outcome), problem->folder,
               *problem->item != '\0' ? " · " : "", problem->item, problem->message);
    }
  g_print ("%s\n", summary);
  if (report->can_rollback)
    g_print (_("It can be rolled back until %s.\n"), until);
}

void
mm_cli_output_finished (gboolean        json,
                        const MmReport *report)
{
  if (isatty (STDERR_FILENO))
    g_printerr ("\r\033[K");
  if (json)
    print_finished (report);
  else
    print_report (report);
}

void
mm_cli_output_history_line (gboolean        json,
                            const MmReport *report)
{
  g_autofree char *created = NULL;
  const char *state;
  int width;

  if (json)
    {
      print_finished (report);
      return;
    }
  created = format_local_time (report->created);
  state = mm_state_get_title (report->state);
  /* printf pads by bytes, and the state's letters may have more than one. */
  width = STATE_WIDTH + (int) (strlen (state) - (gsize) g_utf8_strlen (state, -1));
  g_print ("%s  %s  %-*s  %s → %s\n", report->id, created, width, state, report->source_address,
           report->destination_address);
}

static const char *
get_action (MmPlanAction action)
{
  static const char *const words[] = { "use", "create", "skip" };

  return words[action];
}

static void
add_plan_folder (JsonBuilder        *builder,
                 const MmPlanFolder *folder)
{
  g_autofree char *source = mm_folder_get_display_path (folder->source);
  g_autofree char *path = mm_path_to_display ((const char *const *) folder->path);

  json_builder_begin_object (builder);
  add_string (builder, "folder", source);
  add_string (builder, "destination", path);
  add_string (builder, "action", get_action (folder->action));
  add_count (builder, "found", (guint64) MAX (folder->n_items, 0));
  add_count (builder, "bytes", (guint64) MAX (folder->n_bytes, 0));
  add_count (builder, "existed", (guint64) MAX (folder->n_existed, 0));
  add_count (builder, "skipped", (guint64) MAX (folder->n_skipped, 0));
  if (folder->reason != NULL)
    {
      add_string (builder, "code", folder->code);
      add_string (builder, "message", folder->reason);
    }
  json_builder_end_object (builder);
}

/* What would be copied, as far as both sides can be known before. */
static MmStageReport
foresee (const MmStageReport *stage,
         const MmPlan        *plan)
{
  MmStageReport result = *stage;

  for (guint i = 0; i < plan->folders->len; i++)
    {
      MmPlanFolder *folder = g_ptr_array_index (plan->folders, i);

      result.skipped += (guint64) MAX (folder->n_skipped, 0);
    }
  result.copied = result.found - result.existed - result.skipped;
  return result;
}

static void
add_losses (JsonBuilder *builder,
            GPtrArray   *plans)
{
  json_builder_set_member_name (builder, "losses");
  json_builder_begin_array (builder);
  for (guint i = 0; i < plans->len; i++)
    {
      MmPlan *plan = g_ptr_array_index (plans, i);

      for (guint j = 0; j < plan->losses->len; j++)
        {
          MmPlanLoss *loss = g_ptr_array_index (plan->losses, j);

          json_builder_begin_object (builder);
          add_string (builder, "kind", mm_kind_to_nick (loss->kind));
          add_string (builder, "folder", loss->folder);
          add_string (builder, "code", loss->code);
          add_string (builder, "message", loss->message);
          json_builder_end_object (builder);
        }
    }
  json_builder_end_array (builder);
}

static void
print_json_plan (const MmReport *report,
                 GPtrArray      *plans)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();

  json_builder_begin_object (builder);
  add_string (builder, "event", "plan");
  json_builder_set_member_name (builder, "stages");
  json_builder_begin_array (builder);
  for (guint i = 0; i < plans->len; i++)
    {
      MmPlan *plan = g_ptr_array_index (plans, i);
      MmStageReport stage = foresee (g_ptr_array_index (report->stages, i), plan);

      json_builder_begin_object (builder);
      add_stage (builder, &stage, FALSE);
      json_builder_set_member_name (builder, "folders");
      json_builder_begin_array (builder);
      for (guint j = 0; j < plan->folders->len; j++)
        add_plan_folder (builder, g_ptr_array_index (plan->folders, j));
      json_builder_end_array (builder);
      json_builder_end_object (builder);
    }
  json_builder_end_array (builder);
  add_losses (builder, plans);
  json_builder_end_object (builder);
  print_object (builder);
  end_line ();
}

static void
print_plan_folder (const MmPlanFolder *folder)
{
  g_autofree char *source = mm_folder_get_display_path (folder->source);
  g_autofree char *path = mm_path_to_display ((const char *const *) folder->path);
  g_autofree char *size = g_format_size ((guint64) MAX (folder->n_bytes, 0));

  if (folder->action == MM_PLAN_SKIP)
    g_print (_("  %s: left out. %s\n"), source, folder->reason);
  else
    g_print (_("  %s → %s%s: %" PRId64 " items (%s), %" PRId64 " there already, %" PRId64
               " too large\n"), source, path,
             folder->action == MM_PLAN_CREATE ? _(" (new)") : "", MAX (folder->n_items, 0), size,
             MAX (folder->n_existed, 0), MAX (folder->n_skipped, 0));
}

void
mm_cli_output_plan (gboolean        json,
                    const MmReport *report,
                    GPtrArray      *plans)
{
  if (json)
    {
      print_json_plan (report, plans);
      return;
    }
  for (guint i = 0; i < plans->len; i++)
    {
      MmPlan *plan = g_ptr_array_index (plans, i);
      MmStageReport stage = foresee (g_ptr_array_index (report->stages, i), plan);

      g_print (_("%s: %" PRIu64 " found, %" PRIu64 " to copy\n"),
               mm_kind_get_title (stage.kind), stage.found, stage.copied);
      for (guint j = 0; j < plan->folders->len; j++)
        print_plan_folder (g_ptr_array_index (plan->folders, j));
      for (guint j = 0; j < plan->losses->len; j++)
        {
          MmPlanLoss *loss = g_ptr_array_index (plan->losses, j);

          g_print (_("  Note: %s%s%s\n"), loss->folder, *loss->folder != '\0' ? ": " : "",
                   loss->message);
        }
    }
  g_print (_("Nothing was written.\n"));
}
