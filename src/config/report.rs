//! Mistakes as people read them: what, where, the text underlined, and what to do.

use std::collections::BTreeMap;
use std::ops::Range;

use annotate_snippets::{AnnotationKind, Element, Group, Level, Origin, Renderer, Snippet};

use super::ConfigError;

/// Most mistakes that are shown in full; the rest is only counted.
const MOST_SHOWN: usize = 200;

/// Longest line that is shown whole, bytes; of longer ones the part around the mistake.
const LONGEST_LINE: usize = 1000;

/// Columns that a shown line may take before it is cut.
const WIDTH: usize = 140;

/// One mistake.
#[derive(Debug)]
struct Mistake {
    title: String,
    span: Range<usize>,
    help: Option<String>,
    /// Another place that belongs to it, and what it is.
    other: Option<(Range<usize>, String)>,
}

/// The mistakes found so far.
#[derive(Debug, Default)]
pub(super) struct Mistakes {
    found: Vec<Mistake>,
    /// Lines that are not TOML, first byte to end: what else is wrong there only follows from that.
    unreadable: BTreeMap<usize, usize>,
    /// Places whose text is not shown.
    hidden: Vec<Range<usize>>,
}

impl Mistakes {
    /// Adds one: what is wrong, where, and what to do about it.
    pub(super) fn add(&mut self, title: impl Into<String>, span: Range<usize>, help: impl Into<Option<String>>) {
        self.push(Mistake { title: title.into(), span, help: help.into(), other: None });
    }

    /// Adds a line that is not TOML; nothing more is taken for it.
    pub(super) fn add_unreadable(&mut self, title: String, span: Range<usize>, help: Option<String>, line: Range<usize>) {
        self.add(title, span, help);
        self.unreadable.insert(line.start, line.end);
    }

    /// Keeps what is written there out of the report.
    pub(super) fn hide(&mut self, span: Range<usize>) {
        self.hidden.push(span);
    }

    /// Whether the line that starts there is not TOML.
    pub(super) fn is_unreadable(&self, line: usize) -> bool {
        self.unreadable.contains_key(&line)
    }

    fn push(&mut self, mistake: Mistake) {
        let line = self.unreadable.range(..=mistake.span.start).next_back();
        if line.is_none_or(|(_, &end)| mistake.span.start >= end) {
            self.found.push(mistake);
        }
    }

    /// Adds one that is about two places.
    pub(super) fn add_with(&mut self, title: String, span: Range<usize>, help: String, other: Range<usize>, what: &str) {
        self.push(Mistake { title, span, help: Some(help), other: Some((other, what.to_owned())) });
    }

    /// Whether there are none.
    pub(super) fn is_empty(&self) -> bool {
        self.found.is_empty()
    }

    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.found.len()
    }

    /// Whether the next one will still be shown: if not, a costly hint can be spared.
    pub(super) fn next_is_shown(&self) -> bool {
        self.found.len() < MOST_SHOWN
    }

    /// The finished report, in the order of the file.
    pub(super) fn into_error(mut self, name: &str, text: &str) -> ConfigError {
        let mistakes = self.found.len();
        // A stable sort: at one place, in the order they were found.
        self.found.sort_by_key(|mistake| mistake.span.start);
        let text = &hide(without_credentials(text), &self.hidden);
        let lines = Lines::of(text);
        let end = match mistakes {
            1 => format!("1 mistake in {}", shown(name)),
            count if count > MOST_SHOWN => format!("{count} mistakes in {} (the first {MOST_SHOWN} are shown)", shown(name)),
            count => format!("{count} mistakes in {}", shown(name)),
        };
        let write = |renderer: Renderer| {
            let renderer = renderer.term_width(WIDTH);
            let mut report = String::new();
            for mistake in self.found.iter().take(MOST_SHOWN) {
                report.push_str(&renderer.render(&mistake.groups(name, &lines)));
                report.push_str("\n\n");
            }
            report + &end
        };
        ConfigError { report: write(Renderer::plain()), coloured: write(Renderer::styled()), mistakes }
    }
}

/// A mistake in something that has no lines: a file that cannot be read.
pub(super) fn without_text(name: &str, problem: &str, help: &str) -> ConfigError {
    let group = [
        Level::ERROR.primary_title(problem.to_owned()).element(Origin::path(shown(name))),
        Group::with_title(Level::HELP.secondary_title(help.to_owned())),
    ];
    let write = |renderer: Renderer| format!("{}\n\n1 mistake in {}", renderer.render(&group), shown(name));
    ConfigError { report: write(Renderer::plain()), coloured: write(Renderer::styled()), mistakes: 1 }
}

impl Mistake {
    fn groups<'a>(&'a self, name: &str, lines: &Lines<'a>) -> Vec<Group<'a>> {
        let mut groups = vec![Level::ERROR.primary_title(self.title.as_str()).elements(lines.snippet(name, &self.span))];
        if let Some((span, what)) = &self.other {
            groups.push(Level::NOTE.secondary_title(what.as_str()).elements(lines.snippet(name, span)));
        }
        if let Some(help) = &self.help {
            groups.push(Group::with_title(Level::HELP.secondary_title(help.as_str())));
        }
        groups
    }
}

/// A text and where its lines start, so that a report of many mistakes reads the text once.
struct Lines<'a> {
    text: &'a str,
    starts: Vec<usize>,
}

impl<'a> Lines<'a> {
    fn of(text: &'a str) -> Self {
        let starts = std::iter::once(0).chain(text.match_indices('\n').map(|(index, _)| index + 1)).collect();
        Self { text, starts }
    }

    /// The line that a span starts in, with the part of the span in that line underlined.
    fn snippet(&self, name: &str, span: &Range<usize>) -> Vec<Element<'a>> {
        let start = self.text.floor_char_boundary(span.start);
        let index = self.starts.partition_point(|&first| first <= start).saturating_sub(1);
        let first = self.starts.get(index).copied().unwrap_or(0);
        let rest = self.text.get(first..).unwrap_or_default();
        let line = rest.split('\n').next().unwrap_or_default();
        let line = line.strip_suffix('\r').unwrap_or(line);
        let from = (start - first).min(line.len());
        let to = self.text.ceil_char_boundary(span.end).saturating_sub(first).clamp(from, line.len());
        let number = index + 1;
        if line.len() <= LONGEST_LINE {
            return vec![
                Snippet::source(line)
                    .line_start(number)
                    .path(shown(name))
                    .annotation(AnnotationKind::Primary.span(from..to))
                    .into(),
            ];
        }
        let column = line.get(..from).unwrap_or_default().chars().count() + 1;
        let cut_from = line.floor_char_boundary(from.saturating_sub(LONGEST_LINE / 20));
        let cut_to = line.ceil_char_boundary((from + LONGEST_LINE / 10).min(line.len()));
        vec![
            Origin::path(shown(name)).line(number).char_column(column).into(),
            Snippet::source(line.get(cut_from..cut_to).unwrap_or_default())
                .line_start(number)
                .path(None::<String>)
                .annotation(AnnotationKind::Primary.span(from - cut_from..to.min(cut_to) - cut_from))
                .into(),
        ]
    }
}

/// Text of the file as part of a message: on one line, short, without control characters.
pub(super) fn shown(text: &str) -> String {
    const LONGEST: usize = 80;
    let mut shown = String::new();
    let text = &without_credentials(text);
    for character in text.chars().take(LONGEST) {
        if character.is_control()
            || matches!(character, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
        {
            shown.extend(character.escape_unicode());
        } else {
            shown.push(character);
        }
    }
    if text.chars().nth(LONGEST).is_some() {
        shown.push('…');
    }
    shown
}

/// The same text with asterisks in some places. No byte moves, and line ends stay.
fn hide(text: String, places: &[Range<usize>]) -> String {
    if places.is_empty() {
        return text;
    }
    let mut hidden = text.into_bytes();
    for place in places {
        for byte in hidden.get_mut(place.clone()).unwrap_or_default() {
            if *byte != b'\n' {
                *byte = b'*';
            }
        }
    }
    // Spans of values begin and end between characters.
    String::from_utf8(hidden).unwrap_or_default()
}

/// The same text with asterisks for user names and passwords in addresses: reports end up in logs. No byte moves.
fn without_credentials(text: &str) -> String {
    let mut masked = text.as_bytes().to_vec();
    for (index, _) in text.match_indices("://") {
        let from = index + 3;
        let rest = text.as_bytes().get(from..).unwrap_or_default();
        let authority =
            rest.iter().take(1024).take_while(|&&byte| !byte.is_ascii_whitespace() && !b"/?#\"'".contains(&byte)).count();
        let credentials =
            rest.get(..authority).and_then(|authority| authority.iter().rposition(|&byte| byte == b'@')).unwrap_or(0);
        if let Some(credentials) = masked.get_mut(from..from + credentials) {
            credentials.fill(b'*');
        }
    }
    // Only whole characters were replaced: the mask runs from after "://" to before "@".
    String::from_utf8(masked).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn credentials_are_masked_in_place() {
        for (text, expected) in [
            ("feed = \"https://user:sécret@ledger.example/a@b\"", "feed = \"https://************@ledger.example/a@b\""),
            ("https://ledger.example/@x", "https://ledger.example/@x"),
            ("ftp://a@b://c@d", "ftp://*@b://*@d"),
            ("无 https://用@户@x", "无 https://*******@x"),
            ("://", "://"),
        ] {
            assert_eq!(without_credentials(text), expected);
            assert_eq!(without_credentials(text).len(), text.len());
        }
    }

    #[test]
    fn shown_text_is_short_and_harmless() {
        assert_eq!(shown("a\u{1b}[31mb\n"), "a\\u{1b}[31mb\\u{a}");
        assert_eq!(shown("x\u{202e}y"), "x\\u{202e}y");
        assert_eq!(shown(&"转".repeat(100)), format!("{}…", "转".repeat(80)));
    }

    fn check_place(text: &str, span: Range<usize>, expected: &[&str]) {
        let mut mistakes = Mistakes::default();
        mistakes.add("wrong", span, None);
        let error = mistakes.into_error("feeds.toml", text);
        let lines: Vec<&str> = error.report.lines().collect();
        assert_eq!(lines, expected, "{}", error.report);
    }

    #[test]
    fn columns_count_characters_and_carets_stand_below_wide_ones() {
        check_place(
            "a = 1\nname = \"海港纪事\" x\n",
            28..29,
            &[
                "error: wrong",
                " --> feeds.toml:2:15",
                "  |",
                "2 | name = \"海港纪事\" x",
                "  |                   ^",
                "",
                "1 mistake in feeds.toml",
            ],
        );
        check_place(
            "a = 1\r\nb = 2\r\n",
            11..12,
            &["error: wrong", " --> feeds.toml:2:5", "  |", "2 | b = 2", "  |     ^", "", "1 mistake in feeds.toml"],
        );
        check_place("", 0..0, &["error: wrong", " --> feeds.toml:1:1", "  |", "1 |", "  | ^", "", "1 mistake in feeds.toml"]);
    }

    #[test]
    fn spans_outside_the_text_do_no_harm() {
        for span in [0..900, 900..901, 1..2] {
            let mut mistakes = Mistakes::default();
            mistakes.add("wrong", span, None);
            assert!(mistakes.into_error("feeds.toml", "转载").report.contains("feeds.toml:1:"));
        }
    }

    #[test]
    fn long_lines_are_cut_around_the_mistake() {
        let text = format!("{} !! {}", "转".repeat(3000), "载".repeat(3000));
        let mut mistakes = Mistakes::default();
        mistakes.add("wrong", 9001..9003, None);
        let error = mistakes.into_error("feeds.toml", &text);
        assert!(error.report.contains("feeds.toml:1:3002"), "{}", error.report);
        assert!(error.report.contains("!!") && error.report.len() < 1000, "{}", error.report);
    }

    #[test]
    fn many_mistakes_are_counted_and_the_first_shown() {
        let mut mistakes = Mistakes::default();
        for index in 0..1000 {
            mistakes.add(format!("wrong {index}"), index..index + 1, None);
        }
        let error = mistakes.into_error("feeds.toml", &"x\n".repeat(500));
        assert_eq!(error.mistakes, 1000);
        assert!(error.report.ends_with("1000 mistakes in feeds.toml (the first 200 are shown)"));
        assert_eq!(error.report.matches("error: ").count(), 200);
    }

    #[test]
    fn colour_is_kept_apart() {
        let mut mistakes = Mistakes::default();
        mistakes.add("wrong", 0..1, Some("right".to_owned()));
        let error = mistakes.into_error("feeds.toml", "x");
        assert!(!error.report.contains('\u{1b}') && error.coloured().contains('\u{1b}'));
        assert!(error.report.contains("\nhelp: right\n"), "{}", error.report);
    }
}
