//! Scripts: which one a language is written in, which one a letter is of, how much a letter says.

/// Scripts that are told apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Script {
    Latin,
    Cyrillic,
    Greek,
    Han,
    Kana,
    Hangul,
    Arabic,
    Hebrew,
    Devanagari,
    Bengali,
    Tamil,
    Telugu,
    Thai,
    Lao,
    Khmer,
    Myanmar,
    Georgian,
    Armenian,
    Ethiopic,
    Other,
}

use Script::*;

/// First and last character of the blocks that letters of a script are in, in order.
const BLOCKS: &[(u32, u32, Script)] = &[
    (0x41, 0x24f, Latin),
    (0x370, 0x3ff, Greek),
    (0x400, 0x52f, Cyrillic),
    (0x531, 0x58f, Armenian),
    (0x591, 0x5f4, Hebrew),
    (0x600, 0x6ff, Arabic),
    (0x750, 0x77f, Arabic),
    (0x8a0, 0x8ff, Arabic),
    (0x900, 0x97f, Devanagari),
    (0x980, 0x9ff, Bengali),
    (0xb80, 0xbff, Tamil),
    (0xc00, 0xc7f, Telugu),
    (0xe00, 0xe7f, Thai),
    (0xe80, 0xeff, Lao),
    (0x1000, 0x109f, Myanmar),
    (0x10a0, 0x10ff, Georgian),
    (0x1100, 0x11ff, Hangul),
    (0x1200, 0x139f, Ethiopic),
    (0x1780, 0x17ff, Khmer),
    (0x1c80, 0x1c8f, Cyrillic),
    (0x1c90, 0x1cbf, Georgian),
    (0x1e00, 0x1eff, Latin),
    (0x1f00, 0x1fff, Greek),
    (0x2c60, 0x2c7f, Latin),
    (0x2d00, 0x2d2f, Georgian),
    (0x2de0, 0x2dff, Cyrillic),
    (0x3005, 0x3007, Han),
    (0x3041, 0x30ff, Kana),
    (0x3131, 0x318f, Hangul),
    (0x31f0, 0x31ff, Kana),
    (0x3400, 0x4dbf, Han),
    (0x4e00, 0x9fff, Han),
    (0xa640, 0xa69f, Cyrillic),
    (0xa720, 0xa7ff, Latin),
    (0xac00, 0xd7ff, Hangul),
    (0xf900, 0xfaff, Han),
    (0xfb50, 0xfdff, Arabic),
    (0xfe70, 0xfefe, Arabic),
    (0xff21, 0xff5a, Latin),
    (0xff66, 0xff9f, Kana),
    (0x20000, 0x323af, Han),
];

/// The script of a letter; `None`: it is no letter.
pub(super) fn of(character: char) -> Option<Script> {
    if character.is_ascii() {
        return character.is_ascii_alphabetic().then_some(Latin);
    }
    if !character.is_alphabetic() {
        return None;
    }
    let code = u32::from(character);
    let after = BLOCKS.partition_point(|(first, _, _)| *first <= code);
    let block = BLOCKS[..after].last().filter(|(_, last, _)| code <= *last);
    Some(block.map_or(Other, |(_, _, script)| *script))
}

/// Whether the script of a letter sets no spaces between words.
pub(super) fn is_spaceless(character: char) -> bool {
    matches!(of(character), Some(Han | Kana | Thai | Lao | Khmer | Myanmar))
}

pub(super) fn is_hangul(character: char) -> bool {
    of(character) == Some(Hangul)
}

/// How much a letter or digit says, in Latin letters: a text in Chinese has about a third of the letters of its translation.
pub(super) fn weight(character: char) -> f64 {
    match of(character) {
        Some(Han) => 3.0,
        Some(Kana) => 1.6,
        Some(Hangul) => 2.2,
        Some(Arabic | Hebrew) => 1.2,
        Some(_) => 1.0,
        None if character.is_numeric() => 1.0,
        None => 0.0,
    }
}

/// The scripts a language is written in by its tag (its script subtag, else CLDR's likely one); empty: not known.
pub(super) fn expected(tag: &str) -> &'static [Script] {
    let lower = tag.to_ascii_lowercase();
    let mut subtags = lower.split('-');
    let primary = subtags.next().unwrap_or_default();
    let written = subtags.find(|subtag| subtag.len() == 4 && subtag.bytes().all(|byte| byte.is_ascii_alphabetic()));
    match written {
        Some("latn") => return &[Latin],
        Some("cyrl") => return &[Cyrillic],
        Some("arab") => return &[Arabic],
        Some("hans" | "hant" | "hani") => return &[Han],
        Some("deva") => return &[Devanagari],
        Some(_) if !matches!(primary, "ja" | "ko") => return &[],
        _ => {}
    }
    match primary {
        "zh" | "yue" | "wuu" | "lzh" => &[Han],
        "ja" => &[Kana, Han],
        "ko" => &[Hangul],
        "ru" | "uk" | "be" | "bg" | "mk" | "kk" | "ky" | "tg" | "mn" | "tt" | "ba" | "cv" => &[Cyrillic],
        "sr" | "bs" | "uz" | "az" => &[Cyrillic, Latin],
        "el" => &[Greek],
        "ar" | "fa" | "ur" | "ps" | "ckb" | "ug" | "sd" => &[Arabic],
        "he" | "yi" => &[Hebrew],
        "hi" | "mr" | "ne" => &[Devanagari],
        "bn" | "as" => &[Bengali],
        "ta" => &[Tamil],
        "te" => &[Telugu],
        "th" => &[Thai],
        "lo" => &[Lao],
        "km" => &[Khmer],
        "my" => &[Myanmar],
        "ka" => &[Georgian],
        "hy" => &[Armenian],
        "am" | "ti" => &[Ethiopic],
        "en" | "de" | "fr" | "es" | "it" | "pt" | "nl" | "sv" | "da" | "no" | "nb" | "nn" | "fi" | "is" | "et" | "lv" | "lt"
        | "pl" | "cs" | "sk" | "sl" | "hr" | "hu" | "ro" | "sq" | "tr" | "id" | "ms" | "vi" | "tl" | "fil" | "sw" | "af"
        | "ca" | "gl" | "eu" | "ga" | "cy" | "mt" | "eo" | "la" => &[Latin],
        _ => &[],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_are_in_order() {
        for pair in BLOCKS.windows(2) {
            assert!(pair[0].1 < pair[1].0, "{pair:x?}");
        }
    }

    #[test]
    fn tells_scripts_apart() {
        let check = |text: &str, expected: Option<Script>| {
            for character in text.chars() {
                assert_eq!(of(character), expected, "{character}");
            }
        };
        check("azÅéßŻ", Some(Latin));
        check("港軟々〇𠮷", Some(Han));
        check("あンー", Some(Kana));
        check("한", Some(Hangul));
        check("Жї", Some(Cyrillic));
        check("عپ", Some(Arabic));
        check("1٣、。 ×", None);
    }
}
