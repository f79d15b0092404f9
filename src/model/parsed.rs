//! What `parse` understands of a document: structure, with every string as the outlet wrote it.

use std::sync::Arc;

/// Dialect a document was written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Format {
    /// RSS 2.0 and what calls itself so.
    Rss20,
    /// RSS 0.90 (RDF) to 0.94.
    Rss09x,
    /// RSS 1.0 (RDF).
    Rss10,
    /// Atom 1.0, RFC 4287.
    Atom10,
    /// Atom 0.3.
    Atom03,
    /// Channel Definition Format.
    Cdf,
    /// JSON Feed 1.0 or 1.1.
    JsonFeed,
    /// Sitemap with news entries.
    Sitemap,
    /// An HTML page.
    Html,
}

impl Format {
    /// Name in `inspect --json`.
    pub fn name(self) -> &'static str {
        match self {
            Format::Rss20 => "rss20",
            Format::Rss09x => "rss09x",
            Format::Rss10 => "rss10",
            Format::Atom10 => "atom10",
            Format::Atom03 => "atom03",
            Format::Cdf => "cdf",
            Format::JsonFeed => "jsonfeed",
            Format::Sitemap => "sitemap",
            Format::Html => "html",
        }
    }
}

/// A document after parsing.
#[derive(Debug, Clone)]
pub struct ParsedFeed {
    /// Dialect.
    pub format: Format,
    /// What is said of the feed as a whole.
    pub head: FeedHead,
    /// Entries in document order.
    pub entries: Vec<ParsedEntry>,
    /// Entries that the feed declares deleted, in document order.
    pub deleted: Vec<super::ParsedDeletion>,
    /// Pages worth a journey of their own, as written (an entry's full text, the next page of an article).
    pub follow: Vec<String>,
    /// Oddities that were read past.
    pub warnings: Vec<Warning>,
}

/// Feed-level facts. Every string as written, entities resolved.
#[derive(Debug, Clone, Default)]
pub struct FeedHead {
    /// atom:id, rdf:about of the channel, JSON `feed_url` has its own field in `links` (rel `self`).
    pub id: Option<String>,
    /// Title.
    pub title: Option<Text>,
    /// atom:subtitle, RSS channel description, Atom 0.3 tagline.
    pub subtitle: Option<Text>,
    /// Links; an RSS channel `link` is rel `alternate`.
    pub links: Vec<Link>,
    /// Language tag as written (`xml:lang` of the root, `language`, `dc:language`).
    pub language: Option<String>,
    /// Date strings as written: atom:updated, lastBuildDate, dc:date, dcterms:modified …
    pub updated: Option<String>,
    /// channel pubDate and the like.
    pub published: Option<String>,
    /// atom:rights, copyright, dc:rights.
    pub rights: Option<Text>,
    /// Licence addresses (RFC 4946 link, creativeCommons:license, cc:license, dcterms:license).
    pub licenses: Vec<String>,
    /// Authors (atom:author, managingEditor, dc:creator, JSON `authors`).
    pub authors: Vec<Person>,
    /// dc:publisher.
    pub publisher: Option<String>,
    /// Categories.
    pub categories: Vec<Category>,
    /// Generator string.
    pub generator: Option<String>,
    /// Picture of the feed: atom:logo, image/url, JSON icon.
    pub image: Option<String>,
    /// RSS ttl, minutes, as written.
    pub ttl: Option<String>,
    /// Base address in force at the feed element (`xml:base` resolved against nothing), if written.
    pub base: Option<String>,
}

/// One entry. Every string as written, entities resolved.
#[derive(Debug, Clone, Default)]
pub struct ParsedEntry {
    /// atom:id, RSS guid, rdf:about, JSON id.
    pub id: Option<String>,
    /// The id is also the address of the page (RSS guid without isPermaLink="false").
    pub id_is_permalink: bool,
    /// Title.
    pub title: Option<Text>,
    /// Links; an RSS item `link` is rel `alternate`; enclosures are in `enclosures`.
    pub links: Vec<Link>,
    /// atom:summary, RSS description, JSON summary.
    pub summary: Option<Text>,
    /// atom:content, content:encoded, xhtml:body, JSON content_html and content_text: best first.
    pub content: Vec<Text>,
    /// Date strings as written, most specific element first: atom:published, pubDate, dcterms:issued, dc:date …
    pub published: Option<String>,
    /// atom:updated, dcterms:modified, JSON date_modified.
    pub updated: Option<String>,
    /// dcterms:created: first publication of the original.
    pub created: Option<String>,
    /// Authors in document order.
    pub authors: Vec<Person>,
    /// Contributors; a translator when marked so (marcrel:trl).
    pub contributors: Vec<Person>,
    /// marcrel:trl and other elements that say translator.
    pub translators: Vec<Person>,
    /// dc:publisher.
    pub publisher: Option<String>,
    /// Categories and tags.
    pub categories: Vec<Category>,
    /// RSS enclosures, atom link rel=enclosure, JSON attachments.
    pub enclosures: Vec<Enclosure>,
    /// Media RSS content and thumbnails.
    pub media: Vec<Media>,
    /// RSS source, atom:source: the feed this entry was copied from.
    pub source: Option<ParsedSource>,
    /// atom:rights, dc:rights, media:copyright on the item.
    pub rights: Option<Text>,
    /// Licence addresses.
    pub licenses: Vec<String>,
    /// dcterms:isVersionOf, dc:source, JSON external_url (rel says which): where this text comes from.
    pub derived_from: Vec<Link>,
    /// Address of the page with comments.
    pub comments_url: Option<String>,
    /// slash:comments, thr:total, thr:count, as written.
    pub comment_count: Option<String>,
    /// Language of the entry as written (`xml:lang`, dc:language, JSON language).
    pub language: Option<String>,
    /// Base addresses in force, outermost first, as written (`xml:base`).
    pub base: Vec<String>,
    /// What an entry written by reprint (or anybody who uses its namespace) says of its way here.
    pub provenance: Option<ParsedProvenance>,
    /// False when the document ended inside this entry.
    pub complete: bool,
}

/// How to read the value of a [`Text`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum TextKind {
    /// Plain text.
    Plain,
    /// HTML source.
    Html,
    /// Either: the dialect does not say (RSS title, description). The reader of the value decides.
    #[default]
    Unsaid,
}

/// A text construct (RFC 4287 § 3.1) of any dialect.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Text {
    /// Plain text or HTML source, one level of XML escaping removed; xhtml is re-serialized as HTML source.
    pub value: String,
    /// How to read it.
    pub kind: TextKind,
    /// Language in force, if written. Shared: a feed has one language and a thousand texts.
    pub language: Option<Arc<str>>,
    /// Base addresses in force at this element, outermost first, as written.
    pub base: Vec<String>,
}

/// A link (RFC 4287 § 4.2.7) of any dialect.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Link {
    /// Relation, lower case, IANA prefix removed; `alternate` when not written.
    pub rel: String,
    /// Address as written.
    pub href: String,
    /// Media type.
    pub media_type: Option<String>,
    /// Language of the target.
    pub hreflang: Option<String>,
    /// Title.
    pub title: Option<String>,
    /// Base addresses in force at this element, outermost first, as written.
    pub base: Vec<String>,
}

/// A person or body (RFC 4287 § 3.2) of any dialect.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Person {
    /// Name as written, trimmed.
    pub name: Option<String>,
    /// Page of the person.
    pub uri: Option<String>,
    /// E-mail address.
    pub email: Option<String>,
}

/// A category.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Category {
    /// Term.
    pub term: String,
    /// Scheme or domain.
    pub scheme: Option<String>,
    /// Label for people.
    pub label: Option<String>,
}

/// A file that goes with an entry.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Enclosure {
    /// Address as written.
    pub url: String,
    /// Media type.
    pub media_type: Option<String>,
    /// Length in bytes, as written.
    pub length: Option<String>,
    /// Title.
    pub title: Option<String>,
}

/// A Media RSS object.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Media {
    /// Address as written.
    pub url: String,
    /// Media type.
    pub media_type: Option<String>,
    /// image, audio, video, document, executable.
    pub medium: Option<String>,
    /// Size in bytes, as written.
    pub length: Option<String>,
    /// Pixels, as written.
    pub width: Option<String>,
    /// Pixels, as written.
    pub height: Option<String>,
    /// media:title.
    pub title: Option<String>,
    /// media:description.
    pub description: Option<String>,
    /// media:credit.
    pub credit: Option<String>,
    /// media:copyright.
    pub copyright: Option<String>,
    /// It is a media:thumbnail.
    pub thumbnail: bool,
}

/// The feed an entry was copied from: RSS source (§ 4.1.1.20.9 of the profile) or atom:source (RFC 4287 § 4.2.11).
#[derive(Debug, Clone, Default)]
pub struct ParsedSource {
    /// atom:id of the source feed.
    pub id: Option<String>,
    /// Title.
    pub title: Option<Text>,
    /// Links; RSS source@url is rel `self`.
    pub links: Vec<Link>,
    /// Authors of the source feed.
    pub authors: Vec<Person>,
    /// Rights of the source feed.
    pub rights: Option<Text>,
    /// Date string as written.
    pub updated: Option<String>,
}

/// The reprint namespace (standards digest § 26), or the `_reprint` object of JSON Feed, as written.
#[derive(Debug, Clone, Default)]
pub struct ParsedProvenance {
    /// translation@kind, @from, @to, @engine, @source.
    pub translation: Option<ParsedTranslation>,
    /// earlier elements in document order; of JSON Feed nearest first.
    pub earlier: Vec<ParsedEarlier>,
    /// hop elements in document order.
    pub hops: Vec<ParsedHop>,
    /// Disclaimer texts.
    pub disclaimers: Vec<String>,
}

/// A `reprint:translation`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ParsedTranslation {
    /// human, machine, machine-light, machine-full, script-conversion.
    pub kind: String,
    /// Language translated from.
    pub from: Option<String>,
    /// Language translated into.
    pub to: Option<String>,
    /// Engine.
    pub engine: Option<String>,
    /// Address of the text translated.
    pub source: Option<String>,
}

/// A `reprint:earlier`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ParsedEarlier {
    /// Steps back from the text, 1-based, as written.
    pub seq: Option<String>,
    /// One of the kinds of a translation.
    pub kind: String,
    /// Engine.
    pub engine: Option<String>,
    /// Who made it.
    pub translators: Vec<Person>,
}

/// A `reprint:hop`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ParsedHop {
    /// Position from the origin, 1-based, as written.
    pub seq: Option<String>,
    /// created, translated, script-converted, excerpted, edited, reposted.
    pub action: String,
    /// Who.
    pub party: String,
    /// When, as written.
    pub at: Option<String>,
    /// Language of the result.
    pub language: Option<String>,
    /// Address of the result.
    pub href: Option<String>,
}

/// Something odd that was read past.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Warning {
    /// Short stable name: `xml_repaired`, `charset_repaired`, `too_many_categories` …
    pub code: &'static str,
    /// One sentence for an admin, without a final stop.
    pub message: String,
}

impl Warning {
    /// A warning.
    pub fn new(code: &'static str, message: impl Into<String>) -> Self {
        Self { code, message: message.into() }
    }
}

/// A document that cannot be read as a feed at all.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unreadable {
    /// Short stable name: `empty_body`, `not_a_feed`, `xml_dtd`, `xml_too_deep`, `xml_too_many_attrs`, `too_many_items` …
    pub code: &'static str,
    /// One sentence for an admin, without a final stop: what it is instead, and what to do.
    pub message: String,
}

impl Unreadable {
    /// A refusal.
    pub fn new(code: &'static str, message: impl Into<String>) -> Self {
        Self { code, message: message.into() }
    }
}

impl std::fmt::Display for Unreadable {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Unreadable {}
