//! Article pages and archive documents: made when somebody opens one, and kept.

use std::collections::{BTreeMap, BTreeSet};
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard};

use chrono::{DateTime, Utc};

use super::archive::Archives;
use super::editions;
use crate::config::{Config, Feed, Standing};
use crate::model::{StoredArticle, WithdrawnBy};
use crate::publish::{self, Notice, Page, Pages, Prepared};
use crate::render::Renderer;
use crate::store::{Store, StoreError, TranslationRow};

/// Article pages kept rendered; when full, all are let go and made again as they are asked for.
const PAGES_KEPT: usize = 256;

/// Article pages and archive documents, made from the store when somebody opens one and kept for the next.
#[derive(Debug)]
pub struct ArticlePages {
    archives: Archives,
    config: Arc<Config>,
    store: Store,
    renderer: Arc<Renderer>,
    clock: fn() -> DateTime<Utc>,
    kept: Mutex<KeptPages>,
}

#[derive(Debug, Default)]
struct KeptPages {
    /// Rises with every change, so that a page made from what was read before it is not kept after it.
    generation: u64,
    pages: BTreeMap<String, Arc<Prepared>>,
    /// What of them is a translation, and the key of its source.
    sources: BTreeMap<String, String>,
}

impl ArticlePages {
    /// Nothing is made before it is asked for. `clock` is asked when a page is.
    pub fn new(config: Arc<Config>, store: Store, renderer: Arc<Renderer>, clock: fn() -> DateTime<Utc>) -> Self {
        let archives = Archives::new(config.clone(), store.clone(), renderer.clone());
        Self { archives, config, store, renderer, clock, kept: Mutex::default() }
    }

    /// Drops the pages of articles that changed, and the archive documents that show them.
    pub fn forget<'a>(&self, keys: impl Iterator<Item = &'a String>) {
        let keys: BTreeSet<&String> = keys.collect();
        self.archives.forget(&keys);
        let mut kept = self.kept();
        kept.generation += 1;
        for key in &keys {
            kept.pages.remove(*key);
        }
        let KeptPages { pages, sources, .. } = &mut *kept;
        sources.retain(|key, source| {
            let stays = !keys.contains(source);
            if !stays {
                pages.remove(key);
            }
            stays
        });
    }

    /// Drops every page, and has every archive document made anew: something changed, and nobody says what.
    pub fn forget_all(&self) {
        self.archives.forget_all();
        let mut kept = self.kept();
        kept.generation += 1;
        kept.pages.clear();
        kept.sources.clear();
    }

    fn kept(&self) -> MutexGuard<'_, KeptPages> {
        self.kept.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
    }

    /// The article of a key, or that of which it is a translation.
    async fn find(&self, key: &str) -> Result<Option<(StoredArticle, Option<TranslationRow>)>, StoreError> {
        if let Some(article) = self.store.article(key).await? {
            return Ok(Some((article, None)));
        }
        let Some(row) = self.store.translation(key).await?.filter(|row| row.translated.is_some()) else { return Ok(None) };
        Ok(self.store.article(&row.source).await?.map(|source| (source, Some(row))))
    }

    /// What is said of an article that is not there.
    async fn withdrawn(&self, key: &str) -> Page {
        let withdrawal = async {
            // A translation goes with its source.
            let row = self.store.translation(key).await?;
            self.store.withdrawal(row.as_ref().map_or(key, |row| &row.source)).await
        };
        match withdrawal.await {
            Ok(Some(withdrawal)) => {
                let blocked_by = self.config.site.blocked_by.as_ref().map(|page| page.as_str().to_owned());
                Page::Withdrawn(Box::new(Notice {
                    html: self.renderer.withdrawn_page(&withdrawal),
                    legal: withdrawal.by == WithdrawnBy::Legal,
                    blocked_by,
                }))
            }
            Ok(None) => Page::Missing,
            Err(error) => {
                tracing::error!(key, %error, "cannot read whether an article is withdrawn");
                Page::Missing
            }
        }
    }

    /// The feeds that show an article which no public feed shows; none where one does.
    async fn for_partners(&self, key: &str, article: &StoredArticle) -> Result<Vec<String>, StoreError> {
        let own = &article.attributed.article.outlet;
        if self.config.is_outlet_public(own) {
            return Ok(Vec::new());
        }
        let mut outlets = self.store.outlets_of(&article.identity.key).await?;
        outlets.insert(own.clone());
        if outlets.iter().any(|outlet| self.config.is_outlet_public(outlet)) {
            return Ok(Vec::new());
        }
        tracing::debug!(key, "the page is for partners");
        let takes = |feed: &&Feed| feed.outlets.iter().any(|outlet| outlets.contains(outlet));
        Ok(self.config.feeds.iter().filter(takes).map(|feed| feed.id.clone()).collect())
    }

    async fn make(&self, key: &str) -> Page {
        let now = (self.clock)();
        let generation = {
            let mut kept = self.kept();
            match kept.pages.get(key) {
                Some(page) if page.conditions.expiry.is_none_or(|expiry| expiry > now) => return Page::Found(page.clone()),
                Some(_) => drop(kept.pages.remove(key)),
                None => {}
            }
            kept.generation
        };
        let (article, row) = match self.find(key).await {
            Ok(Some(found)) => found,
            Ok(None) => return self.withdrawn(key).await,
            Err(error) => {
                tracing::error!(key, %error, "cannot read an article for its page");
                return Page::Missing;
            }
        };
        // Of an outlet that left feeds.toml nobody knows any more what may be shown.
        let Some(outlet) = self.config.outlet(&article.attributed.article.outlet) else { return Page::Gone };
        // The address of a page is no secret.
        let for_partners = match self.for_partners(key, &article).await {
            Ok(feeds) => feeds,
            Err(error) => {
                tracing::error!(key, %error, "cannot read whether an article is for partners only");
                return Page::Missing;
            }
        };
        match outlet.standing(&article, now) {
            Standing::Shown => {}
            Standing::Expired(_) => return Page::Gone,
            Standing::Embargoed(_) | Standing::OtherLanguage => return Page::Missing,
        }
        let expiry = outlet.terms.expires(article.date());
        let source = row.as_ref().map(|row| row.source.clone());
        let mut article = match &row {
            None => article,
            Some(row) => {
                let made = editions::of_row(&self.config, &article, row);
                let language = made.as_ref().and_then(|made| made.attributed.article.language.as_deref());
                if !outlet.terms.relays(language) {
                    return Page::Missing;
                }
                let Some(made) = made else { return Page::Missing };
                made
            }
        };
        if let Err(error) = editions::beside_one(&self.store, &self.config, &mut article, now).await {
            tracing::error!(key, %error, "cannot read in which other languages an article is; its page names none");
        }
        let mut document = self.renderer.article(&article);
        document.conditions.expiry = expiry;
        let page = Arc::new(publish::prepare(document));
        if !for_partners.is_empty() {
            return Page::Restricted(page, for_partners);
        }
        let mut kept = self.kept();
        if kept.generation == generation {
            if kept.pages.len() >= PAGES_KEPT {
                kept.pages.clear();
                kept.sources.clear();
            }
            kept.pages.insert(key.to_owned(), page.clone());
            kept.sources.extend(source.map(|source| (key.to_owned(), source)));
        }
        Page::Found(page)
    }
}

impl Pages for ArticlePages {
    fn page(&self, key: &str) -> Pin<Box<dyn Future<Output = Page> + Send + '_>> {
        let key = key.to_owned();
        Box::pin(async move { self.make(&key).await })
    }

    fn archive(&self, feed: &str, name: &str) -> Pin<Box<dyn Future<Output = Page> + Send + '_>> {
        let (feed, name) = (feed.to_owned(), name.to_owned());
        Box::pin(async move { self.archives.page(&feed, &name, (self.clock)()).await })
    }
}
