//! `inspect --json`: a feed as data, as an admin sees what we make of it.

use chrono::SecondsFormat;
use chrono_tz::Tz;
use serde_json::{Value, json};
use url::Url;

use crate::attribute;
use crate::config::{Outlet, Terms};
use crate::model::{
    Article, Evidence, FeedHead, FetchedDocument, Format, Link, ParsedEntry, ParsedSource, Party, Person, Provenance, Text,
    TextKind, Timestamp, Unreadable, Verdict,
};
use crate::normalize::date::Clock;
use crate::normalize::{self, Setting, html, text};
use crate::parse::{self, Bounds};
use crate::schedule::Cron;

/// An outlet of which nothing is known but its feed: no name but what the feed says, no terms, dates without zone in `zone`.
pub fn neutral_outlet(feed: &Url, zone: Tz) -> Outlet {
    Outlet {
        id: "inspected".to_owned(),
        name: String::new(),
        homepage: None,
        language: None,
        time_zone: zone,
        schedule: Cron::parse("0 * * * *").expect("a constant expression"),
        feeds: vec![feed.clone()],
        listings: Vec::new(),
        full_text: false,
        extract: Default::default(),
        rules: Vec::new(),
        hold_below: Outlet::HOLD_BELOW,
        charset: None,
        terms: Terms::default(),
        credentials: None,
    }
}

/// Reads a document and gives the object of `inspect --json`: what the feed says (dates in RFC 3339, UTC; `*_html` sanitized, with
/// absolute addresses), and for each entry what we make of it (title without labels, chain, disclaimers, pictures).
pub fn json(doc: &FetchedDocument, outlet: &Outlet) -> Result<Value, Unreadable> {
    let feed = parse::feed(doc, outlet.charset.as_deref(), Bounds::default(), html::bounded)?;
    let head = &feed.head;
    let clock = Clock { zone: outlet.time_zone, fetched_at: doc.fetched_at };
    let mut view = View { doc, head, format: feed.format, clock, outlet: outlet.clone() };
    let title = head.title.as_ref().map(text::plain);
    let link = view.page(&head.links, &[]);
    if view.outlet.name.is_empty() {
        view.outlet.name = title.clone().unwrap_or_default();
    }
    if view.outlet.homepage.is_none() {
        view.outlet.homepage = link.as_deref().and_then(|address| Url::parse(address).ok());
    }
    let entries: Vec<Value> = feed.entries.iter().map(|entry| view.entry(entry)).collect();
    Ok(json!({
        "format": feed.format.name(),
        "id": head.id.as_deref().map(|id| view.id(id, &[])),
        "title": title,
        "link": link,
        "subtitle": head.subtitle.as_ref().map(|value| view.html(value)),
        "rights": head.rights.as_ref().map(|value| view.words(value)),
        "updated": view.date(head.updated.as_ref().or(head.published.as_ref())),
        "authors": view.people(&head.authors, &[]),
        "language": head.language.as_ref().map(|tag| tag.replace('_', "-")),
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
    outlet: Outlet,
}

impl View<'_> {
    fn entry(&self, entry: &ParsedEntry) -> Value {
        let base = entry.base.as_slice();
        let permalink = || entry.id.as_deref().filter(|_| entry.id_is_permalink).and_then(|id| self.address(id, base));
        let link = self.page(&entry.links, base).or_else(permalink);
        let mut shown = json!({
            "id": entry.id.as_deref().map(|id| if self.is_address(entry) { self.id(id, base) } else { id.to_owned() }),
            "title": entry.title.as_ref().map(text::plain),
            "title_raw": entry.title.as_ref().map(text::plain),
            "link": link,
            "url": link,
            "published": self.date(entry.published.as_ref()),
            "updated": self.date(entry.updated.as_ref()),
            "authors": self.people(&entry.authors, base),
            "summary_html": entry.summary.as_ref().map(|value| self.html(value)),
            "content_html": entry.content.first().map(|value| self.html(value)),
            "summary_type": entry.summary.as_ref().map(type_of),
            "content_type": entry.content.first().map(type_of),
            "enclosures": entry.enclosures.iter().map(|file| json!({
                "url": self.address(&file.url, base).unwrap_or_else(|| file.url.clone()), "type": file.media_type, "length": file.length,
            })).collect::<Vec<_>>(),
            "categories": entry.categories.iter().map(|category| category.term.as_str()).collect::<Vec<_>>(),
            "source": entry.source.as_ref().map(|source| self.source(source, base)),
            "rights": entry.rights.as_ref().map(|value| self.words(value)),
            "complete": entry.complete,
        });
        if let Value::Object(shown) = &mut shown {
            shown.extend(self.article(&self.outlet, entry));
        }
        shown
    }

    /// What we make of an entry: the keys of an article.
    fn article(&self, outlet: &Outlet, entry: &ParsedEntry) -> serde_json::Map<String, Value> {
        let setting = Setting {
            outlet,
            feed_url: &self.doc.requested,
            base: &self.doc.url,
            fetched_at: self.doc.fetched_at,
            head: self.head,
        };
        let (article, provenance, held) = match attribute::article(outlet, normalize::entry(&setting, entry)) {
            Verdict::Ready(attributed) => (attributed.article, Some(attributed.provenance), None),
            Verdict::Held { article, code, reason } => (*article, None, Some(format!("{code}: {reason}"))),
        };
        let chain = provenance.as_ref().map(|provenance| chain(outlet, provenance)).unwrap_or_default();
        let mut keys = serde_json::Map::new();
        let mut add = |key: &str, value: Value| _ = keys.insert(key.to_owned(), value);
        if entry.title.is_some() {
            add("title", json!(article.title));
        }
        let named = |source: &ParsedSource| source.title.as_ref().map(text::plain);
        match (&entry.source, chain.first()) {
            (None, nearest) => add("source", json!(nearest.map(party))),
            // the article there says more than the address of the feed it was in
            (Some(source), Some(nearest)) if nearest.url.is_some() && named(source).as_ref() == Some(&nearest.name) => {
                let mut said = self.source(source, &entry.base);
                said["url"] = json!(nearest.url.as_ref().map(Url::as_str));
                add("source", said);
            }
            _ => {}
        }
        // a name alone may be a byline ("By A and B"), or the log-in of who posted it; Atom persons with an address are persons
        let is_certain = |person: &Person| person.email.is_some() || (person.uri.is_some() && self.format != Format::JsonFeed);
        if !entry.authors.iter().any(is_certain) {
            add("authors", json!(self.people(&article.authors, &[])));
        }
        // the feed gives no date, but the text does
        if entry.published.is_none() && entry.updated.is_none() {
            let at = article.published.map(|stamp| stamp.at.to_rfc3339_opts(SecondsFormat::Secs, true));
            add("published", json!(at));
        }
        if entry.rights.is_none() {
            add("rights", json!(article.hints.rights));
        }
        add("chain", json!(chain.iter().map(party).collect::<Vec<_>>()));
        add("is_repost", json!(!chain.is_empty()));
        add("language", json!(article.language));
        add("translators", names(&article.hints.translators));
        add("editors", names(&article.hints.editors));
        add("disclaimers", json!(article.disclaimers));
        add("images", images(&article));
        add("comment_count", json!(article.comments.as_ref().and_then(|comments| comments.count)));
        add("license_url", json!(article.hints.license.as_ref().map(Url::as_str)));
        add("body_html", json!(article.body.as_str()));
        add(
            "warnings",
            json!(article.warnings.iter().map(|warning| format!("{}: {}", warning.code, warning.message)).collect::<Vec<_>>()),
        );
        add("held", json!(held));
        add("confidence", json!(provenance.as_ref().and_then(Provenance::confidence)));
        add("evidence", evidence(&article, provenance.as_ref()));
        keys
    }

    /// The page among links: the first alternate that is HTML or does not say, else any alternate.
    fn page(&self, links: &[Link], base: &[String]) -> Option<String> {
        let html = |link: &&Link| link.media_type.as_deref().is_none_or(|kind| kind.contains("html"));
        let alternates = || links.iter().filter(|link| link.rel == "alternate");
        let resolved = |link: &Link| {
            let address = self.address(&link.href, if link.base.is_empty() { base } else { &link.base })?;
            // as the outlet wrote it where only the case of its host differs
            let written = link.href.trim();
            Some(if written.eq_ignore_ascii_case(&address) { written.to_owned() } else { address })
        };
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
        let marked = html.contains('<') || (value.kind != TextKind::Plain && html.contains("&lt;"));
        if marked { html } else { text::plain(value) }
    }

    /// A text construct as HTML that may be shown. Text that is declared to be plain stays as it is where nobody can take it for markup;
    /// `*_type` says so.
    fn html(&self, value: &Text) -> String {
        if type_of(value) == "text" {
            return value.value.clone();
        }
        let markup = match value.kind {
            TextKind::Html => true,
            TextKind::Plain => false,
            TextKind::Unsaid => text::looks_like_html(&value.value),
        };
        if !markup {
            let value =
                if value.kind == TextKind::Unsaid { text::without_empty_tags(&value.value) } else { value.value.as_str().into() };
            return value.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
        }
        html::sanitize(&value.value, &normalize::url::base(&self.doc.url, &value.base)).as_str().to_owned()
    }
}

/// How the `*_html` of a text construct is to be read: "text" is plain text (RFC 4287 § 3.1.1.1), not escaped.
fn type_of(value: &Text) -> &'static str {
    if value.kind == TextKind::Plain && text::is_harmless_as_html(&value.value) { "text" } else { "html" }
}

/// The outlets the text passed through, nearest first, the original last; the outlet itself is not one of them.
pub(super) fn chain(outlet: &Outlet, provenance: &Provenance) -> Vec<Party> {
    let mut chain: Vec<Party> = Vec::new();
    let original = provenance.original.iter().map(|original| &original.outlet);
    for party in provenance.hops.iter().rev().map(|hop| &hop.party).chain(original) {
        if !party.name.is_empty() && party.name != outlet.name && !chain.iter().any(|known| known.name == party.name) {
            chain.push(party.clone());
        }
    }
    chain
}

/// On which rules and texts each key stands: key → list of rule and text. An article that is held has what was found before it was judged.
pub(super) fn evidence(article: &Article, provenance: Option<&Provenance>) -> Value {
    let mut keys = serde_json::Map::new();
    let facts = provenance.map_or(&article.hints.evidence, |provenance| &provenance.evidence);
    for fact in facts {
        let list = keys.entry(key_of(fact)).or_insert_with(|| json!([]));
        if let Value::Array(list) = list {
            list.push(json!({ "rule": fact.rule, "text": fact.text }));
        }
    }
    Value::Object(keys)
}

/// The key of the JSON that a fact is about.
pub(super) fn key_of(fact: &Evidence) -> &'static str {
    match fact.field {
        "author" => "authors",
        "translator" => "translators",
        "editor" => "editors",
        // The outlet's page, which the credit links to; `source` in the JSON is where the outlet has the text from.
        "source" => "url",
        "original" => "source",
        "disclaimer" => "disclaimers",
        "category" => "categories",
        "image" => "images",
        "license" => "license_url",
        "body" => "content_html",
        field => field,
    }
}

/// People by name alone.
pub(super) fn names(people: &[Person]) -> Value {
    people.iter().filter_map(|person| person.name.as_deref()).collect()
}

pub(super) fn party(party: &Party) -> Value {
    json!({ "name": party.name, "title": party.name, "url": party.url.as_ref().map(Url::as_str) })
}

pub(super) fn images(article: &Article) -> Value {
    let image =
        |image: &crate::model::Image| json!({ "url": image.url.as_str(), "caption": image.caption, "credit": image.credit });
    article.images.iter().map(image).collect()
}

#[cfg(test)]
mod tests {
    use chrono::{TimeZone, Utc};

    use super::*;

    fn inspect(body: &str, zone: Tz) -> Result<Value, Unreadable> {
        let url = Url::parse("https://wire.example/feed/").expect("an address");
        let now = Utc.with_ymd_and_hms(2026, 6, 2, 0, 40, 0).single().expect("a time");
        let outlet = neutral_outlet(&url, zone);
        json(&FetchedDocument::from_bytes(url, None, body.as_bytes().to_vec(), now), &outlet)
    }

    #[test]
    fn a_feed_as_data() {
        let feed = inspect(
            "<rss version=\"2.0\"><channel><title>北岸新闻</title><link>/</link><description>a &lt;b&gt;b&lt;/b&gt;</description><language>zh_CN</language>\
             <item><title>[转载] 渡轮</title><link>1.html</link><guid isPermaLink=\"false\">x/1</guid><pubDate>2026-06-01 10:30</pubDate>\
             <author>nora@wire.example (Nora Field)</author><category>文化</category><source url=\"https://nanan.example/rss.xml\">南岸新闻</source>\
             <description>&lt;p onclick=\"x()\"&gt;那艘绿色渡轮&lt;img src=\"a.png\" alt=\"\"&gt;&lt;/p&gt;</description>\
             <enclosure url=\"1.mp3\" type=\"audio/mpeg\" length=\"9\"/></item></channel></rss>",
            Tz::Asia__Shanghai,
        )
        .expect("readable");
        let check = |pointer: &str, expected: Value| assert_eq!(feed.pointer(pointer), Some(&expected), "{pointer}");
        check("/format", json!("rss20"));
        check("/title", json!("北岸新闻"));
        check("/link", json!("https://wire.example/"));
        check("/subtitle", json!("a <b>b</b>"));
        check("/language", json!("zh-CN"));
        check("/warnings", json!([]));
        check("/entries/0/id", json!("x/1"));
        check("/entries/0/link", json!("https://wire.example/feed/1.html"));
        check("/entries/0/title_raw", json!("[转载] 渡轮"));
        check("/entries/0/title", json!("渡轮"));
        check("/entries/0/published", json!("2026-06-01T02:30:00Z"));
        check("/entries/0/authors/0", json!({ "name": "Nora Field", "email": "nora@wire.example", "uri": null }));
        check("/entries/0/categories", json!(["文化"]));
        check(
            "/entries/0/enclosures/0",
            json!({ "url": "https://wire.example/feed/1.mp3", "type": "audio/mpeg", "length": "9" }),
        );
        check("/entries/0/source/name", json!("南岸新闻"));
        check("/entries/0/is_repost", json!(true));
        check("/entries/0/language", json!("zh-Hans"));
        check("/entries/0/images/0/url", json!("https://wire.example/feed/a.png"));
        let summary = feed.pointer("/entries/0/summary_html").and_then(Value::as_str).unwrap_or_default();
        assert!(summary.contains("https://wire.example/feed/a.png") && !summary.contains("onclick"), "{summary}");
    }

    #[test]
    fn what_is_no_feed_is_an_error() {
        assert_eq!(inspect("<html><title>Sign in</title></html>", Tz::UTC).map_err(|refused| refused.code), Err("not_a_feed"));
    }
}
