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

    #[tokio::test(start_paused = true)]
    async fn one_request_a_host_and_a_pause_after_it() {
        let turns = Turns::new(Duration::from_secs(2));
        let first = turns.take("a.example").await;
        assert_eq!(turns.try_take("a.example").err(), Some(LOOK_AGAIN));
        assert!(turns.try_take("b.example").is_ok(), "another host is free");
        drop(first);
        assert_eq!(turns.try_take("a.example").err(), Some(Duration::from_secs(2)));
        let before = Instant::now();
        let _second = turns.take("a.example").await;
        assert_eq!(before.elapsed(), Duration::from_secs(2));
    }

    #[tokio::test(start_paused = true)]
    async fn hosts_whose_pause_is_over_are_forgotten() {
        let turns = Turns::new(Duration::from_secs(1));
        for number in 0..2 * REMEMBERED {
            drop(turns.take(&format!("{number}.example")).await);
            if number % REMEMBERED == REMEMBERED - 1 {
                tokio::time::advance(Duration::from_secs(2)).await;
            }
        }
        assert!(turns.shared.hosts().len() <= REMEMBERED);
    }
}
