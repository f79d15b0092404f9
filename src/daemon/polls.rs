//! The scheduler: who is asked when, what came of it, and what waits.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use tokio::task::JoinSet;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::liveness::Pulse;
use super::publication::Changed;
use super::sources::mend_clock;
use super::{DRAIN, LONGEST_SLEEP, now, websub};
use crate::config::Outlet;
use crate::model::{Discovery, PollState};
use crate::pipeline::{self, Stages};

/// After a poll that could not be recorded, the partner is asked again so much later, twice as late after each further one.
const RECORD_AGAIN: TimeDelta = TimeDelta::minutes(1);

struct Source {
    state: PollState,
    outlet: Arc<Outlet>,
    host: String,
    polling: bool,
    /// It holds the turn of its host among the sources.
    asks: bool,
    hints: websub::Hints,
    /// What its last poll found of its hub.
    discovery: Discovery,
    /// Polls in a row that could not be recorded.
    unrecorded: u32,
}

/// Asks every source when it is due, never more than `concurrent_polls` at once. One that would only wait for its turn at its host
/// ([`crate::fetch::Turns`]), for the pause there or for another poll, does not count among them: it is not begun. A poll that panics counts as a
/// failed one.
pub(super) async fn schedule(
    stages: Stages,
    states: Vec<PollState>,
    changed: Arc<Changed>,
    pulse: Arc<Pulse>,
    websub: Arc<websub::Websub>,
    stop: CancellationToken,
) {
    let limits = stages.config.limits.clone();
    let outlets: BTreeMap<&str, Arc<Outlet>> =
        stages.config.outlets.iter().map(|outlet| (outlet.id.as_str(), Arc::new(outlet.clone()))).collect();
    let mut sources: Vec<Source> = states
        .into_iter()
        .filter_map(|state| {
            let outlet = outlets.get(state.outlet.as_str())?.clone();
            let host = state.source.host_str().unwrap_or_default().to_owned();
            Some(Source {
                state,
                outlet,
                host,
                polling: false,
                asks: false,
                hints: websub::Hints::default(),
                discovery: Discovery::Unread,
                unrecorded: 0,
            })
        })
        .collect();
    let mut busy: BTreeSet<String> = BTreeSet::new();
    let mut polls: JoinSet<(usize, Result<pipeline::Polled, crate::store::StoreError>)> = JoinSet::new();
    let mut indexes: BTreeMap<tokio::task::Id, usize> = BTreeMap::new();

    loop {
        let now = now();
        pulse.beat(Instant::now());
        let mut wake = now + TimeDelta::from_std(LONGEST_SLEEP).unwrap_or(TimeDelta::seconds(30));
        for pushed in websub.pushes.take() {
            let of = |source: &&mut Source| source.outlet.id == pushed.outlet && source.state.source == pushed.source;
            if let Some(source) = sources.iter_mut().find(of) {
                source.hints.add(pushed);
            }
        }
        // The longest overdue first, so that one busy host cannot starve another.
        let mut due: Vec<usize> = Vec::new();
        for (index, source) in sources.iter_mut().enumerate().filter(|(_, source)| !source.polling) {
            mend_clock(&mut source.state, now);
            match source.hints.poll_in(source.state.failures, Instant::now()) {
                Some(Duration::ZERO) => source.state.next_poll = source.state.next_poll.min(now),
                Some(pause) => wake = wake.min(now + TimeDelta::from_std(pause).unwrap_or_default()),
                None => {}
            }
            if source.state.next_poll <= now || source.hints.has_content() {
                due.push(index);
            } else {
                wake = wake.min(source.state.next_poll);
            }
        }
        due.sort_by_key(|index| sources[*index].state.next_poll);
        for index in due {
            if polls.len() >= limits.concurrent_polls {
                break;
            }
            let source = &mut sources[index];
            if let Some(content) = source.hints.content() {
                source.polling = true;
                let (stages, outlet, state) = (stages.clone(), source.outlet.clone(), source.state.clone());
                let taking = async move { (index, pipeline::take_pushed(&stages, &outlet, state, content, now).await) };
                indexes.insert(polls.spawn(taking).id(), index);
                continue;
            }
            if busy.contains(&source.host) {
                continue;
            }
            let pause = stages.turns.pause(&source.host);
            if !pause.is_zero() {
                wake = wake.min(now + TimeDelta::from_std(pause).unwrap_or_default());
                continue;
            }
            (source.polling, source.asks) = (true, true);
            source.hints.begin();
            busy.insert(source.host.clone());
            let (stages, outlet, state) = (stages.clone(), source.outlet.clone(), source.state.clone());
            let changed = changed.clone();
            let handle = polls.spawn(async move {
                let begun = Instant::now();
                let polled = pipeline::poll(&stages, &outlet, state, now).await;
                changed.board.poll_spans.add(begun.elapsed());
                (index, polled)
            });
            indexes.insert(handle.id(), index);
        }

        let pause = (wake - now).to_std().unwrap_or(Duration::ZERO).max(Duration::from_millis(10));
        tokio::select! {
            () = stop.cancelled() => break,
            () = tokio::time::sleep(pause) => {}
            () = websub.pushes.wake.notified() => {}
            Some(ended) = polls.join_next_with_id() => {
                let ended_at = super::now();
                let index = settle_poll(ended, &mut sources, &mut indexes, &changed, ended_at, limits.longest_backoff);
                let source = &mut sources[index];
                if std::mem::take(&mut source.asks) {
                    busy.remove(&source.host);
                }
                let discovery = std::mem::take(&mut source.discovery);
                websub.discovered(&source.outlet.id, &source.state.source, &discovery).await;
            }
        }
    }

    let drained = tokio::time::timeout(DRAIN, async {
        while let Some(ended) = polls.join_next_with_id().await {
            settle_poll(ended, &mut sources, &mut indexes, &changed, now(), limits.longest_backoff);
        }
    })
    .await;
    if drained.is_err() {
        tracing::warn!(
            polls = polls.len(),
            "polls that did not finish in time are abandoned; they are made again at the next start"
        );
    }
}

type Ended = Result<(tokio::task::Id, (usize, Result<pipeline::Polled, crate::store::StoreError>)), tokio::task::JoinError>;

/// Takes the outcome of a poll in, says it once in the log, and gives the index of its source.
fn settle_poll(
    ended: Ended,
    sources: &mut [Source],
    indexes: &mut BTreeMap<tokio::task::Id, usize>,
    changed: &Changed,
    now: DateTime<Utc>,
    longest_backoff: Duration,
) -> usize {
    let (id, outcome) = match ended {
        Ok((id, (_, outcome))) => (id, Ok(outcome)),
        Err(error) => (error.id(), Err(error)),
    };
    let index = indexes.remove(&id).expect("every spawned poll is in the index");
    let source = &mut sources[index];
    source.polling = false;
    let outlet = source.outlet.id.as_str();
    changed.board.polled(outlet, outcome.as_ref().ok().and_then(|polled| polled.as_ref().ok()), now);
    let address = source.state.source.as_str();
    let visible = matches!(&outcome, Ok(Ok(polled)) if polled.change.is_visible());
    let hurry = source.hints.settle(visible, Instant::now());
    match outcome {
        Ok(Ok(polled)) => {
            let change = &polled.change;
            if let Some(problem) = &polled.state.problem {
                let next = polled.state.next_poll.format("%FT%TZ").to_string();
                tracing::warn!(outlet, address, code = problem.code, fault = problem.fault.name(), next, "{}", problem.message);
            } else if change.is_visible() || change.held > 0 {
                let (new, edited, joined, held) = (change.new.len(), change.changed.len(), change.joined.len(), change.held);
                tracing::info!(outlet, address, new, changed = edited, joined, held, "polled");
            } else {
                tracing::debug!(outlet, address, "polled, nothing new");
            }
            for warning in &polled.warnings {
                tracing::debug!(outlet, address, code = warning.code, "{}", warning.message);
            }
            if change.is_visible() {
                changed.add(outlet);
                change.elsewhere.iter().for_each(|outlet| changed.add(outlet));
                if hurry {
                    changed.hurry.notify_one();
                }
            }
            source.discovery = polled.discovery;
            source.state = polled.state;
            source.unrecorded = 0;
            return index;
        }
        Ok(Err(error)) => tracing::error!(outlet, address, %error, "the poll could not be recorded; asking again later"),
        Err(error) => tracing::error!(outlet, address, %error, "the poll task failed: this is a bug in reprint"),
    }
    // The state in the store still has the old time.
    source.state.next_poll = now + record_again(source.unrecorded, longest_backoff);
    source.unrecorded = source.unrecorded.saturating_add(1);
    index
}

/// The pause after a poll that could not be recorded, `before` which as many could not: a disk that stays full is not the partner's to pay for.
fn record_again(before: u32, longest: Duration) -> TimeDelta {
    let longest = TimeDelta::from_std(longest).unwrap_or(RECORD_AGAIN);
    let doubled = 1_i32.checked_shl(before).filter(|factor| *factor > 0).unwrap_or(i32::MAX);
    RECORD_AGAIN.checked_mul(doubled).unwrap_or(longest).min(longest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn polls_that_cannot_be_recorded_become_rare() {
        let day = Duration::from_secs(24 * 3600);
        let minutes: Vec<i64> = [0, 1, 2, 5, 10, 11, 31, 32, u32::MAX].map(|n| record_again(n, day).num_minutes()).to_vec();
        assert_eq!(minutes, [1, 2, 4, 32, 1_024, 1_440, 1_440, 1_440, 1_440]);
        assert_eq!(record_again(0, Duration::from_secs(5)), TimeDelta::seconds(5));
    }
}
