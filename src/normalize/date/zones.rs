//! Names of zones, as data.

use chrono_tz::Tz;

use super::Zone;

/// Zone names → seconds east of UTC. RFC 822 § 5.1, then those of Asia, Australia and Europe that feeds carry.
const ZONES: &[(&str, i32)] = &[
    ("z", 0),
    ("ut", 0),
    ("utc", 0),
    ("gmt", 0),
    ("wet", 0),
    ("west", 3600),
    ("cet", 3600),
    ("mez", 3600),
    ("met", 3600),
    ("cest", 7200),
    ("mesz", 7200),
    ("mest", 7200),
    ("eet", 7200),
    ("eest", 10_800),
    ("msk", 10_800),
    ("мск", 10_800),
    ("msd", 14_400),
    ("trt", 10_800),
    ("est", -18_000),
    ("edt", -14_400),
    ("cdt", -18_000),
    ("mst", -25_200),
    ("mdt", -21_600),
    ("pst", -28_800),
    ("pdt", -25_200),
    ("ast", -14_400),
    ("adt", -10_800),
    ("at", -14_400),
    ("nst", -12_600),
    ("ndt", -9_000),
    ("akst", -32_400),
    ("akdt", -28_800),
    ("hst", -36_000),
    ("brt", -10_800),
    ("brst", -7_200),
    ("art", -10_800),
    ("clt", -14_400),
    ("cot", -18_000),
    ("pet", -18_000),
    ("sast", 7_200),
    ("cat", 7_200),
    ("eat", 10_800),
    ("wat", 3_600),
    ("gst", 14_400),
    ("pkt", 18_000),
    ("npt", 20_700),
    ("wib", 25_200),
    ("wita", 28_800),
    ("wit", 32_400),
    ("ict", 25_200),
    ("hkt", 28_800),
    ("sgt", 28_800),
    ("myt", 28_800),
    ("pht", 28_800),
    ("awst", 28_800),
    ("bjt", 28_800),
    ("jst", 32_400),
    ("kst", 32_400),
    ("acst", 34_200),
    ("acdt", 37_800),
    ("aest", 36_000),
    ("aet", 36_000),
    ("aedt", 39_600),
    ("nzst", 43_200),
    ("nzdt", 46_800),
];

/// Zones that are named in a few words, folded.
const SPELLED_ZONES: &[(&str, Tz)] = &[
    ("eastern time", chrono_tz::America::New_York),
    ("central time", chrono_tz::America::Chicago),
    ("mountain time", chrono_tz::America::Denver),
    ("pacific time", chrono_tz::America::Los_Angeles),
    ("по москве", chrono_tz::Europe::Moscow),
    ("по московскому времени", chrono_tz::Europe::Moscow),
    ("московское время", chrono_tz::Europe::Moscow),
    ("за києвом", chrono_tz::Europe::Kyiv),
    ("за киівським часом", chrono_tz::Europe::Kyiv),
    ("по киеву", chrono_tz::Europe::Kyiv),
    ("heure de paris", chrono_tz::Europe::Paris),
    ("hora de madrid", chrono_tz::Europe::Madrid),
    ("hora peninsular", chrono_tz::Europe::Madrid),
    ("hora de brasilia", chrono_tz::America::Sao_Paulo),
    ("horario de brasilia", chrono_tz::America::Sao_Paulo),
    ("hora de mexico", chrono_tz::America::Mexico_City),
    ("hora argentina", chrono_tz::America::Argentina::Buenos_Aires),
    ("بتوقيت جرينتش", chrono_tz::UTC),
    ("بتوقيت غرينتش", chrono_tz::UTC),
    ("بتوقيت مكة", chrono_tz::Asia::Riyadh),
    ("بتوقيت القاهرة", chrono_tz::Africa::Cairo),
    ("بتوقيت بيروت", chrono_tz::Asia::Beirut),
];

/// Most words in the name of a zone.
pub(super) const LONGEST_ZONE: usize = 3;

/// The zone that a few folded words name.
pub(super) fn spelled_zone(words: &str) -> Option<Zone> {
    SPELLED_ZONES.iter().find(|(name, _)| *name == words).map(|(_, zone)| Zone::Named(*zone))
}

/// The zone a word names: an abbreviation, `UTC+8`, `GMT-01:30`, an offset, or a name of the tz database.
pub(super) fn zone(word: &str) -> Option<Zone> {
    let lower = word.to_lowercase();
    match lower.as_str() {
        "cst" => return Some(Zone::Cst),
        "ist" => return Some(Zone::Ist),
        "bst" => return Some(Zone::Bst),
        "北京时间" | "北京時間" | "台北時間" | "香港時間" => return Some(Zone::Offset(28_800)),
        // Summer and winter time alike.
        "et" => return Some(Zone::Named(chrono_tz::America::New_York)),
        "ct" => return Some(Zone::Named(chrono_tz::America::Chicago)),
        "mt" => return Some(Zone::Named(chrono_tz::America::Denver)),
        "pt" => return Some(Zone::Named(chrono_tz::America::Los_Angeles)),
        _ => {}
    }
    if let Some((_, seconds)) = ZONES.iter().find(|(name, _)| *name == lower) {
        return Some(Zone::Offset(*seconds));
    }
    if lower.starts_with(['+', '-']) {
        return offset(&lower).map(Zone::Offset);
    }
    for name in ["utc", "gmt", "ut"] {
        if let Some(rest) = lower.strip_prefix(name)
            && rest.starts_with(['+', '-'])
        {
            return offset(rest).map(Zone::Offset);
        }
    }
    // Names with a slash; "Japan" or "Cuba" alone are words. Folding has taken the capitals away.
    if !word.contains('/') {
        return None;
    }
    chrono_tz::TZ_VARIANTS.iter().find(|zone| zone.name().eq_ignore_ascii_case(word)).map(|zone| Zone::Named(*zone))
}

/// `+08`, `+8`, `+0800`, `+8:00`, `+08:00`, `+08:00:00`, and `--0700` for −07:00. Up to 15 hours.
pub(super) fn offset(text: &str) -> Option<i32> {
    let (sign, digits) = match text.as_bytes() {
        [b'-', b'-', ..] => (-1, &text[2..]),
        [b'-', ..] => (-1, &text[1..]),
        [b'+', ..] => (1, &text[1..]),
        _ => return None,
    };
    let (hours, minutes) = match digits.split_once(':') {
        Some((hours, minutes)) => (hours, minutes.strip_suffix(":00").unwrap_or(minutes)),
        None => match digits.len() {
            1 | 2 => (digits, "0"),
            3 | 4 if digits.is_ascii() => digits.split_at(digits.len() - 2),
            _ => return None,
        },
    };
    let (hours, minutes) = (super::number(hours)?, super::number(minutes)?);
    (hours <= 15 && minutes < 60).then(|| sign * i32::try_from(hours * 3600 + minutes * 60).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::super::tests::clock;
    use super::super::{DateTime, Utc, parse};
    use super::*;

    /// Also those that are words or days of the week in some language.
    #[test]
    fn every_zone_counts_behind_a_time() {
        for (name, seconds) in ZONES {
            let name = name.to_uppercase();
            let written: DateTime<Utc> = "2026-05-03T08:40:00Z".parse().expect("a time");
            for text in [format!("Sun, 03 May 2026 08:40:00 {name}"), format!("Sun May 3 08:40:00 {name} 2026")] {
                let read = parse(&text, &clock("Asia/Kathmandu")).map(|found| found.at);
                assert_eq!(read, Some(written - TimeDelta::seconds((*seconds).into())), "{text}");
            }
        }
    }
}
