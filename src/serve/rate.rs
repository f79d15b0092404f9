//! How often one client may ask for one address.
//!
//! A token bucket for each client and address (the generic cell rate algorithm: one time says it all), in a table of a fixed size. Nobody pays
//! for another's requests: an entry is found by the whole hash, whose key is drawn at the start, and what a full table forgets first is who is
//! nearest to having paid.

use std::hash::{BuildHasher, RandomState};
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use chrono::{DateTime, Utc};

use super::accept::customer;

/// Sets of the table, and entries of a set: 8,192 clients are followed at once in 128 KB.
const SETS: usize = 1024;
const WAYS: usize = 8;

/// What a bucket of [`Rate::new`] holds.
const MINUTE: Duration = Duration::from_secs(60);

/// Who, and when (in milliseconds) its bucket is full again.
#[derive(Debug, Clone, Copy, Default)]
struct Entry {
    hash: u64,
    full_at: i64,
}

#[derive(Debug)]
pub(super) struct Rate {
    /// Milliseconds after which a bucket has one more; 0: there is no limit.
    interval: i64,
    /// Milliseconds that a bucket holds.
    window: i64,
    hasher: RandomState,
    sets: Vec<Mutex<[Entry; WAYS]>>,
}

impl Rate {
    /// So many in a minute; 0: as many as they like.
    pub(super) fn new(per_minute: u32) -> Self {
        Self::of(MINUTE, per_minute)
    }

    /// So many in a span of time, and so many at once; 0: as many as they like.
    pub(super) fn of(span: Duration, most: u32) -> Self {
        let window = i64::try_from(span.as_millis()).unwrap_or(i64::MAX / 4);
        let interval = if most == 0 { 0 } else { (window / i64::from(most)).max(1) };
        let sets = if most == 0 { 0 } else { SETS };
        Self { interval, window, hasher: RandomState::new(), sets: (0..sets).map(|_| Mutex::default()).collect() }
    }

    /// Whether there is one, without taking it.
    pub(super) fn look(&self, client: IpAddr, path: &str, now: DateTime<Utc>) -> Result<(), u64> {
        self.ask(client, path, now, false)
    }

    /// Takes one for `client` and `path`; the error is the whole seconds after which there is one again.
    pub(super) fn take(&self, client: IpAddr, path: &str, now: DateTime<Utc>) -> Result<(), u64> {
        self.ask(client, path, now, true)
    }

    fn ask(&self, client: IpAddr, path: &str, now: DateTime<Utc>, takes: bool) -> Result<(), u64> {
        if self.interval == 0 {
            return Ok(());
        }
        let hash = self.hasher.hash_one((customer(client), path)).max(1);
        let now = now.timestamp_millis();
        // The low bits choose the set.
        let set = &self.sets[usize::try_from(hash % SETS as u64).unwrap_or(0)];
        let mut set = set.lock().unwrap_or_else(PoisonError::into_inner);
        let known = set.iter().position(|entry| entry.hash == hash);
        let entry = match known {
            Some(at) => &mut set[at],
            None if !takes => return Ok(()),
            None => {
                let oldest = set.iter_mut().min_by_key(|entry| entry.full_at);
                let Some(entry) = oldest else { return Ok(()) };
                *entry = Entry { hash, full_at: now };
                entry
            }
        };
        // A clock that was set back forgives.
        let full_at = if entry.full_at > now + self.window + self.interval { now } else { entry.full_at.max(now) };
        let next = full_at + self.interval;
        if next - now > self.window {
            return Err(u64::try_from(next - now - self.window).unwrap_or(1).div_ceil(1000));
        }
        if takes {
            entry.full_at = next;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(millis: i64) -> DateTime<Utc> {
        DateTime::from_timestamp_millis(1_780_000_000_000 + millis).unwrap()
    }

    fn ip(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn s16_sixty_a_minute_for_each_client_and_address() {
        let rate = Rate::new(60);
        let take = |client: &str, path: &str, millis: i64| rate.take(ip(client), path, at(millis));
        for n in 0..60 {
            assert_eq!(take("198.51.100.1", "/feeds/all.rss", n), Ok(()), "{n}");
        }
        assert_eq!(take("198.51.100.1", "/feeds/all.rss", 60), Err(1));
        assert_eq!(take("198.51.100.1", "/feeds/all.atom", 60), Ok(()));
        assert_eq!(take("198.51.100.2", "/feeds/all.rss", 60), Ok(()));
        // One more a second, and all again after a minute.
        assert_eq!(take("198.51.100.1", "/feeds/all.rss", 1_000), Ok(()));
        assert_eq!(take("198.51.100.1", "/feeds/all.rss", 1_001), Err(1));
        for n in 0..60 {
            assert_eq!(take("198.51.100.1", "/feeds/all.rss", 62_000 + n), Ok(()), "{n}");
        }
        assert_eq!(take("198.51.100.1", "/feeds/all.rss", 62_060), Err(1));
        // A clock that goes back an hour.
        assert_eq!(take("198.51.100.1", "/feeds/all.rss", -3_600_000), Ok(()));
    }

    #[test]
    fn s16_a_customer_of_ipv6_is_one_client() {
        let rate = Rate::new(2);
        let take = |client: &str| rate.take(ip(client), "/", at(0));
        assert_eq!([take("2001:db8::1"), take("2001:db8::2")], [Ok(()), Ok(())]);
        assert_eq!([take("2001:db8::3"), take("2001:db8:0:1::3")], [Err(30), Ok(())]);
    }

    #[test]
    fn s16_a_crowd_takes_nothing_from_anybody_and_no_more_memory() {
        let rate = Rate::new(60);
        for n in 0..100_000_u32 {
            assert_eq!(rate.take(IpAddr::from(n.to_be_bytes()), "/feeds/all.rss", at(i64::from(n) / 100)), Ok(()));
        }
        assert_eq!(rate.sets.len() * WAYS, 8_192);
    }

    #[test]
    fn without_a_limit_there_is_none() {
        let rate = Rate::new(0);
        assert!((0..10_000).all(|_| rate.take(ip("198.51.100.1"), "/", at(0)).is_ok()));
    }
}
