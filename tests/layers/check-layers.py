#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""check-layers.py SOURCE_ROOT: fails when an include crosses an arrow of src/README.md.

The arrows between the layers are read from the table there, so that table and code cannot differ;
who may use which library is said below. Prints TAP. With --self-test it plants violations into a
copy and fails when one is not found."""
import pathlib
import re
import shutil
import sys
import tempfile

# Libraries by how their headers begin, and the only files that may include them.
LIBRARIES = [
    (r'gtk/|gdk/|adwaita\.h|graphene', r'ui/', 'GTK and libadwaita'),
    (r'sqlite3\.h', r'engine/mm-(journal|history)', 'SQLite'),
    (r'libsoup/', r'net/|stores/(ews|dav)/', 'libsoup'),
    (r'gmime/', r'formats/|stores/pst/', 'GMime'),
    (r'libpff', r'stores/pst/', 'libpff'),
    (r'libsecret/', r'ui/', 'libsecret'),
    (r'json-glib/', r'cli/|engine/|stores/', 'json-glib'),
]


def read_arrows(root):
    """layer → what it may include, as the beginnings of paths, from the table of src/README.md."""
    arrows = {}
    for line in (root / 'src/README.md').read_text(encoding='utf-8').splitlines():
        match = re.match(r'\| `(\w+)/` \|.*\| ([^|]+) \|$', line)
        if match:
            words = [] if match.group(2) == 'nothing of ours' else match.group(2).split(', ')
            arrows[match.group(1)] = [word if word.endswith('.h') else word + '/' for word in words]
    return arrows


def includes(path):
    text = path.read_text(encoding='utf-8', errors='replace')
    for number, line in enumerate(text.splitlines(), 1):
        match = re.match(r'\s*#\s*include\s*([<"])([^>"]+)[>"]', line)
        if match:
            yield number, match.group(1) == '"', match.group(2)


def arrow_problem(arrows, layer, name, source):
    """Why a file of @layer may not include our header @name; None when it may."""
    if name == 'config.h':
        return None
    allowed = [layer + '/'] + arrows[layer]
    if any(name.startswith(place.strip('`')) for place in allowed):
        private_of_other = name.endswith('-private.h') and str(pathlib.Path(name).parent) != source
        return 'a private header belongs to its own folder' if private_of_other else None
    if name.split('/')[0] in arrows:
        return f'{layer}/ may include only {", ".join(allowed)}'
    return 'our headers are written from src/, as in "model/mm-store.h"'


def library_problem(name, source):
    for pattern, places, title in LIBRARIES:
        if re.match(pattern, name) and not re.match(places, source):
            return f'{title} may be included only by {places}'
    return None


def problems(root):
    arrows = read_arrows(root)
    source_root = root / 'src'
    for path in sorted(source_root.rglob('*.[ch]')):
        source = path.relative_to(source_root)
        layer = source.parts[0]
        for number, ours, name in includes(path):
            if ours:
                problem = arrow_problem(arrows, layer, name, str(source.parent))
            else:
                problem = library_problem(name, str(source))
            if problem:
                yield f'src/{source}:{number} includes {name}: {problem}'


PLANTED = [
    ('model/mm-planted.c', '#include "engine/mm-plan.h"'),
    ('formats/mm-planted.c', '#include "net/mm-connect.h"'),
    ('engine/mm-planted.c', '#include "stores/mm-registry.h"'),
    ('engine/mm-planted.c', '#include "net/mm-connect.h"'),
    ('stores/imap/mm-planted.c', '#include "engine/mm-report.h"'),
    ('ui/mm-planted.c', '#include "stores/imap/mm-imap-store.h"'),
    ('ui/mm-planted.c', '#include "net/mm-connect.h"'),
    ('cli/mm-planted.c', '#include "formats/mm-rfc5322.h"'),
    ('cli/mm-planted.c', '#  include <gtk/gtk.h>'),
    ('engine/mm-planted.h', '#include <adwaita.h>'),
    ('engine/mm-run-planted.c', '#include <sqlite3.h>'),
    ('ui/mm-planted.c', '#include <sqlite3.h>'),
    ('formats/mm-planted.c', '#include <libsoup/soup.h>'),
    ('ui/mm-planted.c', '#include "engine/mm-journal-private.h"'),
    ('model/mm-planted.c', '#include "mm-store.h"'),
]
INNOCENT = [
    ('ui/mm-planted.c', '#include "stores/mm-registry.h"'),
    ('ui/mm-planted.c', '#include <adwaita.h>'),
    ('cli/mm-planted.c', '#include "engine/mm-migration.h"'),
    ('stores/imap/mm-planted.c', '#include "net/mm-line-stream.h"'),
    ('engine/mm-journal-planted.c', '#include <sqlite3.h>'),
    ('engine/mm-planted.c', '#include "config.h"'),
]


def self_test(root):
    """Yields (name, passed) for each include that is planted alone into an otherwise empty tree."""
    for wrong, cases in (True, PLANTED), (False, INNOCENT):
        for place, line in cases:
            with tempfile.TemporaryDirectory() as directory:
                copy = pathlib.Path(directory)
                (copy / 'src' / place).parent.mkdir(parents=True)
                shutil.copy(root / 'src/README.md', copy / 'src')
                (copy / 'src' / place).write_text(f'/* */\n{line}\n')
                found = list(problems(copy))
            verdict = 'is found' if wrong else 'is allowed'
            yield f'{line} in {place} {verdict}', bool(found) == wrong


def main():
    root = pathlib.Path(sys.argv[-1])
    if sys.argv[1] == '--self-test':
        results = list(self_test(root))
    else:
        arrows = read_arrows(root)
        folders = {path.name for path in (root / 'src').iterdir() if path.is_dir()}
        found = list(problems(root))
        for problem in found:
            print('#', problem)
        results = [('src/README.md has every layer', folders == set(arrows)),
                   ('no include crosses an arrow', not found)]
    print(f'1..{len(results)}')
    for number, (name, passed) in enumerate(results, 1):
        print(f'{"" if passed else "not "}ok {number} - {name.replace("#", "")}')


main()
