//! References (`&name;`, `&#8212;`) and the document type declaration that may define some.

use std::borrow::Cow;

use super::{Findings, encoding, html_names};
use crate::model::Unreadable;

/// Entities a document may define.
const MOST_ENTITIES: usize = 64;
/// Bytes of one replacement text.
const LONGEST_ENTITY: usize = 1_024;
/// Bytes that all expansions of a document may give together: no reference multiplies anything (billion laughs, quadratic blow-up).
const EXPANSION_BUDGET: usize = 64 * 1_024;

/// What a reference stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Referent<'e> {
    /// One character.
    Character(char),
    /// Text.
    Text(&'e str),
    /// A character that XML forbids: nothing.
    Nothing,
    /// Nobody knows it: stays as written.
    Unknown,
}

/// Entities that the document defined itself, and how much of them may still be used.
#[derive(Debug)]
pub(super) struct Entities<'a> {
    own: Vec<(&'a str, String)>,
    budget: usize,
}

impl Default for Entities<'_> {
    fn default() -> Self {
        Self { own: Vec::new(), budget: EXPANSION_BUDGET }
    }
}

impl<'a> Entities<'a> {
    /// Reads a document type declaration. Nothing is fetched. Short literal replacement texts are kept; whatever could refer to another
    /// entity, a file or an address is refused, used or not.
    pub fn declare(&mut self, doctype: &'a str, findings: &mut Findings) -> Result<(), Unreadable> {
        let Some(subset) = internal_subset(doctype) else {
            if doctype.contains("SYSTEM") || doctype.contains("PUBLIC") {
                findings.add("dtd_ignored", || "it names a document type definition, which was not fetched".to_owned());
            }
            return Ok(());
        };
        let mut rest = subset;
        let mut harmless: Vec<&str> = Vec::new();
        loop {
            rest = rest.trim_start();
            if let Some(comment) = rest.strip_prefix("<!--") {
                rest = comment.split_once("-->").map_or("", |(_, after)| after);
            } else if let Some(instruction) = rest.strip_prefix("<?") {
                rest = instruction.split_once("?>").map_or("", |(_, after)| after);
            } else if let Some(declaration) = rest.strip_prefix("<!ENTITY") {
                let (body, after) = split_declaration(declaration);
                rest = after;
                self.entity(body.trim_start(), &mut harmless, findings)?;
            } else if let Some(declaration) = rest.strip_prefix("<!") {
                rest = split_declaration(declaration).1;
            } else if let Some(reference) = rest.strip_prefix('%') {
                let (name, after) = reference.split_once(';').unwrap_or((reference, ""));
                if !harmless.contains(&name) {
                    return Err(refusal("it uses a parameter entity"));
                }
                rest = after;
            } else {
                return Ok(());
            }
        }
    }

    fn entity(&mut self, body: &'a str, harmless: &mut Vec<&'a str>, findings: &mut Findings) -> Result<(), Unreadable> {
        let (parameter, body) = match body.strip_prefix('%') {
            Some(body) => (true, body.trim_start()),
            None => (false, body),
        };
        let (name, value) = body.split_once(|c: char| c.is_ascii_whitespace()).unwrap_or((body, ""));
        let value = value.trim();
        if parameter {
            // XHTML's entity sets are public, and we know their content without fetching them
            let public = value.strip_prefix("PUBLIC").map(str::trim_start);
            if public.is_some_and(|id| id.trim_start_matches(['"', '\'']).starts_with("-//W3C//ENTITIES")) && harmless.len() < 8 {
                harmless.push(name);
                findings.add("dtd_ignored", || "it names a set of entities, which was not fetched".to_owned());
                return Ok(());
            }
            return Err(refusal("it defines a parameter entity"));
        }
        let quote = value.chars().next().filter(|c| matches!(c, '"' | '\''));
        let Some(literal) = quote.and_then(|quote| value.strip_prefix(quote)?.strip_suffix(quote)) else {
            return Err(refusal("it defines an entity that lies in a file or at an address"));
        };
        if literal.len() > LONGEST_ENTITY {
            return Err(refusal("it defines an entity longer than 1 KiB"));
        }
        let text = literal_text(literal)?;
        if html_names::by_name(name).is_some_and(|known| text.chars().eq([known])) {
            return Ok(());
        }
        if self.own.len() >= MOST_ENTITIES {
            return Err(refusal("it defines more than 64 entities"));
        }
        self.own.push((name, text));
        Ok(())
    }

    /// What `&name;` stands for; `name` is without `&` and `;`.
    pub fn resolve(&mut self, name: &str, findings: &mut Findings) -> Result<Referent<'_>, Unreadable> {
        if let Some(number) = name.strip_prefix('#') {
            return Ok(numeric(number, findings));
        }
        match predefined(name) {
            Some(character) => Ok(Referent::Character(character)),
            None => self.named(name, findings),
        }
    }

    fn named(&mut self, name: &str, findings: &mut Findings) -> Result<Referent<'_>, Unreadable> {
        if let Some((_, text)) = self.own.iter().find(|(own, _)| *own == name) {
            self.budget =
                self.budget.checked_sub(text.len()).ok_or_else(|| refusal("its entities expand to more than 64 KiB"))?;
            return Ok(Referent::Text(text));
        }
        if let Some(character) = html_names::by_name(name) {
            findings.add("xml_repaired", || format!("&{name}; is not defined in XML and was read as in HTML"));
            return Ok(Referent::Character(character));
        }
        findings.add("unknown_entity", || format!("nobody knows &{name:.40};, which stays as it is"));
        Ok(Referent::Unknown)
    }

    /// An attribute value with its references resolved and its white space made spaces (XML 1.0 § 3.3.3).
    pub fn attribute<'v>(&mut self, raw: &'v str, findings: &mut Findings) -> Result<Cow<'v, str>, Unreadable> {
        if memchr::memchr3(b'&', b'\n', b'\t', raw.as_bytes()).is_none() {
            return Ok(Cow::Borrowed(raw));
        }
        let mut value = String::with_capacity(raw.len());
        let mut rest = raw;
        while let Some(at) = rest.find(['&', '\n', '\t']) {
            value.push_str(&rest[..at]);
            let (special, after) = rest[at..].split_at(1);
            rest = after;
            if special != "&" {
                value.push(' ');
                continue;
            }
            match reference(rest) {
                Some((name, after)) => {
                    match self.resolve(name, findings)? {
                        Referent::Character(character) => value.push(character),
                        Referent::Text(text) => value.push_str(text),
                        Referent::Nothing => {}
                        Referent::Unknown => {
                            value.push('&');
                            continue;
                        }
                    }
                    rest = after;
                }
                None => value.push('&'),
            }
        }
        value.push_str(rest);
        Ok(Cow::Owned(value))
    }
}

/// The five entities of XML itself (XML 1.0 § 4.6).
fn predefined(name: &str) -> Option<char> {
    Some(match name {
        "lt" => '<',
        "gt" => '>',
        "amp" => '&',
        "quot" => '"',
        "apos" => '\'',
        _ => return None,
    })
}

/// Splits text that begins with one of the references that escaped markup is made of: the character, and what comes after.
pub(super) fn common_reference(text: &str) -> Option<(char, &str)> {
    // the second byte decides, and the rest is compared as one word
    let (character, length) = match text.as_bytes() {
        [b'&', b'l', b't', b';', ..] => ('<', 4),
        [b'&', b'g', b't', b';', ..] => ('>', 4),
        [b'&', b'a', b'm', b'p', b';', ..] => ('&', 5),
        [b'&', b'q', b'u', b'o', b't', b';', ..] => ('"', 6),
        _ => return None,
    };
    Some((character, text.get(length..)?))
}

/// Splits what follows a `&` into the name of a reference and what comes after its `;`. Names are short: a far semicolon is none.
pub(super) fn reference(text: &str) -> Option<(&str, &str)> {
    let end =
        text.bytes().take(40).position(|b| !(b.is_ascii_alphanumeric() || matches!(b, b'#' | b'_' | b'-' | b'.' | b':')))?;
    (end > 0 && text.as_bytes()[end] == b';').then(|| (&text[..end], &text[end + 1..]))
}

/// A character whose UTF-8 bytes were escaped one by one, as if each were a character of Latin-1 or windows-1252: `&#226;&#128;&#166;`,
/// `&acirc;&euro;&brvbar;`. `first` is the name of the first reference, `rest` what follows it; gives the character and the length of
/// the references that belong to it. One of the bytes must be from the range that Latin-1 leaves to controls.
pub(super) fn byte_by_byte(first: &str, rest: &str) -> Option<(char, usize)> {
    if !rest.starts_with('&') {
        return None;
    }
    let (first, _) = as_byte(first)?;
    let length = match first {
        0xc2..=0xdf => 2,
        0xe0..=0xef => 3,
        0xf0..=0xf4 => 4,
        _ => return None,
    };
    let mut bytes = [first, 0, 0, 0];
    let mut after = rest;
    let (mut control, mut windows) = (false, false);
    for slot in bytes.iter_mut().take(length).skip(1) {
        let (name, left) = reference(after.strip_prefix('&')?)?;
        let (byte, written) = as_byte(name)?;
        (*slot, after) = (byte, left);
        control |= written == Written::Control;
        windows |= written == Written::Windows;
    }
    let character = std::str::from_utf8(&bytes[..length]).ok()?.chars().next()?;
    // three characters that happen to be one are no accident; two may be
    let certain = control || windows && length > 2;
    (certain && !character.is_control()).then_some((character, rest.len() - after.len()))
}

/// How a byte came to be a reference.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Written {
    /// Its number is that of a control, which nobody means.
    Control,
    /// As the character that windows-1252 has in the place of a control.
    Windows,
    /// As a character of Latin-1.
    Latin,
}

/// The byte that a reference stands for if it was made from a byte.
fn as_byte(name: &str) -> Option<(u8, Written)> {
    let code = match name.strip_prefix('#') {
        Some(number) => match number.strip_prefix(['x', 'X']) {
            Some(digits) => u32::from_str_radix(digits, 16).ok()?,
            None => number.parse().ok()?,
        },
        None => u32::from(html_names::by_name(name)?),
    };
    if let Ok(byte) = u8::try_from(code) {
        return Some((byte, if (0x80..=0x9f).contains(&byte) { Written::Control } else { Written::Latin }));
    }
    let character = char::from_u32(code)?;
    (0x80..=0x9f_u8).find(|byte| encoding::windows_1252(char::from(*byte)) == character).map(|byte| (byte, Written::Windows))
}

/// A character by number (XML 1.0 § 4.1). 128–159 mean what windows-1252 has there, as in HTML (§ 13.2.5.80).
fn numeric(number: &str, findings: &mut Findings) -> Referent<'static> {
    let (digits, radix) = match number.strip_prefix(['x', 'X']) {
        Some(digits) => (digits, 16),
        None => (number, 10),
    };
    if digits.is_empty() || !digits.chars().all(|c| c.is_digit(radix)) {
        findings.add("unknown_entity", || format!("&#{number:.40}; is no number, and stays as it is"));
        return Referent::Unknown;
    }
    // only digits are left: a failure is a number too large for any character
    let code = u32::from_str_radix(digits, radix).unwrap_or(u32::MAX);
    match code {
        0x80..=0x9f => Referent::Character(char::from_u32(code).map_or(char::REPLACEMENT_CHARACTER, encoding::windows_1252)),
        9 | 10 | 13 => Referent::Character(if code == 13 { '\n' } else { code as u8 as char }),
        0..0x20 | 0xfffe | 0xffff | 0xfeff => {
            findings.add("control_characters", || format!("&#{number:.40}; is forbidden in XML and was dropped"));
            Referent::Nothing
        }
        _ => Referent::Character(char::from_u32(code).unwrap_or_else(|| {
            findings.add("xml_repaired", || format!("&#{number:.40}; is no character"));
            char::REPLACEMENT_CHARACTER
        })),
    }
}

/// What stands between the brackets of `<!DOCTYPE name [ … ]>`.
fn internal_subset(doctype: &str) -> Option<&str> {
    let mut quote = None;
    for (at, b) in doctype.bytes().enumerate() {
        match (quote, b) {
            (None, b'"' | b'\'') => quote = Some(b),
            (Some(open), _) if open == b => quote = None,
            (None, b'[') => {
                let subset = &doctype[at + 1..];
                return Some(subset.rfind(']').map_or(subset, |end| &subset[..end]));
            }
            _ => {}
        }
    }
    None
}

/// Splits a declaration at its `>`, which may not be inside quotes.
fn split_declaration(text: &str) -> (&str, &str) {
    let mut quote = None;
    for (at, b) in text.bytes().enumerate() {
        match (quote, b) {
            (None, b'"' | b'\'') => quote = Some(b),
            (Some(open), _) if open == b => quote = None,
            (None, b'>') => return (&text[..at], &text[at + 1..]),
            _ => {}
        }
    }
    (text, "")
}

/// A replacement text that refers to nothing but characters.
fn literal_text(literal: &str) -> Result<String, Unreadable> {
    let mut text = String::with_capacity(literal.len());
    let mut rest = literal;
    while let Some(at) = rest.find(['&', '%']) {
        text.push_str(&rest[..at]);
        let after = &rest[at + 1..];
        if rest.as_bytes()[at] == b'%' {
            // literal in practice (`width="50%"`); a reference has a name and a semicolon
            if reference(after).is_some() {
                return Err(refusal("it defines an entity by a parameter entity"));
            }
            text.push('%');
            rest = after;
            continue;
        }
        match reference(after) {
            Some((name, after)) => {
                match name.strip_prefix('#').map(|number| numeric(number, &mut Findings::default())) {
                    Some(Referent::Character(character)) => text.push(character),
                    Some(_) => {}
                    None => match predefined(name).or_else(|| html_names::by_name(name)) {
                        Some(known) => text.push(known),
                        None => return Err(refusal("it defines an entity by another entity")),
                    },
                }
                rest = after;
            }
            None => {
                text.push('&');
                rest = after;
            }
        }
    }
    text.push_str(rest);
    Ok(text)
}

fn refusal(why: &str) -> Unreadable {
    Unreadable::new("xml_dtd", format!("its document type declaration is refused: {why}; ask the outlet for a feed without one"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn declared(doctype: &str) -> Result<Vec<(&str, String)>, &'static str> {
        let mut entities = Entities::default();
        entities.declare(doctype, &mut Findings::default()).map_err(|e| e.code)?;
        Ok(entities.own)
    }

    #[test]
    fn declarations_that_are_read() {
        let check = |doctype: &str, expected: &[(&str, &str)]| {
            let own = declared(doctype).expect("readable");
            let own: Vec<(&str, &str)> = own.iter().map(|(name, text)| (*name, text.as_str())).collect();
            assert_eq!(own, expected, "{doctype}");
        };
        check("rss", &[]);
        check("rss PUBLIC \"-//Example//DTD\" \"http://dtd.example/rss-0.91.dtd\"", &[]);
        check("rss [ <!-- <!ENTITY a SYSTEM 'x'> --> <!ELEMENT rss ANY> ]", &[]);
        check("rss [<!ENTITY house \"Southern Cross\">]", &[("house", "Southern Cross")]);
        check("rss [<!ENTITY d '&#38;mdash; &#8212; 50% &amp;'> ]", &[("d", "&mdash; — 50% &")]);
        check("rss [<!ENTITY nbsp \"&#160;\"><!ENTITY copy '&#169;'>]", &[]);
        check("r [<!ENTITY gt2 \"a>b]\">]", &[("gt2", "a>b]")]);
        check("r [<!ENTITY % l PUBLIC \"-//W3C//ENTITIES Latin 1 for XHTML//EN\" \"http://dtd.example/l.ent\"> %l;]", &[]);
    }

    #[test]
    fn declarations_that_are_refused() {
        let check = |doctype: &str| assert_eq!(declared(doctype), Err("xml_dtd"), "{doctype}");
        check("rss [<!ENTITY a SYSTEM \"file:///etc/hostname\">]");
        check("rss [<!ENTITY a PUBLIC \"x\" \"http://canary.example/\">]");
        check("rss [<!ENTITY a \"x\"><!ENTITY b \"&a;&a;\">]");
        check("rss [<!ENTITY a \"&a;\">]");
        check("rss [<!ENTITY % p \"x\">]");
        check("rss [<!ENTITY % p SYSTEM \"http://canary.example/p.dtd\"> %p;]");
        check("rss [%p;]");
        check("rss [<!ENTITY b \"%p;\">]");
        check(&format!("rss [<!ENTITY a \"{}\">]", "x".repeat(2_000)));
        check(&format!("rss [{}]", (0..100).map(|n| format!("<!ENTITY e{n} \"x\">")).collect::<String>()));
        check("rss [<!ENTITY a");
    }

    #[test]
    fn expansion_has_a_budget() {
        let doctype = format!("rss [<!ENTITY a \"{}\">]", "x".repeat(1_000));
        let mut entities = Entities::default();
        entities.declare(&doctype, &mut Findings::default()).expect("small enough");
        let refused = (0..1_000).find(|_| entities.resolve("a", &mut Findings::default()).is_err());
        assert_eq!(refused, Some(EXPANSION_BUDGET / 1_000));
    }

    #[test]
    fn references() {
        let check = |name: &str, expected: Referent<'_>| {
            let mut entities = Entities::default();
            assert_eq!(entities.resolve(name, &mut Findings::default()), Ok(expected), "{name}");
        };
        check("lt", Referent::Character('<'));
        check("nbsp", Referent::Character('\u{a0}'));
        check("alpha", Referent::Character('α'));
        check("nosuch", Referent::Unknown);
        check("#8212", Referent::Character('—'));
        check("#X2014", Referent::Character('—'));
        check("#150", Referent::Character('–'));
        check("#x80", Referent::Character('€'));
        check("#0", Referent::Nothing);
        check("#x1F", Referent::Nothing);
        check("#xFFFE", Referent::Nothing);
        check("#10", Referent::Character('\n'));
        check("#xD800", Referent::Character('\u{fffd}'));
        check("#xFFFFFFFFFF", Referent::Character('\u{fffd}'));
        check("#", Referent::Unknown);
        check("#12a", Referent::Unknown);
    }

    #[test]
    fn attribute_values() {
        let check = |raw: &str, expected: &str| {
            assert_eq!(Entities::default().attribute(raw, &mut Findings::default()).as_deref(), Ok(expected), "{raw}");
        };
        check("http://a.example/?x=1&amp;y=2", "http://a.example/?x=1&y=2");
        check("http://a.example/?x=1&y=2&copy", "http://a.example/?x=1&y=2&copy");
        check("a\nb\tc", "a b c");
        check("R&D &eacute; &nosuch; &", "R&D é &nosuch; &");
    }
}
