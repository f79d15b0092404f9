//! Pages for people: readable without scripts, every word of the templates in the page's language.

use chrono::{DateTime, Utc};
use minijinja::{Value, context};

use crate::config::Feed;
use crate::model::{FeedFormat, HopAction, Precision, PublishedDocument, StoredArticle};

use super::facts::Facts;
use super::text::{direction, html, language_tag, line, rfc3339, uri, writable};
use super::words::Language;
use super::{Renderer, document, json_ld, newest};

/// Version named in `generator`. Without the patch level, so that a patch release leaves the feeds' bytes alone.
pub(super) const VERSION: &str = concat!(env!("CARGO_PKG_VERSION_MAJOR"), ".", env!("CARGO_PKG_VERSION_MINOR"));

const HTML: &str = "text/html; charset=utf-8";

impl Renderer {
    /// The article page for people, path `a/{key}`.
    pub fn article(&self, article: &StoredArticle) -> PublishedDocument {
        let facts = self.facts(article);
        let body = self.body(&facts);
        let context = self.article_context(&facts, &article.attributed.article.outlet, &body);
        let page = self.templates.render("article.html", &context).filter(|page| page.contains(&body));
        let page =
            page.or_else(|| self.templates.built_in("article.html", &context)).unwrap_or_else(|| plain_page(&facts.title, &body));
        document(format!("a/{}", article.identity.key), HTML, page, writable(facts.updated))
    }

    /// The page about a feed: its articles and the addresses to copy, path `feeds/{id}`.
    pub fn feed_page(&self, feed: &Feed, articles: &[StoredArticle]) -> PublishedDocument {
        let context = self.feed_context(feed, articles);
        let page = self.templates.render("feed.html", &context).unwrap_or_else(|| plain_page(&line(&feed.title), ""));
        document(format!("feeds/{}", feed.id), HTML, page, newest(articles.iter()))
    }

    /// The index for people, path `` (empty). `latest` are the newest articles of the feed `all`.
    pub fn index(&self, feeds: &[Feed], latest: &[StoredArticle]) -> PublishedDocument {
        let context = self.index_context(feeds, latest);
        let page = self.templates.render("index.html", &context).unwrap_or_else(|| plain_page(&self.site.title, ""));
        document(String::new(), HTML, page, newest(latest.iter()))
    }

    /// Renders every page on made-up articles; the error names file, line and what is wrong.
    pub(super) fn try_pages(&self, articles: &[StoredArticle]) -> Result<(), String> {
        for article in articles {
            let facts = self.facts(article);
            let body = self.body(&facts);
            let page = self
                .templates
                .try_render("article.html", &self.article_context(&facts, &article.attributed.article.outlet, &body))?;
            if !page.contains(&body) {
                let file = self.templates.file("article.html");
                return Err(format!(
                    "{file}: drops the text with its credit and disclaimer; write {{{{ body }}}} where it belongs"
                ));
            }
        }
        let feed = Feed {
            id: "sample".to_owned(),
            title: "样本 & sample".to_owned(),
            language: self.site.language.clone(),
            outlets: Vec::new(),
            size: 50,
            keep_hours: 0,
        };
        for articles in [articles, &[]] {
            self.templates.try_render("feed.html", &self.feed_context(&feed, articles))?;
            self.templates.try_render("index.html", &self.index_context(std::slice::from_ref(&feed), articles))?;
        }
        Ok(())
    }

    fn article_context(&self, facts: &Facts<'_>, outlet: &str, body: &str) -> Value {
        let feeds =
            self.feeds.iter().filter(|feed| feed.outlets.contains(outlet)).map(|feed| self.autodiscovery(&feed.id, &feed.title));
        let same = writable(facts.updated) == writable(facts.published);
        let files = facts.files.iter().map(|file| {
            let name = file.url.rsplit('/').next().filter(|name| !name.is_empty()).unwrap_or(&file.url);
            context! { url => &file.url, name, media_type => &file.media_type, length => &file.length }
        });
        let article = context! {
            title => &facts.title,
            byline => &facts.byline,
            published => self.time(facts.published, facts.published_precision),
            updated => (!same).then(|| self.time(facts.updated, Precision::Second)),
            relayed => self.time(facts.first_seen, Precision::Second),
            source => context! { name => &facts.source.name, url => &facts.source.url },
            original => facts.original.as_ref().map(|original| {
                context! { name => &original.outlet.name, url => &original.outlet.url, language => &original.language }
            }),
            rights => &facts.rights,
            licence => &facts.licence,
            comments_url => &facts.comments_url,
            comment_count => &facts.comment_count,
            attachments => files.collect::<Vec<_>>(),
            language => &facts.language,
            content_language => facts.content_language.as_deref().unwrap_or_default(),
            page => &facts.page,
        };
        context! {
            article,
            body => Value::from_safe_string(body.to_owned()),
            canonical => canonical(facts),
            json_ld => Value::from_safe_string(json_ld::article(facts, &self.site)),
            autodiscovery => feeds.collect::<Vec<_>>(),
            ..self.frame(&facts.title, facts.words, facts.language.as_deref(), &facts.page)
        }
    }

    fn feed_context(&self, feed: &Feed, articles: &[StoredArticle]) -> Value {
        let words = self.words.of([Some(feed.language.as_str()), Some(&self.site.language)]);
        let title = line(&feed.title);
        let page = format!("{}feeds/{}", self.site.address, feed.id);
        context! {
            feed => self.feed_value(feed),
            articles => self.listed(articles),
            autodiscovery => vec![self.autodiscovery(&feed.id, &title)],
            ..self.frame(&title, words, language_tag(&feed.language), &page)
        }
    }

    fn index_context(&self, feeds: &[Feed], latest: &[StoredArticle]) -> Value {
        let words = self.words.of([Some(self.site.language.as_str())]);
        let outlets = self.outlet_order.iter().filter_map(|id| self.outlets.get(id)).map(|outlet| {
            context! {
                name => &outlet.name,
                url => outlet.homepage.as_ref().and_then(uri),
                licence => outlet.licence.as_ref().and_then(uri),
                language => &outlet.language,
            }
        });
        context! {
            feeds => feeds.iter().map(|feed| self.feed_value(feed)).collect::<Vec<_>>(),
            articles => self.listed(latest),
            outlets => outlets.collect::<Vec<_>>(),
            autodiscovery => feeds.iter().map(|feed| self.autodiscovery(&feed.id, &line(&feed.title))).collect::<Vec<_>>(),
            ..self.frame(&self.site.title, words, Some(&self.site.language), &self.site.address)
        }
    }

    /// What base.html needs.
    fn frame(&self, title: &str, words: &Language, language: Option<&str>, page: &str) -> Value {
        let site = &self.site;
        let site_words = self.words.of([Some(site.language.as_str())]);
        context! {
            site => context! {
                title => &site.title,
                url => &site.address,
                language => &site.language,
                dir => direction(Some(&site.language)),
                contact => &site.contact,
                opml => format!("{}feeds.opml", site.address),
                words => &site_words.value,
            },
            title,
            self_url => page,
            lang => language.unwrap_or_default(),
            dir => direction(language),
            words => &words.value,
            style => Value::from_safe_string(self.templates.style.clone()),
        }
    }

    /// Atom stands for a feed in `<head>` (RSS Autodiscovery § 3: one link a feed, not one a format).
    fn autodiscovery(&self, id: &str, title: &str) -> Value {
        context! { title, atom => format!("{}feeds/{id}.atom", self.site.address) }
    }

    fn feed_value(&self, feed: &Feed) -> Value {
        let page = format!("{}feeds/{}", self.site.address, feed.id);
        context! {
            id => &feed.id,
            title => line(&feed.title),
            language => language_tag(&feed.language).unwrap_or(&self.site.language),
            atom => format!("{page}.{}", FeedFormat::Atom.extension()),
            rss => format!("{page}.{}", FeedFormat::Rss.extension()),
            page,
        }
    }

    fn listed(&self, articles: &[StoredArticle]) -> Vec<Value> {
        let listed = articles.iter().map(|article| {
            let facts = self.facts(article);
            context! {
                title => &facts.title,
                url => &facts.page,
                byline => &facts.byline,
                published => self.time(facts.published, facts.published_precision),
                summary => &facts.summary,
                language => facts.language.as_deref().unwrap_or_default(),
                dir => direction(facts.language.as_deref()),
            }
        });
        listed.collect()
    }

    /// A time for people, in the site's zone and no more exact than it is known, and for machines.
    fn time(&self, at: DateTime<Utc>, precision: Precision) -> Value {
        let format = match precision {
            Precision::Month => "%Y-%m",
            Precision::Day => "%Y-%m-%d",
            Precision::Second | Precision::Minute | Precision::Hour => "%Y-%m-%d %H:%M",
        };
        let local = writable(at).with_timezone(&self.site.time_zone);
        context! { iso => rfc3339(at), text => local.format(format).to_string() }
    }
}

/// Preferred address of the same text (RFC 6596): the page of whoever made the text what it is, where that is another's. Never from a
/// translation to what it was translated from, which is not the same text.
pub(super) fn canonical<'a>(facts: &'a Facts<'_>) -> Option<&'a str> {
    let canonical = facts.responsible.url.as_deref()?;
    let translated_from = facts.translation.as_ref().and_then(|translation| translation.source.as_deref());
    let original = facts.translation.as_ref().and(facts.original.as_ref()).and_then(|original| original.outlet.url.as_deref());
    let is_page = facts.hops.iter().any(|hop| hop.action != HopAction::Reposted && hop.party.url.as_deref() == Some(canonical))
        || facts.source.url.as_deref() == Some(canonical)
        || facts.original.as_ref().is_some_and(|original| original.outlet.url.as_deref() == Some(canonical));
    Some(canonical).filter(|url| is_page && Some(*url) != translated_from && Some(*url) != original)
}

/// The last resort: a page without template still carries its credit.
fn plain_page(title: &str, body: &str) -> String {
    format!("<!doctype html>\n<meta charset=\"utf-8\">\n<title>{0}</title>\n<h1>{0}</h1>\n{body}\n", html(title))
}
