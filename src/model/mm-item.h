/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "model/mm-blob.h"
#include "model/mm-reference.h"

G_BEGIN_DECLS

/**
 * MmItem:
 *
 * One item with its content in the canonical form of its kind (mail: RFC 5322 bytes, untouched).
 * Owned by one holder at a time.
 */
typedef struct
{
  MmReference *reference; /* at the source: flags, keywords and date are those of the fetch */
  MmBlob *blob;

  gint64 tag; /* the engine's: which journal row this is. Stores neither read nor change it. */
} MmItem;

/* @reference: (transfer full); @blob: (transfer full). */
MmItem *mm_item_new  (MmReference *reference,
                      MmBlob      *blob);
void    mm_item_free (MmItem *self);

/**
 * MmChange:
 *
 * A named repair or loss: what was done to an item, or did not survive, on its way. Reported as
 * outcome "changed" with @code.
 */
typedef struct
{
  char *code;    /* stable word: "nul-replaced", "line-ends", "header-repaired", "keywords-lost", "date-changed", … */
  char *message; /* translated sentence with the particulars */
} MmChange;

MmChange *mm_change_new  (const char *code,
                          const char *message);
MmChange *mm_change_copy (const MmChange *self);
void      mm_change_free (MmChange *self);

/**
 * MmResult:
 *
 * What became of one item (or folder) of a list given to a store. The list of results is made by
 * the caller with one entry per item, all %MM_RESULT_PENDING, and stays valid after a GError:
 * what says PENDING was not sent at all, what says UNKNOWN was sent and not answered.
 */
typedef enum
{
  MM_RESULT_PENDING, /* not attempted: nothing reached the server */
  MM_RESULT_CREATED, /* stored, created or deleted: the effect asked for happened by this call */
  MM_RESULT_EXISTED, /* nothing to do: it was so already */
  MM_RESULT_FAILED,  /* refused for good; nothing changed at the server; @error says why */
  MM_RESULT_UNKNOWN, /* sent, but no answer: look before trying again */
} MmResultState;

typedef struct
{
  MmResultState state;
  char *id;           /* the new item's id at this store; NULL when the server did not tell */
  char *version;      /* its version; NULL */
  GPtrArray *changes; /* (element-type MmChange), NULL when there are none */
  GError *error;      /* when FAILED */
} MmResult;

/* @n results, all PENDING; entries are MmResult *. */
GPtrArray *mm_results_new (guint n);

void mm_result_free (MmResult *self);
void mm_result_add_change (MmResult *self, const char *code, const char *message);
void mm_result_fail (MmResult *self, GError *error /* (transfer full) */);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MmItem, mm_item_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MmChange, mm_change_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MmResult, mm_result_free)

G_END_DECLS
