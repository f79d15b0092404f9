//! What `[[feed]]` selects, in every format, and what `check` says of selections that cannot be meant.

use std::time::Duration;

use reprint::config;
use tokio::time::sleep;

use crate::harness::{Partner, Reply, Reprint, get};

const RSS: &str = "application/rss+xml; charset=utf-8";

const HEAD: &str =
    "[site]\ntitle = \"Relay\"\nurl = \"https://relay.example.net\"\n[limits]\nallow_networks = [\"127.0.0.2/32\"]\n";

/// An item; `more` are further elements of it.
fn item(name: &str, title: &str, text: &str, more: &str) -> String {
    format!(
        "<item><title>{title}</title><link>http://{name}.example/{name}</link><guid>http://{name}.example/{name}</guid>\
         <pubDate>Tue, 02 Jun 2026 08:00:00 +0000</pubDate>{more}<description>&lt;p&gt;{text}&lt;/p&gt;</description></item>"
    )
}

fn rss(items: &[String]) -> String {
    format!(
        "<?xml version=\"1.0\"?><rss version=\"2.0\" xmlns:dc=\"http://purl.org/dc/elements/1.1/\"><channel><title>f</title>\
         <link>http://f.example/</link><description>d</description>{}</channel></rss>",
        items.concat()
    )
}

/// The titles of a feed in one format, once its `all` has so many.
async fn titles(program: &Reprint, feed: &str, extension: &str) -> Vec<String> {
    let answer = get(&program.url(&format!("feeds/{feed}{extension}")), &[]).await;
    assert_eq!(answer.status, 200, "{feed}{extension}");
    let text = answer.text();
    let mut found: Vec<String> = TITLES.iter().filter(|title| text.contains(*title)).map(|title| (*title).to_owned()).collect();
    found.sort();
    found
}

const TITLES: [&str; 5] = ["Ferry timetable", "Lilies at dawn", "睡莲开了", "Crane inspected", "Nobody waters"];

async fn start(toml: &str) -> Reprint {
    Reprint::start(toml).await.unwrap_or_else(|failure| panic!("it ended with {}: {}", failure.status, failure.stderr))
}

#[tokio::test]
async fn selections_hold_in_every_format() {
    let (bolin, quill) = (Partner::start().await, Partner::start().await);
    bolin.put(
        "/rss",
        Reply::ok(
            RSS,
            rss(&[
                item(
                    "b1",
                    TITLES[0],
                    "The pilot boat leaves at six.",
                    "<category>Harbour</category><dc:creator>Ines Bolin</dc:creator>",
                ),
                item("b2", TITLES[1], "A garden by the quay.", "<category>garden</category><dc:creator>Otto Reed</dc:creator>"),
                item(
                    "b3",
                    TITLES[2],
                    "港口的睡莲今天早上开了，老园丁很高兴。",
                    "<dc:language>zh-Hans</dc:language><category>garden</category>",
                ),
            ]),
        ),
    );
    // The second of these has been reposted from the other partner, as its source line says.
    quill.put(
        "/rss",
        Reply::ok(
            RSS,
            rss(&[
                item(
                    "q1",
                    TITLES[3],
                    "The crane was inspected by the port.",
                    "<category>harbour</category><dc:creator>Ada Quill</dc:creator>",
                ),
                item(
                    "q2",
                    TITLES[4],
                    "Nobody waters the lilies any more.",
                    "<source url=\"http://bolin.example/feed\">Bolin Post</source><dc:creator>Ada Quill</dc:creator>",
                ),
            ]),
        ),
    );
    let toml = format!(
        "{HEAD}[[outlet]]\nid = \"bolin\"\nname = \"Bolin Post\"\nhomepage = \"http://bolin.example/\"\nlanguage = \"en\"\nfeed = \"{}\"\n\
         schedule = \"0 0 1 1 *\"\n[[outlet]]\nid = \"quill\"\nname = \"Quill Courier\"\nhomepage = \"http://quill.example/\"\nlanguage = \"en\"\n\
         feed = \"{}\"\nschedule = \"0 0 1 1 *\"\n\
         [[feed]]\nid = \"harbour\"\ncategories = [\"harbour\"]\n\
         [[feed]]\nid = \"chinese\"\nlanguages = [\"zh\"]\n\
         [[feed]]\nid = \"ferry\"\ninclude = ['ferry|^crane', 'author: ^otto']\nexclude = ['text: inspected']\n\
         [[feed]]\nid = \"for-bolin\"\nnever_back = \"bolin\"\n\
         [[feed]]\nid = \"for-quill\"\nnever_back = \"quill\"\n",
        bolin.url("/rss"),
        quill.url("/rss")
    );
    let program = start(&toml).await;
    for round in 0.. {
        if titles(&program, "all", "").await.len() == TITLES.len() && titles(&program, "quill", "").await.len() == 2 {
            break;
        }
        assert!(round < 500, "{}", program.stderr());
        sleep(Duration::from_millis(20)).await;
    }
    let check = |feed: &'static str, expected: &'static [usize]| {
        let program = &program;
        async move {
            let mut expected: Vec<String> = expected.iter().map(|place| TITLES[*place].to_owned()).collect();
            expected.sort();
            for extension in [".rss", ".atom", ""] {
                for _ in 0..200 {
                    if titles(program, feed, extension).await == expected {
                        break;
                    }
                    sleep(Duration::from_millis(20)).await;
                }
                assert_eq!(titles(program, feed, extension).await, expected, "{feed}{extension}");
            }
        }
    };
    check("harbour", &[0, 3]).await;
    check("chinese", &[2]).await;
    check("ferry", &[0, 1]).await;
    check("for-bolin", &[3]).await;
    check("for-quill", &[0, 1, 2]).await;
    // Another selection: what the last run left is not served by it.
    let (_, folder) = program.stop().await;
    let toml = toml.replace("categories = [\"harbour\"]", "categories = [\"garden\"]");
    let program = Reprint::start_in(folder, &toml).await.expect("a restart");
    assert_eq!(titles(&program, "harbour", ".rss").await, [TITLES[1], TITLES[2]]);
}

#[test]
fn check_names_what_cannot_be_meant() {
    let toml = |keys: &str| {
        format!(
            "{HEAD}[[outlet]]\nid = \"bolin\"\nname = \"Bolin Post\"\nfeed = \"https://bolin.example.com/rss\"\n\
             [[outlet]]\nid = \"quill\"\nname = \"Quill Courier\"\nfeed = \"https://quill.example.com/rss\"\n[[feed]]\nid = \"f\"\n{keys}\n"
        )
    };
    let check = |keys: &str, column: &str, expected: &str| {
        let report = config::parse("feeds.toml", &toml(keys)).expect_err(keys).report;
        assert!(report.contains(expected), "{keys}: {report}");
        assert!(report.contains(&format!("feeds.toml:{column}")), "{keys}: {report}");
    };
    check("include = ['a', '(']", "16:17", "not a regular expression: unclosed group");
    check("exclude = ['.*']", "16:12", "found in every text: the feed would be empty");
    check("include = ['a']\nexclude = ['b', 'a']", "17:17", "both asked for and left out");
    check("include = []", "16:11", "empty list");
    check("categories = ['A', 'a']", "16:20", "in the list twice");
    check("languages = ['english']", "16:14", "english");
    check("never_back = \"bolim\"", "16:14", "did you mean `bolin`?");
    check("outlets = [\"bolin\"]\nnever_back = \"bolin\"", "17:14", "never sends what came from it");
    check("inclde = ['a']", "16:1", "did you mean `include`?");
    let config = config::parse("feeds.toml", &toml("never_back = \"bolin\"\ninclude = ['a']")).expect("nothing wrong");
    let selection = &config.feed("f").expect("the feed").selection;
    assert_eq!(selection.never_back.as_ref().map(|partner| partner.outlet.as_str()), Some("bolin"));
    assert!(config.feed("all").expect("a feed").selection.is_open());
}
