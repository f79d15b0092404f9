//! Italian.

use super::{Label, Notice, Words, notice};

pub(super) const WORDS: Words = Words {
    tag: "it",
    labels: &[(Label::Translator, &["traduzione"])],
    before: &[(Label::Author, &["di"]), (Label::Translator, &["traduzione di"])],
    after: &[],
    nobody: &["redazione"],
    title_labels: &["traduzione", "esclusiva"],
    agencies: &["ansa"],
    first: &["originariamente", "originalmente", "per la prima volta"],
    rights: &["tutti i diritti riservati", "licenza"],
    ..Words::NONE
};
