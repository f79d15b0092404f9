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
