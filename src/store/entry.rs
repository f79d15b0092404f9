//! An entry of a document as the store compares it: its marks, its place in the document, the hash of what readers see.

use sha2::{Digest, Sha256};

use super::identity::{self, Standing, hex};
use crate::model::{Article, Precision, Verdict};

/// Hexadecimal digits of a mark: 96 bits, among the articles of one outlet.
const MARK_DIGITS: usize = 24;

/// Letters and digits from which on a text is enough to know an article by: a shorter one ("Sunny.") comes again with another article.
const TELLING_TEXT: usize = 64;

/// A complete entry of a document.
#[derive(Debug)]
pub struct Entry<'a> {
    /// The article.
    pub article: &'a Article,
    /// With its provenance, or held.
    pub standing: Standing<'a>,
    /// Hash of what readers see.
    pub hash: [u8; 32],
    /// Mark of its guid.
    pub guid: Option<String>,
    /// Mark of its page.
    pub address: Option<String>,
    /// Marks of its content.
    pub content: Content,
}

/// Two of three facts each: an article of which one fact was corrected still has one of the marks.
#[derive(Debug, Default)]
pub struct Content {
    /// Title and text.
    pub story: Option<String>,
    /// Title and date.
    pub title_dated: Option<String>,
    /// Text and date.
    pub text_dated: Option<String>,
}

impl Content {
    /// Those there are, the most telling first.
    pub fn marks(&self) -> impl Iterator<Item = &str> {
        [&self.story, &self.text_dated, &self.title_dated].into_iter().filter_map(|mark| mark.as_deref())
    }
}

impl<'a> Entry<'a> {
    /// The entry of a verdict; `None` when the end of the document cut it off: the next poll brings it whole.
    pub fn of(verdict: &'a Verdict) -> Option<Self> {
        let (article, standing) = match verdict {
            Verdict::Ready(ready) => (&ready.article, Standing::Ready(&ready.provenance)),
            Verdict::Held { article, code, reason } => (&**article, Standing::Held { code, reason }),
        };
        if !article.complete {
            return None;
        }
        let marks = &article.marks;
        let nothing = marks.guid.is_none() && marks.address.is_none() && marks.title.is_none() && marks.text.is_none();
        // An article that has nothing else is known by what its outlet calls it.
        let guid = if nothing { Some(&article.source_key) } else { marks.guid.as_ref() };
        Some(Self {
            article,
            standing,
            hash: identity::content_hash(article, standing),
            guid: guid.map(|guid| mark('g', &[guid.as_bytes()])),
            address: marks.address.as_ref().map(|address| mark('a', &[address.as_bytes()])),
            content: content(article),
        })
    }

    /// It can be published.
    pub fn is_ready(&self) -> bool {
        matches!(self.standing, Standing::Ready(_))
    }

    /// Its text is long enough to be nobody else's.
    pub fn has_telling_text(&self) -> bool {
        self.article.marks.text_length >= TELLING_TEXT
    }

    /// Its date of publication as far as it tells articles apart: many appear on one day.
    pub fn dated(&self) -> Option<i64> {
        dated(self.article)
    }
}

/// The mark of a guid (`g`) or of an address (`a`) in the form of [`crate::model::Marks`].
pub fn identifier(kind: char, value: &str) -> String {
    mark(kind, &[value.as_bytes()])
}

fn dated(article: &Article) -> Option<i64> {
    article.published.filter(|published| published.precision <= Precision::Minute).map(|published| published.at.timestamp())
}

fn content(article: &Article) -> Content {
    let date = dated(article).map(i64::to_le_bytes);
    let both = |kind, one: Option<&[u8]>, other: Option<&[u8]>| Some(mark(kind, &[one?, other?]));
    let [title, text] = [&article.marks.title, &article.marks.text].map(|digest| digest.as_ref().map(<[u8; 16]>::as_slice));
    let date = date.as_ref().map(<[u8; 8]>::as_slice);
    Content { story: both('s', title, text), title_dated: both('t', title, date), text_dated: both('x', text, date) }
}

/// The parts are either one or all of a fixed length, so that no two lists of parts give the same bytes.
fn mark(kind: char, parts: &[&[u8]]) -> String {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update(part);
    }
    let mut mark = String::with_capacity(1 + 64);
    mark.push(kind);
    mark.push_str(&hex(&hash.finalize()));
    mark.truncate(1 + MARK_DIGITS);
    mark
}
