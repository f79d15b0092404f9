//! Politeness between everything that asks: one request at a time of a host, and a pause after each.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::{Instant, sleep_until};

/// Hosts remembered before those whose pause is over are forgotten.
const REMEMBERED: usize = 4_096;

/// Whose turn it is to ask which host. Cheap to clone; clones share the turns.
#[derive(Debug, Clone)]
pub struct Turns {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    spacing: Duration,
    hosts: Mutex<HashMap<String, Host>>,
}

#[derive(Debug)]
struct Host {
    /// One permit, given in the order it was asked for.
    gate: Arc<Semaphore>,
    /// End of the pause after the last turn.
    free: Instant,
}

/// A turn to ask a host. Its end starts the pause.
#[derive(Debug)]
#[must_use = "dropping it ends the turn"]
pub struct Turn {
    shared: Arc<Shared>,
    host: String,
    /// Given back after the pause has been noted.
    _permit: Option<OwnedSemaphorePermit>,
}

impl Turns {
    /// Turns with this pause between two requests to one host.
    pub fn new(spacing: Duration) -> Self {
        Self { shared: Arc::new(Shared { spacing, hosts: Mutex::default() }) }
    }

    /// The pause between two requests to one host.
    pub fn spacing(&self) -> Duration {
        self.shared.spacing
    }

    /// What is left of the pause after the last turn at the host. Zero also while somebody has a turn there.
    pub fn pause(&self, host: &str) -> Duration {
        self.shared.free(host).map_or(Duration::ZERO, |free| free.saturating_duration_since(Instant::now()))
    }

    /// Waits for a turn to ask the host: whoever comes first gets it first, and a busy queue of pages keeps no feed waiting.
    pub async fn take(&self, host: &str) -> Turn {
        let gate = self.shared.gate(host);
        // The gate is never closed; without a permit the pause would still be kept.
        let permit = gate.acquire_owned().await.ok();
        if let Some(free) = self.shared.free(host) {
            sleep_until(free).await;
        }
        Turn { shared: self.shared.clone(), host: host.to_owned(), _permit: permit }
    }
}

impl Turn {
    /// Whether it is a turn to ask this host.
    pub fn is_at(&self, host: &str) -> bool {
        self.host == host
    }
}

impl Shared {
    fn hosts(&self) -> MutexGuard<'_, HashMap<String, Host>> {
        self.hosts.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn free(&self, host: &str) -> Option<Instant> {
        self.hosts().get(host).map(|host| host.free)
    }

    fn gate(&self, host: &str) -> Arc<Semaphore> {
        let now = Instant::now();
        let mut hosts = self.hosts();
        if hosts.len() >= REMEMBERED {
            // Who waits for a turn, or has one, holds the gate.
            hosts.retain(|_, host| Arc::strong_count(&host.gate) > 1 || host.free > now);
        }
        let host = hosts.entry(host.to_owned()).or_insert_with(|| Host { gate: Arc::new(Semaphore::new(1)), free: now });
        host.gate.clone()
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        let free = Instant::now() + self.shared.spacing;
        if let Some(host) = self.shared.hosts().get_mut(&self.host) {
            host.free = free;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAUSE: Duration = Duration::from_millis(60);

    #[tokio::test]
    async fn one_request_a_host_and_a_pause_after_it() {
        let turns = Turns::new(PAUSE);
        let first = turns.take("a.example").await;
        assert_eq!(turns.pause("a.example"), Duration::ZERO, "a turn is no pause");
        let second = tokio::time::timeout(PAUSE, turns.take("a.example"));
        assert!(second.await.is_err(), "two turns at one host");
        let _other = tokio::time::timeout(PAUSE, turns.take("b.example")).await.expect("another host is free");
        let ended = Instant::now();
        drop(first);
        let pause = turns.pause("a.example");
        assert!(pause > Duration::ZERO && pause <= PAUSE, "{pause:?}");
        let _second = turns.take("a.example").await;
        assert!(ended.elapsed() >= PAUSE, "only {:?} between two requests", ended.elapsed());
        assert_eq!(turns.pause("a.example"), Duration::ZERO);
    }

    /// Somebody who takes turn after turn, as the pages of one host do, gives way to everybody who came before.
    #[tokio::test]
    async fn first_come_first_served() {
        let turns = Turns::new(Duration::from_millis(2));
        let held = turns.take("a.example").await;
        let mut waiting = tokio::task::JoinSet::new();
        for number in 0..20 {
            let turns = turns.clone();
            waiting.spawn(async move {
                let _turn = turns.take("a.example").await;
                number
            });
            tokio::task::yield_now().await;
        }
        drop(held);
        let mut order = Vec::new();
        while let Some(number) = waiting.join_next().await {
            order.push(number.expect("no panic"));
        }
        assert_eq!(order, (0..20).collect::<Vec<_>>());
    }

    /// One who gives up waiting, in the queue or in the pause, leaves the turn to the next.
    #[tokio::test]
    async fn who_gives_up_stands_in_nobodys_way() {
        let turns = Turns::new(PAUSE);
        let held = turns.take("a.example").await;
        let queued = tokio::time::timeout(Duration::from_millis(5), turns.take("a.example"));
        assert!(queued.await.is_err());
        drop(held);
        let pausing = tokio::time::timeout(Duration::from_millis(5), turns.take("a.example"));
        assert!(pausing.await.is_err());
        tokio::time::timeout(10 * PAUSE, turns.take("a.example")).await.map(drop).expect("a turn");
    }

    #[tokio::test]
    async fn everybody_who_waits_gets_a_turn_alone() {
        let turns = Turns::new(Duration::from_millis(1));
        let asking = Arc::new(std::sync::atomic::AtomicUsize::new(0));
        let mut tasks = tokio::task::JoinSet::new();
        for _ in 0..8 {
            let (turns, asking) = (turns.clone(), asking.clone());
            tasks.spawn(async move {
                let turn = turns.take("a.example").await;
                let before = asking.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
                tokio::time::sleep(Duration::from_millis(2)).await;
                asking.fetch_sub(1, std::sync::atomic::Ordering::SeqCst);
                drop(turn);
                before
            });
        }
        while let Some(before) = tasks.join_next().await {
            assert_eq!(before.expect("no panic"), 0, "two at a time");
        }
    }

    #[tokio::test]
    async fn hosts_whose_pause_is_over_are_forgotten() {
        let turns = Turns::new(Duration::ZERO);
        for number in 0..2 * REMEMBERED {
            drop(turns.take(&format!("{number}.example")).await);
        }
        assert!(turns.shared.hosts().len() <= REMEMBERED);
    }
}
