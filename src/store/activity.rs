//! What came lately, for those who look after the site.

use chrono::{DateTime, TimeDelta, Utc};
use sqlx::Row;

use super::read::{list, row_time};
use super::{Store, StoreError};

/// Most articles looked at: at more, the oldest of them are left out.
const MOST: i64 = 200_000;

/// Of an outlet's index by first sight, which has all the columns: no article is read.
pub(super) const ARRIVED: &str = "\
    SELECT wanted.key AS place, given.first_seen, given.first_seen - given.sort_at AS lag, \
           given.first_seen = ( \
             SELECT min(oldest.first_seen) FROM article AS oldest WHERE oldest.outlet = wanted.value AND oldest.held_code IS NULL) AS first \
    FROM json_each($1) AS wanted CROSS JOIN article AS given \
      ON given.outlet = wanted.value AND given.held_code IS NULL AND given.first_seen >= $2 \
    ORDER BY given.first_seen DESC LIMIT $3";

/// An article that came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Arrival {
    /// Place of its outlet in the list that was asked for, from 0.
    pub outlet: usize,
    /// When it was first seen.
    pub at: DateTime<Utc>,
    /// From its date of publication to then. `None` where it has no date, or one still to come, and for what an outlet had when it was polled for
    /// the first time: nobody waited for that.
    pub lag: Option<TimeDelta>,
}

impl Store {
    /// The published articles of these outlets that were first seen at `since` or later, the latest first.
    pub async fn arrivals(&self, outlets: &[&str], since: DateTime<Utc>) -> Result<Vec<Arrival>, StoreError> {
        let failed = |error: sqlx::Error| self.failed(&error);
        let query = sqlx::query(ARRIVED).bind(list(outlets)).bind(since.timestamp_micros()).bind(MOST);
        let rows = query.fetch_all(&self.shared.readers).await.map_err(failed)?;
        let read = |row: &sqlx::sqlite::SqliteRow| -> Result<Arrival, sqlx::Error> {
            let lag: i64 = row.try_get("lag")?;
            let first: bool = row.try_get("first")?;
            Ok(Arrival {
                outlet: usize::try_from(row.try_get::<i64, _>("place")?).unwrap_or(usize::MAX),
                at: row_time(row, "first_seen")?,
                lag: (lag > 0 && !first).then(|| TimeDelta::microseconds(lag)),
            })
        };
        rows.iter().map(read).collect::<Result<_, _>>().map_err(failed)
    }
}
