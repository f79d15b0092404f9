//! What is translated in one piece: the text of a block element, a title, a caption.

/// Which part of an article a segment is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Role {
    /// The title.
    Title,
    /// The summary.
    Summary,
    /// A block of the body.
    Text,
    /// A caption of a picture.
    Caption,
    /// The alternative text of a picture.
    Alternative,
    /// A disclaimer in the outlet's own words.
    Disclaimer,
}

/// A piece of a segment. Numbers count the tags of one segment from 1.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Piece {
    /// Text as readers see it: no entities, no markup.
    Text(String),
    /// An inline element begins; the same number closes it.
    Open(u16),
    /// An inline element ends.
    Close(u16),
    /// An element without content, or something that must not be translated.
    Point(u16),
}

/// What is translated in one piece.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Segment {
    /// Which part of the article it is.
    pub role: Role,
    /// Its text and placeholders; every number that opens closes, properly nested.
    pub pieces: Vec<Piece>,
}

/// An answer whose markup cannot be read as placeholders. In words, without a final stop.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Malformed(pub String);

impl Segment {
    /// The text without placeholders.
    pub fn text(&self) -> String {
        self.pieces
            .iter()
            .filter_map(|piece| match piece {
                Piece::Text(text) => Some(text.as_str()),
                _ => None,
            })
            .collect()
    }

    /// The form that engines get and the memory is keyed by: well-formed XML content with `<g id="1">…</g>` and `<x id="2"/>` (the names of
    /// XLIFF 1.2 § 2.6), `&`, `<` and `>` as entities.
    pub fn markup(&self) -> String {
        let mut out = String::new();
        for piece in &self.pieces {
            match piece {
                Piece::Text(text) => {
                    for character in text.chars() {
                        match character {
                            '&' => out.push_str("&amp;"),
                            '<' => out.push_str("&lt;"),
                            '>' => out.push_str("&gt;"),
                            other => out.push(other),
                        }
                    }
                }
                Piece::Open(number) => out.push_str(&format!("<g id=\"{number}\">")),
                Piece::Close(_) => out.push_str("</g>"),
                Piece::Point(number) => out.push_str(&format!("<x id=\"{number}\"/>")),
            }
        }
        out
    }
}
