/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/mm-plan.h"

G_BEGIN_DECLS

/* Between the plan's own files: what is known while one is made. */
typedef struct
{
  MmPlan *plan;
  MmKind kind;
  GPtrArray *source;
  const MmKindCapabilities *can_source;
  const MmKindCapabilities *can;
  const MmPlanChoices *choices;
  GHashTable *destinations;              /* path key → MmFolder */
  GHashTable *taken;                     /* path key of the destinations used so far */
  const MmFolder *owners[MM_N_ROLES];    /* which source folder has the role */
  MmFolder *roles[MM_N_ROLES];           /* which destination folder has it */
  GHashTable *mapped;                    /* path key at the source → path at the destination */
  GHashTable *names;                     /* path keys that source folders would have alone */
  GHashTable *exact;                     /* those of them that need no change */
} MmPlanner;

/* The path as a key: INBOX in any case is one (RFC 3501 5.1). (transfer full) */
char *_mm_planner_key (const char *const *path);

/* At most @max_bytes of @name, whole characters; 0: all of it. (transfer full) */
char *_mm_planner_truncate (const char *name,
                            gsize       max_bytes);

/* Where the levels of @source that are mapped already have gone: the longest of them, and how many
 * levels it has at the source. NULL when none is. (transfer none) */
const char *const *_mm_planner_find_above (const MmPlanner  *self,
                                           char            **source,
                                           guint            *n_levels);

/* A legal path for the folder at @source, below where the levels above it went; perhaps taken.
 * (transfer full) */
char **_mm_planner_map (const MmPlanner  *self,
                        char            **source);

/* The key of the path that @source would have if no other folder had been mapped. Only before any
 * was. (transfer full) */
char *_mm_planner_natural_key (const MmPlanner *self,
                               const MmFolder  *source);

/* Fills in owners and roles. Needs names and destinations. */
void _mm_planner_find_roles (MmPlanner *self,
                             GPtrArray *destination);

/* Whether @source goes to the destination's folder for its role. */
gboolean _mm_planner_has_role (const MmPlanner *self,
                               const MmFolder  *source);

G_END_DECLS
