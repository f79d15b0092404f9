//! What came lately, for those who look after the site.

use chrono::{DateTime, TimeDelta, Utc};
use sqlx::Row;

use super::read::list;
use super::{Store, StoreError};

/// One row an outlet with all that came, `first_seen lag` separated by commas: a row an article costs the driver more than the reading. Of an
/// outlet's index by first sight, which has all the columns: no article is read.
pub(super) const ARRIVED: &str = "\
    SELECT wanted.key AS place, ( \
      SELECT group_concat(given.first_seen || ' ' || CASE WHEN given.first_seen > given.sort_at AND given.first_seen > ( \
          SELECT min(oldest.first_seen) FROM article AS oldest WHERE oldest.outlet = wanted.value AND oldest.held_code IS NULL \
        ) THEN given.first_seen - given.sort_at ELSE '' END) \
      FROM article AS given WHERE given.outlet = wanted.value AND given.held_code IS NULL AND given.first_seen >= $2) AS came \
    FROM json_each($1) AS wanted";

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
    /// The published articles of these outlets that were first seen at `since` or later, by outlet.
    pub async fn arrivals(&self, outlets: &[&str], since: DateTime<Utc>) -> Result<Vec<Arrival>, StoreError> {
        let failed = |error: sqlx::Error| self.failed(&error);
        let query = sqlx::query(ARRIVED).bind(list(outlets)).bind(since.timestamp_micros());
        let rows = query.fetch_all(&self.shared.readers).await.map_err(failed)?;
        let mut arrivals = Vec::new();
        for row in rows {
            let place: i64 = row.try_get("place").map_err(failed)?;
            let came: Option<String> = row.try_get("came").map_err(failed)?;
            let outlet = usize::try_from(place).unwrap_or(usize::MAX);
            for pair in came.iter().flat_map(|came| came.split(',')) {
                let arrival = arrival(outlet, pair).ok_or_else(|| sqlx::Error::Decode(format!("{pair:?} is no arrival").into()));
                arrivals.push(arrival.map_err(failed)?);
            }
        }
        Ok(arrivals)
    }
}

/// `first_seen lag`, microseconds; the lag may be missing.
fn arrival(outlet: usize, pair: &str) -> Option<Arrival> {
    let (seen, lag) = pair.split_once(' ')?;
    let at = DateTime::from_timestamp_micros(seen.parse().ok()?)?;
    let lag = if lag.is_empty() { None } else { Some(TimeDelta::microseconds(lag.parse().ok()?)) };
    Some(Arrival { outlet, at, lag })
}
