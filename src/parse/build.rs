//! What becomes of a field that has been read: feed, entry, source, person, picture.

use super::capture::{Captured, trimmed};
use super::draft::{Draft, Ranks, inherit, is_mojibake};
use super::people::{best_people, person_from_text};
use super::vocabulary::{Field, Place, Role};
use super::{Bounds, Findings};
use crate::model::{
    Category, Enclosure, FeedHead, Format, Link, Media, ParsedDeletion, ParsedEntry, ParsedFeed, ParsedProvenance, ParsedSource,
    Person, Text, TextKind, Unreadable,
};

/// Categories of one entry that are kept.
pub(super) const MOST_CATEGORIES: usize = 32;
/// Links, people, pictures, files of one entry that are kept: small elements must not become large structures without end.
pub(super) const MOST_PARTS: usize = 100;
/// Atom in RSS comes after what RSS itself says (RSS profile § 5.1.1).
pub(super) const GUEST: u8 = 16;
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
    /// The draft before, for its room.
    spare: Option<Box<Draft>>,
    entries: Vec<ParsedEntry>,
    deleted: Vec<ParsedDeletion>,
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
            spare: None,
            entries: Vec::new(),
            deleted: Vec::new(),
            follow: Vec::new(),
            source: None,
            person: Person::default(),
            role: (0, Role::Author),
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
        let mut draft = self.spare.take().unwrap_or_default();
        draft.begin(base, language);
        self.draft = Some(draft);
        Ok(())
    }

    /// Makes room when the first entries show how many there may be: `read` bytes have gone by since the first began, `left` are to come.
    pub fn expect(&mut self, read: usize, left: usize) {
        const SAMPLE: usize = 4;
        if self.entries.len() == SAMPLE {
            let more = left / (read / SAMPLE).max(1) + 1;
            self.entries.reserve(more.min(self.bounds.entries.saturating_sub(self.seen)).min(1_024));
        }
    }

    pub fn in_entry(&self) -> bool {
        self.draft.is_some()
    }

    /// An entry that is declared deleted; as many as there may be entries.
    pub fn deletion(&mut self, deletion: ParsedDeletion, findings: &mut Findings) {
        if self.deleted.len() < self.bounds.entries {
            self.deleted.push(deletion);
        } else {
            findings.add("too_many_deletions", || {
                format!("it declares more than {} entries deleted; the rest is left out", self.bounds.entries)
            });
        }
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
        let Some(mut draft) = self.draft.take() else { return };
        if let Some(field) = draft.too_long {
            findings.add("field_too_long", || format!("an entry was left out because its {field:?} is too long"));
            draft.discard();
        } else if draft.withheld {
            findings.add("draft_skipped", || "an entry marked as a draft was left out".to_owned());
            draft.discard();
        } else {
            let mut entry = draft.finish(self.format);
            if entry.title.as_ref().is_some_and(|title| is_mojibake(&title.value)) {
                findings
                    .add("mojibake_suspected", || "titles look like UTF-8 that was read as Latin-1 and written again".to_owned());
            }
            entry.complete = complete;
            self.entries.push(entry);
        }
        self.spare = Some(draft);
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
            (Some(draft), Role::Author) if draft.authors.len() < MOST_PARTS => push(&mut draft.authors, (rank, person)),
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
            draft.entry.links.reserve_exact(usize::from(draft.entry.links.is_empty()));
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
            push(categories, category);
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

    /// Somebody named inside of reprint:translation or reprint:earlier. A translator who is known by name already gets their page.
    pub fn maker(&mut self, place: Place, person: Person) {
        let Some(draft) = &mut self.draft else { return };
        let earlier = draft.entry.provenance.as_mut().and_then(|provenance| provenance.earlier.last_mut());
        let list = match (place, earlier) {
            (Place::Earlier, Some(earlier)) => &mut earlier.translators,
            (Place::Earlier, None) => return,
            _ => &mut draft.entry.translators,
        };
        let is_full = list.len() >= MOST_PARTS;
        match list.iter_mut().find(|known| known.name == person.name) {
            Some(known) => known.uri = known.uri.take().or(person.uri),
            None if is_full => {}
            None => list.push(person),
        }
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
        let empty_description = field == Field::Summary && place == Place::Feed;
        if value.value.is_empty() && !empty_description {
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
        // an empty description says that there is nothing to say, unless another one does
        if field == Field::Summary && value.value.is_empty() {
            head.subtitle.get_or_insert(value);
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
        self.head.authors = best_people(&mut self.head_authors);
        ParsedFeed {
            format: self.format,
            head: self.head,
            entries: self.entries,
            deleted: self.deleted,
            follow: self.follow,
            warnings: findings.into_warnings(),
        }
    }
}

/// Most lists of an entry have one part, and a list of four takes as much room as the rest of the entry.
pub(super) fn push<T>(list: &mut Vec<T>, part: T) {
    list.reserve_exact(usize::from(list.is_empty()));
    list.push(part);
}

/// More entries than a poll takes.
pub(super) fn too_many(bounds: Bounds) -> Unreadable {
    Unreadable::new(
        "too_many_items",
        format!("it has more than {} entries; raise limits.entries_per_poll if that is meant", bounds.entries),
    )
}
