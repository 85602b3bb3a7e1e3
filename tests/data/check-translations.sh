#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# check-translations.sh: every file with texts is in po/POTFILES.in, and the formats (%s, plurals)
# of every translation are those of the original. Prints TAP.

cd "$(dirname "$0")/../../po" || exit 1
if ! command -v msgfmt >/dev/null; then
  echo '1..0 # SKIP msgfmt is missing (Debian package gettext)'
  exit 0
fi
languages=$(grep -v '^#' LINGUAS)
echo "1..$(($(echo "$languages" | wc -l) + 1))"

if ./list-files | diff POTFILES.in - >&2; then
  echo 'ok 1 - POTFILES.in names every file with texts'
else
  echo 'not ok 1 - POTFILES.in names every file with texts: run po/list-files >po/POTFILES.in'
fi
number=1
for language in $languages; do
  number=$((number + 1))
  if msgfmt --check --output-file=/dev/null "$language.po"; then
    echo "ok $number - $language"
  else
    echo "not ok $number - $language"
  fi
done
