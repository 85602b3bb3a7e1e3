/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "odd-messages.h"

#include "formats/mm-rfc5322.h"

#define HEAD "From: a@test.invalid\r\nTo: b@test.invalid\r\nDate: Mon, 1 Jan 2001 00:00:00 +0000\r\n"

#define X10 "xxxxxxxxxx"
#define X100 X10 X10 X10 X10 X10 X10 X10 X10 X10 X10
#define X998 X100 X100 X100 X100 X100 X100 X100 X100 X100 X10 X10 X10 X10 X10 X10 X10 X10 X10 \
  "xxxxxxxx"

#define ODD(name, text, traits, extra, label) { name, text, sizeof (text) - 1, traits, extra, label }

const OddMessage odd_messages[] = {
  ODD ("empty", "", MM_RFC5322_EMPTY, 0, NULL),
  ODD ("plain", HEAD "Subject: plain\r\nMessage-ID: <1@test.invalid>\r\n\r\nbody\r\n", 0, 0,
       "<1@test.invalid>"),
  ODD ("header-only", HEAD "Subject: header only\r\n", 0, 0, "header only"),
  ODD ("header-without-end", HEAD "Subject: cut off", 0, 0, "cut off"),
  ODD ("body-only", "\r\nbody: no header\r\n", 0, 0, NULL),
  ODD ("line-ends-only", "\r\n\r\n\r\n", 0, 0, NULL),
  ODD ("no-line-end-at-end", HEAD "Subject: open\r\n\r\nlast line", 0, 0, "open"),
  ODD ("bare-lf", "From: a@test.invalid\nSubject: LF\n\none\ntwo\n", MM_RFC5322_BARE_LINE_END, 5,
       "LF"),
  ODD ("mixed-line-ends", HEAD "Subject: mixed\r\n\r\none\ntwo\r\nthree\n\n\r\nend\r\n",
       MM_RFC5322_BARE_LINE_END, 3, "mixed"),
  ODD ("bare-cr", HEAD "Subject: CR\r\n\r\none\rtwo\rthree\r\n", MM_RFC5322_BARE_LINE_END, 2, "CR"),
  ODD ("cr-at-end", HEAD "Subject: CR\r\n\r\none\r", MM_RFC5322_BARE_LINE_END, 1, "CR"),
  ODD ("double-cr", HEAD "Subject: CR\r\r\n\r\none\r\r\n", MM_RFC5322_BARE_LINE_END, 2, "CR"),
  ODD ("cr-only", "Subject: Mac\rFrom: a\r\rbody\r", MM_RFC5322_BARE_LINE_END, 4, "Mac"),
  ODD ("nul", HEAD "Subject: NUL\r\n\r\nbefore\0after\r\n", MM_RFC5322_NUL, 0, "NUL"),
  ODD ("nul-in-header", HEAD "Subject: NU\0L\r\n\r\nbody\r\n", MM_RFC5322_NUL, 0, "NU"),
  ODD ("nul-in-name", HEAD "Sub\0ject: x\r\n\r\nbody\r\n",
       MM_RFC5322_NUL | MM_RFC5322_INVALID_HEADER, 0, NULL),
  ODD ("utf-8-header", HEAD "Subject: Žluťoučký kůň příšerně\r\n\r\nx\r\n",
       MM_RFC5322_8BIT_HEADER, 0, "Žluťoučký kůň příšerně"),
  ODD ("latin-1-header", HEAD "Subject: Gr\xfc\xdf" "e\r\nX-Name: \xff\xfe\r\n\r\nx\r\n",
       MM_RFC5322_8BIT_HEADER, 0, "Grüße"),
  ODD ("empty-fields", "Message-ID:\r\nSubject:\r\nFrom:\r\n\r\nx\r\n", 0, 0, NULL),
  ODD ("8bit-no-charset", HEAD "Message-ID:\r\nSubject: so\xef(\x81) \xff\r\n\r\nx\r\n",
       MM_RFC5322_8BIT_HEADER, 0, "soï( ) ÿ"),
  ODD ("8bit-address", "From: \"Müller, Anna\" <anna@test.invalid>\r\nTo: Łukasz Żak <z@test.invalid>,"
       " (Größe) b@test.invalid\r\n\r\nx\r\n", MM_RFC5322_8BIT_HEADER, 0, NULL),
  ODD ("8bit-parameter", HEAD "Content-Type: text/plain; name=\"Größe 1.txt\"\r\n\r\nx\r\n",
       MM_RFC5322_8BIT_HEADER, 0, NULL),
  ODD ("8bit-folded", HEAD "Subject: zwölf\r\n große Bücher\r\n\r\nx\r\n", MM_RFC5322_8BIT_HEADER,
       0, "zwölf große Bücher"),
  ODD ("8bit-body", HEAD "Subject: body\r\n\r\nGrüße \xff\xfe\r\n", 0, 0, "body"),
  ODD ("encoded-words-broken", HEAD "Subject: =?utf-8?B?broken===?= =?x-none?Q?=ZZ?= tail\r\n\r\nx\r\n",
       0, 0, NULL),
  ODD ("encoded-words", HEAD "Subject: =?utf-8?Q?Gr=C3=BC=C3=9Fe?=\r\n\r\nx\r\n", 0, 0, "Grüße"),
  ODD ("two-message-ids", HEAD "Message-ID: <one@test.invalid>\r\nMessage-ID: <two@test.invalid>\r\n"
       "\r\nx\r\n", 0, 0, "<one@test.invalid>"),
  ODD ("folded-oddly", HEAD "Subject:\r\n \r\n folded\r\n\t\r\nX-Empty:\r\n\r\nx\r\n", 0, 0,
       "folded"),
  ODD ("space-before-colon", HEAD "Subject : spaced\r\n\r\nx\r\n", MM_RFC5322_INVALID_HEADER, 0,
       "spaced"),
  ODD ("no-colon", HEAD "No colon here\r\n folded\r\nSubject: ok\r\n\r\nx\r\n",
       MM_RFC5322_INVALID_HEADER, 0, "ok"),
  ODD ("8bit-no-colon", HEAD "Größe ohne\r\n\r\nx\r\n",
       MM_RFC5322_INVALID_HEADER | MM_RFC5322_8BIT_HEADER, 0, NULL),
  ODD ("begins-folded", " folded\r\n" HEAD "\r\nx\r\n", MM_RFC5322_INVALID_HEADER, 0, NULL),
  ODD ("empty-name", HEAD ": nothing\r\n\r\nx\r\n", MM_RFC5322_INVALID_HEADER, 0, NULL),
  ODD ("mbox-from", "From a@test.invalid Mon Jan  1 00:00:00 2001\r\n" HEAD "\r\nFrom me\r\n",
       MM_RFC5322_INVALID_HEADER, 0, NULL),
  ODD ("dots", HEAD "Subject: dots\r\n\r\n.\r\n..\r\n.x\r\n.\r\n", 0, 0, "dots"),
  ODD ("longest-line", HEAD "\r\n" X998 "\r\n", 0, 0, NULL),
  ODD ("long-line", HEAD "\r\n" X998 "x\r\n", MM_RFC5322_LONG_LINE, 0, NULL),
  ODD ("long-header-line", HEAD "Message-ID: <" X998 ">\r\n\r\nx\r\n", MM_RFC5322_LONG_LINE, 0,
       NULL),
  ODD ("no-fields", "X-Other: 1\r\n\r\nx\r\n", 0, 0, NULL),
  ODD ("everything", "From nobody\nSubject : zw\xc3\xb6lf\0\r\rX: \xff\r\n\n\0\r" X998 "x",
       MM_RFC5322_NUL | MM_RFC5322_BARE_LINE_END | MM_RFC5322_8BIT_HEADER |
       MM_RFC5322_INVALID_HEADER | MM_RFC5322_LONG_LINE, 5, "zwölf"),
};

const guint n_odd_messages = G_N_ELEMENTS (odd_messages);
