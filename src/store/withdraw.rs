//! What is withdrawn, and stays so: rows are kept back for good with what they were before, so that their marks go on recognising them; each act is a
//! line that a running daemon finds, and that says what readers are told.
//!
//! The site withdraws a story whole, every copy of it, and refuses those that other outlets bring later (`refused`). An outlet withdraws its own copy.

use std::collections::{BTreeSet, HashMap};
use std::path::Path;

use chrono::{DateTime, Utc};
use sqlx::sqlite::SqliteRow;
use sqlx::{Connection, Row, SqliteConnection};
use url::Url;

use super::failure::StoreError;
use super::read::{self, list, row_time, time, undecodable, unreadable};
use super::story::{self, WITHDRAWN};
use super::{Change, Store, entry, open, record};
use crate::model::{Deletion, StoredArticle, Withdrawal, WithdrawnBy};

/// Why a copy is held whose story the site has withdrawn.
pub const REFUSED: &str = "it is a story that this site has withdrawn, coming back";

/// What a copy that was refused is held as when its story is restored: the outlet has to send it again.
const AWAITED: (&str, &str) = ("restored", "its story was restored: it is published when the outlet changes its feed");

/// Name of the last act that all documents follow, among the facts about the store.
const FOLLOWED: &str = "withdrawals_followed";

/// Statements on withdrawals; the rest of the store's are in `sql`.
mod statements {
    /// Acts, before their conditions.
    macro_rules! acts {
        () => {
            "SELECT serial, key, tag, act, at, reason, title, url, \
                    (SELECT json_group_array(outlet) FROM withdrawal_outlet AS its WHERE its.serial = withdrawal.serial) AS outlets \
             FROM withdrawal "
        };
    }
    /// Those that no later act has overtaken and that leave their key withdrawn.
    macro_rules! standing {
        () => {
            concat!(
                acts!(),
                "WHERE act NOT IN ('copy', 'restored') AND NOT EXISTS ( \
                    SELECT 1 FROM withdrawal AS later WHERE later.key = withdrawal.key AND later.serial > withdrawal.serial AND later.act <> 'copy') "
            )
        };
    }
    /// Of those the ones that some outlets (`$2`) gave.
    macro_rules! of {
        () => {
            "AND EXISTS (SELECT 1 FROM withdrawal_outlet AS its WHERE its.serial = withdrawal.serial \
                AND its.outlet IN (SELECT value FROM json_each($2))) "
        };
    }

    /// The rows that readers know by a key, or by the key of one of the ways of a story.
    pub const ROWS: &str = "\
        WITH known AS ( \
            SELECT way.story FROM article JOIN story_way AS way ON way.article = article.id WHERE article.key = $1 \
            UNION SELECT id FROM story WHERE key = $1) \
        SELECT article.id, article.outlet, article.title, article.url, article.held_code, way.story, \
               coalesce(story.key, article.key) AS key, coalesce(story.tag, article.tag) AS tag \
        FROM article LEFT JOIN story_way AS way ON way.article = article.id LEFT JOIN story ON story.id = way.story \
        WHERE article.key = $1 OR article.id IN (SELECT article FROM story_way WHERE story IN (SELECT story FROM known)) \
        ORDER BY article.id";
    /// The same of one outlet, by the row's own key.
    pub const ROW: &str = "\
        SELECT article.id, article.outlet, article.title, article.url, article.held_code, way.story, \
               coalesce(story.key, article.key) AS key, coalesce(story.tag, article.tag) AS tag \
        FROM article LEFT JOIN story_way AS way ON way.article = article.id LEFT JOIN story ON story.id = way.story \
        WHERE article.id = $1";
    /// Rows that an outlet's feed `$2` has carried, by the mark of a guid.
    pub const MARKED: &str = "\
        SELECT article.id, article.record FROM article_mark JOIN article ON article.id = article_mark.article \
        WHERE article_mark.outlet = $1 AND article_mark.mark = $3 AND (article.feed = $2 \
            OR EXISTS (SELECT 1 FROM article_copy AS copy WHERE copy.article = article.id AND copy.feed = $2))";
    /// The row of an outlet with its own key.
    pub const ROW_OF_KEY: &str = "SELECT id FROM article WHERE key = $1 AND outlet = $2";
    /// Keeps a row back for good.
    pub const KEEP_BEFORE: &str = "\
        INSERT INTO withdrawn (article, key, held_code, held_reason) SELECT id, $2, held_code, held_reason FROM article WHERE id = $1 \
        ON CONFLICT (article) DO UPDATE SET key = excluded.key";
    pub const HOLD: &str = "UPDATE article SET held_code = $2, held_reason = $3 WHERE id = $1";
    /// Its page is not read any more.
    pub const UNQUEUE: &str = "\
        UPDATE frontier SET next_try = NULL, record = NULL, comments = NULL WHERE key = (SELECT key FROM article WHERE id = $1)";
    pub const COPY_MARKS: &str = "\
        INSERT INTO withdrawn_mark (mark, article) SELECT mark, article FROM story_mark WHERE article = $1 ON CONFLICT DO NOTHING";
    pub const SAVE_MARKS: &str = "\
        INSERT INTO withdrawn_mark (mark, article) SELECT value, $1 FROM json_each($2) WHERE TRUE ON CONFLICT DO NOTHING";
    pub const RECORD: &str = "SELECT title, record FROM article WHERE id = $1";
    pub const ADD: &str = "\
        INSERT INTO withdrawal (key, tag, act, at, reason, title, url) VALUES ($1, $2, $3, $4, $5, $6, $7)";
    pub const ADD_OUTLETS: &str = "\
        INSERT INTO withdrawal_outlet (outlet, serial) SELECT value, $1 FROM json_each($2) WHERE TRUE ON CONFLICT DO NOTHING";
    /// How a key stands.
    pub const LAST: &str = concat!(acts!(), "WHERE key = $1 AND act <> 'copy' ORDER BY serial DESC LIMIT 1");
    /// What is withdrawn now, the latest first.
    pub const STANDING: &str = concat!(standing!(), "ORDER BY serial DESC LIMIT $1");
    /// The same of some outlets (`$2`).
    pub const STANDING_OF: &str = concat!(standing!(), of!(), "ORDER BY serial DESC LIMIT $1");
    /// The same of what those outlets gave from `$3` until before `$4`: of several copies the first counts.
    pub const STANDING_RECEIVED: &str = concat!(
        standing!(),
        of!(),
        "\
          AND (SELECT min(article.first_seen) FROM withdrawn JOIN article ON article.id = withdrawn.article \
               WHERE withdrawn.key = withdrawal.key AND article.outlet IN (SELECT value FROM json_each($2))) \
              BETWEEN $3 AND $4 - 1 \
        ORDER BY serial DESC LIMIT $1"
    );
    pub const LATEST: &str = "SELECT coalesce(max(serial), 0) FROM withdrawal";
    /// What acts after `$1` are about.
    pub const SINCE: &str = "\
        SELECT withdrawal.key, its.outlet FROM withdrawal JOIN withdrawal_outlet AS its ON its.serial = withdrawal.serial \
        WHERE withdrawal.serial > $1 AND withdrawal.serial <= $2";
    pub const FACT: &str = "SELECT value FROM meta WHERE name = $1";
    pub const SAVE_FACT: &str = "\
        INSERT INTO meta (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = excluded.value";
    /// Rows of a withdrawal, with what they were.
    pub const WITHDRAWN: &str = "\
        SELECT withdrawn.article, withdrawn.held_code, withdrawn.held_reason, way.story FROM withdrawn \
        LEFT JOIN story_way AS way ON way.article = withdrawn.article WHERE withdrawn.key = $1";
    pub const FORGET: &str = "DELETE FROM withdrawn WHERE key = $1";
    /// A version that readers have not seen: theirs was deleted (RFC 6721 § 3 compares dates).
    pub const RAISE: &str = "UPDATE article SET revision = revision + 1, changed_at = max(changed_at, $2) WHERE id = $1";
    pub const RAISE_STORY: &str = "UPDATE story SET revision = revision + 1, changed_at = max(changed_at, $2) WHERE id = $1";
    pub const REFUSE: &str = "\
        INSERT INTO withdrawn (article, key, held_code, held_reason) VALUES ($1, $2, $3, $4) ON CONFLICT (article) DO NOTHING";
    /// Marks of withdrawn stories among those looked for (`$1`).
    pub const MARKS: &str = "\
        SELECT wanted.value AS mark, article.id, article.outlet, withdrawn.key, article.sort_at \
        FROM json_each($1) AS wanted CROSS JOIN withdrawn_mark ON withdrawn_mark.mark = wanted.value \
        JOIN withdrawn ON withdrawn.article = withdrawn_mark.article JOIN article ON article.id = withdrawn.article";
    /// What was shown under a key, also now that it is not any more.
    pub const ARTICLE: &str = "\
        SELECT outlet, key, tag, first_seen, changed_at, revision, comments, record FROM article \
        WHERE key = $1 AND NOT EXISTS (SELECT 1 FROM story_way AS way WHERE way.article = article.id) \
        UNION ALL \
        SELECT (SELECT article.outlet FROM story_way AS way JOIN article ON article.id = way.article WHERE way.story = story.id \
                ORDER BY way.article LIMIT 1), \
               key, tag, first_seen, changed_at, revision, NULL, record FROM story WHERE story.key = $1";
    /// Keys of articles with this page, or with one of these marks.
    pub const ADDRESSED: &str = "\
        SELECT DISTINCT coalesce(story.key, article.key) AS key, article.title FROM article \
        LEFT JOIN story_way AS way ON way.article = article.id LEFT JOIN story ON story.id = way.story \
        WHERE article.url = $1 OR article.id IN ( \
            SELECT mark.article FROM article_mark AS mark \
            WHERE mark.outlet IN (SELECT DISTINCT outlet FROM source) AND mark.mark IN (SELECT value FROM json_each($2))) \
        LIMIT 20";
}

/// What was done since a daemon last looked.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Acts {
    /// Serial of the last of them.
    pub last: i64,
    /// Outlets whose feeds are to be made anew.
    pub outlets: BTreeSet<String>,
    /// Articles whose pages are.
    pub keys: BTreeSet<String>,
}

/// A row that is to go.
struct Copy {
    id: i64,
    outlet: String,
    title: String,
    url: Option<String>,
    held_code: Option<String>,
    story: Option<i64>,
    key: String,
    tag: String,
}

impl Copy {
    fn of(row: &SqliteRow) -> Result<Self, sqlx::Error> {
        Ok(Self {
            id: row.try_get("id")?,
            outlet: row.try_get("outlet")?,
            title: row.try_get("title")?,
            url: row.try_get("url")?,
            held_code: row.try_get("held_code")?,
            story: row.try_get("story")?,
            key: row.try_get("key")?,
            tag: row.try_get("tag")?,
        })
    }
}

impl Store {
    /// Opens an existing store for writing beside a daemon that has it open: for a command that changes a few rows in one transaction. It takes no
    /// lock and brings no schema up to date.
    ///
    /// # Errors
    /// As [`Store::open_read_only`].
    pub async fn open_beside(path: &Path) -> Result<Self, StoreError> {
        Ok(Self::from_opened(path, open::beside_another(path).await?))
    }

    /// Withdraws an article and every copy of its story, for good. `key`: as readers know it, or of one of its copies. `None`: there is no such
    /// article. One that is withdrawn already is withdrawn anew, with another reason.
    ///
    /// # Errors
    /// Nothing was changed.
    pub async fn withdraw(
        &self,
        key: &str,
        by: WithdrawnBy,
        reason: &str,
        now: DateTime<Utc>,
    ) -> Result<Option<Withdrawal>, StoreError> {
        let failed = |error: sqlx::Error| self.failed(&error);
        let mut connection = self.writer()?.acquire().await.map_err(failed)?;
        let mut transaction = connection.begin_with("BEGIN IMMEDIATE").await.map_err(failed)?;
        let rows = sqlx::query(statements::ROWS).bind(key).fetch_all(&mut *transaction).await.map_err(failed)?;
        let copies: Vec<Copy> = rows.iter().map(Copy::of).collect::<Result<_, _>>().map_err(failed)?;
        let Some(first) = copies.first() else { return Ok(None) };
        for copy in &copies {
            hold(&mut transaction, copy.id, &first.key, reason).await.map_err(failed)?;
            mark(&mut transaction, &self.shared.path, copy).await?;
        }
        if let Some(story) = first.story {
            story::settle(&mut transaction, &self.shared.path, story, true, now).await?;
        }
        // What was never published was in no feed: no reader is told of it.
        let seen = |copy: &&Copy| copy.held_code.as_deref().is_none_or(|code| code == WITHDRAWN);
        let outlets: BTreeSet<&str> = copies.iter().filter(seen).map(|copy| copy.outlet.as_str()).collect();
        add(&mut transaction, first, by.name(), reason, &outlets, now).await.map_err(failed)?;
        let row = sqlx::query(statements::LAST).bind(&first.key).fetch_one(&mut *transaction).await.map_err(failed)?;
        let done = withdrawal(&row).map_err(failed)?;
        transaction.commit().await.map_err(failed)?;
        Ok(done)
    }

    /// Takes a withdrawal back: what was published is published again, as a new revision. False when the article is not withdrawn.
    ///
    /// # Errors
    /// Nothing was changed.
    pub async fn restore_withdrawn(&self, key: &str, reason: &str, now: DateTime<Utc>) -> Result<bool, StoreError> {
        let failed = |error: sqlx::Error| self.failed(&error);
        let mut connection = self.writer()?.acquire().await.map_err(failed)?;
        let mut transaction = connection.begin_with("BEGIN IMMEDIATE").await.map_err(failed)?;
        let rows = sqlx::query(statements::ROWS).bind(key).fetch_all(&mut *transaction).await.map_err(failed)?;
        let copies: Vec<Copy> = rows.iter().map(Copy::of).collect::<Result<_, _>>().map_err(failed)?;
        let Some(first) = copies.first() else { return Ok(false) };
        let withdrawn = sqlx::query(statements::WITHDRAWN).bind(&first.key).fetch_all(&mut *transaction).await.map_err(failed)?;
        if withdrawn.is_empty() {
            return Ok(false);
        }
        let mut stories = BTreeSet::new();
        for row in &withdrawn {
            let id: i64 = row.try_get("article").map_err(failed)?;
            let (code, before): (Option<String>, Option<String>) =
                (row.try_get("held_code").map_err(failed)?, row.try_get("held_reason").map_err(failed)?);
            stories.extend(row.try_get::<Option<i64>, _>("story").map_err(failed)?);
            if code.is_none() {
                sqlx::query(statements::RAISE).bind(id).bind(time(now)).execute(&mut *transaction).await.map_err(failed)?;
            }
            sqlx::query(statements::HOLD).bind(id).bind(code).bind(before).execute(&mut *transaction).await.map_err(failed)?;
        }
        sqlx::query(statements::FORGET).bind(&first.key).execute(&mut *transaction).await.map_err(failed)?;
        for story in stories {
            story::settle(&mut transaction, &self.shared.path, story, true, now).await?;
            sqlx::query(statements::RAISE_STORY).bind(story).bind(time(now)).execute(&mut *transaction).await.map_err(failed)?;
        }
        let outlets: BTreeSet<&str> = copies.iter().map(|copy| copy.outlet.as_str()).collect();
        add(&mut transaction, first, "restored", reason, &outlets, now).await.map_err(failed)?;
        transaction.commit().await.map_err(failed)?;
        Ok(true)
    }

    /// The withdrawal of the article that readers knew by this key, if it is withdrawn.
    pub async fn withdrawal(&self, key: &str) -> Result<Option<Withdrawal>, StoreError> {
        let failed = |error: sqlx::Error| self.failed(&error);
        let row = sqlx::query(statements::LAST).bind(key).fetch_optional(&self.shared.readers).await.map_err(failed)?;
        row.map(|row| withdrawal(&row)).transpose().map(Option::flatten).map_err(failed)
    }

    /// What is withdrawn now, the latest first, `most` at most; with `outlets`, what came from one of them.
    pub async fn withdrawals(&self, outlets: Option<&[String]>, most: usize) -> Result<Vec<Withdrawal>, StoreError> {
        let failed = |error: sqlx::Error| self.failed(&error);
        let most = i64::try_from(most).unwrap_or(i64::MAX);
        let query = match outlets {
            None => sqlx::query(statements::STANDING).bind(most),
            Some(outlets) => sqlx::query(statements::STANDING_OF).bind(most).bind(list(outlets)),
        };
        let rows = query.fetch_all(&self.shared.readers).await.map_err(failed)?;
        rows.iter().filter_map(|row| withdrawal(row).transpose()).collect::<Result<_, _>>().map_err(failed)
    }

    /// What is withdrawn now of that which these outlets gave from `from` until before `until`, the latest first, `most` at most. Costs as much
    /// as was ever withdrawn.
    pub async fn withdrawals_received(
        &self,
        outlets: &[String],
        from: DateTime<Utc>,
        until: DateTime<Utc>,
        most: usize,
    ) -> Result<Vec<Withdrawal>, StoreError> {
        let failed = |error: sqlx::Error| self.failed(&error);
        let most = i64::try_from(most).unwrap_or(i64::MAX);
        let query = sqlx::query(statements::STANDING_RECEIVED).bind(most).bind(list(outlets)).bind(time(from)).bind(time(until));
        let rows = query.fetch_all(&self.shared.readers).await.map_err(failed)?;
        rows.iter().filter_map(|row| withdrawal(row).transpose()).collect::<Result<_, _>>().map_err(failed)
    }

    /// A withdrawn article as it was last shown; `None` also where it never was.
    pub async fn withdrawn_article(&self, key: &str) -> Result<Option<StoredArticle>, StoreError> {
        let failed = |error: sqlx::Error| self.failed(&error);
        let row = sqlx::query(statements::ARTICLE).bind(key).fetch_optional(&self.shared.readers).await.map_err(failed)?;
        // What was held from the beginning has no provenance to be read.
        Ok(row.and_then(|row| read::article(&row, &self.shared.path).ok()))
    }

    /// What was withdrawn and restored after the act `serial`.
    pub async fn acts_since(&self, serial: i64) -> Result<Acts, StoreError> {
        let failed = |error: sqlx::Error| self.failed(&error);
        let last: i64 = sqlx::query_scalar(statements::LATEST).fetch_one(&self.shared.readers).await.map_err(failed)?;
        let mut acts = Acts { last, ..Acts::default() };
        if last > serial {
            let query = sqlx::query(statements::SINCE).bind(serial).bind(last);
            for row in query.fetch_all(&self.shared.readers).await.map_err(failed)? {
                acts.keys.insert(row.try_get("key").map_err(failed)?);
                acts.outlets.insert(row.try_get("outlet").map_err(failed)?);
            }
        }
        Ok(acts)
    }

    /// The last act that every document follows.
    pub async fn acts_followed(&self) -> Result<i64, StoreError> {
        let failed = |error: sqlx::Error| self.failed(&error);
        let value: Option<String> =
            sqlx::query_scalar(statements::FACT).bind(FOLLOWED).fetch_optional(&self.shared.readers).await.map_err(failed)?;
        // Without a number all are followed once more, which changes nothing.
        Ok(value.and_then(|value| value.parse().ok()).unwrap_or(0))
    }

    /// Notes that every document follows the acts up to this one.
    pub async fn follow_acts(&self, serial: i64) -> Result<(), StoreError> {
        let query = sqlx::query(statements::SAVE_FACT).bind(FOLLOWED).bind(serial.to_string());
        query.execute(self.writer()?).await.map(drop).map_err(|error| self.failed(&error))
    }

    /// Keys and titles of the articles that an outlet has at this address or calls by this guid. `mark`: the one or the other in the form of
    /// [`crate::model::Marks`]. At most 20.
    pub async fn addressed(&self, written: &str, mark: &str) -> Result<Vec<(String, String)>, StoreError> {
        let failed = |error: sqlx::Error| self.failed(&error);
        let marks = list(['a', 'g'].map(|kind| entry::identifier(kind, mark)));
        let query = sqlx::query(statements::ADDRESSED).bind(written).bind(marks);
        let rows = query.fetch_all(&self.shared.readers).await.map_err(failed)?;
        let pair =
            |row: &SqliteRow| -> Result<(String, String), sqlx::Error> { Ok((row.try_get("key")?, row.try_get("title")?)) };
        rows.iter().map(pair).collect::<Result<_, _>>().map_err(failed)
    }
}

/// What an outlet's feed declares deleted: its own articles that came in that very feed, unless the outlet changed them later. `new`: keys of those
/// that came with the same document.
pub(super) async fn deletions(
    connection: &mut SqliteConnection,
    path: &Path,
    outlet: &str,
    feed: &Url,
    deletions: &[Deletion],
    new: &[String],
    now: DateTime<Utc>,
) -> Result<Change, StoreError> {
    let failed = |error: sqlx::Error| StoreError::from_sqlx(path, &error);
    let mut change = Change::default();
    for deletion in deletions {
        let mark = entry::identifier('g', &deletion.guid);
        let query = sqlx::query(statements::MARKED).bind(outlet).bind(feed.as_str()).bind(mark);
        let Some(row) = query.fetch_optional(&mut *connection).await.map_err(failed)? else { continue };
        let (id, bytes): (i64, Vec<u8>) = (row.try_get("id").map_err(failed)?, row.try_get("record").map_err(failed)?);
        let article = record::decode_article(&bytes, None)
            .map_err(|record::Unreadable(what)| unreadable(path, &format!("number {id}"), &what))?;
        if article.updated.or(article.published).is_some_and(|updated| updated.at > deletion.at) {
            continue;
        }
        let reason = format!("its outlet deleted it on {}", deletion.at.format("%F"));
        if !new.is_empty() {
            let row = sqlx::query(statements::ROW).bind(id).fetch_one(&mut *connection).await.map_err(failed)?;
            let copy = Copy::of(&row).map_err(failed)?;
            // It came with the same document: no reader has seen it, so nobody is told of it.
            if copy.story.is_none() && new.contains(&copy.key) {
                hold(connection, id, &copy.key, &reason).await.map_err(failed)?;
                change.changed.push(copy.key);
                continue;
            }
        }
        take_back(connection, path, id, &reason, now, &mut change).await?;
    }
    Ok(change)
}

/// What an outlet withdrew: its copy with this key of its own.
pub(super) async fn own_copy(
    connection: &mut SqliteConnection,
    path: &Path,
    outlet: &str,
    key: &str,
    reason: &str,
    now: DateTime<Utc>,
) -> Result<Change, StoreError> {
    let failed = |error: sqlx::Error| StoreError::from_sqlx(path, &error);
    let mut change = Change::default();
    let query = sqlx::query_scalar(statements::ROW_OF_KEY).bind(key).bind(outlet);
    let id: Option<i64> = query.fetch_optional(&mut *connection).await.map_err(failed)?;
    if let Some(id) = id {
        take_back(connection, path, id, reason, now, &mut change).await?;
    }
    Ok(change)
}

/// Takes the copy of one outlet out of what is published, or keeps it from ever being.
pub(super) async fn take_back(
    connection: &mut SqliteConnection,
    path: &Path,
    id: i64,
    reason: &str,
    now: DateTime<Utc>,
    change: &mut Change,
) -> Result<(), StoreError> {
    let failed = |error: sqlx::Error| StoreError::from_sqlx(path, &error);
    let row = sqlx::query(statements::ROW).bind(id).fetch_one(&mut *connection).await.map_err(failed)?;
    let copy = Copy::of(&row).map_err(failed)?;
    if copy.held_code.as_deref() == Some(WITHDRAWN) {
        return Ok(());
    }
    hold(connection, id, &copy.key, reason).await.map_err(failed)?;
    if copy.held_code.is_some() {
        change.held += 1;
        return Ok(());
    }
    change.changed.push(copy.key.clone());
    let mut outlets = BTreeSet::from([copy.outlet.clone()]);
    let mut act = WithdrawnBy::Outlet.name();
    if let Some(story) = copy.story {
        story::settle(connection, path, story, true, now).await?;
        let others = story::outlets(connection, &BTreeSet::from([story])).await.map_err(failed)?;
        outlets.extend(others.into_values().flatten());
        if story::is_shown(connection, story).await.map_err(failed)? {
            act = "copy";
        }
        change.elsewhere.extend(outlets.iter().filter(|other| **other != copy.outlet).cloned());
    }
    let outlets: BTreeSet<&str> = outlets.iter().map(String::as_str).collect();
    add(connection, &copy, act, reason, &outlets, now).await.map_err(failed)
}

/// Keeps a row back for good.
async fn hold(connection: &mut SqliteConnection, id: i64, key: &str, reason: &str) -> Result<(), sqlx::Error> {
    sqlx::query(statements::KEEP_BEFORE).bind(id).bind(key).execute(&mut *connection).await?;
    sqlx::query(statements::HOLD).bind(id).bind(WITHDRAWN).bind(reason).execute(&mut *connection).await?;
    sqlx::query(statements::UNQUEUE).bind(id).execute(connection).await?;
    Ok(())
}

/// Notes what a copy's story is recognised by; one that was never published, or before there were such marks, by its text.
async fn mark(connection: &mut SqliteConnection, path: &Path, copy: &Copy) -> Result<(), StoreError> {
    let failed = |error: sqlx::Error| StoreError::from_sqlx(path, &error);
    sqlx::query(statements::COPY_MARKS).bind(copy.id).execute(&mut *connection).await.map_err(failed)?;
    let row = sqlx::query(statements::RECORD).bind(copy.id).fetch_one(&mut *connection).await.map_err(failed)?;
    let bytes: Vec<u8> = row.try_get("record").map_err(failed)?;
    let article = record::decode_article(&bytes, None).map_err(|record::Unreadable(what)| unreadable(path, &copy.key, &what))?;
    let marks = list(story::text_marks(&article));
    sqlx::query(statements::SAVE_MARKS).bind(copy.id).bind(marks).execute(connection).await.map_err(failed)?;
    Ok(())
}

/// Adds a line.
async fn add(
    connection: &mut SqliteConnection,
    copy: &Copy,
    act: &str,
    reason: &str,
    outlets: &BTreeSet<&str>,
    now: DateTime<Utc>,
) -> Result<(), sqlx::Error> {
    let added = sqlx::query(statements::ADD)
        .bind(&copy.key)
        .bind(&copy.tag)
        .bind(act)
        .bind(time(now))
        .bind(reason)
        .bind(&copy.title)
        .bind(&copy.url)
        .execute(&mut *connection)
        .await?;
    sqlx::query(statements::ADD_OUTLETS).bind(added.last_insert_rowid()).bind(list(outlets)).execute(connection).await?;
    Ok(())
}

/// Notes that a copy was refused because its story, `key`, is withdrawn.
pub(super) async fn refuse(connection: &mut SqliteConnection, article: i64, key: &str) -> Result<(), sqlx::Error> {
    let query = sqlx::query(statements::REFUSE).bind(article).bind(key).bind(AWAITED.0).bind(AWAITED.1);
    query.execute(connection).await.map(drop)
}

/// A withdrawn copy with a mark that is looked for.
#[derive(Debug, Clone)]
pub(super) struct Marked {
    /// Its row.
    pub(super) article: i64,
    /// Its outlet.
    pub(super) outlet: String,
    /// Key of the withdrawal.
    pub(super) key: String,
    /// Its date.
    pub(super) sort_at: i64,
}

/// The withdrawn copies by their marks, of those looked for.
pub(super) async fn marked(
    connection: &mut SqliteConnection,
    marks: &BTreeSet<i64>,
) -> Result<HashMap<i64, Vec<Marked>>, sqlx::Error> {
    let mut found: HashMap<i64, Vec<Marked>> = HashMap::new();
    if marks.is_empty() {
        return Ok(found);
    }
    for row in sqlx::query(statements::MARKS).bind(list(marks)).fetch_all(connection).await? {
        let marked = Marked {
            article: row.try_get("id")?,
            outlet: row.try_get("outlet")?,
            key: row.try_get("key")?,
            sort_at: row.try_get("sort_at")?,
        };
        found.entry(row.try_get("mark")?).or_default().push(marked);
    }
    Ok(found)
}

/// A line as a withdrawal; `None` for one that restores.
fn withdrawal(row: &SqliteRow) -> Result<Option<Withdrawal>, sqlx::Error> {
    let act: String = row.try_get("act")?;
    if act == "restored" {
        return Ok(None);
    }
    let by = WithdrawnBy::from_name(&act).ok_or_else(|| undecodable("act", format!("`{act}` is nobody who withdraws")))?;
    let outlets: String = row.try_get("outlets")?;
    Ok(Some(Withdrawal {
        serial: row.try_get("serial")?,
        key: row.try_get("key")?,
        id: row.try_get("tag")?,
        by,
        at: row_time(row, "at")?,
        reason: row.try_get("reason")?,
        title: row.try_get("title")?,
        url: row.try_get::<Option<String>, _>("url")?.map(|url| read::address("url", &url)).transpose()?,
        outlets: serde_json::from_str(&outlets).map_err(|error| undecodable("outlets", error.to_string()))?,
    }))
}
