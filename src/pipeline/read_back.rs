//! A document is read by our own reader before readers get it.

use url::Url;

use crate::model::{FetchedDocument, Format, PublishedDocument};
use crate::parse;
use crate::render::Contents;

/// Holds a rendered feed against what it was made from, through the reader that reads partners' feeds: whole, same ids in the same order, each
/// entry with its link, its author and its credit and disclaimer in the body; in Atom and JSON Feed every withdrawal.
pub(super) fn reads_back(document: &PublishedDocument, contents: &Contents<'_>) -> Result<(), String> {
    let Contents { articles, withdrawn, .. } = contents;
    let base = Url::parse("http://localhost/").expect("a constant address");
    let modified = document.modified;
    let doc = FetchedDocument::from_bytes(base, Some(document.content_type.clone()), document.body.to_vec(), modified);
    let bounds = parse::Bounds { entries: articles.len().max(withdrawn.len()).max(1) };
    let feed = parse::document(&doc, None, bounds).map_err(|unreadable| format!("it does not read back: {unreadable}"))?;
    if let Some(warning) = feed.warnings.iter().find(|warning| warning.code != "no_entries") {
        return Err(format!("it reads back with a warning: {}", warning.message));
    }
    if feed.entries.len() != articles.len() {
        return Err(format!("it has {} entries for {} articles", feed.entries.len(), articles.len()));
    }
    if matches!(feed.format, Format::Atom10 | Format::JsonFeed)
        && !feed.deleted.iter().map(|deleted| &deleted.reference).eq(withdrawn.iter().map(|gone| &gone.id))
    {
        return Err(format!("it does not tell of each of {} withdrawn articles", withdrawn.len()));
    }
    for (entry, article) in feed.entries.iter().zip(*articles) {
        let id = &article.identity.id;
        if entry.id.as_deref() != Some(id) {
            return Err(format!("an entry has the id {:?} instead of {id}", entry.id.as_deref().unwrap_or("")));
        }
        if entry.authors.is_empty() || !entry.links.iter().any(|link| link.rel == "alternate") {
            return Err(format!("entry {id} lacks its author or its link"));
        }
        if entry.provenance.as_ref().is_none_or(|provenance| provenance.hops.is_empty()) {
            return Err(format!("entry {id} does not tell the way it came"));
        }
        let body = entry.content.first().or(entry.summary.as_ref()).map_or("", |text| text.value.as_str());
        if !body.contains("reprint-credit") || body.matches("reprint-disclaimer").count() < 2 {
            return Err(format!("entry {id} lacks its credit or a disclaimer in the body"));
        }
    }
    Ok(())
}
