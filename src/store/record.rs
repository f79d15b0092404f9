//! The wire format of an article in the database: versioned JSON, through mirrors of the model that nobody else sees.
//!
//! [`Mirror`] turns a model type into its record and back without loss. The macro `mirror!` writes the record of a struct from its list of fields;
//! a field that the model gains does not compile here until it is listed. A field that is absent from the JSON is empty.

use std::collections::HashSet;
use std::sync::{Mutex, OnceLock, PoisonError};

use chrono::{DateTime, Utc};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use url::Url;

use super::identity::hex;
use crate::model::{
    Article, Attachment, AttributedArticle, Category, Comments, Earlier, Evidence, Hints, Hop, HopAction, Html, Image, Marks,
    Original, ParsedEarlier, ParsedHop, ParsedProvenance, ParsedTranslation, Party, Person, Precision, Provenance, Timestamp,
    Translation, TranslationKind, Warning,
};

/// Version of the format. It rises when an older program would misread what a newer one writes.
const VERSION: u32 = 1;

/// A record that cannot be read: what is wrong with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unreadable(pub String);

/// The article of a row, with its provenance when it can be published.
#[derive(Debug, Default, PartialEq, Serialize, Deserialize)]
struct Envelope {
    v: u32,
    article: ArticleRecord,
    #[serde(default, skip_serializing_if = "absent")]
    provenance: Option<ProvenanceRecord>,
}

/// Writes a record. `published` is the date that counts, which may have been accepted long ago; a hop dated by the article's own follows it.
/// The comments are left to their own column.
pub fn encode(article: &Article, provenance: Option<&Provenance>, published: Option<Timestamp>) -> Result<Vec<u8>, Unreadable> {
    let mut article_record = article.to_record();
    article_record.comments = None;
    // Looked up from tables of their own.
    (article_record.marks.story, article_record.marks.links) = (Vec::new(), None);
    article_record.published = published.to_record();
    let mut provenance_record = provenance.map(Mirror::to_record);
    if let (Some(own), Some(published), Some(provenance)) = (article.published, published, &mut provenance_record) {
        let own = own.at.to_record();
        provenance.hops.iter_mut().filter(|hop| hop.at == Some(own)).for_each(|hop| hop.at = Some(published.at.to_record()));
    }
    let envelope = Envelope { v: VERSION, article: article_record, provenance: provenance_record };
    serde_json::to_vec(&envelope).map_err(|error| Unreadable(error.to_string()))
}

/// Reads the record of a published article and puts `comments` back.
pub fn decode(record: &[u8], comments: Option<&str>) -> Result<AttributedArticle, Unreadable> {
    let envelope = envelope(record)?;
    let mut article = Article::from_record(envelope.article)?;
    let provenance = envelope.provenance.ok_or_else(|| Unreadable("it has no provenance".to_owned()))?;
    article.comments = comments.map(decode_comments).transpose()?;
    Ok(AttributedArticle { article, provenance: Provenance::from_record(provenance)? })
}

/// Reads the record of an article that has not been attributed, and puts `comments` back.
pub fn decode_article(record: &[u8], comments: Option<&str>) -> Result<Article, Unreadable> {
    let mut article = Article::from_record(envelope(record)?.article)?;
    article.comments = comments.map(decode_comments).transpose()?;
    Ok(article)
}

/// The date of first publication in a record.
pub fn published(record: &[u8]) -> Result<Option<Timestamp>, Unreadable> {
    Option::from_record(envelope(record)?.article.published)
}

/// The end of the embargo in a record.
pub fn embargoed_until(record: &[u8]) -> Result<Option<DateTime<Utc>>, Unreadable> {
    Option::from_record(envelope(record)?.article.embargoed_until)
}

/// The text in a record, HTML.
pub fn body(record: &[u8]) -> Result<Html, Unreadable> {
    Html::from_record(envelope(record)?.article.body)
}

/// Writes the comments column.
pub fn encode_comments(comments: &Comments) -> Result<String, Unreadable> {
    serde_json::to_string(&comments.to_record()).map_err(|error| Unreadable(error.to_string()))
}

fn decode_comments(comments: &str) -> Result<Comments, Unreadable> {
    Comments::from_record(serde_json::from_str(comments).map_err(|error| Unreadable(error.to_string()))?)
}

fn envelope(record: &[u8]) -> Result<Envelope, Unreadable> {
    let envelope: Envelope = serde_json::from_slice(record).map_err(|error| Unreadable(error.to_string()))?;
    if envelope.v != VERSION {
        return Err(Unreadable(format!("it has version {}, this program reads {VERSION}", envelope.v)));
    }
    Ok(envelope)
}

fn absent<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

/// A model type and what stands for it in JSON.
trait Mirror: Sized {
    /// What stands for it; the default is what is left out.
    type Record: std::fmt::Debug + Default + PartialEq + Serialize + DeserializeOwned;

    fn to_record(&self) -> Self::Record;

    fn from_record(record: Self::Record) -> Result<Self, Unreadable>;
}

macro_rules! itself {
    ($($type:ty),*) => {$(
        impl Mirror for $type {
            type Record = $type;

            fn to_record(&self) -> $type {
                self.clone()
            }

            fn from_record(record: $type) -> Result<Self, Unreadable> {
                Ok(record)
            }
        }
    )*};
}

itself!(String, bool, u32, u64);

impl<T: Mirror> Mirror for Option<T> {
    type Record = Option<T::Record>;

    fn to_record(&self) -> Self::Record {
        self.as_ref().map(T::to_record)
    }

    fn from_record(record: Self::Record) -> Result<Self, Unreadable> {
        record.map(T::from_record).transpose()
    }
}

impl<T: Mirror> Mirror for Box<T> {
    type Record = Box<T::Record>;

    fn to_record(&self) -> Self::Record {
        Box::new(T::to_record(self))
    }

    fn from_record(record: Self::Record) -> Result<Self, Unreadable> {
        T::from_record(*record).map(Box::new)
    }
}

impl<T: Mirror> Mirror for Vec<T> {
    type Record = Vec<T::Record>;

    fn to_record(&self) -> Self::Record {
        self.iter().map(T::to_record).collect()
    }

    fn from_record(record: Self::Record) -> Result<Self, Unreadable> {
        record.into_iter().map(T::from_record).collect()
    }
}

impl Mirror for usize {
    type Record = u64;

    fn to_record(&self) -> u64 {
        u64::try_from(*self).unwrap_or(u64::MAX)
    }

    fn from_record(record: u64) -> Result<Self, Unreadable> {
        Ok(usize::try_from(record).unwrap_or(usize::MAX))
    }
}

impl Mirror for Url {
    type Record = String;

    fn to_record(&self) -> String {
        self.as_str().to_owned()
    }

    fn from_record(record: String) -> Result<Self, Unreadable> {
        Url::parse(&record).map_err(|error| Unreadable(format!("`{record}` is not an address: {error}")))
    }
}

impl Mirror for Html {
    type Record = String;

    fn to_record(&self) -> String {
        self.as_str().to_owned()
    }

    fn from_record(record: String) -> Result<Self, Unreadable> {
        Ok(Html::from_sanitized(record))
    }
}

/// Seconds since 1970 and nanoseconds, a leap second as chrono keeps it.
impl Mirror for DateTime<Utc> {
    type Record = (i64, u32);

    fn to_record(&self) -> (i64, u32) {
        (self.timestamp(), self.timestamp_subsec_nanos())
    }

    fn from_record((seconds, nanoseconds): (i64, u32)) -> Result<Self, Unreadable> {
        DateTime::from_timestamp(seconds, nanoseconds)
            .ok_or_else(|| Unreadable(format!("{seconds} s and {nanoseconds} ns is not a time")))
    }
}

/// The stable names of rules, fields and warnings. Each is leaked once; the program has a few dozen of them, and a file that somebody else
/// filled with thousands gets no more than `MOST`.
impl Mirror for &'static str {
    type Record = String;

    fn to_record(&self) -> String {
        (*self).to_owned()
    }

    fn from_record(record: String) -> Result<Self, Unreadable> {
        const MOST: usize = 4_096;
        static NAMES: OnceLock<Mutex<HashSet<&'static str>>> = OnceLock::new();
        let mut names = NAMES.get_or_init(Mutex::default).lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = names.get(record.as_str()) {
            return Ok(known);
        }
        if names.len() >= MOST || record.len() > 100 {
            return Err(Unreadable(format!("`{}` is not the name of a rule", record.chars().take(40).collect::<String>())));
        }
        let name: &'static str = Box::leak(record.into_boxed_str());
        names.insert(name);
        Ok(name)
    }
}

/// A digest, in hexadecimal digits.
impl Mirror for [u8; 16] {
    type Record = String;

    fn to_record(&self) -> String {
        hex(self)
    }

    fn from_record(record: String) -> Result<Self, Unreadable> {
        let digest = u128::from_str_radix(&record, 16).ok().filter(|_| record.len() == 32);
        digest.map(u128::to_be_bytes).ok_or_else(|| Unreadable(format!("`{record}` is not a digest")))
    }
}

macro_rules! named {
    ($type:ty, $name:expr, $from_name:expr) => {
        impl Mirror for $type {
            type Record = String;

            fn to_record(&self) -> String {
                $name(*self).to_owned()
            }

            fn from_record(record: String) -> Result<Self, Unreadable> {
                $from_name(&record).ok_or_else(|| Unreadable(format!("`{record}` is not a value of {}", stringify!($type))))
            }
        }
    };
}

named!(TranslationKind, TranslationKind::name, TranslationKind::from_name);
named!(HopAction, HopAction::name, HopAction::from_name);
named!(Precision, precision_name, precision_from_name);

const PRECISIONS: [Precision; 5] = [Precision::Second, Precision::Minute, Precision::Hour, Precision::Day, Precision::Month];

fn precision_name(precision: Precision) -> &'static str {
    match precision {
        Precision::Second => "second",
        Precision::Minute => "minute",
        Precision::Hour => "hour",
        Precision::Day => "day",
        Precision::Month => "month",
    }
}

fn precision_from_name(name: &str) -> Option<Precision> {
    PRECISIONS.into_iter().find(|precision| precision_name(*precision) == name)
}

macro_rules! mirror {
    ($model:ident as $record:ident { $($field:ident: $type:ty),* $(,)? }) => {
        #[derive(Debug, Default, PartialEq, Serialize, Deserialize)]
        struct $record {
            $(#[serde(default, skip_serializing_if = "absent")] $field: <$type as Mirror>::Record,)*
        }

        impl Mirror for $model {
            type Record = $record;

            fn to_record(&self) -> $record {
                let $model { $($field),* } = self;
                $record { $($field: $field.to_record()),* }
            }

            fn from_record(record: $record) -> Result<Self, Unreadable> {
                Ok($model { $($field: Mirror::from_record(record.$field)?),* })
            }
        }
    };
}

mirror!(Timestamp as TimestampRecord { at: DateTime<Utc>, precision: Precision });
mirror!(Person as PersonRecord { name: Option<String>, uri: Option<String>, email: Option<String> });
mirror!(Party as PartyRecord { name: String, url: Option<Url> });
mirror!(Category as CategoryRecord { term: String, scheme: Option<String>, label: Option<String> });
mirror!(Warning as WarningRecord { code: &'static str, message: String });
mirror!(Attachment as AttachmentRecord { url: Url, media_type: String, length: u64 });
mirror!(Comments as CommentsRecord { url: Option<Url>, count: Option<u64> });
mirror!(Image as ImageRecord {
    url: Url,
    caption: Option<String>,
    credit: Option<String>,
    copyright: Option<String>,
    width: Option<u32>,
    height: Option<u32>,
    media_type: Option<String>,
});
mirror!(ParsedTranslation as ParsedTranslationRecord {
    kind: String,
    from: Option<String>,
    to: Option<String>,
    engine: Option<String>,
    source: Option<String>,
});
mirror!(ParsedEarlier as ParsedEarlierRecord {
    seq: Option<String>,
    kind: String,
    engine: Option<String>,
    translators: Vec<Person>,
});
mirror!(ParsedHop as ParsedHopRecord {
    seq: Option<String>,
    action: String,
    party: String,
    at: Option<String>,
    language: Option<String>,
    href: Option<String>,
});
mirror!(ParsedProvenance as ParsedProvenanceRecord {
    translation: Option<ParsedTranslation>,
    earlier: Vec<ParsedEarlier>,
    hops: Vec<ParsedHop>,
    disclaimers: Vec<String>,
});
mirror!(Hints as HintsRecord {
    source: Option<Party>,
    source_feed: Option<Url>,
    via: Vec<Party>,
    original: Vec<Party>,
    original_language: Option<String>,
    original_published: Option<Timestamp>,
    publisher: Option<String>,
    translators: Vec<Person>,
    editors: Vec<Person>,
    text_chain: Vec<Party>,
    rights: Option<String>,
    license: Option<Url>,
    provenance: Option<ParsedProvenance>,
    originals_stated: usize,
    says_repost: Option<String>,
    says_translation: Option<String>,
    says_own: Option<String>,
    evidence: Vec<Evidence>,
});
mirror!(Marks as MarksRecord {
    guid: Option<String>,
    address: Option<String>,
    title: Option<[u8; 16]>,
    text: Option<[u8; 16]>,
    text_length: usize,
    story: Vec<String>,
    links: Option<[u8; 16]>,
});
mirror!(Article as ArticleRecord {
    outlet: String,
    feed_url: Url,
    source_key: String,
    marks: Marks,
    url: Option<Url>,
    title: String,
    title_raw: String,
    language: Option<String>,
    published: Option<Timestamp>,
    embargoed_until: Option<DateTime<Utc>>,
    updated: Option<Timestamp>,
    authors: Vec<Person>,
    summary: Option<String>,
    body: Html,
    images: Vec<Image>,
    attachments: Vec<Attachment>,
    categories: Vec<Category>,
    comments: Option<Comments>,
    disclaimers: Vec<String>,
    hints: Hints,
    warnings: Vec<Warning>,
    complete: bool,
});
mirror!(Translation as TranslationRecord {
    kind: TranslationKind,
    from: Option<String>,
    to: Option<String>,
    engine: Option<String>,
    source: Option<Url>,
    translators: Vec<Person>,
    earlier: Option<Earlier>,
});
mirror!(Earlier as EarlierRecord {
    kind: TranslationKind,
    engine: Option<String>,
    translators: Vec<Person>,
    earlier: Option<Box<Earlier>>,
});
mirror!(Hop as HopRecord { action: HopAction, party: Party, at: Option<DateTime<Utc>>, language: Option<String> });
mirror!(Original as OriginalRecord { outlet: Party, language: Option<String>, published: Option<DateTime<Utc>> });
mirror!(Evidence as EvidenceRecord { field: &'static str, rule: &'static str, text: String });
mirror!(Provenance as ProvenanceRecord {
    source: Party,
    source_feed: Url,
    source_home: Option<Url>,
    authors: Vec<Person>,
    original: Option<Original>,
    translation: Option<Translation>,
    hops: Vec<Hop>,
    disclaimer: Option<String>,
    rights: Option<String>,
    license: Option<Url>,
    evidence: Vec<Evidence>,
});
