-- Who pulled which feed: a row a day. No addresses and no tokens.
CREATE TABLE pulled (
    day       INTEGER NOT NULL,         -- since 1970-01-01, UTC
    partner   TEXT NOT NULL,            -- '': nobody that is known
    feed      TEXT NOT NULL,            -- '': names of feeds that there are not
    whole     INTEGER NOT NULL,         -- answers with the document
    unchanged INTEGER NOT NULL,         -- 304
    refused   INTEGER NOT NULL,
    bytes     INTEGER NOT NULL,
    last_at   INTEGER,                  -- the last one that was answered
    status    INTEGER,
    how       TEXT,                     -- bearer, basic, link
    network   TEXT,                     -- /24 or /48
    agent     TEXT,
    PRIMARY KEY (day, partner, feed)
) STRICT, WITHOUT ROWID;

-- How many read the public feeds on a day.
CREATE TABLE audience (
    day         INTEGER NOT NULL,
    feed        TEXT NOT NULL,
    requests    INTEGER NOT NULL,
    readers     INTEGER NOT NULL,       -- estimated, by address and User-Agent
    subscribers INTEGER NOT NULL,       -- as aggregators say
    PRIMARY KEY (day, feed)
) STRICT, WITHOUT ROWID;
