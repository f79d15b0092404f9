//! Tasks, signals, systemd, and the only clock.
//!
//! One task serves, one schedules (and spawns one task a due source), one publishes. They meet in the store, in the snapshot and in the set of
//! outlets that changed.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use sd_notify::NotifyState;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use crate::config::Config;
use crate::model::FeedFormat;
use crate::pipeline::{self, Stages, Translators};
use crate::publish::Snapshot;
use crate::render::{self, Renderer};
use crate::serve;
use crate::store::Store;

mod board;
mod desk;
mod liveness;
mod metrics;
mod pages;
mod partners;
mod polls;
mod publication;
mod serving;
mod signals;
mod sockets;
mod sources;
mod status;
mod translations;
mod websub;
mod withdrawals;

use self::liveness::{Pulse, feel, notify, ready, watchdog};
use self::publication::{Changed, publish, publish_changes, publish_due};
use self::signals::Signals;
pub use desk::socket_of;
pub use metrics::{FAMILIES, Family, Kind};
pub use pages::reads_pages;
pub use serving::Serving;
pub use sources::poll_states;
pub use withdrawals::follow_withdrawals;

/// `Cache-Control: max-age` of everything published, seconds; the feeds' own ttl says the same in minutes.
pub const MAX_AGE: u32 = 60 * render::CACHE_MINUTES;

/// A clock that is further back than this was set; less is ordinary keeping of time.
const SET_BACK: TimeDelta = TimeDelta::minutes(1);

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

/// Where the documents are, beside the database.
fn published(config: &Config) -> PathBuf {
    config.site.database.with_file_name("published")
}

/// Opens the stages: store, client, templates, and the documents of the last run. What takes time is done side by side: readers are waiting.
pub async fn open(config: Config) -> Result<Stages, DaemonError> {
    let database = config.site.database.clone();
    let published = published(&config);
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
    snapshot.expect(pipeline::documents(&config));
    Ok(Stages::new(Arc::new(config), client, store, renderer, snapshot, now))
}

/// Where the daemon is asked.
enum Front {
    /// By everybody.
    Http(serve::Listeners),
    /// By the process that serves in its stead ([`Serving`]), what only the daemon knows.
    Desk(desk::Socket),
}

/// The stages, running.
pub struct Daemon {
    stages: Stages,
    front: Front,
    shutdown: CancellationToken,
    changed: Arc<Changed>,
    pulse: Arc<Pulse>,
}

impl Daemon {
    /// Binds the address, unless the service manager passes sockets: then those are listened on. Nothing runs yet.
    pub async fn bind(stages: Stages, listen: SocketAddr) -> Result<Self, DaemonError> {
        Ok(Self::with(stages, Front::Http(sockets::open(listen).await?)))
    }

    /// Opens no port: what only the daemon can answer it answers at a Unix socket, to a [`Serving`].
    ///
    /// # Errors
    /// The socket cannot be made, or another reprint answers there.
    pub async fn without_http(stages: Stages, socket: PathBuf) -> Result<Self, DaemonError> {
        Ok(Self::with(stages, Front::Desk(desk::Socket::open(socket)?)))
    }

    fn with(stages: Stages, front: Front) -> Self {
        let pulse = Arc::new(Pulse::new(Instant::now()));
        Self { stages, front, shutdown: CancellationToken::new(), changed: Arc::default(), pulse }
    }

    /// The address it listens on, if it does.
    pub fn address(&self) -> std::io::Result<SocketAddr> {
        match &self.front {
            Front::Http(listeners) => listeners.address(),
            Front::Desk(_) => Err(std::io::ErrorKind::AddrNotAvailable.into()),
        }
    }

    /// Cancelling it stops the daemon.
    pub fn shutdown(&self) -> CancellationToken {
        self.shutdown.clone()
    }

    /// Runs until the shutdown token is cancelled or a signal asks for it. Serves what the last run left before anything else.
    pub async fn run(self) -> Result<(), DaemonError> {
        let Self { stages, front, shutdown, changed, pulse } = self;
        // From here on a signal is an orderly stop, however early it comes.
        let signals = Signals::catch();
        let place = match &front {
            Front::Http(listeners) => {
                format!("http://{}/", listeners.address().map_err(|error| DaemonError::failed(error.to_string()))?)
            }
            Front::Desk(socket) => socket.path().display().to_string(),
        };
        let config = stages.config.clone();
        let translators = tokio::task::spawn_blocking(move || Translators::new(&config));
        let translators = translators.await.map_err(|panic| DaemonError::failed(panic.to_string()))?;
        let translators = Arc::new(translators.map_err(DaemonError::configuration)?);
        let states = poll_states(&stages, now()).await?;

        // What the last run left is served at once; a feed that has never been published is rendered before anybody can ask for it.
        let missing = stages.config.feeds.iter().any(|feed| stages.snapshot.get(&FeedFormat::Atom.path(&feed.id)).is_none());
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
        let links = websub::links(&stages.config);
        let accepting = CancellationToken::new();
        let (here, beat, tally) = (stages.clone(), pulse.clone(), Arc::<serve::Tally>::default());
        let desk = status::Desk::new(stages.clone(), changed.clone(), pulse.clone(), tally.clone(), websub.clone());
        let access = partners::access(&stages.config);
        let ledger = access.ledger();
        let site = serve::Site {
            snapshot: stages.snapshot.clone(),
            pages: stages.pages.clone(),
            ready: Arc::new(move || ready(&here, &beat)),
            remark: None,
            max_age: MAX_AGE,
            links,
            routes: [desk.routes(), websub.routes()].concat(),
            gate: Some(Arc::new(access)),
            tally: tally.clone(),
            now,
        };
        let limits = sockets::limits(&stages.config);
        let server = match front {
            Front::Http(listeners) => tokio::spawn(serve::run(listeners, site, limits, accepting.clone())),
            Front::Desk(socket) => tokio::spawn(desk::answer(socket, site, limits, accepting.clone())),
        };
        let (outlets, feeds) = (stages.config.outlets.len(), stages.config.feeds.len());
        tracing::info!(outlets, feeds, "listening on {place}");

        if !published {
            // Templates, wordings or reprint itself may be others than at the last run.
            stages.config.outlets.iter().for_each(|outlet| changed.add(&outlet.id));
        }
        notify(&[NotifyState::Ready, NotifyState::Status(&format!("listening on {place}"))]);

        // feeds.toml or reprint itself may know better by now what was held.
        let judge = tokio::spawn(judge_held(stages.clone(), changed.clone()));
        let stop_scheduling = CancellationToken::new();
        let scheduler = tokio::spawn(polls::schedule(
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
            tokio::spawn(partners::keep(stages.store.clone(), tally.clone(), ledger.clone(), stop_scheduling.clone()));
        let stop_publishing = CancellationToken::new();
        let publisher = tokio::spawn(publish_changes(stages.clone(), changed.clone(), stop_publishing.clone()));
        let watchdog = tokio::spawn(watchdog(stages.store.clone(), pulse.clone()));
        let feeling = tokio::spawn(feel(stages.store.clone(), pulse.clone()));

        signals.wait(&shutdown).await;

        // In this order: nothing new is asked, what was asked is recorded, what was recorded is published, then the last readers go.
        notify(&[NotifyState::Stopping]);
        stop_scheduling.cancel();
        settle("judge of what is held", judge).await;
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
        served(server).await;
        partners::save(&stages.store, &tally, &ledger).await;
        watchdog.abort();
        feeling.abort();
        stages.store.close().await;
        tracing::info!("stopped");
        Ok(())
    }
}

async fn served(server: tokio::task::JoinHandle<std::io::Result<()>>) {
    match server.await {
        Ok(Ok(())) => {}
        Ok(Err(error)) => tracing::error!(%error, "the server ended with an error"),
        Err(error) => tracing::error!(%error, "the server task failed"),
    }
}

async fn judge_held(stages: Stages, changed: Arc<Changed>) {
    match pipeline::judge_held(&stages, now).await {
        Ok(outlets) => outlets.iter().for_each(|outlet| changed.add(outlet)),
        Err(error) => tracing::error!(%error, "held articles cannot be judged anew; the next start tries again"),
    }
}

async fn settle(task: &str, handle: tokio::task::JoinHandle<()>) {
    if let Err(error) = handle.await {
        tracing::error!(%error, "the {task} task failed");
    }
}
