//! ISO 8601 and what looks like it: W3CDTF, basic, week and ordinal forms, two-digit years, other separators.

use chrono::{NaiveDate, Weekday};

use super::calendars::Style;
use super::{Parts, lexicon, number, time_of_day, year, zones};
use crate::model::Precision;

/// Reads `date`, or `date` and a time after `T` or white space.
pub(super) fn parse(text: &str, style: Style) -> Option<Parts> {
    if !text.starts_with(|c: char| c.is_ascii_digit() || c == '-') {
        return None;
    }
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    // 20260602083000 and 202606020830, with or without a zone.
    if digits == 14 || digits == 12 {
        let (date, rest) = text.split_at(8);
        return with_time(calendar(date, style)?, rest);
    }
    let cut = text
        .char_indices()
        // "2004-august-13t9:15" has two.
        .find(|(at, c)| *c == ' ' || matches!(c, 'T' | 't' | '_') && *at >= 4 && text.as_bytes()[at - 1].is_ascii_digit())
        .map(|(at, c)| (at, c.len_utf8()));
    let Some((at, width)) = cut else {
        return calendar(text.trim_end_matches(['Z', 'z']), style);
    };
    let (date, rest) = (&text[..at], text[at + width..].trim_start_matches(' '));
    with_time(calendar(date.trim_end_matches(','), style)?, rest)
}

/// "06-27 09:12", "2026. 6. 27. 09:12": month and day before a time, as lists of Chinese sites have them; Korean dates with spaces.
pub(super) fn loose(text: &str, this_year: i32, style: Style) -> Option<Parts> {
    if !text.is_ascii() {
        return None;
    }
    if let [year, month, rest] = text.splitn(3, ". ").collect::<Vec<_>>()[..] {
        let end = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
        let (day, after) = rest.split_at(end);
        let date = style.date(self::year(year).filter(|_| year.len() == 4)?, number(month)?, number(day)?)?;
        let after = after.trim_start_matches(['.', ' ']);
        let parts = Parts::day(date, Precision::Day);
        return if after.is_empty() { Some(parts) } else { with_time(parts, after) };
    }
    let (date, time) = text.split_once(' ')?;
    let (month, day) = date.split_once('-')?;
    let short = |field: &str| (1..=2).contains(&field.len());
    if !short(month) || !short(day) || !time.contains(':') {
        return None;
    }
    let date = NaiveDate::from_ymd_opt(this_year, number(month)?, number(day)?)?;
    with_time(Parts { yearless: true, ..Parts::day(date, Precision::Day) }, time.trim_start())
}

/// Adds the time of day and the zone in `text` to a date.
pub(super) fn with_time(mut parts: Parts, text: &str) -> Option<Parts> {
    if parts.precision != Precision::Day {
        return None;
    }
    let end = text.find(|c: char| !(c.is_ascii_digit() || matches!(c, ':' | '.' | ','))).unwrap_or(text.len());
    let (time, rest) = text.split_at(end);
    let mut rest = rest.trim();
    let (clock, fraction) = match time.find([',', '.']) {
        // "08.30" is a time; "08:30:15.25" has a fraction.
        Some(at) if time[..at].contains(':') || time[..at].len() > 4 => (&time[..at], &time[at + 1..]),
        _ => (time, ""),
    };
    if !fraction.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let fields: Vec<&str> = match clock.contains([':', '.']) {
        true => clock.split([':', '.']).collect(),
        false if matches!(clock.len(), 4 | 6) => (0..clock.len()).step_by(2).map(|at| &clock[at..at + 2]).collect(),
        false => vec![clock],
    };
    if fields.len() > 3 || fields.iter().any(|field| field.is_empty() || field.len() > 2) {
        return None;
    }
    let field = |n: usize| fields.get(n).map_or(Some(0), |field| number(field));
    let (mut hour, minute, second) = (field(0)?, field(1)?, field(2)?);
    let mut meridiem = false;
    for (mark, afternoon) in [("am", false), ("a.m.", false), ("pm", true), ("p.m.", true)] {
        if rest.get(..mark.len()).is_some_and(|start| start.eq_ignore_ascii_case(mark)) && (1..=12).contains(&hour) {
            hour = hour % 12 + if afternoon { 12 } else { 0 };
            rest = rest[mark.len()..].trim_start();
            meridiem = true;
            break;
        }
    }
    if fields.len() == 1 && !meridiem && rest.is_empty() && clock.len() != 2 {
        return None;
    }
    (parts.time, parts.carry) = time_of_day(hour, minute, second)?;
    parts.precision = match fields.len() {
        1 => Precision::Hour,
        2 => Precision::Minute,
        _ => Precision::Second,
    };
    if !rest.is_empty() {
        let rest = rest.trim_start_matches('(').trim_end_matches(')');
        // "+0800 (CST)", "Z[UTC]": the comment repeats what was said.
        let zone = rest.split([' ', '(', '[']).next().unwrap_or(rest);
        let zone = zone.strip_prefix(['Z', 'z']).filter(|rest| rest.starts_with(['+', '-'])).unwrap_or(zone);
        parts.zone = Some(zones::zone(zone)?);
    }
    Some(parts)
}

/// A date in any of the forms of ISO 8601, and with `/` and `.`.
pub(super) fn calendar(text: &str, style: Style) -> Option<Parts> {
    let day = |date: Option<NaiveDate>| date.map(|date| Parts::day(date, Precision::Day));
    let month = |year: i32, month: u32| NaiveDate::from_ymd_opt(year, month, 1).map(|date| Parts::day(date, Precision::Month));

    if let Some(rest) = text.strip_prefix('-') {
        // Years of the 20xx left out: -YYMM, -YY-MM.
        let rest = rest.replace('-', "");
        return if rest.len() == 4 && rest.is_ascii() { month(year(&rest[..2])?, number(&rest[2..])?) } else { None };
    }
    if text.contains(['/', '.']) {
        return separated(text, style);
    }
    let fields: Vec<&str> = text.split('-').collect();
    if let Some(week) = fields.iter().position(|field| field.contains(['W', 'w'])) {
        return day(week_date(&fields, week));
    }
    match fields[..] {
        [all] => {
            number(all)?;
            match all.len() {
                4 => NaiveDate::from_ymd_opt(year(all)?, 1, 1).map(|date| Parts::day(date, Precision::Month)),
                5 => ordinal(&all[..2], &all[2..]),
                6 => day(NaiveDate::from_ymd_opt(year(&all[..2])?, number(&all[2..4])?, number(&all[4..])?)),
                7 => ordinal(&all[..4], &all[4..]),
                8 => day(NaiveDate::from_ymd_opt(year(&all[..4])?, number(&all[4..6])?, number(&all[6..])?)),
                _ => None,
            }
        }
        [first, second] if first.len() == 4 && second.len() == 3 => ordinal(first, second),
        [first, second] if first.len() == 4 && second.len() <= 2 => month(year(first)?, number(second)?),
        [first, second, third] => {
            let named = lexicon::month(second);
            let middle = match named {
                Some(month) => month,
                None => number(second).filter(|_| second.len() <= 3)?,
            };
            match (first.len(), third.len()) {
                (4, 1 | 2) => day(style.date(year(first)?, middle, number(third)?)),
                // 02-06-2026 is written day first wherever dashes are used so; 03-12-31 is ISO with two digits.
                (1 | 2, 4) if named.is_some() => day(style.date(year(third)?, middle, number(first)?)),
                (1 | 2, 4) => day(style.pair(year(third)?, number(first)?, middle, false)),
                (2, 2) if named.is_none() => day(NaiveDate::from_ymd_opt(year(first)?, middle, number(third)?)),
                (1 | 2, 2) if named.is_some() => day(NaiveDate::from_ymd_opt(year(third)?, middle, number(first)?)),
                _ => None,
            }
        }
        _ => None,
    }
}

/// `2026/6/2`, `2026.06.02`, `27/06/2026`, `27.06.2026`, `27.06.26`; the day first but where `style` says, or where only that gives a date.
fn separated(text: &str, style: Style) -> Option<Parts> {
    let fields: Vec<&str> = text.trim_end_matches('.').split(['/', '.', '-']).map(str::trim).collect();
    let date = match fields[..] {
        [first, second, third] if first.len() == 4 => style.date(year(first)?, number(second)?, number(third)?),
        [first, second, third] if first.len() <= 2 && second.len() <= 2 && matches!(third.len(), 2 | 4) => {
            // Americans have slashes; dots are European.
            style.pair(year(third)?, number(first)?, number(second)?, style.month_first && text.contains('/'))
        }
        [first, second] if first.len() == 4 => {
            return NaiveDate::from_ymd_opt(year(first)?, number(second)?, 1).map(|date| Parts::day(date, Precision::Month));
        }
        _ => None,
    };
    date.map(|date| Parts::day(date, Precision::Day))
}

fn ordinal(written_year: &str, written_day: &str) -> Option<Parts> {
    NaiveDate::from_yo_opt(year(written_year)?, number(written_day)?).map(|date| Parts::day(date, Precision::Day))
}

/// `2026-W23`, `2026-W23-2`, `2026W232`.
fn week_date(fields: &[&str], week: usize) -> Option<NaiveDate> {
    let (written_year, written) = match week {
        0 => fields[0].split_at_checked(4)?,
        1 => (fields[0], fields[1]),
        _ => return None,
    };
    let digits = written.strip_prefix(['W', 'w']).filter(|digits| digits.is_ascii())?;
    let (week_number, weekday) = match (digits.len(), fields.get(week + 1)) {
        (2, weekday) => (digits, weekday.copied().unwrap_or("1")),
        (3, None) => digits.split_at(2),
        _ => return None,
    };
    if fields.len() > week + 2 {
        return None;
    }
    let weekday = number(weekday).filter(|n| (1..=7).contains(n))?;
    NaiveDate::from_isoywd_opt(
        year(written_year)?,
        number(week_number)?,
        Weekday::try_from(u8::try_from(weekday - 1).ok()?).ok()?,
    )
}
