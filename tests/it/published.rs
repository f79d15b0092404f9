//! What is published, in the hands of foreign programs: feedparser, newsboat, xmllint and more; and the unit file in systemd's.

use std::path::{Path, PathBuf};
use std::process::Command;

/// The Python that `tests/run` has set up with feedparser.
pub fn python() -> PathBuf {
    let python = std::env::var_os("REPRINT_TEST_PYTHON")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("target/test-python/bin/python"), PathBuf::from);
    assert!(python.exists(), "no {}: `tests/run` sets it up", python.display());
    python
}

#[test]
fn foreign_readers_see_title_link_id_author_source_and_content_of_every_entry() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let output = Command::new(python())
        .arg(root.join("tests/relay.py"))
        .arg(root.join("tests/corpus/feeds"))
        .args(["--bin", env!("CARGO_BIN_EXE_reprint")])
        .output()
        .expect("Python runs");
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    assert!(output.status.success(), "{}\n{}", text(&output.stdout), text(&output.stderr));
    let said = text(&output.stdout);
    assert!(said.contains("not-a-feed") && said.contains("Just a moment"), "the page is not named: {said}");
    assert!(said.contains("13 articles relayed from 10 files, 0 problems"), "{said}");
}

#[test]
fn the_table_of_what_readers_make_of_our_feeds_is_right() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let output = Command::new(python())
        .args(["-W", "ignore"])
        .arg(root.join("tests/readers.py"))
        .args(["--bin", env!("CARGO_BIN_EXE_reprint")])
        .output()
        .expect("Python runs");
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    assert!(output.status.success(), "{}\n{}", text(&output.stdout), text(&output.stderr));
}

/// The units with the program under test in place of the installed one, which `systemd-analyze verify` wants to exist; with what each does.
fn units(folder: &Path) -> Vec<(PathBuf, String)> {
    let files = std::fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("systemd")).expect("the units");
    let unit = |file: PathBuf| {
        let text = std::fs::read_to_string(&file).expect("a unit");
        let does =
            text.split_once("/usr/bin/reprint ").map_or("", |(_, rest)| rest.split(" --config").next().unwrap_or_default());
        let unit = folder.join(file.file_name().expect("a name"));
        std::fs::write(&unit, text.replace("=/usr/bin/reprint ", &format!("={} ", env!("CARGO_BIN_EXE_reprint"))))
            .expect("written");
        (unit, does.to_owned())
    };
    files.map(|file| unit(file.expect("a file").path())).collect()
}

fn systemd_analyze(words: &[&str], unit: &Path) {
    let output =
        Command::new("systemd-analyze").args(words).arg(unit).output().expect("systemd-analyze: `tests/run` installs it");
    let text = [output.stdout, output.stderr].map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
    assert!(output.status.success(), "{words:?} {}: {text:?}", unit.display());
    assert!(words[0] != "verify" || !text[1].contains("reprint"), "{text:?}");
}

#[test]
fn systemd_accepts_the_units_and_finds_them_hardened() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut found = Vec::new();
    for (unit, does) in units(folder.path()) {
        systemd_analyze(&["verify"], &unit);
        // Ten times what is printed: 1.5, and 0.5 for what has no network.
        let threshold = match does.as_str() {
            "" => continue,
            "serve" => "--threshold=5",
            _ => "--threshold=15",
        };
        systemd_analyze(&["security", "--offline=yes", threshold], &unit);
        found.push(does);
    }
    found.sort_unstable();
    assert_eq!(found, ["run", "run --no-http", "serve"]);
}
