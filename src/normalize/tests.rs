use super::*;
use crate::model::{Enclosure, Media, ParsedProvenance, ParsedSource, Precision};

fn outlet() -> Outlet {
    let text = "[site]\ntitle = \"T\"\nurl = \"https://relay.example.com\"\n[[outlet]]\nname = \"今日港\"\nid = \"port\"\nlanguage = \"zh-Hans\"\ntime_zone = \"Asia/Shanghai\"\nfeed = \"https://outlet.example/feed\"\n";
    let config = crate::config::parse("feeds.toml", text).unwrap_or_else(|error| panic!("{error}"));
    config.outlets[0].clone()
}

fn article_of(head: &FeedHead, parsed: &ParsedEntry) -> Article {
    article_from(&outlet(), head, parsed)
}

fn article_from(outlet: &Outlet, head: &FeedHead, parsed: &ParsedEntry) -> Article {
    let url = Url::parse("https://outlet.example/feed").expect("a literal");
    // 2026-06-02T02:30:00Z
    let fetched_at = DateTime::from_timestamp(1_780_367_400, 0).expect("a time");
    entry(&Setting { outlet, feed_url: &url, base: &url, fetched_at, head }, parsed)
}

fn article(parsed: ParsedEntry) -> Article {
    article_of(&FeedHead::default(), &ParsedEntry { complete: true, ..parsed })
}

fn html(value: &str) -> Text {
    Text { value: value.into(), kind: TextKind::Html, ..Text::default() }
}

fn link(rel: &str, href: &str) -> Link {
    Link { rel: rel.into(), href: href.into(), ..Link::default() }
}

fn person(name: &str) -> Person {
    Person { name: Some(name.into()), ..Person::default() }
}

fn names(people: &[Person]) -> Vec<&str> {
    people.iter().filter_map(|person| person.name.as_deref()).collect()
}

fn codes(article: &Article) -> Vec<&str> {
    article.warnings.iter().map(|warning| warning.code).collect()
}

#[test]
fn a_whole_entry() {
    let got = article(ParsedEntry {
        id: Some("news-7".into()),
        title: Some(html("港时:退役渡轮变身图书馆(组图)")),
        links: vec![link("alternate", "/news/7?utm_source=rss")],
        summary: Some(html("小镇买下<b>渡轮</b>。")),
        content: vec![html(
            "<p>本文转载自海港纪事,不代表本网立场。</p><p>小镇买下了停航的双层渡轮。</p><p><img src=/1.jpg></p><p>甲板。摄影:林书白</p>",
        )],
        published: Some("2026-06-02 09:40".into()),
        authors: vec![person("作者:Nora Whitfield"), person("译者:林书白"), person("管理员")],
        categories: vec![
            Category { term: " 文化 ".into(), ..Category::default() },
            Category { term: "文化".into(), ..Category::default() },
        ],
        comment_count: Some("4".into()),
        ..ParsedEntry::default()
    });
    assert_eq!(got.source_key, "news-7");
    assert_eq!(got.url.as_ref().map(Url::as_str), Some("https://outlet.example/news/7?utm_source=rss"));
    assert_eq!((got.title.as_str(), got.title_raw.as_str()), ("港时:退役渡轮变身图书馆", "港时:退役渡轮变身图书馆(组图)"));
    assert_eq!(got.language.as_deref(), Some("zh-Hans"));
    assert_eq!(
        got.published.map(|found| (found.at.to_rfc3339(), found.precision)),
        Some(("2026-06-02T01:40:00+00:00".to_owned(), Precision::Minute))
    );
    assert_eq!(names(&got.authors), ["Nora Whitfield"]);
    assert_eq!(names(&got.hints.translators), ["林书白"]);
    assert_eq!(got.summary.as_deref(), Some("小镇买下渡轮。"));
    assert_eq!(
        got.body.as_str(),
        "<p>小镇买下了停航的双层渡轮。</p><figure><img src=\"https://outlet.example/1.jpg\"><figcaption>甲板。摄影:林书白</figcaption></figure>"
    );
    assert_eq!(got.disclaimers, ["本文转载自海港纪事,不代表本网立场。"]);
    assert_eq!(got.hints.text_chain.first().map(|party| party.name.as_str()), Some("海港纪事"));
    assert_eq!(got.images[0].credit.as_deref(), Some("林书白"));
    assert_eq!(got.categories.len(), 1);
    assert_eq!(got.comments.as_ref().and_then(|comments| comments.count), Some(4));
    assert!(got.complete && got.warnings.is_empty());
}

#[test]
fn the_page_is_the_first_alternate_that_is_one() {
    let check = |parsed: ParsedEntry, expected: Option<&str>| assert_eq!(article(parsed).url.as_ref().map(Url::as_str), expected);
    let entry = |links: Vec<Link>| ParsedEntry { links, ..ParsedEntry::default() };
    let typed = |href: &str, kind: &str| Link { media_type: Some(kind.into()), ..link("alternate", href) };
    check(entry(vec![typed("/a.pdf", "application/pdf"), typed("/a", "text/html")]), Some("https://outlet.example/a"));
    check(
        entry(vec![link("self", "/s"), link("alternate", "javascript:x"), link("alternate", "/b")]),
        Some("https://outlet.example/b"),
    );
    check(
        ParsedEntry { id: Some("https://outlet.example/7".into()), id_is_permalink: true, ..ParsedEntry::default() },
        Some("https://outlet.example/7"),
    );
    check(ParsedEntry { id: Some("https://outlet.example/7".into()), ..ParsedEntry::default() }, None);
    check(ParsedEntry { id: Some("tag:x,2026:7".into()), id_is_permalink: true, ..ParsedEntry::default() }, None);
}

#[test]
fn the_key_outlives_what_changes() {
    let key = |id: Option<&str>, href: Option<&str>, title: &str| {
        let links = href.map(|href| vec![link("alternate", href)]).unwrap_or_default();
        article(ParsedEntry { id: id.map(str::to_owned), links, title: Some(html(title)), ..ParsedEntry::default() }).source_key
    };
    assert_eq!(key(Some(" g1 "), Some("/a"), "t"), "g1");
    assert_eq!(key(Some(""), Some("/a?utm_medium=x#c"), "t"), "https://outlet.example/a");
    assert_eq!(key(None, None, "t"), key(None, None, "t"));
    assert_ne!(key(None, None, "t"), key(None, None, "u"));
    let hash = key(None, None, "t");
    assert!(hash.starts_with("hash:") && hash.len() == 5 + 64, "{hash}");
}

#[test]
fn dates_that_cannot_be() {
    let check = |written: &str, expected: Option<&str>, code: Option<&str>| {
        let got = article(ParsedEntry { title: Some(html("t")), published: Some(written.into()), ..ParsedEntry::default() });
        assert_eq!(got.published.map(|found| found.at.format("%FT%TZ").to_string()).as_deref(), expected, "{written}");
        assert_eq!(codes(&got), code.into_iter().collect::<Vec<_>>(), "{written}");
    };
    check("2026-06-02T00:00:00Z", Some("2026-06-02T00:00:00Z"), None);
    check("2026-06-02T02:35:00Z", Some("2026-06-02T02:35:00Z"), None);
    check("2026-06-05T02:35:00Z", Some("2026-06-02T02:30:00Z"), Some("date_in_future"));
    check("1970-01-01T00:00:00Z", None, Some("date_implausible"));
    check("soon", None, Some("date_unreadable"));
    check(" ", None, None);
}

#[test]
fn dates_ahead_are_embargoes_of_outlets_that_have_some() {
    let check = |embargo: Option<u64>, published: &str, published_at: &str, until: Option<&str>, code: Option<&str>| {
        let mut outlet = outlet();
        outlet.terms.embargo = embargo.map(std::time::Duration::from_secs);
        let got = article_from(
            &outlet,
            &FeedHead::default(),
            &ParsedEntry { title: Some(html("t")), published: Some(published.into()), complete: true, ..ParsedEntry::default() },
        );
        let shown = |at: chrono::DateTime<chrono::Utc>| at.format("%FT%TZ").to_string();
        assert_eq!(got.published.map(|found| shown(found.at)).as_deref(), Some(published_at), "{published}");
        assert_eq!(got.embargoed_until.map(shown).as_deref(), until, "{published}");
        assert_eq!(codes(&got), code.into_iter().collect::<Vec<_>>(), "{published}");
    };
    let (now, ahead) = ("2026-06-02T02:30:00Z", "2026-06-05T02:35:00Z");
    check(None, ahead, now, None, Some("date_in_future"));
    check(Some(0), ahead, ahead, Some(ahead), None);
    check(Some(3600), "2026-06-02T02:35:00Z", "2026-06-02T02:35:00Z", None, None);
    check(Some(3600), "2026-06-01T00:00:00Z", "2026-06-01T00:00:00Z", None, None);
    check(Some(0), "2028-06-02T00:00:00Z", now, None, Some("date_in_future"));
}

#[test]
fn titles_made_and_summaries_dropped() {
    let made = article(ParsedEntry {
        content: vec![html("<p>渡轮停航了。没人知道为什么。</p>")], ..ParsedEntry::default()
    });
    assert_eq!((made.title.as_str(), made.title_raw.as_str()), ("渡轮停航了", ""));
    assert_eq!(codes(&made), ["title_missing"]);

    let check = |summary: &str, content: &str, expected: Option<&str>| {
        let got = article(ParsedEntry {
            title: Some(html("Ferry")),
            summary: Some(html(summary)),
            content: vec![html(content)],
            ..ParsedEntry::default()
        });
        assert_eq!(got.summary.as_deref(), expected);
    };
    check("The ferry sails.", "<p>The <b>ferry</b> sails.</p>", None);
    check("Ferry", "<p>The ferry sails.</p>", None);
    check("In short.", "<p>The ferry sails.</p>", Some("In short."));
    let only = article(ParsedEntry {
        title: Some(html("Ferry")),
        summary: Some(Text { value: "Line 1\n\nx < y".into(), ..Text::default() }),
        ..ParsedEntry::default()
    });
    assert_eq!((only.summary, only.body.as_str()), (None, "<p>Line 1</p><p>x &lt; y</p>"));
}

#[test]
fn hints_are_collected() {
    let got = article(ParsedEntry {
        title: Some(html("t")),
        links: vec![link("alternate", "/a"), link("via", "https://mid.example/1"), link("related", "https://see-also.example/")],
        derived_from: vec![link("dc:source", "海港纪事 https://ledger.example/1")],
        source: Some(ParsedSource {
            title: Some(html("海港纪事")),
            links: vec![link("self", "https://ledger.example/rss")],
            rights: Some(html("© 海港纪事")),
            ..ParsedSource::default()
        }),
        licenses: vec!["https://licence.example/by".into()],
        created: Some("2026-05-30".into()),
        ..ParsedEntry::default()
    });
    let hints = &got.hints;
    let original: Vec<(&str, &str)> =
        hints.original.iter().map(|party| (party.name.as_str(), party.url.as_ref().map_or("", Url::as_str))).collect();
    assert_eq!(original[0], ("海港纪事", "https://ledger.example/1"));
    assert_eq!(hints.via[0].url.as_ref().map(Url::as_str), Some("https://mid.example/1"));
    assert_eq!(hints.source.as_ref().map(|party| party.name.as_str()), Some("海港纪事"));
    assert_eq!(hints.source_feed.as_ref().map(Url::as_str), Some("https://ledger.example/rss"));
    assert_eq!(hints.rights.as_deref(), Some("© 海港纪事"));
    assert_eq!(hints.license.as_ref().map(Url::as_str), Some("https://licence.example/by"));
    assert_eq!(hints.original_published.map(|found| found.precision), Some(Precision::Day));

    let bare = article(ParsedEntry {
        title: Some(html("t")),
        links: vec![link("related", "https://see-also.example/")],
        ..ParsedEntry::default()
    });
    assert!(bare.hints.original.is_empty(), "a bare `related` is see-also");
}

#[test]
fn disclaimers_known_as_data_leave_the_body_in_any_wording() {
    let got = article(ParsedEntry {
        title: Some(html("t")),
        content: vec![html("<div>Only the author speaks here.</div><p>Text.</p><div>Only the author speaks here.</div>")],
        provenance: Some(ParsedProvenance {
            disclaimers: vec!["Only the author speaks here.".into()],
            ..ParsedProvenance::default()
        }),
        ..ParsedEntry::default()
    });
    assert_eq!((got.body.as_str(), got.disclaimers.len()), ("<p>Text.</p>", 1));
}

#[test]
fn pictures_and_files() {
    let media = Media {
        url: "/m.jpg".into(),
        medium: Some("image".into()),
        description: Some("The deck.".into()),
        credit: Some("Tomas Reed".into()),
        width: Some("600".into()),
        ..Media::default()
    };
    let lead = article(ParsedEntry {
        title: Some(html("t")),
        content: vec![html("<p>x</p>")],
        media: vec![media.clone()],
        ..ParsedEntry::default()
    });
    assert_eq!(lead.images.len(), 1);
    assert_eq!(
        (lead.images[0].caption.as_deref(), lead.images[0].credit.as_deref(), lead.images[0].width),
        (Some("The deck."), Some("Tomas Reed"), Some(600))
    );
    let both = article(ParsedEntry {
        title: Some(html("t")),
        content: vec![html("<p>x<img src=/m.jpg><img src=/n.jpg></p>")],
        media: vec![media],
        ..ParsedEntry::default()
    });
    assert_eq!(both.images.len(), 2);
    assert_eq!(both.images[0].credit.as_deref(), Some("Tomas Reed"));

    let file = |url: &str, length: &str| Enclosure { url: url.into(), length: Some(length.into()), ..Enclosure::default() };
    let files = article(ParsedEntry {
        title: Some(html("t")),
        enclosures: vec![file("/a.mp3", "12"), file("/a.mp3", "12"), file("javascript:x", "1"), file("/b", "-1")],
        ..ParsedEntry::default()
    });
    let got: Vec<(&str, &str, u64)> =
        files.attachments.iter().map(|file| (file.url.path(), file.media_type.as_str(), file.length)).collect();
    assert_eq!(got, [("/a.mp3", "audio/mpeg", 12), ("/b", "application/octet-stream", 0)]);
}

#[test]
fn feed_level_facts_stand_in() {
    let head = FeedHead {
        title: Some(html("Harbour Feed")),
        authors: vec![person("Nora Whitfield")],
        rights: Some(html("© Harbour")),
        language: Some("en-AU".into()),
        licenses: vec!["https://licence.example/".into()],
        ..FeedHead::default()
    };
    let got = article_of(
        &head,
        &ParsedEntry { title: Some(html("Ferry sails - Harbour Feed")), complete: true, ..ParsedEntry::default() },
    );
    assert_eq!(
        (got.title.as_str(), names(&got.authors), got.language.as_deref()),
        ("Ferry sails", vec!["Nora Whitfield"], Some("en-AU"))
    );
    assert_eq!((got.hints.rights.as_deref(), got.hints.license.is_some()), (Some("© Harbour"), true));
}

#[test]
fn categories_are_bounded() {
    let many = (0..40).map(|n| Category { term: format!("c{n}"), ..Category::default() }).collect();
    let got = article(ParsedEntry { title: Some(html("t")), categories: many, ..ParsedEntry::default() });
    assert_eq!((got.categories.len(), codes(&got)), (32, vec!["too_many_categories"]));
}

#[test]
fn a_counter_stays_where_the_terms_ask_for_it() {
    let mut outlet = outlet();
    let text = "<p>渡轮停了。<img src=\"https://counter.quay.example/7/count.gif\" width=\"1\" height=\"1\"></p>";
    let parsed = || ParsedEntry { content: vec![html(text)], complete: true, ..ParsedEntry::default() };
    assert_eq!(article_from(&outlet, &FeedHead::default(), &parsed()).body.as_str(), "<p>渡轮停了。</p>");
    outlet.terms.counter = true;
    let got = article_from(&outlet, &FeedHead::default(), &parsed());
    let counter = "<img src=\"https://counter.quay.example/7/count.gif\" width=\"1\" height=\"1\" alt=\"\">";
    assert_eq!(got.body.as_str(), format!("<p>渡轮停了。</p>{counter}"));
    assert!(got.images.is_empty(), "it is no picture of the article");
}
