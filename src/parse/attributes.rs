//! What stands in a tag besides its name.

use std::borrow::Cow;

use quick_xml::events::BytesStart;

use super::capture::{LONGEST_VALUE, trimmed};
use super::scope::Mark;
use super::xml::Walk;
use crate::model::Unreadable;

/// Attributes of one element.
pub(super) const MOST_ATTRIBUTES: usize = 256;

/// An attribute, its value as written.
#[derive(Debug, Clone, Copy)]
pub(super) struct Attribute<'a> {
    pub name: &'a str,
    pub raw: &'a str,
    /// Where in the name the local name begins.
    local: usize,
}

impl<'a> Attribute<'a> {
    fn local(&self) -> &'a str {
        self.name.get(self.local..).unwrap_or(self.name)
    }
}

impl<'a> Walk<'a> {
    pub(super) fn read_attributes(&mut self, tag: &BytesStart<'_>) -> Result<(), Unreadable> {
        self.no_attributes();
        if tag.attributes_raw().is_empty() {
            return Ok(());
        }
        let mut attributes = tag.html_attributes();
        // duplicates are harmless here: the first one counts
        attributes.with_checks(false);
        for attribute in attributes.flatten() {
            if self.attributes.len() >= MOST_ATTRIBUTES {
                let message = format!("an element has more than {MOST_ATTRIBUTES} attributes; ask the outlet what it sends");
                return Err(Unreadable::new("xml_too_many_attrs", message));
            }
            let raw = match &attribute.value {
                Cow::Borrowed(value) => self.borrowed(value),
                Cow::Owned(_) => "",
            };
            self.add_attribute(self.borrowed(attribute.key.as_ref()), raw);
        }
        Ok(())
    }

    pub(super) fn no_attributes(&mut self) {
        self.attributes.clear();
        self.initials = 0;
    }

    pub(super) fn add_attribute(&mut self, name: &'a str, raw: &'a str) {
        let local = memchr::memrchr(b':', name.as_bytes()).map_or(0, |colon| colon + 1);
        let attribute = Attribute { name, raw, local };
        self.initials |= initial(attribute.local());
        self.attributes.push(attribute);
    }

    /// Namespaces, base and language that the current tag sets.
    pub(super) fn inherit(&mut self, mark: Mark) -> Result<(), Unreadable> {
        for position in 0..self.attributes.len() {
            let Some(Attribute { name, raw, .. }) = self.attributes.get(position).copied() else { break };
            if let Some(rest) = name.strip_prefix("xmlns") {
                match rest.strip_prefix(':') {
                    Some(prefix) => self.scope.bind(prefix.as_bytes(), raw, mark)?,
                    None if rest.is_empty() => self.scope.bind(b"", raw, mark)?,
                    None => {}
                }
            } else if name.eq_ignore_ascii_case("xml:base") {
                let base = self.entities.attribute(raw, &mut self.findings)?;
                self.scope.enter_base(&base, &mut self.findings);
            } else if name.eq_ignore_ascii_case("xml:lang") {
                let language = self.entities.attribute(raw, &mut self.findings)?;
                self.scope.enter_language(&language);
            }
        }
        Ok(())
    }

    /// Value of an attribute, by local name and without case (`rdf:about`, `thr:count`, `HREF`); trimmed, `None` when empty.
    pub(super) fn attribute(&mut self, wanted: &str) -> Result<Option<String>, Unreadable> {
        Ok(self.written(wanted)?.map(Cow::into_owned))
    }

    /// The same, from the document where it stands there.
    pub(super) fn written(&mut self, wanted: &str) -> Result<Option<Cow<'a, str>>, Unreadable> {
        if self.initials & initial(wanted) == 0 {
            return Ok(None);
        }
        let Some(found) = self.attributes.iter().find(|attribute| attribute.local().eq_ignore_ascii_case(wanted)) else {
            return Ok(None);
        };
        let value = match self.entities.attribute(found.raw, &mut self.findings)? {
            Cow::Borrowed(value) => Cow::Borrowed(value.trim()),
            Cow::Owned(value) => Cow::Owned(trimmed(value)),
        };
        if value.len() > LONGEST_VALUE {
            self.findings.add("field_too_long", || format!("the value of an attribute {wanted} is too long and was left out"));
            return Ok(None);
        }
        Ok(Some(value).filter(|value| !value.is_empty()))
    }
}

/// A bit for the first letter of a name, whatever its case.
fn initial(name: &str) -> u32 {
    name.bytes().next().map_or(0, |b| 1 << (b & 31))
}
