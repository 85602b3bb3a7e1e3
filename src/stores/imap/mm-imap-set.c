/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "stores/imap/mm-imap-set.h"

/* The longest that one more element can be: ",4294967295:4294967295". */
#define ELEMENT_MAX 22

char *
mm_imap_set_write (const guint32 *uids,
                   guint          n_uids,
                   guint          max_uids,
                   gsize          max_length,
                   guint         *n_used)
{
  GString *out = g_string_new (NULL);
  guint i = 0, n = MIN (n_uids, max_uids);

  g_assert (n > 0);

  while (i < n && (i == 0 || out->len + ELEMENT_MAX <= max_length))
    {
      guint first = i;

      while (i + 1 < n && uids[i + 1] == uids[i] + 1)
        i++;
      if (first > 0)
        g_string_append_c (out, ',');
      g_string_append_printf (out, "%u", uids[first]);
      if (i > first)
        g_string_append_printf (out, ":%u", uids[i]);
      i++;
    }
  *n_used = i;
  return g_string_free (out, FALSE);
}

static gboolean
read_uid (const char **text,
          guint32     *uid)
{
  guint64 value = 0;
  const char *start = *text;

  while (g_ascii_isdigit (**text) && value <= G_MAXUINT32)
    value = value * 10 + (guint64) (*(*text)++ - '0');
  if (*text == start || value == 0 || value > G_MAXUINT32)
    return FALSE;
  *uid = (guint32) value;
  return TRUE;
}

GArray *
mm_imap_set_parse (const char *text,
                   guint       limit)
{
  g_autoptr (GArray) uids = g_array_new (FALSE, FALSE, sizeof (guint32));

  g_return_val_if_fail (text != NULL, NULL);

  for (;;)
    {
      guint32 from, to;

      if (!read_uid (&text, &from))
        return NULL;
      to = from;
      if (*text == ':')
        {
          text++;
          if (!read_uid (&text, &to))
            return NULL;
        }
      if (to < from)
        {
          guint32 swap = from;

          from = to;
          to = swap;
        }
      if (to - from >= limit || uids->len + (to - from) + 1 > limit)
        return NULL;
      for (guint64 uid = from; uid <= to; uid++)
        {
          guint32 value = (guint32) uid;

          g_array_append_val (uids, value);
        }
      if (*text == 0)
        return g_steal_pointer (&uids);
      if (*text++ != ',')
        return NULL;
    }
}

char *
mm_imap_id_write (guint32 uidvalidity,
                  guint32 uid)
{
  return g_strdup_printf ("%u:%u", uidvalidity, uid);
}

gboolean
mm_imap_id_parse (const char *id,
                  guint32    *uidvalidity,
                  guint32    *uid)
{
  guint32 first, second;

  if (id == NULL || !read_uid (&id, &first) || *id++ != ':' || !read_uid (&id, &second) || *id != 0)
    return FALSE;
  *uidvalidity = first;
  *uid = second;
  return TRUE;
}

static int
compare_uids (gconstpointer a,
              gconstpointer b)
{
  guint32 x = *(const guint32 *) a, y = *(const guint32 *) b;

  return x < y ? -1 : x > y;
}

void
mm_imap_uids_sort (GArray *uids)
{
  g_array_sort (uids, compare_uids);
}

gboolean
mm_imap_uids_contain (GArray  *uids,
                      guint32  uid)
{
  return g_array_binary_search (uids, &uid, compare_uids, NULL);
}
