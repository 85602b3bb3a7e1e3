/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/mm-plan.h"

#include <string.h>

/*
 * Trees in, steps out. A tree is a list of lines "PATH[ MARK…]": the levels of the path are parted
 * by '>'; "sent!" is a role that the server said, "sent?" one that was guessed, "level" a folder
 * that holds nothing itself, "sub" a subscribed one.
 */

static void
mark_folder (MmFolder   *folder,
             const char *mark)
{
  gsize last = strlen (mark) - 1;
  g_autofree char *nick = g_strndup (mark, last);

  if (g_str_equal (mark, "level"))
    folder->selectable = FALSE;
  else if (g_str_equal (mark, "sub"))
    folder->subscribed = TRUE;
  else
    {
      folder->role = mm_role_from_nick (nick);
      folder->role_is_certain = mark[last] == '!';
      g_assert_cmpint (folder->role, !=, MM_ROLE_NONE);
    }
}

static GPtrArray *
make_tree (const char *const *lines)
{
  GPtrArray *tree = g_ptr_array_new_with_free_func ((GDestroyNotify) mm_folder_unref);

  for (; *lines != NULL; lines++)
    {
      g_auto (GStrv) parts = g_strsplit (*lines, "  ", -1);
      g_auto (GStrv) path = g_strsplit (parts[0], ">", -1);
      MmFolder *folder = mm_folder_new (MM_KIND_EMAILS, (const char *const *) path);

      folder->id = g_strdup (parts[0]);
      for (guint i = 1; parts[i] != NULL; i++)
        mark_folder (folder, parts[i]);
      g_ptr_array_add (tree, folder);
    }
  return tree;
}

static char *
join_path (char **path)
{
  return g_strjoinv (">", path);
}

static const char *
name_action (const MmPlanFolder *folder)
{
  if (folder->action == MM_PLAN_SKIP)
    return "skip";
  return folder->action == MM_PLAN_USE ? "use" : "create";
}

/* A line a folder: "SOURCE -> PATH ACTION[ CODE][ subscribe]". */
static char *
dump_plan (const MmPlan *plan)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < plan->folders->len; i++)
    {
      const MmPlanFolder *folder = g_ptr_array_index (plan->folders, i);
      g_autofree char *from = join_path (folder->source->path);
      g_autofree char *to = folder->path != NULL ? join_path (folder->path) : g_strdup ("");

      g_string_append_printf (text, "%s -> %s %s%s%s%s\n", from, to, name_action (folder),
                              folder->code != NULL ? " " : "",
                              folder->code != NULL ? folder->code : "",
                              folder->subscribe ? " subscribe" : "");
    }
  return g_string_free (text, FALSE);
}

static void
init_capabilities (MmKindCapabilities *self)
{
  *self = (MmKindCapabilities) { .read = TRUE, .create = TRUE, .creates_folders = TRUE,
                                 .subscribes = TRUE, .keeps_dates = TRUE, .keeps_flags = TRUE,
                                 .keeps_keywords = TRUE, .inbox_has_children = TRUE };
}

typedef struct
{
  const char *name;
  const char *source[8];
  const char *destination[8];
  const char *choices[4];
  const char *expected;

  /* The destination's, where they are not everything. */
  const char *forbidden;
  guint name_max_bytes;
  gboolean inbox_has_no_children;
  gboolean makes_no_folders;
  gboolean source_has_global_ids;
} Case;

static MmPlan *
make_plan (const Case *self,
           GPtrArray  *source,
           GPtrArray  *destination)
{
  MmKindCapabilities can_source;
  MmKindCapabilities can;
  MmPlanChoices choices = { self->choices[0] != NULL ? self->choices : NULL };

  init_capabilities (&can_source);
  init_capabilities (&can);
  can_source.has_global_ids = self->source_has_global_ids;
  if (self->forbidden != NULL)
    g_strlcpy (can.name_forbidden, self->forbidden, sizeof can.name_forbidden);
  can.name_max_bytes = self->name_max_bytes;
  can.inbox_has_children = !self->inbox_has_no_children;
  can.creates_folders = !self->makes_no_folders;
  return mm_plan_new (MM_KIND_EMAILS, source, destination, &can_source, &can, &choices);
}

static const Case cases[] = {
  { "same-names",
    .source = { "INBOX  inbox!", "Work  sub", "Work>Projects" },
    .destination = { "INBOX  inbox!", "Work" },
    .expected = "INBOX -> INBOX use\nWork -> Work use subscribe\nWork>Projects -> Work>Projects create\n" },
  { "subscribed-already",
    .source = { "Work  sub" }, .destination = { "Work  sub" },
    .expected = "Work -> Work use\n" },
  { "inbox-in-any-case",
    .source = { "Inbox", "inbox>Letters" }, .destination = { "INBOX  inbox!", "INBOX>Letters" },
    .expected = "Inbox -> INBOX use\ninbox>Letters -> INBOX>Letters use\n" },
  { "role-certain-on-both-sides",
    .source = { "INBOX  inbox!", "Sent Items  sent!" },
    .destination = { "INBOX  inbox!", "Gesendet  sent!" },
    .expected = "INBOX -> INBOX use\nSent Items -> Gesendet use\n" },
  { "role-guessed-at-the-source",
    .source = { "Enviados  sent?" }, .destination = { "Sent  sent!" },
    .expected = "Enviados -> Sent use\n" },
  { "role-guessed-at-the-destination",
    .source = { "Sent Items  sent!" }, .destination = { "Enviados  sent?" },
    .expected = "Sent Items -> Enviados use\n" },
  { "role-guessed-on-both-sides",
    .source = { "Trash  trash?" }, .destination = { "Deleted Items  trash?" },
    .expected = "Trash -> Deleted Items use\n" },
  { "certain-beats-guessed",
    .source = { "Sent  sent?", "Ausgang  sent!" },
    .destination = { "Sent  sent?", "Gesendet  sent!" },
    .expected = "Ausgang -> Gesendet use\nSent -> Sent use\n" },
  { "guesses-keep-their-names",
    .source = { "Sent  sent?", "Sent Items  sent?" },
    .destination = { "Sent Items  sent?" },
    .expected = "Sent -> Sent create\nSent Items -> Sent Items use\n" },
  { "guess-that-is-called-as-the-destination",
    .source = { "Deleted  trash?", "Trash  trash?" },
    .destination = { "Trash  trash!" },
    .expected = "Trash -> Trash use\nDeleted -> Deleted create\n" },
  { "names-decide-between-two",
    .source = { "Sent Messages  sent!", "Sent" },
    .destination = { "Sent  sent!", "Sent Messages" },
    .expected = "Sent Messages -> Sent Messages use\nSent -> Sent use\n" },
  { "taken-by-the-role",
    .source = { "Sent", "Sent Items  sent!" }, .destination = { "Sent  sent!" },
    .expected = "Sent Items -> Sent use\nSent -> Sent (2) create name-mapped\n" },
  { "children-of-a-role",
    .source = { "Archiv  archive!", "Archiv>2020", "Archiv>2020>May" },
    .destination = { "Archive  archive!" },
    .expected = "Archiv -> Archive use\nArchiv>2020 -> Archive>2020 create\n"
                "Archiv>2020>May -> Archive>2020>May create\n" },
  { "children-of-the-inbox-go-to-the-top",
    .source = { "INBOX  inbox!", "INBOX>Letters", "INBOX>Letters>Old" },
    .destination = { "INBOX  inbox!" }, .inbox_has_no_children = TRUE,
    .expected = "INBOX -> INBOX use\nINBOX>Letters -> Letters create\n"
                "INBOX>Letters>Old -> Letters>Old create\n" },
  { "the-same-when-only-the-child-is-chosen",
    .source = { "INBOX  inbox!", "INBOX>Letters" },
    .destination = { "INBOX  inbox!" }, .inbox_has_no_children = TRUE,
    .choices = { "INBOX/Letters" },
    .expected = "INBOX>Letters -> Letters create\n" },
  { "child-of-the-inbox-leaves-the-name-to-its-owner",
    .source = { "INBOX  inbox!", "INBOX>Letters", "Letters" },
    .destination = { "INBOX  inbox!" }, .inbox_has_no_children = TRUE,
    .expected = "INBOX -> INBOX use\nINBOX>Letters -> Letters (2) create name-mapped\n"
                "Letters -> Letters create\n" },
  { "children-of-the-inbox-stay",
    .source = { "INBOX  inbox!", "INBOX>Letters" },
    .destination = { "INBOX  inbox!", "INBOX>Letters" },
    .expected = "INBOX -> INBOX use\nINBOX>Letters -> INBOX>Letters use\n" },
  { "forbidden-characters",
    .source = { "a/b", "c.d>e", "tab\there", ".." }, .destination = { NULL }, .forbidden = "/.",
    .expected = "a/b -> a_b create name-mapped\nc.d>e -> c_d>e create name-mapped\n"
                "tab\there -> tab_here create name-mapped\n.. -> __ create name-mapped\n" },
  { "collisions",
    .source = { "a/b", "a/b>c", "a_b", "a.b" }, .destination = { NULL }, .forbidden = "/.",
    .expected = "a/b -> a_b (2) create name-mapped\na/b>c -> a_b (2)>c create\na_b -> a_b create\n"
                "a.b -> a_b (3) create name-mapped\n" },
  { "long-names-end-between-characters",
    .source = { "abcdefg\xc3\xa9", "\xe2\x82\xac\xe2\x82\xac\xe2\x82\xac" },
    .destination = { NULL }, .name_max_bytes = 8,
    .expected = "abcdefg\xc3\xa9 -> abcdefg create name-mapped\n"
                "\xe2\x82\xac\xe2\x82\xac\xe2\x82\xac -> \xe2\x82\xac\xe2\x82\xac create name-mapped\n" },
  { "numbers-fit-too",
    .source = { "abcdefghi", "abcdefghj", "abcdefgh" }, .destination = { NULL },
    .name_max_bytes = 8,
    .expected = "abcdefghi -> abcd (2) create name-mapped\nabcdefghj -> abcd (3) create name-mapped\n"
                "abcdefgh -> abcdefgh create\n" },
  { "views-are-left-out",
    .source = { "[Gmail]  level", "[Gmail]>All Mail  all!", "[Gmail]>Starred  flagged!",
                "[Gmail]>Important  important!" },
    .destination = { NULL },
    .expected = "[Gmail]>Starred ->  skip view\n[Gmail]>Important ->  skip view\n"
                "[Gmail]>All Mail ->  skip view\n" },
  { "all-mail-with-identities-comes-last",
    .source = { "[Gmail]>All Mail  all!", "[Gmail]>Starred  flagged!", "Work" },
    .destination = { NULL }, .source_has_global_ids = TRUE,
    .expected = "[Gmail]>Starred ->  skip view\nWork -> Work create\n"
                "[Gmail]>All Mail -> [Gmail]>All Mail create\n" },
  { "choices-take-what-is-below",
    .source = { "Work", "Work>Projects", "Workshop", "INBOX  inbox!", "INBOX>x" },
    .destination = { NULL }, .choices = { "Work/", "inbox" },
    .expected = "Work -> Work create\nWork>Projects -> Work>Projects create\n"
                "INBOX -> INBOX create\nINBOX>x -> INBOX>x create\n" },
  { "choice-below-a-role",
    .source = { "Archiv  archive!", "Archiv>2020" }, .destination = { "Archive  archive!" },
    .choices = { "Archiv/2020" },
    .expected = "Archiv>2020 -> Archive>2020 create\n" },
  { "levels-are-no-folders",
    .source = { "Lists  level", "Lists>gtk" }, .destination = { "Lists", "Lists>gtk  level" },
    .expected = "Lists>gtk -> Lists>gtk create\n" },
  { "nothing-can-be-made",
    .source = { "INBOX  inbox!", "Work", "Other" }, .destination = { "INBOX  inbox!", "Work" },
    .makes_no_folders = TRUE,
    .expected = "INBOX -> INBOX use\nWork -> Work use\nOther ->  skip no-folders\n" },
};

static void
test_case (gconstpointer data)
{
  const Case *self = data;
  g_autoptr (GPtrArray) source = make_tree (self->source);
  g_autoptr (GPtrArray) destination = make_tree (self->destination);
  g_autoptr (MmPlan) plan = make_plan (self, source, destination);
  g_autofree char *text = dump_plan (plan);

  g_assert_cmpstr (text, ==, self->expected);
}

static const MmPlanLoss *
find_loss (const MmPlan *plan,
           const char   *code)
{
  for (guint i = 0; i < plan->losses->len; i++)
    {
      const MmPlanLoss *loss = g_ptr_array_index (plan->losses, i);

      if (g_str_equal (loss->code, code))
        return loss;
    }
  return NULL;
}

static void
test_losses (void)
{
  const Case names = { .source = { "a/b", "c/d" }, .destination = { NULL }, .forbidden = "/",
                       .choices = { "a/b", "nowhere" } };
  g_autoptr (GPtrArray) source = make_tree (names.source);
  g_autoptr (GPtrArray) destination = make_tree (names.destination);
  g_autoptr (MmPlan) plan = make_plan (&names, source, destination);

  /* Only of what was chosen, and what was chosen in vain. */
  g_assert_cmpuint (plan->losses->len, ==, 2);
  g_assert_cmpstr (find_loss (plan, "name-mapped")->folder, ==, "a/b");
  g_assert_cmpstr (find_loss (plan, "not-found")->folder, ==, "nowhere");
}

static void
test_general_losses (void)
{
  g_autoptr (GPtrArray) source = make_tree ((const char *[]) { "INBOX  inbox!", NULL });
  MmKindCapabilities can_source;
  MmKindCapabilities can = { .create = TRUE };
  g_autoptr (MmPlan) plan = NULL;

  init_capabilities (&can_source);
  plan = mm_plan_new (MM_KIND_EMAILS, source, source, &can_source, &can, NULL);
  g_assert_cmpuint (plan->losses->len, ==, 3);
  g_assert_nonnull (find_loss (plan, "dates-lost"));
  g_assert_nonnull (find_loss (plan, "flags-lost"));
  g_assert_nonnull (find_loss (plan, "keywords-lost"));
}

/* Trees at random, of names that get in each other's way. */

static const char *const words[] = {
  "INBOX", "inbox", "Sent", "Sent Items", "Enviados", "Trash", "Deleted Items", "a/b", "a_b", "a.b",
  "a_b (2)", "long name of a folder", "long name of another", "x",
};

static void
add_random_folder (GPtrArray  *tree,
                   GHashTable *paths,
                   char      **path)
{
  guint n = g_strv_length (path);
  MmFolder *folder;
  g_autofree char *key = join_path (path);

  if (n > 1)
    {
      g_auto (GStrv) parent = g_strdupv (path);

      g_clear_pointer (&parent[n - 1], g_free);
      add_random_folder (tree, paths, parent);
    }
  if (g_hash_table_contains (paths, key))
    return;
  folder = mm_folder_new (MM_KIND_EMAILS, (const char *const *) path);
  folder->id = g_strdup (key);
  folder->selectable = g_test_rand_int_range (0, 6) > 0;
  if (n == 1)
    folder->role = g_str_equal (path[0], "INBOX") ? MM_ROLE_INBOX : mm_role_guess (path[0]);
  /* A mere level has no role. */
  if (!folder->selectable)
    folder->role = MM_ROLE_NONE;
  folder->role_is_certain = folder->role == MM_ROLE_INBOX ||
                            (folder->role != MM_ROLE_NONE && g_test_rand_int_range (0, 3) == 0);
  g_hash_table_add (paths, g_steal_pointer (&key));
  g_ptr_array_add (tree, folder);
}

/* A server has one folder for a role, and one INBOX, in whatever case. */
static void
make_plausible (GPtrArray *tree)
{
  gboolean certain[MM_N_ROLES] = { FALSE };

  for (guint i = 0; i < tree->len; i++)
    {
      MmFolder *folder = g_ptr_array_index (tree, i);

      if (certain[folder->role])
        folder->role_is_certain = FALSE;
      certain[folder->role] |= folder->role_is_certain;
    }
}

static GPtrArray *
make_random_tree (void)
{
  GPtrArray *tree = g_ptr_array_new_with_free_func ((GDestroyNotify) mm_folder_unref);
  g_autoptr (GHashTable) paths = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  guint n = (guint) g_test_rand_int_range (0, 12);
  /* "inbox" beside "INBOX" is no folder that a server can have. */
  guint first = (guint) g_test_rand_int_range (0, 2);

  for (guint i = 0; i < n; i++)
    {
      char *path[4] = { NULL };
      guint depth = (guint) g_test_rand_int_range (1, 4);

      for (guint level = 0; level < depth; level++)
        {
          guint word = (guint) g_test_rand_int_range (0, G_N_ELEMENTS (words));

          if (level == 0 && word < 2)
            word = first;
          path[level] = (char *) words[word];
        }
      add_random_folder (tree, paths, path);
    }
  make_plausible (tree);
  return tree;
}

static Case
make_random_case (void)
{
  static const char *const forbidden[] = { "", "/", "/." };

  return (Case) {
    .forbidden = forbidden[g_test_rand_int_range (0, G_N_ELEMENTS (forbidden))],
    .name_max_bytes = g_test_rand_int_range (0, 2) * 15,
    .inbox_has_no_children = g_test_rand_int_range (0, 2),
    .makes_no_folders = g_test_rand_int_range (0, 8) == 0,
  };
}

static char *
fold_path (char **path)
{
  g_autofree char *joined = join_path (path);
  gsize length = strlen (path[0]);

  if (g_ascii_strcasecmp (path[0], "INBOX") == 0)
    memcpy (joined, "INBOX", length);
  return g_steal_pointer (&joined);
}

static void
assert_no_shared_destination (const MmPlan *plan)
{
  g_autoptr (GHashTable) taken = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  for (guint i = 0; i < plan->folders->len; i++)
    {
      const MmPlanFolder *folder = g_ptr_array_index (plan->folders, i);

      if (folder->action != MM_PLAN_SKIP)
        g_assert_true (g_hash_table_add (taken, fold_path (folder->path)));
    }
}

static void
assert_names_are_legal (const Case   *self,
                        const MmPlan *plan)
{
  for (guint i = 0; i < plan->folders->len; i++)
    {
      const MmPlanFolder *folder = g_ptr_array_index (plan->folders, i);

      if (folder->action != MM_PLAN_CREATE)
        continue;
      g_assert_false (self->makes_no_folders);
      if (self->inbox_has_no_children)
        g_assert_true (folder->path[1] == NULL ||
                       g_ascii_strcasecmp (folder->path[0], "INBOX") != 0);
      for (char **name = folder->path; *name != NULL; name++)
        {
          gboolean given = folder->destination != NULL;

          g_assert_true (g_utf8_validate (*name, -1, NULL));
          g_assert_cmpstr (*name, !=, "");
          /* What lies above may be an old folder of the destination with a name of any kind. */
          if (given || name[1] != NULL)
            continue;
          g_assert_null (strpbrk (*name, self->forbidden));
          if (self->name_max_bytes > 0)
            g_assert_cmpuint (strlen (*name), <=, self->name_max_bytes);
        }
    }
}

static void
assert_parents_first (const MmPlan *plan)
{
  for (guint i = 0; i < plan->folders->len; i++)
    for (guint j = i + 1; j < plan->folders->len; j++)
      {
        const MmPlanFolder *first = g_ptr_array_index (plan->folders, i);
        const MmPlanFolder *later = g_ptr_array_index (plan->folders, j);

        if (first->action == MM_PLAN_CREATE)
          g_assert_false (mm_path_is_within ((const char *const *) first->source->path,
                                             (const char *const *) later->source->path));
      }
}

static GPtrArray *
shuffle (GPtrArray *tree)
{
  GPtrArray *shuffled = g_ptr_array_new_with_free_func ((GDestroyNotify) mm_folder_unref);

  for (guint i = 0; i < tree->len; i++)
    g_ptr_array_insert (shuffled, g_test_rand_int_range (0, (gint) shuffled->len + 1),
                        mm_folder_ref (g_ptr_array_index (tree, i)));
  return shuffled;
}

static MmFolder *
find_in_tree (GPtrArray *tree,
              char     **path)
{
  for (guint i = 0; i < tree->len; i++)
    {
      MmFolder *folder = g_ptr_array_index (tree, i);
      g_autofree char *own = fold_path (folder->path);
      g_autofree char *key = fold_path (path);

      if (g_str_equal (own, key))
        return folder;
    }
  return NULL;
}

/* The destination after the migration: what was made has the roles that its names suggest. */
static GPtrArray *
execute (const MmPlan *plan,
         GPtrArray    *destination)
{
  GPtrArray *tree = g_ptr_array_new_with_free_func ((GDestroyNotify) mm_folder_unref);

  for (guint i = 0; i < destination->len; i++)
    g_ptr_array_add (tree, mm_folder_copy (g_ptr_array_index (destination, i)));
  for (guint i = 0; i < plan->folders->len; i++)
    {
      const MmPlanFolder *folder = g_ptr_array_index (plan->folders, i);
      MmFolder *made;

      if (folder->action != MM_PLAN_CREATE)
        continue;
      made = find_in_tree (tree, folder->path);
      if (made == NULL)
        {
          made = mm_folder_new (MM_KIND_EMAILS, (const char *const *) folder->path);
          g_ptr_array_add (tree, made);
        }
      made->selectable = TRUE;
      if (folder->path[1] == NULL && made->role == MM_ROLE_NONE)
        made->role = mm_role_guess (folder->path[0]);
    }
  return tree;
}

static char *
dump_mapping (const MmPlan *plan)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < plan->folders->len; i++)
    {
      const MmPlanFolder *folder = g_ptr_array_index (plan->folders, i);
      g_autofree char *from = join_path (folder->source->path);
      g_autofree char *to = folder->path != NULL ? fold_path (folder->path) : NULL;

      g_string_append_printf (text, "%s -> %s\n", from, to);
    }
  return g_string_free (text, FALSE);
}

/* In the order of the list, not of the plan, which a role that was found may change. */
static void
assert_same_mapping (const MmPlan *a,
                     const MmPlan *b)
{
  g_autofree char *text_a = dump_mapping (a);
  g_autofree char *text_b = dump_mapping (b);
  g_auto (GStrv) lines_a = g_strsplit (text_a, "\n", -1);
  g_auto (GStrv) lines_b = g_strsplit (text_b, "\n", -1);

  g_assert_cmpuint (g_strv_length (lines_a), ==, g_strv_length (lines_b));
  for (char **line = lines_a; *line != NULL; line++)
    if (!g_strv_contains ((const char *const *) lines_b, *line))
      {
        g_test_message ("%s\nand then\n%s", text_a, text_b);
        g_assert_cmpstr (text_a, ==, text_b);
      }
}

static void
assert_choice_changes_nothing (const Case   *self,
                               const MmPlan *whole,
                               GPtrArray    *source,
                               GPtrArray    *destination)
{
  MmFolder *chosen;
  g_autofree char *path = NULL;
  g_autofree char *mapping = dump_mapping (whole);
  g_autofree char *part = NULL;
  g_auto (GStrv) lines = NULL;
  g_autoptr (MmPlan) plan = NULL;
  Case with_choice = *self;

  if (source->len == 0)
    return;
  chosen = g_ptr_array_index (source, g_test_rand_int_range (0, (gint) source->len));
  path = mm_folder_get_display_path (chosen);
  with_choice.choices[0] = path;
  plan = make_plan (&with_choice, source, destination);
  part = dump_mapping (plan);
  lines = g_strsplit (part, "\n", -1);
  for (char **line = lines; *line != NULL; line++)
    g_assert_nonnull (strstr (mapping, *line));
}

static void
test_random_trees (void)
{
  for (guint round = 0; round < 3000; round++)
    {
      Case random = make_random_case ();
      g_autoptr (GPtrArray) source = make_random_tree ();
      g_autoptr (GPtrArray) destination = make_random_tree ();
      g_autoptr (GPtrArray) shuffled = shuffle (destination);
      g_autoptr (MmPlan) plan = make_plan (&random, source, destination);
      g_autoptr (MmPlan) again = make_plan (&random, source, shuffled);
      g_autoptr (GPtrArray) after = execute (plan, destination);
      g_autoptr (GPtrArray) after_shuffled = shuffle (after);
      g_autoptr (MmPlan) second = make_plan (&random, source, after_shuffled);
      g_autofree char *text = dump_plan (plan);
      g_autofree char *text_again = dump_plan (again);

      g_assert_cmpstr (text, ==, text_again);
      assert_no_shared_destination (plan);
      assert_names_are_legal (&random, plan);
      assert_parents_first (plan);
      assert_same_mapping (plan, second);
      assert_choice_changes_nothing (&random, plan, source, destination);
      for (guint i = 0; i < second->folders->len; i++)
        g_assert_cmpint (((MmPlanFolder *) second->folders->pdata[i])->action, !=, MM_PLAN_CREATE);
    }
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *path = g_strconcat ("/plan/", cases[i].name, NULL);

      g_test_add_data_func (path, &cases[i], test_case);
    }
  g_test_add_func ("/plan/losses", test_losses);
  g_test_add_func ("/plan/general-losses", test_general_losses);
  g_test_add_func ("/plan/random-trees", test_random_trees);
  return g_test_run ();
}
