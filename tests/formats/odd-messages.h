/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* One made-up message of every odd kind that mailboxes hold, and what is odd about it. */
typedef struct
{
  const char *name;
  const char *bytes;
  gsize length;
  guint traits;    /* MmRfc5322Traits */
  guint extra;     /* crlf_size - size */
  const char *label;
} OddMessage;

extern const OddMessage odd_messages[];
extern const guint n_odd_messages;

G_END_DECLS
