//! The straight road: tags, text and CDATA sections as nearly every document writes them are read where they stand. Whatever is not
//! so plain (declarations, comments, odd or broken tags) is left to the tokenizer and to recovery, token by token.

use memchr::{memchr, memchr2};

use super::attributes::MOST_ATTRIBUTES;
use super::vocabulary::Place;
use super::xml::{DEEPEST, Walk};
use crate::model::Unreadable;

const SECTION: &[u8] = b"<![CDATA[";

/// Where the straight road ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Halt {
    /// At a token that somebody else has to read.
    Token(usize),
    /// The root has ended there.
    Done(usize),
    /// The document has ended.
    End,
}

impl<'a> Walk<'a> {
    /// Reads on from a byte as far as the markup is plain.
    pub(super) fn straight_on(&mut self, mut at: usize) -> Result<Halt, Unreadable> {
        let source = self.source;
        let bytes = source.as_bytes();
        loop {
            let Some(rest) = bytes.get(at..).filter(|rest| !rest.is_empty()) else { return Ok(Halt::End) };
            let read = match rest {
                [b'<', b'/', ..] => self.plain_end(rest),
                [b'<', first, ..] if first.is_ascii_alphabetic() => self.plain_start(at)?,
                [b'<', b'!', b'[', ..] => self.section(at),
                [b'<', ..] => None,
                _ => Some(self.run_of_text(at)?),
            };
            match read {
                Some(length) => at += length,
                None => return Ok(Halt::Token(at)),
            }
            if self.ended {
                return Ok(Halt::Done(at));
            }
        }
    }

    /// Text up to the next `<`: its length.
    fn run_of_text(&mut self, at: usize) -> Result<usize, Unreadable> {
        let Some(rest) = self.source.get(at..) else { return Ok(0) };
        let bytes = rest.as_bytes();
        if self.capture.is_none() && !matches!(self.place(), Place::Person | Place::Source) {
            // white space between elements, as a rule one line end
            return Ok(if bytes.get(1) == Some(&b'<') { 1 } else { memchr(b'<', bytes).unwrap_or(bytes.len()) });
        }
        let special = memchr2(b'<', b'&', bytes).unwrap_or(bytes.len());
        if bytes.get(special) != Some(&b'&') {
            self.text(&rest[..special]);
            return Ok(special);
        }
        let end = memchr(b'<', &bytes[special..]).map_or(bytes.len(), |more| special + more);
        if let Some(capture) = &mut self.capture {
            capture.expect(end);
        }
        self.raw_text(&rest[..end])?;
        Ok(end)
    }

    /// A CDATA section in one go: its length. HTML is full of `>`, at each of which the tokenizer looks whether it ends the section.
    fn section(&mut self, at: usize) -> Option<usize> {
        let text = self.source.get(at..)?.strip_prefix("<![CDATA[")?;
        let end = self.section_end.find(text.as_bytes())?;
        self.cdata(&text[..end]);
        Some(SECTION.len() + end + "]]>".len())
    }

    /// The end tag of the innermost element: its length.
    fn plain_end(&mut self, rest: &[u8]) -> Option<usize> {
        let top = self.stack.last()?;
        let after = rest.get(2..)?.strip_prefix(top.name)?;
        if after.first() != Some(&b'>') {
            return None;
        }
        let length = top.name.len() + 3;
        self.pop(true);
        Some(length)
    }

    /// A start tag of names and quoted values: its length. Nothing has been done when there is none.
    fn plain_start(&mut self, at: usize) -> Result<Option<usize>, Unreadable> {
        if self.stack.len() >= DEEPEST {
            return Ok(None);
        }
        let Some((name_end, length, empty)) = self.plain_tag(at) else { return Ok(None) };
        let Some(name) = self.source.as_bytes().get(at + 1..name_end) else { return Ok(None) };
        self.position = self.position.max(at + length);
        self.element(name, empty)?;
        Ok(Some(length))
    }

    /// The attributes of a tag, and where its name ends, its length, whether it is an empty element.
    fn plain_tag(&mut self, start: usize) -> Option<(usize, usize, bool)> {
        let source = self.source;
        let bytes = source.as_bytes();
        self.no_attributes();
        let mut at = start + 1;
        at += bytes.get(at..)?.iter().position(|b| !is_name_byte(*b))?;
        let name_end = at;
        loop {
            let spaces = bytes.get(at..)?.iter().position(|b| !b.is_ascii_whitespace())?;
            at += spaces;
            match bytes.get(at..)? {
                [b'>', ..] => return Some((name_end, at + 1 - start, false)),
                [b'/', b'>', ..] => return Some((name_end, at + 2 - start, true)),
                _ if spaces == 0 || self.attributes.len() >= MOST_ATTRIBUTES => return None,
                rest => {
                    let name = rest.iter().position(|b| !is_name_byte(*b)).filter(|length| *length > 0)?;
                    let [b'=', quote @ (b'"' | b'\''), value @ ..] = rest.get(name..)? else { return None };
                    let length = memchr2(*quote, b'<', value)?;
                    if value.get(length) != Some(quote) {
                        return None;
                    }
                    let value = at + name + 2;
                    self.add_attribute(source.get(at..at + name)?, source.get(value..value + length)?);
                    at = value + length + 1;
                }
            }
        }
    }
}

/// A byte that names in feeds are made of; others are for the tokenizer to judge.
fn is_name_byte(b: u8) -> bool {
    NAME_BYTES[usize::from(b)]
}

static NAME_BYTES: [bool; 256] = {
    let mut bytes = [false; 256];
    let mut b = 0_u8;
    while b < 0x80 {
        bytes[b as usize] = b.is_ascii_alphanumeric() || matches!(b, b':' | b'-' | b'_' | b'.');
        b += 1;
    }
    bytes
};

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parse::{Bounds, Findings, xml};

    #[test]
    fn the_road_ends_where_markup_is_odd() {
        let check = |source: &str, expected: Halt| {
            let mut walk = Walk::new(source, Bounds::default(), Findings::default());
            assert_eq!(walk.straight_on(0), Ok(expected), "{source}");
        };
        check("<rss version='2.0'><channel><title>a</title></channel></rss> x", Halt::Done(60));
        check("<feed><entry><link href=\"a>b\"/><content><![CDATA[<p>]]></content></entry></feed>", Halt::Done(80));
        check("<rss>a < b", Halt::Token(7));
        check("<rss><!-- -->", Halt::Token(5));
        check("<?xml?><rss>", Halt::Token(0));
        check("<rss version=2.0>", Halt::Token(0));
        check("<rss version = '2.0'>", Halt::Token(0));
        check("<rss version>", Halt::Token(0));
        check("<rss version='2'x='3'>", Halt::Token(0));
        check("<rss version='<'>", Halt::Token(0));
        check("<rss version='2", Halt::Token(0));
        check("<rss><title>a</Title>", Halt::Token(13));
        check("<rss><title>a</title >", Halt::Token(13));
        check("<rss><title><![CDATA[a", Halt::Token(12));
        check("<rss><title>a", Halt::End);
        check("", Halt::End);
    }

    /// What of a feed could depend on the way it was read.
    fn shown(source: &str) -> String {
        let feed = xml::read(source, Bounds::default(), Findings::default());
        format!("{:?}", feed.map(|feed| (feed.format, feed.head, feed.entries)))
    }

    proptest::proptest! {
        #[test]
        fn both_roads_lead_to_the_same_feed(
            elements in proptest::collection::vec(
                (0..8_usize, "([ a山\n>]|&lt;|&gt;|&amp;|&#233;|&nbsp;|&x|<b>|</b>){0,8}", "([ a山>]|&quot;|&amp;|&){0,6}"),
                0..8,
            ),
        ) {
            const NAMES: [&str; 8] =
                ["title", "link", "guid", "description", "content:encoded", "dc:creator", "category", "media:content"];
            let (mut plain, mut odd) = (String::from("<rss><channel><item>"), String::from("<rss ><channel ><item >"));
            for (name, text, value) in &elements {
                let name = NAMES[*name];
                plain.push_str(&format!("<{name} url=\"{value}\">{text}</{name}>"));
                odd.push_str(&format!("<{name} url = \"{value}\">{}</{name} >", text.replace("</b>", "</b >")));
            }
            plain.push_str("</item></channel></rss>");
            odd.push_str("</item ></channel ></rss >");
            proptest::prop_assert_eq!(shown(&plain), shown(&odd));
        }
    }
}
