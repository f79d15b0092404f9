//! Draining the queue of pages: as they become due, one article at a time of a host.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use super::{Changed, LONGEST_SLEEP, SET_BACK, now};
use crate::config::Outlet;
use crate::pipeline::{self, PageRead, Stages};
use crate::store::{StoreError, WaitingPage};

/// After the store did not answer, it is left alone for so long.
const STORE_PAUSE: Duration = Duration::from_secs(60);

type Ended = Result<(tokio::task::Id, Result<PageRead, StoreError>), tokio::task::JoinError>;

/// A journey under way.
struct Journey {
    host: String,
    page: WaitingPage,
}

/// Longest pause between two readings of a page where `limits.longest_backoff` is shorter.
const LONGEST_WAIT: TimeDelta = TimeDelta::hours(1);

/// Reads pages until it is told to stop. What is under way then is left: its page is still due at the next start.
pub(super) async fn drain(stages: Stages, changed: Arc<Changed>, stop: CancellationToken) {
    let outlets: BTreeMap<String, Arc<Outlet>> =
        stages.config.outlets.iter().map(|outlet| (outlet.id.clone(), Arc::new(outlet.clone()))).collect();
    // What was queued of an outlet whose pages are no longer wanted stays where it is.
    let ids: Vec<String> = outlets.values().filter(|outlet| reads_pages(outlet)).map(|outlet| outlet.id.clone()).collect();
    let most = stages.config.limits.concurrent_polls;
    let mut journeys: JoinSet<Result<PageRead, StoreError>> = JoinSet::new();
    let mut under_way: BTreeMap<tokio::task::Id, Journey> = BTreeMap::new();
    // A host whose page made a task fail: a bug, which must not become an endless loop.
    let mut shunned: BTreeSet<String> = BTreeSet::new();
    // The last run may have had a clock that was ahead.
    let mut seen = DateTime::<Utc>::MAX_UTC;
    loop {
        let looked = now();
        if looked < seen - SET_BACK {
            bring_forward(&stages, looked).await;
        }
        seen = looked;
        let mut pause = LONGEST_SLEEP;
        let room = most.saturating_sub(journeys.len());
        if room > 0 {
            let busy: Vec<String> =
                under_way.values().map(|journey| journey.host.clone()).chain(shunned.iter().cloned()).collect();
            match due(&stages, &ids, &busy, room, now()).await {
                Ok((pages, next)) => {
                    // What is due at a host that is busy waits for the journey there to end.
                    pause = next.map_or(pause, |next| (next - now()).to_std().unwrap_or(LONGEST_SLEEP).min(LONGEST_SLEEP));
                    for page in pages {
                        let Some(outlet) = outlets.get(&page.outlet).cloned() else { continue };
                        let (stages, journey) = (stages.clone(), page.clone());
                        let task = journeys.spawn(async move { pipeline::read_page(&stages, &outlet, &journey, now).await });
                        let host = page.address.host_str().unwrap_or_default().to_owned();
                        under_way.insert(task.id(), Journey { host, page });
                    }
                }
                Err(error) => {
                    tracing::error!(%error, "the queue of pages cannot be read; looking again in a minute");
                    pause = STORE_PAUSE;
                }
            }
        }
        tokio::select! {
            () = stop.cancelled() => break,
            () = stages.queued.notified() => {}
            () = tokio::time::sleep(pause.max(Duration::from_millis(10))) => {}
            Some(ended) = journeys.join_next_with_id() => {
                if !settle(ended, &mut under_way, &mut shunned, &changed) {
                    tokio::select! {
                        () = stop.cancelled() => break,
                        () = tokio::time::sleep(STORE_PAUSE) => {}
                    }
                }
            }
        }
    }
}

/// Whether articles of an outlet may be read from their pages.
pub fn reads_pages(outlet: &Outlet) -> bool {
    outlet.full_text || !outlet.listings.is_empty()
}

/// A clock that was set back must not leave pages unread until the old time comes round again.
async fn bring_forward(stages: &Stages, now: DateTime<Utc>) {
    let longest = TimeDelta::from_std(stages.config.limits.longest_backoff).unwrap_or(LONGEST_WAIT).max(LONGEST_WAIT);
    if let Err(error) = stages.store.bring_pages_forward(now, now + longest).await {
        tracing::error!(%error, "pages that were queued by a clock that was ahead may wait for longer");
    }
}

/// Pages due now, and when the next one will be.
async fn due(
    stages: &Stages,
    ids: &[String],
    busy: &[String],
    room: usize,
    now: DateTime<Utc>,
) -> Result<(Vec<WaitingPage>, Option<DateTime<Utc>>), StoreError> {
    let pages = stages.store.pages_due(ids, busy, room, now).await?;
    let next = stages.store.next_page(ids, now).await?;
    Ok((pages, next))
}

/// Takes the outcome of a journey in and says it once in the log; false when the store did not answer.
fn settle(
    ended: Ended,
    under_way: &mut BTreeMap<tokio::task::Id, Journey>,
    shunned: &mut BTreeSet<String>,
    changed: &Changed,
) -> bool {
    let (id, outcome) = match ended {
        Ok((id, outcome)) => (id, Ok(outcome)),
        Err(error) => (error.id(), Err(error)),
    };
    let Some(Journey { host, page }) = under_way.remove(&id) else { return true };
    let (outlet, address) = (page.outlet.as_str(), page.address.as_str());
    match outcome {
        Ok(Ok(read)) => {
            if read.change.is_visible() {
                changed.add(outlet);
            }
            match &read.problem {
                None => tracing::info!(outlet, address, pages = read.pages, "page read"),
                Some(problem) => {
                    let next = read.next_try.map_or_else(|| "given up".to_owned(), |next| next.format("%FT%TZ").to_string());
                    tracing::warn!(
                        outlet,
                        address,
                        code = problem.code,
                        fault = problem.fault.name(),
                        next,
                        "{}",
                        problem.message
                    );
                }
            }
            true
        }
        Ok(Err(error)) => {
            tracing::error!(outlet, address, %error, "what a page said could not be recorded; reading it again in a minute");
            false
        }
        Err(error) => {
            tracing::error!(outlet, address, %error, "reading a page failed: this is a bug in reprint; {host} is left alone until the next start");
            shunned.insert(host);
            true
        }
    }
}
