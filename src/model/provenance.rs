//! What `attribute` establishes: who wrote it, who translated it, which way it came, on what terms.

use chrono::{DateTime, Utc};
use url::Url;

use super::{Article, Party, Person};

/// How a text came into its language (ISO 17100, ISO 18587).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TranslationKind {
    /// Made by a person.
    Human,
    /// Raw machine output.
    Machine,
    /// Machine output, lightly post-edited.
    MachineLight,
    /// Machine output, fully post-edited.
    MachineFull,
    /// Simplified to traditional characters or back.
    ScriptConversion,
}

impl TranslationKind {
    /// Every kind with its name in the reprint namespace.
    pub const ALL: [(TranslationKind, &'static str); 5] = [
        (TranslationKind::Human, "human"),
        (TranslationKind::Machine, "machine"),
        (TranslationKind::MachineLight, "machine-light"),
        (TranslationKind::MachineFull, "machine-full"),
        (TranslationKind::ScriptConversion, "script-conversion"),
    ];

    /// Name in the reprint namespace.
    pub fn name(self) -> &'static str {
        Self::ALL.iter().find(|(kind, _)| *kind == self).expect("every kind is in ALL").1
    }

    /// Reads a name of the reprint namespace.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.iter().find(|(_, known)| *known == name).map(|(kind, _)| *kind)
    }
}

/// What is known of a translation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Translation {
    /// How it was made.
    pub kind: TranslationKind,
    /// Language of the text translated, BCP 47 without -t-.
    pub from: Option<String>,
    /// Language of this text.
    pub to: Option<String>,
    /// Engine, for machine kinds.
    pub engine: Option<String>,
    /// Address of the text translated.
    pub source: Option<Url>,
    /// Who made it; empty when nobody is named.
    pub translators: Vec<Person>,
    /// The translation that this one was made of, where what was translated was one itself.
    pub earlier: Option<Earlier>,
}

/// A translation that another one was made of: whoever made it stays credited for that.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Earlier {
    /// How it was made.
    pub kind: TranslationKind,
    /// Engine, for machine kinds.
    pub engine: Option<String>,
    /// Who made it; empty when nobody is named.
    pub translators: Vec<Person>,
    /// The translation that this one in turn was made of.
    pub earlier: Option<Box<Earlier>>,
}

impl Earlier {
    /// Translations of translations that are kept at most.
    pub const MOST: usize = 8;

    /// This one, and those that it was made of, nearest first.
    pub fn all(&self) -> impl Iterator<Item = &Self> {
        std::iter::successors(Some(self), |earlier| earlier.earlier.as_deref()).take(Self::MOST)
    }

    /// A row of them, nearest first, as one: each was made of the next. `None`: there is none. `earlier` of each is replaced.
    pub fn chain(row: Vec<Self>) -> Option<Self> {
        let kept = row.into_iter().take(Self::MOST).collect::<Vec<_>>();
        kept.into_iter().rev().fold(None, |next, earlier| Some(Self { earlier: next.map(Box::new), ..earlier }))
    }
}

/// One step of the way from the original to us (after NewsML-G2 hopHistory).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HopAction {
    /// First published.
    Created,
    /// Translated.
    Translated,
    /// Changed from one Chinese script to the other.
    ScriptConverted,
    /// Shortened.
    Excerpted,
    /// Changed otherwise.
    Edited,
    /// Published again.
    Reposted,
}

impl HopAction {
    /// Every action with its name in the reprint namespace.
    pub const ALL: [(HopAction, &'static str); 6] = [
        (HopAction::Created, "created"),
        (HopAction::Translated, "translated"),
        (HopAction::ScriptConverted, "script-converted"),
        (HopAction::Excerpted, "excerpted"),
        (HopAction::Edited, "edited"),
        (HopAction::Reposted, "reposted"),
    ];

    /// Name in the reprint namespace.
    pub fn name(self) -> &'static str {
        Self::ALL.iter().find(|(action, _)| *action == self).expect("every action is in ALL").1
    }

    /// Reads a name of the reprint namespace.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.iter().find(|(_, known)| *known == name).map(|(action, _)| *action)
    }
}

/// One step of the way from the original to us.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hop {
    /// What was done.
    pub action: HopAction,
    /// Who did it, and the page it is on.
    pub party: Party,
    /// When.
    pub at: Option<DateTime<Utc>>,
    /// Language of the result.
    pub language: Option<String>,
}

/// Where the text was first published.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Original {
    /// The outlet that first published it; its `url` is the article there.
    pub outlet: Party,
    /// Language, BCP 47.
    pub language: Option<String>,
    /// When.
    pub published: Option<DateTime<Utc>>,
}

/// Why we say what we say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Evidence {
    /// Field it is about. Of the article: `title`, `language`, `published`, `author`, `editor`, `chain`, `disclaimer`, `rights`, `license`,
    /// `comment_count`, `category`, `image`, `body` (a line that was lifted out of it). Of the provenance: `source`, `original`, `author`,
    /// `translator`, `rights`, `license`, `disclaimer`, `confidence` (the text is a number from 0 to 100).
    pub field: &'static str,
    /// Rule that fired, stable name.
    pub rule: &'static str,
    /// Text or address it fired on.
    pub text: String,
}

impl Evidence {
    /// Characters of a text that is kept: enough to find the place again.
    pub const LONGEST: usize = 160;

    /// Evidence with as much of the text as is kept.
    pub fn new(field: &'static str, rule: &'static str, text: &str) -> Self {
        let text = match text.char_indices().nth(Self::LONGEST) {
            Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default().trim_end()),
            None => text.to_owned(),
        };
        Self { field, rule, text }
    }
}

/// The whole origin of an article. Complete when an article is [`Verdict::Ready`].
#[derive(Debug, Clone)]
pub struct Provenance {
    /// The outlet we took it from: the credit readers see first. Its `url` is the article's page there.
    pub source: Party,
    /// Address of the feed it came in.
    pub source_feed: Url,
    /// Home page of that outlet.
    pub source_home: Option<Url>,
    /// Who wrote it: never empty (the outlet itself when no person is named).
    pub authors: Vec<Person>,
    /// First publication, when it is not `source` itself.
    pub original: Option<Original>,
    /// Translation, when the text is one.
    pub translation: Option<Translation>,
    /// The way here, origin first; our own step is added when it is published.
    pub hops: Vec<Hop>,
    /// Disclaimer for the outlet's articles, rendered once at each end. `None`: the site's wording in the article's language.
    pub disclaimer: Option<String>,
    /// Rights text.
    pub rights: Option<String>,
    /// Licence.
    pub license: Option<Url>,
    /// On which rule each field stands.
    pub evidence: Vec<Evidence>,
}

impl Provenance {
    /// How sure it is where the text comes from, 0 to 100; `None` in records of versions that did not work it out.
    pub fn confidence(&self) -> Option<u8> {
        self.evidence.iter().find(|fact| fact.field == "confidence").and_then(|fact| fact.text.parse().ok())
    }
}

/// An article with its whole origin: the only thing that can be published.
#[derive(Debug, Clone)]
pub struct AttributedArticle {
    /// The article.
    pub article: Article,
    /// Where it comes from.
    pub provenance: Provenance,
}

/// Outcome of attribution.
#[derive(Debug, Clone)]
pub enum Verdict {
    /// Can be published.
    Ready(Box<AttributedArticle>),
    /// Kept back: somebody has to look.
    Held {
        /// The article.
        article: Box<Article>,
        /// Short stable name: `no_address`, `no_text`, `incomplete`, `uncertain_origin`, `own_article` …
        code: &'static str,
        /// Why, for an admin, without a final stop.
        reason: String,
    },
}
