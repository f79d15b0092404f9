//! Publishing what changed and what time has overtaken, as one task.

use std::collections::BTreeSet;
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::{LONGEST_SLEEP, board, now, withdrawals};
use crate::pipeline::{self, Stages};

/// Changes within this span at least are published together.
const COALESCE: Duration = Duration::from_millis(200);

/// Changes wait for no longer than this before they are published.
const LONGEST_PAUSE: Duration = Duration::from_secs(2);

/// After a publication that failed, the next is tried so much later at least, and at most.
const PUBLISH_AGAIN: (Duration, Duration) = (Duration::from_secs(5), Duration::from_secs(60));

/// Outlets whose articles changed since the last publication.
#[derive(Debug, Default)]
pub(super) struct Changed {
    outlets: Mutex<BTreeSet<String>>,
    wake: Notify,
    /// Rung as well, for whoever translates.
    pub(super) translate: Notify,
    /// What was done so far.
    pub(super) board: board::Board,
    /// Rung when readers wait for it: a partner's hub has told us of it.
    pub(super) hurry: Notify,
}

impl Changed {
    pub(super) fn add(&self, outlet: &str) {
        self.outlets.lock().unwrap_or_else(|poisoned| poisoned.into_inner()).insert(outlet.to_owned());
        self.wake.notify_one();
        self.translate.notify_one();
    }

    fn add_all(&self, outlets: BTreeSet<String>) {
        self.outlets.lock().unwrap_or_else(|poisoned| poisoned.into_inner()).extend(outlets);
        self.wake.notify_one();
    }

    fn take(&self) -> BTreeSet<String> {
        std::mem::take(&mut *self.outlets.lock().unwrap_or_else(|poisoned| poisoned.into_inner()))
    }
}

/// Publishes what changed, together what changes together: the longer a publication takes, the more it waits for the next to gather.
pub(super) async fn publish_changes(stages: Stages, changed: Arc<Changed>, stop: CancellationToken) {
    let mut pause = COALESCE;
    // What could not be published on time is tried again then.
    let mut again: Option<tokio::time::Instant> = None;
    let mut looks = tokio::time::interval(withdrawals::LOOK);
    looks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    let mut watch = withdrawals::Watch::default();
    loop {
        let due = match (again, stages.snapshot.next_moment()) {
            (Some(again), _) => again.saturating_duration_since(tokio::time::Instant::now()),
            (None, Some(moment)) => (moment - now()).to_std().unwrap_or_default(),
            (None, None) => LONGEST_SLEEP,
        };
        let due = due.clamp(Duration::from_millis(5), LONGEST_SLEEP);
        tokio::select! {
            biased;
            () = stop.cancelled() => break,
            _ = looks.tick() => {
                watch.look(&stages).await;
                continue;
            }
            () = changed.wake.notified() => {}
            () = tokio::time::sleep(due) => {
                let overtaken = stages.snapshot.next_moment().is_some_and(|moment| moment <= now());
                let failed = overtaken && !publish_due(&stages, &changed.board).await;
                again = failed.then(|| tokio::time::Instant::now() + LONGEST_SLEEP);
                continue;
            }
        }
        tokio::select! {
            () = tokio::time::sleep(pause) => {}
            () = changed.hurry.notified() => {}
            () = stop.cancelled() => {}
        }
        let outlets = changed.take();
        if !outlets.is_empty() {
            let start = tokio::time::Instant::now();
            pause = if publish(&stages, &changed.board, Some(&outlets)).await {
                (2 * start.elapsed()).clamp(COALESCE, LONGEST_PAUSE)
            } else {
                changed.add_all(outlets);
                (2 * pause).clamp(PUBLISH_AGAIN.0, PUBLISH_AGAIN.1)
            };
        }
    }
    let outlets = changed.take();
    if !outlets.is_empty() {
        publish(&stages, &changed.board, Some(&outlets)).await;
    }
}

/// Publishes and says what came of it; false when it is to be tried again.
pub(super) async fn publish(stages: &Stages, board: &board::Board, outlets: Option<&BTreeSet<String>>) -> bool {
    let begun = Instant::now();
    let published = pipeline::publish(stages, outlets, now()).await;
    board.publish_spans.add(begun.elapsed());
    told(published, board).is_some()
}

/// Publishes what time has overtaken. False when that is still to be done.
pub(super) async fn publish_due(stages: &Stages, board: &board::Board) -> bool {
    told(pipeline::publish_due(stages, now()).await, board) == Some(true)
}

/// Says once what a publication came to: whether every document was made; `None` when none could be.
fn told(published: Result<pipeline::Publication, pipeline::PublishError>, board: &board::Board) -> Option<bool> {
    match published {
        Ok(publication) => {
            board.published.fetch_add(publication.changed.len() as u64, Ordering::Relaxed);
            board.rejected.fetch_add(publication.rejected.len() as u64, Ordering::Relaxed);
            board.shown(&publication.feeds);
            for rejected in &publication.rejected {
                tracing::error!(
                    path = rejected.path,
                    reason = rejected.reason,
                    "a document was kept back; readers still see the last good one"
                );
            }
            if !publication.changed.is_empty() {
                tracing::debug!(documents = publication.changed.len(), "published");
            }
            Some(publication.rejected.is_empty())
        }
        Err(error) => {
            tracing::error!(%error, "cannot publish; readers still see the last good documents, and it is tried again");
            None
        }
    }
}
