/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>
#include "model/mm-kind.h"

G_BEGIN_DECLS

/**
 * MmKindCapabilities:
 *
 * What a store can do with one kind. The window's options, the preview and the plan come from it.
 */
typedef struct
{
  gboolean read;
  gboolean create;
  gboolean delete_; /* can delete single items without touching others */

  gboolean creates_folders;
  gboolean subscribes; /* has subscriptions */

  gboolean has_global_ids; /* MM_LIST_GLOBAL_IDS gives them */
  gboolean returns_ids;    /* an item's id is known from storing it; FALSE: found by looking */
  gboolean keeps_dates;    /* the date given is the date stored */
  gboolean keeps_flags;    /* MmFlags */
  gboolean keeps_keywords; /* at least in some folders; what is lost is in the results */

  /* Names of folders. */
  char name_forbidden[16];       /* characters (ASCII) that cannot stand in a component; "" */
  guint name_max_bytes;          /* of one component in UTF-8; 0: no limit known */
  gboolean inbox_has_children;   /* {"INBOX", "x"} and {"x"} can be two folders here */

  guint64 item_max_bytes; /* 0: no limit known */

  /* How much one call of store_items is best given. 0: as much as you like. */
  guint batch_items;
  guint64 batch_bytes;
} MmKindCapabilities;

/**
 * MmCapabilities:
 *
 * What a store can do, as it knows after opening. Plain data without pointers: copied by value.
 */
typedef struct
{
  MmKindCapabilities kinds[MM_N_KINDS];

  guint connections;     /* instances that the server bears at once; 0: unknown */
  guint64 round_trip_us; /* measured when opening, in microseconds; 0: local */

  gint64 quota_used;  /* bytes; -1: unknown */
  gint64 quota_limit; /* bytes; -1: unknown or none */
} MmCapabilities;

/* Nothing possible, nothing known. */
void mm_capabilities_init (MmCapabilities *self);

MmKindSet mm_capabilities_get_readable (const MmCapabilities *self);
MmKindSet mm_capabilities_get_writable (const MmCapabilities *self);

G_END_DECLS
