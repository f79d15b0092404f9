//! Serializing in linear time. html5ever escapes a text by looking for the next `<` or `>` first, to the end of the text if there is none, and
//! for `&` (or the byte that begins a no-break space) before it; and so again after each one found. A long text with many of these and no
//! angle bracket costs the square of its length. Text in short pieces does not.

use std::borrow::Cow;

use dom_query::{Document, NodeData, NodeRef};

/// Characters to escape, and those that begin like one, in one piece of text.
const PIECE: usize = 64;

/// The same in one attribute, which cannot be cut: nothing that people read has as many, so it goes.
const ATTRIBUTE: usize = 4_096;

/// A comment of nothing, which the sanitizer takes out without joining what is around it.
const SEAM: &str = "<!---->";

/// Cuts the texts of a tree that would be slow to serialize into pieces, in the same place and order.
pub(super) fn cut(document: &Document) {
    for node in document.root().descendants() {
        if node.is_text() {
            cut_text(&node);
            continue;
        }
        let Some(element) = node.element_ref() else { continue };
        let is_slow =
            |value: &str| value.len() > ATTRIBUTE && value.bytes().filter(|byte| is_special(*byte)).nth(ATTRIBUTE).is_some();
        let slow: Vec<String> = element
            .attrs
            .iter()
            .filter(|attribute| is_slow(&attribute.value))
            .map(|attribute| attribute.name.local.to_string())
            .collect();
        // what is borrowed cannot be changed
        drop(element);
        for name in slow {
            node.remove_attr(&name);
        }
    }
}

fn cut_text(node: &NodeRef<'_>) {
    let short = node.query_or(false, |node| matches!(&node.data, NodeData::Text { contents } if contents.len() <= PIECE));
    if short {
        return;
    }
    let text = node.text();
    let mut pieces = pieces(&text).peekable();
    let Some(first) = pieces.next() else { return };
    if pieces.peek().is_none() {
        return;
    }
    let mut last = *node;
    for piece in pieces {
        let next = node.tree.new_text(piece);
        last.insert_after(&next);
        last = next;
    }
    node.set_text(first);
}

/// HTML source whose texts, read and serialized by the sanitizer, are short pieces.
pub(super) fn seamed(source: &str) -> Cow<'_, str> {
    let mut out = String::new();
    let (mut done, mut count, mut in_tag) = (0, 0, false);
    for (at, byte) in source.bytes().enumerate() {
        match byte {
            // Serialized source escapes both everywhere but in tags.
            b'<' => (in_tag, count) = (true, 0),
            b'>' => in_tag = false,
            _ if !in_tag && is_special(byte) => {
                count += 1;
                if count > PIECE {
                    out.push_str(&source[done..at]);
                    out.push_str(SEAM);
                    (done, count) = (at, 1);
                }
            }
            _ => {}
        }
    }
    if done == 0 {
        return Cow::Borrowed(source);
    }
    out.push_str(&source[done..]);
    Cow::Owned(out)
}

/// Whether a search that is made anew stops at this byte: `&`, and what begins U+0080 to U+00BF.
fn is_special(byte: u8) -> bool {
    matches!(byte, b'&' | 0xc2)
}

/// A text in pieces of at most [`PIECE`] specials; each special begins a character, so that pieces are text.
fn pieces(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let end = rest.bytes().enumerate().filter(|(_, byte)| is_special(*byte)).nth(PIECE).map_or(rest.len(), |(at, _)| at);
        let (piece, after) = rest.split_at(end);
        rest = after;
        Some(piece)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn html(document: &Document) -> String {
        document.root().first_element_child().map(|root| root.inner_html().to_string()).unwrap_or_default()
    }

    proptest::proptest! {
        #[test]
        fn a_cut_tree_reads_the_same(units in proptest::collection::vec("[a&\u{a0}»渡]{0,90}", 1..6), marked in proptest::bool::ANY) {
            let text: Vec<String> = units.iter().map(|unit| unit.replace('&', "&amp;")).collect();
            let source = format!("<p>{}</p>", text.join(if marked { "<b>x</b>" } else { "" }));
            let document = Document::fragment(source.as_str());
            let before = html(&document);
            cut(&document);
            proptest::prop_assert_eq!(html(&document), before);
            for node in document.root().descendants().iter().filter(|node| node.is_text()) {
                proptest::prop_assert!(node.text().bytes().filter(|byte| is_special(*byte)).count() <= PIECE);
            }
        }

        #[test]
        fn seams_change_nothing_but_themselves(text in "[a&\u{a0}<>渡\"=]{0,300}") {
            let seamed = seamed(&text);
            proptest::prop_assert_eq!(seamed.replace(SEAM, ""), text);
        }
    }
}
