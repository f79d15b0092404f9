//! `inspect --json`: a feed as data, as an admin sees what we made of it.

use chrono::SecondsFormat;
use chrono_tz::Tz;
use serde_json::{Value, json};
use url::Url;

use crate::config::{Outlet, Terms};
use crate::model::{
    FeedHead, FetchedDocument, Format, Link, ParsedEntry, ParsedSource, Person, Text, TextKind, Timestamp, Unreadable,
};
use crate::normalize::date::Clock;
use crate::normalize::{self, html, text};
use crate::parse::{self, Bounds};
use crate::schedule::Cron;

/// An outlet of which nothing is known but its feed: no name to find in titles, no terms, dates without zone in `zone`.
pub fn neutral_outlet(feed: &Url, zone: Tz) -> Outlet {
    Outlet {
        id: "inspected".to_owned(),
        name: String::new(),
        homepage: None,
        language: None,
        time_zone: zone,
        schedule: Cron::parse("0 * * * *").expect("a constant expression"),
        feeds: vec![feed.clone()],
        charset: None,
        terms: Terms::default(),
    }
}

/// Reads a document and gives the object of `inspect --json`: dates in RFC 3339, UTC; `*_html` sanitized, with absolute addresses.
pub fn json(doc: &FetchedDocument, outlet: &Outlet) -> Result<Value, Unreadable> {
    let feed = parse::document(doc, outlet.charset.as_deref(), Bounds::default())?;
    let view =
        View { doc, head: &feed.head, format: feed.format, clock: Clock { zone: outlet.time_zone, fetched_at: doc.fetched_at } };
    let entries: Vec<Value> = feed.entries.iter().map(|entry| view.entry(entry)).collect();
    let head = &feed.head;
    Ok(json!({
        "format": feed.format.name(),
        "id": head.id.as_deref().map(|id| view.id(id, &[])),
        "title": head.title.as_ref().map(text::plain),
        "link": view.page(&head.links, &[]),
        "subtitle": head.subtitle.as_ref().map(|value| view.html(value)),
        "rights": head.rights.as_ref().map(|value| view.words(value)),
        "updated": view.date(head.updated.as_ref().or(head.published.as_ref())),
        "authors": view.people(&head.authors, &[]),
        "language": head.language,
        "license_url": head.licenses.iter().find_map(|address| view.address(address, &[])),
        "warnings": feed.warnings.iter().map(|warning| format!("{}: {}", warning.code, warning.message)).collect::<Vec<_>>(),
        "entries": entries,
    }))
}

/// What an entry is shown with.
struct View<'a> {
    doc: &'a FetchedDocument,
    head: &'a FeedHead,
    format: Format,
    clock: Clock,
}

impl View<'_> {
    fn entry(&self, entry: &ParsedEntry) -> Value {
        let base = entry.base.as_slice();
        let permalink = || entry.id.as_deref().filter(|_| entry.id_is_permalink).and_then(|id| self.address(id, base));
        let link = self.page(&entry.links, base).or_else(permalink);
        let content = entry.content.first();
        json!({
            "id": entry.id.as_deref().map(|id| if self.is_address(entry) { self.id(id, base) } else { id.to_owned() }),
            "title": entry.title.as_ref().map(text::plain),
            "title_raw": entry.title.as_ref().map(text::plain),
            "link": link,
            "url": link,
            "published": self.date(entry.published.as_ref()),
            "updated": self.date(entry.updated.as_ref()),
            "authors": self.people(&entry.authors, base),
            "translators": self.people(&entry.translators, base),
            "summary_html": entry.summary.as_ref().map(|value| self.html(value)),
            "content_html": content.map(|value| self.html(value)),
            "enclosures": entry.enclosures.iter().map(|file| json!({
                "url": self.address(&file.url, base).unwrap_or_else(|| file.url.clone()), "type": file.media_type, "length": file.length,
            })).collect::<Vec<_>>(),
            "categories": entry.categories.iter().map(|category| category.term.as_str()).collect::<Vec<_>>(),
            "source": entry.source.as_ref().map(|source| self.source(source, base)),
            "rights": entry.rights.as_ref().map(|value| self.words(value)),
            "license_url": entry.licenses.iter().chain(&self.head.licenses).find_map(|address| self.address(address, base)),
            "language": entry.language.as_ref().or(self.head.language.as_ref()),
            "comment_count": entry.comment_count.as_ref().and_then(|count| count.trim().parse::<u64>().ok()),
            "complete": entry.complete,
        })
    }

    /// The page among links: the first alternate that is HTML or does not say, else any alternate.
    fn page(&self, links: &[Link], base: &[String]) -> Option<String> {
        let html = |link: &&Link| link.media_type.as_deref().is_none_or(|kind| kind.contains("html"));
        let alternates = || links.iter().filter(|link| link.rel == "alternate");
        let resolved = |link: &Link| self.address(&link.href, if link.base.is_empty() { base } else { &link.base });
        alternates().filter(html).find_map(resolved).or_else(|| alternates().find_map(resolved))
    }

    fn source(&self, source: &ParsedSource, base: &[String]) -> Value {
        let own = source.links.iter().find(|link| link.rel == "self").and_then(|link| self.address(&link.href, base));
        let title = source.title.as_ref().map(text::plain);
        json!({ "id": source.id, "title": title, "name": title, "url": self.page(&source.links, base).or(own) })
    }

    fn address(&self, written: &str, base: &[String]) -> Option<String> {
        normalize::url::resolve(&self.doc.url, base, written).map(String::from)
    }

    fn date(&self, written: Option<&String>) -> Option<String> {
        normalize::date::parse(written?, &self.clock).map(|Timestamp { at, .. }| at.to_rfc3339_opts(SecondsFormat::Secs, true))
    }

    /// The id is an address or an Atom id, which must be one (RFC 4287 § 4.2.6).
    fn is_address(&self, entry: &ParsedEntry) -> bool {
        entry.id_is_permalink || matches!(self.format, Format::Atom10 | Format::Atom03)
    }

    /// An id that was written as a relative reference names nothing outside of its document: made absolute.
    fn id(&self, id: &str, base: &[String]) -> String {
        let absolute = if id.contains('/') && Url::parse(id).is_err() { self.address(id, base) } else { None };
        absolute.unwrap_or_else(|| id.to_owned())
    }

    fn people(&self, people: &[Person], base: &[String]) -> Vec<Value> {
        let person = |person: &Person| {
            let uri = person.uri.as_ref().map(|uri| self.address(uri, base).unwrap_or_else(|| uri.clone()));
            json!({ "name": person.name, "email": person.email, "uri": uri })
        };
        people.iter().map(person).collect()
    }

    /// A text construct that is words rather than an article: with markup only where it has some.
    fn words(&self, value: &Text) -> String {
        let html = self.html(value);
        if html.contains('<') || html.contains("&lt;") { html } else { text::plain(value) }
    }

    /// A text construct as HTML that may be shown.
    fn html(&self, value: &Text) -> String {
        let markup = match value.kind {
            TextKind::Html => true,
            TextKind::Plain => false,
            TextKind::Unsaid => text::looks_like_html(&value.value),
        };
        if !markup {
            return escaped(&value.value);
        }
        let base = value.base.iter().fold(self.doc.url.clone(), |base, step| base.join(step.trim()).unwrap_or(base));
        html::sanitize(&value.value, &base).as_str().to_owned()
    }
}

/// Plain text as HTML source.
fn escaped(plain: &str) -> String {
    plain.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
