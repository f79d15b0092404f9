//! RSS 2.0 (RSS Advisory Board) with the elements of the Best Practices Profile, Dublin Core, Media RSS and our own namespace.

use std::collections::BTreeMap;

use rss::extension::dublincore::DublinCoreExtension;
use rss::extension::{Extension, ExtensionMap};
use rss::{Category, Channel, Enclosure, Guid, Item, Source};

use super::archive;
use super::elements::{Element, media_elements, provenance_elements};
use super::facts::Facts;
use super::text::{html, rfc822, rfc3339};
use super::{CACHE_MINUTES, FeedHead, REPRINT_NAMESPACE, SiteFacts};

/// Prefixes with their namespaces; always all of them, so that a feed's first line does not depend on its articles.
const NAMESPACES: [(&str, &str); 10] = [
    ("atom", "http://www.w3.org/2005/Atom"),
    ("content", "http://purl.org/rss/1.0/modules/content/"),
    ("creativeCommons", "http://backend.userland.com/creativeCommonsRssModule"),
    ("dc", "http://purl.org/dc/elements/1.1/"),
    ("dcterms", "http://purl.org/dc/terms/"),
    ("marcrel", "http://id.loc.gov/vocabulary/relators/"),
    ("media", "http://search.yahoo.com/mrss/"),
    ("reprint", REPRINT_NAMESPACE),
    ("slash", "http://purl.org/rss/1.0/modules/slash/"),
    ("sy", "http://purl.org/rss/1.0/modules/syndication/"),
];

/// The document.
pub(super) fn write(site: &SiteFacts, head: &FeedHead<'_>, articles: &[(Facts<'_>, String)]) -> String {
    let mut extensions = ExtensionMap::new();
    let own = [("href", head.own_address.as_str()), ("rel", "self"), ("type", "application/rss+xml")];
    add(&mut extensions, element("atom:link", None, own));
    if let Some(hub) = &head.hub {
        add(&mut extensions, element("atom:link", None, [("href", hub.as_str()), ("rel", "hub")]));
    }
    // RFC 5005, appendix B: its archive is the Atom feed's.
    for (relation, address) in archive::relations(head) {
        let attributes = [("href", address), ("rel", relation), ("type", "application/atom+xml")];
        add(&mut extensions, element("atom:link", None, attributes));
    }
    // Hourly, so many times: the same as ttl.
    add(&mut extensions, element("sy:updatePeriod", Some("hourly"), []));
    add(&mut extensions, element("sy:updateFrequency", Some(&(60 / CACHE_MINUTES).to_string()), []));
    let channel = Channel {
        title: head.title.clone(),
        link: head.page.clone(),
        description: head.about.to_owned(),
        language: Some(head.language.clone()),
        copyright: Some(head.copyright.to_owned()),
        // RSS Profile § 3.3: address, then the name in parentheses.
        webmaster: site.contact.as_ref().map(|contact| format!("{contact} ({})", site.title.replace(['(', ')'], " ").trim())),
        last_build_date: Some(rfc822(head.updated)),
        generator: Some(format!("reprint/{} (+{})", super::page::VERSION, site.address)),
        docs: Some("https://www.rssboard.org/rss-specification".to_owned()),
        ttl: Some(CACHE_MINUTES.to_string()),
        items: articles.iter().map(|(facts, body)| item(head, facts, body)).collect(),
        extensions,
        namespaces: NAMESPACES.iter().map(|(prefix, uri)| ((*prefix).to_owned(), (*uri).to_owned())).collect(),
        ..Channel::default()
    };
    // Writing to memory does not fail; the writer's other error is a prefix without namespace, and there is none.
    let written = channel.write_to(Vec::new()).unwrap_or_default();
    finish(&String::from_utf8(written).unwrap_or_default())
}

fn item(head: &FeedHead<'_>, facts: &Facts<'_>, body: &str) -> Item {
    let (description, content) = match &facts.summary {
        // RSS Profile § 5.2.1: a summary, then the whole; without a summary the whole goes where every reader looks.
        Some(summary) => (html(summary), Some(body.to_owned())),
        None => (body.to_owned(), None),
    };
    let categories = facts.categories.iter();
    Item {
        title: Some(facts.title.clone()),
        link: Some(facts.page.clone()),
        description: Some(description),
        content,
        categories: categories
            .map(|c| Category { name: c.label.clone().unwrap_or_else(|| c.term.clone()), domain: c.scheme.clone() })
            .collect(),
        comments: facts.comments_url.clone(),
        // RSS Profile § 4.1.1.20.5: readers take one.
        enclosure: facts.files.first().map(|file| Enclosure {
            url: file.url.clone(),
            length: file.length.to_string(),
            mime_type: file.media_type.clone(),
        }),
        guid: Some(Guid { value: facts.id.to_owned(), permalink: false }),
        pub_date: Some(rfc822(facts.published)),
        source: Some(Source { url: facts.source_feed.clone(), title: Some(facts.source.name.clone()) }),
        dublin_core_ext: Some(DublinCoreExtension {
            // One only: of several, Miniflux and Newsboat show the last and Thunderbird the first.
            creators: vec![facts.byline.clone()],
            languages: facts.language.iter().cloned().collect(),
            publishers: vec![facts.responsible.name.clone()],
            rights: facts.rights.iter().cloned().collect(),
            ..DublinCoreExtension::default()
        }),
        extensions: extensions(head, facts),
        ..Item::default()
    }
}

fn extensions(head: &FeedHead<'_>, facts: &Facts<'_>) -> ExtensionMap {
    let mut map = ExtensionMap::new();
    // Never rel="alternate" here: SimplePie ranks it above <link>.
    for upstream in &facts.via {
        let href = upstream.url.as_deref().unwrap_or_default();
        add(
            &mut map,
            element("atom:link", None, [("rel", "via"), ("type", "text/html"), ("href", href), ("title", &upstream.name)]),
        );
    }
    if let Some((href, language)) = facts.related() {
        let attributes = [("rel", "related"), ("type", "text/html"), ("href", href), ("title", head.original)];
        add(&mut map, element("atom:link", None, attributes.into_iter().chain(language.map(|tag| ("hreflang", tag)))));
    }
    if let Some(licence) = &facts.licence {
        add(&mut map, element("atom:link", None, [("rel", "license"), ("href", licence)]));
        add(&mut map, element("dcterms:license", Some(licence), []));
        // The module is for Creative Commons licences only.
        if is_creative_commons(licence) {
            add(&mut map, element("creativeCommons:license", Some(licence), []));
        }
    }
    if let Some(valid) = facts.valid() {
        add(&mut map, element("dcterms:valid", Some(&valid), []));
    }
    if let Some(created) = facts.original.as_ref().and_then(|original| original.published) {
        add(&mut map, element("dcterms:created", Some(&rfc3339(created)), []));
    }
    add(&mut map, element("dcterms:available", Some(&rfc3339(facts.first_seen)), []));
    add(&mut map, element("dcterms:provenance", Some(&facts.way()), []));
    if let Some((term, work)) = facts.version_of() {
        add(&mut map, element(&format!("dcterms:{term}"), Some(work), []));
    }
    for (term, edition) in facts.versions() {
        add(&mut map, element(&format!("dcterms:{term}"), Some(&edition.page), []));
    }
    for author in &facts.authors {
        add(&mut map, element("marcrel:aut", Some(&author.name), []));
    }
    for translator in &facts.translators {
        add(&mut map, element("marcrel:trl", Some(&translator.name), []));
    }
    if let Some(count) = facts.comment_count {
        add(&mut map, element("slash:comments", Some(&count.to_string()), []));
    }
    for own in provenance_elements(facts).iter().chain(&media_elements(facts)) {
        let mut parent = extension(own);
        for child in &own.children {
            parent.children.entry(child.name.to_owned()).or_default().push(extension(child));
        }
        add(&mut map, parent);
    }
    map
}

fn is_creative_commons(licence: &str) -> bool {
    let address = licence.split_once("://").map_or(licence, |(_, address)| address);
    let host = address.split('/').next().unwrap_or_default();
    host.strip_prefix("www.").unwrap_or(host) == "creativecommons.org"
}

/// An element without those inside.
fn extension(own: &Element) -> Extension {
    element(own.name, own.text.as_deref(), own.attributes.iter().map(|(name, value)| (*name, value.as_str())))
}

fn element<'a>(name: &str, text: Option<&str>, attributes: impl IntoIterator<Item = (&'a str, &'a str)>) -> Extension {
    Extension {
        name: name.to_owned(),
        value: text.map(str::to_owned),
        attrs: attributes.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect(),
        children: BTreeMap::new(),
    }
}

fn add(map: &mut ExtensionMap, element: Extension) {
    let (prefix, local) = element.name.split_once(':').unwrap_or(("", &element.name));
    let (prefix, local) = (prefix.to_owned(), local.to_owned());
    map.entry(prefix).or_default().entry(local).or_default().push(element);
}

/// What the crate leaves to be done: outside CDATA, references in the form that every reader decodes (RSS Profile § 3.1), and an item a line
/// for people who look at the source. In its output `&`, `<` and `>` of text appear only as these three references, so nothing else changes.
fn finish(xml: &str) -> String {
    let mut finished = String::with_capacity(xml.len() + xml.len() / 64);
    let mut rest = xml;
    loop {
        let (markup, cdata) = match rest.find("<![CDATA[") {
            Some(start) => rest.split_at(start),
            None => (rest, ""),
        };
        let markup = markup.replace("&amp;", "&#x26;").replace("&lt;", "&#x3C;").replace("&gt;", "&#x3E;");
        finished
            .push_str(&markup.replace("<item>", "\n<item>").replace("<rss ", "\n<rss ").replace("</channel>", "\n</channel>"));
        let Some(end) = cdata.find("]]>") else {
            finished.push_str(cdata);
            return finished;
        };
        let (cdata, after) = cdata.split_at(end + 3);
        finished.push_str(cdata);
        rest = after;
    }
}
