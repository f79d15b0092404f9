//! What a remembered translation is kept under.

use sha2::{Digest, Sha256};

use super::{Maker, Segment};

/// Digest of the terms that occur in a segment; all zeros where none does.
pub type TermsVersion = [u8; 32];

/// The key of a segment's translation: SHA-256 of its [`Segment::markup`], both languages, what made it and the terms an engine was told of.
///
/// The role is no part of it: a caption that says what the alternative text says is paid for once.
pub fn key(segment: &Segment, from: &str, to: &str, maker: &Maker, terms: &TermsVersion) -> [u8; 32] {
    let mut digest = Sha256::new();
    let markup = segment.markup();
    let parts = ["reprint translation 1", from, to, &maker.translator, &maker.name, &maker.version, &markup];
    for part in parts {
        // With its length in front: no two rows of parts read alike.
        digest.update((part.len() as u64).to_be_bytes());
        digest.update(part.as_bytes());
    }
    digest.update(terms);
    digest.finalize().into()
}

#[cfg(test)]
mod tests {
    use super::super::{Piece, Role};
    use super::*;

    #[test]
    fn every_part_of_a_key_counts() {
        let segment = |role, text: &str| Segment { role, pieces: vec![Piece::Text(text.to_owned()), Piece::Point(1)] };
        let maker = |translator: &str, version: &str| Maker {
            translator: translator.to_owned(),
            name: "Engine".to_owned(),
            version: version.to_owned(),
        };
        let (one, two) = (segment(Role::Text, "tide"), segment(Role::Text, "tides"));
        let (zero, terms) = ([0; 32], [1; 32]);
        let base = key(&one, "en", "de", &maker("a", "1"), &zero);
        let others = [
            key(&two, "en", "de", &maker("a", "1"), &zero),
            key(&one, "fr", "de", &maker("a", "1"), &zero),
            key(&one, "en", "fr", &maker("a", "1"), &zero),
            key(&one, "end", "e", &maker("a", "1"), &zero),
            key(&one, "en", "de", &maker("b", "1"), &zero),
            key(&one, "en", "de", &maker("a", "2"), &zero),
            key(&one, "en", "de", &maker("a", "1"), &terms),
        ];
        for (number, other) in others.iter().enumerate() {
            assert_ne!(*other, base, "{number}");
        }
        assert_eq!(key(&segment(Role::Caption, "tide"), "en", "de", &maker("a", "1"), &zero), base);
    }
}
