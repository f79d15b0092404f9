//! Pages for people: readable without scripts, every word of the templates in the page's language.

use minijinja::{Value, context};

use crate::config::Feed;
use crate::model::{Conditions, HopAction, Precision, PublishedDocument, StoredArticle};

use super::facts::{Facts, FileFacts};
use super::page_body::for_page;
use super::text::{direction, html, writable};
use super::words::Language;
use super::{Renderer, autonym, document, json_ld, site};

/// Version named in `generator`. Without the patch level, so that a patch release leaves the feeds' bytes alone.
pub(super) const VERSION: &str = concat!(env!("CARGO_PKG_VERSION_MAJOR"), ".", env!("CARGO_PKG_VERSION_MINOR"));

/// `Content-Type` of pages.
pub(super) const HTML: &str = "text/html; charset=utf-8";

impl Renderer {
    /// The article page for people, path `a/{key}`.
    pub fn article(&self, article: &StoredArticle) -> PublishedDocument {
        let facts = self.facts(article);
        let body = for_page(&self.body(&facts), &facts.images);
        let context = self.article_context(&facts, &article.attributed.article.outlet, &body);
        let page = self.templates.render("article.html", &context).filter(|page| page.contains(&body));
        let page =
            page.or_else(|| self.templates.built_in("article.html", &context)).unwrap_or_else(|| plain_page(&facts.title, &body));
        let conditions = Conditions { noindex: facts.noindex, ..Conditions::default() };
        let path = format!("a/{}", article.identity.key);
        PublishedDocument { conditions, ..document(path, HTML, page, self.changed(article)) }
    }

    /// Renders every page on made-up articles; the error names file, line and what is wrong.
    pub(super) fn try_pages(&self, articles: &[StoredArticle]) -> Result<(), String> {
        for article in articles {
            let facts = self.facts(article);
            let body = for_page(&self.body(&facts), &facts.images);
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
            title_prefix: None,
            selection: crate::config::Selection::default(),
            translate: None,
            access: crate::config::Access::Public,
        };
        for articles in [articles, &[]] {
            self.templates.try_render("feed.html", &self.feed_context(&feed, articles))?;
            self.templates.try_render("index.html", &self.index_context(std::slice::from_ref(&feed), articles))?;
        }
        self.try_site_pages()
    }

    fn article_context(&self, facts: &Facts<'_>, outlet: &str, body: &str) -> Value {
        let feeds =
            self.feeds.iter().filter(|feed| feed.outlets.contains(outlet)).map(|feed| self.autodiscovery(&feed.id, &feed.title));
        let same = writable(facts.updated) == writable(facts.published);
        // A picture that the text shows is no attachment to people, whatever an outlet encloses for programs.
        let shown = |file: &&FileFacts| body.contains(&format!(" src=\"{}\"", html(&file.url)));
        let files = facts.files.iter().filter(|file| !shown(file)).map(|file| {
            let name = file.url.rsplit('/').next().filter(|name| !name.is_empty()).unwrap_or(&file.url);
            context! { url => &file.url, name, media_type => &file.media_type, length => &file.length }
        });
        let article = context! {
            title => &facts.title,
            byline => &facts.byline,
            published => self.time(facts.published, facts.published_precision, facts.words),
            updated => (!same).then(|| self.time(facts.updated, Precision::Second, facts.words)),
            relayed => self.time(facts.first_seen, Precision::Second, facts.words),
            source => context! { name => &facts.source.name, url => &facts.source.url },
            original => facts.original.as_ref().map(|original| {
                context! { name => &original.outlet.name, url => &original.outlet.url, language => &original.language,
                    tongue => original.language.as_deref().map(autonym::of) }
            }),
            sections => facts.categories.iter().map(|c| c.label.as_ref().unwrap_or(&c.term).clone()).collect::<Vec<_>>(),
            rights => &facts.rights,
            licence => &facts.licence,
            comments_url => &facts.comments_url,
            comment_count => &facts.comment_count,
            attachments => files.collect::<Vec<_>>(),
            language => &facts.language,
            content_language => facts.content_language.as_deref().unwrap_or_default(),
            page => &facts.page,
            editions => facts.editions.iter().map(|edition| {
                context! { language => &edition.language, tongue => autonym::of(&edition.language), url => &edition.page,
                    title => &edition.title }
            }).collect::<Vec<_>>(),
        };
        context! {
            article,
            body => Value::from_safe_string(body.to_owned()),
            // One or the other: a page that is to be left out prefers no other address (standards digest § 8).
            canonical => canonical(facts).filter(|_| !facts.noindex),
            robots => facts.noindex.then_some("noindex"),
            json_ld => Value::from_safe_string(json_ld::article(facts, &self.site)),
            // The licence is the rightsholder's to give, for the text at its own address.
            rsl_script => rightsholder(facts).map(|url| Value::from_safe_string(site::licence(url))),
            words_lang => &facts.words.tag,
            words_dir => direction(Some(&facts.words.tag)),
            autodiscovery => feeds.collect::<Vec<_>>(),
            ..self.frame(&facts.title, facts.words, facts.language.as_deref(), &facts.page)
        }
    }

    /// What base.html needs.
    pub(super) fn frame(&self, title: &str, words: &Language, language: Option<&str>, page: &str) -> Value {
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
                outlets => format!("{}outlets", site.address),
                words => &site_words.value,
            },
            title,
            self_url => page,
            lang => language.unwrap_or_default(),
            dir => direction(language),
            words => &words.value,
            stylesheet => self.stylesheet(),
            rsl => self.rsl_address(),
            autodiscovery => Vec::<Value>::new(),
        }
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

/// Where the text is at whoever has the rights in it, as far as we know.
fn rightsholder<'a>(facts: &'a Facts<'_>) -> Option<&'a str> {
    let original = facts.original.as_ref().and_then(|original| original.outlet.url.as_deref());
    canonical(facts).or(original).or(facts.source.url.as_deref())
}

/// The last resort: a page without template still carries its credit.
pub(super) fn plain_page(title: &str, body: &str) -> String {
    format!("<!doctype html>\n<meta charset=\"utf-8\">\n<title>{0}</title>\n<h1>{0}</h1>\n{body}\n", html(title))
}

#[cfg(test)]
mod tests {
    use url::Url;

    use super::super::sample::{self, Sample, renderer};
    use super::*;
    use crate::model::{Html, Timestamp, TranslationKind};

    fn text(document: &PublishedDocument) -> &str {
        std::str::from_utf8(&document.body).unwrap()
    }

    fn article_page(article: &StoredArticle) -> String {
        text(&renderer().article(article)).to_owned()
    }

    fn json_ld(page: &str) -> serde_json::Value {
        let start = page.find("<script type=\"application/ld+json\">").unwrap() + "<script type=\"application/ld+json\">".len();
        serde_json::from_str(&page[start..start + page[start..].find("</script>").unwrap()]).unwrap()
    }

    #[test]
    fn the_article_page_shows_the_text_with_its_credit_and_says_whose_it_is() {
        let page = article_page(&sample::article(Sample::Translation));
        assert!(
            page.starts_with("<!doctype html>\n<html lang=\"zh-Hans\" dir=\"ltr\">\n<head>\n<meta charset=\"utf-8\">"),
            "{page:.200}"
        );
        for part in [
            "<title>退役渡轮变身水上图书馆 | 南十字转载</title>",
            "<link rel=\"canonical\" href=\"https://cn.ledger.example/2026/06/ferry\">",
            "<link rel=\"license\" href=\"https://nanan.example/terms\">",
            "<meta name=\"author\" content=\"Nora Whitfield / 林书白（译） / 海港纪事中文网\">",
            "<h1>退役渡轮变身水上图书馆</h1>",
            "<time datetime=\"2026-06-01T02:30:00Z\">2026年6月1日 12:30</time>",
            "<dd><a href=\"https://ledger.example/2026/05/ferry?a=1&amp;b=2\" hreflang=\"en\">The Harbour Ledger</a>（<span lang=\"en\">English</span>）</dd>",
            "<dd>© The Harbour Ledger；译文 © 海港纪事中文网。经许可转载。</dd>",
            "<dd><a href=\"https://nanan.example/news/4711#comments\">南岸新闻（12）</a></dd>",
            "<dd><a href=\"https://nanan.example/ferry.mp3\">ferry.mp3</a>（audio/mpeg）</dd>",
        ] {
            assert!(page.contains(part), "{part}\n{page}");
        }
        assert_eq!(page.matches("<div class=\"reprint-credit\">").count(), 1);
        assert_eq!(page.matches("<div class=\"reprint-disclaimer\">").count(), 2);
        // The content security policy allows nothing but our style sheet: no script that runs, no style of the page's own.
        assert_eq!((page.matches("<script type=\"application/").count(), page.matches("<script").count()), (2, 2));
        assert!(!page.contains("<style") && !page.contains(" style=") && !page.contains(" on"));
        let canonical = "https://cn.ledger.example/2026/06/ferry";
        assert!(
            page.contains(&format!(
                "<rsl xmlns=\"https://rslstandard.org/rsl\"><content url=\"{canonical}\"><license><prohibits"
            )),
            "{page}"
        );
    }

    #[test]
    fn canonical_is_the_first_page_of_the_same_text() {
        let check = |change: &dyn Fn(&mut StoredArticle), expected: Option<&str>| {
            let mut article = sample::article(Sample::Translation);
            change(&mut article);
            assert_eq!(canonical(&renderer().facts(&article)), expected);
        };
        let translated = "https://cn.ledger.example/2026/06/ferry";
        let source = "https://nanan.example/news/4711";
        check(&|_| {}, Some(translated));
        // Who translated it is not known: the outlet is the first known publisher of this text.
        check(&|a| drop(a.attributed.provenance.hops.remove(1)), Some(source));
        // A verbatim repost of the original.
        let repost = |a: &mut StoredArticle| {
            a.attributed.provenance.translation = None;
            a.attributed.provenance.hops.remove(1);
        };
        check(&repost, Some("https://ledger.example/2026/05/ferry?a=1&b=2"));
        // Never from a translation to what it was translated from, whatever the hops say.
        let confused = |a: &mut StoredArticle| {
            a.attributed.provenance.hops[1].party.url = a.attributed.provenance.original.as_ref().unwrap().outlet.url.clone()
        };
        check(&confused, None);
        check(&|a| a.attributed.provenance.hops[1].party.url = Url::parse("javascript:x").ok(), None);
    }

    #[test]
    fn json_ld_tells_original_translation_and_way() {
        let data = json_ld(&article_page(&sample::article(Sample::Translation)));
        let check = |pointer: &str, expected: &str| {
            assert_eq!(data.pointer(pointer).and_then(|v| v.as_str()), Some(expected), "{pointer} of {data}")
        };
        check("/@type", "NewsArticle");
        check("/url", "https://relay.example.net/a/0123456789abcdef0123");
        check("/headline", "退役渡轮变身水上图书馆");
        check("/inLanguage", "zh-Hans");
        check("/author/0/name", "Nora Whitfield");
        check("/author/0/@type", "Person");
        check("/translator/0/name", "林书白");
        check("/publisher/name", "海港纪事中文网");
        check("/sdPublisher/name", "南十字转载");
        check("/sdDatePublished", "2026-06-02");
        check("/usageInfo/text", "本文转载自南岸新闻，仅代表原出处和原作者观点，仅供参考阅读，不代表本站态度和立场。");
        check("/isBasedOn/@id", "https://nanan.example/news/4711");
        check("/isBasedOn/isBasedOn/@id", "https://cn.ledger.example/2026/06/ferry");
        check("/translationOfWork/@id", "https://ledger.example/2026/05/ferry?a=1&b=2");
        check("/translationOfWork/inLanguage", "en");
        check("/translationOfWork/datePublished", "2026-05-30T21:05:00Z");
        check("/translationOfWork/workTranslation/@id", "https://relay.example.net/a/0123456789abcdef0123");
        check("/image/0/creditText", "Tomas Reed");
        check("/license", "https://nanan.example/terms");
        check("/creditText", "Nora Whitfield / 林书白（译） / 海港纪事中文网（来源：南岸新闻）");
        assert_eq!(data["commentCount"], 12);
        assert_eq!(data.get("digitalSourceType"), None);
        let bare = json_ld(&article_page(&sample::article(Sample::Bare)));
        assert_eq!((bare["author"][0]["@type"].as_str(), bare.get("translationOfWork")), (Some("NewsMediaOrganization"), None));
    }

    #[test]
    fn a_verbatim_repost_is_based_on_the_original_by_way_of_its_reposters() {
        let mut article = sample::article(Sample::Translation);
        article.attributed.provenance.translation = None;
        article.attributed.provenance.hops.remove(1);
        let data = json_ld(&article_page(&article));
        let check = |pointer: &str, expected: &str| {
            assert_eq!(data.pointer(pointer).and_then(|v| v.as_str()), Some(expected), "{pointer} of {data}")
        };
        check("/isBasedOn/@id", "https://nanan.example/news/4711");
        check("/isBasedOn/sdPublisher/name", "南岸新闻");
        check("/isBasedOn/isBasedOn/@id", "https://ledger.example/2026/05/ferry?a=1&b=2");
        check("/isBasedOn/isBasedOn/inLanguage", "en");
        check("/isBasedOn/isBasedOn/publisher/name", "The Harbour Ledger");
        check("/isBasedOn/isBasedOn/datePublished", "2026-05-30T21:05:00Z");
        assert_eq!((data.get("translationOfWork"), data.pointer("/isBasedOn/isBasedOn/isBasedOn")), (None, None));
    }

    #[test]
    fn m05_hostile_text_stays_text_on_every_page() {
        let mut article = sample::article(Sample::Translation);
        let evil = "</script><script>alert(1)</script><!--\"'\u{2028}";
        article.attributed.article.title = evil.to_owned();
        article.attributed.article.summary = Some(evil.to_owned());
        article.attributed.article.categories[0].label = Some(evil.to_owned());
        article.attributed.article.images[0].credit = Some(evil.to_owned());
        article.attributed.provenance.rights = Some(evil.to_owned());
        article.attributed.provenance.authors[0].name = Some(evil.to_owned());
        let page = article_page(&article);
        assert_eq!(page.matches("<script").count(), 2, "{page}");
        let data = json_ld(&page);
        assert_eq!(data["headline"].as_str(), Some(crate::render::text::line(evil).as_str()));
        let mut outlets = sample::outlets();
        outlets[0].name = evil.to_owned();
        let mut site = sample::site();
        site.title = evil.to_owned();
        let mut feed = sample::feed("all");
        feed.title = evil.to_owned();
        let renderer = Renderer::with(site, outlets, std::slice::from_ref(&feed), None).unwrap();
        for page in [
            renderer.index(std::slice::from_ref(&feed), std::slice::from_ref(&article)),
            renderer.feed_page(&feed, std::slice::from_ref(&article)),
        ] {
            assert!(!text(&page).contains("<script"), "{}", text(&page));
            assert!(text(&page).contains("&lt;script&gt;alert(1)"));
        }
    }

    #[test]
    fn req_50_one_autodiscovery_link_per_feed_and_family_in_the_head_with_an_absolute_address() {
        let feeds = [sample::feed("all"), sample::feed("nanan")];
        let link = |id: &str, format: &str, media_type: &str| {
            format!(
                "<link rel=\"alternate\" type=\"{media_type}\" title=\"南十字转载 · 全部\" href=\"https://relay.example.net/feeds/{id}.{format}\">"
            )
        };
        let check = |document: PublishedDocument, ids: &[&str]| {
            let (head, body) = text(&document).split_once("</head>").unwrap();
            assert_eq!(head.matches("rel=\"alternate\"").count(), 2 * ids.len(), "{head}");
            for (format, media_type) in [("atom", "application/atom+xml"), ("json", "application/feed+json")] {
                assert!(ids.iter().all(|id| head.contains(&link(id, format, media_type))), "{head}");
            }
            assert!(!body.contains("rel=\"alternate\""));
        };
        check(renderer().index(&feeds, &[]), &["all", "nanan"]);
        check(renderer().feed_page(&feeds[1], &[]), &["nanan"]);
        check(renderer().article(&sample::article(Sample::Bare)), &["all", "nanan"]);
    }

    #[test]
    fn index_and_feed_page_give_addresses_outlets_and_articles() {
        let articles = Sample::ALL.map(sample::article);
        let feeds = [sample::feed("all")];
        let index = renderer().index(&feeds, &articles);
        let page = renderer().feed_page(&feeds[0], &articles);
        for html in [text(&index), text(&page)] {
            for part in [
                "href=\"https://relay.example.net/feeds/all.atom\">Atom</a>",
                "href=\"https://relay.example.net/feeds/all.rss\">RSS</a>",
                "<a href=\"https://relay.example.net/a/0123456789abcdef0123\">退役渡轮变身水上图书馆</a>",
                "<p>小镇买下停航的双层渡轮，把车辆甲板改成阅览室 &amp; 书库。</p>",
                "href=\"https://relay.example.net/feeds.opml\"",
            ] {
                assert!(html.contains(part), "{part}\n{html}");
            }
            let list = html.split("<ul class=\"articles\">").nth(1).and_then(|rest| rest.split("</ul>").next()).unwrap();
            assert_eq!(list.matches("<li lang=\"zh-Hans\" dir=\"ltr\"><a href=\"https://relay").count(), 3);
        }
        // The same three under the outlet, the language, and the sections that two of them have or lack.
        let groups: Vec<&str> = text(&index).split("<details>").skip(1).collect();
        assert!(
            groups[0].starts_with("<summary><span lang=\"zh-Hans\" dir=\"auto\">南岸新闻</span> <span class=\"meta\">3</span>"),
            "{groups:?}"
        );
        assert!(
            groups[1].starts_with("<summary><span lang=\"zh-Hans\" dir=\"auto\">简体中文</span> <span class=\"meta\">3</span>"),
            "{groups:?}"
        );
        assert!(groups.len() > 2 && text(&index).contains("<h2 id=\"by-section\">按栏目</h2>"), "{groups:?}");
        for address in ["https://relay.example.net/feeds/all.atom", "https://relay.example.net/feeds/all.rss"] {
            assert!(text(&page).contains(&format!("readonly value=\"{address}\"")), "an address to copy: {address}");
        }
        assert!(groups[0].contains("<a href=\"https://nanan.example/\">网站</a>"), "{}", text(&index));
        assert!(text(&index).contains("<title>南十字转载</title>"));
        assert_eq!(index.modified, articles[0].identity.changed);
        assert!(text(&renderer().index(&feeds, &[])).contains("<p>暂无文章。</p>"));
    }

    #[test]
    fn times_are_no_more_exact_than_they_are_known() {
        let check = |precision: Precision, expected: &str| {
            let mut article = sample::article(Sample::Bare);
            article.attributed.article.published = article.attributed.article.published.map(|p| Timestamp { precision, ..p });
            assert!(article_page(&article).contains(&format!("<time datetime=\"2026-06-01T02:30:00Z\">{expected}</time>")));
        };
        check(Precision::Second, "2026年6月1日 12:30");
        check(Precision::Day, "2026年6月1日");
        check(Precision::Month, "2026年6月");
    }

    #[test]
    fn a_page_in_a_language_without_words_says_its_language_and_uses_the_sites_words() {
        let mut article = sample::article(Sample::Machine);
        article.attributed.article.language = Some("cy".to_owned());
        article.attributed.provenance.translation.as_mut().unwrap().kind = TranslationKind::MachineFull;
        article.attributed.article.body = Html::from_sanitized("<p>Llyfrgell</p>".to_owned());
        let page = article_page(&article);
        assert!(page.contains("<html lang=\"cy\" dir=\"ltr\">") && page.contains("<article lang=\"cy-t-en-t0-und\""), "{page}");
        assert!(page.contains("<strong>来源</strong>"));
        assert_eq!(json_ld(&page)["digitalSourceType"], "https://schema.org/AlgorithmicallyEnhancedDigitalSource");
    }
}
