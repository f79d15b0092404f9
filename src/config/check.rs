//! feeds.toml checked as a whole: every value, then what the parts say of each other.

use std::path::{Path, PathBuf};

use chrono_tz::Tz;
use toml::Spanned;

use super::address::{self, Allowed};
use super::credentials::{Files, Warnings, in_header};
use super::language::language;
use super::read::{Document, Section};
use super::report::{Mistakes, shown};
use super::value;
use super::{Access, Config, ConfigError, Outlet, Site, SiteRuleSet, feeds, limits, outlets, partner, translator};

/// Fewer characters of a token can be guessed.
const SHORTEST_TOKEN: usize = 16;

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

/// Reads and checks a text. With `places`, paths are checked as well.
pub(super) fn check(name: &str, text: &str, places: Option<&Places<'_>>) -> Result<Config, ConfigError> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut document = Document::read(text);
    document.check_root();
    let mut mistakes = std::mem::take(&mut document.mistakes);
    let broken = document.broken;

    let limits_section = document.table("limits");
    let (limits, lists_read) = limits::read(limits_section.as_ref(), &mut mistakes);
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
    let setting = outlets::Setting { broken, allowed, shortest_interval: limits.shortest_interval, zone, places };

    let mut crons = outlets::Crons::default();
    let mut outlets: Vec<outlets::Draft> = Vec::new();
    for section in document.tables("outlet") {
        outlets.push(outlets::read(&section, &mut mistakes, &setting, &mut crons, &mut warnings));
    }
    if outlets.is_empty() && !broken && document.lacks("outlet") {
        mistakes.add(
            "missing table `[[outlet]]`: nothing to poll",
            text.len()..text.len(),
            "add [[outlet]], name = \"…\" and feed = \"https://…\" for each partner".to_owned(),
        );
    }
    outlets::check_default_schedule(&outlets, &limits, limits_section.as_ref(), &mut mistakes);
    outlets::check_addresses(&outlets, &mut mistakes);
    outlets::check_ids(&outlets, &mut mistakes);

    let mut translators: Vec<translator::Draft> = Vec::new();
    for section in document.tables("translator") {
        translators.push(translator::read(&section, &mut mistakes, broken, places, &mut warnings));
    }
    translator::check(&translators, &mut mistakes);

    let mut feeds: Vec<feeds::Draft> = Vec::new();
    let mut wishes: Vec<Option<translator::Wish>> = Vec::new();
    for section in document.tables("feed") {
        feeds.push(feeds::read(&section, &mut mistakes, broken));
        wishes.push(translator::wish(&section, &mut mistakes, broken));
    }
    let mut partners: Vec<partner::Draft> = Vec::new();
    for section in document.tables("partner") {
        partners.push(partner::read(&section, &mut mistakes, broken, places, &mut warnings));
    }
    check_partners(&mut feeds, &outlets, &partners, &mut mistakes, &mut warnings, broken);
    feeds::check(&feeds, &outlets, &mut mistakes, broken);
    let targets = translator::targets(&wishes, &translators, broken, &mut mistakes);
    let translators = translator::complete(translators, &targets, &mut warnings);
    for (feed, target) in feeds.iter_mut().zip(targets) {
        feed.translate = target;
    }

    match site {
        Some(site) if mistakes.is_empty() => {
            let outlets: Vec<Outlet> = outlets.into_iter().filter_map(|draft| draft.outlet).collect();
            let feeds = feeds::complete(&site, &outlets, feeds);
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

/// What partners and feeds say of each other.
fn check_partners(
    feeds: &mut [feeds::Draft],
    outlets: &[outlets::Draft],
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
    let always: Vec<String> = std::iter::once(feeds::ALL.to_owned()).chain(of_outlets).collect();
    // A feed or an outlet whose id could not be read may be the one that is meant.
    let complete = !broken && written.len() == feeds.len() && always.len() == outlets.len() + 1;
    for (feed, outlet) in partner::check(partners, &written, &always, complete, mistakes, warnings) {
        let draft = feeds.iter_mut().find(|draft| draft.id.as_ref().is_some_and(|id| *id.get_ref() == feed));
        if let Some(draft) = draft {
            draft.selection.made_for(outlet, mistakes);
        }
    }
}
