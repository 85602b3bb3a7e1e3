#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""imap-bounds.py SOURCE DESTINATION: what the protocol allows, measured with one connection each.

Reads every message of the account at SOURCE with one streamed FETCH a folder, all commands sent
ahead, and times that; then writes the same messages into the account at DESTINATION by MULTIAPPEND
in batches of 100 or 4 MB with LITERAL+, never waiting for an answer before the end, and times that.
Nothing is parsed beyond what tells one message from the next. A program that reads and writes at
the same time can be as fast as the slower of the two, and with several connections faster.

SOURCE and DESTINATION are PORT of 127.0.0.1, the login in USER and PASSWORD of the environment.
Prints KEY=VALUE lines: seconds and messages.
"""
import os
import re
import socket
import sys
import time

BATCH_MESSAGES = 100
BATCH_BYTES = 4_000_000
DATE = b'" 1-Jan-2001 00:00:00 +0000"'


class Session:
    def __init__(self, port):
        self.socket = socket.create_connection(('127.0.0.1', port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.file = self.socket.makefile('rb', 1 << 20)
        self.file.readline()
        self.command(f'LOGIN {os.environ["USER"]} {os.environ["PASSWORD"]}'.encode())

    def send(self, *parts):
        self.socket.sendall(b''.join((b'x ', *parts, b'\r\n')))

    def answer(self):
        """Lines and literals up to the tagged answer."""
        while not (line := self.file.readline()).startswith(b'x '):
            if not line:
                raise EOFError
            yield line
            if line.endswith(b'}\r\n'):
                yield self.file.read(int(line[line.rindex(b'{') + 1:-3]))
        if not line.startswith(b'x OK'):
            raise RuntimeError(line.decode())

    def command(self, *parts):
        self.send(*parts)
        return list(self.answer())


def folders(session):
    for line in session.command(b'LIST "" "*"'):
        match = re.match(rb'\* LIST \(([^)]*)\) \S+ (.*)\r\n', line)
        if match and b'\\noselect' not in match.group(1).lower():
            yield match.group(2)


def read(session):
    mail = {}
    names = list(folders(session))
    for folder in names:
        session.send(b'EXAMINE ', folder)
        session.send(b'UID FETCH 1:* (UID FLAGS INTERNALDATE BODY.PEEK[])')
    for folder in names:
        list(session.answer())
        answer = list(session.answer())
        mail[folder] = [part for line, part in zip(answer, answer[1:]) if line.endswith(b'}\r\n')]
    return mail


def batches(messages):
    batch, size = [], 0
    for message in messages:
        if batch and (len(batch) == BATCH_MESSAGES or size + len(message) > BATCH_BYTES):
            yield batch
            batch, size = [], 0
        batch.append(message)
        size += len(message)
    if batch:
        yield batch


def write(session, mail):
    for folder in mail:
        session.send(b'CREATE ', folder)
    for _ in mail:  # some exist already
        while not session.file.readline().startswith(b'x '):
            pass
    sent = 0
    for folder, messages in mail.items():
        for batch in batches(messages):
            parts = [b'APPEND ', folder]
            for message in batch:
                parts += [b' (\\Seen) %s {%d+}\r\n' % (DATE, len(message)), message]
            session.send(*parts)
            sent += 1
    for _ in range(sent):
        list(session.answer())


def timed(function, *arguments):
    begin = time.monotonic()
    result = function(*arguments)
    return result, time.monotonic() - begin


def main():
    source, destination = Session(int(sys.argv[1])), Session(int(sys.argv[2]))
    mail, read_time = timed(read, source)
    _, write_time = timed(write, destination, mail)
    print(f'BOUND_MESSAGES={sum(map(len, mail.values()))}')
    print(f'BOUND_BYTES={sum(len(message) for messages in mail.values() for message in messages)}')
    print(f'BOUND_FETCH={read_time:.2f}')
    print(f'BOUND_APPEND={write_time:.2f}')


main()
