//! What `normalize` makes of an entry: an article in our own terms.

use chrono::{DateTime, Utc};
use url::Url;

use super::{Category, Evidence, ParsedProvenance, Person, Warning};

/// HTML that has been through the sanitizer: balanced, allow-listed, absolute http(s) addresses only.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Html(String);

impl Html {
    /// Takes HTML that the caller has sanitized or built from escaped text. `normalize` (on the way in) and the store (coming back)
    /// are the two callers.
    pub fn from_sanitized(source: String) -> Self {
        Self(source)
    }

    /// The HTML source.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Nothing in it.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// How exactly a time was given.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Precision {
    /// To the second.
    Second,
    /// To the minute.
    Minute,
    /// To the hour ("3小时前").
    Hour,
    /// To the day (a bare date, "7天前").
    Day,
    /// To the month or coarser.
    Month,
}

/// A point in time and how exactly it is known. Relative dates are resolved once, against the fetch, and never again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Timestamp {
    /// UTC.
    pub at: DateTime<Utc>,
    /// How exactly it was given.
    pub precision: Precision,
}

/// A picture of the text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Image {
    /// Absolute address.
    pub url: Url,
    /// Caption without the credit, plain text.
    pub caption: Option<String>,
    /// Who made or supplied it, plain text.
    pub credit: Option<String>,
    /// Rights in it, plain text.
    pub copyright: Option<String>,
    /// Pixels.
    pub width: Option<u32>,
    /// Pixels.
    pub height: Option<u32>,
    /// Media type.
    pub media_type: Option<String>,
}

/// A file that goes with an article.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attachment {
    /// Absolute address.
    pub url: Url,
    /// Media type, as the outlet says or guessed from the name.
    pub media_type: String,
    /// Bytes; 0 when not known.
    pub length: u64,
}

/// Discussion at the outlet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Comments {
    /// Page with the comments.
    pub url: Option<Url>,
    /// How many, if said.
    pub count: Option<u64>,
}

/// A named place on the way of a text.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Party {
    /// Name as people know it.
    pub name: String,
    /// Page of the article there, else of the outlet.
    pub url: Option<Url>,
}

/// What the entry itself says of where it comes from, before anybody judges it.
#[derive(Debug, Clone, Default)]
pub struct Hints {
    /// The feed it was copied from (RSS source, atom:source): title and home page.
    pub source: Option<Party>,
    /// Address of that feed.
    pub source_feed: Option<Url>,
    /// rel=via: upstream pages, in document order.
    pub via: Vec<Party>,
    /// rel=related, isVersionOf, external_url: candidates for the original. The name is the link's title, or empty.
    pub original: Vec<Party>,
    /// hreflang of the first of `original`.
    pub original_language: Option<String>,
    /// dcterms:created: first publication of the original.
    pub original_published: Option<Timestamp>,
    /// dc:publisher.
    pub publisher: Option<String>,
    /// Translators as named by the feed.
    pub translators: Vec<Person>,
    /// Editors and proofreaders as named by the feed or the text.
    pub editors: Vec<Person>,
    /// Outlets that the text names as those it came through ("来源:X", "via Y"), nearest first, the original last.
    pub text_chain: Vec<Party>,
    /// Rights text of the entry, else of the feed.
    pub rights: Option<String>,
    /// Licence of the entry, else of the feed.
    pub license: Option<Url>,
    /// The reprint namespace, where the feed uses it.
    pub provenance: Option<ParsedProvenance>,
    /// How many of `original`, from the first on, the outlet states as what the text was made of (JSON-LD isBasedOn, translationOfWork,
    /// dcterms:isVersionOf, a canonical page of another site); the others are only related.
    pub originals_stated: usize,
    /// The words with which it says of itself that it is a repost, in a label of the title or a notice that names nobody.
    pub says_repost: Option<String>,
    /// The words with which it says of itself that it is a translation, in a label of the title or a notice.
    pub says_translation: Option<String>,
    /// The line with which the outlet says that the text is its own.
    pub says_own: Option<String>,
    /// Where each field was found. It goes on into the provenance when the article is attributed.
    pub evidence: Vec<Evidence>,
}

/// What an article can be recognised by when its outlet sends it again, each in a form under which equal means the same. Nothing in it is
/// shown to anybody. Where a feed has teasers and the text is taken from the page, these are of the feed's entry.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Marks {
    /// What the outlet calls it: its guid or id. Where that is an address, without what flips from poll to poll: scheme, `www.`, trailing
    /// slash, tracking parameters.
    pub guid: Option<String>,
    /// Address of its page, likewise, and without fragment.
    pub address: Option<String>,
    /// Digest of the letters and digits of its title, in lower case.
    pub title: Option<[u8; 16]>,
    /// Digest of the letters and digits of its text, in lower case.
    pub text: Option<[u8; 16]>,
    /// How many letters and digits the text has: a short one may be that of another article too.
    pub text_length: usize,
    /// What tells at any outlet which story it is: the pages this text is on as far as they are known (its own, its original's, those on the way
    /// between), without redirectors, versions for telephones and tracking, and a guid that is unique in the world. Known once it is attributed.
    pub story: Vec<String>,
    /// Digest of the query strings in the addresses readers are given that say which page it is: tracking parameters and those of pictures are left
    /// out, all zeros where no other is left. `None` until it is attributed.
    pub links: Option<[u8; 16]>,
}

/// An article in our terms, before it is attributed.
#[derive(Debug, Clone)]
pub struct Article {
    /// Id of the outlet that sent it.
    pub outlet: String,
    /// Address of the feed it came in.
    pub feed_url: Url,
    /// What the outlet calls it: guid, else canonical address, else a hash of title and date. The id is minted from it unless the feed
    /// gives reason to doubt it.
    pub source_key: String,
    /// What it is recognised by.
    pub marks: Marks,
    /// Its page at the outlet.
    pub url: Option<Url>,
    /// Title, plain text, without provenance labels.
    pub title: String,
    /// Title as the outlet wrote it, plain text.
    pub title_raw: String,
    /// BCP 47 tag; Chinese always with its script (zh-Hans, zh-Hant).
    pub language: Option<String>,
    /// When this version was published at the outlet.
    pub published: Option<Timestamp>,
    /// Not to be shown before then, by the outlet's own date; only of outlets that send articles ahead of time.
    pub embargoed_until: Option<DateTime<Utc>>,
    /// When it was last changed there.
    pub updated: Option<Timestamp>,
    /// Authors of the text.
    pub authors: Vec<Person>,
    /// Short form, plain text without markup.
    pub summary: Option<String>,
    /// The text, with incoming credit blocks and disclaimers lifted out.
    pub body: Html,
    /// Pictures of the text in order.
    pub images: Vec<Image>,
    /// Other files.
    pub attachments: Vec<Attachment>,
    /// Sections and tags.
    pub categories: Vec<Category>,
    /// Discussion at the outlet.
    pub comments: Option<Comments>,
    /// Disclaimers and notices lifted out of the body, each once, as displayed.
    pub disclaimers: Vec<String>,
    /// What it says of its origin.
    pub hints: Hints,
    /// What was odd.
    pub warnings: Vec<Warning>,
    /// False when the document ended inside it: reported, never recorded.
    pub complete: bool,
}

impl Article {
    /// The date it is sorted and shown by when it was first seen then.
    pub fn date(&self, first_seen: DateTime<Utc>) -> DateTime<Utc> {
        date(self.published, self.embargoed_until, first_seen)
    }
}

/// The date by which an article is sorted and shown: the end of an embargo that its outlet put on it, else when it was published there, but never
/// after it was first seen.
pub fn date(published: Option<Timestamp>, embargoed_until: Option<DateTime<Utc>>, first_seen: DateTime<Utc>) -> DateTime<Utc> {
    match (embargoed_until, published) {
        (Some(until), _) if until > first_seen => until,
        (_, Some(published)) => published.at.min(first_seen),
        (_, None) => first_seen,
    }
}
