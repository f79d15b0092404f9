//! The frontier: pages queued to be read, each a journey of its own, and what became of them.

use std::collections::BTreeMap;
use std::path::Path;

use chrono::{DateTime, TimeDelta, Utc};
use sha2::{Digest, Sha256};
use sqlx::sqlite::SqliteRow;
use sqlx::{Connection, Row, SqliteConnection};
use url::Url;

use super::failure::StoreError;
use super::look_up::Document;
use super::read::{address, list, maybe_time, row_time, time, undecodable, unreadable};
use super::{Change, Store, identity, record, sql, withdraw, write};
use crate::model::{Article, Fault, Problem, Verdict};

/// A page is not read again sooner than this after it was read, however often the outlet changes the entry.
const AGAIN: TimeDelta = TimeDelta::hours(1);

/// Problems of pages listed at once. The counts count them all.
const PROBLEMS_LISTED: i64 = 1_000;

/// An article whose page is to be read now.
#[derive(Debug, Clone)]
pub struct WaitingPage {
    /// Key of the article.
    pub key: String,
    /// Id of its outlet.
    pub outlet: String,
    /// Its first page.
    pub address: Url,
    /// The article as the feed has it.
    pub article: Article,
    /// Tries that failed since it was queued.
    pub tries: u32,
    /// Its text was read before; now the outlet has changed the entry.
    pub read_before: bool,
    /// Since when it could not be read, if it could not.
    pub failing_since: Option<DateTime<Utc>>,
    fingerprint: Vec<u8>,
}

/// What became of a page.
#[derive(Debug)]
pub enum PageOutcome<'a> {
    /// Its text was read whole.
    Read {
        /// The article with that text.
        verdict: &'a Verdict,
        /// Pages it was on.
        pages: u32,
    },
    /// It could not be read and is tried again.
    Again {
        /// Why.
        problem: &'a Problem,
        /// When.
        at: DateTime<Utc>,
    },
    /// It could not be read and is not tried again before the outlet changes the entry.
    GivenUp {
        /// Why.
        problem: &'a Problem,
        /// The article with what the feed has, if that is better than what is published.
        verdict: Option<&'a Verdict>,
    },
    /// It is gone for good: the outlet withdrew the article.
    Withdrawn {
        /// What its server said.
        problem: &'a Problem,
    },
}

/// How an outlet's pages are doing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PagesOfOutlet {
    /// Waiting to be read, for the first time or again.
    pub waiting: u64,
    /// Given up until the outlet changes the entry.
    pub given_up: u64,
    /// Read at least once.
    pub read: u64,
    /// Those that could not be read, the latest first.
    pub problems: Vec<PageProblem>,
}

/// A page that could not be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PageProblem {
    /// The page.
    pub address: Url,
    /// Tries that failed.
    pub tries: u32,
    /// When it is tried again; `None`: given up.
    pub next_try: Option<DateTime<Utc>>,
    /// Why.
    pub problem: Problem,
}

impl Store {
    /// Pages due now of these outlets, those of the newest articles first, one a host at most and none of `busy` hosts.
    pub async fn pages_due(
        &self,
        outlets: &[String],
        busy: &[String],
        most: usize,
        now: DateTime<Utc>,
    ) -> Result<Vec<WaitingPage>, StoreError> {
        let rows = sqlx::query(sql::PAGES_DUE)
            .bind(time(now))
            .bind(list(outlets))
            .bind(list(busy))
            .bind(i64::try_from(most).unwrap_or(i64::MAX))
            .fetch_all(&self.shared.readers)
            .await
            .map_err(|error| self.failed(&error))?;
        rows.iter().map(|row| waiting(row, &self.shared.path)).collect()
    }

    /// When the next page of these outlets becomes due that is not due by now.
    pub async fn next_page(&self, outlets: &[String], now: DateTime<Utc>) -> Result<Option<DateTime<Utc>>, StoreError> {
        let next: Option<i64> = sqlx::query_scalar(sql::NEXT_PAGE)
            .bind(list(outlets))
            .bind(time(now))
            .fetch_one(&self.shared.readers)
            .await
            .map_err(|error| self.failed(&error))?;
        Ok(next.and_then(DateTime::from_timestamp_micros))
    }

    /// Records what became of a page: the article and the queue in one transaction. When the outlet changed the entry in the meantime, the page
    /// stays queued for that.
    ///
    /// # Errors
    /// Nothing was saved; the page is still due.
    pub async fn record_page(
        &self,
        page: &WaitingPage,
        outcome: PageOutcome<'_>,
        now: DateTime<Utc>,
    ) -> Result<Change, StoreError> {
        let writer = self.writer()?;
        let mut connection = writer.acquire().await.map_err(|error| self.failed(&error))?;
        let recorded = self.record_page_on(&mut connection, page, outcome, now).await;
        if recorded.is_err() {
            // As in `record_following`: a connection whose transaction failed is not used again.
            let _ = connection.close().await; // the error to report is the first one
        }
        recorded
    }

    async fn record_page_on(
        &self,
        connection: &mut SqliteConnection,
        page: &WaitingPage,
        outcome: PageOutcome<'_>,
        now: DateTime<Utc>,
    ) -> Result<Change, StoreError> {
        let failed = |error: sqlx::Error| self.failed(&error);
        let verdict = match &outcome {
            PageOutcome::Read { verdict, .. } => Some(*verdict),
            PageOutcome::GivenUp { verdict, .. } => *verdict,
            PageOutcome::Again { .. } | PageOutcome::Withdrawn { .. } => None,
        };
        let is_withdrawn = matches!(outcome, PageOutcome::Withdrawn { .. });
        let document = Document::of(verdict.map(std::slice::from_ref).unwrap_or_default()).await;
        let mut transaction = connection.begin_with("BEGIN IMMEDIATE").await.map_err(failed)?;
        let place = write::Place { path: &self.shared.path, authority: &self.shared.authority };
        let mut change = write::articles(&mut transaction, place, &document, now).await?.change;
        let statement = match outcome {
            PageOutcome::Read { pages, .. } => {
                sqlx::query(sql::PAGE_READ).bind(&page.key).bind(&page.fingerprint).bind(time(now)).bind(pages)
            }
            PageOutcome::Again { problem, at } => page_failed(page, problem, Some(at)),
            PageOutcome::GivenUp { problem, .. } | PageOutcome::Withdrawn { problem } => page_failed(page, problem, None),
        };
        statement.execute(&mut *transaction).await.map_err(failed)?;
        if is_withdrawn {
            let reason = "its page at the outlet is gone";
            change = withdraw::own_copy(&mut transaction, &self.shared.path, &page.outlet, &page.key, reason, now).await?;
        }
        if change.is_visible() {
            sqlx::query(sql::SOURCE_CHANGED)
                .bind(&page.outlet)
                .bind(page.article.feed_url.as_str())
                .bind(time(now))
                .execute(&mut *transaction)
                .await
                .map_err(failed)?;
        }
        transaction.commit().await.map_err(failed)?;
        Ok(change)
    }

    /// Makes pages due that would wait too long after the clock was set back: those that were queued later than `now`, and those to be tried
    /// again after `latest`.
    pub async fn bring_pages_forward(&self, now: DateTime<Utc>, latest: DateTime<Utc>) -> Result<(), StoreError> {
        sqlx::query(sql::BRING_PAGES_FORWARD)
            .bind(time(now))
            .bind(time(latest))
            .execute(self.writer()?)
            .await
            .map(drop)
            .map_err(|error| self.failed(&error))
    }

    /// How pages are doing, by outlet id; an outlet whose pages were never asked for is not in it.
    pub async fn pages(&self) -> Result<BTreeMap<String, PagesOfOutlet>, StoreError> {
        let rows = sqlx::query(sql::PAGE_COUNTS).fetch_all(&self.shared.readers).await.map_err(|error| self.failed(&error))?;
        let problems = sqlx::query(sql::PAGE_PROBLEMS)
            .bind(PROBLEMS_LISTED)
            .fetch_all(&self.shared.readers)
            .await
            .map_err(|error| self.failed(&error))?;
        let read = || -> Result<_, sqlx::Error> {
            let mut pages: BTreeMap<String, PagesOfOutlet> = BTreeMap::new();
            for row in &rows {
                let of = pages.entry(row.try_get("outlet")?).or_default();
                for (column, count) in [("waiting", &mut of.waiting), ("given_up", &mut of.given_up), ("read", &mut of.read)] {
                    *count = u64::try_from(row.try_get::<i64, _>(column)?).unwrap_or(0);
                }
            }
            for row in &problems {
                pages.entry(row.try_get("outlet")?).or_default().problems.push(page_problem(row)?);
            }
            Ok(pages)
        };
        read().map_err(|error| self.failed(&error))
    }
}

/// Queues the pages of articles; gives how many wait now that did not before. `keys`: what the articles are known by, which is not always what
/// their outlet calls them.
pub(super) async fn queue(
    connection: &mut SqliteConnection,
    path: &Path,
    follow: &[&Article],
    keys: &write::Keys,
    now: DateTime<Utc>,
) -> Result<usize, StoreError> {
    let mut queued = 0;
    for article in follow {
        let Some(address) = &article.url else { continue };
        let key = keys.of(article).unwrap_or_else(|| identity::key(&article.outlet, &article.source_key));
        let broken = |record::Unreadable(what): record::Unreadable| unreadable(path, &key, &what);
        let record = record::encode(article, None, article.published).map_err(broken)?;
        let comments = article.comments.as_ref().map(record::encode_comments).transpose().map_err(broken)?;
        let done = sqlx::query(sql::FOLLOW)
            .bind(&key)
            .bind(&article.outlet)
            .bind(article.feed_url.as_str())
            .bind(address.host_str().unwrap_or_default())
            .bind(address.as_str())
            .bind(fingerprint(article, address).as_slice())
            .bind(time(now))
            .bind(record)
            .bind(comments)
            .bind(AGAIN.num_microseconds())
            .bind(time(article.published.map_or(now, |published| published.at.min(now))))
            .execute(&mut *connection)
            .await
            .map_err(|error| StoreError::from_sqlx(path, &error))?;
        queued += usize::try_from(done.rows_affected()).unwrap_or(0);
    }
    Ok(queued)
}

/// Hash of what says that an outlet changed an entry: its title, its address, its text and when it says it changed it.
fn fingerprint(article: &Article, address: &Url) -> [u8; 32] {
    let updated = article.updated.map(|updated| updated.at.timestamp_micros().to_string()).unwrap_or_default();
    let summary = article.summary.as_deref().unwrap_or_default();
    let mut hash = Sha256::new();
    for part in [&article.title_raw, address.as_str(), &updated, summary, article.body.as_str()] {
        hash.update((part.len() as u64).to_le_bytes());
        hash.update(part.as_bytes());
    }
    hash.finalize().into()
}

fn page_failed<'q>(
    page: &'q WaitingPage,
    problem: &'q Problem,
    next: Option<DateTime<Utc>>,
) -> sqlx::query::Query<'q, sqlx::Sqlite, sqlx::sqlite::SqliteArguments> {
    sqlx::query(sql::PAGE_FAILED)
        .bind(&page.key)
        .bind(&page.fingerprint)
        .bind(next.map(time))
        .bind(&problem.code)
        .bind(problem.fault.name())
        .bind(&problem.message)
        .bind(time(problem.since))
}

/// A row of [`sql::PAGES_DUE`].
fn waiting(row: &SqliteRow, path: &Path) -> Result<WaitingPage, StoreError> {
    let failed = |error: sqlx::Error| StoreError::from_sqlx(path, &error);
    let key: String = row.try_get("key").map_err(failed)?;
    let bytes: Vec<u8> = row.try_get::<Option<_>, _>("record").map_err(failed)?.unwrap_or_default();
    let comments: Option<String> = row.try_get("comments").map_err(failed)?;
    let mut article =
        record::decode_article(&bytes, comments.as_deref()).map_err(|record::Unreadable(what)| unreadable(path, &key, &what))?;
    let parts = || -> Result<WaitingPage, sqlx::Error> {
        let outlet: String = row.try_get("outlet")?;
        article.outlet.clone_from(&outlet);
        article.feed_url = address("feed", row.try_get("feed")?)?;
        Ok(WaitingPage {
            key,
            outlet,
            address: address("address", row.try_get("address")?)?,
            article,
            tries: row.try_get("tries")?,
            read_before: maybe_time(row, "read_at")?.is_some(),
            failing_since: maybe_time(row, "problem_since")?,
            fingerprint: row.try_get("fingerprint")?,
        })
    };
    parts().map_err(failed)
}

/// A row of [`sql::PAGE_PROBLEMS`].
fn page_problem(row: &SqliteRow) -> Result<PageProblem, sqlx::Error> {
    let fault: String = row.try_get::<Option<_>, _>("problem_fault")?.unwrap_or_default();
    Ok(PageProblem {
        address: address("address", row.try_get("address")?)?,
        tries: row.try_get("tries")?,
        next_try: maybe_time(row, "next_try")?,
        problem: Problem {
            code: row.try_get("problem_code")?,
            fault: Fault::from_name(&fault)
                .ok_or_else(|| undecodable("problem_fault", format!("`{fault}` is nobody's fault")))?,
            message: row.try_get::<Option<_>, _>("problem_message")?.unwrap_or_default(),
            since: row_time(row, "problem_since")?,
        },
    })
}
