//! Who pulled which feed, by the day. Kept for a year and a bit, so that a month can be held against the same one a year ago.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use sqlx::sqlite::SqliteRow;
use sqlx::{Connection, Row};

use super::read::{maybe_time, time};
use super::{Store, StoreError};
use crate::model::{Audience, LastPull, PartnerUse, Pulls};

/// Days that are kept.
const KEPT: i64 = 400;

mod statements {
    pub const ADD_PULLS: &str = "\
        INSERT INTO pulled (day, partner, feed, whole, unchanged, refused, bytes, last_at, status, how, network, agent) \
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) \
        ON CONFLICT (day, partner, feed) DO UPDATE SET \
            whole = pulled.whole + excluded.whole, unchanged = pulled.unchanged + excluded.unchanged, \
            refused = pulled.refused + excluded.refused, bytes = pulled.bytes + excluded.bytes, \
            last_at = coalesce(excluded.last_at, pulled.last_at), \
            status = CASE WHEN excluded.last_at IS NULL THEN pulled.status ELSE excluded.status END, \
            how = CASE WHEN excluded.last_at IS NULL THEN pulled.how ELSE excluded.how END, \
            network = CASE WHEN excluded.last_at IS NULL THEN pulled.network ELSE excluded.network END, \
            agent = CASE WHEN excluded.last_at IS NULL THEN pulled.agent ELSE excluded.agent END";
    pub const ADD_AUDIENCE: &str = "\
        INSERT INTO audience (day, feed, requests, readers, subscribers) VALUES ($1, $2, $3, $4, $5) \
        ON CONFLICT (day, feed) DO UPDATE SET requests = audience.requests + excluded.requests, \
            readers = max(audience.readers, excluded.readers), subscribers = max(audience.subscribers, excluded.subscribers)";
    pub const FORGET_PULLS: &str = "DELETE FROM pulled WHERE day < $1";
    pub const FORGET_AUDIENCE: &str = "DELETE FROM audience WHERE day < $1";
    pub const PULLS: &str = "SELECT * FROM pulled WHERE day >= $1 ORDER BY partner, feed, day";
    /// By partner; of the columns that are in no aggregate, SQLite takes those of the row with the maximum.
    pub const USES: &str = "\
        SELECT partner, \
            coalesce(sum(whole + unchanged) FILTER (WHERE day = $1), 0) AS today, \
            coalesce(sum(whole + unchanged) FILTER (WHERE day > $1 - 7), 0) AS week, \
            coalesce(sum(refused) FILTER (WHERE day > $1 - 7), 0) AS refused, \
            coalesce(sum(bytes) FILTER (WHERE day > $1 - 7), 0) AS bytes, \
            max(last_at) AS last_at, status, how, network, agent \
        FROM pulled GROUP BY partner ORDER BY partner";
    /// Outlets that publish a story, by its key.
    pub const OUTLETS: &str = "\
        SELECT DISTINCT article.outlet FROM story JOIN story_way AS way ON way.story = story.id \
        JOIN article ON article.id = way.article WHERE story.key = $1 AND article.held_code IS NULL";
    pub const AUDIENCE: &str = "SELECT * FROM audience WHERE day >= $1 ORDER BY feed, day";
}

fn number(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX / 4)
}

/// Days of UTC since 1970.
fn day(at: DateTime<Utc>) -> i64 {
    at.timestamp().div_euclid(24 * 60 * 60)
}

impl Store {
    /// Adds what was counted, in one transaction, and forgets what is older than is kept.
    ///
    /// # Errors
    /// Nothing was added.
    pub async fn add_access(&self, pulls: &[Pulls], audiences: &[Audience], now: DateTime<Utc>) -> Result<(), StoreError> {
        let mut connection = self.writer()?.acquire().await.map_err(|error| self.failed(&error))?;
        let added = async {
            let mut transaction = connection.begin_with("BEGIN IMMEDIATE").await?;
            for row in pulls {
                let last = row.last.as_ref();
                let query = sqlx::query(statements::ADD_PULLS).bind(row.day);
                let query = query.bind(row.partner.as_deref().unwrap_or_default()).bind(row.feed.as_deref().unwrap_or_default());
                let query =
                    query.bind(number(row.whole)).bind(number(row.unchanged)).bind(number(row.refused)).bind(number(row.bytes));
                let query = query.bind(last.map(|last| time(last.at))).bind(last.map(|last| i64::from(last.status)));
                let query = query.bind(last.map(|last| last.how.as_str())).bind(last.and_then(|last| last.network.as_deref()));
                query.bind(last.and_then(|last| last.agent.as_deref())).execute(&mut *transaction).await?;
            }
            for row in audiences {
                let query = sqlx::query(statements::ADD_AUDIENCE).bind(row.day).bind(&row.feed).bind(number(row.requests));
                query.bind(number(row.readers)).bind(number(row.subscribers)).execute(&mut *transaction).await?;
            }
            for statement in [statements::FORGET_PULLS, statements::FORGET_AUDIENCE] {
                sqlx::query(statement).bind(day(now) - KEPT).execute(&mut *transaction).await?;
            }
            transaction.commit().await
        };
        let added: Result<(), sqlx::Error> = added.await;
        if added.is_err() {
            let _ = connection.close().await; // as in `record_following`
        }
        added.map_err(|error| self.failed(&error))
    }

    /// The outlets that the story with this key came from and that publish it; none where it is the article of one outlet.
    pub async fn outlets_of(&self, key: &str) -> Result<BTreeSet<String>, StoreError> {
        let query = sqlx::query_scalar(statements::OUTLETS).bind(key);
        let outlets: Vec<String> = query.fetch_all(&self.shared.readers).await.map_err(|error| self.failed(&error))?;
        Ok(outlets.into_iter().collect())
    }

    /// What was pulled since the day of `from`, by partner, feed and day.
    pub async fn pulls(&self, from: DateTime<Utc>) -> Result<Vec<Pulls>, StoreError> {
        let failed = |error: sqlx::Error| self.failed(&error);
        let rows = sqlx::query(statements::PULLS).bind(day(from)).fetch_all(&self.shared.readers).await.map_err(failed)?;
        rows.iter().map(pulls).collect::<Result<_, _>>().map_err(failed)
    }

    /// What each partner pulled lately, and how often strangers were refused; no row for who never came.
    pub async fn partner_uses(&self, now: DateTime<Utc>) -> Result<Vec<PartnerUse>, StoreError> {
        let failed = |error: sqlx::Error| self.failed(&error);
        let rows = sqlx::query(statements::USES).bind(day(now)).fetch_all(&self.shared.readers).await.map_err(failed)?;
        let read = |row: &SqliteRow| -> Result<PartnerUse, sqlx::Error> {
            Ok(PartnerUse {
                partner: Some(row.try_get::<String, _>("partner")?).filter(|name| !name.is_empty()),
                today: count(row, "today")?,
                week: count(row, "week")?,
                refused: count(row, "refused")?,
                bytes: count(row, "bytes")?,
                last: last(row)?,
            })
        };
        rows.iter().map(read).collect::<Result<_, _>>().map_err(failed)
    }

    /// Who read the public feeds since the day of `from`, by feed and day.
    pub async fn audiences(&self, from: DateTime<Utc>) -> Result<Vec<Audience>, StoreError> {
        let failed = |error: sqlx::Error| self.failed(&error);
        let rows = sqlx::query(statements::AUDIENCE).bind(day(from)).fetch_all(&self.shared.readers).await.map_err(failed)?;
        let read = |row: &SqliteRow| -> Result<Audience, sqlx::Error> {
            Ok(Audience {
                day: row.try_get("day")?,
                feed: row.try_get("feed")?,
                requests: count(row, "requests")?,
                readers: count(row, "readers")?,
                subscribers: count(row, "subscribers")?,
            })
        };
        rows.iter().map(read).collect::<Result<_, _>>().map_err(failed)
    }
}

fn count(row: &SqliteRow, column: &str) -> Result<u64, sqlx::Error> {
    Ok(u64::try_from(row.try_get::<i64, _>(column)?).unwrap_or_default())
}

fn last(row: &SqliteRow) -> Result<Option<LastPull>, sqlx::Error> {
    let Some(at) = maybe_time(row, "last_at")? else { return Ok(None) };
    Ok(Some(LastPull {
        at,
        status: u16::try_from(row.try_get::<i64, _>("status")?).unwrap_or_default(),
        how: row.try_get("how")?,
        network: row.try_get("network")?,
        agent: row.try_get("agent")?,
    }))
}

fn pulls(row: &SqliteRow) -> Result<Pulls, sqlx::Error> {
    let named = |column| Ok::<_, sqlx::Error>(Some(row.try_get::<String, _>(column)?).filter(|name| !name.is_empty()));
    Ok(Pulls {
        day: row.try_get("day")?,
        partner: named("partner")?,
        feed: named("feed")?,
        whole: count(row, "whole")?,
        unchanged: count(row, "unchanged")?,
        refused: count(row, "refused")?,
        bytes: count(row, "bytes")?,
        last: last(row)?,
    })
}
