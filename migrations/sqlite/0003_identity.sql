-- What articles are recognised by at their outlet. A mark is a letter for its kind and the first 24 hexadecimal digits of a SHA-256:
--   a  address of the page, in the form in which http and https, www. and tracking parameters make no difference
--   g  guid, likewise where it is an address
--   s  title and text     t  title and date     x  text and date
-- `article` is NULL where two articles have had the mark: it tells nobody apart any more, and never will.
CREATE TABLE article_mark (
    outlet  TEXT NOT NULL,
    mark    TEXT NOT NULL,
    article INTEGER REFERENCES article (id) ON DELETE CASCADE,
    PRIMARY KEY (outlet, mark)
) STRICT, WITHOUT ROWID;

CREATE INDEX article_mark_of ON article_mark (article) WHERE article IS NOT NULL;

-- What the guids of a feed turned out to be worth. A feed that is not in here has given no reason to doubt them.
CREATE TABLE feed_identity (
    outlet TEXT NOT NULL,
    feed   TEXT NOT NULL,
    level  TEXT NOT NULL,            -- what identifies: guid, address or fingerprint; it only ever sinks
    moved  INTEGER NOT NULL,         -- marks of that level that changed on known articles so far
    since  INTEGER NOT NULL,         -- when it sank to this level
    reason TEXT NOT NULL,            -- why, for an admin; empty for guid
    PRIMARY KEY (outlet, feed)
) STRICT, WITHOUT ROWID;
