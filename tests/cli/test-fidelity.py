#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""What arrives is what was there: whole accounts between real servers, down to the byte.

MM_TEST_MESSAGES=10000 in the environment takes that many messages instead of a few hundred.
Where a destination cannot take everything as it is, the actual differences are held against the
problems that the program reports, one by one in both directions.
"""
import collections
import email.header
import os
import subprocess

from cli_support import (
    Cli, Shape, Skip, WITHOUT_UIDPLUS, append, assert_completed, assert_equal, check, cyrus, differences,
    dovecot, generate, load, load_maildir, message, new_path, note, run_checks)

COUNT = int(os.environ.get('MM_TEST_MESSAGES', '600'))
_made = {}


def mail():
    if 'mail' not in _made:
        _made['mail'] = generate('--count', COUNT, '--mean-kib', '6', '--huge-mb', '2')
    return _made['mail']


def filled_dovecot(flavours=''):
    """One that has the sample mail for alice; NUL bytes are put in behind the server's back."""
    if flavours not in _made:
        server = dovecot(flavours)
        load(server, 'alice', mail(), '--kind', '!empty|nul')
        load_maildir(server, 'alice', mail(), '--kind', '^nul')
        _made[flavours] = server
    return _made[flavours]


# --- The report against the truth

# What of a message each code of a problem explains.
EXPLAINS = {
    'bytes': ('empty', 'nul', 'line-ends', '8bit-header', 'invalid-header', 'long-line'),
    'flags': ('flags-changed',),
    'keywords': ('keywords-changed', 'keywords-lost'),
    'date': ('date-changed',),
}


def decoded(text):
    try:
        return str(email.header.make_header(email.header.decode_header(text)))
    except (ValueError, LookupError):
        return text


def names(row, body_ids):
    """What a problem may call this message."""
    return {row.uid, row.label, decoded(row.label), *body_ids.get(row.digest, ())}


def split_flags(row):
    return ({flag for flag in row.flags if flag.startswith('\\')},
            {flag.lower() for flag in row.flags if not flag.startswith('\\')})


def folder_map(cli):
    """folder at the source → folder at the destination, as the program itself says."""
    result = cli.migrate('--dry-run')
    assert result.status == 0, result
    stage = result.of('plan')[0]['stages'][0]
    return {entry['folder']: entry['destination'] for entry in stage['folders'] if entry['action'] != 'skip'}


def actual_differences(source, destination, folders):
    """Counts by (folder, what), of the messages that did not arrive as they were."""
    counts = collections.Counter()
    for folder, target in folders.items():
        assert target in destination['folders'], f'{folder}: there is no {target}'
        there = destination['folders'][target]
        here = source['folders'][folder]
        assert len(there) == len(here), f'{folder}: {len(here)} became {len(there)}'
        # The order is kept, so the n-th there is the n-th here.
        for a, b in zip(here, there):
            flags_a, words_a = split_flags(a)
            flags_b, words_b = split_flags(b)
            counts[folder, 'bytes'] += a.digest != b.digest
            counts[folder, 'flags'] += flags_a != flags_b
            counts[folder, 'keywords'] += words_a != words_b
            counts[folder, 'date'] += a.date != b.date
    return +counts


def reported_differences(problems):
    counts = collections.Counter()
    kinds = {code: what for what, codes in EXPLAINS.items() for code in codes}
    seen = set()
    for problem in problems:
        assert problem['outcome'] == 'changed' and problem['message'], problem
        if problem['code'] in ('name-mapped', 'not-subscribed'):
            continue
        what = kinds[problem['code']]
        key = problem['folder'], problem['item'], what
        # Two repairs of one message are one message that differs.
        if what == 'bytes' and key in seen:
            continue
        seen.add(key)
        counts[problem['folder'], what] += 1
    return counts


def assert_report_is_true(cli, result, source, destination, folders, before):
    assert actual_differences(source, destination, folders) == reported_differences(result.problems), \
        f'{actual_differences(source, destination, folders)}\n{reported_differences(result.problems)}\n{result}'
    renamed = {problem['folder'] for problem in result.problems if problem['code'] == 'name-mapped'}
    for folder, target in folders.items():
        assert target == folder or any(folder == name or folder.startswith(name + '/') for name in renamed) or \
            folder.split('/')[0] == 'INBOX', f'{folder} became {target}, and nothing says so: {result}'
    unsubscribed = {problem['folder'] for problem in result.problems if problem['code'] == 'not-subscribed'}
    for folder, target in folders.items():
        wanted = folder in source['subscriptions'] and folder not in unsubscribed
        assert (target in destination['subscriptions']) == (wanted or target in before['subscriptions']), \
            f'the subscription of {target}'


def assert_moves(source, destination, exact=False, **urls):
    """Copies alice from one to the other; says what differs, and that a second time copies nothing."""
    cli = Cli((source, 'alice'), (destination, 'alice'), **urls)
    before = destination.read('alice')
    there = source.read('alice')
    folders = folder_map(cli)
    assert destination.read('alice') == before, 'the dry run left something'
    result = assert_completed(cli.migrate())
    assert result.stage['copied'] == result.stage['found'] == sum(map(len, there['folders'].values())), result
    arrived = destination.read('alice')
    if exact:
        assert_equal(there, arrived, 'first', subset=bool(before['subscriptions']))
    assert_report_is_true(cli, result, there, arrived, folders, before)
    note(f'{result.stage["copied"]} messages in {result.seconds:.1f} s; changed: '
         f'{dict(collections.Counter(problem["code"] for problem in result.problems)) or "nothing"}')
    again = assert_completed(cli.migrate())
    assert again.stage['copied'] == 0 and again.stage['existed'] == again.stage['found'], again
    assert destination.read('alice') == arrived, 'the second run changed something'
    # EXAMINE and BODY.PEEK: the source is as it was, \Recent and all.
    assert_equal(there, source.read('alice'), 'source', uids=True)
    return result


# --- Pairs of servers

@check
def dovecot_to_dovecot_is_exact():
    result = assert_moves(filled_dovecot(), dovecot(), exact=True)
    assert result.problems == [], result


@check
def messages_that_no_server_would_take_are_named():
    """NUL bytes and nothing at all, as they lie in a Maildir."""
    source = dovecot()
    load_maildir(source, 'alice', mail(), '--kind', '^nul|^empty')
    there = source.read('alice')['folders']['Odd']
    assert len(there) == 3, there
    result = assert_moves(source, dovecot())
    assert [problem['code'] for problem in result.problems] == ['empty'], result
    assert_moves(source, cyrus())


@check
def dovecot_to_cyrus_reports_every_difference():
    assert_moves(filled_dovecot(), cyrus())


@check
def dovecot_to_older_cyrus_reports_every_difference():
    assert_moves(filled_dovecot(), cyrus('dot'))


@check
def cyrus_to_dovecot_reports_every_difference():
    source = cyrus()
    load(source, 'alice', mail(), '--kind', '!empty|nul')
    assert_moves(source, dovecot())


@check
def slash_to_dot_names_the_folders_that_had_a_dot():
    source = filled_dovecot()
    append(source, 'bob', ('INBOX',), message('one'))
    account = source.account('bob')
    for folder in ('v1.0',), ('v1.0', 'rc.2'):
        account.command('CREATE', account.wire(folder))
    account.close()
    append(source, 'bob', ('v1.0', 'rc.2'), message('two'))
    append(source, 'bob', ('v1.0',), message('three'))
    cli = Cli((source, 'bob'), (dovecot('dot'), 'alice'))
    result = assert_completed(cli.migrate())
    assert cli.destination[0].read('alice')['folders'].keys() >= {'v1_0', 'v1_0/rc_2'}, result
    assert [(problem['folder'], problem['code']) for problem in result.problems] == \
        [('v1.0', 'name-mapped'), ('v1.0/rc.2', 'name-mapped')], result
    again = assert_completed(cli.migrate())
    assert again.stage['copied'] == 0, again


@check
def dovecot_to_inbox_dot_and_back():
    target = dovecot('dot')
    assert_moves(filled_dovecot(), target)
    back = dovecot()
    assert_moves(target, back)
    # Nothing was lost on either way.
    lines = differences(filled_dovecot().read('alice'), back.read('alice'), subset=True)
    assert not lines, lines


@check
def to_single_dbox_and_from_it():
    target = dovecot('sdbox')
    assert_moves(filled_dovecot(), target)
    assert_moves(target, dovecot())


@check
def to_a_server_without_uidplus():
    target = dovecot('mincap')
    shape = Shape(target.port, *WITHOUT_UIDPLUS)
    assert_moves(filled_dovecot(), target, destination_url=target.url('alice', port=shape.port))


@check
def to_a_server_without_literal_plus():
    assert_moves(filled_dovecot(), dovecot('noliteralplus'))


@check
def to_a_server_without_multiappend():
    assert_moves(filled_dovecot(), dovecot('nomultiappend'))


@check
def from_a_server_with_nothing_but_the_basics():
    assert_moves(filled_dovecot('mincap'), dovecot())


@check
def over_tls_and_starttls_with_an_authority_of_ones_own():
    source, target = filled_dovecot(), dovecot('tlsonly')
    authorities = new_path('ca')
    with open(authorities, 'w') as file:
        for server in source, target:
            file.write(open(server.ca).read())
    for scheme, user in ('imaps', 'alice'), ('imap', 'bob'):
        cli = Cli((source, 'alice'), (target, user), source_url=source.url('alice', scheme, host='localhost'),
                  destination_url=target.url(user, scheme))
        refused = cli.migrate()
        assert refused.status == 2 and refused.error['code'] == 'certificate', refused
        assert cli.ids() == [], 'a migration was recorded that never began'
        result = assert_completed(cli.migrate('--ca-file', authorities))
        assert result.stage['copied'] == result.stage['found'] > 0, result


@check
def the_source_is_only_read():
    """By what is said on the line: EXAMINE and BODY.PEEK, no word that changes anything."""
    source = dovecot('rawlog')
    few = generate('--count', '40', '--mean-kib', '4', '--odd', 'no')
    load(source, 'alice', few)
    logs = source.home('alice') / 'dovecot.rawlog'
    for path in logs.iterdir():
        path.unlink()
    cli = Cli((source, 'alice'), (dovecot(), 'alice'))
    assert_completed(cli.migrate())
    assert_completed(cli.migrate())
    said = b''.join(path.read_bytes() for path in logs.glob('*.in')).decode(errors='replace').upper()
    # Time, tag, command.
    lines = [line.split()[2:] for line in said.splitlines() if len(line.split()) > 2]
    words = {line[1] if line[0] == 'UID' else line[0] for line in lines}
    assert 'EXAMINE' in words and 'FETCH' in words, words
    assert words <= {'AUTHENTICATE', 'CAPABILITY', 'CLOSE', 'ENABLE', 'EXAMINE', 'FETCH', 'GETQUOTAROOT', 'ID', 'LIST',
                     'LOGIN', 'LOGOUT', 'LSUB', 'NAMESPACE', 'NOOP', 'SEARCH', 'STATUS', 'UNSELECT'}, words
    assert 'BODY[' not in said and 'RFC822 ' not in said, 'messages were marked as read'


# --- Already there

@check
def what_was_there_before_is_recognised_and_left_alone():
    source, target = dovecot(), dovecot()
    for i in range(30):
        append(source, 'alice', ('INBOX',), message(f'n{i}', message_id=f'{i}@test.invalid'), '\\Seen')
    for i in range(0, 30, 3):
        append(target, 'alice', ('INBOX',), message(f'n{i}', message_id=f'{i}@test.invalid'), '\\Flagged')
    append(target, 'alice', ('INBOX',), message('a stranger'))
    before = target.read('alice')
    cli = Cli((source, 'alice'), (target, 'alice'))
    result = assert_completed(cli.migrate())
    assert (result.stage['copied'], result.stage['existed']) == (20, 10), result
    assert_equal(before, target.read('alice'), uids=True, subset=True)
    assert len(target.read('alice')['folders']['INBOX']) == 31


@check
def real_duplicates_all_arrive():
    source, target = dovecot(), dovecot()
    for _ in range(3):
        append(source, 'alice', ('INBOX',), message('same', message_id='same@test.invalid'))
    append(target, 'alice', ('INBOX',), message('same', message_id='same@test.invalid'))
    cli = Cli((source, 'alice'), (target, 'alice'))
    result = assert_completed(cli.migrate())
    assert (result.stage['copied'], result.stage['existed']) == (2, 1), result
    assert len(target.read('alice')['folders']['INBOX']) == 3


def run_mbsync(source, target):
    path = new_path('mbsync')
    path.mkdir()
    text = ''
    for name, server in ('near', source), ('far', target):
        text += (f'IMAPAccount {name}\nHost {server.host}\nPort {server.port}\nUser alice\n'
                 f'Pass {server.passwords["alice"]}\nSSLType None\nAuthMechs LOGIN\n\n'
                 f'IMAPStore {name}\nAccount {name}\n\n')
    text += (f'Channel all\nFar :far:\nNear :near:\nPatterns *\nCreate Far\nSync Push\nCopyArrivalDate yes\n'
             f'SyncState {path}/\n')
    (path / 'mbsyncrc').write_text(text)
    try:
        done = subprocess.run(['mbsync', '-q', '-c', path / 'mbsyncrc', '-a'], capture_output=True, text=True)
    except FileNotFoundError:
        raise Skip('mbsync is not on this machine (Debian package isync).') from None
    assert done.returncode == 0, done.stderr


@check
def what_mbsync_copied_is_recognised():
    """mbsync adds a line X-TUID to the header where it needs one, and leaves dates alone."""
    source, target = dovecot(), dovecot('nouidplus')
    few = generate('--count', '200', '--mean-kib', '4', '--odd', 'no')
    load(source, 'alice', few)
    run_mbsync(source, target)
    copied = sum(map(len, target.read('alice')['folders'].values()))
    assert copied == 200, copied
    result = assert_completed(Cli((source, 'alice'), (target, 'alice')).migrate())
    assert (result.stage['copied'], result.stage['existed']) == (0, 200), result


# --- Choices

@check
def chosen_folders_come_with_their_subfolders_and_nothing_else():
    source, target = filled_dovecot(), dovecot()
    cli = Cli((source, 'alice'), (target, 'alice'))
    result = assert_completed(cli.migrate('--folder', 'Projekte', '--folder', 'levels/1/2'))
    there, arrived = source.read('alice')['folders'], target.read('alice')['folders']
    wanted = {name: rows for name, rows in there.items()
              if name.startswith('Projekte/') or name.startswith('levels/1/2')}
    assert result.stage['found'] == sum(map(len, wanted.values())) > 0, result
    for name, rows in there.items():
        expected = [row.digest for row in rows] if name in wanted else []
        assert [row.digest for row in arrived.get(name, [])] == expected, name


@check
def a_folder_that_is_not_there_is_said():
    cli = Cli((filled_dovecot(), 'alice'), (dovecot(), 'alice'))
    result = assert_completed(cli.migrate('--folder', 'Nowhere/At all'), 3)
    problem, = result.problems
    assert (problem['folder'], problem['outcome'], problem['code']) == ('Nowhere/At all', 'failed', 'not-found'), result


@check
def a_dry_run_writes_nothing_anywhere():
    source, target = filled_dovecot(), cyrus()
    before, there = target.read('alice'), source.read('alice')
    cli = Cli((source, 'alice'), (target, 'alice'))
    result = cli.migrate('--dry-run')
    assert result.status == 0 and [event['event'] for event in result.events] == ['plan'], result
    stage = result.events[0]['stages'][0]
    assert stage['found'] == stage['copied'] == sum(map(len, there['folders'].values())), stage
    account = source.account('alice')
    selectable = {'/'.join(folder) for folder, can_hold in account.folders().items() if can_hold}
    account.close()
    assert {entry['folder'] for entry in stage['folders']} == selectable, stage
    assert sum(entry['found'] for entry in stage['folders']) == stage['found'], stage
    losses = {loss['folder']: loss['code'] for loss in result.events[0]['losses']}
    assert losses == {'100% sure * or not': 'name-mapped', 'He said "hello"': 'name-mapped',
                      'brackets ~ (a) [b] {c}': 'name-mapped'}, losses
    assert list(cli.data.rglob('*')) == [], 'the history has something'
    assert cli.history() == []
    assert_equal(before, target.read('alice'), 'destination', uids=True)
    assert_equal(there, source.read('alice'), 'source', uids=True)
    people = cli.run('migrate', *cli.sides, '--dry-run')
    assert people.status == 0 and 'Nothing was written.' in people.out, people


@check
def a_rollback_puts_everything_back():
    source, target = filled_dovecot(), dovecot()
    append(target, 'alice', ('INBOX',), message('before'), '\\Deleted')
    append(target, 'alice', ('Trash',), message('trash before'))
    before = target.read('alice')
    cli = Cli((source, 'alice'), (target, 'alice'))
    result = assert_completed(cli.migrate())
    back = cli.verb('rollback', result.id)
    assert back.status == 0 and back.finished['state'] == 'rolled-back', back
    assert back.stage['removed'] == result.stage['copied'] and back.stage['left'] == 0, back
    assert_equal(before, target.read('alice'), 'after', uids=True)


@check
def a_folder_that_was_made_anew_is_left_alone():
    """Another UIDVALIDITY: the UIDs that the journal knows mean other messages now."""
    source, target = filled_dovecot(), dovecot()
    cli = Cli((source, 'alice'), (target, 'alice'))
    result = assert_completed(cli.migrate('--folder', 'Lists'))
    account = target.account('alice')
    for command in 'DELETE', 'CREATE':
        status, answer = account.command(command, account.wire(('Lists', 'gardening')))
        assert status == 'OK', answer
    account.close()
    for i in range(5):
        append(target, 'alice', ('Lists', 'gardening'), message(f'new {i}'))
    new = target.read('alice')['folders']['Lists/gardening']
    back = cli.verb('rollback', result.id)
    assert back.finished['state'] == 'rolled-back' and back.status == 3 and back.stage['left'] > 0, back
    after = target.read('alice')['folders']
    assert after['Lists/gardening'] == new and 'Lists/compilers' not in after, after.keys()


run_checks()
