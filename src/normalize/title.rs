//! Titles without what they say of provenance and format.

use std::sync::LazyLock;

use super::index::Set;
use super::words::all;

const OPENING: &[char] = &['[', '【', '(', '（', '〔', '［', '「', '<', '《', '〈'];
const CLOSING: &[char] = &[']', '】', ')', '）', '〕', '］', '」', '>', '》', '〉'];

/// Marks between a title and the name of a site.
const BEFORE_SITE: &[&str] = &[" - ", " – ", " — ", " | ", "|", "｜", "_", " :: ", " · ", " » ", "--", "－", "—"];

/// Takes the labels in brackets off both ends, labels before a colon off the front, and the outlet's own name off the end. `names` are
/// the outlet's name and the feed's title. Never leaves nothing.
pub fn clean(raw: &str, names: &[&str]) -> String {
    let mut title = raw.trim();
    // Each round takes something off, so the rounds are bounded by the length.
    while let Some(shorter) = round(title, names) {
        title = shorter;
    }
    title.to_owned()
}

/// Takes the source's short name and its colon off the front: "纽时:" where the source is called 纽约时报中文网, "Ledger:" where it is The
/// Harbour Ledger. The credit says it once, in full.
///
/// In brackets, "[The Harbour Ledger]", as relays write it who mix outlets in one feed, it has to be the name itself: newsrooms put all kinds of
/// words there.
pub fn without_source<'a>(title: &'a str, sources: &[&str]) -> &'a str {
    let bracketed = || {
        let (name, rest) = title.strip_prefix(OPENING)?.split_once(CLOSING)?;
        let (name, rest) = (name.trim().to_lowercase(), rest.trim_start_matches([':', '：', ' ', '\u{3000}']));
        let is_source = !name.is_empty() && sources.iter().any(|source| source.trim().to_lowercase() == name);
        (is_source && !rest.is_empty()).then_some(rest)
    };
    if let Some(rest) = bracketed() {
        return rest;
    }
    // "Fog keeps the ferry in | Lantern Wire": the site it comes from behind the headline.
    let behind = ["|", "｜", "_", " - ", " – ", " — "].iter().filter_map(|mark| {
        let (rest, name) = title.rsplit_once(mark)?;
        let name = name.trim().to_lowercase();
        let is_source = !name.is_empty() && sources.iter().any(|source| source.trim().to_lowercase() == name);
        (is_source && !rest.trim().is_empty()).then(|| rest.trim_end())
    });
    if let Some(rest) = behind.into_iter().next() {
        return rest;
    }
    let Some((short, rest)) = title.split_once([':', '：']) else { return title };
    let (short, rest) = (short.trim(), rest.trim());
    let is_source = (2..=40).contains(&short.chars().count()) && sources.iter().any(|source| is_short_for(short, source));
    if is_source && !rest.is_empty() { rest } else { title }
}

/// A name is short for another when it is the same, when its characters stand in the other in the same order from the first on (Han
/// characters), or when its words do.
fn is_short_for(short: &str, name: &str) -> bool {
    let (short, name) = (short.to_lowercase(), name.to_lowercase());
    if short == name {
        return true;
    }
    let han = |c: char| matches!(c, '\u{3400}'..='\u{9fff}' | '\u{f900}'..='\u{faff}');
    if short.chars().all(han) {
        let mut rest = name.chars();
        return short.chars().next() == name.chars().next() && short.chars().all(|c| rest.any(|other| other == c));
    }
    let mut words = name.split_whitespace();
    short.split_whitespace().all(|word| word.len() > 3 && words.any(|other| other == word))
}

static PREFIXES: LazyLock<Set> = LazyLock::new(|| all(|words| words.title_prefixes).collect());
static LABELS: LazyLock<Set> = LazyLock::new(|| all(|words| words.title_labels).collect());

fn round<'a>(title: &'a str, names: &[&str]) -> Option<&'a str> {
    let front = || {
        let rest = title.strip_prefix(OPENING)?;
        let (inside, after) = rest.split_once(CLOSING)?;
        is_label(inside).then_some(after.trim_start_matches([':', '：', ' ', '\u{3000}']))
    };
    let back = || {
        let rest = title.strip_suffix(CLOSING)?;
        let at = rest.rfind(OPENING)?;
        let width = rest[at..].chars().next().map_or(0, char::len_utf8);
        is_label(&rest[at + width..]).then_some(&rest[..at])
    };
    let colon = || {
        let (label, rest) = title.split_once([':', '：', '|', '｜', '丨'])?;
        let lower = label.trim().to_lowercase();
        PREFIXES.contains(lower.as_str()).then_some(rest)
    };
    let site = || {
        names.iter().filter(|name| name.chars().count() > 1).find_map(|name| {
            let rest = title.strip_suffix(name)?;
            BEFORE_SITE.iter().find_map(|mark| rest.strip_suffix(mark).or_else(|| rest.trim_end().strip_suffix(mark.trim())))
        })
    };
    // "…_快阅" of what calls itself 快阅热榜.
    let short = || {
        let (rest, last) = title.rsplit_once(['_', '|', '｜', '丨'])?;
        let last = last.trim();
        let begins = names.iter().any(|name| name.starts_with(last));
        (last.chars().count() > 1 && begins).then_some(rest)
    };
    front().or_else(back).or_else(colon).or_else(site).or_else(short).map(str::trim).filter(|shorter| !shorter.is_empty())
}

fn is_label(inside: &str) -> bool {
    let lower = inside.trim().to_lowercase();
    LABELS.contains(lower.as_str())
        // (3图), (10 photos)
        || lower.trim_start_matches(|c: char| c.is_ascii_digit()).trim_start_matches([' ', '张', '張']) != lower
            && matches!(lower.trim_start_matches(|c: char| c.is_ascii_digit() || c == ' ' || c == '张' || c == '張'), "图" | "圖" | "photos" | "pics" | "фото")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sources_short_name_goes() {
        let check = |title: &str, expected: &str| {
            assert_eq!(without_source(title, &["海港纪事中文网", "The Harbour Ledger"]), expected, "{title:?}")
        };
        check("海纪:退役渡轮", "退役渡轮");
        check("海港纪事：退役渡轮", "退役渡轮");
        check("The Harbour Ledger: Ferry sails", "Ferry sails");
        check("Ledger: Ferry sails", "Ferry sails");
        check("纪海:退役渡轮", "纪海:退役渡轮");
        check("观点:退役渡轮", "观点:退役渡轮");
        check("专家:海港要改", "专家:海港要改");
        check("海:渡轮", "海:渡轮");
        check("海纪:", "海纪:");
        check("Ferry sails | The Harbour Ledger", "Ferry sails");
        check("Ferry sails | Opinion", "Ferry sails | Opinion");
        check("[海港纪事中文网] 退役渡轮", "退役渡轮");
        check("【The Harbour Ledger】Ferry sails", "Ferry sails");
        check("[Ledger] Ferry sails", "[Ledger] Ferry sails");
        check("[观点] 退役渡轮", "[观点] 退役渡轮");
        check("[The Harbour Ledger]", "[The Harbour Ledger]");
        check("[The Harbour Ledger Ferry sails", "[The Harbour Ledger Ferry sails");
    }

    #[test]
    fn takes_off_labels_and_the_outlets_name() {
        let check = |raw: &str, expected: &str| assert_eq!(clean(raw, &["海港纪事", "The Harbour Ledger"]), expected, "{raw:?}");
        check("退役渡轮变身图书馆(组图)", "退役渡轮变身图书馆");
        check("退役渡轮变身图书馆（图）", "退役渡轮变身图书馆");
        check("[转载]退役渡轮", "退役渡轮");
        check("【译】【独家】退役渡轮", "退役渡轮");
        check("【投書】退役渡轮", "【投書】退役渡轮");
        check("观点: 渡轮", "观点: 渡轮");
        check("EXCLUSIVE: Ferry sails", "Ferry sails");
        check("[EXCLUSIVA] El transbordador zarpa", "El transbordador zarpa");
        check("Паром ушёл (ФОТО, ВИДЕО)", "Паром ушёл");
        check("[Перевод] Паром ушёл", "Паром ушёл");
        check("Fähre fährt (mit Video)", "Fähre fährt");
        check("EN IMAGES : le bac part", "le bac part");
        check("Opinião: a balsa", "Opinião: a balsa");
        check("Интервью: паромщик", "Интервью: паромщик");
        check("The photo (1902)", "The photo (1902)");
        check("Ferry sails - The Harbour Ledger", "Ferry sails");
        check("Ferry sails | The Harbour Ledger", "Ferry sails");
        check("渡轮_海港纪事", "渡轮");
        check("Ferry sails - to the sea", "Ferry sails - to the sea");
        check("渡轮 (12图)", "渡轮");
        check("渡轮(下)", "渡轮(下)");
        check("[转载]", "[转载]");
        check("海港纪事", "海港纪事");
        check("", "");
    }
}
