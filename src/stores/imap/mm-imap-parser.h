/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "model/mm-blob.h"

G_BEGIN_DECLS

/**
 * MmImapNode:
 *
 * One value of a response (RFC 3501 9): an atom, a string (quoted or literal), NIL or a list.
 */
typedef enum
{
  MM_IMAP_NIL,
  MM_IMAP_ATOM,
  MM_IMAP_STRING,
  MM_IMAP_LIST,
} MmImapNodeType;

typedef struct _MmImapNode MmImapNode;
struct _MmImapNode
{
  MmImapNodeType type;
  const char *text;  /* NUL-terminated; also of NIL, as sent; NULL of a list or a blob */
  gsize length;      /* bytes of text, which may hold NULs */
  MmBlob *blob;      /* a literal that was given as a blob; owned by the parser */
  MmImapNode *first; /* of a list */
  MmImapNode *next;  /* beside it */
};

typedef enum
{
  MM_IMAP_UNTAGGED,
  MM_IMAP_TAGGED,
  MM_IMAP_CONTINUATION,
} MmImapResponseType;

typedef enum
{
  MM_IMAP_STATUS_NONE, /* data, not a status response */
  MM_IMAP_STATUS_OK,
  MM_IMAP_STATUS_NO,
  MM_IMAP_STATUS_BAD,
  MM_IMAP_STATUS_BYE,
  MM_IMAP_STATUS_PREAUTH,
} MmImapStatus;

/**
 * MmImapResponse:
 *
 * One response, valid until the parser is used again.
 */
typedef struct
{
  MmImapResponseType type;
  const char *tag;         /* of a tagged response, else NULL */
  gint64 number;           /* "* 12 EXISTS": 12; else -1 */
  const char *name;        /* "EXISTS", "FETCH", "OK"; as sent, "" when there is none */
  MmImapStatus status;
  const char *code;        /* of [CODE …], as sent; NULL */
  const MmImapNode *arguments; /* first value behind the code; NULL */
  const char *text;        /* for people, behind the code; "" */
  const MmImapNode *data;  /* first value behind the name; NULL */
} MmImapResponse;

/**
 * MmImapParser:
 *
 * Turns the lines and literals of one response after the other into MmImapResponse. Pure: whoever
 * reads the connection gives it what came. Everything is bounded: text, literals, nesting. Lenient
 * with what servers really send: lists left open, more blanks than needed, stray brackets.
 */
typedef struct _MmImapParser MmImapParser;

#define MM_IMAP_LINE_MAX (1024 * 1024)       /* bytes of one line */
#define MM_IMAP_LITERAL_MAX (256 * 1024)     /* bytes kept of a literal in memory, of longer ones */
#define MM_IMAP_BLOB_MAX (G_GUINT64_CONSTANT (4) << 30)

MmImapParser *mm_imap_parser_new  (void);
void          mm_imap_parser_free (MmImapParser *self);

/* Forgets the last response. */
void mm_imap_parser_reset (MmImapParser *self);

/* One line without its line end, which may hold NULs. @has_literal (out): it ends in "{n}": @size
 * (out) bytes follow, which go into append_literal () or set_blob (), and then one more line.
 * MM_ERROR_PROTOCOL when the response is beyond all bounds. */
gboolean mm_imap_parser_add_line (MmImapParser  *self,
                                  const char    *line,
                                  gsize          length,
                                  gboolean      *has_literal,
                                  guint64       *size,
                                  GError       **error);

/* TRUE when the literal that comes is a whole message (BODY[], RFC822), the first in this response,
 * which is better kept as a blob. */
gboolean mm_imap_parser_wants_blob (MmImapParser *self);

/* Some bytes of the literal; what is over MM_IMAP_LITERAL_MAX is dropped. */
void mm_imap_parser_append_literal (MmImapParser  *self,
                                    gconstpointer  data,
                                    gsize          length);

/* @blob: (transfer full) */
void mm_imap_parser_set_blob (MmImapParser *self,
                              MmBlob       *blob);

/* The response that the lines make. NULL with MM_ERROR_PROTOCOL. */
const MmImapResponse *mm_imap_parser_finish (MmImapParser  *self,
                                             GError       **error);

/* Without case. */
gboolean mm_imap_response_is   (const MmImapResponse *response, const char *name);
gboolean mm_imap_response_code (const MmImapResponse *response, const char *code);

/* An atom with this text, without case. */
gboolean mm_imap_node_is (const MmImapNode *node,
                          const char       *atom);

/* The text of an atom or string, of a literal in memory; NULL for NIL, list, blob and NULL. */
const char *mm_imap_node_get_text (const MmImapNode *node);

/* FALSE, with @value untouched, when @node is no number of at most 63 bits. */
gboolean mm_imap_node_get_number (const MmImapNode *node,
                                  guint64          *value);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MmImapParser, mm_imap_parser_free)

G_END_DECLS
