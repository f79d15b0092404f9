//! WebSub in the daemon: what runs beside the other tasks, and what pushes make the scheduler do.

use std::collections::{BTreeSet, VecDeque};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use http::Method;
use tokio::sync::Notify;
use tokio::task::JoinHandle;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use url::Url;

use super::{DaemonError, now};
use crate::config::Config;
use crate::model::{Discovery, FeedFormat};
use crate::pipeline::{PushedContent, Stages};
use crate::render::WebsubHealth;
use crate::serve::{Handler, LinksOf, Route};
use crate::websub::{Counters, Hub, Parts, Pushed, Subscriber};

/// After a push that brought nothing new, so long no poll for another one: a hub must not make us ask a partner all the time.
const QUIET: Duration = Duration::from_secs(60);

/// Contents of one source that wait to be taken; with more of them, it is polled.
const CONTENTS: usize = 8;

/// Bytes of a push.
const PUSH_BYTES: usize = 1 << 20;

/// Bytes of a request at the hub.
const REQUEST_BYTES: usize = 16 * 1024;

/// Time for the body of either.
const BODY_TIME: Duration = Duration::from_secs(10);

/// Pushes that the scheduler has not seen.
#[derive(Default)]
pub(super) struct Pushes {
    waiting: Mutex<Vec<Pushed>>,
    pub(super) wake: Notify,
}

impl Pushes {
    fn add(&self, pushed: Pushed) {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner).push(pushed);
        self.wake.notify_one();
    }

    pub(super) fn take(&self) -> Vec<Pushed> {
        std::mem::take(&mut *self.waiting.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// What pushes ask of one source.
#[derive(Debug, Default)]
pub(super) struct Hints {
    /// There is something at the partner's.
    hinted: bool,
    contents: VecDeque<PushedContent>,
    quiet_until: Option<Instant>,
    /// What is under way was begun for a push.
    under_way: bool,
}

impl Hints {
    /// Takes a push in.
    pub(super) fn add(&mut self, pushed: Pushed) {
        match pushed.content {
            Some((content_type, body)) if self.contents.len() < CONTENTS => {
                let body: Bytes = body;
                self.contents.push_back(PushedContent { topic: pushed.topic, content_type, body });
            }
            _ => self.hinted = true,
        }
    }

    /// Content to be taken now.
    pub(super) fn content(&mut self) -> Option<PushedContent> {
        let content = self.contents.pop_front()?;
        self.under_way = true;
        Some(content)
    }

    pub(super) fn has_content(&self) -> bool {
        !self.contents.is_empty()
    }

    /// After how long to poll, if at all. A source that is failing keeps its pauses.
    pub(super) fn poll_in(&self, failures: u32, now: Instant) -> Option<Duration> {
        let wanted = self.hinted && failures == 0;
        wanted.then(|| self.quiet_until.map_or(Duration::ZERO, |until| until.saturating_duration_since(now)))
    }

    /// A poll begins.
    pub(super) fn begin(&mut self) {
        self.under_way |= std::mem::take(&mut self.hinted);
    }

    /// What was under way has ended: whether it was for a push, and readers are waiting for what it brought.
    pub(super) fn settle(&mut self, visible: bool, now: Instant) -> bool {
        let pushed = std::mem::take(&mut self.under_way);
        if pushed {
            self.quiet_until = (!visible).then(|| now + QUIET);
        }
        pushed && visible
    }
}

/// Paths of the documents that can be subscribed to.
fn topics(config: &Config) -> BTreeSet<String> {
    let announced = config.feeds.iter().filter(|feed| config.websub.announces(feed));
    announced.flat_map(|feed| FeedFormat::ALL.map(|format| format.path(&feed.id))).collect()
}

/// What feeds say of their hub in the `Link` field.
pub(super) fn links(config: &Config) -> Option<LinksOf> {
    let links = crate::websub::links(&config.site.url, &config.websub, topics(config))?;
    Some(Arc::new(links))
}

/// The route of the hub, and that of our subscriptions, whoever answers there.
pub(super) fn hub_route(handler: Arc<dyn Handler>) -> Route {
    Route::new("/hub", &[Method::POST], handler).with_body(REQUEST_BYTES).within(BODY_TIME)
}

pub(super) fn pushes_route(handler: Arc<dyn Handler>) -> Route {
    Route::new("/websub/", &[Method::GET, Method::POST], handler).with_body(PUSH_BYTES).within(BODY_TIME)
}

/// The hub and the subscriber, as far as feeds.toml asks for them.
pub(super) struct Websub {
    pub(super) hub: Option<Arc<Hub>>,
    subscriber: Option<Arc<Subscriber>>,
    pub(super) pushes: Arc<Pushes>,
    counters: Arc<Counters>,
}

impl Websub {
    pub(super) async fn open(stages: &Stages) -> Result<Self, DaemonError> {
        let config = &stages.config;
        let (site, counters) = (config.site.url.clone(), Arc::new(Counters::default()));
        let topics = topics(config);
        let hub = Hub::open(Parts {
            site: site.clone(),
            settings: config.websub.clone(),
            topics,
            store: stages.store.clone(),
            client: stages.client.clone(),
            snapshot: stages.snapshot.clone(),
            published: stages.published.clone(),
            clock: now,
            counters: counters.clone(),
        })
        .await?;
        let pushes = Arc::new(Pushes::default());
        let take = pushes.clone();
        let wanted = |outlet: &str, source: &Url| {
            config.outlet(outlet).is_some_and(|outlet| outlet.sources().any(|known| known == source))
        };
        let subscriber = Subscriber::open(
            (site, config.websub.clone()),
            stages.store.clone(),
            stages.client.clone(),
            now,
            wanted,
            move |pushed| take.add(pushed),
            counters.clone(),
        )
        .await?;
        Ok(Self { hub: hub.map(Arc::new), subscriber: subscriber.map(Arc::new), pushes, counters })
    }

    /// What the server has to answer for them.
    pub(super) fn routes(&self) -> Vec<Route> {
        let mut routes = Vec::new();
        if let Some(hub) = self.hub.as_ref().filter(|hub| hub.is_built_in()) {
            routes.push(hub_route(hub.clone()));
        }
        if let Some(subscriber) = &self.subscriber {
            routes.push(pushes_route(subscriber.clone()));
        }
        routes
    }

    /// Starts them. They end when they are told to stop.
    pub(super) fn start(&self, stop: &CancellationToken) -> Vec<JoinHandle<()>> {
        let hub = self.hub.clone().map(|hub| tokio::spawn(hub.run(stop.clone())));
        let subscriber = self.subscriber.clone().map(|subscriber| tokio::spawn(subscriber.run(stop.clone())));
        hub.into_iter().chain(subscriber).collect()
    }

    /// How all of it stands now.
    pub(super) fn standing(&self) -> WebsubHealth {
        WebsubHealth {
            hub: self.hub.as_ref().map(|hub| hub.standing()),
            sources: self.subscriber.as_ref().map(|subscriber| subscriber.standing()),
            figures: self.counters.figures(),
        }
    }

    /// A poll of a source found this of its hub.
    pub(super) async fn discovered(&self, outlet: &str, source: &Url, discovery: &Discovery) {
        if let Some(subscriber) = &self.subscriber
            && let Err(error) = subscriber.discovered(outlet, source, discovery).await
        {
            tracing::error!(outlet, %error, "a subscription at a partner's hub could not be saved");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pushed(content: bool) -> Pushed {
        let address: Url = "https://quay.example/rss".parse().expect("an address");
        let content = content.then(|| (None, Bytes::from_static(b"<rss/>")));
        Pushed { outlet: "quay".into(), source: address.clone(), topic: address, content }
    }

    #[test]
    fn w02_a_push_that_brings_nothing_is_followed_by_a_quiet_minute() {
        let (mut hints, start) = (Hints::default(), Instant::now());
        assert_eq!(hints.poll_in(0, start), None);
        hints.add(pushed(false));
        assert_eq!(hints.poll_in(1, start), None, "a partner that fails is left alone");
        assert_eq!(hints.poll_in(0, start), Some(Duration::ZERO));
        hints.begin();
        assert!(!hints.settle(false, start));
        hints.add(pushed(false));
        assert_eq!(hints.poll_in(0, start + Duration::from_secs(1)), Some(Duration::from_secs(59)));
        assert_eq!(hints.poll_in(0, start + QUIET), Some(Duration::ZERO));
        hints.begin();
        assert!(hints.settle(true, start + QUIET), "what a push brought is published at once");
        hints.add(pushed(false));
        assert_eq!(hints.poll_in(0, start + QUIET), Some(Duration::ZERO));
        // An ordinary poll is in no hurry.
        let mut hints = Hints::default();
        hints.begin();
        assert!(!hints.settle(true, start));
    }

    #[test]
    fn contents_that_are_too_many_become_a_poll() {
        let mut hints = Hints::default();
        for _ in 0..CONTENTS {
            hints.add(pushed(true));
        }
        assert_eq!(hints.poll_in(0, Instant::now()), None);
        hints.add(pushed(true));
        assert!(hints.poll_in(0, Instant::now()).is_some());
        assert_eq!(std::iter::from_fn(|| hints.content()).count(), CONTENTS);
        assert!(!hints.has_content());
    }
}
