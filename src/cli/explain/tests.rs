use chrono::{TimeZone, Utc};
use chrono_tz::Tz;

use super::sheet::width;
use super::*;

const PAGE: &str = "<html lang=zh-CN><head><title>绿渡轮停航_今日港</title><meta property=og:site_name content=今日港></head><body><h1>[转载]绿渡轮停航(组图)</h1>\
    <div class=info><span>7天前</span> <span class=from>来源: 海港纪事</span> <a href=https://ledger.example/a/1>原文链接</a></div>\
    <article><p>绿渡轮停在南岸码头已经三个星期,没有人来开它,也没有人来修它。</p><p>住在七层的会计每天早上都去看一眼,回来以后什么也不说。</p>\
    <p>船长的女儿说,她父亲把钥匙放在了一只旧茶壶里。</p><p>本文转载自海港纪事,仅代表原作者观点,不代表本网立场。</p></article></body></html>";

const FEED: &str = "<rss version=\"2.0\"><channel><title>今日港</title><link>https://port.example/</link>\
    <item><title>绿渡轮</title><link>https://port.example/1</link><description>&lt;p&gt;Fuente~ El Muelle&lt;/p&gt;&lt;p&gt;渡轮停了,没有人来修它。&lt;/p&gt;</description></item>\
    <item><title>第二篇</title><link>https://port.example/2</link><description>渡轮又开了。</description></item></channel></rss>";

fn doc(address: &str, body: &str) -> FetchedDocument {
    let now = Utc.with_ymd_and_hms(2026, 6, 8, 0, 40, 0).single().expect("a time");
    FetchedDocument::from_bytes(Url::parse(address).expect("an address"), None, body.as_bytes().to_vec(), now)
}

fn told(doc: &FetchedDocument, outlet: &Outlet, entry: Option<usize>) -> String {
    with_pages(doc, outlet, entry, &[]).unwrap_or_else(|failure| panic!("{failure:?}"))
}

/// With the pages that a site has besides.
fn with_pages(
    doc: &FetchedDocument,
    outlet: &Outlet,
    entry: Option<usize>,
    pages: &[FetchedDocument],
) -> Result<String, Failure> {
    let further = async |address: Url| {
        let page = pages.iter().find(|page| page.url == address).cloned();
        page.ok_or_else(|| "it answers 404".to_owned())
    };
    let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
    runtime.block_on(explain(doc, outlet, None, entry, false, further))
}

fn check(told: &str, expected: &[&str]) {
    for part in expected {
        assert!(told.contains(part), "{part}\nin\n{told}");
    }
    assert!(told.lines().all(|line| width(line) <= 100), "{told}");
    assert!(!told.contains('\u{1b}'));
}

fn outlet_of(rules: &str) -> Outlet {
    let text = format!(
        "[site]\ntitle = \"T\"\nurl = \"https://relay.example.com\"\n[[outlet]]\nname = \"今日港\"\nid = \"port\"\nhomepage = \"https://port.example/\"\nfeed = \"https://port.example/rss\"\n{rules}"
    );
    config::parse("feeds.toml", &text).unwrap_or_else(|error| panic!("{error}")).outlets[0].clone()
}

#[test]
fn a_page_after_every_stage() {
    let doc = doc("https://port.example/1", PAGE);
    let told = told(&doc, &inspect::neutral_outlet(&doc.url, Tz::Asia__Shanghai), None);
    check(
        &told,
        &[
            "── fetched  2026-06-08T00:40:00Z",
            "charset       UTF-8",
            "row above     7天前",
            "cleaned     绿渡轮停航",
            "2026-06-01T00:40:00Z (to the day)",
            "└ row_above_text: 7天前",
            "says repost   转载",
            "lifted out    本文转载自海港纪事",
            "└ notice_lifted: a notice",
            "source        海港纪事 https://ledger.example/a/1",
            "confidence    90 of 100, sure; held below 50",
            "└ row_above_text: 7天前 来源: 海港纪事 原文链接",
            "verdict       ready to be published",
            "── rendered  shown in full",
            "credit        来源：今日港",
            "海港纪事",
        ],
    );
}

#[test]
fn entries_of_a_feed_with_the_rules_of_their_outlet() {
    let doc = doc("https://port.example/rss", FEED);
    let ruled = outlet_of("[[outlet.rule]]\nfield = \"source\"\nmatch = '^Fuente~ (?<name>.+)$'\n");
    let told = told(&doc, &ruled, Some(1));
    check(
        &told,
        &["── entry 1 of 2", "└ outlet_rule[1]: Fuente~ El Muelle", "source        El Muelle", "100 of 100, sure; held below 50"],
    );
    assert!(!told.contains("第二篇"), "{told}");
    let both = super::tests::told(&doc, &outlet_of(""), None);
    check(&both, &["── entry 2 of 2", "source        its own text"]);
    let beyond = with_pages(&doc, &outlet_of(""), Some(3), &[]);
    assert!(matches!(beyond, Err(Failure::Usage(message)) if message.contains("2 entries")));
}

#[test]
fn what_is_held_says_why_and_how_it_gets_out() {
    let feed = FEED
        .replace("Fuente~ El Muelle", "今日港原创")
        .replace("绿渡轮</title>", "绿渡轮</title><source url=\"https://quay.example/rss\">南岸晚报</source>");
    let told = told(&doc("https://port.example/rss", &feed), &outlet_of(""), Some(1));
    check(&told, &["HELD [uncertain_origin]", "今日港原创", "南岸晚报", "[[outlet.rule]]", "source        not established"]);
}

#[test]
fn an_article_on_several_pages_is_shown_as_one() {
    let page = |number: u32, text: &str, next: &str| {
        let body = PAGE
            .replace("船长的女儿说,她父亲把钥匙放在了一只旧茶壶里。", text)
            .replace(
                "绿渡轮停在南岸码头已经三个星期,没有人来开它,也没有人来修它。",
                &format!("绿渡轮第{number}页:没有人来开它,也没有人来修它,它还停在南岸码头。"),
            )
            .replace("</article>", &format!("</article>{next}"));
        doc(&format!("https://port.example/1{}", if number > 1 { format!("?page={number}") } else { String::new() }), &body)
    };
    let first = page(1, "船长的女儿那天没有来,谁也不知道为什么。", "<a rel=next href=/1?page=2>下一页</a>");
    let second = page(2, "第二页说,钥匙放在了一只旧茶壶里。", "");
    let neutral = inspect::neutral_outlet(&first.url, Tz::Asia__Shanghai);
    let joined = with_pages(&first, &neutral, None, std::slice::from_ref(&second)).expect("an article");
    check(
        &joined,
        &[
            "next page     /1?page=2",
            "── page 2 of 2",
            "address       https://port.example/1?page=2",
            "verdict       ready to be published",
        ],
    );
    let normalized = joined.split("── normalized").nth(1).expect("the stage");
    let alone = with_pages(&first, &neutral, None, &[]).expect("an article");
    check(&alone, &["── a page that is missing", "it answers 404"]);
    let alone = alone.split("── normalized").nth(1).expect("the stage");
    let told = |stage: &str| stage.split_whitespace().collect::<String>().contains("钥匙放在了一只旧茶壶里");
    assert!(told(normalized) && !told(alone), "{normalized}\nand\n{alone}");
}
