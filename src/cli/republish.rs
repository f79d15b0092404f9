//! `reprint republish`: one feed in, the feed as we would publish it out. The stages of a poll and a publication, without store and clock between
//! them.

use std::io::Write;
use std::path::Path;

use chrono::{DateTime, Utc};
use url::Url;

use super::input::Input;
use super::{Failure, inspect, load_without_secrets, tell};
use crate::config::{self, Config, Feed, Outlet, Standing};
use crate::model::{
    Article, Beside, FeedFormat, FeedHead, FetchedDocument, Identity, ParsedFeed, PublishedDocument, StoredArticle, Verdict,
};
use crate::normalize::{self, Setting, html, text};
use crate::parse::{self, Bounds};
use crate::pipeline::{self, Own};
use crate::render::{Contents, Renderer};
use crate::{attribute, store};

/// Authority of ids where no site is configured.
const NOBODY: &str = "relay.invalid,2026";

/// What is written.
#[derive(Debug, Clone, Copy, clap::ValueEnum)]
pub(super) enum Format {
    /// RSS 2.0
    Rss,
    /// Atom 1.0
    Atom,
    /// JSON Feed 1.1
    Json,
}

impl Format {
    fn of_feed(self) -> FeedFormat {
        match self {
            Self::Rss => FeedFormat::Rss,
            Self::Atom => FeedFormat::Atom,
            Self::Json => FeedFormat::Json,
        }
    }
}

/// What is asked for.
pub(super) struct Request<'a> {
    /// What is written.
    pub(super) format: Format,
    /// Without the site's own additions.
    pub(super) plain: bool,
    /// Id of the outlet it is published as, and the configuration that has it.
    pub(super) origin: Option<(&'a str, &'a Path)>,
}

/// Reads a feed and writes it to stdout. Articles that would not be published are named on stderr.
pub(super) async fn run(input: &Input, request: &Request<'_>) -> Result<(), Failure> {
    let configured = match request.origin {
        Some((id, path)) => Some(of_outlet(load_without_secrets(path)?, id, path)?),
        None => None,
    };
    let (doc, zone) = input.read().await?;
    let republished = match configured {
        Some(place) => republish(&doc, place, request),
        None => {
            let place = Place { config: nobodys()?, outlet: inspect::neutral_outlet(&doc.url, zone), feed: None };
            republish(&doc, place, request)
        }
    }?;
    for line in republished.left_out {
        tell(line);
    }
    // A reader that went away (`| head`) ends the output quietly.
    let _ = std::io::stdout().write_all(&republished.document.body);
    Ok(())
}

/// As whose feed, and where.
struct Place {
    config: Config,
    outlet: Outlet,
    /// The feed it goes out in; `None`: one like the feed that came in.
    feed: Option<Feed>,
}

fn of_outlet(config: Config, id: &str, path: &Path) -> Result<Place, Failure> {
    let Some(outlet) = config.outlet(id).cloned() else {
        let known: Vec<&str> = config.outlets.iter().map(|outlet| outlet.id.as_str()).collect();
        return Err(Failure::Usage(format!("no outlet `{id}` in {}; there are: {}", path.display(), known.join(", "))));
    };
    let feed = config.feed(id).or(config.feeds.first()).cloned();
    Ok(Place { config, outlet, feed })
}

/// The configuration of nobody: what is rendered with the built-in templates.
fn nobodys() -> Result<Config, Failure> {
    let text = "[site]\ntitle = \"reprint\"\nurl = \"https://relay.invalid/\"\n[[outlet]]\nname = \"none\"\nfeed = \"https://none.invalid/\"\n";
    config::parse("(built in)", text).map_err(Failure::failed)
}

/// A feed as it goes out.
struct Republished {
    document: PublishedDocument,
    /// What is not in it, and why: one line an article.
    left_out: Vec<String>,
}

fn republish(doc: &FetchedDocument, place: Place, request: &Request<'_>) -> Result<Republished, Failure> {
    let Place { mut config, mut outlet, feed } = place;
    let parsed = parse::feed(doc, outlet.charset.as_deref(), Bounds::default(), html::bounded).map_err(Failure::failed)?;
    let authority = config.site.tag_authority.get_or_insert_with(|| NOBODY.to_owned()).clone();
    // Whoever has no site cannot get its own articles back.
    let own = request.origin.is_some().then(|| Own::new(&config.site.url, Some(&authority)));
    let feed = match feed {
        Some(feed) => feed,
        None => {
            introduce(&mut outlet, &parsed.head, doc);
            let feed = like(&parsed.head, &outlet, &config);
            (config.outlets, config.feeds) = (vec![outlet.clone()], vec![feed.clone()]);
            feed
        }
    };
    let renderer = Renderer::new(&config, config.site.templates.as_deref()).map_err(Failure::Configuration)?;
    let (articles, left_out) = articles(doc, &parsed, &outlet, own.as_ref(), &authority);
    let contents = Contents::of(&articles);
    let format = request.format.of_feed();
    let document =
        if request.plain { renderer.plain_feed(&feed, format, &contents) } else { renderer.feed(&feed, format, &contents) };
    Ok(Republished { document, left_out })
}

/// What an outlet that nobody has configured is called and where it is, by its feed's own words.
fn introduce(outlet: &mut Outlet, head: &FeedHead, doc: &FetchedDocument) {
    let address = |rel: &str| {
        let links = head.links.iter().filter(|link| link.rel == rel);
        let mut addresses = links.filter_map(|link| doc.url.join(&link.href).ok());
        addresses.find(|address| matches!(address.scheme(), "http" | "https"))
    };
    outlet.homepage = address("alternate");
    if !matches!(doc.url.scheme(), "http" | "https")
        && let Some(own) = address("self")
    {
        outlet.feeds = vec![own];
    }
    let named = head.title.as_ref().map(text::plain).filter(|name| !name.trim().is_empty());
    let host = |url: &Url| url.host_str().map(str::to_owned);
    let place = || outlet.homepage.as_ref().and_then(host).or_else(|| host(&doc.url));
    outlet.name = named.or_else(place).unwrap_or_else(|| doc.url.to_string());
}

/// A feed that is called as the one that came in.
fn like(head: &FeedHead, outlet: &Outlet, config: &Config) -> Feed {
    let language = head.language.as_ref().map(|tag| tag.replace('_', "-"));
    Feed {
        id: "all".to_owned(),
        title: outlet.name.clone(),
        language: language.unwrap_or_else(|| config.site.language.clone()),
        outlets: vec![outlet.id.clone()],
        size: usize::MAX,
        keep_hours: 0,
        title_prefix: None,
        translate: None,
        access: crate::config::Access::Public,
        selection: config::Selection::default(),
    }
}

/// What of the feed is published, newest first, and what is not.
fn articles(
    doc: &FetchedDocument,
    parsed: &ParsedFeed,
    outlet: &Outlet,
    own: Option<&Own>,
    authority: &str,
) -> (Vec<StoredArticle>, Vec<String>) {
    let source = outlet.sources().next().unwrap_or(&doc.url);
    let setting = Setting { outlet, feed_url: source, base: &doc.url, fetched_at: doc.fetched_at, head: &parsed.head };
    let (mut articles, mut left_out) = (Vec::new(), Vec::new());
    for entry in &parsed.entries {
        let verdict = attribute::article(outlet, normalize::entry(&setting, entry));
        let verdict = match own {
            Some(own) => pipeline::recordable(own, verdict),
            None => verdict,
        };
        match verdict {
            Verdict::Held { article, code, reason } => left_out.push(format!("held: {} ({code}: {reason})", name(&article))),
            Verdict::Ready(ready) if !ready.article.complete => {
                left_out.push(format!("left out: {} (the document ends inside it)", name(&ready.article)));
            }
            Verdict::Ready(ready) => {
                let key = store::key(&outlet.id, &ready.article.source_key);
                let id = format!("tag:{authority}:{key}");
                let identity = Identity { id, key, first_seen: doc.fetched_at, changed: doc.fetched_at, revision: 1 };
                let stored = StoredArticle { identity, attributed: *ready, beside: Beside::default() };
                match why_not(outlet, &stored, doc.fetched_at) {
                    None => articles.push(stored),
                    Some(why) => left_out.push(format!("not shown: {} ({why})", name(&stored.attributed.article))),
                }
            }
        }
    }
    articles.sort_by_key(|article| std::cmp::Reverse(article.date()));
    (articles, left_out)
}

/// Why the outlet's terms do not let it be seen at this time.
fn why_not(outlet: &Outlet, article: &StoredArticle, now: DateTime<Utc>) -> Option<String> {
    match outlet.standing(article, now) {
        Standing::Shown => None,
        Standing::Embargoed(until) => Some(format!("its outlet's terms keep it back until {}", until.to_rfc3339())),
        Standing::Expired(since) => Some(format!("by its outlet's terms it is over since {}", since.to_rfc3339())),
        Standing::OtherLanguage => Some("its outlet's terms do not have its language".to_owned()),
    }
}

/// What an article is called where it cannot be read: its title, else its address, else its outlet's id of it.
fn name(article: &Article) -> String {
    let named = [article.title.as_str(), article.url.as_ref().map_or("", Url::as_str), article.source_key.as_str()];
    let named = named.into_iter().find(|name| !name.trim().is_empty()).unwrap_or("an entry without title, address and id");
    text::shorten(named, 200)
}

#[cfg(test)]
mod tests {
    use super::*;

    const AT: &str = "2026-06-02T08:00:00Z";

    fn run(body: &str, plain: bool, format: Format) -> Result<Republished, Failure> {
        let url = Url::parse("https://tern.example/feed").unwrap();
        let at = DateTime::parse_from_rfc3339(AT).unwrap().to_utc();
        let doc = FetchedDocument::from_bytes(url, None, body.as_bytes().to_vec(), at);
        let place = Place { config: nobodys()?, outlet: inspect::neutral_outlet(&doc.url, chrono_tz::Tz::UTC), feed: None };
        republish(&doc, place, &Request { format, plain, origin: None })
    }

    fn rss(items: &str) -> String {
        format!(
            "<rss version=\"2.0\" xmlns:dc=\"http://purl.org/dc/elements/1.1/\"><channel><title>Tern Weekly</title><link>https://tern.example/</link>\
             <description>d</description><language>en</language>{items}</channel></rss>"
        )
    }

    const OLDER: &str = "<item><title>Lamp oil</title><link>https://tern.example/1</link><guid>https://tern.example/1</guid>\
        <pubDate>Mon, 01 Jun 2026 08:00:00 GMT</pubDate><dc:creator>Edda Roan</dc:creator>\
        <description>&lt;p&gt;The keeper counted the &lt;em&gt;barrels&lt;/em&gt; twice.&lt;/p&gt;</description></item>";
    const NEWER: &str = "<item><title>Rope &amp;amp; tar</title><link>https://tern.example/2</link><guid>https://tern.example/2</guid>\
        <pubDate>Tue, 02 Jun 2026 07:00:00 GMT</pubDate><description>&lt;p&gt;Nobody has sold any since March.&lt;/p&gt;</description></item>";
    const EMPTY: &str = "<item><link>https://tern.example/3</link></item>";

    #[test]
    fn a_feed_comes_out_in_every_format_newest_first_with_its_credit_or_plain() {
        for format in [Format::Rss, Format::Atom, Format::Json] {
            for plain in [false, true] {
                let out = run(&rss(&format!("{OLDER}{NEWER}{EMPTY}")), plain, format).unwrap();
                let url = Url::parse("https://relay.invalid/feeds/all").unwrap();
                let content_type = Some(out.document.content_type.clone());
                let doc = FetchedDocument::from_bytes(url, content_type, out.document.body.to_vec(), DateTime::default());
                let feed = parse::document(&doc, None, Bounds::default()).unwrap();
                let titles: Vec<String> = feed.entries.iter().map(|entry| text::plain(entry.title.as_ref().unwrap())).collect();
                assert_eq!(titles, ["Rope & tar", "Lamp oil"], "{format:?}");
                assert_eq!(feed.entries[1].published.as_deref().map(|date| date.contains("2026")), Some(true));
                let body = feed.entries[1].content.first().or(feed.entries[1].summary.as_ref()).unwrap().value.as_str();
                assert_eq!(body == "<p>The keeper counted the <em>barrels</em> twice.</p>", plain, "{body}");
                assert_eq!(body.contains("reprint-credit") && body.contains("Tern Weekly"), !plain, "{body}");
                assert_eq!(out.left_out.len(), 1);
                assert!(out.left_out[0].starts_with("held: https://tern.example/3 (no_text: "), "{:?}", out.left_out);
            }
        }
    }

    #[test]
    fn our_own_output_comes_out_with_its_credit_once() {
        let once = run(&rss(OLDER), false, Format::Atom).unwrap().document;
        let twice = run(std::str::from_utf8(&once.body).unwrap(), false, Format::Atom).unwrap().document;
        let text = String::from_utf8(twice.body.to_vec()).unwrap();
        assert_eq!((text.matches("reprint-credit").count(), text.matches("reprint-disclaimer").count()), (1, 2), "{text}");
    }

    #[test]
    fn what_is_no_feed_is_one_line() {
        for bad in ["", "<html><p>not a feed", "{", "{\"a\":1}", "<rss"] {
            match run(bad, false, Format::Rss) {
                Err(Failure::Failed(message)) => assert!(!message.contains('\n') && !message.is_empty(), "{message}"),
                other => panic!("{bad:?}: {:?}", other.map(|out| out.document)),
            }
        }
    }
}
