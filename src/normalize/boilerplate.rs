//! What a paragraph is when it is no part of the text: a notice, a source line, a line of names.

use std::collections::{BTreeMap, HashMap};
use std::sync::LazyLock;

use super::index::{Edges, Set, Within};
use super::words::{Label, Notice, Words, all, labelled, languages};

/// Characters a notice has at most.
const NOTICE_LONGEST: usize = 800;

/// Lower case, ASCII punctuation, marks around it and white space in front of a colon taken off.
pub(super) fn fold(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.trim().chars() {
        if super::text::is_asian_letter(c) {
            out.push(c);
            continue;
        }
        if c.is_ascii() && c != ':' {
            out.push(c.to_ascii_lowercase());
            continue;
        }
        let c = match c {
            '\u{ff01}'..='\u{ff5e}' => char::from_u32(c as u32 - 0xfee0).unwrap_or(c),
            '。' => '.',
            '、' => ',',
            '\u{3000}' | '\u{a0}' => ' ',
            '“' | '”' => '"',
            '’' | '‘' => '\'',
            c => c,
        };
        if c == ':' {
            out.truncate(out.trim_end().len());
        }
        out.extend(c.to_lowercase());
    }
    let around =
        |c: char| c.is_whitespace() || matches!(c, '*' | '#' | '■' | '◆' | '●' | '▲' | '•' | '>' | '-' | '—' | '–' | '=' | '~');
    let mut folded = out.trim_matches(around);
    for (open, close) in [('(', ')'), ('[', ']'), ('【', '】'), ('〔', '〕'), ('「', '」')] {
        if let Some(inside) = folded.strip_prefix(open).and_then(|rest| rest.strip_suffix(close))
            && !inside.contains(open)
        {
            folded = inside.trim_matches(around);
        }
    }
    folded.to_owned()
}

/// Whether a line is a notice or disclaimer.
pub(super) fn is_notice(line: &str) -> bool {
    is_one_of(line, &NOTICES)
}

static RIGHTS: LazyLock<Within<()>> = LazyLock::new(|| Within::of(all(|words| words.rights).map(|words| (words, ()))));

/// The sentence of a notice that states who holds the rights or under which licence the text is.
pub(super) fn states_rights(notice: &str) -> Option<String> {
    let holds = |part: &str| {
        let folded = fold(part);
        RIGHTS.any(&folded)
    };
    if !holds(notice) {
        return None;
    }
    let sentences = super::text::sentences(notice);
    let found: Vec<&str> = sentences.into_iter().filter(|sentence| holds(sentence)).collect();
    Some(if found.is_empty() { notice.trim().to_owned() } else { found.join("").trim().to_owned() })
}

/// Who holds the rights, as a copyright notice names it: "Copyright 2026 The Harbour Wire. All rights reserved.", or a bare name.
pub(super) fn rights_holder(notice: &str) -> Option<String> {
    let clean = super::text::clean(notice);
    let mut rest = clean.as_str();
    let mut said = false;
    loop {
        let before = rest;
        rest = rest.trim_start_matches(|c: char| {
            c.is_whitespace() || c.is_ascii_digit() || matches!(c, '©' | 'ⓒ' | '-' | '–' | ',' | ':' | '：' | '[' | '(')
        });
        for mark in ["copyright", "(c)", "c)", "by ", "저작권자"] {
            if rest.get(..mark.len()).is_some_and(|start| start.eq_ignore_ascii_case(mark)) {
                rest = &rest[mark.len()..];
                said = true;
            }
        }
        said |= before.contains(['©', 'ⓒ']);
        if rest == before {
            break;
        }
    }
    let end = rest.find(['.', ',', '，', '。', ';', '|', ']', ')']).unwrap_or(rest.len());
    let name = rest[..end].split(" All ").next().unwrap_or_default().trim_end();
    // "© Cove Gazette 2024"
    let year = name.rsplit_once(' ').filter(|(_, year)| year.len() == 4 && year.bytes().all(|b| b.is_ascii_digit()));
    let name = trim_name(year.map_or(name, |(name, _)| name));
    (said && (2..=60).contains(&name.chars().count())).then_some(name)
}

/// Whether a notice only says whose the text is, and is thereby no disclaimer: "© Outlet", "Copyright … all rights reserved".
pub(super) fn is_bare_rights(notice: &str) -> bool {
    let folded = fold(notice);
    // What news agencies ask to be shown with their texts is a notice.
    if folded.starts_with("copyright") && folded.contains("all rights reserved") && !folded.contains("무단") {
        return false;
    }
    [
        "this article is licensed",
        "this work is licensed",
        "this story is licensed",
        "this post is licensed",
        "this text is licensed",
        "this essay is licensed",
        "©",
        "(c)",
        "copyright",
        "저작권자",
        "ⓒ",
        "版权所有",
        "版權所有",
        "all rights reserved",
        "alle rechte",
        "tous droits",
        "todos los derechos",
        "todos os direitos",
        "все права",
        "tutti i diritti",
        "riproduzione riservata",
    ]
    .iter()
    .any(|start| folded.starts_with(start))
}

static AGENCIES: LazyLock<Set> = LazyLock::new(|| all(|words| words.agencies).collect());

/// Whether a folded name is one of the news and picture agencies of the tables.
pub(super) fn is_listed_agency(folded: &str) -> bool {
    AGENCIES.contains(folded)
}

/// Whether a name is that of a news agency, or of what calls itself one.
pub(super) fn is_agency(name: &str) -> bool {
    const ENDS: &[&str] = &[
        " wire",
        " news agency",
        " press agency",
        " news service",
        " newswire",
        "通讯社",
        "通訊社",
        "通信社",
        "통신",
        " agentur",
        "агентство",
    ];
    let folded = fold(name);
    const STARTS: &[&str] =
        &["agência ", "agencia ", "agència ", "agence ", "agenzia ", "agencja ", "агентство ", "агенція ", "وكالة ", "خبرگزاری "];
    // "Agence spatiale européenne" is an agency of another kind: that of news has one name behind it.
    let named = STARTS.iter().find_map(|start| folded.strip_prefix(start)).is_some_and(|rest| !rest.trim().contains(' '));
    is_listed_agency(&folded) || named || ENDS.iter().any(|end| folded.ends_with(end))
}

/// Whether a line invites the reader to something: it is neither text nor notice.
pub(super) fn is_promotion(line: &str) -> bool {
    is_one_of(line, &PROMOTIONS)
}

static RELATED: LazyLock<Set> = LazyLock::new(|| all(|words| words.related).collect());

/// Whether a line is a heading after which other articles are listed.
pub(super) fn is_related(line: &str) -> bool {
    let folded = fold(line);
    let folded = folded.trim_end_matches([':', ' ']);
    // "更多河湾新闻报道"
    let more = folded.chars().count() <= 20
        && folded.starts_with("更多")
        && ["报道", "報導", "報道", "新闻", "新聞", "文章"].iter().any(|end| folded.ends_with(end));
    more || folded.chars().count() <= 60 && RELATED.contains(folded)
}

static LINK_TEXTS: LazyLock<Set> = LazyLock::new(|| all(|words| words.link_texts).collect());
static LINK_ENDS: LazyLock<Edges<()>> = LazyLock::new(|| Edges::of(all(|words| words.link_texts).map(|words| (words, ()))));

/// Whether the text of a link names no outlet: "原文链接", "original article".
pub(super) fn is_link_text(text: &str) -> bool {
    let folded = fold(text);
    let folded = folded.trim_matches(|c: char| !c.is_alphanumeric());
    LINK_TEXTS.contains(folded)
}

static CHROME: LazyLock<Set> =
    LazyLock::new(|| labelled(|words| words.labels).filter(|(label, _)| *label == Label::Chrome).map(|(_, word)| word).collect());

/// Whether a folded text is a label of the page that says nothing of the article.
pub(super) fn is_chrome(folded: &str) -> bool {
    CHROME.contains(folded)
}

fn is_one_of(line: &str, notices: &Notices) -> bool {
    if line.chars().count() > NOTICE_LONGEST {
        return false;
    }
    let folded = fold(line);
    let Some(first) = folded.chars().next() else { return false };
    let length = folded.chars().count();
    let begun = notices.begun.get(&first).into_iter().flatten();
    begun.filter(|(start, _)| folded.starts_with(start)).any(|(_, notice)| holds(notice, &folded, length))
        || notices.anywhere.places(&folded).any(|(_, _, notice)| holds(notice, &folded, length))
        || notices.always.iter().any(|notice| length <= notice.longest)
}

/// The notices of every language: those with a beginning by its first character, and the others.
struct Notices {
    begun: HashMap<char, Vec<(&'static str, &'static Notice)>>,
    /// The others by the words of one of their groups, without which they are not there.
    anywhere: Within<&'static Notice>,
    /// Those that say nothing but how long they are.
    always: Vec<&'static Notice>,
}

impl Notices {
    fn of(list: fn(&Words) -> &'static [Notice]) -> Self {
        let mut begun: HashMap<char, Vec<(&'static str, &'static Notice)>> = HashMap::new();
        let mut anywhere = Vec::new();
        let mut always = Vec::new();
        for notice in languages().flat_map(list) {
            for start in notice.starts {
                if let Some(first) = start.chars().next() {
                    begun.entry(first).or_default().push((start, notice));
                }
            }
            if notice.starts.is_empty() {
                // Long words are rare in texts.
                let rarest = notice.holds.iter().max_by_key(|group| group.iter().map(|word| word.len()).min());
                match rarest {
                    Some(group) => anywhere.extend(group.iter().map(|word| (*word, notice))),
                    None => always.push(notice),
                }
            }
        }
        Self { begun, anywhere: Within::of(anywhere.into_iter()), always }
    }
}

static NOTICES: LazyLock<Notices> = LazyLock::new(|| Notices::of(|words| words.notices));
static PROMOTIONS: LazyLock<Notices> = LazyLock::new(|| Notices::of(|words| words.promotions));

fn holds(notice: &Notice, folded: &str, length: usize) -> bool {
    length <= notice.longest && notice.holds.iter().all(|group| group.iter().any(|held| folded.contains(held)))
}

/// The name in the value of a source label, and the date behind it.
pub(super) fn outlet_of(written: &str) -> (String, Option<String>) {
    let (rest, date) = without_date(written);
    (name(rest), date)
}

/// Whether a text is a date. Which moment it is depends on the outlet's clock; that it is one does not.
pub(super) fn is_date(text: &str) -> bool {
    let clock = super::date::Clock {
        zone: chrono_tz::UTC,
        fetched_at: chrono::DateTime::from_timestamp(1_700_000_000, 0).unwrap_or_default(),
    };
    let text = text.trim_end_matches('.');
    !text.is_empty() && super::date::shown(text, &clock).is_some()
}

/// "X 昨天 21:05" → X and the date.
fn without_date(rest: &str) -> (&str, Option<String>) {
    let trimmed = rest.trim();
    trimmed
        .match_indices([' ', '\u{3000}', '|'])
        .map(|(at, mark)| (&trimmed[..at], trimmed[at + mark.len()..].trim_matches([' ', '\u{3000}', '|'])))
        .find(|(_, date)| is_date(date))
        .or_else(|| {
            // "X 于2024-04-19 22:03"
            let at = trimmed.find(|c: char| c.is_ascii_digit())?;
            let before = trimmed[..at].trim_end();
            let name = before.strip_suffix(['于', '於'])?;
            Some((name.trim_end(), &trimmed[at..]))
        })
        .map_or((trimmed, None), |(name, date)| (name, Some(date.to_owned())))
}

/// The name in what follows a label: without the text of the link to the original and whatever stands after a separator.
fn name(rest: &str) -> String {
    let mut rest = rest.trim();
    if let Some(end) = rest.find(['|', '｜', '　']) {
        rest = &rest[..end];
    }
    // "作者:", "编辑:", "时间:" after the name.
    if let Some(next) = rest.find([':', '：']).filter(|_| !rest.contains("://")) {
        let before = &rest[..next];
        rest = before.rfind(char::is_whitespace).map_or(before, |space| &before[..space]);
    }
    let mut rest = unlinked(rest);
    // An address or the link's text after the name.
    if let Some(at) = rest.find("http") {
        rest = rest[..at].trim();
    }
    trim_name(rest)
}

/// Takes the texts of links to the original off the end.
fn unlinked(text: &str) -> &str {
    // A mark that closes a name is part of it, one that points at something is not.
    let points = |c: char| matches!(c, '>' | '→' | '）' | ')' | ']') || c == '»' && !text.contains('«');
    let mut text = text.trim().trim_end_matches(points).trim();
    loop {
        let lower = lower(text);
        let found = LINK_ENDS
            .behind(&lower)
            .map(|(words, ())| words)
            // A name may end in such a word: "the link" is one only after a space or alone.
            .filter(|words| {
                text.len() == words.len() || !words.is_ascii() || text[..text.len() - words.len()].ends_with([' ', '(', '[', ','])
            })
            .max_by_key(|words| words.len());
        match found {
            Some(words) => {
                text = text[..text.len() - words.len()].trim_end_matches([' ', '(', '（', '[', '［', ',', '，', '-', '—', '·'])
            }
            None => return text,
        }
    }
}

pub(super) fn trim_name(name: &str) -> String {
    let name = super::text::clean(name);
    let name = without_number(without_account(&name));
    let bare = name.trim_matches(|c: char| {
        c.is_whitespace()
            || matches!(
                c,
                '《' | '》'
                    | '“'
                    | '”'
                    | '"'
                    | '「'
                    | '」'
                    | '『'
                    | '』'
                    | '【'
                    | '】'
                    | '['
                    | ']'
                    | '('
                    | ')'
                    | '（'
                    | '）'
                    | ':'
                    | '：'
                    | ','
                    | '，'
                    | '.'
                    | '。'
                    | '-'
                    | '—'
                    | '\''
                    | '’'
                    | '‘'
                    | '«'
                    | '»'
                    | '<'
                    | '>'
                    | '@'
                    | '〈'
                    | '〉'
            )
    });
    // "Газета «Плотина»": the mark at the end belongs to the one inside.
    let closing =
        [('«', '»'), ('“', '”'), ('„', '“'), ('《', '》'), ('「', '」'), ('『', '』'), ('(', ')'), ('（', '）'), ('[', ']')];
    let mut bare = bare.to_owned();
    if let Some((_, close)) = closing.iter().find(|(open, close)| bare.contains(*open) && !bare.contains(*close))
        && name.contains(*close)
    {
        bare.push(*close);
    }
    bare
}

/// "旧街杂志（ID：jiujie）": the account behind the name.
fn without_account(name: &str) -> &str {
    let at =
        ["（ID", "(ID", "（id", "(id", "（微信", "(微信"].iter().filter_map(|mark| name.find(mark)).filter(|at| *at > 0).min();
    at.map_or(name, |at| &name[..at])
}

/// "『潮目』第12号", "《长堤季刊》2024年冬季号": the number of the issue behind the title.
fn without_number(name: &str) -> &str {
    let inside = name.trim().strip_prefix(['《', '『', '「', '“']).and_then(|rest| rest.split_once(['》', '』', '」', '”']));
    match inside {
        Some((title, rest)) if rest.trim_start().starts_with(|c: char| c.is_ascii_digit() || matches!(c, '第' | '제')) => title,
        _ => name,
    }
}

/// Words with the first character they begin with, so that a place of a text is compared with few of them.
type Places = HashMap<char, Vec<String>>;

/// A word of the tables as texts have it: with the apostrophe of typewriters and with that of printers.
fn spellings(word: &str) -> Vec<String> {
    let printed = word.replace('\'', "’");
    if printed == word { vec![printed] } else { vec![word.to_owned(), printed] }
}

fn by_first(words: impl Iterator<Item = &'static str>) -> Places {
    let mut places = Places::new();
    for word in words {
        if let Some(first) = word.chars().next() {
            places.entry(first).or_default().extend(spellings(word));
        }
    }
    // The longest goes first: "published in the magazine" before "published in".
    places.values_mut().for_each(|words| words.sort_by_key(|word| std::cmp::Reverse(word.len())));
    places
}

/// Where one of the words stands, in the order of places, the longest word first: (start, end). A word of a script that has spaces between
/// words stands between them.
fn found<'a>(text: &'a str, places: &'a Places) -> impl Iterator<Item = (usize, usize)> + 'a {
    let letter = |c: char| c.is_alphanumeric() && !super::text::is_asian_letter(c);
    let mut last = ' ';
    text.char_indices()
        .filter_map(move |(at, c)| {
            let inside = letter(last) && letter(c);
            last = c;
            (!inside).then_some((at, c))
        })
        .flat_map(move |(at, c)| {
            let words = places.get(&c).map(Vec::as_slice).unwrap_or_default();
            words.iter().filter_map(move |word| {
                let rest = text[at..].strip_prefix(word.as_str())?;
                let cut = word.ends_with(letter) && rest.starts_with(letter);
                (!cut).then_some((at, at + word.len()))
            })
        })
}

static NAME_AFTER: LazyLock<Places> = LazyLock::new(|| by_first(all(|words| words.name_after)));
/// In the order in which they are believed.
static NAME_BEFORE: LazyLock<Within<usize>> = LazyLock::new(|| {
    let marks = all(|words| words.name_before).flat_map(spellings);
    Within::of(marks.enumerate().map(|(order, mark)| (mark, order)))
});
static NAME_ENDS: LazyLock<Within<()>> =
    LazyLock::new(|| Within::of(all(|words| words.name_ends).flat_map(spellings).map(|word| (word, ()))));

/// The outlet a notice names.
pub(super) fn outlet_in(line: &str) -> Option<String> {
    let lower = lower(line);
    let after = found(&lower, &NAME_AFTER).find_map(|(_, end)| name_behind(&line[end..]));
    after.or_else(|| {
        let mut first: BTreeMap<usize, usize> = BTreeMap::new();
        for (at, _, order) in NAME_BEFORE.places(&lower) {
            first.entry(order).and_modify(|known| *known = at.min(*known)).or_insert(at);
        }
        first.into_values().find_map(|at| {
            let before = line.get(..at)?;
            (!forbids(before)).then(|| name_in_front(before)).flatten()
        })
    })
}

/// "如无X特别", "未经X": what stands in front of "授权" and says that there is none, so that X gave nothing.
fn forbids(before: &str) -> bool {
    const WITHOUT: &[&str] = &[
        "如无", "若无", "未经", "未获", "未得", "没有", "非经", "须经", "需经", "须获", "除非", "如無", "若無", "未經", "未獲",
        "沒有", "非經", "須經", "需經", "須獲", "須得", "须得",
    ];
    let clause = before.rsplit(['，', ',', '。', '；', ';', '：', ':']).next().unwrap_or_default().trim_start();
    WITHOUT.iter().any(|without| clause.starts_with(without))
}

/// Whether a name says itself that it is an outlet's: "渤湾晚报", "河湾广播电台", "Cove Gazette".
pub(super) fn looks_like_outlet(name: &str) -> bool {
    const ENDS: &[&str] = &[
        "日报",
        "晚报",
        "晨报",
        "早报",
        "时报",
        "周报",
        "快报",
        "导报",
        "商报",
        "都市报",
        "青年报",
        "周刊",
        "新闻网",
        "新闻社",
        "通讯社",
        "电视台",
        "广播电台",
        "电台",
        "卫视",
        "之声",
        "中文网",
        "新闻",
        "日報",
        "晚報",
        "晨報",
        "早報",
        "時報",
        "週報",
        "快報",
        "導報",
        "商報",
        "週刊",
        "新聞網",
        "新聞社",
        "通訊社",
        "電視台",
        "廣播電台",
        "電台",
        "衛視",
        "之聲",
        "中文網",
        "新聞",
        "通信社",
        "新聞社",
    ];
    // Sections and desks, not outlets: "国际新闻".
    const SECTIONS: &[&str] = &[
        "即时", "即時", "国际", "國際", "国内", "國內", "综合", "綜合", "社会", "社會", "财经", "財經", "体育", "體育", "娱乐",
        "娛樂", "生活", "地方", "政治", "最新", "今日", "本地", "科技", "教育", "军事", "軍事", "时事", "時事", "焦点", "焦點",
        "热点", "熱點", "重要", "两岸", "兩岸", "港澳", "视频", "視頻", "图片", "圖片", "更多", "相关", "相關", "热门", "熱門",
        "独家", "獨家", "民生", "法治", "文化", "健康", "旅游", "旅遊", "经济", "經濟", "华人", "華人", "海外", "世界", "中国",
        "中國", "行业", "公司", "学校", "學校", "学院", "學院", "校园", "校園", "工作", "突发", "突發", "滚动", "滾動", "影音",
        "當地",
    ];
    let name = name.trim();
    let letters = name.chars().all(super::text::is_asian_letter);
    if letters {
        return (4..=12).contains(&name.chars().count())
            && ENDS
                .iter()
                .any(|end| name.strip_suffix(end).is_some_and(|stem| stem.chars().count() > 1 && !SECTIONS.contains(&stem)));
    }
    // "BBX News 中文"
    const WORDS: &[&str] = &["news", "times", "gazette", "tribune", "herald", "chronicle", "newswire", "magazine", "review"];
    let words: Vec<&str> = name.split_whitespace().collect();
    let capital = |word: &str| word.chars().any(char::is_uppercase) || word.chars().all(super::text::is_asian_letter);
    let body = match words.split_last() {
        Some((last, rest)) if matches!(*last, "中文" | "中文网" | "中文網") => rest,
        _ => words.as_slice(),
    };
    (2..=4).contains(&body.len())
        && words.iter().all(|word| capital(word) || matches!(*word, "of" | "the"))
        && body.last().is_some_and(|last| WORDS.contains(&last.to_lowercase().as_str()))
}

/// Lower case, character by character of the same length, so that places in one are places in the other.
pub(super) fn lower(text: &str) -> String {
    if text.is_ascii() {
        return text.to_ascii_lowercase();
    }
    text.chars().map(|c| c.to_lowercase().next().filter(|lower| lower.len_utf8() == c.len_utf8()).unwrap_or(c)).collect()
}

static VAGUE: LazyLock<Set> = LazyLock::new(|| all(|words| words.vague).collect());

fn good(name: String) -> Option<String> {
    let lower = name.to_lowercase();
    ((2..=40).contains(&name.chars().count()) && !VAGUE.contains(lower.as_str()) && !is_of_net(&name)).then_some(name)
}

/// "网络收集整理", "互联网公开资料": the net and what was done with what is found there, and nobody's name.
fn is_of_net(name: &str) -> bool {
    const NETS: &[&str] = &["网络", "互联网", "网路", "網絡", "網路", "互聯網", "网上", "網上"];
    const DONE: &[&str] = &[
        "收集", "搜集", "整理", "公开", "资料", "资源", "转载", "综合", "编辑", "素材", "图片", "内容", "信息", "公開", "資料",
        "資源", "轉載", "綜合", "編輯", "圖片", "內容", "資訊", "和", "及", "與", "与",
    ];
    let Some(mut rest) = NETS.iter().find_map(|net| name.strip_prefix(net)) else { return false };
    while let Some(shorter) = DONE.iter().find_map(|done| rest.strip_prefix(done)) {
        rest = shorter;
    }
    rest.is_empty()
}

/// The name that a text begins with.
fn name_behind(rest: &str) -> Option<String> {
    let rest = rest.trim_start().trim_start_matches([':', '：']).trim_start();
    // "in der Zeitung „X“", "в газете «X»": what it is, and its name.
    let kind = rest.find(' ').filter(|at| rest[..*at].chars().all(char::is_lowercase));
    let named = kind.map(|at| rest[at..].trim_start()).filter(|rest| rest.starts_with(['“', '"', '«', '„']));
    let rest = named.unwrap_or(rest);
    // "公众号“X”", "季刊『X』"
    const KINDS: &[&str] = &[
        "微信公众号",
        "微信公眾號",
        "公众号",
        "公眾號",
        "网站",
        "網站",
        "杂志",
        "雜誌",
        "季刊",
        "月刊",
        "周刊",
        "週刊",
        "期刊",
        "月刊誌",
        "雑誌",
        "신문",
        "잡지",
        "계간",
        "월간",
    ];
    let quoted = KINDS.iter().find_map(|kind| rest.strip_prefix(kind)).map(str::trim_start);
    let rest = quoted.filter(|rest| rest.starts_with(['《', '『', '「', '“', '"', '«', '„'])).unwrap_or(rest);
    let end = match rest.strip_prefix(['《', '『', '「', '“', '"', '«', '„']) {
        Some(inside) => {
            let end = inside.find(['》', '』', '」', '”', '"', '»', '“'])?;
            return good(trim_name(unlinked(&inside[..end])));
        }
        None => {
            let stop = rest
                .find(['，', ',', '。', '；', ';', '（', '(', '）', ')', '、', '|', '【', '】', '!', '！', '،', '؛', '।'])
                .unwrap_or(rest.len());
            let stop = rest[..stop].find(". ").unwrap_or(stop);
            // "on Cove Gazette: The ferry sails": the title behind the name.
            let stop = rest[..stop].find(": ").or_else(|| rest[..stop].find('：')).filter(|at| *at > 0).unwrap_or(stop);
            let lower = lower(&rest[..stop]);
            // A name does not end where it begins.
            let ends = NAME_ENDS.places(&lower).filter(|(_, word, ())| !lower.starts_with(word)).map(|(at, ..)| at);
            ends.min().unwrap_or(stop)
        }
    };
    good(trim_name(unlinked(&rest[..end])))
}

/// "2024年6月25日付の河湾新報": the name behind a day.
fn without_day(name: &str) -> &str {
    let rest = name.trim_start().trim_start_matches(|c: char| c.is_ascii_digit() || matches!(c, '年' | '月'));
    let digits = name.trim_start().starts_with(|c: char| c.is_ascii_digit());
    let rest = rest.strip_prefix('日').filter(|_| digits).unwrap_or(name);
    if rest.len() == name.len() { name } else { rest.trim_start_matches(['付', '号', 'の', '、', ' ']) }
}

/// The name that a text ends with.
fn name_in_front(before: &str) -> Option<String> {
    let before = before.trim_end();
    let before = before.strip_suffix(['》', '』', '」', '”', '"', '»']).unwrap_or(before);
    const STARTS: &[char] =
        &['《', '『', '「', '“', '"', '«', '、', '，', ',', '。', '※', '经', '經', '由', '获', '獲', 'は', '는', '은'];
    let start = before.rfind(STARTS);
    let name = start.map_or(before, |at| &before[at + before[at..].chars().next().map_or(0, char::len_utf8)..]);
    let name = without_day(name);
    // "『느린 강』 2024년 겨울호": the number of the issue stands behind the title.
    let name = name.split(['》', '』', '」', '”']).next().unwrap_or(name);
    // "bu yazı ilk olarak X'de yayımlandı": the words that lead to the name.
    let lower = name.to_lowercase();
    let lead = all(|words| words.name_after).filter_map(|mark| Some(lower.find(mark)? + mark.len())).max().unwrap_or(0);
    good(trim_name(name.get(lead..).unwrap_or(name)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn notice(outlet: &str) -> Option<Option<String>> {
        Some((!outlet.is_empty()).then(|| outlet.to_owned()))
    }

    fn check(line: &str, expected: Option<Option<String>>) {
        assert_eq!(is_notice(line).then(|| outlet_in(line)), expected, "{line:?}");
    }

    #[test]
    fn notices() {
        check("本文转载自海港纪事,仅代表原作者观点,不代表本网立场。", notice("海港纪事"));
        check("（本文轉載自《海港紀事》，不代表本站立場）", notice("海港紀事"));
        check("本文译自《潮汐季刊》,遵循 CC BY 协议。", notice("潮汐季刊"));
        check("免责声明:本文仅供参考。", notice(""));
        check("文章内容仅代表作者个人观点", notice(""));
        check("未经授权,不得转载。", notice(""));
        check("本文經海港紀事授權轉載。", notice("海港紀事"));
        check(
            "This article was originally published by The Harbour Ledger. Read the original article.",
            notice("The Harbour Ledger"),
        );
        check("Republished from Tide & Shore under a Creative Commons licence.", notice("Tide & Shore"));
        check("The views expressed are those of the author and do not necessarily reflect those of this site.", notice(""));
        check("The post Ferry sails appeared first on The Harbour Ledger.", notice("The Harbour Ledger"));
        check("Copyright 2026 The Harbour Wire. All rights reserved.", notice(""));
        check("※この記事は『港日報』からの転載です。", notice("港日報"));
        check("本記事の見解は筆者個人のものであり、必ずしも当サイトの立場を示すものではありません。", notice(""));
        check("저작권자 ⓒ 항구일보, 무단 전재 및 재배포 금지", notice(""));
        check("외부 필자의 견해는 본지의 입장과 다를 수 있습니다.", notice(""));
        check("Мнение автора может не совпадать с точкой зрения редакции.", notice(""));
        check("Publicado originalmente en El Faro del Puerto.", notice("El Faro del Puerto"));
        check("Las opiniones del autor no reflejan la posición de este medio.", notice(""));
        check("Article initialement publié sur Le Quai, le 2 juin.", notice("Le Quai"));
        check("Les propos de l'auteur n'engagent que lui.", notice(""));
        check("Zuerst erschienen in Hafenblatt.", notice("Hafenblatt"));
        check("图文转载自海港纪事", notice("海港纪事"));
        check("Tekst pochodzi z serwisu Molo.", notice("Molo"));
        check("Publicado originalmente em Diário do Cais.", notice("Diário do Cais"));
        check("As opiniões do autor não refletem a posição deste site.", notice(""));
    }

    #[test]
    fn names_of_outlets() {
        let check = |name: &str, expected: bool| assert_eq!(looks_like_outlet(name), expected, "{name}");
        for name in
            ["渡口晚报", "河湾广播电台", "碼頭時報", "南岸新闻", "Quay Gazette", "The Pell Tribune", "QRX News 中文", "汉江之声"]
        {
            check(name, true);
        }
        for name in [
            "国际新闻",
            "即時新聞",
            "晚报",
            "林书白",
            "Nora Field",
            "News",
            "fog news",
            "In the News of the World again",
            "渡轮停了",
        ] {
            check(name, false);
        }
    }

    #[test]
    fn what_names_no_outlet() {
        let check = |line: &str, expected: Option<&str>| assert_eq!(outlet_in(line).as_deref(), expected, "{line}");
        check("本文所有内容受著作权法保护,如无河湾之声特别授权,不得擅自使用。", None);
        check("本文经河湾之声授权转载。", Some("河湾之声"));
        check("声明:本文内容均来自网络收集整理,不代表本站观点。", None);
        check("This article originally appeared on Quay Gazette: Fog holds the ferry", Some("Quay Gazette"));
        check("本記事は2024年6月25日付の港日報に掲載された記事です。", Some("港日報"));
        check("本译文由译者授权河湾网发布。", None);
    }

    #[test]
    fn notices_of_many_newsrooms() {
        let failures: Vec<String> = [
            (
                "This story was originally published by Inlet Dispatch and is republished here with permission.",
                Some("Inlet Dispatch"),
            ),
            ("Editor’s note: This article first appeared in Saltmarsh Review in June 2025.", Some("Saltmarsh Review")),
            (
                "This article is republished from The Colony under a Creative Commons license. Read the original article.",
                Some("The Colony"),
            ),
            (
                "(Except for the headline, this story has not been edited by our staff and is published from a syndicated feed.)",
                Some(""),
            ),
            (
                "© 2025 Cove Courier. Visit covecourier.example. Distributed by Shoal Content Agency, LLC.",
                Some("Shoal Content Agency"),
            ),
            ("Unauthorised copying of this article is prohibited.", Some("")),
            (
                "Este artículo se publicó originalmente en Cuaderno de Costa y se reproduce aquí con autorización.",
                Some("Cuaderno de Costa"),
            ),
            ("Esta nota fue publicada originalmente por Diario del Muelle el 3 de mayo.", Some("Diario del Muelle")),
            ("© Agencia Costera. Está prohibida la redistribución de este contenido sin previo consentimiento.", Some("")),
            ("Ce texte est initialement paru dans la revue Estran, n° 12.", Some("Estran")),
            ("Les opinions exprimées par les auteurs ne reflètent pas nécessairement celles de la rédaction.", Some("")),
            ("Dieser Artikel erschien zuerst in der Küstenpost.", Some("Küstenpost")),
            ("Der Kommentar gibt die Meinung des Autors wieder und spiegelt nicht unbedingt die der Redaktion.", Some("")),
            ("Reportagem publicada originalmente pela Agência Maré e republicada com autorização.", Some("Agência Maré")),
            ("Este texto foi produzido em parceria com Agência Maré.", Some("Agência Maré")),
            ("Questo articolo è uscito originariamente sulla rivista Scogliera.", Some("Scogliera")),
            ("Riproduzione riservata © Gazzetta del Golfo", Some("")),
            ("Статья впервые опубликована в журнале «Отмель» и публикуется с разрешения редакции.", Some("Отмель")),
            ("Перепечатано с сайта Лимские вести.", Some("Лимские вести")),
            ("При перепечатке ссылка на источник обязательна.", Some("")),
            ("Редакция не несёт ответственности за содержание материалов авторов.", Some("")),
            ("Матеріал уперше не друкувався.", None),
            ("Статтю вперше опубліковано у виданні «Заплава».", Some("Заплава")),
            ("Стаття вперше опублікована у виданні «Заплава».", Some("Заплава")),
            ("Думка автора може не збігатися з позицією редакції.", Some("")),
            ("Dit artikel verscheen oorspronkelijk in Oeverkrant.", Some("Oeverkrant")),
            ("Tekst ukazał się pierwotnie w tygodniku Brzeg i jest publikowany za zgodą redakcji.", Some("Brzeg")),
            ("Bu yazı ilk olarak İskele’de yayımlanmıştır.", Some("İskele")),
            ("Aquest article es va publicar originalment al diari Ribera.", Some("Ribera")),
            ("Den här artikeln publicerades först i Vassen.", Some("Vassen")),
            ("نُشر هذا المقال أولاً في مجلة المرسى، ويعاد نشره بإذن منها.", Some("المرسى")),
            ("این مقاله نخستین بار در مجله موج منتشر شده است.", Some("موج")),
            ("इस लेख में व्यक्त विचार लेखक के निजी हैं।", Some("")),
        ]
        .into_iter()
        .filter_map(|(line, expected): (&str, Option<&str>)| {
            let got = is_notice(line).then(|| outlet_in(line).unwrap_or_default());
            (got.as_deref() != expected).then(|| format!("{line:?}: {got:?} and not {expected:?}"))
        })
        .collect();
        assert!(failures.is_empty(), "{}", failures.join("\n"));
    }

    #[test]
    fn what_resembles_a_notice_stays() {
        for line in [
            "Originally the comma stood after the ninth figure, and nobody can say who moved it.",
            "The story was first told by a ferryman, and first written down by his niece.",
            "“This article was first published in error,” said the editor.",
            "The views from the pier are expressed best by people who are leaving it behind them.",
            "Her opinions, she says, are those of the river.",
            "Copyright in the logbook belongs to nobody, a lawyer said.",
            "The authority is not responsible for the contents of carts.",
            "This story is told twice in the waiting room.",
            "El ayuntamiento publicó originalmente un bando de dos líneas.",
            "El autor expresó su opinión y nadie la compartió.",
            "La compañía no se hace responsable de la siesta de nadie.",
            "Les propos de l’éleveur tiennent en un mot que la douane n’a pas retenu.",
            "Cet article du règlement interdit de crier après dix heures.",
            "Zuerst erschien es allen wie ein Irrtum.",
            "Dieser Beitrag zur Haushaltsdebatte sei der kürzeste gewesen, sagte die Bürgermeisterin.",
            "As opiniões dividiram-se. O autor da proposta não representa hoje qualquer maioria.",
            "Le opinioni in paese sono tre, e gli autori di due di esse non si parlano.",
            "Questo articolo della legge vieta di gridare.",
            "Впервые свет увидели рыбаки, которые искали другое.",
            "Мнение жителей разделилось: половина хочет оставить кота.",
            "Статья вышла ему боком, сказал инженер.",
            "Думка громади змінилася за одну ніч.",
            "Deze tekst op het bord leest niemand.",
            "Autor planu wyjechał nad morze.",
            "Kasabada üç ayrı görüş var.",
            "وفي الصباح عاد كل شيء كما كان.",
        ] {
            check(line, None);
            assert!(!is_promotion(line) && !is_related(line), "{line:?}");
        }
    }

    #[test]
    fn invitations_are_no_text() {
        for line in [
            "Sign up for our newsletter and get the tides in your inbox.",
            "Read more: The clerk who counted waves",
            "Lee también: La campana de la lonja",
            "À lire aussi : Le bac de minuit",
            "Lesen Sie auch: Die Fähre ohne Nummer",
            "Leia também: A ponte que muda de lado",
            "Leggi anche: La barca col tetto",
            "Читайте также: Пристань без номера",
            "Подписывайтесь на наш Telegram-канал, чтобы не пропустить главное.",
            "Підписуйтесь на наш Telegram-канал",
            "Suscríbete a nuestro boletín",
            "Inscrivez-vous à notre newsletter",
            "Lees ook: Het veer zonder touw",
        ] {
            assert!(is_promotion(line), "{line:?}");
        }
        for line in
            ["Read the sea first.", "Join the dots.", "Get the boat.", "Sign here, the clerk said.", "Follow the river down."]
        {
            assert!(!is_promotion(line), "{line:?}");
        }
    }

    #[test]
    fn text_stays_text() {
        for line in [
            "来源不明的传单称封路持续到晚上。",
            "他说:“来源:不详。”",
            "评论功能将于周五维护。转载本公告无须授权。",
            "谢谢作者,谢谢译者。",
            "作者在书中写道,渡轮是小镇的心脏。",
            "这项工程的资金来源:一半来自镇上,一半来自渡轮公司多年的积蓄,没有人知道另外的钱从哪里来,会计也说不清楚。",
            "The source of the river lies in the hills.",
            "The post office opened in 1902.",
            "The views from the tower are famous.",
            "She first published poems at twenty, the author of three novels said, and the family of the printer, who owned the press for forty years and two floods, paid for the paper, the ink, the string, the glue, the candles, the bread, the wine, the cart, the horse, the oats, the toll, the ferry, the lamp, the oil, the wick, the match, the pipe, the leaf and the smoke that hung over the river for a week, a month, a year.",
            "转载这篇文章的人很多。",
            "Le propos est clair.",
        ] {
            check(line, None);
        }
    }
}
