-- One story is one article. An article that came from several outlets has a row in `article` for each of them and one in `story`, which is what
-- readers see: the version that is nearest to its original, with every way it came. An article that came one way only has none.
CREATE TABLE story (
    id           INTEGER PRIMARY KEY,
    key          TEXT NOT NULL UNIQUE,      -- of the article that was published first, for ever
    tag          TEXT NOT NULL,
    first_seen   INTEGER NOT NULL,
    changed_at   INTEGER NOT NULL,
    revision     INTEGER NOT NULL,
    shown        INTEGER REFERENCES article (id) ON DELETE SET NULL,   -- whose version is shown; NULL: no outlet publishes it any more
    content_hash BLOB NOT NULL,             -- of that version
    record       BLOB NOT NULL
) STRICT;

CREATE INDEX story_shown ON story (shown) WHERE shown IS NOT NULL;

-- The ways it came.
CREATE TABLE story_way (
    article INTEGER PRIMARY KEY REFERENCES article (id) ON DELETE CASCADE,
    story   INTEGER NOT NULL REFERENCES story (id) ON DELETE CASCADE
) STRICT;

CREATE INDEX story_way_of ON story_way (story);

-- What the articles of all outlets are recognised by: 64 bits each of an address, or of the text, with the language.
CREATE TABLE story_mark (
    mark    INTEGER NOT NULL,
    article INTEGER NOT NULL REFERENCES article (id) ON DELETE CASCADE,
    PRIMARY KEY (mark, article)
) STRICT, WITHOUT ROWID;

CREATE INDEX story_mark_of ON story_mark (article);
