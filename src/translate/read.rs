//! Placeholders read back from what an engine made of them.

use super::markup::reference;
use super::{Malformed, Piece, Segment};

/// A tag as an engine wrote it.
#[derive(Debug)]
struct Tag<'a> {
    name: &'a str,
    closes: bool,
    closes_itself: bool,
    attributes: &'a str,
    /// Bytes, from `<` to `>`.
    length: usize,
}

impl Segment {
    /// Reads [`Segment::markup`] back, as engines return it: tags in any case, with spaces where none belong, attributes without quotes or in
    /// others, in any order and with ones that were never there, `<x id="1"></x>` and `<x id="1">` for `<x id="1"/>`. What is escaped is
    /// unescaped once: what was escaped twice shows in the text. A `<` that begins no tag is text.
    ///
    /// # Errors
    /// A tag that is no placeholder, a placeholder without number, tags that do not nest.
    pub fn read(markup: &str) -> Result<Vec<Piece>, Malformed> {
        let mut pieces = Vec::new();
        let mut text = String::new();
        let mut open: Vec<u16> = Vec::new();
        // An `x` that was not closed in its own tag may be closed by the next one.
        let mut point_open = false;
        let mut rest = markup;
        while let Some(first) = rest.chars().next() {
            match first {
                '<' => {
                    let Some(tag) = tag(rest)? else {
                        text.push('<');
                        rest = &rest[1..];
                        continue;
                    };
                    rest = &rest[tag.length..];
                    let is_point = tag.name.eq_ignore_ascii_case("x");
                    if !is_point && !tag.name.eq_ignore_ascii_case("g") {
                        return Err(Malformed(format!("it holds the tag <{}>", shown(tag.name))));
                    }
                    if is_point && tag.closes {
                        if !point_open {
                            return Err(Malformed("it holds </x> without <x>".to_owned()));
                        }
                        point_open = false;
                        continue;
                    }
                    if !text.is_empty() {
                        pieces.push(Piece::Text(std::mem::take(&mut text)));
                    }
                    point_open = false;
                    if tag.closes {
                        let number = open.pop().ok_or_else(|| Malformed("it holds </g> without <g>".to_owned()))?;
                        pieces.push(Piece::Close(number));
                        continue;
                    }
                    let number = number(&tag)?;
                    if is_point {
                        pieces.push(Piece::Point(number));
                        point_open = !tag.closes_itself;
                    } else {
                        pieces.push(Piece::Open(number));
                        if tag.closes_itself {
                            pieces.push(Piece::Close(number));
                        } else {
                            open.push(number);
                        }
                    }
                }
                '&' => match reference(rest) {
                    Some((character, length)) => {
                        text.push(character);
                        rest = &rest[length..];
                    }
                    None => {
                        text.push('&');
                        rest = &rest[1..];
                    }
                },
                _ => {
                    let end = rest.find(['<', '&']).unwrap_or(rest.len());
                    text.push_str(&rest[..end]);
                    rest = &rest[end..];
                }
            }
        }
        if let Some(number) = open.last() {
            return Err(Malformed(format!("<g id=\"{number}\"> is not closed")));
        }
        if !text.is_empty() {
            pieces.push(Piece::Text(text));
        }
        Ok(pieces)
    }
}

/// The tag at the beginning; `None`: a `<` that is text.
fn tag(source: &str) -> Result<Option<Tag<'_>>, Malformed> {
    let inside = source[1..].trim_start();
    let (closes, inside) = match inside.strip_prefix('/') {
        Some(inside) => (true, inside.trim_start()),
        None => (false, inside),
    };
    if inside.starts_with(['!', '?']) && source[1..].starts_with(['!', '?']) {
        return Err(Malformed("it holds a declaration or a comment".to_owned()));
    }
    let name_end = inside.find(|c: char| !c.is_ascii_alphanumeric() && !matches!(c, '-' | ':' | '_')).unwrap_or(inside.len());
    let name = &inside[..name_end];
    if !name.starts_with(|c: char| c.is_ascii_alphabetic()) {
        return Ok(None);
    }
    let after = &inside[name_end..];
    let mut quoted = None;
    let end = after.char_indices().find(|&(_, character)| {
        match (quoted, character) {
            (None, '>') => return true,
            (None, '"' | '\'') => quoted = Some(character),
            (Some(quote), character) if quote == character => quoted = None,
            _ => {}
        }
        false
    });
    // A quotation mark that is never closed hides the end.
    let end = end.map(|(at, _)| at).or_else(|| after.find('>'));
    let spaced = source[1..].starts_with(char::is_whitespace);
    let Some(end) = end else {
        // "depth < five" is text.
        return if spaced { Ok(None) } else { Err(Malformed(format!("the tag <{} does not end", shown(name)))) };
    };
    let is_ours = name.eq_ignore_ascii_case("g") || name.eq_ignore_ascii_case("x");
    if spaced && !is_ours {
        return Ok(None);
    }
    let attributes = after[..end].trim();
    let (attributes, closes_itself) = match attributes.strip_suffix('/').or_else(|| attributes.strip_prefix('/')) {
        Some(attributes) => (attributes, true),
        None => (attributes, false),
    };
    let length = source.len() - after.len() + end + 1;
    Ok(Some(Tag { name, closes, closes_itself, attributes, length }))
}

/// The number in `id = "1"`, however it is quoted.
fn number(tag: &Tag<'_>) -> Result<u16, Malformed> {
    let missing = || Malformed(format!("a <{}> has no number", shown(tag.name)));
    let lower = tag.attributes.to_ascii_lowercase();
    let value = lower
        .match_indices("id")
        .find_map(|(at, _)| {
            let starts = lower[..at].chars().next_back().is_none_or(|c| !c.is_alphanumeric() && !matches!(c, '-' | ':' | '_'));
            lower[at + 2..].trim_start().strip_prefix('=').filter(|_| starts)
        })
        .ok_or_else(missing)?;
    let value = value.trim_start_matches(|c: char| c.is_whitespace() || is_quote(c));
    let end = value.find(|c: char| c.is_whitespace() || is_quote(c) || c == '/').unwrap_or(value.len());
    value[..end].parse().map_err(|_| Malformed(format!("a <{}> has the number \"{}\"", shown(tag.name), shown(&value[..end]))))
}

fn is_quote(character: char) -> bool {
    matches!(character, '"' | '\'' | '“' | '”' | '„' | '«' | '»' | '‘' | '’' | '＂')
}

/// As much of a name as an admin needs.
fn shown(name: &str) -> String {
    name.chars().take(20).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::Role;
    use super::*;

    #[test]
    fn reads_what_engines_make_of_placeholders() {
        let text = |text: &str| Piece::Text(text.to_owned());
        let check = |source: &str, expected: &[Piece]| {
            assert_eq!(Segment::read(source).as_deref(), Ok(expected), "{source}");
        };
        let whole = [text("a "), Piece::Open(1), text("b"), Piece::Close(1), text(" "), Piece::Point(2)];
        check(r#"a <g id="1">b</g> <x id="2"/>"#, &whole);
        check("a <g id=1>b</g> <x id=2>", &whole);
        check("a <G ID='1'>b</G> <X id='2' />", &whole);
        check("a < g id = \"1\" >b< / g > <x id=\"2\"></x>", &whole);
        check("a <g class='c' id=“1”>b</ g> <x id=2/>", &whole);
        check(
            "a <g id=\"1\" xmlns=\"\" data-id=\"7\">b</g > <x\nid=\"2\"> </x>",
            &[
                whole[0].clone(),
                whole[1].clone(),
                whole[2].clone(),
                whole[3].clone(),
                whole[4].clone(),
                whole[5].clone(),
                text(" "),
            ],
        );
        check(r#"<g id="1"/>"#, &[Piece::Open(1), Piece::Close(1)]);
        check("1 < 2 & 3 &lt; 4 &amp;lt; &#x6E2F;&#28207; <3", &[text("1 < 2 & 3 < 4 &lt; 港港 <3")]);
        check("depth < five > four", &[text("depth < five > four")]);
        check("&nosuch; &amp", &[text("&nosuch; &amp")]);
        check("", &[]);
    }

    #[test]
    fn refuses_what_is_no_placeholder() {
        let check = |source: &str, expected: &str| {
            assert_eq!(Segment::read(source).map_err(|malformed| malformed.0), Err(expected.to_owned()), "{source}");
        };
        check("<script>x</script>", "it holds the tag <script>");
        check("a <b>b</b>", "it holds the tag <b>");
        check("<!-- x -->", "it holds a declaration or a comment");
        check("<g id=1>a", "<g id=\"1\"> is not closed");
        check("a</g>", "it holds </g> without <g>");
        check("a</x>", "it holds </x> without <x>");
        check("<g>a</g>", "a <g> has no number");
        check("<x id=\"two\"/>", "a <x> has the number \"two\"");
        check("<x id=\"99999\"/>", "a <x> has the number \"99999\"");
        check("<x data-id=\"1\"/>", "a <x> has no number");
        check("tail <g", "the tag <g does not end");
    }

    proptest! {
        #[test]
        fn markup_comes_back(parts in prop::collection::vec((0_u8..4, "[a-z<>&;#\" é港]{0,6}"), 0..12)) {
            let mut pieces: Vec<Piece> = Vec::new();
            let mut open = Vec::new();
            let mut number = 0;
            for (kind, text) in parts {
                match kind {
                    0 => { number += 1; open.push(number); pieces.push(Piece::Open(number)); }
                    1 => if let Some(number) = open.pop() { pieces.push(Piece::Close(number)); },
                    2 => { number += 1; pieces.push(Piece::Point(number)); }
                    _ if !text.is_empty() && !matches!(pieces.last(), Some(Piece::Text(_))) => pieces.push(Piece::Text(text)),
                    _ => {}
                }
            }
            while let Some(number) = open.pop() { pieces.push(Piece::Close(number)); }
            let segment = Segment { role: Role::Text, pieces };
            prop_assert_eq!(Segment::read(&segment.markup()), Ok(segment.pieces));
        }

        #[test]
        fn nothing_makes_it_panic(source in "[<>/&;gx id=\"'1aé“]{0,40}") {
            let _ = Segment::read(&source);
        }
    }
}
