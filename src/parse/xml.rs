//! One pass over the tokens of an XML document of any dialect. The tag stack, the namespaces and the tolerance are ours; quick-xml
//! finds the tokens.

use std::borrow::Cow;

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

use super::attributes::Attribute;
use super::build::Builder;
use super::capture::{Capture, is_void};
use super::entities::{Entities, Referent, byte_by_byte, common_reference, reference};
use super::names::Ns;
use super::scope::{Mark, Scope};
use super::straight::Halt;
use super::vocabulary::{self, Action, Field, Place, Row};
use super::{Bounds, Findings};
use crate::model::{Format, ParsedFeed, TextKind, Unreadable};

/// Elements inside each other.
pub(super) const DEEPEST: usize = 100;
/// How many times the length of a document may be looked at again after broken markup.
const RESCANS: usize = 4;

/// What happens when an element ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum End {
    Nothing,
    /// The root.
    Root,
    /// The field being read is complete.
    Capture,
    /// Markup inside a field.
    Inline,
    Entry,
    Person,
    Source,
    MediaContent,
    MediaGroup,
}

/// An open element.
#[derive(Debug)]
pub(super) struct Frame<'a> {
    pub name: &'a [u8],
    place: Place,
    pub end: End,
    mark: Mark,
}

/// Where to go on after a token.
pub(super) enum Next {
    Token,
    /// Read again from that byte.
    From(usize),
    /// The root has ended.
    Done,
}

/// Slots for elements of which the meaning is kept.
const KNOWN: usize = 32;

/// What an element means in a place, as long as the namespaces stay what they are.
#[derive(Debug, Clone, Copy)]
struct Known<'a> {
    name: &'a [u8],
    place: Place,
    epoch: usize,
    ns: Ns,
    row: Option<&'static Row>,
}

impl Known<'_> {
    fn is(&self, name: &[u8], place: Place, epoch: usize) -> bool {
        // names are too short for a call to be worth it
        let same = || self.name.iter().eq(name);
        self.name.len() == name.len() && self.place == place && self.epoch == epoch && same()
    }
}

/// Reads an XML document that has been decoded and cleaned.
pub(super) fn read(source: &str, bounds: Bounds, findings: Findings) -> Result<ParsedFeed, Unreadable> {
    Walk::new(source, bounds, findings).run()
}

pub(super) struct Walk<'a> {
    pub(super) source: &'a str,
    pub(super) build: Builder,
    pub(super) findings: Findings,
    pub(super) entities: Entities<'a>,
    pub(super) scope: Scope<'a>,
    pub(super) capture: Option<Capture>,
    /// Bases in force where it began.
    pub(super) capture_bases: usize,
    pub(super) stack: Vec<Frame<'a>>,
    /// Two elements a slot, the one met last first.
    known: [[Known<'a>; 2]; KNOWN],
    pub(super) attributes: Vec<Attribute<'a>>,
    /// First letters of their local names, a bit each.
    pub(super) initials: u32,
    /// Text of a person or a source outside of any element.
    pub(super) person_text: String,
    pub(super) source_text: String,
    pub(super) source_address: Option<String>,
    pub(super) rooted: bool,
    /// End of the last start tag, and of that of the first entry.
    pub(super) position: usize,
    pub(super) first_entry: usize,
    /// An element that belongs into a feed has been met inside of the root.
    pub(super) inhabited: bool,
    /// The root has a name that nothing but a feed has: with an end tag it is one, however empty.
    pub(super) unmistakable: bool,
    /// The root has ended.
    pub(super) ended: bool,
    pub(super) rescans: usize,
    /// Finds the end of a CDATA section.
    pub(super) section_end: memchr::memmem::Finder<'static>,
}

impl<'a> Walk<'a> {
    pub(super) fn new(source: &'a str, bounds: Bounds, findings: Findings) -> Self {
        Self {
            source,
            build: Builder::new(Format::Rss20, bounds),
            findings,
            entities: Entities::default(),
            scope: Scope::default(),
            capture: None,
            capture_bases: 0,
            stack: Vec::with_capacity(16),
            known: [[Known { name: b"", place: Place::Nowhere, epoch: 0, ns: Ns::Core, row: None }; 2]; KNOWN],
            attributes: Vec::with_capacity(16),
            initials: 0,
            person_text: String::new(),
            source_text: String::new(),
            source_address: None,
            rooted: false,
            position: 0,
            first_entry: 0,
            inhabited: false,
            unmistakable: false,
            ended: false,
            rescans: source.len().saturating_mul(RESCANS),
            section_end: memchr::memmem::Finder::new("]]>"),
        }
    }

    fn run(mut self) -> Result<ParsedFeed, Unreadable> {
        let mut from = 0;
        loop {
            from = match self.straight_on(from)? {
                Halt::Token(at) => at,
                Halt::Done(at) => return self.done(at),
                Halt::End => break,
            };
            let mut reader = Reader::from_str(&self.source[from..]);
            let config = reader.config_mut();
            config.check_end_names = false;
            config.allow_unmatched_ends = true;
            config.allow_dangling_amp = true;
            let next = match reader.read_event() {
                Ok(Event::Start(tag)) => self.start(&tag, false, from + reader.buffer_position() as usize)?,
                Ok(Event::Empty(tag)) => self.start(&tag, true, from + reader.buffer_position() as usize)?,
                Ok(Event::End(tag)) => self.end(self.borrowed_bytes(tag.name().as_ref())),
                Ok(Event::CData(text)) => self.cdata(self.borrowed(&text)),
                Ok(Event::DocType(text)) => {
                    self.entities.declare(self.borrowed(&text), &mut self.findings)?;
                    Next::Token
                }
                Ok(Event::PI(content)) => self.unclosed_instruction(self.borrowed(&content)),
                Ok(Event::Decl(content)) => self.unclosed_instruction(self.borrowed(&content)),
                Ok(Event::Eof) => break,
                // comments; text never gets here
                Ok(_) => Next::Token,
                // the tokenizer is past it already
                Err(quick_xml::Error::IllFormed(_)) => Next::Token,
                Err(_) => match self.recover(from + reader.error_position() as usize) {
                    Some(at) => Next::From(at),
                    None => break,
                },
            };
            let end = from + reader.buffer_position() as usize;
            match next {
                Next::Done => return self.done(end),
                Next::Token if end > from => from = end,
                Next::From(at) if at > from => from = at,
                Next::Token | Next::From(_) => break,
            }
        }
        self.finish(true)
    }

    /// The root has ended at a byte.
    fn done(mut self, at: usize) -> Result<ParsedFeed, Unreadable> {
        self.inhabited |= self.unmistakable;
        self.after_root(at);
        self.finish(false)
    }

    /// The piece of the source that a token's bytes are: the token was cut out of valid UTF-8 at ASCII characters, so no second
    /// validation is needed.
    pub(super) fn borrowed(&self, token: &[u8]) -> &'a str {
        let at = (token.as_ptr() as usize).wrapping_sub(self.source.as_ptr() as usize);
        at.checked_add(token.len()).and_then(|end| self.source.get(at..end)).unwrap_or("")
    }

    fn borrowed_bytes(&self, token: &[u8]) -> &'a [u8] {
        self.borrowed(token).as_bytes()
    }

    pub(super) fn place(&self) -> Place {
        self.stack.last().map_or(Place::Document, |frame| frame.place)
    }

    // ---- tags

    fn start(&mut self, tag: &BytesStart<'_>, empty: bool, end: usize) -> Result<Next, Unreadable> {
        let content = self.borrowed(tag);
        let name = self.borrowed_bytes(tag.name().as_ref());
        let begin = end.saturating_sub(content.len() + if empty { 3 } else { 2 });
        if !name.first().is_some_and(|b| b.is_ascii_alphabetic() || matches!(b, b'_' | b':') || *b >= 0x80) {
            return self.stray_angle(begin);
        }
        if content.contains('<')
            && let Some(next) = self.swallowed(begin, content, tag)?
        {
            return Ok(next);
        }
        if self.stack.len() >= DEEPEST {
            return Err(Unreadable::new(
                "xml_too_deep",
                format!("its elements are nested more than {DEEPEST} deep; ask the outlet what it sends"),
            ));
        }
        self.read_attributes(tag)?;
        self.position = self.position.max(end.min(self.source.len()));
        self.element(name, empty)?;
        Ok(if self.ended { Next::Done } else { Next::Token })
    }

    /// Acts on a start tag whose attributes have been read.
    pub(super) fn element(&mut self, name: &'a [u8], empty: bool) -> Result<(), Unreadable> {
        if self.capture.is_some() {
            if !self.ends_capture(name) {
                self.inline(name, empty)?;
                return Ok(());
            }
            self.findings.add("xml_repaired", || "a missing end tag was supplied".to_owned());
            self.pop_to_capture();
        }
        let place = self.place();
        if place == Place::Nowhere {
            if !empty {
                let mark = self.scope.mark();
                self.stack.push(Frame { name, place, end: End::Nothing, mark });
            }
            return Ok(());
        }
        let mark = self.scope.mark();
        self.inherit(mark)?;
        let (mut ns, mut row) = self.meaning(name, place);
        if row.is_none() && place == Place::Document && !name.contains(&b':') && ns != Ns::Core {
            row = vocabulary::lookup(Ns::Core, name, place).filter(|row| matches!(row.action, Action::Root(_)));
            if row.is_some() {
                ns = Ns::Core;
                self.scope.rebind_default(ns);
            }
        }
        self.inhabited |= row.is_some() && (place == Place::Feed || place == Place::Document && self.build.in_entry());
        let (place, end) = match row {
            Some(row) => self.act(row, ns, place, mark, empty)?,
            // before the root anything may stand around it; rdf:Seq and rdf:li only group
            None if place == Place::Document || (ns == Ns::Rdf && place != Place::Feed) => (place, End::Nothing),
            None => (Place::Nowhere, End::Nothing),
        };
        self.stack.push(Frame { name, place, end, mark });
        if empty {
            self.pop(true);
        }
        Ok(())
    }

    /// Namespace and row of an element met in a place. A feed has a dozen of them, a hundred times each: they are kept.
    fn meaning(&mut self, name: &'a [u8], place: Place) -> (Ns, Option<&'static Row>) {
        let epoch = self.scope.epoch();
        let [first, middle, last] =
            [0, name.len() / 2, name.len().saturating_sub(1)].map(|at| name.get(at).copied().unwrap_or(0));
        let key = name.len() + 3 * usize::from(first) + 5 * usize::from(middle) + 7 * usize::from(last) + 11 * place as usize;
        let [known, other] = &mut self.known[key % KNOWN];
        if !known.is(name, place, epoch) {
            std::mem::swap(known, other);
            if !known.is(name, place, epoch) {
                let (ns, local) = self.scope.resolve(name);
                *known = Known { name, place, epoch, ns, row: vocabulary::lookup(ns, local, place) };
            }
        }
        (known.ns, known.row)
    }

    /// An element inside a field.
    fn inline(&mut self, name: &'a [u8], empty: bool) -> Result<(), Unreadable> {
        // <p> and its kin close themselves in HTML; counting them as nested would make long texts too deep
        let closes_itself = [&b"p"[..], b"li", b"td", b"th", b"tr", b"dt", b"dd", b"option"];
        if closes_itself.iter().any(|known| known.eq_ignore_ascii_case(name))
            && self.stack.last().is_some_and(|top| top.end == End::Inline && top.name.eq_ignore_ascii_case(name))
        {
            self.pop(true);
        }
        let mark = self.scope.mark();
        for attribute in self.attributes.iter().filter(|attribute| attribute.name.starts_with("xmlns")) {
            let prefix = attribute.name.strip_prefix("xmlns:").unwrap_or("");
            self.scope.bind(prefix.as_bytes(), attribute.raw, mark)?;
        }
        let shown = inline_name(name, &self.scope);
        let mut attributes: Vec<(&str, Cow<'_, str>)> = Vec::with_capacity(self.attributes.len() + 1);
        if self.capture.as_ref().is_some_and(Capture::is_rich) {
            let mut language = None;
            for attribute in &self.attributes {
                if attribute.name.starts_with("xml") {
                    if attribute.name == "xml:base" {
                        let base = self.entities.attribute(attribute.raw, &mut self.findings)?;
                        self.scope.enter_base(&base, &mut self.findings);
                    } else if attribute.name == "xml:lang" {
                        language = Some(self.entities.attribute(attribute.raw, &mut self.findings)?);
                    }
                    continue;
                }
                attributes.push((attribute.name, self.entities.attribute(attribute.raw, &mut self.findings)?));
            }
            if self.scope.bases() > self.capture_bases {
                for (name, value) in &mut attributes {
                    if matches!(*name, "href" | "src" | "cite" | "poster")
                        && let Some(address) = self.scope.within(self.capture_bases, value)
                    {
                        *value = Cow::Owned(address);
                    }
                }
            }
            let is_drawing = self.scope.resolve(name).0 == Ns::Graphics;
            // of both, in XML that of XML counts (HTML § 3.2.6.2)
            if let Some(language) = language.filter(|_| !is_drawing) {
                attributes.retain(|(name, _)| *name != "lang");
                attributes.push(("lang", language));
            }
            // drawings and formulas say in HTML, too, that they are XML
            if is_drawing {
                match shown {
                    "svg" => attributes.push(("xmlns", "http://www.w3.org/2000/svg".into())),
                    "math" => attributes.push(("xmlns", "http://www.w3.org/1998/Math/MathML".into())),
                    _ => {}
                }
            }
        }
        let Some(capture) = &mut self.capture else { return Ok(()) };
        let nests = capture.open(shown, attributes.into_iter(), empty);
        if nests && !empty {
            self.stack.push(Frame { name, place: Place::Nowhere, end: End::Inline, mark });
        } else {
            self.scope.leave(mark);
        }
        Ok(())
    }

    /// The start tag shows that the end tag of the field being read is missing: nothing that belongs to an item can stand in a name or
    /// a date, nor an item in anything.
    fn ends_capture(&self, name: &[u8]) -> bool {
        let Some(capture) = &self.capture else { return false };
        let Some(at) = self.stack.iter().rposition(|frame| frame.end == End::Capture) else { return false };
        let around = at.checked_sub(1).and_then(|at| self.stack.get(at)).map_or(Place::Document, |frame| frame.place);
        let (ns, local) = self.scope.resolve(name);
        let Some(row) = vocabulary::lookup(ns, local, around) else { return false };
        if !capture.is_rich() {
            return !matches!(row.action, Action::Link) || row.rank == 0;
        }
        if capture.is_declared_markup() || ns != Ns::Core && ns != Ns::Content {
            return false;
        }
        match row.action {
            Action::Entry => true,
            Action::Plain(Field::Guid | Field::Published) => capture.kind == TextKind::Unsaid,
            Action::Rich(Field::Summary | Field::Content) => capture.field == Field::Title && capture.kind == TextKind::Unsaid,
            Action::Link => capture.field == Field::Title && capture.kind == TextKind::Unsaid,
            _ => false,
        }
    }

    fn pop_to_capture(&mut self) {
        while self.capture.is_some() && !self.stack.is_empty() {
            self.pop(true);
        }
    }

    fn end(&mut self, name: &[u8]) -> Next {
        let Some(at) = self.stack.iter().rposition(|frame| frame.name == name) else {
            return self.unmatched_end(name);
        };
        if at + 1 < self.stack.len() {
            self.findings.add("xml_repaired", || "a missing end tag was supplied".to_owned());
        }
        self.pop_down_to(at)
    }

    fn unmatched_end(&mut self, name: &[u8]) -> Next {
        // an end tag in other letters, or with attributes, still ends its element
        let bare = name.split(|b| b.is_ascii_whitespace()).next().unwrap_or(name);
        match self.stack.iter().rposition(|frame| frame.name.eq_ignore_ascii_case(bare)) {
            Some(at) => self.pop_down_to(at),
            None => {
                if !std::str::from_utf8(name).is_ok_and(is_void) {
                    self.findings.add("xml_repaired", || "an end tag without its start tag was left out".to_owned());
                }
                Next::Token
            }
        }
    }

    pub(super) fn pop_down_to(&mut self, at: usize) -> Next {
        while self.stack.len() > at {
            self.pop(true);
        }
        if self.ended { Next::Done } else { Next::Token }
    }

    /// Ends the innermost element. `complete` is false at the end of a document that was cut.
    pub(super) fn pop(&mut self, complete: bool) {
        let Some(frame) = self.stack.pop() else { return };
        let outer = self.place();
        match frame.end {
            End::Nothing => {}
            End::Root => self.ended = true,
            End::Capture => {
                if let Some(capture) = self.capture.take() {
                    self.build.store(outer, capture.finish(), &mut self.findings);
                }
            }
            End::Inline => {
                let name = inline_name(frame.name, &self.scope);
                if let Some(capture) = &mut self.capture {
                    capture.close(name);
                }
            }
            End::Entry => {
                self.build.close_entry(complete, &mut self.findings);
                self.build.expect(self.position - self.first_entry, self.source.len() - self.position);
            }
            End::Person => {
                let text = std::mem::take(&mut self.person_text);
                self.build.close_person(outer, &text);
            }
            End::Source => {
                let text = std::mem::take(&mut self.source_text);
                self.build.close_source(self.source_address.take(), text);
            }
            End::MediaContent => self.build.close_media(),
            End::MediaGroup => self.build.close_group(),
        }
        self.scope.leave(frame.mark);
    }

    // ---- text

    pub(super) fn text(&mut self, text: &str) -> Next {
        match &mut self.capture {
            Some(capture) => capture.text(text),
            None => self.loose(text),
        }
        Next::Token
    }

    pub(super) fn cdata(&mut self, text: &str) -> Next {
        match &mut self.capture {
            Some(capture) => capture.literal(text),
            None => self.loose(text),
        }
        Next::Token
    }

    fn reference(&mut self, name: &str) -> Result<(), Unreadable> {
        if self.capture.is_none() && !matches!(self.place(), Place::Person | Place::Source) {
            return Ok(());
        }
        let mut bytes = [0_u8; 4];
        let written;
        let text = match self.entities.resolve(name, &mut self.findings)? {
            Referent::Character(character) => &*character.encode_utf8(&mut bytes),
            Referent::Text(text) => text,
            Referent::Nothing => "",
            Referent::Unknown => {
                written = format!("&{name};");
                written.as_str()
            }
        };
        match &mut self.capture {
            Some(capture) => capture.literal(text),
            None => {
                let text = text.to_owned();
                self.loose(&text);
            }
        }
        Ok(())
    }

    fn whole_character(&mut self, character: char) {
        self.findings.add("charset_repaired", || "characters were escaped byte by byte; they were put together again".to_owned());
        self.cdata(character.encode_utf8(&mut [0; 4]));
    }

    /// Text with references in it.
    pub(super) fn raw_text(&mut self, run: &str) -> Result<(), Unreadable> {
        let mut rest = run;
        loop {
            if let Some(capture) = &mut self.capture {
                rest = capture.unescaped(rest);
            }
            let Some(at) = memchr::memchr(b'&', rest.as_bytes()) else { break };
            if at > 0 {
                self.text(&rest[..at]);
            }
            if let Some((character, after)) = common_reference(&rest[at..]) {
                self.cdata(character.encode_utf8(&mut [0; 4]));
                rest = after;
                continue;
            }
            rest = &rest[at + 1..];
            match reference(rest) {
                Some((name, after)) => match byte_by_byte(name, after) {
                    Some((character, length)) => {
                        self.whole_character(character);
                        rest = &after[length..];
                    }
                    None => {
                        self.reference(name)?;
                        rest = after;
                    }
                },
                None => _ = self.text("&"),
            }
        }
        self.text(rest);
        Ok(())
    }

    /// Text outside of any field: means something only in a person or a source.
    fn loose(&mut self, text: &str) {
        /// Longer is neither a name nor a title.
        const LONGEST: usize = 4_096;
        let target = match self.place() {
            Place::Person => &mut self.person_text,
            Place::Source => &mut self.source_text,
            _ => return,
        };
        if target.len() + text.len() <= LONGEST {
            target.push_str(text);
        }
    }

    fn after_root(&mut self, at: usize) {
        let mut rest = self.source.get(at..).unwrap_or("").trim_start();
        while let Some(after) = rest.strip_prefix("<!--").and_then(|comment| comment.split_once("-->")) {
            rest = after.1.trim_start();
        }
        if !rest.is_empty() {
            self.findings.add("junk_after_root", || "what stands after the end of the feed was left out".to_owned());
        }
    }

    /// The end of the document, or of the root. `cut`: elements are still open.
    fn finish(mut self, cut: bool) -> Result<ParsedFeed, Unreadable> {
        if cut && !self.stack.is_empty() {
            if self.rooted {
                self.findings.add("xml_truncated", || "the document ends before the feed does".to_owned());
            }
            while !self.stack.is_empty() {
                self.pop(false);
            }
        }
        if self.rooted && (self.inhabited || self.build.is_feed()) {
            if self.build.is_empty() {
                self.findings.add("no_entries", || "there is not one entry in it".to_owned());
            }
            return Ok(self.build.finish(self.findings));
        }
        let first = first_element(self.source);
        Err(Unreadable::new(
            "not_a_feed",
            match first {
                Some(name) if self.rooted => format!("it begins like a feed (<{name}>), but there is nothing of a feed in it"),
                Some(name) => format!("it is XML or HTML that begins with <{name}>, not a feed; check the outlet's address"),
                None => "it is text, not a feed; check the outlet's address".to_owned(),
            },
        ))
    }
}

/// How an element inside a field is written in HTML: XHTML, SVG and MathML without prefix.
fn inline_name<'n>(name: &'n [u8], scope: &Scope<'_>) -> &'n str {
    let name = std::str::from_utf8(name).unwrap_or("");
    match name.split_once(':') {
        Some((_, local)) if matches!(scope.resolve(name.as_bytes()).0, Ns::Xhtml | Ns::Graphics) => local,
        _ => name,
    }
}

/// Name of the first element, for a message.
fn first_element(source: &str) -> Option<String> {
    let at = source.as_bytes().windows(2).position(|pair| pair[0] == b'<' && pair[1].is_ascii_alphabetic())?;
    let name: String =
        source[at + 1..].chars().take_while(|c| c.is_ascii_alphanumeric() || "-_:.".contains(*c)).take(40).collect();
    Some(name)
}
