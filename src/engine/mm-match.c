/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/mm-match.h"

#include <stdlib.h>

#include "model/mm-reference.h"

typedef int (*Compare) (const MmMatchEntry *a, const MmMatchEntry *b);

static int
compare_numbers (guint64 a,
                 guint64 b)
{
  return a < b ? -1 : a > b;
}

static int
compare_fingerprints (const MmMatchEntry *a,
                      const MmMatchEntry *b)
{
  return compare_numbers (a->fingerprint, b->fingerprint);
}

static int
compare_contents (const MmMatchEntry *a,
                  const MmMatchEntry *b)
{
  int order = compare_fingerprints (a, b);

  return order != 0 ? order : compare_numbers (a->digest, b->digest);
}

static int
compare_by_fingerprint (const void *a,
                        const void *b)
{
  return compare_fingerprints (*(MmMatchEntry *const *) a, *(MmMatchEntry *const *) b);
}

/* Among equal contents those that agree in date and size stand side by side on both sides. */
static int
compare_by_contents (const void *a,
                     const void *b)
{
  const MmMatchEntry *first = *(MmMatchEntry *const *) a;
  const MmMatchEntry *second = *(MmMatchEntry *const *) b;
  int order = compare_contents (first, second);

  if (order == 0)
    order = first->date < second->date ? -1 : first->date > second->date;
  return order != 0 ? order : compare_numbers (first->size, second->size);
}

static GPtrArray *
sort (GArray   *entries,
      gboolean  only_ambiguous,
      int     (*compare) (const void *, const void *))
{
  GPtrArray *sorted = g_ptr_array_sized_new (entries->len);

  for (guint i = 0; i < entries->len; i++)
    {
      MmMatchEntry *entry = &g_array_index (entries, MmMatchEntry, i);

      if (entry->fingerprint != 0 && (!only_ambiguous || (entry->ambiguous && entry->digest != 0)))
        g_ptr_array_add (sorted, entry);
    }
  if (sorted->len > 0)
    qsort (sorted->pdata, sorted->len, sizeof (gpointer), compare);
  return sorted;
}

static guint
count_equal (GPtrArray *sorted,
             guint      start,
             Compare    compare)
{
  guint end = start + 1;

  while (end < sorted->len && compare (sorted->pdata[start], sorted->pdata[end]) == 0)
    end++;
  return end - start;
}

/* Calls @func for each run of entries that are equal on both sides. */
static void
foreach_group (GPtrArray *source,
               GPtrArray *destination,
               Compare    compare,
               void     (*func) (MmMatchEntry **source, guint n_source,
                                 MmMatchEntry **destination, guint n_destination))
{
  guint s = 0;
  guint d = 0;

  while (s < source->len && d < destination->len)
    {
      int order = compare (source->pdata[s], destination->pdata[d]);
      guint n_source = order <= 0 ? count_equal (source, s, compare) : 0;
      guint n_destination = order >= 0 ? count_equal (destination, d, compare) : 0;

      if (order == 0)
        func ((MmMatchEntry **) source->pdata + s, n_source,
              (MmMatchEntry **) destination->pdata + d, n_destination);
      s += n_source;
      d += n_destination;
    }
}

static void
match_fingerprints (MmMatchEntry **source,
                    guint          n_source,
                    MmMatchEntry **destination,
                    guint          n_destination)
{
  if (n_source == 1 && n_destination == 1 && source[0]->size == destination[0]->size &&
      source[0]->size != MM_SIZE_UNKNOWN)
    {
      source[0]->matched = destination[0]->matched = TRUE;
      return;
    }
  for (guint i = 0; i < n_source; i++)
    source[i]->ambiguous = TRUE;
  for (guint i = 0; i < n_destination; i++)
    destination[i]->ambiguous = TRUE;
}

static void
match_contents (MmMatchEntry **source,
                guint          n_source,
                MmMatchEntry **destination,
                guint          n_destination)
{
  for (guint i = 0; i < MIN (n_source, n_destination); i++)
    source[i]->matched = destination[i]->matched = TRUE;
}

gboolean
mm_match_find (GArray *source,
               GArray *destination)
{
  g_autoptr (GPtrArray) sources = sort (source, FALSE, compare_by_fingerprint);
  g_autoptr (GPtrArray) destinations = sort (destination, FALSE, compare_by_fingerprint);

  foreach_group (sources, destinations, compare_fingerprints, match_fingerprints);
  for (guint i = 0; i < source->len; i++)
    if (g_array_index (source, MmMatchEntry, i).ambiguous)
      return TRUE;
  return FALSE;
}

void
mm_match_settle (GArray *source,
                 GArray *destination)
{
  g_autoptr (GPtrArray) sources = sort (source, TRUE, compare_by_contents);
  g_autoptr (GPtrArray) destinations = sort (destination, TRUE, compare_by_contents);

  foreach_group (sources, destinations, compare_contents, match_contents);
}
