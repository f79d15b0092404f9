//! The store against real files. Outlets, people and texts are invented.

mod access;
mod archives;
mod arrivals;
mod backups;
mod contract;
mod failures;
mod frontier;
mod held;
mod identities;
mod records;
mod stories;
mod translations;
mod windows;
mod withdrawals;

use std::path::PathBuf;

use chrono::{DateTime, TimeDelta, TimeZone, Utc};
use url::Url;

use super::*;
use crate::model::{
    Article, Attachment, AttributedArticle, Category, Comments, Earlier, Evidence, Hints, Hop, HopAction, Html, Image, Marks,
    Original, ParsedEarlier, ParsedHop, ParsedProvenance, ParsedTranslation, Party, Person, Precision, Provenance, Timestamp,
    Translation, TranslationKind, Warning,
};

const AUTHORITY: &str = "relay.example.net,2026";

/// A file in a folder that goes with the test.
struct Place {
    folder: tempfile::TempDir,
}

impl Place {
    fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap() }
    }

    fn file(&self) -> PathBuf {
        self.folder.path().join("reprint.db")
    }

    async fn open(&self) -> Store {
        Store::open(&self.file(), AUTHORITY).await.unwrap()
    }
}

/// `minute` minutes into a morning.
fn at(minute: i64) -> DateTime<Utc> {
    Utc.with_ymd_and_hms(2026, 3, 1, 8, 0, 0).unwrap() + TimeDelta::minutes(minute)
}

fn url(address: &str) -> Url {
    Url::parse(address).unwrap()
}

fn stamp(minute: i64) -> Timestamp {
    Timestamp { at: at(minute), precision: Precision::Minute }
}

fn person(name: &str) -> Person {
    Person { name: Some(name.to_owned()), uri: None, email: None }
}

fn party(name: &str, address: &str) -> Party {
    Party { name: name.to_owned(), url: Some(url(address)) }
}

fn state(outlet: &str) -> PollState {
    PollState::new(outlet, url(&format!("https://{outlet}.example.com/rss")), at(0))
}

/// A short article of `outlet`, known there as `source_key`, published at `at(0)`.
fn short(outlet: &str, source_key: &str) -> AttributedArticle {
    let title = format!("Harbour ferry {source_key}");
    let article = Article {
        title_raw: format!("{title} - The Ledger"),
        language: Some("en".to_owned()),
        published: Some(stamp(0)),
        authors: vec![person("Mara Quill")],
        body: Html::from_sanitized("<p>The ferry sailed.</p>".to_owned()),
        ..Article::made(outlet, source_key, &title)
    };
    article.attributed("The Ledger", vec![person("Mara Quill")])
}

/// An article in which every field holds something.
fn full() -> AttributedArticle {
    let translator = Person {
        name: Some("译者甲".to_owned()),
        uri: Some("https://harbour.example.com/t".to_owned()),
        email: Some("t@harbour.example.com".to_owned()),
    };
    AttributedArticle {
        article: Article {
            outlet: "harbour".to_owned(),
            feed_url: url("https://harbour.example.com/rss?lang=zh"),
            source_key: "urn:uuid:1\u{0}\"\\".to_owned(),
            marks: Marks {
                guid: Some("urn:uuid:1".to_owned()),
                address: Some("//harbour.example.com/1".to_owned()),
                title: Some([7; 16]),
                text: Some([0xf0; 16]),
                text_length: 4,
                story: Vec::new(),
                links: None,
            },
            url: Some(url("https://harbour.example.com/渡轮/1?a=1&b=2")),
            title: "渡轮停航 “三天” <b>&amp;</b>".to_owned(),
            title_raw: "海港:渡轮停航(组图)".to_owned(),
            language: Some("zh-Hans".to_owned()),
            published: Some(Timestamp { at: at(1) + TimeDelta::nanoseconds(123_456_789), precision: Precision::Day }),
            embargoed_until: Some(at(-3)),
            updated: Some(Timestamp { at: at(2), precision: Precision::Hour }),
            authors: vec![person("作者乙"), Person::default()],
            summary: Some(String::new()),
            body: Html::from_sanitized("<p>渡轮<br>\u{1F6A2}\u{2028}</p>".to_owned()),
            images: vec![Image {
                url: url("https://harbour.example.com/1.jpg"),
                caption: Some("码头".to_owned()),
                credit: Some("PIER DESK, VIA EXAMPLE WIRE".to_owned()),
                copyright: Some("© 海港".to_owned()),
                width: Some(640),
                height: Some(0),
                media_type: Some("image/jpeg".to_owned()),
            }],
            attachments: vec![Attachment {
                url: url("https://harbour.example.com/1.mp3"),
                media_type: "audio/mpeg".to_owned(),
                length: u64::MAX,
            }],
            categories: vec![
                Category { term: "城市".to_owned(), scheme: Some("urn:x".to_owned()), label: Some(String::new()) },
                Category { term: "ferry".to_owned(), scheme: None, label: None },
            ],
            comments: Some(Comments { url: Some(url("https://harbour.example.com/1/comments")), count: Some(12) }),
            disclaimers: vec!["本文仅代表原作者观点。".to_owned()],
            hints: Hints {
                source: Some(party("The Ledger", "https://ledger.example.com/")),
                source_feed: Some(url("https://ledger.example.com/rss")),
                via: vec![party("", "https://mid.example.com/1")],
                original: vec![party("Ferry stops", "https://ledger.example.com/1")],
                original_language: Some("en".to_owned()),
                original_published: Some(stamp(-60)),
                publisher: Some("海港".to_owned()),
                translators: vec![translator.clone()],
                editors: Vec::new(),
                text_chain: vec![Party { name: "账本".to_owned(), url: None }],
                rights: Some("© Ledger".to_owned()),
                license: Some(url("https://license.example.com/by")),
                provenance: Some(ParsedProvenance {
                    translation: Some(ParsedTranslation {
                        kind: "human".to_owned(),
                        from: Some("en".to_owned()),
                        to: Some("zh-Hans".to_owned()),
                        engine: Some("e".to_owned()),
                        source: Some("/1".to_owned()),
                    }),
                    earlier: vec![ParsedEarlier {
                        seq: Some("1".to_owned()),
                        kind: "machine".to_owned(),
                        engine: Some("Loom".to_owned()),
                        translators: vec![Person { name: Some("Ona Riba".to_owned()), uri: None, email: None }],
                    }],
                    hops: vec![ParsedHop {
                        seq: Some("1".to_owned()),
                        action: "created".to_owned(),
                        party: "The Ledger".to_owned(),
                        at: Some("yesterday".to_owned()),
                        language: Some("en".to_owned()),
                        href: Some("x".to_owned()),
                    }],
                    disclaimers: vec!["d".to_owned()],
                }),
                originals_stated: 1,
                says_repost: Some("转载".to_owned()),
                says_translation: Some("译".to_owned()),
                says_own: Some("原创".to_owned()),
                evidence: vec![Evidence { field: "title", rule: "title_of_entry", text: "渡轮".to_owned() }],
            },
            warnings: vec![Warning::new("xml_repaired", "a tag was closed")],
            complete: true,
        },
        provenance: Provenance {
            source: party("海港纪事", "https://harbour.example.com/1"),
            source_feed: url("https://harbour.example.com/rss?lang=zh"),
            source_home: Some(url("https://harbour.example.com/")),
            authors: vec![person("Mara Quill")],
            original: Some(Original {
                outlet: party("The Ledger", "https://ledger.example.com/1"),
                language: Some("en".to_owned()),
                published: Some(at(-60)),
            }),
            translation: Some(Translation {
                kind: TranslationKind::MachineFull,
                from: Some("en".to_owned()),
                to: Some("zh-Hans".to_owned()),
                engine: Some("Example MT".to_owned()),
                source: Some(url("https://ledger.example.com/1")),
                translators: vec![translator.clone()],
                earlier: Some(Earlier {
                    kind: TranslationKind::Human,
                    engine: Some("Example MT".to_owned()),
                    translators: vec![translator],
                    earlier: None,
                }),
            }),
            hops: HopAction::ALL
                .into_iter()
                .map(|(action, name)| Hop {
                    action,
                    party: Party { name: name.to_owned(), url: None },
                    at: Some(at(-50)),
                    language: Some("zh-Hans".to_owned()),
                })
                .collect(),
            disclaimer: Some("转载".to_owned()),
            rights: Some("© Ledger".to_owned()),
            license: Some(url("https://license.example.com/by")),
            evidence: vec![Evidence { field: "author", rule: "feed_author", text: "Mara Quill".to_owned() }],
        },
    }
}

fn ready(article: &AttributedArticle) -> Verdict {
    Verdict::Ready(Box::new(article.clone()))
}

fn held(article: &AttributedArticle) -> Verdict {
    Verdict::Held { article: Box::new(article.article.clone()), code: "no_address", reason: "it links to no page".to_owned() }
}

fn key(article: &AttributedArticle) -> String {
    identity::key(&article.article.outlet, &article.article.source_key)
}

/// With another body.
fn edited(article: &AttributedArticle, body: &str) -> AttributedArticle {
    let mut edited = article.clone();
    edited.article.body = Html::from_sanitized(format!("<p>{body}</p>"));
    edited
}

async fn record(store: &Store, verdicts: &[Verdict], minute: i64) -> Change {
    let outlet = match verdicts.first() {
        Some(Verdict::Ready(ready)) => ready.article.outlet.clone(),
        Some(Verdict::Held { article, .. }) => article.outlet.clone(),
        None => "ledger".to_owned(),
    };
    let previewed = store.preview(verdicts).await.unwrap();
    let mut change = store.record(&state(&outlet), verdicts, at(minute)).await.unwrap();
    assert_eq!(previewed, change, "preview and record agree");
    assert!(change.titles.keys().eq(change.new.iter().chain(&change.changed).collect::<std::collections::BTreeSet<_>>()));
    change.titles.clear();
    change
}

async fn stored(store: &Store, article: &AttributedArticle) -> StoredArticle {
    store.article(&key(article)).await.unwrap().unwrap()
}
