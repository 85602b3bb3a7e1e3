/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/mm-report.h"

G_BEGIN_DECLS

/* What a person can do with a migration, as its report stands: which buttons are sensitive, and
 * why the others are not. No widgets.
 *
 * @reason (out) (optional) (transfer full): set when the answer is FALSE, a translated sentence. */

/* Some process is at work on it. */
gboolean mm_state_is_active (MmState state);

/* A rollback was begun, whether or not it came to its end. */
gboolean mm_rules_has_begun_rollback (const MmReport *report);

gboolean mm_rules_can_cancel (const MmReport  *report,
                              char           **reason);
gboolean mm_rules_can_stop   (const MmReport  *report,
                              char           **reason);
gboolean mm_rules_can_resume (const MmReport  *report,
                              char           **reason);

/* @now: seconds since 1970 UTC. */
gboolean mm_rules_can_rollback (const MmReport  *report,
                                gint64           now,
                                char           **reason);

G_END_DECLS
