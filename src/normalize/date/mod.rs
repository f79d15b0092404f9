//! Dates as outlets write them → a moment in UTC and how exactly it was given.
//!
//! RFC 822 and its broken relatives, ISO 8601 in every form, Chinese, Japanese and Korean dates, relative dates and names of months in some
//! thirty languages, solar Hijri and Buddhist years, seconds and milliseconds since 1970. What no rule reads is no date: nothing is guessed
//! from a part of the text.
//!
//! 4/8/2026 is 4 August, and 8 April where the outlet's zone is American and the text has no word that is not English; 6/12 9:05 without a
//! year is 12 June there and in the zones of China, Japan and Korea as well. Where that order gives no date the other one is taken.

mod calendars;
mod cjk;
mod fillers;
mod fold;
mod iso;
mod languages;
mod lexicon;
mod phrase;
mod spelled;
mod zones;

use chrono::{DateTime, Datelike, Days, Duration, NaiveDate, NaiveTime, TimeZone, Utc};
use chrono_tz::Tz;

use self::calendars::Style;
use crate::model::{Precision, Timestamp};

/// What dates of an outlet refer to.
#[derive(Debug, Clone, Copy)]
pub struct Clock {
    /// Zone of dates without one; also decides what `CST` and `IST` mean.
    pub zone: Tz,
    /// What relative dates are relative to, and the day in `昨天 21:05`.
    pub fetched_at: DateTime<Utc>,
}

/// Longest date text that is looked at, in bytes.
const LONGEST: usize = 256;

/// Longest date without a digit ("przed chwilą", "half an hour ago"), in characters.
const LONGEST_WORDY: usize = 40;

/// Whether a date says its offset from UTC, as dates for machines do.
pub(super) fn has_zone(written: &str) -> bool {
    let written = written.trim();
    let time = written.find('T').or_else(|| written.find(' ')).map_or("", |at| &written[at..]);
    time.contains(':')
        && (time.ends_with(['Z', 'z'])
            || time.rfind(['+', '-']).is_some_and(|at| at > 3 && time[at + 1..].bytes().all(|b| b.is_ascii_digit() || b == b':')))
}

/// Whether a text may be a date at all, told without reading it.
pub(super) fn may_begin(written: &str) -> bool {
    written.chars().any(char::is_numeric) || written.chars().take(LONGEST_WORDY + 1).count() <= LONGEST_WORDY
}

/// Reads a date. `None` when no rule reads the whole of it. The year may be anything from 1 to 9999: see [`plausible`].
pub fn parse(written: &str, clock: &Clock) -> Option<Timestamp> {
    read(written, clock, false)
}

/// Reads a text that may be anything as a date for people: what only machines write (seconds, years alone, `031231`), the label of a
/// change, a time alone and abbreviations that are words are none. Whether it is one does not depend on the clock.
pub(super) fn shown(written: &str, clock: &Clock) -> Option<Timestamp> {
    read(written, clock, true)
}

fn read(written: &str, clock: &Clock, shown: bool) -> Option<Timestamp> {
    let text = tidy(written)?;
    let text = zone_last(&text).unwrap_or(text);
    let digits = text.contains(|c: char| c.is_ascii_digit());
    if text.is_empty() || !digits && text.chars().count() > LONGEST_WORDY {
        return None;
    }
    if !shown && let Some(found) = epoch(&text) {
        return Some(found);
    }
    let folded = fold::fold(&text);
    let (text, update) = fillers::unlabelled(&folded);
    if text.is_empty() || update && shown {
        return None;
    }
    if let Some(found) = phrase::relative(text, clock) {
        // "Ara" and "most" are words for "now"; a sentence of one word is none.
        return (!shown || digits || text.contains(' ') || !text.is_ascii()).then_some(found);
    }
    if let Some(found) = phrase::glued_day(text, clock) {
        return found.resolve(clock);
    }
    if !digits {
        return spelled::parse(text, clock, shown)?.resolve(clock);
    }
    let style = Style::of(clock.zone, text, true);
    let parsed = (if shown && !for_people(text) { None } else { iso::parse(text, style) })
        .or_else(|| {
            cjk::parse(text, clock)
                .filter(|parts| !shown || !(parts.dayless || parts.yearless && parts.precision == Precision::Month))
        })
        .and_then(|parts| parts.resolve(clock));
    parsed
        .or_else(|| spelled::parse(text, clock, shown)?.resolve(clock))
        .or_else(|| iso::loose(text, this_year(clock), style)?.resolve(clock))
}

/// "2024-06-27 HKT 10:12" → "2024-06-27 10:12 HKT": the zone behind the time.
fn zone_last(text: &str) -> Option<String> {
    let mut words = text.split_whitespace();
    let (day, zone, time) = (words.next()?, words.next()?, words.next()?);
    let is_day = day.bytes().filter(u8::is_ascii_digit).count() >= 6 && day.contains(['-', '/', '.']);
    let is_zone = (2..=5).contains(&zone.len()) && zone.bytes().all(|b| b.is_ascii_uppercase());
    let is_time = time.contains(':') && time.bytes().all(|b| b.is_ascii_digit() || b == b':');
    (is_day && is_zone && is_time && words.next().is_none() && !matches!(zone, "AM" | "PM"))
        .then(|| format!("{day} {time} {zone}"))
}

/// Whether a text in a form of ISO 8601 is one that people write as well: year, month and day.
fn for_people(text: &str) -> bool {
    let end = text.find(|c: char| !(c.is_ascii_digit() || matches!(c, '-' | '/' | '.'))).unwrap_or(text.len());
    let date = text[..end].trim_end_matches('.');
    let fields: Vec<&str> = date.split(['-', '/', '.']).collect();
    match fields[..] {
        [all] => all.len() >= 8 && (all.starts_with("19") || all.starts_with("20")) && all.len() <= 14,
        // "1.2.24" is a version and "03-12-31" part of a number; "01.02.24" and "3/4/25 9:05" are days.
        [first, second, third] if first.len() <= 2 && third.len() == 2 => {
            !date.contains('-') && (first.len() == 2 && second.len() == 2 || text[end..].contains(':'))
        }
        [first, _, third] => first.len() == 4 || third.len() == 4,
        _ => false,
    }
}

/// Whether a news article can be of that time: from 1970, its first day left out (an unset clock), to the fetch. Up to ten minutes later
/// are two clocks that differ; more is for the caller to put right.
pub fn plausible(at: DateTime<Utc>) -> bool {
    at.timestamp() >= 86_400 && at.year() <= 9_000
}

/// The year of a date that does not say: the fetch's, in the outlet's zone.
fn this_year(clock: &Clock) -> i32 {
    today(clock).year()
}

/// The day of the fetch, in the outlet's zone.
fn today(clock: &Clock) -> NaiveDate {
    clock.fetched_at.with_timezone(&clock.zone).date_naive()
}

/// A date as its parts, before a zone is applied.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Parts {
    date: NaiveDate,
    time: NaiveTime,
    /// Days to add: 24:00 is the next day's midnight.
    carry: u64,
    zone: Option<Zone>,
    precision: Precision,
    /// The year was not written: `date` has the fetch's.
    yearless: bool,
    /// The day was not written either: `date` is the fetch's.
    dayless: bool,
}

/// Zone of a date.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Zone {
    /// Seconds east of UTC.
    Offset(i32),
    /// By name.
    Named(Tz),
    /// `CST`: China, or central North America.
    Cst,
    /// `IST`: India, Israel or Ireland.
    Ist,
    /// `BST`: Britain, or Bangladesh.
    Bst,
    /// None written, but in Korean, which has one zone: it holds unless the outlet is known to be elsewhere.
    Korean,
}

impl Parts {
    fn day(date: NaiveDate, precision: Precision) -> Self {
        Self { date, time: NaiveTime::MIN, carry: 0, zone: None, precision, yearless: false, dayless: false }
    }

    fn resolve(self, clock: &Clock) -> Option<Timestamp> {
        let date = self.date.checked_add_days(Days::new(self.carry))?;
        let at = |date: NaiveDate| -> Option<DateTime<Utc>> {
            let local = date.and_time(self.time);
            match self.zone.unwrap_or(Zone::Named(clock.zone)).settle(clock.zone) {
                Zone::Offset(seconds) => Some(local.checked_sub_signed(Duration::seconds(seconds.into()))?.and_utc()),
                Zone::Named(zone) => in_zone(zone, local),
                _ => None,
            }
        };
        let mut found = at(date)?;
        if self.dayless && found > clock.fetched_at + Duration::minutes(10) {
            found = at(date.pred_opt()?)?;
        }
        if self.yearless && found > clock.fetched_at + Duration::days(1) {
            // The latest such day that has been.
            found = at(date.with_year(date.year() - 1)?)?;
        }
        (1..=9_999).contains(&found.year()).then_some(Timestamp { at: found, precision: self.precision })
    }
}

impl Zone {
    /// Names that mean different zones in different places, by where the outlet is.
    fn settle(self, outlet: Tz) -> Zone {
        let place = outlet.name();
        let is = |names: &[&str]| names.iter().any(|name| place.starts_with(name));
        match self {
            Zone::Cst if is(&["Asia/", "PRC", "ROC", "Hongkong", "Singapore", "Etc/GMT-8"]) => Zone::Offset(8 * 3600),
            Zone::Cst if place == "America/Havana" => Zone::Offset(-5 * 3600),
            Zone::Cst => Zone::Offset(-6 * 3600),
            Zone::Ist if is(&["Asia/Jerusalem", "Israel"]) => Zone::Offset(2 * 3600),
            Zone::Ist if is(&["Europe/Dublin", "Eire"]) => Zone::Offset(3600),
            Zone::Ist => Zone::Offset(5 * 3600 + 1800),
            Zone::Bst if is(&["Asia/Dhaka"]) => Zone::Offset(6 * 3600),
            Zone::Bst => Zone::Offset(3600),
            Zone::Korean if matches!(place, "UTC" | "Etc/UTC" | "GMT" | "Etc/GMT" | "Etc/GMT0" | "Etc/GMT+0" | "Etc/GMT-0") => {
                Zone::Offset(9 * 3600)
            }
            Zone::Korean => Zone::Named(outlet),
            other => other,
        }
    }
}

/// A local time in a zone: of two, the first; in a gap, the first moment after it.
fn in_zone(zone: Tz, local: chrono::NaiveDateTime) -> Option<DateTime<Utc>> {
    if let Some(at) = zone.from_local_datetime(&local).earliest() {
        return Some(at.with_timezone(&Utc));
    }
    // Gaps end on a quarter of an hour, and are at most a day long (a country that changed sides of the date line).
    (1..=96).find_map(|quarters| {
        let later = local.checked_add_signed(Duration::minutes(quarters * 15))?;
        let at = zone.from_local_datetime(&later).earliest()?.with_timezone(&Utc);
        // Back to the start of that quarter: the gap's end itself.
        let past_quarter = i64::from(chrono::Timelike::minute(&later) % 15) * 60 + i64::from(chrono::Timelike::second(&later));
        Some(at - Duration::seconds(past_quarter))
    })
}

/// Full-width digits and marks and the digits of other scripts to ASCII, white space to single spaces, Unicode dashes to `-`. `None` for
/// what is too long to be a date.
fn tidy(written: &str) -> Option<String> {
    let written = written.trim();
    let mut out = String::with_capacity(written.len().min(LONGEST + 4));
    for c in written.chars() {
        let c = match c {
            c if c.is_ascii_graphic() => c,
            '\u{ff01}'..='\u{ff5e}' => char::from_u32(c as u32 - 0xfee0).unwrap_or(c),
            '\u{2010}'..='\u{2015}' | '\u{2212}' => '-',
            '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}' => continue,
            c if c.is_whitespace() || c.is_control() => ' ',
            c => fold::digit(c).unwrap_or(c),
        };
        if c != ' ' || !out.is_empty() && !out.ends_with(' ') {
            if out.len() >= LONGEST {
                return None;
            }
            out.push(c);
        }
    }
    out.truncate(out.trim_end().len());
    Some(out)
}

/// Seconds (9 or 10 digits), milliseconds (12 or 13) or microseconds (16) since 1970. Digits that read as a calendar date are one.
fn epoch(text: &str) -> Option<Timestamp> {
    let whole = text
        .split_once('.')
        .map_or(text, |(whole, fraction)| if fraction.bytes().all(|b| b.is_ascii_digit()) { whole } else { text });
    if !whole.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let number: i64 = whole.parse().ok()?;
    let at = match whole.len() {
        9 | 10 => DateTime::from_timestamp(number, 0)?,
        13 => DateTime::from_timestamp_millis(number)?,
        16 => DateTime::from_timestamp_micros(number)?,
        _ => return None,
    };
    Some(Timestamp { at, precision: Precision::Second })
}

/// A time of day out of digits; 24:00 is midnight of the next day, a leap second is the second before it.
fn time_of_day(hour: u32, minute: u32, second: u32) -> Option<(NaiveTime, u64)> {
    if hour == 24 && minute == 0 && second == 0 {
        return Some((NaiveTime::MIN, 1));
    }
    let second = if second == 60 { 59 } else { second };
    NaiveTime::from_hms_opt(hour, minute, second).map(|time| (time, 0))
}

/// Digits only, at most nine.
fn number(text: &str) -> Option<u32> {
    (!text.is_empty() && text.len() <= 9 && text.bytes().all(|b| b.is_ascii_digit())).then(|| text.parse().ok()).flatten()
}

/// A year of two digits (RFC 2822 § 4.3) or four.
fn year(text: &str) -> Option<i32> {
    let n = i32::try_from(number(text)?).ok()?;
    match text.len() {
        2 if n < 50 => Some(2_000 + n),
        2 | 3 => Some(1_900 + n),
        4 if n > 0 => Some(n),
        _ => None,
    }
}

#[cfg(test)]
mod language_tests;
#[cfg(test)]
mod tests;
