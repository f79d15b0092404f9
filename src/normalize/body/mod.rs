//! The body of an entry: one pass over its tree that lifts out what is no part of the text, and makes figures of its pictures.

mod figures;
mod lines;
#[cfg(test)]
mod tests;

pub(super) use lines::{Line, is_block, lines, remove};

use std::cell::LazyCell;

use dom_query::{Document, NodeRef};
use url::Url;

use self::figures::figures;
use self::lines::{Kept, lines_of};
use super::boilerplate;
use super::credit::{self, Row, Said};
use super::{html, people, text, words};
use crate::model::{Html, Image, Party, Warning};

/// Classes of our own credit block and disclaimers: a repost of a repost must not pile them up.
const CREDIT: &str = "reprint-credit";
const DISCLAIMER: &str = "reprint-disclaimer";

/// Lines at either end among which source lines and bylines are looked for.
const HEAD: usize = 4;
const TAIL: usize = 6;

/// Characters a line of facts has at most.
const FACTS: usize = 240;

/// Lines from the end among which a list of other articles begins.
const LISTED: usize = 60;

/// Characters of a line that is a source line before it is a notice.
const SHORT: usize = 40;

/// Lines lifted out of one body: beyond any real article, and the time stays in proportion to the size.
const LIFTED: usize = 64;

/// A body and what was lifted out of it.
#[derive(Debug, Default)]
pub(super) struct Body {
    pub(super) html: Html,
    /// The text of `html`.
    pub(super) text: String,
    pub(super) images: Vec<Image>,
    /// Each once, as displayed.
    pub(super) disclaimers: Vec<String>,
    /// The outlets that source lines and notices name, nearest first, with the links they carry.
    pub(super) chain: Vec<Party>,
    /// The date beside a source line, as written.
    pub(super) date: Option<String>,
    /// Names out of lines such as "作者:X | 译者:Y".
    pub(super) names: Vec<(people::Role, String)>,
    /// Number of comments, where a line tells it.
    pub(super) comments: Option<u64>,
    /// Sections and tags that lines name.
    pub(super) categories: Vec<String>,
    /// Sentences that say who holds the rights.
    pub(super) rights: Vec<String>,
    pub(super) warnings: Vec<Warning>,
    /// Lines that were lifted out, with what they were taken for.
    pub(super) lifted: Vec<(&'static str, String)>,
    /// A line says that the text is the outlet's own.
    pub(super) own: bool,
    /// What the outlet's own rules found.
    pub(super) by_rule: super::outlet_rules::Found,
}

/// What a body refers to.
#[derive(Debug, Clone, Copy)]
pub(super) struct Setting<'a> {
    /// Base of its references.
    pub(super) base: &'a Url,
    /// Names of the outlet itself, which is no source of its own articles.
    pub(super) own: &'a [&'a str],
    /// The article's title as displayed: some systems number its pictures with it.
    pub(super) title: &'a str,
}

/// Reads a body. `known` are disclaimers that the entry carries as data.
pub(super) fn read(source: &str, known: &[String], setting: &Setting<'_>) -> Body {
    let base = setting.base;
    let mut body = Body::default();
    let document = match html::tree(source, base) {
        Ok(document) => document,
        Err(refusal) => {
            body.warnings.push(Warning::new(
                refusal.code,
                format!("the text has {}, so it is kept as plain text; the outlet has to repair its markup", refusal.message),
            ));
            body.html = html::refused(source);
            body.text = text::of_html(body.html.as_str());
            return body;
        }
    };
    lift_own_blocks(&document, &mut body);
    lift_watermarks(&document, base);
    lift_lines(&document, known, setting, &mut body);
    figures(&document, setting, &mut body);
    body.html = html::finish(&document);
    body.text = text::of_html(body.html.as_str());
    // What stayed in the body would be there twice.
    body.disclaimers.retain(|notice| !notice.is_empty());
    body
}

/// "(北方通信)": an agency alone in brackets in the last line of a text.
fn closing_agency(line: &str) -> Option<String> {
    const ENDS: &[&str] = &["通信", "通信社", "通讯社", "通訊社", "통신"];
    let inside = line.trim().strip_prefix(['(', '（', '【', '['])?.strip_suffix([')', '）', '】', ']'])?.trim();
    let short = (2..=16).contains(&inside.chars().count()) && !inside.contains([' ', '、', '，', ',', '。']);
    (short && (boilerplate::is_agency(inside) || ENDS.iter().any(|end| inside.ends_with(end)))).then(|| inside.to_owned())
}

/// The first paragraphs of a body, one a line.
pub(super) fn opening(body: &Body) -> String {
    let source = body.html.as_str();
    let mut out = String::new();
    for (at, _) in source.match_indices("<p").filter(|(at, _)| source[at + 2..].starts_with(['>', ' '])).take(3) {
        let end = source[at..].find("</p>").map_or(source.len(), |end| at + end);
        out.push_str(&text::of_html(&source[at..end]));
        out.push('\n');
    }
    if out.trim().is_empty() { body.text.chars().take(SHORT * 3).collect() } else { out }
}

impl Body {
    fn add_disclaimer(&mut self, notice: String) {
        let essence = text::essence(&notice);
        // A notice that is given again, shorter at the end of the text than at its head, is one.
        let is_known = |known: &String| {
            let known = text::essence(known);
            known == essence || essence.chars().count() > 12 && known.starts_with(&essence)
        };
        if !essence.is_empty() && !self.disclaimers.iter().any(is_known) {
            self.disclaimers.push(notice);
        }
    }

    /// Adds a notice, and the outlets it names.
    pub(super) fn add_notice(&mut self, row: &Row, written: &str, setting: &Setting<'_>) {
        let own = setting.own;
        let parties = credit::of_notice(row, written, own, setting.base);
        // "The post … appeared first on X" in X's own feed tells nobody anything.
        let ours = boilerplate::outlet_in(written).is_some_and(|outlet| credit::is_own(own, &outlet));
        let states = boilerplate::states_rights(written);
        if let Some(rights) = &states
            && !self.rights.contains(rights)
        {
            self.rights.push(rights.clone());
        }
        let only_rights = states.is_some() && parties.is_empty() && boilerplate::is_bare_rights(written);
        let own_feed = ours && written.starts_with("The post ");
        if !own_feed && !only_rights {
            self.add_disclaimer(written.to_owned());
        }
        parties.into_iter().for_each(|party| credit::join(&mut self.chain, party));
    }

    /// Adds what a row says. What a row says of its source goes before what notices say.
    pub(super) fn add_said(&mut self, said: Said) {
        if !said.chain.is_empty() {
            let mut chain = said.chain;
            std::mem::take(&mut self.chain).into_iter().for_each(|party| credit::join(&mut chain, party));
            self.chain = chain;
        }
        for name in said.people {
            if !self.names.contains(&name) {
                self.names.push(name);
            }
        }
        self.own |= said.own;
        self.date = self.date.take().or(said.published);
        self.comments = self.comments.or(said.comments);
        self.categories.extend(said.categories);
    }
}

fn lift_own_blocks(document: &Document, body: &mut Body) {
    for node in document.root().descendants() {
        if !node.is_element() || !(node.has_class(CREDIT) || node.has_class(DISCLAIMER)) {
            continue;
        }
        if node.has_class(DISCLAIMER) {
            body.add_disclaimer(text::clean(&node.text()));
        }
        // The rule between text and closing disclaimer goes with it.
        for beside in [node.prev_element_sibling(), node.next_element_sibling()].into_iter().flatten() {
            if beside.has_name("hr") {
                beside.remove_from_parent();
            }
        }
        node.remove_from_parent();
    }
}

/// Takes out the outlet's own address where it stands in the text by itself: put there to be found in copies.
fn lift_watermarks(document: &Document, base: &Url) {
    let Some(host) = base.host_str() else { return };
    let bare = host.strip_prefix("www.").unwrap_or(host);
    for node in document.root().descendants_it().filter(NodeRef::is_text).collect::<Vec<_>>() {
        let text = node.text();
        let text = text.trim().trim_end_matches('/');
        if text.len() < 4 || text.len() > 80 || !text.is_ascii() {
            continue;
        }
        let text = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://")).unwrap_or(text);
        let text = text.strip_prefix("www.").unwrap_or(text);
        let owned = text.contains('.') && (bare == text || bare.strip_suffix(text).is_some_and(|front| front.ends_with('.')));
        let linked = node.ancestors_it(Some(3)).any(|above| above.has_name("a"));
        if owned && !linked {
            node.remove_from_parent();
        }
    }
}

/// What became of a line.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Fate {
    Text,
    /// A part of it was a notice; what is left is text.
    Read,
    Lifted,
}

fn lift_lines(document: &Document, known: &[String], setting: &Setting<'_>, body: &mut Body) {
    let lines = lines(document);
    let known: Vec<String> = known.iter().map(|notice| text::essence(notice)).filter(|notice| !notice.is_empty()).collect();
    let mut texts: Vec<usize> = (0..lines.len()).filter(|at| !lines[*at].text.is_empty()).collect();
    for at in texts.drain(listed(&lines, &texts)) {
        body.lifted.push(("related", lines[at].text.clone()));
        remove(&lines[at]);
    }
    let card = card(&lines, &texts, setting, body);
    texts.drain(card);
    let mut lifted = vec![false; lines.len()];
    let mut count = 0;
    // From either end as far as a few lines of text; in between only what is a notice by all its words.
    let mut stayed = 0;
    for (order, at) in texts.iter().enumerate() {
        if count == LIFTED {
            return;
        }
        let edge = if stayed == 0 {
            Edge::Begin
        } else if stayed < HEAD {
            Edge::Near
        } else {
            Edge::Far
        };
        let fate = line(&lines, *at, edge, order < 2 || order + 2 >= texts.len(), &known, setting, body);
        lifted[*at] = fate != Fate::Text;
        if fate == Fate::Lifted {
            count += 1;
        } else {
            stayed += 1;
        }
    }
    stayed = 0;
    for at in texts.iter().rev().filter(|at| !lifted[**at]).copied().collect::<Vec<_>>() {
        if count == LIFTED || stayed == TAIL {
            return;
        }
        match line(&lines, at, Edge::Near, false, &[], setting, body) {
            Fate::Lifted => count += 1,
            Fate::Text | Fate::Read => stayed += 1,
        }
    }
}

/// Lines that a card of facts has at least, and kinds of labels that are known among them.
const CARD: usize = 4;
const KINDS: usize = 3;
/// Characters of a label on a card, and of its value.
const CARD_LABEL: usize = 10;
const CARD_VALUE: usize = 80;

/// A card of facts before the text: line by line a label and its value, and enough of the labels are known that the others are no text either.
fn card(lines: &[Line<'_>], texts: &[usize], setting: &Setting<'_>, body: &mut Body) -> std::ops::Range<usize> {
    let labelled = |at: &usize| {
        let line = &lines[*at];
        let value = line.text.split_once([':', '：']).filter(|(label, value)| {
            let value = value.chars().count();
            (1..=CARD_LABEL).contains(&label.chars().count()) && value > 0 && !label.contains(['，', '。', ',', '“', '"', '「'])
        });
        line.kept == Kept::No
            && line.images.is_empty()
            && value.is_some_and(|(_, value)| value.chars().count() <= CARD_VALUE || boilerplate::is_notice(&line.text))
    };
    let begin = texts.iter().take(2).position(labelled).unwrap_or(0);
    let length = texts.iter().skip(begin).take_while(|at| labelled(at)).count();
    let run = begin..begin + length;
    let mut kinds: Vec<words::Label> = Vec::new();
    for at in &texts[run.clone()] {
        let kind = credit::leading_label(&row(&lines[*at], setting.base)).filter(|kind| !kinds.contains(kind));
        kinds.extend(kind);
    }
    if length < CARD || kinds.len() < KINDS {
        return 0..0;
    }
    for at in &texts[run.clone()] {
        let line = &lines[*at];
        let row = row(line, setting.base);
        if boilerplate::is_notice(&line.text) && !matches!(credit::leading_label(&row), Some(words::Label::Source)) {
            body.add_notice(&row, &line.text, setting);
            body.lifted.push(("notice", line.text.clone()));
        } else {
            let said = credit::read(&row, credit::Place::Text, setting.own);
            if credit::leading_label(&row).is_some() {
                body.add_said(said);
            }
            body.lifted.push(("facts", line.text.clone()));
        }
        remove(line);
    }
    // What stands over it is its name.
    let heads = |at: &usize| {
        let line = &lines[*at];
        line.images.is_empty() && line.text.chars().count() <= 2 * CARD_LABEL && !line.text.ends_with(['。', '.', '！', '？'])
    };
    let first = if begin > 0 && texts.first().is_some_and(heads) { 0 } else { begin };
    if first < begin {
        body.lifted.push(("facts", lines[texts[first]].text.clone()));
        remove(&lines[texts[first]]);
    }
    first..run.end
}

/// Where in a text a line stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Edge {
    /// Before all of the text: a date alone may stand here.
    Begin,
    /// Facts and invitations stand here.
    Near,
    Far,
}

/// Reads one line. `first`: names may stand in brackets of the text.
fn line(
    lines: &[Line<'_>],
    at: usize,
    edge: Edge,
    first: bool,
    known: &[String],
    setting: &Setting<'_>,
    body: &mut Body,
) -> Fate {
    let line = &lines[at];
    let whole = LazyCell::new(|| row(line, setting.base));
    if !known.is_empty() && known.contains(&text::essence(&line.text)) {
        body.add_disclaimer(line.text.clone());
        body.lifted.push(("disclaimer_as_data", line.text.clone()));
        remove(line);
        return Fate::Lifted;
    }
    let quoted = line.kept == Kept::Quotation && edge != Edge::Far;
    // A date and a byline may be set as a heading before the text.
    if line.kept == Kept::Heading
        && edge == Edge::Begin
        && line.images.is_empty()
        && line.text.chars().count() <= 3 * SHORT
        && let said = credit::read(&whole, credit::Place::Around, setting.own)
        && said.labelled
        && (said.published.is_some() || said.updated.is_some())
        && said.rest.iter().map(|rest| rest.chars().count()).sum::<usize>() <= SHORT
    {
        body.add_said(said);
        body.lifted.push(("facts", line.text.clone()));
        remove(line);
        return Fate::Lifted;
    }
    // The sign of an outlet is no picture of the text.
    let pictures = line.images.iter().any(|image| edge != Edge::Begin || !figures::is_sign(image));
    if line.kept != Kept::No && !quoted || pictures {
        return Fate::Text;
    }
    // The line under a picture is its caption, whatever it says.
    let after_image = at > 0 && !lines[at - 1].images.is_empty() && lines[at - 1].text.is_empty();
    let (begins, edge) = (edge == Edge::Begin, edge != Edge::Far && !after_image);
    if trailing_notice(line, setting, body) {
        return Fate::Read;
    }
    // "转自:X" alone is a source line, though notices begin like it.
    let facts = || {
        said(line, &whole, begins, setting).filter(|_| !quoted).filter(|said| !said.chain.is_empty()).filter(|said| {
            // What leads to the original by a link may have a title in it.
            let colon = line.text.chars().take(16).any(|c| matches!(c, ':' | '：'));
            let linked = colon && said.chain.iter().any(|party| party.url.is_some()) && said.rest.is_empty();
            line.text.chars().count() <= if linked { 3 * SHORT } else { SHORT }
        })
    };
    let linked_only = || boilerplate::is_link_text(&line.text);
    if (edge || !after_image && boilerplate::is_notice(&line.text))
        && (credit::begins_with_label(&whole) || linked_only())
        && let Some(said) = facts()
    {
        body.add_said(said);
        body.lifted.push(("facts", line.text.clone()));
    } else if boilerplate::is_notice(&line.text) && (!after_image || boilerplate::outlet_in(&line.text).is_some()) {
        if edge
            && credit::begins_with_label(&whole)
            && let Some(notices) = labelled_notices(&whole, setting, body)
        {
            for notice in notices {
                body.add_notice(&Row::default(), &notice, setting);
            }
        } else {
            names_in_brackets(&line.text, body);
            if let Some(name) = translator_in(&line.text).map(|name| (people::Role::Translator, name))
                && !body.names.contains(&name)
            {
                body.names.push(name);
            }
            // "本文来自X,作者:A,编辑:B"
            let said = credit::read(&whole, credit::Place::Text, setting.own);
            for name in said.people {
                if said.labels > 0 && !body.names.contains(&name) {
                    body.names.push(name);
                }
            }
            body.add_notice(&whole, &line.text, setting);
        }
        body.lifted.push(("notice", line.text.clone()));
    } else if edge
        && !quoted
        && line.text.chars().count() <= FACTS
        && credit::begins_with_label(&whole)
        && let Some(notices) = labelled_notices(&whole, setting, body)
    {
        for notice in notices {
            body.add_notice(&Row::default(), &notice, setting);
        }
        body.lifted.push(("facts", line.text.clone()));
    } else if edge && !quoted && (credit::is_empty_label(&whole) || leads_to_address(line, lines.get(at + 1), setting)) {
        body.lifted.push(("facts", line.text.clone()));
    } else if edge && !quoted && at > 0 && leads_to_address(&lines[at - 1], Some(line), setting) {
        credit::join(&mut body.chain, Party { name: String::new(), url: bare_address(&line.text) });
        body.lifted.push(("facts", line.text.clone()));
    } else if quoted {
        return Fate::Text;
    } else if edge && let Some(said) = said(line, &whole, begins, setting) {
        body.add_said(said);
        body.lifted.push(("facts", line.text.clone()));
    } else if edge
        && line.kept == Kept::No
        && at + TAIL >= lines.len()
        && at > 0
        && !after_image
        && let Some(name) = closing_agency(&line.text).filter(|name| !credit::is_own(setting.own, name))
    {
        credit::join(&mut body.chain, Party { name, url: None });
        body.lifted.push(("facts", line.text.clone()));
    } else if edge && boilerplate::is_promotion(&line.text) {
        body.lifted.push(("promotion", line.text.clone()));
    } else {
        if first {
            names_in_brackets(&line.text, body);
        }
        return Fate::Text;
    }
    remove(line);
    Fate::Lifted
}

/// The last lines that list other articles: a heading that says so or stands alone, and after it nothing but links.
fn listed(lines: &[Line<'_>], texts: &[usize]) -> std::ops::Range<usize> {
    let is_link = |line: &Line<'_>| {
        let whole = line.text.chars().filter(|c| c.is_alphanumeric()).count();
        let inner = line.nodes.iter().flat_map(|node| std::iter::once(*node).chain(node.descendants_it()));
        let linked: usize =
            inner.filter(|node| node.has_name("a")).map(|node| node.text().chars().filter(|c| c.is_alphanumeric()).count()).sum();
        whole > 0 && linked * 10 >= whole * 8
    };
    let mut end = texts.len();
    let mut links = 0;
    for (order, at) in texts.iter().enumerate().rev().take(LISTED) {
        let line = &lines[*at];
        if is_link(line) && line.images.is_empty() {
            if links == 0 {
                end = order + 1;
            }
            links += 1;
            continue;
        }
        if boilerplate::is_related(&line.text) {
            return order..if links > 0 { end } else { order + 1 };
        }
        if links > 0 {
            // A heading over links; or a short line over several of them.
            let short =
                line.text.chars().count() <= 24 && !line.text.ends_with(['。', '.', '！', '!', '？', '?', '”', '"', '」']);
            let heads = line.kept == Kept::Heading || links > 1 && short && line.kept == Kept::No;
            return if heads && order > 0 { order..end } else { texts.len()..texts.len() };
        }
        // Editors' lines and notices stand behind such lists.
        if line.text.chars().count() > FACTS {
            break;
        }
    }
    texts.len()..texts.len()
}

/// The lines of HTML that is no body, as rows and as text.
pub(super) fn rows(root: &NodeRef<'_>, base: &Url) -> Vec<(Row, String)> {
    lines_of(*root).iter().filter(|line| !line.text.is_empty()).map(|line| (row(line, base), line.text.clone())).collect()
}

/// The address that a line is.
fn bare_address(line: &str) -> Option<Url> {
    let line = line.trim();
    let is_address = (line.starts_with("https://") || line.starts_with("http://")) && !line.contains(char::is_whitespace);
    is_address.then(|| super::url::absolute(line)).flatten()
}

/// "原文链接:" and in the next line the address.
fn leads_to_address(line: &Line<'_>, next: Option<&Line<'_>>, setting: &Setting<'_>) -> bool {
    next.and_then(|next| bare_address(&next.text)).is_some()
        && line.text.chars().count() <= CARD_LABEL + CARD_LABEL
        && line.text.trim_end().ends_with([':', '：'])
        && matches!(credit::leading_label(&row(line, setting.base)), Some(words::Label::Original | words::Label::Source))
}

/// A line as a row of facts.
fn row(line: &Line<'_>, base: &Url) -> Row {
    let mut row = Row::default();
    row.of_author = credit::is_of_author(&line.holder);
    line.nodes.iter().for_each(|node| row.push(node, base));
    row
}

/// "来源:X 于 2026-05-04 提示:本文不代表本网立场": a line of facts with a notice behind them.
fn labelled_notices(row: &Row, setting: &Setting<'_>, body: &mut Body) -> Option<Vec<String>> {
    let mut said = credit::read(row, credit::Place::Text, setting.own);
    let notices = std::mem::take(&mut said.rest);
    let all = !notices.is_empty() && notices.iter().all(|notice| boilerplate::is_notice(notice));
    all.then(|| {
        body.add_said(said);
        notices
    })
}

/// What a line says, if it is nothing but facts.
fn said(line: &Line<'_>, row: &Row, begins: bool, setting: &Setting<'_>) -> Option<Said> {
    if line.text.chars().count() > FACTS {
        return None;
    }
    let ends = line.text.ends_with(['。', '！', '？', '.', '!', '?', '”', '"', '」']) && !line.text.ends_with(" min.");
    // "… | Lesezeit: 3 Min." is a row all the same.
    let place = if ends && !line.text.contains(['|', '·', '｜']) { credit::Place::Text } else { credit::Place::Around };
    let mut said = credit::read(row, place, setting.own);
    signed(&mut said, &line.text);
    if begins {
        headed(&mut said, &line.text);
    }
    bylined(&mut said, &line.text);
    // "By A, University of the Fjord | X": what stands behind the names of a line at the head.
    if begins && !ends && !said.people.is_empty() && line.text.chars().count() <= 3 * SHORT && credit::begins_with_name(row) {
        said.rest.clear();
    }
    // "2024-06-27 06:20 · X": a line of several elements before all of the text that begins with its date.
    let dated = said.published.as_deref().is_some_and(|date| line.text.starts_with(date) || !said.chain.is_empty());
    let heads = begins && !ends && line.nodes.len() > 1 && dated;
    if heads && said.rest.iter().map(|rest| rest.chars().count()).sum::<usize>() <= 30 {
        said.rest.clear();
    }
    // "来源:他在会上说,……。" goes on like a sentence.
    let sentence = line.text.ends_with(['。', '！', '？', '!', '?', '”', '"', '」']) && said.people.is_empty();
    // "字体:[大 中 小]" behind two labels is no text.
    let little = said.labels > 1 && said.rest.iter().map(|rest| rest.chars().count()).sum::<usize>() <= 16;
    ((said.labelled || begins && said.published.is_some()) && (said.rest.is_empty() || little) && !sentence).then_some(said)
}

/// "Nora Field. Переклад: Анна Бор": a name in front of the label of who translated or edited, in a line at the head.
fn headed(said: &mut Said, line: &str) {
    let labelled = !said.people.is_empty() && said.people.iter().all(|(role, _)| *role != people::Role::Author);
    if let [name] = said.rest.as_slice()
        && labelled
        && line.starts_with(name.as_str())
        && (2..=4).contains(&name.split_whitespace().count())
        && people::plausible(name)
    {
        let named = people::names(name, people::Role::Author);
        said.people.splice(0..0, named);
        said.rest.clear();
    }
}

/// "記者莊若谷／宜蘭報導", "地方中心/記者丁若水報導": a line with a reporter, a place and the word for a report.
fn bylined(said: &mut Said, line: &str) {
    const REPORTS: &[&str] = &["報導", "報道", "报导", "报道"];
    let line = line.trim().trim_matches(['【', '】', '[', ']', '(', ')', '（', '）']);
    // "河湾记者　林书白": an outlet's reporter and nothing else.
    if let Some((outlet, behind)) = line.split_once("記者\u{3000}").or_else(|| line.split_once("记者\u{3000}"))
        && outlet.chars().count() <= 8
        && outlet.chars().all(text::is_asian_letter)
    {
        let names = || behind.split(['、', ' ', '\u{3000}']).filter(|name| !name.is_empty());
        if names().next().is_some() && names().all(people::is_chinese_person) {
            said.people = names().map(|name| (people::Role::Author, name.to_owned())).collect();
            said.rest.clear();
            said.labelled = true;
            return;
        }
    }
    if line.chars().count() > 30 || !REPORTS.iter().any(|report| line.ends_with(report)) {
        return;
    }
    let Some((_, behind)) = line.split_once("記者").or_else(|| line.split_once("记者")) else { return };
    let Some((names, _)) = behind.split_once(['/', '／']) else { return };
    let found = names.split(['、', ' ', '\u{3000}']).map(str::trim).filter(|name| !name.is_empty());
    let found: Vec<_> = found.map(|name| (people::Role::Author, name.to_owned())).collect();
    if !found.is_empty() && found.iter().all(|(_, name)| people::is_chinese_person(name)) {
        said.people = found;
        said.rest.clear();
        said.labelled = true;
    }
}

/// "由蘇棠翻譯": who translated, as a notice says it.
fn translator_in(notice: &str) -> Option<String> {
    let verbs = ["翻译", "翻譯", "编译", "編譯", "译", "譯"];
    notice.match_indices('由').take(4).find_map(|(at, by)| {
        let rest = &notice[at + by.len()..];
        let end = verbs.iter().filter_map(|verb| rest.find(verb)).min()?;
        let name = rest[..end].trim();
        people::is_chinese_person(name).then(|| name.to_owned())
    })
}

/// "Nora Field (via Pier Post)": who signs in front of the bracket that names the source.
fn signed(said: &mut Said, line: &str) {
    if let [name] = said.rest.as_slice()
        && !said.chain.is_empty()
        && said.people.is_empty()
        && line.ends_with([')', '）'])
        && line.starts_with(name.as_str())
        && (2..=4).contains(&name.split_whitespace().count())
        && name.split_whitespace().all(|word| word.starts_with(char::is_uppercase))
        && people::plausible(name)
    {
        said.people = people::names(name, people::Role::Author);
        said.rest.clear();
    }
}

/// "新潮社海港6月26日电(记者 林书白)": names in a bracket near the beginning or end of the text.
fn names_in_brackets(line: &str, body: &mut Body) {
    let head: String = line.chars().take(60).collect();
    let tail: String = {
        let length = line.chars().count();
        line.chars().skip(length.saturating_sub(40)).collect()
    };
    for part in [head, tail] {
        let Some((_, rest)) = part.split_once(['(', '（', '〔', '【', '［']) else { continue };
        let Some((inside, _)) = rest.split_once([')', '）', '〕', '】', '］']) else { continue };
        if people::is_marked(inside) {
            for name in people::names(inside, people::Role::Author) {
                if name.0 != people::Role::Photographer && people::plausible(&name.1) && !body.names.contains(&name) {
                    body.names.push(name);
                }
            }
        }
    }
}

/// "……他说。(本文转载自海港纪事)": only the bracket is a notice. Whether there was one.
fn trailing_notice(line: &Line<'_>, setting: &Setting<'_>, body: &mut Body) -> bool {
    let Some(last) = line.nodes.last().filter(|node| node.is_text()) else { return false };
    let written = last.text().to_string();
    let trimmed = written.trim_end();
    let Some(inside) = trimmed.strip_suffix([')', '）', '】', ']']) else { return false };
    let Some(at) = inside.rfind(['(', '（', '【', '[']) else { return false };
    let (before, notice) = trimmed.split_at(at);
    let alone = line.nodes.len() == 1 && before.trim().is_empty();
    if alone || !boilerplate::is_notice(notice) {
        return false;
    }
    body.add_notice(&Row::default(), &text::clean(notice), setting);
    body.lifted.push(("notice", text::clean(notice)));
    last.set_text(before.trim_end());
    true
}
