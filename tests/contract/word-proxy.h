/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * WordProxy:
 *
 * Stands before a server on loopback and replaces words in what it says (clear text only) by
 * others of the same length: makes a server that does not have an extension of one that only
 * does not advertise it.
 */
typedef struct _WordProxy WordProxy;

/* @words: pairs of word and replacement, ended by NULL. Static. */
WordProxy *word_proxy_new  (guint16            target_port,
                            const char *const *words);
void       word_proxy_free (WordProxy *self);
guint16    word_proxy_get_port (WordProxy *self);

G_END_DECLS
