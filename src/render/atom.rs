//! Atom 1.0 (RFC 4287), with Dublin Core, Media RSS, threading counts and our own namespace.

use std::collections::{BTreeMap, HashMap};

use atom_syndication::extension::{Extension, ExtensionMap};
use atom_syndication::{Category, Content, Entry, Feed, Generator, Link, Person, Source, Text, WriteConfig};
use chrono::{DateTime, FixedOffset, Timelike, Utc};
use quick_xml::escape::escape;

use super::archive::{self, HISTORY};
use super::elements::{media_elements, provenance_elements};
use super::facts::{Facts, Named};
use super::text::{html, rfc3339, writable};
use super::{FeedHead, REPRINT_NAMESPACE, SiteFacts};

/// Prefixes with their namespaces; Atom itself is the default one, because NetNewsWire skips prefixed children of an entry. The crate writes
/// the values as they are.
const NAMESPACES: [(&str, &str); 6] = [
    ("dc", "http://purl.org/dc/elements/1.1/"),
    ("dcterms", "http://purl.org/dc/terms/"),
    ("marcrel", "http://id.loc.gov/vocabulary/relators/"),
    ("media", "http://search.yahoo.com/mrss/"),
    ("reprint", REPRINT_NAMESPACE),
    ("thr", "http://purl.org/syndication/thread/1.0"),
];

/// The document.
pub(super) fn write(site: &SiteFacts, head: &FeedHead<'_>, articles: &[(Facts<'_>, String)]) -> String {
    let mut extensions = ExtensionMap::new();
    if head.is_archive {
        add(&mut extensions, element("fh:archive", None, &[]));
    }
    let history = Some(("fh", HISTORY)).filter(|_| head.is_archive);
    let namespaces = NAMESPACES.into_iter().chain(history);
    let feed = Feed {
        id: head.id.clone(),
        title: Text::plain(head.title.clone()),
        subtitle: Some(Text::plain(head.about)),
        rights: Some(Text::plain(head.copyright)),
        updated: date(head.updated),
        links: feed_links(head),
        generator: Some(Generator {
            value: "reprint".to_owned(),
            uri: Some(site.address.clone()),
            version: Some(super::page::VERSION.to_owned()),
        }),
        lang: Some(head.language.clone()),
        namespaces: namespaces.map(|(prefix, uri)| (prefix.to_owned(), uri.to_owned())).collect(),
        extensions,
        entries: articles
            .iter()
            .zip(changes(articles))
            .map(|((facts, body), changed)| entry(head, facts, body, changed))
            .collect(),
        ..Feed::default()
    };
    let config = WriteConfig { write_document_declaration: false, indent_size: None };
    // Writing to memory does not fail.
    let written = feed.write_with_config(Vec::new(), config).unwrap_or_default();
    finish(head, &String::from_utf8(written).unwrap_or_default(), articles)
}

fn feed_links(head: &FeedHead<'_>) -> Vec<Link> {
    let document = |rel: &str, href: &str| Link { mime_type: Some("application/atom+xml".to_owned()), ..link(rel, href) };
    let mut links = vec![
        document("self", &head.own_address),
        Link { mime_type: Some("text/html".to_owned()), ..link("alternate", &head.page) },
    ];
    links.extend(head.hub.iter().map(|hub| link("hub", hub)));
    links.extend(archive::relations(head).into_iter().map(|(rel, href)| document(rel, href)));
    links
}

/// When each article last changed, no two at the same time: readers order by it. Articles without dates of their own come several in a second;
/// of those each gets a fraction of the second (RFC 3339 § 5.6) that is its own wherever it stands, made of the key it has for good.
fn changes(articles: &[(Facts<'_>, String)]) -> impl Iterator<Item = DateTime<FixedOffset>> {
    let seconds = || articles.iter().map(|(facts, _)| writable(facts.updated).with_nanosecond(0).unwrap_or(facts.updated));
    let mut times = HashMap::new();
    for second in seconds() {
        *times.entry(second).or_insert(0_usize) += 1;
    }
    let own = |facts: &Facts<'_>| {
        let digits = facts.page.len().saturating_sub(5);
        let number = facts.page.get(digits..).and_then(|digits| u32::from_str_radix(digits, 16).ok()).unwrap_or_default();
        number % 1_000_000 * 1000
    };
    let fraction = move |second, facts| if times.get(&second).is_some_and(|times| *times > 1) { own(facts) } else { 0 };
    let changes = seconds().zip(articles);
    changes.map(move |(second, (facts, _))| second.with_nanosecond(fraction(second, facts)).unwrap_or(second).fixed_offset())
}

/// A plain text. Where it could be taken for markup it is said to be none of it: many readers take every text for HTML.
fn plain(text: &str) -> Text {
    if text.contains(['<', '&']) { Text::html(html(text)) } else { Text::plain(text) }
}

fn entry(head: &FeedHead<'_>, facts: &Facts<'_>, body: &str, changed: DateTime<FixedOffset>) -> Entry {
    Entry {
        id: facts.id.to_owned(),
        title: Text::plain(facts.title.clone()),
        published: Some(date(facts.published)),
        updated: changed,
        // RFC 4287 § 4.2.1 lets an entry inherit an author; readers disagree on from where, so every entry has its own.
        authors: facts.authors.iter().map(person).collect(),
        contributors: facts.translators.iter().map(person).collect(),
        categories: facts
            .categories
            .iter()
            .map(|c| Category { term: c.term.clone(), scheme: c.scheme.clone(), label: c.label.clone() })
            .collect(),
        links: links(head, facts),
        rights: facts.rights.as_ref().map(|rights| Text::plain(rights.clone())),
        source: Some(source(facts)),
        summary: facts.summary.as_deref().map(plain),
        // Never xhtml: the crate writes that as it is, and a text could end its entry and begin a forged one.
        content: Some(Content {
            content_type: Some("html".to_owned()),
            lang: facts.content_language.clone().filter(|language| *language != head.language),
            value: Some(body.to_owned()),
            ..Content::default()
        }),
        extensions: extensions(facts),
        ..Entry::default()
    }
}

fn links(head: &FeedHead<'_>, facts: &Facts<'_>) -> Vec<Link> {
    let page = |rel: &str, href: &str| Link { mime_type: Some("text/html".to_owned()), ..link(rel, href) };
    let mut links = vec![Link { hreflang: facts.language.clone(), ..page("alternate", &facts.page) }];
    for upstream in &facts.via {
        links.push(Link { title: Some(upstream.name.clone()), ..page("via", upstream.url.as_deref().unwrap_or_default()) });
    }
    if let Some((href, language)) = facts.related() {
        links.push(Link {
            hreflang: language.map(str::to_owned),
            title: Some(head.original.to_owned()),
            ..page("related", href)
        });
    }
    // RFC 4946 § 2.
    links.extend(facts.licence.iter().map(|licence| link("license", licence)));
    // RFC 4685 § 4; the count is in thr:total, the crate's links take no attributes of other namespaces.
    links.extend(facts.comments_url.iter().map(|comments| page("replies", comments)));
    links.extend(facts.files.iter().map(|file| Link {
        mime_type: Some(file.media_type.clone()),
        length: Some(file.length.to_string()).filter(|_| file.length > 0),
        ..link("enclosure", &file.url)
    }));
    links
}

/// RFC 4287 § 4.2.11: the feed the entry was copied from; one that the outlet itself passes on is kept, not overwritten.
fn source(facts: &Facts<'_>) -> Source {
    let (name, home, feed) = match &facts.upstream_feed {
        Some((party, feed)) => (&party.name, &party.url, feed),
        None => (&facts.source.name, &facts.source_home, &facts.source_feed),
    };
    let mut links = vec![link("self", feed)];
    links.extend(home.iter().map(|home| Link { mime_type: Some("text/html".to_owned()), ..link("alternate", home) }));
    Source {
        id: feed.clone(),
        title: Text::plain(name.clone()),
        // The feed's own date is not kept (it changes with every poll); it was not older than the article.
        updated: date(facts.updated),
        links,
        ..Source::default()
    }
}

fn extensions(facts: &Facts<'_>) -> ExtensionMap {
    let mut map = ExtensionMap::new();
    let mut add_text = |name: &'static str, text: &str| add(&mut map, element(name, Some(text), &[]));
    if let Some(created) = facts.original.as_ref().and_then(|original| original.published) {
        add_text("dcterms:created", &rfc3339(created));
    }
    add_text("dcterms:available", &rfc3339(facts.first_seen));
    add_text("dcterms:provenance", &facts.way());
    if let Some(valid) = facts.valid() {
        add_text("dcterms:valid", &valid);
    }
    add_text("dc:publisher", &facts.responsible.name);
    match facts.version_of() {
        Some(("isFormatOf", work)) => add_text("dcterms:isFormatOf", work),
        Some((_, work)) => add_text("dcterms:isVersionOf", work),
        None => {}
    }
    for (term, edition) in facts.versions() {
        add_text(if term == "hasFormat" { "dcterms:hasFormat" } else { "dcterms:hasVersion" }, &edition.page);
    }
    for author in &facts.authors {
        add_text("marcrel:aut", &author.name);
    }
    for translator in &facts.translators {
        add_text("marcrel:trl", &translator.name);
    }
    if let Some(count) = facts.comment_count {
        add_text("thr:total", &count.to_string());
    }
    for own in provenance_elements(facts).iter().chain(&media_elements(facts)) {
        let mut parent = element(own.name, own.text.as_deref(), &own.attributes);
        for child in &own.children {
            let element = element(child.name, child.text.as_deref(), &child.attributes);
            parent.children.entry(child.name.to_owned()).or_default().push(element);
        }
        add(&mut map, parent);
    }
    map
}

/// An extension element. The crate escapes its text and writes its attributes as they are, so they are escaped here.
fn element(name: &str, text: Option<&str>, attributes: &[(&'static str, String)]) -> Extension {
    Extension {
        name: name.to_owned(),
        value: text.map(str::to_owned),
        attrs: attributes.iter().map(|(name, value)| ((*name).to_owned(), escape(value.as_str()).into_owned())).collect(),
        children: BTreeMap::new(),
    }
}

fn add(map: &mut ExtensionMap, element: Extension) {
    let (prefix, local) = element.name.split_once(':').unwrap_or(("", &element.name));
    let (prefix, local) = (prefix.to_owned(), local.to_owned());
    map.entry(prefix).or_default().entry(local).or_default().push(element);
}

fn link(rel: &str, href: &str) -> Link {
    Link { rel: rel.to_owned(), href: href.to_owned(), ..Link::default() }
}

/// No e-mail address: a relay is not the place to publish one.
fn person(named: &Named) -> Person {
    Person { name: named.name.clone(), uri: named.url.clone(), ..Person::default() }
}

fn date(at: DateTime<Utc>) -> DateTime<FixedOffset> {
    writable(at).fixed_offset()
}

/// What the crate leaves to be done: the declaration with its encoding, `Z` in dates (§ 3.3), and `xml:lang` on entries in another language than
/// the feed's. Text is escaped and there is no CDATA, so a tag in its output is one the crate wrote, and the nth `<entry>` is the nth article.
fn finish(head: &FeedHead<'_>, xml: &str, articles: &[(Facts<'_>, String)]) -> String {
    let xml = xml
        .replace("+00:00</updated>", "Z</updated>")
        .replace("+00:00</published>", "Z</published>")
        .replace("</feed>", "\n</feed>");
    let mut finished = String::with_capacity(xml.len() + 64 * articles.len() + 64);
    finished.push_str("<?xml version=\"1.0\" encoding=\"utf-8\"?>\n");
    let mut parts = xml.split("<entry>");
    finished.push_str(parts.next().unwrap_or_default());
    for (part, (facts, _)) in parts.zip(articles) {
        match facts.content_language.as_deref().filter(|language| *language != head.language) {
            Some(language) => finished.push_str(&format!("\n<entry xml:lang=\"{}\">", escape(language))),
            None => finished.push_str("\n<entry>"),
        }
        finished.push_str(part);
    }
    finished
}
