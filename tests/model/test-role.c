/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/mm-role.h"

static const struct
{
  const char *name;
  MmRole role;
} guesses[] = {
  { "Sent Items", MM_ROLE_SENT },
  { "sent items", MM_ROLE_SENT },
  { " SENT ", MM_ROLE_SENT },
  { "Enviados", MM_ROLE_SENT },
  { "Odeslaná pošta", MM_ROLE_SENT },
  { "ODESLANÁ POŠTA", MM_ROLE_SENT },
  { "Odeslana\xcc\x81 pos\xcc\x8cta", MM_ROLE_SENT }, /* decomposed, as macOS writes it */
  { "Éléments envoyés", MM_ROLE_SENT },
  { "Отправленные", MM_ROLE_SENT },
  { "送信済みメール", MM_ROLE_SENT },
  { "Gönderilmiş Öğeler", MM_ROLE_SENT },
  { "Drafts", MM_ROLE_DRAFTS },
  { "Rascunhos", MM_ROLE_DRAFTS },
  { "Entwürfe", MM_ROLE_DRAFTS },
  { "ENTWÜRFE", MM_ROLE_DRAFTS },
  { "Concepten", MM_ROLE_DRAFTS },
  { "草稿箱", MM_ROLE_DRAFTS },
  { "Deleted Items", MM_ROLE_TRASH },
  { "Papierkorb", MM_ROLE_TRASH },
  { "Koš", MM_ROLE_TRASH },
  { "Corbeille", MM_ROLE_TRASH },
  { "Elementos eliminados", MM_ROLE_TRASH },
  { "Κάδος απορριμμάτων", MM_ROLE_TRASH },
  { "휴지통", MM_ROLE_TRASH },
  { "Junk E-mail", MM_ROLE_JUNK },
  { "Nevyžádaná pošta", MM_ROLE_JUNK },
  { "Lixo eletrônico", MM_ROLE_JUNK },
  { "Skräppost", MM_ROLE_JUNK },
  { "דואר זבל", MM_ROLE_JUNK },
  { "Archiv", MM_ROLE_ARCHIVE },
  { "Archivio", MM_ROLE_ARCHIVE },
  { "الأرشيف", MM_ROLE_ARCHIVE },

  { "INBOX", MM_ROLE_NONE },
  { "Sent to Anna", MM_ROLE_NONE },
  { "Work", MM_ROLE_NONE },
  { "Starred", MM_ROLE_NONE },
  { "All Mail", MM_ROLE_NONE },
  { "Important", MM_ROLE_NONE },
  { "", MM_ROLE_NONE },
  { "\xff\xfe", MM_ROLE_NONE },
};

static void
test_guess (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (guesses); i++)
    {
      g_test_message ("case %u", i);
      g_assert_cmpint (mm_role_guess (guesses[i].name), ==, guesses[i].role);
    }
}

static void
test_nicks (void)
{
  for (guint role = 0; role < MM_N_ROLES; role++)
    g_assert_cmpint (mm_role_from_nick (mm_role_to_nick (role)), ==, role);
  g_assert_cmpstr (mm_role_to_nick (MM_ROLE_NONE), ==, "");
  g_assert_cmpstr (mm_role_to_nick (MM_ROLE_SENT), ==, "sent");
  g_assert_cmpint (mm_role_from_nick ("Sent"), ==, MM_ROLE_NONE);
}

static void
test_views (void)
{
  guint n = 0;

  for (guint role = 0; role < MM_N_ROLES; role++)
    if (mm_role_is_view (role))
      n++;
  g_assert_cmpuint (n, ==, 3);
  g_assert_true (mm_role_is_view (MM_ROLE_ALL));
  g_assert_true (mm_role_is_view (MM_ROLE_FLAGGED));
  g_assert_true (mm_role_is_view (MM_ROLE_IMPORTANT));
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/role/guess", test_guess);
  g_test_add_func ("/role/nicks", test_nicks);
  g_test_add_func ("/role/views", test_views);
  return g_test_run ();
}
