//! feeds.toml: the documented example, the smallest file that works, and what people read when it does not.

use std::time::Duration;

use reprint::config::{self, Config, ConfigError, KEYS};
use reprint::model::Credentials;

const EXAMPLE: &str = include_str!("../../feeds.toml");

/// The smallest file that works.
const SMALLEST: &str = r#"[site]
title = "南十字转载"
url   = "https://relay.example.net"

[[outlet]]
name = "海港纪事中文网"
feed = "https://cn.ledger.example.com/rss/"
"#;

/// The start of a file whose site is right.
const SITE: &str = "[site]\ntitle = \"Relay\"\nurl = \"https://relay.example.net\"\n";

/// An outlet that is right.
const OUTLET: &str = "[[outlet]]\nname = \"Ledger\"\nfeed = \"https://ledger.example.com/rss\"\n";

fn read(text: &str) -> Config {
    config::parse("feeds.toml", text).unwrap_or_else(|error| panic!("{error}"))
}

fn refused(text: &str) -> ConfigError {
    match config::parse("feeds.toml", text) {
        Ok(config) => panic!("{text}\nwas taken as {config:?}"),
        Err(error) => error,
    }
}

#[test]
fn example_loads() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("feeds.toml");
    std::fs::write(&path, EXAMPLE).expect("written");
    let config = config::load(&path).unwrap_or_else(|error| panic!("{error}"));
    let ids: Vec<&str> = config.outlets.iter().map(|outlet| outlet.id.as_str()).collect();
    assert_eq!(ids, ["harbour-ledger", "wattle-street-wire"]);
    assert_eq!(config.outlets[1].feeds.len(), 2);
    let ids: Vec<&str> = config.feeds.iter().map(|feed| feed.id.as_str()).collect();
    assert_eq!(ids, ["all", "harbour-ledger", "wattle-street-wire", "chinese"]);
    assert_eq!(config.site.database, folder.path().join("reprint.db"));
}

/// The example with everything that is switched off switched on.
fn everything_on() -> String {
    let switched_on = |line: &str| match line.strip_prefix('#') {
        Some(key) if key.starts_with(|first: char| first.is_ascii_lowercase() || first == '[') => format!("{key}\n"),
        _ => format!("{line}\n"),
    };
    EXAMPLE.lines().map(switched_on).collect()
}

/// The same with one kind of credentials, for an outlet has one.
fn everything_on_with(credentials: &str) -> String {
    let others: Vec<&str> = ["basic", "bearer_file", "header", "query"].into_iter().filter(|kind| *kind != credentials).collect();
    let keep = |line: &&str| !others.iter().any(|other| line.starts_with(&format!("{other} = ")));
    everything_on().lines().filter(keep).map(|line| format!("{line}\n")).collect()
}

#[test]
fn example_loads_with_every_key_switched_on() {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::create_dir(folder.path().join("templates")).expect("a folder");
    std::fs::create_dir(folder.path().join("site-rules")).expect("a folder");
    std::fs::write(folder.path().join("harbour-ledger.key"), "tide-9-lantern\n").expect("written");
    std::fs::write(folder.path().join("admin.token"), "whelk-3-lantern-whelk\n").expect("written");
    std::fs::write(folder.path().join("house-engine.key"), "gull-4-lantern\n").expect("written");
    std::fs::write(folder.path().join("glossary.toml"), "").expect("written");
    for (file, token) in [
        ("wattle-street-wire.token", "wattle-token-0001"),
        ("harbour-ledger.token", "harbour-token-0001"),
        ("harbour-ledger-2.token", "harbour-token-0002"),
    ] {
        std::fs::write(folder.path().join(file), token).expect("written");
    }
    let path = folder.path().join("feeds.toml");
    for kind in ["basic", "bearer_file", "header", "query"] {
        std::fs::write(&path, everything_on_with(kind)).expect("written");
        let config = config::load(&path).unwrap_or_else(|error| panic!("{error}"));
        assert_eq!(config.site.templates, Some(folder.path().join("templates")));
        assert_eq!(config.site.site_rules, Some(folder.path().join("site-rules")));
        assert_eq!(config.site.contact.as_deref(), Some("ops@relay.example.net"));
        assert_eq!(config.limits.allow_networks.len(), 2);
        assert_eq!(config.site.admin_token.as_ref().map(|token| token.expose()), Some("whelk-3-lantern-whelk"));
        assert!(config.outlets[0].terms.licence.is_some());
        let credentials = config.outlets[0].credentials.as_ref().unwrap_or_else(|| panic!("{kind}"));
        assert_eq!(credentials.secret().expose(), "tide-9-lantern", "{kind}");
        let fits = match credentials {
            Credentials::Basic { user, .. } => (kind, user.as_str()) == ("basic", "southern-cross"),
            Credentials::Bearer(_) => kind == "bearer_file",
            Credentials::Header { name, .. } => (kind, name.as_str()) == ("header", "X-Api-Key"),
            Credentials::Query { name, .. } => (kind, name.as_str()) == ("query", "key"),
        };
        assert!(fits, "{kind}: {credentials:?}");
        assert!(!format!("{config:?}").contains("lantern"), "{kind}");
    }
}

#[test]
fn keys_switched_off_show_the_defaults() {
    let (off, on) = (read(EXAMPLE), read(&everything_on_with("basic")));
    let limits = config::Limits { allow_networks: Vec::new(), proxies: None, ..on.limits };
    assert_eq!(format!("{:?}", off.limits), format!("{limits:?}"));
    assert_eq!((off.site.listen, off.site.database), (on.site.listen, on.site.database));
}

#[test]
fn example_has_every_key_and_no_other() {
    // Keys by table, in a reading of the example that shares no code with the program's.
    let mut table = String::new();
    let mut written = Vec::new();
    for line in everything_on().lines() {
        if line.starts_with('[') {
            table = line.trim_matches(['[', ']']).to_owned();
            if let Some((outer, inner)) = table.rsplit_once('.') {
                written.push(format!("{outer}.{inner}"));
            }
        } else if let Some((key, value)) = line.split_once(" = ")
            && key.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_')
        {
            written.push(format!("{table}.{key}"));
            if let Some(inner) = value.strip_prefix("{ ").and_then(|value| value.strip_suffix(" }")) {
                written.extend(inner.split(", ").filter_map(|pair| Some(format!("{table}.{key}.{}", pair.split_once(" = ")?.0))));
            }
        }
    }
    written.sort();
    written.dedup();
    let mut known: Vec<String> = KEYS.iter().map(|key| format!("{}.{}", key.table, key.name)).collect();
    known.sort();
    assert_eq!(written, known);
}

#[test]
fn keys_say_what_is_needed() {
    let needed: Vec<String> = KEYS.iter().filter(|key| key.required).map(|key| format!("{}.{}", key.table, key.name)).collect();
    let credentials = ["basic.user", "basic.password_file", "header.name", "header.value_file", "query.name", "query.value_file"];
    let mut expected = vec![
        "site.title".to_owned(),
        "site.url".into(),
        "outlet.name".into(),
        "outlet.rule.field".into(),
        "outlet.rule.match".into(),
        "outlet.pages.url".into(),
    ];
    expected.extend(credentials.map(|key| format!("outlet.credentials.{key}")));
    expected.extend(
        ["feed.id", "feed.translate.to", "translator.id", "translator.kind", "partner.id", "partner.feeds"].map(str::to_owned),
    );
    assert_eq!(needed, expected);
}

#[test]
fn smallest_file_gives_a_feed_of_all_and_one_of_the_outlet() {
    let config = read(SMALLEST);
    assert_eq!(config.site.url.as_str(), "https://relay.example.net/");
    assert_eq!(config.site.listen.to_string(), "127.0.0.1:8080");
    assert_eq!((config.site.language.as_str(), config.site.time_zone), ("en", chrono_tz::UTC));
    assert_eq!(config.limits.body_bytes, 8 * 1024 * 1024);
    assert_eq!(config.limits.longest_backoff, Duration::from_secs(86_400));
    assert_eq!(config.limits.allow_ports, [80, 443, 8080, 8443]);
    let [outlet] = &config.outlets[..] else { panic!("one outlet") };
    assert_eq!(outlet.id, "cn-ledger-example-com");
    assert_eq!(outlet.schedule.expression(), "*/30 * * * *");
    assert_eq!(outlet.feeds.iter().map(url::Url::as_str).collect::<Vec<_>>(), ["https://cn.ledger.example.com/rss/"]);
    let feeds: Vec<(&str, &str, usize, u32)> =
        config.feeds.iter().map(|feed| (feed.id.as_str(), feed.title.as_str(), feed.size, feed.keep_hours)).collect();
    assert_eq!(feeds, [("all", "南十字转载", 50, 48), ("cn-ledger-example-com", "海港纪事中文网 – 南十字转载", 50, 48)]);
    assert!(config.feeds.iter().all(|feed| feed.outlets == ["cn-ledger-example-com"]));
}

#[test]
fn byte_order_mark_and_windows_line_ends_are_read() {
    let text = format!("\u{feff}{}", SMALLEST.replace('\n', "\r\n"));
    assert_eq!(read(&text).outlets[0].name, "海港纪事中文网");
    let error = refused(&text.replace("title", "tittle"));
    assert!(error.report.contains("--> feeds.toml:2:1"), "{error}");
}

#[test]
fn ids_are_made_from_the_name_else_the_host() {
    let check = |name: &str, expected: &str| {
        let text = format!("{SITE}[[outlet]]\nname = \"{name}\"\nfeed = \"https://www.news.ledger.example/rss\"\n");
        assert_eq!(read(&text).outlets[0].id, expected, "{name}");
    };
    check("Harbour Ledger", "harbour-ledger");
    check("L'Écho des Îles", "lecho-des-iles");
    check("Zürcher Straßenblatt", "zurcher-strassenblatt");
    check("HL中文", "hl");
    check("海港纪事 HL", "news-ledger-example");
    check("海港纪事", "news-ledger-example");
    check("Гавань", "news-ledger-example");
    check("港", "news-ledger-example");
}

#[test]
fn defaults_follow_the_site_and_the_outlets() {
    let text = format!(
        "{SITE}time_zone = \"Asia/Tokyo\"\nlanguage = \"ja\"\n{OUTLET}language = \"zh-hans\"\n[[outlet]]\nname = \"Wire\"\nfeed = \"https://wire.example/\"\n\
         time_zone = \"Europe/Paris\"\n[[feed]]\nid = \"wire\"\nsize = 7\n[[feed]]\nid = \"world\"\n"
    );
    let config = read(&text);
    assert_eq!(config.outlet("ledger").map(|outlet| outlet.time_zone), Some(chrono_tz::Asia::Tokyo));
    assert_eq!(config.outlet("wire").map(|outlet| outlet.time_zone), Some(chrono_tz::Europe::Paris));
    let feeds: Vec<(&str, &str, &str, usize, usize)> = config
        .feeds
        .iter()
        .map(|feed| (feed.id.as_str(), feed.title.as_str(), feed.language.as_str(), feed.outlets.len(), feed.size))
        .collect();
    assert_eq!(
        feeds,
        [
            ("all", "Relay", "ja", 2, 50),
            ("ledger", "Ledger – Relay", "zh-Hans", 1, 50),
            ("wire", "Wire – Relay", "ja", 1, 7),
            ("world", "Relay – world", "ja", 2, 50),
        ]
    );
}

/// A file with one mistake, and lines of the report that must be there in this order, white space aside.
fn check(text: &str, expected: &[&str]) {
    let error = refused(text);
    let mut lines = error.report.lines();
    for expected in expected {
        assert!(lines.any(|line| line.split_whitespace().eq(expected.split_whitespace())), "not there: {expected}\n{error}");
    }
    assert!(error.report.ends_with("\n1 mistake in feeds.toml"), "{error}");
    assert_eq!(error.mistakes, 1, "{error}");
}

/// As [`check`], with the mistake in an otherwise right outlet.
fn check_outlet(line: &str, expected: &[&str]) {
    check(&format!("{SITE}{OUTLET}{line}\n"), expected);
}

#[test]
fn unknown_keys() {
    check_outlet(
        "shedule = \"@hourly\"",
        &[
            "error: unknown key `outlet.shedule`",
            "--> feeds.toml:7:1",
            "7 | shedule = \"@hourly\"",
            "| ^^^^^^^",
            "help: did you mean `schedule`?",
        ],
    );
    check_outlet(
        "[outlet.terms]\nlicense = \"https://l.example/\"",
        &["error: unknown key `outlet.terms.license`", "help: did you mean `licence`?"],
    );
    check_outlet(
        "[outlet.terms]\nschedule = \"@hourly\"",
        &[
            "error: unknown key `outlet.terms.schedule`",
            "help: `schedule` is a key of `[[outlet]]`: move it above `[outlet.terms]`",
        ],
    );
    check_outlet("[limits]\nsite = 1", &["error: unknown key `limits.site`", "--> feeds.toml:8:1"]);
    check_outlet("[[feed]]\nid = \"w\"\nname = \"W\"", &["error: unknown key `feed.name`"]);
    check(&format!("tittle = 1\n{SITE}{OUTLET}"), &["error: unknown key `tittle`", "--> feeds.toml:1:1"]);
    check(
        &format!("contact = \"a@b.example\"\n{SITE}{OUTLET}"),
        &["help: `contact` is a key of `[site]`: write it below that header"],
    );
    check_outlet("[[outlets]]\nname = \"x\"", &["error: unknown key `outlets`", "help: did you mean `[[outlet]]`?"]);
    check_outlet("[parners]\nname = \"x\"", &["error: unknown table `parners`"]);
}

#[test]
fn missing_keys_point_at_the_header() {
    check(
        &format!("{SITE}{OUTLET}[[outlet]]\nname = \"Wire\"\n"),
        &["error: missing key `outlet.feed`", "--> feeds.toml:7:1", "7 | [[outlet]]", "| ^^^^^^^^^^"],
    );
    check(
        &format!("{SITE}[[outlet]]\nfeed = \"https://wire.example/\"\n"),
        &[
            "error: missing key `outlet.name`",
            "--> feeds.toml:4:1",
            "help: add `name = \"Harbour Ledger\"`: name as people know it: the credit",
        ],
    );
    check(&format!("[site]\ntitle = \"Relay\"\n{OUTLET}"), &["error: missing key `site.url`", "--> feeds.toml:1:1", "| ^^^^^^"]);
    check(&format!("{SITE}{OUTLET}[[feed]]\nsize = 5\n"), &["error: missing key `feed.id`", "--> feeds.toml:7:1"]);
    check(OUTLET, &["error: missing table `[site]`", "--> feeds.toml:1:1"]);
    check(SITE, &["error: missing table `[[outlet]]`: nothing to poll"]);
    check(&format!("outlet = []\n{SITE}"), &["error: missing table `[[outlet]]`: nothing to poll"]);
    assert_eq!(refused("").mistakes, 2);
}

#[test]
fn wrong_types_and_tables() {
    check_outlet("schedule = 30", &["error: `outlet.schedule` is a number and not a text in quotation marks", "| ^^"]);
    check_outlet("language = [\"zh\"]", &["error: `outlet.language` is a list and not a text in quotation marks"]);
    check_outlet("terms = \"free\"", &["error: `outlet.terms` is a text and not a table"]);
    check_outlet("[[feed]]\nid = \"w\"\noutlets = \"ledger\"", &["error: `feed.outlets` is a text and not a list"]);
    check_outlet("[[feed]]\nid = \"w\"\noutlets = [1]", &["error: `feed.outlets` is a number and not a text in quotation marks"]);
    check_outlet("[[feed]]\nid = \"w\"\nsize = \"50\"", &["error: `feed.size` is a text and not a whole number"]);
    check_outlet("[[feed]]\nid = \"w\"\nsize = 5.5", &["error: `feed.size` is a number with a fraction and not a whole number"]);
    check_outlet(
        "[feed]\nid = \"w\"",
        &["error: `feed` is a list", "help: write `[[feed]]` with double brackets: there can be many"],
    );
    check_outlet(
        "[[limits]]\nredirects = 1",
        &["error: `limits` is there once", "help: write `[limits]` with single brackets, once"],
    );
    check(&format!("site = 1\n{OUTLET}"), &["error: `site` is a number and not a table"]);
    check_outlet("[[outlet.terms]]\nrights = \"x\"", &["error: `outlet.terms` is a list and not a table"]);
}

#[test]
fn bad_values_of_an_outlet() {
    check_outlet(
        "schedule = \"0 * * *\"",
        &["error: `outlet.schedule` has 4 fields, not 5 or 6", "--> feeds.toml:7:12", "| ^^^^^^^^^"],
    );
    check_outlet(
        "schedule = \"0 6 13 * fri\"",
        &["error: `outlet.schedule` restricts both the day of the month and the weekday"],
    );
    check_outlet(
        "schedule = \"0 0 30 2 *\"",
        &["error: `outlet.schedule` does not fire every year: day 30 is not in the months it names"],
    );
    check_outlet("schedule = \"* * * * * *\"", &["error: `outlet.schedule` fires 1s apart, more often than partners are asked"]);
    check_outlet("time_zone = \"Asia/Bejing\"", &["error: `outlet.time_zone` is `Asia/Bejing`, which is not a known time zone"]);
    check_outlet("time_zone = \"Asia/Shangai\"", &["help: did you mean `Asia/Shanghai`?"]);
    check_outlet("time_zone = \"北京\"", &["help: perhaps `Asia/Shanghai`: zones are named by continent and city"]);
    check_outlet(
        "language = \"cn\"",
        &["error: `outlet.language` is `cn`, which is not a language tag", "help: write `zh-Hans`"],
    );
    check_outlet(
        "charset = \"gb-2312\"",
        &["error: `outlet.charset` is `gb-2312`, which is not a known character set", "help: did you mean `gb2312`?"],
    );
    check_outlet("homepage = \"ledger.example.com\"", &["help: write it whole: `https://ledger.example.com`"]);
    check_outlet("id = \"Ledger News\"", &["error: `outlet.id` is `Ledger News`, which cannot be part of an address"]);
    check_outlet("id = \"all\"", &["error: the id `all` belongs to the feed of all outlets", "--> feeds.toml:7:6"]);
    check_outlet("[outlet.terms]\nlicence = \"CC BY 4.0\"", &["--> feeds.toml:8:11"]);
    check_outlet("[outlet.terms]\ndisclaimer = \"  \"", &["error: `outlet.terms.disclaimer` is empty"]);
    check_outlet(
        "feeds = [\"https://ledger.example.com/b\"]",
        &["error: `outlet.feed` and `outlet.feeds` are both there", "note: the other one"],
    );
    check(&format!("{SITE}[[outlet]]\nname = \"\"\nfeed = \"https://a.example/\"\n"), &["error: `outlet.name` is empty"]);
    check(
        &format!("{SITE}[[outlet]]\nname = \"L\"\nid = \"l\"\nfeeds = []\n"),
        &["error: `outlet.feeds` is empty: nothing to poll"],
    );
}

#[test]
fn pages_and_extraction_as_written() {
    let config = read(&format!(
        "{SITE}[[outlet]]\nname = \"Ledger\"\nfull_text = true\nextract = {{ content = \" div.text \", remove = [\".ad\", \"aside\"] }}\n\
         pages = [{{ url = \"https://ledger.example.com/city\", item = \"li\" }}, {{ url = \"https://ledger.example.com/world\" }}]\n"
    ));
    let outlet = &config.outlets[0];
    assert!(outlet.full_text && outlet.feeds.is_empty());
    let sources: Vec<&str> = outlet.sources().map(|source| source.path()).collect();
    assert_eq!(sources, ["/city", "/world"]);
    let listing = outlet.listing(outlet.sources().next().expect("a source")).expect("a listing");
    assert_eq!((listing.selectors.item.as_deref(), listing.selectors.link.as_deref()), (Some("li"), None));
    assert_eq!(outlet.extract.content.as_deref(), Some("div.text"));
    assert_eq!(outlet.extract.remove, [".ad", "aside"]);
    let plain = read(SMALLEST);
    assert!(!plain.outlets[0].full_text && plain.outlets[0].listings.is_empty());
    assert!(plain.outlets[0].listing(&plain.outlets[0].feeds[0]).is_none());
}

/// As [`check_outlet`], with any number of mistakes, and parts of the report anywhere in it.
fn check_parts(line: &str, expected: &[&str]) {
    let error = refused(&format!("{SITE}{OUTLET}{line}\n"));
    for expected in expected {
        assert!(error.report.contains(expected), "not there: {expected}\n{error}");
    }
}

#[test]
fn bad_pages_and_extraction() {
    check_parts(
        "full_text = \"true\"",
        &["error: `outlet.full_text` is a text and not true or false", "help: leave out the quotation marks: full_text = true"],
    );
    check_parts("full_text = 1", &["error: `outlet.full_text` is a number and not true or false"]);
    check_parts("extract = \"div\"", &["error: `outlet.extract` is a text and not a table"]);
    check_parts("extract = { content = \"div[\" }", &["error: `outlet.extract.content` is `div[`, which is not a CSS selector"]);
    check_parts(
        "extract = { remove = [\"\", \"p::\"] }",
        &["error: `outlet.extract.remove` is empty", "error: `outlet.extract.remove` is `p::`, which is not a CSS selector"],
    );
    check_parts(
        "extract = { contents = \"div\" }",
        &["error: unknown key `outlet.extract.contents`", "help: did you mean `content`?"],
    );
    check_parts(
        "extract = { homepage = \"div\" }",
        &["help: `homepage` is a key of `[[outlet]]`: move it above `[outlet.extract]`"],
    );
    check_parts(
        "pages = \"https://ledger.example.com/\"",
        &["error: `outlet.pages` is a text and not a list of tables", "[[outlet.pages]]"],
    );
    check_parts("pages = [\"https://ledger.example.com/\"]", &["error: `outlet.pages` is a text and not a list of tables"]);
    check_parts("pages = []", &["error: `outlet.pages` is empty"]);
    check_parts("pages = [{ item = \"li\" }]", &["error: missing key `outlet.pages.url`"]);
    check_parts(
        "pages = [{ url = \"https://ledger.example.com/city\", itme = \"li\" }]",
        &["error: unknown key `outlet.pages.itme`", "help: did you mean `item`?"],
    );
    check_parts("pages = [{ url = \"http://127.0.0.1/city\" }]", &["`outlet.pages.url`"]);
    check_parts(
        "pages = [{ url = \"https://ledger.example.com/rss\" }]",
        &["error: the address `https://ledger.example.com/rss` is polled twice"],
    );
}

#[test]
fn addresses_that_must_not_be_polled() {
    let check = |address: &str, expected: &[&str]| {
        check(&format!("{SITE}[[outlet]]\nname = \"Ledger\"\nfeed = \"{address}\"\n"), expected);
    };
    for address in ["http://127.0.0.1/", "http://2130706433/", "http://[::1]/", "http://localhost/", "http://①②⑦.⓪.⓪.①/"]
    {
        check(address, &["--> feeds.toml:6:8"]);
    }
    check(
        "http://192.168.7.7/rss",
        &["error: `outlet.feed` is `http://192.168.7.7/rss`, which is 192.168.7.7: not a public address"],
    );
    check("https://ledger.example.com:25/rss", &["error: `outlet.feed` is `https://ledger.example.com:25/rss`, on port 25"]);
    check(
        "ftp://ledger.example.com/rss",
        &["error: `outlet.feed` is `ftp://ledger.example.com/rss`, not an http or https address"],
    );
    check(
        "https://editor:hunter2@ledger.example.com/rss",
        &[
            "error: `outlet.feed` has a user name or password in its address",
            "6 | feed = \"https://**************@ledger.example.com/rss\"",
        ],
    );
    let allowed =
        "[[outlet]]\nname = \"Ledger\"\nfeed = \"http://127.0.0.1:39117/rss\"\n[limits]\nallow_networks = [\"127.0.0.1\"]\n";
    assert_eq!(read(&format!("{SITE}{allowed}")).outlets[0].feeds[0].port(), Some(39117));
}

#[test]
fn bad_values_of_the_site() {
    let check = |line: &str, expected: &[&str]| check(&format!("{SITE}{line}\n{OUTLET}"), expected);
    check(
        "contact = \"ops at relay\"",
        &["error: `site.contact` is `ops at relay`, which is not an e-mail address", "--> feeds.toml:4:11"],
    );
    check("listen = \"localhost:8080\"", &["help: write `127.0.0.1:8080`"]);
    check("listen = \"8080\"", &["help: write `127.0.0.1:8080`"]);
    check("listen = \":8080\"", &["help: for every address of this machine: `0.0.0.0:8080` or `[::]:8080`"]);
    check("listen = \"127.0.0.1:99999\"", &["error: `site.listen` is `127.0.0.1:99999`, which is not an IP address and port"]);
    check(
        "database = \"postgres://db.example/reprint\"",
        &["error: `site.database` is `postgres://db.example/reprint`, an address and not a file"],
    );
    check("user_agent = \"转载\"", &["error: `site.user_agent` is not 1 to 500 characters of printable ASCII"]);
    check("user_agent = \"a\\r\\nX: b\"", &["error: `site.user_agent` is not 1 to 500 characters of printable ASCII"]);
    check(
        "tag_authority = \"relay.example.net\"",
        &["error: `site.tag_authority` is `relay.example.net`, which is not a domain, a comma and a year"],
    );
    check("language = \"en_AU\"", &["help: write it with hyphens: `en-AU`"]);
    check("time_zone = \"+10:00\"", &["error: `site.time_zone` is `+10:00`, which is not a known time zone"]);
}

#[test]
fn numbers_sizes_and_times_out_of_range() {
    let numbers = [
        ("body_bytes", "1 to 268435456", "bytes"),
        ("entries_per_poll", "1 to 100000", ""),
        ("concurrent_polls", "1 to 1000", ""),
        ("redirects", "0 to 20", "zero"),
    ];
    for (key, range, kind) in numbers {
        for value in ["0", "-1", "9223372036854775807", "99999999999999999999999999", "0x7fffffffff"] {
            if kind == "zero" && value == "0" {
                continue;
            }
            check_outlet(
                &format!("[limits]\n{key} = {value}"),
                &[&format!("error: `limits.{key}` is {value}, out of range"), &format!("help: choose a value from {range}")],
            );
        }
    }
    for (key, value, range) in [
        ("connect_timeout", "0s", "100ms to 5m"),
        ("total_timeout", "0ms", "100ms to 10m"),
        ("host_spacing", "11m", "0s to 10m"),
        ("shortest_interval", "0s", "1s to 24h"),
        ("shortest_interval", "25h", "1s to 24h"),
        ("longest_backoff", "31d", "1s to 720h"),
    ] {
        check_outlet(
            &format!("[limits]\n{key} = \"{value}\""),
            &[&format!("error: `limits.{key}` is {value}, out of range"), &format!("help: choose a value from {range}")],
        );
    }
    check_outlet("[limits]\ntotal_timeout = \"-5s\"", &["error: `limits.total_timeout` is `-5s`, which is not a time"]);
    check_outlet("[limits]\ntotal_timeout = \"30\"", &["help: for seconds write `30s`, for minutes `30m`"]);
    check_outlet("[limits]\ntotal_timeout = 30", &["help: for seconds write total_timeout = \"30s\""]);
    check_outlet("[limits]\ntotal_timeout = \"99999999999999999999d\"", &["--> feeds.toml:8:17"]);
    check_outlet("[limits]\nbody_bytes = \"8 parsecs\"", &["error: `limits.body_bytes` is `8 parsecs`, which is not a size"]);
    check_outlet("[limits]\nbody_bytes = \"8 TB\"", &["error: `limits.body_bytes` is `8 TB`, which is not a size"]);
    check_outlet("[limits]\nbody_bytes = \"2 GiB\"", &["error: `limits.body_bytes` is 2 GiB, out of range"]);
    check_outlet("[limits]\nallow_ports = [443, 0]", &["error: `limits.allow_ports` is 0, out of range", "--> feeds.toml:8:21"]);
    check_outlet("[limits]\nallow_ports = [70000]", &["help: choose a value from 1 to 65535"]);
    check_outlet(
        "[limits]\nallow_networks = [\"10.0.0.0/33\"]",
        &["error: `limits.allow_networks` has `10.0.0.0/33`, which is not a network"],
    );
    check_outlet(
        "[limits]\nallow_networks = [\"10.1.2.3/8\"]",
        &["help: for the whole network write `10.0.0.0/8`, for the one address `10.1.2.3`"],
    );
    check_outlet(
        "[limits]\nallow_networks = [\"0.0.0.0/0\"]",
        &["error: `limits.allow_networks` has `0.0.0.0/0`, which is every address there is"],
    );
    check_outlet(
        "[limits]\nconnect_timeout = \"40s\"",
        &["error: `limits.connect_timeout` is longer than the whole request may take (30s)"],
    );
    check_outlet(
        "[limits]\nshortest_interval = \"2h\"",
        &["error: `limits.shortest_interval` is longer than the half hour of outlets without a schedule", "--> feeds.toml:8:21"],
    );
    check_outlet("[[feed]]\nid = \"w\"\nsize = 0", &["error: `feed.size` is 0, out of range"]);
    check_outlet(
        "[[feed]]\nid = \"w\"\ntitle_prefix = \"{outlets}:\"",
        &[
            "error: `feed.title_prefix` has a place holder that there is not",
            "help: write `{outlet}` for the name of the outlet: \"[{outlet}]\"",
        ],
    );
    check_outlet("[[feed]]\nid = \"w\"\ntitle_prefix = \" \"", &["error: `feed.title_prefix` is empty"]);
    check_outlet("[[feed]]\nid = \"w\"\nkeep_hours = -1", &["error: `feed.keep_hours` is -1, out of range"]);
}

#[test]
fn limits_as_written() {
    let text = format!(
        "{SITE}{OUTLET}[limits]\nbody_bytes = \"512 KiB\"\nconnect_timeout = \"1500ms\"\ntotal_timeout = \"1m30s\"\nredirects = 0\nhost_spacing = \"0s\"\n\
         longest_backoff = \"2 h\"\nallow_ports = [8_000]\nallow_networks = [\"10.0.0.0/8\", \"::1\"]\n"
    );
    let outlet = text.replace("https://ledger.example.com/rss", "https://ledger.example.com:8000/rss");
    let limits = read(&outlet).limits;
    assert_eq!((limits.body_bytes, limits.redirects), (524_288, 0));
    assert_eq!((limits.connect_timeout, limits.total_timeout), (Duration::from_millis(1500), Duration::from_secs(90)));
    assert_eq!((limits.host_spacing, limits.longest_backoff), (Duration::ZERO, Duration::from_secs(7200)));
    assert_eq!(limits.allow_networks.iter().map(ToString::to_string).collect::<Vec<_>>(), ["10.0.0.0/8", "::1/128"]);
    assert_eq!(limits.allow_ports, [8000]);
}

#[test]
fn parts_that_contradict_each_other_name_both_places() {
    let second = "[[outlet]]\nname = \"Ledger\"\nfeed = \"https://ledger.example.com/b\"\n";
    check(
        &format!("{SITE}{OUTLET}{second}"),
        &[
            "error: two outlets get the id `ledger`",
            "--> feeds.toml:8:8",
            "note: the first one",
            "--> feeds.toml:5:8",
            "help: give one of them its own, for example id = \"ledger-b\", and never change it again: it names the outlet in addresses",
        ],
    );
    check(
        &format!("{SITE}{OUTLET}[[outlet]]\nname = \"Wire\"\nfeed = \"https://ledger.example.com/rss#top\"\n"),
        &[
            "error: the address `https://ledger.example.com/rss` is polled twice",
            "--> feeds.toml:9:8",
            "note: it is here already",
            "--> feeds.toml:6:8",
        ],
    );
    check_outlet(
        "[[feed]]\nid = \"w\"\n[[feed]]\nid = \"w\"",
        &["error: two feeds have the id `w`", "--> feeds.toml:10:6", "--> feeds.toml:8:6"],
    );
    check_outlet(
        "[[feed]]\nid = \"w\"\noutlets = [\"leger\"]",
        &["error: there is no outlet with the id `leger`", "--> feeds.toml:9:12", "help: did you mean `ledger`?"],
    );
    check_outlet("[[feed]]\nid = \"w\"\noutlets = [\"Ledger\"]", &["help: that is its name; its id is `ledger`"]);
    check_outlet("[[feed]]\nid = \"w\"\noutlets = [\"海港\"]", &["help: outlets are ledger"]);
    check_outlet("[[feed]]\nid = \"w\"\noutlets = []", &["error: `feed.outlets` is empty: the feed would have no articles"]);
    check_outlet(
        "[[feed]]\nid = \"w\"\noutlets = [\"ledger\", \"ledger\"]",
        &["error: the feed takes the outlet `ledger` twice"],
    );
}

#[test]
fn what_is_not_toml() {
    check_outlet(
        "language = “zh”",
        &["--> feeds.toml:7:12", "help: texts stand in straight quotation marks, \"so\", not in typographic or full-width ones"],
    );
    check_outlet(
        "language = zh",
        &["--> feeds.toml:7:12", "help: texts stand in quotation marks, for example name = \"Harbour Ledger\""],
    );
    check_outlet(
        "language = \"zh",
        &["--> feeds.toml:7:15", "help: close the text with a second quotation mark `\"`; inside a text write it `\\\"`"],
    );
    check_outlet("name = \"again\"", &["--> feeds.toml:7:1"]);
    check_outlet("language: \"zh\"", &["help: a key and its value are joined by `=`, for example name = \"Harbour Ledger\""]);
    check_outlet("[[feed\nid = \"w\"", &["help: close the header: `[[outlet]]`"]);
    check_outlet("language \u{ff1d} \"zh\"", &["help: write the equals sign with the English keyboard: `=`"]);
    check_outlet("charset = \"gbk\"\u{ff0c}", &["help: separate values with the comma of the English keyboard: `,`"]);
    // Mistakes elsewhere are reported as well, the ones that may only follow from it are not.
    let error =
        refused(&format!("{SITE}[[outlet]]\nname = Ledger\nfeed = \"https://ledger.example.com/rss\"\nlanguag = \"en\"\n"));
    assert_eq!(error.mistakes, 2, "{error}");
    assert!(error.report.contains("unknown key `outlet.languag`"), "{error}");
}

#[test]
fn depth_and_length_do_no_harm() {
    for hostile in ["[", "{", "x={", "x=[", "[[", "a.", "\"", "'''", "\u{0}", "=", "x.x=1\n", "[x]\n"] {
        let text = format!("{SITE}{OUTLET}x = {}", hostile.repeat(60_000));
        let start = std::time::Instant::now();
        let error = refused(&text);
        assert!(start.elapsed() < Duration::from_secs(10), "{hostile}: {:?}", start.elapsed());
        assert!(error.mistakes >= 1 && error.report.len() < 1 << 20, "{hostile}: {} bytes", error.report.len());
    }
}

#[test]
fn ten_mistakes_are_ten() {
    let text = r#"[site]
tittle = "南十字转载"
url = "relay.example.net"
listen = "localhost"

[limits]
redirects = -1
total_timeout = 30

[[outlet]]
name = "海港纪事中文网"
feed = "http://127.0.0.1/rss"
shedule = "@hourly"
language = "cn"

[[feed]]
id = "World News"
outlets = ["harbor"]
"#;
    let error = refused(text);
    // The missing title comes with the misspelt one; the outlet whose id hangs on a refused address is not missed by the feed.
    let titles: Vec<&str> = error.report.lines().filter(|line| line.starts_with("error: ")).collect();
    assert_eq!(
        titles,
        [
            "error: missing key `site.title`",
            "error: unknown key `site.tittle`",
            "error: `site.url` is `relay.example.net`, which is not an address (relative URL without a base)",
            "error: `site.listen` is `localhost`, which is not an IP address and port",
            "error: `limits.redirects` is -1, out of range",
            "error: `limits.total_timeout` is 30, a number without a unit",
            "error: `outlet.feed` is `http://127.0.0.1/rss`, which is 127.0.0.1: not a public address",
            "error: unknown key `outlet.shedule`",
            "error: `outlet.language` is `cn`, which is not a language tag",
            "error: `feed.id` is `World News`, which cannot be part of an address",
        ],
        "{error}"
    );
    assert_eq!(error.mistakes, 10);
    assert!(error.report.ends_with("\n10 mistakes in feeds.toml"));
}

#[test]
fn a_whole_report() {
    let error = refused(&format!("{SITE}{OUTLET}language = \"简体中文\"  # 语言\nshedule = \"@hourly\"\n"));
    let expected = "\
error: `outlet.language` is `简体中文`, which is not a language tag
 --> feeds.toml:7:12
  |
7 | language = \"简体中文\"  # 语言
  |            ^^^^^^^^^^
  |
help: write `zh-Hans`

error: unknown key `outlet.shedule`
 --> feeds.toml:8:1
  |
8 | shedule = \"@hourly\"
  | ^^^^^^^
  |
help: did you mean `schedule`?

2 mistakes in feeds.toml";
    assert_eq!(error.report, expected);
}

/// A file on disk that cannot be taken, and parts of what people read.
fn check_file(bytes: &[u8], expected: &[&str]) {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("feeds.toml");
    std::fs::write(&path, bytes).expect("written");
    let error = config::load(&path).expect_err("a mistake");
    for expected in expected {
        assert!(error.report.contains(expected), "{expected}\n{error}");
    }
    assert!(error.report.contains(&path.display().to_string()), "{error}");
}

#[test]
fn files_that_cannot_be_read() {
    check_file(b"[site]\ntitle = \"\xc4\xcf\xca\xae\xd7\xd6\"\n", &["error: line 2 is not UTF-8 text", "help: save it as UTF-8"]);
    check_file(b"\xff\xfe[\0s\0", &["it is UTF-16"]);
    check_file(&vec![b'#'; (8 << 20) + 1], &["larger than 8 MiB"]);
    let templates = format!("{SITE}templates = \"nowhere\"\n{OUTLET}");
    check_file(templates.as_bytes(), &["`site.templates` is `", "where no folder is"]);
    let folder = tempfile::tempdir().expect("a folder");
    let missing = folder.path().join("feeds.toml");
    let error = config::load(&missing).expect_err("no file");
    assert!(error.report.contains("cannot be read") && error.report.contains("check the path"), "{error}");
    assert_eq!(error.mistakes, 1);
    assert!(config::load(folder.path()).is_err(), "a folder is no file");
}

#[test]
fn ten_thousand_outlets_load_in_time() {
    let outlets: String = (0..10_000)
        .map(|n| {
            format!(
                "[[outlet]]\nname = \"Ledger {n}\"\nfeed = \"https://n{n}.ledger.example/rss\"\nschedule = \"{} * * * *\"\n",
                n % 60
            )
        })
        .collect();
    let start = std::time::Instant::now();
    assert_eq!(read(&format!("{SITE}{outlets}")).feeds.len(), 10_001);
    let error = refused(&format!(
        "{SITE}{}[[feed]]\nid = \"w\"\noutlets = [{}]\n",
        outlets.replace("schedule", "shedule"),
        "\"x\",".repeat(10_000)
    ));
    assert_eq!(error.mistakes, 20_000);
    // Ten seconds in a build without optimizations: what was quadratic would take minutes.
    assert!(start.elapsed() < Duration::from_secs(10), "{:?}", start.elapsed());
}

proptest::proptest! {
    /// Whatever is in the file: an answer, and every mistake has a place.
    #[test]
    fn any_text_gets_an_answer(pieces in proptest::collection::vec(proptest::sample::select(&[
        "[site]", "[[outlet]]", "[outlet.terms]", "[[feed]]", "[limits]", "\n", "\n", "\n", "title = ", "name = ", "feed = ", "feeds = ", "id = ",
        "schedule = ", "size = ", "\"海港\"", "\"https://a.example\"", "\"http://127.1\"", "[", "]", "{", "}", "\"", "'''", "\"\"\"", "=", ",",
        "1", "-9e99", "1979-05-27", "true", "#", "\u{feff}", "\u{202e}", "\\u0000", "\r", ".", "转", "“",
    ][..]), 0..40)) {
        if let Err(error) = config::parse("feeds.toml", &pieces.concat()) {
            proptest::prop_assert!(error.mistakes >= 1);
            proptest::prop_assert!(error.report.matches("feeds.toml:").count() >= error.mistakes.min(200));
            let escape = char::from(27);
            proptest::prop_assert!(!error.report.contains(escape));
        }
    }
}

#[test]
fn terms_that_contradict_each_other_are_named() {
    let check = |terms: &str, expected: &[&str]| check_outlet(&format!("[outlet.terms]\n{terms}"), expected);
    check(
        "excerpt = 0",
        &[
            "error: `outlet.terms.excerpt` is 0: an excerpt of nothing",
            "--> feeds.toml:8:11",
            "help: for titles alone write publish = \"title\" and leave `excerpt` out",
        ],
    );
    for publish in ["full", "title"] {
        check(
            &format!("publish = \"{publish}\"\nexcerpt = 90"),
            &[
                &format!(
                    "error: `outlet.terms.excerpt` says how long excerpts are, and there are none with publish = \"{publish}\""
                ),
                "--> feeds.toml:9:11",
                "help: write publish = \"excerpt\", or leave `excerpt` out",
            ],
        );
    }
    check(
        "publish = \"teaser\"",
        &[
            "error: `outlet.terms.publish` is `teaser`, and not one of its three values",
            "help: write \"full\", \"excerpt\" (the beginning, with a link to the rest) or \"title\" (nothing but that link)",
        ],
    );
    check(
        "embargo = \"2d\"\nexpire = \"48h\"",
        &[
            "error: the embargo is as long as articles are shown at all (48h): none would ever be",
            "--> feeds.toml:8:11",
            "help: both are counted from the date of the article: shorten the embargo, or make `expire` longer",
        ],
    );
    check("embargo = 6", &["error: `outlet.terms.embargo` is 6, a number without a unit"]);
    check("expire = \"0s\"", &["error: `outlet.terms.expire` is 0s, out of range"]);
    check("languages = []", &["error: `outlet.terms.languages` is empty: no article would be relayed"]);
    check("languages = [\"chinese!\"]", &["--> feeds.toml:8:14"]);
    check("images = false", &["error: `outlet.terms.images` is true or false and not a text in quotation marks"]);
    check("images = \"all\"", &["error: `outlet.terms.images` is `all`, and not one of its two values"]);
    check("noindex = \"true\"", &["error: `outlet.terms.noindex` is a text and not true or false"]);
}

#[test]
fn terms_are_read_and_odd_ones_warned_of() {
    use reprint::config::Publish;
    let publish = |terms: &str| read(&format!("{SITE}{OUTLET}[outlet.terms]\n{terms}\n")).outlets[0].terms.publish;
    assert_eq!(publish(""), Publish::Full);
    assert_eq!(publish("publish = \"title\""), Publish::Title);
    assert_eq!(publish("publish = \"excerpt\""), Publish::Excerpt { characters: None });
    assert_eq!(publish("excerpt = 90"), Publish::Excerpt { characters: Some(90) });
    let terms =
        read(&format!("{SITE}{OUTLET}[outlet.terms]\nembargo = \"6h\"\nexpire = \"90d\"\nimages = \"none\"\nnoindex = true\n"));
    let terms = &terms.outlets[0].terms;
    assert_eq!((terms.embargo, terms.expire), (Some(Duration::from_secs(6 * 3600)), Some(Duration::from_secs(90 * 86_400))));
    assert_eq!((terms.images, terms.noindex), (false, true));

    let warnings = |lines: &str| read(&format!("{SITE}{OUTLET}{lines}\n")).warnings;
    assert!(warnings("language = \"zh-Hans\"\n[outlet.terms]\nlanguages = [\"zh\"]").is_empty());
    let warned = warnings("language = \"zh-Hans\"\n[outlet.terms]\nlanguages = [\"en\"]");
    assert!(warned.len() == 1 && warned[0].starts_with("feeds.toml:9: `languages` leaves out `zh-Hans`"), "{warned:?}");
    let warned = warnings("full_text = true\n[outlet.terms]\npublish = \"title\"");
    assert!(warned.len() == 1 && warned[0].contains("leave full_text out"), "{warned:?}");
}

#[test]
fn translators_and_what_feeds_ask_of_them() {
    let with = |translator: &str, translate: &str| {
        format!("{SITE}{OUTLET}{translator}[[feed]]\nid = \"f\"\noutlets = [\"ledger\"]\ntranslate = {translate}\n")
    };
    // One line is enough where what is built in can do it.
    let config = read(&with("", "{ to = \"zh-TW\" }"));
    let feed = config.feed("f").expect("the feed");
    let target = feed.translate.as_ref().expect("a language");
    assert_eq!((target.to.as_str(), target.engine.as_str(), feed.language.as_str()), ("zh-Hant-TW", "opencc", "zh-Hant-TW"));
    assert!(config.translator("opencc").is_some());

    let libre = "[[translator]]\nid = \"libre\"\nkind = \"libretranslate\"\nurl = \"http://127.0.0.1:5000\"\n";
    let config = read(&with(&format!("{libre}budget = 500_000\nfallback = \"opencc\"\n"), "{ to = \"ca\", engine = \"libre\" }"));
    assert_eq!(config.translator("libre").and_then(|translator| translator.budget), Some(500_000));

    let line = |text: &str, expected: &str| {
        let error = refused(text);
        assert!(error.report.contains(&format!("error: {expected}")) && error.mistakes == 1, "{expected}\n{error}");
    };
    line(&with("", "{ to = \"zh\" }"), "`feed.translate.to` is `zh`, which does not say which characters");
    line(&with("", "{ to = \"ca\" }"), "nothing says what translates to `ca`");
    line(&with("", "{ to = \"ca\", engine = \"opencc\" }"), "`opencc` changes the script of Chinese, and makes no `ca`");
    line(&with("", "{ engine = \"opencc\" }"), "missing key `feed.translate.to`");
    line(&with("", "\"ca\""), "`feed.translate` is a text and not a table");
    line(&with("", "{ to = \"zh-Hans\", pending = \"show\" }"), "`feed.translate.pending` is `show`");
    line(&with("", "{ to = \"zh-Hans\", budget = 0 }"), "`feed.translate.budget` is 0: nothing would be translated");
    line(&with("", "{ to = \"zh-Hans\", languge = 0 }"), "unknown key `feed.translate.languge`");
    check(
        &with(libre, "{ to = \"ca\", engine = \"libra\" }"),
        &["error: there is no translator with the id `libra`", "help: did you mean `libre`?"],
    );
    let kind = |rest: &str| with(&format!("[[translator]]\nid = \"x\"\n{rest}\n"), "{ to = \"ca\", engine = \"x\" }");
    line(&kind("kind = \"deepl\""), "missing key `translator.key_file`: a translator of the kind `deepl` needs it");
    line(&kind("kind = \"openai\"\nurl = \"http://127.0.0.1:1\""), "missing key `translator.model`");
    line(&kind("kind = \"apertium\""), "missing key `translator.url`");
    line(
        &kind("kind = \"apertium\"\nurl = \"http://127.0.0.1:1\"\nmodel = \"m\""),
        "`translator.model` is written, and a translator",
    );
    line(&kind("kind = \"depl\""), "`translator.kind` is `depl`, which is no kind of translator");
    line(&with(&format!("{libre}{libre}"), "{ to = \"ca\", engine = \"libre\" }"), "two translators have the id `libre`");
    line(
        &with(&format!("{libre}fallback = \"nobody\"\n"), "{ to = \"ca\", engine = \"libre\" }"),
        "there is no translator with the id `nobody`",
    );
    let other = libre.replace("\"libre\"", "\"other\"");
    let circle = format!("{libre}fallback = \"other\"\n{other}fallback = \"libre\"\n");
    line(&with(&circle, "{ to = \"ca\", engine = \"libre\" }"), "the fallbacks go round in a circle: libre → other → libre");
    let two = format!("{libre}{other}[[feed]]\nid = \"g\"\ntranslate = {{ to = \"ca\", engine = \"other\" }}\n");
    line(&with(&two, "{ to = \"ca\", engine = \"libre\" }"), "two feeds ask for `ca` from two translators");
}

/// A file with a feed for partners and this `[[partner]]`.
fn with_partner(partner: &str) -> String {
    format!(
        "{SITE}{OUTLET}[[feed]]\nid = \"club\"\naccess = \"partners\"\n[[feed]]\nid = \"both\"\naccess = \"partners\"\n\
         [[partner]]\nid = \"heron\"\ntoken_file = \"heron.token\"\nfeeds = [\"both\"]\n[[partner]]\n{partner}\n"
    )
}

#[test]
fn partners_and_what_is_wrong_with_them() {
    let config = read(&with_partner(
        "id = \"gull\"\nname = \"The Gull\"\ntoken_files = [\"a\", \"b\"]\nfeeds = [\"club\"]\nallow = [\"192.0.2.0/24\"]\nrate = 3\n\
         expires = \"2027-06-30\"\nnever_back = \"ledger\"",
    ));
    let gull = &config.partners[1];
    assert_eq!((gull.id.as_str(), gull.name.as_str(), gull.tokens.len(), gull.rate), ("gull", "The Gull", 2, Some(3)));
    assert_eq!(gull.expires.map(|end| end.to_rfc3339()).as_deref(), Some("2027-07-01T00:00:00+00:00"));
    let feed = |id: &str| config.feed(id).unwrap_or_else(|| panic!("{id}"));
    assert!(!feed("club").is_public() && feed("all").is_public());
    // What came from the partner is not sent back in the feed that is for it alone.
    assert_eq!(feed("club").selection.never_back.as_ref().map(|partner| partner.outlet.as_str()), Some("ledger"));
    assert!(feed("both").selection.never_back.is_none());
    assert!(config.warnings.is_empty(), "{:?}", config.warnings);

    let right = "id = \"gull\"\ntoken_file = \"gull.token\"\n";
    for (partner, words) in [
        (format!("{right}feeds = [\"all\"]"), "the feed `all` is public"),
        (format!("{right}feeds = [\"both\"]"), "nobody may read the feed `club`"),
    ] {
        let warnings = read(&with_partner(&partner)).warnings;
        assert!(warnings.iter().any(|warning| warning.contains(words)), "{partner}: {warnings:?}");
    }
    for (partner, words) in [
        ("token_file = \"t\"\nfeeds = [\"club\"]".to_owned(), "missing key `partner.id`"),
        ("id = \"gull\"\nfeeds = [\"club\"]".to_owned(), "missing key `partner.token_file`"),
        (right.to_owned(), "missing key `partner.feeds`"),
        (format!("{right}feeds = []"), "`partner.feeds` is an empty list"),
        (format!("{right}feeds = [\"clubb\"]"), "did you mean `club`?"),
        (format!("{right}feeds = [\"club\", \"club\"]"), "may read the feed `club` twice"),
        (format!("{right}feeds = [\"club\"]\ntoken_files = [\"u\"]"), "are both there"),
        (format!("{right}feeds = [\"club\"]\ntoken = \"x\""), "unknown key `partner.token`"),
        (format!("{right}feeds = [\"club\"]\nallow = [\"here\"]"), "partner.allow"),
        (format!("{right}feeds = [\"club\"]\nrate = 0"), "out of range"),
        (format!("{right}feeds = [\"club\"]\nexpires = \"soon\""), "which is no day"),
        (format!("{right}feeds = [\"club\"]\nnever_back = \"leger\""), "did you mean `ledger`?"),
        (format!("{right}feeds = [\"both\"]\nnever_back = \"ledger\""), "is for others too"),
        ("id = \"heron\"\ntoken_file = \"t\"\nfeeds = [\"club\"]".to_owned(), "two partners have the id `heron`"),
        ("id = \"gull\"\ntoken_files = [\"a\", \"b\", \"c\"]\nfeeds = [\"club\"]".to_owned(), "more than 2 files"),
    ] {
        let report = refused(&with_partner(&partner)).report;
        assert!(report.contains(words), "{partner}: {report}");
    }
    let report = refused(&format!("{SITE}{OUTLET}[[feed]]\nid = \"club\"\naccess = \"closed\"\n")).report;
    assert!(report.contains("not one of its two values"), "{report}");
}

#[test]
fn tokens_of_partners_are_told_apart() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("feeds.toml");
    std::fs::write(&path, with_partner("id = \"gull\"\ntoken_file = \"gull.token\"\nfeeds = [\"club\"]")).expect("written");
    let put = |file: &str, token: &str| std::fs::write(folder.path().join(file), token).expect("written");
    put("heron.token", "a-token-of-a-partner");
    for (token, words) in [
        ("a-token-of-a-partner\n", "hold the same token"),
        ("short", "shorter than 16"),
        ("with a blank in the middle", "characters"),
    ] {
        put("gull.token", token);
        let report = config::load(&path).expect_err("a mistake").report;
        assert!(report.contains(words) && !report.contains("a-token-of"), "{report}");
    }
    put("gull.token", "another-token-of-a-partner\n");
    let config = config::load(&path).unwrap_or_else(|error| panic!("{error}"));
    let secret = config.partners[1].tokens[0].secret.as_ref().map(|secret| secret.expose().to_owned());
    assert_eq!(secret.as_deref(), Some("another-token-of-a-partner"));
    assert!(!format!("{config:?}").contains("another-token"));
    let config = config::load_without_secrets(&path).unwrap_or_else(|error| panic!("{error}"));
    assert!(config.partners[1].tokens[0].secret.is_none());
}
