//! An article put together again from the answers to its segments.

use std::ops::Range;

use chrono::{DateTime, Utc};

use super::check::{self, Objection};
use super::cut::{Chunk, Cut, Filler, Part, Slot, Tag};
use super::markup::{Kind, attributes, escape, is_forbidden, tokens, unescape};
use super::{Malformed, Piece};
use crate::config::Bilingual;
use crate::model::{AttributedArticle, Earlier, Hop, HopAction, Html, Party, Translation, TranslationKind};

/// Who translates and how: what is said of it afterwards.
#[derive(Debug, Clone)]
pub struct Making {
    /// How the translation is made: by a machine, or as a change of script.
    pub kind: TranslationKind,
    /// What made it, for readers: [`super::Maker::name`].
    pub engine: Option<String>,
    /// Who had it made: the site, by the name its feeds have. Answers for the step in [`crate::model::Provenance::hops`].
    pub by: Party,
    /// When.
    pub at: Option<DateTime<Utc>>,
    /// Whether the original stands beside it.
    pub bilingual: Bilingual,
}

/// Answers that an article cannot be put together from. Whatever is sent on to readers then is the original.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Damage {
    /// There are not as many answers as segments.
    #[error("{answers} answers to {segments} segments")]
    Count {
        /// Answers there are.
        answers: usize,
        /// Segments there are.
        segments: usize,
    },
    /// A segment's placeholders are not what they were, or its text is gone.
    #[error("segment {segment}: {objection}")]
    Segment {
        /// Which, from 0.
        segment: usize,
        /// What is wrong with it.
        objection: Objection,
    },
    /// The article's links or pictures are not what they were.
    #[error("{0} of the article are not what they were")]
    Lost(&'static str),
}

/// How an answer is written.
#[derive(Debug, Clone, Copy)]
struct Writing {
    /// As text, not HTML.
    plain: bool,
    /// Leaves out pictures, sound and film: they stand beside it already.
    without_media: bool,
}

const HTML: Writing = Writing { plain: false, without_media: false };
const PLAIN: Writing = Writing { plain: true, without_media: false };

impl Cut {
    /// The article in the language wanted: the same bytes of markup around the new text, which is escaped and rid of characters that no document
    /// may hold. Its provenance keeps all it says, and says what was done to it. One answer a segment, in their order.
    ///
    /// A translation of a translation names, as what it was made of, the page of that one. People who made the earlier one stay its translators
    /// when only the script changes; another machine's text is not put down to them. Either way they stay named for what they made, and their
    /// outlet's step is among the hops as before.
    ///
    /// # Errors
    /// Placeholders that are missing, doubled or nested otherwise, a text that is gone, links or pictures that are not the same. Numbers, length
    /// and script are held against the original by [`Cut::check`].
    pub fn assemble(&self, answers: &[Vec<Piece>], making: &Making) -> Result<AttributedArticle, Damage> {
        if answers.len() != self.segments.len() {
            return Err(Damage::Count { answers: answers.len(), segments: self.segments.len() });
        }
        for (segment, (asked, answer)) in self.segments.iter().zip(answers).enumerate() {
            let objection = check::structure(asked, answer).and_then(|()| self.check_pictures(segment, answer));
            objection.map_err(|objection| Damage::Segment { segment, objection })?;
        }
        let mut out = self.source.clone();
        let article = &mut out.article;
        article.title = one_line(&self.write(&self.title, answers, PLAIN));
        let original = &self.source.article.title;
        if making.bilingual != Bilingual::No && article.title != *original && !original.is_empty() {
            article.title = format!("{} / {original}", article.title);
        }
        article.summary = self.summary.as_ref().map(|summary| self.write(summary, answers, PLAIN));
        let body = self.body(answers, making.bilingual == Bilingual::Paragraphs);
        same_references(self.source.article.body.as_str(), &body, making.bilingual == Bilingual::Paragraphs)?;
        article.body = Html::from_sanitized(body);
        for (image, caption) in article.images.iter_mut().zip(&self.captions) {
            image.caption = caption.as_ref().map(|caption| self.write(caption, answers, PLAIN));
        }
        article.language = Some(self.to.clone());
        out.provenance.disclaimer = self.disclaimer.as_ref().map(|disclaimer| self.write(disclaimer, answers, PLAIN));
        self.note(&mut out, making);
        Ok(out)
    }

    /// What was done to it.
    fn note(&self, out: &mut AttributedArticle, making: &Making) {
        let converted = making.kind == TranslationKind::ScriptConversion;
        let provenance = &mut out.provenance;
        let earlier = provenance.translation.take();
        let from = Some(self.from.clone()).filter(|from| from != "und");
        if provenance.hops.is_empty() {
            // Without a way there is nothing that our step could follow.
            if let Some(original) = &provenance.original {
                let (at, language) = (original.published, original.language.clone());
                provenance.hops.push(Hop { action: HopAction::Created, party: original.outlet.clone(), at, language });
            }
            let action = match (&provenance.original, &earlier) {
                (None, _) => HopAction::Created,
                (Some(_), Some(_)) => HopAction::Translated,
                (Some(_), None) => HopAction::Reposted,
            };
            provenance.hops.push(Hop { action, party: provenance.source.clone(), at: None, language: from.clone() });
        }
        provenance.hops.push(Hop {
            action: if converted { HopAction::ScriptConverted } else { HopAction::Translated },
            party: making.by.clone(),
            at: making.at,
            language: Some(self.to.clone()),
        });
        provenance.translation = Some(Translation {
            kind: making.kind,
            from,
            to: Some(self.to.clone()),
            engine: making.engine.clone(),
            source: provenance.source.url.clone().or_else(|| self.source.article.url.clone()),
            translators: earlier.iter().filter(|_| converted).flat_map(|earlier| earlier.translators.clone()).collect(),
            earlier: earlier.and_then(|Translation { kind, engine, translators, earlier, .. }| {
                let nearest = Earlier { kind, engine, translators, earlier: None };
                Earlier::chain([nearest].into_iter().chain(earlier.iter().flat_map(Earlier::all).cloned()).collect())
            }),
        });
    }

    fn body(&self, answers: &[Vec<Piece>], paragraphs: bool) -> String {
        let html = self.source.article.body.as_str();
        let mut out = String::with_capacity(html.len() + html.len() / 2);
        let mut parts = self.body.iter().peekable();
        while let Some(part) = parts.next() {
            match part {
                Part::Frame(tokens) => {
                    // A paragraph is written twice, with its tags.
                    let next = parts.peek().is_some_and(|next| paragraphs && self.is_paragraph(next));
                    let end = tokens.end - usize::from(next);
                    self.tokens(tokens.start..end, answers, &mut out);
                }
                Part::Run { tokens, chunks, .. } if paragraphs && has_slot(chunks) => {
                    let is_paragraph = self.is_paragraph(part);
                    self.pair(part, tokens, chunks, answers, &mut out);
                    if is_paragraph {
                        // Its end tag is the first of the next frame, which is written by the pair.
                        if let Some(Part::Frame(after)) = parts.next() {
                            let next = parts.peek().is_some_and(|next| self.is_paragraph(next));
                            let end = after.end - usize::from(next && after.end > after.start + 1);
                            self.tokens(after.start + 1..end.max(after.start + 1), answers, &mut out);
                        }
                    }
                }
                Part::Run { chunks, .. } => self.chunks(chunks, answers, HTML, &mut out),
            }
        }
        out
    }

    /// A run that is all of a `p`.
    fn is_paragraph(&self, part: &Part) -> bool {
        let html = self.source.article.body.as_str();
        matches!(part, Part::Run { fills: true, parent, chunks, .. } if html.get(parent.clone()) == Some("p") && has_slot(chunks))
    }

    /// The original and its translation.
    fn pair(&self, part: &Part, tokens: &Range<usize>, chunks: &[Chunk], answers: &[Vec<Piece>], out: &mut String) {
        let html = self.source.article.body.as_str();
        let Part::Run { parent, .. } = part else { return };
        let parent = html.get(parent.clone()).unwrap_or_default();
        // What a heading or a summary holds stays in its line.
        let (element, between) = match parent {
            "p" if self.is_paragraph(part) => ("p", ""),
            "" | "div" | "li" | "td" | "th" | "dd" | "dt" | "blockquote" | "figcaption" | "figure" | "details" | "caption"
            | "address" => ("div", ""),
            _ => ("bdi", "<br>"),
        };
        let open = |language: &str, out: &mut String| {
            out.push('<');
            out.push_str(element);
            if language != "und" {
                out.push_str(" lang=\"");
                escape(language, true, out);
                out.push('"');
            }
            out.push('>');
        };
        let close = |out: &mut String| {
            out.push_str("</");
            out.push_str(element);
            out.push('>');
        };
        open(&self.from, out);
        self.tokens(tokens.clone(), answers, out);
        close(out);
        out.push_str(between);
        open(&self.to, out);
        self.chunks(chunks, answers, Writing { plain: false, without_media: true }, out);
        close(out);
    }

    fn write(&self, chunks: &[Chunk], answers: &[Vec<Piece>], writing: Writing) -> String {
        let mut out = String::new();
        self.chunks(chunks, answers, writing, &mut out);
        out
    }

    fn chunks(&self, chunks: &[Chunk], answers: &[Vec<Piece>], writing: Writing, out: &mut String) {
        for chunk in chunks {
            match chunk {
                Chunk::Frame(filler) => self.filler(filler, answers, writing, out),
                Chunk::Slot(slot) => self.slot(slot, answers, writing, out),
            }
        }
    }

    fn slot(&self, slot: &Slot, answers: &[Vec<Piece>], writing: Writing, out: &mut String) {
        let answer = answers.get(slot.segment).map(Vec::as_slice).unwrap_or_default();
        let last = answer.len().saturating_sub(1);
        for (at, piece) in answer.iter().enumerate() {
            let tag = match piece {
                Piece::Text(_) => None,
                Piece::Open(n) | Piece::Close(n) | Piece::Point(n) => slot.tags.get(usize::from(*n).wrapping_sub(1)),
            };
            match (piece, tag) {
                (Piece::Text(text), _) => {
                    // The frame has the space around a segment.
                    let text = if at == 0 { text.trim_start() } else { text };
                    let text = if at == last { text.trim_end() } else { text };
                    self.text(text, writing, out);
                }
                (Piece::Open(_), Some(Tag::Element(open, _))) => self.tokens(*open..open + 1, answers, out),
                (Piece::Close(_), Some(Tag::Element(_, close))) => self.tokens(*close..close + 1, answers, out),
                (Piece::Point(_), Some(Tag::Point(filler))) => self.filler(filler, answers, writing, out),
                _ => {}
            }
        }
    }

    fn filler(&self, filler: &Filler, answers: &[Vec<Piece>], writing: Writing, out: &mut String) {
        match filler {
            Filler::Tokens(tokens) => {
                let is_media = |name| matches!(name, "img" | "audio" | "video" | "svg");
                let html = self.source.article.body.as_str();
                if !(writing.without_media && self.tokens[tokens.clone()].iter().any(|token| is_media(token.name(html)))) {
                    self.tokens(tokens.clone(), answers, out);
                }
            }
            Filler::Text(text) => self.text(text, writing, out),
            Filler::Html(html) => out.push_str(html),
        }
    }

    fn text(&self, text: &str, writing: Writing, out: &mut String) {
        let clean: String;
        let text = if text.contains(is_forbidden) {
            clean = text.chars().filter(|character| !is_forbidden(*character)).collect();
            &clean
        } else {
            text
        };
        if writing.plain {
            out.push_str(text);
        } else {
            escape(text, false, out);
        }
    }

    /// Tags as they are, but for the texts in their attributes.
    fn tokens(&self, at: Range<usize>, answers: &[Vec<Piece>], out: &mut String) {
        let html = self.source.article.body.as_str();
        for number in at {
            let Some(token) = self.tokens.get(number) else { return };
            let tag = token.source(html);
            let mut done = 0;
            for (value, chunks) in self.attributes.get(&number).into_iter().flatten() {
                out.push_str(&tag[done..value.start]);
                let text = self.write(chunks, answers, PLAIN);
                let before = &tag[value.clone()];
                if text == unescape(before) {
                    out.push_str(before);
                } else {
                    escape(&text, true, out);
                }
                done = value.end;
            }
            out.push_str(&tag[done..]);
        }
    }

    /// Holds an answer against its segment: [`check::answer`], and pictures in their order.
    ///
    /// # Errors
    /// The first objection.
    pub fn check_answer(&self, segment: usize, answer: &[Piece]) -> Result<(), Objection> {
        let Some(asked) = self.segments.get(segment) else { return Ok(()) };
        check::answer(asked, answer, &self.from, &self.to)?;
        self.check_pictures(segment, answer)
    }

    fn check_pictures(&self, segment: usize, answer: &[Piece]) -> Result<(), Objection> {
        let pictures = self.pictures.get(segment).map(Vec::as_slice).unwrap_or_default();
        let found = answer.iter().filter_map(|piece| match piece {
            Piece::Point(number) if pictures.contains(number) => Some(*number),
            _ => None,
        });
        if pictures.len() > 1 && !found.eq(pictures.iter().copied()) { Err(Objection::Pictures) } else { Ok(()) }
    }

    /// Holds all answers against the article: every one by itself, then links and pictures of what comes out. An article is done when nothing is
    /// said against it, and not a little earlier.
    ///
    /// # Errors
    /// Everything that is wrong: one objection a segment, else what the whole lost.
    pub fn check(&self, answers: &[Vec<Piece>]) -> Result<(), Vec<Damage>> {
        if answers.len() != self.segments.len() {
            return Err(vec![Damage::Count { answers: answers.len(), segments: self.segments.len() }]);
        }
        let objections = answers.iter().enumerate().filter_map(|(segment, answer)| {
            self.check_answer(segment, answer).err().map(|objection| Damage::Segment { segment, objection })
        });
        let objections: Vec<Damage> = objections.collect();
        if !objections.is_empty() {
            return Err(objections);
        }
        same_references(self.source.article.body.as_str(), &self.body(answers, false), false).map_err(|damage| vec![damage])
    }
}

impl From<Malformed> for Objection {
    fn from(malformed: Malformed) -> Self {
        Objection::Malformed(malformed.0)
    }
}

fn has_slot(chunks: &[Chunk]) -> bool {
    chunks.iter().any(|chunk| matches!(chunk, Chunk::Slot(_)))
}

/// A title stays on its line.
fn one_line(text: &str) -> String {
    if !text.contains(['\n', '\r', '\t']) {
        return text.to_owned();
    }
    text.split(['\n', '\r', '\t']).map(str::trim).filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ")
}

/// Whether two bodies lead to the same pages and show the same pictures in the same order. `doubled`: every text is there twice.
fn same_references(before: &str, after: &str, doubled: bool) -> Result<(), Damage> {
    let (mut links, pictures) = references(before);
    let (mut links_after, pictures_after) = references(after);
    links.sort_unstable();
    links_after.sort_unstable();
    if doubled {
        links.dedup();
        links_after.dedup();
    }
    if links != links_after {
        return Err(Damage::Lost("links"));
    }
    if pictures != pictures_after {
        return Err(Damage::Lost("pictures"));
    }
    Ok(())
}

/// Addresses of links, and of pictures in order.
fn references(html: &str) -> (Vec<&str>, Vec<&str>) {
    let (mut links, mut pictures) = (Vec::new(), Vec::new());
    for token in tokens(html).iter().filter(|token| token.kind == Kind::Open) {
        let (wanted, found) = match token.name(html) {
            "a" => ("href", &mut links),
            "img" => ("src", &mut pictures),
            _ => continue,
        };
        let tag = token.source(html);
        found.extend(attributes(tag).into_iter().filter(|(name, _)| *name == wanted).map(|(_, at)| &tag[at]));
    }
    (links, pictures)
}
