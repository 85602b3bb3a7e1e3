/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine-meddle-store.h"
#include "engine/mm-migration.h"
#include "stores/memory/mm-memory-server.h"
#include "stores/wrap/mm-fault-store.h"

G_BEGIN_DECLS

/**
 * EngineFixture:
 *
 * Two accounts in memory, reached through retry and fault stores, and a history in a temporary
 * folder. There is one at a time.
 */
typedef struct
{
  MmMemoryServer *source;
  MmMemoryServer *destination;
  MmFaults *source_faults;
  MmFaults *destination_faults;
  EngineMeddling source_meddling;
  EngineMeddling destination_meddling;
  char *directory;
  MmHistory *history;
} EngineFixture;

/* NULL: everything possible for e-mails. */
EngineFixture *engine_fixture_new  (const MmMemoryTraits *source,
                                    const MmMemoryTraits *destination);
void           engine_fixture_free (EngineFixture *self);

MmStore *engine_fixture_create_store (const MmService *service,
                                      MmCredentials   *credentials);

MmAccount *engine_fixture_account (const char *host);

/* A message with that subject; equal arguments give equal bytes. */
MmItem *engine_fixture_message (const char *subject,
                                const char *body,
                                gint64      date,
                                guint       flags);

/* Adds it to a folder given as "a/b" (made if missing); returns its id. */
char *engine_fixture_add (MmMemoryServer *server,
                          const char     *folder,
                          const char     *subject);

/* Some folders with @n messages in all, duplicates and odd ones among them, and a destination
 * that is not empty. */
void engine_fixture_fill (EngineFixture *self,
                          guint          n);

MmMigration *engine_fixture_migration (EngineFixture *self);

/* These run to the end and return the report after it; the call itself must have begun. */
MmReport *engine_fixture_run      (EngineFixture *self, MmMigration *migration);
MmReport *engine_fixture_resume   (EngineFixture *self, const char *id);
MmReport *engine_fixture_rollback (EngineFixture *self, const char *id);

/* Runs; FALSE with the error when nothing began. */
gboolean engine_fixture_try          (MmMigration *migration, GError **error);
gboolean engine_fixture_try_rollback (MmMigration *migration, GError **error);

/* The one stage, "emails". */
const MmStageReport *engine_fixture_stage (const MmReport *report);

/* Law 1. */
void engine_fixture_assert_sums (const MmReport *report);

/* How many problems have that code. */
guint engine_fixture_count_problems (const MmReport *report, const char *code);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (EngineFixture, engine_fixture_free)

G_END_DECLS
