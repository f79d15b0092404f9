//! Aligned columns for people, right for wide characters.

use unicode_width::UnicodeWidthStr;

/// Columns padded to the widest cell of each; the last one is not padded.
pub(super) fn lines(header: &[&str], rows: &[Vec<String>]) -> Vec<String> {
    let mut widths: Vec<usize> = header.iter().map(|cell| cell.width()).collect();
    for row in rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = (*width).max(cell.width());
        }
    }
    let line = |cells: &mut dyn Iterator<Item = &str>| {
        let mut line = String::new();
        for (cell, width) in cells.zip(&widths) {
            line.push_str(cell);
            line.extend(std::iter::repeat_n(' ', width.saturating_sub(cell.width()) + 2));
        }
        line.trim_end().to_owned()
    };
    let mut lines = vec![line(&mut header.iter().copied())];
    lines.extend(rows.iter().map(|row| line(&mut row.iter().map(String::as_str))));
    lines
}

#[cfg(test)]
mod tests {
    use super::lines;

    #[test]
    fn columns_line_up_under_wide_characters() {
        let rows = vec![vec!["海港".to_owned(), "ok".to_owned()], vec!["abc".to_owned(), "failing".to_owned()]];
        assert_eq!(lines(&["id", "state"], &rows), ["id    state", "海港  ok", "abc   failing"]);
    }
}
