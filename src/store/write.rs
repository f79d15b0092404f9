//! Recording a poll: one transaction.

use std::borrow::Cow;
use std::collections::HashMap;
use std::path::Path;

use chrono::{DateTime, Utc};
use sqlx::SqliteConnection;

use super::decide::{Decision, Incoming, Known};
use super::failure::StoreError;
use super::identity::{self, Standing};
use super::look_up::{self, Changed, Document, Sighting, Sightings, Source};
use super::read::{list, time, unreadable};
use super::recognise::{Found, Level};
use super::{Change, record, sql, story, withdraw};
use crate::model::{Article, Provenance, Timestamp, date};

/// What `record` would report.
pub async fn preview(connection: &mut SqliteConnection, path: &Path, document: &Document<'_>) -> Result<Change, StoreError> {
    let mut change = Change::default();
    for source in document.sources() {
        for sighting in look_up::source(connection, path, &source).await?.sightings {
            sighting.count(&mut change);
        }
    }
    Ok(change)
}

/// What writing a document came to.
#[derive(Debug, Default)]
pub struct Written {
    /// What changed.
    pub change: Change,
    /// What its articles are known by.
    pub keys: Keys,
}

/// Keys of the articles of a document, by where the articles are in memory: two of them may be alike in everything else.
#[derive(Debug, Default)]
pub struct Keys(HashMap<usize, String>);

impl Keys {
    /// The key of this very article of the document.
    pub fn of(&self, article: &Article) -> Option<String> {
        self.0.get(&std::ptr::from_ref(article).addr()).cloned()
    }

    fn add(&mut self, article: &Article, key: &str) {
        self.0.insert(std::ptr::from_ref(article).addr(), key.to_owned());
    }
}

/// Writes articles; the caller's transaction makes them one.
pub async fn articles(
    connection: &mut SqliteConnection,
    place: Place<'_>,
    document: &Document<'_>,
    now: DateTime<Utc>,
) -> Result<Written, StoreError> {
    let failed = |error: sqlx::Error| StoreError::from_sqlx(place.path, &error);
    let mut written = Written::default();
    for source in document.sources() {
        let Sightings { sightings, trust, found } = look_up::source(connection, place.path, &source).await?;
        let mut story_marks = Vec::new();
        let mut marks = Marks { found, level: trust.level, save: Vec::new(), forget: Vec::new() };
        for sighting in &sightings {
            let (known, incoming, decision) = (sighting.known.as_ref(), &sighting.incoming, sighting.decision());
            sighting.count(&mut written.change);
            for entry in sighting.members.iter().filter_map(|place| source.entries.get(*place)) {
                written.keys.add(entry.article, &incoming.key);
            }
            let id = match known {
                None => insert(connection, place, incoming, sighting.hash, now).await?,
                Some(known) => {
                    if update(connection, place, known, incoming, sighting.hash, decision, now).await? == Update::Embargo {
                        written.change.changed.push(incoming.key.clone());
                        written.change.unchanged = written.change.unchanged.saturating_sub(1);
                    }
                    known.id
                }
            };
            if let Some(key) = &sighting.refused {
                withdraw::refuse(connection, id, key).await.map_err(failed)?;
            }
            marks.add(&source, sighting, id, decision);
            story_marks.extend(sighting.story_marks.iter().map(|mark| (*mark, id)));
            if let Some(join) = &sighting.joins {
                let story = story::join(connection, join, id).await.map_err(failed)?;
                story::settle(connection, place.path, story, false, now).await?;
            } else if let Some(story) = known.and_then(|known| known.story)
                && matches!(decision, Decision::Replace | Decision::Release)
            {
                story::settle(connection, place.path, story, true, now).await?;
            }
        }
        story::save_marks(connection, &story_marks).await.map_err(failed)?;
        marks.write(connection, source.outlet).await.map_err(failed)?;
        save_trust(connection, place, &source, &trust, now).await?;
    }
    Ok(written)
}

/// Marks to write after the articles of one source.
struct Marks {
    found: Found,
    level: Level,
    save: Vec<(String, i64)>,
    forget: Vec<i64>,
}

impl Marks {
    /// Notes those of one article that the store does not have yet. Marks that the feed is not trusted with are not kept: guids that are
    /// made anew at every request would fill the store.
    fn add(&mut self, source: &Source<'_, '_>, sighting: &Sighting<'_>, id: i64, decision: Decision) {
        let marked = sighting.known.as_ref().is_some_and(|known| known.marked);
        // The marks of its content go with the version they were taken from; a date that moves by itself makes no new ones.
        let content = !marked || !matches!(decision, Decision::Keep);
        if marked && matches!(decision, Decision::Replace | Decision::Release | Decision::HoldAgain) {
            self.forget.push(id);
        }
        for entry in sighting.members.iter().filter_map(|place| source.entries.get(*place)) {
            let guid = entry.guid.as_deref().filter(|_| self.level == Level::Guid);
            let address = entry.address.as_deref().filter(|_| self.level <= Level::Address);
            for mark in guid.into_iter().chain(address) {
                if !marked || self.found.get(mark).is_none_or(|owner| owner.is_some_and(|owner| owner != id)) {
                    self.save.push((mark.to_owned(), id));
                }
            }
        }
        if content && let Some(entry) = source.entries.get(sighting.winner) {
            self.save.extend(entry.content.marks().map(|mark| (mark.to_owned(), id)));
        }
    }

    async fn write(&self, connection: &mut SqliteConnection, outlet: &str) -> Result<(), sqlx::Error> {
        if !self.forget.is_empty() {
            sqlx::query(sql::FORGET_CONTENT).bind(list(&self.forget)).execute(&mut *connection).await?;
        }
        if !self.save.is_empty() {
            sqlx::query(sql::SAVE_MARKS).bind(outlet).bind(list(&self.save)).execute(connection).await?;
        }
        Ok(())
    }
}

async fn save_trust(
    connection: &mut SqliteConnection,
    place: Place<'_>,
    source: &Source<'_, '_>,
    trust: &Changed,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    if !trust.is_changed {
        return Ok(());
    }
    if let Some(reason) = &trust.reason {
        tracing::warn!(
            outlet = source.outlet,
            feed = source.feed,
            "{reason}: from now on its articles are recognised by {}, so that none appears twice",
            trust.level.name()
        );
    }
    sqlx::query(sql::SAVE_TRUST)
        .bind(source.outlet)
        .bind(source.feed)
        .bind(trust.level.name())
        .bind(trust.moved)
        .bind(time(now))
        .bind(trust.reason.as_deref().unwrap_or_default())
        .execute(connection)
        .await
        .map_err(|error| StoreError::from_sqlx(place.path, &error))?;
    Ok(())
}

/// Where a store is and who mints its ids.
#[derive(Clone, Copy)]
pub struct Place<'a> {
    /// Its file.
    pub path: &'a Path,
    /// Its authority.
    pub authority: &'a str,
}

/// The columns that come from the article alone.
struct Content<'a> {
    held: Option<(&'a str, &'a str)>,
    comments: Option<String>,
    record: Vec<u8>,
    sort_at: i64,
}

impl<'a> Content<'a> {
    /// `published` and `embargoed_until`: the dates that count. The article is sorted by [`date`].
    fn of(
        place: Place<'_>,
        incoming: &Incoming<'a>,
        published: Option<Timestamp>,
        embargoed_until: Option<DateTime<Utc>>,
        first_seen: DateTime<Utc>,
    ) -> Result<Self, StoreError> {
        let unwritable = |record::Unreadable(what): record::Unreadable| unreadable(place.path, &incoming.key, &what);
        let (provenance, held): (Option<&Provenance>, _) = match incoming.standing {
            Standing::Ready(provenance) => (Some(provenance), None),
            Standing::Held { code, reason } => (None, Some((code, reason))),
        };
        let mut article = Cow::Borrowed(incoming.article);
        if article.embargoed_until != embargoed_until {
            article.to_mut().embargoed_until = embargoed_until;
        }
        Ok(Self {
            held,
            comments: comments(place, incoming)?,
            record: record::encode(&article, provenance, published).map_err(unwritable)?,
            sort_at: time(date(published, embargoed_until, first_seen)),
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
) -> Result<i64, StoreError> {
    let content = Content::of(place, incoming, incoming.article.published, incoming.article.embargoed_until, now)?;
    let article = incoming.article;
    let inserted = sqlx::query(sql::INSERT)
        .bind(&incoming.key)
        .bind(identity::tag(place.authority, &incoming.key))
        .bind(&article.outlet)
        .bind(&incoming.source_key)
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
    Ok(inserted.last_insert_rowid())
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

/// What an update did beside what was decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Update {
    /// Nothing else.
    AsDecided,
    /// The outlet moved the end of its embargo: the article itself is the same.
    Embargo,
}

async fn update(
    connection: &mut SqliteConnection,
    place: Place<'_>,
    known: &Known,
    incoming: &Incoming<'_>,
    hash: &[u8; 32],
    decision: Decision,
    now: DateTime<Utc>,
) -> Result<Update, StoreError> {
    let failed = |error: sqlx::Error| StoreError::from_sqlx(place.path, &error);
    let feed = incoming.article.feed_url.as_str();
    let moves_embargo = decision == Decision::Keep && moves_embargo(&mut *connection, place, known, incoming).await?;
    match decision {
        Decision::Release | Decision::Replace | Decision::HoldAgain => {}
        Decision::Insert => return Ok(Update::AsDecided), // of a known article: never decided
        Decision::RememberCopy => {
            sqlx::query(sql::SAVE_COPY)
                .bind(known.id)
                .bind(feed)
                .bind(hash.as_slice())
                .execute(connection)
                .await
                .map_err(failed)?;
            return Ok(Update::AsDecided);
        }
        Decision::Keep if moves_embargo => {}
        Decision::Keep => {
            // Only the feed whose version is shown speaks for the discussion; a feed that is silent about it does not end it.
            if incoming.is_ready()
                && !known.held
                && known.feed == feed
                && let Some(comments) = comments(place, incoming)?.filter(|new| known.comments.as_ref() != Some(new))
            {
                sqlx::query(sql::REFRESH_COMMENTS).bind(known.id).bind(comments).execute(connection).await.map_err(failed)?;
            }
            return Ok(Update::AsDecided);
        }
    }

    // The date first accepted stays: some outlets date every answer anew, and "1 month ago" moves as it ages.
    let stored: Vec<u8> = sqlx::query_scalar(sql::RECORD).bind(known.id).fetch_one(&mut *connection).await.map_err(failed)?;
    let accepted = record::published(&stored).map_err(|record::Unreadable(what)| unreadable(place.path, &incoming.key, &what))?;
    let ended =
        record::embargoed_until(&stored).map_err(|record::Unreadable(what)| unreadable(place.path, &incoming.key, &what))?;
    // What nobody has seen yet has no date that must stay; an embargo that has ended is the date of publication from then on.
    let unseen = ended.is_some_and(|until| until > now);
    let embargoed_until = incoming.article.embargoed_until.or(ended.filter(|_| !unseen));
    let published = match decision {
        _ if unseen => incoming.article.published,
        Decision::Replace => accepted, // readers have seen it, also where there was none
        _ => more_exact(accepted, incoming.article.published),
    };
    let content = Content::of(place, incoming, published, embargoed_until, known.first_seen)?;
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
    Ok(if decision == Decision::Keep { Update::Embargo } else { Update::AsDecided })
}

/// Whether the feed whose version is stored gives another end of the embargo than before.
async fn moves_embargo(
    connection: &mut SqliteConnection,
    place: Place<'_>,
    known: &Known,
    incoming: &Incoming<'_>,
) -> Result<bool, StoreError> {
    let is_shown_version = incoming.is_ready() && !known.held && known.feed == incoming.article.feed_url.as_str();
    let Some(until) = incoming.article.embargoed_until.filter(|_| is_shown_version) else { return Ok(false) };
    let failed = |error: sqlx::Error| StoreError::from_sqlx(place.path, &error);
    let stored: Vec<u8> = sqlx::query_scalar(sql::RECORD).bind(known.id).fetch_one(connection).await.map_err(failed)?;
    let before =
        record::embargoed_until(&stored).map_err(|record::Unreadable(what)| unreadable(place.path, &incoming.key, &what))?;
    Ok(before != Some(until))
}
