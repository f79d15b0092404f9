//! Names of people out of what feeds put where authors belong.

use std::collections::HashSet;
use std::sync::LazyLock;

use crate::model::Person;

use super::boilerplate::lower;
use super::index::{Edges, Set};
use super::text::clean;
use super::words::{Label, all, labelled};

/// What somebody did, when a prefix or suffix of the name says so.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    Author,
    Translator,
    Editor,
    /// Pictures are credited with the picture.
    Photographer,
}

impl Label {
    /// The role of the people it labels.
    pub(super) fn role(self) -> Option<Role> {
        match self {
            Label::Author => Some(Role::Author),
            Label::Translator => Some(Role::Translator),
            Label::Editor => Some(Role::Editor),
            Label::Photographer => Some(Role::Photographer),
            _ => None,
        }
    }
}

/// Labels in front of names, `:` or a space after them. A label in Latin or Cyrillic letters must be followed by one of the two.
fn prefixes() -> impl Iterator<Item = (&'static str, Role)> {
    labelled(|words| words.labels)
        .chain(labelled(|words| words.before))
        .filter_map(|(label, word)| label.role().map(|role| (word, role)))
}

static PREFIXES: LazyLock<Edges<Role>> = LazyLock::new(|| Edges::of(prefixes()));
static PREFIX_WORDS: LazyLock<Set> = LazyLock::new(|| prefixes().map(|(word, _)| word).collect());

/// Marks after names.
static SUFFIXES: LazyLock<Edges<Role>> =
    LazyLock::new(|| Edges::of(labelled(|words| words.after).filter_map(|(label, word)| label.role().map(|role| (word, role)))));

/// What stands with names, with its place in the list: the first that fits is taken off.
static TITLES: LazyLock<Edges<usize>> =
    LazyLock::new(|| Edges::of(all(|words| words.titles).enumerate().map(|(order, title)| (title, order))));
static TITLE_WORDS: LazyLock<Set> = LazyLock::new(|| all(|words| words.titles).collect());
/// The same without the full stop of an abbreviation.
static TITLES_BARE: LazyLock<Edges<()>> =
    LazyLock::new(|| Edges::of(all(|words| words.titles).map(|title| (title.trim_end_matches('.'), ()))));
static NOBODY: LazyLock<Set> = LazyLock::new(|| all(|words| words.nobody).collect());
static OFFICES: LazyLock<Edges<()>> = LazyLock::new(|| Edges::of(all(|words| words.offices).map(|office| (office, ()))));

/// Whether a text is the name of an office or an account.
pub(super) fn is_nobody(name: &str) -> bool {
    let lower = name.trim().to_lowercase();
    let words = |word: &str| lower == word || lower.rsplit(' ').next() == Some(word);
    all(|words| words.nobody).any(words) || all(|words| words.offices).any(|office| lower.ends_with(office))
}

/// "Senior Reporter": a profession that stands with a name, alone.
pub(super) fn is_only_title(written: &str) -> bool {
    TITLE_WORDS.contains(lower(written.trim()).as_str())
}

/// Whether a byline says itself what somebody did.
pub(super) fn is_marked(byline: &str) -> bool {
    let byline = tidy(without_address(byline));
    let first = byline.split(['/', '／']).next().unwrap_or_default();
    label(&byline).0.is_some() || label(first).0.is_some() && !first.is_empty() || suffix(without_code(&byline)).0.is_some()
}

/// Reads names out of one person construct. Splits what is plainly a list, takes off labels, and leaves out what is nobody's name.
/// Every name comes with the role its label says, `usual` without one.
pub(super) fn read(person: &Person, usual: Role) -> Vec<(Role, Person)> {
    let mut name = person.name.as_deref().map(tidy).unwrap_or_default();
    if name.contains("://") {
        name.clear();
    }
    let mut email = person.email.as_deref().map(clean).filter(|email| is_email(email));
    // RSS 2.0: "mail@host (Name)"; RFC 5322: "Name <mail@host>".
    if let Some((before, rest)) = name.split_once(" (").filter(|(before, _)| is_email(before)) {
        email = email.or_else(|| Some(before.to_owned()));
        name = rest.trim_end_matches(')').trim().to_owned();
    } else if let Some((before, rest)) = name.split_once('<').filter(|(_, rest)| is_email(rest.trim_end_matches('>'))) {
        email = email.or_else(|| Some(rest.trim_end_matches('>').to_owned()));
        name = before.trim().trim_matches('"').to_owned();
    } else if let Some((before, rest)) = name.rsplit_once('(').filter(|(_, rest)| is_email(rest.trim_end_matches(')'))) {
        email = email.or_else(|| Some(rest.trim_end_matches(')').to_owned()));
        name = before.trim().to_owned();
    } else if is_email(&name) {
        email = email.or_else(|| Some(std::mem::take(&mut name)));
        name.clear();
    }
    let uri = person.uri.as_deref().map(str::trim).and_then(super::url::absolute).map(String::from);
    let mut found: Vec<(Role, Person)> = Vec::new();
    for (role, name) in names(&name, usual) {
        found.push((role, Person { name: Some(name), uri: uri.clone(), email: None }));
    }
    // The address belongs to somebody only when there is just one.
    if let [(_, only)] = &mut found[..] {
        only.email = email;
    } else {
        found.iter_mut().for_each(|(_, person)| person.uri = None);
    }
    found
}

/// The names among those of a row on a page: what is written like one. Where letters have cases, a name begins with a capital.
pub(super) fn plausible(name: &str) -> bool {
    let cased = name.chars().any(|c| c.is_lowercase() || c.is_uppercase());
    let words = name.split_whitespace().count();
    let sentence = name.char_indices().any(|(at, c)| {
        matches!(c, '。' | '！' | '？' | '…' | '"' | '“' | '«' | '「' | '『')
            || matches!(c, '.' | '!' | '?') && words > 4 && name[at..].len() > 1
    });
    // "By Friday Pell was dry.": a name has no other words in small letters.
    let small = |word: &str| {
        let word = word.trim_matches(|c: char| !c.is_alphanumeric());
        word.chars().any(char::is_lowercase) && !word.chars().any(char::is_uppercase) && !PARTICLES.contains(&word)
    };
    let small = cased && !name.chars().any(super::text::is_asian_letter) && name.split_whitespace().any(small);
    !sentence
        && !super::boilerplate::is_link_text(name)
        && !small
        && words <= 6
        && name.chars().count() <= 60
        && (!cased
            || name.split_whitespace().next().is_some_and(|word| word.chars().any(char::is_uppercase))
            || name.chars().any(super::text::is_asian_letter))
        && (!name.chars().all(super::text::is_asian_letter) || name.chars().count() <= 16)
}

/// "나도윤 기자(doyun@…)": without the address in brackets behind a name.
fn without_address(byline: &str) -> &str {
    let addressed = byline.rsplit_once(['(', '（']).filter(|(_, rest)| is_email(rest.trim_end_matches([')', '）', ' '])));
    addressed.map_or(byline, |(before, _)| before)
}

/// Names in a byline such as "文/林书白 译/周念" or "By A and B", with their roles.
pub(super) fn names(byline: &str, usual: Role) -> Vec<(Role, String)> {
    let mut found = Vec::new();
    let mut role = usual;
    let byline = without_address(byline);
    // "河湾记者　林书白": the wide space behind the profession parts no list.
    let joined = ["记者\u{3000}", "記者\u{3000}"].iter().any(|mark| byline.contains(mark));
    let byline = &*if joined {
        byline.replace("记者\u{3000}", "记者 ").replace("記者\u{3000}", "記者 ").into()
    } else {
        std::borrow::Cow::Borrowed(byline)
    };
    for piece in pieces(byline) {
        if is_report_or_wire(&piece) {
            continue;
        }
        let (labelled, rest) = label(without_marks_of_report(&piece));
        role = labelled.unwrap_or(role);
        let (suffixed, rest) = suffix(without_code(&rest));
        let name = without_titles(&rest)
            .trim_matches(|c: char| {
                c.is_whitespace()
                    || matches!(c, ':' | ',' | ';' | '|' | '/' | '@' | '*' | '#' | '、' | '，' | '；' | '：' | '-' | '·')
            })
            .to_owned();
        let name = without_report(&piece, without_honours(&name)).to_owned();
        if is_name(&name) && !is_institution(&name) && !is_only_title(&name) {
            found.push((suffixed.unwrap_or(role), name));
        }
    }
    found
}

/// "花港報導", "花港27日電": where and when it was written, behind the name of who did.
fn is_report_or_wire(piece: &str) -> bool {
    const REPORTS: &[&str] = &["報導", "報道", "报导", "报道"];
    let named = piece.contains("记者") || piece.contains("記者");
    let report = REPORTS.iter().find_map(|report| piece.strip_suffix(report));
    let wire = piece.strip_suffix('電').or_else(|| piece.strip_suffix('电')).and_then(|rest| rest.strip_suffix('日'));
    let is_place = |rest: &str| (2..=5).contains(&rest.chars().count()) && is_han(rest) && !is_chinese_person(rest);
    !named && (report.is_some_and(is_place) || wire.is_some_and(|rest| rest.ends_with(|c: char| c.is_ascii_digit())))
}

/// "记者 林书白 综合报道)": what was done, behind a space at the end of a byline.
fn without_marks_of_report(piece: &str) -> &str {
    const DONE: &[&str] =
        &["综合报道", "采访报道", "综合整理", "编译报道", "报道", "綜合報導", "採訪報導", "綜合報道", "報導", "報道", "报导"];
    let bare = piece.trim_end_matches([')', '）', ' ']);
    let done = DONE.iter().find_map(|done| bare.strip_suffix(done)).filter(|rest| rest.ends_with(' ') && !rest.trim().is_empty());
    done.map_or(piece, str::trim_end)
}

/// "记者林书白报导": the verb behind a name that a profession stands in front of.
fn without_report<'a>(piece: &str, name: &'a str) -> &'a str {
    const VERBS: &[&str] = &["综合报导", "综合报道", "採訪報導", "采访报道", "報導", "報道", "报导", "报道"];
    let verb = VERBS.iter().find_map(|verb| name.strip_suffix(verb)).filter(|rest| is_chinese_person(rest));
    verb.filter(|rest| ["记者", "記者"].iter().any(|title| piece.contains(&format!("{title}{rest}")))).unwrap_or(name)
}

/// "Nora Field, staff writer", "корреспондент Анна Бор", "Matilde Lobo.": the name alone.
fn without_titles(name: &str) -> &str {
    let mut name = name.trim();
    while let Some(shorter) = without_title(name).map(str::trim).filter(|shorter| !shorter.is_empty()) {
        name = shorter;
    }
    // The end of a sentence; that of an initial or of "Jr." belongs to the name.
    match name.strip_suffix('.') {
        Some(rest) if rest.rsplit([' ', '.']).next().is_some_and(|last| last.chars().count() > 3) => rest,
        _ => name,
    }
}

fn without_title(name: &str) -> Option<&str> {
    let lower = lower(name);
    // "…, correspondent in Pell"
    if let Some(at) = lower.find([',', '(', '–', '—']).filter(|at| *at > 0) {
        let behind = lower[at..].trim_start_matches(|c: char| !c.is_alphanumeric()).trim_end_matches(['.', ')', ' ']);
        let ends = |title: &str| behind.as_bytes().get(title.len()).is_none_or(|next| *next == b' ');
        if TITLES_BARE.in_front(behind).any(|(title, ())| ends(title)) {
            return Some(&name[..at]);
        }
    }
    let front = TITLES
        .in_front(&lower)
        .find(|(title, _)| lower[title.len()..].starts_with(' '))
        .map(|(title, order)| (order, &name[title.len()..]));
    let back = TITLES
        .behind(&lower)
        .find(|(title, _)| title.contains(' ') && lower[..lower.len() - title.len()].ends_with(' '))
        .map(|(title, order)| (order, &name[..name.len() - title.len()]));
    first_of(front, back)
}

/// What the title that stands first in the list leaves of a name; in front of it before behind it.
fn first_of<T>(front: Option<(usize, T)>, back: Option<(usize, T)>) -> Option<T> {
    match (front, back) {
        (Some((first, _)), Some((second, rest))) if second < first => Some(rest),
        (Some((_, rest)), _) | (None, Some((_, rest))) => Some(rest),
        (None, None) => None,
    }
}

/// Words of names that begin with no capital, in Latin letters.
const PARTICLES: &[&str] = &[
    "de", "da", "do", "das", "dos", "del", "della", "delle", "dei", "di", "du", "des", "la", "le", "las", "los", "el", "al",
    "ap", "ben", "bin", "bint", "ibn", "von", "van", "vom", "der", "den", "dem", "ter", "ten", "te", "zu", "zur", "zum", "af",
    "av", "y", "e", "i", "und", "and", "et", "і", "и", "та", "оглы", "кызы", "ван", "фон", "де", "оф",
];

/// "周念 NW042", "林书白 lin@x.example": staff numbers and addresses behind a name.
fn without_code(name: &str) -> &str {
    let mut name = name.trim();
    while let Some((before, last)) = name.rsplit_once([' ', '\u{a0}', '_'])
        && (is_email(last)
            || last.is_ascii() && last.bytes().any(|b| b.is_ascii_digit()) && last.bytes().all(|b| b.is_ascii_alphanumeric()))
    {
        name = before.trim_end();
    }
    name
}

/// "林书白先生", "早川葉子特派員", "본부장 문가온": what stands with a name and is no part of it, off both its ends.
fn without_honours(name: &str) -> &str {
    let mut name = name.trim();
    // Between letters of words there is a space, between Han characters there may be nothing.
    fn stands_alone(title: &str, rest: &str, edge: Option<char>) -> bool {
        let apart = edge.is_some_and(|c| matches!(c, ' ' | '\u{a0}'));
        let rest = rest.trim();
        rest.chars().count() > 1 && (apart || is_han(title) && title.chars().count() > 1 && is_han(rest))
    }
    fn shorter(name: &str) -> Option<&str> {
        let front = TITLES.in_front(name).filter(|(title, _)| !title.is_ascii()).find_map(|(title, order)| {
            let rest = &name[title.len()..];
            stands_alone(title, rest, rest.chars().next()).then_some((order, rest))
        });
        let back = TITLES.behind(name).filter(|(title, _)| !title.is_ascii()).find_map(|(title, order)| {
            let rest = &name[..name.len() - title.len()];
            stands_alone(title, rest, rest.chars().next_back()).then_some((order, rest))
        });
        first_of(front, back).map(str::trim)
    }
    // Each round takes something off, so the rounds are bounded by the length.
    while let Some(shorter) = shorter(name) {
        name = shorter;
    }
    name
}

/// Splits "A、B / C and D" where it is plainly a list. A comma alone may be "Last, First", so it splits only what then looks like
/// names of two or more words, or more than two of them.
fn pieces(byline: &str) -> impl Iterator<Item = String> {
    let mut parts = vec![byline.trim()];
    for separator in ["|", "｜", "、", "；", ";", " / ", "　", " & ", " and ", " und ", " et ", " e ", " y ", " и ", "，"] {
        if byline.contains(separator) {
            parts = parts.into_iter().flat_map(|piece| piece.split(separator)).map(str::trim).collect();
        }
    }
    let pieces = parts.into_iter().flat_map(slashes).flat_map(|piece| commas(&piece));
    pieces.flat_map(|piece| han_list(&piece))
}

/// "林书白,周念", "Anna Berg, Jorid Hansen" are lists; "Berg, Anna" is a name.
fn commas(piece: &str) -> Vec<String> {
    let parts: Vec<&str> = piece.split(',').map(str::trim).filter(|part| !part.is_empty()).collect();
    let whole = |part: &&str| part.contains(' ') || part.chars().next().is_some_and(super::text::is_asian_letter);
    let names = parts.len() > 2 || parts.len() == 2 && parts.iter().all(whole);
    // "Von Jorid Hansen, Pell": a whole name, and where it was written.
    if let [name, place] = parts.as_slice()
        && !names
        && is_whole_name(name)
        && !place.contains([' ', '.'])
    {
        return vec![(*name).to_owned()];
    }
    if names { parts.into_iter().map(str::to_owned).collect() } else { vec![piece.to_owned()] }
}

/// "Jorid Hansen": two or more words with capitals, and no label in front. "Berg, Anna" turns a name round, so its first part is one word.
fn is_whole_name(name: &str) -> bool {
    let words = name.split_whitespace();
    let written = |word: &str| PARTICLES.contains(&word) || word.starts_with(char::is_uppercase);
    let (count, good) = words.fold((0, true), |(count, good), word| (count + 1, good && written(word)));
    good && count >= 2 && name.starts_with(char::is_uppercase)
}

/// "林书白/周念" is a list; "文/林书白" is a label.
fn slashes(piece: &str) -> Vec<String> {
    let parts: Vec<&str> = piece.split(['/', '／']).map(str::trim).filter(|part| !part.is_empty()).collect();
    if parts.len() < 2 {
        // "Example Editor" is a name as far as anybody can tell
        return parts.into_iter().map(str::to_owned).collect();
    }
    let mut out: Vec<String> = Vec::new();
    let mut pending = String::new();
    for part in parts {
        // A label alone or at the end of a part goes with the name after it.
        let last = part.rsplit(' ').next().unwrap_or(part);
        if PREFIX_WORDS.contains(last) {
            if let Some(before) = part.strip_suffix(last).map(str::trim).filter(|before| !before.is_empty()) {
                out.push(format!("{pending}{before}"));
                pending.clear();
            }
            pending = format!("{last}:");
        } else {
            out.push(format!("{pending}{part}"));
            pending.clear();
        }
    }
    out
}

/// "记者 林书白 周念", "林书白 实习生 周念": Han names of two to four characters with spaces between are a list when every one of them begins
/// with a Chinese surname; "林 书白" and the Japanese "早川 葉子" are one name. A profession or a label between names ends the one before it.
fn han_list(piece: &str) -> Vec<String> {
    let mut groups: Vec<Vec<&str>> = vec![Vec::new()];
    let mut words = piece.split(' ').peekable();
    while let Some(word) = words.next() {
        // At the end it is a mark behind the name: "林书白 译".
        let is_label = words.peek().is_some() && is_han(word) && PREFIX_WORDS.contains(word);
        // Another label ("原載:", "Fotos:") ends the name before it; what it labels is no name (see `is_name`).
        let begins = is_label || word.find(':').is_some_and(|at| at > 0);
        if begins || words.peek().is_some() && is_title(word) {
            groups.push(Vec::new());
        }
        if is_label || !is_title(word) || words.peek().is_none() {
            groups.last_mut().into_iter().for_each(|group| group.push(word));
        }
    }
    let mut out = Vec::new();
    for group in groups.iter().filter(|group| !group.is_empty()) {
        let labels = group.iter().take_while(|word| PREFIX_WORDS.contains(**word)).count();
        let names = &group[labels..];
        let persons: Vec<&str> = names.iter().copied().filter(|name| is_chinese_person(name)).collect();
        // "海港财经 林书白": an outlet or department in front of its writer is longer than a name.
        let others = names.iter().filter(|name| !persons.contains(*name)).all(|other| is_han(other) && other.chars().count() > 3);
        if let Some((first, more)) = persons.split_first()
            && others
        {
            out.push(group[..labels].iter().chain([first]).copied().collect::<Vec<_>>().join(" "));
            out.extend(more.iter().map(|name| (*name).to_owned()));
        } else {
            out.push(group.join(" "));
        }
    }
    out
}

fn is_han(word: &str) -> bool {
    !word.is_empty() && word.chars().all(|c| matches!(c, '\u{3400}'..='\u{9fff}'))
}

/// Whether a Han word is a profession that stands with names.
fn is_title(word: &str) -> bool {
    is_han(word) && TITLE_WORDS.contains(word)
}

/// The surnames of nearly all who write their names in Chinese, in both scripts.
const SURNAMES: &str = "王李张張刘劉陈陳杨楊黄黃赵趙吴吳周徐孙孫马馬朱胡郭何高林罗羅郑鄭梁谢謝宋唐许許韩韓冯馮邓鄧曹彭曾肖蕭萧田董袁潘于於蒋蔣蔡余\
    杜叶葉程苏蘇魏吕呂丁任沈姚卢盧姜崔钟鍾鐘谭譚陆陸汪范範金石廖贾賈夏韦韋付傅方白邹鄒孟熊秦邱丘江尹薛闫闫閻阎段雷侯龙龍史陶黎贺賀顾顧毛郝龚龔\
    邵万萬钱錢严嚴覃武戴莫孔向汤湯温溫康施文牛樊葛邢安齐齊易乔喬伍庞龐颜顏倪庄莊聂聶章鲁魯岳翟殷詹申欧歐耿关關兰蘭焦俞左柳甘祝包宁寧尚符舒阮柯纪紀\
    梅童凌毕畢单單季裴霍涂塗成苗谷穀盛曲翁冉骆駱蓝藍路游辛靳管柴蒙鲍鮑华華喻祁蒲房滕屈饶饒解牟艾尤阳陽时時穆农農司卓古吉缪繆简簡车車项項连連芦蘆\
    麦麥褚娄婁窦竇戚岑景党黨宫宮费費卜冷晏席卫衛米柏宗瞿桂全佟应應臧闵閔苟邬鄔边邊卞姬师師和仇栾欒隋商刁沙荣榮巫寇桑郎甄丛叢仲虞敖巩鞏明佘池查麻苑迟遲\
    邝鄺官封谈談匡鞠惠荆荊乐樂冀郁鬱胥南班储儲原栗燕楚鄢劳勞谌諶奚皮粟冼蔺藺楼樓盘盤满滿闻聞位厉厲伊仝区區郜海阚闞花权權强強帅帥屠豆朴盖蓋练練廉\
    禹井祖漆巴丰豐支卿国國狄平计計索宣晋晉相初门門云雲容敬来來扈晁芮都普阙闕浦戈伏鹿薄邸雍辜羊阿乌烏母裘亓修邰赫杭况況那宿鲜鮮印逯隆茹诺諾战戰慕危玉银銀\
    亢嵇公哈湛宾賓戎勾茅利于呼居揭干但尉冶斯元束檀衣信展阴陰昝智幸奉植衡富尧堯闭閉由慈邹水诸諸葛东東西上官皇甫尉迟欧阳司徒";

/// Surnames of two characters.
const LONG_SURNAMES: &[&str] = &[
    "欧阳", "歐陽", "司马", "司馬", "上官", "诸葛", "諸葛", "皇甫", "尉迟", "尉遲", "东方", "東方", "公孙", "公孫", "慕容",
    "令狐", "端木", "司徒", "夏侯", "西门", "西門", "南宫", "南宮", "独孤", "獨孤", "宇文", "长孙", "長孫", "轩辕", "軒轅",
    "呼延", "澹台", "澹臺", "钟离", "鍾離",
];

/// Whether a text is written like the name of a Chinese person: a surname, and one or two characters.
pub(super) fn is_chinese_person(name: &str) -> bool {
    match name.chars().count() {
        2 | 3 => has_chinese_surname(name),
        4 => is_han(name) && LONG_SURNAMES.iter().any(|surname| name.starts_with(surname)),
        _ => false,
    }
}

/// The surnames of four in five of them.
const COMMON: &str = "王李张張刘劉陈陳杨楊黄黃赵趙吴吳周徐孙孫马馬朱胡郭何高林罗羅郑鄭梁谢謝宋唐许許韩韓冯馮邓鄧曹彭曾肖萧蕭田董袁潘蒋蔣蔡余\
    杜叶葉程苏蘇魏吕呂丁任沈姚卢盧姜崔钟鍾谭譚陆陸汪范石廖贾賈夏韦韋付傅邹鄒孟熊秦邱江尹薛阎閻段雷侯龙龍陶黎贺賀顾顧毛郝龚龔邵钱錢严嚴戴莫孔汤湯温溫康\
    庄莊季柯簡简";

/// Whether a text of three characters is hardly anything but the name of a Chinese person.
pub(super) fn is_surely_chinese_person(name: &str) -> bool {
    const OTHERS: &[&str] = &[
        "马拉松",
        "馬拉松",
        "康师傅",
        "高科技",
        "高清图",
        "任意门",
        "江浙沪",
        "石油化",
        "黄金周",
        "黃金周",
        "毛概念",
        "高质量",
        "温州市",
        "江苏省",
        "江西省",
    ];
    let ends = ['网', '網', '报', '報', '社', '省', '市', '县', '縣', '区', '區', '号', '號', '版', '台', '刊', '页', '頁'];
    name.chars().count() == 3
        && is_han(name)
        && name.chars().next().is_some_and(|first| COMMON.contains(first))
        && !name.ends_with(ends)
        && !OTHERS.contains(&name)
}

fn has_chinese_surname(name: &str) -> bool {
    static CHARACTERS: LazyLock<HashSet<char>> = LazyLock::new(|| SURNAMES.chars().collect());
    is_han(name) && name.chars().next().is_some_and(|first| CHARACTERS.contains(&first))
}

/// Takes a label off the front.
fn label(piece: &str) -> (Option<Role>, String) {
    let lower = lower(piece);
    let found = PREFIXES
        .in_front(&lower)
        .filter(|(word, _)| {
            let rest = &lower[word.len()..];
            rest.is_empty()
                || rest.starts_with([':', '：', '/', '=', '＝'])
                || rest.starts_with(' ') && (word.is_ascii() || !rest.trim().is_empty())
        })
        .max_by_key(|(word, _)| word.len());
    if let Some((word, role)) = found {
        return (Some(role), piece[word.len()..].trim_start_matches([':', '：', '/', '=', '＝', ' ']).to_owned());
    }
    // "潮声日报记者 温亦白": an outlet in front of the label.
    for mark in ["记者 ", "記者 ", "记者:", "記者:"] {
        if let Some((before, name)) = piece.split_once(mark)
            && before.chars().count() <= 12
        {
            return (Some(Role::Author), name.to_owned());
        }
    }
    // "記者林書白攝": who took the picture.
    if let Some(before) = piece.strip_suffix(['攝', '摄'])
        && let Some((_, name)) = before.split_once("記者").or_else(|| before.split_once("记者"))
        && is_chinese_person(name.trim())
    {
        return (Some(Role::Photographer), name.trim().to_owned());
    }
    // "记者林书白", "潮声日报记者林书白": nothing between.
    for mark in ["记者", "記者"] {
        if let Some((before, name)) = piece.split_once(mark)
            && before.chars().count() <= 12
            && let name = without_place(name)
            // "莊若谷 台北": and where.
            && let name = name
                .split_once(' ')
                .filter(|(first, rest)| is_chinese_person(first) && is_han(rest) && !is_chinese_person(rest))
                .map_or(name, |(first, _)| first)
            && (2..=4).contains(&name.chars().count())
            && has_chinese_surname(name)
        {
            return (Some(Role::Author), name.to_owned());
        }
    }
    (None, piece.to_owned())
}

/// "溫子謙台北報導" → 溫子謙: the place of the report right behind the name, which then has three characters.
fn without_place(name: &str) -> &str {
    let place = ["報導", "報道", "报道"].iter().find_map(|mark| name.strip_suffix(mark)).filter(|_| is_han(name));
    place.map_or(name, |rest| rest.char_indices().nth(3).map_or(rest, |(at, _)| &rest[..at]))
}

fn suffix(name: &str) -> (Option<Role>, String) {
    if let Some((mark, role)) = SUFFIXES.behind(&lower(name)).next() {
        return (Some(role), name[..name.len() - mark.len()].trim().to_owned());
    }
    (None, name.to_owned())
}

/// Whether a name is that of a school or an office, which stands behind the names of scholars.
fn is_institution(name: &str) -> bool {
    const PARTS: &[&str] = &[
        "universit",
        "universidad",
        "universidade",
        "uniwersytet",
        "университет",
        "університет",
        "جامعة",
        "đại học",
        "institut",
        "college",
        "faculty",
        "school of",
        "academy",
        "department of",
        "center for",
        "centre for",
        "professor",
        "hochschule",
        "fakultät",
        "大学",
        "大學",
        "学院",
        "學院",
        "研究所",
        "研究院",
        "研究中心",
        "대학교",
        "연구소",
        "연구원",
        "университет",
        "институт",
        "академия",
    ];
    let lower = name.to_lowercase();
    PARTS.iter().any(|part| lower.contains(part))
}

/// Whether a word can be somebody's name: not an account, an office, an address or a sentence.
fn is_name(name: &str) -> bool {
    let lower = name.to_lowercase();
    let characters = name.chars().count();
    characters > 1
        && characters <= 80
        && !NOBODY.contains(lower.as_str())
        && OFFICES.behind(&lower).next().is_none()
        && !lower.contains(':')
        && !is_email(name)
        && name.chars().any(char::is_alphabetic)
}

fn is_email(text: &str) -> bool {
    let Some((local, host)) = text.split_once('@') else { return false };
    !local.is_empty()
        && host.contains('.')
        && !host.starts_with('.')
        && !host.ends_with('.')
        && !text.contains(|c: char| c.is_whitespace() || matches!(c, '(' | ')' | '<' | '>' | ','))
}

/// Full-width marks that only separate, to ASCII; one line.
fn tidy(name: &str) -> String {
    clean(
        &name
            .chars()
            .map(|c| match c {
                '（' => '(',
                '）' => ')',
                '：' => ':',
                '／' => '/',
                '＝' => '=',
                c => c,
            })
            .collect::<String>(),
    )
}

/// Two spellings of one name, or a name and the same with its other script in brackets.
pub(super) fn same(one: &Person, other: &Person) -> bool {
    let key = |person: &Person| super::text::essence(person.name.as_deref().or(person.email.as_deref()).unwrap_or_default());
    key(one) == key(other)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(written: &str, expected: &[(Role, &str)]) {
        let person = Person { name: Some(written.into()), ..Person::default() };
        let got: Vec<(Role, String)> =
            read(&person, Role::Author).into_iter().map(|(role, person)| (role, person.name.unwrap_or_default())).collect();
        let expected: Vec<(Role, String)> = expected.iter().map(|(role, name)| (*role, (*name).to_owned())).collect();
        assert_eq!(got, expected, "{written:?}");
    }

    #[test]
    fn names_and_labels() {
        check("作者:林书白 譯者:羅以寧 原載:Nord Tidende", &[(Role::Author, "林书白"), (Role::Translator, "羅以寧")]);
        use Role::{Author, Editor, Photographer, Translator};
        check("Nora Whitfield", &[(Author, "Nora Whitfield")]);
        check("By Nora Whitfield", &[(Author, "Nora Whitfield")]);
        check("BY NORA WHITFIELD and Tomas Reed", &[(Author, "NORA WHITFIELD"), (Author, "Tomas Reed")]);
        check("文/林书白", &[(Author, "林书白")]);
        check("记者林书白摄", &[(Photographer, "林书白")]);
        check("記者簡若川／花港報導", &[(Author, "簡若川")]);
        check("海港記者　簡若川", &[(Author, "簡若川")]);
        check("文＝早川 葉子", &[(Author, "早川 葉子")]);
        check("作者：林书白｜译者：周念", &[(Author, "林书白"), (Translator, "周念")]);
        check("林书白、周念", &[(Author, "林书白"), (Author, "周念")]);
        check("林书白 周念", &[(Author, "林书白"), (Author, "周念")]);
        check("林书白/周念", &[(Author, "林书白"), (Author, "周念")]);
        check("海港日报记者 林书白", &[(Author, "林书白")]);
        check("记者 林书白", &[(Author, "林书白")]);
        check("海港日报记者林书白", &[(Author, "林书白")]);
        check("記者溫子謙／蘭澳報導", &[(Author, "溫子謙")]);
        check("記者溫子謙蘭澳報導", &[(Author, "溫子謙")]);
        check("记者 林书白 实习生 周念", &[(Author, "林书白"), (Author, "周念")]);
        check("海港财经 林书白", &[(Author, "林书白")]);
        check("早川 葉子", &[(Author, "早川 葉子")]);
        check("早川葉子特派員", &[(Author, "早川葉子")]);
        check("문가온 기자 gaon@x.example", &[(Author, "문가온")]);
        check("林书白 先生", &[(Author, "林书白")]);
        check("周念_NW042", &[(Author, "周念")]);
        check("译者：周念", &[(Translator, "周念")]);
        check("Nora Whitfield / 林书白(译)", &[(Author, "Nora Whitfield"), (Translator, "林书白")]);
        check("林书白（译）", &[(Translator, "林书白")]);
        check("Translated by Ana Prado", &[(Translator, "Ana Prado")]);
        check("Saul Wick (editor)", &[(Editor, "Saul Wick")]);
        check("责任编辑：周念", &[(Editor, "周念")]);
        check("图/陈一", &[(Photographer, "陈一")]);
        check("Whitfield, Nora", &[(Author, "Whitfield, Nora")]);
        check("Nora Whitfield, Tomas Reed", &[(Author, "Nora Whitfield"), (Author, "Tomas Reed")]);
        check("A. Vale; B. Reed", &[(Author, "A. Vale"), (Author, "B. Reed")]);
        check("김하늘 기자", &[(Author, "김하늘")]);
        check("翻訳：佐藤ゆき", &[(Translator, "佐藤ゆき")]);
        check("Marlow Editor", &[(Author, "Marlow Editor")]);
        check("林书白 译", &[(Translator, "林书白")]);
    }

    #[test]
    fn nobody_is_no_name() {
        for written in [
            "admin",
            "管理员",
            "编辑部",
            "海港网编辑部",
            "Staff",
            "desk@x.example",
            "",
            "佚名",
            "1",
            "https://x.example/",
            "Harbour Desk Staff",
        ] {
            check(written, &[]);
        }
    }

    #[test]
    fn what_is_no_part_of_a_name_goes() {
        let check = |written: &str, expected: &str| assert_eq!(without_titles(written), expected, "{written:?}");
        check("Nora Field, staff writer", "Nora Field");
        check("Nora Field, correspondent in Pell", "Nora Field");
        check("Staff Writer Nora Field", "Nora Field");
        check("Anna Berg, Korrespondentin", "Anna Berg");
        check("Solène Abgrall, journaliste.", "Solène Abgrall");
        check("Anne Lac (avec AFP)", "Anne Lac");
        check("корреспондент Анна Бор", "Анна Бор");
        check("Matilde Lobo.", "Matilde Lobo");
        check("Nora Field Jr.", "Nora Field Jr.");
        check("Forrest Withers", "Forrest Withers");
    }

    #[test]
    fn names_of_three_characters() {
        for name in ["林书白", "簡若川", "季连山"] {
            assert!(is_surely_chinese_person(name), "{name}");
        }
        for name in ["马拉松", "江西省", "渡口网", "林书", "林书白说", "abc", "国际版"] {
            assert!(!is_surely_chinese_person(name), "{name}");
        }
    }

    #[test]
    fn sentences_are_no_names() {
        for name in ["Nora Field", "Ludwig van der Berg", "Анна Бор", "María de la Cruz", "R. W. Hale", "林书白"] {
            assert!(plausible(name), "{name:?}");
        }
        for line in ["Friday Pell was dry.", "Roma non parla nessuno.", "Ивана потеряли.", "law the hill belongs to nobody"]
        {
            assert!(!plausible(line), "{line:?}");
        }
    }

    #[test]
    fn addresses_go_where_they_belong() {
        let check = |written: &str, name: Option<&str>, email: Option<&str>| {
            let found = read(&Person { name: Some(written.into()), ..Person::default() }, Role::Author);
            let person = found.first().map(|(_, person)| person.clone()).unwrap_or_default();
            assert_eq!((person.name.as_deref(), person.email.as_deref()), (name, email), "{written}");
        };
        check("nora@x.example (Nora Whitfield)", Some("Nora Whitfield"), Some("nora@x.example"));
        check("Nora Whitfield <nora@x.example>", Some("Nora Whitfield"), Some("nora@x.example"));
        check("Nora Whitfield (nora@x.example)", Some("Nora Whitfield"), Some("nora@x.example"));
        check("nora@x.example", None, None);
    }
}
