/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * Linked into a second mail-migrator-cli, which is never installed: with KILL_AT_STEP=N in the
 * environment it dies by SIGKILL at the Nth step of its journal (before or after a commit), and
 * with STEPS_FILE=PATH it leaves there how many steps it took. Batches are of three items, so that
 * even a small migration has many steps.
 */
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include "engine/mm-journal.h"
#include "model/mm-store.h"

#define BATCH_ITEMS 3

static guint last_step;

static gboolean
step_cb (guint    step,
         gpointer user_data)
{
  last_step = MAX (last_step, step);
  if (step == GPOINTER_TO_UINT (user_data))
    kill (getpid (), SIGKILL);
  return TRUE;
}

__attribute__ ((constructor)) static void
begin (void)
{
  const char *step = g_getenv ("KILL_AT_STEP");

  mm_journal_set_step_func (step_cb, GUINT_TO_POINTER (step != NULL ? (guint) atoi (step) : 0));
}

__attribute__ ((destructor)) static void
end (void)
{
  const char *path = g_getenv ("STEPS_FILE");
  g_autofree char *text = g_strdup_printf ("%u\n", last_step);

  if (path != NULL)
    g_file_set_contents (path, text, -1, NULL);
}

/* The linker sends the engine here (--wrap). */
void __real_mm_store_get_capabilities (MmStore        *self,
                                       MmCapabilities *capabilities);
void __wrap_mm_store_get_capabilities (MmStore        *self,
                                       MmCapabilities *capabilities);

void
__wrap_mm_store_get_capabilities (MmStore        *self,
                                  MmCapabilities *capabilities)
{
  __real_mm_store_get_capabilities (self, capabilities);
  capabilities->kinds[MM_KIND_EMAILS].batch_items = BATCH_ITEMS;
}
