//! XML read back strictly, by a parser that is not the writers'.

use quick_xml::events::Event;
use quick_xml::name::ResolveResult;
use quick_xml::{NsReader, XmlVersion};

use super::ATOM;

/// An element as read back.
#[derive(Debug, Default, Clone, PartialEq)]
pub(super) struct Element {
    pub namespace: String,
    /// As written, with its prefix.
    pub qualified: String,
    pub local: String,
    pub attributes: Vec<(String, String)>,
    pub text: String,
    pub children: Vec<Element>,
}

impl Element {
    pub fn all(&self, namespace: &str, local: &str) -> std::vec::IntoIter<&Element> {
        let found = self.children.iter().filter(|child| child.namespace == namespace && child.local == local);
        found.collect::<Vec<_>>().into_iter()
    }

    pub fn one(&self, namespace: &str, local: &str) -> &Element {
        let mut all = self.all(namespace, local);
        let first = all.next().unwrap_or_else(|| panic!("no {local} in {}", self.qualified));
        assert!(all.next().is_none(), "two {local} in {}", self.qualified);
        first
    }

    pub fn text(&self, namespace: &str, local: &str) -> &str {
        &self.one(namespace, local).text
    }

    pub fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    pub fn links(&self, rel: &str) -> Vec<&Element> {
        self.all(ATOM, "link").filter(|link| link.attribute("rel") == Some(rel)).collect()
    }
}

/// Strict reading: undeclared prefixes, characters that XML forbids, bad references and unbalanced tags all fail.
pub(super) fn read(xml: &str) -> Element {
    let allowed = |c: char| matches!(c, '\t' | '\n' | ' '..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..);
    assert!(xml.chars().all(allowed), "a character that XML 1.0 forbids");
    let mut reader = NsReader::from_str(xml);
    reader.config_mut().check_end_names = true;
    reader.config_mut().expand_empty_elements = true;
    let mut open = vec![Element::default()];
    loop {
        let (namespace, event) = reader.read_resolved_event().expect("well-formed");
        match event {
            Event::Start(start) => {
                let ResolveResult::Bound(uri) = namespace else {
                    assert_eq!(namespace, ResolveResult::Unbound, "undeclared prefix of {start:?}");
                    open.push(element(&start, ""));
                    continue;
                };
                open.push(element(&start, std::str::from_utf8(uri.as_ref()).unwrap()));
            }
            Event::End(_) => {
                let element = open.pop().unwrap();
                open.last_mut().unwrap().children.push(element);
            }
            Event::Text(text) => open.last_mut().unwrap().text.push_str(&text.decode().unwrap()),
            Event::CData(text) => open.last_mut().unwrap().text.push_str(&text.decode().unwrap()),
            Event::GeneralRef(reference) => {
                let name = reference.decode().unwrap();
                let text = match reference.resolve_char_ref().unwrap() {
                    Some(c) => c.to_string(),
                    None => quick_xml::escape::resolve_predefined_entity(&name).expect("a predefined entity").to_owned(),
                };
                open.last_mut().unwrap().text.push_str(&text);
            }
            Event::Decl(_) | Event::Comment(_) | Event::PI(_) => {}
            Event::DocType(_) => panic!("a DTD"),
            Event::Empty(_) => unreachable!("expanded"),
            Event::Eof => break,
        }
    }
    assert_eq!(open.len(), 1, "everything closed");
    let mut document = open.pop().unwrap();
    assert_eq!(document.children.len(), 1, "one root");
    document.children.pop().unwrap()
}

fn element(start: &quick_xml::events::BytesStart<'_>, namespace: &str) -> Element {
    let name = |bytes: &[u8]| std::str::from_utf8(bytes).unwrap().to_owned();
    let attributes = start.attributes().map(|attribute| {
        let attribute = attribute.expect("a well-formed attribute");
        (
            name(attribute.key.as_ref()),
            attribute.normalized_value(XmlVersion::Implicit1_0).expect("a well-formed value").into_owned(),
        )
    });
    Element {
        namespace: namespace.to_owned(),
        qualified: name(start.name().as_ref()),
        local: name(start.local_name().as_ref()),
        attributes: attributes.collect(),
        ..Element::default()
    }
}
