//! Tasks, signals, systemd, and the only clock.
//!
//! One task serves, one schedules (and spawns one task a due source), one publishes. They meet in the store, in the snapshot and in the set of
//! outlets that changed.

use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use sd_notify::NotifyState;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::Notify;
use tokio::task::JoinSet;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use crate::config::{Config, Outlet};
use crate::model::{Discovery, PollState};
use crate::pipeline::{self, Stages, Translators};
use crate::publish::Snapshot;
use crate::render::{self, Renderer};
use crate::serve;
use crate::store::Store;

mod board;
mod metrics;
mod pages;
mod partners;
mod sockets;
mod sources;
mod status;
mod translations;
mod websub;
mod withdrawals;

pub use metrics::{FAMILIES, Family, Kind};
pub use pages::reads_pages;
pub use sources::poll_states;
pub use withdrawals::follow_withdrawals;

/// `Cache-Control: max-age` of everything published, seconds; the feeds' own ttl says the same in minutes.
pub const MAX_AGE: u32 = 60 * render::CACHE_MINUTES;

/// Changes within this span at least are published together.
const COALESCE: Duration = Duration::from_millis(200);

/// Changes wait for no longer than this before they are published.
const LONGEST_PAUSE: Duration = Duration::from_secs(2);

/// After a publication that failed, the next is tried so much later at least, and at most.
const PUBLISH_AGAIN: (Duration, Duration) = (Duration::from_secs(5), Duration::from_secs(60));

/// After a poll that could not be recorded, the partner is asked again so much later, twice as late after each further one.
const RECORD_AGAIN: TimeDelta = TimeDelta::minutes(1);

/// A clock that is further back than this was set; less is ordinary keeping of time.
const SET_BACK: TimeDelta = TimeDelta::minutes(1);

/// The scheduler looks at the clock at least this often, so that a clock that is set is noticed.
const LONGEST_SLEEP: Duration = Duration::from_secs(30);

/// The store is asked for a sign of life this often, and is taken for dead after a longer silence.
const STORE_LOOK: Duration = Duration::from_secs(5);
const STORE_SILENCE: Duration = Duration::from_secs(30);

/// Polls under way may finish for so long after a stop was asked for.
const DRAIN: Duration = Duration::from_secs(10);

/// The clock, read here and in the commands and nowhere else.
#[expect(clippy::disallowed_methods, reason = "this is the one place")]
pub fn now() -> DateTime<Utc> {
    Utc::now()
}

/// Why the daemon did not start or stopped.
#[derive(Debug, thiserror::Error)]
#[error("{message}")]
pub struct DaemonError {
    /// What happened and what to do, for an admin, without a final stop.
    pub message: String,
    /// Starting again does not help before an admin has acted: exit code 78.
    pub configuration: bool,
}

impl DaemonError {
    fn failed(message: impl Into<String>) -> Self {
        Self { message: message.into(), configuration: false }
    }

    fn configuration(message: impl Into<String>) -> Self {
        Self { message: message.into(), configuration: true }
    }
}

impl From<crate::store::StoreError> for DaemonError {
    fn from(error: crate::store::StoreError) -> Self {
        Self { message: error.message, configuration: error.configuration }
    }
}

/// The authority of the `tag:` ids for a store that is created now (RFC 4151: a domain and a year in which it was ours).
pub fn tag_authority(config: &Config, now: DateTime<Utc>) -> String {
    config.site.tag_authority.clone().unwrap_or_else(|| {
        let host = config.site.url.host_str().unwrap_or("localhost");
        format!("{host},{}", now.format("%Y"))
    })
}

/// Opens the stages: store, client, templates, and the documents of the last run. What takes time is done side by side: readers are waiting.
pub async fn open(config: Config) -> Result<Stages, DaemonError> {
    let database = config.site.database.clone();
    let published = database.with_file_name("published");
    let options = config.clone();
    let client = tokio::task::spawn_blocking(move || pipeline::client(&options));
    let folder = published.clone();
    let snapshot = tokio::task::spawn_blocking(move || Snapshot::load(Some(&folder)));
    let store = Store::open(&database, &tag_authority(&config, now())).await?;
    sources::adopt(&store, &config).await?;
    // Ids of feeds stand on the authority that ids of articles were minted with, whatever feeds.toml says by now.
    let mut config = config;
    config.site.tag_authority = Some(store.authority().to_owned());
    let renderer = Renderer::new(&config, config.site.templates.as_deref()).map_err(DaemonError::configuration)?;
    let client = client.await.map_err(|panic| DaemonError::failed(panic.to_string()))?.map_err(DaemonError::configuration)?;
    let snapshot = snapshot.await.map_err(|panic| DaemonError::failed(panic.to_string()))?.map_err(|error| {
        DaemonError::configuration(format!("cannot use {}: {error}; it must be writable by reprint", published.display()))
    })?;
    Ok(Stages::new(Arc::new(config), client, store, renderer, snapshot, now))
}

/// The stages, running.
pub struct Daemon {
    stages: Stages,
    listeners: serve::Listeners,
    shutdown: CancellationToken,
    changed: Arc<Changed>,
    pulse: Arc<Pulse>,
}

impl Daemon {
    /// Binds the address, unless the service manager passes sockets: then those are listened on. Nothing runs yet.
    pub async fn bind(stages: Stages, listen: SocketAddr) -> Result<Self, DaemonError> {
        let listeners = sockets::open(listen).await?;
        Ok(Self {
            stages,
            listeners,
            shutdown: CancellationToken::new(),
            changed: Arc::default(),
            pulse: Arc::new(Pulse::new(Instant::now())),
        })
    }

    /// The address it listens on.
    pub fn address(&self) -> std::io::Result<SocketAddr> {
        self.listeners.address()
    }

    /// Cancelling it stops the daemon.
    pub fn shutdown(&self) -> CancellationToken {
        self.shutdown.clone()
    }

    /// Runs until the shutdown token is cancelled or a signal asks for it. Serves what the last run left before anything else.
    pub async fn run(self) -> Result<(), DaemonError> {
        let Self { stages, listeners, shutdown, changed, pulse } = self;
        // From here on a signal is an orderly stop, however early it comes.
        let signals = Signals::catch();
        let address = listeners.address().map_err(|error| DaemonError::failed(error.to_string()))?;
        let config = stages.config.clone();
        let translators = tokio::task::spawn_blocking(move || Translators::new(&config));
        let translators = translators.await.map_err(|panic| DaemonError::failed(panic.to_string()))?;
        let translators = Arc::new(translators.map_err(DaemonError::configuration)?);
        let states = poll_states(&stages, now()).await?;

        // What the last run left is served at once; a feed that has never been published is rendered before anybody can ask for it.
        let missing = stages.config.feeds.iter().any(|feed| stages.snapshot.get(&format!("feeds/{}.atom", feed.id)).is_none());
        let published = missing && publish(&stages, &changed.board, None).await;
        if !missing {
            // Terms may be others than at the last run, embargoes and lives of articles may have ended since.
            publish_due(&stages, &changed.board).await;
        }
        // What was withdrawn while nothing ran, or just before the last run was killed.
        if let Err(error) = follow_withdrawals(&stages).await {
            tracing::error!(%error, "withdrawn articles cannot be taken out of documents, which are taken away until they can");
        }
        if let Err(error) = pipeline::recall(&stages, now()) {
            tracing::error!(%error, "cannot remove documents that show more than outlets allow");
        }
        if let Err(error) = pipeline::publish_site(&stages).await {
            tracing::error!(%error, "cannot write style sheets and the site's own pages; those of the last run are served");
        }
        let websub = Arc::new(websub::Websub::open(&stages).await?);
        let links = websub.hub.clone().map(|hub| Arc::new(move |path: &str| hub.links(path)) as serve::LinksOf);
        let accepting = CancellationToken::new();
        let (here, beat, tally) = (stages.clone(), pulse.clone(), Arc::<serve::Tally>::default());
        let desk = status::Desk::new(stages.clone(), changed.clone(), pulse.clone(), tally.clone(), websub.clone());
        let access = partners::access(&stages.config);
        let ledger = access.ledger();
        let site = serve::Site {
            snapshot: stages.snapshot.clone(),
            pages: stages.pages.clone(),
            ready: Arc::new(move || ready(&here, &beat)),
            max_age: MAX_AGE,
            links,
            routes: [desk.routes(), websub.routes()].concat(),
            gate: Some(Arc::new(access)),
            tally,
            now,
        };
        let server = tokio::spawn(serve::run(listeners, site, sockets::limits(&stages.config), accepting.clone()));
        tracing::info!(
            outlets = stages.config.outlets.len(),
            feeds = stages.config.feeds.len(),
            "listening on http://{address}/"
        );

        if !published {
            // Templates, wordings or reprint itself may be others than at the last run.
            stages.config.outlets.iter().for_each(|outlet| changed.add(&outlet.id));
        }
        notify(&[NotifyState::Ready, NotifyState::Status(&format!("serving on http://{address}/"))]);

        let stop_scheduling = CancellationToken::new();
        let scheduler = tokio::spawn(schedule(
            stages.clone(),
            states,
            changed.clone(),
            pulse.clone(),
            websub.clone(),
            stop_scheduling.clone(),
        ));
        let stop_telling = CancellationToken::new();
        let telling = websub.start(&stop_telling);
        let page_reader = tokio::spawn(pages::drain(stages.clone(), changed.clone(), stop_scheduling.clone()));
        let translator = tokio::spawn(translations::work(stages.clone(), translators, changed.clone(), stop_scheduling.clone()));
        let accountant =
            tokio::spawn(partners::keep(stages.store.clone(), changed.clone(), ledger.clone(), stop_scheduling.clone()));
        let stop_publishing = CancellationToken::new();
        let publisher = tokio::spawn(publish_changes(stages.clone(), changed.clone(), stop_publishing.clone()));
        let watchdog = tokio::spawn(watchdog(stages.clone(), pulse.clone()));
        let feeling = tokio::spawn(feel(stages.clone(), pulse.clone()));

        signals.wait(&shutdown).await;

        // In this order: nothing new is asked, what was asked is recorded, what was recorded is published, then the last readers go.
        notify(&[NotifyState::Stopping]);
        stop_scheduling.cancel();
        settle("scheduler", scheduler).await;
        settle("page reader", page_reader).await;
        settle("translator", translator).await;
        settle("accountant", accountant).await;
        stop_publishing.cancel();
        settle("publisher", publisher).await;
        stop_telling.cancel();
        for task in telling {
            settle("WebSub", task).await;
        }
        accepting.cancel();
        match server.await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => tracing::error!(%error, "the server ended with an error"),
            Err(error) => tracing::error!(%error, "the server task failed"),
        }
        partners::save(&stages.store, &changed.board, &ledger).await;
        watchdog.abort();
        feeling.abort();
        stages.store.close().await;
        tracing::info!("stopped");
        Ok(())
    }
}

async fn settle(task: &str, handle: tokio::task::JoinHandle<()>) {
    if let Err(error) = handle.await {
        tracing::error!(%error, "the {task} task failed");
    }
}

fn notify(states: &[NotifyState<'_>]) {
    if let Err(error) = sd_notify::notify(states) {
        tracing::debug!(%error, "cannot notify the service manager");
    }
}

/// Outlets whose articles changed since the last publication.
#[derive(Debug, Default)]
struct Changed {
    outlets: Mutex<BTreeSet<String>>,
    wake: Notify,
    /// Rung as well, for whoever translates.
    translate: Notify,
    /// What was done so far.
    board: board::Board,
    /// Rung when readers wait for it: a partner's hub has told us of it.
    hurry: Notify,
}

impl Changed {
    fn add(&self, outlet: &str) {
        self.outlets.lock().unwrap_or_else(|poisoned| poisoned.into_inner()).insert(outlet.to_owned());
        self.wake.notify_one();
        self.translate.notify_one();
    }

    fn add_all(&self, outlets: BTreeSet<String>) {
        self.outlets.lock().unwrap_or_else(|poisoned| poisoned.into_inner()).extend(outlets);
        self.wake.notify_one();
    }

    fn take(&self) -> BTreeSet<String> {
        std::mem::take(&mut *self.outlets.lock().unwrap_or_else(|poisoned| poisoned.into_inner()))
    }
}

/// Signs of life. Not by the clock: one that is set must neither look like a scheduler that hangs nor hide one.
#[derive(Debug)]
struct Pulse {
    start: Instant,
    /// Milliseconds from the start to the last beat.
    scheduler: AtomicU64,
    /// The same to the last answer of the store.
    store: AtomicU64,
}

impl Pulse {
    fn new(now: Instant) -> Self {
        Self { start: now, scheduler: AtomicU64::new(0), store: AtomicU64::new(0) }
    }

    fn since_start(&self, now: Instant) -> u64 {
        u64::try_from(now.saturating_duration_since(self.start).as_millis()).unwrap_or(u64::MAX)
    }

    fn beat(&self, now: Instant) {
        self.scheduler.store(self.since_start(now), Ordering::Relaxed);
    }

    fn store_answered(&self, now: Instant) {
        self.store.store(self.since_start(now), Ordering::Relaxed);
    }

    fn check_store(&self, now: Instant) -> Result<(), String> {
        let silent = Duration::from_millis(self.since_start(now).saturating_sub(self.store.load(Ordering::Relaxed)));
        if silent > STORE_SILENCE { Err(format!("the store has not answered for {} s", silent.as_secs())) } else { Ok(()) }
    }

    fn check(&self, now: Instant) -> Result<(), String> {
        let silent = Duration::from_millis(self.since_start(now).saturating_sub(self.scheduler.load(Ordering::Relaxed)));
        if silent > 3 * LONGEST_SLEEP { Err(format!("the scheduler has not run for {} s", silent.as_secs())) } else { Ok(()) }
    }
}

struct Source {
    state: PollState,
    outlet: Arc<Outlet>,
    host: String,
    polling: bool,
    /// It holds the turn of its host among the sources.
    asks: bool,
    hints: websub::Hints,
    /// What its last poll found of its hub.
    discovery: Discovery,
    /// Polls in a row that could not be recorded.
    unrecorded: u32,
}

/// Asks every source when it is due, never more than `concurrent_polls` at once. One that would only wait for its turn at its host
/// ([`crate::fetch::Turns`]), for the pause there or for another poll, does not count among them: it is not begun. A poll that panics counts as a
/// failed one.
async fn schedule(
    stages: Stages,
    states: Vec<PollState>,
    changed: Arc<Changed>,
    pulse: Arc<Pulse>,
    websub: Arc<websub::Websub>,
    stop: CancellationToken,
) {
    let limits = stages.config.limits.clone();
    let outlets: BTreeMap<&str, Arc<Outlet>> =
        stages.config.outlets.iter().map(|outlet| (outlet.id.as_str(), Arc::new(outlet.clone()))).collect();
    let mut sources: Vec<Source> = states
        .into_iter()
        .filter_map(|state| {
            let outlet = outlets.get(state.outlet.as_str())?.clone();
            let host = state.source.host_str().unwrap_or_default().to_owned();
            Some(Source {
                state,
                outlet,
                host,
                polling: false,
                asks: false,
                hints: websub::Hints::default(),
                discovery: Discovery::Unread,
                unrecorded: 0,
            })
        })
        .collect();
    let mut busy: BTreeSet<String> = BTreeSet::new();
    let mut polls: JoinSet<(usize, Result<pipeline::Polled, crate::store::StoreError>)> = JoinSet::new();
    let mut indexes: BTreeMap<tokio::task::Id, usize> = BTreeMap::new();

    loop {
        let now = now();
        pulse.beat(Instant::now());
        let mut wake = now + TimeDelta::from_std(LONGEST_SLEEP).unwrap_or(TimeDelta::seconds(30));
        for pushed in websub.pushes.take() {
            let of = |source: &&mut Source| source.outlet.id == pushed.outlet && source.state.source == pushed.source;
            if let Some(source) = sources.iter_mut().find(of) {
                source.hints.add(pushed);
            }
        }
        // The longest overdue first, so that one busy host cannot starve another.
        let mut due: Vec<usize> = Vec::new();
        for (index, source) in sources.iter_mut().enumerate().filter(|(_, source)| !source.polling) {
            sources::mend_clock(&mut source.state, now);
            match source.hints.poll_in(source.state.failures, Instant::now()) {
                Some(Duration::ZERO) => source.state.next_poll = source.state.next_poll.min(now),
                Some(pause) => wake = wake.min(now + TimeDelta::from_std(pause).unwrap_or_default()),
                None => {}
            }
            if source.state.next_poll <= now || source.hints.has_content() {
                due.push(index);
            } else {
                wake = wake.min(source.state.next_poll);
            }
        }
        due.sort_by_key(|index| sources[*index].state.next_poll);
        for index in due {
            if polls.len() >= limits.concurrent_polls {
                break;
            }
            let source = &mut sources[index];
            if let Some(content) = source.hints.content() {
                source.polling = true;
                let (stages, outlet, state) = (stages.clone(), source.outlet.clone(), source.state.clone());
                let taking = async move { (index, pipeline::take_pushed(&stages, &outlet, state, content, now).await) };
                indexes.insert(polls.spawn(taking).id(), index);
                continue;
            }
            if busy.contains(&source.host) {
                continue;
            }
            let pause = stages.turns.pause(&source.host);
            if !pause.is_zero() {
                wake = wake.min(now + TimeDelta::from_std(pause).unwrap_or_default());
                continue;
            }
            (source.polling, source.asks) = (true, true);
            source.hints.begin();
            busy.insert(source.host.clone());
            let (stages, outlet, state) = (stages.clone(), source.outlet.clone(), source.state.clone());
            let changed = changed.clone();
            let handle = polls.spawn(async move {
                let begun = Instant::now();
                let polled = pipeline::poll(&stages, &outlet, state, now).await;
                changed.board.poll_spans.add(begun.elapsed());
                (index, polled)
            });
            indexes.insert(handle.id(), index);
        }

        let pause = (wake - now).to_std().unwrap_or(Duration::ZERO).max(Duration::from_millis(10));
        tokio::select! {
            () = stop.cancelled() => break,
            () = tokio::time::sleep(pause) => {}
            () = websub.pushes.wake.notified() => {}
            Some(ended) = polls.join_next_with_id() => {
                let ended_at = self::now();
                let index = settle_poll(ended, &mut sources, &mut indexes, &changed, ended_at, limits.longest_backoff);
                let source = &mut sources[index];
                if std::mem::take(&mut source.asks) {
                    busy.remove(&source.host);
                }
                let discovery = std::mem::take(&mut source.discovery);
                websub.discovered(&source.outlet.id, &source.state.source, &discovery).await;
            }
        }
    }

    let drained = tokio::time::timeout(DRAIN, async {
        while let Some(ended) = polls.join_next_with_id().await {
            settle_poll(ended, &mut sources, &mut indexes, &changed, now(), limits.longest_backoff);
        }
    })
    .await;
    if drained.is_err() {
        tracing::warn!(
            polls = polls.len(),
            "polls that did not finish in time are abandoned; they are made again at the next start"
        );
    }
}

type Ended = Result<(tokio::task::Id, (usize, Result<pipeline::Polled, crate::store::StoreError>)), tokio::task::JoinError>;

/// Takes the outcome of a poll in, says it once in the log, and gives the index of its source.
fn settle_poll(
    ended: Ended,
    sources: &mut [Source],
    indexes: &mut BTreeMap<tokio::task::Id, usize>,
    changed: &Changed,
    now: DateTime<Utc>,
    longest_backoff: Duration,
) -> usize {
    let (id, outcome) = match ended {
        Ok((id, (_, outcome))) => (id, Ok(outcome)),
        Err(error) => (error.id(), Err(error)),
    };
    let index = indexes.remove(&id).expect("every spawned poll is in the index");
    let source = &mut sources[index];
    source.polling = false;
    let outlet = source.outlet.id.as_str();
    changed.board.polled(outlet, outcome.as_ref().ok().and_then(|polled| polled.as_ref().ok()), now);
    let address = source.state.source.as_str();
    let visible = matches!(&outcome, Ok(Ok(polled)) if polled.change.is_visible());
    let hurry = source.hints.settle(visible, Instant::now());
    match outcome {
        Ok(Ok(polled)) => {
            let change = &polled.change;
            if let Some(problem) = &polled.state.problem {
                let next = polled.state.next_poll.format("%FT%TZ").to_string();
                tracing::warn!(outlet, address, code = problem.code, fault = problem.fault.name(), next, "{}", problem.message);
            } else if change.is_visible() || change.held > 0 {
                let (new, edited, joined, held) = (change.new.len(), change.changed.len(), change.joined.len(), change.held);
                tracing::info!(outlet, address, new, changed = edited, joined, held, "polled");
            } else {
                tracing::debug!(outlet, address, "polled, nothing new");
            }
            for warning in &polled.warnings {
                tracing::debug!(outlet, address, code = warning.code, "{}", warning.message);
            }
            if change.is_visible() {
                changed.add(outlet);
                change.elsewhere.iter().for_each(|outlet| changed.add(outlet));
                if hurry {
                    changed.hurry.notify_one();
                }
            }
            source.discovery = polled.discovery;
            source.state = polled.state;
            source.unrecorded = 0;
            return index;
        }
        Ok(Err(error)) => tracing::error!(outlet, address, %error, "the poll could not be recorded; asking again later"),
        Err(error) => tracing::error!(outlet, address, %error, "the poll task failed: this is a bug in reprint"),
    }
    // The state in the store still has the old time.
    source.state.next_poll = now + record_again(source.unrecorded, longest_backoff);
    source.unrecorded = source.unrecorded.saturating_add(1);
    index
}

/// The pause after a poll that could not be recorded, `before` which as many could not: a disk that stays full is not the partner's to pay for.
fn record_again(before: u32, longest: Duration) -> TimeDelta {
    let longest = TimeDelta::from_std(longest).unwrap_or(RECORD_AGAIN);
    let doubled = 1_i32.checked_shl(before).filter(|factor| *factor > 0).unwrap_or(i32::MAX);
    RECORD_AGAIN.checked_mul(doubled).unwrap_or(longest).min(longest)
}

/// Publishes what changed, together what changes together: the longer a publication takes, the more it waits for the next to gather.
async fn publish_changes(stages: Stages, changed: Arc<Changed>, stop: CancellationToken) {
    let mut pause = COALESCE;
    // What could not be published on time is tried again then.
    let mut again: Option<tokio::time::Instant> = None;
    let mut looks = tokio::time::interval(withdrawals::LOOK);
    looks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    let mut watch = withdrawals::Watch::default();
    loop {
        let due = match (again, stages.snapshot.next_moment()) {
            (Some(again), _) => again.saturating_duration_since(tokio::time::Instant::now()),
            (None, Some(moment)) => (moment - now()).to_std().unwrap_or_default(),
            (None, None) => LONGEST_SLEEP,
        };
        let due = due.clamp(Duration::from_millis(5), LONGEST_SLEEP);
        tokio::select! {
            biased;
            () = stop.cancelled() => break,
            _ = looks.tick() => {
                watch.look(&stages).await;
                continue;
            }
            () = changed.wake.notified() => {}
            () = tokio::time::sleep(due) => {
                let overtaken = stages.snapshot.next_moment().is_some_and(|moment| moment <= now());
                let failed = overtaken && !publish_due(&stages, &changed.board).await;
                again = failed.then(|| tokio::time::Instant::now() + LONGEST_SLEEP);
                continue;
            }
        }
        tokio::select! {
            () = tokio::time::sleep(pause) => {}
            () = changed.hurry.notified() => {}
            () = stop.cancelled() => {}
        }
        let outlets = changed.take();
        if !outlets.is_empty() {
            let start = tokio::time::Instant::now();
            pause = if publish(&stages, &changed.board, Some(&outlets)).await {
                (2 * start.elapsed()).clamp(COALESCE, LONGEST_PAUSE)
            } else {
                changed.add_all(outlets);
                (2 * pause).clamp(PUBLISH_AGAIN.0, PUBLISH_AGAIN.1)
            };
        }
    }
    let outlets = changed.take();
    if !outlets.is_empty() {
        publish(&stages, &changed.board, Some(&outlets)).await;
    }
}

/// Publishes and says what came of it; false when it is to be tried again.
async fn publish(stages: &Stages, board: &board::Board, outlets: Option<&BTreeSet<String>>) -> bool {
    let begun = Instant::now();
    let published = pipeline::publish(stages, outlets, now()).await;
    board.publish_spans.add(begun.elapsed());
    told(published, board).is_some()
}

/// Publishes what time has overtaken. False when that is still to be done.
async fn publish_due(stages: &Stages, board: &board::Board) -> bool {
    told(pipeline::publish_due(stages, now()).await, board) == Some(true)
}

/// Says once what a publication came to: whether every document was made; `None` when none could be.
fn told(published: Result<pipeline::Publication, pipeline::PublishError>, board: &board::Board) -> Option<bool> {
    match published {
        Ok(publication) => {
            board.published.fetch_add(publication.changed.len() as u64, Ordering::Relaxed);
            board.rejected.fetch_add(publication.rejected.len() as u64, Ordering::Relaxed);
            board.shown(&publication.feeds);
            for rejected in &publication.rejected {
                tracing::error!(
                    path = rejected.path,
                    reason = rejected.reason,
                    "a document was kept back; readers still see the last good one"
                );
            }
            if !publication.changed.is_empty() {
                tracing::debug!(documents = publication.changed.len(), "published");
            }
            Some(publication.rejected.is_empty())
        }
        Err(error) => {
            tracing::error!(%error, "cannot publish; readers still see the last good documents, and it is tried again");
            None
        }
    }
}

/// What `/readyz` says: the scheduler ticks, the store answers, documents are there. The error says which does not.
fn ready(stages: &Stages, pulse: &Pulse) -> Result<(), String> {
    let now = Instant::now();
    pulse.check(now)?;
    pulse.check_store(now)?;
    let is_there = |feed: &crate::config::Feed| stages.snapshot.get(&format!("feeds/{}.atom", feed.id)).is_some();
    if stages.config.feeds.iter().any(is_there) { Ok(()) } else { Err("nothing is published yet".to_owned()) }
}

/// Feels the pulse of the store.
async fn feel(stages: Stages, pulse: Arc<Pulse>) {
    let mut looks = tokio::time::interval(STORE_LOOK);
    looks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        looks.tick().await;
        if let Ok(Ok(())) = tokio::time::timeout(STORE_LOOK, stages.store.ping()).await {
            pulse.store_answered(Instant::now());
        }
    }
}

/// Tells systemd that we are alive only while the scheduler ticks and the store answers.
async fn watchdog(stages: Stages, pulse: Arc<Pulse>) {
    let Some(interval) = sd_notify::watchdog_enabled() else { return };
    let mut ticks = tokio::time::interval(interval / 2);
    loop {
        ticks.tick().await;
        let store = tokio::time::timeout(Duration::from_secs(5), stages.store.ping()).await;
        match (pulse.check(Instant::now()), store) {
            (Ok(()), Ok(Ok(()))) => notify(&[NotifyState::Watchdog]),
            (Err(reason), _) => tracing::error!(reason, "no sign of life for the watchdog"),
            (_, Ok(Err(error))) => tracing::error!(%error, "the store does not answer: no sign of life for the watchdog"),
            (_, Err(_)) => tracing::error!("the store does not answer within 5 s: no sign of life for the watchdog"),
        }
    }
}

/// The signals that mean something to the daemon; `None` where they cannot be caught.
struct Signals(Option<[Signal; 3]>);

impl Signals {
    fn catch() -> Self {
        let caught = [SignalKind::terminate(), SignalKind::interrupt(), SignalKind::hangup()].map(signal);
        let [Ok(terminate), Ok(interrupt), Ok(hangup)] = caught else {
            tracing::warn!("signals cannot be caught: a stop will not be an orderly one");
            return Self(None);
        };
        Self(Some([terminate, interrupt, hangup]))
    }

    /// SIGTERM, SIGINT or the token; a second signal ends the process at once. SIGHUP is told what to do instead.
    async fn wait(self, shutdown: &CancellationToken) {
        let Some([mut terminate, mut interrupt, mut hangup]) = self.0 else { return shutdown.cancelled().await };
        loop {
            tokio::select! {
                _ = terminate.recv() => break,
                _ = interrupt.recv() => break,
                _ = hangup.recv() => tracing::info!("feeds.toml is read at the start only: restart reprint to apply changes"),
                () = shutdown.cancelled() => return,
            }
        }
        tracing::info!("stopping; a second signal stops at once");
        tokio::spawn(async move {
            tokio::select! {
                _ = terminate.recv() => {}
                _ = interrupt.recv() => {}
            }
            std::process::exit(1);
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn polls_that_cannot_be_recorded_become_rare() {
        let day = Duration::from_secs(24 * 3600);
        let minutes: Vec<i64> = [0, 1, 2, 5, 10, 11, 31, 32, u32::MAX].map(|n| record_again(n, day).num_minutes()).to_vec();
        assert_eq!(minutes, [1, 2, 4, 32, 1_024, 1_440, 1_440, 1_440, 1_440]);
        assert_eq!(record_again(0, Duration::from_secs(5)), TimeDelta::seconds(5));
    }

    #[test]
    fn a_scheduler_that_hangs_is_seen_by_the_time_that_passes() {
        let start = Instant::now();
        let pulse = Pulse::new(start);
        let late = start + 3 * LONGEST_SLEEP;
        assert_eq!(pulse.check(late), Ok(()));
        assert_eq!(pulse.check(late + Duration::from_secs(1)), Err("the scheduler has not run for 91 s".to_owned()));
        pulse.beat(late);
        assert_eq!(pulse.check(late + Duration::from_secs(1)), Ok(()));
        assert_eq!(pulse.check_store(start + STORE_SILENCE), Ok(()));
        assert_eq!(pulse.check_store(late), Err("the store has not answered for 90 s".to_owned()));
        pulse.store_answered(late);
        assert_eq!(pulse.check_store(late + STORE_SILENCE), Ok(()));
    }
}
