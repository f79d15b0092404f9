//! Who pulled which feed, as it is counted and kept: a row a day. No addresses and no tokens.

use chrono::{DateTime, Utc};

/// What a partner pulled of a feed on a day, or how many were turned away.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Pulls {
    /// Days of UTC since 1970.
    pub day: i64,
    /// Id of the partner; `None`: nobody that is known.
    pub partner: Option<String>,
    /// Id of the feed; `None`: names of feeds that there are not.
    pub feed: Option<String>,
    /// Answers with the document.
    pub whole: u64,
    /// Answers that it is unchanged (304).
    pub unchanged: u64,
    /// Requests that were refused.
    pub refused: u64,
    /// Bytes of bodies.
    pub bytes: u64,
    /// The last one that was answered.
    pub last: Option<LastPull>,
}

impl Pulls {
    /// Adds what was counted earlier.
    pub fn add(&mut self, earlier: Self) {
        self.whole += earlier.whole;
        self.unchanged += earlier.unchanged;
        self.refused += earlier.refused;
        self.bytes = self.bytes.saturating_add(earlier.bytes);
        self.last = self.last.take().or(earlier.last);
    }
}

/// The last time a partner pulled a feed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LastPull {
    /// When.
    pub at: DateTime<Utc>,
    /// Status of the answer.
    pub status: u16,
    /// How it was known: `bearer`, `basic` or `link`.
    pub how: String,
    /// Network it came from, /24 or /48.
    pub network: Option<String>,
    /// Beginning of its `User-Agent`, without control characters.
    pub agent: Option<String>,
}

/// What a partner pulled lately, of all its feeds.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PartnerUse {
    /// Id of the partner; `None`: nobody that is known.
    pub partner: Option<String>,
    /// Requests answered today (UTC).
    pub today: u64,
    /// Requests answered today and on the six days before.
    pub week: u64,
    /// Requests refused on those days.
    pub refused: u64,
    /// Bytes of bodies on those days.
    pub bytes: u64,
    /// The last one that was answered, as far back as is kept.
    pub last: Option<LastPull>,
}

/// Who read a public feed on a day.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Audience {
    /// Days of UTC since 1970.
    pub day: i64,
    /// Id of the feed.
    pub feed: String,
    /// Requests.
    pub requests: u64,
    /// Clients, told apart by address and `User-Agent`; an estimate.
    pub readers: u64,
    /// Subscribers that aggregators say they have.
    pub subscribers: u64,
}
