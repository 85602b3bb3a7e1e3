# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=sh disable=SC2034
#
# common.sh: what the start scripts of the test servers share. Sourced, never run.

here=$(cd "$(dirname "$0")" && pwd)
host=127.0.0.1

# Debian's own programs come first: a python3 or openssl out of somebody's home can neither be
# run by the user that the servers run as, nor find Debian's modules.
PATH=/usr/bin:/bin:/usr/sbin:/sbin:$PATH
export PATH

# What a test run sets for the programs under test is not meant for the servers.
unset LD_PRELOAD LD_LIBRARY_PATH MALLOC_CHECK_ MALLOC_PERTURB_ G_DEBUG ASAN_OPTIONS LSAN_OPTIONS \
  UBSAN_OPTIONS

# Where install.sh unpacks servers that this machine does not have; see there.
private_root=${MM_SERVERS_ROOT:-/var/tmp/mail-migrator-servers-$(id -u)}

# MISSING programs are a reason to skip a test, which Meson and Automake write as 77.
skip_status=77

die ()
{
  echo "$(basename "$0"): $*" >&2
  exit 1
}

# Others on this machine must not be able to put programs there that we then run.
check_private_root ()
{
  if [ -L "$private_root" ] || { [ -e "$private_root" ] && [ ! -O "$private_root" ]; }; then
    die "$private_root belongs to somebody else; set MM_SERVERS_ROOT to another directory."
  fi
}

missing ()
{
  echo "$(basename "$0"): $1 is not on this machine. Run $here/install.sh, which puts it" \
    "into a private directory, or install the Debian package $2." >&2
  exit $skip_status
}

need ()
{
  command -v "$1" >/dev/null 2>&1 || missing "$1" "$2"
}

# The header comment of the script is its help.
usage ()
{
  sed -n '/^# SPDX/d; 2,/^$/s/^# \{0,1\}//p' "$0"
  exit 2
}

# program PATH: where the program with that absolute path is: the one in the private directory,
# else the system's own. Prints nothing when there is neither.
program ()
{
  if [ -x "$private_root/root$1" ]; then
    echo "$private_root/root$1"
  elif [ -x "$1" ]; then
    echo "$1"
  fi
}

# A server from the private directory finds its own libraries, modules and helper programs
# through relocate.c. Prints the words that go before its command.
private_environment ()
{
  _root=$private_root/root
  [ -d "$_root" ] || return 0
  _libs=$(dirname "$(ls /usr/lib/*-linux-*/libc.so.6 | head -1)")
  _dovecot=$_root/usr/lib/dovecot
  echo "env LD_PRELOAD=$private_root/relocate.so RELOCATE_ROOT=$_root" \
    "LD_LIBRARY_PATH=$_root$_libs:$_root${_libs#/usr}:$_dovecot:$_dovecot/modules/old-stats" \
    "SASL_PATH=$_root$_libs/sasl2:$_libs/sasl2"
}

# Mail servers refuse to work as root, so there everything runs as an unprivileged user
# ($RUN_AS, else nobody); an ordinary user's servers run as that user. Sets run_user, run_group,
# run_uid, run_gid and as_user, the words that go before a command.
choose_user ()
{
  if [ "$(id -u)" = 0 ]; then
    run_user=${RUN_AS:-nobody}
    as_user="setpriv --reuid=$run_user --regid=$(id -g "$run_user") --clear-groups --"
  else
    run_user=$(id -un)
    as_user=
  fi
  run_group=$(id -gn "$run_user")
  run_uid=$(id -u "$run_user")
  run_gid=$(id -g "$run_user")
}

# own_state: gives $state to that user, and checks that the user can get there.
own_state ()
{
  [ -z "$as_user" ] || chown -R "$run_user:$run_group" "$state"
  $as_user test -w "$state" ||
    die "$run_user cannot reach $state: a directory above it is closed to others."
}

# open_state DIRECTORY: makes it and sets state, pid_file and log. Unix sockets allow 107 bytes
# for their path, of which the servers' own names take up to 45.
open_state ()
{
  if [ ! -d "$1" ]; then
    (umask 022 && mkdir -p "$1")
  fi
  state=$(cd "$1" && pwd)
  [ ${#state} -le 60 ] || die "The path is too long for the servers' sockets: $state"
  pid_file=$state/run/master.pid
  log=$state/$(basename "$0" .sh).log
}

port_is_open ()
{
  bash -c "exec 3<>/dev/tcp/$host/$1" 2>/dev/null
}

# Rather fail than talk to somebody else's server.
check_ports_free ()
{
  for _port; do
    ! port_is_open "$_port" || die "Port $_port is taken."
  done
}

# A base with two free ports, below the range from which the kernel takes its own.
pick_base ()
{
  for _n in 1 2 3 4 5 6 7 8 9 10; do
    _base=$((20000 + $(od -An -N2 -tu2 /dev/urandom) % 1200 * 10))
    if ! port_is_open $_base && ! port_is_open $((_base + 1)); then
      echo $_base
      return
    fi
  done
  die "No free port was found."
}

is_alive ()
{
  [ -s "$1" ] && kill -0 "$(cat "$1")" 2>/dev/null
}

# wait_for_ports PORT…: up to 20 seconds; gives up when the server dies.
wait_for_ports ()
{
  for _port; do
    _n=0
    until port_is_open "$_port"; do
      _n=$((_n + 1))
      if [ $_n -ge 200 ] || { [ $_n -gt 20 ] && ! is_alive "$pid_file"; }; then
        tail -20 "$log" >&2
        stop
        die "Port $_port did not open; see $log."
      fi
      sleep 0.1
    done
  done
}

# Ends the server whose number is in $pid_file, and only that one.
stop ()
{
  if is_alive "$pid_file"; then
    _pid=$(cat "$pid_file")
    kill -TERM "$_pid" 2>/dev/null || true
    _n=0
    while kill -0 "$_pid" 2>/dev/null; do
      _n=$((_n + 1))
      [ $_n -lt 100 ] || kill -KILL "$_pid" 2>/dev/null || true
      sleep 0.1
    done
  fi
  rm -f "$pid_file"
}

# kill -9 of the master and everything that it started: what a power cut is for the server.
crash ()
{
  is_alive "$pid_file" || return 0
  _pid=$(cat "$pid_file")
  # Stopped first, so that it starts nothing in between.
  kill -STOP "$_pid"
  kill -KILL $(cat "/proc/$_pid/task/$_pid/children") "$_pid" 2>/dev/null || true
  rm -f "$pid_file"
}

print_accounts ()
{
  _i=0
  for _account in $accounts; do
    _i=$((_i + 1))
    echo "USER$_i=${_account%%:*}"
    echo "PASS$_i=${_account#*:}"
  done
}

# run_command COMMAND [BASEPORT [FLAVOURS]]: the verbs that all servers have. A restart keeps
# ports, flavours, accounts and mail.
run_command ()
{
  case $1 in
    start)
      [ $# -ge 2 ] || usage
      ! is_alive "$pid_file" || die "A server is running in $state already."
      printf '%s\n' "$accounts" >"$state/accounts"
      if [ "$2" = auto ]; then
        _base=$(pick_base)
      else
        _base=$2
      fi
      start "$_base" "${3:-}" ;;
    stop) stop ;;
    crash) crash ;;
    restart)
      [ -f "$state/endpoints" ] || die "No server was ever started in $state."
      stop
      accounts=$(cat "$state/accounts")
      start "$(sed -n 's/^IMAP_PORT=//p' "$state/endpoints")" \
        "$(sed -n 's/^FLAVOUR=//p' "$state/endpoints")" ;;
    *) usage ;;
  esac
}

check_private_root
