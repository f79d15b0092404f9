-- Times are microseconds since 1970-01-01T00:00:00Z. Migrations only grow: what is released here is never edited, only followed.

-- Marks the file as a store of reprint ("rprt"), so that the database of another program is not taken for one.
PRAGMA application_id = 0x72707274;

-- Facts about the store as a whole: `authority` of the tag: ids minted in it.
CREATE TABLE meta (
    name  TEXT NOT NULL PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- What is remembered of one address of one outlet between polls.
CREATE TABLE source (
    outlet          TEXT NOT NULL,
    address         TEXT NOT NULL,
    next_poll       INTEGER NOT NULL,
    etag            BLOB,
    last_modified   BLOB,
    body_hash       BLOB,
    last_attempt    INTEGER,
    last_success    INTEGER,
    last_change     INTEGER,
    failures        INTEGER NOT NULL,
    problem_code    TEXT,
    problem_fault   TEXT,
    problem_message TEXT,
    problem_since   INTEGER,
    moved_to        TEXT,
    entries         INTEGER NOT NULL,
    PRIMARY KEY (outlet, address)
) STRICT, WITHOUT ROWID;

-- Articles. `record` comes last: the columns before it are read without touching its overflow pages.
CREATE TABLE article (
    id           INTEGER PRIMARY KEY,
    key          TEXT NOT NULL UNIQUE,      -- first 20 hexadecimal digits of SHA-256 over outlet, NUL, source_key
    tag          TEXT NOT NULL,             -- tag:{authority}:{key}; unique because `key` is
    outlet       TEXT NOT NULL,
    source_key   TEXT NOT NULL,             -- what makes it the same article at the outlet
    feed         TEXT NOT NULL,             -- the outlet's feed whose version is shown
    first_seen   INTEGER NOT NULL,
    sort_at      INTEGER NOT NULL,          -- the earlier of published and first_seen
    changed_at   INTEGER NOT NULL,
    revision     INTEGER NOT NULL,
    content_hash BLOB NOT NULL,             -- of what readers see
    held_code    TEXT,                      -- NULL: published
    held_reason  TEXT,
    title        TEXT NOT NULL,
    url          TEXT,
    comments     TEXT,                      -- moves without being a change of the article, so it is beside the record
    record       BLOB NOT NULL,
    UNIQUE (outlet, source_key)
) STRICT;

-- A feed's window is the newest rows of each of its outlets, merged: neither index is ever read further than the window is long. `held_code`
-- is in them because SQLite takes a partial index for covering only if it has the columns of its own condition.
CREATE INDEX article_by_date ON article (outlet, sort_at DESC, key, held_code) WHERE held_code IS NULL;
CREATE INDEX article_by_first_seen ON article (outlet, first_seen DESC, sort_at DESC, key, held_code) WHERE held_code IS NULL;
CREATE INDEX article_held ON article (first_seen DESC, key, outlet, held_code) WHERE held_code IS NOT NULL;

-- The same article as another feed of its outlet last carried it (full text in one, an excerpt in another): remembered so that the two
-- do not take turns at being a change.
CREATE TABLE article_copy (
    article      INTEGER NOT NULL REFERENCES article (id) ON DELETE CASCADE,
    feed         TEXT NOT NULL,
    content_hash BLOB NOT NULL,
    PRIMARY KEY (article, feed)
) STRICT, WITHOUT ROWID;
