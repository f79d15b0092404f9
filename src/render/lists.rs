//! Pages that list: the index, the page of a feed, the outlets.

use std::collections::BTreeMap;
use std::time::Duration;

use minijinja::{Value, context};

use crate::config::{Feed, Publish};
use crate::model::{Conditions, FeedFormat, PublishedDocument, StoredArticle};

use super::facts::Facts;
use super::page::{HTML, plain_page};
use super::text::{direction, language_tag, line, uri};
use super::words::Language;
use super::{Relayed, Renderer, autonym, document};

/// The feed whose articles the index shows.
const LATEST: &str = "all";

/// Articles that the index shows in full.
const SHOWN: usize = 40;

/// Articles under one name of the index.
const IN_GROUP: usize = 20;

/// Sections that the index names, those with the most articles.
const SECTIONS: usize = 30;

impl Renderer {
    /// The page about a feed: its articles and the addresses to copy, path `feeds/{id}`.
    pub fn feed_page(&self, feed: &Feed, articles: &[StoredArticle]) -> PublishedDocument {
        let context = self.feed_context(feed, articles);
        let page = self.templates.render("feed.html", &context).unwrap_or_else(|| plain_page(&line(&feed.title), ""));
        let conditions = Conditions { noindex: self.is_all_noindex(feed), ..self.conditions(feed) };
        PublishedDocument { conditions, ..document(format!("feeds/{}", feed.id), HTML, page, self.newest(articles.iter())) }
    }

    /// The index for people, path `` (empty). `latest` are the newest articles of the feed `all`.
    pub fn index(&self, feeds: &[Feed], latest: &[StoredArticle]) -> PublishedDocument {
        let context = self.index_context(feeds, latest);
        let page = self.templates.render("index.html", &context).unwrap_or_else(|| plain_page(&self.site.title, ""));
        let terms = feeds.iter().find(|feed| feed.id == LATEST).map(|feed| self.conditions(feed).terms);
        let conditions = Conditions { terms: terms.unwrap_or_default(), ..Conditions::default() };
        PublishedDocument { conditions, ..document(String::new(), HTML, page, self.newest(latest.iter())) }
    }

    pub(super) fn feed_context(&self, feed: &Feed, articles: &[StoredArticle]) -> Value {
        let words = self.words.of([Some(feed.language.as_str()), Some(&self.site.language)]);
        let title = line(&feed.title);
        let page = format!("{}feeds/{}", self.site.address, feed.id);
        context! {
            feed => self.feed_value(feed),
            articles => articles.iter().map(|article| self.listed(&self.facts(article), words)).collect::<Vec<_>>(),
            autodiscovery => vec![self.autodiscovery(&feed.id, &title)],
            ..self.frame(&title, words, language_tag(&feed.language), &page)
        }
    }

    pub(super) fn index_context(&self, feeds: &[Feed], latest: &[StoredArticle]) -> Value {
        let feeds: Vec<&Feed> = feeds.iter().filter(|feed| feed.is_public()).collect();
        let words = self.words.of([Some(self.site.language.as_str())]);
        let facts: Vec<Facts<'_>> = latest.iter().map(|article| self.facts(article)).collect();
        let listed: Vec<Value> = facts.iter().map(|facts| self.listed(facts, words)).collect();

        let mut outlets = Groups::default();
        let mut languages = Groups::default();
        let mut sections = Groups::default();
        for ((article, facts), value) in latest.iter().zip(&facts).zip(&listed) {
            let outlet = article.attributed.article.outlet.as_str();
            let (name, of_name) = self.outlets.get(outlet).map_or((outlet, None), |o| (&o.name, o.language.as_deref()));
            outlets.group(outlet, name, of_name).add(value);
            match facts.language.as_deref() {
                Some(tag) => {
                    let name = autonym::of(tag);
                    languages.group(&name, &name, Some(tag)).add(value);
                }
                None => languages.group("", words.get("not_stated"), Some(&words.tag)).add(value),
            }
            let mut named: Vec<&str> = Vec::new();
            for category in &facts.categories {
                let name = category.label.as_ref().unwrap_or(&category.term);
                if !named.contains(&name.as_str()) {
                    named.push(name);
                    sections.group(name, name, facts.language.as_deref()).add(value);
                }
            }
        }
        // Whoever looks for an outlet finds it here, also when others have been faster lately.
        for outlet in self.outlet_order.iter().filter_map(|id| self.outlets.get(id)) {
            outlets.group(&outlet.id, &outlet.name, outlet.language.as_deref()).outlet = Some(context! {
                url => outlet.homepage.as_ref().and_then(uri),
                licence => outlet.terms.licence.as_ref().and_then(uri),
                feed => feeds.iter().find(|feed| feed.id == outlet.id).map(|feed| self.feed_value(feed)),
            });
        }
        context! {
            feeds => feeds.iter().map(|feed| self.feed_value(feed)).collect::<Vec<_>>(),
            articles => listed.iter().take(SHOWN).cloned().collect::<Vec<_>>(),
            by_outlet => outlets.largest(usize::MAX),
            by_language => languages.largest(usize::MAX),
            by_section => sections.largest(SECTIONS),
            autodiscovery => feeds.iter().map(|feed| self.autodiscovery(&feed.id, &line(&feed.title))).collect::<Vec<_>>(),
            ..self.frame(&self.site.title, words, Some(&self.site.language), &self.site.address)
        }
    }

    /// The page `/outlets`: whom we relay, and on what terms.
    pub(super) fn outlets_page(&self) -> String {
        let title = self.words.of([Some(self.site.language.as_str())]).get("outlets");
        self.templates.render("outlets.html", &self.outlets_context()).unwrap_or_else(|| plain_page(title, ""))
    }

    pub(super) fn outlets_context(&self) -> Value {
        let words = self.words.of([Some(self.site.language.as_str())]);
        let outlets = self.outlet_order.iter().filter_map(|id| self.outlets.get(id)).map(|outlet| self.outlet_value(outlet));
        let page = format!("{}outlets", self.site.address);
        context! {
            outlets => outlets.collect::<Vec<_>>(),
            autodiscovery => Vec::<Value>::new(),
            ..self.frame(words.get("outlets"), words, Some(&self.site.language), &page)
        }
    }

    fn outlet_value(&self, outlet: &Relayed) -> Value {
        let words = self.words.of([Some(self.site.language.as_str())]);
        let terms = &outlet.terms;
        let feeds = self.feeds.iter().filter(|feed| feed.outlets.contains(&outlet.id));
        let languages = terms.languages.iter().map(|tag| context! { tag, name => autonym::of(tag) });
        context! {
            id => &outlet.id,
            name => &outlet.name,
            url => outlet.homepage.as_ref().and_then(uri),
            language => &outlet.language,
            tongue => outlet.language.as_deref().map(autonym::of),
            shown => words.get(match terms.publish {
                Publish::Full => "shown_full",
                Publish::Excerpt { .. } => "shown_excerpt",
                Publish::Title => "shown_title",
            }),
            pictures => terms.images,
            embargo => terms.embargo.and_then(|span| in_units(span, 3_600)),
            expire => terms.expire.and_then(|span| in_units(span, 86_400)),
            languages => languages.collect::<Vec<_>>(),
            noindex => terms.noindex,
            rights => terms.rights.as_deref().map(line),
            licence => terms.licence.as_ref().and_then(uri),
            disclaimer => terms.disclaimer.as_deref().map(line),
            feeds => feeds
                .map(|feed| context! { title => &feed.title, page => format!("{}feeds/{}", self.site.address, feed.id) })
                .collect::<Vec<_>>(),
        }
    }

    /// Atom stands for a feed in `<head>` (RSS Autodiscovery § 3: one link a feed, not one of RSS and one of Atom), and beside it JSON Feed
    /// for the readers that look for nothing else.
    pub(super) fn autodiscovery(&self, id: &str, title: &str) -> Value {
        let address = |format: FeedFormat| format!("{}feeds/{id}.{}", self.site.address, format.extension());
        context! { title, atom => address(FeedFormat::Atom), json => address(FeedFormat::Json) }
    }

    fn feed_value(&self, feed: &Feed) -> Value {
        let page = format!("{}feeds/{}", self.site.address, feed.id);
        let address = |format: FeedFormat| format!("{page}.{}", format.extension());
        // Atom first: it says the most, and every reader takes it.
        let mut formats = FeedFormat::ALL.to_vec();
        formats.sort_by_key(|format| *format != FeedFormat::Atom);
        let addresses =
            formats.into_iter().map(|format| context! { name => format_name(format.extension()), url => address(format) });
        context! {
            id => &feed.id,
            title => line(&feed.title),
            language => language_tag(&feed.language).unwrap_or(&self.site.language),
            atom => address(FeedFormat::Atom),
            rss => address(FeedFormat::Rss),
            of_outlet => self.outlets.contains_key(&feed.id),
            addresses => addresses.collect::<Vec<_>>(),
            page,
        }
    }

    /// An article in a list whose own words are `words`: its date is written as the other dates there, whatever language it is in.
    fn listed(&self, facts: &Facts<'_>, words: &Language) -> Value {
        context! {
            title => &facts.title,
            url => &facts.page,
            byline => &facts.byline,
            published => self.time(facts.published, facts.published_precision, words),
            // The list itself may be in an index.
            summary => facts.summary.as_ref().filter(|_| !facts.noindex),
            language => facts.language.as_deref().unwrap_or_default(),
            dir => direction(facts.language.as_deref()),
        }
    }
}

/// What people call a format, by its extension.
fn format_name(extension: &str) -> String {
    match extension {
        "atom" => "Atom".to_owned(),
        "json" => "JSON Feed".to_owned(),
        other => other.to_uppercase(),
    }
}

/// A span as a number of units with one decimal at most; `None` for none at all.
fn in_units(span: Duration, unit: u64) -> Option<String> {
    let tenths = (span.as_secs() * 10).div_ceil(unit);
    match (tenths / 10, tenths % 10) {
        (0, 0) => None,
        (whole, 0) => Some(whole.to_string()),
        (whole, tenth) => Some(format!("{whole}.{tenth}")),
    }
}

/// Articles under what they share, in the order they come.
#[derive(Default)]
struct Groups {
    by_key: BTreeMap<String, Group>,
}

/// Those that share one thing: its name for people and the language of that name.
struct Group {
    name: String,
    language: Option<String>,
    count: usize,
    articles: Vec<Value>,
    /// About the outlet, where that is what they share.
    outlet: Option<Value>,
}

impl Group {
    fn add(&mut self, article: &Value) {
        self.count += 1;
        if self.articles.len() < IN_GROUP {
            self.articles.push(article.clone());
        }
    }
}

impl Groups {
    /// The group under `key`, without articles when it is new.
    fn group(&mut self, key: &str, name: &str, language: Option<&str>) -> &mut Group {
        let language = || language.map(str::to_owned);
        let new = || Group { name: name.to_owned(), language: language(), count: 0, articles: Vec::new(), outlet: None };
        self.by_key.entry(key.to_owned()).or_insert_with(new)
    }

    /// The groups with the most articles, those of one size by name.
    fn largest(self, most: usize) -> Vec<Value> {
        let mut groups: Vec<Group> = self.by_key.into_values().collect();
        groups.sort_by(|a, b| (b.count, &a.name).cmp(&(a.count, &b.name)));
        groups
            .into_iter()
            .take(most)
            .map(|Group { name, language, count, articles, outlet }| {
                context! { name, language => language.unwrap_or_default(), count, articles, outlet }
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use url::Url;

    use super::super::sample;
    use super::*;
    use crate::config::Terms;

    #[test]
    fn spans_are_counted_in_units() {
        let check = |seconds: u64, unit: u64, expected: Option<&str>| {
            assert_eq!(in_units(Duration::from_secs(seconds), unit).as_deref(), expected, "{seconds}");
        };
        check(0, 3_600, None);
        check(7_200, 3_600, Some("2"));
        check(5_400, 3_600, Some("1.5"));
        // Never less than it is.
        check(1, 86_400, Some("0.1"));
        check(30 * 86_400, 86_400, Some("30"));
    }

    #[test]
    fn the_outlets_are_named_with_their_terms() {
        let mut outlets = sample::outlets();
        outlets[0].terms = Terms {
            counter: true,
            publish: Publish::Excerpt { characters: None },
            embargo: Some(Duration::from_secs(7_200)),
            expire: Some(Duration::from_secs(30 * 86_400)),
            languages: vec!["zh-Hant".to_owned(), "en".to_owned()],
            images: false,
            noindex: true,
            disclaimer: Some("只是<转载>。".to_owned()),
            rights: Some("© 南岸".to_owned()),
            licence: Url::parse("https://nanan.example/terms").ok(),
        };
        let feed = Feed { outlets: vec![outlets[0].id.clone()], ..sample::feed("all") };
        let renderer = Renderer::with(sample::site(), outlets, &[feed], None).unwrap();
        let page = renderer.outlets_page();
        for part in [
            "<h2 id=\"nanan\" lang=\"zh-Hans\">南岸新闻</h2>",
            "<dd>摘录，附全文链接、不含图片</dd>",
            "<span lang=\"zh-Hant\">繁體中文</span>、<span lang=\"en\">English</span>",
            "<dt>延后发布（小时）</dt><dd>2</dd>",
            "<dt>保留期限（天）</dt><dd>30</dd>",
            "<dd lang=\"zh-Hans\">© 南岸</dd>",
            "<a dir=\"ltr\" href=\"https://nanan.example/terms\">",
            "<dd lang=\"zh-Hans\">只是&lt;转载&gt;。</dd>",
            "<p class=\"meta\">已请搜索引擎不收录其文章</p>",
            "<a href=\"https://relay.example.net/feeds/all\">",
        ] {
            assert!(page.contains(part), "{part}\n{page}");
        }
    }

    #[test]
    fn groups_show_the_largest_first_and_not_everything() {
        let mut groups = Groups::default();
        for n in 0..30 {
            groups.group("b", "b", None).add(&Value::from(n));
        }
        groups.group("x", "c", None).add(&Value::from(1));
        groups.group("y", "a", None).add(&Value::from(2));
        let largest = groups.largest(2);
        let get = |n: usize, key: &str| largest[n].get_attr(key).unwrap().to_string();
        assert_eq!((largest.len(), get(0, "name"), get(0, "count"), get(1, "name")), (2, "b".into(), "30".into(), "a".into()));
        assert_eq!(largest[0].get_attr("articles").unwrap().len(), Some(IN_GROUP));
    }
}
