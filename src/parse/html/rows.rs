//! What stands around the text: the lines below the headline, notices behind the text, the way from the front page, tags, counts of comments.

use std::collections::BTreeSet;

use dom_query::{Document, NodeRef};

use super::chrome::{CHROME, COMMENTS, Zone, has, words};
use super::{short_text, squeezed};
use crate::model::{PageRow, Place};

/// Elements of a page that are looked at.
const ELEMENTS: usize = 60_000;
/// Rows of one place, and bytes of one row.
const ROWS: usize = 60;
const ROW: usize = 16 * 1024;
/// Characters of text that a row at the head has at most: more is no line of facts.
const HEAD: usize = 600;
/// Characters of what stands in front of the headline.
const FRONT: usize = 160;

/// Elements behind the text that are near it where nothing but the page holds headline and text.
const NEAR: u32 = 24;

/// The number of an element in the order of the document, from 1.
pub(super) const NUMBER: &str = "data-reprint-number";

/// Of the way from the front page.
const CRUMBS: &[&str] = &[
    "breadcrumb",
    "breadcrumbs",
    "crumb",
    "crumbs",
    "bread",
    "path",
    "position",
    "location",
    "weizhi",
    "mianbao",
    "topicpath",
    "pankuzu",
    "trail",
    "channelpath",
    "where",
    "ariane",
    "fil",
    "migas",
    "migalhas",
    "briciole",
    "okruszki",
    "trilha",
    "brotkrumen",
    "brotkrume",
    "kruimelpad",
    "speedbar",
];

/// Of tags and categories.
const TAGS: &[&str] = &[
    "tag",
    "tags",
    "taglist",
    "tagged",
    "keyword",
    "keywords",
    "topics",
    "topic",
    "terms",
    "categories",
    "category",
    "cat",
    "cats",
    "hashtags",
    "hashtag",
    "biaoqian",
    "etiquetas",
    "section",
    "rubrik",
    "rubrique",
    "kategorie",
];

/// Rows that are found by what they are called. To be called before [`super::chrome::clear`], which takes some of them away.
pub(super) fn named(document: &Document, headline: Option<NodeRef<'_>>, zones: &[Zone<'_>]) -> Vec<PageRow> {
    let mut rows: Vec<PageRow> = Vec::new();
    let Some(body) = document.body() else { return rows };
    let mut taken = std::collections::HashSet::new();
    let holders: std::collections::HashSet<_> =
        headline.iter().flat_map(|node| std::iter::once(*node).chain(node.ancestors_it(None))).map(|above| above.id).collect();
    let heading = headline.and_then(|node| short_text(&node, 400)).unwrap_or_default();
    for node in body.descendants_it().filter(NodeRef::is_element).take(ELEMENTS) {
        let words = words(&node);
        let is_crumbs = has(&words, CRUMBS)
            || node.attr("aria-label").is_some_and(|label| label.eq_ignore_ascii_case("breadcrumb"))
            || node.attr("itemtype").is_some_and(|kind| kind.ends_with("BreadcrumbList"))
            || is_way(&node, &heading);
        let place = if is_crumbs {
            Place::Crumbs
        } else if has(&words, COMMENTS)
            || is_counter(&node)
            || zones.iter().any(|zone| zone.heading.id == node.id)
            || node.attr("href").is_some_and(|href| is_comments_address(&href))
        {
            Place::Comments
        } else if has(&words, TAGS)
            || node.attr("rel").is_some_and(|rel| rel.split_whitespace().any(|word| word.eq_ignore_ascii_case("tag")))
        {
            Place::Tags
        } else {
            continue;
        };
        if holders.contains(&node.id) {
            continue;
        }
        let mut add = |node: &NodeRef<'_>, longest: usize| {
            let inside = taken.contains(&node.id) || node.ancestors_it(Some(6)).any(|above| taken.contains(&above.id));
            let fits = short_text(node, longest).is_some_and(|text| !text.is_empty());
            if fits && !inside && rows.iter().filter(|row| row.place == place).count() < 16 {
                rows.push(PageRow { place, html: unnumbered(&node.html()) });
                taken.insert(node.id);
            }
        };
        match place {
            Place::Crumbs if node.descendants_it().any(|inner| inner.has_name("a")) => add(&node, 200),
            Place::Comments => {
                // The number is in the heading of the list, or in a short element.
                let digits = |node: &NodeRef<'_>| short_text(node, 60).is_some_and(|text| text.chars().any(char::is_numeric));
                {
                    let heads = |inner: &NodeRef<'_>| {
                        ["h1", "h2", "h3", "h4", "h5", "strong", "b", "em", "span", "legend"]
                            .iter()
                            .any(|name| inner.has_name(name))
                    };
                    let heading = node.descendants_it().filter(NodeRef::is_element).take(12).filter(heads).find(digits);
                    match heading {
                        Some(heading) => add(&heading, 60),
                        None if digits(&node) => add(&node, 60),
                        None => {}
                    }
                }
            }
            Place::Tags
                if !in_chrome(&node) && (node.has_name("a") || node.descendants_it().any(|inner| inner.has_name("a"))) =>
            {
                add(&node, 300);
            }
            _ => {}
        }
    }
    rows
}

/// Characters of a way from the front page, and of what stands in it that is no link.
const WAY: usize = 120;
const UNLINKED: usize = 24;

/// A way from the front page, told by what it is: a link there first, then other links with marks between that point at the next.
fn is_way(node: &NodeRef<'_>, headline: &str) -> bool {
    if !["div", "p", "nav", "td", "span", "ul", "ol", "section", "font"].iter().any(|name| node.has_name(name)) {
        return false;
    }
    let pointed = |text: &String| node.has_name("nav") || text.contains(['>', '»', '›', '＞', '→', '/']);
    let Some(text) = short_text(node, WAY).filter(pointed) else {
        return false;
    };
    let links: Vec<NodeRef<'_>> = node.descendants_it().filter(|inner| inner.has_name("a")).take(9).collect();
    let [first, rest @ ..] = links.as_slice() else { return false };
    let to_front = first.attr("href").is_some_and(|href| {
        let href = href.trim();
        let path = href.split_once("://").map_or(href, |(_, rest)| rest.find('/').map_or("/", |at| &rest[at..]));
        path == "/" || path == "./" || path.trim_start_matches(['.', '/']).starts_with("index.")
    });
    if !to_front || rest.is_empty() || rest.len() > 6 {
        return false;
    }
    let linked: usize = links.iter().filter_map(|link| short_text(link, WAY)).map(|text| text.chars().count()).sum();
    let plain = text.replace(headline.trim(), "");
    // A short menu at the head of an article, of nothing but links from the front page on, points without marks.
    let of_article = node.has_name("nav")
        && rest.len() <= 3
        && unlinked_none(&plain, linked)
        && node.ancestors_it(Some(4)).any(|above| above.has_name("article") || above.has_name("main"));
    if of_article {
        return true;
    }
    let between = plain.chars().filter(|c| matches!(c, '>' | '»' | '›' | '＞' | '→' | '/')).count();
    let unlinked = plain.chars().filter(|c| c.is_alphanumeric()).count().saturating_sub(linked);
    // "a/b" within a name is no mark: there is one between any two steps.
    between >= rest.len() && unlinked <= UNLINKED
}

/// Whether nothing of a text is outside of its links.
fn unlinked_none(plain: &str, linked: usize) -> bool {
    plain.chars().filter(|c| !c.is_whitespace()).count() <= linked
}

/// A short button with a number: votes, shares, or comments.
fn is_counter(node: &NodeRef<'_>) -> bool {
    let button = node.has_name("button") || node.attr("role").is_some_and(|role| &*role == "button");
    button
        && short_text(node, 24)
            .is_some_and(|text| text.chars().any(char::is_numeric) && text.chars().filter(|c| c.is_alphabetic()).count() >= 2)
}

fn is_comments_address(href: &str) -> bool {
    let path = href.split(['?', '#']).next().unwrap_or_default();
    if path.trim_end_matches('/').rsplit('/').next().is_some_and(|last| matches!(last, "comments" | "comment" | "commentaires")) {
        return true;
    }
    let Some((_, fragment)) = href.split_once('#') else { return false };
    let fragment = fragment.to_ascii_lowercase();
    COMMENTS.iter().any(|word| fragment.starts_with(word)) || fragment == "respond"
}

fn in_chrome(node: &NodeRef<'_>) -> bool {
    node.ancestors_it(Some(8)).any(|above| {
        above.has_name("nav")
            || above.has_name("aside")
            || above.has_name("header")
                && !above.ancestors_it(None).any(|outer| outer.has_name("article") || outer.has_name("main"))
            || has(&words(&above), CHROME)
            || has(&words(&above), COMMENTS)
    })
}

/// Numbers the elements of a document in its order.
pub(super) fn number(document: &Document) {
    let Some(body) = document.body() else { return };
    let elements: Vec<NodeRef<'_>> = std::iter::once(body).chain(body.descendants_it().filter(NodeRef::is_element)).collect();
    for (number, node) in elements.iter().enumerate() {
        node.set_attr(NUMBER, &(number + 1).to_string());
    }
}

/// Takes the numbers out of HTML source.
pub(super) fn unnumbered(source: &str) -> String {
    let mark = format!(" {NUMBER}=\"");
    let mut out = String::with_capacity(source.len());
    let mut rest = source;
    while let Some(at) = rest.find(&mark) {
        out.push_str(&rest[..at]);
        let value = &rest[at + mark.len()..];
        rest = value.find('"').map_or("", |end| &value[end + 1..]);
    }
    out.push_str(rest);
    out
}

/// Rows around the text. `content` is the text as taken from the numbered document.
pub(super) fn around(document: &Document, headline: Option<NodeRef<'_>>, content: &Document) -> Vec<PageRow> {
    let Some(body) = document.body() else { return Vec::new() };
    let mut kept: BTreeSet<u32> = BTreeSet::new();
    let mut shown: BTreeSet<u32> = BTreeSet::new();
    for node in content.root().descendants_it().filter(NodeRef::is_element) {
        let Some(number) = number_of(&node) else { continue };
        kept.insert(number);
        if node.has_name("img") || node.children_it(false).any(|child| child.is_nonempty_text()) {
            shown.insert(number);
        }
    }
    let heading = headline.and_then(|node| number_of(&node)).unwrap_or_default();
    let first = shown.range(heading..).next().or(shown.first()).copied();
    let (Some(first), Some(last)) = (first, shown.last().copied()) else { return Vec::new() };
    let whole: String = content.text().split_whitespace().collect();

    let headline = headline.and_then(|node| Some((node, number_of(&node)?))).filter(|(_, number)| *number < first);
    // Above the headline only what stands in a head with it.
    let from = headline.map_or(first, |(node, number)| front(&node, first).unwrap_or(number));
    let mut rows: Vec<PageRow> = Vec::new();
    let mut add = |place: Place, html: String, text: &str| {
        // Some elements lose their number on the way into the text.
        let squeezed: String = text.split_whitespace().collect();
        let within = squeezed.chars().count() > 6 && whole.contains(&squeezed);
        let fits = !within && html.len() <= ROW && !text.is_empty() && (place != Place::Head || text.chars().count() <= HEAD);
        if fits && rows.iter().filter(|row| row.place == place).count() < ROWS {
            rows.push(PageRow { place, html: unnumbered(&html) });
        }
    };
    // What holds headline and text holds what belongs to them.
    let mut within = last;
    if let Some((node, _)) = headline {
        for above in node.ancestors_it(None) {
            let Some(number) = number_of(&above) else { break };
            let end = end(&above, number);
            if end >= last {
                within = if above.has_name("body") { last + NEAR } else { end };
                break;
            }
        }
    } else {
        within = last + NEAR;
    }
    let place = |number: u32| match number {
        number if number < first && number >= from => Some(Place::Head),
        number if number > within => Some(Place::After),
        // What was left out between paragraphs is a line of its own among them.
        number if number > first => Some(Place::Tail),
        _ => None,
    };
    // Depth first without recursion: whatever holds neither text nor headline is a row as a whole.
    let mut stack = vec![body];
    let mut at = 0;
    while let Some(node) = stack.pop() {
        if node.is_text() {
            let text = squeezed(&node.text());
            let inside = node.parent().and_then(|above| number_of(&above)).is_some_and(|above| kept.contains(&above));
            if !inside && let Some(place) = place(at) {
                add(place, super::text::escaped(&text), &text);
            }
            continue;
        }
        let Some(number) = number_of(&node) else { continue };
        at = number;
        if headline.is_some_and(|(_, headline)| headline == number) {
            continue;
        }
        let end = end(&node, number);
        let holds =
            kept.range(number..=end).next().is_some() || headline.is_some_and(|(_, headline)| (number..=end).contains(&headline));
        if holds {
            stack.extend(node.children_it(true));
            continue;
        }
        if let Some(place) = place(number) {
            let image =
                || if node.has_name("img") || node.descendants_it().any(|inner| inner.has_name("img")) { " " } else { "" };
            let text = short_text(&node, 4_000).unwrap_or_default();
            let text = if text.is_empty() { image().to_owned() } else { text };
            add(place, node.html().to_string(), &text);
        }
        at = end;
    }
    rows
}

/// Takes out of a text what stands before the element of that number, if that is the lesser part.
pub(super) fn drop_before(text: &NodeRef<'_>, number: u32) {
    let mut holds = std::collections::HashSet::new();
    let mut after = false;
    for node in text.descendants_it().filter(NodeRef::is_element).filter(|node| number_of(node).is_none_or(|own| own > number)) {
        after = true;
        for above in node.ancestors_it(None) {
            if !holds.insert(above.id) {
                break;
            }
        }
    }
    let is_before = |node: &NodeRef<'_>| number_of(node).is_some_and(|own| own < number) && !holds.contains(&node.id);
    let before: Vec<NodeRef<'_>> = text.descendants_it().filter(NodeRef::is_element).filter(is_before).collect();
    let ids: std::collections::HashSet<_> = before.iter().map(|node| node.id).collect();
    let length =
        |node: &NodeRef<'_>| node.children_it(false).filter(NodeRef::is_text).map(|text| text.text().trim().len()).sum::<usize>();
    let (mut first, mut rest) = (0, 0);
    for node in text.descendants_it().filter(NodeRef::is_element) {
        *(if ids.contains(&node.id) { &mut first } else { &mut rest }) += length(&node);
    }
    // Only what has something after the headline is a text that began too early.
    if after && first < rest {
        before.iter().for_each(NodeRef::remove_from_parent);
    }
}

pub(super) fn number_of(node: &NodeRef<'_>) -> Option<u32> {
    node.attr(NUMBER)?.parse().ok()
}

/// The number of the last element in a node.
pub(super) fn end(node: &NodeRef<'_>, number: u32) -> u32 {
    let mut end = number;
    let mut inner = *node;
    while let Some(last) = inner.children_it(true).find(NodeRef::is_element) {
        end = number_of(&last).unwrap_or(end);
        inner = last;
    }
    end
}

/// Where the head begins that the headline stands in: its outermost holder that does not hold the text, or the short elements right in front of it.
fn front(headline: &NodeRef<'_>, first: u32) -> Option<u32> {
    let mut head = *headline;
    for above in headline.ancestors_it(None) {
        let number = number_of(&above)?;
        if above.has_name("body") || end(&above, number) >= first {
            break;
        }
        head = above;
    }
    let mut from = number_of(&head)?;
    let above = head.parent()?;
    if above.has_name("body") {
        return Some(from);
    }
    let mut length = 0;
    let mut before = head.prev_element_sibling();
    while let Some(node) = before {
        length += short_text(&node, FRONT).map_or(FRONT + 1, |text| text.chars().count());
        if length > FRONT {
            break;
        }
        from = number_of(&node)?;
        before = node.prev_element_sibling();
    }
    Some(from)
}
