#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""test-faults.py [start|middle|stop]: what goes wrong is said, and nothing is lost by it.

start    what is refused before a migration exists, passwords, surroundings
middle   cut lines, full mailboxes, servers that restart, a full disk
stop     a wish to stop or cancel, kill -9, servers that hang or are gone for good
"""
import base64
import contextlib
import imaplib
import os
import pathlib
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
import time

from cli_support import (
    PATIENCE, PLACE, Cli, Running, Shape, Skip, append, assert_completed, assert_equal, assert_sums, at_end, cyrus,
    dovecot, generate, limit_file_size, load, message, new_path, note, part, program, run_checks, written_file)

PART = sys.argv[1] if len(sys.argv) > 1 else None
_made = {}


def source():
    """alice has some hundred small messages, bob has none, wide has what takes its time."""
    if 'source' not in _made:
        server = dovecot(accounts={'alice': 'secret-a', 'bob': 'secret-b'})
        load(server, 'alice', generate('--count', '300', '--mean-kib', '5', '--odd', 'no'))
        _made['source'] = server
        _made['mail'] = server.read('alice')
    return _made['source']


def target():
    """With an account for each check that wants a fresh one."""
    if 'target' not in _made:
        _made['target'] = dovecot(accounts={f'user{i}': f'secret-{i}' for i in range(60)})
        _made['users'] = list(_made['target'].passwords)
    return _made['target']


def fresh(**options):
    """A Cli from alice to an account that nobody has used."""
    server = target()
    user = _made['users'].pop()
    shapes = {}
    for side, port in options.items():
        owner, name = (source(), 'alice') if side == 'source_port' else (server, user)
        shapes[side.replace('_port', '_url')] = owner.url(name, port=port)
    return Cli((source(), 'alice'), (server, user), **shapes)


def assert_arrived(cli, what=''):
    """Everything is there once, and nothing else."""
    assert_equal(_made['mail'], cli.destination[0].read(cli.destination[1]), what, subset=True)
    arrived = cli.destination[0].read(cli.destination[1])
    assert sum(map(len, arrived['folders'].values())) == sum(map(len, _made['mail']['folders'].values())), what


def assert_refused(result, code, side, *words, status=2):
    """One line of JSON, the same sentence for people, no history."""
    assert result.status == status, result
    error = result.error
    assert (error['code'], error['side']) == (code, side), result
    assert error['message'] in result.err, result
    for word in words:
        assert word in error['message'], f'“{word}” is not in: {error["message"]}'
    return error


def refused(cli, code, side, *words, arguments=(), status=2, **options):
    result = cli.migrate(*arguments, **options)
    assert_refused(result, code, side, *words, status=status)
    assert cli.ids() == [], 'there is a migration that never began'
    assert result.seconds < 8 * PATIENCE, result


def free_port():
    with socket.create_server(('127.0.0.1', 0)) as listener:
        return listener.getsockname()[1]


# --- Before it begins

@part('start', PART)
def a_wrong_password_is_said_per_side():
    cli = fresh()
    refused(cli, 'password', 'source', 'alice', env={'MAIL_MIGRATOR_SOURCE_PASSWORD': 'wrong'})
    refused(cli, 'password', 'destination', cli.destination[1], env={'MAIL_MIGRATOR_DESTINATION_PASSWORD': 'wrong'})
    refused(cli, 'password', 'source', env={'MAIL_MIGRATOR_SOURCE_PASSWORD': 'wrong',
                                            'MAIL_MIGRATOR_DESTINATION_PASSWORD': 'wrong'})


@part('start', PART)
def a_wrong_password_is_said_by_cyrus_too():
    server = cyrus()
    refused(Cli((server, 'alice'), (target(), 'user0')), 'password', 'source',
            env={'MAIL_MIGRATOR_SOURCE_PASSWORD': 'wrong'})


def with_url(side, url):
    cli = fresh()
    setattr(cli, f'{side}_url', url)
    return cli


@part('start', PART)
def an_unknown_host_is_said():
    for side in 'source', 'destination':
        refused(with_url(side, 'imaps://anna@no-such-host.invalid'), 'host', side, 'no-such-host.invalid')


@part('start', PART)
def a_closed_port_is_said():
    port = free_port()
    for side in 'source', 'destination':
        refused(with_url(side, f'imap+insecure://anna@127.0.0.1:{port}'), 'network', side, '127.0.0.1')


@part('start', PART)
def a_server_that_speaks_something_else_is_said():
    listener = socket.create_server(('127.0.0.1', 0))
    at_end(listener.close)

    def answer():
        while True:
            try:
                connection = listener.accept()[0]
            except OSError:
                return
            connection.sendall(b'220 mail.test.invalid ESMTP\r\n')
    threading.Thread(target=answer, daemon=True).start()
    refused(with_url('source', f'imap+insecure://anna@127.0.0.1:{listener.getsockname()[1]}'), 'network', 'source',
            'IMAP')


@part('start', PART)
def a_certificate_that_fails_is_shown():
    for name, words in {'expired': ['expired'], 'wronghost': ['another server'], 'selfsigned': ['self-signed']}.items():
        server = dovecot(f'cert={name}')
        for scheme in 'imaps', 'imap':
            url = server.url('alice', scheme, host='localhost')
            # Trusting the authority does not mend it, where there is one.
            arguments = [] if name == 'selfsigned' else ['--ca-file', server.ca]
            refused(with_url('source', url), 'certificate', 'source', *words, arguments=arguments)
            refused(with_url('destination', url), 'certificate', 'destination', *words, arguments=arguments)


@part('start', PART)
def an_authority_that_nobody_knows_is_not_trusted():
    server = source()
    refused(with_url('source', server.url('alice', 'imaps')), 'certificate', 'source', 'authority')


@part('start', PART)
def a_server_without_starttls_gets_no_password():
    server = dovecot('notls,rawlog')
    refused(with_url('source', server.url('alice', 'imap')), 'starttls', 'source', 'STARTTLS')
    logs = list(server.home('alice').glob('dovecot.rawlog/*'))
    assert logs == [], 'somebody signed in'


@part('start', PART)
def a_server_that_takes_no_password_in_clear_text_gets_none():
    server = dovecot('tlsonly')
    cli = with_url('source', server.url('alice'))
    result = cli.migrate()
    assert_refused(result, 'login', 'source', 'unencrypted')


@part('start', PART)
def one_account_on_both_sides_is_refused():
    server = source()
    url = server.url('alice')
    cli = Cli((server, 'alice'), (server, 'alice'))
    refused(cli, 'same-account', 'both')
    for other in (url.replace('imap+insecure', 'imap'), url.replace('alice', '%61lice'),
                  url.replace('127.0.0.1', 'LOCALHOST')):
        cli.source_url, cli.destination_url = url.replace('127.0.0.1', 'localhost'), other
        if 'LOCALHOST' not in other:
            cli.source_url = url
        refused(cli, 'same-account', 'both')


@part('start', PART)
def one_account_under_two_names_copies_nothing():
    """127.0.0.1 and localhost, or two ports, cannot be told from two servers; no harm comes of it."""
    server = source()
    before = server.read('alice')
    cli = Cli((server, 'alice'), (server, 'alice'), destination_url=server.url('alice', host='localhost'))
    result = assert_completed(cli.migrate())
    assert result.stage['copied'] == 0 and result.stage['existed'] == result.stage['found'] > 0, result
    back = cli.verb('rollback', result.id)
    assert back.status == 0 and back.stage['removed'] == 0, back
    assert_equal(before, server.read('alice'), uids=True)


@part('start', PART)
def kinds_that_a_side_cannot_take_are_refused():
    refused(fresh(), 'capability', 'source', 'Calendars', arguments=['--items', 'calendars'])
    refused(fresh(), 'capability', 'source', arguments=['--items', 'emails,tasks'])


@part('start', PART)
def a_wrong_command_line_is_said():
    cli = fresh()
    bad = [['steal'], [], ['migrate'], ['migrate', *cli.sides[:2]], ['migrate', *cli.sides, '--itmes', 'emails'],
           ['migrate', *cli.sides, '--items', 'emails,letters'], ['migrate', *cli.sides, 'word'],
           ['follow'], ['follow', 'ABCDE-FGHJK'], ['history', '--wait'], ['migrate', *cli.sides, '--wait'],
           ['rollback', 'ABCDE-FGHJK', '--address', 'a', '--folder', 'INBOX'],
           ['migrate', '--source', 'ftp://anna@localhost', *cli.sides[2:]],
           ['migrate', '--source', 'imaps://localhost', *cli.sides[2:]],
           ['migrate', '--source', 'imaps://anna:secret@localhost', *cli.sides[2:]],
           ['migrate', '--source', 'imaps://anna@localhost:99999', *cli.sides[2:]],
           ['migrate', '--source', 'anna', *cli.sides[2:]], ['migrate', '--source', '', *cli.sides[2:]],
           ['migrate', *cli.sides[:2], '--destination', 'imaps://anna@localhost/INBOX'],
           ['import', 'file.pst', *cli.sides[2:]], ['detect', 'anna@example.org']]
    for arguments in bad:
        result = cli.run(*arguments, '--json')
        assert_refused(result, 'usage', result.error['side'], status=1)
        people = cli.run(*arguments)
        assert people.status == 1 and people.out == '' and people.err.strip(), people
    assert not any('secret' in cli.run(*arguments).err for arguments in bad), 'a password was repeated'
    assert cli.ids() == []
    for option in '--help', '--version':
        result = cli.run(option)
        assert result.status == 0 and 'mail-migrator-cli' in result.out and result.err == '', result


@part('start', PART)
def a_wrong_id_or_address_is_one_answer():
    cli = fresh()
    done = assert_completed(cli.migrate())
    messages = set()
    for identity, address in ((done.id, 'somebody@else.invalid'), ('ABCDE-FGHJK', 'alice'), ('../../etc', 'alice'),
                              ('', 'alice'), (done.id + 'X', 'alice'), (done.id, '')):
        for verb in 'follow', 'cancel', 'stop', 'resume', 'rollback':
            result = cli.run(verb, identity, '--address', address, '--json')
            messages.add(assert_refused(result, 'usage', 'none')['message'])
    assert len(messages) == 1, messages
    # As people type it, and by the other side's address.
    for identity, address in ((done.id.lower(), 'ALICE'), (f' {done.id} ', cli.destination[1]),
                              (done.id.replace('-', ''), 'alice')):
        assert cli.run('follow', identity, '--address', address, '--json').finished['id'] == done.id


# --- Passwords

@part('start', PART)
def password_files_and_standard_input():
    cli = fresh()
    none = {'MAIL_MIGRATOR_SOURCE_PASSWORD': None, 'MAIL_MIGRATOR_DESTINATION_PASSWORD': None}
    a, b = cli.environment()['MAIL_MIGRATOR_SOURCE_PASSWORD'], cli.environment()['MAIL_MIGRATOR_DESTINATION_PASSWORD']
    refused(cli, 'file', 'source', '/nowhere/at/all', arguments=['--source-password-file', '/nowhere/at/all'], env=none)
    refused(cli, 'file', 'destination', arguments=['--destination-password-file', PLACE])
    refused(cli, 'file', 'source', arguments=['--ca-file', '/nowhere/at/all'])
    refused(cli, 'password', 'source', env=none)
    with written_file('') as empty:
        refused(cli, 'file', 'source', str(empty), arguments=['--source-password-file', empty])
    with written_file(f'{a}\n') as first, written_file(f'{b}\r\nsecond line\n') as second:
        result = cli.migrate('--dry-run', '--source-password-file', first, '--destination-password-file', second,
                             env=none)
        assert result.status == 0, result
        result = cli.migrate('--dry-run', '--source-password-file', first, '--destination-password-file', '-',
                             env=none, text=f'{b}\n')
        assert result.status == 0, result
    result = cli.migrate('--dry-run', '--source-password-file', '-', '--destination-password-file', '-', env=none,
                         text=f'{a}\n{b}\n')
    assert result.status == 0, result
    result = cli.run('migrate', *cli.sides, '--dry-run', env=none)
    assert result.status == 2 and result.out == '' and 'password' in result.err, result


def set_password(server, user, word):
    """Also one that the start script would not take; the file is read anew when it has changed."""
    path = server.state / 'passwords'
    lines = [line for line in path.read_text().splitlines() if not line.startswith(f'{user}:')]
    path.write_text('\n'.join([*lines, f'{user}:{{PLAIN}}{word}']) + '\n')
    # It looks at the file once a second.
    time.sleep(1.2)
    os.utime(path, (time.time() + 10, time.time() + 10))
    server.passwords[user] = word


@part('start', PART)
def odd_passwords_and_user_names_work():
    server = dovecot(accounts={'alice': 'secret-a', 'bob': 'secret-b'})
    there = cyrus(accounts={'bob': 'secret-b'})
    append(server, 'alice', ('INBOX',), message('one'))
    for word in ('a"b', 'Zürich ÄÖ', 'back\\slash', 'per%cent %20', ' blank ', "it's {5} $HOME", '"', 'п' * 40):
        set_password(server, 'alice', word)
        cli = Cli((server, 'alice'), (there, 'bob'))
        result = cli.migrate('--dry-run')
        assert result.status == 0, f'{word}: {result}'
    # Once only: the server answers wrong passwords ever more slowly.
    plain = cli.migrate('--dry-run', env={'MAIL_MIGRATOR_SOURCE_PASSWORD': word + ' '})
    assert_refused(plain, 'password', 'source')
    set_password(server, 'alice', 'secret-a')
    cli = Cli((server, 'alice'), (there, 'bob'), source_url=server.url('alice', words='alice@example.org'))
    result = assert_completed(cli.migrate())
    assert result.finished['source_address'] == 'alice@example.org', result
    assert cli.run('follow', result.id, '--address', 'alice@example.org', '--json').status == 0
    cli = Cli((server, 'alice'), (there, 'bob'), source_url=server.url('alice', words='alice@example.org'))
    result = assert_completed(cli.migrate('--source-address', 'anna@example.com'))
    assert cli.run('follow', result.id, '--address', 'Anna@Example.com', '--json').status == 0


@part('start', PART)
def no_password_is_left_anywhere():
    word = 'Hunde-kuchen!7'
    server = dovecot(accounts={'alice': word})
    load(server, 'alice', generate('--count', '40', '--odd', 'no'))
    there = dovecot(accounts={'bob': word})
    spellings = [word.encode(), base64.b64encode(b'\0alice\0' + word.encode()), base64.b64encode(word.encode()),
                 base64.b64encode(b'\0bob\0' + word.encode())]
    cli = Cli((server, 'alice'), (there, 'bob'))
    output = b''
    for arguments in (['migrate', *cli.sides, '--json'], ['migrate', *cli.sides], ['history']):
        process = cli.start(*arguments, env={'G_MESSAGES_DEBUG': 'all', 'GNUTLS_DEBUG_LEVEL': '0'})
        line = pathlib.Path(f'/proc/{process.pid}/cmdline').read_bytes()
        out, err = process.communicate()
        assert process.returncode == 0, err
        output += line + out + err
    wrong = cli.run('migrate', *cli.sides, '--json', env={'MAIL_MIGRATOR_SOURCE_PASSWORD': word + 'x',
                                                          'G_MESSAGES_DEBUG': 'all'})
    assert wrong.status == 2, wrong
    output += wrong.out.encode() + wrong.err.encode()
    for path in cli.data.rglob('*'):
        output += path.read_bytes() if path.is_file() else b''
        assert path.stat().st_mode & 0o077 == 0 or path == cli.data, f'others may read {path}'
    for spelling in spellings:
        assert spelling not in output, spelling


# --- Surroundings

@part('start', PART)
def works_without_home_display_or_bus():
    result = fresh().migrate(env={'HOME': None, 'LC_ALL': None, 'PATH': None, 'TMPDIR': '/nowhere'})
    assert_completed(result)
    result = fresh().migrate(env={'DBUS_SESSION_BUS_ADDRESS': 'unix:path=/nowhere', 'DISPLAY': ':99', 'LANG': 'xx_XX'})
    assert_completed(result)


@part('start', PART)
def numbers_in_json_do_not_depend_on_the_language():
    directory = new_path('locales')
    directory.mkdir()
    for name in 'cs_CZ', 'de_DE':
        done = subprocess.run(['localedef', '-i', name, '-f', 'UTF-8', directory / f'{name}.UTF-8'],
                              capture_output=True)
        if done.returncode != 0:
            raise Skip('The locales cannot be made here (Debian package locales).')
    for name in 'cs_CZ', 'de_DE':
        env = {'LC_ALL': f'{name}.UTF-8', 'LOCPATH': str(directory)}
        cli = fresh()
        result = assert_completed(cli.migrate(env=env))
        assert result.finished['created'].startswith('20') and result.finished['created'].endswith('Z'), result
        assert cli.run('history', env=env).status == 0
        again = cli.run('migrate', *cli.sides, env=env)
        assert again.status == 0 and again.out, again


@part('start', PART)
def installed_into_another_prefix_it_runs():
    build = pathlib.Path(os.environ['MM_BUILD'])
    place = new_path('install')
    done = subprocess.run(['meson', 'install', '-C', build, '--no-rebuild', '--destdir', place],
                          capture_output=True, text=True)
    if done.returncode != 0:
        raise Skip(f'Not everything is built: {done.stderr.strip().splitlines()[-1:]}')
    found = list(place.rglob('bin/mail-migrator-cli'))
    assert len(found) == 1, done.stdout
    assert not list(place.rglob('*killed*'))
    moved = new_path('elsewhere')
    shutil.move(found[0].parent.parent, moved)
    cli = fresh()
    cli.program = moved / 'bin' / 'mail-migrator-cli'
    result = assert_completed(cli.migrate(cwd='/'))
    assert cli.verb('rollback', result.id).status == 0


@part('start', PART)
def a_history_that_cannot_be_written_is_said():
    cli = fresh()
    with written_file('not a folder') as path:
        result = cli.migrate(env={'XDG_DATA_HOME': str(path)})
        assert_refused(result, 'file', 'none', str(path))


# --- In its midst

@contextlib.contextmanager
def unhindered(port, target_port):
    """The journal knows the port of a proxy that is gone: there is now another one, that does nothing."""
    process = subprocess.Popen([program('tests/servers/tcp-shape'), str(port), str(target_port)],
                               stdout=subprocess.PIPE)
    process.stdout.readline()
    try:
        yield
    finally:
        process.terminate()
        process.wait()


CUTS = [60, 700, 3_000, 10_000, 40_000, 120_000, 300_000, 700_000, 1_100_000, 1_500_000]


def cut(side, direction, how, places):
    port = (source() if side == 'source' else target()).port
    for place in places:
        shape = Shape(port, f'--cut-{direction}={place}', '--cut-times=3', f'--how={how}')
        cli = fresh(**{f'{side}_port': shape.port})
        result = cli.migrate()
        what = f'{side}, {direction}, {how}, after {place} bytes'
        if result.status == 2:
            # Cut while signing in: said at once, since it may be the wrong port.
            assert_refused(result, 'network', side)
            assert cli.ids() == [] and place < 1000, what
            shape.stop()
            shape = Shape(port, f'--cut-{direction}={place}', '--cut-times=0')
            setattr(cli, f'{side}_url', getattr(cli, f'{side}_url').rpartition(':')[0] + f':{shape.port}')
            result = cli.migrate()
        shape.stop()
        assert result.status == 0, f'{what}: {result}'
        assert_completed(result)
        assert_arrived(cli, what)
        # Nothing twice, nothing forgotten: the journal knows them all.
        with unhindered(shape.port, port):
            assert cli.verb('rollback', result.id).status == 0, what
        left = cli.destination[0].read(cli.destination[1])
        assert sum(map(len, left['folders'].values())) == 0, f'{what}: {left}'


@part('middle', PART)
def the_line_from_the_source_is_cut_at_ten_places():
    cut('source', 'down', 'reset', CUTS[0::2])
    cut('source', 'down', 'fin', CUTS[1::2])


@part('middle', PART)
def the_line_to_the_destination_is_cut_at_ten_places():
    cut('destination', 'up', 'fin', CUTS[0::2])
    cut('destination', 'up', 'reset', CUTS[1::2])


@part('middle', PART)
def answers_of_the_destination_are_cut():
    cut('destination', 'down', 'reset', [500, 1500, 3000, 6000])


@part('middle', PART)
def both_servers_restart_meanwhile():
    a, b = dovecot(accounts={'alice': 'secret-a'}), dovecot(accounts={'bob': 'secret-b'})
    load(a, 'alice', generate('--count', '200', '--mean-kib', '10', '--odd', 'no'))
    shape = Shape(a.port, '--rate=700000')
    cli = Cli((a, 'alice'), (b, 'bob'), source_url=a.url('alice', port=shape.port))
    running = cli.start_migrating()
    running.wait_for_copies(10)
    a.restart()
    b.restart()
    running.wait_for_copies(60)
    b.crash()
    time.sleep(0.3)
    b.restart()
    result = assert_completed(running.finish())
    assert_equal(a.read('alice'), b.read('bob'), subset=True)
    assert cli.verb('rollback', result.id).stage['removed'] == result.stage['copied'] == 200


@part('middle', PART)
def the_quota_is_reached_half_way():
    for start, flavour, more in (dovecot, 'quota=600K', 'quota=100M'), (cyrus, 'quota=600', 'quota=100000'):
        server = start(flavour, {'bob': 'secret-b'})
        cli = Cli((source(), 'alice'), (server, 'bob'))
        result = cli.migrate()
        assert result.status == 4 and result.finished['state'] == 'stopped', result
        reason = result.problems[-1]
        assert reason['code'] == 'quota' and reason['outcome'] == 'failed' and reason['message'], result
        assert 0 < result.stage['copied'] < result.stage['found'], result
        people = cli.run('follow', result.id, '--address', 'alice')
        assert reason['message'] in people.out, people
        still = cli.verb('resume', result.id)
        assert still.status == 4 and still.problems[-1]['code'] == 'quota', still
        if start == dovecot:
            server.become(more)
        else:
            set_cyrus_quota(server, 'bob', 100000)
        done = assert_completed(cli.verb('resume', result.id))
        assert done.stage['copied'] == done.stage['found'], done
        assert {problem['code'] for problem in done.problems} <= {'name-mapped'}, done
        if start == dovecot:
            assert_arrived(cli)
        else:
            arrived = server.read('bob')['folders'].values()
            assert sorted(row.digest for rows in arrived for row in rows) == \
                sorted(row.digest for rows in _made['mail']['folders'].values() for row in rows)
        assert cli.verb('rollback', result.id).stage['removed'] == done.stage['copied']


def set_cyrus_quota(server, user, kib):
    admin = imaplib.IMAP4(server.host, server.port)
    admin.login('cyrus', 'secret-c')
    separator = '.' if 'dot' in server.flavours else '/'
    status, answer = admin.setquota(f'user{separator}{user}', f'(STORAGE {kib})')
    admin.logout()
    assert status == 'OK', answer


@part('middle', PART)
def a_full_disk_for_the_journal_is_said_and_nothing_is_lost():
    source()
    outcomes = set()
    for size in 0, 20_000, 60_000, 100_000, 140_000, 200_000, 300_000:
        cli = fresh()
        result = cli.migrate(preexec_fn=limit_file_size(size))
        last = result.events[-1]
        if last['event'] == 'error':
            assert_refused(result, 'file', 'none')
            outcomes.add('refused')
            continue
        if result.status == 0:
            outcomes.add('completed')
            continue
        assert result.status == 4 and result.finished['state'] == 'stopped', f'{size}: {result}'
        assert result.problems and result.problems[-1]['code'] == 'file', f'{size}: {result}'
        outcomes.add('stopped')
        done = assert_completed(cli.verb('resume', result.id))
        assert_arrived(cli, f'full at {size}')
        assert cli.verb('rollback', result.id).stage['removed'] == done.stage['copied']
        left = cli.destination[0].read(cli.destination[1])
        assert sum(map(len, left['folders'].values())) == 0, f'{size}: {left}'
    note(', '.join(sorted(outcomes)))
    assert {'refused', 'stopped'} <= outcomes, outcomes


@part('middle', PART)
def few_connections_are_enough():
    for number in 1, 2:
        a, b = dovecot(f'maxconn={number}', {'alice': 'secret-a'}), dovecot(f'maxconn={number}', {'bob': 'secret-b'})
        load(a, 'alice', generate('--count', '60', '--mean-kib', '4', '--odd', 'no'))
        cli = Cli((a, 'alice'), (b, 'bob'))
        result = assert_completed(cli.migrate())
        assert result.stage['copied'] == 60 and result.problems == [], result
        assert_equal(a.read('alice'), b.read('bob'), subset=True)
        assert cli.verb('rollback', result.id).stage['removed'] == 60


@part('middle', PART)
def what_is_too_large_is_named_and_the_rest_arrives():
    a = dovecot(accounts={'alice': 'secret-a'})
    for i in range(6):
        append(a, 'alice', ('INBOX',), message(f'size {i}', 'y\r\n' * (60_000 if i % 3 == 1 else 10)))
    for start, flavour in (dovecot, 'maxmail=100K'), (cyrus, 'maxmsg=100000'):
        cli = Cli((a, 'alice'), (start(flavour, {'bob': 'secret-b'}), 'bob'))
        result = cli.migrate()
        assert result.finished['state'] == 'completed' and result.stage['copied'] == 4, result
        assert_sums(result.stage)
        assert len(result.problems) == 2, result
        for problem, name in zip(result.problems, ('size 1', 'size 4')):
            assert problem['outcome'] in ('skipped', 'failed') and problem['folder'] == 'INBOX', result
            assert problem['message'], result
        note(f'{flavour}: exit {result.status}, {[(p["outcome"], p["code"], p["item"]) for p in result.problems]}')
        assert {row.label for row in cli.destination[0].read('bob')['folders']['INBOX']} == \
            {'size 0', 'size 2', 'size 3', 'size 5'}


@part('middle', PART)
def what_was_refused_is_tried_again():
    a = dovecot(accounts={'alice': 'secret-a'})
    for i in range(6):
        append(a, 'alice', ('INBOX',), message(f'size {i}', 'y\r\n' * (60_000 if i % 3 == 1 else 10)))
    server = dovecot('maxmail=100K', {'bob': 'secret-b'})
    cli = Cli((a, 'alice'), (server, 'bob'))
    result = cli.migrate()
    assert result.finished['state'] == 'completed' and len(result.problems) == 2, result
    still = cli.verb('resume', result.id)
    assert still.status == result.status and still.problems == result.problems, still
    server.become('')
    done = assert_completed(cli.verb('resume', result.id))
    assert done.problems == [] and done.stage['copied'] == 6, done
    assert cli.verb('rollback', result.id).stage['removed'] == 6


# --- Stopping

def slow(rate=150_000):
    """A migration that takes a while; the proxy before its source."""
    shape = Shape(source().port, f'--rate={rate}')
    return fresh(source_port=shape.port), shape


@part('stop', PART)
def signals_stop_at_once_and_it_can_be_resumed():
    for number in signal.SIGINT, signal.SIGTERM:
        cli, shape = slow()
        running = cli.start_migrating()
        identity = running.wait_for_id()
        running.wait_for_copies(20)
        running.signal(number)
        result = running.finish()
        assert result.seconds < 2 * PATIENCE, result
        assert result.status == 4 and result.finished['state'] == 'stopped', result
        assert 0 < result.stage['copied'] < result.stage['found'], result
        shape.stop()
        assert [entry['state'] for entry in cli.history()] == ['stopped']
        resumed = resume_through(cli, identity, shape.port, source())
        assert resumed.stage['copied'] == resumed.stage['found'], resumed
        assert_arrived(cli)


def resume_through(cli, identity, port, server):
    with unhindered(port, server.port):
        return assert_completed(cli.verb('resume', identity))


def free_again(shape):
    shape.stop()
    return shape.port


def stop_from_outside(cli, identity):
    result = cli.verb('stop', identity)
    assert result.status == 0 and result.finished['id'] == identity, result


@part('stop', PART)
def stopping_while_signing_in_begins_nothing():
    with socket.create_server(('127.0.0.1', 0)) as silent:
        for side in 'source', 'destination':
            cli = with_url(side, f'imap+insecure://anna@127.0.0.1:{silent.getsockname()[1]}')
            running = cli.start_migrating()
            time.sleep(0.5)
            running.signal(signal.SIGINT)
            result = running.finish()
            assert result.seconds < 2 * PATIENCE and result.status == 4, result
            assert result.error['message'] and cli.ids() == [], result


@part('stop', PART)
def a_server_that_hangs_does_not_hinder_stopping():
    for side in 'source', 'destination':
        for how in 'signal', 'stop':
            shape = Shape((source() if side == 'source' else target()).port, '--rate=200000')
            cli = fresh(**{f'{side}_port': shape.port})
            running = cli.start_migrating()
            identity = running.wait_for_id()
            running.wait_for_copies(10)
            shape.toggle_black_hole()
            time.sleep(0.5)
            began = time.monotonic()
            if how == 'signal':
                running.signal(signal.SIGINT)
            else:
                stop_from_outside(cli, identity)
            result = running.finish()
            seconds = time.monotonic() - began
            # From outside, the wish is looked at twice a second.
            assert seconds < (2 if how == 'signal' else 2.6) * PATIENCE, f'{side}, {how}: {seconds}'
            assert result.status == 4 and result.finished['state'] == 'stopped', result
            shape.toggle_black_hole()
            shape.stop()
            resume_through(cli, identity, shape.port, source() if side == 'source' else target())
            assert_arrived(cli, f'{side}, {how}')


@part('stop', PART)
def a_rollback_can_be_stopped_and_finished():
    for how in 'signal', 'stop':
        shape = Shape(target().port, '--delay=20', '--rate=6000')
        cli = fresh()
        before = cli.destination[0].read(cli.destination[1])
        migrated = assert_completed(cli.migrate())
        address = cli.destination[1]
        # Slow from here on: the same server by another port is what the journal shall know.
        with contextlib.closing(sqlite3.connect(cli.data / 'mail-migrator' / f'{migrated.id}.db')) as journal:
            url = target().url(address, port=shape.port)
            journal.execute('UPDATE migration SET destination_urls = ?', [url])
            journal.commit()
        running = Running(cli.start('rollback', migrated.id, '--address', address, '--json'))
        running.wait_for(lambda event: event['event'] == 'stage' and event['removed'] > 0)
        began = time.monotonic()
        if how == 'signal':
            running.signal(signal.SIGTERM)
        else:
            stop_from_outside(cli, migrated.id)
        result = running.finish()
        assert time.monotonic() - began < 2.6 * PATIENCE, result
        assert result.status == 4 and result.finished['state'] == 'stopped', result
        resumed = cli.verb('resume', migrated.id)
        assert resumed.status == 2 and resumed.error['message'], resumed
        shape.stop()
        with unhindered(shape.port, target().port):
            back = cli.verb('rollback', migrated.id)
        assert back.status == 0 and back.stage['removed'] == migrated.stage['copied'], back
        assert_equal(before, cli.destination[0].read(address), uids=True)


@part('stop', PART)
def cancel_from_outside_lets_the_stage_finish():
    cli, shape = slow(400_000)
    running = cli.start_migrating()
    identity = running.wait_for_id()
    running.wait_for_copies(10)
    result = cli.verb('cancel', identity)
    assert result.status == 0, result
    follow = cli.verb('follow', identity)
    assert follow.finished['state'] in ('running', 'cancelling'), follow
    done = running.finish()
    assert done.status == 4 and done.finished['state'] == 'cancelled', done
    assert done.stage['copied'] == done.stage['found'], done
    assert_arrived(cli)
    refused_now = cli.verb('cancel', identity)
    assert refused_now.status == 2 and refused_now.error['message'], refused_now


@part('stop', PART)
def two_processes_on_one_migration_are_refused():
    cli, shape = slow()
    running = cli.start_migrating()
    identity = running.wait_for_id()
    running.wait_for_copies(5)
    for verb in 'resume', 'rollback':
        result = cli.verb(verb, identity)
        assert result.status == 2 and 'running' in result.error['message'], result
    assert cli.verb('follow', identity).finished['state'] == 'running'
    assert [entry['state'] for entry in cli.history()] == ['running']
    stop_from_outside(cli, identity)
    assert running.finish().status == 4


@part('stop', PART)
def killed_it_is_interrupted_for_everybody():
    cli, shape = slow()
    running = cli.start_migrating()
    identity = running.wait_for_id()
    running.wait_for_copies(20)
    running.signal(signal.SIGKILL)
    running.finish()
    assert [entry['state'] for entry in cli.history()] == ['interrupted']
    followed = cli.verb('follow', identity, '--wait')
    assert followed.finished['state'] == 'interrupted' and followed.status == 4, followed
    assert followed.stage['found'] == 300, followed
    resumed = resume_through(cli, identity, free_again(shape), source())
    assert resumed.stage['copied'] == resumed.stage['found'], resumed
    assert_arrived(cli)


@part('stop', PART)
def a_server_that_is_gone_for_good_stops_it():
    """The longest check: the program is patient for a minute before it gives up."""
    runs = []
    for side in 'source', 'destination':
        shape = Shape((source() if side == 'source' else target()).port, '--rate=300000')
        cli = fresh(**{f'{side}_port': shape.port})
        running = cli.start_migrating()
        identity = running.wait_for_id()
        runs.append((side, shape, cli, running, identity))
    for side, shape, cli, running, identity in runs:
        running.wait_for_copies(10)
        shape.stop()
    for side, shape, cli, running, identity in runs:
        result = running.finish(200)
        assert result.status == 4 and result.finished['state'] == 'stopped', f'{side}: {result}'
        reason = result.problems[-1]
        assert reason['code'] == 'network' and reason['message'], result
        note(f'{side}: {reason["message"]}')
        done = resume_through(cli, identity, shape.port, source() if side == 'source' else target())
        assert done.problems == [], done
        assert_arrived(cli, side)


run_checks()
