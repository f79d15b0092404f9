//! The newest articles of many outlets, in time that depends on the length of the window and not on how much is stored.
//!
//! Each outlet's rows are in order in an index. The newest of all outlets are found by merging: a few rows of each, then more of those whose
//! last row still made it. An outlet that is read deeper had its rows among the newest, so no more is read than a small multiple of the
//! window plus one row an outlet. A story that came from several outlets has a row with each and is shown once.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use chrono::{DateTime, Utc};
use sqlx::{Row, SqliteConnection};

use super::read::{self, list, time};
use super::{Store, StoreError, Window, sql};
use crate::model::StoredArticle;

impl Store {
    /// The `take` articles of these outlets that come after the newest `skip`, by [`StoredArticle::date`], then by key: to look through many without
    /// having them all at once. Places are read for both, records only for those that are taken.
    pub async fn newest(&self, outlets: &[String], skip: usize, take: usize) -> Result<Vec<StoredArticle>, StoreError> {
        let failed = |error: sqlx::Error| self.failed(&error);
        let mut transaction = self.shared.readers.begin().await.map_err(failed)?;
        let places = merge(&mut transaction, outlets, By::Date, skip.saturating_add(take)).await.map_err(failed)?;
        let ids = list(places.into_iter().skip(skip).map(|place| place.id));
        let rows = sqlx::query(sql::ARTICLES).bind(ids).fetch_all(&mut *transaction).await.map_err(failed)?;
        transaction.commit().await.map_err(failed)?;
        rows.iter().map(|row| read::article(row, &self.shared.path)).collect()
    }
}

/// A row's place in its order: `first` and `second` descending, then `key` ascending.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Place {
    first: i64,
    second: i64,
    key: String,
    id: i64,
    /// The story it is one way of.
    story: Option<i64>,
}

impl Place {
    /// The same for all ways of a story.
    fn whole(&self) -> (bool, i64) {
        self.story.map_or((false, self.id), |story| (true, story))
    }

    fn order(&self) -> (std::cmp::Reverse<i64>, std::cmp::Reverse<i64>, &str) {
        (std::cmp::Reverse(self.first), std::cmp::Reverse(self.second), &self.key)
    }
}

/// What to merge by.
#[derive(Debug, Clone, Copy)]
enum By {
    Date,
    FirstSeen { since: DateTime<Utc> },
}

/// Row ids of the articles a feed shows: the newest by date, then the rest of what was first seen lately, the latest first, until `ceiling`.
pub async fn rows(connection: &mut SqliteConnection, window: &Window<'_>) -> Result<Vec<i64>, sqlx::Error> {
    let size = window.size.min(window.ceiling);
    let mut places = merge(connection, window.outlets, By::Date, size).await?;
    if places.len() < window.ceiling {
        let shown: HashSet<(bool, i64)> = places.iter().map(Place::whole).collect();
        let recent = merge(connection, window.outlets, By::FirstSeen { since: window.since }, window.ceiling).await?;
        let room = window.ceiling - places.len();
        places.extend(recent.into_iter().filter(|place| !shown.contains(&place.whole())).take(room));
    }
    Ok(places.into_iter().map(|place| place.id).collect())
}

async fn merge(connection: &mut SqliteConnection, outlets: &[String], by: By, limit: usize) -> Result<Vec<Place>, sqlx::Error> {
    let all = list(outlets);
    let mut open: BTreeSet<&str> = outlets.iter().map(String::as_str).collect();
    let mut found: BTreeMap<&str, Vec<Place>> = BTreeMap::new();
    if limit == 0 || open.is_empty() {
        return Ok(Vec::new());
    }
    let mut depth = limit.div_ceil(open.len());
    loop {
        let mut read = places(connection, &open, by, depth, &all).await?;
        for outlet in &open {
            found.insert(outlet, read.remove(*outlet).unwrap_or_default());
        }
        let mut newest: Vec<&Place> = found.values().flatten().collect();
        newest.sort_unstable_by(|a, b| a.order().cmp(&b.order()));
        let mut seen = HashSet::with_capacity(newest.len());
        newest.retain(|place| seen.insert(place.whole()));
        newest.truncate(limit);
        let last = newest.last().filter(|_| newest.len() == limit).map(|place| place.order());
        // An outlet may have more to give if all it was asked for came and its last row is among the newest.
        open.retain(|outlet| {
            let places = found.get(outlet).map(Vec::as_slice).unwrap_or_default();
            places.len() >= depth && places.last().is_some_and(|place| last.is_none_or(|last| place.order() <= last))
        });
        if open.is_empty() || depth >= limit {
            return Ok(newest.into_iter().cloned().collect());
        }
        depth = depth.saturating_mul(4).min(limit);
    }
}

/// The first `depth` rows of each outlet, in order. `all`: every outlet of the window, as a list.
async fn places(
    connection: &mut SqliteConnection,
    outlets: &BTreeSet<&str>,
    by: By,
    depth: usize,
    all: &str,
) -> Result<BTreeMap<String, Vec<Place>>, sqlx::Error> {
    let outlets = list(outlets.iter().copied());
    let depth = i64::try_from(depth).unwrap_or(i64::MAX);
    let rows = match by {
        By::Date => sqlx::query(sql::NEWEST).bind(outlets).bind(depth).fetch_all(connection).await?,
        By::FirstSeen { since } => {
            sqlx::query(sql::RECENT).bind(outlets).bind(depth).bind(time(since)).bind(all).fetch_all(connection).await?
        }
    };
    let mut places: BTreeMap<String, Vec<Place>> = BTreeMap::new();
    for row in rows {
        let place = Place {
            first: row.try_get("first")?,
            second: row.try_get("second")?,
            key: row.try_get("key")?,
            id: row.try_get("id")?,
            story: row.try_get("story")?,
        };
        places.entry(row.try_get("outlet")?).or_default().push(place);
    }
    for places in places.values_mut() {
        places.sort_unstable_by(|a, b| a.order().cmp(&b.order()));
    }
    Ok(places)
}
