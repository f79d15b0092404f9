//! JSON Feed 1.0 and 1.1 (jsonfeed.org), read tolerantly: numbers where strings belong, `author` beside `authors`, nulls, extensions.

use std::fmt;

use serde::de::{Deserialize, DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

use super::build::{MOST_CATEGORIES, MOST_PARTS, too_many};
use super::capture::{LONGEST_TEXT, LONGEST_VALUE};
use super::json_values::{Many, One, Part, Scalar, without_lone_surrogates};
use super::{Bounds, Findings};
use crate::model::{
    Category, Enclosure, FeedHead, Format, Link, Media, ParsedDeletion, ParsedEarlier, ParsedEntry, ParsedFeed, ParsedHop,
    ParsedProvenance, ParsedSource, ParsedTranslation, Person, TextKind, Unreadable,
};

/// Reads a JSON document.
pub(super) fn read(text: &str, bounds: Bounds, mut findings: Findings) -> Result<ParsedFeed, Unreadable> {
    let mut reading = Reading::new(bounds);
    let mut result = reading.run(text);
    // half of a surrogate pair is the one thing that stops at a string and means nothing
    if let Err(error) = &result
        && ["surrogate", "hex escape"].iter().any(|cause| error.to_string().contains(cause))
        && let Some(mended) = without_lone_surrogates(text)
    {
        findings.add("json_repaired", || "half a character (a lone surrogate) was replaced".to_owned());
        reading = Reading::new(bounds);
        result = reading.run(&mended);
    }
    if reading.too_many {
        return Err(too_many(bounds));
    }
    if let Err(error) = result {
        if !reading.is_feed() || reading.entries.is_empty() {
            return Err(match error.classify() {
                serde_json::error::Category::Data => no_feed(),
                _ if text.trim_start().starts_with(['{', '[']) => {
                    Unreadable::new("json_malformed", format!("its JSON is broken: {error}"))
                }
                _ => no_feed(),
            });
        }
        let (code, message) = match error.classify() {
            serde_json::error::Category::Eof => ("json_truncated", "the document ends before the feed does".to_owned()),
            _ => ("json_repaired", format!("its JSON is broken, and was read as far as it goes: {error}")),
        };
        findings.add(code, || message);
    }
    if !reading.is_feed() {
        return Err(no_feed());
    }
    if reading.skipped_long > 0 {
        findings.add("field_too_long", || "an entry was left out because one of its fields is too long".to_owned());
    }
    if reading.cut_categories {
        findings.add("too_many_categories", || format!("of an entry's tags the first {MOST_CATEGORIES} were kept"));
    }
    if !reading.version.contains("jsonfeed.org") {
        findings.add("json_no_version", || "it does not say which version of JSON Feed it is".to_owned());
    }
    let mut deleted = reading.deleted;
    if deleted.len() > bounds.entries {
        deleted.truncate(bounds.entries);
        findings.add("too_many_deletions", || {
            format!("it declares more than {} entries deleted; the rest is left out", bounds.entries)
        });
    }
    Ok(ParsedFeed {
        format: Format::JsonFeed,
        head: reading.head,
        entries: reading.entries,
        deleted,
        follow: Vec::new(),
        warnings: findings.into_warnings(),
    })
}

fn no_feed() -> Unreadable {
    Unreadable::new("not_a_feed", "it is JSON, but not a JSON Feed; check the outlet's address")
}

/// What has been read so far: kept outside of the deserializer so that a broken end does not lose it.
struct Reading {
    bounds: Bounds,
    head: FeedHead,
    entries: Vec<ParsedEntry>,
    deleted: Vec<ParsedDeletion>,
    version: String,
    items_seen: bool,
    too_many: bool,
    skipped_long: usize,
    cut_categories: bool,
}

impl Reading {
    fn new(bounds: Bounds) -> Self {
        Self {
            bounds,
            head: FeedHead::default(),
            entries: Vec::new(),
            deleted: Vec::new(),
            version: String::new(),
            items_seen: false,
            too_many: false,
            skipped_long: 0,
            cut_categories: false,
        }
    }

    fn run(&mut self, text: &str) -> Result<(), serde_json::Error> {
        let mut deserializer = serde_json::Deserializer::from_str(text);
        Top(self).deserialize(&mut deserializer)?;
        deserializer.end()
    }

    fn is_feed(&self) -> bool {
        self.version.contains("jsonfeed.org") || (self.items_seen && self.head.title.is_some())
    }

    fn add(&mut self, item: Item) {
        self.cut_categories |= item.tags.0.len() > MOST_CATEGORIES;
        match item.into_entry() {
            Some(entry) => self.entries.push(entry),
            None => self.skipped_long += 1,
        }
    }
}

/// The outermost object.
struct Top<'r>(&'r mut Reading);

impl<'de> DeserializeSeed<'de> for Top<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Top<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON Feed object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let reading = self.0;
        let mut authors = Vec::new();
        let mut icons = [None, None];
        while let Some(Scalar(key)) = map.next_key()? {
            let head = &mut reading.head;
            match key.as_deref().unwrap_or("") {
                "version" => reading.version = map.next_value::<Scalar>()?.0.unwrap_or_default(),
                "title" => head.title = map.next_value::<Scalar>()?.text(TextKind::Plain),
                "description" => head.subtitle = map.next_value::<Scalar>()?.text(TextKind::Plain),
                "home_page_url" => head.links.extend(map.next_value::<Scalar>()?.link("alternate")),
                "feed_url" => head.links.extend(map.next_value::<Scalar>()?.link("self")),
                "next_url" => head.links.extend(map.next_value::<Scalar>()?.link("next")),
                "language" => head.language = map.next_value::<Scalar>()?.value(),
                "icon" => icons[0] = map.next_value::<Scalar>()?.value(),
                "favicon" => icons[1] = map.next_value::<Scalar>()?.value(),
                "author" | "authors" => authors.extend(map.next_value::<Many<Author>>()?.0),
                "hubs" => {
                    let hubs = map.next_value::<Many<Address>>()?.0;
                    head.links.extend(hubs.into_iter().take(MOST_PARTS).filter_map(|hub| hub.url.link("hub")));
                }
                "_reprint" => {
                    let extensions = map.next_value::<Many<OfFeed>>()?.0;
                    let gone = extensions.into_iter().flat_map(|extension| extension.deleted.0);
                    reading.deleted.extend(gone.filter_map(Gone::into_deletion));
                }
                "items" => {
                    reading.items_seen = true;
                    map.next_value_seed(Items(reading))?;
                }
                _ => _ = map.next_value::<IgnoredAny>()?,
            }
        }
        let [icon, favicon] = icons;
        reading.head.image = icon.or(favicon);
        reading.head.authors = people(authors);
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<(), A::Error> {
        while seq.next_element::<IgnoredAny>()?.is_some() {}
        Ok(())
    }
}

/// The list of items; the bound is checked before the next one is built.
struct Items<'r>(&'r mut Reading);

impl<'de> DeserializeSeed<'de> for Items<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Items<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of items")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<(), A::Error> {
        loop {
            if self.0.entries.len() >= self.0.bounds.entries {
                self.0.too_many |= seq.next_element::<IgnoredAny>()?.is_some();
                if self.0.too_many {
                    return Err(serde::de::Error::custom("too many items"));
                }
                return Ok(());
            }
            match seq.next_element::<One<Item>>()? {
                Some(One(Some(item))) => self.0.add(item),
                Some(One(None)) => {}
                None => return Ok(()),
            }
        }
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }
}

#[derive(Debug, Default, serde::Deserialize)]
#[serde(default)]
struct Author {
    name: Scalar,
    url: Scalar,
    email: Scalar,
}

impl Part for Author {
    fn from_text(text: &str) -> Option<Self> {
        let person = super::people::person_from_text(text);
        let author = Self { name: Scalar(person.name), url: Scalar(None), email: Scalar(person.email) };
        Some(author)
    }
}

fn people(authors: Vec<Author>) -> Vec<Person> {
    let mut people: Vec<Person> = Vec::new();
    for author in authors.into_iter().take(MOST_PARTS) {
        let person = Person { name: author.name.value(), uri: author.url.value(), email: author.email.value() };
        if person != Person::default() && !people.iter().any(|other| other.name == person.name && person.name.is_some()) {
            people.push(person);
        }
    }
    people
}

#[derive(Debug, Default, serde::Deserialize)]
#[serde(default)]
struct Address {
    url: Scalar,
}

impl Part for Address {
    fn from_text(text: &str) -> Option<Self> {
        Some(Self { url: Scalar(Some(text.to_owned())) })
    }
}

#[derive(Debug, Default, serde::Deserialize)]
#[serde(default)]
struct Attachment {
    url: Scalar,
    mime_type: Scalar,
    title: Scalar,
    size_in_bytes: Scalar,
}

impl Part for Attachment {
    fn from_text(text: &str) -> Option<Self> {
        Some(Self { url: Scalar(Some(text.to_owned())), ..Self::default() })
    }
}

/// A tag, or any other string of a list.
#[derive(Debug)]
struct Tag(String);

impl<'de> Deserialize<'de> for Tag {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(serde::Deserialize)]
        struct Named {
            #[serde(default)]
            name: Scalar,
            #[serde(default)]
            term: Scalar,
        }
        let named = Named::deserialize(deserializer)?;
        Ok(Tag(named.name.value().or(named.term.value()).unwrap_or_default()))
    }
}

impl Part for Tag {
    fn from_text(text: &str) -> Option<Self> {
        Some(Self(text.trim().to_owned()))
    }
}

/// A translation and its translators, in `_reprint`.
#[derive(Debug, Default, serde::Deserialize)]
#[serde(default)]
struct Translation {
    kind: Scalar,
    from: Scalar,
    to: Scalar,
    engine: Scalar,
    source: Scalar,
    translators: Many<Author>,
    earlier: Many<Earlier>,
}

/// What a translation was made of, where that was one, too.
#[derive(Debug, Default, serde::Deserialize)]
#[serde(default)]
struct Earlier {
    kind: Scalar,
    engine: Scalar,
    translators: Many<Author>,
    earlier: Many<Earlier>,
}

/// A row of them from what holds the first, nearest first.
fn earlier(first: Many<Earlier>) -> Vec<ParsedEarlier> {
    let mut row = Vec::new();
    let mut next = first.0.into_iter().next();
    while let Some(made) = next.filter(|_| row.len() < MOST_PARTS) {
        let (kind, engine) = (made.kind.value().unwrap_or_default(), made.engine.value());
        row.push(ParsedEarlier { seq: None, kind, engine, translators: people(made.translators.0) });
        next = made.earlier.0.into_iter().next();
    }
    row
}

#[derive(Debug, Default, serde::Deserialize)]
#[serde(default)]
struct Hop {
    seq: Scalar,
    action: Scalar,
    party: Scalar,
    at: Scalar,
    language: Scalar,
    lang: Scalar,
    url: Scalar,
    href: Scalar,
}

#[derive(Debug, Default, serde::Deserialize)]
#[serde(default)]
struct Source {
    title: Scalar,
    home_page_url: Scalar,
    feed_url: Scalar,
}

#[derive(Debug, Default, serde::Deserialize)]
#[serde(default)]
struct Original {
    url: Scalar,
    language: Scalar,
    outlet: Scalar,
    date_published: Scalar,
}

#[derive(Debug, Default, serde::Deserialize)]
#[serde(default)]
struct Discussion {
    url: Scalar,
    count: Scalar,
}

#[derive(Debug, Default, serde::Deserialize)]
#[serde(default)]
struct Picture {
    url: Scalar,
    caption: Scalar,
    credit: Scalar,
    copyright: Scalar,
}

macro_rules! objects_only {
    ($($part:ty),*) => {$(
        impl Part for $part {
            fn from_text(_: &str) -> Option<Self> {
                None
            }
        }
    )*};
}
objects_only!(Translation, Earlier, Hop, Source, Original, Discussion, Picture, Reprint, OfFeed, Gone);

/// Entries that a feed can declare deleted, at most.
const MOST_DELETED: usize = 10_000;

/// The `_reprint` object of the feed as a whole.
#[derive(Debug, Default, serde::Deserialize)]
#[serde(default)]
struct OfFeed {
    deleted: Many<Gone, MOST_DELETED>,
}

/// An entry that is declared deleted, as at:deleted-entry does it in Atom (RFC 6721).
#[derive(Debug, Default, serde::Deserialize)]
#[serde(default)]
struct Gone {
    id: Scalar,
    when: Scalar,
}

impl Gone {
    fn into_deletion(self) -> Option<ParsedDeletion> {
        Some(ParsedDeletion { reference: self.id.value()?, when: self.when.value()? })
    }
}

/// The `_reprint` object of an item (standards digest § 28.3): the facts of the reprint namespace.
#[derive(Debug, Default, serde::Deserialize)]
#[serde(default)]
struct Reprint {
    source: Many<Source>,
    via_url: Scalar,
    original: Many<Original>,
    translation: Many<Translation>,
    rights: Scalar,
    license_url: Scalar,
    disclaimer: Many<Tag>,
    disclaimers: Many<Tag>,
    comments: Many<Discussion>,
    images: Many<Picture>,
    hops: Many<Hop>,
}

#[derive(Debug, Default, serde::Deserialize)]
#[serde(default)]
struct Item {
    id: Scalar,
    url: Scalar,
    external_url: Scalar,
    title: Scalar,
    content_html: Scalar,
    content_text: Scalar,
    summary: Scalar,
    image: Scalar,
    banner_image: Scalar,
    date_published: Scalar,
    date_modified: Scalar,
    author: Many<Author>,
    authors: Many<Author>,
    tags: Many<Tag>,
    language: Scalar,
    attachments: Many<Attachment>,
    /// No part of the standard, but written.
    #[serde(rename = "_license", alias = "license")]
    license: Many<Address>,
    #[serde(rename = "_reprint")]
    reprint: Many<Reprint>,
}

impl Part for Item {
    fn from_text(_: &str) -> Option<Self> {
        None
    }
}

impl Item {
    /// `None` when a field is too long.
    fn into_entry(self) -> Option<ParsedEntry> {
        let values = [&self.id, &self.url, &self.external_url, &self.title];
        let texts = [&self.content_html, &self.content_text, &self.summary];
        if values.iter().any(|value| value.is_longer_than(LONGEST_VALUE))
            || texts.iter().any(|text| text.is_longer_than(LONGEST_TEXT))
        {
            return None;
        }
        let mut entry = ParsedEntry { complete: true, ..ParsedEntry::default() };
        entry.id = self.id.value();
        entry.title = self.title.text(TextKind::Plain);
        entry.links.extend(self.url.link("alternate"));
        entry.derived_from.extend(self.external_url.link("external_url"));
        entry.content.extend(self.content_html.text(TextKind::Html));
        entry.content.extend(self.content_text.text(TextKind::Plain));
        entry.summary = self.summary.text(TextKind::Plain);
        entry.published = self.date_published.value();
        entry.updated = self.date_modified.value();
        entry.language = self.language.value();
        entry.authors = people(self.authors.0.into_iter().chain(self.author.0).collect());
        let tags = self.tags.0.into_iter().filter(|Tag(term)| !term.is_empty()).take(MOST_CATEGORIES);
        entry.categories = tags.map(|Tag(term)| Category { term, ..Category::default() }).collect();
        let pictures = [self.image, self.banner_image].into_iter().filter_map(Scalar::value);
        let medium = || Some("image".to_owned());
        entry.media.extend(pictures.map(|url| Media { url, medium: medium(), ..Media::default() }));
        entry.enclosures = self.attachments.0.into_iter().filter_map(Attachment::into_enclosure).collect();
        entry.licenses = self.license.0.into_iter().take(MOST_PARTS).filter_map(|license| license.url.value()).collect();
        if let Some(reprint) = self.reprint.0.into_iter().next() {
            reprint.into_entry(&mut entry);
        }
        Some(entry)
    }
}

impl Attachment {
    fn into_enclosure(self) -> Option<Enclosure> {
        let (media_type, length, title) = (self.mime_type.value(), self.size_in_bytes.value(), self.title.value());
        Some(Enclosure { url: self.url.value()?, media_type, length, title })
    }
}

impl Reprint {
    fn into_entry(self, entry: &mut ParsedEntry) {
        let mut provenance = ParsedProvenance::default();
        if let Some(translation) = self.translation.0.into_iter().next() {
            entry.translators = people(translation.translators.0);
            provenance.earlier = earlier(translation.earlier);
            provenance.translation = Some(ParsedTranslation {
                kind: translation.kind.value().unwrap_or_default(),
                from: translation.from.value(),
                to: translation.to.value(),
                engine: translation.engine.value(),
                source: translation.source.value(),
            });
        }
        provenance.hops.extend(self.hops.0.into_iter().map(|hop| ParsedHop {
            seq: hop.seq.value(),
            action: hop.action.value().unwrap_or_default(),
            party: hop.party.value().unwrap_or_default(),
            at: hop.at.value(),
            language: hop.language.value().or(hop.lang.value()),
            href: hop.url.value().or(hop.href.value()),
        }));
        let disclaimers = self.disclaimer.0.into_iter().chain(self.disclaimers.0);
        provenance.disclaimers.extend(disclaimers.map(|Tag(text)| text).filter(|text| !text.is_empty()));
        if provenance.translation.is_some() || !provenance.hops.is_empty() || !provenance.disclaimers.is_empty() {
            entry.provenance = Some(provenance);
        }
        if let Some(source) = self.source.0.into_iter().next() {
            let links: Vec<Link> =
                source.home_page_url.link("alternate").into_iter().chain(source.feed_url.link("self")).collect();
            let title = source.title.text(TextKind::Plain);
            if title.is_some() || !links.is_empty() {
                entry.source = Some(ParsedSource { title, links, ..ParsedSource::default() });
            }
        }
        entry.links.extend(self.via_url.link("via"));
        if let Some(original) = self.original.0.into_iter().next() {
            entry.created = original.date_published.value();
            let (hreflang, title) = (original.language.value(), original.outlet.value());
            entry.links.extend(original.url.link("related").map(|link| Link { hreflang, title, ..link }));
        }
        entry.rights = self.rights.text(TextKind::Plain);
        entry.licenses.extend(self.license_url.value());
        if let Some(comments) = self.comments.0.into_iter().next() {
            entry.comments_url = comments.url.value();
            entry.comment_count = comments.count.value();
        }
        for picture in self.images.0 {
            let Some(url) = picture.url.value() else { continue };
            let (description, credit, copyright) = (picture.caption.value(), picture.credit.value(), picture.copyright.value());
            // the item's own image is often one of them: what is said of it belongs there
            match entry.media.iter_mut().find(|media| media.url == url) {
                Some(media) => (media.description, media.credit, media.copyright) = (description, credit, copyright),
                None => entry.media.push(Media {
                    url,
                    medium: Some("image".to_owned()),
                    description,
                    credit,
                    copyright,
                    ..Media::default()
                }),
            }
        }
    }
}
