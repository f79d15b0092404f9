//! Every statement of the store, with `$n` placeholders and types that PostgreSQL has too.
//!
//! SQLite only: lists are handed over as a JSON array (`json_each`), where PostgreSQL has `unnest`. The subquery with `LIMIT` in
//! [`NEWEST`] and [`RECENT`] is what `LATERAL` would be: each outlet's index is entered once and read for at most `$2` rows.

/// Authority of the store.
pub const AUTHORITY: &str = "SELECT value FROM meta WHERE name = 'authority'";

/// Gives a new store its authority; an authority once given stays.
pub const GIVE_AUTHORITY: &str = "INSERT INTO meta (name, value) VALUES ('authority', $1) ON CONFLICT (name) DO NOTHING";

/// Every poll state.
pub const SOURCES: &str = "\
    SELECT outlet, address, next_poll, etag, last_modified, body_hash, last_attempt, last_success, last_change, failures, \
           problem_code, problem_fault, problem_message, problem_since, moved_to, entries, validated_by, ttl, settings \
    FROM source ORDER BY outlet, address";

/// Gives everything of the feed `$2` of the outlet `$1` to its feed `$3`.
pub const MOVE_FEED: [&str; 4] = [
    "UPDATE article SET feed = $3 WHERE outlet = $1 AND feed = $2",
    "UPDATE article_copy SET feed = $3 WHERE feed = $2 AND article IN (SELECT id FROM article WHERE outlet = $1)",
    "UPDATE feed_identity SET feed = $3 WHERE outlet = $1 AND feed = $2",
    "UPDATE frontier SET feed = $3 WHERE outlet = $1 AND feed = $2",
];

/// Forgets a source.
pub const FORGET_SOURCE: &str = "DELETE FROM source WHERE outlet = $1 AND address = $2";

/// Saves a poll state. `$20` says whether the poll changed something that readers see: the last change moves with that alone, for what the
/// articles' own pages said is not in the state of a poll.
pub const SAVE_SOURCE: &str = "\
    INSERT INTO source (outlet, address, next_poll, etag, last_modified, body_hash, last_attempt, last_success, last_change, failures, \
                        problem_code, problem_fault, problem_message, problem_since, moved_to, entries, validated_by, ttl, settings) \
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19) \
    ON CONFLICT (outlet, address) DO UPDATE SET \
        next_poll = excluded.next_poll, etag = excluded.etag, last_modified = excluded.last_modified, \
        body_hash = excluded.body_hash, last_attempt = excluded.last_attempt, last_success = excluded.last_success, \
        last_change = CASE WHEN $20 OR source.last_change IS NULL THEN excluded.last_change ELSE source.last_change END, failures = excluded.failures, problem_code = excluded.problem_code, \
        problem_fault = excluded.problem_fault, problem_message = excluded.problem_message, \
        problem_since = excluded.problem_since, moved_to = excluded.moved_to, entries = excluded.entries, \
        validated_by = excluded.validated_by, ttl = excluded.ttl, settings = excluded.settings";

/// The page of an article of this source changed what readers see.
pub const SOURCE_CHANGED: &str = "UPDATE source SET last_change = $3 WHERE outlet = $1 AND address = $2";

/// Whether there is anything of an outlet.
pub const KNOWS_OUTLET: &str = "\
    SELECT EXISTS (SELECT 1 FROM source WHERE outlet = $1) OR EXISTS (SELECT 1 FROM article WHERE outlet = $1)";

/// Gives everything of the outlet `$1` to `$2`.
pub const RENAME_OUTLET: [&str; 6] = [
    "UPDATE source SET outlet = $2 WHERE outlet = $1",
    "UPDATE article SET outlet = $2 WHERE outlet = $1",
    "UPDATE article_mark SET outlet = $2 WHERE outlet = $1",
    "UPDATE feed_identity SET outlet = $2 WHERE outlet = $1",
    "UPDATE frontier SET outlet = $2 WHERE outlet = $1",
    "UPDATE withdrawal_outlet SET outlet = $2 WHERE outlet = $1",
];

/// Whose the marks of a document are (`$1`: outlet, `$2`: JSON array).
pub const MARKS: &str = "\
    SELECT article_mark.mark, article_mark.article \
    FROM json_each($2) AS wanted CROSS JOIN article_mark ON article_mark.outlet = $1 AND article_mark.mark = wanted.value";

/// Which keys there are (`$1`: JSON array), and whether marks of the article are stored: those of an older schema have none.
pub const KEYS: &str = "\
    SELECT article.key, article.id, EXISTS (SELECT 1 FROM article_mark WHERE article_mark.article = article.id) AS marked \
    FROM json_each($1) AS wanted CROSS JOIN article ON article.key = wanted.value";

/// Articles to compare with, by row id (`$1`: JSON array).
pub const COMPARED: &str = "\
    SELECT article.id, article.title, article.record \
    FROM json_each($1) AS wanted CROSS JOIN article ON article.id = wanted.value \
    WHERE article.url IS NOT NULL AND EXISTS (SELECT 1 FROM article_mark WHERE article_mark.article = article.id)";

/// What is known of the articles of a document, by row id (`$1`: JSON array).
pub const KNOWN: &str = "\
    SELECT article.id, article.key, article.feed, article.first_seen, article.changed_at, article.revision, article.content_hash, \
           article.held_code, article.comments, copy.content_hash AS copy_hash, way.story, story.key AS story_key, \
           EXISTS (SELECT 1 FROM article_mark WHERE article_mark.article = article.id) AS marked \
    FROM json_each($1) AS wanted \
    CROSS JOIN article ON article.id = wanted.value \
    LEFT JOIN article_copy AS copy ON copy.article = article.id AND copy.feed = $2 \
    LEFT JOIN story_way AS way ON way.article = article.id LEFT JOIN story ON story.id = way.story";

/// Stores marks (`$1`: outlet, `$2`: JSON array of mark and row id). A mark that is another article's becomes nobody's.
pub const SAVE_MARKS: &str = "\
    INSERT INTO article_mark (outlet, mark, article) \
    SELECT $1, json_extract(wanted.value, '$[0]'), json_extract(wanted.value, '$[1]') FROM json_each($2) AS wanted WHERE TRUE \
    ON CONFLICT (outlet, mark) DO UPDATE SET article = NULL WHERE article_mark.article <> excluded.article";

/// Forgets the marks of content that articles had before (`$1`: JSON array of row ids), unless another feed of the outlet carries a version
/// of its own: that one is known by them.
pub const FORGET_CONTENT: &str = "\
    DELETE FROM article_mark WHERE article IN (SELECT value FROM json_each($1)) AND substr(mark, 1, 1) IN ('s', 't', 'x') \
      AND NOT EXISTS (SELECT 1 FROM article_copy WHERE article_copy.article = article_mark.article)";

/// What a feed's guids are worth.
pub const TRUST: &str = "SELECT level, moved FROM feed_identity WHERE outlet = $1 AND feed = $2";

/// The feeds whose guids turned out to be worth nothing.
pub const DISTRUSTED: &str = "\
    SELECT outlet, feed, level, since, reason FROM feed_identity WHERE level <> 'guid' ORDER BY outlet, feed";

/// Remembers it.
pub const SAVE_TRUST: &str = "\
    INSERT INTO feed_identity (outlet, feed, level, moved, since, reason) VALUES ($1, $2, $3, $4, $5, $6) \
    ON CONFLICT (outlet, feed) DO UPDATE SET \
        since = CASE WHEN feed_identity.level = excluded.level THEN feed_identity.since ELSE excluded.since END, \
        reason = CASE WHEN feed_identity.level = excluded.level THEN feed_identity.reason ELSE excluded.reason END, \
        level = excluded.level, moved = excluded.moved";

/// The record of one article.
pub const RECORD: &str = "SELECT record FROM article WHERE id = $1";

/// A new article.
pub const INSERT: &str = "\
    INSERT INTO article (key, tag, outlet, source_key, feed, first_seen, sort_at, changed_at, revision, content_hash, held_code, \
                         held_reason, title, url, comments, record) \
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)";

/// A known article with other content. Key, tag and first_seen are not named here: nothing changes them.
pub const REPLACE: &str = "\
    UPDATE article SET feed = $2, sort_at = $3, changed_at = $4, revision = $5, content_hash = $6, held_code = $7, held_reason = $8, \
                       title = $9, url = $10, comments = $11, record = $12 \
    WHERE id = $1";

/// The discussion moved on; the article did not.
pub const REFRESH_COMMENTS: &str = "UPDATE article SET comments = $2 WHERE id = $1";

/// Remembers an article as another feed of its outlet carries it.
pub const SAVE_COPY: &str = "\
    INSERT INTO article_copy (article, feed, content_hash) VALUES ($1, $2, $3) \
    ON CONFLICT (article, feed) DO UPDATE SET content_hash = excluded.content_hash";

/// Forgets it, now that this feed's version is the one shown.
pub const DROP_COPY: &str = "DELETE FROM article_copy WHERE article = $1 AND feed = $2";

/// The newest `$2` published articles of each outlet of `$1`, by date.
pub const NEWEST: &str = "\
    SELECT article.id, article.outlet, article.sort_at AS first, 0 AS second, article.key, way.story \
    FROM json_each($1) AS wanted CROSS JOIN article ON article.id IN ( \
        SELECT newest.id FROM article AS newest WHERE newest.outlet = wanted.value AND newest.held_code IS NULL \
        ORDER BY newest.sort_at DESC, newest.key LIMIT $2) \
    LEFT JOIN story_way AS way ON way.article = article.id";

/// The `$2` published articles of each outlet of `$1` that were first seen last, not before `$3`, among those seen together the newest by
/// date. What an outlet had when it was polled for the first time is not counted: nobody waited for it, and it would fill every feed at once.
/// Nor is another way of what one of the outlets `$4` had before: readers have it.
pub const RECENT: &str = "\
    SELECT article.id, article.outlet, article.first_seen AS first, article.sort_at AS second, article.key, way.story \
    FROM json_each($1) AS wanted CROSS JOIN article ON article.id IN ( \
        SELECT recent.id FROM article AS recent \
        WHERE recent.outlet = wanted.value AND recent.held_code IS NULL AND recent.first_seen >= $3 \
          AND recent.first_seen > ( \
            SELECT min(oldest.first_seen) FROM article AS oldest WHERE oldest.outlet = wanted.value AND oldest.held_code IS NULL) \
          AND NOT EXISTS ( \
            SELECT 1 FROM story_way AS own JOIN story_way AS other ON other.story = own.story \
            JOIN article AS earlier ON earlier.id = other.article \
            WHERE own.article = recent.id AND earlier.first_seen < recent.first_seen AND earlier.held_code IS NULL \
              AND earlier.outlet IN (SELECT value FROM json_each($4))) \
        ORDER BY recent.first_seen DESC, recent.sort_at DESC, recent.key LIMIT $2) \
    LEFT JOIN story_way AS way ON way.article = article.id";

/// What the outlets of `$1` gave from `$2` until before `$3`, by when it was first seen, at most `$4`, in no order. A story that came another way
/// before is given there, not here.
pub const RECEIVED: &str = "\
    SELECT given.id, way.story \
    FROM json_each($1) AS wanted CROSS JOIN article AS given \
      ON given.outlet = wanted.value AND given.held_code IS NULL AND given.first_seen >= $2 AND given.first_seen < $3 \
    LEFT JOIN story_way AS way ON way.article = given.id \
    WHERE NOT EXISTS ( \
        SELECT 1 FROM story_way AS own JOIN story_way AS other ON other.story = own.story \
        JOIN article AS earlier ON earlier.id = other.article \
        WHERE own.article = given.id AND earlier.first_seen < given.first_seen AND earlier.held_code IS NULL \
          AND earlier.outlet IN (SELECT value FROM json_each($1))) \
    LIMIT $4";

/// When the outlets of `$1` last gave something before `$2`.
pub const RECEIVED_BEFORE: &str = "\
    SELECT max((SELECT given.first_seen FROM article AS given \
                WHERE given.outlet = wanted.value AND given.held_code IS NULL AND given.first_seen < $2 \
                ORDER BY given.first_seen DESC LIMIT 1)) AS at \
    FROM json_each($1) AS wanted";

/// When the outlets of `$1` first gave something, not before `$2`.
pub const RECEIVED_SINCE: &str = "\
    SELECT min((SELECT given.first_seen FROM article AS given \
                WHERE given.outlet = wanted.value AND given.held_code IS NULL AND given.first_seen >= $2 \
                ORDER BY given.first_seen LIMIT 1)) AS at \
    FROM json_each($1) AS wanted";

/// Whole articles by row id (`$1`: JSON array); what is one way of a story as the whole story.
pub const ARTICLES: &str = "\
    SELECT CASE WHEN story.id IS NULL THEN article.outlet ELSE shown.outlet END AS outlet, coalesce(story.key, article.key) AS key, coalesce(story.tag, article.tag) AS tag, \
           coalesce(story.first_seen, article.first_seen) AS first_seen, coalesce(story.changed_at, article.changed_at) AS changed_at, \
           coalesce(story.revision, article.revision) AS revision, \
           CASE WHEN story.id IS NULL THEN article.comments ELSE shown.comments END AS comments, \
           coalesce(story.record, article.record) AS record \
    FROM json_each($1) AS wanted JOIN article ON article.id = wanted.value \
    LEFT JOIN story_way AS way ON way.article = article.id LEFT JOIN story ON story.id = way.story \
    LEFT JOIN article AS shown ON shown.id = story.shown";

/// One published article.
pub const ARTICLE: &str = "\
    SELECT outlet, key, tag, first_seen, changed_at, revision, comments, record FROM article \
    WHERE key = $1 AND held_code IS NULL AND NOT EXISTS (SELECT 1 FROM story_way AS way WHERE way.article = article.id) \
    UNION ALL \
    SELECT shown.outlet, story.key, story.tag, story.first_seen, story.changed_at, story.revision, shown.comments, story.record \
    FROM story JOIN article AS shown ON shown.id = story.shown WHERE story.key = $1";

/// Which published articles have marks (`$1`: JSON array), the newest `$2` of each mark.
pub const STORY_MARKS: &str = "\
    SELECT wanted.value AS mark, article.id, article.outlet, coalesce(story.key, article.key) AS key, article.sort_at, way.story \
    FROM json_each($1) AS wanted \
    CROSS JOIN article ON article.id IN ( \
        SELECT story_mark.article FROM story_mark WHERE story_mark.mark = wanted.value ORDER BY story_mark.article DESC LIMIT $2) \
    LEFT JOIN story_way AS way ON way.article = article.id LEFT JOIN story ON story.id = way.story \
    WHERE article.held_code IS NULL";

/// Stores marks (`$1`: JSON array of mark and row id).
pub const SAVE_STORY_MARKS: &str = "\
    INSERT INTO story_mark (mark, article) \
    SELECT json_extract(wanted.value, '$[0]'), json_extract(wanted.value, '$[1]') FROM json_each($1) AS wanted WHERE TRUE \
    ON CONFLICT (mark, article) DO NOTHING";

/// The outlets of stories (`$1`: JSON array).
pub const STORY_OUTLETS: &str = "\
    SELECT way.story, article.outlet FROM json_each($1) AS wanted \
    CROSS JOIN story_way AS way ON way.story = wanted.value JOIN article ON article.id = way.article";

/// What an article is compared by.
pub const STORY_COMPARED: &str = "SELECT title, record FROM article WHERE id = $1";

/// An article that comes another way becomes a story: under its key, as it is.
pub const BEGIN_STORY: &str = "\
    INSERT INTO story (key, tag, first_seen, changed_at, revision, shown, content_hash, record) \
    SELECT key, tag, first_seen, changed_at, revision, id, content_hash, record FROM article WHERE id = $1";

/// Makes an article one way of a story.
pub const ADD_WAY: &str = "INSERT INTO story_way (article, story) VALUES ($1, $2)";

/// The ways of a story that are published, the first `$2`.
pub const WAYS: &str = "\
    SELECT article.id, article.key, article.content_hash, article.record FROM story_way AS way JOIN article ON article.id = way.article \
    WHERE way.story = $1 AND article.held_code IS NULL ORDER BY way.article LIMIT $2";

/// What readers see of a story. `$5`: it is a correction if the content is another.
pub const SETTLE_STORY: &str = "\
    UPDATE story SET \
        revision = CASE WHEN $5 AND content_hash <> $3 THEN revision + 1 ELSE revision END, \
        changed_at = CASE WHEN $5 AND content_hash <> $3 THEN max(changed_at, $6) ELSE changed_at END, \
        shown = $2, content_hash = $3, record = $4 \
    WHERE id = $1";

/// Whether anybody publishes a story.
pub const STORY_SHOWN: &str = "SELECT shown IS NOT NULL FROM story WHERE id = $1";

/// A story that nobody publishes any more. Its key stays its own.
pub const END_STORY: &str = "UPDATE story SET shown = NULL WHERE id = $1";

/// All ways of a story stand at one place in their outlets' order: that of the version shown, published at `$2`.
pub const SORT_WAYS: &str = "\
    UPDATE article SET sort_at = min(coalesce($2, story.first_seen), story.first_seen) \
    FROM story_way AS way JOIN story ON story.id = way.story \
    WHERE way.story = $1 AND article.id = way.article AND article.sort_at <> min(coalesce($2, story.first_seen), story.first_seen)";

/// The rows of outlet `$1` that readers know by `$2`.
pub const COPIES: &str = "\
    SELECT article.id, way.story FROM article LEFT JOIN story_way AS way ON way.article = article.id \
    WHERE article.key = $2 AND article.outlet = $1 AND way.story IS NULL AND article.held_code IS NULL \
    UNION ALL \
    SELECT article.id, way.story FROM story JOIN story_way AS way ON way.story = story.id JOIN article ON article.id = way.article \
    WHERE story.key = $2 AND article.outlet = $1 AND article.held_code IS NULL";

/// What is held, newest first.
pub const HELD: &str = "\
    SELECT outlet, title, url, held_code, held_reason, first_seen FROM article WHERE held_code IS NOT NULL \
    ORDER BY first_seen DESC, key LIMIT $1";

/// Keys of what is held, newest first; `$2`: why what is withdrawn is held.
pub const HELD_KEYS: &str = "\
    SELECT key FROM article WHERE held_code IS NOT NULL AND held_code <> $2 AND outlet IN (SELECT value FROM json_each($1)) \
    ORDER BY first_seen DESC, key LIMIT $3";

/// One held article.
pub const HELD_RECORD: &str =
    "SELECT outlet, feed, held_code, comments, record FROM article WHERE key = $1 AND held_code IS NOT NULL";

/// Published articles per outlet.
pub const COUNT_READY: &str = "SELECT outlet, count(*) AS articles FROM article WHERE held_code IS NULL GROUP BY outlet";

/// Held articles per outlet.
pub const COUNT_HELD: &str = "SELECT outlet, count(*) AS articles FROM article WHERE held_code IS NOT NULL GROUP BY outlet";

/// Queues a page. One that was queued before waits again only when the same feed has another entry; then not sooner than `$10` after it was read.
pub const FOLLOW: &str = "\
    INSERT INTO frontier (key, outlet, feed, host, address, fingerprint, queued_at, published, tries, next_try, pages, record, comments) \
    VALUES ($1, $2, $3, $4, $5, $6, $7, $11, 0, $7, 0, $8, $9) \
    ON CONFLICT (key) DO UPDATE SET \
        host = excluded.host, address = excluded.address, fingerprint = excluded.fingerprint, queued_at = excluded.queued_at, \
        published = excluded.published, tries = 0, \
        next_try = CASE WHEN frontier.read_at > excluded.queued_at - $10 AND frontier.read_at <= excluded.queued_at \
            THEN frontier.read_at + $10 ELSE excluded.queued_at END, \
        problem_code = NULL, problem_fault = NULL, problem_message = NULL, problem_since = NULL, \
        record = excluded.record, comments = excluded.comments \
    WHERE frontier.fingerprint <> excluded.fingerprint AND frontier.feed = excluded.feed";

/// The newest page due of each host that is not in `$3`, of the outlets in `$2`, at most `$4`.
pub const PAGES_DUE: &str = "\
    SELECT key, outlet, feed, address, fingerprint, tries, read_at, problem_since, record, comments FROM frontier \
    WHERE id IN (SELECT id FROM ( \
        SELECT id, row_number() OVER (PARTITION BY host ORDER BY published DESC, id) AS place FROM frontier \
        WHERE next_try <= $1 AND outlet IN (SELECT value FROM json_each($2)) AND host NOT IN (SELECT value FROM json_each($3)) \
    ) AS due WHERE place = 1) \
    ORDER BY published DESC, id LIMIT $4";

/// When the first page of the outlets in `$1` becomes due after `$2`.
pub const NEXT_PAGE: &str = "\
    SELECT min(next_try) FROM frontier WHERE next_try > $2 AND outlet IN (SELECT value FROM json_each($1))";

/// Pages that wait for a time that was right by a clock that has been set back are due now (`$1`): those queued later than now, and those that
/// wait longer than anything does (`$2`).
pub const BRING_PAGES_FORWARD: &str =
    "UPDATE frontier SET next_try = $1 WHERE next_try > $1 AND (next_try > $2 OR queued_at > $1)";

/// A page was read: nothing to do until the outlet changes the entry.
pub const PAGE_READ: &str = "\
    UPDATE frontier SET tries = tries + 1, next_try = NULL, read_at = $3, pages = $4, record = NULL, comments = NULL, \
        problem_code = NULL, problem_fault = NULL, problem_message = NULL, problem_since = NULL \
    WHERE key = $1 AND fingerprint = $2";

/// A page could not be read; `$3` says when it is tried again, if at all.
pub const PAGE_FAILED: &str = "\
    UPDATE frontier SET tries = tries + 1, next_try = $3, problem_code = $4, problem_fault = $5, problem_message = $6, problem_since = $7, \
        record = CASE WHEN $3 IS NULL THEN NULL ELSE record END, comments = CASE WHEN $3 IS NULL THEN NULL ELSE comments END \
    WHERE key = $1 AND fingerprint = $2";

/// Pages that wait, were given up and were read, per outlet.
pub const PAGE_COUNTS: &str = "\
    SELECT outlet, sum(next_try IS NOT NULL) AS waiting, sum(next_try IS NULL AND problem_code IS NOT NULL) AS given_up, \
           sum(read_at IS NOT NULL) AS read \
    FROM frontier GROUP BY outlet";

/// Pages that could not be read, the latest first.
pub const PAGE_PROBLEMS: &str = "\
    SELECT outlet, address, tries, next_try, problem_code, problem_fault, problem_message, problem_since FROM frontier \
    WHERE problem_code IS NOT NULL ORDER BY problem_since DESC, id LIMIT $1";
