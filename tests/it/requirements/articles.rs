//! Articles that have everything: what the requirements are held against.

use std::sync::LazyLock;

use chrono::{DateTime, TimeDelta, Utc};
use reprint::config::{self, Config};
use reprint::model::{
    Article, Attachment, AttributedArticle, Category, Comments, FeedFormat, Hints, Hop, HopAction, Html, Identity, Image, Marks,
    Original, Party, Person, Precision, Provenance, PublishedDocument, StoredArticle, Timestamp, Translation, TranslationKind,
};
use reprint::normalize::html::sanitize;
use reprint::render::{Contents, Renderer};
use url::Url;

pub const SITE: &str = "https://relay.example.net/";

const CONFIG: &str = r#"
[site]
title = "灯船转载 & Lightship <Relay>"
url = "https://relay.example.net"
language = "zh-Hans"
contact = "desk@relay.example.net"
tag_authority = "relay.example.net,2026"
[[outlet]]
id = "brede"
name = "布雷德观察"
feed = "https://brede.example/rss.xml"
homepage = "https://brede.example/"
[[outlet]]
id = "minaret"
name = "صحيفة المنارة"
feed = "https://minaret.example/feed"
language = "ar"
[outlet.terms]
expire = "90d"
[[outlet]]
id = "short"
name = "Sluice Gazette"
feed = "https://sluice.example/feed"
[outlet.terms]
publish = "excerpt"
excerpt = 40
[[feed]]
id = "all"
title = "灯船转载 · 全部 <all> & more"
outlets = ["brede", "minaret", "short"]
"#;

pub fn url(text: &str) -> Url {
    Url::parse(text).unwrap()
}

pub fn at(hours: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(1_780_281_000, 0).unwrap() - TimeDelta::hours(hours)
}

pub fn person(name: &str, uri: Option<&str>) -> Person {
    Person { name: Some(name.to_owned()), uri: uri.map(str::to_owned), email: Some("private@brede.example".to_owned()) }
}

fn party(name: &str, address: &str) -> Party {
    Party { name: name.to_owned(), url: Some(url(address)) }
}

pub fn body(source: &str) -> Html {
    sanitize(source, &url("https://brede.example/news/"))
}

/// The outlet's own article by nobody in particular, without summary. `number` tells it from others and counts back its hours.
pub fn plain(number: i64, outlet: &str, name: &str, language: &str) -> StoredArticle {
    let page = party(name, &format!("https://{outlet}.example/news/{number}"));
    let published = Timestamp { at: at(number), precision: Precision::Minute };
    let feed_url = url(&format!("https://{outlet}.example/rss.xml"));
    let article = Article {
        outlet: outlet.to_owned(),
        feed_url: feed_url.clone(),
        source_key: number.to_string(),
        marks: Marks { guid: Some(format!("{outlet}-{number}")), ..Marks::default() },
        url: page.url.clone(),
        title: format!("灯塔看守人的第 {number} 封信"),
        title_raw: format!("灯塔看守人的第 {number} 封信"),
        language: Some(language.to_owned()),
        published: Some(published),
        embargoed_until: None,
        updated: None,
        authors: Vec::new(),
        summary: None,
        body: body(&format!("<p>他把第 {number} 封信交给了摆渡的人。</p>")),
        images: Vec::new(),
        attachments: Vec::new(),
        categories: Vec::new(),
        comments: None,
        disclaimers: Vec::new(),
        hints: Hints::default(),
        warnings: Vec::new(),
        complete: true,
    };
    let provenance = Provenance {
        source: page.clone(),
        source_feed: feed_url,
        source_home: Some(url(&format!("https://{outlet}.example/"))),
        authors: vec![person(name, None)],
        original: None,
        translation: None,
        hops: vec![Hop { action: HopAction::Created, party: page, at: Some(at(number)), language: Some(language.to_owned()) }],
        disclaimer: None,
        rights: None,
        license: None,
        evidence: Vec::new(),
    };
    let identity = Identity {
        key: format!("{number:020x}"),
        id: format!("tag:relay.example.net,2026:{outlet}/{number}"),
        first_seen: at(-20),
        changed: at(-20),
        revision: 1,
    };
    StoredArticle { identity, attributed: AttributedArticle { article, provenance }, beside: Default::default() }
}

/// A text in another language that came by way of a translator's outlet: with summary, pictures, files, sections, comments, rights and licence.
pub fn translated(number: i64, kind: TranslationKind) -> StoredArticle {
    let mut stored = plain(number, "brede", "布雷德观察", "zh-Hans");
    let article = &mut stored.attributed.article;
    article.summary = Some("看守人 <三十年> 没有离开灯塔 & 他的收音机；共 &amp; 分。".to_owned());
    article.body = body(
        "<h2>最后一班渡轮</h2><p onclick=\"x()\">海雾 <script>alert(1)</script>散去。<a href=\"/map?a=1&amp;b=2\">地图</a>\
         <a href=\"javascript:x\">空</a></p><figure><img src=\"../img/lamp.jpg?w=9&amp;h=6\" alt=\"灯\" style=\"x\">\
         <figcaption>灯室。Ida Moor / Skerry Press</figcaption></figure><p><math><mi>r</mi><annotation>r</annotation></math> 海里</p>\
         <svg><text>x</text></svg><p><img src=\"data:image/png;base64,AAAA\"><ruby>灯<rt>dēng</rt></ruby> &lt;b&gt;</p>",
    );
    article.images = ["https://brede.example/img/lamp.jpg?w=9&h=6", "https://brede.example/img/not-in-the-text.jpg"]
        .map(|address| Image {
            url: url(address),
            caption: Some("灯室 <夜>".to_owned()),
            credit: Some("Ida Moor".to_owned()),
            copyright: Some("© Skerry Press".to_owned()),
            width: Some(900),
            height: Some(600),
            media_type: Some("image/jpeg".to_owned()),
        })
        .to_vec();
    article.attachments = ["https://brede.example/a.mp3", "https://brede.example/b.pdf"]
        .map(|address| Attachment { url: url(address), media_type: "audio/mpeg".to_owned(), length: 4711 })
        .to_vec();
    let category = |term: &str, scheme: Option<&str>, label: Option<&str>| Category {
        term: term.to_owned(),
        scheme: scheme.map(str::to_owned),
        label: label.map(str::to_owned),
    };
    article.categories = vec![
        category("sea", Some("https://brede.example/s/"), Some("海 & 岸")),
        category("sea", None, None),
        category("", None, None),
    ];
    article.comments = Some(Comments { url: Some(url("https://brede.example/news/1#talk")), count: Some(12) });
    let original = party("The Skerry Press", "https://skerry.example/2026/05/keeper?x=1&y=2");
    let translator = party("Übersetzte Küste; Bote, Nord", "https://kueste.example/文/[7]");
    let hop = |action, party: &Party, hours| Hop { action, party: party.clone(), at: Some(at(hours)), language: None };
    let provenance = &mut stored.attributed.provenance;
    let machine = !matches!(kind, TranslationKind::Human);
    provenance.translation = Some(Translation {
        kind,
        from: Some(if kind == TranslationKind::ScriptConversion { "zh-Hant" } else { "en" }.to_owned()),
        to: Some("zh-Hans".to_owned()),
        engine: machine.then(|| "skerry-nmt 2".to_owned()),
        source: original.url.clone(),
        translators: if machine { Vec::new() } else { vec![person("白鹭", Some("https://kueste.example/bailu"))] },
        earlier: None,
    });
    provenance.authors = vec![
        person("Moor, Ida; the Younger", Some("https://skerry.example/by/ida")),
        person("José «Pepe» Ruíz", Some("not an address")),
    ];
    provenance.hops = vec![
        hop(HopAction::Created, &original, number + 40),
        hop(HopAction::Translated, &translator, number + 10),
        hop(HopAction::Reposted, &provenance.source, number),
    ];
    provenance.original = Some(Original { outlet: original, language: Some("en".to_owned()), published: Some(at(number + 40)) });
    provenance.rights = Some("© The Skerry Press <1>".to_owned());
    provenance.license = Some(url("https://creativecommons.org/licenses/by-nd/4.0/"));
    stored
}

/// An Arabic text whose outlet passes on another feed's entry, with an address that is no URI and characters that XML forbids.
pub fn arabic(number: i64) -> StoredArticle {
    let mut stored = plain(number, "minaret", "صحيفة المنارة", "ar");
    let article = &mut stored.attributed.article;
    article.title = "الفنار\u{0} \u{b}القديم\u{fffe} <b>&amp; البحر".to_owned();
    article.body = body("<p>فتحت القرية الفنار القديم للزوار.</p>");
    article.hints.source = Some(party("وكالة الساحل", "https://sahel.example/"));
    article.hints.source_feed = Some(url("https://sahel.example/atom"));
    stored.attributed.provenance.authors = vec![person("ليلى الحدّاد", None)];
    stored.attributed.provenance.source.url = Some(url("https://minaret.example/خبر/[1]?q={a}|b"));
    stored
}

/// A text of which only the beginning may be shown, in English, of several sentences.
pub fn excerpted(number: i64) -> StoredArticle {
    let mut stored = plain(number, "short", "Sluice Gazette", "en");
    stored.attributed.article.title = "Gates & locks: what \"<em>\" means".to_owned();
    stored.attributed.article.body =
        body("<p>The gate opens at nine.</p><p>The secret is that nobody holds the key any more.</p>");
    stored.attributed.article.attachments =
        vec![Attachment { url: url("https://sluice.example/x.mp3"), media_type: "audio/mpeg".to_owned(), length: 0 }];
    stored
}

/// All of them, two within the same second, one of them twice.
pub fn all() -> Vec<StoredArticle> {
    let mut changed = plain(9, "brede", "布雷德观察", "zh-Hans");
    changed.identity.revision = 2;
    changed.identity.changed = at(-25);
    let mut twin = plain(10, "brede", "布雷德观察", "ja");
    twin.attributed.article.published = plain(11, "brede", "", "ja").attributed.article.published;
    vec![
        translated(1, TranslationKind::Human),
        translated(2, TranslationKind::Machine),
        translated(3, TranslationKind::MachineLight),
        translated(4, TranslationKind::MachineFull),
        translated(5, TranslationKind::ScriptConversion),
        plain(6, "brede", "布雷德观察", "zh-Hans"),
        arabic(7),
        excerpted(8),
        changed,
        twin,
        plain(11, "brede", "布雷德观察", "ko"),
        plain(6, "brede", "布雷德观察", "zh-Hans"),
    ]
}

static CHECKED: LazyLock<Config> = LazyLock::new(|| config::parse("feeds.toml", CONFIG).unwrap());
static RENDERER: LazyLock<Renderer> = LazyLock::new(|| Renderer::new(&CHECKED, None).unwrap());

/// The feed `all` of these articles.
pub fn document(format: FeedFormat, articles: &[StoredArticle]) -> PublishedDocument {
    RENDERER.feed(CHECKED.feed("all").unwrap(), format, &Contents::of(articles))
}

/// The page of an article.
pub fn page(article: &StoredArticle) -> String {
    String::from_utf8(RENDERER.article(article).body.to_vec()).unwrap()
}

/// The index of the site.
pub fn index() -> String {
    String::from_utf8(RENDERER.index(&CHECKED.feeds, &all()).body.to_vec()).unwrap()
}
