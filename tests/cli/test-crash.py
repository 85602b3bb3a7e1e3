#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""test-crash.py dovecot|no-uidplus|cyrus [resume|rollback]: kill -9 at every step of the journal.

A small migration into an account that has mail already is killed at each step in turn. Resumed, it
ends as if nothing had happened; rolled back, the destination is as it was before, whatever was
delivered meanwhile stays. Each round leaves the account as it found it, and shows that it did: so
two accounts serve for all rounds of a check.

    step-killer.c   the program that dies
"""
import concurrent.futures
import os
import random
import signal
import sys
import time

from cli_support import (
    PATIENCE, Cli, Shape, WITHOUT_UIDPLUS, append, assert_completed, assert_equal, assert_sums, check, cyrus, dovecot,
    message, new_path, note, part, program, run_checks)

SERVER = sys.argv[1] if len(sys.argv) > 1 else 'dovecot'
PART = sys.argv[2] if len(sys.argv) > 2 else None
WORKERS = 2
SECONDS = 12  # for kills at random times

SOURCE = {
    ('INBOX',): 8, ('Sent',): 4, ('Work', 'Reports'): 5, ('Lists', 'Gärten'): 3, ('Trash',): 5, ('Empty',): 0,
}
BEFORE = {('INBOX',): 3, ('Sent',): 1, ('Mine',): 2}
FLAGS = ['', '\\Seen', '\\Seen \\Answered', '\\Flagged', '\\Deleted \\Seen', 'holiday']
_made = {}


def text(folder, number):
    """The last two of a folder are the same message: a real duplicate."""
    if number == SOURCE[folder] - 1:
        number -= 1
    identity = f'{"".join(filter(str.isalpha, "".join(folder))).lower().encode("ascii", "ignore").decode()}{number}'
    # Without a Message-ID, too.
    return message(f'{folder[-1].encode("ascii", "replace").decode()} {number}', 'text\r\n' * (number + 1),
                   None if number == 2 else f'{identity}@test.invalid')


def make_source():
    server = dovecot()
    account = server.account('alice')
    for folder, count in SOURCE.items():
        account.command('CREATE', account.wire(folder))
        if folder != ('Lists', 'Gärten'):
            account.command('SUBSCRIBE', account.wire(folder))
        for number in range(count):
            date = f'"{number + 1:02}-Mar-2011 10:00:00 +0000"'
            account.imap.append(account.wire(folder), FLAGS[number % len(FLAGS)], date, text(folder, number))
    account.close()
    return server


def fill(server, user):
    """What is there before: mail of the source's, a stranger, one that waits to be expunged."""
    account = server.account(user)
    for folder, count in BEFORE.items():
        account.command('CREATE', account.wire(folder))
        for number in range(count):
            data = text(folder, number) if folder in SOURCE and number == 0 else message(f'before {number}')
            date = '"02-Mar-2012 10:00:00 +0000"'
            account.imap.append(account.wire(folder), ['\\Seen', '\\Deleted', ''][number % 3], date, data)
    account.command('SUBSCRIBE', account.wire(('Mine',)))
    account.close()


class Round:
    """One destination account and what it held before."""

    def __init__(self, source, server, user, port):
        self.server, self.user = server, user
        self.cli = Cli((source, 'alice'), (server, user), destination_url=server.url(user, port=port))
        self.before = server.read(user)

    def snapshot(self):
        return self.server.read(self.user)

    def killed(self, step, verb=None, identity=None):
        """Runs the program that dies; its result and the ID, if it got that far."""
        known = set(self.cli.ids())
        program_that_dies = program('tests/cli/mail-migrator-cli-killed')
        steps = new_path('steps')
        options = {'program': program_that_dies, 'env': {'KILL_AT_STEP': str(step), 'STEPS_FILE': str(steps)}}
        result = self.cli.verb(verb, identity, **options) if verb else self.cli.migrate(**options)
        self.steps = int(steps.read_text()) if steps.exists() else None
        assert result.status == -signal.SIGKILL or self.steps < step, result
        return result, self.find_new(known)

    def find_new(self, known):
        """The migration that is there now; None when it died before it had written what it is."""
        for identity in set(self.cli.ids()) - known:
            if self.cli.verb('follow', identity).status == 0:
                return identity
        return None

    def resume(self, identity):
        result = assert_completed(self.cli.verb('resume', identity))
        assert result.stage['found'] == sum(SOURCE.values()), result
        return result

    def roll_back(self, identity):
        result = self.cli.verb('rollback', identity)
        assert result.status == 0 and result.finished['state'] == 'rolled-back', result
        # Without stages where it was killed before it had written the first.
        assert sum(stage['left'] for stage in result.finished['stages']) == 0 and result.problems == [], result
        return result

    def assert_as_before(self, what):
        assert_equal(self.before, self.snapshot(), what, uids=True)

    def assert_interrupted(self, identity):
        state = self.cli.verb('follow', identity).finished['state']
        # The last step comes after the end was written.
        assert state in ('interrupted', 'completed'), state


def servers():
    if 'servers' not in _made:
        accounts = {f'user{i}': f'secret-{i}' for i in range(16)}
        source = make_source()
        if SERVER == 'cyrus':
            server = cyrus(accounts=accounts)
        else:
            server = dovecot('nouidplus' if SERVER == 'no-uidplus' else '', accounts)
        port = Shape(server.port, *WITHOUT_UIDPLUS).port if SERVER == 'no-uidplus' else server.port
        _made['servers'] = source, server, port, list(accounts)
        _made['source'] = source, source.read('alice')
    return _made['servers']


def new_round():
    source, server, port, users = servers()
    user = users.pop()
    fill(server, user)
    return Round(source, server, user, port)


def expected():
    """The end of an undisturbed run."""
    if 'expected' not in _made:
        one = new_round()
        result = assert_completed(one.cli.migrate())
        _made['expected'] = one.snapshot()
        one.roll_back(result.id)
        one.assert_as_before('an undisturbed rollback')
    return _made['expected']


def for_every_step(function, at_least):
    """function (round, step) → True when the program ended before that step."""
    last = [10 ** 6]

    def work(number, one):
        step = number + 1
        while step <= last[0]:
            if function(one, step):
                last[0] = min(last[0], step)
                return
            step += WORKERS
    expected()
    with concurrent.futures.ThreadPoolExecutor(WORKERS) as pool:
        for future in [pool.submit(work, number, new_round()) for number in range(WORKERS)]:
            future.result()
    note(f'{last[0] - 1} steps')
    assert last[0] > at_least, f'only {last[0]} steps'


# --- At every step

@part('resume', PART)
def killed_at_every_step_and_resumed():
    def resume(one, step):
        result, identity = one.killed(step)
        if result.status != -signal.SIGKILL:
            one.roll_back(identity)
            return True
        if identity is None:
            one.assert_as_before(f'killed at step {step}, before there was a migration')
            return False
        one.assert_interrupted(identity)
        resumed = one.resume(identity)
        assert resumed.problems == [], f'step {step}: {resumed}'
        assert_equal(expected(), one.snapshot(), f'killed at step {step} and resumed:')
        if step % 10 == 0:
            again = one.cli.verb('resume', identity)
            assert again.status == 0 and again.stage == resumed.stage, again
        one.roll_back(identity)
        one.assert_as_before(f'killed at step {step}, resumed, rolled back:')
        return False
    for_every_step(resume, 40)


def deliver(one):
    append(one.server, one.user, ('INBOX',), message('delivered meanwhile', message_id='meanwhile@test.invalid'))


def take_delivered(one, step):
    """Removes what was delivered, which must be there, once."""
    account = one.server.account(one.user)
    account.imap.select('INBOX')
    uids = account.imap.uid('SEARCH', 'SUBJECT', '"delivered meanwhile"')[1][0].split()
    assert len(uids) == 1, f'killed at step {step}, rolled back: of what was delivered meanwhile there is {uids}'
    account.imap.uid('STORE', uids[0].decode(), '+FLAGS.SILENT', '(\\Deleted)')
    account.command('UID', 'EXPUNGE', uids[0].decode())
    account.close()


@part('rollback', PART)
def killed_at_every_step_and_rolled_back():
    def roll_back(one, step):
        result, identity = one.killed(step)
        if result.status != -signal.SIGKILL:
            one.roll_back(identity)
            return True
        if identity is not None:
            deliver(one)
            one.roll_back(identity)
            take_delivered(one, step)
            if step % 10 == 0:
                one.roll_back(identity)
        one.assert_as_before(f'killed at step {step} and rolled back:')
        return False
    for_every_step(roll_back, 40)


@part('rollback', PART)
def a_rollback_killed_at_every_step_and_rolled_back_again():
    def roll_back(one, step):
        migrated = assert_completed(one.cli.migrate())
        result, _ = one.killed(step, 'rollback', migrated.id)
        if result.status == -signal.SIGKILL:
            refused = one.cli.verb('resume', migrated.id)
            # Either nothing of the rollback was written yet, or it can only go on backwards.
            assert refused.status in (0, 2), refused
            one.roll_back(migrated.id)
        one.assert_as_before(f'a rollback killed at step {step} and rolled back again:')
        return result.status != -signal.SIGKILL
    for_every_step(roll_back, 20)


# --- At any time

def kill_after(one, seconds):
    process = one.cli.start('migrate', *one.cli.sides, '--json')
    time.sleep(seconds)
    process.kill()
    process.communicate()


@part('rollback', PART)
def killed_again_and_again_at_random_times():
    """Several kills in a row of one migration, then to the end or back."""
    seed = int(os.environ.get('MM_TEST_SEED', '1'))
    dice = random.Random(seed)
    one = new_round()
    expected()
    end = time.monotonic() + SECONDS * min(PATIENCE, 2)
    count = 0
    while time.monotonic() < end:
        known = set(one.cli.ids())
        kill_after(one, dice.uniform(0.02, 0.3) * PATIENCE)
        identity = one.find_new(known)
        if identity is None:
            continue
        for _ in range(dice.randint(0, 2)):
            process = one.cli.start('resume', identity, '--address', 'alice', '--json')
            time.sleep(dice.uniform(0.02, 0.2) * PATIENCE)
            process.kill()
            process.communicate()
        if dice.random() < .5:
            resumed = one.resume(identity)
            assert_sums(resumed.stage)
            assert_equal(expected(), one.snapshot(), f'seed {seed}, round {count}, resumed:')
        one.roll_back(identity)
        one.assert_as_before(f'seed {seed}, round {count}, rolled back:')
        count += 1
    note(f'{count} rounds')
    assert count > 3


@part('rollback', PART)
def a_folder_of_ours_that_got_newer_mail_stays_and_is_named():
    one = new_round()
    migrated = assert_completed(one.cli.migrate())
    append(one.server, one.user, ('Work', 'Reports'), message('newer'))
    result = one.cli.verb('rollback', migrated.id)
    assert result.status == 3 and result.finished['state'] == 'rolled-back', result
    assert result.stage['removed'] == migrated.stage['copied'] and result.stage['left'] >= 1, result
    assert [problem['outcome'] for problem in result.problems] == ['left'] * result.stage['left'], result
    assert result.problems[0]['folder'] == 'Work/Reports', result
    after = one.snapshot()
    assert [row.label for row in after['folders']['Work/Reports']] == ['newer'], after
    again = one.cli.verb('rollback', migrated.id)
    assert again.status in (0, 3) and again.finished['state'] == 'rolled-back', again
    assert one.snapshot() == after


@part('rollback', PART)
def a_message_of_ours_that_was_read_meanwhile_is_removed():
    one = new_round()
    migrated = assert_completed(one.cli.migrate())
    account = one.server.account(one.user)
    account.imap.select('Sent')
    account.imap.store('1:*', '+FLAGS', '(\\Flagged)')
    account.close()
    one.roll_back(migrated.id)
    after = one.snapshot()
    before = {name: [row.uid for row in rows] for name, rows in one.before['folders'].items()}
    assert {name: [row.uid for row in rows] for name, rows in after['folders'].items()} == before


@check
def the_source_was_never_touched():
    server, before = _made['source']
    assert_equal(before, server.read('alice'), 'source', uids=True)


run_checks()
