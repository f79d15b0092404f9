//! What a feed shows at some time, and how long that holds: the window of the store, as far as the outlets' terms let it be seen.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};

use super::select;
use crate::config::{Config, Feed, Outlet, Selection, Standing};
use crate::model::{Conditions, StoredArticle};
use crate::store::{Store, StoreError, Window};

/// A feed never holds more articles than this, whatever its `keep_hours` asks for.
const CEILING: usize = 2_000;

/// How many of the newest articles are looked through for some that may be shown and that the feed's selection takes: what is older is not found,
/// however few there are.
const DEEPEST: usize = 4 * CEILING;

/// The articles of a feed at some time.
#[derive(Debug, Default)]
pub struct Shown {
    /// Newest first.
    pub articles: Vec<StoredArticle>,
    /// When the next embargo ends.
    pub release: Option<DateTime<Utc>>,
    /// When the first of the articles expires.
    pub expiry: Option<DateTime<Utc>>,
}

impl Shown {
    /// The conditions of a document that shows these.
    pub fn conditions(&self, made: Conditions) -> Conditions {
        Conditions { release: self.release, expiry: self.expiry, ..made }
    }
}

/// Judges articles by the selection of the feed and the terms of their outlets, and notes when its judgement will be another.
struct Gate<'a> {
    selection: &'a Selection,
    /// Every outlet: of a story that several sent, the copy that is shown may be that of one that the feed does not name. Its terms hold.
    outlets: BTreeMap<&'a str, &'a Outlet>,
    /// Those the feed names.
    named: BTreeSet<&'a str>,
    now: DateTime<Utc>,
    release: Option<DateTime<Utc>>,
    expiry: Option<DateTime<Utc>>,
}

impl<'a> Gate<'a> {
    fn new(config: &'a Config, feed: &'a Feed, now: DateTime<Utc>) -> Self {
        let taken: BTreeSet<&str> = feed.outlets.iter().map(String::as_str).collect();
        let outlets: BTreeMap<&str, &Outlet> = config.outlets.iter().map(|outlet| (outlet.id.as_str(), outlet)).collect();
        let named = outlets.keys().copied().filter(|id| taken.contains(id)).collect();
        Self { selection: &feed.selection, outlets, named, now, release: None, expiry: None }
    }

    fn named(&self) -> impl Iterator<Item = &'a Outlet> {
        self.named.iter().filter_map(|id| self.outlets.get(id).copied())
    }

    fn is_open(&self) -> bool {
        self.selection.is_open() && self.named().all(|outlet| outlet.terms.is_open())
    }

    fn outlet(&self, article: &StoredArticle) -> Option<&'a Outlet> {
        self.outlets.get(article.attributed.article.outlet.as_str()).copied()
    }

    fn admits(&mut self, article: &StoredArticle) -> bool {
        let Some(outlet) = self.outlet(article) else { return false };
        if !select::takes(self.selection, &article.attributed, outlet) {
            return false;
        }
        match outlet.standing(article, self.now) {
            Standing::Shown => {
                self.expiry = self.expiry.into_iter().chain(outlet.terms.expires(article.date())).min();
                true
            }
            Standing::Embargoed(until) => {
                self.release = self.release.into_iter().chain([until]).min();
                false
            }
            Standing::Expired(_) | Standing::OtherLanguage => false,
        }
    }

    /// When it could first be seen: it came, and nothing kept it back any more.
    fn arrival(&self, article: &StoredArticle) -> DateTime<Utc> {
        let released = self.outlet(article).map(|outlet| outlet.terms.released(article.date()));
        released.into_iter().chain([article.identity.first_seen]).max().unwrap_or_default()
    }

    fn shows(self, articles: Vec<StoredArticle>) -> Shown {
        Shown { articles, release: self.release, expiry: self.expiry }
    }
}

/// Those of `articles`, in their order, that a feed may show at some time.
pub(super) fn admitted(config: &Config, feed: &Feed, mut articles: Vec<StoredArticle>, now: DateTime<Utc>) -> Shown {
    let mut gate = Gate::new(config, feed, now);
    articles.retain(|article| gate.admits(article));
    gate.shows(articles)
}

/// The articles of a feed: the newest `size`, and whatever else arrived within `keep_hours` before the newest of them did. Counted from the data, so
/// that the same store gives the same feed at any time at which the same articles may be shown.
///
/// # Errors
/// The store did not answer.
pub async fn window(store: &Store, config: &Config, feed: &Feed, now: DateTime<Utc>) -> Result<Shown, StoreError> {
    let mut gate = Gate::new(config, feed, now);
    let outlets = &feed.outlets;
    let ceiling = CEILING.max(feed.size);
    let kept = TimeDelta::hours(i64::from(feed.keep_hours));
    if gate.is_open() {
        let newest = Window { outlets, size: 1, since: DateTime::<Utc>::MAX_UTC, ceiling: 1 };
        let Some(newest) = store.window(&newest).await?.pop() else { return Ok(Shown::default()) };
        let since = newest.identity.first_seen - kept;
        let mut articles = store.window(&Window { outlets, size: feed.size, since, ceiling }).await?;
        // A date in the future is an embargo that was accepted on earlier terms.
        articles.retain(|article| gate.admits(article));
        return Ok(gate.shows(articles));
    }

    // Slab by slab, each three times as long as all before it, and only what may be shown is kept of them.
    let mut articles: Vec<StoredArticle> = Vec::new();
    let mut looked: HashSet<String> = HashSet::new();
    let (mut depth, mut step) = (0, feed.size.max(1));
    while step > 0 && articles.len() < feed.size {
        let slab = store.newest(outlets, depth, step).await?;
        let is_last = slab.len() < step;
        // What came in between two slabs pushes articles from the one into the other.
        let fresh = slab.into_iter().filter(|article| looked.insert(article.identity.key.clone()));
        articles.extend(fresh.filter(|article| gate.admits(article)));
        depth += step;
        step = if is_last { 0 } else { depth.saturating_mul(3).min(DEEPEST.saturating_sub(depth)) };
    }
    articles.sort_by(|a, b| b.date().cmp(&a.date()).then_with(|| a.identity.key.cmp(&b.identity.key)));
    articles.truncate(feed.size);
    let Some(newest) = articles.first() else { return Ok(gate.shows(articles)) };
    let since = gate.arrival(newest) - kept;
    // What was kept back arrives later than it was first seen.
    let longest = gate.named().filter_map(|outlet| outlet.terms.embargo).max().unwrap_or(Duration::ZERO);
    let reach = since - TimeDelta::from_std(longest).unwrap_or_default();
    let mut recent = store.window(&Window { outlets, size: 0, since: reach, ceiling }).await?;
    let there: BTreeSet<&str> = articles.iter().map(|article| article.identity.key.as_str()).collect();
    recent.retain(|article| {
        !there.contains(article.identity.key.as_str()) && gate.arrival(article) >= since && gate.admits(article)
    });
    recent.sort_by(|a, b| gate.arrival(b).cmp(&gate.arrival(a)).then_with(|| a.identity.key.cmp(&b.identity.key)));
    recent.truncate(ceiling.saturating_sub(articles.len()));
    articles.append(&mut recent);
    articles.sort_by(|a, b| b.date().cmp(&a.date()).then_with(|| a.identity.key.cmp(&b.identity.key)));
    Ok(gate.shows(articles))
}

#[cfg(test)]
mod tests {
    use url::Url;

    use super::*;
    use crate::config;
    use crate::model::{Article, Html, Marks, PollState, Precision, Timestamp, Verdict};

    const START: i64 = 1_780_000_000;

    fn at(minutes: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(START + 60 * minutes, 0).unwrap()
    }

    fn ready(outlet: &str, name: &str, published: i64, language: &str, embargoed_until: Option<i64>) -> Verdict {
        let article = Article {
            marks: Marks { guid: Some(name.to_owned()), ..Marks::default() },
            language: Some(language.to_owned()),
            published: Some(Timestamp { at: at(published), precision: Precision::Second }),
            embargoed_until: embargoed_until.map(at),
            body: Html::from_sanitized("<p>x</p>".to_owned()),
            ..Article::made(outlet, name, name)
        };
        Verdict::Ready(Box::new(article.attributed(outlet, Vec::new())))
    }

    struct Scene {
        store: Store,
        config: Config,
        _folder: tempfile::TempDir,
    }

    impl Scene {
        /// Outlets `a` and `b`; `terms` are those of `a`.
        async fn new(terms: &str) -> Self {
            let folder = tempfile::tempdir().unwrap();
            let store = Store::open(&folder.path().join("store.db"), "relay.example,2026").await.unwrap();
            Self { store, config: Self::config(terms), _folder: folder }
        }

        fn config(terms: &str) -> Config {
            let outlet =
                |id: &str| format!("[[outlet]]\nid = \"{id}\"\nname = \"{id}\"\nfeed = \"https://{id}.example.com/rss\"\n");
            let text = format!(
                "[site]\ntitle = \"t\"\nurl = \"https://relay.example\"\n{}{}[outlet.terms]\n{terms}\n[[feed]]\nid = \"all\"\nsize = 2\nkeep_hours = 1\n",
                outlet("b"),
                outlet("a")
            );
            config::parse("feeds.toml", &text).unwrap()
        }

        async fn record(&self, verdicts: &[Verdict], seen: i64) {
            let state = PollState::new("a", Url::parse("https://a.example/rss").unwrap(), at(seen));
            self.store.record(&state, verdicts, at(seen)).await.unwrap();
        }

        async fn check(&self, now: i64, expected: &[&str], release: Option<i64>, expiry: Option<i64>) {
            let feed = self.config.feed("all").unwrap();
            let shown = window(&self.store, &self.config, feed, at(now)).await.unwrap();
            let titles: Vec<&str> = shown.articles.iter().map(|article| article.attributed.article.title.as_str()).collect();
            assert_eq!((titles.as_slice(), shown.release, shown.expiry), (expected, release.map(at), expiry.map(at)), "at {now}");
        }
    }

    #[tokio::test]
    async fn embargoes_end_and_say_when() {
        let scene = Scene::new("embargo = \"10m\"").await;
        scene.record(&[ready("a", "a1", 0, "en", None), ready("b", "b1", 1, "en", None)], 2).await;
        scene.record(&[ready("a", "a5", 5, "en", None), ready("a", "a6", 6, "en", None)], 6).await;
        scene.check(7, &["b1"], Some(10), None).await;
        scene.check(10, &["b1", "a1"], Some(15), None).await;
        // What was kept back arrives when it is let go: it stays beyond `size` for an hour from then.
        scene.check(16, &["a6", "a5"], None, None).await;
        scene.record(&[ready("b", "b70", 70, "en", None), ready("b", "b71", 71, "en", None)], 71).await;
        scene.check(72, &["b71", "b70", "a6", "a5"], None, None).await;
        scene.record(&[ready("b", "b76", 76, "en", None)], 76).await;
        scene.check(77, &["b76", "b71", "b70", "a6"], None, None).await;
    }

    #[tokio::test]
    async fn articles_expire_and_say_when() {
        let scene = Scene::new("expire = \"30m\"").await;
        scene
            .record(&[ready("a", "a1", 1, "en", None), ready("a", "a2", 2, "en", None), ready("b", "b0", 0, "en", None)], 3)
            .await;
        scene.check(4, &["a2", "a1"], None, Some(31)).await;
        scene.check(31, &["a2", "b0"], None, Some(32)).await;
        scene.check(32, &["b0"], None, None).await;
    }

    #[tokio::test]
    async fn room_is_filled_from_below_what_is_not_shown() {
        let scene = Scene::new("languages = [\"en\"]").await;
        let mut verdicts: Vec<Verdict> = (20..70).map(|n| ready("a", &format!("zh{n}"), n, "zh-Hans", None)).collect();
        verdicts.extend((1..4).map(|n| ready("a", &format!("en{n}"), n, "en", None)));
        scene.record(&verdicts, 80).await;
        scene.check(81, &["en3", "en2"], None, None).await;
    }

    #[tokio::test]
    async fn an_embargo_of_the_outlet_can_be_moved_and_lasts_when_terms_change() {
        let mut scene = Scene::new("embargo = \"0s\"").await;
        scene.record(&[ready("a", "old", 0, "en", None)], 1).await;
        scene.record(&[ready("a", "news", 50, "en", Some(50))], 2).await;
        scene.check(3, &["old"], Some(50), None).await;
        scene.config = Scene::config("");
        scene.check(3, &["old"], Some(50), None).await;
        // Later, then sooner than first said; the article itself is the same.
        for (seen, until) in [(4, 90), (5, 40)] {
            let state = PollState::new("a", Url::parse("https://a.example/rss").unwrap(), at(seen));
            let moved = [ready("a", "news", until, "en", Some(until))];
            let change = scene.store.record(&state, &moved, at(seen)).await.unwrap();
            assert_eq!((change.changed.len(), change.unchanged), (1, 0));
            assert_eq!(
                scene.store.record(&state, &moved, at(seen)).await.unwrap().changed.len(),
                0,
                "the same again is no change"
            );
            scene.check(6, &["old"], Some(until), None).await;
        }
        scene.check(40, &["news", "old"], None, None).await;
        // Once it is out, its date stays.
        let after = ready("a", "news", 40, "en", None);
        let Verdict::Ready(mut edited) = after else { unreachable!() };
        edited.article.title = "news!".to_owned();
        scene.record(&[Verdict::Ready(edited)], 60).await;
        let article =
            scene.store.window(&Window { outlets: &["a".to_owned()], size: 1, since: at(99), ceiling: 1 }).await.unwrap();
        assert_eq!(
            (article[0].attributed.article.title.as_str(), article[0].date(), article[0].identity.revision),
            ("news!", at(40), 2)
        );
    }
}
