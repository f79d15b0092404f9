//! The body of an entry: one pass over its tree that lifts out what is no part of the text, and makes figures of its pictures.

use dom_query::{Document, NodeRef};
use url::Url;

use super::boilerplate::{self, Kind};
use super::{html, image, people, text};
use crate::model::{Html, Image, Party, Warning};

/// Classes of our own credit block and disclaimers: a repost of a repost must not pile them up.
const CREDIT: &str = "reprint-credit";
const DISCLAIMER: &str = "reprint-disclaimer";

/// Lines at either end among which source lines and bylines are looked for.
const HEAD: usize = 4;
const TAIL: usize = 6;

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
    /// The outlet a source line or notice names, with the link it carries.
    pub(super) source: Option<Party>,
    /// The date beside a source line, as written.
    pub(super) date: Option<String>,
    /// Names out of lines such as "作者:X | 译者:Y".
    pub(super) names: Vec<(people::Role, String)>,
    pub(super) warnings: Vec<Warning>,
}

/// A line: a stretch of inline content between the edges of blocks and line breaks.
struct Line<'a> {
    nodes: Vec<NodeRef<'a>>,
    holder: NodeRef<'a>,
    ends_in: Option<NodeRef<'a>>,
    text: String,
    images: Vec<NodeRef<'a>>,
    /// In a quotation, a heading, a caption or a table, where nothing is lifted out.
    kept: bool,
}

/// Reads a body. `known` are disclaimers that the entry carries as data; `own` are names of the outlet itself, which is no source of
/// its own articles.
pub(super) fn read(source: &str, base: &Url, known: &[String], own: &[&str]) -> Body {
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
    lift_lines(&document, known, own, &mut body);
    figures(&document, &mut body);
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

    fn add_source(&mut self, name: String, url: Option<Url>) {
        match &mut self.source {
            None => self.source = Some(Party { name, url }),
            Some(party) => {
                if party.name.is_empty() {
                    party.name = name;
                }
                if party.url.is_none() {
                    party.url = url;
                }
            }
        }
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

fn is_block(node: &NodeRef<'_>) -> bool {
    node.node_name().is_some_and(|name| text::BLOCKS.contains(&&*name))
}

/// The lines of a tree in document order. No recursion: the stack is ours.
fn lines(document: &Document) -> Vec<Line<'_>> {
    let Some(root) = document.root().first_element_child() else { return Vec::new() };
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
        Enter(NodeRef<'a>, bool),
        Leave(NodeRef<'a>, bool),
    }
    fn flush<'a>(
        nodes: &mut Vec<NodeRef<'a>>,
        holder: NodeRef<'a>,
        kept: bool,
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
    let mut holder = (root, false);
    let mut stack = vec![Step::Enter(root, false)];
    while let Some(step) = stack.pop() {
        match step {
            Step::Enter(node, kept) if holders.contains(&node.id) => {
                flush(&mut current, holder.0, holder.1, None, &mut out);
                let kept = kept
                    || ["blockquote", "h1", "h2", "h3", "h4", "h5", "h6", "figcaption", "pre", "table", "li", "q"]
                        .iter()
                        .any(|name| node.has_name(name));
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

fn lift_lines(document: &Document, known: &[String], own: &[&str], body: &mut Body) {
    let lines = lines(document);
    let known: Vec<String> = known.iter().map(|notice| text::essence(notice)).filter(|notice| !notice.is_empty()).collect();
    let texts: Vec<usize> = (0..lines.len()).filter(|at| !lines[*at].text.is_empty()).collect();
    let mut sources: Vec<(String, Option<Url>)> = Vec::new();
    let mut lifted = 0;
    for (order, at) in texts.iter().enumerate() {
        let line = &lines[*at];
        if lifted == LIFTED {
            break;
        }
        if !known.is_empty() && known.contains(&text::essence(&line.text)) {
            body.add_disclaimer(line.text.clone());
            remove(line);
            lifted += 1;
            continue;
        }
        if line.kept || !line.images.is_empty() {
            continue;
        }
        // The line under a picture is its caption, whatever it says.
        let after_image = *at > 0 && !lines[*at - 1].images.is_empty() && lines[*at - 1].text.is_empty();
        let edge = (order < HEAD || order + TAIL >= texts.len()) && !after_image;
        match boilerplate::kind(&line.text, edge) {
            Some(Kind::Notice { outlet }) if !after_image || outlet.is_some() => {
                // "The post … appeared first on X" in X's own feed tells nobody anything.
                let ours = outlet.as_deref().is_some_and(|outlet| is_own(own, outlet));
                if !(ours && line.text.starts_with("The post ")) {
                    body.add_disclaimer(line.text.clone());
                }
                if let Some(outlet) = outlet.filter(|_| !ours) {
                    sources.push((outlet, link(line)));
                }
                remove(line);
                lifted += 1;
            }
            Some(Kind::Source { outlet, date }) => {
                body.date = body.date.take().or(date);
                let ours = is_own(own, &outlet);
                let url = link(line);
                if ours {
                    // The outlet names itself: nothing to learn, nothing to show twice.
                    remove(line);
                    lifted += 1;
                } else if !outlet.is_empty() || url.is_some() {
                    // A source line says more than a notice, so it comes first.
                    sources.insert(0, (outlet, url));
                    remove(line);
                    lifted += 1;
                }
            }
            Some(Kind::Byline) => {
                let names = people::names(&line.text, people::Role::Author);
                if !names.is_empty() {
                    body.names.extend(names);
                    remove(line);
                    lifted += 1;
                }
            }
            _ => trailing_notice(line, own, body, &mut sources),
        }
    }
    for (name, url) in sources {
        body.add_source(name, url);
    }
}

/// Whether a name is the outlet's own.
fn is_own(own: &[&str], name: &str) -> bool {
    let essence = text::essence(name);
    !essence.is_empty() && own.iter().any(|known| text::essence(known) == essence)
}

/// "……他说。(本文转载自海港纪事)": only the bracket is a notice.
fn trailing_notice(line: &Line<'_>, own: &[&str], body: &mut Body, sources: &mut Vec<(String, Option<Url>)>) {
    let Some(last) = line.nodes.last().filter(|node| node.is_text()) else { return };
    let written = last.text().to_string();
    let trimmed = written.trim_end();
    let Some(inside) = trimmed.strip_suffix([')', '）', '】', ']']) else { return };
    let Some(at) = inside.rfind(['(', '（', '【', '[']) else { return };
    let notice = &trimmed[at..];
    if let Some(Kind::Notice { outlet }) = boilerplate::kind(notice, false) {
        body.add_disclaimer(text::clean(notice));
        if let Some(outlet) = outlet.filter(|outlet| !is_own(own, outlet)) {
            sources.push((outlet, None));
        }
        last.set_text(written[..at].trim_end());
    }
}

/// The first link of a line.
fn link(line: &Line<'_>) -> Option<Url> {
    let all = line.nodes.iter().flat_map(|node| std::iter::once(*node).chain(node.descendants()));
    all.filter(|node| node.has_name("a")).find_map(|node| super::url::absolute(&node.attr("href")?))
}

/// Takes a line out, with its line break, and its paragraph if nothing else is in it.
fn remove(line: &Line<'_>) {
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
fn figures(document: &Document, body: &mut Body) {
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
            let figure = img.ancestors(Some(6)).into_iter().find(|above| above.has_name("figure"));
            let mut caption = figure
                .and_then(|figure| figure.descendants().into_iter().find(|node| node.has_name("figcaption")))
                .map(|node| text::clean(&node.text()));
            let alone = line.text.is_empty() && line.images.len() == 1 && !line.kept;
            if figure.is_none()
                && alone
                && let Some(next) = lines.get(at + 1).filter(|next| next.images.is_empty() && !next.kept && says_caption(next))
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

    fn body(source: &str) -> Body {
        read(
            source,
            &Url::parse("https://outlet.example/a/1").expect("a literal"),
            &["Known notice, as data.".to_owned()],
            &["今日港"],
        )
    }

    fn check(source: &str, html: &str, disclaimers: &[&str], outlet: Option<(&str, Option<&str>)>) {
        let got = body(source);
        assert_eq!(got.html.as_str(), html, "{source}");
        assert_eq!(got.disclaimers, disclaimers, "{source}");
        let party = got.source.as_ref().map(|party| (party.name.as_str(), party.url.as_ref().map(Url::as_str)));
        assert_eq!(party, outlet, "{source}");
    }

    #[test]
    fn lifts_notices_and_source_lines_out() {
        let nameless = read(
            "<p>来源:<a href=https://ledger.example/1>原文链接</a></p><p>t</p>",
            &Url::parse("https://a.example/").expect("a literal"),
            &[],
            &[""],
        );
        assert_eq!(nameless.source.and_then(|party| party.url).map(String::from).as_deref(), Some("https://ledger.example/1"));
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
