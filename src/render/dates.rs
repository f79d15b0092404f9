//! Dates for people, in the words of a language.

use chrono::{DateTime, Datelike, Utc};
use minijinja::{Value, context};

use super::Renderer;
use super::text::{rfc3339, writable};
use super::words::Language;
use crate::model::Precision;

impl Renderer {
    /// A time for people, in the site's zone and no more exact than it is known, and for machines.
    pub(super) fn time(&self, at: DateTime<Utc>, precision: Precision, words: &Language) -> Value {
        let local = writable(at).with_timezone(&self.site.time_zone);
        let text = match precision {
            Precision::Month => written(words, "date_month", &local),
            Precision::Day => written(words, "date", &local),
            Precision::Second | Precision::Minute | Precision::Hour => {
                format!("{} {}", written(words, "date", &local), local.format("%H:%M"))
            }
        };
        context! { iso => rfc3339(at), text, language => &words.tag }
    }
}

/// The date by the pattern under `key` of words.html.
fn written(words: &Language, key: &str, date: &impl Datelike) -> String {
    let month = usize::try_from(date.month0()).unwrap_or(0);
    let name = words.get("months").split_whitespace().nth(month).unwrap_or_default();
    words
        .get(key)
        .replace("{year}", &date.year().to_string())
        .replace("{mm}", &format!("{:02}", date.month()))
        .replace("{day}", &date.day().to_string())
        .replace("{month}", name)
}

/// What is wrong with a word about dates, if anything.
pub(super) fn fault(key: &str, word: &str) -> Option<&'static str> {
    let has = |placeholder: &str| word.contains(placeholder);
    let dated = has("{year}") && (has("{month}") || has("{mm}"));
    match key {
        "date" if !dated || !has("{day}") => Some("lacks {year}, {day}, or {month} and {mm}"),
        "date_month" if !dated => Some("lacks {year}, or {month} and {mm}"),
        "months" if word.split_whitespace().count() != 12 => Some("does not name twelve months with spaces between them"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::super::sample::renderer;
    use super::*;

    fn check(language: &str, precision: Precision, expected: &str) {
        let at = DateTime::from_timestamp(1_780_281_000, 0).unwrap();
        let time = renderer().time(at, precision, renderer().words.of([Some(language)]));
        assert_eq!(time.get_attr("text").unwrap().as_str(), Some(expected), "{language}");
        assert_eq!(time.get_attr("iso").unwrap().as_str(), Some("2026-06-01T02:30:00Z"));
    }

    #[test]
    fn dates_are_written_as_the_language_writes_them() {
        check("zh-Hans", Precision::Minute, "2026年6月1日 12:30");
        check("zh-Hant", Precision::Day, "2026年6月1日");
        check("ja", Precision::Month, "2026年6月");
        check("ko", Precision::Day, "2026년 6월 1일");
        check("en", Precision::Hour, "1 June 2026 12:30");
        check("de", Precision::Day, "1. Juni 2026");
        check("es", Precision::Day, "1 de junio de 2026");
        check("ru", Precision::Day, "1 июня 2026 г.");
        check("ru", Precision::Month, "06.2026");
        check("vi", Precision::Day, "1 tháng 6, 2026");
        check("ar", Precision::Day, "1 يونيو 2026");
        check("ar", Precision::Second, "1 يونيو 2026 12:30");
    }

    #[test]
    fn words_that_would_lose_a_part_of_a_date_are_found() {
        assert_eq!(fault("date", "{day}/{mm}/{year}"), None);
        assert!(fault("date", "{day} {month}").is_some());
        assert!(fault("date", "{month} {year}").is_some());
        assert_eq!(fault("date_month", "{month} {year}"), None);
        assert!(fault("date_month", "{year}").is_some());
        assert!(fault("months", "Ionawr Chwefror").is_some());
        assert_eq!(fault("source", "Source"), None);
    }
}
