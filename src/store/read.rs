//! Rows into the model, and the two wire formats of small things: times and lists.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use chrono::{DateTime, Utc};
use sqlx::sqlite::SqliteRow;
use sqlx::{Row, SqliteConnection};
use url::Url;

use super::failure::StoreError;
use super::recognise::Level;
use super::{Count, Distrusted, HeldArticle, record, sql};
use crate::model::{Beside, Fault, Identity, Moved, PollState, Problem, StoredArticle, Validators};

/// A time as the database keeps it: microseconds since 1970.
pub fn time(at: DateTime<Utc>) -> i64 {
    at.timestamp_micros()
}

/// A list as a statement takes it: a JSON array.
pub fn list<T: serde::Serialize>(values: impl IntoIterator<Item = T>) -> String {
    let values: Vec<T> = values.into_iter().collect();
    serde_json::to_string(&values).unwrap_or_else(|_| "[]".to_owned()) // strings and numbers always serialize
}

/// An article's record cannot be read.
pub fn unreadable(path: &Path, key: &str, what: &str) -> StoreError {
    StoreError::corrupt(path, &format!("the record of article {key} cannot be read: {what}"))
}

/// A time of a row.
pub fn row_time(row: &SqliteRow, column: &str) -> Result<DateTime<Utc>, sqlx::Error> {
    from_micros(column, row.try_get(column)?)
}

/// A time of a row that may be absent.
pub fn maybe_time(row: &SqliteRow, column: &str) -> Result<Option<DateTime<Utc>>, sqlx::Error> {
    row.try_get::<Option<i64>, _>(column)?.map(|micros| from_micros(column, micros)).transpose()
}

fn from_micros(column: &str, micros: i64) -> Result<DateTime<Utc>, sqlx::Error> {
    DateTime::from_timestamp_micros(micros).ok_or_else(|| undecodable(column, format!("{micros} is not a time")))
}

/// A column holds what this program never writes.
pub fn undecodable(column: &str, what: String) -> sqlx::Error {
    sqlx::Error::ColumnDecode { index: column.to_owned(), source: what.into() }
}

/// An address of a row.
pub fn address(column: &str, value: &str) -> Result<Url, sqlx::Error> {
    Url::parse(value).map_err(|error| undecodable(column, format!("`{value}` is not an address: {error}")))
}

/// A row of [`sql::ARTICLE`] or [`sql::ARTICLES`].
pub fn article(row: &SqliteRow, path: &Path) -> Result<StoredArticle, StoreError> {
    let identity = identity(row).map_err(|error| StoreError::from_sqlx(path, &error))?;
    let parts = || -> Result<(String, Option<String>, Vec<u8>), sqlx::Error> {
        Ok((row.try_get("outlet")?, row.try_get("comments")?, row.try_get("record")?))
    };
    let (outlet, comments, bytes) = parts().map_err(|error| StoreError::from_sqlx(path, &error))?;
    let mut attributed =
        record::decode(&bytes, comments.as_deref()).map_err(|record::Unreadable(what)| unreadable(path, &identity.key, &what))?;
    // The record has the id that the outlet had when it was written.
    attributed.article.outlet = outlet;
    Ok(StoredArticle { identity, attributed, beside: Beside::default() })
}

fn identity(row: &SqliteRow) -> Result<Identity, sqlx::Error> {
    Ok(Identity {
        key: row.try_get("key")?,
        id: row.try_get("tag")?,
        first_seen: row_time(row, "first_seen")?,
        changed: row_time(row, "changed_at")?,
        revision: row.try_get("revision")?,
    })
}

/// A row of [`sql::SOURCES`].
pub fn poll_state(row: &SqliteRow) -> Result<PollState, sqlx::Error> {
    let problem = match row.try_get::<Option<String>, _>("problem_code")? {
        None => None,
        Some(code) => {
            let fault: String = row.try_get::<Option<String>, _>("problem_fault")?.unwrap_or_default();
            Some(Problem {
                code,
                fault: Fault::from_name(&fault)
                    .ok_or_else(|| undecodable("problem_fault", format!("`{fault}` is nobody's fault")))?,
                message: row.try_get::<Option<String>, _>("problem_message")?.unwrap_or_default(),
                since: maybe_time(row, "problem_since")?
                    .ok_or_else(|| undecodable("problem_since", "a problem without a beginning".to_owned()))?,
            })
        }
    };
    let hash = |column: &str| -> Result<Option<[u8; 32]>, sqlx::Error> {
        // A hash of another length is of another time: the document is read once more.
        Ok(row.try_get::<Option<Vec<u8>>, _>(column)?.and_then(|hash| hash.try_into().ok()))
    };
    Ok(PollState {
        outlet: row.try_get("outlet")?,
        source: address("address", row.try_get("address")?)?,
        next_poll: row_time(row, "next_poll")?,
        validators: Validators {
            etag: row.try_get("etag")?,
            last_modified: row.try_get("last_modified")?,
            site: row.try_get::<Option<String>, _>("validated_by")?.map(|value| address("validated_by", &value)).transpose()?,
        },
        body_hash: hash("body_hash")?,
        settings: hash("settings")?,
        last_attempt: maybe_time(row, "last_attempt")?,
        last_success: maybe_time(row, "last_success")?,
        last_change: maybe_time(row, "last_change")?,
        failures: row.try_get("failures")?,
        problem,
        moved: row.try_get::<Option<String>, _>("moved_to")?.map(|value| moved(&value)).transpose()?,
        entries: row.try_get("entries")?,
        ttl: row.try_get::<Option<u32>, _>("ttl")?.map(|seconds| Duration::from_secs(seconds.into())),
    })
}

/// Where a source moves to, as it is stored: the address alone when that is for good, and before that the number of polls behind it.
fn written_move(moved: &Moved) -> String {
    if moved.polls >= Moved::FOR_GOOD { moved.to.to_string() } else { format!("{} {}", moved.to, moved.polls) }
}

/// Reads what [`written_move`] wrote. An address has no space in it.
fn moved(written: &str) -> Result<Moved, sqlx::Error> {
    let (to, polls) = match written.split_once(' ') {
        Some((to, polls)) => (to, polls.parse().unwrap_or(0)),
        None => (written, Moved::FOR_GOOD),
    };
    Ok(Moved { to: address("moved_to", to)?, polls })
}

/// Saves a poll state; `changed`: when the poll changed something that readers see, if it did.
pub async fn save_poll_state(
    connection: &mut SqliteConnection,
    state: &PollState,
    changed: Option<DateTime<Utc>>,
) -> Result<(), sqlx::Error> {
    let problem = state.problem.as_ref();
    sqlx::query(sql::SAVE_SOURCE)
        .bind(&state.outlet)
        .bind(state.source.as_str())
        .bind(time(state.next_poll))
        .bind(state.validators.etag.as_deref())
        .bind(state.validators.last_modified.as_deref())
        .bind(state.body_hash.as_ref().map(<[u8; 32]>::as_slice))
        .bind(state.last_attempt.map(time))
        .bind(state.last_success.map(time))
        .bind(changed.or(state.last_change).map(time))
        .bind(state.failures)
        .bind(problem.map(|problem| problem.code.as_str()))
        .bind(problem.map(|problem| problem.fault.name()))
        .bind(problem.map(|problem| problem.message.as_str()))
        .bind(problem.map(|problem| time(problem.since)))
        .bind(state.moved.as_ref().map(written_move))
        .bind(state.entries)
        .bind(state.validators.site.as_ref().map(Url::as_str))
        .bind(state.ttl.map(|ttl| u32::try_from(ttl.as_secs()).unwrap_or(u32::MAX)))
        .bind(state.settings.as_ref().map(<[u8; 32]>::as_slice))
        .bind(changed.is_some())
        .execute(connection)
        .await?;
    Ok(())
}

/// A row of [`sql::HELD`].
pub fn held(row: &SqliteRow) -> Result<HeldArticle, sqlx::Error> {
    Ok(HeldArticle {
        outlet: row.try_get("outlet")?,
        title: row.try_get("title")?,
        url: row.try_get::<Option<String>, _>("url")?.map(|value| address("url", &value)).transpose()?,
        code: row.try_get("held_code")?,
        reason: row.try_get::<Option<String>, _>("held_reason")?.unwrap_or_default(),
        first_seen: row_time(row, "first_seen")?,
    })
}

/// A row of [`sql::DISTRUSTED`].
pub fn distrusted(row: &SqliteRow) -> Result<Distrusted, sqlx::Error> {
    Ok(Distrusted {
        outlet: row.try_get("outlet")?,
        feed: address("feed", row.try_get("feed")?)?,
        // As in `look_up`: a name that this program does not know can only be of a level below those it knows.
        known_by: Level::from_name(row.try_get("level")?).unwrap_or(Level::Fingerprint).name(),
        reason: row.try_get("reason")?,
        since: row_time(row, "since")?,
    })
}

/// Counts per outlet.
pub async fn counts(connection: &mut SqliteConnection) -> Result<BTreeMap<String, Count>, sqlx::Error> {
    let mut counts: BTreeMap<String, Count> = BTreeMap::new();
    for (statement, held) in [(sql::COUNT_READY, false), (sql::COUNT_HELD, true)] {
        for row in sqlx::query(statement).fetch_all(&mut *connection).await? {
            let articles = u64::try_from(row.try_get::<i64, _>("articles")?).unwrap_or(0);
            let count = counts.entry(row.try_get("outlet")?).or_default();
            *(if held { &mut count.held } else { &mut count.ready }) = articles;
        }
    }
    Ok(counts)
}
