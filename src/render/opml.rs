//! OPML 2.0 (opml.org/spec2): the list of our feeds, for import into a reader.

use chrono::{DateTime, Utc};
use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesEnd, BytesStart, BytesText, Event};

use crate::config::Feed;
use crate::model::PublishedDocument;

use super::text::{line, rfc822, writable};
use super::{Renderer, document};

impl Renderer {
    /// OPML 2.0 of all feeds that everybody may read, path `feeds.opml`: each once, in Atom, so that an import does not subscribe to it twice.
    pub fn opml(&self, feeds: &[Feed], modified: DateTime<Utc>) -> PublishedDocument {
        let written = self.write_opml(feeds, modified).unwrap_or_default();
        let body = String::from_utf8(written).unwrap_or_default();
        document("feeds.opml".to_owned(), "text/x-opml; charset=utf-8", body, writable(modified))
    }

    /// The error is the writer's; memory has none.
    fn write_opml(&self, feeds: &[Feed], modified: DateTime<Utc>) -> std::io::Result<Vec<u8>> {
        let mut xml = Writer::new(Vec::new());
        xml.write_event(Event::Decl(BytesDecl::new("1.0", Some("utf-8"), None)))?;
        xml.write_event(Event::Text(BytesText::from_escaped("\n")))?;
        xml.write_event(Event::Start(BytesStart::new("opml").with_attributes([("version", "2.0")])))?;
        xml.write_event(Event::Start(BytesStart::new("head")))?;
        // No <docs>: the validator knows none.
        let facts = [
            ("title", self.site.title.clone()),
            ("dateModified", rfc822(modified)),
            ("ownerName", self.site.title.clone()),
            ("ownerId", self.site.address.clone()),
        ];
        for (name, text) in &facts {
            xml.create_element(*name).write_text_content(BytesText::new(text))?;
        }
        xml.write_event(Event::End(BytesEnd::new("head")))?;
        xml.write_event(Event::Start(BytesStart::new("body")))?;
        for feed in feeds.iter().filter(|feed| feed.is_public()) {
            let title = line(&feed.title);
            let page = format!("{}feeds/{}", self.site.address, feed.id);
            let atom = format!("{page}.atom");
            // `type` is rss for Atom too.
            let outline = BytesStart::new("outline").with_attributes([
                ("text", title.as_str()),
                ("title", title.as_str()),
                ("type", "rss"),
                ("xmlUrl", atom.as_str()),
                ("htmlUrl", page.as_str()),
                ("language", feed.language.as_str()),
            ]);
            xml.write_event(Event::Empty(outline))?;
        }
        xml.write_event(Event::End(BytesEnd::new("body")))?;
        xml.write_event(Event::End(BytesEnd::new("opml")))?;
        Ok(xml.into_inner())
    }
}
