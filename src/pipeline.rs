//! The whole way of an article, top to bottom. Start reading here.
//!
//! ```text
//! poll     fetch → parse → normalize → attribute → store.record
//! pages    queue → robots → fetch → parse → normalize → attribute → store.record_page     where the text is on its own page
//! translate  window → memory, engine → store.record_translation                only for feeds that ask for a language
//! publish  store.window → editions → render → read back → snapshot
//! ```
//! Each stage is a plain call with values passed on. The store is touched at the two ends only.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};
use sha2::{Digest, Sha256};
use tokio::sync::{Notify, Semaphore};
use tokio::task::JoinError;
use url::Url;

use crate::config::{Config, Feed, Outlet};
use crate::fetch::{self, Client, FetchError, Robots, Turns};
use crate::model::{
    Advertised, Deletion, Discovery, Fault, FeedFormat, Fetched, FetchedDocument, Format, Freshness, PollState, Problem,
    PublishedDocument, StoredArticle, Unreadable, Validators, Verdict, Warning,
};
use crate::publish::Snapshot;
use crate::render::{Contents, Place, Renderer};
use crate::schedule::{self, Outcome, Pace};
use crate::store::{Change, Store, StoreError};
use crate::{attribute, normalize, parse};

mod archive;
mod editions;
mod held;
mod labels;
mod language;
mod on_demand;
mod own;
mod pages;
mod push;
mod read_back;
mod select;
mod settings;
mod showing;
mod site;
pub mod translate;
mod walk;
mod window;
mod withdraw;

pub use editions::shown;
pub use held::judge_held;
pub use on_demand::ArticlePages;
pub use own::{OWN_ARTICLE, Own};
pub use pages::{AWAITING_PAGE, PageRead, read_page};
pub use push::{PushedContent, take_pushed};
use read_back::reads_back;
use settings::settings;
use showing::is_on_terms;
pub use showing::{feed_of, may_show, recall};
pub use site::{documents, publish_site};
pub use translate::Translators;
pub use walk::Walk;
pub use window::{Shown, window};
pub use withdraw::{Taken, address_mark, publish_acts};

/// The feed that the index shows.
const LATEST: &str = "all";

/// What the stages work with. Cheap to clone.
#[derive(Clone)]
pub struct Stages {
    /// feeds.toml.
    pub config: Arc<Config>,
    /// HTTP client with its address guard.
    pub client: Client,
    /// Store.
    pub store: Store,
    /// Renderer with its templates.
    pub renderer: Arc<Renderer>,
    /// Documents as readers see them.
    pub snapshot: Arc<Snapshot>,
    /// Article pages made when asked for.
    pub pages: Arc<ArticlePages>,
    /// Turns at the hosts of partners, shared by everything that asks them.
    pub turns: Turns,
    /// What robots.txt of their sites says.
    pub robots: Robots,
    /// Rung when pages were queued.
    pub queued: Arc<Notify>,
    /// Rung when a document was published.
    pub published: Arc<Notify>,
    reading: Arc<Semaphore>,
}

impl Stages {
    /// Puts the stages together. `clock` is asked when a page is: whether it may be shown depends on it.
    pub fn new(
        config: Arc<Config>,
        client: Client,
        store: Store,
        renderer: Renderer,
        snapshot: Snapshot,
        clock: fn() -> DateTime<Utc>,
    ) -> Self {
        let renderer = Arc::new(renderer);
        let pages = Arc::new(ArticlePages::new(config.clone(), store.clone(), renderer.clone(), clock));
        Self {
            turns: Turns::new(config.limits.host_spacing),
            robots: Robots::default(),
            queued: Arc::default(),
            published: Arc::default(),
            config,
            client,
            store,
            renderer,
            snapshot: Arc::new(snapshot),
            pages,
            // Parsing cannot be interrupted: at most two documents at a time, so that hostile ones never take every thread.
            reading: Arc::new(Semaphore::new(2)),
        }
    }

    /// What our own articles are known by when they come back.
    fn own(&self) -> Own {
        Own::new(&self.config.site.url, Some(self.store.authority()))
    }

    /// Runs what cannot be interrupted on a thread of its own, with the bound on how many such things run at once. The error is its panic.
    async fn blocking<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Result<T, JoinError> {
        let permit = self.reading.clone().acquire_owned().await.expect("the semaphore is never closed");
        let done = tokio::task::spawn_blocking(move || {
            let _permit = permit;
            work()
        });
        done.await
    }
}

/// The client that feeds.toml asks for.
pub fn client(config: &Config) -> Result<Client, String> {
    let site = &config.site;
    let user_agent = site.user_agent.clone().unwrap_or_else(|| {
        let contact = site.contact.as_deref().map(|contact| format!("; {contact}")).unwrap_or_default();
        format!("reprint/{} (+{}{contact})", env!("CARGO_PKG_VERSION"), site.url)
    });
    let client = Client::new(fetch::Options {
        user_agent,
        body_bytes: config.limits.body_bytes,
        connect_timeout: config.limits.connect_timeout,
        total_timeout: config.limits.total_timeout,
        redirects: config.limits.redirects,
        allow_networks: config.limits.allow_networks.clone(),
        allow_ports: config.limits.allow_ports.clone(),
    })?;
    let grants = config.outlets.iter().filter_map(|outlet| {
        let credentials = outlet.credentials.clone()?;
        Some(fetch::Grant { outlet: outlet.id.clone(), feeds: outlet.sources().cloned().collect(), credentials })
    });
    Ok(client.with_credentials(grants))
}

/// What one document says, after the three stages that need nothing but the document.
#[derive(Debug)]
pub struct Reading {
    /// Dialect.
    pub format: Format,
    /// Entries in the document.
    pub entries: usize,
    /// One verdict an entry, in document order.
    pub verdicts: Vec<Verdict>,
    /// Entries that it declares deleted.
    pub deleted: Vec<Deletion>,
    /// What was odd about the document.
    pub warnings: Vec<Warning>,
    /// How long the feed itself asks not to be polled (RSS ttl).
    pub ttl: Option<Duration>,
    /// The WebSub hub it names.
    pub advertised: Option<Advertised>,
}

impl Reading {
    /// The document did not break off, neither inside an entry nor between two.
    fn is_whole(&self) -> bool {
        let cut = self.warnings.iter().any(|warning| matches!(warning.code, "xml_truncated" | "json_truncated"));
        !cut && self.verdicts.iter().all(|verdict| match verdict {
            Verdict::Ready(ready) => ready.article.complete,
            Verdict::Held { article, .. } => article.complete,
        })
    }
}

/// parse → normalize → attribute: one document of one outlet. Pure: same input, same output.
pub fn read(outlet: &Outlet, source: &Url, doc: &FetchedDocument, bounds: parse::Bounds) -> Result<Reading, Unreadable> {
    let charset = outlet.charset.as_deref();
    let feed = match outlet.listing(source) {
        Some(listing) => parse::html::listing(doc, charset, &listing.selectors, normalize::html::bounded, bounds)?,
        None => parse::feed(doc, charset, bounds, normalize::html::bounded)?,
    };
    let setting = normalize::Setting { outlet, feed_url: source, base: &doc.url, fetched_at: doc.fetched_at, head: &feed.head };
    let verdict = |entry| pages::hold(outlet, source, attribute::article(outlet, normalize::entry(&setting, entry)));
    let verdicts = feed.entries.iter().map(verdict).collect::<Vec<_>>();
    let ttl = feed.head.ttl.as_deref().and_then(|ttl| ttl.trim().parse::<u64>().ok());
    Ok(Reading {
        format: feed.format,
        entries: feed.entries.len(),
        verdicts,
        deleted: withdraw::understood(&feed.deleted),
        warnings: feed.warnings,
        advertised: parse::hub(doc, &feed.head.links),
        ttl: ttl.filter(|minutes| *minutes <= 7 * 24 * 60).map(|minutes| Duration::from_secs(minutes * 60)),
    })
}

/// What is recorded of a verdict: our own articles are refused, others get the marks that a story is known by at every outlet.
pub fn recordable(own: &Own, verdict: Verdict) -> Verdict {
    normalize::story::mark(own.refuse(verdict))
}

/// What a poll came to.
#[derive(Debug)]
pub struct Polled {
    /// The state it left.
    pub state: PollState,
    /// What it changed.
    pub change: Change,
    /// What was odd about the document.
    pub warnings: Vec<Warning>,
    /// Bytes of the document that came, decoded; 0 where none did.
    pub received: usize,
    /// What it says of its WebSub hub, where feeds.toml wants to know.
    pub discovery: Discovery,
}

/// What the partner's answer was worth, before it is recorded.
struct Answer {
    verdicts: Vec<Verdict>,
    deleted: Vec<Deletion>,
    warnings: Vec<Warning>,
    freshness: Freshness,
    failed: Option<(String, Fault, String)>,
    discovery: Discovery,
}

impl Answer {
    fn failed(code: impl Into<String>, fault: Fault, message: impl Into<String>, freshness: Freshness) -> Self {
        let failed = Some((code.into(), fault, message.into()));
        Self { failed, discovery: Discovery::Unread, ..Self::unchanged(freshness) }
    }

    fn unchanged(freshness: Freshness) -> Self {
        let (verdicts, deleted, warnings) = (Vec::new(), Vec::new(), Vec::new());
        Self { verdicts, deleted, warnings, freshness, failed: None, discovery: Discovery::Same }
    }
}

/// One poll of one source, recorded. A failure is recorded as state and changes nothing that readers see.
pub async fn poll(stages: &Stages, outlet: &Outlet, state: PollState, now: DateTime<Utc>) -> Result<Polled, StoreError> {
    let mut after = state.clone();
    after.last_attempt = Some(now);
    let mut received = 0;
    let answer = ask(stages, outlet, &mut after, &mut received, now).await;

    let outcome = match &answer.failed {
        None => {
            after.failures = 0;
            after.problem = None;
            after.last_success = Some(now);
            Outcome::Success
        }
        Some((code, fault, message)) => {
            after.failures = state.failures.saturating_add(1);
            let since = state.problem.as_ref().map_or(now, |problem| problem.since);
            after.problem = Some(Problem { code: code.clone(), fault: *fault, message: message.clone(), since });
            Outcome::Failure(after.failures)
        }
    };
    let seed = format!("{} {}", outlet.id, after.source);
    let pace =
        Pace { cron: &outlet.schedule, zone: outlet.time_zone, longest: stages.config.limits.longest_backoff, seed: &seed };
    let ttl = after.ttl.filter(|_| answer.failed.is_none());
    after.next_poll = schedule::next_poll(&pace, now, outcome, answer.freshness, ttl);

    Ok(Polled { received, ..recorded(stages, outlet, after, answer, now).await? })
}

/// Records what an answer brought, under the state it left.
async fn recorded(
    stages: &Stages,
    outlet: &Outlet,
    mut after: PollState,
    answer: Answer,
    now: DateTime<Utc>,
) -> Result<Polled, StoreError> {
    let follow = pages::followed(&answer.verdicts);
    let mut change = stages.store.record_poll(&after, &answer.verdicts, &follow, &answer.deleted, now).await?;
    if change.queued > 0 {
        stages.queued.notify_one();
    }
    if change.is_visible() {
        after.last_change = Some(now);
        stages.pages.forget(change.altered());
        if !change.new.is_empty() {
            // What they are editions of names them from now on.
            let (keys, outlets) = editions::related(&stages.store, &stages.config, &answer.verdicts, now).await?;
            stages.pages.forget(keys.iter());
            change.elsewhere.extend(outlets.into_iter().filter(|other| *other != outlet.id));
        }
    }
    Ok(Polled { state: after, change, warnings: answer.warnings, received: 0, discovery: answer.discovery })
}

async fn ask(stages: &Stages, outlet: &Outlet, after: &mut PollState, received: &mut usize, now: DateTime<Utc>) -> Answer {
    let bounds = parse::Bounds { entries: stages.config.limits.entries_per_poll };
    let settings = settings(outlet, &after.source, bounds, stages.config.websub.subscribe);
    if after.settings != Some(settings) {
        // What we have was read by other settings: the partner is asked for all of it, once. A failure asks again.
        after.validators = Validators::default();
        after.body_hash = None;
    }
    let doc = match fetch_source(stages, outlet, after, now).await {
        Err(error) => {
            let freshness = Freshness { max_age: None, retry_after: error.retry_after };
            return Answer::failed(error.code, error.fault, error.message, freshness);
        }
        Ok(Fetched::NotModified { freshness, moved_permanently }) => {
            after.redirected(moved_permanently);
            return Answer::unchanged(freshness);
        }
        Ok(Fetched::Document(doc)) => doc,
    };
    *received = doc.body.len();
    let freshness = doc.freshness;
    let validators = doc.validators.clone();
    let moved_to = doc.moved_permanently.clone();
    let hash: [u8; 32] = Sha256::digest(&doc.body).into();
    if after.body_hash == Some(hash) {
        // The same bytes under new validators: nothing to read.
        after.validators = validators;
        after.redirected(moved_to);
        return Answer::unchanged(freshness);
    }
    let named = if stages.config.websub.subscribe { parse::hub(&doc, &[]) } else { None };
    let (reader, source, own) = (outlet.clone(), after.source.clone(), stages.own());
    let read = move || {
        let mut reading = read(&reader, &source, &doc, bounds)?;
        reading.verdicts = reading.verdicts.into_iter().map(|verdict| recordable(&own, verdict)).collect();
        Ok::<_, Unreadable>(reading)
    };
    match stages.blocking(read).await {
        Ok(Ok(reading)) => {
            // A document that broke off is asked for again, unconditionally: the rest of it is still to come.
            if reading.is_whole() {
                after.validators = validators;
                after.body_hash = Some(hash);
            } else {
                after.validators = Validators::default();
                after.body_hash = None;
            }
            after.settings = Some(settings);
            after.redirected(moved_to);
            after.entries = u32::try_from(reading.entries).unwrap_or(u32::MAX);
            after.ttl = reading.ttl;
            let whole = reading.is_whole();
            let Reading { verdicts, deleted, warnings, advertised, .. } = reading;
            let discovery = match advertised {
                _ if !stages.config.websub.subscribe => Discovery::Unread,
                Some(advertised) => Discovery::Named(advertised),
                None if whole => Discovery::NoHub,
                None => Discovery::Unread,
            };
            Answer { verdicts, deleted, warnings, freshness, failed: None, discovery }
        }
        Ok(Err(unreadable)) => {
            // A page without articles may name the hub that will bring them.
            let discovery = named.map_or(Discovery::Unread, Discovery::Named);
            Answer { discovery, ..Answer::failed(unreadable.code, Fault::Partner, unreadable.message, freshness) }
        }
        Err(panic) => Answer::failed(
            "panic",
            Fault::Us,
            format!("reading the document failed inside reprint ({panic}): report it as a bug, with the document"),
            freshness,
        ),
    }
}

/// Asks a source in a turn at its host; a listing page only if robots.txt lets us.
async fn fetch_source(stages: &Stages, outlet: &Outlet, state: &PollState, now: DateTime<Utc>) -> Result<Fetched, FetchError> {
    let source = &state.source;
    let turn = stages.turns.take(source.host_str().unwrap_or_default()).await;
    if outlet.listing(source).is_some() {
        stages.robots.admit(&stages.client, &stages.turns, Some(&turn), source, now).await?;
    }
    stages.client.fetch(&state.request(), now).await
}

/// A document that was rendered but must not be shown, with the reason.
#[derive(Debug)]
pub struct Rejected {
    /// Its path.
    pub path: String,
    /// What is wrong with it.
    pub reason: String,
}

/// What a publication came to.
#[derive(Debug, Default)]
pub struct Publication {
    /// Paths whose bytes changed.
    pub changed: Vec<String>,
    /// Documents kept back; readers still see the last good ones.
    pub rejected: Vec<Rejected>,
    /// What each feed shows whose documents were all made.
    pub feeds: Vec<FeedFigures>,
}

/// What a feed shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FeedFigures {
    /// Id of the feed.
    pub id: String,
    /// Articles in it.
    pub articles: usize,
    /// Date of the newest.
    pub newest: Option<DateTime<Utc>>,
}

impl Publication {
    fn add(&mut self, mut other: Publication) {
        self.changed.append(&mut other.changed);
        self.rejected.append(&mut other.rejected);
        self.feeds.append(&mut other.feeds);
    }
}

/// Why publishing stopped.
#[derive(Debug, thiserror::Error)]
pub enum PublishError {
    /// The store did not answer.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A document could not be made or written to disk.
    #[error("cannot write a published document: {0}")]
    Disk(#[from] std::io::Error),
}

/// Renders every feed that takes one of `outlets` (`None`: every feed) as it is at `now`, reads each document back, and puts it in place of the
/// last one. The index and the OPML list follow.
pub async fn publish(
    stages: &Stages,
    outlets: Option<&BTreeSet<String>>,
    now: DateTime<Utc>,
) -> Result<Publication, PublishError> {
    let touched = |feed: &&Feed| outlets.is_none_or(|outlets| feed.outlets.iter().any(|outlet| outlets.contains(outlet)));
    publish_feeds(stages, stages.config.feeds.iter().filter(touched), now).await
}

/// Renders the feeds that time has overtaken: an embargo has ended, an article has expired, or what the last run left was made on other terms.
pub async fn publish_due(stages: &Stages, now: DateTime<Utc>) -> Result<Publication, PublishError> {
    let due: BTreeSet<String> = stages
        .snapshot
        .paths()
        .into_iter()
        .filter_map(|path| {
            let feed = feed_of(&stages.config, &path)?;
            let conditions = stages.snapshot.get(&path)?.conditions.clone();
            let is_due =
                conditions.until().is_some_and(|until| until <= now) || !is_on_terms(&stages.renderer, feed, &conditions);
            is_due.then(|| feed.id.clone())
        })
        .collect();
    if due.is_empty() {
        return Ok(Publication::default());
    }
    let publication = publish_feeds(stages, stages.config.feeds.iter().filter(|feed| due.contains(&feed.id)), now).await?;
    // A document that was kept back has not replaced the one that shows too much.
    recall(stages, now)?;
    Ok(publication)
}

async fn publish_feeds(
    stages: &Stages,
    feeds: impl Iterator<Item = &Feed>,
    now: DateTime<Utc>,
) -> Result<Publication, PublishError> {
    let mut publication = Publication::default();
    for feed in feeds {
        let sources = window(&stages.store, &stages.config, feed, now).await?;
        // By the data, not by the clock: the same store gives the same documents.
        let newest = sources.articles.iter().map(|article| article.identity.first_seen).max();
        let archived = match newest {
            Some(newest) => archive::before(&stages.store, feed, newest).await?.map(|period| period.name()),
            None => None,
        };
        let withdrawn = withdraw::tombstones(&stages.store, &stages.config, feed, &sources.articles).await?;
        let withdrawn = editions::tombstones(&stages.store, feed, withdrawn).await?;
        let shown = editions::dressed(&stages.store, &stages.config, feed, sources, now).await?;
        let (here, feed) = (stages.clone(), feed.clone());
        let work = move || {
            let place = Place { previous: archived.as_deref(), ..Place::default() };
            feed_documents(&here, &feed, &shown, &Contents { articles: &shown.articles, withdrawn: &withdrawn, place })
        };
        publication.add(off_the_runtime(work).await?);
    }
    let here = stages.clone();
    publication.add(off_the_runtime(move || list(&here)).await?);
    Ok(publication)
}

/// Rendering, compressing and syncing block: they have threads of their own.
async fn off_the_runtime(
    work: impl FnOnce() -> std::io::Result<Publication> + Send + 'static,
) -> Result<Publication, PublishError> {
    match tokio::task::spawn_blocking(work).await {
        Ok(done) => Ok(done?),
        Err(panic) => Err(PublishError::Disk(std::io::Error::other(panic))),
    }
}

/// The documents of one feed; the index goes with the feed `all`. `contents`: of `shown`.
fn feed_documents(stages: &Stages, feed: &Feed, shown: &Shown, contents: &Contents<'_>) -> std::io::Result<Publication> {
    let mut publication = Publication::default();
    let articles = &shown.articles;
    let mut put = |document: PublishedDocument| {
        let conditions = shown.conditions(document.conditions);
        put(stages, PublishedDocument { conditions, ..document }, &mut publication)
    };
    let mut rejected = Vec::new();
    for format in FeedFormat::ALL {
        let document = stages.renderer.feed(feed, format, contents);
        match reads_back(&document, contents) {
            Ok(()) => put(document)?,
            Err(reason) => rejected.push(Rejected { path: document.path, reason }),
        }
    }
    put(stages.renderer.feed_page(feed, articles))?;
    if feed.id == LATEST {
        // Where not even the feed of all outlets is for everybody, the front page has feeds and outlets only.
        let latest: &[StoredArticle] = if feed.is_public() { articles } else { &[] };
        put(stages.renderer.index(&stages.config.feeds, latest))?;
    }
    if rejected.is_empty() {
        let newest = articles.iter().map(StoredArticle::date).max();
        publication.feeds.push(FeedFigures { id: feed.id.clone(), articles: articles.len(), newest });
    }
    publication.rejected = rejected;
    Ok(publication)
}

/// The list of all feeds.
fn list(stages: &Stages) -> std::io::Result<Publication> {
    let mut publication = Publication::default();
    let paths = stages.config.public_feeds().map(|feed| FeedFormat::Atom.path(&feed.id));
    let modified = paths.filter_map(|path| stages.snapshot.get(&path)).map(|document| document.modified).max();
    put(stages, stages.renderer.opml(&stages.config.feeds, modified.unwrap_or_default()), &mut publication)?;
    Ok(publication)
}

fn put(stages: &Stages, document: PublishedDocument, publication: &mut Publication) -> std::io::Result<()> {
    let path = document.path.clone();
    if stages.snapshot.put(document)? {
        stages.published.notify_one();
        publication.changed.push(path);
    }
    Ok(())
}
