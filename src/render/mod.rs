//! Attributed articles into documents: RSS, Atom, JSON Feed, OPML, pages. Valid by construction, same input same bytes.
//!
//! What is said of an article is worked out once (`facts`) and written the same in every format; `body` puts credit and disclaimer
//! around the text. No clock, no randomness, no order that is not given: a document's dates are those of its articles.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use url::Url;

pub use archive::Place;
pub use status::{
    Charts, FeedHealth, HOURS, Health, HeldHealth, OutletHealth, PartnerHealth, SourceHealth, Status, TranslatorHealth,
    WebsubHealth,
};
pub use subscriptions::subscriptions;
pub use terms::shown_part;

use crate::config::{Config, Feed, Outlet, Terms};
use crate::model::{Conditions, FeedFormat, PublishedDocument, StoredArticle, Withdrawal};

mod archive;
mod atom;
mod autonym;
mod body;
mod dates;
mod elements;
mod excerpt;
mod facts;
mod json_feed;
mod json_ld;
mod lists;
mod markup;
mod opml;
mod page;
mod page_body;
mod rss;
mod sample;
mod sentence;
mod site;
mod status;
mod subscriptions;
mod templates;
mod terms;
mod text;
mod tombstone;
mod words;

use facts::Facts;
use templates::Templates;
use tombstone::Tombstone;
use words::Words;

/// Minutes for which a feed may be cached: `ttl` and syndication module in the feed, `Cache-Control: max-age` of the answer (in seconds), so that
/// all three agree.
pub const CACHE_MINUTES: u32 = 15;

/// `updated` of a feed that has no article yet (2026-01-01T00:00:00Z). Both formats demand a date; a fixed one keeps the bytes the same from
/// one start to the next, and lies before any article the program can have relayed.
pub const EMPTY_FEED_UPDATED: DateTime<Utc> = match DateTime::from_timestamp(1_767_225_600, 0) {
    Some(at) => at,
    None => DateTime::UNIX_EPOCH,
};

/// The reprint namespace, the same for every installation.
const REPRINT_NAMESPACE: &str = "urn:uuid:4486557c-82cf-43f6-b83f-0b3b52c982c6";

/// Everything documents are made with: the configuration's site and outlets, and the templates.
#[derive(Debug)]
pub struct Renderer {
    site: SiteFacts,
    outlets: BTreeMap<String, Relayed>,
    /// Those of an outlet that says nothing of them.
    usual_terms: Terms,
    /// Ids of the outlets in the order of the file.
    outlet_order: Vec<String>,
    /// WebSub hubs of the feeds whose changes are announced, by id.
    hubs: BTreeMap<String, String>,
    /// Feeds that everybody may read, in the order of the file.
    feeds: Vec<Listed>,
    templates: Templates,
    words: Words,
}

/// What documents say of the site.
#[derive(Debug)]
struct SiteFacts {
    title: String,
    /// With a trailing slash.
    address: String,
    language: String,
    time_zone: Tz,
    contact: Option<String>,
    disclaimer: Option<String>,
    tag_authority: Option<String>,
}

/// What documents say of an outlet.
#[derive(Debug)]
struct Relayed {
    id: String,
    name: String,
    homepage: Option<Url>,
    language: Option<String>,
    terms: Terms,
}

/// What pages say of a feed.
#[derive(Debug)]
struct Listed {
    id: String,
    title: String,
    outlets: BTreeSet<String>,
}

impl Relayed {
    fn new(outlet: &Outlet) -> Self {
        let language = outlet.language.as_deref().and_then(text::language_tag).map(str::to_owned);
        Self {
            id: outlet.id.clone(),
            name: text::name(&outlet.name),
            homepage: outlet.homepage.clone(),
            language,
            terms: outlet.terms.clone(),
        }
    }
}

impl Renderer {
    /// Loads the built-in templates and those of `folder` that replace them, and renders each on samples. The error names file, line and what
    /// is wrong (a syntax error, an unknown variable, a credit template that drops source, link or author, a disclaimer template that drops
    /// the disclaimer).
    ///
    /// The `tag:` ids of the feeds are minted with `site.tag_authority`: where the configuration has none, the caller puts the store's there;
    /// without any, a feed's id is its address.
    pub fn new(config: &Config, folder: Option<&Path>) -> Result<Self, String> {
        let site = SiteFacts {
            title: text::line(&config.site.title),
            address: text::uri(&config.site.url)
                .ok_or_else(|| format!("site.url {}: expected http or https", config.site.url))?,
            language: text::language_tag(&config.site.language).unwrap_or("en").to_owned(),
            time_zone: config.site.time_zone,
            contact: config.site.contact.as_deref().map(text::line).filter(|contact| !contact.is_empty()),
            disclaimer: config.site.default_disclaimer.clone(),
            tag_authority: config.site.tag_authority.clone(),
        };
        let hub = config.websub.address(&config.site.url);
        let announced = config.feeds.iter().filter(|feed| config.websub.announces(feed));
        let hubs = announced.filter_map(|feed| Some((feed.id.clone(), hub.as_ref()?.to_string()))).collect();
        let outlets = config.outlets.iter().map(Relayed::new).collect();
        Ok(Self { hubs, ..Self::with(site, outlets, &config.feeds, folder)? })
    }

    fn with(site: SiteFacts, outlets: Vec<Relayed>, feeds: &[Feed], folder: Option<&Path>) -> Result<Self, String> {
        let (templates, words) = Templates::load(folder)?;
        let listed = |feed: &Feed| Listed {
            id: feed.id.clone(),
            title: text::line(&feed.title),
            outlets: feed.outlets.iter().cloned().collect(),
        };
        // An outlet that is relayed to partners only is not named to others.
        let taken = |public: bool| -> BTreeSet<&str> {
            let feeds = feeds.iter().filter(|feed| feed.is_public() == public);
            feeds.flat_map(|feed| feed.outlets.iter().map(String::as_str)).collect()
        };
        let (public, private) = (taken(true), taken(false));
        let is_named = |id: &str| public.contains(id) || !private.contains(id);
        let mut renderer = Self {
            site,
            outlet_order: outlets.iter().map(|outlet| outlet.id.clone()).filter(|id| is_named(id)).collect(),
            outlets: outlets.into_iter().map(|outlet| (outlet.id.clone(), outlet)).collect(),
            usual_terms: Terms::default(),
            hubs: BTreeMap::new(),
            feeds: feeds.iter().filter(|feed| feed.is_public()).map(listed).collect(),
            templates,
            words,
        };
        // Those compiled in are tried by the tests.
        if folder.is_some() {
            renderer.try_templates()?;
        }
        renderer.templates.end_trial();
        Ok(renderer)
    }

    /// Renders every template on made-up articles.
    fn try_templates(&self) -> Result<(), String> {
        let articles: Vec<_> = sample::Sample::ALL.into_iter().map(sample::article).collect();
        for article in &articles {
            self.try_fragments(&self.facts(article))?;
        }
        self.try_pages(&articles)
    }

    /// A feed in one format, path `feeds/{id}.{ext}`, or a document of its archive, path `feeds/{id}/archive/{name}.{ext}`: the articles in the
    /// order given, of several with one id the first. It changed last when one of them did or one was withdrawn.
    pub fn feed(&self, feed: &Feed, format: FeedFormat, contents: &Contents<'_>) -> PublishedDocument {
        self.feed_document(feed, format, contents, |mut facts| {
            if let Some(prefix) = &feed.title_prefix {
                facts.title = prefixed(prefix, &facts);
            }
            let body = self.feed_body(&facts);
            (facts, body)
        })
    }

    /// The same without what the site adds to titles and texts: no prefix, no credit, no disclaimer. Not for readers: who wrote an article and where
    /// it comes from is then said to machines only.
    pub fn plain_feed(&self, feed: &Feed, format: FeedFormat, contents: &Contents<'_>) -> PublishedDocument {
        self.feed_document(feed, format, contents, |mut facts| {
            let body = std::mem::take(&mut facts.text);
            (facts, body)
        })
    }

    fn feed_document<'a>(
        &'a self,
        feed: &Feed,
        format: FeedFormat,
        contents: &Contents<'a>,
        written: impl Fn(Facts<'a>) -> (Facts<'a>, String),
    ) -> PublishedDocument {
        let mut seen = BTreeSet::new();
        let articles: Vec<&StoredArticle> =
            contents.articles.iter().filter(|article| seen.insert(article.identity.id.as_str())).collect();
        let last_withdrawn = contents.withdrawn.iter().map(|withdrawal| text::writable(withdrawal.at)).max();
        let modified = self.newest(articles.iter().copied()).max(last_withdrawn.unwrap_or(EMPTY_FEED_UPDATED));
        let facts: Vec<(Facts<'_>, String)> = articles.into_iter().map(|article| written(self.facts(article))).collect();
        let head = self.feed_head(feed, format, modified, &contents.place);
        let tombstones: Vec<Tombstone> = contents.withdrawn.iter().map(|withdrawal| self.tombstone(withdrawal)).collect();
        let body = match format {
            FeedFormat::Rss => rss::write(&self.site, &head, &facts),
            FeedFormat::Atom => tombstone::write(atom::write(&self.site, &head, &facts), &tombstones),
            FeedFormat::Json => json_feed::write(&self.site, &head, &facts, &tombstones),
        };
        let path = archive::path(feed, format, contents.place.archive);
        let body = self.styled(body);
        PublishedDocument { conditions: self.conditions(feed), ..document(path, format.content_type(), body, modified) }
    }

    fn feed_head(&self, feed: &Feed, format: FeedFormat, updated: DateTime<Utc>, place: &Place<'_>) -> FeedHead<'_> {
        let links = self.links(feed, format, place);
        let words = self.words.of([Some(feed.language.as_str()), Some(&self.site.language)]);
        let page = format!("{}feeds/{}", self.site.address, feed.id);
        FeedHead {
            id: match &self.site.tag_authority {
                Some(authority) => format!("tag:{}:feeds/{}", text::line(authority), feed.id),
                None => page.clone(),
            },
            title: text::line(&feed.title),
            about: words.get("about"),
            copyright: words.get("copyright"),
            original: words.get("original"),
            language: text::language_tag(&feed.language).unwrap_or(&self.site.language).to_owned(),
            own_address: links.own,
            subscription: format!("{page}.{}", format.extension()),
            hub: self.hubs.get(&feed.id).filter(|_| place.archive.is_none()).cloned(),
            is_archive: place.archive.is_some(),
            previous: links.previous,
            next: links.next,
            page,
            updated,
        }
    }
}

/// What a document of a feed is made of.
#[derive(Debug, Clone, Copy, Default)]
pub struct Contents<'a> {
    /// In the order in which they are shown.
    pub articles: &'a [StoredArticle],
    /// What readers are told is gone: tombstones in Atom, `_reprint.deleted` in JSON Feed; RSS has no word for it.
    pub withdrawn: &'a [Withdrawal],
    /// Where the document stands in the history of its feed.
    pub place: Place<'a>,
}

impl<'a> Contents<'a> {
    /// Articles of a feed from which nothing was withdrawn and which has no archive.
    pub fn of(articles: &'a [StoredArticle]) -> Self {
        Self { articles, ..Self::default() }
    }
}

/// What a feed says of itself.
#[derive(Debug)]
struct FeedHead<'a> {
    id: String,
    title: String,
    about: &'a str,
    copyright: &'a str,
    /// "original", in the feed's language.
    original: &'a str,
    language: String,
    /// Where this document is.
    own_address: String,
    /// Where the feed is that people subscribe to: this document, but for an archive.
    subscription: String,
    /// WebSub hub; none where nothing is announced, nor in archives.
    hub: Option<String>,
    /// It is an archive document.
    is_archive: bool,
    /// The archive document before this one.
    previous: Option<String>,
    /// The archive document after this one.
    next: Option<String>,
    /// The page for people.
    page: String,
    updated: DateTime<Utc>,
}

impl Renderer {
    /// When what these show last changed here. Not the newest `updated`: an article may reach us days after its date, and a feed that did not get
    /// newer with it would be kept from whoever asks `If-Modified-Since`.
    fn newest<'a>(&self, articles: impl Iterator<Item = &'a StoredArticle>) -> DateTime<Utc> {
        articles.map(|article| self.changed(article)).max().unwrap_or(EMPTY_FEED_UPDATED)
    }

    /// When an article last changed for readers: the end of an embargo is its first change.
    fn changed(&self, article: &StoredArticle) -> DateTime<Utc> {
        let released = self.terms(&article.attributed.article.outlet).released(article.date());
        text::writable(article.updated().max(article.identity.changed).max(released))
    }
}

/// The title of an article behind the feed's prefix. A space parts the two unless the prefix ends in a mark that has its own (【…】, ：).
fn prefixed(prefix: &str, facts: &Facts<'_>) -> String {
    let prefix = text::line(&prefix.replace("{outlet}", &facts.source.name));
    let own_space = prefix.ends_with(|c: char| !c.is_ascii() && !c.is_alphanumeric());
    format!("{prefix}{}{}", if own_space { "" } else { " " }, facts.title)
}

fn document(path: String, content_type: &str, body: String, modified: DateTime<Utc>) -> PublishedDocument {
    let conditions = Conditions::default();
    PublishedDocument { path, content_type: content_type.to_owned(), body: body.into(), modified, conditions }
}

#[cfg(test)]
mod tests;
