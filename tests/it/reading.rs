//! What is read beside feeds: pages that are feeds by their markup, site rules, and documents that are read anew under new settings. Loopback
//! partners and the real program.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::sleep;

use crate::harness::{Partner, Reply, Reprint, get, until};

const RSS: &str = "application/rss+xml; charset=utf-8";
const HTML: &str = "text/html; charset=utf-8";

fn feeds_toml(site: &str, outlet: &str) -> String {
    format!(
        "[site]\ntitle = \"南十字转载\"\nurl = \"https://relay.example.net\"\n{site}[limits]\nhost_spacing = \"20ms\"\nshortest_interval = \"1s\"\n\
         longest_backoff = \"1s\"\nconnect_timeout = \"2s\"\ntotal_timeout = \"3s\"\nallow_networks = [\"127.0.0.2/32\"]\n\
         [[outlet]]\nid = \"hewan\"\nname = \"河湾日报\"\nhomepage = \"http://hewan.example/\"\nlanguage = \"zh-Hans\"\nschedule = \"* * * * * *\"\n{outlet}"
    )
}

/// A feed with the beginning of one article.
fn rss(partner: &Partner) -> String {
    let link = partner.url("/a/1.html");
    format!(
        "<rss version=\"2.0\"><channel><title>河湾通讯</title><link>http://hewan.example/</link><description>d</description>\
         <item><title>渡口的钟</title><link>{link}</link><guid>{link}</guid><pubDate>Mon, 04 May 2026 08:00:00 +0800</pubDate>\
         <description>钟声的开头……</description></item></channel></rss>"
    )
}

/// Paragraphs long enough for a text, each with a mark of its own.
fn paragraphs(mark: &str) -> String {
    (1..=4)
        .map(|number| {
            format!("<p>{mark}第{number}段:渡口的钟在清晨响了第{number}遍,船夫们把缆绳一根一根收回甲板,等着雾从河面上散开,好把第一班客人送到对岸的集市去。</p>")
        })
        .collect()
}

async fn atom_with(program: &Reprint, what: &str, ready: impl Fn(&str) -> bool) -> String {
    for _ in 0..1_000 {
        let answer = get(&program.url("feeds/all.atom"), &[]).await;
        if answer.status == 200 && ready(&answer.text()) {
            return answer.text();
        }
        sleep(Duration::from_millis(20)).await;
    }
    panic!("never: {what}; the log:\n{}", program.stderr());
}

fn asked(partner: &Partner, path: &str) -> usize {
    partner.seen().iter().filter(|seen| seen.path == path).count()
}

async fn started_in(folder: &Arc<tempfile::TempDir>, toml: &str) -> Reprint {
    let started = Reprint::start_in(folder.clone(), toml).await;
    started.unwrap_or_else(|failure| panic!("it ended with {}: {}", failure.status, failure.stderr))
}

fn folder() -> Arc<tempfile::TempDir> {
    Arc::new(tempfile::tempdir().expect("a folder"))
}

/// Requests for the feed, each with whether it was conditional.
fn conditions(partner: &Partner) -> Vec<bool> {
    partner.seen().iter().filter(|seen| seen.path == "/rss").map(|seen| seen.header("if-none-match").is_some()).collect()
}

#[tokio::test]
async fn full_texts_switched_on_are_read_although_the_feed_has_not_changed() {
    let partner = Partner::start().await;
    partner.put("/rss", Reply::ok(RSS, rss(&partner)).header("ETag", "\"1\""));
    partner
        .put("/a/1.html", Reply::ok(HTML, format!("<html><body><h1>渡口的钟</h1><div>{}</div></body></html>", paragraphs("甲"))));
    let outlet = format!("feed = \"{}\"\n", partner.url("/rss"));
    let folder = folder();
    let program = started_in(&folder, &feeds_toml("", &outlet)).await;
    atom_with(&program, "the beginning", |text| text.contains("钟声的开头")).await;
    until("a poll that finds nothing new", || conditions(&partner).contains(&true)).await;
    assert_eq!(asked(&partner, "/a/1.html"), 0);
    program.stop().await;

    // The same settings: asked as before.
    let before = conditions(&partner).len();
    let program = started_in(&folder, &feeds_toml("", &outlet)).await;
    until("a poll after a restart", || conditions(&partner).len() > before).await;
    assert!(conditions(&partner).iter().skip(before).all(|conditional| *conditional), "{:?}", conditions(&partner));
    program.stop().await;

    let before = conditions(&partner).len();
    let program = started_in(&folder, &feeds_toml("", &format!("{outlet}full_text = true\n"))).await;
    let text = atom_with(&program, "the whole text", |text| text.contains("甲第4段")).await;
    assert_eq!(text.matches("<entry>").count(), 1, "{text}");
    until("three more polls", || conditions(&partner).len() >= before + 3).await;
    assert_eq!(
        conditions(&partner).iter().skip(before).filter(|conditional| !**conditional).count(),
        1,
        "asked for the whole once"
    );
    assert_eq!(asked(&partner, "/a/1.html"), 1);
}

#[tokio::test]
async fn site_rules_read_the_pages_of_an_outlet_that_has_no_selectors() {
    let partner = Partner::start().await;
    partner.put("/rss", Reply::ok(RSS, rss(&partner)));
    let page = |text: &str, links: &str| {
        format!(
            "<html><body><h1>网站</h1><h2 class=headline>渡口的钟</h2><div id=nav>{}</div><div class=\"story x\">{text}<p class=promo>订阅</p></div>{links}</body></html>",
            paragraphs("导航")
        )
    };
    partner.put("/a/1.html", Reply::ok(HTML, page(&paragraphs("甲"), "<a class=all href=/a/1_all.html>全文</a>")));
    partner.put("/a/1_all.html", Reply::ok(HTML, page(&(paragraphs("甲") + &paragraphs("乙")), "")));
    let folder = folder();
    let rules = folder.path().join("rules");
    std::fs::create_dir(&rules).expect("a folder");
    let file = "body: //div[contains(concat(' ', normalize-space(@class), ' '), ' story ')]\nstrip_id_or_class: promo\nsingle_page_link: //a[@class='all']\n\
                dissolve: //b\n";
    std::fs::write(rules.join("127.0.0.2.txt"), file).expect("a file");
    let outlet = format!("feed = \"{}\"\nfull_text = true\n", partner.url("/rss"));
    let program = started_in(&folder, &feeds_toml("site_rules = \"rules\"\n", &outlet)).await;
    let text = atom_with(&program, "the whole text", |text| text.contains("乙第4段")).await;
    assert!(!text.contains("导航第1段") && !text.contains("订阅"), "{text}");
    assert_eq!(text.matches("甲第1段").count(), 1, "{text}");
    let (code, _, stderr) = program.command(&["check", "feeds.toml"]);
    assert!(code == Some(0) && stderr.contains("127.0.0.2.txt:4: `dissolve`"), "{code:?} {stderr}");
}

#[tokio::test]
async fn a_single_page_link_that_leads_nowhere_takes_nothing_away() {
    let partner = Partner::start().await;
    partner.put("/rss", Reply::ok(RSS, rss(&partner)));
    let page =
        format!("<html><body><div class=story>{}</div><a class=all href=/gone.html>全文</a></body></html>", paragraphs("甲"));
    partner.put("/a/1.html", Reply::ok(HTML, page));
    partner.put("/gone.html", Reply::status(404));
    let folder = folder();
    std::fs::create_dir(folder.path().join("rules")).expect("a folder");
    std::fs::write(folder.path().join("rules/127.0.0.2.txt"), "body: //div\nsingle_page_link: //a[@class='all']\n")
        .expect("a file");
    let outlet = format!("feed = \"{}\"\nfull_text = true\n", partner.url("/rss"));
    let program = started_in(&folder, &feeds_toml("site_rules = \"rules\"\n", &outlet)).await;
    atom_with(&program, "the text of the first page", |text| text.contains("甲第4段")).await;
    assert_eq!(asked(&partner, "/gone.html"), 1);
}

#[tokio::test]
async fn a_page_with_an_h_feed_is_relayed_as_a_feed() {
    let partner = Partner::start().await;
    let page = format!(
        "<!doctype html><html lang=zh-CN><body class=h-feed><h1 class=p-name>河湾手记</h1>\
         <article class=h-entry><h2 class=p-name><a class=u-url href=/a/1.html>渡口的钟</a></h2><a class='p-author h-card' href=/zhou>周岸</a>\
         <time class=dt-published datetime='2026-05-04T08:30:00+08:00'>今早</time><div class=e-content>{}</div>\
         <a class=p-category href=/c>城事</a></article></body></html>",
        paragraphs("甲")
    );
    partner.put("/blog", Reply::ok(HTML, page));
    let program = started_in(&folder(), &feeds_toml("", &format!("feed = \"{}\"\n", partner.url("/blog")))).await;
    let text = atom_with(&program, "the article", |text| text.contains("甲第4段")).await;
    for part in ["<name>周岸</name>", "渡口的钟", "城事", "2026-05-04T00:30:00"] {
        assert!(text.contains(part), "{part} in {text}");
    }
}
