//! The walk of a schedule along the wall clock of its zone, over the hours that summer time takes away and gives twice.

use chrono::{DateTime, LocalResult, NaiveDateTime, Offset, TimeDelta, TimeZone, Timelike, Utc};
use chrono_tz::Tz;

use super::Cron;

/// How far ahead a fire is looked for.
const HORIZON: TimeDelta = TimeDelta::days(366);

/// Longer than any change of a zone's offset that is to come (two hours, Antarctica/Troll).
const LONGEST_SHIFT: TimeDelta = TimeDelta::hours(3);

/// Longest gap that is searched for its end, minutes (Samoa once left out a whole day).
const LONGEST_GAP: u32 = 25 * 60;

impl Cron {
    /// First fire strictly after `now`, on the wall clock of `zone`. `None`: never within 366 days, or the calendar ends.
    ///
    /// In the gap of spring a schedule that names hours fires at the first minute after it, once; in the fold of autumn it fires in the
    /// first of the two passes only. A schedule for every hour just goes on: it leaves the missing hour out and fires in both passes.
    pub fn next(&self, zone: Tz, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let limit = now.checked_add_signed(HORIZON)?;
        let next = match self.next_at_one_offset(zone, now) {
            Some(next) => next,
            None => self.next_over_changes(zone, now, limit)?,
        };
        (next <= limit).then_some(next)
    }

    /// The common case: the zone keeps its offset from `now` to the next fire, so that its wall clock runs like UTC. `None`: have a
    /// closer look.
    fn next_at_one_offset(&self, zone: Tz, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let here = offset(zone, now);
        let wall = now.naive_utc().checked_add_signed(here)?;
        let next = self.after(wall)?;
        let at = next.checked_sub_signed(here)?.and_utc();
        // Two changes within the shift's length do not happen; a fire further away needs the end of that length looked at as well.
        let unchanged = offset(zone, at) == here
            && (at - now <= LONGEST_SHIFT || offset(zone, now.checked_add_signed(LONGEST_SHIFT)?) == here);
        (unchanged && matches!(zone.from_local_datetime(&next), LocalResult::Single(_))).then_some(at)
    }

    fn next_over_changes(&self, zone: Tz, now: DateTime<Utc>, limit: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let start = now.naive_utc().checked_add_signed(offset(zone, now))?.checked_sub_signed(LONGEST_SHIFT)?;
        let mut end = limit.naive_utc().checked_add_signed(TimeDelta::days(1))?;
        let mut best: Option<DateTime<Utc>> = None;
        let mut wall = start;
        while let Some(next) = self.after(wall)
            && next <= end
        {
            wall = next;
            for at in self.instants(zone, wall).into_iter().flatten() {
                if at > now && best.is_none_or(|best| at < best) {
                    best = Some(at);
                    // What comes later on the wall clock can still come earlier in time, by one change of the offset.
                    end = end.min(wall.checked_add_signed(LONGEST_SHIFT)?);
                }
            }
        }
        best
    }

    /// The instants at which a matching wall time fires: none, one or two.
    fn instants(&self, zone: Tz, wall: NaiveDateTime) -> [Option<DateTime<Utc>>; 2] {
        let utc = |at: DateTime<Tz>| at.with_timezone(&Utc);
        match zone.from_local_datetime(&wall) {
            LocalResult::Single(at) => [Some(utc(at)), None],
            LocalResult::Ambiguous(first, second) if self.every_hour => [Some(utc(first)), Some(utc(second))],
            LocalResult::Ambiguous(first, second) => [Some(utc(first.min(second))), None],
            LocalResult::None if self.every_hour => [None, None],
            LocalResult::None => [after_gap(zone, wall), None],
        }
    }

    /// First matching wall time strictly after `wall`. The crate walks it as if it were UTC, where nothing is missing or double.
    fn after(&self, wall: NaiveDateTime) -> Option<NaiveDateTime> {
        self.schedule.after(&wall.and_utc()).next().map(|at| at.naive_utc())
    }
}

fn offset(zone: Tz, at: DateTime<Utc>) -> TimeDelta {
    TimeDelta::seconds(i64::from(zone.offset_from_utc_datetime(&at.naive_utc()).fix().local_minus_utc()))
}

/// The first existing minute after a wall time that does not exist.
fn after_gap(zone: Tz, wall: NaiveDateTime) -> Option<DateTime<Utc>> {
    let mut minute = wall.with_second(0)?.with_nanosecond(0)?;
    for _ in 0..LONGEST_GAP {
        minute = minute.checked_add_signed(TimeDelta::minutes(1))?;
        if let Some(at) = zone.from_local_datetime(&minute).earliest() {
            return Some(at.with_timezone(&Utc));
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        DateTime::parse_from_rfc3339(text).unwrap_or_else(|error| panic!("{text}: {error}")).with_timezone(&Utc)
    }

    /// The fires after `from`, as RFC 3339 in the zone.
    fn check(expression: &str, zone: &str, from: &str, expected: &[&str]) {
        let cron = Cron::parse(expression).unwrap();
        let zone: Tz = zone.parse().unwrap();
        let mut now = at(from);
        for expected in expected {
            let next = cron.next(zone, now).unwrap_or_else(|| panic!("{expression} in {zone} after {now}: never"));
            assert_eq!(next.with_timezone(&zone).to_rfc3339(), *expected, "{expression} in {zone} after {now}");
            now = next;
        }
    }

    #[test]
    fn ordinary_days() {
        check(
            "*/30 * * * *",
            "UTC",
            "2026-03-01T10:07:12Z",
            &["2026-03-01T10:30:00+00:00", "2026-03-01T11:00:00+00:00", "2026-03-01T11:30:00+00:00"],
        );
        // Strictly after: a fire at `now` itself is not repeated.
        check("0 6 * * *", "Asia/Shanghai", "2026-03-01T22:00:00Z", &["2026-03-03T06:00:00+08:00"]);
        check("0 6 * * *", "Asia/Shanghai", "2026-03-01T21:59:59.9Z", &["2026-03-02T06:00:00+08:00"]);
        check("0 6 * * 1-5", "Asia/Tokyo", "2026-02-27T00:00:00Z", &["2026-03-02T06:00:00+09:00", "2026-03-03T06:00:00+09:00"]);
        check("0 0 31 * *", "UTC", "2026-01-31T00:00:00Z", &["2026-03-31T00:00:00+00:00"]);
        check("15 0 6 * * *", "Asia/Kathmandu", "2026-01-01T00:00:00Z", &["2026-01-01T06:00:15+05:45"]);
        check("0 0 1 1 *", "Pacific/Kiritimati", "2026-06-01T00:00:00Z", &["2027-01-01T00:00:00+14:00"]);
    }

    #[test]
    fn gap_of_spring() {
        // Sydney: 2026-10-04 02:00 +10 becomes 03:00 +11.
        check(
            "30 2 * * *",
            "Australia/Sydney",
            "2026-10-03T00:00:00Z",
            &["2026-10-04T03:00:00+11:00", "2026-10-05T02:30:00+11:00"],
        );
        check(
            "*/20 2 * * *",
            "Australia/Sydney",
            "2026-10-03T00:00:00Z",
            &["2026-10-04T03:00:00+11:00", "2026-10-05T02:00:00+11:00"],
        );
        check(
            "0 2,3 * * *",
            "Australia/Sydney",
            "2026-10-03T12:00:00Z",
            &["2026-10-04T03:00:00+11:00", "2026-10-05T02:00:00+11:00"],
        );
        check(
            "30 * * * *",
            "Australia/Sydney",
            "2026-10-03T15:00:00Z",
            &["2026-10-04T01:30:00+10:00", "2026-10-04T03:30:00+11:00", "2026-10-04T04:30:00+11:00"],
        );
        // Berlin: 2026-03-29 02:00 +01 becomes 03:00 +02.
        check("30 2 * * *", "Europe/Berlin", "2026-03-28T12:00:00Z", &["2026-03-29T03:00:00+02:00", "2026-03-30T02:30:00+02:00"]);
        check("30 2 29 3 *", "Europe/Berlin", "2026-03-01T00:00:00Z", &["2026-03-29T03:00:00+02:00"]);
        check("0 12 * * *", "Europe/Berlin", "2026-03-28T11:00:00Z", &["2026-03-29T12:00:00+02:00"]);
        // Lord Howe: half an hour, 2026-10-04 02:00 +10:30 becomes 02:30 +11.
        check(
            "15 2 * * *",
            "Australia/Lord_Howe",
            "2026-10-03T12:00:00Z",
            &["2026-10-04T02:30:00+11:00", "2026-10-05T02:15:00+11:00"],
        );
        check(
            "*/15 * * * *",
            "Australia/Lord_Howe",
            "2026-10-03T15:10:00Z",
            &["2026-10-04T01:45:00+10:30", "2026-10-04T02:30:00+11:00", "2026-10-04T02:45:00+11:00"],
        );
        // Beirut: the gap starts at midnight, so that the day itself starts at 01:00.
        check("0 0 * * *", "Asia/Beirut", "2026-03-28T12:00:00Z", &["2026-03-29T01:00:00+03:00", "2026-03-30T00:00:00+03:00"]);
        // Troll: two hours.
        check(
            "30 1 * * *",
            "Antarctica/Troll",
            "2026-03-28T12:00:00Z",
            &["2026-03-29T03:00:00+02:00", "2026-03-30T01:30:00+02:00"],
        );
    }

    #[test]
    fn fold_of_autumn() {
        // Sydney: 2026-04-05 03:00 +11 becomes 02:00 +10.
        check(
            "30 2 * * *",
            "Australia/Sydney",
            "2026-04-04T00:00:00Z",
            &["2026-04-05T02:30:00+11:00", "2026-04-06T02:30:00+10:00"],
        );
        check(
            "*/20 * * * *",
            "Australia/Sydney",
            "2026-04-04T14:59:00Z",
            &[
                "2026-04-05T02:00:00+11:00",
                "2026-04-05T02:20:00+11:00",
                "2026-04-05T02:40:00+11:00",
                "2026-04-05T02:00:00+10:00",
                "2026-04-05T02:20:00+10:00",
                "2026-04-05T02:40:00+10:00",
                "2026-04-05T03:00:00+10:00",
            ],
        );
        check(
            "*/20 1-3 * * *",
            "Australia/Sydney",
            "2026-04-04T15:10:00Z",
            &["2026-04-05T02:20:00+11:00", "2026-04-05T02:40:00+11:00", "2026-04-05T03:00:00+10:00"],
        );
        // Asked during the second pass, a fixed hour has had its turn.
        check("30 2 * * *", "Australia/Sydney", "2026-04-04T16:10:00Z", &["2026-04-06T02:30:00+10:00"]);
        // Berlin: 2026-10-25 03:00 +02 becomes 02:00 +01.
        check("0 2 * * *", "Europe/Berlin", "2026-10-24T12:00:00Z", &["2026-10-25T02:00:00+02:00", "2026-10-26T02:00:00+01:00"]);
        check("30 * * * *", "Europe/Berlin", "2026-10-25T00:00:00Z", &["2026-10-25T02:30:00+02:00", "2026-10-25T02:30:00+01:00"]);
        // Lord Howe: 2026-04-05 02:00 +11 becomes 01:30 +10:30.
        check(
            "45 1 * * *",
            "Australia/Lord_Howe",
            "2026-04-04T00:00:00Z",
            &["2026-04-05T01:45:00+11:00", "2026-04-06T01:45:00+10:30"],
        );
        check(
            "*/15 * * * *",
            "Australia/Lord_Howe",
            "2026-04-04T14:20:00Z",
            &["2026-04-05T01:30:00+11:00", "2026-04-05T01:45:00+11:00", "2026-04-05T01:30:00+10:30", "2026-04-05T01:45:00+10:30"],
        );
        // Beirut: midnight becomes 23:00, so that an hour of the day before comes back; the next such day is a year away.
        check("30 * 24 10 *", "Asia/Beirut", "2026-10-24T20:45:00Z", &["2026-10-24T23:30:00+02:00", "2027-10-24T00:30:00+03:00"]);
    }

    #[test]
    fn end_of_the_calendar_is_never() {
        let cron = Cron::parse("0 6 * * *").unwrap();
        assert_eq!(cron.next(Tz::UTC, at("2100-12-31T07:00:00Z")), None);
        assert_eq!(cron.next(Tz::UTC, DateTime::<Utc>::MAX_UTC), None);
    }

    const EXPRESSIONS: [&str; 9] = [
        "*/30 * * * *",
        "*/7 * * * *",
        "17 * * * *",
        "30 2 * * *",
        "0 */2 * * *",
        "*/20 1-3 * * *",
        "0 2 * * 0",
        "30 15 1 * * *",
        "0 0 1 * *",
    ];
    const ZONES: [Tz; 7] = [
        Tz::UTC,
        Tz::Asia__Shanghai,
        Tz::Australia__Sydney,
        Tz::Europe__Berlin,
        Tz::America__Havana,
        Tz::America__Santiago,
        Tz::Asia__Beirut,
    ];

    /// Changes of the offset of `ZONES` in 2026, where everything interesting happens.
    const CHANGES: [&str; 10] = [
        "2026-03-08T05:00:00Z",
        "2026-03-28T22:00:00Z",
        "2026-03-29T01:00:00Z",
        "2026-04-04T16:00:00Z",
        "2026-04-05T03:00:00Z",
        "2026-09-06T04:00:00Z",
        "2026-10-03T16:00:00Z",
        "2026-10-24T21:00:00Z",
        "2026-10-25T01:00:00Z",
        "2026-11-01T05:00:00Z",
    ];

    /// Any second of two years, and as often one close to a change.
    fn moment() -> impl Strategy<Value = DateTime<Utc>> {
        prop_oneof![
            (1_767_225_600_i64..1_830_297_600).prop_map(|second| DateTime::from_timestamp(second, 0).unwrap()),
            (prop::sample::select(&CHANGES[..]), -40_000_i64..40_000)
                .prop_map(|(change, second)| at(change) + TimeDelta::seconds(second)),
        ]
    }

    proptest! {
        /// The fire after a moment is after it, a fire by the clock on the wall, and the same whoever asks between the two.
        #[test]
        fn next_is_the_first_fire(expression in prop::sample::select(&EXPRESSIONS[..]), zone in prop::sample::select(&ZONES[..]),
                                  now in moment(), part in 0.0_f64..1.0) {
            let cron = Cron::parse(expression).unwrap();
            let next = cron.next(zone, now).unwrap();
            prop_assert!(next > now);
            let between = now + TimeDelta::seconds(((next - now).num_seconds() as f64 * part) as i64);
            let asked_later = cron.next(zone, between.min(next - TimeDelta::seconds(1))).unwrap();
            prop_assert_eq!(asked_later, next);
        }

        /// Two fires in a row are as far apart as the schedule says; where it names hours, less by what summer time takes.
        #[test]
        fn fires_keep_their_distance(expression in prop::sample::select(&EXPRESSIONS[..]), zone in prop::sample::select(&ZONES[..]),
                                     now in moment()) {
            let cron = Cron::parse(expression).unwrap();
            let first = cron.next(zone, now).unwrap();
            let second = cron.next(zone, first).unwrap();
            let shortest = TimeDelta::from_std(cron.shortest_interval()).unwrap();
            let taken = if cron.every_hour || shortest < TimeDelta::hours(1) { TimeDelta::zero() } else { TimeDelta::hours(1) };
            prop_assert!(second - first >= shortest - taken, "{} in {}: {} then {}", expression, zone, first, second);
        }

        /// The quick way and the careful way agree.
        #[test]
        fn quick_way_is_right(expression in prop::sample::select(&EXPRESSIONS[..]), zone in prop::sample::select(&ZONES[..]),
                              now in moment()) {
            let cron = Cron::parse(expression).unwrap();
            let careful = cron.next_over_changes(zone, now, now + HORIZON);
            prop_assert_eq!(cron.next(zone, now), careful);
        }
    }
}
