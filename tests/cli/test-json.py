#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The lines and the exit codes that scripts depend on."""
import collections
import contextlib
import datetime
import json
import signal
import sqlite3
import threading
import time

from cli_support import (
    PATIENCE, Cli, Shape, append, assert_completed, assert_sums, check, dovecot, generate, load, message, run_checks)

COUNTS = {'found', 'copied', 'existed', 'skipped', 'failed', 'bytes', 'bytes_total'}
BACK_COUNTS = COUNTS | {'removed', 'restored', 'left'}
STAGE = COUNTS | {'kind', 'state'}
PROBLEM = {'kind', 'folder', 'item', 'outcome', 'code', 'message'}
FINISHED = {'event', 'id', 'state', 'created', 'updated', 'ended', 'rollback_until', 'stages', 'problems'}
STATES = {'waiting', 'running', 'cancelling', 'completed', 'cancelled', 'stopped', 'interrupted', 'failed',
          'rolling-back', 'rolled-back'}
_made = {}


def servers():
    if not _made:
        _made['source'] = dovecot(accounts={'alice': 'secret-a', 'bob': 'secret-b'})
        load(_made['source'], 'alice', generate('--count', '400', '--mean-kib', '5', '--odd', 'no'))
        append(_made['source'], 'bob', ('INBOX',), message('an ordinary one'))
        append(_made['source'], 'bob', ('INBOX',), message('the big one', 'y\r\n' * 80_000))
        _made['target'] = dovecot('maxmail=200K', {f'user{i}': f'secret-{i}' for i in range(20)})
        _made['users'] = list(_made['target'].passwords)
    return _made['source'], _made['target']


def fresh(rate=None, user='alice'):
    source, target = servers()
    port = Shape(source.port, f'--rate={rate}').port if rate else None
    return Cli((source, user), (target, _made['users'].pop()), source_url=source.url(user, port=port))


def parse_time(text):
    return datetime.datetime.strptime(text, '%Y-%m-%dT%H:%M:%SZ').replace(tzinfo=datetime.timezone.utc)


def assert_stage(stage, back=False):
    assert set(stage) - {'event', 'folders'} == STAGE | (BACK_COUNTS if back else set()), stage
    assert all(type(stage[name]) is int and stage[name] >= 0 for name in (BACK_COUNTS if back else COUNTS)), stage


def assert_finished(entry, back=False):
    assert FINISHED <= set(entry), entry
    assert entry['event'] == 'finished' and entry['state'] in STATES, entry
    created, updated = parse_time(entry['created']), parse_time(entry['updated'])
    assert created <= updated, entry
    if entry['ended'] is not None:
        assert created <= parse_time(entry['ended']), entry
    for stage in entry['stages']:
        assert_stage(stage, back)
    for problem in entry['problems']:
        assert set(problem) == PROBLEM and all(type(value) is str for value in problem.values()), problem


@check
def every_line_of_a_migration_is_what_it_should_be():
    cli = fresh(400_000)
    running = cli.start_migrating()
    first = running.wait_for(lambda event: True)
    # At once, while there is still everything to do.
    assert running.process.poll() is None
    assert set(first) == {'event', 'id', 'created'} and first['event'] == 'created', first
    assert abs(parse_time(first['created']).timestamp() - time.time()) < 30, first
    assert cli.verb('follow', first['id']).finished['state'] == 'running'
    result = assert_completed(running.finish())
    assert result.err == '' and result.out.endswith('\n'), result
    kinds = collections.Counter(event['event'] for event in result.events)
    assert kinds['created'] == kinds['finished'] == 1 and set(kinds) == {'created', 'stage', 'finished'}, kinds
    assert result.events[-1]['event'] == 'finished'
    stages = result.of('stage')
    for stage in stages:
        assert_stage(stage)
        done = sum(stage[name] for name in ('copied', 'existed', 'skipped', 'failed'))
        assert done <= stage['found'] and stage['bytes'] <= stage['bytes_total'], stage
    copied = [stage['copied'] for stage in stages]
    assert copied == sorted(copied) and len(set(copied)) > 5, copied
    assert [state for state in dict.fromkeys(stage['state'] for stage in stages)][-3:] == \
        ['copying', 'verifying', 'done'], stages
    assert_finished(result.finished)
    assert result.finished['problems'] == [] and result.finished['id'] == first['id']
    ended, until = parse_time(result.finished['ended']), parse_time(result.finished['rollback_until'])
    assert until - ended == datetime.timedelta(hours=48), result.finished
    stage = result.stage
    assert stage['bytes'] == stage['bytes_total'] > 0 and stage['copied'] == 400, stage


@check
def stage_lines_come_ten_times_a_second_at_most():
    running = fresh(250_000).start_migrating()
    result = assert_completed(running.finish())
    times = [when for when, event in zip(running.times, result.events) if event['event'] == 'stage']
    assert len(times) > 15, len(times)
    span = times[-1] - times[0]
    # A changed state may come between two ticks.
    assert len(times) <= 10.5 * span + 8, f'{len(times)} in {span:.1f} s'
    assert max(b - a for a, b in zip(times, times[1:])) < 3 * PATIENCE, 'it was silent for long'


@check
def a_problem_is_a_line_at_once_and_stands_in_the_end():
    result = fresh(user='bob').migrate()
    assert result.finished['state'] == 'completed', result
    assert_sums(result.stage)
    assert result.stage['copied'] == 1 and result.stage['skipped'] + result.stage['failed'] == 1, result
    assert result.status == (3 if result.stage['failed'] else 0), result
    assert result.events[0]['event'] == 'created', result
    problem, = result.of('problem')
    listed, = result.problems
    assert {name: value for name, value in problem.items() if name != 'event'} == listed, result
    assert (listed['kind'], listed['folder']) == ('emails', 'INBOX') and 'the big one' in listed['item'], result
    assert listed['outcome'] in ('skipped', 'failed') and listed['code'] and listed['message'], result


@check
def follow_and_history_say_the_same_as_the_run():
    cli = fresh(user='bob')
    result = cli.migrate()
    follow = cli.verb('follow', result.id)
    assert follow.status == 0 and follow.events == [result.finished], f'{follow}{result}'
    second = cli.migrate()
    history = cli.history()
    assert [entry['id'] for entry in history] in ([second.id, result.id], [result.id, second.id])
    for entry in history:
        assert_finished(entry)
    old = next(entry for entry in history if entry['id'] == result.id)
    assert {**old, 'problems': None} == {**result.finished, 'problems': None}, history
    people = cli.run('history')
    assert people.status == 0 and len(people.out.splitlines()) == 2 and result.id in people.out, people


@check
def an_empty_history_is_nothing():
    cli = fresh()
    result = cli.run('history', '--json')
    assert (result.status, result.out, result.err) == (0, '', ''), result
    people = cli.run('history')
    assert people.status == 0 and people.out == '' and people.err != '', people
    assert list(cli.data.iterdir()) == []


@check
def follow_waits_for_the_end():
    cli = fresh(300_000)
    running = cli.start_migrating()
    identity = running.wait_for_id()
    results = []
    thread = threading.Thread(target=lambda: results.append(cli.verb('follow', identity, '--wait')))
    thread.start()
    done = assert_completed(running.finish())
    thread.join()
    assert results[0].status == 0 and results[0].events == [done.finished], results[0]
    assert results[0].seconds > 1, results[0]


@check
def a_rollback_counts_what_it_takes_away():
    cli = fresh()
    migrated = assert_completed(cli.migrate())
    assert parse_time(cli.verb('follow', migrated.id).finished['rollback_until']).timestamp() > time.time()
    # The destination's password is all that it needs.
    back = cli.verb('rollback', migrated.id, env={'MAIL_MIGRATOR_SOURCE_PASSWORD': None})
    assert back.status == 0 and back.err == '', back
    assert back.of('created')[0]['id'] == migrated.id, back
    for stage in back.of('stage'):
        assert_stage(stage, back=True)
    assert_finished(back.finished, back=True)
    assert back.finished['state'] == 'rolled-back', back
    stage = back.stage
    assert (stage['removed'], stage['restored'], stage['left']) == (migrated.stage['copied'], 0, 0), back
    again = cli.verb('rollback', migrated.id)
    assert again.status == 0 and again.finished['state'] == 'rolled-back' and again.stage == stage, again
    resumed = cli.verb('resume', migrated.id)
    assert resumed.status == 2 and resumed.error['message'], resumed


@check
def after_48_hours_nothing_is_rolled_back():
    cli = fresh(user='bob')
    migrated = cli.migrate()
    with contextlib.closing(sqlite3.connect(cli.data / 'mail-migrator' / f'{migrated.id}.db')) as journal:
        journal.execute('UPDATE migration SET ended = ended - 48 * 3600 - 1')
        journal.commit()
    before = cli.destination[0].read(cli.destination[1])
    late = cli.verb('rollback', migrated.id)
    assert late.status == 2 and '48' in late.error['message'], late
    assert cli.destination[0].read(cli.destination[1]) == before
    # It may still be looked at, and resumed.
    assert cli.verb('follow', migrated.id).status == 0
    assert cli.verb('resume', migrated.id).finished['state'] == 'completed'


@check
def several_run_at_once_in_one_history():
    one = fresh()
    others = [fresh(), fresh()]
    for other in others:
        other.data = one.data
    running = [cli.start_migrating() for cli in (one, *others)]
    results = [assert_completed(process.finish()) for process in running]
    assert all(result.stage['copied'] == 400 for result in results), results
    assert {entry['id'] for entry in one.history()} == {result.id for result in results}
    assert {entry['state'] for entry in one.history()} == {'completed'}


@check
def a_resume_of_what_is_complete_changes_nothing():
    cli = fresh()
    migrated = assert_completed(cli.migrate())
    before = cli.destination[0].read(cli.destination[1])
    resumed = assert_completed(cli.verb('resume', migrated.id))
    assert resumed.stage == migrated.stage, f'{resumed}{migrated}'
    assert cli.destination[0].read(cli.destination[1]) == before


@check
def counts_after_a_resume_are_those_of_the_whole():
    cli = fresh(300_000)
    running = cli.start_migrating()
    identity = running.wait_for_id()
    running.wait_for_copies(60)
    running.signal(signal.SIGTERM)
    stopped = running.finish()
    assert stopped.status == 4 and stopped.finished['state'] == 'stopped', stopped
    assert_finished(stopped.finished)
    resumed = assert_completed(cli.verb('resume', identity))
    assert resumed.stage['found'] == resumed.stage['copied'] == 400 and resumed.stage['existed'] == 0, resumed
    assert resumed.stage['bytes'] == resumed.stage['bytes_total'], resumed


@check
def a_dry_run_is_one_line():
    result = fresh().migrate('--dry-run')
    assert result.status == 0 and result.err == '', result
    plan, = result.events
    assert set(plan) == {'event', 'stages', 'losses'} and plan['event'] == 'plan', plan
    for stage in plan['stages']:
        assert_stage(stage)
        assert stage['found'] == stage['copied'] == 400, stage
        assert all(type(folder['found']) is int for folder in stage['folders']), stage


@check
def for_people_it_speaks_in_sentences():
    cli = fresh()
    result = cli.run('migrate', *cli.sides)
    assert result.status == 0 and result.err == '', result
    assert 'Migration ID:' in result.out and 'All is there' in result.out and '400' in result.out, result
    for line in result.out.splitlines():
        assert not line.startswith('{'), line
    again = cli.run('migrate', *cli.sides)
    assert again.status == 0 and '0 copied' in again.out, again


@check
def odd_text_stays_valid_json():
    source, target = servers()
    account = source.account('bob')
    folder = ('quote " back \\ tab', 'ünï', '\u202e\U0001f4e7')
    status, answer = account.command('CREATE', account.wire(folder))
    assert status == 'OK', answer
    account.close()
    head = b'Subject: =?utf-8?b?' + b'8J+TpyAiXCIgCQ==' + b'?= \x01\xff"\\\r\nMessage-ID: <"a\\"b"@x>\r\n\r\n'
    append(source, 'bob', folder, head + b'y\r\n' * 80_000)
    cli = fresh(user='bob')
    result = cli.migrate('--folder', '/'.join(folder))
    problem, = result.problems
    assert problem['folder'] == '/'.join(folder), result
    assert json.loads(json.dumps(problem)) == problem


run_checks()
