//! Dates among words: day, month and year in any order with the month by name (RFC 822, asctime, and how people write), numeric dates with
//! a time and a zone, days that have a name ("gestern, 18:30 Uhr"), in every language of [`super::languages`].

use chrono::{NaiveDate, Timelike};

use super::calendars::{self, Style};
use super::lexicon::{self, LONGEST_NAME, Name};
use super::{Clock, Parts, Zone, fillers, iso, number, phrase, year, zones};
use crate::model::Precision;

/// Most words in a date.
const MOST_WORDS: usize = 24;

/// What has been read so far.
#[derive(Debug, Default)]
struct Found {
    /// The text may be anything: see [`super::shown`].
    shown: bool,
    day: Option<u32>,
    /// The months by name, each with whether the day stood before it.
    month: Option<(u32, Name)>,
    /// A month that could be a weekday as well.
    doubtful: Option<(u32, Name)>,
    month_before_day: bool,
    weekday: bool,
    year: Option<i32>,
    /// Two digits that are a year.
    short_year: Option<u32>,
    date: Option<NaiveDate>,
    /// A day that has a name, as days before the fetch's.
    named_day: Option<u64>,
    /// Length of its name in bytes.
    letters: usize,
    /// "27.03" and "6/12": separator, the two, and whether a word before says that it is a time.
    pairs: Vec<(char, u32, u32, bool)>,
    time: Option<Parts>,
    afternoon: Option<bool>,
    zone: Option<Zone>,
}

impl Found {
    fn dated(&self) -> bool {
        self.date.is_some() || self.named_day.is_some() || self.day.is_some() && (self.month.is_some() || self.doubtful.is_some())
    }
}

/// Reads a folded text. `shown` is stricter: what may be no date at all is none.
pub(super) fn parse(folded: &str, clock: &Clock, shown: bool) -> Option<Parts> {
    let spaced = spread(folded);
    let tokens: Vec<&str> =
        spaced.split([' ', ',', ';', '|', '،', '·', '•', '、']).filter(|token| !token.is_empty()).take(MOST_WORDS + 1).collect();
    if tokens.len() > MOST_WORDS {
        return None;
    }
    let words: Vec<&str> = tokens.iter().map(|token| bare(token)).collect();
    // "3:2" is a score.
    let score = |word: &&str| {
        word.split_once(':').is_some_and(|(_, minutes)| minutes.bytes().take(2).filter(u8::is_ascii_digit).count() < 2)
    };
    if shown && words.iter().any(score) {
        return None;
    }
    let style = Style::of(clock.zone, folded, words.iter().all(|word| is_english(word)));
    let mut found = Found { shown, ..Found::default() };
    let mut at = 0;
    while at < tokens.len() {
        at += take(&tokens, &words, at, style, &mut found)?;
    }
    finish(found, style, clock, shown)
}

fn bare(token: &str) -> &str {
    let token = token.trim_matches(['(', ')', '[', ']', '.', '\'', '"', '«', '»']);
    if token.ends_with(':') { token.trim_end_matches(':') } else { token }
}

/// Whether a word says nothing about the language, or is English.
fn is_english(word: &str) -> bool {
    !word.starts_with(|c: char| c.is_alphabetic())
        || matches!(
            word,
            "at" | "on" | "of" | "the" | "hrs" | "h" | "am" | "pm" | "a.m" | "p.m" | "published" | "updated" | "posted"
        )
        || lexicon::name(word).is_some_and(|name| name.english)
        || word.is_ascii() && zones::zone(word).is_some()
}

/// Reads what stands at a place; how many words that was.
fn take(tokens: &[&str], words: &[&str], at: usize, style: Style, found: &mut Found) -> Option<usize> {
    let (token, word) = (tokens[at], words[at]);
    if word.is_empty() || matches!(word, "-" | "/" | ":") {
        return Some(1);
    }
    let has_zone = found.zone.is_some() || found.time.is_some_and(|time| time.zone.is_some());
    if token.starts_with('(') && has_zone && !word.starts_with(|c: char| c.is_ascii_digit()) {
        // "(Pacific Daylight Time)" after an offset: all the rest is in the bracket, or nothing is to come.
        let end = tokens[at..].iter().position(|token| token.ends_with(')'))?;
        return Some(end + 1);
    }
    if word.starts_with(|c: char| c.is_ascii_digit()) {
        return take_number(tokens, words, at, style, found);
    }
    if let Some(offset) = zones::offset(word)
        && found.time.is_some()
    {
        // "GMT +7": the name of the zone and what it is ahead.
        if found.zone.is_some_and(|zone| zone != Zone::Offset(0)) {
            return None;
        }
        found.zone = Some(Zone::Offset(offset));
        return Some(1);
    }
    // Names and zones of a few words, the longest first.
    for count in (1..=LONGEST_NAME.min(words.len() - at)).rev() {
        let joined;
        let phrase = if count == 1 {
            word
        } else {
            joined = words[at..at + count].join(" ");
            &joined
        };
        let behind = words.get(at + count).copied().unwrap_or_default();
        let before_time = behind.starts_with(|c: char| c.is_ascii_digit()) && behind.contains(':');
        if let Some(afternoon) = fillers::meridiem(phrase)
            && found.afternoon.is_none()
            && match phrase {
                // "م" is "p.m." right behind a time, and "A.D." behind a year.
                "م" | "ص" => at > 0 && words[at - 1].contains(':'),
                _ => found.time.is_some() || !found.pairs.is_empty() || before_time,
            }
        {
            found.afternoon = Some(afternoon);
            return Some(count);
        }
        // After the time these are zones; before it, they are words.
        if matches!(phrase, "at" | "et" | "pt" | "mt" | "ct" | "est" | "art" | "met" | "cat" | "pet" | "cot" | "wit" | "eat") {
            if found.time.is_some() && found.zone.is_none() {
                found.zone = zones::zone(phrase);
                return Some(count);
            }
        } else if phrase == "ut" && found.zone.is_none() && found.time.is_some() && found.dated() {
            // Tuesday in the languages of the Balkans, but not behind a day and its time.
            found.zone = zones::zone(phrase);
            return Some(count);
        } else if (2..=zones::LONGEST_ZONE).contains(&count)
            && found.zone.is_none()
            && let Some(zone) = zones::spelled_zone(phrase)
        {
            found.zone = Some(zone);
            return Some(count);
        }
        if let Some(name) = lexicon::name(phrase) {
            take_name(name, found)?;
            return Some(count);
        }
        if let Some(days) = lexicon::lexicon().days.get(phrase) {
            if found.named_day.replace(*days).is_some() {
                return None;
            }
            found.letters = phrase.len();
            return Some(count);
        }
    }
    if fillers::is_filler(word) || fillers::after_hour(word) && found.time.is_some() {
        return Some(1);
    }
    if found.zone.is_none()
        && let Some(zone) = zones::zone(word)
    {
        found.zone = Some(zone);
        return Some(1);
    }
    None
}

fn take_name(name: Name, found: &mut Found) -> Option<()> {
    match name.month {
        Some(month) if name.weekday => {
            // "mar" is Tuesday and March: the month, unless there is another.
            if found.month.is_none() && found.doubtful.is_none() {
                found.doubtful = Some((month, name));
            } else if found.weekday {
                return None;
            }
        }
        Some(month) => {
            // "آذار/مارس": both names of one month.
            if let Some((known, _)) = found.month {
                return (known == month).then_some(());
            }
            found.month = Some((month, name));
            found.month_before_day = found.day.is_none();
        }
        None => found.weekday = true,
    }
    Some(())
}

fn take_number(tokens: &[&str], words: &[&str], at: usize, style: Style, found: &mut Found) -> Option<usize> {
    let (token, word) = (tokens[at], words[at]);
    let before = if at > 0 { words[at - 1] } else { "" };
    let next = words.get(at + 1).copied().unwrap_or_default();
    let any = Parts::day(NaiveDate::MIN, Precision::Day);

    if word.contains(':') {
        if found.time.is_some() {
            return None;
        }
        found.time = Some(iso::with_time(any, word)?);
        return Some(1);
    }
    if let Some(date) = spaced_out(tokens, words, at, style).filter(|_| found.date.is_none() && found.day.is_none()) {
        found.date = Some(date);
        return Some(3);
    }
    if let Some(n) = number(word) {
        // "Thứ 7, 29/03/2025" is a Saturday, "Thu 7 Feb" the seventh.
        let vietnamese = || words.iter().any(|word| word.contains('/') || *word == "thang");
        if before == "thu" && matches!(word, "2" | "3" | "4" | "5" | "6" | "7") && vietnamese() {
            return Some(1);
        }
        let noon_mark = fillers::meridiem(next).is_some() && !matches!(next, "م" | "ص");
        let hour = word.len() <= 2
            && found.time.is_none()
            && !token.ends_with('.')
            && (fillers::after_hour(next) || noon_mark && n <= 12 || fillers::before_hour(before) && found.dated());
        if hour {
            let (mut used, mut minute) = (1, None);
            if fillers::after_hour(next) {
                used = 2;
                let behind = words.get(at + 2).copied().unwrap_or_default();
                let after = words.get(at + 3).copied().unwrap_or_default();
                let ends = tokens.get(at + 2).is_some_and(|token| token.ends_with('.'));
                if behind.len() == 2 && !ends && lexicon::name(after).is_none_or(|name| name.month.is_none()) {
                    minute = number(behind);
                    used += usize::from(minute.is_some());
                }
            }
            let (time, carry) = super::time_of_day(n, minute.unwrap_or(0), 0)?;
            let precision = if minute.is_some() { Precision::Minute } else { Precision::Hour };
            found.time = Some(Parts { time, carry, precision, ..any });
            return Some(used);
        }
        match word.len() {
            // Four digits after the year are a time of day without colon, "02:40" written "0240".
            4 if found.year.is_none() && found.date.is_none() => found.year = Some(year(word)?),
            1 | 2 if found.day.is_none() && found.date.is_none() => found.day = Some(n),
            2 if found.year.is_none() && found.short_year.is_none() && found.date.is_none() => found.short_year = Some(n),
            4 | 6 if found.time.is_none() => found.time = Some(iso::with_time(any, word)?),
            _ => return None,
        }
        return Some(1);
    }
    if let Some(n) = ordinal(word).filter(|_| found.day.is_none()) {
        found.day = Some(n);
        return Some(1);
    }
    let mut marks = word.chars().filter(|c| matches!(c, '/' | '.' | '-'));
    let digits_only = word.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'/' | b'.' | b'-'));
    match (digits_only, marks.next(), marks.next()) {
        (true, Some(mark), None) => {
            let (first, second) = word.split_once(mark)?;
            if mark == '-' || first.len() > 2 || second.len() > 2 || found.pairs.len() > 1 {
                return None;
            }
            found.pairs.push((mark, number(first)?, number(second)?, fillers::before_hour(before)));
            Some(1)
        }
        (true, Some(_), Some(_)) if found.date.is_none() && found.month.is_none() => {
            if found.shown && !super::for_people(&words[at..].join(" ")) {
                return None;
            }
            match iso::calendar(word, style).filter(|parts| parts.precision == Precision::Day) {
                Some(parts) => found.date = Some(parts.date),
                // "18.30.05"
                None if found.time.is_none() => found.time = Some(iso::with_time(any, word)?),
                None => return None,
            }
            Some(1)
        }
        (true, Some('.'), Some(_)) if found.time.is_none() => {
            found.time = Some(iso::with_time(any, word)?);
            Some(1)
        }
        _ if found.time.is_none() && (word.contains('h') || word.ends_with("am") || word.ends_with("pm")) => {
            found.time = Some(iso::with_time(any, word.replace('h', ":").trim_end_matches(':'))?);
            Some(1)
        }
        _ => None,
    }
}

/// "27. 3. 2025": Czechs, Slovaks and Norwegians put spaces behind the dots.
fn spaced_out(tokens: &[&str], words: &[&str], at: usize, style: Style) -> Option<NaiveDate> {
    let [day, month, written_year] = words.get(at..at + 3)? else { return None };
    let dots = tokens[at].ends_with('.') && tokens[at + 1].ends_with('.');
    if !dots || day.len() > 2 || month.len() > 2 || written_year.len() != 4 {
        return None;
    }
    style.date(year(written_year)?, number(month)?, number(day)?)
}

fn finish(mut found: Found, style: Style, clock: &Clock, shown: bool) -> Option<Parts> {
    match (found.month, found.doubtful.take()) {
        (None, Some(month)) => {
            found.month_before_day = false;
            found.month = Some(month);
        }
        (Some(_), Some(_)) => found.weekday = true,
        _ => {}
    }
    let any = Parts::day(NaiveDate::MIN, Precision::Day);
    let mut pairs = std::mem::take(&mut found.pairs);
    let mut yearless = false;
    if !found.dated() {
        // "27.3. klo 18.30", "6/12 9:05": the first pair that is no time is the day.
        if let Some(place) = pairs.iter().position(|(_, _, _, time)| !time) {
            let (mark, first, second, _) = pairs.remove(place);
            if found.time.is_none() && pairs.is_empty() {
                return None;
            }
            let month_first = mark == '/' && style.month_first_yearless;
            let year = super::this_year(clock);
            // Dots have one order, day and month.
            found.date =
                Some(if mark == '.' { style.date(year, second, first) } else { style.pair(year, first, second, month_first) }?);
            yearless = true;
        }
    }
    if let Some((mark, hour, minute, _)) = pairs.pop() {
        if mark != '.' || found.time.is_some() || !pairs.is_empty() {
            return None;
        }
        let (time, carry) = super::time_of_day(hour, minute, 0)?;
        found.time = Some(Parts { time, carry, precision: Precision::Minute, ..any });
    }

    let mut date = match (found.date, found.day, found.month, found.named_day) {
        (Some(date), None, None, None) if found.year.is_none() && found.short_year.is_none() => {
            Parts { yearless, ..Parts::day(date, Precision::Day) }
        }
        (Some(_), ..) => return None,
        // "Hier" alone is German for "here", "ora" Italian for "now" and "hour".
        (None, None, None, Some(_)) if shown && found.time.is_none() && found.letters < 5 => return None,
        (None, None, None, Some(days)) if found.year.is_none() => Parts::day(phrase::day_before(days, clock)?, Precision::Day),
        (None, Some(day), Some((month, name)), _) => day_and_month(day, month, name, &found, style, clock)?,
        // "June 2026"
        (None, None, Some((month, name)), None) if found.time.is_none() && found.zone.is_none() && found.short_year.is_none() => {
            let date = if name.persian { calendars::persian(found.year?, month, 1) } else { style.date(found.year?, month, 1) };
            Parts::day(date?, Precision::Month)
        }
        _ => return None,
    };
    if date.yearless && found.time.is_none() && !found.weekday {
        // "Jun 3" and "3 мая" are days; "set 10", "mars 2" and "3 out" may be anything.
        let (_, name) = found.month?;
        if !name.english && if shown { found.month_before_day || !name.full } else { found.month_before_day && !name.full } {
            return None;
        }
    }
    if let Some(time) = found.time {
        date = Parts { date: date.date, yearless: date.yearless, zone: found.zone.or(time.zone), ..time };
        if let Some(afternoon) = found.afternoon {
            let hour = date.time.hour();
            let hour = if afternoon && hour < 12 {
                hour + 12
            } else if !afternoon && hour == 12 {
                0
            } else {
                hour
            };
            date.time = date.time.with_hour(hour)?;
        }
    } else {
        if found.afternoon.is_some() {
            return None;
        }
        date.zone = found.zone;
    }
    Some(date)
}

fn day_and_month(day: u32, month: u32, name: Name, found: &Found, style: Style, clock: &Clock) -> Option<Parts> {
    if let Some(days) = found.named_day {
        // "Dziś, 27 marca": both must say the same.
        let date = phrase::day_before(days, clock)?;
        let same = chrono::Datelike::month(&date) == month && chrono::Datelike::day(&date) == day;
        return same.then(|| Parts::day(date, Precision::Day));
    }
    let year = match (found.year, found.short_year) {
        (Some(_), Some(_)) => return None,
        (Some(year), None) => Some(year),
        (None, Some(short)) if style.thai => Some(Style::short_buddhist(short)?),
        (None, Some(short)) if !name.persian => Some(super::year(&format!("{short:02}"))?),
        (None, Some(short)) => Some(if short < 50 { 1400 } else { 1300 } + i32::try_from(short).ok()?),
        (None, None) => None,
    };
    if name.persian {
        let date = match year {
            Some(year) => calendars::persian(year, month, day)?,
            None => calendars::latest_persian(month, day, super::today(clock))?,
        };
        return Some(Parts::day(date, Precision::Day));
    }
    let date = match year {
        Some(year) => style.date(year, month, day)?,
        None => NaiveDate::from_ymd_opt(super::this_year(clock), month, day)?,
    };
    Some(Parts { yearless: year.is_none(), ..Parts::day(date, Precision::Day) })
}

/// Puts spaces where "16-Dec-2012", "27มี.ค.", "18:30uhr" and "27/mar/2025" have none.
fn spread(folded: &str) -> String {
    let mut out = String::with_capacity(folded.len() + 8);
    let mut before = ' ';
    let known = |word: &str| lexicon::month(word).is_some();
    for (at, c) in folded.char_indices() {
        let behind = &folded[at + c.len_utf8()..];
        let next = behind.chars().next().unwrap_or(' ');
        let word = || {
            let end = behind.find(|c: char| !c.is_alphabetic()).unwrap_or(behind.len());
            &behind[..end]
        };
        match c {
            '-' | '/' | '.' if before.is_ascii_digit() && next.is_alphabetic() && (c != '/' || known(word())) => out.push(' '),
            '-' | '/' | '.' if before.is_alphabetic() && next.is_ascii_digit() && known(last_word(&out)) => out.push(' '),
            '.' if before.is_alphabetic() && !before.is_ascii() && next.is_ascii_digit() => out.push_str(". "),
            '/' if before.is_alphabetic() && !before.is_ascii() && next.is_alphabetic() => out.push(' '),
            c if c.is_ascii_digit() && next.is_alphabetic() => {
                out.push(c);
                let word = word();
                let behind_word = &behind[word.len()..];
                let glued = word == "h" && behind_word.starts_with(|c: char| c.is_ascii_digit());
                if !next.is_ascii()
                    || !glued
                        && (known(word) || fillers::after_hour(word) || fillers::is_filler(word) || matches!(word, "am" | "pm"))
                {
                    out.push(' ');
                }
            }
            c if c.is_alphabetic() && next.is_ascii_digit() => {
                out.push(c);
                if before.is_alphabetic() && known(last_word(&out)) || !c.is_ascii() {
                    out.push(' ');
                }
            }
            _ => out.push(c),
        }
        before = c;
    }
    out
}

/// The letters at the end of a text.
fn last_word(text: &str) -> &str {
    text.rsplit(|c: char| !c.is_alphabetic()).next().unwrap_or_default()
}

/// `1st`, `2nd`, `3rd`, `4th`, `1er`, `1º`
fn ordinal(word: &str) -> Option<u32> {
    let end = word.find(|c: char| !c.is_ascii_digit())?;
    matches!(&word[end..], "st" | "nd" | "rd" | "th" | "er" | "o" | "º" | "°" | "ª" | "e" | "ste" | "de" | "a" | "i")
        .then(|| number(&word[..end]))
        .flatten()
        .filter(|n| (1..=31).contains(n))
}
