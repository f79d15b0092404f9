//! Ideographic description sequences (Unicode 16 § 18.2): 「⿰木每」 describes one character; its parts are no text to convert.

/// Nested operators and characters of a sequence that are looked at, as OpenCC bounds them.
const DEPTH: usize = 15;
const CHARACTERS: usize = 64;

/// How many parts the operator has, if it is one.
fn parts(char: char) -> Option<u8> {
    match char {
        '⿲' | '⿳' => Some(3),
        '\u{2FFE}' | '\u{2FFF}' => Some(1),
        '\u{2FF0}'..='\u{2FFD}' => Some(2),
        _ => None,
    }
}

/// The bytes of the complete sequence that the text begins with.
pub fn bytes(text: &str) -> Option<usize> {
    text.chars().next().and_then(parts)?;
    // Parts that are missing yet, of every operator that is open.
    let (mut open, mut depth) = ([0u8; DEPTH], 0);
    for (at, char) in text.char_indices().take(CHARACTERS) {
        if let Some(parts) = parts(char) {
            *open.get_mut(depth)? = parts;
            depth += 1;
            continue;
        }
        // A part is there; with it, maybe, the operators it is the last part of.
        loop {
            let missing = &mut open[depth - 1];
            *missing -= 1;
            if *missing > 0 {
                break;
            }
            depth -= 1;
            if depth == 0 {
                return Some(at + char.len_utf8());
            }
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: Option<&str>) {
        assert_eq!(bytes(text).map(|bytes| &text[..bytes]), expected, "{text}");
    }

    #[test]
    fn sequences() {
        check("⿰木每后", Some("⿰木每"));
        check("⿲木日火后", Some("⿲木日火"));
        check("⿱⿰木木火后", Some("⿱⿰木木火"));
        check("⿱火⿰木⿱日月后", Some("⿱火⿰木⿱日月"));
        check("\u{2FFE}木后", Some("\u{2FFE}木"));
        check("⿰木", None);
        check("木⿰木每", None);
        check("", None);
        let nested = |operators: usize| "⿰".repeat(operators) + &"木".repeat(operators + 1);
        check(&nested(15), Some(nested(15).as_str()));
        check(&nested(16), None);
        check(&"⿰".repeat(1000), None);
    }
}
