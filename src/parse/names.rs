//! Namespaces by address: what a feed calls them does not matter, except where it forgot to declare them.

/// A namespace that the vocabulary knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub(super) enum Ns {
    /// RSS of any version, a sitemap, CDF: no namespace, or one that only repeats the root's.
    Core,
    /// Atom 1.0 and its drafts.
    Atom,
    /// Dublin Core elements 1.1.
    Dc,
    /// DCMI terms.
    Dcterms,
    /// RSS 1.0 content module.
    Content,
    /// Media RSS.
    Media,
    /// RSS 1.0 slash module.
    Slash,
    /// Atom threading (RFC 4685).
    Thread,
    /// Podcasts.
    Itunes,
    /// XHTML.
    Xhtml,
    /// RDF.
    Rdf,
    /// Creative Commons, RDF form.
    Cc,
    /// Creative Commons, RSS form.
    CreativeCommons,
    /// FeedBurner.
    FeedBurner,
    /// MARC relators.
    Marcrel,
    /// PRISM.
    Prism,
    /// Google news sitemap.
    News,
    /// Google image sitemap.
    Image,
    /// reprint's own.
    Reprint,
    /// Atom publishing protocol (RFC 5023).
    App,
    /// Atom tombstones (RFC 6721).
    Tombstones,
    /// SVG and MathML: markup inside xhtml.
    Graphics,
    /// Anything else: read past.
    Foreign,
}

/// Addresses without scheme and without trailing `/` or `#`, in lower case: real feeds get exactly these details wrong.
const ADDRESSES: &[(&[u8], Ns)] = &[
    (b"www.w3.org/2005/atom", Ns::Atom),
    (b"purl.org/atom/ns", Ns::Atom),
    (b"purl.org/dc/elements/1.1", Ns::Dc),
    (b"purl.org/dc/elements/1.0", Ns::Dc),
    (b"purl.org/metadata/dublin_core", Ns::Dc),
    (b"purl.org/dc/terms", Ns::Dcterms),
    (b"purl.org/rss/1.0/modules/content", Ns::Content),
    (b"search.yahoo.com/mrss", Ns::Media),
    (b"search.yahoo.com/search/mrss", Ns::Media),
    (b"tools.search.yahoo.com/mrss", Ns::Media),
    (b"video.search.yahoo.com/mrss", Ns::Media),
    (b"www.rssboard.org/media-rss", Ns::Media),
    (b"purl.org/rss/1.0/modules/slash", Ns::Slash),
    (b"purl.org/syndication/thread/1.0", Ns::Thread),
    (b"www.itunes.com/dtds/podcast-1.0.dtd", Ns::Itunes),
    (b"example.com/dtds/podcast-1.0.dtd", Ns::Itunes),
    (b"www.w3.org/1999/xhtml", Ns::Xhtml),
    (b"www.w3.org/1999/02/22-rdf-syntax-ns", Ns::Rdf),
    (b"creativecommons.org/ns", Ns::Cc),
    (b"creativecommons.org/ns#license", Ns::Cc),
    (b"web.resource.org/cc", Ns::Cc),
    (b"backend.userland.com/creativecommonsrssmodule", Ns::CreativeCommons),
    (b"cyber.law.harvard.edu/rss/creativecommonsrssmodule.html", Ns::CreativeCommons),
    (b"rssnamespace.org/feedburner/ext/1.0", Ns::FeedBurner),
    (b"id.loc.gov/vocabulary/relators", Ns::Marcrel),
    (b"www.loc.gov/loc.terms/relators", Ns::Marcrel),
    (b"prismstandard.org/namespaces/1.2/basic", Ns::Prism),
    (b"prismstandard.org/namespaces/basic/2.0", Ns::Prism),
    (b"prismstandard.org/namespaces/basic/2.1", Ns::Prism),
    (b"prismstandard.org/namespaces/basic/3.0", Ns::Prism),
    (b"www.google.com/schemas/sitemap-news/0.9", Ns::News),
    (b"www.google.com/schemas/sitemap-image/1.1", Ns::Image),
    (b"urn:uuid:4486557c-82cf-43f6-b83f-0b3b52c982c6", Ns::Reprint),
    (b"www.w3.org/2007/app", Ns::App),
    (b"purl.org/atom/app", Ns::App),
    (b"www.w3.org/2000/svg", Ns::Graphics),
    (b"www.w3.org/1998/math/mathml", Ns::Graphics),
    // RSS itself
    (b"purl.org/rss/1.0", Ns::Core),
    (b"my.netscape.com/rdf/simple/0.9", Ns::Core),
    (b"channel.netscape.com/rdf/simple/0.9", Ns::Core),
    (b"my.netscape.com/publish/formats/rss-0.91.dtd", Ns::Core),
    (b"purl.org/rss/1.0/modules/rss091", Ns::Core),
    (b"backend.userland.com/rss", Ns::Core),
    (b"backend.userland.com/rss2", Ns::Core),
    (b"blogs.law.harvard.edu/tech/rss", Ns::Core),
    (b"cyber.law.harvard.edu/rss/rss.html", Ns::Core),
    (b"www.sitemaps.org/schemas/sitemap/0.9", Ns::Core),
    (b"www.google.com/schemas/sitemap/0.84", Ns::Core),
    // known, and of no use to us: named so that their prefixes are not taken for others
    (b"purl.org/rss/1.0/modules/syndication", Ns::Foreign),
    (b"purl.org/syndication/history/1.0", Ns::Foreign),
    (b"purl.org/atompub/tombstones/1.0", Ns::Tombstones),
    (b"rslstandard.org/rsl", Ns::Foreign),
];

/// The usual prefixes, for feeds that use one without declaring it, or bind it to an address nobody knows.
const PREFIXES: &[(&[u8], Ns)] = &[
    (b"atom", Ns::Atom),
    (b"atom03", Ns::Atom),
    (b"atom10", Ns::Atom),
    (b"a10", Ns::Atom),
    (b"dc", Ns::Dc),
    (b"dcterms", Ns::Dcterms),
    (b"dct", Ns::Dcterms),
    (b"content", Ns::Content),
    (b"media", Ns::Media),
    (b"slash", Ns::Slash),
    (b"thr", Ns::Thread),
    (b"itunes", Ns::Itunes),
    (b"xhtml", Ns::Xhtml),
    (b"rdf", Ns::Rdf),
    (b"rss", Ns::Core),
    (b"cc", Ns::Cc),
    (b"creativecommons", Ns::CreativeCommons),
    (b"feedburner", Ns::FeedBurner),
    (b"marcrel", Ns::Marcrel),
    (b"prism", Ns::Prism),
    (b"news", Ns::News),
    (b"reprint", Ns::Reprint),
    (b"app", Ns::App),
    (b"svg", Ns::Graphics),
    (b"mathml", Ns::Graphics),
];

/// The namespace of an address; `None` when nobody knows it.
pub(super) fn by_address(address: &str) -> Option<Ns> {
    let bytes = address.trim().as_bytes();
    let rest = strip_ignoring_case(bytes, b"http://").or_else(|| strip_ignoring_case(bytes, b"https://")).unwrap_or(bytes);
    let end = rest.iter().rposition(|b| !matches!(b, b'/' | b'#')).map_or(0, |last| last + 1);
    let bare = &rest[..end];
    ADDRESSES.iter().find(|(known, _)| bare.eq_ignore_ascii_case(known)).map(|(_, ns)| *ns)
}

/// The namespace that a prefix usually stands for.
pub(super) fn by_prefix(prefix: &[u8]) -> Option<Ns> {
    PREFIXES.iter().find(|(known, _)| prefix.eq_ignore_ascii_case(known)).map(|(_, ns)| *ns)
}

/// The address is Atom 0.3 or one of the drafts before 1.0.
pub(super) fn is_atom_draft(address: &str) -> bool {
    let address = address.trim();
    by_address(address) == Some(Ns::Atom) && !address.as_bytes().windows(4).any(|w| w == b"2005")
}

fn strip_ignoring_case<'a>(bytes: &'a [u8], prefix: &[u8]) -> Option<&'a [u8]> {
    let (head, rest) = bytes.split_at_checked(prefix.len())?;
    head.eq_ignore_ascii_case(prefix).then_some(rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_with_the_usual_slips() {
        let check = |address: &str, expected: Option<Ns>| assert_eq!(by_address(address), expected, "{address}");
        check("http://www.w3.org/2005/Atom", Some(Ns::Atom));
        check("https://www.w3.org/2005/Atom/", Some(Ns::Atom));
        check("HTTP://WWW.W3.ORG/2005/ATOM", Some(Ns::Atom));
        check("http://purl.org/atom/ns#", Some(Ns::Atom));
        check("http://search.yahoo.com/mrss", Some(Ns::Media));
        check("http://search.yahoo.com/mrss/", Some(Ns::Media));
        check(" http://purl.org/dc/terms/ ", Some(Ns::Dcterms));
        check("urn:uuid:4486557C-82cf-43f6-b83f-0b3b52c982c6", Some(Ns::Reprint));
        check("http://purl.org/rss/1.0/", Some(Ns::Core));
        check("http://shop.example.com/ns", None);
        check("", None);
        check("http://", None);
    }

    #[test]
    fn drafts() {
        assert!(is_atom_draft("http://purl.org/atom/ns#"));
        assert!(!is_atom_draft("http://www.w3.org/2005/Atom"));
        assert!(!is_atom_draft("http://purl.org/rss/1.0/"));
    }
}
