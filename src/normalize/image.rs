//! Captions: what the picture shows, and who made it.

use std::borrow::Cow;
use std::collections::HashSet;
use std::sync::LazyLock;

use super::boilerplate::is_listed_agency as is_agency;
use super::index::{Edges, Within};
use super::words::all;

/// Characters a credit has at most.
const CREDIT_LONGEST: usize = 100;

/// A caption into what it says and who is credited, either of which may be missing.
pub(super) fn split(caption: &str) -> (Option<String>, Option<String>) {
    let text = caption.trim();
    let (said, credit) = by_label(text)
        .or_else(|| by_suffix(text))
        .or_else(|| by_last_sentence(text))
        .or_else(|| in_brackets(text))
        .or_else(|| in_capitals(text))
        .unwrap_or((text, ""));
    let said = said.trim().trim_end_matches(['(', '（', '[', '【', '|', '｜', '丨', '/', '-', '–', '—', ' ']).trim();
    let credit = credit
        .trim()
        .trim_matches(|c: char| matches!(c, '(' | ')' | '（' | '）' | '[' | ']' | '【' | '】' | '|' | '。' | ' ' | ':' | '：'));
    let some = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    (some(said), some(credit))
}

/// Whether a paragraph right after a picture is its caption.
pub(super) fn is_caption(paragraph: &str) -> bool {
    let length = paragraph.chars().count();
    (1..=200).contains(&length) && (MARKS.in_front(&fold(paragraph)).next().is_some() || split(paragraph).1.is_some())
}

/// Case and width folded, every character as long as before.
fn fold(text: &str) -> String {
    text.chars()
        .map(|c| match c {
            '：' => ':',
            '／' => '/',
            '（' => '(',
            '｜' | '丨' => '|',
            '＝' => '=',
            '\u{a0}' | '\u{202f}' => ' ',
            c => c.to_lowercase().next().unwrap_or(c),
        })
        .collect()
}

static MARKS: LazyLock<Edges<()>> = LazyLock::new(|| Edges::of(all(|words| words.caption_marks).map(|mark| (mark, ()))));
static CREDIT_ENDS: LazyLock<Edges<()>> = LazyLock::new(|| Edges::of(all(|words| words.credit_ends).map(|mark| (mark, ()))));
static LABELS: LazyLock<Within<()>> = LazyLock::new(|| {
    let labels = all(|words| words.credit_labels).flat_map(|label| {
        // French and Russian newsrooms put a space in front of the colon.
        let spaced = label.strip_suffix(':').filter(|stem| !stem.ends_with(' ')).map(|stem| format!("{stem} :"));
        std::iter::once(Cow::Borrowed(label)).chain(spaced.map(Cow::Owned))
    });
    Within::of(labels.map(|label| (label, ())))
});

fn by_label(text: &str) -> Option<(&str, &str)> {
    let folded = fold(text);
    // Places are counted in characters: folding changes how many bytes they have.
    // "На фото: паром" tells what is seen: the label in it is none.
    let mark = MARKS.in_front(&folded).map(|(mark, ())| mark.len()).max().unwrap_or(0);
    let mut places: Vec<(usize, &str)> = LABELS.places(&folded).map(|(at, label, ())| (at, label)).collect();
    places.sort_unstable_by_key(|(at, _)| std::cmp::Reverse(*at));
    let mut seen = HashSet::new();
    // Of each label the last place.
    places.retain(|(_, label)| seen.insert(*label));
    let (place, width) = places
        .into_iter()
        .filter_map(|(at, label)| {
            let before = folded[..at].chars().next_back();
            let starts_word = !label.starts_with(|c: char| c.is_alphabetic() && !super::text::is_asian_letter(c))
                || before.is_none_or(|c| !c.is_alphanumeric());
            (starts_word && at + label.len() > mark).then(|| (folded[..at].chars().count(), label.chars().count(), at))
        })
        // The outermost label that matches at the end: "photo credit:" before "credit:".
        .min_by_key(|(place, width, _)| (*place, std::cmp::Reverse(*width)))
        .map(|(place, width, _)| (place, width))?;
    let at = |place: usize| text.char_indices().nth(place).map_or(text.len(), |(at, _)| at);
    let (said, credit) = (&text[..at(place)], &text[at(place + width)..]);
    let short = credit.chars().count() <= CREDIT_LONGEST && !credit.trim_end_matches(['。', '.']).contains('。');
    (short && !credit.trim().is_empty()).then_some((said, credit))
}

/// "……。新华社记者 林书白 摄", "(海港纪事供图)", "新华社发(林书白摄)", "埠頭=7日、港町、早川葉子撮影"
fn by_suffix(text: &str) -> Option<(&str, &str)> {
    let end = text.trim_end_matches([')', '）', '。', ']', '】', ' ']);
    let mark = ["摄影", "攝影", "供图", "供圖", "提供", "摄", "攝", "撮影", "제공", "/图", "/圖", " 图", " 圖"]
        .iter()
        .find(|mark| end.ends_with(**mark))?;
    // "食物由镇政府提供。" is a sentence, "(镇政府提供)" a credit.
    if matches!(*mark, "提供" | "제공") && !text.trim_end().ends_with([')', '）', ']', '】']) {
        return None;
    }
    let behind = |at: usize| at + end[at..].chars().next().map_or(0, char::len_utf8);
    let mut start = end.rfind(['。', '！', '？', '(', '（', '[', '【', '|', '｜']).map_or(0, behind);
    // An agency in front of the bracket that names its photographer.
    let agency = end[..start].strip_suffix(['(', '（']).filter(|before| before.ends_with(['发', '發'])).and_then(|before| {
        let from = before.rfind(['。', '！', '？', ' ', '，', '\u{3000}']).map_or(0, behind);
        (from > 0 && before[from..].chars().count() <= 16).then_some(from)
    });
    if let Some(from) = agency {
        return Some((&text[..from], &text[from..]));
    }
    // A Japanese caption goes on with day and place.
    if matches!(*mark, "撮影" | "提供") {
        start = end[start..].rfind(['、', '＝', '=']).map_or(start, |at| behind(start + at));
    }
    let credit = end[start..].trim();
    let name = credit.strip_suffix(mark)?.trim();
    let said = text[..start].trim_end_matches(['、', '＝', '=']);
    (!name.is_empty() && credit.chars().count() <= 30).then_some((said, name))
}

/// "폐선 도서관의 서가. 항구일보 DB", "…가 정박해 있다. 연합뉴스": a Korean caption whose last sentence is only a name.
fn by_last_sentence(text: &str) -> Option<(&str, &str)> {
    let (before, credit) = text.trim_end_matches(['.', ' ']).rsplit_once(". ")?;
    let credit = credit.trim();
    let lower = credit.to_lowercase();
    let marked = CREDIT_ENDS.behind(&lower).next().is_some() || is_agency(&lower) || is_pair(credit);
    (marked && credit.chars().count() <= 30).then(|| (&text[..=before.len()], credit))
}

/// "CWA/Lucio Marán": an agency and its photographer, all words with capitals.
fn is_pair(credit: &str) -> bool {
    let Some((agency, name)) = credit.split_once('/') else { return false };
    let words = || agency.split_whitespace().chain(name.split_whitespace());
    let part = |part: &str| !part.trim().is_empty() && part.split_whitespace().count() <= 3;
    part(agency)
        && part(name)
        && words().all(|word| word.starts_with(char::is_uppercase))
        && !credit.contains(|c: char| c.is_ascii_digit())
}

/// "… (Tomas Reed / HW)", "…（路透社）"
fn in_brackets(text: &str) -> Option<(&str, &str)> {
    let end = text.trim_end_matches(['。', '.', ' ']);
    let inside = end.strip_suffix([')', '）', ']', '】'])?;
    let at = inside.rfind(['(', '（', '[', '【'])?;
    let credit = &inside[at + inside[at..].chars().next().map_or(0, char::len_utf8)..];
    let lower = credit.trim().to_lowercase();
    let known = is_agency(&lower) || lower.rsplit([' ', '/', ',']).next().is_some_and(|last| is_agency(last.trim()));
    (credit.chars().count() <= 60
        && (known || credit.contains('/') && !credit.contains("//") && credit.chars().any(char::is_alphabetic)))
    .then(|| (&inside[..at], credit))
}

/// "… KREMLIN, VIA REUTERS": words in capitals after the end of a sentence, or after a script that has no capitals.
fn in_capitals(text: &str) -> Option<(&str, &str)> {
    let mut start = text.len();
    let mut letters = 0;
    let mut end = text.len();
    while let Some(at) = text[..end]
        .trim_end()
        .rfind([' ', '\u{a0}', '\u{3000}'])
        .map(|at| at + text[at..].chars().next().map_or(1, char::len_utf8))
        .or((end > 0).then_some(0))
    {
        let word = text[at..end].trim();
        let capital = word.chars().any(char::is_uppercase)
            && !word.chars().any(char::is_lowercase)
            && !word.chars().any(|c| c.is_alphabetic() && !c.is_uppercase());
        if !capital && !matches!(word, "/" | "&" | "|" | "-" | "–") {
            break;
        }
        letters += word.chars().filter(|c| c.is_uppercase()).count();
        start = at;
        if at == 0 {
            break;
        }
        end = at;
    }
    let before = text[..start].trim_end();
    let sentence_over = before.ends_with(['.', '!', '?', '。', '！', '？', '"', '”', '」', ')', '）', '…']);
    let other_script = before
        .chars()
        .next_back()
        .is_some_and(|c| matches!(c, '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{9fff}' | '\u{ac00}'..='\u{d7af}'));
    (letters >= 6 && start > 0 && (sentence_over || other_script)).then(|| (&text[..start], &text[start..]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn splits_captions() {
        let check = |caption: &str, said: &str, credit: &str| {
            let some = |text: &str| (!text.is_empty()).then(|| text.to_owned());
            assert_eq!(split(caption), (some(said), some(credit)), "{caption:?}");
        };
        check("停在码头的渡轮。 TOMAS REED, VIA HARBOUR WIRE", "停在码头的渡轮。", "TOMAS REED, VIA HARBOUR WIRE");
        check("The ferry at dawn. TOMAS REED FOR THE HARBOUR LEDGER", "The ferry at dawn.", "TOMAS REED FOR THE HARBOUR LEDGER");
        check("低潮前检查温度探头 NORTH SHORE STATION", "低潮前检查温度探头", "NORTH SHORE STATION");
        check("车辆甲板。摄影:林书白", "车辆甲板。", "林书白");
        check("车辆甲板。摄影：林书白 / 海港纪事", "车辆甲板。", "林书白 / 海港纪事");
        check("车辆甲板(图源:海港纪事)", "车辆甲板", "海港纪事");
        check("车辆甲板。海港社记者 林书白 摄", "车辆甲板。", "海港社记者 林书白");
        check("图片来源：海港纪事", "", "海港纪事");
        check("The car deck. Photo: Tomas Reed", "The car deck.", "Tomas Reed");
        check("The car deck. Photograph by Tomas Reed", "The car deck.", "Tomas Reed");
        check("The car deck (Tomas Reed / HW)", "The car deck", "Tomas Reed / HW");
        check("车辆甲板（路透社）", "车辆甲板", "路透社");
        check("車両甲板=写真:佐藤ゆき", "車両甲板=", "佐藤ゆき");
        check("차량 갑판. 사진=항구일보", "차량 갑판.", "항구일보");
        check("Палуба. Фото: Пётр Вал", "Палуба.", "Пётр Вал");
        check("На фото: паром у причала", "На фото: паром у причала", "");
        check("На фото: паром у причала. Фото: Пётр Вал", "На фото: паром у причала.", "Пётр Вал");
        check("Na foto: a balsa no cais", "Na foto: a balsa no cais", "");
        check("Le pont. Crédit photo : Basile Nour", "Le pont.", "Basile Nour");
        check("Das Deck. Foto: Uwe Tamm/nmd", "Das Deck.", "Uwe Tamm/nmd");
        check("Il ponte. Foto di Berta Olmi", "Il ponte.", "Berta Olmi");
        check("Fot. Jan Brzoza", "", "Jan Brzoza");
        check("Паром. Автофото: три колеса", "Паром. Автофото: три колеса", "");
        check("The deck © The Harbour Ledger", "The deck", "The Harbour Ledger");
        check("A photo of the ferry from 1902.", "A photo of the ferry from 1902.", "");
        check("The BBC filmed it.", "The BBC filmed it.", "");
        check("渡轮停在码头。", "渡轮停在码头。", "");
        check("食物由镇政府提供。", "食物由镇政府提供。", "");
        check("渡轮(镇政府提供)", "渡轮", "镇政府");
        check("The score (3/4)", "The score (3/4)", "");
        check("渡轮停在码头。海港社发（林书白 摄）", "渡轮停在码头。", "海港社发（林书白 摄");
        check("埠頭に並ぶ船＝7日、港町、早川葉子撮影", "埠頭に並ぶ船＝7日、港町", "早川葉子");
        check("폐선 도서관의 서가. 항구일보 DB", "폐선 도서관의 서가.", "항구일보 DB");
        check("배가 정박해 있다. 연합뉴스", "배가 정박해 있다.", "연합뉴스");
        check("배가 정박해 있다. 문가온 기자", "배가 정박해 있다.", "문가온 기자");
        check("배가 온다. 사람들이 기다린다.", "배가 온다. 사람들이 기다린다.", "");
        check("渡口清晨（河湾周刊 图）", "渡口清晨", "河湾周刊");
        check("El muelle. CWA/Lucio Marán", "El muelle.", "CWA/Lucio Marán");
        check("He drank tea. And/or coffee", "He drank tea. And/or coffee", "");
        check("", "", "");
    }

    #[test]
    fn paragraphs_that_are_captions() {
        let check = |paragraph: &str, expected: bool| assert_eq!(is_caption(paragraph), expected, "{paragraph:?}");
        check("▲渡轮停在码头", true);
        check("图为渡轮", true);
        check("车辆甲板。 TOMAS REED", true);
        check("住在七层的会计每天早上都去驾驶台。", false);
        check("", false);
    }
}
