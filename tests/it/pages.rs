//! Articles whose text is on pages of their own: loopback partners with article and listing pages, the real program, and what its readers see.

use std::fmt::Write;
use std::time::Duration;

use serde_json::Value;
use tokio::time::sleep;

use crate::harness::{Answer, Canary, Partner, Reply, Reprint, Step, get, until};

const RSS: &str = "application/rss+xml; charset=utf-8";
const HTML: &str = "text/html; charset=utf-8";

/// An RSS feed that carries only links: `(path, title)`.
fn links(partner: &Partner, items: &[(&str, &str)]) -> String {
    let items: String = items.iter().fold(String::new(), |mut out, (path, title)| {
        let url = partner.url(path);
        let _ = write!(
            out,
            "<item><title>{title}</title><link>{url}</link><guid>{url}</guid><pubDate>Mon, 04 May 2026 08:00:00 +0800</pubDate></item>"
        );
        out
    });
    format!(
        "<?xml version=\"1.0\"?><rss version=\"2.0\"><channel><title>河湾通讯</title><link>http://hewan.example/</link><description>d</description>{items}</channel></rss>"
    )
}

/// feeds.toml with one outlet; `outlet` are further lines of it.
fn feeds_toml(outlet: &str) -> String {
    format!(
        "[site]\ntitle = \"南十字转载\"\nurl = \"https://relay.example.net\"\n[limits]\nhost_spacing = \"20ms\"\nshortest_interval = \"1s\"\n\
         longest_backoff = \"1s\"\nconnect_timeout = \"2s\"\ntotal_timeout = \"3s\"\nallow_networks = [\"127.0.0.2/32\"]\n\
         [[outlet]]\nid = \"hewan\"\nname = \"河湾日报\"\nhomepage = \"http://hewan.example/\"\nlanguage = \"zh-Hans\"\n{outlet}"
    )
}

fn full_text(partner: &Partner, more: &str) -> String {
    feeds_toml(&format!("feed = \"{}\"\nschedule = \"* * * * * *\"\nfull_text = true\n{more}", partner.url("/rss")))
}

/// Paragraphs long enough for a text, each with a mark of its own.
fn paragraphs(mark: &str, count: usize) -> String {
    (1..=count)
        .map(|number| {
            format!(
                "<p>{mark}第{number}段:渡口的钟在清晨响了第{number}遍,船夫们把缆绳一根一根收回甲板,等着雾从河面上散开,好把第一班客人送到对岸的集市去。</p>"
            )
        })
        .collect()
}

/// A page as newspapers build it: navigation, headline, text, pager, related links, readers' comments, footer.
fn page(title: &str, text: &str, pager: &str) -> String {
    format!(
        "<!doctype html><html lang=\"zh-CN\"><head><meta charset=\"utf-8\"><title>{title} - 河湾日报</title><meta name=\"author\" content=\"周岸\">\
         <meta property=\"article:section\" content=\"城事\"></head><body><nav><ul><li><a href=\"/\">首页</a></li><li><a href=\"/city/\">城事</a></li></ul></nav>\
         <div class=\"main\"><h1>{title}</h1><div class=\"article-content\">{text}</div>{pager}\
         <div class=\"related-posts\"><h3>相关阅读</h3><ul><li><a href=\"/a/9.html\">去年的河灯节来了多少人</a></li></ul></div>\
         <div id=\"comments\"><h3>读者评论</h3><p>写得真好,每一班船我都坐过,祖父也坐过,盼望渡口一直开下去,不要修桥。</p></div></div>\
         <footer>河湾日报社版权所有 技术支持</footer></body></html>"
    )
}

async fn started(toml: &str) -> Reprint {
    Reprint::start(toml).await.unwrap_or_else(|failure| panic!("it ended with {}: {}", failure.status, failure.stderr))
}

async fn atom(program: &Reprint) -> String {
    let answer: Answer = get(&program.url("feeds/all.atom"), &[]).await;
    assert_eq!(answer.status, 200);
    answer.text()
}

/// Waits until the feed says so.
async fn atom_with(program: &Reprint, what: &str, ready: impl Fn(&str) -> bool) -> String {
    for _ in 0..1_000 {
        let text = atom(program).await;
        if ready(&text) {
            return text;
        }
        sleep(Duration::from_millis(20)).await;
    }
    panic!("never: {what}; the log:\n{}\nthe feed:\n{}", program.stderr(), atom(program).await);
}

fn count(text: &str, part: &str) -> usize {
    text.matches(part).count()
}

fn asked(partner: &Partner, path: &str) -> usize {
    partner.seen().iter().filter(|seen| seen.path == path).count()
}

/// What `outlets --json` says of the outlet.
fn outlet(program: &Reprint) -> Value {
    let (_, stdout, _) = program.command(&["outlets", "--json"]);
    let object: Value = serde_json::from_str(&stdout).expect("JSON");
    object["outlets"][0].clone()
}

#[tokio::test]
async fn an_article_of_three_pages_from_a_feed_of_links_arrives_in_order_as_one() {
    let partner = Partner::start().await;
    partner.put("/rss", Reply::ok(RSS, links(&partner, &[("/a/1.html", "渡口的钟")])));
    let pager = |next: &str| {
        format!(
            "<div class=\"pages\"><a href=\"/a/1.html\">1</a> <a href=\"/a/1_2.html\">2</a> <a href=\"/a/1_3.html\">3</a> {next}</div><p><a rel=\"next\" href=\"/a/2.html\">下一篇:别的文章</a></p>"
        )
    };
    let pages = [
        ("/a/1.html", "甲", pager("<a href=\"/a/1_2.html\">下一页</a>")),
        ("/a/1_2.html", "乙", pager("<a href=\"1_3.html\">下一页</a>")),
        ("/a/1_3.html", "丙", pager("<a href=\"/a/1_2.html\">上一页</a>")),
    ];
    for (path, mark, pager) in &pages {
        partner.put(path, Reply::ok(HTML, page("渡口的钟", &paragraphs(mark, 4), pager)));
    }
    let program = started(&full_text(&partner, "")).await;
    let text = atom_with(&program, "the last page", |text| text.contains("丙第4段")).await;
    assert_eq!(count(&text, "<entry>"), 1);
    let places: Vec<usize> = ["甲第1段", "甲第4段", "乙第1段", "乙第4段", "丙第1段", "丙第4段"]
        .iter()
        .map(|mark| text.find(mark).unwrap_or_else(|| panic!("no {mark} in {text}")))
        .collect();
    assert!(places.is_sorted(), "{places:?} in {text}");
    assert_eq!(count(&text, "甲第1段"), 1, "{text}");
    for chrome in ["下一页", "上一页", "下一篇", "相关阅读", "读者评论", "写得真好", "技术支持", "首页"]
    {
        assert!(!text.contains(chrome), "{chrome} in {text}");
    }
    assert!(text.contains("<name>周岸</name>") && text.contains("城事"), "what the page says of the article: {text}");
    assert_eq!(asked(&partner, "/robots.txt"), 1, "robots.txt is asked for once");
    assert_eq!(asked(&partner, "/a/2.html"), 0, "the next article is no next page");
    let seen = partner.seen();
    assert!(seen.windows(2).all(|pair| pair[1].at - pair[0].at >= Duration::from_millis(15)), "requests without a pause");

    // Nothing is read again as long as the entry stays the same.
    until("more polls", || asked(&partner, "/rss") >= 3).await;
    for (path, _, _) in &pages {
        assert_eq!(asked(&partner, path), 1, "{path}");
    }
    assert_eq!(outlet(&program)["pages"]["read"], 1);
}

/// Waits until `outlets --json` says so.
async fn outlet_with(program: &Reprint, what: &str, ready: impl Fn(&Value) -> bool) -> Value {
    for _ in 0..300 {
        let said = outlet(program);
        if ready(&said) {
            return said;
        }
        sleep(Duration::from_millis(50)).await;
    }
    panic!("never: {what}; it says {}; the log:\n{}", outlet(program), program.stderr());
}

fn problem(said: &Value) -> &str {
    said["pages"]["problems"][0]["code"].as_str().unwrap_or_default()
}

#[tokio::test]
async fn robots_txt_is_obeyed_and_the_article_goes_out_with_what_the_feed_has() {
    let partner = Partner::start().await;
    partner.put("/rss", Reply::ok(RSS, links(&partner, &[("/closed/1.html", "不给读的"), ("/open/1.html", "给读的")])));
    partner.put(
        "/robots.txt",
        Reply::ok("text/plain", "User-agent: other\nDisallow: /\n\nUser-agent: reprint\nDisallow: /closed/\n"),
    );
    partner.put("/closed/1.html", Reply::ok(HTML, page("不给读的", &paragraphs("秘", 4), "")));
    partner.put("/open/1.html", Reply::ok(HTML, page("给读的", &paragraphs("甲", 4), "")));
    let program = started(&full_text(&partner, "")).await;
    let text = atom_with(&program, "both articles", |text| count(text, "<entry>") == 2 && text.contains("甲第4段")).await;
    assert!(text.contains("不给读的") && !text.contains("秘第1段"), "{text}");
    assert_eq!(asked(&partner, "/closed/1.html"), 0, "a page that robots.txt forbids was asked for");
    let said = outlet(&program);
    assert_eq!(problem(&said), "robots_denied", "{said}");
    assert_eq!((&said["pages"]["given_up"], &said["pages"]["read"]), (&Value::from(1), &Value::from(1)));
    let (code, table, _) = program.command(&["outlets"]);
    assert_eq!(code, Some(0));
    assert!(table.contains("robots.txt of 127.0.0.2") && table.contains("/closed/1.html"), "{table}");
}

#[tokio::test]
async fn a_robots_txt_that_fails_forbids_everything_for_now() {
    let partner = Partner::start().await;
    partner.put("/rss", Reply::ok(RSS, links(&partner, &[("/a/1.html", "渡口的钟")])));
    partner.put("/robots.txt", Reply::status(503));
    partner.put("/a/1.html", Reply::ok(HTML, page("渡口的钟", &paragraphs("甲", 4), "")));
    let program = started(&full_text(&partner, "")).await;
    let said = outlet_with(&program, "a failed try", |said| problem(said) == "robots_unreachable").await;
    assert_eq!(asked(&partner, "/a/1.html"), 0, "{said}");
    assert!(said["sources"][0]["problem"].is_null(), "the feed itself is fine: {said}");
}

#[tokio::test]
async fn an_article_waits_for_its_page_and_goes_out_without_it_after_three_tries() {
    let partner = Partner::start().await;
    let item = "<item><title>渡口的钟</title><link>LINK</link><guid>1</guid><description>钟声的开头……</description></item>";
    let feed = item.replace("LINK", partner.url("/a/1.html").as_str());
    partner.put("/rss", Reply::ok(RSS, format!("<rss version=\"2.0\"><channel><title>t</title><link>http://hewan.example/</link><description>d</description>{feed}</channel></rss>")));
    partner.put("/a/1.html", Reply::status(404));
    let program = started(&full_text(&partner, "")).await;
    let said = outlet_with(&program, "a failed try", |said| problem(said) == "http_404").await;
    assert_eq!(said["held"][0]["code"], "awaiting_page", "{said}");
    assert_eq!(count(&atom(&program).await, "<entry>"), 0, "published before its page was read");
    let text = atom_with(&program, "the article", |text| count(text, "<entry>") == 1).await;
    assert!(text.contains("钟声的开头"), "{text}");
    assert_eq!(asked(&partner, "/a/1.html"), 3);
    let said = outlet(&program);
    assert_eq!((&said["pages"]["given_up"], &said["published"]), (&Value::from(1), &Value::from(1)), "{said}");

    // The outlet changes the entry: the page gets a new chance.
    partner.put("/a/1.html", Reply::ok(HTML, page("渡口的钟", &paragraphs("甲", 4), "")));
    let feed = feed.replace("渡口的钟", "渡口的钟又响了");
    partner.put("/rss", Reply::ok(RSS, format!("<rss version=\"2.0\"><channel><title>t</title><link>http://hewan.example/</link><description>d</description>{feed}</channel></rss>")));
    let text = atom_with(&program, "the full text", |text| text.contains("甲第4段")).await;
    assert!(count(&text, "<entry>") == 1 && text.contains("渡口的钟又响了"), "{text}");
}

#[tokio::test]
async fn a_page_that_vanishes_leaves_the_text_that_was_read() {
    let partner = Partner::start().await;
    partner.put("/rss", Reply::ok(RSS, links(&partner, &[("/a/1.html", "渡口的钟")])));
    partner.put("/a/1.html", Reply::ok(HTML, page("渡口的钟", &paragraphs("甲", 4), "")));
    let program = started(&full_text(&partner, "")).await;
    atom_with(&program, "the text", |text| text.contains("甲第4段")).await;
    partner.put("/a/1.html", Reply::redirect(302, "/"));
    partner.put("/", Reply::ok(HTML, page("首页", &paragraphs("栏", 9), "")));
    partner.put("/rss", Reply::ok(RSS, links(&partner, &[("/a/1.html", "渡口的钟(更正)")])));
    until("more polls", || asked(&partner, "/rss") >= 4).await;
    let text = atom(&program).await;
    assert!(text.contains("甲第4段") && !text.contains("栏第1段"), "{text}");
    // It was read a moment ago, so it is not asked for again within the hour.
    assert_eq!((asked(&partner, "/a/1.html"), &outlet(&program)["pages"]["waiting"]), (1, &Value::from(1)));
}

#[tokio::test]
async fn a_vanished_article_that_leads_to_the_front_page_is_not_the_front_page() {
    let partner = Partner::start().await;
    partner.put("/rss", Reply::ok(RSS, links(&partner, &[("/a/1.html", "渡口的钟")])));
    partner.put("/a/1.html", Reply::redirect(302, "/"));
    partner.put("/", Reply::ok(HTML, page("首页", &paragraphs("栏", 9), "")));
    let program = started(&full_text(&partner, "")).await;
    let text = atom_with(&program, "the article", |text| count(text, "<entry>") == 1).await;
    assert!(!text.contains("栏第1段"), "{text}");
    assert_eq!(problem(&outlet(&program)), "page_gone");
}

#[tokio::test]
async fn a_page_cannot_lead_us_into_our_own_network() {
    let canary = Canary::start().await;
    let partner = Partner::start().await;
    let inside = format!("http://127.0.0.1:{}/secret", canary.port());
    partner.put(
        "/rss",
        Reply::ok(
            RSS,
            links(&partner, &[("/a/1.html", "改道"), ("/a/2.html", "翻页")])
                .replace("</channel>", &format!("<item><title>直达</title><link>{inside}</link><guid>3</guid></item></channel>")),
        ),
    );
    partner.put("/a/1.html", Reply::redirect(302, &inside));
    let pager = format!("<p><a rel=\"next\" href=\"{inside}\">下一页</a></p>");
    partner.put("/a/2.html", Reply::ok(HTML, page("翻页", &paragraphs("甲", 4), &pager)));
    let program = started(&full_text(&partner, "extract = { next = \"a[rel=next]\" }\n")).await;
    let text = atom_with(&program, "all three", |text| count(text, "<entry>") == 3).await;
    assert!(text.contains("甲第4段"), "{text}");
    let said = outlet(&program);
    let codes: Vec<&str> =
        said["pages"]["problems"].as_array().expect("a list").iter().filter_map(|p| p["code"].as_str()).collect();
    assert_eq!(codes, ["ssrf_denied", "ssrf_denied"], "{said}");
    canary.assert_untouched().await;
}

#[tokio::test]
async fn hostile_pages_harm_nobody() {
    let partner = Partner::start().await;
    let endless = Reply::Script(vec![
        Step::Send(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<html>".to_vec()),
        Step::Repeat(vec![b' '; 65_536], 1_000_000, Duration::ZERO),
    ]);
    let cases = [
        ("/deep", Reply::ok(HTML, "<div>".repeat(50_000) + "渡口"), "html_too_deep"),
        (
            "/attributes",
            Reply::ok(HTML, format!("<p {}>渡口</p>", (0..5_000).map(|n| format!("a{n}=1 ")).collect::<String>())),
            "html_too_many_attributes",
        ),
        ("/large", Reply::ok(HTML, format!("<p>{}</p>", "渡".repeat(3 << 19))), "too_large"),
        ("/endless", endless, "too_large"),
        ("/picture", Reply::ok(HTML, vec![0x89, b'P', b'N', b'G', b'\r', b'\n', 0x1a, b'\n']), "not_a_page"),
        ("/empty", Reply::ok(HTML, ""), "empty_body"),
        ("/scripted", Reply::ok(HTML, "<html><body><div id=app></div><script src=/app.js></script></body></html>"), "no_text"),
        ("/many", Reply::ok(HTML, "<i>x</i>".repeat(80_000)), "no_text"),
    ];
    let items: Vec<(&str, &str)> = cases.iter().map(|(path, _, code)| (*path, *code)).chain([("/sound", "sound")]).collect();
    partner.put("/rss", Reply::ok(RSS, links(&partner, &items)));
    for (path, reply, _) in &cases {
        partner.put(path, reply.clone());
    }
    partner.put("/sound", Reply::ok(HTML, page("好的", &paragraphs("甲", 4), "")));
    let program = started(&full_text(&partner, "")).await;
    let text = atom_with(&program, "all of them", |text| count(text, "<entry>") == cases.len() + 1).await;
    assert!(text.contains("甲第4段"), "{text}");
    let said = outlet(&program);
    for (path, _, code) in &cases {
        let problems = said["pages"]["problems"].as_array().expect("a list");
        let found = problems.iter().find(|p| p["url"].as_str().is_some_and(|url| url.ends_with(path)));
        assert_eq!(found.map(|p| &p["code"]), Some(&Value::from(*code)), "{path}: {said}");
    }
}

#[tokio::test]
async fn pages_that_lead_in_a_circle_come_to_an_end() {
    let partner = Partner::start().await;
    partner
        .put("/rss", Reply::ok(RSS, links(&partner, &[("/a/1.html", "转圈"), ("/b/1.html", "没完"), ("/c/1.html", "老一页")])));
    let next = |href: &str| format!("<p><a href=\"{href}\">下一页</a></p>");
    partner.put("/a/1.html", Reply::ok(HTML, page("转圈", &paragraphs("甲", 4), &next("/a/1_2.html"))));
    partner.put("/a/1_2.html", Reply::ok(HTML, page("转圈", &paragraphs("乙", 4), &next("/a/1.html"))));
    for number in 1..=25 {
        let path = if number == 1 { "/b/1.html".to_owned() } else { format!("/b/1_{number}.html") };
        partner.put(
            &path,
            Reply::ok(HTML, page("没完", &paragraphs(&format!("第{number}页"), 3), &next(&format!("/b/1_{}.html", number + 1)))),
        );
    }
    partner.put("/c/1.html", Reply::ok(HTML, page("老一页", &paragraphs("丁", 4), &next("/c/1.html?page=2"))));
    partner.put("/c/1.html?page=2", Reply::ok(HTML, page("老一页", &paragraphs("丁", 4), &next("/c/1.html?page=3"))));
    let program = started(&full_text(&partner, "")).await;
    let text = atom_with(&program, "all three", |text| count(text, "<entry>") == 3).await;
    assert!(text.contains("乙第4段") && text.contains("第20页第3段") && !text.contains("第21页"), "{text}");
    assert_eq!(count(&text, "丁第1段"), 1, "a page that repeats the one before it is no page");
    assert_eq!((asked(&partner, "/a/1.html"), asked(&partner, "/a/1_2.html"), asked(&partner, "/b/1_21.html")), (1, 1, 0));
}

#[tokio::test]
async fn a_listing_page_is_a_source_of_articles() {
    let partner = Partner::start().await;
    let item = |number: u32, title: &str, time: &str| {
        format!("<li class=\"n{number}\"><a href=\"a/{number}.html\">{title}</a><span class=\"date\">{time}</span></li>")
    };
    let list = format!(
        "<html><head><title>城事 - 河湾日报</title></head><body><nav><ul><li><a href=/x1.html>关于河湾日报社的历史与使命</a></li></ul></nav><ul class=\"news\">{}{}{}{}</ul>\
         <div class=\"links\"><a href=\"http://other.example/1.html\">友情链接:下游的另一份报纸</a></div></body></html>",
        item(1, "渡口的钟又响了一个清晨", "2026-05-04 08:30"),
        item(2, "雾里第一班船晚开两小时", "2026-05-04 07:10"),
        item(3, "集市搬到河对岸的第三天", "2026-05-03 18:00"),
        item(1, "渡口的钟又响了一个清晨", "2026-05-04 08:30"),
    );
    partner.put("/city/", Reply::ok(HTML, list));
    for number in 1..=3 {
        partner.put(&format!("/city/a/{number}.html"), Reply::ok(HTML, page("标题", &paragraphs(&format!("文{number}"), 4), "")));
    }
    let toml = |selectors: &str| {
        feeds_toml(&format!(
            "time_zone = \"Asia/Shanghai\"\nschedule = \"0 * * * *\"\npages = [{{ url = \"{}\"{selectors} }}]\n",
            partner.url("/city/")
        ))
    };
    for selectors in ["", ", item = \"ul.news > li\", date = \".date\"", ", link = \"ul.news a\""] {
        let program = started(&toml(selectors)).await;
        let text = atom_with(&program, "three articles", |text| count(text, "<entry>") == 3).await;
        for part in ["渡口的钟又响了一个清晨", "雾里第一班船晚开两小时", "文1第4段", "文2第4段", "文3第4段"]
        {
            assert!(text.contains(part), "{selectors}: no {part} in {text}");
        }
        assert!(!text.contains("使命") && !text.contains("友情链接"), "{selectors}: {text}");
        if selectors != ", link = \"ul.news a\"" {
            assert!(text.contains("<published>2026-05-04T00:30:00Z</published>"), "{selectors}: {text}");
        }
    }
}

#[tokio::test]
async fn a_listing_that_holds_nothing_says_so() {
    let partner = Partner::start().await;
    partner.put("/city/", Reply::ok(HTML, "<html><body><p>本栏目暂无内容</p></body></html>"));
    partner.put("/closed/", Reply::ok(HTML, "<html><body><p>x</p></body></html>"));
    partner.put("/robots.txt", Reply::ok("text/plain", "User-agent: *\nDisallow: /closed/\n"));
    let pages = format!(
        "schedule = \"* * * * * *\"\npages = [{{ url = \"{}\", item = \"li.news\" }}, {{ url = \"{}\" }}]\n",
        partner.url("/city/"),
        partner.url("/closed/")
    );
    let program = started(&feeds_toml(&pages)).await;
    let said = outlet_with(&program, "two problems", |said| {
        !said["sources"][0]["problem"].is_null() && !said["sources"][1]["problem"].is_null()
    })
    .await;
    assert_eq!(said["sources"][0]["problem"]["code"], "no_items", "{said}");
    assert!(said["sources"][0]["problem"]["message"].as_str().is_some_and(|message| message.contains("li.news")), "{said}");
    assert_eq!(said["sources"][1]["problem"]["code"], "robots_denied", "{said}");
    assert_eq!(asked(&partner, "/closed/"), 0);
}

#[tokio::test]
async fn own_selectors_go_before_the_general_rules() {
    let partner = Partner::start().await;
    partner.put("/rss", Reply::ok(RSS, links(&partner, &[("/a/1.html", "渡口的钟")])));
    let text = format!(
        "<div id=\"side\">{}</div><div class=\"zw\"><p class=\"ad\">广告:乘船八折</p><p>短讯一则。</p></div><span class=\"who\">林岸</span>\
         <div class=\"more\"><a href=\"/whatever\">继续</a></div>",
        paragraphs("旁", 9)
    );
    partner.put("/a/1.html", Reply::ok(HTML, format!("<html><body>{text}</body></html>")));
    partner.put("/whatever", Reply::ok(HTML, "<html><body><div class=\"zw\"><p>又一则。</p></div></body></html>"));
    let extract = "extract = { content = \"div.zw\", remove = [\".ad\"], next = \".more\", author = \".who\" }\n";
    let program = started(&full_text(&partner, extract)).await;
    let text = atom_with(&program, "the text", |text| text.contains("又一则。")).await;
    assert!(text.contains("短讯一则。") && text.contains("<name>林岸</name>"), "{text}");
    assert!(!text.contains("广告") && !text.contains("旁第1段"), "{text}");
}

#[tokio::test]
async fn a_feed_with_the_whole_text_costs_no_page() {
    let partner = Partner::start().await;
    let long = paragraphs("全", 12);
    let feed = links(&partner, &[("/a/1.html", "渡口的钟")])
        .replace("</item>", &format!("<description><![CDATA[{long}]]></description></item>"));
    partner.put("/rss", Reply::ok(RSS, feed));
    let program = started(&full_text(&partner, "")).await;
    atom_with(&program, "the text", |text| text.contains("全第12段")).await;
    assert_eq!(asked(&partner, "/a/1.html"), 0);
    assert_eq!(asked(&partner, "/robots.txt"), 0);
}

#[tokio::test]
async fn a_queue_survives_a_crash() {
    let partner = Partner::start().await;
    partner.put("/rss", Reply::ok(RSS, links(&partner, &[("/a/1.html", "渡口的钟")])).header("ETag", "\"1\""));
    partner.put("/a/1.html", Reply::Script(vec![Step::Hang]));
    let toml = full_text(&partner, "").replace("* * * * * *", "0 * * * *");
    let program = started(&toml).await;
    until("the page to be asked for", || asked(&partner, "/a/1.html") == 1).await;
    let folder = program.crash();
    partner.put("/a/1.html", Reply::ok(HTML, page("渡口的钟", &paragraphs("甲", 4), "")));
    let program = Reprint::start_in(folder, &toml).await.unwrap_or_else(|failure| panic!("{}", failure.stderr));
    atom_with(&program, "the text", |text| text.contains("甲第4段")).await;
    assert_eq!(asked(&partner, "/rss"), 1, "the feed is not polled early for it");
}

#[tokio::test]
async fn a_page_in_gb18030_with_its_source_line_is_read_and_credited() {
    let partner = Partner::start().await;
    partner.put("/rss", Reply::ok(RSS, links(&partner, &[("/a/1.html", "渡口的钟")])));
    let html = page("渡口的钟", &paragraphs("甲", 4), "")
        .replace("charset=\"utf-8\"", "http-equiv=\"Content-Type\" content=\"text/html; charset=gb2312\"")
        .replace(
            "</h1>",
            "</h1><div class=\"info\"><span>来源:<a href=\"http://quill.example/bell\">羽笔中文网</a></span></div>",
        );
    let (bytes, _, lost) = encoding_rs::GB18030.encode(&html);
    assert!(!lost);
    partner.put("/a/1.html", Reply::ok("text/html", bytes.into_owned()));
    let program = started(&full_text(&partner, "")).await;
    let text = atom_with(&program, "the text", |text| text.contains("甲第4段")).await;
    assert!(text.contains("羽笔中文网") && text.contains("http://quill.example/bell"), "{text}");
}
