-- What engines translated, for good: one row for each text that was paid for and accepted.
CREATE TABLE translated_segment (
    key    BLOB NOT NULL PRIMARY KEY,   -- SHA-256 over source text, both languages, maker, terms of the glossary
    markup TEXT NOT NULL,               -- the translation, with placeholders
    maker  TEXT NOT NULL,               -- name of what made it, for readers
    at     INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Articles in other languages. `source` is the key of the article as readers know it.
CREATE TABLE translation (
    id          INTEGER PRIMARY KEY,
    source      TEXT NOT NULL,
    language    TEXT NOT NULL,          -- BCP 47
    form        TEXT NOT NULL,          -- '' or the way it stands beside the original: `title`, `paragraphs`
    key         TEXT NOT NULL UNIQUE,   -- made of the three above, for ever
    tag         TEXT NOT NULL,
    changed_at  INTEGER,                -- NULL: there has never been one
    revision    INTEGER NOT NULL,
    digest      BLOB,                   -- of the version of the source it was made from
    title       TEXT,
    kind        TEXT,                   -- how it was made
    record      BLOB,                   -- the article
    tries       INTEGER NOT NULL,       -- in vain, for the version in `wanted`
    wanted      BLOB,                   -- digest of the version that is tried
    next_try    INTEGER,
    problem     TEXT,                   -- why the last try was in vain; NULL: it was not
    since       INTEGER,
    UNIQUE (source, language, form)
) STRICT;

CREATE INDEX translation_problem ON translation (since DESC) WHERE problem IS NOT NULL;

-- What was spent. `reserved` is what calls under way may cost at the most; what is left of it after a crash counts as spent.
CREATE TABLE translation_spending (
    day        INTEGER NOT NULL,        -- since 1970-01-01, UTC
    translator TEXT NOT NULL,
    feed       TEXT NOT NULL,
    unit       TEXT NOT NULL,
    spent      INTEGER NOT NULL,
    reserved   INTEGER NOT NULL,
    calls      INTEGER NOT NULL,
    PRIMARY KEY (day, translator, feed)
) STRICT, WITHOUT ROWID;
