#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# check-translations.sh: every file with texts is in po/POTFILES.in, every text can be taken out of
# the sources, and every language has all of them, in the same formats (%s, plurals, shortcut
# letters), and brings them into the desktop file and the metainfo. Prints TAP.

cd "$(dirname "$0")/../.." || exit 1
for tool in xgettext msgmerge msgattrib msgfmt; do
  if ! command -v "$tool" >/dev/null; then
    echo "1..0 # SKIP $tool is missing (Debian package gettext)"
    exit 0
  fi
done
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
languages=$(grep -v '^#' po/LINGUAS)
number=0
echo "1..$((2 + 3 * $(echo "$languages" | wc -l)))"

# result STATUS NAME
result ()
{
  number=$((number + 1))
  if [ "$1" = 0 ]; then
    echo "ok $number - $2"
  else
    echo "not ok $number - $2"
  fi
}

# What meson's preset "glib" asks for, as far as the checks below depend on it.
make_template ()
{
  xgettext --files-from=po/POTFILES.in --from-code=UTF-8 --output="$work/new.pot" \
    --keyword=_ --keyword=N_ --keyword=C_:1c,2 --keyword=NC_:1c,2 --keyword=ngettext:1,2 \
    --flag=g_strdup_printf:1:c-format --flag=g_string_append_printf:2:c-format \
    --flag=g_set_error:4:c-format --flag=g_print:1:c-format --flag=g_printerr:1:c-format \
    2>"$work/warnings"
}

# check_complete FILE: whether no text of the template is missing or uncertain.
check_complete ()
{
  msgmerge --quiet --no-fuzzy-matching --output-file="$work/merged.po" "$1" "$work/new.pot" ||
    return 1
  {
    msgattrib --no-obsolete --untranslated "$work/merged.po"
    msgattrib --no-obsolete --only-fuzzy "$work/merged.po"
  } | grep '^#[:,]\|^msgid ' | grep -v '^msgid ""$' >"$work/gaps"
  if [ -s "$work/gaps" ]; then
    cat "$work/gaps" >&2
    return 1
  fi
}

# As the build does it.
merge_data ()
{
  msgfmt --desktop -d po --template="$(echo data/*.desktop.in)" --output-file="$work/desktop" &&
    msgfmt --xml -d po --template="$(echo data/*.metainfo.xml.in)" --output-file="$work/metainfo"
}

po/list-files | diff po/POTFILES.in - >&2
result $? 'POTFILES.in names every file with texts (if not: po/list-files >po/POTFILES.in)'

make_template
status=$?
# Without its rules for desktop and XML files xgettext would take them for C.
if grep -q 'unknown; will try C' "$work/warnings"; then
  cat "$work/warnings" >&2
  echo 'Bail out! gettext lacks rules for a file (Debian packages gettext and libgtk-4-dev)'
  exit 1
fi
# A macro that xgettext does not know, such as G_GUINT64_FORMAT, cuts a text off; PRIu64 is known.
if grep -q 'not a valid C format string\|escape sequence' "$work/warnings"; then
  cat "$work/warnings" >&2
  status=1
fi
result $status 'every text can be taken out of the sources'

for language in $languages; do
  msgfmt --check --check-accelerators=_ --output-file=/dev/null "po/$language.po"
  result $? "$language: the formats are those of the original"
  check_complete "po/$language.po"
  result $? "$language: nothing is missing (if so: ninja -C BUILD mail-migrator-update-po)"
  merge_data && grep -q "^Comment\[$language\]=" "$work/desktop" &&
    grep -q "<summary xml:lang=\"$language\">" "$work/metainfo"
  result $? "$language: is in the desktop file and the metainfo"
done
