//! What the rows of the vocabulary do.

use std::borrow::Cow;

use super::build::GUEST;
use super::capture::{Capture, Mode};
use super::names::{self, Ns};
use super::scope::Mark;
use super::vocabulary::{Action, Field, Place, Role, Row};
use super::xml::{End, Walk};
use crate::model::{Format, ParsedDeletion, TextKind, Unreadable};

impl Walk<'_> {
    /// Does what a row says; gives the place inside the element and what happens at its end.
    pub(super) fn act(&mut self, row: &Row, ns: Ns, place: Place, mark: Mark, empty: bool) -> Result<(Place, End), Unreadable> {
        let guest = ns == Ns::Atom && !self.is_atom();
        let rank = row.rank + if guest { GUEST } else { 0 };
        let skip = (Place::Nowhere, End::Nothing);
        Ok(match row.action {
            Action::Root(format) => {
                self.root(format, ns, mark)?;
                (Place::Feed, End::Root)
            }
            Action::Page => return Err(super::page(self.source)),
            Action::Enter(Place::Feed) => {
                self.feed_attributes()?;
                (Place::Feed, End::Nothing)
            }
            Action::Enter(inside) => (inside, End::Nothing),
            Action::Entry => {
                if place == Place::Document {
                    if ns != Ns::Atom {
                        return Ok((place, End::Nothing));
                    }
                    self.build.set_format(Format::Atom10);
                    self.rooted = true;
                }
                self.entry(mark)?
            }
            Action::SitemapEntry => match self.build.format() {
                Format::Sitemap => self.entry(mark)?,
                _ => skip,
            },
            Action::Plain(field) => {
                let mut capture = Capture::new(field, rank, Mode::Plain, TextKind::Plain);
                if field == Field::Guid {
                    capture.flag = !self.written("isPermaLink")?.is_some_and(|value| value.eq_ignore_ascii_case("false"));
                }
                self.begin(capture)
            }
            Action::Rich(field) => self.rich(field, rank, ns, place, empty)?,
            Action::Address(field) => {
                let mut address = None;
                for name in ["resource", "href", "url"] {
                    if address.is_none() {
                        address = self.attribute(name)?;
                    }
                }
                match address {
                    Some(address) => {
                        let mut capture = Capture::new(field, rank, Mode::Plain, TextKind::Plain);
                        capture.base = self.scope.base();
                        capture.text(&address);
                        self.build.store(place, capture.finish(), &mut self.findings);
                        skip
                    }
                    None => self.begin(Capture::new(field, rank, Mode::Plain, TextKind::Plain)),
                }
            }
            Action::Person(role) => self.person(role, rank),
            Action::Link => {
                if row.rank > 0 && self.build.format() != Format::Cdf {
                    return Ok(skip);
                }
                match self.link(place, guest)? {
                    Some(rel) => {
                        let mut capture = Capture::new(Field::Link, rank, Mode::Plain, TextKind::Plain);
                        capture.extra = rel;
                        capture.base = self.scope.base();
                        self.begin(capture)
                    }
                    None => skip,
                }
            }
            Action::Category => match self.category(place)? {
                Some(scheme) => {
                    let mut capture = Capture::new(Field::Category, rank, Mode::Plain, TextKind::Plain);
                    capture.extra = scheme;
                    self.begin(capture)
                }
                None if ns == Ns::Itunes => (place, End::Nothing),
                None => skip,
            },
            Action::Enclosure => {
                self.enclosure()?;
                skip
            }
            Action::Source => {
                self.source_address = match self.attribute("url")? {
                    Some(url) => Some(url),
                    None => self.attribute("href")?,
                };
                self.source_text.clear();
                self.build.open_source();
                (Place::Source, End::Source)
            }
            Action::MediaContent => {
                let media = self.media(false)?;
                self.build.open_media(media);
                (Place::MediaContent, End::MediaContent)
            }
            Action::MediaGroup => {
                self.build.open_group();
                (Place::MediaGroup, End::MediaGroup)
            }
            Action::Thumbnail => {
                let media = self.media(true)?;
                if media.url.is_empty() {
                    return Ok(self.begin(Capture::new(Field::ThumbnailText, rank, Mode::Plain, TextKind::Plain)));
                }
                self.build.media(media);
                skip
            }
            Action::Translation => {
                self.translation()?;
                (Place::Translation, End::Nothing)
            }
            Action::Earlier => match self.earlier()? {
                true => (Place::Earlier, End::Nothing),
                false => skip,
            },
            Action::Maker => {
                self.maker(place)?;
                skip
            }
            Action::Hop => {
                self.hop()?;
                skip
            }
            Action::Deletion => {
                self.deletion()?;
                skip
            }
        })
    }

    /// RFC 6721 § 3: of a feed in Atom only, and only with both attributes; who did it and why is for people.
    fn deletion(&mut self) -> Result<(), Unreadable> {
        if let (true, Some(reference), Some(when)) = (self.is_atom(), self.attribute("ref")?, self.attribute("when")?) {
            self.build.deletion(ParsedDeletion { reference, when }, &mut self.findings);
        }
        Ok(())
    }

    fn is_atom(&self) -> bool {
        matches!(self.build.format(), Format::Atom10 | Format::Atom03)
    }

    fn begin(&mut self, capture: Capture) -> (Place, End) {
        self.capture = Some(capture);
        self.capture_bases = self.scope.bases();
        (Place::Nowhere, End::Capture)
    }

    /// Settles the dialect.
    fn root(&mut self, format: Format, ns: Ns, mark: Mark) -> Result<(), Unreadable> {
        self.rooted = true;
        self.unmistakable = matches!(format, Format::Rss20 | Format::Sitemap);
        let version = self.attribute("version")?.unwrap_or_default();
        let channel = format == Format::Cdf;
        let definition = channel
            && (self.attribute("href")?.is_some() || self.attribute("base")?.is_some() || self.attribute("lastmod")?.is_some());
        let declares = |test: &dyn Fn(&str) -> bool| {
            self.attributes.iter().any(|attribute| attribute.name.starts_with("xmlns") && test(attribute.raw))
        };
        let format = match format {
            Format::Rss20 if version.starts_with("0.") => Format::Rss09x,
            Format::Rss20 if version.starts_with("1.") => Format::Rss10,
            Format::Rss10 if declares(&|address| address.contains("simple/0.9")) => Format::Rss09x,
            Format::Atom10 if version.starts_with("0.") || declares(&names::is_atom_draft) => Format::Atom03,
            Format::Atom10
                if ns == Ns::Core && declares(&|address| address.contains("newformat") || address.contains("echo")) =>
            {
                Format::Atom03
            }
            Format::Cdf if !definition => Format::Rss20,
            format => format,
        };
        self.build.set_format(format);
        // an empty feed is a feed, if it says which
        self.inhabited = definition
            || ns == Ns::Atom
            || !version.is_empty()
            || declares(&|address| names::by_address(address) == Some(Ns::Core));
        if let Some(base) = self.scope.base_since(mark) {
            self.build.head_mut().base = Some(base.to_owned());
        }
        self.feed_attributes()
    }

    /// What attributes of a feed or channel element say.
    fn feed_attributes(&mut self) -> Result<(), Unreadable> {
        if let Some(language) = self.scope.language() {
            self.build.set_head_language(language);
        }
        if let Some(about) = self.attribute("about")? {
            self.build.set_head_id(about);
        }
        if self.build.format() == Format::Cdf
            && let Some(base) = self.attribute("base")?
        {
            self.scope.enter_base(&base, &mut self.findings);
            self.build.head_mut().base = Some(base);
        }
        self.cdf_attributes(Place::Feed)
    }

    /// HREF and LASTMOD of CDF's CHANNEL and ITEM; no other dialect has them there.
    fn cdf_attributes(&mut self, place: Place) -> Result<(), Unreadable> {
        for (name, field) in [("href", Field::Link), ("lastmod", Field::Updated)] {
            if let Some(value) = self.attribute(name)? {
                let mut capture = Capture::new(field, 0, Mode::Plain, TextKind::Plain);
                capture.base = self.scope.base();
                capture.text(&value);
                self.build.store(place, capture.finish(), &mut self.findings);
            }
        }
        Ok(())
    }

    fn entry(&mut self, mark: Mark) -> Result<(Place, End), Unreadable> {
        // an entry in an entry: the end tag of the outer one is missing
        if self.build.in_entry() {
            self.findings.add("xml_repaired", || "a missing end tag was supplied".to_owned());
            if let Some(at) = self.stack.iter().rposition(|frame| frame.end == End::Entry) {
                self.pop_down_to(at);
            }
        }
        if self.first_entry == 0 {
            self.first_entry = self.position;
        }
        let base = self.scope.base();
        self.build.open_entry(base, self.scope.language_since(mark))?;
        if let Some(about) = self.attribute("about")? {
            self.build.set_entry_id(about);
        }
        self.cdf_attributes(Place::Entry)?;
        Ok((Place::Entry, End::Entry))
    }

    fn person(&mut self, role: Role, rank: u8) -> (Place, End) {
        self.person_text.clear();
        self.build.open_person(role, rank);
        (Place::Person, End::Person)
    }

    /// A text construct: its type settles how it is read.
    fn rich(&mut self, field: Field, rank: u8, ns: Ns, place: Place, empty: bool) -> Result<(Place, End), Unreadable> {
        let atom = self.is_atom() && matches!(ns, Ns::Core | Ns::Atom) || ns == Ns::Atom;
        let media_type = self.written("type")?.map(in_lower_case);
        let encoding = self.written("mode")?.map(in_lower_case);
        if field == Field::Content {
            if let Some(source) = self.attribute("src")? {
                self.build.content_source(source);
                if empty {
                    return Ok((Place::Nowhere, End::Nothing));
                }
            }
            // alternatives inside each other (Atom 0.3 § 4.13.11)
            if media_type.as_deref().is_some_and(|media_type| media_type.starts_with("multipart/")) {
                return Ok((place, End::Nothing));
            }
        }
        let (mode, kind) = match (ns, media_type.as_deref()) {
            (Ns::Xhtml, _) => (Mode::Inline, TextKind::Html),
            (Ns::Content, _) => (Mode::Escaped, TextKind::Html),
            (_, None) if field == Field::Content && ns == Ns::Core && !atom => (Mode::Escaped, TextKind::Unsaid),
            (_, None) if !atom => (Mode::Escaped, TextKind::Unsaid),
            (_, media_type) => construct(media_type.unwrap_or("text"), encoding.as_deref(), atom),
        };
        let mut capture = Capture::new(field, rank, mode, kind);
        // in Atom 0.3 the div is part of the content
        capture.unwraps = self.build.format() != Format::Atom03;
        capture.base = self.scope.base();
        capture.language = self.scope.shared_language();
        Ok(self.begin(capture))
    }
}

fn in_lower_case(value: Cow<'_, str>) -> Cow<'_, str> {
    if value.bytes().any(|b| b.is_ascii_uppercase()) { Cow::Owned(value.to_ascii_lowercase()) } else { value }
}

/// How a value of a media type is read (RFC 4287 § 3.1.1, 4.1.3.3; Atom 0.3 § 3.1).
fn construct(media_type: &str, encoding: Option<&str>, atom: bool) -> (Mode, TextKind) {
    let media_type = media_type.split(';').next().unwrap_or("").trim();
    let html = matches!(media_type, "html" | "text/html");
    let xhtml = matches!(media_type, "xhtml" | "application/xhtml+xml");
    match encoding {
        Some("base64") => return (Mode::Base64, if html || xhtml { TextKind::Html } else { TextKind::Unsaid }),
        Some("escaped") if html || xhtml => return (Mode::Escaped, TextKind::Html),
        _ => {}
    }
    if html {
        (Mode::Escaped, TextKind::Html)
    } else if xhtml || media_type.ends_with("+xml") || media_type.ends_with("/xml") {
        (Mode::Inline, TextKind::Html)
    } else if matches!(media_type, "" | "text" | "plain") || media_type.starts_with("text/") {
        (Mode::Escaped, if atom { TextKind::Plain } else { TextKind::Unsaid })
    } else if atom && media_type.contains('/') {
        // only content may be of such a type, but who writes it elsewhere means the same
        (Mode::Base64, TextKind::Unsaid)
    } else {
        (Mode::Escaped, TextKind::Unsaid)
    }
}
