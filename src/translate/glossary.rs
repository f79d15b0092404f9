//! Fixed translations, and what is not translated at all.
//!
//! A glossary is a file of terms, as CSV:
//!
//! ```csv
//! from_lang,to_lang,from,to,mode,case
//! en,zh-Hans,Quay Mirror,码头镜报,,
//! ,,Lanternfish Press,Lanternfish Press,,
//! en,de,harbour dues,Hafengebühren,hint,any
//! ```
//!
//! or as TOML with the same names, alone or under a pair of languages:
//!
//! ```toml
//! [[term]]
//! from = "Lanternfish Press"
//! to = "Lanternfish Press"
//!
//! [[pair]]
//! from_lang = "en"
//! to_lang = "de"
//!
//! [[pair.term]]
//! from = "harbour dues"
//! to = "Hafengebühren"
//! mode = "hint"
//! ```
//!
//! `from_lang` and `to_lang` are BCP 47; empty or missing: any language. `zh` stands for every Chinese, `zh-Hant` for the traditional script only.
//! The same text in `from` and `to` is not translated. `mode`: a `fixed` term (the usual) never reaches the engine, a placeholder stands for it; a
//! `hint` stays in the text, and engines that can be told are told, which is better for words that languages inflect. `case`: `exact`, `any`;
//! without it a term in small letters is found in any case, and one with a capital letter as it is written.

use std::collections::HashMap;
use std::fmt;
use std::io::Read as _;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use super::matcher::{Matcher, Wanted};
use super::{Term, glossary_file};

/// Bytes of a file that are read.
const LARGEST: u64 = 8 << 20;
/// Terms of one file.
const MOST: usize = 50_000;
/// Pairs of languages that are kept ready.
const PAIRS: usize = 64;

/// How a term is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Mode {
    /// A placeholder stands for it.
    Fixed,
    /// Engines are told.
    Hint,
}

/// A line of a glossary.
#[derive(Debug, Clone)]
pub(super) struct Line {
    pub from_lang: String,
    pub to_lang: String,
    pub term: Term,
    pub mode: Mode,
    pub any_case: bool,
    /// Where it is in the file, from 1.
    pub line: usize,
}

/// A mistake in a glossary.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mistake {
    /// Line of the file, from 1; 0 where it is about the file.
    pub line: usize,
    /// In words, without a final stop.
    pub message: String,
}

/// Everything that is wrong with a glossary.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mistakes {
    /// Name of the file.
    pub file: String,
    /// In the order of the lines; never empty.
    pub all: Vec<Mistake>,
}

impl fmt::Display for Mistakes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (number, mistake) in self.all.iter().enumerate() {
            let end = if number == 0 { "" } else { "\n" };
            match mistake.line {
                0 => write!(f, "{end}{}: {}", self.file, mistake.message)?,
                line => write!(f, "{end}{}:{line}: {}", self.file, mistake.message)?,
            }
        }
        Ok(())
    }
}

impl std::error::Error for Mistakes {}

/// The terms of a translator. The default has none.
#[derive(Debug, Default)]
pub struct Glossary {
    lines: Vec<Line>,
    pairs: Mutex<HashMap<(String, String), Arc<Pair>>>,
}

/// What holds between two languages.
#[derive(Debug, Default)]
pub(super) struct Pair {
    pub matcher: Matcher,
    pub terms: Vec<(Term, Mode)>,
}

impl Glossary {
    /// Reads a file.
    ///
    /// # Errors
    /// It cannot be read, is larger than 8 MB, or [`Glossary::read`] refuses it.
    pub fn load(path: &Path) -> Result<Self, Mistakes> {
        let name = path.display().to_string();
        let of_file = |message: String| Mistakes { file: name.clone(), all: vec![Mistake { line: 0, message }] };
        let cannot = |error: std::io::Error| of_file(format!("cannot be read: {error}"));
        let mut bytes = Vec::new();
        let file = std::fs::File::open(path).map_err(cannot)?;
        file.take(LARGEST + 1).read_to_end(&mut bytes).map_err(cannot)?;
        if bytes.len() as u64 > LARGEST {
            return Err(of_file(format!("is larger than {} MB", LARGEST >> 20)));
        }
        let source = String::from_utf8(bytes).map_err(|error| {
            let line = 1 + error.as_bytes()[..error.utf8_error().valid_up_to()].iter().filter(|byte| **byte == b'\n').count();
            Mistakes { file: name.clone(), all: vec![Mistake { line, message: "is not UTF-8".to_owned() }] }
        })?;
        Self::read(&name, &source)
    }

    /// Reads a glossary; one whose name ends in `.csv` is CSV, any other TOML.
    ///
    /// # Errors
    /// All mistakes at once, each with its line.
    pub fn read(name: &str, source: &str) -> Result<Self, Mistakes> {
        let source = source.strip_prefix('\u{feff}').unwrap_or(source);
        let is_csv = name.rsplit_once('.').is_some_and(|(_, ending)| ending.eq_ignore_ascii_case("csv"));
        let (lines, mut all) = if is_csv { glossary_file::csv(source) } else { glossary_file::toml(source) };
        let mut seen: HashMap<(&str, &str, &str), &Line> = HashMap::new();
        for line in &lines {
            let known = seen.entry((&line.from_lang, &line.to_lang, &line.term.from)).or_insert(line);
            if known.term.to != line.term.to || known.mode != line.mode {
                let message = format!("\"{}\" is \"{}\" in line {} already", line.term.from, known.term.to, known.line);
                all.push(Mistake { line: line.line, message });
            }
        }
        if lines.len() > MOST {
            all.push(Mistake { line: 0, message: format!("holds more than {MOST} terms") });
        }
        all.sort_by_key(|mistake| mistake.line);
        if all.is_empty() { Ok(Self { lines, pairs: Mutex::default() }) } else { Err(Mistakes { file: name.to_owned(), all }) }
    }

    /// Whether it has no terms.
    pub fn is_empty(&self) -> bool {
        self.lines.is_empty()
    }

    /// Its terms from one language to another, in the order of the file.
    pub fn terms(&self, from: &str, to: &str) -> Vec<Term> {
        self.pair(from, to).terms.iter().map(|(term, _)| term.clone()).collect()
    }

    /// What holds from one language to another.
    pub(super) fn pair(&self, from: &str, to: &str) -> Arc<Pair> {
        if self.lines.is_empty() {
            return Arc::default();
        }
        let key = (from.to_ascii_lowercase(), to.to_ascii_lowercase());
        if let Some(pair) = self.pairs.lock().unwrap_or_else(PoisonError::into_inner).get(&key) {
            return pair.clone();
        }
        let pair = Arc::new(self.made_for(from, to));
        let mut pairs = self.pairs.lock().unwrap_or_else(PoisonError::into_inner);
        if pairs.len() >= PAIRS {
            pairs.clear();
        }
        pairs.insert(key, pair.clone());
        pair
    }

    fn made_for(&self, from: &str, to: &str) -> Pair {
        // A line for exactly these languages goes before one for any.
        let mut best: HashMap<&str, &Line> = HashMap::new();
        let weight = |line: &Line| line.from_lang.len() + line.to_lang.len();
        for line in self.lines.iter().filter(|line| covers(&line.from_lang, from) && covers(&line.to_lang, to)) {
            let slot = best.entry(&line.term.from).or_insert(line);
            if weight(line) > weight(slot) {
                *slot = line;
            }
        }
        let mut lines: Vec<&Line> = best.into_values().collect();
        lines.sort_by_key(|line| line.line);
        let wanted: Vec<Wanted> =
            lines.iter().map(|line| Wanted { text: line.term.from.clone(), any_case: line.any_case }).collect();
        // Within the bounds of a file an automaton can always be built.
        let matcher = Matcher::new(&wanted).unwrap_or_default();
        Pair { matcher, terms: lines.into_iter().map(|line| (line.term.clone(), line.mode)).collect() }
    }
}

/// Whether a language range covers a tag (RFC 4647 § 3.3.1); the empty one covers all.
pub(super) fn covers(range: &str, tag: &str) -> bool {
    let start = tag.get(..range.len()).is_some_and(|start| start.eq_ignore_ascii_case(range));
    range.is_empty() || start && matches!(tag.as_bytes().get(range.len()), None | Some(b'-'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn terms(glossary: &Glossary, from: &str, to: &str) -> Vec<(String, String, Mode)> {
        let pair = glossary.pair(from, to);
        pair.terms.iter().map(|(term, mode)| (term.from.clone(), term.to.clone(), *mode)).collect()
    }

    #[test]
    fn reads_both_formats_alike() {
        let csv = "\u{feff}from_lang,to_lang,from,to,mode\r\nen,zh-Hans,Quay Mirror,码头镜报,\r\n,,\"Reed, Ltd\",\"Reed, Ltd\",fixed\r\nen,de,dues,Gebühren,hint\r\n";
        let toml = "[[term]]\nfrom = \"Reed, Ltd\"\nto = \"Reed, Ltd\"\n[[pair]]\nfrom_lang = \"en\"\nto_lang = \"zh-Hans\"\nterm = [{ from = \"Quay Mirror\", to = \"码头镜报\" }]\n[[pair]]\nfrom_lang = \"en\"\nto_lang = \"de\"\n[[pair.term]]\nfrom = \"dues\"\nto = \"Gebühren\"\nmode = \"hint\"\n";
        for (name, source) in [("terms.csv", csv), ("terms.toml", toml)] {
            let glossary = Glossary::read(name, source).unwrap();
            let check = |from: &str, to: &str, expected: &[(&str, &str, Mode)]| {
                let mut found = terms(&glossary, from, to);
                found.sort();
                let expected: Vec<_> = expected.iter().map(|(f, t, m)| ((*f).to_owned(), (*t).to_owned(), *m)).collect();
                assert_eq!(found, expected, "{name} {from} {to}");
            };
            let reed = ("Reed, Ltd", "Reed, Ltd", Mode::Fixed);
            check("en", "zh-Hans", &[("Quay Mirror", "码头镜报", Mode::Fixed), reed]);
            check("en-GB", "zh-Hans-CN", &[("Quay Mirror", "码头镜报", Mode::Fixed), reed]);
            check("en", "zh-Hant", &[reed]);
            check("en", "de", &[reed, ("dues", "Gebühren", Mode::Hint)]);
            check("eng", "de", &[reed]);
        }
    }

    #[test]
    fn the_nearer_pair_wins() {
        let source = "from_lang,to_lang,from,to\n,zh,Quay,码头\n,zh-Hant,Quay,碼頭\n";
        let glossary = Glossary::read("a.csv", source).unwrap();
        assert_eq!(terms(&glossary, "en", "zh-Hant")[0].1, "碼頭");
        assert_eq!(terms(&glossary, "en", "zh-Hans")[0].1, "码头");
    }

    #[test]
    fn says_every_mistake_with_its_line() {
        let check = |name: &str, source: &str, expected: &str| {
            assert_eq!(Glossary::read(name, source).unwrap_err().to_string(), expected, "{source}");
        };
        check("a.csv", "", "a.csv:1: the first line names the columns: from_lang,to_lang,from,to");
        check(
            "a.csv",
            "from_lang,to_lang,from,to,kind\n",
            "a.csv:1: unknown column \"kind\": there are from_lang, to_lang, from, to, mode and case",
        );
        check(
            "a.csv",
            "from_lang,to_lang,from,to,mode\nen,de,a,b\nen,de,,b,\nen,de,c,,\nen,d!,d,e,soft\nen,de,f,g,\nen,de,f,h,\nen,de,\"i,j,\n",
            "a.csv:2: 4 fields where the first line has 5\na.csv:3: from is empty\na.csv:4: to is empty: what is not translated has the same text in both\n\
             a.csv:5: \"d!\" is no language tag\na.csv:5: mode is \"fixed\" or \"hint\", not \"soft\"\na.csv:7: \"f\" is \"g\" in line 6 already\n\
             a.csv:8: a quotation mark is not closed",
        );
        check(
            "a.toml",
            "[[term]]\nfrom = \"a\"\n\n[[term]]\nfrom = 1\nto = \"b\"\ncase = \"some\"\n[[pair]]\nlang = \"en\"\n[other]\n",
            "a.toml:1: a term has no to\na.toml:5: from is a string, not integer\na.toml:7: case is \"exact\" or \"any\", not \"some\"\n\
             a.toml:9: unknown key \"lang\": there are from_lang, to_lang and term\na.toml:10: unknown key \"other\": there are term and pair",
        );
        let broken = Glossary::read("a.toml", "[[term]]\nfrom = \"a\n").unwrap_err();
        assert_eq!(broken.all[0].line, 2, "{broken}");
    }
}
