-- WebSub: who is told of our feeds, and which hubs tell us of partners' feeds.

-- Who has subscribed at our hub, and external hubs that are told (`pings`). There is no queue of deliveries: a delivery is due while the topic's
-- document is another than the one of `delivered`, so that none is lost between a publication and its queueing.
CREATE TABLE hub_subscription (
    topic       TEXT NOT NULL,          -- path of the document, `feeds/all.rss`
    callback    TEXT NOT NULL,
    pings       INTEGER NOT NULL,       -- 1: an external hub
    secret      TEXT,
    lease_until INTEGER NOT NULL,       -- times are milliseconds since 1970
    delivered   TEXT NOT NULL,          -- entity tag of the document that arrived there, or was given up
    tries       INTEGER NOT NULL,       -- in vain, for what is due
    next_try    INTEGER,
    PRIMARY KEY (topic, callback)
) STRICT, WITHOUT ROWID;

-- Requests at our hub that the callback has yet to confirm.
CREATE TABLE hub_verification (
    topic     TEXT NOT NULL,
    callback  TEXT NOT NULL,
    subscribe INTEGER NOT NULL,         -- 0: it wants to end its subscription
    secret    TEXT,
    lease     INTEGER NOT NULL,         -- seconds
    tries     INTEGER NOT NULL,
    next_try  INTEGER NOT NULL,
    PRIMARY KEY (topic, callback)
) STRICT, WITHOUT ROWID;

-- Our subscriptions at the hubs of partners.
CREATE TABLE source_subscription (
    token       TEXT PRIMARY KEY,       -- the last part of our callback
    outlet      TEXT NOT NULL,
    source      TEXT NOT NULL,
    hub         TEXT NOT NULL,
    topic       TEXT NOT NULL,
    secret      TEXT NOT NULL,
    state       TEXT NOT NULL,          -- pending, active, leaving
    asked_at    INTEGER,                -- when the hub last took our request
    lease_until INTEGER,
    tries       INTEGER NOT NULL,
    next_try    INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
