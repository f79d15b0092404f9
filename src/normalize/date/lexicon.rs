//! The tables of [`super::languages`], folded and ready to be looked up.

use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use super::fold::fold;
use super::{calendars, languages};

/// What is counted in "3 hours ago".
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Unit {
    Second,
    Minute,
    Hour,
    Day,
    Week,
    Month,
    Year,
}

const UNITS: [Unit; 7] = [Unit::Second, Unit::Minute, Unit::Hour, Unit::Day, Unit::Week, Unit::Month, Unit::Year];

/// What a word can be in a date.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Name {
    /// The month, 1 to 12.
    pub(super) month: Option<u32>,
    /// The month is one of the solar Hijri calendar.
    pub(super) persian: bool,
    /// The month is written in full.
    pub(super) full: bool,
    /// It is a weekday (perhaps as well: `mar` is Tuesday and March).
    pub(super) weekday: bool,
    /// English has the word, too.
    pub(super) english: bool,
}

/// How one language says that a time is over.
#[derive(Debug)]
pub(super) struct Spans {
    /// What stands before and after the span.
    pub(super) frames: Vec<(String, String)>,
    /// Words for units, and how many one of them is.
    pub(super) units: HashMap<String, (Unit, u32)>,
    /// A unit without a number is one of it.
    pub(super) without_one: bool,
    /// Half an hour.
    pub(super) half_hour: Vec<String>,
    /// Words for numbers.
    pub(super) numbers: HashMap<String, u32>,
}

/// Every table.
#[derive(Debug)]
pub(super) struct Lexicon {
    names: HashMap<String, Name>,
    /// Days that have a name, and how long ago they are.
    pub(super) days: HashMap<String, u64>,
    /// The same of languages that put no spaces between words.
    pub(super) glued_days: Vec<(String, u64)>,
    /// Phrases for "a moment ago".
    pub(super) now: HashSet<String>,
    /// Spans by language.
    pub(super) spans: Vec<Spans>,
}

/// Most words in one name.
pub(super) const LONGEST_NAME: usize = 3;

static LEXICON: LazyLock<Lexicon> = LazyLock::new(Lexicon::read);

/// The tables.
pub(super) fn lexicon() -> &'static Lexicon {
    &LEXICON
}

/// What a folded word, or a few with single spaces between them, can be in a date.
pub(super) fn name(word: &str) -> Option<Name> {
    LEXICON.names.get(word).copied()
}

/// The month a folded word names in the Gregorian calendar.
pub(super) fn month(word: &str) -> Option<u32> {
    name(word).filter(|name| !name.persian).and_then(|name| name.month)
}

impl Lexicon {
    fn read() -> Self {
        let mut lexicon =
            Self { names: HashMap::new(), days: HashMap::new(), glued_days: Vec::new(), now: HashSet::new(), spans: Vec::new() };
        for language in languages::all() {
            let english = language.code == "en";
            for (months, full) in [(language.months, true), (language.short_months, false)] {
                for (group, month) in groups(months).zip(1..) {
                    for form in group {
                        let name = lexicon.names.entry(form).or_default();
                        name.month.get_or_insert(month);
                        name.full |= full;
                        name.english |= english;
                    }
                }
            }
            for form in forms(language.weekdays) {
                let name = lexicon.names.entry(form).or_default();
                name.weekday = true;
                name.english |= english;
            }
            lexicon.now.extend(forms(language.now));
            for (group, days) in groups(language.days).zip(0..) {
                for form in group {
                    if matches!(language.code, "zh" | "ja" | "ko" | "th") {
                        lexicon.glued_days.push((form.clone(), days));
                    }
                    lexicon.days.entry(form).or_insert(days);
                }
            }
            let mut units = HashMap::new();
            for (table, times) in [(language.units, 1), (language.twos, 2)] {
                for (group, unit) in groups(table).zip(UNITS) {
                    units.extend(group.into_iter().map(|form| (form, (unit, times))));
                }
            }
            let numbers = groups(language.numbers).zip(1..).flat_map(|(group, n)| group.into_iter().map(move |form| (form, n)));
            lexicon.spans.push(Spans {
                frames: language.frames.iter().map(|(before, after)| (fold(before), fold(after))).collect(),
                units,
                without_one: language.without_one,
                half_hour: forms(language.half_hour).collect(),
                numbers: numbers.collect(),
            });
        }
        for (group, month) in groups(calendars::PERSIAN_MONTHS).zip(1..) {
            for form in group {
                lexicon.names.entry(form).or_insert(Name { month: Some(month), persian: true, full: true, ..Name::default() });
            }
        }
        // The longest first: 昨天 before 昨.
        lexicon.glued_days.sort_by_key(|(word, _)| std::cmp::Reverse(word.len()));
        lexicon
    }
}

fn forms(list: &str) -> impl Iterator<Item = String> {
    list.split(' ').filter(|form| !form.is_empty()).map(|form| fold(form).replace('_', " "))
}

fn groups(table: &str) -> impl Iterator<Item = Vec<String>> {
    table.split('|').map(|group| forms(group).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_table_has_its_groups() {
        for language in languages::all() {
            let count = |table: &str, expected: usize, what: &str| {
                assert!(table.is_empty() || table.split('|').count() == expected, "{} {what}", language.code);
            };
            count(language.months, 12, "months");
            count(language.short_months, 12, "short months");
            count(language.units, 7, "units");
            count(language.days, 3, "days");
            assert!(language.twos.is_empty() || language.twos.split('|').count() <= 7, "{} twos", language.code);
        }
        assert_eq!(groups(calendars::PERSIAN_MONTHS).count(), 12);
    }

    #[test]
    fn no_word_is_two_months() {
        let mut seen: HashMap<String, (u32, &str)> = HashMap::new();
        for language in languages::all() {
            for table in [language.months, language.short_months] {
                for (group, month) in groups(table).zip(1..) {
                    for form in group {
                        let (known, code) = *seen.entry(form.clone()).or_insert((month, language.code));
                        assert_eq!(known, month, "{form:?} in {code} and {}", language.code);
                    }
                }
            }
        }
    }

    #[test]
    fn names_have_no_more_words_than_are_looked_at() {
        for name in LEXICON.names.keys().chain(LEXICON.days.keys()) {
            assert!(name.split(' ').count() <= LONGEST_NAME, "{name:?}");
        }
    }
}
