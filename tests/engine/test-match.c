/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/mm-match.h"

#include "model/mm-reference.h"

typedef struct
{
  guint64 fingerprint;
  guint64 size;
  guint64 digest; /* what is in it; 0: cannot be had */
} Message;

static GArray *
new_entries (const Message *messages,
             guint          n)
{
  GArray *entries = g_array_new (FALSE, TRUE, sizeof (MmMatchEntry));

  for (guint i = 0; i < n; i++)
    {
      MmMatchEntry entry = { .fingerprint = messages[i].fingerprint, .size = messages[i].size,
                             .date = i % 3 };

      g_array_append_val (entries, entry);
    }
  return entries;
}

static void
fill_digests (GArray        *entries,
              const Message *messages)
{
  for (guint i = 0; i < entries->len; i++)
    if (g_array_index (entries, MmMatchEntry, i).ambiguous)
      g_array_index (entries, MmMatchEntry, i).digest = messages[i].digest;
}

static guint
count_matched (GArray *entries)
{
  guint n = 0;

  for (guint i = 0; i < entries->len; i++)
    n += g_array_index (entries, MmMatchEntry, i).matched;
  return n;
}

/* Returns how many of the source were found at the destination. */
static guint
match (const Message *source,
       guint          n_source,
       const Message *destination,
       guint          n_destination,
       gboolean      *asked)
{
  g_autoptr (GArray) sources = new_entries (source, n_source);
  g_autoptr (GArray) destinations = new_entries (destination, n_destination);

  *asked = mm_match_find (sources, destinations);
  if (*asked)
    {
      fill_digests (sources, source);
      fill_digests (destinations, destination);
      mm_match_settle (sources, destinations);
    }
  g_assert_cmpuint (count_matched (sources), ==, count_matched (destinations));
  return count_matched (sources);
}

typedef struct
{
  const char *name;
  guint n_source;
  Message source[4];
  guint n_destination;
  Message destination[4];
  guint matched;
  gboolean asked; /* for the bodies */
} Case;

static const Case cases[] = {
  { "nothing", 0, { { 0 } }, 0, { { 0 } }, 0, FALSE },
  { "one-equal", 1, { { 7, 100, 1 } }, 1, { { 7, 100, 1 } }, 1, FALSE },
  { "another-fingerprint", 1, { { 7, 100, 1 } }, 1, { { 8, 100, 1 } }, 0, FALSE },
  { "no-fingerprint", 1, { { 0, 100, 1 } }, 1, { { 0, 100, 1 } }, 0, FALSE },
  { "another-size-same-text", 1, { { 7, 100, 1 } }, 1, { { 7, 120, 1 } }, 1, TRUE },
  { "another-size-other-text", 1, { { 7, 100, 1 } }, 1, { { 7, 120, 2 } }, 0, TRUE },
  { "sizes-unknown", 1, { { 7, MM_SIZE_UNKNOWN, 1 } }, 1, { { 7, MM_SIZE_UNKNOWN, 2 } }, 0, TRUE },
  { "no-digest", 1, { { 7, 100, 0 } }, 1, { { 7, 120, 0 } }, 0, TRUE },
  { "two-against-one", 2, { { 7, 100, 1 }, { 7, 100, 1 } }, 1, { { 7, 100, 1 } }, 1, TRUE },
  { "one-against-two", 1, { { 7, 100, 1 } }, 2, { { 7, 100, 1 }, { 7, 100, 1 } }, 1, TRUE },
  { "two-texts-under-one-id", 2, { { 7, 100, 1 }, { 7, 200, 2 } },
    1, { { 7, 200, 2 } }, 1, TRUE },
  { "two-texts-crosswise", 2, { { 7, 100, 1 }, { 7, 200, 2 } },
    2, { { 7, 200, 2 }, { 7, 100, 1 } }, 2, TRUE },
  { "the-one-that-is-not-there", 2, { { 7, 100, 1 }, { 7, 200, 2 } },
    2, { { 7, 100, 1 }, { 7, 100, 1 } }, 1, TRUE },
};

static void
test_case (gconstpointer data)
{
  const Case *self = data;
  gboolean asked;

  g_assert_cmpuint (match (self->source, self->n_source, self->destination, self->n_destination,
                           &asked), ==, self->matched);
  g_assert_cmpint (asked, ==, self->asked);
}

/* Bodies are asked for only where they decide: fetching is dear. */
static void
test_few_bodies_are_asked_for (void)
{
  const Message source[] = { { 1, 10, 1 }, { 2, 20, 2 }, { 2, 20, 2 }, { 3, 30, 3 } };
  const Message destination[] = { { 1, 10, 1 }, { 2, 20, 2 }, { 4, 40, 4 } };
  g_autoptr (GArray) sources = new_entries (source, 4);
  g_autoptr (GArray) destinations = new_entries (destination, 3);
  const gboolean expected[] = { FALSE, TRUE, TRUE, FALSE };

  g_assert_true (mm_match_find (sources, destinations));
  for (guint i = 0; i < sources->len; i++)
    g_assert_cmpint (g_array_index (sources, MmMatchEntry, i).ambiguous, ==, expected[i]);
  g_assert_false (g_array_index (destinations, MmMatchEntry, 0).ambiguous);
  g_assert_true (g_array_index (destinations, MmMatchEntry, 1).ambiguous);
  g_assert_false (g_array_index (destinations, MmMatchEntry, 2).ambiguous);
}

/* The same by counting: for each fingerprint either the one pair of one size, or for each text the
 * smaller number. */
static guint
match_naively (const Message *source,
               guint          n_source,
               const Message *destination,
               guint          n_destination)
{
  guint matched = 0;

  for (guint64 fingerprint = 1; fingerprint < 8; fingerprint++)
    {
      guint n[2][5] = { { 0 } };
      guint total[2] = { 0 };
      guint64 size[2] = { 0 };

      for (guint i = 0; i < n_source + n_destination; i++)
        {
          guint side = i >= n_source;
          const Message *message = side == 0 ? &source[i] : &destination[i - n_source];

          if (message->fingerprint != fingerprint)
            continue;
          n[side][message->digest]++;
          total[side]++;
          size[side] = message->size;
        }
      if (total[0] == 1 && total[1] == 1 && size[0] == size[1])
        matched++;
      else
        for (guint digest = 1; digest < 5; digest++)
          matched += MIN (n[0][digest], n[1][digest]);
    }
  return matched;
}

static guint
make_random (Message *messages,
             guint    max)
{
  guint n = (guint) g_test_rand_int_range (0, (gint) max);

  for (guint i = 0; i < n; i++)
    {
      guint64 digest = (guint64) g_test_rand_int_range (0, 5);

      messages[i] = (Message) { (guint64) g_test_rand_int_range (0, 8), 100 + digest % 3, digest };
    }
  return n;
}

static void
test_random (void)
{
  for (guint round = 0; round < 5000; round++)
    {
      Message source[30];
      Message destination[30];
      guint n_source = make_random (source, G_N_ELEMENTS (source));
      guint n_destination = make_random (destination, G_N_ELEMENTS (destination));
      gboolean asked;

      g_assert_cmpuint (match (source, n_source, destination, n_destination, &asked), ==,
                        match_naively (source, n_source, destination, n_destination));
    }
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *path = g_strconcat ("/match/", cases[i].name, NULL);

      g_test_add_data_func (path, &cases[i], test_case);
    }
  g_test_add_func ("/match/few-bodies-are-asked-for", test_few_bodies_are_asked_for);
  g_test_add_func ("/match/random", test_random);
  return g_test_run ();
}
