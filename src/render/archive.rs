//! Archived feeds (RFC 5005 § 4): a feed's documents say where its older articles are, and each archive document where it stands among the
//! others. The chain is one of Atom documents, whatever the format of the feed that leads to it, and one of JSON documents for JSON Feed.

use crate::config::Feed;
use crate::model::FeedFormat;

use super::{FeedHead, Renderer};

/// Namespace of `fh:archive` (RFC 5005 § 2).
pub(super) const HISTORY: &str = "http://purl.org/syndication/history/1.0";

/// Where a document stands in the history of its feed. All names are those of archive documents, such as `2026-05`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Place<'a> {
    /// Its own name, if it is an archive document; `None`: the feed that people subscribe to.
    pub archive: Option<&'a str>,
    /// The archive document before it.
    pub previous: Option<&'a str>,
    /// The archive document after it. Only between archive documents.
    pub next: Option<&'a str>,
}

/// The same as addresses.
#[derive(Debug)]
pub(super) struct Links {
    pub own: String,
    pub previous: Option<String>,
    pub next: Option<String>,
}

impl Renderer {
    /// `format`: of the document that has the links.
    pub(super) fn links(&self, feed: &Feed, format: FeedFormat, place: &Place<'_>) -> Links {
        let chain = match format {
            FeedFormat::Json => FeedFormat::Json,
            FeedFormat::Rss | FeedFormat::Atom => FeedFormat::Atom,
        };
        let address = |path: String| format!("{}{path}", self.site.address);
        let archive = |name: &&str| address(path(feed, chain, Some(name)));
        Links {
            own: address(path(feed, format, place.archive)),
            previous: place.previous.as_ref().map(archive),
            next: place.next.as_ref().map(archive),
        }
    }
}

/// Path of a document. `archive`: its name, if it is an archive document.
pub(super) fn path(feed: &Feed, format: FeedFormat, archive: Option<&str>) -> String {
    let extension = format.extension();
    match archive {
        Some(name) => format!("feeds/{}/archive/{name}.{extension}", feed.id),
        None => format!("feeds/{}.{extension}", feed.id),
    }
}

/// Relation and address of each link an XML document has beside the one to itself.
pub(super) fn relations<'a>(head: &'a FeedHead<'_>) -> Vec<(&'static str, &'a str)> {
    let current = Some(head.subscription.as_str()).filter(|_| head.is_archive);
    let relations = [("current", current), ("prev-archive", head.previous.as_deref()), ("next-archive", head.next.as_deref())];
    relations.into_iter().filter_map(|(relation, address)| Some((relation, address?))).collect()
}

#[cfg(test)]
mod tests {
    use super::super::{Contents, sample};
    use super::*;

    fn source(format: FeedFormat, place: &Place<'_>) -> (String, String) {
        let document = {
            let articles = [sample::article(sample::Sample::Bare)];
            let contents = Contents { place: *place, ..Contents::of(&articles) };
            sample::renderer().feed(&sample::feed("all"), format, &contents)
        };
        (document.path.clone(), String::from_utf8(document.body.to_vec()).unwrap())
    }

    /// The links beside `self` and `alternate` of the document as a whole.
    fn links(xml: &str) -> Vec<String> {
        let head = xml.split("<item>").next().and_then(|head| head.split("<entry").next()).unwrap();
        let attribute = |tag: &str, name: &str| {
            let (_, after) = tag.split_once(&format!(" {name}=\"")).unwrap();
            after.split('"').next().unwrap().to_owned()
        };
        let tags = head.split('<').filter(|tag| tag.starts_with("link ") || tag.starts_with("atom:link "));
        tags.map(|tag| format!("{} {} {}", attribute(tag, "rel"), attribute(tag, "type"), attribute(tag, "href")))
            .filter(|link| !link.starts_with("self ") && !link.starts_with("alternate "))
            .collect()
    }

    #[test]
    fn req_37_archive_documents_say_what_they_are_and_where_the_others_are() {
        let of_archive = |name: &str| format!("application/atom+xml https://relay.example.net/feeds/all/archive/{name}.atom");
        let place = Place { archive: Some("2026-05"), previous: Some("2026-04"), next: Some("2026-06") };
        let (path, xml) = source(FeedFormat::Atom, &place);
        assert_eq!(path, "feeds/all/archive/2026-05.atom");
        assert!(xml.contains("xmlns:fh=\"http://purl.org/syndication/history/1.0\"") && xml.contains("<fh:archive"), "{xml}");
        assert_eq!(
            links(&xml),
            [
                "current application/atom+xml https://relay.example.net/feeds/all.atom".to_owned(),
                format!("prev-archive {}", of_archive("2026-04")),
                format!("next-archive {}", of_archive("2026-06")),
            ]
        );
        assert!(
            xml.contains("rel=\"self\"") && xml.contains("href=\"https://relay.example.net/feeds/all/archive/2026-05.atom\"")
        );
        assert!(xml.contains("<id>tag:relay.example.net,2026:feeds/all</id>"), "the same feed: {xml}");
    }

    #[test]
    fn the_feed_leads_to_its_last_archive_in_every_format() {
        let place = Place { previous: Some("2026-05"), ..Place::default() };
        for format in [FeedFormat::Rss, FeedFormat::Atom] {
            let (_, xml) = source(format, &place);
            let expected =
                "prev-archive application/atom+xml https://relay.example.net/feeds/all/archive/2026-05.atom".to_owned();
            assert_eq!(links(&xml), [expected], "{xml}");
            assert!(!xml.contains("fh:archive") && !xml.contains("current"), "{xml}");
            assert_eq!(links(&source(format, &Place::default()).1), <[String; 0]>::default());
        }
        let (_, json) = source(FeedFormat::Json, &place);
        assert!(json.contains("\"next_url\":\"https://relay.example.net/feeds/all/archive/2026-05.json\""), "{json}");
    }
}
