//! Strings and dates as documents may hold them: every string of a document goes through here once.

use std::borrow::Cow;

use chrono::{DateTime, Timelike, Utc};
use url::Url;

/// Drops what XML 1.0 § 2.2 (Char) forbids (most C0 controls, U+FFFE, U+FFFF) and turns the line ends of other systems into U+000A, as an
/// XML parser would. Neither of the two writers does it, and one such character makes the whole feed unreadable.
pub(super) fn xml_safe(text: &str) -> Cow<'_, str> {
    let forbidden = |c: char| matches!(c, '\0'..='\u{8}' | '\u{b}'..='\u{1f}' | '\u{fffe}' | '\u{ffff}');
    if !text.contains(forbidden) {
        return Cow::Borrowed(text);
    }
    let mut safe = String::with_capacity(text.len());
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        if c == '\r' {
            // CR LF is one line end.
            if chars.peek() != Some(&'\n') {
                safe.push('\n');
            }
        } else if !forbidden(c) {
            safe.push(c);
        }
    }
    Cow::Owned(safe)
}

/// A text of one line: safe for XML, white space collapsed and trimmed, without the overrides that show letters in another order than they
/// are stored (U+202D, U+202E). Ideographic spaces count as white space at the ends only.
pub(super) fn line(text: &str) -> String {
    let text = xml_safe(text);
    let mut line = String::with_capacity(text.len());
    let mut gap = false;
    for c in text.trim().chars() {
        match c {
            '\u{202d}' | '\u{202e}' => {}
            '\u{3000}' => {
                line.push(c);
            }
            c if c.is_whitespace() => gap = true,
            c => {
                if gap {
                    line.push(' ');
                    gap = false;
                }
                line.push(c);
            }
        }
    }
    line
}

/// The name of a person or an outlet: a line without anything invisible that could make it look like another name (bidirectional controls,
/// zero-width space, word joiner, byte order mark). The joiners that Persian, Indic scripts and emoji need stay.
pub(super) fn name(text: &str) -> String {
    let visible = |c: &char| !matches!(c, '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}' | '\u{2066}'..='\u{2069}' | '\u{feff}');
    line(&text.chars().filter(visible).collect::<String>())
}

/// Text as HTML source, for element content and quoted attribute values alike.
pub(super) fn html(text: &str) -> String {
    let mut html = String::with_capacity(text.len() + text.len() / 8);
    for c in text.chars() {
        match c {
            '&' => html.push_str("&amp;"),
            '<' => html.push_str("&lt;"),
            '>' => html.push_str("&gt;"),
            '"' => html.push_str("&quot;"),
            '\'' => html.push_str("&#x27;"),
            c => html.push(c),
        }
    }
    html
}

/// An address to be written: http or https only, and a URI of RFC 3986. The URL standard leaves some characters as they are that a URI may
/// not hold; they are percent-encoded.
pub(super) fn uri(url: &Url) -> Option<String> {
    if !matches!(url.scheme(), "http" | "https") {
        return None;
    }
    let text = url.as_str();
    // Brackets belong to an IPv6 host, which ends where the path begins; there is always a path.
    let path = text.len() - (url[url::Position::BeforePath..]).len();
    let (host, rest) = text.split_at(path);
    let mut uri = String::with_capacity(text.len());
    uri.push_str(host);
    for c in rest.chars() {
        match c {
            '[' | ']' | '{' | '}' | '|' | '\\' | '^' | '`' | '"' | '<' | '>' | ' ' => {
                uri.push_str(&format!("%{:02X}", u32::from(c)))
            }
            c if c.is_ascii_graphic() => uri.push(c),
            c => {
                let mut utf8 = [0; 4];
                for byte in c.encode_utf8(&mut utf8).bytes() {
                    uri.push_str(&format!("%{byte:02X}"));
                }
            }
        }
    }
    Some(uri)
}

/// An address that is kept as a string: as [`uri`], `None` when it is not an absolute http or https address.
pub(super) fn uri_of(text: &str) -> Option<String> {
    uri(&Url::parse(text.trim()).ok()?)
}

/// A language tag that is well-formed enough to be written (BCP 47: subtags of 1 to 8 letters and digits); readers cut or refuse longer ones
/// than 50 characters.
pub(super) fn language_tag(tag: &str) -> Option<&str> {
    let subtag = |s: &str| (1..=8).contains(&s.len()) && s.bytes().all(|b| b.is_ascii_alphanumeric());
    let tag = tag.trim();
    let language = tag.split('-').next()?;
    (tag.len() <= 50 && language.len() >= 2 && language.bytes().all(|b| b.is_ascii_alphabetic()) && tag.split('-').all(subtag))
        .then_some(tag)
}

/// Direction of a language's script for the `dir` attribute; `auto` when the language is not known.
pub(super) fn direction(tag: Option<&str>) -> &'static str {
    let Some(tag) = tag else { return "auto" };
    let tag = tag.to_ascii_lowercase();
    let mut subtags = tag.split('-');
    let language = subtags.next().unwrap_or_default();
    match subtags.next() {
        Some("arab" | "hebr" | "thaa" | "syrc" | "nkoo" | "adlm") => "rtl",
        Some(script) if script.len() == 4 && script.bytes().all(|b| b.is_ascii_alphabetic()) => "ltr",
        _ if matches!(language, "ar" | "he" | "iw" | "fa" | "ur" | "ps" | "yi" | "ckb" | "dv" | "sd" | "ug") => "rtl",
        _ => "ltr",
    }
}

/// A time that every format can write: whole seconds, in the years 1 to 9999.
pub(super) fn writable(at: DateTime<Utc>) -> DateTime<Utc> {
    let limit = |seconds| DateTime::from_timestamp(seconds, 0).unwrap_or_default();
    at.clamp(limit(-62_135_596_800), limit(253_402_300_799)).with_nanosecond(0).unwrap_or_default()
}

/// RFC 822 with a four-digit year and a numeric zone: the only form that every reader in the RSS Profile's survey understands (§ 3.2).
pub(super) fn rfc822(at: DateTime<Utc>) -> String {
    writable(at).format("%a, %d %b %Y %H:%M:%S +0000").to_string()
}

/// RFC 3339 with upper-case `T` and `Z` (RFC 4287 § 3.3).
pub(super) fn rfc3339(at: DateTime<Utc>) -> String {
    writable(at).format("%Y-%m-%dT%H:%M:%SZ").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn illegal_characters_are_dropped_and_nothing_else() {
        let check = |input: &str, expected: &str| assert_eq!(xml_safe(input), expected, "{input:?}");
        check("a\u{0}b\u{b}c\u{1f}d\u{fffe}e\u{ffff}f", "abcdef");
        check("tab\t line\n 汉字 😀 \u{7f}\u{85}\u{fffd}", "tab\t line\n 汉字 😀 \u{7f}\u{85}\u{fffd}");
        check("dos\r\nmac\runix\n", "dos\nmac\nunix\n");
        check("\r", "\n");
    }

    #[test]
    fn lines_and_names() {
        let check =
            |input: &str, as_line: &str, as_name: &str| assert_eq!((line(input), name(input)), (as_line.into(), as_name.into()));
        check("  一 \r\n\t 二  ", "一 二", "一 二");
        check("上\u{3000}下", "上\u{3000}下", "上\u{3000}下");
        check("a\u{202e}b", "ab", "ab");
        check("pay\u{200b}pal\u{feff}", "pay\u{200b}pal\u{feff}", "paypal");
        check("می\u{200c}خواهم", "می\u{200c}خواهم", "می\u{200c}خواهم");
        check("\u{2068}x\u{2069}", "\u{2068}x\u{2069}", "x");
    }

    #[test]
    fn req_06_addresses_are_uris_and_http_only() {
        let check = |input: &str, expected: Option<&str>| assert_eq!(uri_of(input).as_deref(), expected, "{input}");
        check("https://a.example/x?y=1&z=2#f", Some("https://a.example/x?y=1&z=2#f"));
        check("https://新闻.example/文", Some("https://xn--efvy88h.example/%E6%96%87"));
        check("https://a.example/{a}|b?q=^`[]", Some("https://a.example/%7Ba%7D%7Cb?q=%5E%60%5B%5D"));
        check("http://[2001:db8::1]:8080/[x]", Some("http://[2001:db8::1]:8080/%5Bx%5D"));
        check("javascript:alert(1)", None);
        check("data:text/html,x", None);
        check("ftp://a.example/", None);
        check("//a.example/x", None);
        check("/x", None);
    }

    #[test]
    fn language_tags_and_direction() {
        let check = |tag: &str, expected: Option<&str>| assert_eq!(language_tag(tag), expected, "{tag}");
        check("zh-Hans", Some("zh-Hans"));
        check("zh-Hans-t-en-t0-und", Some("zh-Hans-t-en-t0-und"));
        check("zh_CN", None);
        check("en\"><x", None);
        check("", None);
        check("chinesische", None);
        let check = |tag: Option<&str>, expected: &str| assert_eq!(direction(tag), expected, "{tag:?}");
        check(Some("ar"), "rtl");
        check(Some("ar-Latn"), "ltr");
        check(Some("az-Arab"), "rtl");
        check(Some("fa-IR"), "rtl");
        check(Some("zh-Hans"), "ltr");
        check(None, "auto");
    }

    #[test]
    fn req_15_req_28_dates() {
        let at = |seconds: i64| DateTime::from_timestamp(seconds, 987_654_321).unwrap();
        assert_eq!(rfc822(at(1_780_360_800)), "Tue, 02 Jun 2026 00:40:00 +0000");
        assert_eq!(rfc3339(at(1_780_360_800)), "2026-06-02T00:40:00Z");
        assert_eq!(rfc3339(DateTime::<Utc>::MAX_UTC), "9999-12-31T23:59:59Z");
        assert_eq!(rfc3339(DateTime::<Utc>::MIN_UTC), "0001-01-01T00:00:00Z");
    }

    #[test]
    fn html_is_escaped_for_text_and_attributes() {
        assert_eq!(html("<a b=\"c\" d='e'>&"), "&lt;a b=&quot;c&quot; d=&#x27;e&#x27;&gt;&amp;");
    }
}
