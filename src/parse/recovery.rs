//! Broken markup: where to go on reading. Every look back is paid from one budget, so that nothing is read more than a few times.

use quick_xml::events::BytesStart;

use super::vocabulary::Place;
use super::xml::{DEEPEST, Next, Walk};
use crate::model::Unreadable;

impl<'a> Walk<'a> {
    /// `<` that begins no tag is text: goes on at the next markup that is one.
    pub(super) fn stray_angle(&mut self, begin: usize) -> Result<Next, Unreadable> {
        self.findings.add("xml_repaired", || "a lone < was read as text".to_owned());
        let rest = self.source.get(begin + 1..).unwrap_or("");
        let mut at = 0;
        let next = loop {
            match rest[at..].find('<') {
                Some(found) => {
                    at += found;
                    if rest.as_bytes().get(at + 1).is_some_and(|b| b.is_ascii_alphabetic() || b"/!?_:".contains(b) || *b >= 0x80)
                    {
                        break at;
                    }
                    at += 1;
                }
                None => break rest.len(),
            }
        };
        if self.place() != Place::Document {
            self.cdata("<");
            self.raw_text(&rest[..next])?;
        }
        Ok(Next::From(begin + 1 + next))
    }

    /// A tag with `<` in it: either an attribute value holds markup, or the tag (or a quote in it) was never closed and has swallowed
    /// what follows.
    pub(super) fn swallowed(&mut self, begin: usize, content: &'a str, tag: &BytesStart<'_>) -> Result<Option<Next>, Unreadable> {
        let Some(angle) = content.find('<') else { return Ok(None) };
        let before = &content[..angle];
        let quoted =
            before.bytes().filter(|&b| b == b'"').count() % 2 == 1 || before.bytes().filter(|&b| b == b'\'').count() % 2 == 1;
        if quoted && !content[angle..].contains("</") {
            return Ok(None);
        }
        let Some(left) = self.rescans.checked_sub(content.len()) else { return Ok(None) };
        self.rescans = left;
        self.findings.add("xml_repaired", || "a tag that was never closed was closed".to_owned());
        // ends at its first `>`, if that comes before the next tag
        let length = before.find('>').unwrap_or(angle);
        let body = content[..length].trim_end_matches(['/', ' ']);
        let name_length = tag.name().as_ref().len().min(body.find(|c: char| c.is_ascii_whitespace()).unwrap_or(body.len()));
        let (Some(name), true) = (body.get(..name_length), self.stack.len() < DEEPEST) else { return Ok(None) };
        let repaired = BytesStart::from_content(body, name_length);
        self.read_attributes(&repaired)?;
        self.element(name.as_bytes(), content[..length].ends_with('/'))?;
        let skip = if before.contains('>') { 2 } else { 1 };
        Ok(Some(Next::From(begin + length + skip)))
    }

    /// A processing instruction or XML declaration that ends in `>` instead of `?>` has swallowed what follows.
    pub(super) fn unclosed_instruction(&mut self, content: &'a str) -> Next {
        let Some(end) = content.find('>').filter(|end| content[*end..].contains('<')) else { return Next::Token };
        let Some(left) = self.rescans.checked_sub(content.len()) else { return Next::Token };
        self.rescans = left;
        let at = (content.as_ptr() as usize).wrapping_sub(self.source.as_ptr() as usize);
        Next::From(at + end + 1)
    }

    /// After a syntax error at `at`: where to go on, or `None` when the rest is inside of something that never ends.
    pub(super) fn recover(&mut self, at: usize) -> Option<usize> {
        self.findings.add("xml_repaired", || "its markup has a syntax error".to_owned());
        let rest = self.source.get(at..)?;
        if let Some(text) = rest.strip_prefix("<![CDATA[") {
            self.cdata(text);
            return None;
        }
        if rest.starts_with("<!--") {
            return None;
        }
        self.rescans = self.rescans.checked_sub(rest.len())?;
        let skip = rest.find('>')?;
        let tag = rest.get(1..skip).unwrap_or("");
        // an unclosed quote: the tag still counts
        if tag.starts_with(|c: char| c.is_ascii_alphabetic()) && !tag.contains('<') && self.stack.len() < DEEPEST {
            let body = tag.trim_end_matches(['/', ' ']);
            let name_length = body.find(|c: char| c.is_ascii_whitespace()).unwrap_or(body.len());
            let repaired = BytesStart::from_content(body, name_length);
            self.read_attributes(&repaired).ok()?;
            self.element(&body.as_bytes()[..name_length], tag.ends_with('/')).ok()?;
        }
        Some(at + skip + 1)
    }
}
