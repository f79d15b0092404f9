//! feeds.toml: read exactly as written, then checked as a whole; every mistake reported at once with file, line, column and a hint.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use chrono_tz::Tz;
use ipnet::IpNet;
use url::Url;

use crate::schedule::Cron;

/// A feeds.toml that has been checked as a whole.
#[derive(Debug, Clone)]
pub struct Config {
    /// `[site]`.
    pub site: Site,
    /// `[limits]`.
    pub limits: Limits,
    /// `[[outlet]]`, in the order of the file.
    pub outlets: Vec<Outlet>,
    /// `[[feed]]`, in the order of the file, preceded by the ones that are always there: `all`, then one an outlet (unless the file
    /// defines a feed of that id itself).
    pub feeds: Vec<Feed>,
}

/// `[site]`: who we are.
#[derive(Debug, Clone)]
pub struct Site {
    /// Name of the site.
    pub title: String,
    /// Public address, http or https, always with a trailing slash.
    pub url: Url,
    /// Language of the site's own words, BCP 47.
    pub language: String,
    /// Time zone of pages for people.
    pub time_zone: Tz,
    /// E-mail address of the people who run it.
    pub contact: Option<String>,
    /// Where the HTTP server listens.
    pub listen: SocketAddr,
    /// SQLite file; relative paths are below the state directory (`$STATE_DIRECTORY`, else the folder of feeds.toml).
    pub database: PathBuf,
    /// Folder of templates that replace the built-in ones; relative to the folder of feeds.toml.
    pub templates: Option<PathBuf>,
    /// Disclaimer for outlets without their own; `None`: the built-in wording in the article's language.
    pub default_disclaimer: Option<String>,
    /// `User-Agent` of our polls; `None`: product, version, address and contact.
    pub user_agent: Option<String>,
    /// Authority of the `tag:` ids (RFC 4151), `domain,year`; `None`: minted from `url` and the year when the store is created.
    pub tag_authority: Option<String>,
}

/// `[limits]`: how much of whatever partners send we take.
#[derive(Debug, Clone)]
pub struct Limits {
    /// Decoded bytes of one document.
    pub body_bytes: u64,
    /// Entries of one document.
    pub entries_per_poll: usize,
    /// Time to connect.
    pub connect_timeout: Duration,
    /// Time for a whole request, redirects and body included.
    pub total_timeout: Duration,
    /// Redirects followed.
    pub redirects: usize,
    /// Pause between two requests to one host.
    pub host_spacing: Duration,
    /// Polls under way at once.
    pub concurrent_polls: usize,
    /// A schedule that fires more often than this is a mistake.
    pub shortest_interval: Duration,
    /// Longest pause after failures.
    pub longest_backoff: Duration,
    /// Non-public networks that may be asked nevertheless, on any port. Empty: none.
    pub allow_networks: Vec<IpNet>,
    /// Ports that may be asked.
    pub allow_ports: Vec<u16>,
}

/// `[[outlet]]`: a partner we poll.
#[derive(Debug, Clone)]
pub struct Outlet {
    /// `[a-z0-9-]+`, unique, also among feeds.
    pub id: String,
    /// Name as people know it: the credit.
    pub name: String,
    /// Home page.
    pub homepage: Option<Url>,
    /// Language of its articles when neither the feed nor the text says, BCP 47.
    pub language: Option<String>,
    /// Zone of its schedule and of its dates without zone.
    pub time_zone: Tz,
    /// When to poll.
    pub schedule: Cron,
    /// Its feeds, at least one.
    pub feeds: Vec<Url>,
    /// Character set to assume where the document's own declarations fail.
    pub charset: Option<String>,
    /// On what terms we repost it.
    pub terms: Terms,
}

/// `[outlet.terms]`: on what terms we repost an outlet's articles.
#[derive(Debug, Clone, Default)]
pub struct Terms {
    /// Disclaimer at both ends of each of its articles.
    pub disclaimer: Option<String>,
    /// Rights text where the feed has none.
    pub rights: Option<String>,
    /// Licence where the feed has none.
    pub licence: Option<Url>,
}

/// `[[feed]]`: what we publish.
#[derive(Debug, Clone)]
pub struct Feed {
    /// `[a-z0-9-]+`: the name in `/feeds/{id}.rss`.
    pub id: String,
    /// Title.
    pub title: String,
    /// Language of the feed as a whole, BCP 47.
    pub language: String,
    /// Ids of the outlets it takes, resolved: never empty.
    pub outlets: Vec<String>,
    /// Newest articles it holds …
    pub size: usize,
    /// … and never less than the last so many hours.
    pub keep_hours: u32,
}

impl Config {
    /// The outlet of that id.
    pub fn outlet(&self, id: &str) -> Option<&Outlet> {
        self.outlets.iter().find(|outlet| outlet.id == id)
    }

    /// The feed of that id.
    pub fn feed(&self, id: &str) -> Option<&Feed> {
        self.feeds.iter().find(|feed| feed.id == id)
    }
}

/// Every mistake of a feeds.toml, ready to be shown.
#[derive(Debug)]
pub struct ConfigError {
    /// Rendered report: every mistake with file, line, column, the text underlined, and a hint.
    pub report: String,
    /// How many mistakes.
    pub mistakes: usize,
}

impl std::fmt::Display for ConfigError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.report)
    }
}

impl std::error::Error for ConfigError {}

/// Reads and checks a file.
pub fn load(path: &Path) -> Result<Config, ConfigError> {
    let _ = path;
    todo!()
}

/// Checks the text of a feeds.toml; `name` is the file name that messages show.
pub fn parse(name: &str, text: &str) -> Result<Config, ConfigError> {
    let _ = (name, text);
    todo!()
}
