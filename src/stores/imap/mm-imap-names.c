/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "stores/imap/mm-imap-names.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "model/mm-folder.h"
#include "stores/imap/mm-imap-utf7.h"

typedef struct
{
  char *prefix;    /* with its delimiter at the end, or "" */
  char delimiter;
  gboolean is_personal;
} Namespace;

struct _MmImapNames
{
  GPtrArray *namespaces; /* (element-type Namespace), the main one first */
  gboolean from_server;
};

static void
namespace_free (gpointer data)
{
  Namespace *namespace = data;

  g_free (namespace->prefix);
  g_free (namespace);
}

static void
add_namespace (MmImapNames *self,
               const char  *prefix,
               char         delimiter,
               gboolean     is_personal)
{
  Namespace *namespace = g_new0 (Namespace, 1);
  gsize length = strlen (prefix);

  if (length > 0 && delimiter != 0 && prefix[length - 1] != delimiter)
    namespace->prefix = g_strdup_printf ("%s%c", prefix, delimiter);
  else
    namespace->prefix = g_strdup (prefix);
  namespace->delimiter = delimiter;
  namespace->is_personal = is_personal;
  g_ptr_array_add (self->namespaces, namespace);
}

MmImapNames *
mm_imap_names_new (void)
{
  MmImapNames *self = g_new0 (MmImapNames, 1);

  self->namespaces = g_ptr_array_new_with_free_func (namespace_free);
  add_namespace (self, "", '/', TRUE);
  return self;
}

void
mm_imap_names_free (MmImapNames *self)
{
  if (self == NULL)
    return;

  g_ptr_array_unref (self->namespaces);
  g_free (self);
}

void
mm_imap_names_set_namespaces (MmImapNames      *self,
                              const MmImapNode *values)
{
  g_autoptr (GPtrArray) old = g_steal_pointer (&self->namespaces);
  gboolean is_personal = TRUE;

  self->namespaces = g_ptr_array_new_with_free_func (namespace_free);
  for (; values != NULL; values = values->next, is_personal = FALSE)
    for (const MmImapNode *entry = values->first; entry != NULL; entry = entry->next)
      {
        const char *prefix = mm_imap_node_get_text (entry->first);
        const char *delimiter = NULL;

        if (prefix == NULL)
          continue;
        delimiter = mm_imap_node_get_text (entry->first->next);
        add_namespace (self, prefix, delimiter != NULL ? delimiter[0] : 0, is_personal);
      }

  /* an account without a personal namespace still has its INBOX */
  if (self->namespaces->len == 0 || !((Namespace *) self->namespaces->pdata[0])->is_personal)
    {
      g_ptr_array_unref (self->namespaces);
      self->namespaces = g_steal_pointer (&old);
    }
  else
    self->from_server = TRUE;
}

gboolean
mm_imap_names_has_namespaces (MmImapNames *self)
{
  return self->from_server;
}

void
mm_imap_names_set_default (MmImapNames *self,
                           const char  *prefix,
                           char         delimiter)
{
  /* @prefix may be the present one */
  g_autofree char *copy = g_strdup (prefix);

  g_ptr_array_set_size (self->namespaces, 0);
  add_namespace (self, copy, delimiter, TRUE);
}

static Namespace *
main_namespace (MmImapNames *self)
{
  return self->namespaces->pdata[0];
}

char
mm_imap_names_get_delimiter (MmImapNames *self)
{
  return main_namespace (self)->delimiter;
}

const char *
mm_imap_names_get_prefix (MmImapNames *self)
{
  return main_namespace (self)->prefix;
}

gboolean
mm_imap_names_prefix_is_inbox (MmImapNames *self)
{
  const Namespace *namespace = main_namespace (self);

  return strlen (namespace->prefix) == 6 &&
         g_ascii_strncasecmp (namespace->prefix, "INBOX", 5) == 0;
}

static gboolean
has_prefix (const char *name,
            const char *prefix)
{
  gsize length = strlen (prefix);

  /* INBOX is the same in any case (RFC 3501 5.1), in a prefix too */
  if (g_ascii_strncasecmp (prefix, "INBOX", 5) == 0)
    return g_ascii_strncasecmp (name, prefix, length) == 0;
  return strncmp (name, prefix, length) == 0;
}

/* "Shared" is the level above "Shared/". */
static gboolean
is_bare_prefix (const char *name,
                const char *prefix)
{
  gsize length = strlen (prefix);

  return length > 0 && strlen (name) == length - 1 && strncmp (name, prefix, length - 1) == 0;
}

gboolean
mm_imap_names_is_ours (MmImapNames *self,
                       const char  *name)
{
  gsize best = 0;
  gboolean is_ours = TRUE, found = FALSE;

  if (g_ascii_strcasecmp (name, "INBOX") == 0)
    return TRUE;
  for (guint i = 0; i < self->namespaces->len; i++)
    {
      const Namespace *namespace = self->namespaces->pdata[i];
      gsize length = strlen (namespace->prefix);

      if (is_bare_prefix (name, namespace->prefix))
        return FALSE;
      if (!has_prefix (name, namespace->prefix) || (found && length <= best))
        continue;
      found = TRUE;
      best = length;
      is_ours = namespace->is_personal;
    }
  return is_ours;
}

static gboolean
starts_with_inbox (const char *name,
                   char        delimiter)
{
  return g_ascii_strncasecmp (name, "INBOX", 5) == 0 &&
         (name[5] == 0 || (delimiter != 0 && name[5] == delimiter));
}

char **
mm_imap_names_to_path (MmImapNames *self,
                       const char  *name,
                       char         delimiter)
{
  g_autoptr (GPtrArray) path = g_ptr_array_new_with_free_func (g_free);
  const char *prefix = mm_imap_names_get_prefix (self);
  gboolean is_inbox = g_ascii_strcasecmp (name, "INBOX") == 0;

  if (!is_inbox && has_prefix (name, prefix))
    {
      name += strlen (prefix);
      /* "INBOX.INBOX" is not the inbox but a folder in it */
      if (mm_imap_names_prefix_is_inbox (self) && starts_with_inbox (name, delimiter))
        g_ptr_array_add (path, g_strdup ("INBOX"));
    }
  while (*name != 0)
    {
      const char *end = delimiter != 0 ? strchr (name, delimiter) : NULL;
      gsize length = end != NULL ? (gsize) (end - name) : strlen (name);

      if (path->len == 0 && (is_inbox || prefix[0] == 0) && length == 5 &&
          g_ascii_strncasecmp (name, "INBOX", 5) == 0)
        g_ptr_array_add (path, g_strdup ("INBOX"));
      else if (length > 0)
        g_ptr_array_add (path, mm_imap_utf7_decode (name, (gssize) length));
      name += length + (end != NULL);
    }
  g_ptr_array_add (path, NULL);
  return (char **) g_ptr_array_free (g_steal_pointer (&path), FALSE);
}

static gboolean
check_component (const char  *component,
                 char         delimiter,
                 GError     **error)
{
  gboolean ok = component[0] != 0 && (delimiter == 0 || strchr (component, delimiter) == NULL);

  for (const char *p = component; *p != 0; p++)
    ok &= !g_ascii_iscntrl (*p);
  if (!ok)
    g_set_error (error, MM_ERROR, MM_ERROR_REFUSED,
                 _("The folder name “%s” cannot be used on this server."), component);
  return ok;
}

char *
mm_imap_names_from_path (MmImapNames       *self,
                         const char *const *path,
                         GError           **error)
{
  char delimiter = mm_imap_names_get_delimiter (self);
  gboolean in_inbox = path != NULL && path[0] != NULL && strcmp (path[0], "INBOX") == 0;
  g_autoptr (GString) name = NULL;

  g_return_val_if_fail (path != NULL && path[0] != NULL, NULL);

  if (path[1] != NULL && delimiter == 0)
    {
      g_set_error (error, MM_ERROR, MM_ERROR_REFUSED,
                   _("This server has no folders in folders, so “%s” cannot be made."), path[1]);
      return NULL;
    }
  name = g_string_new (in_inbox ? "" : mm_imap_names_get_prefix (self));
  for (guint i = 0; path[i] != NULL; i++)
    {
      g_autofree char *encoded = NULL;

      if (!check_component (path[i], delimiter, error))
        return NULL;
      encoded = mm_imap_utf7_encode (path[i]);
      if (i > 0)
        g_string_append_c (name, delimiter);
      g_string_append (name, encoded);
    }
  return g_string_free (g_steal_pointer (&name), FALSE);
}
