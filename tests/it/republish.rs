//! `reprint republish`: what stands on stdout, what on stderr, and how it ends.

use std::path::Path;
use std::process::{Command, Output};

const RSS: &str = "<rss version=\"2.0\"><channel><title>Dunlin Daily</title><link>https://dunlin.example/</link><description>d</description>\
    <item><title>The sluice</title><link>https://dunlin.example/1</link><guid>https://dunlin.example/1</guid>\
    <description>&lt;p&gt;It was shut for the night.&lt;/p&gt;</description></item>\
    <item><link>https://dunlin.example/2</link></item></channel></rss>";

fn republish(folder: &Path, words: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_reprint"));
    command.arg("republish").args(words).current_dir(folder).env_remove("STATE_DIRECTORY").env_remove("REPRINT_CONFIG");
    command.output().expect("the program runs")
}

fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).expect("UTF-8")
}

/// The one title with `The sluice` in it.
fn title(atom: &str) -> &str {
    let end = atom.find("The sluice</title>").expect("the title");
    let start = atom[..end].rfind('>').expect("its element") + 1;
    &atom[start..end + "The sluice".len()]
}

#[test]
fn a_file_comes_out_in_every_format_and_what_is_held_is_named_on_stderr() {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("in.xml"), RSS).expect("written");
    for (format, start) in [("rss", "<?xml"), ("atom", "<?xml"), ("json", "{\"version\"")] {
        for plain in [false, true] {
            let mut words = vec!["--format", format, "in.xml", "--base", "https://dunlin.example/rss"];
            words.extend(plain.then_some("--plain"));
            let output = republish(folder.path(), &words);
            assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
            let out = text(&output.stdout);
            assert!(out.starts_with(start) && out.contains("It was shut for the night."), "{out}");
            assert_eq!(out.contains("reprint-credit"), !plain, "{out}");
            assert_eq!(text(&output.stderr).lines().count(), 1);
            assert!(text(&output.stderr).starts_with("held: https://dunlin.example/2 (no_text: "), "{}", text(&output.stderr));
        }
    }
}

#[test]
fn what_cannot_be_read_is_one_line_and_code_1() {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("no-feed"), "<html><p>Closed on Mondays.</html>").expect("written");
    for from in ["no-feed", "missing", "/", "http://127.0.0.1:9/feed", "http://"] {
        let output = republish(folder.path(), &["--format", "atom", from]);
        assert_eq!((output.status.code(), output.stdout.len()), (Some(1), 0), "{from}: {}", text(&output.stderr));
        assert_eq!(text(&output.stderr).lines().count(), 1, "{}", text(&output.stderr));
    }
    assert_eq!(republish(folder.path(), &["--format", "opml", "no-feed"]).status.code(), Some(2));
    assert_eq!(republish(folder.path(), &["no-feed"]).status.code(), Some(2));
}

#[test]
fn as_an_outlet_of_the_configuration_with_its_feeds_prefix_and_terms() {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("in.xml"), RSS).expect("written");
    let toml = "[site]\ntitle = \"Relay\"\nurl = \"https://relay.example.net\"\n[[outlet]]\nid = \"dunlin\"\nname = \"Dunlin\"\n\
        feed = \"https://dunlin.example/rss\"\nhomepage = \"https://dunlin.example/\"\n[outlet.terms]\nrights = \"© Dunlin\"\n\
        [[feed]]\nid = \"dunlin\"\noutlets = [\"dunlin\"]\ntitle_prefix = \"[{outlet}]\"\n";
    std::fs::write(folder.path().join("feeds.toml"), toml).expect("written");
    let atom = |more: &[&str]| {
        let words =
            [&["--format", "atom", "in.xml", "--base", "https://dunlin.example/rss", "--outlet", "dunlin"], more].concat();
        let output = republish(folder.path(), &words);
        assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
        text(&output.stdout).to_owned()
    };
    let full = atom(&[]);
    assert!(full.contains("https://relay.example.net/feeds/dunlin.atom") && full.contains("© Dunlin"), "{full}");
    assert_eq!((title(&full), title(&atom(&["--plain"]))), ("[Dunlin] The sluice", "The sluice"));

    // Whoever relays that feed in turn says it once, as data.
    std::fs::write(folder.path().join("out.atom"), &full).expect("written");
    let again =
        republish(folder.path(), &["--format", "atom", "out.atom", "--base", "https://relay.example.net/feeds/dunlin.atom"]);
    assert_eq!(title(text(&again.stdout)), "The sluice");
    // The site itself does not take its own articles back.
    let own = republish(folder.path(), &["--format", "atom", "out.atom", "--outlet", "dunlin"]);
    assert!(text(&own.stderr).contains("own_article") && !text(&own.stdout).contains("The sluice"), "{}", text(&own.stderr));
    assert_eq!(republish(folder.path(), &["--format", "atom", "in.xml", "--outlet", "other"]).status.code(), Some(2));
}
