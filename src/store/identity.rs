//! The key and the id of an article, and the hash that tells whether readers see something else than before.

use std::borrow::Cow;

use sha2::{Digest, Sha256};
use url::Url;

use crate::model::{Article, Earlier, Hop, Original, Party, Person, Provenance, Translation};

/// Hexadecimal digits of a key: 80 bits, so that among a million articles of all partners two never meet by chance.
const KEY_DIGITS: usize = 20;

/// The short name of an article in addresses: the same for the same article of the same outlet in every store, so that a restored or lost
/// store mints the ids that readers already have.
pub fn key(outlet: &str, source_key: &str) -> String {
    let mut hash = Sha256::new();
    hash.update(outlet.as_bytes());
    hash.update([0]); // an outlet's id has no NUL, so no two pairs give the same bytes
    hash.update(source_key.as_bytes());
    let mut key = hex(&hash.finalize());
    key.truncate(KEY_DIGITS);
    key
}

/// The permanent id: a tag URI (RFC 4151), which unlike an address survives a move of our domain.
pub fn tag(authority: &str, key: &str) -> String {
    format!("tag:{authority}:{key}")
}

/// Hexadecimal digits.
pub fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]).map(|digit| char::from(DIGITS[usize::from(digit)])).collect()
}

/// What an article comes with beside itself.
#[derive(Debug, Clone, Copy)]
pub enum Standing<'a> {
    /// It can be published.
    Ready(&'a Provenance),
    /// It is kept back.
    Held {
        /// Name of the reason.
        code: &'a str,
        /// Reason.
        reason: &'a str,
    },
}

/// Hash of what readers see. Not in it, because they move while the article stays the same: every date (some outlets date each answer
/// anew), the comment count, the address of the feed it came in, evidence, warnings and the hints that attribution has used up; and of
/// addresses the query strings, but for those in the digest `links` of its marks.
///
/// The bytes that are hashed are fixed by a test: another hash for the same article would be a new revision of everything. A fact that is
/// added later is hashed only where it is present.
pub fn content_hash(article: &Article, standing: Standing<'_>) -> [u8; 32] {
    hash(article, standing, article.marks.links)
}

/// The hash as stores have it from before query strings were looked at: all of them counted.
pub fn strict_content_hash(article: &Article, standing: Standing<'_>) -> [u8; 32] {
    hash(article, standing, None)
}

fn hash(article: &Article, standing: Standing<'_>, links: Option<[u8; 16]>) -> [u8; 32] {
    let mut hash = Facts { hash: Sha256::new(), is_strict: links.is_none() };
    if let Some(links) = links.filter(|links| *links != [0; 16]) {
        hash.bytes("links", &links);
    }
    hash.text("title", &article.title);
    hash.address("url", article.url.as_ref());
    hash.maybe("language", article.language.as_deref());
    hash.maybe("summary", article.summary.as_deref());
    hash.html("body", article.body.as_str());
    hash.people("author", &article.authors);
    for image in &article.images {
        hash.address("image", Some(&image.url));
        hash.maybe("caption", image.caption.as_deref());
        hash.maybe("credit", image.credit.as_deref());
        hash.maybe("copyright", image.copyright.as_deref());
        hash.maybe("media_type", image.media_type.as_deref());
        hash.maybe_number("width", image.width.map(u64::from));
        hash.maybe_number("height", image.height.map(u64::from));
    }
    for attachment in &article.attachments {
        hash.address("attachment", Some(&attachment.url));
        hash.text("media_type", &attachment.media_type);
        hash.maybe_number("length", Some(attachment.length));
    }
    // Some systems list an article's sections in another order on every request.
    let mut categories: Vec<_> = article.categories.iter().collect();
    categories.sort_by(|a, b| (&a.term, &a.scheme, &a.label).cmp(&(&b.term, &b.scheme, &b.label)));
    for category in categories {
        hash.text("category", &category.term);
        hash.maybe("scheme", category.scheme.as_deref());
        hash.maybe("label", category.label.as_deref());
    }
    match standing {
        Standing::Ready(provenance) => hash.provenance(provenance),
        Standing::Held { code, reason } => {
            hash.text("held", code);
            hash.text("reason", reason);
        }
    }
    hash.hash.finalize().into()
}

/// How an address begins in sanitized HTML: all attributes in double quotes.
const ADDRESS_FOLLOWS: &str = "=\"";

/// An address without its query.
fn without_query(address: &str) -> Cow<'_, str> {
    let Some(at) = address.find('?') else { return Cow::Borrowed(address) };
    match address[at..].find('#') {
        Some(fragment) => Cow::Owned(format!("{}{}", &address[..at], &address[at + fragment..])),
        None => Cow::Borrowed(&address[..at]),
    }
}

/// Named facts, each framed by its lengths: what is in one fact cannot be taken for two.
struct Facts {
    hash: Sha256,
    /// Query strings of addresses count.
    is_strict: bool,
}

impl Facts {
    fn bytes(&mut self, name: &str, value: &[u8]) {
        for part in [name.as_bytes(), value] {
            self.hash.update((part.len() as u64).to_le_bytes());
            self.hash.update(part);
        }
    }

    fn text(&mut self, name: &str, value: &str) {
        self.bytes(name, value.as_bytes());
    }

    fn maybe(&mut self, name: &str, value: Option<&str>) {
        if let Some(value) = value {
            self.text(name, value);
        }
    }

    fn address(&mut self, name: &str, address: Option<&Url>) {
        match address {
            Some(address) if self.is_strict => self.text(name, address.as_str()),
            Some(address) => self.text(name, &without_query(address.as_str())),
            None => {}
        }
    }

    fn html(&mut self, name: &str, html: &str) {
        if self.is_strict || !html.contains('?') {
            return self.text(name, html);
        }
        let mut parts = html.split(ADDRESS_FOLLOWS);
        let mut steady = parts.next().unwrap_or_default().to_owned();
        for part in parts {
            let (address, rest) = part.split_at(part.find('"').unwrap_or(part.len()));
            steady.push_str(ADDRESS_FOLLOWS);
            // A text that has these characters is cut at a question mark too; its links are in the digest.
            steady.push_str(&if address.contains("://") { without_query(address) } else { Cow::Borrowed(address) });
            steady.push_str(rest);
        }
        self.text(name, &steady);
    }

    fn maybe_number(&mut self, name: &str, value: Option<u64>) {
        if let Some(value) = value {
            self.bytes(name, &value.to_le_bytes());
        }
    }

    fn people(&mut self, name: &str, people: &[Person]) {
        for person in people {
            self.text(name, person.name.as_deref().unwrap_or_default());
            self.maybe("uri", person.uri.as_deref());
            self.maybe("email", person.email.as_deref());
        }
    }

    fn party(&mut self, name: &str, party: &Party) {
        self.text(name, &party.name);
        self.address("url", party.url.as_ref());
    }

    fn provenance(&mut self, provenance: &Provenance) {
        self.party("source", &provenance.source);
        self.maybe("source_home", provenance.source_home.as_ref().map(url::Url::as_str));
        self.people("credited", &provenance.authors);
        if let Some(Original { outlet, language, published: _ }) = &provenance.original {
            self.party("original", outlet);
            self.maybe("language", language.as_deref());
        }
        if let Some(Translation { kind, from, to, engine, source, translators, earlier }) = &provenance.translation {
            self.text("translation", kind.name());
            self.maybe("from", from.as_deref());
            self.maybe("to", to.as_deref());
            self.maybe("engine", engine.as_deref());
            self.address("text", source.as_ref());
            self.people("translator", translators);
            for Earlier { kind, engine, translators, earlier: _ } in earlier.iter().flat_map(Earlier::all) {
                self.text("earlier", kind.name());
                self.maybe("engine", engine.as_deref());
                self.people("translator", translators);
            }
        }
        for Hop { action, party, at: _, language } in &provenance.hops {
            self.text("hop", action.name());
            self.party("party", party);
            self.maybe("language", language.as_deref());
        }
        self.maybe("disclaimer", provenance.disclaimer.as_deref());
        self.maybe("rights", provenance.rights.as_deref());
        self.maybe("license", provenance.license.as_ref().map(url::Url::as_str));
    }
}
