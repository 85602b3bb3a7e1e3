/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "formats/mm-rfc5322.h"
#include "stores/imap/mm-imap-append.h"

G_BEGIN_DECLS

/* Traits of a message that can be mended when they are refused. */
#define MM_IMAP_MENDABLE (MM_RFC5322_EMPTY | MM_RFC5322_NUL | MM_RFC5322_BARE_LINE_END | \
                          MM_RFC5322_8BIT_HEADER | MM_RFC5322_INVALID_HEADER)

/* One item on its way. */
typedef struct
{
  MmBlob *blob;          /* as it is sent: the item's own, or a mended one */
  guint64 size;          /* of blob */
  char *date;            /* for the wire; NULL */
  char *system_flags;    /* "\\Seen \\Draft", "" */
  char *keywords;        /* " $Forwarded x", "" */
  char *lost_keywords;   /* "a, b", what the folder cannot keep; NULL */
  guint traits;          /* MmRfc5322Traits, when examined */
  gboolean examined;
  guint mended;          /* MmRfc5322Traits that are mended in blob */
  gboolean is_binary;    /* goes as literal8 (RFC 3516) */
  gboolean alone;        /* never together with others in one command */
  gboolean asks_leave;   /* with a synchronising literal */
  gboolean needs_id;     /* stored, but the server did not say where */
  gboolean date_changed; /* date is not the item's own */
} MmImapEntry;

typedef struct
{
  MmImapSession *session;
  MmImapRefusals *refusals;
  MmFolder *folder;
  const char *name;
  char *quoted_name;
  GPtrArray *items;
  GPtrArray *results;
  GArray *entries;       /* (element-type MmImapEntry) */
  MmImapCommand *select; /* under way; NULL */
  gboolean trusts_flags; /* sent before it was known what flags the folder keeps */
  GCancellable *cancellable;
} MmImapAppend;

/* One command under way: the entries from start on. */
typedef struct
{
  MmImapCommand *command;
  guint start;
  guint n;
  guint64 bytes;
  int refused_at;        /* the entry whose literal got no leave; -1 */
  gboolean is_complete;  /* sent to its last byte */
} MmImapFlight;

void _mm_imap_flight_clear (MmImapFlight *flight);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (MmImapFlight, _mm_imap_flight_clear)

MmImapEntry *_mm_imap_append_get_entry  (MmImapAppend *self, guint index);
MmResult    *_mm_imap_append_get_result (MmImapAppend *self, guint index);

/* mm-imap-append-entry.c: fills in the entries from the items; what cannot be sent is FAILED. */
gboolean _mm_imap_append_prepare (MmImapAppend  *self,
                                  GError       **error);

/* Chooses again, by what the folder is known to keep now. */
void _mm_imap_append_choose_flags (MmImapAppend *self,
                                   guint         index);

/* TRUE when every flag and keyword can be kept in the selected folder. */
gboolean _mm_imap_append_keeps_all_flags (MmImapAppend *self);

/* Mends @traits of the entry's blob; TRUE also when there was nothing to mend. */
gboolean _mm_imap_entry_mend (MmImapEntry  *entry,
                              guint         traits,
                              GError      **error);
gboolean _mm_imap_entry_examine (MmImapEntry  *entry,
                                 GError      **error);
void     _mm_imap_entry_clear (gpointer data);

/* Sends @flight's entries as one command, without waiting for its end. */
gboolean _mm_imap_append_send (MmImapAppend  *self,
                               MmImapFlight  *flight,
                               GError       **error);

/* One command for @n entries from @start on, from its first byte to what followed from its answer;
 * no other may be under way. FALSE with @error set: nothing further is to be sent. */
gboolean _mm_imap_append_run (MmImapAppend  *self,
                              guint          start,
                              guint          n,
                              GError       **error);

/* mm-imap-append-refuse.c: after @command, which was for this entry alone, was refused: mends what
 * the server may have meant and sends it again, or FAILED with @refusal (transfer full). */
gboolean _mm_imap_append_refuse_one (MmImapAppend         *self,
                                     guint                 index,
                                     const MmImapCommand  *command,
                                     GError               *refusal,
                                     GError              **error);

/* mm-imap-append-learn.c: after the connection ended, with what is known of these commands. */
void _mm_imap_append_learn (MmImapAppend       *self,
                            const MmImapFlight *flights,
                            guint               n_flights);
void _mm_imap_append_learn_stored (MmImapAppend *self,
                                   guint         index);

/* TRUE when the connection ended each time this message was sent alone. */
gboolean _mm_imap_append_is_deadly (MmImapAppend *self,
                                    guint         index);

/* mm-imap-append-find.c: looks for what needs_id in the folder. */
gboolean _mm_imap_append_find_ids (MmImapAppend  *self,
                                   GError       **error);

G_END_DECLS
