//! Site configuration files of FiveFilters' Full-Text RSS (`host.txt`; `.host.txt` for all hosts below it), as far as they say how an article
//! page is read. A line that is not understood is a warning with file and line; the others stay in use.

use std::collections::BTreeMap;
use std::io::Read;
use std::path::Path;
use std::sync::Arc;

use super::xpath;
use crate::model::{SiteRule, SiteRules};

/// Files of a folder that are read.
const FILES: usize = 20_000;
/// Bytes of one file.
const LARGEST: u64 = 64 << 10;
/// Lines of one kind in one file.
const LINES: usize = 200;
/// Warnings that are given.
const WARNINGS: usize = 200;

/// Directives that say nothing about how a page is read here: tests, hints for other parsers, and what is done for every page anyway.
const SILENT: &[&str] = &[
    "test_url",
    "test_contains",
    "tidy",
    "parser",
    "strip_comments",
    "convert_double_br_tags",
    "insert_detected_image",
    "skip_json_ld",
    "src_lazy_load_attr",
    "native_ad_clue",
];

/// The rules of every host of a folder.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct SiteRuleSet {
    /// By the name of the file without `.txt`, lower case, without `www.`.
    hosts: BTreeMap<String, Arc<SiteRules>>,
}

impl SiteRuleSet {
    /// The rules for pages of a host: its own, else those of the nearest domain above it that has some for all its hosts.
    pub fn of(&self, host: &str) -> Option<&Arc<SiteRules>> {
        let host = host.trim_end_matches('.').to_ascii_lowercase();
        let host = host.strip_prefix("www.").unwrap_or(&host);
        self.hosts.get(host).or_else(|| {
            let above = host.match_indices('.').map(|(at, _)| host.get(at..).unwrap_or_default());
            above.filter(|above| above.len() > 1).find_map(|above| self.hosts.get(above))
        })
    }

    /// How many hosts have rules.
    pub fn len(&self) -> usize {
        self.hosts.len()
    }

    /// No host has any.
    pub fn is_empty(&self) -> bool {
        self.hosts.is_empty()
    }
}

/// Reads a folder. What cannot be read of it is a warning.
pub(super) fn read(folder: &Path) -> (SiteRuleSet, Vec<String>) {
    let mut set = SiteRuleSet::default();
    let mut warnings = Warnings::default();
    let shown = folder.display();
    let files = match std::fs::read_dir(folder) {
        Ok(files) => files,
        Err(error) => return (set, vec![format!("{shown}: the folder of site rules cannot be read: {error}")]),
    };
    let mut names: Vec<String> = files
        .take(4 * FILES)
        .filter_map(|file| file.ok()?.file_name().into_string().ok())
        // The rest belongs to people: a licence, notes.
        .filter(|name| name.strip_suffix(".txt").is_some_and(|host| host.contains('.') || host == "global"))
        .collect();
    names.sort_unstable();
    if names.len() > FILES {
        warnings.add(format!("{shown}: there are more than {FILES} files, the rest is left out"));
    }
    for name in names.iter().take(FILES) {
        let path = folder.join(name);
        let shown = path.display().to_string();
        let host = name.strip_suffix(".txt").unwrap_or(name).to_ascii_lowercase();
        let host = host.strip_prefix("www.").unwrap_or(&host).to_owned();
        let mut bytes = Vec::new();
        let opened = std::fs::File::open(&path).and_then(|file| file.take(LARGEST + 1).read_to_end(&mut bytes));
        let text = match opened {
            Err(error) => Err(format!("cannot be read: {error}")),
            Ok(_) if bytes.len() as u64 > LARGEST => Err(format!("is larger than {LARGEST} bytes")),
            Ok(_) => String::from_utf8(bytes).map_err(|_| "is not UTF-8 text".to_owned()),
        };
        match text {
            Err(what) => warnings.add(format!("{shown}: the site rules are not used: the file {what}")),
            Ok(_) if host == "global" => warnings.add(format!("{shown}: rules for all sites are not used")),
            Ok(text) => {
                let rules = parse(&text, |line, what| warnings.add(format!("{shown}:{line}: {what}")));
                set.hosts.insert(host, Arc::new(rules));
            }
        }
    }
    (set, warnings.lines())
}

#[derive(Default)]
struct Warnings(Vec<String>, usize);

impl Warnings {
    fn add(&mut self, line: String) {
        if self.0.len() < WARNINGS {
            self.0.push(line);
        } else {
            self.1 += 1;
        }
    }

    fn lines(mut self) -> Vec<String> {
        if self.1 > 0 {
            self.0.push(format!("{} more warnings about site rules", self.1));
        }
        self.0
    }
}

/// The lists of rules by name.
const PATHS: [&str; 8] = ["title", "author", "date", "body", "strip", "strip_attr", "single_page_link", "next_page_link"];

fn list<'a>(rules: &'a mut SiteRules, name: &str) -> Option<&'a mut Vec<SiteRule>> {
    Some(match name {
        "title" => &mut rules.title,
        "author" => &mut rules.author,
        "date" => &mut rules.date,
        "body" => &mut rules.body,
        "strip" | "strip_attr" => &mut rules.strip,
        "single_page_link" => &mut rules.single_page,
        "next_page_link" => &mut rules.next_page,
        _ => return None,
    })
}

/// Reads one file. `warn` is told the line, from 1, and what is wrong with it.
fn parse(text: &str, mut warn: impl FnMut(usize, String)) -> SiteRules {
    let mut rules = SiteRules::default();
    let mut find: Option<(usize, String)> = None;
    // The rule that a condition in the next line is about.
    let mut last: Option<&str> = None;
    for (index, line) in text.trim_start_matches('\u{feff}').lines().enumerate() {
        let number = index + 1;
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let Some((name, argument, value)) = directive(line) else {
            warn(number, format!("`{line:.80}` is no `name: value`, so it is left out"));
            continue;
        };
        if find.is_some() && !(name == "replace_string" && argument.is_none()) {
            let at = find.take().map_or(number, |(at, _)| at);
            warn(at, "`find_string` is not followed by `replace_string`, so it is left out".to_owned());
        }
        let before = last.take();
        let words = value.replace(['\'', '"'], "");
        match (name.as_str(), argument) {
            (name, None) if PATHS.contains(&name) => {
                let known = PATHS.iter().find(|known| **known == name).copied();
                let Some(rules) = list(&mut rules, name) else { continue };
                match xpath::parse(value) {
                    Ok(_) if rules.len() >= LINES => warn(number, format!("there are over {LINES} lines of `{name}`")),
                    Ok(path) => {
                        rules.push(SiteRule { path, only_if: None });
                        last = known;
                    }
                    Err(what) => warn(number, format!("`{value:.200}` is not understood ({what}), so the line is left out")),
                }
            }
            ("if_page_contains", None) => match (xpath::parse(value), before.and_then(|before| list(&mut rules, before))) {
                (Ok(path), Some(rules)) => {
                    if let Some(rule) = rules.last_mut() {
                        rule.only_if = Some(path);
                    }
                }
                (Ok(_), None) => warn(number, "`if_page_contains` does not follow a rule, so it is left out".to_owned()),
                (Err(what), rules) => {
                    // Without its condition the rule would be looked at everywhere.
                    if let Some(rules) = rules {
                        rules.pop();
                    }
                    warn(
                        number,
                        format!("`{value:.200}` is not understood ({what}), so the line and the rule before it are left out"),
                    );
                }
            },
            ("strip_id_or_class", None) if !words.is_empty() && rules.strip_words.len() < LINES => rules.strip_words.push(words),
            ("strip_image_src", None) if !words.is_empty() && rules.strip_images.len() < LINES => rules.strip_images.push(words),
            ("prune" | "autodetect_on_failure", None) => match value.to_ascii_lowercase().as_str() {
                "yes" | "true" => {}
                "no" | "false" if name == "prune" => rules.prune = false,
                "no" | "false" => rules.detect = false,
                _ => warn(number, format!("`{name}` is `{value:.80}`, neither yes nor no, so it is left out")),
            },
            ("find_string", None) if !value.is_empty() => find = Some((number, value.to_owned())),
            ("replace_string", None) => match find.take() {
                Some((_, find)) if rules.replace.len() < LINES => rules.replace.push((find, value.to_owned())),
                _ => warn(number, "`replace_string` does not follow `find_string`, so it is left out".to_owned()),
            },
            ("replace_string", Some(find)) if !find.is_empty() && rules.replace.len() < LINES => {
                rules.replace.push((find.to_owned(), value.to_owned()));
            }
            (name, _) if SILENT.contains(&name) => {}
            ("http_header", _) => warn(number, "request headers of site rules are not sent, so the line is left out".to_owned()),
            (name, _) => warn(number, format!("`{name:.80}` is not used here, so the line is left out")),
        }
    }
    if let Some((at, _)) = find {
        warn(at, "`find_string` is not followed by `replace_string`, so it is left out".to_owned());
    }
    rules
}

/// `name: value` or `name(argument): value`.
fn directive(line: &str) -> Option<(String, Option<&str>, &str)> {
    let end = line.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_')).filter(|end| *end > 0)?;
    let (name, rest) = line.split_at(end);
    let name = name.to_ascii_lowercase();
    if let Some(rest) = rest.strip_prefix('(') {
        let (argument, value) = rest.split_once("):")?;
        return Some((name, Some(argument), value.trim()));
    }
    let value = rest.trim_start().strip_prefix(':')?;
    Some((name, None, value.trim()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_text(text: &str) -> (SiteRules, Vec<String>) {
        let mut warnings = Vec::new();
        let rules = parse(text, |line, what| warnings.push(format!("{line}: {what}")));
        (rules, warnings)
    }

    #[test]
    fn a_file_with_everything() {
        let (rules, warnings) = read_text(
            "\u{feff}# the ferry paper\ntitle: //h1\nBODY: //div[@id='text']\nbody://article\nauthor: //a[@rel='author']\ndate: //time/@datetime\n\
             strip: //aside\nstrip_id_or_class: 'promo'\nstrip_image_src: /ads/\nsingle_page_link: //a[@class='all']\n\
             if_page_contains: //ul[@class='pages']\nnext_page_link: //a[@rel='next']\nprune: no\ntidy: no\nautodetect_on_failure: no\n\
             find_string: <x>\nreplace_string: <p>\nreplace_string(<a href=\"http://x\">): <b>\nreplace_string(</y>):\n\
             test_url: https://ferry.example/1\n",
        );
        assert_eq!(warnings, [""; 0]);
        assert_eq!(
            (rules.title.len(), rules.body.len(), rules.author.len(), rules.date.len(), rules.strip.len()),
            (1, 2, 1, 1, 1)
        );
        assert_eq!((rules.strip_words, rules.strip_images), (vec!["promo".to_owned()], vec!["/ads/".to_owned()]));
        assert!(rules.single_page[0].only_if.is_some() && rules.next_page[0].only_if.is_none());
        assert!(!rules.prune && !rules.detect);
        let replace: Vec<(&str, &str)> = rules.replace.iter().map(|(find, by)| (find.as_str(), by.as_str())).collect();
        assert_eq!(replace, [("<x>", "<p>"), ("<a href=\"http://x\">", "<b>"), ("</y>", "")]);
    }

    #[test]
    fn what_is_not_understood_is_said_and_the_rest_stays() {
        let check = |text: &str, expected: &[&str]| {
            let (rules, warnings) = read_text(&format!("{text}\nbody: //p"));
            assert_eq!(warnings.len(), expected.len(), "{text}: {warnings:?}");
            assert!(warnings.iter().zip(expected).all(|(is, part)| is.contains(part)), "{text}: {warnings:?}");
            assert_eq!(rules.body.len(), 1, "{text}");
        };
        check("title: //h1[matches(., 'x')]", &["1: `//h1[matches(., 'x')]` is not understood"]);
        check("\nhttp_header(user-agent): x", &["2: request headers"]);
        check("dissolve: //b", &["`dissolve` is not used"]);
        check("just words", &["no `name: value`"]);
        check("find_string: a", &["not followed"]);
        check("replace_string: a", &["does not follow"]);
        check("if_page_contains: //a", &["does not follow a rule"]);
        check("body: //div\nif_page_contains: //a[", &["the rule before it"]);
        check("prune: maybe", &["neither yes nor no"]);
    }

    #[test]
    fn hosts_have_their_own_rules_or_those_of_a_domain_above() {
        let folder = tempfile::tempdir().expect("a folder");
        for (name, text) in [
            ("ferry.example.txt", "body: //a"),
            (".ferry.example.txt", "body: //b"),
            (".a.b.example.txt", "body: //c"),
            ("www.quay.example.txt", "body: //d"),
            ("notes.md", "body: //e"),
            ("LICENSE.txt", "anybody may"),
            ("broken.example.txt", "body: //e["),
        ] {
            std::fs::write(folder.path().join(name), text).expect("a file");
        }
        std::fs::write(folder.path().join("gbk.example.txt"), b"# \xc4\xe3").expect("a file");
        let (set, warnings) = read(folder.path());
        assert_eq!(warnings.len(), 2, "{warnings:?}");
        assert!(warnings[0].contains("broken.example.txt:1: ") && warnings[1].contains("gbk.example.txt: "), "{warnings:?}");
        assert_eq!(set.len(), 5);
        let check = |host: &str, expected: Option<&str>| {
            let body = set.of(host).map(|rules| rules.body.clone());
            let expected = expected.map(|path| vec![SiteRule { path: xpath::parse(path).expect("a path"), only_if: None }]);
            assert_eq!(body, expected, "{host}");
        };
        check("ferry.example", Some("//a"));
        check("www.Ferry.example", Some("//a"));
        check("news.ferry.example", Some("//b"));
        check("old.news.ferry.example", Some("//b"));
        check("quay.example", Some("//d"));
        check("a.b.example", None);
        check("x.a.b.example", Some("//c"));
        check("example", None);
        check("", None);
        assert!(read(&folder.path().join("nowhere")).1[0].contains("cannot be read"));
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_read(text in "(body|find_string|if_page_contains|replace_string\\()?[:() a-z/\\[\\]\n#]{0,80}|\\PC{0,80}") {
            read_text(&text);
        }
    }
}
