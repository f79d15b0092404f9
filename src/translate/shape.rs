//! Which tags of a body are the frame that its segments stand in.

use std::collections::HashMap;
use std::ops::Range;

use super::cut::{LONGEST, TAG};
use super::glossary::covers;
use super::markup::{Kind, Token, attributes, is_verbatim, tokens, unescape};
use crate::model::markup::{is_inline, is_void};

/// The body's tags, and which of them are the frame.
#[derive(Debug)]
pub(super) struct Shape {
    pub tokens: Vec<Token>,
    /// The other tag of an element.
    pub partner: Vec<Option<usize>>,
    /// Tags that are the frame.
    pub frames: Vec<bool>,
    /// Elements that go through as a whole.
    pub whole: Vec<bool>,
    /// Letters, letters and digits, and length, of everything before a token.
    letters: Vec<usize>,
    alphanumerics: Vec<usize>,
    length: Vec<usize>,
}

impl Shape {
    pub fn of(html: &str, from: &str) -> Self {
        let tokens = tokens(html);
        let count = tokens.len();
        let mut partner = vec![None; count];
        let mut open: Vec<usize> = Vec::new();
        let mut open_names: HashMap<&str, usize> = HashMap::new();
        let (mut letters, mut alphanumerics, mut length) = (vec![0], vec![0], vec![0]);
        for (number, token) in tokens.iter().enumerate() {
            let name = token.name(html);
            let (mut l, mut a, mut n) = (0, 0, TAG);
            match token.kind {
                Kind::Open if !is_void(name) => {
                    open.push(number);
                    *open_names.entry(name).or_default() += 1;
                }
                Kind::Close if open_names.get(name).is_some_and(|count| *count > 0) => {
                    while let Some(start) = open.pop() {
                        let opened = tokens[start].name(html);
                        if let Some(count) = open_names.get_mut(opened) {
                            *count -= 1;
                        }
                        if opened == name {
                            (partner[start], partner[number]) = (Some(number), Some(start));
                            break;
                        }
                    }
                }
                Kind::Text => {
                    n = 0;
                    for character in unescape(token.source(html)).chars() {
                        n += 1;
                        l += usize::from(character.is_alphabetic());
                        a += usize::from(character.is_alphanumeric());
                    }
                }
                _ => {}
            }
            letters.push(letters[number] + l);
            alphanumerics.push(alphanumerics[number] + a);
            length.push(length[number] + n);
        }
        let mut shape =
            Self { tokens, partner, frames: vec![false; count], whole: vec![false; count], letters, alphanumerics, length };
        let from = if shape.is_marked_wrong(html, from) { "und" } else { from };
        shape.find_frames(html, from);
        shape
    }

    /// Whether next to nothing is left when what is marked as another language is left out: then the marks are those of an editor's settings,
    /// and the language that the article was found to be in is believed.
    fn is_marked_wrong(&self, html: &str, from: &str) -> bool {
        let (mut marked, mut number) = (0, 0);
        while let Some(token) = self.tokens.get(number) {
            if let (Kind::Open, Some(end)) = (token.kind, self.partner[number])
                && language(token.source(html)).is_some_and(|tag| is_other(tag, from))
            {
                marked += self.letters(&(number..end));
                number = end;
            }
            number += 1;
        }
        let all = self.letters.last().copied().unwrap_or_default();
        (all - marked) * 10 < all
    }

    /// Blocks are the frame, and so is an inline element with a block in it or one too long for a segment.
    fn find_frames(&mut self, html: &str, from: &str) {
        let mut open: Vec<usize> = Vec::new();
        let mut number = 0;
        while let Some(token) = self.tokens.get(number) {
            let name = token.name(html);
            let is_frame = match (token.kind, self.partner[number]) {
                (Kind::Open, Some(end)) => {
                    let tag = token.source(html);
                    self.whole[number] = is_verbatim(name) || is_foreign(tag, from);
                    let is_long = self.length[end] - self.length[number] > LONGEST && !self.whole[number];
                    !is_inline(name) || is_long
                }
                (Kind::Open, None) => !is_inline(name) || !is_void(name),
                (Kind::Close, Some(start)) => self.frames[start],
                (Kind::Close, None) => true,
                (Kind::Text | Kind::Other, _) => false,
            };
            if is_frame {
                self.frames[number] = true;
                for &around in open.iter().rev() {
                    if std::mem::replace(&mut self.frames[around], true) {
                        break;
                    }
                }
            }
            match (token.kind, self.partner[number]) {
                (Kind::Open, Some(end)) if self.whole[number] => {
                    self.frames[end] = self.frames[number];
                    number = end;
                }
                (Kind::Open, Some(_)) => open.push(number),
                (Kind::Close, Some(_)) => {
                    open.pop();
                }
                _ => {}
            }
            number += 1;
        }
        for number in 0..self.tokens.len() {
            if let Some(end) = self.partner[number].filter(|end| *end > number && self.frames[number]) {
                self.frames[end] = true;
            }
        }
    }

    /// Letters between two tokens.
    pub fn letters(&self, at: &Range<usize>) -> usize {
        self.letters[at.end] - self.letters[at.start]
    }

    pub fn alphanumerics(&self, at: &Range<usize>) -> usize {
        self.alphanumerics[at.end] - self.alphanumerics[at.start]
    }
}

/// Whether a tag says that what is in it is not to be translated, or that it is in another language.
fn is_foreign(tag: &str, from: &str) -> bool {
    let is_kept = |(name, at): (&str, Range<usize>)| name == "translate" && tag[at].eq_ignore_ascii_case("no");
    tag.contains("=\"") && (attributes(tag).into_iter().any(is_kept) || language(tag).is_some_and(|tag| is_other(tag, from)))
}

/// The language that a tag says.
fn language(tag: &str) -> Option<&str> {
    let written = attributes(tag).into_iter().find(|(name, _)| matches!(*name, "lang" | "xml:lang"));
    written.and_then(|(_, at)| tag.get(at)).filter(|_| tag.contains("=\""))
}

fn is_other(tag: &str, from: &str) -> bool {
    let primary = tag.split('-').next().unwrap_or_default();
    !primary.is_empty() && from != "und" && !covers(primary, from)
}
