//! Mistakes as people read them: what, where, the text underlined, and what to do.

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
pub(super) struct Mistakes(Vec<Mistake>);

impl Mistakes {
    /// Adds one: what is wrong, where, and what to do about it.
    pub(super) fn add(&mut self, title: impl Into<String>, span: Range<usize>, help: impl Into<Option<String>>) {
        self.0.push(Mistake { title: title.into(), span, help: help.into(), other: None });
    }

    /// Adds one that is about two places.
    pub(super) fn add_with(&mut self, title: String, span: Range<usize>, help: String, other: Range<usize>, what: &str) {
        self.0.push(Mistake { title, span, help: Some(help), other: Some((other, what.to_owned())) });
    }

    /// Whether there are none.
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether the next one will still be shown: if not, a costly hint can be spared.
    pub(super) fn next_is_shown(&self) -> bool {
        self.0.len() < MOST_SHOWN
    }

    /// The finished report, in the order of the file.
    pub(super) fn into_error(mut self, name: &str, text: &str) -> ConfigError {
        let mistakes = self.0.len();
        // A stable sort: at one place, in the order they were found.
        self.0.sort_by_key(|mistake| mistake.span.start);
        let lines = Lines::of(text);
        let end = match mistakes {
            1 => format!("1 mistake in {}", shown(name)),
            count if count > MOST_SHOWN => format!("{count} mistakes in {} (the first {MOST_SHOWN} are shown)", shown(name)),
            count => format!("{count} mistakes in {}", shown(name)),
        };
        let write = |renderer: Renderer| {
            let renderer = renderer.term_width(WIDTH);
            let mut report = String::new();
            for mistake in self.0.iter().take(MOST_SHOWN) {
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
