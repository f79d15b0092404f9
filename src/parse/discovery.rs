//! Which feeds a page points to: link elements, then the HTTP `Link` field, then anchors that plainly are feeds (RSS Autodiscovery 1.0; HTML
//! Living Standard § 4.6.6.1; RFC 8288). And where a feed often is when the page says nothing.

use std::collections::HashSet;

use url::Url;

use super::Findings;
use super::encoding;
use super::entities::Entities;
use super::sniff;
use super::tags::{Tag, Tags};
use crate::model::FetchedDocument;

/// Pointers taken from one page.
const MOST: usize = 100;

/// How a feed was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// A link element of the page.
    Link,
    /// The `Link` field of the HTTP answer.
    Header,
    /// An anchor whose address is plainly that of a feed.
    Anchor,
    /// Nobody said so: many sites have one there.
    Guess,
    /// The page is one itself, by its own markup.
    Page,
}

/// An address at which there may be a feed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pointer {
    /// Address, http or https, without fragment.
    pub url: Url,
    /// Title that the page gives it.
    pub title: Option<String>,
    /// Media type that the page gives it, lower case, without parameters.
    pub media_type: Option<String>,
    /// How it was found.
    pub place: Place,
}

/// The feeds that a page points to, each address once, best witnesses first and the page's own order within them.
pub fn feeds(page: &FetchedDocument) -> Vec<Pointer> {
    let text = text(page);
    let mut finder = Finder { base: page.url.clone(), found: Vec::new(), seen: HashSet::new() };
    let (mut links, mut anchors) = (Vec::new(), Vec::new());
    let mut based = false;
    for tag in Tags::html(&text) {
        if tag.is("base") && !based {
            // The first one counts (HTML § 4.2.3), and for the whole page.
            if let Some(base) = tag.attribute("href").and_then(|href| page.url.join(resolved(href).trim()).ok()) {
                based = true;
                finder.base = if matches!(base.scheme(), "http" | "https") { base } else { page.url.clone() };
            }
        } else if tag.is("link") {
            links.push(tag);
        } else if tag.is("a") {
            anchors.push(tag);
        }
    }
    for link in &links {
        finder.link(link);
    }
    for field in &page.links {
        finder.field(field, &page.url);
    }
    for anchor in &anchors {
        finder.anchor(anchor, &page.url);
    }
    finder.found
}

/// Addresses at which sites often have their feed, likeliest first.
pub fn guesses(page: &Url) -> Vec<Pointer> {
    ["/feed", "/rss", "/rss.xml", "/atom.xml", "/feed.json", "/index.xml", "/feed/"]
        .into_iter()
        .filter_map(|path| page.join(path).ok())
        .map(|url| Pointer { url, title: None, media_type: None, place: Place::Guess })
        .collect()
}

/// The page as text. Titles only hang on the character set: what cannot be decoded is read as far as it goes.
pub(super) fn text(page: &FetchedDocument) -> String {
    let http = page.content_type.as_deref().and_then(sniff::charset_parameter);
    let declared = meta_charset(&page.body);
    let labels = encoding::Labels { http, configured: declared.as_deref() };
    match encoding::decode(&page.body, labels, &mut Vec::new()) {
        Ok(text) => text.into_owned(),
        Err(_) => String::from_utf8_lossy(&page.body).into_owned(),
    }
}

/// The character set that a `meta` element names in the first bytes (HTML § 13.2.3.2), in either form.
fn meta_charset(bytes: &[u8]) -> Option<String> {
    let head = String::from_utf8_lossy(bytes.get(..bytes.len().min(2048)).unwrap_or_default());
    Tags::html(&head).filter(|tag| tag.is("meta")).find_map(|meta| {
        let content = || meta.attribute("content").and_then(sniff::charset_parameter);
        meta.attribute("charset").or_else(content).map(|label| label.trim().to_owned()).filter(|label| !label.is_empty())
    })
}

struct Finder {
    base: Url,
    found: Vec<Pointer>,
    seen: HashSet<Url>,
}

impl Finder {
    fn add(&mut self, base: &Url, href: &str, title: Option<String>, media_type: Option<String>, place: Place) {
        let Some(url) = address(base, href) else { return };
        if self.found.len() < MOST && self.seen.insert(url.clone()) {
            self.found.push(Pointer { url, title, media_type, place });
        }
    }

    fn link(&mut self, tag: &Tag<'_>) {
        let rel = resolved(tag.attribute("rel").unwrap_or_default()).to_ascii_lowercase();
        let rel: Vec<&str> = rel.split_ascii_whitespace().collect();
        let Some(href) = tag.attribute("href").map(resolved) else { return };
        let media_type = tag.attribute("type").map(|written| essence(&resolved(written)));
        // "feed" was a relation of its own in drafts of HTML 5.
        let named = rel.contains(&"feed");
        let typed = rel.contains(&"alternate")
            && !rel.contains(&"stylesheet")
            && media_type.as_deref().is_some_and(|media_type| is_feed_type(media_type, &href));
        if named || typed {
            let base = self.base.clone();
            self.add(&base, &href, title(tag), media_type, Place::Link);
        }
    }

    /// One `Link` field (RFC 8288 § 3): its targets are relative to the page, whatever its base element says.
    fn field(&mut self, field: &str, page: &Url) {
        for link in web_links(field) {
            let parameter =
                |wanted: &str| link.parameters.iter().find(|(name, _)| name == wanted).map(|(_, value)| value.as_str());
            let rel = parameter("rel").unwrap_or_default().to_ascii_lowercase();
            let media_type = parameter("type").map(essence);
            let feed = media_type.as_deref().is_some_and(|media_type| is_feed_type(media_type, &link.target));
            if feed && rel.split_ascii_whitespace().any(|rel| rel == "alternate") && parameter("anchor").is_none() {
                let title = parameter("title").map(str::to_owned);
                self.add(page, &link.target, title, media_type, Place::Header);
            }
        }
    }

    fn anchor(&mut self, tag: &Tag<'_>, page: &Url) {
        let Some(href) = tag.attribute("href").map(resolved) else { return };
        let media_type = tag.attribute("type").map(|written| essence(&resolved(written)));
        let typed = media_type.as_deref().is_some_and(|media_type| is_feed_type(media_type, &href));
        let base = self.base.clone();
        let Some(url) = address(&base, &href) else { return };
        if typed || (looks_like_feed(&url) && (same_house(page, &url) || for_feeds(&url))) {
            self.add(&base, &href, title(tag), media_type, Place::Anchor);
        }
    }
}

fn title(tag: &Tag<'_>) -> Option<String> {
    let title = resolved(tag.attribute("title")?);
    let title: Vec<&str> = title.split_whitespace().collect();
    (!title.is_empty()).then(|| title.join(" "))
}

/// An attribute value with its references resolved.
pub(super) fn resolved(raw: &str) -> String {
    // A fresh reader each time: a page cannot define entities.
    Entities::default().attribute(raw, &mut Findings::default()).map_or_else(|_| raw.to_owned(), |value| value.into_owned())
}

/// A media type without its parameters, lower case.
fn essence(written: &str) -> String {
    written.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
}

/// Media types of feeds, the registered ones and what sites write for them. Plain XML and JSON are too many other things, unless the address
/// says more.
fn is_feed_type(media_type: &str, href: &str) -> bool {
    const FEEDS: [&str; 13] = [
        "application/rss+xml",
        "application/atom+xml",
        "application/feed+json",
        "application/rdf+xml",
        "application/rss",
        "application/atom",
        "application/x-rss+xml",
        "application/x.atom+xml",
        "application/x-atom+xml",
        "text/rss+xml",
        "text/atom+xml",
        "text/rss",
        // a page with an h-feed
        "text/mf2+html",
    ];
    if FEEDS.contains(&media_type) {
        return true;
    }
    let href = href.to_ascii_lowercase();
    match media_type {
        "application/xml" | "text/xml" => !href.contains("sitemap") && !href.contains("opensearch") && !href.contains("rsd"),
        "application/json" => href.contains("feed"),
        _ => false,
    }
}

/// What an attribute says is an address; only http and https. `feed:` in front (a scheme of old feed readers) is taken off.
fn address(base: &Url, href: &str) -> Option<Url> {
    let href = href.trim();
    let inner = href.get(..5).filter(|scheme| scheme.eq_ignore_ascii_case("feed:")).and_then(|_| href.get(5..));
    let mut url = match inner {
        Some(rest) if rest.starts_with("//") => Url::parse(&format!("http:{rest}")).ok()?,
        Some(rest) => Url::parse(rest).ok()?,
        None => base.join(href).ok()?,
    };
    url.set_fragment(None);
    let plain = url.username().is_empty() && url.password().is_none();
    (matches!(url.scheme(), "http" | "https") && url.has_host() && plain).then_some(url)
}

/// Whether an address is plainly that of a feed.
fn looks_like_feed(url: &Url) -> bool {
    const NAMES: [&str; 18] = [
        "feed",
        "rss",
        "rss2",
        "atom",
        "rdf",
        "feed.xml",
        "rss.xml",
        "rss2.xml",
        "atom.xml",
        "index.xml",
        "index.rdf",
        "feed.json",
        "feed.php",
        "rss.php",
        "rss.asp",
        "rss.aspx",
        "rss.jsp",
        "rss.ashx",
    ];
    let path = url.path().to_ascii_lowercase();
    let mut segments = path.split('/').filter(|segment| !segment.is_empty()).rev();
    let last = segments.next().unwrap_or_default();
    let extension = last.rsplit_once('.').map_or("", |(_, extension)| extension);
    let says = |text: &str| ["rss", "feed", "atom"].iter().any(|word| text.contains(word));
    NAMES.contains(&last)
        || matches!(extension, "rss" | "atom" | "rdf")
        || (extension == "xml" && (says(last) || segments.next().is_some_and(says)))
        || url.query_pairs().any(|(name, value)| {
            let value = value.to_ascii_lowercase();
            match name.to_ascii_lowercase().as_str() {
                "feed" => matches!(value.as_str(), "rss" | "rss2" | "atom" | "rdf"),
                "format" | "type" | "alt" | "output" => matches!(value.as_str(), "rss" | "rss2" | "atom" | "feed"),
                _ => false,
            }
        })
}

/// Whether two addresses are of one site: the same host, or one below the other.
fn same_house(a: &Url, b: &Url) -> bool {
    fn host(url: &Url) -> &str {
        url.host_str().map_or("", |host| host.strip_prefix("www.").unwrap_or(host))
    }
    let below = |a: &str, b: &str| a.strip_suffix(b).is_some_and(|rest| rest.ends_with('.'));
    let (a, b) = (host(a), host(b));
    a == b || below(a, b) || below(b, a)
}

/// Whether a host serves feeds for others, or feeds only.
fn for_feeds(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default();
    ["feeds.", "feed.", "rss."].iter().any(|start| host.starts_with(start)) || host.contains("feedburner")
}

/// One link of a `Link` field.
pub(super) struct WebLink {
    pub(super) target: String,
    /// Names in lower case; values without quotation marks.
    pub(super) parameters: Vec<(String, String)>,
}

/// The links of a `Link` field value. What is no link is passed over.
pub(super) fn web_links(field: &str) -> Vec<WebLink> {
    let mut links = Vec::new();
    let mut rest = field;
    while let Some(start) = rest.find('<') {
        let Some((target, after)) = rest.get(start + 1..).and_then(|rest| rest.split_once('>')) else { break };
        let mut link = WebLink { target: target.trim().to_owned(), parameters: Vec::new() };
        rest = after.trim_start();
        while let Some(parameter) = rest.strip_prefix(';') {
            let end = parameter.find(['=', ';', ',']).unwrap_or(parameter.len());
            let (name, after) = parameter.split_at_checked(end).unwrap_or((parameter, ""));
            let (value, after) = match after.strip_prefix('=') {
                None => (String::new(), after),
                Some(value) => parameter_value(value.trim_start()),
            };
            link.parameters.push((name.trim().to_ascii_lowercase(), value));
            rest = after.trim_start();
        }
        links.push(link);
    }
    links
}

/// A token or quoted string (RFC 9110 § 5.6.4) at the start of a text, and what follows it.
fn parameter_value(text: &str) -> (String, &str) {
    let Some(quoted) = text.strip_prefix('"') else {
        let end = text.find([';', ',']).unwrap_or(text.len());
        let (value, rest) = text.split_at_checked(end).unwrap_or((text, ""));
        return (value.trim().to_owned(), rest);
    };
    let mut value = String::new();
    let mut characters = quoted.char_indices();
    while let Some((at, character)) = characters.next() {
        match character {
            '"' => return (value, quoted.get(at + 1..).unwrap_or_default()),
            '\\' => value.extend(characters.next().map(|(_, escaped)| escaped)),
            _ => value.push(character),
        }
    }
    (value, "")
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::DateTime;

    fn page(html: &[u8], content_type: Option<&str>, links: &[&str]) -> FetchedDocument {
        let url = Url::parse("https://www.hewan.example/news/index.html").expect("an address");
        let mut page = FetchedDocument::from_bytes(url, content_type.map(str::to_owned), html.to_vec(), DateTime::UNIX_EPOCH);
        page.links = links.iter().map(|link| (*link).to_owned()).collect();
        page
    }

    fn shown(pointers: &[Pointer]) -> Vec<String> {
        let place = |place| match place {
            Place::Link => "link",
            Place::Header => "header",
            Place::Anchor => "anchor",
            Place::Guess => "guess",
            Place::Page => "page",
        };
        pointers
            .iter()
            .map(|found| format!("{} {} {}", place(found.place), found.url, found.title.as_deref().unwrap_or("-")))
            .collect()
    }

    fn check(html: &str, expected: &[&str]) {
        assert_eq!(shown(&feeds(&page(html.as_bytes(), None, &[]))), expected, "{html}");
    }

    #[test]
    fn link_elements_in_any_shape() {
        check(
            "<html><head><link rel=\"alternate\" type=\"application/rss+xml\" title=\"河湾 &amp; 渡口\" href=\"/rss\"></head>",
            &["link https://www.hewan.example/rss 河湾 & 渡口"],
        );
        check(
            "<LINK HREF='atom.xml?a=1&amp;b=2' TYPE='Application/Atom+XML; charset=utf-8' REL='ALTERNATE home'/>",
            &["link https://www.hewan.example/news/atom.xml?a=1&b=2 -"],
        );
        check(
            "<link rel=alternate type=application/feed+json href=//cdn.hewan.example/feed.json>",
            &["link https://cdn.hewan.example/feed.json -"],
        );
        check(
            "<link rel=feed href=feed://hewan.example/x><link rel=feed href=feed:https://hewan.example/y>",
            &["link http://hewan.example/x -", "link https://hewan.example/y -"],
        );
        check(
            "<link rel=alternate type=application/rdf+xml href=index.rdf#top><link rel=alternate type=text/xml href=/all.xml>",
            &["link https://www.hewan.example/news/index.rdf -", "link https://www.hewan.example/all.xml -"],
        );
        // Broken: no head, a tag that never ends before it, a script that writes one.
        check(
            "<p><b>x<script>document.write('<link rel=alternate type=application/rss+xml href=/no>')</script><link href=/rss rel=alternate type=application/rss+xml",
            &[],
        );
        check(
            "<p <link><link href=/rss rel=alternate type=application/rss+xml><!-- <link rel=alternate type=application/rss+xml href=/old> -->",
            &["link https://www.hewan.example/rss -"],
        );
        // Twice the same.
        check(
            "<link rel=alternate type=application/rss+xml href=/rss><link rel=alternate type=application/rss+xml href=/rss#x>",
            &["link https://www.hewan.example/rss -"],
        );
    }

    #[test]
    fn base_elements_count_once() {
        check(
            "<base href='/feeds/'><base href='/no/'><link rel=alternate type=application/rss+xml href=rss>",
            &["link https://www.hewan.example/feeds/rss -"],
        );
        check(
            "<base href='javascript:0'><link rel=alternate type=application/rss+xml href=rss>",
            &["link https://www.hewan.example/news/rss -"],
        );
        check("<base target=_top><base href='//m.hewan.example'><a href=rss.xml>", &["anchor https://m.hewan.example/rss.xml -"]);
    }

    #[test]
    fn what_is_no_feed() {
        for html in [
            "",
            "<link rel=stylesheet href=/rss>",
            "<link rel='alternate stylesheet' type=application/rss+xml href=/x>",
            "<link rel=alternate hreflang=en href=/en/>",
            "<link rel=alternate type=application/json href=/wp-json/wp/v2/pages/7>",
            "<link rel=alternate type=application/json+oembed href=/oembed?url=feed>",
            "<link rel=alternate type=application/rss+xml>",
            "<link rel=alternate type=application/rss+xml href='javascript:alert(1)'>",
            "<link rel=alternate type=application/rss+xml href='file:///etc/passwd'>",
            "<link rel=alternate type=application/rss+xml href='https://wei:hush@hewan.example/rss'>",
            "<a href=/feedback>x</a><a href=/about-rss.html>x</a><a href=https://reader.example/feed>x</a><a>",
            "<a href='mailto:rss@hewan.example'>x</a><a href=/sitemap.xml>x</a>",
        ] {
            check(html, &[]);
        }
    }

    #[test]
    fn anchors_that_plainly_are_feeds() {
        for (href, expected) in [
            ("/feed/", "https://www.hewan.example/feed/"),
            ("/rss", "https://www.hewan.example/rss"),
            ("world.rss", "https://www.hewan.example/news/world.rss"),
            ("/rss/world.xml", "https://www.hewan.example/rss/world.xml"),
            ("/world_rss.xml", "https://www.hewan.example/world_rss.xml"),
            ("/?feed=rss2", "https://www.hewan.example/?feed=rss2"),
            ("/list?c=7&amp;format=rss", "https://www.hewan.example/list?c=7&format=rss"),
            ("http://rss.hewan.example/rss.aspx", "http://rss.hewan.example/rss.aspx"),
            ("https://feeds.partner.example/hewan/rss", "https://feeds.partner.example/hewan/rss"),
        ] {
            check(&format!("<a href=\"{href}\">RSS</a>"), &[&format!("anchor {expected} -")]);
        }
        check(
            "<a type=application/rss+xml href=https://other.example/7 title=' 全部\n文章 '>",
            &["anchor https://other.example/7 全部 文章"],
        );
    }

    #[test]
    fn link_elements_go_before_the_header_and_that_before_anchors() {
        let html = "<a href=/feed/>RSS</a><link rel=alternate type=application/atom+xml href=/atom.xml><a href=/rss>";
        let links = [
            "<https://hub.example/>; rel=hub, </feed.json>; rel=\"alternate\"; type=\"application/feed+json\"; title=\"A \\\"b\\\"; c, d\"",
            "<../rss>;rel=alternate;type=application/rss+xml",
            "<x>; rel=alternate; type=application/rss+xml; anchor=\"#a\", <never ends",
        ];
        assert_eq!(
            shown(&feeds(&page(html.as_bytes(), None, &links))),
            [
                "link https://www.hewan.example/atom.xml -",
                "header https://www.hewan.example/feed.json A \"b\"; c, d",
                "header https://www.hewan.example/rss -",
                "anchor https://www.hewan.example/feed/ -",
            ]
        );
    }

    #[test]
    fn titles_are_read_in_the_character_set_of_the_page() {
        let link = b"<link rel=alternate type=application/rss+xml href=/rss title='\xba\xd3\xcd\xe5'>"; // 河湾 in GB 18030
        let expected = ["link https://www.hewan.example/rss 河湾"];
        let meta = [b"<meta http-equiv=Content-Type content='text/html; charset=gb2312'>".as_slice(), link].concat();
        assert_eq!(shown(&feeds(&page(&meta, None, &[]))), expected);
        let meta = [b"<meta charset=gbk>".as_slice(), link].concat();
        assert_eq!(shown(&feeds(&page(&meta, Some("text/html"), &[]))), expected);
        assert_eq!(shown(&feeds(&page(link, Some("text/html; charset=GB18030"), &[]))), expected);
    }

    #[test]
    fn guesses_are_at_the_root() {
        let page = Url::parse("https://hewan.example/news/?x").expect("an address");
        let guesses: Vec<String> = guesses(&page).iter().map(|guess| guess.url.path().to_owned()).collect();
        assert_eq!(guesses, ["/feed", "/rss", "/rss.xml", "/atom.xml", "/feed.json", "/index.xml", "/feed/"]);
    }

    #[test]
    fn pages_of_a_million_links_are_cut() {
        let html: String = (0..200_000).map(|number| format!("<a href=/{number}.rss>")).collect();
        assert_eq!(feeds(&page(html.as_bytes(), None, &[])).len(), MOST);
    }

    proptest::proptest! {
        #[test]
        fn any_page_and_field_gets_an_answer(html in "\\PC{0,200}", field in "[<>;,=\" a-z/]{0,80}") {
            for pointer in feeds(&page(html.as_bytes(), None, &[&field])) {
                proptest::prop_assert!(matches!(pointer.url.scheme(), "http" | "https"));
            }
        }
    }
}
