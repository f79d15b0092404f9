//! A cron expression, field by field: Unix habits in, the canonical form of the `cron` crate out.
//!
//! The crate alone would read weekday 1 as Sunday, refuse weekday 0 and five fields, and answer a mistake with a caret and nothing
//! else; so the fields are read here and the crate is only ever handed lists it cannot misread.

use std::str::FromStr;
use std::time::Duration;

use cron::Schedule;

/// Longest expression that is looked at, bytes: every value of every field written out as a list fits.
const LONGEST_EXPRESSION: usize = 1024;

/// Days of the months in a year without 29 February: a schedule for that day alone skips three years of four.
const DAYS_IN_MONTH: [u32; 12] = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

const MONTH_NAMES: [&str; 12] = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
const WEEKDAY_NAMES: [&str; 7] = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];

/// Short forms of crontab(5).
const ALIASES: [(&str, &str); 7] = [
    ("@hourly", "0 * * * *"),
    ("@daily", "0 0 * * *"),
    ("@midnight", "0 0 * * *"),
    ("@weekly", "0 0 * * 0"),
    ("@monthly", "0 0 1 * *"),
    ("@yearly", "0 0 1 1 *"),
    ("@annually", "0 0 1 1 *"),
];

/// A checked cron expression, crontab(5): minute, hour, day of the month, month, weekday, with an optional field for the second in
/// front. Weekdays are 0 or 7 (Sunday) to 6, or names; a step may follow `*`, a range or a first value (`5/15`: from 5 on).
#[derive(Debug, Clone)]
pub struct Cron {
    expression: String,
    pub(super) schedule: Schedule,
    /// Whether every hour is a firing hour: such a schedule counts time passing, any other names times of the day.
    pub(super) every_hour: bool,
    shortest_interval: Duration,
}

/// Why an expression is not a schedule.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{problem}; {help}")]
pub struct CronError {
    /// What is wrong, as a predicate: "has 4 fields, not 5 or 6".
    pub problem: String,
    /// What to write instead, with an example.
    pub help: String,
}

fn wrong(problem: impl Into<String>, help: impl Into<String>) -> CronError {
    CronError { problem: problem.into(), help: help.into() }
}

impl Cron {
    /// Reads five fields (minute first), six (second first) or an alias such as `@hourly`.
    ///
    /// Refused: what never fires in a year without 29 February, and a day of the month together with a weekday, which Unix cron reads as
    /// "or" and other programs as "and".
    pub fn parse(expression: &str) -> Result<Self, CronError> {
        if expression.len() > LONGEST_EXPRESSION {
            return Err(wrong(
                format!("is longer than {LONGEST_EXPRESSION} bytes"),
                "for example `*/30 * * * *`, every half hour",
            ));
        }
        let written = expression.trim();
        let fields = if written.starts_with('@') { alias(written)? } else { written };
        let fields: Vec<&str> = fields.split_whitespace().collect();
        let (second, fields) = match fields.len() {
            5 => ("0", &fields[..]),
            6 => (fields[0], &fields[1..]),
            count => {
                return Err(wrong(
                    format!("has {count} field{}, not 5 or 6", if count == 1 { "" } else { "s" }),
                    "write minute, hour, day of the month, month and weekday, for example `*/30 * * * *`, every half hour",
                ));
            }
        };
        let seconds = Field::SECOND.read(second)?;
        let minutes = Field::MINUTE.read(fields[0])?;
        let hours = Field::HOUR.read(fields[1])?;
        let days = Field::DAY.read(fields[2])?;
        let months = Field::MONTH.read(fields[3])?;
        let mut weekdays = Field::WEEKDAY.read(fields[4])?;
        if weekdays.contains(7) {
            weekdays.remove(7);
            weekdays.insert(0);
        }
        if !Field::DAY.is_full(days) && weekdays != Set::span(0, 6) {
            return Err(wrong(
                "restricts both the day of the month and the weekday",
                "cron programs disagree whether that means \"and\" or \"or\": leave one of the two `*`, for example `0 6 * * fri`",
            ));
        }
        let first_day = days.iter().next().unwrap_or(1);
        if !months.iter().any(|month| DAYS_IN_MONTH.get(month as usize - 1).is_some_and(|&length| first_day <= length)) {
            return Err(wrong(
                format!("does not fire every year: day {first_day} is not in the months it names"),
                "choose a day that the month always has, for example `0 6 28 2 *`",
            ));
        }
        let canonical = format!(
            "{} {} {} {} {} {}",
            Field::SECOND.write(seconds),
            Field::MINUTE.write(minutes),
            Field::HOUR.write(hours),
            Field::DAY.write(days),
            Field::MONTH.write(months),
            Field::WEEKDAY.write(weekdays),
        );
        let schedule = Schedule::from_str(&canonical)
            .map_err(|error| wrong(format!("cannot be read: {error}"), "for example `*/30 * * * *`, every half hour"))?;
        Ok(Self {
            expression: written.to_owned(),
            schedule,
            every_hour: Field::HOUR.is_full(hours),
            shortest_interval: shortest_interval(seconds, minutes, hours),
        })
    }

    /// The expression as written, without surrounding white space.
    pub fn expression(&self) -> &str {
        &self.expression
    }

    /// Shortest time between two fires on the wall clock, at most 24 hours (what fires once a day or less counts as daily).
    pub fn shortest_interval(&self) -> Duration {
        self.shortest_interval
    }
}

fn alias(written: &str) -> Result<&'static str, CronError> {
    ALIASES.iter().find(|(name, _)| name.eq_ignore_ascii_case(written)).map(|(_, fields)| *fields).ok_or_else(|| {
        let names: Vec<&str> = ALIASES.iter().map(|(name, _)| *name).collect();
        wrong(
            format!("starts with an unknown short form `{}`", shown(written)),
            format!("known are {}; any other pace is written in five fields, for example `*/30 * * * *`", names.join(", ")),
        )
    })
}

/// Text of the file as part of a message: on one line and short.
fn shown(text: &str) -> String {
    let mut shown: String = text.chars().take(40).flat_map(char::escape_debug).collect();
    if text.chars().nth(40).is_some() {
        shown.push('…');
    }
    shown
}

/// A set of small numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
struct Set(u64);

impl Set {
    fn span(first: u32, last: u32) -> Self {
        let mut set = Self::default();
        for value in first..=last {
            set.insert(value);
        }
        set
    }

    fn insert(&mut self, value: u32) {
        self.0 |= 1 << value;
    }

    fn remove(&mut self, value: u32) {
        self.0 &= !(1 << value);
    }

    fn contains(self, value: u32) -> bool {
        self.0 >> value & 1 == 1
    }

    fn iter(self) -> impl Iterator<Item = u32> {
        (0..64).filter(move |&value| self.contains(value))
    }

    fn first(self) -> u32 {
        self.0.trailing_zeros()
    }

    fn last(self) -> u32 {
        63 - self.0.leading_zeros().min(63)
    }

    /// Smallest distance of two neighbours; none when there is only one value.
    fn closest(self) -> Option<u32> {
        let values: Vec<u32> = self.iter().collect();
        values.windows(2).map(|pair| pair[1] - pair[0]).min()
    }
}

/// One field of an expression.
struct Field {
    name: &'static str,
    first: u32,
    /// Last value that may be written; for weekdays 7, which is Sunday again.
    last: u32,
    names: &'static [&'static str],
    /// What the first of `names` stands for.
    names_from: u32,
    /// Whether `?` is read as `*`, as other schedulers write a day that does not matter.
    question_mark: bool,
}

impl Field {
    const SECOND: Field = Field { name: "second", first: 0, last: 59, names: &[], names_from: 0, question_mark: false };
    const MINUTE: Field = Field { name: "minute", ..Self::SECOND };
    const HOUR: Field = Field { name: "hour", last: 23, ..Self::SECOND };
    const DAY: Field = Field { name: "day of the month", first: 1, last: 31, question_mark: true, ..Self::SECOND };
    const MONTH: Field = Field { name: "month", first: 1, last: 12, names: &MONTH_NAMES, names_from: 1, ..Self::SECOND };
    const WEEKDAY: Field = Field { name: "weekday", last: 7, names: &WEEKDAY_NAMES, question_mark: true, ..Self::SECOND };

    /// Last value a `*` or an open range reaches.
    fn reach(&self) -> u32 {
        if self.last == 7 { 6 } else { self.last }
    }

    fn is_full(&self, set: Set) -> bool {
        set == Set::span(self.first, self.reach())
    }

    fn read(&self, written: &str) -> Result<Set, CronError> {
        let mut set = Set::default();
        for part in written.split(',') {
            let (range, step) = match part.split_once('/') {
                Some((range, step)) => (range, Some(self.step(step)?)),
                None => (part, None),
            };
            let (from, to) = if range == "*" || (range == "?" && self.question_mark) {
                (self.first, self.reach())
            } else if let Some((from, to)) = range.split_once('-') {
                let (from, mut to) = (self.value(from, written)?, self.value(to, written)?);
                if self.last == 7 && to == 0 && from > 0 {
                    to = 7; // fri-sun
                }
                if from > to {
                    return Err(wrong(
                        format!("has the range `{}` the wrong way round in its {} field", shown(range), self.name),
                        format!("write the smaller value first, or two ranges: `{from}-{},{}-{to}`", self.reach(), self.first),
                    ));
                }
                (from, to)
            } else {
                let value = self.value(range, written)?;
                (value, if step.is_some() { self.reach().max(value) } else { value })
            };
            let mut value = from;
            while value <= to {
                set.insert(value);
                value += step.unwrap_or(1);
            }
        }
        Ok(set)
    }

    fn step(&self, written: &str) -> Result<u32, CronError> {
        match written.parse::<u32>() {
            Ok(step) if step >= 1 && step <= self.last => Ok(step),
            _ => Err(wrong(
                format!("has the step `/{}` in its {} field", shown(written), self.name),
                format!("a step is a number from 1 to {}, for example `*/{}`", self.last, if self.last > 30 { 15 } else { 2 }),
            )),
        }
    }

    fn value(&self, written: &str, field: &str) -> Result<u32, CronError> {
        // Only digits: `parse` would also take "+5".
        if !written.is_empty() && written.bytes().all(|byte| byte.is_ascii_digit()) {
            return match written.parse::<u32>() {
                Ok(value) if (self.first..=self.last).contains(&value) => Ok(value),
                _ => Err(wrong(
                    format!("has `{}` in its {} field", shown(written), self.name),
                    format!("the {} is a number from {} to {}", self.name, self.first, self.last),
                )),
            };
        }
        let lower = written.to_ascii_lowercase();
        if lower.len() >= 3
            && let Some(index) = self.names.iter().position(|name| lower.starts_with(name))
            && full_name_matches(&lower)
        {
            return Ok(self.names_from + index as u32);
        }
        let range = if self.names.is_empty() {
            format!("`*` or numbers from {} to {}", self.first, self.last)
        } else {
            format!("`*`, numbers from {} to {} or names such as `{}`", self.first, self.last, self.names[1])
        };
        Err(wrong(
            format!("has `{}` in its {} field", shown(field), self.name),
            format!("that field takes {range}, as lists `1,3`, ranges `1-5` and steps `*/2`; `L`, `W` and `#` are not supported"),
        ))
    }

    fn write(&self, set: Set) -> String {
        if self.is_full(set) {
            return "*".to_owned();
        }
        let values: Vec<String> = set
            .iter()
            .map(|value| if self.last == 7 { WEEKDAY_NAMES[value as usize % 7].to_owned() } else { value.to_string() })
            .collect();
        values.join(",")
    }
}

/// Whether a lower-case word is a three-letter name or the full English name.
fn full_name_matches(lower: &str) -> bool {
    const FULL: [&str; 21] = [
        "sunday",
        "monday",
        "tuesday",
        "tues",
        "wednesday",
        "thursday",
        "thurs",
        "friday",
        "saturday",
        "january",
        "february",
        "march",
        "april",
        "june",
        "july",
        "august",
        "september",
        "sept",
        "october",
        "november",
        "december",
    ];
    lower.len() == 3 || FULL.contains(&lower)
}

/// Shortest distance of two fires within a day and across midnight of two neighbouring days.
fn shortest_interval(seconds: Set, minutes: Set, hours: Set) -> Duration {
    // From the last second of one firing minute back to the first second of the next; likewise for minutes and hours.
    let second_turn = i64::from(seconds.last()) - i64::from(seconds.first());
    let minute_turn = 60 * (i64::from(minutes.last()) - i64::from(minutes.first())) + second_turn;
    let hour_turn = 3600 * (i64::from(hours.last()) - i64::from(hours.first())) + minute_turn;
    let candidates = [
        seconds.closest().map(i64::from),
        minutes.closest().map(|distance| 60 * i64::from(distance) - second_turn),
        hours.closest().map(|distance| 3600 * i64::from(distance) - minute_turn),
        Some(86_400 - hour_turn),
    ];
    let shortest = candidates.into_iter().flatten().min().unwrap_or(86_400);
    Duration::from_secs(shortest.clamp(1, 86_400).unsigned_abs())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check_interval(expression: &str, seconds: u64) {
        let cron = Cron::parse(expression).unwrap_or_else(|error| panic!("{expression}: {error}"));
        assert_eq!(cron.shortest_interval(), Duration::from_secs(seconds), "{expression}");
    }

    #[test]
    fn shortest_interval_of_schedules() {
        for (expression, seconds) in [
            ("* * * * * *", 1),
            ("*/15 * * * * *", 15),
            ("*/50 * * * * *", 10),
            ("* * * * *", 60),
            ("*/30 * * * *", 1800),
            ("*/40 * * * *", 1200),
            ("7 * * * *", 3600),
            ("0 */2 * * *", 7200),
            ("0 */5 * * *", 4 * 3600),
            ("0 6 * * *", 86_400),
            ("0 6 * * mon", 86_400),
            ("0,59 0,23 * * *", 60),
            ("*/10 9-17 * * *", 600),
            ("@hourly", 3600),
            ("@weekly", 86_400),
        ] {
            check_interval(expression, seconds);
        }
    }

    fn check_canonical(expression: &str, expected: &str) {
        let cron = Cron::parse(expression).unwrap_or_else(|error| panic!("{expression}: {error}"));
        assert_eq!(cron.schedule.source(), expected, "{expression}");
    }

    #[test]
    fn unix_habits_become_canonical() {
        for (expression, expected) in [
            ("*/15 * * * *", "0 0,15,30,45 * * * *"),
            ("0 6 * * 0", "0 0 6 * * sun"),
            ("0 6 * * 7", "0 0 6 * * sun"),
            ("0 6 * * 1", "0 0 6 * * mon"),
            ("0 6 * * 5-7", "0 0 6 * * sun,fri,sat"),
            ("0 6 * * fri-sun", "0 0 6 * * sun,fri,sat"),
            ("0 6 * * Mon-FRI", "0 0 6 * * mon,tue,wed,thu,fri"),
            ("0 6 * * Wednesday", "0 0 6 * * wed"),
            ("0 6 * * 0-7", "0 0 6 * * *"),
            ("0 6 * * */2", "0 0 6 * * sun,tue,thu,sat"),
            ("5/20 * * * *", "0 5,25,45 * * * *"),
            ("0 6 1 jan,JUL *", "0 0 6 1 1,7 *"),
            ("0 6 ? * 1", "0 0 6 * * mon"),
            ("30 0 6 * * *", "30 0 6 * * *"),
            ("  0   6 * *   * ", "0 0 6 * * *"),
            ("@daily", "0 0 0 * * *"),
            ("@Hourly", "0 0 * * * *"),
            ("0 0 31 1-12 *", "0 0 0 31 * *"),
            ("1-10/3 * * * *", "0 1,4,7,10 * * * *"),
        ] {
            check_canonical(expression, expected);
        }
    }

    #[test]
    fn expression_is_kept_as_written() {
        assert_eq!(Cron::parse(" @hourly ").unwrap().expression(), "@hourly");
        assert_eq!(Cron::parse("*/15 * * * *").unwrap().expression(), "*/15 * * * *");
    }

    fn check_refused(expression: &str, problem: &str, help: &str) {
        let error = Cron::parse(expression).expect_err(expression);
        assert!(error.problem.contains(problem), "{expression}: {}", error.problem);
        assert!(error.help.contains(help), "{expression}: {}", error.help);
    }

    #[test]
    fn what_is_refused_says_why() {
        for (expression, problem, help) in [
            ("", "has 0 fields", "*/30 * * * *"),
            ("daily", "has 1 field,", "*/30 * * * *"),
            ("0 * * *", "has 4 fields", "minute, hour"),
            ("0 0 0 1 1 * 2030", "has 7 fields", "minute, hour"),
            ("60 * * * *", "has `60` in its minute field", "from 0 to 59"),
            ("* 24 * * *", "has `24` in its hour field", "from 0 to 23"),
            ("* * 0 * *", "has `0` in its day of the month field", "from 1 to 31"),
            ("* * * 13 *", "has `13` in its month field", "from 1 to 12"),
            ("* * * * 8", "has `8` in its weekday field", "from 0 to 7"),
            ("99999999999 * * * *", "has `99999999999` in its minute field", "from 0 to 59"),
            ("-5 * * * *", "has `-5` in its minute field", "numbers from 0 to 59"),
            ("*/0 * * * *", "has the step `/0`", "from 1 to 59"),
            ("*/99 * * * *", "has the step `/99`", "from 1 to 59"),
            ("30-10 * * * *", "the wrong way round", "30-59,0-10"),
            ("* * L * *", "has `L` in its day of the month field", "not supported"),
            ("* * * * 5#2", "has `5#2` in its weekday field", "not supported"),
            ("* * * * Funday", "has `Funday`", "such as `mon`"),
            ("0 6 13 * fri", "both the day of the month and the weekday", "disagree"),
            ("0 0 30 2 *", "does not fire every year: day 30", "28"),
            ("0 0 29 2 *", "does not fire every year: day 29", "28"),
            ("0 0 31 4,6,9,11 *", "does not fire every year: day 31", "28"),
            ("@reboot", "unknown short form `@reboot`", "@hourly"),
            ("@every 5m", "unknown short form", "*/30"),
            ("1,,2 * * * *", "has `1,,2`", "lists"),
            ("+5 * * * *", "has `+5`", "numbers"),
            ("每天 * * * *", "has `每天`", "numbers"),
        ] {
            check_refused(expression, problem, help);
        }
        check_refused(&"*".repeat(5000), "longer than 1024 bytes", "for example");
    }
}
