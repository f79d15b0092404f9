//! `reprint poll OUTLET [--dry-run]`: one poll now, and what it changes.

use std::collections::BTreeSet;
use std::path::Path;

use chrono::{DateTime, Utc};
use url::Url;

use super::{Failure, load, say};
use crate::config::{Config, Outlet};
use crate::daemon;
use crate::fetch::{Client, Robots, Turns};
use crate::model::{Fault, Fetched, PollRequest, Validators, Verdict};
use crate::parse::Bounds;
use crate::pipeline::{self, Reading, Stages};
use crate::store::{self, Change, Store};

/// Pages read by one command.
const MOST_PAGES: usize = 10_000;

/// What an outlet sends right now, with nothing recorded.
pub(super) enum Look {
    /// It could be read.
    Read(Box<Reading>),
    /// It could not.
    Failed {
        /// Who has to act.
        fault: Fault,
        /// What happened and what to do.
        message: String,
    },
}

/// Asks one address without validators and reads the answer.
pub(super) async fn look(
    config: &Config,
    client: &Client,
    turns: &Turns,
    outlet: &Outlet,
    source: &Url,
    now: DateTime<Utc>,
) -> Look {
    let request = PollRequest { outlet: outlet.id.clone(), source: source.clone(), validators: Validators::default() };
    let turn = turns.take(source.host_str().unwrap_or_default()).await;
    if outlet.listing(source).is_some()
        && let Err(error) = Robots::default().admit(client, turns, Some(&turn), source, now).await
    {
        return Look::Failed { fault: error.fault, message: error.message };
    }
    let doc = match client.fetch(&request, now).await {
        Ok(Fetched::Document(doc)) => doc,
        Ok(Fetched::NotModified { .. }) => {
            return Look::Failed {
                fault: Fault::Partner,
                message: "answers 304 although nothing was asked conditionally".to_owned(),
            };
        }
        Err(error) => return Look::Failed { fault: error.fault, message: error.message },
    };
    match pipeline::read(outlet, source, &doc, Bounds { entries: config.limits.entries_per_poll }) {
        Ok(reading) => Look::Read(Box::new(reading)),
        Err(unreadable) => Look::Failed { fault: Fault::Partner, message: unreadable.message },
    }
}

pub(super) async fn run(path: &Path, id: &str, dry_run: bool) -> Result<(), Failure> {
    let config = load(path)?;
    let Some(outlet) = config.outlet(id).cloned() else {
        let known: Vec<&str> = config.outlets.iter().map(|outlet| outlet.id.as_str()).collect();
        return Err(Failure::Usage(format!("no outlet `{id}` in {}; there are: {}", path.display(), known.join(", "))));
    };
    if dry_run { preview(&config, &outlet).await } else { record(config, &outlet).await }
}

async fn preview(config: &Config, outlet: &Outlet) -> Result<(), Failure> {
    let client = pipeline::client(config).map_err(Failure::Configuration)?;
    let database = &config.site.database;
    let store = if database.exists() { Some(Store::open_read_only(database).await?) } else { None };
    let turns = Turns::new(config.limits.host_spacing);
    let mut failed = None;
    for source in outlet.sources() {
        match look(config, &client, &turns, outlet, source, daemon::now()).await {
            Look::Failed { fault, message } => failed = Some(format!("{source}: {message} (fault: {})", fault.name())),
            Look::Read(reading) => {
                let change = match &store {
                    Some(store) => store.preview(&reading.verdicts).await?,
                    None => all_new(&reading.verdicts),
                };
                say_change(source, &change, &reading.verdicts);
            }
        }
    }
    say("nothing was recorded (--dry-run)");
    failed.map_or(Ok(()), |message| Err(Failure::Failed(message)))
}

async fn record(config: Config, outlet: &Outlet) -> Result<(), Failure> {
    let stages = daemon::open(config).await?;
    let mut failed = None;
    for state in daemon::poll_states(&stages, daemon::now()).await?.into_iter().filter(|state| state.outlet == outlet.id) {
        let source = state.source.clone();
        let polled = pipeline::poll(&stages, outlet, state, daemon::now()).await?;
        if let Some(problem) = &polled.state.problem {
            failed = Some(format!("{source}: {} (fault: {})", problem.message, problem.fault.name()));
            continue;
        }
        say_titles(&source, &polled.change);
        say(format_args!("next poll {}", polled.state.next_poll.format("%F %T UTC")));
    }
    read_pages(&stages, outlet).await?;
    let outlets = BTreeSet::from([outlet.id.clone()]);
    let publication = pipeline::publish(&stages, Some(&outlets), daemon::now()).await.map_err(Failure::failed)?;
    for rejected in &publication.rejected {
        failed = Some(format!("{} was kept back: {}", rejected.path, rejected.reason));
    }
    stages.store.close().await;
    failed.map_or(Ok(()), |message| Err(Failure::Failed(message)))
}

/// Reads the article pages of the outlet that are due, one after the other.
async fn read_pages(stages: &Stages, outlet: &Outlet) -> Result<(), Failure> {
    if !daemon::reads_pages(outlet) {
        return Ok(());
    }
    let ids = [outlet.id.clone()];
    // A page that failed is due again later, so this comes to an end; the bound is for a clock that is set meanwhile.
    for _ in 0..MOST_PAGES {
        let due = stages.store.pages_due(&ids, &[], 1, daemon::now()).await?;
        let Some(page) = due.first() else { return Ok(()) };
        let read = pipeline::read_page(stages, outlet, page, daemon::now).await?;
        match read.problem {
            None => say(format_args!("  page     {}", page.address)),
            Some(problem) => say(format_args!("  ! page   {}: {} [{}]", page.address, problem.message, problem.code)),
        }
    }
    Ok(())
}

/// What a store that is not there yet would take.
fn all_new(verdicts: &[Verdict]) -> Change {
    let mut change = Change::default();
    let mut keys = BTreeSet::new();
    for verdict in verdicts {
        match verdict {
            Verdict::Ready(ready) => {
                let key = store::key(&ready.article.outlet, &ready.article.source_key);
                if keys.insert(key.clone()) {
                    change.titles.insert(key.clone(), ready.article.title.clone());
                    change.new.push(key);
                }
            }
            Verdict::Held { .. } => change.held += 1,
        }
    }
    change
}

fn say_change(source: &Url, change: &Change, verdicts: &[Verdict]) {
    say_titles(source, change);
    for verdict in verdicts {
        if let Verdict::Held { article, code, reason } = verdict {
            say(format_args!("  ! held   {}: {reason} [{code}]", article.title));
        }
    }
}

fn say_titles(source: &Url, change: &Change) {
    say(format_args!(
        "{source}\n  {} new, {} changed, {} held, {} unchanged",
        change.new.len(),
        change.changed.len(),
        change.held,
        change.unchanged
    ));
    for (mark, keys) in [("+ new    ", &change.new), ("~ changed", &change.changed)] {
        for key in keys {
            say(format_args!("  {mark} {}", change.titles.get(key).map_or(key.as_str(), String::as_str)));
        }
    }
}
