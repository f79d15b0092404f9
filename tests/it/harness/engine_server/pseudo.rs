//! A translation that means nothing and looks right: every word becomes another one in the script of the target, about as long as words are
//! there. Tags, entities, digits and marks stay.

/// A part of a text on the wire.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Token {
    /// A tag.
    Tag(String),
    /// An entity.
    Entity(String),
    /// Digits.
    Digits(String),
    /// Letters.
    Word(String),
    /// One other character.
    Mark(String),
}

impl Token {
    pub fn as_str(&self) -> &str {
        match self {
            Self::Tag(text) | Self::Entity(text) | Self::Digits(text) | Self::Word(text) | Self::Mark(text) => text,
        }
    }
}

/// Whether it is written in Latin letters.
pub fn is_latin(language: &str) -> bool {
    !matches!(script(language), Script::Cyrillic | Script::Han | Script::Kana)
}

enum Script {
    Latin,
    Cyrillic,
    Han,
    Kana,
}

fn script(language: &str) -> Script {
    let language = language.to_ascii_lowercase();
    match language.split(['-', '_']).next().unwrap_or_default() {
        "ru" | "uk" | "bg" | "be" | "mk" | "rus" | "ukr" => Script::Cyrillic,
        "zh" | "zt" => Script::Han,
        "ja" => Script::Kana,
        _ => Script::Latin,
    }
}

/// Cuts a text into its parts.
pub fn tokens(text: &str) -> Vec<Token> {
    let mut tokens = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let run = |is: fn(char) -> bool| rest.find(|c: char| !is(c)).unwrap_or(rest.len());
        let close = |end: char| rest.find(end).map(|at| at + 1);
        let (length, token): (usize, fn(String) -> Token) = match first {
            '<' if close('>').is_some() => (close('>').unwrap_or(1), Token::Tag),
            '&' if close(';').is_some() => (close(';').unwrap_or(1), Token::Entity),
            c if c.is_numeric() => (run(char::is_numeric), Token::Digits),
            c if c.is_alphabetic() => (run(char::is_alphabetic), Token::Word),
            c => (c.len_utf8(), Token::Mark),
        };
        tokens.push(token(rest[..length].to_owned()));
        rest = &rest[length..];
    }
    tokens
}

/// Where the tag that begins there ends; none for one without content.
pub fn close_of(tokens: &[Token], at: usize) -> Option<usize> {
    let mut depth = 0_usize;
    for (index, token) in tokens.iter().enumerate().skip(at) {
        let Token::Tag(tag) = token else { continue };
        if tag.starts_with("</") {
            depth = depth.checked_sub(1)?;
        } else if !tag.ends_with("/>") {
            depth += 1;
        }
        if depth == 0 {
            return (index > at).then_some(index);
        }
    }
    None
}

/// Translates.
pub fn translate(text: &str, to: &str) -> String {
    tokens(text)
        .into_iter()
        .map(|token| match token {
            Token::Word(word) => self::word(&word, to),
            other => other.as_str().to_owned(),
        })
        .collect()
}

fn word(word: &str, to: &str) -> String {
    const HAN: [char; 16] = ['山', '水', '天', '地', '人', '大', '小', '中', '上', '下', '日', '月', '木', '火', '土', '金'];
    const KANA: [char; 16] = ['か', 'さ', 'た', 'な', 'は', 'ま', 'や', 'ら', 'き', 'し', 'ち', 'に', 'ひ', 'み', 'り', 'の'];
    const CYRILLIC: [char; 16] = ['а', 'о', 'е', 'и', 'н', 'т', 'с', 'р', 'в', 'л', 'к', 'м', 'д', 'п', 'у', 'я'];
    const SYLLABLES: [&str; 16] =
        ["ba", "ce", "di", "fo", "gu", "la", "me", "ni", "po", "ru", "sa", "te", "vi", "lo", "du", "ma"];
    let from_wide = word.chars().all(|c| !c.is_ascii() && c as u32 > 0x2E80);
    let letters: Vec<usize> = word.chars().map(|c| c as usize % 16).collect();
    // One sign of Chinese is a word of two or three letters and back.
    let wide = |table: &[char; 16]| -> String {
        let step = if from_wide { 1 } else { 3 };
        letters.iter().step_by(step).map(|letter| table[(letter + 5) % 16]).collect()
    };
    match script(to) {
        Script::Han => wide(&HAN),
        Script::Kana => wide(&KANA),
        Script::Cyrillic => letters.iter().map(|letter| CYRILLIC[*letter]).collect(),
        Script::Latin if from_wide => {
            letters.chunks(2).map(|pair| pair.iter().map(|letter| SYLLABLES[*letter]).collect::<String>() + " ").collect()
        }
        Script::Latin => {
            let mut out: String = letters.chunks(2).map(|pair| SYLLABLES[pair.iter().sum::<usize>() % 16]).collect();
            if word.starts_with(char::is_uppercase) {
                out[..1].make_ascii_uppercase();
            }
            out
        }
    }
}
