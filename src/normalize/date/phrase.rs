//! Dates in words: relative ones, days that have a name, and day, month and year in any order with the month by name (RFC 822,
//! asctime, and how people write).

use chrono::{Days, Duration, Months, NaiveDate};

use super::words::{self, Unit};
use super::{Clock, Parts, Zone, in_zone, iso, number, year};
use crate::model::{Precision, Timestamp};

/// "7天前", "3 hours ago", "hace 2 días", "昨天 21:05", "刚刚".
pub(super) fn relative(text: &str, clock: &Clock) -> Option<Timestamp> {
    let lower = text.to_lowercase();
    let lower = lower.trim_matches(|c: char| matches!(c, '.' | '!' | ' ' | '约' | '約'));
    if words::NOW.contains(&lower) {
        return Some(Timestamp { at: clock.fetched_at, precision: Precision::Minute });
    }
    words::FRAMES
        .iter()
        .filter_map(|(before, after)| lower.strip_prefix(before)?.strip_suffix(after))
        .find_map(|span| ago(span.trim(), clock))
        .or_else(|| named_day(lower, clock))
}

/// A span such as "3 hours 20 minutes", counted back from the fetch.
fn ago(span: &str, clock: &Clock) -> Option<Timestamp> {
    let mut rest = span;
    let mut at = clock.fetched_at;
    let mut precision = None;
    while !rest.is_empty() {
        let (count, after) = count(rest)?;
        let after = after.trim_start();
        let end = after.find(|c: char| c == ' ' || c == ',' || c.is_ascii_digit()).unwrap_or(after.len());
        let (word, next) = after.split_at(end);
        let unit = words::unit(word)?;
        let seconds = |each: f64| Duration::try_seconds((count * each) as i64);
        at = match unit {
            Unit::Second => at.checked_sub_signed(seconds(1.0)?)?,
            Unit::Minute => at.checked_sub_signed(seconds(60.0)?)?,
            Unit::Hour => at.checked_sub_signed(seconds(3_600.0)?)?,
            Unit::Day => at.checked_sub_signed(seconds(86_400.0)?)?,
            Unit::Week => at.checked_sub_signed(seconds(604_800.0)?)?,
            Unit::Month => at.checked_sub_months(Months::new(count as u32))?,
            Unit::Year => at.checked_sub_months(Months::new((count * 12.0) as u32))?,
        };
        precision = Some(match unit {
            Unit::Second => Precision::Second,
            Unit::Minute => Precision::Minute,
            Unit::Hour => Precision::Hour,
            Unit::Day | Unit::Week => Precision::Day,
            Unit::Month | Unit::Year => Precision::Month,
        });
        rest = next.trim_start_matches([' ', ',']);
        rest = ["and ", "e ", "y ", "et ", "und ", "и "].iter().find_map(|word| rest.strip_prefix(word)).unwrap_or(rest);
    }
    Some(Timestamp { at, precision: precision? })
}

fn count(text: &str) -> Option<(f64, &str)> {
    let end = text.find(|c: char| !(c.is_ascii_digit() || c == '.')).unwrap_or(text.len());
    if end > 0 {
        let count: f64 = text[..end].parse().ok()?;
        return (count <= 100_000.0).then_some((count, &text[end..]));
    }
    words::NUMBERS
        .iter()
        .filter_map(|(word, count)| {
            let after = text.strip_prefix(word)?;
            (!word.is_ascii() || after.starts_with(' ')).then_some((*count, after))
        })
        .max_by_key(|(_, after)| std::cmp::Reverse(after.len()))
}

/// A day that has a name, with or without a time, in the outlet's zone.
fn named_day(lower: &str, clock: &Clock) -> Option<Timestamp> {
    let (word, days) = words::DAYS.iter().filter(|(word, _)| lower.starts_with(word)).max_by_key(|(word, _)| word.len())?;
    let rest = lower[word.len()..].trim_start_matches([' ', ',', '，']);
    let rest =
        ["at ", "à ", "um ", "a las ", "às ", "alle ", "в "].iter().find_map(|word| rest.strip_prefix(word)).unwrap_or(rest);
    let day = clock.fetched_at.with_timezone(&clock.zone).date_naive().checked_sub_days(Days::new(*days))?;
    let parts = Parts::day(day, Precision::Day);
    if rest.is_empty() {
        return Some(Timestamp { at: in_zone(clock.zone, day.and_time(parts.time))?, precision: Precision::Day });
    }
    let parts = match iso::with_time(parts, rest) {
        Some(parts) => parts,
        // The reader of 下午3点 wants a day in front of it.
        None => super::cjk::parse(
            &format!("{}月{}日 {rest}", chrono::Datelike::month(&day), chrono::Datelike::day(&day)),
            chrono::Datelike::year(&day),
        )?,
    };
    Parts { yearless: false, ..parts }.resolve(clock)
}

/// Day, month and year with the month by name, or a numeric date among words, with a time and a zone, in any order.
pub(super) fn written_out(text: &str, clock: &Clock) -> Option<Parts> {
    let lower = text.to_lowercase();
    let mut day = None;
    let mut month = None;
    let mut named_year = None;
    let mut date = None;
    let mut time: Option<Parts> = None;
    let mut zone = None;
    let any = Parts::day(NaiveDate::MIN, Precision::Day);

    let spaced = spread(&lower);
    let mut tokens = spaced.split([' ', ',', ';', '|']).filter(|token| !token.is_empty()).peekable();
    while let Some(token) = tokens.next() {
        let bare = token.trim_matches(['(', ')', '[', ']', '.', '·']);
        if bare.is_empty() || bare == "-" {
            continue;
        }
        let plain_number = number(bare);
        if token.starts_with('(') && (zone.is_some() || time.is_some_and(|time| time.zone.is_some())) {
            // "(Pacific Daylight Time)" after an offset.
            break;
        } else if bare.contains(':') && bare.starts_with(|c: char| c.is_ascii_digit()) {
            if time.is_some() {
                return None;
            }
            let meridiem =
                tokens.peek().map(|next| next.trim_matches('.')).filter(|next| matches!(*next, "am" | "pm" | "a.m" | "p.m"));
            let with = match meridiem {
                Some(mark) => {
                    tokens.next();
                    format!("{bare}{}", mark.replace('.', ""))
                }
                None => bare.to_owned(),
            };
            time = Some(iso::with_time(any, &with)?);
        } else if let Some(n) = plain_number {
            // Four digits after the year are a time of day without colon, "02:40" written "0240".
            match bare.len() {
                4 if named_year.is_none() && date.is_none() => named_year = Some(year(bare)?),
                1 | 2 if day.is_none() && date.is_none() => day = Some(n),
                2 if named_year.is_none() && date.is_none() => named_year = Some(year(bare)?),
                4 | 6 if time.is_none() => time = Some(iso::with_time(any, bare)?),
                _ => return None,
            }
        } else if let Some(n) = ordinal(bare).filter(|_| day.is_none()) {
            day = Some(n);
        } else if bare.starts_with(|c: char| c.is_ascii_digit())
            && bare.contains(['/', '.', '-'])
            && date.is_none()
            && month.is_none()
        {
            date = Some(iso::calendar(bare).filter(|parts| parts.precision == Precision::Day)?.date);
        } else if bare.starts_with(|c: char| c.is_ascii_digit())
            && time.is_none()
            && (bare.contains('h') || bare.ends_with("am") || bare.ends_with("pm"))
        {
            time = Some(iso::with_time(any, bare.replace('h', ":").trim_end_matches(':'))?);
        } else if let Some(n) =
            words::month(bare).filter(|_| month.is_none() && !(words::is_weekday(bare) && weekday_here(bare, day, tokens.peek())))
        {
            month = Some(n);
        } else if time.is_some() && zone.is_none() && matches!(bare, "at" | "et") {
            // After the time these are zones; before it, they are words.
            zone = words::zone(bare);
        } else if words::is_weekday(bare) || words::is_filler(bare) {
            continue;
        } else if zone.is_none()
            && let Some(found) = zone_of(bare, text)
        {
            zone = Some(found);
        } else {
            return None;
        }
    }

    let this_year = super::this_year(clock);
    let date = match (date, day, month) {
        (Some(date), None, None) => Parts::day(date, Precision::Day),
        (None, Some(day), Some(month)) => {
            let date = NaiveDate::from_ymd_opt(named_year.unwrap_or(this_year), month, day)?;
            Parts { yearless: named_year.is_none(), ..Parts::day(date, Precision::Day) }
        }
        // "June 2026"
        (None, None, Some(month)) if time.is_none() => {
            Parts::day(NaiveDate::from_ymd_opt(named_year?, month, 1)?, Precision::Month)
        }
        _ => return None,
    };
    Some(match time {
        Some(time) => Parts { date: date.date, yearless: date.yearless, zone: zone.or(time.zone), ..time },
        None => Parts { zone, ..date },
    })
}

/// "mar" is Tuesday and March, "mar 3 mars": a word that could be both is the weekday when a month is still to come.
fn weekday_here(word: &str, day: Option<u32>, next: Option<&&str>) -> bool {
    day.is_none()
        && word.starts_with("mar")
        && next.is_some_and(|next| next.starts_with(|c: char| c.is_ascii_digit()))
        && !matches!(word, "march" | "mars" | "marzo" | "março" | "marca" | "mart" | "märz" | "maart")
        && word.len() > 3
}

/// Zone names are looked up as they were written: those of the tz database are case-sensitive.
fn zone_of(bare: &str, text: &str) -> Option<Zone> {
    if !bare.contains('/') {
        return words::zone(bare);
    }
    let at = text.to_ascii_lowercase().find(bare)?;
    words::zone(text.get(at..at + bare.len())?)
}

/// Puts spaces where "16-Dec-2012", "2june" and "02:40:00z" have none, and takes the comma out of "13 feb, 2012".
fn spread(lower: &str) -> String {
    let mut out = String::with_capacity(lower.len() + 8);
    let mut before = ' ';
    let mut chars = lower.chars().peekable();
    while let Some(c) = chars.next() {
        let next = chars.peek().copied().unwrap_or(' ');
        if c == '-'
            && (before.is_alphabetic()
                && next.is_ascii_digit()
                && out.rsplit(' ').next().is_some_and(|word| words::month(word).is_some())
                || before.is_ascii_digit() && next.is_alphabetic())
        {
            out.push(' ');
        } else {
            out.push(c);
        }
        before = c;
    }
    out
}

/// `1st`, `2nd`, `3rd`, `4th`, `1er`, `1º`, `1.`
fn ordinal(word: &str) -> Option<u32> {
    let end = word.find(|c: char| !c.is_ascii_digit())?;
    matches!(&word[end..], "st" | "nd" | "rd" | "th" | "er" | "º" | "°" | "ª")
        .then(|| number(&word[..end]))
        .flatten()
        .filter(|n| (1..=31).contains(n))
}
