//! `extract --json`: an article page as data, as an admin sees what we make of it.

use chrono::SecondsFormat;
use serde_json::{Value, json};
use url::Url;

use super::inspect::{chain, evidence, images, names, party};
use crate::attribute;
use crate::config::Outlet;
use crate::model::{FetchedDocument, Unreadable, Verdict};
use crate::normalize::page::{self, Pages};
use crate::normalize::{html, text};
use crate::parse::html::{Asked, page as parse};

/// Reads a page and gives the object of `extract --json`. Where the outlet has no name, the page's name for its site is taken.
pub fn json(doc: &FetchedDocument, mut outlet: Outlet) -> Result<Value, Unreadable> {
    let selectors = outlet.extract.clone();
    let asked = Asked { first: &doc.url, number: 1, selectors: &selectors, rules: None, bounded: html::bounded };
    let page = parse(doc, outlet.charset.as_deref(), &asked)?;
    if outlet.name.is_empty() {
        outlet.name = page.site.first().cloned().unwrap_or_default();
    }
    let next = page.next.clone();
    let byline = page.byline.clone();
    let pages = [(doc.url.clone(), page)];
    let found = Pages { outlet: &outlet, pages: &pages, fetched_at: doc.fetched_at };
    let article = page::alone(&found, &doc.url).ok_or_else(|| Unreadable::new("no_text", "there is no article on the page"))?;
    let (article, provenance, held) = match attribute::article(&outlet, article) {
        Verdict::Ready(attributed) => (attributed.article, Some(attributed.provenance), None),
        Verdict::Held { article, code, reason } => (*article, None, Some(format!("{code}: {reason}"))),
    };
    let chain = provenance.as_ref().map(|provenance| chain(&outlet, provenance)).unwrap_or_default();
    let categories: Vec<&str> =
        article.categories.iter().map(|category| category.label.as_deref().unwrap_or(&category.term)).collect();
    Ok(json!({
        "url": article.url.as_ref().map(Url::as_str),
        "title": article.title,
        "title_raw": article.title_raw,
        "language": article.language,
        "published": article.published.map(|stamp| stamp.at.to_rfc3339_opts(SecondsFormat::Secs, true)),
        "byline": byline,
        "authors": names(&article.authors),
        "translators": names(&article.hints.translators),
        "editors": names(&article.hints.editors),
        "source": chain.first().map(party),
        "chain": chain.iter().map(party).collect::<Vec<_>>(),
        "is_repost": !chain.is_empty() || held.as_deref().is_some_and(|reason| reason.starts_with("unclear_origin")),
        "disclaimers": article.disclaimers,
        "images": images(&article),
        "comment_count": article.comments.as_ref().and_then(|comments| comments.count),
        "categories": categories,
        "rights": article.hints.rights,
        "license_url": article.hints.license.as_ref().map(Url::as_str),
        "content_html": article.body.as_str(),
        "content_text": text::of_html(article.body.as_str()),
        "next_page": next,
        "held": held,
        "warnings": article.warnings.iter().map(|warning| format!("{}: {}", warning.code, warning.message)).collect::<Vec<_>>(),
        "evidence": evidence(provenance.as_ref()),
    }))
}
