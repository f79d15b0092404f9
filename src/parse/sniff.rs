//! What a document is before it is read: JSON, XML, or something that is no feed, which gets a name people understand.

/// First look at a decoded document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    /// Nothing but white space.
    Empty,
    /// Begins like JSON.
    Json,
    /// Everything else is tried as XML.
    Markup,
}

/// Looks at the first character that counts.
pub(super) fn shape(text: &str) -> Shape {
    let text = text.trim_start();
    match text.as_bytes() {
        [] => Shape::Empty,
        [b'{' | b'[', ..] => Shape::Json,
        [b'"' | b'0'..=b'9' | b'-', ..] => Shape::Json,
        _ if matches!(text.trim_end(), "null" | "true" | "false") => Shape::Json,
        _ => Shape::Markup,
    }
}

/// Names files that are not text at all, by their first bytes.
pub(super) fn binary(bytes: &[u8]) -> Option<&'static str> {
    let known: &[(&[u8], &str)] = &[
        (b"\x89PNG\r\n", "a PNG image"),
        (b"\xff\xd8\xff", "a JPEG image"),
        (b"GIF8", "a GIF image"),
        (b"%PDF-", "a PDF document"),
        (b"\x1f\x8b", "gzip data that was not unpacked"),
        (b"\x28\xb5\x2f\xfd", "zstd data that was not unpacked"),
        (b"PK\x03\x04", "a ZIP archive"),
        (b"7z\xbc\xaf\x27\x1c", "a 7z archive"),
        (b"\x7fELF", "a program"),
        (b"OggS", "an Ogg recording"),
        (b"ID3", "an MP3 recording"),
        (b"\x4c\x6f\xa7\x94", "text in EBCDIC"),
    ];
    if let Some((_, name)) = known.iter().find(|(magic, _)| bytes.starts_with(magic)) {
        return Some(name);
    }
    if bytes.len() > 12 && bytes.starts_with(b"RIFF") && &bytes[8..12] == b"WEBP" {
        return Some("a WebP image");
    }
    None
}

/// The title of an HTML page, for the message that says what came instead of a feed. Cut to a line.
pub(super) fn html_title(text: &str) -> Option<String> {
    let bytes = text.as_bytes();
    let start = bytes.windows(6).position(|window| window.eq_ignore_ascii_case(b"<title"))?;
    let rest = text.get(start..)?;
    let rest = &rest[rest.find('>')? + 1..];
    let title = &rest[..rest.find('<')?];
    let title: Vec<&str> = title.split_whitespace().take(20).collect();
    let title: String = title.join(" ").chars().filter(|c| !c.is_control()).take(100).collect();
    (!title.is_empty()).then_some(title)
}

/// Where a feed's own root element starts after the beginning of a page: `rss` with a version, or `feed` or `RDF` with a namespace. Only in
/// markup: an example shown in a page is escaped.
pub(super) fn feed_inside(text: &str) -> Option<usize> {
    text.match_indices('<').map(|(at, _)| at).skip(1).find(|at| {
        let tag = &text.as_bytes()[*at + 1..];
        let named = |name: &str| tag.starts_with(name.as_bytes()) && tag.get(name.len()).is_some_and(u8::is_ascii_whitespace);
        if !(named("rss") || named("feed") || named("rdf:RDF")) {
            return false;
        }
        let tag = &tag[..tag.len().min(ROOT_TAG)];
        let tag = String::from_utf8_lossy(&tag[..tag.iter().position(|byte| *byte == b'>').unwrap_or(0)]);
        if named("rss") {
            tag.contains("version")
        } else {
            tag.contains("xmlns") && (!named("feed") || tag.to_ascii_lowercase().contains("atom"))
        }
    })
}

/// Bytes in which the tag of a root element ends: namespaces and all.
const ROOT_TAG: usize = 1_024;

/// The `charset` parameter of a `Content-Type` (RFC 9110 § 8.3.2).
pub(super) fn charset_parameter(content_type: &str) -> Option<&str> {
    content_type.split(';').skip(1).find_map(|parameter| {
        let (name, value) = parameter.split_once('=')?;
        let value = value.trim().trim_matches(['"', '\'']).trim();
        (name.trim().eq_ignore_ascii_case("charset") && !value.is_empty()).then_some(value)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shapes() {
        let check = |text: &str, expected: Shape| assert_eq!(shape(text), expected, "{text:?}");
        check("", Shape::Empty);
        check(" \r\n\t", Shape::Empty);
        check("  {\"version\"", Shape::Json);
        check("[]", Shape::Json);
        check("null", Shape::Json);
        check("42", Shape::Json);
        check("<rss>", Shape::Markup);
        check("nullable <rss>", Shape::Markup);
        check("Warning: x <rss>", Shape::Markup);
    }

    #[test]
    fn binaries_have_names() {
        let check = |bytes: &[u8], expected: Option<&str>| assert_eq!(binary(bytes), expected);
        check(b"\x89PNG\r\n\x1a\n", Some("a PNG image"));
        check(b"RIFF\0\0\0\0WEBPVP8 ", Some("a WebP image"));
        check(b"<rss>", None);
        check(b"", None);
    }

    #[test]
    fn titles_of_pages() {
        let check = |page: &str, expected: Option<&str>| assert_eq!(html_title(page).as_deref(), expected, "{page}");
        check("<html><head><TITLE>Just a\n moment</TITLE>", Some("Just a moment"));
        check("<html><title lang=en>x</title>", Some("x"));
        check("<html><title></title>", None);
        check("<html><title", None);
        check("<html>", None);
    }

    #[test]
    fn feeds_inside_of_pages() {
        let check = |text: &str, expected: Option<usize>| assert_eq!(feed_inside(text), expected, "{text}");
        check("<html><body><feed xmlns=\"http://www.w3.org/2005/Atom\"><title/></feed></body></html>", Some(12));
        check("<html><body>\n<rss version='2.0'><channel/></rss></body></html>", Some(13));
        check("<html><pre>&lt;rss version='2.0'></pre><feed></feed><rss></rss></html>", None);
        check("<rss version='2.0'><channel/></rss>", None);
        check("<html><feed xmlns=", None);
    }

    #[test]
    fn charset_parameters() {
        let check = |header: &str, expected: Option<&str>| assert_eq!(charset_parameter(header), expected, "{header}");
        check("text/xml; charset=GBK", Some("GBK"));
        check("text/xml;Charset=\"utf-8\" ; x=y", Some("utf-8"));
        check("text/xml; charset=", None);
        check("text/xml; charset=\"; x=\u{ff}\"", None);
        check("text/xml", None);
    }
}
