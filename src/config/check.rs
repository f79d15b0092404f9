//! feeds.toml checked as a whole: every value, then what the parts say of each other.

use std::collections::HashMap;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::time::Duration;

use chrono_tz::Tz;
use toml::Spanned;
use url::Url;

use super::address::{self, Allowed};
use super::append::id_for;
use super::credentials::{self, Files, Warnings, in_header};
use super::keys::nearest;
use super::language::{charset, language};
use super::read::{Document, Section};
use super::report::{Mistakes, shown};
use super::value::{self, Wrong};
use super::{
    Access, Config, ConfigError, Feed, Limits, Listing, Outlet, Site, SiteRuleSet, Target, outlet_rules, partner, selection,
    terms, translator,
};
use crate::model::{ListingSelectors, PageSelectors};
use crate::schedule::Cron;

const DEFAULT_SCHEDULE: &str = "*/30 * * * *";
const DEFAULT_SIZE: usize = 50;
const DEFAULT_KEEP_HOURS: u32 = 48;

/// The feed of every outlet together, which is always there.
const ALL: &str = "all";

/// Fewer characters of a token can be guessed.
const SHORTEST_TOKEN: usize = 16;

const SECOND: Duration = Duration::from_secs(1);
const HOUR: Duration = Duration::from_secs(3600);

/// Where files that feeds.toml names are.
#[derive(Debug)]
pub(super) struct Places<'a> {
    /// The folder of feeds.toml.
    pub(super) folder: &'a Path,
    /// The folder of secrets that the service manager hands over, if it does.
    pub(super) credentials: Option<&'a Path>,
    /// Which secrets are read.
    pub(super) secrets: Secrets,
}

/// Which secrets are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Secrets {
    /// Every one.
    All,
    /// Tokens of partners, which come to us, and none of what we are known by elsewhere.
    OfPartners,
    None,
}

/// What every outlet is checked against.
struct Setting<'a> {
    broken: bool,
    allowed: Option<Allowed<'a>>,
    shortest_interval: Duration,
    zone: Tz,
    places: Option<&'a Places<'a>>,
}

/// Reads and checks a text. With `places`, paths are checked as well.
pub(super) fn check(name: &str, text: &str, places: Option<&Places<'_>>) -> Result<Config, ConfigError> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut document = Document::read(text);
    document.check_root();
    let mut mistakes = std::mem::take(&mut document.mistakes);
    let broken = document.broken;

    let limits_section = document.table("limits");
    let (limits, lists_read) = limits(limits_section.as_ref(), &mut mistakes);
    // A misread list must not make addresses wrong that are right.
    let allowed = (lists_read && !broken).then_some(Allowed { networks: &limits.allow_networks, ports: &limits.allow_ports });
    let mut warnings = Warnings::default();
    let site = match document.table("site") {
        Some(section) => site(&section, &mut mistakes, broken, places, &mut warnings),
        None => {
            if !broken && document.lacks("site") {
                mistakes.add(
                    "missing table `[site]`",
                    0..0,
                    "begin the file with [site], title = \"…\" and url = \"https://…\": who we are and where the feeds can be found".to_owned(),
                );
            }
            None
        }
    };
    let websub = super::websub::read(document.table("websub").as_ref(), &mut mistakes);
    let zone = site.as_ref().map_or(Tz::UTC, |site| site.time_zone);
    let setting = Setting { broken, allowed, shortest_interval: limits.shortest_interval, zone, places };

    let mut crons = Crons::default();
    let mut outlets: Vec<OutletDraft> = Vec::new();
    for section in document.tables("outlet") {
        outlets.push(outlet(&section, &mut mistakes, &setting, &mut crons, &mut warnings));
    }
    if outlets.is_empty() && !broken && document.lacks("outlet") {
        mistakes.add(
            "missing table `[[outlet]]`: nothing to poll",
            text.len()..text.len(),
            "add [[outlet]], name = \"…\" and feed = \"https://…\" for each partner".to_owned(),
        );
    }
    check_default_schedule(&outlets, &limits, limits_section.as_ref(), &mut mistakes);
    check_addresses(&outlets, &mut mistakes);
    check_outlet_ids(&outlets, &mut mistakes);

    let mut translators: Vec<translator::Draft> = Vec::new();
    for section in document.tables("translator") {
        translators.push(translator::read(&section, &mut mistakes, broken, places, &mut warnings));
    }
    translator::check(&translators, &mut mistakes);

    let mut feeds: Vec<FeedDraft> = Vec::new();
    let mut wishes: Vec<Option<translator::Wish>> = Vec::new();
    for section in document.tables("feed") {
        feeds.push(feed(&section, &mut mistakes, broken));
        wishes.push(translator::wish(&section, &mut mistakes, broken));
    }
    let mut partners: Vec<partner::Draft> = Vec::new();
    for section in document.tables("partner") {
        partners.push(partner::read(&section, &mut mistakes, broken, places, &mut warnings));
    }
    check_partners(&mut feeds, &outlets, &partners, &mut mistakes, &mut warnings, broken);
    check_feeds(&feeds, &outlets, &mut mistakes, broken);
    let targets = translator::targets(&wishes, &translators, broken, &mut mistakes);
    let translators = translator::complete(translators, &targets, &mut warnings);
    for (feed, target) in feeds.iter_mut().zip(targets) {
        feed.translate = target;
    }

    match site {
        Some(site) if mistakes.is_empty() => {
            let outlets: Vec<Outlet> = outlets.into_iter().filter_map(|draft| draft.outlet).collect();
            let feeds = all_feeds(&site, &outlets, feeds);
            let (site_rules, warnings) = (SiteRuleSet::default(), warnings.lines(name, text));
            let partners = partners.into_iter().filter_map(partner::Draft::complete).collect();
            Ok(Config { site, limits, websub, outlets, feeds, translators, partners, site_rules, warnings })
        }
        _ => Err(mistakes.into_error(name, text)),
    }
}

fn site(
    section: &Section<'_, '_>,
    mistakes: &mut Mistakes,
    broken: bool,
    places: Option<&Places<'_>>,
    warnings: &mut Warnings,
) -> Option<Site> {
    let folder = places.map(|places| places.folder);
    section.check_keys(mistakes);
    if !broken {
        section.require(mistakes, "title", "\"Southern Cross Relay\"");
        section.require(mistakes, "url", "\"https://relay.example.net\"");
    }
    let title = section.string(mistakes, "title", value::line).map(Spanned::into_inner);
    let url = section.string(mistakes, "url", address::site).map(Spanned::into_inner);
    let language = section.string(mistakes, "language", language);
    let time_zone = section.string(mistakes, "time_zone", value::time_zone);
    let contact = section.string(mistakes, "contact", value::email);
    let listen = section.string(mistakes, "listen", value::listen);
    let database = section.string(mistakes, "database", value::path);
    let folder_at = |written: &str, without: &str| {
        let path = value::path(written)?;
        match folder {
            Some(folder) if !folder.join(&path).is_dir() => value::wrong(
                format!("is `{}`, where no folder is", shown(&folder.join(&path).display().to_string())),
                format!("create the folder, or leave the key out{without}; the path starts at the folder of this file"),
            ),
            _ => Ok(path),
        }
    };
    let templates = section.string(mistakes, "templates", |written| folder_at(written, " to use the built-in templates"));
    let site_rules = section.string(mistakes, "site_rules", |written| folder_at(written, ""));
    let default_disclaimer = section.string(mistakes, "default_disclaimer", value::text);
    let user_agent = section.string(mistakes, "user_agent", value::user_agent);
    let tag_authority = section.string(mistakes, "tag_authority", value::tag_authority);
    let blocked_by = section.string(mistakes, "blocked_by", address::web);
    let admin_token = Files::new(places, warnings)
        .secret(section, mistakes, "admin_token_file", &|secret| in_header(secret) && !secret.contains(' '));
    if admin_token.as_ref().is_some_and(|token| token.expose().len() < SHORTEST_TOKEN) {
        mistakes.add(
            format!("`site.admin_token_file` names a file with fewer than {SHORTEST_TOKEN} characters"),
            section.value_span("admin_token_file"),
            "make one that cannot be guessed, for example with `openssl rand -hex 32`".to_owned(),
        );
    }
    Some(Site {
        title: title?,
        url: url?,
        language: language.map_or_else(|| "en".to_owned(), Spanned::into_inner),
        time_zone: time_zone.map_or(Tz::UTC, Spanned::into_inner),
        contact: contact.map(Spanned::into_inner),
        listen: listen.map_or_else(|| ([127, 0, 0, 1], 8080).into(), Spanned::into_inner),
        database: database.map_or_else(|| PathBuf::from("reprint.db"), |path| PathBuf::from(path.into_inner())),
        templates: templates.map(|path| PathBuf::from(path.into_inner())),
        site_rules: site_rules.map(|path| PathBuf::from(path.into_inner())),
        default_disclaimer: default_disclaimer.map(Spanned::into_inner),
        user_agent: user_agent.map(Spanned::into_inner),
        tag_authority: tag_authority.map(Spanned::into_inner),
        blocked_by: blocked_by.map(Spanned::into_inner),
        admin_token,
    })
}

/// The limits, and whether the lists of what may be polled are right.
fn limits(section: Option<&Section<'_, '_>>, mistakes: &mut Mistakes) -> (Limits, bool) {
    let mut limits = Limits::default();
    let Some(section) = section else { return (limits, true) };
    section.check_keys(mistakes);
    let size = |number: u64| usize::try_from(number).unwrap_or(usize::MAX);
    if let Some(bytes) = section.bytes(mistakes, "body_bytes", 1..=256 << 20) {
        limits.body_bytes = bytes;
    }
    if let Some(entries) = section.integer(mistakes, "entries_per_poll", 1..=100_000) {
        limits.entries_per_poll = size(entries);
    }
    if let Some(timeout) = section.duration(mistakes, "connect_timeout", Duration::from_millis(100)..=HOUR / 12) {
        limits.connect_timeout = timeout;
    }
    if let Some(timeout) = section.duration(mistakes, "total_timeout", Duration::from_millis(100)..=HOUR / 6) {
        limits.total_timeout = timeout;
    }
    if section.has("connect_timeout") && limits.connect_timeout > limits.total_timeout {
        mistakes.add(
            format!(
                "`limits.connect_timeout` is longer than the whole request may take ({})",
                value::shown_duration(limits.total_timeout)
            ),
            section.value_span("connect_timeout"),
            "shorten it, or make total_timeout longer".to_owned(),
        );
    }
    if let Some(redirects) = section.integer(mistakes, "redirects", 0..=20) {
        limits.redirects = size(redirects);
    }
    if let Some(spacing) = section.duration(mistakes, "host_spacing", Duration::ZERO..=HOUR / 6) {
        limits.host_spacing = spacing;
    }
    if let Some(polls) = section.integer(mistakes, "concurrent_polls", 1..=1000) {
        limits.concurrent_polls = size(polls);
    }
    if let Some(interval) = section.duration(mistakes, "shortest_interval", SECOND..=24 * HOUR) {
        limits.shortest_interval = interval;
    }
    if let Some(pause) = section.duration(mistakes, "longest_backoff", SECOND..=30 * 24 * HOUR) {
        limits.longest_backoff = pause;
    }
    readers_limits(section, mistakes, &mut limits);
    let before = mistakes.len();
    if let Some(networks) = section.strings(mistakes, "allow_networks", value::network) {
        limits.allow_networks = networks.into_iter().map(Spanned::into_inner).collect();
    }
    if section.is_empty_list("allow_ports") {
        mistakes.add(
            "`limits.allow_ports` is empty: nothing could be polled",
            section.value_span("allow_ports"),
            "leave the key out for the usual ports 80, 443, 8080 and 8443".to_owned(),
        );
    } else if let Some(ports) = section.integers(mistakes, "allow_ports", 1..=65_535, "[80, 443]") {
        limits.allow_ports = ports.into_iter().filter_map(|port| u16::try_from(port.into_inner()).ok()).collect();
    }
    (limits, mistakes.len() == before)
}

/// How much readers may take.
fn readers_limits(section: &Section<'_, '_>, mistakes: &mut Mistakes, limits: &mut Limits) {
    let size = |number: u64| usize::try_from(number).unwrap_or(usize::MAX);
    if let Some(connections) = section.integer(mistakes, "connections", 1..=1_000_000) {
        limits.connections = size(connections);
    }
    if let Some(connections) = section.integer(mistakes, "connections_per_address", 1..=1_000_000) {
        limits.connections_per_address = size(connections);
    }
    if let Some(requests) = section.integer(mistakes, "requests_per_minute", 0..=60_000) {
        limits.requests_per_minute = u32::try_from(requests).unwrap_or(u32::MAX);
    }
    if let Some(networks) = section.strings(mistakes, "proxies", value::network) {
        limits.proxies = Some(networks.into_iter().map(Spanned::into_inner).collect());
    }
    if let Some(timeout) = section.duration(mistakes, "request_timeout", SECOND..=HOUR / 60) {
        limits.request_timeout = timeout;
    }
    if let Some(timeout) = section.duration(mistakes, "idle_timeout", SECOND..=HOUR) {
        limits.idle_timeout = timeout;
    }
    if let Some(timeout) = section.duration(mistakes, "stall_timeout", SECOND..=HOUR / 6) {
        limits.stall_timeout = timeout;
    }
}

/// Schedules compiled once: most outlets of a file share a few.
#[derive(Default)]
struct Crons(HashMap<String, Cron>);

impl Crons {
    fn read(&mut self, written: &str, shortest: Duration) -> Result<Cron, Wrong> {
        let cron = match self.0.get(written) {
            Some(cron) => cron.clone(),
            None => {
                let cron = Cron::parse(written).map_err(|error| Wrong { what: error.problem, help: Some(error.help) })?;
                self.0.insert(written.to_owned(), cron.clone());
                cron
            }
        };
        if cron.shortest_interval() < shortest {
            return value::wrong(
                format!("fires {} apart, more often than partners are asked", value::shown_duration(cron.shortest_interval())),
                format!(
                    "the shortest is {} (`shortest_interval` of [limits]); every half hour is `{DEFAULT_SCHEDULE}`",
                    value::shown_duration(shortest)
                ),
            );
        }
        Ok(cron)
    }
}

/// What could be read of an outlet: enough to check others against it, even when it is not right itself.
struct OutletDraft {
    /// Its id, and where that (or what it was made of) is written.
    id: Option<Spanned<String>>,
    /// Whether the id was made and not written.
    made: bool,
    addresses: Vec<Spanned<Url>>,
    default_schedule: bool,
    outlet: Option<Outlet>,
}

fn outlet(
    section: &Section<'_, '_>,
    mistakes: &mut Mistakes,
    setting: &Setting<'_>,
    crons: &mut Crons,
    warnings: &mut Warnings,
) -> OutletDraft {
    section.check_keys(mistakes);
    if !setting.broken {
        section.require(mistakes, "name", "\"Harbour Ledger\"");
        if !section.has("feeds") && !section.has("pages") {
            section.require(mistakes, "feed", "\"https://ledger.example.com/rss\"");
        }
    }
    let name = section.string(mistakes, "name", value::line);
    let polled = |written: &str| address::polled(written, setting.allowed.as_ref());
    let feed = section.string(mistakes, "feed", polled);
    let feeds = section.strings(mistakes, "feeds", polled);
    if section.has("feed") && section.has("feeds") {
        mistakes.add_with(
            "`outlet.feed` and `outlet.feeds` are both there".to_owned(),
            section.key_span("feeds"),
            "put every address into `feeds`, and leave `feed` out".to_owned(),
            section.key_span("feed"),
            "the other one",
        );
    }
    if section.is_empty_list("feeds") {
        mistakes.add(
            "`outlet.feeds` is empty: nothing to poll",
            section.value_span("feeds"),
            "list the addresses of its feeds, for example feeds = [\"https://ledger.example.com/rss\"]".to_owned(),
        );
    }
    let feeds: Vec<Spanned<Url>> = feed.into_iter().chain(feeds.into_iter().flatten()).collect();
    if section.is_empty_list("pages") {
        mistakes.add(
            "`outlet.pages` is empty",
            section.value_span("pages"),
            "name a page with `url`, or leave the key out".to_owned(),
        );
    }
    let listings: Vec<(Spanned<Url>, ListingSelectors)> = section
        .tables(mistakes, "pages", "outlet.pages")
        .iter()
        .filter_map(|section| listing(section, mistakes, setting.broken, setting.allowed.as_ref()))
        .collect();
    let addresses: Vec<Spanned<Url>> = feeds.iter().chain(listings.iter().map(|(url, _)| url)).cloned().collect();

    let written_id = section.string(mistakes, "id", value::id);
    let made = !section.has("id");
    let id = if made { made_id(section, name.as_ref(), &addresses, mistakes) } else { written_id };

    let homepage = section.string(mistakes, "homepage", address::web);
    let language = section.string(mistakes, "language", language);
    let time_zone = section.string(mistakes, "time_zone", value::time_zone);
    let schedule = section.string(mistakes, "schedule", |written| crons.read(written, setting.shortest_interval));
    let charset = section.string(mistakes, "charset", charset);
    let full_text = section.boolean(mistakes, "full_text").unwrap_or(false);
    let extract =
        section.table(mistakes, "extract", "outlet.extract").map(|section| extract(&section, mistakes)).unwrap_or_default();
    let rules = outlet_rules::read(section, mistakes, setting.broken);
    let hold_below = section.integer(mistakes, "hold_below", 0..=100).and_then(|number| u8::try_from(number).ok());
    let terms_section = section.table(mistakes, "terms", "outlet.terms");
    let terms = terms_section.as_ref().map(|section| terms::read(section, mistakes)).unwrap_or_default();
    if let Some(section) = &terms_section {
        let language = language.as_ref().map(|language| language.get_ref().as_str());
        terms::warn(&terms, section, language, full_text, warnings);
    }
    let credentials = section
        .table(mistakes, "credentials", "outlet.credentials")
        .and_then(|section| credentials::read(&section, mistakes, setting.places, &addresses, warnings));

    let default_schedule = !section.has("schedule");
    let outlet = || {
        let schedule = match schedule {
            Some(schedule) => schedule.into_inner(),
            None => crons.read(DEFAULT_SCHEDULE, Duration::ZERO).ok()?,
        };
        Some(Outlet {
            id: id.as_ref()?.get_ref().clone(),
            name: name?.into_inner(),
            homepage: homepage.map(Spanned::into_inner),
            language: language.map(Spanned::into_inner),
            time_zone: time_zone.map_or(setting.zone, Spanned::into_inner),
            schedule,
            feeds: feeds.into_iter().map(Spanned::into_inner).collect(),
            listings: listings.into_iter().map(|(url, selectors)| Listing { url: url.into_inner(), selectors }).collect(),
            full_text,
            extract,
            rules,
            hold_below: hold_below.unwrap_or(Outlet::HOLD_BELOW),
            charset: charset.map(Spanned::into_inner),
            terms,
            credentials,
        })
    };
    let outlet = outlet();
    OutletDraft { id, made, addresses, default_schedule, outlet }
}

fn listing(
    section: &Section<'_, '_>,
    mistakes: &mut Mistakes,
    broken: bool,
    allowed: Option<&Allowed<'_>>,
) -> Option<(Spanned<Url>, ListingSelectors)> {
    section.check_keys(mistakes);
    if !broken {
        section.require(mistakes, "url", "\"https://ledger.example.com/latest\"");
    }
    let url = section.string(mistakes, "url", |written| address::polled(written, allowed));
    let mut selector = |key| section.string(mistakes, key, value::selector).map(Spanned::into_inner);
    let selectors =
        ListingSelectors { item: selector("item"), link: selector("link"), title: selector("title"), date: selector("date") };
    Some((url?, selectors))
}

fn extract(section: &Section<'_, '_>, mistakes: &mut Mistakes) -> PageSelectors {
    section.check_keys(mistakes);
    let remove = section.strings(mistakes, "remove", value::selector).unwrap_or_default();
    let mut selector = |key| section.string(mistakes, key, value::selector).map(Spanned::into_inner);
    PageSelectors {
        content: selector("content"),
        remove: remove.into_iter().map(Spanned::into_inner).collect(),
        next: selector("next"),
        title: selector("title"),
        author: selector("author"),
        date: selector("date"),
    }
}

/// The id of an outlet that has none.
fn made_id(
    section: &Section<'_, '_>,
    name: Option<&Spanned<String>>,
    addresses: &[Spanned<Url>],
    mistakes: &mut Mistakes,
) -> Option<Spanned<String>> {
    let name = name?;
    let made = id_for(name.get_ref(), addresses.first().map(Spanned::get_ref));
    if made.is_empty() && addresses.is_empty() {
        // The missing address is reported as such.
        return None;
    }
    if made.is_empty() {
        mistakes.add(
            format!("no id can be made for the outlet `{}`", shown(name.get_ref())),
            section.header.clone(),
            "add one, for example id = \"harbour-ledger\": it names the outlet in addresses".to_owned(),
        );
        return None;
    }
    Some(Spanned::new(name.span(), made))
}

/// The default schedule must respect `shortest_interval` too: one mistake, at the limit.
fn check_default_schedule(outlets: &[OutletDraft], limits: &Limits, section: Option<&Section<'_, '_>>, mistakes: &mut Mistakes) {
    const DEFAULT_INTERVAL: Duration = Duration::from_secs(1800);
    if let Some(section) = section
        && limits.shortest_interval > DEFAULT_INTERVAL
        && outlets.iter().any(|outlet| outlet.default_schedule)
    {
        mistakes.add(
            "`limits.shortest_interval` is longer than the half hour of outlets without a schedule",
            section.value_span("shortest_interval"),
            "give every outlet a schedule, for example schedule = \"0 */6 * * *\", or shorten it".to_owned(),
        );
    }
}

fn check_addresses(outlets: &[OutletDraft], mistakes: &mut Mistakes) {
    let mut seen: HashMap<&Url, Range<usize>> = HashMap::new();
    for address in outlets.iter().flat_map(|outlet| &outlet.addresses) {
        match seen.get(address.get_ref()) {
            Some(first) => mistakes.add_with(
                format!("the address `{}` is polled twice", shown(address.get_ref().as_str())),
                address.span(),
                "leave one out: the articles of a feed have one outlet".to_owned(),
                first.clone(),
                "it is here already",
            ),
            None => {
                seen.insert(address.get_ref(), address.span());
            }
        }
    }
}

fn check_outlet_ids(outlets: &[OutletDraft], mistakes: &mut Mistakes) {
    let mut seen: HashMap<&str, &OutletDraft> = HashMap::new();
    for outlet in outlets {
        let Some(id) = &outlet.id else { continue };
        if id.get_ref() == ALL {
            mistakes.add(
                "the id `all` belongs to the feed of all outlets",
                id.span(),
                "give this outlet another, for example id = \"all-news\"".to_owned(),
            );
            continue;
        }
        let Some(first) = seen.get(id.get_ref().as_str()) else {
            seen.insert(id.get_ref(), outlet);
            continue;
        };
        let how = if outlet.made || first.made { "two outlets get the id" } else { "two outlets have the id" };
        let address = outlet.addresses.first().map(|address| value::ascii_id(address.get_ref().path())).unwrap_or_default();
        let proposal = if address.is_empty() { format!("{}-2", id.get_ref()) } else { format!("{}-{address}", id.get_ref()) };
        mistakes.add_with(
            format!("{how} `{}`", id.get_ref()),
            id.span(),
            format!(
                "give one of them its own, for example id = \"{}\", and never change it again: it names the outlet in addresses",
                shown(&proposal)
            ),
            first.id.as_ref().map_or(0..0, Spanned::span),
            "the first one",
        );
    }
}

/// A feed as written, with what others must know to be checked.
struct FeedDraft {
    id: Option<Spanned<String>>,
    title: Option<String>,
    language: Option<String>,
    outlets: Option<Vec<Spanned<String>>>,
    size: Option<usize>,
    keep_hours: Option<u32>,
    title_prefix: Option<String>,
    selection: selection::Draft,
    translate: Option<Target>,
    access: Option<Spanned<Access>>,
}

fn feed(section: &Section<'_, '_>, mistakes: &mut Mistakes, broken: bool) -> FeedDraft {
    section.check_keys(mistakes);
    if !broken {
        section.require(mistakes, "id", "\"world\"");
    }
    if section.is_empty_list("outlets") {
        mistakes.add(
            "`feed.outlets` is empty: the feed would have no articles",
            section.value_span("outlets"),
            "list ids of outlets, or leave the key out for all of them".to_owned(),
        );
    }
    FeedDraft {
        id: section.string(mistakes, "id", value::id),
        title: section.string(mistakes, "title", value::line).map(Spanned::into_inner),
        language: section.string(mistakes, "language", language).map(Spanned::into_inner),
        outlets: section.strings(mistakes, "outlets", |written| Ok(written.to_owned())),
        size: section.integer(mistakes, "size", 1..=1000).and_then(|size| usize::try_from(size).ok()),
        keep_hours: section.integer(mistakes, "keep_hours", 0..=8784).and_then(|hours| u32::try_from(hours).ok()),
        title_prefix: section.string(mistakes, "title_prefix", value::title_prefix).map(Spanned::into_inner),
        selection: selection::read(section, mistakes),
        translate: None,
        access: section.string(mistakes, "access", |written| match written {
            "public" => Ok(Access::Public),
            "partners" => Ok(Access::Partners),
            _ => value::wrong(
                format!("is `{}`, and not one of its two values", shown(written)),
                "write \"public\", or \"partners\" for a feed that only those may read whose [[partner]] names it",
            ),
        }),
    }
}

/// What partners and feeds say of each other.
fn check_partners(
    feeds: &mut [FeedDraft],
    outlets: &[OutletDraft],
    partners: &[partner::Draft],
    mistakes: &mut Mistakes,
    warnings: &mut Warnings,
    broken: bool,
) {
    let id_of = |id: &Option<Spanned<String>>| id.as_ref().map(|id| id.get_ref().clone());
    let written: Vec<partner::Named> = feeds
        .iter()
        .filter_map(|feed| {
            let access = feed.access.as_ref();
            Some(partner::Named {
                id: id_of(&feed.id)?,
                restricted: access.filter(|access| *access.get_ref() == Access::Partners).map(Spanned::span),
            })
        })
        .collect();
    let of_outlets = outlets.iter().filter_map(|outlet| id_of(&outlet.id));
    let always: Vec<String> = std::iter::once(ALL.to_owned()).chain(of_outlets).collect();
    // A feed or an outlet whose id could not be read may be the one that is meant.
    let complete = !broken && written.len() == feeds.len() && always.len() == outlets.len() + 1;
    for (feed, outlet) in partner::check(partners, &written, &always, complete, mistakes, warnings) {
        let draft = feeds.iter_mut().find(|draft| draft.id.as_ref().is_some_and(|id| *id.get_ref() == feed));
        if let Some(draft) = draft {
            draft.selection.made_for(outlet, mistakes);
        }
    }
}

fn check_feeds(feeds: &[FeedDraft], outlets: &[OutletDraft], mistakes: &mut Mistakes, broken: bool) {
    let mut seen: HashMap<&str, Range<usize>> = HashMap::new();
    for id in feeds.iter().filter_map(|feed| feed.id.as_ref()) {
        if let Some(first) = seen.get(id.get_ref().as_str()) {
            mistakes.add_with(
                format!("two feeds have the id `{}`", id.get_ref()),
                id.span(),
                "choose another: it is the feed's address".to_owned(),
                first.clone(),
                "the first one",
            );
        } else {
            seen.insert(id.get_ref(), id.span());
        }
    }
    let ids: Vec<&str> = outlets.iter().filter_map(|outlet| outlet.id.as_ref()).map(|id| id.get_ref().as_str()).collect();
    let known: HashMap<&str, ()> = ids.iter().map(|id| (*id, ())).collect();
    // An outlet whose id could not be read may be the one that is meant.
    let complete = !broken && ids.len() == outlets.len();
    for feed in feeds {
        let mut taken: HashMap<&str, Range<usize>> = HashMap::new();
        for outlet in feed.outlets.iter().flatten() {
            let id = outlet.get_ref().as_str();
            if let Some(first) = taken.insert(id, outlet.span()) {
                mistakes.add_with(
                    format!("the feed takes the outlet `{}` twice", shown(id)),
                    outlet.span(),
                    "leave one out".to_owned(),
                    first,
                    "it is here already",
                );
            } else if complete && !known.contains_key(id) {
                let help = if mistakes.next_is_shown() { unknown_outlet_help(id, &ids, outlets) } else { String::new() };
                mistakes.add(format!("there is no outlet with the id `{}`", shown(id)), outlet.span(), help);
            }
        }
        if let Some(partner) =
            feed.selection.never_back().filter(|partner| complete && !known.contains_key(partner.get_ref().as_str()))
        {
            let id = partner.get_ref();
            let help = unknown_outlet_help(id, &ids, outlets);
            mistakes.add(format!("there is no outlet with the id `{}`", shown(id)), partner.span(), help);
        }
        feed.selection.check(feed.id.as_ref().map(|id| id.get_ref().as_str()), &taken, mistakes);
    }
}

fn unknown_outlet_help(written: &str, ids: &[&str], outlets: &[OutletDraft]) -> String {
    let named = outlets.iter().filter_map(|outlet| outlet.outlet.as_ref()).find(|outlet| outlet.name == written.trim());
    if let Some(outlet) = named {
        return format!("that is its name; its id is `{}`", outlet.id);
    }
    if let Some(id) = nearest(written, ids.iter().copied()) {
        return format!("did you mean `{id}`?");
    }
    const MOST: usize = 12;
    let some: Vec<&str> = ids.iter().copied().take(MOST).collect();
    format!("outlets are {}{}", some.join(", "), if ids.len() > MOST { " …" } else { "" })
}

/// The feeds that are always there, then the ones of the file, complete.
fn all_feeds(site: &Site, outlets: &[Outlet], drafts: Vec<FeedDraft>) -> Vec<Feed> {
    let mut defined: HashMap<&str, ()> = HashMap::new();
    for id in drafts.iter().filter_map(|draft| draft.id.as_ref()) {
        defined.insert(id.get_ref(), ());
    }
    let by_id: HashMap<&str, &Outlet> = outlets.iter().map(|outlet| (outlet.id.as_str(), outlet)).collect();
    let always = std::iter::once(ALL).chain(outlets.iter().map(|outlet| outlet.id.as_str()));
    let missing: Vec<FeedDraft> = always
        .filter(|id| !defined.contains_key(id))
        .map(|id| FeedDraft {
            id: Some(Spanned::new(0..0, id.to_owned())),
            title: None,
            language: None,
            outlets: None,
            size: None,
            keep_hours: None,
            title_prefix: None,
            selection: selection::Draft::default(),
            translate: None,
            access: None,
        })
        .collect();
    let complete = |draft: FeedDraft| {
        let id = draft.id?.into_inner();
        let own = by_id.get(id.as_str());
        let taken: Vec<String> = match (draft.outlets, own) {
            (Some(outlets), _) => outlets.into_iter().map(Spanned::into_inner).collect(),
            // A feed named like an outlet is that outlet's feed.
            (None, Some(outlet)) => vec![outlet.id.clone()],
            (None, None) => outlets.iter().map(|outlet| outlet.id.clone()).collect(),
        };
        let title = draft.title.unwrap_or_else(|| match own {
            _ if id == ALL => site.title.clone(),
            Some(outlet) => format!("{} – {}", outlet.name, site.title),
            None => format!("{} – {}", site.title, id),
        });
        let asked = draft.translate.as_ref().map(|target| target.to.clone());
        let language = draft.language.or(asked).unwrap_or_else(|| {
            let mut languages = taken.iter().map(|id| by_id.get(id.as_str()).and_then(|outlet| outlet.language.as_ref()));
            match languages.next().flatten() {
                Some(first) if languages.all(|language| language == Some(first)) => first.clone(),
                _ => site.language.clone(),
            }
        });
        Some(Feed {
            id,
            title,
            language,
            outlets: taken,
            size: draft.size.unwrap_or(DEFAULT_SIZE),
            keep_hours: draft.keep_hours.unwrap_or(DEFAULT_KEEP_HOURS),
            title_prefix: draft.title_prefix,
            selection: draft.selection.complete(&by_id),
            translate: draft.translate,
            access: draft.access.map_or_else(Access::default, Spanned::into_inner),
        })
    };
    missing.into_iter().chain(drafts).filter_map(complete).collect()
}
