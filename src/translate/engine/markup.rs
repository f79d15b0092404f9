//! Reading what came back over the wire as pieces: text and placeholders, nothing else.
//!
//! Engines rewrite markup while they keep its meaning: quotes of attributes change or go, spaces come in, `<x id="1"/>` becomes
//! `<x id="1"></x>`, characters become entities. All that is read. What is no placeholder of ours makes the whole answer malformed: it is
//! not for us to guess what an engine meant with a `<script>`.

use crate::translate::{Malformed, Piece};

/// Longest entity that is looked for, with its `&` and `;`.
const ENTITY: usize = 12;

/// Reads content with `<g id="1">…</g>` and `<x id="2"/>`, or with the number in the name (`<g1>…</g1>`, `<x2/>`), as pieces. Neighbouring
/// texts are one piece. Whether the placeholders are those of the segment is not asked here, but every `</g>` closes something.
///
/// # Errors
/// A tag that is no placeholder, one without a number, or one that closes what is not open.
pub fn read(content: &str) -> Result<Vec<Piece>, Malformed> {
    let mut reader = Reader::default();
    let mut rest = content;
    while let Some(at) = rest.find(['<', '&']) {
        let (before, from) = rest.split_at(at);
        reader.text.push_str(before);
        rest = if from.starts_with('&') { reader.entity(from) } else { reader.tag(from)? };
    }
    reader.text.push_str(rest);
    reader.flush();
    match reader.open.last() {
        Some(number) => Err(Malformed(format!("placeholder {number} is not closed"))),
        None => Ok(reader.pieces),
    }
}

#[derive(Default)]
struct Reader {
    pieces: Vec<Piece>,
    text: String,
    open: Vec<u16>,
    /// The point just written, which a `</x>` may still close.
    point: bool,
}

impl Reader {
    fn flush(&mut self) {
        if !self.text.is_empty() {
            self.pieces.push(Piece::Text(std::mem::take(&mut self.text)));
            self.point = false;
        }
    }

    fn push(&mut self, piece: Piece) {
        self.flush();
        self.point = matches!(piece, Piece::Point(_));
        self.pieces.push(piece);
    }

    /// Reads an entity once, and only once: what is escaped twice stays an entity in the text, where the check sees it. An `&` that begins
    /// none is an `&`.
    fn entity<'a>(&mut self, from: &'a str) -> &'a str {
        let end = from.bytes().take(ENTITY).position(|byte| byte == b';');
        let decoded = end.and_then(|end| decode(&from[1..end]).map(|character| (character, end)));
        let (character, end) = decoded.unwrap_or(('&', 0));
        self.text.push(character);
        &from[end + 1..]
    }

    /// Reads a tag. A `<` before anything but a letter, `/`, `!` or `?` begins none (as in HTML) and is text.
    fn tag<'a>(&mut self, from: &'a str) -> Result<&'a str, Malformed> {
        if !from[1..].starts_with(|next: char| next.is_ascii_alphabetic() || matches!(next, '/' | '!' | '?')) {
            self.text.push('<');
            return Ok(&from[1..]);
        }
        let Some(end) = from.find('>') else { return Err(Malformed("a tag does not end".to_owned())) };
        let inside = &from[1..end];
        let (closes, inside) = match inside.strip_prefix('/') {
            Some(name) => (true, name),
            None => (false, inside),
        };
        let (empty, inside) = match inside.trim_end().strip_suffix('/') {
            Some(inside) if !closes => (true, inside),
            _ => (false, inside),
        };
        let inside = inside.trim();
        let name = inside.get(..1).unwrap_or_default();
        let number = inside.get(1..).and_then(number);
        match (closes, name) {
            (false, "g" | "G") => {
                let number = number.ok_or_else(|| unknown(inside))?;
                self.push(Piece::Open(number));
                if empty {
                    self.push(Piece::Close(number));
                } else {
                    self.open.push(number);
                }
            }
            (true, "g" | "G") if number.is_some() || inside.len() == 1 => {
                let open = self.open.pop().ok_or_else(|| Malformed("a placeholder is closed that is not open".to_owned()))?;
                if number.is_some_and(|number| number != open) {
                    return Err(Malformed(format!("placeholder {open} is closed as another one")));
                }
                self.push(Piece::Close(open));
            }
            (false, "x" | "X") => {
                let number = number.ok_or_else(|| unknown(inside))?;
                self.push(Piece::Point(number));
            }
            // Parsers of HTML write an element without content with two tags.
            (true, "x" | "X") if (number.is_some() || inside.len() == 1) && self.text.is_empty() && self.point => {
                self.point = false
            }
            _ => return Err(unknown(inside)),
        }
        Ok(&from[end + 1..])
    }
}

/// The number of a placeholder from what follows its name: `1`, or the attribute `id` in any quotes or none, and nothing else.
fn number(after: &str) -> Option<u16> {
    let digits = match after.strip_prefix(|next: char| next.is_ascii_whitespace()) {
        None => after,
        Some(attributes) => {
            let (name, value) = attributes.split_once('=')?;
            if !name.trim().eq_ignore_ascii_case("id") {
                return None;
            }
            let value = value.trim();
            let unquoted = |quote: char| value.strip_prefix(quote)?.strip_suffix(quote).map(str::trim);
            unquoted('"').or_else(|| unquoted('\'')).unwrap_or(value)
        }
    };
    let numeric = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    if numeric { digits.parse().ok() } else { None }
}

fn unknown(inside: &str) -> Malformed {
    let name: String = inside.chars().take_while(char::is_ascii_alphanumeric).take(20).collect();
    Malformed(format!("“<{name}>” is no placeholder"))
}

/// What an entity stands for, from what is between `&` and `;`. Of the names, those of XML and the one that writers of HTML put in unasked.
fn decode(name: &str) -> Option<char> {
    match name {
        "amp" => Some('&'),
        "lt" => Some('<'),
        "gt" => Some('>'),
        "quot" => Some('"'),
        "apos" => Some('\''),
        "nbsp" => Some('\u{a0}'),
        _ => {
            let number = name.strip_prefix('#')?;
            let code = match number.strip_prefix(['x', 'X']) {
                Some(hex) => u32::from_str_radix(hex, 16).ok()?,
                None => number.parse().ok()?,
            };
            char::from_u32(code)
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::translate::{Role, Segment};

    fn check(content: &str, expected: Result<&[Piece], &str>) {
        let found = read(content);
        match expected {
            Ok(pieces) => assert_eq!(found.as_deref(), Ok(pieces), "{content}"),
            Err(words) => {
                let Err(Malformed(found)) = found else { panic!("{content} is read as {found:?}") };
                assert!(found.contains(words), "{content}: {found}");
            }
        }
    }

    #[test]
    fn placeholders_are_read_however_they_are_written() {
        let text = |text: &str| Piece::Text(text.to_owned());
        let expected = [text("A "), Piece::Open(1), text("b"), Piece::Close(1), Piece::Point(12), text(".")];
        for content in [
            "A <g id=\"1\">b</g><x id=\"12\"/>.",
            "A <g id='1' >b</g ><x id='12' />.",
            "A <G ID=1>b</G><X ID=12>.",
            "A <g1>b</g1><x12/>.",
            "A <g1>b</g><x12></x12>.",
            "A <g id = \" 1 \">b</g><x id=\"12\"></x>.",
        ] {
            check(content, Ok(&expected));
        }
        check("<g1/>a", Ok(&[Piece::Open(1), Piece::Close(1), text("a")]));
        check("", Ok(&[]));
    }

    #[test]
    fn entities_are_read_once() {
        let check = |content: &str, text: &str| check(content, Ok(&[Piece::Text(text.to_owned())]));
        check("R&amp;D &lt;b&gt; &quot;&apos;&#39;&#x4E2D;", "R&D <b> \"''中");
        check("&amp;lt; &amp;amp;", "&lt; &amp;");
        check("a & b &c; &; &#0x; &#1114112; &verylongnameindeed;", "a & b &c; &; &#0x; &#1114112; &verylongnameindeed;");
        check("1 < 2 <3 << ]]>", "1 < 2 <3 << ]]>");
        check("&中中中中中中;", "&中中中中中中;");
    }

    #[test]
    fn what_is_no_placeholder_is_malformed() {
        for (content, words) in [
            ("<script>x</script>", "“<script>”"),
            ("<a href=\"https://ads.example/\">x</a>", "“<a>”"),
            ("<g>a</g>", "“<g>”"),
            ("<g id=\"1\" onclick=\"x\">a</g>", "“<g>”"),
            ("<g id=\"99999\">a</g>", "“<g>”"),
            ("<g id=\"+1\">a</g>", "“<g>”"),
            ("<!-- a -->", "“<>”"),
            ("a</g>", "not open"),
            ("<g1>a", "1 is not closed"),
            ("<g1><g2>a</g1></g2>", "2 is closed as another"),
            ("a<x1", "does not end"),
            ("a</x>", "“<x>”"),
            ("<x1>a</x>", "“<x>”"),
        ] {
            check(content, Err(words));
        }
    }

    proptest! {
        #[test]
        fn markup_reads_back_as_it_was(texts in prop::collection::vec("\\PC{0,12}", 1..6)) {
            let mut pieces = Vec::new();
            for (index, text) in texts.iter().enumerate() {
                let number = 3 * u16::try_from(index).expect("few") + 1;
                pieces.extend([Piece::Open(number), Piece::Open(number + 1)]);
                if !text.is_empty() {
                    pieces.push(Piece::Text(text.clone()));
                }
                pieces.extend([Piece::Close(number + 1), Piece::Point(number + 2), Piece::Close(number)]);
            }
            let segment = Segment { role: Role::Text, pieces };
            prop_assert_eq!(read(&segment.markup()), Ok(segment.pieces));
        }

        #[test]
        fn nothing_panics(content in "[<>&;/gx0-9id=\"' a中#!]{0,60}") {
            let _any = read(&content);
        }
    }
}
