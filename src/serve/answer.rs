//! Heads of answers, made once a document and cloned for every request.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock, Weak};

use axum::body::Body;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::response::Response;
use chrono::{DateTime, Utc};

use super::conditional;
use super::encoding::{self, Coding};
use crate::publish::{Notice, Prepared};

/// What a page for people may do: take its style from this site, pictures, sound and film from anywhere. Scripts, frames and forms never.
const PAGE_POLICY: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; style-src 'self'; img-src http: https: data:; media-src http: https:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
);
/// What a feed may do when a browser shows it as a document: nothing.
const FEED_POLICY: HeaderValue = HeaderValue::from_static("default-src 'none'; style-src 'self'; img-src 'self'; sandbox");
const NOSNIFF: HeaderValue = HeaderValue::from_static("nosniff");
const NO_REFERRER: HeaderValue = HeaderValue::from_static("no-referrer");
const ROBOTS: HeaderName = HeaderName::from_static("x-robots-tag");
const PLAIN_TEXT: HeaderValue = HeaderValue::from_static("text/plain; charset=utf-8");
const HTML: HeaderValue = HeaderValue::from_static("text/html; charset=utf-8");
/// A feed for a browser: under its own type Chromium shows it as plain text, without its style sheet.
const XML: HeaderValue = HeaderValue::from_static("application/xml; charset=utf-8");
const NOINDEX: HeaderValue = HeaderValue::from_static("noindex");
/// TDMRep: rights in text and data mining are reserved, whatever robots.txt allows to search engines.
const TDM_RESERVATION: (HeaderName, HeaderValue) = (HeaderName::from_static("tdm-reservation"), HeaderValue::from_static("1"));
/// Of what never changes at its address: a year (RFC 8246).
const FOR_EVER: HeaderValue = HeaderValue::from_static("public, max-age=31536000, immutable");
const NO_STORE: HeaderValue = HeaderValue::from_static("no-store");

/// The heads a document can be answered with, by [`Coding`].
#[derive(Debug)]
pub(super) struct Heads {
    ok: [HeaderMap; 2],
    not_modified: [HeaderMap; 2],
}

impl Heads {
    /// The heads of a document.
    pub(super) fn of(document: &Prepared, max_age: u32) -> Self {
        let [identity, gzip] = [Coding::Identity, Coding::Gzip].map(|coding| validators(document, max_age, coding));
        let full = |validators: &HeaderMap, coding| {
            let mut head = validators.clone();
            let content_type = HeaderValue::from_str(&document.content_type);
            let content_type = content_type.unwrap_or(HeaderValue::from_static("application/octet-stream"));
            let page = content_type.as_bytes().starts_with(b"text/html");
            if !content_type.as_bytes().starts_with(b"text/css") {
                let (name, reserved) = TDM_RESERVATION;
                head.insert(name, reserved);
            }
            head.insert(header::CONTENT_TYPE, content_type);
            head.insert(header::CONTENT_LENGTH, HeaderValue::from(length(document, coding)));
            if coding == Coding::Gzip {
                head.insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
            }
            head.insert(header::X_CONTENT_TYPE_OPTIONS, NOSNIFF);
            head.insert(header::REFERRER_POLICY, NO_REFERRER);
            head.insert(header::CONTENT_SECURITY_POLICY, if page { PAGE_POLICY } else { FEED_POLICY });
            if document.conditions.noindex {
                head.insert(ROBOTS, NOINDEX);
            }
            if !page {
                // Readers that run in a browser may read feeds; they are public and carry no cookies.
                head.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
            }
            head
        };
        Self {
            ok: [full(&identity, Coding::Identity), full(&gzip, Coding::Gzip)],
            not_modified: [not_modified(identity, document), not_modified(gzip, document)],
        }
    }

    /// The heads of a document that has the hash of its content in its path.
    fn lasting(document: &Prepared) -> Self {
        let mut heads = Self::of(document, 0);
        for head in heads.ok.iter_mut().chain(&mut heads.not_modified) {
            head.insert(header::CACHE_CONTROL, FOR_EVER);
        }
        heads
    }

    /// The answer to a GET or HEAD with these fields.
    pub(super) fn answer(&self, document: &Prepared, method: &Method, fields: &HeaderMap) -> Response {
        let coding = match encoding::choose(fields) {
            // Compressing made a tiny document longer.
            Coding::Gzip if document.gzip.len() >= document.identity_length() => Coding::Identity,
            coding => coding,
        };
        if let Some(coding) = conditional::current(fields, document, coding) {
            let mut response = Response::new(Body::empty());
            *response.status_mut() = StatusCode::NOT_MODIFIED;
            *response.headers_mut() = self.not_modified[coding as usize].clone();
            return response;
        }
        let bytes = if method == Method::HEAD { Body::empty() } else { Body::from(body(document, coding)) };
        let mut response = Response::new(bytes);
        *response.headers_mut() = self.ok[coding as usize].clone();
        if is_opened(fields) && is_feed(&document.content_type) {
            response.headers_mut().insert(header::CONTENT_TYPE, XML);
        }
        response
    }
}

/// A browser opens the address as a page (Fetch Metadata Request Headers § 2.1). No reader sends that, and what it gets suits every reader too, so
/// caches need not tell the two apart.
fn is_opened(fields: &HeaderMap) -> bool {
    fields.get("sec-fetch-dest").is_some_and(|destination| destination == "document")
}

fn is_feed(content_type: &str) -> bool {
    ["application/rss+xml", "application/atom+xml"].iter().any(|feed| content_type.starts_with(feed))
}

fn body(document: &Prepared, coding: Coding) -> bytes::Bytes {
    match coding {
        Coding::Identity => document.identity(),
        Coding::Gzip => document.gzip.clone(),
    }
}

fn length(document: &Prepared, coding: Coding) -> usize {
    match coding {
        Coding::Identity => document.identity_length(),
        Coding::Gzip => document.gzip.len(),
    }
}

/// What a 304 repeats of the 200 (RFC 9110 § 15.4.5).
fn validators(document: &Prepared, max_age: u32, coding: Coding) -> HeaderMap {
    // Room for the whole head: the full one is made from this one.
    let mut head = HeaderMap::with_capacity(16);
    let etag = match coding {
        Coding::Identity => &document.etag,
        Coding::Gzip => &document.etag_gzip,
    };
    if let Ok(etag) = HeaderValue::from_str(etag) {
        head.insert(header::ETAG, etag);
    }
    if let Ok(modified) = HeaderValue::from_str(&http_date(document.modified)) {
        head.insert(header::LAST_MODIFIED, modified);
    }
    let cache = format!("public, max-age={max_age}, stale-while-revalidate=300, stale-if-error=86400");
    if let Ok(cache) = HeaderValue::from_str(&cache) {
        head.insert(header::CACHE_CONTROL, cache);
    }
    head.insert(header::VARY, HeaderValue::from_static("Accept-Encoding"));
    head
}

/// A 304 is read by the script that asked, too, so it says the same about who may read.
fn not_modified(mut validators: HeaderMap, document: &Prepared) -> HeaderMap {
    if !document.content_type.starts_with("text/html") {
        validators.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    }
    validators
}

/// `static/{name}.{hash}.{extension}`: another content has another path.
fn is_lasting(path: &str) -> bool {
    path.strip_prefix("static/").is_some_and(|name| name.split('.').count() > 2)
}

/// An IMF-fixdate (RFC 9110 § 5.6.7); moments it has no room for become the nearest it has.
fn http_date(at: DateTime<Utc>) -> String {
    let seconds = at.timestamp().clamp(0, 253_402_300_799);
    DateTime::from_timestamp(seconds, 0).unwrap_or(at).format("%a, %d %b %Y %H:%M:%S GMT").to_string()
}

/// Heads of the documents in the snapshot, made when first asked for and again when the document has been replaced.
#[derive(Debug, Default)]
pub(super) struct HeadCache {
    known: RwLock<Known>,
}

#[derive(Debug, Default)]
struct Known {
    // A weak reference keeps no bytes of replaced documents, but does keep their addresses from being given to new ones.
    by_path: HashMap<Box<str>, (Weak<Prepared>, Arc<Heads>)>,
    /// Look through the map for documents that are gone when it has grown to this.
    sweep_at: usize,
}

impl HeadCache {
    /// The heads of `document`, which is at `path` now. Only for paths at which there is a document: nobody can fill the cache by asking.
    pub(super) fn heads(&self, path: &str, document: &Arc<Prepared>, max_age: u32) -> Arc<Heads> {
        // A panic elsewhere cannot leave the map half-changed: every change is one insert or one retain.
        let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
        if let Some((of, heads)) = known.by_path.get(path)
            && std::ptr::eq(of.as_ptr(), Arc::as_ptr(document))
        {
            return heads.clone();
        }
        drop(known);
        let heads = Arc::new(if is_lasting(path) { Heads::lasting(document) } else { Heads::of(document, max_age) });
        let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
        if known.by_path.len() >= known.sweep_at {
            known.by_path.retain(|_, (of, _)| of.strong_count() > 0);
            known.sweep_at = known.by_path.len() * 2 + 64;
        }
        known.by_path.insert(path.into(), (Arc::downgrade(document), heads.clone()));
        heads
    }
}

/// A short answer in plain text that nobody may keep.
pub(super) fn text(status: StatusCode, text: impl Into<Body>) -> Response {
    let mut response = short(status, PLAIN_TEXT, text.into());
    response.headers_mut().insert(header::CACHE_CONTROL, NO_STORE);
    response
}

/// A short answer in plain text that may be kept for a while.
pub(super) fn kept_text(status: StatusCode, text: &'static str, cache_control: &'static str) -> Response {
    let mut response = short(status, PLAIN_TEXT, Body::from(text));
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static(cache_control));
    response
}

/// A short page for people.
pub(super) fn page(status: StatusCode, html: impl Into<Body>) -> Response {
    let mut response = short(status, HTML, html.into());
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("public, max-age=60"));
    response
}

/// What is said of an article that was withdrawn: 410, or 451 with a link to who blocks it (RFC 7725).
pub(super) fn notice(notice: Notice) -> Response {
    let status = if notice.legal { StatusCode::UNAVAILABLE_FOR_LEGAL_REASONS } else { StatusCode::GONE };
    let mut response = short(status, HTML, Body::from(notice.html));
    let head = response.headers_mut();
    head.insert(header::CACHE_CONTROL, HeaderValue::from_static("public, max-age=60"));
    head.insert(ROBOTS, NOINDEX);
    let link = notice.blocked_by.filter(|_| notice.legal).map(|page| format!("<{page}>; rel=\"blocked-by\""));
    if let Some(Ok(link)) = link.map(|link| HeaderValue::from_str(&link)) {
        head.insert(header::LINK, link);
    }
    response
}

/// `response` with one field more.
pub(super) fn with(mut response: Response, name: HeaderName, value: &'static str) -> Response {
    response.headers_mut().insert(name, HeaderValue::from_static(value));
    response
}

fn short(status: StatusCode, content_type: HeaderValue, body: Body) -> Response {
    let mut response = Response::new(body);
    *response.status_mut() = status;
    let head = response.headers_mut();
    head.insert(header::CONTENT_TYPE, content_type);
    head.insert(header::X_CONTENT_TYPE_OPTIONS, NOSNIFF);
    head.insert(header::REFERRER_POLICY, NO_REFERRER);
    head.insert(header::CONTENT_SECURITY_POLICY, PAGE_POLICY);
    response
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;

    use super::*;
    use crate::publish::Identity;

    fn document(content_type: &str, modified: i64) -> Prepared {
        Prepared {
            content_type: content_type.into(),
            identity: Identity::Held(Bytes::from_static(b"a long document")),
            gzip: Bytes::from_static(b"short"),
            etag: "\"e\"".into(),
            etag_gzip: "\"e-gz\"".into(),
            modified: DateTime::from_timestamp(modified, 0).unwrap(),
            conditions: Default::default(),
        }
    }

    fn check_date(modified: i64, expected: &str) {
        assert_eq!(http_date(DateTime::from_timestamp(modified, 0).unwrap()), expected);
    }

    #[test]
    fn dates_fit_the_form() {
        check_date(784_111_777, "Sun, 06 Nov 1994 08:49:37 GMT");
        check_date(-1, "Thu, 01 Jan 1970 00:00:00 GMT");
        check_date(253_402_300_800, "Fri, 31 Dec 9999 23:59:59 GMT");
    }

    fn check_field(content_type: &str, name: &str, expected: Option<&str>) {
        let document = document(content_type, 0);
        let response = Heads::of(&document, 60).answer(&document, &Method::GET, &HeaderMap::new());
        let value = response.headers().get(name).map(|value| value.to_str().unwrap());
        assert_eq!(value, expected, "{content_type}: {name}");
    }

    #[test]
    fn pages_and_feeds_have_their_own_policies() {
        let feed = "application/rss+xml; charset=utf-8";
        check_field(feed, "content-security-policy", Some("default-src 'none'; style-src 'self'; img-src 'self'; sandbox"));
        check_field(feed, "access-control-allow-origin", Some("*"));
        check_field(feed, "content-type", Some(feed));
        let page = "text/html; charset=utf-8";
        check_field(page, "access-control-allow-origin", None);
        check_field(page, "content-security-policy", PAGE_POLICY.to_str().ok());
        check_field("not a\nheader", "content-type", Some("application/octet-stream"));
        for content_type in [feed, page] {
            check_field(
                content_type,
                "cache-control",
                Some("public, max-age=60, stale-while-revalidate=300, stale-if-error=86400"),
            );
            check_field(content_type, "x-content-type-options", Some("nosniff"));
            check_field(content_type, "referrer-policy", Some("no-referrer"));
            check_field(content_type, "set-cookie", None);
            check_field(content_type, "server", None);
        }
    }

    #[test]
    fn search_engines_are_asked_to_leave_out_what_terms_say() {
        for (noindex, expected) in [(false, None), (true, Some("noindex"))] {
            let mut document = document("text/html", 0);
            document.conditions.noindex = noindex;
            let response = Heads::of(&document, 60).answer(&document, &Method::GET, &HeaderMap::new());
            assert_eq!(response.headers().get("x-robots-tag").map(|value| value.to_str().unwrap()), expected);
        }
    }

    #[test]
    fn what_has_its_hash_in_its_path_may_be_kept_for_ever() {
        let cache = HeadCache::default();
        let style = Arc::new(document("text/css; charset=utf-8", 0));
        let kept = |path: &str| cache.heads(path, &style, 60).ok[0][header::CACHE_CONTROL].to_str().unwrap().to_owned();
        assert_eq!(kept("static/style.0123456789ab.css"), "public, max-age=31536000, immutable");
        assert!(kept("static/feed.css").starts_with("public, max-age=60,"));
        assert!(kept("feeds/all.old.rss").starts_with("public, max-age=60,"));
    }

    #[test]
    fn a_feed_that_a_browser_opens_is_xml_with_a_style() {
        let check = |content_type: &str, destination: Option<&'static str>, expected: &str| {
            let document = document(content_type, 0);
            let fields = destination.map(|to| (HeaderName::from_static("sec-fetch-dest"), HeaderValue::from_static(to)));
            let response = Heads::of(&document, 60).answer(&document, &Method::GET, &fields.into_iter().collect());
            assert_eq!(response.headers()[header::CONTENT_TYPE], expected, "{content_type} {destination:?}");
        };
        let rss = "application/rss+xml; charset=utf-8";
        check(rss, None, rss);
        check(rss, Some("empty"), rss);
        check(rss, Some("document"), "application/xml; charset=utf-8");
        check("application/atom+xml; charset=utf-8", Some("document"), "application/xml; charset=utf-8");
        check("application/feed+json", Some("document"), "application/feed+json");
        check("text/html; charset=utf-8", Some("document"), "text/html; charset=utf-8");
    }

    #[test]
    fn rights_in_mining_are_reserved_for_what_is_an_outlets() {
        check_field("text/html; charset=utf-8", "tdm-reservation", Some("1"));
        check_field("application/rss+xml; charset=utf-8", "tdm-reservation", Some("1"));
        check_field("text/css; charset=utf-8", "tdm-reservation", None);
    }

    #[test]
    fn a_representation_that_grew_is_not_sent() {
        let mut document = document("text/plain", 0);
        let mut fields = HeaderMap::new();
        fields.insert(header::ACCEPT_ENCODING, HeaderValue::from_static("gzip"));
        let coding = |document: &Prepared| {
            let response = Heads::of(document, 60).answer(document, &Method::GET, &fields);
            response.headers().get(header::CONTENT_ENCODING).is_some()
        };
        assert!(coding(&document));
        document.gzip = Bytes::from_static(b"compressed to something longer");
        assert!(!coding(&document));
    }

    #[test]
    fn heads_are_made_once_a_document_and_again_for_the_next() {
        let cache = HeadCache::default();
        let first = Arc::new(document("text/plain", 0));
        let heads = cache.heads("feeds/all.rss", &first, 60);
        assert!(Arc::ptr_eq(&heads, &cache.heads("feeds/all.rss", &first, 60)));
        let second = Arc::new(document("text/plain", 86_400));
        let later = cache.heads("feeds/all.rss", &second, 60);
        assert!(!Arc::ptr_eq(&heads, &later));
        assert_eq!(later.ok[0][header::LAST_MODIFIED], "Fri, 02 Jan 1970 00:00:00 GMT");
    }

    #[test]
    fn heads_of_documents_that_are_gone_are_forgotten() {
        let cache = HeadCache::default();
        for n in 0..1000 {
            cache.heads(&format!("feeds/{n}.rss"), &Arc::new(document("text/plain", n)), 60);
        }
        let known = cache.known.read().unwrap().by_path.len();
        assert!(known <= 65, "{known} heads kept for no document");
    }
}
