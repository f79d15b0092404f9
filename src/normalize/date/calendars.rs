//! Years that are not counted from Christ: the solar Hijri calendar of Iran and Afghanistan, and the Buddhist years of Thailand.

use chrono::{Datelike, Days, NaiveDate};
use chrono_tz::Tz;

/// Months of the solar Hijri calendar, by their names in Iran and in Afghanistan; twelve groups divided by `|`.
pub(super) const PERSIAN_MONTHS: &str = "فروردین حمل|اردیبهشت ثور|خرداد جوزا|تیر سرطان|مرداد امرداد اسد|شهریور سنبله|مهر میزان|آبان عقرب|آذر قوس|دی جدی|بهمن دلو|اسفند حوت";

/// Years read as solar Hijri where that calendar is in use: 1921 to 2122. Nobody writes Gregorian years of that size about news.
const PERSIAN_YEARS: std::ops::Range<i32> = 1300..1500;

/// Years read as Buddhist where they are in use: 1857 to 2156.
const BUDDHIST_YEARS: std::ops::Range<i32> = 2400..2700;

/// The Buddhist era is this much ahead.
const BUDDHIST_AHEAD: i32 = 543;

/// How numeric dates are to be read: what outlet and text tell.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Style {
    /// 6/2/2026 is 2 June: the outlet is American and the text is English (or has no words).
    pub(super) month_first: bool,
    /// 6/12 9:05 without a year is 12 June as well: in East Asia, where the year would stand in front.
    pub(super) month_first_yearless: bool,
    /// Years 1300 to 1499 are solar Hijri.
    pub(super) persian: bool,
    /// Years 2400 to 2699 are Buddhist.
    pub(super) thai: bool,
}

impl Style {
    /// The style of an outlet in `zone` for `text`, folded; `english`: all its words are English, or it has none.
    pub(super) fn of(zone: Tz, text: &str, english: bool) -> Self {
        let name = zone.name();
        let is = |names: &[&str]| names.contains(&name);
        let holds = |range: std::ops::RangeInclusive<char>| !text.is_ascii() && text.chars().any(|c| range.contains(&c));
        let american =
            name.starts_with("US/") || AMERICAN.iter().any(|zone| name == *zone || zone.ends_with('/') && name.starts_with(zone));
        let month_first = english && american;
        Self {
            month_first,
            month_first_yearless: month_first || is(EAST_ASIAN),
            persian: is(&["Asia/Tehran", "Iran", "Asia/Kabul"]) || !text.is_ascii() && text.contains(['پ', 'چ', 'ژ', 'گ']),
            thai: is(&["Asia/Bangkok", "Asia/Vientiane"]) || holds('\u{e01}'..='\u{e4e}'),
        }
    }

    /// Year, month and day in the calendar that the year belongs to.
    pub(super) fn date(self, year: i32, month: u32, day: u32) -> Option<NaiveDate> {
        if self.persian && PERSIAN_YEARS.contains(&year) {
            return persian(year, month, day);
        }
        let year = if self.thai && BUDDHIST_YEARS.contains(&year) { year - BUDDHIST_AHEAD } else { year };
        NaiveDate::from_ymd_opt(year, month, day)
    }

    /// Two fields and a year behind them: in this style's order, or in the other where only that gives a date.
    pub(super) fn pair(self, year: i32, first: u32, second: u32, month_first: bool) -> Option<NaiveDate> {
        let (month, day) = if month_first { (first, second) } else { (second, first) };
        self.date(year, month, day).or_else(|| self.date(year, day, month))
    }

    /// The Gregorian year of "27 มี.ค. 68": two digits of a Buddhist year.
    pub(super) fn short_buddhist(two_digits: u32) -> Option<i32> {
        i32::try_from(two_digits).ok().map(|year| 2500 + year - BUDDHIST_AHEAD)
    }
}

/// Zones whose English newspapers write the month first: the United States and its territories, and the Philippines.
const AMERICAN: &[&str] = &[
    "America/New_York",
    "America/Chicago",
    "America/Denver",
    "America/Los_Angeles",
    "America/Phoenix",
    "America/Anchorage",
    "America/Juneau",
    "America/Sitka",
    "America/Nome",
    "America/Adak",
    "America/Boise",
    "America/Detroit",
    "America/Menominee",
    "America/Indianapolis",
    "America/Louisville",
    "America/Fort_Wayne",
    "America/Indiana/",
    "America/Kentucky/",
    "America/North_Dakota/",
    "America/Puerto_Rico",
    "Pacific/Honolulu",
    "Pacific/Guam",
    "Asia/Manila",
    "EST5EDT",
    "CST6CDT",
    "MST7MDT",
    "PST8PDT",
];

const EAST_ASIAN: &[&str] = &[
    "Asia/Shanghai",
    "Asia/Urumqi",
    "Asia/Chongqing",
    "Asia/Chungking",
    "Asia/Harbin",
    "Asia/Hong_Kong",
    "Asia/Macau",
    "Asia/Macao",
    "Asia/Taipei",
    "Asia/Tokyo",
    "Asia/Seoul",
    "Asia/Pyongyang",
    "PRC",
    "ROC",
    "ROK",
    "Japan",
    "Hongkong",
];

/// A day of the solar Hijri calendar, years 1300 to 1499. Leap years by the 33-year cycle, which is the official calendar of those years.
pub(super) fn persian(year: i32, month: u32, day: u32) -> Option<NaiveDate> {
    if !PERSIAN_YEARS.contains(&year) || !(1..=12).contains(&month) {
        return None;
    }
    let leap = |year: i32| matches!(year % 33, 1 | 5 | 9 | 13 | 17 | 22 | 26 | 30);
    let length = match month {
        1..=6 => 31,
        7..=11 => 30,
        _ => 29 + u32::from(leap(year)),
    };
    if !(1..=length).contains(&day) {
        return None;
    }
    let years: u64 = (PERSIAN_YEARS.start..year).map(|year| 365 + u64::from(leap(year))).sum();
    let months: u64 = u64::from((month - 1) * 31 - month.saturating_sub(7));
    // 1 Farvardin 1300.
    NaiveDate::from_ymd_opt(1921, 3, 21)?.checked_add_days(Days::new(years + months + u64::from(day - 1)))
}

/// The latest such day of the solar Hijri calendar that is not after `today`.
pub(super) fn latest_persian(month: u32, day: u32, today: NaiveDate) -> Option<NaiveDate> {
    let year = today.year() - 621;
    [year, year - 1, year - 2].into_iter().filter_map(|year| persian(year, month, day)).find(|date| *date <= today)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn solar_hijri_days() {
        let check = |(year, month, day), expected: &str| {
            assert_eq!(
                persian(year, month, day).map(|date| date.to_string()).unwrap_or_default(),
                expected,
                "{year}-{month}-{day}"
            );
        };
        check((1300, 1, 1), "1921-03-21");
        check((1357, 11, 22), "1979-02-11");
        check((1378, 10, 11), "2000-01-01");
        check((1399, 12, 30), "2021-03-20");
        check((1400, 1, 1), "2021-03-21");
        check((1403, 1, 1), "2024-03-20");
        check((1403, 12, 30), "2025-03-20");
        check((1404, 1, 7), "2025-03-27");
        check((1404, 7, 1), "2025-09-23");
        check((1404, 8, 1), "2025-10-23");
        check((1408, 1, 1), "2029-03-20");
        check((1404, 12, 30), "");
        check((1404, 7, 31), "");
        check((1404, 13, 1), "");
        check((1299, 1, 1), "");
    }

    #[test]
    fn every_day_of_the_calendar_follows_the_day_before() {
        let mut before = persian(1300, 1, 1).expect("a day").pred_opt().expect("a day");
        for (year, month, day) in
            PERSIAN_YEARS.flat_map(|year| (1..=12).flat_map(move |month| (1..=31).map(move |day| (year, month, day))))
        {
            if let Some(date) = persian(year, month, day) {
                assert_eq!(before.succ_opt(), Some(date), "{year}-{month}-{day}");
                before = date;
            }
        }
    }

    #[test]
    fn the_month_stands_first_in_america_alone() {
        let check = |zone: &str, english: bool, expected: bool| {
            assert_eq!(Style::of(zone.parse().expect("a zone"), "", english).month_first, expected, "{zone} {english}");
        };
        check("America/New_York", true, true);
        check("America/Indiana/Knox", true, true);
        check("US/Pacific", true, true);
        check("America/New_York", false, false);
        check("America/Toronto", true, false);
        check("America/Sao_Paulo", true, false);
        check("Europe/London", true, false);
        check("UTC", true, false);
    }
}
