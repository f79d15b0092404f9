//! Requirements on how partners are asked and what becomes of their answers, over real sockets.

use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use encoding_rs::{BIG5, Encoding, GB18030, GBK, SHIFT_JIS, UTF_8};
use reprint::config::{self, Config};
use reprint::fetch::{Client, Options, Robots, Turns};
use reprint::model::{Article, Fetched, PollRequest, PollState, Validators, Verdict};
use reprint::pipeline::translate::{self, Translators};
use reprint::{daemon, parse, pipeline};
use tempfile::TempDir;
use url::Url;

use crate::harness::{Canary, Partner, Reply, Reprint, until};
use crate::polls::{at, config as one_outlet, feed, poll};

const RSS: &str = "application/rss+xml";

fn folder() -> TempDir {
    tempfile::tempdir().expect("a folder")
}

/// Requests for a path so far.
fn asked(partner: &Partner, path: &str) -> usize {
    partner.seen().iter().filter(|seen| seen.path == path).count()
}

#[tokio::test]
async fn req_51_stored_validators_are_sent_back_byte_for_byte_and_none_is_made_up() {
    let partner = Partner::start().await;
    let folder = folder();
    let config = one_outlet(&folder, partner.url("/rss").as_str());
    let (etag, modified) = (b"W/\"\xd6\xd0 'x' \"".as_slice(), b"Mon, 6 May 2024 8:00 GMT+8".as_slice());
    // What the document has said, and what is sent the next time; each start is a restart of the program.
    let mut expected = (None, None);
    let mut minute = 0;
    for (text, has_etag, has_date) in
        [("one", true, true), ("two", false, true), ("three", true, false), ("four", false, false), ("five", true, true)]
    {
        let mut reply = Reply::ok(RSS, feed("", text))
            .header("Date", "Mon, 04 May 2026 01:00:00 GMT")
            .header("Expires", "Mon, 04 May 2026 01:00:10 GMT");
        if has_etag {
            reply = reply.header("ETag", etag);
        }
        if has_date {
            reply = reply.header("Last-Modified", modified);
        }
        // A failure between two documents leaves what is stored.
        for answer in [Reply::status(500), reply.header("X-Edition", text)] {
            partner.put("/rss", answer);
            poll(&config, minute).await;
            minute += 10;
            let seen = partner.seen().pop().expect("a request");
            let sent = (seen.header("if-none-match").map(<[u8]>::to_vec), seen.header("if-modified-since").map(<[u8]>::to_vec));
            assert_eq!(sent, expected, "{text}");
        }
        if partner_answers_304(&expected, has_etag, has_date) {
            continue;
        }
        expected = (has_etag.then(|| etag.to_vec()), has_date.then(|| modified.to_vec()));
    }
}

/// Whether the scripted partner takes the document for the one we have: it compares what was sent with what it would say.
fn partner_answers_304(sent: &(Option<Vec<u8>>, Option<Vec<u8>>), has_etag: bool, has_date: bool) -> bool {
    match sent {
        (Some(_), _) => has_etag,
        (None, Some(_)) => has_date,
        (None, None) => false,
    }
}

#[tokio::test]
async fn req_52_no_poll_comes_before_the_schedule_and_everything_the_partner_asked_for() {
    let partner = Partner::start().await;
    let folder = folder();
    let config = one_outlet(&folder, partner.url("/rss").as_str());
    let document = |ttl: &str| Reply::ok(RSS, feed(ttl, "High at noon."));
    let hours = |hours: i64| TimeDelta::hours(hours);
    let mut minute = 0;
    for (reply, earliest) in [
        (document(""), TimeDelta::minutes(10)),
        (document("").header("Cache-Control", "max-age=3600"), hours(1)),
        (document("<ttl>180</ttl>"), hours(3)),
        (document("").header("Retry-After", "7200"), hours(2)),
        (document("<ttl>60</ttl>").header("Cache-Control", "max-age=14400").header("Retry-After", "7200"), hours(4)),
        (document("<ttl>300</ttl>").header("Cache-Control", "max-age=60"), hours(5)),
        (document("<ttl>60</ttl>").header("Cache-Control", "max-age=60").header("Retry-After", "10800"), hours(3)),
        (Reply::status(429).header("Retry-After", "7200"), hours(2)),
        (Reply::status(503).header("Retry-After", "18000"), hours(5)),
    ] {
        partner.put("/rss", reply.clone());
        let (_, saved) = poll(&config, minute).await;
        assert!(saved.next_poll >= at(minute) + earliest, "{reply:?}: {} after {}", saved.next_poll, at(minute));
        minute += 24 * 60;
    }
}

/// The real program, whose schedule fires every second, is killed and started again; an outlet that asks for nothing shows that it polls.
#[tokio::test]
async fn req_52_a_restart_polls_nobody_early() {
    let partner = Partner::start().await;
    let document = |ttl: &str| Reply::ok(RSS, feed(ttl, "High at noon."));
    let patient = [
        ("age", document("").header("Cache-Control", "max-age=3600")),
        ("ttl", document("<ttl>60</ttl>")),
        ("later", Reply::status(429).header("Retry-After", "3600")),
        ("slow", document("")),
    ];
    let mut toml = "[site]\ntitle = \"Relay\"\nurl = \"https://relay.example.net\"\n[limits]\nhost_spacing = \"0s\"\n\
                    shortest_interval = \"1s\"\nallow_networks = [\"127.0.0.2/32\"]\n"
        .to_owned();
    partner.put("/often", document(""));
    for (id, reply) in &patient {
        partner.put(&format!("/{id}"), reply.clone());
    }
    for id in patient.iter().map(|(id, _)| *id).chain(["often"]) {
        let schedule = if id == "slow" { "0 0 1 1 *" } else { "* * * * * *" };
        let address = partner.url(&format!("/{id}"));
        toml.push_str(&format!("[[outlet]]\nid = \"{id}\"\nname = \"{id}\"\nfeed = \"{address}\"\nschedule = \"{schedule}\"\n"));
    }
    let folder = Arc::new(folder());
    for start in 1..=2 {
        let program = Reprint::start_in(folder.clone(), &toml).await.unwrap_or_else(|failure| panic!("{}", failure.stderr));
        let before = asked(&partner, "/often");
        until("a few polls", || asked(&partner, "/often") >= before + 3).await;
        for (id, _) in &patient {
            assert_eq!(asked(&partner, &format!("/{id}")), 1, "{id} in start {start}: {}", program.stderr());
        }
        program.crash();
    }
}

#[tokio::test]
async fn req_53_every_request_says_who_asks_and_carries_neither_cookie_nor_referer() {
    let partner = Partner::start().await;
    let item = format!(
        "<rss version=\"2.0\"><channel><title>Bay</title><link>http://bay.example/</link><description>d</description><item><title>Tide tables</title>\
         <link>{}</link></item></channel></rss>",
        partner.url("/article")
    );
    let with_cookie = |reply: Reply| reply.header("Set-Cookie", "visitor=7; Path=/");
    partner.put("/rss", with_cookie(Reply::redirect(302, "/feed")));
    partner.put("/feed", with_cookie(Reply::ok(RSS, item)));
    partner.put("/robots.txt", with_cookie(Reply::ok("text/plain", "User-agent: *\nDisallow: /closed\n")));
    partner.put("/article", with_cookie(Reply::redirect(302, "/article/full")));
    partner.put("/article/full", with_cookie(Reply::ok("text/html", "<html><body><p>High at noon.</p></body></html>")));
    let toml = format!(
        "[site]\ntitle = \"Relay\"\nurl = \"https://relay.example.net\"\ncontact = \"ops@relay.example.net\"\n[limits]\nhost_spacing = \"0s\"\n\
         shortest_interval = \"1s\"\nallow_networks = [\"127.0.0.2/32\"]\n[[outlet]]\nid = \"bay\"\nname = \"The Bay\"\nfeed = \"{}\"\n\
         schedule = \"* * * * * *\"\nfull_text = true\n",
        partner.url("/rss")
    );
    let program = Reprint::start(&toml).await.unwrap_or_else(|failure| panic!("{}", failure.stderr));
    until("the page and a second poll", || asked(&partner, "/article/full") > 0 && asked(&partner, "/feed") > 1).await;
    assert!(asked(&partner, "/robots.txt") > 0, "{}", program.stderr());
    let agent = format!("reprint/{} (+https://relay.example.net/; ops@relay.example.net)", env!("CARGO_PKG_VERSION"));
    for seen in partner.seen() {
        assert_eq!(seen.header("user-agent"), Some(agent.as_bytes()), "{}", seen.path);
        assert_eq!((seen.header("cookie"), seen.header("referer")), (None, None), "{}", seen.path);
    }
}

/// A client that may ask partners of the harness, and nobody else on this machine.
fn client(config: &Config) -> Client {
    pipeline::client(config).expect("a client")
}

/// The code with which robots.txt keeps us from a page, if it does.
async fn kept_from(robots: &Robots, client: &Client, page: &Url, now: DateTime<Utc>) -> Option<String> {
    robots.admit(client, &Turns::new(Duration::ZERO), None, page, now).await.err().map(|error| error.code.to_string())
}

#[tokio::test]
async fn req_54_robots_txt_is_read_as_the_standard_says_and_again_within_a_day() {
    let partner = Partner::start().await;
    let folder = folder();
    let client = client(&one_outlet(&folder, partner.url("/rss").as_str()));
    let page = partner.url("/news/open/1");
    for (status, expected) in [
        (400, None),
        (401, None),
        (403, None),
        (404, None),
        (410, None),
        (429, None),
        (451, None),
        (500, Some("robots_unreachable")),
        (503, Some("robots_unreachable")),
        (599, Some("robots_unreachable")),
    ] {
        partner.put("/robots.txt", Reply::status(status));
        assert_eq!(kept_from(&Robots::default(), &client, &page, at(0)).await.as_deref(), expected, "{status}");
    }
    partner.put("/robots.txt", Reply::Script(Vec::new()));
    assert_eq!(kept_from(&Robots::default(), &client, &page, at(0)).await.as_deref(), Some("robots_unreachable"), "silence");

    let rules =
        "User-agent: *\nDisallow: /\n\nUser-Agent: Reprint\nDisallow: /news/\nAllow: /news/open/\nDisallow: /tie\nAllow: /tie\n";
    // Five redirects are followed (RFC 9309 § 2.3.1.2).
    partner.put("/robots.txt", Reply::redirect(301, "/1"));
    for hop in 1..5 {
        partner.put(&format!("/{hop}"), Reply::redirect(302, format!("/{}", hop + 1)));
    }
    partner.put("/5", Reply::ok("text/plain", rules));
    let robots = Robots::default();
    for (path, expected) in
        [("/news/1", Some("robots_denied")), ("/news/open/1", None), ("/News/1", None), ("/tie", None), ("/elsewhere", None)]
    {
        assert_eq!(kept_from(&robots, &client, &partner.url(path), at(0)).await.as_deref(), expected, "{path}");
    }
    // Remembered for hours, and for no more than a day.
    partner.put("/robots.txt", Reply::ok("text/plain", "User-agent: *\nDisallow: /\n"));
    let before = asked(&partner, "/robots.txt");
    assert_eq!(kept_from(&robots, &client, &page, at(60)).await, None);
    assert_eq!(asked(&partner, "/robots.txt"), before, "asked again within the hour");
    assert_eq!(kept_from(&robots, &client, &page, at(24 * 60)).await.as_deref(), Some("robots_denied"));
    assert_eq!(asked(&partner, "/robots.txt"), before + 1);
}

#[tokio::test]
async fn req_55_a_permanent_redirect_is_told_after_three_polls_and_a_temporary_one_never() {
    for (statuses, permanent) in [
        (&[301][..], true),
        (&[308], true),
        (&[301, 308], true),
        (&[302], false),
        (&[307], false),
        (&[303], false),
        (&[302, 301], false),
    ] {
        let partner = Partner::start().await;
        let folder = folder();
        let config = one_outlet(&folder, partner.url("/rss").as_str());
        let lead = |end: &str| {
            for (hop, status) in statuses.iter().enumerate() {
                let from = if hop == 0 { "/rss".to_owned() } else { format!("/hop{hop}") };
                let to = if hop + 1 == statuses.len() { end.to_owned() } else { format!("/hop{}", hop + 1) };
                partner.put(&from, Reply::redirect(*status, to));
            }
        };
        for end in ["/new", "/newer"] {
            partner.put(end, Reply::ok(RSS, feed("", "High at noon.")).header("ETag", "\"1\""));
        }
        lead("/new");
        let mut minute = 0;
        let mut told = async || {
            minute += 10;
            let (polled, saved) = poll(&config, minute).await;
            assert_eq!(saved, polled.state);
            assert_eq!((saved.failures, &saved.source), (0, &partner.url("/rss")), "the address of feeds.toml stays");
            saved.moved_to().cloned()
        };
        // The second and the third answer are 304s; each poll is a restart.
        for times in 1..=4 {
            assert_eq!(told().await, (permanent && times >= 3).then(|| partner.url("/new")), "{statuses:?}, poll {times}");
        }
        // Another address is another move, and without redirects there is none.
        lead("/newer");
        assert_eq!(told().await, None, "{statuses:?}");
        partner.put("/rss", Reply::ok(RSS, feed("", "High at one.")));
        assert_eq!(told().await, None, "{statuses:?}");
        assert_eq!(asked(&partner, "/rss"), 6, "every poll begins at the address of feeds.toml");
    }
}

#[tokio::test]
async fn req_55_five_redirects_are_followed_and_no_hop_leads_to_a_private_address() {
    let partner = Partner::start().await;
    let canary = Canary::start().await;
    let folder = folder();
    let config = one_outlet(&folder, partner.url("/rss").as_str());
    let options = |ports: Vec<u16>| Options {
        user_agent: "reprint/1".to_owned(),
        body_bytes: 1 << 20,
        connect_timeout: Duration::from_secs(5),
        total_timeout: Duration::from_secs(10),
        redirects: config.limits.redirects,
        allow_networks: config.limits.allow_networks.clone(),
        allow_ports: ports,
    };
    // The port is no reason to refuse the canary: its address is.
    let client = Client::new(options(vec![canary.port()])).expect("a client");
    partner.put("/end", Reply::ok(RSS, feed("", "High at noon.")));
    for hops in 1..=6 {
        for (end, at_hop) in
            [("/end".to_owned(), "the end"), (format!("http://127.0.0.1:{}/", canary.port()), "a private address")]
        {
            partner.put("/rss", Reply::redirect(302, if hops == 1 { end.clone() } else { "/hop1".to_owned() }));
            for hop in 1..hops {
                partner.put(
                    &format!("/hop{hop}"),
                    Reply::redirect(301, if hop + 1 == hops { end.clone() } else { format!("/hop{}", hop + 1) }),
                );
            }
            let request =
                PollRequest { outlet: "bay".to_owned(), source: partner.url("/rss"), validators: Validators::default() };
            let code = client.fetch(&request, at(0)).await.err().map(|error| error.code.to_string());
            let expected = match at_hop {
                "a private address" => Some("ssrf_denied"),
                _ if hops > 5 => Some("too_many_redirects"),
                _ => None,
            };
            assert_eq!(code.as_deref(), expected, "{at_hop} after {hops} redirects");
        }
    }
    canary.assert_untouched().await;
}

/// The articles of the document at `/rss`, fetched and read as a poll does it.
async fn articles(partner: &Partner, config: &Config, now: DateTime<Utc>) -> Vec<Article> {
    let outlet = &config.outlets[0];
    let source = partner.url("/rss");
    let request = PollRequest { outlet: outlet.id.clone(), source: source.clone(), validators: Validators::default() };
    let Ok(Fetched::Document(document)) = client(config).fetch(&request, now).await else { panic!("no document") };
    let reading = pipeline::read(outlet, &source, &document, parse::Bounds::default()).expect("a feed");
    let article = |verdict| match verdict {
        Verdict::Ready(ready) => ready.article,
        Verdict::Held { article, .. } => *article,
    };
    reading.verdicts.into_iter().map(article).collect()
}

#[tokio::test]
async fn req_56_the_byte_order_mark_goes_before_the_charset_and_that_before_the_declaration() {
    let partner = Partner::start().await;
    let folder = folder();
    let config = one_outlet(&folder, partner.url("/rss").as_str());
    let text = "渡口的鐘聲與晚班船";
    let simple = "渡口的钟声与晚班船镕";
    let japanese = "渡し船は正午に出る";
    let bytes = |encoding: &'static Encoding, declared: &str, title: &str| {
        let declaration = if declared.is_empty() { String::new() } else { format!(" encoding=\"{declared}\"") };
        let xml = format!(
            "<?xml version=\"1.0\"{declaration}?><rss version=\"2.0\"><channel><title>Bay</title><link>http://bay.example/</link>\
             <description>d</description><item><title>{title}</title><link>http://bay.example/1</link></item></channel></rss>"
        );
        let (bytes, _, lost) = encoding.encode(&xml);
        assert!(!lost, "{title} does not fit {}", encoding.name());
        bytes.into_owned()
    };
    let marked = |mark: &[u8], bytes: Vec<u8>| [mark, &bytes].concat();
    let utf16 = |text: Vec<u8>, big: bool| {
        let text = String::from_utf8(text).expect("UTF-8");
        text.encode_utf16().flat_map(|unit| if big { unit.to_be_bytes() } else { unit.to_le_bytes() }).collect::<Vec<u8>>()
    };
    const UTF_8_MARK: &[u8] = b"\xef\xbb\xbf";
    for (body, charset, expected, what) in [
        (marked(UTF_8_MARK, bytes(UTF_8, "big5", text)), "gbk", text, "the mark of UTF-8 against both labels"),
        (marked(b"\xff\xfe", utf16(bytes(UTF_8, "gbk", text), false)), "utf-8", text, "the mark of UTF-16 against both labels"),
        (marked(b"\xfe\xff", utf16(bytes(UTF_8, "", text), true)), "big5", text, "the mark of UTF-16 the other way round"),
        // Bytes of Big5 are bytes of GB18030 too: only the order of the labels tells.
        (bytes(BIG5, "gb18030", text), "big5", text, "the charset against the declaration"),
        (bytes(GB18030, "big5", simple), "gb18030", simple, "the charset against the declaration, the other way round"),
        (bytes(SHIFT_JIS, "shift_jis", japanese), "", japanese, "the declaration alone"),
        (bytes(BIG5, "", text), "big5", text, "the charset alone"),
        (bytes(GBK, "gb2312", simple), "", simple, "GBK that says GB 2312"),
        (bytes(GBK, "", simple), "gb2312", simple, "GBK that HTTP says is GB 2312"),
        (bytes(GB18030, "gb2312", "渡口𠀀㐂"), "gb2312", "渡口𠀀㐂", "GB 18030 that says GB 2312"),
        (bytes(GBK, "utf-8", simple), "", simple, "GBK that says UTF-8"),
        (bytes(GBK, "utf-8", simple), "utf-8", simple, "GBK that says UTF-8 twice"),
        (bytes(GBK, "gb2312", simple), "utf-8", simple, "GBK that HTTP says is UTF-8"),
        (bytes(UTF_8, "gb2312", simple), "gb2312", simple, "UTF-8 that says GB 2312"),
    ] {
        let content_type = if charset.is_empty() { RSS.to_owned() } else { format!("{RSS}; charset={charset}") };
        partner.put("/rss", Reply::ok(&content_type, body));
        let titles: Vec<String> = articles(&partner, &config, at(0)).await.into_iter().map(|article| article.title).collect();
        assert_eq!(titles, [expected], "{what}");
    }
}

/// A feed of one item a date, and the outlet's time zone.
fn dated(dates: &[&str]) -> String {
    let items: String = dates
        .iter()
        .enumerate()
        .map(|(number, date)| {
            format!("<item><title>Tide tables {number}</title><link>http://bay.example/{number}</link><pubDate>{date}</pubDate></item>")
        })
        .collect();
    format!(
        "<rss version=\"2.0\"><channel><title>Bay</title><link>http://bay.example/</link><description>d</description>{items}</channel></rss>"
    )
}

fn in_zone(folder: &TempDir, partner: &Partner, zone: &str) -> Config {
    let mut config = one_outlet(folder, partner.url("/rss").as_str());
    config.outlets[0].time_zone = zone.parse().expect("a zone");
    config
}

/// Fetched on Monday 4 May 2026 at 01:00 UTC, which is 09:00 in Shanghai.
#[tokio::test]
async fn req_57_every_layout_of_dates_is_read_in_the_zone_of_the_outlet() {
    let partner = Partner::start().await;
    let folder = folder();
    for (zone, cases) in [
        (
            "Asia/Shanghai",
            &[
                ("Sun, 03 May 2026 08:40:00 +0800", "2026-05-03T00:40:00Z"),
                ("03 May 26 08:40:00 +0800", "2026-05-03T00:40:00Z"),
                ("Sun, 3 May 2026 08:40", "2026-05-03T00:40:00Z"),
                ("Fri, 03 May 2026 00:40:00 GMT", "2026-05-03T00:40:00Z"),
                ("Sunday, 3 May 2026 00:40:00 UT", "2026-05-03T00:40:00Z"),
                ("Wed, 03 Sept 2025 00:40:00 Z", "2025-09-03T00:40:00Z"),
                ("Sun, May 03 2026 08:40:00 +08", "2026-05-03T00:40:00Z"),
                ("Sun, 03 May 2026 08:40:00 +8:00", "2026-05-03T00:40:00Z"),
                ("Sun, 03 May 2026 08:40:00 GMT+0800", "2026-05-03T00:40:00Z"),
                ("Sat, 02 May 2026 17:40:00 --0700", "2026-05-03T00:40:00Z"),
                ("2026-05-03 08:40:00", "2026-05-03T00:40:00Z"),
                ("2026-05-03T08:40:00,25+08:00", "2026-05-03T00:40:00Z"),
                ("2026-05-03T08:40", "2026-05-03T00:40:00Z"),
                ("20260503T004000Z", "2026-05-03T00:40:00Z"),
                ("Sun May  3 08:40:00 2026", "2026-05-03T00:40:00Z"),
                ("Sun May 03 08:40:00 CST 2026", "2026-05-03T00:40:00Z"),
                ("1777768800", "2026-05-03T00:40:00Z"),
                ("1777768800000", "2026-05-03T00:40:00Z"),
                ("2026年5月3日 08:40", "2026-05-03T00:40:00Z"),
                ("2026/5/3", "2026-05-02T16:00:00Z"),
                ("2026年5月3日 上午8:40", "2026-05-03T00:40:00Z"),
                ("2026年5月3日 下午3:05", "2026-05-03T07:05:00Z"),
                ("2026-05-02T24:00:00Z", "2026-05-03T00:00:00Z"),
                ("7天前", "2026-04-27T01:00:00Z"),
                ("3小时前", "2026-05-03T22:00:00Z"),
                ("昨天 21:05", "2026-05-03T13:05:00Z"),
                ("刚刚", "2026-05-04T01:00:00Z"),
                // More than ten minutes ahead is no date, and the time of the poll stands in.
                ("Sun, 10 May 2026 08:40:00 +0800", "2026-05-04T01:00:00Z"),
            ][..],
        ),
        (
            "America/Chicago",
            &[("Sun May 03 08:40:00 CST 2026", "2026-05-03T14:40:00Z"), ("2026-05-03 08:40:00", "2026-05-03T13:40:00Z")],
        ),
        (
            "Australia/Sydney",
            &[
                ("Sun, 03 May 2026 10:40:00 AEST", "2026-05-03T00:40:00Z"),
                ("Sat, 03 Jan 2026 11:40:00 AEDT", "2026-01-03T00:40:00Z"),
            ],
        ),
    ] {
        let config = in_zone(&folder, &partner, zone);
        let written: Vec<&str> = cases.iter().map(|(written, _)| *written).collect();
        partner.put("/rss", Reply::ok("application/rss+xml; charset=utf-8", dated(&written)));
        let read = articles(&partner, &config, at(0)).await;
        assert_eq!(read.len(), cases.len());
        for (article, (written, expected)) in read.iter().zip(cases) {
            let expected: DateTime<Utc> = expected.parse().expect("a time");
            assert_eq!(article.published.map(|published| published.at), Some(expected), "{written} in {zone}");
        }
    }
}

/// The same articles, told of in other words at every later poll, keep the dates of the first.
#[tokio::test]
async fn req_57_relative_dates_are_settled_when_they_are_first_seen() {
    let partner = Partner::start().await;
    let folder = folder();
    let config = in_zone(&folder, &partner, "Asia/Shanghai");
    let first = ["3小时前", "昨天 21:05", "刚刚", "7天前", "2 hours ago", "yesterday", ""];
    let expected: Vec<DateTime<Utc>> = [
        "2026-05-03T22:00:00Z",
        "2026-05-03T13:05:00Z",
        "2026-05-04T01:00:00Z",
        "2026-04-27T01:00:00Z",
        "2026-05-03T23:00:00Z",
        "2026-05-02T16:00:00Z",
        "2026-05-04T01:00:00Z",
    ]
    .map(|time| time.parse().expect("a time"))
    .to_vec();
    for (minute, dates) in [
        (0, first),
        // The same words an hour later, then what the site makes of them.
        (60, first),
        (120, ["5小时前", "昨天 21:05", "2小时前", "7天前", "4 hours ago", "yesterday", ""]),
        (24 * 60, ["1天前", "前天 21:05", "昨天 09:00", "8天前", "yesterday", "2 days ago", ""]),
        (5 * 24 * 60, ["5天前", "6天前", "5天前", "12天前", "5 days ago", "6 days ago", ""]),
        // A correction is no reason to take another date either.
        (6 * 24 * 60, ["6天前", "7天前", "6天前", "13天前", "6 days ago", "7 days ago", "刚刚"]),
    ] {
        let corrected = minute == 6 * 24 * 60;
        let items = if corrected { dated(&dates).replace("Tide tables", "Tide tables, corrected") } else { dated(&dates) };
        partner.put("/rss", Reply::ok("application/rss+xml; charset=utf-8", items));
        let (polled, _) = poll(&config, minute).await;
        let (new, changed) = (polled.change.new.len(), polled.change.changed.len());
        let count = |is_so| if is_so { dates.len() } else { 0 };
        assert_eq!((new, changed), (count(minute == 0), count(corrected)), "minute {minute}");
        let stages = reprint::daemon::open(config.clone()).await.expect("a store");
        let outlets = ["bay".to_owned()];
        let window = reprint::store::Window { outlets: &outlets, size: 100, since: at(-100_000), ceiling: 100 };
        let mut stored = stages.store.window(&window).await.expect("a window");
        stored.sort_by(|one, other| one.attributed.article.title.cmp(&other.attributed.article.title));
        let dates: Vec<DateTime<Utc>> = stored.iter().map(|article| article.date()).collect();
        assert_eq!(dates, expected, "minute {minute}");
        stages.store.close().await;
    }
}

/// An Atom feed of one entry, or with the note that it is gone.
fn atom(entry: &str) -> Reply {
    Reply::ok(
        "application/atom+xml; charset=utf-8",
        format!(
            "<feed xmlns=\"http://www.w3.org/2005/Atom\" xmlns:at=\"http://purl.org/atompub/tombstones/1.0\"><title>海湾</title><id>urn:bay</id>\
             <updated>2026-05-04T00:00:00Z</updated>{entry}</feed>"
        ),
    )
}

fn entry(text: &str, updated: &str) -> String {
    format!(
        "<entry><id>urn:bay:1</id><title>渡轮时刻</title><updated>{updated}</updated><author><name>林岸</name></author>\
         <link href=\"http://bay.example/1\"/><content type=\"html\">&lt;p&gt;{text}&lt;/p&gt;</content></entry>"
    )
}

/// In the language it came in and in the other script, which is an article of its own with an id of its own.
#[tokio::test]
async fn req_60_corrections_and_withdrawals_upstream_reach_every_edition_within_two_polls() {
    let partner = Partner::start().await;
    let folder = folder();
    let toml = format!(
        "[site]\ntitle = \"Relay\"\nurl = \"https://relay.example.net\"\n[limits]\nhost_spacing = \"0s\"\nallow_networks = [\"127.0.0.2/32\"]\n\
         [[outlet]]\nid = \"bay\"\nname = \"海湾日报\"\nlanguage = \"zh-Hans\"\nfeed = \"{}\"\nschedule = \"*/10 * * * *\"\n\
         [[feed]]\nid = \"hant\"\ntranslate = {{ to = \"zh-Hant-TW\" }}\n",
        partner.url("/atom")
    );
    let mut config = config::parse("feeds.toml", &toml).expect("a sound file");
    config.site.database = folder.path().join("reprint.db");
    let stages = daemon::open(config.clone()).await.expect("a store");
    let translators = Translators::new(&config).expect("the one that is built in");
    let clock = || at(0);
    let mut minute = 0;
    // What readers see after one poll, in both feeds.
    let mut after_a_poll = async |reply: Reply| {
        minute += 10;
        partner.put("/atom", reply);
        let mut states = stages.store.poll_states().await.expect("states");
        let state = states.pop().unwrap_or_else(|| PollState::new("bay", partner.url("/atom"), at(minute)));
        pipeline::poll(&stages, &config.outlets[0], state, at(minute)).await.expect("recorded");
        pipeline::publish_acts(&stages, 0, at(minute)).await.expect("followed");
        translate::round(&stages, &translators, clock).await.expect("a round");
        let publication = pipeline::publish(&stages, None, at(minute)).await.expect("published");
        assert!(publication.rejected.is_empty(), "{:?}", publication.rejected);
        ["all", "hant"].map(|feed| {
            let document = stages.snapshot.get(&format!("feeds/{feed}.json")).expect("the feed");
            serde_json::from_slice::<serde_json::Value>(&document.identity()).expect("JSON")
        })
    };
    let said = |feed: &serde_json::Value, text: &str| {
        let item = &feed["items"][0];
        assert!(item["content_html"].as_str().is_some_and(|html| html.contains(text)), "no {text} in {item}");
        item["id"].as_str().expect("an id").to_owned()
    };
    let first = after_a_poll(atom(&entry("最后一班船五点开。", "2026-05-03T00:00:00Z"))).await;
    let ids = [said(&first[0], "最后一班船五点开"), said(&first[1], "最後一班船五點開")];
    assert_ne!(ids[0], ids[1], "a derived work has an id of its own");

    let corrected = after_a_poll(atom(&entry("最后一班船六点开。", "2026-05-03T09:00:00Z"))).await;
    assert_eq!([said(&corrected[0], "最后一班船六点开"), said(&corrected[1], "最後一班船六點開")], ids);
    for feed in &corrected {
        assert!(!feed.to_string().contains("五"), "the mistake stays: {feed}");
    }

    let gone = "<at:deleted-entry ref=\"urn:bay:1\" when=\"2026-05-03T12:00:00Z\"/>";
    for (feed, id) in after_a_poll(atom(gone)).await.iter().zip(&ids) {
        assert_eq!(feed["items"].as_array().map(Vec::len), Some(0), "{feed}");
        assert_eq!(feed["_reprint"]["deleted"][0]["id"], id.as_str());
    }
}
