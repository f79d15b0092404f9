//! How often a host is asked to confirm subscriptions: whoever wants to may name somebody else's host as a callback.

use std::collections::{HashMap, VecDeque};
use std::time::Duration;

use tokio::time::Instant;

/// The span that is counted in.
const SPAN: Duration = Duration::from_secs(60);

/// Verifications of one host in a span that it has not confirmed (yet): a victim confirms nothing.
const UNCONFIRMED: usize = 10;

/// Verifications of one host in a span, confirmed or not.
const ALL: usize = 60;

/// What was asked of each host.
#[derive(Debug, Default)]
pub(super) struct Quota {
    hosts: HashMap<String, Asked>,
}

#[derive(Debug, Default)]
struct Asked {
    unconfirmed: VecDeque<Instant>,
    all: VecDeque<Instant>,
}

impl Asked {
    fn forget(&mut self, now: Instant) {
        for times in [&mut self.unconfirmed, &mut self.all] {
            while times.front().is_some_and(|at| now.duration_since(*at) >= SPAN) {
                times.pop_front();
            }
        }
    }
}

impl Quota {
    /// Takes a turn at a host, or says how long until there is one.
    pub(super) fn take(&mut self, host: &str, now: Instant) -> Result<(), Duration> {
        if self.hosts.len() >= 1024 && !self.hosts.contains_key(host) {
            self.hosts.retain(|_, asked| {
                asked.forget(now);
                !asked.all.is_empty()
            });
        }
        let asked = self.hosts.entry(host.to_owned()).or_default();
        asked.forget(now);
        for (times, most) in [(&asked.unconfirmed, UNCONFIRMED), (&asked.all, ALL)] {
            if let Some(first) = times.front()
                && times.len() >= most
            {
                return Err((*first + SPAN).saturating_duration_since(now).max(Duration::from_millis(1)));
            }
        }
        asked.unconfirmed.push_back(now);
        asked.all.push_back(now);
        Ok(())
    }

    /// The host confirmed what it was asked.
    pub(super) fn confirmed(&mut self, host: &str) {
        if let Some(asked) = self.hosts.get_mut(host) {
            asked.unconfirmed.pop_back();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn w07_a_host_that_confirms_nothing_is_asked_ten_times_a_minute() {
        let (mut quota, start) = (Quota::default(), Instant::now());
        let asked = |quota: &mut Quota, host: &str, tries: usize, after: u64| {
            (0..tries).filter(|_| quota.take(host, start + Duration::from_secs(after)).is_ok()).count()
        };
        assert_eq!(asked(&mut quota, "victim.example", 100_000, 0), 10);
        assert_eq!(quota.take("victim.example", start + Duration::from_secs(59)), Err(Duration::from_secs(1)));
        assert_eq!(asked(&mut quota, "other.example", 3, 1), 3);
        assert_eq!(asked(&mut quota, "victim.example", 100_000, 60), 10);
    }

    #[test]
    fn w07_one_that_confirms_is_asked_sixty_times() {
        let (mut quota, start) = (Quota::default(), Instant::now());
        for _ in 0..60 {
            assert_eq!(quota.take("reader.example", start), Ok(()));
            quota.confirmed("reader.example");
        }
        assert!(quota.take("reader.example", start).is_err());
        // A confirmation of nothing changes nothing.
        quota.confirmed("unknown.example");
    }

    #[test]
    fn hosts_are_forgotten() {
        let (mut quota, start) = (Quota::default(), Instant::now());
        for host in 0..5000_u32 {
            assert_eq!(quota.take(&host.to_string(), start + Duration::from_secs(u64::from(host))), Ok(()));
        }
        assert!(quota.hosts.len() <= 1024 + 1, "{}", quota.hosts.len());
    }
}
