//! When to ask whom: cron in the outlet's time zone, politeness, back-off.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use chrono_tz::Tz;
use sha2::{Digest, Sha256};

use crate::model::Freshness;

mod expression;
mod wall_clock;

pub use expression::{Cron, CronError};

/// `Retry-After` is obeyed within these bounds: a zero would be a storm, ten years a mistake.
const RETRY_AFTER: (Duration, Duration) = (Duration::from_secs(60), Duration::from_secs(24 * 3600));

/// Most that a source is put off so that not all of them are asked at the full hour.
const LONGEST_JITTER: Duration = Duration::from_secs(5 * 60);

/// A tick closer than a quarter of the interval, and closer than this, is covered by the poll just made.
const LONGEST_COVER: Duration = Duration::from_secs(10 * 60);

/// What a poll led to, as far as the schedule cares.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
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

impl Pace<'_> {
    /// How much later than its ticks this source is asked: the same at every tick and after every restart, at most a tenth of the
    /// interval and five minutes, whole seconds; nothing where the interval is shorter than a minute.
    pub fn jitter(&self) -> Duration {
        let interval = self.cron.shortest_interval();
        if interval < Duration::from_secs(60) {
            return Duration::ZERO;
        }
        let most = (interval / 10).min(LONGEST_JITTER).as_secs();
        let digest = Sha256::digest(self.seed.as_bytes());
        let hash = digest.iter().take(8).fold(0_u64, |hash, &byte| hash << 8 | u64::from(byte));
        Duration::from_secs(hash % (most + 1))
    }

    /// The tick after `at`, with the jitter.
    fn tick(&self, at: DateTime<Utc>) -> Option<DateTime<Utc>> {
        later(self.cron.next(self.zone, at)?, self.jitter())
    }
}

/// The moment before which a source is not asked again: the latest of the cron tick (with a fixed jitter from `seed`), what the partner
/// asks for (`max_age`, `ttl`, each at most `longest`; `retry_after` within 60 s … 24 h), and the back-off after failures (the interval,
/// doubled with every failure after the first, at most `longest`).
///
/// A tick that follows too closely on this poll (less than a quarter of the interval, and less than ten minutes) counts as done. A
/// moment that falls where the schedule pauses, such as a night, waits for the next tick. Always later than `now`.
pub fn next_poll(
    pace: &Pace<'_>,
    now: DateTime<Utc>,
    outcome: Outcome,
    freshness: Freshness,
    ttl: Option<Duration>,
) -> DateTime<Utc> {
    let interval = pace.cron.shortest_interval();
    let backoff = match outcome {
        Outcome::Success | Outcome::Failure(0 | 1) => Duration::ZERO,
        Outcome::Failure(failures) => {
            let doubled = 1_u32.checked_shl(failures - 1).filter(|&factor| factor != 0).unwrap_or(u32::MAX);
            interval.saturating_mul(doubled).min(pace.longest)
        }
    };
    let wishes = freshness.max_age.unwrap_or_default().max(ttl.unwrap_or_default()).min(pace.longest);
    let retry_after = freshness.retry_after.map_or(Duration::ZERO, |wish| wish.clamp(RETRY_AFTER.0, RETRY_AFTER.1));
    let pause = backoff.max(wishes).max(retry_after);

    let found = || {
        let mut tick = pace.tick(now)?;
        if tick < later(now, (interval / 4).min(LONGEST_COVER))? {
            tick = pace.tick(tick)?;
        }
        let earliest = later(now, pause)?;
        if earliest <= tick {
            return Some(tick);
        }
        // Between two ticks of the usual distance any moment will do; in a longer pause of the schedule only the tick that ends it.
        let following = pace.tick(earliest)?;
        if following <= later(earliest, interval)? { Some(earliest) } else { Some(following) }
    };
    // Without a further tick (a checked schedule always has one until the year 2100) the longest pause keeps the peace.
    found().or_else(|| later(now, pause.max(pace.longest).max(RETRY_AFTER.0))).unwrap_or(DateTime::<Utc>::MAX_UTC)
}

fn later(at: DateTime<Utc>, by: Duration) -> Option<DateTime<Utc>> {
    at.checked_add_signed(TimeDelta::from_std(by).ok()?)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const HOUR: Duration = Duration::from_secs(3600);
    const DAY: Duration = Duration::from_secs(24 * 3600);

    fn at(text: &str) -> DateTime<Utc> {
        DateTime::parse_from_rfc3339(text).unwrap_or_else(|error| panic!("{text}: {error}")).with_timezone(&Utc)
    }

    /// A seed whose jitter is zero for an interval of half an hour and of a day, so that tables show bare times.
    fn unjittered(cron: &Cron) -> String {
        (0..10_000)
            .map(|n| format!("harbour-{n}"))
            .find(|seed| Pace { cron, zone: Tz::UTC, longest: DAY, seed }.jitter().is_zero())
            .expect("one seed in a few hundred has no jitter")
    }

    struct Case {
        cron: &'static str,
        now: &'static str,
        outcome: Outcome,
        max_age: Option<Duration>,
        retry_after: Option<Duration>,
        ttl: Option<Duration>,
    }

    const SUCCESS: Case = Case {
        cron: "*/30 * * * *",
        now: "2026-03-02T10:00:02Z",
        outcome: Outcome::Success,
        max_age: None,
        retry_after: None,
        ttl: None,
    };

    fn check(case: Case, expected: &str) {
        let cron = Cron::parse(case.cron).unwrap();
        let seed = unjittered(&cron);
        let pace = Pace { cron: &cron, zone: Tz::UTC, longest: DAY, seed: &seed };
        let freshness = Freshness { max_age: case.max_age, retry_after: case.retry_after };
        let next = next_poll(&pace, at(case.now), case.outcome, freshness, case.ttl);
        assert_eq!(next, at(expected), "{} after {}", case.cron, case.now);
    }

    #[test]
    fn tick_of_the_schedule() {
        check(SUCCESS, "2026-03-02T10:30:00Z");
        check(Case { now: "2026-03-02T10:29:59Z", ..SUCCESS }, "2026-03-02T11:00:00Z"); // 10:30 is covered by this poll
        check(Case { now: "2026-03-02T10:20:00Z", ..SUCCESS }, "2026-03-02T10:30:00Z"); // 10:30 is not
        check(Case { cron: "0 6 * * *", now: "2026-03-02T05:55:00Z", ..SUCCESS }, "2026-03-03T06:00:00Z");
        check(Case { cron: "0 6 * * *", now: "2026-03-02T05:00:00Z", ..SUCCESS }, "2026-03-02T06:00:00Z");
    }

    #[test]
    fn wishes_of_the_partner() {
        check(Case { max_age: Some(60 * Duration::from_secs(1)), ..SUCCESS }, "2026-03-02T10:30:00Z");
        check(Case { max_age: Some(2 * HOUR), ..SUCCESS }, "2026-03-02T12:00:02Z");
        check(Case { ttl: Some(HOUR), max_age: Some(2 * HOUR), ..SUCCESS }, "2026-03-02T12:00:02Z");
        check(Case { ttl: Some(3 * HOUR), max_age: Some(2 * HOUR), ..SUCCESS }, "2026-03-02T13:00:02Z");
        check(Case { max_age: Some(3650 * DAY), ..SUCCESS }, "2026-03-03T10:00:02Z");
        check(Case { ttl: Some(Duration::MAX), ..SUCCESS }, "2026-03-03T10:00:02Z");
        check(Case { max_age: Some(DAY), cron: "0 10 * * *", ..SUCCESS }, "2026-03-03T10:00:02Z");
        // A pause of the schedule is kept: what would fall into the night waits for the morning.
        check(
            Case { cron: "*/30 9-17 * * *", now: "2026-03-02T17:00:02Z", max_age: Some(2 * HOUR), ..SUCCESS },
            "2026-03-03T09:00:00Z",
        );
    }

    #[test]
    fn retry_after_is_obeyed_within_bounds() {
        let failed = |retry_after| Case { outcome: Outcome::Failure(1), retry_after: Some(retry_after), ..SUCCESS };
        check(failed(HOUR), "2026-03-02T11:00:02Z");
        check(failed(Duration::ZERO), "2026-03-02T10:30:00Z");
        check(failed(3650 * DAY), "2026-03-03T10:00:02Z");
        check(Case { cron: "*/15 * * * * *", ..failed(Duration::from_secs(1)) }, "2026-03-02T10:01:02Z");
        check(Case { outcome: Outcome::Success, ..failed(2 * HOUR) }, "2026-03-02T12:00:02Z");
    }

    #[test]
    fn failures_back_off() {
        for (failures, expected) in [
            (0, "2026-03-02T10:30:00Z"),
            (1, "2026-03-02T10:30:00Z"),
            (2, "2026-03-02T11:00:02Z"),
            (3, "2026-03-02T12:00:02Z"),
            (4, "2026-03-02T14:00:02Z"),
            (6, "2026-03-03T02:00:02Z"),
            (7, "2026-03-03T10:00:02Z"),
            (8, "2026-03-03T10:00:02Z"),
            (32, "2026-03-03T10:00:02Z"),
            (33, "2026-03-03T10:00:02Z"),
            (u32::MAX, "2026-03-03T10:00:02Z"),
        ] {
            check(Case { outcome: Outcome::Failure(failures), ..SUCCESS }, expected);
        }
        // Never sooner than the schedule, however short the longest pause.
        let cron = Cron::parse("0 6 * * *").unwrap();
        let seed = unjittered(&cron);
        let pace = Pace { cron: &cron, zone: Tz::UTC, longest: HOUR, seed: &seed };
        let next = next_poll(&pace, at("2026-03-02T06:00:02Z"), Outcome::Failure(9), Freshness::default(), None);
        assert_eq!(next, at("2026-03-03T06:00:00Z"));
    }

    fn check_jitter(expression: &str, most: u64) {
        let cron = Cron::parse(expression).unwrap();
        let jitters: Vec<u64> = (0..2000)
            .map(|n| {
                Pace { cron: &cron, zone: Tz::UTC, longest: DAY, seed: &format!("outlet-{n} https://n{n}.example/") }
                    .jitter()
                    .as_secs()
            })
            .collect();
        assert!(jitters.iter().all(|&jitter| jitter <= most), "{expression}");
        assert!(jitters.contains(&most) && jitters.contains(&0), "{expression}: the whole range is used");
    }

    #[test]
    fn jitter_spreads_within_a_tenth_and_five_minutes() {
        check_jitter("*/30 * * * *", 180);
        check_jitter("0 6 * * *", 300);
        check_jitter("* * * * *", 6);
        check_jitter("*/30 * * * * *", 0);
    }

    #[test]
    fn jitter_never_changes() {
        // Figures that other instances and later versions must find as well: a changed hash would re-poll at other times.
        let cron = Cron::parse("*/30 * * * *").unwrap();
        let jitter = |seed: &str| Pace { cron: &cron, zone: Tz::UTC, longest: DAY, seed }.jitter().as_secs();
        assert_eq!((jitter("harbour https://harbour.example/rss"), jitter("")), (156, 115));
    }

    #[test]
    fn clock_at_the_ends_of_the_calendar() {
        let cron = Cron::parse("*/30 * * * *").unwrap();
        let pace = Pace { cron: &cron, zone: Tz::Australia__Lord_Howe, longest: DAY, seed: "harbour" };
        for now in
            [at("1970-01-01T00:00:00Z"), at("2038-01-20T00:00:00Z"), at("2100-12-31T23:59:59Z"), at("0001-01-01T00:00:00Z")]
        {
            let next = next_poll(&pace, now, Outcome::Failure(3), Freshness::default(), Some(HOUR));
            assert!(next > now, "{now}");
        }
        assert_eq!(
            next_poll(&pace, DateTime::<Utc>::MAX_UTC, Outcome::Success, Freshness::default(), None),
            DateTime::<Utc>::MAX_UTC
        );
    }

    proptest! {
        /// However late the daemon gets to a poll, however the polls end: the next one is later, and two due moments are never closer
        /// than the schedule's interval.
        #[test]
        fn due_moments_keep_the_interval(
            expression in prop::sample::select(&["*/30 * * * *", "*/7 * * * *", "* * * * *", "17 * * * *", "*/5 * * * * *"][..]),
            zone in prop::sample::select(&[Tz::UTC, Tz::Asia__Shanghai, Tz::Australia__Sydney, Tz::Europe__Berlin][..]),
            start in 1_767_225_600_i64..1_830_297_600,
            walk in prop::collection::vec((0_i64..7200, 0_u32..4, 0_u64..10_000), 1..12),
            seed in "[a-z]{1,8}",
        ) {
            let cron = Cron::parse(expression).unwrap();
            let pace = Pace { cron: &cron, zone, longest: DAY, seed: &seed };
            let interval = TimeDelta::from_std(cron.shortest_interval()).unwrap();
            let mut now = DateTime::from_timestamp(start, 0).unwrap();
            let mut due: Option<DateTime<Utc>> = None;
            for (delay, failures, max_age) in walk {
                let outcome = if failures == 0 { Outcome::Success } else { Outcome::Failure(failures) };
                let freshness = Freshness { max_age: Some(Duration::from_secs(max_age)), retry_after: None };
                let next = next_poll(&pace, now, outcome, freshness, None);
                prop_assert!(next > now);
                prop_assert!(next - now >= TimeDelta::seconds(max_age as i64));
                prop_assert!(next - now >= interval / 4 || next - now >= TimeDelta::minutes(10));
                if let Some(due) = due {
                    prop_assert!(next - due >= (interval / 4).min(TimeDelta::minutes(10)), "{} after {}", next, due);
                    if max_age == 0 && failures < 2 {
                        prop_assert!(next - due > TimeDelta::zero());
                    }
                }
                due = Some(next);
                now = next + TimeDelta::seconds(delay);
            }
        }

        /// Undisturbed, due moments are exactly as far apart as the schedule says.
        #[test]
        fn ticks_keep_the_interval(
            expression in prop::sample::select(&["*/30 * * * *", "*/7 * * * *", "* * * * *", "17 * * * *", "*/5 * * * * *"][..]),
            zone in prop::sample::select(&[Tz::UTC, Tz::Asia__Shanghai, Tz::Australia__Sydney, Tz::Europe__Berlin][..]),
            start in 1_767_225_600_i64..1_830_297_600,
            delays in prop::collection::vec(0_i64..7200, 1..12),
            seed in "[a-z]{1,8}",
        ) {
            let cron = Cron::parse(expression).unwrap();
            let pace = Pace { cron: &cron, zone, longest: DAY, seed: &seed };
            let interval = TimeDelta::from_std(cron.shortest_interval()).unwrap();
            let mut due = next_poll(&pace, DateTime::from_timestamp(start, 0).unwrap(), Outcome::Success, Freshness::default(), None);
            for delay in delays {
                let next = next_poll(&pace, due + TimeDelta::seconds(delay), Outcome::Success, Freshness::default(), None);
                prop_assert!(next - due >= interval, "{} then {}", due, next);
                due = next;
            }
        }

        /// Back-off only ever makes it later.
        #[test]
        fn failures_never_come_sooner(failures in 1_u32..40, start in 1_767_225_600_i64..1_830_297_600) {
            let cron = Cron::parse("*/30 * * * *").unwrap();
            let pace = Pace { cron: &cron, zone: Tz::Europe__Berlin, longest: DAY, seed: "harbour" };
            let now = DateTime::from_timestamp(start, 0).unwrap();
            let next = |outcome| next_poll(&pace, now, outcome, Freshness::default(), None);
            prop_assert!(next(Outcome::Failure(failures)) >= next(Outcome::Success));
            prop_assert!(next(Outcome::Failure(failures + 1)) >= next(Outcome::Failure(failures)));
            prop_assert!(next(Outcome::Failure(failures)) <= now + TimeDelta::hours(25));
        }
    }
}
