//! What operators see: `/status`, `/status.json`, `/metrics`, the probes; who may see it; and all of it behind a real nginx.

mod front;

use std::collections::BTreeSet;
use std::io::Write as _;
use std::process::{Command, Stdio};
use std::time::Duration;

use reprint::daemon::{FAMILIES, Kind};
use serde_json::Value;

use crate::harness::{Partner, Reply, Reprint, get, request};
use crate::pages_in_browser::look;
use crate::published::python;

const FEED: &str = "<rss version=\"2.0\"><channel><title>t</title><link>https://quay.example/</link><description>d</description>\
    <item><title>A crane leaves the quay</title><link>https://quay.example/1</link><guid>https://quay.example/1</guid><author>a@quay.example (Ada Rowe)</author>\
    <pubDate>Mon, 04 May 2026 08:00:00 +0000</pubDate><description>It went by barge, and nobody waved.</description></item></channel></rss>";

/// A site with an outlet that is well and one that fails.
fn toml(partner: &Partner, more: &str) -> String {
    partner.put("/good.rss", Reply::ok("application/rss+xml", FEED));
    partner.put("/bad.rss", Reply::status(500));
    format!(
        "[site]\ntitle = \"Relay\"\nurl = \"https://relay.example.net\"\n{more}\n[limits]\nhost_spacing = \"0s\"\nallow_networks = [\"127.0.0.2/32\"]\n\
         [[outlet]]\nid = \"quay\"\nname = \"Quay Mirror\"\nfeed = \"{}\"\n[[outlet]]\nid = \"bell\"\nname = \"The “Ferry” Bell <b>\"\nfeed = \"{}\"\n",
        partner.url("/good.rss"),
        partner.url("/bad.rss"),
    )
}

async fn site(partner: &Partner, more: &str) -> Reprint {
    let folder = std::sync::Arc::new(tempfile::tempdir().expect("a folder"));
    std::fs::write(folder.path().join("admin.token"), "lantern-lantern-lantern\n").expect("written");
    Reprint::start_in(folder, &toml(partner, more))
        .await
        .unwrap_or_else(|failure| panic!("{}: {}", failure.status, failure.stderr))
}

/// `/status.json` once both outlets have been polled and the articles are counted.
async fn polled(program: &Reprint) -> Value {
    let mut status = Value::Null;
    for _ in 0..200 {
        let answer = get(&program.url("status.json"), &[]).await;
        assert_eq!((answer.status, answer.header("content-type").as_deref()), (200, Some("application/json")));
        status = serde_json::from_str(&answer.text()).expect("JSON");
        if status["outlets"][0]["articles"] == 1 && status["outlets"][1]["health"] == "failing" {
            return status;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("never polled: {status}");
}

fn sum(list: &Value) -> u64 {
    list.as_array().expect("a list").iter().filter_map(Value::as_u64).sum()
}

#[tokio::test]
async fn operators_see_what_is_wrong_and_whose_fault_it_is() {
    let partner = Partner::start().await;
    let program = site(&partner, "").await;
    let status = polled(&program).await;
    let [good, bad] = [&status["outlets"][0], &status["outlets"][1]];
    assert_eq!((&good["id"], &good["health"], &good["sources"][0]["problem"]), (&"quay".into(), &"well".into(), &Value::Null));
    assert_eq!((sum(&good["hours"]["polls_changed"]), sum(&good["hours"]["new_articles"])), (1, 1));
    assert_eq!(sum(&bad["hours"]["polls_failed"]), 1);
    assert_eq!(good["hours"]["lag_seconds"].as_array().map(Vec::len), Some(48));
    let problem = &bad["sources"][0]["problem"];
    assert_eq!((&problem["code"], &problem["fault"]), (&"http_500".into(), &"partner".into()));
    assert_eq!((&status["ready"], &bad["sources"][0]["failures"]), (&true.into(), &1.into()));
    assert!(bad["sources"][0]["next_poll"].as_str().is_some_and(|next| next > status["at"].as_str().expect("a time")));

    let page = get(&program.url("status"), &[]).await;
    assert_eq!((page.status, page.header("cache-control").as_deref()), (200, Some("no-store")));
    let text = page.text();
    let (first, second) = (text.find("The “Ferry” Bell &lt;b&gt;"), text.find("Quay Mirror"));
    assert!(first.is_some() && first < second, "what needs attention comes first: {text}");
    assert_eq!(page.header("content-language").as_deref(), Some("en"));
    for part in ["The partner has to act", "1 of 2 outlets needs attention", "http_500", "every 30 minutes"] {
        assert!(text.contains(part), "{part}: {text}");
    }
    assert!(!text.contains(env!("CARGO_PKG_VERSION")), "the version is not shown");
    let head = request("HEAD", &program.url("status"), &[]).await.expect("an answer");
    assert_eq!((head.status, head.body.len()), (200, 0));
    assert_eq!(get(&program.url("readyz"), &[]).await.text(), "ready\n");
    look(&program, &["status".to_owned()]).await;
}

#[tokio::test]
async fn the_page_is_in_the_language_of_its_reader_and_in_the_time_of_the_site() {
    let partner = Partner::start().await;
    let program = site(&partner, "language = \"zh-Hant\"\ntime_zone = \"Asia/Taipei\"").await;
    polled(&program).await;
    for (accept, language, expected) in [
        ("zh-CN,zh;q=0.9", "zh-Hans", ["2家媒体中有1家需要处理。", "对方服务器出错（500）", "每30分钟"]),
        ("fr", "zh-Hant", ["2家媒體中有1家需要處理。", "對方伺服器出錯（500）", "每30分鐘"]),
        ("en-GB,zh;q=0.1", "en", ["1 of 2 outlets needs attention", "the partner's server is broken", "every 30 minutes"]),
    ] {
        let page = get(&program.url("status"), &[("Accept-Language", accept)]).await;
        let fields = ["content-language", "vary"].map(|name| page.header(name));
        assert_eq!(fields, [Some(language.to_owned()), Some("accept-language".to_owned())], "{accept}");
        let text = page.text().replace("&#39;", "'").replace("&#x27;", "'");
        assert!(text.contains(&format!("<html lang=\"{language}\"")) && text.contains("UTC+08:00"), "{accept}: {text}");
        for part in expected {
            assert!(text.contains(part), "{accept}: {part}: {text}");
        }
    }
    look(&program, &["status".to_owned()]).await;
}

#[tokio::test]
async fn feeds_and_partners_are_seen_with_who_reads_them() {
    let partner = Partner::start().await;
    let feeds = "[[feed]]\nid = \"club\"\ntitle = \"Club\"\noutlets = [\"quay\"]\naccess = \"partners\"\n\
                 [[partner]]\nid = \"pier\"\nname = \"Pier Post\"\ntoken_file = \"pier.token\"\nfeeds = [\"club\"]\n";
    let folder = std::sync::Arc::new(tempfile::tempdir().expect("a folder"));
    std::fs::write(folder.path().join("pier.token"), "pier-pier-pier-pier-pier\n").expect("written");
    let text = toml(&partner, "") + feeds;
    let start = || async {
        let started = Reprint::start_in(folder.clone(), &text).await;
        started.unwrap_or_else(|failure| panic!("{}: {}", failure.status, failure.stderr))
    };
    let program = start().await;
    polled(&program).await;
    let right = ("Authorization", "Bearer pier-pier-pier-pier-pier");
    for (fields, status) in [(&[right][..], 200), (&[right], 200), (&[], 401)] {
        assert_eq!(get(&program.url("feeds/club.rss"), fields).await.status, status);
    }
    get(&program.url("feeds/all.rss"), &[("User-Agent", "Readery/1.0 (40 subscribers)")]).await;
    // What was counted is saved by the minute, and at the stop.
    drop(program.stop().await);
    let program = start().await;
    let status = polled(&program).await;
    let feed = |id: &str| status["feeds"].as_array().and_then(|feeds| feeds.iter().find(|feed| feed["id"] == id)).cloned();
    let (all, club) = (feed("all").expect("a feed"), feed("club").expect("a feed"));
    assert_eq!((&all["readers"], &all["access"], &all["websub"]), (&40.into(), &"public".into(), &Value::Null));
    assert_eq!((&club["readers"], &club["access"]), (&Value::Null, &"partners".into()));
    let pier = &status["partners"][0];
    let counts = ["requests_today", "requests_7_days", "refused_7_days"].map(|key| pier[key].as_u64());
    assert_eq!(counts, [Some(2), Some(2), Some(0)], "{pier}");
    assert!(pier["last"]["how"] == "bearer" && pier["bytes_7_days"].as_u64() > Some(500), "{pier}");
    assert_eq!((&status["refused_unknown_7_days"], &pier["expired"]), (&1.into(), &false.into()));
    let metrics = get(&program.url("metrics"), &[]).await.text();
    assert!(metrics.contains("reprint_feed_readers{feed=\"all\"} 40\n") && !metrics.contains("readers{feed=\"club\"}"));
    assert!(metrics.contains("reprint_partner_requests_total{partner=\"pier\",result=\"whole\"} 0\n"), "since the start");
    assert!(!metrics.contains("reprint_partner_last_pull_timestamp_seconds{partner=\"pier\"} 0\n"), "{metrics}");
    let page = get(&program.url("status"), &[]).await.text();
    for part in ["Pier Post", "1 request without valid credentials", "readers: 40", "for partners only"] {
        assert!(page.contains(part), "{part}: {page}");
    }
}

#[tokio::test]
async fn s19_nobody_else_sees_it() {
    let partner = Partner::start().await;
    let program = site(&partner, "").await;
    let nothing = get(&program.url("nothing/there"), &[]).await;
    for path in ["status", "status.json", "metrics"] {
        let url = program.url(path);
        assert_eq!(get(&url, &[]).await.status, 200, "{path}");
        for field in ["X-Forwarded-For", "X-Real-IP", "Via"] {
            let answer = get(&url, &[(field, "203.0.113.9")]).await;
            assert_eq!((answer.status, answer.text()), (404, nothing.text()), "{path} {field}");
        }
    }
    for path in ["healthz", "readyz"] {
        let answer = get(&program.url(path), &[("X-Forwarded-For", "203.0.113.9")]).await;
        assert_eq!(answer.status, 200, "{path}: {}", answer.text());
    }
}

#[tokio::test]
async fn s19_who_has_the_token_sees_it_from_anywhere() {
    let partner = Partner::start().await;
    let program = site(&partner, "admin_token_file = \"admin.token\"").await;
    let far = ("X-Forwarded-For", "203.0.113.9");
    for path in ["status", "status.json", "metrics"] {
        let url = program.url(path);
        let refused = get(&url, &[]).await;
        assert_eq!(refused.status, 401, "{path}");
        assert!(refused.header("www-authenticate").is_some_and(|challenge| challenge.starts_with("Basic ")));
        assert_eq!(get(&url, &[far, ("Authorization", "Bearer lantern-lantern-lanterm")]).await.status, 401);
        assert_eq!(get(&url, &[far, ("Authorization", "Bearer lantern-lantern-lantern")]).await.status, 200);
        // ops:lantern-lantern-lantern
        assert_eq!(get(&url, &[far, ("Authorization", "Basic b3BzOmxhbnRlcm4tbGFudGVybi1sYW50ZXJu")]).await.status, 200);
    }
    assert!(!program.stderr().contains("lantern"), "{}", program.stderr());
}

#[tokio::test]
async fn a_token_that_can_be_guessed_is_a_mistake() {
    let partner = Partner::start().await;
    let program = site(&partner, "").await;
    let path = program.folder().join("feeds.toml");
    let text = std::fs::read_to_string(&path).expect("written before");
    std::fs::write(&path, text.replace("\n[limits]", "admin_token_file = \"short\"\n[limits]")).expect("written");
    std::fs::write(program.folder().join("short"), "guess").expect("written");
    let (code, stdout, stderr) = program.command(&["check", "feeds.toml"]);
    assert!(code == Some(78) && format!("{stdout}{stderr}").contains("fewer than 16 characters"), "{stdout}{stderr}");
    assert!(!stderr.contains("guess\n"), "{stderr}");
}

/// Families and samples as the parser of Prometheus' own Python client reads them.
fn parsed(text: &str, module: &str) -> Value {
    let program = "import json, importlib, sys\n\
        read = importlib.import_module('prometheus_client.' + sys.argv[1]).text_string_to_metric_families\n\
        print(json.dumps([[f.name, f.type, [[s.name, s.labels, s.value] for s in f.samples]] for f in read(sys.stdin.read())]))";
    let mut child = Command::new(python())
        .args(["-c", program, module])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("Python runs");
    child.stdin.take().expect("a pipe").write_all(text.as_bytes()).expect("it reads");
    let output = child.wait_with_output().expect("it ends");
    assert!(output.status.success(), "{}\n{text}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).expect("JSON")
}

fn sample(families: &Value, name: &str, labels: &[(&str, &str)]) -> Option<f64> {
    let samples = families.as_array()?.iter().flat_map(|family| family[2].as_array().into_iter().flatten());
    samples
        .filter(|sample| sample[0] == name && labels.iter().all(|(label, value)| sample[1][label] == *value))
        .find_map(|sample| sample[2].as_f64())
}

#[tokio::test]
async fn metrics_are_what_prometheus_reads() {
    let partner = Partner::start().await;
    let program = site(&partner, "").await;
    polled(&program).await;
    for _ in 0..3 {
        get(&program.url("feeds/all.rss"), &[]).await;
    }
    get(&program.url("no/such/page/1"), &[]).await;
    let plain = get(&program.url("metrics"), &[]).await;
    assert_eq!(plain.header("content-type").as_deref(), Some("text/plain; version=0.0.4; charset=utf-8"));
    let open = get(&program.url("metrics"), &[("Accept", "application/openmetrics-text;version=1.0.0,text/plain;q=0.5")]).await;
    assert_eq!(open.header("content-type").as_deref(), Some("application/openmetrics-text; version=1.0.0; charset=utf-8"));
    for families in [parsed(&plain.text(), "parser"), parsed(&open.text(), "openmetrics.parser")] {
        let value = |name, labels: &[(&str, &str)]| sample(&families, name, labels);
        assert_eq!(value("reprint_polls_total", &[("outlet", "quay"), ("result", "changed")]), Some(1.0));
        assert_eq!(value("reprint_polls_total", &[("outlet", "bell"), ("result", "failed")]), Some(1.0));
        assert_eq!(value("reprint_articles_total", &[("outlet", "quay"), ("change", "new")]), Some(1.0));
        assert_eq!(value("reprint_articles_stored", &[("outlet", "quay"), ("state", "published")]), Some(1.0));
        assert_eq!(value("reprint_source_failures", &[("outlet", "bell")]), Some(1.0));
        assert_eq!(value("reprint_poll_received_bytes_total", &[("outlet", "quay")]), Some(FEED.len() as f64));
        assert_eq!(value("reprint_poll_duration_seconds_count", &[]), Some(2.0));
        assert_eq!(value("reprint_http_requests_total", &[("route", "feed"), ("status", "200")]), Some(3.0));
        assert_eq!(value("reprint_http_requests_total", &[("route", "other"), ("status", "404")]), Some(1.0));
        assert_eq!(value("reprint_http_connections_open", &[]), Some(1.0));
        assert_eq!((value("reprint_ready", &[]), value("reprint_store_up", &[])), (Some(1.0), Some(1.0)));
        assert!(value("reprint_documents_published_total", &[]).is_some_and(|documents| documents > 3.0));
        assert!(value("process_resident_memory_bytes", &[]).is_some_and(|bytes| bytes > 1e6));
    }
}

#[test]
fn the_table_of_metrics_is_that_of_the_program() {
    let written = include_str!("../../docs/metrics.md");
    let table: Vec<&str> =
        written.lines().filter(|line| line.starts_with("| `reprint_") || line.starts_with("| `process_")).collect();
    let expected =
        FAMILIES.map(|family| format!("| `{}` | {} | {} | {} |", family.name, family.kind.name(), family.labels, family.help));
    assert_eq!(table, expected);
}

#[test]
fn the_dashboard_shows_every_metric_and_none_that_is_not_there() {
    let dashboard: Value = serde_json::from_str(include_str!("../../docs/grafana.json")).expect("JSON");
    let mut asked: BTreeSet<String> = BTreeSet::new();
    for panel in dashboard["panels"].as_array().expect("panels") {
        for target in panel["targets"].as_array().expect("targets") {
            let expression = target["expr"].as_str().expect("an expression");
            let words = expression.split(|c: char| !c.is_ascii_alphanumeric() && c != '_');
            let named: Vec<&str> = words.filter(|word| word.starts_with("reprint_") || word.starts_with("process_")).collect();
            assert!(!named.is_empty(), "{expression}");
            asked.extend(named.into_iter().map(str::to_owned));
        }
    }
    let mut there: BTreeSet<String> = BTreeSet::new();
    for family in FAMILIES {
        let suffixes: &[&str] = if family.kind == Kind::Histogram { &["_bucket", "_sum", "_count"] } else { &[""] };
        let names: BTreeSet<String> = suffixes.iter().map(|suffix| format!("{}{suffix}", family.name)).collect();
        assert!(!names.is_disjoint(&asked), "nothing shows {}", family.name);
        there.extend(names);
    }
    assert_eq!(asked.difference(&there).collect::<Vec<_>>(), Vec::<&String>::new());
}
