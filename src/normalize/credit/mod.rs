//! Rows of facts: "7天前 | 来源: X 原文链接 | 作者:Y | 评论4条", "By A and B, translated by C", "Source: X, via Y (words: Z)".
//!
//! A row is read from left to right. Where an element ends, or a bar stands, a part ends; a label that the tables know gives the part after it a
//! meaning; what has no label may be a date, a count, a name that a class or a mark behind it calls one. What no rule takes is told to the caller:
//! a line of the text is lifted out only if nothing of it is left over.

mod counts;
mod cut;
mod dateline;
mod notice;
mod row;
#[cfg(test)]
mod tests;

pub(super) use counts::{comments_in, comments_within, heading_count, number};
pub(super) use dateline::{agency as agency_of_dateline, reporter as reporter_of_dateline};
pub(super) use notice::of_notice;
pub(super) use row::{Row, is_of_author};

use url::Url;

use self::cut::{Piece, after_break, label_at, pieces};
use self::row::{Hint, SOFT};
use super::boilerplate::{self, is_date};
use super::people::{self, Role};
use super::words::{self, Label, labelled};
use super::{date, text, url as addresses};
use crate::model::Party;

/// Characters of a name of an outlet.
const NAME: usize = 60;

/// Words in the path of an address that lead to a section.
const SECTION_PATHS: &[&str] = &[
    "category",
    "categories",
    "section",
    "sections",
    "channel",
    "topic",
    "topics",
    "rubric",
    "rubrics",
    "rubrika",
    "rubrique",
    "rubriques",
    "seccion",
    "secciones",
    "kategorie",
    "kategori",
    "ressort",
    "cat",
    "c",
    "column",
    "lanmu",
];

/// Words in the path of an address that lead to a page about who writes.
const AUTHOR_PATHS: &[&str] = &[
    "author",
    "authors",
    "autor",
    "autores",
    "autoren",
    "auteur",
    "auteurs",
    "autore",
    "autori",
    "avtor",
    "byline",
    "columnist",
    "columnists",
    "contributor",
    "contributors",
    "journalist",
    "journalists",
    "people",
    "writer",
    "writers",
    "zuozhe",
];

/// What a row says.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Said {
    /// Names with what they did.
    pub(super) people: Vec<(Role, String)>,
    /// Outlets, nearest first. A name may be empty where only the link is there.
    pub(super) chain: Vec<Party>,
    /// It says that the text is the outlet's own.
    pub(super) own: bool,
    /// Date of publication as written.
    pub(super) published: Option<String>,
    /// Date of the last change as written.
    pub(super) updated: Option<String>,
    /// Number of comments.
    pub(super) comments: Option<u64>,
    /// Sections and tags.
    pub(super) categories: Vec<String>,
    /// What no rule took.
    pub(super) rest: Vec<String>,
    /// A label was there, or a class or mark that says as much.
    pub(super) labelled: bool,
    /// How many labels there were.
    pub(super) labels: usize,
    /// The last author was named by a link to a page about them.
    linked: bool,
}

/// Whether a row begins with a label.
pub(super) fn begins_with_label(row: &Row) -> bool {
    after_break(row, 0).is_some_and(|at| label_at(row, at, true, Place::Text).is_some())
}

/// Whether a row begins with a label that names authors stand behind.
pub(super) fn begins_with_name(row: &Row) -> bool {
    after_break(row, 0)
        .and_then(|at| label_at(row, at, true, Place::Around))
        .is_some_and(|(label, _)| label.role().is_some_and(|role| role != Role::Photographer))
}

/// The label that a row begins with.
pub(super) fn leading_label(row: &Row) -> Option<Label> {
    label_at(row, after_break(row, 0)?, true, Place::Text).map(|(label, _)| label)
}

/// "责任编辑:": a label that nothing stands behind.
pub(super) fn is_empty_label(row: &Row) -> bool {
    let Some(at) = after_break(row, 0) else { return false };
    label_at(row, at, true, Place::Text).is_some_and(|(label, value)| {
        (label.role().is_some() || matches!(label, Label::Source | Label::Comments)) && after_break(row, value).is_none()
    })
}

/// Where a row stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// Around the text of a page, where facts are.
    Around,
    /// In the text, where a line has to say plainly that it is none of it.
    Text,
}

/// Reads a row. `own` are names of the outlet itself.
pub(super) fn read(row: &Row, place: Place, own: &[&str]) -> Said {
    let mut said = Said::default();
    let mut last: Option<Label> = None;
    let mut last_line = 0;
    let mut after_date = false;
    for piece in pieces(row, place, own) {
        let written = row.string(&piece.range);
        if written.is_empty() {
            continue;
        }
        if piece.label.is_some() {
            said.labelled = true;
            said.labels += 1;
        }
        // "By A <and> B": a list goes on over the ends of its elements.
        let goes_on = last.filter(|label| label.role().is_some() && piece.line == last_line && piece.label.is_none());
        // "撰文:黎曉　方泊": a list with wide spaces between its names.
        let wide = || row.shown[..piece.range.start].iter().rev().find(|c| **c != ' ') == Some(&'\u{3000}');
        if let Some(label) = goes_on
            && people::is_chinese_person(&written)
            && wide()
        {
            add_people(&mut said, &written, label.role().unwrap_or(Role::Author), own, false);
            continue;
        }
        if let Some(label) = goes_on
            && continues(&written, row, &piece)
        {
            if let Some(party) = writes_for(row, &piece.range, &said).filter(|party| !is_own(own, &party.name)) {
                add(&mut said, party);
            } else if !is_conjunction(&written) {
                add_people(&mut said, &written, label.role().unwrap_or(Role::Author), own, false);
            }
            continue;
        }
        last_line = piece.line;
        // "27/06/2024 - 10:45": the time of the day that was parted from its day.
        if piece.label.is_none() && after_date && is_time(&written) {
            after_date = false;
            if let Some(published) = said.published.as_mut() {
                published.push(' ');
                published.push_str(&written);
            }
            continue;
        }
        // "<b>3</b> comments": the number in an element of its own.
        if piece.label.is_none()
            && said.comments.is_none()
            && said.rest.last().is_some_and(|last| !last.is_empty() && last.chars().all(|c| c.is_ascii_digit() || c == ','))
            && let Some(count) =
                said.rest.last().map(|count| format!("{count} {written}")).and_then(|line| credit_count(&line, &written))
        {
            said.rest.pop();
            said.comments = Some(count);
            continue;
        }
        // "<a>A</a> (photos)": the mark of what the one before did.
        if piece.label.is_none()
            && let Some((role, _)) = said.people.last_mut()
            && let Some(label) = mark_alone(&written)
        {
            *role = label;
            continue;
        }
        let dated = said.published.is_some();
        // "Tags: <a>A</a> <a>B</a>": links go on with the list of the label.
        let listed =
            matches!(last, Some(Label::Section | Label::Tags)) && piece.label.is_none() && row.link(&piece.range).is_some();
        let label = if listed { last } else { piece.label };
        last = label;
        match label {
            Some(label) => value(row, label, &piece.range, &written, own, &mut said),
            None => unlabelled(row, &piece.range, &written, own, &mut said),
        }
        after_date = !dated && said.published.as_deref().is_some_and(|date| !date.contains(':') && written.ends_with(date));
    }
    called(&mut said, row);
    said
}

/// A name alone in a line whose element is called the author's.
fn called(said: &mut Said, row: &Row) {
    let [name] = said.rest.as_slice() else { return };
    if row.of_author
        && said.people.is_empty()
        && said.chain.is_empty()
        && name.chars().count() <= 40
        && (name.split_whitespace().count() > 1 || people::is_chinese_person(name))
        && !name.ends_with(['.', '。', '!', '?'])
        && people::plausible(name)
    {
        said.people = people::names(name, Role::Author);
        said.labelled |= !said.people.is_empty();
        said.rest.clear();
    }
}

/// "10:45", "۱۰:۳۰", "10:45 Uhr": a time of the day and at most the name of a zone.
fn is_time(written: &str) -> bool {
    let written = counts::ascii_digits(written);
    // "27 giugno 2024 | 10.12"
    let dotted = || written.split_once('.').filter(|(hours, rest)| hours.len() <= 2 && rest.len() == 2);
    let Some((hours, rest)) = written.split_once(':').or_else(dotted) else { return false };
    let digits = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
    let (minutes, zone) = rest.split_at(rest.find(|c: char| !c.is_ascii_digit() && c != ':').unwrap_or(rest.len()));
    (1..=2).contains(&hours.len()) && digits(hours) && minutes.len() >= 2 && zone.trim().chars().count() <= 5
}

/// Whether a piece behind a name is more of the same list: a conjunction, or a name behind one.
fn continues(written: &str, row: &Row, piece: &Piece) -> bool {
    if is_conjunction(written)
        || row.folded[piece.range.clone()].iter().find(|c| **c != ' ').is_some_and(|c| matches!(c, ',' | '&'))
    {
        return true;
    }
    let before: String = row.folded[..piece.range.start].iter().rev().skip_while(|c| matches!(**c, ' ' | SOFT)).take(5).collect();
    let before: String = before.chars().rev().collect();
    before.ends_with([',', '&'])
        || CONJUNCTIONS.iter().any(|word| before.split(|c: char| c.is_whitespace() || c == SOFT).next_back() == Some(*word))
}

/// "(photos)", "(译)": a mark that stands behind a name, alone.
fn mark_alone(written: &str) -> Option<Role> {
    let inside = written.trim().trim_end_matches([',', '，', '、', ' ']);
    if !inside.starts_with(['(', '（']) || !inside.ends_with([')', '）']) {
        return None;
    }
    let folded: String = inside.chars().map(row::fold).collect();
    labelled(|words| words.after).find(|(_, mark)| *mark == folded).and_then(|(label, _)| label.role())
}

/// The number of a line that is made of it and of words for comments, and of nothing else.
fn credit_count(line: &str, words: &str) -> Option<u64> {
    let bare = words.trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase();
    words::all(|words| words.comments).any(|known| known == bare).then(|| number(line)).flatten()
}

fn is_conjunction(written: &str) -> bool {
    let lower = written.to_lowercase();
    CONJUNCTIONS.contains(&lower.trim_matches(|c: char| !c.is_alphanumeric() && c != '&'))
}

fn add_people(said: &mut Said, written: &str, role: Role, own: &[&str], labelled: bool) {
    let written = match counts::behind(written) {
        Some((names, count)) => {
            said.comments.get_or_insert(count);
            names
        }
        None => written,
    };
    let found = people::names(written, role);
    let found = found.into_iter().filter(|(_, name)| !is_own(own, name));
    // Translators and editors sign with small letters, too: "译者:boxi". Whoever put the text up does as well, so authors do not.
    let pen_name = |role: Role, name: &str| {
        matches!(role, Role::Translator | Role::Editor)
            && (3..=20).contains(&name.len())
            && name.bytes().all(|b| b.is_ascii_alphanumeric())
            && name.bytes().any(|b| b.is_ascii_alphabetic())
            && !people::is_nobody(name)
    };
    let (good, bad): (Vec<_>, Vec<_>) =
        found.partition(|(role, name)| people::plausible(name) || labelled && pen_name(*role, name));
    said.people.extend(good);
    said.rest.extend(bad.into_iter().map(|(_, name)| name));
}

const CONJUNCTIONS: &[&str] =
    &["and", "&", "und", "et", "y", "e", "и", "та", "og", "och", "en", "i", "和", "与", "與", "及", "と", "와", "과"];

fn value(row: &Row, label: Label, range: &std::ops::Range<usize>, written: &str, own: &[&str], said: &mut Said) {
    match label {
        Label::Source | Label::Via => outlets(row, range, own, said),
        Label::Original => {
            // "原文:https://tidelab.example/quiet-ferry"
            let plain = || Some(written).filter(|written| written.starts_with("http") && !written.contains(char::is_whitespace));
            let link = row.link(range).map(|(_, url, _)| url.clone()).or_else(|| addresses::absolute(plain()?));
            // "原文:<a>Tide Lab</a>" leads to tidelab.example: the outlet by its name, not by the article's.
            let linked = row.link(range).map(|(linked, _, _)| boilerplate::trim_name(&row.string(linked)));
            let name =
                boilerplate::outlet_in(written).or(linked.filter(|name| is_of_host(name, link.as_ref()))).unwrap_or_default();
            if link.is_some() || !name.is_empty() {
                add(said, Party { name, url: link });
            }
        }
        Label::OriginalTitle | Label::Chrome => {}
        Label::Note => said.rest.push(written.to_owned()),
        Label::Poster => {
            if said.published.is_none() {
                said.published = date_in(written).map(|(date, _)| date);
            }
        }
        // "9:05 配信 | X": the label stood behind its date, and what comes after it has none.
        Label::Published | Label::Updated => match date_in(written) {
            Some((date, _)) => {
                let known = if label == Label::Published { &mut said.published } else { &mut said.updated };
                known.get_or_insert(date);
            }
            None => unlabelled(row, range, written, own, said),
        },
        Label::Comments => said.comments = said.comments.or_else(|| number(written)),
        Label::Section | Label::Tags => {
            let links: Vec<String> = row
                .links
                .iter()
                .filter(|(at, _, _)| at.start < range.end && range.start < at.end)
                .map(|(at, _, _)| row.string(at))
                .collect();
            let names = if links.is_empty() {
                written
                    .split([',', '，', '、', '/', ';', '；', '|', ' '])
                    .map(str::trim)
                    .filter(|name| !name.is_empty())
                    .map(str::to_owned)
                    .collect()
            } else {
                links
            };
            // "Section: the seventh, reads the law." is a sentence.
            let sentence =
                written.ends_with(['.', '。', '!', '?']) || names.iter().any(|name: &String| name.chars().count() > NAME);
            if sentence && row.link(range).is_none() {
                said.rest.push(written.to_owned());
            } else {
                said.categories.extend(names);
            }
        }
        Label::Author | Label::Translator | Label::Editor | Label::Photographer => {
            let role = label.role().unwrap_or(Role::Author);
            // A date may stand behind the names.
            let (names, date) = match date_behind(written) {
                Some((names, date)) => (names, Some(date)),
                None => (written.to_owned(), None),
            };
            said.published = said.published.take().or(date);
            // "译者:周念。": a line, and no sentence.
            let line = names.chars().count() <= 24 && !names.contains(['，', '！', '？']);
            let names = names.strip_suffix('。').filter(|_| line).unwrap_or(&names);
            let mark = row.folded[..range.start].iter().rev().find(|c| !matches!(**c, ' ' | SOFT));
            add_people(said, names, role, own, matches!(mark, Some(':' | '|' | '/')));
        }
    }
}

/// Whether a host is called so: "Tide Lab" is at tidelab.example.
fn is_of_host(name: &str, url: Option<&Url>) -> bool {
    let essence = text::essence(name);
    let host = url.and_then(Url::host_str).unwrap_or_default().replace(['.', '-'], "");
    essence.len() > 3 && essence.is_ascii() && host.contains(&essence)
}

/// "X 2024-05-04 09:30" → X and the date.
fn date_behind(written: &str) -> Option<(String, String)> {
    let places = written.match_indices([' ', ',']).filter(|(at, _)| written[*at..].contains(|c: char| c.is_ascii_digit()));
    let (at, mark) = places.take(8).find(|(at, mark)| is_date(written[at + mark.len()..].trim()))?;
    Some((written[..at].trim().to_owned(), written[at + mark.len()..].trim().to_owned()))
}

/// The date that a text is, or begins with; and what comes after it.
fn date_in(written: &str) -> Option<(String, String)> {
    let written = written.trim();
    if !date::may_begin(written) {
        return None;
    }
    if is_date(written) {
        return Some((written.to_owned(), String::new()));
    }
    let mut ends: Vec<usize> = written.match_indices([' ', ',', '|', '(']).map(|(at, _)| at).take(12).collect();
    ends.reverse();
    let end = ends.into_iter().find(|end| is_date(written[..*end].trim()))?;
    Some((written[..end].trim().to_owned(), written[end..].trim_start_matches([' ', ',', '|']).to_owned()))
}

/// The outlets in the value of a source label: "X", "X, via Y", "X 原文链接".
fn outlets(row: &Row, range: &std::ops::Range<usize>, own: &[&str], said: &mut Said) {
    let mut at = range.start;
    let folded: String = row.folded[range.clone()].iter().collect();
    // Cut where the next outlet up the chain is named.
    let mut cuts: Vec<(usize, usize)> = Vec::new();
    for (_, via) in labelled(|words| words.before).filter(|(label, _)| *label == Label::Via) {
        let via = &format!(" {via} ");
        if let Some(place) = folded.find(via) {
            let place = folded[..place].chars().count();
            cuts.push((range.start + place, range.start + place + via.chars().count()));
        }
    }
    for from in FROM {
        let from = format!(" {from} ");
        if let Some(place) = folded.find(&from) {
            let place = folded[..place].chars().count();
            cuts.push((range.start + place, range.start + place + from.chars().count()));
        }
    }
    // "来源:河湾日报、渡口周刊": a list of outlets.
    if row.link(range).is_none() {
        cuts.extend(range.clone().filter(|at| row.shown.get(*at) == Some(&'、')).map(|at| (at, at + 1)));
    }
    cuts.sort_unstable();
    cuts.dedup_by(|one, other| one.0 < other.1);
    for (end, next) in cuts.into_iter().chain([(range.end, range.end)]) {
        if end > at {
            outlet(row, &(at..end), own, said);
        }
        at = next;
    }
}

/// Words between a profession and the agency it is at.
const OF: &[&str] =
    &[" da ", " do ", " de la ", " de ", " della ", " dell’", " de l’", " of ", " for ", " at ", " der ", " агентства "];

/// Words between an outlet and the one it had the text from.
const FROM: &[&str] = &["转自", "轉自", "转载自", "轉載自"];

/// "By A, <a>X</a>": behind a name, the link to the front page of another site is where that name writes.
fn writes_for(row: &Row, range: &std::ops::Range<usize>, said: &Said) -> Option<Party> {
    let (linked, url, _) = row.link(range)?;
    let foreign = row.site.as_deref().is_some_and(|site| site != addresses::site(url));
    let before = row.folded[..linked.start].iter().rev().find(|c| !matches!(**c, ' ' | SOFT));
    let apart = matches!(before, Some(',' | '|' | '/' | '-' | '–' | '—' | '·' | '('));
    let name = boilerplate::trim_name(&row.string(linked));
    let fits = (2..=NAME).contains(&name.chars().count()) && !boilerplate::is_link_text(&name);
    (foreign && apart && fits && !said.people.is_empty() && url.path().trim_matches('/').is_empty() && url.query().is_none())
        .then(|| Party { name, url: Some(url.clone()) })
}

fn outlet(row: &Row, range: &std::ops::Range<usize>, own: &[&str], said: &mut Said) {
    let written = row.string(range);
    let link = row.link(range).map(|(_, url, _)| url.clone());
    let (name, date) = boilerplate::outlet_of(&written);
    said.published = said.published.take().or(date);
    // "来自:<a href=/people/7>X</a>": who put it up here.
    let to_person = row.link(range).is_some_and(|(_, url, _)| {
        row.site.as_deref() == Some(addresses::site(url))
            && (url.path_segments().is_some_and(|parts| parts.rev().skip(1).any(|part| AUTHOR_PATHS.contains(&part)))
                || url.path().starts_with("/@"))
    });
    if to_person {
        return;
    }
    // "来源:河湾新闻·河湾号": a section of the outlet itself.
    if name.split(['·', '・', '•']).count() > 1 && name.split(['·', '・', '•']).any(|part| is_own(own, part)) {
        said.own = true;
        return;
    }
    if is_own(own, &name) {
        said.own = true;
        return;
    }
    if own_mark(&name, own) {
        said.own = true;
        return;
    }
    // "Quelle: Hans weiß es." is a sentence.
    let sentence = written.ends_with('.')
        && name.split_whitespace().skip(1).any(|word| word.chars().count() > 3 && !word.chars().any(char::is_uppercase));
    let plausible = link.is_some() || is_outlet_name(&name) && !sentence;
    if plausible && name.chars().count() <= NAME && (!name.is_empty() || link.is_some()) && !is_vague(&name) {
        add(said, Party { name, url: link });
    } else if !written.is_empty() {
        said.rest.push(written);
    }
}

/// The name that a text in brackets begins with: "(Tidewater, 2024)".
fn in_brackets(written: &str) -> Option<String> {
    let inside = written.trim().strip_prefix(['(', '（'])?.strip_suffix([')', '）'])?;
    let name = boilerplate::trim_name(inside.split([',', '，', ';', '；']).next().unwrap_or_default());
    let letters = name.chars().any(char::is_alphabetic) && !is_date(&name) && !boilerplate::is_link_text(&name);
    (letters && (2..=NAME).contains(&name.chars().count()) && !is_vague(&name)).then_some(name)
}

/// Whether a text is written as names of outlets are: where letters have cases, not mostly in small ones. "Source: myself" names none.
fn is_outlet_name(name: &str) -> bool {
    let words = || name.split_whitespace().filter(|word| word.chars().any(|c| c.is_lowercase() || c.is_uppercase()));
    let small = words().filter(|word| !word.chars().any(char::is_uppercase) && word.chars().count() > 3).count();
    // Names of sites and agencies may be small: dpa, tass.ru, example.org.
    let single = words().count() == 1 && (name.contains('.') || name.chars().count() <= 5);
    single || small * 2 <= words().count()
}

/// "海潮网原创", "原创": the outlet says that it is its own.
fn own_mark(name: &str, own: &[&str]) -> bool {
    let lower = name.to_lowercase();
    words::all(|words| words.own).any(|mark| {
        lower == mark
            || lower.strip_suffix(mark).or_else(|| lower.strip_prefix(mark)).is_some_and(|rest| {
                let rest = rest.trim_matches(|c: char| !c.is_alphanumeric());
                rest.is_empty() || is_own(own, rest) || own.iter().any(|own| own.to_lowercase().contains(rest))
            })
    })
}

fn is_vague(name: &str) -> bool {
    let lower = name.to_lowercase();
    words::all(|words| words.vague).any(|vague| vague == lower)
}

/// Whether a name is the outlet's own.
pub(super) fn is_own(own: &[&str], name: &str) -> bool {
    let essence = text::essence(name);
    // A host is a name, too: "quay.example" is Quay.
    let host = |known: &str| {
        let host =
            (known.contains('.') && !known.contains(char::is_whitespace)).then(|| known.strip_prefix("www.").unwrap_or(known));
        host.and_then(|host| host.split('.').next()).is_some_and(|label| text::essence(label) == essence)
    };
    !essence.is_empty() && own.iter().any(|known| text::essence(known) == essence || host(known))
}

/// Whether a name is the outlet's own or how one of its names begins: "河湾" of "河湾网".
pub(super) fn is_part_of_own(own: &[&str], name: &str) -> bool {
    let essence = text::essence(name);
    essence.chars().count() > 1
        && own.iter().any(|known| {
            let known = text::essence(known);
            known.starts_with(&essence) || !known.is_empty() && known.chars().count() > 1 && essence.starts_with(&known)
        })
}

/// Adds an outlet at the end of a chain, or what is new of it.
pub(super) fn add(said: &mut Said, party: Party) {
    join(&mut said.chain, party);
}

/// Adds an outlet at the end of a chain, or what is new of it: a name without one, a page where there was only a home page.
pub(super) fn join(chain: &mut Vec<Party>, party: Party) {
    let essence = text::essence(&party.name);
    let site = |url: &Option<Url>| url.as_ref().map(|url| addresses::site(url).to_owned());
    let known = chain.iter_mut().find(|known| {
        let name = text::essence(&known.name);
        (!essence.is_empty() && (name == essence || same_outlet(&known.name, &party.name)))
            || (name.is_empty() || essence.is_empty())
                && (party.url.is_none() || known.url.is_none() || site(&party.url) == site(&known.url))
    });
    let Some(known) = known else {
        chain.push(party);
        return;
    };
    if known.name.is_empty() {
        known.name = party.name;
    }
    let deeper = |url: &Url| url.path().trim_matches('/').len() + url.query().map_or(0, str::len);
    match (&known.url, party.url) {
        (None, url) => known.url = url,
        (Some(old), Some(new)) if deeper(old) == 0 && deeper(&new) > 0 => known.url = Some(new),
        _ => {}
    }
}

/// Whether two names are one outlet's: with and without an article.
pub(super) fn same_outlet(one: &str, other: &str) -> bool {
    let bare = |name: &str| {
        let lower = name.to_lowercase();
        text::essence(lower.strip_prefix("the ").unwrap_or(&lower))
    };
    let (bare_one, bare_other) = (bare(one), bare(other));
    !bare_one.is_empty() && bare_one == bare_other || is_inflected(one, other)
}

/// "Береговой вестник", "Берегового вестника": one name in two cases, told by how its words begin.
fn is_inflected(one: &str, other: &str) -> bool {
    let cyrillic = |name: &str| name.chars().filter(|c| c.is_alphabetic()).all(|c| matches!(c, '\u{400}'..='\u{4ff}'));
    let words = |name: &str| -> Vec<Vec<char>> {
        let bare = |word: &str| word.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect();
        name.split_whitespace().map(bare).filter(|word: &Vec<char>| !word.is_empty()).collect()
    };
    if !cyrillic(one) || !cyrillic(other) {
        return false;
    }
    let (one, other) = (words(one), words(other));
    one.len() == other.len()
        && !one.is_empty()
        && one.iter().zip(&other).all(|(one, other)| {
            let same = one.iter().zip(other).take_while(|(a, b)| a == b).count();
            let longest = one.len().max(other.len());
            same == longest || same >= 4 && longest - same <= 3 && same * 5 >= longest * 3
        })
}

fn unlabelled(row: &Row, range: &std::ops::Range<usize>, written: &str, own: &[&str], said: &mut Said) {
    let link = row.link(range);
    if let Some((_, url, _)) = link
        && boilerplate::is_link_text(written)
    {
        said.labelled = true;
        // It belongs to the outlet named before it.
        match said.chain.last_mut() {
            Some(party)
                if party.url.is_none() || party.url.as_ref().is_some_and(|known| known.path().trim_matches('/').is_empty()) =>
            {
                party.url = Some(url.clone())
            }
            Some(_) => {}
            None => said.chain.push(Party { name: String::new(), url: Some(url.clone()) }),
        }
        return;
    }
    if let Some(count) = comments_in(written) {
        said.comments = said.comments.or(Some(count));
        return;
    }
    let folded = boilerplate::fold(written);
    if boilerplate::is_chrome(&folded) {
        return;
    }
    // "5 мин. чтения", "3 min read"
    let counted = folded.starts_with(|c: char| c.is_ascii_digit());
    if counted && labelled(|words| words.after).any(|(label, word)| label == Label::Chrome && folded.ends_with(word.trim())) {
        return;
    }
    let hint = row.hint(range);
    if let Some(party) = writes_for(row, range, said).filter(|party| !is_own(own, &party.name)) {
        said.labelled = true;
        add(said, party);
        return;
    }
    // "By A, X, Pell": where it was written, behind where it was published.
    if hint == Some(Hint::Author)
        && !said.people.is_empty()
        && !said.chain.is_empty()
        && row.folded[range.clone()].iter().find(|c| **c != ' ') == Some(&',')
        && !written.trim_matches(|c: char| !c.is_alphanumeric()).contains(char::is_whitespace)
    {
        return;
    }
    // "X 于 2024-06-27"
    let on = ["于 ", "於 ", "on ", "at "].iter().find_map(|word| written.strip_prefix(word));
    let written = on.filter(|rest| date_in(rest).is_some()).unwrap_or(written);
    if let Some((date, rest)) = date_in(written) {
        said.published = said.published.take().or(Some(date));
        // "27 juin 2024, par": whose name stands elsewhere.
        let dangling = boilerplate::fold(&rest);
        if dangling.is_empty() || labelled(|words| words.before).any(|(_, word)| word == dangling) {
            return;
        }
        return leftover(row, range, rest.trim(), hint, own, said);
    }
    leftover(row, range, written, hint, own, said);
}

fn leftover(row: &Row, range: &std::ops::Range<usize>, written: &str, hint: Option<Hint>, own: &[&str], said: &mut Said) {
    // "原文出處:<a>Quiet Boats</a>(Tidewater, 2024)": a title with a page of its own, and behind it its outlet.
    if let Some(party) = said.chain.last_mut().filter(|party| party.url.as_ref().is_some_and(|url| url.path().len() > 1))
        && let Some(name) = in_brackets(written)
        && (is_of_host(&name, party.url.as_ref()) || written.contains([',', '，']))
        && is_outlet_name(&name)
        && !is_own(own, &name)
    {
        party.name = name;
        return;
    }
    // "原文:<a>After the River | Tidewater</a>": what the link says behind the title.
    if let Some(nameless) = said.chain.last_mut().filter(|party| party.name.is_empty())
        && row.link(range).is_some_and(|(_, url, _)| nameless.url.as_ref() == Some(url))
    {
        if is_of_host(written, nameless.url.as_ref()) {
            nameless.name = boilerplate::trim_name(written);
        }
        return;
    }
    // "原文:<a>After the River</a>,刊于《潮汐》": the outlet behind the original's title.
    if let Some(nameless) = said.chain.last_mut().filter(|party| party.name.is_empty())
        && let Some(name) = boilerplate::outlet_in(written)
    {
        nameless.name = name;
        return;
    }
    // "By A <span>Senior Reporter</span>"
    if !said.people.is_empty() && people::is_only_title(written) {
        return;
    }
    // "By A – Reporter of Agency X": whose reporter that is.
    if !said.people.is_empty()
        && let Some((_, name)) = OF.iter().find_map(|of| written.split_once(of))
        && boilerplate::is_agency(name)
        && !is_own(own, name)
    {
        add(said, Party { name: name.trim().to_owned(), url: None });
        return;
    }
    // The site's own name says nothing that is not known.
    if is_own(own, written) && hint != Some(Hint::Source) && row.link(range).is_none() {
        return;
    }
    if own_mark(written, own) {
        // "Da Redação" stands where a name would, and claims nothing.
        said.own |= !people::is_nobody(written);
        said.labelled = true;
        return;
    }
    let to_author = hint.is_none()
        && row.link(range).is_some_and(|(_, url, _)| {
            url.path_segments().is_some_and(|parts| parts.rev().skip(1).any(|part| AUTHOR_PATHS.contains(&part)))
                // "/@name": an account's page and nothing below it.
                || url.path().strip_prefix("/@").is_some_and(|name| !name.is_empty() && !name.trim_end_matches('/').contains('/'))
        });
    // Names are read where something says that there are some: most of what comes here is prose.
    let is_marked = people::is_marked(written);
    let marked =
        if is_marked || to_author || hint == Some(Hint::Author) { people::names(written, Role::Author) } else { Vec::new() };
    let plausible = !marked.is_empty() && marked.iter().all(|(_, name)| people::plausible(name));
    if plausible && is_marked {
        said.labelled = true;
        said.people.extend(marked);
        return;
    }
    // "中河社/花港27日電" where the author stands.
    if hint == Some(Hint::Author)
        && let Some(name) = dateline::agency(written, own)
    {
        said.labelled = true;
        add(said, Party { name, url: None });
        return;
    }
    // An outlet where the author stands is who wrote it.
    if hint == Some(Hint::Author) && boilerplate::looks_like_outlet(written) && !is_part_of_own(own, written) {
        said.labelled = true;
        add(said, Party { name: written.to_owned(), url: row.link(range).map(|(_, url, _)| url.clone()) });
        return;
    }
    // "<a>Nora Field</a> <span>essayist</span>", "[<a>X</a>, the outlet]": what stands with a linked author and is no link says who that is.
    if hint == Some(Hint::Author)
        && row.link(range).is_none()
        && said.linked
        && !is_marked
        && !is_conjunction(written.split_whitespace().next().unwrap_or_default())
    {
        return;
    }
    match hint {
        None if plausible && to_author && row.is_link(range) => {
            said.people.extend(marked);
            said.labelled = true;
        }
        // A site may be called after its author: what is too long for a person's name is the site's.
        Some(Hint::Author)
            if plausible
                && marked.iter().all(|(_, name)| {
                    name.chars().count() > 4 && name.chars().all(text::is_asian_letter) && is_part_of_own(own, name)
                }) => {}
        Some(Hint::Author) if plausible => {
            said.people.extend(marked);
            said.labelled = true;
            said.linked = row.is_link(range);
        }
        // "Read it at X" leads to the article, and is no name.
        Some(Hint::Source) if written.ends_with(['.', '。', '!']) || written.chars().count() > 30 => {
            if let Some((_, url, _)) = row.link(range) {
                add(said, Party { name: String::new(), url: Some(url.clone()) });
            }
        }
        Some(Hint::Source) if !is_own(own, written) => {
            said.labelled = true;
            outlet(row, range, own, said);
        }
        Some(Hint::Section) if written.chars().count() <= NAME => said.categories.push(written.to_owned()),
        Some(Hint::Comments) => said.comments = said.comments.or_else(|| number(written)),
        _ => {
            let to_section = row.link(range).is_some_and(|(_, url, tag)| {
                *tag || url.path_segments().is_some_and(|mut parts| {
                    // "/channel_259", "/list-12.html"
                    let word = |part: &str| part.split(|c: char| !c.is_ascii_alphabetic()).next().map(str::to_ascii_lowercase);
                    let short = url.path().trim_matches('/').split('/').count() == 2;
                    parts.any(|part| {
                        word(part)
                            .is_some_and(|word| SECTION_PATHS.contains(&word.as_str()) && (word != "c" || short && part == "c"))
                    })
                })
            });
            if to_section && written.chars().count() <= NAME {
                said.categories.push(written.to_owned());
            } else {
                said.rest.push(written.to_owned());
            }
        }
    }
}
