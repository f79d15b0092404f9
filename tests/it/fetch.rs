//! The client against partners that behave badly. The numbers are those of the table of faults this product is held to.

mod bounds;
mod tls;

use std::collections::HashMap;
use std::io;
use std::net::IpAddr;
use std::pin::Pin;
use std::process::Command;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};
use reprint::fetch::{Client, FetchError, Lookup, Options};
use reprint::model::{Fault, Fetched, FetchedDocument, Freshness, PollRequest, Validators};
use url::Url;

use crate::harness::{Canary, PARTNER, Partner, Reply};

const MIB: u64 = 1 << 20;

fn now() -> DateTime<Utc> {
    "2024-05-06T12:00:00Z".parse().expect("time")
}

/// 127.0.0.2 may be asked on any port, 127.0.0.1 not at all.
fn options() -> Options {
    Options {
        user_agent: "reprint/0.1 (+https://relay.example.net/bot; ops@relay.example.net)".into(),
        body_bytes: 8 * MIB,
        connect_timeout: Duration::from_secs(5),
        total_timeout: Duration::from_secs(10),
        redirects: 5,
        allow_networks: vec!["127.0.0.2/32".parse().expect("network")],
        allow_ports: vec![80, 443, 8080, 8443],
    }
}

/// Name → answers, the last of which is repeated. Other names do not exist.
#[derive(Default)]
struct Dns {
    answers: HashMap<&'static str, Vec<Vec<IpAddr>>>,
    asked: AtomicUsize,
}

impl Dns {
    fn of(names: &[(&'static str, &[&[&str]])]) -> Arc<Self> {
        let ip = |text: &&str| text.parse().expect("address");
        let answers =
            names.iter().map(|(name, answers)| (*name, answers.iter().map(|ips| ips.iter().map(ip).collect()).collect()));
        Arc::new(Self { answers: answers.collect(), asked: AtomicUsize::new(0) })
    }
}

impl Lookup for Dns {
    fn lookup(&self, name: &str) -> Pin<Box<dyn Future<Output = io::Result<Vec<IpAddr>>> + Send>> {
        let turn = self.asked.fetch_add(1, Ordering::SeqCst);
        let answer = self.answers.get(name).and_then(|answers| answers.get(turn).or(answers.last())).cloned();
        Box::pin(async move { answer.ok_or_else(|| io::Error::other("no such name in this test")) })
    }
}

fn client() -> Client {
    Client::new(options()).expect("a client")
}

fn client_with(options: Options, dns: Arc<Dns>) -> Client {
    Client::build(options, dns, &[]).expect("a client")
}

fn unconditional(source: Url) -> PollRequest {
    PollRequest { outlet: "harbour".into(), source, validators: Validators::default() }
}

async fn fetch(client: &Client, source: Url) -> Result<FetchedDocument, FetchError> {
    match client.fetch(&unconditional(source), now()).await? {
        Fetched::Document(document) => Ok(document),
        Fetched::NotModified { .. } => panic!("304 to an unconditional request"),
    }
}

/// Fetches and expects an error of that code, worded for an admin.
#[track_caller]
fn check_error(result: Result<FetchedDocument, FetchError>, code: &str, about: &str) -> FetchError {
    let error = match result {
        Err(error) => error,
        Ok(document) => panic!("{about}: {} bytes instead of {code}", document.body.len()),
    };
    assert_eq!(error.code, code, "{about}: {}", error.message);
    assert!(
        !error.message.is_empty() && !error.message.ends_with('.') && !error.message.contains('\n'),
        "{about}: {}",
        error.message
    );
    error
}

/// Runs one test of this file again in a process of its own, with this in its environment. Says `None` in that process.
fn in_own_process(test: &str, environment: &[(&str, &str)]) -> Option<()> {
    const MARK: &str = "REPRINT_TEST_OWN_PROCESS";
    if std::env::var_os(MARK).is_some() {
        return None;
    }
    let mut command = Command::new(std::env::current_exe().expect("this test"));
    command.args([&format!("fetch::{test}"), "--exact", "--nocapture", "--test-threads=1"]).env(MARK, "1");
    let output = command.envs(environment.iter().copied()).output().expect("this test");
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success() && said.contains("1 passed"), "{said}\n{}", String::from_utf8_lossy(&output.stderr));
    Some(())
}

#[tokio::test]
async fn a_document_comes_with_what_http_said_about_it() {
    let partner = Partner::start().await;
    let reply = Reply::ok("application/rss+xml; charset=GB18030", b"<rss>\xd6\xd0</rss>".as_slice())
        .header("ETag", b"W/\"\xe4 b\"".as_slice())
        .header("Last-Modified", "Mon, 06 May 2024 08:00:00 +0800")
        .header("Content-Language", "zh-Hans")
        .header("Link", "<https://hub.example/>; rel=\"hub\"")
        .header("Link", "</feed>; rel=\"self\"")
        .header("Cache-Control", "max-age=600");
    partner.put("/feed", reply);
    let document = fetch(&client(), partner.url("/feed#newest")).await.expect("a document");
    assert_eq!(document.requested, partner.url("/feed#newest"));
    assert_eq!(document.url, partner.url("/feed"));
    assert_eq!(document.moved_permanently, None);
    assert_eq!(document.content_type.as_deref(), Some("application/rss+xml; charset=GB18030"));
    assert_eq!(document.content_language.as_deref(), Some("zh-Hans"));
    assert_eq!(document.links, ["<https://hub.example/>; rel=\"hub\"", "</feed>; rel=\"self\""]);
    assert_eq!(document.body, b"<rss>\xd6\xd0</rss>");
    assert_eq!(document.validators.etag.as_deref(), Some(b"W/\"\xe4 b\"".as_slice()));
    assert_eq!(document.validators.last_modified.as_deref(), Some(b"Mon, 06 May 2024 08:00:00 +0800".as_slice()));
    assert_eq!(document.freshness, Freshness { max_age: Some(Duration::from_secs(600)), retry_after: None });
    assert_eq!(document.fetched_at, now());
}

#[tokio::test]
async fn we_say_who_we_are_and_nothing_else() {
    let partner = Partner::start().await;
    partner.put("/feed", Reply::redirect(302, "/moved"));
    partner.put("/moved", Reply::ok("text/xml", "<rss/>"));
    fetch(&client(), partner.url("/feed")).await.expect("a document");
    for seen in partner.seen() {
        let mut names: Vec<_> = seen.headers.iter().map(|(name, _)| name.as_str()).collect();
        names.sort_unstable();
        assert_eq!(names, ["accept", "accept-encoding", "host", "user-agent"]);
        assert_eq!(
            seen.header("user-agent"),
            Some(b"reprint/0.1 (+https://relay.example.net/bot; ops@relay.example.net)".as_slice())
        );
        let accept = String::from_utf8_lossy(seen.header("accept").expect("accept")).into_owned();
        assert!(accept.starts_with("application/atom+xml, application/rss+xml, application/feed+json;q=0.9,"), "{accept}");
        let codings = String::from_utf8_lossy(seen.header("accept-encoding").expect("accept-encoding")).into_owned();
        assert!(codings.contains("gzip") && codings.contains("br") && !codings.contains("deflate"), "{codings}");
    }
    assert_eq!(partner.seen().len(), 2);
}

#[tokio::test]
async fn validators_are_echoed_byte_for_byte_and_answered_304() {
    let partner = Partner::start().await;
    let (etag, modified) = (b"W/\"\xd6\xd0 'x' \"".as_slice(), b"Mon, 6 May 2024 8:00 GMT+8".as_slice());
    partner.put(
        "/feed",
        Reply::ok("text/xml", "<rss/>")
            .header("ETag", etag)
            .header("Last-Modified", modified)
            .header("Cache-Control", "max-age=60"),
    );
    let client = client();
    let mut request = unconditional(partner.url("/feed"));
    request.validators = fetch(&client, request.source.clone()).await.expect("a document").validators;
    match client.fetch(&request, now()).await.expect("an answer") {
        Fetched::NotModified { freshness, .. } => assert_eq!(freshness.max_age, Some(Duration::from_secs(60))),
        Fetched::Document(document) => panic!("{document:?} instead of 304"),
    }
    let seen = partner.seen();
    assert_eq!((seen[0].header("if-none-match"), seen[0].header("if-modified-since")), (None, None));
    assert_eq!((seen[1].header("if-none-match"), seen[1].header("if-modified-since")), (Some(etag), Some(modified)));
}

#[tokio::test]
async fn h01_to_h10_no_spelling_of_loopback_gets_through() {
    let canary = Canary::start().await;
    let client = Client::new(Options { allow_ports: vec![canary.port()], ..options() }).expect("a client");
    for host in [
        "127.0.0.1",
        "127.1",
        "2130706433",
        "0x7f.1",
        "0177.0.0.1",
        "0",
        "[::1]",
        "[::ffff:7f00:1]",
        "①②⑦.⓪.⓪.①",
        "localhost.",
        "localhost",
        "127.0.0.1.",
        "0x7f000001",
        "[::ffff:127.0.0.1]",
    ] {
        let url = Url::parse(&format!("http://{host}:{}/", canary.port())).expect("address");
        let error = check_error(fetch(&client, url).await, "ssrf_denied", host);
        assert_eq!(error.fault, Fault::Us);
    }
    canary.assert_untouched().await;
}

#[tokio::test]
async fn h11_a_name_that_leads_to_a_private_address_is_refused() {
    let canary = Canary::start().await;
    for ip in [
        "127.0.0.1",
        "10.0.0.1",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "198.18.0.1",
        "198.19.0.1",
        "::1",
        "fd00::1",
        "fe80::1",
        "64:ff9b::a00:1",
        "2002:a00:1::1",
        "2001:0:a00:1::1",
        "::ffff:127.0.0.1",
    ] {
        let dns = Dns::of(&[("inside.example", &[&[ip]])]);
        let client = client_with(Options { allow_ports: vec![canary.port()], ..options() }, dns);
        let url = Url::parse(&format!("http://inside.example:{}/", canary.port())).expect("address");
        let error = check_error(fetch(&client, url).await, "ssrf_denied", ip);
        assert!(error.message.contains("inside.example") && error.message.contains("allow_networks"), "{}", error.message);
    }
    canary.assert_untouched().await;
}

#[tokio::test]
async fn h12_one_bad_address_spoils_the_answer() {
    let partner = Partner::start().await;
    let canary = Canary::start_on(std::net::Ipv4Addr::LOCALHOST.into(), partner.url("/").port().expect("a port")).await;
    // On an allowed port and on another one, which only the networks of the admin may be asked on.
    let options_with = |port: u16| Options { allow_ports: vec![port], ..options() };
    for (answer, port) in [
        (["127.0.0.2", "127.0.0.1"], canary.port()),
        (["127.0.0.1", "127.0.0.2"], canary.port()),
        (["127.0.0.2", "127.0.0.1"], 80),
        (["127.0.0.1", "127.0.0.2"], 80),
    ] {
        let client = client_with(options_with(port), Dns::of(&[("mixed.example", &[&answer])]));
        check_error(fetch(&client, partner.url_as("mixed.example", "/")).await, "ssrf_denied", "mixed answer");
    }
    assert_eq!(partner.seen().len(), 0);
    canary.assert_untouched().await;
}

#[tokio::test]
async fn h13_a_name_that_changes_its_answer_gains_nothing() {
    let partner = Partner::start().await;
    let canary = Canary::start_on(std::net::Ipv4Addr::LOCALHOST.into(), partner.url("/").port().expect("a port")).await;
    partner.put("/", Reply::ok("text/xml", "<rss/>"));
    let dns = Dns::of(&[("rebind.example", &[&["127.0.0.2"], &["127.0.0.1"]])]);
    let client = client_with(Options { allow_ports: vec![canary.port()], ..options() }, dns.clone());
    fetch(&client, partner.url_as("rebind.example", "/")).await.expect("the first answer is allowed");
    check_error(fetch(&client, partner.url_as("rebind.example", "/")).await, "ssrf_denied", "the second is not");
    assert_eq!(dns.asked.load(Ordering::SeqCst), 2, "each connection is made to an answer that was checked");
    canary.assert_untouched().await;
}

#[tokio::test]
async fn h14_redirects_to_addresses_that_are_not_public_are_refused() {
    let partner = Partner::start().await;
    let canary = Canary::start().await;
    let dns = Dns::of(&[("inside.example", &[&["127.0.0.1"]])]);
    let client = client_with(Options { allow_ports: vec![80, canary.port()], ..options() }, dns);
    for target in [
        "http://169.254.169.254/latest/meta-data/".to_owned(),
        format!("http://127.0.0.1:{}/", canary.port()),
        format!("http://2130706433:{}/", canary.port()),
        format!("http://[::ffff:127.0.0.1]:{}/", canary.port()),
        format!("http://localhost:{}/", canary.port()),
        format!("http://inside.example:{}/", canary.port()),
        format!("//inside.example:{}/", canary.port()),
    ] {
        for status in [301, 302, 303, 307, 308] {
            partner.put("/", Reply::redirect(status, &target));
            check_error(fetch(&client, partner.url("/")).await, "ssrf_denied", &target);
        }
    }
    let error = check_error(fetch(&client, partner.url("/")).await, "ssrf_denied", "refused by its name's answer");
    assert_eq!(error.fault, Fault::Partner, "it is the partner that sends us there: {}", error.message);
    partner.put("/", Reply::redirect(302, "http://169.254.169.254/"));
    let error = check_error(fetch(&client, partner.url("/")).await, "ssrf_denied", "refused by its address");
    assert_eq!(error.fault, Fault::Partner, "it is the partner that sends us there: {}", error.message);
    canary.assert_untouched().await;
}

#[tokio::test]
async fn h15_redirects_end() {
    let partner = Partner::start().await;
    partner.put("/loop", Reply::redirect(302, "/loop"));
    partner.put("/ping", Reply::redirect(302, "/pong"));
    partner.put("/pong", Reply::redirect(302, "/ping"));
    for hop in 0..6 {
        partner.put(&format!("/hop{hop}"), Reply::redirect(307, format!("/hop{}", hop + 1)));
    }
    partner.put("/hop6", Reply::ok("text/xml", "<rss/>"));
    let client = client();
    check_error(fetch(&client, partner.url("/loop")).await, "too_many_redirects", "to itself");
    check_error(fetch(&client, partner.url("/ping")).await, "too_many_redirects", "in a circle");
    assert_eq!(partner.seen().len(), 3, "a circle is seen at once");
    check_error(fetch(&client, partner.url("/hop0")).await, "too_many_redirects", "six hops");
    let document = fetch(&client, partner.url("/hop1")).await.expect("five hops are followed");
    assert_eq!(document.url, partner.url("/hop6"));
    for target in ["file:///etc/passwd", "ftp://a.example/", "data:text/xml,<rss/>", "javascript:1", "gopher://a.example/"] {
        partner.put("/away", Reply::redirect(302, target));
        check_error(fetch(&client, partner.url("/away")).await, "bad_scheme", target);
    }
    partner.put("/away", Reply::redirect(302, "http://["));
    check_error(fetch(&client, partner.url("/away")).await, "bad_response", "no address");
    for status in [300, 302, 305] {
        partner.put("/away", Reply::status(status));
        check_error(fetch(&client, partner.url("/away")).await, &format!("http_{status}"), "a redirect without an address");
    }
}

#[tokio::test]
async fn h17_permanent_redirects_are_reported_as_far_as_they_are_permanent() {
    let partner = Partner::start().await;
    partner.put("/end", Reply::ok("text/xml", "<rss/>"));
    let client = client();
    for (statuses, expected) in [
        (&[301][..], Some("/end")),
        (&[308], Some("/end")),
        (&[308, 301], Some("/end")),
        (&[301, 302], Some("/1")),
        (&[301, 307, 301], Some("/1")),
        (&[302], None),
        (&[302, 301], None),
        (&[303, 308], None),
    ] {
        for (hop, status) in statuses.iter().enumerate() {
            let next = if hop + 1 == statuses.len() { "/end".to_owned() } else { format!("/{}", hop + 1) };
            partner.put(&format!("/{hop}"), Reply::redirect(*status, next));
        }
        let document = fetch(&client, partner.url("/0")).await.expect("a document");
        assert_eq!(document.moved_permanently, expected.map(|path| partner.url(path)), "{statuses:?}");
        assert_eq!((document.requested, document.url), (partner.url("/0"), partner.url("/end")), "{statuses:?}");
    }
}

#[tokio::test]
async fn h18_proxies_of_the_environment_are_ignored() {
    let canary = Canary::start().await;
    let proxy = format!("http://127.0.0.1:{}", canary.port());
    let environment =
        ["HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"].map(|name| (name, proxy.as_str()));
    if in_own_process("h18_proxies_of_the_environment_are_ignored", &environment).is_none() {
        let partner = Partner::start().await;
        partner.put("/", Reply::ok("text/xml", "<rss/>"));
        fetch(&client(), partner.url("/")).await.expect("a document without a proxy");
    }
    canary.assert_untouched().await;
}

#[tokio::test]
async fn h19_ports_of_other_services_are_refused() {
    let canary = Canary::start().await;
    let partner = Partner::start().await;
    let dns = Dns::of(&[("public.example", &[&["93.184.215.14"]]), ("partner.example", &[&["127.0.0.2"]])]);
    let client = client_with(options(), dns);
    for address in
        ["http://93.184.215.14:22/", "http://93.184.215.14:25/", "http://public.example:6379/", "http://public.example:22/"]
    {
        let error = check_error(fetch(&client, Url::parse(address).expect("address")).await, "ssrf_denied", address);
        assert!(error.message.contains("allow_ports"), "{}", error.message);
    }
    partner.put("/", Reply::ok("text/xml", "<rss/>"));
    fetch(&client, partner.url_as("partner.example", "/")).await.expect("any port in a network of the admin, by name too");
    canary.assert_untouched().await;
}

#[tokio::test]
async fn h20_names_and_passwords_in_addresses_are_refused_and_never_sent() {
    let partner = Partner::start().await;
    let host = partner.url("/").authority().to_owned();
    let error = check_error(
        fetch(&client(), Url::parse(&format!("http://wei:hush@{host}/")).expect("address")).await,
        "bad_url",
        "at once",
    );
    assert!(!error.message.contains("hush"), "{}", error.message);
    partner.put("/", Reply::redirect(302, format!("http://wei:hush@{host}/x")));
    let error = check_error(fetch(&client(), partner.url("/")).await, "bad_url", "by redirect");
    assert_eq!(error.fault, Fault::Partner);
    assert!(!error.message.contains("hush"), "{}", error.message);
    assert!(partner.seen().iter().all(|request| request.header("authorization").is_none() && request.path == "/"));
}

#[tokio::test]
async fn h20_validators_go_to_the_site_that_gave_them_only() {
    let (here, there) = (Partner::start().await, Partner::start().await);
    here.put("/feed", Reply::redirect(302, there.url("/signed/feed?token=hush")));
    there.put("/signed/feed?token=hush", Reply::ok("text/xml", "<rss/>").header("ETag", "\"there\""));
    let client = client();
    let mut request = unconditional(here.url("/feed"));
    request.validators.etag = Some(b"\"here\"".to_vec());
    match client.fetch(&request, now()).await.expect("an answer") {
        Fetched::Document(document) => request.validators = document.validators,
        Fetched::NotModified { .. } => panic!("304 to a validator of another site"),
    }
    assert_eq!(here.seen()[0].header("if-none-match"), Some(b"\"here\"".as_slice()));
    assert_eq!(there.seen()[0].header("if-none-match"), None, "validators of one site are not for another");
    // From then on it is known who gave them.
    assert!(matches!(client.fetch(&request, now()).await, Ok(Fetched::NotModified { .. })));
    assert_eq!(there.seen()[1].header("if-none-match"), Some(b"\"there\"".as_slice()));
    assert_eq!(here.seen()[1].header("if-none-match"), None, "nor the other way round");
    // That goes with them: another client, after a restart, knows it too. What it goes by holds no more than the name of the site.
    assert_eq!(request.validators.site.as_ref(), Some(&there.url("/")));
    assert!(matches!(self::client().fetch(&request, now()).await, Ok(Fetched::NotModified { .. })));
    assert_eq!(there.seen()[2].header("if-none-match"), Some(b"\"there\"".as_slice()));
    // A source that has come home is read anew.
    here.put("/feed", Reply::ok("text/xml", "<rss/>").header("ETag", "\"there\""));
    match client.fetch(&request, now()).await.expect("an answer") {
        Fetched::Document(document) => assert_eq!(document.validators.site, None),
        Fetched::NotModified { .. } => panic!("304 to a validator of another site"),
    }
}

#[tokio::test]
async fn h26_304_to_an_unconditional_request_is_an_error() {
    let partner = Partner::start().await;
    partner.put("/", Reply::status(304).header("ETag", "\"1\""));
    let error = check_error(fetch(&client(), partner.url("/")).await, "bad_304", "unconditional");
    assert_eq!(error.fault, Fault::Partner);
}

#[tokio::test]
async fn h27_a_changed_body_under_an_old_validator_is_passed_on() {
    let partner = Partner::start().await;
    let client = client();
    for body in ["<rss>1</rss>", "<rss>2</rss>"] {
        partner.put("/", Reply::ok("text/xml", body).header("ETag", "\"same\""));
        assert_eq!(fetch(&client, partner.url("/")).await.expect("a document").body, body.as_bytes());
    }
}

#[tokio::test]
async fn h28_retry_after_is_honoured_within_bounds() {
    let partner = Partner::start().await;
    for (value, seconds) in [
        ("3600", Some(3_600)),
        ("Mon, 06 May 2024 12:30:00 GMT", Some(1_800)),
        ("315360000", Some(86_400)),
        ("1", Some(60)),
        ("-1", None),
        ("soon", None),
    ] {
        for status in [429, 503] {
            let reply = Reply::status(status).header("Date", "Mon, 06 May 2024 12:00:00 GMT").header("Retry-After", value);
            partner.put("/", reply);
            let error = check_error(fetch(&client(), partner.url("/")).await, &format!("http_{status}"), value);
            assert_eq!(error.retry_after, seconds.map(Duration::from_secs), "{status} {value}");
        }
    }
}

#[tokio::test]
async fn h29_statuses_without_a_document_are_errors() {
    let partner = Partner::start().await;
    for status in [201, 202, 204, 206, 400, 401, 403, 404, 405, 410, 418, 451, 500, 502, 504, 520, 599] {
        partner.put("/", Reply::status(status).body("<rss/>"));
        let code = if status == 410 { "gone".to_owned() } else { format!("http_{status}") };
        let error = check_error(fetch(&client(), partner.url("/")).await, &code, "status");
        assert_eq!(error.fault, Fault::Partner, "{status}");
        assert!(error.message.starts_with(&format!("{} answers {status}", partner.url("/").authority())), "{}", error.message);
    }
    for status in [200, 203, 226] {
        partner.put("/", Reply::status(status).body("<rss/>"));
        assert_eq!(fetch(&client(), partner.url("/")).await.expect("a document").body, b"<rss/>", "{status}");
    }
}

#[tokio::test]
async fn h31_cookies_are_never_kept() {
    let partner = Partner::start().await;
    let cookies =
        (0..50).fold(Reply::redirect(302, "/feed"), |reply, n| reply.header("Set-Cookie", format!("c{n}={}", "x".repeat(3_000))));
    partner.put("/", cookies);
    partner.put("/feed", Reply::ok("text/xml", "<rss/>").header("Set-Cookie", "a=b"));
    let client = client();
    for _ in 0..2 {
        fetch(&client, partner.url("/")).await.expect("a document");
    }
    assert_eq!(partner.seen().len(), 4);
    assert!(partner.seen().iter().all(|request| request.header("cookie").is_none()));
}

#[tokio::test]
async fn h32_freshness_of_ten_years_is_a_day() {
    let partner = Partner::start().await;
    let date = |reply: Reply| reply.header("Date", "Mon, 06 May 2024 12:00:00 GMT");
    for reply in [
        Reply::status(200).header("Cache-Control", "public, max-age=315360000"),
        date(Reply::status(200)).header("Expires", "Sat, 06 May 2034 12:00:00 GMT"),
    ] {
        partner.put("/", reply);
        let document = fetch(&client(), partner.url("/")).await.expect("a document");
        assert_eq!(document.freshness.max_age, Some(Duration::from_secs(86_400)));
    }
}

#[tokio::test]
async fn partners_that_cannot_be_reached_are_told_apart() {
    let vacant = {
        let listener = tokio::net::TcpListener::bind((PARTNER, 0)).await.expect("a free port");
        format!("http://{}/", listener.local_addr().expect("an address"))
    };
    let error = check_error(fetch(&client(), Url::parse(&vacant).expect("address")).await, "connect", "nobody listens");
    assert_eq!(error.fault, Fault::Partner);
    assert!(error.message.contains("refuses the connection"), "{}", error.message);

    let dns = client_with(options(), Dns::of(&[("empty.example", &[&[]])]));
    for name in ["typo.example", "empty.example"] {
        let error = check_error(fetch(&dns, Url::parse(&format!("http://{name}/")).expect("address")).await, "dns", name);
        assert_eq!(error.fault, Fault::Network);
        assert!(error.message.contains(name), "{}", error.message);
    }
}

/// Never answers.
struct Silence(Mutex<Vec<String>>);

impl Lookup for Silence {
    fn lookup(&self, name: &str) -> Pin<Box<dyn Future<Output = io::Result<Vec<IpAddr>>> + Send>> {
        self.0.lock().expect("a sound lock").push(name.to_owned());
        Box::pin(std::future::pending())
    }
}

#[tokio::test]
async fn slow_name_servers_count_against_the_time_to_connect() {
    let silence = Arc::new(Silence(Mutex::default()));
    let client = Client::build(Options { connect_timeout: Duration::from_millis(300), ..options() }, silence.clone(), &[])
        .expect("a client");
    let start = Instant::now();
    let error = check_error(fetch(&client, Url::parse("http://slow.example/").expect("address")).await, "timeout", "silent DNS");
    assert!(start.elapsed() < Duration::from_secs(3), "{:?}", start.elapsed());
    assert_eq!(error.fault, Fault::Network);
    assert_eq!(*silence.0.lock().expect("a sound lock"), ["slow.example"]);
}
