-- The same tables as in SQLite. Text is ordered by its bytes, as everywhere in the ledger.
CREATE TABLE entries (
    sequence BIGINT PRIMARY KEY,
    notice   TEXT COLLATE "C" NOT NULL,
    leaf     BYTEA NOT NULL
);
CREATE INDEX entries_of_notice ON entries (notice, sequence);

CREATE TABLE requests (
    id       BYTEA PRIMARY KEY,
    sequence BIGINT NOT NULL
);

CREATE TABLE items (
    kind     TEXT COLLATE "C" NOT NULL,
    key      TEXT COLLATE "C" NOT NULL,
    version  BIGINT NOT NULL,
    shape    INTEGER NOT NULL,
    row      TEXT NOT NULL,
    found_by TEXT,
    PRIMARY KEY (kind, key)
);

CREATE TABLE found (
    name  TEXT COLLATE "C" NOT NULL,
    value TEXT COLLATE "C" NOT NULL,
    kind  TEXT COLLATE "C" NOT NULL,
    key   TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (name, value, kind, key)
);

CREATE TABLE claims (
    claim    TEXT COLLATE "C" PRIMARY KEY,
    sequence BIGINT NOT NULL
);

-- position is level * 2^56 + index.
CREATE TABLE tiles (
    position BIGINT PRIMARY KEY,
    root     BYTEA NOT NULL,
    hashes   BYTEA NOT NULL
);

CREATE TABLE person_keys (
    person TEXT COLLATE "C" PRIMARY KEY,
    key    BYTEA
);

CREATE TABLE texts (
    version BYTEA PRIMARY KEY,
    text    BYTEA NOT NULL
);

-- The row that a turn locks, so that one node writes at a time.
CREATE TABLE head (
    one        INTEGER PRIMARY KEY CHECK (one = 1),
    size       BIGINT NOT NULL,
    at         BIGINT NOT NULL,
    checkpoint TEXT NOT NULL
);
INSERT INTO head VALUES (1, 0, 0, '');
