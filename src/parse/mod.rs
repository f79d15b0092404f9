//! Bytes to structure: character set, dialect, entries. Tolerant of everything that can be read, with a warning; bounded before
//! anything is built.

mod actions;
mod attributes;
mod build;
mod capture;
pub mod charset;
pub mod discovery;
mod draft;
mod encoding;
mod entities;
pub mod html;
mod html_names;
mod hub;
mod json_feed;
mod json_values;
mod names;
mod opml;
mod parts;
mod people;
mod recovery;
mod scope;
mod sniff;
mod straight;
mod tags;
mod vocabulary;
mod xml;

#[cfg(test)]
mod dialect_tests;
#[cfg(test)]
mod tests;

pub use hub::hub;
pub use opml::{Subscription, Subscriptions, subscriptions};

use crate::model::{FetchedDocument, ParsedFeed, Unreadable, Warning};

/// Bounds of one document.
#[derive(Debug, Clone, Copy)]
pub struct Bounds {
    /// Entries.
    pub entries: usize,
}

impl Default for Bounds {
    fn default() -> Self {
        Self { entries: 1_000 }
    }
}

/// Reads a document of any dialect: RSS 0.90 to 2.0, RSS 1.0, Atom 0.3 and 1.0, CDF, news sitemaps, JSON Feed. `charset` is the
/// outlet's configured one, tried where the document's own declarations fail.
///
/// Oddities that can be read past are warnings of the result. Entries that the end of the document cut are there with
/// `complete: false`. An error means that there is nothing to take: no feed at all, or one that no honest outlet sends.
pub fn document(doc: &FetchedDocument, charset: Option<&str>, bounds: Bounds) -> Result<ParsedFeed, Unreadable> {
    let bytes = doc.body.as_slice();
    if bytes.is_empty() {
        return Err(empty());
    }
    if let Some(name) = sniff::binary(bytes) {
        return Err(Unreadable::new("not_a_feed", format!("it is {name}, not a feed; check the outlet's address")));
    }
    let mut findings = Findings::default();
    let http = doc.content_type.as_deref().and_then(sniff::charset_parameter);
    let text = encoding::decode(bytes, encoding::Labels { http, configured: charset }, &mut findings.0)?;
    let text = encoding::clean(text, &mut findings.0);
    match sniff::shape(&text) {
        sniff::Shape::Empty => Err(empty()),
        sniff::Shape::Json => json_feed::read(&text, bounds, findings),
        sniff::Shape::Markup => match xml::read(&text, bounds, findings) {
            Err(refusal) if refusal.code == "not_a_feed" => wrapped(&text, bounds).unwrap_or(Err(refusal)),
            read => read,
        },
    }
}

/// Reads a document as [`document`] does, and an HTML page that is none of those by what its own markup makes of it (h-feed, hAtom).
/// `bounded` says whether a tree may be built.
///
/// # Errors
/// As [`document`]; as [`html::feed`] for a page with such markup that cannot be read.
pub fn feed(
    doc: &FetchedDocument,
    charset: Option<&str>,
    bounds: Bounds,
    bounded: html::Bounded,
) -> Result<ParsedFeed, Unreadable> {
    match document(doc, charset, bounds) {
        Err(refusal) if refusal.code == "not_a_feed" => match html::feed(doc, charset, bounded, bounds) {
            Err(again) if matches!(again.code, "not_a_feed" | "not_a_page") => Err(refusal),
            read => read,
        },
        read => read,
    }
}

/// A whole feed inside of an HTML page: some templates send their feed in the frame of their pages.
fn wrapped(text: &str, bounds: Bounds) -> Option<Result<ParsedFeed, Unreadable>> {
    let start = sniff::feed_inside(text)?;
    let mut findings = Findings::default();
    findings.add("feed_in_page", || "the feed is wrapped in an HTML page; what is around it was left out".to_owned());
    let feed = xml::read(&text[start..], bounds, findings);
    (!matches!(&feed, Err(refusal) if refusal.code == "not_a_feed")).then_some(feed)
}

fn empty() -> Unreadable {
    Unreadable::new("empty_body", "the document is empty; the outlet's server answers without sending its feed")
}

/// An HTML page came instead of a feed.
fn page(source: &str) -> Unreadable {
    let title = sniff::html_title(source).map(|title| format!(" (\"{title}\")")).unwrap_or_default();
    Unreadable::new(
        "not_a_feed",
        format!("it is an HTML page{title}, not a feed; check the outlet's address, or whether it blocks us"),
    )
}

/// Warnings, each kind once: a feed with one mistake usually has it a thousand times.
#[derive(Debug, Default)]
struct Findings(Vec<Warning>);

impl Findings {
    fn add(&mut self, code: &'static str, message: impl FnOnce() -> String) {
        if !self.0.iter().any(|warning| warning.code == code) {
            self.0.push(Warning::new(code, message()));
        }
    }

    fn into_warnings(self) -> Vec<Warning> {
        self.0
    }
}
