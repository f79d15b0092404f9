//! Pages as outlets build them. Outlets, people and texts are invented.

use chrono::{TimeZone, Utc};
use url::Url;

use super::*;
use crate::model::{ParsedEntry, Place};

fn doc(address: &str, body: &str) -> FetchedDocument {
    let url = Url::parse("https://hewan.example").and_then(|base| base.join(address)).expect("an address");
    let at = Utc.with_ymd_and_hms(2026, 5, 4, 1, 0, 0).single().expect("a time");
    FetchedDocument::from_bytes(url, Some("text/html".to_owned()), body.as_bytes().to_vec(), at)
}

pub(super) fn sound(_: &str) -> Result<(), Unreadable> {
    Ok(())
}

fn try_page(body: &str, selectors: &PageSelectors) -> Result<ParsedPage, Unreadable> {
    let doc = doc("/a/1.html", body);
    page(&doc, None, &Asked { first: &doc.url, number: 1, selectors, bounded: sound, rules: None })
}

fn read(body: &str) -> ParsedPage {
    try_page(body, &PageSelectors::default()).unwrap_or_else(|error| panic!("{error}: {body}"))
}

/// A page with a text that is found.
fn around(head: &str, before: &str, after: &str) -> String {
    let text = "<p>渡口的钟在清晨响了三遍,船夫们把缆绳一根一根收回甲板,等着雾从河面上散开,好把第一班客人送到对岸的集市去。</p>"
        .repeat(5);
    format!(
        "<html><head>{head}</head><body><div class=\"main\">{before}<div class=\"text\">{text}</div>{after}</div></body></html>"
    )
}

fn title(entry: &ParsedEntry) -> &str {
    entry.title.as_ref().map_or("", |title| title.value.as_str())
}

fn names(people: &[crate::model::Person]) -> Vec<&str> {
    people.iter().filter_map(|person| person.name.as_deref()).collect()
}

#[test]
fn facts_come_from_json_ld() {
    let json = r#"<script type="application/ld+json">{"@context":"https://schema.org","@graph":[{"@type":"WebSite","name":"x"},
        {"@type":["Thing","NewsArticle"],"headline":"渡口 的钟","datePublished":"2026-05-04T08:30:00+08:00","dateModified":"2026-05-04T09:00:00+08:00",
        "author":[{"@type":"Person","name":"周岸","url":"https://hewan.example/zhou"},"林书白"],"translator":{"name":"闻小溪"},
        "articleSection":["城事","河流"],"image":{"@type":"ImageObject","url":"/i/1.jpg"},"inLanguage":"zh-CN","copyrightNotice":"© 河湾日报",
        "license":"https://licence.example/by","isBasedOn":{"url":"https://quill.example/bell","name":"The Quill"},"commentCount":0}]}</script>"#;
    let entry = read(&around(json, "", "")).entry;
    assert_eq!(title(&entry), "渡口 的钟");
    assert_eq!(entry.published.as_deref(), Some("2026-05-04T08:30:00+08:00"));
    assert_eq!(entry.updated.as_deref(), Some("2026-05-04T09:00:00+08:00"));
    assert_eq!((names(&entry.authors), names(&entry.translators)), (vec!["周岸", "林书白"], vec!["闻小溪"]));
    assert_eq!(entry.authors[0].uri.as_deref(), Some("https://hewan.example/zhou"));
    let terms: Vec<&str> = entry.categories.iter().map(|category| category.term.as_str()).collect();
    assert_eq!(terms, ["城事", "河流"]);
    assert_eq!((entry.media[0].url.as_str(), entry.language.as_deref()), ("/i/1.jpg", Some("zh-CN")));
    assert_eq!(entry.rights.as_ref().map(|rights| rights.value.as_str()), Some("© 河湾日报"));
    assert_eq!(entry.licenses, ["https://licence.example/by"]);
    assert_eq!(
        (entry.derived_from[0].href.as_str(), entry.derived_from[0].title.as_deref()),
        ("https://quill.example/bell", Some("The Quill"))
    );
    assert_eq!(entry.comment_count.as_deref(), Some("0"));
}

#[test]
fn json_ld_as_real_sites_write_it() {
    let check = |json: &str, expected: &str| {
        let entry = read(&around(&format!("<script type=\"application/ld+json\">{json}</script>"), "", "")).entry;
        assert_eq!(title(&entry), expected, "{json}");
    };
    check("<!-- {\"@type\":\"Article\",\"headline\":\"a\"} -->", "a");
    check("//<![CDATA[\n{\"@type\":\"BlogPosting\",\"headline\":\"a\"}\n//]]>", "a");
    check("{\"@type\":\"Article\",\"headline\":\"a\nb\"};", "a b");
    check("[{\"@type\":\"BreadcrumbList\"},{\"@type\":\"http://schema.org/ReportageNewsArticle\",\"headline\":\"a\"}]", "a");
    check("{\"@type\":\"WebPage\",\"mainEntity\":{\"@type\":\"Article\",\"headline\":\"a\"}}", "a");
    check("{\"@type\":\"Organization\",\"headline\":\"a\"}", "");
    check("{broken", "");
    check(&("[".repeat(100_000) + "1"), "");
}

#[test]
fn facts_come_from_meta_microdata_and_what_is_seen() {
    let check = |head: &str, before: &str, expected: (&str, &str, &[&str])| {
        let entry = read(&around(head, before, "")).entry;
        let got = (title(&entry), entry.published.as_deref().unwrap_or_default(), names(&entry.authors));
        assert_eq!((got.0, got.1, got.2.as_slice()), expected, "{head}{before}");
    };
    check(
        "<meta property='og:title' content='渡口的钟'><meta property=article:published_time content=2026-05-04><meta name=author content=周岸>",
        "",
        ("渡口的钟", "2026-05-04", &["周岸"]),
    );
    check("<meta property=article:author content='https://hewan.example/zhou'>", "<h1>渡口的钟</h1>", ("渡口的钟", "", &[]));
    check(
        "<title>渡口的钟 - 河湾日报</title>",
        "<h1>河湾日报</h1><h1>渡口的钟</h1><time datetime='2026-05-04T08:30+08:00'>今早</time>",
        ("渡口的钟", "2026-05-04T08:30+08:00", &[]),
    );
    check(
        "",
        "<div itemscope itemtype='http://schema.org/Article'><span itemprop=author><b itemprop=name>周岸</b>,记者</span><i itemprop=datePublished content='2026-05-04T08:00Z'>今早</i></div>",
        ("", "2026-05-04T08:00Z", &["周岸"]),
    );
    check(
        "",
        "<div class=info><span class=pub-date>2026年05月04日 08:30</span><span class=updates>1234567</span></div>",
        ("", "2026年05月04日 08:30", &[]),
    );
    check("<title>渡口的钟</title>", "", ("渡口的钟", "", &[]));
}

#[test]
fn the_text_is_without_what_is_around_it() {
    let found = read(&around(
        "",
        "<nav><a href=/>首页</a></nav><h1>渡口的钟</h1>",
        "<div class=comment-list><p>写得真好,写得真好,写得真好,写得真好,写得真好,写得真好,写得真好。</p></div><script>alert(1)</script>",
    ));
    let text = &found.entry.content[0].value;
    assert_eq!(text.matches("船夫们").count(), 5);
    for part in ["首页", "写得真好", "alert", "<h1>"] {
        assert!(!text.contains(part), "{part} in {text}");
    }
}

#[test]
fn rows_stand_around_the_text() {
    let check = |before: &str, after: &str, expected: &[(Place, &str)]| {
        let found = read(&around("<title>渡口的钟 - 河湾日报</title>", before, after));
        let rows: Vec<(Place, &str)> = found.rows.iter().map(|row| (row.place, row.html.as_str())).collect();
        assert_eq!(rows, expected, "{before} {after}");
        assert_eq!(found.site, ["河湾日报"]);
    };
    let head = "<h1>渡口的钟</h1>";
    let line = "<div class=\"info\"><span>来源：羽笔中文网</span></div>";
    check(&format!("{head}{line}"), "", &[(Place::Head, line)]);
    check(&format!("<p class=\"date\">2026-05-04</p>{head}"), "", &[(Place::Head, "<p class=\"date\">2026-05-04</p>")]);
    check(head, "<p class=\"note\">本文转载自羽笔。</p>", &[(Place::Tail, "<p class=\"note\">本文转载自羽笔。</p>")]);
    check(head, "<div class=\"hot\"><i>来源:渡报</i></div>", &[]);
    check(head, "<div class=\"comment\"><h4>评论(4)</h4><p>来源:我。</p></div>", &[(Place::Comments, "<h4>评论(4)</h4>")]);
    check(
        &format!("<div class=\"crumb\"><a href=\"/\">首页</a> &gt; <a href=\"/c\">城事</a></div>{head}"),
        "",
        &[
            (Place::Crumbs, "<div class=\"crumb\"><a href=\"/\">首页</a> &gt; <a href=\"/c\">城事</a></div>"),
            (Place::Head, "<div class=\"crumb\"><a href=\"/\">首页</a> &gt; <a href=\"/c\">城事</a></div>"),
        ],
    );
    check(
        head,
        "<div class=\"tags\"><a href=\"/t\">河</a></div>",
        &[
            (Place::Tags, "<div class=\"tags\"><a href=\"/t\">河</a></div>"),
            (Place::Tail, "<div class=\"tags\"><a href=\"/t\">河</a></div>"),
        ],
    );
}

#[test]
fn what_is_told_by_what_it_is() {
    let of = |place: Place, body: &str| -> Vec<String> {
        let page = read(body);
        let shown =
            |row: &crate::model::PageRow| Document::fragment(row.html.as_str()).text().split_whitespace().collect::<String>();
        page.rows.iter().filter(|row| row.place == place).map(shown).collect()
    };
    let way = "<div><a href='/'>河湾</a> &gt; <a href='/c'>城事</a> &gt; 正文</div><h1>渡口的钟</h1>";
    assert_eq!(of(Place::Crumbs, &around("<title>渡口的钟</title>", way, "")), ["河湾>城事>正文"]);
    let menu = "<div><a href='/'>河湾</a> | <a href='/c'>城事</a> | <a href='/d'>河流</a></div><h1>渡口的钟</h1>";
    assert_eq!(of(Place::Crumbs, &around("<title>渡口的钟</title>", menu, "")), [""; 0]);
    let link = "<h1>渡口的钟</h1><p><a href='/a/1/comments'>コメント<b>214</b>件</a></p>";
    assert_eq!(of(Place::Comments, &around("<title>渡口的钟</title>", link, "")), ["214"]);
    let rights =
        of(Place::Tail, &around("<title>渡口的钟</title>", "<h1>渡口的钟</h1>", "<div class=copyright>未经授权,不得转载</div>"));
    assert_eq!(rights, ["未经授权,不得转载"]);
    let entry = read(&around("<title>渡口的钟(羽笔社) - 河湾</title>", "<h1>渡口的钟</h1><img alt=羽笔社 src=/l.png>", "")).entry;
    assert_eq!(entry.source.and_then(|source| source.title).map(|title| title.value).as_deref(), Some("羽笔社"));
}

#[test]
fn organizations_of_json_ld_are_no_authors() {
    let json = r#"<script type="application/ld+json">{"@type":"NewsArticle","headline":"渡口的钟","author":{"@type":"Organization","name":"羽笔社"},
        "publisher":{"@type":"Organization","name":"河湾网"},"editor":{"@type":"Person","name":"周岸"},
        "isBasedOn":{"@type":"Article","name":"The Bell","url":"https://quill.example/bell","publisher":{"@type":"Organization","name":"The Quill"}}}</script>"#;
    let entry = read(&around(json, "", "")).entry;
    assert_eq!((names(&entry.authors), names(&entry.contributors)), (vec![], vec!["周岸"]));
    assert_eq!(entry.source.and_then(|source| source.title).map(|title| title.value).as_deref(), Some("羽笔社"));
    assert_eq!(entry.derived_from[0].title.as_deref(), Some("The Quill"));
}

#[test]
fn own_selectors() {
    let body =
        "<body><div id=x><h1>题</h1><p>一。</p><div class=ad>广告</div></div><div id=y><p>二。</p></div><p>三。</p></body>";
    let check = |content: &str, remove: &[&str], expected: Result<&str, &str>| {
        let remove = remove.iter().map(|selector| (*selector).to_owned()).collect();
        let selectors = PageSelectors { content: Some(content.to_owned()), remove, ..PageSelectors::default() };
        let got = try_page(body, &selectors);
        let got = got.as_ref().map(|page| page.entry.content[0].value.replace('\n', "")).map_err(|error| error.code);
        assert_eq!(got.as_deref().map_err(|code| *code), expected, "{content}");
    };
    check("#x", &[".ad"], Ok("<div id=\"x\"><p>一。</p></div>"));
    check("#x p, #y", &[], Ok("<p>一。</p><div id=\"y\"><p>二。</p></div>"));
    check("#x, #x p", &[".ad"], Ok("<div id=\"x\"><p>一。</p></div>"));
    check("#z", &[], Err("no_text"));
}

#[test]
fn the_next_page_is_the_articles_own() {
    let check = |pager: &str, expected: Option<&str>| {
        let found = read(&around("", "", pager));
        assert_eq!(found.next.as_deref(), expected, "{pager}");
    };
    check("<div class=p><a href=1_2.html>下一页</a></div>", Some("1_2.html"));
    check("<div><b>1</b> <a href='/a/1_2.html'>2</a> <a href='/a/1_3.html'>3</a></div>", Some("/a/1_2.html"));
    check("<a href='?page=2'>Next page »</a>", Some("?page=2"));
    check("<a href='/a/1/2' rel=next>Weiter</a>", Some("/a/1/2"));
    check("<a href='/a/1_2.html'>[ 次へ → ]</a>", Some("/a/1_2.html"));
    check("<a href='/a/2.html' rel=next>下一篇</a>", None);
    check("<a href='/a/2.html'>下一页</a>", None);
    check("<a href='https://other.example/a/1_2.html'>下一页</a>", None);
    check("<a href='/a/1_2.html'>渡口的钟又响了</a>", None);
    check("<a href='javascript:next()'>下一页</a>", None);
    check("<a href='/a/1.html'>下一页</a>", None);
    let head = read(&around("<link rel=next href='/a/1_2.html'>", "", ""));
    assert_eq!(head.next.as_deref(), Some("/a/1_2.html"));

    let doc = doc(
        "/a/1_2.html",
        &around(
            "",
            "",
            "<div><a href=1.html>1</a> <a href=1_2.html>2</a> <a href=1_3.html>3</a> <a href=1.html>上一页</a></div>",
        ),
    );
    let first = Url::parse("https://hewan.example/a/1.html").expect("a literal");
    let asked = Asked { first: &first, number: 2, selectors: &PageSelectors::default(), bounded: sound, rules: None };
    let second = page(&doc, None, &asked).expect("a page");
    assert_eq!(second.next.as_deref(), Some("1_3.html"));
    assert!(!second.entry.content[0].value.contains("上一页"));
}

#[test]
fn a_text_that_only_json_ld_has_is_taken_from_there() {
    let body = "渡口的钟在清晨响了三遍,船夫们把缆绳收回甲板。\\n雾从河面上散开,第一班客人去对岸的集市 <b>。";
    let page = format!(
        "<script type=application/ld+json>{{\"@type\":\"Article\",\"articleBody\":\"{body}\"}}</script><div id=app></div>"
    );
    let text = read(&page).entry.content[0].value.clone();
    assert!(text.starts_with("<p>渡口的钟") && text.ends_with("集市 &lt;b&gt;。</p>"), "{text}");
}

#[test]
fn what_is_no_page_is_refused() {
    let check = |body: &[u8], expected: &str| {
        let mut doc = doc("/a/1.html", "");
        doc.body = body.to_vec();
        let error = page(
            &doc,
            None,
            &Asked { first: &doc.url, number: 1, selectors: &PageSelectors::default(), bounded: sound, rules: None },
        )
        .err();
        assert_eq!(error.map(|error| error.code), Some(expected));
    };
    check(b"", "empty_body");
    check(b" \n ", "empty_body");
    check(b"\x89PNG\r\n\x1a\n", "not_a_page");
    check(b"{\"a\":1}", "not_a_page");
    check(&vec![b' '; LARGEST + 1], "empty_body");
    check(&vec![b'x'; LARGEST + 1], "too_large");
    check(b"<html><body><p>x</p></body></html>", "no_text");
    let refuse: Bounded = |_| Err(Unreadable::new("html_too_deep", "too deep"));
    let doc = doc("/a/1.html", "<p>x</p>");
    let error = page(
        &doc,
        None,
        &Asked { first: &doc.url, number: 1, selectors: &PageSelectors::default(), bounded: refuse, rules: None },
    )
    .err();
    assert_eq!(error.map(|error| error.code), Some("html_too_deep"), "no tree is built before the bound is asked");
}

fn list(body: &str, selectors: &ListingSelectors, most: usize) -> Result<Vec<(String, String, String)>, &'static str> {
    let feed = listing(&doc("/city/", body), None, selectors, sound, Bounds { entries: most }).map_err(|error| error.code)?;
    assert_eq!(feed.format, Format::Html);
    let item =
        |entry: &ParsedEntry| (title(entry).to_owned(), entry.links[0].href.clone(), entry.published.clone().unwrap_or_default());
    Ok(feed.entries.iter().map(item).collect())
}

fn rows(rows: &[(&str, &str, &str)]) -> Result<Vec<(String, String, String)>, &'static str> {
    Ok(rows.iter().map(|(title, href, date)| ((*title).to_owned(), (*href).to_owned(), (*date).to_owned())).collect())
}

const NEWS: &str = "<nav><ul><li><a href=/about-us-1>河湾日报社简介与历史沿革</a></li><li><a href=/b2>河湾日报社历任社长名录表</a></li><li><a href=/c3>河湾日报社广告刊登价目表</a></li></ul></nav>\
    <div class=hot><a href='/a/9.html'>去年河灯节来了多少外乡人</a></div>\
    <ul class=list><li class=odd><em>5月4日 08:30</em><a href='/a/1.html' title='渡口的钟又响了一个清晨,船夫说'>渡口的钟又响了一个清晨...</a></li>\
    <li class=even><em>5月3日 18:00</em><a href='/a/2.html'>雾里第一班船晚开了两小时</a></li>\
    <li class=odd><em>5月2日 07:10</em><a href='/a/3.html'>集市搬到河对岸的第三天了</a></li>\
    <li class=more><a href='/city/?page=2'>更多</a></li></ul>";

#[test]
fn headlines_are_found_by_their_looks() {
    assert_eq!(
        list(NEWS, &ListingSelectors::default(), 100),
        rows(&[
            ("渡口的钟又响了一个清晨,船夫说", "/a/1.html", "5月4日 08:30"),
            ("雾里第一班船晚开了两小时", "/a/2.html", "5月3日 18:00"),
            ("集市搬到河对岸的第三天了", "/a/3.html", "5月2日 07:10"),
        ])
    );
    let english = (1..=4).map(|n| format!("<article><h2><a href=/2026/05/ferry-{n}>The ferry sailed late on day {n}</a></h2><p>Why it did. <a href=/2026/05/ferry-{n}>More</a></p><time datetime=2026-05-0{n}>today</time></article>"));
    let found = list(&format!("<main>{}</main>", english.collect::<String>()), &ListingSelectors::default(), 3);
    assert_eq!(
        found,
        rows(&[
            ("The ferry sailed late on day 1", "/2026/05/ferry-1", "2026-05-01"),
            ("The ferry sailed late on day 2", "/2026/05/ferry-2", "2026-05-02"),
            ("The ferry sailed late on day 3", "/2026/05/ferry-3", "2026-05-03"),
        ])
    );
    assert_eq!(list("<p>nothing</p>", &ListingSelectors::default(), 100), Err("no_items"));
}

#[test]
fn own_selectors_find_the_items() {
    let check = |item: Option<&str>, link: Option<&str>, title: Option<&str>, date: Option<&str>, expected| {
        let own = |selector: Option<&str>| selector.map(str::to_owned);
        let selectors = ListingSelectors { item: own(item), link: own(link), title: own(title), date: own(date) };
        let body = "<base href='/city/x/'><div class=i><a href='#top'>图</a><a class=t href='1.html'>甲</a><b>题一</b><i>昨天</i></div><div class=i><a class=t href='1.html'>甲</a></div><div class=i>无</div>";
        assert_eq!(list(body, &selectors, 100), expected, "{selectors:?}");
    };
    check(Some("div.i"), Some("a.t"), Some("b"), Some("i"), rows(&[("题一", "1.html", "昨天")]));
    check(None, Some("a.t"), None, None, rows(&[("甲", "1.html", "")]));
    check(Some("div.none"), None, None, None, Err("no_items"));
    check(Some("div.i:last-child"), None, None, None, Err("no_items"));
}

#[test]
fn a_page_that_has_a_feed_says_so() {
    let body = format!("<link rel=alternate type=application/rss+xml href=/rss>{NEWS}");
    let feed = listing(&doc("/city/", &body), None, &ListingSelectors::default(), sound, Bounds { entries: 9 }).expect("a list");
    assert!(
        feed.warnings.iter().any(|warning| warning.code == "has_feed" && warning.message.contains("/rss")),
        "{:?}",
        feed.warnings
    );
}

#[test]
fn references_that_mean_themselves_are_resolved_before_the_tree() {
    let check = |written: &str, expected: &str| assert_eq!(resolved(written).ok().as_deref(), Some(expected), "{written}");
    check("&#20013;&#x6587;&nbsp;a", "中文\u{a0}a");
    check("a &amp; b &lt;p&gt; &#38;amp; &#60;b&#62; &#x22; &#39;", "a &amp; b &lt;p&gt; &#38;amp; &#60;b&#62; &#x22; &#39;");
    check(
        "&#0; &#128; &#xD800; &#x110000; &#; &#x; &#99999999999; &#20013 &",
        "&#0; &#128; &#xD800; &#x110000; &#; &#x; &#99999999999; &#20013 &",
    );
    check("<a href='?a=1&b=2'>", "<a href='?a=1&b=2'>");
    assert_eq!(resolved(&"&amp;".repeat(REFERENCES + 1)).err().map(|error| error.code), Some("html_too_tangled"));
    assert!(resolved(&format!("< {}", "&amp;".repeat(REFERENCES + 1))).is_err(), "a lone bracket is text");
    assert!(resolved(&format!("<a href='{}'>", "&amp;".repeat(REFERENCES + 1))).is_ok());
    assert!(resolved(&"&#20013;".repeat(REFERENCES + 1)).is_ok());
}

#[test]
fn a_page_of_references_costs_no_more_than_others() {
    let started = std::time::Instant::now();
    let flood = "&notit;&amp".repeat(300_000);
    let error = try_page(&format!("<article><p>{flood}</p></article>"), &PageSelectors::default()).err();
    assert_eq!(error.map(|error| error.code), Some("html_too_tangled"));
    let han = "&#28193;&#21475;,".repeat(50_000);
    let found = read(&format!("<article><p>{han}</p></article>"));
    assert!(found.entry.content[0].value.contains("渡口"));
    assert!(started.elapsed().as_secs() < 20, "took {:?}", started.elapsed());
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig::with_cases(64))]
    /// Whatever a page is made of, reading it ends in a page or a refusal, and its text is never longer than a small multiple of the page.
    #[test]
    fn any_pieces_of_a_page_are_read(parts in proptest::collection::vec(proptest::sample::select(vec![
        "<div>", "</div>", "<p>", "</p>", "<a href=/a/1_2.html>", "</a>", "下一页", "2", "<table>", "<tr>", "<td>", "<ul>", "<li>", "<h1>", "</h1>",
        "<script type=application/ld+json>", "</script>", "{\"@type\":\"Article\"}", "<time>", "2026-05-04", "来源:", "<base href=/x/>",
        "<meta property=og:title content=x>", "渡口的钟在清晨响了三遍,船夫们把缆绳收回甲板。", "<img src=/1.jpg>", "<noscript>", "<!--", "-->", "<template>",
        "<svg>", "<select>", "<body>", "<html>", "<article>", "<title>", "</title>", "<br><br>", "<form>", "<iframe>", "&#0;", "<",
    ]), 0..40)) {
        let body = parts.concat();
        if let Ok(page) = try_page(&body, &PageSelectors::default()) {
            proptest::prop_assert!(page.entry.content[0].value.len() <= 16 * body.len() + 4096);
        }
        if let Ok(found) = list(&body, &ListingSelectors::default(), 5) {
            proptest::prop_assert!(!found.is_empty() && found.len() <= 5);
        }
    }
}
