//! One story is one article, however it comes in: which articles of other outlets a new one is the same story as, and what readers see of a story
//! that came several ways.
//!
//! A new article is looked for once, when it is first published: by the addresses of its story, and by a sketch of its text. What an index finds
//! is held against it whole (`likeness`); what readers see is made of the ways alone (`compose`). Two articles that readers have both seen stay
//! two for ever, for ids never change.

mod compose;
mod likeness;

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::path::Path;

use chrono::{DateTime, Utc};
use sha2::{Digest, Sha256};
use sqlx::{Row, SqliteConnection};

use self::compose::Way;
use self::likeness::Story;
use super::decide::Decision;
use super::failure::StoreError;
use super::look_up::Sighting;
use super::read::{list, time, unreadable};
use super::{Change, identity, record, sql, withdraw};
use crate::model::Article;

/// Why an article is held that its outlet took back.
pub const WITHDRAWN: &str = "withdrawn";

/// Stories that may have one mark: with more it is a phrase that outlets put under everything.
const CROWD: i64 = 32;

/// Ways of one story that what readers see is made of; further ones are recorded.
const MOST_WAYS: i64 = 64;

/// Articles that a new one is held against.
const COMPARED: usize = 6;

/// Copies of one story among them.
const COPIES: usize = 2;

/// How far apart two articles may have been published that are one story by their texts alone. Days that look alike come again; an address does
/// not.
const APART_MICROS: i64 = 14 * 24 * 60 * 60 * 1_000_000;

/// The published article that a new one is another way of.
#[derive(Debug, Clone)]
pub struct Join {
    /// Its row.
    article: i64,
    /// Its story, when it came several ways already.
    story: Option<i64>,
    /// What readers know it by.
    pub key: String,
}

/// A new article as it is looked for.
struct Wanted {
    place: usize,
    story: Story,
    addresses: Vec<i64>,
    sketch: Vec<i64>,
    published: Option<i64>,
}

/// An article with a mark.
#[derive(Debug, Clone)]
struct Holder {
    article: i64,
    outlet: String,
    key: String,
    sort_at: i64,
    story: Option<i64>,
}

impl Holder {
    /// The same for all ways of a story.
    fn whole(&self) -> (bool, i64) {
        self.story.map_or((false, self.article), |story| (true, story))
    }
}

/// Finds for each sighting that readers would see for the first time the article it is another way of, if there is one, and notes its marks; for
/// all that are part of a story the outlets whose feeds show it.
pub async fn find(
    connection: &mut SqliteConnection,
    path: &Path,
    outlet: &str,
    sightings: &mut [Sighting<'_>],
) -> Result<(), StoreError> {
    let failed = |error: sqlx::Error| StoreError::from_sqlx(path, &error);
    let wanted = wanted(sightings);
    let mut holders = holders(connection, &wanted).await.map_err(failed)?;
    let stories = sightings.iter().filter_map(|sighting| sighting.known.as_ref()?.story);
    let stories: BTreeSet<i64> = stories.chain(holders.values().flatten().filter_map(|holder| holder.story)).collect();
    let outlets = outlets(connection, &stories).await.map_err(failed)?;
    for sighting in sightings.iter_mut() {
        if let Some(story) = sighting.known.as_ref().and_then(|known| known.story) {
            sighting.elsewhere = outlets.get(&story).into_iter().flatten().filter(|other| *other != outlet).cloned().collect();
        }
    }
    refuse(connection, path, &wanted, sightings).await?;
    let shared = shared(&wanted);
    holders.retain(|mark, _| !shared.contains(mark));
    let mut taken = HashSet::new();
    for Wanted { place, story, addresses, sketch, published } in wanted {
        if sightings.get(place).is_some_and(|sighting| sighting.refused.is_some()) {
            continue;
        }
        let mut candidates: BTreeMap<i64, (usize, usize, &Holder)> = BTreeMap::new();
        for mark in &addresses {
            let holders = holders.get(mark).map(Vec::as_slice).unwrap_or_default();
            // An address that one outlet has under two articles is that of a section, or of a page that is new every day.
            let of: HashSet<&str> = holders.iter().map(|holder| holder.outlet.as_str()).chain([outlet]).collect();
            if of.len() == holders.len() + 1 {
                holders.iter().for_each(|holder| candidates.entry(holder.article).or_insert((0, 0, holder)).0 += 1);
            }
        }
        for mark in &sketch {
            let holders = holders.get(mark).map(Vec::as_slice).unwrap_or_default();
            let near = |holder: &&Holder| {
                published.is_none_or(|published| published.abs_diff(holder.sort_at) <= APART_MICROS.unsigned_abs())
            };
            let stories: HashSet<(bool, i64)> = holders.iter().map(Holder::whole).collect();
            if i64::try_from(stories.len()).is_ok_and(|number| number <= CROWD) {
                holders.iter().filter(near).for_each(|holder| candidates.entry(holder.article).or_insert((0, 0, holder)).1 += 1);
            }
        }
        let mut candidates: Vec<(usize, usize, &Holder)> = candidates
            .into_values()
            .filter(|(_, _, holder)| {
                // An outlet publishes a story once: what looks like a second time is a story of its own.
                let has_it = holder.story.and_then(|story| outlets.get(&story)).is_some_and(|outlets| outlets.contains(outlet));
                holder.outlet != outlet && !has_it && !taken.contains(&holder.whole())
            })
            .collect();
        candidates.sort_by(|one, other| (other.0, other.1, &one.2.key).cmp(&(one.0, one.1, &other.2.key)));
        // More than one copy of a story: an excerpt may hide what the whole text shows.
        let mut copies: HashMap<(bool, i64), usize> = HashMap::new();
        candidates.retain(|(_, _, holder)| {
            let number = copies.entry(holder.whole()).or_default();
            *number += 1;
            *number <= COPIES
        });
        candidates.truncate(COMPARED);
        let found = confirmed(connection, path, &story, &candidates).await?;
        let Some(sighting) = sightings.get_mut(place) else { continue };
        if let Some(holder) = found {
            taken.insert(holder.whole());
            let ways = holder.story.and_then(|story| outlets.get(&story)).into_iter().flatten();
            sighting.elsewhere = ways.chain([&holder.outlet]).cloned().collect();
            sighting.joins = Some(Join { article: holder.article, story: holder.story, key: holder.key.clone() });
        }
        sighting.story_marks = addresses.into_iter().chain(sketch).collect();
    }
    Ok(())
}

/// Refuses sightings that are a story which the site has withdrawn, whoever brings it and under whatever guid and address.
async fn refuse(
    connection: &mut SqliteConnection,
    path: &Path,
    wanted: &[Wanted],
    sightings: &mut [Sighting<'_>],
) -> Result<(), StoreError> {
    let failed = |error: sqlx::Error| StoreError::from_sqlx(path, &error);
    let marks = wanted.iter().flat_map(|wanted| wanted.addresses.iter().chain(&wanted.sketch)).copied().collect();
    let marked = withdraw::marked(connection, &marks).await.map_err(failed)?;
    if marked.is_empty() {
        return Ok(());
    }
    for Wanted { place, story, addresses, sketch, published: _ } in wanted {
        let mut candidates: BTreeMap<i64, (usize, usize, Holder)> = BTreeMap::new();
        for (mark, is_address) in addresses.iter().map(|mark| (mark, true)).chain(sketch.iter().map(|mark| (mark, false))) {
            for found in marked.get(mark).into_iter().flatten() {
                let withdraw::Marked { article, outlet, key, sort_at } = found.clone();
                let holder = Holder { article, outlet, key, sort_at, story: None };
                let counts = candidates.entry(article).or_insert((0, 0, holder));
                *(if is_address { &mut counts.0 } else { &mut counts.1 }) += 1;
            }
        }
        let mut candidates: Vec<(usize, usize, &Holder)> =
            candidates.values().map(|(addresses, sketch, holder)| (*addresses, *sketch, holder)).collect();
        candidates.sort_by(|one, other| (other.0, other.1, &one.2.key).cmp(&(one.0, one.1, &other.2.key)));
        candidates.truncate(COMPARED);
        let found = confirmed(connection, path, story, &candidates).await?;
        if let Some((found, sighting)) = found.zip(sightings.get_mut(*place)) {
            sighting.incoming.standing = identity::Standing::Held { code: WITHDRAWN, reason: withdraw::REFUSED };
            sighting.refused = Some(found.key.clone());
        }
    }
    Ok(())
}

fn wanted(sightings: &[Sighting<'_>]) -> Vec<Wanted> {
    let is_new = |sighting: &Sighting<'_>| {
        sighting.incoming.is_ready() && matches!(sighting.decision(), Decision::Insert | Decision::Release)
    };
    let is_alone = |sighting: &Sighting<'_>| sighting.known.as_ref().is_none_or(|known| known.story.is_none());
    let open = sightings.iter().enumerate().filter(|(_, sighting)| is_new(sighting) && is_alone(sighting));
    open.map(|(place, sighting)| {
        let article = sighting.incoming.article;
        let story = Story::new(&article.title, article.body.as_str());
        let language = language(article);
        Wanted {
            place,
            addresses: article.marks.story.iter().map(|address| mark('a', &language, address.as_bytes())).collect(),
            sketch: story.sketch().into_iter().map(|shingle| mark('t', &language, &shingle.to_le_bytes())).collect(),
            story,
            published: article.published.map(|published| time(published.at)),
        }
    })
    .collect()
}

/// Marks of addresses that several entries of the document have.
fn shared(wanted: &[Wanted]) -> HashSet<i64> {
    let mut seen = HashSet::new();
    wanted
        .iter()
        .flat_map(|wanted| wanted.addresses.iter().copied().collect::<HashSet<_>>())
        .filter(|mark| !seen.insert(*mark))
        .collect()
}

/// Language and script: a text and its translation, or its conversion to the other Chinese script, are two articles.
fn language(article: &Article) -> String {
    language_of(article.language.as_deref())
}

/// The mark under which an article in `language` is found by an address of its story.
pub(super) fn address_mark(address: &str, language: &str) -> i64 {
    mark('a', &language_of(Some(language)), address.as_bytes())
}

fn language_of(tag: Option<&str>) -> String {
    let tag = tag.unwrap_or("und").to_ascii_lowercase();
    let mut parts = tag.split('-');
    let mut language = parts.next().unwrap_or_default().to_owned();
    if let Some(script) = parts.next().filter(|part| part.len() == 4 && part.bytes().all(|byte| byte.is_ascii_alphabetic())) {
        language.push('-');
        language.push_str(script);
    }
    language
}

fn mark(kind: char, language: &str, value: &[u8]) -> i64 {
    let mut hash = Sha256::new();
    hash.update(format!("{kind}{language}\0"));
    hash.update(value);
    let mut mark = [0; 8];
    mark.copy_from_slice(&hash.finalize()[..8]);
    i64::from_le_bytes(mark)
}

async fn holders(connection: &mut SqliteConnection, wanted: &[Wanted]) -> Result<HashMap<i64, Vec<Holder>>, sqlx::Error> {
    let marks: BTreeSet<i64> = wanted.iter().flat_map(|wanted| wanted.addresses.iter().chain(&wanted.sketch)).copied().collect();
    let mut holders: HashMap<i64, Vec<Holder>> = HashMap::new();
    if marks.is_empty() {
        return Ok(holders);
    }
    for row in sqlx::query(sql::STORY_MARKS).bind(list(marks)).bind(CROWD + 1).fetch_all(connection).await? {
        let holder = Holder {
            article: row.try_get("id")?,
            outlet: row.try_get("outlet")?,
            key: row.try_get("key")?,
            sort_at: row.try_get("sort_at")?,
            story: row.try_get("story")?,
        };
        holders.entry(row.try_get("mark")?).or_default().push(holder);
    }
    Ok(holders)
}

/// The outlets that publish each story.
pub async fn outlets(
    connection: &mut SqliteConnection,
    stories: &BTreeSet<i64>,
) -> Result<HashMap<i64, BTreeSet<String>>, sqlx::Error> {
    let mut outlets: HashMap<i64, BTreeSet<String>> = HashMap::new();
    if stories.is_empty() {
        return Ok(outlets);
    }
    for row in sqlx::query(sql::STORY_OUTLETS).bind(list(stories)).fetch_all(connection).await? {
        outlets.entry(row.try_get("story")?).or_default().insert(row.try_get("outlet")?);
    }
    Ok(outlets)
}

/// The first of the candidates whose text does not say otherwise.
async fn confirmed<'h>(
    connection: &mut SqliteConnection,
    path: &Path,
    story: &Story,
    candidates: &[(usize, usize, &'h Holder)],
) -> Result<Option<&'h Holder>, StoreError> {
    for (by_address, _, holder) in candidates {
        let row = sqlx::query(sql::STORY_COMPARED).bind(holder.article).fetch_one(&mut *connection).await;
        let row = row.map_err(|error| StoreError::from_sqlx(path, &error))?;
        let read = || -> Result<(String, Vec<u8>), sqlx::Error> { Ok((row.try_get("title")?, row.try_get("record")?)) };
        let (title, bytes) = read().map_err(|error| StoreError::from_sqlx(path, &error))?;
        let body = record::body(&bytes).map_err(|record::Unreadable(what)| unreadable(path, &holder.key, &what))?;
        let other = Story::new(&title, body.as_str());
        if (*by_address > 0 && story.may_be(&other)) || story.is_nearly(&other) {
            return Ok(Some(holder));
        }
    }
    Ok(None)
}

/// Makes row `article` another way of the story; gives the story.
pub async fn join(connection: &mut SqliteConnection, join: &Join, article: i64) -> Result<i64, sqlx::Error> {
    let story = match join.story {
        Some(story) => story,
        None => {
            let begun = sqlx::query(sql::BEGIN_STORY).bind(join.article).execute(&mut *connection).await?;
            let story = begun.last_insert_rowid();
            sqlx::query(sql::ADD_WAY).bind(join.article).bind(story).execute(&mut *connection).await?;
            story
        }
    };
    sqlx::query(sql::ADD_WAY).bind(article).bind(story).execute(connection).await?;
    Ok(story)
}

/// Stores the marks of new articles: pairs of mark and row.
pub async fn save_marks(connection: &mut SqliteConnection, marks: &[(i64, i64)]) -> Result<(), sqlx::Error> {
    if !marks.is_empty() {
        sqlx::query(sql::SAVE_STORY_MARKS).bind(list(marks)).execute(connection).await?;
    }
    Ok(())
}

/// Makes what readers see of a story anew from its ways. Another way is no correction; `is_correction`: one of them was changed or is gone, which
/// raises the revision if it was the one shown.
pub async fn settle(
    connection: &mut SqliteConnection,
    path: &Path,
    story: i64,
    is_correction: bool,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let failed = |error: sqlx::Error| StoreError::from_sqlx(path, &error);
    let unreadable =
        |record::Unreadable(what): record::Unreadable| unreadable(path, &format!("number {story} of several ways"), &what);
    let mut ways = Vec::new();
    for row in sqlx::query(sql::WAYS).bind(story).bind(MOST_WAYS).fetch_all(&mut *connection).await.map_err(failed)? {
        let bytes: Vec<u8> = row.try_get("record").map_err(failed)?;
        ways.push(Way {
            id: row.try_get("id").map_err(failed)?,
            key: row.try_get("key").map_err(failed)?,
            content_hash: row.try_get("content_hash").map_err(failed)?,
            attributed: record::decode(&bytes, None).map_err(unreadable)?,
        });
    }
    let Some((shown, content_hash, attributed)) = compose::compose(ways) else {
        sqlx::query(sql::END_STORY).bind(story).execute(connection).await.map_err(failed)?;
        return Ok(());
    };
    let published = attributed.article.published;
    let bytes = record::encode(&attributed.article, Some(&attributed.provenance), published).map_err(unreadable)?;
    sqlx::query(sql::SETTLE_STORY)
        .bind(story)
        .bind(shown)
        .bind(content_hash)
        .bind(bytes)
        .bind(is_correction)
        .bind(time(now))
        .execute(&mut *connection)
        .await
        .map_err(failed)?;
    sqlx::query(sql::SORT_WAYS)
        .bind(story)
        .bind(published.map(|published| time(published.at)))
        .execute(connection)
        .await
        .map_err(failed)?;
    Ok(())
}

/// Whether anybody publishes a story.
pub async fn is_shown(connection: &mut SqliteConnection, story: i64) -> Result<bool, sqlx::Error> {
    sqlx::query_scalar(sql::STORY_SHOWN).bind(story).fetch_one(connection).await
}

/// What an article's story is recognised by from its text alone.
pub fn text_marks(article: &Article) -> Vec<i64> {
    let language = language(article);
    let sketch = Story::new(&article.title, article.body.as_str()).sketch();
    sketch.into_iter().map(|shingle| mark('t', &language, &shingle.to_le_bytes())).collect()
}

/// Takes the copy of one outlet out of what is published. `key`: as readers know it.
pub async fn take_back(
    connection: &mut SqliteConnection,
    path: &Path,
    outlet: &str,
    key: &str,
    reason: &str,
    now: DateTime<Utc>,
) -> Result<Change, StoreError> {
    let failed = |error: sqlx::Error| StoreError::from_sqlx(path, &error);
    let mut change = Change::default();
    for row in sqlx::query(sql::COPIES).bind(outlet).bind(key).fetch_all(&mut *connection).await.map_err(failed)? {
        let id: i64 = row.try_get("id").map_err(failed)?;
        withdraw::take_back(connection, path, id, reason, now, &mut change).await?;
    }
    Ok(change)
}
