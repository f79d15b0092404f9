//! What is withdrawn is gone from everything, stays gone whatever happens, and readers are told.

use std::io::Read;
use std::sync::Arc;
use std::time::Duration;

use tempfile::TempDir;
use tokio::time::sleep;

use crate::harness::{Partner, Reply, Reprint, get};

const RSS: &str = "application/rss+xml; charset=utf-8";
const ATOM: &str = "application/atom+xml; charset=utf-8";

const SECRET: &str = "The heron at the lock was painted blue by the keeper of the seventh gate, who says that nobody had asked him to, \
    that the paint was left over from the boats, and that the bird has come back every evening since then to be looked at by the children.";
const OTHER: &str = "Rain is expected over the northern islands on Friday, with wind from the west that will keep the smaller ferries in port \
    until noon, the harbour office said in its morning notice to skippers and to the mail boat that serves the lighthouse.";

fn item(host: &str, guid: &str, page: &str, title: &str, text: &str) -> String {
    format!(
        "<item><title>{title}</title><link>http://{host}{page}</link><guid isPermaLink=\"false\">{guid}</guid>\
         <dc:creator>Ines Bolin</dc:creator><pubDate>Tue, 02 Jun 2026 08:00:00 +0000</pubDate>\
         <description>&lt;p&gt;{text}&lt;/p&gt;</description></item>"
    )
}

fn rss(items: &[String]) -> Reply {
    let text = format!(
        "<?xml version=\"1.0\"?><rss version=\"2.0\" xmlns:dc=\"http://purl.org/dc/elements/1.1/\"><channel><title>f</title>\
         <link>http://f.example/</link><description>d</description>{}</channel></rss>",
        items.concat()
    );
    Reply::ok(RSS, text)
}

fn heron() -> String {
    item("bolin.example", "urn:bolin:heron-1", "/heron", "Heron painted blue", SECRET)
}

fn rain() -> String {
    item("bolin.example", "urn:bolin:rain-1", "/rain", "Rain over the islands", OTHER)
}

/// Two outlets; the second is polled with `more`.
fn toml(bolin: &Partner, path: &str, quill: Option<&Partner>) -> String {
    let mut toml = format!(
        "[site]\ntitle = \"Relay\"\nurl = \"https://relay.example.net\"\nblocked_by = \"https://relay.example.net/legal\"\n[limits]\n\
         allow_networks = [\"127.0.0.2/32\"]\nshortest_interval = \"1s\"\nhost_spacing = \"0s\"\n\
         [[outlet]]\nid = \"bolin\"\nname = \"Bolin Post\"\nhomepage = \"http://bolin.example/\"\nlanguage = \"en\"\nfeed = \"{}\"\nschedule = \"* * * * * *\"\n",
        bolin.url(path)
    );
    if let Some(quill) = quill {
        toml.push_str(&format!(
            "[[outlet]]\nid = \"quill\"\nname = \"Quill Courier\"\nhomepage = \"http://quill.example/\"\nlanguage = \"en\"\nfeed = \"{}\"\nschedule = \"* * * * * *\"\n",
            quill.url("/rss")
        ));
    }
    toml
}

async fn start(folder: &Arc<TempDir>, toml: &str) -> Reprint {
    Reprint::start_in(folder.clone(), toml)
        .await
        .unwrap_or_else(|failure| panic!("it ended with {}: {}", failure.status, failure.stderr))
}

fn folder() -> Arc<TempDir> {
    Arc::new(tempfile::tempdir().expect("a folder"))
}

async fn text(program: &Reprint, path: &str) -> String {
    get(&program.url(path), &[]).await.text()
}

/// Waits until `feeds/all.atom` satisfies; gives it.
async fn atom_when(program: &Reprint, what: &str, ready: impl Fn(&str) -> bool) -> String {
    for _ in 0..1_000 {
        let atom = text(program, "feeds/all.atom").await;
        if ready(&atom) {
            return atom;
        }
        sleep(Duration::from_millis(20)).await;
    }
    panic!("never {what}; it said:\n{}\n{}", program.stderr(), text(program, "feeds/all.atom").await);
}

/// The page of the entry with this title.
fn page_of(atom: &str, title: &str) -> String {
    let (_, entry) = atom.split_once(&format!("<title>{title}")).or_else(|| atom.split_once(title)).expect("an entry");
    let (_, after) = entry.split_once("https://relay.example.net/a/").expect("a page");
    format!("a/{}", &after[..20])
}

const DOCUMENTS: [&str; 10] = [
    "feeds/all.rss",
    "feeds/all.atom",
    "feeds/all",
    "feeds/bolin.rss",
    "feeds/bolin.atom",
    "feeds/bolin",
    "feeds/quill.rss",
    "feeds/quill.atom",
    "",
    "feeds.opml",
];

/// Asserts that nobody can read of the heron anywhere, on the disk neither.
async fn nowhere(program: &Reprint, page: &str, status: u16) {
    for path in DOCUMENTS {
        let document = text(program, path).await;
        assert!(!document.contains("eron"), "{path}: {document}");
    }
    let answer = get(&program.url(page), &[]).await;
    assert_eq!(answer.status, status, "{}", program.stderr());
    assert!(!answer.text().contains("eron"), "{}", answer.text());
    not_on_disk(program.folder());
}

fn not_on_disk(folder: &std::path::Path) {
    for entry in std::fs::read_dir(folder.join("published")).expect("the folder of documents") {
        let path = entry.expect("an entry").path();
        let bytes = match std::fs::read(&path) {
            // The daemon has put another one in its place since it was listed.
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => continue,
            read => read.expect("a file"),
        };
        assert!(!bytes.windows(4).any(|word| word == b"eron"), "{}", path.display());
        for start in 0..bytes.len().saturating_sub(2) {
            if bytes[start..].starts_with(&[0x1f, 0x8b, 0x08]) {
                let mut document = String::new();
                if flate2::read::GzDecoder::new(&bytes[start..]).read_to_string(&mut document).is_ok() {
                    assert!(!document.contains("eron"), "{}: {document}", path.display());
                }
            }
        }
    }
}

fn withdraw(program: &Reprint, words: &[&str]) -> String {
    let (code, stdout, stderr) = program.command(&[&["withdraw"], words].concat());
    assert_eq!(code, Some(0), "{stdout}{stderr}\n{}", program.stderr());
    stdout
}

#[tokio::test]
async fn withdrawn_while_it_runs_restarts_crashes_and_comes_back_only_when_asked() {
    let (bolin, quill, place) = (Partner::start().await, Partner::start().await, folder());
    bolin.put("/rss", rss(&[heron(), rain()]));
    quill.put("/rss", rss(&[]));
    let toml = toml(&bolin, "/rss", Some(&quill));
    let program = start(&place, &toml).await;
    let atom = atom_when(&program, "two articles", |atom| atom.matches("<entry").count() == 2).await;
    assert!(!atom.contains("deleted-entry"));
    let page = page_of(&atom, "Heron");
    assert_eq!(get(&program.url(&page), &[]).await.status, 200);

    // The command comes back when it is done.
    let said = withdraw(&program, &["http://bolin.example/heron?utm_source=x", "--reason", "Retracted <at> the author's wish"]);
    assert!(said.contains("every published document follows"), "{said}");
    nowhere(&program, &page, 410).await;
    let gone = get(&program.url(&page), &[]).await;
    assert!(gone.text().contains("Retracted &lt;at&gt; the author") && gone.header("link").is_none(), "{}", gone.text());
    let atom = text(&program, "feeds/bolin.atom").await;
    assert!(atom.contains(&format!(":{}\" when=\"", &page[2..])) && atom.contains("ref=\"tag:relay.example.net,"), "{atom}");
    assert!(atom.contains("<at:comment>Retracted &lt;at&gt;"), "{atom}");
    assert_eq!(atom.matches("<at:deleted-entry").count(), 1);
    assert!(!text(&program, "feeds/quill.atom").await.contains("deleted-entry"));

    // Nor does any way bring it back: edited, under another guid and address, or by another outlet.
    let moved = item("bolin.example", "urn:bolin:heron-2", "/birds/heron", "Heron painted blue", SECRET);
    bolin.put("/rss", rss(&[heron().replace("blue", "blue!"), moved, rain().replace("Rain over", "Much rain over")]));
    quill.put("/rss", rss(&[item("quill.example", "urn:quill:1", "/1", "A blue bird at the lock", SECRET)]));
    atom_when(&program, "the edit of the other article", |atom| atom.contains("Much rain")).await;
    for _ in 0..500 {
        if program.command(&["outlets"]).1.contains("coming back") && program.command(&["outlets"]).1.contains("A blue bird") {
            break;
        }
        sleep(Duration::from_millis(20)).await;
    }
    let outlets = program.command(&["outlets"]).1;
    assert!(outlets.contains("A blue bird at the lock") && outlets.contains("story that this site has withdrawn"), "{outlets}");
    nowhere(&program, &page, 410).await;

    // A crash, a restart: the same.
    let folder = program.crash();
    let program = start(&folder, &toml).await;
    nowhere(&program, &page, 410).await;
    let listed = program.command(&["feeds", "--json"]).1;
    assert!(listed.contains("\"by\": \"site\"") && listed.contains(&page[2..]), "{listed}");

    // By explicit wish only.
    let said = withdraw(&program, &[&page[2..], "--restore"]);
    assert!(said.contains("restored"), "{said}");
    let atom = text(&program, "feeds/all.atom").await;
    assert!(atom.contains("Heron painted blue") && !atom.contains("deleted-entry"), "{atom}");
    assert_eq!(page_of(&atom, "Heron"), page, "its id never changes");
    assert_eq!(get(&program.url(&page), &[]).await.status, 200);
    let (code, _, stderr) = program.command(&["withdraw", &page[2..], "--restore"]);
    assert!(code == Some(1) && stderr.contains("is not withdrawn"), "{stderr}");
}

#[tokio::test]
async fn withdrawn_for_legal_reasons_while_nothing_runs() {
    let (bolin, place) = (Partner::start().await, folder());
    bolin.put("/rss", rss(&[heron(), rain()]));
    let toml = toml(&bolin, "/rss", None).replace("* * * * * *", "0 0 1 1 *");
    let program = start(&place, &toml).await;
    let atom = atom_when(&program, "two articles", |atom| atom.matches("<entry").count() == 2).await;
    let page = page_of(&atom, "Heron");
    let (_, folder) = program.stop().await;
    let output = std::process::Command::new(env!("CARGO_BIN_EXE_reprint"))
        .args(["withdraw", &format!("https://relay.example.net/{page}"), "--reason", "Order 7 of the harbour court", "--legal"])
        .current_dir(folder.path())
        .env_remove("STATE_DIRECTORY")
        .output()
        .expect("the program runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    not_on_disk(folder.path());
    let program = start(&folder, &toml).await;
    let answer = get(&program.url(&page), &[]).await;
    assert_eq!(answer.status, 451);
    assert_eq!(answer.header("link").as_deref(), Some("<https://relay.example.net/legal>; rel=\"blocked-by\""));
    assert!(answer.text().contains("Order 7 of the harbour court"));
    let atom = text(&program, "feeds/all.atom").await;
    assert!(atom.contains("<at:deleted-entry") && !atom.contains("eron"), "{atom}");
}

#[tokio::test]
async fn killed_between_the_withdrawal_and_the_documents() {
    let (bolin, place) = (Partner::start().await, folder());
    bolin.put("/rss", rss(&[heron(), rain()]));
    let toml = toml(&bolin, "/rss", None).replace("* * * * * *", "0 0 1 1 *");
    let program = start(&place, &toml).await;
    let atom = atom_when(&program, "two articles", |atom| atom.matches("<entry").count() == 2).await;
    let page = page_of(&atom, "Heron");
    let folder = program.crash();
    // What a daemon that was killed in between leaves: the act in the database, the documents of before on the disk.
    let store = reprint::store::Store::open_beside(&folder.path().join("reprint.db")).await.expect("a store");
    let by = reprint::model::WithdrawnBy::Site;
    let done = store.withdraw(&page[2..], by, "retracted", reprint::daemon::now()).await.expect("a withdrawal");
    assert_eq!(done.map(|withdrawal| withdrawal.key), Some(page[2..].to_owned()));
    store.close().await;
    let program = start(&folder, &toml).await;
    nowhere_of_one(&program, &page).await;
}

async fn nowhere_of_one(program: &Reprint, page: &str) {
    for path in ["feeds/all.rss", "feeds/all.atom", "feeds/all", "feeds/bolin.rss", "feeds/bolin.atom", ""] {
        let document = text(program, path).await;
        assert!(document.contains("Rain") && !document.contains("eron"), "{path}: {document}");
    }
    assert_eq!(get(&program.url(page), &[]).await.status, 410);
    not_on_disk(program.folder());
}

fn atom_feed(entries: &str) -> Reply {
    Reply::ok(
        ATOM,
        format!(
            "<?xml version=\"1.0\"?><feed xmlns=\"http://www.w3.org/2005/Atom\" xmlns:at=\"http://purl.org/atompub/tombstones/1.0\"><title>f</title>\
             <id>urn:f</id><updated>2026-06-02T08:00:00Z</updated>{entries}</feed>"
        ),
    )
}

fn entry(id: &str, title: &str, page: &str, text: &str) -> String {
    format!(
        "<entry><id>{id}</id><title>{title}</title><updated>2026-06-02T08:00:00Z</updated><author><name>Ines Bolin</name></author>\
         <link href=\"{page}\"/><content type=\"html\">&lt;p&gt;{text}&lt;/p&gt;</content></entry>"
    )
}

fn deleted(id: &str, when: &str) -> String {
    format!("<at:deleted-entry ref=\"{id}\" when=\"{when}\"><at:comment>ignored words</at:comment></at:deleted-entry>")
}

#[tokio::test]
async fn an_outlet_withdraws_its_own_and_nobody_elses() {
    let (bolin, quill, place) = (Partner::start().await, Partner::start().await, folder());
    let (first, second) = (
        entry("urn:bolin:heron-1", "Heron painted blue", "http://bolin.example/heron", SECRET),
        entry("urn:bolin:rain-1", "Rain over the islands", "http://bolin.example/rain", OTHER),
    );
    bolin.put("/atom", atom_feed(&format!("{first}{second}")));
    quill.put("/rss", rss(&[item("quill.example", "urn:quill:1", "/1", "Lighthouse keeper retires", "After forty years.")]));
    let toml = toml(&bolin, "/atom", Some(&quill));
    let program = start(&place, &toml).await;
    let atom = atom_when(&program, "three articles", |atom| atom.matches("<entry").count() == 3).await;
    let page = page_of(&atom, "Heron");

    // A feed that is empty withdraws nothing; nor does a tombstone of somebody else's article, or one older than the entry.
    bolin.put("/atom", atom_feed(""));
    sleep(Duration::from_millis(1_500)).await;
    let spoofed = [
        deleted("urn:quill:1", "2026-06-03T00:00:00Z"),
        deleted("urn:bolin:rain-1", "2026-06-01T00:00:00Z"),
        deleted("urn:bolin:heron-1", "yesterday"),
        entry("urn:bolin:news-2", "A second notice", "http://bolin.example/2", "It is a notice."),
    ];
    bolin.put("/atom", atom_feed(&spoofed.concat()));
    let atom = atom_when(&program, "the notice", |atom| atom.contains("A second notice")).await;
    assert_eq!(atom.matches("<entry").count(), 4, "{atom}");

    bolin.put("/atom", atom_feed(&format!("{second}{}", deleted("urn:bolin:heron-1", "2026-06-03T00:00:00+02:00"))));
    let atom = atom_when(&program, "the withdrawal", |atom| atom.contains("deleted-entry")).await;
    assert_eq!(atom.matches("<entry").count(), 3);
    assert!(atom.contains("<at:by><name>Bolin Post</name></at:by>") && !atom.contains("ignored words"), "{atom}");
    // One document is made after the other.
    for _ in 0..500 {
        if !text(&program, "feeds/bolin").await.contains("eron") {
            break;
        }
        sleep(Duration::from_millis(20)).await;
    }
    nowhere(&program, &page, 410).await;
    // It stays so when the outlet sends it again.
    bolin.put("/atom", atom_feed(&format!("{first}{}", second.replace("Rain over", "Much rain over"))));
    atom_when(&program, "the edit", |atom| atom.contains("Much rain")).await;
    nowhere(&program, &page, 410).await;
}

#[tokio::test]
async fn a_page_that_is_gone_is_a_withdrawal() {
    let (bolin, place) = (Partner::start().await, folder());
    let short = |text: &str| {
        let page = bolin.url("/heron.html");
        format!(
            "<item><title>Heron painted blue</title><link>{page}</link><guid>{page}</guid><description>{text}</description></item>{}",
            rain().replace("http://bolin.example/rain", bolin.url("/rain.html").as_str())
        )
    };
    let html = |text: &str| {
        Reply::ok(
            "text/html; charset=utf-8",
            format!("<html><body><article><h1>t</h1><p>{text}</p><p>{text}</p></article></body></html>"),
        )
    };
    bolin.put("/rss", rss(&[short("Heron …")]));
    bolin.put("/heron.html", html(SECRET));
    bolin.put("/rain.html", html(OTHER));
    let toml = toml(&bolin, "/rss", None).replace("schedule =", "full_text = true\nschedule =");
    let program = start(&place, &toml).await;
    let atom = atom_when(&program, "two articles", |atom| atom.matches("<entry").count() == 2).await;
    let page = page_of(&atom, "Heron");
    assert!(atom.contains("seventh gate"));
    // The outlet changes the entry; its page is gone. It is not asked again sooner than an hour after it was read, so the queue is moved.
    bolin.put("/heron.html", Reply::status(410));
    let (_, folder) = program.stop().await;
    let database =
        sqlx::SqlitePool::connect(&format!("sqlite:{}", folder.path().join("reprint.db").display())).await.expect("a database");
    sqlx::query("UPDATE frontier SET read_at = read_at - 7200000000").execute(&database).await.expect("an update");
    database.close().await;
    bolin.put("/rss", rss(&[short("Heron, again …")]));
    let program = start(&folder, &toml).await;
    let atom = atom_when(&program, "the withdrawal", |atom| atom.contains("deleted-entry")).await;
    assert!(atom.contains("its page at the outlet is gone") && !atom.contains("eron"), "{atom}");
    assert_eq!(get(&program.url(&page), &[]).await.status, 410);
}

#[tokio::test]
async fn what_the_command_does_not_do() {
    let (bolin, place) = (Partner::start().await, folder());
    bolin.put("/rss", rss(&[heron(), rain()]));
    let program = start(&place, &toml(&bolin, "/rss", None)).await;
    atom_when(&program, "two articles", |atom| atom.matches("<entry").count() == 2).await;
    let check = |words: &[&str], code: i32, expected: &str| {
        let (ended, _, stderr) = program.command(&[&["withdraw"], words].concat());
        assert!(ended == Some(code) && stderr.contains(expected), "{words:?}: {ended:?} {stderr}");
    };
    check(&["http://bolin.example/none", "--reason", "x"], 1, "no article is known by");
    check(&["00000000000000000000", "--reason", "x"], 1, "no article has the id");
    check(&["http://bolin.example/rain"], 2, "--reason");
    check(&["http://bolin.example/rain", "--reason", " "], 2, "the reason is empty");
    check(&["http://bolin.example/rain", "--restore"], 1, "is not withdrawn");
    // By what the outlet calls it.
    assert!(withdraw(&program, &["urn:bolin:rain-1", "--reason", "x"]).contains("Rain over the islands"));
}
