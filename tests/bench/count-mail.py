#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""count-mail.py URL: how many messages an account has, by STATUS."""
import pathlib
import re
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / 'servers'))
from imap_account import Account  # noqa: E402


def main():
    account = Account(sys.argv[1])
    total = 0
    for folder, selectable in account.folders().items():
        if selectable:
            answer = account.imap.status(account.wire(folder), '(MESSAGES)')[1][0]
            total += int(re.search(rb'MESSAGES (\d+)\)', answer).group(1))
    account.close()
    print(total)


main()
