//! What an outlet's terms leave of an article, before anything is said of it: every output is made from that.

use std::borrow::Cow;

use sha2::{Digest, Sha256};

use crate::config::{Feed, Publish, Terms};
use crate::model::{Conditions, StoredArticle};

use super::text::{html, line, xml_safe};
use super::{Renderer, excerpt, markup};

/// What may be shown of the text of an article.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Allowed {
    /// The text as HTML.
    pub text: String,
    /// The outlet's short form of it, plain text.
    pub summary: Option<String>,
    /// Whether there is more of it at the outlet.
    pub is_part: bool,
}

/// The text of an article, as far as its outlet lets us show it. `language`: BCP 47.
pub(super) fn allowed(terms: &Terms, stored: &StoredArticle, language: Option<&str>) -> Allowed {
    let article = &stored.attributed.article;
    let summary = || article.summary.as_deref().map(|s| xml_safe(s.trim()).into_owned()).filter(|s| !s.is_empty());
    if terms.publish == Publish::Title {
        return Allowed { text: String::new(), summary: None, is_part: true };
    }
    let mut body: Cow<'_, str> = xml_safe(article.body.as_str());
    if !terms.images && body.contains('<') {
        body = Cow::Owned(markup::without(&body, &["img"]));
    }
    let Publish::Excerpt { characters } = terms.publish else {
        // Nothing but a summary: it is the text.
        let (text, summary) = match summary() {
            Some(summary) if body.trim().is_empty() => (format!("<p>{}</p>", html(&summary)), None),
            // RFC 4287 § 4.2.13: a summary does not repeat the title.
            summary => (body.into_owned(), summary.filter(|s| line(s) != line(&article.title))),
        };
        return Allowed { text, summary, is_part: false };
    };
    // Sound and film are the whole of what they are, and a summary beside an excerpt is more than an excerpt.
    let body = markup::without(&body, &["audio", "video"]);
    let text = match summary() {
        Some(summary) if body.trim().is_empty() => format!("<p>{}</p>", html(&summary)),
        _ => body,
    };
    Allowed { text: excerpt::of(&text, characters, language).html, summary: None, is_part: true }
}

impl Renderer {
    /// The terms of an outlet; of one that feeds.toml does not have the usual ones.
    pub(super) fn terms(&self, outlet: &str) -> &Terms {
        self.outlets.get(outlet).map_or(&self.usual_terms, |outlet| &outlet.terms)
    }

    /// On what the documents of a feed stand: the terms of its outlets, and the program that enforces them. The moments are left to whoever
    /// knows the articles.
    pub fn conditions(&self, feed: &Feed) -> Conditions {
        let mut hash = Sha256::new();
        hash.update(env!("CARGO_PKG_VERSION"));
        for outlet in &feed.outlets {
            hash.update(format!("\0{outlet}\0{:?}", self.terms(outlet)));
        }
        let terms = hash.finalize()[..8].iter().map(|byte| format!("{byte:02x}")).collect();
        let noindex = feed.outlets.iter().any(|outlet| self.terms(outlet).noindex);
        Conditions { terms, noindex, ..Conditions::default() }
    }

    /// Whether search engines are to leave out the page of a feed, which shows titles only of articles that are left out.
    pub(super) fn is_all_noindex(&self, feed: &Feed) -> bool {
        !feed.outlets.is_empty() && feed.outlets.iter().all(|outlet| self.terms(outlet).noindex)
    }
}
