//! Articles whose text is on pages of their own: loopback partners with article and listing pages, the real program, and what its readers see.

use std::fmt::Write;
use std::process::Command;
use std::time::{Duration, Instant};

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
    format!("<?xml version=\"1.0\"?><rss version=\"2.0\"><channel><title>河湾通讯</title><link>http://hewan.example/</link><description>d</description>{items}</channel></rss>")
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
    let (_, stdout, _) = command(program, &["outlets", "--json"]);
    let object: Value = serde_json::from_str(&stdout).expect("JSON");
    object["outlets"][0].clone()
}

fn command(program: &Reprint, words: &[&str]) -> (Option<i32>, String, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_reprint"))
        .args(words)
        .current_dir(program.folder())
        .env_remove("STATE_DIRECTORY")
        .output()
        .expect("the program runs");
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("UTF-8");
    (output.status.code(), text(output.stdout), text(output.stderr))
}

#[tokio::test]
async fn an_article_of_three_pages_from_a_feed_of_links_arrives_in_order_as_one() {
    let partner = Partner::start().await;
    partner.put("/rss", Reply::ok(RSS, links(&partner, &[("/a/1.html", "渡口的钟")])));
    let pager = |next: &str| format!("<div class=\"pages\"><a href=\"/a/1.html\">1</a> <a href=\"/a/1_2.html\">2</a> <a href=\"/a/1_3.html\">3</a> {next}</div><p><a rel=\"next\" href=\"/a/2.html\">下一篇:别的文章</a></p>");
    let pages = [("/a/1.html", "甲", pager("<a href=\"/a/1_2.html\">下一页</a>")), ("/a/1_2.html", "乙", pager("<a href=\"1_3.html\">下一页</a>")), ("/a/1_3.html", "丙", pager("<a href=\"/a/1_2.html\">上一页</a>"))];
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
    for chrome in ["下一页", "上一页", "下一篇", "相关阅读", "读者评论", "写得真好", "技术支持", "首页"] {
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
