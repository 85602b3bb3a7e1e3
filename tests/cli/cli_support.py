# SPDX-License-Identifier: GPL-3.0-or-later
"""What the tests of the command line share: real servers, the program itself, comparisons, TAP.

A test is a function marked with @check; run_checks () calls them in order and prints TAP. Servers
are started on automatic ports below one temporary directory, and stopped at the end, whatever
happens. Each Cli has a history ($XDG_DATA_HOME) and a home of its own.
"""
import collections
import contextlib
import importlib.util
import json
import os
import pathlib
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
import traceback
import urllib.parse

TESTS = pathlib.Path(__file__).resolve().parent.parent
SERVERS = TESTS / 'servers'
sys.path.insert(0, str(SERVERS))
import imap_account  # noqa: E402

_spec = importlib.util.spec_from_file_location('compare_accounts', SERVERS / 'compare-accounts.py')
compare_accounts = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(compare_accounts)

# A sanitizer makes everything slower; what bounds a time is multiplied by this.
PATIENCE = float(os.environ.get('MM_TEST_PATIENCE', '1'))

# What a sanitizer or the allocator's checks need to be told, and nothing else of the surroundings.
PASSED_ON = ('ASAN_OPTIONS', 'LSAN_OPTIONS', 'UBSAN_OPTIONS', 'MALLOC_CHECK_', 'MALLOC_PERTURB_', 'G_DEBUG')


class Skip(Exception):
    """Something that the check needs is not on this machine."""


# --- TAP

_checks = []
_cleanups = []


def check(function):
    _checks.append(function)
    return function


def part(name, chosen):
    """A check that belongs to one part of a long test; chosen: None for all parts."""
    return check if chosen in (None, name) else lambda function: function


def at_end(function, *arguments):
    _cleanups.append((function, arguments))


def clean_up():
    while _cleanups:
        function, arguments = _cleanups.pop()
        function(*arguments)


def _describe(function):
    return function.__name__.replace('_', ' ')


def _diagnose(text):
    for line in text.splitlines():
        print('#', line)


def _run(number, function):
    name = _describe(function)
    started = time.monotonic()
    try:
        function()
    except Skip as reason:
        print(f'ok {number} - {name} # SKIP {reason}', flush=True)
        return True
    except BaseException as failure:  # a broken check must not end the others
        _diagnose(traceback.format_exc())
        print(f'not ok {number} - {name}', flush=True)
        if isinstance(failure, KeyboardInterrupt):
            raise
        return False
    print(f'ok {number} - {name} ({time.monotonic() - started:.1f} s)', flush=True)
    return True


def run_checks():
    """All of them, or those whose name has a word of MM_TEST_ONLY in it."""
    words = os.environ.get('MM_TEST_ONLY', '').split()
    chosen = [function for function in _checks
              if not words or any(word in function.__name__ for word in words)]
    signal.signal(signal.SIGTERM, lambda *_: sys.exit('terminated'))
    print(f'1..{len(chosen)}', flush=True)
    try:
        results = [_run(number + 1, function) for number, function in enumerate(chosen)]
    finally:
        clean_up()
    sys.exit(0 if all(results) else 1)


def note(text):
    print('#', text, flush=True)


# --- Places

def _make_place():
    # The servers may run as somebody else, who has to get there; sockets want a short path.
    path = pathlib.Path(tempfile.mkdtemp(prefix='mm-cli-', dir='/tmp'))
    path.chmod(0o755)
    at_end(shutil.rmtree, path, True)
    return path


PLACE = _make_place()
_numbers = collections.Counter()


def new_path(stem):
    _numbers[stem] += 1
    return PLACE / f'{stem}{_numbers[stem]}'


def run_tool(*arguments, **options):
    done = subprocess.run([str(argument) for argument in arguments], capture_output=True, text=True, **options)
    if done.returncode == 77:
        raise Skip(done.stderr.strip().splitlines()[-1])
    assert done.returncode == 0, f'{arguments[0]}: {done.stdout}{done.stderr}'
    return done.stdout


# --- Servers

class Server:
    """One private server. accounts: {name: password}; None for the script's own."""

    def __init__(self, script, flavours='', accounts=None):
        self.script = SERVERS / script
        self.state = new_path('s')
        self.flavours = flavours
        environment = dict(os.environ)
        if accounts:
            environment['ACCOUNTS'] = ' '.join(f'{name}:{word}' for name, word in accounts.items())
        at_end(self.stop)
        self._start(environment)

    def _start(self, environment, base='auto'):
        text = run_tool(self.script, 'start', self.state, base, self.flavours, env=environment)
        self.values = dict(line.partition('=')[::2] for line in text.splitlines())
        self.host, self.port = self.values['HOST'], int(self.values['IMAP_PORT'])
        self.ca = self.values.get('CA')
        self.passwords = {self.values[f'USER{i}']: self.values[f'PASS{i}']
                          for i in range(1, 10000) if f'USER{i}' in self.values}

    def become(self, flavours):
        """The same mail and ports in another flavour."""
        accounts = ' '.join(f'{name}:{word}' for name, word in self.passwords.items())
        self.stop()
        self.flavours = flavours
        self._start(dict(os.environ, ACCOUNTS=accounts), str(self.port))

    def stop(self):
        subprocess.run([self.script, 'stop', self.state], capture_output=True)

    def crash(self):
        run_tool(self.script, 'crash', self.state)

    def restart(self):
        run_tool(self.script, 'restart', self.state)

    def home(self, user):
        return self.state / 'home' / user

    def url(self, user, scheme='imap+insecure', port=None, host=None, words=None):
        """As the program is given it: without the password."""
        if port is None:
            port = int(self.values['IMAPS_PORT']) if scheme == 'imaps' else self.port
        return f'{scheme}://{urllib.parse.quote(words or user, safe="")}@{host or self.host}:{port}'

    def account_url(self, user):
        """As the comparison is given it."""
        word = urllib.parse.quote(self.passwords[user], safe='')
        return f'imap://{urllib.parse.quote(user, safe="")}:{word}@{self.host}:{self.port}'

    def account(self, user):
        return imap_account.Account(self.account_url(user))

    def read(self, user):
        return compare_accounts.read_account(self.account_url(user))


def dovecot(flavours='', accounts=None):
    return Server('dovecot.sh', flavours, accounts)


def cyrus(flavours='', accounts=None):
    return Server('cyrus.sh', flavours, accounts)


def program(name):
    """A program of the build directory that MM_BUILD names."""
    assert 'MM_BUILD' in os.environ, 'MM_BUILD=… in the environment says where the program was built'
    path = pathlib.Path(os.environ['MM_BUILD']) / name
    assert path.exists(), f'{path} is not built'
    return path


class Shape:
    """A proxy that worsens the line to a server; see tcp-shape.c."""

    def __init__(self, port, *options):
        self.process = subprocess.Popen([program('tests/servers/tcp-shape'), *options, '0', str(port)],
                                        stdout=subprocess.PIPE)
        at_end(self.stop)
        self.port = int(self.process.stdout.readline().decode().strip().partition('=')[2])

    def cut(self):
        self.process.send_signal(signal.SIGUSR1)

    def toggle_black_hole(self):
        self.process.send_signal(signal.SIGUSR2)

    def stop(self):
        if self.process.poll() is None:
            self.process.terminate()
        self.process.wait()


# A server that has no UIDPLUS at all: the flavour hides the word, this the answers.
WITHOUT_UIDPLUS = ('--replace', 'APPENDUID=XPPENDUID', '--replace', 'COPYUID=XOPYUID')


# --- Sample mail

def generate(*arguments):
    path = new_path('mail')
    run_tool(SERVERS / 'generate-mail.py', path, *arguments)
    return path


def load(server, user, mail, *arguments):
    return run_tool(SERVERS / 'load-mail.py', server.account_url(user), mail, *arguments)


def load_maildir(server, user, mail, *arguments):
    """Straight into the store of a Dovecot; for what it would not take by IMAP."""
    dots = ['--dots'] if 'dot' in server.flavours.split(',') else []
    return run_tool(SERVERS / 'load-mail.py', '--maildir', server.home(user) / 'Maildir', mail, *dots, *arguments)


def append(server, user, folder, text, flags='', date=None):
    """One message; folder is a tuple."""
    account = server.account(user)
    status, answer = account.imap.append(account.wire(folder), flags, date, text)
    account.close()
    assert status == 'OK', answer


def message(subject, body='text', message_id=None):
    head = ('From: a@test.invalid\r\nTo: b@test.invalid\r\nDate: Sat, 03 Feb 2001 04:05:06 +0000\r\n'
            f'Subject: {subject}\r\n')
    if message_id:
        head += f'Message-ID: <{message_id}>\r\n'
    return (head + '\r\n' + body + '\r\n').encode()


# --- Comparing

def differences(a, b, uids=False, subset=False):
    """Lines that say how two snapshots (Server.read) differ."""
    options = type('Options', (), {'uids': uids, 'subset': subset, 'show': 30})()
    comparison = compare_accounts.Comparison(options)
    comparison.accounts(a, b)
    return comparison.lines


def assert_equal(a, b, what='', **options):
    lines = differences(a, b, **options)
    assert not lines, f'{what} {len(lines)} differences:\n' + '\n'.join(lines[:30])


def without_odd(snapshot, names):
    """A snapshot without some top-level folders."""
    return {'folders': {name: rows for name, rows in snapshot['folders'].items() if name.split('/')[0] not in names},
            'subscriptions': [name for name in snapshot['subscriptions'] if name.split('/')[0] not in names]}


# --- The program

class Result:
    def __init__(self, status, out, err, seconds):
        self.status, self.out, self.err, self.seconds = status, out, err, seconds

    @property
    def events(self):
        return [json.loads(line) for line in self.out.splitlines()]

    def of(self, event):
        return [entry for entry in self.events if entry['event'] == event]

    @property
    def finished(self):
        last = self.events[-1]
        assert last['event'] == 'finished', f'the last line is {last}'
        return last

    @property
    def id(self):
        return self.of('created')[0]['id']

    @property
    def stage(self):
        stages = self.finished['stages']
        assert len(stages) == 1 and stages[0]['kind'] == 'emails', stages
        return stages[0]

    @property
    def problems(self):
        return self.finished['problems']

    @property
    def error(self):
        events = self.events
        assert len(events) == 1 and events[0]['event'] == 'error', f'{self.out}{self.err}'
        return events[0]

    def __repr__(self):
        return f'exit {self.status} after {self.seconds:.1f} s\n{self.out[-6000:]}\n{self.err[-6000:]}'


class Cli:
    """The program with a history of its own; source and destination are (server, user)."""

    def __init__(self, source, destination, **options):
        self.data = new_path('data')
        self.data.mkdir()
        self.source, self.destination = source, destination
        self.source_url = options.get('source_url') or source[0].url(source[1])
        self.destination_url = options.get('destination_url') or destination[0].url(destination[1])
        self.address = source[1]
        self.program = program('src/cli/mail-migrator-cli')

    def environment(self, **more):
        values = {'PATH': '/usr/bin:/bin', 'LC_ALL': 'C.UTF-8', 'HOME': str(PLACE), 'XDG_DATA_HOME': str(self.data),
                  'MAIL_MIGRATOR_SOURCE_PASSWORD': self.source[0].passwords[self.source[1]],
                  'MAIL_MIGRATOR_DESTINATION_PASSWORD': self.destination[0].passwords[self.destination[1]]}
        values.update((name, os.environ[name]) for name in PASSED_ON if name in os.environ)
        values.update(more)
        return {name: value for name, value in values.items() if value is not None}

    def start(self, *arguments, env=None, **options):
        options.setdefault('stdin', subprocess.DEVNULL)
        return subprocess.Popen([str(options.pop('program', self.program)), *map(str, arguments)],
                                stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                env=self.environment(**(env or {})), start_new_session=True, **options)

    def run(self, *arguments, timeout=120, text=None, **options):
        if text is not None:
            options['stdin'] = subprocess.PIPE
        started = time.monotonic()
        process = self.start(*arguments, **options)
        try:
            out, err = process.communicate(text and text.encode(), timeout * PATIENCE)
        except subprocess.TimeoutExpired:
            process.kill()
            out, err = process.communicate()
            raise AssertionError(f'No end within {timeout} s: {arguments}\n{out[-3000:]}\n{err[-3000:]}') from None
        return Result(process.returncode, out.decode(), err.decode(), time.monotonic() - started)

    @property
    def sides(self):
        return ['--source', self.source_url, '--destination', self.destination_url]

    def migrate(self, *arguments, **options):
        return self.run('migrate', *self.sides, '--json', *arguments, **options)

    def start_migrating(self, *arguments, **options):
        return Running(self.start('migrate', *self.sides, '--json', *arguments, **options))

    def verb(self, verb, identity, *arguments, **options):
        return self.run(verb, identity, '--address', self.address, '--json', *arguments, **options)

    def history(self):
        result = self.run('history', '--json')
        assert result.status == 0, result
        return result.events

    def ids(self):
        """Of what stands in the history, read from the disk."""
        directory = self.data / 'mail-migrator'
        return [path.stem for path in directory.glob('*.db')] if directory.exists() else []


class Running:
    """A migration under way; its lines are read as they come."""

    def __init__(self, process):
        self.process = process
        self.lines = []
        self.times = []
        self.err = b''
        self.started = time.monotonic()
        self.threads = [threading.Thread(target=self._read), threading.Thread(target=self._read_errors)]
        for thread in self.threads:
            thread.start()

    def _read(self):
        for line in self.process.stdout:
            self.times.append(time.monotonic())
            self.lines.append(line.decode())

    def _read_errors(self):
        self.err = self.process.stderr.read()

    def wait_for(self, wanted, seconds=30):
        """Until one of the events fits; that event."""
        end = time.monotonic() + seconds * PATIENCE
        seen = 0
        while time.monotonic() < end:
            ended = self.process.poll() is not None and not self.threads[0].is_alive()
            while seen < len(self.lines):
                event = json.loads(self.lines[seen])
                seen += 1
                if wanted(event):
                    return event
            assert not ended, f'It ended before: {self.finish()}'
            time.sleep(0.005)
        raise AssertionError(f'What was waited for did not come: {self.lines[-3:]}')

    def wait_for_id(self):
        return self.wait_for(lambda event: event['event'] == 'created')['id']

    def wait_for_copies(self, count, seconds=60):
        return self.wait_for(lambda event: event['event'] == 'stage' and event['copied'] >= count, seconds)

    def signal(self, number):
        self.process.send_signal(number)

    def finish(self, timeout=120):
        began = time.monotonic()
        try:
            self.process.wait(timeout * PATIENCE)
        except subprocess.TimeoutExpired:
            self.process.kill()
            raise AssertionError(f'No end within {timeout} s: {self.lines[-3:]}') from None
        for thread in self.threads:
            thread.join()
        return Result(self.process.returncode, ''.join(self.lines), self.err.decode(), time.monotonic() - began)


def assert_sums(stage):
    assert stage['found'] == stage['copied'] + stage['existed'] + stage['skipped'] + stage['failed'], stage


def assert_completed(result, status=0):
    assert result.status == status, result
    assert result.finished['state'] == 'completed', result
    assert_sums(result.stage)
    return result


def limit_file_size(size):
    """For preexec_fn: files of this process end there, as on a full disk."""
    def apply():
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))
    return apply


@contextlib.contextmanager
def written_file(text, name='password'):
    path = new_path(name)
    path.write_text(text)
    path.chmod(0o600)
    yield path
    path.unlink()
