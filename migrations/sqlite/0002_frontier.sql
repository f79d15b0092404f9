-- Pages to read: one row for each article whose text is on its page at the outlet, kept after it was read, so that it is read again only when
-- the outlet changes the entry.
CREATE TABLE frontier (
    id              INTEGER PRIMARY KEY,
    key             TEXT NOT NULL UNIQUE,   -- of the article
    outlet          TEXT NOT NULL,
    feed            TEXT NOT NULL,          -- the outlet's feed or listing page that has the entry
    host            TEXT NOT NULL,          -- of the address: one page at a time of a host
    address         TEXT NOT NULL,          -- first page of the article
    fingerprint     BLOB NOT NULL,          -- of the entry
    queued_at       INTEGER NOT NULL,
    published       INTEGER NOT NULL,       -- what the feed says, else queued_at: the newest are read first
    tries           INTEGER NOT NULL,       -- since it was queued
    next_try        INTEGER,                -- NULL: nothing to do
    read_at         INTEGER,                -- last time its text was read
    pages           INTEGER NOT NULL,       -- pages that text was on
    problem_code    TEXT,
    problem_fault   TEXT,
    problem_message TEXT,
    problem_since   INTEGER,
    comments        TEXT,
    record          BLOB                    -- the article as the feed has it, while it waits
) STRICT;

CREATE INDEX frontier_due ON frontier (next_try, outlet, host, published) WHERE next_try IS NOT NULL;
CREATE INDEX frontier_problem ON frontier (problem_since DESC, outlet) WHERE problem_code IS NOT NULL;
