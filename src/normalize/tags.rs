//! HTML source as a flat run of tokens, for what needs no tree: plain text, and the check that building a tree is safe.

use std::borrow::Cow;

/// A piece of HTML source.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Token<'a> {
    /// Character data, references not resolved.
    Text(&'a str),
    /// A start tag: name as written, and everything between the name and `>`.
    Open(&'a str, &'a str),
    /// An end tag.
    Close(&'a str),
    /// A comment, declaration or processing instruction, or the inside of an element that holds no markup (script, style …).
    Skipped,
}

/// Elements whose inside is not markup (HTML § 13.2.5.2 to 5).
const RAW: &[&str] = &["script", "style", "xmp", "iframe", "noembed", "noframes", "textarea", "title"];

/// Reads tokens in the way of HTML § 13.2.5, without a tree. Linear in the input.
pub(super) struct Tokens<'a> {
    rest: &'a str,
    raw: Option<&'a str>,
    raw_elements: bool,
}

/// Tokens of an HTML source.
pub(super) fn tokens(source: &str) -> Tokens<'_> {
    Tokens { rest: source, raw: None, raw_elements: true }
}

impl Tokens<'_> {
    /// Reads the inside of script, style and so on as markup too: inside svg and math it is.
    pub(super) fn everything_is_markup(mut self) -> Self {
        self.raw_elements = false;
        self
    }
}

impl<'a> Iterator for Tokens<'a> {
    type Item = Token<'a>;

    fn next(&mut self) -> Option<Token<'a>> {
        if let Some(name) = self.raw.take() {
            let end = find_end_tag(self.rest, name).unwrap_or(self.rest.len());
            self.rest = &self.rest[end..];
            return Some(Token::Skipped);
        }
        if self.rest.is_empty() {
            return None;
        }
        let Some(start) = next_tag(self.rest) else {
            let text = std::mem::take(&mut self.rest);
            return Some(Token::Text(text));
        };
        if start > 0 {
            let (text, rest) = self.rest.split_at(start);
            self.rest = rest;
            return Some(Token::Text(text));
        }
        let after = &self.rest[1..];
        match after.as_bytes().first() {
            Some(b'!') => {
                self.rest = match after.strip_prefix("!--") {
                    Some(comment) => after_comment(comment),
                    None => after_mark(after),
                };
                Some(Token::Skipped)
            }
            Some(b'?') => {
                self.rest = after_mark(after);
                Some(Token::Skipped)
            }
            Some(b'/') => {
                let name = &after[1..];
                if !name.starts_with(|c: char| c.is_ascii_alphabetic()) {
                    self.rest = after_mark(after);
                    return Some(Token::Skipped);
                }
                let (name, _, rest) = tag(name);
                self.rest = rest;
                Some(Token::Close(name))
            }
            _ => {
                let (name, attributes, rest) = tag(after);
                self.rest = rest;
                if self.raw_elements && RAW.iter().any(|raw| raw.eq_ignore_ascii_case(name)) {
                    self.raw = Some(name);
                }
                Some(Token::Open(name, attributes))
            }
        }
    }
}

/// What follows `<!` makes it a declaration, a comment or a marked section; anything else is text (ISO 8879 § 9.6.2).
pub(super) fn is_declaration(after: Option<&u8>) -> bool {
    after.is_none_or(|b| b.is_ascii_alphabetic() || matches!(b, b'-' | b'[' | b'>'))
}

/// Where the next `<` stands that begins markup (a letter, `/`, `!` or `?` follows it).
fn next_tag(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    let mut from = 0;
    while let Some(found) = text[from..].find('<') {
        let at = from + found;
        match bytes.get(at + 1) {
            Some(b'?') => return Some(at),
            Some(b'!') if is_declaration(bytes.get(at + 2)) => return Some(at),
            Some(b'/') if bytes.get(at + 2).is_some() => return Some(at),
            Some(next) if next.is_ascii_alphabetic() => return Some(at),
            _ => from = at + 1,
        }
    }
    None
}

fn after_mark(text: &str) -> &str {
    text.find('>').map_or("", |end| &text[end + 1..])
}

fn after_comment(text: &str) -> &str {
    // "<!-->" and "<!--->" are whole comments.
    if let Some(rest) = text.strip_prefix('>').or_else(|| text.strip_prefix("->")) {
        return rest;
    }
    let mut from = 0;
    while let Some(found) = text[from..].find("--") {
        let end = from + found + 2;
        let rest = &text[end..];
        if let Some(rest) = rest.strip_prefix('>').or_else(|| rest.strip_prefix("!>")) {
            return rest;
        }
        from = end - 1;
    }
    ""
}

fn find_end_tag(text: &str, name: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    let mut from = 0;
    while let Some(found) = text[from..].find("</") {
        let at = from + found;
        let start = at + 2;
        let end = start + name.len();
        if bytes.len() >= end
            && bytes[start..end].eq_ignore_ascii_case(name.as_bytes())
            && bytes.get(end).is_none_or(|next| matches!(next, b'>' | b'/') || next.is_ascii_whitespace())
        {
            return Some(at);
        }
        from = start;
    }
    None
}

/// Name, attributes and what follows the tag that `text` begins with the name of.
fn tag(text: &str) -> (&str, &str, &str) {
    let name_end = text.find(|c: char| c.is_ascii_whitespace() || c == '/' || c == '>').unwrap_or(text.len());
    let (name, rest) = text.split_at(name_end);
    let end = attributes(rest).0;
    (name, &rest[..end], rest.get(end + 1..).unwrap_or_default())
}

/// Where the tag ends (its `>`, or the end of the input) and how many attributes it has.
fn attributes(text: &str) -> (usize, usize) {
    #[derive(PartialEq)]
    enum State {
        Between,
        Name,
        AfterEquals,
        Quoted(u8),
        Bare,
    }
    let (mut state, mut count) = (State::Between, 0);
    for (at, byte) in text.bytes().enumerate() {
        state = match (state, byte) {
            (State::Quoted(quote), byte) if byte == quote => State::Between,
            (State::Quoted(quote), _) => State::Quoted(quote),
            (_, b'>') => return (at, count),
            (State::AfterEquals, b'"' | b'\'') => State::Quoted(byte),
            (State::AfterEquals, b' ' | b'\t' | b'\n' | b'\r' | b'\x0c') => State::AfterEquals,
            (State::AfterEquals, _) => State::Bare,
            (State::Name | State::Between, b'=') if count > 0 => State::AfterEquals,
            (State::Bare, byte) if !byte.is_ascii_whitespace() => State::Bare,
            (_, b' ' | b'\t' | b'\n' | b'\r' | b'\x0c' | b'/') => State::Between,
            (State::Name, _) => State::Name,
            _ => {
                count += 1;
                State::Name
            }
        };
    }
    (text.len(), count)
}

/// The name of an element in lower case; most are written so.
pub(super) fn lower(name: &str) -> Cow<'_, str> {
    if name.bytes().any(|b| b.is_ascii_uppercase()) { Cow::Owned(name.to_ascii_lowercase()) } else { Cow::Borrowed(name) }
}

/// Why no tree is built from a source.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Refusal {
    /// Name of the warning.
    pub(super) code: &'static str,
    /// What was found.
    pub(super) message: &'static str,
}

/// Elements open at once. html5ever's time is quadratic in it (servo/html5ever #788); browsers stop at 512.
const DEEPEST: usize = 256;
/// Attributes of one tag: each is compared with those before it.
const ATTRIBUTES: usize = 256;
/// Formatting elements that a parser re-opens in every paragraph after their end was forgotten, summed over the whole source: beyond it
/// a small source becomes a huge tree.
const REOPENED: usize = 1_000_000;

/// What an element means for the nesting of the ones after it (HTML § 13.2.6.4.7).
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Void,
    Formatting,
    Paragraph,
    Item,
    Cell,
    Block,
    /// A block that end tags of blocks outside do not reach through.
    Barrier,
    Ordinary,
}

fn kind(name: &str) -> Kind {
    match name {
        "area" | "base" | "br" | "col" | "embed" | "hr" | "img" | "input" | "link" | "meta" | "param" | "source" | "track"
        | "wbr" | "image" | "basefont" | "bgsound" | "frame" | "keygen" => Kind::Void,
        "a" | "b" | "big" | "code" | "em" | "font" | "i" | "nobr" | "s" | "small" | "strike" | "strong" | "tt" | "u" => {
            Kind::Formatting
        }
        "p" => Kind::Paragraph,
        "li" | "dd" | "dt" => Kind::Item,
        "td" | "th" | "tr" | "tbody" | "thead" | "tfoot" | "caption" | "colgroup" | "option" | "html" | "body" | "head" => {
            Kind::Cell
        }
        "address" | "article" | "aside" | "blockquote" | "center" | "details" | "dialog" | "dir" | "div" | "dl" | "fieldset"
        | "figcaption" | "figure" | "footer" | "form" | "h1" | "h2" | "h3" | "h4" | "h5" | "h6" | "header" | "hgroup"
        | "listing" | "main" | "menu" | "nav" | "ol" | "plaintext" | "pre" | "search" | "section" | "summary" | "ul" | "xmp" => {
            Kind::Block
        }
        "table" | "button" | "object" | "applet" | "marquee" | "select" | "template" | "svg" | "math" => Kind::Barrier,
        _ => Kind::Ordinary,
    }
}

/// Whether a tag stands in an svg that nothing of HTML has ended: an HTML tag in it may have (HTML § 13.2.6.5).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Drawing {
    Outside,
    Inside,
    /// In a title or description, whose inside is HTML.
    Noted,
}

impl Drawing {
    fn opens(self, name: &str) -> Self {
        match (self, name) {
            (Self::Outside, "svg") | (Self::Inside, "svg") => Self::Inside,
            (Self::Inside, "title" | "desc") => Self::Noted,
            (Self::Inside, name) if super::drawing::is_element_name(name) => Self::Inside,
            _ => Self::Outside,
        }
    }

    fn closes(self, name: &str) -> Self {
        match (self, name) {
            (Self::Noted, "title" | "desc") => Self::Inside,
            (Self::Inside, name) if name != "svg" && super::drawing::is_element_name(name) => Self::Inside,
            _ => Self::Outside,
        }
    }
}

/// Whether a tree may be built: a pass over the tags that never underestimates how deep they nest, for HTML written with any care at all.
pub(super) fn check(source: &str) -> Result<(), Refusal> {
    const DEEP: Refusal = Refusal { code: "html_too_deep", message: "elements nested more than 256 deep" };
    const ATTR: Refusal = Refusal { code: "html_too_many_attributes", message: "a tag with more than 256 attributes" };
    const OPEN: Refusal =
        Refusal { code: "html_too_tangled", message: "formatting that is opened over and over and never closed" };

    let begins = |at: usize, name: &[u8]| {
        source.as_bytes().get(at + 1..at + 1 + name.len()).is_some_and(|found| found.eq_ignore_ascii_case(name))
    };
    let foreign = source.match_indices('<').any(|(at, _)| begins(at, b"svg") || begins(at, b"math"));
    let tags = tokens(source);
    let tags = if foreign { tags.everything_is_markup() } else { tags };

    let mut open: Vec<(Cow<'_, str>, Kind)> = Vec::new();
    let mut drawing = Drawing::Outside;
    let (mut formatting, mut reopened) = (0_usize, 0_usize);
    for token in tags {
        match token {
            Token::Open(name, written) => {
                if attributes(written).1 > ATTRIBUTES {
                    return Err(ATTR);
                }
                let name = lower(name);
                drawing = drawing.opens(&name);
                // only where everything around is a drawing without doubt does the slash end an element
                if drawing == Drawing::Inside && written.trim_end().ends_with('/') {
                    continue;
                }
                let kind = kind(&name);
                reopened += formatting;
                if reopened > REOPENED {
                    return Err(OPEN);
                }
                match kind {
                    Kind::Void => continue,
                    // A start tag ends an open one of its sort: neither nests in itself without something counted between.
                    Kind::Paragraph | Kind::Item | Kind::Cell => continue,
                    Kind::Formatting if name == "a" => {
                        // An `a` in an `a` ends the first (HTML § 13.2.6.4.7).
                        if let Some(at) = open.iter().rposition(|(open, _)| open == "a") {
                            open.remove(at);
                            formatting -= 1;
                        }
                    }
                    _ => {}
                }
                formatting += usize::from(kind == Kind::Formatting);
                open.push((name, kind));
                if open.len() > DEEPEST {
                    return Err(DEEP);
                }
            }
            Token::Close(name) => {
                let name = lower(name);
                drawing = drawing.closes(&name);
                if let Some(at) = open.iter().rposition(|(open, _)| *open == name) {
                    let kind = open[at].1;
                    formatting -= usize::from(kind == Kind::Formatting);
                    open.remove(at);
                    // The end of a block ends what was forgotten inside it, except formatting, which goes on after it.
                    if kind == Kind::Block && !open[at..].iter().any(|(_, kind)| *kind == Kind::Barrier) {
                        let inside = open.split_off(at);
                        open.extend(inside.into_iter().filter(|(_, kind)| *kind == Kind::Formatting));
                    }
                }
            }
            Token::Text(_) | Token::Skipped => {}
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_of_odd_sources() {
        let check = |source: &str, expected: &[Token<'_>]| {
            assert_eq!(tokens(source).collect::<Vec<_>>(), expected, "{source:?}");
        };
        check("a<b>c</b>", &[Token::Text("a"), Token::Open("b", ""), Token::Text("c"), Token::Close("b")]);
        check("1 < 2 <", &[Token::Text("1 < 2 <")]);
        check("<a href='x>y' b>t", &[Token::Open("a", " href='x>y' b"), Token::Text("t")]);
        check("<!-- <b> -->x<!-->y", &[Token::Skipped, Token::Text("x"), Token::Skipped, Token::Text("y")]);
        check(
            "<script>if(a<b)</scripty></SCRIPT>x",
            &[Token::Open("script", ""), Token::Skipped, Token::Close("SCRIPT"), Token::Text("x")],
        );
        check("<?php ?>x</ >y", &[Token::Skipped, Token::Text("x"), Token::Skipped, Token::Text("y")]);
        check("<b", &[Token::Open("b", "")]);
        check("", &[]);
    }

    #[test]
    fn counts_attributes() {
        let check = |written: &str, expected: usize| assert_eq!(attributes(written).1, expected, "{written:?}");
        check("", 0);
        check(" a b=c d='e f' g=\"h\"", 4);
        check(" a = b", 1);
        check("/", 0);
        check(" href=a/b/c", 1);
    }

    #[test]
    fn refuses_what_costs_quadratic_time() {
        let code = |source: &str| check(source).err().map(|refusal| refusal.code);
        let cases: Vec<(String, Option<&str>)> = vec![
            ("<p>".repeat(10_000), None),
            ("<rt>".repeat(300), Some("html_too_deep")),
            ("<optgroup>".repeat(300), Some("html_too_deep")),
            ("<div><span></div>".repeat(300), None),
            ("<div><table></div>".repeat(300), Some("html_too_deep")),
            ("<ul><li>x</ul>".repeat(10_000), None),
            ("<div>".repeat(200), None),
            ("<div>".repeat(300), Some("html_too_deep")),
            ("<DIV>".repeat(300), Some("html_too_deep")),
            ("<ul><li>".repeat(300), Some("html_too_deep")),
            ("<a><b><i><u>".repeat(100), Some("html_too_deep")),
            ("<b><div></b>".repeat(300), Some("html_too_deep")),
            ("<div></x>".repeat(300), Some("html_too_deep")),
            ("<svg>".to_owned() + &"<path d=x />".repeat(2_000) + "</svg>", None),
            ("<svg><desc>t</desc>".to_owned() + &"<path/>".repeat(2_000), None),
            ("<svg><desc><b>t</b></desc>".to_owned() + &"<path/>".repeat(2_000), Some("html_too_deep")),
            ("<svg><p>".to_owned() + &"<path/>".repeat(2_000), Some("html_too_deep")),
            ("<path/>".repeat(2_000), Some("html_too_deep")),
            ("<svg></svg>".to_owned() + &"<path/>".repeat(2_000), Some("html_too_deep")),
            ("<svg></p>".to_owned() + &"<path/>".repeat(2_000), Some("html_too_deep")),
            ("<svg><style>".to_owned() + &"<g>".repeat(300), Some("html_too_deep")),
            ("<a href=x>".repeat(10_000), None),
            (format!("<p{}>", " a".repeat(300)), Some("html_too_many_attributes")),
            ((0..200).map(|n| format!("<b x={n}>")).collect::<String>() + &"<p>".repeat(10_000), Some("html_too_tangled")),
        ];
        for (source, expected) in cases {
            assert_eq!(code(&source), expected, "{}", &source[..40.min(source.len())]);
        }
    }
}
