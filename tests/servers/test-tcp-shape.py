#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""test-tcp-shape.py TCP-SHAPE: shows that the proxy does what it says. Prints TAP."""
import contextlib
import select
import signal
import socket
import subprocess
import sys
import threading
import time

PROXY = sys.argv[1]
checks = []


def check(function):
    checks.append(function)
    return function


@contextlib.contextmanager
def listening(serve):
    """A server on loopback; serve (socket) runs in a thread for each connection."""
    listener = socket.create_server(('127.0.0.1', 0))

    def accept():
        while True:
            try:
                connection = listener.accept()[0]
            except OSError:
                return
            threading.Thread(target=serve, args=(connection,), daemon=True).start()
    threading.Thread(target=accept, daemon=True).start()
    yield listener.getsockname()[1]
    listener.close()


@contextlib.contextmanager
def shaped(serve, *options):
    """Yields the proxy's process and a function that connects through it."""
    with listening(serve) as target:
        process = subprocess.Popen([PROXY, *options, '0', str(target)], stdout=subprocess.PIPE)
        port = int(process.stdout.readline().decode().strip().partition('=')[2])

        def connect():
            connection = socket.create_connection(('127.0.0.1', port))
            connection.settimeout(10)
            return connection
        yield process, connect
        process.terminate()
        assert process.wait(10) == 0


def echo(connection):
    with contextlib.suppress(OSError):
        while data := connection.recv(65536):
            connection.sendall(data)
        connection.shutdown(socket.SHUT_WR)


def read_all(connection):
    """Everything until the end, and whether that was a reset."""
    data = b''
    try:
        while piece := connection.recv(65536):
            data += piece
    except ConnectionResetError:
        return data, True
    return data, False


@check
def passes_everything():
    data = bytes(range(256)) * 40000
    with shaped(echo) as (_, connect):
        connection = connect()
        threading.Thread(target=lambda: (connection.sendall(data),
                                         connection.shutdown(socket.SHUT_WR))).start()
        assert read_all(connection) == (data, False)


@check
def delays_by_a_round_trip():
    with shaped(echo, '--delay', '100') as (_, connect):
        connection = connect()
        for _ in range(3):
            begin = time.monotonic()
            connection.sendall(b'x')
            connection.recv(1)
            taken = time.monotonic() - begin
        assert 0.099 <= taken < 0.2, taken


@check
def keeps_to_the_rate():
    with shaped(echo, '--rate', '1000000') as (_, connect):
        connection = connect()
        begin = time.monotonic()
        connection.sendall(b'x' * 500000)
        received = 0
        while received < 500000:
            received += len(connection.recv(65536))
        taken = time.monotonic() - begin
        assert 0.45 <= taken < 1.0, taken


@check
def cuts_what_the_server_says_to_the_byte():
    for how in ('reset', 'fin'):
        with shaped(echo, '--cut-down', '100001', '--how', how) as (_, connect):
            connection = connect()
            connection.sendall(b'y' * 200000)
            data, reset = read_all(connection)
            assert len(data) == 100001, len(data)
            assert reset or how == 'fin'


@check
def cuts_what_the_client_says_to_the_byte():
    seen = []

    def count(connection):
        seen.append(len(read_all(connection)[0]))
        connection.close()
    with shaped(count, '--cut-up', '54321', '--cut-times', '1') as (_, connect):
        connection = connect()
        connection.sendall(b'z' * 54321)
        read_all(connection)
        second = connect()
        second.sendall(b'z' * 70000)
        second.shutdown(socket.SHUT_WR)
        read_all(second)
        assert seen == [54321, 70000], seen


@check
def hangs():
    with shaped(echo, '--cut-down', '10', '--how', 'hang') as (_, connect):
        connection = connect()
        connection.sendall(b'0123456789abcdef')
        assert connection.recv(100) == b'0123456789'
        connection.sendall(b'more')
        assert select.select([connection], [], [], 0.3)[0] == []


@check
def replaces_words_wherever_they_are_cut():
    def serve(connection):
        for piece in (b'a APPEN', b'DUID b APP', b'END c A', b'PPENDUID'):
            connection.sendall(piece)
            time.sleep(0.05)
        connection.close()
    with shaped(serve, '--replace', 'APPENDUID=XPPENDUID') as (_, connect):
        data, _ = read_all(connect())
        assert data == b'a XPPENDUID b APPEND c XPPENDUID', data


@check
def is_a_black_hole_for_a_while():
    with shaped(echo) as (process, connect):
        connection = connect()
        connection.sendall(b'1')
        assert connection.recv(1) == b'1'
        process.send_signal(signal.SIGUSR2)
        time.sleep(0.1)
        connection.sendall(b'2')
        assert select.select([connection], [], [], 0.3)[0] == []
        process.send_signal(signal.SIGUSR2)
        assert connection.recv(1) == b'2'


@check
def cuts_by_signal():
    with shaped(echo) as (process, connect):
        connection = connect()
        connection.sendall(b'1')
        assert connection.recv(1) == b'1'
        process.send_signal(signal.SIGUSR1)
        assert read_all(connection) == (b'', True)
        again = connect()
        again.sendall(b'3')
        assert again.recv(1) == b'3'


def main():
    print(f'1..{len(checks)}')
    failed = 0
    for number, function in enumerate(checks, 1):
        try:
            function()
            print(f'ok {number} - {function.__name__}', flush=True)
        except Exception as error:  # whatever it is, the other checks still run
            failed += 1
            print(f'not ok {number} - {function.__name__}\n# {type(error).__name__}: {error}')
    sys.exit(failed > 0)


main()
