//! Signs of life: of the scheduler and of the store, for `/readyz`, for the watchdog and for the service manager.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use sd_notify::NotifyState;
use tokio::time::Instant;

use super::LONGEST_SLEEP;
use crate::model::FeedFormat;
use crate::pipeline::Stages;
use crate::store::Store;

/// The store is asked for a sign of life this often, and is taken for dead after a longer silence.
const STORE_LOOK: Duration = Duration::from_secs(5);
const STORE_SILENCE: Duration = Duration::from_secs(30);

/// Tells the service manager, if there is one.
pub(super) fn notify(states: &[NotifyState<'_>]) {
    if let Err(error) = sd_notify::notify(states) {
        tracing::debug!(%error, "cannot notify the service manager");
    }
}

/// Signs of life. Not by the clock: one that is set must neither look like a scheduler that hangs nor hide one.
#[derive(Debug)]
pub(super) struct Pulse {
    start: Instant,
    /// Milliseconds from the start to the last beat.
    scheduler: AtomicU64,
    /// The same to the last answer of the store.
    store: AtomicU64,
}

impl Pulse {
    pub(super) fn new(now: Instant) -> Self {
        Self { start: now, scheduler: AtomicU64::new(0), store: AtomicU64::new(0) }
    }

    fn since_start(&self, now: Instant) -> u64 {
        u64::try_from(now.saturating_duration_since(self.start).as_millis()).unwrap_or(u64::MAX)
    }

    pub(super) fn beat(&self, now: Instant) {
        self.scheduler.store(self.since_start(now), Ordering::Relaxed);
    }

    pub(super) fn store_answered(&self, now: Instant) {
        self.store.store(self.since_start(now), Ordering::Relaxed);
    }

    pub(super) fn check_store(&self, now: Instant) -> Result<(), String> {
        let silent = Duration::from_millis(self.since_start(now).saturating_sub(self.store.load(Ordering::Relaxed)));
        if silent > STORE_SILENCE { Err(format!("the store has not answered for {} s", silent.as_secs())) } else { Ok(()) }
    }

    pub(super) fn check(&self, now: Instant) -> Result<(), String> {
        let silent = Duration::from_millis(self.since_start(now).saturating_sub(self.scheduler.load(Ordering::Relaxed)));
        if silent > 3 * LONGEST_SLEEP { Err(format!("the scheduler has not run for {} s", silent.as_secs())) } else { Ok(()) }
    }
}

/// What `/readyz` says: the scheduler ticks, the store answers, documents are there. The error says which does not.
pub(super) fn ready(stages: &Stages, pulse: &Pulse) -> Result<(), String> {
    let now = Instant::now();
    pulse.check(now)?;
    pulse.check_store(now)?;
    let is_there = |feed: &crate::config::Feed| stages.snapshot.get(&FeedFormat::Atom.path(&feed.id)).is_some();
    if stages.config.feeds.iter().any(is_there) { Ok(()) } else { Err("nothing is published yet".to_owned()) }
}

/// Feels the pulse of the store.
pub(super) async fn feel(store: Store, pulse: Arc<Pulse>) {
    let mut looks = tokio::time::interval(STORE_LOOK);
    looks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        looks.tick().await;
        if let Ok(Ok(())) = tokio::time::timeout(STORE_LOOK, store.ping()).await {
            pulse.store_answered(Instant::now());
        }
    }
}

/// The same for who only serves: a store that does not answer is no reason to end what serves from memory.
pub(super) async fn watchdog_of_server(pulse: Arc<Pulse>) {
    let Some(interval) = sd_notify::watchdog_enabled() else { return };
    let mut ticks = tokio::time::interval(interval / 2);
    loop {
        ticks.tick().await;
        match pulse.check(Instant::now()) {
            Ok(()) => notify(&[NotifyState::Watchdog]),
            Err(_) => tracing::error!("the documents are not followed any more: no sign of life for the watchdog"),
        }
    }
}

/// Tells systemd that we are alive only while the scheduler ticks and the store answers.
pub(super) async fn watchdog(store: Store, pulse: Arc<Pulse>) {
    let Some(interval) = sd_notify::watchdog_enabled() else { return };
    let mut ticks = tokio::time::interval(interval / 2);
    loop {
        ticks.tick().await;
        let store = tokio::time::timeout(Duration::from_secs(5), store.ping()).await;
        match (pulse.check(Instant::now()), store) {
            (Ok(()), Ok(Ok(()))) => notify(&[NotifyState::Watchdog]),
            (Err(reason), _) => tracing::error!(reason, "no sign of life for the watchdog"),
            (_, Ok(Err(error))) => tracing::error!(%error, "the store does not answer: no sign of life for the watchdog"),
            (_, Err(_)) => tracing::error!("the store does not answer within 5 s: no sign of life for the watchdog"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scheduler_that_hangs_is_seen_by_the_time_that_passes() {
        let start = Instant::now();
        let pulse = Pulse::new(start);
        let late = start + 3 * LONGEST_SLEEP;
        assert_eq!(pulse.check(late), Ok(()));
        assert_eq!(pulse.check(late + Duration::from_secs(1)), Err("the scheduler has not run for 91 s".to_owned()));
        pulse.beat(late);
        assert_eq!(pulse.check(late + Duration::from_secs(1)), Ok(()));
        assert_eq!(pulse.check_store(start + STORE_SILENCE), Ok(()));
        assert_eq!(pulse.check_store(late), Err("the store has not answered for 90 s".to_owned()));
        pulse.store_answered(late);
        assert_eq!(pulse.check_store(late + STORE_SILENCE), Ok(()));
    }
}
