//! What happened, counted for whoever watches.

use std::sync::atomic::{AtomicU64, Ordering};

/// Counts since the start, shared.
#[derive(Debug, Default)]
pub struct Counters {
    pub(super) subscribed: AtomicU64,
    pub(super) unsubscribed: AtomicU64,
    pub(super) refused: AtomicU64,
    pub(super) unconfirmed: AtomicU64,
    pub(super) delivered: AtomicU64,
    pub(super) delivery_failures: AtomicU64,
    pub(super) dropped: AtomicU64,
    pub(super) ended: AtomicU64,
    pub(super) pushes: AtomicU64,
    pub(super) bad_signatures: AtomicU64,
    pub(super) hub_failures: AtomicU64,
}

/// [`Counters`] at one moment.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Figures {
    /// Subscriptions at our hub that callbacks confirmed, renewals included.
    pub subscribed: u64,
    /// Subscriptions at our hub that were ended by whoever had them.
    pub unsubscribed: u64,
    /// Requests at our hub that were answered 4xx or 5xx.
    pub refused: u64,
    /// Requests at our hub that the callback did not confirm.
    pub unconfirmed: u64,
    /// Deliveries that arrived, pings of external hubs included.
    pub delivered: u64,
    /// Tries of deliveries that failed.
    pub delivery_failures: u64,
    /// Deliveries that were given up.
    pub dropped: u64,
    /// Subscriptions at our hub that ended by 410 or with their lease.
    pub ended: u64,
    /// Pushes from hubs of partners, rightly signed.
    pub pushes: u64,
    /// Pushes without a signature, with a wrong one, or with one that does not count.
    pub bad_signatures: u64,
    /// Requests at hubs of partners that failed.
    pub hub_failures: u64,
}

impl Counters {
    /// What they say now.
    pub fn figures(&self) -> Figures {
        let read = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        Figures {
            subscribed: read(&self.subscribed),
            unsubscribed: read(&self.unsubscribed),
            refused: read(&self.refused),
            unconfirmed: read(&self.unconfirmed),
            delivered: read(&self.delivered),
            delivery_failures: read(&self.delivery_failures),
            dropped: read(&self.dropped),
            ended: read(&self.ended),
            pushes: read(&self.pushes),
            bad_signatures: read(&self.bad_signatures),
            hub_failures: read(&self.hub_failures),
        }
    }
}

pub(super) fn count(counter: &AtomicU64) {
    counter.fetch_add(1, Ordering::Relaxed);
}
