//! What translations cost: reserved before each call, settled after it. What a crash leaves reserved counts as spent, so that no budget is ever
//! exceeded; it costs one call at the most.

use chrono::{DateTime, Utc};
use sqlx::{Connection, Row, SqliteConnection};

use super::translation::{Remembered, remember};
use super::{Store, StoreError};
use crate::model::Spending;

mod statements {
    /// What one translator may have cost on a day.
    pub const OF_TRANSLATOR: &str = "\
        SELECT coalesce(sum(spent + reserved), 0) FROM translation_spending WHERE day = $1 AND translator = $2";
    /// What one feed may have cost on a day, whoever translated.
    pub const OF_FEED: &str = "SELECT coalesce(sum(spent + reserved), 0) FROM translation_spending WHERE day = $1 AND feed = $2";
    pub const RESERVE: &str = "\
        INSERT INTO translation_spending (day, translator, feed, unit, spent, reserved, calls) VALUES ($1, $2, $3, $4, 0, $5, 1) \
        ON CONFLICT (day, translator, feed) DO UPDATE SET \
            unit = excluded.unit, reserved = translation_spending.reserved + excluded.reserved, calls = translation_spending.calls + 1";
    pub const SETTLE: &str = "\
        UPDATE translation_spending SET spent = spent + $5, reserved = max(reserved - $4, 0) \
        WHERE day = $1 AND translator = $2 AND feed = $3";
    pub const LEDGER: &str = "\
        SELECT translator, feed, unit, spent, reserved, calls FROM translation_spending WHERE day = $1 ORDER BY translator, feed";
}

/// Who pays for a call, and how much that may be on a day.
#[derive(Debug, Clone, Copy)]
pub struct Account<'a> {
    /// Id of the translator.
    pub translator: &'a str,
    /// Most of a day.
    pub budget: Option<u64>,
    /// Id of the feed.
    pub feed: &'a str,
    /// Most of a day, whoever translates.
    pub feed_budget: Option<u64>,
    /// In what.
    pub unit: &'a str,
}

/// What was set aside for a call: to be settled, once.
#[derive(Debug)]
#[must_use = "what is reserved and not settled counts as spent"]
pub struct Reservation {
    day: i64,
    translator: String,
    feed: String,
    cost: u64,
}

/// Why nothing was set aside.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// Whose budget it is: `translator` or `feed`.
    pub whose: &'static str,
    /// Its id.
    pub id: String,
    /// What of it is left today.
    pub left: u64,
    /// What the whole of it is.
    pub budget: u64,
}

/// The day of UTC a time is in, since 1970.
fn day(at: DateTime<Utc>) -> i64 {
    at.timestamp().div_euclid(24 * 60 * 60)
}

fn number(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

impl Store {
    /// Sets aside what a call may cost, if both budgets have it left.
    ///
    /// # Errors
    /// Nothing was set aside.
    pub async fn reserve(
        &self,
        account: &Account<'_>,
        cost: u64,
        now: DateTime<Utc>,
    ) -> Result<Result<Reservation, Refusal>, StoreError> {
        let mut connection = self.writer()?.acquire().await.map_err(|error| self.failed(&error))?;
        let reserved = reserve(&mut connection, account, cost, day(now)).await;
        if reserved.is_err() {
            let _ = connection.close().await; // as in `record_following`
        }
        reserved.map_err(|error| self.failed(&error))
    }

    /// Books what a call did cost, and saves in the same transaction what it was paid for.
    ///
    /// # Errors
    /// Nothing was booked: all that was reserved counts as spent.
    pub async fn settle(
        &self,
        reservation: Reservation,
        spent: u64,
        texts: &[([u8; 32], Remembered)],
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        let mut connection = self.writer()?.acquire().await.map_err(|error| self.failed(&error))?;
        let settled = async {
            let mut transaction = connection.begin_with("BEGIN IMMEDIATE").await?;
            let query =
                sqlx::query(statements::SETTLE).bind(reservation.day).bind(&reservation.translator).bind(&reservation.feed);
            query.bind(number(reservation.cost)).bind(number(spent)).execute(&mut *transaction).await?;
            remember(&mut transaction, texts, now).await?;
            transaction.commit().await
        };
        let settled: Result<(), sqlx::Error> = settled.await;
        if settled.is_err() {
            let _ = connection.close().await; // as in `record_following`
        }
        settled.map_err(|error| self.failed(&error))
    }

    /// What translators cost on the day of `at`, by translator, then feed.
    pub async fn spending(&self, at: DateTime<Utc>) -> Result<Vec<Spending>, StoreError> {
        let failed = |error: sqlx::Error| self.failed(&error);
        let rows = sqlx::query(statements::LEDGER).bind(day(at)).fetch_all(&self.shared.readers).await.map_err(failed)?;
        let read = |row: &sqlx::sqlite::SqliteRow| -> Result<Spending, sqlx::Error> {
            let count = |column| Ok::<_, sqlx::Error>(u64::try_from(row.try_get::<i64, _>(column)?).unwrap_or_default());
            Ok(Spending {
                translator: row.try_get("translator")?,
                feed: row.try_get("feed")?,
                unit: row.try_get("unit")?,
                spent: count("spent")?,
                reserved: count("reserved")?,
                calls: count("calls")?,
            })
        };
        rows.iter().map(read).collect::<Result<_, _>>().map_err(failed)
    }
}

async fn reserve(
    connection: &mut SqliteConnection,
    account: &Account<'_>,
    cost: u64,
    day: i64,
) -> Result<Result<Reservation, Refusal>, sqlx::Error> {
    let mut transaction = connection.begin_with("BEGIN IMMEDIATE").await?;
    let sides = [
        ("translator", account.translator, account.budget, statements::OF_TRANSLATOR),
        ("feed", account.feed, account.feed_budget, statements::OF_FEED),
    ];
    for (whose, id, budget, statement) in sides {
        let Some(budget) = budget else { continue };
        let used: i64 = sqlx::query_scalar(statement).bind(day).bind(id).fetch_one(&mut *transaction).await?;
        let left = budget.saturating_sub(u64::try_from(used).unwrap_or_default());
        if cost > left {
            return Ok(Err(Refusal { whose, id: id.to_owned(), left, budget }));
        }
    }
    let query = sqlx::query(statements::RESERVE).bind(day).bind(account.translator).bind(account.feed).bind(account.unit);
    query.bind(number(cost)).execute(&mut *transaction).await?;
    transaction.commit().await?;
    let (translator, feed) = (account.translator.to_owned(), account.feed.to_owned());
    Ok(Ok(Reservation { day, translator, feed, cost }))
}
