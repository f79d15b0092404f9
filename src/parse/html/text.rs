//! The main text of a page: by the outlet's own selectors, else by what looks like it (after Readability).

use std::collections::HashSet;

use dom_query::{Document, NodeRef};
use dom_smoothie::{CandidateSelectMode, Config, Readability, TextMode};

use super::{Asked, short_text, squeezed};
use crate::model::Unreadable;

/// Elements that are weighed; a page with more is refused.
const ELEMENTS: usize = 60_000;
/// Fewer characters than this are no article, whatever looked like one.
const LEAST: usize = 40;
/// Longest line that names a source, in characters.
const SOURCE_LINE: usize = 60;

/// Parts of a page that are never text of its article, however much they look like it: readers' comments, and what is there to be scripted.
const CHROME: &str = "script, style, template, noscript:not(:has(img)), #comments, #comment, .comments, .comment-list, .comments-area, .commentlist, \
                      .comment-respond, #disqus_thread, .pinglun, #pinglun, .article-comments, .post-comments, [itemprop~=comment], \
                      .sharedaddy, .jp-relatedposts, .related-posts, .addtoany_share_save_container";

/// Labels before the name of a source in the line below a headline.
const SOURCES: &[&str] = &[
    "来源：",
    "来源:",
    "來源：",
    "來源:",
    "出处：",
    "出处:",
    "稿源：",
    "稿源:",
    "信息来源：",
    "信息来源:",
    "文章来源：",
    "文章来源:",
    "新闻来源：",
    "新闻来源:",
    "source:",
    "source :",
    "fuente:",
    "quelle:",
    "fonte:",
    "출처:",
    "출처 :",
    "出典：",
    "出典:",
    "источник:",
];

/// The text as HTML source. `title` is the headline, which is not part of it; `declared` the text as JSON-LD has it.
pub(super) fn find(
    document: Document,
    asked: &Asked<'_>,
    title: Option<&str>,
    declared: Option<String>,
) -> Result<String, Unreadable> {
    let selectors = asked.selectors;
    for selector in selectors.remove.iter().map(String::as_str).chain([CHROME]) {
        if let Some(found) = document.try_select(selector) {
            found.remove();
        }
    }
    if let Some(selector) = &selectors.content {
        let html = selected(&document, selector, title);
        return if html.trim().is_empty() {
            Err(Unreadable::new(
                "no_text",
                format!("nothing on the page fits `extract.content = \"{selector}\"`: correct the selector, or leave it out"),
            ))
        } else {
            Ok(html)
        };
    }
    let source_line = (asked.number == 1).then(|| source_line(&document)).flatten();
    let config = Config {
        keep_classes: true,
        max_elements_to_parse: ELEMENTS,
        disable_json_ld: true,
        char_threshold: 200,
        candidate_select_mode: CandidateSelectMode::Readability,
        text_mode: TextMode::Raw,
        ..Config::default()
    };
    let found = Readability::with_document(document, None, Some(config)).and_then(|mut reader| reader.parse());
    match found {
        Ok(article) if counted(&article.text_content) >= LEAST => {
            let found = article.content.to_string();
            let missing = |line: &String| !squeezed(&article.text_content).contains(line.as_str());
            let line =
                source_line.filter(|(_, text)| missing(text)).map(|(html, _)| format!("<p>{html}</p>")).unwrap_or_default();
            Ok(without_headline(&format!("{line}{found}"), title))
        }
        _ => match declared.filter(|text| counted(text) >= LEAST) {
            Some(text) => Ok(paragraphs(&text)),
            None => Err(Unreadable::new(
                "no_text",
                "no text is to be found on the page: it may be drawn by scripts or be shown to subscribers only; otherwise name the element \
                 that holds the text with `extract.content` of the outlet",
            )),
        },
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
    let chrome = if prune { CHROME } else { "script, style, template" };
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

fn without_headline(source: &str, title: Option<&str>) -> String {
    let fragment = Document::fragment(source);
    let Some(root) = fragment.root().first_element_child() else { return source.to_owned() };
    drop_headline(&root, title);
    root.inner_html().to_string()
}

/// Takes the headline out of the text: the first heading that says the same.
fn drop_headline(node: &NodeRef<'_>, title: Option<&str>) {
    let Some(title) = title.map(bare).filter(|title| !title.is_empty()) else { return };
    let is_heading = |inner: &NodeRef<'_>| ["h1", "h2", "h3"].iter().any(|name| inner.has_name(name));
    // Collected first: the walk borrows the tree, which is about to change.
    let headings: Vec<NodeRef<'_>> = node.descendants_it().filter(is_heading).take(3).collect();
    let same = |heading: &&NodeRef<'_>| short_text(heading, 400).is_some_and(|text| bare(&text) == title);
    if let Some(heading) = headings.iter().find(same) {
        heading.remove_from_parent();
    }
}

fn bare(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// The line near the headline that names where the text was taken from, with its link: HTML and text. The smallest element that holds it.
fn source_line(document: &Document) -> Option<(String, String)> {
    let body = document.body()?;
    for node in body.descendants_it().take(20_000).filter(NodeRef::is_text) {
        let text = squeezed(&node.text()).to_lowercase();
        let Some(label) = SOURCES.iter().find(|label| text.starts_with(**label)) else { continue };
        let named = text.len() > label.len();
        let above = node.parent()?;
        let holder = if named && above.has_name("a") { above.parent().unwrap_or(above) } else { above };
        let (line, html) = match short_text(&holder, SOURCE_LINE) {
            Some(line) if line.to_lowercase().starts_with(label) => (line, holder.inner_html().to_string()),
            // The element holds other things too; only the name itself is sure, or the link that follows the label.
            _ if named => (squeezed(&node.text()), escaped(&squeezed(&node.text()))),
            _ => {
                let next = node.next_sibling().filter(|next| next.is_element())?;
                let name = short_text(&next, SOURCE_LINE)?;
                (format!("{label}{name}"), format!("{label}{}", next.html()))
            }
        };
        if line.chars().count() > label.chars().count() && line.chars().count() <= SOURCE_LINE {
            return Some((html, line));
        }
    }
    None
}

/// Plain text as paragraphs.
fn paragraphs(text: &str) -> String {
    text.lines().map(squeezed).filter(|line| !line.is_empty()).map(|line| format!("<p>{}</p>", escaped(&line))).collect()
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
