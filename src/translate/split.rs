//! Where a text that is too long for one segment is divided: after a sentence, else after a word, else anywhere.

/// Marks that end a sentence wherever they stand.
const FULL: &[char] = &['。', '！', '？', '｡', '．', '؟', '۔', '।', '։', '။', '።', '\n'];
/// Marks that end one before a space.
const SPACED: &[char] = &['.', '!', '?', '…'];
/// What closes a quotation behind them.
const CLOSING: &[char] = &['”', '’', '」', '』', '）', '》', ')', ']', '"', '\'', '»'];

/// The text in parts of at most so many characters; together they are the text.
pub(super) fn parts(text: &str, most: usize) -> Vec<&str> {
    let most = most.max(1);
    let mut parts = Vec::new();
    let mut rest = text;
    loop {
        let Some((limit, _)) = rest.char_indices().nth(most) else {
            if !rest.is_empty() {
                parts.push(rest);
            }
            return parts;
        };
        let window = &rest[..limit];
        let end = sentence_end(window).or_else(|| word_end(window)).unwrap_or(limit);
        let (part, after) = rest.split_at(end);
        parts.push(part);
        rest = after;
    }
}

/// The end of the last sentence in a text, with the space behind it.
fn sentence_end(text: &str) -> Option<usize> {
    let mut end = None;
    let mut after_mark: Option<bool> = None;
    for (at, character) in text.char_indices() {
        if FULL.contains(&character) {
            end = Some(at + character.len_utf8());
            after_mark = Some(true);
        } else if SPACED.contains(&character) {
            after_mark = Some(false);
        } else if CLOSING.contains(&character) && after_mark.is_some() {
            if after_mark == Some(true) {
                end = Some(at + character.len_utf8());
            }
        } else if character.is_whitespace() && after_mark.is_some() {
            end = Some(at + character.len_utf8());
            after_mark = Some(true);
        } else {
            after_mark = None;
        }
    }
    end
}

/// The end of the last word in a text, with the space behind it.
fn word_end(text: &str) -> Option<usize> {
    text.char_indices().rev().find(|(_, character)| character.is_whitespace()).map(|(at, space)| at + space.len_utf8())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn divides_after_sentences() {
        let check = |text: &str, most: usize, expected: &[&str]| assert_eq!(parts(text, most), expected, "{text}");
        check("One tide. Two tides. Three", 22, &["One tide. Two tides. ", "Three"]);
        check("潮水退了。“船走了。”人散了", 12, &["潮水退了。“船走了。”", "人散了"]);
        check("no end here", 8, &["no end ", "here"]);
        check("潮水退了船走了", 3, &["潮水退", "了船走", "了"]);
        check("3.5 m", 3, &["3.5", " m"]);
        check("", 3, &[]);
    }

    proptest! {
        #[test]
        fn nothing_is_lost(text in "[a .。”\n港]{0,80}", most in 1_usize..12) {
            let parts = parts(&text, most);
            prop_assert!(parts.iter().all(|part| !part.is_empty() && part.chars().count() <= most));
            prop_assert_eq!(parts.concat(), text);
        }
    }
}
