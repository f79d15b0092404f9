//! What happened, counted for whoever watches.

use std::sync::atomic::{AtomicU64, Ordering};

use crate::model::WebsubFigures;

/// Counts since the start, shared. What each means is said at [`WebsubFigures`].
#[derive(Debug, Default)]
pub struct Counters {
    pub(super) subscribed: AtomicU64,
    pub(super) unsubscribed: AtomicU64,
    pub(super) refused: AtomicU64,
    pub(super) unconfirmed: AtomicU64,
    pub(super) delivered: AtomicU64,
    pub(super) failed: AtomicU64,
    pub(super) given_up: AtomicU64,
    pub(super) gone: AtomicU64,
    pub(super) expired: AtomicU64,
    pub(super) taken: AtomicU64,
    pub(super) hints: AtomicU64,
    pub(super) ignored: AtomicU64,
    pub(super) bad_signatures: AtomicU64,
    pub(super) unknown: AtomicU64,
    pub(super) hub_failures: AtomicU64,
}

impl Counters {
    /// What they say now.
    pub fn figures(&self) -> WebsubFigures {
        let read = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        WebsubFigures {
            subscribed: read(&self.subscribed),
            unsubscribed: read(&self.unsubscribed),
            refused: read(&self.refused),
            unconfirmed: read(&self.unconfirmed),
            delivered: read(&self.delivered),
            failed: read(&self.failed),
            given_up: read(&self.given_up),
            gone: read(&self.gone),
            expired: read(&self.expired),
            taken: read(&self.taken),
            hints: read(&self.hints),
            ignored: read(&self.ignored),
            bad_signatures: read(&self.bad_signatures),
            unknown: read(&self.unknown),
            hub_failures: read(&self.hub_failures),
        }
    }
}

pub(super) fn count(counter: &AtomicU64) {
    counter.fetch_add(1, Ordering::Relaxed);
}
