/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/mm-kind.h"

static void
test_nicks (void)
{
  MmKind kind = MM_KIND_TASKS;

  for (guint i = 0; i < MM_N_KINDS; i++)
    {
      g_assert_true (mm_kind_from_nick (mm_kind_to_nick (i), &kind));
      g_assert_cmpint (kind, ==, i);
      g_assert_cmpstr (mm_kind_get_title (i), !=, "");
    }
  kind = MM_KIND_TASKS;
  g_assert_false (mm_kind_from_nick ("Emails", &kind));
  g_assert_false (mm_kind_from_nick ("", &kind));
  g_assert_cmpint (kind, ==, MM_KIND_TASKS);
}

static void
test_words_of_the_command_line (void)
{
  g_assert_cmpstr (mm_kind_to_nick (MM_KIND_EMAILS), ==, "emails");
  g_assert_cmpstr (mm_kind_to_nick (MM_KIND_CALENDARS), ==, "calendars");
  g_assert_cmpstr (mm_kind_to_nick (MM_KIND_CONTACTS), ==, "contacts");
  g_assert_cmpstr (mm_kind_to_nick (MM_KIND_INBOX_RULES), ==, "inbox-rules");
  g_assert_cmpstr (mm_kind_to_nick (MM_KIND_CONTACT_GROUPS), ==, "contact-groups");
  g_assert_cmpstr (mm_kind_to_nick (MM_KIND_OUT_OF_OFFICE), ==, "out-of-office");
  g_assert_cmpstr (mm_kind_to_nick (MM_KIND_TASKS), ==, "tasks");
}

static void
test_parse (void)
{
  g_autofree char *unknown = NULL;

  g_assert_cmpuint (mm_kind_set_parse ("emails", &unknown), ==, MM_KIND_BIT (MM_KIND_EMAILS));
  g_assert_cmpuint (mm_kind_set_parse ("tasks, emails,tasks", &unknown), ==,
                    MM_KIND_BIT (MM_KIND_EMAILS) | MM_KIND_BIT (MM_KIND_TASKS));
  g_assert_null (unknown);
  g_assert_cmpuint (mm_kind_set_parse ("emails,mails,x", &unknown), ==, 0);
  g_assert_cmpstr (unknown, ==, "mails");
  g_assert_cmpuint (mm_kind_set_parse ("", NULL), ==, 0);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/kind/nicks", test_nicks);
  g_test_add_func ("/kind/words-of-the-command-line", test_words_of_the_command_line);
  g_test_add_func ("/kind/parse", test_parse);
  return g_test_run ();
}
