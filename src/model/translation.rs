//! An article in other languages.

use chrono::{DateTime, Utc};

use super::TranslationKind;

/// One language an article is to be had in here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edition {
    /// Its key: its page is `/a/{key}`.
    pub key: String,
    /// Its permanent id.
    pub id: String,
    /// Its language, BCP 47.
    pub language: String,
    /// Its title, plain text.
    pub title: String,
    /// How it was translated; `None`: it is the original.
    pub kind: Option<TranslationKind>,
}

/// How an article stands that is to be translated.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Awaited {
    /// This is the text as it was; there is no translation to this language (BCP 47) yet.
    Untranslated(String),
    /// This is a translation; its source has changed since.
    Outdated,
}

/// What is said beside an article of the other languages it is in.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Beside {
    /// A translation that is still to come.
    pub awaited: Option<Awaited>,
    /// The other editions, in the order of their languages, then keys.
    pub editions: Vec<Edition>,
    /// Key of the article that it was translated from here, for what an engine made.
    pub source: Option<String>,
}

/// What a translator cost on one day, for one feed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Spending {
    /// Id of the translator.
    pub translator: String,
    /// Id of the feed it was asked for.
    pub feed: String,
    /// In what: `characters`, `tokens`.
    pub unit: String,
    /// Paid.
    pub spent: u64,
    /// What calls under way, or cut off by a crash, may cost at the most.
    pub reserved: u64,
    /// Calls.
    pub calls: u64,
}

/// A translation that could not be made so far.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Untranslated {
    /// Key of the article.
    pub source: String,
    /// Language wanted.
    pub language: String,
    /// Why the last try was in vain, in words for an admin, without a final stop.
    pub problem: String,
    /// Tries in vain.
    pub tries: u32,
    /// Since when.
    pub since: DateTime<Utc>,
    /// When it is tried again.
    pub next_try: Option<DateTime<Utc>>,
    /// Whether readers have an earlier version of it.
    pub is_outdated: bool,
}
