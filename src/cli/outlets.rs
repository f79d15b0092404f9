//! `reprint outlets`: health and next poll of every outlet, what is held, and whose guids are not relied on.

use std::collections::BTreeMap;
use std::path::Path;

use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use super::{Failure, load_without_secrets, say, table};
use crate::config::{Config, Outlet};
use crate::daemon;
use crate::model::PollState;
use crate::pipeline::AWAITING_PAGE;
use crate::store::{Count, Distrusted, HeldArticle, PageProblem, PagesOfOutlet, Store};

#[derive(Default)]
struct Health {
    states: Vec<PollState>,
    counts: BTreeMap<String, Count>,
    held: Vec<HeldArticle>,
    pages: BTreeMap<String, PagesOfOutlet>,
    distrusted: Vec<Distrusted>,
}

pub(super) async fn run(path: &Path, as_json: bool) -> Result<(), Failure> {
    let config = load_without_secrets(path)?;
    let database = &config.site.database;
    let health = if database.exists() {
        let store = Store::open_read_only(database).await?;
        Health {
            states: store.poll_states().await?,
            counts: store.counts().await?,
            held: store.held().await?,
            pages: store.pages().await?,
            distrusted: store.distrusted().await?,
        }
    } else {
        Health::default()
    };
    if as_json {
        let outlets: Vec<Value> = config.outlets.iter().map(|outlet| outlet_json(outlet, &health)).collect();
        say(serde_json::to_string_pretty(&json!({ "outlets": outlets })).map_err(Failure::failed)?);
    } else {
        say_table(&config, &health, daemon::now());
    }
    Ok(())
}

/// `ok`, `failing`, `never polled`.
fn state_word(state: Option<&PollState>) -> &'static str {
    match state {
        Some(state) if state.problem.is_some() => "failing",
        Some(state) if state.last_success.is_some() => "ok",
        _ => "never polled",
    }
}

fn outlet_json(outlet: &Outlet, health: &Health) -> Value {
    let count = health.counts.get(&outlet.id).copied().unwrap_or_default();
    let sources: Vec<Value> = outlet
        .sources()
        .map(|feed| {
            let state = state_of(health, outlet, feed);
            json!({
                "url": feed.as_str(),
                "state": state_word(state),
                "next_poll": state.map(|state| stamp(state.next_poll)),
                "last_attempt": state.and_then(|state| state.last_attempt).map(stamp),
                "last_success": state.and_then(|state| state.last_success).map(stamp),
                "last_change": state.and_then(|state| state.last_change).map(stamp),
                "failures": state.map_or(0, |state| state.failures),
                "entries": state.map_or(0, |state| state.entries),
                "moved_to": state.and_then(|state| state.moved_to()).map(|url| url.as_str()),
                "problem": state.and_then(|state| state.problem.as_ref()).map(|problem| json!({
                    "code": problem.code,
                    "fault": problem.fault.name(),
                    "message": problem.message,
                    "since": stamp(problem.since),
                })),
                "guids_not_relied_on": distrust_of(health, outlet, feed).map(identity_json),
            })
        })
        .collect();
    let held: Vec<Value> = held_of(health, outlet)
        .map(|held| {
            json!({
                "title": held.title,
                "url": held.url.as_ref().map(|url| url.as_str()),
                "code": held.code,
                "reason": held.reason,
                "release": release(&held.code),
                "first_seen": stamp(held.first_seen),
            })
        })
        .collect();
    json!({
        "id": outlet.id,
        "name": outlet.name,
        "schedule": outlet.schedule.expression(),
        "time_zone": outlet.time_zone.name(),
        "published": count.ready,
        "held": held,
        "sources": sources,
        "pages": health.pages.get(&outlet.id).map(pages_json),
    })
}

fn pages_json(pages: &PagesOfOutlet) -> Value {
    let problem = |page: &PageProblem| {
        json!({
            "url": page.address.as_str(),
            "tries": page.tries,
            "next_try": page.next_try.map(stamp),
            "code": page.problem.code,
            "fault": page.problem.fault.name(),
            "message": page.problem.message,
            "since": stamp(page.problem.since),
        })
    };
    let problems: Vec<Value> = pages.problems.iter().map(problem).collect();
    json!({ "read": pages.read, "waiting": pages.waiting, "given_up": pages.given_up, "problems": problems })
}

/// What a feed's articles are recognised by instead of its guids, why and since when.
fn identity_json(distrusted: &Distrusted) -> Value {
    let Distrusted { known_by, reason, since, .. } = distrusted;
    json!({ "known_by": known_by, "reason": reason, "since": stamp(*since) })
}

/// The same for people.
fn identity_note(distrusted: &Distrusted, now: DateTime<Utc>) -> String {
    let Distrusted { outlet, feed, known_by, reason, since } = distrusted;
    let by = match *known_by {
        "address" => "the addresses of their pages",
        _ => "their titles, texts and dates",
    };
    format!(
        "{outlet}: guids not relied on since {}: {reason}\n  {feed}\n  its articles are recognised by {by}, for good, so that none appears \
         twice; nothing is to be done",
        ago(now, *since)
    )
}

/// How a held article gets out, by the reason it is held for.
pub(super) fn release(code: &str) -> &'static str {
    match code {
        "uncertain_origin" => {
            "by itself, as soon as its page stops contradicting itself; or when feeds.toml says who is right, with [[outlet.rule]] \
             field = \"source\" for the line that names the source, field = \"drop\" for the line that misleads, or a lower `hold_below` \
             (`reprint explain` shows both lines), and reprint has been restarted"
        }
        AWAITING_PAGE => "by itself, when its page has been read or given up",
        "withdrawn" => "never, unless `reprint withdraw ID --restore` takes that back",
        _ => {
            "by itself, as soon as a poll brings it with nothing against it: the outlet mends the entry, or you change feeds.toml and restart \
             reprint, which then asks for the whole feed anew when it is due"
        }
    }
}

fn stamp(at: DateTime<Utc>) -> String {
    at.format("%FT%TZ").to_string()
}

fn state_of<'a>(health: &'a Health, outlet: &Outlet, feed: &url::Url) -> Option<&'a PollState> {
    health.states.iter().find(|state| state.outlet == outlet.id && state.source == *feed)
}

fn distrust_of<'a>(health: &'a Health, outlet: &Outlet, feed: &url::Url) -> Option<&'a Distrusted> {
    health.distrusted.iter().find(|distrusted| distrusted.outlet == outlet.id && distrusted.feed == *feed)
}

fn held_of<'a>(health: &'a Health, outlet: &'a Outlet) -> impl Iterator<Item = &'a HeldArticle> {
    health.held.iter().filter(|held| held.outlet == outlet.id)
}

fn say_table(config: &Config, health: &Health, now: DateTime<Utc>) {
    let mut rows = Vec::new();
    let mut notes = Vec::new();
    let mut releases = std::collections::BTreeSet::new();
    for outlet in &config.outlets {
        let count = health.counts.get(&outlet.id).copied().unwrap_or_default();
        for (number, feed) in outlet.sources().enumerate() {
            let state = state_of(health, outlet, feed);
            let first = number == 0;
            rows.push(vec![
                if first { outlet.id.clone() } else { String::new() },
                if first { outlet.name.clone() } else { String::new() },
                state_word(state).to_owned(),
                state.and_then(|state| state.last_success).map_or("–".to_owned(), |at| ago(now, at)),
                state.map_or("at once".to_owned(), |state| ahead(now, state.next_poll)),
                if first { count.ready.to_string() } else { String::new() },
                if first { count.held.to_string() } else { String::new() },
            ]);
            if let Some(problem) = state.and_then(|state| state.problem.as_ref()) {
                let since = ago(now, problem.since);
                let fault = problem.fault.name();
                notes.push(format!(
                    "{}: failing since {since} ({}, fault: {fault})\n  {feed}\n  {}",
                    outlet.id, problem.code, problem.message
                ));
            }
            if let Some(moved) = state.and_then(|state| state.moved_to()) {
                notes.push(format!("{}: {feed} has moved for good to {moved}: put that address into feeds.toml", outlet.id));
            }
            notes.extend(distrust_of(health, outlet, feed).map(|distrusted| identity_note(distrusted, now)));
        }
        if let Some(pages) = health.pages.get(&outlet.id) {
            notes.extend(page_notes(&outlet.id, pages, now));
        }
        // Articles whose page is to be read are told of by their pages.
        for held in held_of(health, outlet).filter(|held| held.code != AWAITING_PAGE) {
            let address = held.url.as_ref().map(|url| format!("\n  {url}")).unwrap_or_default();
            notes.push(format!("{}: held: {}\n  {} [{}]{address}", outlet.id, held.title, held.reason, held.code));
            releases.insert(release(&held.code));
        }
    }
    notes.extend(releases.into_iter().map(|how| format!("what is held is published {how}")));
    for line in table::lines(&["OUTLET", "NAME", "STATE", "LAST ANSWER", "NEXT POLL", "PUBLISHED", "HELD"], &rows) {
        say(line);
    }
    for note in notes {
        say(format_args!("\n{note}"));
    }
}

/// Pages of an outlet that are shown one by one when they cannot be read; all are in the JSON.
const PAGES_SHOWN: usize = 10;

fn page_notes(id: &str, pages: &PagesOfOutlet, now: DateTime<Utc>) -> Vec<String> {
    let mut notes = Vec::new();
    if pages.waiting + pages.given_up > 0 {
        notes.push(format!("{id}: {} article pages read, {} waiting, {} given up", pages.read, pages.waiting, pages.given_up));
    }
    for page in pages.problems.iter().take(PAGES_SHOWN) {
        let next = match page.next_try {
            Some(at) => format!("next try {}", ahead(now, at)),
            None => "given up until the outlet changes the entry".to_owned(),
        };
        let (code, fault) = (&page.problem.code, page.problem.fault.name());
        notes.push(format!(
            "{id}: page not read since {}, {} tries, {next} ({code}, fault: {fault})\n  {}\n  {}",
            ago(now, page.problem.since),
            page.tries,
            page.address,
            page.problem.message
        ));
    }
    notes
}

fn span(seconds: i64) -> String {
    match seconds {
        ..60 => format!("{seconds} s"),
        60..3_600 => format!("{} min", seconds / 60),
        3_600..172_800 => format!("{} h", seconds / 3_600),
        _ => format!("{} d", seconds / 86_400),
    }
}

fn ago(now: DateTime<Utc>, at: DateTime<Utc>) -> String {
    format!("{} ago", span((now - at).num_seconds().max(0)))
}

fn ahead(now: DateTime<Utc>, at: DateTime<Utc>) -> String {
    let seconds = (at - now).num_seconds();
    if seconds <= 0 { "due".to_owned() } else { format!("in {}", span(seconds)) }
}

#[cfg(test)]
mod tests {
    use super::span;

    #[test]
    fn spans_are_words() {
        for (seconds, expected) in [(0, "0 s"), (59, "59 s"), (60, "1 min"), (3_599, "59 min"), (7_200, "2 h"), (172_800, "2 d")]
        {
            assert_eq!(span(seconds), expected);
        }
    }
}
