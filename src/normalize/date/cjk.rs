//! Dates with their units written out: 2026年6月2日 上午8:40, 令和8年6月2日, 민國, 2026년 6월 2일 오후 3시 5분.

use chrono::NaiveTime;

use super::calendars::Style;
use super::{Clock, Parts, Zone, time_of_day, zones};
use crate::model::Precision;

/// Eras: the year before their first.
const ERAS: &[(&str, i32)] =
    &[("民国", 1911), ("民國", 1911), ("令和", 2018), ("平成", 1988), ("昭和", 1925), ("公元", 0), ("西元", 0), ("서기", 0)];

/// Parts of the day, and whether hours from 1 to 11 in them are after noon.
const DAY_PARTS: &[(&str, bool)] = &[
    ("上午", false),
    ("午前", false),
    ("早上", false),
    ("清晨", false),
    ("凌晨", false),
    ("早晨", false),
    ("오전", false),
    ("새벽", false),
    ("am", false),
    ("下午", true),
    ("午後", true),
    ("晚上", true),
    ("傍晚", true),
    ("中午", true),
    ("晚间", true),
    ("夜间", true),
    ("夜", true),
    ("오후", true),
    ("저녁", true),
    ("밤", true),
    ("pm", true),
];

/// Names of weekdays, longest first, and other words that carry nothing.
const IGNORED: &[&str] = &[
    "星期",
    "礼拜",
    "禮拜",
    "曜日",
    "曜",
    "요일",
    "周",
    "週",
    "发布于",
    "發布於",
    "发表于",
    "发布时间",
    "发布",
    "公開",
    "更新",
    "配信",
    "입력",
    "수정",
    "등록",
    "入力",
    "掲載",
    "発表",
    "只看该作者",
    "只看該作者",
    "来源",
    "來源",
];

/// One of the weekdays' own characters, which may only stand after one of the above or in brackets.
const WEEKDAY: &[char] = &[
    '一', '二', '三', '四', '五', '六', '日', '天', '月', '火', '水', '木', '金', '土', '화', '수', '목', '금', '토', '월', '일',
];

/// Reads a date whose numbers carry their units, or an ISO date with 上午, 오후 and the like in its time.
pub(super) fn parse(folded: &str, clock: &Clock) -> Option<Parts> {
    if folded.is_ascii() {
        return None;
    }
    let style = Style::of(clock.zone, folded, false);
    let mut rest = folded;
    let (mut year, mut month, mut day) = (None, None, None);
    let (mut hour, mut minute, mut second) = (None, None, None);
    let (mut afternoon, mut morning, mut noon) = (false, false, false);
    let (mut era, mut zone, mut korean) = (0, None, false);
    // 6/12(木): the weekday says that it is a date, and in which order.
    let (mut short, mut weekday) = (false, false);

    while let Some(c) = rest.chars().next() {
        if c == ' ' || matches!(c, ',' | '|' | '/' | '·' | '、') {
            rest = &rest[c.len_utf8()..];
        } else if c == '(' {
            // (木), (周四), (화): a weekday and nothing else.
            let end = rest.find(')')?;
            if !rest[1..end].chars().all(|c| WEEKDAY.contains(&c) || IGNORED.iter().any(|word| word.contains(c))) {
                return None;
            }
            weekday = true;
            rest = &rest[end + 1..];
        } else if let Some((word, first)) = ERAS.iter().find(|(word, _)| rest.starts_with(word)) {
            era = *first;
            rest = rest[word.len()..].strip_prefix("元年").map_or(&rest[word.len()..], |after| {
                year = Some(1);
                after
            });
        } else if let Some((word, after_noon)) = DAY_PARTS.iter().find(|(word, _)| rest.starts_with(word)) {
            noon |= *word == "中午";
            afternoon |= after_noon;
            morning |= !after_noon;
            korean |= word.starts_with(['오', '새', '저', '밤']);
            rest = &rest[word.len()..];
        } else if let Some(word) = IGNORED.iter().find(|word| rest.starts_with(**word)) {
            rest = &rest[word.len()..];
            if matches!(*word, "星期" | "礼拜" | "禮拜" | "周" | "週") {
                rest = rest.strip_prefix(WEEKDAY)?;
            }
            rest = rest.trim_start_matches([':', ' ']);
        } else if WEEKDAY.contains(&c) && IGNORED.iter().any(|word| rest[c.len_utf8()..].starts_with(word)) {
            rest = &rest[c.len_utf8()..];
        } else if c.is_ascii_digit() {
            let end = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
            let (digits, after) = rest.split_at(end);
            let n = super::number(digits)?;
            let unit = after.trim_start().chars().next().unwrap_or(' ');
            let after_unit = || after.trim_start().get(unit.len_utf8()..).unwrap_or_default();
            rest = match unit {
                '年' | '년' if year.is_none() => {
                    year = Some(if digits.len() == 2 && era == 0 { super::year(digits)? } else { i32::try_from(n).ok()? });
                    korean |= unit == '년';
                    after_unit()
                }
                '月' | '월' if month.is_none() => {
                    month = Some(n);
                    after_unit()
                }
                '日' | '号' | '號' | '일' if day.is_none() => {
                    day = Some(n);
                    after_unit()
                }
                '时' | '時' | '点' | '點' | '시' if hour.is_none() => {
                    hour = Some(n);
                    after_unit().strip_prefix(['钟', '鐘', '整']).unwrap_or_else(after_unit)
                }
                '分' | '분' if minute.is_none() && hour.is_some() => {
                    minute = Some(n);
                    after_unit()
                }
                '秒' | '초' if second.is_none() && minute.is_some() => {
                    second = Some(n);
                    after_unit()
                }
                '-' | '.' | '/' if year.is_none() && month.is_none() => {
                    // 2026-06-02 오후 3:05, 2026. 6. 2. 오후 3:05; 6/12(木) 9:05
                    match dashed(rest) {
                        Some((date, after)) => {
                            (year, month, day) = (Some(date.0), Some(date.1), Some(date.2));
                            after
                        }
                        None => {
                            let after = after.strip_prefix('/')?;
                            let end = after.find(|c: char| !c.is_ascii_digit()).unwrap_or(after.len());
                            (month, day) = (Some(n), Some(super::number(&after[..end])?));
                            short = true;
                            &after[end..]
                        }
                    }
                }
                ':' if hour.is_none() => {
                    hour = Some(n);
                    let mut after = after_unit();
                    for slot in [&mut minute, &mut second] {
                        let end = after.find(|c: char| !c.is_ascii_digit()).unwrap_or(after.len());
                        if !(1..=2).contains(&end) {
                            return None;
                        }
                        *slot = Some(super::number(&after[..end])?);
                        after = &after[end..];
                        match after.strip_prefix(':') {
                            Some(next) => after = next,
                            None => break,
                        }
                    }
                    // A fraction of a second.
                    if second.is_some()
                        && let Some(fraction) = after.strip_prefix('.')
                    {
                        after = fraction.trim_start_matches(|c: char| c.is_ascii_digit());
                    }
                    after
                }
                _ => return None,
            };
        } else {
            let end = rest.find([' ', '(', ',']).unwrap_or(rest.len());
            zone = Some(zones::zone(rest[..end].trim_start_matches('('))?);
            rest = &rest[end..];
        }
    }

    if short && (!weekday && hour.is_none() || era != 0) {
        return None;
    }
    let dayless = month.is_none() && day.is_none() && year.is_none() && hour.is_some() && (afternoon || morning);
    if dayless {
        // 오전 9:12: today's.
        let today = super::today(clock);
        (year, month, day) =
            (Some(chrono::Datelike::year(&today)), Some(chrono::Datelike::month(&today)), Some(chrono::Datelike::day(&today)));
    }
    let (month, precision) = match month {
        Some(month) => (month, if day.is_some() { Precision::Day } else { Precision::Month }),
        None if day.is_none() && hour.is_none() && year.is_some() => (1, Precision::Month),
        None => return None,
    };
    let date = style.date(year.map_or_else(|| super::this_year(clock), |year| year + era), month, day.unwrap_or(1))?;
    let mut parts = Parts { yearless: year.is_none(), dayless, zone, ..Parts::day(date, precision) };
    if let Some(mut hour) = hour {
        day?;
        if afternoon && hour < 12 && !(noon && hour == 11) {
            hour += 12;
        } else if morning && hour == 12 {
            hour = 0;
        }
        (parts.time, parts.carry) = time_of_day(hour, minute.unwrap_or(0), second.unwrap_or(0))?;
        parts.precision = match (minute, second) {
            (_, Some(_)) => Precision::Second,
            (Some(_), _) => Precision::Minute,
            _ => Precision::Hour,
        };
    } else if afternoon || morning {
        parts.time = NaiveTime::MIN;
    }
    if korean && parts.zone.is_none() {
        parts.zone = Some(Zone::Korean);
    }
    Some(parts)
}

/// Year, month and day before separators, each perhaps with a space after it, and what follows.
fn dashed(text: &str) -> Option<((i32, u32, u32), &str)> {
    let mut rest = text;
    let mut fields = [0_u32; 3];
    for (n, field) in fields.iter_mut().enumerate() {
        let end = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
        if end > if n == 0 { 4 } else { 2 } {
            return None;
        }
        *field = super::number(&rest[..end])?;
        rest = &rest[end..];
        match rest.strip_prefix(['-', '.', '/']) {
            Some(after) => rest = after.trim_start(),
            None if n == 2 => {}
            None => return None,
        }
    }
    let [year, month, day] = fields;
    (year >= 1_000).then_some(((i32::try_from(year).ok()?, month, day), rest))
}
