//! Which document or handler a request is about.

use std::borrow::Cow;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};
use http::header::{self, HeaderValue};
use http::{Method, StatusCode};
use tokio::sync::Semaphore;

use super::access::credentials::MARK;
use super::answer::{self, Answer, Found, HeadCache, Heads, Keep};
use super::bodies::Bodies;
use super::client::Proxies;
use super::handler::{Admittance, Answered, Answering, Reply, Request, Route};
use super::head::{Framing, Head};
use super::rate::Rate;
use super::tally::Tally;
use super::{Limits, Site};
use crate::model::{GONE_PAGE, NOT_FOUND_PAGE};
use crate::publish::{Page, Prepared};

/// Where nothing has been published yet, not even this.
const NOTHING: &str = "<!doctype html>\n<html lang=\"en\"><meta charset=\"utf-8\"><meta name=\"color-scheme\" content=\"light dark\">\
<title>Nothing here</title><h1>Nothing here</h1>\n</html>\n";

const FEED_GONE: &str = "<!doctype html>\n<html lang=\"en\"><meta charset=\"utf-8\"><title>Gone</title>\
<h1>Gone</h1>\n<p>This feed has been given up; there will be nothing more in it.</p>\n\
<p><a href=\"/\">All feeds of this site</a></p>\n</html>\n";

/// Seconds for which an archive document may be kept.
const ARCHIVE_AGE: u32 = 24 * 3600;

/// Seconds after which to come again for a document that is on its way.
const UNTIL_MADE: u64 = 30;

/// What readers may ask of a feed from a script of another site (Fetch § 3.3).
const CORS: [(header::HeaderName, &str); 4] = [
    (header::ACCESS_CONTROL_ALLOW_ORIGIN, "*"),
    (header::ACCESS_CONTROL_ALLOW_METHODS, "GET, HEAD"),
    (header::ACCESS_CONTROL_ALLOW_HEADERS, "A-IM, Authorization, Cache-Control, If-Modified-Since, If-None-Match"),
    (header::ACCESS_CONTROL_MAX_AGE, "86400"),
];

/// What the connections share.
pub(super) struct App {
    site: Site,
    heads: HeadCache,
    bodies: Bodies,
    pages: Semaphore,
    page_time: Duration,
    proxies: Proxies,
    rate: Rate,
}

/// How a request is answered.
pub(super) enum Plan {
    Now(Answer),
    Later(Answering<'static, Answer>),
    /// By a handler, once its body has been read.
    Body(Box<Coming>),
}

/// A request whose body is still to come.
pub(super) struct Coming {
    pub(super) route: Route,
    pub(super) request: Request,
    /// Bytes; `None`: it comes in chunks.
    pub(super) length: Option<usize>,
    /// The client waits to be told to send it.
    pub(super) expects: bool,
}

/// On what terms a document is given.
#[derive(Debug, Clone, Copy)]
struct Terms {
    /// To this client only.
    private: bool,
    /// The gate's own word for who it is.
    grant: Option<u32>,
    client: Option<IpAddr>,
}

/// A path of the site.
enum Place<'a> {
    /// A document of the snapshot.
    Document(&'a str),
    Archive(&'a str, &'a str),
    Article(&'a str),
    Alive,
    Ready,
    Robots,
    Icon,
    Nowhere,
}

impl App {
    pub(super) fn new(site: Site, limits: &Limits) -> Arc<Self> {
        Arc::new(Self {
            heads: HeadCache::new(site.links.clone()),
            bodies: Bodies::default(),
            site,
            pages: Semaphore::new(limits.caps.pages),
            page_time: limits.timeouts.page,
            proxies: Proxies::of(&limits.caps),
            rate: Rate::new(limits.caps.requests_per_minute),
        })
    }

    /// The time.
    pub(super) fn now(&self) -> DateTime<Utc> {
        (self.site.now)()
    }

    /// Where is counted what is done.
    pub(super) fn tally(&self) -> &Tally {
        &self.site.tally
    }

    /// What is held of bodies.
    pub(super) fn bodies(&self) -> &Bodies {
        &self.bodies
    }

    /// Decides what a request gets. Does not wait for anything.
    pub(super) fn plan(self: &Arc<Self>, head: &Head<'_>, framing: Framing, peer: IpAddr) -> Plan {
        let plain = self.plain(head.path);
        let place = place(&plain);
        if head.reads() {
            let client = self.proxies.client(peer, head);
            if let (Place::Document(_) | Place::Archive(..) | Place::Article(_), Some(client)) = (&place, client)
                && let Err(seconds) = self.rate.take(client, &plain, self.now())
            {
                return now(head, Reply::later(StatusCode::TOO_MANY_REQUESTS, seconds, "Too many requests for this address.\n"));
            }
            match place {
                Place::Document(path) => return self.document(path, head, client),
                Place::Archive(..) => return self.archive(&plain, head, client),
                Place::Article(_) => {
                    let (app, request) = (self.clone(), self.request(head, client));
                    return Plan::Later(Box::pin(async move { app.made(request, false).await }));
                }
                Place::Alive => return now(head, Reply::text(StatusCode::OK, "ok\n")),
                Place::Ready => return now(head, self.ready()),
                Place::Robots if self.site.snapshot.get("robots.txt").is_some() => {
                    return self.document("robots.txt", head, client);
                }
                // Never missing: crawlers take a robots.txt that cannot be had for leave to do anything (RFC 9309 § 2.3.1.3).
                Place::Robots => {
                    return now(head, answer::kept_text(StatusCode::OK, "User-agent: *\nAllow: /\n", "public, max-age=86400"));
                }
                // Browsers ask for it with every first page; a day's peace for both sides.
                Place::Icon => {
                    return now(head, answer::kept_text(StatusCode::NOT_FOUND, "There is no icon.\n", "public, max-age=86400"));
                }
                Place::Nowhere => {}
            }
        }
        let route = self
            .site
            .routes
            .iter()
            .find(|route| head.path == route.path || (route.path.ends_with('/') && head.path.starts_with(route.path)));
        match route {
            Some(route) => self.routed(route, head, framing, peer),
            None if head.reads() => now(head, self.not_found()),
            None if matches!(place, Place::Nowhere) && head.path.starts_with('/') => closing(self.not_found()),
            None => closing(self.unread(head)),
        }
    }

    /// A request with another method than those of readers, to what is only read.
    fn unread(&self, head: &Head<'_>) -> Reply {
        let feed = head.path.starts_with("/feeds/");
        let plain = self.plain(head.path);
        let guarded = self.site.gate.as_ref().is_some_and(|gate| gate.guards(plain.trim_start_matches('/')));
        if head.method == "OPTIONS" && feed {
            let reply = Reply { status: StatusCode::NO_CONTENT, fields: Default::default(), body: Default::default() };
            let reply = reply.with(header::ALLOW, HeaderValue::from_static("GET, HEAD, OPTIONS"));
            if guarded {
                // What is for some only is not for the scripts of any site.
                return reply;
            }
            return CORS.into_iter().fold(reply, |reply, (name, value)| reply.with(name, HeaderValue::from_static(value)));
        }
        let allow = if feed { "GET, HEAD, OPTIONS" } else { "GET, HEAD" };
        let refusal = Reply::text(StatusCode::METHOD_NOT_ALLOWED, "This address is only read: GET and HEAD.\n");
        refusal.with(header::ALLOW, HeaderValue::from_static(allow))
    }

    fn routed(self: &Arc<Self>, route: &Route, head: &Head<'_>, framing: Framing, peer: IpAddr) -> Plan {
        let request = self.request(head, self.proxies.client(peer, head));
        if let Some(reply) = route.handler.turns_away(&request) {
            return if head.reads() { now(head, reply) } else { closing(reply) };
        }
        let takes = |method: &Method| method.as_str() == head.method || (*method == Method::GET && head.method == "HEAD");
        if !route.methods.iter().any(takes) {
            let mut allow: Vec<&str> = route.methods.iter().map(Method::as_str).collect();
            if route.methods.contains(&Method::GET) {
                allow.push("HEAD");
            }
            let refusal = Reply::text(StatusCode::METHOD_NOT_ALLOWED, "This address does not take this method.\n");
            let allow = HeaderValue::from_str(&allow.join(", ")).unwrap_or(HeaderValue::from_static("GET"));
            return closing(refusal.with(header::ALLOW, allow));
        }
        let length = match framing {
            Framing::Length(length) if !head.reads() => match usize::try_from(length) {
                Ok(length) if length <= route.body => Some(length),
                _ => return closing(too_long(route.body)),
            },
            Framing::Chunked if route.body == 0 => {
                return closing(Reply::text(StatusCode::LENGTH_REQUIRED, "The request must say how long its body is.\n"));
            }
            Framing::Chunked => None,
            Framing::None | Framing::Length(_) => {
                let (app, route) = (self.clone(), route.clone());
                return Plan::Later(Box::pin(async move { app.handle(route, request).await }));
            }
        };
        // RFC 9110 § 10.1.1: from a client of HTTP/1.0 it means nothing.
        let mut expectations = head.all("expect").flat_map(|value| value.split(|&byte| byte == b','));
        let expects = head.one_one && expectations.any(|value| value.trim_ascii().eq_ignore_ascii_case(b"100-continue"));
        Plan::Body(Box::new(Coming { route: route.clone(), request, length, expects }))
    }

    /// Has a handler answer.
    pub(super) async fn handle(&self, route: Route, request: Request) -> Answer {
        let head_only = request.method == Method::HEAD;
        match tokio::time::timeout(self.page_time, route.handler.answer(request)).await {
            Ok(reply) => answer::reply(reply, head_only),
            Err(_) => answer::reply(busy(), head_only),
        }
    }

    fn request(&self, head: &Head<'_>, client: Option<IpAddr>) -> Request {
        Request {
            method: Method::from_bytes(head.method.as_bytes()).unwrap_or_default(),
            path: head.path.to_owned(),
            query: head.query.map(str::to_owned),
            fields: head.map(),
            client,
            body: Default::default(),
        }
    }

    /// The path without what signs it.
    fn plain<'a>(&self, path: &'a str) -> Cow<'a, str> {
        let signed = if self.site.gate.is_some() { path.strip_prefix(MARK) } else { None };
        match signed.and_then(|rest| rest.split_once('/')) {
            Some((_, name)) => Cow::Owned(format!("/feeds/{name}")),
            None => Cow::Borrowed(path),
        }
    }

    /// A document of the snapshot.
    fn document(self: &Arc<Self>, path: &str, head: &Head<'_>, client: Option<IpAddr>) -> Plan {
        let Some(document) = self.site.snapshot.get(path) else {
            // Asked all the same: a feed that is for some only is not to be told from one that there is not.
            return match &self.site.gate {
                Some(gate) if !self.site.snapshot.is_gone_for_all(path) && gate.guards(path) => {
                    match gate.admit(path, &self.request(head, client)) {
                        Admittance::Refused(reply) => now(head, *reply),
                        _ => now(head, self.missing(path, true)),
                    }
                }
                _ => now(head, self.missing(path, false)),
            };
        };
        let public = Terms { private: false, grant: None, client };
        let private = Terms { private: true, ..public };
        let guards = || self.site.gate.as_ref().is_some_and(|gate| gate.guards(path));
        let found = self.heads.heads(path, &document, self.site.max_age, false, guards);
        let Some(gate) = &self.site.gate else { return self.given(path, document, found, head, public) };
        if !found.guarded && head.query.is_none() && !head.has("authorization") && !head.path.starts_with(MARK) {
            return self.given(path, document, found, head, public);
        }
        match gate.admit(path, &self.request(head, client)) {
            Admittance::Public => self.admitted(path, document, head, public),
            Admittance::Private => self.admitted(path, document, head, private),
            Admittance::Granted { private, grant } => {
                self.admitted(path, document, head, Terms { private, grant: Some(grant), client })
            }
            Admittance::Instead(path) => match self.site.snapshot.get(&path) {
                Some(document) => self.admitted(&path, document, head, private),
                None => now(head, self.not_found()),
            },
            Admittance::Refused(reply) => now(head, *reply),
        }
    }

    /// A document that the client may have.
    fn admitted(self: &Arc<Self>, path: &str, document: Arc<Prepared>, head: &Head<'_>, terms: Terms) -> Plan {
        let guards = || self.site.gate.as_ref().is_some_and(|gate| gate.guards(path));
        let found = self.heads.heads(path, &document, self.site.max_age, terms.private, guards);
        self.given(path, document, found, head, terms)
    }

    /// The answer with a document.
    fn given(self: &Arc<Self>, path: &str, document: Arc<Prepared>, found: Found, head: &Head<'_>, terms: Terms) -> Plan {
        if let Ok(answer) = found.heads.answer(&document, head, false) {
            self.count(path, head.first("user-agent"), terms, &answer);
            return Plan::Now(answer);
        }
        // The first reader that wants a form which nobody wanted before waits for it.
        let (app, path) = (self.clone(), path.to_owned());
        let request = self.request(head, None);
        Plan::Later(Box::pin(async move {
            let _turn = app.pages.acquire().await;
            let packing = (app.clone(), path.clone(), document.clone());
            let packed = tokio::task::spawn_blocking(move || {
                let (app, path, document) = packing;
                app.site.snapshot.pack(&path, &document);
            });
            if let Err(error) = packed.await {
                tracing::error!(%error, "a document cannot be packed");
            }
            let answer = answer_to(&found.heads, &document, &request);
            app.count(&path, agent(&request), terms, &answer);
            answer
        }))
    }

    /// A document of an archive, whoever may have it.
    fn archive(self: &Arc<Self>, plain: &str, head: &Head<'_>, client: Option<IpAddr>) -> Plan {
        let path = plain.trim_start_matches('/');
        let mut terms = Terms { private: false, grant: None, client };
        let feed = path.split_once("/archive/").map_or(path, |(feed, _)| feed);
        if let Some(gate) = &self.site.gate
            && !self.site.snapshot.is_gone_for_all(feed)
            && (gate.guards(path) || head.has("authorization") || head.path.starts_with(MARK))
        {
            match gate.admit(path, &self.request(head, client)) {
                Admittance::Public => {}
                Admittance::Private => terms.private = true,
                Admittance::Granted { private, grant } => terms = Terms { private, grant: Some(grant), client },
                Admittance::Instead(_) => return now(head, self.not_found()),
                Admittance::Refused(reply) => return now(head, *reply),
            }
        }
        let (app, request) = (self.clone(), Request { path: plain.to_owned(), ..self.request(head, client) });
        Plan::Later(Box::pin(async move {
            let (path, agent) = (request.path.clone(), agent(&request).map(<[u8]>::to_vec));
            let answer = app.made(request, terms.private).await;
            if terms.grant.is_some() {
                app.count(path.trim_start_matches('/'), agent.as_deref(), terms, &answer);
            }
            answer
        }))
    }

    /// Tells the gate what was answered.
    fn count(&self, path: &str, agent: Option<&[u8]>, terms: Terms, answer: &Answer) {
        if let Some(gate) = &self.site.gate {
            let (status, bytes) = (answer.status(), answer.body.length() as u64);
            gate.answered(&Answered { path, grant: terms.grant, client: terms.client, agent, status, bytes });
        }
    }

    /// An answer with what is made for it: few at a time, and nobody waits for ever, for making is the one thing here that costs something.
    async fn made(&self, request: Request, private: bool) -> Answer {
        let place = place(&request.path);
        let look_up = async {
            let _turn = self.pages.acquire().await.ok()?;
            Some(match place {
                Place::Article(key) => self.site.pages.page(key).await,
                Place::Archive(feed, name) => self.site.pages.archive(feed, name).await,
                _ => Page::Missing,
            })
        };
        let head_only = request.method == Method::HEAD;
        let reply = match tokio::time::timeout(self.page_time, look_up).await {
            Ok(Some(Page::Found(page))) => {
                // What time alone will change is not kept beyond the feed's own life; the rest of an archive changes by corrections only.
                let max_age = match (&place, page.conditions.until()) {
                    (Place::Archive(..), None) => self.site.max_age.max(ARCHIVE_AGE),
                    _ => self.site.max_age,
                };
                let keep = if private { Keep::Private(max_age) } else { Keep::Public(max_age) };
                return answer_to(&Heads::of(&page, keep, Default::default()), &page, &request);
            }
            Ok(Some(Page::Restricted(page, feeds))) => match self.refusal(&feeds, &request) {
                None => {
                    return answer_to(&Heads::of(&page, Keep::Private(self.site.max_age), Default::default()), &page, &request);
                }
                Some(reply) => reply,
            },
            Ok(Some(Page::Gone)) => self.instead(StatusCode::GONE, GONE_PAGE),
            Ok(Some(Page::Withdrawn(notice))) => answer::notice(*notice),
            Ok(Some(Page::Missing)) => match place {
                Place::Archive(feed, _) => self.absent(&format!("feeds/{feed}"), private),
                _ => self.not_found(),
            },
            Ok(None) | Err(_) => busy(),
        };
        answer::reply(reply, head_only)
    }

    /// What a client is told that may read none of these feeds; `None` when it may read one.
    fn refusal(&self, feeds: &[String], request: &Request) -> Option<Reply> {
        let gate = self.site.gate.as_ref()?;
        let mut refusal = self.not_found();
        for feed in feeds {
            match gate.admit(&format!("feeds/{feed}"), request) {
                Admittance::Refused(reply) => refusal = *reply,
                _ => return None,
            }
            // Who somebody is, or that nobody is known, does not change from feed to feed.
            if refusal.status != StatusCode::FORBIDDEN {
                break;
            }
        }
        Some(refusal)
    }

    /// What is said where there is no document in the snapshot. It may be on its way.
    fn missing(&self, path: &str, known: bool) -> Reply {
        if self.site.snapshot.is_expected(path) {
            return Reply::later(StatusCode::SERVICE_UNAVAILABLE, UNTIL_MADE, "This is being made; try again in a moment.\n");
        }
        self.absent(path, known)
    }

    /// What is said where there is no document: a feed may have been there. Of one that was for partners only they are told so (`known`).
    fn absent(&self, path: &str, known: bool) -> Reply {
        let snapshot = &self.site.snapshot;
        let gone = if known { snapshot.is_gone(path) } else { snapshot.is_gone_for_all(path) };
        if gone { answer::page(StatusCode::GONE, FEED_GONE) } else { self.not_found() }
    }

    fn not_found(&self) -> Reply {
        self.instead(StatusCode::NOT_FOUND, NOT_FOUND_PAGE)
    }

    /// A page of the site in place of one that there is not.
    fn instead(&self, status: StatusCode, path: &str) -> Reply {
        match self.site.snapshot.get(path) {
            Some(page) => answer::page(status, page.identity()),
            None => answer::page(status, NOTHING),
        }
    }

    fn ready(&self) -> Reply {
        match (self.site.ready)() {
            Ok(()) => {
                let remark = self.site.remark.as_ref().and_then(|remark| remark()).map(|remark| remark + "\n");
                Reply::text(StatusCode::OK, format!("ready\n{}", remark.unwrap_or_default()))
            }
            Err(reason) => Reply::later(StatusCode::SERVICE_UNAVAILABLE, 5, format!("not ready: {reason}\n")),
        }
    }
}

fn now(head: &Head<'_>, reply: Reply) -> Plan {
    Plan::Now(answer::reply(reply, head.method == "HEAD"))
}

/// What may be followed by a body that nobody reads.
fn closing(reply: Reply) -> Plan {
    Plan::Now(Answer { close: reply.status.is_client_error(), ..answer::reply(reply, false) })
}

/// The answer to a body of more than so many bytes.
pub(super) fn too_long(most: usize) -> Reply {
    Reply::text(StatusCode::PAYLOAD_TOO_LARGE, format!("The body is longer than {most} bytes.\n"))
}

/// The answer to a body that there is no room for.
pub(super) fn no_room() -> Reply {
    Reply::later(StatusCode::SERVICE_UNAVAILABLE, 30, "Too much is sent at once; try again in a moment.\n")
}

fn busy() -> Reply {
    Reply::later(StatusCode::SERVICE_UNAVAILABLE, 5, "Too many pages are asked for at once; try again in a moment.\n")
}

fn agent(request: &Request) -> Option<&[u8]> {
    request.fields.get(header::USER_AGENT).map(HeaderValue::as_bytes)
}

/// The answer to a request that was kept.
fn answer_to(heads: &Heads, document: &Prepared, request: &Request) -> Answer {
    let fields: Vec<_> =
        request.fields.iter().map(|(name, value)| httparse::Header { name: name.as_str(), value: value.as_bytes() }).collect();
    let method = if request.method == Method::HEAD { "HEAD" } else { "GET" };
    let head = Head { method, path: &request.path, query: None, one_one: true, fields: &fields };
    heads.answer(document, &head, true).unwrap_or_else(|_| answer::reply(busy(), method == "HEAD"))
}

/// What is at a path. Documents come from the snapshot under the same path; no file system is consulted.
fn place(path: &str) -> Place<'_> {
    let Some(path) = path.strip_prefix('/') else { return Place::Nowhere };
    if let Some(name) = path.strip_prefix("feeds/") {
        if is_feed_name(name) {
            return Place::Document(path);
        }
        let names =
            name.split_once("/archive/").filter(|(id, name)| !id.contains('.') && is_feed_name(id) && is_archive_name(name));
        return names.map_or(Place::Nowhere, |(feed, name)| Place::Archive(feed, name));
    }
    match path {
        "" | "feeds.opml" | "outlets" | "ns/1.0" | "rsl.xml" | ".well-known/tdmrep.json" => Place::Document(path),
        "healthz" => Place::Alive,
        "readyz" => Place::Ready,
        "robots.txt" => Place::Robots,
        "favicon.ico" => Place::Icon,
        _ => {
            if let Some(key) = path.strip_prefix("a/") {
                let is_key = key.len() == 20 && key.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
                return if is_key { Place::Article(key) } else { Place::Nowhere };
            }
            match path.strip_prefix("static/") {
                Some(name) if !name.is_empty() && !name.contains('/') => Place::Document(path),
                _ => Place::Nowhere,
            }
        }
    }
}

/// `[a-z0-9-]+`, and an extension for a format: the only names that can be configured.
fn is_feed_name(name: &str) -> bool {
    let (id, extension) = name.split_once('.').unwrap_or((name, "rss"));
    let is_id = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    !id.is_empty() && id.bytes().all(is_id) && !extension.is_empty() && extension.bytes().all(|byte| byte.is_ascii_lowercase())
}

/// `2026-05.atom`: digits and hyphens, and an extension for a format.
fn is_archive_name(name: &str) -> bool {
    let Some((period, extension)) = name.split_once('.') else { return false };
    let is_period = |byte: u8| byte.is_ascii_digit() || byte == b'-';
    (7..=13).contains(&period.len()) && period.bytes().all(is_period) && ["atom", "json"].contains(&extension)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check_name(name: &str, expected: bool) {
        assert_eq!(is_feed_name(name), expected, "{name}");
    }

    #[test]
    fn s09_names_that_are_never_looked_up() {
        for name in ["all.rss", "all.atom", "all", "harbour-cn.rss", "a1.json"] {
            check_name(name, true);
        }
        for name in [
            "",
            ".rss",
            "all.",
            "All.rss",
            "all.RSS",
            "all.rss.atom",
            "..",
            "..%2fetc",
            "all%00.rss",
            "all;x",
            "al%6c.rss",
            "ä.rss",
        ] {
            check_name(name, false);
        }
    }

    #[test]
    fn names_of_archive_documents() {
        for name in ["2026-05.atom", "2026-05.json", "2026-05-17.atom", "2026-05-17-09.json", "9999-99.atom"] {
            assert!(is_archive_name(name), "{name}");
        }
        for name in [
            "",
            "2026-05",
            "2026-05.rss",
            ".atom",
            "2026.atom",
            "2026-05.atom.atom",
            "2026-0x.atom",
            "../../all.atom",
            "2026-05-17-09-1.atom",
        ] {
            assert!(!is_archive_name(name), "{name}");
        }
    }
}
