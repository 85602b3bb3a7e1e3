/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/mm-kind.h"

#include <glib/gi18n-lib.h>

static const struct
{
  const char *nick;
  const char *title;
} kinds[MM_N_KINDS] = {
  [MM_KIND_CONTACTS] = { "contacts", N_("Contacts") },
  [MM_KIND_CONTACT_GROUPS] = { "contact-groups", N_("Contact groups") },
  [MM_KIND_CALENDARS] = { "calendars", N_("Calendars") },
  [MM_KIND_TASKS] = { "tasks", N_("Tasks") },
  [MM_KIND_EMAILS] = { "emails", N_("E-mails") },
  [MM_KIND_INBOX_RULES] = { "inbox-rules", N_("Inbox rules") },
  [MM_KIND_OUT_OF_OFFICE] = { "out-of-office", N_("Out of office") },
};

const char *
mm_kind_to_nick (MmKind kind)
{
  g_return_val_if_fail ((guint) kind < MM_N_KINDS, NULL);

  return kinds[kind].nick;
}

gboolean
mm_kind_from_nick (const char *nick,
                   MmKind     *kind)
{
  g_return_val_if_fail (nick != NULL, FALSE);
  g_return_val_if_fail (kind != NULL, FALSE);

  for (guint i = 0; i < MM_N_KINDS; i++)
    if (g_str_equal (kinds[i].nick, nick))
      {
        *kind = i;
        return TRUE;
      }
  return FALSE;
}

const char *
mm_kind_get_title (MmKind kind)
{
  g_return_val_if_fail ((guint) kind < MM_N_KINDS, NULL);

  return _(kinds[kind].title);
}

MmKindSet
mm_kind_set_parse (const char  *text,
                   char       **unknown)
{
  g_auto (GStrv) words = NULL;
  MmKindSet set = 0;

  g_return_val_if_fail (text != NULL, 0);

  words = g_strsplit (text, ",", -1);
  for (char **word = words; *word != NULL; word++)
    {
      MmKind kind;

      if (!mm_kind_from_nick (g_strstrip (*word), &kind))
        {
          if (unknown != NULL)
            *unknown = g_strdup (*word);
          return 0;
        }
      set |= MM_KIND_BIT (kind);
    }
  return set;
}
