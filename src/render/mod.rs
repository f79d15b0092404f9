//! Attributed articles into documents: RSS, Atom, OPML, pages. Valid by construction, same input same bytes.

use std::path::Path;

use crate::config::{Config, Feed};
use crate::model::{FeedFormat, PublishedDocument, StoredArticle};

/// Everything documents are made with: the configuration's site and outlets, and the templates.
#[derive(Debug)]
pub struct Renderer {
    // site, outlets by id, minijinja environment
}

impl Renderer {
    /// Loads the built-in templates and those of `folder` that replace them, and renders each on a sample. The error names file, line and what
    /// is wrong (a syntax error, an unknown variable, a credit template that drops source, link or disclaimer).
    pub fn new(config: &Config, folder: Option<&Path>) -> Result<Self, String> {
        let _ = (config, folder);
        todo!()
    }

    /// A feed in one format, path `feeds/{id}.{ext}`.
    pub fn feed(&self, feed: &Feed, format: FeedFormat, articles: &[StoredArticle]) -> PublishedDocument {
        let _ = (feed, format, articles);
        todo!()
    }

    /// The article page for people, path `a/{key}`.
    pub fn article(&self, article: &StoredArticle) -> PublishedDocument {
        let _ = article;
        todo!()
    }

    /// The page about a feed: its articles and the addresses to copy, path `feeds/{id}`.
    pub fn feed_page(&self, feed: &Feed, articles: &[StoredArticle]) -> PublishedDocument {
        let _ = (feed, articles);
        todo!()
    }

    /// The index for people, path `` (empty). `latest` are the newest articles of the feed `all`.
    pub fn index(&self, feeds: &[Feed], latest: &[StoredArticle]) -> PublishedDocument {
        let _ = (feeds, latest);
        todo!()
    }

    /// OPML 2.0 of all feeds, path `feeds.opml`.
    pub fn opml(&self, feeds: &[Feed], modified: chrono::DateTime<chrono::Utc>) -> PublishedDocument {
        let _ = (feeds, modified);
        todo!()
    }
}
