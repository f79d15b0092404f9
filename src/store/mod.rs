//! What survives a restart: poll states, articles with their permanent identity, what is held and why. SQLite, one transaction a poll.

//!
//! An article goes in as a verdict and comes out as a [`StoredArticle`] with an identity that never changes: key and id follow from the
//! outlet and from what the outlet calls the article, so that a store restored from a backup, or begun anew, gives the same ids. Which
//! article an entry is, and how far its feed's guids are to be trusted with that, is decided in `recognise`, what a poll does to it in
//! `decide`, both without the database; which articles of several outlets are one story, and what readers see of it, in `story`; `look_up` gathers what they decide on, `write` and `read` are the two ways through, `sql` has every
//! statement, `record` the wire format of an article.

mod access;
mod activity;
mod archive;
mod backup;
mod decide;
mod entry;
mod failure;
mod frontier;
mod held;
mod identity;
mod look_up;
mod open;
mod read;
mod recognise;
mod record;
mod sql;
mod story;
mod translation;
mod translation_budget;
mod watch;
mod websub;
mod window;
mod withdraw;
mod write;

#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use chrono::{DateTime, Utc};
use sqlx::sqlite::SqlitePool;
use sqlx::{Connection, SqliteConnection};
use url::Url;

pub use self::activity::Arrival;
pub use self::archive::Received;
pub use self::backup::{Copied, Restored, backup, restore};
pub use self::failure::StoreError;
pub use self::frontier::{PageOutcome, PageProblem, PagesOfOutlet, WaitingPage};
pub use self::held::HeldRecord;
pub use self::identity::key;
pub use self::translation::{Digest, Form, Remembered, TranslationRow, Wanted};
pub use self::translation_budget::{Account, Refusal, Reservation};
pub use self::watch::Watch;
pub use self::withdraw::Acts;
use crate::model::{Article, Deletion, PollState, StoredArticle, Verdict};

/// Most held articles listed at once: what is held is for people to look at. [`Store::counts`] counts them all.
pub const HELD_LISTED: usize = 10_000;

/// What a poll changed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Change {
    /// Keys of articles seen for the first time.
    pub new: Vec<String>,
    /// Keys of articles whose content changed.
    pub changed: Vec<String>,
    /// Keys of published articles that came another way: the document has them as articles of its outlet. No correction, so neither new nor changed.
    pub joined: Vec<String>,
    /// Other outlets whose feeds show what is new, changed or joined, because it came from them too.
    pub elsewhere: BTreeSet<String>,
    /// Articles of the document that are held now, whether since now or since earlier.
    pub held: usize,
    /// Articles of the document that were known and unchanged for readers, comment counts aside.
    pub unchanged: usize,
    /// Titles of the new and the changed ones, by key.
    pub titles: BTreeMap<String, String>,
    /// Pages that were queued to be read.
    pub queued: usize,
}

impl Change {
    /// Something readers can see changed.
    pub fn is_visible(&self) -> bool {
        !self.new.is_empty() || !self.changed.is_empty() || !self.joined.is_empty()
    }

    /// Adds what was withdrawn after the rest of the document had been taken in.
    fn withdraw(&mut self, withdrawn: Change) {
        for key in withdrawn.changed {
            let before = self.new.len();
            self.new.retain(|new| *new != key);
            if self.new.len() < before {
                self.held += 1;
            } else if !self.changed.contains(&key) {
                self.changed.push(key);
            }
        }
        self.elsewhere.extend(withdrawn.elsewhere);
        self.held += withdrawn.held;
    }

    /// Keys of what was published before and looks otherwise now.
    pub fn altered(&self) -> impl Iterator<Item = &String> {
        self.changed.iter().chain(&self.joined)
    }
}

/// One article kept back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeldArticle {
    /// Its outlet.
    pub outlet: String,
    /// Its title.
    pub title: String,
    /// Its page.
    pub url: Option<Url>,
    /// Short stable name of the reason.
    pub code: String,
    /// Reason for an admin.
    pub reason: String,
    /// When first seen.
    pub first_seen: DateTime<Utc>,
}

/// A feed whose guids do not identify its articles.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Distrusted {
    /// Its outlet.
    pub outlet: String,
    /// Its address.
    pub feed: Url,
    /// What its articles are recognised by instead: `address` (of their pages) or `fingerprint` (two of title, text and date).
    pub known_by: &'static str,
    /// What the feed did, in words, without a final stop.
    pub reason: String,
    /// Since when.
    pub since: DateTime<Utc>,
}

/// Which articles a feed shows.
#[derive(Debug, Clone)]
pub struct Window<'a> {
    /// Outlets.
    pub outlets: &'a [String],
    /// Newest so many by date …
    pub size: usize,
    /// … and everything first seen since then, whatever its date, up to `ceiling`.
    pub since: DateTime<Utc>,
    /// Never more than this. What was first seen earliest is left out first.
    pub ceiling: usize,
}

/// How many articles of an outlet there are.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Count {
    /// Published.
    pub ready: u64,
    /// Held.
    pub held: u64,
}

/// The store. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Store {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    path: PathBuf,
    authority: String,
    /// One connection; `None` when opened for reading only.
    writer: Option<SqlitePool>,
    readers: SqlitePool,
    /// Held while the store is open for writing.
    lock: Mutex<Option<File>>,
}

impl Store {
    /// Opens the SQLite file for the one process that writes it: creates it and its folder, brings its schema up to date. `authority` is the
    /// tag authority (RFC 4151, `domain,date`) to use when the store is created; an existing store keeps its own.
    ///
    /// # Errors
    /// Another process has it open for writing; it is damaged, of another program or of a newer reprint; its place cannot be written to.
    pub async fn open(path: &Path, authority: &str) -> Result<Self, StoreError> {
        Ok(Self::from_opened(path, open::for_writing(path, authority).await?))
    }

    /// Opens an existing store for reading only (commands beside a running daemon). It takes no lock and changes nothing.
    ///
    /// # Errors
    /// There is none; it is damaged, of another program, or of a newer or older reprint.
    pub async fn open_read_only(path: &Path) -> Result<Self, StoreError> {
        Ok(Self::from_opened(path, open::for_reading(path).await?))
    }

    fn from_opened(path: &Path, opened: open::Opened) -> Self {
        let open::Opened { writer, readers, authority, lock } = opened;
        Self { shared: Arc::new(Shared { path: path.to_owned(), authority, writer, readers, lock: Mutex::new(lock) }) }
    }

    /// Authority of the ids minted here, for ever.
    pub fn authority(&self) -> &str {
        &self.shared.authority
    }

    /// All poll states, by outlet and address; also those of sources that left the configuration.
    pub async fn poll_states(&self) -> Result<Vec<PollState>, StoreError> {
        let rows = sqlx::query(sql::SOURCES).fetch_all(&self.shared.readers).await.map_err(|error| self.failed(&error))?;
        rows.iter().map(read::poll_state).collect::<Result<_, _>>().map_err(|error| self.failed(&error))
    }

    /// Saves a poll: the articles it brought and the state it left, in one transaction. An article that is known and unchanged is not
    /// touched, but for its comments; a changed one keeps its identity, its first-seen date and its date of publication, and rises one
    /// revision. A held article that can be published now is new. One that is published and comes as held stays published as it was.
    /// Of entries that are the same article in one document the last one counts. Entries that are not complete are left out.
    ///
    /// When something changes for readers, `now` is also the [`PollState::last_change`] that is saved, whatever `state` says.
    ///
    /// Which article an entry is, its marks say: guid, address, content. The rules are in `recognise`.
    ///
    /// An article that several feeds of an outlet carry in several versions is shown in the one that came first; another one counts as a
    /// change when it changes.
    ///
    /// # Errors
    /// Nothing was saved: neither articles nor state.
    pub async fn record(&self, state: &PollState, verdicts: &[Verdict], now: DateTime<Utc>) -> Result<Change, StoreError> {
        self.record_following(state, verdicts, &[], now).await
    }

    /// Saves a poll like [`Store::record`] and queues the pages of the articles in `follow` in the same transaction: those never queued before,
    /// and those whose entry the outlet has changed since.
    ///
    /// # Errors
    /// Nothing was saved: neither articles nor state nor queue.
    pub async fn record_following(
        &self,
        state: &PollState,
        verdicts: &[Verdict],
        follow: &[&Article],
        now: DateTime<Utc>,
    ) -> Result<Change, StoreError> {
        self.record_poll(state, verdicts, follow, &[], now).await
    }

    /// Saves a poll like [`Store::record_following`], and withdraws in the same transaction what the feed declares deleted: articles of this very
    /// feed of this outlet, which other outlets may go on publishing.
    ///
    /// # Errors
    /// Nothing was saved.
    pub async fn record_poll(
        &self,
        state: &PollState,
        verdicts: &[Verdict],
        follow: &[&Article],
        deletions: &[Deletion],
        now: DateTime<Utc>,
    ) -> Result<Change, StoreError> {
        let writer = self.writer()?;
        let document = look_up::Document::of(verdicts).await;
        let mut connection = writer.acquire().await.map_err(|error| self.failed(&error))?;
        let recorded = self.record_on(&mut connection, state, &document, follow, deletions, now).await;
        if recorded.is_err() {
            // SQLite ends a transaction by itself when the disk is full or fails; sqlx 0.9 does not notice and would refuse every further one
            // on this connection. After a failed fsync a new one is needed anyway.
            let _ = connection.close().await; // the error to report is the first one
        }
        recorded
    }

    async fn record_on(
        &self,
        connection: &mut SqliteConnection,
        state: &PollState,
        document: &look_up::Document<'_>,
        follow: &[&Article],
        deletions: &[Deletion],
        now: DateTime<Utc>,
    ) -> Result<Change, StoreError> {
        let failed = |error: sqlx::Error| self.failed(&error);
        // IMMEDIATE: a transaction that begins by reading and then writes is refused at once when another program wrote in between.
        let mut transaction = connection.begin_with("BEGIN IMMEDIATE").await.map_err(failed)?;
        let place = write::Place { path: &self.shared.path, authority: &self.shared.authority };
        let written = write::articles(&mut transaction, place, document, now).await?;
        let mut change = written.change;
        change.queued = frontier::queue(&mut transaction, &self.shared.path, follow, &written.keys, now).await?;
        let deleted =
            withdraw::deletions(&mut transaction, &self.shared.path, &state.outlet, &state.source, deletions, &change.new, now)
                .await?;
        change.withdraw(deleted);
        read::save_poll_state(&mut transaction, state, change.is_visible().then_some(now)).await.map_err(failed)?;
        transaction.commit().await.map_err(failed)?;
        Ok(change)
    }

    /// Takes an outlet's copy of an article out of what is published, for good: the outlet withdrew it. An article that came from others too stays
    /// theirs, under its id. `key`: as readers know it. Nothing changes when the outlet has no such article published.
    ///
    /// # Errors
    /// Nothing was changed.
    pub async fn take_back(&self, outlet: &str, key: &str, reason: &str, now: DateTime<Utc>) -> Result<Change, StoreError> {
        let writer = self.writer()?;
        let mut connection = writer.acquire().await.map_err(|error| self.failed(&error))?;
        let taken = self.take_back_on(&mut connection, outlet, key, reason, now).await;
        if taken.is_err() {
            // As in `record_following`: a connection whose transaction failed is not used again.
            let _ = connection.close().await; // the error to report is the first one
        }
        taken
    }

    async fn take_back_on(
        &self,
        connection: &mut SqliteConnection,
        outlet: &str,
        key: &str,
        reason: &str,
        now: DateTime<Utc>,
    ) -> Result<Change, StoreError> {
        let failed = |error: sqlx::Error| self.failed(&error);
        let mut transaction = connection.begin_with("BEGIN IMMEDIATE").await.map_err(failed)?;
        let change = story::take_back(&mut transaction, &self.shared.path, outlet, key, reason, now).await?;
        transaction.commit().await.map_err(failed)?;
        Ok(change)
    }

    fn writer(&self) -> Result<&SqlitePool, StoreError> {
        self.shared
            .writer
            .as_ref()
            .ok_or_else(|| StoreError::passing(format!("the store {} was opened for reading only", self.shared.path.display())))
    }

    /// What [`Store::record`] would change, without changing it.
    pub async fn preview(&self, verdicts: &[Verdict]) -> Result<Change, StoreError> {
        let document = look_up::Document::of(verdicts).await;
        // One transaction: all statements see the same state.
        let mut transaction = self.shared.readers.begin().await.map_err(|error| self.failed(&error))?;
        write::preview(&mut transaction, &self.shared.path, &document).await
    }

    /// The articles of a feed, newest first by [`StoredArticle::date`], then by key. Costs the same however much is stored.
    pub async fn window(&self, window: &Window<'_>) -> Result<Vec<StoredArticle>, StoreError> {
        // One transaction: all statements see the same state.
        let mut transaction = self.shared.readers.begin().await.map_err(|error| self.failed(&error))?;
        let ids = window::rows(&mut transaction, window).await.map_err(|error| self.failed(&error))?;
        let articles = self.articles(&mut transaction, &ids).await?;
        transaction.commit().await.map_err(|error| self.failed(&error))?;
        Ok(articles)
    }

    /// Whole articles by row id, newest first by [`StoredArticle::date`], then by key.
    async fn articles(&self, connection: &mut SqliteConnection, ids: &[i64]) -> Result<Vec<StoredArticle>, StoreError> {
        let rows =
            sqlx::query(sql::ARTICLES).bind(read::list(ids)).fetch_all(connection).await.map_err(|error| self.failed(&error))?;
        let articles: Result<Vec<_>, _> = rows.iter().map(|row| read::article(row, &self.shared.path)).collect();
        let mut articles = articles?;
        articles.sort_by(|a, b| b.date().cmp(&a.date()).then_with(|| a.identity.key.cmp(&b.identity.key)));
        Ok(articles)
    }

    /// One published article by the key of its address; `None` also while it is held.
    pub async fn article(&self, key: &str) -> Result<Option<StoredArticle>, StoreError> {
        let row = sqlx::query(sql::ARTICLE)
            .bind(key)
            .fetch_optional(&self.shared.readers)
            .await
            .map_err(|error| self.failed(&error))?;
        row.map(|row| read::article(&row, &self.shared.path)).transpose()
    }

    /// What is held, newest first, [`HELD_LISTED`] at most.
    pub async fn held(&self) -> Result<Vec<HeldArticle>, StoreError> {
        let most = i64::try_from(HELD_LISTED).unwrap_or(i64::MAX);
        let rows =
            sqlx::query(sql::HELD).bind(most).fetch_all(&self.shared.readers).await.map_err(|error| self.failed(&error))?;
        rows.iter().map(read::held).collect::<Result<_, _>>().map_err(|error| self.failed(&error))
    }

    /// The feeds whose guids turned out not to identify their articles (see `recognise`), by outlet and address.
    pub async fn distrusted(&self) -> Result<Vec<Distrusted>, StoreError> {
        let rows = sqlx::query(sql::DISTRUSTED).fetch_all(&self.shared.readers).await.map_err(|error| self.failed(&error))?;
        rows.iter().map(read::distrusted).collect::<Result<_, _>>().map_err(|error| self.failed(&error))
    }

    /// Gives everything that was stored of the outlet `from` to `to`, another id of the same outlet: its articles keep their keys and ids and are
    /// recognised. False, with nothing changed, when the store knows an outlet `to` already.
    ///
    /// # Errors
    /// Nothing was changed.
    pub async fn rename_outlet(&self, from: &str, to: &str) -> Result<bool, StoreError> {
        let writer = self.writer()?;
        let mut connection = writer.acquire().await.map_err(|error| self.failed(&error))?;
        let renamed = rename_outlet(&mut connection, from, to).await;
        if renamed.is_err() {
            let _ = connection.close().await; // as in `record_following`
        }
        renamed.map_err(|error| self.failed(&error))
    }

    /// Gives what was stored of the feed `from` of an outlet to its feed `to`, which takes its place: articles that came in the one are those that
    /// come in the other, and a change of them is a change. The poll state of `from` is forgotten; `to` has none yet.
    ///
    /// # Errors
    /// Nothing was changed.
    pub async fn move_feed(&self, outlet: &str, from: &Url, to: &Url) -> Result<(), StoreError> {
        let writer = self.writer()?;
        let mut connection = writer.acquire().await.map_err(|error| self.failed(&error))?;
        let moved = move_feed(&mut connection, outlet, from, to).await;
        if moved.is_err() {
            let _ = connection.close().await; // as in `record_following`
        }
        moved.map_err(|error| self.failed(&error))
    }

    /// Counts per outlet id; an outlet without articles is not in it.
    pub async fn counts(&self) -> Result<BTreeMap<String, Count>, StoreError> {
        let mut connection = self.shared.readers.acquire().await.map_err(|error| self.failed(&error))?;
        read::counts(&mut connection).await.map_err(|error| self.failed(&error))
    }

    /// Asks the database for next to nothing: a sign of life.
    pub async fn ping(&self) -> Result<(), StoreError> {
        sqlx::query(sql::AUTHORITY).fetch_one(&self.shared.readers).await.map(drop).map_err(|error| self.failed(&error))
    }

    /// Closes it for every clone: waits for what is under way, moves the write-ahead log into the file, gives up the lock.
    pub async fn close(&self) {
        self.shared.readers.close().await;
        if let Some(writer) = &self.shared.writer {
            // The last connection to go empties the log.
            writer.close().await;
        }
        self.shared.lock.lock().unwrap_or_else(PoisonError::into_inner).take();
    }

    fn failed(&self, error: &sqlx::Error) -> StoreError {
        StoreError::from_sqlx(&self.shared.path, error)
    }
}

async fn rename_outlet(connection: &mut SqliteConnection, from: &str, to: &str) -> Result<bool, sqlx::Error> {
    let mut transaction = connection.begin_with("BEGIN IMMEDIATE").await?;
    if sqlx::query_scalar(sql::KNOWS_OUTLET).bind(to).fetch_one(&mut *transaction).await? {
        return Ok(false);
    }
    for statement in sql::RENAME_OUTLET {
        sqlx::query(statement).bind(from).bind(to).execute(&mut *transaction).await?;
    }
    transaction.commit().await?;
    Ok(true)
}

async fn move_feed(connection: &mut SqliteConnection, outlet: &str, from: &Url, to: &Url) -> Result<(), sqlx::Error> {
    let mut transaction = connection.begin_with("BEGIN IMMEDIATE").await?;
    for statement in sql::MOVE_FEED {
        sqlx::query(statement).bind(outlet).bind(from.as_str()).bind(to.as_str()).execute(&mut *transaction).await?;
    }
    sqlx::query(sql::FORGET_SOURCE).bind(outlet).bind(from.as_str()).execute(&mut *transaction).await?;
    transaction.commit().await
}
