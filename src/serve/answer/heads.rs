//! What is answered with a published document: its heads, made once a document.

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock, PoisonError, RwLock, Weak};

use bytes::Bytes;
use http::StatusCode;
use http::header::HeaderValue;

use super::{Answer, OpenFile, PAGE_POLICY, Payload, Writer, http_date};
use crate::publish::{FROM_FILE, Identity, Part, Place, Prepared};
use crate::serve::conditional::{self, Has};
use crate::serve::encoding::{Coding, Wishes};
use crate::serve::head::Head;

/// What a feed may do when a browser shows it as a document: nothing.
const FEED_POLICY: &str = "default-src 'none'; style-src 'self'; img-src 'self'; sandbox";
/// A feed for a browser: under its own type Chromium shows it as plain text, without its style sheet.
const XML: &str = "application/xml; charset=utf-8";
/// Published documents that are sent from their files at once; each is an open file.
const MOST_FILES: usize = 512;

/// For whom an answer may be kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::serve) enum Keep {
    /// For everybody, so many seconds.
    Public(u32),
    /// For ever: the document has the hash of its content in its path (RFC 8246).
    Lasting,
    /// For the client that asked, so many seconds.
    Private(u32),
}

/// The answers a document can be given, made once a document.
#[derive(Debug)]
pub(in crate::serve) struct Heads {
    keep: Keep,
    not_modified: [Bytes; 4],
    full: [OnceLock<Full>; 4],
    /// Value of `Link`.
    links: Option<String>,
    /// Files open for all documents.
    open: Arc<AtomicUsize>,
}

/// One representation, whole.
#[derive(Debug)]
struct Full {
    head: Bytes,
    /// The same for a browser that opens a feed.
    opened: Bytes,
    length: usize,
    source: Source,
}

#[derive(Debug)]
enum Source {
    Held(Bytes),
    /// In a file; from there while it can be opened, otherwise as it is held, if it is.
    InFile {
        place: Place,
        file: OnceLock<Option<Arc<OpenFile>>>,
        held: Option<Bytes>,
    },
    /// Uncompressed for everyone who wants it.
    Made,
}

/// The document has to be packed before it can be said which representation it is answered with.
#[derive(Debug)]
pub(in crate::serve) struct Unpacked;

impl Heads {
    /// The answers of a document.
    pub(in crate::serve) fn of(document: &Prepared, keep: Keep, open: Arc<AtomicUsize>) -> Self {
        let not_modified = Coding::ALL.map(|coding| {
            let mut head = Writer::new(StatusCode::NOT_MODIFIED);
            for_caches(&mut head, document, keep, coding);
            if !is_page(document) && !matches!(keep, Keep::Private(_)) {
                // Read by the script that asked, too.
                head.field("access-control-allow-origin", "*");
            }
            head.into()
        });
        Self { keep, not_modified, full: Default::default(), links: None, open }
    }

    /// The answer to a GET or HEAD; an error when it takes another form of the document to know. `whole`: there will be no other forms.
    pub(in crate::serve) fn answer(&self, document: &Prepared, head: &Head<'_>, whole: bool) -> Result<Answer, Unpacked> {
        let any = match conditional::has(head, document) {
            Has::This(coding) => return Ok(self.not_modified(coding)),
            Has::Any => true,
            Has::No => false,
        };
        let wishes = Wishes::read(head.all("accept-encoding"));
        let packed = document.packed.get();
        if packed.is_none() && !whole {
            // Uncompressed, a large document is sent from its file as well.
            let plain = matches!(document.identity, Identity::InGzip { .. })
                && document.gzip_place.is_some()
                && wishes.choose([Some(2), Some(1), None, None]) == Coding::Identity;
            if wishes.wants_packed() || (!any && plain) {
                return Err(Unpacked);
            }
        }
        let length = |part: Option<&Part>| part.map(Part::length);
        let mut lengths = [
            Some(document.identity_length()),
            Some(document.gzip.len()),
            length(packed.map(|packed| &packed.br)),
            length(packed.map(|packed| &packed.zstd)),
        ];
        loop {
            let coding = wishes.choose(lengths);
            if any {
                return Ok(self.not_modified(coding));
            }
            let full = self.full[coding as usize].get_or_init(|| self.full(document, coding));
            let Some(body) = full.body(document, &self.open, head.method == "HEAD") else {
                // Its file is gone: what is held is left.
                lengths[coding as usize] = None;
                continue;
            };
            let head = if is_opened(head) { &full.opened } else { &full.head };
            return Ok(Answer { head: head.clone(), body, close: false });
        }
    }

    fn not_modified(&self, coding: Coding) -> Answer {
        Answer { head: self.not_modified[coding as usize].clone(), body: Payload::None, close: false }
    }

    fn full(&self, document: &Prepared, coding: Coding) -> Full {
        let packed = document.packed.get();
        let of_part = |part: &Part| match part {
            Part::Held(bytes) => Source::Held(bytes.clone()),
            Part::InFile(place) => Source::InFile { place: place.clone(), file: OnceLock::new(), held: None },
        };
        let source = match (coding, packed) {
            (Coding::Gzip, _) => match &document.gzip_place {
                Some(place) if place.length > FROM_FILE => {
                    Source::InFile { place: place.clone(), file: OnceLock::new(), held: Some(document.gzip.clone()) }
                }
                _ => Source::Held(document.gzip.clone()),
            },
            (Coding::Br, Some(packed)) => of_part(&packed.br),
            (Coding::Zstd, Some(packed)) => of_part(&packed.zstd),
            _ => match (&document.identity, packed.and_then(|packed| packed.identity.as_ref())) {
                (Identity::Held(bytes), _) => Source::Held(bytes.clone()),
                (_, Some(part)) => of_part(part),
                _ => Source::Made,
            },
        };
        let length = match &source {
            Source::Held(bytes) => bytes.len(),
            Source::InFile { place, .. } => place.length,
            Source::Made => document.identity_length(),
        };
        let head = |content_type: &str| {
            let mut head = Writer::new(StatusCode::OK);
            head.field("content-type", content_type);
            head.field("content-length", length);
            if let Some(name) = coding.name() {
                head.field("content-encoding", name);
            }
            for_caches(&mut head, document, self.keep, coding);
            head.field("last-modified", http_date(document.modified));
            head.field("x-content-type-options", "nosniff");
            head.field("referrer-policy", "no-referrer");
            head.field("content-security-policy", if is_page(document) { PAGE_POLICY } else { FEED_POLICY });
            if !document.content_type.starts_with("text/css") {
                // TDMRep: rights in text and data mining are reserved, whatever robots.txt allows to search engines.
                head.field("tdm-reservation", "1");
            }
            if let Some(links) = &self.links {
                head.field("link", links);
            }
            if document.conditions.noindex {
                head.field("x-robots-tag", "noindex");
            }
            if !is_page(document) && !matches!(self.keep, Keep::Private(_)) {
                // Readers that run in a browser may read feeds; they are public and carry no cookies.
                head.field("access-control-allow-origin", "*");
            }
            Bytes::from(head)
        };
        // A type that is none would break the head apart.
        let is_type = HeaderValue::from_str(&document.content_type).is_ok();
        let usual = head(if is_type { &document.content_type } else { "application/octet-stream" });
        let opened = if is_feed(&document.content_type) { head(XML) } else { usual.clone() };
        Full { head: usual, opened, length, source }
    }
}

impl Full {
    /// The body; `None` when its file cannot be opened and it is nowhere else.
    fn body(&self, document: &Prepared, open: &Arc<AtomicUsize>, head_only: bool) -> Option<Payload> {
        Some(match &self.source {
            Source::Held(_) | Source::Made if head_only => Payload::None,
            Source::Held(bytes) => Payload::Bytes(bytes.clone()),
            Source::Made => Payload::Bytes(document.identity()),
            Source::InFile { place, file, held } => match (file.get_or_init(|| open_file(place, open)), held) {
                (Some(_), _) if head_only => Payload::None,
                (Some(file), _) => Payload::File { file: file.clone(), offset: place.offset, length: self.length },
                (None, Some(_)) if head_only => Payload::None,
                (None, Some(bytes)) => Payload::Bytes(bytes.clone()),
                (None, None) => return None,
            },
        })
    }
}

/// `None` when too many are open: those that are asked for first are asked for most.
fn open_file(place: &Place, open: &Arc<AtomicUsize>) -> Option<Arc<OpenFile>> {
    if open.fetch_add(1, Ordering::Relaxed) >= MOST_FILES {
        open.fetch_sub(1, Ordering::Relaxed);
        return None;
    }
    match place.open() {
        Ok(file) => Some(Arc::new(OpenFile { file, open: open.clone() })),
        Err(error) => {
            open.fetch_sub(1, Ordering::Relaxed);
            tracing::debug!(%error, "a published document cannot be sent from its file");
            None
        }
    }
}

/// A browser opens the address as a page (Fetch Metadata Request Headers § 2.1). No reader sends that, and what it gets suits every reader too, so
/// caches need not tell the two apart.
fn is_opened(head: &Head<'_>) -> bool {
    head.first("sec-fetch-dest") == Some(b"document")
}

fn is_page(document: &Prepared) -> bool {
    document.content_type.starts_with("text/html")
}

fn is_feed(content_type: &str) -> bool {
    ["application/rss+xml", "application/atom+xml"].iter().any(|feed| content_type.starts_with(feed))
}

/// What a 304 repeats of the 200: all that caches need, and not `Last-Modified`, which says nothing that the entity tag does not (RFC 9110
/// § 15.4.5).
fn for_caches(head: &mut Writer, document: &Prepared, keep: Keep, coding: Coding) {
    let hash = document.etag.strip_suffix('"').unwrap_or(&document.etag);
    head.field("etag", format_args!("{hash}{}\"", coding.suffix()));
    let patience = "stale-while-revalidate=300, stale-if-error=86400";
    match keep {
        Keep::Public(age) => head.field("cache-control", format_args!("public, max-age={age}, {patience}")),
        Keep::Lasting => head.field("cache-control", "public, max-age=31536000, immutable"),
        Keep::Private(age) => head.field("cache-control", format_args!("private, max-age={age}, {patience}")),
    }
    let vary = if matches!(keep, Keep::Private(_)) { "Accept-Encoding, Authorization" } else { "Accept-Encoding" };
    head.field("vary", vary);
}

/// `static/{name}.{hash}.{extension}`: another content has another path.
fn is_lasting(path: &str) -> bool {
    path.strip_prefix("static/").is_some_and(|name| name.split('.').count() > 2)
}

/// Heads of the documents in the snapshot, made when first asked for and again when the document has been replaced.
#[derive(Debug, Default)]
pub(in crate::serve) struct HeadCache {
    links: Links,
    known: RwLock<Known>,
    open: Arc<AtomicUsize>,
}

/// Values of `Link` by path.
#[derive(Default)]
struct Links(Option<crate::serve::LinksOf>);

impl std::fmt::Debug for Links {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Links")
    }
}

#[derive(Debug, Default)]
struct Known {
    // A weak reference keeps no bytes of replaced documents, but does keep their addresses from being given to new ones.
    by_path: HashMap<Box<str>, Entry>,
    /// Look through the map for documents that are gone when it has grown to this.
    sweep_at: usize,
}

#[derive(Debug)]
struct Entry {
    of: Weak<Prepared>,
    public: Arc<Heads>,
    private: OnceLock<Arc<Heads>>,
    guarded: bool,
}

/// Heads of a document in the snapshot.
#[derive(Debug)]
pub(in crate::serve) struct Found {
    pub(in crate::serve) heads: Arc<Heads>,
    /// It is for some only.
    pub(in crate::serve) guarded: bool,
}

impl HeadCache {
    /// A cache of heads with these links.
    pub(in crate::serve) fn new(links: Option<crate::serve::LinksOf>) -> Self {
        Self { links: Links(links), ..Self::default() }
    }

    /// The heads of `document`, which is at `path` now. Only for paths at which there is a document: nobody can fill the cache by asking.
    pub(in crate::serve) fn heads(
        &self,
        path: &str,
        document: &Arc<Prepared>,
        max_age: u32,
        private: bool,
        guarded: impl FnOnce() -> bool,
    ) -> Found {
        let choose = |entry: &Entry| {
            let heads = if private {
                let made = || Arc::new(Heads::of(document, Keep::Private(max_age), self.open.clone()));
                entry.private.get_or_init(made)
            } else {
                &entry.public
            };
            Found { heads: heads.clone(), guarded: entry.guarded }
        };
        // A panic elsewhere cannot leave the map half-changed: every change is one insert or one retain.
        let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
        if let Some(entry) = known.by_path.get(path)
            && std::ptr::eq(entry.of.as_ptr(), Arc::as_ptr(document))
        {
            return choose(entry);
        }
        drop(known);
        let keep = if is_lasting(path) { Keep::Lasting } else { Keep::Public(max_age) };
        let guarded = guarded();
        // What is for some only is announced to nobody.
        let links = self.links.0.as_ref().filter(|_| !guarded).and_then(|links| links(path));
        let public = Arc::new(Heads { links, ..Heads::of(document, keep, self.open.clone()) });
        let entry = Entry { of: Arc::downgrade(document), public, private: OnceLock::new(), guarded };
        let found = choose(&entry);
        let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
        if known.by_path.len() >= known.sweep_at {
            known.by_path.retain(|_, entry| entry.of.strong_count() > 0);
            known.sweep_at = known.by_path.len() * 2 + 64;
        }
        known.by_path.insert(path.into(), entry);
        found
    }
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;

    use super::*;

    fn document(content_type: &str, modified: i64) -> Prepared {
        Prepared {
            content_type: content_type.into(),
            identity: Identity::Held(Bytes::from_static(b"a long document")),
            gzip: Bytes::from_static(b"short"),
            gzip_place: None,
            packed: OnceLock::new(),
            etag: "\"e\"".into(),
            etag_gzip: "\"e-gz\"".into(),
            modified: DateTime::from_timestamp(modified, 0).unwrap(),
            conditions: Default::default(),
        }
    }

    /// The head of the answer to a GET with these fields.
    fn head_of(document: &Prepared, keep: Keep, fields: &[(&str, &str)]) -> String {
        let fields: Vec<_> = fields.iter().map(|&(name, value)| httparse::Header { name, value: value.as_bytes() }).collect();
        let head = Head { method: "GET", path: "/", query: None, one_one: true, fields: &fields };
        let answer = Heads::of(document, keep, Default::default()).answer(document, &head, true).unwrap();
        String::from_utf8(answer.head.to_vec()).unwrap()
    }

    fn value(head: &str, name: &str) -> Option<String> {
        head.lines().filter_map(|line| line.split_once(": ")).find(|(found, _)| *found == name).map(|(_, value)| value.to_owned())
    }

    fn check_field(content_type: &str, name: &str, expected: Option<&str>) {
        let head = head_of(&document(content_type, 0), Keep::Public(60), &[]);
        assert_eq!(value(&head, name).as_deref(), expected, "{content_type}: {name}");
    }

    #[test]
    fn pages_and_feeds_have_their_own_policies() {
        let feed = "application/rss+xml; charset=utf-8";
        check_field(feed, "content-security-policy", Some("default-src 'none'; style-src 'self'; img-src 'self'; sandbox"));
        check_field(feed, "access-control-allow-origin", Some("*"));
        check_field(feed, "content-type", Some(feed));
        let page = "text/html; charset=utf-8";
        check_field(page, "access-control-allow-origin", None);
        check_field(page, "content-security-policy", Some(PAGE_POLICY));
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
            assert_eq!(value(&head_of(&document, Keep::Public(60), &[]), "x-robots-tag").as_deref(), expected);
        }
    }

    #[test]
    fn what_has_its_hash_in_its_path_may_be_kept_for_ever() {
        let cache = HeadCache::default();
        let style = Arc::new(document("text/css; charset=utf-8", 0));
        let kept = |path: &str| {
            let heads = cache.heads(path, &style, 60, false, || false).heads;
            value(std::str::from_utf8(&heads.not_modified[0]).unwrap(), "cache-control").unwrap()
        };
        assert_eq!(kept("static/style.0123456789ab.css"), "public, max-age=31536000, immutable");
        assert!(kept("static/feed.css").starts_with("public, max-age=60,"));
        assert!(kept("feeds/all.old.rss").starts_with("public, max-age=60,"));
    }

    #[test]
    fn a_feed_that_a_browser_opens_is_xml_with_a_style() {
        let check = |content_type: &str, destination: Option<&'static str>, expected: &str| {
            let fields: Vec<_> = destination.map(|to| ("Sec-Fetch-Dest", to)).into_iter().collect();
            let head = head_of(&document(content_type, 0), Keep::Public(60), &fields);
            assert_eq!(value(&head, "content-type").as_deref(), Some(expected), "{content_type} {destination:?}");
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
        let coding = |document: &Prepared| {
            value(&head_of(document, Keep::Public(60), &[("Accept-Encoding", "gzip")]), "content-encoding").is_some()
        };
        assert!(coding(&document));
        document.gzip = Bytes::from_static(b"compressed to something longer");
        assert!(!coding(&document));
    }

    #[test]
    fn heads_are_made_once_a_document_and_again_for_the_next() {
        let cache = HeadCache::default();
        let first = Arc::new(document("text/plain", 0));
        let of = |document: &Arc<Prepared>, private: bool| cache.heads("feeds/all.rss", document, 60, private, || true);
        let heads = of(&first, false).heads;
        assert!(Arc::ptr_eq(&heads, &of(&first, false).heads));
        assert!(of(&first, false).guarded);
        let private = of(&first, true).heads;
        assert!(Arc::ptr_eq(&private, &of(&first, true).heads) && !Arc::ptr_eq(&private, &heads));
        let second = Arc::new(document("text/plain", 86_400));
        let later = of(&second, false).heads;
        assert!(!Arc::ptr_eq(&heads, &later));
        let full = later.full(&second, Coding::Identity);
        assert_eq!(
            value(std::str::from_utf8(&full.head).unwrap(), "last-modified").as_deref(),
            Some("Fri, 02 Jan 1970 00:00:00 GMT")
        );
    }

    #[test]
    fn heads_of_documents_that_are_gone_are_forgotten() {
        let cache = HeadCache::default();
        for n in 0..1000 {
            cache.heads(&format!("feeds/{n}.rss"), &Arc::new(document("text/plain", n)), 60, false, || false);
        }
        let known = cache.known.read().unwrap().by_path.len();
        assert!(known <= 65, "{known} heads kept for no document");
    }

    #[test]
    fn what_is_for_one_client_is_kept_by_no_cache_for_another() {
        let head = head_of(&document("application/rss+xml", 0), Keep::Private(60), &[]);
        assert!(value(&head, "cache-control").unwrap().starts_with("private, max-age=60"), "{head}");
        assert_eq!(value(&head, "vary").as_deref(), Some("Accept-Encoding, Authorization"));
    }
}
