/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>
#include "model/mm-kind.h"

G_BEGIN_DECLS

/* Plain values: what people, scripts and the window are told about a migration. */

typedef enum
{
  MM_STATE_WAITING,
  MM_STATE_RUNNING,
  MM_STATE_CANCELLING,   /* the running stage finishes, later ones are dropped */
  MM_STATE_COMPLETED,    /* with problems or without */
  MM_STATE_CANCELLED,
  MM_STATE_STOPPED,      /* by the person, or by a reason in a problem; resumable */
  MM_STATE_INTERRUPTED,  /* its process died; resumable. Never stored: seen from the lock file */
  MM_STATE_FAILED,
  MM_STATE_ROLLING_BACK,
  MM_STATE_ROLLED_BACK,
} MmState;

/* "waiting", "rolling-back", … of DESIGN section 9. Static. */
const char *mm_state_to_nick (MmState state);
gboolean    mm_state_from_nick (const char *nick, MmState *state);
const char *mm_state_get_title (MmState state); /* translated */

/* What an item of a stage went through; also the state of a stage. */
typedef enum
{
  MM_STAGE_WAITING,
  MM_STAGE_SCANNING,
  MM_STAGE_COPYING,
  MM_STAGE_VERIFYING,
  MM_STAGE_DONE,
  MM_STAGE_DROPPED,      /* never begun: cancelled or stopped before */
  MM_STAGE_ROLLING_BACK,
  MM_STAGE_ROLLED_BACK,
} MmStageState;

const char *mm_stage_state_to_nick (MmStageState state); /* "waiting", "scanning", … Static. */
gboolean    mm_stage_state_from_nick (const char *nick, MmStageState *state);
const char *mm_stage_state_get_title (MmStageState state); /* translated */

/* Counts of items; once a stage has ended found = copied + existed + skipped + failed. */
typedef struct
{
  MmKind kind;
  MmStageState state;
  guint64 found;
  guint64 copied;
  guint64 existed;
  guint64 skipped;
  guint64 failed;
  guint64 bytes;       /* of what was copied, existed, skipped or failed so far */
  guint64 bytes_total; /* of what was found */
  guint64 removed;     /* by rollback */
  guint64 restored;    /* by rollback: settings put back */
  guint64 left;        /* rollback did not remove, each with its problem */
} MmStageReport;

typedef enum
{
  MM_OUTCOME_FAILED,
  MM_OUTCOME_SKIPPED,
  MM_OUTCOME_CHANGED, /* arrived with a named repair or loss */
  MM_OUTCOME_LEFT,    /* not removed by rollback */
} MmOutcome;

const char *mm_outcome_to_nick (MmOutcome outcome); /* "failed", … Static. */
const char *mm_outcome_get_title (MmOutcome outcome); /* translated */

typedef struct
{
  MmKind kind;
  char *folder;  /* full UTF-8 path at the source, '/' between levels; "" for the whole stage */
  char *item;    /* Message-ID or id, and subject; "" for a whole folder */
  MmOutcome outcome;
  char *code;    /* stable word */
  char *message; /* translated sentence */
} MmProblem;

MmProblem *mm_problem_copy (const MmProblem *self);
void       mm_problem_free (MmProblem *self);

typedef struct
{
  char *id;                  /* migration ID; NULL while there is none */
  char *source_address;
  char *destination_address;
  char *source_url;          /* of the first service, for the window's table; no password */
  char *destination_url;
  MmState state;
  gint64 created;            /* seconds since 1970 UTC; 0: not yet */
  gint64 updated;
  gint64 ended;
  gint64 rollback_until;     /* 48 hours after ended */
  gboolean can_resume;
  gboolean can_rollback;
  GPtrArray *stages;         /* (element-type MmStageReport), in order of running */
  GPtrArray *problems;       /* (element-type MmProblem); NULL where only progress was asked for */
} MmReport;

MmReport *mm_report_copy (const MmReport *self);
void      mm_report_free (MmReport *self);

/* One plain translated sentence that closes a run: "All is there: the 1204 items found are …". (transfer full) */
char *mm_report_get_summary (const MmReport *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MmProblem, mm_problem_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MmReport, mm_report_free)

G_END_DECLS
