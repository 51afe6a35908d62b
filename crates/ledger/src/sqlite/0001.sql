-- What happened. `leaf` is the entry's JSON, byte for byte what the log has hashed.
CREATE TABLE entries (
    sequence INTEGER PRIMARY KEY,
    notice   TEXT NOT NULL,
    leaf     BLOB NOT NULL
) STRICT;
CREATE INDEX entries_of_notice ON entries (notice);

-- Which entry a request has become.
CREATE TABLE requests (
    id       BLOB PRIMARY KEY,
    sequence INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- The present state.
CREATE TABLE items (
    kind     TEXT NOT NULL,
    key      TEXT NOT NULL,
    version  INTEGER NOT NULL,
    shape    INTEGER NOT NULL,
    row      TEXT NOT NULL,
    found_by TEXT,
    PRIMARY KEY (kind, key)
) STRICT, WITHOUT ROWID;

-- By what items are found.
CREATE TABLE found (
    name  TEXT NOT NULL,
    value TEXT NOT NULL,
    kind  TEXT NOT NULL,
    key   TEXT NOT NULL,
    PRIMARY KEY (name, value, kind, key)
) STRICT, WITHOUT ROWID;

-- What only one may have, with the entry that took it.
CREATE TABLE claims (
    claim    TEXT PRIMARY KEY,
    sequence INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Full tiles of the Merkle log: position is level * 2^56 + index; root is the hash over the tile.
CREATE TABLE tiles (
    position INTEGER PRIMARY KEY,
    root     BLOB NOT NULL,
    hashes   BLOB NOT NULL
) STRICT;

-- Keys of personal data. Rows are never moved once written; a destroyed key leaves its row, so that no other is made.
CREATE TABLE person_keys (
    number INTEGER PRIMARY KEY,
    person TEXT NOT NULL UNIQUE,
    key    BLOB
) STRICT;

-- Versions of notices' texts, under their SHA-256. They stay for ever.
CREATE TABLE texts (
    version BLOB PRIMARY KEY,
    text    BLOB NOT NULL
) STRICT;

-- How far the log has come, in one row. `at` is in milliseconds since 1970.
CREATE TABLE head (
    one        INTEGER PRIMARY KEY CHECK (one = 1),
    size       INTEGER NOT NULL,
    at         INTEGER NOT NULL,
    checkpoint TEXT NOT NULL
) STRICT;
