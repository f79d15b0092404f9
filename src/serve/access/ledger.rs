//! Who pulled what and when, and how many read the public feeds: counted in memory and taken away by the minute. No addresses are kept, only the
//! network a partner came from last; of readers only how many there were (HyperLogLog registers over hashes with a key of this run).

use std::collections::{BTreeMap, HashMap};
use std::hash::{BuildHasher, RandomState};
use std::net::IpAddr;
use std::sync::atomic::{AtomicI64, AtomicU8, AtomicU64, Ordering};
use std::sync::{LazyLock, Mutex, OnceLock, PoisonError};

use chrono::{DateTime, Utc};
use ipnet::IpNet;
use memchr::memmem::Finder;

use super::{Rules, ids, places};
use crate::model::{Audience, LastPull, Pulls};
use crate::serve::accept::customer;
use crate::serve::handler::Answered;

/// Registers of a count: it is right to some 3 %.
const REGISTERS: usize = 1024;

/// Aggregators of one feed that are told apart.
const AGGREGATORS: usize = 64;

/// Bytes of a `User-Agent` that are looked at.
const AGENT_BYTES: usize = 400;

/// Characters of one that are kept.
const AGENT_CHARS: usize = 120;

/// More subscribers than this nobody has: it is made up.
const MOST_SUBSCRIBERS: u64 = 10_000_000;

const DAY: i64 = 24 * 60 * 60;

/// How a partner was known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Bearer = 0,
    Basic = 1,
    Link = 2,
}

impl Kind {
    fn name(self) -> &'static str {
        match self {
            Self::Bearer => "bearer",
            Self::Basic => "basic",
            Self::Link => "link",
        }
    }
}

/// One answer to a partner.
#[derive(Debug)]
pub(super) struct Pull {
    kind: Kind,
    status: u16,
    bytes: u64,
    network: Option<String>,
    agent: Option<String>,
}

impl Pull {
    pub(super) fn of(answered: &Answered<'_>, kind: Kind) -> Self {
        Self {
            kind,
            status: answered.status,
            bytes: answered.bytes,
            network: answered.client.map(network),
            agent: answered.agent.map(agent_line).filter(|agent| !agent.is_empty()),
        }
    }
}

/// The network an address is in: /24, or /48 of IPv6.
fn network(address: IpAddr) -> String {
    let address = address.to_canonical();
    let length = if address.is_ipv4() { 24 } else { 48 };
    IpNet::new(address, length).map_or_else(|_| String::new(), |network| network.trunc().to_string())
}

/// A `User-Agent` that can be shown on a terminal.
fn agent_line(agent: &[u8]) -> String {
    let agent = String::from_utf8_lossy(&agent[..agent.len().min(AGENT_BYTES)]);
    let shown = |char: char| {
        let turns = matches!(char, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
        if char.is_control() || turns { '\u{fffd}' } else { char }
    };
    agent.trim().chars().take(AGENT_CHARS).map(shown).collect()
}

/// Day, place of the member and of the feed.
type Row = (i64, Option<usize>, Option<usize>);

/// What is counted between two takings.
pub struct Ledger {
    members: Vec<String>,
    feeds: BTreeMap<String, usize>,
    pulls: Mutex<HashMap<Row, Pulls>>,
    audiences: Vec<OnceLock<Box<Crowd>>>,
    day: AtomicI64,
    hasher: RandomState,
}

/// Readers of one feed on one day.
struct Crowd {
    requests: AtomicU64,
    registers: [AtomicU8; REGISTERS],
    aggregators: Mutex<BTreeMap<String, u64>>,
}

/// What was counted since the last time.
#[derive(Debug, Default)]
pub struct Counted {
    /// Of partners and of those who were turned away.
    pub pulls: Vec<Pulls>,
    /// Of everybody else.
    pub audiences: Vec<Audience>,
}

impl Ledger {
    pub(super) fn new(rules: &Rules, now: DateTime<Utc>) -> Self {
        let feeds = places(rules.public.iter().chain(&rules.private));
        Self {
            members: ids(&rules.members),
            audiences: feeds.iter().map(|_| OnceLock::new()).collect(),
            feeds,
            pulls: Mutex::default(),
            day: AtomicI64::new(day(now)),
            hasher: RandomState::new(),
        }
    }

    fn edit(&self, member: Option<usize>, feed: &str, now: DateTime<Utc>, edit: impl FnOnce(&mut Pulls)) {
        // Names of feeds that there are not are counted together: whoever makes them up fills nothing.
        let place = self.feeds.get(feed).copied();
        let mut pulls = self.pulls.lock().unwrap_or_else(PoisonError::into_inner);
        let entry = pulls.entry((day(now), member, place)).or_insert_with(|| Pulls {
            day: day(now),
            partner: member.and_then(|member| self.members.get(member).cloned()),
            feed: place.map(|_| feed.to_owned()),
            ..Pulls::default()
        });
        edit(entry);
    }

    /// Somebody was turned away.
    pub(super) fn refused(&self, member: Option<usize>, feed: &str, now: DateTime<Utc>) {
        self.edit(member, feed, now, |pulls| pulls.refused += 1);
    }

    /// A partner was answered.
    pub(super) fn pulled(&self, member: usize, feed: &str, pull: &Pull, now: DateTime<Utc>) {
        self.edit(Some(member), feed, now, |pulls| {
            match pull.status {
                304 => pulls.unchanged += 1,
                _ => pulls.whole += 1,
            }
            pulls.bytes = pulls.bytes.saturating_add(pull.bytes);
            pulls.last = Some(LastPull {
                at: now,
                status: pull.status,
                how: pull.kind.name().to_owned(),
                network: pull.network.clone(),
                agent: pull.agent.clone(),
            });
        });
    }

    /// Somebody read a public feed.
    pub(super) fn read(&self, feed: &str, answered: &Answered<'_>) {
        let Some(crowd) = self.feeds.get(feed).and_then(|&place| self.audiences.get(place)) else { return };
        let crowd = crowd.get_or_init(Box::default);
        crowd.requests.fetch_add(1, Ordering::Relaxed);
        let agent = answered.agent.unwrap_or_default();
        let agent = &agent[..agent.len().min(AGENT_BYTES)];
        if let Some((name, subscribers)) = subscribers(agent) {
            let mut aggregators = crowd.aggregators.lock().unwrap_or_else(PoisonError::into_inner);
            if aggregators.len() < AGGREGATORS || aggregators.contains_key(&name) {
                aggregators.insert(name, subscribers);
            }
            return;
        }
        let who = answered.client.map(customer);
        crowd.add(self.hasher.hash_one((self.day.load(Ordering::Relaxed), who, agent)));
    }

    /// Takes what was counted since the last time. Readers begin anew each day of UTC.
    pub fn take(&self, now: DateTime<Utc>) -> Counted {
        let pulls = std::mem::take(&mut *self.pulls.lock().unwrap_or_else(PoisonError::into_inner));
        let today = day(now);
        let counted = self.day.swap(today, Ordering::Relaxed);
        let audience = |(feed, &place): (&String, &usize)| {
            let crowd = self.audiences.get(place)?.get()?;
            let requests = crowd.requests.swap(0, Ordering::Relaxed);
            let (readers, subscribers) = (crowd.readers(), crowd.subscribers());
            if counted != today {
                crowd.forget();
            }
            (requests > 0).then(|| Audience { day: counted, feed: feed.clone(), requests, readers, subscribers })
        };
        Counted { pulls: pulls.into_values().collect(), audiences: self.feeds.iter().filter_map(audience).collect() }
    }

    /// Puts back what could not be saved.
    pub fn put_back(&self, counted: Counted) {
        let place = |feed: &str| self.feeds.get(feed).copied();
        let mut pulls = self.pulls.lock().unwrap_or_else(PoisonError::into_inner);
        for row in counted.pulls {
            let member = row.partner.as_ref().and_then(|id| self.members.iter().position(|member| member == id));
            let key = (row.day, member, row.feed.as_deref().and_then(place));
            match pulls.get_mut(&key) {
                Some(newer) => newer.add(row),
                None => {
                    pulls.insert(key, row);
                }
            }
        }
        for row in counted.audiences {
            if let Some(crowd) = place(&row.feed).and_then(|place| self.audiences.get(place)).and_then(OnceLock::get) {
                crowd.requests.fetch_add(row.requests, Ordering::Relaxed);
            }
        }
    }
}

impl Default for Box<Crowd> {
    fn default() -> Self {
        Box::new(Crowd {
            requests: AtomicU64::new(0),
            registers: [const { AtomicU8::new(0) }; REGISTERS],
            aggregators: Mutex::default(),
        })
    }
}

impl Crowd {
    /// Flajolet and others, "HyperLogLog" (2007): the longest run of zeros in each register.
    fn add(&self, hash: u64) {
        let register = usize::try_from(hash % REGISTERS as u64).unwrap_or(0);
        let run = u8::try_from((hash / REGISTERS as u64).trailing_zeros().min(54) + 1).unwrap_or(55);
        let register = &self.registers[register];
        // Readers come again and again: only the first time there is something to write, and nobody waits for the cache line otherwise.
        if register.load(Ordering::Relaxed) < run {
            register.fetch_max(run, Ordering::Relaxed);
        }
    }

    #[expect(clippy::cast_precision_loss, clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "an estimate")]
    fn readers(&self) -> u64 {
        let size = REGISTERS as f64;
        let (mut sum, mut empty) = (0.0, 0_u32);
        for register in &self.registers {
            let run = register.load(Ordering::Relaxed);
            sum += (-f64::from(run)).exp2();
            empty += u32::from(run == 0);
        }
        let estimate = 0.7213 / (1.0 + 1.079 / size) * size * size / sum;
        // Of few, the registers that nobody fell into say more.
        let few = estimate <= 2.5 * size && empty > 0;
        (if few { size * (size / f64::from(empty)).ln() } else { estimate }).round() as u64
    }

    fn subscribers(&self) -> u64 {
        let aggregators = self.aggregators.lock().unwrap_or_else(PoisonError::into_inner);
        aggregators.values().fold(0, |sum: u64, count| sum.saturating_add(*count))
    }

    fn forget(&self) {
        self.registers.iter().for_each(|register| register.store(0, Ordering::Relaxed));
        self.aggregators.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }
}

static SUBSCRIBER: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new(" subscriber"));

/// What an aggregator says of itself: its name, and how many read the feed there: `Feedly/1.0 (…; 23 subscribers; …)`.
fn subscribers(agent: &[u8]) -> Option<(String, u64)> {
    let at = SUBSCRIBER.find(agent)?;
    let digits = agent[..at].iter().rev().take_while(|byte| byte.is_ascii_digit()).count();
    let number: u64 = std::str::from_utf8(&agent[at - digits..at]).ok()?.parse().ok()?;
    let name = agent.split(|byte| matches!(byte, b'/' | b' ' | b'(')).next().unwrap_or_default();
    (number <= MOST_SUBSCRIBERS && !name.is_empty()).then(|| (agent_line(name), number))
}

/// Days of UTC since 1970.
fn day(at: DateTime<Utc>) -> i64 {
    at.timestamp().div_euclid(DAY)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(1_780_000_000 + seconds, 0).unwrap()
    }

    fn ledger() -> Ledger {
        let rules = Rules { public: ["all".to_owned()].into(), private: ["club".to_owned()].into(), ..Rules::default() };
        Ledger::new(&rules, at(0))
    }

    fn reader<'a>(client: Option<IpAddr>, agent: Option<&'a [u8]>) -> Answered<'a> {
        Answered { path: "feeds/all.rss", grant: None, client, agent, status: 200, bytes: 10 }
    }

    #[test]
    fn aggregators_say_how_many_they_read_for() {
        let check = |agent: &str, expected: Option<(&str, u64)>| {
            assert_eq!(subscribers(agent.as_bytes()), expected.map(|(name, n)| (name.to_owned(), n)), "{agent}");
        };
        check("Feedly/1.0 (+http://feedly.example/fetcher.html; 23 subscribers; like FeedFetcher)", Some(("Feedly", 23)));
        check("Reader Page Fetcher - 1 subscriber", Some(("Reader", 1)));
        check("Mozilla/5.0 (no subscribers)", None);
        check("x/1 99999999999999999999999 subscribers", None);
        check("x/1 99999999 subscribers", None);
        check(" 5 subscribers", None);
        check("", None);
    }

    #[test]
    fn readers_are_counted_and_not_kept() {
        let ledger = ledger();
        for round in 0..3 {
            for n in 0..5_000_u32 {
                ledger.read("all", &reader(Some(IpAddr::from((0x0a00_0000 + n).to_be_bytes())), Some(b"one")));
            }
            ledger.read("all", &reader(None, Some(b"Gull/1 (40 subscribers)")));
            ledger.read("nowhere", &reader(None, None));
            let counted = ledger.take(at(round));
            let [audience] = &counted.audiences[..] else { panic!("{counted:?}") };
            assert_eq!((audience.requests, audience.subscribers), (5_001, 40));
            assert!((4_600..5_400).contains(&audience.readers), "{audience:?}");
        }
        assert!(ledger.take(at(60)).audiences.is_empty(), "nobody has read since");
        // The day's last count is the old day's; then it begins anew.
        ledger.read("all", &reader(None, Some(b"two")));
        assert_eq!(ledger.take(at(86_400)).audiences[0].day, day(at(0)));
        ledger.read("all", &reader(None, Some(b"two")));
        let counted = ledger.take(at(86_401));
        assert_eq!(
            (counted.audiences[0].readers, counted.audiences[0].subscribers, counted.audiences[0].day),
            (1, 0, day(at(86_400)))
        );
    }

    #[test]
    fn few_readers_are_counted_well() {
        let ledger = ledger();
        for n in 0..50_u8 {
            ledger.read("all", &reader(Some(IpAddr::from([192, 0, 2, n])), None));
        }
        let readers = ledger.take(at(1)).audiences[0].readers;
        assert!((47..=53).contains(&readers), "{readers}");
    }

    #[test]
    fn names_that_are_made_up_fill_nothing() {
        let ledger = ledger();
        for n in 0..1_000 {
            ledger.refused(None, &format!("made-up-{n}"), at(0));
        }
        ledger.refused(None, "club", at(0));
        let mut counted = ledger.take(at(0));
        counted.pulls.sort_by_key(|pulls| pulls.refused);
        let rows: Vec<_> = counted.pulls.iter().map(|pulls| (pulls.feed.as_deref(), pulls.refused)).collect();
        assert_eq!(rows, [(Some("club"), 1), (None, 1_000)]);
        // What could not be saved is counted with what came meanwhile.
        ledger.refused(None, "club", at(1));
        ledger.put_back(counted);
        let refused: u64 = ledger.take(at(2)).pulls.iter().map(|pulls| pulls.refused).sum();
        assert_eq!(refused, 1_002);
    }

    #[test]
    fn s18_what_is_kept_of_a_client_is_harmless() {
        assert_eq!(agent_line(b" gull \x1b[31mred\x07\n \xff"), "gull \u{fffd}[31mred\u{fffd}\u{fffd} \u{fffd}");
        assert_eq!(agent_line("a\u{202e}b".as_bytes()), "a\u{fffd}b");
        assert_eq!(agent_line(&[b'x'; 10_000]).len(), AGENT_CHARS);
        assert_eq!(network("198.51.100.77".parse().unwrap()), "198.51.100.0/24");
        assert_eq!(network("::ffff:198.51.100.77".parse().unwrap()), "198.51.100.0/24");
        assert_eq!(network("2001:db8:1:2::3".parse().unwrap()), "2001:db8:1::/48");
    }
}
