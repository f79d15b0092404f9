//! `[[outlet]]`: one table, then what they say of each other.

use std::collections::HashMap;
use std::ops::Range;
use std::time::Duration;

use chrono_tz::Tz;
use toml::Spanned;
use url::Url;

use super::address::{self, Allowed};
use super::append::id_for;
use super::check::Places;
use super::credentials::{self, Warnings};
use super::feeds::ALL;
use super::language::{charset, language};
use super::read::Section;
use super::report::{Mistakes, shown};
use super::value::{self, Wrong};
use super::{Limits, Listing, Outlet, outlet_rules, terms};
use crate::model::{ListingSelectors, PageSelectors};
use crate::schedule::Cron;

const DEFAULT_SCHEDULE: &str = "*/30 * * * *";

/// What every outlet is checked against.
pub(super) struct Setting<'a> {
    pub(super) broken: bool,
    pub(super) allowed: Option<Allowed<'a>>,
    pub(super) shortest_interval: Duration,
    pub(super) zone: Tz,
    pub(super) places: Option<&'a Places<'a>>,
}

/// Schedules compiled once: most outlets of a file share a few.
#[derive(Default)]
pub(super) struct Crons(HashMap<String, Cron>);

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
pub(super) struct Draft {
    /// Its id, and where that (or what it was made of) is written.
    pub(super) id: Option<Spanned<String>>,
    /// Whether the id was made and not written.
    pub(super) made: bool,
    pub(super) addresses: Vec<Spanned<Url>>,
    pub(super) default_schedule: bool,
    pub(super) outlet: Option<Outlet>,
}

pub(super) fn read(
    section: &Section<'_, '_>,
    mistakes: &mut Mistakes,
    setting: &Setting<'_>,
    crons: &mut Crons,
    warnings: &mut Warnings,
) -> Draft {
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
    Draft { id, made, addresses, default_schedule, outlet }
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
pub(super) fn check_default_schedule(
    outlets: &[Draft],
    limits: &Limits,
    section: Option<&Section<'_, '_>>,
    mistakes: &mut Mistakes,
) {
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

pub(super) fn check_addresses(outlets: &[Draft], mistakes: &mut Mistakes) {
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

pub(super) fn check_ids(outlets: &[Draft], mistakes: &mut Mistakes) {
    let mut seen: HashMap<&str, &Draft> = HashMap::new();
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
