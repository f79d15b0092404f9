//! The body of an entry: one pass over its tree that lifts out what is no part of the text, and makes figures of its pictures.

use dom_query::{Document, NodeRef};
use url::Url;

use super::boilerplate;
use super::credit::{self, Row, Said};
use super::{html, image, people, text};
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

/// Lines lifted out of one body, and pictures looked at: beyond any real article, and the time stays in proportion to the size.
const LIFTED: usize = 64;
const PICTURES: usize = 200;

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

/// What a line is in, as far as that forbids to lift it out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kept {
    No,
    /// Where a notice may stand, but no fact.
    Quotation,
    Heading,
    /// A caption, a table, a list.
    Part,
}

/// A line: a stretch of inline content between the edges of blocks and line breaks.
pub(super) struct Line<'a> {
    pub(super) nodes: Vec<NodeRef<'a>>,
    holder: NodeRef<'a>,
    ends_in: Option<NodeRef<'a>>,
    pub(super) text: String,
    pub(super) images: Vec<NodeRef<'a>>,
    /// Where nothing is lifted out.
    kept: Kept,
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

impl Body {
    fn add_disclaimer(&mut self, notice: String) {
        let essence = text::essence(&notice);
        if !essence.is_empty() && !self.disclaimers.iter().any(|known| text::essence(known) == essence) {
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
        if !(ours && written.starts_with("The post ")) && !only_rights {
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

pub(super) fn is_block(node: &NodeRef<'_>) -> bool {
    node.node_name().is_some_and(|name| text::BLOCKS.contains(&&*name))
}

/// The lines of a tree in document order. No recursion: the stack is ours.
pub(super) fn lines(document: &Document) -> Vec<Line<'_>> {
    document.root().first_element_child().map(lines_of).unwrap_or_default()
}

/// The lines in an element.
fn lines_of(root: NodeRef<'_>) -> Vec<Line<'_>> {
    // Inline elements that hold blocks (an `a` around a `div`) hold lines too.
    let mut holders = std::collections::HashSet::new();
    holders.insert(root.id);
    for node in root.descendants() {
        if is_block(&node) {
            holders.insert(node.id);
            let mut above = node.parent();
            while let Some(parent) = above {
                if !holders.insert(parent.id) {
                    break;
                }
                above = parent.parent();
            }
        }
    }
    enum Step<'a> {
        Enter(NodeRef<'a>, Kept),
        Leave(NodeRef<'a>, Kept),
    }
    fn flush<'a>(
        nodes: &mut Vec<NodeRef<'a>>,
        holder: NodeRef<'a>,
        kept: Kept,
        ends_in: Option<NodeRef<'a>>,
        out: &mut Vec<Line<'a>>,
    ) {
        let nodes = std::mem::take(nodes);
        let text = text::clean(&nodes.iter().map(|node| node.text().to_string()).collect::<String>());
        let images: Vec<NodeRef<'a>> = nodes
            .iter()
            .flat_map(|node| std::iter::once(*node).chain(node.descendants()))
            .filter(|node| node.has_name("img"))
            .collect();
        if !text.is_empty() || !images.is_empty() {
            out.push(Line { nodes, holder, ends_in, text, images, kept });
        }
    }
    let mut out = Vec::new();
    let mut current: Vec<NodeRef<'_>> = Vec::new();
    let mut holder = (root, Kept::No);
    let mut stack = vec![Step::Enter(root, Kept::No)];
    while let Some(step) = stack.pop() {
        match step {
            Step::Enter(node, kept) if holders.contains(&node.id) => {
                flush(&mut current, holder.0, holder.1, None, &mut out);
                let kept = match kept {
                    Kept::No => holder_keeps(&node),
                    kept => kept,
                };
                stack.push(Step::Leave(node, kept));
                let children = node.children();
                stack.extend(children.into_iter().rev().map(|child| Step::Enter(child, kept)));
                holder = (node, kept);
            }
            Step::Enter(node, _) if node.has_name("br") => flush(&mut current, holder.0, holder.1, Some(node), &mut out),
            Step::Enter(node, _) => current.push(node),
            Step::Leave(node, kept) => {
                flush(&mut current, holder.0, holder.1, None, &mut out);
                holder = (node.parent().unwrap_or(node), kept);
            }
        }
    }
    flush(&mut current, holder.0, holder.1, None, &mut out);
    out
}

fn holder_keeps(node: &NodeRef<'_>) -> Kept {
    let is = |names: &[&str]| names.iter().any(|name| node.has_name(name));
    if is(&["blockquote"]) {
        Kept::Quotation
    } else if is(&["h1", "h2", "h3", "h4", "h5", "h6"]) {
        Kept::Heading
    } else if is(&["figcaption", "pre", "table", "li", "q"]) {
        Kept::Part
    } else {
        Kept::No
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
    if !known.is_empty() && known.contains(&text::essence(&line.text)) {
        body.add_disclaimer(line.text.clone());
        body.lifted.push(("disclaimer_as_data", line.text.clone()));
        remove(line);
        return Fate::Lifted;
    }
    let quoted = line.kept == Kept::Quotation && edge != Edge::Far;
    if line.kept != Kept::No && !quoted || !line.images.is_empty() {
        return Fate::Text;
    }
    // The line under a picture is its caption, whatever it says.
    let after_image = at > 0 && !lines[at - 1].images.is_empty() && lines[at - 1].text.is_empty();
    let (begins, edge) = (edge == Edge::Begin, edge != Edge::Far && !after_image);
    if trailing_notice(line, setting, body) {
        return Fate::Read;
    }
    if boilerplate::is_notice(&line.text) && (!after_image || boilerplate::outlet_in(&line.text).is_some()) {
        let row = row(line, setting.base);
        if edge
            && credit::begins_with_label(&row)
            && let Some(notices) = labelled_notices(&row, setting, body)
        {
            for notice in notices {
                body.add_notice(&Row::default(), &notice, setting);
            }
        } else {
            names_in_brackets(&line.text, body);
            body.add_notice(&row, &line.text, setting);
        }
        body.lifted.push(("notice", line.text.clone()));
    } else if quoted {
        return Fate::Text;
    } else if edge && boilerplate::is_promotion(&line.text) {
        body.lifted.push(("promotion", line.text.clone()));
    } else if edge && let Some(said) = said(line, begins, setting) {
        body.add_said(said);
        body.lifted.push(("facts", line.text.clone()));
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

/// A line as a row of facts.
fn row(line: &Line<'_>, base: &Url) -> Row {
    let mut row = Row::default();
    line.nodes.iter().for_each(|node| row.push(node, base));
    row
}

/// "来源:X 于 2026-05-04 提示:本文不代表本网立场": a line of facts with a notice behind them.
fn labelled_notices(row: &Row, setting: &Setting<'_>, body: &mut Body) -> Option<Vec<String>> {
    let mut said = credit::read(row, setting.own);
    let notices = std::mem::take(&mut said.rest);
    let all = !notices.is_empty() && notices.iter().all(|notice| boilerplate::is_notice(notice));
    all.then(|| {
        body.add_said(said);
        notices
    })
}

/// What a line says, if it is nothing but facts.
fn said(line: &Line<'_>, begins: bool, setting: &Setting<'_>) -> Option<Said> {
    if line.text.chars().count() > FACTS {
        return None;
    }
    let said = credit::read(&row(line, setting.base), setting.own);
    // "来源:他在会上说,……。" goes on like a sentence.
    let sentence = line.text.ends_with(['。', '！', '？', '!', '?', '”', '"', '」']) && said.people.is_empty();
    // "字体:[大 中 小]" behind two labels is no text.
    let little = said.labels > 1 && said.rest.iter().map(|rest| rest.chars().count()).sum::<usize>() <= 12;
    ((said.labelled || begins && said.published.is_some()) && (said.rest.is_empty() || little) && !sentence).then_some(said)
}

/// "新潮社海港6月26日电(记者 林书白)": names in a bracket near the beginning or end of the text.
fn names_in_brackets(line: &str, body: &mut Body) {
    let head: String = line.chars().take(60).collect();
    let tail: String = {
        let length = line.chars().count();
        line.chars().skip(length.saturating_sub(40)).collect()
    };
    for part in [head, tail] {
        let Some((_, rest)) = part.split_once(['(', '（']) else { continue };
        let Some((inside, _)) = rest.split_once([')', '）']) else { continue };
        if people::is_marked(inside) {
            for name in people::names(inside, people::Role::Author) {
                if name.0 != people::Role::Photographer && !body.names.contains(&name) {
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

/// Takes a line out, with its line break, and its paragraph if nothing else is in it.
pub(super) fn remove(line: &Line<'_>) {
    for node in &line.nodes {
        node.remove_from_parent();
    }
    if let Some(end) = line.ends_in {
        end.remove_from_parent();
    }
    remove_if_empty(line.holder);
}

fn remove_if_empty(node: NodeRef<'_>) {
    let mut node = node;
    while node.is_element() && !node.has_name("html") {
        let something =
            node.children().iter().any(|child| child.is_element() && !child.has_name("br") || child.is_nonempty_text());
        let Some(parent) = node.parent().filter(|_| !something) else { return };
        node.remove_from_parent();
        node = parent;
    }
}

/// Notes every picture; one that stands alone with its caption after it becomes a figure.
fn figures(document: &Document, setting: &Setting<'_>, body: &mut Body) {
    drop_numbers(document, setting.title);
    let lines = lines(document);
    let mut done = std::collections::HashSet::new();
    for (at, line) in lines.iter().enumerate() {
        for img in &line.images {
            if !done.insert(img.id) {
                continue;
            }
            if done.len() > PICTURES {
                return;
            }
            let Some(url) = img.attr("src").and_then(|src| super::url::absolute(&src)) else { continue };
            if img.attr("alt").is_some_and(|alt| is_numbered(&alt, setting.title)) {
                img.set_attr("alt", "");
            }
            let figure = img.ancestors(Some(6)).into_iter().find(|above| above.has_name("figure"));
            let mut caption = figure
                .and_then(|figure| figure.descendants().into_iter().find(|node| node.has_name("figcaption")))
                .map(|node| text::clean(&node.text()));
            let alone = line.text.is_empty() && line.images.len() == 1 && line.kept == Kept::No;
            if figure.is_none()
                && line.images.len() == 1
                && let Some(beside) = beside(line)
            {
                caption = Some(text::clean(&beside.text()));
            }
            if figure.is_none()
                && alone
                && let Some(next) =
                    lines.get(at + 1).filter(|next| next.images.is_empty() && next.kept == Kept::No && says_caption(next))
            {
                caption = Some(next.text.clone());
                make_figure(document, img, line, next);
            }
            let (said, credit) =
                caption.filter(|caption| !caption.is_empty()).map_or((None, None), |caption| image::split(&caption));
            if !body.images.iter().any(|known| known.url == url) {
                body.images.push(Image {
                    url,
                    caption: said,
                    credit,
                    copyright: None,
                    width: img.attr("width").and_then(|width| html::pixels(&width)),
                    height: img.attr("height").and_then(|height| html::pixels(&height)),
                    media_type: None,
                });
            }
        }
    }
}

/// "The headline - 1" under a picture: its number, and nothing that the reader does not know.
fn drop_numbers(document: &Document, title: &str) {
    let lines = lines(document);
    for pair in lines.windows(2) {
        let [picture, line] = pair else { continue };
        if picture.images.is_empty() || !line.images.is_empty() {
            continue;
        }
        if is_numbered(&line.text, title) {
            remove(line);
        }
    }
}

/// "The headline - 1"
fn is_numbered(written: &str, title: &str) -> bool {
    let (essence, title) = (text::essence(written), text::essence(title));
    let number = essence.strip_prefix(&title).filter(|_| title.chars().count() > 3);
    number.is_some_and(|number| number.len() <= 3 && number.bytes().all(|b| b.is_ascii_digit()))
}

/// The caption in the same line as its picture: the one element that holds all of the text after it.
fn beside<'a>(line: &Line<'a>) -> Option<NodeRef<'a>> {
    if line.text.is_empty() || line.text.chars().count() > 200 || line.holder.has_name("p") && !image::is_caption(&line.text) {
        return None;
    }
    let mut texts = line.nodes.iter().filter(|node| !node.text().trim().is_empty());
    let only = texts.next().filter(|node| node.is_element() && !node.has_name("a"))?;
    texts.next().is_none().then_some(*only)
}

fn says_caption(line: &Line<'_>) -> bool {
    let class = |node: &NodeRef<'_>| {
        node.class().is_some_and(|class| {
            let class = class.to_ascii_lowercase();
            ["caption", "img-desc", "imgdesc", "pic-desc", "photo-desc", "image-desc", "legende", "tuzhu", "cutline"]
                .iter()
                .any(|part| class.contains(part))
        })
    };
    class(&line.holder) || image::is_caption(&line.text)
}

/// `<p><img></p><p>caption</p>` → `<figure><img><figcaption>caption</figcaption></figure>`.
fn make_figure(document: &Document, img: &NodeRef<'_>, line: &Line<'_>, caption: &Line<'_>) {
    let figure = document.tree.new_element("figure");
    let figcaption = document.tree.new_element("figcaption");
    let shown = line
        .nodes
        .iter()
        .find(|node| node.id == img.id || node.descendants().iter().any(|inner| inner.id == img.id))
        .copied()
        .unwrap_or(*img);
    // A figure cannot stand in a paragraph: it goes before the one the picture was in.
    let place = if line.holder.has_name("p") { line.holder } else { shown };
    place.insert_before(&figure);
    figure.append_child(&shown);
    for node in &caption.nodes {
        figcaption.append_child(node);
    }
    figure.append_child(&figcaption);
    for end in [line.ends_in, caption.ends_in].into_iter().flatten() {
        end.remove_from_parent();
    }
    remove_if_empty(line.holder);
    remove_if_empty(caption.holder);
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn base() -> Url {
        Url::parse("https://outlet.example/a/1").expect("a literal")
    }

    fn setting<'a>(base: &'a Url, own: &'a [&'a str]) -> Setting<'a> {
        Setting { base, own, title: "渡轮停航第三周" }
    }

    fn body(source: &str) -> Body {
        read(source, &["Known notice, as data.".to_owned()], &setting(&base(), &["今日港"]))
    }

    fn check(source: &str, html: &str, disclaimers: &[&str], outlet: Option<(&str, Option<&str>)>) {
        let got = body(source);
        assert_eq!(got.html.as_str(), html, "{source}");
        assert_eq!(got.disclaimers, disclaimers, "{source}");
        let party = got.chain.first().map(|party| (party.name.as_str(), party.url.as_ref().map(Url::as_str)));
        assert_eq!(party, outlet, "{source}");
    }

    #[test]
    fn lifts_notices_and_source_lines_out() {
        let nameless = read("<p>来源:<a href=https://ledger.example/1>原文链接</a></p><p>t</p>", &[], &setting(&base(), &[""]));
        assert_eq!(
            nameless.chain.into_iter().next().and_then(|party| party.url).map(String::from).as_deref(),
            Some("https://ledger.example/1")
        );
        check(
            "<p>本文转载自海港纪事,不代表本网立场。</p><p>渡轮停了。</p><p>来源:<a href='https://ledger.example/1'>原文链接</a></p><p>本文转载自海港纪事,不代表本网立场。</p>",
            "<p>渡轮停了。</p>",
            &["本文转载自海港纪事,不代表本网立场。"],
            Some(("海港纪事", Some("https://ledger.example/1"))),
        );
        check(
            "来源:海港纪事<br>渡轮停了。<br>来源不明的船来了。",
            "渡轮停了。<br>来源不明的船来了。",
            &[],
            Some(("海港纪事", None)),
        );
        check("<p>渡轮停了。(本文转载自海港纪事)</p>", "<p>渡轮停了。</p>", &["(本文转载自海港纪事)"], Some(("海港纪事", None)));
        check("<blockquote>来源:海港纪事</blockquote><p>t</p>", "<blockquote>来源:海港纪事</blockquote><p>t</p>", &[], None);
        check("<p>来源:今日港</p><p>渡轮停了。</p>", "<p>渡轮停了。</p>", &[], None);
        check(
            "<div><div><p>Known notice,  as <b>data</b>.</p></div></div><p>t</p>",
            "<p>t</p>",
            &["Known notice, as data."],
            None,
        );
        check("<p>The post Ferry appeared first on <a href=/>今日港</a>.</p><p>t</p>", "<p>t</p>", &[], None);
    }

    #[test]
    fn lifts_our_own_blocks_out() {
        check(
            "<div class=\"reprint-credit\"><p>来源:<a href='https://x.example/'>X</a></p></div><div class=\"reprint-disclaimer\">仅供参考。</div><p>t</p><hr><div class=\"reprint-disclaimer\">仅供参考。</div>",
            "<p>t</p>",
            &["仅供参考。"],
            None,
        );
    }

    #[test]
    fn bylines_become_names() {
        let got = body("<p>作者:Nora Whitfield|译者:林书白</p><p>渡轮停了。</p>");
        assert_eq!(got.html.as_str(), "<p>渡轮停了。</p>");
        assert_eq!(
            got.names,
            [(people::Role::Author, "Nora Whitfield".to_owned()), (people::Role::Translator, "林书白".to_owned())]
        );
    }

    #[test]
    fn pictures_become_figures() {
        let got =
            body("<p>a</p><p><img src=/1.jpg width=600></p><p>渡轮。 TOMAS REED, VIA HW</p><p>住在七层的会计每天都去。</p>");
        assert_eq!(
            got.html.as_str(),
            "<p>a</p><figure><img src=\"https://outlet.example/1.jpg\" width=\"600\"><figcaption>渡轮。 TOMAS REED, VIA HW</figcaption></figure><p>住在七层的会计每天都去。</p>"
        );
        let image = &got.images[0];
        assert_eq!(
            (image.caption.as_deref(), image.credit.as_deref(), image.width),
            (Some("渡轮。"), Some("TOMAS REED, VIA HW"), Some(600))
        );

        let got = body(
            "<figure><img src=/1.jpg><figcaption>甲板。摄影:林书白</figcaption></figure><p><img src=/2.jpg></p><p>渡轮停了。</p>",
        );
        assert_eq!(got.images.len(), 2);
        assert_eq!((got.images[0].caption.as_deref(), got.images[0].credit.as_deref()), (Some("甲板。"), Some("林书白")));
        assert_eq!(got.images[1].caption, None);
    }

    #[test]
    fn refused_markup_is_kept_as_text_with_a_warning() {
        let got = body(&("<div>".repeat(400) + "t"));
        assert_eq!(got.html.as_str(), "<p>t</p>");
        assert_eq!(got.warnings[0].code, "html_too_deep");
    }

    #[test]
    fn long_bodies_take_time_in_proportion() {
        for part in [
            "<p>渡轮停了。<br>没人知道为什么。</p><p><img src=/1.jpg></p><p>图为渡轮</p>",
            "本文转载自海港纪事。<br>",
            "<img src=/1.jpg><br>图为渡轮<br>",
        ] {
            let source = format!("<div>{}</div>", part.repeat(4_000));
            let started = std::time::Instant::now();
            assert!(!body(&source).html.is_empty());
            assert!(started.elapsed().as_secs() < 20, "{part} took {:?}", started.elapsed());
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(200))]
        #[test]
        fn whatever_comes_the_result_is_clean(parts in prop::collection::vec(prop::sample::select(vec![
            "<p>", "</p>", "<br>", "<img src=/1.jpg>", "来源:海港纪事 原文链接", "本文转载自海港纪事。", "(本文转载自海港纪事)", "图为渡轮", "© HW", "<div>", "</div>",
            "<table><tr><td>", "</table>", "<figure>", "</figure>", "<figcaption>", "作者:林书白", "text", "<a href=/x>", "</a>", "<b>", "</b>", "<hr>",
            "<div class=reprint-credit>", "<div class=\"reprint-disclaimer\">", "<blockquote>", "<ul><li>", "</ul>", "<noscript>", "<picture>", "<span>", "</span>",
        ]), 0..20)) {
            let got = body(&parts.concat());
            let again = html::sanitize(got.html.as_str(), &Url::parse("https://outlet.example/").expect("a literal"));
            prop_assert_eq!(again.as_str(), got.html.as_str());
        }
    }
}
