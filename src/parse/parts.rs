//! Elements whose facts are in attributes: links, categories, files, pictures, provenance.

use super::build::MOST_PARTS;
use super::vocabulary::Place;
use super::xml::Walk;
use crate::model::{Category, Enclosure, Link, Media, ParsedEarlier, ParsedHop, ParsedTranslation, Person, Unreadable};

/// Registered relations may be written as addresses (RFC 4287 § 4.2.7.2).
const IANA_RELATIONS: &str = "http://www.iana.org/assignments/relation/";

impl Walk<'_> {
    /// Takes a link that has an address. Otherwise its text is the address; then the relation, if written, is given back.
    pub(super) fn link(&mut self, place: Place, guest: bool) -> Result<Option<Option<String>>, Unreadable> {
        let rel = self.written("rel")?.map(|rel| {
            let rel = rel.strip_prefix(IANA_RELATIONS).unwrap_or(&rel);
            rel.to_ascii_lowercase()
        });
        let mut href = None;
        for name in ["href", "url", "uri", "resource"] {
            if href.is_none() {
                href = self.attribute(name)?;
            }
        }
        let Some(href) = href else { return Ok(Some(rel)) };
        let link = Link {
            rel: rel.unwrap_or_else(|| "alternate".to_owned()),
            href,
            media_type: self.attribute("type")?,
            hreflang: self.attribute("hreflang")?,
            title: self.attribute("title")?,
            base: self.scope.base(),
        };
        let length = self.attribute("length")?;
        let count = self.attribute("count")?;
        self.build.link(place, link, length, count, guest);
        Ok(None)
    }

    /// Takes a category whose term is an attribute. Otherwise its text is the term; then the scheme, if written, is given back.
    pub(super) fn category(&mut self, place: Place) -> Result<Option<Option<String>>, Unreadable> {
        let scheme = match self.attribute("scheme")? {
            Some(scheme) => Some(scheme),
            None => self.attribute("domain")?,
        };
        let term = match self.attribute("term")? {
            Some(term) => Some(term),
            None => self.attribute("text")?,
        };
        let Some(term) = term else { return Ok(Some(scheme)) };
        let label = self.attribute("label")?;
        self.build.category(place, Category { term, scheme, label }, &mut self.findings);
        Ok(None)
    }

    pub(super) fn enclosure(&mut self) -> Result<(), Unreadable> {
        let mut url = None;
        for name in ["url", "href", "uri", "resource"] {
            if url.is_none() {
                url = self.attribute(name)?;
            }
        }
        let Some(url) = url else { return Ok(()) };
        let media_type = self.attribute("type")?;
        let length = self.attribute("length")?;
        self.build.enclosure(Enclosure { url, media_type, length, title: None });
        Ok(())
    }

    /// media:content or media:thumbnail.
    pub(super) fn media(&mut self, thumbnail: bool) -> Result<Media, Unreadable> {
        let url = match self.attribute("url")? {
            Some(url) => Some(url),
            None => self.attribute("href")?,
        };
        Ok(Media {
            url: url.unwrap_or_default(),
            media_type: self.attribute("type")?,
            medium: self.attribute("medium")?.map(|mut medium| {
                medium.make_ascii_lowercase();
                medium
            }),
            length: self.attribute("fileSize")?,
            width: self.attribute("width")?,
            height: self.attribute("height")?,
            thumbnail,
            ..Media::default()
        })
    }

    pub(super) fn translation(&mut self) -> Result<(), Unreadable> {
        let translation = ParsedTranslation {
            kind: self.attribute("kind")?.unwrap_or_default(),
            from: self.attribute("from")?,
            to: self.attribute("to")?,
            engine: self.attribute("engine")?,
            source: self.attribute("source")?,
        };
        if let Some(provenance) = self.build.provenance() {
            provenance.translation.get_or_insert(translation);
        }
        Ok(())
    }

    /// `false`: one too many.
    pub(super) fn earlier(&mut self) -> Result<bool, Unreadable> {
        let earlier = ParsedEarlier {
            seq: self.attribute("seq")?,
            kind: self.attribute("kind")?.unwrap_or_default(),
            engine: self.attribute("engine")?,
            translators: Vec::new(),
        };
        let provenance = self.build.provenance().filter(|provenance| provenance.earlier.len() < MOST_PARTS);
        Ok(provenance.map(|provenance| provenance.earlier.push(earlier)).is_some())
    }

    /// Who made the translation that the element is in.
    pub(super) fn maker(&mut self, place: Place) -> Result<(), Unreadable> {
        let person = Person { name: self.attribute("name")?, uri: self.attribute("href")?, email: None };
        if person.name.is_some() {
            self.build.maker(place, person);
        }
        Ok(())
    }

    pub(super) fn hop(&mut self) -> Result<(), Unreadable> {
        let hop = ParsedHop {
            seq: self.attribute("seq")?,
            action: self.attribute("action")?.unwrap_or_default(),
            party: self.attribute("party")?.unwrap_or_default(),
            at: self.attribute("at")?,
            language: self.attribute("lang")?,
            href: self.attribute("href")?,
        };
        if let Some(provenance) = self.build.provenance().filter(|provenance| provenance.hops.len() < MOST_PARTS) {
            provenance.hops.push(hop);
        }
        Ok(())
    }
}
