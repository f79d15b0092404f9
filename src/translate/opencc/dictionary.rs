//! The dictionaries of OpenCC, and the groups of them that its configurations name.

use std::io::Read;
use std::sync::OnceLock;

use flate2::read::GzDecoder;

use super::trie::Trie;

/// The version of OpenCC that the dictionaries are of.
pub const VERSION: &str = "1.4.2";

macro_rules! dictionary {
    ($name:literal) => {
        include_bytes!(concat!("dictionaries/", $name, ".txt.gz"))
    };
}

const COMPATIBILITY: &[u8] = dictionary!("CJK_Compatibility_Ideographs");
const HK_PHRASES: &[u8] = dictionary!("HKPhrases");
const HK_PHRASES_REVERSE: &[u8] = dictionary!("HKPhrasesRev");
const HK_VARIANTS: &[u8] = dictionary!("HKVariants");
const HK_VARIANTS_PHRASES: &[u8] = dictionary!("HKVariantsPhrases");
const HK_VARIANTS_REVERSE: &[u8] = dictionary!("HKVariantsRev");
const HK_VARIANTS_REVERSE_PHRASES: &[u8] = dictionary!("HKVariantsRevPhrases");
const ST_CHARACTERS: &[u8] = dictionary!("STCharacters");
const ST_PHRASES: &[u8] = dictionary!("STPhrases");
const ST_PHRASES_OF_REGIONS: &[u8] = dictionary!("STPhrases_GeneratedFromRegionalPhrases");
const TS_CHARACTERS: &[u8] = dictionary!("TSCharacters");
const TS_CHARACTERS_EXTENDED: &[u8] = dictionary!("TSCharactersExt");
const TS_PHRASES: &[u8] = dictionary!("TSPhrases");
const TW_PHRASES: &[u8] = dictionary!("TWPhrases");
const TW_PHRASES_REVERSE: &[u8] = dictionary!("TWPhrasesRev");
const TW_VARIANTS: &[u8] = dictionary!("TWVariants");
const TW_VARIANTS_PHRASES: &[u8] = dictionary!("TWVariantsPhrases");
const TW_VARIANTS_REVERSE: &[u8] = dictionary!("TWVariantsRev");
const TW_VARIANTS_REVERSE_PHRASES: &[u8] = dictionary!("TWVariantsRevPhrases");

/// A group of dictionaries that is searched as one. The dictionaries are ranked: whatever one of a lower rank has at a place goes before all of
/// the others (OpenCC's `short_circuit`); within a rank the longest counts (`union`), and of equals the first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Group {
    /// Compatibility ideographs to unified ones.
    Compatibility,
    /// Simplified to OpenCC's traditional characters. Rank 0 holds the words.
    ToTraditional,
    /// OpenCC's traditional characters to simplified. Rank 0 holds the words.
    ToSimplified,
    /// Traditional characters as Taiwan writes them.
    ToTaiwan,
    /// The same, with words of Taiwan.
    ToTaiwanWords,
    /// Traditional characters as Hong Kong writes them.
    ToHongKong,
    /// The same, with words of Hong Kong.
    ToHongKongWords,
    /// Back from Taiwan's characters.
    FromTaiwan,
    /// The same, with words of the mainland.
    FromTaiwanWords,
    /// Back from Hong Kong's characters.
    FromHongKong,
    /// The same, with words of the mainland.
    FromHongKongWords,
}

impl Group {
    /// Every group.
    pub const ALL: [Group; 11] = [
        Group::Compatibility,
        Group::ToTraditional,
        Group::ToSimplified,
        Group::ToTaiwan,
        Group::ToTaiwanWords,
        Group::ToHongKong,
        Group::ToHongKongWords,
        Group::FromTaiwan,
        Group::FromTaiwanWords,
        Group::FromHongKong,
        Group::FromHongKongWords,
    ];

    /// Its dictionaries, each rank a list.
    fn ranks(self) -> &'static [&'static [&'static [u8]]] {
        match self {
            Group::Compatibility => &[&[COMPATIBILITY]],
            Group::ToTraditional => &[&[ST_PHRASES, ST_PHRASES_OF_REGIONS], &[ST_CHARACTERS]],
            Group::ToSimplified => &[&[TS_PHRASES], &[TS_CHARACTERS_EXTENDED], &[TS_CHARACTERS]],
            Group::ToTaiwan => &[&[TW_VARIANTS_PHRASES], &[TW_VARIANTS]],
            Group::ToTaiwanWords => &[&[TW_PHRASES], &[TW_VARIANTS_PHRASES], &[TW_VARIANTS]],
            Group::ToHongKong => &[&[HK_VARIANTS_PHRASES], &[HK_VARIANTS]],
            Group::ToHongKongWords => &[&[HK_PHRASES], &[HK_VARIANTS_PHRASES], &[HK_VARIANTS]],
            Group::FromTaiwan => &[&[TW_VARIANTS_REVERSE_PHRASES], &[TW_VARIANTS_REVERSE]],
            Group::FromTaiwanWords => &[&[TW_PHRASES_REVERSE], &[TW_VARIANTS_REVERSE_PHRASES], &[TW_VARIANTS_REVERSE]],
            Group::FromHongKong => &[&[HK_VARIANTS_REVERSE_PHRASES], &[HK_VARIANTS_REVERSE]],
            Group::FromHongKongWords => &[&[HK_PHRASES_REVERSE], &[HK_VARIANTS_REVERSE_PHRASES], &[HK_VARIANTS_REVERSE]],
        }
    }

    /// Its trie, made when it is first asked for and shared from then on.
    pub fn trie(self) -> &'static Trie {
        static TRIES: [OnceLock<Trie>; Group::ALL.len()] = [const { OnceLock::new() }; Group::ALL.len()];
        TRIES[self as usize].get_or_init(|| self.read())
    }

    fn read(self) -> Trie {
        let texts: Vec<(u8, String)> = self
            .ranks()
            .iter()
            .zip(0..)
            .flat_map(|(rank, number)| rank.iter().map(move |packed| (number, text(packed))))
            .collect();
        let entries: Vec<(&str, &str, u8)> =
            texts.iter().flat_map(|(rank, text)| entries(text).map(|(key, value)| (key, value, *rank))).collect();
        Trie::new(&entries)
    }
}

/// Characters with what they become, simplified → traditional and back.
pub fn characters() -> [String; 2] {
    [text(ST_CHARACTERS), text(TS_CHARACTERS)]
}

fn text(packed: &[u8]) -> String {
    let mut text = String::new();
    // The bytes are part of the program; a test reads all of them.
    GzDecoder::new(packed).read_to_string(&mut text).expect("embedded dictionaries are gzip of UTF-8");
    text
}

/// The entries of a dictionary in OpenCC's text form: key, tab, values with spaces between them, of which the first is the usual one.
pub fn entries(text: &str) -> impl Iterator<Item = (&str, &str)> {
    text.lines().filter(|line| !line.starts_with('#')).filter_map(|line| {
        let (key, values) = line.split_once('\t')?;
        let value = values.split(' ').next()?;
        (!key.is_empty() && !value.is_empty()).then_some((key, value))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_dictionary_is_whole() {
        for group in Group::ALL {
            for (number, rank) in group.ranks().iter().enumerate() {
                for packed in *rank {
                    let text = text(packed);
                    let lines = text.lines().filter(|line| !line.is_empty() && !line.starts_with('#')).count();
                    assert_eq!(entries(&text).count(), lines, "{group:?} {number}");
                    assert!(lines >= 12, "{group:?} {number}");
                }
            }
            assert_eq!(Group::ALL[group as usize], group);
        }
    }

    /// What the converter takes for granted: where lines end no entry goes on, words alone have several characters where the words of a text
    /// are found in the same pass as it is converted, and ASCII alone is never an entry.
    #[test]
    fn entries_are_as_the_converter_needs_them() {
        for group in Group::ALL {
            for (number, rank) in group.ranks().iter().enumerate() {
                for packed in *rank {
                    let text = text(packed);
                    for (key, _) in entries(&text) {
                        assert!(!key.contains(super::super::ENDS_EVERY_WORD), "{key}");
                        assert!(!key.is_ascii(), "{key}");
                        assert!(number == 0 || group != Group::ToTraditional || key.chars().count() == 1, "{key}");
                    }
                }
            }
        }
    }

    #[test]
    fn the_first_value_counts() {
        let text = "# a\tb\n\n茶\t茗 茶\n空\t\n\t空\n";
        assert_eq!(entries(text).collect::<Vec<_>>(), [("茶", "茗")]);
    }
}
