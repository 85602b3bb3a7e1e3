#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Makes sample mail: the same arguments make the same bytes.

    generate-mail.py OUT [--count 300] [--mean-kib 40] [--seed 1] [--odd yes|no|only] [--huge-mb 30]

OUT/messages/NNNNNN.eml    one message each
OUT/index.jsonl            one JSON object a line, in the order in which they belong into the
                           account: {"folder": [names from the top], "subscribed": true}, then
                           {"file", "folder", "flags", "date" (seconds since 1970), "kind"}

The kind is "normal", or the name of what is odd about a message. The odd ones come on top of the
count and are in the folder "Odd". Python's standard library only.
"""
import argparse
import base64
import email.header
import email.utils
import json
import math
import pathlib
import quopri
import random
import urllib.parse

FIRST_DAY = 915148800  # 1 January 1999
LAST_DAY = 1767225600  # 1 January 2026: fixed, or the mail would change with the clock

# Names that need quoting, encoding or a mapping somewhere; with the share of the mail in them.
FOLDERS = [
    (['INBOX'], 28), (['Sent'], 14), (['Archive', '2019'], 6), (['Archive', '2020'], 6),
    (['Archive', '2021'], 6), (['Trash'], 3), (['Junk'], 3), (['Drafts'], 1),
    (['Projekte', 'Änderungen & Größen'], 5), (['Projekte', 'Straßenbau', 'Pläne'], 3),
    (['Účty', 'Telefon'], 3), (['Férias de Verão'], 3), (['Музыка'], 3),
    (['仕事', '受信'], 3), (['가족'], 2), (['רשימות'], 1),
    (['Lists', 'compilers'], 5), (['Lists', 'gardening'], 4), (['Two  spaces'], 1),
    (['He said "hello"'], 1), (['100% sure * or not'], 1), (['brackets ~ (a) [b] {c}'], 1),
    (['R&D'], 1), (['levels', '1', '2', '3', '4', '5', '6'], 1),
]
EMPTY_FOLDERS = [(['Nothing here'], True), (['Projekte', 'Straßenbau', 'Leer'], False)]
UNSUBSCRIBED = [['Lists', 'gardening'], ['가족']]

PEOPLE = [
    ('Marta Oliveira', 'marta'), ('Jiří Dvořák', 'jiri'), ('Élodie Brûlé', 'elodie'),
    ('Ольга Смирнова', 'olga'), ('佐藤 健', 'sato'), ('김서연', 'seoyeon'), ('אבי כהן', 'avi'),
    ('Ben "Sparky" O\'Hara', 'ben'), ('Weiß, Jürgen', 'jweiss'), ('Ayşe Yılmaz', 'ayse'),
    ('newsletter', 'news'), ('Build robot', 'robot'),
]

# What can be written in each character set.
TEXTS = {
    'us-ascii': 'The train leaves at nine from platform four, so please be there a little before. ',
    'utf-8': 'Zítra ráno přijedu, traigo café y ¡muchas ganas!, 明日また話しましょう ✈ привет ',
    'iso-8859-1': 'Für die Brücke fehlt noch ein Gutachten, où est le reçu? Não há pressa. ',
    'iso-8859-2': 'Žluté květy u řeky, późno już, a mégis süt a nap. ',
    'iso-8859-15': 'Das Zimmer kostet 80 € die Nacht, œufs et café compris. ',
    'windows-1252': 'She wrote “almost done” — that was 3 weeks ago… ',
    'windows-1251': 'Завтра встречаемся у входа в парк, не забудь взять зонт. ',
    'koi8-r': 'Поезд опоздал на два часа, зато погода была хорошая. ',
    'iso-2022-jp': '来週の会議は木曜日に変わりました。よろしくお願いします。',
    'shift_jis': '写真を添付しました。確認してください。',
    'gb18030': '请在星期五之前把文件发给我，谢谢。',
    'big5': '請在星期五之前把檔案寄給我，謝謝。',
    'euc-kr': '내일 아침에 역 앞에서 만나요. ',
}
CHARSETS = ['utf-8'] * 12 + ['us-ascii'] * 9 + sorted(TEXTS)
SEVEN_BIT = ('us-ascii', 'iso-2022-jp')

ATTACHMENTS = [
    ('application/pdf', 'offer-{}.pdf'), ('image/jpeg', 'DSC{}.jpg'), ('image/png', 'Plán {}.png'),
    ('application/zip', 'архив-{}.zip'), ('audio/ogg', 'message {}.ogg'),
    ('application/vnd.oasis.opendocument.text', 'relatório final ({}).odt'),
    ('application/octet-stream', '写真{}.raw'), ('text/calendar', 'invite{}.ics'),
]
FLAGS = [
    ('\\Seen', .75), ('\\Answered', .2), ('\\Flagged', .06), ('\\Draft', .01), ('\\Deleted', .01),
    ('$Forwarded', .04), ('$MDNSent', .02), ('NonJunk', .1), ('$Label2', .02), ('holiday', .02),
]


def lines_of_base64(data):
    text = base64.b64encode(data)
    return b''.join(text[i:i + 76] + b'\r\n' for i in range(0, len(text), 76))


def header_text(text, charset='utf-8'):
    if text.isascii():
        return text
    return email.header.Header(text, charset, maxlinelen=72).encode(linesep='\r\n')


def address(person):
    name, box = person
    if name.isascii():
        return '"%s" <%s@test.invalid>' % (name.replace('"', '\\"'), box)
    return f'{header_text(name)} <{box}@test.invalid>'


class Writer:
    """Writes messages and the index; knows nothing of what is in them."""

    def __init__(self, directory):
        self.directory = pathlib.Path(directory)
        (self.directory / 'messages').mkdir(parents=True, exist_ok=True)
        self.index = open(self.directory / 'index.jsonl', 'w', encoding='utf-8', newline='\n')
        self.count = 0
        self.bytes = 0

    def line(self, **values):
        self.index.write(json.dumps(values, ensure_ascii=False) + '\n')

    def message(self, folder, flags, date, data, kind='normal'):
        name = f'messages/{self.count:06d}.eml'
        (self.directory / name).write_bytes(data)
        self.line(file=name, folder=folder, flags=flags, date=int(date), kind=kind)
        self.count += 1
        self.bytes += len(data)


class Ordinary:
    """Mail as people have it: threads, lists, several parts, attachments, 27 years."""

    def __init__(self, dice, mean_kib):
        self.dice = dice
        self.recent_ids = []
        self.serial = 0
        # A quarter of the mail has on average 1.5 attachments, which base64 makes 1.37 times
        # as large; the rest of a message is about 5 KiB.
        attachment = max(400, (mean_kib - 5) * 1024 / .25 / 1.5 / 1.37)
        self.log_attachment = math.log(attachment) - 1.2 ** 2 / 2

    def text(self, charset):
        size = min(60_000, self.dice.lognormvariate(7.2, 1.0))
        lines, length = [], 0
        while length < size:
            sentence = TEXTS[charset if self.dice.random() < .6 else 'us-ascii']
            line = sentence[:self.dice.randint(15, 78)]
            lines.append(line)
            length += len(line) + 2
        return '\r\n'.join(lines) + '\r\n'

    def text_part(self, subtype, text, charset):
        data = text.encode(charset)
        encoding = '7bit' if charset in SEVEN_BIT else self.dice.choice(
            ['quoted-printable', 'base64', '8bit'])
        if encoding == 'base64':
            data = lines_of_base64(data)
        elif encoding == 'quoted-printable':
            data = quopri.encodestring(data.replace(b'\r\n', b'\n')).replace(b'\n', b'\r\n')
        return (f'Content-Type: text/{subtype}; charset={charset}\r\n'
                f'Content-Transfer-Encoding: {encoding}\r\n\r\n').encode() + data

    def attachment(self, size, extra=''):
        media_type, name = self.dice.choice(ATTACHMENTS)
        name = name.format(self.dice.randint(1, 9999))
        file_name = (f'filename="{name}"' if name.isascii()
                     else f"filename*=UTF-8''{urllib.parse.quote(name)}")
        return (f'Content-Type: {media_type}; name="{header_text(name)}"\r\n'
                f'Content-Disposition: attachment; {file_name}\r\n{extra}'
                'Content-Transfer-Encoding: base64\r\n\r\n'
                ).encode() + lines_of_base64(self.dice.randbytes(int(size)))

    def multipart(self, subtype, parts):
        boundary = 'part-%016x' % self.dice.getrandbits(64)
        between = f'--{boundary}\r\n'.encode()
        return (f'Content-Type: multipart/{subtype}; boundary="{boundary}"\r\n\r\n'.encode()
                + b''.join(between + part + b'\r\n' for part in parts)
                + f'--{boundary}--\r\n'.encode())

    def header(self, date, charset):
        dice = self.dice
        self.serial += 1
        message_id = '<%012x.%d@test.invalid>' % (dice.getrandbits(48), self.serial)
        subject = dice.choice(['', '', '', 'Re: ', 'Fwd: ', 'AW: ', 'RES: ']) \
            + TEXTS[charset][:dice.randint(8, 60)].strip()
        fields = [f'Return-Path: <{dice.choice(PEOPLE)[1]}@test.invalid>']
        for hop in range(dice.randint(0, 3)):
            fields.append(
                f'Received: from out{hop}.test.invalid ([192.0.2.{dice.randint(1, 254)}])\r\n'
                f'\tby in{hop}.test.invalid with ESMTPS id {dice.getrandbits(40):x};\r\n'
                f'\t{email.utils.formatdate(date - hop)}')
        fields += [
            f'Date: {email.utils.formatdate(date - dice.randint(0, 9000))}',
            f'From: {address(dice.choice(PEOPLE))}',
            'To: ' + ',\r\n '.join(map(address, dice.sample(PEOPLE, dice.choice([1, 1, 1, 2, 4])))),
            f'Subject: {header_text(subject, "utf-8" if charset == "us-ascii" else charset)}',
            f'Message-ID: {message_id}']
        if self.recent_ids and dice.random() < .4:
            thread = dice.sample(self.recent_ids, min(len(self.recent_ids), dice.randint(1, 5)))
            fields += [f'In-Reply-To: {thread[-1]}', 'References: ' + '\r\n\t'.join(thread)]
        if dice.random() < .2:
            fields.append('List-Id: Friends of the garden <gardening.test.invalid>')
        if dice.random() < .3:
            signature = base64.b64encode(dice.randbytes(90)).decode()
            fields.append('DKIM-Signature: v=1; a=rsa-sha256; d=test.invalid; s=mail;\r\n'
                          f'\tb={signature}')
        fields.append('MIME-Version: 1.0')
        self.recent_ids = self.recent_ids[-150:] + [message_id]
        return ('\r\n'.join(fields) + '\r\n').encode()

    def body(self, date, charset):
        dice = self.dice
        text = self.text(charset)
        plain = self.text_part('plain', text, charset)
        form = dice.random()
        if form < .38:
            return plain
        if form < .73:
            html = '<html><body><p>' + text.replace('\r\n', '<br>\r\n') * dice.choice([1, 1, 3]) \
                + '</p></body></html>\r\n'
            body = self.multipart('alternative', [plain, self.text_part('html', html, charset)])
            if dice.random() < .2:
                picture = self.attachment(dice.randint(500, 15_000), 'Content-ID: <logo@test>\r\n')
                body = self.multipart('related', [body, picture])
            return body
        if form < .98:
            sizes = [min(10e6, dice.lognormvariate(self.log_attachment, 1.2))
                     for _ in range(dice.choice([1, 1, 1, 1, 2, 3]))]
            return self.multipart('mixed', [plain] + [self.attachment(size) for size in sizes])
        head = self.text_part('plain', 'See below.\r\n', 'us-ascii')
        inner = b'Content-Type: message/rfc822\r\n\r\n' + self.header(date - 86400, 'utf-8') + plain
        return self.multipart('mixed', [head, inner])

    def write(self, writer):
        dice = self.dice
        # There is more mail the later it gets.
        date = FIRST_DAY + (LAST_DAY - FIRST_DAY) * math.sqrt(dice.random())
        charset = dice.choice(CHARSETS)
        names, weights = zip(*FOLDERS)
        folder = dice.choices(names, weights)[0]
        flags = [flag for flag, share in FLAGS if dice.random() < share]
        writer.message(folder, flags, date, self.header(date, charset) + self.body(date, charset))


HEAD = (b'From: a@test.invalid\r\nTo: b@test.invalid\r\n'
        b'Date: Sat, 03 Feb 2001 04:05:06 +0000\r\n')
ODD_DATE = 981173106


def nested(levels):
    body = b'Content-Type: text/plain\r\n\r\ninnermost\r\n'
    for i in range(levels):
        body = (b'Content-Type: multipart/mixed; boundary="n%d"\r\n\r\n--n%d\r\n' % (i, i)
                + body + b'\r\n--n%d--\r\n' % i)
    return body


def message(fields, body=b'x\r\n'):
    """A message of HEAD, more fields, and a body."""
    return HEAD + fields + b'\r\n\r\n' + body


def odd_line_ends():
    yield 'empty', b''
    yield 'only-line-ends', b'\r\n\r\n\r\n'
    yield 'only-header', HEAD + b'Subject: there is no body\r\n'
    yield 'no-header', b'\r\nNothing above this line.\r\n'
    yield 'no-end-of-line', message(b'Subject: no end of line', b'This line has no end')
    yield 'bare-lf', message(b'Subject: bare LF', b'one\r\ntwo\r\n').replace(b'\r\n', b'\n')
    yield 'mixed-line-ends', message(b'Subject: mixed', b'one\ntwo\r\n\n\nthree\r\n')
    yield 'bare-cr', message(b'Subject: bare CR', b'one\rtwo\r\n')
    yield 'nul', message(b'Subject: NUL in the body', b'before\x00after\r\n')
    yield 'nul-in-header', message(b'Subject: NUL \x00 here')
    yield 'every-byte', message(b'Subject: every byte',
                                bytes(x for x in range(1, 256) if x not in (10, 13)) + b'\r\n')


def odd_headers():
    yield '8bit-header', message('Subject: Grüße, nicht verschlüsselt'.encode())
    yield '8bit-header', message(b'Subject: Caf\xe9 in Latin-1\r\nX-Odd: \xff\xfe')
    yield 'invalid-header', message(b'Subject : a space before the colon\r\nno colon at all')
    yield 'odd-folding', message(b'Subject:\r\n \r\n folded\r\n\t\r\nX-Empty:')
    yield 'broken-encoded-words', message(
        b'Subject: =?utf-8?B?###?= =?none?Q?=Z?= =?utf-8?Q?open')
    yield 'no-message-id', message(b'Subject: no Message-ID', b'first\r\n')
    yield 'no-message-id', message(b'Subject: no Message-ID', b'second\r\n')
    for text in b'one\r\n', b'two\r\n':
        yield 'same-message-id', message(
            b'Message-ID: <twice@test.invalid>\r\nSubject: same Message-ID, other text', text)
    for _ in range(3):
        yield 'exact-duplicate', message(
            b'Message-ID: <thrice@test.invalid>\r\nSubject: the same three times')
    yield 'two-message-ids', message(
        b'Message-ID: <1@test.invalid>\r\nMessage-ID: <2@test.invalid>')
    yield 'long-message-id', message(b'Message-ID: <' + b'i' * 1500 + b'@test.invalid>')
    yield 'long-lines', message(b'Subject: ' + b'long ' * 20000, b'z' * 1_500_000 + b'\r\n')
    yield 'many-fields', message(b'\r\n'.join(b'X-Field-%d: value' % i for i in range(4000)))
    yield 'mbox-line', b'From a@test.invalid Sat Feb  3 04:05:06 2001\r\n' + message(
        b'Subject: From', b'From here\r\n>From there\r\n')
    yield 'bad-date', b'From: a@test.invalid\r\nDate: Foo, 32 Bar 19100 25:61:61 +9999\r\n\r\nx\r\n'


def odd_bodies():
    mixed = b'Content-Type: multipart/mixed; boundary="b"'
    signed = b'Content-Type: multipart/signed; micalg=pgp-sha256; boundary="s";\r\n' \
        b' protocol="application/pgp-signature"'
    signature = b'--s\r\nContent-Type: application/pgp-signature\r\n\r\nx\r\n--s--\r\n'
    yield 'dots', message(b'Subject: dots', b'.\r\n..\r\n.\r\n')
    yield 'imap-words', message(b'Subject: {5}', b'* BYE\r\n)\r\nA1 OK done\r\n{10+}\r\n')
    yield 'open-multipart', message(mixed, b'--b\r\n\r\nno end\r\n')
    yield 'deep-multipart', HEAD + nested(120)
    yield 'many-parts', message(mixed, b'--b\r\n\r\np\r\n' * 2500)
    yield 'signed', message(
        signed, b'--s\r\nContent-Type: text/plain\r\n\r\nblanks at the end  \t\r\n\r\n' + signature)


def odd_flags_and_dates():
    """(kind, bytes, flags, date)"""
    yield 'received-1970', message(b'Subject: received in 1970'), ['\\Seen'], 86400
    yield 'received-2040', message(b'Subject: received in 2040'), ['\\Seen'], 2208988800
    yield 'all-flags', message(b'Subject: all flags'), \
        ['\\Seen', '\\Answered', '\\Flagged', '\\Draft', '\\Deleted', '$Forwarded'], ODD_DATE
    yield 'no-flags', message(b'Subject: no flags'), [], ODD_DATE
    yield '40-keywords', message(b'Subject: 40 keywords'), \
        [f'word{i:02d}' for i in range(40)], ODD_DATE


def odd_messages(dice, huge_mb):
    """(kind, bytes) or (kind, bytes, flags, date) of what is rare, yet in every large mailbox."""
    yield from odd_line_ends()
    yield from odd_headers()
    yield from odd_bodies()
    yield from odd_flags_and_dates()
    if huge_mb:
        yield 'huge', message(b'Subject: huge\r\nContent-Transfer-Encoding: base64',
                              lines_of_base64(dice.randbytes(int(huge_mb * 1e6 / 1.37))))


def write_odd(writer, dice, huge_mb):
    for kind, data, *rest in odd_messages(dice, huge_mb):
        flags, date = rest or (['\\Seen'], ODD_DATE)
        writer.message(['Odd'], flags, date, data, kind)


def write_folders(writer, odd):
    if odd != 'only':
        for folder, _ in FOLDERS:
            writer.line(folder=folder, subscribed=folder not in UNSUBSCRIBED)
        for folder, subscribed in EMPTY_FOLDERS:
            writer.line(folder=folder, subscribed=subscribed)
    if odd != 'no':
        writer.line(folder=['Odd'], subscribed=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('out')
    parser.add_argument('--count', type=int, default=300)
    parser.add_argument('--mean-kib', type=float, default=40)
    parser.add_argument('--seed', type=int, default=1)
    parser.add_argument('--odd', choices=['yes', 'no', 'only'], default='yes')
    parser.add_argument('--huge-mb', type=float, default=30)
    options = parser.parse_args()
    dice = random.Random(options.seed)
    writer = Writer(options.out)
    write_folders(writer, options.odd)
    if options.odd != 'only':
        ordinary = Ordinary(dice, options.mean_kib)
        for _ in range(options.count):
            ordinary.write(writer)
    if options.odd != 'no':
        write_odd(writer, dice, options.huge_mb)
    writer.index.close()
    print(f'{writer.count} messages, {writer.bytes / 1e6:.1f} MB')


main()
