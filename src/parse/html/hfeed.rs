//! A page that is a feed by its own markup: h-feed with h-entries, or hAtom and hNews.

use dom_query::{Document, NodeRef};

use super::super::build::MOST_PARTS;
use super::microformats::{self, Item, Kind, Microformats, Property};
use super::{Bounds, Findings, plain, squeezed};
use crate::model::{Category, Enclosure, FeedHead, Link, Media, ParsedEntry, ParsedSource, Person, Text, TextKind};

/// Nodes looked at for a short value.
const NEAR: usize = 2_000;
/// Nodes looked at for a text.
const WHOLE: usize = 1_000_000;
/// Authors of one entry.
const AUTHORS: usize = 16;
/// Elements between an entry and the one that says its language.
const ABOVE: usize = 256;

/// Properties that name what an entry is a copy of or points to.
const ORIGINALS: &[&str] = &["repost-of", "repost", "bookmark-of", "bookmark", "translation-of"];

/// What a page says, if it is a feed: the h-feed with the most entries, else two entries or more that are in no other item. `base` is the
/// page's own base address, as written.
pub(super) fn read(
    document: &Document,
    base: &[String],
    bounds: Bounds,
    findings: &mut Findings,
) -> Option<(FeedHead, Vec<ParsedEntry>)> {
    let found = microformats::of(document);
    if found.cut {
        findings.add("too_many_items", || "the page has more microformats than are taken, the rest is left out".to_owned());
    }
    let mut children: Vec<Vec<usize>> = vec![Vec::new(); found.items.len()];
    let mut loose: Vec<usize> = Vec::new();
    for (index, item) in found.items.iter().enumerate().filter(|(_, item)| is(item, "h-entry")) {
        match item.parent.and_then(|parent| children.get_mut(parent)) {
            Some(siblings) => siblings.push(index),
            None => loose.push(index),
        }
    }
    // A feed in an entry holds its comments.
    let feeds = found.items.iter().enumerate().filter(|(_, item)| is(item, "h-feed") && item.parent.is_none());
    let count = |index: usize| children.get(index).map_or(0, Vec::len);
    let feed = feeds
        .map(|(index, _)| index)
        .filter(|index| count(*index) > 0)
        .reduce(|best, next| if count(next) > count(best) { next } else { best });
    let entries = match feed {
        Some(feed) => children.get(feed)?.as_slice(),
        None if loose.len() >= 2 => loose.as_slice(),
        None => return None,
    };
    let reader = Reader { found: &found, base };
    let head = reader.head(document, feed);
    if entries.len() > bounds.entries {
        findings.add("too_many_items", || format!("the page has more than {} entries, the rest is left out", bounds.entries));
    }
    let title = head.title.as_ref().map(|title| title.value.as_str()).unwrap_or_default();
    let entries = entries.iter().take(bounds.entries).map(|entry| reader.entry(*entry, feed, title)).collect();
    Some((head, entries))
}

fn is(item: &Item<'_>, kind: &str) -> bool {
    item.types.contains(&kind)
}

struct Reader<'a> {
    found: &'a Microformats<'a>,
    base: &'a [String],
}

impl Reader<'_> {
    fn head(&self, document: &Document, feed: Option<usize>) -> FeedHead {
        let found = self.found;
        let page_title =
            || document.try_select("title").and_then(|titles| titles.nodes().first().map(|title| squeezed(&title.text())));
        let canonical = || {
            let links = document.try_select("link[rel~=canonical][href]")?;
            links.nodes().first()?.attr("href").map(|href| href.trim().to_owned())
        };
        let language = feed
            .and_then(|feed| found.items.get(feed))
            .and_then(|item| language_of(&item.node, None))
            .or_else(|| document.try_select("html[lang]").and_then(|html| html.attr("lang")).map(|lang| lang.to_string()));
        let mut head = FeedHead {
            language,
            licenses: found.licenses.iter().map(microformats::url).filter(|license| !license.is_empty()).collect(),
            base: self.base.first().cloned(),
            ..FeedHead::default()
        };
        let mut address = None;
        if let Some(feed) = feed {
            // Only what is said: the text of a whole page is no name.
            head.title = found.first(feed, "name").and_then(|name| plain(&microformats::text(&name.node, NEAR)));
            head.subtitle = found.first(feed, "summary").and_then(|summary| plain(&microformats::text(&summary.node, NEAR)));
            address = found.all(feed, &["url"]).map(|url| microformats::url(&url.node)).find(|url| !url.is_empty());
            (head.published, head.updated) = self.dates(feed);
            head.authors = self.people(feed, &["author"]);
            head.image = found.all(feed, &["photo"]).map(|photo| microformats::url(&photo.node)).find(|photo| !photo.is_empty());
            head.categories = self.categories(feed);
            head.licenses.extend(self.addresses(feed, &["license"]));
        }
        head.title = head.title.or_else(|| page_title().and_then(|title| plain(&title)));
        if let Some(href) = address.or_else(canonical) {
            head.links.push(Link { rel: "alternate".to_owned(), href, base: self.base.to_vec(), ..Link::default() });
        }
        head
    }

    fn entry(&self, item: usize, feed: Option<usize>, feed_title: &str) -> ParsedEntry {
        let found = self.found;
        let (published, updated) = self.dates(item);
        let content = self.content(item);
        let mut entry = ParsedEntry {
            title: self.title(item),
            summary: found.first(item, "summary").and_then(|summary| match summary.kind {
                Kind::Html => self.html(&summary.node),
                _ => plain(&microformats::text(&summary.node, NEAR)),
            }),
            published,
            updated,
            authors: self.people(item, &["author"]),
            translators: self.people(item, &["translator"]),
            categories: self.categories(item),
            licenses: self.addresses(item, &["license"]),
            base: self.base.to_vec(),
            complete: true,
            ..ParsedEntry::default()
        };
        entry.language = found.items.get(item).and_then(|entry| {
            let feed = feed.and_then(|feed| found.items.get(feed)).map(|feed| &feed.node);
            language_of(&entry.node, feed)
        });
        if let Some(address) = self.address(item) {
            entry.links.push(self.link("alternate", address));
        }
        for rel in ["syndication", "principles"] {
            entry.links.extend(self.addresses(item, &[rel]).into_iter().map(|href| self.link(rel, href)));
        }
        if let Some(uid) = found.first(item, "uid") {
            let written = if uid.kind == Kind::Url { microformats::url(&uid.node) } else { microformats::text(&uid.node, NEAR) };
            entry.id_is_permalink = uid.kind == Kind::Url && written.contains('/');
            entry.id = Some(written).filter(|id| !id.is_empty());
        }
        entry.derived_from = found.all(item, ORIGINALS).take(AUTHORS).filter_map(|original| self.original(original)).collect();
        self.files(item, &mut entry);
        self.source(item, &mut entry, feed_title);
        if let Some(text) = content {
            entry.content.push(self.with_dateline(item, text));
        }
        entry
    }

    /// dt-published and dt-updated, the second without its date if it is the day of the first.
    fn dates(&self, item: usize) -> (Option<String>, Option<String>) {
        let read = |name: &str, before: Option<&str>| {
            self.found.first(item, name).map(|date| microformats::time(&date.node, before)).filter(|date| !date.is_empty())
        };
        let published = read("published", None);
        let updated = read("updated", published.as_deref());
        (published, updated)
    }

    /// The name, unless it is the text itself: a note has no title.
    fn title(&self, item: usize) -> Option<Text> {
        let name = self.found.name(item)?;
        if let Some(explicit) = self.found.first(item, "name") {
            let same = |text: &&Property<'_>| text.node.id == explicit.node.id;
            if self.found.all(item, &["content"]).any(|text| same(&text)) {
                return None;
            }
        } else if self.address(item).is_none() {
            return None;
        }
        plain(&name)
    }

    /// Every content in document order as one, none inside of another: HTML, or plain where it is written so. An entry that says nothing but
    /// its text has that.
    fn content(&self, item: usize) -> Option<Text> {
        let mut html = String::new();
        let mut taken: Vec<&NodeRef<'_>> = Vec::new();
        for content in self.found.all(item, &["content"]).filter(|content| content.kind == Kind::Html).take(MOST_PARTS) {
            if content.node.ancestors_it(None).any(|above| taken.iter().any(|known| known.id == above.id)) {
                continue;
            }
            html.push_str(&content.node.inner_html());
            taken.push(&content.node);
        }
        if !taken.is_empty() {
            return Some(html).filter(|html| !html.trim().is_empty()).map(|html| self.text(html, TextKind::Html));
        }
        if let Some(content) = self.found.first(item, "content") {
            return plain(&microformats::text(&content.node, WHOLE));
        }
        let entry = self.found.items.get(item)?;
        // Implied name, no name and no text written: the element is the text.
        let bare = self.found.first(item, "name").is_none() && self.found.name(item).is_some() && self.address(item).is_none();
        if bare { self.html(&entry.node) } else { None }
    }

    fn html(&self, node: &NodeRef<'_>) -> Option<Text> {
        let html = node.inner_html().to_string();
        (!html.trim().is_empty()).then(|| self.text(html, TextKind::Html))
    }

    fn text(&self, value: String, kind: TextKind) -> Text {
        Text { value, kind, language: None, base: self.base.to_vec() }
    }

    /// The place that an hNews text comes from, where it stands outside of the text, begins it.
    fn with_dateline(&self, item: usize, mut text: Text) -> Text {
        let Some(dateline) = self.found.first(item, "dateline") else { return text };
        let inside = |content: &Property<'_>| dateline.node.ancestors_it(None).any(|above| above.id == content.node.id);
        let written = microformats::text(&dateline.node, NEAR);
        if written.is_empty() || self.found.all(item, &["content"]).any(inside) {
            return text;
        }
        text.value = match text.kind {
            TextKind::Html => {
                let escaped = written.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
                format!("<p>{escaped}</p>{}", text.value)
            }
            _ => format!("{written}\n{}", text.value),
        };
        text
    }

    /// Its address: said, implied, or that of the link in or around its name.
    fn address(&self, item: usize) -> Option<String> {
        let found = self.found;
        found.url(item).or_else(|| {
            let name = found.first(item, "name")?.node;
            let entry = found.items.get(item)?.node.id;
            let above = name.ancestors_it(Some(3)).take_while(|above| above.id != entry);
            let inside = name.descendants_it().take(NEAR);
            let link =
                std::iter::once(name).chain(inside).chain(above).find(|node| node.has_name("a") && node.has_attr("href"))?;
            link.attr("href").map(|href| href.trim().to_owned()).filter(|href| !href.is_empty())
        })
    }

    fn link(&self, rel: &str, href: String) -> Link {
        Link { rel: rel.to_owned(), href, base: self.base.to_vec(), ..Link::default() }
    }

    /// Addresses of some properties, each once.
    fn addresses(&self, item: usize, names: &[&str]) -> Vec<String> {
        let mut out: Vec<String> = Vec::new();
        for property in self.found.all(item, names).take(MOST_PARTS) {
            let address = match property.item {
                Some(inner) => self.found.url(inner).unwrap_or_default(),
                None => microformats::url(&property.node),
            };
            if !address.is_empty() && !out.contains(&address) {
                out.push(address);
            }
        }
        out
    }

    /// People with their cards, those that are only an address too.
    fn people(&self, item: usize, names: &[&str]) -> Vec<Person> {
        let mut people: Vec<Person> = Vec::new();
        for property in self.found.all(item, names).take(AUTHORS) {
            let person = match property.item.or_else(|| self.card_in(item, property)) {
                Some(card) => self.person(card),
                None if property.kind == Kind::Url => {
                    Person { uri: Some(microformats::url(&property.node)), ..Person::default() }
                }
                None => Person { name: Some(microformats::text(&property.node, NEAR)), ..Person::default() },
            };
            let says = |value: &Option<String>| value.as_deref().is_some_and(|value| !value.is_empty());
            if (says(&person.name) || says(&person.uri)) && !people.contains(&person) {
                people.push(person);
            }
        }
        // An address beside a name is the name's.
        if let [Person { name: Some(_), uri: uri @ None, .. }, Person { name: None, uri: beside @ Some(_), .. }] =
            people.as_mut_slice()
        {
            *uri = beside.take();
            people.truncate(1);
        }
        people
    }

    /// A card in the element of a property: `<span class="author"><span class="vcard">`.
    fn card_in(&self, item: usize, property: &Property<'_>) -> Option<usize> {
        let cards = self.found.items.iter().enumerate().skip(item + 1);
        let cards = cards.take(AUTHORS * 4).filter(|(_, card)| card.parent == Some(item) && is(card, "h-card"));
        cards
            .into_iter()
            .find(|(_, card)| card.node.ancestors_it(Some(AUTHORS)).any(|above| above.id == property.node.id))
            .map(|(index, _)| index)
    }

    fn person(&self, card: usize) -> Person {
        let found = self.found;
        let node = found.items.get(card).map(|card| card.node);
        let name = found
            .name(card)
            .or_else(|| found.first(card, "org").map(|org| microformats::text(&org.node, NEAR)))
            .or_else(|| node.map(|node| microformats::content(&node, NEAR)))
            .filter(|name| !name.is_empty());
        let email = found.first(card, "email").map(|email| microformats::url(&email.node));
        let email = email.map(|email| email.trim_start_matches("mailto:").to_owned()).filter(|email| email.contains('@'));
        // A link may be the mail address and no page.
        let uri = found.url(card).filter(|uri| !uri.starts_with("mailto:"));
        Person { name, uri, email }
    }

    fn categories(&self, item: usize) -> Vec<Category> {
        let mut categories: Vec<Category> = Vec::new();
        for category in self.found.all(item, &["category"]).take(MOST_PARTS) {
            let term = match category.item {
                Some(inner) => self.found.name(inner).unwrap_or_default(),
                None if category.kind == Kind::Url => String::new(),
                None => microformats::text(&category.node, NEAR),
            };
            if !term.is_empty() && !categories.iter().any(|known| known.term == term) {
                categories.push(Category { term, ..Category::default() });
            }
        }
        categories
    }

    /// What an entry was copied from, with the name of who published it where that is said.
    fn original(&self, property: &Property<'_>) -> Option<Link> {
        let (href, title) = match property.item {
            None if property.kind == Kind::Url => (microformats::url(&property.node), None),
            // The name of a citation is the title of what is cited, not that of who published it.
            Some(cite) => {
                let publisher = self.found.first(cite, "publication").map(|name| microformats::text(&name.node, NEAR));
                let author = || self.people(cite, &["author"]).into_iter().find_map(|author| author.name);
                (self.found.url(cite)?, publisher.filter(|name| !name.is_empty()).or_else(author))
            }
            None => {
                let inside = property.node.descendants_it().take(NEAR).find(|node| node.has_name("a") && node.has_attr("href"));
                match inside.and_then(|link| link.attr("href")) {
                    Some(href) => (href.trim().to_owned(), None),
                    None => (microformats::url(&property.node), None),
                }
            }
        };
        (!href.is_empty()).then(|| Link { title, ..self.link("source", href) })
    }

    fn files(&self, item: usize, entry: &mut ParsedEntry) {
        let photos = self.addresses(item, &["photo", "featured"]);
        let photos = if photos.is_empty() { self.found.photo(item).into_iter().collect() } else { photos };
        let alternative = |address: &str| {
            let shown = self.found.all(item, &["photo", "featured"]).find(|photo| microformats::url(&photo.node) == address)?;
            shown.node.attr("alt").map(|alt| squeezed(&alt)).filter(|alt| !alt.is_empty())
        };
        for url in photos {
            let description = alternative(&url);
            entry.media.push(Media { url, medium: Some("image".to_owned()), description, ..Media::default() });
        }
        for name in ["audio", "video"] {
            for property in self.found.all(item, &[name]).filter(|file| file.kind == Kind::Url).take(AUTHORS) {
                let url = microformats::url(&property.node);
                let media_type = property.node.attr("type").map(|written| written.trim().to_owned());
                if !url.is_empty() && !entry.enclosures.iter().any(|known| known.url == url) {
                    entry.enclosures.push(Enclosure { url, media_type, ..Enclosure::default() });
                }
            }
        }
    }

    /// The organization that an hNews text is from. The feed's own is its publisher only.
    fn source(&self, item: usize, entry: &mut ParsedEntry, feed_title: &str) {
        let Some(written) = self.found.first(item, "source-org") else { return };
        let organization = match written.item.or_else(|| self.card_in(item, written)) {
            Some(card) => self.person(card),
            None => Person { name: Some(microformats::text(&written.node, NEAR)), ..Person::default() },
        };
        let Some(name) = organization.name.filter(|name| !name.is_empty()) else { return };
        if !name.eq_ignore_ascii_case(feed_title) {
            entry.source = Some(ParsedSource {
                title: plain(&name),
                links: organization.uri.into_iter().map(|uri| self.link("alternate", uri)).collect(),
                ..ParsedSource::default()
            });
        }
        entry.publisher = Some(name);
    }
}

/// The language that an element or one around it says, below `end`.
fn language_of(node: &NodeRef<'_>, end: Option<&NodeRef<'_>>) -> Option<String> {
    let around = std::iter::once(*node).chain(node.ancestors_it(Some(ABOVE)));
    let mut around = around.take_while(|node| end.is_none_or(|end| end.id != node.id) && !node.has_name("html"));
    around.find_map(|node| node.attr("lang")).map(|lang| lang.trim().to_owned()).filter(|lang| !lang.is_empty())
}
