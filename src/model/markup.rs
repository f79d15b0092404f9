//! Sanitized HTML, read without a tree: in it every `<` outside an attribute begins a tag, and every tag is closed.

/// Bytes of the tag at the beginning: a `>` in a quoted value does not end it.
pub fn tag_end(html: &str) -> Option<usize> {
    let mut quoted = None;
    for (at, byte) in html.bytes().enumerate() {
        match (quoted, byte) {
            (None, b'>') => return Some(at + 1),
            (None, b'"' | b'\'') => quoted = Some(byte),
            (Some(quote), byte) if byte == quote => quoted = None,
            _ => {}
        }
    }
    None
}

/// Elements that have no end tag.
pub fn is_void(name: &str) -> bool {
    matches!(name, "img" | "br" | "hr" | "wbr" | "source" | "col" | "input" | "track" | "area" | "embed")
}

/// Elements inside a line of text; every other one stands on lines of its own.
pub fn is_inline(name: &str) -> bool {
    matches!(
        name,
        "a" | "b"
            | "strong"
            | "i"
            | "em"
            | "u"
            | "s"
            | "small"
            | "sub"
            | "sup"
            | "cite"
            | "q"
            | "ruby"
            | "rt"
            | "rp"
            | "rb"
            | "rtc"
            | "abbr"
            | "del"
            | "ins"
            | "time"
            | "mark"
            | "kbd"
            | "samp"
            | "var"
            | "dfn"
            | "wbr"
            | "bdi"
            | "bdo"
            | "code"
            | "img"
            | "br"
            | "span"
            | "font"
            | "data"
            | "audio"
            | "video"
            | "source"
            | "svg"
            | "math"
    )
}

/// The character of the reference at the beginning, and its bytes: numeric ones and those that serializers write.
pub fn reference(source: &str) -> Option<(char, usize)> {
    // The longest that is read is "&#x0010FFFF;".
    let end = source.bytes().take(13).position(|byte| byte == b';')?;
    let name = source.get(1..end)?;
    let character = match name {
        "amp" | "AMP" => '&',
        "lt" | "LT" => '<',
        "gt" | "GT" => '>',
        "quot" | "QUOT" => '"',
        "apos" => '\'',
        "nbsp" => '\u{a0}',
        _ => {
            let number = name.strip_prefix('#')?;
            let code = match number.strip_prefix(['x', 'X']) {
                Some(hex) => u32::from_str_radix(hex, 16).ok()?,
                None => number.parse().ok()?,
            };
            char::from_u32(code).filter(|c| *c != '\0')?
        }
    };
    Some((character, end + 1))
}
