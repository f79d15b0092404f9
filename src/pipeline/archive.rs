//! Archives of feeds (RFC 5005 § 4): what a feed got in a month, in a document that stays as it is once the month is over. Made when somebody
//! asks and kept for the next.
//!
//! ```text
//! feed → 2026-06-02 → 2026-06-01 → 2026-05 → 2026-04 → …        on the third of June; from July on: feed → … → 2026-06 → 2026-05 → …
//! ```
//! Which article belongs where follows from when it was first seen here (UTC), which never changes, so that an old article that comes late
//! is not slipped into a document that everybody has read. Days stand in for a month that is not over, and for one with more articles than
//! fit into a document; hours for such a day. The document of such a month, which only a guess at its address leads to, holds nothing but the way
//! to its last part. What a feed got since the last end of a day is in the feed
//! itself, unless its `keep_hours` are less than a day.
//!
//! A document that is over changes for three reasons only: an article was corrected or taken back, terms have an article go (or an
//! embargo end), or there is a later document to name.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard};

use chrono::{DateTime, Datelike, Months, NaiveDateTime, TimeDelta, Timelike, Utc};

use super::window::admitted;
use super::withdraw::tombstones_of;
use super::{Rejected, editions, reads_back};
use crate::config::{Config, Feed};
use crate::model::{FeedFormat, PublishedDocument};
use crate::publish::{self, Page, Prepared};
use crate::render::{Contents, Place, Renderer};
use crate::store::{Received, Store, StoreError};

/// Articles of one document. A longer month is told in days, a longer day in hours, each of them a document.
const MOST: usize = 500;

/// Articles of one hour: there is nothing shorter.
const MOST_OF_AN_HOUR: usize = 5_000;

/// Documents kept; when full, all are let go and made again as they are asked for.
const KEPT: usize = 32;

/// How long a span of time is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Length {
    Month,
    Day,
    Hour,
}

/// A span of time that has an archive document: a month, a day or an hour, UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Period {
    start: DateTime<Utc>,
    length: Length,
}

impl Period {
    fn around(at: DateTime<Utc>, length: Length) -> Option<Self> {
        let date = at.date_naive();
        let (date, hour) = match length {
            Length::Month => (date.with_day(1)?, 0),
            Length::Day => (date, 0),
            Length::Hour => (date, at.hour()),
        };
        Some(Self { start: date.and_hms_opt(hour, 0, 0)?.and_utc(), length })
    }

    /// The period of a name as [`Period::name`] gives it, and no other spelling.
    pub fn named(name: &str) -> Option<Self> {
        let (length, rest) = match name.len() {
            7 => (Length::Month, "-01-00:00"),
            10 => (Length::Day, "-00:00"),
            13 => (Length::Hour, ":00"),
            _ => return None,
        };
        let start = NaiveDateTime::parse_from_str(&format!("{name}{rest}"), "%Y-%m-%d-%H:%M").ok()?.and_utc();
        Some(Self { start, length }).filter(|period| period.name() == name)
    }

    /// `2026-05`, `2026-05-17`, `2026-05-17-09`.
    pub fn name(&self) -> String {
        let format = match self.length {
            Length::Month => "%Y-%m",
            Length::Day => "%Y-%m-%d",
            Length::Hour => "%Y-%m-%d-%H",
        };
        self.start.format(format).to_string()
    }

    /// The first moment after it.
    fn end(&self) -> DateTime<Utc> {
        let end = match self.length {
            Length::Month => self.start.checked_add_months(Months::new(1)),
            Length::Day => self.start.checked_add_signed(TimeDelta::days(1)),
            Length::Hour => self.start.checked_add_signed(TimeDelta::hours(1)),
        };
        end.unwrap_or(DateTime::<Utc>::MAX_UTC)
    }

    fn most(&self) -> usize {
        if self.length == Length::Hour { MOST_OF_AN_HOUR } else { MOST }
    }

    /// More articles than a document holds: there are shorter ones.
    async fn is_long(&self, store: &Store, feed: &Feed) -> Result<bool, StoreError> {
        Ok(self.received(store, feed).await?.is_cut)
    }

    async fn received(&self, store: &Store, feed: &Feed) -> Result<Received, StoreError> {
        store.received(&feed.outlets, self.start, self.end(), self.most()).await
    }
}

/// The last period that has a document, is over at `at`, and in which the feed got something; `None`: it got nothing before.
///
/// # Errors
/// The store did not answer.
pub async fn before(store: &Store, feed: &Feed, at: DateTime<Utc>) -> Result<Option<Period>, StoreError> {
    let mut until = at;
    // One day and one hour at the most are under way, and lead to what was before them.
    for _ in 0..3 {
        let Some(last) = store.received_before(&feed.outlets, until).await? else { return Ok(None) };
        let around = |length| Period::around(last, length);
        let (Some(month), Some(day), Some(hour)) = (around(Length::Month), around(Length::Day), around(Length::Hour)) else {
            return Ok(None);
        };
        if month.end() <= at && !month.is_long(store, feed).await? {
            return Ok(Some(month));
        }
        let is_long = day.is_long(store, feed).await?;
        if day.end() <= at && !is_long {
            return Ok(Some(day));
        }
        if hour.end() <= at && is_long {
            return Ok(Some(hour));
        }
        until = if is_long { hour.start } else { day.start };
    }
    Ok(None)
}

/// The next period after `period` that has a document, is over at `now`, and in which the feed got something.
async fn after(store: &Store, feed: &Feed, period: Period, now: DateTime<Utc>) -> Result<Option<Period>, StoreError> {
    let Some(next) = store.received_since(&feed.outlets, period.end()).await? else { return Ok(None) };
    for length in [Length::Month, Length::Day, Length::Hour] {
        // What begins earlier holds `period` itself.
        let Some(next) = Period::around(next, length).filter(|next| next.start >= period.end()) else { continue };
        let is_long = next.is_long(store, feed).await?;
        if next.end() <= now && !is_long {
            return Ok(Some(next));
        }
        if length == Length::Day && !is_long {
            // Under way, and told in no hours.
            return Ok(None);
        }
    }
    Ok(None)
}

/// An archive document as it was made, and what it was made of.
#[derive(Debug)]
struct Kept {
    received: Received,
    previous: Option<Period>,
    next: Option<Period>,
    /// Keys of its articles, and of those it says are withdrawn.
    keys: BTreeSet<String>,
    document: Arc<Prepared>,
    /// One of its articles changed since. It stays until it is made anew, which must not get an older date.
    is_stale: bool,
}

#[derive(Debug, Default)]
struct AllKept {
    /// Rises with every change, so that a document made from what was read before it is not kept after it.
    generation: u64,
    documents: BTreeMap<String, Kept>,
}

/// Archive documents, made from the store when somebody asks for one and kept for the next.
#[derive(Debug)]
pub struct Archives {
    config: Arc<Config>,
    store: Store,
    renderer: Arc<Renderer>,
    kept: Mutex<AllKept>,
}

/// Why there is no archive document.
#[derive(Debug, thiserror::Error)]
enum Failure {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("{} is kept back: {}", .0.path, .0.reason)]
    Rejected(Rejected),
    #[error("making it failed inside reprint ({0}): report it as a bug")]
    Panic(#[from] tokio::task::JoinError),
}

impl Archives {
    /// Nothing is made before it is asked for.
    pub fn new(config: Arc<Config>, store: Store, renderer: Arc<Renderer>) -> Self {
        Self { config, store, renderer, kept: Mutex::default() }
    }

    /// Has the documents with these articles, which changed, made anew.
    pub fn forget(&self, keys: &BTreeSet<&String>) {
        let mut kept = self.kept();
        kept.generation += 1;
        for document in kept.documents.values_mut() {
            document.is_stale |= keys.iter().any(|key| document.keys.contains(*key));
        }
    }

    /// Has every document made anew.
    pub fn forget_all(&self) {
        let mut kept = self.kept();
        kept.generation += 1;
        kept.documents.values_mut().for_each(|document| document.is_stale = true);
    }

    /// The document of `feed` with this name and extension (`2026-05.atom`) as it is at `now`.
    pub async fn page(&self, feed: &str, name: &str, now: DateTime<Utc>) -> Page {
        match self.find(feed, name, now).await {
            Ok(Some(document)) => Page::Found(document),
            Ok(None) => Page::Missing,
            Err(error) => {
                tracing::error!(feed, name, %error, "cannot make an archive document");
                Page::Missing
            }
        }
    }

    async fn find(&self, feed: &str, name: &str, now: DateTime<Utc>) -> Result<Option<Arc<Prepared>>, Failure> {
        let Some((feed, format, period)) = self.asked(feed, name) else { return Ok(None) };
        if period.end() > now {
            return Ok(None);
        }
        let generation = self.kept().generation;
        let mut received = period.received(&self.store, feed).await?;
        // Where the way back goes on: of a period that is told in parts at the last of them.
        let mut end = period.start;
        if received.is_cut && period.length == Length::Hour {
            tracing::warn!(feed = feed.id, period = period.name(), "more articles in an hour than an archive document holds");
        } else if received.is_cut {
            received = Received::default();
            end = period.end();
        } else if received.is_empty() && self.store.received_before(&feed.outlets, period.start).await?.is_none() {
            return Ok(None);
        }
        let previous = before(&self.store, feed, end).await?;
        let next = after(&self.store, feed, period, now).await?;
        let path = format!("{}/{name}", feed.id);
        if let Some(kept) = self.kept().documents.get(&path)
            && !kept.is_stale
            && (&kept.received, kept.previous, kept.next) == (&received, previous, next)
            && kept.document.conditions.until().is_none_or(|until| until > now)
        {
            return Ok(Some(kept.document.clone()));
        }

        let articles = self.store.read_received(&received).await?;
        let shown = admitted(&self.config, feed, articles, now);
        let shown = editions::dressed(&self.store, &self.config, feed, shown, now).await?;
        let withdrawn = match received.is_cut && period.length != Length::Hour {
            true => Vec::new(),
            false => tombstones_of(&self.store, &self.config, feed, period.start, period.end()).await?,
        };
        let withdrawn = editions::tombstones(&self.store, feed, withdrawn).await?;
        let keys = shown.articles.iter().map(|article| &article.identity.key);
        let sources = shown.articles.iter().filter_map(|article| article.beside.source.as_ref());
        let keys = keys.chain(sources).chain(withdrawn.iter().map(|withdrawal| &withdrawal.key)).cloned().collect();
        let (renderer, of) = (self.renderer.clone(), feed.clone());
        let names = (period.name(), previous.map(|period| period.name()), next.map(|period| period.name()));
        let made = tokio::task::spawn_blocking(move || {
            let place = Place { archive: Some(&names.0), previous: names.1.as_deref(), next: names.2.as_deref() };
            let contents = Contents { articles: &shown.articles, withdrawn: &withdrawn, place };
            let document = renderer.feed(&of, format, &contents);
            reads_back(&document, &contents)
                .map_err(|reason| Failure::Rejected(Rejected { path: document.path.clone(), reason }))?;
            let conditions = shown.conditions(document.conditions);
            Ok::<_, Failure>(publish::prepare(PublishedDocument { conditions, ..document }))
        });
        let mut document = made.await??;
        let mut all = self.kept();
        if let Some(before) = all.documents.get(&path).filter(|before| before.document.etag != document.etag) {
            // Other bytes never keep the date of before (RFC 9110 § 8.8.2), also where an article went.
            document.modified = document.modified.max(before.document.modified + TimeDelta::seconds(1));
        }
        let document = Arc::new(document);
        if all.generation == generation {
            if all.documents.len() >= KEPT {
                all.documents.clear();
            }
            all.documents.insert(path, Kept { received, previous, next, keys, document: document.clone(), is_stale: false });
        }
        Ok(Some(document))
    }

    fn asked(&self, feed: &str, name: &str) -> Option<(&Feed, FeedFormat, Period)> {
        let (period, extension) = name.split_once('.')?;
        // The archive of RSS is the Atom feed's (RFC 5005, appendix B).
        let format = [FeedFormat::Atom, FeedFormat::Json].into_iter().find(|format| format.extension() == extension)?;
        Some((self.config.feed(feed)?, format, Period::named(period)?))
    }

    fn kept(&self) -> MutexGuard<'_, AllKept> {
        self.kept.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    #[test]
    fn names_and_what_they_span() {
        let check = |name: &str, start: &str, end: &str| {
            let period = Period::named(name).unwrap();
            assert_eq!((period.start, period.end(), period.name()), (at(start), at(end), name.to_owned()));
            assert_eq!(Period::around(at(start), period.length), Some(period));
            assert_eq!(Period::around(at(end) - TimeDelta::microseconds(1), period.length), Some(period));
            assert_ne!(Period::around(at(end), period.length), Some(period));
        };
        check("2026-05", "2026-05-01T00:00:00Z", "2026-06-01T00:00:00Z");
        check("2026-12", "2026-12-01T00:00:00Z", "2027-01-01T00:00:00Z");
        check("2024-02", "2024-02-01T00:00:00Z", "2024-03-01T00:00:00Z");
        check("2024-02-29", "2024-02-29T00:00:00Z", "2024-03-01T00:00:00Z");
        check("2026-05-31-23", "2026-05-31T23:00:00Z", "2026-06-01T00:00:00Z");
        for name in [
            "",
            "2026",
            "2026-5",
            "2026-13",
            "2026-00",
            "2025-02-29",
            "2026-05-17-24",
            "+999-05",
            "2026-05-1 ",
            "２-05",
            "2026/05",
        ] {
            assert_eq!(Period::named(name), None, "{name}");
        }
    }

    proptest::proptest! {
        #[test]
        fn every_moment_is_in_one_month_one_day_and_one_hour(seconds in -60_000_000_000_i64..250_000_000_000) {
            let moment = DateTime::from_timestamp(seconds, 0).unwrap();
            for length in [Length::Month, Length::Day, Length::Hour] {
                let period = Period::around(moment, length).unwrap();
                proptest::prop_assert!(period.start <= moment && moment < period.end());
                if (0..=9999).contains(&moment.year()) {
                    proptest::prop_assert_eq!(Period::named(&period.name()), Some(period));
                }
            }
        }
    }
}
