//! What a feed shows at some time, and how long that holds: the window of the store, as far as the outlets' terms let it be seen.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};

use crate::config::{Config, Feed, Outlet, Standing};
use crate::model::{Conditions, StoredArticle};
use crate::store::{Store, StoreError, Window};

/// A feed never holds more articles than this, whatever its `keep_hours` asks for.
const CEILING: usize = 2_000;

/// How many of the newest articles are looked through for some that may be shown.
const DEEPEST: usize = 4 * CEILING;

/// The articles of a feed at some time.
#[derive(Debug, Default)]
pub struct Shown {
    /// Newest first.
    pub articles: Vec<StoredArticle>,
    /// When the next embargo ends.
    pub release: Option<DateTime<Utc>>,
    /// When the first of the articles expires.
    pub expiry: Option<DateTime<Utc>>,
}

impl Shown {
    /// The conditions of a document that shows these.
    pub fn conditions(&self, made: Conditions) -> Conditions {
        Conditions { release: self.release, expiry: self.expiry, ..made }
    }
}

/// Judges articles by the terms of their outlets, and notes when its judgement will be another.
struct Gate<'a> {
    outlets: BTreeMap<&'a str, &'a Outlet>,
    now: DateTime<Utc>,
    release: Option<DateTime<Utc>>,
    expiry: Option<DateTime<Utc>>,
}

impl<'a> Gate<'a> {
    fn new(config: &'a Config, feed: &Feed, now: DateTime<Utc>) -> Self {
        let taken: BTreeSet<&str> = feed.outlets.iter().map(String::as_str).collect();
        let outlets = config.outlets.iter().filter(|outlet| taken.contains(outlet.id.as_str()));
        Self { outlets: outlets.map(|outlet| (outlet.id.as_str(), outlet)).collect(), now, release: None, expiry: None }
    }

    fn is_open(&self) -> bool {
        self.outlets.values().all(|outlet| outlet.terms.is_open())
    }

    fn outlet(&self, article: &StoredArticle) -> Option<&'a Outlet> {
        self.outlets.get(article.attributed.article.outlet.as_str()).copied()
    }

    fn admits(&mut self, article: &StoredArticle) -> bool {
        let Some(outlet) = self.outlet(article) else { return false };
        match outlet.standing(article, self.now) {
            Standing::Shown => {
                self.expiry = self.expiry.into_iter().chain(outlet.terms.expires(article.date())).min();
                true
            }
            Standing::Embargoed(until) => {
                self.release = self.release.into_iter().chain([until]).min();
                false
            }
            Standing::Expired(_) | Standing::OtherLanguage => false,
        }
    }

    /// When it could first be seen: it came, and nothing kept it back any more.
    fn arrival(&self, article: &StoredArticle) -> DateTime<Utc> {
        let released = self.outlet(article).map(|outlet| outlet.terms.released(article.date()));
        released.into_iter().chain([article.identity.first_seen]).max().unwrap_or_default()
    }

    fn shows(self, articles: Vec<StoredArticle>) -> Shown {
        Shown { articles, release: self.release, expiry: self.expiry }
    }
}

/// The articles of a feed: the newest `size`, and whatever else arrived within `keep_hours` before the newest of them did. Counted from the data, so
/// that the same store gives the same feed at any time at which the same articles may be shown.
///
/// # Errors
/// The store did not answer.
pub async fn window(store: &Store, config: &Config, feed: &Feed, now: DateTime<Utc>) -> Result<Shown, StoreError> {
    let mut gate = Gate::new(config, feed, now);
    let outlets = &feed.outlets;
    let ceiling = CEILING.max(feed.size);
    let kept = TimeDelta::hours(i64::from(feed.keep_hours));
    if gate.is_open() {
        let newest = Window { outlets, size: 1, since: DateTime::<Utc>::MAX_UTC, ceiling: 1 };
        let Some(newest) = store.window(&newest).await?.pop() else { return Ok(Shown::default()) };
        let since = newest.identity.first_seen - kept;
        let mut articles = store.window(&Window { outlets, size: feed.size, since, ceiling }).await?;
        // A date in the future is an embargo that was accepted on earlier terms.
        articles.retain(|article| gate.admits(article));
        return Ok(gate.shows(articles));
    }

    let mut depth = feed.size.max(1);
    let mut articles = loop {
        let mut newest = store.window(&Window { outlets, size: depth, since: DateTime::<Utc>::MAX_UTC, ceiling: depth }).await?;
        let is_all = newest.len() < depth;
        newest.retain(|article| gate.admits(article));
        if newest.len() >= feed.size || is_all || depth >= DEEPEST {
            newest.truncate(feed.size);
            break newest;
        }
        depth = depth.saturating_mul(4).min(DEEPEST);
    };
    let Some(newest) = articles.first() else { return Ok(gate.shows(articles)) };
    let since = gate.arrival(newest) - kept;
    // What was kept back arrives later than it was first seen.
    let longest = gate.outlets.values().filter_map(|outlet| outlet.terms.embargo).max().unwrap_or(Duration::ZERO);
    let reach = since - TimeDelta::from_std(longest).unwrap_or_default();
    let mut recent = store.window(&Window { outlets, size: 0, since: reach, ceiling }).await?;
    let there: BTreeSet<&str> = articles.iter().map(|article| article.identity.key.as_str()).collect();
    recent.retain(|article| {
        !there.contains(article.identity.key.as_str()) && gate.arrival(article) >= since && gate.admits(article)
    });
    recent.sort_by(|a, b| gate.arrival(b).cmp(&gate.arrival(a)).then_with(|| a.identity.key.cmp(&b.identity.key)));
    recent.truncate(ceiling.saturating_sub(articles.len()));
    articles.append(&mut recent);
    articles.sort_by(|a, b| b.date().cmp(&a.date()).then_with(|| a.identity.key.cmp(&b.identity.key)));
    Ok(gate.shows(articles))
}
