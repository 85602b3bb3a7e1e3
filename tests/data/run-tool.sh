#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# run-tool.sh PACKAGE TOOL ARGUMENT…: runs a checking tool; where it is missing the test is
# skipped, and says which Debian package has it.

package=$1
shift
if ! command -v "$1" >/dev/null; then
  echo "$1 is missing (Debian package $package)"
  exit 77
fi
exec "$@"
