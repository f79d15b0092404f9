//! The one table that drives the reader of every XML dialect: an element of a namespace, met in a place, means an action.
//!
//! RSS 0.9x and 2.0, RSS 1.0, Atom 0.3 and 1.0, CDF and sitemaps share most names and never contradict each other in one place, so
//! there is no reader a dialect: whatever is known in a place is taken, whoever's it is, and of two elements that say the same the one
//! with the lower rank wins. An element that has no row is skipped with everything in it.

use super::names::Ns;
use crate::model::Format;

/// Where in a document the reader is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub(super) enum Place {
    /// Before the root.
    Document,
    /// Feed level: rss, channel, rdf:RDF, feed, urlset.
    Feed,
    /// In an entry, item or url.
    Entry,
    /// In atom:source or an RSS source.
    Source,
    /// In a picture of the feed.
    Image,
    /// In a person construct.
    Person,
    /// In media:group.
    MediaGroup,
    /// In media:content.
    MediaContent,
    /// In news:news, news:publication or image:image of a sitemap, or app:control.
    Annex,
    /// In reprint:translation.
    Translation,
    /// In reprint:earlier.
    Earlier,
    /// In something skipped, or inside of a text.
    Nowhere,
}

/// A set of places.
type Places = u16;
const DOCUMENT: Places = 1 << Place::Document as u16;
const FEED: Places = 1 << Place::Feed as u16;
const ENTRY: Places = 1 << Place::Entry as u16;
const SOURCE: Places = 1 << Place::Source as u16;
const IMAGE: Places = 1 << Place::Image as u16;
const PERSON: Places = 1 << Place::Person as u16;
const GROUP: Places = 1 << Place::MediaGroup as u16;
const CONTENT: Places = 1 << Place::MediaContent as u16;
const ANNEX: Places = 1 << Place::Annex as u16;
const MAKING: Places = 1 << Place::Translation as u16 | 1 << Place::Earlier as u16;
const ANY: Places = FEED | ENTRY | SOURCE;
const MEDIA: Places = ENTRY | GROUP | CONTENT;

/// A fact about a feed, an entry or a source, given by the text of an element.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub(super) enum Field {
    Id,
    Guid,
    Title,
    Summary,
    Content,
    Published,
    Updated,
    Created,
    /// A date that does not say which: published where nothing better is, else updated.
    Date,
    Rights,
    Language,
    Publisher,
    Generator,
    Ttl,
    Logo,
    Link,
    CommentsPage,
    CommentCount,
    Category,
    /// Several categories between commas.
    Keywords,
    Name,
    Uri,
    Email,
    MediaTitle,
    MediaDescription,
    MediaCredit,
    MediaCopyright,
    MediaKeywords,
    /// Address of a thumbnail as text.
    ThumbnailText,
    ImageAddress,
    Draft,
    Disclaimer,
    OriginalPage,
    Follow,
    License,
    VersionOf,
    DerivedFrom,
}

/// Whose person a person is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    Author,
    Contributor,
    Translator,
}

/// What an element makes the reader do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Action {
    /// The root; the dialect is settled by its attributes.
    Root(Format),
    /// An HTML page.
    Page,
    /// Go on in that place.
    Enter(Place),
    /// An entry begins.
    Entry,
    /// An entry of a sitemap begins; elsewhere the element means nothing here.
    SitemapEntry,
    /// Plain text of a fact.
    Plain(Field),
    /// A text construct: plain, HTML or markup.
    Rich(Field),
    /// Address in an attribute (href, rdf:resource, url), else in the text.
    Address(Field),
    /// A person, as children or as text.
    Person(Role),
    /// A link: attributes, else the text is an alternate.
    Link,
    /// A category: attributes, else text.
    Category,
    /// RSS enclosure.
    Enclosure,
    /// RSS or Atom source.
    Source,
    /// media:content.
    MediaContent,
    /// media:group.
    MediaGroup,
    /// media:thumbnail.
    Thumbnail,
    /// reprint:translation.
    Translation,
    /// reprint:earlier.
    Earlier,
    /// reprint:translator.
    Maker,
    /// reprint:hop.
    Hop,
    /// at:deleted-entry.
    Deletion,
}

/// One line of the table.
#[derive(Debug, Clone, Copy)]
pub(super) struct Row {
    ns: Ns,
    name: &'static [u8],
    places: Places,
    /// What to do.
    pub action: Action,
    /// Precedence among elements that say the same; 0 is best.
    pub rank: u8,
}

const fn row(ns: Ns, name: &'static str, places: Places, action: Action, rank: u8) -> Row {
    Row { ns, name: name.as_bytes(), places, action, rank }
}

use Action::{Address, Enter, Plain, Rich};

/// Names are in lower case and compared without case. Rows of one name stand together. Atom's names are under `Core`.
static TABLE: &[Row] = &[
    // roots
    row(Ns::Core, "rss", DOCUMENT, Action::Root(Format::Rss20), 0),
    row(Ns::Rdf, "rdf", DOCUMENT, Action::Root(Format::Rss10), 0),
    row(Ns::Core, "rdf", DOCUMENT, Action::Root(Format::Rss10), 0),
    row(Ns::Core, "feed", DOCUMENT, Action::Root(Format::Atom10), 0),
    row(Ns::Core, "urlset", DOCUMENT, Action::Root(Format::Sitemap), 0),
    row(Ns::Core, "sitemapindex", DOCUMENT, Action::Root(Format::Sitemap), 0),
    row(Ns::Core, "html", DOCUMENT, Action::Page, 0),
    row(Ns::Xhtml, "html", DOCUMENT, Action::Page, 0),
    row(Ns::Core, "channel", DOCUMENT, Action::Root(Format::Cdf), 0),
    row(Ns::Core, "channel", FEED, Enter(Place::Feed), 0),
    // entries
    row(Ns::Core, "item", FEED | ENTRY | SOURCE | PERSON | IMAGE | GROUP | CONTENT, Action::Entry, 0),
    row(Ns::Core, "entry", DOCUMENT | FEED | ENTRY | SOURCE | PERSON | IMAGE | GROUP | CONTENT, Action::Entry, 0),
    row(Ns::Tombstones, "deleted-entry", FEED, Action::Deletion, 0),
    // identity and addresses
    row(Ns::Core, "id", ANY, Plain(Field::Id), 0),
    row(Ns::Core, "guid", ENTRY, Plain(Field::Guid), 0),
    row(Ns::Core, "link", ANY, Action::Link, 0),
    row(Ns::Core, "a", ENTRY, Action::Link, 1),
    row(Ns::FeedBurner, "origlink", ENTRY, Plain(Field::OriginalPage), 0),
    row(Ns::Core, "loc", ENTRY, Plain(Field::Link), 0),
    row(Ns::Core, "loc", ANNEX, Plain(Field::Follow), 0),
    row(Ns::Core, "sitemap", FEED, Enter(Place::Annex), 0),
    // texts
    row(Ns::Core, "title", ANY, Rich(Field::Title), 0),
    row(Ns::Dc, "title", ANY, Rich(Field::Title), 4),
    row(Ns::Dcterms, "title", ANY, Rich(Field::Title), 5),
    row(Ns::Core, "description", ANY, Rich(Field::Summary), 0),
    row(Ns::Core, "summary", ANY, Rich(Field::Summary), 0),
    row(Ns::Core, "subtitle", ANY, Rich(Field::Summary), 0),
    row(Ns::Core, "tagline", ANY, Rich(Field::Summary), 1),
    row(Ns::Core, "abstract", ANY, Rich(Field::Summary), 1),
    row(Ns::Core, "info", FEED, Rich(Field::Summary), 3),
    row(Ns::Dc, "description", ANY, Rich(Field::Summary), 4),
    row(Ns::Dcterms, "abstract", ANY, Rich(Field::Summary), 5),
    row(Ns::Itunes, "summary", ANY, Rich(Field::Summary), 6),
    row(Ns::Itunes, "subtitle", ANY, Rich(Field::Summary), 7),
    row(Ns::Core, "content", ENTRY, Rich(Field::Content), 0),
    row(Ns::Content, "encoded", ENTRY, Rich(Field::Content), 0),
    row(Ns::Core, "fullitem", ENTRY, Rich(Field::Content), 1),
    row(Ns::Core, "body", ENTRY, Rich(Field::Content), 2),
    row(Ns::Xhtml, "body", ENTRY, Rich(Field::Content), 2),
    row(Ns::Xhtml, "div", ENTRY, Rich(Field::Content), 3),
    // dates
    row(Ns::Core, "published", ANY, Plain(Field::Published), 0),
    row(Ns::Core, "pubdate", ANY, Plain(Field::Published), 0),
    row(Ns::Core, "issued", ANY, Plain(Field::Published), 0),
    row(Ns::Dcterms, "issued", ANY, Plain(Field::Published), 1),
    row(Ns::Prism, "publicationdate", ANY, Plain(Field::Published), 2),
    row(Ns::News, "publication_date", ANNEX, Plain(Field::Published), 0),
    row(Ns::Dcterms, "available", ANY, Plain(Field::Published), 6),
    row(Ns::Dcterms, "dateaccepted", ANY, Plain(Field::Published), 7),
    row(Ns::Core, "updated", ANY, Plain(Field::Updated), 0),
    row(Ns::Core, "modified", ANY, Plain(Field::Updated), 0),
    row(Ns::Core, "lastbuilddate", ANY, Plain(Field::Updated), 0),
    row(Ns::Core, "lastmod", ENTRY, Plain(Field::Updated), 0),
    row(Ns::Dcterms, "modified", ANY, Plain(Field::Updated), 1),
    row(Ns::Prism, "modificationdate", ANY, Plain(Field::Updated), 2),
    row(Ns::App, "edited", ENTRY, Plain(Field::Updated), 3),
    row(Ns::Core, "created", ENTRY, Plain(Field::Created), 1),
    row(Ns::Dcterms, "created", ENTRY, Plain(Field::Created), 0),
    row(Ns::Dc, "date", ANY, Plain(Field::Date), 0),
    row(Ns::Dcterms, "date", ANY, Plain(Field::Date), 1),
    // people
    row(Ns::Core, "author", ANY, Action::Person(Role::Author), 2),
    row(Ns::Core, "managingeditor", FEED, Action::Person(Role::Author), 2),
    row(Ns::Dc, "creator", ANY, Action::Person(Role::Author), 2),
    row(Ns::Dc, "author", ANY, Action::Person(Role::Author), 2),
    row(Ns::Dcterms, "creator", ANY, Action::Person(Role::Author), 3),
    row(Ns::Marcrel, "aut", ENTRY, Action::Person(Role::Author), 0),
    row(Ns::Itunes, "author", ANY, Action::Person(Role::Author), 5),
    row(Ns::Itunes, "owner", FEED, Action::Person(Role::Author), 6),
    row(Ns::Core, "contributor", ANY, Action::Person(Role::Contributor), 2),
    row(Ns::Dc, "contributor", ANY, Action::Person(Role::Contributor), 2),
    row(Ns::Dcterms, "contributor", ANY, Action::Person(Role::Contributor), 3),
    row(Ns::Marcrel, "trl", ENTRY, Action::Person(Role::Translator), 0),
    row(Ns::Core, "translator", ENTRY, Action::Person(Role::Translator), 1),
    row(Ns::Core, "name", PERSON, Plain(Field::Name), 0),
    row(Ns::Itunes, "name", PERSON, Plain(Field::Name), 0),
    row(Ns::Core, "uri", PERSON, Plain(Field::Uri), 0),
    row(Ns::Core, "url", DOCUMENT | FEED, Action::SitemapEntry, 0),
    row(Ns::Core, "url", PERSON, Plain(Field::Uri), 1),
    row(Ns::Core, "url", IMAGE, Plain(Field::Logo), 1),
    row(Ns::Core, "homepage", PERSON, Plain(Field::Uri), 1),
    row(Ns::Core, "email", PERSON, Plain(Field::Email), 0),
    row(Ns::Itunes, "email", PERSON, Plain(Field::Email), 0),
    row(Ns::Dc, "publisher", ANY, Plain(Field::Publisher), 0),
    row(Ns::Dcterms, "publisher", ANY, Plain(Field::Publisher), 1),
    row(Ns::Prism, "publicationname", ANY, Plain(Field::Publisher), 3),
    // categories
    row(Ns::Core, "category", ANY, Action::Category, 0),
    row(Ns::Core, "keywords", ANY, Plain(Field::Keywords), 0),
    row(Ns::Core, "tags", ENTRY, Plain(Field::Keywords), 0),
    row(Ns::Dc, "subject", ANY, Plain(Field::Category), 0),
    row(Ns::Dcterms, "subject", ANY, Plain(Field::Category), 0),
    row(Ns::Itunes, "category", ANY, Action::Category, 0),
    row(Ns::Itunes, "keywords", ANY, Plain(Field::Keywords), 0),
    row(Ns::Media, "category", MEDIA, Action::Category, 0),
    row(Ns::Media, "keywords", MEDIA, Plain(Field::MediaKeywords), 0),
    row(Ns::News, "keywords", ANNEX, Plain(Field::Keywords), 0),
    // where it comes from and on what terms
    row(Ns::Core, "source", ENTRY, Action::Source, 0),
    row(Ns::Dc, "source", ENTRY, Address(Field::DerivedFrom), 0),
    row(Ns::Dcterms, "source", ENTRY, Address(Field::DerivedFrom), 0),
    row(Ns::Dcterms, "isversionof", ENTRY, Address(Field::VersionOf), 0),
    row(Ns::Core, "rights", ANY, Rich(Field::Rights), 0),
    row(Ns::Core, "copyright", ANY, Rich(Field::Rights), 0),
    row(Ns::Dc, "rights", ANY, Rich(Field::Rights), 1),
    row(Ns::Dcterms, "rights", ANY, Rich(Field::Rights), 2),
    row(Ns::Prism, "copyright", ANY, Rich(Field::Rights), 4),
    row(Ns::Cc, "license", ANY, Address(Field::License), 0),
    row(Ns::CreativeCommons, "license", ANY, Address(Field::License), 0),
    row(Ns::Dcterms, "license", ANY, Address(Field::License), 0),
    row(Ns::Reprint, "translation", ENTRY, Action::Translation, 0),
    row(Ns::Reprint, "earlier", ENTRY, Action::Earlier, 0),
    row(Ns::Reprint, "translator", MAKING, Action::Maker, 0),
    row(Ns::Reprint, "hop", ENTRY, Action::Hop, 0),
    row(Ns::Reprint, "disclaimer", ENTRY, Plain(Field::Disclaimer), 0),
    row(Ns::App, "control", ENTRY, Enter(Place::Annex), 0),
    row(Ns::App, "draft", ANNEX, Plain(Field::Draft), 0),
    // discussion
    row(Ns::Core, "comments", ENTRY, Plain(Field::CommentsPage), 0),
    row(Ns::Slash, "comments", ENTRY, Plain(Field::CommentCount), 0),
    row(Ns::Thread, "total", ENTRY, Plain(Field::CommentCount), 0),
    // files and pictures
    row(Ns::Core, "enclosure", ENTRY, Action::Enclosure, 0),
    row(Ns::Media, "group", ENTRY, Action::MediaGroup, 0),
    row(Ns::Media, "content", ENTRY | GROUP, Action::MediaContent, 0),
    row(Ns::Media, "thumbnail", MEDIA, Action::Thumbnail, 0),
    row(Ns::Media, "title", MEDIA, Plain(Field::MediaTitle), 0),
    row(Ns::Media, "description", MEDIA, Plain(Field::MediaDescription), 0),
    row(Ns::Media, "text", MEDIA, Plain(Field::MediaDescription), 1),
    row(Ns::Media, "credit", MEDIA, Plain(Field::MediaCredit), 0),
    row(Ns::Media, "copyright", MEDIA, Plain(Field::MediaCopyright), 0),
    row(Ns::Core, "image", FEED, Enter(Place::Image), 0),
    row(Ns::Image, "image", ENTRY, Enter(Place::Annex), 0),
    row(Ns::Image, "loc", ANNEX, Plain(Field::ImageAddress), 0),
    row(Ns::Core, "logo", FEED, Address(Field::Logo), 0),
    row(Ns::Core, "icon", FEED, Plain(Field::Logo), 2),
    row(Ns::Itunes, "image", FEED | ENTRY, Address(Field::ImageAddress), 0),
    // the rest
    row(Ns::Core, "language", ANY, Plain(Field::Language), 0),
    row(Ns::Dc, "language", ANY, Plain(Field::Language), 1),
    row(Ns::Dcterms, "language", ANY, Plain(Field::Language), 2),
    row(Ns::Core, "generator", FEED, Plain(Field::Generator), 0),
    row(Ns::Core, "ttl", FEED, Plain(Field::Ttl), 0),
    row(Ns::News, "news", ENTRY, Enter(Place::Annex), 0),
    row(Ns::News, "publication", ANNEX, Enter(Place::Annex), 0),
    row(Ns::News, "name", ANNEX, Plain(Field::Publisher), 0),
    row(Ns::News, "language", ANNEX, Plain(Field::Language), 0),
    row(Ns::News, "title", ANNEX, Rich(Field::Title), 0),
];

const SLOTS: usize = 512;

/// First row of a name, by hash, 1-based; 0 is a free slot. Built when the program is compiled.
static INDEX: [u8; SLOTS] = index();

const fn index() -> [u8; SLOTS] {
    let mut slots = [0_u8; SLOTS];
    let mut at = 0;
    while at < TABLE.len() {
        if at == 0 || !same_key(&TABLE[at - 1], &TABLE[at]) {
            let mut slot = hash(TABLE[at].ns, TABLE[at].name);
            while slots[slot] != 0 {
                slot = (slot + 1) % SLOTS;
            }
            assert!(at < u8::MAX as usize);
            slots[slot] = at as u8 + 1;
        }
        at += 1;
    }
    slots
}

const fn same_key(a: &Row, b: &Row) -> bool {
    if a.ns as u8 != b.ns as u8 || a.name.len() != b.name.len() {
        return false;
    }
    let mut at = 0;
    while at < a.name.len() {
        if a.name[at] != b.name[at] {
            return false;
        }
        at += 1;
    }
    true
}

/// Length and three characters tell all names of a namespace apart well enough.
const fn hash(ns: Ns, name: &[u8]) -> usize {
    let len = name.len();
    if len == 0 {
        return 0;
    }
    let first = (name[0] | 0x20) as usize;
    let middle = (name[len / 2] | 0x20) as usize;
    let last = (name[len - 1] | 0x20) as usize;
    ((ns as usize) * 67 + len * 37 + first * 5 + middle * 29 + last * 113) % SLOTS
}

/// The row of an element met in a place.
pub(super) fn lookup(ns: Ns, name: &[u8], place: Place) -> Option<&'static Row> {
    if matches!(place, Place::Nowhere) {
        return None;
    }
    let ns = if ns == Ns::Atom { Ns::Core } else { ns };
    let mut slot = hash(ns, name);
    loop {
        let first = (INDEX[slot] as usize).checked_sub(1)?;
        let key = &TABLE[first];
        if key.ns == ns && key.name.eq_ignore_ascii_case(name) {
            let here = 1 << place as u16;
            return TABLE[first..].iter().take_while(|row| same_key(key, row)).find(|row| row.places & here != 0);
        }
        slot = (slot + 1) % SLOTS;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_is_found_and_rows_of_one_name_stand_together() {
        let places = [
            Place::Document,
            Place::Feed,
            Place::Entry,
            Place::Source,
            Place::Image,
            Place::Person,
            Place::MediaGroup,
            Place::MediaContent,
            Place::Annex,
        ];
        for row in TABLE {
            assert_eq!(row.name, row.name.to_ascii_lowercase(), "names are written in lower case");
            for place in places.iter().filter(|place| row.places & (1 << **place as u16) != 0) {
                let found = lookup(row.ns, row.name, *place).map(|found| found.action);
                assert_eq!(found, Some(row.action), "{} in {place:?}", String::from_utf8_lossy(row.name));
            }
        }
    }

    #[test]
    fn looking_up() {
        let check = |ns: Ns, name: &str, place: Place, expected: Option<Action>| {
            assert_eq!(lookup(ns, name.as_bytes(), place).map(|row| row.action), expected, "{name}");
        };
        check(Ns::Core, "pubDate", Place::Entry, Some(Plain(Field::Published)));
        check(Ns::Core, "TITLE", Place::Feed, Some(Rich(Field::Title)));
        check(Ns::Atom, "published", Place::Entry, Some(Plain(Field::Published)));
        check(Ns::Core, "url", Place::Image, Some(Plain(Field::Logo)));
        check(Ns::Core, "url", Place::Person, Some(Plain(Field::Uri)));
        check(Ns::Core, "url", Place::Entry, None);
        check(Ns::Media, "published", Place::Entry, None);
        check(Ns::Core, "title", Place::Nowhere, None);
        check(Ns::Core, "", Place::Entry, None);
        check(Ns::Foreign, "title", Place::Entry, None);
    }
}
