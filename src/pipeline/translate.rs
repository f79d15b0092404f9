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
use std::time::Duration;

use chrono::{DateTime, Days, TimeDelta, Utc};

use super::editions::{form, has_human, is_wanted};
use super::window::window;
use super::{Stages, labels};
use crate::config::{Config, Feed, Target, Translator};
use crate::model::{AttributedArticle, Party, StoredArticle, TranslationKind};
use crate::render;
use crate::store::{Account, Digest, Remembered, StoreError, TranslationRow, Wanted};
use crate::translate::{
    self, Cut, Desks, Engine, EngineError, Glossary, Job, Making, Piece, Segment, Term, Trouble, Unit, check, memory,
};

/// Calls for one text: the first, and one more where the answer was no good.
const CALLS: usize = 2;

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

/// Every text of an article, translated.
struct Answers {
    pieces: Vec<Vec<Piece>>,
    /// Names of what made them.
    makers: BTreeSet<String>,
    /// All of them work in the process, by tables: they change the script and nothing else.
    is_conversion: bool,
}

/// The texts of one article on their way.
struct Texts<'a> {
    stages: &'a Stages,
    translators: &'a Translators,
    wanting: &'a Wanting,
    from: &'a str,
    to: &'a str,
    cut: &'a Cut,
    clock: fn() -> DateTime<Utc>,
}

impl Texts<'_> {
    fn key(&self, place: usize, engine: &dyn Engine) -> [u8; 32] {
        let segment = &self.cut.segments()[place];
        memory::key(segment, self.from, self.to, engine.maker(), &self.cut.terms_version(place))
    }

    /// Reads an answer that was accepted before. What does not pass any more is not taken: checks may have become stricter.
    fn recalled(&self, segment: &Segment, remembered: &Remembered) -> Option<Vec<Piece>> {
        let pieces = Segment::read(&remembered.markup).ok()?;
        check::answer(segment, &pieces, self.from, self.to).ok()?;
        Some(pieces)
    }

    async fn translated(&self, engines: &[&Arc<dyn Engine>]) -> Result<Answers, Stop> {
        let store = &self.stages.store;
        let mut done: Vec<Option<Vec<Piece>>> = vec![None; self.cut.segments().len()];
        let mut makers = BTreeSet::new();
        let mut is_conversion = true;
        let keys: Vec<Vec<[u8; 32]>> = engines
            .iter()
            .map(|engine| (0..self.cut.segments().len()).map(|place| self.key(place, engine.as_ref())).collect())
            .collect();
        let all: Vec<[u8; 32]> = keys.iter().flatten().copied().collect::<BTreeSet<_>>().into_iter().collect();
        let remembered = store.remembered(&all).await?;
        for (place, segment) in self.cut.segments().iter().enumerate() {
            for (engine, of_engine) in engines.iter().zip(&keys) {
                let Some(found) = of_engine.get(place).and_then(|key| remembered.get(key)) else { continue };
                if let Some(pieces) = self.recalled(segment, found) {
                    makers.insert(found.maker.clone());
                    is_conversion &= engine.unit() == Unit::Nothing;
                    done[place] = Some(pieces);
                    break;
                }
            }
        }
        let mut hindrance = None;
        for (engine, keys) in engines.iter().zip(&keys) {
            if done.iter().all(Option::is_some) {
                break;
            }
            let asked = self.ask(engine.as_ref(), keys, &mut done).await?;
            if asked.any {
                makers.insert(engine.maker().name.clone());
                is_conversion &= engine.unit() == Unit::Nothing;
            }
            // The first says why; a fallback only when it does.
            hindrance = hindrance.or(asked.hindrance);
        }
        let pieces: Option<Vec<Vec<Piece>>> = done.into_iter().collect();
        match (pieces, hindrance) {
            (Some(pieces), _) => Ok(Answers { pieces, makers, is_conversion }),
            (None, Some(hindrance)) => Err(Stop::Hindered(hindrance)),
            (None, None) => Err(Stop::Hindered(Hindrance { problem: "no translator answered".to_owned(), until: None })),
        }
    }

    /// Asks one engine for what is missing, twice for what it answers badly. Every answer that is accepted is remembered at once.
    async fn ask(&self, engine: &dyn Engine, keys: &[[u8; 32]], done: &mut [Option<Vec<Piece>>]) -> Result<Asked, StoreError> {
        let mut asked = Asked::default();
        // Equal texts are one segment: none is paid for twice.
        let mut missing: Vec<usize> = (0..keys.len()).filter(|place| done[*place].is_none()).collect();
        for call in 0..CALLS {
            let mut again = Vec::new();
            let mut rest = missing.as_slice();
            while !rest.is_empty() {
                let segments: Vec<&Segment> = rest.iter().filter_map(|place| self.cut.segments().get(*place)).collect();
                let (batch, after) = rest.split_at(engine.fits(&segments).clamp(1, rest.len()));
                rest = after;
                let segments = segments.get(..batch.len()).unwrap_or_default();
                match self.call(engine, batch, segments).await? {
                    Ok(Called { pieces, reservation, spent }) => {
                        let mut keep: Vec<([u8; 32], Remembered)> = Vec::new();
                        for ((place, segment), answer) in batch.iter().zip(segments).zip(pieces) {
                            let answer = answer.map_err(|malformed| malformed.to_string()).and_then(|pieces| {
                                if engine.unit() == Unit::Nothing {
                                    return Ok(pieces);
                                }
                                check::answer(segment, &pieces, self.from, self.to)
                                    .map_err(|objection| objection.to_string())
                                    .map(|()| pieces)
                            });
                            let pieces = match answer {
                                Ok(pieces) => pieces,
                                Err(objection) => {
                                    asked.hinder(format!("`{}` answered badly: {objection}", engine.maker().translator), None);
                                    again.push(*place);
                                    continue;
                                }
                            };
                            asked.any = true;
                            let markup = Segment { role: segment.role, pieces: pieces.clone() }.markup();
                            let maker = engine.maker().name.clone();
                            keep.push((keys[*place], Remembered { markup, maker }));
                            done[*place] = Some(pieces);
                        }
                        let now = (self.clock)();
                        // What costs nothing is made again as fast as it would be read.
                        if let Some(reservation) = reservation {
                            self.stages.store.settle(reservation, spent, &keep, now).await?;
                        }
                    }
                    Err(refused) => {
                        let passing = matches!(refused.trouble, Some(Trouble::Temporary | Trouble::Nonsense));
                        let retry = passing && refused.until.is_none() && call + 1 < CALLS;
                        asked.hindrance = Some(Hindrance { problem: refused.problem, until: refused.until });
                        if !retry {
                            return Ok(asked);
                        }
                        again.extend(batch);
                    }
                }
            }
            missing = again;
            if missing.is_empty() {
                asked.hindrance = None;
                break;
            }
        }
        Ok(asked)
    }

    /// One call, with what it may cost set aside before. A call that fails is settled here.
    async fn call(
        &self,
        engine: &dyn Engine,
        places: &[usize],
        segments: &[&Segment],
    ) -> Result<Result<Called, Refused>, StoreError> {
        let store = &self.stages.store;
        let terms = terms(self.cut, places);
        let job = Job { from: self.from, to: self.to, segments, terms: &terms };
        let translator = engine.maker().translator.as_str();
        let unit = match engine.unit() {
            Unit::Nothing => None,
            Unit::Characters => Some("characters"),
            Unit::Tokens => Some("tokens"),
        };
        let now = (self.clock)();
        let reservation = match unit {
            None => None,
            Some(unit) => {
                let account = Account {
                    translator,
                    budget: self.translators.budgets.get(translator).copied(),
                    feed: &self.wanting.feed,
                    feed_budget: self.wanting.target.budget,
                    unit,
                };
                match store.reserve(&account, engine.cost(&job), now).await? {
                    Ok(reservation) => Some(reservation),
                    Err(refusal) => {
                        let problem = format!(
                            "the budget of the {} `{}` is used up for today: {} of {} {unit} are left",
                            refusal.whose, refusal.id, refusal.left, refusal.budget
                        );
                        return Ok(Err(Refused { problem, until: tomorrow(now), trouble: None }));
                    }
                }
            }
        };
        match engine.translate(job).await {
            Ok(answer) => Ok(Ok(Called { pieces: answer.segments, reservation, spent: answer.spent })),
            Err(EngineError { trouble, message, retry_after, spent }) => {
                let now = (self.clock)();
                if let Some(reservation) = reservation {
                    store.settle(reservation, spent, &[], now).await?;
                }
                let until = retry_after.map(|pause: Duration| now + TimeDelta::from_std(pause).unwrap_or(LONGEST_PAUSE));
                Ok(Err(Refused { problem: message, until, trouble: Some(trouble) }))
            }
        }
    }
}

/// What engines may be told of some segments, each term once.
fn terms(cut: &Cut, places: &[usize]) -> Vec<Term> {
    let mut terms: Vec<Term> = Vec::new();
    for term in places.iter().flat_map(|place| cut.terms(*place)) {
        if !terms.contains(term) {
            terms.push(term.clone());
        }
    }
    terms
}

/// When budgets begin anew.
fn tomorrow(now: DateTime<Utc>) -> Option<DateTime<Utc>> {
    now.date_naive().checked_add_days(Days::new(1))?.and_hms_opt(0, 0, 0).map(|start| start.and_utc())
}

/// What came of asking one engine.
#[derive(Debug, Default)]
struct Asked {
    /// Something it answered was accepted.
    any: bool,
    hindrance: Option<Hindrance>,
}

impl Asked {
    fn hinder(&mut self, problem: String, until: Option<DateTime<Utc>>) {
        self.hindrance = Some(Hindrance { problem, until });
    }
}

struct Called {
    pieces: Vec<Result<Vec<Piece>, translate::Malformed>>,
    reservation: Option<crate::store::Reservation>,
    spent: u64,
}

struct Refused {
    problem: String,
    until: Option<DateTime<Utc>>,
    trouble: Option<Trouble>,
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
