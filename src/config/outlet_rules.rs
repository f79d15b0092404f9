//! `[[outlet.rule]]`: what an outlet's own lines say, as patterns. They are read before the tables of any language.

use regex::{Regex, RegexBuilder};

use super::read::Section;
use super::report::{Mistakes, shown};
use super::value::{self, Wrong};

/// Rules of one outlet.
const MOST: usize = NAMES.len();
/// Characters of a pattern.
const LONGEST: usize = 500;
/// Bytes a compiled pattern may take.
const COMPILED: usize = 1 << 20;
/// Bytes of a line that is looked at: a longer one is a paragraph of the text.
const LINE: usize = 4_000;

/// What a line that matches says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RuleField {
    /// The outlet the text was taken from.
    Source,
    /// Who wrote it.
    Author,
    /// Who translated it.
    Translator,
    /// Who edited it.
    Editor,
    /// A notice that goes with the text.
    Disclaimer,
    /// Nothing: the line is no part of the text.
    Drop,
    /// When it was published.
    Date,
    /// The section it is in.
    Section,
}

impl RuleField {
    /// Every field with its name in feeds.toml.
    pub const ALL: [(RuleField, &'static str); 8] = [
        (RuleField::Source, "source"),
        (RuleField::Author, "author"),
        (RuleField::Translator, "translator"),
        (RuleField::Editor, "editor"),
        (RuleField::Disclaimer, "disclaimer"),
        (RuleField::Drop, "drop"),
        (RuleField::Date, "date"),
        (RuleField::Section, "section"),
    ];

    /// Name in feeds.toml.
    pub fn name(self) -> &'static str {
        Self::ALL.iter().find(|(field, _)| *field == self).map_or("", |(_, name)| name)
    }
}

/// One `[[outlet.rule]]`.
#[derive(Debug, Clone)]
pub struct OutletRule {
    /// What a line that matches says.
    pub field: RuleField,
    number: usize,
    pattern: Regex,
}

/// What a rule found in a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RuleMatch<'t> {
    /// The group `name`, else the first group, else all that matched; trimmed, never empty.
    pub value: &'t str,
    /// The group `url`.
    pub url: Option<&'t str>,
}

impl OutletRule {
    /// Name in evidence, with its place among the outlet's rules: `outlet_rule[2]`.
    pub fn name(&self) -> &'static str {
        NAMES.get(self.number.saturating_sub(1)).copied().unwrap_or("outlet_rule")
    }

    /// The pattern as written.
    pub fn pattern(&self) -> &str {
        self.pattern.as_str()
    }

    /// What the rule finds in a line of plain text. The time is linear in its length.
    pub fn find<'t>(&self, line: &'t str) -> Option<RuleMatch<'t>> {
        if line.len() > LINE {
            return None;
        }
        let groups = self.pattern.captures(line)?;
        let whole = groups.get(0)?;
        let found = groups.name("name").or_else(|| groups.iter().skip(1).flatten().next()).unwrap_or(whole);
        let value = found.as_str().trim();
        let url = groups.name("url").map(|url| url.as_str().trim()).filter(|url| !url.is_empty());
        (!value.is_empty()).then_some(RuleMatch { value, url })
    }
}

/// Names in evidence: static, because every name of a rule is.
const NAMES: [&str; 32] = [
    "outlet_rule[1]",
    "outlet_rule[2]",
    "outlet_rule[3]",
    "outlet_rule[4]",
    "outlet_rule[5]",
    "outlet_rule[6]",
    "outlet_rule[7]",
    "outlet_rule[8]",
    "outlet_rule[9]",
    "outlet_rule[10]",
    "outlet_rule[11]",
    "outlet_rule[12]",
    "outlet_rule[13]",
    "outlet_rule[14]",
    "outlet_rule[15]",
    "outlet_rule[16]",
    "outlet_rule[17]",
    "outlet_rule[18]",
    "outlet_rule[19]",
    "outlet_rule[20]",
    "outlet_rule[21]",
    "outlet_rule[22]",
    "outlet_rule[23]",
    "outlet_rule[24]",
    "outlet_rule[25]",
    "outlet_rule[26]",
    "outlet_rule[27]",
    "outlet_rule[28]",
    "outlet_rule[29]",
    "outlet_rule[30]",
    "outlet_rule[31]",
    "outlet_rule[32]",
];

/// Reads the rules of an outlet.
pub(super) fn read(outlet: &Section<'_, '_>, mistakes: &mut Mistakes, broken: bool) -> Vec<OutletRule> {
    let sections = outlet.tables(mistakes, "rule", "outlet.rule");
    if let Some(first) = sections.get(MOST) {
        mistakes.add(
            format!("an outlet has at most {MOST} rules"),
            first.header.clone(),
            "join patterns of one field with `|`, or write to its editors".to_owned(),
        );
    }
    let rule = |(index, section): (usize, &Section<'_, '_>)| {
        section.check_keys(mistakes);
        if !broken {
            section.require(mistakes, "field", "\"source\"");
            section.require(mistakes, "match", "'^Fuente: (?<name>.+)$'");
        }
        let field = section.string(mistakes, "field", field);
        let pattern = section.string(mistakes, "match", pattern);
        Some(OutletRule { field: field?.into_inner(), number: index + 1, pattern: pattern?.into_inner() })
    };
    sections.iter().take(MOST).enumerate().filter_map(rule).collect()
}

fn field(written: &str) -> Result<RuleField, Wrong> {
    if let Some((field, _)) = RuleField::ALL.iter().find(|(_, name)| *name == written) {
        return Ok(*field);
    }
    let names = RuleField::ALL.map(|(_, name)| name);
    let help = match super::keys::nearest(written, names) {
        Some(name) => format!("did you mean \"{name}\"?"),
        None => format!("fields are {}", names.join(", ")),
    };
    value::wrong(format!("is `{}`, which no line can say", shown(written)), help)
}

fn pattern(written: &str) -> Result<Regex, Wrong> {
    if written.chars().nth(LONGEST).is_some() {
        return value::wrong(format!("is longer than {LONGEST} characters"), "write several rules");
    }
    if written.trim().is_empty() {
        return value::wrong("is empty", "write what the line looks like, for example '^Fuente: (?<name>.+)$'");
    }
    let regex = match RegexBuilder::new(written).size_limit(COMPILED).dfa_size_limit(COMPILED).build() {
        Ok(regex) => regex,
        Err(error) => return Err(explain(&error)),
    };
    if regex.is_match("") {
        return value::wrong(
            "fits an empty line, and so every line of every text",
            "say what the line begins with, for example '^Fuente: (?<name>.+)$'",
        );
    }
    Ok(regex)
}

/// What is wrong with a pattern, and at which character.
fn explain(error: &regex::Error) -> Wrong {
    let shown = error.to_string();
    let what = shown.lines().rev().find_map(|line| line.trim().strip_prefix("error: ")).unwrap_or("it is too large").to_owned();
    // The message repeats the pattern, indented, over a line of marks.
    let mark = shown.lines().find(|line| line.contains('^') && line.trim().bytes().all(|byte| byte == b'^'));
    let place = mark.and_then(|line| line.find('^')).map(|column| column.saturating_sub(3));
    let place = place.map_or(String::new(), |place| format!(" at its character {place}"));
    let help = if what.contains("look-around") || what.contains("backreference") {
        "patterns are of the kind that takes linear time: without look-around and backreferences; use groups, `|` and `[^…]`"
    } else if what.contains("escape") {
        "write patterns in single quotation marks, 'so', where a backslash stays what it is"
    } else {
        "see https://docs.rs/regex/latest/regex/#syntax; brackets that stand for themselves are written `\\(`, `\\[`"
    };
    Wrong { what: format!("is no pattern{place}: {what}"), help: Some(help.to_owned()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn outlet(extra: &str) -> Result<crate::config::Outlet, String> {
        let text = format!(
            "[site]\ntitle = \"T\"\nurl = \"https://relay.example.com\"\n[[outlet]]\nname = \"N\"\nid = \"n\"\nfeed = \"https://n.example/rss\"\n{extra}"
        );
        crate::config::parse("feeds.toml", &text).map(|config| config.outlets[0].clone()).map_err(|error| error.report)
    }

    #[test]
    fn rules_find_what_their_groups_say() {
        let outlet = outlet(
            "[[outlet.rule]]\nfield = \"source\"\nmatch = '^Fuente: (?<name>.+?)(?: <(?<url>.+)>)?$'\n\
             [[outlet.rule]]\nfield = \"drop\"\nmatch = 'newsletter$'\n\
             [[outlet.rule]]\nfield = \"author\"\nmatch = '(?i)^texto de (\\p{L}+ \\p{L}+)'\n",
        )
        .expect("right");
        let check = |rule: usize, line: &str, expected: Option<(&str, Option<&str>)>| {
            let found = outlet.rules[rule].find(line).map(|found| (found.value, found.url));
            assert_eq!(found, expected, "{line}");
        };
        check(0, "Fuente: El Muelle", Some(("El Muelle", None)));
        check(0, "Fuente: El Muelle <https://muelle.example/1>", Some(("El Muelle", Some("https://muelle.example/1"))));
        check(0, "Una fuente: El Muelle", None);
        check(0, "Fuente:   ", None);
        check(1, "Abonnez-vous à la newsletter", Some(("newsletter", None)));
        check(2, "Texto de Inés Ribera, enviada", Some(("Inés Ribera", None)));
        check(1, &("x".repeat(5_000) + "newsletter"), None);
        let names: Vec<&str> = outlet.rules.iter().map(OutletRule::name).collect();
        assert_eq!(names, ["outlet_rule[1]", "outlet_rule[2]", "outlet_rule[3]"]);
    }

    #[test]
    fn wrong_rules_are_told_with_their_place() {
        let check = |rule: &str, expected: &[&str]| {
            let report = outlet(&format!("[[outlet.rule]]\n{rule}\n")).err().unwrap_or_default();
            for part in expected {
                assert!(report.contains(part), "{part} in {report}");
            }
        };
        check("field = \"source\"\nmatch = '^Fuente: (.+$'", &["feeds.toml:10", "at its character 10: unclosed group"]);
        check("field = \"source\"\nmatch = '(?=x)y'", &["look-around", "linear time"]);
        check("field = \"source\"\nmatch = '.*'", &["fits an empty line"]);
        check("field = \"sorce\"\nmatch = 'x'", &["did you mean \"source\"?"]);
        check("field = \"colour\"\nmatch = 'x'", &["fields are source, author"]);
        check("field = \"drop\"", &["missing key `outlet.rule.match`"]);
        check("field = \"drop\"\nmatch = 'x'\nmach = 'y'", &["did you mean `match`?"]);
        check(&format!("field = \"drop\"\nmatch = '{}'", "x".repeat(501)), &["longer than 500 characters"]);
        check("field = \"drop\"\nmatch = '\\w{999}{999}'", &["is no pattern"]);
        check(&"field = \"drop\"\nmatch = 'x'\n[[outlet.rule]]\n".repeat(33), &["at most 32 rules"]);
    }

    proptest::proptest! {
        #[test]
        fn any_pattern_is_read_or_refused(written in "\\PC{0,40}", line in "\\PC{0,80}") {
            if let Ok(pattern) = pattern(&written) {
                let rule = OutletRule { field: RuleField::Drop, number: 1, pattern };
                if let Some(found) = rule.find(&line) {
                    proptest::prop_assert!(line.contains(found.value));
                }
            }
        }
    }
}
