//! The arrows between modules: what each may name of the others, and which outside crates are its own.
//!
//! Reads the source as text, comments and string literals taken out, and looks at every path that begins with `crate::`, `reprint::` or
//! the name of a crate that belongs to somebody. A new arrow is a design decision: it is made here, in a commit of its own.

use std::fs;
use std::path::{Path, PathBuf};

/// What a module may name.
struct Rule {
    module: &'static str,
    /// Modules of ours.
    may_name: &'static [&'static str],
    /// Crates among [`OWNED`] that it may use.
    crates: &'static [&'static str],
}

/// Every module but the one that composes the stages, and those that start the program.
const STAGES: &[&str] =
    &["model", "config", "schedule", "attribute", "fetch", "normalize", "parse", "publish", "render", "store", "translate"];
const EVERYTHING: &[&str] = &[
    "model",
    "config",
    "schedule",
    "attribute",
    "fetch",
    "normalize",
    "parse",
    "publish",
    "render",
    "store",
    "translate",
    "pipeline",
    "serve",
    "websub",
    "daemon",
    "demo",
    "cli",
];

const RULES: &[Rule] = &[
    Rule { module: "model", may_name: &[], crates: &[] },
    Rule {
        module: "config",
        may_name: &["model", "schedule"],
        crates: &["toml", "annotate_snippets", "strsim", "dom_query", "regex"],
    },
    Rule { module: "schedule", may_name: &["model"], crates: &["cron"] },
    Rule { module: "fetch", may_name: &["model"], crates: &["reqwest"] },
    Rule {
        module: "parse",
        may_name: &["model"],
        crates: &[
            "quick_xml",
            "encoding_rs",
            "chardetng",
            "simdutf8",
            "memchr",
            "dom_query",
            "dom_smoothie",
            "serde",
            "serde_json",
        ],
    },
    Rule { module: "normalize", may_name: &["model", "config"], crates: &["ammonia", "dom_query", "whatlang"] },
    Rule { module: "attribute", may_name: &["model", "config"], crates: &[] },
    Rule { module: "store", may_name: &["model"], crates: &["sqlx", "serde", "serde_json"] },
    Rule {
        module: "render",
        may_name: &["model", "config"],
        crates: &["rss", "atom_syndication", "minijinja", "quick_xml", "serde_json"],
    },
    Rule {
        module: "translate",
        may_name: &["model", "config"],
        crates: &["reqwest", "serde", "serde_json", "toml", "dom_query"],
    },
    Rule { module: "publish", may_name: &["model"], crates: &["brotli", "rustix", "serde", "serde_json", "zstd"] },
    Rule { module: "pipeline", may_name: STAGES, crates: &[] },
    Rule { module: "serve", may_name: &["model", "publish", "store"], crates: &["hmac", "httparse", "rustix"] },
    Rule {
        module: "websub",
        may_name: &["model", "config", "fetch", "publish", "serve", "store"],
        crates: &["hmac", "getrandom", "sha1"],
    },
    Rule { module: "daemon", may_name: EVERYTHING, crates: &["listenfd", "sd_notify"] },
    Rule { module: "demo", may_name: EVERYTHING, crates: &["serde", "serde_json", "encoding_rs", "quick_xml"] },
    Rule { module: "cli", may_name: EVERYTHING, crates: &["clap", "clap_complete", "serde", "serde_json"] },
];

/// Crates that belong to one module or a few.
const OWNED: &[&str] = &[
    "toml",
    "annotate_snippets",
    "strsim",
    "regex",
    "cron",
    "reqwest",
    "quick_xml",
    "encoding_rs",
    "chardetng",
    "ammonia",
    "whatlang",
    "dom_query",
    "dom_smoothie",
    "sqlx",
    "rss",
    "atom_syndication",
    "minijinja",
    "httparse",
    "rustix",
    "listenfd",
    "sd_notify",
    "hmac",
    "getrandom",
    "sha1",
    "clap",
    "clap_complete",
    "regex",
    "serde",
    "serde_json",
];

/// Names that say nothing of what is inside; such modules gather what belongs elsewhere.
const NAMELESS: &[&str] =
    &["util", "utils", "common", "helper", "helpers", "types", "core", "prelude", "error", "errors", "misc"];

/// One violation: line (from 1) and what is wrong.
type Found = (usize, String);

/// The source with comments, strings and character literals blanked, line breaks kept.
fn code_only(source: &str) -> String {
    let chars: Vec<char> = source.chars().collect();
    let mut out = String::with_capacity(source.len());
    let mut at = 0;
    let next = |at: usize| chars.get(at).copied().unwrap_or('\0');
    while at < chars.len() {
        let word_before = at > 0 && (next(at - 1).is_alphanumeric() || next(at - 1) == '_');
        let from = at;
        match (next(at), next(at + 1)) {
            ('/', '/') => {
                while at < chars.len() && next(at) != '\n' {
                    at += 1;
                }
            }
            ('/', '*') => {
                let mut depth = 0;
                while at < chars.len() {
                    match (next(at), next(at + 1)) {
                        ('/', '*') => (depth, at) = (depth + 1, at + 2),
                        ('*', '/') => (depth, at) = (depth - 1, at + 2),
                        _ => at += 1,
                    }
                    if depth == 0 {
                        break;
                    }
                }
            }
            ('r' | 'b' | 'c', '"' | '#' | 'r') if !word_before && raw_string(&chars, at).is_some() => {
                at = raw_string(&chars, at).expect("just seen");
            }
            ('"', _) => {
                at += 1;
                while at < chars.len() && next(at) != '"' {
                    at += if next(at) == '\\' { 2 } else { 1 };
                }
                at += 1;
            }
            ('\'', '\\') => {
                at += 3;
                while at < chars.len() && next(at) != '\'' {
                    at += 1;
                }
                at += 1;
            }
            ('\'', _) if next(at + 2) == '\'' => at += 3,
            (char, _) => {
                out.push(char);
                at += 1;
                continue;
            }
        }
        out.extend(chars[from..at.min(chars.len())].iter().map(|&char| if char == '\n' { '\n' } else { ' ' }));
    }
    out
}

/// Where the raw string that begins there ends, if one begins there: `r"…"`, `br#"…"#`.
fn raw_string(chars: &[char], from: usize) -> Option<usize> {
    let mut at = from;
    if matches!(chars[at], 'b' | 'c') {
        at += 1;
    }
    if chars.get(at) != Some(&'r') {
        return None;
    }
    at += 1;
    let hashes = chars[at..].iter().take_while(|&&char| char == '#').count();
    at += hashes;
    if chars.get(at) != Some(&'"') {
        return None;
    }
    at += 1;
    while at < chars.len() {
        if chars[at] == '"' && chars[at + 1..].iter().take(hashes).filter(|&&char| char == '#').count() == hashes {
            return Some(at + 1 + hashes);
        }
        at += 1;
    }
    Some(at)
}

/// Words and marks of the code, each with its line. `::` is one mark.
fn tokens(code: &str) -> Vec<(usize, String)> {
    let mut tokens: Vec<(usize, String)> = Vec::new();
    for (index, line) in code.lines().enumerate() {
        let mut chars = line.chars().peekable();
        while let Some(char) = chars.next() {
            if char.is_whitespace() {
                continue;
            }
            let mut token = char.to_string();
            if char.is_alphanumeric() || char == '_' {
                while let Some(char) = chars.next_if(|char| char.is_alphanumeric() || *char == '_') {
                    token.push(char);
                }
            } else if char == ':' && chars.next_if_eq(&':').is_some() {
                token.push(':');
            }
            tokens.push((index + 1, token));
        }
    }
    tokens
}

/// The first names after `crate::`: one, or those of a braced list.
fn first_names(tokens: &[(usize, String)]) -> Vec<(usize, String)> {
    match tokens.first() {
        Some((_, mark)) if mark == "{" => {}
        Some(name) => return vec![name.clone()],
        None => return Vec::new(),
    }
    let (mut names, mut depth, mut expected) = (Vec::new(), 0, false);
    for (line, token) in tokens {
        match token.as_str() {
            "{" => (depth, expected) = (depth + 1, depth == 0),
            "}" => depth -= 1,
            "," => expected = depth == 1,
            name if expected => {
                names.push((*line, name.to_owned()));
                expected = false;
            }
            _ => {}
        }
        if depth == 0 {
            break;
        }
    }
    names
}

/// What one file of a module names that it may not.
fn violations(rule: &Rule, source: &str) -> Vec<Found> {
    let tokens = tokens(&code_only(source));
    let mut found = Vec::new();
    for (index, (line, token)) in tokens.iter().enumerate() {
        let before = index.checked_sub(1).map_or("", |before| tokens[before].1.as_str());
        let after = tokens.get(index + 1).map_or("", |(_, after)| after.as_str());
        let token = token.as_str();
        // `self::serde::…` and a field or method are no crates; `::cron::…` is one.
        let begins = before != "." && (before != "::" || index < 2 || !is_name(&tokens[index - 2].1));
        if !begins {
            continue;
        }
        if matches!(token, "crate" | "reprint") && after == "::" {
            for (line, name) in first_names(&tokens[index + 2..]) {
                if name != rule.module && !rule.may_name.contains(&name.as_str()) {
                    found.push((line, format!("{} names {name}", rule.module)));
                }
            }
        } else if OWNED.contains(&token) && !rule.crates.contains(&token) {
            // An attribute of a derive (`#[serde(…)]`) is written without `::`.
            let attribute = before == "[" && after == "(";
            let two_before = index.checked_sub(2).map_or("", |before| tokens[before].1.as_str());
            let imported =
                before == "use" || (before == "::" && two_before == "use") || (before == "crate" && two_before == "extern");
            if after == "::" || imported || attribute {
                found.push((*line, format!("{} uses the crate {token}", rule.module)));
            }
        }
        if token == "mod" && NAMELESS.contains(&after) {
            found.push((*line, format!("a module named {after} says nothing of what is inside")));
        }
    }
    found.dedup();
    found
}

fn is_name(token: &str) -> bool {
    token.starts_with(|first: char| first.is_alphabetic() || first == '_') && token != "use"
}

fn source_files(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display())) {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                files.push(path);
            }
        }
    }
    files.sort();
    files
}

/// The module that a file below `src` belongs to; none for `lib.rs` and `main.rs`.
fn module_of(path: &Path) -> Option<String> {
    let first = path.components().next()?.as_os_str().to_str()?;
    let module = first.strip_suffix(".rs").unwrap_or(first);
    (!matches!(module, "lib" | "main")).then(|| module.to_owned())
}

#[test]
fn modules_name_only_what_they_may() {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let files = source_files(&src);
    assert!(files.len() > 15, "the source is read: {files:?}");
    let mut wrong = Vec::new();
    for path in files {
        let below = path.strip_prefix(&src).expect("below src");
        let named = below.components().filter_map(|part| part.as_os_str().to_str()).map(|part| part.trim_end_matches(".rs"));
        for part in named {
            if NAMELESS.contains(&part) {
                wrong.push(format!("src/{}:1: a module named {part} says nothing of what is inside", below.display()));
            }
        }
        let Some(module) = module_of(below) else { continue };
        let Some(rule) = RULES.iter().find(|rule| rule.module == module) else {
            wrong.push(format!("src/{}:1: the module {module} has no rule", below.display()));
            continue;
        };
        let source = fs::read_to_string(&path).expect("source is UTF-8");
        for (line, what) in violations(rule, &source) {
            wrong.push(format!("src/{}:{line}: {what}", below.display()));
        }
    }
    assert!(wrong.is_empty(), "a new arrow is a design decision:\n{}", wrong.join("\n"));
}

#[test]
fn crates_with_an_owner_are_dependencies() {
    let manifest = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("Cargo.toml")).expect("a manifest");
    for name in OWNED {
        let line = format!("{} = ", name.replace('_', "-"));
        let line_as_is = format!("{name} = ");
        assert!(
            manifest.lines().any(|dependency| dependency.starts_with(&line) || dependency.starts_with(&line_as_is)),
            "{name}"
        );
    }
}

/// What is found in a made-up file of `module`.
fn check(module: &str, source: &str, expected: &[(usize, &str)]) {
    let rule = RULES.iter().find(|rule| rule.module == module).expect("a rule");
    let found = violations(rule, source);
    let found: Vec<(usize, &str)> = found.iter().map(|(line, what)| (*line, what.as_str())).collect();
    assert_eq!(found, expected, "{source}");
}

#[test]
fn made_up_violations_are_found() {
    check("parse", "use crate::model::Text;\nuse crate::store::Store;\n", &[(2, "parse names store")]);
    check(
        "parse",
        "use crate::{\n    model::{Text, fetch},\n    store,\n    config::Site,\n};\n",
        &[(3, "parse names store"), (4, "parse names config")],
    );
    check("fetch", "fn f() { reprint::parse::document(); }", &[(1, "fetch names parse")]);
    check("fetch", "fn f() -> crate::config::Limits { todo!() }", &[(1, "fetch names config")]);
    check("model", "use serde::Serialize;", &[(1, "model uses the crate serde")]);
    check("model", "#[serde(rename = \"a\")]", &[(1, "model uses the crate serde")]);
    check("render", "fn f() { reqwest::get(1); }", &[(1, "render uses the crate reqwest")]);
    check("serve", "use ::sqlx;", &[(1, "serve uses the crate sqlx")]);
    check(
        "serve",
        "extern crate rss as feeds;\nextern crate rss;",
        &[(1, "serve uses the crate rss"), (2, "serve uses the crate rss")],
    );
    check(
        "store",
        "mod util;\npub mod helpers {}",
        &[
            (1, "a module named util says nothing of what is inside"),
            (2, "a module named helpers says nothing of what is inside"),
        ],
    );
    check("publish", "/* crate::store */ let a = '\"'; use crate::store::A; // \"", &[(1, "publish names store")]);
}

#[test]
fn what_is_allowed_is_not_found() {
    check("parse", "use quick_xml::Reader;\nuse crate::model::*;\nuse crate::parse::dates;", &[]);
    check("schedule", "use ::cron::Schedule; use super::cron::X; fn f(a: A) { a.rss.len(); a.clap::<u8>(); }", &[]);
    check(
        "model",
        "// crate::store is elsewhere\n/// [`crate::parse`]\nconst A: &str = \"crate::store\";\nconst B: &str = r#\"use \"rss::Channel;\"#;",
        &[],
    );
    check("model", "fn f<'a>(rss: &'a str) -> char { let toml = 1; '\\'' }\nlet rss = Format::rss;", &[]);
    check("cli", "use clap::Parser;\nuse crate::{daemon, demo, serve};", &[]);
}
