//! Lists of subscriptions: OPML 1.0 to 2.0 (opml.org/spec2) as feed readers write them, well-formed or not.

use super::encoding;
use super::entities::Entities;
use super::names::{Ns, by_address};
use super::tags::{Tag, Tags};
use super::{Findings, sniff};
use crate::model::Unreadable;

/// Feeds taken from one list.
const MOST: usize = 100_000;

/// A feed of the list. Every string as written, references resolved.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Subscription {
    /// Line of the file, from 1.
    pub line: usize,
    /// `xmlUrl`.
    pub address: String,
    /// `title`, else `text`.
    pub name: Option<String>,
    /// `htmlUrl`.
    pub homepage: Option<String>,
    /// `language`.
    pub language: Option<String>,
    /// Id of the outlet in the list of another reprint: feeds that share it are of one outlet.
    pub outlet: Option<String>,
}

/// A list of subscriptions.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Subscriptions {
    /// Feeds in the order of the list, categories left out.
    pub feeds: Vec<Subscription>,
    /// Entries that cannot be taken: line, and what is wrong.
    pub broken: Vec<(usize, String)>,
}

/// Reads a list. An error means that it is none.
pub fn subscriptions(bytes: &[u8]) -> Result<Subscriptions, Unreadable> {
    let not_opml = |what: &str| Unreadable::new("not_opml", format!("it is {what}, not an OPML list of subscriptions"));
    if let Some(name) = sniff::binary(bytes) {
        return Err(not_opml(name));
    }
    let text = encoding::decode(bytes, encoding::Labels::default(), &mut Vec::new())?;
    let mut list = Subscriptions::default();
    let mut prefix = None;
    let mut is_list = false;
    let (mut line, mut from) = (1, 0);
    for tag in Tags::xml(&text) {
        if tag.is("opml") {
            is_list = true;
            prefix = namespace_prefix(&tag);
        }
        if !tag.is("outline") {
            continue;
        }
        is_list = true;
        line += text.get(from..tag.start).unwrap_or_default().matches('\n').count();
        from = tag.start;
        match outline(&tag, line, prefix) {
            Outline::Feed(_) if list.feeds.len() >= MOST => {
                list.broken.push((line, format!("the list is longer than {MOST} feeds; what follows is left out")));
                break;
            }
            Outline::Feed(feed) => list.feeds.push(feed),
            Outline::Broken(what) => list.broken.push((line, what)),
            Outline::Category => {}
        }
    }
    if is_list { Ok(list) } else { Err(not_opml("another kind of file")) }
}

/// The prefix that the list binds to our namespace.
fn namespace_prefix<'a>(tag: &Tag<'a>) -> Option<&'a str> {
    let bound =
        |(name, address): &(&'a str, &'a str)| name.strip_prefix("xmlns:").filter(|_| by_address(address) == Some(Ns::Reprint));
    tag.attributes().iter().find_map(bound)
}

enum Outline {
    Feed(Subscription),
    Broken(String),
    Category,
}

fn outline(tag: &Tag<'_>, line: usize, prefix: Option<&str>) -> Outline {
    let value = |name: &str| {
        let raw = tag.attribute(name)?;
        let value = Entities::default().attribute(raw, &mut Findings::default()).ok()?;
        Some(value.trim().to_owned()).filter(|value| !value.is_empty())
    };
    let name = value("title").or_else(|| value("text"));
    let kind = value("type").unwrap_or_default().to_ascii_lowercase();
    let feed = matches!(kind.as_str(), "rss" | "rss1" | "rss2" | "atom" | "atom10" | "feed" | "json" | "jsonfeed");
    // OPML 1.0 lists have `url`.
    let address = value("xmlUrl").or_else(|| value("url").filter(|_| feed));
    let called = name.as_deref().map(|name| format!(" (“{name:.60}”)")).unwrap_or_default();
    match address {
        Some(address) => {
            let outlet = prefix.and_then(|prefix| value(&format!("{prefix}:outlet")));
            let (homepage, language) = (value("htmlUrl"), value("language"));
            Outline::Feed(Subscription { line, address, name, homepage, language, outlet })
        }
        None if feed => Outline::Broken(format!("the feed has no xmlUrl{called}")),
        None if matches!(kind.as_str(), "include" | "link") => Outline::Broken(format!(
            "another list or page is named{called}, which is not followed: fetch and import it by itself"
        )),
        None => Outline::Category,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Subscriptions {
        subscriptions(text.as_bytes()).unwrap_or_else(|refused| panic!("{refused}: {text}"))
    }

    fn feed(line: usize, address: &str, name: Option<&str>) -> Subscription {
        Subscription { line, address: address.into(), name: name.map(str::to_owned), ..Subscription::default() }
    }

    #[test]
    fn lists_of_readers() {
        let list = read(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<opml version=\"2.0\">\n<head><title>订阅</title></head>\n<body>\n\
             <outline text=\"新闻\" title=\"新闻\">\n  <outline text='国际'><outline type=\"rss\" text=\"河湾 &amp; 渡口\" title='河湾通讯' \
             xmlUrl=\"https://hewan.example/rss?a=1&amp;b=2\" htmlUrl=\"https://hewan.example/\" language=\"zh-cn\"/></outline>\n\
             <!-- <outline xmlUrl='https://old.example/'/> -->\n<outline TEXT=\"Ledger\" XMLURL=\"https://ledger.example/feed\"/>\n</outline></body></opml>",
        );
        let first = Subscription {
            homepage: Some("https://hewan.example/".into()),
            language: Some("zh-cn".into()),
            ..feed(6, "https://hewan.example/rss?a=1&b=2", Some("河湾通讯"))
        };
        assert_eq!(list.feeds, [first, feed(8, "https://ledger.example/feed", Some("Ledger"))]);
        assert!(list.broken.is_empty());
    }

    #[test]
    fn broken_entries_are_named_with_their_line() {
        let list = read(
            "<opml><body>\n<outline type=rss text='No address'/>\n<outline type='include' url='https://a.example/b.opml' text='More'/>\n\
             <outline text='a & b' xmlUrl=https://ledger.example/?a&b type=rss>\n<outline type='atom' url='https://old.example/atom'/>",
        );
        assert_eq!(
            list.feeds,
            [feed(4, "https://ledger.example/?a&b", Some("a & b")), feed(5, "https://old.example/atom", None)]
        );
        let broken: Vec<(usize, &str)> = list.broken.iter().map(|(line, what)| (*line, what.as_str())).collect();
        assert_eq!(broken[0], (2, "the feed has no xmlUrl (“No address”)"));
        assert!(broken[1].0 == 3 && broken[1].1.contains("not followed") && broken.len() == 2, "{broken:?}");
    }

    #[test]
    fn outlets_of_another_reprint() {
        let list = read(
            "<opml xmlns:r='urn:uuid:4486557c-82cf-43f6-b83f-0b3b52c982c6' xmlns:x='urn:x'><body>\
             <outline xmlUrl='https://a.example/1' r:outlet='wattle' x:outlet='no'/></body></opml>",
        );
        assert_eq!(list.feeds[0].outlet.as_deref(), Some("wattle"));
        assert_eq!(
            read("<opml xmlns:r='urn:x'><outline xmlUrl='https://a.example/1' r:outlet='no'/></opml>").feeds[0].outlet,
            None
        );
    }

    #[test]
    fn other_character_sets_are_read() {
        let bytes = b"<?xml version='1.0' encoding='GBK'?><opml><outline xmlUrl='https://hewan.example/rss' text='\xba\xd3\xcd\xe5'/></opml>";
        assert_eq!(subscriptions(bytes).expect("a list").feeds, [feed(1, "https://hewan.example/rss", Some("河湾"))]);
    }

    #[test]
    fn what_is_no_list_is_refused() {
        for bytes in [b"".as_slice(), b"<html><body>x</body></html>", b"<rss><channel/></rss>", b"\x89PNG\r\n\x1a\n", b"hello"] {
            assert_eq!(subscriptions(bytes).expect_err("no list").code, "not_opml", "{bytes:?}");
        }
        assert_eq!(read("<opml/>"), Subscriptions::default());
    }

    #[test]
    fn a_deep_and_long_list_is_read_in_time() {
        let deep = format!("<opml>{}", "<outline text='x'>\n".repeat(500_000));
        assert_eq!(read(&deep), Subscriptions::default());
        let long = format!("<opml>{}", "<outline xmlUrl='https://a.example/'/>\n".repeat(MOST + 5));
        let list = read(&long);
        assert_eq!((list.feeds.len(), list.broken.len(), list.broken[0].0), (MOST, 1, MOST + 1));
    }
}
