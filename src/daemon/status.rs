//! `/status`, `/status.json` and `/metrics`: gathered from the store and the counters when somebody asks, for those who may (docs/decisions/0024).

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use http::header::{self, HeaderMap, HeaderName, HeaderValue};
use http::{Method, StatusCode};
use sha2::{Digest, Sha256};
use tokio::time::Instant;

use super::board::hour;
use super::metrics::{self, Facts, Stored};
use super::websub::Websub;
use super::{Changed, Pulse, now, poll_states};
use crate::config::Config;
use crate::model::{FeedFormat, NOT_FOUND_PAGE, PartnerUse, PollState};
use crate::pipeline::Stages;
use crate::publish::Snapshot;
use crate::render::{Charts, FeedHealth, HOURS, HeldHealth, OutletHealth, PartnerHealth, SourceHealth, Status, TranslatorHealth};
use crate::serve::{Answering, Handler, Reply, Request, Route, Tally, shown_token};
use crate::store::{Arrival, Count};

/// Articles, readers and pulls are counted anew after so long: that reads indexes from end to end.
const COUNTS_LAST: Duration = Duration::from_secs(5);

/// The reason of what was withdrawn: its place is kept, and nothing will come of it.
const WITHDRAWN: &str = "withdrawn";

/// Held articles in `/status.json`.
const MOST_HELD: usize = 1000;

/// The addresses that are answered here.
pub(super) const PATHS: [&str; 3] = ["/status", "/status.json", "/metrics"];

/// What anybody gets where there is nothing.
pub(super) fn nothing_here(snapshot: &Snapshot) -> Reply {
    let page = snapshot.get(NOT_FOUND_PAGE).map(|page| page.identity());
    Reply::new(StatusCode::NOT_FOUND, "text/html; charset=utf-8", page.unwrap_or_default())
        .with(header::CACHE_CONTROL, HeaderValue::from_static("public, max-age=60"))
}

/// Fields that front proxies add: who sends one is not a program of this machine, or speaks for somebody who is not.
const FORWARDED: [&str; 8] = [
    "forwarded",
    "x-forwarded-for",
    "x-forwarded-host",
    "x-forwarded-proto",
    "x-real-ip",
    "via",
    "cf-connecting-ip",
    "true-client-ip",
];

/// Who may see how the site does.
pub(super) struct Door {
    /// SHA-256 of the token: comparing those tells nobody how much of a guess was right.
    token: Option<[u8; 32]>,
    /// No front proxy is on another machine: a client that is not named is at the other end of a loopback connection.
    proxies_are_local: bool,
}

impl Door {
    pub(super) fn of(config: &Config) -> Self {
        let proxies = config.limits.proxies.as_ref();
        Self {
            token: config.site.admin_token.as_ref().map(|token| Sha256::digest(token.expose()).into()),
            proxies_are_local: proxies.is_none_or(|networks| {
                networks.iter().all(|network| network.network().is_loopback() && network.broadcast().is_loopback())
            }),
        }
    }

    /// Lets a request in; the status of the refusal otherwise. Where there is a token it is asked of everybody: a front proxy that adds no field
    /// looks like a program of this machine.
    fn admit(&self, client: Option<IpAddr>, fields: &HeaderMap) -> Result<(), StatusCode> {
        match self.token {
            Some(token) => {
                // Basic: with any user name.
                let shown = fields.get(header::AUTHORIZATION).and_then(|value| shown_token(value.as_bytes()));
                let right = shown.is_some_and(|(_, shown)| <[u8; 32]>::from(Sha256::digest(shown)) == token);
                if right { Ok(()) } else { Err(StatusCode::UNAUTHORIZED) }
            }
            None if self.is_local(client, fields) => Ok(()),
            None => Err(StatusCode::NOT_FOUND),
        }
    }

    fn is_local(&self, client: Option<IpAddr>, fields: &HeaderMap) -> bool {
        let peer_is_local = client.map_or(self.proxies_are_local, |client| client.to_canonical().is_loopback());
        // A page of another site that a browser on this machine has open may have its name lead here.
        let host = fields.get(header::HOST).and_then(|host| host.to_str().ok()).is_some_and(names_loopback);
        peer_is_local && host && FORWARDED.iter().all(|name| !fields.contains_key(*name))
    }
}

/// Whether a `Host` is this machine's own: `localhost:8080`, `127.0.0.1`, `[::1]:8080`.
fn names_loopback(host: &str) -> bool {
    let name = match host.strip_prefix('[') {
        Some(rest) => rest.split(']').next().unwrap_or_default(),
        None => host.split(':').next().unwrap_or_default(),
    };
    name.eq_ignore_ascii_case("localhost") || name.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

/// Everything that is shown comes from here.
pub(super) struct Desk {
    stages: Stages,
    changed: Arc<Changed>,
    pulse: Arc<Pulse>,
    tally: Arc<Tally>,
    door: Door,
    started: DateTime<Utc>,
    websub: Arc<Websub>,
    counted: tokio::sync::Mutex<Option<(Instant, Arc<Counted>)>>,
}

/// What is counted in the store, and kept for [`COUNTS_LAST`].
struct Counted {
    /// By outlet.
    articles: BTreeMap<String, Count>,
    /// By feed: the most of yesterday and today.
    readers: BTreeMap<String, u64>,
    partners: Vec<PartnerUse>,
}

impl Counted {
    fn partner(&self, id: Option<&str>) -> PartnerUse {
        self.partners.iter().find(|uses| uses.partner.as_deref() == id).cloned().unwrap_or_default()
    }
}

impl Desk {
    pub(super) fn new(
        stages: Stages,
        changed: Arc<Changed>,
        pulse: Arc<Pulse>,
        tally: Arc<Tally>,
        websub: Arc<Websub>,
    ) -> Arc<Self> {
        let door = Door::of(&stages.config);
        let counted = tokio::sync::Mutex::default();
        Arc::new(Self { stages, changed, pulse, tally, door, started: now(), websub, counted })
    }

    /// The addresses it answers.
    pub(super) fn routes(self: &Arc<Self>) -> Vec<Route> {
        let shown = PATHS.into_iter().zip([Form::Page, Form::Json, Form::Metrics]);
        let route = |(path, form)| Route::new(path, &[Method::GET], Arc::new(Shown { desk: self.clone(), form }));
        shown.map(route).collect()
    }

    fn ready(&self) -> Result<(), String> {
        super::ready(&self.stages, &self.pulse)
    }

    async fn counted(&self) -> Result<Arc<Counted>, super::DaemonError> {
        let mut kept = self.counted.lock().await;
        if let Some((_, counted)) = kept.as_ref().filter(|(at, _)| at.elapsed() < COUNTS_LAST) {
            return Ok(counted.clone());
        }
        let (store, at) = (&self.stages.store, now());
        let mut readers: BTreeMap<String, u64> = BTreeMap::new();
        for audience in store.audiences(at - TimeDelta::days(1)).await? {
            let most = readers.entry(audience.feed).or_default();
            *most = (*most).max(audience.readers.saturating_add(audience.subscribers));
        }
        let counted = Arc::new(Counted { articles: store.counts().await?, readers, partners: store.partner_uses(at).await? });
        *kept = Some((Instant::now(), counted.clone()));
        Ok(counted)
    }

    async fn stored(&self) -> Result<Stored, super::DaemonError> {
        let mut states = poll_states(&self.stages, now()).await?;
        states.sort_by(|a, b| a.outlet.cmp(&b.outlet));
        let (config, counted) = (&self.stages.config, self.counted().await?);
        let articles = |id: &String| counted.articles.get(id).copied().unwrap_or_default();
        let counts = config.outlets.iter().map(|outlet| (outlet.id.clone(), articles(&outlet.id))).collect();
        let readers = |id: &String| counted.readers.get(id).copied().unwrap_or_default();
        let readers = config.public_feeds().map(|feed| (feed.id.clone(), readers(&feed.id))).collect();
        let last = |id: &str| counted.partner(Some(id)).last.map(|last| last.at);
        let last_pulls = config.partners.iter().map(|partner| (partner.id.clone(), last(&partner.id))).collect();
        Ok(Stored { states, counts, readers, last_pulls, spending: self.stages.store.spending(now()).await? })
    }

    async fn metrics(&self, open_metrics: bool) -> String {
        let stored = self.stored().await.inspect_err(|error| tracing::warn!(%error, "metrics without those of the store"));
        let config = &self.stages.config;
        let translators = config.translators.iter();
        let facts = Facts {
            feeds: config.feeds.iter().map(|feed| feed.id.as_str()).collect(),
            partners: config.partners.iter().map(|partner| partner.id.as_str()).collect(),
            websub: self.websub.standing(),
            board: &self.changed.board,
            tally: &self.tally,
            started: self.started,
            ready: self.ready().is_ok(),
            budgets: translators.filter_map(|translator| Some((translator.id.as_str(), translator.budget?))).collect(),
            stored: stored.as_ref().ok(),
        };
        metrics::write(&facts, open_metrics)
    }

    async fn status(&self) -> Result<Status, super::DaemonError> {
        let (config, store, at) = (&self.stages.config, &self.stages.store, now());
        let mut states: BTreeMap<String, Vec<PollState>> = BTreeMap::new();
        for state in poll_states(&self.stages, at).await? {
            states.entry(state.outlet.clone()).or_default().push(state);
        }
        let counted = self.counted().await?;
        let ids: Vec<&str> = config.outlets.iter().map(|outlet| outlet.id.as_str()).collect();
        let arrivals = store.arrivals(&ids, at - TimeDelta::hours(HOURS as i64)).await?;
        let mut by_outlet: Vec<Vec<&Arrival>> = vec![Vec::new(); ids.len()];
        for arrival in &arrivals {
            if let Some(of) = by_outlet.get_mut(arrival.outlet) {
                of.push(arrival);
            }
        }
        let mut all_polls = vec![[0; 3]; HOURS];
        let mut outlets = Vec::with_capacity(config.outlets.len());
        for (outlet, arrived) in config.outlets.iter().zip(by_outlet) {
            let polls = self.changed.board.hourly(&outlet.id, at);
            for (all, polls) in all_polls.iter_mut().zip(&polls) {
                for (all, number) in all.iter_mut().zip(polls) {
                    *all = u32::saturating_add(*all, *number);
                }
            }
            let count = counted.articles.get(&outlet.id).copied().unwrap_or_default();
            outlets.push(OutletHealth {
                id: outlet.id.clone(),
                name: outlet.name.clone(),
                schedule: outlet.schedule.expression().to_owned(),
                time_zone: outlet.time_zone.name().to_owned(),
                articles: count.ready,
                held: count.held,
                sources: states.remove(&outlet.id).unwrap_or_default().into_iter().map(source).collect(),
                charts: charts(polls, arrived.into_iter(), at),
            });
        }
        let charts = charts(all_polls, arrivals.iter(), at);
        let held = store.held().await?.into_iter().filter(|held| held.code != WITHDRAWN).take(MOST_HELD).map(|held| HeldHealth {
            outlet: held.outlet,
            title: held.title,
            url: held.url.map(String::from),
            code: held.code,
            reason: held.reason,
            first_seen: held.first_seen,
        });
        let held = held.collect();
        let shown = self.changed.board.feeds();
        let feeds = config.feeds.iter().map(|feed| FeedHealth {
            id: feed.id.clone(),
            title: feed.title.clone(),
            articles: shown.get(&feed.id).map(|shown| shown.articles),
            newest: shown.get(&feed.id).and_then(|shown| shown.newest),
            readers: feed.is_public().then(|| counted.readers.get(&feed.id).copied().unwrap_or_default()),
            changed: self.stages.snapshot.get(&FeedFormat::Atom.path(&feed.id)).map(|document| document.modified),
            translation: feed.translate.as_ref().map(|target| (target.to.clone(), target.engine.clone())),
        });
        let spending = store.spending(at).await?;
        let translators = config.translators.iter().map(|translator| {
            let of = || spending.iter().filter(|spending| spending.translator == translator.id);
            TranslatorHealth {
                id: translator.id.clone(),
                unit: of().next().map(|spending| spending.unit.clone()).unwrap_or_default(),
                spent: of().map(|spending| spending.spent.saturating_add(spending.reserved)).fold(0, u64::saturating_add),
                calls: of().map(|spending| spending.calls).sum(),
                budget: translator.budget,
            }
        });
        let partners = config.partners.iter().map(|partner| {
            let PartnerUse { today, week, refused, bytes, last, .. } = counted.partner(Some(&partner.id));
            let (id, name, feeds) = (partner.id.clone(), partner.name.clone(), partner.feeds.clone());
            PartnerHealth { id, name, feeds, today, week, refused, bytes, last, expires: partner.expires }
        });
        Ok(Status {
            at,
            started: self.started,
            ready: self.ready(),
            outlets,
            charts,
            feeds: feeds.collect(),
            websub: self.websub.standing(),
            partners: partners.collect(),
            strangers: counted.partner(None).refused,
            translators: translators.collect(),
            held,
        })
    }
}

fn source(state: PollState) -> SourceHealth {
    let moved_to = state.moved_to().map(ToString::to_string);
    SourceHealth {
        address: state.source.into(),
        last_poll: state.last_attempt,
        last_success: state.last_success,
        last_change: state.last_change,
        next_poll: state.next_poll,
        failures: state.failures,
        problem: state.problem,
        moved_to,
    }
}

fn charts<'a>(polls: Vec<[u32; 3]>, arrivals: impl Iterator<Item = &'a Arrival>, at: DateTime<Utc>) -> Charts {
    let first = hour(at) + 1 - HOURS as i64;
    let mut new = vec![0_u32; HOURS];
    let mut lags: Vec<Vec<u64>> = vec![Vec::new(); HOURS];
    for arrival in arrivals {
        let Some(place) = usize::try_from(hour(arrival.at) - first).ok().filter(|place| *place < HOURS) else { continue };
        new[place] = new[place].saturating_add(1);
        lags[place].extend(arrival.lag.and_then(|lag| u64::try_from(lag.num_seconds()).ok()));
    }
    let median = |mut lags: Vec<u64>| {
        lags.sort_unstable();
        lags.get(lags.len() / 2).copied()
    };
    Charts { polls, new, lag: lags.into_iter().map(median).collect() }
}

#[derive(Debug, Clone, Copy)]
enum Form {
    Page,
    Json,
    Metrics,
}

struct Shown {
    desk: Arc<Desk>,
    form: Form,
}

impl Handler for Shown {
    fn answer(&self, request: Request) -> Answering<'_, Reply> {
        Box::pin(async move {
            let reply = match self.form {
                Form::Metrics => {
                    let accept = request.fields.get(header::ACCEPT).and_then(|value| value.to_str().ok()).unwrap_or_default();
                    let open_metrics = metrics::wants_open_metrics(accept);
                    let text = self.desk.metrics(open_metrics).await;
                    Reply::new(StatusCode::OK, metrics::content_type(open_metrics), text)
                        .with(header::VARY, HeaderValue::from_static("accept"))
                }
                Form::Page | Form::Json => match (self.desk.status().await, self.form) {
                    (Ok(status), Form::Json) => Reply::new(StatusCode::OK, "application/json", status.json()),
                    (Ok(status), _) => {
                        let accept = request.fields.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
                        let (language, page) = self.desk.stages.renderer.status_page(&status, accept.unwrap_or_default());
                        Reply::new(StatusCode::OK, "text/html; charset=utf-8", page)
                            .with(header::CONTENT_LANGUAGE, HeaderValue::from_static(language))
                            .with(header::VARY, HeaderValue::from_static("accept-language"))
                    }
                    (Err(error), _) => Reply::later(StatusCode::SERVICE_UNAVAILABLE, 5, format!("{error}\n")),
                },
            };
            reply.with(HeaderName::from_static("x-robots-tag"), HeaderValue::from_static("noindex"))
        })
    }

    fn turns_away(&self, request: &Request) -> Option<Reply> {
        self.desk.door.admit(request.client, &request.fields).err().map(|refusal| self.refused(refusal))
    }
}

impl Shown {
    /// 401 where a token opens it; else as where nothing is.
    fn refused(&self, status: StatusCode) -> Reply {
        if status == StatusCode::UNAUTHORIZED {
            let challenge = HeaderValue::from_static("Basic realm=\"status\", charset=\"UTF-8\", Bearer realm=\"status\"");
            return Reply::text(status, "This is for those who run this site.\n").with(header::WWW_AUTHENTICATE, challenge);
        }
        nothing_here(&self.desk.stages.snapshot)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TOKEN: &str = "a-token-nobody-guesses";

    #[track_caller]
    fn check(
        token: bool,
        proxies_are_local: bool,
        client: Option<&str>,
        fields: &[(&'static str, &str)],
        expected: Result<(), u16>,
    ) {
        let token = token.then(|| Sha256::digest(TOKEN).into());
        let mut map = HeaderMap::new();
        for (name, value) in fields {
            map.append(*name, value.parse().expect("a value"));
        }
        let got = Door { token, proxies_are_local }.admit(client.map(|client| client.parse().expect("an address")), &map);
        assert_eq!(got.map_err(|status| status.as_u16()), expected, "{client:?} {fields:?}");
    }

    #[test]
    fn s19_without_a_token_only_programs_of_this_machine_are_let_in() {
        let own = ("host", "127.0.0.1:8080");
        check(false, true, None, &[own], Ok(()));
        check(false, true, None, &[("host", "[::1]:8080")], Ok(()));
        check(false, true, None, &[("host", "LOCALHOST")], Ok(()));
        check(false, false, Some("127.0.0.1"), &[own], Ok(()));
        check(false, false, Some("::ffff:127.0.0.1"), &[own], Ok(()));
        // By a front proxy, whatever it says.
        for field in FORWARDED {
            check(false, true, None, &[own, (field, "127.0.0.1")], Err(404));
            check(false, false, Some("127.0.0.1"), &[own, (field, "127.0.0.1")], Err(404));
        }
        check(false, true, Some("203.0.113.9"), &[own], Err(404));
        check(false, false, None, &[own], Err(404));
        // By a name that was made to lead here.
        check(false, true, None, &[("host", "relay.example.net")], Err(404));
        check(false, true, None, &[("host", "127.0.0.1.example.net")], Err(404));
        check(false, true, None, &[], Err(404));
        check(false, true, Some("203.0.113.9"), &[own, ("authorization", "Bearer a-token-nobody-guesses")], Err(404));
    }

    #[test]
    fn s19_where_there_is_a_token_everybody_shows_it() {
        let own = ("host", "127.0.0.1:8080");
        check(true, true, None, &[own], Err(401));
        check(true, true, None, &[own, ("authorization", "Bearer a-token-nobody-guesses")], Ok(()));
        check(true, true, Some("203.0.113.9"), &[("authorization", "bearer  a-token-nobody-guesses")], Ok(()));
        check(true, true, Some("203.0.113.9"), &[("authorization", "Bearer a-token-nobody-guesse")], Err(401));
        check(true, true, Some("203.0.113.9"), &[("authorization", "Bearer")], Err(401));
        check(true, true, Some("203.0.113.9"), &[("authorization", "Digest a-token-nobody-guesses")], Err(401));
        // ops:a-token-nobody-guesses
        check(true, true, Some("203.0.113.9"), &[("authorization", "Basic b3BzOmEtdG9rZW4tbm9ib2R5LWd1ZXNzZXM=")], Ok(()));
        check(true, true, Some("203.0.113.9"), &[("authorization", "Basic b3BzOmEtdG9rZW4tbm9ib2R5LWd1ZXNzZQ==")], Err(401));
        check(true, true, Some("203.0.113.9"), &[("authorization", "Basic !!!")], Err(401));
    }

    #[test]
    fn lags_have_their_median_by_the_hour() {
        let at = DateTime::from_timestamp(1_000 * 3600 + 1800, 0).expect("a time");
        let arrival = |hours: i64, lag: Option<i64>| Arrival {
            outlet: 0,
            at: at - TimeDelta::hours(hours),
            lag: lag.map(TimeDelta::seconds),
        };
        let arrivals = [arrival(0, Some(10)), arrival(0, Some(50)), arrival(0, Some(30)), arrival(1, None), arrival(48, Some(5))];
        let charts = charts(Vec::new(), arrivals.iter(), at);
        assert_eq!((charts.new[HOURS - 1], charts.new[HOURS - 2], charts.new.iter().sum::<u32>()), (3, 1, 4));
        assert_eq!((charts.lag[HOURS - 1], charts.lag[HOURS - 2]), (Some(30), None));
    }
}
