//! Whether Chinese text is in simplified or in traditional characters.

use std::collections::HashMap;
use std::sync::OnceLock;

use super::dictionary;

/// How Chinese is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Script {
    /// Simplified characters, `Hans`.
    Simplified,
    /// Traditional characters, `Hant`.
    Traditional,
}

/// Characters of one script that decide; more make no difference.
const ENOUGH: usize = 400;
/// How many times those of the other script there must be: quotations of the other and slips are common.
const TIMES: usize = 4;

/// Characters that only one of the scripts has. A character that stands for itself in the other, too (后, 里, 着), is none.
fn characters() -> &'static HashMap<char, Script> {
    static CHARACTERS: OnceLock<HashMap<char, Script>> = OnceLock::new();
    CHARACTERS.get_or_init(|| {
        let texts = dictionary::characters();
        let lists = texts.each_ref().map(|text| list(text));
        let [simplified, traditional] = &lists;
        // What one dictionary turns and the other does not know as its own.
        let only = |of: &HashMap<char, String>, other: &HashMap<char, String>, script| {
            of.iter()
                .filter(|(char, to)| !to.contains(**char) && !other.contains_key(char))
                .map(|(char, _)| (*char, script))
                .collect::<Vec<_>>()
        };
        let simplified_only = only(simplified, traditional, Script::Simplified);
        let traditional_only = only(traditional, simplified, Script::Traditional);
        simplified_only.into_iter().chain(traditional_only).collect()
    })
}

/// Characters and all they may become.
fn list(text: &str) -> HashMap<char, String> {
    text.lines()
        .filter(|line| !line.starts_with('#'))
        .filter_map(|line| {
            let (key, values) = line.split_once('\t')?;
            Some((key.chars().next()?, values.to_owned()))
        })
        .collect()
}

/// The script of a text, by the characters that only one script has; none where it has none of them, or too many of the other's. Other
/// languages written with the characters (kanji) are not told from Chinese.
pub fn script(text: &str) -> Option<Script> {
    if text.is_ascii() {
        return None;
    }
    let characters = characters();
    let (mut simplified, mut traditional) = (0, 0);
    for char in text.chars() {
        match characters.get(&char) {
            Some(Script::Simplified) => simplified += 1,
            Some(Script::Traditional) => traditional += 1,
            None => continue,
        }
        if simplified.max(traditional) >= ENOUGH {
            break;
        }
    }
    if simplified > 0 && simplified >= TIMES * traditional {
        Some(Script::Simplified)
    } else if traditional > 0 && traditional >= TIMES * simplified {
        Some(Script::Traditional)
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: Option<Script>) {
        assert_eq!(script(text), expected, "{text}");
    }

    #[test]
    fn by_the_characters_of_one_script() {
        check("渡轮今晚停开，码头没有人", Some(Script::Simplified));
        check("渡輪今晚停開，碼頭沒有人", Some(Script::Traditional));
        check("中文", None);
        check("后里干面", None);
        check("Ferry", None);
        check("", None);
        check("門门", None);
        check("渡輪今晚停開，碼頭沒有人，招牌寫「渔」", Some(Script::Traditional));
        check("かな", None);
    }
}
