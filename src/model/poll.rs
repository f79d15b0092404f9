//! What is remembered of a source between polls.

use std::time::Duration;

use chrono::{DateTime, Utc};
use url::Url;

use super::{PollRequest, Validators};

/// Whose fault a failure is: who has to act.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// The partner's server or document.
    Partner,
    /// Our configuration or limits.
    Us,
    /// The way between us.
    Network,
}

impl Fault {
    /// Every value with its name in JSON and in the store.
    pub const ALL: [(Fault, &'static str); 3] = [(Fault::Partner, "partner"), (Fault::Us, "us"), (Fault::Network, "network")];

    /// Name in JSON and in the store.
    pub fn name(self) -> &'static str {
        Self::ALL.iter().find(|(fault, _)| *fault == self).expect("every fault is in ALL").1
    }

    /// Reads a name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.iter().find(|(_, known)| *known == name).map(|(fault, _)| *fault)
    }
}

/// What is wrong with a source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Short stable name: `timeout`, `ssrf_denied`, `http_500`, `not_a_feed` …
    pub code: String,
    /// Who has to act.
    pub fault: Fault,
    /// What happened and what to do, for an admin, without a final stop.
    pub message: String,
    /// Since when it has been failing without a success between.
    pub since: DateTime<Utc>,
}

/// Where permanent redirects (301, 308) of a source lead.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Moved {
    /// The address.
    pub to: Url,
    /// Polls in a row that were led there, counted up to [`Moved::FOR_GOOD`].
    pub polls: u32,
}

impl Moved {
    /// So many polls in a row are no mistake of the partner's.
    pub const FOR_GOOD: u32 = 3;
}

/// Memory of one source (one address of one outlet). Saved with every poll, so that a restart polls nothing early.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PollState {
    /// Id of the outlet.
    pub outlet: String,
    /// Address as configured.
    pub source: Url,
    /// Never before this.
    pub next_poll: DateTime<Utc>,
    /// Validators of the last document read whole.
    pub validators: Validators,
    /// SHA-256 of the last body read whole: equal bytes are not read again.
    pub body_hash: Option<[u8; 32]>,
    /// SHA-256 of what of the outlet's settings that body was read by. Under others it is asked for without validators and read again.
    pub settings: Option<[u8; 32]>,
    /// Last time we asked.
    pub last_attempt: Option<DateTime<Utc>>,
    /// Last time we were answered with something we could read (304 included).
    pub last_success: Option<DateTime<Utc>>,
    /// Last time something was new or changed for readers, also by what its articles' own pages said.
    pub last_change: Option<DateTime<Utc>>,
    /// Failures in a row.
    pub failures: u32,
    /// What is wrong now.
    pub problem: Option<Problem>,
    /// Where permanent redirects led at the last answer.
    pub moved: Option<Moved>,
    /// Entries in the last document.
    pub entries: u32,
    /// How long the last document asked not to be polled again (RSS ttl): a 304 does not repeat it.
    pub ttl: Option<Duration>,
}

impl PollState {
    /// A source never asked: due at once.
    pub fn new(outlet: &str, source: Url, now: DateTime<Utc>) -> Self {
        Self {
            outlet: outlet.to_owned(),
            source,
            next_poll: now,
            validators: Validators::default(),
            body_hash: None,
            settings: None,
            last_attempt: None,
            last_success: None,
            last_change: None,
            failures: 0,
            problem: None,
            moved: None,
            entries: 0,
            ttl: None,
        }
    }

    /// Remembers where permanent redirects led in a poll that was answered; `None`: nowhere.
    pub fn redirected(&mut self, to: Option<Url>) {
        let before = self.moved.take();
        self.moved = to.map(|to| {
            let polls = before.filter(|before| before.to == to).map_or(0, |before| before.polls);
            Moved { to, polls: polls.saturating_add(1).min(Moved::FOR_GOOD) }
        });
    }

    /// Where the source has moved for good: an admin should put that address into feeds.toml.
    pub fn moved_to(&self) -> Option<&Url> {
        self.moved.as_ref().filter(|moved| moved.polls >= Moved::FOR_GOOD).map(|moved| &moved.to)
    }

    /// The conditional GET to make now.
    pub fn request(&self) -> PollRequest {
        PollRequest { outlet: self.outlet.clone(), source: self.source.clone(), validators: self.validators.clone() }
    }
}
