//! OPML 2.0 (opml.org/spec2) of the outlets we poll, for a feed reader or another reprint.

use chrono::{DateTime, Utc};
use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesEnd, BytesStart, BytesText, Event};

use super::REPRINT_NAMESPACE;
use super::text::{line, rfc822, writable};
use crate::config::Config;

/// The list: one outline a feed, with the outlet's id in our namespace, so that the feeds of one outlet are found together again. What
/// feeds.toml says of an outlet beyond its id, name, feeds, home page and language is not in it; neither are credentials.
pub fn subscriptions(config: &Config, now: DateTime<Utc>) -> String {
    // The error is the writer's; memory has none.
    write(config, now).ok().and_then(|written| String::from_utf8(written).ok()).unwrap_or_default()
}

fn write(config: &Config, now: DateTime<Utc>) -> std::io::Result<Vec<u8>> {
    let mut xml = Writer::new_with_indent(Vec::new(), b' ', 2);
    xml.write_event(Event::Decl(BytesDecl::new("1.0", Some("utf-8"), None)))?;
    let root = BytesStart::new("opml").with_attributes([("version", "2.0"), ("xmlns:reprint", REPRINT_NAMESPACE)]);
    xml.write_event(Event::Start(root))?;
    xml.write_event(Event::Start(BytesStart::new("head")))?;
    let title = line(&config.site.title);
    for (name, text) in [("title", title.as_str()), ("dateCreated", &rfc822(writable(now))), ("ownerName", title.as_str())] {
        xml.create_element(name).write_text_content(BytesText::new(text))?;
    }
    xml.write_event(Event::End(BytesEnd::new("head")))?;
    xml.write_event(Event::Start(BytesStart::new("body")))?;
    for outlet in &config.outlets {
        let name = line(&outlet.name);
        for feed in &outlet.feeds {
            // `type` is rss for every dialect.
            let mut outline = BytesStart::new("outline").with_attributes([
                ("text", name.as_str()),
                ("title", name.as_str()),
                ("type", "rss"),
                ("xmlUrl", feed.as_str()),
            ]);
            if let Some(homepage) = &outlet.homepage {
                outline.push_attribute(("htmlUrl", homepage.as_str()));
            }
            if let Some(language) = &outlet.language {
                outline.push_attribute(("language", language.as_str()));
            }
            outline.push_attribute(("reprint:outlet", outlet.id.as_str()));
            xml.write_event(Event::Empty(outline))?;
        }
    }
    xml.write_event(Event::End(BytesEnd::new("body")))?;
    xml.write_event(Event::End(BytesEnd::new("opml")))?;
    Ok(xml.into_inner())
}
