//! Politeness between everything that asks: one request at a time of a host, and a pause after each.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::{Instant, sleep};

/// Hosts remembered before those whose pause is over are forgotten.
const REMEMBERED: usize = 4_096;

/// How soon to look again at a host that is being asked.
const LOOK_AGAIN: Duration = Duration::from_millis(50);

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
    busy: bool,
    free: Instant,
}

/// A turn to ask a host. Its end starts the pause.
#[derive(Debug)]
#[must_use = "dropping it ends the turn"]
pub struct Turn {
    shared: Arc<Shared>,
    host: String,
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

    /// A turn to ask the host now, or how long to wait before trying again.
    pub fn try_take(&self, host: &str) -> Result<Turn, Duration> {
        let now = Instant::now();
        let mut hosts = self.shared.hosts();
        if hosts.len() >= REMEMBERED {
            hosts.retain(|_, host| host.busy || host.free > now);
        }
        let state = hosts.entry(host.to_owned()).or_insert(Host { busy: false, free: now });
        if state.busy {
            return Err(LOOK_AGAIN);
        }
        if state.free > now {
            return Err(state.free - now);
        }
        state.busy = true;
        Ok(Turn { shared: self.shared.clone(), host: host.to_owned() })
    }

    /// Waits for a turn to ask the host. Nobody holds it while waiting, so that whoever waits for it gets it in the long run.
    pub async fn take(&self, host: &str) -> Turn {
        loop {
            match self.try_take(host) {
                Ok(turn) => return turn,
                Err(wait) => sleep(wait).await,
            }
        }
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
}

impl Drop for Turn {
    fn drop(&mut self) {
        if let Some(host) = self.shared.hosts().get_mut(&self.host) {
            *host = Host { busy: false, free: Instant::now() + self.shared.spacing };
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
        assert_eq!(turns.try_take("a.example").err(), Some(LOOK_AGAIN));
        assert!(turns.try_take("b.example").is_ok(), "another host is free");
        let ended = Instant::now();
        drop(first);
        assert!(turns.try_take("a.example").err().is_some_and(|wait| wait <= PAUSE));
        let _second = turns.take("a.example").await;
        assert!(ended.elapsed() >= PAUSE, "only {:?} between two requests", ended.elapsed());
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
                sleep(Duration::from_millis(2)).await;
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
