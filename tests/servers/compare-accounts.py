#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Compares two IMAP accounts down to the byte, or one account with how it was before.

    compare-accounts.py A B [--uids] [--show N] [--subset]
    compare-accounts.py --save FILE A

A and B are URLs (imap://alice:secret-a@127.0.0.1:22100 or imaps://…) or files written by --save.
Compared are the folders, every message (SHA-256 of all its bytes), system flags, keywords,
INTERNALDATE to the second, the order within the folder, and the subscriptions; with --uids the
UIDs, too. --subset: B may have more folders and more messages. Prints one line of counts and up
to N differences (20). Reads only. Exit: 0 equal, 1 different.
"""
import argparse
import collections
import hashlib
import json
import sys

from imap_account import Account

Message = collections.namedtuple('Message', 'uid digest flags date size label')


def read_account(url):
    account = Account(url)
    folders = {}
    for folder, selectable in account.folders().items():
        folders['/'.join(folder)] = list(read_folder(account, folder)) if selectable else []
    subscriptions = sorted('/'.join(folder) for folder in account.subscriptions())
    account.close()
    return {'folders': folders, 'subscriptions': subscriptions}


def read_folder(account, folder):
    for uid, flags, date, body in account.messages(folder):
        digest = hashlib.sha256(body).hexdigest()
        yield Message(uid, digest, list(flags), date, len(body), label(body))


def label(body):
    for line in body[:20000].splitlines():
        if line.lower().startswith(b'subject:'):
            return line[8:88].decode(errors='replace').strip()
    return ''


def read(place):
    if place.startswith(('imap://', 'imaps://')):
        return read_account(place)
    with open(place, encoding='utf-8') as file:
        snapshot = json.load(file)
    snapshot['folders'] = {name: [Message(*message) for message in messages]
                           for name, messages in snapshot['folders'].items()}
    return snapshot


class Comparison:
    def __init__(self, options):
        self.options = options
        self.counts = collections.Counter()
        self.lines = []

    def differ(self, what, text):
        self.counts[what] += 1
        self.lines.append(f'{what}: {text}')

    def accounts(self, a, b):
        for name in a['folders'].keys() - b['folders'].keys():
            self.differ('folders missing', f'{name} ({len(a["folders"][name])} messages)')
        if not self.options.subset:
            for name in b['folders'].keys() - a['folders'].keys():
                self.differ('folders more', f'{name} ({len(b["folders"][name])} messages)')
            for name in set(b['subscriptions']) - set(a['subscriptions']):
                self.differ('subscriptions more', name)
        for name in set(a['subscriptions']) - set(b['subscriptions']):
            self.differ('subscriptions missing', name)
        for name, messages in a['folders'].items():
            self.folder(name, messages, b['folders'].get(name, []))

    def folder(self, name, a, b):
        self.counts['messages'] += len(a)
        left = collections.defaultdict(list)
        for message in b:
            left[message.digest].append(message)
        for message in a:
            if left[message.digest]:
                self.message(name, message, self.nearest(message, left[message.digest]))
            else:
                self.differ('messages missing', self.name(name, message))
        if self.options.subset:
            return
        for messages in left.values():
            for message in messages:
                self.differ('messages more', self.name(name, message))
        digests = [[message.digest for message in messages] for messages in (a, b)]
        if len(a) == len(b) and digests[0] != digests[1]:
            self.differ('order', name)

    @staticmethod
    def nearest(message, twins):
        """Of several with the same bytes the one that agrees best."""
        def agreement(twin):
            return (twin.flags == message.flags) + (twin.date == message.date)
        best = max(twins, key=agreement)
        twins.remove(best)
        return best

    def message(self, name, a, b):
        for what, system in ('flags', True), ('keywords', False):
            before, after = ({flag for flag in flags if flag.startswith('\\') == system}
                             for flags in (a.flags, b.flags))
            if before != after:
                self.differ(what, f'{self.name(name, a)}: {sorted(before - after)} lost, '
                            f'{sorted(after - before)} more')
        if a.date != b.date:
            self.differ('dates', f'{self.name(name, a)}: {a.date} became {b.date}')
        if self.options.uids and a.uid != b.uid:
            self.differ('uids', f'{self.name(name, a)}: {a.uid} became {b.uid}')

    @staticmethod
    def name(folder, message):
        return f'{folder}: UID {message.uid}, {message.size} bytes, "{message.label}"'

    def print(self):
        counts = ', '.join(f'{what} {n}' for what, n in sorted(self.counts.items())
                           if what != 'messages')
        print(f'{self.counts["messages"]} messages compared: {counts or "all equal"}')
        for line in self.lines[:self.options.show]:
            print(' ', line)
        if len(self.lines) > self.options.show:
            print(f'  and {len(self.lines) - self.options.show} more')


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('a')
    parser.add_argument('b', nargs='?')
    parser.add_argument('--save', metavar='FILE')
    parser.add_argument('--uids', action='store_true')
    parser.add_argument('--subset', action='store_true')
    parser.add_argument('--show', type=int, default=20)
    options = parser.parse_args()
    a = read(options.a)
    if options.save:
        with open(options.save, 'w', encoding='utf-8') as file:
            json.dump(a, file)
    elif not options.b:
        parser.error('a second account is needed')
    if options.b:
        comparison = Comparison(options)
        comparison.accounts(a, read(options.b))
        comparison.print()
        sys.exit(1 if comparison.lines else 0)


if __name__ == '__main__':
    main()
