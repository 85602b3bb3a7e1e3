#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""count-results.py BUILD…: adds up what `meson test` wrote in each build directory, every single
test of a TAP program counted. Prints "N passed, N failed, N skipped"; exit 1 when one failed, or
when there is nothing to count."""
import collections
import json
import pathlib
import re
import sys


def count(test):
    """What one program did: a Counter of passed, failed, skipped."""
    counts = collections.Counter()
    for line in test.get('stdout', '').splitlines():
        match = re.match(r'(not )?ok\b(.*)', line)
        if not match:
            continue
        if re.search(r'#\s*skip', match.group(2), re.IGNORECASE):
            counts['skipped'] += 1
        else:
            counts['failed' if match.group(1) else 'passed'] += 1
    # The result of the program counts where it says more than its lines: it printed none, or
    # crashed or hung between two of them.
    if test['result'] == 'SKIP':
        counts = counts or collections.Counter(skipped=1)
    elif test['result'] not in ('OK', 'EXPECTEDFAIL'):
        counts['failed'] = max(1, counts['failed'])
    return counts or collections.Counter(passed=1)


total = collections.Counter()
for build in sys.argv[1:]:
    for line in open(pathlib.Path(build) / 'meson-logs' / 'testlog.json', encoding='utf-8'):
        total += count(json.loads(line))
print(f'{total["passed"]} passed, {total["failed"]} failed, {total["skipped"]} skipped')
sys.exit(1 if total['failed'] or not total else 0)
