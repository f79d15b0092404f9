//! Bytes to text: which character set a document really is in, whatever it says.

use std::borrow::Cow;

use encoding_rs::{Encoding, GB18030, GBK, IBM866, ISO_8859_2, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};

use crate::model::{Unreadable, Warning};

/// Share of characters that may be lost before a document is refused: 1 in 50.
const REFUSED_SHARE: usize = 50;
/// Share of characters that may be lost before it is worth a warning of its own kind: 1 in 1,000.
const WARNED_SHARE: usize = 1_000;
/// A declaration further on than this is no declaration.
const DECLARATION_WINDOW: usize = 1_024;

/// Bytes outside of ASCII from which statistics can tell character sets apart.
const FEW_BYTES: usize = 16;

/// What is said about the character set from outside of the document.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Labels<'a> {
    /// `charset` of `Content-Type`.
    pub http: Option<&'a str>,
    /// What the outlet's configuration says.
    pub configured: Option<&'a str>,
}

/// Decodes a document. UTF-8 is borrowed.
///
/// Order (RFC 7303 § 3.2, then experience): byte order mark; the pattern that UTF-16 and UTF-32 leave in the first characters of
/// markup; valid UTF-8, which nothing else looks like by accident; HTTP; the XML declaration; the configuration; detection. The first
/// one that decodes without a mistake is taken.
pub(super) fn decode<'a>(bytes: &'a [u8], labels: Labels<'_>, warnings: &mut Vec<Warning>) -> Result<Cow<'a, str>, Unreadable> {
    if let Some(wide) = Wide::sniff(bytes) {
        let text = wide.decode(bytes);
        return accept(Cow::Owned(text), wide.name(), warnings);
    }
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let declared = declaration(bytes);
    if let Ok(text) = simdutf8::basic::from_utf8(bytes) {
        // ISO-2022-JP and its kin are ASCII bytes: only their label gives them away, and only an escape confirms it
        let stateful = memchr::memchr(0x1b, bytes)
            .is_some()
            .then(|| [labels.http, declared].into_iter().flatten().find_map(by_label))
            .flatten();
        if let Some(encoding) = stateful.filter(|encoding| !encoding.is_ascii_compatible() && !is_wide(encoding)) {
            return accept(encoding.decode_without_bom_handling(bytes).0, encoding.name(), warnings);
        }
        let lie = [labels.http, declared].into_iter().flatten().find(|label| by_label(label).is_none_or(|said| said != UTF_8));
        if let Some(label) = lie.filter(|_| !text.is_ascii()) {
            warnings.push(Warning::new("charset_repaired", format!("it says its character set is {label:.40}, but it is UTF-8")));
        }
        return Ok(Cow::Borrowed(text));
    }
    legacy(bytes, labels, declared, warnings)
}

/// The label that an XML declaration (or an HTML `meta`) gives, if the bytes are readable as ASCII.
pub(super) fn declaration(bytes: &[u8]) -> Option<&str> {
    let head = &bytes[..bytes.len().min(DECLARATION_WINDOW)];
    let Some(start) = head.windows(5).position(|window| window == b"<?xml") else { return meta_charset(head) };
    let declaration = &head[start..];
    let end = declaration.iter().position(|&b| b == b'>').unwrap_or(declaration.len());
    label(&declaration[..end], b"encoding")
}

/// The label in a `meta` element, in either of its forms (HTML § 4.2.5.4): `charset=…`, or at the end of `content`.
fn meta_charset(head: &[u8]) -> Option<&str> {
    let mut rest = head;
    while let Some(start) = rest.windows(5).position(|window| window.eq_ignore_ascii_case(b"<meta")) {
        let element = &rest[start + 5..];
        let end = element.iter().position(|&b| b == b'>').unwrap_or(element.len());
        if let Some(label) = label(&element[..end], b"charset") {
            return Some(label);
        }
        rest = &element[end..];
    }
    None
}

/// The value after a name and an equals sign.
fn label<'a>(declaration: &'a [u8], name: &[u8]) -> Option<&'a str> {
    let at = declaration.windows(name.len()).position(|window| window.eq_ignore_ascii_case(name))?;
    let value = declaration[at + name.len()..].trim_ascii_start().strip_prefix(b"=")?.trim_ascii_start();
    let label = match value.first()? {
        quote @ (b'"' | b'\'') => value[1..].split(|b| b == quote).next()?,
        _ => value.split(|b| b.is_ascii_whitespace() || matches!(b, b'?' | b'"' | b'\'' | b'/' | b';')).next()?,
    };
    std::str::from_utf8(label).ok().map(str::trim).filter(|label| !label.is_empty())
}

/// The encoding of a label (WHATWG Encoding § 4.2) and of the names that other software writes for the same thing.
pub(super) fn by_label(label: &str) -> Option<&'static Encoding> {
    let label = label.trim().trim_matches(['"', '\'']);
    if let Some(encoding) = Encoding::for_label(label.as_bytes()) {
        // GB 18030 holds all of GBK and GB 2312, and feeds that say either use it
        return Some(if encoding == GBK { GB18030 } else { encoding });
    }
    let known: &[(&[&str], &str)] = &[
        (&["cp936", "ms936", "windows-936", "936", "gb2312-80", "euc-cn", "euccn", "hz"], "gb18030"),
        (&["cp950", "ms950", "windows-950", "950", "big5_hkscs", "big5hkscs", "big5-eten"], "big5"),
        (&["cp949", "ms949", "949", "uhc"], "euc-kr"),
        (&["cp932", "932", "windows-932", "sjis-win"], "shift_jis"),
        (&["utf8mb4", "utf_8", "utf-8mb4", "u8", "utf-8n", "utf 8"], "utf-8"),
        (&["latin-1", "8859_1", "8859-1", "iso8859_1", "l1"], "iso-8859-1"),
    ];
    let (_, standard) = known.iter().find(|(names, _)| names.iter().any(|name| name.eq_ignore_ascii_case(label)))?;
    Encoding::for_label(standard.as_bytes())
}

fn is_wide(encoding: &'static Encoding) -> bool {
    encoding == UTF_16LE || encoding == UTF_16BE
}

/// Not UTF-8 throughout, and eight bits wide.
fn legacy<'a>(
    bytes: &'a [u8],
    labels: Labels<'_>,
    declared: Option<&str>,
    warnings: &mut Vec<Warning>,
) -> Result<Cow<'a, str>, Unreadable> {
    // windows-1252 takes every byte and is what servers say when nobody told them: a document's own multi-byte label goes first, and
    // plain ASCII is no answer when the bytes are not
    let usable = |label: Option<&str>| {
        label
            .filter(|label| !label.to_ascii_lowercase().contains("ascii"))
            .and_then(by_label)
            .filter(|encoding| !is_wide(encoding))
    };
    let mut said = vec![usable(labels.http), usable(declared), usable(labels.configured)];
    if said[0] == Some(WINDOWS_1252) {
        said.rotate_left(1);
    }
    let said: Vec<&'static Encoding> = said.into_iter().flatten().collect();

    for (position, encoding) in said.iter().enumerate() {
        if let Some(text) = encoding.decode_without_bom_handling_and_without_replacement(bytes) {
            if position > 0 {
                warnings.push(Warning::new(
                    "charset_repaired",
                    format!("its character sets contradict each other; it is {}", encoding.name()),
                ));
            }
            return Ok(text);
        }
    }

    // Mostly UTF-8 with some broken bytes is UTF-8; another character set read as UTF-8 breaks nearly everywhere
    let lossy = String::from_utf8_lossy(bytes);
    let (kept, lost) = non_ascii(&lossy);
    if kept > 4 * lost {
        return accept(lossy, "UTF-8", warnings);
    }

    // eight-bit character sets take every byte: controls all over are the sign that it is no text at all
    let guessed = detect(bytes);
    let text = guessed.decode_without_bom_handling_and_without_replacement(bytes);
    if let Some(text) = text.filter(|text| non_ascii(text).1 * REFUSED_SHARE <= bytes.len()) {
        warnings.push(Warning::new(
            "charset_repaired",
            match declared.or(labels.http) {
                Some(label) => format!("it says its character set is {label:.40}, but it is {}", guessed.name()),
                None => format!("it does not say its character set; it looks like {}", guessed.name()),
            },
        ));
        return Ok(text);
    }

    // Nothing decodes it whole: the candidate that loses least
    let best = said
        .into_iter()
        .chain([guessed])
        .filter(|encoding| encoding.name() != "replacement")
        .map(|encoding| (encoding.decode_without_bom_handling(bytes).0, encoding.name()))
        .chain([(lossy, "UTF-8")])
        .min_by_key(|(text, _)| non_ascii(text).1);
    match best {
        Some((text, name)) => accept(text, name, warnings),
        None => Err(refusal(0)),
    }
}

/// Detection by statistics. No hint from a top-level domain: on short samples the hint is wrong more often than the bytes.
pub(super) fn detect(bytes: &[u8]) -> &'static Encoding {
    let mut detector = chardetng::EncodingDetector::new(chardetng::Iso2022JpDetection::Deny);
    detector.feed(bytes, true);
    let guess = detector.guess(None, chardetng::Utf8Detection::Allow);
    // no feed is in a DOS code page without saying so: that guess means a few stray bytes
    let guess = if guess == IBM866 { WINDOWS_1252 } else { guess };
    // windows-1252 has five free places, and a handful of bytes is too little for statistics: of the sets for Latin letters, the next
    // in use has none
    let unassigned = || bytes.iter().any(|b| matches!(b, 0x81 | 0x8d | 0x8f | 0x90 | 0x9d));
    if guess == WINDOWS_1252 && bytes.iter().filter(|b| !b.is_ascii()).count() < FEW_BYTES && unassigned() {
        return ISO_8859_2;
    }
    if guess == GBK { GB18030 } else { guess }
}

/// Characters outside ASCII that were understood, and those that were lost: replaced, or turned into controls.
fn non_ascii(text: &str) -> (usize, usize) {
    if text.is_ascii() {
        return (0, 0);
    }
    let counted = text.chars().filter(|c| !c.is_ascii() || c.is_control() && !c.is_ascii_whitespace());
    counted.fold(
        (0, 0),
        |(kept, lost), c| if c == char::REPLACEMENT_CHARACTER || c.is_control() { (kept, lost + 1) } else { (kept + 1, lost) },
    )
}

/// Takes a text that may have lost characters, if not too many.
fn accept<'a>(text: Cow<'a, str>, name: &str, warnings: &mut Vec<Warning>) -> Result<Cow<'a, str>, Unreadable> {
    let (_, lost) = non_ascii(&text);
    if lost == 0 {
        return Ok(text);
    }
    let all = text.chars().count();
    if lost * REFUSED_SHARE > all {
        return Err(refusal(lost));
    }
    if lost * WARNED_SHARE > all {
        warnings.push(Warning::new("charset_lossy", format!("{lost} characters are not valid {name} and were lost")));
    } else {
        warnings
            .push(Warning::new("charset_repaired", format!("a few bytes are not valid {name}: {lost} characters were replaced")));
    }
    Ok(text)
}

fn refusal(lost: usize) -> Unreadable {
    Unreadable::new(
        "bad_charset",
        format!(
            "no character set reads it without losing characters ({lost} lost); set the outlet's charset, or ask the outlet to declare it"
        ),
    )
}

/// Encodings of more than eight bits a unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Wide {
    Utf16 { little: bool, skip: usize },
    Utf32 { little: bool, skip: usize },
}

impl Wide {
    /// A byte order mark, or the zeros that ASCII markup leaves (XML 1.0 appendix F).
    fn sniff(bytes: &[u8]) -> Option<Self> {
        match bytes {
            [0xff, 0xfe, 0, 0, ..] => Some(Self::Utf32 { little: true, skip: 4 }),
            [0, 0, 0xfe, 0xff, ..] => Some(Self::Utf32 { little: false, skip: 4 }),
            [0xff, 0xfe, ..] => Some(Self::Utf16 { little: true, skip: 2 }),
            [0xfe, 0xff, ..] => Some(Self::Utf16 { little: false, skip: 2 }),
            [a, 0, 0, 0, b, 0, 0, 0, ..] if *a != 0 && *b != 0 => Some(Self::Utf32 { little: true, skip: 0 }),
            [0, 0, 0, a, 0, 0, 0, b, ..] if *a != 0 && *b != 0 => Some(Self::Utf32 { little: false, skip: 0 }),
            [a, 0, b, 0, ..] if *a != 0 && *b != 0 => Some(Self::Utf16 { little: true, skip: 0 }),
            [0, a, 0, b, ..] if *a != 0 && *b != 0 => Some(Self::Utf16 { little: false, skip: 0 }),
            _ => None,
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Utf16 { .. } => "UTF-16",
            Self::Utf32 { .. } => "UTF-32",
        }
    }

    fn decode(self, bytes: &[u8]) -> String {
        match self {
            Self::Utf16 { little, skip } => {
                let encoding = if little { UTF_16LE } else { UTF_16BE };
                encoding.decode_without_bom_handling(&bytes[skip.min(bytes.len())..]).0.into_owned()
            }
            // Not in the Encoding standard, so not in encoding_rs
            Self::Utf32 { little, skip } => {
                let units = bytes[skip.min(bytes.len())..].chunks_exact(4);
                let broken = !units.remainder().is_empty();
                let character = |unit: &[u8]| {
                    let unit = <[u8; 4]>::try_from(unit).unwrap_or_default();
                    let code = if little { u32::from_le_bytes(unit) } else { u32::from_be_bytes(unit) };
                    char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER)
                };
                units.map(character).chain(broken.then_some(char::REPLACEMENT_CHARACTER)).collect()
            }
        }
    }
}

/// The name of a character set of wide units, if the first bytes are those of one.
pub(super) fn wide(bytes: &[u8]) -> Option<&'static str> {
    Wide::sniff(bytes).map(Wide::name)
}

/// Makes text fit for an XML tokenizer: line ends become LF (XML 1.0 § 2.11), characters that XML forbids (§ 2.2) and byte order marks
/// in the middle disappear. Borrowed when there is nothing to do, which one fast look decides.
pub(super) fn clean<'a>(text: Cow<'a, str>, warnings: &mut Vec<Warning>) -> Cow<'a, str> {
    let special =
        |c: char| (c.is_control() && !matches!(c, '\n' | '\t' | '\u{7f}')) || matches!(c, '\u{feff}' | '\u{fffe}' | '\u{ffff}');
    let find = |text: &str| suspects(text).find_map(|(from, to)| Some(from + text.get(from..to)?.find(special)?));
    if !is_suspicious(text.as_bytes()) || find(&text).is_none() {
        return text;
    }
    let mut kept = String::with_capacity(text.len());
    let (mut dropped, mut mapped) = (0_usize, 0_usize);
    let mut rest: &str = &text;
    while let Some(at) = find(rest) {
        let (before, after) = rest.split_at(at);
        kept.push_str(before);
        let mut characters = after.chars();
        match characters.next() {
            Some('\r') => {
                if !characters.as_str().starts_with('\n') {
                    kept.push('\n');
                }
            }
            Some('\u{feff}') => {}
            // a byte of windows-1252 that was written as a character: no text has C1 controls
            Some(c @ '\u{80}'..='\u{9f}') => {
                kept.push(windows_1252(c));
                mapped += 1;
            }
            _ => dropped += 1,
        }
        rest = characters.as_str();
    }
    if mapped > 0 {
        warnings.push(Warning::new(
            "charset_repaired",
            format!("{mapped} controls were read as the windows-1252 characters they stand for"),
        ));
    }
    kept.push_str(rest);
    if dropped > 0 {
        warnings.push(Warning::new("control_characters", format!("{dropped} characters that XML forbids were dropped")));
    }
    Cow::Owned(kept)
}

/// The pieces of a text, by their bounds, in which there may be something to clean.
fn suspects(text: &str) -> impl Iterator<Item = (usize, usize)> {
    const PIECE: usize = 256;
    let mut from = 0;
    std::iter::from_fn(move || {
        while from < text.len() {
            let (start, end) = (from, text.ceil_char_boundary(from + PIECE));
            from = end;
            if text.as_bytes().get(start..end).is_some_and(is_suspicious) {
                return Some((start, end));
            }
        }
        None
    })
}

/// Whether there may be something to clean: a control, a byte order mark or a C1 control, by their UTF-8. No branches: the compiler
/// compares many bytes at once.
fn is_suspicious(bytes: &[u8]) -> bool {
    // the smallest byte but for tab and line feed
    let plain = |b: u8| if b == b'\n' || b == b'\t' { 0xff } else { b };
    let (mut smallest, mut differences) = (bytes.last().map_or(0xff, |last| plain(*last)), 0xff_u8);
    for (a, b) in bytes.iter().zip(bytes.get(1..).unwrap_or_default()) {
        smallest = smallest.min(plain(*a));
        // C1 controls are C2 80 to C2 9F; U+FEFF is EF BB BF, U+FFFE is EF BF BE, and their neighbours are rare enough to be looked at
        // again
        let c1 = (a ^ 0xc2) | (b & 0x20);
        let mark = (a ^ 0xef) | ((b | 4) ^ 0xbf);
        differences = differences.min(c1).min(mark);
    }
    smallest < 0x20 || differences == 0
}

/// The character that windows-1252 has at a code that Unicode gives to a control; the five free places stay what they are.
pub(super) fn windows_1252(c: char) -> char {
    let byte = [u8::try_from(c).unwrap_or(b'?')];
    WINDOWS_1252.decode_without_bom_handling(&byte).0.chars().next().unwrap_or(char::REPLACEMENT_CHARACTER)
}

#[cfg(test)]
mod tests {
    use super::*;

    const CHINESE: &str = "<?xml version=\"1.0\" encoding=\"LABEL\"?><rss><title>港口旧船改建图书馆</title></rss>";

    fn read(bytes: &[u8], http: Option<&str>, configured: Option<&str>) -> (Result<String, &'static str>, Vec<&'static str>) {
        let mut warnings = Vec::new();
        let text = decode(bytes, Labels { http, configured }, &mut warnings).map(Cow::into_owned).map_err(|e| e.code);
        (text, warnings.iter().map(|w| w.code).collect())
    }

    fn bytes_in(encoding: &'static Encoding, label: &str, text: &str) -> Vec<u8> {
        let text = text.replace("LABEL", label);
        let (bytes, used, unmappable) = encoding.encode(&text);
        assert!(used == encoding && !unmappable, "fixture does not fit {}", encoding.name());
        bytes.into_owned()
    }

    #[test]
    fn declared_and_true() {
        let check = |encoding: &'static Encoding, label: &str, text: &str| {
            let (got, warnings) = read(&bytes_in(encoding, label, text), None, None);
            assert_eq!(got.as_deref(), Ok(text.replace("LABEL", label).as_str()), "{label}");
            assert!(warnings.is_empty(), "{label}: {warnings:?}");
        };
        for label in ["gb2312", "GBK", "gb18030", "cp936", "x-gbk"] {
            check(GB18030, label, CHINESE);
        }
        check(GB18030, "gb2312", "<?xml version='1.0' encoding='LABEL'?><t>㐂𠀀</t>");
        check(encoding_rs::BIG5, "Big5", "<?xml version='1.0' encoding='LABEL'?><t>標題與內文</t>");
        check(encoding_rs::SHIFT_JIS, "Shift_JIS", "<?xml version='1.0' encoding='LABEL'?><t>見出し①</t>");
        check(encoding_rs::EUC_KR, "ks_c_5601-1987", "<?xml version='1.0' encoding='LABEL'?><t>제목</t>");
        check(encoding_rs::KOI8_R, "koi8-r", "<?xml version='1.0' encoding='LABEL'?><t>Новости</t>");
        check(WINDOWS_1252, "iso-8859-1", "<?xml version='1.0' encoding='LABEL'?><t>“q” — €</t>");
        check(encoding_rs::ISO_2022_JP, "iso-2022-jp", "<?xml version='1.0' encoding='LABEL'?><t>見出し</t>");
    }

    #[test]
    fn lies_are_found_out() {
        let check = |bytes: &[u8], http: Option<&str>, configured: Option<&str>, expected: &str| {
            let (got, warnings) = read(bytes, http, configured);
            assert!(got.as_deref().is_ok_and(|text| text.contains("港口旧船改建图书馆")), "{expected}: {got:?}");
            assert_eq!(warnings, [expected]);
        };
        check(CHINESE.replace("LABEL", "gb2312").as_bytes(), None, None, "charset_repaired");
        check(CHINESE.replace("LABEL", "utf-8").as_bytes(), Some("gbk"), None, "charset_repaired");
        check(&bytes_in(GB18030, "utf-8", CHINESE), None, None, "charset_repaired");
        check(&bytes_in(GB18030, "x-foo-bar", CHINESE), None, None, "charset_repaired");
        check(&bytes_in(GB18030, "utf-8", CHINESE), None, Some("gb18030"), "charset_repaired");
        let mut broken = CHINESE.repeat(20).into_bytes();
        broken.insert(60, 0x80);
        check(&broken, None, None, "charset_repaired");
    }

    #[test]
    fn http_speaks_for_a_document_that_does_not() {
        let bytes = bytes_in(encoding_rs::BIG5, "", "<?xml version='1.0'?><t>標題與內文</t>");
        assert_eq!(read(&bytes, Some("big5"), None), (Ok("<?xml version='1.0'?><t>標題與內文</t>".to_owned()), vec![]));
        // the server's default is no knowledge: the document's own multi-byte label is believed
        let bytes = bytes_in(GB18030, "gb2312", CHINESE);
        assert!(read(&bytes, Some("ISO-8859-1"), None).0.is_ok_and(|text| text.contains("港口")));
    }

    #[test]
    fn wide_encodings_with_and_without_mark() {
        let text = "<?xml version='1.0'?><t>頭條😀</t>";
        let utf16 = |to: fn(u16) -> [u8; 2], mark: bool| {
            mark.then_some(0xfeff).into_iter().chain(text.encode_utf16()).flat_map(to).collect::<Vec<u8>>()
        };
        let utf32 = |to: fn(u32) -> [u8; 4], mark: bool| {
            mark.then_some(0xfeff).into_iter().chain(text.chars().map(u32::from)).flat_map(to).collect::<Vec<u8>>()
        };
        for mark in [true, false] {
            for bytes in [
                utf16(u16::to_le_bytes, mark),
                utf16(u16::to_be_bytes, mark),
                utf32(u32::to_le_bytes, mark),
                utf32(u32::to_be_bytes, mark),
            ] {
                assert_eq!(read(&bytes, None, None), (Ok(text.to_owned()), vec![]), "{bytes:x?}");
            }
        }
    }

    #[test]
    fn too_much_lost_is_refused() {
        let bytes: Vec<u8> = b"<rss>".iter().copied().chain([0xff, 0xfe, 0x81, 0x00].repeat(500)).collect();
        assert_eq!(read(&bytes, Some("utf-8"), None).0, Err("bad_charset"));
    }

    #[test]
    fn cleaning() {
        let check = |text: &str, expected: &str| assert_eq!(clean(Cow::Borrowed(text), &mut Vec::new()), expected);
        check("a\r\nb\rc\n", "a\nb\nc\n");
        check("a\0b\u{b}c\u{1f}\u{fffe}\u{ffff}", "abc");
        check("don\u{92}t \u{80}5", "don’t €5");
        check("\u{feff}x\u{feff}y,。\u{fffd}", "xy,。\u{fffd}");
        let long = "潮汐".repeat(300);
        check(&format!("{long}\r\n{long}\u{85}{long}\u{1}"), &format!("{long}\n{long}…{long}"));
        for shift in 0..260 {
            let before = "-".repeat(shift);
            check(&format!("{before}\u{feff}{long}\u{80}"), &format!("{before}{long}€"));
        }
        assert!(matches!(clean(Cow::Borrowed("标题,\n\tx"), &mut Vec::new()), Cow::Borrowed(_)));
    }
}
