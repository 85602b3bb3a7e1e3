#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""check-flatpak.py MANIFEST MESON_BUILD: checks a Flatpak manifest without a network. Prints TAP.

flatpak-builder itself drops keys that it does not know with a mere warning, and cannot know which
libraries the program needs; hence this."""
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile

try:
    import yaml
except ImportError:
    print('1..0 # SKIP Python cannot read YAML (Debian package python3-yaml)')
    sys.exit()

# The least that a program with a window needs to speak to mail servers.
PERMISSIONS = {'--share=network', '--share=ipc', '--socket=wayland', '--socket=fallback-x11',
               '--device=dri'}
# pkg-config names that org.gnome.Platform 50 has.
IN_RUNTIME = {'glib-2.0', 'gobject-2.0', 'gio-2.0', 'gio-unix-2.0', 'gtk4', 'libadwaita-1',
              'sqlite3', 'json-glib-1.0', 'libsecret-1', 'libsoup-3.0', 'libxml-2.0'}
MODULE_OF = {'gmime-3.0': 'gmime', 'libical': 'libical', 'libpff': 'libpff'}
BUILD_SYSTEMS = {'autotools', 'cmake', 'cmake-ninja', 'meson', 'simple'}


class Tap:
    def __init__(self):
        self.number = 0

    def check(self, name, problems):
        self.number += 1
        print(f'{"not " if problems else ""}ok {self.number} - {name}')
        for problem in problems:
            print('#', problem)

    def skip(self, name, reason):
        self.number += 1
        print(f'ok {self.number} - {name} # SKIP {reason}')


def head_problems(manifest):
    expected = {'id': 'io.github.mailmigrator.MailMigrator', 'runtime': 'org.gnome.Platform',
                'sdk': 'org.gnome.Sdk', 'command': 'mail-migrator'}
    for key, value in expected.items():
        if manifest.get(key) != value:
            yield f'{key} is {manifest.get(key)!r}, not {value!r}'
    if not isinstance(manifest.get('runtime-version'), str):
        yield 'runtime-version is not a string'


def permission_problems(manifest):
    given = manifest.get('finish-args', [])
    for permission in sorted(set(given) - PERMISSIONS):
        yield f'{permission} is more than the program needs'
    for permission in sorted(PERMISSIONS - set(given)):
        yield f'{permission} is missing'


def module_problems(manifest):
    for module in manifest['modules']:
        name = module.get('name', '?')
        if module.get('buildsystem') not in BUILD_SYSTEMS:
            yield f'{name}: no build system is called {module.get("buildsystem")!r}'
        for source in module.get('sources', []):
            if source['type'] == 'archive':
                if not source['url'].startswith('https://'):
                    yield f'{name}: {source["url"]} is not https'
                if not re.fullmatch('[0-9a-f]{64}', source.get('sha256', '')):
                    yield f'{name}: {source["url"]} is not pinned by its SHA-256'
            elif source['type'] != 'dir' or module is not manifest['modules'][-1]:
                yield f'{name}: a source of type {source["type"]} is not pinned'
    if manifest['modules'][-1].get('name') != 'mail-migrator':
        yield 'the last module is not the program'


def library_problems(manifest, meson_build):
    """Neither a library too few nor a module too many."""
    needed = set(re.findall(r"dependency\('([^']+)'", meson_build))
    modules = {module['name'] for module in manifest['modules']} - {'mail-migrator'}
    for library in sorted(needed - IN_RUNTIME):
        if MODULE_OF.get(library) not in modules:
            yield f'{library} is in meson.build, but neither in the runtime nor a module'
    used = {MODULE_OF.get(library) for library in needed}
    for module in sorted(modules - used):
        yield f'nothing in meson.build needs the module {module}'


def lost_keys(before, after, path=''):
    """What flatpak-builder does not give back when it prints the manifest."""
    if isinstance(before, dict):
        for key, value in before.items():
            if not isinstance(after, dict) or key not in after:
                yield f'flatpak-builder does not know {path}/{key}'
            else:
                yield from lost_keys(value, after[key], f'{path}/{key}')
    elif isinstance(before, list) and isinstance(after, list):
        for i, (x, y) in enumerate(zip(before, after)):
            yield from lost_keys(x, y, f'{path}[{i}]')


def main():
    path, meson_path = map(os.path.abspath, sys.argv[1:])
    with open(path, encoding='utf-8') as file:
        manifest = yaml.safe_load(file)
    with open(meson_path, encoding='utf-8') as file:
        meson_build = file.read()
    tap = Tap()
    print('1..5')
    tap.check('program and runtime are named', list(head_problems(manifest)))
    tap.check('least permissions', list(permission_problems(manifest)))
    tap.check('every module is pinned', list(module_problems(manifest)))
    tap.check('libraries and modules agree', list(library_problems(manifest, meson_build)))
    if shutil.which('flatpak-builder'):
        # It leaves a folder wherever it runs.
        with tempfile.TemporaryDirectory() as directory:
            shown = subprocess.run(['flatpak-builder', '--show-manifest', path],
                                   capture_output=True, check=True, cwd=directory)
        lost = list(lost_keys(manifest, json.loads(shown.stdout)))
        tap.check('flatpak-builder knows every key', lost)
    else:
        tap.skip('flatpak-builder knows every key', 'flatpak-builder is missing')


main()
