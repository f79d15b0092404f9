//! Words of dates, as data: months, weekdays, zones, units, in the languages outlets write in.

use chrono_tz::Tz;

use super::Zone;

/// Beginnings of month names; a word is a month when it starts with one of them, longest first within a language. The full names of
/// `en es fr de pt it nl ru pl tr el hu sv` and their usual abbreviations all start so.
const MONTHS: [&[&str]; 12] = [
    &["jan", "ene", "gen", "янв", "ocak", "oca", "ιαν", "sty", "jän", "كانون", "يناير"],
    &["feb", "fév", "fev", "fèv", "фев", "şub", "φεβ", "lut", "فبراير"],
    &["mar", "mär", "mrz", "maa", "mrt", "μαρ", "μάρ", "märz", "már", "مارس"],
    &["apr", "abr", "avr", "апр", "nis", "απρ", "kwi", "ápr", "أبريل"],
    &["may", "mai", "mag", "mei", "maj", "мая", "май", "μαϊ", "μάι", "μαι", "máj", "مايو"],
    &["jun", "juin", "giu", "июн", "haz", "ιουν", "ιούν", "cze", "jún", "يونيو"],
    &["jul", "juil", "lug", "июл", "tem", "ιουλ", "ιούλ", "lip", "júl", "يوليو"],
    &["aug", "ago", "aoû", "aou", "авг", "ağu", "αυγ", "αύγ", "sie", "أغسطس"],
    &["sep", "set", "сен", "eyl", "σεπ", "wrz", "szept", "سبتمبر"],
    &["oct", "okt", "out", "ott", "окт", "eki", "οκτ", "paź", "أكتوبر"],
    &["nov", "ноя", "kas", "νοε", "νοέ", "lis", "نوفمبر"],
    &["dec", "dez", "dic", "déc", "дек", "ara", "δεκ", "gru", "ديسمبر"],
];

/// Beginnings of weekday names; they say nothing the date does not.
const WEEKDAYS: &[&str] = &[
    "mon", "tue", "wed", "thu", "fri", "sat", "sun", "lun", "mar", "mié", "mie", "mer", "jue", "jeu", "vie", "ven", "sáb", "sab",
    "sam", "dom", "dim", "mo", "di", "mi", "do", "fr", "sa", "so", "don", "die", "mit", "fre", "sam", "son", "gio", "seg", "ter",
    "qua", "qui", "sex", "пн", "вт", "ср", "чт", "пт", "сб", "вс", "пон", "вто", "сре", "чет", "пят", "суб", "вос", "κυρ", "δευ",
    "τρι", "τρί", "τετ", "πεμ", "πέμ", "παρ", "σαβ", "σάβ", "lør", "søn", "tir", "ons", "tor", "ma", "wo", "za", "zo", "hét",
    "ked", "sze", "csü", "pén", "szo", "vas",
];

/// Longest word that may be a weekday: longer ones that happen to begin so are something else.
const WEEKDAY_LONGEST: usize = 14;

/// Words between the parts of a date that carry nothing.
const FILLERS: &[&str] = &[
    "at",
    "on",
    "the",
    "of",
    "um",
    "uhr",
    "am",
    "den",
    "der",
    "à",
    "le",
    "de",
    "del",
    "el",
    "la",
    "las",
    "los",
    "a",
    "às",
    "as",
    "e",
    "y",
    "alle",
    "ore",
    "il",
    "г",
    "года",
    "год",
    "в",
    "kl",
    "h",
    "hrs",
    "hs",
    "klo",
    "dia",
    "día",
    "ngày",
    "published",
    "updated",
    "posted",
    "publié",
    "mis",
    "jour",
    "publicado",
    "veröffentlicht",
    "stand",
    "опубликовано",
    "pubblicato",
];

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
    ("et", -18_000),
    ("cdt", -18_000),
    ("ct", -21_600),
    ("mst", -25_200),
    ("mdt", -21_600),
    ("mt", -25_200),
    ("pst", -28_800),
    ("pdt", -25_200),
    ("pt", -28_800),
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

/// The month a word names, 1 to 12.
pub(super) fn month(word: &str) -> Option<u32> {
    let (length, month) = MONTHS
        .iter()
        .zip(1..)
        .flat_map(|(names, month)| names.iter().map(move |name| (*name, month)))
        .filter(|(name, _)| word.starts_with(name))
        .map(|(name, month)| (name.len(), month))
        .max_by_key(|(length, _)| *length)?;
    // "marktplatz" is no month: what follows the beginning is an ending of a name, never a second word.
    (word.chars().count() <= 12 && word.len() >= length).then_some(month)
}

/// Whether a word is the name of a weekday.
pub(super) fn is_weekday(word: &str) -> bool {
    let count = word.chars().count();
    count <= WEEKDAY_LONGEST
        && WEEKDAYS.iter().any(|name| word.starts_with(name) && (name.chars().count() > 2 || count == name.chars().count()))
}

/// Whether a word carries nothing.
pub(super) fn is_filler(word: &str) -> bool {
    FILLERS.contains(&word)
}

/// The zone a word names: an abbreviation, `UTC+8`, `GMT-01:30`, an offset, or a name of the tz database.
pub(super) fn zone(word: &str) -> Option<Zone> {
    let lower = word.to_lowercase();
    match lower.as_str() {
        "cst" => return Some(Zone::Cst),
        "ist" => return Some(Zone::Ist),
        "bst" => return Some(Zone::Bst),
        "北京时间" | "北京時間" | "台北時間" | "香港時間" => return Some(Zone::Offset(28_800)),
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
    // Names with a slash, and UTC-like ones; "Japan" or "Cuba" alone are words.
    if word.contains('/') { word.parse::<Tz>().ok().map(Zone::Named) } else { None }
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

/// Beginnings of the words for units after a number, longest that fits wins.
const UNITS: &[(Unit, &[&str])] = &[
    (Unit::Second, &["秒", "初", "초", "s", "sec", "seg", "sek", "сек"]),
    (Unit::Minute, &["分", "分钟", "分鐘", "분", "m", "min", "мин"]),
    (
        Unit::Hour,
        &[
            "小时",
            "小時",
            "个小时",
            "個小時",
            "时",
            "時間",
            "钟头",
            "시간",
            "h",
            "hr",
            "hrs",
            "hour",
            "hora",
            "heure",
            "std",
            "stunde",
            "ora",
            "ore",
            "ч",
            "час",
        ],
    ),
    (Unit::Day, &["天", "日", "일", "d", "day", "día", "dia", "jour", "tag", "giorn", "д", "дн", "ден", "день", "дней", "дня"]),
    (
        Unit::Week,
        &[
            "周",
            "週",
            "星期",
            "个星期",
            "個星期",
            "礼拜",
            "週間",
            "주",
            "주일",
            "w",
            "wk",
            "week",
            "semana",
            "semaine",
            "woche",
            "settiman",
            "нед",
        ],
    ),
    (
        Unit::Month,
        &[
            "个月", "個月", "か月", "ヶ月", "カ月", "ヵ月", "개월", "달", "mo", "month", "mes", "mês", "mois", "monat", "mese",
            "мес",
        ],
    ),
    (Unit::Year, &["年", "년", "y", "yr", "year", "año", "ano", "an", "année", "jahr", "anno", "anni", "год", "лет", "г"]),
];

/// The unit a word names. One-letter names must be the whole word.
pub(super) fn unit(word: &str) -> Option<Unit> {
    UNITS
        .iter()
        .flat_map(|(unit, names)| names.iter().map(move |name| (*unit, *name)))
        .filter(
            |(_, name)| {
                if name.len() <= 2 && name.is_ascii() { word.trim_end_matches('.') == *name } else { word.starts_with(name) }
            },
        )
        .max_by_key(|(_, name)| name.len())
        .map(|(unit, _)| unit)
}

/// What stands before and after the span in a relative date, by language.
pub(super) const FRAMES: &[(&str, &str)] = &[
    ("", "前"),
    ("", "以前"),
    ("", "之前"),
    ("", "전"),
    ("", "ago"),
    ("", "earlier"),
    ("hace", ""),
    ("il y a", ""),
    ("vor", ""),
    ("há", ""),
    ("ha", ""),
    ("", "atrás"),
    ("", "fa"),
    ("", "назад"),
    ("", "geleden"),
    ("", "önce"),
    ("temu", ""),
    ("", "temu"),
];

/// Words for one, and for a half.
pub(super) const NUMBERS: &[(&str, f64)] = &[
    ("a", 1.0),
    ("an", 1.0),
    ("one", 1.0),
    ("un", 1.0),
    ("une", 1.0),
    ("una", 1.0),
    ("uno", 1.0),
    ("um", 1.0),
    ("uma", 1.0),
    ("ein", 1.0),
    ("eine", 1.0),
    ("einem", 1.0),
    ("einer", 1.0),
    ("半", 0.5),
    ("一", 1.0),
    ("两", 2.0),
    ("兩", 2.0),
    ("二", 2.0),
    ("三", 3.0),
    ("四", 4.0),
    ("五", 5.0),
    ("六", 6.0),
    ("七", 7.0),
    ("八", 8.0),
    ("九", 9.0),
    ("十", 10.0),
    ("несколько", 3.0),
];

/// Days that have a name, and how long ago they are.
pub(super) const DAYS: &[(&str, u64)] = &[
    ("今天", 0),
    ("今日", 0),
    ("本日", 0),
    ("昨天", 1),
    ("昨日", 1),
    ("前天", 2),
    ("前日", 2),
    ("一昨日", 2),
    ("おととい", 2),
    ("きのう", 1),
    ("きょう", 0),
    ("오늘", 0),
    ("어제", 1),
    ("그저께", 2),
    ("그제", 2),
    ("today", 0),
    ("yesterday", 1),
    ("hoy", 0),
    ("ayer", 1),
    ("anteayer", 2),
    ("aujourd'hui", 0),
    ("aujourd’hui", 0),
    ("hier", 1),
    ("avant-hier", 2),
    ("heute", 0),
    ("gestern", 1),
    ("vorgestern", 2),
    ("oggi", 0),
    ("ieri", 1),
    ("hoje", 0),
    ("ontem", 1),
    ("anteontem", 2),
    ("сегодня", 0),
    ("вчера", 1),
    ("позавчера", 2),
];

/// Phrases for "a moment ago".
pub(super) const NOW: &[&str] = &[
    "刚刚",
    "剛剛",
    "刚才",
    "剛才",
    "たった今",
    "今",
    "방금",
    "방금 전",
    "just now",
    "now",
    "moments ago",
    "à l'instant",
    "à l’instant",
    "gerade eben",
    "soeben",
    "ahora",
    "ahora mismo",
    "agora",
    "agora mesmo",
    "adesso",
    "poco fa",
    "только что",
    "сейчас",
];
