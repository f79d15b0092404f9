//! What a feed got in a span of time, for its archive. The time is when an article was first seen here, which never changes, so that a span
//! that is over gets no more of them, however late an article comes after its date.

use std::collections::{BTreeSet, HashSet};

use chrono::{DateTime, Utc};
use sqlx::Row;

use super::read::{list, maybe_time, time};
use super::{Store, StoreError, sql};
use crate::model::StoredArticle;

/// The articles of a span, not yet read. Equal as long as the same articles are in it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Received {
    /// Row ids, in order.
    rows: Vec<i64>,
    /// There were more than were asked for.
    pub is_cut: bool,
}

impl Received {
    /// Nothing was given.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }
}

impl Store {
    /// What these outlets gave from `from` until before `until`, `most` articles at the most: which ones those are is undefined where
    /// [`Received::is_cut`]. A story that came several ways is in the span of the first. Costs as much as there is in the span, not in the store.
    pub async fn received(
        &self,
        outlets: &[String],
        from: DateTime<Utc>,
        until: DateTime<Utc>,
        most: usize,
    ) -> Result<Received, StoreError> {
        let outlets: BTreeSet<&String> = outlets.iter().collect();
        let found = sqlx::query(sql::RECEIVED)
            .bind(list(outlets))
            .bind(time(from))
            .bind(time(until))
            .bind(i64::try_from(most).unwrap_or(i64::MAX).saturating_add(1))
            .fetch_all(&self.shared.readers)
            .await
            .map_err(|error| self.failed(&error))?;
        let is_cut = found.len() > most;
        let mut stories = HashSet::new();
        let mut rows = Vec::with_capacity(found.len().min(most));
        for row in &found {
            let row = || -> Result<(i64, Option<i64>), sqlx::Error> { Ok((row.try_get("id")?, row.try_get("story")?)) };
            let (id, story) = row().map_err(|error| self.failed(&error))?;
            if rows.len() < most && story.is_none_or(|story| stories.insert(story)) {
                rows.push(id);
            }
        }
        rows.sort_unstable();
        Ok(Received { rows, is_cut })
    }

    /// Reads them, newest first by [`StoredArticle::date`], then by key.
    pub async fn read_received(&self, received: &Received) -> Result<Vec<StoredArticle>, StoreError> {
        let mut connection = self.shared.readers.acquire().await.map_err(|error| self.failed(&error))?;
        self.articles(&mut connection, &received.rows).await
    }

    /// When one of these outlets last gave an article before `at`.
    pub async fn received_before(&self, outlets: &[String], at: DateTime<Utc>) -> Result<Option<DateTime<Utc>>, StoreError> {
        self.moment(sql::RECEIVED_BEFORE, outlets, at).await
    }

    /// When one of these outlets first gave an article at `at` or later.
    pub async fn received_since(&self, outlets: &[String], at: DateTime<Utc>) -> Result<Option<DateTime<Utc>>, StoreError> {
        self.moment(sql::RECEIVED_SINCE, outlets, at).await
    }

    async fn moment(
        &self,
        statement: &'static str,
        outlets: &[String],
        at: DateTime<Utc>,
    ) -> Result<Option<DateTime<Utc>>, StoreError> {
        let row = sqlx::query(statement)
            .bind(list(outlets))
            .bind(time(at))
            .fetch_one(&self.shared.readers)
            .await
            .map_err(|error| self.failed(&error))?;
        maybe_time(&row, "at").map_err(|error| self.failed(&error))
    }
}
