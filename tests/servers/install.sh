#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# install.sh [dovecot] [cyrus]
#
# Gives the tests the mail servers that this machine does not have, without installing them: the
# Debian packages are downloaded by apt (which checks their signatures) and unpacked into a
# private directory, from where dovecot.sh and cyrus.sh run them. No service, no user, no file in
# /etc; removing the directory removes them. What is installed already is used as it is. Neither
# root nor sudo is needed.
#
# The directory is MM_SERVERS_ROOT, else /var/tmp/mail-migrator-servers-UID. Needs apt's package
# lists (apt-get update), dpkg-deb, and cc for relocate.c.

set -eu
. "$(dirname "$0")/common.sh"

# packages_of SERVER: the packages with the programs themselves. Unlike Debian's dependencies,
# this names no mail transport agent and nothing that would run as a service.
packages_of ()
{
  case $1 in
    dovecot) echo dovecot-core dovecot-imapd ;;
    cyrus) echo cyrus-common cyrus-imapd sasl2-bin libsasl2-modules libsasl2-modules-db ;;
    *) usage ;;
  esac
}

is_there ()
{
  case $1 in
    dovecot)
      [ -n "$(program /usr/sbin/dovecot)" ] && [ -n "$(program /usr/lib/dovecot/imap)" ] ;;
    cyrus)
      [ -n "$(program /usr/lib/cyrus/bin/master)" ] && [ -n "$(program /usr/sbin/saslpasswd2)" ] &&
        [ -n "$(program /usr/lib/cyrus/bin/imapd)" ] ;;
    *) usage ;;
  esac
}

# packages_to_unpack SERVER: its packages, also where one of them is installed so that all have
# one version, and the libraries that are missing. apt only prints here; it would remove an
# installed server that stands in the way, hence never without --print-uris.
packages_to_unpack ()
{
  packages_of "$1"
  _list=$(apt-get install --print-uris --yes --quiet=2 --no-install-recommends \
    $(packages_of "$1")) ||
    die "apt cannot get $1. Run apt-get update, then try again."
  echo "$_list" | sed -n "s/^'.*' \(lib[^_]*\)_.*/\1/p"
}

open_private_root ()
{
  (umask 022 && mkdir -p "$private_root")
  check_private_root
  [ "$(stat -c %a "$private_root")" = 755 ] || chmod 755 "$private_root"
}

# Into a new directory first, so that what is in root is always whole.
unpack ()
{
  download=$private_root/download
  rm -rf "$download" "$private_root/root.new"
  mkdir "$download"
  [ ! -d "$private_root/root" ] || cp -a "$private_root/root" "$private_root/root.new"
  # apt downloads as its own user where it may.
  if [ "$(id -u)" = 0 ] && id _apt >/dev/null 2>&1; then chown _apt "$download"; fi
  (cd "$download" && apt-get download --quiet=2 "$@" >&2)
  for archive in "$download"/*.deb; do
    dpkg-deb -x "$archive" "$private_root/root.new"
  done
  chmod -R a+rX "$private_root/root.new"
  cc -shared -fPIC -O2 -o "$private_root/relocate.so" "$here/relocate.c"
  rm -rf "$download" "$private_root/root"
  mv "$private_root/root.new" "$private_root/root"
}

case ${1:-} in -*) usage ;; esac
[ $# -gt 0 ] || set -- dovecot cyrus
packages=
for server; do
  if is_there "$server"; then
    echo "$server: is here"
  else
    need apt-get apt
    packages="$packages $(packages_to_unpack "$server")"
  fi
done
[ -n "$packages" ] || exit 0

need cc gcc
open_private_root
packages=$(printf '%s\n' $packages | sort -u)
echo "Unpacking into $private_root, without installing:" $packages
unpack $packages
for server; do
  is_there "$server" || die "$server is still not there after unpacking."
done
