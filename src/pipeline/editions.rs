//! One article in several languages: what a feed that asks for one shows, and how the editions of an article name each other.
//!
//! Two articles are editions of one work when they have the same original and another language each. What a person translated and an outlet of ours
//! published goes before anything that an engine would make.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use chrono::{DateTime, Utc};

use super::window::{Shown, window};
use super::{language, select, translate};
use crate::config::{Bilingual, Config, Feed, Pending, Standing, Target};
use crate::model::{AttributedArticle, Awaited, Beside, Edition, StoredArticle, TranslationKind, Verdict, Withdrawal};
use crate::normalize::story::same_page;
use crate::store::{Form, Store, StoreError, TranslationRow, Wanted};

/// What a feed shows at some time, in the language it asks for and with the editions of every article.
///
/// # Errors
/// The store did not answer.
pub async fn shown(store: &Store, config: &Config, feed: &Feed, now: DateTime<Utc>) -> Result<Shown, StoreError> {
    let sources = window(store, config, feed, now).await?;
    dressed(store, config, feed, sources, now).await
}

/// The form that a feed asks for.
pub(super) fn form(target: &Target) -> Form {
    match target.bilingual {
        Bilingual::No => Form::Alone,
        Bilingual::Title => Form::Title,
        Bilingual::Paragraphs => Form::Paragraphs,
    }
}

/// Whether an engine is to make something of an article, as far as can be told without one: it is in another language, that language is known, and
/// its outlet lets us have it in the one that is asked for.
pub(super) fn is_wanted(config: &Config, source: &StoredArticle, target: &Target) -> bool {
    let article = &source.attributed.article;
    let Some(outlet) = config.outlet(&article.outlet) else { return false };
    let own = article.language.as_deref().or(outlet.language.as_deref());
    outlet.terms.relays(Some(&target.to)) && own.is_some_and(|own| !language::is_already(own, &target.to))
}

/// Those of `sources` in the language that the feed asks for, and what is said beside each.
pub(super) async fn dressed(
    store: &Store,
    config: &Config,
    feed: &Feed,
    mut sources: Shown,
    now: DateTime<Utc>,
) -> Result<Shown, StoreError> {
    let siblings = Siblings::of(store, config, sources.articles.iter().map(|article| &article.attributed), now).await?;
    if let Some(target) = &feed.translate {
        let keys: Vec<&str> = sources.articles.iter().map(|article| article.identity.key.as_str()).collect();
        let mut rows = store.translations(&keys, &target.to, form(target)).await?;
        let mut articles = Vec::with_capacity(sources.articles.len());
        let mut expiry = sources.expiry;
        for source in sources.articles {
            if !is_wanted(config, &source, target) {
                articles.push(source);
            } else if let Some(human) = siblings.human(config, feed, &source, &target.to) {
                let outlet = config.outlet(&human.attributed.article.outlet);
                expiry = expiry.into_iter().chain(outlet.and_then(|outlet| outlet.terms.expires(human.date()))).min();
                articles.push(human.clone());
            } else {
                let row = rows.remove(&source.identity.key);
                articles.extend(edition(config, source, row, target));
            }
        }
        // A translation that came by itself is there already.
        let mut seen = HashSet::new();
        articles.retain(|article| seen.insert(article.identity.key.clone()));
        articles.sort_by(|a, b| b.date().cmp(&a.date()).then_with(|| a.identity.key.cmp(&b.identity.key)));
        sources = Shown { articles, release: sources.release, expiry };
    }
    name_editions(store, config, &siblings, &mut sources.articles).await?;
    Ok(sources)
}

/// What stands for an article in a feed that asks for another language.
fn edition(config: &Config, source: StoredArticle, row: Option<TranslationRow>, target: &Target) -> Option<StoredArticle> {
    let version = translate::version(config, &source);
    if row.as_ref().is_some_and(|row| row.is_same(&version)) {
        return Some(source);
    }
    if let Some(mut made) = row.as_ref().and_then(|row| row.article(&source)) {
        if row.is_some_and(|row| row.is_outdated(&version)) {
            made.beside.awaited = Some(Awaited::Outdated);
        }
        return Some(made);
    }
    match target.pending {
        Pending::Wait => None,
        Pending::Original => {
            let beside = Beside { awaited: Some(Awaited::Untranslated(target.to.clone())), ..source.beside };
            Some(StoredArticle { beside, ..source })
        }
    }
}

/// The page of a translation, as it is at its source; the source and its standing are the caller's to look at.
pub(super) fn of_row(config: &Config, source: &StoredArticle, row: &TranslationRow) -> Option<StoredArticle> {
    let mut made = row.article(source)?;
    if row.is_outdated(&translate::version(config, source)) {
        made.beside.awaited = Some(Awaited::Outdated);
    }
    Some(made)
}

/// Puts its editions beside one article.
pub(super) async fn beside_one(
    store: &Store,
    config: &Config,
    article: &mut StoredArticle,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let siblings = Siblings::of(store, config, [&article.attributed], now).await?;
    name_editions(store, config, &siblings, std::slice::from_mut(article)).await
}

async fn name_editions(
    store: &Store,
    config: &Config,
    siblings: &Siblings,
    articles: &mut [StoredArticle],
) -> Result<(), StoreError> {
    // Key of the article that stands for each: what an engine made belongs to its source.
    let mut keys: BTreeSet<String> = BTreeSet::new();
    for article in articles.iter() {
        keys.insert(article.beside.source.clone().unwrap_or_else(|| article.identity.key.clone()));
        keys.extend(siblings.of_work(&article.attributed).map(|sibling| sibling.identity.key.clone()));
    }
    let keys: Vec<&str> = keys.iter().map(String::as_str).collect();
    let mut made = store.editions(&keys).await?;
    // A language that no feed asks for any more goes out of date.
    let asked: BTreeSet<&str> =
        config.feeds.iter().filter_map(|feed| feed.translate.as_ref()).map(|target| target.to.as_str()).collect();
    made.values_mut().for_each(|editions| editions.retain(|edition| asked.contains(edition.language.as_str())));
    if made.values().all(Vec::is_empty) && siblings.is_empty() {
        return Ok(());
    }
    for article in articles.iter_mut() {
        let source = article.beside.source.clone();
        let mut editions: Vec<Edition> = Vec::new();
        let of_work: Vec<&StoredArticle> = siblings.of_work(&article.attributed).collect();
        for sibling in &of_work {
            editions.extend(as_edition(sibling));
        }
        let outlet = |key: &str| {
            let sibling = of_work.iter().find(|sibling| sibling.identity.key == key);
            sibling.map_or(article.attributed.article.outlet.as_str(), |sibling| sibling.attributed.article.outlet.as_str())
        };
        let own = source.as_deref().unwrap_or(&article.identity.key);
        let of = of_work.iter().map(|sibling| sibling.identity.key.as_str()).chain([own]);
        for key in of.collect::<BTreeSet<&str>>() {
            let relays = |edition: &&Edition| {
                config.outlet(outlet(key)).is_some_and(|outlet| outlet.terms.relays(Some(&edition.language)))
            };
            editions.extend(made.get(key).into_iter().flatten().filter(relays).cloned());
        }
        if let Some(source) = &source
            && !editions.iter().any(|edition| edition.key == *source)
            && let Some(stored) = store.article(source).await?
        {
            editions.extend(as_edition(&stored));
        }
        editions.retain(|edition| edition.key != article.identity.key);
        // What a person made stands for its language.
        let rank = |edition: &Edition| match edition.kind {
            None => 0,
            Some(TranslationKind::Human) => 1,
            Some(_) => 2,
        };
        editions.sort_by(|a, b| (&a.language, rank(a), &a.key).cmp(&(&b.language, rank(b), &b.key)));
        editions.dedup_by(|a, b| a.language == b.language);
        let own = article.attributed.article.language.as_deref();
        editions.retain(|edition| Some(edition.language.as_str()) != own);
        article.beside.editions = editions;
    }
    Ok(())
}

fn as_edition(article: &StoredArticle) -> Option<Edition> {
    Some(Edition {
        key: article.identity.key.clone(),
        id: article.identity.id.clone(),
        language: article.attributed.article.language.clone()?,
        title: article.attributed.article.title.clone(),
        kind: article.attributed.provenance.translation.as_ref().map(|translation| translation.kind),
    })
}

/// The page of the original of an article: its own where it is one. The same for all editions of a work.
fn work(attributed: &AttributedArticle) -> Option<String> {
    let AttributedArticle { article, provenance } = attributed;
    let original = provenance.original.as_ref().and_then(|original| original.outlet.url.as_ref());
    let translated = provenance.translation.as_ref().and_then(|translation| translation.source.as_ref());
    match (original, &provenance.translation) {
        (Some(original), _) => same_page(original),
        (None, Some(_)) => translated.and_then(same_page),
        (None, None) => article.url.as_ref().and_then(same_page),
    }
}

/// What outlets published of the works of some articles, each shown at some time.
#[derive(Debug, Default)]
struct Siblings {
    by_work: BTreeMap<String, Vec<StoredArticle>>,
}

impl Siblings {
    async fn of<'a>(
        store: &Store,
        config: &Config,
        articles: impl IntoIterator<Item = &'a AttributedArticle>,
        now: DateTime<Utc>,
    ) -> Result<Self, StoreError> {
        let mut works: BTreeSet<String> = BTreeSet::new();
        let outlets = config.outlets.iter().filter_map(|outlet| outlet.language.as_deref());
        let targets = config.feeds.iter().filter_map(|feed| feed.translate.as_ref()).map(|target| target.to.as_str());
        let mut languages: BTreeSet<&str> = outlets.chain(targets).collect();
        for attributed in articles {
            works.extend(work(attributed));
            let provenance = &attributed.provenance;
            languages.extend(attributed.article.language.as_deref());
            languages.extend(provenance.original.as_ref().and_then(|original| original.language.as_deref()));
            languages.extend(provenance.translation.as_ref().and_then(|translation| translation.from.as_deref()));
        }
        let works: Vec<String> = works.into_iter().collect();
        let languages: Vec<&str> = languages.into_iter().collect();
        let mut by_work = store.at_addresses(&works, &languages).await?;
        let is_shown = |article: &StoredArticle| {
            let outlet = config.outlet(&article.attributed.article.outlet);
            outlet.is_some_and(|outlet| outlet.standing(article, now) == Standing::Shown)
        };
        for (address, found) in &mut by_work {
            found.retain(|article| is_shown(article) && work(&article.attributed).as_ref() == Some(address));
        }
        by_work.retain(|_, found| found.len() > 1);
        Ok(Self { by_work })
    }

    fn is_empty(&self) -> bool {
        self.by_work.is_empty()
    }

    fn of_work(&self, attributed: &AttributedArticle) -> impl Iterator<Item = &StoredArticle> {
        let found = if self.is_empty() { None } else { work(attributed).and_then(|work| self.by_work.get(&work)) };
        found.into_iter().flatten()
    }

    /// The newest edition in a language that is no engine's work and that the feed takes.
    fn human(&self, config: &Config, feed: &Feed, source: &StoredArticle, to: &str) -> Option<&StoredArticle> {
        self.of_work(&source.attributed).find(|other| {
            let article = &other.attributed.article;
            let is_human =
                other.attributed.provenance.translation.as_ref().is_none_or(|made| made.kind == TranslationKind::Human);
            let fits = article.language.as_deref().is_some_and(|own| language::is_already(own, to));
            let taken =
                config.outlet(&article.outlet).is_some_and(|outlet| select::takes(&feed.selection, &other.attributed, outlet));
            other.identity.key != source.identity.key && is_human && fits && taken
        })
    }
}

/// Whether the feed has an article in its language by a person's hand, so that no engine is asked.
pub(super) async fn has_human(
    store: &Store,
    config: &Config,
    feed: &Feed,
    sources: &[StoredArticle],
    to: &str,
    now: DateTime<Utc>,
) -> Result<BTreeSet<String>, StoreError> {
    let siblings = Siblings::of(store, config, sources.iter().map(|source| &source.attributed), now).await?;
    let with = sources.iter().filter(|source| siblings.human(config, feed, source, to).is_some());
    Ok(with.map(|source| source.identity.key.clone()).collect())
}

/// The published articles that new ones are editions of: keys, and the outlets whose feeds show them.
pub(super) async fn related(
    store: &Store,
    config: &Config,
    verdicts: &[Verdict],
    now: DateTime<Utc>,
) -> Result<(BTreeSet<String>, BTreeSet<String>), StoreError> {
    let ready = verdicts.iter().filter_map(|verdict| match verdict {
        Verdict::Ready(ready) => Some(&**ready),
        Verdict::Held { .. } => None,
    });
    let siblings = Siblings::of(store, config, ready, now).await?;
    let found = || siblings.by_work.values().flatten();
    let keys = found().map(|article| article.identity.key.clone()).collect();
    Ok((keys, found().map(|article| article.attributed.article.outlet.clone()).collect()))
}

/// What a feed tells of withdrawn articles under the ids that it has shown.
pub(super) async fn tombstones(
    store: &Store,
    feed: &Feed,
    mut withdrawn: Vec<Withdrawal>,
) -> Result<Vec<Withdrawal>, StoreError> {
    let Some(target) = feed.translate.as_ref().filter(|_| !withdrawn.is_empty()) else { return Ok(withdrawn) };
    let keys: Vec<&str> = withdrawn.iter().map(|withdrawal| withdrawal.key.as_str()).collect();
    let rows = store.translations(&keys, &target.to, form(target)).await?;
    for withdrawal in &mut withdrawn {
        let wanted = Wanted { source: &withdrawal.key, language: &target.to, form: form(target) };
        debug_assert!(rows.get(&withdrawal.key).is_none_or(|row| row.identity.key == wanted.key()));
        if let Some(row) = rows.get(&withdrawal.key)
            && let Some(made) = &row.translated
        {
            withdrawal.id.clone_from(&row.identity.id);
            withdrawal.title.clone_from(&made.article.title);
            withdrawal.key.clone_from(&row.identity.key);
        }
    }
    Ok(withdrawn)
}
