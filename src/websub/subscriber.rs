//! The subscriber: subscriptions at the hubs that partners' feeds name, their verifications and pushes.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use chrono::{DateTime, TimeDelta, Utc};
use http::{HeaderMap, Method, StatusCode};
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;
use url::Url;

use super::counters::{Counters, count};
use super::request::Parameters;
use super::{delivery, random, signature};
use crate::config;
use crate::fetch::{Client, Outgoing, Sent};
use crate::model::{Advertised, Discovery, SourceStanding, SourceSubscription, SubscriptionState};
use crate::serve::{Answering, Handler, Reply, Request};
use crate::store::{Store, StoreError};

/// How long a hub may take to ask us back.
const CONFIRMATION: TimeDelta = TimeDelta::minutes(10);

/// Pauses before a hub is asked again, seconds; the last one for ever.
const PAUSES: [i64; 6] = [60, 300, 1800, 3 * 3600, 12 * 3600, 24 * 3600];

/// After a hub said no.
const DENIED: TimeDelta = TimeDelta::hours(24);

/// Redirects of a hub that are followed (WebSub § 5.1: 307 and 308).
const REDIRECTS: usize = 3;

/// So many answers in a row that name no hub end a subscription: one may come from a cache, or from a server that is just being mended.
const UNNAMED: u32 = 3;

/// Longest challenge that is repeated, bytes.
const CHALLENGE_BYTES: usize = 4096;

/// Requests to hubs under way at once.
const AT_ONCE: usize = 8;

const LONGEST_SLEEP: Duration = Duration::from_secs(30);

/// A push that was rightly signed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pushed {
    /// Id of the outlet.
    pub outlet: String,
    /// Address of its feed as configured.
    pub source: Url,
    /// Topic, by which relative addresses in the body are read.
    pub topic: Url,
    /// What it brought: `Content-Type` and body; `None` when it only says that there is something.
    pub content: Option<(Option<String>, Bytes)>,
}

/// Our subscriptions.
pub struct Subscriber {
    site: Url,
    settings: config::Websub,
    store: Store,
    client: Client,
    clock: fn() -> DateTime<Utc>,
    rows: Mutex<BTreeMap<String, SourceSubscription>>,
    /// Sources whose documents named no hub lately, with how often in a row.
    unnamed: Mutex<HashMap<(String, Url), u32>>,
    /// What was wrong with the last request, by token.
    problems: Mutex<HashMap<String, String>>,
    wake: Notify,
    /// Gets the pushes.
    take: Box<dyn Fn(Pushed) + Send + Sync>,
    counters: Arc<Counters>,
}

impl Subscriber {
    /// The subscriptions of the last run, without those of sources that `wanted` (outlet, address) does not know any more: these are ended.
    /// `None` when feeds.toml wants none and there are none left to end. `take` gets the pushes.
    ///
    /// # Errors
    /// The store does not answer.
    pub async fn open(
        (site, settings): (Url, config::Websub),
        store: Store,
        client: Client,
        clock: fn() -> DateTime<Utc>,
        wanted: impl Fn(&str, &Url) -> bool,
        take: impl Fn(Pushed) + Send + Sync + 'static,
        counters: Arc<Counters>,
    ) -> Result<Option<Self>, StoreError> {
        let mut rows = BTreeMap::new();
        for mut row in store.source_subscriptions().await? {
            if row.state != SubscriptionState::Leaving && !(settings.subscribe && wanted(&row.outlet, &row.source)) {
                leave(&mut row, clock());
                store.keep_source_subscription(&row).await?;
            }
            rows.insert(row.token.clone(), row);
        }
        if rows.is_empty() && !settings.subscribe {
            return Ok(None);
        }
        let take = Box::new(take);
        let (rows, wake, unnamed, problems) = (Mutex::new(rows), Notify::new(), Mutex::default(), Mutex::default());
        Ok(Some(Self { site, settings, store, client, clock, rows, unnamed, problems, wake, take, counters }))
    }

    fn rows(&self) -> MutexGuard<'_, BTreeMap<String, SourceSubscription>> {
        self.rows.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn problems(&self) -> MutexGuard<'_, HashMap<String, String>> {
        self.problems.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How every subscription stands now, by outlet and source.
    pub fn standing(&self) -> Vec<SourceStanding> {
        let rows: Vec<SourceSubscription> = self.rows().values().cloned().collect();
        let problems = self.problems();
        let standing = |row: SourceSubscription| SourceStanding {
            denied: is_denied(&row),
            problem: problems.get(&row.token).cloned(),
            outlet: row.outlet,
            source: row.source,
            advertised: row.advertised,
            state: row.state,
            asked_at: row.asked_at,
            lease_until: row.lease_until,
            tries: row.tries,
            next_try: row.next_try,
        };
        let mut standings: Vec<SourceStanding> = rows.into_iter().map(standing).collect();
        standings.sort_by(|a, b| (&a.outlet, &a.source, a.state.name()).cmp(&(&b.outlet, &b.source, b.state.name())));
        standings
    }

    /// What a poll of this source found. A hub that it did not name before is asked for a subscription; one that it does not name any more is left:
    /// at once where it names another, else after a few answers.
    ///
    /// # Errors
    /// The store does not answer.
    pub async fn discovered(&self, outlet: &str, source: &Url, discovery: &Discovery) -> Result<(), StoreError> {
        let key = (outlet.to_owned(), source.clone());
        let times = {
            let mut unnamed = self.unnamed.lock().unwrap_or_else(PoisonError::into_inner);
            match discovery {
                Discovery::Unread => return Ok(()),
                Discovery::Named(_) => {
                    unnamed.remove(&key);
                    0
                }
                Discovery::NoHub => {
                    let times = unnamed.entry(key).or_default();
                    *times = times.saturating_add(1);
                    *times
                }
                Discovery::Same => {
                    let Some(times) = unnamed.get_mut(&key) else { return Ok(()) };
                    *times = times.saturating_add(1);
                    *times
                }
            }
        };
        match discovery {
            Discovery::Named(advertised) => self.advertised(outlet, source, advertised).await,
            _ if times >= UNNAMED => self.forsake(outlet, source).await,
            _ => Ok(()),
        }
    }

    /// Ends the subscriptions of a source that names no hub any more.
    async fn forsake(&self, outlet: &str, source: &Url) -> Result<(), StoreError> {
        let now = (self.clock)();
        let mut left = Vec::new();
        for row in self.rows().values_mut().filter(|row| is_of(row, outlet, source)) {
            leave(row, now);
            left.push(row.clone());
        }
        for row in &left {
            let host = row.advertised.hub.host_str().unwrap_or_default();
            tracing::info!(outlet, host, "the feed does not name its hub any more; the subscription there is ended");
            self.store.keep_source_subscription(row).await?;
        }
        if !left.is_empty() {
            self.wake.notify_one();
        }
        Ok(())
    }

    async fn advertised(&self, outlet: &str, source: &Url, advertised: &Advertised) -> Result<(), StoreError> {
        // Our own feeds are nobody's news.
        if !self.settings.subscribe || advertised.topic.as_str().starts_with(self.site.as_str()) {
            return Ok(());
        }
        let now = (self.clock)();
        let mut changed = Vec::new();
        {
            let mut rows = self.rows();
            let mut known = false;
            for row in rows.values_mut().filter(|row| is_of(row, outlet, source)) {
                if row.advertised == *advertised {
                    known = true;
                } else {
                    leave(row, now);
                    changed.push(row.clone());
                }
            }
            if !known && let Some(row) = fresh(outlet, source, advertised, now) {
                rows.insert(row.token.clone(), row.clone());
                changed.push(row);
            }
        }
        for row in &changed {
            self.store.keep_source_subscription(row).await?;
        }
        if !changed.is_empty() {
            self.wake.notify_one();
        }
        Ok(())
    }

    /// Subscribes, renews and unsubscribes until it is told to stop.
    pub async fn run(self: Arc<Self>, stop: CancellationToken) {
        loop {
            let (due, wake) = self.due().await;
            let mut requests = tokio::task::JoinSet::new();
            for row in due.into_iter().take(AT_ONCE) {
                let subscriber = self.clone();
                requests.spawn(async move { subscriber.ask(row).await });
            }
            let waiting = !requests.is_empty();
            tokio::select! {
                biased;
                () = stop.cancelled() => break,
                () = async { while requests.join_next().await.is_some() {} }, if waiting => continue,
                () = self.wake.notified(), if !waiting => {}
                () = tokio::time::sleep(wake), if !waiting => {}
            }
        }
    }

    /// What to ask hubs for now, and after how long to look again. Renewals are begun, what is over is forgotten.
    async fn due(&self) -> (Vec<SourceSubscription>, Duration) {
        let now = (self.clock)();
        let (mut due, mut wake, mut begun, mut over) = (Vec::new(), LONGEST_SLEEP, Vec::new(), Vec::new());
        {
            let mut rows = self.rows();
            let pending: Vec<(String, Url)> = rows
                .values()
                .filter(|row| row.state == SubscriptionState::Pending)
                .map(|row| (row.outlet.clone(), row.source.clone()))
                .collect();
            for row in rows.values() {
                // A hub may have granted a minute only.
                let moments = [Some(self.renews_at(row)), row.lease_until].into_iter().flatten();
                if let Some(next) = moments.filter(|moment| *moment > now).min() {
                    wake = wake.min((next - now).to_std().unwrap_or_default());
                }
                let is_over = row.lease_until.is_some_and(|until| until <= now);
                let renews = || !pending.contains(&(row.outlet.clone(), row.source.clone()));
                match row.state {
                    SubscriptionState::Active if is_over || self.renews_at(row) <= now => {
                        if renews() {
                            begun.extend(fresh(&row.outlet, &row.source, &row.advertised, now));
                        }
                        if is_over {
                            over.push(row.token.clone());
                        }
                    }
                    SubscriptionState::Active => {}
                    SubscriptionState::Leaving if is_over || usize::try_from(row.tries).unwrap_or(usize::MAX) >= PAUSES.len() => {
                        over.push(row.token.clone());
                    }
                    SubscriptionState::Pending | SubscriptionState::Leaving if row.next_try <= now => due.push(row.clone()),
                    SubscriptionState::Pending | SubscriptionState::Leaving => {
                        wake = wake.min((row.next_try - now).to_std().unwrap_or_default());
                    }
                }
            }
            for token in &over {
                rows.remove(token);
            }
            for row in &begun {
                rows.insert(row.token.clone(), row.clone());
            }
        }
        due.extend(begun.iter().cloned());
        for row in &begun {
            self.noted(self.store.keep_source_subscription(row).await);
        }
        for token in &over {
            self.problems().remove(token);
            self.noted(self.store.drop_source_subscription(token).await);
        }
        (due, wake.max(Duration::from_millis(10)))
    }

    /// A subscription is renewed in the last tenth of its lease, and once a lease was too short for that, at its end.
    fn renews_at(&self, row: &SourceSubscription) -> DateTime<Utc> {
        let (Some(asked), Some(until)) = (row.asked_at, row.lease_until) else { return DateTime::<Utc>::MAX_UTC };
        until - (until - asked) / 10
    }

    fn noted(&self, saved: Result<(), StoreError>) {
        if let Err(error) = saved {
            tracing::error!(%error, "a subscription at a partner's hub could not be saved");
        }
    }

    /// Asks a hub for a subscription or its end.
    async fn ask(&self, row: SourceSubscription) {
        let subscribes = row.state == SubscriptionState::Pending;
        let (callback, lease) = (self.callback(&row.token), self.settings.lease.as_secs().to_string());
        let mode = if subscribes { "subscribe" } else { "unsubscribe" };
        let mut form = vec![("hub.mode", mode), ("hub.topic", row.advertised.topic.as_str()), ("hub.callback", &callback)];
        if subscribes {
            form.extend([("hub.lease_seconds", lease.as_str()), ("hub.secret", &row.secret)]);
        }
        // The hub may ask us back before it answers.
        let asked = (self.clock)();
        if let Some(row) = self.rows().get_mut(&row.token) {
            row.asked_at = Some(asked);
        }
        let sent = self.post(&row.advertised.hub, delivery::form(&form)).await;
        let now = (self.clock)();
        let host = row.advertised.hub.host_str().unwrap_or_default();
        let problem = match sent {
            Ok(sent) if sent.is_success() => None,
            Ok(sent) => Some(format!("it answered {}", sent.status)),
            Err(reason) => Some(reason),
        };
        match &problem {
            Some(reason) => self.problems().insert(row.token.clone(), reason.clone()),
            None => self.problems().remove(&row.token),
        };
        if let Some(reason) = &problem {
            count(&self.counters.hub_failures);
            tracing::info!(
                outlet = row.outlet,
                host,
                reason,
                "a partner's hub did not take our request; the feed is polled as before"
            );
        }
        let saved = {
            let mut rows = self.rows();
            let Some(row) = rows.get_mut(&row.token) else { return };
            let pause = usize::try_from(row.tries).ok().and_then(|tries| PAUSES.get(tries)).or(PAUSES.last());
            let pause = TimeDelta::seconds(pause.copied().unwrap_or(60));
            // A hub that took the request and never asks back is tried again, too.
            row.next_try = now + if problem.is_none() { pause.max(CONFIRMATION) } else { pause };
            row.tries = row.tries.saturating_add(1);
            row.clone()
        };
        self.noted(self.store.keep_source_subscription(&saved).await);
    }

    async fn post(&self, hub: &Url, form: Bytes) -> Result<Sent, String> {
        let mut url = hub.clone();
        for _ in 0..=REDIRECTS {
            let outgoing = Outgoing {
                url: url.clone(),
                post: Some(("application/x-www-form-urlencoded".to_owned(), form.clone())),
                fields: Vec::new(),
                timeout: Duration::from_secs(10),
                answer_bytes: 0,
            };
            let sent = self.client.send(&outgoing).await.map_err(|error| error.message)?;
            match &sent.location {
                // The secret does not leave TLS.
                Some(next) if url.scheme() == "https" && next.scheme() != "https" => {
                    return Err("it redirects us from https to plain http".to_owned());
                }
                Some(next) if matches!(sent.status, 307 | 308) => url = next.clone(),
                _ => return Ok(sent),
            }
        }
        Err(format!("it redirects us more than {REDIRECTS} times"))
    }

    fn callback(&self, token: &str) -> String {
        format!("{}websub/{token}", self.site)
    }

    /// A verification of intent (§ 5.3), or a denial (§ 5.2).
    async fn verify(&self, token: &str, query: &str) -> Reply {
        let parameters = Parameters::read(query.as_bytes());
        let (mode, topic) = (parameters.get("hub.mode").unwrap_or_default(), parameters.get("hub.topic").unwrap_or_default());
        let challenge = parameters.get("hub.challenge").unwrap_or_default();
        let now = (self.clock)();
        let not_asked = || Reply::text(StatusCode::NOT_FOUND, "Nobody here asked for that.\n");
        let asked_lately = |row: &SourceSubscription| row.asked_at.is_some_and(|asked| now <= asked + CONFIRMATION);
        let (mut kept, mut dropped) = (Vec::new(), None);
        {
            let mut rows = self.rows();
            let Some(row) = rows.get(token).filter(|row| row.advertised.topic.as_str() == topic).cloned() else {
                return not_asked();
            };
            match (mode, row.state) {
                ("denied", SubscriptionState::Leaving) => dropped = Some(row.token.clone()),
                ("denied", _) => {
                    let reason = parameters.get("hub.reason").unwrap_or_default();
                    let reason: String = reason.chars().filter(|c| !c.is_control()).take(200).collect();
                    tracing::info!(
                        outlet = row.outlet,
                        reason,
                        "a partner's hub denies our subscription; the feed is polled as before"
                    );
                    kept.push(SourceSubscription {
                        state: SubscriptionState::Pending,
                        next_try: now + DENIED,
                        tries: row.tries.max(1),
                        lease_until: None,
                        asked_at: None,
                        ..row
                    });
                }
                _ if challenge.is_empty() || challenge.len() > CHALLENGE_BYTES => return not_asked(),
                // A hub that did not get our answer asks once more.
                ("subscribe", SubscriptionState::Pending | SubscriptionState::Active) if asked_lately(&row) => {
                    let seconds = parameters.get("hub.lease_seconds").and_then(|seconds| seconds.trim().parse::<i64>().ok());
                    let asked_for = i64::try_from(self.settings.lease.as_secs()).unwrap_or(864_000);
                    let lease = TimeDelta::seconds(seconds.unwrap_or(asked_for).clamp(60, 30 * 24 * 3600));
                    // The one it renews is over; pushes it still gets are only hints more.
                    for old in rows.values_mut() {
                        let same = old.outlet == row.outlet && old.source == row.source && old.token != row.token;
                        if same && old.state == SubscriptionState::Active {
                            leave(old, now);
                            kept.push(old.clone());
                        }
                    }
                    kept.push(SourceSubscription {
                        state: SubscriptionState::Active,
                        lease_until: Some(now + lease),
                        tries: 0,
                        ..row
                    });
                }
                ("unsubscribe", SubscriptionState::Leaving) => dropped = Some(row.token.clone()),
                _ => return not_asked(),
            }
            for row in &kept {
                rows.insert(row.token.clone(), row.clone());
            }
            if let Some(token) = &dropped {
                rows.remove(token);
            }
        }
        for row in &kept {
            if let Err(error) = self.store.keep_source_subscription(row).await {
                tracing::error!(%error, "a verification of a partner's hub could not be saved");
                return Reply::later(StatusCode::SERVICE_UNAVAILABLE, 60, "This cannot be saved now.\n");
            }
        }
        if let Some(token) = &dropped {
            self.problems().remove(token);
            self.noted(self.store.drop_source_subscription(token).await);
        }
        self.wake.notify_one();
        Reply::text(StatusCode::OK, challenge.to_owned())
    }

    /// A push (§ 7). What is not rightly signed is answered in the same way as what is.
    fn push(&self, token: &str, fields: &HeaderMap, body: Bytes) -> Reply {
        let Some(row) = self.rows().get(token).cloned() else {
            count(&self.counters.unknown);
            return Reply::text(StatusCode::NOT_FOUND, "There is no such subscription.\n");
        };
        let given = fields.get("x-hub-signature").map(http::HeaderValue::as_bytes);
        if signature::holds(given, &row.secret, &body, self.settings.allow_sha1) {
            // What was never confirmed, was denied or is being ended brings nothing.
            if row.state == SubscriptionState::Active {
                // SHA-1 is a hint at the most.
                let strong = !given.is_some_and(|given| given.to_ascii_lowercase().starts_with(b"sha1"));
                let content_type =
                    fields.get(http::header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).map(str::to_owned);
                let content = (self.settings.take_pushed && strong && !body.is_empty()).then_some((content_type, body));
                count(if content.is_some() { &self.counters.taken } else { &self.counters.hints });
                let SourceSubscription { outlet, source, advertised, .. } = row;
                (self.take)(Pushed { outlet, source, topic: advertised.topic, content });
            } else {
                count(&self.counters.ignored);
            }
        } else {
            count(&self.counters.bad_signatures);
        }
        Reply::text(StatusCode::ACCEPTED, "")
    }
}

impl Handler for Subscriber {
    fn answer(&self, request: Request) -> Answering<'_, Reply> {
        Box::pin(async move {
            let token = request.path.strip_prefix("/websub/").unwrap_or_default();
            if request.method == Method::POST {
                self.push(token, &request.fields, request.body)
            } else {
                self.verify(token, request.query.as_deref().unwrap_or_default()).await
            }
        })
    }
}

/// A subscription to ask for.
fn fresh(outlet: &str, source: &Url, advertised: &Advertised, now: DateTime<Utc>) -> Option<SourceSubscription> {
    Some(SourceSubscription {
        token: random(16)?,
        outlet: outlet.to_owned(),
        source: source.clone(),
        advertised: advertised.clone(),
        secret: random(32)?,
        state: SubscriptionState::Pending,
        asked_at: None,
        lease_until: None,
        tries: 0,
        next_try: now,
    })
}

/// It is a subscription of this source that is not being ended.
fn is_of(row: &SourceSubscription, outlet: &str, source: &Url) -> bool {
    row.outlet == outlet && row.source == *source && row.state != SubscriptionState::Leaving
}

/// The hub said no: what it was asked for before that counts no more.
fn is_denied(row: &SourceSubscription) -> bool {
    row.state == SubscriptionState::Pending && row.tries > 0 && row.asked_at.is_none()
}

fn leave(row: &mut SourceSubscription, now: DateTime<Utc>) {
    row.state = SubscriptionState::Leaving;
    row.tries = 0;
    row.next_try = now;
}
