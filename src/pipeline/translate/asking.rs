//! Asking engines for the texts of one article: from the memory where it can be had, and within the budgets where it cannot.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Days, TimeDelta, Utc};

use super::{Hindrance, LONGEST_PAUSE, Stop, Translators, Wanting};
use crate::pipeline::Stages;
use crate::store::{Account, Remembered, Reservation, StoreError};
use crate::translate::{Cut, Engine, EngineError, Job, Malformed, Piece, Segment, Term, Trouble, Unit, check, memory};

/// Calls for one text: the first, and one more where the answer was no good.
const CALLS: usize = 2;

/// Every text of an article, translated.
pub(super) struct Answers {
    pub(super) pieces: Vec<Vec<Piece>>,
    /// Names of what made them.
    pub(super) makers: BTreeSet<String>,
    /// All of them work in the process, by tables: they change the script and nothing else.
    pub(super) is_conversion: bool,
}

/// The texts of one article on their way.
pub(super) struct Texts<'a> {
    pub(super) stages: &'a Stages,
    pub(super) translators: &'a Translators,
    pub(super) wanting: &'a Wanting,
    pub(super) from: &'a str,
    pub(super) to: &'a str,
    pub(super) cut: &'a Cut,
    pub(super) clock: fn() -> DateTime<Utc>,
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

    pub(super) async fn translated(&self, engines: &[&Arc<dyn Engine>]) -> Result<Answers, Stop> {
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
pub(super) fn terms(cut: &Cut, places: &[usize]) -> Vec<Term> {
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
    pieces: Vec<Result<Vec<Piece>, Malformed>>,
    reservation: Option<Reservation>,
    spent: u64,
}

struct Refused {
    problem: String,
    until: Option<DateTime<Utc>>,
    trouble: Option<Trouble>,
}
