//! An outlet's own rules (`[[outlet.rule]]`): lines of its texts and pages that match are lifted out and say what the rule says, before any table
//! is asked.

use std::borrow::Cow;

use dom_query::{Document, NodeRef};
use url::Url;

use super::body::{self, Body};
use super::people::{Role, names};
use super::{boilerplate, escapes, html, text};
use crate::config::{OutletRule, RuleField};
use crate::model::{Evidence, ParsedPage, Party, Person};

/// Lines that the rules of one outlet lift out of one text.
const LIFTED: usize = 64;

/// What rules found. What they say goes before whatever else is found.
#[derive(Debug, Default)]
pub(super) struct Found {
    /// Outlets, nearest first.
    pub(super) chain: Vec<Party>,
    people: Vec<(Role, String)>,
    /// Notices, each once.
    disclaimers: Vec<String>,
    /// Date of publication as written, with the name of its rule.
    pub(super) date: Option<(&'static str, String)>,
    /// Sections.
    pub(super) sections: Vec<String>,
    /// Which rule fired on which line.
    pub(super) evidence: Vec<Evidence>,
    lifted: usize,
}

impl Found {
    fn add(&mut self, rule: &OutletRule, value: &str, url: Option<Url>, line: &str) {
        let role = |role: Role| names(value, role).into_iter().map(|(_, name)| (role, name)).collect::<Vec<_>>();
        let field = match rule.field {
            RuleField::Source => {
                let party = Party { name: boilerplate::trim_name(value), url };
                if !party.name.is_empty() && !self.chain.iter().any(|known| known.name == party.name) {
                    self.chain.push(party);
                }
                "chain"
            }
            RuleField::Author => {
                self.people.extend(role(Role::Author));
                "author"
            }
            RuleField::Translator => {
                self.people.extend(role(Role::Translator));
                "translator"
            }
            RuleField::Editor => {
                self.people.extend(role(Role::Editor));
                "editor"
            }
            RuleField::Disclaimer => {
                if !self.disclaimers.iter().any(|known| text::essence(known) == text::essence(value)) {
                    self.disclaimers.push(value.to_owned());
                }
                "disclaimer"
            }
            RuleField::Drop => "body",
            RuleField::Date => {
                self.date.get_or_insert_with(|| (rule.name(), value.to_owned()));
                "published"
            }
            RuleField::Section => {
                if !self.sections.iter().any(|known| known == value) {
                    self.sections.push(value.to_owned());
                }
                "category"
            }
        };
        self.evidence.push(Evidence::new(field, rule.name(), line));
    }

    /// Adds what was found on a further page, or in the summary.
    pub(super) fn join(&mut self, other: Self) {
        if self.chain.is_empty() {
            self.chain = other.chain;
        }
        let known: Vec<Role> = self.people.iter().map(|(role, _)| *role).collect();
        self.people.extend(other.people.into_iter().filter(|(role, _)| !known.contains(role)));
        for notice in other.disclaimers {
            if !self.disclaimers.iter().any(|known| text::essence(known) == text::essence(&notice)) {
                self.disclaimers.push(notice);
            }
        }
        self.date = self.date.take().or(other.date);
        self.sections.extend(other.sections);
        self.evidence.extend(other.evidence);
    }

    /// Puts what rules say of outlets and notices in the place of what the tables found.
    pub(super) fn settle(&self, body: &mut Body) {
        if !self.chain.is_empty() {
            body.chain.clone_from(&self.chain);
        }
        for notice in self.disclaimers.iter().rev() {
            body.disclaimers.retain(|known| text::essence(known) != text::essence(notice));
            body.disclaimers.insert(0, notice.clone());
        }
    }

    /// Puts the people of a role that rules name in the place of those found otherwise.
    pub(super) fn name(&self, role: Role, people: &mut Vec<Person>) {
        let mut named: Vec<Person> = Vec::new();
        for (_, name) in self.people.iter().filter(|(of, _)| *of == role) {
            if !named.iter().any(|known| known.name.as_ref() == Some(name)) {
                named.push(Person { name: Some(name.clone()), ..Person::default() });
            }
        }
        if !named.is_empty() {
            *people = named;
        }
    }
}

/// Reads a body after the outlet's rules have taken their lines out of it.
pub(super) fn read(rules: &[OutletRule], source: &str, known: &[String], setting: &body::Setting<'_>) -> Body {
    let mut found = Found::default();
    let rest = take(rules, source, setting.base, &mut found);
    let mut body = body::read(rest.as_deref().unwrap_or(source), known, setting);
    body.by_rule = found;
    body
}

/// The page without the lines around its text that the outlet's rules take.
pub(super) fn rows<'a>(rules: &[OutletRule], page: &'a ParsedPage, base: &Url, found: &mut Found) -> Cow<'a, ParsedPage> {
    let mut page = Cow::Borrowed(page);
    if rules.is_empty() {
        return page;
    }
    for index in 0..page.rows.len() {
        let Some(row) = page.rows.get(index) else { break };
        if let Some(rest) = take(rules, &row.html, base, found)
            && let Some(row) = page.to_mut().rows.get_mut(index)
        {
            row.html = rest;
        }
    }
    page.to_mut().rows.retain(|row| !row.html.trim().is_empty());
    page
}

/// HTML source without the lines that rules match; `None` if there is none. The first rule that matches a line has it.
fn take(rules: &[OutletRule], source: &str, base: &Url, found: &mut Found) -> Option<String> {
    if rules.is_empty() {
        return None;
    }
    // What is too deep for a tree is refused by the reader too, who says so.
    let document = html::tree(source, base).ok()?;
    let mut any = false;
    for line in body::lines(&document) {
        if found.lifted == LIFTED {
            break;
        }
        if !line.images.is_empty() {
            continue;
        }
        let Some((rule, said)) = rules.iter().find_map(|rule| Some((rule, rule.find(&line.text)?))) else { continue };
        let written = said.url.and_then(|url| super::url::resolve(base, &[], url));
        let url = written.or_else(|| line.nodes.iter().find_map(|node| link(node, base)));
        found.add(rule, said.value, url, &line.text);
        found.lifted += 1;
        body::remove(&line);
        any = true;
    }
    if !any {
        return None;
    }
    escapes::cut(&document);
    Some(document.root().first_element_child().map(|root| root.inner_html().to_string()).unwrap_or_default())
}

/// The first link in a node that leads to another site.
fn link(node: &NodeRef<'_>, base: &Url) -> Option<Url> {
    let nodes = std::iter::once(*node).chain(node.descendants_it());
    let mut links = nodes.filter(|node| node.has_name("a")).filter_map(|node| node.attr("href"));
    links.find_map(|href| super::url::resolve(base, &[], &href).filter(|url| !super::url::same_owner(url, base)))
}

/// The text of a row.
pub(super) fn text_of(html: &str) -> String {
    text::clean(&Document::fragment(html).root().text())
}

#[cfg(test)]
#[path = "outlet_rules_tests.rs"]
mod tests;
