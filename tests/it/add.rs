//! `reprint add`, `import` and `export`: the real program, sites on loopback, and the file an admin keeps.

use std::path::Path;
use std::process::Command;

use reprint::config::{self, Config};
use tempfile::TempDir;

use crate::harness::{Partner, Reply};

/// A file as people write them, with an end that is not the nicest.
const FEEDS_TOML: &str = "# 我们的转载站\n[site]\ntitle = \"南十字转载\"   # 标题\nurl   = 'https://relay.example.net'\n\n[limits]\nhost_spacing = \"0s\"\n\
     allow_networks = [ \"127.0.0.2/32\" ]\n\n[[outlet]]\nid=\"ledger\"\nname = \"Ledger\"\nfeed = \"https://www.ledger.example.com/rss/\"\n\t[outlet.terms]\nrights = \"© Ledger\" # 版权";

const HTML: &str = "text/html; charset=utf-8";
const RSS: &str = "application/rss+xml; charset=utf-8";
const ATOM: &str = "application/atom+xml";

fn folder(feeds_toml: &str) -> TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("feeds.toml"), feeds_toml).expect("written");
    folder
}

fn file(folder: &TempDir) -> String {
    std::fs::read_to_string(folder.path().join("feeds.toml")).expect("a file")
}

fn loaded(folder: &TempDir) -> Config {
    config::load(&folder.path().join("feeds.toml")).unwrap_or_else(|error| panic!("{error}"))
}

/// Runs the program in a folder: exit code, stdout, stderr.
fn run(folder: &Path, words: &[&str]) -> (i32, String, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_reprint"))
        .args(words)
        .current_dir(folder)
        .env_remove("STATE_DIRECTORY")
        .env_remove("REPRINT_CONFIG")
        .output()
        .expect("the program runs");
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("UTF-8");
    (output.status.code().expect("an exit code"), text(output.stdout), text(output.stderr))
}

#[track_caller]
fn check_said(said: &str, expected: &[&str]) {
    for expected in expected {
        assert!(said.contains(expected), "not there: {expected}\n{said}");
    }
}

/// RSS with so many entries of that text.
fn rss(title: &str, entries: usize, text: &str) -> String {
    let items: String = (0..entries)
        .map(|number| {
            format!(
                "<item><title>{number}</title><link>http://hewan.example/{number}</link><description>{text}</description></item>"
            )
        })
        .collect();
    format!(
        "<rss version=\"2.0\"><channel><title>{title}</title><link>https://hewan.example/</link><language>zh-cn</language>{items}</channel></rss>"
    )
}

/// The same as Atom.
fn atom(title: &str, entries: usize, text: &str) -> String {
    let items: String = (0..entries)
        .map(|number| format!("<entry><title>{number}</title><link href=\"http://hewan.example/{number}\"/><content type=\"html\">{text}</content></entry>"))
        .collect();
    format!(
        "<feed xmlns=\"http://www.w3.org/2005/Atom\" xml:lang=\"zh-CN\"><title>{title}</title><link href=\"https://hewan.example/\"/>{items}</feed>"
    )
}

const LONG: &str = "渡口今天鸣笛三次,镇上的人都出来看。渡口今天鸣笛三次,镇上的人都出来看。";

/// A site whose page announces a summary feed, a full one, one of comments and one of a tag, with markup that is not sound.
async fn site() -> Partner {
    let site = Partner::start().await;
    site.put(
        "/",
        Reply::ok(
            HTML,
            "<html><head><title>河湾日报<base href=\"/feeds/\"><LINK HREF=rss.xml REL=alternate TYPE='application/rss+xml' title=\"RSS\">\
             <link type=application/rss+xml rel=alternate href=/comments/feed/ title='评论'>\
             <link rel=\"alternate\" type=\"application/rss+xml\" href=\"/tag/ferry/feed/\"><p></title></head>\
             <link rel=\"alternate\" type=\"application/rss+xml\" href=\"rss.xml\"><link rel=\"alternate\" type=\"application/rss+xml\" href=\"/comments/feed/\">\
             <link rel=\"alternate\" type=\"application/rss+xml\" href=\"/tag/ferry/feed/\"><a href=\"/gone.rss\">RSS</a><base href=/feeds/>",
        )
        .header("Link", "</full.atom>; rel=\"alternate\"; type=\"application/atom+xml\""),
    );
    site.put("/feeds/rss.xml", Reply::ok(RSS, rss("河湾日报 RSS订阅", 5, "短")));
    site.put("/full.atom", Reply::ok(ATOM, atom("河湾日报", 5, LONG)));
    site.put("/comments/feed/", Reply::ok(RSS, rss("河湾日报的评论", 9, LONG)));
    site.put("/tag/ferry/feed/", Reply::ok(RSS, rss("渡轮", 2, LONG)));
    site
}

// The site answers while the test waits for the program.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_fullest_feed_of_a_site_is_added_and_the_rest_listed() {
    let site = site().await;
    let folder = folder(FEEDS_TOML);
    let (code, stdout, stderr) = run(folder.path(), &["add", site.url("/").as_str()]);
    assert_eq!(code, 0, "{stderr}");
    let block = format!(
        "[[outlet]]\nid = \"127-0-0-2\"\nname = \"河湾日报\"\nfeed = \"{}\"\nhomepage = \"https://hewan.example/\"\nlanguage = \"zh-Hans\"\n",
        site.url("/full.atom")
    );
    assert_eq!(stdout, block);
    assert_eq!(file(&folder), format!("{FEEDS_TOML}\n\n{block}"), "every byte before is as it was");
    check_said(
        &stderr,
        &[
            "added to feeds.toml as outlet `127-0-0-2`: 河湾日报, atom10, 5 entries\n",
            "also found:\n",
            &format!("  {}  the same feed; 河湾日报, rss20, 5 entries\n", site.url("/feeds/rss.xml")),
            &format!("  {}  comments; 河湾日报的评论, rss20, 9 entries\n", site.url("/comments/feed/")),
            &format!("  {}  one category, tag or author; 渡轮, rss20, 2 entries\n", site.url("/tag/ferry/feed/")),
            &format!("  {}  127.0.0.2:", site.url("/gone.rss")),
            "answers 404",
            "next: reprint check feeds.toml --online",
        ],
    );
    assert_eq!(run(folder.path(), &["check"]).0, 0);
    let asked: Vec<String> = site.seen().into_iter().map(|seen| seen.path).collect();
    assert_eq!(
        asked,
        ["/", "/feeds/rss.xml", "/comments/feed/", "/tag/ferry/feed/", "/full.atom", "/gone.rss"],
        "each once, and no guesses"
    );

    // Again, at whatever address: it is there. Nothing is written.
    let before = file(&folder);
    for (address, line) in [(site.url("/"), 17), (site.url("/feeds/rss.xml#x"), 0), (site.url("/full.atom"), 17)] {
        let (code, stdout, stderr) = run(folder.path(), &["add", address.as_str()]);
        if line == 0 {
            // A summary feed by itself does not show that its fuller sister is polled.
            assert_eq!(code, 0, "{stderr}");
            std::fs::write(folder.path().join("feeds.toml"), &before).expect("written");
            continue;
        }
        assert_eq!((code, stdout.as_str()), (1, ""), "{stderr}");
        check_said(&stderr, &[&format!("already there as outlet `127-0-0-2` (line {line})")]);
    }
    let asked = site.seen().len();
    let (_, _, stderr) = run(folder.path(), &["add", "http://ledger.example.com/rss"]);
    check_said(&stderr, &["already there as outlet `ledger` (line 10)"]);
    assert_eq!((file(&folder), site.seen().len()), (before, asked));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_feed_itself_is_taken_where_it_has_moved_to() {
    let site = Partner::start().await;
    site.put("/old", Reply::redirect(301, "/new.rss"));
    site.put("/new.rss", Reply::ok(RSS, rss("Harbour Ledger - RSS Feed", 1, "x")));
    let folder = folder(FEEDS_TOML);
    let (code, stdout, stderr) = run(folder.path(), &["add", site.url("/old").as_str(), "--config", "feeds.toml"]);
    assert_eq!(code, 0, "{stderr}");
    check_said(
        &stdout,
        &["id = \"harbour-ledger\"\n", "name = \"Harbour Ledger\"\n", &format!("feed = \"{}\"\n", site.url("/new.rss"))],
    );
    let config = loaded(&folder);
    assert_eq!((config.outlets.len(), config.outlets[1].id.as_str()), (2, "harbour-ledger"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn guesses_are_asked_when_the_page_says_nothing_until_one_answers() {
    let site = Partner::start().await;
    site.put("/news/", Reply::ok(HTML, "<title>x</title><a href=/about>y</a>"));
    site.put("/rss", Reply::ok(HTML, "<p>no feed"));
    site.put("/atom.xml", Reply::ok(ATOM, atom("河湾", 2, "x")));
    site.put("/feed.json", Reply::ok("application/feed+json", "{}"));
    let folder = folder(FEEDS_TOML);
    let (code, stdout, stderr) = run(folder.path(), &["add", site.url("/news/").as_str()]);
    assert_eq!(code, 0, "{stderr}");
    check_said(&stdout, &[&format!("feed = \"{}\"\n", site.url("/atom.xml"))]);
    let asked: Vec<String> = site.seen().into_iter().map(|seen| seen.path).collect();
    assert_eq!(asked, ["/news/", "/feed", "/rss", "/rss.xml", "/atom.xml"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_cannot_be_added_changes_nothing() {
    let site = Partner::start().await;
    site.put("/", Reply::ok(HTML, "<link rel=alternate type=application/rss+xml href=/comments/feed><a href=/broken.rss>"));
    site.put("/comments/feed", Reply::ok(RSS, rss("x", 2, "x")));
    site.put("/broken.rss", Reply::ok(RSS, "<html>oops"));
    let folder = folder(FEEDS_TOML);
    let check = |words: &[&str], code: i32, expected: &[&str]| {
        let (ended, stdout, stderr) = run(folder.path(), words);
        assert_eq!((ended, stdout.as_str()), (code, ""), "{stderr}");
        check_said(&stderr, expected);
        assert_eq!(file(&folder), FEEDS_TOML);
    };
    check(
        &["add", site.url("/").as_str()],
        1,
        &["found and not taken:", "comments; x", "/broken.rss  it is", "has no feed that can be read"],
    );
    check(&["add", site.url("/404").as_str()], 1, &["answers 404"]);
    check(&["add", "http://127.0.0.1:9/"], 1, &["not a public address", "--allow-private asks it this once"]);
    check(&["add", "ftp://hewan.example/"], 2, &["not an http or https address"]);
    check(&["add", "https://wei:hush@hewan.example/"], 2, &["[outlet.credentials]"]);
    check(&["add", "https://hewan.example/", "--config", "none.toml"], 78, &["cannot be read"]);

    // Asked this once, but a poll could not.
    let stranger = Partner::start_on("127.0.0.3".parse().expect("an address")).await;
    stranger.put("/rss", Reply::ok(RSS, rss("x", 2, "x")));
    check(
        &["add", stranger.url("/rss").as_str(), "--allow-private"],
        1,
        &["not a public address", "allow_networks = [\"127.0.0.3\"]"],
    );
    assert_eq!(stranger.seen().len(), 1);

    std::fs::write(folder.path().join("broken.toml"), "[site]\ntittle = \"T\"\n").expect("written");
    check(&["add", site.url("/").as_str(), "--config", "broken.toml"], 78, &["broken.toml:2:1", "did you mean `title`?"]);
}

/// What a list can say of outlets.
fn facts(config: &Config) -> Vec<String> {
    let outlets = config.outlets.iter();
    outlets
        .map(|outlet| {
            let homepage = outlet.homepage.as_ref().map_or("-", url::Url::as_str);
            let feeds: Vec<&str> = outlet.feeds.iter().map(url::Url::as_str).collect();
            format!("{} {} {homepage} {:?} {}", outlet.id, outlet.name, outlet.language, feeds.join(" "))
        })
        .collect()
}

const SITE: &str = "[site]\ntitle = \"<南十字> & \\\"转载\\\"\"\nurl = \"https://relay.example.net\"\n";

#[test]
fn what_is_exported_and_imported_is_the_same() {
    let outlets = "[[outlet]]\nname = \"海港纪事 <中文> & \\\"网\\\"\"\nfeed = \"https://cn.ledger.example.com/rss?a=1&b='2'\"\nlanguage = \"zh-TW\"\n\
         [outlet.credentials]\nbearer_file = \"nowhere.key\"\n[[outlet]]\nid = \"wattle\"\nname = \"Wattle Street Wire\"\nhomepage = \"https://wattle.example/\"\n\
         feeds = [\"https://wattle.example/world.atom\", \"https://wattle.example/culture.atom\"]\n[[outlet]]\nname = \"Wire\"\nfeed = \"https://wire.example/河?x\"\n";
    let (from, to) = (folder(&format!("{SITE}{outlets}")), folder(SITE));
    let (code, list, stderr) = run(from.path(), &["export"]);
    assert_eq!((code, stderr.as_str()), (0, ""));
    check_said(&list, &["<opml version=\"2.0\"", "<dateCreated>", "type=\"rss\"", "text=\"Wattle Street Wire\""]);
    assert!(!list.contains("nowhere.key"), "{list}");
    std::fs::write(to.path().join("list.opml"), &list).expect("written");
    let (code, stdout, stderr) = run(to.path(), &["import", "list.opml"]);
    assert_eq!(code, 0, "{stderr}");
    assert_eq!(stderr, "3 outlets added to feeds.toml, 0 already there, 0 left out\n");
    assert_eq!(stdout.lines().count(), 3);
    let exported = config::parse("feeds.toml", &file(&from)).unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(facts(&loaded(&to)), facts(&exported));
    // A second time there is nothing to add.
    let before = file(&to);
    let (code, stdout, stderr) = run(to.path(), &["import", "list.opml"]);
    assert_eq!((code, stdout.as_str(), stderr.as_str()), (0, "", "0 outlets added to feeds.toml, 3 already there, 0 left out\n"));
    assert_eq!(file(&to), before);
}

#[test]
fn lists_of_readers_are_imported_as_far_as_they_go() {
    let folder = folder(FEEDS_TOML);
    let list = "<opml version=\"1.0\"><head><title>x</title></head><body>\n<outline text=\"新闻\"><outline text=\"亚洲\">\n\
         <outline type=\"rss\" text=\"河湾 &amp; 渡口\" xmlUrl=\"https://hewan.example/rss\" htmlUrl=\"javascript:0\" language=\"zh_cn\"/>\n\
         <outline type=\"rss\" text=\"Ledger\" xmlUrl=\"http://ledger.example.com/rss\"/>\n\
         <outline type=\"rss\" text=\"Again\" xmlUrl=\"feed://hewan.example/rss/\"/>\n\
         <outline type=\"rss\" text=\"Nothing\"/>\n\
         <outline type=\"rss\" text=\"Inside\" xmlUrl=\"http://192.168.0.1/rss\"/>\n\
         <outline type=\"rss\" text=\"Not one\" xmlUrl=\"ftp://hewan.example/rss\"/>\n\
         <outline type=\"rss\" text=\"Ledger\" xmlUrl=\"https://other.example/rss\"/>\n\
         <outline type=\"rss\" xmlUrl=\"https://nameless.example/rss\"/>";
    std::fs::write(folder.path().join("list.opml"), list).expect("written");
    let (code, stdout, stderr) = run(folder.path(), &["import", "list.opml"]);
    assert_eq!(code, 0, "{stderr}");
    assert_eq!(stdout, "hewan-example\t河湾 & 渡口\nledger-2\tLedger\nnameless-example\tnameless.example\n");
    check_said(
        &stderr,
        &[
            "list.opml:6: left out: the feed has no xmlUrl (“Nothing”)\n",
            "list.opml:7: left out: its address is `http://192.168.0.1/rss`, which is 192.168.0.1: not a public address",
            "list.opml:8: left out: “ftp://hewan.example/rss” is not an http or https address\n",
            "3 outlets added to feeds.toml, 2 already there, 3 left out\n",
        ],
    );
    assert!(file(&folder).starts_with(FEEDS_TOML));
    let config = loaded(&folder);
    assert_eq!(
        (config.outlets.len(), config.outlets[1].language.as_deref(), config.outlets[1].homepage.as_ref()),
        (4, Some("zh-Hans"), None)
    );

    let before = file(&folder);
    for (bytes, words) in [
        ("<html><p>x", "not an OPML list"),
        ("<opml></opml>", "lists no feeds"),
        ("<opml><outline type='rss'/></opml>", "1 left out"),
    ] {
        std::fs::write(folder.path().join("list.opml"), bytes).expect("written");
        let (code, stdout, stderr) = run(folder.path(), &["import", "list.opml"]);
        assert_eq!((code, stdout.as_str()), (1, ""), "{stderr}");
        check_said(&stderr, &[words]);
    }
    assert_eq!(run(folder.path(), &["import", "none.opml"]).0, 1);
    assert_eq!(file(&folder), before);
}

#[test]
fn five_thousand_outlets_are_imported_in_time() {
    let folder = folder(FEEDS_TOML);
    let outlines: String =
        (0..5_000).map(|number| format!("<outline type='rss' text='同名' xmlUrl='https://a.example/{number}'/>\n")).collect();
    std::fs::write(folder.path().join("list.opml"), format!("<opml><body>{outlines}</body></opml>")).expect("written");
    let start = std::time::Instant::now();
    let (code, _, stderr) = run(folder.path(), &["import", "list.opml"]);
    assert_eq!(code, 0, "{stderr}");
    assert!(start.elapsed().as_secs() < 10, "{:?}", start.elapsed());
    assert_eq!(loaded(&folder).outlets.len(), 5_001);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_page_that_is_a_feed_by_its_markup_is_added_when_there_is_no_other() {
    let entries: String = (0..4)
        .map(|n| {
            format!(
                "<article class=h-entry><a class='u-url p-name' href=/{n}>第{n}</a><div class=e-content>{}</div></article>",
                LONG.repeat(n + 1)
            )
        })
        .collect();
    let page =
        |head: &str| format!("<html><head>{head}</head><body class=h-feed><h1 class=p-name>河湾手记</h1>{entries}</body></html>");
    let partner = Partner::start().await;
    partner.put("/", Reply::ok(HTML, page("")));
    let own = folder(FEEDS_TOML);
    let (code, stdout, stderr) = run(own.path(), &["add", partner.url("/").as_str()]);
    assert_eq!(code, 0, "{stderr}");
    check_said(&stdout, &["name = \"河湾手记\"", &format!("feed = \"{}\"", partner.url("/"))]);
    assert_eq!(loaded(&own).outlets.len(), 2);

    // A real feed is taken although it holds less.
    partner.put("/", Reply::ok(HTML, page("<link rel=alternate type=application/rss+xml href=/rss>")));
    partner.put("/rss", Reply::ok(RSS, rss("河湾", 4, "短")));
    let own = folder(FEEDS_TOML);
    let (code, stdout, stderr) = run(own.path(), &["add", partner.url("/").as_str()]);
    assert_eq!(code, 0, "{stderr}");
    check_said(&stdout, &[&format!("feed = \"{}\"", partner.url("/rss"))]);
    check_said(&stderr, &["also found", "河湾手记, html, 4 entries"]);
}
