//! The lines of a tree: stretches of inline content between the edges of blocks and line breaks.

use dom_query::{Document, NodeRef};

use crate::normalize::text;

/// What a line is in, as far as that forbids to lift it out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kept {
    No,
    /// Where a notice may stand, but no fact.
    Quotation,
    Heading,
    /// A caption, a table, a list.
    Part,
}

/// A line: a stretch of inline content between the edges of blocks and line breaks.
pub(in crate::normalize) struct Line<'a> {
    pub(in crate::normalize) nodes: Vec<NodeRef<'a>>,
    pub(super) holder: NodeRef<'a>,
    pub(super) ends_in: Option<NodeRef<'a>>,
    pub(in crate::normalize) text: String,
    pub(in crate::normalize) images: Vec<NodeRef<'a>>,
    /// Where nothing is lifted out.
    pub(super) kept: Kept,
}

pub(in crate::normalize) fn is_block(node: &NodeRef<'_>) -> bool {
    node.qual_name_ref().is_some_and(|name| text::is_block(&name.local))
}

/// The lines of a tree in document order. No recursion: the stack is ours.
pub(in crate::normalize) fn lines(document: &Document) -> Vec<Line<'_>> {
    document.root().first_element_child().map(lines_of).unwrap_or_default()
}

/// The lines in an element.
pub(super) fn lines_of(root: NodeRef<'_>) -> Vec<Line<'_>> {
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

pub(super) fn holder_keeps(node: &NodeRef<'_>) -> Kept {
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

/// Takes a line out, with its line break, and its paragraph if nothing else is in it.
pub(in crate::normalize) fn remove(line: &Line<'_>) {
    for node in &line.nodes {
        node.remove_from_parent();
    }
    if let Some(end) = line.ends_in {
        end.remove_from_parent();
    }
    remove_if_empty(line.holder);
}

pub(super) fn remove_if_empty(node: NodeRef<'_>) {
    let mut node = node;
    while node.is_element() && !node.has_name("html") {
        let something =
            node.children().iter().any(|child| child.is_element() && !child.has_name("br") || child.is_nonempty_text());
        let Some(parent) = node.parent().filter(|_| !something) else { return };
        node.remove_from_parent();
        node = parent;
    }
}
