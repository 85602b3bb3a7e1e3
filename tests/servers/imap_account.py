# SPDX-License-Identifier: GPL-3.0-or-later
"""What load-mail.py and compare-accounts.py share: one IMAP account, reached by a URL.

imap://alice:secret-a@127.0.0.1:22100 is clear text, imaps://… is TLS without checks: for test
servers on loopback only. Folders are tuples of names from the top, without the server's prefix.
"""
import base64
import imaplib
import re
import ssl
import time
import urllib.parse

imaplib._MAXLINE = 20_000_000


def encode_name(name):
    """Modified UTF-7 (RFC 3501 5.1.3)."""
    def encode(match):
        words = base64.b64encode(match.group().encode('utf-16-be')).decode().rstrip('=')
        return '&' + words.replace('/', ',') + '-'
    return re.sub('[^\x20-\x7e]+', encode, name.replace('&', '&-'))


def decode_name(name):
    def decode(match):
        if not match.group(1):
            return '&'
        words = match.group(1).replace(',', '/')
        return base64.b64decode(words + '=' * (-len(words) % 4)).decode('utf-16-be')
    return re.sub('&([^-]*)-', decode, name)


def quote(name):
    return '"' + name.replace('\\', '\\\\').replace('"', '\\"') + '"'


class Account:
    def __init__(self, url):
        parts = urllib.parse.urlsplit(url)
        if parts.scheme == 'imaps':
            context = ssl.create_default_context()
            context.check_hostname = False
            context.verify_mode = ssl.CERT_NONE
            self.imap = imaplib.IMAP4_SSL(parts.hostname, parts.port or 993, ssl_context=context)
        else:
            self.imap = imaplib.IMAP4(parts.hostname, parts.port or 143)
        self.imap.login(urllib.parse.unquote(parts.username), urllib.parse.unquote(parts.password))
        self.capabilities = self.imap.capability()[1][0].decode().upper().split()
        self.prefix, self.separator = '', '/'
        if 'NAMESPACE' in self.capabilities:
            answer = self.imap.namespace()[1][0].decode()
            match = re.match(r'\(\("([^"]*)" "(.)"\)', answer)
            if match:
                self.prefix, self.separator = match.groups()

    def limit(self):
        """The size of the largest message, where the server says it."""
        limits = [int(word[12:]) for word in self.capabilities if re.match(r'APPENDLIMIT=\d', word)]
        return min(limits, default=None)

    def wire(self, folder):
        """The quoted name of a folder as the server knows it."""
        if folder[0].upper() == 'INBOX' and len(folder) == 1:
            return '"INBOX"'
        return quote(self.prefix + self.separator.join(map(encode_name, folder)))

    def _folder(self, wire):
        name = wire[len(self.prefix):] if self.prefix and wire.startswith(self.prefix) else wire
        return tuple(map(decode_name, name.split(self.separator)))

    def _parse_list(self, lines):
        for line in lines:
            if isinstance(line, tuple):
                attributes, name = line[0], line[1].decode()
            elif line:
                match = re.match(rb'(\([^)]*\)) (?:"(?:\\.|[^"])*"|NIL) (.*)$', line)
                attributes, name = match.group(1), match.group(2).decode()
                if name.startswith('"'):
                    name = re.sub(r'\\(.)', r'\1', name[1:-1])
            else:
                continue
            yield self._folder(name), attributes.decode().lower()

    def is_own(self, folder):
        return folder[0] not in ('Shared', 'Other Users', 'Shared Folders')

    def folders(self):
        """folder → TRUE when it can hold messages."""
        lines = self.imap.list()[1]
        return {folder: '\\noselect' not in attributes and '\\nonexistent' not in attributes
                for folder, attributes in self._parse_list(lines) if self.is_own(folder)}

    def subscriptions(self):
        lines = self.imap.lsub()[1]
        return {folder for folder, _ in self._parse_list(lines) if self.is_own(folder)}

    def messages(self, folder):
        """Yields (uid, flags, date, bytes) of each message in the order of the folder."""
        status, answer = self.imap.select(self.wire(folder), readonly=True)
        if status != 'OK':
            raise RuntimeError(f'{"/".join(folder)}: {answer[0].decode()}')
        count = int(answer[0])
        for first in range(1, count + 1, 100):
            numbers = f'{first}:{min(first + 99, count)}'
            data = self.imap.fetch(numbers, '(UID FLAGS INTERNALDATE BODY.PEEK[])')[1]
            for i, part in enumerate(data):
                if isinstance(part, tuple):
                    head, body = part
                    after = data[i + 1] if i + 1 < len(data) else None
                    tail = after if isinstance(after, bytes) else b''
                elif b'BODY[] ""' in part or b'BODY[] NIL' in part:
                    head, body, tail = part, b'', b''
                else:
                    continue
                yield self._attributes(head + tail) + (body,)

    @staticmethod
    def _attributes(text):
        uid = int(re.search(rb'UID (\d+)', text).group(1))
        flags = re.search(rb'FLAGS \(([^)]*)\)', text).group(1).decode().split()
        flags = tuple(sorted(flag for flag in flags if flag.lower() != '\\recent'))
        date = imaplib.Internaldate2tuple(text)
        return uid, flags, int(time.mktime(date)) if date else None

    def command(self, name, *arguments):
        """Sends a command as it is; the status and text of its end."""
        status, answer = self.imap._simple_command(name, *arguments)
        return status, (answer[-1] or b'').decode(errors='replace')

    def close(self):
        self.imap.logout()
