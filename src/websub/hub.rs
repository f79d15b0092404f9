//! The hub: who is told what, when, and what becomes of it.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use http::StatusCode;
use tokio::sync::Notify;
use tokio::task::JoinSet;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use url::Url;

use super::counters::{Counters, count};
use super::delivery::{self, Delivered, Intent, Version};
use super::quota::Quota;
use super::request::{self, Asked};
use crate::config;
use crate::fetch::Client;
use crate::model::{HubStanding, HubSubscription, HubVerification, TopicStanding};
use crate::publish::Snapshot;
use crate::serve::{Answering, Handler, Reply, Request};
use crate::store::{Store, StoreError};

/// Requests under way at once, and of those at one host: one that hangs keeps nobody else waiting.
const AT_ONCE: usize = 256;
const AT_ONCE_PER_HOST: usize = 4;

/// Requests that wait for a verification, all hosts together.
const MOST_VERIFICATIONS: usize = 1000;

/// Pauses before a delivery is tried again, some 24 h in all; then it is given up.
const DELIVERY_PAUSES: [u32; 8] = [10, 60, 5 * 60, 15 * 60, 3600, 3 * 3600, 6 * 3600, 13 * 3600];

/// Pauses before a callback that could not be asked is asked again.
const VERIFICATION_PAUSES: [u32; 2] = [30, 5 * 60];

/// The clock is looked at so often at least.
const LONGEST_SLEEP: Duration = Duration::from_secs(30);

/// A hub for the feeds of this site; its deliveries, or the pings of a hub elsewhere.
pub struct Hub {
    site: Url,
    /// What feeds name as their hub.
    address: Url,
    settings: config::Websub,
    /// Paths of the documents that can be subscribed to.
    topics: BTreeSet<String>,
    store: Store,
    client: Client,
    snapshot: Arc<Snapshot>,
    /// Rung when a document was published.
    published: Arc<Notify>,
    clock: fn() -> DateTime<Utc>,
    state: Mutex<State>,
    wake: Notify,
    counters: Arc<Counters>,
}

/// What the hub stands on.
pub struct Parts {
    /// Public address of the site.
    pub site: Url,
    /// `[websub]`.
    pub settings: config::Websub,
    /// Paths of the documents that can be subscribed to.
    pub topics: BTreeSet<String>,
    /// Store.
    pub store: Store,
    /// Client with its address guard.
    pub client: Client,
    /// Documents as readers see them.
    pub snapshot: Arc<Snapshot>,
    /// Rung when a document was published.
    pub published: Arc<Notify>,
    /// The clock.
    pub clock: fn() -> DateTime<Utc>,
    /// Counts.
    pub counters: Arc<Counters>,
}

type Key = (String, String);

#[derive(Default)]
struct State {
    subscriptions: BTreeMap<Key, Entry<HubSubscription>>,
    verifications: BTreeMap<Key, Entry<HubVerification>>,
    quota: Quota,
    /// Requests under way, by host.
    busy: HashMap<String, usize>,
    /// Versions being delivered, by topic: made once for all subscribers.
    versions: HashMap<String, Version>,
}

struct Entry<T> {
    of: T,
    host: String,
    busy: bool,
}

impl<T> Entry<T> {
    fn new(of: T, callback: &Url) -> Self {
        Self { of, host: callback.host_str().unwrap_or_default().to_owned(), busy: false }
    }
}

/// One request to be made.
enum Job {
    Verify(HubVerification),
    Deliver(HubSubscription, Version),
}

/// What came of it.
enum Done {
    Verified(HubVerification, Intent),
    Delivered(HubSubscription, Version, Delivered),
}

fn key(topic: &str, callback: &Url) -> Key {
    (topic.to_owned(), callback.as_str().to_owned())
}

fn later(now: DateTime<Utc>, seconds: u32) -> DateTime<Utc> {
    now + TimeDelta::seconds(i64::from(seconds))
}

impl Hub {
    /// The hub that feeds.toml asks for, with the subscriptions of the last run. `None` when it asks for none.
    ///
    /// # Errors
    /// The store cannot be read.
    pub async fn open(parts: Parts) -> Result<Option<Self>, StoreError> {
        let Parts { site, settings, topics, store, client, snapshot, published, clock, counters } = parts;
        let Some(address) = settings.address(&site) else { return Ok(None) };
        let mut state = State::default();
        let external = matches!(settings.hub, config::Hub::External(_));
        for subscription in store.hub_subscriptions().await? {
            // Another hub in feeds.toml than before, or none any more: it is told nothing.
            if subscription.pings && (!external || subscription.callback != address) {
                store.drop_hub_subscription(&subscription.topic, &subscription.callback).await?;
            } else if subscription.pings == external {
                let entry = Entry::new(subscription.clone(), &subscription.callback);
                state.subscriptions.insert(key(&subscription.topic, &subscription.callback), entry);
            }
        }
        if external {
            for topic in &topics {
                if state.subscriptions.contains_key(&key(topic, &address)) {
                    continue;
                }
                let delivered = snapshot.get(topic).map(|document| document.etag.clone()).unwrap_or_default();
                let subscription = HubSubscription {
                    topic: topic.clone(),
                    callback: address.clone(),
                    pings: true,
                    secret: None,
                    lease_until: DateTime::<Utc>::MAX_UTC,
                    delivered,
                    tries: 0,
                    next_try: None,
                };
                store.keep_hub_subscription(&subscription).await?;
                state.subscriptions.insert(key(topic, &address), Entry::new(subscription, &address));
            }
        } else {
            for verification in store.hub_verifications().await? {
                let entry = Entry::new(verification.clone(), &verification.callback);
                state.verifications.insert(key(&verification.topic, &verification.callback), entry);
            }
        }
        let (state, wake) = (Mutex::new(state), Notify::new());
        Ok(Some(Self { site, address, settings, topics, store, client, snapshot, published, clock, state, wake, counters }))
    }

    /// Whether subscriptions are taken here, at `/hub`.
    pub fn is_built_in(&self) -> bool {
        self.settings.hub == config::Hub::BuiltIn
    }

    /// How it stands now. Takes a look at every subscription.
    pub fn standing(&self) -> HubStanding {
        let tag = |path: &String| self.snapshot.get(path).map(|document| document.etag.clone());
        // The lock is not held while the snapshot is looked at: deliveries wait for it.
        let tags: Vec<(&String, Option<String>)> = self.topics.iter().map(|path| (path, tag(path))).collect();
        let mut topics: BTreeMap<String, TopicStanding> = BTreeMap::new();
        let state = self.state();
        for (path, tag) in tags {
            let standing = topics.entry(path.clone()).or_default();
            let first = (path.clone(), String::new());
            for (_, entry) in state.subscriptions.range(first..).take_while(|((topic, _), _)| topic == path) {
                let behind = tag.as_ref().is_some_and(|tag| *tag != entry.of.delivered);
                standing.subscriptions += usize::from(!entry.of.pings);
                standing.behind += usize::from(behind);
                standing.failing += usize::from(behind && entry.of.tries > 0);
            }
        }
        HubStanding {
            address: self.address.clone(),
            built_in: self.is_built_in(),
            topics,
            verifications: state.verifications.len(),
        }
    }

    fn topic(&self, path: &str) -> Url {
        // Paths of topics are relative addresses.
        self.site.join(path).unwrap_or_else(|_| self.site.clone())
    }

    /// Path of the document that a topic is.
    fn path(&self, topic: &str) -> Option<String> {
        let path = Url::parse(topic).ok()?;
        let path = path.as_str().strip_prefix(self.site.as_str())?;
        self.topics.get(path).cloned()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Verifies and delivers until it is told to stop. What is under way then is done again at the next start.
    pub async fn run(self: Arc<Self>, stop: CancellationToken) {
        let mut jobs: JoinSet<()> = JoinSet::new();
        loop {
            self.expire().await;
            let (due, wake) = self.due(jobs.len());
            for job in due {
                let hub = self.clone();
                jobs.spawn(async move {
                    let done = hub.carry_out(job).await;
                    hub.settle(done).await;
                });
            }
            tokio::select! {
                biased;
                () = stop.cancelled() => break,
                Some(done) = jobs.join_next() => {
                    if let Err(error) = done {
                        tracing::error!(%error, "a delivery failed inside reprint: this is a bug");
                    }
                }
                () = self.published.notified() => {}
                () = self.wake.notified() => {}
                () = tokio::time::sleep(wake) => {}
            }
        }
    }

    /// What is to be sent now, and after how long to look again.
    fn due(&self, under_way: usize) -> (Vec<Job>, Duration) {
        let (now, instant) = ((self.clock)(), Instant::now());
        let mut wake = LONGEST_SLEEP;
        let mut state = self.state();
        let State { subscriptions, verifications, quota, busy, versions } = &mut *state;
        let mut jobs = Vec::new();
        let mut room = AT_ONCE.saturating_sub(under_way);
        let mut wait = |until: DateTime<Utc>| {
            wake = wake.min((until - now).to_std().unwrap_or_default().max(Duration::from_millis(10)));
        };
        for entry in verifications.values_mut().filter(|entry| !entry.busy) {
            if entry.of.next_try > now {
                wait(entry.of.next_try);
                continue;
            }
            let at_host = busy.entry(entry.host.clone()).or_default();
            if room == 0 || *at_host >= AT_ONCE_PER_HOST {
                continue;
            }
            match quota.take(&entry.host, instant) {
                Ok(()) => {}
                Err(pause) => {
                    wait(now + TimeDelta::from_std(pause).unwrap_or_default());
                    continue;
                }
            }
            (entry.busy, room, *at_host) = (true, room - 1, *at_host + 1);
            jobs.push(Job::Verify(entry.of.clone()));
        }
        // Whoever has not failed before whoever has.
        let mut waiting: Vec<&mut Entry<HubSubscription>> = Vec::new();
        let mut tags: HashMap<&str, Option<String>> = HashMap::new();
        for entry in subscriptions.values_mut().filter(|entry| !entry.busy) {
            let path = entry.of.topic.clone();
            let tag = match self.topics.get(&path) {
                None => None,
                Some(topic) => tags
                    .entry(topic.as_str())
                    .or_insert_with(|| self.snapshot.get(topic).map(|document| document.etag.clone()))
                    .as_ref(),
            };
            if tag.is_none_or(|tag| *tag == entry.of.delivered) {
                continue;
            }
            match entry.of.next_try {
                Some(next) if next > now => wait(next),
                _ => waiting.push(entry),
            }
        }
        waiting.sort_by_key(|entry| entry.of.tries);
        for entry in waiting {
            let at_host = busy.entry(entry.host.clone()).or_default();
            if room == 0 || *at_host >= AT_ONCE_PER_HOST {
                continue;
            }
            let Some(version) = self.version(versions, &entry.of.topic) else { continue };
            (entry.busy, room, *at_host) = (true, room - 1, *at_host + 1);
            jobs.push(Job::Deliver(entry.of.clone(), version));
        }
        busy.retain(|_, at_host| *at_host > 0);
        if jobs.is_empty() && under_way == 0 {
            versions.clear();
        }
        (jobs, wake)
    }

    fn version(&self, versions: &mut HashMap<String, Version>, topic: &str) -> Option<Version> {
        let document = self.snapshot.get(topic)?;
        if let Some(version) = versions.get(topic).filter(|version| version.tag == document.etag) {
            return Some(version.clone());
        }
        let version =
            Version { tag: document.etag.clone(), content_type: document.content_type.clone(), body: document.identity() };
        versions.insert(topic.to_owned(), version.clone());
        Some(version)
    }

    async fn carry_out(&self, job: Job) -> Done {
        match job {
            Job::Verify(verification) => {
                let intent = delivery::verify(&self.client, &self.topic(&verification.topic), &verification).await;
                Done::Verified(verification, intent)
            }
            Job::Deliver(subscription, version) => {
                let topic = self.topic(&subscription.topic);
                let delivered = if subscription.pings {
                    delivery::ping(&self.client, &topic, &subscription).await
                } else {
                    delivery::deliver(&self.client, &self.address, &topic, &subscription, &version).await
                };
                Done::Delivered(subscription, version, delivered)
            }
        }
    }

    async fn settle(&self, done: Done) {
        let settled = match done {
            Done::Verified(verification, intent) => self.settle_verification(verification, intent).await,
            Done::Delivered(subscription, version, delivered) => self.settle_delivery(subscription, version, delivered).await,
        };
        if let Err(error) = settled {
            tracing::error!(%error, "what became of a WebSub request could not be saved: it is made once more after a restart");
        }
    }

    fn free(state: &mut State, host: &str) {
        if let Some(at_host) = state.busy.get_mut(host) {
            *at_host = at_host.saturating_sub(1);
        }
    }

    async fn settle_verification(&self, verification: HubVerification, intent: Intent) -> Result<(), StoreError> {
        let now = (self.clock)();
        let key = key(&verification.topic, &verification.callback);
        let before = {
            let mut state = self.state();
            let host = verification.callback.host_str().unwrap_or_default();
            Self::free(&mut state, host);
            if intent == Intent::Confirmed {
                state.quota.confirmed(host);
            }
            match state.verifications.get_mut(&key) {
                // Asked for something else meanwhile: that is to be confirmed by itself.
                Some(entry) if entry.of != verification => {
                    entry.busy = false;
                    return Ok(());
                }
                Some(_) => {}
                None => return Ok(()),
            }
            state.subscriptions.get(&key).map(|entry| entry.of.clone())
        };
        match intent {
            Intent::Confirmed if verification.subscribe => {
                count(&self.counters.subscribed);
                let current = self.snapshot.get(&verification.topic).map(|document| document.etag.clone()).unwrap_or_default();
                let subscription = HubSubscription {
                    topic: verification.topic,
                    callback: verification.callback.clone(),
                    pings: false,
                    secret: verification.secret,
                    lease_until: later(now, verification.lease),
                    delivered: before.as_ref().map_or(current, |before| before.delivered.clone()),
                    tries: before.as_ref().map_or(0, |before| before.tries),
                    next_try: before.as_ref().and_then(|before| before.next_try),
                };
                self.store.keep_hub_subscription(&subscription).await?;
                let mut state = self.state();
                state.verifications.remove(&key);
                match state.subscriptions.get_mut(&key) {
                    // A delivery may be under way.
                    Some(entry) => {
                        (entry.of.secret, entry.of.lease_until) = (subscription.secret, subscription.lease_until);
                    }
                    None => {
                        let callback = subscription.callback.clone();
                        state.subscriptions.insert(key, Entry::new(subscription, &callback));
                    }
                }
            }
            Intent::Confirmed => {
                count(&self.counters.unsubscribed);
                self.store.drop_hub_subscription(&verification.topic, &verification.callback).await?;
                let mut state = self.state();
                state.verifications.remove(&key);
                state.subscriptions.remove(&key);
            }
            Intent::Unknown(reason) => {
                let pause = usize::try_from(verification.tries).ok().and_then(|tries| VERIFICATION_PAUSES.get(tries));
                let Some(pause) = pause else { return self.deny(&verification, &reason).await };
                let again =
                    HubVerification { tries: verification.tries + 1, next_try: later(now, *pause), ..verification.clone() };
                self.store.keep_hub_verification(&again).await?;
                let entry = Entry::new(again, &verification.callback);
                self.state().verifications.insert(key, entry);
            }
            Intent::Denied(reason) => self.deny(&verification, &reason).await?,
        }
        Ok(())
    }

    /// A request that was not confirmed comes to nothing: an existing subscription stays as it was.
    async fn deny(&self, verification: &HubVerification, reason: &str) -> Result<(), StoreError> {
        count(&self.counters.unconfirmed);
        let host = verification.callback.host_str().unwrap_or_default();
        tracing::debug!(topic = verification.topic, host, reason, "a request at the hub was not confirmed");
        self.state().verifications.remove(&key(&verification.topic, &verification.callback));
        self.store.drop_hub_verification(&verification.topic, &verification.callback).await
    }

    async fn settle_delivery(&self, sent: HubSubscription, version: Version, delivered: Delivered) -> Result<(), StoreError> {
        let now = (self.clock)();
        let host = sent.callback.host_str().unwrap_or_default();
        let key = key(&sent.topic, &sent.callback);
        let noted = {
            let mut state = self.state();
            Self::free(&mut state, host);
            let Some(entry) = state.subscriptions.get_mut(&key) else { return Ok(()) };
            entry.busy = false;
            match &delivered {
                Delivered::Yes => {
                    count(&self.counters.delivered);
                    (entry.of.delivered, entry.of.tries, entry.of.next_try) = (version.tag, 0, None);
                }
                Delivered::No(reason) => {
                    let pause = usize::try_from(entry.of.tries).ok().and_then(|tries| DELIVERY_PAUSES.get(tries));
                    match pause {
                        Some(pause) => {
                            count(&self.counters.failed);
                            (entry.of.tries, entry.of.next_try) = (entry.of.tries + 1, Some(later(now, *pause)));
                            tracing::debug!(topic = sent.topic, host, reason, "a delivery failed; it is tried again");
                        }
                        None => {
                            count(&self.counters.given_up);
                            (entry.of.delivered, entry.of.tries, entry.of.next_try) = (version.tag, 0, None);
                            tracing::info!(topic = sent.topic, host, reason, "a delivery is given up; the subscription stays");
                        }
                    }
                }
                Delivered::Gone => {
                    count(&self.counters.gone);
                    tracing::info!(topic = sent.topic, host, "a subscriber wants nothing any more (410)");
                }
            }
            let noted = entry.of.clone();
            if delivered == Delivered::Gone {
                // Under the same lock: an entry that is there and not busy is due.
                state.subscriptions.remove(&key);
            }
            noted
        };
        if delivered == Delivered::Gone {
            return self.store.drop_hub_subscription(&sent.topic, &sent.callback).await;
        }
        self.store.note_hub_delivery(&noted).await
    }

    /// Ends the subscriptions whose lease is over (§ 8.2).
    async fn expire(&self) {
        let now = (self.clock)();
        let over: Vec<HubSubscription> = {
            let state = self.state();
            let over = state.subscriptions.values().filter(|entry| !entry.busy && entry.of.lease_until <= now);
            over.map(|entry| entry.of.clone()).collect()
        };
        for subscription in over {
            // A renewal that waits to be confirmed goes on.
            self.state().subscriptions.remove(&key(&subscription.topic, &subscription.callback));
            count(&self.counters.expired);
            let dropped = self.store.drop_hub_subscription(&subscription.topic, &subscription.callback).await;
            if let Err(error) = dropped {
                tracing::error!(%error, "a subscription whose lease is over could not be removed; it is tried again at the next start");
            }
        }
    }

    async fn take(&self, request: &Request) -> Reply {
        let lease = u32::try_from(self.settings.lease.as_secs()).unwrap_or(request::LEASES.1);
        let bad = |reason: String| Reply::text(StatusCode::BAD_REQUEST, format!("{reason}.\n"));
        let not_ours = "hub.topic is no feed of this site; this hub serves its own feeds only";
        let (topic, callback, subscribe, secret, lease) = match request::read(&request.body, lease) {
            Err(reason) => return bad(reason),
            Ok(Asked::Publish { topic }) => {
                // We know of our changes before anybody else does.
                return match self.path(&topic) {
                    Some(_) => Reply::new(StatusCode::NO_CONTENT, "text/plain", ""),
                    None => bad(not_ours.to_owned()),
                };
            }
            Ok(Asked::Subscribe { topic, callback, secret, lease }) => (topic, callback, true, secret, lease),
            Ok(Asked::Unsubscribe { topic, callback }) => (topic, callback, false, None, 0),
        };
        let Some(topic) = self.path(&topic) else { return bad(not_ours.to_owned()) };
        let verification = HubVerification { topic, callback, subscribe, secret, lease, tries: 0, next_try: (self.clock)() };
        if let Err(reply) = self.admit(&verification) {
            return *reply;
        }
        let key = key(&verification.topic, &verification.callback);
        if let Err(error) = self.store.keep_hub_verification(&verification).await {
            tracing::error!(%error, "a request at the hub could not be saved");
            self.state().verifications.remove(&key);
            return Reply::later(StatusCode::SERVICE_UNAVAILABLE, 60, "The hub cannot save this now.\n");
        }
        self.wake.notify_one();
        Reply::text(StatusCode::ACCEPTED, "Your callback will be asked to confirm this.\n")
    }

    /// Makes room for a request, if there is some.
    fn admit(&self, verification: &HubVerification) -> Result<(), Box<Reply>> {
        let key = key(&verification.topic, &verification.callback);
        let mut state = self.state();
        let host = verification.callback.host_str().unwrap_or_default();
        let busy = state.verifications.get(&key).is_some_and(|entry| entry.busy);
        if !state.verifications.contains_key(&key) {
            let full = |seconds, text: &'static str| Err(Box::new(Reply::later(StatusCode::TOO_MANY_REQUESTS, seconds, text)));
            if state.verifications.len() >= MOST_VERIFICATIONS {
                return full(60, "Too many requests wait to be confirmed.\n");
            }
            if !state.subscriptions.contains_key(&key) {
                // One that waits counts as well: all of them may be confirmed.
                let waiting = state.verifications.iter().filter(|(key, _)| !state.subscriptions.contains_key(*key));
                let waiting: Vec<&str> = waiting.map(|(_, entry)| entry.host.as_str()).collect();
                if state.subscriptions.len() + waiting.len() >= self.settings.subscriptions {
                    return full(3600, "This hub has as many subscriptions as it takes.\n");
                }
                let held = state.subscriptions.values().filter(|entry| entry.host == host).count();
                if held + waiting.iter().filter(|other| **other == host).count() >= self.settings.subscriptions_per_host {
                    return full(3600, "There are as many subscriptions of this host as the hub takes.\n");
                }
            }
        }
        let entry = Entry { busy, ..Entry::new(verification.clone(), &verification.callback) };
        state.verifications.insert(key, entry);
        Ok(())
    }
}

impl Handler for Hub {
    fn answer(&self, request: Request) -> Answering<'_, Reply> {
        Box::pin(async move {
            let reply = self.take(&request).await;
            if reply.status.as_u16() >= 400 {
                count(&self.counters.refused);
            }
            reply
        })
    }
}
