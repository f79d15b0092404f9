//! The agency in the dateline of a text: "PELL (dpw) -", "Puerto Hondo, 27 jun (CWA).-", "北湾社港口6月27日电", "(나루=나루통신)".

use super::{NAME, is_own};
use crate::normalize::{boilerplate, text};

/// Characters of a text in which its dateline ends.
const HEAD: usize = 90;
/// Characters of a name in it.
const SHORT: usize = 24;

/// The agency that the dateline of a text names, unless that is the outlet itself.
pub(in crate::normalize) fn agency(written: &str, own: &[&str]) -> Option<String> {
    // Captions may stand in front of it.
    written.lines().filter(|line| !line.trim().is_empty()).take(4).find_map(|line| of_line(line, own))
}

/// "(北灣社記者卓一帆宜蘭27日電)": who wrote it, where a place and a day are written right behind the name. Names have two characters or three.
pub(in crate::normalize) fn reporter(written: &str) -> Option<String> {
    let head: String = written.lines().next()?.trim_start().chars().take(HEAD).collect();
    let inside = head.strip_prefix(['(', '（', '【'])?.split(['電', '电']).next()?;
    let (agency, rest) = inside.split_once("記者").or_else(|| inside.split_once("记者"))?;
    let rest: Vec<char> = rest.strip_suffix('日')?.trim_end_matches(|c: char| c.is_ascii_digit() || c == '月').chars().collect();
    let length = match rest.len() {
        4 => 2,
        5..=7 => 3,
        _ => return None,
    };
    let name: String = rest[..length].iter().collect();
    (agency.ends_with('社') && name.chars().all(text::is_asian_letter)).then_some(name)
}

fn of_line(written: &str, own: &[&str]) -> Option<String> {
    let head: String = written.trim_start().chars().take(HEAD).collect();
    let name = korean(&head).or_else(|| chinese(&head)).or_else(|| western(&head))?;
    let name = boilerplate::trim_name(&name);
    let initials = |own: &str| own.split_whitespace().filter_map(|word| word.chars().next()).collect::<String>();
    let ours = is_own(own, &name)
        || own.iter().any(|own| {
            let (own_essence, essence) = (text::essence(own), text::essence(&name));
            own_essence.contains(&essence)
                || essence.contains(&own_essence) && !own_essence.is_empty()
                || initials(own).to_lowercase() == name.to_lowercase()
        });
    let letters = (2..=NAME.min(SHORT)).contains(&name.chars().count())
        && name.chars().any(char::is_alphabetic)
        && !name.chars().any(|c| c.is_ascii_digit());
    // "本社", "본보": the outlet of itself.
    (letters && !ours && !name.starts_with(['本', '본'])).then_some(name)
}

/// "PELL (dpw) -", "Puerto Hondo, 27 jun (CWA).-", "PORT HOLLOW, Ore. (Coast Wire) — ": in front of the bracket a place, behind it a dash.
fn western(head: &str) -> Option<String> {
    let open = head.find('(')?;
    // "(CWA) - PORTO, 27 GIU -"
    if open == 0 {
        let (name, behind) = head[1..].split_once(')')?;
        let place = behind.trim_start().strip_prefix(['-', '–', '—'])?.trim_start();
        let word = place.split([',', ' ', '.']).next().unwrap_or_default();
        let capitals = word.chars().count() > 2 && word.chars().all(char::is_uppercase);
        return (capitals && !name.contains([',', ';', ':', '='])).then(|| name.trim().to_owned());
    }
    let (place, rest) = head.split_at(open);
    let (name, behind) = rest[1..].split_once(')')?;
    let behind = behind.trim_start().trim_start_matches('.').trim_start();
    let dash = behind.starts_with(['-', '–', '—', '―']);
    let words: Vec<&str> = place.split([' ', ',', '/']).filter(|word| !word.is_empty()).collect();
    let is_place = (1..=7).contains(&words.len()) && words.first().is_some_and(|word| word.starts_with(char::is_uppercase));
    let one_name = !name.contains([',', ';', ':', '=']) && name.split_whitespace().count() <= 3;
    let unfinished = !place.contains(['.', '!', '?', '"', '“']) || abbreviated(place);
    (dash && is_place && one_name && unfinished)
        // "(dpw/lno)": the agency and its office.
        .then(|| name.split('/').next().unwrap_or(name).trim().to_owned())
}

/// "PORT HOLLOW, Ore. ": the only full stop is that of an abbreviation at its end.
fn abbreviated(place: &str) -> bool {
    let place = place.trim_end();
    place.strip_suffix('.').is_some_and(|rest| {
        !rest.contains(['.', '!', '?']) && rest.rsplit([' ', ',']).next().is_some_and(|last| last.chars().count() <= 5)
    })
}

/// "北湾社港口6月27日电", "(北灣社記者卓一帆宜蘭27日電)", "【北湾社讯】": the name ends in 社 and the dateline in 电 or 讯.
fn chinese(head: &str) -> Option<String> {
    let rest = head.trim_start_matches(['(', '（', '【', '[', '〔', ' ', '\u{3000}']);
    let end = rest.find(['电', '電', '讯', '訊'])?;
    let line = &rest[..end];
    let at = line.find('社')?;
    let (name, place) = line.split_at(at + '社'.len_utf8());
    let plain =
        |part: &str| part.chars().all(|c| text::is_asian_letter(c) || c.is_ascii_digit() || matches!(c, ' ' | '/' | '／'));
    let dated = place.is_empty() || place.contains('日') || place.starts_with(['记', '記']);
    (plain(name) && plain(place) && dated && (2..=10).contains(&name.chars().count()) && place.chars().count() <= 24)
        .then(|| name.to_owned())
}

/// "(나루=나루통신) 도해린 기자 =": the place, and behind the sign the agency.
fn korean(head: &str) -> Option<String> {
    let inside = head.trim_start().strip_prefix(['(', '[', '【'])?;
    let (place, rest) = inside.split_once('=')?;
    let (name, _) = rest.split_once([')', ']', '】'])?;
    let hangul = |part: &str| part.chars().any(|c| matches!(c, '\u{ac00}'..='\u{d7a3}'));
    let one = place.chars().count() <= 12 && !name.contains("기자") && !name.trim().contains(' ');
    (hangul(place) && one).then(|| name.trim().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn datelines() {
        let check = |head: &str, expected: Option<&str>| {
            assert_eq!(agency(head, &["河湾网", "Quay Post"]).as_deref(), expected, "{head}")
        };
        check("PELL (dpw) - Eine Glocke klagt.", Some("dpw"));
        check("Puerto Hondo, 27 jun (CWA).- La niebla sigue.", Some("CWA"));
        check("PORT HOLLOW, Ore. (Coast Wire) — Fog kept the ferry in.", Some("Coast Wire"));
        check("北湾社港口6月27日电(记者 林书白)雾很大。", Some("北湾社"));
        check("(北灣社記者卓一帆宜蘭27日電)霧很大。", Some("北灣社"));
        check("(나루=나루통신) 도해린 기자 = 안개가 짙다.", Some("나루통신"));
        check("(CWA) - PORTOFONDO, 27 GIU - La nebbia.", Some("CWA"));
        check("Pell (dpw/lno) - Seit neun Tagen.", Some("dpw"));
        check("(Ein Gast) - er blieb stumm - ging.", None);
        check("PELL (Quay Post) - A bell.", None);
        check("PELL (QP) - A bell.", None);
        check("The ferry (built in 1902) - still sails - is old.", None);
        check("The bell rang. Pell (pop. 900) — a town.", None);
        check("社区里来了电工。", None);
        check("(나루=도해린 기자) 안개가 짙다.", None);
        check("河湾网讯", None);
        check("The deck at dawn.\nPELL (dpw) - Eine Glocke.", Some("dpw"));
    }

    #[test]
    fn reporters() {
        let check = |head: &str, expected: Option<&str>| assert_eq!(reporter(head).as_deref(), expected, "{head}");
        check("(北灣社記者卓一帆宜蘭27日電)霧很大。", Some("卓一帆"));
        check("（北灣社記者丁若台北7日電）霧很大。", Some("丁若"));
        check("北灣社27日電 霧很大。", None);
        check("(記者說)霧很大。", None);
    }
}
