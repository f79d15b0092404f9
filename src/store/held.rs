//! What is held, as it was stored, to be judged anew without asking its outlet.

use chrono::{DateTime, Utc};
use sqlx::{Connection, Row, SqliteConnection};

use super::failure::StoreError;
use super::look_up::{self, Document};
use super::read::{address, list, time, unreadable};
use super::story::WITHDRAWN;
use super::{Change, Store, record, sql, write};
use crate::model::{Article, Verdict};

/// A held article as it is stored.
#[derive(Debug, Clone)]
pub struct HeldRecord {
    /// The article, with what was found out about it.
    pub article: Article,
    /// Why it is held, short stable name.
    pub code: String,
}

impl Store {
    /// Keys of the held articles of these outlets, newest first, `most` at most. What is withdrawn is not among them.
    pub async fn held_keys(&self, outlets: &[String], most: usize) -> Result<Vec<String>, StoreError> {
        sqlx::query_scalar(sql::HELD_KEYS)
            .bind(list(outlets))
            .bind(WITHDRAWN)
            .bind(i64::try_from(most).unwrap_or(i64::MAX))
            .fetch_all(&self.shared.readers)
            .await
            .map_err(|error| self.failed(&error))
    }

    /// A held article by its key; `None` when it is held no more.
    ///
    /// # Errors
    /// The store does not answer, or the record of the article cannot be read.
    pub async fn held_record(&self, key: &str) -> Result<Option<HeldRecord>, StoreError> {
        let failed = |error: sqlx::Error| self.failed(&error);
        let row = sqlx::query(sql::HELD_RECORD).bind(key).fetch_optional(&self.shared.readers).await.map_err(failed)?;
        let Some(row) = row else { return Ok(None) };
        let bytes: Vec<u8> = row.try_get("record").map_err(failed)?;
        let comments: Option<String> = row.try_get("comments").map_err(failed)?;
        let mut article = record::decode_article(&bytes, comments.as_deref())
            .map_err(|record::Unreadable(what)| unreadable(&self.shared.path, key, &what))?;
        // The columns follow an outlet that gets another id or address.
        article.outlet = row.try_get("outlet").map_err(failed)?;
        article.feed_url = row.try_get("feed").and_then(|feed| address("feed", feed)).map_err(failed)?;
        Ok(Some(HeldRecord { article, code: row.try_get("held_code").map_err(failed)? }))
    }

    /// Saves another verdict on the held article `key`: it keeps its key, its id and when it was first seen. Nothing changes when it is not held any
    /// more, or when its feed is known by something else by now than what the article can be told by.
    ///
    /// # Errors
    /// Nothing was changed.
    pub async fn record_held(&self, key: &str, verdict: &Verdict, now: DateTime<Utc>) -> Result<Change, StoreError> {
        let writer = self.writer()?;
        let mut connection = writer.acquire().await.map_err(|error| self.failed(&error))?;
        let recorded = self.record_held_on(&mut connection, key, verdict, now).await;
        if recorded.is_err() {
            // As in `record_following`: a connection whose transaction failed is not used again.
            let _ = connection.close().await; // the error to report is the first one
        }
        recorded
    }

    async fn record_held_on(
        &self,
        connection: &mut SqliteConnection,
        key: &str,
        verdict: &Verdict,
        now: DateTime<Utc>,
    ) -> Result<Change, StoreError> {
        let failed = |error: sqlx::Error| self.failed(&error);
        let path = &self.shared.path;
        let document = Document::of(std::slice::from_ref(verdict)).await;
        let mut transaction = connection.begin_with("BEGIN IMMEDIATE").await.map_err(failed)?;
        for source in document.sources() {
            let found = look_up::source(&mut transaction, path, &source).await?;
            let is_it = found
                .sightings
                .iter()
                .all(|sighting| sighting.known.as_ref().is_some_and(|known| known.key == key && known.held && !known.withdrawn));
            // One entry alone says nothing about its feed.
            if !is_it || found.trust.is_changed {
                return Ok(Change::default());
            }
        }
        let place = write::Place { path, authority: &self.shared.authority };
        let change = write::articles(&mut transaction, place, &document, now).await?.change;
        if change.is_visible() {
            for source in document.sources() {
                let query = sqlx::query(sql::SOURCE_CHANGED).bind(source.outlet).bind(source.feed).bind(time(now));
                query.execute(&mut *transaction).await.map_err(failed)?;
            }
        }
        transaction.commit().await.map_err(failed)?;
        Ok(change)
    }
}
