//! Requirements on JSON Feed.

use reprint::model::FeedFormat;
use serde_json::Value;

use super::articles::{SITE, all, document};

fn feed() -> Value {
    serde_json::from_slice(&document(FeedFormat::Json, &all()).body).expect("JSON")
}

fn items(feed: &Value) -> &[Value] {
    feed["items"].as_array().expect("a list")
}

#[test]
fn r38_a_feed_and_its_items_have_what_the_format_demands() {
    for feed in [feed(), serde_json::from_slice(&document(FeedFormat::Json, &[]).body).expect("JSON")] {
        assert_eq!(feed["version"], "https://jsonfeed.org/version/1.1");
        assert!(feed["title"].as_str().is_some_and(|title| !title.is_empty()));
        assert_eq!(feed["feed_url"], format!("{SITE}feeds/all.json"));
        assert_eq!(feed["home_page_url"], format!("{SITE}feeds/all"));
        for item in items(&feed) {
            assert!(item["id"].as_str().is_some_and(|id| id.starts_with("tag:")), "{item}");
            let texts = ["content_html", "content_text"].map(|member| item[member].as_str().unwrap_or_default());
            assert!(texts.iter().any(|text| !text.is_empty()), "{item}");
        }
    }
    assert!(items(&feed()).len() > 8);
}

#[test]
fn r39_the_feed_has_no_authors_and_every_item_has() {
    let feed = feed();
    assert!(feed.get("authors").is_none() && feed.get("author").is_none());
    for item in items(&feed) {
        assert!(item["authors"].as_array().is_some_and(|authors| !authors.is_empty()), "{item}");
    }
}

#[test]
fn r40_names_of_extensions_begin_with_a_low_line_and_a_letter_and_none_has_a_dot() {
    const FEED: &[&str] = &[
        "version",
        "title",
        "home_page_url",
        "feed_url",
        "next_url",
        "description",
        "user_comment",
        "icon",
        "favicon",
        "language",
        "expired",
        "hubs",
        "items",
    ];
    const ITEM: &[&str] = &[
        "id",
        "url",
        "external_url",
        "title",
        "content_html",
        "content_text",
        "summary",
        "image",
        "banner_image",
        "date_published",
        "date_modified",
        "authors",
        "tags",
        "language",
        "attachments",
    ];
    let feed = feed();
    let check = |object: &Value, known: &[&str]| {
        for name in object.as_object().expect("an object").keys() {
            let is_extension = name.strip_prefix('_').is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_alphabetic()));
            assert!(is_extension || known.contains(&name.as_str()), "{name}");
        }
    };
    check(&feed, FEED);
    items(&feed).iter().for_each(|item| check(item, ITEM));
    let (mut values, mut names) = (vec![&feed], 0);
    while let Some(value) = values.pop() {
        match value {
            Value::Object(members) => {
                assert!(members.keys().all(|name| !name.contains('.')), "{members:?}");
                names += members.len();
                values.extend(members.values());
            }
            Value::Array(inside) => values.extend(inside),
            _ => {}
        }
    }
    assert!(names > 100, "{names}");
}
