//! Pages that are feeds by their own markup. Outlets, people and texts are invented.

use chrono::DateTime;
use url::Url;

use super::*;
use crate::model::ParsedEntry;

fn doc(body: &str) -> FetchedDocument {
    let url = Url::parse("https://hewan.example/blog/").expect("an address");
    FetchedDocument::from_bytes(url, Some("text/html; charset=utf-8".to_owned()), body.as_bytes().to_vec(), DateTime::UNIX_EPOCH)
}

fn sound(_: &str) -> Result<(), Unreadable> {
    Ok(())
}

fn read(body: &str) -> ParsedFeed {
    feed(&doc(body), None, sound, Bounds::default()).unwrap_or_else(|error| panic!("{error}: {body}"))
}

/// The first entry of a feed of two.
fn entry(inside: &str) -> ParsedEntry {
    entry_in(&format!("<article class=h-entry>{inside}</article>"))
}

fn entry_in(element: &str) -> ParsedEntry {
    let feed = read(&format!("<div class=h-feed>{element}<p class=h-entry><a class=u-url href=/2>x</a></p></div>"));
    feed.entries.into_iter().next().expect("an entry")
}

fn title(entry: &ParsedEntry) -> Option<&str> {
    entry.title.as_ref().map(|title| title.value.as_str())
}

fn link(entry: &ParsedEntry) -> Option<&str> {
    entry.links.iter().find(|link| link.rel == "alternate").map(|link| link.href.as_str())
}

fn names(people: &[Person]) -> Vec<&str> {
    people.iter().filter_map(|person| person.name.as_deref()).collect()
}

#[test]
fn an_h_feed_with_everything() {
    let feed = read(
        "<html lang=zh-CN><head><base href='/b/'><title>t</title></head><body class='page h-feed'><h1 class=p-name>河湾 手记</h1>\
         <a class=u-url href='./'>主页</a><p class=p-summary>河边的事</p><a class='p-author h-card' href='/zhou'>周岸</a><img class=u-photo src=logo.png>\
         <a rel=license href='https://licence.example/by'>by</a>\
         <article class='h-entry' lang=ja><h2 class='p-name'><a class=u-url href='1.html'>渡口 的钟</a></h2>\
         <time class=dt-published datetime='2026-05-04T08:30:00+08:00'>今早</time><time class=dt-updated datetime='2026-05-04T09:00:00+08:00'>刚才</time>\
         <div class='p-author h-card'><a class='p-name u-url' href='/lin'>林书白</a> <a class=u-email href='mailto:lin@hewan.example'>信</a></div>\
         <p class=p-summary>钟响了三遍。</p><div class=e-content><p>钟声<b>很远</b>。</p><img src=a.png alt=x></div>\
         <img class=u-photo src=b.png alt='一口 钟'><a class=p-category href=/t/1>城事</a><a rel=tag href=/t/2>河流</a>\
         <a class=u-syndication href='https://copy.example/1'>c</a><a class=u-in-reply-to href='https://x.example/'>r</a>\
         <a class='p-repost-of h-cite' href='https://quill.example/bell'>The bell</a><data class=u-uid value='tag:hewan.example,2026:1'></data>\
         <audio class=u-audio src=a.mp3 type='audio/mpeg'></audio></article>\
         <article class=h-entry><a class='u-url p-name' href=2.html>第二</a></article></body></html>",
    );
    assert_eq!((feed.format, feed.entries.len(), feed.warnings.len()), (Format::Html, 2, 0));
    let head = &feed.head;
    assert_eq!(head.title.as_ref().map(|title| title.value.as_str()), Some("河湾 手记"));
    assert_eq!((head.links[0].href.as_str(), head.links[0].base.as_slice()), ("./", ["/b/".to_owned()].as_slice()));
    assert_eq!(head.subtitle.as_ref().map(|text| text.value.as_str()), Some("河边的事"));
    assert_eq!((head.language.as_deref(), head.image.as_deref()), (Some("zh-CN"), Some("logo.png")));
    assert_eq!((names(&head.authors), head.authors[0].uri.as_deref()), (vec!["周岸"], Some("/zhou")));
    assert_eq!(head.licenses, ["https://licence.example/by"]);

    let entry = &feed.entries[0];
    assert_eq!((title(entry), link(entry)), (Some("渡口 的钟"), Some("1.html")));
    assert_eq!(entry.base, ["/b/"]);
    assert_eq!(entry.published.as_deref(), Some("2026-05-04T08:30:00+08:00"));
    assert_eq!(entry.updated.as_deref(), Some("2026-05-04T09:00:00+08:00"));
    let author =
        Person { name: Some("林书白".to_owned()), uri: Some("/lin".to_owned()), email: Some("lin@hewan.example".to_owned()) };
    assert_eq!(entry.authors, [author]);
    assert_eq!(entry.summary.as_ref().map(|text| (text.value.as_str(), text.kind)), Some(("钟响了三遍。", TextKind::Plain)));
    assert_eq!(entry.content[0].value, "<p>钟声<b>很远</b>。</p><img src=\"a.png\" alt=\"x\">");
    assert_eq!(entry.content[0].kind, TextKind::Html);
    assert_eq!((entry.media[0].url.as_str(), entry.media[0].description.as_deref()), ("b.png", Some("一口 钟")));
    let terms: Vec<&str> = entry.categories.iter().map(|category| category.term.as_str()).collect();
    assert_eq!(terms, ["城事", "河流"]);
    assert!(entry.links.iter().any(|link| link.rel == "syndication" && link.href == "https://copy.example/1"));
    assert!(!entry.links.iter().chain(&entry.derived_from).any(|link| link.href.contains("x.example")));
    assert_eq!(entry.derived_from[0].href, "https://quill.example/bell");
    assert_eq!((entry.id.as_deref(), entry.id_is_permalink), (Some("tag:hewan.example,2026:1"), false));
    assert_eq!(entry.language.as_deref(), Some("ja"));
    assert_eq!((entry.enclosures[0].url.as_str(), entry.enclosures[0].media_type.as_deref()), ("a.mp3", Some("audio/mpeg")));
}

#[test]
fn h_atom_and_h_news_are_read_by_their_mapping() {
    let feed = read(
        "<body class=hfeed><div class='post hentry category-x'><h2 class=entry-title><a href=/1 rel=bookmark>渡口的钟</a></h2>\
         <abbr class=published title='2026-05-04T08:30:00+08:00'>今早</abbr><span class='author vcard'><a class='url fn n' href=/zhou>周岸</a></span>\
         <span class=author><span class=vcard><a class='fn url' href=/lin>林书白</a></span></span><div class=entry-content><p>一。</p></div>\
         <div class=entry-content><p>二。</p></div><p class=entry-summary>摘要</p><a rel='category tag' href=/c>城事</a><p class=p-name>不算</p></div>\
         <div class='hentry hnews item'><h2 class=entry-title><a href=/2>雾</a></h2><span class='source-org vcard'><a class='fn org url' href='https://quay.example/'>码头通讯社</a></span>\
         <span class=dateline>北岸</span><a rel='item-license' href='https://licence.example/x'>l</a><a rel=principles href=/p>p</a>\
         <div class=entry-content><p>雾散了。</p></div></div></body>",
    );
    let [first, second] = feed.entries.as_slice() else { panic!("{:?}", feed.entries) };
    assert_eq!(
        (title(first), link(first), first.published.as_deref()),
        (Some("渡口的钟"), Some("/1"), Some("2026-05-04T08:30:00+08:00"))
    );
    assert_eq!(names(&first.authors), ["周岸", "林书白"]);
    assert_eq!((first.authors[0].uri.as_deref(), first.authors[1].uri.as_deref()), (Some("/zhou"), Some("/lin")));
    assert_eq!(first.content[0].value, "<p>一。</p><p>二。</p>");
    assert_eq!(first.categories[0].term, "城事");
    assert_eq!((title(second), link(second)), (Some("雾"), Some("/2")), "the link in the title stands in");
    let source = second.source.as_ref().expect("a source");
    assert_eq!(source.title.as_ref().map(|title| title.value.as_str()), Some("码头通讯社"));
    assert_eq!((source.links[0].href.as_str(), second.publisher.as_deref()), ("https://quay.example/", Some("码头通讯社")));
    assert_eq!(second.licenses, ["https://licence.example/x"]);
    assert!(second.links.iter().any(|link| link.rel == "principles" && link.href == "/p"));
    assert_eq!(second.content[0].value, "<p>北岸</p><p>雾散了。</p>");
}

#[test]
fn names_pictures_and_addresses_are_implied() {
    let check = |element: &str, expected: (Option<&str>, Option<&str>, Option<&str>)| {
        let entry = entry_in(element);
        let photo = entry.media.first().map(|media| media.url.as_str());
        assert_eq!((title(&entry), link(&entry), photo), expected, "{element}");
    };
    check("<a class=h-entry href=/1> 渡口 的钟 </a>", (Some("渡口 的钟"), Some("/1"), None));
    check("<div class=h-entry><a href=/1>渡口的钟</a></div>", (Some("渡口的钟"), Some("/1"), None));
    check("<div class=h-entry><p><a href=/1><img src=a.png alt=钟></a></p></div>", (Some("钟"), Some("/1"), None));
    check("<div class=h-entry><a href=/1>a</a><a href=/3>b</a></div>", (None, None, None));
    check("<div class=h-entry><a class=u-url href=/1>a</a><img src=a.png></div>", (Some("a"), Some("/1"), None));
    check("<div class=h-entry><a href=/1>a</a><img src=a.png alt=''></div>", (Some("a"), Some("/1"), Some("a.png")));
    check("<div class=h-entry><p class=p-summary>s</p><a href=/1>a</a></div>", (None, Some("/1"), None));
    check("<div class=h-entry><b class=h-card>x</b><a href=/1>a</a></div>", (None, None, None));
    check(
        "<div class=h-entry><h2 class=p-name><a href=/1>a</a></h2><a href=/3>b</a><a href=/4>c</a></div>",
        (Some("a"), Some("/1"), None),
    );
}

#[test]
fn a_note_has_a_text_and_no_title() {
    let check = |inside: &str, expected: (Option<&str>, &str)| {
        let entry = entry(inside);
        let text = entry.content.first().map(|text| text.value.as_str()).unwrap_or_default();
        assert_eq!((title(&entry), text), expected, "{inside}");
    };
    check("钟响了<b>三</b>遍。", (None, "钟响了<b>三</b>遍。"));
    check("<p class='p-name e-content'>钟响了。</p><a class=u-url href=/1>x</a>", (None, "钟响了。"));
    check("<p class=p-name>钟</p><p class=p-content>钟响了。</p>", (Some("钟"), "钟响了。"));
    check("<p class=p-name>钟</p><div class=e-content></div>", (Some("钟"), ""));
    check("<div class=e-content>a<div class=e-content>b</div></div>", (None, "a<div class=\"e-content\">b</div>"));
}

#[test]
fn values_are_read_as_their_elements_say() {
    let name = |inside: &str, expected: &str| assert_eq!(title(&entry(inside)), Some(expected), "{inside}");
    name("<data class=p-name value=a>b</data>", "a");
    name("<abbr class=p-name title=a>b</abbr>", "a");
    name("<img class=p-name alt=a src=b>", "a");
    name("<p class=p-name>a<script>x</script> <img alt=b>c<br>d</p>", "a b c d");
    name("<p class=p-name><span class=value>a</span>x<span class=value>b</span></p>", "ab");
    name("<p class=p-name><span class=value-title title=a> </span>x</p>", "a");
    name("<template><p class=p-name>x</p></template><p class=p-name>a</p>", "a");
    let date = |inside: &str, expected: &str| {
        let entry = entry(inside);
        assert_eq!(entry.updated.or(entry.published).as_deref(), Some(expected), "{inside}");
    };
    date("<time class=dt-published>2026-05-04</time>", "2026-05-04");
    date("<span class=dt-published><b class=value>2026-05-04</b> <b class=value>8:30 pm</b></span>", "2026-05-04T20:30:00");
    date("<span class=dt-published><time class=value datetime='2026-05-04T08:30'>x</time></span>", "2026-05-04T08:30");
    date(
        "<time class=dt-published datetime='2026-05-04 08:30'></time><time class=dt-updated>21:30+08:00</time>",
        "2026-05-04T21:30:00+08:00",
    );
    let url = |inside: &str, expected: &str| assert_eq!(link(&entry(inside)), Some(expected), "{inside}");
    url("<data class=u-url value=/1></data>", "/1");
    url("<span class=u-url> /1 </span>", "/1");
    url("<link class=u-url href=/1>", "/1");
}

#[test]
fn what_an_entry_was_taken_from() {
    let check = |inside: &str, href: &str, title: Option<&str>| {
        let entry = entry(inside);
        let found = entry.derived_from.first().map(|link| (link.rel.as_str(), link.href.as_str(), link.title.as_deref()));
        assert_eq!(found, Some(("source", href, title)), "{inside}");
    };
    check("<a class=u-repost-of href='https://q.example/1'>x</a>", "https://q.example/1", None);
    check("<a class=u-bookmark-of href='https://q.example/1'>x</a>", "https://q.example/1", None);
    check("<p class=p-repost>as <a href='https://q.example/1'>told</a></p>", "https://q.example/1", None);
    check(
        "<div class='u-repost-of h-cite'><a class='u-url p-name' href='https://q.example/1'>The bell</a> in <i class=p-publication>The Quill</i></div>",
        "https://q.example/1",
        Some("The Quill"),
    );
    check(
        "<div class='u-bookmark h-cite'><a class=u-url href='https://q.example/1'>x</a> by <b class='p-author h-card'>Mira Ost</b></div>",
        "https://q.example/1",
        Some("Mira Ost"),
    );
}

#[test]
fn only_the_entries_of_the_feed_count() {
    let count = |body: &str, expected: Option<usize>| {
        let read = feed(&doc(body), None, sound, Bounds::default());
        assert_eq!(read.as_ref().ok().map(|feed| feed.entries.len()), expected, "{body}: {read:?}");
    };
    let item = |n: u32, inside: &str| format!("<div class=h-entry><a class='u-url p-name' href=/{n}>t{n}</a>{inside}</div>");
    // an entry in an entry is its comment, or what it quotes
    count(&format!("<div class=h-feed>{}</div>", item(1, &item(2, ""))), Some(1));
    count(
        &format!("<div class=h-feed>{}</div>", item(1, &format!("<div class='u-comment h-cite'>{}</div>", item(2, "")))),
        Some(1),
    );
    // without a feed, the entries of the page; one alone is an article
    count(&(item(1, "") + &item(2, "")), Some(2));
    count(&item(1, &(item(2, "") + &item(3, ""))), None);
    // the feed with most entries, never one in an entry
    count(&format!("<div class=h-feed>{}</div><div class=h-feed>{}{}</div>", item(1, ""), item(2, ""), item(3, "")), Some(2));
    count(&item(1, &format!("<div class=h-feed>{}{}</div>", item(2, ""), item(3, ""))), None);
    // classes of style sheets are no microformats
    count(&format!("<div class=h-feed><div class=h-full>{}{}</div></div>", item(1, ""), item(2, "")), Some(2));
    count("<p class=h-entry-list>h-entry</p>", None);
    count("<div class=h-feed></div><p>h-entry</p>", None);
    count("", None);
}

#[test]
fn bounds_hold() {
    let entries = "<p class=h-entry><a class=u-url href=/1>x</a></p>".repeat(30);
    let bounded = feed(&doc(&entries), None, sound, Bounds { entries: 10 }).expect("a feed");
    assert_eq!((bounded.entries.len(), bounded.warnings[0].code), (10, "too_many_items"));
    let refuse = |_: &str| Err(Unreadable::new("html_too_deep", "x"));
    assert_eq!(feed(&doc(&entries), None, refuse, Bounds::default()).err().map(|refused| refused.code), Some("html_too_deep"));
    // many of one kind in one entry, and many roots
    let parts = "<a class='p-category u-photo p-author u-repost-of' href=/x>x</a>".repeat(5_000);
    let many = entry(&parts);
    assert!(many.categories.len() <= 100 && many.authors.len() <= 16 && many.media.len() <= 100 && many.derived_from.len() <= 16);
    assert_eq!(read(&format!("{entries}{}", "<b class=h-card>x</b>".repeat(30_000))).warnings[0].code, "too_many_items");
}

#[test]
fn a_listing_page_with_an_h_feed_is_read_by_it() {
    let looks: String = (1..9).map(|n| format!("<li><a href=/menu/{n}>这是一条看上去很像标题的导航链接 {n}</a></li>")).collect();
    let body = |entries: &str| format!("<ul>{looks}</ul><div class=h-feed>{entries}</div>");
    let listed = |body: &str, selectors: &ListingSelectors| -> Vec<String> {
        let feed = listing(&doc(body), None, selectors, sound, Bounds::default()).expect("a list");
        feed.entries.iter().filter_map(link).map(str::to_owned).collect()
    };
    let entries =
        "<p class=h-entry><a class=u-url href=/a/1>渡口</a></p><p class=h-entry><a class=u-url href=/blog/#x>这里</a></p>";
    assert_eq!(listed(&body(entries), &ListingSelectors::default()), ["/a/1"], "what leads to the page itself is no article");
    let own = ListingSelectors { item: Some("li".to_owned()), ..ListingSelectors::default() };
    assert_eq!(listed(&body(entries), &own).len(), 8);
    assert_eq!(listed(&body("h-entry"), &ListingSelectors::default()).len(), 8);
}

#[test]
fn a_page_is_a_feed_only_if_nothing_else_is() {
    let check = |body: &str, expected: Result<Format, &str>| {
        let read = crate::parse::feed(&doc(body), None, Bounds::default(), sound);
        assert_eq!(read.map(|feed| feed.format).map_err(|refused| refused.code), expected, "{body}");
    };
    let entries = "<p class=hentry><a rel=bookmark href=/1>x</a></p>".repeat(2);
    check(&format!("<!doctype html><html><body>{entries}</body></html>"), Ok(Format::Html));
    check(&format!("<html xmlns='http://www.w3.org/1999/xhtml'><body>{entries}</body></html>"), Ok(Format::Html));
    check(
        &format!("<html><rss version='2.0'><channel><item><title>a</title></item></channel></rss>{entries}</html>"),
        Ok(Format::Rss20),
    );
    check("<html><body>hentry</body></html>", Err("not_a_feed"));
    check("{\"class\":\"h-entry\"}", Err("not_a_feed"));
}

proptest::proptest! {
    #[test]
    fn any_markup_has_an_end(parts in proptest::collection::vec(0..12_usize, 0..40)) {
        const PARTS: [&str; 12] = [
            "<div class='h-feed'>", "<p class=h-entry>", "<div class='hentry u-url'>", "</div>", "<a class='p-name u-url e-content' rel=tag href=x>",
            "</a>", "<b class='p-author h-card'>", "</b>", "<time class='dt-published value' datetime=x>", "<table><td class=p-name>", "text", "<img class=u-photo>",
        ];
        let body: String = parts.iter().filter_map(|part| PARTS.get(*part)).copied().collect();
        let _ = feed(&doc(&body), None, sound, Bounds::default());
    }
}
