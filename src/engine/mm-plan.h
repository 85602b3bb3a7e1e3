/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "model/mm-capabilities.h"
#include "model/mm-folder.h"

G_BEGIN_DECLS

/**
 * MmPlan:
 *
 * What a migration would do, as a pure function of both trees, what the destination can do and
 * the person's choices: it is the preview. No I/O here. Equal input gives the equal plan; a plan
 * made after the migration, or for another choice of folders, maps every folder to the same place.
 */

typedef enum
{
  MM_PLAN_USE,    /* the destination has the folder */
  MM_PLAN_CREATE, /* it will be made */
  MM_PLAN_SKIP,   /* nothing of it is copied; @reason says why */
} MmPlanAction;

typedef struct
{
  MmFolder *source;
  char **path;            /* at the destination */
  MmFolder *destination;  /* when it is there already */
  MmPlanAction action;
  gboolean subscribe;     /* the source is subscribed, the destination is not yet */
  char *code;             /* why skipped, or why named otherwise ("name-mapped"); NULL */
  char *reason;           /* translated; NULL */

  /* Filled in by the scan; -1 before. */
  gint64 n_items;
  gint64 n_bytes;
  gint64 n_existed;
  gint64 n_skipped;       /* too large for the destination */
} MmPlanFolder;

typedef struct
{
  MmKind kind;
  char *folder;  /* display path at the source, "" for all; a choice that names none ("not-found") */
  char *code;
  char *message; /* translated */
} MmPlanLoss;

typedef struct
{
  GPtrArray *folders; /* (element-type MmPlanFolder), parents before children that are made */
  GPtrArray *losses;  /* (element-type MmPlanLoss): what will not arrive as it is, and what will not fit */
} MmPlan;

typedef struct
{
  const char *const *folders; /* display paths at the source, with all below; NULL: everything */
} MmPlanChoices;

/* @source, @destination: (element-type MmFolder), both of one kind. (transfer full) */
MmPlan *mm_plan_new (MmKind                    kind,
                     GPtrArray                *source,
                     GPtrArray                *destination,
                     const MmKindCapabilities *source_capabilities,
                     const MmKindCapabilities *destination_capabilities,
                     const MmPlanChoices      *choices);

void mm_plan_free (MmPlan *self);

void mm_plan_add_loss (MmPlan *self, MmKind kind, const char *folder, const char *code, const char *message);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MmPlan, mm_plan_free)

G_END_DECLS
