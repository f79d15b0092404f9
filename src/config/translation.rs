//! `[[translator]]` and what a feed asks of one.

use std::path::PathBuf;
use std::time::Duration;

use url::Url;

use crate::model::Secret;

/// Kinds of translators.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TranslatorKind {
    /// Simplified and traditional Chinese, in the process.
    OpenCc,
    /// Apertium APy.
    Apertium,
    /// LibreTranslate.
    LibreTranslate,
    /// DeepL.
    DeepL,
    /// A server with the chat completions of OpenAI.
    OpenAi,
}

impl TranslatorKind {
    /// Every kind with its name in feeds.toml.
    pub const ALL: [(TranslatorKind, &'static str); 5] = [
        (TranslatorKind::OpenCc, "opencc"),
        (TranslatorKind::Apertium, "apertium"),
        (TranslatorKind::LibreTranslate, "libretranslate"),
        (TranslatorKind::DeepL, "deepl"),
        (TranslatorKind::OpenAi, "openai"),
    ];

    /// Name in feeds.toml.
    pub fn name(self) -> &'static str {
        Self::ALL.iter().find(|(kind, _)| *kind == self).expect("every kind is in ALL").1
    }
}

/// In what form a language model is made to answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum StructuredOutput {
    /// By a JSON schema, which the server enforces.
    #[default]
    JsonSchema,
    /// As some JSON document; the prompt says which. For servers that know no schemas.
    JsonObject,
}

/// `[[translator]]`: an engine and how we use it.
#[derive(Debug, Clone)]
pub struct Translator {
    /// `[a-z0-9-]+`, unique among translators.
    pub id: String,
    /// Which engine.
    pub kind: TranslatorKind,
    /// Where it is; `None` for what runs in the process and for public services with one address.
    pub url: Option<Url>,
    /// Its key. Read by [`super::load`] only.
    pub key: Option<Secret>,
    /// Model, where there are several.
    pub model: Option<String>,
    /// Form of its answers, for language models.
    pub output: StructuredOutput,
    /// File of fixed translations (TOML or CSV).
    pub glossary: Option<PathBuf>,
    /// Most it may be paid for in a day of UTC, in its unit: characters, or tokens of a language model. `None`: no bound.
    pub budget: Option<u64>,
    /// Most requests a minute, retries included.
    pub rate: Option<u32>,
    /// Most requests at once.
    pub concurrency: usize,
    /// Time for one request.
    pub timeout: Duration,
    /// Translator that is asked when this one cannot.
    pub fallback: Option<String>,
}

/// What readers get while there is no translation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pending {
    /// The original, marked as such.
    Original,
    /// Nothing: the article waits.
    Wait,
}

/// Whether the original stands beside its translation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Bilingual {
    /// The translation only.
    No,
    /// Both titles.
    Title,
    /// Both titles, and every paragraph after its original.
    Paragraphs,
}

/// `translate = { … }` of a feed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    /// Language wanted, BCP 47.
    pub to: String,
    /// Id of the translator.
    pub engine: String,
    /// What goes out meanwhile.
    pub pending: Pending,
    /// Whether the original stands beside it.
    pub bilingual: Bilingual,
    /// Most that this feed may cost in a day of UTC, in the unit of its translator. `None`: no bound of its own.
    pub budget: Option<u64>,
}
