//! `reprint backup` and `restore` over the real program, and the commands about the command line itself.

use std::process::Command;
use std::sync::Arc;
use std::time::Duration;

use tempfile::TempDir;
use tokio::time::sleep;

use crate::harness::{Partner, Reply, Reprint, get};

const DOCUMENTS: [&str; 5] = ["feeds/all.rss", "feeds/all.atom", "feeds/all.json", "feeds/weir.atom", "feeds/all"];

fn feed(numbers: std::ops::Range<usize>) -> Reply {
    let items: String = numbers
        .map(|n| {
            format!(
                "<item><title>Weir bulletin {n}</title><link>http://weir.example/{n}</link><guid isPermaLink=\"false\">urn:weir:{n}</guid>\
                 <dc:creator>Odile Marsh</dc:creator><pubDate>Tue, 02 Jun 2026 08:{n:02}:00 +0000</pubDate>\
                 <description>&lt;p&gt;At the {n}th gate the water stood {n} hands below the mark that the miller cut.&lt;/p&gt;</description></item>"
            )
        })
        .collect();
    let text = format!(
        "<?xml version=\"1.0\"?><rss version=\"2.0\" xmlns:dc=\"http://purl.org/dc/elements/1.1/\"><channel><title>f</title>\
         <link>http://weir.example/</link><description>d</description>{items}</channel></rss>"
    );
    Reply::ok("application/rss+xml; charset=utf-8", text)
}

fn toml(partner: &Partner) -> String {
    format!(
        "[site]\ntitle = \"Relay\"\nurl = \"https://relay.example.net\"\n[limits]\nallow_networks = [\"127.0.0.2/32\"]\n\
         shortest_interval = \"1s\"\nhost_spacing = \"0s\"\n[[outlet]]\nid = \"weir\"\nname = \"Weir Gazette\"\n\
         homepage = \"http://weir.example/\"\nlanguage = \"en\"\nfeed = \"{}\"\nschedule = \"* * * * * *\"\n",
        partner.url("/rss")
    )
}

async fn start(folder: &Arc<TempDir>, toml: &str) -> Reprint {
    let started = Reprint::start_in(folder.clone(), toml).await;
    started.unwrap_or_else(|failure| panic!("it ended with {}: {}", failure.status, failure.stderr))
}

/// Runs a command in the folder of a program that does not run: exit code, stdout, stderr.
fn command(folder: &TempDir, words: &[&str]) -> (Option<i32>, String, String) {
    let program = env!("CARGO_BIN_EXE_reprint");
    let output = Command::new(program).args(words).current_dir(folder.path()).env_remove("STATE_DIRECTORY").output();
    let output = output.expect("the program runs");
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("UTF-8");
    (output.status.code(), text(output.stdout), text(output.stderr))
}

async fn count_becomes(program: &Reprint, articles: usize) {
    for _ in 0..1_000 {
        let mut there = true;
        for path in ["feeds/all.atom", "feeds/weir.atom"] {
            there &= get(&program.url(path), &[]).await.text().matches("<entry").count() == articles;
        }
        if there {
            return;
        }
        sleep(Duration::from_millis(20)).await;
    }
    panic!("never {articles} articles; it said:\n{}", program.stderr());
}

async fn etags(program: &Reprint) -> Vec<String> {
    let mut etags = Vec::new();
    for path in DOCUMENTS {
        let answer = get(&program.url(path), &[]).await;
        assert_eq!(answer.status, 200, "{path}");
        etags.push(answer.header("etag").expect("an ETag"));
    }
    etags
}

#[tokio::test]
async fn a_backup_made_while_it_writes_is_restored_to_the_same_etags() {
    let (partner, folder) = (Partner::start().await, Arc::new(tempfile::tempdir().expect("a folder")));
    partner.put("/rss", feed(0..3));
    let toml = toml(&partner);
    let program = start(&folder, &toml).await;
    count_becomes(&program, 3).await;
    // While polls are recorded: each is the whole store of a moment.
    for more in 4..9 {
        partner.put("/rss", feed(0..more));
        let (code, stdout, stderr) = program.command(&["backup", "rolling.db"]);
        assert_eq!((code, stdout.as_str()), (Some(0), ""), "{stderr}");
        assert!(stderr.starts_with("backed up ") && stderr.ends_with(" to rolling.db\n"), "{stderr}");
    }
    count_becomes(&program, 8).await;
    let expected = etags(&program).await;
    let (code, _, stderr) = program.command(&["backup", "kept.db"]);
    assert!(code == Some(0) && stderr.contains("backed up 8 articles"), "{stderr}");

    // Afterwards an article arrives, and one is taken down.
    partner.put("/rss", feed(0..9));
    count_becomes(&program, 9).await;
    let withdrawn = program.command(&["withdraw", "http://weir.example/8", "--reason", "a slip"]);
    assert_eq!(withdrawn.0, Some(0), "{withdrawn:?}");
    count_becomes(&program, 8).await;
    assert_ne!(etags(&program).await, expected);

    // Not under a daemon's feet.
    let (code, stdout, stderr) = program.command(&["restore", "kept.db"]);
    assert_eq!((code, stdout.as_str()), (Some(1), ""), "{stderr}");
    assert!(stderr.contains("in use by another reprint (process "), "{stderr}");
    count_becomes(&program, 8).await;

    let (_, folder) = program.stop().await;
    partner.put("/rss", feed(0..8));
    let (code, stdout, stderr) = command(&folder, &["restore", "kept.db"]);
    assert_eq!((code, stdout.as_str()), (Some(0), ""), "{stderr}");
    for part in
        ["restored 8 articles", "minted by relay.example.net,", "kept as ", "withdraw it again if an outlet still sends it"]
    {
        assert!(stderr.contains(part), "{part}: {stderr}");
    }
    // The first answers already are those of the backup, and they stay.
    let program = start(&folder, &toml).await;
    assert_eq!(etags(&program).await, expected);
    let polled = partner.seen().len();
    while partner.seen().len() < polled + 2 {
        sleep(Duration::from_millis(20)).await;
    }
    assert_eq!(etags(&program).await, expected);
    let left: Vec<_> =
        std::fs::read_dir(folder.path()).expect("the folder").map(|entry| entry.expect("an entry").file_name()).collect();
    assert!(
        !left.iter().any(|name| name.to_string_lossy().ends_with(".part") || name.to_string_lossy().ends_with(".restore")),
        "{left:?}"
    );
}

#[tokio::test]
async fn what_was_withdrawn_after_the_backup_stays_withdrawn() {
    let (partner, folder) = (Partner::start().await, Arc::new(tempfile::tempdir().expect("a folder")));
    partner.put("/rss", feed(0..3));
    let toml = toml(&partner);
    let program = start(&folder, &toml).await;
    count_becomes(&program, 3).await;
    assert_eq!(program.command(&["backup", "kept.db"]).0, Some(0));
    let withdrawn = program.command(&["withdraw", "http://weir.example/1", "--legal", "--reason", "an order"]);
    assert_eq!(withdrawn.0, Some(0), "{withdrawn:?}");
    let (_, folder) = program.stop().await;
    let (code, _, stderr) = command(&folder, &["restore", "kept.db"]);
    assert!(code == Some(0) && stderr.contains("withdrawn since the backup, and again now"), "{stderr}");
    let program = start(&folder, &toml).await;
    for path in DOCUMENTS {
        let document = get(&program.url(path), &[]).await.text();
        assert!(document.contains("Weir bulletin 2") && !document.contains("Weir bulletin 1"), "{path}: {document}");
    }
    let listed = program.command(&["feeds", "--json"]).1;
    assert!(listed.contains("\"by\": \"legal\"") && listed.contains("an order"), "{listed}");
}

#[test]
fn exit_codes_and_streams_of_the_small_commands() {
    let folder = tempfile::tempdir().expect("a folder");
    let toml = "[site]\ntitle = \"R\"\nurl = \"https://relay.example.net\"\n[[outlet]]\nname = \"Weir Gazette\"\nfeed = \"https://weir.example/rss\"\n";
    std::fs::write(folder.path().join("feeds.toml"), toml).expect("a writable folder");
    let check = |words: &[&str], code: i32, says: &str| {
        let (ended, stdout, stderr) = command(&folder, words);
        assert!(ended == Some(code) && stderr.contains(says) && stdout.is_empty(), "{words:?}: {ended:?} {stdout}{stderr}");
    };
    check(&["backup", "x.db"], 78, "there is no store at");
    check(&["backup"], 2, "<FILE>");
    check(&["restore", "none.db"], 1, "the backup none.db cannot be read");
    check(&["restore", "feeds.toml"], 1, "no backup that can be used");
    check(&["backup", "x.db", "--config", "none.toml"], 78, "none.toml");
    check(&["completions", "abacus"], 2, "abacus");
    check(&["completions"], 2, "<SHELL>");
    check(&["man", "more"], 2, "more");
}

#[test]
fn shells_and_man_understand_what_they_are_given() {
    let folder = tempfile::tempdir().expect("a folder");
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let (code, script, stderr) = command(&folder, &["completions", shell]);
        assert_eq!((code, stderr.as_str()), (Some(0), ""));
        for word in ["withdraw", "backup", "dry-run"] {
            assert!(script.contains(word), "{shell}: {word}");
        }
    }
    // Bash completes with it.
    let script = command(&folder, &["completions", "bash"]).1;
    let asked =
        format!("{script}\nCOMP_WORDS=(reprint back); COMP_CWORD=1; _reprint reprint back reprint; echo \"${{COMPREPLY[*]}}\"");
    let output = Command::new("bash").args(["--norc", "-c", &asked]).output().expect("bash");
    assert_eq!(String::from_utf8_lossy(&output.stdout).trim(), "backup", "{}", String::from_utf8_lossy(&output.stderr));

    let (code, page, stderr) = command(&folder, &["man"]);
    assert_eq!((code, stderr.as_str()), (Some(0), ""));
    assert!(page.starts_with(".TH REPRINT 1 "), "{page:.100}");
    let file = folder.path().join("reprint.1");
    std::fs::write(&file, &page).expect("a writable folder");
    let Ok(output) = Command::new("groff").args(["-ww", "-man", "-Tutf8", "-Kutf8"]).arg(&file).output() else {
        println!("no groff: the page is not read");
        return;
    };
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && said.is_empty(), "{said}");
    // Bold letters are printed twice, with a step back between.
    let mut shown = String::new();
    for letter in String::from_utf8_lossy(&output.stdout).chars() {
        match letter {
            '\u{8}' => shown.truncate(shown.char_indices().next_back().map_or(0, |(at, _)| at)),
            other => shown.push(other),
        }
    }
    for part in ["NAME", "reprint backup [OPTIONS] <FILE>", "EXIT STATUS", "REPRINT_CONFIG"] {
        assert!(shown.contains(part), "{part}: {shown}");
    }
}
