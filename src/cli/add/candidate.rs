//! Which of the feeds of a site is the one to poll.

use std::collections::BTreeSet;

use url::Url;

use crate::model::{FetchedDocument, Format, ParsedEntry, ParsedFeed};
use crate::normalize::{language, text, url as addresses};
use crate::parse::discovery::{Place, Pointer};

/// Entries whose length is counted.
const COUNTED: usize = 10;

/// Longest name, characters.
const LONGEST_NAME: usize = 200;

/// What a feed holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// Articles of the site.
    Articles,
    /// Articles of one category, tag or author.
    Part,
    /// Readers' comments.
    Comments,
}

impl Kind {
    pub(super) fn words(self) -> &'static str {
        match self {
            Kind::Articles => "articles",
            Kind::Part => "one category, tag or author",
            Kind::Comments => "comments",
        }
    }
}

/// A feed that could be read.
#[derive(Debug)]
pub(super) struct ReadFeed {
    pub(super) kind: Kind,
    pub(super) name: String,
    pub(super) entries: usize,
    pub(super) homepage: Option<Url>,
    pub(super) language: Option<String>,
    format: Format,
    /// Characters of text in one of its first entries, on average: the forms of a feed differ in how many they hold.
    characters: usize,
    /// What its entries are recognized by.
    keys: BTreeSet<String>,
    /// It is about the page that was given.
    own: bool,
    announced: bool,
}

/// A feed that was found.
#[derive(Debug)]
pub(super) struct Candidate {
    pub(super) pointer: Pointer,
    /// Where it has moved for good.
    pub(super) moved_to: Option<Url>,
    /// The feed, else why it cannot be taken.
    pub(super) outcome: Result<ReadFeed, String>,
}

impl Candidate {
    /// A feed found on a page (or given itself).
    pub(super) fn read(pointer: Pointer, document: &FetchedDocument, feed: &ParsedFeed, page: Option<&Url>) -> Self {
        let title = feed.head.title.as_ref().map(text::plain).unwrap_or_default();
        let host = || document.url.host_str().unwrap_or_default().to_owned();
        let name = Some(name(&title)).filter(|name| !name.is_empty()).unwrap_or_else(host);
        let alternate = feed.head.links.iter().find(|link| link.rel == "alternate" && !link.href.trim().is_empty());
        let homepage = alternate.and_then(|link| addresses::resolve(&document.url, &link.base, &link.href)).or(page.cloned());
        let announced_title = pointer.title.as_deref().unwrap_or_default();
        let (kind, own) = kind(&pointer.url, &[&title, announced_title], page);
        let read = ReadFeed {
            kind,
            name: text::shorten(&name, LONGEST_NAME),
            entries: feed.entries.len(),
            homepage,
            language: feed.head.language.as_deref().and_then(language::tag),
            format: feed.format,
            characters: feed.entries.iter().take(COUNTED).map(length).sum::<usize>() / feed.entries.len().clamp(1, COUNTED),
            keys: feed.entries.iter().filter_map(|entry| key(entry, &document.url)).collect(),
            own,
            announced: !matches!(pointer.place, Place::Anchor | Place::Page),
        };
        Self { pointer, moved_to: document.moved_permanently.clone(), outcome: Ok(read) }
    }

    pub(super) fn feed(&self) -> Option<&ReadFeed> {
        self.outcome.as_ref().ok()
    }

    /// The address to poll.
    pub(super) fn address(&self) -> &Url {
        self.moved_to.as_ref().unwrap_or(&self.pointer.url)
    }

    /// Every address it is known by.
    pub(super) fn addresses(&self) -> impl Iterator<Item = &Url> {
        std::iter::once(&self.pointer.url).chain(&self.moved_to)
    }
}

impl ReadFeed {
    /// Whether it holds the same articles: in another format, or at another address.
    pub(super) fn is_same(&self, other: &ReadFeed) -> bool {
        let shared = self.keys.intersection(&other.keys).count();
        let (fewer, more) = (self.keys.len().min(other.keys.len()), self.keys.len().max(other.keys.len()));
        // One may hold more of the past than the other; then their names tell whether it is a part of the site or the whole.
        self.kind == other.kind && shared > 0 && shared * 5 >= fewer * 4 && (shared * 5 >= more * 4 || self.name == other.name)
    }

    /// One line for people.
    pub(super) fn summary(&self) -> String {
        let entries = if self.entries == 1 { "1 entry".to_owned() } else { format!("{} entries", self.entries) };
        format!("{}, {}, {entries}", self.name, self.format.name())
    }

    /// Atom says most, then the others in the order of what they can say.
    fn rank(&self) -> usize {
        const ORDER: [Format; 7] =
            [Format::Atom10, Format::Rss20, Format::JsonFeed, Format::Rss10, Format::Atom03, Format::Rss09x, Format::Cdf];
        ORDER.iter().position(|format| *format == self.format).unwrap_or(ORDER.len())
    }
}

/// The feed to poll: the first one of articles that the page announces, in the form that holds most of their text. Comments never.
pub(super) fn choose(candidates: &[Candidate]) -> Option<usize> {
    let all = || candidates.iter().enumerate().filter_map(|(index, candidate)| Some((index, candidate.feed()?)));
    // A page that is marked up as a feed holds more of the text at times, and changes with every redesign.
    let machines = all().any(|(_, feed)| feed.format != Format::Html && feed.kind != Kind::Comments);
    let feeds = || all().filter(|(_, feed)| !machines || feed.format != Format::Html);
    let preferred: [&dyn Fn(&ReadFeed) -> bool; 5] = [
        &|feed| feed.own && feed.kind == Kind::Articles && feed.entries > 0,
        &|feed| feed.kind == Kind::Articles && feed.announced && feed.entries > 0,
        &|feed| feed.kind == Kind::Articles && feed.entries > 0,
        &|feed| feed.kind == Kind::Articles,
        &|feed| feed.kind == Kind::Part,
    ];
    let (first, main) = preferred.iter().find_map(|fits| feeds().find(|(_, feed)| fits(feed)))?;
    let same: Vec<(usize, &ReadFeed)> = feeds().filter(|(index, feed)| *index == first || feed.is_same(main)).collect();
    let most = same.iter().map(|(_, feed)| feed.characters).max().unwrap_or(0);
    // Formats differ a little in length by their nature; a summary is less than four fifths of a text.
    let full = same.iter().filter(|(_, feed)| feed.characters * 5 >= most * 4);
    full.min_by_key(|(index, feed)| (feed.rank(), *index)).map(|(index, _)| *index)
}

/// Characters of the text of an entry.
fn length(entry: &ParsedEntry) -> usize {
    let content = entry.content.iter().map(|content| content.value.chars().count()).max().unwrap_or(0);
    content.max(entry.summary.as_ref().map_or(0, |summary| summary.value.chars().count()))
}

/// What an entry is recognized by in another format: its page, else its id.
fn key(entry: &ParsedEntry, base: &Url) -> Option<String> {
    let link = entry.links.iter().find(|link| link.rel == "alternate");
    let page = link.and_then(|link| addresses::resolve(base, &link.base, &link.href));
    page.map(|page| addresses::canonical(&page)).or_else(|| entry.id.clone())
}

/// What a feed holds, by its address and the titles it has; and whether it is the part of the site that was asked for.
fn kind(url: &Url, titles: &[&str], page: Option<&Url>) -> (Kind, bool) {
    const COMMENTS: [&str; 22] = [
        "comments on",
        "comments for",
        "comments feed",
        "comment feed",
        "recent comments",
        "的评论",
        "的評論",
        "评论feed",
        "评论 feed",
        "的留言",
        "的迴響",
        "迴響 feed",
        "へのコメント",
        "コメントフィード",
        "コメントのフィード",
        "의 댓글",
        "kommentare zu",
        "kommentar-feed",
        "commentaires pour",
        "commentaires sur",
        "comentarios en",
        "comentários sobre",
    ];
    const PARTS: [&str; 12] =
        ["tag", "tags", "category", "categories", "topic", "topics", "author", "authors", "label", "labels", "search", "keyword"];
    let segments: Vec<String> = url.path().split('/').filter(|segment| !segment.is_empty()).map(str::to_lowercase).collect();
    let named = titles.iter().map(|title| title.to_lowercase()).any(|title| COMMENTS.iter().any(|words| title.contains(words)));
    if named || segments.iter().any(|segment| segment == "comments" || segment == "comments.xml" || segment == "comments.rss") {
        return (Kind::Comments, false);
    }
    let part = segments.iter().any(|segment| PARTS.contains(&segment.as_str()))
        || url.query_pairs().any(|(name, _)| matches!(&*name, "tag" | "cat" | "author" | "s" | "q"));
    if !part {
        return (Kind::Articles, false);
    }
    // An admin who names the page of a category wants its feed.
    let asked_for = page.is_some_and(|page| {
        let path = page.path().trim_end_matches('/').to_lowercase();
        !path.is_empty() && url.path().to_lowercase().starts_with(&format!("{path}/"))
    });
    if asked_for { (Kind::Articles, true) } else { (Kind::Part, false) }
}

/// The name of the outlet in the title of its feed, without the words that only say that it is one.
fn name(title: &str) -> String {
    const WORDS: [&str; 16] = [
        "rss 2.0",
        "rss feeds",
        "rss feed",
        "rss订阅",
        "rss訂閱",
        "rss频道",
        "rss",
        "atom feed",
        "atom",
        "json feed",
        "news feed",
        "feed",
        "订阅",
        "訂閱",
        "フィード",
        "피드",
    ];
    let marks =
        |c: char| c.is_whitespace() || matches!(c, '-' | '–' | '—' | '|' | '·' | '»' | '«' | ':' | '：' | '_' | '/' | '>' | '<');
    let mut name = title.trim_matches(marks);
    while let Some(shorter) = WORDS.iter().find_map(|word| {
        let at = name.len().checked_sub(word.len())?;
        let (before, end) = name.split_at_checked(at)?;
        // Latin words are words of their own; "Newsfeed" is a name.
        let apart = before.is_empty() || before.ends_with(|c: char| marks(c) || !c.is_ascii());
        (end.eq_ignore_ascii_case(word) && apart).then_some(before.trim_end_matches(marks))
    }) {
        name = shorter;
    }
    name.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parse::{self, Bounds};
    use chrono::DateTime;

    fn url(text: &str) -> Url {
        Url::parse(text).expect("test address")
    }

    #[test]
    fn names_without_the_words_for_feeds() {
        for (title, expected) in [
            ("Harbour Ledger", "Harbour Ledger"),
            ("Harbour Ledger - RSS Feed", "Harbour Ledger"),
            ("Harbour Ledger » Feed", "Harbour Ledger"),
            ("河湾日报RSS订阅", "河湾日报"),
            ("河湾日报 | 国际", "河湾日报 | 国际"),
            ("Newsfeed", "Newsfeed"),
            ("The Atom", "The"),
            ("RSS", ""),
            ("", ""),
        ] {
            assert_eq!(name(title), expected, "{title}");
        }
    }

    #[test]
    fn comments_and_parts_are_recognized() {
        let check = |address: &str, title: &str, page: &str, expected: (Kind, bool)| {
            assert_eq!(kind(&url(address), &[title], Some(&url(page))), expected, "{address} {title}");
        };
        let home = "https://hewan.example/";
        check("https://hewan.example/feed/", "河湾日报", home, (Kind::Articles, false));
        check("https://hewan.example/comments/feed/", "x", home, (Kind::Comments, false));
        check("https://hewan.example/2026/1/feed/", "Comments on: Ferry", home, (Kind::Comments, false));
        check("https://hewan.example/?feed=x", "《渡口》的评论", home, (Kind::Comments, false));
        check("https://hewan.example/pinglun/rss", "时事评论", home, (Kind::Articles, false));
        check("https://hewan.example/category/world/feed/", "World", home, (Kind::Part, false));
        check("https://hewan.example/feed?tag=ferry", "Ferry", home, (Kind::Part, false));
        check(
            "https://hewan.example/category/world/feed/",
            "World",
            "https://hewan.example/Category/World/",
            (Kind::Articles, true),
        );
        check("https://hewan.example/category/worldly/feed/", "W", "https://hewan.example/category/world", (Kind::Part, false));
    }

    fn candidate(address: &str, title: &str, entries: std::ops::Range<usize>, text: &str, place: Place) -> Candidate {
        let atom = address.ends_with(".atom");
        let items: String = entries
            .map(|number| {
                if atom {
                    format!("<entry><title>t</title><link href='https://hewan.example/{number}'/><content type='html'>{text}</content></entry>")
                } else {
                    format!("<item><title>t</title><link>https://hewan.example/{number}</link><description>{text}</description></item>")
                }
            })
            .collect();
        let body = if atom {
            format!("<feed xmlns='http://www.w3.org/2005/Atom'><title>{title}</title>{items}</feed>")
        } else {
            format!("<rss version='2.0'><channel><title>{title}</title>{items}</channel></rss>")
        };
        let document = FetchedDocument::from_bytes(url(address), None, body.into_bytes(), DateTime::UNIX_EPOCH);
        let feed = parse::document(&document, None, Bounds::default()).expect("a feed");
        let pointer = Pointer { url: url(address), title: None, media_type: None, place };
        Candidate::read(pointer, &document, &feed, Some(&url("https://hewan.example/")))
    }

    #[test]
    fn the_main_feed_is_chosen_in_its_fullest_form() {
        let of = |path: &str, title: &str, entries, text: &str, place| {
            candidate(&format!("https://hewan.example/{path}"), title, entries, text, place)
        };
        let long = "渡口今天鸣笛三次".repeat(20);
        let check = |candidates: &[Candidate], expected: Option<usize>| assert_eq!(choose(candidates), expected);
        use Place::{Anchor, Link};
        check(&[], None);
        // Atom where they say the same, the longer one where they do not.
        check(&[of("a.rss", "河湾", 0..9, &long, Link), of("a.atom", "河湾", 0..5, &long, Link)], Some(1));
        check(&[of("a.rss", "河湾", 0..9, &long, Link), of("a.atom", "河湾", 0..9, "短", Link)], Some(0));
        // Another feed is not taken for having more.
        check(&[of("a.rss", "河湾", 0..5, "短", Link), of("b.atom", "体育", 10..20, &long, Link)], Some(0));
        // A part of the site is not the site, and comments are never taken.
        check(&[of("tag/x.rss", "河湾", 0..5, &long, Link), of("a.rss", "河湾", 0..9, "短", Link)], Some(1));
        check(&[of("tag/x.rss", "河湾", 0..5, &long, Link)], Some(0));
        check(&[of("comments/x.rss", "河湾", 0..5, &long, Link)], None);
        // Full before empty, announced before found.
        check(&[of("a.rss", "河湾", 0..0, "", Link), of("b.rss", "河湾", 0..3, "短", Anchor)], Some(1));
        check(&[of("b.rss", "河湾", 0..3, "短", Anchor), of("a.rss", "世界", 20..23, "短", Link)], Some(1));
        check(&[of("a.rss", "河湾", 0..0, "", Link)], Some(0));
    }

    #[test]
    fn one_feed_in_two_forms_is_one() {
        let of = |path: &str, title: &str, entries| {
            candidate(&format!("https://hewan.example/{path}"), title, entries, "x", Place::Link)
        };
        let check = |a: Candidate, b: Candidate, expected: bool| {
            let (a, b) = (a.outcome.expect("a feed"), b.outcome.expect("a feed"));
            assert_eq!((a.is_same(&b), b.is_same(&a)), (expected, expected), "{a:?} {b:?}");
        };
        check(of("a.rss", "河湾", 0..20), of("a.atom", "河湾", 0..20), true);
        check(of("a.rss", "河湾", 0..20), of("a.atom", "河湾 RSS", 0..5), true);
        check(of("a.rss", "河湾", 0..20), of("a.atom", "Hewan", 1..20), true);
        check(of("a.rss", "河湾", 0..20), of("world.rss", "河湾 世界", 0..5), false);
        check(of("a.rss", "河湾", 0..20), of("b.rss", "河湾", 18..40), false);
        check(of("a.rss", "河湾", 0..0), of("b.rss", "河湾", 0..0), false);
    }
}
