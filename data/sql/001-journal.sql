-- The journal of one migration: one file each. Every intended effect on the destination is a row
-- (or a column of a row) that is committed before the effect is tried.
-- Lists of texts (paths, keywords, addresses) are joined with U+001F. Times are seconds since 1970 UTC.

CREATE TABLE migration (
  id                  TEXT PRIMARY KEY,
  source_address      TEXT NOT NULL,
  destination_address TEXT NOT NULL,
  source_urls         TEXT NOT NULL,     -- one a service, without passwords
  destination_urls    TEXT NOT NULL,
  kinds               INTEGER NOT NULL,  -- asked for, a set of bits; 0: everything
  folders             TEXT,              -- asked for; NULL: everything
  state               TEXT NOT NULL,
  request             INTEGER NOT NULL DEFAULT 0,  -- of another process: 1 cancel, 2 stop
  created             INTEGER NOT NULL,
  updated             INTEGER NOT NULL,
  ended               INTEGER NOT NULL DEFAULT 0
);

CREATE TABLE stage (
  kind        INTEGER PRIMARY KEY,
  state       TEXT NOT NULL,
  found       INTEGER NOT NULL DEFAULT 0,
  copied      INTEGER NOT NULL DEFAULT 0,
  existed     INTEGER NOT NULL DEFAULT 0,
  skipped     INTEGER NOT NULL DEFAULT 0,
  failed      INTEGER NOT NULL DEFAULT 0,
  bytes       INTEGER NOT NULL DEFAULT 0,
  bytes_total INTEGER NOT NULL DEFAULT 0,
  removed     INTEGER NOT NULL DEFAULT 0,
  restored    INTEGER NOT NULL DEFAULT 0,
  remained    INTEGER NOT NULL DEFAULT 0
);

-- A folder of the source and where it goes; or, without source_id, a level of the tree that the
-- destination makes by itself above one of ours.
CREATE TABLE folder (
  id                   INTEGER PRIMARY KEY,
  kind                 INTEGER NOT NULL,
  source_id            TEXT,
  source_path          TEXT NOT NULL,
  path                 TEXT NOT NULL,      -- at the destination
  destination_id       TEXT,
  destination_position TEXT,               -- its end before anything was written; NULL: it was not there
  scanned              INTEGER NOT NULL DEFAULT 0,
  created              INTEGER NOT NULL DEFAULT 0,  -- 0 not ours, 1 intent, 2 done, 3 undone, 4 left
  subscribed           INTEGER NOT NULL DEFAULT 0   -- likewise
);

CREATE TABLE item (
  id                  INTEGER PRIMARY KEY,
  folder              INTEGER NOT NULL REFERENCES folder (id),
  state               INTEGER NOT NULL,  -- 0 planned, 1 intent, 2 done, 3 existed, 4 skipped, 5 failed, 6 undone, 7 left
  source_id           TEXT NOT NULL,
  size                INTEGER NOT NULL,  -- -1 unknown; exact from the intent on
  crlf_size           INTEGER NOT NULL DEFAULT -1,
  date                INTEGER,
  flags               INTEGER NOT NULL,
  keywords            TEXT,
  fingerprint         INTEGER NOT NULL DEFAULT 0,
  traits              INTEGER NOT NULL DEFAULT 0,  -- what is odd about its bytes
  label               TEXT,
  destination_id      TEXT,
  destination_version TEXT,
  changes             TEXT                         -- codes of what the store changed
);
CREATE INDEX item_by_folder ON item (folder);
CREATE INDEX item_by_destination ON item (folder, destination_id) WHERE destination_id IS NOT NULL;

CREATE TABLE problem (
  id      INTEGER PRIMARY KEY,
  item    INTEGER,          -- row of item, when it is about one
  kind    INTEGER NOT NULL,
  folder  TEXT NOT NULL,
  name    TEXT NOT NULL,
  outcome INTEGER NOT NULL, -- 0 failed, 1 skipped, 2 changed, 3 left
  code    TEXT NOT NULL,
  message TEXT NOT NULL
);
CREATE INDEX problem_by_item ON problem (item);
