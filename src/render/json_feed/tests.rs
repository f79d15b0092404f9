use serde_json::{Value, json};

use super::super::sample::{self, Sample, renderer};
use super::super::{Contents, FeedFormat, Place};
use crate::model::{Comments, StoredArticle, TranslationKind};

fn source(articles: &[StoredArticle], place: &Place<'_>) -> String {
    let document = renderer().feed(&sample::feed("all"), FeedFormat::Json, &Contents { place: *place, ..Contents::of(articles) });
    assert_eq!(document.content_type, "application/feed+json");
    String::from_utf8(document.body.to_vec()).unwrap()
}

fn feed(articles: &[StoredArticle]) -> Value {
    serde_json::from_str(&source(articles, &Place::default())).unwrap()
}

fn item(article: StoredArticle) -> Value {
    feed(&[article])["items"][0].clone()
}

fn translation() -> StoredArticle {
    sample::article(Sample::Translation)
}

#[test]
fn req_38_what_a_feed_says_of_itself() {
    let mut feed = feed(&[translation()]);
    let items = feed.as_object_mut().unwrap().remove("items").unwrap();
    assert_eq!(items.as_array().map(Vec::len), Some(1));
    let expected = json!({
        "version": "https://jsonfeed.org/version/1.1",
        "title": "南十字转载 · 全部",
        "home_page_url": "https://relay.example.net/feeds/all",
        "feed_url": "https://relay.example.net/feeds/all.json",
        "description": renderer().words.of([Some("zh-Hans")]).get("about"),
        "language": "zh-Hans",
        "_reprint": {"about": "https://relay.example.net/ns/1.0", "rights": renderer().words.of([Some("zh-Hans")]).get("copyright")},
    });
    assert_eq!(feed, expected);
    assert_eq!(sample::site().namespace_page(), "https://relay.example.net/ns/1.0");
    assert!(source(&[], &Place::default()).starts_with("{\"version\":\"https://jsonfeed.org/version/1.1\",\n\"title\":"));
}

#[test]
fn every_fact_has_its_member() {
    let mut item = item(translation());
    let members = item.as_object_mut().unwrap();
    let body = members.remove("content_html").unwrap();
    assert!(body.as_str().unwrap().starts_with("<div class=\"reprint-credit\""), "{body}");
    assert_eq!(body.as_str().unwrap().matches("reprint-disclaimer").count(), 2);
    let nora = json!({"name": "Nora Whitfield", "url": "https://ledger.example/by/nora"});
    let expected = json!({
        "id": "tag:relay.example.net,2026:nanan/4711",
        "url": "https://relay.example.net/a/0123456789abcdef0123",
        "external_url": "https://nanan.example/news/4711",
        "title": "退役渡轮变身水上图书馆",
        "language": "zh-Hans",
        "summary": "小镇买下停航的双层渡轮，把车辆甲板改成阅览室 & 书库。",
        "image": "https://img.example/ferry.jpg?w=1200&h=800",
        "date_published": "2026-06-01T02:30:00Z",
        "date_modified": "2026-06-01T02:30:00Z",
        "authors": [nora, {"name": "林书白（译）"}],
        "tags": ["文化"],
        "attachments": [
            {"url": "https://nanan.example/ferry.mp3", "mime_type": "audio/mpeg", "size_in_bytes": 1234},
            {"url": "https://nanan.example/ferry.pdf", "mime_type": "application/pdf", "size_in_bytes": 1234},
        ],
        "_reprint": {
            "source": {"title": "南岸新闻", "home_page_url": "https://nanan.example/", "feed_url": "https://nanan.example/rss.xml"},
            "via_url": "https://nanan.example/news/4711",
            "original": {
                "url": "https://ledger.example/2026/05/ferry?a=1&b=2", "language": "en", "outlet": "The Harbour Ledger",
                "date_published": "2026-05-30T21:05:00Z", "authors": [nora],
            },
            "translation": {
                "kind": "human", "from": "en", "to": "zh-Hans", "source": "https://ledger.example/2026/05/ferry?a=1&b=2",
                "translators": [{"name": "林书白"}],
            },
            "publisher": "海港纪事中文网",
            "available": "2026-06-02T00:40:00Z",
            "rights": "© The Harbour Ledger；译文 © 海港纪事中文网。经许可转载。",
            "license_url": "https://nanan.example/terms",
            "disclaimer": "本文转载自南岸新闻，仅代表原出处和原作者观点，仅供参考阅读，不代表本站态度和立场。",
            "comments": {"url": "https://nanan.example/news/4711#comments", "count": 12},
            "images": [{
                "url": "https://img.example/ferry.jpg?w=1200&h=800", "caption": "改造前的车辆甲板。", "credit": "Tomas Reed",
                "copyright": "© The Harbour Ledger",
            }],
            "hops": [
                {"seq": 1, "action": "created", "party": "The Harbour Ledger", "language": "en", "at": "2026-05-30T21:05:00Z",
                 "url": "https://ledger.example/2026/05/ferry?a=1&b=2"},
                {"seq": 2, "action": "translated", "party": "海港纪事中文网", "language": "zh-Hans", "at": "2026-06-01T02:30:00Z",
                 "url": "https://cn.ledger.example/2026/06/ferry"},
                {"seq": 3, "action": "reposted", "party": "南岸新闻", "at": "2026-06-02T00:15:00Z", "url": "https://nanan.example/news/4711"},
                {"seq": 4, "action": "reposted", "party": "南十字转载", "at": "2026-06-02T00:40:00Z",
                 "url": "https://relay.example.net/a/0123456789abcdef0123"},
            ],
        },
    });
    assert_eq!(item, expected);
}

#[test]
fn what_is_not_known_is_not_said() {
    let nothing = |value: &Value| value.is_null() || value == &json!([]) || value == &json!({}) || value == "";
    fn walk(value: &Value, check: &mut dyn FnMut(&Value)) {
        let children: Vec<&Value> = match value {
            Value::Array(values) => values.iter().collect(),
            Value::Object(members) => members.values().collect(),
            _ => Vec::new(),
        };
        for child in children {
            check(child);
            walk(child, check);
        }
    }
    for sample in Sample::ALL {
        let item = item(sample::article(sample));
        walk(&item, &mut |value| assert!(!nothing(value), "{item}"));
    }
    let bare = item(sample::article(Sample::Bare));
    for member in ["summary", "image", "tags", "attachments"] {
        assert!(bare.get(member).is_none(), "{member}: {bare}");
    }
    for member in ["original", "translation", "comments", "images", "rights", "expires"] {
        assert!(bare["_reprint"].get(member).is_none(), "{member}: {bare}");
    }
    // Where nobody is named, the outlet stands for the author, of this text and not of an original.
    assert_eq!(bare["authors"], json!([{"name": "南岸新闻"}]));

    let mut article = translation();
    article.attributed.article.attachments[0].length = 0;
    article.attributed.article.comments = Some(Comments { url: None, count: Some(0) });
    let unknown = item(article);
    assert!(unknown["attachments"][0].get("size_in_bytes").is_none(), "{unknown}");
    assert_eq!(unknown["_reprint"]["comments"], json!({"count": 0}));
}

#[test]
fn req_39_no_authors_of_the_whole_feed() {
    let feed = feed(&[translation()]);
    assert!(feed.get("authors").is_none() && feed.get("author").is_none(), "{feed}");
}

#[test]
fn req_40_names_of_members_are_plain() {
    fn walk(value: &Value) {
        if let Value::Object(members) = value {
            for (name, value) in members {
                let letters = name.strip_prefix('_').unwrap_or(name);
                assert!(letters.starts_with(|c: char| c.is_ascii_lowercase()) && !name.contains('.'), "{name}");
                walk(value);
            }
        }
        value.as_array().into_iter().flatten().for_each(walk);
    }
    walk(&feed(&[translation()]));
}

#[test]
fn machine_translations_say_so() {
    let machine = item(sample::article(Sample::Machine));
    assert_eq!(machine["_reprint"]["translation"]["kind"], "machine");
    assert_eq!(machine["_reprint"]["translation"]["engine"], "relay-nmt 3");
    assert_eq!(machine["authors"].as_array().map(Vec::len), Some(1), "nobody is named for what a machine did");

    let mut article = translation();
    article.attributed.provenance.original = None;
    article.attributed.provenance.translation.as_mut().unwrap().kind = TranslationKind::MachineFull;
    assert_eq!(
        item(article)["_reprint"]["original"],
        json!({"url": "https://ledger.example/2026/05/ferry?a=1&b=2", "language": "en"})
    );
}

#[test]
fn older_pages_are_pages_of_the_same_feed() {
    let place = Place { archive: Some("2026-05"), previous: Some("2026-04"), next: Some("2026-06") };
    let check = |place: Place<'_>, next: Option<&str>| {
        let page: Value = serde_json::from_str(&source(&[translation()], &place)).unwrap();
        assert_eq!(
            (page["feed_url"].as_str(), page["next_url"].as_str()),
            (Some("https://relay.example.net/feeds/all.json"), next)
        );
    };
    check(Place::default(), None);
    check(place, Some("https://relay.example.net/feeds/all/archive/2026-04.json"));
    check(Place { previous: None, ..place }, None);
    let document = renderer().feed(&sample::feed("all"), FeedFormat::Json, &Contents { place, ..Contents::default() });
    assert_eq!(document.path, "feeds/all/archive/2026-05.json");
}

#[test]
fn characters_that_end_strings_elsewhere_are_escaped() {
    let mut article = translation();
    let title = "“\"\\\u{1}\u{2028}</script>\u{1f6a2}";
    article.attributed.article.title = title.to_owned();
    // XML forbids U+0001, and a title has one line: the same in every format.
    assert_eq!(item(article)["title"], "“\"\\ </script>\u{1f6a2}");
}
