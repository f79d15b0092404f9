//! When an engine may be asked: its rate, the wait it imposed, its circuit breaker. Time is an argument; nothing waits here.

use std::collections::VecDeque;
use std::time::Duration;

use tokio::time::Instant;

/// Over what time the rate is counted.
pub(super) const MINUTE: Duration = Duration::from_secs(60);

/// Failures in a row that open the circuit.
pub const FAILURES: u32 = 5;

/// What the gate says to somebody who wants to ask.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Admission {
    /// Now; the request is counted. `probe`: it is the one that tries whether the engine is back.
    Go { probe: bool },
    /// Not before then: the rate is used up.
    Later(Instant),
    /// The engine said: not before then.
    Held(Instant),
    /// The circuit is open until then; nobody has to wait for that.
    Closed(Instant),
}

/// How a request went, as far as the gate cares.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Outcome {
    /// The engine answered, or told us of a mistake of ours or of a pair it does not know.
    Works,
    /// It failed; [`FAILURES`] of these in a row open the circuit.
    Fails,
    /// It will not work before somebody does something about it: opens the circuit at once.
    Broken,
    /// It asked us to wait: neither works nor fails.
    Busy,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Circuit {
    /// Requests flow.
    Closed,
    /// None before `probe_at`, then one.
    Open { since: Instant, probe_at: Instant },
    /// That one is under way.
    Probing { since: Instant, begun: Instant },
}

/// The gate of one engine, shared by all who ask it.
#[derive(Debug)]
pub(super) struct Gate {
    rate: Option<u32>,
    probe_every: Duration,
    /// Times of the requests of the last minute, oldest first; kept only where there is a rate.
    sent: VecDeque<Instant>,
    held_until: Option<Instant>,
    failures: u32,
    circuit: Circuit,
}

impl Gate {
    /// A gate with at most `rate` requests in any minute, and a probe each `probe_every` while the circuit is open.
    pub fn new(rate: Option<u32>, probe_every: Duration) -> Self {
        let rate = rate.map(|rate| rate.max(1));
        Self { rate, probe_every, sent: VecDeque::new(), held_until: None, failures: 0, circuit: Circuit::Closed }
    }

    /// Whether a request may be sent now; if so, it is counted, whatever it is: a first try, a retry, a probe.
    pub fn admit(&mut self, now: Instant) -> Admission {
        let probe = match self.circuit {
            Circuit::Closed => false,
            Circuit::Open { probe_at, .. } if now < probe_at => return Admission::Closed(probe_at),
            Circuit::Open { .. } => true,
            Circuit::Probing { begun, .. } => return Admission::Closed(begun + self.probe_every),
        };
        if let Some(until) = self.held_until.filter(|until| now < *until) {
            return Admission::Held(until);
        }
        if let Some(rate) = self.rate {
            while self.sent.front().is_some_and(|sent| *sent + MINUTE <= now) {
                self.sent.pop_front();
            }
            if self.sent.len() >= rate as usize
                && let Some(oldest) = self.sent.front()
            {
                return Admission::Later(*oldest + MINUTE);
            }
            self.sent.push_back(now);
        }
        if let (true, Circuit::Open { since, .. }) = (probe, self.circuit) {
            self.circuit = Circuit::Probing { since, begun: now };
        }
        Admission::Go { probe }
    }

    /// Takes note of how a request went, and of the wait that the engine imposed on everybody.
    pub fn note(&mut self, outcome: Outcome, retry_after: Option<Duration>, probe: bool, now: Instant) {
        if let Some(wait) = retry_after {
            let until = now + wait;
            self.held_until = Some(self.held_until.map_or(until, |held| held.max(until)));
        }
        let since = match self.circuit {
            Circuit::Closed => now,
            Circuit::Open { since, .. } | Circuit::Probing { since, .. } => since,
        };
        let probe_at = now + self.probe_every;
        let opens = match outcome {
            Outcome::Works => {
                self.failures = 0;
                // An answer to a request from before the circuit opened says nothing about now.
                if probe || matches!(self.circuit, Circuit::Closed) {
                    self.circuit = Circuit::Closed;
                }
                return;
            }
            Outcome::Busy => probe,
            Outcome::Broken => true,
            Outcome::Fails => {
                self.failures = self.failures.saturating_add(1);
                probe || self.failures >= FAILURES
            }
        };
        // A straggler must not take the place of the probe.
        if opens && (probe || !matches!(self.circuit, Circuit::Probing { .. })) {
            self.circuit = Circuit::Open { since, probe_at };
        }
    }

    /// A request was given up by who asked, so nothing is known of it; a probe may be sent again at once.
    pub fn forget(&mut self, probe: bool, now: Instant) {
        if let (true, Circuit::Probing { since, .. }) = (probe, self.circuit) {
            self.circuit = Circuit::Open { since, probe_at: now };
        }
    }

    /// Since when the circuit has been open, if it is.
    pub fn open_since(&self) -> Option<Instant> {
        match self.circuit {
            Circuit::Closed => None,
            Circuit::Open { since, .. } | Circuit::Probing { since, .. } => Some(since),
        }
    }

    /// From when on it makes sense to ask, as far as circuit and imposed waits go; `None`: now.
    pub fn opens_at(&self, now: Instant) -> Option<Instant> {
        let circuit = match self.circuit {
            Circuit::Closed => None,
            Circuit::Open { probe_at, .. } => Some(probe_at),
            Circuit::Probing { begun, .. } => Some(begun + self.probe_every),
        };
        circuit.max(self.held_until).filter(|at| now < *at)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const GO: Admission = Admission::Go { probe: false };

    fn after(start: Instant, seconds: u64) -> Instant {
        start + Duration::from_secs(seconds)
    }

    #[test]
    fn the_rate_holds_in_any_minute() {
        let start = Instant::now();
        let mut gate = Gate::new(Some(3), MINUTE);
        assert_eq!([0, 10, 20].map(|second| gate.admit(after(start, second))), [GO; 3]);
        assert_eq!(gate.admit(after(start, 30)), Admission::Later(after(start, 60)));
        assert_eq!(gate.admit(after(start, 60)), GO);
        assert_eq!(gate.admit(after(start, 61)), Admission::Later(after(start, 70)));
        assert_eq!(gate.admit(after(start, 70)), GO);
    }

    #[test]
    fn a_wait_imposed_by_the_engine_is_for_everybody() {
        let start = Instant::now();
        let mut gate = Gate::new(None, MINUTE);
        assert_eq!([(); 20].map(|()| gate.admit(start)), [GO; 20]);
        for _ in 0..20 {
            gate.note(Outcome::Busy, Some(Duration::from_secs(30)), false, start);
        }
        gate.note(Outcome::Busy, Some(Duration::from_secs(5)), false, start);
        assert_eq!(gate.admit(after(start, 29)), Admission::Held(after(start, 30)), "the longest wait counts");
        assert_eq!(gate.opens_at(start), Some(after(start, 30)));
        assert_eq!(gate.open_since(), None, "being asked to wait is no failure");
        assert_eq!(gate.admit(after(start, 30)), GO);
    }

    #[test]
    fn five_failures_in_a_row_open_the_circuit_and_one_probe_a_minute_tries() {
        let start = Instant::now();
        let mut gate = Gate::new(None, MINUTE);
        for outcome in [Outcome::Fails; 4].into_iter().chain([Outcome::Works]).chain([Outcome::Fails; 4]) {
            assert_eq!(gate.admit(start), GO);
            gate.note(outcome, None, false, start);
        }
        assert_eq!(gate.admit(start), GO);
        gate.note(Outcome::Fails, None, false, start);
        assert_eq!(gate.admit(after(start, 59)), Admission::Closed(after(start, 60)));
        assert_eq!(gate.admit(after(start, 60)), Admission::Go { probe: true });
        assert_eq!(gate.admit(after(start, 60)), Admission::Closed(after(start, 120)), "one probe at a time");
        gate.note(Outcome::Works, None, false, after(start, 61));
        assert_eq!(gate.open_since(), Some(start), "a straggler is no probe");
        gate.note(Outcome::Fails, None, true, after(start, 62));
        assert_eq!(gate.admit(after(start, 121)), Admission::Closed(after(start, 122)));
        assert_eq!(gate.admit(after(start, 122)), Admission::Go { probe: true });
        gate.forget(true, after(start, 123));
        assert_eq!(gate.admit(after(start, 123)), Admission::Go { probe: true }, "a probe that was given up is sent again");
        gate.note(Outcome::Works, None, true, after(start, 124));
        assert_eq!((gate.admit(after(start, 124)), gate.open_since()), (GO, None));
    }

    #[test]
    fn a_refused_key_opens_the_circuit_at_once() {
        let start = Instant::now();
        let mut gate = Gate::new(None, MINUTE);
        gate.note(Outcome::Broken, None, false, start);
        assert_eq!(gate.admit(start), Admission::Closed(after(start, 60)));
    }

    proptest! {
        #[test]
        fn no_minute_ever_has_more_than_the_rate(rate in 1_u32..8, steps in prop::collection::vec(0_u64..40, 1..80)) {
            let start = Instant::now();
            let (mut gate, mut now, mut sent) = (Gate::new(Some(rate), MINUTE), start, Vec::new());
            for step in steps {
                now += Duration::from_secs(step);
                if gate.admit(now) == GO {
                    sent.push(now);
                }
                gate.note(Outcome::Fails, None, false, now);
                gate.circuit = Circuit::Closed;
            }
            for (index, first) in sent.iter().enumerate() {
                let within = sent[index..].iter().filter(|at| **at < *first + MINUTE).count();
                prop_assert!(within <= rate as usize);
            }
        }
    }
}
