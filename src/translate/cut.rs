//! An article cut into segments.
//!
//! The body stays as it is, as a row of tags and texts; where text is, a slot stands that its segment's answer goes into. A run of text and inline
//! elements between two block tags is one segment, or several if it is long. What stands at its ends and is no language (spaces, pictures, line
//! breaks, an element around all of it) belongs to the frame: the less an engine gets, the less it can lose.

use std::collections::{HashMap, HashSet};
use std::ops::Range;
use std::sync::Arc;

use sha2::{Digest, Sha256};

use super::glossary::{Glossary, Mode, Pair};
use super::markup::{self, Kind, Token, attributes, is_forbidden, unescape};
use super::matcher::{Matcher, Wanted};
use super::memory::TermsVersion;
use super::shape::Shape;
use super::{Piece, Role, Segment, Term, protect, split};
use crate::model::AttributedArticle;

/// Characters of a segment, a placeholder counted as [`TAG`]. Engines take about as much in one text, and models lose the thread beyond it.
pub(super) const LONGEST: usize = 4_000;
/// What a placeholder counts: about as many characters as its markup has.
pub(super) const TAG: usize = 12;

/// What a placeholder stands for, and everything else that is not sent.
#[derive(Debug, Clone)]
pub(super) enum Filler {
    /// Tokens of the body as they are.
    Tokens(Range<usize>),
    /// Text that readers see.
    Text(String),
    /// HTML as it is written.
    Html(String),
}

/// What a number of a segment stands for in one place of the article.
#[derive(Debug, Clone)]
pub(super) enum Tag {
    /// Tokens of the start tag and the end tag.
    Element(usize, usize),
    /// Something that stands alone.
    Point(Filler),
}

/// A place that the answer to a segment goes into.
#[derive(Debug, Clone)]
pub(super) struct Slot {
    pub segment: usize,
    /// What the numbers stand for, from 1.
    pub tags: Vec<Tag>,
}

/// A bit of a text, in order.
#[derive(Debug, Clone)]
pub(super) enum Chunk {
    /// Goes through.
    Frame(Filler),
    /// Is translated.
    Slot(Slot),
}

/// A bit of the body, in order.
#[derive(Debug, Clone)]
pub(super) enum Part {
    /// Tokens as they are.
    Frame(Range<usize>),
    /// Text between block tags.
    Run {
        tokens: Range<usize>,
        chunks: Vec<Chunk>,
        /// Name of the element it is in.
        parent: Range<usize>,
        /// It is all that is in its element.
        fills: bool,
    },
}

/// Texts of an attribute: where the value is in its tag, and what it is made of.
pub(super) type Attribute = (Range<usize>, Vec<Chunk>);

/// An article cut into segments, and all that is needed to put it together again.
#[derive(Debug, Clone)]
pub struct Cut {
    pub(super) source: AttributedArticle,
    pub(super) from: String,
    pub(super) to: String,
    pub(super) segments: Vec<Segment>,
    hints: Vec<Vec<Term>>,
    /// Pictures among the points of each segment, in order.
    pub(super) pictures: Vec<Vec<u16>>,
    pub(super) tokens: Vec<Token>,
    pub(super) body: Vec<Part>,
    pub(super) attributes: HashMap<usize, Vec<Attribute>>,
    pub(super) title: Vec<Chunk>,
    pub(super) summary: Option<Vec<Chunk>>,
    pub(super) captions: Vec<Option<Vec<Chunk>>>,
    pub(super) disclaimer: Option<Vec<Chunk>>,
}

/// Cuts an article into segments: title, summary, body in its order with captions and the texts of pictures, captions that are kept beside the
/// body, disclaimer. Equal segments are one. Names of outlets and people in credits are in none of them.
///
/// `to` is the language wanted, BCP 47; the article's own language, `und` where it has none, is [`Cut::from`].
pub fn cut(article: &AttributedArticle, glossary: &Glossary, to: &str) -> Cut {
    let from = article.article.language.clone().unwrap_or_else(|| "und".to_owned());
    let pair = glossary.pair(&from, to);
    let html = article.article.body.as_str();
    let credits = article.article.images.iter().filter_map(|image| image.credit.as_deref());
    let provenance = &article.provenance;
    let outlets = [Some(provenance.source.name.as_str()), provenance.original.as_ref().map(|o| o.outlet.name.as_str())];
    let outlets = outlets.into_iter().flatten().chain(["{source}"]);
    let mut cutter = Cutter {
        pair,
        credits: Names::new(credits),
        outlets: Names::new(outlets),
        html,
        segments: Vec::new(),
        hints: Vec::new(),
        pictures: Vec::new(),
        known: HashMap::new(),
    };
    let title = cutter.plain(&article.article.title, Role::Title);
    let summary = article.article.summary.as_deref().map(|summary| cutter.plain(summary, Role::Summary));
    let mut shape = Shape::of(html, &from);
    let (body, attributes) = cutter.body(&shape);
    let captions = article.article.images.iter();
    let captions = captions.map(|image| image.caption.as_deref().map(|text| cutter.plain(text, Role::Caption))).collect();
    let disclaimer = provenance.disclaimer.as_deref().map(|text| cutter.plain(text, Role::Disclaimer));
    let Cutter { segments, hints, pictures, .. } = cutter;
    let tokens = std::mem::take(&mut shape.tokens);
    Cut {
        source: article.clone(),
        from,
        to: to.to_owned(),
        segments,
        hints,
        pictures,
        tokens,
        body,
        attributes,
        title,
        summary,
        captions,
        disclaimer,
    }
}

impl Cut {
    /// What is to be translated, in order, each once; none of them without a letter.
    pub fn segments(&self) -> &[Segment] {
        &self.segments
    }

    /// Language of the article, BCP 47; `und` where it is not known.
    pub fn from(&self) -> &str {
        &self.from
    }

    /// Language wanted, BCP 47.
    pub fn to(&self) -> &str {
        &self.to
    }

    /// Terms of the glossary that occur in a segment and that an engine may be told of (`mode = "hint"`): [`super::Job::terms`]. Fixed ones are
    /// placeholders already.
    pub fn terms(&self, segment: usize) -> &[Term] {
        self.hints.get(segment).map(Vec::as_slice).unwrap_or_default()
    }

    /// Digest of [`Cut::terms`], for [`super::memory::key`]: it changes only where such a term occurs. A fixed term changes the segment itself when
    /// it comes or goes; what it is translated by is filled in afterwards, so changing that costs no new translation.
    pub fn terms_version(&self, segment: usize) -> TermsVersion {
        let terms = self.terms(segment);
        if terms.is_empty() {
            return [0; 32];
        }
        let mut digest = Sha256::new();
        for part in terms.iter().flat_map(|term| [&term.from, &term.to]) {
            digest.update((part.len() as u64).to_be_bytes());
            digest.update(part.as_bytes());
        }
        digest.finalize().into()
    }
}

/// Names that are not sent in one sort of text.
#[derive(Debug, Default)]
struct Names(Option<Matcher>);

impl Names {
    fn new<'n>(names: impl Iterator<Item = &'n str>) -> Self {
        let names: HashSet<&str> = names.map(str::trim).filter(|name| name.chars().count() > 1).collect();
        let wanted: Vec<Wanted> = names.into_iter().map(|name| Wanted { text: name.to_owned(), any_case: false }).collect();
        Self((!wanted.is_empty()).then(|| Matcher::new(&wanted).unwrap_or_default()))
    }
}

/// What a run is made of.
#[derive(Debug, Clone)]
enum Item {
    Text(String),
    Open(usize, usize),
    Close(usize),
    /// `inner`: it means something in its sentence and is never moved out of it.
    Point {
        filler: Filler,
        inner: bool,
        picture: bool,
    },
}

struct Cutter<'a> {
    pair: Arc<Pair>,
    credits: Names,
    outlets: Names,
    html: &'a str,
    segments: Vec<Segment>,
    hints: Vec<Vec<Term>>,
    pictures: Vec<Vec<u16>>,
    known: HashMap<Vec<Piece>, usize>,
}

impl Cutter<'_> {
    /// Text without markup.
    fn plain(&mut self, text: &str, role: Role) -> Vec<Chunk> {
        let mut items = Vec::new();
        self.text(text, role, &mut items);
        self.chunks(items, role)
    }

    fn body(&mut self, shape: &Shape) -> (Vec<Part>, HashMap<usize, Vec<Attribute>>) {
        let html = self.html;
        let mut parts = Vec::new();
        let mut texts_of_tags = HashMap::new();
        let mut captions = 0_usize;
        let mut parents: Vec<usize> = Vec::new();
        let mut number = 0;
        while let Some(token) = shape.tokens.get(number) {
            let end = shape.partner[number].filter(|end| *end > number);
            if !shape.frames[number] {
                let from = number;
                while number < shape.tokens.len() && !shape.frames[number] {
                    number = match shape.partner[number].filter(|_| shape.whole[number]) {
                        Some(end) => end,
                        None => {
                            self.tag_texts(shape, number, &mut texts_of_tags);
                            number
                        }
                    } + 1;
                }
                let role = if captions > 0 { Role::Caption } else { Role::Text };
                let items = self.items(shape, from..number, role);
                let parent = parents.last().copied();
                let fills = parent.is_some_and(|start| start + 1 == from && shape.partner[start] == Some(number));
                parts.push(Part::Run {
                    tokens: from..number,
                    chunks: self.chunks(items, role),
                    parent: parent.map_or(0..0, |start| shape.tokens[start].name.clone()),
                    fills,
                });
                continue;
            }
            let from = number;
            if let Some(end) = end.filter(|_| shape.whole[number]) {
                number = end;
            } else {
                self.tag_texts(shape, number, &mut texts_of_tags);
                let is_caption = usize::from(token.name(html) == "figcaption");
                match (token.kind, shape.partner[number]) {
                    (Kind::Open, Some(_)) => {
                        parents.push(number);
                        captions += is_caption;
                    }
                    (Kind::Close, Some(_)) => {
                        parents.pop();
                        captions = captions.saturating_sub(is_caption);
                    }
                    _ => {}
                }
            }
            number += 1;
            match parts.last_mut() {
                Some(Part::Frame(before)) => before.end = number,
                _ => parts.push(Part::Frame(from..number)),
            }
        }
        (parts, texts_of_tags)
    }

    /// Texts in the attributes of a tag.
    fn tag_texts(&mut self, shape: &Shape, number: usize, found: &mut HashMap<usize, Vec<Attribute>>) {
        let token = &shape.tokens[number];
        if token.kind != Kind::Open || !matches!(token.name(self.html), "img" | "a" | "abbr") {
            return;
        }
        let tag = token.source(self.html);
        for (name, at) in attributes(tag) {
            if !matches!(name, "alt" | "title") {
                continue;
            }
            let value = unescape(&tag[at.clone()]);
            // The name of a file says nothing to anybody.
            let is_name = !value.trim().contains(char::is_whitespace) && value.contains(['.', '_', '/']);
            if is_name || !value.contains(char::is_alphabetic) {
                continue;
            }
            let chunks = self.plain(&value, Role::Alternative);
            found.entry(number).or_default().push((at, chunks));
        }
    }

    fn items(&mut self, shape: &Shape, at: Range<usize>, role: Role) -> Vec<Item> {
        let html = self.html;
        let mut items = Vec::new();
        let mut number = at.start;
        while number < at.end {
            let token = &shape.tokens[number];
            let name = token.name(html);
            match (token.kind, shape.partner[number]) {
                (Kind::Text, _) => self.written(token.source(html), role, &mut items),
                (Kind::Open, Some(end)) => {
                    let inside = number..end + 1;
                    let is_empty = shape.alphanumerics(&inside) == 0;
                    // A mark that leads to a note.
                    let is_note = matches!(name, "a" | "sup" | "sub") && shape.letters(&inside) == 0;
                    if shape.whole[number] || is_empty || is_note {
                        let pictures = shape.tokens[inside.clone()].iter();
                        let picture = pictures.clone().any(|token| token.name(html) == "img");
                        let inner = shape.whole[number] && !is_empty && !matches!(name, "svg" | "audio" | "video");
                        items.push(Item::Point { filler: Filler::Tokens(inside), inner, picture });
                        number = end;
                    } else {
                        items.push(Item::Open(number, end));
                    }
                }
                (Kind::Close, Some(_)) => items.push(Item::Close(number)),
                _ => {
                    let filler = Filler::Tokens(number..number + 1);
                    items.push(Item::Point { filler, inner: false, picture: name == "img" });
                }
            }
            number += 1;
        }
        items
    }

    /// Text as it is written in HTML. Characters that no document may hold and names that are not known go through.
    fn written(&mut self, source: &str, role: Role, items: &mut Vec<Item>) {
        let is_odd = |at: usize, character: char| match character {
            '&' => markup::reference(&source[at..]).is_none_or(|(character, _)| is_forbidden(character)),
            other => is_forbidden(other),
        };
        let mut done = 0;
        let mut at = 0;
        while let Some(next) = source[at..].find(|c: char| c == '&' || is_forbidden(c)).map(|next| at + next) {
            let character = source[next..].chars().next().unwrap_or(' ');
            at = next + character.len_utf8();
            if is_odd(next, character) {
                self.text(&unescape(&source[done..next]), role, items);
                let name = source[at..].bytes().take_while(|byte| byte.is_ascii_alphanumeric() || *byte == b'#').count();
                if character == '&' {
                    at += name + usize::from(source[at + name..].starts_with(';'));
                }
                items.push(Item::Point { filler: Filler::Html(source[next..at].to_owned()), inner: false, picture: false });
                done = at;
            }
        }
        self.text(&unescape(&source[done..]), role, items);
    }

    /// Text as readers see it: addresses and names out of it.
    fn text(&mut self, text: &str, role: Role, items: &mut Vec<Item>) {
        // Place, whether it may stand apart from its sentence, and what it reads as.
        let mut points: Vec<(Range<usize>, bool, Option<String>)> =
            protect::addresses(text).into_iter().map(|at| (at, true, None)).collect();
        let names = match role {
            Role::Caption | Role::Alternative => self.credits.0.as_ref(),
            Role::Disclaimer => self.outlets.0.as_ref(),
            _ => None,
        };
        if let Some(names) = names {
            let movable = matches!(role, Role::Caption | Role::Alternative);
            points.extend(names.find(text).into_iter().map(|found| (found.at, !movable, None)));
        }
        for found in self.pair.matcher.find(text) {
            if let Some((term, Mode::Fixed)) = self.pair.terms.get(found.term) {
                let shown = (term.from != term.to).then(|| term.to.clone());
                points.push((found.at, true, shown));
            }
        }
        points.sort_by_key(|(at, _, _)| (at.start, std::cmp::Reverse(at.end)));
        let mut done = 0;
        for (at, inner, shown) in points {
            if at.start < done {
                continue;
            }
            push_text(&text[done..at.start], items);
            done = at.end;
            let shown = shown.unwrap_or_else(|| text[at].to_owned());
            items.push(Item::Point { filler: Filler::Text(shown), inner, picture: false });
        }
        push_text(&text[done..], items);
    }

    fn chunks(&mut self, items: Vec<Item>, role: Role) -> Vec<Chunk> {
        let mut chunks = Vec::new();
        for part in divided(items) {
            self.part(part, role, &mut chunks);
        }
        chunks
    }

    /// What is one segment at most.
    fn part(&mut self, items: Vec<Item>, role: Role, chunks: &mut Vec<Chunk>) {
        let is_text = |item: &Item| matches!(item, Item::Text(text) if text.contains(char::is_alphabetic));
        if !items.iter().any(is_text) {
            chunks.extend(items.into_iter().map(|item| Chunk::Frame(item.filler())));
            return;
        }
        let mut items: std::collections::VecDeque<Item> = items.into();
        let mut behind: Vec<Item> = Vec::new();
        loop {
            if let Some(item) = front_frame(&mut items) {
                chunks.push(Chunk::Frame(item.filler()));
            } else if let Some(item) = back_frame(&mut items) {
                behind.push(item);
            } else if let (Some(&Item::Open(start, end)), Some(&Item::Close(last))) = (items.front(), items.back())
                && end == last
            {
                items.pop_front();
                items.pop_back();
                chunks.push(Chunk::Frame(Filler::Tokens(start..start + 1)));
                behind.push(Item::Close(end));
            } else {
                break;
            }
        }
        chunks.push(Chunk::Slot(self.slot(items, role)));
        chunks.extend(behind.into_iter().rev().map(|item| Chunk::Frame(item.filler())));
    }

    fn slot(&mut self, items: impl IntoIterator<Item = Item>, role: Role) -> Slot {
        let mut pieces: Vec<Piece> = Vec::new();
        let mut tags = Vec::new();
        let mut open = Vec::new();
        let mut pictures = Vec::new();
        for item in items {
            // Within the longest segment there are far fewer than that.
            let next = u16::try_from(tags.len() + 1).unwrap_or(u16::MAX);
            match item {
                Item::Text(text) => pieces.push(Piece::Text(text)),
                Item::Open(start, end) => {
                    pieces.push(Piece::Open(next));
                    open.push(next);
                    tags.push(Tag::Element(start, end));
                }
                Item::Close(_) => pieces.extend(open.pop().map(Piece::Close)),
                Item::Point { filler, picture, .. } => {
                    pieces.push(Piece::Point(next));
                    if picture {
                        pictures.push(next);
                    }
                    tags.push(Tag::Point(filler));
                }
            }
        }
        if let Some(&segment) = self.known.get(&pieces) {
            return Slot { segment, tags };
        }
        let segment = self.segments.len();
        let mut hints: Vec<Term> = Vec::new();
        if self.pair.terms.iter().any(|(_, mode)| *mode == Mode::Hint) {
            for text in pieces.iter().filter_map(|piece| if let Piece::Text(text) = piece { Some(text) } else { None }) {
                let found = self.pair.matcher.find(text).into_iter().filter_map(|found| self.pair.terms.get(found.term));
                hints.extend(found.filter(|(_, mode)| *mode == Mode::Hint).map(|(term, _)| term.clone()));
            }
            hints.sort_by(|a, b| (&a.from, &a.to).cmp(&(&b.from, &b.to)));
            hints.dedup();
        }
        self.known.insert(pieces.clone(), segment);
        self.segments.push(Segment { role, pieces });
        self.hints.push(hints);
        self.pictures.push(pictures);
        Slot { segment, tags }
    }
}

impl Item {
    fn filler(self) -> Filler {
        match self {
            Item::Text(text) => Filler::Text(text),
            Item::Open(token, _) | Item::Close(token) => Filler::Tokens(token..token + 1),
            Item::Point { filler, .. } => filler,
        }
    }

    fn length(&self) -> usize {
        match self {
            Item::Text(text) => text.chars().count(),
            _ => TAG,
        }
    }
}

fn push_text(text: &str, items: &mut Vec<Item>) {
    if !text.is_empty() {
        items.push(Item::Text(text.to_owned()));
    }
}

/// Takes what is the frame's from the beginning.
fn front_frame(items: &mut std::collections::VecDeque<Item>) -> Option<Item> {
    match items.front_mut()? {
        Item::Text(text) => {
            let start = text.len() - text.trim_start().len();
            if start == 0 {
                return None;
            }
            let rest = text.split_off(start);
            let space = std::mem::replace(text, rest);
            if text.is_empty() {
                items.pop_front();
            }
            Some(Item::Text(space))
        }
        Item::Point { inner: false, .. } => items.pop_front(),
        _ => None,
    }
}

/// Takes what is the frame's from the end.
fn back_frame(items: &mut std::collections::VecDeque<Item>) -> Option<Item> {
    match items.back_mut()? {
        Item::Text(text) => {
            let end = text.trim_end().len();
            if end == text.len() {
                return None;
            }
            let space = text.split_off(end);
            if text.is_empty() {
                items.pop_back();
            }
            Some(Item::Text(space))
        }
        Item::Point { inner: false, .. } => items.pop_back(),
        _ => None,
    }
}

/// A run in parts of at most [`LONGEST`], divided where no element is open: between sentences, beside elements, at worst anywhere in a text. No
/// element in it is longer: those are the frame.
fn divided(items: Vec<Item>) -> Vec<Vec<Item>> {
    let total: usize = items.iter().map(Item::length).sum();
    if total <= LONGEST {
        return vec![items];
    }
    let mut parts: Vec<Vec<Item>> = vec![Vec::new()];
    let mut length = 0;
    let mut depth = 0_usize;
    // An element with all that is in it stays together.
    let mut group: Vec<Item> = Vec::new();
    let mut group_length = 0;
    for item in items {
        match item {
            Item::Open(..) => depth += 1,
            Item::Close(_) => depth = depth.saturating_sub(1),
            _ => {}
        }
        let texts = match item {
            Item::Text(text) if depth == 0 => {
                split::parts(&text, LONGEST / 4).into_iter().map(|part| Item::Text(part.to_owned())).collect()
            }
            other => vec![other],
        };
        for item in texts {
            group_length += item.length();
            group.push(item);
            if depth > 0 {
                continue;
            }
            if length + group_length > LONGEST && length > 0 {
                parts.push(Vec::new());
                length = 0;
            }
            length += std::mem::take(&mut group_length);
            if let Some(part) = parts.last_mut() {
                for item in group.drain(..) {
                    match (part.last_mut(), item) {
                        (Some(Item::Text(before)), Item::Text(text)) => before.push_str(&text),
                        (_, item) => part.push(item),
                    }
                }
            }
        }
    }
    if let Some(part) = parts.last_mut() {
        part.append(&mut group);
    }
    parts
}
