//! Plain text: of markup, of titles, of names.

use std::borrow::Cow;

use dom_query::Document;

use super::tags::{self, Token, tokens};
use crate::model::{Text, TextKind};

/// Whether an element, its name in lower case, begins and ends a line of its own.
pub(super) fn is_block(name: &str) -> bool {
    matches!(
        name,
        "address"
            | "article"
            | "aside"
            | "audio"
            | "blockquote"
            | "caption"
            | "center"
            | "dd"
            | "details"
            | "div"
            | "dl"
            | "dt"
            | "fieldset"
            | "figcaption"
            | "figure"
            | "footer"
            | "form"
            | "h1"
            | "h2"
            | "h3"
            | "h4"
            | "h5"
            | "h6"
            | "header"
            | "hr"
            | "li"
            | "main"
            | "nav"
            | "ol"
            | "p"
            | "pre"
            | "section"
            | "summary"
            | "table"
            | "tbody"
            | "td"
            | "tfoot"
            | "th"
            | "thead"
            | "tr"
            | "ul"
            | "video"
    )
}

/// What separates lines without holding any, and the name of a whole page that some entries bring along.
const SEPARATORS: &[&str] = &["br", "title"];

/// Elements whose inside is not text.
const UNSEEN: &[&str] = &["script", "style", "iframe", "noembed", "noframes", "xmp"];

/// Elements whose tags prove that an undeclared string is HTML: `a < b` and `<Title> of a book` are not.
const KNOWN: &[&str] = &[
    "a",
    "abbr",
    "acronym",
    "b",
    "big",
    "blockquote",
    "br",
    "center",
    "cite",
    "code",
    "del",
    "div",
    "em",
    "embed",
    "figure",
    "font",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "hr",
    "i",
    "iframe",
    "img",
    "ins",
    "kbd",
    "li",
    "mark",
    "nobr",
    "object",
    "ol",
    "p",
    "pre",
    "q",
    "rp",
    "rt",
    "ruby",
    "s",
    "script",
    "section",
    "small",
    "span",
    "strike",
    "strong",
    "style",
    "sub",
    "sup",
    "table",
    "tbody",
    "td",
    "th",
    "tr",
    "tt",
    "u",
    "ul",
    "var",
    "video",
    "wbr",
    "article",
    "audio",
    "dd",
    "dl",
    "dt",
    "svg",
    "math",
];

/// One line of plain text: white space collapsed to single spaces and trimmed; control characters, bidirectional overrides and isolates
/// (U+202A–202E, U+2066–2069) and invisible characters removed, so that no text can disguise itself. Joiners that scripts and emoji
/// need (U+200C, U+200D) stay.
pub fn clean(written: &str) -> String {
    line(written, invisible)
}

/// One line of a text that is read, not compared: as [`clean`], but soft hyphens and the marks that only say in which direction the
/// characters beside them run (U+200E, U+200F) stay. They cannot make text look like other text.
fn words(written: &str) -> String {
    line(written, |c| invisible(c) && !matches!(c, '\u{ad}' | '\u{200e}' | '\u{200f}'))
}

fn line(written: &str, leaves_out: impl Fn(char) -> bool) -> String {
    let mut out = String::with_capacity(written.len());
    let mut space = false;
    for c in written.chars() {
        let sure = is_asian_letter(c) || c.is_ascii_graphic();
        if !sure && c.is_whitespace() {
            space = true;
        } else if sure || !leaves_out(c) {
            if space && !out.is_empty() {
                out.push(' ');
            }
            space = false;
            out.push(c);
        }
    }
    out
}

/// A letter of a script without case: kana, Han, hangul. Most of what is read here, and the tables of Unicode need not be asked about it.
pub(super) fn is_asian_letter(c: char) -> bool {
    matches!(c, '\u{3400}'..='\u{9fff}' | '\u{3041}'..='\u{3096}' | '\u{30a1}'..='\u{30fa}' | '\u{ac00}'..='\u{d7a3}')
}

/// Characters that show nothing and can hide or reorder what others show.
fn invisible(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{ad}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{2060}'..='\u{206f}' | '\u{202a}'..='\u{202e}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{fffe}' | '\u{ffff}' | '\u{e0000}'..='\u{e007f}')
}

/// One line of plain text of a text construct, read by its kind; [`TextKind::Unsaid`] is HTML when it looks like it.
pub fn plain(text: &Text) -> String {
    match text.kind {
        TextKind::Plain => words(&text.value),
        TextKind::Html => of_html(&text.value),
        TextKind::Unsaid if looks_like_html(&text.value) => of_html(&text.value),
        TextKind::Unsaid => words(&without_empty_tags(&text.value)),
    }
}

/// One line of plain text of HTML: tags dropped, references resolved once, blocks kept apart by a space.
pub fn of_html(source: &str) -> String {
    let mut out = String::with_capacity(source.len());
    let mut unseen = false;
    for token in tokens(source) {
        match token {
            Token::Text(text) => {
                if !std::mem::take(&mut unseen) {
                    out.push_str(text);
                }
            }
            Token::Open(name, _) | Token::Close(name) => {
                let name = tags::lower(name);
                if is_block(&name) || SEPARATORS.contains(&&*name) {
                    out.push('\n');
                }
                unseen = matches!(token, Token::Open(..)) && UNSEEN.contains(&&*name);
            }
            Token::Skipped => unseen = false,
        }
    }
    words(&unescape(&out))
}

/// Text without empty tags. `<>` is what is left of a tag that somebody emptied, and in SGML a tag (ISO 8879 § 7.4.1.1); between
/// spaces, letters, digits or brackets it is an operator and stays.
pub fn without_empty_tags(text: &str) -> Cow<'_, str> {
    if !text.contains("<>") {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find("<>") {
        let operand = |c: Option<char>| c.is_none_or(|c| c.is_ascii() && !matches!(c, '.' | ',' | '!' | '?' | '>' | '<'));
        let (before, after) = (rest[..at].chars().next_back(), rest[at + 2..].chars().next());
        out.push_str(&rest[..at]);
        if operand(before) || operand(after) {
            out.push_str("<>");
        }
        rest = &rest[at + 2..];
    }
    out.push_str(rest);
    Cow::Owned(out)
}

/// Resolves character references (HTML § 13.5) in text without tags.
pub(super) fn unescape(text: &str) -> String {
    if !text.contains('&') {
        return text.to_owned();
    }
    if let Some(resolved) = unescape_usual(text) {
        return resolved;
    }
    // The tree builder knows all 2,231 names; with every `<` escaped it can build nothing but one text node.
    Document::fragment(text.replace('<', "&lt;")).root().text().to_string()
}

/// Resolves character references where there are none but those that serializers write; otherwise nothing.
fn unescape_usual(text: &str) -> Option<String> {
    const USUAL: [(&str, char); 5] = [("amp;", '&'), ("lt;", '<'), ("gt;", '>'), ("quot;", '"'), ("nbsp;", '\u{a0}')];
    let mut parts = text.split('&');
    let mut out = String::with_capacity(text.len());
    out.push_str(parts.next()?);
    for part in parts {
        let (rest, c) = USUAL.iter().find_map(|(name, c)| Some((part.strip_prefix(name)?, *c)))?;
        out.push(c);
        out.push_str(rest);
    }
    Some(out)
}

/// Escapes text for HTML.
pub(super) fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            c => out.push(c),
        }
    }
    out
}

/// Whether an undeclared string is HTML: it has a tag of a known element or a character reference, or begins with HTML's document type.
pub fn looks_like_html(text: &str) -> bool {
    (text.contains('<') && text.trim_start().get(..9).is_some_and(|start| start.eq_ignore_ascii_case("<!doctype")))
        || (text.contains('<')
            && tokens(text).any(|token| match token {
                Token::Open(name, _) | Token::Close(name) => is_one_of(name, KNOWN),
                _ => false,
            }))
        || has_reference(text)
}

/// Elements besides [`KNOWN`] that browsers know, or knew, something about.
const BROWSERS_KNOW: &[&str] = &[
    "address",
    "animate",
    "applet",
    "area",
    "aside",
    "base",
    "basefont",
    "bdi",
    "bdo",
    "bgsound",
    "body",
    "button",
    "canvas",
    "caption",
    "col",
    "colgroup",
    "data",
    "datalist",
    "details",
    "dfn",
    "dialog",
    "dir",
    "fieldset",
    "figcaption",
    "footer",
    "foreignobject",
    "form",
    "frame",
    "frameset",
    "head",
    "header",
    "hgroup",
    "html",
    "image",
    "input",
    "isindex",
    "keygen",
    "label",
    "legend",
    "link",
    "listing",
    "main",
    "map",
    "marquee",
    "menu",
    "meta",
    "meter",
    "nav",
    "noembed",
    "noframes",
    "noscript",
    "optgroup",
    "option",
    "output",
    "param",
    "picture",
    "plaintext",
    "portal",
    "progress",
    "rb",
    "rtc",
    "samp",
    "search",
    "select",
    "set",
    "slot",
    "source",
    "summary",
    "template",
    "textarea",
    "tfoot",
    "thead",
    "time",
    "title",
    "track",
    "xmp",
];

/// Whether a text that is declared to be plain stays harmless even with a reader that takes it for HTML: what looks like a tag in it
/// names no element of HTML and carries nothing, and there is no reference.
pub fn is_harmless_as_html(text: &str) -> bool {
    !has_reference(text)
        && tokens(text).all(|token| match token {
            Token::Text(_) => true,
            Token::Open(name, written) => {
                written.is_empty()
                    && name.bytes().all(|b| b.is_ascii_alphanumeric())
                    && !is_one_of(name, KNOWN)
                    && !is_one_of(name, BROWSERS_KNOW)
            }
            Token::Close(_) | Token::Skipped => false,
        })
}

fn has_reference(text: &str) -> bool {
    text.split('&').skip(1).any(|after| {
        let name = after.split(';').next().unwrap_or_default();
        name.len() < after.len()
            && (2..=32).contains(&name.len())
            && (name.bytes().all(|b| b.is_ascii_alphanumeric()) && !name.as_bytes()[0].is_ascii_digit()
                || name
                    .strip_prefix('#')
                    .is_some_and(|n| n.trim_start_matches(['x', 'X']).bytes().all(|b| b.is_ascii_hexdigit())))
    })
}

pub(super) fn is_one_of(name: &str, table: &[&str]) -> bool {
    table.iter().any(|known| known.eq_ignore_ascii_case(name))
}

/// Cuts to at most `longest` characters, at the end of a sentence or word where one is near, with an ellipsis when something was cut.
pub fn shorten(text: &str, longest: usize) -> String {
    let Some((limit, _)) = text.char_indices().nth(longest) else {
        return text.to_owned();
    };
    // One character of the budget is the ellipsis.
    let room = text.char_indices().nth(longest.saturating_sub(1)).map_or(limit, |(at, _)| at);
    let head = &text[..room];
    let near = |at: usize| head[at..].chars().count() * 2 < longest;
    if let Some((at, mark)) = head.char_indices().rev().find(|(_, c)| matches!(c, '。' | '！' | '？' | '…'))
        && near(at)
    {
        return head[..at + mark.len_utf8()].to_owned();
    }
    if text[room..].starts_with([' ', '，', '、', '；', '：']) {
        return format!("{head}…");
    }
    let word = head.char_indices().rev().find(|(_, c)| matches!(c, ' ' | '，' | '、' | '；' | '：')).map(|(at, _)| at);
    let head = match word {
        Some(at) if near(at) => &head[..at],
        _ => head,
    };
    format!("{}…", head.trim_end_matches([' ', ',', '，', '、', ';', '；', ':', '：']))
}

/// The first sentence, at most `longest` characters: a title for what has none.
pub fn first_sentence(text: &str, longest: usize) -> String {
    let mut chars = text.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        let ends = match c {
            '。' | '！' | '？' => true,
            '.' | '!' | '?' => at > 12 && chars.peek().is_none_or(|(_, next)| *next == ' '),
            _ => false,
        };
        if ends {
            let sentence = text[..at].trim();
            return shorten(if sentence.is_empty() { text } else { sentence }, longest);
        }
        if at > longest * 4 {
            break;
        }
    }
    shorten(text, longest)
}

/// The sentences of a line, with their marks; an abbreviation may cut one in two.
pub(super) fn sentences(line: &str) -> Vec<&str> {
    let mut sentences = Vec::new();
    let mut start = 0;
    let mut chars = line.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        let next = chars.peek().map(|(_, next)| *next);
        let ends = match c {
            '。' | '！' | '？' | '\u{6d4}' | '؟' | '।' => true,
            '.' | '!' | '?' => next.is_none_or(char::is_whitespace),
            _ => false,
        };
        if ends {
            let end = at + c.len_utf8();
            sentences.push(&line[start..end]);
            start = end;
        }
    }
    if !line[start..].trim().is_empty() {
        sentences.push(&line[start..]);
    }
    sentences
}

/// The characters that count when two texts are compared: letters and digits, lower case.
pub(super) fn essence(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if is_asian_letter(c) {
            out.push(c);
        } else if c.is_ascii() {
            if c.is_ascii_alphanumeric() {
                out.push(c.to_ascii_lowercase());
            }
        } else if c.is_alphanumeric() {
            out.extend(c.to_lowercase());
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn html_becomes_a_line_of_text() {
        let check = |source: &str, expected: &str| assert_eq!(of_html(source), expected, "{source:?}");
        check("<p>One</p><p>two</p>", "One two");
        check("a<b>b</b>c &amp;amp; d", "abc &amp; d");
        check("渡轮&mdash;停航&nbsp;三年", "渡轮—停航 三年");
        check("<script>alert('x')</script>left", "left");
        check("<style>p{}</style><!-- no -->left<br>right", "left right");
        check("1 < 2 &lt;b&gt;", "1 < 2 <b>");
        check("x &unknown; &#x4e2d;&#128;", "x &unknown; 中€");
        check("", "");
    }

    #[test]
    fn usual_references_are_resolved_like_the_others() {
        let check = |text: &str, usual: bool| {
            let by_tree = Document::fragment(text).root().text().to_string();
            assert_eq!(unescape(text), by_tree, "{text:?}");
            assert_eq!(unescape_usual(text).is_some(), usual, "{text:?}");
        };
        check("a &amp; b&nbsp;c &lt;d&gt; &quot;e&quot; &amp;amp;", true);
        check("&amp", false);
        check("&ampb &notin; &#65;", false);
        check("a & b", false);
        check("&AMP;&amp;", false);
    }

    #[test]
    fn kind_decides_and_looking_decides_the_rest() {
        let check = |kind: TextKind, value: &str, expected: &str| {
            assert_eq!(plain(&Text { value: value.into(), kind, ..Text::default() }), expected, "{kind:?} {value:?}");
        };
        check(TextKind::Plain, "Q&amp;A <b>", "Q&amp;A <b>");
        check(TextKind::Html, "Q&amp;A <b>now</b>", "Q&A now");
        check(TextKind::Unsaid, "Q&amp;A", "Q&A");
        check(TextKind::Unsaid, "Q&A; <Untitled> 3 < 4", "Q&A; <Untitled> 3 < 4");
        check(TextKind::Unsaid, "<i>Ferry</i> sails", "Ferry sails");
        check(TextKind::Unsaid, "港口\u{202e}事纪\u{200b}\n 今日", "港口事纪 今日");
    }

    #[test]
    fn plain_text_that_nobody_can_mistake() {
        let check = |text: &str, expected: bool| assert_eq!(is_harmless_as_html(text), expected, "{text}");
        check("The <untitled> tag, 1 < 2", true);
        check("The <script> tag", false);
        check("The <x onclick=y> tag", false);
        check("The <x-y> tag", false);
        check("The <textarea> tag", false);
        check("a <!-- b", false);
        check("</x>", false);
        check("&lt;x&gt;", false);
    }

    #[test]
    fn empty_tags_are_nothing_and_operators_stay() {
        let check = |text: &str, expected: &str| assert_eq!(without_empty_tags(text), expected, "{text}");
        check("渡轮<>停航", "渡轮停航");
        check("a <> b, c<>d, (<>)", "a <> b, c<>d, (<>)");
        check("<>渡轮<>", "<>渡轮<>");
    }

    #[test]
    fn directions_stay_in_titles_and_overrides_do_not() {
        let plain = |value: &str| plain(&Text { value: value.into(), kind: TextKind::Plain, ..Text::default() });
        assert_eq!(plain("a\u{200f}b\u{ad}c\u{202e}d\u{2066}e\u{200b}"), "a\u{200f}b\u{ad}cde");
        assert_eq!(clean("a\u{200f}b\u{ad}c\u{202e}d"), "abcd");
    }

    #[test]
    fn shortens_at_a_boundary() {
        let check = |text: &str, longest: usize, expected: &str| {
            let got = shorten(text, longest);
            assert_eq!(got, expected);
            assert!(got.chars().count() <= longest);
        };
        check("short", 10, "short");
        check("one two three four", 14, "one two three…");
        check("渡轮停航三年。镇上的人还在等它回来。", 10, "渡轮停航三年。");
        check("aaaaaaaaaaaaaaaa", 5, "aaaa…");
        check("Mr. Vale sails at dawn. Nobody saw.", 60, "Mr. Vale sails at dawn. Nobody saw.");
    }

    #[test]
    fn first_sentence_makes_a_title() {
        let check = |text: &str, expected: &str| assert_eq!(first_sentence(text, 20), expected);
        check("渡轮停航了。没人知道为什么。", "渡轮停航了");
        check("The ferry sailed. Then it rained.", "The ferry sailed");
        check("Dr. No", "Dr. No");
        check("", "");
    }
}
