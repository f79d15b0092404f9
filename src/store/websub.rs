//! WebSub: who is told of our feeds, and which hubs tell us of partners' feeds.

use chrono::{DateTime, Utc};
use sqlx::sqlite::{SqliteArguments, SqliteRow};
use sqlx::{Connection, Row, Sqlite};
use url::Url;

use super::{Store, StoreError};
use crate::model::{Advertised, HubSubscription, HubVerification, SourceSubscription, SubscriptionState};

mod statements {
    pub const SUBSCRIPTIONS: &str = "\
        SELECT topic, callback, pings, secret, lease_until, delivered, tries, next_try FROM hub_subscription ORDER BY topic, callback";
    pub const KEEP_SUBSCRIPTION: &str = "\
        INSERT INTO hub_subscription (topic, callback, pings, secret, lease_until, delivered, tries, next_try) \
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8) \
        ON CONFLICT (topic, callback) DO UPDATE SET pings = excluded.pings, secret = excluded.secret, \
            lease_until = excluded.lease_until, delivered = excluded.delivered, tries = excluded.tries, next_try = excluded.next_try";
    pub const NOTE_DELIVERY: &str = "\
        UPDATE hub_subscription SET delivered = $3, tries = $4, next_try = $5 WHERE topic = $1 AND callback = $2";
    pub const DROP_SUBSCRIPTION: &str = "DELETE FROM hub_subscription WHERE topic = $1 AND callback = $2";
    pub const VERIFICATIONS: &str = "\
        SELECT topic, callback, subscribe, secret, lease, tries, next_try FROM hub_verification ORDER BY next_try";
    pub const KEEP_VERIFICATION: &str = "\
        INSERT INTO hub_verification (topic, callback, subscribe, secret, lease, tries, next_try) VALUES ($1, $2, $3, $4, $5, $6, $7) \
        ON CONFLICT (topic, callback) DO UPDATE SET subscribe = excluded.subscribe, secret = excluded.secret, \
            lease = excluded.lease, tries = excluded.tries, next_try = excluded.next_try";
    pub const DROP_VERIFICATION: &str = "DELETE FROM hub_verification WHERE topic = $1 AND callback = $2";
    pub const SOURCES: &str = "\
        SELECT token, outlet, source, hub, topic, secret, state, asked_at, lease_until, tries, next_try FROM source_subscription";
    pub const KEEP_SOURCE: &str = "\
        INSERT INTO source_subscription (token, outlet, source, hub, topic, secret, state, asked_at, lease_until, tries, next_try) \
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) \
        ON CONFLICT (token) DO UPDATE SET state = excluded.state, asked_at = excluded.asked_at, \
            lease_until = excluded.lease_until, tries = excluded.tries, next_try = excluded.next_try";
    pub const DROP_SOURCE: &str = "DELETE FROM source_subscription WHERE token = $1";
}

type Query<'q> = sqlx::query::Query<'q, Sqlite, SqliteArguments>;

impl Store {
    /// Everybody who is told of our feeds.
    pub async fn hub_subscriptions(&self) -> Result<Vec<HubSubscription>, StoreError> {
        self.rows(statements::SUBSCRIPTIONS, hub_subscription).await
    }

    /// Requests at our hub that are yet to be confirmed, longest due first.
    pub async fn hub_verifications(&self) -> Result<Vec<HubVerification>, StoreError> {
        self.rows(statements::VERIFICATIONS, hub_verification).await
    }

    /// Saves a subscription at our hub, in place of an earlier one of that callback to that topic, and ends its verification. One transaction.
    ///
    /// # Errors
    /// Nothing was saved.
    pub async fn keep_hub_subscription(&self, subscription: &HubSubscription) -> Result<(), StoreError> {
        let (topic, callback) = (&subscription.topic, subscription.callback.as_str());
        let keep = sqlx::query(statements::KEEP_SUBSCRIPTION).bind(topic).bind(callback).bind(subscription.pings);
        let keep = keep.bind(&subscription.secret).bind(subscription.lease_until.timestamp_millis());
        let keep = keep.bind(&subscription.delivered).bind(subscription.tries).bind(millis(subscription.next_try));
        let end = sqlx::query(statements::DROP_VERIFICATION).bind(topic).bind(callback);
        self.write_both(keep, end).await
    }

    /// Saves what became of a delivery.
    ///
    /// # Errors
    /// Nothing was saved: it is delivered once more.
    pub async fn note_hub_delivery(&self, subscription: &HubSubscription) -> Result<(), StoreError> {
        let query = sqlx::query(statements::NOTE_DELIVERY).bind(&subscription.topic).bind(subscription.callback.as_str());
        self.write_one(query.bind(&subscription.delivered).bind(subscription.tries).bind(millis(subscription.next_try))).await
    }

    /// Ends a subscription at our hub and its verification. One transaction.
    ///
    /// # Errors
    /// Nothing was changed.
    pub async fn drop_hub_subscription(&self, topic: &str, callback: &Url) -> Result<(), StoreError> {
        let callback = callback.as_str();
        let end = sqlx::query(statements::DROP_SUBSCRIPTION).bind(topic).bind(callback);
        self.write_both(end, sqlx::query(statements::DROP_VERIFICATION).bind(topic).bind(callback)).await
    }

    /// Saves a request at our hub, in place of an earlier one of that callback for that topic.
    ///
    /// # Errors
    /// Nothing was saved.
    pub async fn keep_hub_verification(&self, verification: &HubVerification) -> Result<(), StoreError> {
        let query = sqlx::query(statements::KEEP_VERIFICATION).bind(&verification.topic).bind(verification.callback.as_str());
        let query = query.bind(verification.subscribe).bind(&verification.secret).bind(verification.lease);
        self.write_one(query.bind(verification.tries).bind(verification.next_try.timestamp_millis())).await
    }

    /// Gives a request at our hub up.
    ///
    /// # Errors
    /// It is still there.
    pub async fn drop_hub_verification(&self, topic: &str, callback: &Url) -> Result<(), StoreError> {
        self.write_one(sqlx::query(statements::DROP_VERIFICATION).bind(topic).bind(callback.as_str())).await
    }

    /// Our subscriptions at the hubs of partners.
    pub async fn source_subscriptions(&self) -> Result<Vec<SourceSubscription>, StoreError> {
        self.rows(statements::SOURCES, source_subscription).await
    }

    /// Saves a subscription of ours, new or further on.
    ///
    /// # Errors
    /// Nothing was saved.
    pub async fn keep_source_subscription(&self, subscription: &SourceSubscription) -> Result<(), StoreError> {
        let Advertised { hub, topic } = &subscription.advertised;
        let query = sqlx::query(statements::KEEP_SOURCE).bind(&subscription.token).bind(&subscription.outlet);
        let query = query.bind(subscription.source.as_str()).bind(hub.as_str()).bind(topic.as_str()).bind(&subscription.secret);
        let query =
            query.bind(subscription.state.name()).bind(millis(subscription.asked_at)).bind(millis(subscription.lease_until));
        self.write_one(query.bind(subscription.tries).bind(subscription.next_try.timestamp_millis())).await
    }

    /// Forgets a subscription of ours.
    ///
    /// # Errors
    /// It is still there.
    pub async fn drop_source_subscription(&self, token: &str) -> Result<(), StoreError> {
        self.write_one(sqlx::query(statements::DROP_SOURCE).bind(token)).await
    }

    async fn rows<T>(
        &self,
        statement: &'static str,
        read: impl Fn(&SqliteRow) -> Result<T, sqlx::Error>,
    ) -> Result<Vec<T>, StoreError> {
        let rows = sqlx::query(statement).fetch_all(&self.shared.readers).await.map_err(|error| self.failed(&error))?;
        rows.iter().map(read).collect::<Result<_, _>>().map_err(|error| self.failed(&error))
    }

    async fn write_one(&self, query: Query<'_>) -> Result<(), StoreError> {
        query.execute(self.writer()?).await.map(|_| ()).map_err(|error| self.failed(&error))
    }

    async fn write_both(&self, first: Query<'_>, second: Query<'_>) -> Result<(), StoreError> {
        let mut connection = self.writer()?.acquire().await.map_err(|error| self.failed(&error))?;
        let written = async {
            let mut transaction = connection.begin_with("BEGIN IMMEDIATE").await?;
            first.execute(&mut *transaction).await?;
            second.execute(&mut *transaction).await?;
            transaction.commit().await
        };
        let written: Result<(), sqlx::Error> = written.await;
        if written.is_err() {
            let _ = connection.close().await; // as in `record_following`
        }
        written.map_err(|error| self.failed(&error))
    }
}

fn millis(at: Option<DateTime<Utc>>) -> Option<i64> {
    at.map(|at| at.timestamp_millis())
}

fn damaged(what: impl Into<String>) -> sqlx::Error {
    sqlx::Error::Decode(what.into().into())
}

fn moment(millis: i64) -> Result<DateTime<Utc>, sqlx::Error> {
    DateTime::from_timestamp_millis(millis).ok_or_else(|| damaged(format!("{millis} is no time")))
}

fn time(row: &SqliteRow, column: &str) -> Result<DateTime<Utc>, sqlx::Error> {
    moment(row.try_get(column)?)
}

fn maybe_time(row: &SqliteRow, column: &str) -> Result<Option<DateTime<Utc>>, sqlx::Error> {
    row.try_get::<Option<i64>, _>(column)?.map(moment).transpose()
}

fn address(row: &SqliteRow, column: &str) -> Result<Url, sqlx::Error> {
    let text: String = row.try_get(column)?;
    Url::parse(&text).map_err(|_| damaged(format!("{text} is no address")))
}

fn hub_subscription(row: &SqliteRow) -> Result<HubSubscription, sqlx::Error> {
    Ok(HubSubscription {
        topic: row.try_get("topic")?,
        callback: address(row, "callback")?,
        pings: row.try_get("pings")?,
        secret: row.try_get("secret")?,
        lease_until: time(row, "lease_until")?,
        delivered: row.try_get("delivered")?,
        tries: row.try_get("tries")?,
        next_try: maybe_time(row, "next_try")?,
    })
}

fn hub_verification(row: &SqliteRow) -> Result<HubVerification, sqlx::Error> {
    Ok(HubVerification {
        topic: row.try_get("topic")?,
        callback: address(row, "callback")?,
        subscribe: row.try_get("subscribe")?,
        secret: row.try_get("secret")?,
        lease: row.try_get("lease")?,
        tries: row.try_get("tries")?,
        next_try: time(row, "next_try")?,
    })
}

fn source_subscription(row: &SqliteRow) -> Result<SourceSubscription, sqlx::Error> {
    let state: String = row.try_get("state")?;
    Ok(SourceSubscription {
        token: row.try_get("token")?,
        outlet: row.try_get("outlet")?,
        source: address(row, "source")?,
        advertised: Advertised { hub: address(row, "hub")?, topic: address(row, "topic")? },
        secret: row.try_get("secret")?,
        state: SubscriptionState::from_name(&state).ok_or_else(|| damaged(format!("{state} is no state of a subscription")))?,
        asked_at: maybe_time(row, "asked_at")?,
        lease_until: maybe_time(row, "lease_until")?,
        tries: row.try_get("tries")?,
        next_try: time(row, "next_try")?,
    })
}
