//! Making translations: what the window of a feed lacks, segment by segment, from the memory where it can be had and for money where it cannot.
//!
//! ```text
//! window → wanting → cut → memory → reserve → engine → check → remember → assemble → store.record_translation
//! ```
//! An article is translated whole or not at all. Nothing is asked that could cost more than what is left of a budget; what was paid for and accepted
//! is kept before anything is made of it. There is no queue: what windows lack is what is to be done, so that a restart loses nothing.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};

use super::editions::{form, has_human, is_wanted};
use super::window::window;
use super::{Stages, labels};
use crate::config::{Config, Feed, Target, Translator};
use crate::model::{AttributedArticle, Party, StoredArticle, TranslationKind};
use crate::render;
use crate::store::{Digest, StoreError, TranslationRow, Wanted};
use crate::translate::{self, Desks, Engine, Glossary, Job, Making, Segment, Unit};

mod asking;

use asking::{Texts, terms};

/// Pause after the first try in vain; twice as long after each further one …
const FIRST_PAUSE: TimeDelta = TimeDelta::minutes(1);

/// … up to this.
const LONGEST_PAUSE: TimeDelta = TimeDelta::hours(6);

/// What translates, as feeds.toml has it.
#[derive(Debug, Clone, Default)]
pub struct Translators {
    /// By the id of the translator that a feed names: it and its fallbacks.
    chains: BTreeMap<String, Chain>,
    /// Budgets of a day.
    budgets: BTreeMap<String, u64>,
}

/// A translator with whoever is asked when it cannot.
#[derive(Debug, Clone)]
pub struct Chain {
    engines: Vec<Arc<dyn Engine>>,
    /// Of the first: what an article is cut by is settled before anybody is asked.
    glossary: Arc<Glossary>,
    /// Articles translated at once.
    pub concurrency: usize,
}

impl Translators {
    /// Those that feeds name, and their fallbacks. Nobody is asked anything.
    ///
    /// # Errors
    /// A translator or a glossary that cannot be used, in words.
    pub fn new(config: &Config) -> Result<Self, String> {
        let mut translators = Self::default();
        let wanted: BTreeSet<&str> =
            config.feeds.iter().filter_map(|feed| feed.translate.as_ref()).map(|target| target.engine.as_str()).collect();
        let mut needed: BTreeMap<&str, &Translator> = BTreeMap::new();
        for id in &wanted {
            let mut next = config.translator(id);
            while let Some(translator) = next {
                let known = needed.insert(&translator.id, translator).is_some();
                next = translator.fallback.as_deref().filter(|_| !known).and_then(|id| config.translator(id));
            }
        }
        let written: Vec<Translator> = needed.into_values().cloned().collect();
        let desks = Desks::from_config(&written).map_err(|errors| errors.join("; "))?;
        for id in wanted {
            let Some(first) = config.translator(id) else { continue };
            let glossary = match &first.glossary {
                Some(path) => Glossary::load(path).map_err(|mistakes| mistakes.to_string())?,
                None => Glossary::default(),
            };
            let engines = desks.chain(id).desks().iter().map(|desk| Arc::clone(desk) as Arc<dyn Engine>).collect();
            translators.add(id, engines, glossary, first.concurrency);
        }
        for translator in &written {
            translators.budgets.extend(translator.budget.map(|budget| (translator.id.clone(), budget)));
        }
        Ok(translators)
    }

    /// Adds a chain under the id that feeds name it by.
    pub fn add(&mut self, id: &str, engines: Vec<Arc<dyn Engine>>, glossary: Glossary, concurrency: usize) {
        self.chains.insert(id.to_owned(), Chain { engines, glossary: Arc::new(glossary), concurrency: concurrency.max(1) });
    }

    /// Bounds what a translator may cost in a day.
    pub fn bound(&mut self, id: &str, budget: u64) {
        self.budgets.insert(id.to_owned(), budget);
    }

    /// The chain that begins with this translator.
    pub fn chain(&self, id: &str) -> Option<&Chain> {
        self.chains.get(id)
    }

    /// Nobody asks for anything.
    pub fn is_empty(&self) -> bool {
        self.chains.is_empty()
    }
}

/// An article that a feed lacks in its language.
#[derive(Debug, Clone)]
pub struct Wanting {
    /// The feed that asks, and pays.
    pub feed: String,
    /// The article as it is.
    pub source: StoredArticle,
    /// What it asks for.
    pub target: Target,
    /// What there is of it.
    row: Option<TranslationRow>,
}

impl Wanting {
    fn wanted(&self) -> Wanted<'_> {
        Wanted { source: &self.source.identity.key, language: &self.target.to, form: form(&self.target) }
    }

    /// What it is known by: the same whichever feed asks.
    pub fn key(&self) -> String {
        self.wanted().key()
    }
}

/// What a feed lacks.
#[derive(Debug, Default)]
pub struct Lacking {
    /// To be made now, newest first.
    pub now: Vec<Wanting>,
    /// When the next of the others is to be tried.
    pub next: Option<DateTime<Utc>>,
}

/// What a feed's window lacks in the language that it asks for.
///
/// # Errors
/// The store did not answer.
pub async fn lacking(stages: &Stages, feed: &Feed, now: DateTime<Utc>) -> Result<Lacking, StoreError> {
    let Some(target) = &feed.translate else { return Ok(Lacking::default()) };
    let config = &stages.config;
    let mut sources = window(&stages.store, config, feed, now).await?.articles;
    sources.retain(|source| is_wanted(config, source, target));
    let keys: Vec<&str> = sources.iter().map(|source| source.identity.key.as_str()).collect();
    let mut rows = stages.store.translations(&keys, &target.to, form(target)).await?;
    let mut lacking = Lacking::default();
    let mut open: Vec<(StoredArticle, Option<TranslationRow>)> = Vec::new();
    for source in sources {
        let row = rows.remove(&source.identity.key);
        let version = version(config, &source);
        match &row {
            Some(row) if row.is_of(&version) || row.is_same(&version) => {}
            Some(row) if row.waits(&version, now) => lacking.next = lacking.next.into_iter().chain(row.next_try).min(),
            _ => open.push((source, row)),
        }
    }
    if open.is_empty() {
        return Ok(lacking);
    }
    let articles: Vec<StoredArticle> = open.iter().map(|(source, _)| source.clone()).collect();
    let human = has_human(&stages.store, config, feed, &articles, &target.to, now).await?;
    lacking.now = open
        .into_iter()
        .filter(|(source, _)| !human.contains(&source.identity.key))
        .map(|(source, row)| Wanting { feed: feed.id.clone(), source, target: target.clone(), row })
        .collect();
    Ok(lacking)
}

/// What came of one article.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Made {
    /// There is a translation of it.
    Translated,
    /// It is in the language as it is.
    Untouched,
    /// Not yet: why, in words, and when it is tried again.
    Postponed(String, DateTime<Utc>),
}

/// Why an article could not be translated.
#[derive(Debug)]
struct Hindrance {
    problem: String,
    /// Not before then, where that is known.
    until: Option<DateTime<Utc>>,
}

/// Why there is no translation now.
#[derive(Debug)]
enum Stop {
    Hindered(Hindrance),
    Store(StoreError),
}

impl From<StoreError> for Stop {
    fn from(error: StoreError) -> Self {
        Stop::Store(error)
    }
}

/// Translates an article and records it, or why that was not possible and when it is tried again. Whatever was paid for is kept.
///
/// # Errors
/// The store did not answer: it is to be tried again later.
pub async fn translate(
    stages: &Stages,
    translators: &Translators,
    wanting: &Wanting,
    clock: fn() -> DateTime<Utc>,
) -> Result<Made, StoreError> {
    let (store, wanted) = (&stages.store, wanting.wanted());
    let version = version(&stages.config, &wanting.source);
    let hindrance = match make(stages, translators, wanting, clock).await {
        Ok(Some(translated)) => {
            store.record_translation(wanted, &version, &translated, clock()).await?;
            stages.pages.forget([wanting.source.identity.key.clone(), wanted.key()].iter());
            return Ok(Made::Translated);
        }
        Ok(None) => {
            store.record_untouched(wanted, &version).await?;
            return Ok(Made::Untouched);
        }
        Err(Stop::Store(error)) => return Err(error),
        Err(Stop::Hindered(hindrance)) => hindrance,
    };
    let now = clock();
    let tries = wanting.row.as_ref().map_or(0, |row| row.tries_of(&version)).saturating_add(1);
    let doubled = 1_i32.checked_shl(tries - 1).filter(|factor| *factor > 0).unwrap_or(i32::MAX);
    let pause = FIRST_PAUSE.checked_mul(doubled).unwrap_or(LONGEST_PAUSE).min(LONGEST_PAUSE);
    let next = hindrance.until.filter(|until| *until > now).unwrap_or(now + pause);
    store.postpone_translation(wanted, &version, tries, &hindrance.problem, next, now).await?;
    Ok(Made::Postponed(hindrance.problem, next))
}

/// The article as far as the terms of its outlet let readers see it: nobody pays for what is not shown.
fn shown_part<'a>(config: &Config, attributed: &'a AttributedArticle) -> Cow<'a, AttributedArticle> {
    let Some(outlet) = config.outlet(&attributed.article.outlet) else { return Cow::Borrowed(attributed) };
    let language = attributed.article.language.as_deref().or(outlet.language.as_deref());
    render::shown_part(&outlet.terms, attributed, language)
}

/// The version of an article that is translated: another one when readers are shown something else of it.
pub(super) fn version(config: &Config, source: &StoredArticle) -> Digest {
    Digest::of(&shown_part(config, &source.attributed))
}

/// `None`: there is nothing to change in it.
async fn make(
    stages: &Stages,
    translators: &Translators,
    wanting: &Wanting,
    clock: fn() -> DateTime<Utc>,
) -> Result<Option<AttributedArticle>, Stop> {
    let hindered = |problem: String| Stop::Hindered(Hindrance { problem, until: None });
    let mut attributed = shown_part(&stages.config, &wanting.source.attributed).into_owned();
    let (to, engine) = (wanting.target.to.as_str(), &wanting.target.engine);
    let outlet = stages.config.outlet(&attributed.article.outlet);
    let from = attributed.article.language.clone().or_else(|| outlet.and_then(|outlet| outlet.language.clone()));
    let Some(from) = from else { return Err(hindered("its language is not known".to_owned())) };
    let Some(chain) = translators.chain(engine) else {
        return Err(hindered(format!("there is no translator `{engine}`")));
    };
    let engines: Vec<&Arc<dyn Engine>> = chain.engines.iter().filter(|engine| engine.translates(&from, to)).collect();
    if engines.is_empty() {
        return Err(hindered(format!("neither `{engine}` nor a fallback of it translates from {from} to {to}")));
    }
    attributed.article.language = Some(from.clone());
    let cut = translate::cut(&attributed, &chain.glossary, to);
    let texts = Texts { stages, translators, wanting, from: &from, to, cut: &cut, clock };
    let answers = texts.translated(&engines).await?;
    let same = answers.pieces.iter().zip(cut.segments()).all(|(answer, segment)| *answer == segment.pieces);
    if same && same_language(&from, to) {
        return Ok(None);
    }
    let making = Making {
        kind: if answers.is_conversion && same_language(&from, to) {
            TranslationKind::ScriptConversion
        } else {
            TranslationKind::Machine
        },
        engine: Some(answers.makers.into_iter().collect::<Vec<_>>().join(", ")),
        by: Party { name: stages.config.site.title.clone(), url: None },
        // Without a time of its own the same answers give the same article.
        at: None,
        bilingual: wanting.target.bilingual,
    };
    // Tables do what they do; their placeholders are looked at when the article is put together.
    let checked = if answers.is_conversion { Ok(()) } else { cut.check(&answers.pieces) };
    checked.map_err(|damages| {
        let damages: Vec<String> = damages.iter().take(3).map(ToString::to_string).collect();
        hindered(format!("what came back is not the article: {}", damages.join("; ")))
    })?;
    let made = cut.assemble(&answers.pieces, &making);
    let mut made = made.map_err(|damage| hindered(format!("what came back cannot be put together: {damage}")))?;
    if making.kind == TranslationKind::ScriptConversion
        && let Some(engine) = engines.iter().find(|engine| engine.unit() == Unit::Nothing)
    {
        labels::convert(&mut made.article.categories, engine.as_ref(), &from, to).await;
    }
    Ok(Some(made))
}

fn same_language(from: &str, to: &str) -> bool {
    from.split('-').next() == to.split('-').next()
}

/// What a round came to.
#[derive(Debug, Default)]
pub struct Round {
    /// Articles translated.
    pub made: usize,
    /// Articles put off, with why.
    pub postponed: Vec<String>,
    /// Outlets whose feeds look otherwise now.
    pub outlets: BTreeSet<String>,
}

/// Makes everything that windows lack now, one article after the other: for commands and tests. The daemon does many at once.
///
/// # Errors
/// The store did not answer.
pub async fn round(stages: &Stages, translators: &Translators, clock: fn() -> DateTime<Utc>) -> Result<Round, StoreError> {
    let mut round = Round::default();
    for feed in &stages.config.feeds {
        for wanting in lacking(stages, feed, clock()).await?.now {
            match translate(stages, translators, &wanting, clock).await? {
                Made::Postponed(problem, _) => round.postponed.push(problem),
                Made::Translated | Made::Untouched => round.made += 1,
            }
            round.outlets.insert(wanting.source.attributed.article.outlet.clone());
        }
    }
    Ok(round)
}

/// What translating some articles would cost at the most, with what is paid for it in: for an admin who decides on a budget.
pub fn estimate(
    config: &Config,
    translators: &Translators,
    target: &Target,
    articles: &[&AttributedArticle],
) -> Option<(u64, Unit)> {
    let chain = translators.chain(&target.engine)?;
    let mut total = 0_u64;
    let mut unit = Unit::Nothing;
    for attributed in articles {
        let Some(from) = attributed.article.language.as_deref() else { continue };
        if super::language::is_already(from, &target.to) {
            continue;
        }
        let Some(engine) = chain.engines.iter().find(|engine| engine.translates(from, &target.to)) else { continue };
        unit = engine.unit();
        let cut = translate::cut(&shown_part(config, attributed), &chain.glossary, &target.to);
        let segments: Vec<&Segment> = cut.segments().iter().collect();
        let mut done = 0;
        while let Some(rest) = segments.get(done..).filter(|rest| !rest.is_empty()) {
            let fits = engine.fits(rest).clamp(1, rest.len());
            let (batch, places) = (&rest[..fits], (done..done + fits).collect::<Vec<_>>());
            done += fits;
            let terms = terms(&cut, &places);
            total = total.saturating_add(engine.cost(&Job { from, to: &target.to, segments: batch, terms: &terms }));
        }
    }
    Some((total, unit))
}
