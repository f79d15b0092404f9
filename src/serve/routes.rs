//! Which document a request is about.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, Method, StatusCode, Version, header};
use axum::response::Response;
use axum::routing::get;
use tokio::sync::Semaphore;

use super::answer::{self, HeadCache, Heads};
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

/// What the handlers share.
struct App {
    site: Site,
    heads: HeadCache,
    pages: Semaphore,
    page_time: Duration,
}

/// The addresses of the site. Documents come from the snapshot under the same path; no file system is consulted.
pub(super) fn router(site: Site, limits: &Limits) -> Router {
    let app =
        App { site, heads: HeadCache::default(), pages: Semaphore::new(limits.caps.pages), page_time: limits.timeouts.page };
    Router::new()
        .route("/", get(document))
        .route("/feeds.opml", get(document))
        .route("/feeds/{name}", get(feed))
        .route("/feeds/{id}/archive/{name}", get(archive))
        .route("/a/{key}", get(article))
        .route("/outlets", get(document))
        .route("/ns/1.0", get(document))
        .route("/static/{name}", get(document))
        .route("/rsl.xml", get(document))
        .route("/.well-known/tdmrep.json", get(document))
        .route("/healthz", get(healthz))
        .route("/readyz", get(readyz))
        .route("/robots.txt", get(robots))
        .route("/favicon.ico", get(favicon))
        .fallback(not_found)
        .with_state(Arc::new(app))
}

/// Why a request is answered before anybody looks at its path; the connection is closed after these.
pub(super) fn refuse<B>(request: &axum::http::Request<B>) -> Option<Response> {
    let fields = request.headers();
    if let Some(fault) = host_fault(fields, request.version()) {
        return Some(answer::text(StatusCode::BAD_REQUEST, fault));
    }
    let method = request.method();
    let reads = method == Method::GET || method == Method::HEAD;
    // RFC 9112 § 6.1: both framings at once is how requests are smuggled past a proxy. hyper hides a Content-Length that follows a
    // Transfer-Encoding, and no read has a use for the latter, so it is refused alone, too.
    if fields.contains_key(header::TRANSFER_ENCODING) && (reads || fields.contains_key(header::CONTENT_LENGTH)) {
        return Some(answer::text(StatusCode::BAD_REQUEST, "Transfer-Encoding is not accepted: requests here have no body.\n"));
    }
    if !reads {
        let refusal = answer::text(StatusCode::METHOD_NOT_ALLOWED, "This site is only read: GET and HEAD.\n");
        return Some(answer::with(refusal, header::ALLOW, "GET, HEAD"));
    }
    None
}

/// RFC 9112 § 3.2: exactly one `Host` in HTTP/1.1, at most one in 1.0, and its value must be a host.
fn host_fault(fields: &HeaderMap, version: Version) -> Option<&'static str> {
    let mut hosts = fields.get_all(header::HOST).iter();
    match (hosts.next(), hosts.next()) {
        (None, _) if version == Version::HTTP_11 => Some("The request has no Host field.\n"),
        (None, _) => None,
        (Some(_), Some(_)) => Some("The request has more than one Host field.\n"),
        (Some(host), None) => {
            let allowed = |byte: &u8| byte.is_ascii_alphanumeric() || b"-._~!$&'()*+;=%:[]".contains(byte);
            (!host.as_bytes().iter().all(allowed)).then_some("The Host field of the request is not a host.\n")
        }
    }
}

/// The request comes with a body, which nobody will read.
pub(super) fn has_body(fields: &HeaderMap) -> bool {
    fields.contains_key(header::TRANSFER_ENCODING)
        || fields.get(header::CONTENT_LENGTH).is_some_and(|length| length.as_bytes().iter().any(|&digit| digit != b'0'))
}

async fn document(State(app): State<Arc<App>>, request: Request) -> Response {
    app.answer_from_snapshot(&request)
}

async fn feed(State(app): State<Arc<App>>, request: Request) -> Response {
    let name = request.uri().path().strip_prefix("/feeds/").unwrap_or_default();
    if is_feed_name(name) { app.answer_from_snapshot(&request) } else { app.not_found() }
}

/// `[a-z0-9-]+`, and an extension for a format: the only names that can be configured.
fn is_feed_name(name: &str) -> bool {
    let (id, extension) = name.split_once('.').unwrap_or((name, "rss"));
    let is_id = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    !id.is_empty() && id.bytes().all(is_id) && !extension.is_empty() && extension.bytes().all(|byte| byte.is_ascii_lowercase())
}

async fn article(State(app): State<Arc<App>>, request: Request) -> Response {
    let key = request.uri().path().strip_prefix("/a/").unwrap_or_default();
    if key.len() != 20 || !key.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f')) {
        return app.not_found();
    }
    app.answer_made(request.method(), request.headers(), app.site.pages.page(key), |_| app.site.max_age).await
}

async fn archive(State(app): State<Arc<App>>, request: Request) -> Response {
    let path = request.uri().path().strip_prefix("/feeds/").unwrap_or_default();
    let names = path.split_once("/archive/").filter(|(id, name)| !id.contains('.') && is_feed_name(id) && is_archive_name(name));
    let Some((id, name)) = names else { return app.not_found() };
    if app.site.snapshot.is_gone(&format!("feeds/{id}")) {
        return answer::page(StatusCode::GONE, FEED_GONE);
    }
    // What time alone will change is not kept beyond the feed's own life; the rest changes by corrections only.
    let max_age = |document: &Prepared| match document.conditions.until() {
        None => app.site.max_age.max(ARCHIVE_AGE),
        Some(_) => app.site.max_age,
    };
    app.answer_made(request.method(), request.headers(), app.site.pages.archive(id, name), max_age).await
}

/// `2026-05.atom`: digits and hyphens, and an extension for a format.
fn is_archive_name(name: &str) -> bool {
    let Some((period, extension)) = name.split_once('.') else { return false };
    let is_period = |byte: u8| byte.is_ascii_digit() || byte == b'-';
    (7..=13).contains(&period.len()) && period.bytes().all(is_period) && ["atom", "json"].contains(&extension)
}

impl App {
    /// An answer with what is made for it: few at a time, and nobody waits for ever, for making is the one thing here that costs something.
    async fn answer_made(
        &self,
        method: &Method,
        fields: &HeaderMap,
        making: impl Future<Output = Page>,
        max_age: impl FnOnce(&Prepared) -> u32,
    ) -> Response {
        let look_up = async {
            let _turn = self.pages.acquire().await.ok()?;
            Some(making.await)
        };
        match tokio::time::timeout(self.page_time, look_up).await {
            Ok(Some(Page::Found(page))) => Heads::of(&page, max_age(&page)).answer(&page, method, fields),
            Ok(Some(Page::Gone)) => self.instead(StatusCode::GONE, GONE_PAGE),
            Ok(Some(Page::Withdrawn(notice))) => answer::notice(*notice),
            Ok(Some(Page::Missing)) => self.not_found(),
            Ok(None) | Err(_) => {
                let busy = answer::text(
                    StatusCode::SERVICE_UNAVAILABLE,
                    "Too many pages are asked for at once; try again in a moment.\n",
                );
                answer::with(busy, header::RETRY_AFTER, "5")
            }
        }
    }

    fn answer_from_snapshot(&self, request: &Request) -> Response {
        let path = request.uri().path();
        let path = path.strip_prefix('/').unwrap_or(path);
        match self.site.snapshot.get(path) {
            Some(document) => {
                let heads = self.heads.heads(path, &document, self.site.max_age);
                heads.answer(&document, request.method(), request.headers())
            }
            None if self.site.snapshot.is_gone(path) => answer::page(StatusCode::GONE, FEED_GONE),
            None => self.not_found(),
        }
    }

    fn not_found(&self) -> Response {
        self.instead(StatusCode::NOT_FOUND, NOT_FOUND_PAGE)
    }

    /// A page of the site in place of one that there is not.
    fn instead(&self, status: StatusCode, path: &str) -> Response {
        match self.site.snapshot.get(path) {
            Some(page) => answer::page(status, page.identity()),
            None => answer::page(status, NOTHING),
        }
    }
}

async fn healthz() -> Response {
    answer::text(StatusCode::OK, "ok\n")
}

async fn readyz(State(app): State<Arc<App>>) -> Response {
    match (app.site.ready)() {
        Ok(()) => answer::text(StatusCode::OK, "ready\n"),
        Err(reason) => {
            let refusal = answer::text(StatusCode::SERVICE_UNAVAILABLE, format!("not ready: {reason}\n"));
            answer::with(refusal, header::RETRY_AFTER, "5")
        }
    }
}

/// Never missing: crawlers take a robots.txt that cannot be had for leave to do anything (RFC 9309 § 2.3.1.3).
async fn robots(State(app): State<Arc<App>>, request: Request) -> Response {
    if app.site.snapshot.get("robots.txt").is_some() {
        return app.answer_from_snapshot(&request);
    }
    answer::kept_text(StatusCode::OK, "User-agent: *\nAllow: /\n", "public, max-age=86400")
}

/// Browsers ask for it with every first page; a day's peace for both sides.
async fn favicon() -> Response {
    answer::kept_text(StatusCode::NOT_FOUND, "There is no icon.\n", "public, max-age=86400")
}

async fn not_found(State(app): State<Arc<App>>) -> Response {
    app.not_found()
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

    fn check_refusal(method: &str, version: Version, fields: &[(&str, &str)], expected: Option<u16>) {
        let mut request = axum::http::Request::builder().method(method).version(version).uri("/");
        for (name, value) in fields {
            request = request.header(*name, *value);
        }
        let refusal = refuse(&request.body(()).unwrap());
        assert_eq!(refusal.map(|response| response.status().as_u16()), expected, "{method} {fields:?}");
    }

    #[test]
    fn s06_s07_s08_refusals() {
        use Version as V;
        let host = ("host", "relay.example");
        for good in ["relay.example", "relay.example:8080", "[2001:db8::1]:80", "127.0.0.1", ""] {
            check_refusal("GET", V::HTTP_11, &[("host", good)], None);
        }
        for bad in ["relay.example/path", "user@relay.example", "relay example", "a,b", "<b>"] {
            check_refusal("GET", V::HTTP_11, &[("host", bad)], Some(400));
        }
        check_refusal("GET", V::HTTP_11, &[], Some(400));
        check_refusal("GET", V::HTTP_10, &[], None);
        check_refusal("GET", V::HTTP_10, &[host, host], Some(400));
        check_refusal("GET", V::HTTP_11, &[host, host], Some(400));
        check_refusal("GET", V::HTTP_11, &[host, ("transfer-encoding", "chunked")], Some(400));
        check_refusal("POST", V::HTTP_11, &[host, ("transfer-encoding", "chunked"), ("content-length", "3")], Some(400));
        check_refusal("POST", V::HTTP_11, &[host, ("transfer-encoding", "chunked")], Some(405));
        check_refusal("GET", V::HTTP_11, &[host, ("content-length", "3")], None);
        check_refusal("HEAD", V::HTTP_11, &[host], None);
        for method in ["POST", "PUT", "DELETE", "OPTIONS", "TRACE", "CONNECT", "PATCH", "BREW", "get"] {
            check_refusal(method, V::HTTP_11, &[host], Some(405));
        }
    }
}
