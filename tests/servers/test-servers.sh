#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# test-servers.sh
#
# Shows that servers, sample mail and comparison do what they say: mail that is loaded twice is
# equal, and each single change is found. Prints TAP.

set -eu
here=$(cd "$(dirname "$0")" && pwd)
directory=$(mktemp -d /tmp/mm-servers.XXXXXX)
chmod 755 "$directory"
number=0
failed=0

finish ()
{
  for server in dovecot cyrus; do
    "$here/$server.sh" stop "$directory/$server" || true
  done
  rm -rf "$directory"
}
trap finish EXIT
trap 'exit 1' INT TERM

# check NAME COMMAND…: one test, passed when the command succeeds.
check ()
{
  number=$((number + 1))
  name=$1
  shift
  if "$@" >"$directory/out" 2>&1; then
    echo "ok $number - $name"
  else
    echo "not ok $number - $name"
    sed 's/^/# /' "$directory/out"
    failed=1
  fi
}

fails ()
{
  ! "$@"
}

# start SERVER FLAVOURS: sets url; fails with 77 where the server is missing.
start ()
{
  "$here/$1.sh" start "$directory/$1" auto "$2" >"$directory/endpoints"
  port=$(sed -n 's/^IMAP_PORT=//p' "$directory/endpoints")
  url=imap://alice:secret-a@127.0.0.1:$port
  other=imap://bob:secret-b@127.0.0.1:$port
}

# change COMMAND…: one IMAP command on a message of bob.
change ()
{
  /usr/bin/python3 - "$port" "$@" <<'PYTHON'
import imaplib, sys
imap = imaplib.IMAP4 ('127.0.0.1', int (sys.argv[1]))
imap.login ('bob', 'secret-b')
imap.select ('INBOX.Sent')
print (getattr (imap, sys.argv[2]) (*sys.argv[3:]))
imap.logout ()
PYTHON
}

generate ()
{
  "$here/generate-mail.py" "$1" --count 60 --mean-kib 8 --huge-mb 0
}

compare ()
{
  "$here/compare-accounts.py" "$@"
}

start dovecot dot || {
  [ $? -eq 77 ] || exit 1
  echo '1..0 # SKIP Dovecot is missing'
  exit 0
}
check 'sample mail is made' generate "$directory/mail"
check 'and made again' generate "$directory/again"
check 'the same bytes' diff -r "$directory/mail" "$directory/again"
# Dovecot takes no empty message, makes another byte of NUL, and of a date to come the present.
ordinary='!nul|empty|2040'
check 'load into Dovecot' "$here/load-mail.py" "$url" "$directory/mail" --kind "$ordinary"
check 'and into another account' "$here/load-mail.py" "$other" "$directory/mail" --kind "$ordinary"
check 'write what no server takes' "$here/load-mail.py" \
  --maildir "$directory/dovecot/home/alice/Maildir" --dots "$directory/mail" --kind 'nul|empty'
check 'only that is missing' sh -c "'$here/compare-accounts.py' '$url' '$other' |
  grep -q ': messages missing 3\$'"
check 'a message more at the destination is seen' fails compare "$other" "$url"
check 'which --subset allows' compare "$other" "$url" --subset
check 'keep a snapshot' compare --save "$directory/before" "$other"
check 'restart' "$here/dovecot.sh" restart "$directory/dovecot"
check 'equal, with UIDs, after a restart' compare "$directory/before" "$other" --uids
check 'take a flag away' change store 1 FLAGS '(planted)'
check 'found' fails compare "$directory/before" "$other"
check 'delete a folder' change delete INBOX.R\&-D
check 'found as well' sh -c "'$here/compare-accounts.py' '$directory/before' '$other' |
  grep -q 'folders missing 1'"
check 'kill -9' "$here/dovecot.sh" crash "$directory/dovecot"
check 'the port is closed' fails "$here/compare-accounts.py" "$url" "$url"

if start cyrus maxmsg=1000000; then
  check 'load into Cyrus' "$here/load-mail.py" "$url" "$directory/mail" --kind normal
  check 'Cyrus names what it refuses' sh -c "'$here/load-mail.py' '$other' '$directory/mail' |
    grep -q 'long-lines): over APPENDLIMIT=1000000'"
else
  echo "ok $((number + 1)) - Cyrus # SKIP it is missing"
  number=$((number + 1))
fi
echo "1..$number"
exit $failed
