//! The documents read back by an XML parser that is not the writer's, requirement by requirement (numbers of the output checklist).

use chrono::TimeDelta;
use proptest::prelude::*;

use super::sample::{self, Sample, renderer};
use super::*;
use crate::model::{Category, Comments, Html, Party, Person, Timestamp};

mod read_back;

use read_back::{Element, read};

const ATOM: &str = "http://www.w3.org/2005/Atom";
const DC: &str = "http://purl.org/dc/elements/1.1/";
const DCTERMS: &str = "http://purl.org/dc/terms/";
const CONTENT: &str = "http://purl.org/rss/1.0/modules/content/";
const MEDIA: &str = "http://search.yahoo.com/mrss/";
const MARCREL: &str = "http://id.loc.gov/vocabulary/relators/";
const SLASH: &str = "http://purl.org/rss/1.0/modules/slash/";
const THREAD: &str = "http://purl.org/syndication/thread/1.0";

const XML: [FeedFormat; 2] = [FeedFormat::Rss, FeedFormat::Atom];

fn source(format: FeedFormat, articles: &[StoredArticle]) -> String {
    String::from_utf8(renderer().feed(&sample::feed("all"), format, &Contents::of(articles)).body.to_vec()).unwrap()
}

fn rss(articles: &[StoredArticle]) -> Element {
    read(&source(FeedFormat::Rss, articles)).children.remove(0)
}

fn atom(articles: &[StoredArticle]) -> Element {
    read(&source(FeedFormat::Atom, articles))
}

fn item(article: StoredArticle) -> Element {
    rss(&[article]).one("", "item").clone()
}

fn entry(article: StoredArticle) -> Element {
    atom(&[article]).one(ATOM, "entry").clone()
}

fn translation() -> StoredArticle {
    sample::article(Sample::Translation)
}

fn numbered(n: i64) -> StoredArticle {
    let mut article = sample::article(Sample::ALL[usize::try_from(n).unwrap() % 3]);
    article.identity.id = format!("tag:relay.example.net,2026:nanan/{n}");
    article.identity.key = format!("{n:020x}");
    article.attributed.article.published.as_mut().unwrap().at -= TimeDelta::hours(n);
    article
}

#[test]
fn req_01_every_document_is_well_formed_utf8_with_a_declaration() {
    for format in XML {
        let xml = source(format, &[translation()]);
        assert!(xml.starts_with("<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<"), "{xml:.80}");
        read(&xml);
    }
}

#[test]
fn req_02_content_types() {
    let renderer = renderer();
    let check = |document: PublishedDocument, path: &str, content_type: &str| {
        assert_eq!((document.path.as_str(), document.content_type.as_str()), (path, content_type));
    };
    let feed = sample::feed("all");
    check(renderer.feed(&feed, FeedFormat::Rss, &Contents::default()), "feeds/all.rss", "application/rss+xml; charset=utf-8");
    check(renderer.feed(&feed, FeedFormat::Atom, &Contents::default()), "feeds/all.atom", "application/atom+xml; charset=utf-8");
    check(renderer.opml(&[], EMPTY_FEED_UPDATED), "feeds.opml", "text/x-opml; charset=utf-8");
    check(renderer.article(&translation()), "a/0123456789abcdef0123", "text/html; charset=utf-8");
    check(renderer.feed_page(&feed, &[]), "feeds/all", "text/html; charset=utf-8");
    check(renderer.index(&[], &[]), "", "text/html; charset=utf-8");
}

#[test]
fn req_03_the_id_is_the_same_in_every_format() {
    assert_eq!(item(translation()).text("", "guid"), "tag:relay.example.net,2026:nanan/4711");
    assert_eq!(entry(translation()).text(ATOM, "id"), "tag:relay.example.net,2026:nanan/4711");
}

#[test]
fn req_05_no_two_entries_share_an_id() {
    let mut second = translation();
    second.attributed.article.title = "另一个标题".to_owned();
    let articles = [translation(), second, numbered(1)];
    for (count, title) in [
        (
            rss(&articles).all("", "item").count(),
            rss(&articles).children.iter().find(|c| c.local == "item").unwrap().text("", "title").to_owned(),
        ),
        (
            atom(&articles).all(ATOM, "entry").count(),
            atom(&articles).all(ATOM, "entry").next().unwrap().text(ATOM, "title").to_owned(),
        ),
    ] {
        assert_eq!((count, title.as_str()), (2, "退役渡轮变身水上图书馆"));
    }
}

#[test]
fn req_06_every_address_is_http_whatever_the_outlet_says() {
    let mut article = translation();
    let bad = |text: &str| Some(Url::parse(text).unwrap());
    let attributed = &mut article.attributed;
    attributed.provenance.source.url = bad("javascript:alert(1)");
    attributed.provenance.license = bad("data:text/html,x");
    attributed.provenance.original.as_mut().unwrap().outlet.url = bad("ftp://ledger.example/x");
    attributed.provenance.translation.as_mut().unwrap().source = bad("file:///etc/passwd");
    attributed.provenance.authors[0].uri = Some("//ledger.example/nora".to_owned());
    attributed.article.comments = Some(Comments { url: bad("mailto:x@y.example"), count: None });
    attributed.article.attachments[0].url = bad("blob:x").unwrap();
    for format in FeedFormat::ALL {
        let xml = source(format, std::slice::from_ref(&article));
        if XML.contains(&format) {
            read(&xml);
        }
        for scheme in ["javascript:", "data:", "ftp:", "file:", "mailto:", "blob:", "\"//", ">//"] {
            assert!(!xml.contains(scheme), "{scheme} in {xml}");
        }
    }
}

#[test]
fn req_09_another_language_than_the_feeds_is_stated() {
    let mut article = translation();
    article.attributed.provenance.translation = None;
    article.attributed.article.language = Some("ko".to_owned());
    assert_eq!(item(article.clone()).text(DC, "language"), "ko");
    let entry_ko = entry(article);
    assert_eq!(entry_ko.attribute("xml:lang"), Some("ko"));
    assert_eq!(entry_ko.one(ATOM, "content").attribute("xml:lang"), Some("ko"));
    let entry_zh = entry(translation());
    assert_eq!((entry_zh.attribute("xml:lang"), entry_zh.one(ATOM, "content").attribute("xml:lang")), (None, None));
    assert_eq!(atom(&[]).attribute("xml:lang"), Some("zh-Hans"));
}

#[test]
fn req_10_pictures_of_media_rss_are_in_the_text_under_the_same_address() {
    for (article, body) in [
        (item(translation()), item(translation()).text(CONTENT, "encoded").to_owned()),
        (entry(translation()), entry(translation()).text(ATOM, "content").to_owned()),
    ] {
        let image = article.one(MEDIA, "content");
        let address = image.attribute("url").unwrap();
        assert_eq!(address, "https://img.example/ferry.jpg?w=1200&h=800");
        assert!(body.contains(&format!("src=\"{}\"", address.replace('&', "&amp;"))));
        assert_eq!(
            (image.attribute("medium"), image.attribute("width"), image.attribute("type")),
            (Some("image"), Some("1200"), Some("image/jpeg"))
        );
        assert_eq!(image.text(MEDIA, "description"), "改造前的车辆甲板。");
        assert_eq!(image.text(MEDIA, "credit"), "Tomas Reed");
        assert_eq!(image.text(MEDIA, "copyright"), "© The Harbour Ledger");
    }
}

#[test]
fn req_11_titles_are_plain_text() {
    let mut article = translation();
    article.attributed.article.title = " A <b>&amp; B\n C ".to_owned();
    assert_eq!(item(article.clone()).text("", "title"), "A <b>&amp; B C");
    let entry = entry(article);
    assert_eq!(entry.text(ATOM, "title"), "A <b>&amp; B C");
    assert_eq!(entry.one(ATOM, "title").attribute("type"), None);
}

#[test]
fn req_13_req_24_the_channel_says_what_a_channel_must() {
    let channel = rss(&[translation()]);
    let check = |name: &str, expected: &str| assert_eq!(channel.text("", name), expected);
    check("title", "南十字转载 · 全部");
    check("link", "https://relay.example.net/feeds/all");
    check("description", "合作媒体文章的转载与译文，附来源、作者、译者与版权说明。");
    check("language", "zh-Hans");
    check("copyright", "各篇版权归原出处及原作者所有，本站仅作转载。");
    check("webMaster", "desk@relay.example.net (南十字转载)");
    check("lastBuildDate", "Tue, 02 Jun 2026 00:40:00 +0000");
    check("docs", "https://www.rssboard.org/rss-specification");
    check("ttl", &CACHE_MINUTES.to_string());
    let own = channel.one(ATOM, "link");
    assert_eq!((own.attribute("rel"), own.attribute("href")), (Some("self"), Some("https://relay.example.net/feeds/all.rss")));
    assert_eq!(own.attribute("type"), Some("application/rss+xml"));
}

#[test]
fn req_14_references_of_plain_text_are_hexadecimal_and_cdata_is_left_alone() {
    let mut article = translation();
    article.attributed.article.title = "A & B <c>".to_owned();
    article.attributed.article.body = Html::from_sanitized("<p>&amp; &lt;item&gt; ]]&gt; ]]> <item></p>".to_owned());
    let xml = source(FeedFormat::Rss, std::slice::from_ref(&article));
    assert!(xml.contains("<title>A &#x26; B &#x3C;c&#x3E;</title>"), "{xml}");
    let body = item(article).text(CONTENT, "encoded").to_owned();
    assert!(body.contains("\n<p>&amp; &lt;item&gt; ]]&gt; ]]> <item></p>\n"), "{body}");
}

#[test]
fn req_15_rss_dates_are_rfc_822_with_a_numeric_zone() {
    assert_eq!(item(translation()).text("", "pubDate"), "Mon, 01 Jun 2026 02:30:00 +0000");
}

#[test]
fn req_16_the_guid_is_no_permalink() {
    assert_eq!(item(translation()).one("", "guid").attribute("isPermaLink"), Some("false"));
    assert_eq!(item(translation()).text("", "link"), "https://relay.example.net/a/0123456789abcdef0123");
}

#[test]
fn req_17_exactly_one_dc_creator() {
    let item = item(translation());
    assert_eq!(item.text(DC, "creator"), "Nora Whitfield / 林书白（译） / 海港纪事中文网");
    assert_eq!(item.all("", "author").count(), 0);
    for name in ["title", "date", "source"] {
        assert_eq!(item.all(DC, name).count(), 0, "dc:{name}");
    }
    for name in ["source", "publisher", "rights"] {
        assert_eq!(item.all(DCTERMS, name).count(), 0, "dcterms:{name}");
    }
    assert_eq!(item.all(ATOM, "source").count() + item.all(MEDIA, "license").count(), 0);
    assert_eq!(self::item(sample::article(Sample::Bare)).text(DC, "creator"), "南岸新闻");
}

#[test]
fn req_18_the_byline_has_no_ascii_comma_or_semicolon() {
    let mut article = translation();
    let person = |name: &str| Person { name: Some(name.to_owned()), uri: None, email: None };
    article.attributed.provenance.authors = vec![person("Whitfield, Nora; Jr."), person("李明")];
    assert_eq!(item(article.clone()).text(DC, "creator"), "Whitfield， Nora； Jr. / 李明 / 林书白（译） / 海港纪事中文网");
    assert_eq!(
        entry(article).all(ATOM, "author").map(|a| a.text(ATOM, "name")).collect::<Vec<_>>(),
        ["Whitfield, Nora; Jr.", "李明"]
    );
}

#[test]
fn req_19_source_is_the_outlets_feed() {
    let item = item(translation());
    assert_eq!(
        (item.one("", "source").attribute("url"), item.text("", "source")),
        (Some("https://nanan.example/rss.xml"), "南岸新闻")
    );
    assert_eq!(item.text(DC, "publisher"), "海港纪事中文网");
}

#[test]
fn req_20_a_summary_comes_before_the_text_and_the_text_never_alone() {
    let with_summary = item(translation());
    assert_eq!(with_summary.text("", "description"), "小镇买下停航的双层渡轮，把车辆甲板改成阅览室 &amp; 书库。");
    let position = |local: &str| with_summary.children.iter().position(|child| child.local == local).unwrap();
    assert!(position("description") < position("encoded"));
    let without = item(sample::article(Sample::Bare));
    assert!(without.text("", "description").starts_with("<div class=\"reprint-credit\">"));
    assert_eq!(without.all(CONTENT, "encoded").count(), 0);
}

#[test]
fn req_21_no_alternate_link_in_an_rss_item() {
    let item = item(translation());
    assert!(item.links("alternate").is_empty());
    assert_eq!(item.all(ATOM, "link").filter(|link| link.attribute("rel").is_none()).count(), 0);
}

#[test]
fn req_22_one_enclosure_in_rss_and_all_in_atom() {
    let item = item(translation());
    let enclosure = item.one("", "enclosure");
    assert_eq!(
        (enclosure.attribute("url"), enclosure.attribute("length")),
        (Some("https://nanan.example/ferry.mp3"), Some("1234"))
    );
    assert_eq!(enclosure.attribute("type"), Some("audio/mpeg"));
    let entry = entry(translation());
    let addresses: Vec<_> = entry.links("enclosure").iter().map(|link| link.attribute("href").unwrap()).collect();
    assert_eq!(addresses, ["https://nanan.example/ferry.mp3", "https://nanan.example/ferry.pdf"]);
}

#[test]
fn req_23_req_33_comment_counts_are_told_and_change_no_date() {
    let channel = rss(&[translation()]);
    assert_eq!(channel.one("", "item").text(SLASH, "comments"), "12");
    assert_eq!(channel.all("", "lastBuildDate").count(), 1);
    let (few, mut many) = (translation(), translation());
    many.attributed.article.comments.as_mut().unwrap().count = Some(4000);
    assert_eq!(entry(few).text(ATOM, "updated"), entry(many.clone()).text(ATOM, "updated"));
    assert_eq!(entry(many.clone()).text(THREAD, "total"), "4000");
    assert_eq!(entry(many).links("replies")[0].attribute("href"), Some("https://nanan.example/news/4711#comments"));
}

#[test]
fn req_26_atom_is_the_default_namespace() {
    let feed = atom(&[translation()]);
    assert_eq!((feed.namespace.as_str(), feed.qualified.as_str()), (ATOM, "feed"));
    for element in feed.children.iter().chain(&feed.one(ATOM, "entry").children).filter(|e| e.namespace == ATOM) {
        assert!(!element.qualified.contains(':'), "{}", element.qualified);
    }
}

#[test]
fn req_27_each_entry_has_its_own_author_and_its_translators_are_contributors() {
    let entry = entry(translation());
    let author = entry.one(ATOM, "author");
    assert_eq!((author.text(ATOM, "name"), author.text(ATOM, "uri")), ("Nora Whitfield", "https://ledger.example/by/nora"));
    assert_eq!(entry.one(ATOM, "contributor").text(ATOM, "name"), "林书白");
    assert_eq!((entry.text(MARCREL, "aut"), entry.text(MARCREL, "trl")), ("Nora Whitfield", "林书白"));
    let mut nobody = translation();
    nobody.attributed.provenance.authors.clear();
    assert_eq!(self::entry(nobody).one(ATOM, "author").text(ATOM, "name"), "南岸新闻");
}

#[test]
fn req_28_atom_dates_end_in_z() {
    let xml = source(FeedFormat::Atom, &[translation(), numbered(1), numbered(2)]);
    assert!(!xml.contains("+00:00"), "{xml}");
    let entry = entry(translation());
    assert_eq!((entry.text(ATOM, "published"), entry.text(ATOM, "updated")), ("2026-06-01T02:30:00Z", "2026-06-01T02:30:00Z"));
    assert_eq!(entry.text(DCTERMS, "available"), "2026-06-02T00:40:00Z");
    assert_eq!(entry.text(DCTERMS, "created"), "2026-05-30T21:05:00Z");
}

#[test]
fn req_29_one_alternate_and_it_is_our_page() {
    let entry = entry(translation());
    let links = entry.links("alternate");
    assert_eq!(links.len(), 1);
    assert_eq!(links[0].attribute("href"), Some("https://relay.example.net/a/0123456789abcdef0123"));
    assert_eq!(entry.all(ATOM, "link").next(), Some(links[0]));
    let feed = atom(&[]);
    assert_eq!(feed.links("alternate")[0].attribute("href"), Some("https://relay.example.net/feeds/all"));
    assert_eq!(feed.links("self")[0].attribute("href"), Some("https://relay.example.net/feeds/all.atom"));
    assert_eq!(feed.text(ATOM, "id"), "tag:relay.example.net,2026:feeds/all");
}

#[test]
fn req_30_copied_entries_carry_their_source() {
    let entry = entry(translation());
    let source = entry.one(ATOM, "source");
    assert_eq!((source.text(ATOM, "id"), source.text(ATOM, "title")), ("https://nanan.example/rss.xml", "南岸新闻"));
    assert_eq!(source.text(ATOM, "updated"), "2026-06-01T02:30:00Z");
    assert_eq!(source.links("alternate")[0].attribute("href"), Some("https://nanan.example/"));
    assert_eq!(source.all(ATOM, "author").count(), 0);
}

#[test]
fn req_31_a_source_that_the_outlet_passes_on_is_kept() {
    let mut article = translation();
    article.attributed.article.hints.source =
        Some(Party { name: "海港纪事中文网".to_owned(), url: Url::parse("https://cn.ledger.example/").ok() });
    article.attributed.article.hints.source_feed = Url::parse("https://cn.ledger.example/rss").ok();
    let entry = entry(article.clone());
    let source = entry.one(ATOM, "source");
    assert_eq!((source.text(ATOM, "id"), source.text(ATOM, "title")), ("https://cn.ledger.example/rss", "海港纪事中文网"));
    // RSS has room for one: the feed that we poll.
    assert_eq!(item(article.clone()).one("", "source").attribute("url"), Some("https://nanan.example/rss.xml"));
    // A loop through ourselves is no source.
    article.attributed.article.hints.source_feed = Url::parse("https://relay.example.net/feeds/all.atom").ok();
    assert_eq!(self::entry(article).one(ATOM, "source").text(ATOM, "id"), "https://nanan.example/rss.xml");
}

#[test]
fn req_32_via_is_upstream_and_related_the_original() {
    for article in [item(translation()), entry(translation())] {
        let via: Vec<_> = article.links("via").iter().map(|link| link.attribute("href").unwrap()).collect();
        assert_eq!(via, ["https://nanan.example/news/4711", "https://cn.ledger.example/2026/06/ferry"]);
        let related = article.links("related");
        assert_eq!(related.len(), 1);
        assert_eq!(related[0].attribute("href"), Some("https://ledger.example/2026/05/ferry?a=1&b=2"));
        assert_eq!((related[0].attribute("hreflang"), related[0].attribute("title")), (Some("en"), Some("原文")));
    }
    // The outlet's own article: the original is there.
    let own = entry(sample::article(Sample::Bare));
    assert_eq!(own.links("related")[0].attribute("href"), Some("https://nanan.example/news/4711"));
}

#[test]
fn req_34_one_licence_link() {
    for article in [item(translation()), entry(translation())] {
        let licences = article.links("license");
        assert_eq!(licences.len(), 1);
        assert_eq!(licences[0].attribute("href"), Some("https://nanan.example/terms"));
    }
    assert_eq!(item(translation()).text(DC, "rights"), "© The Harbour Ledger；译文 © 海港纪事中文网。经许可转载。");
    assert_eq!(entry(translation()).text(ATOM, "rights"), "© The Harbour Ledger；译文 © 海港纪事中文网。经许可转载。");
}

#[test]
fn req_35_content_is_escaped_html() {
    let entry = entry(translation());
    let content = entry.one(ATOM, "content");
    assert_eq!(content.attribute("type"), Some("html"));
    assert!(content.children.is_empty());
    assert!(content.text.starts_with("<div class=\"reprint-credit\">"));
    assert_eq!(content.text, item(translation()).text(CONTENT, "encoded"), "the same text in both formats");
}

#[test]
fn req_59_machine_translations_are_marked_in_the_data() {
    let entry = entry(sample::article(Sample::Machine));
    assert_eq!(entry.attribute("xml:lang"), Some("zh-Hans-t-en-t0-und"));
    assert_eq!(entry.one(ATOM, "content").attribute("xml:lang"), Some("zh-Hans-t-en-t0-und"));
    for article in [&entry, &item(sample::article(Sample::Machine))] {
        let translation = article.one(REPRINT_NAMESPACE, "translation");
        assert_eq!((translation.attribute("kind"), translation.attribute("engine")), (Some("machine"), Some("relay-nmt 3")));
        assert_eq!((translation.attribute("from"), translation.attribute("to")), (Some("en"), Some("zh-Hans")));
        assert_eq!(translation.attribute("source"), Some("https://ledger.example/2026/05/ferry?a=1&b=2"));
    }
    let page = String::from_utf8(renderer().article(&sample::article(Sample::Machine)).body.to_vec()).unwrap();
    assert!(page.contains("<article lang=\"zh-Hans-t-en-t0-und\""));
    assert!(page.contains("\"digitalSourceType\":\"https://schema.org/TrainedAlgorithmicMediaDigitalSource\""));
}

#[test]
fn a_feeds_prefix_stands_before_its_titles_and_nowhere_else() {
    let article = [sample::article(Sample::Bare)];
    let check = |prefix: Option<&str>, expected: &str| {
        let feed = Feed { title_prefix: prefix.map(str::to_owned), ..sample::feed("all") };
        for format in FeedFormat::ALL {
            let document = renderer().feed(&feed, format, &Contents::of(&article));
            let json = format == FeedFormat::Json;
            let title = if json { format!("\"title\":\"{expected}\"") } else { format!("<title>{expected}</title>") };
            assert!(std::str::from_utf8(&document.body).unwrap().contains(&title), "{title}");
        }
    };
    check(None, "退役渡轮变身水上图书馆");
    check(Some("[{outlet}]"), "[南岸新闻] 退役渡轮变身水上图书馆");
    check(Some("【{outlet}】"), "【南岸新闻】退役渡轮变身水上图书馆");
    check(Some("{outlet}："), "南岸新闻：退役渡轮变身水上图书馆");
    check(Some("转载"), "转载 退役渡轮变身水上图书馆");
    let page = renderer().article(&article[0]);
    assert!(std::str::from_utf8(&page.body).unwrap().contains("<h1>退役渡轮变身水上图书馆</h1>"));
}

#[test]
fn req_60_a_translation_is_a_version_of_its_original_and_a_script_conversion_a_format() {
    let original = "https://ledger.example/2026/05/ferry?a=1&b=2";
    for article in [item(translation()), entry(translation())] {
        assert_eq!(article.text(DCTERMS, "isVersionOf"), original);
    }
    let mut converted = translation();
    let translation = converted.attributed.provenance.translation.as_mut().unwrap();
    translation.kind = crate::model::TranslationKind::ScriptConversion;
    translation.from = Some("zh-Hans".to_owned());
    converted.attributed.article.language = Some("zh-Hant".to_owned());
    let entry = entry(converted);
    assert_eq!(entry.text(DCTERMS, "isFormatOf"), original);
    assert_eq!(entry.all(DCTERMS, "isVersionOf").count(), 0);
    assert_eq!(entry.attribute("xml:lang"), Some("zh-Hant-t-zh-hans"));
}

#[test]
fn the_whole_way_is_told_and_our_own_step_is_last() {
    for article in [item(translation()), entry(translation())] {
        let hops: Vec<_> = article.all(REPRINT_NAMESPACE, "hop").collect();
        let told: Vec<_> = hops.iter().map(|hop| ["seq", "action", "party"].map(|name| hop.attribute(name).unwrap())).collect();
        let expected = [
            ["1", "created", "The Harbour Ledger"],
            ["2", "translated", "海港纪事中文网"],
            ["3", "reposted", "南岸新闻"],
            ["4", "reposted", "南十字转载"],
        ];
        assert_eq!(told, expected);
        assert_eq!(hops[3].attribute("at"), Some("2026-06-02T00:40:00Z"));
        assert_eq!(hops[3].attribute("href"), Some("https://relay.example.net/a/0123456789abcdef0123"));
        let way = "The Harbour Ledger (en, 2026-05-30) → 海港纪事中文网 (zh-Hans, translated, 2026-06-01) → \
                   南岸新闻 (2026-06-02) → 南十字转载 (2026-06-02)";
        assert_eq!(article.text(DCTERMS, "provenance"), way);
        let disclaimer = article.one(REPRINT_NAMESPACE, "disclaimer");
        assert_eq!(disclaimer.text, "本文转载自南岸新闻，仅代表原出处和原作者观点，仅供参考阅读，不代表本站态度和立场。");
        assert_eq!(disclaimer.attribute("xml:lang"), Some("zh-Hans"));
    }
}

#[test]
fn an_endless_way_is_cut_in_the_middle() {
    let mut article = translation();
    let hop = article.attributed.provenance.hops[2].clone();
    article.attributed.provenance.hops.extend((0..10_000).map(|n| {
        let mut hop = hop.clone();
        hop.party.name = format!("转载者 {n}");
        hop
    }));
    let entry = entry(article.clone());
    let parties: Vec<_> = entry.all(REPRINT_NAMESPACE, "hop").map(|hop| hop.attribute("party").unwrap()).collect();
    assert!(parties.len() < 40, "{}", parties.len());
    assert_eq!(
        (parties[0], parties[parties.len() - 2], parties[parties.len() - 1]),
        ("The Harbour Ledger", "转载者 9999", "南十字转载")
    );
    renderer().article(&article);
}

#[test]
fn disclaimers_by_precedence() {
    let check = |outlet: Option<&str>, found: Option<&str>, site: Option<&str>, expected: &str| {
        let mut facts = sample::site();
        facts.disclaimer = site.map(str::to_owned);
        let mut outlets = sample::outlets();
        outlets[0].terms.disclaimer = outlet.map(str::to_owned);
        let renderer = Renderer::with(facts, outlets, &[], None).unwrap();
        let mut article = sample::article(Sample::Bare);
        article.attributed.provenance.disclaimer = found.map(str::to_owned);
        assert_eq!(renderer.facts(&article).disclaimer, expected);
    };
    check(Some("甲 {source}"), Some("乙"), Some("丙"), "甲 南岸新闻");
    check(None, Some("乙"), Some("丙"), "乙");
    check(None, None, Some("丙：{source}"), "丙：南岸新闻");
    check(Some("  "), None, None, "本文转载自南岸新闻，仅代表原出处和原作者观点，仅供参考阅读，不代表本站态度和立场。");
}

#[test]
fn an_empty_feed_is_valid_and_always_the_same() {
    let channel = rss(&[]);
    assert_eq!((channel.text("", "lastBuildDate"), channel.all("", "item").count()), ("Thu, 01 Jan 2026 00:00:00 +0000", 0));
    let feed = atom(&[]);
    assert_eq!((feed.text(ATOM, "updated"), feed.all(ATOM, "entry").count()), ("2026-01-01T00:00:00Z", 0));
    assert_eq!(renderer().feed(&sample::feed("all"), FeedFormat::Atom, &Contents::default()).modified, EMPTY_FEED_UPDATED);
}

#[test]
fn a_feed_is_as_new_as_its_newest_change() {
    let mut changed = numbered(5);
    changed.identity.revision = 2;
    changed.identity.changed = changed.identity.first_seen + TimeDelta::hours(3);
    let articles = [translation(), changed];
    let document = renderer().feed(&sample::feed("all"), FeedFormat::Rss, &Contents::of(&articles));
    assert_eq!(text::rfc3339(document.modified), "2026-06-02T03:40:00Z");
    assert_eq!(rss(&articles).text("", "lastBuildDate"), "Tue, 02 Jun 2026 03:40:00 +0000");
    assert_eq!(atom(&articles).text(ATOM, "updated"), "2026-06-02T03:40:00Z");
}

#[test]
fn req_45_the_same_articles_give_the_same_bytes() {
    let articles: Vec<_> = (0..6).map(numbered).collect();
    for format in FeedFormat::ALL {
        assert_eq!(source(format, &articles), source(format, &articles));
        let order: Vec<_> = match format {
            FeedFormat::Rss => rss(&articles).all("", "item").map(|item| item.text("", "guid").to_owned()).collect(),
            FeedFormat::Atom => atom(&articles).all(ATOM, "entry").map(|entry| entry.text(ATOM, "id").to_owned()).collect(),
            FeedFormat::Json => {
                let feed: serde_json::Value = serde_json::from_str(&source(format, &articles)).unwrap();
                feed["items"].as_array().unwrap().iter().map(|item| item["id"].as_str().unwrap().to_owned()).collect()
            }
        };
        assert_eq!(order, articles.iter().map(|article| article.identity.id.clone()).collect::<Vec<_>>(), "the order given");
    }
    let page = |n| renderer().article(&articles[n]).body;
    assert_eq!(page(0), page(0));
}

#[test]
fn an_article_that_comes_late_makes_the_feed_newer() {
    let mut late = numbered(30);
    late.identity.first_seen += TimeDelta::hours(1);
    late.identity.changed = late.identity.first_seen;
    assert!(late.updated() < translation().updated());
    let document = renderer().feed(&sample::feed("all"), FeedFormat::Atom, &Contents::of(&[translation(), late]));
    assert_eq!(text::rfc3339(document.modified), "2026-06-02T01:40:00Z", "or a reader that asks If-Modified-Since never sees it");
}

#[test]
fn a_way_that_nobody_recorded_has_its_known_ends() {
    let mut article = translation();
    article.attributed.provenance.hops.clear();
    assert_eq!(
        entry(article).text(DCTERMS, "provenance"),
        "The Harbour Ledger (en, 2026-05-30) → 南岸新闻 → 南十字转载 (2026-06-02)"
    );
}

#[test]
fn a_feed_without_tag_authority_is_known_by_its_address() {
    let mut site = sample::site();
    site.tag_authority = None;
    let renderer = Renderer::with(site, sample::outlets(), &[], None).unwrap();
    let document = renderer.feed(&sample::feed("all"), FeedFormat::Atom, &Contents::default());
    assert_eq!(read(std::str::from_utf8(&document.body).unwrap()).text(ATOM, "id"), "https://relay.example.net/feeds/all");
}

#[test]
fn opml_lists_every_feed_once() {
    let feeds = [sample::feed("all"), Feed { title: "港闻 \"A & B\" <x>".to_owned(), ..sample::feed("nanan") }];
    let document = renderer().opml(&feeds, sample::article(Sample::Bare).identity.first_seen);
    let opml = read(std::str::from_utf8(&document.body).unwrap());
    assert_eq!(opml.attribute("version"), Some("2.0"));
    let head = opml.one("", "head");
    assert_eq!((head.text("", "title"), head.text("", "dateModified")), ("南十字转载", "Tue, 02 Jun 2026 00:40:00 +0000"));
    let outlines: Vec<_> = opml.one("", "body").all("", "outline").collect();
    assert_eq!(outlines.len(), 2);
    let of = |name: &str| outlines[1].attribute(name).unwrap();
    assert_eq!((of("text"), of("title"), of("type")), ("港闻 \"A & B\" <x>", "港闻 \"A & B\" <x>", "rss"));
    assert_eq!(
        (of("xmlUrl"), of("htmlUrl")),
        ("https://relay.example.net/feeds/nanan.atom", "https://relay.example.net/feeds/nanan")
    );
}

#[test]
fn a_missing_title_is_made_up_from_the_text() {
    let mut article = sample::article(Sample::Bare);
    article.attributed.article.title = " \u{202e} ".to_owned();
    assert_eq!(item(article).text("", "title"), "那艘绿色渡轮在镇上跑了四十一年。…");
}

/// Strings that have broken feeds, or would forge an entry where something writes them as they are.
fn hostile() -> impl Strategy<Value = String> {
    let fragments = prop::sample::select(vec![
        "]]>",
        "<![CDATA[",
        "</entry><entry><id>x</id>",
        "</item><item>",
        "<entry>",
        "<item>",
        "</title>",
        "&",
        "&lt;",
        "&#x0;",
        "&nbsp;",
        "\"",
        "'",
        "\0",
        "\u{b}",
        "\u{1f}",
        "\u{fffe}",
        "\u{ffff}",
        "\r\n",
        "\r",
        "\u{202e}",
        "\u{2066}",
        "😀",
        "汉字",
        "e\u{301}",
        "<!--",
        "--",
        "<?xml",
        "?>",
        "{{ site }}",
        "{% raw %}",
        "{source}",
        "</script>",
        "</style>",
        "+00:00</updated>",
        ", ",
        ";",
        "\" x=\"",
    ]);
    let part = prop_oneof![3 => fragments.prop_map(str::to_owned), 1 => any::<char>().prop_map(String::from), 1 => "[a-z ]{0,5}"];
    prop::collection::vec(part, 0..8).prop_map(|parts| parts.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, ..ProptestConfig::default() })]

    /// Whatever an outlet says, the documents are well-formed, have exactly our entries, and every entry its credit.
    #[test]
    fn x10_any_strings_give_well_formed_documents_without_forged_entries(strings in prop::collection::vec(hostile(), 16)) {
        let mut article = translation();
        let [title, raw, summary, body, author, uri, source, original, hop, disclaimer, rights, engine, category, label, caption, language] =
            <[String; 16]>::try_from(strings).unwrap();
        let attributed = &mut article.attributed;
        attributed.article.title = title;
        attributed.article.title_raw = raw;
        attributed.article.summary = Some(summary);
        attributed.article.body = Html::from_sanitized(format!("<p>{body}</p>"));
        attributed.article.categories = vec![Category { term: category.clone(), scheme: Some(uri.clone()), label: Some(label) }];
        attributed.article.images[0].caption = Some(caption);
        attributed.article.language = Some(language.clone());
        attributed.provenance.authors = vec![Person { name: Some(author), uri: Some(uri), email: Some(category) }];
        attributed.provenance.source.name = source;
        attributed.provenance.original.as_mut().unwrap().outlet.name = original;
        attributed.provenance.original.as_mut().unwrap().language = Some(language.clone());
        attributed.provenance.hops[1].party.name = hop;
        attributed.provenance.hops[1].language = Some(language);
        attributed.provenance.disclaimer = Some(disclaimer);
        attributed.provenance.rights = Some(rights);
        attributed.provenance.translation.as_mut().unwrap().engine = Some(engine);
        let articles = [article, numbered(1)];

        let channel = rss(&articles);
        prop_assert_eq!(channel.all("", "item").count(), 2);
        let feed = atom(&articles);
        prop_assert_eq!(feed.all(ATOM, "entry").count(), 2);
        let ids: Vec<_> = feed.all(ATOM, "entry").map(|entry| entry.text(ATOM, "id")).collect();
        prop_assert_eq!(ids, articles.iter().map(|article| article.identity.id.as_str()).collect::<Vec<_>>());
        for item in channel.all("", "item") {
            prop_assert!(!item.text("", "title").is_empty());
            prop_assert!(!item.text(DC, "creator").contains([',', ';']));
            prop_assert!(!item.text(DC, "creator").is_empty());
        }
        for entry in feed.all(ATOM, "entry") {
            let content = entry.text(ATOM, "content");
            prop_assert!(content.starts_with("<div class=\"reprint-credit\"") && content.matches("<div class=\"reprint-disclaimer\"").count() == 2);
            prop_assert!(content.contains("https://nanan.example/news/4711"));
        }
        let page = String::from_utf8(renderer().article(&articles[0]).body.to_vec()).unwrap();
        prop_assert_eq!(page.matches("<script").count(), 2 + articles[0].attributed.article.body.as_str().matches("<script").count());
        prop_assert!(page.contains("<div class=\"reprint-credit\""));
    }

    /// A time that nobody meant still gives a date that every format can hold.
    #[test]
    fn any_time_can_be_written(seconds in -100_000_000_000_000_i64..100_000_000_000_000) {
        let mut article = translation();
        let at = DateTime::from_timestamp(seconds.clamp(-8_334_000_000_000, 8_210_000_000_000), 5).unwrap();
        article.attributed.article.published = Some(Timestamp { at, precision: crate::model::Precision::Second });
        let published = entry(article).text(ATOM, "published").to_owned();
        prop_assert!(published.len() == 20 && published.ends_with('Z'), "{}", published);
    }
}

#[test]
fn templates_compiled_in_can_be_rendered() {
    assert_eq!(sample::renderer().try_templates(), Ok(()));
}
