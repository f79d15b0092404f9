//! feeds.toml: read exactly as written, then checked as a whole; every mistake reported at once with file, line, column and a hint.

use std::io::Read;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use chrono_tz::Tz;
use ipnet::IpNet;
use url::Url;

use crate::model::{Credentials, ListingSelectors, PageSelectors, Secret};
use crate::schedule::Cron;

mod address;
mod append;
mod check;
mod credentials;
mod feeds;
mod keys;
mod language;
mod limits;
mod outlet_rules;
mod outlets;
mod partner;
mod read;
mod report;
mod selection;
mod site_rules;
mod terms;
mod translation;
mod translator;
mod value;
mod websub;
mod xpath;

pub use append::{Draft, Known, NewOutlet, Refused, SaveError};
pub use keys::{KEYS, Key};
pub use outlet_rules::{OutletRule, RuleField, RuleMatch};
pub use partner::{Partner, Token};
pub use selection::{Expressions, Recipient, Selection, Subject};
pub use site_rules::SiteRuleSet;
pub use terms::{Publish, Standing, Terms};
pub use translation::{Bilingual, Pending, StructuredOutput, Target, Translator, TranslatorKind};
pub use websub::{Hub, Websub};

/// A feeds.toml that has been checked as a whole.
#[derive(Debug, Clone)]
pub struct Config {
    /// `[site]`.
    pub site: Site,
    /// `[limits]`.
    pub limits: Limits,
    /// `[websub]`.
    pub websub: Websub,
    /// `[[outlet]]`, in the order of the file.
    pub outlets: Vec<Outlet>,
    /// `[[feed]]`, in the order of the file, preceded by the ones that are always there: `all`, then one an outlet (unless the file
    /// defines a feed of that id itself).
    pub feeds: Vec<Feed>,
    /// `[[translator]]`, in the order of the file, and the one that is built in.
    pub translators: Vec<Translator>,
    /// `[[partner]]`, in the order of the file.
    pub partners: Vec<Partner>,
    /// Rules for article pages from the folder `site.site_rules`, for outlets without selectors of their own. Read by [`load`] only.
    pub site_rules: SiteRuleSet,
    /// What is no mistake and should be looked at all the same: file and line, what is odd, and what to do. One line each.
    pub warnings: Vec<String>,
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
    /// Folder of FiveFilters site configuration files; relative to the folder of feeds.toml.
    pub site_rules: Option<PathBuf>,
    /// Disclaimer for outlets without their own; `None`: the built-in wording in the article's language.
    pub default_disclaimer: Option<String>,
    /// `User-Agent` of our polls; `None`: product, version, address and contact.
    pub user_agent: Option<String>,
    /// Page on who takes articles down here for legal reasons: `Link: rel="blocked-by"` of answers 451 (RFC 7725 § 4).
    pub blocked_by: Option<Url>,
    /// What people and programs show who may see how the site does (`/status`, `/metrics`). Read by [`load`] only. `None`: programs of this machine
    /// may, nobody else.
    pub admin_token: Option<Secret>,
    /// Authority of the `tag:` ids (RFC 4151), `domain,year`; `None`: minted from `url` and the year when the store is created.
    pub tag_authority: Option<String>,
}

/// `[limits]`: how much of whatever partners send we take, and how much readers may take of us.
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
    /// Connections of readers at once.
    pub connections: usize,
    /// Of those, from one address.
    pub connections_per_address: usize,
    /// Requests of one client for one address in a minute; 0: any number.
    pub requests_per_minute: u32,
    /// Front proxies whose word on the client is believed; `None`: loopback addresses.
    pub proxies: Option<Vec<IpNet>>,
    /// Time for the head of a request.
    pub request_timeout: Duration,
    /// Time between two requests on a connection.
    pub idle_timeout: Duration,
    /// Time in which a reader must take something of its answer.
    pub stall_timeout: Duration,
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
    /// Its feeds; at least one of these or of `listings`.
    pub feeds: Vec<Url>,
    /// Pages that list its articles, where there is no feed for them.
    pub listings: Vec<Listing>,
    /// Whether the text of articles is read from their pages where the feed has only a part of it.
    pub full_text: bool,
    /// How its article pages are read where the general rules fail.
    pub extract: PageSelectors,
    /// What lines of its texts and pages say, before the tables of any language are asked.
    pub rules: Vec<OutletRule>,
    /// Articles whose origin is less sure than this, of 100, are held.
    pub hold_below: u8,
    /// Character set to assume where the document's own declarations fail.
    pub charset: Option<String>,
    /// On what terms we repost it.
    pub terms: Terms,
    /// How it knows us, where it asks for a password or key. Read by [`load`] only.
    pub credentials: Option<Credentials>,
}

impl Outlet {
    /// `hold_below` of an outlet that says nothing of it.
    pub const HOLD_BELOW: u8 = 50;

    /// Every address that is polled for it: feeds, then listing pages.
    pub fn sources(&self) -> impl Iterator<Item = &Url> {
        self.feeds.iter().chain(self.listings.iter().map(|listing| &listing.url))
    }

    /// The listing page of that address, if it is one.
    pub fn listing(&self, source: &Url) -> Option<&Listing> {
        self.listings.iter().find(|listing| listing.url == *source)
    }
}

/// `[[outlet.pages]]`: a page that lists articles.
#[derive(Debug, Clone)]
pub struct Listing {
    /// Its address.
    pub url: Url,
    /// How it is read where the general rules fail.
    pub selectors: ListingSelectors,
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
    /// What stands before the title of each article, `{outlet}` for the name of the outlet it was taken from; `None`: nothing.
    pub title_prefix: Option<String>,
    /// Which of their articles it takes.
    pub selection: Selection,
    /// The language it asks for, if any.
    pub translate: Option<Target>,
    /// Who may read it.
    pub access: Access,
}

/// Who may read a feed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Access {
    /// Everybody.
    #[default]
    Public,
    /// Partners whose `feeds` name it; it is listed nowhere.
    Partners,
}

impl Feed {
    /// Whether everybody may read it. Only such feeds are listed, linked and announced.
    pub fn is_public(&self) -> bool {
        self.access == Access::Public
    }
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

    /// The feeds that everybody may read.
    pub fn public_feeds(&self) -> impl Iterator<Item = &Feed> {
        self.feeds.iter().filter(|feed| feed.is_public())
    }

    /// Whether everybody may read articles of that outlet: some public feed takes it, or none at all does any more.
    pub fn is_outlet_public(&self, outlet: &str) -> bool {
        let takes = |feed: &&Feed| feed.outlets.iter().any(|id| id == outlet);
        self.public_feeds().any(|feed| takes(&feed)) || !self.feeds.iter().any(|feed| takes(&feed))
    }

    /// The translator of that id.
    pub fn translator(&self, id: &str) -> Option<&Translator> {
        self.translators.iter().find(|translator| translator.id == id)
    }
}

impl Default for Limits {
    /// The limits of a file that says nothing of them.
    fn default() -> Self {
        Self {
            body_bytes: 8 << 20,
            entries_per_poll: 1000,
            connect_timeout: Duration::from_secs(5),
            total_timeout: Duration::from_secs(30),
            redirects: 5,
            host_spacing: Duration::from_secs(1),
            concurrent_polls: 16,
            shortest_interval: Duration::from_secs(60),
            longest_backoff: Duration::from_secs(24 * 3600),
            allow_networks: Vec::new(),
            allow_ports: vec![80, 443, 8080, 8443],
            connections: 4096,
            connections_per_address: 64,
            requests_per_minute: 60,
            proxies: None,
            request_timeout: Duration::from_secs(10),
            idle_timeout: Duration::from_secs(30),
            stall_timeout: Duration::from_secs(30),
        }
    }
}

/// Every mistake of a feeds.toml, ready to be shown.
#[derive(Debug)]
pub struct ConfigError {
    /// Rendered report: every mistake with file, line, column, the text underlined, and a hint; without colour.
    pub report: String,
    coloured: String,
    /// How many mistakes.
    pub mistakes: usize,
}

impl ConfigError {
    /// The report with ANSI colours, for a terminal.
    pub fn coloured(&self) -> &str {
        &self.coloured
    }
}

impl std::fmt::Display for ConfigError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.report)
    }
}

impl std::error::Error for ConfigError {}

/// Reads and checks a file, once and whole. Relative paths become paths below their folders: `database` below the state directory that
/// systemd names in `$STATE_DIRECTORY`, else below the folder of the file; `templates` and `site_rules` below the folder of the file.
///
/// Secrets are read as well, from files whose relative names are looked up below `$CREDENTIALS_DIRECTORY` (systemd's `LoadCredential=`), else
/// below the folder of the file.
pub fn load(path: &Path) -> Result<Config, ConfigError> {
    load_with(path, check::Secrets::All)
}

/// The same without the secrets, for those who only look: they may not be allowed to read them. The outlets are without credentials.
pub fn load_without_secrets(path: &Path) -> Result<Config, ConfigError> {
    load_with(path, check::Secrets::None)
}

/// The same with the tokens of partners and no other secrets, for who only serves.
pub fn load_for_serving(path: &Path) -> Result<Config, ConfigError> {
    load_with(path, check::Secrets::OfPartners)
}

fn load_with(path: &Path, secrets: check::Secrets) -> Result<Config, ConfigError> {
    let name = path.display().to_string();
    let text = text(path)?;
    let folder = path.parent().unwrap_or(Path::new(""));
    let credentials = std::env::var_os("CREDENTIALS_DIRECTORY").map(PathBuf::from).filter(|dir| dir.is_absolute());
    let places = check::Places { folder, credentials: credentials.as_deref(), secrets };
    let mut config = check::check(&name, &text, Some(&places))?;
    let state = std::env::var_os("STATE_DIRECTORY");
    // systemd joins several directories with colons; the first is the one of the unit.
    let state = state.as_ref().and_then(|dirs| std::env::split_paths(dirs).next()).filter(|dir| dir.is_absolute());
    config.site.database = state.as_deref().unwrap_or(folder).join(&config.site.database);
    config.site.templates = config.site.templates.map(|templates| folder.join(templates));
    if let Some(rules) = config.site.site_rules.take() {
        let rules = folder.join(rules);
        let (set, mut warnings) = site_rules::read(&rules);
        config.site_rules = set;
        config.warnings.append(&mut warnings);
        config.site.site_rules = Some(rules);
    }
    Ok(config)
}

/// The text of a feeds.toml, as it is. The error says why there is none.
pub fn text(path: &Path) -> Result<String, ConfigError> {
    let name = path.display().to_string();
    let text = read(path).map_err(|(problem, help)| report::without_text(&name, &problem, &help))?;
    String::from_utf8(text).map_err(|error| not_utf8(&name, &error))
}

/// Checks the text of a feeds.toml; `name` is the file name that messages show. Paths stay as written and are not looked at, and no secrets
/// are read: the outlets are without credentials.
pub fn parse(name: &str, text: &str) -> Result<Config, ConfigError> {
    if text.len() as u64 > LARGEST_FILE {
        return Err(report::without_text(name, TOO_LARGE.0, TOO_LARGE.1));
    }
    check::check(name, text, None)
}

/// Larger files are refused unread: a hundred thousand outlets fit.
const LARGEST_FILE: u64 = 8 << 20;

const TOO_LARGE: (&str, &str) = ("the file is larger than 8 MiB", "this cannot be a feeds.toml: check the path");

/// The bytes of a file, else what is wrong and what to do.
fn read(path: &Path) -> Result<Vec<u8>, (String, String)> {
    let explain = |error: std::io::Error| {
        let help = match error.kind() {
            std::io::ErrorKind::NotFound => "check the path, or begin with a copy of the documented example",
            std::io::ErrorKind::PermissionDenied => "make the file readable for the user that reprint runs as",
            _ => "check the path and the disk",
        };
        (format!("the file cannot be read: {error}"), help.to_owned())
    };
    let mut text = Vec::new();
    // One more than is taken: a file that grows while it is read is found out too.
    std::fs::File::open(path).and_then(|file| file.take(LARGEST_FILE + 1).read_to_end(&mut text)).map_err(explain)?;
    if text.len() as u64 > LARGEST_FILE {
        return Err((TOO_LARGE.0.to_owned(), TOO_LARGE.1.to_owned()));
    }
    Ok(text)
}

fn not_utf8(name: &str, error: &std::string::FromUtf8Error) -> ConfigError {
    let bytes = error.as_bytes();
    let before = bytes.get(..error.utf8_error().valid_up_to()).unwrap_or_default();
    let line = before.iter().filter(|&&byte| byte == b'\n').count() + 1;
    let help = if bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]) {
        "it is UTF-16: save it as UTF-8"
    } else {
        "save it as UTF-8 (an editor may have written GBK, Big5 or Windows-1252)"
    };
    report::without_text(name, &format!("line {line} is not UTF-8 text"), help)
}
