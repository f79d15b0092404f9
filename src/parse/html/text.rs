//! The main text of a page: by the outlet's own selectors, else by what looks like it (after Readability).

use std::collections::HashSet;

use dom_query::{Document, NodeRef};
use dom_smoothie::{CandidateSelectMode, Config, Readability, TextMode};

use super::{Asked, chrome, first, headline, rows, short_text, squeezed};
use crate::model::{PageRow, Unreadable};

/// Elements that are weighed; a page with more is refused.
const ELEMENTS: usize = 60_000;
/// Fewer characters than this are no article, whatever looked like one.
const LEAST: usize = 40;
/// Most characters of the label of a list to choose from.
const LABEL: usize = 24;

/// Parts of a page that are never text of its article, however much they look like it: readers' comments, and what is there to be scripted.
const CHROME: &str = "script, style, template, noscript:not(:has(img)), select, button, textarea, input, [itemprop~=comment]";

/// The same where a rule says what the text is: readers' comments and invitations to share in it, too.
const PRUNED: &str = "script, style, template, noscript:not(:has(img)), select, button, textarea, input, [itemprop~=comment], #comments, #comment, \
                      .comments, .comment-list, .comments-area, .commentlist, .comment-respond, #disqus_thread, .pinglun, #pinglun, \
                      .article-comments, .post-comments, .sharedaddy, .jp-relatedposts, .related-posts, .addtoany_share_save_container";

/// The text of a page, and what is around it.
#[derive(Debug, Default)]
pub(super) struct Found {
    /// HTML source of the text.
    pub html: String,
    /// The headline as displayed, which is no part of the text.
    pub headline: Option<String>,
    /// What stands around the text. Only of an article's first page.
    pub rows: Vec<PageRow>,
}

/// Finds the text. `titles` are the headlines that the page declares; `ruled` is the text that site rules name; `declared` is the text as JSON-LD has it.
pub(super) fn find(
    document: Document,
    asked: &Asked<'_>,
    titles: &[String],
    ruled: Option<String>,
    declared: Option<String>,
) -> Result<Found, Unreadable> {
    let selectors = asked.selectors;
    for selector in &selectors.remove {
        remove(&document, selector);
    }
    let own = selectors.title.as_deref().and_then(|selector| first(&document, selector));
    let headline = own.or_else(|| headline::find(&document, titles));
    let mut found =
        Found { headline: headline.and_then(|node| short_text(&node, 400)).filter(|text| !text.is_empty()), ..Found::default() };
    let title = found.headline.clone().or_else(|| titles.first().cloned());
    let is_first = asked.number == 1;
    let zones = chrome::comment_zones(&document);
    if is_first {
        found.rows = rows::named(&document, headline, &zones);
    }
    controls(&document);
    remove(&document, CHROME);
    // What is called by the wrong names must be found all the same.
    let whole = document.clone();
    chrome::clear(&document, headline, &zones);
    if let Some(ruled) = ruled {
        found.html = ruled;
    } else if let Some(selector) = &selectors.content {
        found.html = selected(&document, selector, title.as_deref());
        if found.html.trim().is_empty() {
            return Err(Unreadable::new(
                "no_text",
                format!("nothing on the page fits `extract.content = \"{selector}\"`: correct the selector, or leave it out"),
            ));
        }
    } else {
        let declared_length = declared.as_deref().map_or(0, counted);
        let article = weighed(&document, LEAST).filter(|(_, length)| length * 2 >= declared_length).or_else(|| {
            let again = weighed(&whole, LEAST).filter(|(_, length)| declared_length == 0 || *length <= declared_length * 2);
            again.or_else(|| weighed(&document, LEAST)).or_else(|| weighed(&document, 1).filter(|(html, _)| is_gallery(html)))
        });
        found.html = match article {
            Some((html, _)) => without_headline(&html, title.as_deref(), headline.and_then(|node| rows::number_of(&node))),
            None => match declared.filter(|text| counted(text) >= LEAST) {
                Some(text) => paragraphs(&text),
                None => {
                    return Err(Unreadable::new(
                        "no_text",
                        "no text is to be found on the page: it may be drawn by scripts or be shown to subscribers only; otherwise name the element \
                     that holds the text with `extract.content` of the outlet",
                    ));
                }
            },
        };
    }
    if is_first {
        found.rows.extend(rows::around(&document, headline, &Document::fragment(found.html.as_str())));
    }
    found.html = rows::unnumbered(&found.html);
    Ok(found)
}

/// What Readability takes for the text of a document, and how many characters it has, if they are that many.
fn weighed(document: &Document, least: usize) -> Option<(String, usize)> {
    let config = Config {
        keep_classes: true,
        max_elements_to_parse: ELEMENTS,
        disable_json_ld: true,
        char_threshold: 200,
        candidate_select_mode: CandidateSelectMode::Readability,
        text_mode: TextMode::Raw,
        ..Config::default()
    };
    let article = Readability::with_document(document.clone(), None, Some(config)).and_then(|mut reader| reader.parse()).ok()?;
    let length = counted(&article.text_content);
    (length >= least).then(|| (article.content.to_string(), length))
}

/// Pictures with next to no words are an article, too.
fn is_gallery(html: &str) -> bool {
    Document::fragment(html).try_select("img").is_some_and(|found| found.length() >= 2)
}

/// Takes out lists to choose from together with their labels, and makes buttons around a figure's picture what they show.
fn controls(document: &Document) {
    if let Some(found) = document.try_select("select") {
        for node in found.nodes().iter().take(50) {
            let Some(above) = node.parent().filter(|above| !above.has_name("body")) else { continue };
            let others = above.children_it(false).filter(|child| child.id != node.id && !child.has_name("select"));
            let mut length = 0;
            let label = others.into_iter().take(8).all(|child| {
                length += short_text(&child, LABEL).map_or(LABEL + 1, |text| text.chars().count());
                length <= LABEL && !child.has_name("img")
            });
            if label && above.children_it(false).nth(8).is_none() {
                above.remove_from_parent();
            }
        }
    }
    if let Some(found) = document.try_select("figure button:has(img)") {
        found.nodes().iter().for_each(|node| node.rename("span"));
    }
}

fn remove(document: &Document, selector: &str) {
    if let Some(found) = document.try_select(selector) {
        found.remove();
    }
}

fn counted(text: &str) -> usize {
    text.chars().filter(|c| !c.is_whitespace()).count()
}

/// The text that site rules found, as HTML source; none if there is nothing in it. `prune`: without what is no text on other pages either.
pub(super) fn ruled(document: &Document, nodes: &[NodeRef<'_>], prune: bool, title: Option<&str>) -> Option<String> {
    if nodes.is_empty() {
        return None;
    }
    let chrome = if prune { PRUNED } else { "script, style, template" };
    if let Some(found) = document.try_select(chrome) {
        // A rule that names such an element means it.
        let meant: HashSet<_> =
            nodes.iter().flat_map(|node| std::iter::once(*node).chain(node.ancestors_it(None))).map(|node| node.id).collect();
        found.nodes().iter().filter(|node| !meant.contains(&node.id)).for_each(NodeRef::remove_from_parent);
    }
    let mut html = String::new();
    for node in nodes {
        drop_headline(node, title);
        html.push_str(&node.html());
        html.push('\n');
    }
    Some(html).filter(|html| !html.trim().is_empty())
}

/// What the outlet's selector fits, without matches inside of matches.
fn selected(document: &Document, selector: &str, title: Option<&str>) -> String {
    let Some(found) = document.try_select(selector) else { return String::new() };
    let matched: HashSet<_> = found.nodes().iter().map(|node| node.id).collect();
    let mut html = String::new();
    for node in found.nodes() {
        if !node.ancestors_it(None).any(|above| matched.contains(&above.id)) {
            drop_headline(node, title);
            html.push_str(&node.html());
            html.push('\n');
        }
    }
    html
}

/// Takes out the headline (`number` in the document) and what stands before it.
fn without_headline(source: &str, title: Option<&str>, number: Option<u32>) -> String {
    let fragment = Document::fragment(source);
    let Some(root) = fragment.root().first_element_child() else { return source.to_owned() };
    if let Some(number) = number {
        rows::drop_before(&root, number);
    }
    drop_headline(&root, title);
    root.inner_html().to_string()
}

/// Takes the headline out of the text: the first heading that says the same.
fn drop_headline(node: &NodeRef<'_>, title: Option<&str>) {
    let Some(title) = title.map(headline::bare).filter(|title| !title.is_empty()) else { return };
    let is_heading = |inner: &NodeRef<'_>| ["h1", "h2", "h3"].iter().any(|name| inner.has_name(name));
    // Collected first: the walk borrows the tree, which is about to change.
    let headings: Vec<NodeRef<'_>> = node.descendants_it().filter(is_heading).take(3).collect();
    let same = |heading: &&NodeRef<'_>| short_text(heading, 400).is_some_and(|text| headline::bare(&text) == title);
    if let Some(heading) = headings.iter().find(same) {
        heading.remove_from_parent();
    }
}

/// Plain text as paragraphs.
fn paragraphs(text: &str) -> String {
    text.lines().map(squeezed).filter(|line| !line.is_empty()).map(|line| format!("<p>{}</p>", escaped(&line))).collect()
}

pub(super) fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
