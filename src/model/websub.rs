//! WebSub (W3C Recommendation, 2018): subscriptions of others at our hub, ours at the hubs of partners.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use url::Url;

/// Where the changes of a feed are announced, as the feed says (WebSub § 4).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Advertised {
    /// `rel="hub"`, absolute.
    pub hub: Url,
    /// `rel="self"`, absolute: the name of the feed at the hub.
    pub topic: Url,
}

/// What a poll learned of the hub of its source.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Discovery {
    /// Nothing: no document could be read whole, or nobody wants to know.
    #[default]
    Unread,
    /// The document is the same as the last time, and so is what it names.
    Same,
    /// The document names no hub.
    NoHub,
    /// The document names this one.
    Named(Advertised),
}

/// Somebody who is told when a topic of ours changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HubSubscription {
    /// Path of the document, `feeds/all.rss`.
    pub topic: String,
    /// Where it is told.
    pub callback: Url,
    /// It is an external hub, which is told that there is something new, not what.
    pub pings: bool,
    /// `hub.secret`.
    pub secret: Option<String>,
    /// When it ends.
    pub lease_until: DateTime<Utc>,
    /// Entity tag of the document that arrived there last, or was given up.
    pub delivered: String,
    /// Tries in vain, for what is due.
    pub tries: u32,
    /// Not before this.
    pub next_try: Option<DateTime<Utc>>,
}

/// A request at our hub that is yet to be confirmed by the callback (§ 5.3).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HubVerification {
    /// Path of the document.
    pub topic: String,
    /// Callback.
    pub callback: Url,
    /// It wants to begin a subscription, not to end one.
    pub subscribe: bool,
    /// `hub.secret`.
    pub secret: Option<String>,
    /// Lease, seconds.
    pub lease: u32,
    /// Tries in vain.
    pub tries: u32,
    /// Not before this.
    pub next_try: DateTime<Utc>,
}

/// How far a subscription of ours is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SubscriptionState {
    /// The hub has not confirmed it.
    Pending,
    /// It holds.
    Active,
    /// It is being ended.
    Leaving,
}

impl SubscriptionState {
    /// Every state with its name in the store.
    pub const ALL: [(SubscriptionState, &'static str); 3] =
        [(Self::Pending, "pending"), (Self::Active, "active"), (Self::Leaving, "leaving")];

    /// Name in the store.
    pub fn name(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Active => "active",
            Self::Leaving => "leaving",
        }
    }

    /// Reads a name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.iter().find(|(_, known)| *known == name).map(|(state, _)| *state)
    }
}

/// A subscription of ours at the hub of a partner.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceSubscription {
    /// Last part of our callback, not to be guessed, for this subscription only.
    pub token: String,
    /// Id of the outlet.
    pub outlet: String,
    /// Address of the feed as configured.
    pub source: Url,
    /// Hub and topic.
    pub advertised: Advertised,
    /// Key of the signatures.
    pub secret: String,
    /// How far it is.
    pub state: SubscriptionState,
    /// When the hub last took our request.
    pub asked_at: Option<DateTime<Utc>>,
    /// When it ends, once it holds.
    pub lease_until: Option<DateTime<Utc>>,
    /// Requests in vain.
    pub tries: u32,
    /// No request before this.
    pub next_try: DateTime<Utc>,
}

/// How a topic of ours stands at our hub.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct TopicStanding {
    /// Subscriptions that hold.
    pub subscriptions: usize,
    /// Those that have not got the present document, the external hub counted as well.
    pub behind: usize,
    /// Of these, those whose last delivery failed.
    pub failing: usize,
}

/// How the hub that our feeds name stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HubStanding {
    /// Its address.
    pub address: Url,
    /// It is ours; otherwise it is told that there is something new.
    pub built_in: bool,
    /// Every document that can be subscribed to, by path: `feeds/all.rss`.
    pub topics: BTreeMap<String, TopicStanding>,
    /// Requests that wait for their callbacks to confirm them.
    pub verifications: usize,
}

/// How a subscription of ours stands at the hub of a partner. Without its secrets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceStanding {
    /// Id of the outlet.
    pub outlet: String,
    /// Address of the feed as configured.
    pub source: Url,
    /// Hub and topic.
    pub advertised: Advertised,
    /// How far it is.
    pub state: SubscriptionState,
    /// The hub said no.
    pub denied: bool,
    /// When the hub was last asked.
    pub asked_at: Option<DateTime<Utc>>,
    /// When it ends, once it holds.
    pub lease_until: Option<DateTime<Utc>>,
    /// Requests since the hub last confirmed one.
    pub tries: u32,
    /// No request before this.
    pub next_try: DateTime<Utc>,
    /// What was wrong with the last request, where something was. Since the start of the program.
    pub problem: Option<String>,
}

/// What was done for WebSub since the start of the program.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct WebsubFigures {
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
    /// Tries of deliveries that failed and were to be made again.
    pub failed: u64,
    /// Deliveries that were given up.
    pub given_up: u64,
    /// Deliveries that were answered 410, which ends the subscription.
    pub gone: u64,
    /// Subscriptions at our hub that ended with their lease.
    pub expired: u64,
    /// Pushes from hubs of partners whose content was taken.
    pub taken: u64,
    /// Pushes from hubs of partners that made us poll.
    pub hints: u64,
    /// Pushes for subscriptions that do not hold: nothing was made of them.
    pub ignored: u64,
    /// Pushes without a signature, with a wrong one, or with one that does not count.
    pub bad_signatures: u64,
    /// Pushes for subscriptions that there are not.
    pub unknown: u64,
    /// Requests at hubs of partners that failed.
    pub hub_failures: u64,
}
