//! Whole journeys: loopback partners, the real program, and what its readers see.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use tempfile::TempDir;
use tokio::time::sleep;

use crate::harness::{Answer, Canary, Partner, Reply, Reprint, Step, get, until};

const RSS: &str = "application/rss+xml; charset=utf-8";

/// An RSS feed of so many entries; `edition` is part of every body.
fn feed(entries: usize, edition: &str) -> String {
    feed_at("hewan.example", entries, edition)
}

/// The same of an outlet at its own host.
fn feed_at(host: &str, entries: usize, edition: &str) -> String {
    let items: String = (1..=entries)
        .map(|number| {
            format!(
                "<item><title>第{number}期河湾通讯</title><link>http://{host}/{number}</link><guid>http://{host}/{number}</guid>\
                 <pubDate>Mon, 04 May 2026 08:{:02}:00 +0800</pubDate><author>desk@hewan.example (周岸)</author>\
                 <description><![CDATA[<p>渡口今天第{number}次鸣笛,{edition}。</p>]]></description></item>",
                number % 60
            )
        })
        .collect();
    format!(
        "<?xml version=\"1.0\"?><rss version=\"2.0\"><channel><title>河湾通讯</title><link>http://{host}/</link><description>d</description><language>zh-cn</language>{items}</channel></rss>"
    )
}

/// feeds.toml for outlets `(id, address)` with a schedule of the test's choice.
fn feeds_toml(schedule: &str, outlets: &[(&str, String)]) -> String {
    let mut toml = String::from(
        "[site]\ntitle = \"南十字转载\"\nurl = \"https://relay.example.net\"\n[limits]\nhost_spacing = \"0s\"\nshortest_interval = \"1s\"\n\
         connect_timeout = \"2s\"\ntotal_timeout = \"3s\"\nallow_networks = [\"127.0.0.2/32\", \"127.0.0.3/32\"]\n",
    );
    for (id, address) in outlets {
        toml.push_str(&format!("[[outlet]]\nid = \"{id}\"\nname = \"{id} 河湾日报\"\nhomepage = \"http://{id}.example/\"\nfeed = \"{address}\"\nlanguage = \"zh-Hans\"\nschedule = \"{schedule}\"\n"));
    }
    toml
}

const HOURLY: &str = "0 * * * *";
const EVERY_SECOND: &str = "* * * * * *";

async fn started(toml: &str) -> Reprint {
    Reprint::start(toml).await.unwrap_or_else(|failure| panic!("it ended with {}: {}", failure.status, failure.stderr))
}

async fn restarted(folder: Arc<TempDir>, toml: &str) -> Reprint {
    Reprint::start_in(folder, toml).await.unwrap_or_else(|failure| panic!("it ended with {}: {}", failure.status, failure.stderr))
}

async fn document(program: &Reprint, path: &str) -> Answer {
    let answer = get(&program.url(path), &[]).await;
    assert_eq!(answer.status, 200, "{path}: {}", answer.text());
    answer
}

/// Waits until the feed holds so many entries and gives it.
async fn feed_of(program: &Reprint, path: &str, entries: usize) -> Answer {
    for _ in 0..1_000 {
        let answer = document(program, path).await;
        if ["<guid ", "<entry>", "\"content_html\":"].map(|part| count(&answer.text(), part)).iter().sum::<usize>() == entries {
            return answer;
        }
        sleep(Duration::from_millis(20)).await;
    }
    panic!("{path} never had {entries} entries; it said:\n{}\n{}", program.stderr(), document(program, path).await.text());
}

fn count(text: &str, part: &str) -> usize {
    text.matches(part).count()
}

/// What is wrong with each outlet, by id, from `outlets --json`; empty when nothing is.
fn problems(program: &Reprint) -> BTreeMap<String, String> {
    let (code, stdout, stderr) = program.command(&["outlets", "--json"]);
    assert_eq!(code, Some(0), "{stderr}");
    let object: serde_json::Value = serde_json::from_str(&stdout).expect("JSON");
    let outlets = object["outlets"].as_array().expect("a list");
    outlets
        .iter()
        .map(|outlet| {
            let problem = &outlet["sources"][0]["problem"];
            let text = if problem.is_null() { String::new() } else { format!("{} {}", problem["code"], problem["message"]) };
            (outlet["id"].as_str().expect("an id").to_owned(), text)
        })
        .collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_article_arrives_with_its_credit_in_every_format_and_on_its_page() {
    let partner = Partner::start().await;
    partner.put("/rss", Reply::ok(RSS, feed(2, "晴")).header("ETag", "\"1\""));
    let program = started(&feeds_toml(HOURLY, &[("hewan", partner.url("/rss").to_string())])).await;

    let rss = feed_of(&program, "feeds/all.rss", 2).await.text();
    for part in [
        "周岸",
        "http://hewan.example/2",
        "reprint-credit",
        "来源",
        "河湾日报",
        "isPermaLink=\"false\">tag:relay.example.net,",
        "渡口今天第2次鸣笛",
    ] {
        assert!(rss.contains(part), "no {part} in {rss}");
    }
    assert_eq!(count(&rss, "reprint-disclaimer"), 4, "one disclaimer at each end of two articles: {rss}");
    let atom = feed_of(&program, "feeds/hewan.atom", 2).await.text();
    assert!(atom.contains("<name>周岸</name>"), "{atom}");
    let json = feed_of(&program, "feeds/hewan.json", 2).await;
    assert_eq!(json.header("content-type").as_deref(), Some("application/feed+json"));
    assert_eq!(json.header("access-control-allow-origin").as_deref(), Some("*"));
    let feed: serde_json::Value = serde_json::from_slice(&json.body).expect("JSON");
    assert_eq!(feed["items"][0]["authors"][0]["name"], "周岸", "{feed}");
    assert_eq!(count(&json.text(), "reprint-disclaimer"), 4, "{feed}");
    let head = crate::harness::request("HEAD", &program.url("feeds/hewan.json"), &[]).await.expect("an answer");
    assert_eq!((head.status, head.header("etag"), head.body.len()), (200, json.header("etag"), 0));

    let (_, after) = rss.split_once("https://relay.example.net/a/").expect("a page address");
    let page = document(&program, &format!("a/{}", &after[..20])).await.text();
    for part in ["渡口今天第", "reprint-credit", "application/ld+json", "http://hewan.example/"] {
        assert!(page.contains(part), "no {part} in {page}");
    }
    for path in ["", "feeds/all", "feeds.opml"] {
        assert!(document(&program, path).await.text().contains("南十字转载"), "{path}");
    }
    assert_eq!(get(&program.url("readyz"), &[]).await.status, 200);
    assert_eq!(get(&program.url("a/00000000000000000000"), &[]).await.status, 404);
    assert_eq!(get(&program.url("feeds/none.rss"), &[]).await.status, 404);
    assert_eq!(problems(&program), BTreeMap::from([("hewan".to_owned(), String::new())]));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_restart_polls_nothing_early_and_serves_the_same_bytes_under_the_same_etags() {
    let partner = Partner::start().await;
    partner.put("/rss", Reply::ok(RSS, feed(5, "晴")));
    let toml = feeds_toml(HOURLY, &[("hewan", partner.url("/rss").to_string())]);
    let program = started(&toml).await;
    feed_of(&program, "feeds/hewan.atom", 5).await;
    sleep(Duration::from_millis(500)).await;
    let paths = ["feeds/all.rss", "feeds/all.atom", "feeds/hewan.rss", "feeds/hewan.atom", "feeds/all.json", "feeds.opml", ""];
    let mut before = Vec::new();
    for path in paths {
        let answer = document(&program, path).await;
        before.push((answer.header("etag").expect("an ETag"), answer.body));
    }
    let (status, folder) = program.stop().await;
    assert!(status.success());

    let program = restarted(folder, &toml).await;
    sleep(Duration::from_secs(1)).await;
    for (path, (etag, body)) in paths.iter().zip(before) {
        let answer = document(&program, path).await;
        assert_eq!(answer.header("etag"), Some(etag.clone()), "{path}");
        assert!(answer.body == body, "{path} changed");
        let again = get(&program.url(path), &[("If-None-Match", &etag)]).await;
        assert_eq!((again.status, again.body.len()), (304, 0), "{path}");
    }
    assert_eq!(partner.seen().len(), 1, "asked again before its time");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn validators_go_back_verbatim_and_an_edit_raises_no_second_article() {
    let partner = Partner::start().await;
    let odd = "W/\"odd, but \\ theirs\"";
    partner.put("/rss", Reply::ok(RSS, feed(1, "晴")).header("ETag", odd).header("Last-Modified", "yesterday, or so"));
    let program = started(&feeds_toml(EVERY_SECOND, &[("hewan", partner.url("/rss").to_string())])).await;
    let first = feed_of(&program, "feeds/all.atom", 1).await;
    until("a second poll", || partner.seen().len() >= 2).await;
    let second = partner.seen()[1].clone();
    assert_eq!(second.header("if-none-match"), Some(odd.as_bytes()));
    assert_eq!(second.header("if-modified-since"), Some("yesterday, or so".as_bytes()));
    assert_eq!(document(&program, "feeds/all.atom").await.header("etag"), first.header("etag"));

    partner.put("/rss", Reply::ok(RSS, feed(1, "转雨")).header("ETag", "\"2\""));
    let id = |text: &str| text.split("<entry>").nth(1).and_then(|entry| entry.split("</id>").next()).map(str::to_owned);
    for _ in 0..500 {
        let edited = document(&program, "feeds/all.atom").await.text();
        if edited.contains("转雨") {
            assert_eq!(count(&edited, "<entry>"), 1);
            assert_eq!(id(&edited), id(&first.text()), "the id moved");
            return;
        }
        sleep(Duration::from_millis(20)).await;
    }
    panic!("the edit never arrived: {}", program.stderr());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn kill_9_in_the_middle_of_polls_loses_nothing_and_doubles_nothing() {
    let partner = Partner::start().await;
    let outlets: Vec<(String, String)> = (0..8).map(|n| (format!("o{n}"), partner.url(&format!("/{n}")).to_string())).collect();
    let outlets: Vec<(&str, String)> = outlets.iter().map(|(id, url)| (id.as_str(), url.clone())).collect();
    let toml = feeds_toml(EVERY_SECOND, &outlets);
    let mut folder = Arc::new(tempfile::tempdir().expect("a folder"));
    // Every round something new is on offer, and the program is killed a little later in its work.
    let mut published: BTreeMap<String, String> = BTreeMap::new();
    for round in 0..10 {
        for n in 0..8 {
            let document = feed_at(&format!("o{n}.example"), 20 + round, "晴");
            partner.put(&format!("/{n}"), Reply::ok(RSS, document).header("ETag", format!("\"{round}\"")));
        }
        let program = restarted(folder, &toml).await;
        sleep(Duration::from_millis(40 + 130 * round as u64)).await;
        for (id, title) in ids(&document(&program, "feeds/all.rss").await.text()) {
            published.insert(id, title);
        }
        folder = program.crash();
    }
    let program = restarted(folder, &toml).await;
    for n in 0..8 {
        let path = format!("feeds/o{n}.rss");
        let text = feed_of(&program, &path, 29).await.text();
        let found = ids(&text);
        assert_eq!(found.len(), 29, "{path}: an id twice");
        let titles: std::collections::BTreeSet<&String> = found.values().collect();
        assert_eq!(titles.len(), 29, "{path}: an article twice");
    }
    let all: BTreeMap<String, String> = futures_ids(&program, (0..8).map(|n| format!("feeds/o{n}.rss")).collect()).await;
    for (id, title) in published {
        assert_eq!(all.get(&id), Some(&title), "published before a crash, gone or renamed after");
    }
}

async fn futures_ids(program: &Reprint, paths: Vec<String>) -> BTreeMap<String, String> {
    let mut all = BTreeMap::new();
    for path in paths {
        all.extend(ids(&document(program, &path).await.text()));
    }
    all
}

/// Ids and titles of an RSS feed of ours.
fn ids(rss: &str) -> BTreeMap<String, String> {
    let between = |text: &str, from: &str, to: &str| {
        text.split_once(from).and_then(|(_, rest)| rest.split_once(to)).map(|(value, _)| value.to_owned()).unwrap_or_default()
    };
    rss.split("<item>")
        .skip(1)
        .map(|item| (between(item, "isPermaLink=\"false\">", "</guid>"), between(item, "<title>", "</title>")))
        .collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn our_own_feed_relayed_by_a_second_reprint_has_one_origin_and_one_disclaimer() {
    let partner = Partner::start().await;
    let original = r#"<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom" xml:lang="zh-Hans"><id>urn:x:f</id><title>羽笔中文网</title><updated>2026-05-07T00:00:00Z</updated>
        <entry><id>urn:x:1</id><title>当河流改道之后</title><link href="http://cn.quill.example/river"/><link rel="related" hreflang="en" href="http://farquill.example/river" title="The Quill"/>
        <updated>2026-05-06T02:00:00Z</updated><published>2026-05-06T02:00:00Z</published><author><name>Ines Calloway</name></author><contributor><name>闻小溪</name></contributor>
        <content type="html">&lt;p&gt;河流离开了原来的河道。&lt;/p&gt;</content></entry></feed>"#;
    partner.put("/atom", Reply::ok("application/atom+xml", original));
    let first = started(&feeds_toml(HOURLY, &[("quill", partner.url("/atom").to_string())])).await;
    let second_partner = Partner::start().await;
    for format in ["rss", "atom", "json"] {
        let ours = feed_of(&first, &format!("feeds/all.{format}"), 1).await;
        second_partner.put(&format!("/{format}"), Reply::ok(&ours.header("content-type").expect("a type"), ours.body));
        let toml = feeds_toml(HOURLY, &[("relay", second_partner.url(&format!("/{format}")).to_string())]);
        // Another site: the first one would refuse its own articles.
        let toml = toml.replace("https://relay.example.net", "https://second.example.net");
        let second = started(&toml).await;
        let text = feed_of(&second, "feeds/all.atom", 1).await.text();
        assert_eq!(count(&text, "reprint-credit"), 1, "{format}: {text}");
        assert_eq!(count(&text, "reprint-disclaimer"), 2, "{format}: one at each end: {text}");
        assert_eq!(count(&text, "<name>Ines Calloway</name>"), 1, "{format}: {text}");
        assert!(
            text.contains("rel=\"related\" hreflang=\"en\" href=\"http://farquill.example/river\"")
                || text.contains("href=\"http://farquill.example/river\""),
            "{format}: {text}"
        );
        assert_eq!(count(&text, "action=\"created\""), 1, "{format}: {text}");
        assert!(text.contains("闻小溪"), "{format}: the translator is gone: {text}");
        // created (or translated) … reposted by the first relay, reposted by the second: one hop longer than what came in.
        let hops = |text: &str| count(text, "<reprint:hop ");
        assert_eq!(hops(&text), hops(&document(&first, "feeds/all.atom").await.text()) + 1, "{format}: {text}");
        assert!(!text.contains("<name>闻小溪（译）</name>"), "{format}: the translator became an author: {text}");
        if format == "json" {
            let told = async |program: &Reprint| -> serde_json::Value {
                let answer = feed_of(program, "feeds/all.json", 1).await;
                let feed: serde_json::Value = serde_json::from_slice(&answer.body).expect("JSON");
                feed["items"][0].clone()
            };
            let (ours, theirs) = (told(&first).await, told(&second).await);
            for member in ["original", "translation", "publisher", "disclaimer"] {
                assert_eq!(ours["_reprint"][member], theirs["_reprint"][member], "{member}: {ours} {theirs}");
            }
            assert_eq!(ours["authors"], theirs["authors"]);
            let way = |item: &serde_json::Value| item["_reprint"]["hops"].as_array().expect("hops").clone();
            assert!(way(&theirs).starts_with(&way(&ours)), "{ours} {theirs}");
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_partner_that_misbehaves_changes_nothing_that_readers_see() {
    let canary = Canary::start().await;
    let partner = Partner::start().await;
    let endless = Reply::Script(vec![
        Step::Send(b"HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\n\r\n<rss><channel>".to_vec()),
        Step::Repeat(vec![b' '; 65_536], 1_000_000, Duration::ZERO),
    ]);
    let faults: Vec<(&str, Reply, &str)> = vec![
        ("err500", Reply::status(500).body("<html>oops"), "http_500"),
        ("garbage", Reply::ok(RSS, vec![0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 1]), "not_a_feed"),
        (
            "page",
            Reply::ok(RSS, "<!doctype html><html><head><title>Just a moment...</title></head><body>x</body></html>"),
            "Just a moment",
        ),
        ("endless", endless, "too_large"),
        ("tolocal", Reply::redirect(302, format!("http://127.0.0.1:{}/", canary.port())), "ssrf_denied"),
        ("tometadata", Reply::redirect(302, "http://169.254.169.254/latest/meta-data/"), "ssrf_denied"),
        ("nothing", Reply::Script(vec![Step::Hang]), "timeout"),
        ("empty", Reply::ok(RSS, ""), "empty_body"),
        ("missing", Reply::status(404), "http_404"),
    ];
    let mut outlets = Vec::new();
    for (id, _, _) in &faults {
        partner.put(&format!("/{id}"), Reply::ok(RSS, feed_at(&format!("{id}.example"), 3, id)));
        outlets.push((*id, partner.url(&format!("/{id}")).to_string()));
    }
    let program = started(&feeds_toml(EVERY_SECOND, &outlets)).await;
    let mut before = BTreeMap::new();
    for (id, _, _) in &faults {
        let path = format!("feeds/{id}.rss");
        let answer = feed_of(&program, &path, 3).await;
        before.insert(path, (answer.header("etag"), answer.body));
    }
    for (id, reply, _) in &faults {
        partner.put(&format!("/{id}"), reply.clone());
    }
    for _ in 0..600 {
        if problems(&program).values().all(|text| !text.is_empty()) {
            break;
        }
        sleep(Duration::from_millis(50)).await;
    }
    let said = problems(&program);
    for (id, _, expected) in &faults {
        let text = &said[*id];
        assert!(text.contains(expected), "{id}: {text:?} does not say {expected}; the log:\n{}", program.stderr());
    }
    for (path, (etag, body)) in before {
        let answer = document(&program, &path).await;
        assert_eq!(answer.header("etag"), etag, "{path}");
        assert!(answer.body == body, "{path} changed");
    }
    canary.assert_untouched().await;
    let (code, table, _) = program.command(&["outlets"]);
    assert_eq!(code, Some(0));
    assert!(table.contains("failing since") && table.contains("fault: partner"), "{table}");
    // Two different tables for people and for scripts, one truth: the outlet is named with its address.
    assert!(table.contains(partner.url("/err500").as_str()), "{table}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_partner_that_recovers_is_read_again() {
    let partner = Partner::start().await;
    partner.put("/rss", Reply::status(503).header("Retry-After", "1"));
    let program = started(&feeds_toml(EVERY_SECOND, &[("hewan", partner.url("/rss").to_string())])).await;
    until("a failed poll", || problems(&program)["hewan"].contains("http_503")).await;
    assert_eq!(count(&document(&program, "feeds/all.rss").await.text(), "<item>"), 0, "an empty feed is served from the start");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_second_daemon_on_the_same_store_does_not_start() {
    let partner = Partner::start().await;
    partner.put("/rss", Reply::ok(RSS, feed(1, "晴")));
    let toml = feeds_toml(HOURLY, &[("hewan", partner.url("/rss").to_string())]);
    let folder = Arc::new(tempfile::tempdir().expect("a folder"));
    let _first = restarted(folder.clone(), &toml).await;
    let failure = Reprint::start_in(folder, &toml).await.err().expect("a refusal");
    assert!(failure.stderr.contains("reprint.db"), "{}", failure.stderr);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn mistakes_in_feeds_toml_end_with_78_and_all_of_them_named() {
    let toml = "[site]\ntitel = \"x\"\nurl = \"ftp://relay.example.net\"\n[[outlet]]\nname = \"x\"\nfeed = \"http://a.example/\"\nshedule = \"* * * * *\"\n";
    let failure = Reprint::start(toml).await.err().expect("a refusal");
    assert_eq!(failure.status.code(), Some(78));
    for part in ["feeds.toml:2:", "titel", "title", "ftp", "shedule", "schedule"] {
        assert!(failure.stderr.contains(part), "no {part} in {}", failure.stderr);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn poll_and_check_report_without_recording() {
    let partner = Partner::start().await;
    partner.put("/rss", Reply::ok(RSS, feed(2, "晴")));
    let toml = feeds_toml(HOURLY, &[("hewan", partner.url("/rss").to_string())]);
    let program = started(&toml).await;
    feed_of(&program, "feeds/all.rss", 2).await;
    partner.put("/rss", Reply::ok(RSS, feed(3, "晴")));
    let (code, stdout, stderr) = program.command(&["poll", "hewan", "--dry-run"]);
    assert_eq!(code, Some(0), "{stderr}");
    assert!(stdout.contains("1 new, 0 changed, 0 held, 2 unchanged") && stdout.contains("第3期"), "{stdout}");
    let (code, stdout, stderr) = program.command(&["check", "--online"]);
    assert_eq!(code, Some(0), "{stderr}");
    assert!(stdout.contains("rss20, 3 entries") && stdout.contains("publish"), "{stdout}");
    let (code, _, stderr) = program.command(&["poll", "nobody"]);
    assert_eq!(code, Some(2));
    assert!(stderr.contains("hewan"), "{stderr}");
    assert_eq!(count(&document(&program, "feeds/all.rss").await.text(), "<item>"), 2);
    let (code, stdout, _) = program.command(&["feeds", "--json"]);
    assert_eq!(code, Some(0));
    let object: serde_json::Value = serde_json::from_str(&stdout).expect("JSON");
    assert_eq!(object["feeds"][0]["articles"], 2, "{stdout}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stop_right_after_the_start_is_orderly() {
    let partner = Partner::start().await;
    partner.put("/rss", Reply::ok(RSS, feed(20, "晴")));
    let toml = feeds_toml(HOURLY, &[("hewan", partner.url("/rss").to_string())]);
    let mut folder = Arc::new(tempfile::tempdir().expect("a folder"));
    for _ in 0..3 {
        let (status, used) = restarted(folder, &toml).await.stop().await;
        assert!(status.success(), "{status}");
        folder = used;
    }
}

/// An RSS feed with one entry that links to no page and has no guid to take for one.
fn without_link(title: &str) -> String {
    feed(0, "").replace(
        "</channel>",
        &format!("<item><title>{title}</title><guid isPermaLink=\"false\">x-1</guid><description>渡口今天停航一天。</description></item></channel>"),
    )
}

/// The outlet changes nothing and answers 304; what the admin changed counts all the same.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_held_article_is_listed_and_released_by_a_change_of_feeds_toml() {
    let partner = Partner::start().await;
    partner.put("/rss", Reply::ok(RSS, without_link("渡口停航")).header("ETag", "\"1\""));
    let toml = feeds_toml(EVERY_SECOND, &[("hewan", partner.url("/rss").to_string())]);
    let homeless = toml.replace("homepage = \"http://hewan.example/\"\n", "");
    assert_ne!(toml, homeless);
    let program = started(&homeless).await;
    until("a second poll", || partner.seen().len() >= 2).await;
    assert!(partner.seen()[1].header("if-none-match").is_some());
    assert_eq!(count(&document(&program, "feeds/all.rss").await.text(), "<item>"), 0);
    let (_, table, _) = program.command(&["outlets"]);
    for part in ["held: 渡口停航", "set `homepage` in feeds.toml", "[no_address]", "what is held is published by itself"] {
        assert!(table.contains(part), "no {part} in {table}");
    }
    let (_, stdout, _) = program.command(&["outlets", "--json"]);
    let object: serde_json::Value = serde_json::from_str(&stdout).expect("JSON");
    let held = &object["outlets"][0]["held"][0];
    assert_eq!(held["code"], "no_address");
    assert!(held["release"].as_str().is_some_and(|how| how.contains("feeds.toml")), "{held}");
    assert!(object["outlets"][0]["sources"][0]["last_change"].is_null(), "{stdout}");

    let (_, folder) = program.stop().await;
    let asked = partner.seen().len();
    let program = restarted(folder, &toml).await;
    feed_of(&program, "feeds/all.rss", 1).await;
    until("two more polls", || partner.seen().len() >= asked + 2).await;
    assert!(partner.seen()[asked].header("if-none-match").is_none(), "asked anew once");
    assert!(partner.seen()[asked + 1].header("if-none-match").is_some(), "and once only");
    let (_, stdout, _) = program.command(&["outlets", "--json"]);
    let object: serde_json::Value = serde_json::from_str(&stdout).expect("JSON");
    assert_eq!(object["outlets"][0]["held"], serde_json::json!([]));
    assert!(object["outlets"][0]["sources"][0]["last_change"].is_string(), "{stdout}");
}

/// The feed has gone on, and the outlet is not asked for what it no longer has.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_held_article_that_has_left_its_feed_is_judged_anew_at_a_start() {
    let partner = Partner::start().await;
    partner.put("/rss", Reply::ok(RSS, without_link("渡口停航")));
    let toml = feeds_toml(EVERY_SECOND, &[("hewan", partner.url("/rss").to_string())]);
    let homeless = toml.replace("homepage = \"http://hewan.example/\"\n", "");
    let held = |program: &Reprint| -> Vec<serde_json::Value> {
        let (_, stdout, _) = program.command(&["outlets", "--json"]);
        let object: serde_json::Value = serde_json::from_str(&stdout).expect("JSON");
        object["outlets"][0]["held"].as_array().expect("a list").clone()
    };
    let program = started(&homeless).await;
    until("a poll", || !held(&program).is_empty()).await;
    let first_seen = held(&program)[0]["first_seen"].clone();
    partner.put("/rss", Reply::ok(RSS, feed(1, "晴")));
    feed_of(&program, "feeds/all.json", 1).await;
    let (_, folder) = program.stop().await;

    // As long as nothing says where it is from, it stays held.
    let program = restarted(folder, &homeless).await;
    feed_of(&program, "feeds/all.json", 1).await;
    assert_eq!((held(&program).len(), &held(&program)[0]["first_seen"]), (1, &first_seen));
    let (_, folder) = program.stop().await;

    partner.put("/rss", Reply::status(503));
    let program = restarted(folder, &toml).await;
    let answer = feed_of(&program, "feeds/all.json", 2).await;
    let document: serde_json::Value = serde_json::from_slice(&answer.body).expect("JSON");
    let items = document["items"].as_array().expect("items");
    let item = items.iter().find(|item| item["title"] == "渡口停航").expect("the article");
    assert_eq!(item["_reprint"]["via_url"], "http://hewan.example/");
    let to_the_second = |at: &serde_json::Value| at.as_str().expect("a time")[..19].to_owned();
    assert_eq!(to_the_second(&item["_reprint"]["available"]), to_the_second(&first_seen));
    assert_eq!(held(&program), Vec::<serde_json::Value>::new());

    // What was released once is an article like every other.
    let (_, folder) = program.stop().await;
    let program = restarted(folder, &homeless).await;
    feed_of(&program, "feeds/all.json", 2).await;
    assert_eq!(held(&program), Vec::<serde_json::Value>::new());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_outlet_with_another_id_is_the_same_outlet() {
    let partner = Partner::start().await;
    partner.put("/rss", Reply::ok(RSS, feed(3, "晴")).header("ETag", "\"1\""));
    let toml = feeds_toml(HOURLY, &[("hewan", partner.url("/rss").to_string())]);
    let program = started(&toml).await;
    let before = ids(&feed_of(&program, "feeds/hewan.rss", 3).await.text());
    let (_, folder) = program.stop().await;
    // Its name stays: that is part of what readers see.
    let renamed = toml.replace("id = \"hewan\"", "id = \"hewan-ribao\"");
    let program = restarted(folder, &renamed).await;
    assert_eq!(ids(&feed_of(&program, "feeds/hewan-ribao.rss", 3).await.text()), before);
    assert_eq!(get(&program.url("feeds/hewan.rss"), &[]).await.status, 410);
    partner.put("/rss", Reply::ok(RSS, feed(4, "晴")).header("ETag", "\"2\""));
    assert_eq!(partner.seen().len(), 1, "its next poll is the one that was planned");
    let (_, folder) = program.stop().await;
    let polled = std::process::Command::new(env!("CARGO_BIN_EXE_reprint"))
        .args(["poll", "hewan-ribao"])
        .current_dir(folder.path())
        .output()
        .expect("the program runs");
    let stdout = String::from_utf8_lossy(&polled.stdout);
    assert!(stdout.contains("1 new, 0 changed, 0 held, 3 unchanged"), "{stdout}{}", String::from_utf8_lossy(&polled.stderr));
    let program = restarted(folder, &renamed).await;
    let after = ids(&feed_of(&program, "feeds/all.rss", 4).await.text());
    assert!(before.iter().all(|(id, title)| after.get(id) == Some(title)), "an id moved");
}

/// A publication that fails (a full disk, say) is made up for when it can be, without a further change.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_could_not_be_published_is_published_later() {
    let partner = Partner::start().await;
    partner.put("/rss", Reply::ok(RSS, feed(1, "晴")).header("ETag", "\"1\""));
    let program = started(&feeds_toml(EVERY_SECOND, &[("hewan", partner.url("/rss").to_string())])).await;
    let before = feed_of(&program, "feeds/all.rss", 1).await;
    let (folder, away) = (program.folder().join("published"), program.folder().join("away"));
    std::fs::rename(&folder, &away).expect("a folder");
    std::fs::write(&folder, "in the way").expect("a file");
    partner.put("/rss", Reply::ok(RSS, feed(2, "晴")).header("ETag", "\"2\""));
    until("a publication that fails", || program.stderr().contains("cannot publish")).await;
    assert_eq!(document(&program, "feeds/all.rss").await.header("etag"), before.header("etag"));
    std::fs::remove_file(&folder).expect("a file");
    std::fs::rename(&away, &folder).expect("a folder");
    feed_of(&program, "feeds/all.rss", 2).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_feed_whose_guids_are_not_relied_on_is_named_with_the_reason() {
    let partner = Partner::start().await;
    partner.put("/rss", Reply::ok(RSS, feed(6, "晴")));
    let program = started(&feeds_toml(EVERY_SECOND, &[("hewan", partner.url("/rss").to_string())])).await;
    feed_of(&program, "feeds/all.rss", 6).await;
    let (_, stdout, _) = program.command(&["outlets", "--json"]);
    let object: serde_json::Value = serde_json::from_str(&stdout).expect("JSON");
    assert!(object["outlets"][0]["sources"][0]["guids_not_relied_on"].is_null(), "{stdout}");
    partner.put("/rss", Reply::ok(RSS, feed(6, "晴").replace("<guid>", "<guid>anew-")));
    until("what it is known by", || program.command(&["outlets"]).1.contains("guids not relied on since")).await;
    let (_, table, _) = program.command(&["outlets"]);
    assert!(table.contains("6 known articles of 6 entries have another guid than before"), "{table}");
    assert!(table.contains("recognised by the addresses of their pages"), "{table}");
    let (_, stdout, _) = program.command(&["outlets", "--json"]);
    let object: serde_json::Value = serde_json::from_str(&stdout).expect("JSON");
    let identity = &object["outlets"][0]["sources"][0]["guids_not_relied_on"];
    assert_eq!(identity["known_by"], "address", "{stdout}");
    assert!(
        identity["since"].is_string() && identity["reason"].as_str().is_some_and(|reason| reason.contains("guid")),
        "{identity}"
    );
    assert_eq!(count(&document(&program, "feeds/all.rss").await.text(), "<item>"), 6);
}

/// The feeds of one host wait for one another, those of another host do not wait for them.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_feeds_of_one_host_are_polled_one_after_the_other_with_a_pause() {
    let pause = Duration::from_millis(400);
    let (slow, other) = (Partner::start().await, Partner::start_on("127.0.0.3".parse().expect("an address")).await);
    let mut outlets = Vec::new();
    for id in ["a", "b", "c", "d"] {
        slow.put(&format!("/{id}"), Reply::ok(RSS, feed(1, "晴")).after(Duration::from_millis(100)));
        outlets.push((id, slow.url(&format!("/{id}")).to_string()));
    }
    other.put("/e", Reply::ok(RSS, feed(1, "晴")));
    outlets.push(("e", other.url("/e").to_string()));
    // Two at once: were those that wait counted, the other host would come last.
    let toml = feeds_toml(HOURLY, &outlets).replace("host_spacing = \"0s\"", "host_spacing = \"400ms\"\nconcurrent_polls = 2");
    let _program = started(&toml).await;
    until("every feed to be asked", || slow.seen().len() == 4 && other.seen().len() == 1).await;
    let asked: Vec<_> = slow.seen().iter().map(|seen| seen.at).collect();
    for pair in asked.windows(2) {
        let between = pair[1] - pair[0];
        // The answer takes a while, then comes the pause.
        assert!(between >= pause + Duration::from_millis(90), "only {between:?} between two requests");
        assert!(between < 4 * pause, "{between:?} between two requests");
    }
    assert!(other.seen()[0].at < asked[2], "it had to wait for another host");
}
