//! Which character set a document was read in, and what decided it: for people who look at one document.

use std::fmt;

use super::encoding::{self, Labels};
use super::sniff;
use crate::model::FetchedDocument;

/// A character set with the evidence for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Charset {
    /// Name as the WHATWG Encoding standard has it.
    pub name: &'static str,
    /// What decided it.
    pub evidence: Evidence,
}

/// What decided on a character set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Evidence {
    /// A byte order mark, or the pattern of wide characters.
    FirstBytes,
    /// It is valid UTF-8, which nothing else is by accident.
    Valid,
    /// The label of `Content-Type`.
    Http(String),
    /// The label in the document itself.
    Declared(String),
    /// The label in feeds.toml.
    Configured(String),
    /// Statistics.
    Guessed,
}

impl fmt::Display for Evidence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Evidence::FirstBytes => f.write_str("its first bytes say so"),
            Evidence::Valid => f.write_str("every byte of it is valid UTF-8"),
            Evidence::Http(label) => write!(f, "Content-Type says {label}"),
            Evidence::Declared(label) => write!(f, "the document says {label}"),
            Evidence::Configured(label) => write!(f, "`charset` of feeds.toml says {label}"),
            Evidence::Guessed => f.write_str("guessed from its bytes"),
        }
    }
}

/// The character set that the readers of feeds and pages take for a document; `configured` is the outlet's. `None`: they refuse it.
pub fn of(doc: &FetchedDocument, configured: Option<&str>) -> Option<Charset> {
    let bytes = doc.body.as_slice();
    let labels = Labels { http: doc.content_type.as_deref().and_then(sniff::charset_parameter), configured };
    let text = encoding::decode(bytes, labels, &mut Vec::new()).ok()?;
    if let Some(name) = encoding::wide(bytes) {
        return Some(Charset { name, evidence: Evidence::FirstBytes });
    }
    let (bytes, marked) = match bytes.strip_prefix(b"\xef\xbb\xbf") {
        Some(rest) => (rest, true),
        None => (bytes, false),
    };
    if std::str::from_utf8(bytes).is_ok_and(|utf8| utf8 == text) {
        return Some(Charset { name: "UTF-8", evidence: if marked { Evidence::FirstBytes } else { Evidence::Valid } });
    }
    let said = [
        (labels.http, Evidence::Http as fn(String) -> Evidence),
        (encoding::declaration(bytes), Evidence::Declared),
        (configured, Evidence::Configured),
    ];
    let labelled = said.into_iter().find_map(|(label, evidence)| {
        let encoding = encoding::by_label(label?)?;
        let same = encoding.decode_without_bom_handling(bytes).0 == text;
        same.then(|| Charset { name: encoding.name(), evidence: evidence(label.unwrap_or_default().chars().take(40).collect()) })
    });
    let guessed = || {
        let name = if String::from_utf8_lossy(bytes) == text { "UTF-8" } else { encoding::detect(bytes).name() };
        Charset { name, evidence: Evidence::Guessed }
    };
    Some(labelled.unwrap_or_else(guessed))
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;
    use url::Url;

    use super::*;

    #[test]
    fn what_decides_is_named() {
        let check = |bytes: &[u8], content_type: Option<&str>, configured: Option<&str>, expected: &str| {
            let url = Url::parse("https://wire.example/feed").expect("an address");
            let doc = FetchedDocument::from_bytes(url, content_type.map(str::to_owned), bytes.to_vec(), DateTime::UNIX_EPOCH);
            let charset = of(&doc, configured).map(|charset| format!("{}: {}", charset.name, charset.evidence));
            assert_eq!(charset.as_deref(), Some(expected));
        };
        let text = "<?xml version=\"1.0\"?><rss><title>渡轮今天停了,没人知道为什么</title></rss>";
        let (gb, _, _) = encoding_rs::GB18030.encode(text);
        check(text.as_bytes(), None, None, "UTF-8: every byte of it is valid UTF-8");
        check(text.as_bytes(), Some("text/xml; charset=gbk"), None, "UTF-8: every byte of it is valid UTF-8");
        check(format!("\u{feff}{text}").as_bytes(), None, None, "UTF-8: its first bytes say so");
        check(&gb, Some("text/xml; charset=gb2312"), None, "gb18030: Content-Type says gb2312");
        check(&gb, None, Some("gbk"), "gb18030: `charset` of feeds.toml says gbk");
        check(&gb, None, None, "gb18030: guessed from its bytes");
        let declared = text.replace("\"1.0\"", "\"1.0\" encoding=\"GBK\"");
        let (declared, _, _) = encoding_rs::GB18030.encode(&declared);
        check(&declared, None, None, "gb18030: the document says GBK");
        let wide: Vec<u8> = std::iter::once(0xfeff).chain(text.encode_utf16()).flat_map(u16::to_le_bytes).collect();
        check(&wide, None, None, "UTF-16: its first bytes say so");
    }
}
