//! What becomes of a field that has been read: feed, entry, source, person, picture.

use super::capture::{Captured, trimmed};
use super::vocabulary::{Field, Place, Role};
use super::{Bounds, Findings};
use crate::model::{
    Category, Enclosure, FeedHead, Format, Link, Media, ParsedEntry, ParsedFeed, ParsedProvenance, ParsedSource, Person, Text,
    TextKind, Unreadable,
};

/// Categories of one entry that are kept.
pub(super) const MOST_CATEGORIES: usize = 32;
/// Links, people, pictures, files of one entry that are kept: small elements must not become large structures without end.
pub(super) const MOST_PARTS: usize = 100;
/// Atom in RSS comes after what RSS itself says (RSS profile § 5.1.1).
pub(super) const GUEST: u8 = 16;
/// Worse than any rank.
const UNSET: u8 = u8::MAX;
/// Number of fields that have a rank.
const FIELDS: usize = 48;

/// Ranks of what is already there.
#[derive(Debug)]
struct Ranks([u8; FIELDS]);

impl Ranks {
    const NONE: Self = Self([UNSET; FIELDS]);

    /// The field is still open for a value of that rank. Of equals the first stays, of equal dates the last: it was added later.
    fn admits(&mut self, field: Field, rank: u8) -> bool {
        let Some(best) = self.0.get_mut(field as usize) else { return false };
        let better = rank < *best || (rank == *best && matches!(field, Field::Published | Field::Updated));
        if better {
            *best = rank;
        }
        better
    }

    fn rank(&self, field: Field) -> u8 {
        self.0.get(field as usize).copied().unwrap_or(UNSET)
    }
}

/// An entry in the making.
#[derive(Debug)]
struct Draft {
    entry: ParsedEntry,
    ranks: Ranks,
    /// Content with its rank.
    content: Vec<(u8, Text)>,
    authors: Vec<(u8, Person)>,
    date: Option<String>,
    original_page: Option<String>,
    content_source: Option<String>,
    /// What the entry says of all its pictures.
    media: Media,
    /// Title and description of a picture, in case the entry has none.
    media_text: (Option<String>, Option<String>),
    group: Option<(usize, Media)>,
    open_media: Option<usize>,
    withheld: bool,
    too_long: Option<Field>,
}

/// Collects a feed.
#[derive(Debug)]
pub(super) struct Builder {
    format: Format,
    bounds: Bounds,
    seen: usize,
    head: FeedHead,
    ranks: Ranks,
    head_date: Option<String>,
    head_authors: Vec<(u8, Person)>,
    draft: Option<Box<Draft>>,
    entries: Vec<ParsedEntry>,
    follow: Vec<String>,
    source: Option<ParsedSource>,
    person: Person,
    role: (u8, Role),
}

impl Builder {
    pub fn new(format: Format, bounds: Bounds) -> Self {
        Self {
            format,
            bounds,
            seen: 0,
            head: FeedHead::default(),
            ranks: Ranks::NONE,
            head_date: None,
            head_authors: Vec::new(),
            draft: None,
            entries: Vec::new(),
            follow: Vec::new(),
            source: None,
            person: Person::default(),
            role: (UNSET, Role::Author),
        }
    }

    pub fn format(&self) -> Format {
        self.format
    }

    pub fn set_format(&mut self, format: Format) {
        self.format = format;
    }

    /// Something of a feed has been met: entries, a title, a link.
    pub fn is_feed(&self) -> bool {
        self.seen > 0
            || self.head.title.is_some()
            || !self.head.links.is_empty()
            || self.head.id.is_some()
            || !self.follow.is_empty()
    }

    /// Neither an entry nor an address to go to.
    pub fn is_empty(&self) -> bool {
        self.seen == 0 && self.follow.is_empty()
    }

    pub fn head_mut(&mut self) -> &mut FeedHead {
        &mut self.head
    }

    /// Language given by xml:lang of the feed element.
    pub fn set_head_language(&mut self, language: &str) {
        if self.ranks.admits(Field::Language, 3) {
            self.head.language = Some(language.to_owned());
        }
    }

    pub fn set_head_id(&mut self, id: String) {
        if self.ranks.admits(Field::Id, 1) {
            self.head.id = Some(id);
        }
    }

    /// Begins an entry. The bound is checked before anything is built.
    pub fn open_entry(&mut self, base: Vec<String>, language: Option<&str>) -> Result<(), Unreadable> {
        self.seen += 1;
        if self.seen > self.bounds.entries {
            return Err(too_many(self.bounds));
        }
        let mut ranks = Ranks::NONE;
        if language.is_some() {
            ranks.admits(Field::Language, 3);
        }
        let entry = ParsedEntry { base, language: language.map(str::to_owned), complete: true, ..ParsedEntry::default() };
        self.draft = Some(Box::new(Draft {
            entry,
            ranks,
            content: Vec::new(),
            authors: Vec::new(),
            date: None,
            original_page: None,
            content_source: None,
            media: Media::default(),
            media_text: (None, None),
            group: None,
            open_media: None,
            withheld: false,
            too_long: None,
        }));
        Ok(())
    }

    pub fn in_entry(&self) -> bool {
        self.draft.is_some()
    }

    /// rdf:about of an item.
    pub fn set_entry_id(&mut self, id: String) {
        if let Some(draft) = self.draft.as_mut()
            && draft.ranks.admits(Field::Id, 1)
        {
            draft.entry.id = Some(id);
        }
    }

    /// Ends an entry; `complete` is false when the document ended inside.
    pub fn close_entry(&mut self, complete: bool, findings: &mut Findings) {
        let Some(draft) = self.draft.take() else { return };
        if let Some(field) = draft.too_long {
            findings.add("field_too_long", || format!("an entry was left out because its {field:?} is too long"));
        } else if draft.withheld {
            findings.add("draft_skipped", || "an entry marked as a draft was left out".to_owned());
        } else {
            let mut entry = draft.finish(self.format);
            if entry.title.as_ref().is_some_and(|title| is_mojibake(&title.value)) {
                findings
                    .add("mojibake_suspected", || "titles look like UTF-8 that was read as Latin-1 and written again".to_owned());
            }
            entry.complete = complete;
            self.entries.push(entry);
        }
    }

    pub fn open_source(&mut self) {
        self.source = Some(ParsedSource::default());
    }

    /// Ends a source; `text` is what stands in it outside of any element (the title, in RSS).
    pub fn close_source(&mut self, address: Option<String>, text: String) {
        let (Some(mut source), Some(draft)) = (self.source.take(), &mut self.draft) else { return };
        if let Some(href) = address {
            source.links.push(Link { rel: "self".to_owned(), href, ..Link::default() });
        }
        let text = trimmed(text);
        if source.title.is_none() && !text.is_empty() {
            source.title = Some(Text { value: text, kind: TextKind::Unsaid, ..Text::default() });
        }
        let said = source.title.is_some() || source.id.is_some() || !source.links.is_empty() || !source.authors.is_empty();
        if draft.entry.source.is_none() && said {
            draft.entry.source = Some(source);
        }
    }

    pub fn open_person(&mut self, role: Role, rank: u8) {
        self.person = Person::default();
        self.role = (rank, role);
    }

    /// Ends a person; `text` is what stands in it outside of any element (all there is, in RSS).
    pub fn close_person(&mut self, place: Place, text: &str) {
        let mut person = std::mem::take(&mut self.person);
        if person == Person::default() {
            person = person_from_text(text);
        }
        if person == Person::default() {
            return;
        }
        let (rank, role) = self.role;
        if let (Place::Source, Some(source)) = (place, &mut self.source) {
            if role == Role::Author && source.authors.len() < MOST_PARTS {
                source.authors.push(person);
            }
            return;
        }
        match (&mut self.draft, role) {
            (Some(draft), Role::Author) if draft.authors.len() < MOST_PARTS => draft.authors.push((rank, person)),
            (Some(draft), Role::Contributor) if draft.entry.contributors.len() < MOST_PARTS => {
                draft.entry.contributors.push(person)
            }
            (Some(draft), Role::Translator) if draft.entry.translators.len() < MOST_PARTS => draft.entry.translators.push(person),
            (None, Role::Author) if self.head_authors.len() < MOST_PARTS => self.head_authors.push((rank, person)),
            _ => {}
        }
    }

    /// Takes a link with attributes. `count` and `length` are attributes that belong to other lists.
    pub fn link(&mut self, place: Place, link: Link, length: Option<String>, count: Option<String>, guest: bool) {
        if link.href.is_empty() {
            return;
        }
        if let (Place::Source, Some(source)) = (place, &mut self.source) {
            if source.links.len() < MOST_PARTS {
                source.links.push(link);
            }
            return;
        }
        let Some(draft) = &mut self.draft else {
            if link.rel == "license" && self.head.licenses.len() < MOST_PARTS {
                self.head.licenses.push(link.href.clone());
            }
            if self.head.links.len() < MOST_PARTS {
                self.head.links.push(link);
            }
            return;
        };
        match link.rel.as_str() {
            "enclosure" => {
                let Link { href: url, media_type, title, .. } = link;
                if draft.entry.enclosures.len() < MOST_PARTS {
                    draft.entry.enclosures.push(Enclosure { url, media_type, length, title });
                }
                return;
            }
            "license" if draft.entry.licenses.len() < MOST_PARTS => draft.entry.licenses.push(link.href.clone()),
            "replies" => {
                if let Some(count) = count.filter(|_| draft.ranks.admits(Field::CommentCount, 1)) {
                    draft.entry.comment_count = Some(count);
                }
                let page = link.media_type.as_deref().is_some_and(|media_type| media_type.starts_with("text/html"));
                if page && draft.ranks.admits(Field::CommentsPage, 1) {
                    draft.entry.comments_url = Some(link.href.clone());
                }
            }
            _ => {}
        }
        if draft.entry.links.len() < MOST_PARTS {
            // an RSS link is the item's page, whatever links of Atom stand before it
            let first = !guest && link.rel == "alternate" && draft.ranks.rank(Field::Link) > 0;
            if link.rel == "alternate" {
                draft.ranks.admits(Field::Link, if guest { GUEST } else { 0 });
            }
            let at = if first { draft.entry.links.iter().position(|other| other.rel == "alternate") } else { None };
            draft.entry.links.insert(at.unwrap_or(draft.entry.links.len()), link);
        }
    }

    pub fn category(&mut self, place: Place, category: Category, findings: &mut Findings) {
        let Category { term, label, .. } = &category;
        if (term.is_empty() && label.is_none()) || place == Place::Source {
            return;
        }
        let categories = match &mut self.draft {
            Some(draft) => &mut draft.entry.categories,
            None => &mut self.head.categories,
        };
        if categories.contains(&category) {
            return;
        }
        if categories.len() >= MOST_CATEGORIES {
            findings.add("too_many_categories", || format!("of an entry's categories the first {MOST_CATEGORIES} were kept"));
        } else {
            categories.push(category);
        }
    }

    pub fn enclosure(&mut self, enclosure: Enclosure) {
        if let Some(draft) = self.draft.as_mut().filter(|draft| draft.entry.enclosures.len() < MOST_PARTS) {
            draft.entry.enclosures.push(enclosure);
        }
    }

    pub fn open_media(&mut self, media: Media) {
        if let Some(draft) = self.draft.as_mut().filter(|draft| draft.entry.media.len() < MOST_PARTS) {
            draft.open_media = Some(draft.entry.media.len());
            draft.entry.media.push(media);
        }
    }

    pub fn close_media(&mut self) {
        if let Some(draft) = &mut self.draft {
            draft.open_media = None;
        }
    }

    pub fn media(&mut self, media: Media) {
        if let Some(draft) = self.draft.as_mut().filter(|draft| draft.entry.media.len() < MOST_PARTS && !media.url.is_empty()) {
            draft.entry.media.push(media);
        }
    }

    pub fn open_group(&mut self) {
        if let Some(draft) = &mut self.draft {
            draft.group = Some((draft.entry.media.len(), Media::default()));
        }
    }

    /// What a group says holds for every object in it (Media RSS 1.5.1, "Optional elements").
    pub fn close_group(&mut self) {
        let Some(draft) = &mut self.draft else { return };
        if let Some((start, said)) = draft.group.take() {
            for media in draft.entry.media.iter_mut().skip(start) {
                inherit(media, &said, true);
            }
        }
    }

    pub fn provenance(&mut self) -> Option<&mut ParsedProvenance> {
        self.draft.as_mut().map(|draft| draft.entry.provenance.get_or_insert_default())
    }

    /// content@src: the content lies elsewhere.
    pub fn content_source(&mut self, href: String) {
        if let Some(draft) = self.draft.as_mut().filter(|_| !href.is_empty()) {
            draft.content_source.get_or_insert(href);
        }
    }

    /// Puts a value where it belongs.
    pub fn store(&mut self, place: Place, captured: Captured, findings: &mut Findings) {
        if captured.overflow {
            match &mut self.draft {
                Some(draft) => {
                    draft.too_long.get_or_insert(captured.field);
                }
                None => findings.add("field_too_long", || format!("the feed's {:?} was cut", captured.field)),
            }
        }
        let Captured { field, rank, value, extra, flag, .. } = captured;
        if value.value.is_empty() {
            return;
        }
        match (place, field) {
            (_, Field::Follow) => {
                if self.follow.len() < self.bounds.entries {
                    self.follow.push(value.value);
                }
            }
            (Place::Person, _) => self.store_person(field, value.value),
            (_, Field::Category) => {
                let label = None;
                self.category(place, Category { term: value.value, scheme: extra, label }, findings);
            }
            (_, Field::Keywords | Field::MediaKeywords) => {
                for term in value.value.split([',', ',', '、', ';']).map(str::trim).filter(|term| !term.is_empty()) {
                    self.category(place, Category { term: term.to_owned(), ..Category::default() }, findings);
                }
            }
            (_, Field::Link) => {
                let rel = extra.unwrap_or_else(|| "alternate".to_owned());
                let link = Link { rel, href: value.value, base: value.base, ..Link::default() };
                self.link(place, link, None, None, rank >= GUEST);
            }
            (Place::Source, _) => self.store_source(field, value),
            _ => match &mut self.draft {
                Some(draft) => draft.store(place, field, rank, value, flag),
                None => self.store_head(field, rank, value),
            },
        }
    }

    fn store_person(&mut self, field: Field, value: String) {
        let slot = match field {
            Field::Name => &mut self.person.name,
            Field::Uri => &mut self.person.uri,
            Field::Email => &mut self.person.email,
            _ => return,
        };
        slot.get_or_insert(value);
    }

    fn store_source(&mut self, field: Field, value: Text) {
        let Some(source) = &mut self.source else { return };
        match field {
            Field::Id => _ = source.id.get_or_insert(value.value),
            Field::Title => _ = source.title.get_or_insert(value),
            Field::Rights => _ = source.rights.get_or_insert(value),
            Field::Updated | Field::Date => _ = source.updated.get_or_insert(value.value),
            Field::License => {
                let rel = "license".to_owned();
                source.links.push(Link { rel, href: value.value, base: value.base, ..Link::default() });
            }
            _ => {}
        }
    }

    fn store_head(&mut self, field: Field, rank: u8, value: Text) {
        let head = &mut self.head;
        if field == Field::License {
            if head.licenses.len() < MOST_PARTS {
                head.licenses.push(value.value);
            }
            return;
        }
        if field == Field::Date {
            self.head_date.get_or_insert(value.value);
            return;
        }
        if !self.ranks.admits(field, rank) {
            return;
        }
        match field {
            Field::Id => head.id = Some(value.value),
            Field::Title => head.title = Some(value),
            Field::Summary => head.subtitle = Some(value),
            Field::Published => head.published = Some(value.value),
            Field::Updated => head.updated = Some(value.value),
            Field::Rights => head.rights = Some(value),
            Field::Language => head.language = Some(value.value),
            Field::Publisher => head.publisher = Some(value.value),
            Field::Generator => head.generator = Some(value.value),
            Field::Ttl => head.ttl = Some(value.value),
            Field::Logo => head.image = Some(value.value),
            Field::ImageAddress => _ = head.image.get_or_insert(value.value),
            _ => {}
        }
    }

    /// The feed, when the document has ended.
    pub fn finish(mut self, findings: Findings) -> ParsedFeed {
        if self.head.updated.is_none() {
            self.head.updated = self.head_date;
        }
        self.head.authors = best_people(self.head_authors);
        ParsedFeed {
            format: self.format,
            head: self.head,
            entries: self.entries,
            follow: self.follow,
            warnings: findings.into_warnings(),
        }
    }
}

impl Draft {
    fn store(&mut self, place: Place, field: Field, rank: u8, value: Text, flag: bool) {
        let entry = &mut self.entry;
        match field {
            Field::Content => {
                if self.content.len() < MOST_PARTS {
                    self.content.push((rank, value));
                }
                return;
            }
            // RSS feeds that send two descriptions send the short one first
            Field::Summary if rank <= 1 && self.ranks.rank(field) <= 1 && self.content.is_empty() => {
                self.content.push((GUEST, value));
                return;
            }
            Field::Date => {
                self.date.get_or_insert(value.value);
                return;
            }
            Field::License => {
                if entry.licenses.len() < MOST_PARTS {
                    entry.licenses.push(value.value);
                }
                return;
            }
            Field::VersionOf | Field::DerivedFrom => {
                let rel = if field == Field::VersionOf { "isVersionOf" } else { "source" }.to_owned();
                if entry.derived_from.len() < MOST_PARTS {
                    entry.derived_from.push(Link { rel, href: value.value, base: value.base, ..Link::default() });
                }
                return;
            }
            Field::Disclaimer => {
                let disclaimers = &mut entry.provenance.get_or_insert_default().disclaimers;
                if disclaimers.len() < MOST_PARTS {
                    disclaimers.push(value.value);
                }
                return;
            }
            Field::ThumbnailText | Field::ImageAddress => {
                if entry.media.len() < MOST_PARTS {
                    let medium = (field == Field::ImageAddress).then(|| "image".to_owned());
                    entry.media.push(Media {
                        url: value.value,
                        medium,
                        thumbnail: field == Field::ThumbnailText,
                        ..Media::default()
                    });
                }
                return;
            }
            Field::MediaTitle | Field::MediaDescription | Field::MediaCredit | Field::MediaCopyright => {
                self.store_media(place, field, value.value);
                return;
            }
            Field::Draft => {
                self.withheld |= value.value.eq_ignore_ascii_case("yes");
                return;
            }
            _ => {}
        }
        if !self.ranks.admits(if field == Field::Guid { Field::Id } else { field }, rank) {
            return;
        }
        match field {
            Field::Id => entry.id = Some(value.value),
            Field::Guid => {
                entry.id = Some(value.value);
                entry.id_is_permalink = flag;
            }
            Field::Title => entry.title = Some(value),
            Field::Summary => entry.summary = Some(value),
            Field::Published => entry.published = Some(value.value),
            Field::Updated => entry.updated = Some(value.value),
            Field::Created => entry.created = Some(value.value),
            Field::Rights => entry.rights = Some(value),
            Field::Language => entry.language = Some(value.value),
            Field::Publisher => entry.publisher = Some(value.value),
            Field::CommentsPage => entry.comments_url = Some(value.value),
            Field::CommentCount => entry.comment_count = Some(value.value),
            Field::OriginalPage => self.original_page = Some(value.value),
            _ => {}
        }
    }

    fn store_media(&mut self, place: Place, field: Field, value: String) {
        if field == Field::MediaTitle {
            self.media_text.0.get_or_insert_with(|| value.clone());
        } else if field == Field::MediaDescription {
            self.media_text.1.get_or_insert_with(|| value.clone());
        }
        let target = match (place, self.open_media, &mut self.group) {
            (Place::MediaContent, Some(open), _) => self.entry.media.get_mut(open),
            (Place::MediaGroup, _, Some((_, said))) => Some(said),
            _ => Some(&mut self.media),
        };
        let Some(media) = target else { return };
        let slot = match field {
            Field::MediaTitle => &mut media.title,
            Field::MediaDescription => &mut media.description,
            Field::MediaCredit => &mut media.credit,
            _ => &mut media.copyright,
        };
        slot.get_or_insert(value);
    }

    fn finish(mut self, format: Format) -> ParsedEntry {
        let entry = &mut self.entry;
        if entry.published.is_none() {
            entry.published = self.date;
        } else if entry.updated.is_none() {
            entry.updated = self.date;
        }
        // HTML says more than text, the native element more than its substitutes
        self.content.sort_by_key(|(rank, text)| (*rank, text.kind == TextKind::Plain));
        entry.content = self.content.into_iter().map(|(_, text)| text).collect();
        entry.authors = best_people(self.authors);
        let alone = entry.media.iter().filter(|media| !media.thumbnail).count() == 1;
        for media in &mut entry.media {
            inherit(media, &self.media, alone);
        }
        if let Some(href) = self.original_page {
            entry.links.insert(0, Link { rel: "alternate".to_owned(), href, ..Link::default() });
        }
        if let Some(href) = self.content_source.filter(|_| entry.links.iter().all(|link| link.rel != "alternate")) {
            entry.links.push(Link { rel: "alternate".to_owned(), href, base: entry.base.clone(), ..Link::default() });
        }
        let plain = |value: String| Text { value, kind: TextKind::Plain, language: entry.language.clone(), ..Text::default() };
        if entry.title.is_none() && format != Format::Sitemap {
            entry.title = self.media_text.0.map(plain);
        }
        if entry.summary.is_none() && entry.content.is_empty() {
            entry.summary = self.media_text.1.map(|value| Text { value, kind: TextKind::Unsaid, ..Text::default() });
        }
        if entry.rights.is_none() {
            entry.rights = self.media.copyright.map(plain);
        }
        self.entry
    }
}

/// Gives a picture what is said of all pictures around it. A title or description belongs to one picture, so only where there is one.
fn inherit(media: &mut Media, said: &Media, texts: bool) {
    let or = |slot: &mut Option<String>, from: &Option<String>| {
        if slot.is_none() {
            slot.clone_from(from);
        }
    };
    or(&mut media.credit, &said.credit);
    or(&mut media.copyright, &said.copyright);
    if texts {
        or(&mut media.title, &said.title);
        or(&mut media.description, &said.description);
    }
}

/// People in document order, without those that a better element makes superfluous (itunes:author beside author, the byline of
/// dc:creator beside marcrel:aut) and without repetitions.
fn best_people(mut people: Vec<(u8, Person)>) -> Vec<Person> {
    let best = people.iter().map(|(rank, _)| *rank).min().unwrap_or(UNSET);
    people.retain(|(rank, _)| (best == 0) == (*rank == 0) && (best > 4 || *rank <= 4 || *rank >= GUEST));
    let mut kept: Vec<Person> = Vec::with_capacity(people.len());
    for (_, person) in people {
        let agree = |one: &Option<String>, other: &Option<String>| one.is_some() && one == other;
        let differ = |one: &Option<String>, other: &Option<String>| one.is_some() && other.is_some() && one != other;
        let same = |other: &Person| {
            (agree(&other.name, &person.name) && !differ(&other.email, &person.email) && !differ(&other.uri, &person.uri))
                || (agree(&other.email, &person.email) && !differ(&other.name, &person.name))
        };
        match kept.iter_mut().find(|other| same(other)) {
            Some(other) => {
                other.name = other.name.take().or(person.name);
                other.email = other.email.take().or(person.email);
                other.uri = other.uri.take().or(person.uri);
            }
            None => kept.push(person),
        }
    }
    kept
}

/// A person written in a line: `desk@a.example (Desk)`, `Desk <desk@a.example>`, or a name.
pub(super) fn person_from_text(text: &str) -> Person {
    let text = text.trim();
    let none = |text: &str| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
    let Some(email) = text
        .split(|c: char| c.is_whitespace() || "()<>,;\"'[]".contains(c))
        .find(|word| is_email(word.trim_start_matches("mailto:")))
    else {
        return Person { name: none(text), ..Person::default() };
    };
    let address = email.trim_start_matches("mailto:");
    let (before, after) = text.split_once(email).unwrap_or((text, ""));
    let clean = |part: &str| part.trim_matches(|c: char| c.is_whitespace() || "()<>[]\"'".contains(c)).to_owned();
    let (before, after) = (clean(before), clean(after));
    let name = [before, after].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ");
    Person { name: none(&name), email: Some(address.to_owned()), uri: None }
}

/// Looks like an addr-spec (RFC 5322 § 3.4.1), as far as telling it from a name needs.
fn is_email(word: &str) -> bool {
    let Some((local, domain)) = word.split_once('@') else { return false };
    let fits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"._%+-".contains(&b));
    fits(local) && fits(domain) && domain.contains('.') && !domain.ends_with('.')
}

/// Two or more characters that are the halves of one: the first byte of a UTF-8 sequence and a continuation byte, each written as a
/// character of its own.
fn is_mojibake(text: &str) -> bool {
    let mut halves = 0;
    let mut lead = false;
    for c in text.chars() {
        // the second half comes as it is, or by way of windows-1252; marks that follow a real "à" do not count
        let second = matches!(
            c,
            '\u{80}'
                ..='\u{bf}'
                    | '€'
                    | '‚'
                    | '„'
                    | '†'
                    | '‡'
                    | 'ˆ'
                    | '‰'
                    | '‹'
                    | '•'
                    | '–'
                    | '—'
                    | '˜'
                    | '™'
                    | 'š'
                    | 'œ'
                    | 'ž'
                    | 'Ÿ'
        );
        halves += usize::from(lead && second);
        lead = matches!(c, '\u{c2}'..='\u{f4}');
    }
    halves >= 2
}

/// More entries than a poll takes.
pub(super) fn too_many(bounds: Bounds) -> Unreadable {
    Unreadable::new(
        "too_many_items",
        format!("it has more than {} entries; raise limits.entries_per_poll if that is meant", bounds.entries),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_in_a_line() {
        let check = |text: &str, name: Option<&str>, email: Option<&str>| {
            let person = person_from_text(text);
            assert_eq!((person.name.as_deref(), person.email.as_deref()), (name, email), "{text}");
        };
        check("desk@harbour.example (Desk)", Some("Desk"), Some("desk@harbour.example"));
        check("Desk <desk@harbour.example>", Some("Desk"), Some("desk@harbour.example"));
        check("desk@harbour.example", None, Some("desk@harbour.example"));
        check("mailto:desk@harbour.example", None, Some("desk@harbour.example"));
        check("Mira Ost (desk@harbour.example)", Some("Mira Ost"), Some("desk@harbour.example"));
        check(" 林书白 ", Some("林书白"), None);
        check("陈默(记者)", Some("陈默(记者)"), None);
        check("@handle", Some("@handle"), None);
        check("", None, None);
    }

    #[test]
    fn mojibake() {
        let check = |text: &str, expected: bool| assert_eq!(is_mojibake(text), expected, "{text}");
        check("çº½æ—¶", true);
        check("Ã©tÃ©", true);
        check("été à la mer", false);
        check("新闻头条", false);
        check("Größe", false);
        check("", false);
    }

    #[test]
    fn the_best_people_once() {
        let person =
            |name: &str, email: Option<&str>| Person { name: Some(name.to_owned()), email: email.map(str::to_owned), uri: None };
        let check = |people: Vec<(u8, Person)>, expected: &[&str]| {
            let names: Vec<String> = best_people(people).into_iter().filter_map(|person| person.name).collect();
            assert_eq!(names, expected);
        };
        check(vec![(2, person("A", None)), (2, person("B", None)), (2, person("A", None))], &["A", "B"]);
        check(vec![(2, person("A / B(译)", None)), (0, person("A", None))], &["A"]);
        check(vec![(5, person("Podcast", None)), (2, person("A", None))], &["A"]);
        check(vec![(5, person("Podcast", None))], &["Podcast"]);
        check(vec![(2, person("A", None)), (2, person("A", Some("a@b.example")))], &["A"]);
        check(vec![(2, person("A", Some("x@b.example"))), (2, person("A", Some("a@b.example")))], &["A", "A"]);
        check(vec![], &[]);
    }
}
