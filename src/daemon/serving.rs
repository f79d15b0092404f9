//! `reprint serve`: HTTP and nothing else (docs/decisions/0025). It shows the documents that `reprint run --no-http` publishes, makes article pages
//! from the store, and takes to the other process what only that one can answer. It asks nobody anything by a network.
//!
//! One task serves, one follows (documents, store, withdrawals), one asks after the other process. With that one away it serves on.

use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use arc_swap::ArcSwapOption;
use chrono::TimeDelta;
use http::Method;
use sd_notify::NotifyState;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::liveness::{Pulse, notify, watchdog_of_server};
use super::signals::Signals;
use super::{DaemonError, MAX_AGE, now, partners, published, served, settle, sockets, status, websub};
use crate::config::{Config, Hub};
use crate::model::FeedFormat;
use crate::pipeline::{self, ArticlePages};
use crate::publish::{Follower, Page, Pages, Snapshot, Watch};
use crate::render::Renderer;
use crate::serve::{self, Answering, Forward, Handler, Ledger, Reply, Request, Route};
use crate::store::{self, Store, StoreError};

/// The store is looked at so often; documents as well, where they cannot be watched.
const LOOK: Duration = Duration::from_millis(500);

/// Every document is looked at so often, whatever the watch says.
const LOOK_AT_ALL: Duration = Duration::from_secs(30);

/// Documents that are put together are looked at together.
const GATHER: Duration = Duration::from_millis(20);

/// The other process has so long to publish without what has expired, and without what was withdrawn.
const EXPIRED: TimeDelta = TimeDelta::seconds(10);
const WITHDRAWN: Duration = Duration::from_secs(30);

/// The other process is asked after so often.
const ASK_AFTER: Duration = Duration::from_secs(2);

/// Who pulled what is saved so often.
const SAVE: Duration = Duration::from_secs(60);

/// The server, ready to start.
pub struct Serving {
    config: Arc<Config>,
    renderer: Renderer,
    listeners: serve::Listeners,
    socket: PathBuf,
    shutdown: CancellationToken,
}

impl Serving {
    /// Takes the sockets that the service manager passes, or binds `listen`. `socket`: where the other process answers.
    ///
    /// # Errors
    /// The address cannot be had; a template has a mistake.
    pub async fn bind(config: Config, listen: SocketAddr, socket: PathBuf) -> Result<Self, DaemonError> {
        let renderer = Renderer::new(&config, config.site.templates.as_deref()).map_err(DaemonError::configuration)?;
        let listeners = sockets::open(listen).await?;
        Ok(Self { config: Arc::new(config), renderer, listeners, socket, shutdown: CancellationToken::new() })
    }

    /// Cancelling it stops the server.
    pub fn shutdown(&self) -> CancellationToken {
        self.shutdown.clone()
    }

    /// Serves until the shutdown token is cancelled or a signal asks for it. What is published is served from the first request on; what is not
    /// there yet, as soon as it is.
    pub async fn run(self) -> Result<(), DaemonError> {
        let Self { config, renderer, listeners, socket, shutdown } = self;
        let signals = Signals::catch();
        let address = listeners.address().map_err(|error| DaemonError::failed(error.to_string()))?;
        let pulse = Arc::new(Pulse::new(Instant::now()));
        let shelf = Arc::new(Shelf::default());
        let access = partners::access(&config);
        let ledger = access.ledger();
        let mut following = Following::new(config.clone(), renderer, shelf.clone(), pulse.clone());
        // Before the first reader: whether documents may be shown depends on the store.
        following.look_at_store().await;
        following.look_at_documents(true).await;
        let snapshot = following.snapshot.clone();

        let tally = Arc::<serve::Tally>::default();
        let forward = Arc::new(Forward::new(socket, tally.clone()));
        let other = Arc::new(Other::default());
        let (documents, beat, store, remark) = (snapshot.clone(), pulse.clone(), shelf.clone(), other.clone());
        let feeds: Vec<String> = config.feeds.iter().map(|feed| FeedFormat::Atom.path(&feed.id)).collect();
        let links = websub::links(&config);
        let site = serve::Site {
            routes: routes(&config, &snapshot, &forward),
            snapshot,
            pages: shelf.clone(),
            ready: Arc::new(move || ready(&documents, &feeds, &store, &beat)),
            remark: Some(Arc::new(move || remark.remark())),
            max_age: MAX_AGE,
            links,
            gate: Some(Arc::new(access)),
            tally: tally.clone(),
            now,
        };
        let accepting = CancellationToken::new();
        let server = tokio::spawn(serve::run(listeners, site, sockets::limits(&config), accepting.clone()));
        tracing::info!(
            documents = following.snapshot.paths().len(),
            feeds = config.feeds.len(),
            "listening on http://{address}/"
        );
        notify(&[NotifyState::Ready, NotifyState::Status(&format!("serving on http://{address}/"))]);

        let stop = CancellationToken::new();
        let follower = tokio::spawn(following.follow(tally.clone(), ledger.clone(), stop.clone()));
        let asking = tokio::spawn(other.ask_after(forward, stop.clone()));
        let watchdog = tokio::spawn(watchdog_of_server(pulse));

        signals.wait(&shutdown).await;

        // Readers first: what they are given is counted, and the counts are saved last.
        notify(&[NotifyState::Stopping]);
        accepting.cancel();
        served(server).await;
        stop.cancel();
        settle("follower", follower).await;
        asking.abort();
        watchdog.abort();
        if let Some(library) = shelf.0.load_full() {
            partners::save(&library.store, &tally, &ledger).await;
            library.store.close().await;
        }
        tracing::info!("stopped");
        Ok(())
    }
}

/// What the other process answers.
fn routes(config: &Config, snapshot: &Arc<Snapshot>, forward: &Arc<Forward>) -> Vec<Route> {
    let pages = Arc::new(ForAdmins { forward: forward.clone(), snapshot: snapshot.clone() });
    let mut routes: Vec<Route> = status::PATHS.map(|path| Route::new(path, &[Method::GET], pages.clone())).to_vec();
    if config.websub.hub == Hub::BuiltIn {
        routes.push(websub::hub_route(forward.clone()));
    }
    // Where nothing is subscribed any more, hubs still ask whether that is so.
    routes.push(websub::pushes_route(forward.clone()));
    routes
}

/// What only those who run the site may see. Who they are is for the other process to say; of methods that nobody may use there, others learn here
/// what they learn of any path.
struct ForAdmins {
    forward: Arc<Forward>,
    snapshot: Arc<Snapshot>,
}

impl Handler for ForAdmins {
    fn answer(&self, request: Request) -> Answering<'_, Reply> {
        self.forward.answer(request)
    }

    fn turns_away(&self, request: &Request) -> Option<Reply> {
        let reads = matches!(request.method, Method::GET | Method::HEAD);
        (!reads).then(|| status::nothing_here(&self.snapshot))
    }
}

/// What `/readyz` says: documents are there, and the store answers.
fn ready(snapshot: &Snapshot, feeds: &[String], shelf: &Shelf, pulse: &Pulse) -> Result<(), String> {
    if shelf.0.load().is_none() {
        return Err("there is no store yet: `reprint run --no-http` makes it".to_owned());
    }
    pulse.check_store(Instant::now())?;
    if feeds.iter().any(|feed| snapshot.get(feed).is_some()) { Ok(()) } else { Err("nothing is published yet".to_owned()) }
}

/// How the other process is.
#[derive(Default)]
struct Other(Mutex<Option<String>>);

impl Other {
    /// For everybody: without what is wrong with it.
    fn remark(&self) -> Option<String> {
        let away = self.0.lock().unwrap_or_else(PoisonError::into_inner).is_some();
        away.then(|| "the process that polls is away or not ready: what it published last is served".to_owned())
    }

    /// Asks after it until told to stop, and says in the log when that changes.
    async fn ask_after(self: Arc<Self>, forward: Arc<Forward>, stop: CancellationToken) {
        let mut asked_before = false;
        loop {
            let problem = forward.ask_after().await.err();
            let before = std::mem::replace(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner), problem.clone());
            match (&before, &problem) {
                (None, Some(problem)) => {
                    tracing::warn!(problem, "`reprint run --no-http` is away or not ready; what it published last is served");
                }
                (Some(_), None) => tracing::info!("`reprint run --no-http` is back"),
                (None, None) if !asked_before => tracing::info!("`reprint run --no-http` answers"),
                _ => {}
            }
            asked_before = true;
            tokio::select! {
                () = stop.cancelled() => return,
                () = tokio::time::sleep(ASK_AFTER) => {}
            }
        }
    }
}

/// The store, and the pages made from it.
struct Library {
    store: Store,
    pages: ArticlePages,
}

/// Where pages come from, once there is a store.
#[derive(Default)]
struct Shelf(ArcSwapOption<Library>);

impl Pages for Shelf {
    fn page(&self, key: &str) -> Pin<Box<dyn Future<Output = Page> + Send + '_>> {
        let (library, key) = (self.0.load_full(), key.to_owned());
        Box::pin(async move {
            match library {
                Some(library) => library.pages.page(&key).await,
                None => Page::Missing,
            }
        })
    }

    fn archive(&self, feed: &str, name: &str) -> Pin<Box<dyn Future<Output = Page> + Send + '_>> {
        let (library, feed, name) = (self.0.load_full(), feed.to_owned(), name.to_owned());
        Box::pin(async move {
            match library {
                Some(library) => library.pages.archive(&feed, &name).await,
                None => Page::Missing,
            }
        })
    }
}

/// Outlets with articles that were withdrawn or restored, which documents do not follow.
struct Pending {
    last: i64,
    outlets: BTreeSet<String>,
    /// From then on documents of these outlets are not shown.
    until: Instant,
}

/// Keeps up with the other process.
struct Following {
    config: Arc<Config>,
    /// Says on what terms documents stand.
    renderer: Renderer,
    folder: PathBuf,
    follower: Arc<Mutex<Follower>>,
    snapshot: Arc<Snapshot>,
    watch: Option<Watch>,
    looked_at_all: Instant,
    /// The last look was not a whole one.
    look_again: bool,
    shelf: Arc<Shelf>,
    changes: Option<store::Watch>,
    pending: Option<Pending>,
    pulse: Arc<Pulse>,
    began: bool,
    /// What was complained of, so that it is said once.
    complaints: [Option<String>; 2],
    hidden: Vec<String>,
}

impl Following {
    fn new(config: Arc<Config>, renderer: Renderer, shelf: Arc<Shelf>, pulse: Arc<Pulse>) -> Self {
        let folder = published(&config);
        let follower = Follower::of(&folder);
        follower.snapshot().expect(pipeline::documents(&config));
        Self {
            config,
            renderer,
            snapshot: follower.snapshot(),
            follower: Arc::new(Mutex::new(follower)),
            folder,
            watch: None,
            looked_at_all: Instant::now(),
            look_again: false,
            shelf,
            changes: None,
            pending: None,
            pulse,
            began: false,
            complaints: [None, None],
            hidden: Vec::new(),
        }
    }

    async fn follow(mut self, tally: Arc<serve::Tally>, ledger: Arc<Ledger>, stop: CancellationToken) {
        let mut saved = Instant::now();
        loop {
            self.pulse.beat(Instant::now());
            let changed = async {
                match &self.watch {
                    Some(watch) => watch.changed().await.unwrap_or(false),
                    None => std::future::pending().await,
                }
            };
            let woken = tokio::select! {
                () = stop.cancelled() => return,
                is_same = changed => Some(is_same),
                () = tokio::time::sleep(LOOK) => None,
            };
            if woken.is_some() {
                tokio::time::sleep(GATHER).await;
            }
            if woken == Some(false) {
                self.watch = None;
            }
            self.look_at_store().await;
            self.look_at_documents(woken.is_some()).await;
            if saved.elapsed() >= SAVE
                && let Some(library) = self.shelf.0.load_full()
            {
                saved = Instant::now();
                partners::save(&library.store, &tally, &ledger).await;
            }
        }
    }

    /// Looks for what was written into the store.
    async fn look_at_store(&mut self) {
        let looked = self.store_changed().await;
        match &looked {
            Ok(()) => self.pulse.store_answered(Instant::now()),
            Err(_) => self.changes = None,
        }
        let problem = looked.err().map(|error| error.message);
        self.complain(0, problem, "the store cannot be read; feeds are served all the same");
    }

    async fn store_changed(&mut self) -> Result<(), StoreError> {
        let library = match self.shelf.0.load_full() {
            Some(library) => library,
            None => self.open().await?,
        };
        let changes = match &mut self.changes {
            Some(changes) => changes,
            None => self.changes.insert(library.store.watch().await?),
        };
        if !changes.changed().await? {
            return Ok(());
        }
        let asked = self.pending(&library.store).await;
        if asked.is_err() {
            // Looked at again, whether it changes or not.
            self.changes = None;
        }
        self.pending = asked?;
        // Whatever it was: pages are made anew when they are asked for. Last, for what was made before is not kept after it.
        library.pages.forget_all();
        Ok(())
    }

    async fn open(&mut self) -> Result<Arc<Library>, StoreError> {
        let store = Store::open_beside(&self.config.site.database).await?;
        let mut config = Config::clone(&self.config);
        config.site.tag_authority = Some(store.authority().to_owned());
        let renderer = Renderer::new(&config, config.site.templates.as_deref());
        let renderer = renderer.map_err(|message| StoreError { message, configuration: true })?;
        let pages = ArticlePages::new(Arc::new(config), store.clone(), Arc::new(renderer), now);
        let library = Arc::new(Library { store, pages });
        self.shelf.0.store(Some(library.clone()));
        Ok(library)
    }

    /// What documents do not follow yet.
    async fn pending(&self, store: &Store) -> Result<Option<Pending>, StoreError> {
        let followed = store.acts_followed().await?;
        let acts = store.acts_since(followed).await?;
        if acts.last <= followed {
            return Ok(None);
        }
        // The other process is given time, but not for what it left behind.
        let until = match &self.pending {
            Some(pending) if pending.last >= acts.last => pending.until,
            Some(pending) => pending.until.min(Instant::now() + WITHDRAWN),
            None if self.began => Instant::now() + WITHDRAWN,
            None => Instant::now(),
        };
        Ok(Some(Pending { last: acts.last, outlets: acts.outlets, until }))
    }

    /// Shows what is there and may be shown. Files are looked at where they may have changed.
    async fn look_at_documents(&mut self, changed: bool) {
        let mut look = changed || self.look_again || self.looked_at_all.elapsed() >= LOOK_AT_ALL;
        if self.watch.is_none() {
            self.watch = Watch::of(&self.folder).ok();
            // What happened before the watch began.
            look = true;
        }
        let (follower, config) = (self.follower.clone(), self.config.clone());
        let looked = match look {
            false => Ok(0),
            true => {
                self.looked_at_all = Instant::now();
                let looking = move || follower.lock().unwrap_or_else(PoisonError::into_inner).look();
                tokio::task::spawn_blocking(looking).await.unwrap_or_else(|panic| Err(std::io::Error::other(panic)))
            }
        };
        let hidden = {
            let follower = self.follower.lock().unwrap_or_else(PoisonError::into_inner);
            let at = now() - EXPIRED;
            let overdue = self.pending.as_ref().filter(|pending| pending.until <= Instant::now()).map(|pending| &pending.outlets);
            follower.show(|path, document| {
                let withdrawn = overdue.is_some_and(|outlets| {
                    pipeline::feed_of(&config, path)
                        .is_some_and(|feed| feed.outlets.iter().any(|outlet| outlets.contains(outlet)))
                });
                !withdrawn && pipeline::may_show(&config, &self.renderer, path, &document.conditions, at)
            });
            follower.hidden()
        };
        if hidden != self.hidden {
            if hidden.is_empty() {
                tracing::info!("every document that is there is shown again");
            } else {
                let (documents, first) = (hidden.len(), hidden.first());
                tracing::error!(
                    documents,
                    first,
                    "documents are not shown: they show what has expired or was withdrawn, or were made by another feeds.toml; `reprint run \
                     --no-http` makes them anew when it runs with this one"
                );
            }
            self.hidden = hidden;
        }
        (self.began, self.look_again) = (true, looked.is_err());
        let problem = looked.err().map(|error| format!("{}: {error}", self.folder.display()));
        self.complain(1, problem, "published documents cannot be read; what was read before is served");
    }

    fn complain(&mut self, place: usize, problem: Option<String>, words: &str) {
        let before = &mut self.complaints[place];
        match &problem {
            Some(problem) if before.is_none() => tracing::warn!(problem, "{words}"),
            None if before.is_some() => tracing::info!("over: {words}"),
            _ => {}
        }
        *before = problem;
    }
}
