//! Made-up articles: what templates are tried out on when they are loaded, and what the tests of this module start from.

use chrono::{DateTime, Utc};
use url::Url;

use crate::model::{
    Article, Attachment, AttributedArticle, Beside, Category, Comments, Hints, Hop, HopAction, Html, Identity, Image, Marks,
    Original, Party, Person, Precision, Provenance, StoredArticle, Timestamp, Translation, TranslationKind,
};

/// Which article.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sample {
    /// An English original, translated by a person, reposted by the outlet: everything that can be said is said.
    Translation,
    /// The outlet's own article by nobody in particular.
    Bare,
    /// Translated by a machine, nobody named.
    Machine,
}

impl Sample {
    /// Every sample.
    pub const ALL: [Sample; 3] = [Sample::Translation, Sample::Bare, Sample::Machine];
}

fn at(seconds: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(seconds, 0).unwrap_or_default()
}

fn url(text: &str) -> Option<Url> {
    Url::parse(text).ok()
}

fn party(name: &str, address: &str) -> Party {
    Party { name: name.to_owned(), url: url(address) }
}

fn person(name: &str, uri: Option<&str>) -> Person {
    Person { name: Some(name.to_owned()), uri: uri.map(str::to_owned), email: None }
}

/// The article.
pub(super) fn article(sample: Sample) -> StoredArticle {
    let source = party("南岸新闻", "https://nanan.example/news/4711");
    let feed = Url::parse("https://nanan.example/rss.xml").unwrap_or_else(|_| unreachable!("a constant address"));
    let mut article = Article {
        outlet: "nanan".to_owned(),
        feed_url: feed.clone(),
        source_key: "4711".to_owned(),
        marks: Marks::default(),
        url: source.url.clone(),
        title: "退役渡轮变身水上图书馆".to_owned(),
        title_raw: "海港纪事：退役渡轮变身水上图书馆（图）".to_owned(),
        language: Some("zh-Hans".to_owned()),
        published: Some(Timestamp { at: at(1_780_281_000), precision: Precision::Minute }),
        embargoed_until: None,
        updated: None,
        authors: Vec::new(),
        summary: None,
        body: Html::from_sanitized("<p>那艘绿色渡轮在镇上跑了四十一年。</p>".to_owned()),
        images: Vec::new(),
        attachments: Vec::new(),
        categories: Vec::new(),
        comments: None,
        disclaimers: Vec::new(),
        hints: Hints::default(),
        warnings: Vec::new(),
        complete: true,
    };
    let mut provenance = Provenance {
        source: source.clone(),
        source_feed: feed,
        source_home: url("https://nanan.example/"),
        authors: vec![person("南岸新闻", None)],
        original: None,
        translation: None,
        hops: vec![Hop {
            action: HopAction::Created,
            party: source.clone(),
            at: Some(at(1_780_281_000)),
            language: Some("zh-Hans".to_owned()),
        }],
        disclaimer: None,
        rights: None,
        license: None,
        evidence: Vec::new(),
    };
    if sample != Sample::Bare {
        let original = party("The Harbour Ledger", "https://ledger.example/2026/05/ferry?a=1&b=2");
        let translated = party("海港纪事中文网", "https://cn.ledger.example/2026/06/ferry");
        let hop = |action, party: &Party, seconds, language: Option<&str>| Hop {
            action,
            party: party.clone(),
            at: Some(at(seconds)),
            language: language.map(str::to_owned),
        };
        let machine = sample == Sample::Machine;
        provenance.translation = Some(Translation {
            kind: if machine { TranslationKind::Machine } else { TranslationKind::Human },
            from: Some("en".to_owned()),
            to: Some("zh-Hans".to_owned()),
            engine: machine.then(|| "relay-nmt 3".to_owned()),
            source: original.url.clone(),
            translators: if machine { Vec::new() } else { vec![person("林书白", None)] },
            earlier: None,
        });
        provenance.hops = vec![
            hop(HopAction::Created, &original, 1_780_175_100, Some("en")),
            hop(HopAction::Translated, &translated, 1_780_281_000, Some("zh-Hans")),
            hop(HopAction::Reposted, &source, 1_780_359_300, None),
        ];
        provenance.authors = vec![person("Nora Whitfield", Some("https://ledger.example/by/nora"))];
        provenance.original =
            Some(Original { outlet: original, language: Some("en".to_owned()), published: Some(at(1_780_175_100)) });
        provenance.rights = Some("© The Harbour Ledger；译文 © 海港纪事中文网。经许可转载。".to_owned());
        provenance.license = url("https://nanan.example/terms");
        article.summary = Some("小镇买下停航的双层渡轮，把车辆甲板改成阅览室 & 书库。".to_owned());
        article.body = Html::from_sanitized(
            "<p>那艘绿色渡轮在镇上跑了四十一年。</p><figure><img src=\"https://img.example/ferry.jpg?w=1200&amp;h=800\" alt=\"渡轮\">\
             <figcaption>改造前的车辆甲板。TOMAS REED / THE HARBOUR LEDGER</figcaption></figure><h2>从售票窗到借书台</h2><p>售票窗被保留下来。</p>"
                .to_owned(),
        );
        article.images = ["https://img.example/ferry.jpg?w=1200&h=800", "https://img.example/elsewhere.jpg"]
            .into_iter()
            .filter_map(url)
            .map(|url| Image {
                url,
                caption: Some("改造前的车辆甲板。".to_owned()),
                credit: Some("Tomas Reed".to_owned()),
                copyright: Some("© The Harbour Ledger".to_owned()),
                width: Some(1200),
                height: Some(800),
                media_type: Some("image/jpeg".to_owned()),
            })
            .collect();
        article.attachments = ["https://nanan.example/ferry.mp3", "https://nanan.example/ferry.pdf"]
            .into_iter()
            .zip(["audio/mpeg", "application/pdf"])
            .filter_map(|(address, media_type)| {
                Some(Attachment { url: url(address)?, media_type: media_type.to_owned(), length: 1234 })
            })
            .collect();
        article.categories = vec![Category {
            term: "culture".to_owned(),
            scheme: Some("https://nanan.example/s/".to_owned()),
            label: Some("文化".to_owned()),
        }];
        article.comments = Some(Comments { url: url("https://nanan.example/news/4711#comments"), count: Some(12) });
    }
    StoredArticle {
        identity: Identity {
            key: "0123456789abcdef0123".to_owned(),
            id: "tag:relay.example.net,2026:nanan/4711".to_owned(),
            first_seen: at(1_780_360_800),
            changed: at(1_780_360_800),
            revision: 1,
        },
        attributed: AttributedArticle { article, provenance },
        beside: Beside::default(),
    }
}

#[cfg(test)]
pub(super) fn site() -> super::SiteFacts {
    super::SiteFacts {
        title: "南十字转载".to_owned(),
        address: "https://relay.example.net/".to_owned(),
        language: "zh-Hans".to_owned(),
        time_zone: chrono_tz::Tz::Australia__Melbourne,
        contact: Some("desk@relay.example.net".to_owned()),
        disclaimer: None,
        tag_authority: Some("relay.example.net,2026".to_owned()),
    }
}

#[cfg(test)]
pub(super) fn feed(id: &str) -> crate::config::Feed {
    crate::config::Feed {
        id: id.to_owned(),
        title: "南十字转载 · 全部".to_owned(),
        language: "zh-Hans".to_owned(),
        outlets: vec!["nanan".to_owned()],
        size: 50,
        keep_hours: 48,
        title_prefix: None,
        selection: crate::config::Selection::default(),
        translate: None,
        access: crate::config::Access::Public,
    }
}

#[cfg(test)]
pub(super) fn outlets() -> Vec<super::Relayed> {
    vec![super::Relayed {
        id: "nanan".to_owned(),
        name: "南岸新闻".to_owned(),
        homepage: url("https://nanan.example/"),
        language: Some("zh-Hans".to_owned()),
        terms: crate::config::Terms::default(),
    }]
}

#[cfg(test)]
pub(super) fn renderer() -> &'static super::Renderer {
    static RENDERER: std::sync::LazyLock<super::Renderer> =
        std::sync::LazyLock::new(|| super::Renderer::with(site(), outlets(), &[feed("all"), feed("nanan")], None).unwrap());
    &RENDERER
}
