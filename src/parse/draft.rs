//! An entry in the making: which of several elements that say the same is believed.

use std::sync::Arc;

use super::build::{GUEST, MOST_PARTS, push};
use super::people::best_people;
use super::vocabulary::{Field, Place};
use crate::model::{Format, Link, Media, ParsedEntry, Person, Text, TextKind};

/// Worse than any rank.
const UNSET: u8 = u8::MAX;
/// Number of fields that have a rank.
const FIELDS: usize = 48;

/// Ranks of what is already there.
#[derive(Debug)]
pub(super) struct Ranks([u8; FIELDS]);

impl Default for Ranks {
    fn default() -> Self {
        Self::NONE
    }
}

impl Ranks {
    pub const NONE: Self = Self([UNSET; FIELDS]);

    /// The field is still open for a value of that rank. Of equals the first stays, of equal dates the last: it was added later.
    pub fn admits(&mut self, field: Field, rank: u8) -> bool {
        let Some(best) = self.0.get_mut(field as usize) else { return false };
        let better = rank < *best || (rank == *best && matches!(field, Field::Published | Field::Updated));
        if better {
            *best = rank;
        }
        better
    }

    pub fn rank(&self, field: Field) -> u8 {
        self.0.get(field as usize).copied().unwrap_or(UNSET)
    }
}

/// An entry in the making.
#[derive(Debug, Default)]
pub(super) struct Draft {
    pub entry: ParsedEntry,
    pub ranks: Ranks,
    /// Content with its rank.
    pub content: Vec<(u8, Text)>,
    pub authors: Vec<(u8, Person)>,
    pub date: Option<String>,
    pub original_page: Option<String>,
    pub content_source: Option<String>,
    /// What the entry says of all its pictures.
    pub media: Media,
    /// Title and description of a picture, in case the entry has none.
    pub media_text: (Option<String>, Option<String>),
    pub group: Option<(usize, Media)>,
    pub open_media: Option<usize>,
    pub withheld: bool,
    pub too_long: Option<Field>,
}

impl Draft {
    /// An entry begins; `language` is what its own element says. Whatever the draft held before is gone, but for its room.
    pub fn begin(&mut self, base: Vec<String>, language: Option<&str>) {
        self.ranks = Ranks::NONE;
        if language.is_some() {
            self.ranks.admits(Field::Language, 3);
        }
        self.entry.base = base;
        self.entry.language = language.map(str::to_owned);
        self.entry.complete = true;
    }

    /// Puts a value where it belongs.
    pub fn store(&mut self, place: Place, field: Field, rank: u8, value: Text, flag: bool) {
        let entry = &mut self.entry;
        match field {
            Field::Content => {
                if self.content.len() < MOST_PARTS {
                    push(&mut self.content, (rank, value));
                }
                return;
            }
            // RSS feeds that send two descriptions send the short one first
            Field::Summary if rank <= 1 && self.ranks.rank(field) <= 1 && self.content.is_empty() => {
                push(&mut self.content, (GUEST, value));
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

    /// The entry was not worth keeping.
    pub fn discard(&mut self) {
        *self = Self::default();
    }

    /// The entry, when its element has ended. Leaves the draft empty.
    pub fn finish(&mut self, format: Format) -> ParsedEntry {
        let entry = &mut self.entry;
        if entry.published.is_none() {
            entry.published = self.date.take();
        } else if entry.updated.is_none() {
            entry.updated = self.date.take();
        }
        // HTML says more than text, the native element more than its substitutes
        self.content.sort_by_key(|(rank, text)| (*rank, text.kind == TextKind::Plain));
        entry.content = self.content.drain(..).map(|(_, text)| text).collect();
        entry.authors = best_people(&mut self.authors);
        let alone = entry.media.iter().filter(|media| !media.thumbnail).count() == 1;
        for media in &mut entry.media {
            inherit(media, &self.media, alone);
        }
        if let Some(href) = self.original_page.take() {
            entry.links.insert(0, Link { rel: "alternate".to_owned(), href, ..Link::default() });
        }
        if let Some(href) = self.content_source.take().filter(|_| entry.links.iter().all(|link| link.rel != "alternate")) {
            entry.links.push(Link { rel: "alternate".to_owned(), href, base: entry.base.clone(), ..Link::default() });
        }
        let plain = |value: String| Text {
            value,
            kind: TextKind::Plain,
            language: entry.language.as_deref().map(Arc::from),
            ..Text::default()
        };
        if entry.title.is_none() && format != Format::Sitemap {
            entry.title = self.media_text.0.take().map(plain);
        }
        if entry.summary.is_none() && entry.content.is_empty() {
            entry.summary = self.media_text.1.take().map(|value| Text { value, kind: TextKind::Unsaid, ..Text::default() });
        }
        // beside pictures it is the pictures' copyright
        if entry.rights.is_none() && entry.media.is_empty() {
            entry.rights = self.media.copyright.take().map(plain);
        }
        self.date = None;
        self.media_text = (None, None);
        self.media = Media::default();
        self.group = None;
        self.open_media = None;
        std::mem::take(&mut self.entry)
    }
}

/// Gives a picture what is said of all pictures around it. A title or description belongs to one picture, so only where there is one.
pub(super) fn inherit(media: &mut Media, said: &Media, texts: bool) {
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

/// Two or more characters that are the halves of one: the first byte of a UTF-8 sequence and a continuation byte, each written as a
/// character of its own.
pub(super) fn is_mojibake(text: &str) -> bool {
    // every one of the first halves begins with this byte
    if memchr::memchr(0xc3, text.as_bytes()).is_none() {
        return false;
    }
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

#[cfg(test)]
mod tests {
    use super::*;

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
}
