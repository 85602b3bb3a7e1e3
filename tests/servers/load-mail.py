#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Puts the mail of generate-mail.py into an account.

    load-mail.py URL CORPUS [--limit N] [--kind REGEX] [--prefix NAME]

by IMAP: makes and subscribes the folders, then appends with flags and dates, in batches where the
server has MULTIAPPEND. Prints a line for each message that the server refuses. A URL is
imap://alice:secret-a@127.0.0.1:22100 (clear text) or imaps://…

    load-mail.py --maildir DIRECTORY CORPUS [--kind REGEX] [--dots]

writes into the Maildir of a Dovecot of dovecot.sh instead (HOMES/alice/Maildir; --dots for its
flavour "dot"): the way to have a message at the source that no server would take, such as one
with NUL bytes. Keywords beyond 26 in a folder do not fit into a Maildir and are left out.

--kind NAME takes only messages whose kind matches, --kind '!NAME' all others.
"""
import argparse
import json
import os
import pathlib
import re
import sys
import time

from imap_account import Account, encode_name

BATCH_MESSAGES = 100
BATCH_BYTES = 4_000_000


def read_index(corpus, kind, limit):
    """Folders in order, and the messages that were asked for."""
    folders, messages = [], []
    negate = kind.startswith('!')
    for line in open(corpus / 'index.jsonl', encoding='utf-8'):
        entry = json.loads(line)
        if 'file' not in entry:
            folders.append(entry)
        elif bool(re.search(kind.lstrip('!'), entry['kind'])) != negate and len(messages) < limit:
            entry['path'] = corpus / entry['file']
            entry['size'] = entry['path'].stat().st_size
            messages.append(entry)
    return folders, messages


class Loader:
    def __init__(self, account):
        self.account = account
        # "+" promises the literal without waiting for the server's consent (RFC 7888).
        self.plus = '+' if 'LITERAL+' in account.capabilities else ''
        self.limit = account.limit()
        self.batch_messages = BATCH_MESSAGES if 'MULTIAPPEND' in account.capabilities else 1
        self.stored = self.bytes = self.refused = 0

    def make_folders(self, folders):
        for entry in folders:
            wire = self.account.wire(entry['folder'])
            if wire != '"INBOX"':
                self.account.command('CREATE', wire)
            if entry['subscribed']:
                self.account.command('SUBSCRIBE', wire)

    def load(self, messages):
        batch, size = [], 0
        for entry in messages:
            if self.limit is not None and entry['size'] > self.limit:
                self.refuse(entry, f'over APPENDLIMIT={self.limit}')
                continue
            full = len(batch) >= self.batch_messages or size + entry['size'] > BATCH_BYTES
            # Some servers spoil a whole batch for an empty message.
            odd = entry['size'] == 0 or (batch and batch[-1]['size'] == 0)
            if batch and (full or odd or entry['folder'] != batch[0]['folder']):
                self.append(batch)
                batch, size = [], 0
            batch.append(entry)
            size += entry['size']
        if batch:
            self.append(batch)

    def append(self, batch):
        """One command; what it refuses is tried in halves."""
        answer = self.send(batch)
        if answer.startswith('OK'):
            self.stored += len(batch)
            self.bytes += sum(entry['size'] for entry in batch)
        elif len(batch) > 1:
            middle = len(batch) // 2
            self.append(batch[:middle])
            self.append(batch[middle:])
        else:
            self.refuse(batch[0], answer)

    def send(self, batch):
        imap = self.account.imap
        tag = imap._new_tag()
        head = tag + b' APPEND ' + self.account.wire(batch[0]['folder']).encode()
        for entry in batch:
            date = time.strftime('%d-%b-%Y %H:%M:%S +0000', time.gmtime(entry['date']))
            flags = ' '.join(entry['flags'])
            imap.send(head + f' ({flags}) "{date}" {{{entry["size"]}{self.plus}}}\r\n'.encode())
            if not self.plus:
                line = imap.readline()
                if line.startswith(tag):
                    return line[len(tag) + 1:].decode(errors='replace').strip()
            imap.send(entry['path'].read_bytes())
            head = b''
        imap.send(b'\r\n')
        while True:
            line = imap.readline()
            if not line:
                sys.exit('The server closed the connection at '
                         f'{batch[0]["file"]} ({batch[0]["kind"]}).')
            if line.startswith(tag):
                return line[len(tag) + 1:].decode(errors='replace').strip()

    def refuse(self, entry, answer):
        self.refused += 1
        print(f'refused: {entry["file"]} ({entry["kind"]}): {answer}')


def load_by_imap(url, folders, messages, prefix):
    account = Account(url)
    if prefix:
        for entry in folders + messages:
            entry['folder'] = [prefix] + entry['folder']
    used = {tuple(entry['folder']) for entry in messages}
    loader = Loader(account)
    loader.make_folders(folders if used else [])
    order = [tuple(entry['folder']) for entry in folders]
    # Folder by folder: larger batches, and the order within a folder stays.
    messages.sort(key=lambda entry: order.index(tuple(entry['folder'])))
    started = time.time()
    loader.load(messages)
    account.close()
    print(f'{loader.stored} messages, {loader.bytes / 1e6:.1f} MB stored, '
          f'{loader.refused} refused, {time.time() - started:.1f} s')


class Maildir:
    LETTERS = {'\\Draft': 'D', '\\Flagged': 'F', '\\Answered': 'R', '\\Seen': 'S', '\\Deleted': 'T'}

    def __init__(self, directory, dots):
        self.directory = pathlib.Path(directory)
        self.dots = dots
        self.keywords = {}
        owner = self.directory.parent.stat()
        self.owner = owner.st_uid, owner.st_gid
        self.count = 0

    def folder(self, names):
        path = self.directory
        if names != ['INBOX']:
            encoded = [encode_name(name) for name in names]
            path = path / ('.' + '.'.join(encoded) if self.dots else '/'.join(encoded))
        for part in 'cur', 'new', 'tmp':
            (path / part).mkdir(parents=True, exist_ok=True)
        return path

    def flags(self, folder, flags):
        words = self.keywords.setdefault(folder, self.read_keywords(folder))
        letters = {self.LETTERS[flag] for flag in flags if flag in self.LETTERS}
        for flag in flags:
            if flag.startswith('\\'):
                continue
            if flag not in words and len(words) < 26:
                words.append(flag)
            if flag in words:
                letters.add(chr(ord('a') + words.index(flag)))
        return ''.join(sorted(letters))

    @staticmethod
    def read_keywords(folder):
        path = folder / 'dovecot-keywords'
        return [line.split()[1] for line in path.open()] if path.exists() else []

    def add(self, entry):
        folder = self.folder(entry['folder'])
        data = entry['path'].read_bytes()
        self.count += 1
        name = f'{entry["date"]}.M{self.count:06d}P{os.getpid()}.test,S={len(data)}:2,'
        target = folder / 'cur' / (name + self.flags(folder, entry['flags']))
        target.write_bytes(data)
        os.utime(target, (entry['date'], entry['date']))

    def finish(self):
        for folder, words in self.keywords.items():
            lines = ''.join(f'{i} {word}\n' for i, word in enumerate(words))
            (folder / 'dovecot-keywords').write_text(lines)
        if os.getuid() == 0:
            for path in [self.directory, *self.directory.rglob('*')]:
                os.chown(path, *self.owner)


def load_by_maildir(directory, messages, dots):
    maildir = Maildir(directory, dots)
    for entry in messages:
        maildir.add(entry)
    maildir.finish()
    print(f'{maildir.count} messages written')


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('url', nargs='?')
    parser.add_argument('corpus', type=pathlib.Path)
    parser.add_argument('--limit', type=int, default=10 ** 9)
    parser.add_argument('--kind', default='.')
    parser.add_argument('--prefix', help='puts everything below a folder of this name')
    parser.add_argument('--maildir')
    parser.add_argument('--dots', action='store_true')
    options = parser.parse_args()
    folders, messages = read_index(options.corpus, options.kind, options.limit)
    if options.maildir:
        load_by_maildir(options.maildir, messages, options.dots)
    elif options.url:
        load_by_imap(options.url, folders, messages, options.prefix)
    else:
        parser.error('a URL or --maildir is needed')


main()
