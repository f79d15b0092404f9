//! Log lines: whatever text of others is in one, it is one line, short, and moves no cursor.

use std::io::{self, Write};

use tracing_subscriber::fmt::MakeWriter;

/// Longest line, bytes, its end included.
const LONGEST: usize = 1024;

/// Makes a writer an event.
#[derive(Debug, Clone, Copy)]
pub(super) struct Lines {
    /// Escapes of our own colours pass: the formatter has already escaped those of others.
    pub(super) coloured: bool,
}

/// One event on its way to stderr.
#[derive(Debug)]
pub(super) struct Line(Lines);

impl<'a> MakeWriter<'a> for Lines {
    type Writer = Line;

    fn make_writer(&'a self) -> Line {
        Line(*self)
    }
}

impl Write for Line {
    fn write(&mut self, event: &[u8]) -> io::Result<usize> {
        io::stderr().lock().write_all(line(event, self.0.coloured).as_bytes())?;
        Ok(event.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        io::stderr().flush()
    }
}

/// An event as one line.
fn line(event: &[u8], coloured: bool) -> String {
    const CUT: &str = "…";
    let text = String::from_utf8_lossy(event);
    let text = text.strip_suffix('\n').unwrap_or(&text);
    // The end of colours, the mark of a cut and the line's end have to fit as well.
    let room = LONGEST - CUT.len() - "\x1b[0m\n".len();
    let mut line = String::with_capacity(text.len().min(LONGEST) + 8);
    let mut is_cut = false;
    for char in text.chars() {
        let before = line.len();
        let turns =
            matches!(char, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{2028}' | '\u{2029}');
        if (char.is_control() && !(coloured && char == '\x1b')) || turns {
            line.extend(char.escape_default());
        } else {
            line.push(char);
        }
        if line.len() > room {
            line.truncate(before);
            is_cut = true;
            break;
        }
    }
    if is_cut {
        line.push_str(CUT);
    }
    if coloured && is_cut {
        line.push_str("\x1b[0m");
    }
    line.push('\n');
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(event: &str, coloured: bool, expected: &str) {
        assert_eq!(line(event.as_bytes(), coloured), expected);
    }

    #[test]
    fn s18_text_of_others_moves_nothing() {
        check("polled 12 articles 海港\n", false, "polled 12 articles 海港\n");
        check("a \x1b[2J\x1b[1;31mb\n", false, "a \\u{1b}[2J\\u{1b}[1;31mb\n");
        check("a\nINFO forged\r\n", false, "a\\nINFO forged\\r\n");
        check("a\u{9b}31m\u{7f}\u{202e}b\n", false, "a\\u{9b}31m\\u{7f}\\u{202e}b\n");
        check("\x1b[32mINFO\x1b[0m a\nb\n", true, "\x1b[32mINFO\x1b[0m a\\nb\n");
        check("", false, "\n");
    }

    #[test]
    fn s18_a_line_is_never_longer_than_a_kibibyte() {
        for (unit, coloured) in [("x", false), ("海", false), ("\x1b", false), ("\x1b", true), ("\n", true), ("é\x07", false)] {
            for count in [1, 300, 1_017, 1_018, 1_024, 100_000] {
                let line = line(unit.repeat(count).as_bytes(), coloured);
                assert!(line.len() <= LONGEST && line.ends_with('\n') && line.matches('\n').count() == 1, "{unit:?} {count}");
            }
        }
        assert!(line("x".repeat(2_000).as_bytes(), false).ends_with("x…\n"));
        // What is no text is shown as such.
        assert_eq!(line(b"a\xffb\n", false), "a\u{fffd}b\n");
    }
}
