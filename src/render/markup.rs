//! Sanitized HTML read as a row of tags and texts: in it every `<` outside an attribute begins a tag, and every tag is closed.

use crate::model::markup::{is_void, tag_end};

/// A piece of HTML.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Piece<'a> {
    /// A start tag, or one that stands alone.
    Open { name: &'a str, source: &'a str },
    /// An end tag.
    Close { name: &'a str, source: &'a str },
    /// Text as it is written, with its references.
    Text(&'a str),
}

impl Piece<'_> {
    /// Bytes it takes.
    pub fn len(&self) -> usize {
        match self {
            Piece::Open { source, .. } | Piece::Close { source, .. } | Piece::Text(source) => source.len(),
        }
    }
}

/// The pieces in order, from the beginning. What follows a tag that does not end is left out: it could become any.
pub(super) fn pieces(html: &str) -> impl Iterator<Item = Piece<'_>> {
    let mut rest = html;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        if !rest.starts_with('<') {
            let (text, after) = rest.split_at(rest.find('<').unwrap_or(rest.len()));
            rest = after;
            return Some(Piece::Text(text));
        }
        let Some(end) = tag_end(rest) else {
            rest = "";
            return None;
        };
        let (source, after) = rest.split_at(end);
        rest = after;
        let inside = source.trim_start_matches('<');
        let (closing, inside) = inside.strip_prefix('/').map_or((false, inside), |inside| (true, inside));
        let name = &inside[..inside.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(inside.len())];
        Some(if closing { Piece::Close { name, source } } else { Piece::Open { name, source } })
    })
}

/// HTML without the elements of those names and all that is in them, and without what has nothing to show any more when they are gone: a
/// paragraph or link that held nothing else, a figure with its caption.
pub(super) fn without(html: &str, names: &[&str]) -> String {
    struct Element<'a> {
        name: &'a str,
        /// Where it begins in what is kept.
        start: usize,
        /// Something in it was left out.
        lost: bool,
        /// Something in it can be seen.
        shows: bool,
    }
    fn note(open: &mut [Element<'_>], set: impl FnOnce(&mut Element<'_>)) {
        if let Some(element) = open.last_mut() {
            set(element);
        }
    }
    let mut kept = String::with_capacity(html.len());
    let mut open: Vec<Element<'_>> = Vec::new();
    let mut skipped: Option<(&str, usize)> = None;
    for piece in pieces(html) {
        if let Some((skipping, depth)) = skipped {
            skipped = match piece {
                Piece::Open { name, .. } if name == skipping => Some((name, depth + 1)),
                Piece::Close { name, .. } if name == skipping => Some((name, depth - 1)).filter(|(_, depth)| *depth > 0),
                _ => skipped,
            };
            continue;
        }
        match piece {
            Piece::Text(text) => {
                kept.push_str(text);
                if !text.replace("&nbsp;", " ").trim().is_empty() {
                    note(&mut open, |element| element.shows = true);
                }
            }
            Piece::Open { name, .. } if names.contains(&name) => {
                note(&mut open, |element| element.lost = true);
                skipped = (!is_void(name)).then_some((name, 1));
            }
            Piece::Open { name, source } if is_void(name) => {
                kept.push_str(source);
                if matches!(name, "img" | "hr") {
                    note(&mut open, |element| element.shows = true);
                }
            }
            Piece::Open { name, source } => {
                // An empty cell keeps the others in their columns; sound and film show themselves.
                let shows = matches!(name, "td" | "th" | "audio" | "video");
                open.push(Element { name, start: kept.len(), lost: false, shows });
                match source.split_once(" poster=\"") {
                    Some((before, after)) if names.contains(&"img") => {
                        kept.push_str(before);
                        kept.push_str(after.split_once('"').map_or(">", |(_, after)| after));
                    }
                    _ => kept.push_str(source),
                }
            }
            Piece::Close { name, source } => {
                if open.last().is_none_or(|element| element.name != name) {
                    continue;
                }
                let Some(element) = open.pop() else { continue };
                if element.lost && !element.shows {
                    kept.truncate(element.start);
                    note(&mut open, |outer| outer.lost = true);
                    continue;
                }
                kept.push_str(source);
                // A caption alone says nothing.
                if element.shows && name != "figcaption" {
                    note(&mut open, |outer| outer.shows = true);
                }
            }
        }
    }
    for element in open.iter().rev() {
        kept.push_str(&format!("</{}>", element.name));
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_and_texts_in_order() {
        let check = |html: &str, expected: &[Piece<'_>]| {
            let found: Vec<_> = pieces(html).collect();
            assert_eq!(found, expected, "{html}");
            assert_eq!(found.iter().map(Piece::len).sum::<usize>(), html.len());
        };
        let open = |name, source| Piece::Open { name, source };
        let close = |name, source| Piece::Close { name, source };
        check(
            "<p>a<img alt=\"1 > 0\">b</p>",
            &[open("p", "<p>"), Piece::Text("a"), open("img", "<img alt=\"1 > 0\">"), Piece::Text("b"), close("p", "</p>")],
        );
        check("&lt;x", &[Piece::Text("&lt;x")]);
        assert_eq!(pieces("a<b c=\"").collect::<Vec<_>>(), [Piece::Text("a")]);
    }

    #[test]
    fn pictures_go_with_what_stands_for_them() {
        let check = |html: &str, expected: &str| assert_eq!(without(html, &["img"]), expected, "{html}");
        check("<p>a <img src=\"x\"> b</p>", "<p>a  b</p>");
        check("<p><img src=\"x\"></p><p>b</p>", "<p>b</p>");
        check("<p><a href=\"y\"><img src=\"x\"></a>&nbsp;</p>b", "b");
        check(
            "<figure><a href=\"y\"><img src=\"x\"></a><figcaption>Who and <b>what</b></figcaption></figure><p>t</p>",
            "<p>t</p>",
        );
        check(
            "<figure><blockquote>q</blockquote><figcaption>c</figcaption></figure>",
            "<figure><blockquote>q</blockquote><figcaption>c</figcaption></figure>",
        );
        check(
            "<figure><img src=\"x\"><video src=\"v\" poster=\"p\" controls=\"\"></video></figure>",
            "<figure><video src=\"v\" controls=\"\"></video></figure>",
        );
        check("<table><tr><td><img src=\"x\"></td><td>b</td></tr></table>", "<table><tr><td></td><td>b</td></tr></table>");
        check("<p></p><p>kept as it was</p>", "<p></p><p>kept as it was</p>");
        check("<img src=\"x\" alt=\"a > b\">", "");
        assert_eq!(
            without("<p>a <svg><g><text>b</text></g></svg></p><figure><svg></svg></figure>", &["img", "svg"]),
            "<p>a </p>"
        );
    }

    #[test]
    fn sound_and_film_go_whole() {
        let check = |html: &str, expected: &str| assert_eq!(without(html, &["audio", "video"]), expected, "{html}");
        check("<p>a</p><figure><video><source src=\"v\">no film</video><figcaption>c</figcaption></figure>", "<p>a</p>");
        check("<div><audio src=\"x\"></audio>t</div>", "<div>t</div>");
        check("<p><img src=\"x\"></p>", "<p><img src=\"x\"></p>");
    }
}
