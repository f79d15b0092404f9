//! Sanitized HTML as a row of tags and texts, and its characters escaped and back.

use std::borrow::Cow;
use std::ops::Range;

pub(super) use crate::model::markup::reference;
use crate::model::markup::tag_end;

/// What a piece of HTML is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// A start tag, or one that stands alone.
    Open,
    /// An end tag.
    Close,
    /// Text as it is written, with its references.
    Text,
    /// What cannot be read: it stays as it is.
    Other,
}

/// A piece of HTML.
#[derive(Debug, Clone)]
pub(super) struct Token {
    pub kind: Kind,
    /// Bytes of the source.
    pub at: Range<usize>,
    /// Bytes of the element's name.
    pub name: Range<usize>,
}

impl Token {
    pub fn source<'a>(&self, html: &'a str) -> &'a str {
        html.get(self.at.clone()).unwrap_or_default()
    }

    pub fn name<'a>(&self, html: &'a str) -> &'a str {
        html.get(self.name.clone()).unwrap_or_default()
    }
}

/// The pieces in order; together they are the source. In sanitized HTML every `<` outside an attribute begins a tag.
pub(super) fn tokens(html: &str) -> Vec<Token> {
    let mut tokens = Vec::new();
    let mut at = 0;
    while let Some(rest) = html.get(at..).filter(|rest| !rest.is_empty()) {
        if !rest.starts_with('<') {
            let end = at + rest.find('<').unwrap_or(rest.len());
            tokens.push(Token { kind: Kind::Text, at: at..end, name: at..at });
            at = end;
            continue;
        }
        let (kind, skip) = if rest.starts_with("</") { (Kind::Close, 2) } else { (Kind::Open, 1) };
        let inside = rest.get(skip..).unwrap_or_default();
        let name = inside.find(|c: char| !c.is_ascii_alphanumeric() && c != '-').unwrap_or(inside.len());
        match tag_end(rest) {
            Some(end) if name > 0 => {
                tokens.push(Token { kind, at: at..at + end, name: at + skip..at + skip + name });
                at += end;
            }
            Some(end) => {
                tokens.push(Token { kind: Kind::Other, at: at..at + end, name: at..at });
                at += end;
            }
            None => {
                tokens.push(Token { kind: Kind::Other, at: at..html.len(), name: at..at });
                at = html.len();
            }
        }
    }
    tokens
}

/// The values of a tag's attributes in double quotes, which is how the sanitizer writes them: name, and where the value is in the tag.
pub(super) fn attributes(tag: &str) -> Vec<(&str, Range<usize>)> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(equals) = tag.get(at..).and_then(|rest| rest.find("=\"")) {
        let from = at + equals + 2;
        let name = tag[at..at + equals].rsplit(|c: char| c.is_ascii_whitespace()).next().unwrap_or_default();
        let Some(length) = tag[from..].find('"') else { break };
        found.push((name, from..from + length));
        at = from + length + 1;
    }
    found
}

/// Elements whose content is no language: it goes through as it is.
pub(super) fn is_verbatim(name: &str) -> bool {
    matches!(name, "pre" | "code" | "kbd" | "samp" | "var" | "rt" | "rp" | "svg" | "math" | "audio" | "video")
}

/// Text without references; one that is not known stays as it is written.
pub(super) fn unescape(source: &str) -> Cow<'_, str> {
    if !source.contains('&') {
        return Cow::Borrowed(source);
    }
    let mut out = String::with_capacity(source.len());
    let mut rest = source;
    while let Some(at) = rest.find('&') {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        let (character, length) = reference(rest).unwrap_or(('&', 1));
        out.push(character);
        rest = &rest[length..];
    }
    out.push_str(rest);
    Cow::Owned(out)
}

/// Writes text as HTML's serialization does (HTML § 13.3), so that what was not changed is the same bytes.
pub(super) fn escape(text: &str, attribute: bool, out: &mut String) {
    for character in text.chars() {
        match character {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '\u{a0}' => out.push_str("&nbsp;"),
            '"' if attribute => out.push_str("&quot;"),
            other => out.push(other),
        }
    }
}

/// Whether no document may hold a character: neither XML 1.0 § 2.2 nor a reader has a use for it.
pub(super) fn is_forbidden(character: char) -> bool {
    matches!(character, '\0'..='\u{8}' | '\u{b}' | '\u{c}' | '\u{e}'..='\u{1f}' | '\u{7f}' | '\u{fffe}' | '\u{ffff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_are_the_source() {
        let check = |html: &str, expected: &[(Kind, &str)]| {
            let found: Vec<(Kind, &str)> = tokens(html).iter().map(|token| (token.kind, token.source(html))).collect();
            assert_eq!(found, expected, "{html}");
        };
        check("a<b>c</b>", &[(Kind::Text, "a"), (Kind::Open, "<b>"), (Kind::Text, "c"), (Kind::Close, "</b>")]);
        check("<a href=\"x>y\">", &[(Kind::Open, "<a href=\"x>y\">")]);
        check("a<b", &[(Kind::Text, "a"), (Kind::Other, "<b")]);
        check("<!---->", &[(Kind::Other, "<!---->")]);
        check("", &[]);
    }

    #[test]
    fn finds_attributes() {
        let tag = r#"<img src="https://a.example/?x=1&amp;y" alt="A &quot;b&quot; = c" hidden="">"#;
        let found: Vec<(&str, &str)> = attributes(tag).into_iter().map(|(name, at)| (name, &tag[at])).collect();
        assert_eq!(found, [("src", "https://a.example/?x=1&amp;y"), ("alt", "A &quot;b&quot; = c"), ("hidden", "")]);
    }

    #[test]
    fn escapes_and_back() {
        let check = |text: &str, attribute: bool, html: &str| {
            let mut out = String::new();
            escape(text, attribute, &mut out);
            assert_eq!(out, html, "{text}");
            assert_eq!(unescape(html), text, "{html}");
        };
        check("a & b < c > \"d\"\u{a0}'", false, "a &amp; b &lt; c &gt; \"d\"&nbsp;'");
        check("\"&lt;\"", true, "&quot;&amp;lt;&quot;");
        assert_eq!(unescape("&eacute; &#0; & &#x6e2f;"), "&eacute; &#0; & 港");
    }
}
