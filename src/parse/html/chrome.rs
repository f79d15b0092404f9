//! What is on a page around its article and belongs to the site or to other articles: taken out before the text is looked for. It is told by what it
//! is called, and what it is called is weighed against what it holds, for themes call their containers all kinds of things.

use std::collections::{HashMap, HashSet};

use dom_query::{Document, NodeId, NodeRef};

use super::facts::looks_like_date;
use super::{rows, short_text};

/// Elements of a page that are looked at.
const ELEMENTS: usize = 60_000;
/// Bytes of a text that is prose, about twenty Chinese characters.
const PROSE: usize = 60;
/// Characters of an aside without links that may be a notice.
const NOTICE: usize = 600;
/// Bytes of prose in an element `article` that is one.
const ARTICLE: usize = 400;
/// Characters of a line of facts by the headline.
const LINE: usize = 160;
/// Elements between it and the headline.
const NEAR: u32 = 40;
/// Characters of the heading over a list of comments.
const HEADING: usize = 40;
/// Comments that are looked at, and elements of each.
const ITEMS: usize = 8;
const PARTS: usize = 200;

/// Words in classes and ids of what is not of the article.
pub(super) const CHROME: &[&str] = &[
    "nav",
    "navbar",
    "navigation",
    "menu",
    "subnav",
    "topbar",
    "sidebar",
    "sidebox",
    "side",
    "widget",
    "aside",
    "recommend",
    "recommends",
    "recommended",
    "recommendation",
    "recommendations",
    "related",
    "relate",
    "relatedposts",
    "xiangguan",
    "tuijian",
    "hot",
    "hotlist",
    "ranking",
    "rank",
    "trending",
    "popular",
    "mostread",
    "mostviewed",
    "share",
    "sharing",
    "sharebar",
    "sharedaddy",
    "social",
    "sns",
    "bdshare",
    "bdsharebuttonbox",
    "addthis",
    "addtoany",
    "ad",
    "ads",
    "adv",
    "advert",
    "advertisement",
    "adsbygoogle",
    "banner",
    "subscribe",
    "newsletter",
    "signup",
    "popup",
    "modal",
    "lightbox",
    "login",
    "qrcode",
    "ewm",
    "erweima",
    "toolbar",
    "prevnext",
    "pagination",
    "pager",
    "cookie",
    "cookies",
    "gdpr",
    "outbrain",
    "taboola",
    "teaser",
    "promo",
    "sponsored",
    "jp-relatedposts",
    "republication",
    "republish",
    "tooltip",
    "dropdown",
    "skip",
    "breaking",
    "weather",
    "friendlink",
    "friendlinks",
];

/// Of the site's foot, unless it is inside of an article.
const FOOT: &[&str] = &["footer", "foot", "ft", "bottom", "colophon", "copyright", "footlink"];

/// Of the list of comments itself.
const LISTS: &[&str] = &[
    "comment",
    "comments",
    "commentlist",
    "disqus",
    "pinglun",
    "liuyan",
    "cmt",
    "reply",
    "replies",
    "respond",
    "kommentare",
    "kommentarer",
    "kommentit",
    "komentarze",
    "komentari",
    "comentarios",
    "commentaires",
    "commenti",
    "reacties",
    "yorumlar",
    "binhluan",
];

/// Ids and classes that are one only under a heading with their number.
const BRIEF: &[&str] = &[
    "c",
    "com",
    "coms",
    "kom",
    "komm",
    "reactie",
    "reakcje",
    "opinie",
    "opiniones",
    "yorum",
    "diskuze",
    "diskussion",
    "talkback",
    "forum",
    "avis",
    "debat",
    "debate",
    "guestbook",
];

/// Of the list of comments, and of what leads there.
pub(super) const COMMENTS: &[&str] = &[
    "comment",
    "comments",
    "commentlist",
    "cmt",
    "cmts",
    "cmnt",
    "pinglun",
    "reply",
    "replies",
    "disqus",
    "kommentar",
    "kommentare",
    "comentarios",
    "comentario",
    "commentaires",
    "reactions",
    "responses",
    "discussion",
    "review",
];

/// What these words name is shown over the page when it stands on its own, and is a picture or a word of the text when it stands in a line.
const OVERLAYS: &[&str] = &["lightbox", "popup", "modal", "tooltip", "dropdown"];

/// Parts of a class after which, or before which, a word says how a container is and not what it is.
const BEFORE: &[&str] = &[
    "with", "has", "have", "no", "without", "not", "non", "hide", "is", "by", "margin", "padding", "border", "pad", "align",
    "valign", "in", "to", "from",
];
const BEHIND: &[&str] = &["enabled", "disabled", "open", "closed", "allowed", "free", "hoc", "lazy", "by", "on", "off"];

/// Bytes of prose outside of links, by the number of the element they are in (see [`rows::number`]), summed up in the order of the document.
struct Weights(Vec<usize>);

impl Weights {
    fn of(body: &NodeRef<'_>) -> Self {
        let mut sums: Vec<usize> = Vec::new();
        for text in body.descendants_it().filter(NodeRef::is_text) {
            let length = text.text().trim().len();
            if length <= PROSE || text.ancestors_it(Some(2)).any(|above| above.has_name("a")) {
                continue;
            }
            let Some(number) = text.parent().and_then(|above| rows::number_of(&above)) else { continue };
            let number = number as usize;
            if sums.len() <= number {
                sums.resize(number + 1, 0);
            }
            sums[number] += length;
        }
        let mut sum = 0;
        for at in &mut sums {
            sum += *at;
            *at = sum;
        }
        Self(sums)
    }

    fn upto(&self, number: u32) -> usize {
        self.0.get(number as usize).or(self.0.last()).copied().unwrap_or_default()
    }

    fn all(&self) -> usize {
        self.0.last().copied().unwrap_or_default()
    }

    fn within(&self, node: &NodeRef<'_>) -> usize {
        let Some(number) = rows::number_of(node) else { return 0 };
        self.upto(rows::end(node, number)).saturating_sub(self.upto(number.saturating_sub(1)))
    }
}

/// A list of comments that its heading gives away.
pub(super) struct Zone<'a> {
    pub(super) node: NodeRef<'a>,
    pub(super) heading: NodeRef<'a>,
}

/// Lists of comments without a name that says so: a short heading with a number, and under it what people wrote at some time.
pub(super) fn comment_zones<'a>(document: &'a Document) -> Vec<Zone<'a>> {
    let Some(body) = document.body() else { return Vec::new() };
    let mut zones = Vec::new();
    for node in body.descendants_it().filter(NodeRef::is_element).take(ELEMENTS) {
        if zones.len() < 4
            && ["section", "div", "aside", "article"].iter().any(|name| node.has_name(name))
            && let Some(heading) = counted_heading(&node)
        {
            zones.push(Zone { node, heading });
        }
    }
    zones
}

fn counted_heading<'a>(zone: &NodeRef<'a>) -> Option<NodeRef<'a>> {
    let mut children = zone.children_it(false).filter(NodeRef::is_element);
    let heading = children.next()?;
    let brief = has(&words(zone), BRIEF);
    let is_heading = ["h2", "h3", "h4", "h5", "h6", "legend"].iter().any(|name| heading.has_name(name));
    if !is_heading && !brief || !short_text(&heading, HEADING).is_some_and(|text| is_count(&text)) {
        return None;
    }
    let mut items: Vec<NodeRef<'a>> = children.filter(|child| !child.has_name("form")).take(ITEMS).collect();
    if let [list] = items.as_slice()
        && ["ol", "ul", "dl", "div", "section"].iter().any(|name| list.has_name(name))
    {
        let inside: Vec<_> = list.children_it(false).filter(NodeRef::is_element).take(ITEMS).collect();
        let of_one_kind = inside.windows(2).all(|pair| pair[0].node_name() == pair[1].node_name());
        // The one comment there is, or a list of them.
        if of_one_kind
            && inside.first().is_some_and(|first| !first.has_name("p") && !first.has_name("span") && !first.has_name("b"))
        {
            items = inside;
        }
    }
    let dated = items.iter().filter(|item| brief || is_dated(item)).count();
    (dated > 0 && dated * 2 >= items.len()).then_some(heading)
}

/// One number and at most two words.
fn is_count(text: &str) -> bool {
    let mut numbers = 0;
    let mut letters = 0;
    let mut within = false;
    for c in text.chars() {
        let digit = c.is_numeric() || within && matches!(c, ',' | '.');
        numbers += usize::from(digit && !within);
        within = digit;
        letters += usize::from(c.is_alphabetic());
    }
    let words = text.split_whitespace().filter(|word| word.chars().any(char::is_alphabetic)).count();
    let dense = text.chars().any(|c| c.is_alphabetic() && c >= '\u{1100}');
    let begins = text.starts_with(char::is_numeric);
    let mut behind = text.trim_end_matches([')', '）', ']', '】', '」', ':', '：']).chars().rev();
    let ends = behind.next().is_some_and(char::is_numeric) || dense && behind.next().is_some_and(char::is_numeric);
    numbers == 1 && letters > 0 && (begins || ends) && words <= 2 && (!dense || letters <= 8)
}

fn is_dated(item: &NodeRef<'_>) -> bool {
    item.descendants_it().take(PARTS).any(|inner| {
        inner.has_name("time")
            || inner.is_text() && {
                let text = inner.text();
                let text = text.trim();
                text.len() <= 3 * HEADING && text.chars().count() <= HEADING && looks_like_date(text)
            }
    })
}

/// Takes out what is not of the article. What holds the headline, what says that it is the text, and what has most of the prose stays, whatever it
/// is called.
pub(super) fn clear(document: &Document, headline: Option<NodeRef<'_>>, zones: &[Zone<'_>]) {
    let Some(body) = document.body() else { return };
    let weights = Weights::of(&body);
    show(&body, &weights);
    let bodies: Vec<_> = document.try_select("[itemprop~=articleBody]").map(|found| found.nodes().to_vec()).unwrap_or_default();
    let holders: HashSet<NodeId> = headline
        .iter()
        .chain(bodies.iter().take(4))
        .flat_map(|node| std::iter::once(*node).chain(node.ancestors_it(None)))
        .map(|above| above.id)
        .collect();
    let own = headline.and_then(|headline| headline.ancestors_it(None).find(|above| above.has_name("article")));
    let own = own.filter(|article| weights.within(article) >= ARTICLE);
    let zones: HashSet<NodeId> = zones.iter().map(|zone| zone.node.id).collect();
    let mut found: Vec<(NodeRef<'_>, bool, usize)> = Vec::new();
    let mut until = 0;
    // Elements of one class are judged together: each paragraph may be called so.
    let mut classes: HashMap<String, usize> = HashMap::new();
    let mut beside = 0;
    for node in body.descendants_it().filter(NodeRef::is_element).take(ELEMENTS) {
        let Some(number) = rows::number_of(&node).filter(|number| *number > until) else { continue };
        if holders.contains(&node.id) {
            continue;
        }
        let comments = zones.contains(&node.id) && weights.within(&node) * 2 <= weights.all();
        let Some(comments) = (if comments { Some(true) } else { chrome(&node, own.as_ref()) }) else { continue };
        let weight = weights.within(&node);
        let near = headline.and_then(|headline| rows::number_of(&headline)).is_some_and(|own| number.abs_diff(own) <= NEAR);
        if !comments && near && !is_hidden(&node) && is_line_of_facts(&node, &holders) {
            continue;
        }
        if weight * 2 <= weights.all() {
            until = rows::end(&node, number);
        }
        if comments || node.has_name("nav") || node.has_name("footer") {
            beside += weight;
        }
        *classes.entry(class_of(&node)).or_default() += weight;
        found.push((node, comments, weight));
    }
    let most = weights.all().saturating_sub(beside) / 2;
    for (node, comments, weight) in found {
        // What is called a list of comments is never the text; anything else that holds most of it is.
        let class = class_of(&node);
        let together = if class.is_empty() { weight } else { classes.get(&class).copied().unwrap_or_default() };
        if comments || most == 0 || weight == 0 || together <= most {
            node.remove_from_parent();
        }
    }
}

fn class_of(node: &NodeRef<'_>) -> String {
    node.class().map(|class| class.to_string()).unwrap_or_default()
}

/// Shows what is hidden until a script has run, or beneath a window that a script has opened: nobody hides most of a text.
fn show(body: &NodeRef<'_>, weights: &Weights) {
    let is_most = |node: &NodeRef<'_>| {
        let aria = node.attr("aria-hidden").is_some_and(|value| &*value == "true");
        (aria || is_hidden(node)) && weights.all() > 0 && weights.within(node) * 4 >= weights.all() * 3
    };
    // Collected first: the walk borrows the tree, which is about to change.
    let elements = std::iter::once(*body).chain(body.descendants_it().filter(NodeRef::is_element).take(ELEMENTS));
    let hidden: Vec<NodeRef<'_>> = elements.filter(is_most).collect();
    for node in hidden {
        ["hidden", "style", "aria-hidden"].iter().for_each(|name| node.remove_attr(name));
    }
}

pub(super) fn is_hidden(node: &NodeRef<'_>) -> bool {
    node.has_attr("hidden")
        || node.attr("style").is_some_and(|style| {
            let style: String = style.to_ascii_lowercase().split_whitespace().collect();
            style.contains("display:none") || style.contains("visibility:hidden")
        })
}

/// A line by the headline with a date in it, which shares its place with buttons.
fn is_line_of_facts(node: &NodeRef<'_>, holders: &HashSet<NodeId>) -> bool {
    !node.has_name("footer")
        && !has(&words(node), FOOT)
        && node.ancestors_it(Some(2)).any(|above| holders.contains(&above.id) && !above.has_name("body"))
        && short_text(node, LINE).is_some_and(|text| {
            let digits = text.chars().filter(|c| c.is_numeric()).count();
            (6..=24).contains(&digits) && text.chars().any(|c| matches!(c, ':' | '：' | '-' | '/' | '年' | '.'))
        })
}

/// Whether an element is called, or is by its kind, something beside the article; true for what never is the text: a list of comments, the next
/// article. `own` is the element `article` of the headline.
fn chrome(node: &NodeRef<'_>, own: Option<&NodeRef<'_>>) -> Option<bool> {
    if is_text(node) {
        return None;
    }
    if is_hidden(node) || node.has_name("nav") || node.has_name("dialog") {
        return Some(false);
    }
    if own.is_some() && node.has_name("article") && is_another(node) {
        return Some(true);
    }
    let words = words(node);
    if has(&words, LISTS) {
        return (!is_in_line(node)).then_some(true);
    }
    // "adEditor", "article-footer": what the second word names is the article's.
    if has(&words, &["editor", "zebian"]) && !has(&words, LISTS) && short_text(node, LINE).is_some_and(|text| !text.is_empty()) {
        return None;
    }
    if has(&words, CHROME) {
        let phrase = ["a", "span", "label"].iter().any(|name| node.has_name(name));
        let known: Vec<&str> = words.iter().map(String::as_str).filter(|word| CHROME.contains(word)).collect();
        if phrase && known.iter().all(|word| OVERLAYS.contains(word)) || is_in_line(node) {
            return None;
        }
        return (!(known.iter().all(|word| *word == "teaser") && is_lead(node))).then_some(false);
    }
    if node.has_name("aside") {
        return (!is_notice(node)).then_some(false);
    }
    if words.iter().any(|word| word == "copyright") && is_of_article(node) {
        return None;
    }
    if !node.has_name("footer") && has(&words, &["article", "post", "entry", "story"]) && has(&words, FOOT) && is_notice(node) {
        return None;
    }
    let foot = node.has_name("footer") || has(&words, FOOT);
    (foot && !node.ancestors_it(None).any(|above| above.has_name("article") || above.has_name("main"))).then_some(false)
}

/// Characters of a line on rights that is the article's.
const RIGHTS: usize = 240;

/// A line on rights in the box of the article, which is no box of the whole page: that one holds the site's head, foot or menus, too.
fn is_of_article(node: &NodeRef<'_>) -> bool {
    let Some(above) = node.parent().filter(|above| !above.has_name("body") && !above.has_name("footer")) else { return false };
    let page = |part: NodeRef<'_>| {
        part.has_name("nav")
            || part.has_name("footer")
            || has(&words(&part), &["footer", "foot", "nav", "menu", "masthead", "navbar"])
    };
    let beside = above.children_it(false).filter(NodeRef::is_element);
    let in_foot =
        node.ancestors_it(Some(6)).any(|above| above.has_name("footer") || has(&words(&above), &["footer", "foot", "ft"]));
    let prose = above.descendants_it().filter(NodeRef::is_text).any(|text| text.text().trim().len() > 2 * PROSE);
    !in_foot && prose && short_text(node, RIGHTS).is_some_and(|text| !text.is_empty()) && !beside.take(40).any(page)
}

/// An article with a headline of its own: the next one, on pages that go on without end.
fn is_another(node: &NodeRef<'_>) -> bool {
    node.descendants_it()
        .filter(NodeRef::is_element)
        .take(PARTS)
        .any(|inner| inner.has_name("h1") || inner.attr("itemprop").is_some_and(|property| &*property == "headline"))
}

/// Some words of a paragraph.
fn is_in_line(node: &NodeRef<'_>) -> bool {
    let phrase = ["a", "span", "mark", "font", "u", "small", "abbr", "cite", "q", "ins", "sub", "sup", "time", "label"]
        .iter()
        .any(|name| node.has_name(name));
    phrase
        && node.parent().filter(|above| above.has_name("p") || above.has_name("li")).is_some_and(|above| {
            let length: usize = above.children_it(false).filter(NodeRef::is_text).map(|text| text.text().trim().len()).sum();
            length > PROSE
        })
}

/// What some systems call a teaser is what leads into the article: a paragraph or two that lead nowhere else.
fn is_lead(node: &NodeRef<'_>) -> bool {
    let leads_on = |inner: NodeRef<'_>| ["a", "h1", "h2", "h3", "h4", "img"].iter().any(|name| inner.has_name(name));
    short_text(node, NOTICE).is_some_and(|text| text.len() > PROSE) && !node.descendants_it().any(leads_on)
}

fn is_notice(node: &NodeRef<'_>) -> bool {
    short_text(node, NOTICE).is_some_and(|text| !text.is_empty()) && !node.descendants_it().any(|inner| inner.has_name("a"))
}

const TEXT: &[&str] = &[
    "p",
    "img",
    "figure",
    "figcaption",
    "picture",
    "em",
    "strong",
    "i",
    "b",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "blockquote",
    "br",
    "td",
    "tr",
    "tbody",
    "table",
    "html",
    "body",
];

/// A paragraph, a heading, a picture or a word of the text, which themes give classes of all kinds.
fn is_text(node: &NodeRef<'_>) -> bool {
    TEXT.iter().any(|name| node.has_name(name))
        // MathJax hangs a menu on each formula.
        || node.node_name().is_some_and(|name| name.starts_with("mjx-"))
}

/// The words in class and id, in lower case: whole, and what they are made of. Without those that say how something is: `with-comments`,
/// `sidebar-open`, `md:banner`, the sections of an article in WordPress, headings made into ids.
pub(super) fn words(node: &NodeRef<'_>) -> Vec<String> {
    let mut words = Vec::new();
    let class = node.class();
    let is_post =
        class.as_ref().is_some_and(|class| class.split_whitespace().any(|name| name == "hentry" || name.starts_with("type-")));
    let classes = class.iter().flat_map(|class| class.split_whitespace().take(24));
    let classes = classes.filter(|name| !name.contains([':', '['])).filter(|name| {
        !is_post || !["category-", "tag-", "author-", "format-", "section-"].iter().any(|kind| name.starts_with(kind))
    });
    for name in classes {
        let parts = parts(name);
        add(&mut words, name, &parts);
    }
    for name in node.id_attr().iter().flat_map(|id| id.split_whitespace().take(2)) {
        let parts = parts(name);
        if parts.len() <= 3 {
            add(&mut words, name, &parts);
        }
    }
    words
}

fn add(words: &mut Vec<String>, name: &str, parts: &[String]) {
    if parts.len() > 1 {
        words.push(name.to_ascii_lowercase());
    }
    for (at, part) in parts.iter().enumerate() {
        let before = at.checked_sub(1).and_then(|at| parts.get(at)).is_some_and(|part| BEFORE.contains(&part.as_str()));
        let behind = parts.get(at + 1).is_some_and(|part| BEHIND.contains(&part.as_str()));
        if !before && !behind {
            words.push(part.clone());
        }
    }
}

/// What a class or an id is made of: `postShare_box-2` of post, share, box.
fn parts(name: &str) -> Vec<String> {
    let mut parts = Vec::new();
    let mut part = String::new();
    let mut lower_before = false;
    for c in name.chars() {
        if !c.is_ascii_alphabetic() || c.is_ascii_uppercase() && lower_before {
            parts.push(std::mem::take(&mut part));
        }
        if c.is_ascii_alphabetic() {
            part.push(c.to_ascii_lowercase());
        }
        lower_before = c.is_ascii_lowercase();
    }
    parts.push(part);
    parts.retain(|part| !part.is_empty());
    parts
}

pub(super) fn has(words: &[String], known: &[&str]) -> bool {
    words.iter().any(|word| known.contains(&word.as_str()))
}
