-- What was done to articles that had to go, in order; the last line of a key says how it stands. Lines are only ever added.
CREATE TABLE withdrawal (
    serial INTEGER PRIMARY KEY,
    key    TEXT NOT NULL,      -- of the article as readers know it
    tag    TEXT NOT NULL,
    act    TEXT NOT NULL,      -- withdrawn by the site: `site`, `legal`; by its outlet: `outlet`; `copy`: of one outlet, others have it still; `restored`
    at     INTEGER NOT NULL,
    reason TEXT NOT NULL,
    title  TEXT NOT NULL,
    url    TEXT
) STRICT;

CREATE INDEX withdrawal_of ON withdrawal (key, serial);

-- The outlets whose feeds showed it.
CREATE TABLE withdrawal_outlet (
    outlet TEXT NOT NULL,
    serial INTEGER NOT NULL REFERENCES withdrawal (serial) ON DELETE CASCADE,
    PRIMARY KEY (outlet, serial)
) STRICT, WITHOUT ROWID;

CREATE INDEX withdrawal_outlet_of ON withdrawal_outlet (serial);

-- Rows that are withdrawn, with what they were before.
CREATE TABLE withdrawn (
    article     INTEGER PRIMARY KEY REFERENCES article (id) ON DELETE CASCADE,
    key         TEXT NOT NULL,     -- of the withdrawal
    held_code   TEXT,              -- before; NULL: published
    held_reason TEXT
) STRICT;

CREATE INDEX withdrawn_of ON withdrawn (key);

-- What stories are recognised by that the site has withdrawn: no outlet brings them back. As `story_mark`, which has too many rows to sift.
CREATE TABLE withdrawn_mark (
    mark    INTEGER NOT NULL,
    article INTEGER NOT NULL REFERENCES withdrawn (article) ON DELETE CASCADE,
    PRIMARY KEY (mark, article)
) STRICT, WITHOUT ROWID;

CREATE INDEX withdrawn_mark_of ON withdrawn_mark (article);
