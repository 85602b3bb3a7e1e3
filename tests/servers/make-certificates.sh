#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# make-certificates.sh DIRECTORY
#
# Makes a certificate authority of its own and server certificates for tests on loopback; does
# nothing when they are there already. Needs openssl.
#
#   ca.pem            the authority: what a client is told to trust
#   server.pem        right in everything: localhost, 127.0.0.1, 127.0.0.2, *.test.invalid
#   wronghost.pem     issued by the authority, but for other.invalid
#   expired.pem       issued by the authority for the right names, ended yesterday
#   selfsigned.pem    right names, issued by nobody but itself
#
# The key of NAME.pem is NAME.key.

set -eu
directory=${1:?usage: make-certificates.sh DIRECTORY}
mkdir -p "$directory"
cd "$directory"
[ ! -s selfsigned.pem ] || exit 0
umask 077
names='DNS:localhost,DNS:*.test.invalid,IP:127.0.0.1,IP:127.0.0.2'

quietly ()
{
  "$@" 2>openssl.log || { cat openssl.log >&2; exit 1; }
}

make_key ()
{
  quietly openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out "$1"
}

# issue NAME ALTERNATIVE_NAMES BEGIN END: "openssl ca" is the one command of OpenSSL 3.0 that
# gives a certificate an end in the past.
issue ()
{
  make_key "$1.key"
  quietly openssl req -new -key "$1.key" -subj "/O=Mail Migrator tests/CN=$1.test.invalid" \
    -out request.pem
  : >index
  cat >ca.conf <<CONF
[ca]
default_ca = tests
[tests]
database = index
serial = serial
new_certs_dir = .
default_md = sha256
policy = anything
unique_subject = no
x509_extensions = leaf
[anything]
organizationName = optional
commonName = supplied
[leaf]
basicConstraints = critical, CA:FALSE
keyUsage = critical, digitalSignature
extendedKeyUsage = serverAuth
subjectAltName = $2
CONF
  quietly openssl ca -batch -notext -config ca.conf -cert ca.pem -keyfile ca.key -rand_serial \
    -startdate "$3" -enddate "$4" -in request.pem -out "$1.pem"
}

day ()
{
  date -u -d "$1" +%Y%m%d%H%M%SZ
}

make_key ca.key
quietly openssl req -new -x509 -key ca.key -days 3650 -out ca.pem \
  -subj '/O=Mail Migrator tests/CN=Test authority' \
  -addext 'basicConstraints = critical, CA:TRUE' \
  -addext 'keyUsage = critical, keyCertSign, cRLSign'
issue server "$names" "$(day '-1 day')" "$(day '+800 days')"
issue wronghost 'DNS:other.invalid' "$(day '-1 day')" "$(day '+800 days')"
issue expired "$names" "$(day '-9 days')" "$(day '-1 day')"
make_key selfsigned.key
quietly openssl req -new -x509 -key selfsigned.key -days 800 -subj '/CN=localhost' \
  -addext "subjectAltName = $names" -out selfsigned.pem

find . -maxdepth 1 -type f ! -name 'ca.pem' ! -name 'ca.key' \
  ! -name 'server.*' ! -name 'wronghost.*' ! -name 'expired.*' ! -name 'selfsigned.*' -delete
chmod 644 ./*.pem
