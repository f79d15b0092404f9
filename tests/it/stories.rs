//! One story is one article, from however many partners it comes: the real program over loopback.

use std::sync::Arc;
use std::time::Duration;

use tempfile::TempDir;
use tokio::time::sleep;

use crate::harness::{Partner, Reply, Reprint, get};

const ATOM: &str = "application/atom+xml; charset=utf-8";

/// A partner that publishes the story.
#[derive(Debug, Clone, Copy)]
struct Outlet {
    id: &'static str,
    /// Whether it says of whom it has it.
    credits: bool,
    minute: u32,
}

const BAY: Outlet = Outlet { id: "bay", credits: false, minute: 0 };
const AYR: Outlet = Outlet { id: "ayr", credits: true, minute: 10 };
const CAPE: Outlet = Outlet { id: "cape", credits: true, minute: 20 };

/// The story as an outlet has it: under its own guid, page and headline. `more` is added to the text.
fn document(outlet: Outlet, more: &str) -> String {
    let Outlet { id, credits, minute } = outlet;
    let original = if credits {
        "<link rel=\"related\" href=\"https://m.bay.example/news/1?utm_source=x\" title=\"bay post\"/>"
    } else {
        ""
    };
    let page = if credits { format!("http://{id}.example/copy-of-1") } else { "http://bay.example/news/1".to_owned() };
    format!(
        "<?xml version=\"1.0\"?><feed xmlns=\"http://www.w3.org/2005/Atom\" xml:lang=\"en\"><id>urn:x:{id}</id><title>{id} post</title>\
         <updated>2026-05-07T00:00:00Z</updated><entry><id>urn:{id}:1</id><title>The lamps of the old ferry</title>\
         <link href=\"{page}\"/>{original}<updated>2026-05-06T02:{minute:02}:00Z</updated><published>2026-05-06T02:{minute:02}:00Z</published>\
         <author><name>Mara Quill</name></author><content type=\"html\">&lt;p&gt;The lamps of the old ferry were lit again last night, after \
         eleven winters in the shed behind the chandler. Nobody had asked for it; the keeper simply carried them down to the water and hung \
         them where the marks still were. {more}&lt;/p&gt;</content></entry></feed>"
    )
}

fn feeds_toml(partner: &Partner) -> String {
    let mut toml = String::from(
        "[site]\ntitle = \"Relay\"\nurl = \"https://relay.example.net\"\n[limits]\nhost_spacing = \"0s\"\nshortest_interval = \"1s\"\n\
         allow_networks = [\"127.0.0.2/32\"]\n",
    );
    for Outlet { id, .. } in [AYR, BAY, CAPE] {
        let address = partner.url(&format!("/{id}"));
        toml.push_str(&format!(
            "[[outlet]]\nid = \"{id}\"\nname = \"{id} post\"\nhomepage = \"http://{id}.example/\"\nfeed = \"{address}\"\nlanguage = \"en\"\n\
             schedule = \"* * * * * *\"\n"
        ));
    }
    toml
}

const NOTHING: &str = "<?xml version=\"1.0\"?><feed xmlns=\"http://www.w3.org/2005/Atom\"><id>urn:x:none</id><title>none</title>\
    <updated>2026-05-07T00:00:00Z</updated></feed>";

async fn started(folder: Arc<TempDir>, toml: &str) -> Reprint {
    Reprint::start_in(folder, toml).await.unwrap_or_else(|failure| panic!("it ended with {}: {}", failure.status, failure.stderr))
}

async fn text(program: &Reprint, path: &str) -> String {
    let answer = get(&program.url(path), &[]).await;
    assert_eq!(answer.status, 200, "{path}: {}", answer.text());
    answer.text()
}

/// Waits until a feed says something so often.
async fn says(program: &Reprint, path: &str, part: &str, times: usize) -> String {
    for _ in 0..400 {
        let found = text(program, path).await;
        if found.matches(part).count() == times {
            return found;
        }
        sleep(Duration::from_millis(50)).await;
    }
    panic!("{path} never said {part} {times} times: {}\n{}", text(program, path).await, program.stderr());
}

fn between<'t>(text: &'t str, from: &str, to: &str) -> &'t str {
    text.split_once(from).and_then(|(_, rest)| rest.split_once(to)).map(|(value, _)| value).unwrap_or_default()
}

/// The entry without what the order of arrival decides: its id, and when we saw it.
fn facts(feed: &str) -> Vec<String> {
    let entry = between(feed, "<entry>", "</entry>");
    let id = between(entry, "<id>", "</id>");
    let key = id.rsplit(':').next().unwrap_or_default();
    assert_eq!(key.len(), 20, "{entry}");
    // Nor the port the partner happens to listen on.
    let ours = |line: &&str| !["relay.example.net", "dcterms:available", "127.0.0.2"].iter().any(|word| line.contains(word));
    entry.replace(key, "KEY").split('>').filter(ours).map(str::to_owned).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn three_partners_make_one_article_with_three_hops() {
    let mut all = Vec::new();
    for order in [[CAPE, BAY, AYR], [BAY, AYR, CAPE]] {
        let partner = Partner::start().await;
        for Outlet { id, .. } in order {
            partner.put(&format!("/{id}"), Reply::ok(ATOM, NOTHING));
        }
        let toml = feeds_toml(&partner);
        let mut folder = Arc::new(tempfile::tempdir().expect("a folder"));
        let mut id = String::new();
        for (number, outlet) in order.into_iter().enumerate() {
            let program = started(folder, &toml).await;
            partner.put(&format!("/{}", outlet.id), Reply::ok(ATOM, document(outlet, "")));
            let feed = says(&program, &format!("feeds/{}.atom", outlet.id), "<entry>", 1).await;
            if number == 0 {
                id = between(between(&feed, "<entry>", "</entry>"), "<id>", "</id>").to_owned();
            }
            folder = program.stop().await.1;
        }
        let program = started(folder, &toml).await;
        let feed = text(&program, "feeds/all.atom").await;
        assert_eq!(feed.matches("<entry>").count(), 1, "{feed}");
        assert!(feed.contains(&id), "the id is that of the first: {id} {feed}");
        for outlet in order {
            let own = text(&program, &format!("feeds/{}.atom", outlet.id)).await;
            assert_eq!(facts(&own), facts(&feed), "{}", outlet.id);
            let step = format!("party=\"{} post\"", outlet.id);
            assert_eq!(feed.matches(&step).count(), 1, "{step}: {feed}");
        }
        // Three partners and ourselves.
        assert_eq!(feed.matches("<reprint:hop ").count(), 4, "{feed}");
        assert!(
            feed.contains("bay post (en, 2026-05-06) / ayr post (en, 2026-05-06) / cape post (en, 2026-05-06) → Relay"),
            "{feed}"
        );
        let first = between(&feed, "<reprint:hop ", ">");
        assert!(first.contains("action=\"created\"") && first.contains("party=\"bay post\""), "{first}");
        let page = text(&program, &format!("a/{}", id.rsplit(':').next().unwrap_or_default())).await;
        for outlet in order {
            assert!(page.contains(&format!("{} post", outlet.id)), "{}: {page}", outlet.id);
        }
        all.push(facts(&feed));
        program.stop().await;
    }
    assert_eq!(all[0], all[1]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_correction_reaches_every_feed_and_our_own_article_is_refused() {
    let partner = Partner::start().await;
    for outlet in [AYR, BAY, CAPE] {
        partner.put(&format!("/{}", outlet.id), Reply::ok(ATOM, document(outlet, "")));
    }
    let folder = Arc::new(tempfile::tempdir().expect("a folder"));
    let program = started(folder, &feeds_toml(&partner)).await;
    for id in ["ayr", "bay", "cape"] {
        says(&program, &format!("feeds/{id}.atom"), "<reprint:hop ", 4).await;
    }
    partner.put("/bay", Reply::ok(ATOM, document(BAY, "They burned until dawn.")));
    for id in ["ayr", "bay", "cape", "all"] {
        says(&program, &format!("feeds/{id}.atom"), "until dawn", 1).await;
    }
    // One of them relays us.
    let before = text(&program, "feeds/all.atom").await;
    partner.put("/ayr", Reply::ok(ATOM, before.clone()));
    let polls = partner.seen().len();
    for _ in 0..200 {
        if partner.seen().len() > polls + 9 {
            break;
        }
        sleep(Duration::from_millis(50)).await;
    }
    let after = text(&program, "feeds/all.atom").await;
    assert_eq!(after, before, "{}", program.stderr());
    let (_, stdout, stderr) = program.command(&["poll", "ayr", "--dry-run"]);
    assert!(stdout.contains("[own_article]") && stdout.contains("0 new, 0 changed, 1 held"), "{stdout} {stderr}");
}
