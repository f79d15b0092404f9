//! What stands between who wants translations and an engine: its rate, its concurrency, its time-out, its circuit breaker, and what is
//! known of its health.
//!
//! A desk sends one request a call and never repeats one: who calls reserves the cost of each. A retry is a call like any other and counts
//! as one.

use std::collections::HashSet;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::Semaphore;
use tokio::time::{Instant, sleep_until, timeout};

use super::gate::{Admission, Gate, Outcome};
use super::{Answer, Asking, Calling, Engine, EngineError, Job, Maker, Pairs, Trouble, Unit};
use super::{apertium, deepl, libretranslate, openai};
use crate::config::{Translator, TranslatorKind};
use crate::translate::Segment;
use crate::translate::opencc::OpenCc;

/// Longest wait that an engine may impose and a call sits out; beyond it the call fails with the wait in its error.
const PATIENCE: Duration = Duration::from_secs(60);

/// How often an engine behind an open circuit is tried.
const PROBE_EVERY: Duration = Duration::from_secs(60);

/// How an engine is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Manner {
    /// Most requests in any minute, retries included.
    pub rate: Option<u32>,
    /// Most requests at once; at least 1.
    pub concurrency: usize,
    /// Time for one request, from sending to the last byte of the answer.
    pub timeout: Duration,
    /// How often an engine behind an open circuit is tried.
    pub probe_every: Duration,
}

impl Manner {
    /// As a `[[translator]]` says.
    pub fn of(translator: &Translator) -> Self {
        Self { rate: translator.rate, concurrency: translator.concurrency, timeout: translator.timeout, probe_every: PROBE_EVERY }
    }
}

/// The health of an engine, for status pages. Spans count back from the moment it was asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct State {
    /// How long the circuit has been open, if it is: since then the engine has only been probed.
    pub open_for: Option<Duration>,
    /// How long it will not be asked at all, by its own wish or for its circuit; `None`: it may be asked now.
    pub asked_again_in: Option<Duration>,
    /// Requests sent.
    pub calls: u64,
    /// Those of them that failed, imposed waits included.
    pub failures: u64,
    /// Requests under way.
    pub underway: u64,
    /// What all of them cost, in the engine's unit, since the program started.
    pub spent: u64,
    /// The last failure in words, and how long ago it was. It stays when the engine works again.
    pub last_error: Option<(Duration, EngineError)>,
}

#[derive(Debug)]
struct Shared {
    gate: Gate,
    calls: u64,
    failures: u64,
    underway: u64,
    spent: u64,
    last_error: Option<(Instant, EngineError)>,
    /// Pairs of languages that the engine says it does not know.
    unknown: HashSet<(String, String)>,
}

/// An engine behind its desk, itself an [`Engine`]: whoever asks this one asks politely.
#[derive(Debug)]
pub struct Desk {
    engine: Box<dyn Engine>,
    manner: Manner,
    turns: Semaphore,
    shared: Mutex<Shared>,
}

impl Desk {
    /// The desk of a `[[translator]]`.
    ///
    /// # Errors
    /// In words for an admin: what is missing or cannot be used.
    pub fn from_config(translator: &Translator) -> Result<Self, String> {
        Self::in_manner(translator, Manner::of(translator))
    }

    /// The desk of a `[[translator]]` that is asked in another manner than it says.
    ///
    /// # Errors
    /// As [`Self::from_config`].
    pub fn in_manner(translator: &Translator, manner: Manner) -> Result<Self, String> {
        let engine: Box<dyn Engine> = match translator.kind {
            // Whoever asks for the characters of a region wants its words.
            TranslatorKind::OpenCc => Box::new(OpenCc::new(&translator.id, true)),
            TranslatorKind::Apertium => Box::new(apertium::Apertium::new(translator)?),
            TranslatorKind::LibreTranslate => Box::new(libretranslate::LibreTranslate::new(translator)?),
            TranslatorKind::DeepL => Box::new(deepl::DeepL::new(translator)?),
            TranslatorKind::OpenAi => Box::new(openai::OpenAi::new(translator)?),
        };
        Ok(Self::new(engine, manner))
    }

    /// A desk for any engine.
    pub fn new(engine: Box<dyn Engine>, manner: Manner) -> Self {
        let shared = Shared {
            gate: Gate::new(manner.rate, manner.probe_every),
            calls: 0,
            failures: 0,
            underway: 0,
            spent: 0,
            last_error: None,
            unknown: HashSet::new(),
        };
        Self { engine, manner, turns: Semaphore::new(manner.concurrency.max(1)), shared: Mutex::new(shared) }
    }

    /// How the engine is.
    pub fn state(&self) -> State {
        let now = Instant::now();
        let shared = self.shared();
        State {
            open_for: shared.gate.open_since().map(|since| now - since),
            asked_again_in: shared.gate.opens_at(now).map(|at| at - now),
            calls: shared.calls,
            failures: shared.failures,
            underway: shared.underway,
            spent: shared.spent,
            last_error: shared.last_error.as_ref().map(|(at, error)| (now - *at, error.clone())),
        }
    }

    fn shared(&self) -> MutexGuard<'_, Shared> {
        // Nothing panics while it is held; and if it did, these are counters.
        self.shared.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn refused(&self, trouble: Trouble, words: &str, retry_after: Option<Duration>) -> EngineError {
        let message = format!("translator “{}” {words}", self.engine.maker().translator);
        EngineError { trouble, message, retry_after, spent: 0 }
    }

    /// Waits for the gate. What comes back is the request, already counted.
    async fn admitted(&self) -> Result<Request<'_>, EngineError> {
        loop {
            match self.try_admitted(Instant::now()) {
                Ok(request) => return Ok(request),
                Err(Turned::Away(error)) => return Err(error),
                Err(Turned::Back(until)) => sleep_until(until).await,
            }
        }
    }

    fn try_admitted(&self, now: Instant) -> Result<Request<'_>, Turned> {
        let mut shared = self.shared();
        let (until, words) = match shared.gate.admit(now) {
            Admission::Go { probe } => {
                shared.calls += 1;
                shared.underway += 1;
                return Ok(Request { desk: self, probe, done: false });
            }
            Admission::Later(until) => return Err(Turned::Back(until)),
            Admission::Held(until) if until - now <= PATIENCE => return Err(Turned::Back(until)),
            Admission::Held(until) => (until, "asked us to wait"),
            Admission::Closed(until) => (until, "is not asked for a while, for it failed"),
        };
        let (last, words) = match &shared.last_error {
            Some((_, error)) => (error.trouble, format!("{words}; last: {}", error.message)),
            None => (Trouble::Temporary, words.to_owned()),
        };
        // A circuit that is open for the account or the quota says so, or an admin would look for a network.
        let trouble = if matches!(last, Trouble::Account | Trouble::Quota) { last } else { Trouble::Temporary };
        Err(Turned::Away(self.refused(trouble, &words, Some(until - now))))
    }

    /// Sends one request through the gate. `cost` is the most it can have cost if nothing is heard of it.
    async fn through<T: Send>(
        &self,
        cost: u64,
        pair: Option<(&str, &str)>,
        request: impl Future<Output = Result<(T, u64), EngineError>> + Send,
    ) -> Result<T, EngineError> {
        let Ok(_turn) = self.turns.acquire().await else {
            return Err(self.refused(Trouble::Temporary, "is not asked any more", None));
        };
        let underway = self.admitted().await?;
        let result = match timeout(self.manner.timeout, request).await {
            Ok(result) => result,
            Err(_) => {
                let words =
                    format!("does not come to an end within {} s: it is too slow or hangs", self.manner.timeout.as_secs_f64());
                Err(EngineError { spent: cost, ..self.refused(Trouble::Temporary, &words, None) })
            }
        };
        underway.settle(cost, pair, result)
    }

    async fn ask(&self, job: Job<'_>) -> Result<Answer, EngineError> {
        if !self.translates(job.from, job.to) {
            let words = format!("does not translate from “{}” to “{}”", job.from, job.to);
            return Err(self.refused(Trouble::Pair, &words, None));
        }
        let (cost, wanted) = (self.engine.cost(&job), job.segments.len());
        let request = async {
            let answer = self.engine.translate(job).await?;
            let spent = answer.spent;
            if answer.segments.len() == wanted {
                return Ok((answer, spent));
            }
            let words = format!("answers {} texts to {wanted}", answer.segments.len());
            Err(EngineError { spent, ..self.refused(Trouble::Nonsense, &words, None) })
        };
        let mut answer = self.through(cost, Some((job.from, job.to)), request).await?;
        answer.spent = answer.spent.min(cost);
        Ok(answer)
    }
}

/// Who may not ask now.
enum Turned {
    /// Until then.
    Back(Instant),
    /// With this error.
    Away(EngineError),
}

/// A request under way. If who asked gives up, it is taken off the count, and a probe makes room for the next.
struct Request<'a> {
    desk: &'a Desk,
    probe: bool,
    done: bool,
}

impl Request<'_> {
    fn settle<T>(
        mut self,
        cost: u64,
        pair: Option<(&str, &str)>,
        result: Result<(T, u64), EngineError>,
    ) -> Result<T, EngineError> {
        self.done = true;
        let now = Instant::now();
        let mut shared = self.desk.shared();
        shared.underway -= 1;
        let reported = result.as_ref().map_or_else(|error| error.spent, |(_, spent)| *spent);
        if reported > cost {
            let translator = &self.desk.engine.maker().translator;
            tracing::warn!(translator, reported, cost, "a translator says that a request cost more than was possible");
        }
        shared.spent = shared.spent.saturating_add(reported.min(cost));
        match result {
            Ok((value, _)) => {
                shared.gate.note(Outcome::Works, None, self.probe, now);
                Ok(value)
            }
            Err(mut error) => {
                error.spent = error.spent.min(cost);
                let outcome = match error.trouble {
                    Trouble::Pair => Outcome::Works,
                    Trouble::Account | Trouble::Quota => Outcome::Broken,
                    Trouble::Temporary if error.retry_after.is_some() => Outcome::Busy,
                    Trouble::Temporary | Trouble::Nonsense => Outcome::Fails,
                };
                shared.gate.note(outcome, error.retry_after, self.probe, now);
                if let (Trouble::Pair, Some((from, to))) = (error.trouble, pair) {
                    shared.unknown.insert((from.to_owned(), to.to_owned()));
                }
                shared.failures += 1;
                shared.last_error = Some((now, error.clone()));
                Err(error)
            }
        }
    }
}

impl Drop for Request<'_> {
    fn drop(&mut self) {
        if !self.done {
            let mut shared = self.desk.shared();
            shared.underway -= 1;
            shared.gate.forget(self.probe, Instant::now());
        }
    }
}

impl Engine for Desk {
    fn maker(&self) -> &Maker {
        self.engine.maker()
    }

    fn unit(&self) -> Unit {
        self.engine.unit()
    }

    /// What the engine says of itself, without the pairs it has since refused.
    fn translates(&self, from: &str, to: &str) -> bool {
        self.engine.translates(from, to) && {
            let shared = self.shared();
            shared.unknown.is_empty() || !shared.unknown.contains(&(from.to_owned(), to.to_owned()))
        }
    }

    fn fits(&self, segments: &[&Segment]) -> usize {
        self.engine.fits(segments).max(1)
    }

    fn cost(&self, job: &Job<'_>) -> u64 {
        self.engine.cost(job)
    }

    fn translate<'a>(&'a self, job: Job<'a>) -> Calling<'a> {
        Box::pin(self.ask(job))
    }

    fn pairs(&self) -> Asking<'_> {
        Box::pin(async move {
            let request = async { self.engine.pairs().await.map(|pairs: Option<Pairs>| (pairs, 0)) };
            self.through(0, None, request).await
        })
    }
}

#[cfg(test)]
#[path = "desk_tests.rs"]
pub(super) mod tests;
