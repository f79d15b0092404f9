//! Site rules on a page: what they find, and what they take out.

use dom_query::{Document, NodeRef};

use super::xpath::{Node, Page, Value};
use super::{Findings, looks_like_date, squeezed};
use crate::model::{SiteRule, SiteRules};

/// Longest headline or name, in characters.
const LONGEST: usize = 400;
/// Names of authors.
const AUTHORS: usize = 16;

/// What the rules find on a page before anything is taken out of it.
#[derive(Debug, Default)]
pub(super) struct Found {
    pub(super) title: Option<String>,
    pub(super) authors: Vec<String>,
    pub(super) date: Option<String>,
    pub(super) single_page: Option<String>,
    pub(super) next_page: Option<String>,
}

/// The source with what is to be replaced replaced, as long as it does not grow beyond `most` bytes.
pub(super) fn replaced(mut source: String, rules: &SiteRules, most: usize) -> String {
    for (find, by) in &rules.replace {
        let count = source.matches(find.as_str()).count();
        let longer = by.len().saturating_sub(find.len()).saturating_mul(count);
        if count > 0 && source.len().saturating_add(longer) <= most {
            source = source.replace(find.as_str(), by);
        }
    }
    source
}

/// Rules on one page.
pub(super) struct Ruled<'a> {
    page: Page<'a>,
    rules: &'a SiteRules,
}

impl<'a> Ruled<'a> {
    pub(super) fn new(document: &'a Document, rules: &'a SiteRules) -> Self {
        Self { page: Page::new(document), rules }
    }

    /// Headline, names, date and links.
    pub(super) fn find(&self, findings: &mut Findings) -> Found {
        let rules = self.rules;
        let mut texts = |rules: &[SiteRule]| -> Vec<String> {
            let texts = |value: Value<'_>| match value {
                Value::Nodes(nodes) => nodes.iter().take(AUTHORS).map(|node| squeezed(&node.text())).collect(),
                Value::Text(text) => vec![squeezed(&text)],
                Value::Number(_) | Value::Truth(_) => Vec::new(),
            };
            let fits = |texts: &Vec<String>| texts.iter().any(|text| !text.is_empty() && text.chars().count() <= LONGEST);
            let found = rules.iter().filter_map(|rule| self.value(rule, findings)).map(texts).find(fits).unwrap_or_default();
            found.into_iter().filter(|text| !text.is_empty() && text.chars().count() <= LONGEST).collect()
        };
        let title = texts(&rules.title).into_iter().next();
        let mut authors = texts(&rules.author);
        authors.dedup();
        let date = texts(&rules.date).into_iter().find(|date| looks_like_date(date));
        Found {
            title,
            authors,
            date,
            single_page: self.link(&rules.single_page, findings),
            next_page: self.link(&rules.next_page, findings),
        }
    }

    /// Takes out what is no part of the text.
    pub(super) fn strip(&self, findings: &mut Findings) {
        let rules = self.rules;
        for rule in &rules.strip {
            if let Some(Value::Nodes(nodes)) = self.value(rule, findings) {
                for node in nodes {
                    match node {
                        Node::Tree(node) => remove(&node),
                        Node::Attribute(owner, _, name, _) => owner.remove_attr(&name),
                    }
                }
            }
        }
        if rules.strip_words.is_empty() && rules.strip_images.is_empty() {
            return;
        }
        let has =
            |value: Option<String>, parts: &[String]| value.is_some_and(|value| parts.iter().any(|part| value.contains(part)));
        let attribute = |node: &NodeRef<'_>, name: &str| node.attr(name).map(|value| value.to_string());
        let unwanted = |node: &NodeRef<'_>| {
            ["class", "id"].iter().any(|name| has(attribute(node, name), &rules.strip_words))
                || node.has_name("img") && has(attribute(node, "src"), &rules.strip_images)
        };
        // Collected first: the walk borrows the tree, which is about to change.
        let root = self.page.root();
        let unwanted: Vec<NodeRef<'a>> = root.descendants_it().filter(|node| node.is_element() && unwanted(node)).collect();
        unwanted.iter().for_each(remove);
    }

    /// The text: what the first rule that finds some finds, without what is inside of something else that it finds.
    pub(super) fn body(&self, findings: &mut Findings) -> Vec<NodeRef<'a>> {
        let elements = |value: Value<'a>| -> Vec<NodeRef<'a>> {
            // A string is no text: it has lost its markup.
            let Value::Nodes(nodes) = value else { return Vec::new() };
            let element = |node| match node {
                Node::Tree(node) if node.is_element() => Some(node),
                _ => None,
            };
            nodes.into_iter().filter_map(element).collect()
        };
        let says =
            |nodes: &Vec<NodeRef<'a>>| nodes.iter().any(|node| !node.text().trim().is_empty() || node.is("img, :has(img)"));
        let found = self.rules.body.iter().filter_map(|rule| self.value(rule, findings));
        let found = found.map(elements).find(says).unwrap_or_default();
        let mut outer: Vec<NodeRef<'a>> = Vec::new();
        for node in found {
            // In document order, what holds a node comes before it, and what does not hold this one holds none after it.
            let inside = outer.last().is_some_and(|last| node.ancestors_it(None).any(|above| above.id == last.id));
            if !inside {
                outer.push(node);
            }
        }
        outer
    }

    fn link(&self, rules: &[SiteRule], findings: &mut Findings) -> Option<String> {
        let address = |value: Value<'_>| match value {
            Value::Nodes(nodes) => nodes.into_iter().find_map(|node| match node {
                Node::Tree(node) if node.is_element() => node.attr("href").map(|href| href.to_string()),
                other => Some(other.text()),
            }),
            Value::Text(text) => Some(text),
            Value::Number(_) | Value::Truth(_) => None,
        };
        let found = rules.iter().filter_map(|rule| self.value(rule, findings)).filter_map(address);
        found.map(|href| href.trim().to_owned()).find(|href| !href.is_empty())
    }

    /// What a rule comes to, if its condition holds.
    fn value(&self, rule: &SiteRule, findings: &mut Findings) -> Option<Value<'a>> {
        let value = match &rule.only_if {
            Some(condition) => {
                self.page.holds(condition).and_then(|holds| if holds { self.page.value(&rule.path).map(Some) } else { Ok(None) })
            }
            None => self.page.value(&rule.path).map(Some),
        };
        value.unwrap_or_else(|_| {
            findings.add("site_rule_slow", || "a site rule would take too long on this page, so it is not followed".to_owned());
            None
        })
    }
}

/// Takes an element out, unless nothing would be left.
fn remove(node: &NodeRef<'_>) {
    if !(node.has_name("html") || node.has_name("body") || node.is_document()) {
        node.remove_from_parent();
    }
}
