//! Dates that count from the fetch: "7天前", "3 hours ago", "hace 2 días", "przed chwilą".

use chrono::{Days, Duration, Months, NaiveDate};

use super::lexicon::{Spans, Unit, lexicon};
use super::{Clock, Parts, cjk, iso};
use crate::model::{Precision, Timestamp};

/// Words before or after a number that make it less exact, folded.
const ROUGHLY: &[&str] = &[
    "about",
    "around",
    "over",
    "almost",
    "nearly",
    "approximately",
    "etwa",
    "rund",
    "circa",
    "ca.",
    "ca",
    "ongeveer",
    "environ",
    "unos",
    "unas",
    "cerca de",
    "около",
    "примерно",
    "близько",
    "okolo",
    "ok.",
    "asi",
    "περιπου",
    "yaklasik",
    "khoang",
    "sekitar",
    "kira-kira",
    "حوالي",
    "نحو",
    "حدود",
    "लगभग",
    "करीब",
    "ราว",
    "ประมาณ",
    "mer enn",
    "mere end",
    "mer an",
    "mas de",
    "plus de",
    "de peste",
    "约",
    "約",
    "大约",
    "大約",
];

/// Words between a number and its unit, and between one unit and the next.
const BETWEEN: &[&str] =
    &["and", "e", "y", "et", "und", "и", "і", "i", "en", "og", "och", "ja", "si", "de", "ו", "و", "ve", "va", "dan"];

/// From Thai on, scripts put no spaces between words.
const GLUED: u32 = 0xe00;

/// Reads a span of the past, or a moment ago. `folded` is lower case and without accents.
pub(super) fn relative(folded: &str, clock: &Clock) -> Option<Timestamp> {
    let text = folded.trim_matches(['.', '!', ' ']);
    if lexicon().now.contains(text) {
        return Some(Timestamp { at: clock.fetched_at, precision: Precision::Minute });
    }
    lexicon().spans.iter().find_map(|language| {
        language.frames.iter().find_map(|(before, after)| {
            let span = text.strip_prefix(before.as_str())?.strip_suffix(after.as_str())?;
            // "ago" ends a word of its own, "hace" begins one; "前" and "ที่แล้ว" are glued on.
            let spaced = |word: &str| word.chars().all(|c| (c as u32) < GLUED);
            if !before.is_empty() && spaced(before) && !span.starts_with(' ')
                || !after.is_empty() && spaced(after) && !span.ends_with(' ')
            {
                return None;
            }
            ago(span.trim(), language, clock)
        })
    })
}

/// A span such as "3 hours 20 minutes", counted back from the fetch.
fn ago(span: &str, language: &Spans, clock: &Clock) -> Option<Timestamp> {
    let mut rest =
        ROUGHLY.iter().filter_map(|word| span.strip_prefix(word)).min_by_key(|rest| rest.len()).unwrap_or(span).trim_start();
    if language.half_hour.iter().any(|half| half == rest) {
        let at = clock.fetched_at.checked_sub_signed(Duration::minutes(30))?;
        return Some(Timestamp { at, precision: Precision::Minute });
    }
    let mut at = clock.fetched_at;
    let mut precision = None;
    while !rest.is_empty() {
        let (count, after) = count(rest, language);
        let after = after.trim_start();
        let after = BETWEEN.iter().find_map(|word| after.strip_prefix(word)?.strip_prefix(' ')).unwrap_or(after);
        let end = after.find(|c: char| c == ' ' || c == ',' || c.is_ascii_digit()).unwrap_or(after.len());
        let (word, next) = after.split_at(end);
        let (unit, times) = *language.units.get(word.trim_end_matches('.'))?;
        // "час назад" is an hour and "ساعتين" two, but "há dias" is some days; a second unit wants its number.
        if count.is_none() && (precision.is_some() || !language.without_one) {
            return None;
        }
        let count = count.unwrap_or(1.0) * f64::from(times);
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
        rest = next.trim_start_matches([' ', ',', '.']);
        rest = BETWEEN.iter().find_map(|word| rest.strip_prefix(word)?.strip_prefix(' ')).unwrap_or(rest);
    }
    Some(Timestamp { at, precision: precision? })
}

/// A number in digits or as a word, and what comes after it.
fn count<'t>(text: &'t str, language: &Spans) -> (Option<f64>, &'t str) {
    let end = text.find(|c: char| !(c.is_ascii_digit() || c == '.')).unwrap_or(text.len());
    if end > 0 {
        let number = text[..end].parse().ok().filter(|count: &f64| *count <= 100_000.0);
        // A number that is none leaves nothing that could be a unit.
        return (number, if number.is_some() { &text[end..] } else { text });
    }
    if let Some((word, after)) = text.split_once(' ')
        && let Some(number) = language.numbers.get(word)
    {
        return (Some(f64::from(*number)), after);
    }
    // 一年前, 半年前: numbers glued to their unit.
    let mut chars = text.chars();
    if let Some(first) = chars.next().filter(|c| !c.is_ascii() && *c as u32 >= 0x2e80) {
        let after = chars.as_str();
        if first == '半' {
            return (Some(0.5), after);
        }
        if let Some(number) = language.numbers.get(first.encode_utf8(&mut [0; 4]) as &str) {
            return (Some(f64::from(*number)), after);
        }
    }
    (None, text)
}

/// A day that has a name in a language without spaces, with or without a time, in the outlet's zone: 昨天21:05, 어제 오후 3시.
pub(super) fn glued_day(folded: &str, clock: &Clock) -> Option<Parts> {
    let (word, days) = lexicon().glued_days.iter().find(|(word, _)| folded.starts_with(word.as_str()))?;
    let rest = folded[word.len()..].trim_start_matches([' ', ',', '的']);
    let day = day_before(*days, clock)?;
    let parts = Parts::day(day, Precision::Day);
    if rest.is_empty() {
        return Some(parts);
    }
    match iso::with_time(parts, rest) {
        Some(parts) => Some(parts),
        // The reader of 下午3点 wants a day in front of it.
        None => {
            use chrono::Datelike;
            let parts = cjk::parse(&format!("{}年{}月{}日 {rest}", day.year(), day.month(), day.day()), clock)?;
            (parts.precision != Precision::Day && parts.date == day).then_some(parts)
        }
    }
}

/// The day so many days before the fetch's, in the outlet's zone.
pub(super) fn day_before(days: u64, clock: &Clock) -> Option<NaiveDate> {
    super::today(clock).checked_sub_days(Days::new(days))
}
