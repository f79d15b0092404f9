//! HTML pages: articles ([`page`]), lists of articles ([`listing`]), and pages that are feeds by their markup ([`feed`]).

mod chrome;
mod facts;
mod headline;
mod hfeed;
mod json_ld;
mod list;
mod microformats;
mod pager;
mod rows;
mod rules;
mod scripts;
mod text;
mod xpath;

#[cfg(test)]
mod hfeed_tests;
#[cfg(test)]
mod real_tests;
#[cfg(test)]
mod rules_tests;
#[cfg(test)]
mod tests;

use dom_query::{Document, NodeRef};
use url::Url;

use self::facts::looks_like_date;
use self::rules::Ruled;
use super::{Bounds, Findings, encoding, sniff};
use crate::model::{
    FeedHead, FetchedDocument, Format, ListingSelectors, PageSelectors, ParsedFeed, ParsedPage, Person, SiteRules, Text,
    TextKind, Unreadable,
};

/// Bytes of one page. Beyond it no newspaper page is, without its pictures.
const LARGEST: usize = 4 << 20;

/// Says whether a tree may be built from HTML source; the sanitizer's own bound, so that both refuse the same.
pub type Bounded = fn(&str) -> Result<(), Unreadable>;

/// What is asked of an article page.
#[derive(Debug, Clone, Copy)]
pub struct Asked<'a> {
    /// Address of the first page of the article; of this one, if it is that.
    pub first: &'a Url,
    /// 1 for the first page.
    pub number: u32,
    /// What the outlet's configuration says.
    pub selectors: &'a PageSelectors,
    /// Whether a tree may be built.
    pub bounded: Bounded,
    /// What a file of site rules says, where the configuration says nothing.
    pub rules: Option<&'a SiteRules>,
}

/// Reads one page of an article: what its metadata say (JSON-LD, microdata, OpenGraph, `meta`, `link`), its main text (by the outlet's own
/// selectors, else by what looks like it), and the address of the next page. `charset` is the outlet's configured one.
///
/// # Errors
/// `no_text`: there is no text to be found; `html_too_deep` and its kin: no tree may be built; `too_large`: over 4 MiB; `not_a_page`: it is
/// something else than HTML.
pub fn page(doc: &FetchedDocument, charset: Option<&str>, asked: &Asked<'_>) -> Result<ParsedPage, Unreadable> {
    let mut findings = Findings::default();
    let source = source_with(doc, charset, asked.bounded, asked.rules, &mut findings)?;
    let document = Document::from(source.as_str());
    let base = base(&document);
    name_pictures(&document);
    rows::number(&document);
    let mut facts = facts::of(&document, asked.selectors);
    let ruled = asked.rules.map(|rules| Ruled::new(&document, rules));
    let by_rule = ruled.as_ref().map(|ruled| ruled.find(&mut findings)).unwrap_or_default();
    let pager = pager::find(&document, asked, &doc.url, base.as_deref());
    let next = by_rule.next_page.or_else(|| pager.next.clone());
    pager.remove();
    let byline = facts.byline.take();
    let titles: Vec<String> = by_rule.title.iter().cloned().chain(facts.headlines()).collect();
    let ruled_text = ruled.and_then(|ruled| {
        ruled.strip(&mut findings);
        let title = titles.first().map(String::as_str);
        text::ruled(&document, &ruled.body(&mut findings), asked.rules.is_some_and(|rules| rules.prune), title)
    });
    if ruled_text.is_none() && asked.rules.is_some_and(|rules| !rules.detect) {
        return Err(Unreadable::new(
            "no_text",
            "no `body` of the site rules for this host fits anything on the page, and they forbid to look for the text otherwise: correct \
             the file in the folder `site_rules`, or remove it",
        ));
    }
    let found = text::find(document, asked, &titles, ruled_text, facts.body.take())?;
    let (mut entry, site) = facts.into_entry(found.headline);
    if let Some(title) = by_rule.title {
        entry.title = plain(&title);
    }
    if !by_rule.authors.is_empty() {
        entry.authors = by_rule.authors.into_iter().map(|name| Person { name: Some(name), ..Person::default() }).collect();
    }
    entry.published = by_rule.date.or(entry.published);
    entry.base = base.into_iter().collect();
    entry.content = vec![Text { value: found.html, kind: TextKind::Html, language: None, base: entry.base.clone() }];
    entry.complete = true;
    Ok(ParsedPage { entry, next, whole: by_rule.single_page, rows: found.rows, site, byline, warnings: findings.into_warnings() })
}

/// Pictures of AMP are pictures.
fn name_pictures(document: &Document) {
    let found = document.try_select("amp-img[src], amp-anim[src]").map(|found| found.nodes().to_vec()).unwrap_or_default();
    // What stands in it for readers without scripts is the same picture.
    for node in found {
        node.children().iter().for_each(NodeRef::remove_from_parent);
        node.rename("img");
    }
}

/// Reads a page that is a feed by its own markup: h-feed and h-entry of microformats2, hAtom, hNews. `charset` is the outlet's configured one.
///
/// # Errors
/// `not_a_feed`: it has no such markup; else as [`page`].
pub fn feed(doc: &FetchedDocument, charset: Option<&str>, bounded: Bounded, bounds: Bounds) -> Result<ParsedFeed, Unreadable> {
    let mut findings = Findings::default();
    let not_a_feed = || Unreadable::new("not_a_feed", "the page has no h-feed");
    // Both spellings of the one class that every such page has are ASCII: no tree is built for the others.
    if !says_entries(&String::from_utf8_lossy(&doc.body)) {
        return Err(not_a_feed());
    }
    let source = source(doc, charset, bounded, &mut findings)?;
    let document = Document::from(source.as_str());
    let base: Vec<String> = base(&document).into_iter().collect();
    let (head, entries) = hfeed::read(&document, &base, bounds, &mut findings).ok_or_else(not_a_feed)?;
    Ok(ParsedFeed {
        format: Format::Html,
        head,
        entries,
        deleted: Vec::new(),
        follow: Vec::new(),
        warnings: findings.into_warnings(),
    })
}

/// Whether a source has the class of an entry in it.
fn says_entries(source: &str) -> bool {
    source.contains("h-entry") || source.contains("hentry") || source.contains("hnews")
}

/// Whether a reference leads to another page.
fn is_elsewhere(here: &Url, base: Option<&str>, href: &str) -> bool {
    let mut here = here.clone();
    here.set_fragment(None);
    resolve(&here, base, href).is_some_and(|url| url != here)
}

/// Reads a page that lists articles, each item an entry: by the outlet's own selectors, else what looks like headlines. `charset` is the
/// outlet's configured one.
///
/// # Errors
/// `no_items`: nothing on it looks like a list of articles, or the selectors fit nothing; else as [`page`].
pub fn listing(
    doc: &FetchedDocument,
    charset: Option<&str>,
    selectors: &ListingSelectors,
    bounded: Bounded,
    bounds: Bounds,
) -> Result<ParsedFeed, Unreadable> {
    let mut findings = Findings::default();
    let source = source(doc, charset, bounded, &mut findings)?;
    let document = Document::from(source.as_str());
    let base: Vec<String> = base(&document).into_iter().collect();
    if selectors.item.is_none() && selectors.link.is_none() && says_entries(&source) {
        // What a page says of itself is better than what it looks like, as long as it says where its articles are.
        if let Some((head, mut entries)) = hfeed::read(&document, &base, bounds, &mut findings) {
            entries.retain(|entry| {
                let own_base = base.first().map(String::as_str);
                entry.links.iter().any(|link| link.rel == "alternate" && is_elsewhere(&doc.url, own_base, &link.href))
            });
            if !entries.is_empty() {
                let warnings = findings.into_warnings();
                return Ok(ParsedFeed { format: Format::Html, head, entries, deleted: Vec::new(), follow: Vec::new(), warnings });
            }
        }
    }
    let entries = list::entries(&document, &doc.url, &base, selectors, bounds, &mut findings)?;
    if let Some(feed) = feed_of(&document) {
        findings.add("has_feed", || {
            format!("the page names a feed of its own, {feed:.200}: poll that instead of the page if it will do")
        });
    }
    let head = FeedHead {
        title: document.try_select("title").and_then(|found| plain(&squeezed(&found.first().text()))),
        language: document.try_select("html").and_then(|found| found.attr("lang")).map(|lang| lang.to_string()),
        ..FeedHead::default()
    };
    Ok(ParsedFeed {
        format: Format::Html,
        head,
        entries,
        deleted: Vec::new(),
        follow: Vec::new(),
        warnings: findings.into_warnings(),
    })
}

/// The text of an HTML document, safe to build a tree from.
fn source(doc: &FetchedDocument, charset: Option<&str>, bounded: Bounded, findings: &mut Findings) -> Result<String, Unreadable> {
    source_with(doc, charset, bounded, None, findings)
}

/// The same after the replacements of site rules.
fn source_with(
    doc: &FetchedDocument,
    charset: Option<&str>,
    bounded: Bounded,
    rules: Option<&SiteRules>,
    findings: &mut Findings,
) -> Result<String, Unreadable> {
    let bytes = doc.body.as_slice();
    if bytes.trim_ascii().is_empty() {
        return Err(Unreadable::new("empty_body", "the page is empty"));
    }
    if bytes.len() > LARGEST {
        return Err(Unreadable::new(
            "too_large",
            format!("the page has {} bytes, over the {LARGEST} that are taken", bytes.len()),
        ));
    }
    if let Some(name) = sniff::binary(bytes) {
        return Err(Unreadable::new("not_a_page", format!("it is {name}, not a page")));
    }
    let http = doc.content_type.as_deref().and_then(sniff::charset_parameter);
    let text = encoding::decode(bytes, encoding::Labels { http, configured: charset }, &mut findings.0)?;
    let text = encoding::clean(text, &mut findings.0);
    if sniff::shape(&text) == sniff::Shape::Json {
        return Err(Unreadable::new("not_a_page", "it is JSON, not a page"));
    }
    let text = match rules.filter(|rules| !rules.replace.is_empty()) {
        Some(rules) => rules::replaced(text.into_owned(), rules, LARGEST).into(),
        None => text,
    };
    let text = scripts::without(&text);
    bounded(&text)?;
    resolved(&text)
}

/// Character references of a page that are left to the tree builder. It and Readability take time that is quadratic in them.
const REFERENCES: usize = 8_000;

/// Resolves the references that stand for a character which has no meaning in markup: some systems write every character of a language so. More
/// than [`REFERENCES`] others are refused.
fn resolved(source: &str) -> Result<String, Unreadable> {
    let mut out = String::with_capacity(source.len());
    let mut rest = source;
    let mut left = 0;
    let mut in_tag = false;
    while let Some(at) = rest.find(['&', '<', '>']) {
        let (before, reference) = rest.split_at(at);
        out.push_str(before);
        if !reference.starts_with('&') {
            let begins = reference[1..].starts_with(|next: char| next.is_ascii_alphabetic() || matches!(next, '/' | '!' | '?'));
            in_tag = reference.starts_with('<') && (begins || in_tag);
        } else if let Some((character, after)) = harmless(reference) {
            out.push(character);
            rest = after;
            continue;
        } else if !in_tag {
            left += 1;
        }
        out.push_str(&reference[..1]);
        rest = &reference[1..];
    }
    if left > REFERENCES {
        return Err(Unreadable::new(
            "html_too_tangled",
            format!("it has {left} character references in its text, which no article has"),
        ));
    }
    out.push_str(rest);
    match tangle(&out) {
        0..=TANGLE => Ok(out),
        _ => Err(Unreadable::new(
            "html_too_tangled",
            "it has a text of a length and with a number of special characters that no article has",
        )),
    }
}

/// What serializing the texts of a source may cost, in bytes looked at.
const TANGLE: u64 = 1 << 31;

/// The characters that the serializer stops at (`&`, and what begins like a no-break space) times the length of the text they are in: it begins
/// its search for the end of the text anew after each.
fn tangle(source: &str) -> u64 {
    let texts = source.split(['<', '>']).map(|text| {
        let stops = text.bytes().filter(|byte| matches!(byte, b'&' | 0xc2)).count();
        stops as u64 * text.len() as u64
    });
    texts.sum()
}

/// The character of a reference that means nothing in markup, and what comes after it.
fn harmless(reference: &str) -> Option<(char, &str)> {
    const LONGEST: usize = 10;
    let end = reference.bytes().take(LONGEST).position(|byte| byte == b';')?;
    let (name, after) = (&reference[1..end], &reference[end + 1..]);
    if name == "nbsp" {
        return Some(('\u{a0}', after));
    }
    let number = name.strip_prefix('#')?;
    let code = match number.strip_prefix(['x', 'X']) {
        Some(digits) => u32::from_str_radix(digits, 16),
        None => number.parse(),
    };
    // Below are controls, what builds markup, and what HTML § 13.2.5.80 maps to something else.
    let character = code.ok().filter(|code| *code > 0x9f).and_then(char::from_u32)?;
    (character as u32 & 0xfffe != 0xfffe).then_some((character, after))
}

/// The address in `base href`, as written.
fn base(document: &Document) -> Option<String> {
    let found = document.try_select("base[href]")?;
    found.attr("href").map(|href| href.trim().to_owned()).filter(|href| !href.is_empty())
}

/// The feed that a page names for itself.
fn feed_of(document: &Document) -> Option<String> {
    let links = document.try_select("link[rel~=alternate][type][href]")?;
    let is_feed = |node: &&NodeRef<'_>| {
        node.attr("type").is_some_and(|kind| ["rss+xml", "atom+xml", "feed+json"].iter().any(|known| kind.contains(known)))
    };
    links.nodes().iter().find(is_feed).and_then(|node| node.attr("href")).map(|href| href.trim().to_owned())
}

/// A plain text construct, if there is anything in it.
fn plain(value: &str) -> Option<Text> {
    (!value.is_empty()).then(|| Text { value: value.to_owned(), kind: TextKind::Plain, ..Text::default() })
}

/// Text on one line.
fn squeezed(written: &str) -> String {
    let mut line = String::with_capacity(written.len().min(256));
    for word in written.split_whitespace() {
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
    }
    line
}

/// The text of a node on one line, if it is not longer than so many characters. Looks no further than that into a large node.
fn short_text(node: &NodeRef<'_>, longest: usize) -> Option<String> {
    let mut line = String::new();
    let mut count = 0;
    if node.is_text() {
        line.push_str(&node.text());
    }
    for inner in node.descendants_it().filter(NodeRef::is_text) {
        if inner.parent().is_some_and(|above| above.has_name("script") || above.has_name("style")) {
            continue;
        }
        let piece = inner.text();
        count += piece.split_whitespace().map(|word| word.chars().count()).sum::<usize>();
        if count > longest {
            return None;
        }
        line.push_str(&piece);
    }
    Some(squeezed(&line))
}

/// The first element a selector fits. A selector that is none fits nothing; the configuration has checked those of feeds.toml.
fn first<'a>(document: &'a Document, selector: &str) -> Option<NodeRef<'a>> {
    document.try_select(selector)?.nodes().first().copied()
}

/// A reference resolved as a browser would, for comparison only.
fn resolve(url: &Url, base: Option<&str>, reference: &str) -> Option<Url> {
    let base = base.and_then(|base| url.join(base).ok());
    let mut found = base.as_ref().unwrap_or(url).join(reference.trim()).ok()?;
    found.set_fragment(None);
    matches!(found.scheme(), "http" | "https").then_some(found)
}

/// Host without `www.`, for "is it the same site?".
fn host(url: &Url) -> &str {
    let host = url.host_str().unwrap_or_default();
    host.strip_prefix("www.").unwrap_or(host)
}
