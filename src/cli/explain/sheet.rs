//! What is printed for people: labels on the left, values beside them, lines no wider than the terminal, right for wide characters.

use unicode_width::UnicodeWidthChar;

/// Columns of a line.
const WIDTH: usize = 100;
/// Columns of a label, with the space on both sides.
const LABEL: usize = 16;
/// Lines of one value.
const LINES: usize = 6;

/// Lines to print, and whether a terminal shows them.
#[derive(Debug)]
pub(super) struct Sheet {
    lines: Vec<String>,
    terminal: bool,
}

impl Sheet {
    /// An empty one.
    pub(super) fn new(terminal: bool) -> Self {
        Self { lines: Vec::new(), terminal }
    }

    /// The heading of a stage.
    pub(super) fn heading(&mut self, name: &str, about: &str) {
        if !self.lines.is_empty() {
            self.lines.push(String::new());
        }
        let (bold, plain) = if self.terminal { ("\u{1b}[1m", "\u{1b}[0m") } else { ("", "") };
        let about = clean(about);
        let taken = width(name) + 2 + width(&about);
        let rule = "─".repeat(WIDTH.saturating_sub(taken + 4).max(3));
        self.lines.push(format!("── {bold}{name}{plain}  {} {rule}", cut(&about, WIDTH.saturating_sub(width(name) + 10))));
    }

    /// A label and its value; an empty value is a dash.
    pub(super) fn field(&mut self, label: &str, value: &str) {
        let value = clean(value);
        let value = if value.is_empty() { "–".to_owned() } else { value };
        self.wrapped(&format!("  {label}"), &value);
    }

    /// On which rule and text the field above stands.
    pub(super) fn because(&mut self, rule: &str, text: &str) {
        let text = clean(text);
        let said = if text.is_empty() { rule.to_owned() } else { format!("{rule}: {text}") };
        self.wrapped("", &format!("└ {said}"));
    }

    /// A line of its own.
    pub(super) fn line(&mut self, text: &str) {
        for line in wrap(&clean(text), WIDTH - 2) {
            self.lines.push(format!("  {line}"));
        }
    }

    fn wrapped(&mut self, label: &str, value: &str) {
        let mut label = label.to_owned();
        let mut lines = wrap(value, WIDTH - LABEL);
        if lines.len() > LINES {
            lines.truncate(LINES);
            if let Some(last) = lines.last_mut() {
                *last = format!("{} …", cut(last, WIDTH - LABEL - 2));
            }
        }
        for line in lines {
            let pad = " ".repeat(LABEL.saturating_sub(width(&label)).max(1));
            self.lines.push(format!("{label}{pad}{line}"));
            label.clear();
        }
    }

    /// All of it.
    pub(super) fn finish(self) -> String {
        self.lines.join("\n")
    }
}

/// One line without anything that a terminal obeys: controls, and marks that change the direction of what comes after them.
fn clean(text: &str) -> String {
    let obeyed = |c: char| c.is_control() || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}');
    let shown: String = text.chars().map(|c| if c.is_whitespace() || obeyed(c) { ' ' } else { c }).collect();
    shown.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Columns that a text takes.
pub(super) fn width(text: &str) -> usize {
    text.chars().map(|c| c.width().unwrap_or(0)).sum()
}

/// As much of a text as fits.
fn cut(text: &str, most: usize) -> String {
    let mut taken = 0;
    text.chars()
        .take_while(|c| {
            taken += c.width().unwrap_or(0);
            taken <= most
        })
        .collect()
}

/// Lines of at most so many columns, broken at spaces and beside wide characters; a word that is too long is broken anywhere.
fn wrap(text: &str, most: usize) -> Vec<String> {
    let mut lines = Vec::new();
    let mut line = String::new();
    let mut taken = 0;
    // Where the line may be broken, in bytes.
    let mut place: Option<usize> = None;
    for c in text.chars() {
        let columns = c.width().unwrap_or(0);
        if taken + columns > most && !line.is_empty() {
            // In front of a space or a wide character a line may always end.
            let here = c == ' ' || columns == 2;
            let at = place.take().filter(|at| *at > 0 && !here).unwrap_or(line.len());
            let rest = line.split_off(at);
            lines.push(line.trim_end().to_owned());
            line = rest.trim_start().to_owned();
            taken = width(&line);
            if c == ' ' {
                continue;
            }
        }
        line.push(c);
        taken += columns;
        if c == ' ' || columns == 2 {
            place = Some(line.len());
        }
    }
    if !line.trim().is_empty() || lines.is_empty() {
        lines.push(line.trim_end().to_owned());
    }
    lines
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn lines_break_where_people_would() {
        let check = |text: &str, most: usize, expected: &[&str]| assert_eq!(wrap(text, most), expected, "{text}");
        check("the ferry sails", 9, &["the ferry", "sails"]);
        check("the ferry sails", 40, &["the ferry sails"]);
        check("渡轮今天停了", 5, &["渡轮", "今天", "停了"]);
        check("abcdefgh", 3, &["abc", "def", "gh"]);
        check("渡轮 ferry", 7, &["渡轮", "ferry"]);
        check("", 7, &[""]);
    }

    #[test]
    fn labels_stand_on_the_left_and_nothing_obeys_the_text() {
        let mut sheet = Sheet::new(false);
        sheet.heading("parsed", "as written");
        sheet.field("title", "渡轮\u{1b}[31m\n停了");
        sheet.because("title_of_entry", "x");
        sheet.field("language", "");
        let lines = sheet.finish();
        let lines: Vec<&str> = lines.lines().collect();
        assert!(lines[0].starts_with("── parsed  as written ──"), "{}", lines[0]);
        assert_eq!(&lines[1..], ["  title         渡轮 [31m 停了", "                └ title_of_entry: x", "  language      –"]);
    }

    proptest! {
        #[test]
        fn no_line_is_too_wide_and_nothing_is_lost(text in "[a-z 渡轮停了é。]{0,200}", most in 2..40_usize) {
            let lines = wrap(&text, most);
            prop_assert!(lines.iter().all(|line| width(line) <= most));
            let bare = |text: &str| text.chars().filter(|c| *c != ' ').collect::<String>();
            prop_assert_eq!(bare(&lines.concat()), bare(&text));
        }
    }
}
