# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=sh disable=SC2034
#
# packages.sh: what tests/run and tests/demo share: which Debian packages are needed, and how the
# missing ones are installed. Sourced, never run.

packages_to_build='gcc libc6-dev pkgconf meson ninja-build gettext python3 libglib2.0-dev
  libglib2.0-dev-bin libgtk-4-dev libadwaita-1-dev libsqlite3-dev libjson-glib-dev libgmime-3.0-dev
  libxml2-utils libgtk-4-bin desktop-file-utils'
packages_to_run='ca-certificates glib-networking openssl adwaita-icon-theme librsvg2-common
  fonts-dejavu-core fonts-cantarell'
packages_to_test='appstream python3-yaml dbus xvfb xauth libasan8 libubsan1'

say ()
{
  printf '\n==> %s\n' "$*"
}

# install_missing PACKAGE…: installs what is not there, in one go; asks for a password where sudo
# does. Touches nothing when all is there.
install_missing ()
{
  _missing=
  for _package; do
    case $(dpkg-query -W -f '${db:Status-Abbrev}' "$_package" 2>/dev/null) in
      ii*) ;;
      *) _missing="$_missing $_package" ;;
    esac
  done
  [ -n "$_missing" ] || return 0
  say "Installing what is missing:$_missing"
  if [ "$(id -u)" = 0 ]; then
    _sudo=
  elif command -v sudo >/dev/null; then
    _sudo=sudo
  else
    echo "There is no sudo here. As root, run: apt-get install --no-install-recommends$_missing" >&2
    return 1
  fi
  # What goes wrong is said on standard error; hundreds of lines about what goes well help nobody.
  $_sudo apt-get update --quiet=2 &&
    $_sudo env DEBIAN_FRONTEND=noninteractive \
      apt-get install --yes --quiet=2 --no-install-recommends $_missing >/dev/null
}

# The servers are not installed but unpacked, see tests/servers/install.sh.
unpack_servers ()
{
  "$root/tests/servers/install.sh" "$@"
}

# build DIRECTORY OPTION…
build ()
{
  _directory=$1
  shift
  if [ ! -f "$_directory/build.ninja" ]; then
    rm -rf "$_directory"
    meson setup "$_directory" "$root" "$@" || return 1
  fi
  ninja -C "$_directory"
}
