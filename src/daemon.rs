//! Tasks, signals, systemd, and the only clock.
//!
//! One task serves, one schedules (and spawns one task a due source), one publishes. They meet in the store, in the snapshot and in the set of
//! outlets that changed.

use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use sd_notify::NotifyState;
use tokio::net::TcpListener;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::Notify;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;
use url::Url;

use crate::config::{Config, Outlet};
use crate::model::PollState;
use crate::pipeline::{self, Stages};
use crate::publish::Snapshot;
use crate::render::{self, Renderer};
use crate::serve;
use crate::store::Store;

mod pages;

/// `Cache-Control: max-age` of everything published, seconds; the feeds' own ttl says the same in minutes.
pub const MAX_AGE: u32 = 60 * render::CACHE_MINUTES;

/// Changes within this span at least are published together.
const COALESCE: Duration = Duration::from_millis(200);

/// Changes wait for no longer than this before they are published.
const LONGEST_PAUSE: Duration = Duration::from_secs(2);

/// The scheduler looks at the clock at least this often, so that a clock that is set is noticed.
const LONGEST_SLEEP: Duration = Duration::from_secs(30);

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
    // Ids of feeds stand on the authority that ids of articles were minted with, whatever feeds.toml says by now.
    let mut config = config;
    config.site.tag_authority = Some(store.authority().to_owned());
    let renderer = Renderer::new(&config, config.site.templates.as_deref()).map_err(DaemonError::configuration)?;
    let client = client.await.map_err(|panic| DaemonError::failed(panic.to_string()))?.map_err(DaemonError::configuration)?;
    let snapshot = snapshot.await.map_err(|panic| DaemonError::failed(panic.to_string()))?.map_err(|error| {
        DaemonError::configuration(format!("cannot use {}: {error}; it must be writable by reprint", published.display()))
    })?;
    Ok(Stages::new(Arc::new(config), client, store, renderer, snapshot))
}

/// The stages, running.
pub struct Daemon {
    stages: Stages,
    listener: TcpListener,
    shutdown: CancellationToken,
    changed: Arc<Changed>,
    pulse: Arc<Pulse>,
}

impl Daemon {
    /// Binds the address. Nothing runs yet.
    pub async fn bind(stages: Stages, listen: SocketAddr) -> Result<Self, DaemonError> {
        let listener = TcpListener::bind(listen).await.map_err(|error| {
            DaemonError::failed(format!(
                "cannot listen on {listen}: {error}; another program may hold it (site.listen in feeds.toml)"
            ))
        })?;
        Ok(Self {
            stages,
            listener,
            shutdown: CancellationToken::new(),
            changed: Arc::default(),
            pulse: Arc::new(Pulse { scheduler: AtomicI64::new(now().timestamp()) }),
        })
    }

    /// The address it listens on.
    pub fn address(&self) -> std::io::Result<SocketAddr> {
        self.listener.local_addr()
    }

    /// Cancelling it stops the daemon.
    pub fn shutdown(&self) -> CancellationToken {
        self.shutdown.clone()
    }

    /// Runs until the shutdown token is cancelled or a signal asks for it. Serves what the last run left before anything else.
    pub async fn run(self) -> Result<(), DaemonError> {
        let Self { stages, listener, shutdown, changed, pulse } = self;
        // From here on a signal is an orderly stop, however early it comes.
        let signals = Signals::catch();
        let address = listener.local_addr().map_err(|error| DaemonError::failed(error.to_string()))?;
        let states = poll_states(&stages, now()).await?;

        // What the last run left is served at once; a feed that has never been published is rendered before anybody can ask for it.
        let missing = stages.config.feeds.iter().any(|feed| stages.snapshot.get(&format!("feeds/{}.atom", feed.id)).is_none());
        if missing {
            publish(&stages, None).await;
        }
        let accepting = CancellationToken::new();
        let beat = pulse.clone();
        let site = serve::Site {
            snapshot: stages.snapshot.clone(),
            pages: stages.pages.clone(),
            ready: Arc::new(move || beat.check()),
            max_age: MAX_AGE,
        };
        let server = tokio::spawn(serve::run(listener, site, accepting.clone()));
        tracing::info!(
            outlets = stages.config.outlets.len(),
            feeds = stages.config.feeds.len(),
            "listening on http://{address}/"
        );

        if !missing {
            // Templates, wordings or reprint itself may be others than at the last run.
            stages.config.outlets.iter().for_each(|outlet| changed.add(&outlet.id));
        }
        if let Err(error) = pipeline::retire(&stages) {
            tracing::warn!(%error, "cannot remove the documents of feeds that are gone");
        }
        notify(&[NotifyState::Ready, NotifyState::Status(&format!("serving on http://{address}/"))]);

        let stop_scheduling = CancellationToken::new();
        let scheduler = tokio::spawn(schedule(stages.clone(), states, changed.clone(), pulse.clone(), stop_scheduling.clone()));
        let page_reader = tokio::spawn(pages::drain(stages.clone(), changed.clone(), stop_scheduling.clone()));
        let stop_publishing = CancellationToken::new();
        let publisher = tokio::spawn(publish_changes(stages.clone(), changed.clone(), stop_publishing.clone()));
        let watchdog = tokio::spawn(watchdog(stages.clone(), pulse.clone()));

        signals.wait(&shutdown).await;

        // In this order: nothing new is asked, what was asked is recorded, what was recorded is published, then the last readers go.
        notify(&[NotifyState::Stopping]);
        stop_scheduling.cancel();
        settle("scheduler", scheduler).await;
        settle("page reader", page_reader).await;
        stop_publishing.cancel();
        settle("publisher", publisher).await;
        accepting.cancel();
        match server.await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => tracing::error!(%error, "the server ended with an error"),
            Err(error) => tracing::error!(%error, "the server task failed"),
        }
        watchdog.abort();
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
}

impl Changed {
    fn add(&self, outlet: &str) {
        self.outlets.lock().unwrap_or_else(|poisoned| poisoned.into_inner()).insert(outlet.to_owned());
        self.wake.notify_one();
    }

    fn take(&self) -> BTreeSet<String> {
        std::mem::take(&mut *self.outlets.lock().unwrap_or_else(|poisoned| poisoned.into_inner()))
    }
}

/// Signs of life.
#[derive(Debug)]
struct Pulse {
    scheduler: AtomicI64,
}

impl Pulse {
    fn beat(&self, now: DateTime<Utc>) {
        self.scheduler.store(now.timestamp(), Ordering::Relaxed);
    }

    fn check(&self) -> Result<(), String> {
        let silent = now().timestamp() - self.scheduler.load(Ordering::Relaxed);
        let most = 3 * i64::try_from(LONGEST_SLEEP.as_secs()).unwrap_or(i64::MAX);
        if silent > most { Err(format!("the scheduler has not run for {silent} s")) } else { Ok(()) }
    }
}

/// States of the configured sources: what the store remembers, and a fresh one for what it does not know.
pub async fn poll_states(stages: &Stages, now: DateTime<Utc>) -> Result<Vec<PollState>, DaemonError> {
    let mut known: BTreeMap<(String, Url), PollState> = BTreeMap::new();
    for state in stages.store.poll_states().await? {
        known.insert((state.outlet.clone(), state.source.clone()), state);
    }
    let sources = stages.config.outlets.iter().flat_map(|outlet| outlet.sources().map(move |source| (outlet, source)));
    Ok(sources
        .map(|(outlet, feed)| {
            let mut state =
                known.remove(&(outlet.id.clone(), feed.clone())).unwrap_or_else(|| PollState::new(&outlet.id, feed.clone(), now));
            mend_clock(&mut state, now);
            state
        })
        .collect())
}

/// A clock that was set back must not leave a source unasked until the old time comes round again: the pause it had left is kept, from now.
fn mend_clock(state: &mut PollState, now: DateTime<Utc>) {
    if let Some(last) = state.last_attempt
        && last > now + TimeDelta::minutes(1)
    {
        tracing::warn!(outlet = state.outlet, %last, %now, "the clock was set back; keeping the pause that was left");
        state.next_poll = now + (state.next_poll - last).max(TimeDelta::zero());
        state.last_attempt = Some(now);
    }
}

struct Source {
    state: PollState,
    outlet: Arc<Outlet>,
    host: String,
    polling: bool,
}

/// Asks every source when it is due; never two at a time of one host, never closer together than `host_spacing`, never more than
/// `concurrent_polls` in all. A poll that panics counts as a failed one.
async fn schedule(stages: Stages, states: Vec<PollState>, changed: Arc<Changed>, pulse: Arc<Pulse>, stop: CancellationToken) {
    let limits = stages.config.limits.clone();
    let spacing = TimeDelta::from_std(limits.host_spacing).unwrap_or(TimeDelta::zero());
    let outlets: BTreeMap<&str, Arc<Outlet>> =
        stages.config.outlets.iter().map(|outlet| (outlet.id.as_str(), Arc::new(outlet.clone()))).collect();
    let mut sources: Vec<Source> = states
        .into_iter()
        .filter_map(|state| {
            let outlet = outlets.get(state.outlet.as_str())?.clone();
            let host = state.source.host_str().unwrap_or_default().to_owned();
            Some(Source { state, outlet, host, polling: false })
        })
        .collect();
    let mut hosts: BTreeMap<String, DateTime<Utc>> = BTreeMap::new();
    let mut busy: BTreeSet<String> = BTreeSet::new();
    let mut polls: JoinSet<(usize, Result<pipeline::Polled, crate::store::StoreError>)> = JoinSet::new();
    let mut indexes: BTreeMap<tokio::task::Id, usize> = BTreeMap::new();

    loop {
        let now = now();
        pulse.beat(now);
        let mut wake = now + TimeDelta::from_std(LONGEST_SLEEP).unwrap_or(TimeDelta::seconds(30));
        // The longest overdue first, so that one busy host cannot starve another.
        let mut due: Vec<usize> = Vec::new();
        for (index, source) in sources.iter_mut().enumerate().filter(|(_, source)| !source.polling) {
            mend_clock(&mut source.state, now);
            if source.state.next_poll <= now {
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
            let free = hosts.get(&source.host).copied().unwrap_or(now);
            if busy.contains(&source.host) {
                continue;
            }
            // A pause longer than the spacing can only come from a clock that was set back.
            if free > now && free - now <= spacing {
                wake = wake.min(free);
                continue;
            }
            source.polling = true;
            busy.insert(source.host.clone());
            let (stages, outlet, state) = (stages.clone(), source.outlet.clone(), source.state.clone());
            let handle = polls.spawn(async move { (index, pipeline::poll(&stages, &outlet, state, now).await) });
            indexes.insert(handle.id(), index);
        }

        let pause = (wake - now).to_std().unwrap_or(Duration::ZERO).max(Duration::from_millis(10));
        tokio::select! {
            () = stop.cancelled() => break,
            () = tokio::time::sleep(pause) => {}
            Some(ended) = polls.join_next_with_id() => {
                let ended_at = self::now();
                let index = settle_poll(ended, &mut sources, &mut indexes, &changed, ended_at, limits.longest_backoff);
                let host = &sources[index].host;
                busy.remove(host);
                hosts.insert(host.clone(), ended_at + spacing);
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
    let address = source.state.source.as_str();
    // What could not be recorded is asked again after a minute: the state in the store still has the old time.
    let later = now + TimeDelta::minutes(1).min(TimeDelta::from_std(longest_backoff).unwrap_or(TimeDelta::minutes(1)));
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
            }
            source.state = polled.state;
        }
        Ok(Err(error)) => {
            tracing::error!(outlet, address, %error, "the poll could not be recorded; asking again in a minute");
            source.state.next_poll = later;
        }
        Err(error) => {
            tracing::error!(outlet, address, %error, "the poll task failed: this is a bug in reprint");
            source.state.next_poll = later;
        }
    }
    index
}

/// Publishes what changed, together what changes together: the longer a publication takes, the more it waits for the next to gather.
async fn publish_changes(stages: Stages, changed: Arc<Changed>, stop: CancellationToken) {
    let mut pause = COALESCE;
    loop {
        tokio::select! {
            () = changed.wake.notified() => {}
            () = stop.cancelled() => break,
        }
        tokio::select! {
            () = tokio::time::sleep(pause) => {}
            () = stop.cancelled() => {}
        }
        let outlets = changed.take();
        if !outlets.is_empty() {
            let start = tokio::time::Instant::now();
            publish(&stages, Some(&outlets)).await;
            pause = (2 * start.elapsed()).clamp(COALESCE, LONGEST_PAUSE);
        }
    }
    let outlets = changed.take();
    if !outlets.is_empty() {
        publish(&stages, Some(&outlets)).await;
    }
}

async fn publish(stages: &Stages, outlets: Option<&BTreeSet<String>>) {
    match pipeline::publish(stages, outlets).await {
        Ok(publication) => {
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
        }
        Err(error) => tracing::error!(%error, "cannot publish; readers still see the last good documents"),
    }
}

/// Tells systemd that we are alive only while the scheduler ticks and the store answers.
async fn watchdog(stages: Stages, pulse: Arc<Pulse>) {
    let Some(interval) = sd_notify::watchdog_enabled() else { return };
    let mut ticks = tokio::time::interval(interval / 2);
    loop {
        ticks.tick().await;
        let store = tokio::time::timeout(Duration::from_secs(5), stages.store.ping()).await;
        match (pulse.check(), store) {
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
