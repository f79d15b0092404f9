//! Recording a poll: one transaction.

use std::collections::HashMap;
use std::path::Path;

use chrono::{DateTime, Utc};
use sqlx::{Row, SqliteConnection};

use super::decide::{self, Decision, Incoming, Known};
use super::failure::StoreError;
use super::identity::{self, Standing};
use super::read::{list, row_time, time, unreadable};
use super::{Change, record, sql};
use crate::model::{Provenance, Timestamp, Verdict};

/// Articles hashed before other tasks get a turn.
const HASHED_AT_ONCE: usize = 64;

/// Articles of a document with their content hashes.
pub struct Hashed<'a>(Vec<(Incoming<'a>, [u8; 32])>);

/// Reduces a document to its articles and hashes them: outside the transaction, which others wait for.
pub async fn hashed(verdicts: &[Verdict]) -> Hashed<'_> {
    let mut hashed = Vec::with_capacity(verdicts.len());
    for (place, incoming) in decide::batch(verdicts).into_iter().enumerate() {
        let hash = identity::content_hash(incoming.article, incoming.standing);
        hashed.push((incoming, hash));
        if place % HASHED_AT_ONCE == HASHED_AT_ONCE - 1 {
            tokio::task::yield_now().await;
        }
    }
    Hashed(hashed)
}

/// What `record` would report.
pub async fn preview(connection: &mut SqliteConnection, path: &Path, hashed: &Hashed<'_>) -> Result<Change, StoreError> {
    let known = known(connection, hashed).await.map_err(|error| StoreError::from_sqlx(path, &error))?;
    let mut change = Change::default();
    for (incoming, hash) in &hashed.0 {
        let known = known.get(&incoming.key);
        decide::count(&mut change, known, incoming, decide::decide(known, incoming, hash));
    }
    Ok(change)
}

/// Writes articles; the caller's transaction makes them one.
pub async fn articles(
    connection: &mut SqliteConnection,
    place: Place<'_>,
    hashed: &Hashed<'_>,
    now: DateTime<Utc>,
) -> Result<Change, StoreError> {
    let known = known(connection, hashed).await.map_err(|error| StoreError::from_sqlx(place.path, &error))?;
    let mut change = Change::default();
    for (incoming, hash) in &hashed.0 {
        let known = known.get(&incoming.key);
        let decision = decide::decide(known, incoming, hash);
        decide::count(&mut change, known, incoming, decision);
        match known {
            None => insert(connection, place, incoming, hash, now).await?,
            Some(known) => update(connection, place, known, incoming, hash, decision, now).await?,
        }
    }
    Ok(change)
}

/// Where a store is and who mints its ids.
#[derive(Clone, Copy)]
pub struct Place<'a> {
    /// Its file.
    pub path: &'a Path,
    /// Its authority.
    pub authority: &'a str,
}

async fn known(connection: &mut SqliteConnection, hashed: &Hashed<'_>) -> Result<HashMap<String, Known>, sqlx::Error> {
    let mut known = HashMap::with_capacity(hashed.0.len());
    // One look-up a feed: almost always the whole document in one.
    let mut feeds: HashMap<&str, Vec<&str>> = HashMap::new();
    for (incoming, _) in &hashed.0 {
        feeds.entry(incoming.article.feed_url.as_str()).or_default().push(&incoming.key);
    }
    for (feed, keys) in feeds {
        for row in sqlx::query(sql::KNOWN).bind(list(keys)).bind(feed).fetch_all(&mut *connection).await? {
            known.insert(
                row.try_get("key")?,
                Known {
                    id: row.try_get("id")?,
                    held: row.try_get("held")?,
                    feed: row.try_get("feed")?,
                    content_hash: row.try_get("content_hash")?,
                    copy_hash: row.try_get("copy_hash")?,
                    first_seen: row_time(&row, "first_seen")?,
                    changed_at: row_time(&row, "changed_at")?,
                    revision: row.try_get("revision")?,
                    comments: row.try_get("comments")?,
                },
            );
        }
    }
    Ok(known)
}

/// The columns that come from the article alone.
struct Content<'a> {
    held: Option<(&'a str, &'a str)>,
    comments: Option<String>,
    record: Vec<u8>,
    sort_at: i64,
}

impl<'a> Content<'a> {
    /// `published`: the date of publication that counts. The article is sorted by it, but never after it was first seen.
    fn of(
        place: Place<'_>,
        incoming: &Incoming<'a>,
        published: Option<Timestamp>,
        first_seen: DateTime<Utc>,
    ) -> Result<Self, StoreError> {
        let unwritable = |record::Unreadable(what): record::Unreadable| unreadable(place.path, &incoming.key, &what);
        let (provenance, held): (Option<&Provenance>, _) = match incoming.standing {
            Standing::Ready(provenance) => (Some(provenance), None),
            Standing::Held { code, reason } => (None, Some((code, reason))),
        };
        Ok(Self {
            held,
            comments: comments(place, incoming)?,
            record: record::encode(incoming.article, provenance, published).map_err(unwritable)?,
            sort_at: time(published.map_or(first_seen, |published| published.at.min(first_seen))),
        })
    }
}

fn comments(place: Place<'_>, incoming: &Incoming<'_>) -> Result<Option<String>, StoreError> {
    let comments = incoming.article.comments.as_ref().map(record::encode_comments).transpose();
    comments.map_err(|record::Unreadable(what)| unreadable(place.path, &incoming.key, &what))
}

async fn insert(
    connection: &mut SqliteConnection,
    place: Place<'_>,
    incoming: &Incoming<'_>,
    hash: &[u8; 32],
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let content = Content::of(place, incoming, incoming.article.published, now)?;
    let article = incoming.article;
    sqlx::query(sql::INSERT)
        .bind(&incoming.key)
        .bind(identity::tag(place.authority, &incoming.key))
        .bind(&article.outlet)
        .bind(&article.source_key)
        .bind(article.feed_url.as_str())
        .bind(time(now))
        .bind(content.sort_at)
        .bind(time(now))
        .bind(1_u32)
        .bind(hash.as_slice())
        .bind(content.held.map(|(code, _)| code))
        .bind(content.held.map(|(_, reason)| reason))
        .bind(&article.title)
        .bind(article.url.as_ref().map(url::Url::as_str))
        .bind(content.comments)
        .bind(content.record)
        .execute(connection)
        .await
        .map_err(|error| StoreError::from_sqlx(place.path, &error))?;
    Ok(())
}

/// The date accepted first, unless the article's own page says more exactly what a list of articles said roughly.
fn more_exact(accepted: Option<Timestamp>, incoming: Option<Timestamp>) -> Option<Timestamp> {
    match (accepted, incoming) {
        (Some(accepted), Some(incoming))
            if incoming.precision < accepted.precision && (incoming.at - accepted.at).num_hours().abs() <= 36 =>
        {
            Some(incoming)
        }
        (accepted, incoming) => accepted.or(incoming),
    }
}

async fn update(
    connection: &mut SqliteConnection,
    place: Place<'_>,
    known: &Known,
    incoming: &Incoming<'_>,
    hash: &[u8; 32],
    decision: Decision,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let failed = |error: sqlx::Error| StoreError::from_sqlx(place.path, &error);
    let feed = incoming.article.feed_url.as_str();
    match decision {
        Decision::Release | Decision::Replace | Decision::HoldAgain => {}
        Decision::Insert => return Ok(()), // of a known article: never decided
        Decision::RememberCopy => {
            sqlx::query(sql::SAVE_COPY)
                .bind(known.id)
                .bind(feed)
                .bind(hash.as_slice())
                .execute(connection)
                .await
                .map_err(failed)?;
            return Ok(());
        }
        Decision::Keep => {
            // Only the feed whose version is shown speaks for the discussion; a feed that is silent about it does not end it.
            if incoming.is_ready()
                && !known.held
                && known.feed == feed
                && let Some(comments) = comments(place, incoming)?.filter(|new| known.comments.as_ref() != Some(new))
            {
                sqlx::query(sql::REFRESH_COMMENTS).bind(known.id).bind(comments).execute(connection).await.map_err(failed)?;
            }
            return Ok(());
        }
    }

    // The date first accepted stays: some outlets date every answer anew, and "1 month ago" moves as it ages.
    let stored: Vec<u8> = sqlx::query_scalar(sql::RECORD).bind(known.id).fetch_one(&mut *connection).await.map_err(failed)?;
    let accepted = record::published(&stored).map_err(|record::Unreadable(what)| unreadable(place.path, &incoming.key, &what))?;
    let published = match decision {
        Decision::Replace => accepted, // readers have seen it, also where there was none
        _ => more_exact(accepted, incoming.article.published),
    };
    let content = Content::of(place, incoming, published, known.first_seen)?;
    let (changed_at, revision) = match decision {
        // A clock that was set back does not take an article's last change back.
        Decision::Replace => (now.max(known.changed_at), known.revision.saturating_add(1)),
        _ => (known.changed_at, known.revision),
    };
    sqlx::query(sql::REPLACE)
        .bind(known.id)
        .bind(feed)
        .bind(content.sort_at)
        .bind(time(changed_at))
        .bind(revision)
        .bind(hash.as_slice())
        .bind(content.held.map(|(code, _)| code))
        .bind(content.held.map(|(_, reason)| reason))
        .bind(&incoming.article.title)
        .bind(incoming.article.url.as_ref().map(url::Url::as_str))
        .bind(content.comments.or_else(|| known.comments.clone()))
        .bind(content.record)
        .execute(&mut *connection)
        .await
        .map_err(failed)?;
    if decision == Decision::Replace && known.feed != feed {
        // The version shown changes places with the copy, so that the other feed's unchanged version is still known.
        sqlx::query(sql::SAVE_COPY)
            .bind(known.id)
            .bind(&known.feed)
            .bind(&known.content_hash)
            .execute(&mut *connection)
            .await
            .map_err(failed)?;
        sqlx::query(sql::DROP_COPY).bind(known.id).bind(feed).execute(connection).await.map_err(failed)?;
    }
    Ok(())
}
