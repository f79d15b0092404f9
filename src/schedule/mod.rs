//! When to ask whom: cron in the outlet's time zone, politeness, back-off.

use std::time::Duration;

use chrono::{DateTime, Utc};
use chrono_tz::Tz;

use crate::model::Freshness;

/// A checked cron expression.
#[derive(Debug, Clone)]
pub struct Cron {
    // the expression as written and the compiled schedule
}

impl Cron {
    /// Reads five fields (minute first) or six (second first); weekday numbers as in Unix cron. The error says what is wrong and
    /// gives an example.
    pub fn parse(expression: &str) -> Result<Self, String> {
        let _ = expression;
        todo!()
    }

    /// The expression as written.
    pub fn expression(&self) -> &str {
        todo!()
    }

    /// First fire strictly after `now`, on the wall clock of `zone`: a time in the spring gap fires at the first minute after it, a fixed hour
    /// in the autumn fold fires once. `None`: never within 366 days.
    pub fn next(&self, zone: Tz, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let _ = (zone, now);
        todo!()
    }
}

/// What a poll led to, as far as the schedule cares.
#[derive(Debug, Clone, Copy)]
pub enum Outcome {
    /// The partner answered and we could read it, or it answered 304.
    Success,
    /// It failed for the n-th time in a row (n ≥ 1).
    Failure(u32),
}

/// The pace an outlet is polled at.
#[derive(Debug, Clone)]
pub struct Pace<'a> {
    /// When its schedule fires.
    pub cron: &'a Cron,
    /// The zone it fires in.
    pub zone: Tz,
    /// Longest pause after failures, and longest that a partner's wish is honoured.
    pub longest: Duration,
    /// What spreads outlets that are due at the same moment: the outlet's id and address.
    pub seed: &'a str,
}

/// The moment before which a source is not asked again: the latest of the cron tick (with a fixed jitter from `seed`), what the partner's
/// cache directives ask for, and the back-off after failures.
pub fn next_poll(
    pace: &Pace<'_>,
    now: DateTime<Utc>,
    outcome: Outcome,
    freshness: Freshness,
    ttl: Option<Duration>,
) -> DateTime<Utc> {
    let _ = (pace, now, outcome, freshness, ttl);
    todo!()
}
