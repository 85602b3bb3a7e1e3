#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# dovecot.sh start STATE BASEPORT [FLAVOUR,FLAVOUR…]
# dovecot.sh stop|restart|crash STATE
#
# A Dovecot 2.3 of its own on loopback: settings, sockets, log, certificates and mail are all
# below the directory STATE. Prints KEY=VALUE lines, which it also keeps in STATE/endpoints, when
# every port answers. crash is kill -9 of everything; a restart keeps ports, flavours and mail.
#
# BASEPORT   IMAP, with STARTTLS            BASEPORT+1   IMAP over TLS
# BASEPORT may be the word auto: then two free ports are found.
#
# Accounts: ACCOUNTS="anna:one ben:two" in the environment; else alice:secret-a, bob:secret-b,
# carol:secret-c. Login carol@example.org works as well, with the same mail.
#
# Flavours:
#   sdbox             mail in single-dbox instead of Maildir
#   dot               delimiter "." and everything below "INBOX." (as Courier)
#   shared            a namespace "Shared/" with other people's folders
#   mincap            advertises IMAP4rev1 and nothing else
#   noliteralplus, nomultiappend, nouidplus, nospecialuse, nonamespace
#                     advertises all but that. Dovecot still understands and still sends what
#                     it does not advertise; a proxy that replaces words takes that away, too
#   quota=1M          storage limit of every account: NO [OVERQUOTA]
#   maxmail=1M        larger messages are refused: NO [LIMIT]
#   maxconn=2         connections of one account: NO [LIMIT] at login
#   cert=NAME         expired, wronghost or selfsigned, of make-certificates.sh
#   notls             no TLS at all
#   tlsonly           no login before TLS. Listens on 127.0.0.2, since Dovecot trusts a connection
#                     between equal addresses: use HOST as printed
#   rawlog            what is said in each session, in STATE/home/USER/dovecot.rawlog/

set -eu
. "$(dirname "$0")/common.sh"

all_capabilities='IMAP4rev1 SASL-IR LOGIN-REFERRALS ID ENABLE IDLE SORT SORT=DISPLAY
  THREAD=REFERENCES THREAD=REFS THREAD=ORDEREDSUBJECT MULTIAPPEND URL-PARTIAL CATENATE UNSELECT
  CHILDREN NAMESPACE UIDPLUS LIST-EXTENDED I18NLEVEL=1 CONDSTORE QRESYNC ESEARCH ESORT SEARCHRES
  WITHIN CONTEXT=SEARCH LIST-STATUS BINARY MOVE SNIPPET=FUZZY PREVIEW=FUZZY PREVIEW STATUS=SIZE
  SAVEDATE LITERAL+ NOTIFY SPECIAL-USE'

# hide WORD: takes a capability out of what is advertised.
hide ()
{
  capabilities=$(printf '%s' "${capabilities:-$all_capabilities}" | tr -s ' \n' '\n\n' |
    grep -vxF -- "$1" | tr '\n' ' ')
}

# Sets one variable for each matter that a flavour changes.
read_flavours ()
{
  separator=/ prefix= location='maildir:~/Maildir:LAYOUT=fs' capabilities= quota= max_mail=
  max_connections=100 certificate=server tls=yes demand_tls=no rawlog= shared=
  for flavour in $(echo "$1" | tr ',' ' '); do
    case $flavour in
      sdbox) location='sdbox:~/sdbox' ;;
      dot) separator=. prefix=INBOX. ;;
      shared) shared=yes ;;
      mincap) capabilities=IMAP4rev1 ;;
      noliteralplus) hide LITERAL+ ;;
      nomultiappend) hide MULTIAPPEND ;;
      nouidplus) hide UIDPLUS ;;
      nospecialuse) hide SPECIAL-USE ;;
      nonamespace) hide NAMESPACE ;;
      quota=*) quota=${flavour#*=} ;;
      maxmail=*) max_mail=${flavour#*=} ;;
      maxconn=*) max_connections=${flavour#*=} ;;
      cert=*) certificate=${flavour#*=} ;;
      notls) tls=no ;;
      tlsonly) tls=required demand_tls=yes host=127.0.0.2 ;;
      rawlog) rawlog=yes ;;
      *) die "There is no flavour $flavour." ;;
    esac
  done
  # Maildir++ has the look of Courier; LAYOUT=fs allows a dot within a name.
  [ $separator = / ] || location=${location%:LAYOUT=fs}
}

write_accounts ()
{
  : >"$state/passwords"
  for account in $accounts; do
    printf '%s:{PLAIN}%s\n' "${account%%:*}" "${account#*:}" >>"$state/passwords"
    mkdir -p "$state/home/${account%%:*}"
    [ -z "$rawlog" ] || mkdir -p "$state/home/${account%%:*}/dovecot.rawlog"
  done
}

# Where Dovecot is not installed but unpacked, relocate.c has to reach its children as well.
print_places ()
{
  if [ -n "$environment" ]; then
    echo "import_environment = TZ $(echo "$environment" | sed 's/^env //')"
    echo "libexec_dir = $private_root/root/usr/lib/dovecot"
    echo "mail_plugin_dir = $private_root/root/usr/lib/dovecot/modules"
  fi
}

print_settings ()
{
  cat <<CONF
base_dir = $state/run
state_dir = $state/run
instance_name = test-$(basename "$state")
log_path = $log
listen = $host
protocols = imap
$(print_places)
default_internal_user = $run_user
default_internal_group = $run_group
default_login_user = $run_user
first_valid_uid = $run_uid
last_valid_uid = $run_uid
first_valid_gid = $run_gid
mail_uid = $run_uid
mail_gid = $run_gid
default_vsz_limit = 2G
# Only root can have a chroot.
service anvil {
  chroot =
}
service stats {
  chroot =
}
service imap-login {
  chroot =
  service_count = 0
  inet_listener imap {
    port = $base
  }
  inet_listener imaps {
    port = $([ $tls = no ] && echo 0 || echo $((base + 1)))
    ssl = yes
  }
}
ssl = $tls
ssl_cert = <$state/tls/$certificate.pem
ssl_key = <$state/tls/$certificate.key
disable_plaintext_auth = $demand_tls
auth_mechanisms = plain login
auth_failure_delay = 0
passdb {
  driver = passwd-file
  args = username_format=%n $state/passwords
}
userdb {
  driver = static
  args = uid=$run_uid gid=$run_gid home=$state/home/%n
}
mail_home = $state/home/%n
mail_location = $location
mail_fsync = never
maildir_very_dirty_syncs = yes
mail_plugins = ${quota:+quota} ${max_mail:+quota} ${shared:+acl}
lda_mailbox_autocreate = yes
${capabilities:+imap_capability = $capabilities}
namespace inbox {
  inbox = yes
  separator = $separator
  prefix = $prefix
  mailbox Drafts {
    special_use = \\Drafts
    auto = subscribe
  }
  mailbox Sent {
    special_use = \\Sent
    auto = subscribe
  }
  mailbox Trash {
    special_use = \\Trash
    auto = subscribe
  }
  mailbox Junk {
    special_use = \\Junk
    auto = create
  }
  mailbox Archive {
    special_use = \\Archive
    auto = create
  }
}
protocol imap {
  mail_plugins = \$mail_plugins ${quota:+imap_quota} ${shared:+imap_acl}
  mail_max_userip_connections = $max_connections
  ${rawlog:+rawlog_dir = $state/home/%n/dovecot.rawlog}
}
plugin {
  ${quota:+quota_rule = *:storage=$quota}
  ${quota:+quota_grace = 0}
  ${max_mail:+quota_max_mail_size = $max_mail}
  ${shared:+acl = vfile}
  ${shared:+acl_shared_dict = file:$state/shared-mailboxes}
}
CONF
  [ -z "$quota$max_mail" ] || cat <<CONF
plugin {
  quota = count:Storage
  quota_vsizes = yes
}
CONF
  [ -z "$shared" ] || cat <<CONF
namespace shared {
  type = shared
  separator = $separator
  prefix = Shared$separator%%n$separator
  location = $(echo "$location" | sed "s|~|$state/home/%%n|"):INDEX=~/shared/%%n
  subscriptions = no
  list = children
}
CONF
}

print_endpoints ()
{
  echo KIND=dovecot
  echo "FLAVOUR=$flavours"
  echo "HOST=$host"
  echo "IMAP_PORT=$base"
  [ $tls = no ] || echo "IMAPS_PORT=$((base + 1))"
  echo "CA=$state/tls/ca.pem"
  echo "PIDFILE=$pid_file"
  echo "LOG=$log"
  echo "HOMES=$state/home"
  print_accounts
}

start ()
{
  base=$1
  flavours=$2
  dovecot=$(program /usr/sbin/dovecot)
  doveconf=$(program /usr/bin/doveconf)
  [ -n "$dovecot" ] && [ -n "$(program /usr/lib/dovecot/imap)" ] || missing Dovecot dovecot-imapd
  case $dovecot in "$private_root"/*) environment=$(private_environment) ;; *) environment= ;; esac
  need openssl openssl
  read_flavours "$flavours"
  choose_user
  "$here/make-certificates.sh" "$state/tls"
  mkdir -p "$state/run" "$state/home"
  write_accounts
  ports=$base
  [ $tls = no ] || ports="$ports $((base + 1))"
  check_ports_free $ports
  print_settings >"$state/dovecot.conf"
  : >>"$log"
  own_state
  # What dovecot does by itself, but with a doveconf that need not be in /usr/bin.
  # Holds on to none of our files, or a caller that reads our output would wait for ever.
  (cd "$state" && $as_user $environment "$doveconf" -f service=master -c "$state/dovecot.conf" \
    -m master -e "$dovecot" -c "$state/dovecot.conf") >>"$log" 2>&1 </dev/null || {
    tail -20 "$log" >&2
    die "Dovecot did not start."
  }
  wait_for_ports $ports
  print_endpoints | tee "$state/endpoints"
}

[ $# -ge 2 ] || usage
accounts=${ACCOUNTS:-alice:secret-a bob:secret-b carol:secret-c}
verb=$1
open_state "$2"
shift 2
run_command "$verb" "$@"
