/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "stores/imap/mm-imap-message.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "formats/mm-rfc5322.h"
#include "stores/imap/mm-imap-date.h"

void
mm_imap_message_clear (MmImapMessage *self)
{
  g_strfreev (self->keywords);
  g_free (self->label);
  g_free (self->global_id);
  g_clear_pointer (&self->blob, mm_blob_unref);
  *self = (MmImapMessage) { 0, };
}

static guint
system_flag (const char *name)
{
  static const struct { const char *name; guint flag; } flags[] = {
    { "\\Seen", MM_FLAG_SEEN },       { "\\Answered", MM_FLAG_ANSWERED },
    { "\\Flagged", MM_FLAG_FLAGGED }, { "\\Draft", MM_FLAG_DRAFT },
    { "\\Deleted", MM_FLAG_DELETED },
  };

  for (guint i = 0; i < G_N_ELEMENTS (flags); i++)
    if (g_ascii_strcasecmp (name, flags[i].name) == 0)
      return flags[i].flag;
  return 0;
}

static int
compare_strings (gconstpointer a,
                 gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

static void
take_flags (MmImapMessage    *self,
            const MmImapNode *list)
{
  g_autoptr (GPtrArray) keywords = NULL;

  self->flags = 0;
  g_clear_pointer (&self->keywords, g_strfreev);
  for (const MmImapNode *node = list->first; node != NULL; node = node->next)
    {
      guint flag;

      if (node->text == NULL || node->text[0] == 0)
        continue;
      flag = system_flag (node->text);
      self->flags |= flag;
      if (flag != 0 || g_ascii_strcasecmp (node->text, "\\Recent") == 0)
        continue;
      if (keywords == NULL)
        keywords = g_ptr_array_new_with_free_func (g_free);
      g_ptr_array_add (keywords, g_utf8_make_valid (node->text, -1));
    }
  if (keywords == NULL)
    return;
  g_ptr_array_sort (keywords, compare_strings);
  g_ptr_array_add (keywords, NULL);
  self->keywords = (char **) g_ptr_array_free (g_steal_pointer (&keywords), FALSE);
}

static void
take_body (MmImapMessage    *self,
           const MmImapNode *value)
{
  g_clear_pointer (&self->blob, mm_blob_unref);
  if (value->blob != NULL)
    self->blob = mm_blob_ref (value->blob);
  else if (mm_imap_node_get_text (value) != NULL)
    self->blob = mm_blob_new (value->text, value->length);
}

/* X-GM-MSGID 1278455344230334865, or EMAILID (M1234abc). */
static void
take_global_id (MmImapMessage    *self,
                const MmImapNode *value)
{
  const char *text = mm_imap_node_get_text (value->type == MM_IMAP_LIST ? value->first : value);

  if (text == NULL)
    return;
  g_free (self->global_id);
  self->global_id = g_strdup (text);
}

static gboolean
is_header_fields (const MmImapNode *name)
{
  return name->text != NULL &&
         g_ascii_strncasecmp (name->text, "BODY[HEADER", strlen ("BODY[HEADER")) == 0;
}

static gboolean
is_whole_message (const MmImapNode *name)
{
  return name->text != NULL && (g_ascii_strncasecmp (name->text, "BODY[]", 6) == 0 ||
                                g_ascii_strcasecmp (name->text, "RFC822") == 0);
}

/* Returns which part it was. */
static guint
take_value (MmImapMessage    *self,
            const MmImapNode *name,
            const MmImapNode *value)
{
  const char *text = mm_imap_node_get_text (value);
  guint64 number;

  if (mm_imap_node_is (name, "UID") && mm_imap_node_get_number (value, &number) &&
      number > 0 && number <= G_MAXUINT32)
    {
      self->uid = (guint32) number;
      return MM_IMAP_HAS_UID;
    }
  if (mm_imap_node_is (name, "FLAGS") && value->type == MM_IMAP_LIST)
    {
      take_flags (self, value);
      return MM_IMAP_HAS_FLAGS;
    }
  if (mm_imap_node_is (name, "INTERNALDATE"))
    {
      self->date = text != NULL ? mm_imap_date_parse (text) : MM_DATE_UNKNOWN;
      return MM_IMAP_HAS_DATE;
    }
  if (mm_imap_node_is (name, "RFC822.SIZE") && mm_imap_node_get_number (value, &number))
    {
      self->size = number;
      return MM_IMAP_HAS_SIZE;
    }
  if (mm_imap_node_is (name, "X-GM-MSGID") || mm_imap_node_is (name, "EMAILID"))
    {
      take_global_id (self, value);
      return MM_IMAP_HAS_GLOBAL_ID;
    }
  if (is_whole_message (name))
    {
      take_body (self, value);
      return MM_IMAP_HAS_BODY;
    }
  if (is_header_fields (name))
    {
      g_clear_pointer (&self->label, g_free);
      self->fingerprint = mm_rfc5322_fingerprint ((const guint8 *) (text != NULL ? text : ""),
                                                  text != NULL ? value->length : 0, &self->label);
      return MM_IMAP_HAS_HEADER;
    }
  return 0;
}

void
mm_imap_message_take (MmImapMessage        *self,
                      const MmImapResponse *response)
{
  const MmImapNode *name = response->data != NULL ? response->data->first : NULL;

  for (; name != NULL && name->next != NULL; name = name->next->next)
    self->has |= take_value (self, name, name->next);
}

MmReference *
mm_imap_message_to_reference (MmImapMessage *self,
                              const char    *id)
{
  MmReference *reference = mm_reference_new (id);

  reference->size = (self->has & MM_IMAP_HAS_SIZE) != 0 ? self->size : MM_SIZE_UNKNOWN;
  reference->date = (self->has & MM_IMAP_HAS_DATE) != 0 ? self->date : MM_DATE_UNKNOWN;
  reference->flags = self->flags;
  reference->keywords = g_steal_pointer (&self->keywords);
  reference->fingerprint = self->fingerprint;
  reference->global_id = g_steal_pointer (&self->global_id);
  g_free (reference->label);
  reference->label = g_steal_pointer (&self->label);
  return reference;
}

/* What unfinished messages may occupy, in bytes; more is only ever sent to fill our memory. */
#define PARTIAL_MAX (32 * 1024 * 1024)
#define PARTIAL_OVERHEAD 256

struct _MmImapCollector
{
  guint wanted;
  guint needed;
  MmImapMessageFunc func;
  gpointer user_data;
  GHashTable *partial; /* sequence number → MmImapMessage; NULL while there is none */
  gsize partial_size;
};

MmImapCollector *
mm_imap_collector_new (guint              wanted,
                       guint              needed,
                       MmImapMessageFunc  func,
                       gpointer           user_data)
{
  MmImapCollector *self = g_new0 (MmImapCollector, 1);

  self->wanted = wanted;
  self->needed = needed;
  self->func = func;
  self->user_data = user_data;
  return self;
}

void
mm_imap_collector_free (MmImapCollector *self)
{
  if (self == NULL)
    return;

  g_clear_pointer (&self->partial, g_hash_table_unref);
  g_free (self);
}

static void
message_free (gpointer data)
{
  mm_imap_message_clear (data);
  g_free (data);
}

/* About what it occupies; a file counts for the descriptor, of which there are few. */
static gsize
measure (const MmImapMessage *message)
{
  gsize size = PARTIAL_OVERHEAD;

  if (message->blob != NULL)
    size += mm_blob_peek (message->blob) != NULL ? mm_blob_get_memory (message->blob)
                                                 : MM_BLOB_MEMORY_MAX;
  for (char **keyword = message->keywords; keyword != NULL && *keyword != NULL; keyword++)
    size += sizeof *keyword + strlen (*keyword);
  return size;
}

/* Moves what is unfinished under that number, if anything, into @message. */
static void
take_partial (MmImapCollector *self,
              guint            number,
              MmImapMessage   *message)
{
  MmImapMessage *known = NULL;

  if (self->partial != NULL)
    known = g_hash_table_lookup (self->partial, GUINT_TO_POINTER (number));
  if (known == NULL)
    return;
  self->partial_size -= measure (known);
  *message = *known;
  *known = (MmImapMessage) { 0, };
  g_hash_table_remove (self->partial, GUINT_TO_POINTER (number));
}

static void
keep_partial (MmImapCollector *self,
              guint            number,
              MmImapMessage   *message)
{
  self->partial_size += measure (message);
  if (self->partial == NULL)
    self->partial = g_hash_table_new_full (NULL, NULL, NULL, message_free);
  g_hash_table_replace (self->partial, GUINT_TO_POINTER (number),
                        g_memdup2 (message, sizeof *message));
  *message = (MmImapMessage) { 0, };
}

/* Sequence numbers above the one that is gone move down (RFC 3501 7.4.1). */
static void
renumber (MmImapCollector *self,
          guint            gone)
{
  g_autoptr (GHashTable) old = g_steal_pointer (&self->partial);
  GHashTableIter iter;
  gpointer key, value;

  if (old == NULL)
    return;
  self->partial_size = 0;
  g_hash_table_iter_init (&iter, old);
  while (g_hash_table_iter_next (&iter, &key, &value))
    {
      guint number = GPOINTER_TO_UINT (key);

      if (number == gone)
        continue;
      keep_partial (self, number > gone ? number - 1 : number, value);
    }
}

static gboolean
is_too_much (MmImapCollector      *self,
             const MmImapMessage  *message)
{
  return self->partial_size + measure (message) > PARTIAL_MAX;
}

gboolean
mm_imap_collector_take (MmImapCollector       *self,
                        const MmImapResponse  *response,
                        GError               **error)
{
  g_auto (MmImapMessage) message = { 0, };
  guint number = (guint) response->number;
  guint32 uid;

  if (mm_imap_response_is (response, "EXPUNGE") && response->number > 0)
    renumber (self, number);
  if (!mm_imap_response_is (response, "FETCH") || response->number < 0)
    return TRUE;
  take_partial (self, number, &message);
  uid = message.uid;
  mm_imap_message_take (&message, response);
  if (uid != 0 && message.uid != uid)
    {
      /* what was known under this number was another message */
      mm_imap_message_clear (&message);
      mm_imap_message_take (&message, response);
    }
  if ((message.has & self->wanted) == self->wanted)
    return self->func (&message, self->user_data, error);
  if (!is_too_much (self, &message))
    keep_partial (self, number, &message);
  /* but for flags that somebody changes meanwhile, of messages that nobody asked about */
  else if ((message.has & ~(guint) MM_IMAP_HAS_FLAGS) != 0)
    {
      g_set_error_literal (error, MM_ERROR, MM_ERROR_PROTOCOL,
                           _("The server sends parts of messages without end."));
      return FALSE;
    }
  return TRUE;
}

static int
compare_uids (gconstpointer a,
              gconstpointer b)
{
  const MmImapMessage *x = *(const MmImapMessage *const *) a;
  const MmImapMessage *y = *(const MmImapMessage *const *) b;

  return x->uid < y->uid ? -1 : x->uid > y->uid;
}

gboolean
mm_imap_collector_finish (MmImapCollector  *self,
                          GError          **error)
{
  g_autoptr (GHashTable) partial = g_steal_pointer (&self->partial);
  g_autoptr (GPtrArray) messages = g_ptr_array_new ();
  GHashTableIter iter;
  gpointer value;

  self->partial_size = 0;
  if (partial == NULL)
    return TRUE;
  g_hash_table_iter_init (&iter, partial);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      const MmImapMessage *message = value;

      if ((message->has & MM_IMAP_HAS_UID) != 0 && (message->has & self->needed) != 0)
        g_ptr_array_add (messages, value);
    }
  g_ptr_array_sort (messages, compare_uids);
  for (guint i = 0; i < messages->len; i++)
    if (!self->func (messages->pdata[i], self->user_data, error))
      return FALSE;
  return TRUE;
}
