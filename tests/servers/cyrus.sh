#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# cyrus.sh start STATE BASEPORT [FLAVOUR,FLAVOUR…]
# cyrus.sh stop|restart|crash STATE
#
# A Cyrus IMAP 3.6 of its own on loopback, as dovecot.sh: everything is below STATE, KEY=VALUE
# lines are printed when every port answers.
#
# BASEPORT   IMAP, with STARTTLS            BASEPORT+1   IMAP over TLS
# BASEPORT may be the word auto: then two free ports are found.
#
# Accounts: ACCOUNTS="anna:one ben:two" in the environment; else alice:secret-a, bob:secret-b.
#
# Flavours:
#   dot               delimiter "." and everything below "INBOX." (as older Cyrus)
#   quota=1024        storage of every account in KiB: NO Over quota, without a code
#   maxmsg=1000000    larger messages are refused (bytes); advertised as APPENDLIMIT
#   cert=NAME         expired, wronghost or selfsigned, of make-certificates.sh
#   notls             no TLS at all

set -eu
. "$(dirname "$0")/common.sh"

read_flavours ()
{
  slash=yes quota= max_message=0 certificate=server tls=yes
  for flavour in $(echo "$1" | tr ',' ' '); do
    case $flavour in
      dot) slash=no ;;
      quota=*) quota=${flavour#*=} ;;
      maxmsg=*) max_message=${flavour#*=} ;;
      cert=*) certificate=${flavour#*=} ;;
      notls) tls=no ;;
      *) die "There is no flavour $flavour." ;;
    esac
  done
}

print_settings ()
{
  cat <<CONF
servername: localhost
configdirectory: $state/conf
defaultpartition: default
partition-default: $state/spool
proc_path: $state/run/proc
mboxname_lockpath: $state/run/lock
idlesocket: $state/run/socket/idle
temp_path: $state/tmp
cyrus_user: $run_user
admins: cyrus
altnamespace: $slash
unixhierarchysep: $slash
allowanonymouslogin: no
allowplaintext: yes
sasl_pwcheck_method: auxprop
sasl_auxprop_plugin: sasldb
sasl_sasldb_path: $state/sasldb2
sasl_mech_list: PLAIN LOGIN
autocreate_quota: ${quota:-0}
autocreate_users: anyone
autocreate_inbox_folders: Drafts | Sent | Trash | Junk | Archive
autocreate_subscribe_folders: Drafts | Sent | Trash | Junk | Archive
xlist-drafts: Drafts
xlist-sent: Sent
xlist-trash: Trash
xlist-junk: Junk
xlist-archive: Archive
maxmessagesize: $max_message
sql_engine: sqlite
skiplist_unsafe: yes
expunge_mode: immediate
delete_mode: immediate
sendmail: /bin/false
CONF
  [ $tls = no ] || cat <<CONF
tls_server_cert: $state/tls/$certificate.pem
tls_server_key: $state/tls/$certificate.key
CONF
}

print_services ()
{
  imapd="$(program $bin/imapd) -C $state/imapd.conf"
  database="$(program $bin/ctl_cyrusdb) -C $state/imapd.conf"
  echo "START { recover cmd=\"$database -r\" }"
  echo "SERVICES {"
  echo "  imap cmd=\"$imapd -U 30\" listen=\"$host:$base\" prefork=0"
  [ $tls = no ] ||
    echo "  imaps cmd=\"$imapd -s -U 30\" listen=\"$host:$((base + 1))\" prefork=0"
  echo "}"
  echo "DAEMON { idled cmd=\"$(program $bin/idled) -C $state/imapd.conf\" }"
  echo "EVENTS { checkpoint cmd=\"$database -c\" period=30 }"
}

write_accounts ()
{
  for account in $accounts cyrus:secret-c; do
    printf '%s' "${account#*:}" |
      $environment "$saslpasswd2" -c -p -f "$state/sasldb2" -u localhost "${account%%:*}"
  done
}

# Cyrus makes an account's folders at its first login.
log_in_once ()
{
  for account in $accounts; do
    python3 - "$host" "$base" "${account%%:*}" "${account#*:}" <<'PYTHON' || {
import imaplib, sys
connection = imaplib.IMAP4 (sys.argv[1], int (sys.argv[2]))
connection.login (sys.argv[3], sys.argv[4])
connection.logout ()
PYTHON
      stop
      die "${account%%:*} could not log in; see $log."
    }
  done
}

print_endpoints ()
{
  echo KIND=cyrus
  echo "FLAVOUR=$flavours"
  echo "HOST=$host"
  echo "IMAP_PORT=$base"
  [ $tls = no ] || echo "IMAPS_PORT=$((base + 1))"
  echo "CA=$state/tls/ca.pem"
  echo "PIDFILE=$pid_file"
  echo "LOG=$log"
  print_accounts
}

start ()
{
  base=$1
  flavours=$2
  bin=/usr/lib/cyrus/bin
  for needed in master imapd idled ctl_cyrusdb; do
    [ -n "$(program $bin/$needed)" ] || missing "Cyrus IMAP" cyrus-imapd
  done
  saslpasswd2=$(program /usr/sbin/saslpasswd2)
  [ -n "$saslpasswd2" ] || missing saslpasswd2 sasl2-bin
  environment=$(private_environment)
  need openssl openssl
  need python3 python3
  read_flavours "$flavours"
  choose_user
  "$here/make-certificates.sh" "$state/tls"
  for directory in run/proc run/lock run/socket conf/db conf/log conf/msg conf/user spool tmp; do
    mkdir -p "$state/$directory"
  done
  ports=$base
  [ $tls = no ] || ports="$ports $((base + 1))"
  check_ports_free $ports
  print_settings >"$state/imapd.conf"
  print_services >"$state/cyrus.conf"
  write_accounts
  : >>"$log"
  own_state
  $as_user $environment "$(program $bin/master)" -C "$state/imapd.conf" -M "$state/cyrus.conf" \
    -p "$pid_file" -d -l 64 >>"$log" 2>&1 </dev/null || {
    tail -20 "$log" >&2
    die "Cyrus did not start."
  }
  wait_for_ports $ports
  log_in_once
  print_endpoints | tee "$state/endpoints"
}

[ $# -ge 2 ] || usage
accounts=${ACCOUNTS:-alice:secret-a bob:secret-b}
verb=$1
open_state "$2"
shift 2
run_command "$verb" "$@"
