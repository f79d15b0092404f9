//! What every engine can do.

mod apertium;
mod chain;
mod deepl;
mod desk;
mod gate;
mod http;
mod libretranslate;
mod openai;

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use super::{Malformed, Piece, Segment};

pub use chain::{Chain, Desks};
pub use desk::{Desk, Manner, State};

/// In what an engine is paid and its budget counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    /// Nothing: it runs in the process.
    Nothing,
    /// Unicode characters of the source.
    Characters,
    /// Tokens of language models, in and out.
    Tokens,
}

/// What made a translation: part of the key in the memory, and named to readers.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Maker {
    /// Id of the `[[translator]]`.
    pub translator: String,
    /// Name for readers and `reprint:translation@engine`: `DeepL`, `Apertium`, the model of a language model.
    pub name: String,
    /// Changes when the same text may come out otherwise: kind, model, version of the prompt. Glossaries are keyed apart.
    pub version: String,
}

/// A fixed translation.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Term {
    /// In the source.
    pub from: String,
    /// In the target; the same text for what must not be translated.
    pub to: String,
}

/// One call.
#[derive(Debug, Clone, Copy)]
pub struct Job<'a> {
    /// Language of the segments, BCP 47.
    pub from: &'a str,
    /// Language wanted, BCP 47.
    pub to: &'a str,
    /// What to translate; never empty, none of them without text.
    pub segments: &'a [&'a Segment],
    /// Fixed translations that occur in them, for engines that can be told.
    pub terms: &'a [Term],
}

/// What a call came to.
#[derive(Debug)]
pub struct Answer {
    /// One a segment, in their order: pieces as the engine gave them, not yet held against the segment.
    pub segments: Vec<Result<Vec<Piece>, Malformed>>,
    /// What it cost, in the engine's unit; never more than [`Engine::cost`] said.
    pub spent: u64,
}

/// What kind of trouble an engine has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trouble {
    /// It may work later: network, time-out, 5xx, 429.
    Temporary,
    /// The account or its key: an admin has to look.
    Account,
    /// Its quota is used up.
    Quota,
    /// It does not know this pair of languages.
    Pair,
    /// It answered something that is no answer.
    Nonsense,
}

/// Why a call failed. Holds nothing of keys, headers or what the engine said beyond what is allow-listed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct EngineError {
    /// What kind.
    pub trouble: Trouble,
    /// In words for an admin, naming the translator and what to do, without a final stop.
    pub message: String,
    /// Not before then (`Retry-After`).
    pub retry_after: Option<Duration>,
    /// What the call may have cost all the same, in the engine's unit: all of it when it is not known whether the engine did the work.
    pub spent: u64,
}

/// Future of a call.
pub type Calling<'a> = Pin<Box<dyn Future<Output = Result<Answer, EngineError>> + Send + 'a>>;

/// Pairs of languages that an engine translates: from, to. BCP 47 where the engine's code has one, else the engine's own code.
pub type Pairs = Vec<(String, String)>;

/// Future of the pairs of an engine.
pub type Asking<'a> = Pin<Box<dyn Future<Output = Result<Option<Pairs>, EngineError>> + Send + 'a>>;

/// Something that translates segments. One call is one request: whoever calls has reserved its cost before.
pub trait Engine: fmt::Debug + Send + Sync {
    /// What its translations are known by.
    fn maker(&self) -> &Maker;

    /// In what it is paid.
    fn unit(&self) -> Unit;

    /// Whether it translates between these languages, as far as is known without asking it.
    fn translates(&self, from: &str, to: &str) -> bool;

    /// How many of these segments, from the first on, fit one call; at least 1.
    fn fits(&self, segments: &[&Segment]) -> usize;

    /// The most that a call may cost, in its unit.
    fn cost(&self, job: &Job<'_>) -> u64;

    /// Translates.
    fn translate<'a>(&'a self, job: Job<'a>) -> Calling<'a>;

    /// Asks the engine which pairs it translates; `None` where it cannot be asked. One request, never paid.
    fn pairs(&self) -> Asking<'_> {
        Box::pin(std::future::ready(Ok(None)))
    }
}
