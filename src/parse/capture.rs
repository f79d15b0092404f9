//! Text on its way from the document into a field: escaped, plain, or markup that is written down again as HTML source.

use std::sync::Arc;

use super::entities::common_reference;
use super::vocabulary::Field;
use crate::model::{Text, TextKind};

/// Bytes of a text construct.
pub(super) const LONGEST_TEXT: usize = 2 * 1_024 * 1_024;
/// Bytes of a name, an address, a date.
pub(super) const LONGEST_VALUE: usize = 64 * 1_024;

/// How the content of an element becomes a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mode {
    /// Tags inside are dropped, their text stays.
    Plain,
    /// One level of escaping is removed. Elements inside mean that it was not escaped after all.
    Escaped,
    /// Elements inside are the content (Atom xhtml): written as HTML source, text escaped again.
    Inline,
    /// Base64 (RFC 4648).
    Base64,
}

/// A field being read.
#[derive(Debug)]
pub(super) struct Capture {
    /// Which.
    pub field: Field,
    /// Its precedence.
    pub rank: u8,
    /// How the value is to be read.
    pub kind: TextKind,
    /// Base addresses in force.
    pub base: Vec<String>,
    /// Language in force.
    pub language: Option<Arc<str>>,
    /// What an attribute says besides: domain of a category, rel of a link.
    pub extra: Option<String>,
    /// isPermaLink is not "false".
    pub flag: bool,
    /// A div around all of the content is not part of it.
    pub unwraps: bool,
    mode: Mode,
    text: String,
    overflow: bool,
    depth: usize,
    wrapper: Option<Wrapper>,
    /// Open divs around text that is escaped nevertheless.
    bare: usize,
}

/// The `div` that xhtml content is wrapped in (RFC 4287 § 3.1.1.3), by byte offsets.
#[derive(Debug, Clone, Copy)]
struct Wrapper {
    inner_start: usize,
    inner_end: usize,
    end: usize,
}

/// A value that has been read.
#[derive(Debug)]
pub(super) struct Captured {
    pub field: Field,
    pub rank: u8,
    pub value: Text,
    pub extra: Option<String>,
    pub flag: bool,
    /// It was longer than a field may be, and is cut.
    pub overflow: bool,
}

impl Capture {
    pub fn new(field: Field, rank: u8, mode: Mode, kind: TextKind) -> Self {
        Self {
            field,
            rank,
            kind,
            base: Vec::new(),
            language: None,
            extra: None,
            flag: false,
            unwraps: true,
            mode,
            text: String::new(),
            overflow: false,
            depth: 0,
            wrapper: None,
            bare: 0,
        }
    }

    /// It takes markup (as against a name or a date).
    pub fn is_rich(&self) -> bool {
        matches!(self.mode, Mode::Escaped | Mode::Inline)
    }

    /// It takes markup because it says so, not because somebody forgot to escape.
    pub fn is_declared_markup(&self) -> bool {
        self.mode == Mode::Inline && self.kind == TextKind::Html
    }

    /// Makes room for text of about that many bytes.
    pub fn expect(&mut self, bytes: usize) {
        self.text.reserve(bytes.min(LONGEST_TEXT.saturating_sub(self.text.len())));
    }

    /// Character data with no reference in it, apart from lone ampersands.
    pub fn text(&mut self, text: &str) {
        if self.mode == Mode::Inline && text.contains('&') {
            self.escaped(text);
        } else {
            self.push(text);
        }
    }

    /// Takes text as far as the references in it are the few that escaped markup is made of: gives what is left, from the first other
    /// one on. Where they are not simply replaced, that is all of it.
    pub fn unescaped<'t>(&mut self, text: &'t str) -> &'t str {
        if self.mode == Mode::Inline || self.text.len() + text.len() > self.longest() {
            return text;
        }
        let mut rest = text;
        while let Some(at) = next_reference(rest.as_bytes()) {
            let (before, reference) = rest.split_at(at);
            self.text.push_str(before);
            let Some((character, after)) = common_reference(reference) else { return reference };
            self.text.push(character);
            rest = after;
        }
        self.text.push_str(rest);
        ""
    }

    /// Characters that a reference or a CDATA section stands for.
    pub fn literal(&mut self, text: &str) {
        if self.mode == Mode::Inline {
            self.escaped(text);
        } else {
            self.push(text);
        }
    }

    /// An element begins inside. False when it is one that never ends (HTML § 13.1.2).
    pub fn open<'n, V: AsRef<str>>(&mut self, name: &str, attributes: impl Iterator<Item = (&'n str, V)>, empty: bool) -> bool {
        let void = is_void(name);
        match self.mode {
            Mode::Plain | Mode::Base64 => return !void,
            // a div around escaped markup, which some software writes, says nothing about what is in it
            Mode::Escaped if name.eq_ignore_ascii_case("div") && self.text.trim_start().is_empty() => {
                self.bare += usize::from(!empty);
                return true;
            }
            Mode::Escaped => self.not_escaped_after_all(),
            Mode::Inline => {}
        }
        if !is_name(name) {
            return !void;
        }
        let first = self.mode == Mode::Inline && self.depth == 0 && self.wrapper.is_none() && self.text.trim_start().is_empty();
        self.push("<");
        self.push(name);
        for (attribute, value) in attributes.filter(|(attribute, _)| is_name(attribute)) {
            self.push(" ");
            self.push(attribute);
            self.push("=\"");
            for (position, piece) in value.as_ref().split('"').enumerate() {
                if position > 0 {
                    self.push("&quot;");
                }
                self.escaped(piece);
            }
            self.push("\"");
        }
        self.push(">");
        if first && self.unwraps && !empty && name.eq_ignore_ascii_case("div") {
            self.wrapper = Some(Wrapper { inner_start: self.text.len(), inner_end: 0, end: 0 });
        }
        if empty && !void {
            self.push("</");
            self.push(name);
            self.push(">");
        } else if !void {
            self.depth += 1;
        }
        !void
    }

    /// The element that `open` began ends.
    pub fn close(&mut self, name: &str) {
        if matches!(self.mode, Mode::Plain | Mode::Base64) || !is_name(name) {
            return;
        }
        if self.depth == 0 && self.bare > 0 {
            self.bare -= 1;
            return;
        }
        self.depth = self.depth.saturating_sub(1);
        let inner_end = self.text.len();
        self.push("</");
        self.push(name);
        self.push(">");
        let end = self.text.len();
        if let Some(wrapper) = self.wrapper.as_mut().filter(|wrapper| wrapper.end == 0 && self.depth == 0) {
            (wrapper.inner_end, wrapper.end) = (inner_end, end);
        }
    }

    /// The element ends: the value, trimmed.
    pub fn finish(mut self) -> Captured {
        if let Some(wrapper) = self.wrapper.filter(|wrapper| wrapper.end > 0 && self.text[wrapper.end..].trim().is_empty()) {
            self.text.truncate(wrapper.inner_end);
            self.text.drain(..wrapper.inner_start);
        }
        if self.mode == Mode::Base64 {
            match base64(&self.text).and_then(|bytes| String::from_utf8(bytes).ok()) {
                Some(text) => self.text = text,
                // a picture or the like: no text; but a name that only looks like base64 is a name
                None if self.field == Field::Content => self.text.clear(),
                None => {}
            }
        }
        let value = Text { value: trimmed(self.text), kind: self.kind, language: self.language, base: self.base };
        Captured { field: self.field, rank: self.rank, value, extra: self.extra, flag: self.flag, overflow: self.overflow }
    }

    /// First element inside a text that was taken for escaped. If it holds escaped markup already, both kinds are mixed and nothing is
    /// escaped again; otherwise it is markup, and what came before was text.
    fn not_escaped_after_all(&mut self) {
        if self.text.contains('<') {
            self.kind = TextKind::Html;
            return;
        }
        self.mode = Mode::Inline;
        self.kind = TextKind::Html;
        if self.text.contains(['&', '>']) {
            let before = std::mem::take(&mut self.text);
            self.escaped(&before);
        }
    }

    fn escaped(&mut self, text: &str) {
        let mut rest = text;
        while let Some(at) = rest.find(['&', '<', '>']) {
            self.push(&rest[..at]);
            self.push(match rest.as_bytes()[at] {
                b'&' => "&amp;",
                b'<' => "&lt;",
                _ => "&gt;",
            });
            rest = &rest[at + 1..];
        }
        self.push(rest);
    }

    fn push(&mut self, text: &str) {
        if self.text.len() + text.len() > self.longest() {
            self.overflow = true;
        } else {
            self.text.push_str(text);
        }
    }

    fn longest(&self) -> usize {
        if self.mode == Mode::Plain { LONGEST_VALUE } else { LONGEST_TEXT }
    }
}

/// Where the next `&` is. Between the angles of an escaped tag it is too near for a call to be worth it.
fn next_reference(text: &[u8]) -> Option<usize> {
    const NEAR: usize = 8;
    let (near, far) = text.split_at(text.len().min(NEAR));
    near.iter().position(|b| *b == b'&').or_else(|| Some(NEAR + memchr::memchr(b'&', far)?))
}

/// White space at both ends removed in place.
pub(super) fn trimmed(mut text: String) -> String {
    text.truncate(text.trim_end().len());
    let leading = text.len() - text.trim_start().len();
    text.drain(..leading);
    text
}

/// Elements without end tag (HTML § 13.1.2, with the obsolete ones).
pub(super) fn is_void(name: &str) -> bool {
    const VOID: &[&str] = &[
        "area", "base", "basefont", "br", "col", "embed", "frame", "hr", "img", "input", "keygen", "link", "meta", "param",
        "source", "track", "wbr",
    ];
    VOID.iter().any(|void| void.eq_ignore_ascii_case(name))
}

/// A name that can stand in a tag without changing what the tag is.
fn is_name(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && name.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_:.".contains(&b))
}

/// Decodes base64, white space allowed; `None` when it is not base64.
fn base64(text: &str) -> Option<Vec<u8>> {
    let mut bytes = Vec::with_capacity(text.len() / 4 * 3);
    let mut bits = 0_u32;
    let mut filled = 0;
    for b in text.bytes().filter(|b| !b.is_ascii_whitespace()) {
        let six = match b {
            b'A'..=b'Z' => b - b'A',
            b'a'..=b'z' => b - b'a' + 26,
            b'0'..=b'9' => b - b'0' + 52,
            b'+' | b'-' => 62,
            b'/' | b'_' => 63,
            b'=' => break,
            _ => return None,
        };
        bits = bits << 6 | u32::from(six);
        filled += 6;
        if filled >= 8 {
            filled -= 8;
            bytes.push((bits >> filled & 0xff) as u8);
        }
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    const NO_ATTRIBUTES: [(&str, &str); 0] = [];

    fn capture(mode: Mode, kind: TextKind) -> Capture {
        Capture::new(Field::Content, 0, mode, kind)
    }

    fn value(capture: Capture) -> (String, TextKind) {
        let captured = capture.finish();
        (captured.value.value, captured.value.kind)
    }

    #[test]
    fn escaped_text_is_taken_as_it_is() {
        let mut c = capture(Mode::Escaped, TextKind::Html);
        c.text(" ");
        c.literal("<");
        c.text("p>R & D \n");
        assert_eq!(value(c), ("<p>R & D".to_owned(), TextKind::Html));
    }

    #[test]
    fn markup_where_text_was_expected_is_markup() {
        let mut c = capture(Mode::Escaped, TextKind::Unsaid);
        c.literal("&");
        c.text(" so ");
        assert!(c.open("b", [("title", "\"a\" & <b>")].into_iter(), false));
        c.literal("<");
        c.close("b");
        assert!(!c.open("br", NO_ATTRIBUTES.into_iter(), true));
        assert_eq!(value(c), ("&amp; so <b title=\"&quot;a&quot; &amp; &lt;b&gt;\">&lt;</b><br>".to_owned(), TextKind::Html));
    }

    #[test]
    fn escaped_and_unescaped_markup_mixed_stays_markup() {
        let mut c = capture(Mode::Escaped, TextKind::Unsaid);
        c.literal("<p>one</p>");
        c.open("br", NO_ATTRIBUTES.into_iter(), true);
        c.literal("<p>two</p>");
        assert_eq!(value(c), ("<p>one</p><br><p>two</p>".to_owned(), TextKind::Html));
    }

    #[test]
    fn the_wrapper_goes_and_only_the_wrapper() {
        let check = |names: &[&str], expected: &str| {
            let mut c = capture(Mode::Inline, TextKind::Html);
            for name in names {
                c.text("\n");
                match name.strip_prefix('/') {
                    Some(name) => c.close(name),
                    None => {
                        c.open(name, NO_ATTRIBUTES.into_iter(), false);
                    }
                }
            }
            assert_eq!(value(c).0.replace('\n', ""), expected, "{names:?}");
        };
        check(&["div", "p", "/p", "/div"], "<p></p>");
        check(&["div", "div", "/div", "/div"], "<div></div>");
        check(&["div", "/div", "div", "/div"], "<div></div><div></div>");
        check(&["p", "/p", "div", "/div"], "<p></p><div></div>");
        check(&["div", "p"], "<div><p>");
    }

    #[test]
    fn plain_values_lose_tags_and_white_space() {
        let mut c = capture(Mode::Plain, TextKind::Plain);
        c.text("\n https://a.example/");
        c.open("b", NO_ATTRIBUTES.into_iter(), false);
        c.text("x ");
        c.close("b");
        assert_eq!(value(c), ("https://a.example/x".to_owned(), TextKind::Plain));
    }

    #[test]
    fn a_field_has_a_longest_length() {
        let mut c = capture(Mode::Plain, TextKind::Plain);
        c.text(&"g".repeat(LONGEST_VALUE));
        c.text("g");
        let captured = c.finish();
        assert!(captured.overflow);
        assert_eq!(captured.value.value.len(), LONGEST_VALUE);
    }

    #[test]
    fn decoding_base64() {
        let check = |text: &str, expected: Option<&[u8]>| assert_eq!(base64(text).as_deref(), expected, "{text}");
        check("PHA+aGFyYm91cjwvcD4=", Some(b"<p>harbour</p>"));
        check("PHA+\n aGk8L3A+", Some(b"<p>hi</p>"));
        check("", Some(b""));
        check("not base64!", None);
    }
}
