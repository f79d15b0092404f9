//! Holding a document against what is stored: which articles its entries are, in a fixed number of statements.

use std::collections::{HashMap, HashSet};
use std::path::Path;

use sqlx::{Row, SqliteConnection};

use super::decide::{self, Decision, Incoming, Known};
use super::entry::Entry;
use super::failure::StoreError;
use super::read::{list, row_time, unreadable};
use super::recognise::{self, Found, Level, Recognised};
use super::story::{self, Join};
use super::{Change, identity, record, sql};
use crate::model::Verdict;

/// Entries hashed before other tasks get a turn.
const HASHED_AT_ONCE: usize = 64;

/// The complete entries of a document, by the feed they came in: almost always one.
#[derive(Debug, Default)]
pub struct Document<'a> {
    entries: Vec<(&'a str, &'a str, Vec<Entry<'a>>)>,
}

/// The entries of one feed of one outlet.
#[derive(Debug, Clone, Copy)]
pub struct Source<'e, 'a> {
    /// Id of the outlet.
    pub outlet: &'a str,
    /// Address of the feed.
    pub feed: &'a str,
    /// In document order.
    pub entries: &'e [Entry<'a>],
}

impl<'a> Document<'a> {
    /// Takes marks and hashes: outside the transaction, which others wait for.
    pub async fn of(verdicts: &'a [Verdict]) -> Self {
        let mut document = Self::default();
        let mut places: HashMap<(&str, &str), usize> = HashMap::new();
        for (number, verdict) in verdicts.iter().enumerate() {
            if let Some(entry) = Entry::of(verdict) {
                let (outlet, feed) = (entry.article.outlet.as_str(), entry.article.feed_url.as_str());
                let place = *places.entry((outlet, feed)).or_insert(document.entries.len());
                if place == document.entries.len() {
                    document.entries.push((outlet, feed, Vec::new()));
                }
                document.entries[place].2.push(entry);
            }
            if number % HASHED_AT_ONCE == HASHED_AT_ONCE - 1 {
                tokio::task::yield_now().await;
            }
        }
        document
    }

    /// Its feeds.
    pub fn sources(&self) -> impl Iterator<Item = Source<'_, 'a>> {
        self.entries.iter().map(|(outlet, feed, entries)| Source { outlet, feed, entries })
    }
}

/// An article of a document and what the store knows of it.
#[derive(Debug)]
pub struct Sighting<'a> {
    /// The article as it came.
    pub incoming: Incoming<'a>,
    /// As it is stored.
    pub known: Option<Known>,
    /// Hash of what readers would see.
    pub hash: &'a [u8; 32],
    /// Places of its entries.
    pub members: Vec<usize>,
    /// Place of the one that counts.
    pub winner: usize,
    /// The published article of another outlet that it is another way of.
    pub joins: Option<Join>,
    /// Other outlets of its story.
    pub elsewhere: Vec<String>,
    /// Key of the withdrawn story that it is.
    pub refused: Option<String>,
    /// What it is to be recognised by at other outlets, when it is new to readers.
    pub story_marks: Vec<i64>,
}

impl Sighting<'_> {
    /// What to do with it.
    pub fn decision(&self) -> Decision {
        decide::decide(self.known.as_ref(), &self.incoming, self.hash)
    }

    /// Adds it to the account of the poll.
    pub fn count(&self, change: &mut Change) {
        let joins = self.joins.as_ref().map(|join| join.key.as_str());
        let visible = change.new.len() + change.changed.len() + change.joined.len();
        decide::count(change, self.known.as_ref(), &self.incoming, self.decision(), joins);
        if change.new.len() + change.changed.len() + change.joined.len() > visible {
            change.elsewhere.extend(self.elsewhere.iter().cloned());
        }
    }
}

/// What the feed is known by after this document.
#[derive(Debug)]
pub struct Changed {
    /// Level.
    pub level: Level,
    /// See [`recognise::Trust::moved`].
    pub moved: u32,
    /// Why it sank in this poll.
    pub reason: Option<String>,
    /// It is not what the store has.
    pub is_changed: bool,
}

/// What looking a source up came to.
#[derive(Debug)]
pub struct Sightings<'a> {
    /// Articles in document order, each once.
    pub sightings: Vec<Sighting<'a>>,
    /// What the feed is known by.
    pub trust: Changed,
    /// The marks that were looked up.
    pub found: Found,
}

/// Recognises the articles of one source.
pub async fn source<'e>(
    connection: &mut SqliteConnection,
    path: &Path,
    source: &Source<'e, '_>,
) -> Result<Sightings<'e>, StoreError> {
    let failed = |error: sqlx::Error| StoreError::from_sqlx(path, &error);
    let entries = source.entries;
    let (stored, moved) = trust(connection, source).await.map_err(failed)?;
    let within = recognise::within(entries, stored);
    let moved = if within.level == stored { moved } else { 0 };

    let repeated = recognise::repeated(entries);
    let mut found = Found::new();
    let identifiers = entries.iter().flat_map(|entry| entry.guid.iter().chain(&entry.address)).map(String::as_str).collect();
    marks(connection, source, &mut found, identifiers).await.map_err(failed)?;
    from_older_schema(connection, source, &mut found).await.map_err(failed)?;
    let wanted = unsettled(entries, within.level, &found, &repeated);
    marks(connection, source, &mut found, wanted).await.map_err(failed)?;

    let different = different(connection, path, entries, within.level, &found).await?;
    let mut after = recognise::against(entries, within.level, moved, &found, &different);
    if after.level > within.level {
        let wanted = unsettled(entries, after.level, &found, &repeated);
        marks(connection, source, &mut found, wanted).await.map_err(failed)?;
    }
    after.reason = match (within.reason, after.reason) {
        (Some(one), Some(other)) => Some(format!("{one}, and {other}")),
        (one, other) => one.or(other),
    };
    let is_changed = (after.level, after.moved) != (stored, moved);
    let recognised = recognise::resolve(entries, after.level, &found, &different);
    let mut sightings = sightings(connection, source, recognised).await.map_err(failed)?;
    story::find(connection, path, source.outlet, &mut sightings).await?;
    let trust = Changed { level: after.level, moved: after.moved, reason: after.reason, is_changed };
    Ok(Sightings { sightings, trust, found })
}

/// The marks of the content of entries that guid and address do not settle.
fn unsettled<'e>(entries: &'e [Entry<'_>], level: Level, found: &Found, repeated: &HashSet<&str>) -> Vec<&'e str> {
    let open = entries.iter().filter(|entry| !recognise::is_settled(entry, level, found, repeated));
    open.flat_map(|entry| entry.content.marks()).collect()
}

async fn trust(connection: &mut SqliteConnection, source: &Source<'_, '_>) -> Result<(Level, u32), sqlx::Error> {
    let row = sqlx::query(sql::TRUST).bind(source.outlet).bind(source.feed).fetch_optional(connection).await?;
    let Some(row) = row else { return Ok((Level::Guid, 0)) };
    // A name that this program does not know can only be of a level below those it knows.
    let level = Level::from_name(row.try_get("level")?).unwrap_or(Level::Fingerprint);
    Ok((level, row.try_get("moved")?))
}

/// Looks up those marks that have not been yet.
async fn marks(
    connection: &mut SqliteConnection,
    source: &Source<'_, '_>,
    found: &mut Found,
    wanted: Vec<&str>,
) -> Result<(), sqlx::Error> {
    let wanted: HashSet<&str> = wanted.into_iter().filter(|mark| !found.contains_key(*mark)).collect();
    if wanted.is_empty() {
        return Ok(());
    }
    for row in sqlx::query(sql::MARKS).bind(source.outlet).bind(list(wanted)).fetch_all(connection).await? {
        found.insert(row.try_get("mark")?, row.try_get("article")?);
    }
    Ok(())
}

/// Articles that were stored before marks were are known by the key of what their outlet calls them.
async fn from_older_schema(
    connection: &mut SqliteConnection,
    source: &Source<'_, '_>,
    found: &mut Found,
) -> Result<(), sqlx::Error> {
    let mut keys: HashMap<String, &str> = HashMap::new();
    for entry in source.entries {
        // `source_key` is the guid, or without one the address.
        if let Some(mark) = entry.guid.as_deref().or(entry.address.as_deref()).filter(|mark| !found.contains_key(*mark)) {
            keys.insert(identity::key(source.outlet, &entry.article.source_key), mark);
        }
    }
    if keys.is_empty() {
        return Ok(());
    }
    for row in sqlx::query(sql::KEYS).bind(list(keys.keys())).fetch_all(connection).await? {
        let key: String = row.try_get("key")?;
        if let Some(mark) = keys.get(&key).filter(|_| !row.get::<bool, _>("marked")) {
            found.insert((*mark).to_owned(), Some(row.try_get("id")?));
        }
    }
    Ok(())
}

/// Of the entries that are suspect, those that are nothing like the article whose guid they have.
async fn different(
    connection: &mut SqliteConnection,
    path: &Path,
    entries: &[Entry<'_>],
    level: Level,
    found: &Found,
) -> Result<HashSet<usize>, StoreError> {
    let suspects = recognise::suspects(entries, level, found);
    let mut different = HashSet::new();
    if suspects.is_empty() {
        return Ok(different);
    }
    let places: HashMap<i64, usize> = suspects.iter().map(|(place, article)| (*article, *place)).collect();
    let failed = |error: sqlx::Error| StoreError::from_sqlx(path, &error);
    let rows = sqlx::query(sql::COMPARED).bind(list(places.keys())).fetch_all(connection).await.map_err(failed)?;
    for row in rows {
        let read = || -> Result<(i64, String, Vec<u8>), sqlx::Error> {
            Ok((row.try_get("id")?, row.try_get("title")?, row.try_get("record")?))
        };
        let (id, title, bytes) = read().map_err(failed)?;
        let Some(place) = places.get(&id) else { continue };
        let Some(entry) = entries.get(*place) else { continue };
        if entry.article.title == title {
            continue;
        }
        let body = record::body(&bytes).map_err(|record::Unreadable(what)| unreadable(path, &format!("number {id}"), &what))?;
        let now = [entry.article.title.as_str(), entry.article.body.as_str()];
        if !recognise::alike(&text([title.as_str(), body.as_str()]), &text(now)) {
            different.insert(*place);
        }
    }
    Ok(different)
}

/// A title and the text of sanitized HTML, in which every `<` begins a tag.
fn text([title, html]: [&str; 2]) -> String {
    let mut text = title.to_owned();
    let mut parts = html.split('<');
    text.push_str(parts.next().unwrap_or_default());
    for part in parts {
        text.push_str(part.split_once('>').map_or("", |(_, after)| after));
    }
    text
}

async fn sightings<'e>(
    connection: &mut SqliteConnection,
    source: &Source<'e, '_>,
    recognised: Vec<Recognised>,
) -> Result<Vec<Sighting<'e>>, sqlx::Error> {
    let mut known: HashMap<i64, Known> = HashMap::new();
    let ids = list(recognised.iter().filter_map(|recognised| recognised.known));
    for row in sqlx::query(sql::KNOWN).bind(ids).bind(source.feed).fetch_all(&mut *connection).await? {
        let id = row.try_get("id")?;
        let held: Option<String> = row.try_get("held_code")?;
        known.insert(
            id,
            Known {
                id,
                key: row.try_get("key")?,
                marked: row.try_get("marked")?,
                held: held.is_some(),
                withdrawn: held.is_some_and(|code| code == story::WITHDRAWN),
                story: row.try_get("story")?,
                story_key: row.try_get("story_key")?,
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
    let wanted =
        recognised.iter().flat_map(|recognised| &recognised.seeds).map(|seed| identity::key(source.outlet, seed)).collect();
    let mut taken = keys(connection, wanted).await?;
    let mut sightings = Vec::with_capacity(recognised.len());
    for Recognised { members, winner, known: id, seeds } in recognised {
        let entry = &source.entries[winner];
        let mut known = id.and_then(|id| known.remove(&id));
        if let Some(known) = &mut known {
            known.accept_strict(entry);
        }
        let (key, source_key) = match &known {
            Some(known) => (known.key.clone(), String::new()),
            None => mint(connection, source.outlet, &seeds, &mut taken).await?,
        };
        let incoming = Incoming { key, source_key, article: entry.article, standing: entry.standing };
        sightings.push(Sighting {
            incoming,
            known,
            hash: &entry.hash,
            members,
            winner,
            joins: None,
            elsewhere: Vec::new(),
            refused: None,
            story_marks: Vec::new(),
        });
    }
    Ok(sightings)
}

async fn keys(connection: &mut SqliteConnection, wanted: Vec<String>) -> Result<HashSet<String>, sqlx::Error> {
    if wanted.is_empty() {
        return Ok(HashSet::new());
    }
    sqlx::query(sql::KEYS).bind(list(wanted)).fetch_all(connection).await?.iter().map(|row| row.try_get("key")).collect()
}

/// The key of a new article and what it is minted from: the first seed that has not made a key yet, else the last one numbered.
async fn mint(
    connection: &mut SqliteConnection,
    outlet: &str,
    seeds: &[String],
    taken: &mut HashSet<String>,
) -> Result<(String, String), sqlx::Error> {
    for seed in seeds {
        let key = identity::key(outlet, seed);
        if taken.insert(key.clone()) {
            return Ok((key, seed.clone()));
        }
    }
    let last = seeds.last().map(String::as_str).unwrap_or_default();
    let mut number = 2_u64;
    loop {
        let seed = format!("{last}#{number}");
        let key = identity::key(outlet, &seed);
        if keys(connection, vec![key.clone()]).await?.is_empty() && taken.insert(key.clone()) {
            return Ok((key, seed));
        }
        number += 1;
    }
}
