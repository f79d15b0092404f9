//! Credentials of outlets: what arrives where, what people read when a secret is missing, and that a secret shows nowhere.

use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};
use reprint::config;
use reprint::fetch::{Client, Grant, Options};
use reprint::model::{Credentials, Fault, Fetched, FetchedDocument, PollRequest, Secret, Validators};
use tempfile::TempDir;
use url::Url;

use crate::harness::{Partner, Reply, Reprint, get, until};

const SECRET: &str = "tide/9 lantern+7";

/// The secret in every form in which it could be written.
const FORMS: [&str; 5] =
    [SECRET, "tide%2F9+lantern%2B7", "tide%2F9%20lantern%2B7", "c291dGhlcm46dGlkZS85IGxhbnRlcm4rNw", "lantern"];

fn secret() -> Secret {
    Secret::new(SECRET)
}

fn kinds() -> [Credentials; 4] {
    [
        Credentials::Basic { user: "southern".into(), password: secret() },
        Credentials::Bearer(secret()),
        Credentials::Header { name: "X-Api-Key".into(), value: secret() },
        Credentials::Query { name: "key".into(), value: secret() },
    ]
}

fn now() -> DateTime<Utc> {
    "2026-05-06T12:00:00Z".parse().expect("time")
}

/// A client that knows these credentials of the outlet `harbour`.
fn client(feed: &Url, credentials: Credentials) -> Client {
    let options = Options {
        user_agent: "reprint/0.1 (+https://relay.example.net/)".into(),
        body_bytes: 1 << 20,
        connect_timeout: Duration::from_secs(5),
        total_timeout: Duration::from_secs(10),
        redirects: 5,
        allow_networks: vec!["127.0.0.2/32".parse().expect("a network"), "127.0.0.3/32".parse().expect("a network")],
        allow_ports: vec![80, 443],
    };
    let client = Client::new(options).expect("a client");
    client.with_credentials([Grant { outlet: "harbour".into(), feeds: vec![feed.clone()], credentials }])
}

fn request(outlet: &str, source: Url) -> PollRequest {
    PollRequest { outlet: outlet.into(), source, validators: Validators::default() }
}

async fn fetch(client: &Client, source: Url) -> FetchedDocument {
    match client.fetch(&request("harbour", source), now()).await {
        Ok(Fetched::Document(document)) => document,
        other => panic!("{other:?}"),
    }
}

#[track_caller]
fn check_hidden(shown: &str) {
    for form in FORMS {
        assert!(!shown.contains(form), "{form} is in:\n{shown}");
    }
}

/// What the request to the partner held: its path with query, and the header fields that could be credentials.
fn sent(partner: &Partner) -> Vec<(String, Vec<(String, String)>)> {
    let fields = |fields: &[(String, Vec<u8>)]| {
        let ours =
            fields.iter().filter(|(name, _)| !["host", "accept", "accept-encoding", "user-agent"].contains(&name.as_str()));
        ours.map(|(name, value)| (name.clone(), String::from_utf8_lossy(value).into_owned())).collect()
    };
    partner.seen().iter().map(|seen| (seen.path.clone(), fields(&seen.headers))).collect()
}

#[tokio::test]
async fn each_kind_arrives() {
    let expected = [
        ("/rss?x=1", vec![("authorization", "Basic c291dGhlcm46dGlkZS85IGxhbnRlcm4rNw==")]),
        ("/rss?x=1", vec![("authorization", "Bearer tide/9 lantern+7")]),
        ("/rss?x=1", vec![("x-api-key", SECRET)]),
        ("/rss?x=1&key=tide%2F9+lantern%2B7", vec![]),
    ];
    for (credentials, (path, fields)) in kinds().into_iter().zip(expected) {
        let partner = Partner::start().await;
        partner.put(path, Reply::ok("text/xml", "<rss/>"));
        let source = partner.url("/rss?x=1");
        let client = client(&source, credentials);
        let document = fetch(&client, source.clone()).await;
        assert_eq!((&document.url, &document.requested), (&source, &source));
        let fields = fields.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
        assert_eq!(sent(&partner), [(path.to_owned(), fields)]);
        check_hidden(&format!("{client:?} {document:?}"));
    }
}

#[tokio::test]
async fn other_outlets_and_other_hosts_get_none() {
    for credentials in kinds() {
        let partner = Partner::start().await;
        partner.put("/rss", Reply::ok("text/xml", "<rss/>"));
        let client = client(&partner.url("/rss"), credentials);
        // Another outlet at the same host, and the outlet at a host that is not its own.
        client.fetch(&request("ledger", partner.url("/rss")), now()).await.expect("an answer");
        let stranger = Partner::start().await;
        stranger.put("/rss", Reply::ok("text/xml", "<rss/>"));
        fetch(&client, stranger.url("/rss")).await;
        assert_eq!(sent(&partner), [("/rss".to_owned(), vec![])]);
        assert_eq!(sent(&stranger), [("/rss".to_owned(), vec![])]);
    }
}

#[tokio::test]
async fn h20_none_arrives_after_a_redirect_to_another_origin() {
    for credentials in kinds() {
        let query = matches!(credentials, Credentials::Query { .. });
        let first = if query { "/rss?key=tide%2F9+lantern%2B7" } else { "/rss" };
        // The same address with another port, and another address.
        for elsewhere in [Partner::start().await, Partner::start_on("127.0.0.3".parse().expect("an address")).await] {
            let partner = Partner::start().await;
            partner.put(first, Reply::redirect(301, elsewhere.url("/away?x=1")));
            elsewhere.put("/away?x=1", Reply::ok("text/xml", "<rss/>"));
            let client = client(&partner.url("/rss"), credentials.clone());
            let document = fetch(&client, partner.url("/rss")).await;
            assert_eq!(document.moved_permanently, Some(elsewhere.url("/away?x=1")));
            assert_eq!(sent(&elsewhere), [("/away?x=1".to_owned(), vec![])]);
            let [(path, fields)] = &sent(&partner)[..] else { panic!("one request") };
            assert!(path == first && fields.len() == usize::from(!query), "{path} {fields:?}");

            // What it carries back does not open the way again.
            elsewhere.put("/away?x=1", Reply::redirect(302, partner.url("/back")));
            partner.put("/back", Reply::ok("text/xml", "<rss/>"));
            partner.put("/back?key=tide%2F9+lantern%2B7", Reply::ok("text/xml", "<rss/>"));
            fetch(&client, partner.url("/rss")).await;
            assert_eq!(sent(&elsewhere)[1], ("/away?x=1".to_owned(), vec![]));
        }
    }
}

#[tokio::test]
async fn a_parameter_that_a_redirect_repeats_goes_no_further() {
    let credentials = || Credentials::Query { name: "key".into(), value: secret() };
    let (partner, elsewhere) = (Partner::start().await, Partner::start().await);
    let signed = |path: &str| format!("{path}?key=tide%2F9+lantern%2B7");
    partner.put(&signed("/rss"), Reply::redirect(301, signed("/rss/")));
    let echo = "<rss><link>http://hewan.example/rss/?key=tide%2F9+lantern%2B7</link></rss>";
    let links = "<http://hewan.example/rss/?key=tide%2F9+lantern%2B7>; rel=self";
    partner.put(&signed("/rss/"), Reply::ok("text/xml", echo).header("Link", links));
    let client = client(&partner.url("/rss"), credentials());
    let document = fetch(&client, partner.url("/rss")).await;
    assert_eq!((document.url, document.moved_permanently), (partner.url("/rss/"), Some(partner.url("/rss/"))));
    assert_eq!(String::from_utf8_lossy(&document.body), "<rss><link>http://hewan.example/rss/</link></rss>");
    assert_eq!(document.links, ["<http://hewan.example/rss/>; rel=self"]);
    assert_eq!(partner.seen().len(), 2);

    partner.put(&signed("/rss"), Reply::redirect(302, elsewhere.url(&signed("/away"))));
    elsewhere.put("/away", Reply::ok("text/xml", "<rss/>"));
    fetch(&client, partner.url("/rss")).await;
    assert_eq!(sent(&elsewhere), [("/away".to_owned(), vec![])]);

    partner.put(&signed("/rss"), Reply::redirect(302, elsewhere.url("/login?next=%2Frss%3Fkey%3Dtide%252F9%2Blantern%252B7")));
    let error = client.fetch(&request("harbour", partner.url("/rss")), now()).await.expect_err("refused");
    assert_eq!((error.code.as_str(), error.fault), ("bad_response", Fault::Partner));
    check_hidden(&format!("{error:?} {error}"));
    assert_eq!(elsewhere.seen().len(), 1);
}

#[tokio::test]
async fn a_401_says_what_to_do_and_errors_show_no_secret() {
    let elsewhere = Partner::start().await;
    elsewhere.put("/away", Reply::status(401));
    for credentials in kinds() {
        let partner = Partner::start().await;
        let client = client(&partner.url("/rss"), credentials);
        let check = async |reply: Reply, code: &str, words: &str| {
            for path in ["/rss", "/rss?key=tide%2F9+lantern%2B7"] {
                partner.put(path, reply.clone());
            }
            let error = client.fetch(&request("harbour", partner.url("/rss")), now()).await.expect_err(words);
            assert_eq!(error.code, code);
            assert!(error.message.contains(words), "{}", error.message);
            check_hidden(&format!("{error:?} {error}"));
        };
        check(Reply::status(401), "http_401", "does not take our credentials").await;
        check(Reply::redirect(302, elsewhere.url("/away")), "http_401", "put the address it moved to there").await;
        check(Reply::status(500), "http_500", "broken").await;
        check(Reply::raw("nonsense"), "bad_response", "not sound HTTP").await;
        check(Reply::raw("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n<rss"), "truncated", "in the middle").await;
        check(Reply::redirect(302, "http://["), "bad_response", "no address").await;
    }
}

const SITE: &str = "[site]\ntitle = \"南十字转载\"\nurl = \"https://relay.example.net\"\n[limits]\nhost_spacing = \"0s\"\nshortest_interval = \"1s\"\nallow_networks = [\"127.0.0.2/32\"]\n";

const TABLES: [(&str, &str); 4] = [
    ("basic", "basic = { user = \"southern\", password_file = \"harbour.key\" }"),
    ("bearer", "bearer_file = \"harbour.key\""),
    ("header", "header = { name = \"X-Api-Key\", value_file = \"harbour.key\" }"),
    ("query", "query = { name = \"key\", value_file = \"harbour.key\" }"),
];

/// A folder with a secret that only its owner can read.
fn folder() -> Arc<TempDir> {
    let folder = tempfile::tempdir().expect("a folder");
    write_secret(folder.path(), "harbour.key", &format!("{SECRET}\n"), 0o600);
    Arc::new(folder)
}

fn write_secret(folder: &Path, name: &str, text: &str, mode: u32) {
    let path = folder.join(name);
    std::fs::write(&path, text).expect("written");
    std::fs::set_permissions(&path, std::os::unix::fs::PermissionsExt::from_mode(mode)).expect("its owner");
}

/// Runs a command of the program: exit code, stdout, stderr.
fn command(folder: &Path, words: &[&str], environment: &[(&str, &str)]) -> (Option<i32>, String, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_reprint"))
        .args(words)
        .current_dir(folder)
        .env_remove("STATE_DIRECTORY")
        .env_remove("CREDENTIALS_DIRECTORY")
        .envs(environment.iter().copied())
        .output()
        .expect("the program runs");
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("UTF-8");
    (output.status.code(), text(output.stdout), text(output.stderr))
}

/// Everything in a folder and below, read as text.
fn everything_below(folder: &Path) -> String {
    let (mut all, mut folders) = (String::new(), vec![folder.to_owned()]);
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_none_or(|extension| extension != "key") {
                all.push_str(&String::from_utf8_lossy(&std::fs::read(&path).unwrap_or_default()));
            }
        }
    }
    all
}

// The partner answers while the test waits for the program.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_program_shows_a_secret_nowhere() {
    let partner = Partner::start().await;
    let folder = folder();
    let mut toml = SITE.to_owned();
    for (kind, table) in TABLES {
        // A partner that repeats what it was asked with wherever it can.
        let query = if kind == "query" { "?key=tide%2F9+lantern%2B7" } else { "" };
        let feed = format!(
            "<?xml version=\"1.0\"?><rss version=\"2.0\" xmlns:atom=\"http://www.w3.org/2005/Atom\"><channel><title>河湾通讯 {kind}</title>\
             <link>http://{kind}.hewan.example/{query}</link><atom:link rel=\"self\" href=\"http://{kind}.hewan.example/rss{query}\"/>\
             <description>d</description><item><title>渡口鸣笛 {kind}</title><link>http://{kind}.hewan.example/1{query}</link>\
             <guid>http://{kind}.hewan.example/1{query}</guid><author>desk@hewan.example (周岸)</author>\
             <description><![CDATA[<p>渡口今天鸣笛。<a href=\"http://{kind}.hewan.example/2{query}\">更多</a></p>]]></description></item></channel></rss>"
        );
        partner.put(&format!("/{kind}{query}"), Reply::redirect(301, format!("/{kind}/rss{query}")));
        partner.put(&format!("/{kind}/rss{query}"), Reply::ok("application/rss+xml", feed));
        toml.push_str(&format!(
            "[[outlet]]\nid = \"{kind}\"\nname = \"河湾通讯\"\nfeed = \"{}\"\nschedule = \"0 * * * *\"\n[outlet.credentials]\n{table}\n",
            partner.url(&format!("/{kind}"))
        ));
    }
    let program = Reprint::start_with(folder.clone(), &toml, &[("RUST_LOG", "trace")])
        .await
        .unwrap_or_else(|failure| panic!("{failure:?}"));
    for (kind, _) in TABLES {
        let feed = program.url(&format!("feeds/{kind}.atom"));
        let mut text = String::new();
        for _ in 0..500 {
            text = get(&feed, &[]).await.text();
            if text.contains("渡口鸣笛") {
                break;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        assert!(text.contains("渡口鸣笛"), "{}", program.stderr());
        check_hidden(&text);
        check_hidden(&get(&program.url(&format!("feeds/{kind}.rss")), &[]).await.text());
    }
    // A feed that fails now: its state is kept and shown, too.
    for (kind, _) in TABLES {
        for query in ["", "?key=tide%2F9+lantern%2B7"] {
            partner.put(&format!("/{kind}{query}"), Reply::status(401));
        }
    }
    let path = folder.path();
    for words in [
        &["outlets"][..],
        &["outlets", "--json"],
        &["feeds"],
        &["check", "feeds.toml", "--online"],
        &["poll", "query", "--dry-run"],
        &["export"],
    ] {
        let (_, stdout, stderr) = command(path, words, &[("RUST_LOG", "trace")]);
        assert!(!stdout.is_empty() || !stderr.is_empty(), "{words:?}");
        check_hidden(&stdout);
        check_hidden(&stderr);
    }
    let (_, stdout, _) = command(path, &["check", "feeds.toml", "--online"], &[]);
    assert_eq!(stdout.matches("does not take our credentials").count(), 4, "{stdout}");
    until("a log", || program.stderr().contains("TRACE")).await;
    check_hidden(&program.stderr());
    let (status, _) = program.stop().await;
    assert!(status.success());
    check_hidden(&everything_below(path));
}

/// A file with an outlet that has this table, loaded.
fn load(folder: &Path, table: &str) -> Result<config::Config, config::ConfigError> {
    let path = folder.join("feeds.toml");
    let outlet = "[[outlet]]\nname = \"Ledger\"\nfeed = \"https://ledger.example.com/rss\"\n";
    std::fs::write(&path, format!("{SITE}{outlet}[outlet.credentials]\n{table}\n")).expect("written");
    config::load(&path)
}

#[test]
fn mistakes_have_their_line_and_a_hint_and_show_no_secret() {
    let folder = folder();
    let path = folder.path();
    write_secret(path, "empty.key", "\n", 0o600);
    write_secret(path, "two.key", "tide\nlantern\n", 0o600);
    write_secret(path, "umlaut.key", "lünternlantern", 0o600);
    let check = |table: &str, expected: &[&str]| {
        let error = load(path, table).expect_err(table);
        for expected in expected {
            assert!(error.report.contains(expected), "{expected}\n{error}");
        }
        assert!(error.report.ends_with("1 mistake in ".to_owned().as_str()) || error.report.contains("1 mistake in "), "{error}");
        check_hidden(&format!("{error} {error:?} {}", error.coloured()));
    };
    check(
        "bearer_file = \"none.key\"",
        &["feeds.toml:12:15", "`outlet.credentials.bearer_file` names `", "No such file", "LoadCredential"],
    );
    check("bearer_file = \"empty.key\"", &["feeds.toml:12:15", "which is empty", "put the secret into it"]);
    check("bearer_file = \"two.key\"", &["more than one line"]);
    check("bearer_file = \"umlaut.key\"", &["cannot stand in a header field"]);
    check("bearer_file = \".\"", &["which is not a file"]);
    check("bearer_file = 7", &["is a number and not a text"]);
    check("", &["`outlet.credentials` says nothing", "basic = {"]);
    check(
        "bearer_file = \"harbour.key\"\nquery = { name = \"key\", value_file = \"harbour.key\" }",
        &["`outlet.credentials.bearer_file` and `outlet.credentials.query` are both there", "feeds.toml:13:1"],
    );
    check("basic = { user = \"a\" }", &["missing key `outlet.credentials.basic.password_file`"]);
    check("basic = { user = \"a:b\", password_file = \"harbour.key\" }", &["colon"]);
    check("header = { name = \"Host\", value_file = \"harbour.key\" }", &["belongs to the request itself"]);
    check("query = { name = \"\", value_file = \"harbour.key\" }", &["`outlet.credentials.query.name` is empty"]);
    // A secret where the name of its file belongs is not repeated.
    check(
        "basic = { user = \"a\", password_file = \"harbour.key\", password = \"lantern\" }",
        &["did you mean `password_file`?"],
    );
    check("bearer_file = \"harbour.key\"\nbearer = \"lantern\"", &["unknown key `outlet.credentials.bearer`", "`bearer_file`"]);
    check("basic = \"southern:lantern\"", &["is a text and not a table"]);
}

#[test]
fn secrets_are_found_beside_the_file_or_where_the_service_manager_puts_them() {
    let folder = folder();
    let path = folder.path();
    let config = load(path, TABLES[1].1).unwrap_or_else(|error| panic!("{error}"));
    let credentials = config.outlets[0].credentials.as_ref().expect("credentials");
    assert_eq!(credentials.secret().expose(), SECRET);
    assert!(config.warnings.is_empty(), "{:?}", config.warnings);

    // Without a file beside it, and with another one handed over.
    let handed_over = tempfile::tempdir().expect("a folder");
    std::fs::remove_file(path.join("harbour.key")).expect("removed");
    assert_eq!(command(path, &["check", "feeds.toml"], &[]).0, Some(78));
    // Who only looks needs no secrets.
    for words in [&["outlets"], &["feeds"], &["export"]] {
        assert_eq!(command(path, words, &[]).0, Some(0), "{words:?}");
    }
    let place = handed_over.path().to_str().expect("a path");
    write_secret(handed_over.path(), "harbour.key", "another", 0o400);
    let (code, _, stderr) = command(path, &["check", "feeds.toml"], &[("CREDENTIALS_DIRECTORY", place)]);
    assert_eq!((code, stderr.as_str()), (Some(0), ""));
    // What is not handed over is looked for beside the file.
    std::fs::remove_file(handed_over.path().join("harbour.key")).expect("removed");
    write_secret(path, "harbour.key", SECRET, 0o600);
    assert_eq!(command(path, &["check", "feeds.toml"], &[("CREDENTIALS_DIRECTORY", place)]).0, Some(0));
}

#[tokio::test]
async fn g08_what_everybody_can_read_is_warned_of() {
    let folder = folder();
    let path = folder.path();
    write_secret(path, "harbour.key", SECRET, 0o644);
    let config = load(path, TABLES[0].1).unwrap_or_else(|error| panic!("{error}"));
    let [warning] = &config.warnings[..] else { panic!("{:?}", config.warnings) };
    assert!(warning.contains("feeds.toml:12: the secret in ") && warning.contains("chmod"), "{warning}");
    let (code, stdout, stderr) = command(path, &["check", "feeds.toml"], &[]);
    assert_eq!(code, Some(0), "{stderr}");
    assert!(stderr.contains("warning: feeds.toml:12: the secret in harbour.key can be read by every user"), "{stderr}");
    check_hidden(&format!("{stdout}{stderr}"));

    // And of what goes over the wire in the clear.
    let partner = Partner::start().await;
    let toml = format!(
        "{SITE}[[outlet]]\nname = \"Ledger\"\nfeed = \"{}\"\n[outlet.credentials]\n{}\n",
        partner.url("/rss"),
        TABLES[2].1
    );
    let program = Reprint::start_in(folder.clone(), &toml).await.unwrap_or_else(|failure| panic!("{failure:?}"));
    for words in ["WARN", "can be read by every user", "feeds.toml:10: credentials are sent to 127.0.0.2 in the clear"] {
        assert!(program.stderr().contains(words), "{words}: {}", program.stderr());
    }
    check_hidden(&program.stderr());
}
