//! Article pages as newsrooms and their systems build them, with the answers beside them (tests/corpus/articles): what `extract` makes of each.

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

/// Keys whose lists have no order.
const SETS: &[&str] = &["authors", "translators", "editors", "categories", "disclaimers"];

#[test]
fn every_page_says_what_stands_beside_it() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/corpus/articles");
    let mut pages: Vec<PathBuf> = std::fs::read_dir(&folder)
        .expect("the folder of pages")
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "html"))
        .collect();
    pages.sort();
    assert!(!pages.is_empty(), "no pages in {}", folder.display());
    let mut failures: Vec<String> = Vec::new();
    for page in &pages {
        let name = page.file_stem().expect("a name").to_string_lossy().into_owned();
        let expected: Value =
            serde_json::from_slice(&std::fs::read(page.with_extension("json")).expect("its answer")).expect("JSON");
        let got = extract(page, &expected);
        check(&got, &expected).into_iter().for_each(|failure| failures.push(format!("{name}: {failure}")));
    }
    assert!(failures.is_empty(), "{} of {} pages:\n{}", failures.len(), pages.len(), failures.join("\n"));
}

fn extract(page: &Path, expected: &Value) -> Value {
    let text = |key: &str| expected[key].as_str().unwrap_or_else(|| panic!("{}: `{key}` is missing", page.display()));
    let mut command = Command::new(env!("CARGO_BIN_EXE_reprint"));
    command.args(["extract", "--json"]).arg(page).args(["--url", text("url"), "--fetched-at", text("fetched_at")]);
    if let Some(content_type) = expected["content_type"].as_str() {
        command.args(["--content-type", content_type]);
    }
    let output = command.output().expect("the program runs");
    assert!(output.status.success(), "{}: {}", page.display(), String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).expect("one JSON object")
}

/// What differs of the keys that the answer has.
fn check(got: &Value, expected: &Value) -> Vec<String> {
    let mut failures = Vec::new();
    for (key, wanted) in expected.as_object().expect("an object") {
        let found = &got[key];
        let body = || got["content_html"].as_str().unwrap_or_default().split_whitespace().collect::<String>();
        match key.as_str() {
            "url" | "fetched_at" | "content_type" | "about" => {}
            "body_has" | "body_has_not" => {
                for part in wanted.as_array().expect("a list").iter().filter_map(Value::as_str) {
                    let squeezed: String = part.split_whitespace().collect();
                    if body().contains(&squeezed) != (key == "body_has") {
                        failures.push(format!("{key} {part:?}"));
                    }
                }
            }
            key if SETS.contains(&key) => {
                let list = |value: &Value| {
                    let mut list: Vec<String> = value.as_array().into_iter().flatten().map(Value::to_string).collect();
                    list.sort();
                    list
                };
                if list(found) != list(wanted) {
                    failures.push(format!("{key} is {found} and not {wanted}"));
                }
            }
            key => {
                if !includes(found, wanted) {
                    failures.push(format!("{key} is {found} and not {wanted}"));
                }
            }
        }
    }
    failures
}

/// Equal, but for keys of objects that are not asked for.
fn includes(found: &Value, wanted: &Value) -> bool {
    match (found, wanted) {
        (Value::Array(found), Value::Array(wanted)) => {
            found.len() == wanted.len() && found.iter().zip(wanted).all(|(found, wanted)| includes(found, wanted))
        }
        (Value::Object(found), Value::Object(wanted)) => {
            wanted.iter().all(|(key, wanted)| includes(found.get(key).unwrap_or(&Value::Null), wanted))
        }
        (found, wanted) => found == wanted,
    }
}
