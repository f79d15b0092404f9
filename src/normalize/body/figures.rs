//! Pictures: each noted once, with its caption and credit; one that stands alone with its caption after it becomes a figure.

use dom_query::{Document, NodeRef};

use super::lines::{Kept, Line, lines, remove, remove_if_empty};
use super::{Body, Setting};
use crate::model::Image;
use crate::normalize::{html, image, text, url as addresses};

/// Pictures looked at in one body: beyond any real article, and the time stays in proportion to the size.
const PICTURES: usize = 200;

/// Notes every picture; one that stands alone with its caption after it becomes a figure.
pub(super) fn figures(document: &Document, setting: &Setting<'_>, body: &mut Body) {
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
            let Some(url) = img.attr("src").and_then(|src| addresses::absolute(&src)) else { continue };
            if is_sign(img) {
                img.remove_from_parent();
                continue;
            }
            if img.attr("alt").is_some_and(|alt| is_numbered(&alt, setting.title)) {
                img.set_attr("alt", "");
            }
            let figure = img.ancestors(Some(6)).into_iter().find(|above| above.has_name("figure"));
            let mut caption = figure
                .and_then(|figure| figure.descendants().into_iter().find(|node| node.has_name("figcaption")))
                .map(|node| apart(&node));
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

/// The text of a caption, with a space where one element ends and the next begins.
fn apart(caption: &NodeRef<'_>) -> String {
    let parts = caption.children_it(false).filter(NodeRef::is_element).count();
    let bare = caption.children_it(false).any(|node| node.is_text() && !node.text().trim().is_empty());
    if parts < 2 || bare {
        return text::clean(&caption.text());
    }
    let parts: Vec<String> =
        caption.children_it(false).map(|node| text::clean(&node.text())).filter(|part| !part.is_empty()).collect();
    // "Ida Brom via Cove Images": an element of its own that says whose the picture is.
    match parts.as_slice() {
        [said @ .., credit] if !said.is_empty() && credit.contains(" via ") && credit.chars().count() <= 60 => {
            format!("{} (© {credit})", said.join(" "))
        }
        _ => parts.join(" "),
    }
}

/// The sign of an outlet: a picture in a link to the front page of a site, which its file is called after.
pub(super) fn is_sign(img: &NodeRef<'_>) -> bool {
    let called = img.attr("src").is_some_and(|src| {
        let file = src.split(['?', '#']).next().unwrap_or_default().rsplit('/').next().unwrap_or_default().to_ascii_lowercase();
        file.split(|c: char| !c.is_ascii_alphabetic()).any(|word| word == "logo")
    });
    called
        && img.ancestors_it(Some(3)).find(|above| above.has_name("a")).and_then(|link| link.attr("href")).is_some_and(|href| {
            let url = addresses::absolute(&href);
            url.is_some_and(|url| url.path().trim_matches('/').is_empty() && url.query().is_none())
        })
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
